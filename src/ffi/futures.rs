//! Futures
//!
//! Every function that asks a server (but milvus_client_server_version()) has an _async form, which returns at
//! once. If it returns MILVUS_OK, the operation ends exactly once: done, failed, out of time, with
//! MILVUS_CANCELLED, or with MILVUS_CLOSED by milvus_client_close(). If it returns anything else, nothing was
//! started.
//!
//! Ways to learn the end: wait for it and poll, as often as wanted, and either be called back or have it
//! arrive in a queue (further below). The result is there before anybody is told.
//!
//! Callbacks run one at a time on a library thread, milvus-call, which starts with the first of them. They may
//! call any function of this library, also those that wait, start, cancel, free or close; while one runs the
//! others wait, unless it closes a client: they run inside it then. They must neither throw nor end their thread, and
//! may end the process: handlers of atexit() can close clients there. That thread has a
//! stack of 2 MiB and blocks the host's signals, as do processes that a callback starts, unless it unblocks
//! them.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::check::{milvus_check_result, milvus_resolution};
use super::client::milvus_server_info;
use super::compaction::milvus_compact_result;
use super::convert::{self, OutStruct, Sized_};
use super::entry::{Failed, entry, entry_for, query};
use super::errors::{milvus_error, milvus_status};
use super::future_state::FutureState;
use super::handle::{self, Handle, Table};
use super::jobs::{milvus_compaction_report, milvus_compaction_state_info};
use super::last_error::Plain;
use super::many::ManyList;
use super::plans::PlanList;
use super::segments::Segments;
use super::userdata::UserData;
use crate::callbacks;
use crate::compaction::meter::Reading;
use crate::error::{Error, Status};

/// An operation that was started, and its result when it is over. Free it with milvus_future_free(), at any
/// time.
pub struct milvus_future {
    _private: (),
}

type State = FutureState<milvus_future, Answer>;

impl Handle for milvus_future {
    type Value = State;
    const NAME: &'static str = "milvus_future";
    const KIND: u64 = 5;

    fn table() -> &'static Table<State> {
        static TABLE: Table<State> = Table::new();
        &TABLE
    }
}

/// The result of an operation, in the form that C gets.
pub(super) enum Answer {
    Nothing,
    ServerInfo(Box<milvus_server_info>),
    JobId(i64),
    CompactResult(milvus_compact_result),
    State(milvus_compaction_state_info),
    CheckResult(Box<milvus_check_result>),
    Resolution(Box<milvus_resolution>),
    Report(Box<milvus_compaction_report>),
    // Lists are handed over once.
    Plans(Option<Arc<PlanList>>),
    Segments(Option<Arc<Segments>>),
    Many(Option<Arc<ManyList>>),
}

/// How far an operation is. Only waits, optimizing and compacting many know more than the time.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_progress {
    /// Set by MILVUS_PROGRESS_INIT.
    pub size: usize,
    /// Milliseconds since it was started; stands still when it is over.
    pub elapsed_ms: i64,
    /// Plans that are known so far, of all jobs together; more may become known.
    pub planned: i64,
    /// Those that completed.
    pub completed: i64,
    /// Those that failed or timed out.
    pub failed: i64,
    /// Plans that are through, completed or not, per second so far; 0 at first.
    pub plans_per_second: f64,
    /// Collections that milvus_compact_many_async() is about; 0 while it is not known, or for other operations.
    pub collections: i64,
    /// Those that are through, whatever came of them.
    pub collections_done: i64,
    /// Those of them that failed.
    pub collections_failed: i64,
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_progress {
    const NAME: &'static str = "milvus_progress";
    const FIRST_SIZE: usize = 72;
}

/// Gives up what the user_data of a callback points to. Called once, after the callback's last call, on the
/// library's thread for callbacks.
pub type milvus_destructor = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// Is called when an operation is over. future is the caller's own, still to be freed, by the callback or
/// later; if that was freed, another one for the same operation, which is freed when this returns (NULL if a
/// million futures are in use; freeing it here does no harm). status is what the operation ended with; its
/// detail is milvus_future_error(future), not milvus_last_error(). milvus_future_wait() may return before
/// this is called: free nothing that the callback uses until its destructor is called.
pub type milvus_future_callback =
    Option<unsafe extern "C" fn(future: *mut milvus_future, status: milvus_status, user_data: *mut c_void)>;

