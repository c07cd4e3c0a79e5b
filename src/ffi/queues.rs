//! Queues
//!
//! For event loops (epoll, libuv, Go, Java): futures arrive in a queue when their operations are over, and its
//! descriptor is readable while one is there. One thread can follow thousands of operations with it.

use std::collections::VecDeque;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::convert::{self, Out};
use super::entry::entry;
use super::errors::milvus_status;
use super::event_fd::EventFd;
use super::futures::milvus_future;
use super::handle::{self, Handle, Table};
use crate::error::{Error, Status};

/// A queue of futures that are over.
pub struct milvus_queue {
    _private: (),
}

impl Handle for milvus_queue {
    type Value = Queue;
    const NAME: &'static str = "milvus_queue";
    const KIND: u64 = 6;

    fn table() -> &'static Table<Queue> {
        static TABLE: Table<Queue> = Table::new();
        &TABLE
    }
}

/// The value behind a queue.
pub struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

struct State {
    /// Handles of futures, and what the host gave with each.
    due: VecDeque<(usize, usize)>,
    /// At this length those are left out that were freed in here: a host may free, and never take.
    swept_at: usize,
    /// Raised while something is due; gone with the queue.
    event: Option<EventFd>,
}

/// A queue up to this length is not looked through for futures that were freed.
const SWEPT_FIRST: usize = 1024;

fn is_there((future, _): &(usize, usize)) -> bool {
    handle::is_alive(ptr::without_provenance::<milvus_future>(*future))
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, future: usize, tag: usize) {
        let mut state = self.state();
        let Some(event) = &state.event else { return };
        event.raise();
        state.due.push_back((future, tag));
        if state.due.len() >= state.swept_at {
            state.due.retain(is_there);
            state.swept_at = SWEPT_FIRST.max(2 * state.due.len());
        }
        drop(state);
        self.arrived.notify_one();
    }

    /// The next future that is still there, by a moment (`None`: whenever).
    fn next(&self, until: Option<Instant>) -> Result<(usize, usize), Error> {
        let mut state = self.state();
        loop {
            let Some(event) = &state.event else {
                return Err(Error::new(Status::InvalidHandle, "this milvus_queue has been freed"));
            };
            if state.due.is_empty() {
                event.lower();
                let left = until.map(|until| until.saturating_duration_since(Instant::now()));
                state = match left {
                    None => self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                    Some(left) if left.is_zero() => {
                        return Err(Error::new(Status::Pending, "no operation is over"));
                    }
                    Some(left) => {
                        self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                    }
                };
                continue;
            }
            let next = state.due.pop_front();
            if let (true, Some(event)) = (state.due.is_empty(), &state.event) {
                event.lower();
            }
            if let Some(next) = next.filter(is_there) {
                return Ok(next);
            }
        }
    }
}

/// Makes a queue.
///
/// @param out_queue  Receives it; free it with milvus_queue_free().
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_OUT_OF_MEMORY (no descriptors or handles are
/// left), MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_queue_new(out_queue: *mut *mut milvus_queue) -> milvus_status {
    entry(c"milvus_queue_new", || {
        let out = Out::new("out_queue", out_queue)?;
        let event = EventFd::new().map_err(|error| {
            Error::new(Status::OutOfMemory, format!("cannot make a descriptor: {error}")).retriable()
        })?;
        let state = Mutex::new(State { due: VecDeque::new(), swept_at: SWEPT_FIRST, event: Some(event) });
        out.write(handle::insert(Queue { state, arrived: Condvar::new() })?);
        Ok(())
    })
}

