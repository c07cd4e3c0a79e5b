//! Runs the application's callbacks, one at a time, on the callback thread. A callback may take long, lock the
//! application's mutexes and call the library. Only closing a client waits for callbacks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem::ManuallyDrop;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::in_flight::{InFlight, InFlightGuard};
use crate::{panics, runtime, trace};

const THREAD: &str = "milvus-call";

/// How many callbacks may nest, each run by a close inside the one before. The stack of the thread is finite.
const DEEPEST: usize = 16;

/// A queued callback, which counts as in flight on its client.
struct Due {
    guard: InFlightGuard,
    run: Box<dyn FnOnce() + Send>,
}

struct State {
    due: VecDeque<Due>,
    has_thread: bool,
}

static STATE: Mutex<State> = Mutex::new(State { due: VecDeque::new(), has_thread: false });
static ARRIVED: Condvar = Condvar::new();

/// What nests on the callback thread: a callback closes a client, which runs another callback, and so on.
#[derive(Default)]
struct CallStack {
    /// The clients of the running callbacks, the innermost last.
    running: Vec<Arc<InFlight>>,
    /// The clients that these callbacks are closing, the innermost last.
    closing: Vec<Arc<InFlight>>,
}

thread_local! {
    /// `None` on every thread but the callback thread. Never dropped: a callback that calls `exit()` destroys the
    /// thread's variables before the handlers of `atexit` run, and those may close clients.
    static STACK: ManuallyDrop<RefCell<Option<CallStack>>> = const { ManuallyDrop::new(RefCell::new(None)) };
}

/// Gives `access` the call stack, if this is the callback thread.
fn with_stack<T>(access: impl FnOnce(&mut CallStack) -> T) -> Option<T> {
    STACK.with(|stack| stack.borrow_mut().as_mut().map(access))
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the callback thread, unless it runs. The library calls this before it accepts a callback.
pub(crate) fn prepare() -> Result<(), Error> {
    let mut state = state();
    if !state.has_thread {
        runtime::spawn_thread(THREAD, run_all)?;
        state.has_thread = true;
    }
    Ok(())
}

/// Queues a callback for the callback thread.
pub(crate) fn post(guard: InFlightGuard, run: Box<dyn FnOnce() + Send>) {
    let in_flight = Arc::clone(guard.in_flight());
    state().due.push_back(Due { guard, run });
    ARRIVED.notify_one();
    in_flight.recheck();
}

/// How many callbacks of this client are running on the calling thread, one inside the other.
pub(crate) fn running_here(client: &Arc<InFlight>) -> usize {
    with_stack(|stack| stack.running.iter().filter(|running| Arc::ptr_eq(running, client)).count())
        .unwrap_or(0)
}

/// Runs `close` with whether it may wait and run callbacks meanwhile. It may not if an outer close of the same client
/// called the running callback, because that close waits for the rest; nor may it if callbacks nest too deep.
pub(crate) fn while_closing<T>(client: &Arc<InFlight>, close: impl FnOnce(bool) -> T) -> T {
    let begun = with_stack(|stack| {
        let is_first = !stack.closing.iter().any(|other| Arc::ptr_eq(other, client));
        stack.closing.push(Arc::clone(client));
        is_first && stack.running.len() <= DEEPEST
    });
    let result = close(begun.unwrap_or(true));
    if begun.is_some() {
        with_stack(|stack| drop(stack.closing.pop()));
    }
    result
}

/// Whether the calling thread is the callback thread and a callback of this client is due.
pub(crate) fn has_one_of(client: &Arc<InFlight>) -> bool {
    is_callback_thread() && state().due.iter().any(|due| Arc::ptr_eq(due.guard.in_flight(), client))
}

/// On the callback thread, runs the next due callback of this client. Returns whether it ran one.
pub(crate) fn run_one_of(client: &Arc<InFlight>) -> bool {
    if !is_callback_thread() {
        return false;
    }
    let next = {
        let mut state = state();
        let index = state.due.iter().position(|due| Arc::ptr_eq(due.guard.in_flight(), client));
        index.and_then(|index| state.due.remove(index))
    };
    let has_run = next.is_some();
    next.into_iter().for_each(run);
    has_run
}

fn is_callback_thread() -> bool {
    with_stack(|_| ()).is_some()
}

/// How many callbacks are running on the calling thread, one inside the other.
pub(crate) fn depth_here() -> u32 {
    with_stack(|stack| u32::try_from(stack.running.len()).unwrap_or(u32::MAX)).unwrap_or(0)
}

fn run_all() {
    STACK.with(|stack| stack.replace(Some(CallStack::default())));
    let mut state = state();
    loop {
        if let Some(due) = state.due.pop_front() {
            drop(state);
            run(due);
            state = self::state();
        } else {
            state = ARRIVED.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn run(Due { guard, run }: Due) {
    with_stack(|stack| stack.running.push(Arc::clone(guard.in_flight())));
    // The application's code runs now: its panics are not the library's.
    let guarded_before = panics::guard_this_thread(false);
    // The other callbacks still have to run. What this one sets for its thread's operations ends with it.
    let _ = std::panic::catch_unwind(AssertUnwindSafe(|| trace::on_shared_thread(run)));
    panics::guard_this_thread(guarded_before);
    with_stack(|stack| drop(stack.running.pop()));
    drop(guard);
}
