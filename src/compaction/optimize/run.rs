//! One optimization under way: what its stages share, and what it has to report so far.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::super::call_context::CallContext;
use super::super::concurrently::Group;
use super::super::follow::Show;
use super::super::found::Found;
use super::super::progress::Progress;
use super::super::teller::Teller;
use super::settings::Settings;
use super::stage::{Cost, Optimized, Stage, Step, StepState, Totals};
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::log::{self, Level};
use crate::polling::through_outages;
use crate::rpc::RetryClass;
use crate::segments::{self, Segment};
use crate::server::{HAS_LEVELS, Server};

/// One optimization.
pub(super) struct Run<'a> {
    pub(super) context: CallContext<'a>,
    pub(super) settings: &'a Settings,
    /// The other collections of the same call.
    pub(super) group: Option<&'a Group>,
    pub(super) collection: Collection,
    pub(super) server: Server,
    /// What the flush stored.
    pub(super) flushed: HashSet<i64>,
    pub(super) out: Optimized,
    /// The one that tells each job.
    pub(super) teller: &'a Teller,
    show: Show<'a>,
    progress: Mutex<Progress>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        (context, (show, teller)): (CallContext<'a>, (Show<'a>, &'a Teller)),
        (settings, group): (&'a Settings, Option<&'a Group>),
        (collection, server): (Collection, Server),
        name: &str,
    ) -> Self {
        let out = Optimized { name: name.to_owned(), ..Optimized::default() };
        let (flushed, progress) = (HashSet::new(), Mutex::default());
        Self { context, settings, group, collection, server, flushed, out, teller, show, progress }
    }

    /// The stored segments, also if the server is away for a while.
    pub(super) async fn list(&self) -> Result<Vec<Segment>, Error> {
        let (rpc, deadline) = (self.context.rpc(), self.context.deadline);
        let list = || segments::persistent(rpc, RetryClass::Read, deadline, &self.collection);
        let stored = through_outages(rpc, deadline, list).await?;
        // Servers list by name, and the segments of a later collection of that name are not listed here.
        if stored.is_empty() {
            self.find().await?;
        }
        Ok(stored)
    }

    /// Looks the collection up again by its name, and makes sure that it is still the same.
    pub(super) async fn find(&self) -> Result<Found, Error> {
        let (rpc, deadline) = (self.context.rpc(), self.context.deadline);
        let (since, known) = (Instant::now(), &self.collection);
        let now = through_outages(rpc, deadline, || collection::find(rpc, deadline, &known.name)).await?;
        Found::new(rpc, known, since).check_same(&now)?;
        Ok(Found::new(rpc, &now, since).binding())
    }

    /// The stored segments; `None` if the server or the user's rights do not show them.
    pub(super) async fn list_if_allowed(&self) -> Result<Option<Vec<Segment>>, Error> {
        match self.list().await {
            Ok(stored) => Ok(Some(stored)),
            Err(error) if matches!(error.status, Status::PermissionDenied | Status::Unsupported) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Begins a stage; `false` if the caller does not want it, or has asked for the cost only.
    pub(super) fn begins(&mut self, stage: Stage) -> bool {
        if self.settings.only_estimate && stage != Stage::Compact {
            return false;
        }
        self.enter(stage);
        if self.settings.skips(stage) {
            self.step(stage, Instant::now(), StepState::Skipped, "the caller does not want it");
            return false;
        }
        true
    }

    /// Shows that this stage is under way.
    pub(super) fn enter(&mut self, stage: Stage) {
        self.out.stage = stage;
        self.change(|progress| {
            (progress.stage, progress.stage_done, progress.stage_total) = (stage as i32, 0, 0);
        });
    }

    /// Adds the line of a stage that has ended.
    pub(super) fn step(&mut self, stage: Stage, since: Instant, how: StepState, text: impl Into<String>) {
        let took = since.elapsed();
        self.add(Step {
            stage,
            state: how,
            round: 0,
            is_l0: false,
            job_id: 0,
            took,
            outcome: None,
            text: text.into(),
        });
    }

    pub(super) fn add(&mut self, step: Step) {
        log::tell(Level::Info, "optimizing", || {
            let took = step.took.as_millis();
            format!(
                "stage={:?} state={:?} round={} took_ms={took} text={:?}",
                step.stage, step.state, step.round, step.text
            )
        });
        self.out.steps.push(step);
    }

    /// Adds the line of a stage, and passes on what it returned or why it failed.
    pub(super) fn ends<T>(
        &mut self,
        stage: Stage,
        since: Instant,
        ended: Result<T, Error>,
        text: impl FnOnce(&T) -> String,
    ) -> Result<T, Error> {
        match &ended {
            Ok(value) => self.step(stage, since, StepState::Done, text(value)),
            Err(error) => self.step(stage, since, StepState::Failed, error.message()),
        }
        ended
    }

    /// Shows how far the stage is.
    pub(super) fn tell(&self, done: usize, total: usize) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.tell_numbers(number(done), number(total));
    }

    pub(super) fn tell_numbers(&self, done: i64, total: i64) {
        self.change(|progress| (progress.stage_done, progress.stage_total) = (done, total));
    }

    /// Shows what the next round rewrites before it triggers.
    pub(super) fn tell_cost(&self, cost: Cost) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let rewrite = (number(cost.segments_in), number(cost.rows), number(cost.bytes()));
        if self.progress().rewrite == rewrite {
            return;
        }
        self.change(|progress| progress.rewrite = rewrite);
        log::tell(Level::Info, "going to rewrite", || {
            let (segments, rows, bytes) = rewrite;
            format!("segments={segments} rows={rows} bytes={bytes}")
        });
    }

    /// Shows the progress of a job on top of those before.
    pub(super) fn tell_job(&self, before: Progress, now: Progress) {
        self.change(|progress| {
            (progress.planned, progress.done, progress.failed) = (before.planned, before.done, before.failed);
            progress.add(now);
        });
    }

    pub(super) fn tell_round(&self, round: u32) {
        self.change(|progress| progress.round = i32::try_from(round).unwrap_or(i32::MAX));
    }

    pub(super) fn progress(&self) -> Progress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        let now = {
            let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut progress);
            *progress
        };
        (self.show)(now);
    }

    /// Counts what is stored.
    pub(super) fn totals(&self, stored: &[Segment]) -> Totals {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let data = || stored.iter().filter(|segment| segment.is_stored_data());
        let l0 = stored.iter().filter(|segment| segment.is_l0() && segment.is_there()).count();
        Totals {
            segments: number(data().count()),
            rows: data().map(|segment| segment.rows.max(0)).fold(0, i64::saturating_add),
            l0_segments: self.server.is_at_least(HAS_LEVELS).then(|| number(l0)),
        }
    }
}

