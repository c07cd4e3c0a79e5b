//! Trigger, state, plans and wait against the scripted server: what a real one cannot do on demand.

mod common;

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::{
    ApplyDeletions, Item, Many, NO_JOB, Params, Policy, Settings, Verdict, WaitResult,
};
use milvus_client::config::{Config, Options};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Fake, Fault, Method, Poll, Scenario};
use tonic::Code;

const OLD: &str = "v2.3.5";
const NEW: &str = "v2.6.8";

fn client_at(uri: &str, token: Option<&str>) -> Client {
    client_with(uri, &token.map(|token| ("token", token)).into_iter().collect::<Vec<_>>())
}

fn version(client: &Client) -> Result<String, Error> {
    client.server(LIMIT).wait().map(|server| server.version_text)
}

fn compact(client: &Client, name: &str) -> Result<i64, Error> {
    client.compact(name, false, LIMIT).wait()
}

fn wait(client: &Client, job_id: i64) -> WaitResult {
    client.compaction_wait(job_id, LIMIT).wait().unwrap()
}

#[test]
fn a_trigger_carries_id_real_name_and_database() {
    let fake = Fake::start(OLD);
    fake.alias("other", "succeeds");
    compact(&client_at(&format!("{}/sales", fake.uri()), Some("key")), "other").unwrap();
    assert_eq!(fake.compacted(), ["succeeds"]);
    let calls = fake.calls();
    let trigger = calls.iter().find(|call| call.method == Method::Trigger).unwrap();
    for part in ["collection_id: 1000", "collection_name: \"succeeds\"", "db_name: \"sales\""] {
        assert!(trigger.request.contains(part), "{}", trigger.request);
    }
    for call in &calls {
        assert_eq!(call.headers["dbname"], "sales", "{call:?}");
        assert_eq!(call.headers["authorization"], "a2V5", "{call:?}");
        assert!(call.headers["user-agent"].contains("milvus-client-c/"), "{call:?}");
        assert!(call.headers.contains_key("grpc-timeout"), "{call:?}");
    }
}

#[test]
fn every_call_works_inside_another_tokio() {
    let fake = Fake::start(NEW);
    let client = client_at(&fake.uri(), None);
    let call = move || {
        let job = compact(&client, "succeeds").unwrap();
        assert_eq!(wait(&client, job).report.verdict, Verdict::Succeeded);
        assert_eq!(version(&client).unwrap(), NEW);
    };
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async { call() });
    fake.cut_connections(); // and connects there, beside the other's drivers
    let with_drivers = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    with_drivers.block_on(async { tokio::task::spawn(async move { call() }).await.unwrap() });
}

#[test]
fn an_unknown_collection_is_an_error_and_nothing_is_compacted() {
    // Lines 2.5 and 2.6 tell its legacy number alone.
    for (version, code) in [(OLD, 100), ("v2.4.24", 100), ("v2.5.27", 4), (NEW, 4), ("v3.0.0", 100)] {
        let fake = Fake::start(version);
        let error = compact(&client(&fake), "no_such").unwrap_err();
        assert_eq!(
            (error.status, error.server_code, error.in_doubt),
            (Status::CollectionNotFound, code, false)
        );
        assert!(error.message().contains("\"no_such\""), "{error}");
        assert_eq!(fake.count(Method::Trigger), 0);
    }
}

#[test]
fn an_id_that_is_no_id_never_reaches_a_server_that_selects_by_id() {
    for id in [0, -1, i64::MIN] {
        for version in [OLD, "v2.4.17", "custom build"] {
            let fake = Fake::start(version);
            fake.report_id(id);
            let error = compact(&client(&fake), "succeeds").unwrap_err();
            assert_eq!(error.status, Status::Unsupported, "{version}");
            assert_eq!((fake.count(Method::Trigger), fake.compacted()), (0, vec![]));
        }
        let fake = Fake::start("v2.4.18");
        fake.report_id(id);
        compact(&client(&fake), "succeeds").unwrap();
        assert_eq!(fake.compacted(), ["succeeds"], "this one selects by name");
    }
}

#[test]
fn clustering_is_refused_where_it_would_be_ignored() {
    for version in [OLD, "v2.4.5", "custom build"] {
        let fake = Fake::start(version);
        let error = client(&fake).compact("succeeds", true, LIMIT).wait().unwrap_err();
        assert_eq!(error.status, Status::Unsupported);
        assert_eq!(fake.count(Method::Trigger), 0);
    }
    let fake = Fake::start("v2.4.6");
    client(&fake).compact("succeeds", true, LIMIT).wait().unwrap();
    assert!(fake.calls().iter().any(|call| call.request.contains("major_compaction: true")));
}

#[test]
fn a_trigger_is_not_repeated_after_an_ambiguous_failure() {
    for fault in [
        Fault::Cut,
        Fault::Hang,
        Fault::Grpc(Code::Unavailable, "upstream is gone".to_owned()),
        Fault::Grpc(Code::Internal, "broken".to_owned()),
        Fault::Grpc(Code::Unknown, "who knows".to_owned()),
        Fault::Grpc(Code::Cancelled, String::new()),
        Fault::Grpc(Code::DeadlineExceeded, String::new()),
        Fault::Refuse(65535, 1, "unexpected".to_owned()),
    ] {
        let fake = Fake::start(NEW);
        fake.fail_next(Method::Trigger, fault.clone());
        let limit = Timeout::After(Duration::from_secs(2));
        let error = client(&fake).compact("succeeds", false, limit).wait().unwrap_err();
        assert!(error.in_doubt && !error.retriable, "{fault:?}: {error:?}");
        assert!(error.message().contains("may or may not have been started"), "{fault:?}: {error}");
        assert_eq!(fake.count(Method::Trigger), 1, "{fault:?}");
    }
}

