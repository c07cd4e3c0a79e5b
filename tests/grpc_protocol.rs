//! "gRPC over HTTP2", sentence by sentence: what an answer to a trigger amounts to. Each case names the part of the
//! specification that it proves (doc/PROTOCOL-HTTP2.md of gRPC), in words of our own.

#[allow(dead_code)]
mod common;

use std::fmt::Write as _;

use common::{LIMIT, client_with};
use milvus_fake::{Answer, End, Fake, Front, Method};

const TRIGGER: &str = "ManualCompaction";

/// The job that the answer of `message` tells of.
const JOB: i64 = 4711;

/// A response to a trigger, encoded: an empty status, and the job's id.
fn encoded() -> Vec<u8> {
    let id = JOB.to_le_bytes();
    let varint = [0x10, 0x80 | (id[0] & 0x7f), 36];
    assert_eq!((i64::from(varint[1] & 0x7f)) | (i64::from(varint[2]) << 7), JOB);
    [&[0x0a, 0][..], &varint].concat()
}

fn framed(flag: u8, length: usize, message: &[u8]) -> Vec<u8> {
    [&[flag][..], &u32::try_from(length).unwrap().to_be_bytes(), message].concat()
}

fn message() -> Vec<u8> {
    framed(0, encoded().len(), &encoded())
}

