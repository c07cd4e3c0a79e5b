//! Following a job to its end.

use std::time::{Duration, Instant};

use super::NO_JOB;
use super::effect::{self, Effect};
use super::engine::Engine;
use super::evidence::Evidence;
use super::ledger::{Job, Ledger, Origin};
use super::meter::Progress;
use super::plan::{Plan, Plans};
use super::state::{self, check_job_id};
use super::verdict::{Report, Verdict};
use crate::error::{Error, Status};
use crate::pace::{Pace, pause};
use crate::rpc::{self, Deadline, Rpc};
use crate::segments;

/// One question has this long. A restarting server lets calls hang until their deadline.
pub(super) const POLL_LIMIT: Duration = Duration::from_secs(5);
/// A server that cannot be asked for so long ends a wait, also one without a limit.
const LONGEST_OUTAGE: Duration = Duration::from_mins(1);
/// Plans that the trigger announced may take so long to be counted.
const GRACE: Duration = Duration::from_secs(2);

/// Is shown how far a wait is, whenever the server has answered.
pub(crate) type Show<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// The end of a wait: what is known, and why it is not a success if it is none.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was seen of the job, and the verdict.
    pub report: Report,
    /// Of a wait: `None` exactly if the verdict is `Succeeded` or `NothingToDo`. Optimizing may fail later.
    pub error: Option<Error>,
}

/// Polls until no plan of the job is running any more, the deadline passes, or the server cannot be
/// asked. Fails without an outcome only for an impossible id.
pub(crate) async fn wait(
    Engine { rpc, ledger, pace, .. }: &Engine,
    show: Show<'_>,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<Outcome, Error> {
    check_job_id(job_id)?;
    if job_id == NO_JOB {
        let report = Report { verdict: Verdict::NothingToDo, ..Report::default() };
        return Ok(Outcome { report, error: None });
    }
    let job = ledger.recall(job_id).unwrap_or_else(Job::of_others);
    let (scheduled, since, origin, was_over) = (job.scheduled, job.since, job.origin.clone(), job.is_over);
    let mut evidence = Evidence::new(job_id, job);
    let ended = poll_to_the_end(rpc, pace, show, deadline, job_id, since, &mut evidence).await;
    let mut report = evidence.report();
    let is_over = ended.is_ok();
    if let Some(origin) = origin.as_deref().filter(|_| is_over) {
        report.effect = Box::pin(effect(rpc, deadline, origin, evidence.plans())).await;
    }
    let (plans, most, planned) = (evidence.plans().clone(), evidence.most(), evidence.planned());
    let error = match ended {
        Ok(()) => failure(&report, plans.failure_reason()),
        Err(error) => {
            // Whatever had been seen by then, the job was not seen to its end.
            report.verdict = Verdict::None;
            Some(error)
        }
    };
    // Once over, always over: a later wait may only have had too little time.
    let is_over = is_over || was_over;
    ledger.remember(job_id, Job { scheduled, since, plans, most, planned, origin, is_over });
    Ok(Outcome { report, error: error.map(|error| error.about_job(job_id)) })
}

/// What has become of the segments since the trigger. Not worth failing for.
async fn effect(rpc: &Rpc, deadline: Deadline<'_>, origin: &Origin, plans: &Plans) -> Option<Effect> {
    let before = origin.before.as_ref()?;
    let limit = deadline.within(POLL_LIMIT);
    let after = segments::persistent(rpc, rpc::Effect::Poll, limit, &origin.collection).await.ok()?;
    Some(effect::compare(before, &after, plans.iter()))
}

async fn poll_to_the_end(
    rpc: &Rpc,
    pace: &Pace,
    show: Show<'_>,
    deadline: Deadline<'_>,
    job_id: i64,
    since: Instant,
    evidence: &mut Evidence,
) -> Result<(), Error> {
    let mut outage = Outage::default();
    let mut latest_error = None;
    loop {
        if deadline.bound(pace.turn()).await.is_none() {
            return Err(out_of_time(deadline, job_id, evidence, latest_error));
        }
        let asked = Instant::now();
        // Connecting has a limit of its own, which may be longer than a question's.
        let connected = Box::pin(rpc.reach(deadline.within(rpc.config().connect_timeout + POLL_LIMIT))).await;
        let looked = match connected {
            // Boxed: between two polls a wait takes little memory.
            Ok(()) => Box::pin(look(rpc, deadline.within(POLL_LIMIT), job_id, evidence)).await,
            Err(error) => Err(error),
        };
        if looked.is_ok() {
            show(evidence.so_far());
        }
        match looked {
            Ok(()) if evidence.is_over() && (evidence.is_settled() || since.elapsed() > GRACE) => {
                return Ok(());
            }
            Ok(()) => {
                outage = Outage::default();
                latest_error = None;
            }
            Err(error) if !may_pass(&error) => return Err(error),
            Err(error) => {
                evidence.failed_poll();
                let given_up = outage.failed(asked);
                // A question that the wait's own end cut off is no failure to tell of.
                let is_cut_off = matches!(error.status, Status::Timeout | Status::Cancelled | Status::Closed);
                if !is_cut_off || !deadline.has_passed() {
                    latest_error = Some(error.clone());
                }
                if deadline.has_passed() {
                    return Err(out_of_time(deadline, job_id, evidence, latest_error));
                }
                if given_up {
                    return Err(out_of_reach(job_id, &error));
                }
            }
        }
        if deadline.bound(tokio::time::sleep(pause(since.elapsed()))).await.is_none() {
            return Err(out_of_time(deadline, job_id, evidence, latest_error));
        }
    }
}

