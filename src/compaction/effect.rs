//! What a compaction did to the segments: before and after compared. No I/O.

use std::collections::{HashMap, HashSet};

use super::plan::Plan;
use crate::segments::Segment;

/// What is kept of the segments of a collection at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// Every segment with stored rows.
    stored: Vec<Stored>,
    /// Segments with nothing but deletions, if the server tells them apart.
    l0: Option<Vec<i64>>,
}

/// One segment with stored rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stored {
    id: i64,
    rows: i64,
    /// Whether only a compaction can change or replace it: flushed, and sorted where servers sort.
    is_settled: bool,
}

impl Snapshot {
    pub(crate) fn of(segments: &[Segment]) -> Self {
        let stored = segments.iter().filter(|segment| segment.is_stored_data());
        let is_told = segments.iter().all(|segment| segment.level.is_some());
        let l0 = segments.iter().filter(|segment| segment.is_l0() && segment.is_there());
        Self {
            stored: stored
                .map(|segment| Stored {
                    id: segment.id,
                    rows: segment.rows,
                    is_settled: segment.is_settled(),
                })
                .collect(),
            l0: is_told.then(|| l0.map(|segment| segment.id).collect()),
        }
    }

    /// All segments with stored rows.
    pub(super) fn ids(&self) -> HashSet<i64> {
        self.stored.iter().map(|segment| segment.id).collect()
    }

    /// Those that only a compaction can change or replace.
    pub(super) fn settled(&self) -> HashSet<i64> {
        self.stored.iter().filter(|segment| segment.is_settled).map(|segment| segment.id).collect()
    }

    /// Those with nothing but deletions.
    pub(super) fn l0_ids(&self) -> HashSet<i64> {
        self.l0.iter().flatten().copied().collect()
    }

    fn l0_count(&self) -> Option<i64> {
        self.l0.as_ref().map(|ids| count(ids.len()))
    }

    /// Rows of all segments, or of some.
    fn rows(&self, only: Option<&HashSet<i64>>) -> i64 {
        let wanted = self.stored.iter().filter(|segment| only.is_none_or(|only| only.contains(&segment.id)));
        wanted.map(|segment| segment.rows.max(0)).fold(0, i64::saturating_add)
    }

    /// Rough number of machine words it takes.
    pub(super) fn weight(&self) -> usize {
        3 * self.stored.len() + self.l0.as_ref().map_or(0, Vec::len)
    }
}

/// Before and after. What is `None` cannot be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Segments with stored rows, before and after.
    pub segments: (i64, i64),
    /// Their rows, before and after. Deleted rows count until a compaction purges them.
    pub rows: (i64, i64),
    /// Segments with nothing but deletions, before and after (servers since 2.4.7).
    pub l0_segments: (Option<i64>, Option<i64>),
    /// Segments that were there before and are no more.
    pub gone: i64,
    /// Segments that were not there before. Flushes make some too.
    pub appeared: i64,
    /// Sources of the job's plans that are still there; `None` if no plan is known.
    pub sources_left: Option<i64>,
    /// Targets of the job's plans that are not there; `None` if none is known.
    pub targets_missing: Option<i64>,
    /// Targets that the server says were made of the plan's sources (newer than 3.0.0).
    pub lineage_confirmed: Option<i64>,
    /// Rows that the plans' sources had more than their targets have.
    pub rows_purged: Option<i64>,
}

/// Compares the segments of one collection, before and after a job of these plans.
pub(crate) fn compare<'a>(
    before: &Snapshot,
    after: &[Segment],
    plans: impl Iterator<Item = &'a Plan>,
) -> Effect {
    let now = Snapshot::of(after);
    let (sources, targets, has_all_targets) = ends(plans);
    let (was_before, is_after) = (before.ids(), now.ids());
    // Sources and targets may be segments of deletions as well.
    let is_there: HashSet<i64> =
        after.iter().filter(|segment| segment.is_there()).map(|segment| segment.id).collect();
    let left = sources.iter().filter(|id| is_there.contains(id)).count();
    let missing = targets.iter().filter(|id| !is_there.contains(id)).count();
    let appeared: HashSet<i64> = is_after.difference(&was_before).copied().collect();
    let gone: HashSet<i64> = was_before.difference(&is_after).copied().collect();
    // Where only the first target of a plan is known, nothing else may have happened meanwhile.
    let is_told_apart = has_all_targets || (gone == sources && appeared == targets);
    // A source that still grew when it was counted had more rows in the end.
    let is_whole = !sources.is_empty() && left == 0 && missing == 0 && sources.is_subset(&before.settled());
    let purged = before.rows(Some(&sources)).saturating_sub(now.rows(Some(&targets)));
    Effect {
        segments: (count(before.stored.len()), count(now.stored.len())),
        rows: (before.rows(None), now.rows(None)),
        l0_segments: (before.l0_count(), now.l0_count()),
        gone: count(gone.len()),
        appeared: count(appeared.len()),
        sources_left: (!sources.is_empty()).then(|| count(left)),
        targets_missing: (!targets.is_empty()).then(|| count(missing)),
        lineage_confirmed: lineage(after, &sources, &targets),
        // A compaction makes no rows: a negative number means that something else was mixed in.
        rows_purged: (is_whole && is_told_apart && purged >= 0).then_some(purged),
    }
}

