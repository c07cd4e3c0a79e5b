//! Starting a compaction of exactly one collection, and at most once.

use std::sync::Arc;

use super::effect::Snapshot;
use super::find::{self, Find};
use super::follow::POLL_LIMIT;
use super::ledger::{Job, Ledger, Origin};
use super::params::{Mode, Params};
use super::plan::{Plan, Plans};
use super::state::{self, State};
use super::verdict::Scheduled;
use super::{NO_JOB, tasks};
use crate::collection::{self, Collection, quotable};
use crate::error::{Error, Status};
use crate::proto::service::{ManualCompactionRequest, ManualCompactionResponse};
use crate::rpc::{Deadline, Effect, Rpc};
use crate::segments::{self, Segment};
use crate::server::{COUNTS_PLANS, LISTS_NO_TASKS, SELECTS_BY_NAME, Server};

/// What came of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Start {
    /// The server has scheduled plans for it.
    Scheduled = 1,
    /// The server scheduled nothing.
    Nothing = 2,
    /// The server scheduled nothing new, because a job of this collection is running already.
    Running = 3,
    /// The server gave a job, but not whether it has any plans.
    Accepted = 4,
}

/// The answer to a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triggered {
    /// What came of it.
    pub start: Start,
    /// The job to wait for; [`NO_JOB`] if there is none.
    pub job_id: i64,
    /// Its plans, if the server tells.
    pub planned: Option<i64>,
}

/// A trigger that this server will carry out as it stands.
pub(super) struct Prepared {
    pub(super) collection: Collection,
    pub(super) server: Server,
    pub(super) partition_id: i64,
    /// The segments now, where that had to be asked.
    pub(super) segments: Option<Vec<Segment>>,
}

/// Triggers a compaction.
pub(crate) async fn compact(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline,
    name: &str,
    params: &Params,
) -> Result<Triggered, Error> {
    let prepared = prepare(rpc, deadline, name, params).await.map_err(nothing_started)?;
    let request = request(&prepared, params);
    let origin = Arc::new(origin(rpc, deadline, prepared, params.mode()).await);
    let reply = match trigger(rpc, deadline, &origin.collection, request).await {
        Ok(reply) => reply,
        Err(error) if error.in_doubt => return Err(doubt(rpc, ledger, deadline, &origin, error).await),
        Err(error) => return Err(error),
    };
    if reply.compaction_id <= 0 && reply.compaction_plan_count > 0 {
        let text = format!("the server scheduled {} plans but gave no job id", reply.compaction_plan_count);
        let error = Error::new(Status::ServerError, text).in_doubt();
        return Err(doubt(rpc, ledger, deadline, &origin, error).await);
    }
    ledger.clear_doubt(&origin.collection);
    Ok(started(rpc, ledger, deadline, origin, &reply).await)
}

/// Looks the collection up, and refuses whatever this server would not do exactly as asked.
pub(super) async fn prepare(
    rpc: &Rpc,
    deadline: Deadline,
    name: &str,
    params: &Params,
) -> Result<Prepared, Error> {
    collection::check_name(name)?;
    params.check()?;
    let server = rpc.server(deadline).await?;
    params.check_server(&server)?;
    let collection = collection::find(rpc, deadline, name).await?;
    let quoted = quotable(&collection.name);
    if params.is_clustering && !collection.has_clustering_key {
        let text = format!("collection \"{quoted}\" has no clustering key to cluster by");
        return Err(Error::invalid_argument(text));
    }
    // Servers before 2.4.18 look only at the id, and take 0 for every collection of every database.
    if collection.id <= 0 && !server.selects_by_name() {
        let what = format!("compacting \"{quoted}\", for which the server reports no id,");
        server.require(SELECTS_BY_NAME, &what)?;
    }
    if let Some(channel) = params.channel.as_ref().filter(|channel| !collection.channels.contains(channel)) {
        let known = collection.channels.join(", ");
        let channel = quotable(channel);
        let text = format!("channel: collection \"{quoted}\" has no channel \"{channel}\"; it has {known}");
        return Err(Error::invalid_argument(text));
    }
    let partition_id = match &params.partition {
        Some(partition) => collection::partition_id(rpc, deadline, &collection, partition).await?,
        None => 0,
    };
    let segments = match &params.segment_ids {
        Some(wanted) => {
            let known = segments::persistent(rpc, Effect::Read, deadline, &collection).await?;
            check_segments(wanted, &known, &collection)?;
            Some(known)
        }
        None => None,
    };
    Ok(Prepared { collection, server, partition_id, segments })
}

