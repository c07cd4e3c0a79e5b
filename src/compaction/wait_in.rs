//! Waits for another client's job in a collection that the caller names.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::Instant;

use super::call_context::{CallContext, POLL_LIMIT};
use super::chosen::Chosen;
use super::follow::{self, Show, WaitResult};
use super::job_history::{Job, Origin};
use super::job_id::{NO_JOB, check_job_id};
use super::params::Mode;
use super::snapshot::Snapshot;
use crate::collection::{self, Collection};
use crate::error::Error;
use crate::polling::through_outages;
use crate::rpc::RetryClass;
use crate::segments;
use crate::text::quotable;

/// As [`follow::wait`]. Fails without an outcome if the collection does not exist, or the client knows that the job
/// belongs to another collection.
pub(crate) async fn wait_in(
    context: CallContext<'_>,
    show: Show<'_>,
    name: &str,
    job_id: i64,
) -> Result<WaitResult, Error> {
    collection::check_name(name)?;
    check_job_id(job_id)?;
    if job_id != NO_JOB {
        // A server that is down gets as much time as during the wait.
        let find = || collection::find(context.rpc(), context.deadline, name);
        let collection = through_outages(context.rpc(), context.deadline, find).await?;
        learn_collection(context, collection, job_id).await?;
    }
    follow::wait_within(context, show, job_id, None).await
}

/// Stores the job's collection in the history, unless the history has an earlier observation.
async fn learn_collection(
    context: CallContext<'_>,
    collection: Collection,
    job_id: i64,
) -> Result<(), Error> {
    let job = context.history().recall(job_id).unwrap_or_else(Job::of_others);
    if let Some(known) = &job.origin {
        if known.collection.is_same(&collection) {
            return Ok(());
        }
        if !known.is_late {
            let (asked, known) = (quotable(&collection.name), quotable(&known.collection.name));
            let text =
                format!("collection_name: compaction job {job_id} is of \"{known}\", not of \"{asked}\"");
            return Err(Error::invalid_argument(text));
        }
    }
    let origin = Some(Arc::new(seen_late(context, collection).await));
    context.history().remember(job_id, Job { origin, ..job });
    Ok(())
}

/// Observes the collection after the trigger. The client judges the plans by the sources that are still stored. It does
/// not know the kind of another client's job, so a target of any level counts as a result.
async fn seen_late(context: CallContext<'_>, mut collection: Collection) -> Origin {
    collection.channels = Vec::new(); // not needed here
    let limit = context.within(POLL_LIMIT).deadline;
    let segments = segments::persistent(context.rpc(), RetryClass::Poll, limit, &collection).await.ok();
    Origin {
        since: Instant::now(),
        collection,
        mode: Mode::Plain,
        chosen: Chosen::default(),
        before: segments.as_deref().map(Snapshot::of),
        is_late: true,
        taken: HashSet::new(),
        jobs_before: None,
        plans_before: None,
        running: None,
    }
}
