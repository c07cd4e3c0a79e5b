//! The truth of a simulated server: its collections, their segments, and every job with its plans. It changes by events
//! at set times, and by what clients ask for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use tokio::time::Instant;

mod events;

pub(super) use events::Happening;

use events::Event;

use super::line::Line;
use crate::compaction::Verdict;

/// Who triggers the jobs of others.
pub(super) const SOMEBODY: &str = "somebody else";

pub(super) const L1: i32 = 2;
pub(super) const L2: i32 = 3;

/// A stored segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) partition: i64,
    pub(super) rows: i64,
    pub(super) level: i32,
    pub(super) is_sorted: bool,
}

pub(super) type Segments = BTreeMap<i64, Segment>;

#[derive(Debug)]
pub(super) struct Collection {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) alias: Option<String>,
    pub(super) has_key: bool,
    pub(super) partitions: Vec<i64>,
    pub(super) stored: Segments,
    /// What the server lists: up to 35 ms older.
    pub(super) listed: Segments,
    pub(super) is_dropped: bool,
}

/// How far a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Running,
    /// A clustering plan names its target, and its sources are still stored.
    Named,
    /// Its sources are gone, and its target is not stored yet.
    Replacing,
    Completed,
    Failed,
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) sources: Vec<i64>,
    pub(super) target: i64,
    pub(super) partition: i64,
    rows: i64,
    pub(super) stage: Stage,
    began: Instant,
    /// When no counter includes it any more.
    cleaned: Option<Instant>,
    forgotten: Option<Instant>,
    /// All its rows are deleted: it makes no target.
    purges: bool,
    fails: bool,
}

impl Plan {
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Completed | Stage::Failed)
    }

    pub(super) fn is_forgotten(&self, now: Instant) -> bool {
        self.has_ended() && self.forgotten.is_some_and(|at| at <= now)
    }

    pub(super) fn is_counted(&self, now: Instant) -> bool {
        self.has_ended() && self.cleaned.is_none_or(|at| at > now)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) collection: i64,
    pub(super) clusters: bool,
    pub(super) plans: Vec<Plan>,
    /// The server shows its plans from then on.
    pub(super) visible: Instant,
    /// The server does not know it any more: an old one that was restarted.
    pub(super) is_lost: bool,
}

impl Job {
    pub(super) fn runs(&self) -> bool {
        !self.is_lost && self.plans.iter().any(|plan| !plan.has_ended())
    }

    /// How it ended; `None` if it runs.
    pub(super) fn verdict(&self, asked_for_clustering: bool) -> Option<Verdict> {
        let number = |stage| self.plans.iter().filter(|plan| plan.stage == stage).count();
        let (completed, failed) = (number(Stage::Completed), number(Stage::Failed));
        // A restarted old server ends no plan of an earlier job.
        let failed = if self.is_lost { self.plans.len() - completed } else { failed };
        match (completed, failed, self.plans.len()) {
            (0, 0, 0) => Some(Verdict::NothingToDo),
            (completed, failed, all) if completed + failed < all => None,
            _ if asked_for_clustering && !self.clusters => Some(Verdict::NotStarted),
            (_, 0, _) => Some(Verdict::Succeeded),
            (0, ..) => Some(Verdict::Failed),
            _ => Some(Verdict::PartlyFailed),
        }
    }
}

/// A trigger that reached the server.
#[derive(Clone, Debug)]
pub(super) struct Trigger {
    pub(super) at: Instant,
    pub(super) request_id: String,
    pub(super) collection: i64,
    /// The job that it made; `None` if it made none, or one without plans.
    pub(super) made: Option<i64>,
    /// The id in its response.
    pub(super) told: i64,
}

/// What the server does with a trigger.
pub(super) enum Told {
    Job { id: i64, plans: usize },
    NotFound,
}

/// How the server treats requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Serves,
    /// Connections are refused.
    Down,
    /// It answers, and is not ready.
    Starts,
}

