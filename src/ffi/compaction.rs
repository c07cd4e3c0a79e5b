//! Compaction
//!
//! Trigger with milvus_compact(), then wait with milvus_compaction_wait(): if both return MILVUS_OK,
//! everything that the server scheduled for this trigger, or for one of the same kind that was running, is
//! done, or it scheduled nothing. A job runs on the server and goes on whatever happens to this process; no
//! server can cancel one.

use std::ffi::{CStr, c_char};

use super::client::milvus_client;
use super::convert::{self, InStruct, NOT_REPORTED, Out, OutStruct, Sized_, named};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use crate::compaction::Triggered;
use crate::compaction::params::{self, Params};
use crate::error::Error;
use crate::operation::Operation;

/// As target_size_mb: as large as the servers allow.
pub const MILVUS_LARGEST_TARGET_SIZE: i64 = i64::MAX;

/// The trigger was not sent, or not answered.
pub const MILVUS_TRIGGER_NONE: i32 = 0;
/// The server scheduled plans for this trigger.
pub const MILVUS_TRIGGER_SCHEDULED: i32 = 1;
/// The server scheduled nothing: there is nothing to compact, as far as its segments show (see MILVUS_BUSY). Servers
/// before 2.4 give a job id even then; a wait for it says that there was nothing to do.
pub const MILVUS_TRIGGER_NOTHING_TO_DO: i32 = 2;
/// The server scheduled nothing new, because a job of the same kind is running on the whole collection: its id
/// is given. What was flushed after it began is not in it; trigger again after it if that matters.
pub const MILVUS_TRIGGER_ALREADY_RUNNING: i32 = 3;
/// The server gave a job, but nobody can tell whether it was made for this trigger. Up to 2.3: its plans could
/// not be listed. Clustering up to 3.0.0: servers answer with any job of the collection that is running.
pub const MILVUS_TRIGGER_ACCEPTED: i32 = 4;

/// What to compact, and how. As MILVUS_COMPACT_PARAMS_INIT has it, with all zeros but the size: merge small
/// segments of the whole collection and purge deleted rows. Contradictions are refused; so are fields of a later
/// header that are not 0.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compact_params {
    /// Set by MILVUS_COMPACT_PARAMS_INIT.
    pub size: usize,
    /// Not 0: re-cluster by the collection's clustering key; needs Milvus 2.4.6.
    pub is_clustering: i32,
    /// Not 0: only apply deletions, that is segments of level L0, to the segments they are about; needs
    /// Milvus 2.6.3.
    pub is_l0: i32,
    /// Above 0: merge up to segments of this size in MB, or MILVUS_LARGEST_TARGET_SIZE; needs Milvus 2.6.12.
    /// That release says it is 2.6.11, which is refused: 2.6.8 to 2.6.11 ignore or misread the size (option
    /// allow_early_target_size). Servers refuse less than their own segment size. milvus_parse_target_size() reads
    /// "1.5 GiB".
    pub target_size_mb: i64,
    /// Only this partition; NULL: all; "" is refused. It, channel and segment_ids need Milvus 2.5.8, and go
    /// with none of the above.
    pub partition_name: *const c_char,
    /// Only segments of this channel, e.g. "by-dev-rootcoord-dml_0_4477v0"; NULL: all; "" is refused. The
    /// message for one that the collection does not have lists those it has.
    pub channel: *const c_char,
    /// Only these segments, which have to be flushed ones of the collection; NULL: all. Not read after the
    /// call.
    pub segment_ids: *const i64,
    /// Number of those ids, at most 100000; 0 only if segment_ids is NULL.
    pub segment_count: usize,
}

/// What came of a trigger.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compact_result {
    /// Set by MILVUS_COMPACT_RESULT_INIT.
    pub size: usize,
    /// One of the MILVUS_TRIGGER_... constants. Later versions may add more of them.
    pub trigger: i32,
    /// 0.
    pub reserved: i32,
    /// The job to wait for, or MILVUS_NO_JOB.
    pub job_id: i64,
    /// Plans of the job; MILVUS_NOT_REPORTED if that is not known.
    pub planned: i64,
    /// Segments that waited to be sorted right before the trigger, and are left out (servers since 2.5);
    /// MILVUS_NOT_REPORTED if that is not known.
    pub unsorted_segments: i64,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_compact_params {
    const NAME: &'static str = "milvus_compact_params";
    const FIRST_SIZE: usize = 56;
}
unsafe impl Sized_ for milvus_compact_result {
    const NAME: &'static str = "milvus_compact_result";
    const FIRST_SIZE: usize = 40;
}

