//! Following a job to its end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::NO_JOB;
use super::client_state::ClientState;
use super::job_history::{Job, JobHistory, Origin};
use super::job_tracker::JobTracker;
use super::left_out::left_out;
use super::observe::{Observer, Seen};
use super::patience::{may_pass, out_of_reach, stalled};
use super::plan::Plan;
use super::progress::Progress;
use super::questions::{LONGEST_LISTING, Questions};
use super::scheduled::Scheduled;
use super::segment_diff::{self, SegmentDiff};
use super::state::{self, check_job_id};
use super::verdict::{Report, Verdict, failure};
use crate::error::{Error, Status};
use crate::poll_limiter::pause;
use crate::rpc::{self, Deadline};

/// A single question has this long where nothing is known of the server.
pub(super) const POLL_LIMIT: Duration = Duration::from_secs(5);
/// A look that would say anything else than success is taken again after this.
const CONFIRM: Duration = Duration::from_secs(1);
/// So long after the server said that a job is over, a list of segments is of after its end: recorded are up to 35 ms.
const REST: Duration = Duration::from_millis(200);
/// Plans that the trigger announced may take so long to be listed.
const GRACE: Duration = Duration::from_secs(2);
/// A job of which nothing new is heard for so long may have lost its collection; doubled from question to question.
const IDLE: Duration = Duration::from_secs(3);
const LONGEST_IDLE: Duration = Duration::from_mins(1);

/// Said of a job of which nothing but the id is known.
const LACKS_COLLECTION: &str = "; this client neither triggered nor imported the job, so it does not know its segments: \
    milvus_compaction_wait_in() takes the collection's name, and milvus_job_import() what milvus_job_export() of the \
    client that triggered it gave";

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
    client_state: &ClientState,
    show: Show<'_>,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<Outcome, Error> {
    check_job_id(job_id)?;
    if job_id == NO_JOB {
        let report = Report { verdict: Verdict::NothingToDo, ..Report::default() };
        return Ok(Outcome { report, error: None });
    }
    let job = client_state.history.recall(job_id).unwrap_or_else(Job::of_others);
    let was_over = job.is_over;
    let mut follower = Follower::new(client_state, deadline, job_id, job);
    let ended = follower.poll_to_the_end(show).await;
    let is_over = ended.is_ok();
    if is_over {
        follower.tracker.settle();
    }
    let mut report = follower.tracker.report();
    let origin = follower.job.origin.as_deref().filter(|origin| !origin.is_late);
    report.unsorted = origin.and_then(Origin::unsorted);
    if is_over {
        report.segment_diff = follower.segment_diff();
        let origin = follower.job.origin.as_deref();
        let is_listed = !report.plans.is_empty();
        report.left_out = origin.filter(|_| is_listed).and_then(|o| left_out(o, follower.tracker.plans()));
    }
    let reason = follower.tracker.plans().failure_reason();
    let error = match ended {
        Ok(()) => failure(&report, reason).map(|error| follower.with_what_lacks(error)),
        Err(error) => {
            // Whatever had been seen by then, the job was not seen to its end.
            report.verdict = Verdict::None;
            Some(error)
        }
    };
    // Once over, always over: a later wait may only have had too little time.
    let job = follower.tracker.remembered(follower.job);
    client_state.history.remember(job_id, Job { is_over: is_over || was_over, ..job });
    Ok(Outcome { report, error: error.map(|error| error.about_job(job_id)) })
}

/// The plans that the server lists now, and those that this client has seen before.
pub(crate) async fn plans(
    rpc: &rpc::Rpc,
    history: &JobHistory,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<Vec<Plan>, Error> {
    let listed = state::listed(rpc, rpc::RetryClass::Read, deadline, job_id).await?;
    let job = history.recall(job_id).unwrap_or_else(Job::of_others);
    let mut tracker = JobTracker::new(job_id, job);
    tracker.list(listed, true);
    Ok(tracker.report().plans)
}

/// What comes after a look at a job.
enum Next {
    /// The job is over, and everything there is to be seen was.
    Over,
    /// To be asked again when it is time.
    Poll,
    /// To be asked again after this.
    After(Duration),
}

/// One wait for one job.
struct Follower<'a> {
    client_state: &'a ClientState,
    deadline: Deadline<'a>,
    job_id: i64,
    /// What was known of it before, without its plans.
    job: Job,
    tracker: JobTracker,
    /// The collection's side of it; `None` for a job of which no collection is known.
    observer: Option<Observer>,
    latest: Option<Seen>,
    questions: Questions,
    latest_error: Option<Error>,
    /// When anything of the job last changed; the wait's beginning, if nothing has.
    progressed: Instant,
    /// When the state or the counts last changed, or the collection was last looked up.
    changed: Instant,
    /// How long nothing new may be heard before the collection is looked up.
    idle: Duration,
    /// When the segments were last looked at while the job ran.
    observed: Option<Instant>,
    /// When the job was first seen to be over.
    ended: Option<Instant>,
    /// When it was first seen to be over, and not to have succeeded.
    doubted: Option<Instant>,
    has_asked_management: bool,
    /// Since when its segments should have been listed.
    observing: Option<Instant>,
}

