//! Segments
//!
//! What a collection consists of. Compare its segments from before and after to see what a compaction did;
//! milvus_compaction_wait() does that by itself for the jobs of its client.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use super::client::milvus_client;
use super::convert::{self, NOT_REPORTED, Out, OutStruct, Sized_, named};
use super::entry::{entry, query};
use super::errors::milvus_status;
use super::handle::{self, Handle, Table};
use super::jobs::milvus_segment_diff;
use super::plans::milvus_plan_list;
use crate::compaction::effect;
use crate::compaction::snapshot::Snapshot;
use crate::error::Error;
use crate::operation::Operation;
use crate::segments::Segment;

/// As stored, the rows that are not flushed yet mostly left out.
pub const MILVUS_SEGMENTS_STORED: i32 = 0;
/// As served by query nodes; none if the collection is not loaded.
pub const MILVUS_SEGMENTS_LOADED: i32 = 1;

/// State of a segment (servers may have others): still takes rows in.
pub const MILVUS_SEGMENT_STATE_GROWING: i32 = 2;
/// Stored: complete, and about to be flushed. Loaded: all that does not grow.
pub const MILVUS_SEGMENT_STATE_SEALED: i32 = 3;
/// Stored for good.
pub const MILVUS_SEGMENT_STATE_FLUSHED: i32 = 4;
/// Being stored.
pub const MILVUS_SEGMENT_STATE_FLUSHING: i32 = 5;
/// Replaced by the result of a compaction, or dropped.
pub const MILVUS_SEGMENT_STATE_DROPPED: i32 = 6;
/// Being imported.
pub const MILVUS_SEGMENT_STATE_IMPORTING: i32 = 7;

/// Level of a segment (servers may have others): of a version before levels.
pub const MILVUS_SEGMENT_LEVEL_LEGACY: i32 = 0;
/// Holds nothing but deletions.
pub const MILVUS_SEGMENT_LEVEL_L0: i32 = 1;
/// Holds rows.
pub const MILVUS_SEGMENT_LEVEL_L1: i32 = 2;
/// Holds rows, clustered.
pub const MILVUS_SEGMENT_LEVEL_L2: i32 = 3;

/// One segment. What this server does not report is MILVUS_NOT_REPORTED.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_segment {
    /// Set by MILVUS_SEGMENT_INIT.
    pub size: usize,
    /// Its id.
    pub id: i64,
    /// The collection it belongs to.
    pub collection_id: i64,
    /// The partition it belongs to.
    pub partition_id: i64,
    /// Its rows. Deleted ones count until a compaction purges them.
    pub rows: i64,
    /// One of the MILVUS_SEGMENT_STATE_... constants.
    pub state: i32,
    /// One of the MILVUS_SEGMENT_LEVEL_... constants; reported since Milvus 2.4.7.
    pub level: i32,
    /// 1 if its rows are sorted by primary key, 0 if not; MILVUS_NOT_REPORTED, which is not 0 either, before
    /// Milvus 2.5.0.
    pub is_sorted: i32,
    /// 0.
    pub reserved: i32,
    /// How it is stored; reported since Milvus 2.6.0.
    pub storage_version: i64,
    /// Bytes of memory that it takes; reported of loaded segments, by few servers: most send 0, which is
    /// MILVUS_NOT_REPORTED here.
    pub memory: i64,
    /// The channel its rows came through; reported of stored segments by servers newer than 3.0.0, else
    /// NULL. Lives as long as the list, as do the next two.
    pub channel: *const c_char,
    /// The segments that it was made of; reported where channel is. NULL if there are none.
    pub compaction_from: *const i64,
    /// Number of those.
    pub compaction_from_count: usize,
    /// Query nodes that serve it, of loaded segments. NULL if there are none.
    pub nodes: *const i64,
    /// Number of those.
    pub node_count: usize,
}

/// The segments of a collection, at one moment.
pub struct milvus_segment_list {
    _private: (),
}

/// The value behind a list: segments, and their texts as C has them.
pub struct Segments {
    list: Vec<Segment>,
    channels: Vec<Option<CString>>,
    are_loaded: bool,
}

impl Handle for milvus_segment_list {
    type Value = Segments;
    const NAME: &'static str = "milvus_segment_list";
    const KIND: u64 = 4;

