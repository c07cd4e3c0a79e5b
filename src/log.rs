//! Sends log events to one receiver per process, and what happens to connections to another. Both are off until a
//! receiver is set; an unwanted event then costs one load from memory. The receivers run on one thread of their own, so
//! that nothing in the library waits for them.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::config::Address;
use crate::error::Error;
use crate::runtime;
use crate::trace;

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

/// What happens to the connection of a client. The numbers are part of the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum ConnectionState {
    /// The client begins to connect.
    Connecting = 1,
    /// It is connected.
    Ready = 2,
    /// The attempt failed.
    Failed = 3,
    /// The connection ended although the client was not closed.
    Lost = 4,
}

/// Gets level, message and fields (`key=value`, separated by blanks).
pub type Receiver = Arc<dyn Fn(Level, &str, &str) + Send + Sync>;
/// Gets the state, the server's address, and the reason if the state has one.
pub type ConnectionReceiver = Arc<dyn Fn(ConnectionState, &str, &str) + Send + Sync>;

enum Event {
    Line { level: Level, message: &'static str, fields: String },
    Connection { state: ConnectionState, address: String, reason: String },
}

/// One of the two kinds of receiver, with what is to be known of it.
struct Slot<R> {
    receiver: Option<R>,
    /// Counts the receivers that have been set.
    epoch: u64,
    /// The epoch of the receiver that is running.
    running: Option<u64>,
}

struct State {
    lines: Slot<Receiver>,
    connections: Slot<ConnectionReceiver>,
    queue: VecDeque<Event>,
    /// Lines that found the queue full.
    dropped: u64,
    has_thread: bool,
}

static WANTED: AtomicI32 = AtomicI32::new(0);
static WATCHED: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<State> = Mutex::new(State {
    lines: Slot { receiver: None, epoch: 0, running: None },
    connections: Slot { receiver: None, epoch: 0, running: None },
    queue: VecDeque::new(),
    dropped: 0,
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
/// previous receiver is not running and is not called again, unless it is the caller itself. The new one gets the
/// events that the previous one has not got yet.
///
/// # Errors
/// `OutOfMemory` if its thread cannot be started.
pub fn set(level: Level, receiver: Option<Receiver>) -> Result<(), Error> {
    let wanted = if receiver.is_some() { level as i32 } else { 0 };
    replace(
        receiver,
        |state| &mut state.lines,
        |state| {
            WANTED.store(wanted, Ordering::Relaxed);
            state.queue.retain(|event| match event {
                Event::Line { level, .. } => *level as i32 <= wanted,
                Event::Connection { .. } => true,
            });
            if wanted == 0 {
                state.dropped = 0;
            }
        },
    )
}

/// Sets the receiver of what happens to connections, otherwise as [`set`].
///
/// # Errors
/// As [`set`].
pub fn set_connection(receiver: Option<ConnectionReceiver>) -> Result<(), Error> {
    let is_watched = receiver.is_some();
    replace(
        receiver,
        |state| &mut state.connections,
        |state| {
            WATCHED.store(is_watched, Ordering::Relaxed);
            state.queue.retain(|event| is_watched || matches!(event, Event::Line { .. }));
        },
    )
}

fn replace<R>(
    receiver: Option<R>,
    slot: fn(&mut State) -> &mut Slot<R>,
    clear: impl FnOnce(&mut State),
) -> Result<(), Error> {
    let mut state = state();
    if receiver.is_some() && !state.has_thread {
        runtime::spawn_thread(THREAD, deliver)?;
        state.has_thread = true;
    }
    clear(&mut state);
    let replaced = slot(&mut state);
    let before = std::mem::replace(&mut replaced.receiver, receiver);
    replaced.epoch += 1;
    let epoch = replaced.epoch;
    if !IS_LOG_THREAD.get() {
        while slot(&mut state).running.is_some_and(|running| running < epoch) {
            state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
    drop(state);
    drop(before);
    Ok(())
}

/// Sends an event to the receiver if it wants that level. Calls `fields` only then, and adds those of the running
/// operation.
pub(crate) fn tell(level: Level, message: &'static str, fields: impl FnOnce() -> String) {
    if level as i32 > WANTED.load(Ordering::Relaxed) {
        return;
    }
    let mut fields = fields();
    trace::add_fields(&mut fields);
    let mut state = state();
    if state.lines.receiver.is_none() || state.queue.len() >= LONGEST_QUEUE {
        state.dropped += 1;
        return;
    }
    state.queue.push_back(Event::Line { level, message, fields });
    CHANGED.notify_all();
}

/// Sends what happened to a connection to the receiver, if there is one.
pub(crate) fn tell_connection(connection: ConnectionState, address: &Address, reason: &str) {
    if !WATCHED.load(Ordering::Relaxed) {
        return;
    }
    let event =
        Event::Connection { state: connection, address: address.to_string(), reason: reason.to_owned() };
    let mut state = state();
    if state.connections.receiver.is_none() {
        return;
    }
    // The latest states are those that count.
    let is_state = |event: &Event| matches!(event, Event::Connection { .. });
    if state.queue.iter().filter(|event| is_state(event)).count() >= LONGEST_QUEUE
        && let Some(oldest) = state.queue.iter().position(is_state)
    {
        state.queue.remove(oldest);
    }
    state.queue.push_back(event);
    CHANGED.notify_all();
}

/// What the log thread does next.
enum Call {
    Line(Receiver, Level, &'static str, String),
    Connection(ConnectionReceiver, ConnectionState, String, String),
}

impl State {
    fn next(&mut self) -> Option<Call> {
        if self.dropped > 0
            && self.queue.is_empty()
            && let Some(receiver) = self.lines.receiver.clone()
        {
            let fields = format!("events={}", std::mem::take(&mut self.dropped));
            return Some(Call::Line(receiver, Level::Warning, "log events dropped", fields));
        }
        // An event whose receiver is gone was removed with it.
        match self.queue.pop_front()? {
            Event::Line { level, message, fields } => {
                Some(Call::Line(self.lines.receiver.clone()?, level, message, fields))
            }
            Event::Connection { state, address, reason } => {
                Some(Call::Connection(self.connections.receiver.clone()?, state, address, reason))
            }
        }
    }
}

/// The log thread: delivers one event after the other.
fn deliver() {
    IS_LOG_THREAD.set(true);
    let mut state = state();
    loop {
        let Some(call) = state.next() else {
            state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        match call {
            Call::Line(receiver, level, message, fields) => {
                state.lines.running = Some(state.lines.epoch);
                drop(state);
                trace::on_shared_thread(|| receiver(level, message, &fields));
                drop(receiver);
            }
            Call::Connection(receiver, connection, address, reason) => {
                state.connections.running = Some(state.connections.epoch);
                drop(state);
                trace::on_shared_thread(|| receiver(connection, &address, &reason));
                drop(receiver);
            }
        }
        state = self::state();
        (state.lines.running, state.connections.running) = (None, None);
        CHANGED.notify_all();
    }
}