#[test]
fn a_refused_trigger_is_not_in_doubt() {
    let refuse = |code, text: &str| Fault::Refuse(code, 1, text.to_owned());
    let grpc = |code, text: &str| Fault::Grpc(code, text.to_owned());
    for (fault, status) in [
        (refuse(2, "service unavailable: compaction disabled"), Status::CompactionDisabled),
        (refuse(100, "gone"), Status::CollectionNotFound),
        (refuse(1100, "no"), Status::InvalidArgument),
        (grpc(Code::PermissionDenied, "PrivilegeCompaction: permission deny to u"), Status::PermissionDenied),
        (grpc(Code::Unauthenticated, "auth check failure"), Status::Unauthenticated),
        (grpc(Code::Unknown, "stack trace: compaction disabled"), Status::CompactionDisabled),
    ] {
        let fake = Fake::start(NEW);
        fake.fail_next(Method::Trigger, fault.clone());
        let error = compact(&client(&fake), "succeeds").unwrap_err();
        assert_eq!((error.status, error.in_doubt, error.retriable), (status, false, false), "{fault:?}");
        assert!(error.message().contains("was not started"), "{fault:?}: {error}");
        assert_eq!((fake.count(Method::Trigger), fake.compacted().len()), (1, 0), "{fault:?}");
    }
}

#[test]
fn a_collection_that_is_renamed_before_its_trigger_is_found_by_its_alias() {
    let fake = Fake::start(NEW);
    fake.alias("nightly", "succeeds");
    fake.fail_next(Method::Trigger, Fault::Renames("succeeds", "renamed"));
    assert!(compact(&client(&fake), "nightly").unwrap() > 0);
    assert_eq!((fake.count(Method::Trigger), fake.compacted()), (2, vec!["renamed".to_owned()]));
    // Who names it by the name that it has no more is told so.
    fake.fail_next(Method::Trigger, Fault::Renames("renamed", "again"));
    let error = compact(&client(&fake), "renamed").unwrap_err();
    assert_eq!((error.status, error.in_doubt), (Status::CollectionNotFound, false));
}

/// What a server says that cannot compact the segments now.
const HELD: &str = "not all segment ids provided could be compacted: service internal error";

#[test]
fn a_call_for_many_that_triggers_again_never_takes_another_collection_of_the_name() {
    let fake = Fake::start(NEW);
    let swap = &[("succeeds", "renamed"), ("fails", "succeeds")];
    fake.fail_next(Method::Trigger, Fault::Swaps(swap, HELD.to_owned()));
    let (items, _) = client(&fake).compact_many(all_of(&["succeeds"]), LIMIT).wait().unwrap();
    assert_eq!((&items[0].error, fake.compacted()), (&None, vec!["renamed".to_owned()]), "{items:?}");
    assert_eq!(fake.count(Method::Trigger), 2);
}

#[test]
fn a_call_for_many_tells_that_its_collection_was_dropped_before_it_triggers_again() {
    let fake = Fake::start(NEW);
    let swap = &[("fails", "succeeds")]; // it is there in place of the first one
    fake.fail_next(Method::Trigger, Fault::Swaps(swap, HELD.to_owned()));
    let (items, _) = client(&fake).compact_many(all_of(&["succeeds"]), LIMIT).wait().unwrap();
    let error = items[0].error.as_ref().unwrap();
    assert_eq!((error.status, fake.compacted()), (Status::CollectionNotFound, vec![]), "{error}");
    assert!(error.message().contains("was dropped meanwhile"), "{error}");
}

fn all_of(names: &[&str]) -> Many {
    Many {
        names: Some(names.iter().map(|&name| name.to_owned()).collect()),
        params: Params::default(),
        concurrency: 1,
        only_trigger: false,
        policy: Policy { include_final: true, ..Policy::default() },
    }
}

#[test]
fn a_call_for_many_stays_with_a_collection_that_is_renamed_before_its_trigger() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Trigger, Fault::Renames("succeeds", "renamed"));
    let (items, _) = client(&fake).compact_many(all_of(&["succeeds"]), LIMIT).wait().unwrap();
    assert_eq!((&items[0].error, fake.compacted()), (&None, vec!["renamed".to_owned()]), "{items:?}");
}

#[test]
fn a_collection_is_compacted_once_by_a_call_that_names_it_twice_even_if_it_is_renamed_meanwhile() {
    let fake = Fake::start(NEW);
    fake.alias("nightly", "succeeds");
    fake.fail_next(Method::State, Fault::Renames("succeeds", "renamed"));
    let (items, _) = client(&fake).compact_many(all_of(&["succeeds", "nightly"]), LIMIT).wait().unwrap();
    let statuses = items.iter().map(|item| item.error.as_ref().map(|error| error.status));
    assert_eq!(statuses.collect::<Vec<_>>(), [None, Some(Status::InvalidArgument)], "{items:?}");
    assert_eq!(fake.count(Method::Trigger), 1);
}

#[test]
fn a_trigger_that_the_server_puts_off_is_sent_again_until_it_is_taken() {
    let refuse = |code, error_code| Fault::Refuse(code, error_code, "not now".to_owned());
    for fault in [refuse(8, 1), refuse(1, 1), refuse(0, 49), refuse(0, 57)] {
        let fake = Fake::start(NEW);
        fake.fail_next(Method::Trigger, fault.clone());
        fake.fail_next(Method::Trigger, fault);
        assert!(compact(&client(&fake), "succeeds").unwrap() > 0);
        assert_eq!((fake.count(Method::Trigger), fake.compacted()), (3, vec!["succeeds".to_owned()]));
    }
}