fn check_segments(wanted: &[i64], known: &[Segment], collection: &Collection) -> Result<(), Error> {
    let has = |id: &i64| known.iter().any(|segment| segment.id == *id && segment.is_flushed());
    match wanted.iter().find(|id| !has(id)) {
        None => Ok(()),
        Some(id) => {
            let name = quotable(&collection.name);
            let text = format!("segment_ids: collection \"{name}\" has no flushed segment {id}");
            Err(Error::invalid_argument(text))
        }
    }
}

/// The id selects on servers before 2.4.18, the name on later ones, where privileges are checked against it
/// too; some of those do not fill the database from the header.
fn request(prepared: &Prepared, params: &Params) -> ManualCompactionRequest {
    let collection = &prepared.collection;
    ManualCompactionRequest {
        collection_id: collection.id.max(0),
        major_compaction: params.is_clustering,
        collection_name: collection.name.clone(),
        db_name: collection.database.clone(),
        partition_id: prepared.partition_id,
        channel: params.channel.clone().unwrap_or_default(),
        segment_ids: params.segment_ids.clone().unwrap_or_default(),
        l0_compaction: params.is_l0,
        target_size: params.target_size_mb,
    }
}

/// What there is before the trigger: to be compared with afterwards. It may be missing, and takes little time.
async fn origin(rpc: &Rpc, deadline: Deadline, prepared: Prepared, mode: Mode) -> Origin {
    let Prepared { mut collection, server, segments, .. } = prepared;
    collection.channels = Vec::new(); // nobody asks for them any more
    let share = deadline.remaining().map_or(POLL_LIMIT, |remaining| POLL_LIMIT.min(remaining / 4));
    let limit = deadline.within(share);
    let segments = match segments {
        Some(segments) => Some(segments),
        None if server.is_lite() => None,
        None => segments::persistent(rpc, Effect::Poll, limit, &collection).await.ok(),
    };
    // Only servers that may list jobs are asked for them: a known version, newer than those that do not.
    let may_list = server.version().is_some_and(|version| version > LISTS_NO_TASKS);
    let jobs_before = if may_list {
        tasks::list(rpc, Effect::Poll, limit, &collection).await.ok().map(|tasks| job_ids(&tasks))
    } else {
        None
    };
    Origin { before: segments.as_deref().map(Snapshot::of), collection, mode, jobs_before }
}

