//! The progress of a wait: readable at any time, and passed to a watcher up to ten times a second.

use std::ffi::CStr;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::events::{Event, Happened};
use crate::runtime;

/// The shortest time between two calls of the watcher.
const SPACING: Duration = Duration::from_millis(100);

/// The progress of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Plans that are known so far.
    pub planned: i64,
    /// Those that completed.
    pub done: i64,
    /// Those that failed or timed out.
    pub failed: i64,
    /// Collections that are to be compacted; 0 while that is not known.
    pub collections: i64,
    /// Those that are done, successfully or not.
    pub collections_done: i64,
    /// Those of them that failed.
    pub collections_failed: i64,
    /// Those of them that were skipped.
    pub collections_skipped: i64,
    /// The stage of an optimization: a number of [`Stage`](super::optimize::Stage).
    pub stage: i32,
    /// The round of its compaction, from 1.
    pub round: i32,
    /// How far the stage is, of `stage_total`, in units of the stage.
    pub stage_done: i64,
    /// What the stage has to do; 0 while that is not known.
    pub stage_total: i64,
    /// Segments, rows and bytes that an optimization rewrites, all rounds so far together.
    pub rewrite: (i64, i64, i64),
}

impl Progress {
    /// The increase since an earlier progress. A hostile server's numbers do not overflow.
    pub(super) fn less(self, before: Self) -> Self {
        Self {
            planned: self.planned.saturating_sub(before.planned),
            done: self.done.saturating_sub(before.done),
            failed: self.failed.saturating_sub(before.failed),
            ..Self::default()
        }
    }

    /// The time until all collections are done at the rate so far, if enough are done to tell.
    pub(crate) fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        let (done, all) = (u32::try_from(self.collections_done).ok()?, u32::try_from(self.collections).ok()?);
        let is_enough = done >= 3 && done >= all.div_ceil(10) && self.collections_skipped == 0;
        (is_enough && done < all).then(|| (elapsed / done).saturating_mul(all - done))
    }

    /// Adds the plans of another progress.
    pub(super) fn add(&mut self, more: Self) {
        self.planned = self.planned.saturating_add(more.planned);
        self.done = self.done.saturating_add(more.done);
        self.failed = self.failed.saturating_add(more.failed);
    }
}

/// Called after a change of the progress, until [`ProgressTracker::tell`] reports the change.
pub(crate) type Watcher = Arc<dyn Fn() + Send + Sync>;

/// The progress of one operation.
pub(crate) struct ProgressTracker {
    /// Itself, for the timer that calls the watcher later.
    own: Weak<Self>,
    started: Instant,
    state: Mutex<State>,
}

/// The progress, the time since the start of the operation, and the time since the progress last changed.
pub(crate) type Reading = (Progress, Duration, Duration);

#[derive(Default)]
struct State {
    progress: Progress,
    /// When the progress last changed.
    moved: Option<Instant>,
    /// What happened to collections, oldest first, if somebody may ask.
    events: Vec<Arc<Event>>,
    keeps_events: bool,
    /// How many events were read.
    read: usize,
    watcher: Option<Watcher>,
    told: Option<Instant>,
    /// Something changed too soon after the watcher was called.
    is_untold: bool,
    has_timer: bool,
    /// The duration of the operation, once it is over.
    took: Option<Duration>,
}

impl State {
    /// Whether the watcher may be called.
    fn is_due(&self, now: Instant) -> bool {
        self.rest(now).is_zero()
    }

    /// The time until the watcher may be called.
    fn rest(&self, now: Instant) -> Duration {
        self.told.map_or(Duration::ZERO, |told| SPACING.saturating_sub(now.saturating_duration_since(told)))
    }

    fn reading(&self, started: Instant, now: Instant) -> Reading {
        let took = self.took.unwrap_or_else(|| now.saturating_duration_since(started));
        let moved = self.moved.map_or(Duration::ZERO, |moved| moved.saturating_duration_since(started));
        (self.progress, took, took.saturating_sub(moved))
    }
}

