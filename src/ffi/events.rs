//! Collections one by one
//!
//! While milvus_compact_many_async() and the like run, milvus_future_next_event() tells which collection
//! began, each of its jobs as soon as the server has it, and which ended and how. The progress callback says
//! when to look.

use std::ffi::{CStr, c_char};

use super::convert::{self, OutStruct, Sized_};
use super::entry::entry;
use super::errors::milvus_status;
use super::futures::milvus_future;
use super::handle;
use crate::compaction::NO_JOB;
use crate::compaction::events::{Event, EventEnd, Happened};
use crate::error::{Error, Status};

/// The library begins with the collection.
pub const MILVUS_EVENT_BEGAN: i32 = 1;
/// The collection is done, failed or skipped.
pub const MILVUS_EVENT_ENDED: i32 = 2;
/// The server has the job, which goes on whatever becomes of this program: the operation triggered it, or
/// found it under way and follows it. Save what milvus_job_export() gives of it now, for example in the
/// progress callback, and another program can follow the job even if this one is killed.
pub const MILVUS_EVENT_TRIGGERED: i32 = 3;

/// What happened to a collection.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_collection_event {
    /// Set by MILVUS_COLLECTION_EVENT_INIT.
    pub size: usize,
    /// What happened: one of the MILVUS_EVENT_... constants. Later versions may add more.
    pub event: i32,
    /// How it ended, as in the list of results; MILVUS_PENDING before.
    pub status: milvus_status,
    /// 1 if it ended because the parameters skip it, else 0.
    pub is_skipped: i32,
    /// 0.
    pub reserved: i32,
    /// The collection as it was given or listed; with all_databases "database/collection". It lives until the
    /// future is freed, never NULL.
    pub collection_name: *const c_char,
    /// Its place in the list of results, from 0; 0 of milvus_optimize_async().
    pub index: i64,
    /// The job that was triggered, or with which the collection ended; MILVUS_NO_JOB if there is none.
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
/// Each collection begins and ends; one whose turn did not come only ends. Between the two, each of its jobs
/// is told once: one or none of milvus_compact_many_async() (more if it has to trigger again, because a job
/// of another kind ran), and one for each round of an optimization. A trigger that fails in doubt has no job
/// yet. Events are there as soon as they happen, and until the future is freed. The progress callback runs
/// within a tenth of a second after them, also while the server is silent; read the rest when the operation
/// is over. Any thread may read, that callback's too; if several do, each event reaches one.
///
/// @param future     A future of milvus_compact_many_async(), milvus_optimize_async(),
///                   milvus_optimize_many_async(), milvus_survey_async() or milvus_collections_async(). Others
///                   have no events.
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
    const NAMES: [(i32, &CStr); 3] = [
        (MILVUS_EVENT_BEGAN, c"began"),
        (MILVUS_EVENT_ENDED, c"ended"),
        (MILVUS_EVENT_TRIGGERED, c"triggered"),
    ];
    convert::named(event, &NAMES, c"unknown event")
}

/// The operation keeps its events, so the name lives as long as the operation, which the future keeps.
fn shown(event: &Event) -> milvus_collection_event {
    let (number, end) = match event.what {
        Happened::Began => (MILVUS_EVENT_BEGAN, EventEnd::of(Status::Pending, NO_JOB)),
        Happened::Triggered(job_id) => (MILVUS_EVENT_TRIGGERED, EventEnd::of(Status::Pending, job_id)),
        Happened::Ended(end) => (MILVUS_EVENT_ENDED, end),
    };
    milvus_collection_event {
        size: size_of::<milvus_collection_event>(),
        event: number,
        status: end.status as milvus_status,
        is_skipped: end.is_skipped.into(),
        reserved: 0,
        collection_name: event.name.as_ptr(),
        index: i64::try_from(event.place).unwrap_or(i64::MAX),
        job_id: end.job_id,
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
