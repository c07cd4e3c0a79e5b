//! What happens on a simulated server at set times: its plans go on, it sorts, it restarts, and others use it.

use std::cmp::Reverse;
use std::time::Duration;

use tokio::time::Instant;

use super::{Health, L1, L2, Plan, SOMEBODY, Segment, Stage, Truth};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A plan of a job takes its next step. Void after a restart.
    Step {
        job: i64,
        plan: usize,
        epoch: u32,
    },
    /// The server lists what it stores.
    Publish {
        collection: usize,
    },
    Sort {
        collection: usize,
        segment: i64,
    },
    Happens(Happening),
}

/// What others do to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::world) enum Happening {
    Flush {
        collection: usize,
    },
    DropPartition {
        collection: usize,
    },
    DropCollection {
        collection: usize,
    },
    Rename {
        collection: usize,
    },
    /// Another client triggers a compaction.
    Foreign {
        collection: usize,
        clusters: bool,
    },
    Restart,
}

impl Truth {
    pub(super) fn at(&mut self, at: Instant, event: Event) {
        self.next_event += 1;
        self.events.push(Reverse((at, self.next_event, event)));
    }

    pub(in crate::world) fn schedule(&mut self, after: Duration, happening: Happening) {
        self.at(self.began + after, Event::Happens(happening));
    }

    /// Lets everything happen that is due.
    pub(in crate::world) fn catch_up(&mut self) -> Instant {
        let until = Instant::now();
        while let Some(Reverse((at, ..))) = self.events.peek()
            && *at <= until
            && let Some(Reverse((at, _, event))) = self.events.pop()
        {
            self.now = at;
            self.happens(event);
        }
        self.now = until;
        until
    }

    /// When the server is restarted next, if ever.
    pub(in crate::world) fn next_restart(&self) -> Option<Instant> {
        let restarts = |event: &Event| *event == Event::Happens(Happening::Restart);
        self.events.iter().filter(|Reverse((.., event))| restarts(event)).map(|Reverse((at, ..))| *at).min()
    }

