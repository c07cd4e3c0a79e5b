//! Compaction with all that makes queries fast: indexes before and after, and the result loaded.

use super::follow::{self, Outcome};
use super::ledger::Ledger;
use super::pace::Pace;
use super::params::Params;
use super::trigger;
use crate::error::Error;
use crate::rpc::{Deadline, Rpc};
use crate::upkeep;

/// The stages one after another, all within one deadline. What was seen of the job is told also if a later
/// stage fails.
pub(crate) async fn optimize(
    rpc: &Rpc,
    ledger: &Ledger,
    pace: &Pace,
    deadline: Deadline,
    name: &str,
    params: &Params,
) -> Result<(i64, Outcome), Error> {
    // Refused before anything is waited for.
    let collection = trigger::prepare(rpc, deadline, name, params).await?.collection;
    // Rows without an index are left out by old servers, and by all while they are indexed.
    upkeep::wait_for_indexes(rpc, deadline, &collection)
        .await
        .map_err(|error| error.context("nothing was compacted"))?;
    let job_id = trigger::compact(rpc, ledger, deadline, name, params).await?.job_id;
    let mut outcome = follow::wait(rpc, ledger, pace, deadline, job_id).await?;
    if outcome.error.is_none() {
        let after = async {
            upkeep::wait_for_indexes(rpc, deadline, &collection).await?;
            upkeep::refresh_load(rpc, deadline, &collection).await
        };
        outcome.error =
            after.await.err().map(|error| error.context("it was compacted, but not more").about_job(job_id));
    }
    Ok((job_id, outcome))
}
