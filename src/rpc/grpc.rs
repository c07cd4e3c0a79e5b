//! gRPC over HTTP/2 for calls of one message each way: the five bytes before a message, the headers of a request,
//! and what an answer amounts to. After gRPC's "gRPC over HTTP2".

use std::time::Duration;

use h2::Reason;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TE};
use http::uri::PathAndQuery;
use http::{Method, Request, StatusCode, Uri, Version};
use percent_encoding::percent_decode;
use prost::Message;
use prost::bytes::{Buf, BufMut, Bytes};
use tonic::{Code, Status};

use super::not_grpc::{self, NotGrpc};
use crate::transport::HttpResponse;

/// The plans of half a million segments fit.
const REPLY_LIMIT: usize = 8 * 1024 * 1024;
/// The bytes before a message: one says whether it is compressed, four hold its length.
pub(super) const PREFIX: usize = 5;

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");
static TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
static STATUS: HeaderName = HeaderName::from_static("grpc-status");
static MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Encodes a message with its prefix.
pub(super) fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut frame = Vec::with_capacity(PREFIX + length);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(length).expect("names and ids are no gigabytes"));
    message.encode_raw(&mut frame);
    frame.into()
}

/// The headers of every request; the timeout of most.
pub(super) fn headers(usual_timeout: Duration) -> HeaderMap {
    // Enough for the metadata that follows.
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(TE, TRAILERS);
    headers.insert(CONTENT_TYPE, GRPC);
    headers.insert(&TIMEOUT, timeout(usual_timeout));
    headers
}

/// Has the headers tell the time that is left. They tell the usual timeout before.
pub(super) fn set_timeout(headers: &mut HeaderMap, remaining: Option<Duration>, usual_timeout: Duration) {
    match remaining.map(rounded_up) {
        None => drop(headers.remove(&TIMEOUT)),
        Some(remaining) if remaining == usual_timeout => {}
        Some(remaining) => drop(headers.insert(&TIMEOUT, timeout(remaining))),
    }
}

/// The head of a request with these headers.
pub(super) fn head(origin: &Uri, path: &PathAndQuery, headers: HeaderMap) -> Request<()> {
    let mut uri = origin.clone().into_parts();
    uri.path_and_query = Some(path.clone());
    let mut request = Request::new(());
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = Uri::from_parts(uri).expect("an origin and a path make a URI");
    *request.headers_mut() = headers;
    request
}

/// In whole milliseconds: most calls then send the same text, which HPACK shortens to a byte. It is rounded up, so that
/// the client ends the call first, with its own message.
fn rounded_up(remaining: Duration) -> Duration {
    Duration::from_millis(u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX).saturating_add(1))
}

/// The `grpc-timeout` header.
fn timeout(remaining: Duration) -> HeaderValue {
    // The number may have at most eight digits.
    let text = match u32::try_from(remaining.as_millis()) {
        Ok(millis) if millis < 100_000_000 => format!("{millis}m"),
        _ => format!("{}S", remaining.as_secs().saturating_add(1).min(99_999_999)),
    };
    HeaderValue::try_from(text).expect("digits and a letter are a header")
}

/// What a call ended with instead of a message.
#[derive(Debug)]
pub(super) enum Ended {
    /// The status that the server sent.
    Status(Status),
    Unreadable(Unreadable),
    NotGrpc(NotGrpc),
}

/// Why this client cannot read an answer. The code is the one that gRPC's own clients have for it.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) Code, pub(super) String);

impl Unreadable {
    pub(super) fn broken(why: &str) -> Self {
        Self(Code::Internal, why.to_owned())
    }
}

/// The encoded message of a response that was read to its end, or what the call ended with instead.
pub(super) fn message_of(answer: HttpResponse) -> Result<Bytes, Ended> {
    if !answer.is_grpc() {
        return Err(Ended::NotGrpc(NotGrpc::new(answer.status, &answer.headers, not_grpc::Kind::Page)));
    }
    let HttpResponse { status, headers, body, trailers, is_trailers_only } = answer;
    // A body between a status and its end would make the status a guess about the future.
    let said = if is_trailers_only { Some(&headers) } else { trailers.as_ref() };
    match said.map(stated) {
        Some(Ok(Some(Code::Ok))) if status == StatusCode::OK => unframed(body).map_err(Ended::Unreadable),
        // Gateways are configured to answer so, with another HTTP status than 200.
        Some(Ok(Some(code))) if code != Code::Ok => Err(Ended::Status(Status::new(code, reason(said)))),
        Some(Err(why)) if status == StatusCode::OK => {
            Err(Ended::Unreadable(Unreadable(Code::Unknown, why.to_owned())))
        }
        Some(Ok(Some(Code::Ok))) => {
            Err(Ended::NotGrpc(NotGrpc::new(status, &headers, not_grpc::Kind::Contradiction)))
        }
        _ => Err(Ended::NotGrpc(NotGrpc::new(status, &headers, not_grpc::Kind::WithoutStatus))),
    }
}

