//! The host's callbacks, one at a time on a thread of their own. They may take long, wait for locks of the
//! host's, and call the library: nothing the library does waits for them, except closing a client.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem::ManuallyDrop;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::gate::{Gate, Pass};
use crate::{panics, runtime};

const THREAD: &str = "milvus-call";

/// So many callbacks may run one inside the other, as each closes another client: their stack has an end.
const DEEPEST: usize = 16;

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

/// What goes on on the thread for callbacks, one inside the other.
#[derive(Default)]
struct Here {
    /// The gates of the callbacks that are running.
    running: Vec<Arc<Gate>>,
    /// The gates that are being closed.
    closing: Vec<Arc<Gate>>,
}

thread_local! {
    /// Of that thread only. Never dropped: a callback that calls `exit()` ends the thread's variables before the
    /// handlers of `atexit`, which may close clients.
    static HERE: ManuallyDrop<RefCell<Option<Here>>> = const { ManuallyDrop::new(RefCell::new(None)) };
}

/// Looks at what goes on here, if this is the thread for callbacks.
fn here<T>(look: impl FnOnce(&mut Here) -> T) -> Option<T> {
    HERE.with(|here| here.borrow_mut().as_mut().map(look))
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
    here(|here| here.running.iter().filter(|running| Arc::ptr_eq(running, gate)).count()).unwrap_or(0)
}

/// Runs `close`, and tells it whether it may wait, and run callbacks meanwhile: not if it is called by one that a close
/// of the same gate runs, which goes on when that returns, nor too deep.
pub(crate) fn while_closing<T>(gate: &Arc<Gate>, close: impl FnOnce(bool) -> T) -> T {
    let begun = here(|here| {
        let is_first = !here.closing.iter().any(|other| Arc::ptr_eq(other, gate));
        here.closing.push(Arc::clone(gate));
        is_first && here.running.len() <= DEEPEST
    });
    let result = close(begun.unwrap_or(true));
    if begun.is_some() {
        here(|here| drop(here.closing.pop()));
    }
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
    here(|_| ()).is_some()
}

/// How many callbacks are running on the calling thread, one inside the other.
pub(crate) fn depth_here() -> usize {
    here(|here| here.running.len()).unwrap_or(0)
}

fn run_all() {
    HERE.with(|here| here.replace(Some(Here::default())));
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
    here(|here| here.running.push(Arc::clone(pass.gate())));
    // What runs now is the host's.
    let guarded_before = panics::guard_this_thread(false);
    let _ = std::panic::catch_unwind(AssertUnwindSafe(call)); // the others still have to be called
    panics::guard_this_thread(guarded_before);
    here(|here| drop(here.running.pop()));
    drop(pass);
}
