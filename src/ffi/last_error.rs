//! The detail of the calling thread's latest failed call.

use std::cell::RefCell;
use std::ffi::{CStr, CString};

use super::errors::milvus_error;
use crate::error::{Error, Status};

/// The C struct and the text it points to.
pub(super) struct Detail {
    raw: milvus_error,
    _message: CString,
}

// SAFETY: never written once it is made, and what it points to is static or its own.
unsafe impl Send for Detail {}
unsafe impl Sync for Detail {}

impl Detail {
    pub(super) fn new(operation: &'static CStr, error: &Error) -> Self {
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
        Self { raw, _message: message }
    }

    /// Valid as long as this is where it is.
    pub(super) fn pointer(&self) -> *const milvus_error {
        &raw const self.raw
    }
}

/// An error of which nothing but the status and a text is to be said.
pub(super) struct Plain(milvus_error);

// SAFETY: it is never written, and the texts that it points to are static.
unsafe impl Sync for Plain {}

impl Plain {
    pub(super) const fn new(status: Status, message: &'static CStr) -> Self {
        Self(milvus_error {
            size: size_of::<milvus_error>(),
            status: status as i32,
            grpc_code: 0,
            server_code: 0,
            retriable: 0,
            in_doubt: 0,
            reserved: 0,
            job_id: 0,
            operation: c"".as_ptr(),
            message: message.as_ptr(),
            found: 0,
            reserved_2: 0,
        })
    }

    pub(super) fn pointer(&'static self) -> *const milvus_error {
        &raw const self.0
    }
}

/// What a thread without a failed call gets.
static NO_ERROR: Plain = Plain::new(Status::Ok, c"");

thread_local! {
    // Boxed, so that its address stays until the next failure.
    static LATEST: RefCell<Option<Box<Detail>>> = const { RefCell::new(None) };
}

/// Remembers an error for the calling thread. A thread that is ending keeps none.
pub(super) fn record(operation: &'static CStr, error: &Error) {
    let detail = Box::new(Detail::new(operation, error));
    let _ = LATEST.try_with(|latest| latest.borrow_mut().replace(detail));
}

/// The calling thread's latest error. Never NULL.
pub(super) fn latest() -> *const milvus_error {
    let own = LATEST.try_with(|latest| latest.borrow().as_ref().map(|detail| detail.pointer()));
    own.ok().flatten().unwrap_or_else(|| NO_ERROR.pointer())
}