/// The gRPC status, if there is one: a decimal number without leading zeros. A number that gRPC does not know is UNKNOWN.
fn stated(headers: &HeaderMap) -> Result<Option<Code>, &'static str> {
    let mut all = headers.get_all(&STATUS).iter();
    let Some(number) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err("it has more than one gRPC status");
    }
    match number.as_bytes() {
        // Nearly all responses say so.
        b"0" => Ok(Some(Code::Ok)),
        [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => {
            let number = number.to_str().ok().and_then(|number| number.parse::<i32>().ok());
            Ok(Some(number.map_or(Code::Unknown, Code::from)))
        }
        _ => Err("its gRPC status is no number"),
    }
}

/// The gRPC code for the HTTP/2 code with which a server resets a stream.
pub(super) fn code_of_reset(code: Reason) -> Code {
    match code {
        Reason::REFUSED_STREAM => Code::Unavailable,
        Reason::CANCEL => Code::Cancelled,
        Reason::ENHANCE_YOUR_CALM => Code::ResourceExhausted,
        Reason::INADEQUATE_SECURITY => Code::PermissionDenied,
        // The others that the specification lists.
        code if u32::from(code) <= u32::from(Reason::CONNECT_ERROR) => Code::Internal,
        _ => Code::Unknown,
    }
}

/// The server's text beside its status. What is wrongly encoded in it stays as it is, or becomes U+FFFD.
fn reason(said: Option<&HeaderMap>) -> String {
    let text = said.and_then(|said| said.get(&MESSAGE)).map_or(&[][..], |text| text.as_bytes());
    percent_decode(text).decode_utf8_lossy().into_owned()
}

fn unframed(mut body: Bytes) -> Result<Bytes, Unreadable> {
    let Some(prefix) = body.first_chunk() else { return Err(Unreadable::broken("it has no message")) };
    let length = length_of(*prefix)?;
    body.advance(PREFIX);
    if body.len() != length {
        return Err(Unreadable::broken(if body.len() < length {
            "it ends too early"
        } else {
            "it has more than one message"
        }));
    }
    Ok(body)
}

