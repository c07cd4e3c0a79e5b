//! A job outlives its process
//!
//! A job goes on when the program that triggered it has ended, but its id alone proves little: the next program knows
//! neither the collection nor the segments that were there. Take what the client knows along as a text
//! (milvus_job_export(), milvus_job_import()), or name the collection (milvus_compaction_wait_in()).

use std::ffi::c_char;

use super::client::milvus_client;
use super::convert::{self, Out, OutStruct, copy_text};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use super::jobs::{Reported, milvus_compaction_report, report};
use crate::error::Error;
use crate::operation::Operation;

/// Gives what a client knows of a job as a text: what was asked for, the collection with its number, name and
/// database, its segments right before the trigger, and the plans and counts that were seen since. Export right after
/// the trigger, and again later if the job was waited for. One line of printable ASCII without blanks, about 600
/// bytes, 200 a plan and 20 a segment, at most 16 MiB. It holds no address, token, password or row. No server is asked.
///
/// @param client      The client that triggered the job, imported it, or waited for it. It may be closed.
/// @param job_id      From milvus_compact(). MILVUS_NO_JOB has a text too.
/// @param buffer      Receives the text with a terminating NUL; what does not fit is left out. May be
///                    NULL if capacity is 0.
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  Receives the whole text's length in bytes without the NUL: the text was cut if
///                    it is not below capacity. May be NULL. While a wait for the job is under way, the next text may
///                    be longer.
///
/// Thread-safe; does not block. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (also if the client knows nothing of the
/// job, which it may have forgotten for 16384 later ones, or if the name of the collection or database has the token or
/// password in it), MILVUS_INVALID_HANDLE, MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
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
        if buffer.is_null() && capacity > 0 {
            return Err(Error::invalid_argument("buffer: is NULL"));
        }
        let text = client.job_export(job_id)?;
        copy_text(&text, buffer, capacity);
        if let Ok(out) = Out::new("out_length", out_length) {
            out.write(text.len());
        }
        Ok(())
    })
}

/// Adds to what a client knows what another one has exported, of this or another process or machine: a wait for the job
/// then comes to the verdict that it would have come to there. What this client has seen of the job itself is kept. No
/// server is asked.
///
/// @param client      A client of the same server as the one that made the text; which server that is, the text does
///                    not say.
/// @param text        From milvus_job_export(), of this version of the library or an earlier one; blanks and line ends
///                    around it do no harm. A text that was cut or changed is refused, but not one that was forged:
///                    take it only from where you take your program's other data.
/// @param out_job_id  Receives the job's id, for milvus_compaction_wait(); MILVUS_NO_JOB if nothing was scheduled.
///
/// Thread-safe; does not block. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (also if this client knows a job of that
/// number in another collection: the text is of another server, and nothing was added), MILVUS_INVALID_HANDLE,
/// MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
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

/// Waits as milvus_compaction_wait() does, for a job of which nothing but the id and the collection is known: one that
/// was triggered elsewhere. The segments that are stored when it is called take the place of those before the trigger,
/// unless this client knows those. So it tells the more, the earlier it is called: a plan whose segments were gone
/// before is known to have completed only while its result is stored. Whether the job clusters is not known: what
/// replaced its sources counts, at whatever level. The report has no effect. Of a job that may be older than what the
/// server remembers (an hour since 2.6.3, a day before), plans that failed may be forgotten: it succeeded or failed only if
/// the plans that are listed name every segment with rows that is stored, and is MILVUS_VERDICT_UNKNOWN if rows were flushed
/// since, or it was about a part of the collection. Servers that run for longer than that give no young ids: where more
/// has to be known, import the job's text instead.
///
/// @param client           The client.
/// @param collection_name  The job's collection, by name or alias. A wrong one proves nothing, and says nothing false.
/// @param job_id           As there.
/// @param timeout_ms       As there.
/// @param out_report       As there.
///
/// Thread-safe; blocks. Returns what milvus_compaction_wait() does, and MILVUS_INVALID_ARGUMENT also for a job that
/// this client knows in another collection, MILVUS_COLLECTION_NOT_FOUND also if there is no collection of that name.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait_in(
    client: *mut milvus_client,
    collection_name: *const c_char,
    job_id: i64,
    timeout_ms: i64,
    out_report: *mut milvus_compaction_report,
) -> milvus_status {
    entry(c"milvus_compaction_wait_in", || {
        let operation = wait_in_operation(client, collection_name, job_id, timeout_ms)?;
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
    job_id: i64,
    timeout_ms: i64,
) -> Result<Operation<Reported>, Error> {
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.compaction_wait_in(name, job_id, convert::timeout(timeout_ms)?);
    Ok(operation.map(move |outcome, call| (report(job_id, &outcome, call.elapsed()), outcome.error)))
}
