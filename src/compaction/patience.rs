//! The errors of a wait that ends before its job. No I/O.

use std::time::Duration;

use crate::error::{Error, Status};

/// The error for a server that has not responded for too long, whatever each request failed with.
pub(super) fn out_of_reach(job_id: i64, since: Duration, latest: &Error) -> Error {
    let since = since.as_secs();
    let text = format!(
        "compaction job {job_id}: the server has not answered for {since} s ({latest}); the job may go on"
    );
    let mut error = Error::new(Status::Unavailable, text).retriable();
    error.grpc_code = latest.grpc_code;
    error
}

/// The error for a job that does not advance while the server responds: its plans may wait for a worker for ever. The
/// caller can safely wait again.
pub(super) fn stalled(job_id: i64, since: Duration, progress: &str) -> Error {
    let text = format!(
        "compaction job {job_id}: nothing has changed for {} ms ({progress}); it may go on",
        since.as_millis()
    );
    Error::new(Status::Stalled, text).retriable()
}
