//! gRPC at other methods than the trigger, whose cases are in `tests/grpc_protocol.rs`: answers that are none, and every code.

use milvus_client::Status;
use milvus_fake::{Answer, End};

use crate::bytes::framed;
use crate::judge::right_answers;
use crate::row::{ALWAYS, Ask, CONNECT, DESCRIBE, PLANS, Play, Row, SEGMENTS, SHORT, STATE, always};

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn with_trailers(body: Vec<u8>, trailers: &[(&str, &str)]) -> Answer {
    Answer { body, end: End::Trailers(pairs(trailers)), ..Answer::of_type(200, "application/grpc") }
}

fn ask_of(method: &str) -> Ask {
    match method {
        CONNECT | "GetVersion" => Ask::Server,
        DESCRIBE | SEGMENTS => Ask::Segments,
        STATE => Ask::State,
        PLANS => Ask::Plans,
        _ => panic!("nobody asks for {method}"),
    }
}

/// A row at one method. A server that fails to tell its version by `Connect` is asked for it by `GetVersion`.
fn at(method: &'static str, does: &str, answer: Answer, status: Status) -> Row {
    let is_tolerated = matches!(
        status,
        Status::ServerError | Status::PermissionDenied | Status::Unsupported | Status::InvalidArgument
    );
    let (status, says): (_, &[&str]) =
        if method == CONNECT && is_tolerated { (Status::Ok, &["\"v2.6.19\""]) } else { (status, &[]) };
    Row::new(does, always(method, answer), ask_of(method), &[status]).says(says)
}

pub(crate) fn of_answers() -> Vec<Row> {
    let mut rows = Vec::new();
    for method in [CONNECT, DESCRIBE, STATE, PLANS] {
        let body = right_answers().remove(method).unwrap_or_else(|| framed(&[10, 0]));
        for (does, answer, status) in answers(&body) {
            rows.push(at(method, does, answer, status));
        }
    }
    rows.extend(of_versions());
    rows
}

fn answers(body: &[u8]) -> Vec<(&'static str, Answer, Status)> {
    use Status::{ServerError, Unavailable};
    const OK: &[(&str, &str)] = &[("grpc-status", "0")];
    let whole = Answer::of_type(200, "application/grpc");
    let of = |body: &[u8]| with_trailers(body.to_vec(), OK);
    let marked = |flag: u8| of(&[&[flag][..], &body[1..]].concat());
    let typed = |kind: &str| Answer { headers: pairs(&[("content-type", kind)]), ..of(body) };
    let long = [&[0, 0xff, 0xff, 0xff, 0xff][..], &body[5..]].concat();
    vec![
        ("gives no status", Answer { body: body.to_vec(), ..whole.clone() }, Unavailable),
        (
            "gives a status first, a message, and no status",
            {
                let headers = pairs(&[("content-type", "application/grpc"), ("grpc-status", "0")]);
                Answer { headers, body: body.to_vec(), ..whole.clone() }
            },
            Unavailable,
        ),
        ("gives a status twice", with_trailers(body.to_vec(), &[OK[0], OK[0]]), ServerError),
        (
            "gives a status that is no number",
            with_trailers(body.to_vec(), &[("grpc-status", "zero")]),
            ServerError,
        ),
        ("gives an empty status", with_trailers(body.to_vec(), &[("grpc-status", "")]), ServerError),
        ("says that its message is compressed", marked(1), ServerError),
        ("marks its message with 0x80", marked(0x80), ServerError),
        ("gives two messages", of(&body.repeat(2)), ServerError),
        ("gives no message", of(b""), ServerError),
        ("gives a part of a prefix", of(&body[..3]), ServerError),
        ("gives less than it announces", of(&body[..body.len() - 1]), ServerError),
        ("gives more than it announces", of(&[body, &[0]].concat()), ServerError),
        ("announces 4 GiB", of(&long), ServerError),
        ("answers in the type of gRPC-Web", typed("application/grpc-web+proto"), Unavailable),
        ("answers in JSON", typed("application/json"), Unavailable),
        ("answers in no type", Answer { headers: Vec::new(), ..of(body) }, Unavailable),
        (
            "resets amid its message",
            Answer { body: body[..6].to_vec(), end: End::Reset(2), ..whole.clone() },
            Unavailable,
        ),
        ("closes amid its message", Answer { body: body[..6].to_vec(), end: End::Cut, ..whole }, Unavailable),
    ]
}

