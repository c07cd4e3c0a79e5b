//! What stands in front of Milvus and answers in its place, as ingresses and load balancers do: none of that is taken for
//! the server's word, a wait rides it out, and a trigger is in doubt exactly if the server may have it.

mod common;

use std::time::{Duration, Instant};

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::Verdict;
use milvus_client::{Client, Error, Status};
use milvus_fake::{Answer, End, Fake, Front, Method, Raw};
use tonic::Code;

const NEW: &str = "v2.6.19";
const TRIGGER: &str = "ManualCompaction";
/// No answer of these tests takes longer, except to a call without an end.
const BOUND: Duration = Duration::from_secs(15);

struct World {
    fake: Fake,
    front: Front,
    client: Client,
}

impl World {
    fn new() -> Self {
        let fake = Fake::start(NEW);
        let front = Front::before(fake.address());
        let client = client_with(&front.uri(), &[("retry.backoff_ms", "10"), ("retry.max_backoff_ms", "20")]);
        Self { fake, front, client }
    }

    fn compact(&self) -> Result<i64, Error> {
        self.client.compact("succeeds", false, LIMIT).wait()
    }
}

fn grpc(end: End) -> Answer {
    Answer { end, ..Answer::of_type(200, "application/grpc") }
}

/// The empty message.
fn message(end: End) -> Answer {
    Answer { body: vec![0; 5], ..grpc(end) }
}

#[test]
fn a_front_passes_on_what_it_is_not_told_to_answer() {
    let world = World::new();
    let (through, direct) = (world.client.server(LIMIT).wait(), client(&world.fake).server(LIMIT).wait());
    assert_eq!(through.unwrap().version_text, direct.unwrap().version_text);
    let job_id = world.compact().unwrap();
    let outcome = world.client.compaction_wait(job_id, LIMIT).wait().unwrap();
    assert_eq!((outcome.report.verdict, outcome.report.failed_polls), (Verdict::Succeeded, 0), "{outcome:?}");
}

#[test]
fn no_web_page_is_a_servers_version() {
    for (status, code) in [(200, Code::Unknown), (404, Code::Unimplemented), (403, Code::PermissionDenied)] {
        let world = World::new();
        world.front.answer("*", usize::MAX, Answer::page(status));
        let error = world.client.server(LIMIT).wait().unwrap_err();
        assert_eq!((error.status, error.grpc_code), (Status::Unavailable, code as i32), "{error}");
        assert!(error.retriable && !error.in_doubt, "{error}");
        let told = format!("something in front of Milvus answered HTTP {status} (text/html)");
        assert!(error.message().contains(&told) && !error.message().contains("server says"), "{error}");
        assert!(error.message().contains("after 5 attempts"), "{error}");
        // Its next call finds the server.
        world.front.pass_all_on();
        assert_eq!(world.client.server(LIMIT).wait().unwrap().version_text, NEW);
    }
}

#[test]
fn a_trigger_that_no_server_got_is_sent_again() {
    for status in [301, 308, 400, 401, 403, 404, 405, 429] {
        let world = World::new();
        world.front.answer(TRIGGER, 2, Answer::page(status));
        assert!(world.compact().unwrap() > 0, "{status}");
        assert_eq!(world.fake.compacted(), ["succeeds"], "{status}");
        world.front.answer(TRIGGER, usize::MAX, Answer::page(status));
        let error = world.compact().unwrap_err();
        let told = (error.status, error.in_doubt, error.retriable);
        assert_eq!(told, (Status::Unavailable, false, true), "{status}: {error}");
        assert!(error.message().contains("was not started"), "{error}");
        assert!(error.message().contains("after 5 attempts"), "{error}");
        assert_eq!(world.fake.count(Method::Trigger), 1, "{status}");
    }
}

