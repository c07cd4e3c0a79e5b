//! Futures
//!
//! Every function that asks the server (except milvus_client_server_version()) has an _async form that
//! returns at once. After MILVUS_OK the operation ends exactly once: with success, a failure,
//! MILVUS_TIMEOUT, MILVUS_CANCELLED, or MILVUS_CLOSED. After any other status the library has started
//! nothing.
//!
//! To learn of the end, wait or poll as often as you like. Besides, a future has one callback or one queue
//! (see below). The result is there before the callback runs or the queue shows it.
//!
//! Callbacks run one at a time on the library thread milvus-call, which has a stack of 2 MiB and blocks the
//! process's signals, as do processes that a callback starts. A callback may call any function of this
//! library. While one runs the others wait, unless it closes a client: then they run inside that call. A
//! callback must not throw and must not end its thread. It may end the process, and handlers of atexit()
//! may close clients there.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::catalog::{CollectionList, DatabaseList};
use super::check::{milvus_check_result, milvus_resolution};
use super::client::milvus_server_info;
use super::compaction::milvus_compact_result;
use super::convert::{self, OutStruct, Sized_};
use super::core_list::CoreList;
use super::entry::{Failed, entry, entry_for, query};
use super::errors::{Detail, Plain, milvus_error, milvus_status};
use super::future_state::FutureState;
use super::handle::{self, Handle, Table};
use super::jobs::{milvus_compaction_report, milvus_compaction_state_info};
use super::many::ManyList;
use super::optimized::OptimizeList;
use super::plans::PlanList;
use super::segments::Segments;
use super::survey::SurveyList;
use super::userdata::UserData;
use crate::callbacks;
use crate::compaction::progress::Reading;
use crate::error::{Error, Status};

/// An operation that has started, and its result. You may free it at any time.
pub struct milvus_future {
    _private: (),
}

type State = FutureState<milvus_future, Output>;

impl Handle for milvus_future {
    type Value = State;
    const NAME: &'static str = "milvus_future";
    const KIND: u64 = 5;

    fn table() -> &'static Table<State> {
        static TABLE: Table<State> = Table::new();
        &TABLE
    }
}

/// The output of a future, in the form that C gets; but see [`CoreList`].
pub(super) enum Output {
    Nothing,
    ServerInfo(Box<milvus_server_info>),
    JobId(i64),
    CompactResult(Box<milvus_compact_result>),
    State(Box<milvus_compaction_state_info>),
    CheckResult(Box<milvus_check_result>),
    Resolution(Box<milvus_resolution>),
    Report(Box<milvus_compaction_report>),
    // Lists are handed over once, and formed then.
    Plans(Option<CoreList<PlanList>>),
    Segments(Option<CoreList<Segments>>),
    Many(Option<CoreList<ManyList>>),
    Optimized(Option<CoreList<OptimizeList>>),
    Collections(Option<CoreList<CollectionList>>),
    Databases(Option<CoreList<DatabaseList>>),
    Survey(Option<CoreList<SurveyList>>),
}

