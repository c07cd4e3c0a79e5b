//! Follows a job until it ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

mod conclusion;
mod record;

use record::Record;

use super::call_context::CallContext;
use super::job_history::{Job, Origin};
use super::job_id::{NO_JOB, check_job_id};
use super::job_schedule::InLine;
use super::job_tracker::JobTracker;
use super::left_out::{LeftOut, left_out};
use super::observe::{Observer, Seen};
use super::patience::{out_of_reach, stalled};
use super::progress::Progress;
use super::questions::Questions;
use super::scheduled::Scheduled;
use super::segment_diff::{self, SegmentDiff};
use super::verdict::{Report, Verdict, failure};
use crate::error::{Error, Status};
use crate::lists;
use crate::outage::may_pass;
use crate::rpc::Deadline;
use crate::stall::{Advance, Stall};
use crate::trace;

/// The client repeats an observation after this time if it shows anything but success.
const CONFIRM: Duration = Duration::from_secs(1);
/// A list of segments that the client reads this long after the server reported the end of a job shows the state after
/// the end. In recordings the delay is up to 35 ms.
const REST: Duration = Duration::from_millis(200);
/// The server may take this long to list the plans that the trigger announced.
const GRACE: Duration = Duration::from_secs(2);
/// If a job does not change for this time and two rounds of the server, its collection may be gone: the client looks it
/// up. The time doubles with each look-up.
const IDLE: Duration = Duration::from_secs(2);
const LONGEST_IDLE: Duration = Duration::from_mins(1);

/// Added to the error of a job that the client knows only by its id.
const LACKS_COLLECTION: &str = "; this client neither triggered nor imported the job, so it does not know the job's \
    segments: name the collection with milvus_compaction_wait_in(), or have the client that triggered the job export it \
    with milvus_job_export(), and import it with milvus_job_import()";

/// Receives the progress of a wait after each response of the server.
pub(crate) type Show<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// The result of a wait: the report, and the error if the job did not succeed.
#[derive(Clone, Debug)]
pub struct WaitResult {
    /// What the client observed of the job, and the verdict.
    pub report: Report,
    /// `None` after a wait exactly if the verdict is `Succeeded` or `NothingToDo`. `optimize` may fail after the wait.
    pub error: Option<Error>,
}

/// Polls until no plan of the job runs, the deadline passes, or the server does not answer. Fails without an outcome
/// only for an impossible id.
///
/// `context` is asked for anew at each use, and `advance` is the jobs among which this one waits: it does not stall while
/// others of them advance. Between two polls only a record is there.
#[allow(
    clippy::manual_async_fn,
    reason = "an async fn keeps its arguments twice, and thousands wait at a time"
)]
pub(crate) fn wait<'a>(
    context: impl Fn() -> CallContext<'a> + Send + Sync,
    show: impl Fn(Progress) + Send + Sync,
    job_id: i64,
    advance: Option<&'a Advance>,
) -> impl Future<Output = Result<WaitResult, Error>> + Send {
    async move {
        check_job_id(job_id)?;
        if job_id == NO_JOB {
            let report = Report { verdict: Verdict::NothingToDo, ..Report::default() };
            return Ok(WaitResult { report, error: None });
        }
        let (mut record, in_line) = begin(context(), job_id);
        loop {
            let has_turn = Deadline::bound_long(|| context().deadline, in_line.turn()).await.is_some();
            let asking = ask(record.follower(context(), advance), &show, &in_line, has_turn);
            match Box::pin(asking).await {
                Ok(waiting) => record = waiting,
                Err(result) => return Ok(*result),
            }
        }
    }
}

/// The same with one deadline, within a larger operation.
pub(crate) async fn wait_within(
    context: CallContext<'_>,
    show: Show<'_>,
    job_id: i64,
    advance: Option<&Advance>,
) -> Result<WaitResult, Error> {
    wait(|| context, show, job_id, advance).await
}

