//! Segments
//!
//! A collection consists of segments. Compare them from before and after to see what a compaction changed;
//! milvus_compaction_wait() does that itself for the jobs of its client.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use super::client::{client_on, milvus_client};
use super::convert::{self, NOT_REPORTED, Out, OutStruct, Sized_, named};
use super::core_list::CoreList;
use super::entry::{entry, query};
use super::errors::milvus_status;
use super::handle::{self, Handle, Table};
use super::jobs::milvus_segment_diff;
use super::plans::milvus_plan_list;
use crate::compaction::segment_diff;
use crate::compaction::snapshot::Snapshot;
use crate::error::Error;
use crate::operation::Operation;
use crate::segments::Segment;

/// The segments in storage. Rows that are not flushed are mostly missing.
pub const MILVUS_SEGMENTS_STORED: i32 = 0;
/// The segments that query nodes serve; none if the collection is not loaded.
pub const MILVUS_SEGMENTS_LOADED: i32 = 1;

/// State of a segment (servers may have others): it still takes rows.
pub const MILVUS_SEGMENT_STATE_GROWING: i32 = 2;
/// In storage: complete, and about to be flushed. On query nodes: any segment that does not grow.
pub const MILVUS_SEGMENT_STATE_SEALED: i32 = 3;
/// The segment is stored for good.
pub const MILVUS_SEGMENT_STATE_FLUSHED: i32 = 4;
/// The server is storing the segment.
pub const MILVUS_SEGMENT_STATE_FLUSHING: i32 = 5;
/// A compaction replaced the segment, or somebody dropped it.
pub const MILVUS_SEGMENT_STATE_DROPPED: i32 = 6;
/// An import is writing the segment.
pub const MILVUS_SEGMENT_STATE_IMPORTING: i32 = 7;

/// Level of a segment (servers may have others): of a version before levels.
pub const MILVUS_SEGMENT_LEVEL_LEGACY: i32 = 0;
/// Holds nothing but deletions.
pub const MILVUS_SEGMENT_LEVEL_L0: i32 = 1;
/// Holds rows.
pub const MILVUS_SEGMENT_LEVEL_L1: i32 = 2;
/// Holds rows, clustered.
pub const MILVUS_SEGMENT_LEVEL_L2: i32 = 3;

/// One segment. MILVUS_NOT_REPORTED stands for what this server does not report.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_segment {
    /// Set by MILVUS_SEGMENT_INIT.
    pub size: usize,
    /// The segment's id.
    pub id: i64,
    /// The collection it belongs to.
    pub collection_id: i64,
    /// The partition it belongs to.
    pub partition_id: i64,
    /// Rows of the segment. Deleted rows count until a compaction purges them.
    pub rows: i64,
    /// One of the MILVUS_SEGMENT_STATE_... constants.
    pub state: i32,
    /// One of the MILVUS_SEGMENT_LEVEL_... constants; reported since Milvus 2.4.7.
    pub level: i32,
    /// 1 if the rows are sorted by primary key, 0 if not, MILVUS_NOT_REPORTED (which is not 0 either) before
    /// Milvus 2.5.0.
    pub is_sorted: i32,
    /// 0.
    pub reserved: i32,
    /// Version of the storage format, from Milvus 2.6.0 on.
    pub storage_version: i64,
    /// Memory of a loaded segment in bytes. Most servers send 0, which is MILVUS_NOT_REPORTED here.
    pub memory: i64,
    /// The channel of the rows, in storage and from servers newer than 3.0.0, else NULL. It lives as long as
    /// the list, as do the next two.
    pub channel: *const c_char,
    /// The segments that a compaction made this one of, where channel is reported; NULL if there are none.
    pub compaction_from: *const i64,
    /// Number of those.
    pub compaction_from_count: usize,
    /// Query nodes that serve a loaded segment; NULL if there are none.
    pub nodes: *const i64,
    /// Number of those.
    pub node_count: usize,
}

/// Segments of a collection, as they were at one moment.
pub struct milvus_segment_list {
    _private: (),
}

