//! The jobs that a client triggered or waited for, in bounded memory. A server responds alike for a job without work
//! and a job that it never knew, and it forgets plans; the client remembers both.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::chosen::Chosen;
use super::counts::Counts;
use super::params::Mode;
use super::plan::Plans;
use super::scheduled::Scheduled;
use super::snapshot::Snapshot;
use crate::collection::Collection;

pub(super) const MOST_JOBS: usize = 16_384;
const MOST_DOUBTS: usize = 256;
/// The bound in machine words of all jobs together: 8 MiB.
pub(super) const MOST_WORDS: usize = 1 << 20;

/// What the history keeps of one job.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// How many plans the trigger scheduled.
    pub(crate) scheduled: Scheduled,
    /// When this client first saw the job.
    pub(crate) since: Instant,
    /// Every plan that the client saw.
    pub(crate) plans: Plans,
    /// The largest of each count that the client saw.
    pub(crate) most: Counts,
    /// The most plans that the server counted at one moment.
    pub(crate) counted: i64,
    /// Whether the server dropped plans of this job from its list.
    pub(crate) forgets: bool,
    /// Whether the plans include a list from after the job's end, of a server that still remembered the whole job.
    pub(crate) is_whole: bool,
    /// The collection, and its segments before the trigger. Only for a job that this client triggered, imported, or
    /// waited for in a collection.
    pub(crate) origin: Option<Arc<Origin>>,
    /// Whether the client saw the end of the job.
    pub(crate) is_over: bool,
}

/// A collection at the moment of a trigger.
#[derive(Debug)]
pub(crate) struct Origin {
    /// When the client sent the trigger, or a moment before.
    pub(crate) since: Instant,
    pub(crate) collection: Collection,
    pub(crate) mode: Mode,
    /// The part of the collection that the trigger selects.
    pub(crate) chosen: Chosen,
    /// The segments, if the server listed them in time.
    pub(crate) before: Option<Snapshot>,
    /// Whether this client did not send the trigger: then all but the collection was read or guessed later.
    pub(crate) is_late: bool,
    /// The segments that other compactions held at that moment, as far as the client could see.
    pub(crate) taken: HashSet<i64>,
    /// The jobs of the collection that the server listed, if it lists jobs.
    pub(crate) jobs_before: Option<HashSet<i64>>,
    /// How many plans with these sources the server listed, if it lists the plans of all collections.
    pub(crate) plans_before: Option<HashMap<Vec<i64>, usize>>,
    /// The job of this client that ran on the collection.
    pub(crate) running: Option<i64>,
}

impl Job {
    /// A job that this client has just triggered.
    pub(crate) fn new(scheduled: Scheduled, plans: Plans) -> Self {
        let since = Instant::now();
        Self {
            scheduled,
            since,
            plans,
            most: Counts::ZERO,
            counted: 0,
            forgets: false,
            is_whole: false,
            origin: None,
            is_over: false,
        }
    }

    /// A job about which this client knows nothing.
    pub(crate) fn of_others() -> Self {
        Self::new(Scheduled::Elsewhere, Plans::default())
    }

    /// Merges what the history knows about the same job. A second trigger can get the id of a running job.
    fn added_to(self, before: Self) -> Self {
        if let (Some(old), Some(new)) = (&before.origin, &self.origin)
            && !old.collection.is_same(&new.collection)
        {
            return self; // another server's job of the same number
        }
        let scheduled = match (before.scheduled, self.scheduled) {
            (Scheduled::Plans(one), Scheduled::Plans(other)) => Scheduled::Plans(one.max(other)),
            (Scheduled::Elsewhere | Scheduled::Nothing, now) => now,
            (before, _) => before,
        };
        let mut plans = before.plans;
        plans.extend(self.plans);
        Self {
            scheduled,
            since: before.since.min(self.since),
            plans,
            most: before.most.max(self.most),
            counted: before.counted.max(self.counted),
            forgets: before.forgets || self.forgets,
            is_whole: before.is_whole || self.is_whole,
            origin: Origin::earliest(before.origin, self.origin),
            is_over: self.is_over,
        }
    }

    /// Drops everything that takes much memory.
    fn strip(&mut self) {
        self.counted = self.counted.max(i64::try_from(self.plans.len()).unwrap_or(i64::MAX));
        self.forgets = true;
        self.is_whole = false;
        self.plans = Plans::default();
        self.origin = None;
    }

    /// When the job was triggered, if this client or the exporting client did that.
    pub(super) fn triggered(&self) -> Option<Instant> {
        match &self.origin {
            Some(origin) if !origin.is_late => Some(origin.since),
            _ => (self.scheduled != Scheduled::Elsewhere).then_some(self.since),
        }
    }

    pub(super) fn weight(&self) -> usize {
        self.plans.weight() + self.origin.as_ref().map_or(0, |origin| origin.weight())
    }
}

impl Origin {
    /// A trigger now, of which nothing else is known.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn of_now(mode: Mode) -> Self {
        Self {
            since: Instant::now(),
            collection: Collection::default(),
            mode,
            chosen: Chosen::default(),
            before: None,
            is_late: false,
            taken: HashSet::new(),
            jobs_before: None,
            plans_before: None,
            running: None,
        }
    }

    /// The job began with the segments before its first trigger.
    fn earliest(old: Option<Arc<Self>>, new: Option<Arc<Self>>) -> Option<Arc<Self>> {
        match (old, new) {
            (Some(old), Some(new)) if old.is_late && !new.is_late => Some(new),
            (old, new) => old.or(new),
        }
    }

    /// Approximate size in machine words.
    fn weight(&self) -> usize {
        let names = self.collection.name.len() + self.collection.database.len() + 8 * self.chosen.weight();
        let jobs = self.jobs_before.as_ref().map_or(0, HashSet::len) + self.taken.len();
        let plans = self.plans_before.iter().flat_map(HashMap::keys).map(|sources| 6 + sources.len());
        names / 8 + 2 * jobs + plans.sum::<usize>() + self.before.as_ref().map_or(0, Snapshot::weight)
    }
}

