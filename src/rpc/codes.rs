//! Maps the error codes of Milvus and gRPC to this library's statuses.

use tonic::Code;

use super::cause::cause;
use super::retry::Reached;
use crate::error::Status;
use crate::proto::common::{self, ErrorCode};

/// Servers 2.3.0 to 2.3.3 set this bit of `Status.code` where later ones have the `retriable` field.
const RETRIABLE_BIT: i32 = 1 << 16;
/// The text of a server with compaction switched off. 2.3 sends it in a gRPC UNKNOWN after 22 s, others as code 2.
const DISABLED: &str = "compaction disabled";
/// The text with which a proxy refuses everything until it serves.
const STARTING: &str = "Milvus Proxy is not ready yet";
/// The texts of a proxy that has no coordinator to forward a request to: "find no available mixcoord" (or an older
/// coordinator's name), and "node not found".
const NO_COORDINATOR: [&str; 2] = ["find no available ", "node not found"];

/// What a server's error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) status: Status,
    /// Milvus' own code without flag bits; 0 if there is none.
    pub(super) server_code: i32,
    pub(super) retriable: bool,
    /// How far the call got.
    pub(super) reached: Reached,
}

impl Meaning {
    const fn refusal(status: Status) -> Self {
        Self { status, server_code: 0, retriable: false, reached: Reached::Refusal }
    }

    const fn unclear(status: Status) -> Self {
        Self { status, server_code: 0, retriable: false, reached: Reached::Perhaps }
    }

    /// The proxy serves but has lost its coordinator, perhaps after it forwarded the request.
    const fn no_coordinator() -> Self {
        Self { status: Status::NotReady, server_code: 0, retriable: true, reached: Reached::NoCoordinator }
    }

    /// Whether this is a limit of zero, which does not pass by itself.
    pub(super) fn is_denial(self) -> bool {
        self.status == Status::RateLimited && !self.retriable
    }

    const fn retriable(self) -> Self {
        Self { retriable: true, ..self }
    }
}

/// The meaning of the status inside a reply; `None` is success.
pub(super) fn of_reply(status: &common::Status) -> Option<Meaning> {
    if status.code == 0 && status.error_code == 0 {
        return None;
    }
    let code = if status.code > 0 { status.code & !RETRIABLE_BIT } else { status.code };
    let text = said(status);
    let meaning = match code {
        // Servers before 2.3 send only the legacy code, and later ones still do so in places.
        0 => of_legacy(status.error_code, text),
        _ => of_code(code, text),
    };
    let server_code = if code == 0 { status.error_code } else { code };
    let retriable = meaning.retriable || status.retriable || code != status.code;
    Some(Meaning { server_code, retriable: retriable && !meaning.is_denial(), ..meaning })
}

/// The cause in a failed response.
pub(super) fn said(status: &common::Status) -> &str {
    cause(if status.reason.is_empty() { &status.detail } else { &status.reason })
}

fn lacks_coordinator(text: &str) -> bool {
    NO_COORDINATOR.iter().any(|words| text.contains(words))
}

fn of_code(code: i32, text: &str) -> Meaning {
    match code {
        // milvus-lite has codes of its own.
        1 | 6 if text.starts_with("database '") && text.ends_with("does not exist") => {
            Meaning::refusal(Status::DatabaseNotFound)
        }
        1 => Meaning::refusal(Status::NotReady).retriable(),
        2 if text.contains(DISABLED) => Meaning::refusal(Status::CompactionDisabled),
        2 if text.contains(STARTING) => Meaning::refusal(Status::NotReady).retriable(),
        2 if lacks_coordinator(text) => Meaning::no_coordinator(),
        2 => Meaning::unclear(Status::NotReady).retriable(),
        4 | 8 => Meaning::refusal(Status::RateLimited).retriable(),
        // A rate limit of zero, or an exhausted quota.
        9 => Meaning::refusal(Status::RateLimited),
        10 | 3000 => Meaning::refusal(Status::Unsupported),
        100 | 1600 => Meaning::refusal(Status::CollectionNotFound),
        200 => Meaning::refusal(Status::PartitionNotFound),
        800 => Meaning::refusal(Status::DatabaseNotFound),
        // The server sends this for segments that do not exist, that another job holds, or that are not eligible now.
        5 if text.contains("not all segment ids provided could be compacted") => {
            Meaning::refusal(Status::Busy).retriable()
        }
        // 2304 and 2306: there is no clustering key, or an unsuitable one.
        802 | 1100..=1102 | 2304 | 2306 => Meaning::refusal(Status::InvalidArgument),
        // Another compaction of the collection runs.
        2305 => Meaning::refusal(Status::ServerError).retriable(),
        1400 => Meaning::refusal(Status::Unauthenticated),
        1401 => Meaning::refusal(Status::PermissionDenied),
        901 => Meaning::no_coordinator(),
        _ if lacks_coordinator(text) => Meaning::no_coordinator(),
        _ => Meaning::unclear(Status::ServerError),
    }
}

