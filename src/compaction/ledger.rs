//! The jobs a client has triggered or waited for, within bounds. Servers answer alike for a job
//! that had nothing to do and one they never knew, and forget plans: the client need not.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::state::Plan;
use super::verdict::{Counts, Scheduled};

const MOST_JOBS: usize = 4_096;
/// Segment ids in all remembered plans together: 8 MiB.
const MOST_SEGMENTS: usize = 1 << 20;

/// What is remembered of one job.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// What its trigger learnt.
    pub(crate) scheduled: Scheduled,
    /// When it was first heard of.
    pub(crate) since: Instant,
    /// Every plan seen so far.
    pub(crate) plans: Vec<Plan>,
    /// The largest of each count seen so far.
    pub(crate) most: Counts,
}

impl Job {
    /// A job that was triggered just now.
    pub(crate) fn new(scheduled: Scheduled, plans: Vec<Plan>) -> Self {
        Self { scheduled, since: Instant::now(), plans, most: Counts::ZERO }
    }

    /// A job of which this client knows nothing.
    pub(crate) fn of_others() -> Self {
        Self::new(Scheduled::Elsewhere, Vec::new())
    }

    /// The same job with what was known of it before. A second trigger can get the id of a job that runs.
    fn added_to(self, before: Self) -> Self {
        let scheduled = match (before.scheduled, self.scheduled) {
            (Scheduled::Plans(one), Scheduled::Plans(other)) => Scheduled::Plans(one.max(other)),
            (Scheduled::Elsewhere | Scheduled::Nothing, now) => now,
            (before, _) => before,
        };
        let mut plans: BTreeMap<Vec<i64>, i64> = BTreeMap::new();
        for plan in before.plans.into_iter().chain(self.plans) {
            let target = plans.entry(plan.sources).or_insert(plan.target);
            *target = plan.target.max(*target);
        }
        let plans = plans.into_iter().map(|(sources, target)| Plan { sources, target }).collect();
        Self { scheduled, since: before.since.min(self.since), plans, most: before.most.max(self.most) }
    }

    fn segments(&self) -> usize {
        self.plans.iter().map(|plan| 1 + plan.sources.len()).sum()
    }
}

/// The memory itself; forgets the oldest jobs first.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Jobs>);

#[derive(Debug, Default)]
struct Jobs {
    by_id: HashMap<i64, Job>,
    oldest_first: VecDeque<i64>,
    segments: usize,
}

impl Ledger {
    /// Remembers a job, together with what is known of it already.
    pub(crate) fn remember(&self, job_id: i64, job: Job) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let job = if let Some(before) = jobs.by_id.remove(&job_id) {
            jobs.segments -= before.segments();
            job.added_to(before)
        } else {
            jobs.oldest_first.push_back(job_id);
            job
        };
        jobs.segments += job.segments();
        jobs.by_id.insert(job_id, job);
        while jobs.by_id.len() > MOST_JOBS || jobs.segments > MOST_SEGMENTS {
            let Some(oldest) = jobs.oldest_first.pop_front() else { break };
            if let Some(forgotten) = jobs.by_id.remove(&oldest) {
                jobs.segments -= forgotten.segments();
            }
        }
    }

    /// What is known of a job.
    pub(crate) fn recall(&self, job_id: i64) -> Option<Job> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_id.get(&job_id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(segments: usize) -> Job {
        Job::new(Scheduled::Nothing, vec![Plan { sources: vec![1; segments], target: 2 }])
    }

    #[test]
    fn the_oldest_jobs_are_forgotten_first() {
        let ledger = Ledger::default();
        let count = i64::try_from(MOST_JOBS).unwrap() + 10;
        (1..=count).for_each(|id| ledger.remember(id, job(1)));
        assert!(ledger.recall(10).is_none());
        assert!(ledger.recall(11).is_some());
        assert!(ledger.recall(count).is_some());
    }

    #[test]
    fn a_huge_job_cannot_fill_the_memory() {
        let ledger = Ledger::default();
        ledger.remember(1, job(10));
        ledger.remember(2, job(MOST_SEGMENTS * 2));
        assert!(ledger.recall(1).is_none() && ledger.recall(2).is_none());
        ledger.remember(3, job(10));
        assert!(ledger.recall(3).is_some());
    }

    #[test]
    fn what_was_seen_of_a_job_survives_a_second_trigger_that_gets_its_id() {
        let ledger = Ledger::default();
        let failed = Counts { failed: 1, ..Counts::ZERO };
        ledger.remember(7, Job { most: failed, ..Job::new(Scheduled::Plans(3), Vec::new()) });
        ledger.remember(7, Job::new(Scheduled::Plans(2), vec![Plan { sources: vec![1], target: 2 }]));
        let job = ledger.recall(7).unwrap();
        assert_eq!((job.scheduled, job.most, job.plans.len()), (Scheduled::Plans(3), failed, 1));
    }

    #[test]
    fn a_job_can_be_remembered_again() {
        let ledger = Ledger::default();
        for _ in 0..MOST_JOBS * 2 {
            ledger.remember(1, job(100));
        }
        assert_eq!(ledger.recall(1).unwrap().plans.len(), 1);
        assert_eq!(ledger.0.lock().unwrap().segments, 101);
    }
}
