//! Compacts a collection in rounds, until a round leaves nothing out that a later one could compact.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::super::answered::{Start, Triggered};
use super::super::follow::{self, WaitResult};
use super::super::job_id::NO_JOB;
use super::super::params::{Mode, Params};
use super::super::predict::Scope;
use super::super::resolve::{self, ResolutionState};
use super::super::trigger::{self, Found};
use super::super::verdict::Verdict;
use super::results::Results;
use super::run::{Pauses, Run};
use super::stage::{Cost, Stage, Step, StepState};
use super::work::{View, Work};
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::flush;
use crate::outage::may_pass;
use crate::polling::through_outages;
use crate::segments::Segment;
use crate::server::COUNTS_PLANS;
use crate::text::{counted, quotable};

/// The longest wait until the results are sorted. On 2.5 they were seen to take up to a minute.
const LONGEST_SORT: Duration = Duration::from_mins(1);

/// What the rounds have done.
pub(super) struct Compacted {
    pub(super) results: Results,
    /// What is stored at the end.
    pub(super) stored: Vec<Segment>,
    /// The ids of what was stored at the beginning.
    pub(super) ours: HashSet<i64>,
    /// Why they ended too early. The results are there all the same.
    pub(super) error: Option<Error>,
}

/// What a trigger led to.
enum Round {
    /// A job has compacted segments.
    Compacted,
    /// Not now: a later trigger may compact them.
    Later(Error),
    /// The server has nothing to do.
    Nothing,
}

/// The rounds of one optimization.
pub(super) struct Rounds<'r, 'a> {
    run: &'r mut Run<'a>,
    partition_id: i64,
    found: Option<Box<Found>>,
    results: Results,
    ours: HashSet<i64>,
    purgeable: HashSet<i64>,
    pauses: Pauses,
    /// The number of the latest round, followed jobs included.
    round: u32,
    /// How many rounds have triggered.
    triggered: u32,
    has_applied_deletions: bool,
    /// Why the latest trigger did not compact anything.
    latest: Option<Error>,
    /// A bound that keeps the rounds from going on.
    bound: Option<Error>,
}

impl<'r, 'a> Rounds<'r, 'a> {
    pub(super) fn new(run: &'r mut Run<'a>, partition_id: i64, found: Found) -> Self {
        let pauses = Pauses::of(run.settings);
        Self {
            run,
            partition_id,
            found: Some(Box::new(found)),
            results: Results::default(),
            ours: HashSet::new(),
            purgeable: HashSet::new(),
            pauses,
            round: 0,
            triggered: 0,
            has_applied_deletions: false,
            latest: None,
            bound: None,
        }
    }

    /// Runs the rounds. `None`: the server does not list segments, so there was one round without a look at them.
    pub(super) async fn compact(mut self) -> Result<Option<Compacted>, Error> {
        let since = Instant::now();
        let Some(first) = self.run.list_if_allowed().await? else {
            self.once().await?;
            return Ok(None);
        };
        self.results.see(&first);
        self.run.out.before = Some(self.run.totals(&first));
        self.ours = first.iter().map(|segment| segment.id).collect();
        self.resolve_doubt().await?;
        let mut stored = first;
        while let Some(next) = Box::pin(self.go_on(&stored)).await? {
            stored = next;
        }
        if !self.run.settings.only_estimate {
            stored = self.wait_until_results_are_sorted(stored).await?;
        }
        let error = self.conclude(&stored, since);
        Ok(Some(Compacted { results: self.results, stored, ours: self.ours, error }))
    }

