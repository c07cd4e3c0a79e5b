//! What goes with a compaction: flushing before it, indexes and loading after it.

use std::time::{Duration, Instant};

use crate::collection::{self, Collection, quotable};
use crate::error::Error;
use crate::pace::Pace;
use crate::proto::common::LoadState;
use crate::proto::service::{
    FlushRequest, GetFlushStateRequest, GetLoadStateRequest, GetLoadingProgressRequest, LoadCollectionRequest,
};
use crate::rpc::{Deadline, Effect, Rpc};
use crate::server::TELLS_REFRESH;
use crate::transport::jittered;

const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

/// Flushes a collection, and returns when everything that was inserted before is stored.
pub(crate) async fn flush(
    rpc: &Rpc,
    pace: &Pace,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<(), Error> {
    let asked = FlushRequest {
        db_name: collection.database.clone(),
        collection_names: vec![collection.name.clone()],
    };
    // Repeating it does no harm: what is flushed already stays so.
    let mut reply = rpc
        .unary(Effect::Read, deadline, &collection.database, asked)
        .await
        .map_err(|error| about(error, "flushing", collection))?;
    let asked = GetFlushStateRequest {
        segment_i_ds: reply.coll_seg_i_ds.remove(&collection.name).unwrap_or_default().data,
        flush_ts: reply.coll_flush_ts.get(&collection.name).copied().unwrap_or(0),
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    wait(pace, deadline, "flushing", collection, || async {
        let reply = rpc.unary(Effect::Read, deadline, &collection.database, asked.clone()).await?;
        Ok(reply.flushed)
    })
    .await
}

/// Returns when the indexes of a collection cover all its rows; at once if it has none.
pub(crate) async fn wait_for_indexes(
    rpc: &Rpc,
    pace: &Pace,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<(), Error> {
    wait(pace, deadline, "indexing", collection, || async {
        Ok(collection::indexes(rpc, deadline, collection).await?.missing_rows == 0)
    })
    .await
}

/// Has the query nodes take up the new segments of a collection, if it is loaded; says whether it is.
pub(crate) async fn refresh_load(
    rpc: &Rpc,
    pace: &Pace,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<bool, Error> {
    let (database, name) = (&collection.database, &collection.name);
    let doing = "reloading";
    let asked = GetLoadStateRequest { db_name: database.clone(), collection_name: name.clone() };
    let reply = rpc
        .unary(Effect::Read, deadline, database, asked)
        .await
        .map_err(|error| about(error, doing, collection))?;
    if reply.state != LoadState::Loaded as i32 {
        return Ok(false);
    }
    let asked =
        LoadCollectionRequest { db_name: database.clone(), collection_name: name.clone(), refresh: true };
    rpc.unary(Effect::Read, deadline, database, asked)
        .await
        .map_err(|error| about(error, doing, collection))?;
    // Older servers do not tell how far it is.
    if rpc.server(deadline).await?.is_at_least(TELLS_REFRESH) {
        let asked = GetLoadingProgressRequest { db_name: database.clone(), collection_name: name.clone() };
        wait(pace, deadline, doing, collection, || async {
            let reply = rpc.unary(Effect::Read, deadline, database, asked.clone()).await?;
            Ok(reply.refresh_progress >= 100)
        })
        .await?;
    }
    Ok(true)
}

/// Asks until it is so, more and more rarely, and at the rate that all such waits of a client share.
async fn wait<F: Future<Output = Result<bool, Error>>>(
    pace: &Pace,
    deadline: Deadline<'_>,
    doing: &str,
    collection: &Collection,
    is_so: impl Fn() -> F,
) -> Result<(), Error> {
    let since = Instant::now();
    let out_of_time = || about(deadline.ended(|how| format!("{how} before it was done")), doing, collection);
    loop {
        deadline.bound(pace.turn()).await.ok_or_else(out_of_time)?;
        if is_so().await.map_err(|error| about(error, doing, collection))? {
            return Ok(());
        }
        let pause = (since.elapsed() / 10).clamp(SHORTEST, LONGEST);
        if !deadline.sleep(jittered(pause, 200)).await {
            return Err(out_of_time());
        }
    }
}

fn about(error: Error, doing: &str, collection: &Collection) -> Error {
    error.context(format!("{doing} \"{}\"", quotable(&collection.name)))
}