    /// Whether nothing more happens by itself.
    pub(in crate::world) fn is_quiet(&mut self) -> bool {
        self.catch_up();
        let serves = self.health() == Health::Serves;
        let is_quiet = |event: &Event| matches!(event, Event::Publish { .. } | Event::Sort { .. });
        serves && self.events.iter().all(|Reverse((.., event))| is_quiet(event))
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Step { job, plan, epoch } if epoch == self.epoch => self.step(job, plan),
            Event::Step { .. } => {}
            Event::Publish { collection } => {
                let collection = &mut self.collections[collection];
                collection.listed.clone_from(&collection.stored);
            }
            Event::Sort { collection, segment } => self.sort(collection, segment),
            Event::Happens(happening) => self.others_do(happening),
        }
    }

    /// A change of what is stored shows up to 35 ms later.
    fn changed(&mut self, collection: usize) {
        let at = self.now + self.up_to(Duration::from_millis(35));
        self.at(at, Event::Publish { collection });
    }

    fn others_do(&mut self, happening: Happening) {
        if self.health() != Health::Serves {
            return;
        }
        self.tell(|| format!("{happening:?}"));
        match happening {
            Happening::Flush { collection } if !self.collections[collection].is_dropped => {
                let id = self.new_id();
                let partitions = &self.collections[collection].partitions;
                let Some(partition) = self.rng.choice(partitions).copied() else { return };
                let (rows, is_sorted) = (self.rng.i64(1..1_000), !self.line.sorts_flushed());
                let segment = Segment { partition, rows, level: L1, is_sorted };
                self.store(collection, id, segment);
            }
            Happening::DropPartition { collection } if self.collections[collection].partitions.len() > 1 => {
                let dropped = self.collections[collection].partitions.remove(0);
                self.collections[collection].stored.retain(|_, segment| segment.partition != dropped);
                for job in self.jobs.values_mut() {
                    for plan in job.plans.iter_mut().filter(|plan| plan.partition == dropped) {
                        plan.fails |= plan.stage == Stage::Running;
                    }
                }
                self.changed(collection);
            }
            Happening::DropCollection { collection } => {
                self.collections[collection].is_dropped = true;
                self.collections[collection].stored.clear();
                self.changed(collection);
            }
            Happening::Rename { collection } if !self.collections[collection].is_dropped => {
                self.collections[collection].name.push('x');
            }
            Happening::Foreign { collection, clusters } => {
                self.trigger(SOMEBODY, collection, clusters);
            }
            Happening::Restart => self.restart(),
            _ => {}
        }
    }

    fn restart(&mut self) {
        self.epoch += 1;
        let down = self.line.restart();
        self.down_until = self.now + self.up_to(down);
        self.starts_until = self.down_until + self.up_to(down);
        let mut resumed = Vec::new();
        for (id, job) in &mut self.jobs {
            job.is_lost |= self.line.is_old();
            let open = job.plans.iter().enumerate().filter(|(_, plan)| !plan.has_ended());
            resumed.extend(open.filter(|_| !job.is_lost).map(|(plan, _)| (*id, plan)));
        }
        for (job, plan) in resumed {
            let at = self.starts_until + self.up_to(Duration::from_secs(20));
            self.at(at, Event::Step { job, plan, epoch: self.epoch });
        }
    }

    fn store(&mut self, collection: usize, id: i64, segment: Segment) {
        self.collections[collection].stored.insert(id, segment);
        if !segment.is_sorted {
            let at = self.now + self.up_to(Duration::from_secs(20));
            self.at(at, Event::Sort { collection, segment: id });
        }
        self.changed(collection);
    }

    /// A sorted segment replaces one that no plan holds.
    fn sort(&mut self, collection: usize, segment: i64) {
        if self.is_held(segment) {
            let at = self.now + Duration::from_secs(1);
            return self.at(at, Event::Sort { collection, segment });
        }
        if let Some(unsorted) = self.collections[collection].stored.remove(&segment) {
            let id = self.new_id();
            self.collections[collection].stored.insert(id, Segment { is_sorted: true, ..unsorted });
            self.changed(collection);
        }
    }

    pub(super) fn is_held(&self, segment: i64) -> bool {
        let running = self.jobs.values().filter(|job| job.runs()).flat_map(|job| &job.plans);
        running.filter(|plan| !plan.has_ended()).any(|plan| plan.sources.contains(&segment))
    }

    /// A plan takes its next step.
    fn step(&mut self, job: i64, index: usize) {
        let Some(entry) = self.jobs.get(&job) else { return };
        let (plan, clusters) = (entry.plans[index].clone(), entry.clusters);
        let collection = self.collections.iter().position(|c| c.id == entry.collection).unwrap();
        if self.collections[collection].is_dropped {
            return; // it reads Executing for as long as anybody asks
        }
        let next = match plan.stage {
            Stage::Running if plan.fails => Stage::Failed,
            Stage::Running if clusters => Stage::Named,
            Stage::Running | Stage::Named => Stage::Replacing,
            Stage::Replacing => Stage::Completed,
            Stage::Completed | Stage::Failed => return,
        };
        self.tell(|| format!("plan {index} of job {job}: {next:?}"));
        let pause = match next {
            Stage::Named => Some(Duration::from_millis(500) + self.up_to(Duration::from_millis(2_500))),
            // An old server replaces segments at once.
            Stage::Replacing if self.line.is_old() => Some(Duration::ZERO),
            Stage::Replacing => Some(self.up_to(Duration::from_millis(300))),
            _ => None,
        };
        let target = if plan.target > 0 || plan.purges { plan.target } else { self.new_id() };
        let (now, counted, forgets) = (self.now, self.line.counted(), self.line.forgets_after());
        let cleaned = self.line.round().map(|round| {
            let is_seen = self.rng.bool();
            if is_seen { now + self.up_to(counted.min(round)) } else { now }
        });
        let forgotten = (plan.began + forgets.0 + self.up_to(forgets.1)).max(now + self.up_to(forgets.1));
        let entry = &mut self.jobs.get_mut(&job).unwrap().plans[index];
        entry.stage = next;
        match next {
            Stage::Named => entry.target = target,
            Stage::Replacing => {
                for source in &plan.sources {
                    self.collections[collection].stored.remove(source);
                }
            }
            Stage::Completed | Stage::Failed => {
                (entry.cleaned, entry.forgotten) = (cleaned, Some(forgotten));
                if next == Stage::Completed && !plan.purges {
                    entry.target = target;
                }
            }
            Stage::Running => {}
        }
        if next == Stage::Replacing {
            self.changed(collection);
        }
        let exists = self.collections[collection].partitions.contains(&plan.partition);
        if next == Stage::Completed && !plan.purges && exists {
            self.store_result(collection, (&plan, target), clusters);
        }
        if let Some(pause) = pause {
            self.at(self.now + pause, Event::Step { job, plan: index, epoch: self.epoch });
        }
    }

    fn store_result(&mut self, collection: usize, (plan, target): (&Plan, i64), clusters: bool) {
        let level = if clusters { L2 } else { L1 };
        let is_sorted = clusters || !self.line.sorts_later();
        let Plan { partition, rows, .. } = *plan;
        self.store(collection, target, Segment { partition, rows, level, is_sorted });
    }
}
