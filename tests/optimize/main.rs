//! Optimizing a collection, on every version as the scripted server plays it: each stage, rounds that leave segments
//! out, and what can happen meanwhile.

#[path = "../common/mod.rs"]
mod common;
mod meanwhile;
#[path = "../common/on_each.rs"]
mod on_each;
mod rounds;
mod serving;

use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::compaction::{
    NO_JOB, OptimizeMany, Optimized, Params, Settings, Stage, StepState, Verdict,
};
use milvus_client::{Client, Status};
use milvus_fake::{Fake, Fault, Method, NEWEST, PROFILES, ROWS};
use on_each::on_each;

/// The lines that were recorded, and the real server of the end-to-end tests.
const LINES: [&str; 5] = ["v2.3.5", "v2.4.24", "v2.5.27", "v2.6.19", "v3.0.0"];
const NEW: &str = "v2.6.19";

/// All stages, with short pauses.
fn quick() -> Settings {
    Settings {
        pause: Duration::from_millis(5),
        pauses: Duration::from_secs(2),
        serve: Duration::from_secs(10),
        ..Settings::default()
    }
}

fn optimize(client: &Client, name: &str, settings: Settings) -> Optimized {
    client.optimize(name, settings, LIMIT).wait().unwrap()
}

/// Optimizes, and demands success.
fn optimized(client: &Client, name: &str, settings: Settings) -> Optimized {
    let out = optimize(client, name, settings);
    assert_eq!(out.error, None, "{out:#?}");
    assert_eq!(out.stage, Stage::Done);
    out
}

fn status(out: &Optimized) -> Status {
    out.error.as_ref().map_or(Status::Ok, |error| error.status)
}

/// How the stage ended, whatever its rounds did.
fn state(out: &Optimized, stage: Stage) -> StepState {
    out.steps.iter().rfind(|step| step.stage == stage).unwrap().state
}

fn text(out: &Optimized, stage: Stage) -> &str {
    &out.steps.iter().rfind(|step| step.stage == stage).unwrap().text
}

fn segments(fake: &Fake, name: &str) -> usize {
    fake.segments(name).len()
}

#[test]
fn a_collection_is_merged_and_a_second_call_triggers_nothing() {
    on_each(&PROFILES, |profile, fake, client| {
        fake.add_mergeable("c", &[3, 4]);
        let out = optimized(client, "c", quick());
        assert_eq!(out.verdict, Verdict::Succeeded, "{profile}");
        assert_eq!((segments(fake, "c"), fake.count(Method::Trigger)), (2, 1), "{profile}");
        let (before, after) = (out.before.unwrap(), out.after.unwrap());
        assert_eq!((before.segments, after.segments), (7, 2), "{profile}");
        assert_eq!((before.rows, after.rows), (7 * ROWS, 7 * ROWS), "{profile}");
        assert_eq!((out.cost.segments_in, out.cost.segments_out), (7, Some(2)), "{profile}");
        assert_eq!(out.cost.rows, 7 * ROWS.unsigned_abs(), "{profile}");
        let skipped = [Stage::Load, Stage::Serve].map(|stage| state(&out, stage));
        assert_eq!(skipped, [StepState::Skipped; 2], "{profile}: it is not loaded");
        assert_eq!((out.is_loaded, fake.count(Method::Load)), (Some(false), 0), "{profile}");

        let again = optimized(client, "c", quick());
        assert_eq!((again.verdict, again.job_id), (Verdict::NothingToDo, NO_JOB), "{profile}");
        assert_eq!(fake.count(Method::Trigger), 1, "{profile}: one segment a partition is final");
        assert_eq!(again.cost.segments_in, 0, "{profile}");
    });
}

#[test]
fn each_stage_has_its_line_in_order() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("c", &[3]);
        fake.load("c", 5);
        fake.serves_late("c", 2);
        let out = optimized(client, "c", quick());
        let mut stages: Vec<Stage> = out.steps.iter().map(|step| step.stage).collect();
        stages.dedup();
        assert_eq!(stages, Stage::WORK, "{line}");
        let compacting = out.steps.iter().filter(|step| step.stage == Stage::Compact);
        let rounds: Vec<u32> = compacting.map(|step| step.round).collect();
        assert_eq!(rounds, [1, 0], "{line}: a line for the round, and one for the stage");
        let round = out.steps.iter().find(|step| step.round == 1).unwrap();
        assert!(round.job_id > 0 && round.job_id == out.job_id, "{line}");
        assert_eq!(round.outcome.as_ref().unwrap().report.verdict, Verdict::Succeeded, "{line}");
        assert!(out.steps.iter().all(|step| step.state == StepState::Done), "{line}: {out:#?}");
        // The rows that were growing are flushed, sorted and merged too.
        assert_eq!((segments(fake, "c"), out.served), (1, Some(1)), "{line}");
        assert_eq!(out.after.unwrap().rows, 3 * ROWS + 5, "{line}");
    });
}

