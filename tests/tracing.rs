//! What identifies a client and its operations: request ids, metadata, the user agent, and the fields of log lines.

mod common;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{LIMIT, client, client_with};
use milvus_client::compaction::{Many, Params, Policy};
use milvus_client::config::{Config, Options};
use milvus_client::log::{self, Level};
use milvus_client::{Status, trace};
use milvus_fake::{Call, Fake, Fault, Method};
use tonic::Code;

fn ids(calls: &[Call]) -> Vec<String> {
    calls.iter().map(|call| call.headers["client-request-id"].clone()).collect()
}

#[test]
fn all_requests_of_an_operation_have_one_id_and_each_operation_another() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    let mut seen = HashSet::new();
    let mut counted = 0;
    let mut next = |requests: usize| {
        let calls = fake.calls().split_off(counted);
        counted += calls.len();
        assert!(calls.len() >= requests, "{calls:?}");
        let ids = ids(&calls);
        assert!(ids.iter().all(|id| *id == ids[0] && id.len() == 16), "{ids:?}");
        assert!(seen.insert(ids[0].clone()), "{ids:?} was seen before");
    };
    let job = client.compact("succeeds", false, LIMIT).wait().unwrap();
    next(4); // the handshake among them
    fake.fail_next(Method::State, Fault::Grpc(Code::Unavailable, "for a moment".to_owned()));
    client.compaction_state(job, LIMIT).wait().unwrap();
    next(2); // the retry has the id, too
    client.compaction_wait(job, LIMIT).wait().unwrap();
    next(3);
    client.compaction_state(job, LIMIT).wait().unwrap();
    next(1);
}

#[test]
fn a_long_value_of_metadata_is_hidden_where_a_server_repeats_it() {
    let fake = Fake::start("v2.6.8");
    let key = "k3y-0f-a-gat3way-4711";
    let client = client_with(&fake.uri(), &[("metadata.x-api-key", key)]);
    let repeated = format!("invalid x-api-key '{key}'");
    fake.fail_next(Method::Trigger, Fault::Grpc(Code::InvalidArgument, repeated));
    let error = client.compact("succeeds", false, LIMIT).wait().unwrap_err();
    assert!(error.message().contains("invalid x-api-key '[hidden]'"), "{error}");
}

#[test]
fn every_request_tells_when_it_was_sent() {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let fake = Fake::start("v2.6.8");
    let before = now();
    client(&fake).compact("succeeds", false, LIMIT).wait().unwrap();
    for call in fake.calls() {
        let sent: u128 = call.headers["client-request-unixmsec"].parse().unwrap();
        assert!((before..=now()).contains(&sent), "{call:?}");
    }
}

#[test]
fn a_thread_names_its_operations_and_the_id_is_in_their_errors() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    trace::set_request_id(Some("order-4711")).unwrap();
    trace::set_metadata("traceparent", Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        .unwrap();
    let error = client.compact("missing", false, LIMIT).wait().unwrap_err();
    assert_eq!((error.status, error.request_id()), (Status::CollectionNotFound, "order-4711"));
    trace::set_request_id(None).unwrap();
    trace::set_metadata("traceparent", None).unwrap();
    assert_eq!(HashSet::from_iter(ids(&fake.calls())), HashSet::from(["order-4711".to_owned()]));
    assert!(fake.calls().iter().all(|call| call.headers["traceparent"].starts_with("00-4bf9")));

    let calls = fake.calls().len();
    let error = client.compact("missing", false, LIMIT).wait().unwrap_err();
    let later = fake.calls().split_off(calls);
    assert!(later.iter().all(|call| call.headers["client-request-id"] == error.request_id()), "{error:?}");
    assert_eq!(error.request_id().len(), 16);
    assert!(later.iter().all(|call| !call.headers.contains_key("traceparent")));
}

#[test]
fn a_lost_answer_and_a_closed_client_have_the_id_too() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    fake.fail_next(Method::Trigger, Fault::Cut);
    let lost = client.compact("succeeds", false, LIMIT).wait().unwrap_err();
    assert!(lost.in_doubt);
    let trigger = fake.calls().into_iter().find(|call| call.method == Method::Trigger).unwrap();
    assert_eq!(trigger.headers["client-request-id"], lost.request_id());
    client.close(LIMIT).unwrap();
    let closed = client.compact("succeeds", false, LIMIT).wait().unwrap_err();
    assert_eq!((closed.status, closed.request_id().len()), (Status::Closed, 16));
}

