//! Judges how a plan ended by its segments. No I/O.
//!
//! `tests/recordings/reading.md`, section 2, describes what servers from 2.4 to 3.0 leave behind after each kind of
//! plan.

use std::collections::HashSet;

use super::candidates::Candidates;
use super::judgement::{Judged, Judgement, Reason};
use super::plan::{Plan, Plans};
use super::snapshot::{ALL_PARTITIONS, Change, Snapshot, Stored};

/// The observations of a collection that judgements rest on.
#[allow(clippy::struct_excessive_bools, reason = "independent facts about one observation")]
pub(crate) struct View<'a> {
    /// The segments right before the trigger.
    pub(crate) before: Option<&'a Snapshot>,
    /// Whether `before` was read after the trigger instead. Segments that it lacks may have existed, and segments that
    /// it has may be results.
    pub(crate) is_late: bool,
    /// The segments now.
    pub(crate) now: &'a Snapshot,
    /// The partitions that exist after the segments were listed, if the client read them.
    pub(crate) partitions: Option<&'a HashSet<i64>>,
    /// Whether the trigger asked for clustering.
    pub(crate) is_clustering: bool,
    /// Whether the server reported the end of the job, and listed its plans after that.
    pub(crate) is_over: bool,
    /// Whether the job ended long enough ago that these segments show the state after its end.
    pub(crate) is_at_rest: bool,
    /// Whether a restarted server still has its jobs. If not, another job may have made what looks like this one's result.
    pub(crate) keeps_jobs: bool,
}

/// Judges each plan that has no final judgement. A completed plan stays completed; for the others the latest
/// observation counts. Returns whether a plan can be judged only with the list of partitions.
pub(crate) fn judge(plans: &mut Plans, view: &View<'_>) -> bool {
    let world = World::of(plans, view);
    let mut fits = world.unexplained.clone();
    // What explained a plan in an earlier observation explains no other one.
    for plan in plans.iter().filter(|plan| plan.judged == Judged::completed(Reason::ResultFits)) {
        if let Some(before) = view.before {
            fit(plan, before, &mut fits);
        }
    }
    let mut wants_partitions = false;
    for plan in plans.iter_mut() {
        if plan.judged.judgement == Judgement::Completed || plan.is_settled || is_reported(plan) {
            continue;
        }
        plan.judged = world.judge(plan, &mut fits);
        wants_partitions |= plan.judged.reason == Reason::PartitionsUnknown;
    }
    wants_partitions
}

/// Marks the plans whose sources are gone and that have no target, and whether something lies in their place. The next
/// observation, at least a second later, judges them. Also marks the plans whose sources are stored after the job's end:
/// only another compaction can take those sources later.
pub(crate) fn note(plans: &mut Plans, view: &View<'_>) {
    let is_gone = |plan: &Plan| plan.targets().is_empty() && !plan.sources.iter().any(|id| view.now.has(*id));
    let world = plans.iter().any(is_gone).then(|| World::of(plans, view));
    for plan in plans.iter_mut() {
        plan.was_empty =
            world.as_ref().is_some_and(|world| is_gone(plan) && world.is_empty_in_place_of(plan));
        let stored = plan.sources.iter().filter(|id| view.now.has(**id)).count();
        let (is_without, is_left) = (plan.targets().is_empty(), stored == plan.sources.len());
        plan.was_gone = is_without && stored == 0;
        plan.was_left |= is_without && is_left && view.is_over && view.is_at_rest;
    }
}

/// Whether the server reports how the plan ended.
fn is_reported(plan: &Plan) -> bool {
    plan.judged.reason == Reason::Reported && plan.judged.judgement != Judgement::Open
}

struct World<'a> {
    view: &'a View<'a>,
    /// New segments that no plan names as its target; they may replace segments that are gone in their partition.
    unexplained: Candidates,
    /// Segments that are sources of more than one plan.
    shared: HashSet<i64>,
    /// Partitions in which another compaction took a result of the job. It may also have taken what a plan left.
    disturbed: HashSet<i64>,
}

