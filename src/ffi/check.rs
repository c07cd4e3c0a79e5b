//! Before a trigger, and after one in doubt
//!
//! milvus_compaction_check() predicts what a trigger would do, without sending one. If the answer to a
//! trigger was lost, the trigger is in doubt: milvus_compaction_resolve() looks whether it started a job.

use std::ffi::{CStr, c_char};

use super::client::{client_on, milvus_client};
use super::compaction::{client_and_params, milvus_compact_params};
use super::convert::{self, NOT_REPORTED, OutStruct, Sized_, copy_text, named};
use super::entry::entry;
use super::errors::milvus_status;
use crate::compaction::{CheckResult, Resolution};
use crate::error::Error;
use crate::operation::Operation;

/// What a trigger would find. Each int32_t field is MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN. A number
/// that the library cannot read is MILVUS_NOT_REPORTED.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_check_result {
    /// Set by MILVUS_CHECK_RESULT_INIT.
    pub size: usize,
    /// Whether the server would schedule anything now. MILVUS_YES if would_compact_if_free is MILVUS_YES and
    /// may_be_busy is MILVUS_NO; MILVUS_NO if would_compact_if_free is MILVUS_NO; else MILVUS_NOT_KNOWN.
    pub would_compact: i32,
    /// Whether the server would schedule anything if no other compaction held the segments. MILVUS_NOT_KNOWN
    /// where something invisible decides: a time to live, snapshots, an external source, a vector field without
    /// index beside one with an index, the server's settings for clustering and target sizes, and for is_l0
    /// rows that are not flushed.
    pub would_compact_if_free: i32,
    /// Whether another compaction may hold segments, which a trigger would leave out. As is_running; from 2.4
    /// to 3.0.0 MILVUS_NOT_KNOWN unless a job of this client runs.
    pub may_be_busy: i32,
    /// Whether the server's configuration allows compaction.
    pub is_enabled: i32,
    /// Whether a compaction of this collection runs. Before 2.4 and newer than 3.0.0 every compaction shows
    /// (before 2.4, failed plans make it MILVUS_NOT_KNOWN); in between only jobs of this client.
    pub is_running: i32,
    /// Whether the collection has an index.
    pub is_indexed: i32,
    /// Whether this server leaves a collection without an index alone: MILVUS_YES up to 2.3, MILVUS_NOT_KNOWN
    /// up to 2.4.13.
    pub needs_index: i32,
    /// Whether the collection has a clustering key.
    pub has_clustering_key: i32,
    /// Whether a trigger would leave out rows because they are not flushed; deleted rows do not count. Servers
    /// newer than 3.0.0 list such rows. From 2.3.5 on the library counts them if the collection is loaded, for
    /// MILVUS_NO all its partitions; for some seconds after a flush the answer can be MILVUS_NOT_KNOWN. Else it
    /// is MILVUS_NOT_KNOWN.
    pub has_unflushed: i32,
    /// Whether the segments are in their final form: each partition (and channel, where listed) has at most one
    /// stored segment, which is flushed, sorted where servers sort, and indexed where its siblings are; no
    /// segment holds deletions. MILVUS_NO if that is not known. Servers rewrite such segments at each trigger
    /// all the same, 1 to 1. Rows that are not flushed do not count: see has_unflushed.
    pub is_final: i32,
    /// Flushed segments with rows that the trigger would take, sorted where servers sort; with is_l0, those
    /// that deletions may concern.
    pub segments: i64,
    /// Rows of those segments.
    pub rows: i64,
    /// About how many segments the trigger would make of those in `segments`, by partition, channel and the
    /// width of rows: servers do not list the bytes of a segment. MILVUS_NOT_REPORTED if the kind of compaction
    /// leaves it open.
    pub expected_segments: i64,
    /// Segments that wait to be sorted, and are not among `segments`. A trigger leaves out those that the
    /// server is sorting; 2.5 took results of a compaction that it had not begun to sort. MILVUS_NOT_REPORTED
    /// before 2.5. See the option flush.wait_for_sort.
    pub unsorted_segments: i64,
    /// Segments of deletions (L0); MILVUS_NOT_REPORTED before 2.4.7.
    pub l0_segments: i64,
    /// Rows that no index covers yet; MILVUS_NOT_REPORTED without an index.
    pub unindexed_rows: i64,
    /// Why would_compact is what it is, for a person: one line of UTF-8.
    pub reason: [c_char; 256],
}

