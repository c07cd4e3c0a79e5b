//! Starting a compaction of exactly one collection, and at most once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use super::find::{self, Find};
use super::follow::POLL_LIMIT;
use super::ledger::{Job, Ledger, Origin};
use super::left_out::{self, Chosen};
use super::params::{Mode, Params};
use super::plan::{Plan, Plans};
use super::snapshot::Snapshot;
use super::state::{self, State};
use super::verdict::Scheduled;
use super::{NO_JOB, selection, tasks};
use crate::collection::{self, Collection, quotable};
use crate::error::{Error, Status};
use crate::panics;
use crate::proto::service::{ManualCompactionRequest, ManualCompactionResponse};
use crate::rpc::{Deadline, Effect, Rpc};
use crate::segments::{self, Segment};
use crate::server::{COMPACTS_UNINDEXED, COUNTS_PLANS, LISTS_NO_TASKS, SELECTS_BY_NAME, Server};

/// What came of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Start {
    /// The server has scheduled plans for it.
    Scheduled = 1,
    /// The server scheduled nothing.
    Nothing = 2,
    /// The server scheduled nothing new, because a job of the same kind is running on the collection.
    Running = 3,
    /// The server gave a job, but nobody can tell whether it was made for this trigger, or has plans.
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
    /// Segments that waited to be sorted right before the trigger, and are left out, if the server tells.
    pub unsorted: Option<i64>,
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
    deadline: Deadline<'_>,
    name: &str,
    params: &Params,
) -> Result<Triggered, Error> {
    let prepared = prepare(rpc, deadline, name, params).await.map_err(nothing_started)?;
    let request = request(&prepared, params);
    let origin = Arc::new(origin(rpc, ledger, deadline, prepared, params).await);
    // Boxed before they are passed on: each hand more would take the room of all of it on the caller's stack.
    let triggered = Box::pin(async {
        let (reply, connection) = trigger(rpc, deadline, &origin.collection, params, request).await?;
        if reply.compaction_id <= 0 && reply.compaction_plan_count > 0 {
            let plans = reply.compaction_plan_count;
            let text = format!("the server scheduled {plans} plans but gave no job id");
            return Err(Error::new(Status::ServerError, text).in_doubt());
        }
        ledger.clear_doubts_before(&origin);
        started(rpc, ledger, deadline, Arc::clone(&origin), &reply, connection).await
    });
    match or_doubtful(triggered).await {
        Err(error) if error.status == Status::Busy && params.segment_ids.is_some() => {
            Err(Box::pin(selection::held_or_gone(rpc, deadline, &origin.collection, params, error)).await)
        }
        Err(error) if error.in_doubt => {
            let looked = Box::pin(doubt(rpc, ledger, deadline, &origin, error.clone()));
            Err(panics::caught(looked).await.unwrap_or(error)) // a defect there makes nothing certain
        }
        result => result,
    }
}

/// Does what a trigger is part of. If it panics, the server may have got the trigger.
pub(crate) async fn or_doubtful<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    panics::caught(work).await.unwrap_or_else(|defect| Err(defect.in_doubt()))
}

/// Looks the collection up, and refuses whatever this server would not do exactly as asked.
pub(super) async fn prepare(
    rpc: &Rpc,
    deadline: Deadline<'_>,
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
    check_selection(&server, &collection)?;
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
            selection::check(wanted, &known, &collection)?;
            Some(known)
        }
        None => None,
    };
    Ok(Prepared { collection, server, partition_id, segments })
}

