use std::time::Duration;

use super::super::bounds::NO_LISTS;
use super::*;
use crate::config::Options;
use crate::proto::common;
use crate::proto::service::ManualCompactionResponse;

/// What real servers have answered, and what is made of it: for each text a line with the server, the method and
/// the codes, the text, a line with the status and how far the call came, and the message.
const RECORDED: &str = include_str!("../recorded.txt");

fn failure(codes: &str, text: &str) -> Failure {
    failure_within(None, codes, text)
}

fn failure_within(limit: Option<Duration>, codes: &str, text: &str) -> Failure {
    let config = Config::new("http://localhost", &Options::default()).unwrap();
    let context = Context {
        config: &config,
        deadline: Deadline::after(limit),
        database: "",
        headers: &HeaderMap::new(),
        pauses: &Pauses::default(),
    };
    if let Some(code) = codes.strip_prefix("grpc ") {
        return context.ended(&tonic::Status::new(code.parse::<i32>().unwrap().into(), text));
    }
    let number = |name: &str| {
        let part = codes.split(", ").find_map(|part| part.strip_prefix(name));
        part.unwrap().trim().parse::<i32>().unwrap()
    };
    let status = common::Status {
        code: number("code "),
        error_code: number("error_code "),
        retriable: codes.ends_with("retriable"),
        reason: text.to_owned(),
        ..Default::default()
    };
    let reply = ManualCompactionResponse { status: Some(status), ..Default::default() };
    let answer = HttpResponse {
        status: http::StatusCode::OK,
        headers: [(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"))]
            .into_iter()
            .collect(),
        body: grpc::framed(&reply),
        trailers: Some(
            [(HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"))].into_iter().collect(),
        ),
        is_trailers_only: false,
    };
    let (intake, mut reply) = (Counting::new(&NO_LISTS), ManualCompactionResponse::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(context.read(answer, intake, &mut reply)).unwrap_err()
}

#[test]
fn what_real_servers_said_is_shown_as_its_cause_and_taken_for_what_it_is() {
    let mut traces = 0;
    for recorded in RECORDED.split("== ").skip(1) {
        let (head, rest) = recorded.split_once('\n').unwrap();
        let (text, expected) = rest.split_once("\n-> ").unwrap();
        let (meaning, message) = expected.trim_end().split_once('\n').unwrap();
        let Failure { error, reached } = failure(head.split_once(": ").unwrap().1, text);
        let name = error.status.name().to_str().unwrap().trim_start_matches("MILVUS_");
        let retriable = if error.retriable { " retriable" } else { "" };
        assert_eq!(format!("{name} {reached:?}{retriable}"), meaning, "{head}");
        assert_eq!(error.message(), message, "{head}");
        traces += usize::from(text.contains("stack trace"));
    }
    assert!(traces > 9, "some came with a trace");
}

#[test]
fn a_server_that_gives_up_at_the_deadline_tells_a_timeout() {
    const SAID: &str = "proxy TaskCondition context Done"; // 2.3.5 does
    for (limit, status) in [(Some(Duration::ZERO), Status::Timeout), (None, Status::ServerError)] {
        let Failure { error, reached } = failure_within(limit, "code 65535, error_code 1", SAID);
        assert_eq!((error.status, reached), (status, Reached::Perhaps));
    }
    let gone = failure_within(Some(Duration::ZERO), "code 100, error_code 4", "gone");
    assert_eq!(gone.error.status, Status::CollectionNotFound, "that is no matter of time");
}

#[test]
fn a_hostile_text_makes_a_message_that_is_bounded_and_not_empty() {
    let trace = "stack trace: /src/a.go:1 b.c\n".repeat(100_000);
    for text in ["", " \n", "stack trace:", &trace, &format!("{trace}/x.go:1 f: {}", "🦀".repeat(100_000))]
    {
        for codes in ["grpc 2", "code 65535, error_code 1", "code 9, error_code 48"] {
            let message = failure(codes, text).error.message().to_owned();
            assert!(!message.is_empty() && message.len() < SERVER_TEXT_LIMIT + 100, "{codes}: {message}");
        }
    }
}
