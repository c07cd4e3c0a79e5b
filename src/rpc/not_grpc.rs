//! Answers that are not gRPC's: a web page of something in front of Milvus, or an answer that lacks its gRPC status. What
//! they amount to is after gRPC's "HTTP to gRPC Status Code Mapping".

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, LOCATION};
use http::{StatusCode, Uri};
use tonic::Code;

use super::retry::{Failure, Reached};
use crate::error::{Error, Status};
use crate::text::{one_line, shortened};

/// How much of a header a message quotes.
const TEXT_LIMIT: usize = 120;

/// An answer that ends a call without a gRPC status.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotGrpc {
    status: StatusCode,
    /// Without parameters such as the character set; empty if the answer has none.
    content_type: String,
    /// Where a redirection leads to; empty for any other answer.
    location: String,
    kind: Kind,
}

/// Why an answer is not gRPC's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is of another content type.
    Page,
    /// It is of gRPC's content type, and has no gRPC status.
    WithoutStatus,
    /// Its gRPC status is a success, and HTTP's is none.
    Contradiction,
}

impl NotGrpc {
    pub(super) fn new(status: StatusCode, headers: &HeaderMap, kind: Kind) -> Self {
        let content_type = text(headers, &CONTENT_TYPE);
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        let location = if status.is_redirection() { text(headers, &LOCATION) } else { String::new() };
        let location = without_user_and_query(&location);
        Self { status, content_type, location, kind }
    }

    /// The gRPC code for the HTTP status.
    pub(super) fn code(&self) -> Code {
        match self.status.as_u16() {
            400 => Code::Internal,
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            404 => Code::Unimplemented,
            429 | 502 | 503 | 504 => Code::Unavailable,
            _ => Code::Unknown,
        }
    }

    /// A redirection, or an error that blames the request, proves that no server processed the request. Two of the
    /// latter tell of a request that took too long (408) or was given up (499), perhaps by a server.
    fn reached(&self) -> Reached {
        let is_proof = matches!(self.status.as_u16(), 300..=407 | 409..=498);
        if is_proof && self.kind == Kind::Page { Reached::Nothing } else { Reached::Perhaps }
    }

    /// The failure of the attempt: of a server that is out of reach. `hide` hides secrets that a header repeats.
    pub(super) fn failure(&self, hide: impl Fn(&str) -> String) -> Failure {
        let shown = Self {
            content_type: shortened(&hide(&self.content_type), TEXT_LIMIT),
            location: shortened(&hide(&self.location), TEXT_LIMIT),
            ..*self
        };
        let mut error = Error::new(Status::Unavailable, shown.to_string()).retriable();
        error.grpc_code = self.code() as i32;
        Failure { error, reached: self.reached() }
    }

    /// What to look at.
    fn advice(&self) -> String {
        match self.status.as_u16() {
            300..=399 if !self.location.is_empty() => {
                format!("it redirects to {}, and gRPC follows no redirection", self.location)
            }
            401 | 403 | 407 => "does it let gRPC clients through?".to_owned(),
            502 | 503 => "does it reach Milvus?".to_owned(),
            504 => "does it give Milvus enough time to answer?".to_owned(),
            _ => "is the route to the gRPC port right?".to_owned(),
        }
    }
}

impl std::fmt::Display for NotGrpc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.content_type.is_empty() { "no content type" } else { &self.content_type };
        let status = self.status.as_u16();
        match self.kind {
            Kind::Page => {
                write!(f, "something in front of Milvus answered HTTP {status} ({kind}); {}", self.advice())
            }
            Kind::WithoutStatus => write!(
                f,
                "an answer (HTTP {status}, {kind}) ended without a gRPC status; did something in front of Milvus cut it off?"
            ),
            Kind::Contradiction => write!(
                f,
                "an answer contradicts itself: HTTP {status}, and gRPC status 0; did something in front of Milvus change it?"
            ),
        }
    }
}

/// A header made safe to show.
fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    let value = headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    one_line(value.unwrap_or_default().trim())
}

