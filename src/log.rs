//! What the library tells about its connections, to one receiver per process. Off until one is set,
//! and then the cost of what is not wanted is one load from memory. The receiver runs on a thread of its
//! own: nothing the library does waits for it.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::runtime;

/// Events that wait for a slow receiver; later ones are dropped, and counted.
const LONGEST_QUEUE: usize = 1_024;
const THREAD: &str = "milvus-log";

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum Level {
    /// Nothing yet: errors are returned, not logged.
    Error = 1,
    /// Something is wrong, and the library copes: a lost connection, a slow call.
    Warning = 2,
    /// Connections made, calls tried again.
    Info = 3,
    /// Every call.
    Debug = 4,
}

/// Takes level, message and fields (`key=value`, separated by blanks).
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
    /// Counts the receivers there have been.
    epoch: u64,
    /// The epoch of the receiver that is being called at this moment.
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

/// Sets the receiver of all that matters at least as much as `level`; `None` ends it. When this returns,
/// the receiver before is not running and will not be called again; only one that calls this itself is
/// still running, of course.
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

/// Tells the receiver, if it wants to know. `fields` is only asked for then.
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

/// The log's thread: hands over one event after the other.
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
