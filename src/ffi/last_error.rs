//! The detail of the calling thread's latest failed call.

use std::cell::RefCell;
use std::ffi::{CStr, CString};

use super::errors::milvus_error;
use crate::error::{Error, Status};

/// The C struct and the text it points to.
struct Detail {
    raw: milvus_error,
    _message: CString,
}

/// What a thread without a failed call gets.
struct NoError(milvus_error);

// SAFETY: it is never written, and the texts that it points to are static.
unsafe impl Sync for NoError {}

static NO_ERROR: NoError = NoError(milvus_error {
    size: size_of::<milvus_error>(),
    status: Status::Ok as i32,
    grpc_code: 0,
    server_code: 0,
    retriable: 0,
    in_doubt: 0,
    reserved: 0,
    job_id: 0,
    operation: c"".as_ptr(),
    message: c"".as_ptr(),
    found: 0,
    reserved_2: 0,
});

thread_local! {
    // Boxed, so that its address stays until the next failure.
    static LATEST: RefCell<Option<Box<Detail>>> = const { RefCell::new(None) };
}

/// Remembers an error for the calling thread. A thread that is ending keeps none.
pub(super) fn record(operation: &'static CStr, error: &Error) {
    // A message holds no control characters, so no NUL either.
    let message = CString::new(error.message()).unwrap_or_default();
    let raw = milvus_error {
        size: size_of::<milvus_error>(),
        status: error.status as i32,
        grpc_code: error.grpc_code,
        server_code: error.server_code,
        retriable: error.retriable.into(),
        in_doubt: error.in_doubt.into(),
        reserved: 0,
        job_id: error.job_id,
        operation: operation.as_ptr(),
        message: message.as_ptr(),
        found: error.found,
        reserved_2: 0,
    };
    let detail = Box::new(Detail { raw, _message: message });
    let _ = LATEST.try_with(|latest| latest.borrow_mut().replace(detail));
}

/// The calling thread's latest error. Never NULL.
pub(super) fn latest() -> *const milvus_error {
    let own = LATEST.try_with(|latest| latest.borrow().as_ref().map(|detail| &raw const detail.raw));
    own.ok().flatten().unwrap_or(&raw const NO_ERROR.0)
}
