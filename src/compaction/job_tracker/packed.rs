//! A tracker in few bytes, as a wait keeps it between two polls.

use super::{JobTracker, List, Plans, Scheduled};
use crate::packed::{Pack, Packer, Unpacker, packs};

packs!(JobTracker {
    job_id,
    scheduled,
    is_clustering,
    last,
    plans_are_due,
    most,
    most_counted,
    most_listed,
    plans,
    list,
    forgets,
    was_whole,
    unlisted,
    unnamed_at_end,
    polls,
    failed_polls,
});

impl Pack for List {
    fn pack(&self, to: &mut Packer) {
        (*self as i32).pack(to);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        let number = i32::unpack(from);
        let all = [Self::None, Self::Early, Self::Final, Self::Missing];
        all.into_iter().find(|list| *list as i32 == number).unwrap_or(Self::None)
    }
}

impl JobTracker {
    /// Takes the plans out if there are so many that packing them takes long.
    pub(in super::super) fn take_many_plans(&mut self) -> Option<Plans> {
        const MANY: usize = 256; // words
        (self.plans.weight() > MANY).then(|| std::mem::take(&mut self.plans))
    }

    pub(in super::super) fn job_id(&self) -> i64 {
        self.job_id
    }

    pub(in super::super) fn scheduled(&self) -> Scheduled {
        self.scheduled
    }

    pub(in super::super) fn put_plans(&mut self, plans: Plans) {
        self.plans = plans;
    }

    /// What is left of it after the time between two polls, for the model: it has to be the same.
    #[cfg(any(test, fuzzing))]
    pub(in super::super) fn after_a_pause(mut self) -> Self {
        let plans = self.take_many_plans();
        let packed = crate::packed::Packed::of(&self);
        let mut after: Self = packed.unpack();
        assert_eq!(crate::packed::Packed::of(&after), packed, "{self:?}");
        if let Some(plans) = plans {
            after.put_plans(plans);
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Counts, Job, Listed, State, StateInfo};
    use super::*;
    use crate::compaction::judgement::{Judged, Reason};
    use crate::compaction::plan::{Details, ManagementEvidence, Plan};
    use crate::compaction::unlisted::Unlisted;
    use crate::packed::Packed;

    fn unpacked(tracker: &JobTracker) -> JobTracker {
        Packed::of(tracker).unpack()
    }

    #[test]
    fn a_tracker_that_was_packed_knows_the_same() {
        let mut tracker = JobTracker::new(7, Job::new(Scheduled::Plans(3), Plans::default()));
        assert_eq!(format!("{:?}", unpacked(&tracker)), format!("{tracker:?}"));
        let counts = Counts { executing: 1, completed: i64::MAX, failed: 1, timed_out: 0 };
        tracker.poll(StateInfo { state: State::Executing, counts });
        let details = Details {
            plan_id: 9,
            channel: "by-dev-rootcoord-dml_0".to_owned(),
            failure_reason: "är".to_owned(),
            targets: vec![3, -1, i64::MAX],
            ..Details::default()
        };
        let evidence = ManagementEvidence { reason: "none".to_owned(), is_clustering: true };
        let plain = Plan { sources: vec![461_234_567_890_123_456, 1], target: -1, ..Plan::default() };
        let whole = Plan {
            details: Some(Box::new(details)),
            evidence: Some(Box::new(evidence)),
            judged: Judged::failed(Reason::SourcesStored),
            is_settled: true,
            was_gone: true,
            ..plain.clone()
        };
        tracker.list(Listed { state: State::Completed, plans: vec![plain, whole] }, true);
        tracker.unlisted = Some(Unlisted::SegmentsUnnamed(4));
        tracker.unnamed_at_end = Some(Unlisted::NoTrace);
        tracker.failed_poll();
        assert_eq!(format!("{:?}", unpacked(&tracker)), format!("{tracker:?}"));
        for scheduled in [Scheduled::Elsewhere, Scheduled::Uncounted, Scheduled::Nothing, Scheduled::Plans(0)]
        {
            let tracker = JobTracker::new(7, Job::new(scheduled, Plans::default()));
            assert_eq!(unpacked(&tracker).scheduled, scheduled);
        }
    }

    #[test]
    fn many_plans_are_not_packed() {
        let plan = |id| Plan { sources: vec![id], target: -1, is_listed: true, ..Plan::default() };
        let of = |count| JobTracker::new(7, Job::new(Scheduled::Elsewhere, (1..=count).map(plan).collect()));
        assert!(of(1).take_many_plans().is_none());
        let (mut many, mut copy) = (of(100), of(100));
        let plans = copy.take_many_plans().unwrap();
        assert_eq!(copy.plans.len(), 0);
        copy.put_plans(plans);
        assert_eq!(format!("{copy:?}"), format!("{many:?}"));
        assert!(many.take_many_plans().is_some());
    }
}