#[test]
fn a_rate_limit_that_outlasts_the_timeout_is_named() {
    let fake = Fake::start(NEW);
    for _ in 0..100 {
        fake.fail_next(Method::Trigger, Fault::Refuse(8, 1, "rate limit".to_owned()));
    }
    let limit = Timeout::After(Duration::from_millis(1_500));
    let error = client(&fake).compact("succeeds", false, limit).wait().unwrap_err();
    assert_eq!((error.status, error.server_code, error.in_doubt), (Status::RateLimited, 8, false));
    assert!(error.retriable && error.message().contains("attempts"), "{error}");
}

#[test]
fn reads_are_repeated_after_a_lost_connection() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Connect, Fault::Cut);
    fake.fail_next(Method::Describe, Fault::Cut);
    fake.fail_next(Method::Describe, Fault::Grpc(Code::Unavailable, "restarting".to_owned()));
    assert!(compact(&client(&fake), "succeeds").unwrap() > 0);
    assert_eq!((fake.count(Method::Describe), fake.count(Method::Trigger)), (3, 1));
}

#[test]
fn attempts_to_connect_are_bounded_and_counted() {
    for (attempts, counted) in [("1", false), ("4", true)] {
        let pairs = [("retry.max_attempts", attempts), ("retry.backoff_ms", "1")];
        let error = compact(&client_with("http://127.0.0.1:1", &pairs), "x").unwrap_err();
        assert_eq!((error.status, error.retriable), (Status::Unavailable, true));
        assert_eq!(error.message().contains("after 4 attempts"), counted, "{error}");
    }
}

#[test]
fn the_handshake_is_redone_for_every_connection_and_its_identifier_kept() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    for connections in 1..=3 {
        client.compaction_state(1, LIMIT).wait().unwrap();
        client.compaction_state(1, LIMIT).wait().unwrap();
        assert_eq!(fake.count(Method::Connect), connections);
        fake.cut_connections();
        thread::sleep(Duration::from_millis(50));
    }
    for call in fake.calls() {
        let expected = if call.method == Method::Connect { None } else { Some("4711") };
        assert_eq!(call.headers.get("identifier").map(String::as_str), expected, "{call:?}");
    }
}

#[test]
fn a_handshake_that_is_refused_does_not_stop_what_works_without() {
    for fault in
        [Fault::Grpc(Code::PermissionDenied, "no".to_owned()), Fault::Refuse(65535, 1, "no".to_owned())]
    {
        let fake = Fake::start(NEW);
        fake.fail_next(Method::Connect, fault);
        assert!(compact(&client(&fake), "succeeds").unwrap() > 0);
    }
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Connect, Fault::Grpc(Code::Unauthenticated, "auth check failure".to_owned()));
    assert_eq!(compact(&client(&fake), "succeeds").unwrap_err().status, Status::Unauthenticated);
}

#[test]
fn a_missing_database_is_named_although_old_servers_blame_the_collection() {
    let fake = Fake::start(OLD);
    let error =
        compact(&client_at(&format!("{}/no_such_database", fake.uri()), None), "succeeds").unwrap_err();
    assert_eq!((error.status, error.server_code), (Status::DatabaseNotFound, 800));
    assert!(error.message().contains("no database \"no_such_database\""), "{error}");
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn an_answer_that_says_nothing_is_no_success() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Describe, Fault::Empty);
    let error = compact(&client(&fake), "succeeds").unwrap_err();
    assert_eq!((error.status, error.in_doubt, fake.count(Method::Trigger)), (Status::ServerError, false, 0));
    fake.fail_next(Method::Trigger, Fault::Empty);
    let error = compact(&client(&fake), "succeeds").unwrap_err();
    assert_eq!((error.status, error.in_doubt, fake.count(Method::Trigger)), (Status::ServerError, true, 1));
    fake.add("no_id", Scenario { job_id: Some(-5), plan_count: 3, ..Scenario::default() });
    let error = compact(&client(&fake), "no_id").unwrap_err();
    assert_eq!((error.status, error.in_doubt), (Status::ServerError, true));
}

#[test]
fn a_collection_of_another_database_is_never_compacted() {
    let sales = |fake: &Fake| client_at(&format!("{}/sales", fake.uri()), None);
    let old = Fake::start("v2.2.8");
    let error = compact(&sales(&old), "succeeds").unwrap_err();
    assert_eq!(error.status, Status::Unsupported);
    assert!(error.message().contains("2.2.9"), "{error}");
    let other = Fake::start(NEW);
    other.report_database("default");
    let error = compact(&sales(&other), "succeeds").unwrap_err();
    assert!(error.message().contains("answered for \"default\""), "{error}");
    assert_eq!((old.count(Method::Trigger), other.count(Method::Trigger)), (0, 0));
    assert!(compact(&client(&old), "succeeds").is_ok(), "without a database, old servers are fine");
}

#[test]
fn clustering_without_a_key_is_refused_instead_of_quietly_skipped() {
    let fake = Fake::start(NEW);
    fake.remove_clustering_keys();
    let error = client(&fake).compact("succeeds", true, LIMIT).wait().unwrap_err();
    assert_eq!((error.status, fake.count(Method::Trigger)), (Status::InvalidArgument, 0));
    assert!(error.message().contains("no clustering key"), "{error}");
}

#[test]
fn limits_that_nobody_owns_up_to_are_not_taken_for_refusals() {
    for fault in [
        Fault::Grpc(Code::ResourceExhausted, "somewhere".to_owned()),
        Fault::Refuse(2, 1, "lost answer of datacoord for collection StandBy".to_owned()),
        Fault::Refuse(5, 1, "internal".to_owned()),
    ] {
        let fake = Fake::start(NEW);
        fake.fail_next(Method::Trigger, fault.clone());
        let error = compact(&client(&fake), "succeeds").unwrap_err();
        assert!(error.in_doubt, "{fault:?}");
        assert_eq!(fake.count(Method::Trigger), 1, "{fault:?}");
    }
}

