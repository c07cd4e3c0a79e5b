//! Asynchronous forms
//!
//! Each takes what its blocking form takes, starts the operation and returns at once; timeout_ms limits the
//! operation. The library copies everything. It checks handles, pointers, struct sizes, the form of texts,
//! and numbers with a range at once; whatever else is wrong is what the future ends with. Each form can
//! return what every function can return, MILVUS_CLOSED and MILVUS_OUT_OF_MEMORY. Only with MILVUS_OK it
//! has started something and written out_future; free that with milvus_future_free().

use std::ffi::c_char;
use std::sync::Arc;

use super::check::{check_operation, find_operation};
use super::client::{milvus_client, server_info_operation};
use super::compaction::{compact_operation, compact_with_operation, milvus_compact_params};
use super::errors::milvus_status;
use super::future_state::{Finished, start};
use super::futures::{Answer, milvus_future};
use super::jobs::{Reported, state_operation, wait_operation};
use super::many::{many_operation, milvus_many_params};
use super::optimize::{flush_operation, optimize_operation};
use super::plans::{plans_operation, tasks_operation};
use super::portable::wait_in_operation;
use super::segments::segments_operation;

/// Starts milvus_client_server_info(); milvus_future_take_server_info() reads its result.
///
/// @param client  The client.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_compact(); milvus_future_take_job_id() reads its result.
///
/// @param client  The client.
/// @param collection_name  Name or alias in the client's database, at most 65535 bytes.
/// @param is_clustering  1: re-cluster by the collection's clustering key, from Milvus 2.4.6 on. 0:
///     merge small segments and purge deleted rows.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_compact_with(); milvus_future_take_compact_result() reads its result.
///
/// @param client  The client.
/// @param collection_name  Name or alias in the client's database, at most 65535 bytes.
/// @param params  What to do. Begin with `milvus_compact_params params = MILVUS_COMPACT_PARAMS_INIT;`.
///     NULL: all defaults.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_compaction_state(); milvus_future_take_state() reads its result.
///
/// @param client  The client.
/// @param job_id  From milvus_compact(), of this or another process. MILVUS_NO_JOB is Completed without
///     plans; the library asks no server then.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_compaction_wait(); milvus_future_take_report() reads its result.
///
/// @param client  The client. Best is the one that triggered the job: it remembers what servers forget.
///     Of a foreign job it knows only what the server lists, and plans vanish from that list an hour
///     after their start (since 2.6.3) or a day; a job that may be that old is MILVUS_VERDICT_UNKNOWN.
///     For a foreign job use milvus_job_import() first, or milvus_compaction_wait_in().
/// @param job_id  From milvus_compact(). MILVUS_NO_JOB is over at once, with nothing to do; the library
///     asks no server then.
/// @param timeout_ms  Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
///     limit.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait_async(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_wait_async", out_future, || {
        Ok(wait_operation(client, job_id, timeout_ms)?.map(|reported, _| finished(reported)))
    })
}

/// Starts milvus_compaction_wait_in(); milvus_future_take_report() reads its result.
///
/// @param client  The client.
/// @param collection_name  Name or alias of the job's collection. With a wrong one the wait proves
///     nothing, but says nothing false.
/// @param job_id  From milvus_compact() of another process.
/// @param timeout_ms  Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
///     limit.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait_in_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_wait_in_async", out_future, || {
        let operation = wait_in_operation(client, collection_name, job_id, timeout_ms)?;
        Ok(operation.map(|reported, _| finished(reported)))
    })
}

/// Starts milvus_compaction_plans(); milvus_future_take_plans() reads its result.
///
/// @param client  The client.
/// @param job_id  From milvus_compact(), of this or another process. MILVUS_NO_JOB has no plans; the
///     library asks no server then.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_compaction_tasks(); milvus_future_take_plans() reads its result.
///
/// @param client  The client.
/// @param collection_name  Name or alias in the client's database.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_segments(); milvus_future_take_segments() reads its result.
///
/// @param client  The client.
/// @param collection_name  Name or alias in the client's database.
/// @param which  MILVUS_SEGMENTS_STORED or MILVUS_SEGMENTS_LOADED.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_compaction_check(); milvus_future_take_check_result() reads its result.
///
/// @param client  The client.
/// @param collection_name  Name or alias in the client's database.
/// @param params  As in milvus_compact_with(); NULL: all defaults.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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
        Ok(operation.map(|result, _| Answer::CheckResult(Box::new(result)).into()))
    })
}

/// Starts milvus_compaction_resolve(); milvus_future_take_resolution() reads its result.
///
/// @param client  The client that sent the trigger. Another client has nothing to compare, and gets
///     MILVUS_RESOLUTION_NOT_IN_DOUBT.
/// @param collection_name  Name or alias in the client's database.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_resolve_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(c"milvus_compaction_resolve_async", out_future, || {
        let operation = find_operation(client, collection_name, timeout_ms)?;
        Ok(operation.map(|found, _| Answer::Resolution(Box::new(found)).into()))
    })
}

/// Starts milvus_flush(), which has no result but its end.
///
/// @param client  The client.
/// @param collection_name  Name or alias in the client's database.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms. From Milvus 2.3.9 on
///     a collection can be flushed once in 10 s; a second flush waits for that.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

/// Starts milvus_optimize(); milvus_future_take_report() reads its result.
///
/// @param client  The client.
/// @param collection_name  Name or alias in the client's database.
/// @param params  As in milvus_compact_with(). To merge as far as possible use
///     MILVUS_LARGEST_TARGET_SIZE on servers that have a target size. NULL: all defaults.
/// @param timeout_ms  Limit of all stages together in milliseconds; 0: the option wait_timeout_ms, by
///     default no limit.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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
        Ok(operation.map(|reported, _| finished(reported)))
    })
}

/// Starts milvus_compact_many(); milvus_future_take_many() reads its result.
///
/// @param client  The client.
/// @param names  Names or aliases in the client's database, all different. NULL: every collection that
///     the user may see. In other languages take care that an empty list does not become NULL.
/// @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
/// @param params  How to do it. Begin with `milvus_many_params params = MILVUS_MANY_PARAMS_INIT;`. NULL:
///     all defaults.
/// @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by
///     default no limit. Collections whose turn has not come by then fail with MILVUS_TIMEOUT, and the
///     library sends nothing for them.
/// @param out_future  Receives the future; free it with milvus_future_free().
/// @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
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

fn finished((report, error): Reported) -> Finished<Answer> {
    Finished { answer: Answer::Report(Box::new(report)), error }
}