    /// One step of the rounds. Returns a fresh list of the stored segments, or `None` after the last step.
    async fn go_on(&mut self, stored: &[Segment]) -> Result<Option<Vec<Segment>>, Error> {
        if let Some(job_id) = self.run.context.history().unfinished(&self.run.collection) {
            self.follow_earlier(job_id, stored).await?;
            return self.list().await.map(Some);
        }
        let applies_deletions = self.has_deletions_to_apply(stored);
        if applies_deletions {
            self.note_deletions(stored);
        }
        let view = self.view(stored);
        let (work, (open, _)) = (view.work(), view.leftovers());
        if !work.is_needed && !applies_deletions {
            // What is not sorted yet may be merged later. Segments that a writer stores meanwhile do not matter.
            let waits = open.iter().any(|id| self.ours.contains(id)) && !self.run.settings.only_estimate;
            return if waits && self.rest().await { self.list().await.map(Some) } else { Ok(None) };
        }
        let total = self.run.out.cost.and(work.cost);
        if let Err(error) = self.check_bounds(&work, total) {
            self.bound = Some(error);
            return Ok(None);
        }
        self.run.tell_cost(total);
        if self.run.settings.only_estimate {
            self.run.out.cost = total;
            return Ok(None);
        }
        if applies_deletions {
            self.apply_deletions(stored).await?;
            return self.list().await.map(Some);
        }
        if self.triggered == self.run.settings.rounds {
            return Ok(None);
        }
        let mut params = self.run.settings.params.clone();
        if let Some(named) = work.named {
            params.segment_ids = Some(named);
        }
        match self.trigger(&params, stored).await? {
            Round::Compacted => {
                self.run.out.cost = total;
                self.pauses.begin_again();
                self.latest = None;
            }
            Round::Nothing => return Ok(None),
            Round::Later(error) => {
                self.latest = Some(error);
                if !self.rest().await {
                    return Ok(None);
                }
            }
        }
        self.list().await.map(Some)
    }

    fn view<'v>(&'v self, stored: &'v [Segment]) -> View<'v> {
        let settings = self.run.settings;
        View {
            stored,
            server: &self.run.server,
            scope: Scope { params: &settings.params, partition_id: self.partition_id },
            channels: self.run.collection.channels.len(),
            row_bytes: settings.row_bytes.unwrap_or(self.run.collection.row_bytes),
            settings,
            results: &self.results,
            purgeable: &self.purgeable,
        }
    }

    async fn list(&mut self) -> Result<Vec<Segment>, Error> {
        let stored = self.run.list().await?;
        self.results.see(&stored);
        Ok(stored)
    }

    /// Pauses before the next round. Returns whether time is left for one.
    async fn rest(&mut self) -> bool {
        match self.pauses.next() {
            Some(pause) => self.run.context.deadline.sleep(pause).await,
            None => false,
        }
    }

    fn check_bounds(&self, work: &Work, total: Cost) -> Result<(), Error> {
        let settings = self.run.settings;
        let is_first = self.results.is_empty();
        let over = |bound: Option<u64>, value: u64| bound.filter(|bound| value > *bound);
        let why = if let Some(bound) = over(settings.most_rows, total.rows) {
            format!("max_rewrite_rows is {bound}")
        } else if let Some(bound) = over(settings.most_bytes, total.bytes()) {
            format!("max_rewrite_bytes is {bound}")
        } else if is_first && work.cost.segments_in < settings.least_segments {
            format!("min_segments is {}", settings.least_segments)
        } else {
            return Ok(());
        };
        let Cost { segments_in, segments_out, rows, row_bytes } = total;
        let out = segments_out.map(|count| format!(" to about {count}")).unwrap_or_default();
        let text = format!(
            "compacting \"{}\" would rewrite {segments_in} segments{out}, with {rows} rows and about {} bytes ({row_bytes} \
             a row), but {why}",
            quotable(&self.run.collection.name),
            total.bytes(),
        );
        Err(Error::new(Status::OutOfBounds, text))
    }

    /// An earlier trigger of this client may have started a job, which this call then follows.
    async fn resolve_doubt(&mut self) -> Result<(), Error> {
        let context = self.run.context;
        if context.history().in_doubt(&self.run.collection).is_none() || self.run.settings.only_estimate {
            return Ok(());
        }
        let name = &self.run.collection.name;
        let found =
            through_outages(context.rpc(), context.deadline, || resolve::resolve(context, name)).await?;
        if found.state == ResolutionState::Started && found.job_id > NO_JOB {
            let stored = self.list().await?;
            self.follow_earlier(found.job_id, &stored).await?;
        }
        Ok(())
    }

    /// Follows a job that was triggered before this call. If it fails, the rounds compact what it left.
    async fn follow_earlier(&mut self, job_id: i64, stored: &[Segment]) -> Result<(), Error> {
        let origin = self.run.context.history().recall(job_id).and_then(|job| job.origin);
        let mode = origin.filter(|origin| !origin.is_late).map(|origin| origin.mode);
        let outcome = self.follow(job_id, mode == Some(Mode::L0), "it ran already").await?;
        match outcome.error {
            Some(error) if outcome.report.verdict == Verdict::None => return Err(error),
            Some(_) => {}
            None if mode == Some(Mode::L0) => self.note_deletions(stored),
            None if mode == Some(self.run.settings.params.mode()) => self.results.add(&outcome.report.plans),
            None => {}
        }
        Ok(())
    }