fn pairs(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// An answer with these headers besides its content type, this body, and these trailers.
fn answer(headers: &[(&str, &str)], body: Vec<u8>, trailers: &[(&str, &str)]) -> Answer {
    let mut answer = Answer::of_type(200, "application/grpc");
    answer.headers.extend(pairs(headers));
    Answer { body, end: End::Trailers(pairs(trailers)), ..answer }
}

/// One whose stream ends with its headers.
fn headers_only(headers: &[(&str, &str)]) -> Answer {
    Answer { end: End::Whole, ..answer(headers, Vec::new(), &[]) }
}

const OK: &[(&str, &str)] = &[("grpc-status", "0")];

/// The part of the specification, the answer, and what is told: "OK", or the status, the gRPC code, whether the job is
/// in doubt, and words of the message.
type Case = (&'static str, Answer, &'static str);

fn cases_of_status() -> Vec<Case> {
    let refused = &[("grpc-status", "7"), ("grpc-message", "not you")];
    vec![
        ("Responses: headers, messages, trailers", answer(&[], message(), OK), "OK"),
        (
            "Responses: only trailers, for an immediate error",
            headers_only(refused),
            "PERMISSION_DENIED 7: not you",
        ),
        (
            "Responses: the status is in the trailers",
            answer(&[], message(), refused),
            "PERMISSION_DENIED 7: not you",
        ),
        ("Responses: a status in the first headers is none", answer(refused, message(), OK), "OK"),
        (
            "Responses: a status in the first headers is none",
            answer(OK, message(), refused),
            "PERMISSION_DENIED 7: not you",
        ),
        (
            "Responses: the trailers carry a status even if it is OK",
            Answer { end: End::Whole, ..answer(OK, message(), &[]) },
            "UNAVAILABLE 2 in doubt: ended without a gRPC status",
        ),
        (
            "Responses: the trailers carry a status even if it is OK",
            answer(OK, message(), &[("x-more", "1")]),
            "UNAVAILABLE 2 in doubt: ended without a gRPC status",
        ),
        ("Responses: only trailers, and OK", headers_only(OK), "SERVER_ERROR 13 in doubt: it has no message"),
        (
            "Responses: there is one status",
            answer(&[], message(), &[("grpc-status", "0"), ("grpc-status", "0")]),
            "SERVER_ERROR 2 in doubt: more than one gRPC status",
        ),
        (
            "Responses: there is one status",
            answer(&[], message(), &[("grpc-status", "0"), ("grpc-status", "5")]),
            "SERVER_ERROR 2 in doubt: more than one gRPC status",
        ),
        (
            "Responses: there is one status",
            headers_only(&[("grpc-status", "7"), ("grpc-status", "0")]),
            "SERVER_ERROR 2 in doubt: more than one gRPC status",
        ),
        (
            "Responses: broken deployments answer with other HTTP status than 200",
            Answer { status: Some(503), ..answer(&[], message(), OK) },
            "UNAVAILABLE 14 in doubt: HTTP 503",
        ),
        (
            "Responses: a status outranks HTTP's",
            Answer { status: Some(503), ..headers_only(refused) },
            "PERMISSION_DENIED 7: not you",
        ),
        (
            "Responses: broken deployments answer with other content types",
            Answer {
                headers: pairs(&[("content-type", "text/html"), ("grpc-status", "0")]),
                ..answer(&[], message(), OK)
            },
            "UNAVAILABLE 2 in doubt: HTTP 200 (text/html)",
        ),
        (
            "Responses: broken deployments answer with other content types",
            Answer { headers: Vec::new(), ..answer(&[], message(), OK) },
            "UNAVAILABLE 2 in doubt: HTTP 200 (no content type)",
        ),
        (
            "Content-Type: +proto and a parameter may follow",
            Answer {
                headers: pairs(&[("content-type", "application/grpc+proto; charset=utf-8")]),
                ..answer(&[], message(), OK)
            },
            "OK",
        ),
        (
            "Responses: the size of headers may be limited",
            answer(&[("x-padding", &"x".repeat(300_000))], message(), OK),
            "UNAVAILABLE 14 in doubt: too large headers",
        ),
    ]
}

fn cases_of_numbers_and_texts() -> Vec<Case> {
    let of = |number: &'static str, text: &'static str| {
        headers_only(&[("grpc-status", number), ("grpc-message", text)])
    };
    vec![
        ("Status: a decimal number", of("", ""), "SERVER_ERROR 2 in doubt: no number"),
        ("Status: a decimal number", of("OK", ""), "SERVER_ERROR 2 in doubt: no number"),
        ("Status: a decimal number", of("-1", ""), "SERVER_ERROR 2 in doubt: no number"),
        ("Status: a decimal number", of("0, 0", ""), "SERVER_ERROR 2 in doubt: no number"),
        ("Status: a decimal number", of("0x7", ""), "SERVER_ERROR 2 in doubt: no number"),
        ("Status: without leading zeros", of("00", ""), "SERVER_ERROR 2 in doubt: no number"),
        ("Status: without leading zeros", of("07", ""), "SERVER_ERROR 2 in doubt: no number"),
        (
            "Status: a number that gRPC does not know",
            of("17", "new"),
            "SERVER_ERROR 2 in doubt: server says: new",
        ),
        (
            "Status: a number that gRPC does not know",
            of("99999999999999999999", "new"),
            "SERVER_ERROR 2 in doubt: server says: new",
        ),
        (
            "Status-Message: percent-encoded UTF-8",
            of("7", "gr%C3%BC%C3%9Fe%20100%25"),
            "PERMISSION_DENIED 7: grüße 100%",
        ),
        (
            "Status-Message: wrong encoding is no error",
            of("7", "100% %zz %"),
            "PERMISSION_DENIED 7: 100% %zz %",
        ),
        ("Status-Message: wrong encoding is no error", of("7", "a%FFb"), "PERMISSION_DENIED 7: a\u{fffd}b"),
        ("Status-Message: wrong encoding is no error", of("7", "grüße"), "PERMISSION_DENIED 7: grüße"),
        (
            "Status-Message: it may be missing",
            headers_only(&[("grpc-status", "7")]),
            "PERMISSION_DENIED 7: gave no reason",
        ),
        (
            "Binary-Header: what is no base64 is not used",
            headers_only(&[
                ("grpc-status", "7"),
                ("grpc-message", "not you"),
                ("grpc-status-details-bin", "%%%"),
            ]),
            "PERMISSION_DENIED 7: not you",
        ),
        (
            "ASCII-Value: what HTTP allows is no error",
            answer(&[("x-metadata", " grüße ")], message(), OK),
            "OK",
        ),
        ("Custom-Metadata: a name may come twice", answer(&[("a", "1"), ("a", "2")], message(), OK), "OK"),
    ]
}

fn cases_of_messages() -> Vec<Case> {
    let body = |body: Vec<u8>| answer(&[], body, OK);
    let encoding = |name: &'static str, flag: u8| {
        answer(&[("grpc-encoding", name)], framed(flag, encoded().len(), &encoded()), OK)
    };
    let double = [message(), message()].concat();
    vec![
        ("Compressed-Flag: 0 is uncompressed, whatever the encoding", encoding("gzip", 0), "OK"),
        ("Compressed-Flag: 0 is uncompressed, whatever the encoding", encoding("identity", 0), "OK"),
        (
            "Compressed-Flag: 1 is compressed",
            encoding("gzip", 1),
            "SERVER_ERROR 13 in doubt: compressed, unasked",
        ),
        (
            "Compressed-Flag: without an encoding it is 0",
            body(framed(1, encoded().len(), &encoded())),
            "SERVER_ERROR 13 in doubt: compressed, unasked",
        ),
        (
            "Compressed-Flag: 0 or 1",
            body(framed(2, encoded().len(), &encoded())),
            "SERVER_ERROR 13 in doubt: begin with 0 or 1",
        ),
        (
            "Errors: a refusal counts, whatever the encoding",
            headers_only(&[("grpc-encoding", "gzip"), ("grpc-status", "7"), ("grpc-message", "not you")]),
            "PERMISSION_DENIED 7: not you",
        ),
        (
            "Message-Length: of the whole message",
            body(message()[..7].to_vec()),
            "SERVER_ERROR 13 in doubt: ends too early",
        ),
        (
            "Message-Length: four bytes",
            body(message()[..4].to_vec()),
            "SERVER_ERROR 13 in doubt: it has no message",
        ),
        (
            "Responses: one message, for a unary call",
            body(Vec::new()),
            "SERVER_ERROR 13 in doubt: it has no message",
        ),
        (
            "Responses: one message, for a unary call",
            body(double),
            "SERVER_ERROR 13 in doubt: more than one message",
        ),
        (
            "Message-Length: of 4 GiB",
            body(framed(0, u32::MAX as usize, &encoded())),
            "SERVER_ERROR 11 in doubt: larger than 8388608 bytes",
        ),
        ("Data Frames: their boundaries mean nothing", Answer { in_bytes: true, ..body(message()) }, "OK"),
        ("Data Frames: their boundaries mean nothing", Answer { interim: 3, ..body(message()) }, "OK"),
    ]
}

