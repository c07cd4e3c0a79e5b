//! Errors
//!
//! A function that can fail returns a milvus_status, and the calling thread's milvus_last_error() has
//! the detail. On failure nothing is written through the result parameters, unless said otherwise.
//! MILVUS_PENDING is no failure, and leaves no detail: an operation is just not over.

use std::ffi::{CStr, c_char};

use super::last_error;
use crate::error::Status;

/// How a call ended: MILVUS_OK or one of the MILVUS_... constants above. Later versions add more of
/// them: treat an unknown one as failure.
pub type milvus_status = i32;

/// The detail of a failed call. The library makes it and owns it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_error {
    /// Size of this struct in the loaded library, in bytes.
    pub size: usize,
    /// What the failed call returned.
    pub status: milvus_status,
    /// The gRPC status code that the call to the server ended with; 0 if it was not gRPC that failed.
    pub grpc_code: i32,
    /// Milvus' own error code (servers before 2.3: its legacy number); 0 if the server sent none.
    pub server_code: i32,
    /// 1 if the same call can safely be repeated and may then succeed, else 0.
    pub retriable: i32,
    /// 1 if the server may have started a compaction although the call failed, else 0. Never 1
    /// together with retriable: repeating could compact twice.
    pub in_doubt: i32,
    /// If in_doubt, what was found out about it before the call returned, as milvus_compaction_resolve() would:
    /// MILVUS_RESOLUTION_NOT_LOOKED to _CANNOT_KNOW; a job that was found is in job_id. Else 0.
    pub resolution: i32,
    /// The job that the call was about; MILVUS_NO_JOB if none; MILVUS_UNKNOWN_JOB if a job was found of which
    /// the server does not tell the id.
    pub job_id: i64,
    /// Name of the function that failed, e.g. "milvus_compact", or that started the operation; "" if none
    /// failed. Static, never NULL.
    pub operation: *const c_char,
    /// What happened, for a person: one line, at most 1023 bytes, UTF-8, without control characters,
    /// never with the token in it. Never NULL. Lives as long as this struct: that of milvus_last_error() is
    /// gone with the thread's next failing call, so copy the text; that of a future or a list is part of it.
    pub message: *const c_char,
}

/// The constant's name of a status, e.g. "MILVUS_COLLECTION_NOT_FOUND"; of any other number,
/// "MILVUS_UNKNOWN_STATUS". A static string. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_status_name(status: milvus_status) -> *const c_char {
    Status::from_number(status).map_or(c"MILVUS_UNKNOWN_STATUS", Status::name).as_ptr()
}

/// What a status means and what to do about it, in one English sentence; takes any number. A static
/// string. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_status_message(status: milvus_status) -> *const c_char {
    const UNKNOWN: &CStr = c"A status that this version of the library does not know.";
    Status::from_number(status).map_or(UNKNOWN, Status::message).as_ptr()
}

/// The detail of the calling thread's latest failed call, or one with the status MILVUS_OK if none
/// has failed. Calls that succeed leave it alone. Never NULL. Valid on this thread until its next
/// failing call or its end; do not free it. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_last_error() -> *const milvus_error {
    last_error::latest()
}

/// The message of milvus_last_error(), "" if no call of this thread has failed. Never NULL. Valid as
/// long as that. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_last_error_message() -> *const c_char {
    // SAFETY: it points to this thread's detail or to a static one.
    unsafe { (*last_error::latest()).message }
}