fn of_legacy(error_code: i32, text: &str) -> Meaning {
    match ErrorCode::try_from(error_code) {
        Ok(ErrorCode::CollectionNotExists | ErrorCode::CollectionNameNotFound) => {
            Meaning::refusal(Status::CollectionNotFound)
        }
        Ok(ErrorCode::PermissionDenied) => Meaning::refusal(Status::PermissionDenied),
        Ok(ErrorCode::IllegalArgument) => Meaning::refusal(Status::InvalidArgument),
        Ok(ErrorCode::RateLimit) => Meaning::refusal(Status::RateLimited).retriable(),
        Ok(ErrorCode::ForceDeny) => Meaning::refusal(Status::RateLimited),
        Ok(ErrorCode::NotReadyServe | ErrorCode::NotReadyCoordActivating) => {
            Meaning::refusal(Status::NotReady).retriable()
        }
        // 2.2 has one code for nearly everything, so only its texts tell these apart.
        Ok(ErrorCode::UnexpectedError) if text.contains(DISABLED) => {
            Meaning::refusal(Status::CompactionDisabled)
        }
        Ok(ErrorCode::UnexpectedError) if text.contains("can't find collection") => {
            Meaning::refusal(Status::CollectionNotFound)
        }
        Ok(ErrorCode::UnexpectedError) if text.contains("database not found") => {
            Meaning::refusal(Status::DatabaseNotFound)
        }
        Ok(ErrorCode::UnexpectedError) if text.contains(STARTING) => {
            Meaning::refusal(Status::NotReady).retriable()
        }
        _ if lacks_coordinator(text) => Meaning::no_coordinator(),
        _ => Meaning::unclear(Status::ServerError),
    }
}

