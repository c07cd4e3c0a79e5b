//! Interprets the server's response to a trigger: a new job, nothing, or another job that was running.

use std::sync::Arc;

use super::call_context::{CallContext, POLL_LIMIT};
use super::job_history::{Job, Origin};
use super::job_id::NO_JOB;
use super::left_out;
use super::params::Mode;
use super::plan::{Plan, Plans};
use super::resolve;
use super::scheduled::Scheduled;
use super::state::{self, State};
use super::tasks;
use crate::error::{Error, Status};
use crate::index;
use crate::proto::service::ManualCompactionResponse;
use crate::rpc::RetryClass;
use crate::segments::waiting_to_be_sorted;
use crate::server::{COMPACTS_UNINDEXED, COUNTS_PLANS};
use crate::text::quotable;

/// The result of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Start {
    /// The server scheduled plans for it.
    Scheduled = 1,
    /// The server scheduled nothing.
    Nothing = 2,
    /// The server scheduled nothing new, because a job of the same kind is running on the collection.
    Running = 3,
    /// The server gave a job, but does not show whether it was made for this trigger or has plans.
    Accepted = 4,
}

/// The response to a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triggered {
    /// The result.
    pub start: Start,
    /// The job to wait for; [`NO_JOB`] if there is none.
    pub job_id: i64,
    /// The number of its plans, if the server reports it.
    pub planned: Option<i64>,
    /// Segments that were unsorted right before the trigger, and are left out, if the server reports that.
    pub unsorted: Option<i64>,
}

/// Interprets the response to a trigger.
pub(super) async fn started(
    context: CallContext<'_>,
    origin: Arc<Origin>,
    reply: &ManualCompactionResponse,
    connection: u64,
) -> Result<Triggered, Error> {
    let history = context.history();
    let job_id = reply.compaction_id.max(NO_JOB);
    // Servers respond to a clustering trigger with the id of any running job, of whatever kind.
    let was_listed = origin.jobs_before.as_ref().is_some_and(|jobs| jobs.contains(&job_id));
    if job_id != NO_JOB
        && (was_listed || history.recall(job_id).is_some_and(|known| ran_before(&known, &origin)))
    {
        let joined = joined(context.within(POLL_LIMIT), &origin, job_id).await;
        return joined.ok_or_else(|| held_by(&origin, job_id));
    }
    let (scheduled, plans) = match reply.compaction_plan_count {
        _ if job_id == NO_JOB => (Scheduled::Nothing, Vec::new()),
        count @ 1.. => (Scheduled::Plans(count.into()), Vec::new()),
        _ => look_at(context.within(POLL_LIMIT), job_id, connection).await,
    };
    let (start, planned) = match scheduled {
        Scheduled::Nothing => (Start::Nothing, Some(0)),
        // Without a list, the client cannot know whether this is the trigger's job or one that ran before.
        Scheduled::Plans(count) if origin.mode == Mode::Clustering && origin.jobs_before.is_none() => {
            (Start::Accepted, Some(count))
        }
        Scheduled::Plans(count) => (Start::Scheduled, Some(count)),
        Scheduled::Uncounted | Scheduled::Elsewhere => (Start::Accepted, None),
    };
    let running = match start {
        Start::Nothing => running_job(context.within(POLL_LIMIT), &origin).await,
        _ => None,
    };
    if job_id != NO_JOB {
        let origin = Some(Arc::clone(&origin));
        history.remember(job_id, Job { origin, ..Job::new(scheduled, plans.into_iter().collect::<Plans>()) });
    }
    if let Some(running) = running
        && let Some(joined) = joined(context.within(POLL_LIMIT), &origin, running).await
    {
        return Ok(joined);
    }
    if reply.compaction_id < NO_JOB
        && let Some(busy) = busy(context.within(POLL_LIMIT), &origin).await
    {
        return Err(busy);
    }
    Ok(Triggered { start, job_id, planned, unsorted: origin.unsorted() })
}

