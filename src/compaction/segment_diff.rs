//! Compares the segments before and after a compaction. No I/O.

use std::collections::{HashMap, HashSet};

use super::judgement::Judgement;
use super::plan::Plans;
use super::snapshot::{Change, Snapshot, count};
use crate::segments::Segment;

/// The comparison. `None` means unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentDiff {
    /// Segments with stored rows, before and after.
    pub segments: (i64, i64),
    /// Their rows, before and after. Deleted rows count until a compaction purges them.
    pub rows: (i64, i64),
    /// Segments with nothing but deletions, before and after (servers since 2.4.7).
    pub l0_segments: (Option<i64>, Option<i64>),
    /// Segments that existed before and are gone.
    pub removed: i64,
    /// New segments. Flushes make some too.
    pub added: i64,
    /// Sources of the job's plans that are still there; `None` if no plan is known.
    pub sources_remaining: Option<i64>,
    /// Targets of the job's plans that are not there; `None` if none is known.
    pub targets_missing: Option<i64>,
    /// Targets that the server reports as made from the plan's sources (newer than 3.0.0).
    pub targets_confirmed: Option<i64>,
    /// How many rows more the plans' sources had than their targets have.
    pub rows_purged: Option<i64>,
}

/// Compares the segments of one collection, before and after a job of these plans.
pub(crate) fn compare(before: &Snapshot, after: &[Segment], plans: &Plans) -> SegmentDiff {
    let now = Snapshot::of(after);
    let sources: HashSet<i64> = plans.iter().flat_map(|plan| plan.sources.iter().copied()).collect();
    let targets: HashSet<i64> = plans.iter().flat_map(|plan| plan.targets().iter().copied()).collect();
    // Sources and targets may be segments of deletions as well.
    let left = sources.iter().filter(|id| now.has(**id)).count();
    let missing = targets.iter().filter(|id| !now.has(**id)).count();
    let (was_before, is_after) = (before.ids(), now.ids());
    SegmentDiff {
        segments: (count(was_before.len()), count(is_after.len())),
        rows: (before.rows(None), now.rows(None)),
        l0_segments: (before.l0_count(), now.l0_count()),
        removed: count(was_before.difference(&is_after).count()),
        added: count(is_after.difference(&was_before).count()),
        sources_remaining: (!sources.is_empty()).then(|| count(left)),
        targets_missing: (!targets.is_empty()).then(|| count(missing)),
        targets_confirmed: lineage(after, &sources, &targets),
        rows_purged: purged(before, &now, plans, &sources, &targets),
    }
}

/// Rows that the sources had more than what was made of them, where every segment is accounted for.
fn purged(
    before: &Snapshot,
    now: &Snapshot,
    plans: &Plans,
    sources: &HashSet<i64>,
    targets: &HashSet<i64>,
) -> Option<i64> {
    // A source that still grew when it was counted had more rows in the end.
    let is_whole = !sources.is_empty()
        && sources.is_subset(&before.settled())
        && sources.iter().all(|id| !now.has(*id))
        && plans.iter().all(|plan| match plan.judged.judgement {
            Judgement::Completed => true,
            Judgement::Open => !plan.targets().is_empty(),
            _ => false,
        });
    if !is_whole {
        return None;
    }
    let change = Change::between(before, now, sources, targets);
    let has_all_targets =
        plans.iter().all(|plan| plan.details.as_ref().is_some_and(|details| !details.targets.is_empty()));
    let others: Vec<_> = change
        .appeared
        .difference(targets)
        .filter_map(|id| now.get(*id))
        .map(|segment| segment.kind)
        .collect();
    let missing = targets.iter().filter(|id| !now.has(**id)).count();
    let results = match () {
        () if has_all_targets && missing == 0 => targets,
        // Where only the first target of a plan is known, nothing else may have happened meanwhile.
        () if change.gone != *sources => return None,
        () if missing == 0 && others.is_empty() => targets,
        // Clustering makes several segments of the sources.
        () if missing == 0 && others.iter().all(|kind| kind.is_clustered) => &change.appeared,
        // A target is replaced by its sorted form.
        () if missing == others.len() && others.iter().all(|kind| kind.is_sorted) => &change.appeared,
        () => return None,
    };
    // A compaction makes no rows: a negative number means that something else was mixed in.
    let purged = before.rows(Some(sources)).saturating_sub(now.rows(Some(results)));
    (purged >= 0).then_some(purged)
}

/// Counts the targets whose every origin is one of the sources, if the server reports origins.
fn lineage(after: &[Segment], sources: &HashSet<i64>, targets: &HashSet<i64>) -> Option<i64> {
    let told: HashMap<i64, &Vec<i64>> = after
        .iter()
        .filter_map(|segment| segment.compaction_from.as_ref().map(|origins| (segment.id, origins)))
        .collect();
    if told.is_empty() || targets.is_empty() {
        return None;
    }
    let confirmed = targets.iter().filter(|id| {
        told.get(id).is_some_and(|origins| {
            !origins.is_empty() && origins.iter().all(|origin| sources.contains(origin))
        })
    });
    Some(count(confirmed.count()))
}

#[cfg(test)]
mod tests {
    use super::super::judgement::{Judged, Reason};
    use super::super::plan::{Details, Plan};
    use super::*;

    const FLUSHED: i32 = 4;

    fn segment(id: i64, rows: i64) -> Segment {
        Segment { id, rows, state: FLUSHED, ..Segment::default() }
    }