/// The pauses between rounds: each is twice as long as the one before, and all together have a limit.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
    longest: Duration,
    left: Duration,
}

impl Pauses {
    const FIRST: Duration = Duration::from_secs(1);

    pub(super) fn of(settings: &Settings) -> Self {
        Self { next: Self::FIRST.min(settings.pause), longest: settings.pause, left: settings.pauses }
    }

    /// The next pause; `None` if no time is left for one.
    pub(super) fn next(&mut self) -> Option<Duration> {
        let pause = self.next;
        self.left = self.left.checked_sub(pause)?;
        self.next = (pause * 2).min(self.longest);
        Some(pause)
    }

    /// A round has compacted something: what holds the others may be over soon.
    pub(super) fn begin_again(&mut self) {
        self.next = Self::FIRST.min(self.longest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_end_with_the_limit_of_all() {
        let seconds = Duration::from_secs;
        let settings = Settings { pause: seconds(5), pauses: seconds(20), ..Settings::default() };
        let mut pauses = Pauses::of(&settings);
        let taken: Vec<_> = std::iter::from_fn(|| pauses.next()).collect();
        assert_eq!(taken, [1, 2, 4, 5, 5].map(seconds));
        let mut pauses = Pauses::of(&settings);
        let [first, second] = [pauses.next(), pauses.next()];
        pauses.begin_again();
        assert_eq!([first, second, pauses.next()], [1, 2, 1].map(|s| Some(seconds(s))));
        let short = Settings { pause: Duration::from_millis(10), ..settings };
        assert_eq!(Pauses::of(&short).next(), Some(Duration::from_millis(10)));
    }
}
