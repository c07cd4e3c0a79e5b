//! Queues
//!
//! For event loops (epoll, libuv, Go, Java): futures arrive in a queue when their operations are over, and its
//! descriptor is readable while one is there. One thread can follow thousands of operations with it.

use std::ffi::c_void;
use std::ptr;

use super::completion_queue::CompletionQueue;
use super::convert::{self, Out};
use super::entry::entry;
use super::errors::milvus_status;
use super::futures::milvus_future;
use super::handle::{self, Handle, Table};
use crate::error::{Error, Status};

/// A queue of futures that are over.
pub struct milvus_queue {
    _private: (),
}

impl Handle for milvus_queue {
    type Value = CompletionQueue;
    const NAME: &'static str = "milvus_queue";
    const KIND: u64 = 6;

    fn table() -> &'static Table<CompletionQueue> {
        static TABLE: Table<CompletionQueue> = Table::new();
        &TABLE
    }
}

/// Whether the future with this address has not been freed.
fn is_alive(future: usize) -> bool {
    handle::is_alive(ptr::without_provenance::<milvus_future>(future))
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
        let queue = CompletionQueue::new(is_alive).map_err(|error| {
            Error::new(Status::OutOfMemory, format!("cannot make a descriptor: {error}")).retriable()
        })?;
        out.write(handle::insert(queue)?);
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
        out.write(queue.descriptor());
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
            handle::take(queue)?.close();
            Ok(())
        });
    }
}