#[test]
fn the_longest_timeouts_are_as_good_as_none() {
    for milliseconds in [400_000_000_000_000, i64::MAX.unsigned_abs()] {
        let fake = Fake::start(NEW);
        let limit = Timeout::After(Duration::from_millis(milliseconds));
        assert!(client(&fake).compact("succeeds", false, limit).wait().unwrap() > 0);
    }
}

#[test]
fn a_started_job_gets_its_id_even_if_nothing_more_is_answered() {
    let fake = Fake::start(OLD);
    fake.fail_next(Method::Plans, Fault::Hang);
    assert!(client(&fake).compact("succeeds", false, Timeout::Never).wait().unwrap() > 0);
}

#[test]
fn a_restart_right_after_the_trigger_is_not_nothing_to_do() {
    let fake = Fake::start(OLD);
    // The first one is asked before the trigger.
    fake.fail_next(Method::Plans, Fault::Refuse(65535, 1, "no".to_owned()));
    fake.fail_next(Method::Plans, Fault::Cut);
    let client = client(&fake);
    let job_id = compact(&client, "unindexed").unwrap();
    assert_eq!(wait(&client, job_id).report.verdict, Verdict::Unknown);
}

#[test]
fn a_handshake_that_is_never_answered_holds_nobody_up_for_long() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Connect, Fault::Hang);
    let client = client_with(&fake.uri(), &[("connect_timeout_ms", "2000")]);
    let patient = client.clone();
    let waiting = thread::spawn(move || patient.compact("succeeds", false, Timeout::Never).wait());
    while fake.count(Method::Connect) == 0 {
        assert!(!waiting.is_finished(), "it has not even asked");
        thread::sleep(Duration::from_millis(1));
    }
    assert!(compact(&client, "succeeds").unwrap() > 0, "the next one tries again");
    assert_eq!(waiting.join().unwrap().unwrap_err().status, Status::Unavailable);
}

/// Or the client would take the job of the one for that of the other.
#[test]
fn a_clustering_trigger_and_another_one_of_a_collection_are_not_on_their_way_together() {
    for first_is_clustering in [false, true] {
        let fake = Fake::start(NEW);
        fake.fail_next(Method::Trigger, Fault::Hang);
        let client = client(&fake);
        let patient = client.clone();
        let first = thread::spawn(move || {
            patient.compact("succeeds", first_is_clustering, Timeout::After(Duration::from_secs(3))).wait()
        });
        while fake.count(Method::Trigger) == 0 {
            assert!(!first.is_finished(), "it was not even sent");
            thread::sleep(Duration::from_millis(1));
        }
        assert!(compact(&client, "unindexed").is_ok(), "another collection");
        let triggers = fake.count(Method::Trigger);
        let limit = Timeout::After(Duration::from_millis(100));
        let error = client.compact("succeeds", !first_is_clustering, limit).wait().unwrap_err();
        assert!(error.status == Status::Timeout && !error.in_doubt, "{error:?}");
        assert!(error.message().contains("another trigger for \"succeeds\" was on its way"), "{error}");
        assert_eq!(fake.count(Method::Trigger), triggers);
        assert!(first.join().unwrap().unwrap_err().in_doubt);
    }
}

#[test]
fn a_trigger_that_has_waited_for_its_turn_is_for_what_has_the_name_then() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Trigger, Fault::Hang);
    let client = client(&fake);
    let compacts = |is_clustering, limit| {
        let patient = client.clone();
        thread::spawn(move || patient.compact("succeeds", is_clustering, limit).wait())
    };
    let until = |what: &dyn Fn() -> bool| {
        while !what() {
            thread::sleep(Duration::from_millis(1));
        }
    };
    let first = compacts(true, Timeout::After(Duration::from_secs(2)));
    until(&|| fake.count(Method::Trigger) > 0);
    let looks = fake.count(Method::Describe);
    let second = compacts(false, LIMIT);
    until(&|| fake.count(Method::Describe) > looks);
    fake.rename("succeeds", "succeeded");
    fake.rename("unindexed", "succeeds");
    assert!(first.join().unwrap().unwrap_err().in_doubt);
    second.join().unwrap().unwrap();
    let triggers =
        fake.calls().into_iter().filter(|call| call.method == Method::Trigger).map(|call| call.request);
    let [first, second] = <[String; 2]>::try_from(triggers.collect::<Vec<_>>()).unwrap();
    let id_of = |request: &str| request.split(", ").next().map(str::to_owned);
    assert!(id_of(&first).is_some() && id_of(&first) != id_of(&second), "{first}\n{second}");
}

#[test]
fn a_wait_goes_on_after_errors_that_the_server_calls_passing() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = compact(&client, "succeeds").unwrap();
    // Servers 2.3.0 to 2.3.3 mark them by this bit of the code.
    fake.fail_next(Method::State, Fault::Refuse(999 + (1 << 16), 1, "leader changes".to_owned()));
    let outcome = wait(&client, job_id);
    assert_eq!((outcome.report.verdict, outcome.report.failed_polls), (Verdict::Succeeded, 1));
}

#[test]
fn a_list_that_may_still_grow_proves_nothing() {
    let fake = Fake::start("v3.0.1");
    let one = Scenario { polls: vec![Poll::of([0, 1, 0, 0])], plans: vec![1], ..Scenario::default() };
    fake.add("grows", one);
    let client = client(&fake);
    let job_id = compact(&client, "grows").unwrap();
    assert_eq!(wait(&client, job_id).report.verdict, Verdict::Unknown);
}

