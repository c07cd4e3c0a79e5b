//! Counts the plans of a job by how they ended, from the server's counters and the judgements. No I/O.

use super::counts::Counts;
use super::judgement::Judgement;
use super::plan::Plans;
use super::snapshot::count;

/// The number of plans by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) completed: i64,
    /// Failed plans, including those that timed out.
    pub(super) failed: i64,
    pub(super) timed_out: i64,
    pub(super) unknown: i64,
}

impl Tally {
    /// `most` is the largest of each counter, and `planned` the number of plans.
    ///
    /// A counter is a fact and a judgement an inference: if they contradict each other, the counter is right. One case
    /// stays unknown: plans that are counted as completed while all their sources are stored. Then the counter or the
    /// list comes from another server.
    pub(super) fn of(plans: &Plans, most: Counts, planned: i64) -> Self {
        let judged =
            |judgement| count(plans.iter().filter(|plan| plan.judged.judgement == judgement).count());
        let counted = most.failed.saturating_add(most.timed_out);
        let completed = judged(Judgement::Completed).min(planned.saturating_sub(counted).max(0));
        let completed = completed.max(most.completed);
        let timed_out = judged(Judgement::TimedOut);
        let failed = judged(Judgement::Failed).saturating_add(timed_out);
        let contradicted = completed.saturating_add(failed).saturating_sub(planned).clamp(0, failed);
        let failed = failed.min(planned.saturating_sub(completed).max(0)).max(counted);
        let completed = completed.saturating_sub(contradicted).max(0);
        let unknown = planned.saturating_sub(completed).saturating_sub(failed).max(0);
        // Counters separate timeouts from other failures; segments do not.
        let timed_out = if most.failed == 0 && most.timed_out >= failed {
            failed
        } else {
            timed_out.max(most.timed_out).min(failed)
        };
        Self { completed, failed, timed_out, unknown }
    }
}