/// Is called while an operation is under way, at most ten times a second; only waits, optimizing and
/// compacting many call it at all. The last call may come, or be running, after milvus_future_wait() or a
/// queue told the end, or after milvus_future_free(): user_data has to live until the destructor is called,
/// or milvus_client_close() returns MILVUS_OK. progress is gone when the callback returns.
pub type milvus_progress_callback =
    Option<unsafe extern "C" fn(progress: *const milvus_progress, user_data: *mut c_void)>;

/// Waits until an operation is over. May be called by any number of threads, also on a future that is over.
///
/// @param future      The future.
/// @param timeout_ms  Limit of this waiting in milliseconds, whatever that of the operation is; 0: the
///                    client's default (10000); MILVUS_NO_TIMEOUT: none.
///
/// Thread-safe; blocks. Returns MILVUS_PENDING if the operation is not over by then, MILVUS_INVALID_ARGUMENT,
/// MILVUS_INVALID_HANDLE, MILVUS_FORKED, MILVUS_INTERNAL; else what the operation ended with, so MILVUS_OK
/// means that it succeeded. Its failure is this thread's milvus_last_error() then, whose operation is the
/// function that started it, e.g. "milvus_compact_async", and not this one. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_wait(future: *mut milvus_future, timeout_ms: i64) -> milvus_status {
    ended(c"milvus_future_wait", future, || convert::until(timeout_ms))
}

/// Tells how an operation ended, without waiting: as milvus_future_wait(), with MILVUS_PENDING if it is not over.
/// Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_poll(future: *mut milvus_future) -> milvus_status {
    ended(c"milvus_future_poll", future, || Ok(Some(Instant::now())))
}

fn ended(
    operation: &'static std::ffi::CStr,
    future: *mut milvus_future,
    until: impl FnOnce() -> Result<Option<Instant>, Error>,
) -> milvus_status {
    entry_for(operation, || {
        let failed = |error| Failed { operation, error };
        let started = handle::get(future.cast_const()).map_err(failed)?;
        let until = until().map_err(failed)?;
        started.ended(until)
    })
}

/// Stops an operation. It ends with MILVUS_CANCELLED as soon as it can, unless it is over before that. This is
/// local: no server can cancel anything, so a job goes on, and a trigger that was on its way may be carried
/// out (in_doubt in the error). Cancelling what is over does nothing.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_cancel(future: *mut milvus_future) -> milvus_status {
    entry(c"milvus_future_cancel", || {
        handle::get(future.cast_const())?.context().cancel();
        Ok(())
    })
}

/// Tells how far an operation is.
///
/// @param future        The future, over or not.
/// @param out_progress  Receives it; begin with `milvus_progress progress = MILVUS_PROGRESS_INIT;`.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_progress(
    future: *mut milvus_future,
    out_progress: *mut milvus_progress,
) -> milvus_status {
    entry(c"milvus_future_progress", || {
        let started = handle::get(future.cast_const())?;
        let out = OutStruct::new("out_progress", out_progress)?;
        out.write(&started.context().meter().read().into());
        Ok(())
    })
}

/// Has a function called when an operation is over; soon, if it is over already. A future has one callback or
/// one queue.
///
/// @param future      The future. May be freed right away: the operation goes on, and calls back.
/// @param callback    The function; not NULL.
/// @param user_data   Is passed to it; not looked at. May be NULL.
/// @param destructor  Is called once with user_data after the callback, on the same thread. NULL: nothing is.
///
/// If this does not return MILVUS_OK, neither of them is ever called. After milvus_client_close() has returned
/// MILVUS_OK, no callback of that client is running or will run. Thread-safe. Returns MILVUS_OK,
/// MILVUS_INVALID_ARGUMENT (also for a second one), MILVUS_INVALID_HANDLE, MILVUS_CLOSED, MILVUS_OUT_OF_MEMORY
/// (no thread), MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_set_callback(
    future: *mut milvus_future,
    callback: milvus_future_callback,
    user_data: *mut c_void,
    destructor: milvus_destructor,
) -> milvus_status {
    entry(c"milvus_future_set_callback", || {
        let started = handle::get(future.cast_const())?;
        let callback = callback.ok_or_else(|| Error::invalid_argument("callback: is NULL"))?;
        let user_data = HostPointer(user_data);
        started.call_back(|| {
            let user_data = UserData::new(user_data.0, destructor);
            // SAFETY: the caller promises a function that can be called so, once, from any thread.
            Box::new(move |future, status| unsafe { callback(future, status, user_data.pointer()) })
        })
    })
}