impl<'a> Follower<'a> {
    fn new(client_state: &'a ClientState, deadline: Deadline<'a>, job_id: i64, mut job: Job) -> Self {
        let observer = job.origin.as_ref().map(|origin| Observer::new(Arc::clone(origin)));
        let questions = Questions::new(job_id, &job);
        let tracker = JobTracker::new(job_id, job.clone());
        job.plans = super::plan::Plans::default();
        let now = Instant::now();
        Self {
            client_state,
            deadline,
            job_id,
            job,
            tracker,
            observer,
            latest: None,
            questions,
            latest_error: None,
            progressed: now,
            changed: now,
            idle: IDLE,
            observed: None,
            ended: None,
            doubted: None,
            has_asked_management: false,
            observing: None,
        }
    }

    async fn poll_to_the_end(&mut self, show: Show<'_>) -> Result<(), Error> {
        loop {
            if self.deadline.bound(self.client_state.job_limiter.acquire()).await.is_none() {
                return Err(self.out_of_time());
            }
            let asked = Instant::now();
            // Boxed: between two polls a wait takes little memory.
            let looked = Box::pin(self.look(show)).await;
            let rest = match looked {
                Ok(Next::Over) => return Ok(()),
                Ok(next) => {
                    self.latest_error = None;
                    match next {
                        Next::After(rest) => rest,
                        _ => pause(self.job.since.elapsed()),
                    }
                }
                Err(error) => {
                    self.failed(error, asked)?;
                    pause(self.job.since.elapsed())
                }
            };
            if self.deadline.bound(tokio::time::sleep(rest)).await.is_none() {
                return Err(self.out_of_time());
            }
        }
    }

    /// A look has failed. Fails if that ends the wait.
    fn failed(&mut self, error: Error, asked: Instant) -> Result<(), Error> {
        if !may_pass(&error) {
            return Err(error);
        }
        self.tracker.failed_poll();
        // A live connection answers pings, or keepalive would have ended it.
        let is_late = error.status == Status::Timeout || error.was_slow;
        let is_alive = is_late && self.client_state.rpc.is_connected();
        let is_answer =
            error.server_code != 0 || matches!(error.status, Status::NotReady | Status::RateLimited);
        let is_heard = is_alive || is_answer;
        let gone = self.questions.outage.failed(asked, is_heard);
        // A question that the wait's own end cut off is no failure to tell of.
        let is_cut_off = matches!(error.status, Status::Timeout | Status::Cancelled | Status::Closed);
        if !is_cut_off || !self.deadline.has_passed() {
            self.latest_error = Some(error.clone());
        }
        if self.deadline.has_passed() {
            return Err(self.out_of_time());
        }
        match gone {
            Some(since) => Err(out_of_reach(self.job_id, since, &error)),
            None => Ok(()),
        }
    }

    /// One poll, with a look at the plans whenever something has changed, and at the segments when the job is over.
    async fn look(&mut self, show: Show<'_>) -> Result<Next, Error> {
        let rpc = &self.client_state.rpc;
        rpc.reach(self.deadline).await?;
        let before = self.tracker.last();
        let so_far = self.tracker.so_far();
        let look_at_plans = self.questions.poll_state(rpc, self.deadline, &mut self.tracker).await?;
        if self.tracker.last() != before {
            (self.changed, self.idle) = (Instant::now(), IDLE);
        }
        let listed = if look_at_plans {
            self.questions.list_plans(rpc, self.deadline, &mut self.tracker).await
        } else {
            Ok(())
        };
        let now = self.tracker.so_far();
        if now != so_far || self.tracker.last() != before {
            self.progressed = Instant::now();
        }
        show(now);
        listed?;
        if self.tracker.is_over() {
            self.ended.get_or_insert_with(Instant::now);
            return self.conclude().await;
        }
        (self.ended, self.doubted) = (None, None);
        self.look_beside().await?;
        let unchanged = self.progressed.elapsed();
        if unchanged > rpc.config().stall_timeout {
            return Err(stalled(self.job_id, unchanged, &self.tracker.progress()));
        }
        Ok(Next::Poll)
    }

    /// The job is over. Says whether everything there is to be seen was.
    async fn conclude(&mut self) -> Result<Next, Error> {
        if self.tracker.misses_plans() && self.job.since.elapsed() < GRACE {
            self.tracker.look_again();
            return Ok(Next::Poll);
        }
        // Between two looks at the segments lies a second.
        let earlier = self.doubted.max(self.observed.filter(|_| self.doubted.is_none()));
        if let Some(rest) = earlier.and_then(|at| CONFIRM.checked_sub(at.elapsed())) {
            return Ok(Next::After(rest));
        }
        self.rest().await?;
        if let Some(next) = self.observe_the_end().await? {
            return Ok(next);
        }
        let is_second = self.doubted.is_some() || self.tracker.is_certain();
        if is_second && !self.tracker.is_good() && self.ask_the_management_port().await {
            self.observe().await?;
        }
        let is_certain = self.tracker.is_certain() || self.observer.is_none();
        let is_last = self.doubted.is_some() && !self.tracker.wants_another_look();
        if is_certain || is_last {
            return Ok(Next::Over);
        }
        self.doubted = Some(Instant::now());
        self.tracker.look_again();
        Ok(Next::After(CONFIRM))
    }

