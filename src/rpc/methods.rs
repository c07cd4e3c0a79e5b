//! The methods of the Milvus service that this client calls, with their request and response types.

use std::sync::LazyLock;

use http::uri::PathAndQuery;
use prost::{DecodeError, Message};

use crate::proto::{common, service};
use crate::stats::Kind;

/// What all requests of a method have in common.
pub(crate) struct Target {
    /// The method's path in HTTP/2.
    pub(super) path: PathAndQuery,
    pub(super) kind: Kind,
}

impl Target {
    fn new(path: &'static str) -> Self {
        Self { path: PathAndQuery::from_static(path), kind: Kind::of(path) }
    }
}

/// A method of the service, implemented by its request type.
pub(crate) trait Method: Message {
    /// Made once: to check a path takes an instruction or more for each character.
    fn target() -> &'static Target;
    type Response: Response + Default;
}

/// A response of the service. Milvus puts a status of its own into each, inside a gRPC response that is OK.
pub(crate) trait Response: Send {
    /// Decodes the response, and replaces what was decoded before.
    fn read(&mut self, encoded: &[u8]) -> Result<(), DecodeError>;

    /// The Milvus status, if the server sent one.
    fn status(&self) -> Option<&common::Status>;
}

macro_rules! target {
    ($method:ident) => {
        fn target() -> &'static Target {
            static TARGET: LazyLock<Target> = LazyLock::new(|| {
                Target::new(concat!("/milvus.proto.milvus.MilvusService/", stringify!($method)))
            });
            &TARGET
        }
    };
}

macro_rules! methods {
    ($($method:ident($request:ident) -> $reply:ident)*) => {
        $(impl Method for service::$request {
            target!($method);
            type Response = service::$reply;
        }

        impl Response for service::$reply {
            fn read(&mut self, encoded: &[u8]) -> Result<(), DecodeError> {
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
    GetCollectionStatistics(GetCollectionStatisticsRequest) -> GetCollectionStatisticsResponse
    ListDatabases(ListDatabasesRequest) -> ListDatabasesResponse
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
    GetReplicas(GetReplicasRequest) -> GetReplicasResponse
    ManualCompaction(ManualCompactionRequest) -> ManualCompactionResponse
    GetCompactionState(GetCompactionStateRequest) -> GetCompactionStateResponse
    GetCompactionStateWithPlans(GetCompactionPlansRequest) -> GetCompactionPlansResponse
}

impl Method for service::LoadCollectionRequest {
    target!(LoadCollection);
    type Response = common::Status;
}

/// Some methods return nothing but a status.
impl Response for common::Status {
    fn read(&mut self, encoded: &[u8]) -> Result<(), DecodeError> {
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
        assert_eq!(count, 20);
        assert!(service.contains("rpc LoadCollection(LoadCollectionRequest) returns (common.Status)"));
    }
}
