//! A job that is waited for by another client than the one that triggered it, against the scripted server.

mod common;

use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::{LeftOut, NO_JOB, Params, Reason, SegmentDiff, Verdict, WaitResult};
use milvus_client::{Client, Status};
use milvus_fake::{Fake, Method};

const OLD: &str = "v2.3.5";
const NEW: &str = "v2.6.8";
/// It lists its jobs with all that it knows of them.
const NEWEST: &str = "v3.1.0";

fn wait(client: &Client, job: i64) -> WaitResult {
    client.compaction_wait(job, LIMIT).wait().unwrap()
}

fn wait_in(client: &Client, name: &str, job: i64) -> WaitResult {
    client.compaction_wait_in(name, job, LIMIT).wait().unwrap()
}

/// What a wait came to, without what depends on how often it asked.
type Told = (Verdict, [i64; 5], Option<SegmentDiff>, Option<LeftOut>, Option<Status>);

fn told(outcome: &WaitResult) -> Told {
    let (report, error) = (&outcome.report, outcome.error.as_ref());
    let counts = report.counts;
    let numbers = [report.planned, counts.completed, counts.failed, counts.timed_out, report.unknown];
    (report.verdict, numbers, report.segment_diff, report.left_out, error.map(|error| error.status))
}

/// Triggers, and leaves only a text behind.
fn trigger_and_leave(fake: &Fake, name: &str, params: Params) -> String {
    let client = client(fake);
    let job = client.compact_with(name, params, LIMIT).wait().unwrap().job_id;
    let text = client.job_export(job).unwrap();
    client.close(Timeout::Default).unwrap();
    assert!(client.job_export(job).is_ok(), "a closed client still knows");
    text
}

#[test]
fn a_client_that_imports_a_job_comes_to_the_verdict_of_the_one_that_triggered_it() {
    let plain = [
        "succeeds",
        "fails",
        "fails_partly",
        "times_out",
        "nothing",
        "vanishes",
        "is_forgotten",
        "forgets_some",
    ];
    for version in [OLD, "v2.4.13", NEW, NEWEST] {
        for name in plain {
            let fake = Fake::start(version);
            let owner = client(&fake);
            let job = owner.compact(name, false, LIMIT).wait().unwrap();
            let expected = wait(&owner, job);

            let fake = Fake::start(version);
            let text = trigger_and_leave(&fake, name, Params::default());
            let heir = client(&fake);
            let asked = fake.calls().len();
            let job = heir.job_import(&text).unwrap();
            assert_eq!(fake.calls().len(), asked, "no server is asked");
            assert_eq!(told(&wait(&heir, job)), told(&expected), "{version} {name}");
        }
    }
}

#[test]
fn what_was_asked_for_is_not_lost() {
    for params in [Params::new(true), Params { is_l0: true, ..Params::default() }] {
        let fake = Fake::start(NEWEST);
        let owner = client(&fake);
        let job = owner.compact_with("succeeds", params.clone(), LIMIT).wait().unwrap().job_id;
        let expected = wait(&owner, job);
        let fake = Fake::start(NEWEST);
        let text = trigger_and_leave(&fake, "succeeds", params);
        let heir = client(&fake);
        let job = heir.job_import(&text).unwrap();
        assert_eq!(told(&wait(&heir, job)), told(&expected));
    }
}

#[test]
fn what_a_wait_has_seen_outlives_the_server_s_memory() {
    let fake = Fake::start(NEW);
    let owner = client(&fake);
    let job = owner.compact("succeeds", false, LIMIT).wait().unwrap();
    let expected = wait(&owner, job);
    let text = owner.job_export(job).unwrap();
    fake.forget_jobs();
    let heir = client(&fake);
    assert_eq!(heir.job_import(&text), Ok(job));
    assert_eq!(wait(&heir, job).report.verdict, expected.report.verdict);
    // Imported again, and passed on: nothing is lost.
    assert_eq!(heir.job_import(&text), Ok(job));
    let last = client(&fake);
    last.job_import(&heir.job_export(job).unwrap()).unwrap();
    assert_eq!(wait(&last, job).report.verdict, Verdict::Succeeded);
}

#[test]
fn a_bare_id_says_what_it_lacks_and_the_collection_is_enough() {
    let fake = Fake::start(NEW);
    let job = client(&fake).compact("forgets_some", false, LIMIT).wait().unwrap();
    let other = client(&fake);
    let outcome = wait(&other, job);
    let error = outcome.error.unwrap();
    assert_eq!((outcome.report.verdict, error.status), (Verdict::Unknown, Status::OutcomeUnknown));
    for words in ["neither triggered nor imported", "milvus_compaction_wait_in()", "milvus_job_import()"] {
        assert!(error.message().contains(words), "{error}");
    }
    // Two plans completed, and the sources of the third are still stored.
    let outcome = wait_in(&other, "forgets_some", job);
    assert_eq!((outcome.report.verdict, outcome.report.counts.failed), (Verdict::PartlyFailed, 1));
    assert_eq!(
        (outcome.report.segment_diff, outcome.report.left_out),
        (None, None),
        "nobody saw what was before"
    );
}

