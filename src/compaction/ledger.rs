//! The jobs a client has triggered or waited for, within bounds. Servers answer alike for a job
//! that had nothing to do and one they never knew, and forget plans: the client need not.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::state::Plan;
use super::verdict::Scheduled;

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
}

impl Job {
    /// A job that was triggered just now.
    pub(crate) fn new(scheduled: Scheduled, plans: Vec<Plan>) -> Self {
        Self { scheduled, since: Instant::now(), plans }
    }

    /// A job of which this client knows nothing.
    pub(crate) fn of_others() -> Self {
        Self::new(Scheduled::Unknown, Vec::new())
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
    /// Remembers a job, in place of what was known of it.
    pub(crate) fn remember(&self, job_id: i64, job: Job) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.segments += job.segments();
        match jobs.by_id.insert(job_id, job) {
            Some(replaced) => jobs.segments -= replaced.segments(),
            None => jobs.oldest_first.push_back(job_id),
        }
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
    fn a_job_can_be_remembered_again() {
        let ledger = Ledger::default();
        for _ in 0..MOST_JOBS * 2 {
            ledger.remember(1, job(100));
        }
        assert_eq!(ledger.recall(1).unwrap().plans.len(), 1);
        assert_eq!(ledger.0.lock().unwrap().segments, 101);
    }
}
