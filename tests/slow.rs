//! A slow server is not a dead one: what each of its answers takes, and what is said of those that come too late.

mod common;

use std::thread;
use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::{Verdict, WaitResult};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Fake, Fault, Method, Scenario};

const NEW: &str = "v2.6.19";
const PATIENT: Timeout = Timeout::After(Duration::from_secs(90));

fn seconds(tenths: u64) -> Duration {
    Duration::from_millis(100 * tenths)
}

fn waited(fake: &Fake, client: &Client, name: &str, limit: Timeout) -> WaitResult {
    let job_id = client.compact(name, false, LIMIT).wait().unwrap();
    fake.poll_all();
    client.compaction_wait(job_id, limit).wait().unwrap()
}

/// How long the wait lasted, as the error tells it: its limit, and what a busy machine adds.
fn tells_how_long_it_waited(error: &Error, limit: Duration) {
    let (_, rest) = error.message().split_once("was not over after ").expect("how long it waited");
    let (told, _) = rest.split_once(" ms; it goes on").expect("in milliseconds");
    let told = Duration::from_millis(told.parse().expect("a number"));
    assert!((limit..limit + Duration::from_mins(1)).contains(&told), "{error}");
}

/// A job that is over at the first question after it was begun.
fn short() -> Scenario {
    Scenario::job(2, &[[2, 0, 0, 0], [0, 1, 1, 0]])
}

#[test]
fn answers_that_take_seconds_lead_to_the_verdict() {
    // Those of 6 s come after the 5 s that a question has at first.
    let cases = [(26, 26, 0), (60, 0, 0), (0, 60, 0), (0, 0, 60), (60, 60, 0)];
    thread::scope(|scope| {
        for (state, plans, segments) in cases {
            scope.spawn(move || {
                let fake = Fake::start(NEW);
                fake.add("short", short());
                let client = client(&fake);
                let job_id = client.compact("short", false, LIMIT).wait().unwrap();
                fake.poll_all();
                fake.slow_down(Method::State, seconds(state));
                fake.slow_down(Method::Plans, seconds(plans));
                fake.slow_down(Method::Stored, seconds(segments));
                let outcome = client.compaction_wait(job_id, PATIENT).wait().unwrap();
                let case = (state, plans, segments);
                assert_eq!(outcome.report.verdict, Verdict::PartlyFailed, "{case:?}: {outcome:?}");
                assert!(outcome.report.segment_diff.is_some(), "{case:?}: {outcome:?}");
                // Each kind of question is repeated with a longer limit, which 6 s fit in: once, and once more on a
                // busy machine.
                let late = [state, plans, segments].iter().filter(|tenths| **tenths > 50).count() as u64;
                let repeated = outcome.report.failed_polls;
                assert!((late..=2 * late + 1).contains(&repeated), "{case:?}: {outcome:?}");
            });
        }
    });
}

#[test]
fn what_was_learnt_of_a_servers_pace_is_not_forgotten_with_the_next_fast_answer() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = client.compact("succeeds", false, LIMIT).wait().unwrap();
    fake.slow_down(Method::State, seconds(22));
    let waiting = thread::spawn(move || client.compaction_wait(job_id, PATIENT).wait().unwrap());
    while fake.count(Method::Plans) == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    // Four times 2.2 s are enough, and the 5 s of the beginning are not.
    fake.slow_down(Method::State, seconds(55));
    let outcome = waiting.join().unwrap();
    assert_eq!((outcome.report.verdict, outcome.report.failed_polls), (Verdict::Succeeded, 0), "{outcome:?}");
}

