//! Before a trigger, and after one in doubt
//!
//! milvus_compaction_check() tells what a trigger would do without sending one. If a trigger ended in doubt,
//! because its answer was lost, milvus_compaction_resolve() looks whether a job has begun.

use std::ffi::{CStr, c_char};

use super::client::milvus_client;
use super::compaction::{milvus_compact_params, read_params};
use super::convert::{self, NOT_REPORTED, OutStruct, Sized_, copy_text, named};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use crate::compaction::{CheckResult, Resolution};
use crate::error::Error;
use crate::operation::Operation;

/// What a trigger would find. The int32_t fields are MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN; numbers that
/// cannot be read are MILVUS_NOT_REPORTED.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_check_result {
    /// Set by MILVUS_CHECK_RESULT_INIT.
    pub size: usize,
    /// Whether the server would schedule anything now: MILVUS_YES if would_compact_if_free is and may_be_busy is
    /// MILVUS_NO, MILVUS_NO if would_compact_if_free is, else not known.
    pub would_compact: i32,
    /// Whether the server would schedule anything if no other compaction held the segments. Not known where what
    /// cannot be seen decides: a time to live, snapshots, an external source, a vector field without index beside
    /// one with an index, settings of the server for clustering and target sizes, and for is_l0 rows that are not
    /// flushed.
    pub would_compact_if_free: i32,
    /// Whether another compaction may hold segments, which are left out then: as is_running. From 2.4 to 3.0.0 not
    /// known, unless a job of this client is running.
    pub may_be_busy: i32,
    /// Whether compaction is switched on in the server's configuration.
    pub is_enabled: i32,
    /// Whether a compaction of this collection is running. Before 2.4 and on servers newer than 3.0.0 that can
    /// be seen of all (before 2.4, plans that failed leave it not known); in between of this client's jobs.
    pub is_running: i32,
    /// Whether the collection has an index.
    pub is_indexed: i32,
    /// Whether this server leaves collections without an index alone: up to 2.3; not known up to 2.4.13.
    pub needs_index: i32,
    /// Whether the collection has a key to cluster by.
    pub has_clustering_key: i32,
    /// Whether there are rows, not deleted, that are not flushed yet, and would be left out. Servers newer than
    /// 3.0.0 list them. From 2.3.5 on they are counted if the collection is loaded, all partitions of it for
    /// MILVUS_NO; right after a flush it can be not known for some seconds. Else it is not known.
    pub has_unflushed: i32,
    /// Whether what the trigger is about is in final form: in each partition (and channel, where listed) at most one
    /// stored segment, which is flushed, sorted where servers sort, and indexed where its siblings are; no segments
    /// of deletions. MILVUS_NO too if that cannot be known. Servers rewrite such segments at each trigger all the
    /// same, 1 to 1. No statement about rows that are not flushed: see has_unflushed.
    pub is_final: i32,
    /// Flushed segments with rows that the trigger would take in, sorted where servers sort; with is_l0, those that
    /// deletions may be about.
    pub segments: i64,
    /// Their rows.
    pub rows: i64,
    /// About how many segments those in `segments` would become, by partition, channel and the width of rows: a
    /// server does not list the bytes of a segment. MILVUS_NOT_REPORTED if the kind of compaction leaves it open.
    pub expected_segments: i64,
    /// Segments that wait to be sorted, and are not among `segments`: a trigger leaves out those that are being
    /// sorted, while 2.5 was seen to take results of a compaction for which that had not begun. MILVUS_NOT_REPORTED
    /// before 2.5. See the option flush.wait_for_sort.
    pub unsorted_segments: i64,
    /// Segments of deletions; MILVUS_NOT_REPORTED before 2.4.7.
    pub l0_segments: i64,
    /// Rows that an index does not cover yet; MILVUS_NOT_REPORTED without index.
    pub unindexed_rows: i64,
    /// Why would_compact is what it is, for a person: one line of UTF-8.
    pub reason: [c_char; 256],
}