impl ProgressTracker {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new_cyclic(|own| Self { own: own.clone(), started: Instant::now(), state: Mutex::default() })
    }

    pub(crate) fn read(&self) -> Reading {
        self.state().reading(self.started, Instant::now())
    }

    /// The progress that the watcher reports now; `None` if it reported one just now.
    pub(crate) fn tell(&self) -> Option<Reading> {
        let mut state = self.state();
        let now = Instant::now();
        if !state.is_due(now) {
            return None;
        }
        (state.told, state.is_untold) = (Some(now), false);
        Some(state.reading(self.started, now))
    }

    /// Stops the clock at the end of the operation.
    pub(crate) fn stop(&self) {
        self.state().took.get_or_insert_with(|| self.started.elapsed());
    }

    /// Removes and returns the watcher.
    pub(crate) fn end(&self) -> Option<Watcher> {
        self.stop();
        self.state().watcher.take()
    }

    /// Sets the progress.
    pub(crate) fn show(&self, progress: Progress) {
        self.change(|now| *now = progress);
    }

    /// Changes the progress, and calls the watcher: at once, or later if it was called just now.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Progress)) {
        let mut state = self.state();
        let before = state.progress;
        change(&mut state.progress);
        let is_news = state.progress != before;
        if is_news {
            state.moved = Some(Instant::now());
        }
        self.call_watcher(state, is_news);
    }

    /// Has events kept from now on, for [`ProgressTracker::next_event`].
    pub(crate) fn keep_events(&self) {
        self.state().keeps_events = true;
    }

    /// Keeps an event of a collection. The watcher learns of it as of any change.
    pub(super) fn note(&self, place: usize, name: &Arc<CStr>, what: Happened) {
        let mut state = self.state();
        if state.keeps_events {
            let event = Event { place, name: Arc::clone(name), what, at: self.started.elapsed() };
            state.events.push(Arc::new(event));
            self.call_watcher(state, true);
        }
    }

    /// Calls the watcher if it may be called. Otherwise a timer calls it, if there is news.
    fn call_watcher(&self, mut state: MutexGuard<'_, State>, is_news: bool) {
        let is_due = state.is_due(Instant::now());
        let watcher = state.watcher.clone();
        let needs_timer = is_news && !is_due && watcher.is_some();
        state.is_untold |= needs_timer;
        let begins_timer = needs_timer && !state.has_timer;
        state.has_timer |= needs_timer;
        drop(state);
        if begins_timer {
            runtime::spawn(Box::pin(tell_later(self.own.clone())));
        }
        if let Some(watcher) = watcher.filter(|_| is_due) {
            watcher();
        }
    }

    /// The oldest event that was not read, which counts as read from now on.
    pub(crate) fn next_event(&self) -> Option<Arc<Event>> {
        let mut state = self.state();
        let event = state.events.get(state.read).cloned()?;
        state.read += 1;
        Some(event)
    }

    /// Sets the watcher. There is one at most.
    pub(crate) fn watch(&self, watcher: Watcher) {
        self.state().watcher = Some(watcher);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls the watcher as soon as it may be called, if nobody has told it the news by then.
async fn tell_later(tracker: Weak<ProgressTracker>) {
    loop {
        let Some(rest) = tracker.upgrade().map(|tracker| tracker.state().rest(Instant::now())) else {
            return;
        };
        tokio::time::sleep(rest).await;
        let Some(tracker) = tracker.upgrade() else { return };
        let mut state = tracker.state();
        if state.is_untold && !state.is_due(Instant::now()) {
            continue;
        }
        let watcher = state.watcher.clone().filter(|_| state.is_untold);
        state.has_timer = false;
        drop(state);
        if let Some(watcher) = watcher {
            watcher();
        }
        return;
    }
}

impl fmt::Debug for ProgressTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProgressTracker").field(&self.read().0).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::events::EventEnd;
    use super::*;
    use crate::error::Status;

    #[test]
    fn what_is_left_is_guessed_only_from_enough() {
        let at = |collections_done, collections| {
            let progress = Progress { collections, collections_done, ..Progress::default() };
            progress.remaining(Duration::from_secs(30)).map(|left| left.as_secs())
        };
        assert_eq!(at(3, 4), Some(10));
        assert_eq!(at(3, 30), Some(270));
        let skipped =
            Progress { collections: 4, collections_done: 3, collections_skipped: 1, ..Progress::default() };
        assert_eq!(skipped.remaining(Duration::from_secs(30)), None, "what is skipped takes no time");
        assert_eq!([at(2, 4), at(3, 31), at(4, 4), at(0, 0), at(-1, 3)], [None; 5]);
    }

    #[test]
    fn what_changes_moves_and_events_are_read_once_in_their_order() {
        let tracker = ProgressTracker::new();
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
        let (_, took, unmoved) = tracker.read();
        assert_eq!(unmoved, took, "nothing has changed since the start");
        tracker.change(|progress| progress.done = 1);
        let (_, took, unmoved) = tracker.read();
        assert!(unmoved < took, "{unmoved:?} {took:?}");
    }

    #[test]
    fn what_comes_right_after_a_call_of_the_watcher_is_told_later_without_a_further_change() {
        runtime::prepare().unwrap();
        let tracker = ProgressTracker::new();
        tracker.keep_events();
        let (tell, told) = std::sync::mpsc::channel();
        let watched = Arc::downgrade(&tracker);
        tracker.watch(Arc::new(move || {
            if let Some(tracker) = watched.upgrade().filter(|tracker| tracker.tell().is_some()) {
                tell.send(tracker.next_event()).unwrap();
            }
        }));
        tracker.change(|progress| progress.planned = 3);
        assert_eq!(told.recv().unwrap(), None);
        tracker.note(0, &Arc::from(c"a".to_owned()), Happened::Triggered(7));
        assert_eq!(told.recv().unwrap().unwrap().what, Happened::Triggered(7), "else this waits for ever");
        tracker.change(|_| {});
        assert!(told.try_recv().is_err(), "it was told just now, and nothing is new");
    }

    #[test]
    fn a_watcher_is_called_at_once_and_then_not_for_every_change() {
        let progress_tracker = ProgressTracker::new();
        let told = Arc::new(AtomicUsize::new(0));
        let (watched, count) = (Arc::downgrade(&progress_tracker), Arc::clone(&told));
        progress_tracker.watch(Arc::new(move || {
            if let Some(progress_tracker) = watched.upgrade() {
                progress_tracker.tell();
            }
            count.fetch_add(1, Ordering::Relaxed);
        }));
        let mut changes = 0;
        while progress_tracker.read().1 < SPACING * 2 {
            changes += 1;
            progress_tracker.change(|progress| progress.done = changes);
        }
        assert!(progress_tracker.end().is_some());
        let (progress, took, _) = progress_tracker.read();
        let most = 1 + took.as_millis() / SPACING.as_millis();
        assert!((1..=most).contains(&(told.load(Ordering::Relaxed) as u128)));
        assert_eq!(progress.done, changes, "what is read is never old");
        let mut first = Instant::now();
        while progress_tracker.tell().is_none() {
            first = Instant::now();
        }
        assert!(
            progress_tracker.tell().is_none() || first.elapsed() >= SPACING,
            "one that was called too late"
        );
        assert!(changes > 1);
    }
}