    fn table() -> &'static Table<Segments> {
        static TABLE: Table<Segments> = Table::new();
        &TABLE
    }
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_segment {
    const NAME: &'static str = "milvus_segment";
    const FIRST_SIZE: usize = 112;
}

/// Lists the segments of a collection, ordered by id.
///
/// @param client           The client.
/// @param collection_name  Name or alias, in the client's database.
/// @param which            MILVUS_SEGMENTS_STORED or MILVUS_SEGMENTS_LOADED.
/// @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
///                         MILVUS_NO_TIMEOUT: none.
/// @param out_segments     Receives the list, which may be empty; free it with milvus_segment_list_free().
///
/// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
/// MILVUS_COLLECTION_NOT_FOUND, MILVUS_DATABASE_NOT_FOUND, MILVUS_UNSUPPORTED (milvus-lite), or what any call
/// to a server can return (see milvus_client_server_version()). Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segments(
    client: *mut milvus_client,
    collection_name: *const c_char,
    which: i32,
    timeout_ms: i64,
    out_segments: *mut *mut milvus_segment_list,
) -> milvus_status {
    entry(c"milvus_segments", || {
        let operation = segments_operation(client, collection_name, which, timeout_ms)?;
        let out = Out::new("out_segments", out_segments)?;
        out.write(handle::insert(operation.wait()?)?);
        Ok(())
    })
}

pub(super) fn segments_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    which: i32,
    timeout_ms: i64,
) -> Result<Operation<Segments>, Error> {
    let client = handle::get(client.cast_const())?;
    let name = convert::text("collection_name", collection_name)?;
    let are_loaded = match which {
        MILVUS_SEGMENTS_STORED => false,
        MILVUS_SEGMENTS_LOADED => true,
        _ => {
            return Err(Error::invalid_argument(format!("which: {which} is none of MILVUS_SEGMENTS_...")));
        }
    };
    let operation = client.segments(name, are_loaded, convert::timeout(timeout_ms)?);
    Ok(operation.map(move |list, _| {
        let channels = list.iter().map(|segment| segment.channel.as_deref().map(convert::c_text)).collect();
        Segments { list, channels, are_loaded }
    }))
}

/// Number of segments in a list; 0 for NULL or a freed list. Leaves milvus_last_error() alone. Thread-safe.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_list_count(segments: *const milvus_segment_list) -> usize {
    query(|| handle::get(segments).map(|list| list.list.len())).unwrap_or(0)
}

/// Reads one segment of a list.
///
/// @param segments     The list.
/// @param index        From 0 to milvus_segment_list_count() - 1.
/// @param out_segment  Receives the segment; begin with `milvus_segment segment = MILVUS_SEGMENT_INIT;`. What
///                     it points to is part of the list and lives until that is freed.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_list_get(
    segments: *const milvus_segment_list,
    index: usize,
    out_segment: *mut milvus_segment,
) -> milvus_status {
    entry(c"milvus_segment_list_get", || {
        let list = handle::get(segments)?;
        let out = OutStruct::new("out_segment", out_segment)?;
        let segment = list.list.get(index).ok_or_else(|| {
            Error::invalid_argument(format!("index: is {index}; the list has {} segments", list.list.len()))
        })?;
        out.write(&shown(segment, list.channels.get(index).and_then(Option::as_ref)));
        Ok(())
    })
}

/// Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
///
/// Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_list_free(segments: *mut milvus_segment_list) {
    if !segments.is_null() {
        entry(c"milvus_segment_list_free", || handle::remove(segments));
    }
}

/// Compares the stored segments of one collection from two moments. Asks no server.
///
/// @param before      From milvus_segments(), before the trigger.
/// @param after       From milvus_segments(), after the job.
/// @param plans       The job's, from milvus_compaction_plans(); NULL: not known.
/// @param out_diff  Receives the comparison; begin with `milvus_segment_diff effect = MILVUS_SEGMENT_DIFF_INIT;`.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segments_compare(
    before: *const milvus_segment_list,
    after: *const milvus_segment_list,
    plans: *const milvus_plan_list,
    out_diff: *mut milvus_segment_diff,
) -> milvus_status {
    entry(c"milvus_segments_compare", || {
        let (before, after) = (handle::get(before)?, handle::get(after)?);
        let collection = |list: &Segments| list.list.first().map(|segment| segment.collection_id);
        if before.are_loaded || after.are_loaded {
            return Err(Error::invalid_argument("before, after: lists of stored segments are compared only"));
        }
        if collection(&before).zip(collection(&after)).is_some_and(|(one, other)| one != other) {
            return Err(Error::invalid_argument("before, after: are of different collections"));
        }
        let plans = if plans.is_null() { None } else { Some(handle::get(plans)?) };
        let out = Out::new("out_diff", out_diff)?;
        let plans = plans.iter().flat_map(|list| list.plans()).cloned().collect();
        out.write(effect::compare(&Snapshot::of(&before.list), &after.list, &plans).into());
        Ok(())
    })
}

