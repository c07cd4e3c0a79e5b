//! Collections one by one
//!
//! While milvus_compact_many_async() and the like run, milvus_future_next_event() tells which collection
//! began, and which ended and how. The progress callback says when to look.

use std::ffi::{CStr, c_char};

use super::convert::{self, OutStruct, Sized_};
use super::entry::entry;
use super::errors::milvus_status;
use super::futures::milvus_future;
use super::handle;
use crate::compaction::NO_JOB;
use crate::compaction::progress::Event;
use crate::error::{Error, Status};

/// The library begins with the collection.
pub const MILVUS_EVENT_BEGAN: i32 = 1;
/// The collection is done, failed or skipped.
pub const MILVUS_EVENT_ENDED: i32 = 2;

/// What happened to one of many collections.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_collection_event {
    /// Set by MILVUS_COLLECTION_EVENT_INIT.
    pub size: usize,
    /// What happened: one of the MILVUS_EVENT_... constants. Later versions may add more.
    pub event: i32,
    /// How it ended, as in the list of results; MILVUS_PENDING when it begins.
    pub status: milvus_status,
    /// 1 if it ended because the parameters skip it, else 0.
    pub is_skipped: i32,
    /// 0.
    pub reserved: i32,
    /// The collection as it was given or listed; with all_databases "database/collection". It lives until the
    /// future is freed, never NULL.
    pub collection_name: *const c_char,
    /// Its place in the list of results, from 0.
    pub index: i64,
    /// The job with which it ended; MILVUS_NO_JOB if there is none.
    pub job_id: i64,
    /// Milliseconds since the operation started.
    pub elapsed_ms: i64,
}

// SAFETY: repr(C), begins with its size, and has fields that any bytes are valid for.
unsafe impl Sized_ for milvus_collection_event {
    const NAME: &'static str = "milvus_collection_event";
    const FIRST_SIZE: usize = 56;
}

/// Reads the next event of a future, the oldest that was not read. Does not wait.
///
/// Each collection has two: it begins, and it ends; one whose turn did not come only ends. They are there as
/// soon as they happen, and until the future is freed. The progress callback runs after them, at most ten
/// times a second; read the rest when the operation is over. If several threads read, each event reaches one.
///
/// @param future     A future of milvus_compact_many_async(), milvus_optimize_many_async(),
///                   milvus_survey_async() or milvus_collections_async(). Others have no events.
/// @param out_event  Receives the event. Begin with `milvus_collection_event event =
///                   MILVUS_COLLECTION_EVENT_INIT;`.
/// @retval MILVUS_PENDING There is no event that was not read.
/// @return Else MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_future_next_event(
    future: *mut milvus_future,
    out_event: *mut milvus_collection_event,
) -> milvus_status {
    entry(c"milvus_future_next_event", || {
        let started = handle::get(future.cast_const())?;
        let out = OutStruct::new("out_event", out_event)?;
        let event = started.context().progress_tracker().next_event();
        let event = event.ok_or_else(|| Error::new(Status::Pending, "there is no other event now"))?;
        out.write(&shown(&event));
        Ok(())
    })
}

/// Gives the short text of an event, e.g. "began".
///
/// @param event  One of the MILVUS_EVENT_... constants, or any other number.
/// @return A static text, never NULL: "unknown event" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_event_name(event: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 2] = [(MILVUS_EVENT_BEGAN, c"began"), (MILVUS_EVENT_ENDED, c"ended")];
    convert::named(event, &NAMES, c"unknown event")
}

/// The operation keeps its events, so the name lives as long as the operation, which the future keeps.
fn shown(event: &Event) -> milvus_collection_event {
    let ended = event.ended.as_ref();
    milvus_collection_event {
        size: size_of::<milvus_collection_event>(),
        event: if ended.is_some() { MILVUS_EVENT_ENDED } else { MILVUS_EVENT_BEGAN },
        status: ended.map_or(Status::Pending, |ended| ended.status) as milvus_status,
        is_skipped: ended.is_some_and(|ended| ended.is_skipped).into(),
        reserved: 0,
        collection_name: event.name.as_ptr(),
        index: i64::try_from(event.place).unwrap_or(i64::MAX),
        job_id: ended.map_or(NO_JOB, |ended| ended.job_id),
        elapsed_ms: i64::try_from(event.at.as_millis()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_size_is_that_of_this_first_version() {
        assert_eq!(milvus_collection_event::FIRST_SIZE, size_of::<milvus_collection_event>());
    }
}
