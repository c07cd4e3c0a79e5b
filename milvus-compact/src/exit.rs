//! The exit codes, as `--help` and the man page list them.

use crate::ffi;
use crate::milvus::Failure;

pub const DONE: u8 = 0;
pub const FAILED: u8 = 1;
pub const USAGE: u8 = 2;
pub const IN_DOUBT: u8 = 3;
pub const UNKNOWN: u8 = 4;
pub const NOT_OVER: u8 = 5;
pub const BUSY: u8 = 6;
pub const UNREACHABLE: u8 = 7;
pub const REFUSED: u8 = 8;
pub const NOT_FOUND: u8 = 9;
pub const UNSUPPORTED: u8 = 10;
pub const INCOMPLETE: u8 = 11;
pub const OUTPUT: u8 = 12;
/// A signal is added to it.
pub const SIGNAL: u8 = 128;

/// The code of one failure. `is_under_way`: whether a job had started, so that it goes on.
pub fn of(failure: &Failure, is_under_way: bool) -> u8 {
    if failure.in_doubt {
        return IN_DOUBT;
    }
    match failure.status {
        ffi::MILVUS_OUTCOME_UNKNOWN => UNKNOWN,
        ffi::MILVUS_TIMEOUT | ffi::MILVUS_STALLED | ffi::MILVUS_CANCELLED => NOT_OVER,
        ffi::MILVUS_UNAVAILABLE | ffi::MILVUS_NOT_READY if is_under_way => NOT_OVER,
        ffi::MILVUS_BUSY => BUSY,
        ffi::MILVUS_UNAVAILABLE
        | ffi::MILVUS_TLS_FAILED
        | ffi::MILVUS_NOT_READY
        | ffi::MILVUS_RATE_LIMITED => UNREACHABLE,
        ffi::MILVUS_UNAUTHENTICATED | ffi::MILVUS_PERMISSION_DENIED => REFUSED,
        ffi::MILVUS_COLLECTION_NOT_FOUND
        | ffi::MILVUS_DATABASE_NOT_FOUND
        | ffi::MILVUS_PARTITION_NOT_FOUND => NOT_FOUND,
        ffi::MILVUS_UNSUPPORTED | ffi::MILVUS_COMPACTION_DISABLED => UNSUPPORTED,
        ffi::MILVUS_INCOMPLETE | ffi::MILVUS_NOT_SERVED | ffi::MILVUS_OUT_OF_BOUNDS => INCOMPLETE,
        ffi::MILVUS_INVALID_ARGUMENT => USAGE,
        _ => FAILED,
    }
}

/// The code of several collections: in doubt if any is, else the lowest of those that failed.
pub fn of_all(codes: impl IntoIterator<Item = u8>) -> u8 {
    let failed: Vec<u8> = codes.into_iter().filter(|code| *code != DONE).collect();
    if failed.contains(&IN_DOUBT) { IN_DOUBT } else { failed.into_iter().min().unwrap_or(DONE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_comes_first_and_then_the_lowest() {
        assert_eq!(of_all([DONE, NOT_FOUND, IN_DOUBT, FAILED]), IN_DOUBT);
        assert_eq!(of_all([DONE, NOT_FOUND, NOT_OVER]), NOT_OVER);
        assert_eq!(of_all([DONE, DONE]), DONE);
    }

    #[test]
    fn a_lost_connection_is_another_thing_while_a_job_runs() {
        let lost = Failure::of(ffi::MILVUS_UNAVAILABLE, "gone");
        assert_eq!((of(&lost, true), of(&lost, false)), (NOT_OVER, UNREACHABLE));
        let doubtful = Failure { in_doubt: true, ..lost };
        assert_eq!(of(&doubtful, false), IN_DOUBT);
    }
}
