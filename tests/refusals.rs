//! What servers refuse, and servers that are not ready: nothing is started twice, and nothing is called done or in doubt
//! that is not.

mod common;

use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::Params;
use milvus_client::{Error, Status};
use milvus_fake::{Fake, Fault, Method};
use tonic::Code;

const NEW: &str = "v2.6.19";
const STARTING: &str = "service unavailable: internal: Milvus Proxy is not ready yet. please wait";
const NO_COORDINATOR: &str = "stack trace: /src/pkg/tracer/stack_trace.go:51 github.com/milvus-io/milvus/pkg/v2/tracer.StackTrace\n\
     /src/internal/proxy/impl.go:4899 github.com/milvus-io/milvus/internal/proxy.(*Proxy).ManualCompaction: \
     empty grpc client: find no available mixcoord, check mixcoord state: node not found[node=0]";
const NOT_ALL: &str = "not all segment ids provided could be compacted: service internal error";

fn grpc(text: &str) -> Fault {
    Fault::Grpc(Code::Unknown, text.to_owned())
}

fn refuse(code: i32, text: &str) -> Fault {
    Fault::Refuse(code, 1, text.to_owned())
}

fn fail(fake: &Fake, times: usize, method: Method, fault: &Fault) {
    for _ in 0..times {
        fake.fail_next(method, fault.clone());
    }
}

/// Compacts one collection, with little time for it.
fn compact(fake: &Fake) -> Result<i64, Error> {
    client(fake).compact("succeeds", false, Timeout::After(Duration::from_secs(2))).wait()
}

#[test]
fn a_starting_proxy_has_done_nothing_and_is_asked_again() {
    let fake = Fake::start(NEW);
    for method in [Method::Connect, Method::Describe, Method::Trigger] {
        fail(&fake, 2, method, &grpc(STARTING));
    }
    assert!(client(&fake).compact("succeeds", false, LIMIT).wait().unwrap() > 0);
    assert_eq!((fake.count(Method::Trigger), fake.compacted()), (3, vec!["succeeds".to_owned()]));
    fail(&fake, 100, Method::Trigger, &grpc(STARTING));
    let error = compact(&fake).unwrap_err();
    assert_eq!((error.status, error.in_doubt, error.retriable), (Status::NotReady, false, true));
    assert!(error.message().contains("Milvus Proxy is not ready yet"), "{error}");
}

#[test]
fn a_read_is_repeated_until_there_is_a_coordinator() {
    let fake = Fake::start(NEW);
    fail(&fake, 1, Method::Connect, &refuse(901, NO_COORDINATOR));
    fail(&fake, 7, Method::State, &grpc(NO_COORDINATOR));
    let client = client_with(&fake.uri(), &[("retry.max_backoff_ms", "50")]);
    client.compaction_state(1, LIMIT).wait().unwrap();
    assert_eq!((fake.count(Method::Connect), fake.count(Method::State)), (2, 8));
}

#[test]
fn a_coordinator_that_stays_away_is_named_without_the_stack_trace() {
    let fake = Fake::start(NEW);
    fail(&fake, 100, Method::Stored, &refuse(901, NO_COORDINATOR));
    let limit = Timeout::After(Duration::from_secs(2));
    let error = client(&fake).segments("succeeds", false, limit).wait().unwrap_err();
    assert_eq!((error.status, error.retriable, error.server_code), (Status::NotReady, true, 901));
    assert!(
        error.message().contains("server says: empty grpc client: find no available mixcoord"),
        "{error}"
    );
    assert!(!error.message().contains("/src"), "{error}");
}

#[test]
fn without_a_coordinator_a_trigger_is_repeated_if_the_read_before_it_found_none() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Stored, refuse(901, NO_COORDINATOR));
    fake.fail_next(Method::Trigger, grpc(NO_COORDINATOR));
    // The coordinator is asked for before the trigger is sent again.
    fail(&fake, 2, Method::State, &grpc(NO_COORDINATOR));
    assert!(client(&fake).compact("succeeds", false, LIMIT).wait().unwrap() > 0);
    assert_eq!((fake.count(Method::Trigger), fake.count(Method::State)), (2, 3));
    assert_eq!(fake.compacted(), ["succeeds"]);
}

#[test]
fn without_a_coordinator_a_trigger_is_in_doubt_if_the_read_before_it_was_answered() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Trigger, grpc(NO_COORDINATOR));
    let error = compact(&fake).unwrap_err();
    assert_eq!((error.status, error.in_doubt, error.retriable), (Status::NotReady, true, false));
    assert_eq!(fake.count(Method::Trigger), 1);

    // It was back before the second trigger, which may have been handed over.
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Stored, refuse(901, NO_COORDINATOR));
    fail(&fake, 2, Method::Trigger, &grpc(NO_COORDINATOR));
    let error = compact(&fake).unwrap_err();
    assert_eq!((error.status, error.in_doubt), (Status::NotReady, true));
    assert_eq!(fake.count(Method::Trigger), 2);

    // Another failure of the read is no sign that there was none.
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Stored, refuse(65535, "who knows"));
    fake.fail_next(Method::Trigger, grpc(NO_COORDINATOR));
    assert!(compact(&fake).unwrap_err().in_doubt);
}

