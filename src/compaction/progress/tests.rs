use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use tokio::time::Instant;

use super::super::events::EventEnd;

use super::*;
use crate::error::Status;

impl Progressing for ProgressTracker {
    fn tracker(&self) -> &Self {
        self
    }
}

fn shared() -> Arc<ProgressTracker> {
    Arc::new(ProgressTracker::new(Moment::now()))
}

fn own(tracker: &Arc<ProgressTracker>) -> Weak<dyn Progressing> {
    Arc::downgrade(tracker) as _
}

#[test]
fn the_time_left_is_that_of_all_collections_or_of_one_job() {
    let at = |progress: Progress, first| {
        let left = progress.remaining(Duration::from_secs(30), first);
        left.map(|left| left.as_secs())
    };
    let many = Progress { collections: 4, collections_done: 3, ..Progress::default() };
    assert_eq!(at(many, None), Some(10));
    let skipped = Progress { collections_skipped: 1, ..many };
    assert_eq!(at(skipped, None), None, "what is skipped takes no time");
    let (job, first) = (Progress { planned: 10, done: 6, ..Progress::default() }, Some((Duration::ZERO, 0)));
    assert_eq!(at(job, first), Some(20));
    assert_eq!(at(job, Some((Duration::from_secs(12), 3))), Some(24), "three in 18 s");
    assert_eq!(at(job, None), None);
    assert_eq!(at(Progress { failed: 1, ..job }, first), None, "plans that fail are faster");
    assert_eq!(at(Progress { stage: 8, ..job }, first), None, "further rounds are not known");
}

#[test]
fn the_time_of_a_job_counts_from_its_first_plans() {
    let tracker = shared();
    std::thread::sleep(Duration::from_millis(50));
    tracker.change(|progress| (progress.planned, progress.done) = (20, 14));
    assert_eq!(tracker.read().remaining, None);
    tracker.change(|progress| progress.done = 17);
    let Reading { elapsed, remaining, .. } = tracker.read();
    let remaining = remaining.unwrap();
    assert!(remaining <= elapsed.saturating_sub(Duration::from_millis(50)), "{remaining:?} of {elapsed:?}");
}

#[test]
fn what_changes_moves_and_events_are_read_once_in_their_order() {
    let tracker = shared();
    let name: Arc<CStr> = Arc::from(c"a".to_owned());
    tracker.note(0, &name, Happened::Began);
    assert_eq!(tracker.next_event(), None, "nobody can ask");
    tracker.keep_events();
    let end = EventEnd { status: Status::Ok, job_id: 7, is_skipped: false };
    let all = [Happened::Began, Happened::Triggered(7), Happened::Ended(end)];
    for what in all {
        tracker.note(0, &name, what);
    }
    assert_eq!(all.map(|_| tracker.next_event().unwrap().what), all);
    assert_eq!(tracker.next_event(), None);
    std::thread::sleep(Duration::from_millis(5));
    tracker.change(|_| {});
    let Reading { elapsed: took, unmoved, .. } = tracker.read();
    assert_eq!(unmoved, took, "nothing has changed since the start");
    tracker.change(|progress| progress.done = 1);
    let Reading { elapsed: took, unmoved, .. } = tracker.read();
    assert!(unmoved < took, "{unmoved:?} {took:?}");
}

#[test]
fn what_comes_right_after_a_call_of_the_watcher_is_told_later_without_a_further_change() {
    runtime::prepare().unwrap();
    let tracker = shared();
    tracker.keep_events();
    let (tell, told) = std::sync::mpsc::channel();
    let watched = Arc::downgrade(&tracker);
    tracker.watch(
        own(&tracker),
        Arc::new(move || {
            if let Some(tracker) = watched.upgrade().filter(|tracker| tracker.tell().is_some()) {
                tell.send(tracker.next_event()).unwrap();
            }
        }),
    );
    tracker.change(|progress| progress.planned = 3);
    assert_eq!(told.recv().unwrap(), None);
    tracker.note(0, &Arc::from(c"a".to_owned()), Happened::Triggered(7));
    assert_eq!(told.recv().unwrap().unwrap().what, Happened::Triggered(7), "else this waits for ever");
}

#[test]
fn at_the_end_the_timer_has_let_go_of_the_watcher() {
    runtime::prepare().unwrap();
    let tracker = shared();
    let has_ended = Arc::new(AtomicBool::new(false));
    let (says, said) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let (weak, test) = (Arc::downgrade(&tracker), std::thread::current().id());
    let (is_over, may_go_on) = (Arc::clone(&has_ended), Mutex::new(may_go_on));
    tracker.watch(
        own(&tracker),
        Arc::new(move || {
            let _ = weak.upgrade().and_then(|tracker| tracker.tell());
            if std::thread::current().id() != test {
                says.send("called").unwrap();
                may_go_on.lock().unwrap().recv().unwrap();
                let is_late = is_over.load(Ordering::SeqCst);
                says.send(if is_late { "the operation is over" } else { "done" }).unwrap();
            }
        }),
    );
    // The first of two is told here, and the second, unless it comes late, by the timer.
    while said.recv_timeout(SPACING * 4).is_err() {
        tracker.change(|progress| progress.done += 1);
        tracker.change(|progress| progress.done += 1);
    }
    let ending = std::thread::spawn(move || {
        let watcher = tracker.end();
        has_ended.store(true, Ordering::SeqCst);
        watcher.map(|watcher| Arc::strong_count(&watcher))
    });
    std::thread::sleep(SPACING); // long enough to end too early
    go_on.send(()).unwrap();
    assert_eq!(said.recv(), Ok("done"));
    assert_eq!(ending.join().unwrap(), Some(1), "nobody else has it");
}

#[test]
fn a_watcher_is_called_at_once_and_then_not_for_every_change() {
    let progress_tracker = shared();
    let told = Arc::new(AtomicUsize::new(0));
    let (watched, count) = (Arc::downgrade(&progress_tracker), Arc::clone(&told));
    progress_tracker.watch(
        own(&progress_tracker),
        Arc::new(move || {
            // The timer may call it too, at the same time; only one of them tells.
            if watched.upgrade().is_some_and(|progress_tracker| progress_tracker.tell().is_some()) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }),
    );
    let mut changes = 0;
    while progress_tracker.read().elapsed < SPACING * 2 {
        changes += 1;
        progress_tracker.change(|progress| progress.done = changes);
    }
    assert!(progress_tracker.end().is_some());
    let Reading { progress, elapsed: took, .. } = progress_tracker.read();
    let most = 1 + took.as_millis() / SPACING.as_millis();
    assert!((1..=most).contains(&(told.load(Ordering::Relaxed) as u128)));
    assert_eq!(progress.done, changes, "what is read is never old");
    let mut first = Instant::now();
    while progress_tracker.tell().is_none() {
        first = Instant::now();
    }
    assert!(progress_tracker.tell().is_none() || first.elapsed() >= SPACING, "one that was called too late");
    assert!(changes > 1);
}