    /// Has the segments be listed well after the end if a plan shows no result: what is stored then, the job has left.
    async fn rest(&self) -> Result<(), Error> {
        let is_needed = self.observer.is_some() && self.tracker.has_plans_without_results();
        if is_needed && !self.tracker.is_certain() && !self.is_at_rest() {
            let rested = self.deadline.bound(tokio::time::sleep(REST)).await;
            return rested.ok_or_else(|| self.out_of_time());
        }
        Ok(())
    }

    fn is_at_rest(&self) -> bool {
        self.ended.is_some_and(|ended| ended.elapsed() >= REST)
    }

    /// Looks at what the job has left behind. Returns what comes next if that cannot be seen any more.
    async fn observe_the_end(&mut self) -> Result<Option<Next>, Error> {
        let asked = Instant::now();
        match self.observe().await {
            Ok(()) => self.observing = None,
            // What is known stays known when its collection is dropped later.
            Err(error) if error.status == Status::CollectionNotFound && self.tracker.is_certain() => {
                return Ok(Some(Next::Over));
            }
            Err(error) if may_pass(&error) => {
                if self.observing.get_or_insert(asked).elapsed() < LONGEST_LISTING {
                    return Err(error);
                }
                self.tracker.cannot_see_segments();
                return Ok(Some(Next::Over));
            }
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    /// While the job runs: at the segments if a plan ended without a target, which the list may forget; at the
    /// collection if nothing new is heard.
    async fn look_beside(&mut self) -> Result<(), Error> {
        let rest = (self.job.since.elapsed() / 5).max(CONFIRM);
        if self.tracker.has_ended_plans() && self.observed.is_none_or(|at| at.elapsed() > rest) {
            self.observed = Some(Instant::now());
            self.observe().await?;
        }
        if self.changed.elapsed() > self.idle {
            (self.changed, self.idle) = (Instant::now(), (self.idle * 2).min(LONGEST_IDLE));
            if let Some(observer) = &mut self.observer {
                observer.check_collection(&self.client_state.rpc, self.deadline, self.job_id).await?;
            }
        }
        Ok(())
    }

    /// Asks the management port what it knows of the plans, once; whether it answered. That it cannot be asked changes
    /// nothing.
    async fn ask_the_management_port(&mut self) -> bool {
        let (Some(management), Some(origin)) = (&self.client_state.management, &self.job.origin) else {
            return false;
        };
        if self.has_asked_management {
            return false;
        }
        self.has_asked_management = true;
        // Without it there has to be time for the verdict.
        let share = self.deadline.remaining().map_or(POLL_LIMIT, |remaining| POLL_LIMIT.min(remaining / 4));
        let limit = self.deadline.within(share);
        let tasks = management.compaction_tasks(limit, origin.collection.id).await;
        tasks.is_ok_and(|tasks| {
            self.tracker.hear(&tasks);
            true
        })
    }

    /// Looks at the segments, and judges the plans by them.
    async fn observe(&mut self) -> Result<(), Error> {
        let is_at_rest = self.is_at_rest();
        let Some(observer) = &mut self.observer else { return Ok(()) };
        let (rpc, tracker) = (&self.client_state.rpc, &mut self.tracker);
        self.latest = observer.observe(rpc, self.deadline, self.job_id, tracker, is_at_rest).await?;
        Ok(())
    }

    /// What has become of the segments since the trigger.
    fn segment_diff(&self) -> Option<SegmentDiff> {
        let origin = self.job.origin.as_ref().filter(|origin| !origin.is_late)?;
        let before = origin.before.as_ref()?;
        Some(segment_diff::compare(before, &self.latest.as_ref()?.segments, self.tracker.plans()))
    }

    /// Says of a bare id what it takes to know more.
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
            Some(error) => format!("{known}; asking failed: {error}"),
            None => known,
        };
        let (job_id, waited) = (self.job_id, self.deadline.elapsed().as_millis());
        let text = if self.tracker.is_over() {
            format!(
                "compaction job {job_id} is over, but {waited} ms were too short to learn how it ended ({known})"
            )
        } else {
            format!("compaction job {job_id} was not over after {waited} ms; it goes on ({known})")
        };
        let mut error = self.deadline.settle(Error::new(Status::Timeout, text).retriable());
        error.grpc_code = self.latest_error.as_ref().map_or(0, |latest| latest.grpc_code);
        error
    }
}