#[test]
fn a_trigger_that_the_server_may_have_got_is_in_doubt_and_not_sent_again() {
    let doubtful = [200, 204, 408, 499, 500, 501, 502, 503, 504].map(Answer::page);
    let broken = [
        grpc(End::Whole),
        message(End::Whole),
        grpc(End::Reset(2)),
        message(End::Reset(2)),
        message(End::Reset(0)),
        message(End::Cut),
        Answer { body: vec![0, 0, 0, 0, 9, 1], ..grpc(End::Cut) },
        Answer { end: End::Cut, ..Answer::default() },
        Answer { end: End::Reset(8), ..Answer::default() },
        Answer { interim: 10_000, ..Answer::page(404) },
        Answer::of_type(404, "application/grpc"),
        Answer { headers: vec![("padding".to_owned(), "x".repeat(300_000))], ..Answer::page(200) },
    ];
    for answer in doubtful.into_iter().chain(broken) {
        for passes_on in [false, true] {
            let world = World::new();
            let described = format!("{:?} {} {:?}", answer.status, answer.body.len(), answer.end);
            world.front.answer(TRIGGER, usize::MAX, Answer { passes_on, ..answer.clone() });
            let started = Instant::now();
            let error = world.compact().unwrap_err();
            assert_eq!((error.status, error.in_doubt), (Status::Unavailable, true), "{described}: {error}");
            assert!(!error.message().contains("server says"), "{described}: {error}");
            assert_ne!(error.grpc_code, 0, "{described}: {error}");
            assert_eq!(world.fake.count(Method::Trigger), usize::from(passes_on), "{described}");
            assert!(started.elapsed() < BOUND, "{described}");
        }
    }
}

#[test]
fn an_answer_without_a_status_is_no_success_although_it_has_a_message() {
    let world = World::new();
    for answer in [message(End::Whole), message(End::Reset(0))] {
        world.front.answer("GetCompactionState", 1, answer);
        let told = world.client.compaction_state(1, LIMIT).wait();
        assert!(told.is_ok(), "a read is repeated: {told:?}");
    }
    world.front.answer("GetCompactionState", usize::MAX, message(End::Whole));
    let error = world.client.compaction_state(1, LIMIT).wait().unwrap_err();
    assert_eq!((error.status, error.grpc_code), (Status::Unavailable, Code::Unknown as i32));
    assert!(error.message().contains("without a gRPC status"), "{error}");
}

#[test]
fn an_answer_that_cannot_be_read_is_not_quoted_as_the_servers_word() {
    let success = || End::Trailers(vec![("grpc-status".to_owned(), "0".to_owned())]);
    let mut large = vec![0; 9_000_005];
    large[1..5].copy_from_slice(&9_000_000_u32.to_be_bytes());
    for (body, why) in [
        (large, "larger than"),
        (vec![0; 9_000_000], "more than one message"),
        (vec![], "no message"),
        (vec![0, 0, 0, 0, 9, 1], "ends too early"),
        (vec![0, 0, 0, 0, 1, 0xff], "cannot read"),
    ] {
        let world = World::new();
        world.front.answer(TRIGGER, 1, Answer { body, ..grpc(success()) });
        let error = world.compact().unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::ServerError, true), "{error}");
        assert!(error.message().contains(why) && !error.message().contains("server says"), "{error}");
    }
}

#[test]
fn a_wait_rides_out_whatever_a_front_answers_for_a_while() {
    let world = World::new();
    let job_id = world.compact().unwrap();
    let troubles = [301, 400, 401, 403, 404, 429, 500, 502, 503, 200].map(Answer::page);
    let broken = [
        message(End::Whole),
        grpc(End::Reset(2)),
        Answer { end: End::Cut, ..Answer::default() },
        Answer { body: vec![b'x'; 10_000_000], ..Answer::page(404) },
        Answer { interim: 10_000, ..Answer::page(200) },
    ];
    let mut count = 0;
    for method in ["GetCompactionState", "GetCompactionStateWithPlans", "GetPersistentSegmentInfo"] {
        for answer in troubles.iter().chain(&broken).take(if count == 0 { 99 } else { 6 }) {
            world.front.answer(method, 1, answer.clone());
            count += 1;
        }
    }
    let limit = Timeout::After(Duration::from_mins(2));
    let outcome = world.client.compaction_wait(job_id, limit).wait().unwrap();
    assert_eq!((outcome.report.verdict, outcome.error), (Verdict::Succeeded, None));
    for method in ["GetCompactionState", "GetCompactionStateWithPlans", "GetPersistentSegmentInfo"] {
        assert_eq!(world.front.left(method), 0, "{method} was answered so");
    }
    assert!(outcome.report.failed_polls >= 21, "{:?}", outcome.report.failed_polls);
}