/// Whether a job that this client knows ran before this trigger, and is not its own: another call may have learnt of its
/// own job while the response was on its way. Only a clustering trigger can get a job that another call has just triggered.
fn ran_before(job: &Job, asked: &Origin) -> bool {
    let Some(known) = job.origin.as_ref().filter(|_| !job.is_over) else { return false };
    let is_others = asked.mode == Mode::Clustering && !known.is_late;
    known.collection.is_same(&asked.collection) && (is_others || job.since < asked.since)
}

/// The server responded with a job that ran already and is of another kind or part.
fn held_by(origin: &Origin, job_id: i64) -> Error {
    let name = quotable(&origin.collection.name);
    let text = format!(
        "the server started no compaction of \"{name}\": it answered with job {job_id}, which was running already. That \
         job is of another kind, or covers only a part of the collection"
    );
    Error::new(Status::Busy, text).retriable().about_job(job_id)
}

/// Servers since 2.4 respond to a plain trigger with -1 if no segment is free. They rewrite even a single free segment. So
/// another compaction holds the segments that look free, or the server leaves them out.
async fn busy(context: CallContext<'_>, origin: &Origin) -> Option<Error> {
    let (rpc, deadline) = (context.rpc(), context.deadline);
    let before = origin.before.as_ref()?;
    let count = left_out::eligible(before, &origin.chosen);
    let unsorted = left_out::unsorted(before, &origin.chosen);
    if origin.mode == Mode::Clustering && unsorted > 0 {
        return Some(not_sorted(origin, unsorted));
    }
    if count == 0 || !matches!(origin.mode, Mode::Plain | Mode::TargetSize) {
        return None;
    }
    // Older servers do not compact segments without an index.
    let server = rpc.server(deadline).await.ok()?;
    if !server.is_at_least(COMPACTS_UNINDEXED) {
        let indexes = index::describe(rpc, deadline, &origin.collection).await.ok()?;
        if indexes.fields.is_empty() || indexes.missing_rows > 0 {
            return None;
        }
    }
    let name = quotable(&origin.collection.name);
    let unsorted = match unsorted {
        0 => String::new(),
        1 => "; 1 more segment waits to be sorted".to_owned(),
        number => format!("; {number} more segments wait to be sorted"),
    };
    let text = format!(
        "the server scheduled nothing for \"{name}\", although {} stored. Another compaction holds them, or the server \
         leaves them out for a reason that it does not list, such as an import, an index or a snapshot{unsorted}",
        if count == 1 { "1 flushed segment is".to_owned() } else { format!("{count} flushed segments are") }
    );
    Some(Error::new(Status::Busy, text).retriable())
}

/// The clustering key exists, so only unsorted segments keep the server from clustering.
fn not_sorted(origin: &Origin, count: i64) -> Error {
    let name = quotable(&origin.collection.name);
    let waiting = waiting_to_be_sorted(usize::try_from(count).unwrap_or(0)).unwrap_or_default();
    let text = format!("the server started no clustering of \"{name}\": {waiting}");
    Error::new(Status::Busy, text).retriable()
}

/// Handles a job that ran before the trigger. It counts as the trigger's job only if both are of the same kind and
/// cover the whole collection; `None` otherwise, because the server did nothing.
async fn joined(context: CallContext<'_>, asked: &Origin, job_id: i64) -> Option<Triggered> {
    let known = context.history().recall(job_id);
    let is_of_it = |origin: &&Arc<Origin>| !origin.is_late && origin.collection.is_same(&asked.collection);
    let mut start = Start::Running;
    let is_alike = if let Some(origin) = known.as_ref().and_then(|job| job.origin.as_ref()).filter(is_of_it) {
        // The earlier trigger may also have received a job of another kind.
        if origin.mode == Mode::Clustering && origin.jobs_before.is_none() && asked.jobs_before.is_none() {
            start = Start::Accepted;
        }
        origin.mode == asked.mode && origin.chosen.is_whole() && asked.chosen.is_whole()
    } else {
        // The job is another client's: the kinds of its plans must do, because the server does not show its filters.
        let plans =
            state::plans(context.rpc(), RetryClass::Poll, context.deadline, job_id).await.unwrap_or_default();
        let kinds = plans.iter().map(|plan| plan.details.as_ref().map(|details| details.kind));
        let mut fits = kinds.map(|kind| kind.is_some_and(|kind| resolve::fits(kind, asked.mode)));
        asked.chosen.is_whole() && !plans.is_empty() && fits.all(|fits| fits)
    };
    if !is_alike {
        return None;
    }
    let planned = known.and_then(|job| match job.scheduled {
        Scheduled::Plans(count) => Some(count),
        _ => None,
    });
    Some(Triggered { start, job_id, planned, unsorted: None })
}