#[test]
fn a_secret_that_the_server_gives_as_a_name_is_hidden_too() {
    let fake = Fake::start(NEW);
    fake.add("root:hunter2", Scenario::default());
    fake.fail_next(Method::Trigger, Fault::Refuse(1100, 1, "no".to_owned()));
    let error = compact(&client_at(&fake.uri(), Some("root:hunter2")), "root:hunter2").unwrap_err();
    assert!(!error.message().contains("hunter2") && error.message().contains("[hidden]"), "{error}");
}

#[test]
fn a_timeout_before_the_trigger_is_not_in_doubt() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Describe, Fault::Hang);
    let started = Instant::now();
    let error = client(&fake)
        .compact("succeeds", false, Timeout::After(Duration::from_millis(200)))
        .wait()
        .unwrap_err();
    assert_eq!((error.status, error.in_doubt), (Status::Timeout, false));
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert!(error.message().contains("200 ms"), "{error}");
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn a_server_that_schedules_nothing_gives_no_job() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    assert_eq!(compact(&client, "nothing"), Ok(NO_JOB));
    let asked_before = fake.calls().len();
    assert_eq!(wait(&client, NO_JOB).report.verdict, Verdict::NothingToDo);
    assert_eq!(client.compaction_plans(NO_JOB, LIMIT).wait(), Ok(vec![]));
    assert_eq!(client.compaction_state(NO_JOB, LIMIT).wait().unwrap().counts.completed, 0);
    assert_eq!(fake.calls().len(), asked_before, "no server is asked about no job");
}

#[test]
fn each_end_of_a_job_gets_its_verdict() {
    let ends = [
        ("succeeds", Verdict::Succeeded, None),
        ("fails", Verdict::Failed, Some(Status::CompactionFailed)),
        ("fails_partly", Verdict::PartlyFailed, Some(Status::CompactionFailed)),
        ("times_out", Verdict::TimedOut, Some(Status::CompactionFailed)),
        ("is_forgotten", Verdict::Unknown, Some(Status::OutcomeUnknown)),
        ("forgets_some", Verdict::PartlyFailed, Some(Status::CompactionFailed)),
        ("vanishes", Verdict::Failed, Some(Status::CompactionFailed)),
        ("is_hostile", Verdict::Succeeded, None),
    ];
    thread::scope(|scope| {
        for version in [OLD, "v2.4.17", NEW] {
            for (name, verdict, status) in ends {
                scope.spawn(move || {
                    let fake = Fake::start(version);
                    let client = client(&fake);
                    let job_id = compact(&client, name).unwrap();
                    let outcome = wait(&client, job_id);
                    assert_eq!(outcome.report.verdict, verdict, "{version} {name}: {outcome:?}");
                    assert_eq!(outcome.error.as_ref().map(|error| error.status), status, "{version} {name}");
                    assert!(outcome.error.iter().all(|error| error.job_id == job_id));
                });
            }
        }
    });
}

#[test]
fn nothing_scheduled_is_told_from_unknown_on_servers_that_answer_alike() {
    let fake = Fake::start(OLD);
    let (first, second) = (client(&fake), client(&fake));
    let job_id = compact(&first, "unindexed").unwrap();
    assert!(job_id > 0, "2.3 gives every trigger an id");
    assert_eq!(wait(&first, job_id).report.verdict, Verdict::NothingToDo);
    assert_eq!(wait(&second, job_id).report.verdict, Verdict::Unknown, "it did not see the trigger");
    assert_eq!(wait(&first, 123_456_789).report.verdict, Verdict::Unknown);

    // A newer server that gives an id without a count may yet schedule something.
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = compact(&client, "uncounted").unwrap();
    assert_eq!(wait(&client, job_id).report.verdict, Verdict::Unknown);
}

#[test]
fn the_plans_right_after_the_trigger_may_be_out_of_reach() {
    let fake = Fake::start(OLD);
    for _ in 0..2 {
        fake.fail_next(Method::Plans, Fault::Refuse(65535, 1, "no".to_owned()));
    }
    let client = client(&fake);
    let job_id = compact(&client, "unindexed").unwrap();
    assert_eq!(wait(&client, job_id).report.verdict, Verdict::Unknown, "nobody saw that there were none");
}

#[test]
fn jobs_of_other_clients_are_judged_by_their_plans() {
    let fake = Fake::start(NEW);
    fake.count_ids_from_now();
    fake.add("together", Scenario::job(2, &[[2, 0, 0, 0], [0, 2, 0, 0]]));
    let job_id = compact(&client(&fake), "together").unwrap();
    let outcome = wait(&client(&fake), job_id);
    assert_eq!((outcome.report.verdict, outcome.report.planned), (Verdict::Succeeded, 2));
    // Plans that end one after the other are never counted at one moment, and nobody knows their segments.
    let job_id = compact(&client(&fake), "succeeds").unwrap();
    let outcome = wait(&client(&fake), job_id);
    assert_eq!((outcome.report.verdict, outcome.report.planned), (Verdict::Unknown, 2));
}

#[test]
fn a_job_of_others_whose_id_tells_no_time_may_have_had_plans_that_were_forgotten() {
    let fake = Fake::start(NEW);
    fake.add("together", Scenario::job(2, &[[2, 0, 0, 0], [0, 2, 0, 0]]));
    let job_id = compact(&client(&fake), "together").unwrap();
    let outcome = wait(&client(&fake), job_id);
    assert_eq!((outcome.report.verdict, outcome.report.counts.completed), (Verdict::Unknown, 2));
    let error = outcome.error.unwrap();
    for words in
        ["older than the server's memory", "does not know the segments", "milvus_compaction_wait_in()"]
    {
        assert!(error.message().contains(words), "{error}");
    }
}

