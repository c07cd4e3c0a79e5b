//! The methods of the Milvus service that this client calls, with their request and response types.

use std::any::Any;
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
}

/// A response of the service. Milvus puts a status of its own into each, inside a gRPC response that is OK.
pub(crate) trait Response: Any + Send {
    /// Decodes a response with so many elements, and replaces what was decoded before.
    fn read(&mut self, encoded: &[u8], counts: &Counts) -> Result<(), Unread>;

    /// An empty one of the same type.
    fn empty(&self) -> Box<dyn Response>;

    /// Takes the place of this one, if it is of the same type.
    fn replace(&mut self, other: Box<dyn Response>);

    /// The Milvus status, if the server sent one.
    fn status(&self) -> Option<&common::Status>;
}

/// Decodes a long response on another thread. Independent of its type.
pub(super) async fn read_aside(
    reply: &mut dyn Response,
    encoded: Bytes,
    counts: Counts,
) -> Result<Result<(), Unread>, Error> {
    let mut empty = reply.empty();
    let (work, place) = aside::keeping_result(move || {
        let result = empty.read(&encoded, &counts);
        (empty, result)
    });
    aside::finish(work).await?;
    let (read, result) = place.take()?;
    reply.replace(read);
    Ok(result)
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

macro_rules! response {
    ($reply:path, $status:expr $(, $list:ident: $element:ident)?) => {
        impl Response for $reply {
            fn read(&mut self, encoded: &[u8], _counts: &Counts) -> Result<(), Unread> {
                *self = Self::default();
                $(let count = _counts.of(Element::$element) as usize;
                self.$list.try_reserve_exact(count).map_err(|_| Unread::NoMemory)?;)?
                self.merge(encoded).map_err(Unread::Malformed)
            }

            fn empty(&self) -> Box<dyn Response> {
                Box::new(Self::default())
            }

            fn replace(&mut self, other: Box<dyn Response>) {
                if let Ok(other) = (other as Box<dyn Any>).downcast::<Self>() {
                    *self = *other;
                }
            }

            fn status(&self) -> Option<&common::Status> {
                let status: fn(&Self) -> Option<&common::Status> = $status;
                status(self)
            }
        }
    };
}

macro_rules! methods {
    ($($method:ident($request:ident) -> $reply:ident $([$shape:ident $(, $list:ident: $element:ident)?])?)*) => {
        $(impl Method for service::$request {
            target!($method $(, $shape)?);
            type Response = service::$reply;
        }

        response!(service::$reply, |reply| reply.status.as_ref() $($(, $list: $element)?)?);)*
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

// Some methods return nothing but a status.
response!(common::Status, |status| Some(status));

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
