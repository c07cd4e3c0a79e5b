//! The server of the model: its job, and everything else that can happen on it.

use std::collections::BTreeMap;

use super::super::counts::Counts;
use super::super::plan::Plan;
use super::super::state::{Listed, State, StateInfo};
use super::super::verdict::Verdict;
use crate::segments::Segment;

const L0: i32 = 1;
const L1: i32 = 2;
const L2: i32 = 3;
/// The partition of segments of deletions.
const ALL: i64 = -1;
/// A segment of deletions that the job does not take.
const OTHER_DELETIONS: i64 = 600;
/// The segment that a foreign job makes.
const FOREIGN: i64 = 900;
/// The difference between the id of a sorted segment and the id of the unsorted one that it replaces.
const SORTED: i64 = 2_000;

/// The progress of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    Running,
    /// Its sources are gone, and the server does not list its target yet.
    Replacing,
    Completed,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ServerPlan {
    partition: i64,
    stage: Stage,
    /// All its rows are deleted, so it makes no target.
    purges: bool,
    /// No counter includes it any more.
    is_cleaned: bool,
    is_forgotten: bool,
}

/// The events that can happen in one exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools, reason = "what may happen, each for itself")]
pub(super) struct Kind {
    /// The trigger asked for clustering.
    pub(super) asks_for_clustering: bool,
    /// The job clusters.
    pub(super) clusters: bool,
    /// Another client triggers a compaction of the collection.
    pub(super) has_foreign: bool,
    /// A user drops a partition.
    pub(super) has_drop: bool,
    /// The server forgets plans that ended while the job runs.
    pub(super) forgets: bool,
    /// A flush adds rows, and a foreign job can take them too.
    pub(super) has_flush: bool,
    /// The job applies deletions: its plans take segments of them.
    pub(super) is_l0: bool,
    /// The server applies deletions by itself.
    pub(super) has_own_l0: bool,
    /// Results are unsorted at first, and get another id once they are sorted.
    pub(super) sorts_later: bool,
    /// Another client triggered the job; this one knows its id and its collection.
    pub(super) is_of_others: bool,
}

/// A stored segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stored {
    pub(super) partition: i64,
    pub(super) rows: i64,
    level: i32,
    is_sorted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools, reason = "what has happened, each for itself")]
pub(super) struct Server {
    pub(super) kind: Kind,
    pub(super) plans: Vec<ServerPlan>,
    stored: BTreeMap<i64, Stored>,
    pub(super) partitions: Vec<i64>,
    /// Partition and rows of the result of a foreign job whose sources are gone. The server lists it a moment later.
    foreign: Option<(i64, i64)>,
    had_foreign: bool,
    had_drop: bool,
    had_flush: bool,
    had_own_l0: bool,
    /// Whether the client has observed the segments after the end. Before that, no client can notice that another job
    /// takes what a failed plan left.
    pub(super) was_looked_at: bool,
}

impl Server {
    /// Each plan has two sources, and each partition a segment that the job does not take. Another client's job takes
    /// all segments.
    pub(super) fn new(kind: Kind, partitions: &[i64], purges: &[bool]) -> Self {
        let plans: Vec<_> = partitions
            .iter()
            .zip(purges)
            .map(|(partition, purges)| ServerPlan {
                partition: *partition,
                stage: Stage::Running,
                purges: *purges,
                is_cleaned: false,
                is_forgotten: false,
            })
            .collect();
        let mut stored = BTreeMap::new();
        let data = |partition, rows| Stored { partition, rows, level: L1, is_sorted: true };
        let deletions = Stored { partition: ALL, rows: 5, level: L0, is_sorted: true };
        for (index, plan) in plans.iter().enumerate() {
            for id in sources(index) {
                stored.insert(id, if kind.is_l0 { deletions } else { data(plan.partition, 50) });
            }
            if !kind.is_of_others {
                // A foreign job that takes the sources of a forgotten plan takes this segment too. Otherwise its result
                // would look like that plan's.
                let is_sorted = !kind.sorts_later || kind.forgets;
                let left = Stored { is_sorted, ..data(plan.partition, 30) };
                stored.insert(500 + plan.partition, left);
            }
        }
        if kind.has_own_l0 {
            stored.insert(OTHER_DELETIONS, deletions);
        }
        let partitions = plans.iter().map(|plan| plan.partition).collect();
        Self {
            kind,
            plans,
            stored,
            partitions,
            foreign: None,
            had_foreign: false,
            had_drop: false,
            had_flush: false,
            had_own_l0: false,
            was_looked_at: false,
        }
    }

