//! Results of futures
//!
//! Each of these functions reads one kind of result, and returns how the operation ended. It writes only
//! with MILVUS_OK; a report, and a list of collections, it writes whenever there is one. You can take
//! a list once, and then free it, also if the status is a failure; you can read everything else again. None
//! of them blocks. Each can also return MILVUS_PENDING (the operation still runs), MILVUS_INVALID_ARGUMENT
//! (the result is of another kind, or the list is taken) and MILVUS_OUT_OF_MEMORY (a million lists are in
//! use; take it later).

use std::ffi::CStr;
use std::sync::Arc;

use super::catalog::{milvus_collection_list, milvus_database_list};
use super::check::{milvus_check_result, milvus_resolution};
use super::client::milvus_server_info;
use super::compaction::milvus_compact_result;
use super::convert::{Out, OutStruct, Sized_};
use super::core_list::CoreList;
use super::entry::{Failed, entry_for};
use super::errors::milvus_status;
use super::futures::{Output, milvus_future};
use super::handle::{self, Handle};
use super::jobs::{milvus_compaction_report, milvus_compaction_state_info};
use super::many::milvus_many_list;
use super::optimized::milvus_optimize_list;
use super::plans::milvus_plan_list;
use super::segments::milvus_segment_list;
use super::survey::milvus_survey_list;
use crate::error::Error;

/// Reads the result of milvus_client_server_info_async().
///
/// @param future    The future.
/// @param out_info  Receives it. Begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_server_info(
    future: *mut milvus_future,
    out_info: *mut milvus_server_info,
) -> milvus_status {
    read(c"milvus_future_take_server_info", future, ("out_info", out_info), |output| match output {
        Output::ServerInfo(info) => Some(**info),
        _ => None,
    })
}

/// Reads the result of milvus_compact_async().
///
/// @param future      The future.
/// @param out_job_id  Receives the job's id, or MILVUS_NO_JOB.
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_job_id(
    future: *mut milvus_future,
    out_job_id: *mut i64,
) -> milvus_status {
    let operation = c"milvus_future_take_job_id";
    entry_for(operation, || {
        let failed = |error| Failed { operation, error };
        let started = handle::get(future.cast_const()).map_err(failed)?;
        let out = Out::new("out_job_id", out_job_id).map_err(failed)?;
        let (job_id, ended) = started.output(operation, |output| match output {
            Output::JobId(job_id) => Ok(*job_id),
            _ => Err(another_kind()),
        })?;
        out.write(job_id);
        ended
    })
}

/// Reads the result of milvus_compact_with_async().
///
/// @param future      The future.
/// @param out_result  Receives it. Begin with `milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;`.
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_compact_result(
    future: *mut milvus_future,
    out_result: *mut milvus_compact_result,
) -> milvus_status {
    read(c"milvus_future_take_compact_result", future, ("out_result", out_result), |output| match output {
        Output::CompactResult(result) => Some(**result),
        _ => None,
    })
}

/// Reads the result of milvus_compaction_state_async().
///
/// @param future    The future.
/// @param out_info  Receives it. Begin with `milvus_compaction_state_info info =
///                  MILVUS_COMPACTION_STATE_INFO_INIT;`.
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_state(
    future: *mut milvus_future,
    out_info: *mut milvus_compaction_state_info,
) -> milvus_status {
    read(c"milvus_future_take_state", future, ("out_info", out_info), |output| match output {
        Output::State(info) => Some(**info),
        _ => None,
    })
}

/// Reads the result of milvus_compaction_wait_async() or milvus_compaction_wait_in_async().
///
/// It also writes the report of a wait that failed, if there is one. To see whether it did, set job_id to
/// INT64_MIN before.
///
/// @param future      The future.
/// @param out_report  Receives it. Begin with `milvus_compaction_report report =
///                    MILVUS_COMPACTION_REPORT_INIT;`.
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_report(
    future: *mut milvus_future,
    out_report: *mut milvus_compaction_report,
) -> milvus_status {
    read(c"milvus_future_take_report", future, ("out_report", out_report), |output| match output {
        Output::Report(report) => Some(**report),
        _ => None,
    })
}

/// Reads the result of milvus_compaction_check_async().
///
/// @param future      The future.
/// @param out_result  Receives it. Begin with `milvus_check_result result = MILVUS_CHECK_RESULT_INIT;`.
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_check_result(
    future: *mut milvus_future,
    out_result: *mut milvus_check_result,
) -> milvus_status {
    read(c"milvus_future_take_check_result", future, ("out_result", out_result), |output| match output {
        Output::CheckResult(result) => Some(**result),
        _ => None,
    })
}

/// Reads the result of milvus_compaction_resolve_async().
///
/// @param future          The future.
/// @param out_resolution  Receives it. Begin with `milvus_resolution resolution = MILVUS_RESOLUTION_INIT;`.
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_resolution(
    future: *mut milvus_future,
    out_resolution: *mut milvus_resolution,
) -> milvus_status {
    read(
        c"milvus_future_take_resolution",
        future,
        ("out_resolution", out_resolution),
        |output| match output {
            Output::Resolution(found) => Some(**found),
            _ => None,
        },
    )
}

/// Takes the result of milvus_compaction_plans_async() or milvus_compaction_tasks_async().
///
/// @param future     The future.
/// @param out_plans  Receives the list; free it with milvus_plan_list_free().
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_plans(
    future: *mut milvus_future,
    out_plans: *mut *mut milvus_plan_list,
) -> milvus_status {
    take(c"milvus_future_take_plans", future, ("out_plans", out_plans), |output| match output {
        Output::Plans(plans) => Some(plans),
        _ => None,
    })
}