/// Servers before 2.4.18 look only at the id, and take 0 for every collection of every database.
fn check_selection(server: &Server, collection: &Collection) -> Result<(), Error> {
    if collection.id > 0 || server.selects_by_name() {
        return Ok(());
    }
    let name = quotable(&collection.name);
    server.require(SELECTS_BY_NAME, &format!("compacting \"{name}\", for which the server reports no id,"))
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
async fn origin(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline<'_>,
    prepared: Prepared,
    params: &Params,
) -> Origin {
    let Prepared { mut collection, server, segments, partition_id } = prepared;
    collection.channels = Vec::new(); // nobody asks for them any more
    let share = deadline.remaining().map_or(POLL_LIMIT, |remaining| POLL_LIMIT.min(remaining / 4));
    let limit = deadline.within(share);
    let segments = match segments {
        Some(segments) => Some(segments),
        None if server.is_lite() => None,
        None => segments::persistent(rpc, Effect::Poll, limit, &collection).await.ok(),
    };
    let before = segments.as_deref().map(Snapshot::of);
    // Only servers that may list jobs are asked for them: a known version, newer than those that do not.
    let may_list = server.version().is_some_and(|version| version > LISTS_NO_TASKS);
    let tasks_before =
        if may_list { tasks::list(rpc, Effect::Poll, limit, &collection).await.ok() } else { None };
    let jobs_before = tasks_before.as_ref().map(|tasks| job_ids(tasks));
    // What was at work before explains what is gone afterwards.
    let mut taken = ledger.unfinished_sources(&collection);
    let running = tasks_before.iter().flatten().filter(|task| task.is_running());
    taken.extend(running.flat_map(|task| &task.sources));
    let plans_before = match &before {
        Some(before) if server.is_before(COUNTS_PLANS) => {
            let plans = state::plans_of_all(rpc, Effect::Poll, limit).await.ok();
            plans.map(|plans| find::plans_on(&plans, &before.ids()))
        }
        _ => None,
    };
    taken.extend(plans_before.iter().flat_map(HashMap::keys).flatten());
    if let Some(job_id) = ledger.unfinished(&collection).filter(|_| jobs_before.is_none()) {
        let plans = state::plans(rpc, Effect::Poll, limit, job_id).await.unwrap_or_default();
        taken.extend(plans.into_iter().flat_map(|plan| plan.sources));
    }
    let chosen = Chosen {
        partition_id,
        segment_ids: params.segment_ids.as_ref().map(|ids| ids.iter().copied().collect()),
        is_one_channel: params.channel.is_some(),
    };
    let (since, mode) = (Instant::now(), params.mode());
    Origin { since, collection, mode, chosen, before, is_late: false, taken, jobs_before, plans_before }
}

impl Origin {
    /// Segments that waited to be sorted, if the server tells.
    fn unsorted(&self) -> Option<i64> {
        self.before.as_ref().map(left_out::unsorted)
    }
}

/// The jobs of these tasks.
pub(super) fn job_ids(tasks: &[Plan]) -> HashSet<i64> {
    tasks.iter().filter_map(|plan| plan.details.as_ref()).map(|details| details.job_id).collect()
}

/// Sends it; also returns the generation of the connection that carried it.
async fn trigger(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
    params: &Params,
    request: ManualCompactionRequest,
) -> Result<(ManualCompactionResponse, u64), Error> {
    // Another connection may lead to another server, which would ignore what the first one knows.
    let check = |server: &Server| {
        params.check_server(server)?;
        check_selection(server, collection)
    };
    let call = (Effect::Trigger, deadline, collection.database.as_str(), request);
    rpc.unary_to(call, &check).await.map_err(|error| {
        let name = quotable(&collection.name);
        let doubt = if error.in_doubt { "may or may not have been started" } else { "was not started" };
        error.context(format!("compaction of \"{name}\" {doubt}"))
    })
}

/// Remembers a trigger in doubt, and says what can be found out in the time that is left.
async fn doubt(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline<'_>,
    origin: &Arc<Origin>,
    error: Error,
) -> Error {
    ledger.doubt(Arc::clone(origin));
    if deadline.has_passed() {
        return error;
    }
    let found = find::after(rpc, Effect::Poll, deadline.within(POLL_LIMIT), origin).await;
    let Ok(found) = found else { return error.found(Find::CannotKnow as i32) };
    find::remember(ledger, origin, &found);
    let text = format!("{}; {}", error.message(), found.text);
    error.saying(&text).about_job(found.job_id).found(found.find as i32)
}

/// What came of a trigger that the server has answered.
async fn started(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline<'_>,
    origin: Arc<Origin>,
    reply: &ManualCompactionResponse,
    connection: u64,
) -> Result<Triggered, Error> {
    let job_id = reply.compaction_id.max(NO_JOB);
    // Servers answer a clustering trigger with the id of whatever job is running, of any kind.
    let was_listed = origin.jobs_before.as_ref().is_some_and(|jobs| jobs.contains(&job_id));
    let is_ours = |job: &Job| {
        !job.is_over && job.origin.as_ref().is_some_and(|known| known.collection.is_same(&origin.collection))
    };
    if job_id != NO_JOB && (was_listed || ledger.recall(job_id).as_ref().is_some_and(is_ours)) {
        let joined = joined(rpc, ledger, deadline.within(POLL_LIMIT), &origin, job_id).await;
        return joined.ok_or_else(|| held_by(&origin, job_id));
    }
    let (scheduled, plans) = match reply.compaction_plan_count {
        _ if job_id == NO_JOB => (Scheduled::Nothing, Vec::new()),
        count @ 1.. => (Scheduled::Plans(count.into()), Vec::new()),
        _ => look_at(rpc, deadline.within(POLL_LIMIT), job_id, connection).await,
    };
    let (start, planned) = match scheduled {
        Scheduled::Nothing => (Start::Nothing, Some(0)),
        // Without a list, nobody knows whether it is the job of this trigger or one that was running.
        Scheduled::Plans(count) if origin.mode == Mode::Clustering && origin.jobs_before.is_none() => {
            (Start::Accepted, Some(count))
        }
        Scheduled::Plans(count) => (Start::Scheduled, Some(count)),
        Scheduled::Uncounted | Scheduled::Elsewhere => (Start::Accepted, None),
    };
    let running = match start {
        Start::Nothing => running_job(rpc, ledger, deadline.within(POLL_LIMIT), &origin).await,
        _ => None,
    };
    if job_id != NO_JOB {
        let origin = Some(Arc::clone(&origin));
        ledger.remember(job_id, Job { origin, ..Job::new(scheduled, plans.into_iter().collect::<Plans>()) });
    }
    if let Some(running) = running
        && let Some(joined) = joined(rpc, ledger, deadline.within(POLL_LIMIT), &origin, running).await
    {
        return Ok(joined);
    }
    if reply.compaction_id < NO_JOB
        && let Some(busy) = busy(rpc, deadline.within(POLL_LIMIT), &origin).await
    {
        return Err(busy);
    }
    Ok(Triggered { start, job_id, planned, unsorted: origin.unsorted() })
}

/// The server answered with a job that was running, and is not what was asked for.
fn held_by(origin: &Origin, job_id: i64) -> Error {
    let name = quotable(&origin.collection.name);
    let text = format!(
        "nothing was started for \"{name}\": the server answered with its compaction job {job_id}, which was running \
         and is of another kind or about a part of the collection"
    );
    Error::new(Status::Busy, text).retriable().about_job(job_id)
}

/// Servers since 2.4 answer a plain trigger with -1 if no segment is free. Even a single free one is rewritten, so
/// segments that look free say that somebody holds them, or that they are not eligible.
async fn busy(rpc: &Rpc, deadline: Deadline<'_>, origin: &Origin) -> Option<Error> {
    let before = origin.before.as_ref()?;
    let count = left_out::eligible(before, &origin.chosen);
    if count == 0 || !matches!(origin.mode, Mode::Plain | Mode::TargetSize) {
        return None;
    }
    // Older servers leave segments without an index alone.
    let server = rpc.server(deadline).await.ok()?;
    if !server.is_at_least(COMPACTS_UNINDEXED) {
        let indexes = collection::indexes(rpc, deadline, &origin.collection).await.ok()?;
        if indexes.fields.is_empty() || indexes.missing_rows > 0 {
            return None;
        }
    }
    let name = quotable(&origin.collection.name);
    let unsorted = match left_out::unsorted(before) {
        0 => String::new(),
        number => format!("; {number} more segments wait to be sorted"),
    };
    let text = format!(
        "the server scheduled nothing for \"{name}\", although {count} flushed segments are stored that it would \
         take if they were free: another compaction holds them, or they are not eligible for a reason that no list \
         shows, such as an import, an index or a snapshot{unsorted}"
    );
    Some(Error::new(Status::Busy, text).retriable())
}

/// A job was running already. It stands for what was asked only if it is of the same kind, and both are about
/// the whole collection; `None` otherwise, as nothing was done.
async fn joined(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline<'_>,
    asked: &Origin,
    job_id: i64,
) -> Option<Triggered> {
    let known = ledger.recall(job_id);
    let is_of_it = |origin: &&Arc<Origin>| !origin.is_late && origin.collection.is_same(&asked.collection);
    let is_alike = if let Some(origin) = known.as_ref().and_then(|job| job.origin.as_ref()).filter(is_of_it) {
        origin.mode == asked.mode && origin.chosen.is_whole() && asked.chosen.is_whole()
    } else {
        // Of another client: the server's word for its plans has to do. Filters cannot be seen.
        let plans = state::plans(rpc, Effect::Poll, deadline, job_id).await.unwrap_or_default();
        let kinds = plans.iter().map(|plan| plan.details.as_ref().map(|details| details.kind));
        let mut fits = kinds.map(|kind| kind.is_some_and(|kind| find::fits(kind, asked.mode)));
        asked.chosen.is_whole() && !plans.is_empty() && fits.all(|fits| fits)
    };
    if !is_alike {
        return None;
    }
    let planned = known.and_then(|job| match job.scheduled {
        Scheduled::Plans(count) => Some(count),
        _ => None,
    });
    Some(Triggered { start: Start::Running, job_id, planned, unsorted: None })
}

/// Servers before 2.4 do not count the plans of a trigger, but have made them when they answer. What
/// cannot be learnt now stays unknown: the trigger itself has succeeded.
async fn look_at(rpc: &Rpc, deadline: Deadline<'_>, job_id: i64, connection: u64) -> (Scheduled, Vec<Plan>) {
    let makes_all_at_once = rpc.server(deadline).await.is_ok_and(|server| server.is_before(COUNTS_PLANS));
    let listed = state::plans(rpc, Effect::Poll, deadline, job_id).await;
    match listed {
        // A later server that gives an id but no count may schedule more after its answer.
        listed if !makes_all_at_once => (Scheduled::Uncounted, listed.unwrap_or_default()),
        Ok(plans) if !plans.is_empty() => {
            (Scheduled::Plans(i64::try_from(plans.len()).unwrap_or(i64::MAX)), plans)
        }
        // Only if nothing broke since the trigger: a server that restarted knows of no plans.
        Ok(_) if rpc.generation() == connection => (Scheduled::Nothing, Vec::new()),
        // Not seen now: what the server lists later is all there was, if it lists any.
        _ => (Scheduled::Elsewhere, Vec::new()),
    }
}

/// A job of the collection that is running: why the server has scheduled nothing new.
async fn running_job(rpc: &Rpc, ledger: &Ledger, deadline: Deadline<'_>, origin: &Origin) -> Option<i64> {
    if origin.jobs_before.is_some() {
        let tasks = tasks::list(rpc, Effect::Poll, deadline, &origin.collection).await.ok()?;
        let fits = |plan: &Plan| plan.details.as_ref().is_some_and(|d| find::fits(d.kind, origin.mode));
        let running: Vec<_> = tasks.into_iter().filter(|plan| plan.is_running() && fits(plan)).collect();
        return job_ids(&running).into_iter().max().filter(|id| *id > 0);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_is_in_doubt_and_what_fails_is_as_doubtful_as_it_was() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let panicking = async {
            tokio::task::yield_now().await;
            panic!("after it was sent")
        };
        let error = runtime.block_on(or_doubtful::<()>(panicking)).unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::Internal, true));
        assert!(error.message().contains("after it was sent"), "{error}");
        let failing = async { Err::<(), _>(Error::new(Status::Unavailable, "not sent")) };
        assert!(!runtime.block_on(or_doubtful(failing)).unwrap_err().in_doubt);
        assert_eq!(runtime.block_on(or_doubtful(async { Ok(1) })), Ok(1));
    }
}