/// The length of the message after this prefix.
pub(super) fn length_of([compressed, length @ ..]: [u8; PREFIX]) -> Result<usize, Unreadable> {
    match compressed {
        0 => {}
        // No request accepts that: none has `grpc-accept-encoding`.
        1 => return Err(Unreadable::broken("it is compressed, unasked")),
        _ => return Err(Unreadable::broken("its message does not begin with 0 or 1")),
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > REPLY_LIMIT {
        let text = format!("it is larger than {REPLY_LIMIT} bytes");
        return Err(Unreadable(Code::OutOfRange, text));
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::service::{GetCompactionStateRequest, GetVersionResponse};

    type Headers<'a> = &'a [(&'static str, &'static str)];

    const OK: Headers = &[("grpc-status", "0")];
    const OF_GRPC: Headers = &[("content-type", "application/grpc")];

    fn map(headers: Headers) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn answer(status: u16, body: &[u8], trailers: Headers) -> HttpResponse {
        HttpResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers: map(OF_GRPC),
            body: Bytes::copy_from_slice(body),
            trailers: Some(map(trailers)),
            is_trailers_only: false,
        }
    }

    fn status_of(answer: HttpResponse) -> Status {
        match message_of(answer).unwrap_err() {
            Ended::Status(status) => status,
            ended => panic!("{ended:?}"),
        }
    }

    #[test]
    fn what_is_framed_is_unframed() {
        let framed = framed(&GetVersionResponse { version: "2.6.8".to_owned(), ..Default::default() });
        let message = message_of(answer(200, &framed, OK)).unwrap();
        assert_eq!(GetVersionResponse::decode(message).unwrap().version, "2.6.8");
        assert!(message_of(answer(200, &[0; 5], OK)).unwrap().is_empty(), "an empty message is one");
    }

    #[test]
    fn answers_that_make_no_sense_are_refused() {
        for (body, code, why) in [
            (&[][..], Code::Internal, "no message"),
            (&[0, 0, 0], Code::Internal, "no message"),
            (&[1, 0, 0, 0, 0], Code::Internal, "compressed"),
            (&[2, 0, 0, 0, 0], Code::Internal, "begin with 0 or 1"),
            (&[0, 0, 0, 0, 9, 1], Code::Internal, "too early"),
            (&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Code::Internal, "more than one"),
            (&[0, 255, 255, 255, 255], Code::OutOfRange, "larger"),
        ] {
            let ended = message_of(answer(200, body, OK)).unwrap_err();
            let Ended::Unreadable(Unreadable(is, text)) = ended else { panic!("{ended:?}") };
            assert!(is == code && text.contains(why), "{body:?}: {is:?} {text}");
        }
    }

    #[test]
    fn a_status_beats_a_message() {
        let refused = [("grpc-status", "5"), ("grpc-message", "no%20such%20thing")];
        let status = status_of(answer(200, &[0; 5], &refused));
        assert_eq!((status.code(), status.message()), (Code::NotFound, "no such thing"));
        let details = [("grpc-status", "7"), ("grpc-status-details-bin", "%%%")];
        let status = status_of(answer(200, &[], &details));
        assert_eq!(status.code(), Code::PermissionDenied, "details that are no details");
        let gateway = status_of(answer(204, &[], &[("grpc-status", "14")]));
        assert_eq!(gateway.code(), Code::Unavailable, "gRPC's own refusal beats HTTP's status");
    }

    #[test]
    fn an_answer_without_a_status_is_no_success() {
        for (status, trailers) in [(200, &[][..]), (502, OK), (502, &[("grpc-status", "x")])] {
            let ended = message_of(answer(status, &[0; 5], trailers)).unwrap_err();
            assert!(matches!(ended, Ended::NotGrpc(_)), "{status} {trailers:?}: {ended:?}");
        }
        let cut_off = HttpResponse { trailers: None, ..answer(200, &[0; 5], OK) };
        assert!(matches!(message_of(cut_off), Err(Ended::NotGrpc(_))));
    }

    #[test]
    fn a_status_in_the_first_headers_counts_only_if_nothing_follows_them() {
        let refused = map(&[OF_GRPC[0], ("grpc-status", "7")]);
        let alone =
            HttpResponse { headers: refused, trailers: None, is_trailers_only: true, ..answer(200, &[], OK) };
        let more = HttpResponse {
            is_trailers_only: false,
            headers: alone.headers.clone(),
            ..answer(200, &[0; 5], OK)
        };
        assert_eq!(status_of(alone).code(), Code::PermissionDenied);
        assert!(message_of(more).is_ok(), "the trailers tell");
    }

    #[test]
    fn a_web_page_is_no_success_whatever_it_says() {
        for kind in ["", "text/html", "application/json", "application/grpc-web+proto", "application/grpcx"] {
            let headers = if kind.is_empty() { HeaderMap::new() } else { map(&[("content-type", kind)]) };
            let page = HttpResponse { headers, ..answer(200, &[0; 5], OK) };
            assert!(matches!(message_of(page), Err(Ended::NotGrpc(_))), "{kind}");
        }
        for kind in
            ["application/grpc", "application/grpc+proto", "application/grpc;charset=x", "Application/gRPC"]
        {
            let headers = map(&[("content-type", kind)]);
            assert!(message_of(HttpResponse { headers, ..answer(200, &[0; 5], OK) }).is_ok(), "{kind}");
        }
    }

    #[test]
    fn a_head_has_what_grpc_wants() {
        let origin = Uri::from_static("http://localhost:19530");
        let usual = Duration::from_secs(10);
        let with = |remaining| {
            let mut headers = headers(usual);
            set_timeout(&mut headers, remaining, usual);
            head(&origin, &PathAndQuery::from_static("/a.B/C"), headers)
        };
        let head = with(Some(Duration::from_millis(1500)));
        assert_eq!(head.uri(), "http://localhost:19530/a.B/C");
        assert_eq!(head.headers()["grpc-timeout"], "1501m");
        assert_eq!(head.headers()["te"], "trailers");
        assert_eq!(head.headers()["content-type"], "application/grpc");
        assert!(!with(None).headers().contains_key("grpc-timeout"));
        for (remaining, text) in [
            (Duration::from_nanos(9_999_999_999), "10000m"),
            (usual, "10001m"),
            (Duration::ZERO, "1m"),
            (Duration::MAX, "99999999S"),
            (Duration::from_secs(100_000), "100001S"),
        ] {
            assert_eq!(with(Some(remaining)).headers()["grpc-timeout"], text);
        }
        assert_eq!(framed(&GetCompactionStateRequest { compaction_id: 1 })[..], [0, 0, 0, 0, 2, 8, 1]);
    }
}