/// Gives the short text of a segment's state, e.g. "flushed".
///
/// @param state  One of the MILVUS_SEGMENT_STATE_... constants, or any other number.
///
/// @return A static text, never NULL: "unknown segment state" of any other number.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_state_name(state: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 6] = [
        (MILVUS_SEGMENT_STATE_GROWING, c"growing"),
        (MILVUS_SEGMENT_STATE_SEALED, c"sealed"),
        (MILVUS_SEGMENT_STATE_FLUSHED, c"flushed"),
        (MILVUS_SEGMENT_STATE_FLUSHING, c"flushing"),
        (MILVUS_SEGMENT_STATE_DROPPED, c"dropped"),
        (MILVUS_SEGMENT_STATE_IMPORTING, c"importing"),
    ];
    named(state, &NAMES, c"unknown segment state")
}

/// Gives the short text of a segment's level, e.g. "L1".
///
/// @param level  One of the MILVUS_SEGMENT_LEVEL_... constants, or any other number.
///
/// @return A static text, never NULL: "unknown segment level" of any other number, as MILVUS_NOT_REPORTED.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_level_name(level: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 4] = [
        (MILVUS_SEGMENT_LEVEL_LEGACY, c"legacy"),
        (MILVUS_SEGMENT_LEVEL_L0, c"L0"),
        (MILVUS_SEGMENT_LEVEL_L1, c"L1"),
        (MILVUS_SEGMENT_LEVEL_L2, c"L2"),
    ];
    named(level, &NAMES, c"unknown segment level")
}

fn shown(segment: &Segment, channel: Option<&CString>) -> milvus_segment {
    let origins = segment.compaction_from.as_deref().unwrap_or_default();
    milvus_segment {
        size: size_of::<milvus_segment>(),
        id: segment.id,
        collection_id: segment.collection_id,
        partition_id: segment.partition_id,
        rows: segment.rows,
        state: segment.state,
        level: segment.level.unwrap_or(-1),
        is_sorted: segment.is_sorted.map_or(-1, i32::from),
        reserved: 0,
        storage_version: segment.storage_version.unwrap_or(NOT_REPORTED),
        memory: segment.memory.unwrap_or(NOT_REPORTED),
        channel: channel.map_or(ptr::null(), |text| text.as_ptr()),
        compaction_from: convert::numbers(origins),
        compaction_from_count: origins.len(),
        nodes: convert::numbers(&segment.nodes),
        node_count: segment.nodes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::common::{SegmentLevel, SegmentState};

    #[test]
    fn the_constants_are_the_protocols() {
        assert_eq!(MILVUS_SEGMENT_STATE_GROWING, SegmentState::Growing as i32);
        assert_eq!(MILVUS_SEGMENT_STATE_SEALED, SegmentState::Sealed as i32);
        assert_eq!(MILVUS_SEGMENT_STATE_FLUSHED, SegmentState::Flushed as i32);
        assert_eq!(MILVUS_SEGMENT_STATE_FLUSHING, SegmentState::Flushing as i32);
        assert_eq!(MILVUS_SEGMENT_STATE_DROPPED, SegmentState::Dropped as i32);
        assert_eq!(MILVUS_SEGMENT_STATE_IMPORTING, SegmentState::Importing as i32);
        assert_eq!(MILVUS_SEGMENT_LEVEL_LEGACY, SegmentLevel::Legacy as i32);
        assert_eq!(MILVUS_SEGMENT_LEVEL_L0, SegmentLevel::L0 as i32);
        assert_eq!(MILVUS_SEGMENT_LEVEL_L1, SegmentLevel::L1 as i32);
        assert_eq!(MILVUS_SEGMENT_LEVEL_L2, SegmentLevel::L2 as i32);
    }

    #[test]
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_segment::FIRST_SIZE, size_of::<milvus_segment>());
    }
}