/// Has a job stand in the line.
fn begin(context: CallContext<'_>, job_id: i64) -> (Record, InLine<'_>) {
    let job = context.history().recall(job_id).unwrap_or_else(Job::of_others);
    trace::about_job(job_id, job.origin.as_ref().map(|origin| origin.collection.name.as_str()));
    let in_line = context.client_state.job_schedule.follow(job_id, &job);
    (Record::of(Follower::new(context, job_id, job)), in_line)
}

/// Asks about a job, unless the time is over. Returns what the wait goes on with, or the result that ends it.
#[allow(clippy::manual_async_fn, reason = "as above")]
fn ask<'a>(
    mut follower: Follower<'a>,
    show: Show<'a>,
    in_line: &'a InLine<'a>,
    has_turn: bool,
) -> impl Future<Output = Result<Record, Box<WaitResult>>> + Send + 'a {
    async move {
        let next = if has_turn { follower.poll(show).await } else { Err(follower.out_of_time()) };
        match next {
            Ok(Next::Poll) => in_line.poll_again(follower.context.rpc().round()),
            Ok(Next::After(rest)) => in_line.poll_after(rest),
            Ok(Next::Over) => {
                in_line.has_ended();
                let compared = follower.compare().await;
                return Err(Box::new(follower.result(Ok(compared))));
            }
            Err(error) => return Err(Box::new(follower.result(Err(error)))),
        }
        Ok(Record::of(follower))
    }
}

/// The segments that changed, and those that the job left out.
type Compared = (Option<SegmentDiff>, Option<LeftOut>);

/// What the wait does after an observation.
enum Next {
    /// End: the job is over, and the client has observed all that it can.
    Over,
    /// Poll again after the usual pause.
    Poll,
    /// Poll again after this pause.
    After(Duration),
}

/// How long nothing of a job may change before the client looks its collection up.
fn usual_idle(context: CallContext<'_>) -> Duration {
    IDLE + context.rpc().round() * 2
}

/// One wait for one job, while it asks about it.
struct Follower<'a> {
    context: CallContext<'a>,
    job_id: i64,
    /// What the client knew about the job before, without its plans.
    job: Job,
    tracker: JobTracker,
    /// Observes the collection; `None` if the client does not know the job's collection.
    observer: Option<Observer>,
    latest: Option<Seen>,
    questions: Questions,
    latest_error: Option<Box<Error>>,
    stall: Stall,
    advance: Option<&'a Advance>,
    /// When this job last changed.
    moved: Instant,
    /// When the state or the counts last changed, or when the client last looked the collection up.
    changed: Instant,
    /// How long nothing may change before the client looks the collection up.
    idle: Duration,
    /// When the client last listed the segments while the job ran.
    observed: Option<Instant>,
    /// When the server first reported that the job is over.
    ended: Option<Instant>,
    /// When an observation first showed a job that is over and did not succeed.
    doubted: Option<Instant>,
    has_asked_management: bool,
    /// When the client first tried in vain to list the segments.
    observing: Option<Instant>,
}

impl<'a> Follower<'a> {
    fn new(context: CallContext<'a>, job_id: i64, mut job: Job) -> Self {
        let observer = job.origin.as_ref().map(|origin| Observer::new(Arc::clone(origin)));
        let questions = Questions::new(&job);
        let tracker = JobTracker::new(job_id, job.clone());
        job.plans = super::plan::Plans::default();
        let now = Instant::now();
        Self {
            context,
            job_id,
            job,
            tracker,
            observer,
            latest: None,
            questions,
            latest_error: None,
            stall: Stall::new(now),
            advance: None,
            moved: now,
            changed: now,
            idle: usual_idle(context),
            observed: None,
            ended: None,
            doubted: None,
            has_asked_management: false,
            observing: None,
        }
    }

