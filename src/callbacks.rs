//! The host's callbacks, one at a time on a thread of their own. They may take long, wait for locks of the
//! host's, and call the library: nothing the library does waits for them, except closing a client.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::gate::{Gate, Pass};
use crate::{panics, runtime};

const THREAD: &str = "milvus-call";

/// A callback whose turn has not come, and the pass of its client.
struct Due {
    pass: Pass,
    call: Box<dyn FnOnce() + Send>,
}

struct State {
    due: VecDeque<Due>,
    has_thread: bool,
}

static STATE: Mutex<State> = Mutex::new(State { due: VecDeque::new(), has_thread: false });
static ARRIVED: Condvar = Condvar::new();

thread_local! {
    /// The gates of the callbacks that are running on this thread, if it is the one.
    static RUNNING: RefCell<Option<Vec<Arc<Gate>>>> = const { RefCell::new(None) };
    /// The gates that are being closed on this thread.
    static CLOSING: RefCell<Vec<Arc<Gate>>> = const { RefCell::new(Vec::new()) };
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes sure that there is a thread for callbacks. To be called before one is accepted.
pub(crate) fn prepare() -> Result<(), Error> {
    let mut state = state();
    if !state.has_thread {
        runtime::spawn_thread(THREAD, run_all)?;
        state.has_thread = true;
    }
    Ok(())
}

/// Has a callback run when its turn has come.
pub(crate) fn post(pass: Pass, call: Box<dyn FnOnce() + Send>) {
    let gate = Arc::clone(pass.gate());
    state().due.push_back(Due { pass, call });
    ARRIVED.notify_one();
    gate.look_again();
}

/// How many callbacks of this gate are running on the calling thread, one inside the other.
pub(crate) fn running_here(gate: &Arc<Gate>) -> usize {
    let count = |running: &Option<Vec<Arc<Gate>>>| {
        running.iter().flatten().filter(|running| Arc::ptr_eq(running, gate)).count()
    };
    RUNNING.try_with(|running| count(&running.borrow())).unwrap_or(0)
}

/// Runs `close`, and tells it whether it is the only one for this gate on the calling thread. A callback that
/// closes is called by a close that comes before it: it must not call others in turn.
pub(crate) fn while_closing<T>(gate: &Arc<Gate>, close: impl FnOnce(bool) -> T) -> T {
    let begin = |closing: &RefCell<Vec<Arc<Gate>>>| {
        let mut closing = closing.borrow_mut();
        let is_first = !closing.iter().any(|other| Arc::ptr_eq(other, gate));
        closing.push(Arc::clone(gate));
        is_first
    };
    // Late in the end of a thread this is gone. No callback runs on such a thread, so none closes inside another.
    let is_first = CLOSING.try_with(begin).unwrap_or(true);
    let result = close(is_first);
    let _ = CLOSING.try_with(|closing| closing.borrow_mut().pop());
    result
}

/// Whether the calling thread is the one for callbacks, and one of this gate is due.
pub(crate) fn has_one_of(gate: &Arc<Gate>) -> bool {
    is_here() && state().due.iter().any(|due| Arc::ptr_eq(due.pass.gate(), gate))
}

/// On the thread for callbacks, runs the next one of this gate; says whether there was one.
pub(crate) fn run_one_of(gate: &Arc<Gate>) -> bool {
    if !is_here() {
        return false;
    }
    let next = {
        let mut state = state();
        let place = state.due.iter().position(|due| Arc::ptr_eq(due.pass.gate(), gate));
        place.and_then(|place| state.due.remove(place))
    };
    let is_one = next.is_some();
    next.into_iter().for_each(run);
    is_one
}

/// Whether the calling thread is the one for callbacks.
fn is_here() -> bool {
    RUNNING.try_with(|running| running.borrow().is_some()).unwrap_or(false)
}

/// How many callbacks are running on the calling thread, one inside the other.
pub(crate) fn depth_here() -> usize {
    RUNNING.try_with(|running| running.borrow().as_ref().map_or(0, Vec::len)).unwrap_or(0)
}

fn run_all() {
    RUNNING.set(Some(Vec::new()));
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

fn run(Due { pass, call }: Due) {
    let with_running = |change: &dyn Fn(&mut Vec<Arc<Gate>>)| {
        let _ = RUNNING.try_with(|running| running.borrow_mut().as_mut().map(change));
    };
    with_running(&|running| running.push(Arc::clone(pass.gate())));
    // What runs now is the host's.
    let guarded_before = panics::guard_this_thread(false);
    let _ = std::panic::catch_unwind(AssertUnwindSafe(call)); // the others still have to be called
    panics::guard_this_thread(guarded_before);
    with_running(&|running| drop(running.pop()));
    drop(pass);
}
