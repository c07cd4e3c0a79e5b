//! The one door into the library: every export that can fail goes through it.

use std::ffi::CStr;

use super::errors::milvus_status;
use super::last_error;
use crate::error::{Error, Status};
use crate::{panics, runtime};

/// Runs an export's body. A panic becomes an error; an error is recorded for the calling thread.
pub(super) fn entry(operation: &'static CStr, body: impl FnOnce() -> Result<(), Error>) -> milvus_status {
    let result = if runtime::is_forked() {
        // Before anything else: locks may be held by threads that do not exist in this process.
        Err(Error::new(Status::Forked, "the library was in use when this process was forked from its parent"))
    } else {
        panics::catch(body)
    };
    match result {
        Ok(()) => Status::Ok as milvus_status,
        Err(error) => {
            last_error::record(operation, &error);
            error.status as milvus_status
        }
    }
}

/// Runs the body of an export that answers at once and has no status; a failure leaves no trace.
pub(super) fn query<T>(body: impl FnOnce() -> Result<T, Error>) -> Option<T> {
    if runtime::is_forked() { None } else { panics::catch(body).ok() }
}
