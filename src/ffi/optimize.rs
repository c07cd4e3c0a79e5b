//! With a compaction
//!
//! milvus_flush() before a compaction lets the compaction take every row. milvus_optimize() does in one
//! call all that makes queries fast.

use std::ffi::c_char;

use super::client::milvus_client;
use super::compaction::{milvus_compact_params, read_params};
use super::convert::{self, OutStruct};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use super::jobs::{Reported, milvus_compaction_report};
use super::reports::report;
use crate::error::Error;
use crate::operation::Operation;

/// Flushes a collection: asks the server to store the inserted rows, and waits until they are stored.
/// Blocks.
///
/// A compaction leaves out rows that are not flushed; from Milvus 2.5 on, it also leaves out flushed
/// segments that are not sorted. With the option flush.wait_for_sort this waits for the sorting too, some
/// seconds more on 2.5. You may repeat a flush.
///
/// @param client           The client.
/// @param collection_name  Name or alias in the client's database.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms. From Milvus 2.3.9
///                         on a collection can be flushed once in 10 s; a second flush waits for that.
/// @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
/// @retval MILVUS_TIMEOUT The flush goes on. The message says if the rows are stored and only not sorted.
/// @retval MILVUS_STALLED Nothing changed for stall_timeout_ms; the flush may go on.
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

/// Makes queries of a collection fast: completes its indexes, compacts it, and loads the result. Blocks.
///
/// The stages: wait until the indexes are complete; trigger the compaction and wait for the job; wait until
/// the result is indexed; if the collection is loaded, let the query nodes load the result and wait for
/// that (servers before 2.3 do not tell when). It does not flush.
///
/// Before the trigger it waits until stored segments are sorted (Milvus 2.5 and later), at most a minute
/// and half of the time that is left; unsorted_segments of the report has the rest. While another
/// compaction holds the collection (MILVUS_BUSY, MILVUS_VERDICT_NOT_STARTED) it triggers again, for at most
/// ten minutes. The message of an error says how far it came: "nothing was compacted", "the collection was
/// compacted, but a later step failed" or "the collection needed no compaction, but a later step failed".
///
/// @param client           The client.
/// @param collection_name  Name or alias in the client's database.
/// @param params           As in milvus_compact_with(). To merge as far as possible use
///                         MILVUS_LARGEST_TARGET_SIZE on servers that have a target size. NULL: all
///                         defaults.
/// @param timeout_ms       Limit of all stages together in milliseconds; 0: the option wait_timeout_ms, by
///                         default no limit.
/// @param out_report       Receives what the wait found out about the job, also if a later stage fails. May
///                         be NULL.
/// @retval MILVUS_STALLED Nothing of the job, of the indexes or of the load changed for stall_timeout_ms.
/// @return Also what milvus_compact_with() and milvus_compaction_wait() return.
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