fn cases_of_resets() -> Vec<Case> {
    let reset = |code: u32| Answer { end: End::Reset(code), ..Answer::default() };
    let later = |code: u32| Answer { end: End::Reset(code), ..answer(&[], message(), &[]) };
    let mut cases = Vec::new();
    for code in [1, 2, 3, 4, 6, 9, 10] {
        cases.push(("Errors: INTERNAL for most codes", reset(code), "UNAVAILABLE 13 in doubt: "));
    }
    cases.extend([
        ("Errors: NO_ERROR is INTERNAL: OK would have been sent", reset(0), "UNAVAILABLE 13 in doubt: "),
        ("Errors: REFUSED_STREAM is UNAVAILABLE", reset(7), "UNAVAILABLE 14 in doubt: "),
        ("Errors: CANCEL is CANCELLED", reset(8), "UNAVAILABLE 1 in doubt: "),
        ("Errors: ENHANCE_YOUR_CALM is RESOURCE_EXHAUSTED", reset(11), "UNAVAILABLE 8 in doubt: "),
        ("Errors: INADEQUATE_SECURITY is PERMISSION_DENIED", reset(12), "UNAVAILABLE 7 in doubt: "),
        ("Errors: a code that is not listed", reset(4711), "UNAVAILABLE 2 in doubt: "),
        (
            "Errors: a reset closes a stream that has begun",
            later(8),
            "UNAVAILABLE 1 in doubt: broke off an answer",
        ),
        (
            "Errors: a reset closes a stream that has begun",
            later(2),
            "UNAVAILABLE 13 in doubt: broke off an answer",
        ),
    ]);
    cases
}

#[test]
fn every_answer_is_what_the_specification_makes_of_it() {
    let cases =
        [cases_of_status(), cases_of_numbers_and_texts(), cases_of_messages(), cases_of_resets()].concat();
    assert!(cases.len() > 50);
    let fake = Fake::start("v2.6.19");
    let front = Front::before(fake.address());
    let client = client_with(&front.uri(), &[("retry.backoff_ms", "1"), ("retry.max_backoff_ms", "2")]);
    let mut wrong = String::new();
    for (part, answer, expected) in cases {
        front.answer(TRIGGER, 1, answer.clone());
        let (said, message) = match client.compact("succeeds", false, LIMIT).wait() {
            Ok(JOB) => ("OK".to_owned(), String::new()),
            Ok(job) => (format!("OK, job {job}"), String::new()),
            Err(error) => {
                let name = error.status.name().to_str().unwrap().trim_start_matches("MILVUS_").to_owned();
                let doubt = if error.in_doubt { " in doubt" } else { "" };
                (format!("{name} {}{doubt}", error.grpc_code), error.message().to_owned())
            }
        };
        let (expected, words) = expected.split_once(": ").unwrap_or((expected, ""));
        if said != expected || !message.contains(words) {
            writeln!(wrong, "{part}: {said:?} instead of {expected:?} ({words}): {message}\n  {answer:?}")
                .unwrap();
        }
        assert_eq!(front.left(TRIGGER), 0, "{part}: the answer was given");
        front.pass_all_on();
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(fake.count(Method::Trigger), 0, "no case sent its trigger again");
}