/// All sources and all known targets of the plans, and whether those are all there are.
fn ends<'a>(plans: impl Iterator<Item = &'a Plan>) -> (HashSet<i64>, HashSet<i64>, bool) {
    let (mut sources, mut targets, mut has_all_targets) = (HashSet::new(), HashSet::new(), true);
    for plan in plans {
        sources.extend(&plan.sources);
        targets.extend(plan.targets());
        has_all_targets &= plan.details.as_ref().is_some_and(|details| !details.targets.is_empty());
    }
    (sources, targets, has_all_targets)
}

/// Targets whose every origin is one of the sources, if the server tells origins.
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

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::plan::Details;
    use super::*;

    const FLUSHED: i32 = 4;

    fn segment(id: i64, rows: i64) -> Segment {
        Segment { id, rows, state: FLUSHED, ..Segment::default() }
    }

    fn plan(sources: &[i64], target: i64) -> Plan {
        Plan { sources: sources.to_vec(), target, details: None }
    }

    #[test]
    fn a_merge_that_purged_deletions_is_told_in_numbers() {
        let before = Snapshot::of(&[segment(1, 50), segment(2, 50), segment(3, 50)]);
        let effect = compare(&before, &[segment(9, 80), segment(3, 50)], [&plan(&[1, 2], 9)].into_iter());
        assert_eq!((effect.segments, effect.rows), ((3, 2), (150, 130)));
        assert_eq!((effect.gone, effect.appeared), (2, 1));
        assert_eq!((effect.sources_left, effect.targets_missing), (Some(0), Some(0)));
        assert_eq!((effect.rows_purged, effect.lineage_confirmed), (Some(20), None));
    }

    #[test]
    fn nothing_is_claimed_of_a_job_that_changed_nothing() {
        let segments = [segment(1, 50), segment(2, 50)];
        let effect = compare(&Snapshot::of(&segments), &segments, [&plan(&[1, 2], -1)].into_iter());
        assert_eq!((effect.sources_left, effect.targets_missing, effect.rows_purged), (Some(2), None, None));
        let unknown = compare(&Snapshot::of(&segments), &segments, std::iter::empty());
        assert_eq!((unknown.sources_left, unknown.rows_purged), (None, None));
    }

    #[test]
    fn what_others_did_meanwhile_is_not_mixed_in() {
        let before = Snapshot::of(&[segment(1, 50), segment(2, 50)]);
        let after = [segment(9, 70), segment(10, 500)];
        let effect = compare(&before, &after, [&plan(&[1, 2], 9)].into_iter());
        assert_eq!(effect.rows_purged, None, "10 may be a second target, or a flush");
        let details = Details { targets: vec![9], ..Details::default() };
        let detailed = Plan { details: Some(Box::new(details)), ..plan(&[1, 2], 9) };
        assert_eq!(compare(&before, &after, [&detailed].into_iter()).rows_purged, Some(30));
    }

    #[test]
    fn lineage_counts_only_targets_made_of_the_sources() {
        let from =
            |id, origins: &[i64]| Segment { compaction_from: Some(origins.to_vec()), ..segment(id, 50) };
        let before = Snapshot::of(&[segment(1, 50), segment(2, 50)]);
        let plans = [plan(&[1], 8), plan(&[2], 9)];
        let effect = compare(&before, &[from(8, &[1]), from(9, &[7])], plans.iter());
        assert_eq!(effect.lineage_confirmed, Some(1));
    }

    #[test]
    fn growing_dropped_and_deletion_segments_are_not_counted_as_data() {
        let of = |id, state, level| Segment { state, level: Some(level), ..segment(id, 5) };
        let snapshot = Snapshot::of(&[of(1, 2, 2), of(2, 6, 2), of(3, FLUSHED, 1), of(4, FLUSHED, 2)]);
        assert_eq!((snapshot.ids(), snapshot.l0), (HashSet::from([4]), Some(vec![3])));
    }

    #[test]
    fn rows_that_were_still_coming_in_are_not_counted_as_purged() {
        let sealed = Segment { state: 3, ..segment(1, 10) };
        let details = Details { targets: vec![9], ..Details::default() };
        let plan = Plan { details: Some(Box::new(details)), ..plan(&[1], 9) };
        let purged = |before: Segment, rows| {
            compare(&Snapshot::of(&[before]), &[segment(9, rows)], [&plan].into_iter()).rows_purged
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
        let untouched = compare(&before, &[l0(1), l0(2), l1(3, 50)], plans.iter());
        assert_eq!((untouched.sources_left, untouched.l0_segments), (Some(2), (Some(2), Some(2))));
        let done = compare(&before, &[l1(3, 50)], plans.iter());
        assert_eq!((done.sources_left, done.l0_segments), (Some(0), (Some(2), Some(0))));
        assert_eq!(done.rows_purged, None);
    }

    #[test]
    fn hostile_numbers_do_not_overflow() {
        let before = Snapshot::of(&[segment(1, i64::MAX), segment(2, i64::MAX), segment(3, i64::MIN)]);
        let effect = compare(&before, &[segment(9, i64::MIN)], [&plan(&[1, 2, 3], 9)].into_iter());
        assert_eq!((effect.rows, effect.rows_purged), ((i64::MAX, 0), Some(i64::MAX)));
    }
}
