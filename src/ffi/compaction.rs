//! Compaction
//!
//! Start a compaction with milvus_compact(), then wait for its job with milvus_compaction_wait(). If both
//! return MILVUS_OK, everything that the server scheduled is done, or there was nothing to do. The job runs
//! on the server. It goes on if this process ends, and no server can cancel it.

use std::ffi::{CStr, c_char};
use std::ptr;

use super::client::{client_on, milvus_client};
use super::convert::{self, InStruct, NOT_REPORTED, Out, OutStruct, Sized_, named};
use super::entry::{entry, pure};
use super::errors::milvus_status;
use super::handle;
use crate::client::Client;
use crate::compaction::Triggered;
use crate::compaction::params::{self, Params};
use crate::error::Error;
use crate::operation::Operation;

/// As target_size_mb: as large as the server allows.
pub const MILVUS_LARGEST_TARGET_SIZE: i64 = i64::MAX;

/// The trigger was not sent, or the server did not answer it.
pub const MILVUS_TRIGGER_NONE: i32 = 0;
/// The server scheduled plans for this trigger.
pub const MILVUS_TRIGGER_SCHEDULED: i32 = 1;
/// The server scheduled nothing: its segments show nothing to compact (but see MILVUS_BUSY). A server
/// before 2.4 gives a job id all the same; a wait for that job reports that there was nothing to do.
pub const MILVUS_TRIGGER_NOTHING_TO_DO: i32 = 2;
/// The server scheduled nothing new: a job of the same kind runs on the whole collection, and job_id has
/// it. Rows that were flushed after it began are not in it; trigger again later if they matter.
pub const MILVUS_TRIGGER_ALREADY_RUNNING: i32 = 3;
/// The server gave a job, but nobody can tell whether it belongs to this trigger. Before 2.4: the plans of
/// the job cannot be listed. Clustering up to 3.0.0: the server answers with any running job of the
/// collection.
pub const MILVUS_TRIGGER_ACCEPTED: i32 = 4;
/// Nothing was triggered: the parameters of milvus_compact_many() skip the collection.
pub const MILVUS_TRIGGER_SKIPPED: i32 = 5;

/// What to compact, and how. The default, MILVUS_COMPACT_PARAMS_INIT, merges small segments of the whole
/// collection and purges deleted rows. The library refuses parameters that contradict each other.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compact_params {
    /// Set by MILVUS_COMPACT_PARAMS_INIT.
    pub size: usize,
    /// 1: re-cluster by the collection's clustering key, from Milvus 2.4.6 on. Else 0.
    pub is_clustering: i32,
    /// 1: only apply deletions (segments of level L0) to the segments that they concern, from Milvus 2.6.3 on.
    /// Else 0.
    pub is_l0: i32,
    /// Above 0: merge up to segments of this many MB, or MILVUS_LARGEST_TARGET_SIZE, from Milvus 2.6.12 on.
    /// That release reports version 2.6.11, and 2.6.8 to 2.6.11 ignore or misread the size, so the library
    /// refuses all that report those versions unless the option allow_early_target_size is true. A server
    /// refuses less than its own segment size. milvus_parse_target_size() reads a text like "1.5 GiB".
    pub target_size_mb: i64,
    /// Only this partition; NULL for all; "" is refused. This field, channel and segment_ids need Milvus 2.5.8,
    /// and exclude the fields above.
    pub partition_name: *const c_char,
    /// Only segments of this channel, e.g. "by-dev-rootcoord-dml_0_4477v0"; NULL for all; "" is refused. The
    /// message for an unknown channel lists those of the collection.
    pub channel: *const c_char,
    /// Only these segments, which must be flushed segments of the collection; NULL for all. The library does
    /// not read the list after the call.
    pub segment_ids: *const i64,
    /// Number of those ids, at most 100000; 0 only if segment_ids is NULL.
    pub segment_count: usize,
    /// The database of the collection, or of all collections of milvus_compact_many(), milvus_optimize() and
    /// milvus_optimize_many(). NULL or "": the client's own. Databases came with Milvus 2.2.9.
    pub database: *const c_char,
    /// 1: trigger only if nobody compacts the collection already, whether by a trigger or by itself; else fail
    /// at once with MILVUS_BUSY and what runs. It needs a Milvus before 2.4 or newer than 3.0.0: others do not
    /// show what others compact (MILVUS_UNSUPPORTED). Before 2.4 a plan that failed counts as well. Two programs
    /// that ask at the same moment may both see nothing. milvus_optimize() waits for others, and refuses it.
    /// Else 0.
    pub only_if_idle: i32,
    /// 0.
    pub reserved: i32,
}

