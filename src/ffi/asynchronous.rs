//! Asynchronous forms
//!
//! Each takes what its blocking form takes, starts the operation, and returns at once; timeout_ms limits the
//! operation itself. Handles, pointers, texts, struct sizes and timeouts are checked at once; what is wrong with
//! their contents is what the future ends with, as everything else that the blocking form returns. Everything is
//! copied. All of these are thread-safe, do not block, and return MILVUS_OK, MILVUS_INVALID_ARGUMENT,
//! MILVUS_INVALID_HANDLE, MILVUS_CLOSED, MILVUS_OUT_OF_MEMORY, MILVUS_FORKED or MILVUS_INTERNAL, and only with
//! MILVUS_OK something was started and out_future was written: free it with milvus_future_free(). Since 0.1.0.
//!
//! The result is then read with the milvus_future_take_... function named at each. These return what the
//! operation ended with, and write only if that is MILVUS_OK, except reports and lists of many collections,
//! which are written whenever there is one. MILVUS_PENDING: it is not over; MILVUS_INVALID_ARGUMENT: not a
//! future of that kind. Lists can be taken once, and are the caller's then; the others can be read again.

use std::ffi::{CStr, c_char};
use std::sync::Arc;

use super::check::{check_operation, find_operation, milvus_found, milvus_prospect};
use super::client::{milvus_client, milvus_server_info, server_info_operation};
use super::compaction::{
    compact_operation, compact_with_operation, milvus_compact_params, milvus_compact_result,
};
use super::convert::{Out, OutStruct, Sized_};
use super::entry::{Failed, entry_for};
use super::errors::milvus_status;
use super::following::{
    Reported, milvus_compaction_report, milvus_compaction_state_info, state_operation, wait_operation,
};
use super::futures::{Answer, milvus_future};
use super::handle::{self, Handle};
use super::many::{many_operation, milvus_many_list, milvus_many_params};
use super::optimize::{flush_operation, optimize_operation};
use super::plans::{milvus_plan_list, plans_operation, tasks_operation};
use super::reception::{Finished, start};
use super::segments::{milvus_segment_list, segments_operation};
use crate::error::Error;

/// milvus_client_server_info(); milvus_future_take_server_info().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_server_info_async(
    client: *mut milvus_client,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_client_server_info_async", out_future, || {
        let operation = server_info_operation(client, timeout_ms)?;
        Ok(operation.map(|info, _| Answer::ServerInfo(Box::new(info)).into()))
    })
}

/// milvus_compact(); milvus_future_take_job_id().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    is_clustering: i32,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compact_async", out_future, || {
        let operation = compact_operation(client, collection_name, is_clustering, timeout_ms)?;
        Ok(operation.map(|job_id, _| Answer::JobId(job_id).into()))
    })
}

/// milvus_compact_with(); milvus_future_take_compact_result().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_with_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compact_with_async", out_future, || {
        let operation = compact_with_operation(client, collection_name, params, timeout_ms)?;
        Ok(operation.map(|result, _| Answer::CompactResult(result).into()))
    })
}

/// milvus_compaction_state(); milvus_future_take_state().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_state_async(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_state_async", out_future, || {
        let operation = state_operation(client, job_id, timeout_ms)?;
        Ok(operation.map(|info, _| Answer::State(info).into()))
    })
}

/// milvus_compaction_wait(); milvus_future_take_report().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait_async(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_wait_async", out_future, || {
        Ok(wait_operation(client, job_id, timeout_ms)?.map(|reported, _| reported.into()))
    })
}

/// milvus_compaction_plans(); milvus_future_take_plans().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_plans_async(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_plans_async", out_future, || {
        let operation = plans_operation(client, job_id, timeout_ms)?;
        Ok(operation.map(|plans, _| Answer::Plans(Some(Arc::new(plans))).into()))
    })
}

/// milvus_compaction_tasks(); milvus_future_take_plans().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_tasks_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_tasks_async", out_future, || {
        let operation = tasks_operation(client, collection_name, timeout_ms)?;
        Ok(operation.map(|plans, _| Answer::Plans(Some(Arc::new(plans))).into()))
    })
}

/// milvus_segments(); milvus_future_take_segments().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segments_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    which: i32,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_segments_async", out_future, || {
        let operation = segments_operation(client, collection_name, which, timeout_ms)?;
        Ok(operation.map(|segments, _| Answer::Segments(Some(Arc::new(segments))).into()))
    })
}

/// milvus_compaction_check(); milvus_future_take_prospect().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_check_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_check_async", out_future, || {
        let operation = check_operation(client, collection_name, params, timeout_ms)?;
        Ok(operation.map(|prospect, _| Answer::Prospect(Box::new(prospect)).into()))
    })
}

/// milvus_compaction_find(); milvus_future_take_found().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_find_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_find_async", out_future, || {
        let operation = find_operation(client, collection_name, timeout_ms)?;
        Ok(operation.map(|found, _| Answer::Found(Box::new(found)).into()))
    })
}

/// milvus_flush(); it has no result but its end.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_flush_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_flush_async", out_future, || {
        let operation = flush_operation(client, collection_name, timeout_ms)?;
        Ok(operation.map(|(), _| Answer::Nothing.into()))
    })
}

/// milvus_optimize(); milvus_future_take_report().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_optimize_async", out_future, || {
        let operation = optimize_operation(client, collection_name, params, timeout_ms)?;
        Ok(operation.map(|reported, _| reported.into()))
    })
}

/// milvus_compact_many(); milvus_future_take_many().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_many_async(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_many_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compact_many_async", out_future, || {
        let operation = many_operation(client, names, name_count, params, timeout_ms)?;
        Ok(operation.map(|(list, error), _| Finished { answer: Answer::Many(Some(Arc::new(list))), error }))
    })
}

