//! Why a call failed, as the library tells it.

use std::ffi::CStr;
use std::fmt;

use crate::ffi;

/// A failed call.
#[derive(Clone, Debug)]
pub struct Failure {
    pub status: i32,
    pub message: String,
    /// Whether the server may have started a compaction although the call failed.
    pub in_doubt: bool,
    /// Whether the same call can safely be repeated.
    pub retriable: bool,
    /// What the library found out about a trigger in doubt.
    pub resolution: i32,
    pub job: i64,
}

impl Failure {
    /// One that the command finds itself.
    pub fn of(status: i32, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            in_doubt: false,
            retriable: false,
            resolution: 0,
            job: ffi::MILVUS_NO_JOB,
        }
    }

    /// The latest failure of this thread.
    pub(super) fn latest() -> Self {
        // SAFETY: the function returns a valid struct for every thread.
        Self::read(unsafe { &*ffi::milvus_last_error() })
    }

    pub(super) fn read(error: &ffi::milvus_error) -> Self {
        Self {
            status: error.status,
            message: super::text(error.message),
            in_doubt: error.in_doubt == ffi::MILVUS_YES,
            retriable: error.retriable == ffi::MILVUS_YES,
            resolution: error.resolution,
            job: error.job_id,
        }
    }

    /// The name of the status' constant.
    pub fn status_name(&self) -> &'static str {
        // SAFETY: the function takes any number and returns a static text.
        static_text(unsafe { ffi::milvus_status_name(self.status) })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// A text that lives as long as the library.
pub(super) fn static_text(text: *const std::ffi::c_char) -> &'static str {
    // SAFETY: only static texts of the library come here; they are UTF-8.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}