/// Nobody has looked: there was no time left, or nothing was in doubt.
pub const MILVUS_RESOLUTION_NOT_LOOKED: i32 = 0;
/// A compaction of the collection has begun since the trigger was sent. An automatic one, or one of another
/// client, looks the same. Do not trigger again.
pub const MILVUS_RESOLUTION_STARTED: i32 = 1;
/// The server lists the compactions of the collection, and none that began since, so far. A request that is
/// still on its way through the cluster cannot be seen: look again after a while.
pub const MILVUS_RESOLUTION_NO_TRACE: i32 = 2;
/// It cannot be told: the server shows too little (from 2.4 to 3.0.0, until segments change), could not be
/// asked, or too much time has passed.
pub const MILVUS_RESOLUTION_UNKNOWN: i32 = 3;
/// No trigger of this client for this collection is in doubt.
pub const MILVUS_RESOLUTION_NOT_IN_DOUBT: i32 = 4;

/// What became of a trigger in doubt.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_resolution {
    /// Set by MILVUS_RESOLUTION_INIT.
    pub size: usize,
    /// One of MILVUS_RESOLUTION_NOT_LOOKED to _NOT_IN_DOUBT. Later versions may add more of them.
    pub state: i32,
    /// 0.
    pub reserved: i32,
    /// The job that was started, which can be waited for; MILVUS_UNKNOWN_JOB, which cannot, if the server does
    /// not tell which it is (none up to 3.0.0 does); MILVUS_NO_JOB if none was found.
    pub job_id: i64,
    /// What was seen, for a person: one line of UTF-8.
    pub text: [c_char; 256],
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_check_result {
    const NAME: &'static str = "milvus_check_result";
    const FIRST_SIZE: usize = 352;
}
unsafe impl Sized_ for milvus_resolution {
    const NAME: &'static str = "milvus_resolution";
    const FIRST_SIZE: usize = 280;
}

/// Tells what a trigger with the same parameters would do now, without sending one: only reads. Parameters are
/// refused as milvus_compact_with() refuses them; that compaction is switched off is told, and no error.
///
/// @param client           The client.
/// @param collection_name  Name or alias, in the client's database.
/// @param params           As in milvus_compact_with(); NULL: all defaults. Not changed.
/// @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
///                         MILVUS_NO_TIMEOUT: none.
/// @param out_result     Receives the answer; begin with `milvus_check_result result = MILVUS_CHECK_RESULT_INIT;`.
///
/// What the user may not read, or the server does not tell, is MILVUS_NOT_KNOWN. Thread-safe; blocks. Returns
/// what milvus_compact_with() does. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_check(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
    out_result: *mut milvus_check_result,
) -> milvus_status {
    entry(c"milvus_compaction_check", || {
        let operation = check_operation(client, collection_name, params, timeout_ms)?;
        let out = OutStruct::new("out_result", out_result)?;
        out.write(&operation.wait()?);
        Ok(())
    })
}

pub(super) fn check_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_compact_params,
    timeout_ms: i64,
) -> Result<Operation<milvus_check_result>, Error> {
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.compaction_check(name, read_params(params)?, convert::timeout(timeout_ms)?);
    Ok(operation.map(|result, _| (&result).into()))
}

/// Looks whether this client's latest trigger in doubt of a collection has started a job. How: servers newer
/// than 3.0.0 list the jobs of a collection; servers before 2.4 list all plans; besides, the segments are
/// compared with those right before the trigger. The failing trigger has looked once itself, if
/// it had time left: see found in milvus_error.
///
/// @param client           The client that sent the trigger. Another has nothing to compare with, and gets
///                         MILVUS_RESOLUTION_NOT_IN_DOUBT.
/// @param collection_name  Name or alias, in the client's database.
/// @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
///                         MILVUS_NO_TIMEOUT: none.
/// @param out_resolution        Receives the answer; begin with `milvus_resolution resolution = MILVUS_RESOLUTION_INIT;`.
///
/// A client remembers the latest trigger in doubt of each of up to 256 collections, until one that was sent
/// later is answered. Thread-safe; blocks. Returns
/// MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_COLLECTION_NOT_FOUND,
/// MILVUS_DATABASE_NOT_FOUND, or what any call to a server can return (see milvus_client_server_version()).
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_resolve(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
    out_resolution: *mut milvus_resolution,
) -> milvus_status {
    entry(c"milvus_compaction_resolve", || {
        let operation = find_operation(client, collection_name, timeout_ms)?;
        let out = OutStruct::new("out_resolution", out_resolution)?;
        out.write(&operation.wait()?);
        Ok(())
    })
}