/// Reads what the server says of itself. Begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_server_info(
    future: *mut milvus_future,
    out_info: *mut milvus_server_info,
) -> milvus_status {
    read(c"milvus_future_take_server_info", future, ("out_info", out_info), |answer| match answer {
        Answer::ServerInfo(info) => Some(**info),
        _ => None,
    })
}

/// Reads the id of the job, or MILVUS_NO_JOB.
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
        let (job_id, ended) = started.answer(operation, |answer| match answer {
            Answer::JobId(job_id) => Ok(*job_id),
            _ => Err(another_kind()),
        })?;
        out.write(job_id);
        ended
    })
}

/// Reads what came of the trigger. Begin with `milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;`.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_compact_result(
    future: *mut milvus_future,
    out_result: *mut milvus_compact_result,
) -> milvus_status {
    read(c"milvus_future_take_compact_result", future, ("out_result", out_result), |answer| match answer {
        Answer::CompactResult(result) => Some(*result),
        _ => None,
    })
}

/// Reads the server's word on a job. Begin with
/// `milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;`.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_state(
    future: *mut milvus_future,
    out_info: *mut milvus_compaction_state_info,
) -> milvus_status {
    read(c"milvus_future_take_state", future, ("out_info", out_info), |answer| match answer {
        Answer::State(info) => Some(*info),
        _ => None,
    })
}

/// Reads what was seen of a job; also written if the wait has failed, as far as there is something to tell.
/// Begin with `milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;`.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_report(
    future: *mut milvus_future,
    out_report: *mut milvus_compaction_report,
) -> milvus_status {
    read(c"milvus_future_take_report", future, ("out_report", out_report), |answer| match answer {
        Answer::Report(report) => Some(**report),
        _ => None,
    })
}

/// Reads what a trigger would do. Begin with `milvus_prospect prospect = MILVUS_PROSPECT_INIT;`.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_prospect(
    future: *mut milvus_future,
    out_prospect: *mut milvus_prospect,
) -> milvus_status {
    read(c"milvus_future_take_prospect", future, ("out_prospect", out_prospect), |answer| match answer {
        Answer::Prospect(prospect) => Some(**prospect),
        _ => None,
    })
}

/// Reads what was found out about a trigger in doubt. Begin with `milvus_found found = MILVUS_FOUND_INIT;`.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_found(
    future: *mut milvus_future,
    out_found: *mut milvus_found,
) -> milvus_status {
    read(c"milvus_future_take_found", future, ("out_found", out_found), |answer| match answer {
        Answer::Found(found) => Some(**found),
        _ => None,
    })
}

/// Takes the plans or tasks; free them with milvus_plan_list_free().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_plans(
    future: *mut milvus_future,
    out_plans: *mut *mut milvus_plan_list,
) -> milvus_status {
    take(c"milvus_future_take_plans", future, ("out_plans", out_plans), |answer| match answer {
        Answer::Plans(plans) => Some(plans),
        _ => None,
    })
}

/// Takes the segments; free them with milvus_segment_list_free().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_segments(
    future: *mut milvus_future,
    out_segments: *mut *mut milvus_segment_list,
) -> milvus_status {
    take(c"milvus_future_take_segments", future, ("out_segments", out_segments), |answer| match answer {
        Answer::Segments(segments) => Some(segments),
        _ => None,
    })
}

/// Takes what became of many collections; also written if some have failed. Free it with
/// milvus_many_list_free().
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_take_many(
    future: *mut milvus_future,
    out_list: *mut *mut milvus_many_list,
) -> milvus_status {
    take(c"milvus_future_take_many", future, ("out_list", out_list), |answer| match answer {
        Answer::Many(list) => Some(list),
        _ => None,
    })
}

/// Reads a struct.
fn read<T: Sized_>(
    operation: &'static CStr,
    future: *mut milvus_future,
    (parameter, out): (&str, *mut T),
    pick: impl FnOnce(&mut Answer) -> Option<T>,
) -> milvus_status {
    entry_for(operation, || {
        let failed = |error| Failed { operation, error };
        let started = handle::get(future.cast_const()).map_err(failed)?;
        let out = OutStruct::new(parameter, out).map_err(failed)?;
        let (value, ended) = started.answer(operation, |answer| pick(answer).ok_or_else(another_kind))?;
        out.write(&value);
        ended
    })
}

/// Hands a list over.
fn take<H: Handle>(
    operation: &'static CStr,
    future: *mut milvus_future,
    (parameter, out): (&str, *mut *mut H),
    pick: impl FnOnce(&mut Answer) -> Option<&mut Option<Arc<H::Value>>>,
) -> milvus_status {
    entry_for(operation, || {
        let failed = |error| Failed { operation, error };
        let started = handle::get(future.cast_const()).map_err(failed)?;
        let out = Out::new(parameter, out).map_err(failed)?;
        let (list, ended) = started.answer(operation, |answer| {
            let taken = || Error::invalid_argument("future: its list has been taken already");
            let place = pick(answer).ok_or_else(another_kind)?;
            let list = handle::insert_shared(Arc::clone(place.as_ref().ok_or_else(taken)?))?;
            *place = None; // it stays if there is no handle for it
            Ok(list)
        })?;
        out.write(list);
        ended
    })
}

fn another_kind() -> Error {
    Error::invalid_argument("future: its operation has no such result")
}

impl From<Reported> for Finished {
    fn from((report, error): Reported) -> Self {
        Self { answer: Answer::Report(Box::new(report)), error }
    }
}
