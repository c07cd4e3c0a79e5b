//! The methods of the Milvus service that this client calls, with their request and response types.

use std::collections::TryReserveError;
use std::pin::Pin;
use std::sync::LazyLock;

use http::uri::PathAndQuery;
use prost::bytes::Bytes;
use prost::{DecodeError, Message};

use super::bounds::{self, Counts, Element, Shape};
use crate::aside;
use crate::error::Error;
use crate::proto::{common, service};
use crate::stats::Kind;

/// What all requests of a method have in common.
pub(crate) struct Target {
    /// The method's path in HTTP/2.
    pub(super) path: PathAndQuery,
    pub(super) kind: Kind,
    /// What is counted of its responses.
    pub(super) shape: &'static Shape,
}

impl Target {
    fn new(path: &'static str, shape: &'static Shape) -> Self {
        Self { path: PathAndQuery::from_static(path), kind: Kind::of(path), shape }
    }
}

/// A method of the service, implemented by its request type.
pub(crate) trait Method: Message {
    /// Made once: to check a path takes an instruction or more for each character.
    fn target() -> &'static Target;
    type Response: Response + Default;
}

/// Why an encoded response was not decoded.
#[derive(Debug)]
pub(crate) enum Unread {
    Malformed(DecodeError),
    NoMemory,
    /// What decodes it failed.
    Other(Error),
}

impl From<DecodeError> for Unread {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<TryReserveError> for Unread {
    fn from(_: TryReserveError) -> Self {
        Self::NoMemory
    }
}

/// Decodes a response; it ends as soon as its caller does not wait any more.
pub(crate) type Reading<'a> = Pin<Box<dyn Future<Output = Result<(), Unread>> + Send + 'a>>;

/// A response of the service. Milvus puts a status of its own into each, inside a gRPC response that is OK.
pub(crate) trait Response: Send {
    /// Makes room for its longest list.
    fn reserve(&mut self, _: &Counts) -> Result<(), TryReserveError> {
        Ok(())
    }

    /// Decodes a response with so many elements, and replaces what was decoded before.
    fn read(&mut self, encoded: &[u8], counts: &Counts) -> Result<(), Unread>;

    /// The same for a large one, on another thread.
    fn read_aside(&mut self, encoded: Bytes, counts: Counts) -> Reading<'_>;

    /// The Milvus status, if the server sent one.
    fn status(&self) -> Option<&common::Status>;
}

fn decoded<R: Response + Message + Default>(encoded: &[u8], counts: &Counts) -> Result<R, Unread> {
    let mut reply = R::default();
    reply.reserve(counts)?;
    reply.merge(encoded)?;
    Ok(reply)
}

async fn decoded_aside<R: Response + Message + Default + 'static>(
    encoded: Bytes,
    counts: Counts,
) -> Result<R, Unread> {
    aside::run(move || Ok(decoded(&encoded, &counts))).await.map_err(Unread::Other)?
}

macro_rules! target {
    ($method:ident, $shape:ident) => {
        fn target() -> &'static Target {
            static TARGET: LazyLock<Target> = LazyLock::new(|| {
                let path = concat!("/milvus.proto.milvus.MilvusService/", stringify!($method));
                Target::new(path, &bounds::$shape)
            });
            &TARGET
        }
    };
    ($method:ident) => {
        target!($method, NO_LISTS);
    };
}

macro_rules! reads {
    () => {
        fn read(&mut self, encoded: &[u8], counts: &Counts) -> Result<(), Unread> {
            *self = decoded(encoded, counts)?;
            Ok(())
        }

        fn read_aside(&mut self, encoded: Bytes, counts: Counts) -> Reading<'_> {
            Box::pin(async move {
                *self = decoded_aside(encoded, counts).await?;
                Ok(())
            })
        }
    };
}

macro_rules! methods {
    ($($method:ident($request:ident) -> $reply:ident $([$shape:ident $(, $list:ident: $element:ident)?])?)*) => {
        $(impl Method for service::$request {
            target!($method $(, $shape)?);
            type Response = service::$reply;
        }

        impl Response for service::$reply {
            $($(fn reserve(&mut self, counts: &Counts) -> Result<(), TryReserveError> {
                self.$list.try_reserve_exact(counts.of(Element::$element) as usize)
            })?)?

            reads!();

            fn status(&self) -> Option<&common::Status> {
                self.status.as_ref()
            }
        })*
    };
}

// In brackets: what is counted of a response, and which of its lists can be the longest.
methods! {
    Connect(ConnectRequest) -> ConnectResponse
    GetVersion(GetVersionRequest) -> GetVersionResponse
    DescribeCollection(DescribeCollectionRequest) -> DescribeCollectionResponse [COLLECTION]
    ShowCollections(ShowCollectionsRequest) -> ShowCollectionsResponse [COLLECTIONS, collection_names: Names]
    GetCollectionStatistics(GetCollectionStatisticsRequest) -> GetCollectionStatisticsResponse [STATISTICS]
    ListDatabases(ListDatabasesRequest) -> ListDatabasesResponse [DATABASES, db_names: Databases]
    ShowPartitions(ShowPartitionsRequest) -> ShowPartitionsResponse [PARTITIONS, partition_names: Names]
    DescribeIndex(DescribeIndexRequest) -> DescribeIndexResponse [INDEXES]
    GetPersistentSegmentInfo(GetPersistentSegmentInfoRequest) -> GetPersistentSegmentInfoResponse [STORED_SEGMENTS, infos: Segments]
    GetQuerySegmentInfo(GetQuerySegmentInfoRequest) -> GetQuerySegmentInfoResponse [LOADED_SEGMENTS, infos: Segments]
    ListSnapshots(ListSnapshotsRequest) -> ListSnapshotsResponse [SNAPSHOTS, snapshots: Names]
    Query(QueryRequest) -> QueryResults [ROWS]
    Flush(FlushRequest) -> FlushResponse [FLUSHED]
    GetFlushState(GetFlushStateRequest) -> GetFlushStateResponse
    GetLoadState(GetLoadStateRequest) -> GetLoadStateResponse
    GetLoadingProgress(GetLoadingProgressRequest) -> GetLoadingProgressResponse
    GetReplicas(GetReplicasRequest) -> GetReplicasResponse [REPLICAS]
    ManualCompaction(ManualCompactionRequest) -> ManualCompactionResponse
    GetCompactionState(GetCompactionStateRequest) -> GetCompactionStateResponse
    GetCompactionStateWithPlans(GetCompactionPlansRequest) -> GetCompactionPlansResponse [PLANS, merge_infos: Plans]
}

impl Method for service::LoadCollectionRequest {
    target!(LoadCollection);
    type Response = common::Status;
}

/// Some methods return nothing but a status.
impl Response for common::Status {
    reads!();

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
            let reply = reply.split_once(' ').map_or(reply, |(reply, _)| reply);
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
