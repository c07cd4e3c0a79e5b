//! Values with a meaning of their own
//!
//! A server does not report every number, and not every question has an answer. These constants stand for
//! that.

use std::ffi::c_char;

use super::convert::named;

/// As timeout_ms: no limit. The call still ends with MILVUS_UNAVAILABLE when the server is gone.
pub const MILVUS_NO_TIMEOUT: i64 = -1;
/// The server does not report this number. No number that it does report is negative.
pub const MILVUS_NOT_REPORTED: i64 = -1;

/// The answer is not known. Compare with MILVUS_YES: as a plain condition, this number counts as true.
pub const MILVUS_NOT_KNOWN: i32 = -1;
/// The answer is no.
pub const MILVUS_NO: i32 = 0;
/// The answer is yes.
pub const MILVUS_YES: i32 = 1;

/// There is no job: the server scheduled nothing. Every function that takes a job id takes this one too.
pub const MILVUS_NO_JOB: i64 = 0;
/// There is a job, but the server does not tell its id. No function takes this as a job id.
pub const MILVUS_UNKNOWN_JOB: i64 = -1;
/// There is no segment: a plan has no result, or none yet.
pub const MILVUS_NO_SEGMENT: i64 = -1;

/// Gives the short text of an answer: "yes", "no" or "unknown".
///
/// @param answer  MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN. Any other number counts as unknown.
/// @return A static text, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_answer_name(answer: i32) -> *const c_char {
    named(answer, &[(MILVUS_YES, c"yes"), (MILVUS_NO, c"no")], c"unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::{Known, NO_JOB, UNKNOWN_JOB};

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!((MILVUS_NO_JOB, MILVUS_UNKNOWN_JOB), (NO_JOB, UNKNOWN_JOB));
        assert_eq!(MILVUS_NOT_REPORTED, super::super::convert::NOT_REPORTED);
        assert_eq!(MILVUS_NOT_KNOWN, Known::NotKnown as i32);
        assert_eq!((MILVUS_NO, MILVUS_YES), (Known::No as i32, Known::Yes as i32));
    }
}
