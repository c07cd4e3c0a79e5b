//! The entry of every export that can fail.

use std::ffi::CStr;

use super::errors::{self, milvus_status};
use crate::error::{Error, Status};
use crate::panics;
use crate::process::{self, PureCall, Uncancelled};
use crate::wiping::ClearedRegisters;

/// The failure of an operation that another export has started.
pub(super) struct Failed {
    pub(super) operation: &'static CStr,
    pub(super) error: Error,
}

/// Runs an export's body. Turns a panic into an error, and records an error for the calling thread.
pub(super) fn entry(operation: &'static CStr, body: impl FnOnce() -> Result<(), Error>) -> milvus_status {
    entry_for(operation, || body().map_err(|error| Failed { operation, error }))
}

/// The same for a body whose errors may belong to another export.
pub(super) fn entry_for(
    operation: &'static CStr,
    body: impl FnOnce() -> Result<(), Failed>,
) -> milvus_status {
    let mut body = Some(body);
    enter(operation, &mut || body.take().map_or(Ok(()), |body| body()))
}

/// The entry itself, which is there once for all exports.
#[inline(never)]
fn enter(operation: &'static CStr, body: &mut dyn FnMut() -> Result<(), Failed>) -> milvus_status {
    let _uncancelled = Uncancelled::new();
    let _cleared = ClearedRegisters; // after all that copies, and while nobody can end the thread
    let result = if process::is_forked() {
        // Checked first: threads that do not exist in this process may hold locks.
        Err(forked())
    } else {
        panics::catch(|| Ok(body()))
    };
    settle(result.unwrap_or_else(|error| Err(Failed { operation, error })))
}

/// As [`entry`], for an export that needs no client. A process may fork after it and use the library in the child.
pub(super) fn pure(operation: &'static CStr, body: impl FnOnce() -> Result<(), Error>) -> milvus_status {
    let mut body = Some(body);
    enter_pure(operation, &mut || body.take().map_or(Ok(()), |body| body()))
}

#[inline(never)]
fn enter_pure(operation: &'static CStr, body: &mut dyn FnMut() -> Result<(), Error>) -> milvus_status {
    let _uncancelled = Uncancelled::new();
    let _cleared = ClearedRegisters; // after all that copies, and while nobody can end the thread
    let result = PureCall::begin().ok_or_else(forked).and_then(|_call| panics::catch(body));
    settle(result.map_err(|error| Failed { operation, error }))
}

fn forked() -> Error {
    Error::new(Status::Forked, "the library was in use when this process was forked from its parent")
}

/// Records the error for the calling thread.
fn settle(result: Result<(), Failed>) -> milvus_status {
    match result {
        Ok(()) => Status::Ok as milvus_status,
        Err(Failed { operation, error }) => {
            if error.status != Status::Pending {
                errors::record(operation, &error);
            }
            error.status as milvus_status
        }
    }
}

/// Runs the body of an export that returns at once and has no status. A failure is not recorded.
pub(super) fn query<T>(body: impl FnOnce() -> Result<T, Error>) -> Option<T> {
    let _uncancelled = Uncancelled::new();
    if process::is_forked() { None } else { panics::catch(body).ok() }
}