pub(super) struct Truth {
    pub(super) line: Line,
    pub(super) rng: fastrand::Rng,
    pub(super) collections: Vec<Collection>,
    pub(super) jobs: BTreeMap<i64, Job>,
    pub(super) triggers: Vec<Trigger>,
    /// What happened, if somebody wants to read it.
    pub(super) story: Option<Vec<String>>,
    /// Counts restarts.
    pub(super) epoch: u32,
    pub(super) began: Instant,
    now: Instant,
    down_until: Instant,
    starts_until: Instant,
    next_id: i64,
    next_event: u64,
    events: BinaryHeap<Reverse<(Instant, u64, Event)>>,
    /// The typical time that a plan takes.
    pub(super) pace: Duration,
}

impl Truth {
    pub(super) fn new(line: Line, mut rng: fastrand::Rng) -> Self {
        let now = Instant::now();
        // Some servers are quick, and a few work for hours: a client that waits for one asks as often as hundreds of others.
        let pace = match rng.u8(..) {
            0..=199 => Duration::from_millis(rng.u64(50..3_000)),
            200..=250 => Duration::from_secs(rng.u64(1..30)),
            255 if rng.bool() => Duration::from_secs(rng.u64(1_000..10_000)),
            251..=255 => Duration::from_secs(rng.u64(30..600)),
        };
        let mut truth = Self {
            line,
            rng,
            collections: Vec::new(),
            jobs: BTreeMap::new(),
            triggers: Vec::new(),
            story: None,
            epoch: 0,
            began: now,
            now,
            down_until: now,
            starts_until: now,
            next_id: 440_000_000_000_000,
            next_event: 0,
            events: BinaryHeap::new(),
            pace,
        };
        for number in 0..truth.rng.usize(1..4) {
            truth.add_collection(number);
        }
        truth
    }

    fn add_collection(&mut self, number: usize) {
        let id = self.new_id();
        let partitions: Vec<_> = (0..self.rng.i64(1..4)).map(|_| self.new_id()).collect();
        let mut stored = Segments::new();
        for _ in 0..self.rng.usize(0..9) {
            let id = self.new_id();
            let partition = partitions[self.rng.usize(..partitions.len())];
            let rows = self.rng.i64(1..1_000);
            stored.insert(id, Segment { partition, rows, level: L1, is_sorted: true });
        }
        let has_key = !self.line.is_old() && self.rng.bool();
        let alias = self.rng.bool().then(|| format!("alias{number}"));
        let (name, listed) = (format!("c{number}"), stored.clone());
        self.collections.push(Collection {
            id,
            name,
            alias,
            has_key,
            partitions,
            stored,
            listed,
            is_dropped: false,
        });
    }

    fn new_id(&mut self) -> i64 {
        self.next_id += 1 + self.rng.i64(0..50);
        self.next_id
    }

    pub(super) fn tell(&mut self, what: impl FnOnce() -> String) {
        let at = self.now.duration_since(self.began);
        if let Some(story) = &mut self.story {
            story.push(format!("{:>12.3} s  {}", at.as_secs_f64(), what()));
        }
    }