/// Tells the queue's descriptor: readable (EPOLLIN, POLLIN) while a future is there, so fit for level-triggered
/// and edge-triggered loops that call milvus_queue_next() until it says MILVUS_PENDING. Call that with timeout
/// 0: the descriptor may be readable with nothing to take, if a future was freed or another thread took it.
/// Each arrival raises it anew. It is non-blocking and closed on exec, and may be duplicated. Only watch it:
/// do not read, write or close it. An eventfd on Linux, a socket on other Unix systems; on Windows there is
/// none, and it is -1.
///
/// @param queue   The queue.
/// @param out_fd  Receives the descriptor; valid until the queue is freed.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_queue_fd(queue: *mut milvus_queue, out_fd: *mut i32) -> milvus_status {
    entry(c"milvus_queue_fd", || {
        let queue = handle::get(queue.cast_const())?;
        let out = Out::new("out_fd", out_fd)?;
        out.write(queue.state().event.as_ref().map_or(-1, EventFd::descriptor));
        Ok(())
    })
}

/// Puts a future into a queue when its operation is over; at once, if it is over already. A future has one
/// callback or one queue.
///
/// @param future     The future. Stays the caller's to free. One that is freed is cancelled, and neither it nor
///                   user_data comes out of the queue.
/// @param queue      The queue.
/// @param user_data  Comes out of the queue with it; not looked at. May be NULL.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (also for a second one), MILVUS_INVALID_HANDLE,
/// MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_set_queue(
    future: *mut milvus_future,
    queue: *mut milvus_queue,
    user_data: *mut c_void,
) -> milvus_status {
    entry(c"milvus_future_set_queue", || {
        let started = handle::get(future.cast_const())?;
        let queue = handle::get(queue.cast_const())?;
        started.queue(&queue, user_data.expose_provenance())
    })
}

/// Takes the next future that is over out of a queue, in the order in which they arrived there.
///
/// @param queue          The queue.
/// @param timeout_ms     How long to wait for one, in milliseconds; MILVUS_NO_TIMEOUT: as long as it takes; 0
///                       (here, unlike anywhere else): not at all.
/// @param out_future     Receives the future, which is the caller's own that was put in: free it when it is done
///                       with.
/// @param out_user_data  Receives what was given to milvus_future_set_queue(). May be NULL.
///
/// Several threads may take from one queue. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_PENDING (none is
/// there), MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE (also if it is freed meanwhile), MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_queue_next(
    queue: *mut milvus_queue,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
    out_user_data: *mut *mut c_void,
) -> milvus_status {
    entry(c"milvus_queue_next", || {
        let queue = handle::get(queue.cast_const())?;
        let out = Out::new("out_future", out_future)?;
        let (future, tag) = queue.next(convert::until(timeout_ms)?)?;
        out.write(ptr::without_provenance_mut(future));
        if let Ok(out) = Out::new("out_user_data", out_user_data) {
            out.write(ptr::with_exposed_provenance_mut(tag));
        }
        Ok(())
    })
}

/// Frees a queue and closes its descriptor: take it out of the event loop first. Futures that are in it, or
/// were to arrive, stay the caller's to free, and their operations go on; they can have no other queue or
/// callback, but be waited for. Their user_data is not given back. Threads that wait in milvus_queue_next()
/// get MILVUS_INVALID_HANDLE. NULL does nothing; freeing twice does nothing but set milvus_last_error().
///
/// Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_queue_free(queue: *mut milvus_queue) {
    if !queue.is_null() {
        entry(c"milvus_queue_free", || {
            let queue = handle::take(queue)?;
            let mut state = queue.state();
            state.event = None;
            state.due.clear();
            drop(state);
            queue.arrived.notify_all();
            Ok(())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_freed_and_never_taken_does_not_fill_a_queue() {
        let state =
            State { due: VecDeque::new(), swept_at: SWEPT_FIRST, event: Some(EventFd::new().unwrap()) };
        let queue = Queue { state: Mutex::new(state), arrived: Condvar::new() };
        for freed in 0..10 * SWEPT_FIRST {
            queue.push(freed, 0);
            assert!(queue.state().due.len() < SWEPT_FIRST);
        }
        assert_eq!(queue.next(Some(Instant::now())).unwrap_err().status, Status::Pending);
    }
}