#[test]
fn a_state_is_kept_although_the_plans_are_late() {
    let fake = Fake::start(NEW);
    fake.slow_down(Method::Plans, Duration::from_mins(10));
    // The first question about the plans has its 5 s, and the second one ends with the wait.
    let limit = Duration::from_secs(12);
    let outcome = waited(&fake, &client(&fake), "never_ends", Timeout::After(limit));
    assert_eq!((outcome.report.verdict, outcome.report.counts.executing), (Verdict::None, 1), "{outcome:?}");
    assert!(outcome.report.polls >= 1, "{outcome:?}");
    let error = outcome.error.unwrap();
    assert_eq!(error.status, Status::Timeout);
    // How far it is, as the state told it, and what of the question that failed: its own limit.
    tells_how_long_it_waited(&error, limit);
    assert!(error.message().contains("0 of 1 plans"), "{error}");
    assert!(error.message().contains("5000 ms passed"), "{error}");
}

#[test]
fn a_question_that_is_never_answered_is_told_with_its_own_limit() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let job_id = client.compact("never_ends", false, LIMIT).wait().unwrap();
    let limit = Duration::from_secs(12);
    let waiting =
        thread::spawn(move || client.compaction_wait(job_id, Timeout::After(limit)).wait().unwrap());
    // It is asked some time after the wait began, so that the two cannot be taken for each other.
    thread::sleep(Duration::from_millis(500));
    fake.slow_down(Method::State, Duration::from_mins(10));
    let outcome = waiting.join().unwrap();
    let error = outcome.error.unwrap();
    assert_eq!((error.status, outcome.report.verdict), (Status::Timeout, Verdict::None));
    tells_how_long_it_waited(&error, limit);
    assert!(error.message().contains(" 5000 ms passed"), "{error}");
}

#[test]
fn one_answer_that_never_comes_costs_its_limit_and_no_verdict() {
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), &[]);
    let job_id = client.compact("succeeds", false, LIMIT).wait().unwrap();
    for method in [Method::State, Method::Plans] {
        fake.fail_next(method, Fault::Hang);
    }
    let outcome = client.compaction_wait(job_id, PATIENT).wait().unwrap();
    assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{outcome:?}");
    // The two, and what a busy machine adds.
    assert!((2..=4).contains(&outcome.report.failed_polls), "{outcome:?}");
}

/// `SLOW=whole` has each answer take half a minute, with the options as they are (`tools/deep.sh slow`).
fn is_whole() -> bool {
    std::env::var("SLOW").is_ok_and(|what| what == "whole")
}

#[test]
fn a_server_that_is_slow_in_everything_is_reached_anew_in_the_middle_of_a_wait() {
    // Its handshake takes longer than a connection has for it at first.
    let (tenths, options): (_, &[_]) =
        if is_whole() { (300, &[]) } else { (30, &[("connect_timeout_ms", "2000")]) };
    let fake = Fake::start(NEW);
    let client = client_with(&fake.uri(), options);
    fake.add("short", short());
    let job_id = client.compact("short", false, LIMIT).wait().unwrap();
    for method in [Method::Connect, Method::Describe, Method::ShowPartitions, Method::Stored] {
        fake.slow_down(method, seconds(tenths));
    }
    fake.slow_down(Method::State, seconds(tenths));
    fake.slow_down(Method::Plans, seconds(tenths));
    let (connects, asked) = (fake.count(Method::Connect), fake.count(Method::State));
    let limit = Timeout::After(Duration::from_mins(20));
    let waiting = thread::spawn(move || client.compaction_wait(job_id, limit).wait().unwrap());
    while fake.count(Method::State) == asked {
        thread::sleep(Duration::from_millis(5));
    }
    fake.cut_connections();
    let outcome = waiting.join().unwrap();
    assert_eq!(outcome.report.verdict, Verdict::PartlyFailed, "{outcome:?}");
    assert!(outcome.report.segment_diff.is_some(), "{outcome:?}");
    // Each handshake has twice as long as the one before, so that few are needed; a busy machine may need one more.
    let needed = if is_whole() { 3 } else { 2 };
    let made = fake.count(Method::Connect) - connects;
    assert!((needed..=needed + 1).contains(&made), "{made} handshakes: {outcome:?}");
}