/// Servers before 2.4 do not report how many plans a trigger made, but have made them before they respond. The trigger
/// itself succeeded, so a failure to list them leaves the number unknown.
async fn look_at(context: CallContext<'_>, job_id: i64, connection: u64) -> (Scheduled, Vec<Plan>) {
    let (rpc, deadline) = (context.rpc(), context.deadline);
    let makes_all_at_once = rpc.server(deadline).await.is_ok_and(|server| server.is_before(COUNTS_PLANS));
    let listed = state::plans(rpc, RetryClass::Poll, deadline, job_id).await;
    match listed {
        // A later server that gives an id but no count may schedule more plans after its response.
        listed if !makes_all_at_once => (Scheduled::Uncounted, listed.unwrap_or_default()),
        Ok(plans) if !plans.is_empty() => {
            (Scheduled::Plans(i64::try_from(plans.len()).unwrap_or(i64::MAX)), plans)
        }
        // This counts only on the connection of the trigger: a restarted server knows no plans.
        Ok(_) if rpc.generation() == connection => (Scheduled::Nothing, Vec::new()),
        // The plans are not visible now: later lists, if any, are all that the client will know.
        _ => (Scheduled::Elsewhere, Vec::new()),
    }
}

/// Finds the running job that kept the server from scheduling a new one.
async fn running_job(context: CallContext<'_>, origin: &Origin) -> Option<i64> {
    let (rpc, deadline) = (context.rpc(), context.deadline);
    if origin.jobs_before.is_some() {
        let tasks = tasks::list(rpc, RetryClass::Poll, deadline, &origin.collection).await.ok()?;
        let fits = |plan: &Plan| plan.details.as_ref().is_some_and(|d| resolve::fits(d.kind, origin.mode));
        let running: Vec<_> = tasks.into_iter().filter(|plan| plan.is_running() && fits(plan)).collect();
        return tasks::job_ids(&running).into_iter().max().filter(|id| *id > 0);
    }
    // It held the segments when the server received the trigger, whether it still runs or not.
    if origin.running.is_some() {
        return origin.running;
    }
    let job_id = context.history().unfinished(&origin.collection)?;
    let info = state::state(rpc, RetryClass::Poll, deadline, job_id).await.ok()?;
    (info.state == State::Executing).then_some(job_id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;
    use crate::collection::Collection;

    fn origin(since: Instant, mode: Mode, is_late: bool) -> Origin {
        let collection = Collection { id: 1, ..Collection::default() };
        Origin { since, collection, is_late, ..Origin::of_now(mode) }
    }

    #[test]
    fn a_job_that_another_call_learnt_of_meanwhile_is_the_triggers_own() {
        let asked = Instant::now();
        let (earlier, later) =
            (asked.checked_sub(Duration::from_secs(1)).unwrap(), asked + Duration::from_secs(1));
        let ran = |mode, since, (known, is_late)| {
            let origin_of_it = Some(Arc::new(origin(since, known, is_late)));
            let job = Job { since, origin: origin_of_it, ..Job::of_others() };
            ran_before(&job, &origin(asked, mode, false))
        };
        for mode in [Mode::Plain, Mode::Clustering] {
            assert!(ran(mode, earlier, (Mode::Plain, true)), "somebody waited for it before");
            assert!(!ran(mode, later, (Mode::Plain, true)), "somebody waits for it since");
            assert!(ran(mode, earlier, (Mode::Plain, false)), "triggered before");
        }
        assert!(
            !ran(Mode::Plain, later, (Mode::Clustering, false)),
            "a clustering trigger got this plain job"
        );
        assert!(ran(Mode::Clustering, later, (Mode::Plain, false)), "another call's");
    }
}
