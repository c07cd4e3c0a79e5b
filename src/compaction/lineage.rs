//! From what is left of a plan's segments to how the plan ended. No I/O.
//!
//! What servers of 2.4 to 3.0 leave behind, by the kind of plan, is recorded: `tests/recordings/reading.md`, section 2.

use std::collections::{HashMap, HashSet};

use super::judgement::{Judged, Judgement, Reason};
use super::plan::{Plan, Plans};
use super::snapshot::{ALL_PARTITIONS, Change, Snapshot};

/// What was seen of a collection, to judge plans by.
pub(crate) struct View<'a> {
    /// The segments right before the trigger.
    pub(crate) before: Option<&'a Snapshot>,
    /// Whether they were seen after it instead: what is not among them may have been there, and what is may be a result.
    pub(crate) is_late: bool,
    /// The segments now.
    pub(crate) now: &'a Snapshot,
    /// The partitions that exist after the segments were listed, if anybody asked for them.
    pub(crate) partitions: Option<&'a HashSet<i64>>,
    /// Whether the trigger asked for clustering.
    pub(crate) is_clustering: bool,
    /// Whether the server says that the job is over, and listed its plans after that.
    pub(crate) is_over: bool,
}

/// Judges each plan that is not judged for good yet. A plan that completed stays completed; of the others, what the
/// latest look shows counts. Returns whether a plan needs the partitions to be judged.
pub(crate) fn judge(plans: &mut Plans, view: &View<'_>) -> bool {
    let world = World::of(plans, view);
    let mut fits = world.unexplained.clone();
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

/// Remembers whose sources are gone without a target: the next look, a second later or more, judges those plans.
pub(crate) fn note_gone(plans: &mut Plans, now: &Snapshot) {
    for plan in plans.iter_mut() {
        plan.was_gone = plan.targets().is_empty() && !plan.sources.iter().any(|id| now.has(*id));
    }
}

/// Whether the server itself says how the plan ended.
fn is_reported(plan: &Plan) -> bool {
    plan.judged.reason == Reason::Reported && plan.judged.judgement != Judgement::Open
}

/// Segments that no plan names as its target, by partition: their id and rows.
type Unexplained = HashMap<i64, Vec<(i64, i64)>>;

struct World<'a> {
    view: &'a View<'a>,
    /// Segments that appeared in a partition, and could have been made of what is gone there.
    unexplained: Unexplained,
    /// Results of clustering that appeared, by partition.
    clustered: HashSet<i64>,
    /// Sources of more than one plan.
    shared: HashSet<i64>,
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
            return Self { view, unexplained: HashMap::new(), clustered: HashSet::new(), shared };
        };
        let change = Change::between(before, view.now, &taken, &named);
        named.extend(sorted_forms(plans, view, &change));
        // Of what a plan with a stored target took, nobody else can have made anything.
        let is_stored = |plan: &&Plan| plan.targets().iter().any(|id| view.now.has(*id));
        let with_target: HashSet<i64> =
            plans.iter().filter(is_stored).flat_map(|plan| plan.sources.iter().copied()).collect();
        let mut rows_gone: HashMap<i64, i64> = HashMap::new();
        for id in change.gone.iter().filter(|id| !with_target.contains(id)) {
            if let Some(segment) = before.get(*id) {
                let rows = rows_gone.entry(segment.partition_id).or_default();
                *rows = rows.saturating_add(segment.rows);
            }
        }
        let mut unexplained = Unexplained::new();
        let mut clustered = HashSet::new();
        for id in &change.appeared {
            let Some(segment) = view.now.get(*id) else { continue };
            if segment.kind.is_clustered {
                clustered.insert(segment.partition_id);
            }
            let most = rows_gone.get(&segment.partition_id).copied().unwrap_or(0);
            // More rows than are gone: a flush made it.
            if !named.contains(id) && segment.rows <= most {
                unexplained.entry(segment.partition_id).or_default().push((*id, segment.rows));
            }
        }
        Self { view, unexplained, clustered, shared }
    }

    fn judge(&self, plan: &Plan, fits: &mut Unexplained) -> Judged {
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
            // A server that starts again lists nothing at first, and one that forgot a plan says nothing of its end.
            (true, _) if !plan.is_listed => self.at_the_end(Judged::not_known(Reason::NoLongerListed)),
            // A failed job that a clustering trigger was answered with may be another one.
            (true, _) if self.view.is_clustering && !plan.is_clustering_shown() => {
                self.at_the_end(Judged::not_known(Reason::LevelUnknown))
            }
            (true, _) => self.at_the_end(Judged::failed(Reason::SourcesStored)),
        }
    }

    /// While the job runs nothing of this is final.
    fn at_the_end(&self, judged: Judged) -> Judged {
        if self.view.is_over { judged } else { Judged::OPEN }
    }

    /// It has a target, and its sources are gone.
    fn replaced(&self, plan: &Plan) -> Judged {
        let was_before = |id: i64| self.view.before.is_some_and(|before| before.has(id));
        let mut targets = plan.targets().iter().filter_map(|id| self.view.now.get(*id));
        if !self.view.is_late && plan.targets().iter().any(|id| was_before(*id)) {
            return self.at_the_end(Judged::not_known(Reason::Malformed));
        }
        if self.view.is_clustering {
            return match targets.next() {
                Some(target) if target.kind.is_clustered => Judged::completed(Reason::TargetStored),
                _ if !self.view.now.has_levels() => self.at_the_end(Judged::not_known(Reason::LevelUnknown)),
                Some(_) => self.at_the_end(Judged::completed(Reason::OtherKind)),
                // Replaced since. Others of its results may still be there.
                None if self.partitions_of(plan).any(|id| self.clustered.contains(&id)) => {
                    self.at_the_end(Judged::completed(Reason::TargetReplaced))
                }
                None => self.at_the_end(Judged::not_known(Reason::LevelUnknown)),
            };
        }
        if targets.next().is_some() {
            return Judged::completed(Reason::TargetStored);
        }
        if plan.sources.iter().any(|id| was_before(*id)) {
            // A target that is named before it is listed comes a moment later.
            return self.at_the_end(Judged::completed(Reason::TargetReplaced));
        }
        self.at_the_end(Judged::not_known(self.never_seen()))
    }

    /// Why sources that are not known to have been stored prove nothing.
    fn never_seen(&self) -> Reason {
        let is_known = self.view.before.is_some() && !self.view.is_late;
        if is_known { Reason::SourcesUnknown } else { Reason::SegmentsUnknown }
    }

    /// It has no target, and its sources are gone.
    fn vanished(&self, plan: &Plan, fits: &mut Unexplained) -> Judged {
        let Some(before) = self.view.before else {
            return self.at_the_end(Judged::not_known(Reason::SegmentsUnknown));
        };
        if plan.sources.iter().any(|id| !before.has(*id)) {
            return self.at_the_end(Judged::not_known(self.never_seen()));
        }
        // The target may be named, and what others made of the sources be listed, a moment later.
        if !plan.was_gone {
            return Judged::OPEN;
        }
        let Some(partitions) = self.view.partitions else {
            return Judged::not_known(Reason::PartitionsUnknown);
        };
        if self.partitions_of(plan).any(|id| id != ALL_PARTITIONS && !partitions.contains(&id)) {
            return Judged::not_known(Reason::PartitionDropped);
        }
        if plan.sources.iter().all(|id| before.get(*id).is_some_and(|segment| segment.kind.is_l0)) {
            return Judged::completed(Reason::DeletesApplied);
        }
        if self.view.is_clustering {
            return Judged::not_known(Reason::LevelUnknown);
        }
        let appeared = self.partitions_of(plan).filter_map(|id| self.unexplained.get(&id)).flatten().count();
        if appeared == 0 {
            return Judged::completed(Reason::Purged);
        }
        // Once others may have taken the sources, nothing that comes later tells.
        if plan.judged.reason == Reason::TakenByOthers {
            return plan.judged;
        }
        // The server forgot the plan before it named a target: its result is one of those that appeared.
        if !plan.is_listed && self.fit(plan, before, fits) {
            return Judged::completed(Reason::ResultFits);
        }
        Judged::not_known(Reason::TakenByOthers)
    }

    /// Whether a segment came in the place of the sources with exactly their rows. Each stands for one plan.
    fn fit(&self, plan: &Plan, before: &Snapshot, fits: &mut Unexplained) -> bool {
        let rows = plan
            .sources
            .iter()
            .filter_map(|id| before.get(*id))
            .fold(0, |sum: i64, segment| sum.saturating_add(segment.rows));
        self.partitions_of(plan).any(|id| {
            let Some(candidates) = fits.get_mut(&id) else { return false };
            let found = candidates.iter().position(|(_, has)| *has == rows);
            found.map(|place| candidates.swap_remove(place)).is_some()
        })
    }

    /// The partitions that its sources were in.
    fn partitions_of(&self, plan: &Plan) -> impl Iterator<Item = i64> {
        let before = self.view.before;
        let of_sources = plan.sources.iter().filter_map(move |id| before?.get(*id));
        let partitions: HashSet<i64> = of_sources.map(|segment| segment.partition_id).collect();
        partitions.into_iter()
    }
}