/// How long the server has not answered: since the first question that failed, which in a crowd of jobs may have come
/// long after the last one that did not.
#[derive(Default)]
struct Outage(Option<Instant>);

impl Outage {
    /// A question that was `asked` then failed; returns whether the server has been gone for too long.
    fn failed(&mut self, asked: Instant) -> bool {
        self.0.get_or_insert(asked).elapsed() > LONGEST_OUTAGE
    }
}

/// One poll, with a look at the plans whenever something has changed.
async fn look(rpc: &Rpc, deadline: Deadline<'_>, job_id: i64, evidence: &mut Evidence) -> Result<(), Error> {
    let info = state::state(rpc, rpc::Effect::Poll, deadline, job_id).await?;
    if !evidence.poll(info) {
        return Ok(());
    }
    match state::plans(rpc, rpc::Effect::Poll, deadline, job_id).await {
        Ok(plans) => evidence.list(plans),
        // Without a list, what the trigger announced is all there is; one too long to read is as good as none.
        Err(error)
            if !error.retriable && matches!(error.status, Status::Unsupported | Status::ServerError) =>
        {
            evidence.cannot_list();
        }
        Err(error) => {
            evidence.look_again();
            return Err(error);
        }
    }
    Ok(())
}

/// The plans that the server lists now, and those that this client has seen before.
pub(crate) async fn plans(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<Vec<Plan>, Error> {
    let listed = state::plans(rpc, rpc::Effect::Read, deadline, job_id).await?;
    let job = ledger.recall(job_id).unwrap_or_else(Job::of_others);
    let mut evidence = Evidence::new(job_id, job);
    evidence.list(listed);
    Ok(evidence.report().plans)
}

/// Failures of one question that say nothing about the job.
fn may_pass(error: &Error) -> bool {
    error.retriable
        || matches!(
            error.status,
            Status::Unavailable | Status::Timeout | Status::NotReady | Status::RateLimited
        )
}

/// A server that has not answered for long is gone, whatever each single question ended with.
fn out_of_reach(job_id: i64, latest: &Error) -> Error {
    let limit = LONGEST_OUTAGE.as_secs();
    let text = format!(
        "compaction job {job_id}: the server has not answered for {limit} s ({latest}); the job may go on"
    );
    let mut error = Error::new(Status::Unavailable, text).retriable();
    error.grpc_code = latest.grpc_code;
    error
}

fn out_of_time(
    deadline: Deadline<'_>,
    job_id: i64,
    evidence: &Evidence,
    latest_error: Option<Error>,
) -> Error {
    let known = evidence.progress();
    let known = match &latest_error {
        Some(error) => format!("{known}; asking failed: {error}"),
        None => known,
    };
    let waited = deadline.elapsed().as_millis();
    let text = format!("compaction job {job_id} was not over after {waited} ms; it goes on ({known})");
    let mut error = deadline.settle(Error::new(Status::Timeout, text).retriable());
    error.grpc_code = latest_error.map_or(0, |latest| latest.grpc_code);
    error
}

/// The error that goes with a verdict which is not good news.
pub(super) fn failure(report: &Report, reason: Option<&str>) -> Option<Error> {
    let (counts, planned) = (report.counts, report.planned);
    let (status, text) = match report.verdict {
        Verdict::Succeeded | Verdict::NothingToDo => return None,
        Verdict::PartlyFailed | Verdict::Failed => (
            Status::CompactionFailed,
            format!(
                "of {planned} plans {} completed, {} failed and {} timed out",
                counts.completed, counts.failed, counts.timed_out
            ),
        ),
        Verdict::TimedOut => {
            (Status::CompactionFailed, format!("{} of {planned} plans timed out on the server", counts.timed_out))
        }
        Verdict::Unknown if planned == 0 => (
            Status::OutcomeUnknown,
            "the server says Completed but shows no trace of the job: it never knew it, forgot it, or had nothing to do"
                .to_owned(),
        ),
        Verdict::Unknown | Verdict::None => (
            Status::OutcomeUnknown,
            format!(
                "the server says Completed, but only {} of {planned} plans are known to have completed",
                counts.completed
            ),
        ),
    };
    let reason = reason.map(|reason| format!("; the server says of a plan: {reason}")).unwrap_or_default();
    let change = report.effect.map(change).unwrap_or_default();
    Some(Error::new(status, text + &change + &reason))
}

/// What the segments say, whatever the server says of the job.
fn change(effect: Effect) -> String {
    match (effect.gone, effect.appeared) {
        (0, 0) => "; its collection has the same segments as before".to_owned(),
        (gone, appeared) => {
            format!("; of the collection's segments {gone} are gone and {appeared} are new since the trigger")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_with_the_first_question_that_failed() {
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        let mut outage = Outage::default();
        assert!(!outage.failed(ago(50)), "however long ago the last answer was");
        assert!(!outage.failed(ago(1)));
        assert!(Outage(Some(ago(61))).failed(ago(1)), "the latest question is not what counts");
    }
}
