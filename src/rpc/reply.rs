//! Every Milvus reply carries a status of its own inside a gRPC reply that is OK.

use crate::proto::{common, service};

/// A reply whose status can be asked for.
pub(crate) trait Reply {
    /// The status, if the server sent one.
    fn status(&self) -> Option<&common::Status>;
}

macro_rules! replies {
    ($($reply:ident)*) => {
        $(impl Reply for service::$reply {
            fn status(&self) -> Option<&common::Status> {
                self.status.as_ref()
            }
        })*
    };
}

replies! {
    ConnectResponse
    GetVersionResponse
    DescribeCollectionResponse
    ShowCollectionsResponse
    ShowPartitionsResponse
    DescribeIndexResponse
    GetPersistentSegmentInfoResponse
    GetQuerySegmentInfoResponse
    FlushResponse
    GetFlushStateResponse
    GetLoadStateResponse
    GetLoadingProgressResponse
    ManualCompactionResponse
    GetCompactionStateResponse
    GetCompactionPlansResponse
}

/// Some calls answer with nothing but a status.
impl Reply for common::Status {
    fn status(&self) -> Option<&common::Status> {
        Some(self)
    }
}