#[test]
fn a_coordinator_that_stays_away_leaves_nothing_in_doubt() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Stored, refuse(901, NO_COORDINATOR));
    fake.fail_next(Method::Trigger, grpc(NO_COORDINATOR));
    fail(&fake, 1_000, Method::State, &grpc(NO_COORDINATOR));
    let error = compact(&fake).unwrap_err();
    assert_eq!((error.status, error.in_doubt, error.retriable), (Status::NotReady, false, true));
    assert!(error.message().contains("was not started"), "{error}");
    assert_eq!((fake.count(Method::Trigger), fake.compacted()), (1, vec![]));
}

#[test]
fn a_rate_of_zero_is_a_refusal_that_is_not_waited_out() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Trigger, refuse(9, "quota exceeded[reason=rate type: DDLCompaction]"));
    let error = compact(&fake).unwrap_err();
    assert_eq!((error.status, error.server_code), (Status::RateLimited, 9));
    assert!(!error.in_doubt && !error.retriable);
    assert!(error.message().contains("denied until the server's limit or quota is changed"), "{error}");
    assert_eq!((fake.count(Method::Trigger), fake.compacted()), (1, vec![]));
}

#[test]
fn segments_that_are_stored_but_not_to_be_had_are_busy_and_others_are_a_wrong_argument() {
    let ids = |fake: &Fake| fake.segments("succeeds").iter().map(|(id, _)| *id).collect::<Vec<_>>();
    for (fault, status, retriable, in_doubt) in [
        (refuse(5, NOT_ALL), Status::Busy, true, false),
        (
            refuse(5, "service internal error: not all segment ids provided could be compacted"),
            Status::Busy,
            true,
            false,
        ),
        (Fault::Replaced("succeeds", NOT_ALL.to_owned()), Status::InvalidArgument, false, false),
        (refuse(5, "service internal error: who knows"), Status::ServerError, false, true),
    ] {
        let fake = Fake::start(NEW);
        let params = Params { segment_ids: Some(ids(&fake)), ..Params::default() };
        fake.fail_next(Method::Trigger, fault.clone());
        let error = client(&fake).compact_with("succeeds", params.clone(), LIMIT).wait().unwrap_err();
        assert_eq!(
            (error.status, error.retriable, error.in_doubt),
            (status, retriable, in_doubt),
            "{fault:?}"
        );
        assert_eq!((error.server_code, fake.count(Method::Trigger)), (5, 1), "{fault:?}");
        let names_one = error
            .message()
            .contains(&format!("segment {} is not stored any more", params.segment_ids.unwrap()[0]));
        assert_eq!(names_one, status == Status::InvalidArgument, "{error}");
    }
}

#[test]
fn segments_that_change_while_they_are_listed_are_listed_again() {
    let fake = Fake::start(NEW);
    let gone = refuse(600, "segment not found[segment=470780713983901925]");
    let client = client(&fake);
    fail(&fake, 4, Method::Stored, &gone);
    assert!(!client.segments("succeeds", false, LIMIT).wait().unwrap().is_empty());
    assert_eq!(fake.count(Method::Stored), 5);
    fail(&fake, 5, Method::Stored, &gone);
    let error = client.segments("succeeds", false, LIMIT).wait().unwrap_err();
    assert_eq!((error.status, error.server_code, error.retriable), (Status::ServerError, 600, true));
    assert!(error.message().contains("after 5 attempts"), "{error}");
    assert_eq!(fake.count(Method::Stored), 10);
    // So they are around a job: its report has what it did.
    fail(&fake, 2, Method::Stored, &gone);
    let job_id = client.compact("succeeds", false, LIMIT).wait().unwrap();
    fail(&fake, 2, Method::Stored, &gone);
    let outcome = client.compaction_wait(job_id, LIMIT).wait().unwrap();
    assert!(outcome.report.segment_diff.is_some(), "{outcome:?}");
}

#[test]
fn a_collection_that_is_being_compacted_is_no_error_of_unknown_effect() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Trigger, refuse(2305, "collection is compacting"));
    let error = compact(&fake).unwrap_err();
    assert_eq!((error.status, error.in_doubt, error.retriable), (Status::ServerError, false, true));
    assert_eq!((fake.count(Method::Trigger), fake.compacted()), (1, vec![]));
}

#[test]
fn a_version_that_a_server_failed_to_tell_is_asked_for_again_before_anything_depends_on_it() {
    let fake = Fake::start(NEW);
    let failed = Fault::Grpc(Code::Internal, "who knows".to_owned());
    for method in [Method::Connect, Method::GetVersion] {
        fail(&fake, 1, method, &failed);
    }
    let client = client(&fake);
    assert_eq!(client.server(LIMIT).wait().unwrap().version_text, "", "it is used all the same");
    let sized = Params { target_size_mb: 64, ..Params::default() };
    assert!(client.compact_with("succeeds", sized, LIMIT).wait().unwrap().job_id > 0);
    assert_eq!(client.server(LIMIT).wait().unwrap().version_text, NEW);
    assert_eq!((fake.count(Method::Connect), fake.count(Method::GetVersion)), (2, 1));

    // What does not know the question is not asked again.
    let fake = Fake::start(NEW);
    for method in [Method::Connect, Method::GetVersion] {
        fail(&fake, 1, method, &Fault::Grpc(Code::Unimplemented, String::new()));
    }
    let client = client_with(&fake.uri(), &[]);
    for _ in 0..2 {
        assert_eq!(client.server(LIMIT).wait().unwrap().version_text, "");
    }
    assert_eq!((fake.count(Method::Connect), fake.count(Method::GetVersion)), (1, 1));
}
