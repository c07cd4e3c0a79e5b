//! What happens to each collection of an operation.

use std::ffi::CStr;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Status;

/// Something that happened to a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its place in the list of results.
    pub(crate) place: usize,
    pub(crate) name: Arc<CStr>,
    pub(crate) what: Happened,
    /// The time since the start of the operation.
    pub(crate) at: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Began,
    /// The server answered a trigger with this job.
    Triggered(i64),
    Ended(EventEnd),
}

/// How a collection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventEnd {
    pub(crate) status: Status,
    pub(crate) job_id: i64,
    pub(crate) is_skipped: bool,
}

impl EventEnd {
    pub(crate) fn of(status: Status, job_id: i64) -> Self {
        Self { status, job_id, is_skipped: false }
    }
}