/// Nobody has looked: no time was left, or no trigger was in doubt.
pub const MILVUS_RESOLUTION_NOT_LOOKED: i32 = 0;
/// A compaction of the collection has begun since the trigger. An automatic one, or one of another client,
/// looks the same. Do not trigger again.
pub const MILVUS_RESOLUTION_STARTED: i32 = 1;
/// The server lists the collection's compactions, and none has begun since. A request that is still on its
/// way through the cluster does not show: look again after a while.
pub const MILVUS_RESOLUTION_NO_TRACE: i32 = 2;
/// Nobody can tell: the server shows too little (2.4 to 3.0.0, until segments change), does not answer, or
/// too much time has passed.
pub const MILVUS_RESOLUTION_UNKNOWN: i32 = 3;
/// No trigger of this client for this collection is in doubt.
pub const MILVUS_RESOLUTION_NOT_IN_DOUBT: i32 = 4;

/// What happened to a trigger in doubt.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_resolution {
    /// Set by MILVUS_RESOLUTION_INIT.
    pub size: usize,
    /// One of the MILVUS_RESOLUTION_... constants. Later versions may add more.
    pub state: i32,
    /// 0.
    pub reserved: i32,
    /// The job that the trigger started. MILVUS_UNKNOWN_JOB, for which no function waits, if the server does
    /// not tell which job (none up to 3.0.0 does). MILVUS_NO_JOB if the library found none.
    pub job_id: i64,
    /// What the library saw, for a person: one line of UTF-8.
    pub text: [c_char; 256],
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_check_result {
    const NAME: &'static str = "milvus_check_result";
    const FIRST_SIZE: usize = 352;
}
// SAFETY: as above.
unsafe impl Sized_ for milvus_resolution {
    const NAME: &'static str = "milvus_resolution";
    const FIRST_SIZE: usize = 280;
}

/// Predicts what a trigger with these parameters would do now. It only reads. Blocks.
///
/// The library refuses parameters as milvus_compact_with() does. If compaction is switched off, the result
/// says so, and the call succeeds. What the user may not read, or the server does not tell, is
/// MILVUS_NOT_KNOWN.
///
/// @param client           The client.
/// @param collection_name  Name or alias.
/// @param params           As in milvus_compact_with(); NULL: all defaults.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_result       Receives the prediction. Begin with `milvus_check_result result =
///                         MILVUS_CHECK_RESULT_INIT;`.
/// @return What milvus_compact_with() returns.
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
    let (client, params) = client_and_params(client, params)?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.compaction_check(name, params, convert::timeout(timeout_ms)?);
    Ok(operation.map(|result, _| (&result).into()))
}

/// Looks whether this client's latest trigger in doubt of a collection has started a job. Blocks.
///
/// Servers newer than 3.0.0 list the jobs of a collection; servers before 2.4 list all plans. Besides, the
/// library compares the segments with those right before the trigger. The failing trigger has looked once
/// itself if time was left: see resolution in milvus_error. A client remembers the latest trigger in doubt
/// of each of up to 256 collections, until the server answers a later one.
///
/// @param client           The client that sent the trigger. Another client has nothing to compare, and
///                         gets MILVUS_RESOLUTION_NOT_IN_DOUBT.
/// @param collection_name  Name or alias.
/// @param database         The collection's database; NULL or "": the client's own.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_resolution   Receives the answer. Begin with `milvus_resolution resolution =
///                         MILVUS_RESOLUTION_INIT;`.
/// @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_resolve(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
    out_resolution: *mut milvus_resolution,
) -> milvus_status {
    entry(c"milvus_compaction_resolve", || {
        let operation = find_operation(client, collection_name, database, timeout_ms)?;
        let out = OutStruct::new("out_resolution", out_resolution)?;
        out.write(&operation.wait()?);
        Ok(())
    })
}

pub(super) fn find_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
) -> Result<Operation<milvus_resolution>, Error> {
    let client = client_on(client, database)?;
    let name = convert::text("collection_name", collection_name)?;
    Ok(client
        .compaction_resolve(name, convert::timeout(timeout_ms)?)
        .map(|resolution, _| (&resolution).into()))
}

/// Gives the short text of a resolution's state, e.g. "started".
///
/// @param state  One of the MILVUS_RESOLUTION_... constants, or any other number.
/// @return A static text, never NULL: "unknown resolution" for any other number.
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