#[test]
fn a_wait_remembers_plans_and_counts_that_the_server_forgets() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = compact(&client, "fails").unwrap();
    let report = wait(&client, job_id).report;
    assert_eq!((report.planned, report.counts.failed, report.plans.len()), (2, 2, 2));
    assert_eq!(client.compaction_state(job_id, LIMIT).wait().unwrap().counts.failed, 0, "forgotten by now");
    fake.add("fails", Scenario::default());
    assert_eq!(client.compaction_plans(job_id, LIMIT).wait().unwrap(), report.plans);
}

#[test]
fn a_wait_that_runs_out_of_time_says_that_the_job_goes_on() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = compact(&client, "never_ends").unwrap();
    let outcome = client.compaction_wait(job_id, Timeout::After(Duration::from_millis(300))).wait().unwrap();
    let error = outcome.error.unwrap();
    assert_eq!((error.status, error.job_id), (Status::Timeout, job_id));
    assert!(error.message().contains("it goes on"), "{error}");
    assert_eq!((outcome.report.verdict, outcome.report.counts.executing), (Verdict::None, 1));
    assert!(outcome.report.polls >= 2, "{:?}", outcome.report);
}

#[test]
fn a_job_in_which_nothing_changes_ends_the_wait_but_not_itself() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("stall_timeout_ms", "200")]);
    let job_id = compact(&client, "never_ends").unwrap();
    for timeout in [Timeout::Default, Timeout::Never, LIMIT] {
        let WaitResult { report, error } = client.compaction_wait(job_id, timeout).wait().unwrap();
        let error = error.unwrap();
        assert_eq!((error.status, error.job_id), (Status::Stalled, job_id));
        assert!(error.retriable && !error.in_doubt, "waiting again is safe");
        assert!(error.message().contains("it may go on"), "{error}");
        assert_eq!((report.verdict, report.counts.executing), (Verdict::None, 1));
    }
}

#[test]
fn a_job_that_changes_is_not_stalled_however_long_it_takes() {
    let fake = Fake::start(NEW);
    let changes = (0..=50).map(|done| Poll::of([50 - done, done, 0, 0]));
    fake.add("slow", Scenario { polls: changes.collect(), ..Scenario::job(50, &[]) });
    let client = client_with(&fake.uri(), &[("stall_timeout_ms", "700")]);
    let job_id = compact(&client, "slow").unwrap();
    let outcome = client.compaction_wait(job_id, Timeout::Default).wait().unwrap();
    assert_ne!(outcome.error.as_ref().map(|error| error.status), Some(Status::Stalled), "{outcome:?}");
    assert!(outcome.report.polls > 50, "which takes far longer than the limit: {outcome:?}");
}

#[test]
fn a_wait_has_a_default_of_its_own_and_other_calls_keep_theirs() {
    let fake = Fake::start(NEW);
    let options = [("timeout_ms", "400"), ("wait_timeout_ms", "900")];
    let client = client_with(&fake.uri(), &options);
    let job_id = client.compact("never_ends", false, Timeout::Default).wait().unwrap();
    let waited = client.compaction_wait(job_id, Timeout::Default).wait().unwrap().error.unwrap();
    assert_eq!(waited.status, Status::Timeout);
    let least = |error: &Error, ms: u64| {
        let number = error.message().split(' ').filter_map(|word| word.parse::<u64>().ok()).max();
        assert!(number.is_some_and(|number| number >= ms), "{error}");
    };
    least(&waited, 900);
    let in_it = client.compaction_wait_in("never_ends", job_id, Timeout::Default).wait().unwrap();
    least(&in_it.error.unwrap(), 900);
    let optimized = client.optimize("never_ends", Settings::default(), Timeout::Default).wait().unwrap();
    least(&optimized.error.unwrap(), 900);
    let many = Many {
        names: Some(vec!["never_ends".to_owned()]),
        params: Params::default(),
        concurrency: 1,
        only_trigger: false,
        policy: Policy::default(),
    };
    let (items, _) = client.compact_many(many, Timeout::Default).wait().unwrap();
    least(items[0].error.as_ref().unwrap(), 900);
    fake.fail_next(Method::State, Fault::Hang);
    let asked = client.compaction_state(job_id, Timeout::Default).wait().unwrap_err();
    assert_eq!(asked.status, Status::Timeout);
    assert!(asked.message().contains("400 ms"), "{asked}");
}

#[test]
fn a_server_that_leaves_one_call_unanswered_is_gone_whatever_limit_the_call_has() {
    let fake = Fake::start(NEW);
    let mut config = Config::new(&fake.uri(), &Options::default()).unwrap();
    config.longest_silence = Duration::from_millis(300);
    let client = Client::new(config).unwrap();
    for timeout in [Timeout::Never, LIMIT] {
        fake.fail_next(Method::State, Fault::Hang);
        let error = client.compaction_state(7, timeout).wait().unwrap_err();
        assert_eq!((error.status, error.retriable), (Status::Unavailable, true), "{error}");
        fake.fail_next(Method::Describe, Fault::Hang);
        let (error, started) = (
            client.optimize("succeeds", Settings::default(), timeout).wait().unwrap().error.unwrap(),
            fake.count(Method::Trigger),
        );
        assert_eq!((error.status, error.in_doubt, started), (Status::Unavailable, false, 0), "{error}");
    }
    fake.fail_next(Method::Trigger, Fault::Hang);
    let error = client.compact("succeeds", false, Timeout::Never).wait().unwrap_err();
    assert_eq!(
        (error.status, error.in_doubt, error.retriable),
        (Status::Unavailable, true, false),
        "{error}"
    );
}