#[test]
fn the_collection_s_name_tells_successes_from_failures() {
    for (name, verdict) in [
        ("succeeds", Verdict::Succeeded),
        ("fails", Verdict::Failed),
        ("fails_partly", Verdict::PartlyFailed),
        ("times_out", Verdict::TimedOut),
    ] {
        let fake = Fake::start(NEW);
        fake.alias("other_name", name);
        let job = client(&fake).compact(name, false, LIMIT).wait().unwrap();
        assert_eq!(wait_in(&client(&fake), "other_name", job).report.verdict, verdict, "{name}");
    }
    let fake = Fake::start(NEW);
    let job = client(&fake).compact("succeeds", false, LIMIT).wait().unwrap();
    wait_in(&client(&fake), "succeeds", job);
    // The server knows the plans, but not their counts any more.
    let late = wait_in(&client(&fake), "succeeds", job);
    assert_eq!(
        (late.report.verdict, late.report.plans[0].judged.reason),
        (Verdict::Succeeded, Reason::TargetStored)
    );
}

#[test]
fn an_old_job_of_others_has_succeeded_only_if_no_stored_segment_can_be_of_a_forgotten_plan() {
    for (is_young, expected) in [(true, Verdict::Succeeded), (false, Verdict::Unknown)] {
        let fake = Fake::start(NEW);
        if is_young {
            fake.count_ids_from_now();
        }
        let job = client(&fake).compact("succeeds", false, LIMIT).wait().unwrap();
        wait_in(&client(&fake), "succeeds", job);
        assert_eq!(wait_in(&client(&fake), "succeeds", job).report.verdict, Verdict::Succeeded, "at rest");
        // Rows are stored that may be of a plan that failed, and that nobody remembers.
        fake.load("succeeds", 10);
        client(&fake).flush("succeeds", LIMIT).wait().unwrap();
        let outcome = wait_in(&client(&fake), "succeeds", job);
        assert_eq!(outcome.report.verdict, expected);
        assert_eq!(outcome.report.unknown, 0, "each that is listed completed");
        if let Some(error) = outcome.error {
            assert!(error.message().contains("no known plan names 1 stored segment"), "{error}");
        }
    }
}

#[test]
fn a_wrong_collection_proves_nothing() {
    let fake = Fake::start(NEW);
    let job = client(&fake).compact("forgets_some", false, LIMIT).wait().unwrap();
    let other = client(&fake);
    assert_eq!(wait_in(&other, "fails", job).report.verdict, Verdict::Unknown);
    assert_eq!(
        wait_in(&other, "forgets_some", job).report.verdict,
        Verdict::PartlyFailed,
        "the right one later"
    );
    let error = client(&fake).compaction_wait_in("no_such", job, LIMIT).wait().unwrap_err();
    assert_eq!(error.status, Status::CollectionNotFound);
    let error = client(&fake).compaction_wait_in("", job, LIMIT).wait().unwrap_err();
    assert_eq!(error.status, Status::InvalidArgument);
    // The client that triggered it knows better than its caller.
    let fake = Fake::start(NEW);
    let owner = client(&fake);
    let job = owner.compact("succeeds", false, LIMIT).wait().unwrap();
    let error = owner.compaction_wait_in("fails", job, LIMIT).wait().unwrap_err();
    assert_eq!(error.status, Status::InvalidArgument);
    assert!(error.message().contains("is of \"succeeds\", not of \"fails\""), "{error}");
    let outcome = wait_in(&owner, "succeeds", job);
    assert_eq!((outcome.report.verdict, outcome.report.segment_diff.is_some()), (Verdict::Succeeded, true));
}

#[test]
fn a_job_that_does_not_exist_is_told_as_one() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let outcome = wait_in(&client, "succeeds", 77);
    assert_eq!(outcome.report.verdict, Verdict::Unknown);
    assert!(outcome.error.unwrap().message().contains("shows no plan of the job"));
    let asked = fake.count(Method::State);
    assert_eq!(wait_in(&client, "succeeds", NO_JOB).report.verdict, Verdict::NothingToDo);
    assert_eq!(fake.count(Method::State), asked, "no server is asked about no job");
    assert_eq!(
        client.compaction_wait_in("succeeds", -1, LIMIT).wait().unwrap_err().status,
        Status::InvalidArgument
    );
    assert_eq!(client.job_export(78).unwrap_err().status, Status::InvalidArgument);
}

#[test]
fn a_name_that_is_the_token_is_not_exported() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[("token", "succeeds")]);
    let job = client.compact("succeeds", false, LIMIT).wait().unwrap();
    let error = client.job_export(job).unwrap_err();
    assert_eq!(error.status, Status::InvalidArgument);
    assert!(!error.message().contains("succeeds"), "{error}");
}

#[test]
fn a_wait_that_a_job_was_taken_from_goes_on() {
    let fake = Fake::start(NEW);
    let owner = client(&fake);
    let job = owner.compact("never_ends", false, LIMIT).wait().unwrap();
    let short = Timeout::After(Duration::from_millis(50));
    assert_eq!(owner.compaction_wait(job, short).wait().unwrap().report.verdict, Verdict::None);
    let heir = client(&fake);
    heir.job_import(&owner.job_export(job).unwrap()).unwrap();
    let outcome = heir.compaction_wait(job, short).wait().unwrap();
    assert_eq!((outcome.report.verdict, outcome.report.planned), (Verdict::None, 1));
    // The heir knows whose it is: it joins it, as its owner would.
    let triggered = heir.compact_with("never_ends", Params::default(), LIMIT).wait().unwrap();
    assert_eq!(triggered.job_id, job);
}