/// The jobs of these tasks, each once.
pub(super) fn job_ids(tasks: &[Plan]) -> Vec<i64> {
    let mut ids: Vec<i64> =
        tasks.iter().filter_map(|plan| plan.details.as_ref()).map(|details| details.job_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

async fn trigger(
    rpc: &Rpc,
    deadline: Deadline,
    collection: &Collection,
    request: ManualCompactionRequest,
) -> Result<ManualCompactionResponse, Error> {
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

/// Remembers a trigger in doubt, and says what can be found out in the time that is left.
async fn doubt(rpc: &Rpc, ledger: &Ledger, deadline: Deadline, origin: &Arc<Origin>, error: Error) -> Error {
    ledger.doubt(Arc::clone(origin));
    if deadline.has_passed() {
        return error;
    }
    let found = find::after(rpc, ledger, Effect::Poll, deadline.within(POLL_LIMIT), origin).await;
    let Ok(found) = found else { return error };
    find::remember(ledger, origin, &found);
    let text = format!("{}; {}", error.message(), found.text);
    let job_id = if found.find == Find::Started { found.job_id } else { NO_JOB };
    error.saying(&text).about_job(job_id).found(found.find as i32)
}

/// What came of a trigger that the server has answered.
async fn started(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline,
    origin: Arc<Origin>,
    reply: &ManualCompactionResponse,
) -> Triggered {
    let job_id = reply.compaction_id.max(NO_JOB);
    let was_known = job_id != NO_JOB && ledger.recall(job_id).is_some();
    let (scheduled, plans) = match reply.compaction_plan_count {
        _ if job_id == NO_JOB => (Scheduled::Nothing, Vec::new()),
        count @ 1.. => (Scheduled::Plans(count.into()), Vec::new()),
        _ => look_at(rpc, deadline.within(POLL_LIMIT), job_id).await,
    };
    let running = match scheduled {
        Scheduled::Nothing => running_job(rpc, ledger, deadline.within(POLL_LIMIT), &origin).await,
        _ => None,
    };
    if job_id != NO_JOB {
        let origin = Some(origin);
        ledger.remember(job_id, Job { origin, ..Job::new(scheduled, plans.into_iter().collect::<Plans>()) });
    }
    if let Some(job_id) = running {
        return Triggered { start: Start::Running, job_id, planned: None };
    }
    let (start, planned) = match scheduled {
        Scheduled::Nothing => (Start::Nothing, Some(0)),
        Scheduled::Plans(count) => (Start::Scheduled, Some(count)),
        Scheduled::Uncounted | Scheduled::Elsewhere => (Start::Accepted, None),
    };
    // Servers answer a clustering trigger during another with the id of the one that runs.
    Triggered { start: if was_known { Start::Running } else { start }, job_id, planned }
}

/// Servers before 2.4 do not count the plans of a trigger, but have made them when they answer. What
/// cannot be learnt now stays unknown: the trigger itself has succeeded.
async fn look_at(rpc: &Rpc, deadline: Deadline, job_id: i64) -> (Scheduled, Vec<Plan>) {
    let before = rpc.server(deadline).await.ok();
    let makes_all_at_once = before.as_ref().is_some_and(|server| server.is_before(COUNTS_PLANS));
    // Asked once only, and of the same server process: one that restarted meanwhile knows of no plans.
    let listed = state::plans(rpc, Effect::Poll, deadline, job_id).await;
    let is_same = before.is_some() && rpc.server(deadline).await.ok() == before;
    match listed {
        // A later server that gives an id but no count may schedule more after its answer.
        listed if !makes_all_at_once => (Scheduled::Uncounted, listed.unwrap_or_default()),
        Ok(plans) if !plans.is_empty() => {
            (Scheduled::Plans(i64::try_from(plans.len()).unwrap_or(i64::MAX)), plans)
        }
        Ok(_) if is_same => (Scheduled::Nothing, Vec::new()),
        // Not seen now: what the server lists later is all there was, if it lists any.
        _ => (Scheduled::Elsewhere, Vec::new()),
    }
}

/// A job of the collection that is running: why the server has scheduled nothing new.
async fn running_job(rpc: &Rpc, ledger: &Ledger, deadline: Deadline, origin: &Origin) -> Option<i64> {
    if origin.jobs_before.is_some() {
        let tasks = tasks::list(rpc, Effect::Poll, deadline, &origin.collection).await.ok()?;
        let running: Vec<_> = tasks.into_iter().filter(Plan::is_running).collect();
        return job_ids(&running).last().copied().filter(|id| *id > 0);
    }
    let job_id = ledger.unfinished(&origin.collection)?;
    let info = state::state(rpc, Effect::Poll, deadline, job_id).await.ok()?;
    (info.state == State::Executing).then_some(job_id)
}

/// Says of a timeout, which is an open end anywhere else, that it is none here.
fn nothing_started(error: Error) -> Error {
    match error.status {
        Status::Timeout => error.context("nothing was compacted"),
        _ => error,
    }
}