/// The meaning of the gRPC status that ended a call.
pub(super) fn of_grpc(status: &tonic::Status) -> Meaning {
    let text = cause(status.message());
    match status.code() {
        Code::Unauthenticated => Meaning::refusal(Status::Unauthenticated),
        Code::PermissionDenied => Meaning::refusal(Status::PermissionDenied),
        Code::Unimplemented => Meaning::refusal(Status::Unsupported),
        Code::Unknown | Code::Unavailable if text.contains(STARTING) => {
            Meaning::refusal(Status::NotReady).retriable()
        }
        // Something on the way limits the rate, perhaps after the server's work.
        Code::ResourceExhausted => Meaning::unclear(Status::RateLimited).retriable(),
        Code::InvalidArgument => Meaning::refusal(Status::InvalidArgument),
        Code::DeadlineExceeded => Meaning::unclear(Status::Timeout),
        Code::Unavailable => Meaning::unclear(Status::Unavailable).retriable(),
        _ if text.contains(DISABLED) => Meaning::refusal(Status::CompactionDisabled),
        Code::Unknown if lacks_coordinator(text) => Meaning::no_coordinator(),
        _ => Meaning::unclear(Status::ServerError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: i32, error_code: i32, reason: &str) -> common::Status {
        common::Status { code, error_code, reason: reason.to_owned(), ..Default::default() }
    }

    #[test]
    fn success_needs_both_codes_to_be_zero() {
        assert_eq!(of_reply(&reply(0, 0, "text alone is no failure")), None);
        assert!(of_reply(&reply(0, 1, "")).is_some());
        assert!(of_reply(&reply(100, 0, "")).is_some());
    }

    #[test]
    fn milvus_codes_map_to_statuses() {
        for (code, text, status, refused) in [
            (1, "", Status::NotReady, true),
            (2, "service unavailable: compaction disabled", Status::CompactionDisabled, true),
            (2, "service unavailable: proxy not healthy", Status::NotReady, false),
            (4, "", Status::RateLimited, true),
            (5, "", Status::ServerError, false),
            (6, "wrong cluster", Status::ServerError, false),
            (6, "database 'nope' does not exist", Status::DatabaseNotFound, true),
            (5, "not all segment ids provided could be compacted", Status::Busy, true),
            (9, "quota exceeded[reason=rate type: DDLCompaction]", Status::RateLimited, true),
            (
                2,
                "service unavailable: internal: Milvus Proxy is not ready yet. please wait",
                Status::NotReady,
                true,
            ),
            (600, "segment not found[segment=1]", Status::ServerError, false),
            (901, "node not found[node=0]", Status::NotReady, false),
            (65535, "find no available datacoord, check datacoord state", Status::NotReady, false),
            (200, "", Status::PartitionNotFound, true),
            (8, "", Status::RateLimited, true),
            (10, "", Status::Unsupported, true),
            (100, "", Status::CollectionNotFound, true),
            (800, "", Status::DatabaseNotFound, true),
            (802, "", Status::InvalidArgument, true),
            (1100, "", Status::InvalidArgument, true),
            (1101, "", Status::InvalidArgument, true),
            (1102, "", Status::InvalidArgument, true),
            (2304, "", Status::InvalidArgument, true),
            (2305, "", Status::ServerError, true),
            (1400, "", Status::Unauthenticated, true),
            (1401, "", Status::PermissionDenied, true),
            (1600, "", Status::CollectionNotFound, true),
            (3000, "", Status::Unsupported, true),
            (65535, "", Status::ServerError, false),
            (-7, "", Status::ServerError, false),
        ] {
            let meaning = of_reply(&reply(code, 1, text)).unwrap();
            assert_eq!(
                (meaning.status, meaning.reached == Reached::Refusal, meaning.server_code),
                (status, refused, code),
                "{code}"
            );
        }
    }

    #[test]
    fn legacy_numbers_of_2_2_map_to_statuses() {
        for (error_code, text, status) in [
            (1, "can't find collection: nope", Status::CollectionNotFound),
            (1, "compaction disabled", Status::CompactionDisabled),
            (1, "database not found:db9", Status::DatabaseNotFound),
            (1, "something else", Status::ServerError),
            (3, "", Status::PermissionDenied),
            (4, "", Status::CollectionNotFound),
            (5, "", Status::InvalidArgument),
            (28, "", Status::CollectionNotFound),
            (48, "", Status::RateLimited),
            (49, "", Status::RateLimited),
            (1, "Milvus Proxy is not ready yet. please wait", Status::NotReady),
            (1, "find no available datacoord, check datacoord state", Status::NotReady),
            (56, "", Status::NotReady),
            (57, "", Status::NotReady),
            (4711, "", Status::ServerError),
        ] {
            let meaning = of_reply(&reply(0, error_code, text)).unwrap();
            assert_eq!((meaning.status, meaning.server_code), (status, error_code), "{error_code} {text}");
        }
    }

    #[test]
    fn the_retriable_bit_of_early_2_3_is_not_part_of_the_code() {
        let meaning = of_reply(&reply(100 + RETRIABLE_BIT, 1, "")).unwrap();
        assert_eq!((meaning.status, meaning.server_code), (Status::CollectionNotFound, 100));
        assert!(meaning.retriable);
        let flagged = common::Status { retriable: true, ..reply(65535, 1, "") };
        assert!(of_reply(&flagged).unwrap().retriable);
    }

    #[test]
    fn grpc_codes_map_to_statuses() {
        for (code, text, status, refused) in [
            (Code::Unauthenticated, "", Status::Unauthenticated, true),
            (Code::PermissionDenied, "", Status::PermissionDenied, true),
            (Code::Unimplemented, "", Status::Unsupported, true),
            (Code::ResourceExhausted, "", Status::RateLimited, false),
            (Code::InvalidArgument, "", Status::InvalidArgument, true),
            (Code::DeadlineExceeded, "", Status::Timeout, false),
            (Code::Unavailable, "", Status::Unavailable, false),
            (Code::Unknown, "stack trace … compaction disabled …", Status::CompactionDisabled, true),
            (Code::Unknown, "Milvus Proxy is not ready yet. please wait", Status::NotReady, true),
            (Code::Unknown, "find no available mixcoord, check mixcoord state", Status::NotReady, false),
            (Code::Internal, "find no available mixcoord, check mixcoord state", Status::ServerError, false),
            (Code::Unknown, "", Status::ServerError, false),
            (Code::Internal, "", Status::ServerError, false),
            (Code::Cancelled, "", Status::ServerError, false),
            (Code::DataLoss, "", Status::ServerError, false),
        ] {
            let meaning = of_grpc(&tonic::Status::new(code, text));
            assert_eq!(
                (meaning.status, meaning.reached == Reached::Refusal),
                (status, refused),
                "{code:?} {text}"
            );
        }
    }
}
