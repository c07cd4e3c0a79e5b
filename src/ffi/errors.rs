//! Errors
//!
//! A function that can fail returns a milvus_status. The details of a thread's latest failure are in
//! milvus_last_error(). MILVUS_PENDING is no failure and leaves no details: it means that an operation
//! still runs.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char};

use crate::error::{Error, MESSAGE_LIMIT, Status};
use crate::trace::REQUEST_ID_LIMIT;

/// How a call ended: MILVUS_OK or another of the constants above. Later versions add more: treat an unknown
/// one as a failure.
pub type milvus_status = i32;

/// The details of a failed call. The library makes it and owns it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_error {
    /// Size of this struct in the loaded library, in bytes.
    pub size: usize,
    /// The status that the failed call returned.
    pub status: milvus_status,
    /// The gRPC status code of the failed request, also the one that gRPC maps an HTTP status to; 0 if gRPC did not fail.
    pub grpc_code: i32,
    /// Milvus' own error code (before Milvus 2.3: the old kind of number); 0 if the server sent none.
    pub server_code: i32,
    /// 1 if the same call can safely be repeated and may then succeed, else 0.
    pub retriable: i32,
    /// 1 if the server may have started a compaction although the call failed, else 0. Never 1 together with
    /// retriable: to repeat the call could compact twice.
    pub in_doubt: i32,
    /// What the library found out about a trigger in doubt before the call returned: one of the
    /// MILVUS_RESOLUTION_... constants. If it found the job, job_id has it. MILVUS_RESOLUTION_NOT_LOOKED if
    /// in_doubt is 0.
    pub resolution: i32,
    /// The job of the call; MILVUS_NO_JOB if there is none; MILVUS_UNKNOWN_JOB if there is one and the server
    /// does not tell its id.
    pub job_id: i64,
    /// Name of the function that failed, or that started the failed operation, e.g. "milvus_compact". Static,
    /// never NULL; "" if no call failed.
    pub operation: *const c_char,
    /// What happened, for a person: one line of UTF-8, at most 1023 bytes, without control characters and
    /// without the token. Never NULL. It lives as long as this struct. The thread's next failure overwrites the
    /// text of milvus_last_error(), so copy it.
    pub message: *const c_char,
    /// The request id of the operation that failed, as its requests and its log lines have it (see
    /// milvus_thread_set_request_id()). Never NULL; "" if no operation had begun. It lives as long as message.
    pub request_id: *const c_char,
}

/// Gives the name of a status's constant, e.g. "MILVUS_COLLECTION_NOT_FOUND".
///
/// The other _name functions give a short text. This one gives the constant, because people search for it.
///
/// @param status  Any number.
/// @return A static text, never NULL: "MILVUS_UNKNOWN_STATUS" for a number that this library does not know.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_status_name(status: milvus_status) -> *const c_char {
    Status::from_number(status).map_or(c"MILVUS_UNKNOWN_STATUS", Status::name).as_ptr()
}

/// Says what a status means and what to do about it, in one English sentence.
///
/// @param status  Any number.
/// @return A static text, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_status_message(status: milvus_status) -> *const c_char {
    const UNKNOWN: &CStr = c"A status that this version of the library does not know.";
    Status::from_number(status).map_or(UNKNOWN, Status::message).as_ptr()
}

/// Gives the details of the calling thread's latest failure.
///
/// A call that succeeds leaves them alone. They stay valid on this thread until its next failure or its
/// end.
///
/// @return The details; with the status MILVUS_OK if no call has failed. Never NULL; do not free it.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_last_error() -> *const milvus_error {
    latest()
}

/// Gives the message of milvus_last_error().
///
/// @return The text, "" if no call has failed. Never NULL. It stays valid as long as those details.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_last_error_message() -> *const c_char {
    // SAFETY: it points to this thread's detail or to a static one.
    unsafe { (*latest()).message }
}

/// The details of one error: the C struct and the texts that it points to.
pub(super) struct Detail {
    raw: milvus_error,
    _message: CString,
    _request_id: CString,
}

// SAFETY: never written once it is made, and what it points to is static or its own.
unsafe impl Send for Detail {}
// SAFETY: as above.
unsafe impl Sync for Detail {}

impl Detail {
    pub(super) fn new(operation: &'static CStr, error: &Error) -> Self {
        // A message holds no control characters, so no NUL either.
        let message = CString::new(error.message()).unwrap_or_default();
        let request_id = CString::new(error.request_id()).unwrap_or_default();
        let raw = raw_of(operation, error, message.as_ptr(), request_id.as_ptr());
        Self { raw, _message: message, _request_id: request_id }
    }

    /// Valid as long as this is where it is.
    pub(super) fn pointer(&self) -> *const milvus_error {
        &raw const self.raw
    }
}

fn raw_of(
    operation: &'static CStr,
    error: &Error,
    message: *const c_char,
    request_id: *const c_char,
) -> milvus_error {
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
        request_id,
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
            request_id: c"".as_ptr(),
        })
    }

    pub(super) fn pointer(&'static self) -> *const milvus_error {
        &raw const self.0
    }
}

/// What a thread without a failed call gets.
const NO_ERROR: Plain = Plain::new(Status::Ok, c"");

thread_local! {
    // The C struct and the texts it points to. None needs a destructor: a call may fail while its thread ends, and
    // the error has to be readable even then.
    static LATEST: Cell<milvus_error> = const { Cell::new(NO_ERROR.0) };
    static MESSAGE: [Cell<u8>; MESSAGE_LIMIT + 1] = const { [const { Cell::new(0) }; _] };
    static REQUEST_ID: [Cell<u8>; REQUEST_ID_LIMIT + 1] = const { [const { Cell::new(0) }; _] };
}

/// Remembers an error for the calling thread.
#[cold]
#[inline(never)] // or each export has a copy of it
pub(super) fn record(operation: &'static CStr, error: &Error) {
    let message = MESSAGE.with(|place| kept(place, error.message()));
    let request_id = REQUEST_ID.with(|place| kept(place, error.request_id()));
    LATEST.set(raw_of(operation, error, message, request_id));
}

/// Copies a text and its NUL into a place of the thread, as much of it as fits.
fn kept(place: &[Cell<u8>], text: &str) -> *const c_char {
    let text = &text.as_bytes()[..text.len().min(place.len() - 1)];
    place.iter().zip(text.iter().chain(&[0])).for_each(|(place, byte)| place.set(*byte));
    place.as_ptr().cast()
}

/// The calling thread's latest error. Never NULL.
pub(super) fn latest() -> *const milvus_error {
    LATEST.with(|latest| latest.as_ptr().cast_const())
}
