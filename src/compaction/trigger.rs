//! Starting a compaction of exactly one collection, and at most once.

use super::NO_JOB;
use super::follow::POLL_LIMIT;
use super::ledger::{Job, Ledger};
use super::state;
use super::verdict::Scheduled;
use crate::collection::{self, Collection, quotable};
use crate::error::{Error, Status};
use crate::proto::service::{ManualCompactionRequest, ManualCompactionResponse};
use crate::rpc::{Deadline, Effect, Rpc};
use crate::server::{COUNTS_PLANS, HAS_CLUSTERING, SELECTS_BY_NAME, Server};

/// Triggers a compaction; returns the job's id, or [`NO_JOB`] if the server scheduled nothing.
pub(crate) async fn compact(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline,
    name: &str,
    is_clustering: bool,
) -> Result<i64, Error> {
    collection::check_name(name)?;
    if is_clustering {
        rpc.server(deadline).await?.require(HAS_CLUSTERING, "clustering compaction")?;
    }
    let collection = collection::describe(rpc, deadline, name).await.map_err(nothing_started)?;
    if is_clustering && !collection.has_clustering_key {
        let text =
            format!("collection \"{}\" has no clustering key to cluster by", quotable(&collection.name));
        return Err(Error::invalid_argument(text));
    }
    // Servers before 2.4.18 look only at the id, and take 0 for every collection of every database.
    if collection.id <= 0 && !rpc.server(deadline).await?.selects_by_name() {
        let what =
            format!("compacting \"{}\", for which the server reports no id,", quotable(&collection.name));
        rpc.server(deadline).await?.require(SELECTS_BY_NAME, &what)?;
    }
    let reply = trigger(rpc, deadline, &collection, is_clustering).await?;
    if reply.compaction_id <= 0 && reply.compaction_plan_count > 0 {
        let text = format!("the server scheduled {} plans but gave no job id", reply.compaction_plan_count);
        return Err(Error::new(Status::ServerError, text).in_doubt());
    }
    if reply.compaction_id <= 0 {
        return Ok(NO_JOB);
    }
    let job_id = reply.compaction_id;
    let job = match reply.compaction_plan_count {
        count @ 1.. => Job::new(Scheduled::Plans(count.into()), Vec::new()),
        _ => look_at(rpc, deadline.within(POLL_LIMIT), job_id).await,
    };
    ledger.remember(job_id, job);
    Ok(job_id)
}

async fn trigger(
    rpc: &Rpc,
    deadline: Deadline,
    collection: &Collection,
    is_clustering: bool,
) -> Result<ManualCompactionResponse, Error> {
    // The id selects on servers before 2.4.18, the name on later ones, where privileges are checked
    // against it too; some of those do not fill the database from the header.
    let request = ManualCompactionRequest {
        collection_id: collection.id.max(0),
        major_compaction: is_clustering,
        collection_name: collection.name.clone(),
        db_name: collection.database.clone(),
    };
    rpc.unary(Effect::Trigger, deadline, &collection.database, request, |mut c, request| async move {
        c.manual_compaction(request).await
    })
    .await
    .map_err(|error| {
        let name = quotable(&collection.name);
        let doubt = if error.in_doubt { "may or may not have been started" } else { "was not started" };
        error.context(format!("compaction of \"{name}\" {doubt}"))
    })
}

/// Servers before 2.4 do not count the plans of a trigger, but have made them when they answer. What
/// cannot be learnt now stays unknown: the trigger itself has succeeded.
async fn look_at(rpc: &Rpc, deadline: Deadline, job_id: i64) -> Job {
    let before = rpc.server(deadline).await.ok();
    let version = before.as_ref().and_then(Server::version);
    // Asked once only, and of the same server process: one that restarted meanwhile knows of no plans.
    let listed = state::plans(rpc, Effect::Poll, deadline, job_id).await;
    let is_same = before.is_some() && rpc.server(deadline).await.ok() == before;
    let (scheduled, plans) = match (version, listed) {
        (Some(version), Ok(plans)) if version < COUNTS_PLANS => match i64::try_from(plans.len()) {
            Ok(count @ 1..) => (Scheduled::Plans(count), plans),
            _ if is_same => (Scheduled::Nothing, plans),
            _ => (Scheduled::Uncounted, plans),
        },
        // A later server that gives an id but no count may schedule more after its answer.
        (_, listed) => (Scheduled::Uncounted, listed.unwrap_or_default()),
    };
    Job::new(scheduled, plans)
}

/// Says of a timeout, which is an open end anywhere else, that it is none here.
fn nothing_started(error: Error) -> Error {
    match error.status {
        Status::Timeout => error.context("nothing was compacted"),
        _ => error,
    }
}
