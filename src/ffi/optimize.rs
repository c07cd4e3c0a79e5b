//! With a compaction
//!
//! milvus_flush() before it, so that it takes in everything; milvus_optimize() for all that makes queries fast
//! in one call.

use std::ffi::c_char;

use super::client::milvus_client;
use super::compaction::{milvus_compact_params, read_params};
use super::convert::{self, OutStruct};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use super::jobs::{Reported, milvus_compaction_report, report};
use crate::error::Error;
use crate::operation::Operation;

/// Flushes a collection: asks the server to store what was inserted, and waits until it is stored. Compactions
/// leave out what is not, and on servers since 2.5 what is stored but not sorted yet: with the option
/// flush.wait_for_sort this waits for that too, which takes some seconds more on 2.5. By default it does not: what is
/// stored is safe.
///
/// @param client           The client.
/// @param collection_name  Name or alias, in the client's database.
/// @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
///                         MILVUS_NO_TIMEOUT: none. Servers since 2.3.9 let a collection be flushed once in
///                         10 s; a second flush waits that long.
///
/// May be repeated at will. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT,
/// MILVUS_INVALID_HANDLE, MILVUS_COLLECTION_NOT_FOUND, MILVUS_DATABASE_NOT_FOUND, MILVUS_TIMEOUT (the flush
/// goes on; the message says if it is stored but not sorted), or what any call to a server can return (see
/// milvus_client_server_version()). Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_flush(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
) -> milvus_status {
    entry(c"milvus_flush", || flush_operation(client, collection_name, timeout_ms)?.wait())
}

pub(super) fn flush_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
) -> Result<Operation<()>, Error> {
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    Ok(client.flush(name, convert::timeout(timeout_ms)?))
}

/// Makes queries of a collection fast: waits until its indexes are complete, compacts it, waits for the job,
/// waits until the result is indexed, and, if the collection is loaded, has the query nodes take the result
/// up and waits for that (before 2.3 servers do not tell when they have). It does not flush.
///
/// Before the trigger it waits until what is stored is sorted (servers since 2.5), at most a minute and half of the time
/// that is left; the report has the number of segments that were left out for that (unsorted_segments). While another
/// compaction holds the collection (MILVUS_BUSY, MILVUS_VERDICT_NOT_STARTED) it triggers again, for at most ten
/// minutes.
///
/// @param client           The client.
/// @param collection_name  Name or alias, in the client's database.
/// @param params           As in milvus_compact_with(): to merge as far as possible, a target size of
///                         MILVUS_LARGEST_TARGET_SIZE on servers that have it. NULL: all defaults.
/// @param timeout_ms       Limit of all stages together in milliseconds; 0: the client's default (10000), which
///                         is short for this; MILVUS_NO_TIMEOUT: none.
/// @param out_report       Receives what was seen of the job, as in milvus_compaction_wait(); also written when
///                         a stage after the trigger fails. May be NULL.
///
/// The message of an error says how far it came: "nothing was compacted" or "it was compacted, but ...".
/// Thread-safe; blocks. Returns what milvus_compact_with() and milvus_compaction_wait() do. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_report: *mut milvus_compaction_report,
) -> milvus_status {
    entry(c"milvus_optimize", || {
        let operation = optimize_operation(client, collection_name, params, timeout_ms)?;
        let out = OutStruct::optional("out_report", out_report)?;
        let (report, error) = operation.wait()?;
        if let Some(out) = out {
            out.write(&report);
        }
        error.map_or(Ok(()), Err)
    })
}

pub(super) fn optimize_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
) -> Result<Operation<Reported>, Error> {
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.optimize(name, read_params(params)?, convert::timeout(timeout_ms)?);
    Ok(operation.map(|(job_id, outcome), call| (report(job_id, &outcome, call.elapsed()), outcome.error)))
}
