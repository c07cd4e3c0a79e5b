//! The error type of the library: one flat list of statuses, and one struct with the details of a failure.

use std::ffi::CStr;
use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::text::{LINE_LIMIT, one_line};

/// The longest message in bytes; with its terminating NUL it fits in 1 KiB.
pub const MESSAGE_LIMIT: usize = LINE_LIMIT;

macro_rules! statuses {
    ($($variant:ident = $number:literal, $name:literal, $message:literal;)*) => {
        /// How a call ended. The numbers are part of the ABI: the list only ever grows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        pub enum Status {
            $(#[doc = $message] $variant = $number,)*
        }

        impl Status {
            /// Every status, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The C constant's name, and one sentence that tells a person what to do.
            const fn texts(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$variant => (
                        concat!("MILVUS_", $name, "\0"),
                        concat!($message, "\0"),
                    ),)*
                }
            }
        }
    };
}

statuses! {
    Ok = 0, "OK", "The call succeeded.";
    InvalidArgument = 1, "INVALID_ARGUMENT", "A parameter is NULL, malformed or out of range; the message names it.";
    InvalidHandle = 2, "INVALID_HANDLE", "The handle is freed, of another type, or not from this library.";
    Closed = 3, "CLOSED", "The client is closed; make a new one.";
    Forked = 4, "FORKED", "This process is a fork of one that used the library; use the library in the parent, or call exec first.";
    Pending = 5, "PENDING", "The operation still runs; wait for its future, or ask again later.";
    Unavailable = 10, "UNAVAILABLE", "The server does not answer, or the connection broke; check the address and the server.";
    TlsFailed = 11, "TLS_FAILED", "No secure connection is possible; check http or https, and the certificates.";
    Timeout = 12, "TIMEOUT", "The time limit passed; the work on the server may still go on.";
    Cancelled = 13, "CANCELLED", "The caller cancelled the call; the work on the server may still go on.";
    Unauthenticated = 20, "UNAUTHENTICATED", "The server does not accept the token; check it.";
    PermissionDenied = 21, "PERMISSION_DENIED", "The user lacks the privilege that the message names; ask an administrator for it.";
    CollectionNotFound = 22, "COLLECTION_NOT_FOUND", "The database has no collection or alias of that name.";
    DatabaseNotFound = 23, "DATABASE_NOT_FOUND", "No database of that name exists.";
    RateLimited = 24, "RATE_LIMITED", "The server's rate limit refused the call; if the error is retriable, try again in a few seconds.";
    NotReady = 25, "NOT_READY", "The server is starting, or a part of it is down; try again in a few seconds.";
    CompactionDisabled = 26, "COMPACTION_DISABLED", "The server's configuration switches compaction off (dataCoord.enableCompaction).";
    Unsupported = 27, "UNSUPPORTED", "This version of the server cannot do that; the message names the version that can.";
    ServerError = 28, "SERVER_ERROR", "The server refused or failed; the error has the server's own code and text.";
    PartitionNotFound = 29, "PARTITION_NOT_FOUND", "The collection has no partition of that name.";
    CompactionFailed = 40, "COMPACTION_FAILED", "The compaction ended, and some of its plans failed or timed out; the report has the counts.";
    OutcomeUnknown = 41, "OUTCOME_UNKNOWN", "Nobody can tell how the compaction ended; look at the segments, or compact again.";
    SomeFailed = 42, "SOME_FAILED", "Some collections failed; the list has the error of each.";
    Busy = 43, "BUSY", "Nothing started: another compaction holds the segments or ran instead, or the server refuses for now; try again later.";
    Stalled = 44, "STALLED", "Nothing has changed for the stall timeout of the client; the job may go on, so wait again or look at the server.";
    OutOfBounds = 45, "OUT_OF_BOUNDS", "The compaction would go beyond a bound that the caller set; the library did not trigger it.";
    Incomplete = 46, "INCOMPLETE", "The collection was compacted, but segments were left out; the result says how many and why. Optimize it again later.";
    NotServed = 47, "NOT_SERVED", "The collection is compacted, but the query nodes do not serve all of the result yet; the message names what is missing.";
    Internal = 50, "INTERNAL", "This is a defect of the library; please report the message.";
    OutOfMemory = 51, "OUT_OF_MEMORY", "The process has no handle, thread or other resource left.";
}

impl Status {
    /// The status with this number, if there is one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| *s as i32 == number)
    }

    /// The C constant's name, e.g. `MILVUS_COLLECTION_NOT_FOUND`.
    #[must_use]
    pub fn name(self) -> &'static CStr {
        terminated(self.texts().0)
    }

    /// One sentence that tells a person what to do.
    #[must_use]
    pub fn message(self) -> &'static CStr {
        terminated(self.texts().1)
    }
}

