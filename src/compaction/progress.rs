//! The progress of a wait: readable at any time, and passed to a watcher up to ten times a second.

use std::ffi::CStr;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::events::{Event, Happened};
use super::time_left::at_this_rate;
use crate::moment::Moment;
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

    /// The time until everything is done at the rate so far, if enough is done to tell: until all collections are, or else
    /// until all plans of a wait for one job are. `first`: when plans were first known, and how many were done then.
    fn remaining(&self, elapsed: Duration, first: Option<(Duration, i64)>) -> Option<Duration> {
        if self.collections > 0 {
            // Those that are skipped take no time.
            let is_even = self.collections_skipped == 0;
            return at_this_rate(elapsed, (0, self.collections_done, self.collections)).filter(|_| is_even);
        }
        let (since, before) = first?;
        // The next rounds of an optimization are not known, and plans that fail take less time than others.
        let is_even = self.stage == 0 && self.failed == 0;
        let done = (before, self.done, self.planned);
        at_this_rate(elapsed.saturating_sub(since), done).filter(|_| is_even)
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

/// Something whose progress is told: an operation.
pub(crate) trait Progressing: Send + Sync {
    fn tracker(&self) -> &ProgressTracker;
}

/// The progress of one operation.
pub(crate) struct ProgressTracker {
    started: Moment,
    state: Mutex<State>,
}

/// The progress at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) progress: Progress,
    /// The time since the start of the operation.
    pub(crate) elapsed: Duration,
    /// The time since the progress last changed.
    pub(crate) unmoved: Duration,
    /// The time until everything is done, where it can be told.
    pub(crate) remaining: Option<Duration>,
}

#[derive(Default)]
struct State {
    planned: i64,
    done: i64,
    failed: i64,
    /// When the progress last changed.
    moved: Option<Moment>,
    /// When plans were first known, and how many were done then.
    first: Option<(Moment, i64)>,
    /// When the operation was over.
    ended: Option<Moment>,
    keeps_events: bool,
    /// What few operations have; a wait for one job has none of it.
    rare: Option<Box<Rare>>,
}

#[derive(Default)]
struct Rare {
    /// The progress, if there is more to it than plans.
    progress: Option<Progress>,
    /// What happened to collections, oldest first, if somebody may ask.
    events: Vec<Event>,
    /// How many events were read.
    read: usize,
    watching: Option<Watching>,
}

struct Watching {
    /// `None` after the end.
    watcher: Option<Watcher>,
    /// For the timer that calls the watcher later.
    own: Weak<dyn Progressing>,
    /// Held while the timer calls the watcher: at the end nobody does, or will.
    timer_calls: Arc<Mutex<()>>,
    told: Option<Moment>,
    /// Something changed too soon after the watcher was called.
    is_untold: bool,
    has_timer: bool,
}

impl State {
    fn progress(&self) -> Progress {
        let Self { planned, done, failed, .. } = *self;
        let all = self.rare.as_ref().and_then(|rare| rare.progress);
        all.unwrap_or(Progress { planned, done, failed, ..Progress::default() })
    }

    fn set_progress(&mut self, progress: Progress) {
        let Progress { planned, done, failed, .. } = progress;
        if (progress != Progress { planned, done, failed, ..Progress::default() }) {
            self.rare().progress = Some(progress);
        } else if let Some(rare) = &mut self.rare {
            rare.progress = None;
        }
        (self.planned, self.done, self.failed) = (planned, done, failed);
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    fn watching(&mut self) -> Option<&mut Watching> {
        self.rare.as_mut()?.watching.as_mut()
    }
}

impl Watching {
    /// Whether the watcher may be called.
    fn is_due(&self, now: Moment) -> bool {
        self.rest(now).is_zero()
    }

    /// The time until the watcher may be called.
    fn rest(&self, now: Moment) -> Duration {
        self.told.map_or(Duration::ZERO, |told| SPACING.saturating_sub(now.since(told)))
    }
}

impl State {
    fn reading(&self, started: Moment, now: Moment) -> Reading {
        let progress = self.progress();
        let elapsed = self.ended.unwrap_or(now).since(started);
        let moved = self.moved.map_or(Duration::ZERO, |moved| moved.since(started));
        let first = self.first.map(|(at, done)| (at.since(started), done));
        Reading {
            progress,
            elapsed,
            unmoved: elapsed.saturating_sub(moved),
            remaining: progress.remaining(elapsed, first),
        }
    }
}

impl ProgressTracker {
    pub(crate) fn new(started: Moment) -> Self {
        Self { started, state: Mutex::default() }
    }