/// The server's answer to a trigger.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compact_result {
    /// Set by MILVUS_COMPACT_RESULT_INIT.
    pub size: usize,
    /// What the server did: one of the MILVUS_TRIGGER_... constants. Later versions may add more.
    pub trigger: i32,
    /// 0.
    pub reserved: i32,
    /// The job to wait for, or MILVUS_NO_JOB.
    pub job_id: i64,
    /// Plans of the job; MILVUS_NOT_REPORTED if their number is not known.
    pub planned: i64,
    /// Segments that waited to be sorted right before the trigger, so that the job leaves them out (Milvus 2.5
    /// and later); MILVUS_NOT_REPORTED if that is not known.
    pub unsorted_segments: i64,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_compact_params {
    const NAME: &'static str = "milvus_compact_params";
    const FIRST_SIZE: usize = 72;
}
// SAFETY: as above.
unsafe impl Sized_ for milvus_compact_result {
    const NAME: &'static str = "milvus_compact_result";
    const FIRST_SIZE: usize = 40;
}

/// Starts a compaction of one collection, and returns as soon as the server has scheduled it. Blocks.
///
/// The library looks the name up and sends the collection's id, real name and database: a server before
/// 2.4.18 that gets only a name compacts every collection of every database. The job leaves out rows that
/// are not flushed. Servers up to about 2.4 leave a collection without an index alone.
///
/// The library repeats a trigger only if the server certainly did nothing with it. If the call fails and
/// the server may have started the job all the same, the error has in_doubt, and resolution says what the
/// library found out; see milvus_compaction_resolve(). If a job of the same kind already runs on the whole
/// collection, this gives that job, as far as the client can know; milvus_compact_with() tells the
/// difference.
///
/// Clustering up to 3.0.0: the server answers with any running job of the collection, whatever its kind.
/// The wait finds out, and reports MILVUS_VERDICT_NOT_STARTED if the results are not clustered. To know its own
/// jobs apart, a client sends a clustering trigger while none of its other triggers for the collection is on its
/// way, and no other one until that is answered or given up. Each waits within its limit, in the order of the
/// calls, and looks the collection up again afterwards.
///
/// @param client           The client.
/// @param collection_name  Name or alias in the client's database, at most 65535 bytes.
/// @param is_clustering    1: re-cluster by the collection's clustering key, from Milvus 2.4.6 on. 0: merge
///                         small segments and purge deleted rows.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_job_id       Receives the job's id, or MILVUS_NO_JOB if the server scheduled nothing.
/// @retval MILVUS_BUSY The server scheduled nothing, although a trigger would take stored segments: another
///     compaction holds them, or the server does not want them now. Nothing was started; try again later.
/// @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
/// @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off. Milvus 2.3 needs
///     up to 28 s to say so; a shorter call ends with MILVUS_TIMEOUT.
/// @retval MILVUS_UNSUPPORTED The server is too old for clustering, or too old to give a job id.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact(
    client: *mut milvus_client,
    collection_name: *const c_char,
    is_clustering: i32,
    timeout_ms: i64,
    out_job_id: *mut i64,
) -> milvus_status {
    entry(c"milvus_compact", || {
        let operation = compact_operation(client, collection_name, is_clustering, timeout_ms)?;
        let out = Out::new("out_job_id", out_job_id)?;
        out.write(operation.wait()?);
        Ok(())
    })
}

pub(super) fn compact_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    is_clustering: i32,
    timeout_ms: i64,
) -> Result<Operation<i64>, Error> {
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    let is_clustering = convert::yes_or_no("is_clustering", is_clustering)?;
    Ok(client.compact(name, is_clustering, convert::timeout(timeout_ms)?))
}

/// Starts a compaction of one collection, or of a part of it, of any kind that the server has. Blocks.
///
/// Otherwise like milvus_compact(). The library refuses what this server would silently ignore, and sends
/// nothing: the server would compact something else. A server that does not tell its version counts as too
/// old for every parameter, unless the option assumed_version says what it is.
///
/// @param client           The client.
/// @param collection_name  Name or alias, at most 65535 bytes.
/// @param params           What to do. Begin with `milvus_compact_params params =
///                         MILVUS_COMPACT_PARAMS_INIT;`. NULL: all defaults.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_result       Receives the answer. Begin with `milvus_compact_result result =
///                         MILVUS_COMPACT_RESULT_INIT;`.
/// @retval MILVUS_INVALID_ARGUMENT Parameters contradict each other, or the collection has no such channel
///     or segment.
/// @retval MILVUS_PARTITION_NOT_FOUND The collection has no such partition.
/// @retval MILVUS_BUSY As in milvus_compact(), or the server cannot compact all of the segment_ids now.
/// @retval MILVUS_UNSUPPORTED The server is too old; the message names the version that can do it.
/// @return Also what milvus_compact() returns.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_with(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_result: *mut milvus_compact_result,
) -> milvus_status {
    entry(c"milvus_compact_with", || {
        let operation = compact_with_operation(client, collection_name, params, timeout_ms)?;
        let out = OutStruct::new("out_result", out_result)?;
        out.write(&operation.wait()?);
        Ok(())
    })
}

