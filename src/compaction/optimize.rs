//! Compaction with all that makes queries fast: indexes before and after, and the result loaded.

use super::again::Persistent;
use super::client_state::ClientState;
use super::follow::{Outcome, Show};
use super::params::Params;
use super::trigger::{self, Triggered};
use crate::error::Error;
use crate::rpc::Deadline;
use crate::{index, load};

/// The stages one after another, all within one deadline. What was seen of the job is told also if a later
/// stage fails.
pub(crate) async fn optimize(
    client_state: &ClientState,
    show: Show<'_>,
    deadline: Deadline<'_>,
    name: &str,
    params: &Params,
) -> Result<(i64, Outcome), Error> {
    let ClientState { rpc, collection_limiter, .. } = client_state;
    // Refused before anything is waited for.
    let collection = trigger::prepare(rpc, deadline, name, params).await?.collection;
    // Rows without an index are left out by old servers, and by all while they are indexed.
    index::wait_until_built(rpc, collection_limiter, deadline, &collection)
        .await
        .map_err(|error| error.context("nothing was compacted"))?;
    let mut persistent = Persistent::new(client_state, deadline, name, params);
    Box::pin(persistent.wait_for_sorting(&collection)).await;
    let triggered = persistent.trigger().await?;
    let (Triggered { job_id, .. }, mut outcome) = persistent.wait(show, triggered).await?;
    if outcome.error.is_none() {
        let after = async {
            index::wait_until_built(rpc, collection_limiter, deadline, &collection).await?;
            load::refresh(rpc, collection_limiter, deadline, &collection).await
        };
        outcome.error =
            after.await.err().map(|error| error.context("it was compacted, but not more").about_job(job_id));
    }
    Ok((job_id, outcome))
}