/// Every code, and some that are none.
pub(crate) fn of_codes() -> Vec<Row> {
    let mut rows = Vec::new();
    for code in (1..=17).chain([99, 4_294_967_295_u32]) {
        let number = code.to_string();
        let trailers =
            [("grpc-status", &*number), ("grpc-message", "no%0Abecause%20root:Hunter2-is-secret%1B[31m%FF")];
        for method in [CONNECT, DESCRIBE, STATE] {
            let status = match code {
                3 => Status::InvalidArgument,
                // Who gives up within the time of the handshake is out of reach, and the call may have more time.
                4 if method == CONNECT => Status::Unavailable,
                4 => Status::Timeout,
                7 => Status::PermissionDenied,
                8 => Status::RateLimited,
                12 => Status::Unsupported,
                14 => Status::Unavailable,
                16 => Status::Unauthenticated,
                _ => Status::ServerError,
            };
            let row =
                at(method, &format!("ends with code {code}"), with_trailers(Vec::new(), &trailers), status);
            rows.push(match code {
                4 => row.words("the server, or something in front of it, gave up; server says: no because"),
                8 => row.within(SHORT),
                _ => row,
            });
        }
    }
    rows
}

/// `GetVersion`, of a server that does not tell its version by `Connect`.
fn of_versions() -> Vec<Row> {
    let unknown = || {
        let answer = with_trailers(framed(&[10, 0]), &[("grpc-status", "0")]);
        (CONNECT, ALWAYS, answer)
    };
    let version = |text: &[u8]| {
        let field = [&[0x0a, 0, 0x12, u8::try_from(text.len()).unwrap()][..], text].concat();
        with_trailers(framed(&field), &[("grpc-status", "0")])
    };
    let code = |code: &str| with_trailers(Vec::new(), &[("grpc-status", code)]);
    let says = |does: &str, answer: Answer, says: &'static str| {
        let play = Play::Answers(vec![unknown(), ("GetVersion", ALWAYS, answer)]);
        Row::new(does, play, Ask::Server, &[Status::Ok]).says(&[says])
    };
    let fails = |does: &str, answer: Answer, status: Status| {
        let play = Play::Answers(vec![unknown(), ("GetVersion", ALWAYS, answer)]);
        Row::new(does, play, Ask::Server, &[status])
    };
    vec![
        says("has an empty version", version(b""), "version_text: \"\""),
        says("has the version \"v\"", version(b"v"), "version_text: \"v\""),
        says("has a version below nothing", version(b"v-1.-2.-3"), "v-1.-2.-3"),
        says("has a version of 20 digits", version(b"v99999999999999999999.1.1"), "v9999"),
        says("has a version in two lines", version(b"v2.6\n\x1b[31m.1"), "v2.6 [31m.1"),
        says("has the client's secret as its version", version(b"Hunter2-is-secret"), "version_text"),
        says("refuses to tell its version", code("7"), "version_text: \"\""),
        says("knows no question for its version", code("12"), "version_text: \"\""),
        says("has a version that is no text", version(b"\xff\xfe"), "version_text: \"\""),
        fails("answers with a page instead of its version", Answer::page(404), Status::Unavailable),
        fails("does not know who asks for its version", code("16"), Status::Unauthenticated),
        fails("puts the question for its version off", code("8"), Status::RateLimited).within(SHORT),
    ]
}