    /// Every possible next state.
    pub(super) fn steps(&self) -> Vec<Self> {
        let mut next = Vec::new();
        for (index, plan) in self.plans.iter().enumerate() {
            let is_dropped = !self.partitions.contains(&plan.partition);
            match plan.stage {
                Stage::Running => {
                    next.push(self.with(index, |plan| plan.stage = Stage::Failed));
                    if !is_dropped {
                        let mut replacing = self.with(index, |plan| plan.stage = Stage::Replacing);
                        for id in sources(index) {
                            replacing.stored.remove(&id);
                        }
                        next.push(replacing);
                    }
                }
                Stage::Replacing => next.push(self.with_result(index)),
                Stage::Completed | Stage::Failed
                    if plan.is_cleaned && self.kind.forgets && !plan.is_forgotten =>
                {
                    next.push(self.with(index, |plan| plan.is_forgotten = true));
                }
                _ => {}
            }
        }
        if self.plans.iter().any(|plan| plan.has_ended() && !plan.is_cleaned) {
            next.push(self.cleaned());
        }
        if self.foreign.is_some() {
            next.push(self.settled());
        } else if self.kind.has_foreign && !self.had_foreign {
            next.extend(self.partitions.iter().map(|partition| self.taken(*partition)));
        }
        if self.kind.has_own_l0 && !self.had_own_l0 {
            next.push(self.deletions_applied());
        }
        next.extend(
            self.stored.iter().filter(|(_, segment)| !segment.is_sorted).map(|(id, _)| self.sorted(*id)),
        );
        if self.kind.has_flush && !self.had_flush {
            let mut flushed = self.clone();
            flushed.had_flush = true;
            let (partition, is_sorted) = (flushed.plans[0].partition, !self.kind.sorts_later);
            flushed.stored.insert(800, Stored { partition, rows: 1_000, level: L1, is_sorted });
            next.push(flushed);
        }
        if self.kind.has_drop && !self.had_drop {
            let mut dropped = self.clone();
            dropped.had_drop = true;
            let partition = dropped.plans[0].partition;
            dropped.partitions.retain(|id| *id != partition);
            dropped.stored.retain(|_, segment| segment.partition != partition);
            next.push(dropped);
        }
        next
    }

    fn with(&self, index: usize, change: impl FnOnce(&mut ServerPlan)) -> Self {
        let mut next = self.clone();
        change(&mut next.plans[index]);
        next
    }

    fn with_result(&self, index: usize) -> Self {
        let mut next = self.with(index, |plan| plan.stage = Stage::Completed);
        let plan = next.plans[index];
        if self.leaves_result(&plan) && next.partitions.contains(&plan.partition) {
            let level = if self.kind.clusters { L2 } else { L1 };
            let is_sorted = !self.kind.sorts_later || self.kind.clusters;
            next.stored
                .insert(target(index), Stored { partition: plan.partition, rows: 100, level, is_sorted });
        }
        next
    }

    fn leaves_result(&self, plan: &ServerPlan) -> bool {
        !plan.purges && !self.kind.is_l0
    }

    /// A sorted segment replaces an unsorted one.
    fn sorted(&self, id: i64) -> Self {
        let mut next = self.clone();
        if let Some(segment) = next.stored.remove(&id) {
            next.stored.insert(id + SORTED, Stored { is_sorted: true, ..segment });
        }
        next
    }