pub(super) fn compact_with_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
) -> Result<Operation<milvus_compact_result>, Error> {
    let (client, params) = client_and_params(client, params)?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.compact_with(name, params, convert::timeout(timeout_ms)?);
    Ok(operation.map(|triggered, _| triggered.into()))
}

/// Reads a target size such as "512MB" or "1.5 GiB".
///
/// The text is a decimal number, perhaps blanks, and a unit: B, KB, MB, GB, TB, PB or EB in any case, also
/// without the B or with an i before it. All units are powers of 1024, as everywhere in Milvus. The result
/// is rounded down to whole MB. "max" is MILVUS_LARGEST_TARGET_SIZE. A number without a unit is refused:
/// some clients take it for bytes, others for MB.
///
/// @param text    The text.
/// @param out_mb  Receives the size in MB, at least 1.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_parse_target_size(text: *const c_char, out_mb: *mut i64) -> milvus_status {
    pure(c"milvus_parse_target_size", || {
        let text = convert::text("text", text)?;
        let out = Out::new("out_mb", out_mb)?;
        out.write(params::parse_target_size(text)?);
        Ok(())
    })
}

/// Gives the short text of what a server did about a trigger, e.g. "nothing to do".
///
/// @param trigger  One of the MILVUS_TRIGGER_... constants, or any other number.
/// @return A static text, never NULL: "unknown trigger" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_trigger_name(trigger: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 6] = [
        (MILVUS_TRIGGER_NONE, c"none"),
        (MILVUS_TRIGGER_SCHEDULED, c"scheduled"),
        (MILVUS_TRIGGER_NOTHING_TO_DO, c"nothing to do"),
        (MILVUS_TRIGGER_ALREADY_RUNNING, c"already running"),
        (MILVUS_TRIGGER_ACCEPTED, c"accepted"),
        (MILVUS_TRIGGER_SKIPPED, c"skipped"),
    ];
    named(trigger, &NAMES, c"unknown trigger")
}

/// Whether the parameters name a database.
pub(super) fn names_database(pointer: *const milvus_compact_params) -> Result<bool, Error> {
    if pointer.is_null() {
        return Ok(false);
    }
    let given: milvus_compact_params = InStruct::read("params", pointer)?;
    Ok(convert::optional_text("params.database", given.database)?.is_some_and(|name| !name.is_empty()))
}

/// The client for the database that the parameters name, and the core's parameters.
pub(super) fn client_and_params(
    client: *mut milvus_client,
    pointer: *const milvus_compact_params,
) -> Result<(Client, Params), Error> {
    let client = client_on(client, ptr::null())?;
    if pointer.is_null() {
        return Ok((client, Params::default()));
    }
    let given: milvus_compact_params = InStruct::read("params", pointer)?;
    let text = |name, pointer| Ok(convert::optional_text(name, pointer)?.map(str::to_owned));
    let database = convert::optional_text("params.database", given.database)?;
    let params = Params {
        only_if_idle: convert::yes_or_no("params.only_if_idle", given.only_if_idle)?,
        is_clustering: convert::yes_or_no("params.is_clustering", given.is_clustering)?,
        is_l0: convert::yes_or_no("params.is_l0", given.is_l0)?,
        target_size_mb: given.target_size_mb,
        partition: text("partition_name", given.partition_name)?,
        channel: text("channel", given.channel)?,
        segment_ids: convert::optional_numbers("segment_ids", given.segment_ids, given.segment_count)?,
    };
    Ok((client.on_database(database)?, params))
}

impl From<Triggered> for milvus_compact_result {
    fn from(triggered: Triggered) -> Self {
        Self {
            size: size_of::<Self>(),
            trigger: triggered.start as i32,
            reserved: 0,
            job_id: triggered.job_id,
            planned: triggered.planned.unwrap_or(NOT_REPORTED),
            unsorted_segments: triggered.unsorted.unwrap_or(NOT_REPORTED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::Start;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_LARGEST_TARGET_SIZE, params::LARGEST_TARGET_SIZE);
        assert_eq!(MILVUS_TRIGGER_SCHEDULED, Start::Scheduled as i32);
        assert_eq!(MILVUS_TRIGGER_NOTHING_TO_DO, Start::Nothing as i32);
        assert_eq!(MILVUS_TRIGGER_ALREADY_RUNNING, Start::Running as i32);
        assert_eq!(MILVUS_TRIGGER_ACCEPTED, Start::Accepted as i32);
    }

    #[test]
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_compact_params::FIRST_SIZE, size_of::<milvus_compact_params>());
        assert_eq!(milvus_compact_result::FIRST_SIZE, size_of::<milvus_compact_result>());
    }
}