    fn plan(sources: &[i64], target: i64) -> Plan {
        let judged = Judged::completed(Reason::TargetStored);
        Plan { sources: sources.to_vec(), target, judged, ..Plan::default() }
    }

    fn diff_of(before: &Snapshot, after: &[Segment], plans: &[Plan]) -> SegmentDiff {
        compare(before, after, &plans.iter().cloned().collect())
    }

    #[test]
    fn a_merge_that_purged_deletions_is_told_in_numbers() {
        let before = Snapshot::of(&[segment(1, 50), segment(2, 50), segment(3, 50)]);
        let diff = diff_of(&before, &[segment(9, 80), segment(3, 50)], &[plan(&[1, 2], 9)]);
        assert_eq!((diff.segments, diff.rows), ((3, 2), (150, 130)));
        assert_eq!((diff.removed, diff.added), (2, 1));
        assert_eq!((diff.sources_remaining, diff.targets_missing), (Some(0), Some(0)));
        assert_eq!((diff.rows_purged, diff.targets_confirmed), (Some(20), None));
    }

    #[test]
    fn nothing_is_claimed_of_a_job_that_changed_nothing() {
        let segments = [segment(1, 50), segment(2, 50)];
        let diff = diff_of(&Snapshot::of(&segments), &segments, &[plan(&[1, 2], -1)]);
        assert_eq!((diff.sources_remaining, diff.targets_missing, diff.rows_purged), (Some(2), None, None));
        let unknown = diff_of(&Snapshot::of(&segments), &segments, &[]);
        assert_eq!((unknown.sources_remaining, unknown.rows_purged), (None, None));
    }

    #[test]
    fn what_others_did_meanwhile_is_not_mixed_in() {
        let before = Snapshot::of(&[segment(1, 50), segment(2, 50)]);
        let after = [segment(9, 70), segment(10, 500)];
        let diff = diff_of(&before, &after, &[plan(&[1, 2], 9)]);
        assert_eq!(diff.rows_purged, None, "10 may be a second target, or a flush");
        let details = Details { targets: vec![9], ..Details::default() };
        let detailed = Plan { details: Some(Box::new(details)), ..plan(&[1, 2], 9) };
        assert_eq!(diff_of(&before, &after, &[detailed]).rows_purged, Some(30));
    }

    #[test]
    fn lineage_counts_only_targets_made_of_the_sources() {
        let from =
            |id, origins: &[i64]| Segment { compaction_from: Some(origins.to_vec()), ..segment(id, 50) };
        let before = Snapshot::of(&[segment(1, 50), segment(2, 50)]);
        let plans = [plan(&[1], 8), plan(&[2], 9)];
        let diff = diff_of(&before, &[from(8, &[1]), from(9, &[7])], &plans);
        assert_eq!(diff.targets_confirmed, Some(1));
    }

    #[test]
    fn growing_dropped_and_deletion_segments_are_not_counted_as_data() {
        let of = |id, state, level| Segment { state, level: Some(level), ..segment(id, 5) };
        let snapshot = Snapshot::of(&[of(1, 2, 2), of(2, 6, 2), of(3, FLUSHED, 1), of(4, FLUSHED, 2)]);
        assert_eq!((snapshot.ids(), snapshot.l0_ids()), (HashSet::from([4]), HashSet::from([3])));
    }

    #[test]
    fn rows_that_were_still_coming_in_are_not_counted_as_purged() {
        let sealed = Segment { state: 3, ..segment(1, 10) };
        let details = Details { targets: vec![9], ..Details::default() };
        let plan = Plan { details: Some(Box::new(details)), ..plan(&[1], 9) };
        let purged = |before: Segment, rows| {
            diff_of(&Snapshot::of(&[before]), &[segment(9, rows)], std::slice::from_ref(&plan)).rows_purged
        };
        assert_eq!(purged(sealed, 8), None);
        assert_eq!(purged(segment(1, 10), 8), Some(2));
        assert_eq!(purged(segment(1, 10), 12), None, "a compaction makes no rows");
    }

    #[test]
    fn a_job_on_deletions_is_judged_by_the_segments_of_deletions() {
        let l0 = |id| Segment { level: Some(1), ..segment(id, 5) };
        let l1 = |id, rows| Segment { level: Some(2), ..segment(id, rows) };
        let before = Snapshot::of(&[l0(1), l0(2), l1(3, 50)]);
        let plans = [plan(&[1, 2], -1)];
        let untouched = diff_of(&before, &[l0(1), l0(2), l1(3, 50)], &plans);
        assert_eq!((untouched.sources_remaining, untouched.l0_segments), (Some(2), (Some(2), Some(2))));
        let done = diff_of(&before, &[l1(3, 50)], &plans);
        assert_eq!((done.sources_remaining, done.l0_segments), (Some(0), (Some(2), Some(0))));
        assert_eq!(done.rows_purged, None);
    }

    #[test]
    fn hostile_numbers_do_not_overflow() {
        let before = Snapshot::of(&[segment(1, i64::MAX), segment(2, i64::MAX), segment(3, i64::MIN)]);
        let diff = diff_of(&before, &[segment(9, i64::MIN)], &[plan(&[1, 2, 3], 9)]);
        assert_eq!((diff.rows, diff.rows_purged), ((i64::MAX, 0), Some(i64::MAX)));
    }
}
