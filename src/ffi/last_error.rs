//! The detail of the calling thread's latest failed call.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char};

use super::errors::milvus_error;
use crate::error::{Error, MESSAGE_LIMIT, Status};

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
        Self { raw: raw_of(operation, error, message.as_ptr()), _message: message }
    }

    /// Valid as long as this is where it is.
    pub(super) fn pointer(&self) -> *const milvus_error {
        &raw const self.raw
    }
}

fn raw_of(operation: &'static CStr, error: &Error, message: *const c_char) -> milvus_error {
    milvus_error {
        size: size_of::<milvus_error>(),
        status: error.status as i32,
        grpc_code: error.grpc_code,
        server_code: error.server_code,
        retriable: error.retriable.into(),
        in_doubt: error.in_doubt.into(),
        resolution: error.resolution,
        job_id: error.job_id,
        operation: operation.as_ptr(),
        message,
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
            resolution: 0,
            job_id: 0,
            operation: c"".as_ptr(),
            message: message.as_ptr(),
        })
    }

    pub(super) fn pointer(&'static self) -> *const milvus_error {
        &raw const self.0
    }
}

/// What a thread without a failed call gets.
const NO_ERROR: Plain = Plain::new(Status::Ok, c"");

thread_local! {
    // The C struct and the text it points to. Neither needs a destructor: a call may fail while its thread ends, and
    // the error has to be readable even then.
    static LATEST: Cell<milvus_error> = const { Cell::new(NO_ERROR.0) };
    static MESSAGE: [Cell<u8>; MESSAGE_LIMIT + 1] = const { [const { Cell::new(0) }; _] };
}

/// Remembers an error for the calling thread.
#[cold]
#[inline(never)] // or each export has a copy of it
pub(super) fn record(operation: &'static CStr, error: &Error) {
    let text = error.message().as_bytes();
    let text = &text[..text.len().min(MESSAGE_LIMIT)];
    let kept = MESSAGE.with(|message| {
        message.iter().zip(text.iter().chain(&[0])).for_each(|(place, byte)| place.set(*byte));
        message.as_ptr().cast()
    });
    LATEST.set(raw_of(operation, error, kept));
}

/// The calling thread's latest error. Never NULL.
pub(super) fn latest() -> *const milvus_error {
    LATEST.with(|latest| latest.as_ptr().cast_const())
}