/// The bounded store; it forgets the oldest jobs first.
#[derive(Debug, Default)]
pub(crate) struct JobHistory(Mutex<Jobs>);

#[derive(Debug, Default)]
struct Jobs {
    by_id: HashMap<i64, Job>,
    oldest_first: VecDeque<i64>,
    /// The jobs that take more than a few words, oldest first.
    heavy: VecDeque<i64>,
    words: usize,
    /// Triggers in doubt; one per collection, the latest.
    doubts: VecDeque<Arc<Origin>>,
}

impl JobHistory {
    /// Stores a job, merged with what the history has. To free memory it first drops plans and segments, last how many
    /// plans were scheduled and how far the job came.
    pub(crate) fn remember(&self, job_id: i64, job: Job) {
        let mut jobs = self.jobs();
        let (job, was_heavy) = if let Some(before) = jobs.by_id.remove(&job_id) {
            jobs.words -= before.weight();
            let was_heavy = before.weight() > 0;
            (job.added_to(before), was_heavy)
        } else {
            jobs.oldest_first.push_back(job_id);
            (job, false)
        };
        if job.weight() > 0 && !was_heavy {
            jobs.heavy.push_back(job_id);
        }
        jobs.words += job.weight();
        jobs.by_id.insert(job_id, job);
        while jobs.words > MOST_WORDS {
            let Some(oldest) = jobs.heavy.pop_front() else { break };
            if let Some(mut job) = jobs.by_id.remove(&oldest) {
                jobs.words -= job.weight();
                job.strip();
                jobs.by_id.insert(oldest, job);
            }
        }
        while jobs.by_id.len() > MOST_JOBS {
            let Some(oldest) = jobs.oldest_first.pop_front() else { break };
            if let Some(forgotten) = jobs.by_id.remove(&oldest) {
                jobs.words -= forgotten.weight();
                jobs.heavy.retain(|id| *id != oldest);
            }
        }
    }

    /// Adds an exported job. Refuses it if this client knows a job with that number elsewhere: they belong to different
    /// servers.
    pub(crate) fn import(&self, job_id: i64, job: Job) -> bool {
        let known = self.recall(job_id);
        let is_elsewhere = |known: &Job| match (&known.origin, &job.origin) {
            (Some(known), Some(new)) => !known.is_late && !known.collection.is_same(&new.collection),
            _ => false,
        };
        if known.as_ref().is_some_and(is_elsewhere) {
            return false;
        }
        let is_over = job.is_over || known.is_some_and(|known| known.is_over);
        self.remember(job_id, Job { is_over, ..job });
        true
    }

    /// Returns what the history knows about a job.
    pub(crate) fn recall(&self, job_id: i64) -> Option<Job> {
        self.jobs().by_id.get(&job_id).cloned()
    }

    /// The latest job of a collection, of any kind, whose end the client has not seen.
    pub(crate) fn unfinished(&self, collection: &Collection) -> Option<i64> {
        let jobs = self.jobs();
        let is_wanted = |id: &&i64| {
            jobs.by_id.get(id).is_some_and(|job| {
                !job.is_over
                    && matches!(job.scheduled, Scheduled::Plans(_) | Scheduled::Uncounted)
                    && job.origin.as_ref().is_some_and(|origin| origin.collection.is_same(collection))
            })
        };
        jobs.oldest_first.iter().rev().find(is_wanted).copied()
    }

    /// The sources of the jobs of this collection whose end the client has not seen.
    pub(crate) fn unfinished_sources(&self, collection: &Collection) -> HashSet<i64> {
        let jobs = self.jobs();
        let is_open = |job: &&Job| {
            !job.is_over && job.origin.as_ref().is_some_and(|o| o.collection.is_same(collection))
        };
        let plans = jobs.by_id.values().filter(is_open).flat_map(|job| job.plans.iter());
        plans.flat_map(|plan| plan.sources.iter().copied()).collect()
    }

    /// Stores a trigger in doubt: the server may have accepted it.
    pub(crate) fn doubt(&self, origin: Arc<Origin>) {
        let mut jobs = self.jobs();
        jobs.doubts.retain(|doubt| !doubt.collection.is_same(&origin.collection));
        jobs.doubts.push_back(origin);
        let words = |jobs: &Jobs| jobs.doubts.iter().map(|doubt| doubt.weight()).sum::<usize>();
        while jobs.doubts.len() > MOST_DOUBTS || words(&jobs) > MOST_WORDS {
            jobs.doubts.pop_front();
        }
    }

    /// Removes earlier triggers in doubt: the server responded to a later one of the collection.
    pub(crate) fn clear_doubts_before(&self, answered: &Origin) {
        let is_answered =
            |doubt: &Origin| doubt.collection.is_same(&answered.collection) && doubt.since <= answered.since;
        self.jobs().doubts.retain(|doubt| !is_answered(doubt));
    }

    /// The latest trigger in doubt of this collection.
    pub(crate) fn in_doubt(&self, collection: &Collection) -> Option<Arc<Origin>> {
        self.jobs().doubts.iter().find(|doubt| doubt.collection.is_same(collection)).cloned()
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
