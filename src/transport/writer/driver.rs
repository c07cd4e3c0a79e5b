//! Shares one connection between its task and the threads that write requests, without a thread ever waiting for
//! another. `tests/loom` explores its interleavings with at most two preemptions; see the README beside this file.

use std::pin::Pin;
use std::sync::{Arc, TryLockError};
use std::task::{Context, Poll, Wake, Waker};

#[cfg(not(loom))]
use atomic_waker::AtomicWaker;
#[cfg(loom)]
use loom::future::AtomicWaker;
#[cfg(loom)]
use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, Ordering, fence},
};
#[cfg(not(loom))]
use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, Ordering, fence},
};

use super::write_state::{self, WriteState};

/// A connection `C`, which is a future that reads and writes when it is polled, and ends with the connection.
///
/// A thread that finds the lock taken does not wait. It has set a flag before, and the thread that holds the lock
/// checks the flags after it has released it.
pub(super) struct Driver<C: Future> {
    state: Mutex<State<C>>,
    /// A thread has queued a request that nobody has begun to write.
    wants_write: AtomicBool,
    /// The task wants to poll the connection. Other threads only write, so they cannot do that for it.
    wants_poll: AtomicBool,
    /// Somebody wants the connection dropped.
    wants_close: AtomicBool,
    task: Arc<TaskWaker>,
}

pub(super) enum State<C: Future> {
    Open(Box<C>),
    /// With the reason, until the task has taken it.
    Ended(Option<C::Output>),
}

/// Wakes the connection's task. While a thread queues a request or writes, it only notes the wake-up, because the
/// thread is about to do the work itself.
#[derive(Default)]
struct TaskWaker(AtomicWaker);

impl TaskWaker {
    /// Differs between any two connections.
    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn register(&self, waker: &Waker) {
        #[cfg(not(loom))]
        self.0.register(waker);
        #[cfg(loom)]
        self.0.register_by_ref(waker);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        match write_state::get() {
            // The thread polls the connection when it sends the next request, or gives the role up.
            WriteState::Idle if write_state::held() == self.address() => {}
            WriteState::Idle => self.0.wake(),
            WriteState::Reading | WriteState::ReadsAgain => write_state::set(WriteState::ReadsAgain),
            WriteState::Queuing | WriteState::WakeRequested => {}
            WriteState::Writing => write_state::set(WriteState::WakeRequested),
        }
    }
}

impl<C: Future + Unpin> Driver<C> {
    pub(super) fn new(connection: C) -> Self {
        let [wants_write, wants_poll, wants_close] = std::array::from_fn(|_| AtomicBool::new(false));
        let state = Mutex::new(State::Open(Box::new(connection)));
        Self { state, wants_write, wants_poll, wants_close, task: Arc::default() }
    }

    /// For the connection's task: writes what it can, reads if it is to, and returns `Ready` when the connection has ended.
    pub(super) fn poll(
        &self,
        cx: &mut Context<'_>,
        is_reader: impl FnOnce() -> bool,
    ) -> Poll<Option<C::Output>> {
        self.task.register(cx.waker());
        self.wants_poll.store(true, Ordering::SeqCst);
        let Some(mut state) = self.try_lock() else { return Poll::Pending };
        self.wants_poll.store(false, Ordering::SeqCst);
        if is_reader() {
            self.drive(&mut state);
        } else {
            // What the connection still wants then, its reader does.
            let _guard = StateGuard::set(WriteState::Writing);
            self.drive(&mut state);
        }
        if let State::Ended(why) = &mut *state {
            return Poll::Ready(why.take());
        }
        self.release(state);
        Poll::Pending
    }