/// Takes the result of milvus_segments_async().
///
/// @param future        The future.
/// @param out_segments  Receives the list; free it with milvus_segment_list_free().
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_segments(
    future: *mut milvus_future,
    out_segments: *mut *mut milvus_segment_list,
) -> milvus_status {
    take(c"milvus_future_take_segments", future, ("out_segments", out_segments), |output| match output {
        Output::Segments(segments) => Some(segments),
        _ => None,
    })
}

/// Takes the result of milvus_compact_many_async(), also if some collections failed.
///
/// @param future    The future.
/// @param out_list  Receives the list; free it with milvus_many_list_free().
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_many(
    future: *mut milvus_future,
    out_list: *mut *mut milvus_many_list,
) -> milvus_status {
    take(c"milvus_future_take_many", future, ("out_list", out_list), |output| match output {
        Output::Many(list) => Some(list),
        _ => None,
    })
}

/// Takes the result of milvus_optimize_async() or milvus_optimize_many_async(), also if it failed after it
/// began.
///
/// @param future    The future.
/// @param out_list  Receives the list; free it with milvus_optimize_list_free().
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_optimized(
    future: *mut milvus_future,
    out_list: *mut *mut milvus_optimize_list,
) -> milvus_status {
    take(c"milvus_future_take_optimized", future, ("out_list", out_list), |output| match output {
        Output::Optimized(list) => Some(list),
        _ => None,
    })
}

/// Takes the result of milvus_collections_async(), also if some collections failed.
///
/// @param future    The future.
/// @param out_list  Receives the list; free it with milvus_collection_list_free().
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_collections(
    future: *mut milvus_future,
    out_list: *mut *mut milvus_collection_list,
) -> milvus_status {
    take(c"milvus_future_take_collections", future, ("out_list", out_list), |output| match output {
        Output::Collections(list) => Some(list),
        _ => None,
    })
}

/// Takes the result of milvus_databases_async().
///
/// @param future    The future.
/// @param out_list  Receives the list; free it with milvus_database_list_free().
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_databases(
    future: *mut milvus_future,
    out_list: *mut *mut milvus_database_list,
) -> milvus_status {
    take(c"milvus_future_take_databases", future, ("out_list", out_list), |output| match output {
        Output::Databases(list) => Some(list),
        _ => None,
    })
}

/// Takes the result of milvus_survey_async(), also if some collections failed.
///
/// @param future    The future.
/// @param out_list  Receives the list; free it with milvus_survey_list_free().
/// @return What the operation ended with; MILVUS_PENDING if it is not over.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_survey(
    future: *mut milvus_future,
    out_list: *mut *mut milvus_survey_list,
) -> milvus_status {
    take(c"milvus_future_take_survey", future, ("out_list", out_list), |output| match output {
        Output::Survey(list) => Some(list),
        _ => None,
    })
}

/// Reads a struct.
fn read<T: Sized_>(
    operation: &'static CStr,
    future: *mut milvus_future,
    (parameter, out): (&str, *mut T),
    pick: impl FnOnce(&mut Output) -> Option<T>,
) -> milvus_status {
    entry_for(operation, || {
        let failed = |error| Failed { operation, error };
        let started = handle::get(future.cast_const()).map_err(failed)?;
        let out = OutStruct::new(parameter, out).map_err(failed)?;
        let (value, ended) = started.output(operation, |output| pick(output).ok_or_else(another_kind))?;
        out.write(&value);
        ended
    })
}

/// Hands a list over.
fn take<H: Handle<Value: Send + Sync>>(
    operation: &'static CStr,
    future: *mut milvus_future,
    (parameter, out): (&str, *mut *mut H),
    place: impl Fn(&mut Output) -> Option<&mut Option<CoreList<H::Value>>>,
) -> milvus_status {
    entry_for(operation, || {
        let failed = |error| Failed { operation, error };
        let started = handle::get(future.cast_const()).map_err(failed)?;
        let out = Out::new(parameter, out).map_err(failed)?;
        let mut list = None;
        let ended = look_at(&started, operation, &mut |output| {
            list = place(output).ok_or_else(another_kind)?.take();
            list.as_ref().map(drop).ok_or_else(taken)
        })?;
        // Not while the result is locked: the library's thread may look at it.
        let list = list.ok_or_else(taken).map_err(failed)?.form();
        let handle = handle::insert_shared(Arc::clone(&list)).map_err(failed);
        if handle.is_err() {
            let mut again = Some(CoreList::formed(list));
            look_at(&started, operation, &mut |output| {
                *place(output).ok_or_else(another_kind)? = again.take();
                Ok(())
            })?
            .ok();
        }
        out.write(handle?);
        ended
    })
}

/// There once for all kinds of lists. Returns how the operation ended.
#[inline(never)]
fn look_at(
    started: &<milvus_future as Handle>::Value,
    operation: &'static CStr,
    look: &mut dyn FnMut(&mut Output) -> Result<(), Error>,
) -> Result<Result<(), Failed>, Failed> {
    started.output(operation, look).map(|((), ended)| ended)
}

#[cold]
fn taken() -> Error {
    Error::invalid_argument("future: its list has been taken already")
}

fn another_kind() -> Error {
    Error::invalid_argument("future: its operation has no such result")
}
