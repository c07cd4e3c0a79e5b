//! The methods of the Milvus service that are called: what each is asked with, and what it answers.

use prost::bytes::Bytes;
use prost::{DecodeError, Message};

use crate::proto::{common, service};

/// A request, which is for one method only.
pub(crate) trait Ask: Message {
    /// The method's path in HTTP/2.
    const PATH: &'static str;
    type Reply: Reply + Default;
}

/// What a method answers: every Milvus reply carries a status of its own inside a gRPC reply that is OK.
pub(crate) trait Reply: Send {
    /// Reads the reply off its encoded form. What was read before is gone.
    fn read(&mut self, encoded: Bytes) -> Result<(), DecodeError>;

    /// The status, if the server sent one.
    fn status(&self) -> Option<&common::Status>;
}

macro_rules! methods {
    ($($method:ident($request:ident) -> $reply:ident)*) => {
        $(impl Ask for service::$request {
            const PATH: &'static str = concat!("/milvus.proto.milvus.MilvusService/", stringify!($method));
            type Reply = service::$reply;
        }

        impl Reply for service::$reply {
            fn read(&mut self, encoded: Bytes) -> Result<(), DecodeError> {
                *self = Message::decode(encoded)?;
                Ok(())
            }

            fn status(&self) -> Option<&common::Status> {
                self.status.as_ref()
            }
        })*
    };
}

methods! {
    Connect(ConnectRequest) -> ConnectResponse
    GetVersion(GetVersionRequest) -> GetVersionResponse
    DescribeCollection(DescribeCollectionRequest) -> DescribeCollectionResponse
    ShowCollections(ShowCollectionsRequest) -> ShowCollectionsResponse
    ShowPartitions(ShowPartitionsRequest) -> ShowPartitionsResponse
    DescribeIndex(DescribeIndexRequest) -> DescribeIndexResponse
    GetPersistentSegmentInfo(GetPersistentSegmentInfoRequest) -> GetPersistentSegmentInfoResponse
    GetQuerySegmentInfo(GetQuerySegmentInfoRequest) -> GetQuerySegmentInfoResponse
    ListSnapshots(ListSnapshotsRequest) -> ListSnapshotsResponse
    Query(QueryRequest) -> QueryResults
    Flush(FlushRequest) -> FlushResponse
    GetFlushState(GetFlushStateRequest) -> GetFlushStateResponse
    GetLoadState(GetLoadStateRequest) -> GetLoadStateResponse
    GetLoadingProgress(GetLoadingProgressRequest) -> GetLoadingProgressResponse
    ManualCompaction(ManualCompactionRequest) -> ManualCompactionResponse
    GetCompactionState(GetCompactionStateRequest) -> GetCompactionStateResponse
    GetCompactionStateWithPlans(GetCompactionPlansRequest) -> GetCompactionPlansResponse
}

impl Ask for service::LoadCollectionRequest {
    const PATH: &'static str = "/milvus.proto.milvus.MilvusService/LoadCollection";
    type Reply = common::Status;
}

/// Some methods answer with nothing but a status.
impl Reply for common::Status {
    fn read(&mut self, encoded: Bytes) -> Result<(), DecodeError> {
        *self = Message::decode(encoded)?;
        Ok(())
    }

    fn status(&self) -> Option<&common::Status> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_method_is_in_the_proto() {
        let service = include_str!("../../proto/milvus.proto");
        let named = include_str!("methods.rs").lines().filter_map(|line| {
            let (method, rest) = line.strip_prefix("    ")?.split_once('(')?;
            let (request, reply) = rest.split_once(") -> ")?;
            Some(format!("rpc {method}({request}) returns ({reply})"))
        });
        let mut count = 0;
        for rpc in named.filter(|rpc| rpc.ends_with("Response)") || rpc.ends_with("Results)")) {
            assert!(service.contains(&rpc), "{rpc}");
            count += 1;
        }
        assert_eq!(count, 17);
        assert!(service.contains("rpc LoadCollection(LoadCollectionRequest) returns (common.Status)"));
    }
}