fn terminated(text: &'static str) -> &'static CStr {
    CStr::from_bytes_until_nul(text.as_bytes()).unwrap_or_default()
}

/// A failed call. It takes no more room than a pointer, so that results are small, too: they are moved in very many places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Failed>);

/// Everything known about a failed call: its status, and what else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is independent of the others
pub struct Failed {
    /// The kind of failure.
    pub status: Status,
    /// The gRPC status code of the server or the connection; 0 if gRPC did not fail.
    pub grpc_code: i32,
    /// Milvus' own error code; 0 if the server sent none.
    pub server_code: i32,
    /// Repeating the same call is safe, and may succeed. Never set together with `in_doubt`.
    pub retriable: bool,
    /// The server may have started a compaction although the call failed.
    pub in_doubt: bool,
    /// The job that the call was about; 0 if none.
    pub job_id: i64,
    /// What the library found out about a trigger in doubt before the call returned: a number of
    /// [`ResolutionState`](crate::compaction::ResolutionState).
    pub resolution: i32,
    /// The request id of the operation that failed; empty if none had begun.
    request_id: Box<str>,
    /// Finding this out took a whole timeout, so an immediate retry would take as long again.
    pub(crate) was_slow: bool,
    message: String,
}

impl Deref for Error {
    type Target = Failed;

    fn deref(&self) -> &Failed {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Failed {
        &mut self.0
    }
}

impl Error {
    /// Makes an error with this text, which it makes printable, one line, and at most [`MESSAGE_LIMIT`] bytes long.
    #[must_use]
    pub fn new(status: Status, message: impl AsRef<str>) -> Self {
        Self::with_message(status, message.as_ref())
    }

    #[inline(never)] // errors are made in very many places
    fn with_message(status: Status, message: &str) -> Self {
        Self(Box::new(Failed {
            status,
            grpc_code: 0,
            server_code: 0,
            retriable: false,
            in_doubt: false,
            job_id: 0,
            resolution: 0,
            request_id: Box::default(),
            was_slow: false,
            message: one_line(message),
        }))
    }

    /// An `InvalidArgument` error, the most frequent kind.
    #[must_use]
    pub fn invalid_argument(message: impl AsRef<str>) -> Self {
        Self::new(Status::InvalidArgument, message)
    }

    /// The same error, marked retriable.
    #[must_use]
    pub fn retriable(mut self) -> Self {
        self.retriable = true;
        self
    }

    /// The same error, found only after a whole timeout.
    pub(crate) fn slow(mut self) -> Self {
        self.was_slow = true;
        self
    }

    /// The same error, of the operation with this request id.
    pub(crate) fn of_request(mut self, id: &str) -> Self {
        self.request_id = id.into();
        self
    }

    /// The request id of the operation that failed, as its requests carried it; empty if none had begun.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The same error after so many attempts.
    pub(crate) fn after_attempts(self, attempts: u32) -> Self {
        let message = format!("{} (after {attempts} attempts)", self.message);
        self.saying(&message)
    }

    /// The same error of a call that may have taken effect, so that a retry is not safe.
    #[must_use]
    pub fn in_doubt(mut self) -> Self {
        (self.in_doubt, self.retriable) = (true, false);
        self
    }

    /// The same error, about this job.
    #[must_use]
    pub fn about_job(mut self, job_id: i64) -> Self {
        self.job_id = job_id;
        self
    }

    /// The same error, with what the library found out about the trigger.
    pub(crate) fn resolved(mut self, resolution: i32) -> Self {
        self.resolution = resolution;
        self
    }

    /// The same error, with what the library was doing in front of the message.
    #[must_use]
    pub fn context(self, doing: impl fmt::Display) -> Self {
        let message = format!("{doing}: {}", self.message);
        self.saying(&message)
    }

    /// The same error, whose message is said of this.
    pub(crate) fn preceded_by(self, subject: &str) -> Self {
        let message = format!("{subject} {}", self.message);
        self.saying(&message)
    }

    /// The same error with another status, and not retriable.
    pub(crate) fn turned_into(mut self, status: Status) -> Self {
        (self.status, self.retriable) = (status, false);
        self
    }

    /// The same error of a server that gave no answer at all.
    pub(crate) fn found_unavailable(mut self) -> Self {
        self.status = Status::Unavailable;
        self
    }

    /// The same error with another message.
    #[inline(never)]
    pub(crate) fn saying(mut self, message: &str) -> Self {
        self.message = one_line(message);
        self
    }

    /// The message for a person: one line, at most [`MESSAGE_LIMIT`] bytes, without secrets.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_name_and_an_actionable_sentence() {
        for status in Status::ALL {
            assert!(status.name().to_str().unwrap().starts_with("MILVUS_"), "{status:?}");
            assert!(status.message().to_str().unwrap().ends_with('.'), "{status:?}");
            assert_eq!(Status::from_number(*status as i32), Some(*status));
        }
        assert!(Status::ALL.is_sorted_by_key(|s| *s as i32), "numbers are unique and in order");
    }

    #[test]
    fn a_message_is_one_printable_line() {
        let error = Error::new(Status::ServerError, "first\r\n\tsecond\u{7}\u{1b}[31m \u{202e}x\n");
        assert_eq!(error.message(), "first second [31m x");
    }

    #[test]
    fn a_message_never_exceeds_its_limit_nor_splits_a_character() {
        for length in [1, MESSAGE_LIMIT / 4, MESSAGE_LIMIT, 100_000] {
            let error = Error::new(Status::ServerError, "🦀".repeat(length)).context("calling");
            assert!(error.message().len() <= MESSAGE_LIMIT);
        }
        assert!(Error::new(Status::Ok, "é".repeat(2_000)).message().ends_with('…'));
    }
}