    /// The result of the wait, which the client remembers.
    fn result(mut self, ended: Result<Compared, Error>) -> WaitResult {
        let (job_id, was_over, is_over) = (self.job_id, self.job.is_over, ended.is_ok());
        if is_over {
            self.tracker.settle();
        }
        let mut report = self.tracker.report();
        if !is_over {
            report.unmoved = self.moved.elapsed();
        }
        let origin = self.job.origin.as_deref();
        report.unsorted = origin.filter(|origin| !origin.is_late).and_then(Origin::unsorted);
        let reason = self.tracker.plans().failure_reason();
        let error = match ended {
            Ok(compared) => {
                (report.segment_diff, report.left_out) = compared;
                failure(&report, reason).map(|error| self.with_what_lacks(error))
            }
            Err(error) => {
                // The wait did not observe the end of the job, so there is no verdict.
                report.verdict = Verdict::None;
                Some(error)
            }
        };
        // A job that ended stays ended: a later wait may only have had too little time to see it.
        let job = self.tracker.remembered(self.job);
        self.context.history().remember(job_id, Job { is_over: is_over || was_over, ..job });
        WaitResult { report, error: error.map(|error| error.about_job(job_id)) }
    }

    /// Asks once. Fails if that ends the wait.
    async fn poll(&mut self, show: Show<'_>) -> Result<Next, Error> {
        let asked = Instant::now();
        self.context.rpc().stats().polled();
        match self.look(show).await {
            Ok(next) => {
                self.latest_error = None;
                Ok(next)
            }
            Err(error) => self.failed(error, asked).map(|()| Next::Poll),
        }
    }

    /// Handles a failed observation. Returns an error if it ends the wait.
    fn failed(&mut self, error: Error, asked: Instant) -> Result<(), Error> {
        if !may_pass(&error) {
            return Err(error);
        }
        self.tracker.failed_poll();
        // The server answers pings on this connection: otherwise keepalive would have closed it.
        let is_late = error.status == Status::Timeout || error.was_slow;
        let is_alive = is_late && self.context.rpc().is_connected();
        let is_answer =
            error.server_code != 0 || matches!(error.status, Status::NotReady | Status::RateLimited);
        let is_heard = is_alive || is_answer;
        let gone = self.questions.outage.failed(asked, is_heard);
        // The deadline of the wait cut this request off: its error says nothing about the server.
        let is_cut_off = matches!(error.status, Status::Timeout | Status::Cancelled | Status::Closed);
        if !is_cut_off || !self.context.deadline.has_passed() {
            self.latest_error = Some(Box::new(error.clone()));
        }
        if self.context.deadline.has_passed() {
            return Err(self.out_of_time());
        }
        match gone {
            Some(since) => Err(out_of_reach(self.job_id, since, &error)),
            None => Ok(()),
        }
    }

    /// Polls once: reads the state, the plans if something changed, and the segments if the job is over.
    async fn look(&mut self, show: Show<'_>) -> Result<Next, Error> {
        let context = self.context;
        context.rpc().reach(context.deadline).await?;
        let before = self.tracker.last();
        let so_far = self.tracker.so_far();
        let look_at_plans = self.questions.poll_state(context, &mut self.tracker).await?;
        if self.tracker.last() != before {
            (self.changed, self.idle) = (Instant::now(), usual_idle(context));
        }
        let listed =
            if look_at_plans { self.questions.list_plans(context, &mut self.tracker).await } else { Ok(()) };
        let so_far_now = self.tracker.so_far();
        let has_changed = so_far_now != so_far || self.tracker.last() != before;
        let unchanged = self.unchanged(has_changed);
        show(so_far_now);
        listed?;
        if self.tracker.is_over() {
            self.ended.get_or_insert_with(Instant::now);
            return self.conclude().await;
        }
        if self.ended.take().is_some() {
            self.doubted = None;
            self.tracker.runs_again();
        }
        self.look_beside().await?;
        match unchanged {
            Some(unchanged) => Err(stalled(self.job_id, unchanged, &self.tracker.progress())),
            None => Ok(Next::Poll),
        }
    }