    /// Waits for a job, and adds its line to the report.
    async fn follow(&mut self, job_id: i64, is_l0: bool, why: &str) -> Result<WaitResult, Error> {
        self.round += 1;
        self.run.tell_round(self.round);
        self.run.out.job_id = job_id;
        let (since, before) = (Instant::now(), self.run.progress());
        let mut outcome = {
            let run = &*self.run;
            let show = |now| run.tell_job(before, now);
            let advance = run.group.map(|group| &group.advance);
            Box::pin(follow::wait(run.context, &show, job_id, advance)).await?
        };
        let planned = outcome.report.planned;
        let verdict = outcome.report.verdict;
        let text = match &outcome.error {
            Some(error) => error.message().to_owned(),
            None => {
                let kind = if is_l0 { "deletions applied" } else { "compacted" };
                let why = if why.is_empty() { String::new() } else { format!("; {why}") };
                match verdict {
                    Verdict::NothingToDo => format!("the server had nothing to do{why}"),
                    _ => format!("{kind} by {}{why}", counted(planned, "plan")),
                }
            }
        };
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

    fn has_deletions_to_apply(&self, stored: &[Segment]) -> bool {
        !self.has_applied_deletions
            && self.run.settings.applies_deletions_on(&self.run.server)
            && self.view(stored).l0() > 0
    }

    /// Applies the deletions to the segments that they concern; the next round purges the rows.
    async fn apply_deletions(&mut self, stored: &[Segment]) -> Result<(), Error> {
        let params = Params { is_l0: true, ..Params::default() };
        loop {
            match self.trigger(&params, stored).await? {
                Round::Compacted => break,
                Round::Nothing => {
                    self.purgeable.clear();
                    break;
                }
                Round::Later(error) => {
                    self.latest = Some(error);
                    if !self.rest().await {
                        self.purgeable.clear();
                        break;
                    }
                }
            }
        }
        self.has_applied_deletions = true;
        Ok(())
    }

    /// Once the deletions are applied, the segments that they concern have to be rewritten.
    fn note_deletions(&mut self, stored: &[Segment]) {
        self.purgeable
            .extend(stored.iter().filter(|segment| segment.is_l0()).map(|segment| segment.partition_id));
    }

    /// Triggers once, and follows the job to its end.
    async fn trigger(&mut self, params: &Params, stored: &[Segment]) -> Result<Round, Error> {
        let found = self.find().await?;
        let (context, name) = (self.run.context, self.run.collection.name.clone());
        let triggered = {
            let _turn = match self.run.group {
                Some(group) => Some(group.turn(context.deadline).await?),
                None => None,
            };
            Box::pin(trigger::compact(context, &name, Some(found), params)).await
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
            return Ok(self.nothing());
        }
        self.triggered += u32::from(!params.is_l0);
        let why = if triggered.start == Start::Running { "it ran already" } else { "" };
        let outcome = self.follow(triggered.job_id, params.is_l0, why).await?;
        match outcome.error {
            Some(error) if outcome.report.verdict == Verdict::NotStarted => return Ok(Round::Later(error)),
            Some(error) => return Err(error),
            None => {}
        }
        if outcome.report.verdict == Verdict::NothingToDo {
            return Ok(self.nothing());
        }
        if !params.is_l0 || self.run.settings.params.is_l0 {
            self.results.see(stored);
            self.results.add(&outcome.report.plans);
        }
        Ok(Round::Compacted)
    }

    /// The server scheduled nothing. Servers before 2.4 answer so too if another compaction holds the segments.
    fn nothing(&mut self) -> Round {
        self.run.out.verdict = self.combined(Verdict::NothingToDo);
        if !self.run.server.is_before(COUNTS_PLANS) {
            return Round::Nothing;
        }
        let text = format!(
            "the server scheduled nothing for \"{}\": another compaction holds the segments, or they have no index",
            quotable(&self.run.collection.name)
        );
        Round::Later(Error::new(Status::Busy, text).retriable())
    }

    /// The collection for the next trigger: still the one that was looked up first.
    async fn find(&mut self) -> Result<Box<Found>, Error> {
        let context = self.run.context;
        if let Some(found) = self.found.take().filter(|found| found.is_current(context.rpc())) {
            return Ok(found);
        }
        let (since, known) = (Instant::now(), &self.run.collection);
        let find = || collection::find(context.rpc(), context.deadline, &known.name);
        let now: Collection = through_outages(context.rpc(), context.deadline, find).await?;
        if !now.is_same(known) {
            let text = format!(
                "collection \"{}\" was dropped meanwhile, and another collection has its name now",
                quotable(&known.name)
            );
            return Err(Error::new(Status::CollectionNotFound, text));
        }
        Ok(Box::new(Found::new(context.rpc(), &now, since)))
    }

    /// The one round for a server that does not list segments.
    async fn once(&mut self) -> Result<(), Error> {
        let params = self.run.settings.params.clone();
        if self.run.settings.only_estimate {
            let text = "the server does not list segments, so the cost cannot be estimated";
            return Err(Error::new(Status::Unsupported, text));
        }
        loop {
            match self.trigger(&params, &[]).await? {
                Round::Later(error) if !self.rest().await => return Err(error),
                Round::Later(_) => {}
                Round::Compacted | Round::Nothing => return Ok(()),
            }
        }
    }

    /// Servers of 2.5 sort the results of a job some time after its end.
    async fn wait_until_results_are_sorted(&mut self, stored: Vec<Segment>) -> Result<Vec<Segment>, Error> {
        if !self.results.stored(&stored).any(Segment::is_unsorted) {
            return Ok(stored);
        }
        let (client_state, deadline) = (self.run.context.client_state, self.run.context.deadline);
        let (rpc, limiter) = (&client_state.rpc, &client_state.collection_limiter);
        let none = HashSet::new();
        flush::wait_until_sorted(rpc, limiter, deadline, &self.run.collection, LONGEST_SORT, &none).await?;
        self.list().await
    }

    /// Reports what the rounds left, and returns an error if that is more than a writer's new segments.
    fn conclude(&mut self, stored: &[Segment], since: Instant) -> Option<Error> {
        let (open, left_out) = self.view(stored).leftovers();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let is_new = |segment: &&Segment| {
            segment.is_stored_data() && !self.ours.contains(&segment.id) && !self.results.has(segment.id)
        };
        let new_segments = number(stored.iter().filter(is_new).count());
        let old = open.iter().filter(|id| self.ours.contains(id)).count();
        let has_compacted = self.round > 0 && !self.results.is_empty();
        let out = &mut self.run.out;
        (out.left_out, out.new_segments) = (Some(left_out), Some(new_segments));
        if out.verdict == Verdict::None && !self.run.settings.only_estimate {
            out.verdict = Verdict::NothingToDo;
        }
        let totals = self.run.totals(stored);
        self.run.out.after = Some(totals);
        let name = quotable(&self.run.collection.name);
        let error = match (self.bound.take(), self.latest.take()) {
            (Some(bound), _) if has_compacted => Some(bound.context(format!("after {} rounds", self.round))),
            (Some(bound), _) => Some(bound),
            _ if self.run.settings.only_estimate || old == 0 => None,
            (_, Some(busy)) if !has_compacted => Some(busy.context("nothing was compacted")),
            (_, why) => {
                let why = why.map(|error| format!("; the latest trigger: {error}")).unwrap_or_default();
                let text = format!(
                    "{} of \"{name}\" could still be compacted: {} to be sorted, and {} held or refused{why}",
                    counted(number(old), "segment"),
                    left_out.unsorted,
                    left_out.held
                );
                Some(Error::new(Status::Incomplete, text).retriable())
            }
        };
        let text = match &error {
            Some(error) => error.message().to_owned(),
            None if self.run.settings.only_estimate => "estimated only".to_owned(),
            None if self.round == 0 => "nothing to do: no segments can be merged".to_owned(),
            None => {
                let new =
                    if new_segments > 0 { format!("; {new_segments} new since") } else { String::new() };
                format!(
                    "{} in {}{new}",
                    counted(totals.segments, "segment"),
                    counted(i64::from(self.round), "round")
                )
            }
        };
        let state = match (&error, self.round) {
            (Some(_), _) => StepState::Failed,
            (None, 0) => StepState::Skipped,
            (None, _) => StepState::Done,
        };
        self.run.step(Stage::Compact, since, state, text);
        error
    }
}
