//! Works on many collections, some at a time: threads do the work, and the calling one shows it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::ffi;
use crate::milvus::{Failure, Go, Progress, Target, Triggered};
use crate::record::Record;
use crate::show::Show;
use crate::stop::Stop;

/// How often bars are drawn and signals are looked at.
const PULSE: Duration = Duration::from_millis(100);
/// Threads call nothing but the library, which needs 64 KiB.
const STACK: usize = 256 * 1024;

/// What happens to a collection.
pub enum Event {
    Began,
    Triggered(Triggered),
    Progress(Progress),
    Ended(Box<Record>),
}

/// How much is started.
#[derive(Clone, Copy, Default)]
pub struct Limits {
    pub concurrency: usize,
    pub collections: Option<usize>,
    pub time: Option<Duration>,
}

/// What work has around it.
pub struct Surroundings<'a> {
    pub stop: &'a Stop,
    started: Instant,
    index: usize,
    events: &'a Sender<(usize, Event)>,
    /// Collections that the budget has counted.
    counted: &'a AtomicUsize,
    limits: Limits,
}

impl Surroundings<'_> {
    /// The time since the beginning of the run.
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub fn tell(&self, event: Event) {
        // The receiver outlives every thread.
        let _ = self.events.send((self.index, event));
    }

    /// Tells progress if it is news, and says whether to go on.
    pub fn follow(&self, record: &mut Record, latest: &mut Progress, progress: Progress) -> Go {
        if progress.is_news_after(*latest) {
            *latest = progress;
            record.mark(self.now(), progress);
            self.tell(Event::Progress(progress));
        }
        self.stop.go()
    }

    /// Counts a collection that was not started after all.
    pub fn give_back(&self) {
        self.counted.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts a collection that is about to be started. Says why not, if the budget is used up.
    pub fn spend(&self) -> Result<(), String> {
        if let Some(limit) = self.limits.time.filter(|limit| self.now() >= *limit) {
            return Err(format!("not started: the budget of {} is used up", crate::words::time(limit)));
        }
        let before = self.counted.fetch_add(1, Ordering::Relaxed);
        match self.limits.collections {
            Some(limit) if before >= limit => {
                Err(format!("not started: the budget of {limit} collections is used up"))
            }
            _ => Ok(()),
        }
    }
}

/// Works on every collection, in their order, and returns a record of each.
pub fn run_all(
    targets: &[Target],
    limits: Limits,
    stop: &Stop,
    show: &mut dyn Show,
    work: &(dyn Fn(&Surroundings, usize, Record) -> Record + Sync),
) -> Vec<Record> {
    let (events, received) = mpsc::channel();
    let (next, counted) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let started = Instant::now();
    let records: Mutex<Vec<Option<Record>>> = Mutex::new(vec![None; targets.len()]);
    std::thread::scope(|scope| {
        let workers = limits.concurrency.clamp(1, targets.len().max(1));
        for _ in 0..workers {
            let events = events.clone();
            let (next, counted, records) = (&next, &counted, &records);
            let take = move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(target) = targets.get(index) else { return };
                    let around = Surroundings { stop, started, index, events: &events, counted, limits };
                    let mut record = Record { began: around.now(), ..Record::new(target) };
                    if stop.is_asked() {
                        record.skipped = Some(format!("not started: {} came first", stop.name()));
                    } else {
                        around.tell(Event::Began);
                        record = work(&around, index, record);
                    }
                    record.ended = around.now();
                    around.tell(Event::Ended(Box::new(record.clone())));
                    if let Ok(mut records) = records.lock() {
                        records[index] = Some(record);
                    }
                }
            };
            let spawned = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, take);
            if spawned.is_err() {
                break; // those that run do all the work
            }
        }
        drop(events);
        show_all(targets, &received, stop, show);
    });
    let records = records.into_inner().unwrap_or_default();
    let missing = |target: &Target| Record {
        failure: Some(Failure::of(ffi::MILVUS_OUT_OF_MEMORY, "no thread can be started")),
        ..Record::new(target)
    };
    let all = records.into_iter().zip(targets);
    all.map(|(record, target)| record.unwrap_or_else(|| missing(target))).collect()
}

fn show_all(targets: &[Target], received: &mpsc::Receiver<(usize, Event)>, stop: &Stop, show: &mut dyn Show) {
    let mut has_told = false;
    loop {
        match received.recv_timeout(PULSE) {
            Ok((index, event)) => show.event(index, &targets[index].to_string(), &event),
            Err(RecvTimeoutError::Timeout) => show.pulse(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if stop.is_asked() && !has_told {
            has_told = true;
            show.stopping(stop.name());
        }
    }
}