    /// How long nothing has changed, if that is too long.
    fn unchanged(&mut self, has_changed: bool) -> Option<Duration> {
        let now = Instant::now();
        if has_changed {
            self.moved = now;
        }
        if let Some(advance) = self.advance.filter(|_| has_changed) {
            advance.note(now);
        }
        let others = self.advance.is_some_and(|advance| advance.has_since(self.stall.latest()));
        self.stall.answered(has_changed || others, now, self.context.rpc().config().stall_timeout)
    }

    /// Observes more than the job while it runs: the segments if a plan ended without a target, because the list may
    /// forget that plan; the collection if nothing changes.
    async fn look_beside(&mut self) -> Result<(), Error> {
        let rest = (self.job.since.elapsed() / 5).max(CONFIRM);
        if self.tracker.has_ended_plans() && self.observed.is_none_or(|at| at.elapsed() > rest) {
            self.observed = Some(Instant::now());
            self.observe().await?;
        }
        if self.changed.elapsed() > self.idle {
            (self.changed, self.idle) = (Instant::now(), (self.idle * 2).min(LONGEST_IDLE));
            if let Some(observer) = &mut self.observer {
                observer.check_collection(self.context, self.job_id).await?;
            }
        }
        Ok(())
    }

    /// Lists the segments, and judges the plans by them.
    async fn observe(&mut self) -> Result<(), Error> {
        let is_at_rest = self.is_at_rest();
        let Some(observer) = &mut self.observer else { return Ok(()) };
        // In a box, because few polls need it.
        let observing = observer.observe(self.context, self.job_id, &mut self.tracker, is_at_rest);
        self.latest = Box::pin(observing).await?;
        Ok(())
    }

    /// Compares the segments with those before the trigger, as far as there is time for it.
    async fn compare(&mut self) -> Compared {
        let Some(origin) = self.job.origin.clone() else { return Compared::default() };
        let now = self.latest.as_ref().map(|latest| Arc::clone(&latest.segments));
        let before = origin.before.as_ref().map_or(0, |before| before.all().count());
        let elements = now.as_ref().map_or(0, |now| now.len()).max(self.tracker.plans().len()).max(before);
        let compare = move |tracker: &mut JobTracker| {
            let (plans, before) = (tracker.plans(), origin.before.as_ref().filter(|_| !origin.is_late));
            let diff = before.zip(now).map(|(before, now)| segment_diff::compare(before, &now, plans));
            (diff, if plans.len() > 0 { left_out(&origin, plans) } else { None })
        };
        let compared = lists::work_on(self.context.deadline, elements, &mut self.tracker, Box::new(compare));
        Box::pin(compared).await.unwrap_or_default()
    }

    /// Adds to the error of a job that is known by its id alone how the caller can learn more.
    fn with_what_lacks(&self, error: Error) -> Error {
        let is_bare = self.job.origin.is_none() && self.job.scheduled == Scheduled::Elsewhere;
        if !is_bare || error.status != Status::OutcomeUnknown {
            return error;
        }
        let text = format!("{}{LACKS_COLLECTION}", error.message());
        error.saying(&text)
    }

    fn out_of_time(&self) -> Error {
        let known = self.tracker.progress();
        let known = match &self.latest_error {
            Some(error) => format!("{known}; the latest request failed: {error}"),
            None => known,
        };
        let (job_id, waited) = (self.job_id, self.context.deadline.elapsed().as_millis());
        let text = if self.tracker.is_over() {
            format!(
                "compaction job {job_id} is over, but {waited} ms passed before the client knew how it ended ({known})"
            )
        } else {
            format!("compaction job {job_id} was not over after {waited} ms; it goes on ({known})")
        };
        let mut error = self.context.deadline.settle(Error::new(Status::Timeout, text).retriable());
        error.grpc_code = self.latest_error.as_ref().map_or(0, |latest| latest.grpc_code);
        error
    }
}
