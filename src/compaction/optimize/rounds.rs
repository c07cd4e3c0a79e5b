//! Compacts a collection in rounds, until a round leaves nothing out that a later one could compact.

use std::collections::HashSet;

use tokio::time::Instant;

mod conclusion;
mod jobs;

use super::super::found::Found;
use super::super::params::Params;
use super::super::predict::Scope;
use super::results::Results;
use super::run::{Pauses, Run};
use super::stage::Cost;
use super::work::View;
use crate::error::{Error, Status};
use crate::segments::Segment;

/// What the rounds have done.
pub(super) struct Compacted {
    pub(super) results: Results,
    /// What is stored at the end.
    pub(super) stored: Vec<Segment>,
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
    /// The ids of what was stored at the beginning.
    first: HashSet<i64>,
    purgeable: HashSet<i64>,
    pauses: Pauses,
    /// The number of the latest round, followed jobs included.
    round: u32,
    /// How many rounds have triggered.
    triggered: u32,
    /// The cost of the next trigger.
    planned: Cost,
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
            first: HashSet::new(),
            purgeable: HashSet::new(),
            pauses,
            round: 0,
            triggered: 0,
            planned: Cost::default(),
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
        self.results.begin(&first);
        self.run.out.before = Some(self.run.totals(&first));
        self.first = first.iter().map(|segment| segment.id).collect();
        let mut stored = if self.resolve_doubt().await? { self.list().await? } else { first };
        while let Some(next) = Box::pin(self.go_on(&stored)).await? {
            stored = next;
        }
        if !self.run.settings.only_estimate && (self.round > 0 || self.latest.is_some()) {
            stored = self.list().await?; // the latest list may be older than the latest answer
            stored = self.wait_until_results_are_sorted(stored).await?;
        }
        let error = self.conclude(&stored, since);
        Ok(Some(Compacted { results: self.results, stored, error }))
    }

    /// One step of the rounds. Returns a fresh list of the stored segments, or `None` after the last step.
    async fn go_on(&mut self, stored: &[Segment]) -> Result<Option<Vec<Segment>>, Error> {
        let only_estimates = self.run.settings.only_estimate;
        if let Some(job_id) = self.run.context.history().unfinished(&self.run.collection)
            && !only_estimates
        {
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
            let waits = self.count_old(&open) > 0 && !only_estimates;
            return if waits && self.rest().await { self.list().await.map(Some) } else { Ok(None) };
        }
        let total = self.run.out.cost.and(work.cost);
        if let Err(error) = self.check_bounds(&work, total) {
            self.bound = Some(error);
            if self.round == 0 {
                self.run.out.cost = total;
            }
            return Ok(None);
        }
        self.run.tell_cost(total);
        if only_estimates {
            self.run.out.cost = total;
            return Ok(None);
        }
        if applies_deletions {
            return self.apply_deletions(stored).await.map(Some);
        }
        if self.triggered == self.run.settings.rounds {
            return Ok(None);
        }
        let mut params = self.run.settings.params.clone();
        if let Some(named) = work.named {
            params.segment_ids = Some(named);
        }
        self.planned = work.cost;
        match self.trigger(&params, stored).await? {
            Round::Compacted => {
                self.latest = None;
                let now = self.list().await?;
                // Where most segments are held, a server rewrites what is free alone, and nothing becomes fewer.
                if now.len() < stored.len() {
                    self.pauses.begin_again();
                } else if self.view(&now).work().is_needed && !self.rest().await {
                    return Ok(None);
                }
                return Ok(Some(now));
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

    /// How many of these segments have rows that are older than the call.
    fn count_old(&self, ids: &[i64]) -> usize {
        ids.iter().filter(|id| self.results.old().contains(id) || self.results.has(**id)).count()
    }

    fn view<'v>(&'v self, stored: &'v [Segment]) -> View<'v> {
        let settings = self.run.settings;
        View {
            stored,
            server: &self.run.server,
            scope: Scope { params: &settings.params, partition_id: self.partition_id },
            channels: self.run.collection.channels.len(),
            row_bytes: settings.row_bytes.unwrap_or(self.run.collection.traits.row_bytes),
            settings,
            results: &self.results,
            ours: self.results.old(),
            purgeable: &self.purgeable,
            is_first: self.triggered == 0,
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

    /// Deletions that a writer stores meanwhile do not matter.
    fn has_deletions_to_apply(&self, stored: &[Segment]) -> bool {
        !self.has_applied_deletions
            && self.run.settings.applies_deletions_on(&self.run.server)
            && stored.iter().any(|segment| self.is_old_l0(segment))
    }

    fn is_old_l0(&self, segment: &Segment) -> bool {
        segment.is_l0() && segment.is_there() && self.results.old().contains(&segment.id)
    }

    /// Applies the deletions to the segments that they concern; the next round purges the rows. If the server does not do so
    /// now, the next step looks whether it has done so by itself meanwhile, and triggers again if it has not.
    async fn apply_deletions(&mut self, stored: &[Segment]) -> Result<Vec<Segment>, Error> {
        let params = Params { is_l0: true, ..Params::default() };
        let has_time = match self.trigger(&params, stored).await? {
            Round::Compacted => {
                self.has_applied_deletions = true;
                return self.list().await;
            }
            // The server applies deletions only once nothing older grows, and one job at a time.
            Round::Nothing => self.rest().await,
            Round::Later(error) => {
                self.latest = Some(error);
                self.rest().await
            }
        };
        let now = self.list().await?;
        if !has_time {
            self.has_applied_deletions = true;
            let waiting = now.iter().filter(|segment| self.is_old_l0(segment));
            let waiting: HashSet<i64> = waiting.map(|segment| segment.partition_id).collect();
            self.purgeable.retain(|partition| !waiting.contains(partition));
        }
        Ok(now)
    }

    /// Once the deletions are applied, the segments that they concern have to be rewritten.
    fn note_deletions(&mut self, stored: &[Segment]) {
        self.purgeable
            .extend(stored.iter().filter(|segment| segment.is_l0()).map(|segment| segment.partition_id));
    }

    /// The one round for a server that does not list segments.
    async fn once(&mut self) -> Result<(), Error> {
        let settings = self.run.settings;
        let params = settings.params.clone();
        let is_bounded =
            settings.most_rows.is_some() || settings.most_bytes.is_some() || settings.least_segments > 0;
        if settings.only_estimate || is_bounded {
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
}