    /// When the operation began.
    pub(crate) fn started(&self) -> Moment {
        self.started
    }

    pub(crate) fn read(&self) -> Reading {
        self.state().reading(self.started, Moment::now())
    }

    /// The progress that the watcher reports now; `None` if it reported one just now.
    pub(crate) fn tell(&self) -> Option<Reading> {
        let mut state = self.state();
        let now = Moment::now();
        if let Some(watching) = state.watching() {
            if !watching.is_due(now) {
                return None;
            }
            (watching.told, watching.is_untold) = (Some(now), false);
        }
        Some(state.reading(self.started, now))
    }

    /// Stops the clock at the end of the operation.
    pub(crate) fn stop(&self) {
        self.state().ended.get_or_insert_with(Moment::now);
    }

    /// Removes and returns the watcher. The timer has let go of it by then, so what the watcher owns ends with it.
    pub(crate) fn end(&self) -> Option<Watcher> {
        self.stop();
        let timer_calls = Arc::clone(&self.state().watching()?.timer_calls);
        let _calls = timer_calls.lock().unwrap_or_else(PoisonError::into_inner);
        self.state().watching()?.watcher.take()
    }

    /// Sets the progress.
    pub(crate) fn show(&self, progress: Progress) {
        self.change(|now| *now = progress);
    }

    /// Changes the progress, and calls the watcher: at once, or later if it was called just now.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Progress)) {
        let mut state = self.state();
        let before = state.progress();
        let mut progress = before;
        change(&mut progress);
        let is_news = progress != before;
        if is_news {
            state.set_progress(progress);
            state.moved = Some(Moment::now());
        }
        if progress.planned > 0 && state.first.is_none() {
            state.first = Some((Moment::now(), progress.done));
        }
        Self::call_watcher(state, is_news);
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
            state.rare().events.push(event);
            Self::call_watcher(state, true);
        }
    }

    /// Calls the watcher if it may be called. Otherwise a timer calls it, if there is news.
    fn call_watcher(mut state: MutexGuard<'_, State>, is_news: bool) {
        let Some(watching) = state.watching() else { return };
        let Some(watcher) = watching.watcher.clone() else { return };
        let is_due = watching.is_due(Moment::now());
        let needs_timer = is_news && !is_due;
        watching.is_untold |= needs_timer;
        let begins_timer = needs_timer && !watching.has_timer;
        watching.has_timer |= needs_timer;
        let own = Weak::clone(&watching.own);
        drop(state);
        if begins_timer {
            runtime::spawn(Box::pin(tell_later(own)));
        }
        if is_due {
            watcher();
        }
    }

    /// The oldest event that was not read, which counts as read from now on.
    pub(crate) fn next_event(&self) -> Option<Event> {
        let mut state = self.state();
        let rare = state.rare.as_mut()?;
        let event = rare.events.get(rare.read).cloned()?;
        rare.read += 1;
        Some(event)
    }

    /// Sets the watcher. There is one at most. `own`: what has this progress.
    pub(crate) fn watch(&self, own: Weak<dyn Progressing>, watcher: Watcher) {
        let timer_calls = Arc::default();
        let watching = Watching {
            watcher: Some(watcher),
            own,
            timer_calls,
            told: None,
            is_untold: false,
            has_timer: false,
        };
        self.state().rare().watching = Some(watching);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls the watcher as soon as it may be called, if nobody has told it the news by then.
async fn tell_later(own: Weak<dyn Progressing>) {
    loop {
        let resting = own.upgrade().and_then(|own| {
            let mut state = own.tracker().state();
            let watching = state.watching()?;
            Some((watching.rest(Moment::now()), Arc::clone(&watching.timer_calls)))
        });
        let Some((rest, timer_calls)) = resting else { return };
        tokio::time::sleep(rest).await;
        let Some(own) = own.upgrade() else { return };
        let _calls = timer_calls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = own.tracker().state();
        let Some(watching) = state.watching() else { return };
        if watching.is_untold && !watching.is_due(Moment::now()) {
            continue;
        }
        let watcher = watching.watcher.clone().filter(|_| watching.is_untold);
        watching.has_timer = false;
        drop(state);
        if let Some(watcher) = watcher {
            watcher();
        }
        return;
    }
}

impl fmt::Debug for ProgressTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProgressTracker").field(&self.read().progress).finish()
    }
}

#[cfg(test)]
mod tests;