impl<'a> World<'a> {
    fn of(plans: &Plans, view: &'a View<'a>) -> Self {
        let mut named: HashSet<i64> = plans.iter().flat_map(|plan| plan.targets().iter().copied()).collect();
        let mut taken = HashSet::new();
        let mut shared = HashSet::new();
        for source in plans.iter().flat_map(|plan| plan.sources.iter().copied()) {
            if !taken.insert(source) {
                shared.insert(source);
            }
        }
        let Some(before) = view.before else {
            return Self { view, unexplained: Candidates::default(), shared, disturbed: HashSet::new() };
        };
        let change = Change::between(before, view.now, &taken, &named);
        let (forms, disturbed) = replaced_targets(plans, view, &change);
        named.extend(forms);
        // The number of rows proves nothing: another job may have compacted sources together with segments flushed since.
        let unexplained = change.appeared.difference(&named).filter_map(|id| view.now.get(*id));
        let unexplained = unexplained.map(Stored::candidate).collect();
        Self { view, unexplained, shared, disturbed }
    }

    fn judge(&self, plan: &Plan, fits: &mut Candidates) -> Judged {
        if plan.is_malformed() || plan.sources.iter().any(|id| self.shared.contains(id)) {
            return self.at_the_end(Judged::not_known(Reason::Malformed));
        }
        let stored = plan.sources.iter().filter(|id| self.view.now.has(**id)).count();
        match (plan.targets().is_empty(), stored) {
            (false, 0) => self.replaced(plan),
            (false, _) => self.at_the_end(Judged::not_known(Reason::TargetBesideSources)),
            (true, 0) => self.vanished(plan, fits),
            (true, _) if stored < plan.sources.len() => {
                self.at_the_end(Judged::not_known(Reason::SomeSourcesStored))
            }
            // A server that restarts lists no plans at first, and a server that forgot a plan does not report its end.
            (true, _) if !plan.is_listed => self.at_the_end(Judged::not_known(Reason::NoLongerListed)),
            // This failed job may be another one: the response to a clustering trigger can name any running job.
            (true, _) if self.view.is_clustering && !plan.is_clustering_shown() => {
                self.at_the_end(Judged::not_known(Reason::LevelUnknown))
            }
            (true, _) => self.at_the_end(Judged::failed(Reason::SourcesStored)),
        }
    }

    /// While the job runs, these judgements are not final.
    fn at_the_end(&self, judged: Judged) -> Judged {
        if self.view.is_over { judged } else { Judged::OPEN }
    }

    /// Judges a plan that has a target and whose sources are gone.
    fn replaced(&self, plan: &Plan) -> Judged {
        let was_before = |id: i64| self.view.before.is_some_and(|before| before.has(id));
        let mut targets = plan.targets().iter().filter_map(|id| self.view.now.get(*id));
        if !self.view.is_late && plan.targets().iter().any(|id| was_before(*id)) {
            return self.at_the_end(Judged::not_known(Reason::Malformed));
        }
        let is_known = self.view.before.is_some() && !self.view.is_late;
        if is_known && !plan.sources.iter().any(|id| was_before(*id)) {
            return self.at_the_end(Judged::not_known(Reason::SourcesUnknown));
        }
        if self.view.is_clustering {
            return match targets.next() {
                Some(target) if target.kind.is_clustered => Judged::completed(Reason::TargetStored),
                _ if !self.view.now.has_levels() => self.at_the_end(Judged::not_known(Reason::LevelUnknown)),
                Some(_) => self.at_the_end(Judged::completed(Reason::OtherKind)),
                // Another compaction replaced this target since. Clustered segments may be of that one.
                None => self.at_the_end(Judged::not_known(Reason::LevelUnknown)),
            };
        }
        if targets.next().is_some() {
            return Judged::completed(Reason::TargetStored);
        }
        if plan.sources.iter().any(|id| was_before(*id)) {
            // The server may name a target a moment before it lists the segment.
            return self.at_the_end(Judged::completed(Reason::TargetReplaced));
        }
        self.at_the_end(Judged::not_known(self.never_seen()))
    }

    /// The reason why these sources prove nothing: the client does not know whether they were stored.
    fn never_seen(&self) -> Reason {
        let is_known = self.view.before.is_some() && !self.view.is_late;
        if is_known { Reason::SourcesUnknown } else { Reason::SegmentsUnknown }
    }