#[test]
fn collections_that_are_compacted_together_share_the_id() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    let names = ["succeeds", "missing", "fails"].map(str::to_owned).into();
    let many = Many {
        names: Some(names),
        params: Params::default(),
        concurrency: 3,
        only_trigger: false,
        policy: Policy::default(),
    };
    let (items, error) = client.compact_many(many, LIMIT).wait().unwrap();
    let error = error.unwrap();
    assert_eq!(HashSet::from_iter(ids(&fake.calls())), HashSet::from([error.request_id().to_owned()]));
    let missing = items.iter().find(|item| item.name == "missing").unwrap().error.as_ref().unwrap();
    assert_eq!(missing.request_id(), error.request_id());
}

#[test]
fn metadata_and_the_user_agent_of_the_application_are_in_every_request() {
    let fake = Fake::start("v2.6.8");
    let options =
        [("metadata.x-tenant", "sales"), ("metadata.x-both", "client"), ("user_agent", "nightly/1.0")];
    let client = client_with(&fake.uri(), &options);
    trace::set_metadata("x-both", Some("thread")).unwrap();
    client.compact("succeeds", false, LIMIT).wait().unwrap();
    trace::set_metadata("x-both", None).unwrap();
    let library = concat!("milvus-client-c/", env!("CARGO_PKG_VERSION"));
    for call in fake.calls() {
        assert_eq!((&*call.headers["x-tenant"], &*call.headers["x-both"]), ("sales", "thread"), "{call:?}");
        assert_eq!(call.headers["user-agent"], format!("nightly/1.0 {library}"));
    }
    client.compaction_state(1, LIMIT).wait().unwrap();
    assert_eq!(fake.calls().last().unwrap().headers["x-both"], "client");
    common::client(&fake).compaction_state(1, LIMIT).wait().unwrap();
    let plain = fake.calls().pop().unwrap();
    assert!(plain.headers["user-agent"] == library && !plain.headers.contains_key("x-tenant"), "{plain:?}");
}

#[test]
fn metadata_that_the_library_needs_itself_is_refused() {
    let refusal = |key: &str, value: &str| {
        let mut options = Options::default();
        let error =
            options.set(key, value).and_then(|()| Config::new("http://h", &options).map(drop)).unwrap_err();
        assert_eq!(error.status, Status::InvalidArgument);
        error.message().to_owned()
    };
    for name in ["authorization", "grpc-timeout", "client-request-id", "te", "dbname", "user-agent"] {
        assert!(refusal(&format!("metadata.{name}"), "x").contains("reserved"), "{name}");
    }
    assert!(!refusal("metadata.x-key", "s3cr3t\n").contains("s3cr3t"));
    assert!(refusal("metadata.", "x").contains("lower-case letters"));
    assert!(refusal("user_agent", "a\r\nb").contains("user_agent"));
    assert!(refusal("user_agent", &"x".repeat(257)).contains("at most 256"));
    for authority in ["a b", "user@host", "http://host", "a/b", ""] {
        let mut options = Options::default();
        options.set("authority", authority).unwrap();
        assert_eq!(Config::new("http://h", &options).is_ok(), authority.is_empty(), "{authority}");
    }
}

// One test: the receiver is the process's.
#[test]
fn log_lines_tell_the_operation_and_what_it_is_about() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&lines);
    let keep =
        move |_: Level, message: &str, fields: &str| kept.lock().unwrap().push(format!("{message} {fields}"));
    log::set(Level::Debug, Some(Arc::new(keep))).unwrap();
    trace::set_request_id(Some("told-in-the-log")).unwrap();
    let job = client.compact("succeeds", false, LIMIT).wait().unwrap();
    client.compaction_wait(job, LIMIT).wait().unwrap();
    trace::set_request_id(None).unwrap();
    let expected = format!("request_id=told-in-the-log collection=\"succeeds\" job={job}");
    let is_told = || {
        lines
            .lock()
            .unwrap()
            .iter()
            .any(|line| line.starts_with("call method=GetCompactionState ") && line.ends_with(&expected))
    };
    for _ in 0..1_000 {
        if is_told() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10)); // the receiver's thread is on its way
    }
    assert!(is_told());
    log::set(Level::Debug, None).unwrap();
    let lines = lines.lock().unwrap();
    let of_look_up = "request_id=told-in-the-log collection=\"succeeds\"";
    let is_look_up =
        |line: &String| line.starts_with("call method=DescribeCollection") && line.ends_with(of_look_up);
    assert!(lines.iter().any(is_look_up), "{lines:?}");
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("connected ") && line.contains("request_id=told-in-the-log"))
    );
}