/// The value behind a list: segments, and their texts as C has them.
pub struct Segments {
    list: Vec<Segment>,
    channels: Vec<Option<CString>>,
    are_loaded: bool,
}

impl Segments {
    fn new(list: Vec<Segment>, are_loaded: bool) -> Self {
        let channels = list.iter().map(|segment| segment.channel.as_deref().map(convert::c_text)).collect();
        Self { list, channels, are_loaded }
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = milvus_segment> {
        let with_channels = self.list.iter().zip(&self.channels);
        with_channels.map(|(segment, channel)| shown(segment, channel.as_ref()))
    }
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

/// Lists the segments of a collection, ordered by id. Blocks.
///
/// @param client           The client.
/// @param collection_name  Name or alias.
/// @param database         The collection's database; NULL or "": the client's own.
/// @param which            MILVUS_SEGMENTS_STORED or MILVUS_SEGMENTS_LOADED.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_segments     Receives the list, which may be empty; free it with milvus_segment_list_free().
/// @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
/// @retval MILVUS_UNSUPPORTED The server is milvus-lite.
/// @retval MILVUS_SERVER_ERROR Also if the server lists more than 200,000 segments.
/// @retval MILVUS_OUT_OF_MEMORY Also if there is no memory for the list.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segments(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    which: i32,
    timeout_ms: i64,
    out_segments: *mut *mut milvus_segment_list,
) -> milvus_status {
    entry(c"milvus_segments", || {
        let operation = segments_operation(client, collection_name, database, which, timeout_ms)?;
        let out = Out::new("out_segments", out_segments)?;
        out.write(handle::insert_shared(operation.wait()?.form())?);
        Ok(())
    })
}

pub(super) fn segments_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    which: i32,
    timeout_ms: i64,
) -> Result<Operation<CoreList<Segments>>, Error> {
    let client = client_on(client, database)?;
    let name = convert::text("collection_name", collection_name)?;
    let are_loaded = match which {
        MILVUS_SEGMENTS_STORED => false,
        MILVUS_SEGMENTS_LOADED => true,
        _ => {
            return Err(Error::invalid_argument(format!("which: {which} is none of MILVUS_SEGMENTS_...")));
        }
    };
    let operation = client.segments(name, are_loaded, convert::timeout(timeout_ms)?);
    Ok(operation.map(move |list, _| CoreList::new(move || Segments::new(list, are_loaded))))
}

/// Counts the segments of a list.
///
/// @param segments  The list.
/// @return The number of segments; 0 for NULL or a freed list. milvus_last_error() stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_list_count(segments: *const milvus_segment_list) -> usize {
    query(|| handle::get(segments).map(|list| list.list.len())).unwrap_or(0)
}

/// Reads one segment of a list.
///
/// @param segments     The list.
/// @param index        From 0 to milvus_segment_list_count() - 1.
/// @param out_segment  Receives the segment. Begin with `milvus_segment segment = MILVUS_SEGMENT_INIT;`.
///                     What it points to lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
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

/// Frees a list of segments.
///
/// @param segments  The list; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_segment_list_free(segments: *mut milvus_segment_list) {
    if !segments.is_null() {
        entry(c"milvus_segment_list_free", || handle::remove(segments));
    }
}

/// Compares the stored segments of one collection at two moments. Asks no server.
///
/// @param before    From milvus_segments(), before the trigger.
/// @param after     From milvus_segments(), after the job.
/// @param plans     The plans of the job, from milvus_compaction_plans(); NULL if they are not known.
/// @param out_diff  Receives the difference.
/// @retval MILVUS_INVALID_ARGUMENT A list is of loaded segments, or the lists are of two collections.
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
        out.write(segment_diff::compare(&Snapshot::of(&before.list), &after.list, &plans).into());
        Ok(())
    })
}

/// Gives the short text of a segment's state, e.g. "flushed".
///
/// @param state  One of the MILVUS_SEGMENT_STATE_... constants, or any other number.
/// @return A static text, never NULL: "unknown segment state" for any other number.
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
/// @return A static text, never NULL: "unknown segment level" for any other number, such as
///     MILVUS_NOT_REPORTED.
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