#[test]
fn a_call_with_much_time_is_repeated_for_longer_than_one_attempt_may_take() {
    let fake = Fake::start(NEW);
    let mut config = Config::new(&fake.uri(), &Options::default()).unwrap();
    config.longest_silence = Duration::from_millis(200);
    let (mut pause, longest) = (config.retry.backoff, config.retry.max_backoff);
    let client = Client::new(config).unwrap();
    let mut in_all = Duration::ZERO;
    while in_all < Duration::from_secs(2) {
        fake.fail_next(Method::Describe, Fault::Refuse(8, 1, "rate limit".to_owned()));
        (in_all, pause) = (in_all + pause, (pause * 2).min(longest));
    }
    client.compact("succeeds", false, LIMIT).wait().unwrap();
}

#[test]
fn what_a_gateway_says_of_time_is_no_silence_of_the_server() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    fake.fail_next(Method::State, Fault::Grpc(Code::DeadlineExceeded, "upstream request timeout".to_owned()));
    let error = client.compaction_state(7, Timeout::Never).wait().unwrap_err();
    assert_eq!(error.status, Status::Timeout, "{error}");
    let said = "the server, or something in front of it, gave up; server says: upstream request timeout";
    assert!(error.message().ends_with(said), "{error}");
}

#[test]
fn a_job_that_waits_behind_others_of_the_same_call_does_not_stall() {
    let fake = Fake::start(NEW);
    let changes = (0..=60).map(|done| Poll::of([60 - done, done, 0, 0]));
    fake.add("slow", Scenario { polls: changes.collect(), ..Scenario::job(60, &[]) });
    let waits = std::iter::repeat_n([1, 0, 0, 0], 45).chain([[0, 1, 0, 0]]).map(Poll::of);
    let waits = Scenario { polls: waits.collect(), ..Scenario::job(1, &[]) };
    fake.add("waits", waits.clone());
    fake.add("alone", waits);
    let client = client_with(&fake.uri(), &[("stall_timeout_ms", "300")]);
    let many = |names: &[&str]| Many {
        names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        params: Params::default(),
        concurrency: 2,
        only_trigger: false,
        policy: Policy::default(),
    };
    let stalled = |(items, _): (Vec<Item>, Option<Error>)| -> Vec<bool> {
        let has = |item: &Item| item.error.as_ref().is_some_and(|error| error.status == Status::Stalled);
        items.iter().map(has).collect()
    };
    let alone = client.compact_many(many(&["alone"]), Timeout::Never).wait().unwrap();
    assert_eq!(stalled(alone), [true]);
    let together = client.compact_many(many(&["slow", "waits"]), Timeout::Never).wait().unwrap();
    assert_eq!(stalled(together), [false, false]);
}

#[test]
fn a_wait_outlives_lost_connections_and_says_how_many() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = compact(&client, "succeeds").unwrap();
    fake.fail_next(Method::State, Fault::Cut);
    fake.fail_next(Method::State, Fault::Grpc(Code::Unavailable, "restarting".to_owned()));
    fake.fail_next(Method::State, Fault::Refuse(8, 1, "rate limit".to_owned()));
    fake.fail_next(Method::Plans, Fault::Cut);
    let outcome = wait(&client, job_id);
    assert_eq!((outcome.report.verdict, outcome.report.failed_polls), (Verdict::Succeeded, 4), "{outcome:?}");
    assert_eq!(outcome.report.plans.len(), 2);
}

#[test]
fn of_a_crowd_that_waits_for_a_lost_server_few_try_to_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = client_at(&format!("http://{}", listener.local_addr().unwrap()), None);
    let attempts = Arc::<AtomicU32>::default();
    let seen = Arc::clone(&attempts);
    thread::spawn(move || {
        for connection in listener.incoming() {
            drop(connection);
            seen.fetch_add(1, Ordering::Relaxed);
        }
    });
    let started = Instant::now();
    thread::scope(|scope| {
        for job_id in 1..=50 {
            let operation = client.compaction_wait(job_id, Timeout::After(Duration::from_millis(600)));
            scope.spawn(|| {
                assert_eq!(operation.wait().unwrap().error.unwrap().status, Status::Timeout);
            });
        }
    });
    // A port that closes is asked once more, whether it speaks TLS; and whose time is over passes the attempt on. All
    // polls together would be some ten times as many.
    let most = 4 * (1 + started.elapsed().as_millis() / 50);
    let attempts = attempts.load(Ordering::Relaxed);
    assert!(attempts > 0 && u128::from(attempts) <= most, "{attempts} attempts instead of {most}");
}

#[test]
fn a_wait_ends_when_the_server_says_no() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = compact(&client, "never_ends").unwrap();
    fake.fail_next(Method::State, Fault::Grpc(Code::Unauthenticated, "expired".to_owned()));
    let error = wait(&client, job_id).error.unwrap();
    assert_eq!((error.status, error.grpc_code, error.job_id), (Status::Unauthenticated, 16, job_id));
}

#[test]
fn plans_announced_but_not_yet_counted_are_waited_for() {
    let fake = Fake::start(NEW);
    let late = [[0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]].map(Poll::of).to_vec();
    fake.add("late", Scenario { plan_count: 1, polls: late, ..Scenario::default() });
    let client = client(&fake);
    let job_id = compact(&client, "late").unwrap();
    assert_eq!(wait(&client, job_id).report.verdict, Verdict::Succeeded);
}

