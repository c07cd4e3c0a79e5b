//! Asynchronous forms
//!
//! Each takes what its blocking form takes, starts the operation and returns at once; timeout_ms limits the
//! operation. The library copies everything. It checks handles, pointers, struct sizes, the form of texts,
//! and numbers with a range at once; whatever else is wrong is what the future ends with. Each form can
//! return what every function can return, MILVUS_CLOSED and MILVUS_OUT_OF_MEMORY. Only with MILVUS_OK it
//! has started something and written out_future; free that with milvus_future_free().

// tests/header gives each the parameters of its blocking form's comment.

use std::ffi::c_char;

use super::catalog::{collections_operation, databases_operation};
use super::check::{check_operation, find_operation};
use super::client::{milvus_client, server_info_operation};
use super::compaction::{compact_operation, compact_with_operation, milvus_compact_params};
use super::core_list::Results;
use super::errors::milvus_status;
use super::flush::flush_operation;
use super::future_state::{Finished, start};
use super::futures::{Output, milvus_future};
use super::jobs::{Reported, state_operation, wait_operation};
use super::many::{many_operation, milvus_many_params};
use super::optimize::{milvus_optimize_params, optimize_many_operation, optimize_operation};
use super::optimized::OptimizeList;
use super::plans::{plans_operation, tasks_operation};
use super::portable::wait_in_operation;
use super::segments::segments_operation;
use super::survey::{milvus_survey_params, survey_operation};

/// Starts milvus_client_server_info(); milvus_future_take_server_info() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_server_info_async(
    client: *mut milvus_client,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_client_server_info_async", out_future, || {
        let operation = server_info_operation(client, timeout_ms)?;
        Ok(operation.map(|info, _| Output::ServerInfo(Box::new(info)).into()))
    })
}

/// Starts milvus_compact(); milvus_future_take_job_id() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    is_clustering: i32,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compact_async", out_future, || {
        let operation = compact_operation(client, collection_name, is_clustering, timeout_ms)?;
        Ok(operation.map(|job_id, _| Output::JobId(job_id).into()))
    })
}

/// Starts milvus_compact_with(); milvus_future_take_compact_result() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_with_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compact_with_async", out_future, || {
        let operation = compact_with_operation(client, collection_name, params, timeout_ms)?;
        Ok(operation.map(|result, _| Output::CompactResult(Box::new(result)).into()))
    })
}

/// Starts milvus_compaction_state(); milvus_future_take_state() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_state_async(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compaction_state_async", out_future, || {
        let operation = state_operation(client, job_id, timeout_ms)?;
        Ok(operation.map(|info, _| Output::State(Box::new(info.into())).into()))
    })
}

/// Starts milvus_compaction_wait(); milvus_future_take_report() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait_async(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compaction_wait_async", out_future, || {
        wait_operation(client, job_id, timeout_ms, finished)
    })
}

/// Starts milvus_compaction_wait_in(); milvus_future_take_report() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait_in_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compaction_wait_in_async", out_future, || {
        let operation = wait_in_operation(client, collection_name, database, job_id, timeout_ms)?;
        Ok(operation.map(|reported, _| finished(reported)))
    })
}

/// Starts milvus_compaction_plans(); milvus_future_take_plans() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_plans_async(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compaction_plans_async", out_future, || {
        let operation = plans_operation(client, job_id, timeout_ms)?;
        Ok(operation.map(|plans, _| Output::Plans(Some(plans)).into()))
    })
}

/// Starts milvus_compaction_tasks(); milvus_future_take_plans() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_tasks_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compaction_tasks_async", out_future, || {
        let operation = tasks_operation(client, collection_name, database, timeout_ms)?;
        Ok(operation.map(|plans, _| Output::Plans(Some(plans)).into()))
    })
}

/// Starts milvus_segments(); milvus_future_take_segments() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segments_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    which: i32,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_segments_async", out_future, || {
        let operation = segments_operation(client, collection_name, database, which, timeout_ms)?;
        Ok(operation.map(|segments, _| Output::Segments(Some(segments)).into()))
    })
}

/// Starts milvus_compaction_check(); milvus_future_take_check_result() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_check_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compaction_check_async", out_future, || {
        let operation = check_operation(client, collection_name, params, timeout_ms)?;
        Ok(operation.map(|result, _| Output::CheckResult(Box::new(result)).into()))
    })
}

/// Starts milvus_compaction_resolve(); milvus_future_take_resolution() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_resolve_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compaction_resolve_async", out_future, || {
        let operation = find_operation(client, collection_name, database, timeout_ms)?;
        Ok(operation.map(|found, _| Output::Resolution(Box::new(found)).into()))
    })
}

/// Starts milvus_flush(), which has no result but its end.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_flush_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_flush_async", out_future, || {
        let operation = flush_operation(client, collection_name, database, timeout_ms)?;
        Ok(operation.map(|(), _| Output::Nothing.into()))
    })
}

/// Starts milvus_optimize(); milvus_future_take_optimized() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_async(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_optimize_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_optimize_async", out_future, || {
        let operation = optimize_operation(client, collection_name, params, timeout_ms)?;
        Ok(operation.map(|optimized, _| listed(optimized)))
    })
}

/// Starts milvus_optimize_many(); milvus_future_take_optimized() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_many_async(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_optimize_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_optimize_many_async", out_future, || {
        let operation = optimize_many_operation(client, names, name_count, params, timeout_ms)?;
        Ok(operation.map(|optimized, _| listed(optimized)))
    })
}

/// Starts milvus_compact_many(); milvus_future_take_many() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_many_async(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_many_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_compact_many_async", out_future, || {
        let operation = many_operation(client, names, name_count, params, timeout_ms)?;
        Ok(operation.map(|(list, error), _| Finished::new(Output::Many(Some(list)), error)))
    })
}

/// Starts milvus_collections(); milvus_future_take_collections() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_collections_async(
    client: *mut milvus_client,
    database: *const c_char,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_collections_async", out_future, || {
        let operation = collections_operation(client, database, timeout_ms)?;
        Ok(operation.map(|(list, error), _| Finished::new(Output::Collections(Some(list)), error)))
    })
}

/// Starts milvus_databases(); milvus_future_take_databases() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_databases_async(
    client: *mut milvus_client,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_databases_async", out_future, || {
        let operation = databases_operation(client, timeout_ms)?;
        Ok(operation.map(|list, _| Output::Databases(Some(list)).into()))
    })
}

/// Starts milvus_survey(); milvus_future_take_survey() reads its result.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_survey_async(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_survey_params,
    timeout_ms: i64,
    out_future: *mut *mut milvus_future,
) -> milvus_status {
    start(&c"milvus_survey_async", out_future, || {
        let operation = survey_operation(client, names, name_count, params, timeout_ms)?;
        Ok(operation.map(|(list, error), _| Finished::new(Output::Survey(Some(list)), error)))
    })
}

fn listed((list, error): Results<OptimizeList>) -> Finished<Output> {
    Finished::new(Output::Optimized(Some(list)), error)
}

fn finished((report, error): Reported) -> Finished<Output> {
    Finished::new(Output::Report(Box::new(report)), error)
}