#[test]
fn a_wait_that_is_over_says_what_the_front_answered() {
    let world = World::new();
    let job_id = world.compact().unwrap();
    world.front.answer("*", usize::MAX, Answer::page(404));
    let outcome =
        world.client.compaction_wait(job_id, Timeout::After(Duration::from_secs(2))).wait().unwrap();
    let error = outcome.error.unwrap();
    assert_eq!((error.status, error.grpc_code), (Status::Timeout, Code::Unimplemented as i32), "{error}");
    assert!(
        error.message().contains("something in front of Milvus answered HTTP 404 (text/html)"),
        "{error}"
    );
}

#[test]
fn a_handshake_that_a_front_answers_is_not_done() {
    let world = World::new();
    for method in ["Connect", "GetVersion"] {
        world.front.answer(method, 2, Answer::page(404));
    }
    let server = world.client.server(LIMIT).wait().unwrap();
    assert_eq!(server.version_text, NEW);
    assert_eq!((world.fake.count(Method::Connect), world.fake.count(Method::Trigger)), (1, 0));
}

#[test]
fn a_page_of_any_length_costs_neither_time_nor_memory() {
    let world = World::new();
    // It never ends.
    let page = Answer { body: vec![b'x'; 10_000_000], end: End::Hang, ..Answer::page(404) };
    world.front.answer("DescribeCollection", 100, page);
    let started = Instant::now();
    for _ in 0..20 {
        let error = world.compact().unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::Unavailable, false), "{error}");
    }
    assert!(started.elapsed() < BOUND);
    // The connection still serves.
    assert!(world.compact().unwrap() > 0);
    assert_eq!(world.fake.count(Method::Connect), 1);
}

#[test]
fn what_breaks_http_2_is_named_and_ends_soon() {
    for (raw, named) in [
        (Raw::ClosesAtOnce, "closed the connection without sending anything"),
        (Raw::ClosesAfterPreface, "closed the connection without sending anything"),
        // The reset may overtake the greeting.
        (Raw::ClosesAfterSettings, "connection"),
        (Raw::ClosesAfterRequest, "lost"),
        (Raw::HalfAFrame, "lost"),
        (Raw::EndlessContinuation, "does not keep to HTTP/2"),
        (Raw::EndlessHeaders, "does not keep to HTTP/2"),
        (Raw::BrokenHeaders, "does not keep to HTTP/2"),
        (Raw::Http1, "answers HTTP/1"),
    ] {
        let uri = format!("http://{}", raw.start());
        let client = client_with(&uri, &[("retry.backoff_ms", "10")]);
        let started = Instant::now();
        let error = client.server(LIMIT).wait().unwrap_err();
        assert_eq!((error.status, error.in_doubt), (Status::Unavailable, false), "{raw:?}: {error}");
        assert!(error.message().contains(named), "{raw:?}: {error}");
        assert!(started.elapsed() < BOUND, "{raw:?}");
    }
}

#[test]
fn interim_responses_without_an_end_and_without_a_time_limit_end() {
    let world = World::new();
    world.front.answer("GetVersion", usize::MAX, Answer { interim: usize::MAX, ..Answer::page(200) });
    world.front.answer("GetCompactionState", usize::MAX, Answer { interim: usize::MAX, ..Answer::page(200) });
    let error = world.client.compaction_state(1, Timeout::Never).wait().unwrap_err();
    assert_eq!(error.status, Status::Unavailable, "{error}");
    assert!(error.message().contains("interim responses (HTTP 1xx) without an end"), "{error}");
}