/// Has the server compact one collection. Returns as soon as the job is scheduled.
///
/// The name or alias is looked up first, and the request carries the collection's id, real name and
/// database: servers before 2.4.18 that get a name only compact every collection of every database.
/// Data that was inserted but not flushed yet is left out. Servers up to about 2.4 leave a collection
/// without an index alone.
///
/// @param client           The client.
/// @param collection_name  Name or alias, in the client's database. At most 65535 bytes.
/// @param is_clustering    Not 0: re-cluster by the collection's clustering key; needs Milvus 2.4.6.
///                         0: merge small segments and purge deleted rows.
/// @param timeout_ms       Limit of the whole call in milliseconds, connecting included; 0: the client's
///                         default (10000); MILVUS_NO_TIMEOUT: none.
/// @param out_job_id       Receives the job's id, or MILVUS_NO_JOB if the server scheduled nothing. (Servers
///                         before 2.4 give an id even then; a wait for it says that there was nothing to do.)
///
/// The trigger is sent again only if the server certainly did nothing: it never arrived, or was put off by a
/// rate limit or because the server is starting or has no coordinator. If it may have been carried out although
/// the call fails, the error says so (in_doubt), and what was found out about it (found): see
/// milvus_compaction_resolve(). If a job of the same kind is running on the whole collection, its id is given, as
/// far as this client can know: it triggered the job, or the server lists its jobs (newer than 3.0.0).
/// milvus_compact_with() tells that apart.
/// Clustering up to 3.0.0: the server answers with any job of the collection that is running, also one of another
/// kind or client. The wait tells by the results: MILVUS_VERDICT_NOT_STARTED if they are not clustered.
///
/// If the server schedules nothing although segments are stored that a free trigger would take, the call fails with
/// MILVUS_BUSY: another compaction holds them, or they are not eligible. Nothing was started; try again later.
/// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_BUSY, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
/// MILVUS_COLLECTION_NOT_FOUND,
/// MILVUS_DATABASE_NOT_FOUND,
/// MILVUS_COMPACTION_DISABLED (2.3 needs up to 28 s to say so: with less it may be a MILVUS_TIMEOUT),
/// MILVUS_UNSUPPORTED (clustering on an older server, or an old server that reports no id), or what any
/// call to a server can return (see milvus_client_server_version()). Since 0.1.0.
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

/// Has the server compact one collection, or a part of it, in any of the ways that servers have. Otherwise as
/// milvus_compact(). What this server would silently ignore is refused, and nothing is sent: it would compact
/// something else.
///
/// @param client           The client.
/// @param collection_name  Name or alias, in the client's database. At most 65535 bytes.
/// @param params           What to do; begin with `milvus_compact_params params = MILVUS_COMPACT_PARAMS_INIT;`.
///                         NULL: all defaults. Not changed.
/// @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
///                         MILVUS_NO_TIMEOUT: none.
/// @param out_result       Receives what came of it; begin with
///                         `milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;`.
///
/// A server that does not tell its version is taken to be too old for every option, unless the client's
/// option assumed_version says what it is. Thread-safe; blocks. Returns what milvus_compact() does, and
/// MILVUS_INVALID_ARGUMENT for parameters that contradict each other, an unknown channel or segment,
/// MILVUS_PARTITION_NOT_FOUND, MILVUS_BUSY (not all of the segment_ids can be compacted now), MILVUS_UNSUPPORTED (the
/// message names the version that can). Since 0.1.0.
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
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.compact_with(name, read_params(params)?, convert::timeout(timeout_ms)?);
    Ok(operation.map(|triggered, _| triggered.into()))
}

/// Reads a target size: a decimal number, blanks or none, and a unit (B, KB, MB, GB, TB, PB, EB, in any case, the
/// B left away or with an i before it: all are powers of 1024, as everywhere in Milvus), e.g. "512MB" or
/// "1.5 GiB". It is rounded to bytes, and then down to whole MB. "max" is MILVUS_LARGEST_TARGET_SIZE. A number
/// without a unit is refused: other clients take it for bytes or for MB.
///
/// @param text    The text.
/// @param out_mb  Receives the size in MB, at least 1.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_parse_target_size(text: *const c_char, out_mb: *mut i64) -> milvus_status {
    entry(c"milvus_parse_target_size", || {
        let text = convert::text("text", text)?;
        let out = Out::new("out_mb", out_mb)?;
        out.write(params::parse_target_size(text)?);
        Ok(())
    })
}

/// The constant's name of a trigger's outcome, e.g. "MILVUS_TRIGGER_SCHEDULED"; of any other number,
/// "MILVUS_UNKNOWN_TRIGGER". A static string. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_trigger_name(trigger: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 5] = [
        (MILVUS_TRIGGER_NONE, c"none"),
        (MILVUS_TRIGGER_SCHEDULED, c"scheduled"),
        (MILVUS_TRIGGER_NOTHING_TO_DO, c"nothing to do"),
        (MILVUS_TRIGGER_ALREADY_RUNNING, c"already running"),
        (MILVUS_TRIGGER_ACCEPTED, c"accepted"),
    ];
    named(trigger, &NAMES, c"unknown trigger")
}

/// The core's parameters from C's.
pub(super) fn read_params(pointer: *const milvus_compact_params) -> Result<Params, Error> {
    if pointer.is_null() {
        return Ok(Params::default());
    }
    let given: milvus_compact_params = InStruct::read("params", pointer)?;
    let text = |name, pointer| Ok(convert::optional_text(name, pointer)?.map(str::to_owned));
    Ok(Params {
        is_clustering: convert::yes_or_no("params.is_clustering", given.is_clustering)?,
        is_l0: convert::yes_or_no("params.is_l0", given.is_l0)?,
        target_size_mb: given.target_size_mb,
        partition: text("partition_name", given.partition_name)?,
        channel: text("channel", given.channel)?,
        segment_ids: convert::optional_numbers("segment_ids", given.segment_ids, given.segment_count)?,
    })
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