/// Sorted segments in the place of targets that are stored no more, on servers that sort results later: each in the
/// partition of a plan, with exactly the rows of its sources.
fn sorted_forms(plans: &Plans, view: &View<'_>, change: &Change) -> HashSet<i64> {
    let Some(before) = view.before else { return HashSet::new() };
    let mut forms = HashSet::new();
    for plan in plans.iter().filter(|plan| !plan.targets().is_empty()) {
        if plan.targets().iter().any(|id| view.now.has(*id)) {
            continue;
        }
        let sources: Vec<_> = plan.sources.iter().filter_map(|id| before.get(*id)).collect();
        let Some(first) = sources.first() else { continue };
        let rows = sources.iter().fold(0, |sum: i64, source| sum.saturating_add(source.rows));
        let appeared = change.appeared.iter().filter_map(|id| view.now.get(*id));
        let mut fitting = appeared.filter(|segment| {
            segment.partition_id == first.partition_id
                && segment.rows == rows
                && segment.kind.is_sorted
                && !forms.contains(&segment.id)
        });
        let form = fitting.next().map(|segment| segment.id);
        forms.extend(form);
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::Segment;

    const FLUSHED: i32 = 4;
    const L0: i32 = 1;
    const L1: i32 = 2;
    const L2: i32 = 3;

    fn segment(id: i64, rows: i64) -> Segment {
        Segment {
            id,
            rows,
            partition_id: 1,
            state: FLUSHED,
            level: Some(L1),
            is_sorted: Some(true),
            ..Segment::default()
        }
    }

    fn at(level: i32, segment: Segment) -> Segment {
        Segment { level: Some(level), ..segment }
    }

    fn plan(sources: &[i64], target: i64) -> Plan {
        Plan { sources: sources.to_vec(), target, is_listed: true, was_gone: true, ..Plan::default() }
    }

    /// The judgements after a last look at these segments, in the order of the plans' sources.
    struct Look {
        before: Vec<Segment>,
        after: Vec<Segment>,
        partitions: Option<Vec<i64>>,
        is_late: bool,
        is_clustering: bool,
        is_over: bool,
    }

    impl Look {
        fn at(after: &[Segment]) -> Self {
            let before = vec![segment(1, 100), segment(2, 100), segment(3, 50)];
            Self {
                before,
                after: after.to_vec(),
                partitions: Some(vec![1]),
                is_late: false,
                is_clustering: false,
                is_over: true,
            }
        }

        fn judges(self, plans: &[Plan]) -> Vec<(Judgement, Reason)> {
            let mut plans: Plans = plans.iter().cloned().collect();
            let (before, now) = (Snapshot::of(&self.before), Snapshot::of(&self.after));
            let partitions = self.partitions.map(|ids| ids.into_iter().collect());
            let view = View {
                before: Some(&before),
                now: &now,
                partitions: partitions.as_ref(),
                is_late: self.is_late,
                is_clustering: self.is_clustering,
                is_over: self.is_over,
            };
            judge(&mut plans, &view);
            plans.iter().map(|plan| (plan.judged.judgement, plan.judged.reason)).collect()
        }
    }

    use Judgement::{Completed, Failed, NotKnown, Open};

    #[test]
    fn a_merge_is_judged_by_its_target_and_its_sources() {
        let (merged, all) =
            ([segment(9, 200), segment(3, 50)], [segment(1, 100), segment(2, 100), segment(3, 50)]);
        assert_eq!(Look::at(&merged).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
        assert_eq!(Look::at(&all).judges(&[plan(&[1, 2], -1)]), [(Failed, Reason::SourcesStored)]);
        assert_eq!(Look::at(&all).judges(&[plan(&[1, 2], 9)]), [(NotKnown, Reason::TargetBesideSources)]);
        let half = [segment(1, 100), segment(3, 50)];
        assert_eq!(Look::at(&half).judges(&[plan(&[1, 2], -1)]), [(NotKnown, Reason::SomeSourcesStored)]);
        let replaced = [segment(10, 200), segment(3, 50)];
        assert_eq!(Look::at(&replaced).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetReplaced)]);
    }

    #[test]
    fn while_the_job_runs_only_what_cannot_change_is_judged() {
        let all = [segment(1, 100), segment(2, 100), segment(3, 50)];
        let running = |after: &[Segment]| Look { is_over: false, ..Look::at(after) };
        assert_eq!(running(&all).judges(&[plan(&[1, 2], -1)]), [(Open, Reason::None)]);
        assert_eq!(
            running(&all).judges(&[plan(&[1, 2], 9)]),
            [(Open, Reason::None)],
            "a result is named early"
        );
        let merged = [segment(9, 200), segment(3, 50)];
        assert_eq!(running(&merged).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
        let first = Plan { was_gone: false, ..plan(&[1, 2], -1) };
        assert_eq!(
            running(&[segment(3, 50)]).judges(&[first]),
            [(Open, Reason::None)],
            "the target comes later"
        );
    }

    #[test]
    fn sources_that_leave_nothing_behind_were_purged_unless_somebody_else_may_have_taken_them() {
        let gone = plan(&[1, 2], -1);
        let left = segment(3, 50);
        let look = |after: &[Segment]| Look::at(after).judges(std::slice::from_ref(&gone))[0];
        assert_eq!(look(std::slice::from_ref(&left)), (Completed, Reason::Purged));
        assert_eq!(look(&[left.clone(), segment(9, 150)]), (NotKnown, Reason::TakenByOthers));
        assert_eq!(
            look(&[left.clone(), segment(9, 201)]),
            (Completed, Reason::Purged),
            "a flush has more rows"
        );
        let elsewhere = Segment { partition_id: 2, ..segment(9, 150) };
        assert_eq!(look(&[left.clone(), elsewhere]), (Completed, Reason::Purged), "another partition");
        // Another job took them together with what was free: 3 is gone too.
        assert_eq!(look(&[segment(9, 250)]), (NotKnown, Reason::TakenByOthers));
        let dropped = Look { partitions: Some(vec![2]), ..Look::at(&[]) };
        assert_eq!(dropped.judges(std::slice::from_ref(&gone)), [(NotKnown, Reason::PartitionDropped)]);
        let unseen = Look { partitions: None, ..Look::at(&[]) };
        assert_eq!(unseen.judges(&[gone]), [(NotKnown, Reason::PartitionsUnknown)]);
    }

    #[test]
    fn a_later_job_that_takes_a_result_and_failed_sources_together_is_not_taken_for_a_purge() {
        // 1 became 9; 2 failed; another job made 10 of 9 and 2.
        let plans = [plan(&[1], 9), plan(&[2], -1)];
        let judged = Look::at(&[segment(10, 200), segment(3, 50)]).judges(&plans);
        assert_eq!(judged, [(Completed, Reason::TargetReplaced), (NotKnown, Reason::TakenByOthers)]);
    }

    #[test]
    fn sorting_is_no_sign_of_another_job() {
        let unsorted = |id, rows| Segment { is_sorted: Some(false), ..segment(id, rows) };
        let look = Look {
            before: vec![segment(1, 100), segment(2, 100), unsorted(3, 50)],
            ..Look::at(&[segment(30, 50)])
        };
        assert_eq!(look.judges(&[plan(&[1, 2], -1)]), [(Completed, Reason::Purged)]);
        // A result is replaced by its sorted form, and another plan purges.
        let look = Look::at(&[segment(10, 100), segment(3, 50)]);
        let judged = look.judges(&[plan(&[1], 9), plan(&[2], -1)]);
        assert_eq!(judged, [(Completed, Reason::TargetReplaced), (Completed, Reason::Purged)]);
    }

    #[test]
    fn deletions_are_applied_when_their_segments_are_gone() {
        let deletions = |id| Segment { partition_id: ALL_PARTITIONS, ..at(L0, segment(id, 0)) };
        let before = vec![segment(1, 100), deletions(5), deletions(6)];
        let look = |after: &[Segment]| Look { before: before.clone(), ..Look::at(after) };
        assert_eq!(
            look(&[segment(1, 100)]).judges(&[plan(&[5, 6], -1)]),
            [(Completed, Reason::DeletesApplied)]
        );
        assert_eq!(look(&before.clone()).judges(&[plan(&[5, 6], -1)]), [(Failed, Reason::SourcesStored)]);
    }

    #[test]
    fn clustering_is_proven_by_the_level_of_its_results() {
        let look = |after: &[Segment]| Look { is_clustering: true, ..Look::at(after) };
        let clustered = [at(L2, segment(9, 200)), segment(3, 50)];
        assert_eq!(look(&clustered).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
        let plain = [segment(9, 200), segment(3, 50)];
        assert_eq!(look(&plain).judges(&[plan(&[1, 2], 9)]), [(Completed, Reason::OtherKind)]);
        let all = [segment(1, 100), segment(2, 100), segment(3, 50)];
        assert_eq!(look(&all).judges(&[plan(&[1, 2], -1)]), [(NotKnown, Reason::LevelUnknown)]);
        let untold = [Segment { level: None, ..segment(9, 200) }, segment(3, 50)];
        assert_eq!(look(&untold).judges(&[plan(&[1, 2], 9)]), [(NotKnown, Reason::LevelUnknown)]);
    }

    #[test]
    fn a_plan_that_left_the_list_is_judged_by_what_came_in_its_place() {
        let forgotten = |sources: &[i64], target| Plan { is_listed: false, ..plan(sources, target) };
        let judged = |after: &[Segment], plans: &[Plan]| Look::at(after).judges(plans);
        let after = [segment(9, 200), segment(3, 50)];
        assert_eq!(judged(&after, &[forgotten(&[1, 2], 9)]), [(Completed, Reason::TargetStored)]);
        assert_eq!(judged(&after, &[forgotten(&[1, 2], -1)]), [(Completed, Reason::ResultFits)]);
        let other = [segment(9, 150), segment(3, 50)];
        assert_eq!(judged(&other, &[forgotten(&[1, 2], -1)]), [(NotKnown, Reason::TakenByOthers)]);
        let all = [segment(1, 100), segment(2, 100), segment(3, 50)];
        assert_eq!(judged(&all, &[forgotten(&[1, 2], -1)]), [(NotKnown, Reason::NoLongerListed)]);
        // One segment stands for one plan.
        let both = judged(&[segment(9, 100), segment(3, 50)], &[forgotten(&[1], -1), forgotten(&[2], -1)]);
        assert_eq!(both.iter().filter(|judged| judged.0 == Completed).count(), 1);
    }

    #[test]
    fn segments_that_were_seen_after_the_trigger_prove_less_and_accuse_nobody() {
        let before = vec![segment(1, 100), segment(2, 100), segment(3, 50)];
        let late = |before: &[Segment], after: &[Segment]| Look {
            before: before.to_vec(),
            is_late: true,
            ..Look::at(after)
        };
        let merged = [segment(9, 200), segment(3, 50)];
        // It was over at the first look.
        let over = |plan: Plan| late(&merged, &merged).judges(&[plan])[0];
        assert_eq!(over(plan(&[1, 2], 9)), (Completed, Reason::TargetStored), "no malformed one");
        assert_eq!(over(plan(&[1, 2], -1)), (NotKnown, Reason::SegmentsUnknown), "purged, dropped or taken");
        assert_eq!(over(plan(&[1, 2], 8)), (NotKnown, Reason::SegmentsUnknown), "replaced, or never made");
        assert_eq!(over(plan(&[3], -1)), (Failed, Reason::SourcesStored));
        // It ran at the first look.
        let ran = |after: &[Segment], plan: Plan| late(&before, after).judges(&[plan])[0];
        assert_eq!(ran(&merged, plan(&[1, 2], 9)), (Completed, Reason::TargetStored));
        assert_eq!(ran(&[segment(10, 200)], plan(&[1, 2], 9)), (Completed, Reason::TargetReplaced));
        assert_eq!(ran(&[segment(3, 50)], plan(&[1, 2], -1)), (Completed, Reason::Purged));
        assert_eq!(ran(&[segment(10, 250)], plan(&[1, 2], -1)), (NotKnown, Reason::TakenByOthers));
        // Some of its segments were gone before the first look.
        let half = [segment(2, 100), segment(3, 50)];
        let judged = late(&half, &[segment(3, 50)]).judges(&[plan(&[1, 2], -1)]);
        assert_eq!(judged, [(NotKnown, Reason::SegmentsUnknown)]);
    }

    #[test]
    fn what_cannot_be_true_proves_nothing() {
        let merged = [segment(9, 200), segment(3, 50)];
        let malformed = (NotKnown, Reason::Malformed);
        assert_eq!(Look::at(&merged).judges(&[plan(&[1, 2], 1)]), [malformed], "a target equal to a source");
        assert_eq!(Look::at(&merged).judges(&[plan(&[], 9)]), [malformed], "no sources");
        assert_eq!(Look::at(&merged).judges(&[plan(&[1, 2, 1], 9)]), [malformed], "a source twice");
        assert_eq!(
            Look::at(&merged).judges(&[plan(&[1, 2], 3)]),
            [malformed],
            "a target that was there before"
        );
        let twice = Look::at(&merged).judges(&[plan(&[1, 2], 9), plan(&[2, 1], 9)]);
        assert_eq!(twice, [malformed, malformed], "the same plan twice");
        let never = Look::at(&[segment(3, 50)]).judges(&[plan(&[77], 99)]);
        assert_eq!(never, [(NotKnown, Reason::SourcesUnknown)], "sources that were never stored");
    }
}