    /// Runs `queue`, which queues a request, and writes as much of the request as the stream takes at once. If either
    /// panics, it runs `on_panic` and wakes the task, which then finds the lock poisoned.
    pub(super) fn send<T>(&self, queue: impl FnOnce() -> T, on_panic: impl Fn()) -> T {
        let _guard = WriteGuard { task: &self.task, on_panic, _state: StateGuard::set(WriteState::Queuing) };
        let queued = queue();
        self.wants_write.store(true, Ordering::SeqCst);
        if let Some(mut state) = self.try_lock() {
            write_state::set(WriteState::Writing);
            self.drive(&mut state);
            if write_state::get() == WriteState::WakeRequested || matches!(*state, State::Ended(_)) {
                self.task.0.wake();
            }
            self.release(state);
        }
        queued
    }

    /// For a thread that reads its own answer: reads and writes what it can. Returns whether nothing is left for the task.
    pub(super) fn read(&self, on_panic: impl Fn()) -> bool {
        self.wants_poll.store(true, Ordering::SeqCst);
        let Some(mut state) = self.try_lock() else { return false };
        self.wants_poll.store(false, Ordering::SeqCst);
        let _guard = WriteGuard { task: &self.task, on_panic, _state: StateGuard::set(WriteState::Reading) };
        self.drive(&mut state);
        let is_open = matches!(*state, State::Open(_));
        let is_done = is_open && write_state::get() == WriteState::Reading;
        if !is_done {
            self.task.0.wake();
        }
        self.release(state);
        is_done
    }

    /// Has the task poll the connection.
    pub(super) fn wake_task(&self) {
        self.task.0.wake();
    }

    /// While the calling thread holds the role of the reader, it need not wake the task.
    pub(super) fn hold(&self, holds: bool) {
        write_state::hold(if holds { self.task.address() } else { 0 });
    }

    pub(super) fn is_held(&self) -> bool {
        write_state::held() == self.task.address()
    }

    /// Ends the connection; every request that waits for a response fails.
    pub(super) fn end(&self) {
        self.wants_close.store(true, Ordering::SeqCst);
        self.close();
    }

    fn close(&self) {
        // If another thread has the lock, it closes when it releases it.
        let Some(mut state) = self.try_lock() else { return };
        let before = std::mem::replace(&mut *state, State::Ended(None));
        drop(state);
        drop(before); // without the lock: this wakes other threads
    }

    pub(super) fn drive(&self, state: &mut State<C>) {
        self.wants_write.store(false, Ordering::SeqCst);
        let State::Open(connection) = state else { return };
        let waker = Waker::from(Arc::clone(&self.task));
        if let Poll::Ready(end) = Pin::new(connection).poll(&mut Context::from_waker(&waker)) {
            *state = State::Ended(Some(end));
        }
    }

    pub(super) fn release(&self, state: MutexGuard<'_, State<C>>) {
        drop(state);
        // Pairs with the fence in `try_lock`: either this thread sees the flag of a thread that found the lock taken,
        // or that thread finds the lock free.
        fence(Ordering::SeqCst);
        if self.wants_close.load(Ordering::SeqCst) {
            self.close();
        } else if self.wants_write.load(Ordering::SeqCst) || self.wants_poll.load(Ordering::SeqCst) {
            self.task.0.wake();
        }
    }

    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, State<C>>> {
        fence(Ordering::SeqCst); // see `release`
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::WouldBlock) => None,
            // A panic may have left the connection inconsistent.
            Err(TryLockError::Poisoned(state)) => {
                let mut state = state.into_inner();
                *state = State::Ended(None);
                Some(state)
            }
        }
    }

    #[cfg(all(test, not(loom)))]
    pub(super) fn register(&self, waker: &Waker) {
        self.task.register(waker);
    }
}

/// Marks the calling thread as idle again when it is dropped.
struct StateGuard;

impl StateGuard {
    fn set(state: WriteState) -> Self {
        write_state::set(state);
        Self
    }
}

impl Drop for StateGuard {
    fn drop(&mut self) {
        write_state::set(WriteState::Idle);
    }
}

/// Tells of a panic when it is dropped in one.
struct WriteGuard<'a, F: Fn()> {
    task: &'a TaskWaker,
    on_panic: F,
    _state: StateGuard,
}

impl<F: Fn()> Drop for WriteGuard<'_, F> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            (self.on_panic)();
            self.task.0.wake();
        }
    }
}
