//! The load of a collection: whether it is loaded, and its refresh, after which the query nodes search the segments that a
//! compaction made.

use std::collections::HashSet;

use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::poll_limiter::PollLimiter;
use crate::polling::{about, poll_until_done};
use crate::proto::common::LoadState;
use crate::proto::service::{
    GetLoadStateRequest, GetLoadingProgressRequest, GetReplicasRequest, LoadCollectionRequest, ReplicaInfo,
};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::server::TELLS_REFRESH;

const DOING: &str = "reloading";
/// A collection has fewer replicas than this: each needs query nodes of its own.
const MOST_REPLICAS: usize = 1_024;

/// A replica of a loaded collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replica {
    pub(crate) id: i64,
    /// The query nodes that share its segments.
    pub(crate) nodes: Vec<i64>,
}

/// The load state of a collection or, if one is named, of a partition.
pub(crate) async fn state(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
    partition: Option<&str>,
) -> Result<LoadState, Error> {
    let asked = GetLoadStateRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
        partition_names: partition.map(str::to_owned).into_iter().collect(),
    };
    let reply = rpc
        .unary(RetryClass::Read, deadline, &collection.database, asked)
        .await
        .map_err(|error| about(error, DOING, collection))?;
    Ok(LoadState::try_from(reply.state).unwrap_or(LoadState::NotExist))
}

/// The ids of these partitions that are not loaded.
pub(crate) async fn not_loaded(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
    partitions: &HashSet<i64>,
) -> Result<HashSet<i64>, Error> {
    let known = collection::partitions(rpc, deadline, collection).await?;
    let mut not_loaded = HashSet::new();
    for (id, name) in known.partition_i_ds.iter().zip(&known.partition_names) {
        if partitions.contains(id)
            && state(rpc, deadline, collection, Some(name)).await? == LoadState::NotLoad
        {
            not_loaded.insert(*id);
        }
    }
    Ok(not_loaded)
}

/// The replicas of a loaded collection.
pub(crate) async fn replicas(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<Vec<Replica>, Error> {
    let asked = GetReplicasRequest {
        collection_id: collection.id,
        collection_name: collection.name.clone(),
        db_name: collection.database.clone(),
    };
    let reply = rpc
        .unary(RetryClass::Read, deadline, &collection.database, asked)
        .await
        .map_err(|error| about(error, "looking at the replicas of", collection))?;
    if reply.replicas.len() > MOST_REPLICAS {
        let text = format!("the server lists {} replicas", reply.replicas.len());
        return Err(about(Error::new(Status::ServerError, text), "looking at the replicas of", collection));
    }
    let replica = |info: ReplicaInfo| Replica { id: info.replica_id, nodes: info.node_ids };
    Ok(reply.replicas.into_iter().map(replica).collect())
}

/// Makes the query nodes of a loaded collection load its new segments, and returns when they have, if the server tells.
/// Partitions that are not loaded stay so (seen on 2.3.5). `tell` gets the progress and its end.
pub(crate) async fn refresh(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    tell: &(dyn Fn(i64, i64) + Send + Sync),
) -> Result<(), Error> {
    let (database, name) = (&collection.database, &collection.name);
    let asked =
        LoadCollectionRequest { db_name: database.clone(), collection_name: name.clone(), refresh: true };
    rpc.unary(RetryClass::Read, deadline, database, asked)
        .await
        .map_err(|error| about(error, DOING, collection))?;
    // Older servers do not report the progress.
    if rpc.server(deadline).await?.is_at_least(TELLS_REFRESH) {
        let asked = GetLoadingProgressRequest { db_name: database.clone(), collection_name: name.clone() };
        poll_until_done(rpc, limiter, deadline, DOING, collection, &|| {
            Box::pin(async {
                let reply = rpc.unary(RetryClass::Read, deadline, database, asked.clone()).await?;
                let left = 100_i64.saturating_sub(reply.refresh_progress).clamp(0, 100);
                tell(100 - left, 100);
                Ok(usize::try_from(left).unwrap_or(usize::MAX))
            })
        })
        .await?;
    }
    Ok(())
}