#[test]
fn negative_job_ids_are_refused_unasked() {
    let fake = Fake::start(OLD);
    let client = client(&fake);
    for id in [-1, i64::MIN] {
        assert_eq!(client.compaction_state(id, LIMIT).wait().unwrap_err().status, Status::InvalidArgument);
        assert_eq!(client.compaction_plans(id, LIMIT).wait().unwrap_err().status, Status::InvalidArgument);
        assert_eq!(client.compaction_wait(id, LIMIT).wait().unwrap_err().status, Status::InvalidArgument);
    }
    assert_eq!(fake.calls().len(), 0);
}

#[test]
fn a_client_reconnects_by_itself() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    for _ in 0..3 {
        assert_eq!(version(&client).as_deref(), Ok(NEW));
        fake.cut_connections();
        // The cut may be noticed by this call or by the next one.
        let _ = version(&client);
    }
    assert_eq!(version(&client).as_deref(), Ok(NEW));
}

#[test]
fn servers_before_2_2_9_tell_their_version_too() {
    let fake = Fake::start("2.2.8");
    assert_eq!(version(&client(&fake)).as_deref(), Ok("2.2.8"));
    assert_eq!(fake.count(Method::GetVersion), 1);
}

#[test]
fn what_a_server_sends_back_is_bounded_and_without_secrets() {
    let fake = Fake::start(NEW);
    let client = client_at(&fake.uri(), Some("root:hunter2"));
    let text = format!("bad token root:hunter2\n{}", "x".repeat(1 << 20));
    fake.fail_next(Method::Describe, Fault::Refuse(1100, 1, text));
    let error = compact(&client, &"n".repeat(10_240)).unwrap_err();
    assert_eq!((error.status, error.server_code), (Status::InvalidArgument, 1100));
    assert!(error.message().len() < 1024 && !error.message().contains("hunter2"), "{error}");
    assert!(!error.message().contains('\n') && error.message().contains("[hidden]"), "{error}");
}

#[test]
fn what_is_unknown_keeps_the_servers_code_and_text() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::Describe, Fault::Refuse(2305, 1, "collection is compacting".to_owned()));
    let error = compact(&client(&fake), "succeeds").unwrap_err();
    assert_eq!((error.status, error.server_code), (Status::ServerError, 2305));
    assert!(error.message().contains("collection is compacting"));
}

#[test]
fn many_threads_share_one_client() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(
                        client.compaction_state(1, LIMIT).wait().map(|info| info.counts.completed),
                        Ok(0)
                    );
                }
            });
        }
    });
    assert_eq!((fake.count(Method::Connect), fake.count(Method::State)), (1, 320));
}

#[test]
fn a_collection_that_was_just_looked_up_is_not_looked_up_again() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let plain = Settings { deletions: ApplyDeletions::Never, ..Settings::default() };
    let optimized = client.optimize("succeeds", plain, LIMIT).wait().unwrap();
    assert_eq!((optimized.verdict, fake.count(Method::Describe)), (Verdict::Succeeded, 1));
    let many = Many {
        names: Some(vec!["succeeds".to_owned(), "nothing".to_owned()]),
        params: Params::default(),
        concurrency: 1,
        only_trigger: false,
        policy: Policy::default(),
    };
    let (_, error) = client.compact_many(many, LIMIT).wait().unwrap();
    assert_eq!((error, fake.count(Method::Describe)), (None, 3));
}

#[test]
fn of_a_collection_that_cannot_be_final_a_call_for_many_asks_for_no_index() {
    let fake = Fake::start(NEW);
    let two = Scenario { plans: vec![2], ..Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]) };
    let one = Scenario { plans: vec![1], keeps_rows: true, ..two.clone() };
    for (name, scenario, asked) in [("two", two, 0), ("one", one, 1)] {
        fake.add(name, scenario);
        let many = Many {
            names: Some(vec![name.to_owned()]),
            params: Params::default(),
            concurrency: 1,
            only_trigger: false,
            policy: Policy::default(),
        };
        let (_, error) = client(&fake).compact_many(many, LIMIT).wait().unwrap();
        assert_eq!((error, fake.count(Method::DescribeIndex)), (None, asked), "{name}");
    }
}

#[test]
fn all_jobs_of_a_client_keep_to_the_rate_of_its_option() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("poll.max_rate", "20")]);
    let job_id = compact(&client, "never_ends").unwrap();
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..20 {
            let operation = client.compaction_wait(job_id, Timeout::After(Duration::from_millis(1_500)));
            scope.spawn(|| operation.wait().unwrap());
        }
    });
    // One poll comes at once, and a late turn is made up for.
    let most = 2 + started.elapsed().as_millis() / 50;
    let polls = fake.count(Method::State) as u128;
    assert!(polls > 1 && polls <= most, "{polls} polls, and {most} are allowed");
}

#[test]
fn a_collection_that_another_connection_looked_up_is_looked_up_again() {
    let fake = Fake::start(NEW);
    fake.fail_next(Method::DescribeIndex, Fault::Cut);
    let plain = Settings { deletions: ApplyDeletions::Never, ..Settings::default() };
    let optimized = client(&fake).optimize("succeeds", plain, LIMIT).wait().unwrap();
    assert_eq!((optimized.verdict, fake.count(Method::Describe)), (Verdict::Succeeded, 2));
}

#[test]
fn a_trigger_that_is_repeated_looks_its_collection_up_again() {
    let fake = Fake::start(NEW);
    fake.fail_next(
        Method::Trigger,
        Fault::Refuse(5, 5, "not all segment ids provided could be compacted".to_owned()),
    );
    let plain = Settings { deletions: ApplyDeletions::Never, ..Settings::default() };
    let optimized = client(&fake).optimize("succeeds", plain, LIMIT).wait().unwrap();
    assert_eq!(optimized.verdict, Verdict::Succeeded);
    assert_eq!((fake.count(Method::Trigger), fake.count(Method::Describe)), (2, 2));
}
