//! Finds the stored segments that a job left out, with the reasons. No I/O.

use std::collections::HashSet;

use super::chosen::Chosen;
use super::job_history::Origin;
use super::params::Mode;
use super::plan::Plans;
use super::snapshot::{Snapshot, Stored, count};

/// Stored segments that no plan of the job named, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// All of them.
    pub total: i64,
    /// They wait to be sorted.
    pub unsorted: i64,
    /// They contain only deletions.
    pub l0: i64,
    /// They are results of clustering, which a plain compaction leaves alone.
    pub clustered: i64,
    /// An import makes them.
    pub importing: i64,
    /// They are not flushed yet.
    pub unflushed: i64,
    /// They are in another partition than asked for, or not among the segments asked for.
    pub not_asked_for: i64,
    /// Another compaction held them, or the server left them out for a reason that it does not list.
    pub held: i64,
}

/// Counts the segments from right before the trigger. `None` if the client does not know them, or not whether the
/// trigger selected them.
pub(super) fn left_out(origin: &Origin, plans: &Plans) -> Option<LeftOut> {
    let before = origin.before.as_ref().filter(|_| !origin.is_late && !origin.chosen.is_one_channel)?;
    let named: HashSet<i64> = plans.iter().flat_map(|plan| plan.sources.iter().copied()).collect();
    let mut all = LeftOut::default();
    for segment in before.all().filter(|segment| !named.contains(&segment.id)) {
        let kind = segment.kind;
        if origin.mode == Mode::L0 && !kind.is_l0 {
            continue;
        }
        all.total += 1;
        *match () {
            () if !origin.chosen.has(segment) => &mut all.not_asked_for,
            () if kind.is_importing => &mut all.importing,
            () if kind.is_l0 && origin.mode != Mode::L0 => &mut all.l0,
            () if !kind.is_flushed => &mut all.unflushed,
            () if kind.is_unsorted && !kind.is_l0 => &mut all.unsorted,
            () if kind.is_clustered && origin.mode == Mode::Plain => &mut all.clustered,
            () => &mut all.held,
        } += 1;
    }
    Some(all)
}

/// Counts the segments that the trigger selected and would have taken if no other compaction held them: flushed, sorted
/// if the server sorts, and not a result of clustering.
pub(super) fn eligible(before: &Snapshot, chosen: &Chosen) -> i64 {
    let takes =
        |segment: &&Stored| segment.kind.is_settled() && !segment.kind.is_clustered && chosen.has(segment);
    count(before.data().filter(takes).count())
}

/// Counts the segments that the trigger selected and that wait to be sorted.
pub(super) fn unsorted(before: &Snapshot, chosen: &Chosen) -> i64 {
    let waits =
        |segment: &&Stored| segment.kind.is_flushed && segment.kind.is_unsorted && chosen.has(segment);
    count(before.data().filter(waits).count())
}
