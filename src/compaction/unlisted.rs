//! Decides by the stored segments whether the server may have forgotten plans of a job. No I/O.
//!
//! A forgotten plan that failed left its sources stored; a compaction that took them later stored a result. So if the
//! listed plans name every stored segment, the server forgot none. One case stays invisible: another compaction purged
//! the sources of the forgotten plan since, or their partition was dropped.

use std::collections::HashSet;

use super::judgement::{Judgement, Reason};
use super::plan::{Plan, Plans};
use super::snapshot::{Snapshot, count};
use crate::packed::{Pack, Packer, Unpacker};
use crate::text::counted;

/// Why the client cannot exclude plans that it never saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unlisted {
    /// The client does not know the segments of the collection.
    SegmentsUnknown,
    /// This many segments with rows are stored that no plan names.
    SegmentsUnnamed(i64),
    /// The listed plans left no trace in the segments of the collection.
    NoTrace,
}

impl Pack for Unlisted {
    fn pack(&self, to: &mut Packer) {
        match self {
            Self::SegmentsUnknown => 0.pack(to),
            Self::NoTrace => 1.pack(to),
            Self::SegmentsUnnamed(number) => (2, *number).pack(to),
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        match i32::unpack(from) {
            0 => Self::SegmentsUnknown,
            1 => Self::NoTrace,
            _ => Self::SegmentsUnnamed(Pack::unpack(from)),
        }
    }
}

impl Unlisted {
    /// The clause for a person, after "and".
    pub(super) fn text(self) -> String {
        match self {
            Self::SegmentsUnknown => "the client does not know the segments of its collection".to_owned(),
            Self::SegmentsUnnamed(number) => {
                format!("no known plan names {}", counted(number, "stored segment"))
            }
            Self::NoTrace => "the known plans left no trace in the segments of the collection".to_owned(),
        }
    }
}

/// Call it after the plans were judged by these segments. Every segment counts, whatever its id, level or order: the
/// result of another job, a segment flushed since and its sorted form look the same.
pub(super) fn doubt(plans: &Plans, now: &Snapshot) -> Option<Unlisted> {
    if !plans.iter().all(|plan| leaves_trace(plan, now)) {
        return Some(Unlisted::NoTrace);
    }
    let ids = plans.iter().flat_map(|plan| plan.sources.iter().chain(plan.targets()));
    let named: HashSet<i64> = ids.copied().collect();
    let unnamed = now.data().filter(|segment| !named.contains(&segment.id)).count();
    (unnamed > 0).then(|| Unlisted::SegmentsUnnamed(count(unnamed)))
}

/// Whether the plan's segments show that it belongs to this collection. L0 segments do not: servers apply them by
/// themselves and leave no trace.
fn leaves_trace(plan: &Plan, now: &Snapshot) -> bool {
    let is_stored = |id: &i64| now.get(*id).is_some_and(|segment| segment.kind.is_data);
    match plan.judged.judgement {
        Judgement::Completed => plan.judged.reason == Reason::Purged || plan.targets().iter().any(is_stored),
        Judgement::Failed | Judgement::TimedOut => plan.sources.iter().all(is_stored),
        Judgement::Open | Judgement::NotKnown => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::judgement::Judged;
    use super::*;
    use crate::segments::Segment;

    const FLUSHED: i32 = 4;
    const L0: i32 = 1;
    const L1: i32 = 2;

    fn segment(id: i64) -> Segment {
        Segment { id, partition_id: 1, rows: 100, state: FLUSHED, level: Some(L1), ..Segment::default() }
    }

    fn plan(sources: &[i64], target: i64, judged: Judged) -> Plan {
        Plan { sources: sources.to_vec(), target, judged, ..Plan::default() }
    }

    fn completed(sources: &[i64], target: i64) -> Plan {
        plan(sources, target, Judged::completed(Reason::TargetStored))
    }

    fn failed(sources: &[i64]) -> Plan {
        plan(sources, -1, Judged::failed(Reason::SourcesStored))
    }

    fn doubt_of(plans: &[Plan], now: &[Segment]) -> Option<Unlisted> {
        doubt(&plans.iter().cloned().collect(), &Snapshot::of(now))
    }

    #[test]
    fn a_collection_at_rest_leaves_no_room_for_a_plan_that_was_forgotten() {
        let two = [completed(&[1, 2], 10), completed(&[3], 11)];
        assert_eq!(doubt_of(&two, &[segment(10), segment(11)]), None);
        let purged = plan(&[3], -1, Judged::completed(Reason::Purged));
        assert_eq!(doubt_of(&[completed(&[1, 2], 10), purged], &[segment(10)]), None);
        assert_eq!(doubt_of(&[completed(&[1], 10), failed(&[3])], &[segment(10), segment(3)]), None);
        let deletions = Segment { level: Some(L0), ..segment(4) };
        assert_eq!(
            doubt_of(&two, &[segment(10), segment(11), deletions]),
            None,
            "no plan for rows takes them"
        );
    }

    #[test]
    fn a_segment_that_no_plan_names_may_be_what_a_forgotten_plan_left() {
        let one = [completed(&[1, 2], 10)];
        for (is, other) in [("left by one that failed", 3), ("made of it by others, or flushed", 99)] {
            let doubt = doubt_of(&one, &[segment(10), segment(other)]);
            assert_eq!(doubt, Some(Unlisted::SegmentsUnnamed(1)), "{is}");
        }
        let unsorted = Segment { is_sorted: Some(false), ..segment(99) };
        assert_eq!(doubt_of(&one, &[segment(10), unsorted]), Some(Unlisted::SegmentsUnnamed(1)), "2.5");
    }

    #[test]
    fn plans_that_leave_no_trace_do_not_even_show_that_it_is_their_collection() {
        let counted = plan(&[1, 2], -1, Judged::OPEN);
        assert_eq!(doubt_of(&[counted], &[]), Some(Unlisted::NoTrace), "an empty collection, a wrong one");
        assert_eq!(doubt_of(&[completed(&[1, 2], 10)], &[]), Some(Unlisted::NoTrace));
        let applied = plan(&[5], -1, Judged::completed(Reason::DeletesApplied));
        assert_eq!(doubt_of(&[applied], &[]), Some(Unlisted::NoTrace));
        let deletions = Segment { level: Some(L0), ..segment(5) };
        assert_eq!(doubt_of(&[failed(&[5])], &[deletions]), Some(Unlisted::NoTrace));
    }
}