pub(super) fn find_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    timeout_ms: i64,
) -> Result<Operation<milvus_resolution>, Error> {
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    Ok(client
        .compaction_resolve(name, convert::timeout(timeout_ms)?)
        .map(|resolution, _| (&resolution).into()))
}

/// The constant's name of what was found, e.g. "MILVUS_RESOLUTION_STARTED"; of any other number,
/// "MILVUS_UNKNOWN_RESOLUTION". A static string. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_resolution_name(state: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 5] = [
        (MILVUS_RESOLUTION_NOT_LOOKED, c"not looked"),
        (MILVUS_RESOLUTION_STARTED, c"started"),
        (MILVUS_RESOLUTION_NO_TRACE, c"no trace"),
        (MILVUS_RESOLUTION_UNKNOWN, c"unknown"),
        (MILVUS_RESOLUTION_NOT_IN_DOUBT, c"not in doubt"),
    ];
    named(state, &NAMES, c"unknown resolution")
}

impl From<&CheckResult> for milvus_check_result {
    fn from(result: &CheckResult) -> Self {
        let mut shown = Self {
            size: size_of::<Self>(),
            would_compact: result.would_compact as i32,
            is_enabled: result.is_enabled as i32,
            is_running: result.is_running as i32,
            is_indexed: result.is_indexed as i32,
            needs_index: result.needs_index as i32,
            has_clustering_key: result.has_clustering_key.into(),
            would_compact_if_free: result.would_compact_if_free as i32,
            may_be_busy: result.may_be_busy as i32,
            has_unflushed: result.has_unflushed as i32,
            is_final: result.is_final.into(),
            expected_segments: result.expected_segments.unwrap_or(NOT_REPORTED),
            unsorted_segments: result.unsorted_segments.unwrap_or(NOT_REPORTED),
            segments: result.segments.unwrap_or(NOT_REPORTED),
            rows: result.rows.unwrap_or(NOT_REPORTED),
            l0_segments: result.l0_segments.unwrap_or(NOT_REPORTED),
            unindexed_rows: result.unindexed_rows.unwrap_or(NOT_REPORTED),
            reason: [0; 256],
        };
        copy_text(&result.reason, shown.reason.as_mut_ptr(), shown.reason.len());
        shown
    }
}

impl From<&Resolution> for milvus_resolution {
    fn from(resolution: &Resolution) -> Self {
        let mut shown = Self {
            size: size_of::<Self>(),
            state: resolution.state as i32,
            reserved: 0,
            job_id: resolution.job_id,
            text: [0; 256],
        };
        copy_text(&resolution.text, shown.text.as_mut_ptr(), shown.text.len());
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::ResolutionState;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_RESOLUTION_NOT_LOOKED, ResolutionState::None as i32);
        assert_eq!(MILVUS_RESOLUTION_STARTED, ResolutionState::Started as i32);
        assert_eq!(MILVUS_RESOLUTION_NO_TRACE, ResolutionState::NoTrace as i32);
        assert_eq!(MILVUS_RESOLUTION_UNKNOWN, ResolutionState::Unknown as i32);
        assert_eq!(MILVUS_RESOLUTION_NOT_IN_DOUBT, ResolutionState::NotInDoubt as i32);
    }

    #[test]
    fn the_first_sizes_are_those_of_the_first_version() {
        assert_eq!(milvus_check_result::FIRST_SIZE, size_of::<milvus_check_result>());
        assert_eq!(milvus_resolution::FIRST_SIZE, size_of::<milvus_resolution>());
    }
}