    /// The server applies deletions that no plan holds. It takes those of a failed plan only after the client has
    /// observed them.
    fn deletions_applied(&self) -> Self {
        let mut next = self.clone();
        next.had_own_l0 = true;
        let held: Vec<i64> = (0..self.plans.len())
            .filter(|index| self.plans[*index].stage == Stage::Running || !self.was_looked_at)
            .flat_map(sources)
            .collect();
        next.stored.retain(|id, segment| segment.level != L0 || held.contains(id));
        next
    }

    /// The server's periodic check removes ended plans from the counters.
    fn cleaned(&self) -> Self {
        let mut next = self.clone();
        for plan in next.plans.iter_mut().filter(|plan| plan.has_ended()) {
            plan.is_cleaned = true;
        }
        next
    }

    /// A foreign job takes the free segments of a partition, and merges them into one.
    fn taken(&self, partition: i64) -> Self {
        let mut next = self.clone();
        next.had_foreign = true;
        let held: Vec<i64> = (0..self.plans.len())
            .filter(|index| self.plans[*index].stage == Stage::Running)
            .flat_map(sources)
            .collect();
        let is_free = |id: &i64, segment: &Stored| {
            segment.partition == partition && segment.is_sorted && !held.contains(id)
        };
        let rows = next.stored.iter().filter(|(id, segment)| is_free(id, segment)).map(|(_, s)| s.rows).sum();
        next.stored.retain(|id, segment| !is_free(id, segment));
        next.foreign = Some((partition, rows));
        next
    }

    pub(super) fn state(&self) -> StateInfo {
        let number = |is: &dyn Fn(&ServerPlan) -> bool| {
            i64::try_from(self.plans.iter().filter(|plan| is(plan)).count()).unwrap()
        };
        let counts = Counts {
            executing: number(&|plan| !plan.has_ended()),
            completed: number(&|plan| plan.stage == Stage::Completed && !plan.is_cleaned),
            failed: number(&|plan| plan.stage == Stage::Failed && !plan.is_cleaned),
            timed_out: 0,
        };
        let state = if counts.executing > 0 { State::Executing } else { State::Completed };
        StateInfo { state, counts }
    }

    pub(super) fn listed(&self) -> Listed {
        let listed = self.plans.iter().enumerate().filter(|(_, plan)| !plan.is_forgotten);
        let plans = listed.map(|(index, plan)| {
            let has_target = plan.stage == Stage::Completed && self.leaves_result(plan);
            let target = if has_target { target(index) } else { -1 };
            Plan { sources: sources(index).to_vec(), target, is_listed: true, ..Plan::default() }
        });
        Listed { state: self.state().state, plans: plans.collect() }
    }

    pub(super) fn segments(&self) -> Vec<Segment> {
        let segment = |(id, stored): (&i64, &Stored)| Segment {
            id: *id,
            partition_id: stored.partition,
            rows: stored.rows,
            state: 4,
            level: Some(stored.level),
            is_sorted: Some(stored.is_sorted),
            ..Segment::default()
        };
        self.stored.iter().map(segment).collect()
    }

    /// A second passes, and the server lists the result of a foreign job.
    pub(super) fn settled(&self) -> Self {
        let mut next = self.clone();
        if let Some((partition, rows)) = next.foreign.take() {
            let is_sorted = !self.kind.sorts_later;
            next.stored.insert(FOREIGN, Stored { partition, rows, level: L1, is_sorted });
        }
        next
    }

    pub(super) fn truth(&self) -> Verdict {
        let is = |stage| self.plans.iter().any(|plan| plan.stage == stage);
        match (is(Stage::Completed), is(Stage::Failed)) {
            _ if self.kind.asks_for_clustering && !self.kind.clusters => Verdict::NotStarted,
            (true, false) => Verdict::Succeeded,
            (false, true) => Verdict::Failed,
            _ => Verdict::PartlyFailed,
        }
    }
}

impl ServerPlan {
    fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Completed | Stage::Failed)
    }
}

fn sources(index: usize) -> [i64; 2] {
    let first = i64::try_from(index).unwrap() * 10 + 1;
    [first, first + 1]
}

fn target(index: usize) -> i64 {
    i64::try_from(index).unwrap() + 100
}