/// The address of a redirection without what may be a secret: user, password and query.
fn without_user_and_query(location: &str) -> String {
    let Ok(uri) = location.parse::<Uri>() else { return String::new() };
    let path = uri.path();
    match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => {
            let host = authority.as_str().rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::header::HeaderValue;

    use super::*;

    fn answer(status: u16, headers: &[(HeaderName, &str)], kind: Kind) -> NotGrpc {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        NotGrpc::new(StatusCode::from_u16(status).unwrap(), &headers, kind)
    }

    fn page(status: u16) -> NotGrpc {
        answer(status, &[(CONTENT_TYPE, "text/html; charset=utf-8")], Kind::Page)
    }

    #[test]
    fn http_statuses_map_as_the_grpc_specification_says() {
        for (status, code) in [
            (400, Code::Internal),
            (401, Code::Unauthenticated),
            (403, Code::PermissionDenied),
            (404, Code::Unimplemented),
            (429, Code::Unavailable),
            (502, Code::Unavailable),
            (503, Code::Unavailable),
            (504, Code::Unavailable),
            (200, Code::Unknown),
            (301, Code::Unknown),
            (405, Code::Unknown),
            (500, Code::Unknown),
        ] {
            let Failure { error, .. } = page(status).failure(str::to_owned);
            assert_eq!((error.status, error.grpc_code), (Status::Unavailable, code as i32), "{status}");
            assert!(error.retriable, "{status}");
        }
    }

    #[test]
    fn only_redirections_and_refusals_prove_that_no_server_was_reached() {
        for status in [300, 301, 307, 308, 400, 401, 403, 404, 405, 407, 413, 429, 431, 451, 498] {
            assert_eq!(page(status).failure(str::to_owned).reached, Reached::Nothing, "{status}");
        }
        for status in [200, 204, 299, 408, 499, 500, 501, 502, 503, 504, 599] {
            assert_eq!(page(status).failure(str::to_owned).reached, Reached::Perhaps, "{status}");
        }
        // The backend may have given it.
        for status in [200, 301, 404, 503] {
            let headers = [(CONTENT_TYPE, "application/grpc")];
            assert_eq!(
                answer(status, &headers, Kind::WithoutStatus).failure(str::to_owned).reached,
                Reached::Perhaps,
                "{status}"
            );
        }
    }

    #[test]
    fn the_message_names_the_answer_and_what_to_look_at() {
        let said = |answer: &NotGrpc| answer.failure(str::to_owned).error.message().to_owned();
        assert_eq!(
            said(&page(404)),
            "something in front of Milvus answered HTTP 404 (text/html); is the route to the gRPC port right?"
        );
        assert!(said(&page(403)).ends_with("HTTP 403 (text/html); does it let gRPC clients through?"));
        assert!(said(&page(502)).ends_with("does it reach Milvus?"));
        assert!(said(&answer(500, &[], Kind::Page)).contains("HTTP 500 (no content type)"));
        let redirected = [(LOCATION, "https://user:word@milvus.example:443/a?token=x")];
        assert!(
            said(&answer(308, &redirected, Kind::Page))
                .ends_with("it redirects to https://milvus.example:443/a, and gRPC follows no redirection")
        );
        assert!(said(&answer(302, &[(LOCATION, "no address")], Kind::Page)).ends_with("gRPC port right?"));
        let cut_off = said(&answer(200, &[(CONTENT_TYPE, "application/grpc+proto")], Kind::WithoutStatus));
        assert!(
            cut_off.contains("(HTTP 200, application/grpc+proto) ended without a gRPC status"),
            "{cut_off}"
        );
        let changed = said(&answer(418, &[(CONTENT_TYPE, "application/grpc")], Kind::Contradiction));
        assert!(changed.contains("contradicts itself: HTTP 418, and gRPC status 0"), "{changed}");
    }

    #[test]
    fn a_hostile_header_makes_a_message_that_is_bounded() {
        let long = "x".repeat(100_000);
        let headers = [(CONTENT_TYPE, long.as_str()), (LOCATION, long.as_str())];
        let Failure { error, .. } = answer(301, &headers, Kind::Page).failure(str::to_owned);
        assert!(error.message().len() < 500, "{error}");
    }
}