/// Has a function called while an operation is under way: whenever the server has answered, but at most ten
/// times a second. Neither the end nor the final counts are told by it: milvus_future_progress() has them. A
/// future has one progress callback, besides the other.
///
/// @param future      The future.
/// @param callback    The function; not NULL.
/// @param user_data   Is passed to it; not looked at. May be NULL.
/// @param destructor  Is called once with user_data when the operation is over, on the same thread. NULL:
///                    nothing is.
///
/// If this does not return MILVUS_OK, neither of them is ever called. Thread-safe. Returns what
/// milvus_future_set_callback() does. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_set_progress_callback(
    future: *mut milvus_future,
    callback: milvus_progress_callback,
    user_data: *mut c_void,
    destructor: milvus_destructor,
) -> milvus_status {
    entry(c"milvus_future_set_progress_callback", || {
        let started = handle::get(future.cast_const())?;
        let callback = callback.ok_or_else(|| Error::invalid_argument("callback: is NULL"))?;
        let user_data = HostPointer(user_data);
        started.watch(|| {
            let user_data = Arc::new(UserData::new(user_data.0, destructor));
            let (context, is_due) = (Arc::clone(started.context()), Arc::new(AtomicBool::new(false)));
            Arc::new(move || {
                if is_due.swap(true, Ordering::AcqRel) {
                    return; // it will read what is new when its turn comes
                }
                // Progress is told by the operation itself, which is inside.
                let guard = context.in_flight().join();
                let (context, user_data, is_due) =
                    (Arc::clone(&context), Arc::clone(&user_data), Arc::clone(&is_due));
                let tell = move || {
                    // It may have waited long for its turn: the next one keeps its distance from this.
                    let reading = context.meter().tell();
                    is_due.store(false, Ordering::Release);
                    let Some(progress) = reading.map(milvus_progress::from) else { return };
                    // SAFETY: the caller promises a function that can be called so from any thread.
                    unsafe { callback(&raw const progress, user_data.pointer()) }
                };
                callbacks::post(guard, Box::new(tell));
            })
        })
    })
}

/// The detail of an operation's failure, for whatever thread: status MILVUS_OK if it has succeeded,
/// MILVUS_PENDING if it is not over, MILVUS_INVALID_HANDLE if this is no future. Never NULL. Valid until the
/// future is freed; do not free it. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_error(future: *const milvus_future) -> *const milvus_error {
    static NONE: Plain = Plain::new(Status::Ok, c"");
    static PENDING: Plain = Plain::new(Status::Pending, c"the operation is not over yet");
    static NO_FUTURE: Plain = Plain::new(Status::InvalidHandle, c"this is no milvus_future, or it was freed");
    let told = query(|| {
        let started = handle::get(future)?;
        // The detail lives in the future, which the caller keeps.
        Ok(started.detail().map_or_else(
            || if started.status() == Status::Ok { NONE.pointer() } else { PENDING.pointer() },
            super::last_error::Detail::pointer,
        ))
    });
    told.unwrap_or_else(|| NO_FUTURE.pointer())
}

/// Frees a future, whatever its operation is doing. One whose end is told by milvus_future_set_callback() goes on
/// and calls back; any other is cancelled as by milvus_future_cancel(). Threads that wait for it learn how it
/// ends. If its callback is running with this very future, and another thread or another callback frees it, it can
/// be used until that callback returns. NULL does nothing; freeing twice does nothing but set milvus_last_error().
///
/// Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_free(future: *mut milvus_future) {
    if !future.is_null() {
        entry(c"milvus_future_free", || handle::get(future.cast_const())?.free(future));
    }
}

/// A pointer of the host's on its way into what owns it.
struct HostPointer(*mut c_void);

impl From<Reading> for milvus_progress {
    fn from((progress, elapsed): Reading) -> Self {
        let through = progress.done.saturating_add(progress.failed);
        let seconds = elapsed.as_secs_f64();
        #[allow(clippy::cast_precision_loss)] // a rate need not be exact
        let plans_per_second = if seconds > 0.0 { through as f64 / seconds } else { 0.0 };
        Self {
            size: size_of::<Self>(),
            elapsed_ms: i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX),
            planned: progress.planned,
            completed: progress.done,
            failed: progress.failed,
            plans_per_second,
            collections: progress.collections,
            collections_done: progress.collections_done,
            collections_failed: progress.collections_failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_size_is_that_of_this_first_version() {
        assert_eq!(milvus_progress::FIRST_SIZE, size_of::<milvus_progress>());
    }
}
