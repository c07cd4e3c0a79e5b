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
}

#[cfg(not(loom))]
thread_local! {
    static WRITE_STATE: Cell<WriteState> = const { Cell::new(WriteState::Idle) };
}
#[cfg(loom)]
loom::thread_local! {
    static WRITE_STATE: Cell<WriteState> = Cell::new(WriteState::Idle);
}

pub(super) fn get() -> WriteState {
    WRITE_STATE.with(Cell::get)
}

pub(super) fn set(state: WriteState) {
    WRITE_STATE.with(|own| own.set(state));
}

/// Whether the calling thread only writes: reading is left to the connection's task.
pub(crate) fn is_only_writing() -> bool {
    get() != WriteState::Idle
}
