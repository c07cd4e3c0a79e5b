//! Refreshes the load of a collection: the query nodes then search the segments that a compaction made.

use crate::collection::Collection;
use crate::error::Error;
use crate::poll_limiter::PollLimiter;
use crate::polling::{about, poll_until_done};
use crate::proto::common::LoadState;
use crate::proto::service::{GetLoadStateRequest, GetLoadingProgressRequest, LoadCollectionRequest};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::server::TELLS_REFRESH;

/// Makes the query nodes load the new segments of a collection, if it is loaded. Returns whether it is.
pub(crate) async fn refresh(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<bool, Error> {
    let (database, name) = (&collection.database, &collection.name);
    let doing = "reloading";
    let asked = GetLoadStateRequest {
        db_name: database.clone(),
        collection_name: name.clone(),
        ..GetLoadStateRequest::default()
    };
    let reply = rpc
        .unary(RetryClass::Read, deadline, database, asked)
        .await
        .map_err(|error| about(error, doing, collection))?;
    if reply.state != LoadState::Loaded as i32 {
        return Ok(false);
    }
    let asked =
        LoadCollectionRequest { db_name: database.clone(), collection_name: name.clone(), refresh: true };
    rpc.unary(RetryClass::Read, deadline, database, asked)
        .await
        .map_err(|error| about(error, doing, collection))?;
    // Older servers do not report the progress.
    if rpc.server(deadline).await?.is_at_least(TELLS_REFRESH) {
        let asked = GetLoadingProgressRequest { db_name: database.clone(), collection_name: name.clone() };
        poll_until_done(rpc, limiter, deadline, doing, collection, || async {
            let reply = rpc.unary(RetryClass::Read, deadline, database, asked.clone()).await?;
            Ok(usize::try_from(100_i64.saturating_sub(reply.refresh_progress).max(0)).unwrap_or(usize::MAX))
        })
        .await?;
    }
    Ok(true)
}