/// How far an operation is. Only waits, milvus_optimize(), milvus_optimize_many(), milvus_compact_many(),
/// milvus_survey() and milvus_collections() know more than the time.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_progress {
    /// Set by MILVUS_PROGRESS_INIT.
    pub size: usize,
    /// Milliseconds since the start, or from the start to the end.
    pub elapsed_ms: i64,
    /// Plans that are known so far, of all jobs together. More may become known.
    pub planned: i64,
    /// Plans that completed.
    pub completed: i64,
    /// Plans that failed or timed out.
    pub failed: i64,
    /// Plans that ended, per second so far; 0 at first.
    pub plans_per_second: f64,
    /// Collections of milvus_compact_many_async(), milvus_optimize_many_async(), milvus_survey_async() or
    /// milvus_collections_async(); 0 until their number is known, and for other operations.
    pub collections: i64,
    /// Collections that are done, with or without success.
    pub collections_done: i64,
    /// Collections that failed.
    pub collections_failed: i64,
    /// Collections that milvus_compact_many_async() skipped; they are done, too.
    pub collections_skipped: i64,
    /// Milliseconds since a number here other than a time last changed, or since the start; it stops at the end. It
    /// says what was seen: it grows also while the server cannot be reached.
    pub stalled_ms: i64,
    /// Milliseconds until all collections are done, or all plans of a wait for one job, if they go on at the
    /// rate so far: a guess, as they differ. 0 where nobody can tell: before three of them and a tenth were
    /// seen to be done, once collections were skipped (those take no time) or plans of the one job failed, at
    /// the end, and for other operations, milvus_optimize_async() among them.
    pub remaining_ms: i64,
    /// The stage of milvus_optimize_async(): one of the MILVUS_STAGE_... constants; 0 for other operations.
    pub stage: i32,
    /// The round of its compaction, from 1; 0 before.
    pub round: i32,
    /// How far the stage is, of stage_total: indexed rows, percent of a load, or segments that are served.
    pub stage_done: i64,
    /// What the stage has to do; 0 while that is not known.
    pub stage_total: i64,
    /// Segments that the rounds so far, with the next, rewrite; known before the trigger.
    pub rewrite_segments: i64,
    /// Their rows.
    pub rewrite_rows: i64,
    /// Their bytes, as an estimate: see milvus_optimize_result.
    pub rewrite_bytes: i64,
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_progress {
    const NAME: &'static str = "milvus_progress";
    const FIRST_SIZE: usize = 144;
}

/// Frees what the user_data of a callback points to. Runs once, after the callback's last run, on the
/// library's thread for callbacks.
pub type milvus_destructor = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// Runs when an operation is over.
///
/// future is your own; free it here or later. If you freed it before, this is another handle of the same
/// operation, which the library frees when the callback returns (NULL if a million futures are in use; to
/// free it here does no harm). status is how the operation ended; milvus_future_error(future) has the
/// details, milvus_last_error() has not. milvus_future_wait() may return before this runs: free nothing
/// that the callback uses before its destructor runs.
pub type milvus_future_callback =
    Option<unsafe extern "C" fn(future: *mut milvus_future, status: milvus_status, user_data: *mut c_void)>;

/// Runs while an operation is under way, at most ten times a second; only for waits, milvus_optimize(),
/// milvus_optimize_many(), milvus_compact_many(), milvus_survey() and milvus_collections().
///
/// The last run may come, or last, until after milvus_future_wait() or a queue shows the end, or after
/// milvus_future_free(): user_data must live until the destructor runs, or milvus_client_close() returns
/// MILVUS_OK. progress is gone when the callback returns.
pub type milvus_progress_callback =
    Option<unsafe extern "C" fn(progress: *const milvus_progress, user_data: *mut c_void)>;

/// Waits until an operation is over.
///
/// Any number of threads may wait, also for a future that is over. If the operation failed, its failure is
/// this thread's milvus_last_error(), and the field operation names the function that started it, e.g.
/// "milvus_compact_async".
///
/// @param future      The future.
/// @param timeout_ms  Limit of this local wait in milliseconds, whatever the operation's limit is; 0: do
///                    not wait.
/// @retval MILVUS_PENDING The operation still runs.
/// @return Else how the operation ended: MILVUS_OK means that it succeeded.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_wait(future: *mut milvus_future, timeout_ms: i64) -> milvus_status {
    ended(c"milvus_future_wait", future, || convert::until(timeout_ms))
}

/// Tells how an operation ended, without waiting.
///
/// @param future  The future.
/// @return As milvus_future_wait() with timeout_ms 0.
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

/// Stops an operation on this side. It ends with MILVUS_CANCELLED as soon as it can, unless it is over
/// before.
///
/// No server can cancel anything: a job goes on, and a trigger that is on its way may still start one
/// (in_doubt in the error). To cancel an operation that is over does nothing.
///
/// @param future  The future.
/// @return MILVUS_OK, or what every function can return.
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
/// @param out_progress  Receives the progress. Begin with `milvus_progress progress =
///                      MILVUS_PROGRESS_INIT;`.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_progress(
    future: *mut milvus_future,
    out_progress: *mut milvus_progress,
) -> milvus_status {
    entry(c"milvus_future_progress", || {
        let started = handle::get(future.cast_const())?;
        let out = OutStruct::new("out_progress", out_progress)?;
        out.write(&started.context().progress_tracker().read().into());
        Ok(())
    })
}