    /// Between nothing and this.
    pub(super) fn up_to(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.rng.u64(0..=u64::try_from(most.as_micros()).unwrap()))
    }

    /// Whether the server has forgotten a plan of this job, whose end nobody can know then.
    pub(super) fn has_forgotten_of(&self, job: i64) -> bool {
        self.jobs.get(&job).is_some_and(|job| job.plans.iter().any(|plan| plan.is_forgotten(self.now)))
    }

    pub(super) fn health(&self) -> Health {
        if self.now < self.down_until {
            Health::Down
        } else if self.now < self.starts_until {
            Health::Starts
        } else {
            Health::Serves
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let is_called = |c: &Collection| c.name == name || c.alias.as_deref() == Some(name);
        self.collections.iter().position(|collection| !collection.is_dropped && is_called(collection))
    }

    pub(super) fn by_id(&self, id: i64) -> Option<usize> {
        self.collections.iter().position(|collection| !collection.is_dropped && collection.id == id)
    }

    /// A trigger that names a collection as this line wants it named.
    pub(super) fn asked(&mut self, request_id: &str, (name, id): (&str, i64), clusters: bool) -> Told {
        let found = if self.line.is_old() {
            assert!(id != 0, "a trigger of every collection of every database");
            self.by_id(id)
        } else {
            let found = self.find(name);
            if found.is_none() {
                return Told::NotFound;
            }
            found
        };
        let Some(collection) = found else {
            // An old server has an id for every trigger.
            let told = self.new_id();
            self.record(request_id, id, (None, told));
            return Told::Job { id: told, plans: 0 };
        };
        let (id, plans) = self.trigger(request_id, collection, clusters && !self.line.is_old());
        Told::Job { id, plans }
    }

    /// Returns the id and the number of plans in the response.
    fn trigger(&mut self, request_id: &str, collection: usize, clusters: bool) -> (i64, usize) {
        let id = self.collections[collection].id;
        let (made, told, plans) = self.decide(collection, clusters);
        self.record(request_id, id, (made, told));
        (told, plans)
    }

    fn record(&mut self, request_id: &str, collection: i64, (made, told): (Option<i64>, i64)) {
        self.tell(|| format!("trigger of {request_id}: made {made:?}, told {told}"));
        let request_id = request_id.to_owned();
        self.triggers.push(Trigger { at: self.now, request_id, collection, made, told });
    }

    fn decide(&mut self, collection: usize, clusters: bool) -> (Option<i64>, i64, usize) {
        let id = self.collections[collection].id;
        let is_old = self.line.is_old();
        let mut of_it = self.jobs.iter().filter(|(_, job)| job.collection == id && job.runs());
        let running = of_it.next_back().map(|(id, job)| (*id, job.plans.len()));
        match running {
            Some((running, plans)) if clusters && self.collections[collection].has_key => {
                return (None, running, plans);
            }
            Some(_) if !is_old => return (None, -1, 0),
            _ => {}
        }
        if clusters && !self.collections[collection].has_key {
            return (None, -1, 0);
        }
        let plans = self.plans(collection, clusters);
        if plans.is_empty() && !is_old {
            return (None, -1, 0);
        }
        let (job, count) = (self.new_id(), plans.len());
        let late = Duration::from_secs(u64::from(self.rng.u8(..) < 20 && !is_old));
        let visible = self.now + self.up_to(late);
        self.jobs.insert(job, Job { collection: id, clusters, plans, visible, is_lost: false });
        for plan in 0..count {
            let pause = self.pace / 2 + self.up_to(self.pace);
            self.at(self.now + pause, Event::Step { job, plan, epoch: self.epoch });
        }
        ((count > 0).then_some(job), job, count)
    }

    /// The plans of a new job: of each partition, up to four segments each.
    fn plans(&mut self, collection: usize, clusters: bool) -> Vec<Plan> {
        let mut free: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        let held: Vec<_> = self.jobs.values().filter(|job| job.runs()).flat_map(|job| &job.plans).collect();
        for (id, segment) in &self.collections[collection].stored {
            let is_held = held.iter().any(|plan| !plan.has_ended() && plan.sources.contains(id));
            if segment.is_sorted && !is_held && (clusters || segment.level != L2) {
                free.entry(segment.partition).or_default().push(*id);
            }
        }
        // Whether later jobs purge what a failed plan left, no client can know.
        let id = self.collections[collection].id;
        let mut of_it = self.jobs.values().filter(|job| job.collection == id).flat_map(|job| &job.plans);
        let has_failed = of_it.any(|plan| plan.stage == Stage::Failed);
        let (most, began) = (if clusters { usize::MAX } else { 4 }, self.now);
        let mut plans = Vec::new();
        for (partition, ids) in free {
            for sources in ids.chunks(most.min(ids.len())) {
                let stored = &self.collections[collection].stored;
                let purges = !clusters && !has_failed && self.rng.u8(..) < 20;
                plans.push(Plan {
                    sources: sources.to_vec(),
                    rows: sources.iter().map(|id| stored[id].rows).sum(),
                    target: -1,
                    partition,
                    stage: Stage::Running,
                    began,
                    cleaned: None,
                    forgotten: None,
                    purges,
                    fails: self.rng.u8(..) < 30,
                });
            }
        }
        plans
    }
}
