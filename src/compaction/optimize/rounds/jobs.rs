//! The jobs of the rounds: triggers them, and follows them to their end.

use tokio::time::Instant;

use super::{Round, Rounds};
use crate::compaction::answered::{Start, Triggered};
use crate::compaction::follow::{self, WaitResult};
use crate::compaction::found::Found;
use crate::compaction::job_id::NO_JOB;
use crate::compaction::optimize::results::JobKind;
use crate::compaction::optimize::stage::{Cost, Stage, Step, StepState};
use crate::compaction::params::{Mode, Params};
use crate::compaction::plan::Plan;
use crate::compaction::resolve::{self, ResolutionState};
use crate::compaction::trigger;
use crate::compaction::verdict::Verdict;
use crate::error::{Error, Status};
use crate::index;
use crate::operation::Part;
use crate::outage::may_pass;
use crate::polling::through_outages;
use crate::segments::Segment;
use crate::server::{COMPACTS_UNINDEXED, COUNTS_PLANS};
use crate::text::counted;

impl Rounds<'_, '_> {
    /// An earlier trigger of this client may have started a job, which this call then follows. Returns whether it has.
    pub(super) async fn resolve_doubt(&mut self) -> Result<bool, Error> {
        let context = self.run.context;
        if context.history().in_doubt(&self.run.collection).is_none() || self.run.settings.only_estimate {
            return Ok(false);
        }
        let name = &self.run.collection.name;
        let found =
            through_outages(context.rpc(), context.deadline, || resolve::resolve(context, name)).await?;
        if found.state == ResolutionState::Started && found.job_id > NO_JOB {
            let stored = self.list().await?;
            self.follow_earlier(found.job_id, &stored).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Follows a job that was triggered before this call. If it fails, the rounds compact what it left.
    pub(super) async fn follow_earlier(&mut self, job_id: i64, stored: &[Segment]) -> Result<(), Error> {
        let origin = self.run.context.history().recall(job_id).and_then(|job| job.origin);
        let mode = origin.filter(|origin| !origin.is_late).map(|origin| origin.mode);
        let outcome = self.follow(job_id, mode == Some(Mode::L0), "it ran already").await?;
        match outcome.error {
            Some(error) if outcome.report.verdict == Verdict::None => return Err(error),
            None if mode == Some(Mode::L0) => self.note_deletions(stored),
            None if mode == Some(self.run.settings.params.mode()) => {
                self.results.add(&outcome.report.plans, self.job_kind());
            }
            _ => {}
        }
        Ok(())
    }

    /// Waits for a job, and adds its line to the report.
    async fn follow(&mut self, job_id: i64, is_l0: bool, why: &str) -> Result<WaitResult, Error> {
        self.round += 1;
        self.run.tell_round(self.round);
        self.run.out.job_id = job_id;
        self.run.teller.triggered(job_id);
        let (since, before) = (Instant::now(), self.run.progress());
        let mut outcome = {
            let run = &*self.run;
            let show = |now| run.tell_job(before, now);
            let advance = run.group.map(|group| &group.advance);
            let wait: Part<'_, _> = Box::pin(follow::wait_within(run.context, &show, job_id, advance));
            wait.await?
        };
        let verdict = outcome.report.verdict;
        let text = said_of(&outcome, is_l0, why);
        let state = if outcome.error.is_none() { StepState::Done } else { StepState::Failed };
        self.run.out.verdict = self.combined(verdict);
        // The plans of many rounds would take much memory; the report has their counts.
        let plans = std::mem::take(&mut outcome.report.plans);
        let kept = Some(Box::new(outcome.clone()));
        outcome.report.plans = plans;
        self.run.add(Step {
            stage: Stage::Compact,
            state,
            round: self.round,
            is_l0,
            job_id,
            took: since.elapsed(),
            outcome: kept,
            text,
        });
        Ok(outcome)
    }

    /// The verdict of all rounds so far: nothing to do counts only if no round did anything.
    fn combined(&self, verdict: Verdict) -> Verdict {
        match (self.run.out.verdict, verdict) {
            (Verdict::Succeeded, Verdict::NothingToDo | Verdict::NotStarted) => Verdict::Succeeded,
            (_, verdict) => verdict,
        }
    }

    /// Triggers once, and follows the job to its end.
    pub(super) async fn trigger(&mut self, params: &Params, stored: &[Segment]) -> Result<Round, Error> {
        let (context, name) = (self.run.context, self.run.collection.name.clone());
        let triggered = {
            let _turn = match self.run.group {
                Some(group) => Some(group.turn(context.deadline).await?),
                None => None,
            };
            let found = self.find().await?;
            let triggering: Part<'_, _> = Box::pin(trigger::compact(context, &name, Some(found), params));
            triggering.await
        };
        let chose_segments = params.segment_ids != self.run.settings.params.segment_ids;
        let triggered = match triggered {
            Ok(triggered) => triggered,
            Err(error) if error.in_doubt && error.job_id > NO_JOB => {
                Triggered { start: Start::Accepted, job_id: error.job_id, planned: None, unsorted: None }
            }
            Err(error) if error.in_doubt => return Err(error),
            Err(error) if error.status == Status::Busy => return Ok(Round::Later(error)),
            // The segments were replaced since they were listed.
            Err(error) if chose_segments && error.status == Status::InvalidArgument => {
                return Ok(Round::Later(error));
            }
            Err(error) if may_pass(&error) && !context.deadline.has_passed() => {
                return Ok(Round::Later(error));
            }
            Err(error) => return Err(error),
        };
        if triggered.start == Start::Nothing {
            return self.nothing().await;
        }
        let why = if triggered.start == Start::Running { "it ran already" } else { "" };
        let outcome = self.follow(triggered.job_id, params.is_l0, why).await?;
        let is_main = !params.is_l0 || self.run.settings.params.is_l0;
        self.triggered += u32::from(is_main);
        if is_main && !matches!(outcome.report.verdict, Verdict::NotStarted | Verdict::NothingToDo) {
            self.run.out.cost = self.run.out.cost.and(self.cost_of(&outcome.report.plans));
        }
        match outcome.error {
            Some(error) if outcome.report.verdict == Verdict::NotStarted => return Ok(Round::Later(error)),
            Some(error) => return Err(error),
            None => {}
        }
        if outcome.report.verdict == Verdict::NothingToDo {
            return self.nothing().await;
        }
        if is_main {
            self.results.see(stored);
            self.results.add(&outcome.report.plans, self.job_kind());
        }
        if params.is_clustering {
            self.purgeable.clear(); // it has rewritten everything
        }
        Ok(Round::Compacted)
    }

    fn job_kind(&self) -> JobKind {
        JobKind {
            is_clustering: self.run.settings.params.is_clustering,
            limits_plans: self.run.server.is_before(COUNTS_PLANS),
        }
    }

    /// What a job rewrote. If the server does not list its plans, it is what was planned.
    fn cost_of(&self, plans: &[Plan]) -> Cost {
        if plans.is_empty() || self.run.settings.params.is_l0 {
            return self.planned;
        }
        let (segments_in, rows) = self.results.taken_by(plans);
        // About one of each plan; servers before 3.1 name only the first, and of a forgotten plan none.
        let segments_out = self.planned.segments_out.map(|_| u64::try_from(plans.len()).unwrap_or(u64::MAX));
        Cost { segments_in, segments_out, rows, row_bytes: self.planned.row_bytes }
    }

    /// The server scheduled nothing. Servers before 2.4 answer so too if another compaction holds the segments.
    async fn nothing(&mut self) -> Result<Round, Error> {
        self.run.out.verdict = self.combined(Verdict::NothingToDo);
        let (context, collection) = (self.run.context, &self.run.collection);
        let describe = || index::describe(context.rpc(), context.deadline, collection);
        let indexes = through_outages(context.rpc(), context.deadline, describe).await;
        let needs_index = !self.run.server.is_at_least(COMPACTS_UNINDEXED);
        let why = match indexes {
            Ok(indexes) if needs_index && indexes.fields.is_empty() => "the collection has no index",
            _ if self.run.server.is_before(COUNTS_PLANS) => {
                let text = "the server scheduled nothing: another compaction holds the segments";
                return Ok(Round::Later(Error::new(Status::Busy, text).retriable()));
            }
            _ => "the server leaves them out for a reason that it does not list",
        };
        self.latest = Some(Error::new(Status::Incomplete, format!("the server scheduled nothing: {why}")));
        Ok(Round::Nothing)
    }

    /// The collection for the next trigger: still the one that was looked up first.
    async fn find(&mut self) -> Result<Box<Found>, Error> {
        let context = self.run.context;
        if let Some(found) = self.found.take().filter(|found| found.is_current(context.rpc())) {
            return Ok(found);
        }
        self.run.find().await.map(Box::new)
    }
}

/// What the line of a round says.
fn said_of(outcome: &WaitResult, is_l0: bool, why: &str) -> String {
    if let Some(error) = &outcome.error {
        return error.message().to_owned();
    }
    let done = if outcome.report.verdict == Verdict::NothingToDo {
        "the server had nothing to do".to_owned()
    } else {
        let kind = if is_l0 { "deletions applied" } else { "compacted" };
        format!("{kind} by {}", counted(outcome.report.planned, "plan"))
    };
    if why.is_empty() { done } else { format!("{done}; {why}") }
}