/// Sets a function that the library calls when an operation is over; soon, if it is over already.
///
/// A future has one callback or one queue. Unless this returns MILVUS_OK, neither function ever runs. After
/// milvus_client_close() has returned MILVUS_OK, no callback of that client runs or will run.
///
/// @param future      The future. You may free it right away: the operation goes on, and calls back.
/// @param callback    The function; not NULL.
/// @param user_data   The library passes it to both functions and does not look at it. May be NULL.
/// @param destructor  Runs once with user_data after the callback, on the same thread. May be NULL.
/// @retval MILVUS_INVALID_ARGUMENT Also if the future has a callback or a queue.
/// @retval MILVUS_CLOSED The client is closed.
/// @retval MILVUS_OUT_OF_MEMORY The library cannot start its thread.
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

/// Sets a function that the library calls while an operation is under way.
///
/// It runs whenever the server has answered or an event has come, at most ten times a second. It does not
/// show the end or the final counts: milvus_future_progress() has them. A future has one progress callback
/// besides the other.
/// Unless this returns MILVUS_OK, neither function ever runs.
///
/// @param future      The future.
/// @param callback    The function; not NULL.
/// @param user_data   The library passes it to both functions and does not look at it. May be NULL.
/// @param destructor  Runs once with user_data when the operation is over, on the same thread. May be NULL.
/// @return What milvus_future_set_callback() returns.
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
                // Progress is told by the operation itself, or by a timer that its end waits for.
                let guard = context.in_flight().join();
                let (context, user_data, is_due) =
                    (Arc::clone(&context), Arc::clone(&user_data), Arc::clone(&is_due));
                let tell = move || {
                    // It may have waited long for its turn: the next one keeps its distance from this.
                    let reading = context.progress_tracker().tell();
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

/// Gives the details of an operation's failure, on any thread.
///
/// @param future  The future.
/// @return The details, never NULL; do not free them. The status is MILVUS_OK if the operation succeeded,
///     MILVUS_PENDING if it still runs, MILVUS_INVALID_HANDLE if this is no future. Valid until you free
///     the future.
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
            Detail::pointer,
        ))
    });
    told.unwrap_or_else(|| NO_FUTURE.pointer())
}

/// Frees a future, whatever its operation is doing.
///
/// An operation with a callback goes on and calls back. Any other is cancelled, as by
/// milvus_future_cancel(). Threads that wait for it still learn how it ends. While the callback of this
/// very future runs, and another thread or callback frees the future, the handle stays valid until that
/// callback returns.
///
/// @param future  The future; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_free(future: *mut milvus_future) {
    if !future.is_null() {
        entry(c"milvus_future_free", || handle::get(future.cast_const())?.free(future));
    }
}

/// A pointer of the application on its way into what owns it.
struct HostPointer(*mut c_void);

impl From<Reading> for milvus_progress {
    fn from(reading: Reading) -> Self {
        let Reading { progress, elapsed, unmoved, remaining } = reading;
        let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let through = progress.done.saturating_add(progress.failed);
        let seconds = elapsed.as_secs_f64();
        #[allow(clippy::cast_precision_loss)] // a rate need not be exact
        let plans_per_second = if seconds > 0.0 { through as f64 / seconds } else { 0.0 };
        Self {
            size: size_of::<Self>(),
            elapsed_ms: milliseconds(elapsed),
            planned: progress.planned,
            completed: progress.done,
            failed: progress.failed,
            plans_per_second,
            collections: progress.collections,
            collections_done: progress.collections_done,
            collections_failed: progress.collections_failed,
            collections_skipped: progress.collections_skipped,
            stalled_ms: milliseconds(unmoved),
            remaining_ms: remaining.map_or(0, milliseconds),
            stage: progress.stage,
            round: progress.round,
            stage_done: progress.stage_done,
            stage_total: progress.stage_total,
            rewrite_segments: progress.rewrite.0,
            rewrite_rows: progress.rewrite.1,
            rewrite_bytes: progress.rewrite.2,
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
