//! Queues
//!
//! Queues are for event loops (epoll, libuv, Go, Java). A future arrives in its queue when its operation is
//! over, and the queue's descriptor is readable while a future is there. One thread can follow thousands of
//! operations.

use std::ffi::c_void;
use std::ptr;

use super::completion_queue::CompletionQueue;
use super::convert::{self, Out};
use super::entry::entry;
use super::errors::milvus_status;
use super::futures::milvus_future;
use super::handle::{self, Handle, Table};
use crate::error::{Error, Status};

/// A queue of futures whose operations are over.
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
/// @param out_queue  Receives the queue; free it with milvus_queue_free().
/// @retval MILVUS_OUT_OF_MEMORY No descriptor or handle is left.
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

/// Gives the queue's descriptor, which is readable (EPOLLIN, POLLIN) while a future is in the queue.
///
/// It fits level-triggered and edge-triggered loops that call milvus_queue_next() with timeout 0 until that
/// returns MILVUS_PENDING. The descriptor may be readable with nothing to take, if you freed a future or
/// another thread took it. Each arrival makes it readable anew. It is non-blocking, closes on exec, and may
/// be duplicated. Only watch it: do not read, write or close it. It is an eventfd on Linux, a socket on
/// other Unix systems, and -1 on Windows.
///
/// @param queue   The queue.
/// @param out_fd  Receives the descriptor; valid until you free the queue.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_queue_fd(queue: *mut milvus_queue, out_fd: *mut i32) -> milvus_status {
    entry(c"milvus_queue_fd", || {
        let queue = handle::get(queue.cast_const())?;
        let out = Out::new("out_fd", out_fd)?;
        out.write(queue.descriptor());
        Ok(())
    })
}

/// Lets a future arrive in a queue when its operation is over; at once, if it is over already.
///
/// A future has one callback or one queue.
///
/// @param future     The future; you still free it. If you free it early, the library cancels the
///                   operation, and neither the future nor user_data arrives.
/// @param queue      The queue.
/// @param user_data  Arrives together with the future; the library does not look at it. May be NULL.
/// @retval MILVUS_INVALID_ARGUMENT Also if the future has a callback or a queue.
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

/// Takes the next future out of a queue, in the order of arrival, or waits for one.
///
/// Several threads may take from one queue.
///
/// @param queue          The queue.
/// @param timeout_ms     Limit of this local wait in milliseconds; 0: do not wait.
/// @param out_future     Receives the future, which is the one that you put in; free it.
/// @param out_user_data  Receives the user_data of milvus_future_set_queue(). May be NULL.
/// @retval MILVUS_PENDING No future is there.
/// @retval MILVUS_INVALID_HANDLE Also if another thread frees the queue meanwhile.
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

/// Frees a queue and closes its descriptor. Take the descriptor out of your event loop first.
///
/// Futures that are in the queue, or on their way to it, stay yours to free, and their operations go on.
/// They cannot get another queue or callback, but you can wait for them. Their user_data does not come
/// back. Threads that wait in milvus_queue_next() get MILVUS_INVALID_HANDLE.
///
/// @param queue  The queue; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_queue_free(queue: *mut milvus_queue) {
    if !queue.is_null() {
        entry(c"milvus_queue_free", || {
            handle::take(queue)?.close();
            Ok(())
        });
    }
}
