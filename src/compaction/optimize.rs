//! Compacts a collection, waits for its indexes before and after, and refreshes its load.

use std::time::Instant;

use super::again::Persistent;
use super::answered::Triggered;
use super::call_context::CallContext;
use super::client_state::ClientState;
use super::follow::{Show, WaitResult};
use super::params::Params;
use super::trigger::{self, Found};
use super::verdict::Verdict;
use crate::error::Error;
use crate::{index, load};

/// Runs the stages one after another within one deadline. The outcome has the job's report even if a later stage fails.
pub(crate) async fn optimize(
    context: CallContext<'_>,
    show: Show<'_>,
    name: &str,
    params: &Params,
) -> Result<(i64, WaitResult), Error> {
    let CallContext { client_state: ClientState { rpc, collection_limiter, .. }, deadline } = context;
    // These checks come before the first wait.
    let since = Instant::now();
    let collection = trigger::prepare(context, name, None, params).await?.collection;
    let found = Found::new(rpc, &collection, since);
    // Old servers never compact rows without an index; newer ones skip rows while they are being indexed.
    index::wait_until_built(rpc, collection_limiter, deadline, &collection)
        .await
        .map_err(|error| error.context("nothing was compacted"))?;
    let mut persistent = Persistent::new(context, name, params, found);
    Box::pin(persistent.wait_for_sorting(&collection)).await;
    let triggered = persistent.trigger().await?;
    let (Triggered { job_id, .. }, mut outcome) = persistent.wait(show, triggered).await?;
    if outcome.error.is_none() {
        let after = async {
            index::wait_until_built(rpc, collection_limiter, deadline, &collection).await?;
            load::refresh(rpc, collection_limiter, deadline, &collection).await
        };
        let so_far = match outcome.report.verdict {
            Verdict::NothingToDo => "the collection needed no compaction, but a later step failed",
            _ => "the collection was compacted, but a later step failed",
        };
        outcome.error = after.await.err().map(|error| error.context(so_far).about_job(job_id));
    }
    Ok((job_id, outcome))
}