#[test]
fn stages_that_the_caller_does_not_want_are_left_out() {
    let fake = Fake::start(NEW);
    let client = client(&fake);
    let methods =
        [(Stage::Flush, Method::Flush), (Stage::Compact, Method::Trigger), (Stage::Load, Method::Load)];
    for (stage, method) in methods {
        fake.add_mergeable("c", &[3]);
        fake.load("c", 5);
        let before = fake.count(method);
        let out = optimized(&client, "c", Settings { skipped: stage as i32, ..quick() });
        assert_eq!((state(&out, stage), fake.count(method)), (StepState::Skipped, before), "{stage:?}");
    }
    fake.add_mergeable("c", &[3]);
    fake.load("c", 5);
    let all = Stage::WORK.iter().fold(0, |sum, stage| sum | *stage as i32);
    let (calls, out) = (fake.calls().len(), optimized(&client, "c", Settings { skipped: all, ..quick() }));
    let asked: Vec<Method> = fake.calls()[calls..].iter().map(|call| call.method).collect();
    assert_eq!(asked, [Method::Describe, Method::Stored], "nothing but a look");
    assert!(out.steps.iter().all(|step| step.state == StepState::Skipped));
}

#[test]
fn many_collections_each_get_a_result() {
    on_each(&LINES, |line, fake, client| {
        fake.add_mergeable("one", &[3]);
        fake.add_mergeable("two", &[2, 2]);
        fake.add_mergeable("final", &[1]);
        fake.alias("other", "two");
        let names = ["one", "nowhere", "two", "final"].map(str::to_owned);
        let many = OptimizeMany { names: Some(names.to_vec()), settings: quick(), concurrency: 2 };
        let (items, error) = client.optimize_many(many, LIMIT).wait().unwrap();
        let statuses: Vec<Status> = items.iter().map(status).collect();
        assert_eq!(statuses, [Status::Ok, Status::CollectionNotFound, Status::Ok, Status::Ok], "{line}");
        assert_eq!(error.unwrap().status, Status::SomeFailed, "{line}");
        let verdicts = [0, 2, 3].map(|place: usize| items[place].verdict);
        assert_eq!(verdicts, [Verdict::Succeeded, Verdict::Succeeded, Verdict::NothingToDo], "{line}");
        assert_eq!((segments(fake, "one"), segments(fake, "two")), (1, 2), "{line}");

        let names = Some(["two", "other"].map(str::to_owned).to_vec());
        let many = OptimizeMany { names, settings: quick(), concurrency: 1 };
        let (items, _) = client.optimize_many(many, LIMIT).wait().unwrap();
        assert_eq!(items.iter().map(status).collect::<Vec<_>>(), [Status::Ok, Status::InvalidArgument]);
        let limited = Params { partition: Some("p".to_owned()), ..Params::default() };
        let many = OptimizeMany { names: None, settings: Settings::new(limited), concurrency: 2 };
        let refused = client.optimize_many(many, LIMIT).wait().unwrap_err();
        assert_eq!(refused.status, Status::InvalidArgument, "{line}");
    });
}

#[test]
fn a_server_that_lists_no_segments_gets_one_round() {
    let fake = Fake::start(milvus_fake::LITE);
    let out = optimized(&client(&fake), "succeeds", quick());
    assert_eq!((out.verdict, out.before), (Verdict::NothingToDo, None));
    let fake = Fake::start(NEW);
    fake.add_mergeable("c", &[3]);
    let denied = || Fault::Grpc(tonic::Code::PermissionDenied, "no".to_owned());
    (0..40).for_each(|_| fake.fail_next(Method::Stored, denied()));
    let estimate = Settings { only_estimate: true, ..quick() };
    assert_eq!(status(&optimize(&client(&fake), "c", estimate)), Status::Unsupported);
    let out = optimized(&client(&fake), "c", quick());
    assert_eq!((out.verdict, fake.count(Method::Trigger)), (Verdict::Succeeded, 1));
    assert_eq!(segments(&fake, "c"), 1);
}

#[test]
fn steps_show_no_secret() {
    let fake = Fake::start(NEWEST);
    let client = client_with(&fake.uri(), &[("token", "root:open-sesame")]);
    fake.add_mergeable("c", &[3]);
    fake.load("c", 0);
    fake.fail_next(Method::Load, Fault::Refuse(65535, 1, "open-sesame is no password".to_owned()));
    let out = optimize(&client, "c", quick());
    assert!(!format!("{out:?}").contains("sesame"), "{out:?}");
    let error = out.error.unwrap();
    assert!(error.message().contains("the collection was compacted, but a later step failed"), "{error}");
}
