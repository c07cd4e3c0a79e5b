//! What the calling thread is doing with a connection. The stream below HTTP/2 reads it: a thread that only writes must
//! not read.

use std::cell::Cell;

/// What a thread is doing with a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteState {
    Idle,
    /// It queues a request, and will write it.
    Queuing,
    Writing,
    /// While it wrote, the connection asked to be polled again.
    WakeRequested,
    /// It reads an answer.
    Reading,
    /// While it read, the connection asked to be polled again.
    ReadsAgain,
}

#[cfg(not(loom))]
thread_local! {
    static WRITE_STATE: Cell<WriteState> = const { Cell::new(WriteState::Idle) };
    static HELD: Cell<usize> = const { Cell::new(0) };
}
#[cfg(loom)]
loom::thread_local! {
    static WRITE_STATE: Cell<WriteState> = Cell::new(WriteState::Idle);
    static HELD: Cell<usize> = Cell::new(0);
}

/// The address of the connection that the calling thread reads; 0 for none.
pub(super) fn held() -> usize {
    HELD.with(Cell::get)
}

pub(super) fn hold(address: usize) {
    HELD.with(|held| held.set(address));
}

pub(super) fn get() -> WriteState {
    WRITE_STATE.with(Cell::get)
}

pub(super) fn set(state: WriteState) {
    WRITE_STATE.with(|own| own.set(state));
}

/// Whether the calling thread only writes: reading is left to the connection's task.
pub(crate) fn is_only_writing() -> bool {
    !matches!(get(), WriteState::Idle | WriteState::Reading | WriteState::ReadsAgain)
}
