//! Sends log events about connections to one receiver per process. Logging is off until a receiver is set; an unwanted
//! event then costs one load from memory. The receiver runs on a thread of its own, so that nothing in the library
//! waits for it.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::runtime;

/// How many events may wait for a slow receiver. Later ones are dropped and counted.
const LONGEST_QUEUE: usize = 1_024;
const THREAD: &str = "milvus-log";

/// The severity of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum Level {
    /// Not used yet: errors are returned, not logged.
    Error = 1,
    /// Something is wrong, and the library copes with it: a lost connection, a slow call.
    Warning = 2,
    /// New connections and retries.
    Info = 3,
    /// Every call.
    Debug = 4,
}

/// Gets level, message and fields (`key=value`, separated by blanks).
pub type Receiver = Arc<dyn Fn(Level, &str, &str) + Send + Sync>;

struct Event {
    level: Level,
    message: &'static str,
    fields: String,
}

struct State {
    receiver: Option<Receiver>,
    queue: VecDeque<Event>,
    dropped: u64,
    /// Counts the receivers that have been set.
    epoch: u64,
    /// The epoch of the receiver that is running.
    running: Option<u64>,
    has_thread: bool,
}

static WANTED: AtomicI32 = AtomicI32::new(0);
static STATE: Mutex<State> = Mutex::new(State {
    receiver: None,
    queue: VecDeque::new(),
    dropped: 0,
    epoch: 0,
    running: None,
    has_thread: false,
});
static CHANGED: Condvar = Condvar::new();

thread_local! {
    static IS_LOG_THREAD: Cell<bool> = const { Cell::new(false) };
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets the receiver of all events of at least this severity; `None` turns logging off. When this returns, the
/// previous receiver is not running and is not called again, unless it is the caller itself.
///
/// # Errors
/// `OutOfMemory` if its thread cannot be started.
pub fn set(level: Level, receiver: Option<Receiver>) -> Result<(), Error> {
    let mut state = state();
    if receiver.is_some() && !state.has_thread {
        runtime::spawn_thread(THREAD, deliver)?;
        state.has_thread = true;
    }
    WANTED.store(if receiver.is_some() { level as i32 } else { 0 }, Ordering::Relaxed);
    let before = std::mem::replace(&mut state.receiver, receiver);
    state.queue.clear();
    state.dropped = 0;
    state.epoch += 1;
    let epoch = state.epoch;
    if !IS_LOG_THREAD.get() {
        while state.running.is_some_and(|running| running < epoch) {
            state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
    drop(state);
    drop(before);
    Ok(())
}

/// Sends an event to the receiver if it wants that level. Calls `fields` only then.
pub(crate) fn tell(level: Level, message: &'static str, fields: impl FnOnce() -> String) {
    if level as i32 > WANTED.load(Ordering::Relaxed) {
        return;
    }
    let event = Event { level, message, fields: fields() };
    let mut state = state();
    if state.receiver.is_none() || state.queue.len() >= LONGEST_QUEUE {
        state.dropped += 1;
        return;
    }
    state.queue.push_back(event);
    CHANGED.notify_all();
}

/// The log thread: delivers one event after the other.
fn deliver() {
    IS_LOG_THREAD.set(true);
    let mut state = state();
    loop {
        let next = match state.receiver.clone() {
            Some(receiver) if state.dropped > 0 && state.queue.is_empty() => {
                let fields = format!("events={}", std::mem::take(&mut state.dropped));
                Some((receiver, Event { level: Level::Warning, message: "log events dropped", fields }))
            }
            Some(receiver) => state.queue.pop_front().map(|event| (receiver, event)),
            None => None,
        };
        let Some((receiver, event)) = next else {
            state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        state.running = Some(state.epoch);
        drop(state);
        receiver(event.level, event.message, &event.fields);
        drop(receiver);
        state = self::state();
        state.running = None;
        CHANGED.notify_all();
    }
}
