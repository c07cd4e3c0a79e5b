//! A job outlives its process
//!
//! A job goes on after the program that triggered it has ended. Its id alone proves little: the next
//! program knows neither the collection nor the segments from before. Take what the client knows along as a
//! text (milvus_job_export(), milvus_job_import()), or name the collection (milvus_compaction_wait_in()).

use std::ffi::c_char;

use super::client::{client_on, milvus_client};
use super::convert::{self, Out, OutStruct};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use super::jobs::{Reported, milvus_compaction_report};
use super::reports::report;
use crate::error::Error;
use crate::operation::Operation;

/// Writes what a client knows about a job as a text. Asks no server.
///
/// The text has what the trigger asked for, the collection with its number, name and database, its segments
/// right before the trigger, and the plans and counters since. It has no address, token, password or row.
/// Export right after the trigger, and again after a wait. The text is one line of printable ASCII without
/// blanks: about 600 bytes, 200 for each plan and 20 for each segment, at most 16 MiB.
///
/// @param client      The client that triggered the job, imported it, or waited for it. It may be closed.
/// @param job_id      From milvus_compact(). MILVUS_NO_JOB has a text too.
/// @param buffer      Receives the text and its NUL, cut to the capacity. NULL is allowed if capacity is 0.
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  Receives the length of the whole text in bytes, without the NUL. The text was cut if
///                    this is not below capacity. May be NULL. While a wait for the job runs, the next text
///                    may be longer.
/// @retval MILVUS_INVALID_ARGUMENT The client knows nothing of the job (it remembers the latest 16384), or
///     the name of the collection or database contains the token or password.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_job_export(
    client: *mut milvus_client,
    job_id: i64,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_job_export", || {
        let client = handle::get(client.cast_const())?;
        convert::check_buffer(buffer, capacity)?;
        convert::write_text(&client.job_export(job_id)?, buffer, capacity, out_length);
        Ok(())
    })
}

/// Adds what another client exported to what this client knows. Asks no server.
///
/// A wait for the job then gives the verdict that it would give in the other client. What this client
/// itself saw of the job stays.
///
/// @param client      A client of the same server. The text does not say which server that is.
/// @param text        From milvus_job_export() of this version or an earlier one. Blanks and line ends
///                    around it do no harm. The library refuses a text that was cut or changed, but not a
///                    forged one: trust it as much as the rest of your data.
/// @param out_job_id  Receives the job's id for milvus_compaction_wait(); MILVUS_NO_JOB if the server
///                    scheduled nothing.
/// @retval MILVUS_INVALID_ARGUMENT The text is damaged, or this client knows a job of that number in
///     another collection: the text is of another server. The library added nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_job_import(
    client: *mut milvus_client,
    text: *const c_char,
    out_job_id: *mut i64,
) -> milvus_status {
    entry(c"milvus_job_import", || {
        let client = handle::get(client.cast_const())?;
        let text = convert::text("text", text)?;
        let out = Out::new("out_job_id", out_job_id)?;
        out.write(client.job_import(text)?);
        Ok(())
    })
}

/// Waits for a foreign job, of which you know only the id and the collection. Blocks.
///
/// It is like milvus_compaction_wait(), with the segments that are stored when it is called in the place of
/// those before the trigger, unless this client knows those. The earlier you call it, the more it can tell:
/// a plan whose segments were gone before counts as completed only while its result is stored. The library
/// does not know whether the job clusters, so a result at any level counts. The report has no segment_diff.
/// Plans that the server forgot before the call do not show (since 2.6.3 an hour after their start, before
/// that a day). A job that may be that old succeeded or failed only if its listed plans name every stored
/// segment with rows. Its verdict is MILVUS_VERDICT_UNKNOWN if rows were flushed since, or if the job was
/// about a part of the collection: import its text instead.
///
/// @param client           The client.
/// @param collection_name  Name or alias of the job's collection. With a wrong one the wait proves nothing,
///                         but says nothing false.
/// @param database         The collection's database; NULL or "": the client's own.
/// @param job_id           From milvus_compact() of another process.
/// @param timeout_ms       Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
///                         limit.
/// @param out_report       As in milvus_compaction_wait().
/// @retval MILVUS_INVALID_ARGUMENT This client knows the job in another collection.
/// @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias, or somebody dropped
///     it.
/// @return Also what milvus_compaction_wait() returns.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait_in(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    job_id: i64,
    timeout_ms: i64,
    out_report: *mut milvus_compaction_report,
) -> milvus_status {
    entry(c"milvus_compaction_wait_in", || {
        let operation = wait_in_operation(client, collection_name, database, job_id, timeout_ms)?;
        let out = OutStruct::optional("out_report", out_report)?;
        let (report, error) = operation.wait()?;
        if let Some(out) = out {
            out.write(&report);
        }
        error.map_or(Ok(()), Err)
    })
}

pub(super) fn wait_in_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    job_id: i64,
    timeout_ms: i64,
) -> Result<Operation<Reported>, Error> {
    let client = client_on(client, database)?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.compaction_wait_in(name, job_id, convert::timeout(timeout_ms)?);
    Ok(operation.map(move |outcome, call| (report(job_id, &outcome, call.elapsed()), outcome.error)))
}