    /// Judges a plan that has no target and whose sources are gone.
    fn vanished(&self, plan: &Plan, fits: &mut Candidates) -> Judged {
        let Some(before) = self.view.before else {
            return self.at_the_end(Judged::not_known(Reason::SegmentsUnknown));
        };
        if plan.sources.iter().any(|id| !before.has(*id)) {
            return self.at_the_end(Judged::not_known(self.never_seen()));
        }
        // The server may name the target, or list the results of other compactions, a moment later.
        if !plan.was_gone && !plan.was_left {
            return Judged::OPEN;
        }
        let Some(partitions) = self.view.partitions else {
            return Judged::not_known(Reason::PartitionsUnknown);
        };
        if self.partitions_of(plan).any(|id| id != ALL_PARTITIONS && !partitions.contains(&id)) {
            return Judged::not_known(Reason::PartitionDropped);
        }
        if plan.was_left {
            return Judged::not_known(Reason::TakenByOthers);
        }
        if !plan.is_listed && !self.view.keeps_jobs {
            return self.at_the_end(Judged::not_known(Reason::NoLongerListed));
        }
        if plan.sources.iter().all(|id| before.get(*id).is_some_and(|segment| segment.kind.is_l0)) {
            return Judged::completed(Reason::DeletesApplied);
        }
        if self.view.is_clustering {
            return Judged::not_known(Reason::LevelUnknown);
        }
        if self.is_empty_in_place_of(plan) {
            // What lay there a moment ago may have been made of what a failed plan left, and others may have it now.
            return if plan.was_empty { Judged::completed(Reason::Purged) } else { Judged::OPEN };
        }
        // Another compaction may have taken the sources: no later observation can decide.
        if plan.judged.reason == Reason::TakenByOthers {
            return plan.judged;
        }
        // The server forgot the plan before it named a target: the result is one of the new segments. If the client saw
        // the job late, another compaction may have made that segment of exactly these sources.
        if !plan.is_listed && !self.view.is_late && fit(plan, before, fits) {
            return Judged::completed(Reason::ResultFits);
        }
        Judged::not_known(Reason::TakenByOthers)
    }

    /// Whether nothing lies where the plan's sources lay that can have been made of them.
    fn is_empty_in_place_of(&self, plan: &Plan) -> bool {
        let is_disturbed = self.partitions_of(plan).any(|id| self.disturbed.contains(&id));
        let mut sources = plan.sources.iter().filter_map(|id| self.view.before?.get(*id));
        !is_disturbed && !sources.any(|source| self.unexplained.lie_in(source.place()))
    }

    /// The partitions of the plan's sources.
    fn partitions_of(&self, plan: &Plan) -> impl Iterator<Item = i64> {
        let before = self.view.before;
        let of_sources = plan.sources.iter().filter_map(move |id| before?.get(*id));
        let partitions: HashSet<i64> = of_sources.map(|segment| segment.partition_id).collect();
        partitions.into_iter()
    }
}

/// Whether a new segment has exactly the rows of the sources, and lies where one of them was. Each new segment counts for
/// one plan only.
fn fit(plan: &Plan, before: &Snapshot, fits: &mut Candidates) -> bool {
    let sources = || plan.sources.iter().filter_map(|id| before.get(*id));
    let rows = sources().fold(0, |sum: i64, segment| sum.saturating_add(segment.rows));
    sources().any(|source| fits.take(source.place(), rows).is_some())
}

/// Sorted segments that replaced targets, on servers that sort results later, and the partitions in which another
/// compaction took a target. A sorted segment lies in the partition of a plan, and has exactly the rows of the plan's
/// sources.
fn replaced_targets(plans: &Plans, view: &View<'_>, change: &Change) -> (HashSet<i64>, HashSet<i64>) {
    let (mut forms, mut disturbed) = (HashSet::new(), HashSet::new());
    let Some(before) = view.before else { return (forms, disturbed) };
    let appeared = change.appeared.iter().filter_map(|id| view.now.get(*id));
    let sorted = appeared.filter(|segment| segment.kind.is_sorted);
    let mut sorted: Candidates = sorted.map(Stored::candidate).collect();
    for plan in plans.iter().filter(|plan| !plan.targets().is_empty()) {
        let mut involved = plan.targets().iter().chain(&plan.sources);
        if involved.any(|id| view.now.has(*id)) {
            continue;
        }
        let sources: Vec<_> = plan.sources.iter().filter_map(|id| before.get(*id)).collect();
        let Some(first) = sources.first() else { continue };
        let rows = sources.iter().fold(0, |sum: i64, source| sum.saturating_add(source.rows));
        match sorted.take(first.place(), rows) {
            Some(form) => forms.insert(form),
            None => disturbed.insert(first.partition_id),
        };
    }
    (forms, disturbed)
}

#[cfg(test)]
mod tests;
