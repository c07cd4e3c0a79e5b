//! What no recording of a server can cause when it is wanted: collections that change under a job, servers that start
//! again under it, plans that leave the list, other jobs in the way, and lists that cannot be true.

mod common;
#[path = "common/on_each.rs"]
mod on_each;

use std::thread;
use std::time::Duration;

use common::{LIMIT, client};
use milvus_client::client::Timeout;
use milvus_client::compaction::{
    DEFAULT_CONCURRENCY, Judgement, LeftOut, Many, NO_JOB, Params, Plan, Policy, Reason, Settings, Start,
    Triggered, Verdict, WaitResult,
};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Fake, Fault, Method, Poll, ROWS, Scenario};
use on_each::on_each;

/// The lines that were recorded.
const LINES: [&str; 4] = ["v2.4.24", "v2.5.27", "v2.6.19", "v3.0.0"];
const NEW: &str = "v2.6.19";

/// Adds a collection of this scenario, one of those that servers do not have by themselves.
fn add(fake: &Fake, name: &str) {
    let found = Scenario::others().into_iter().find(|(known, _)| *known == name);
    fake.add(name, found.unwrap().1);
}

fn trigger(client: &Client, name: &str) -> Result<Triggered, Error> {
    client.compact_with(name, Params::default(), LIMIT).wait()
}

fn cluster(client: &Client, name: &str) -> Result<Triggered, Error> {
    client.compact_with(name, Params::new(true), LIMIT).wait()
}

fn wait(client: &Client, job_id: i64) -> WaitResult {
    client.compaction_wait(job_id, LIMIT).wait().unwrap()
}

fn compacted(client: &Client, name: &str) -> WaitResult {
    wait(client, trigger(client, name).unwrap().job_id)
}

fn reasons(outcome: &WaitResult) -> Vec<Reason> {
    let mut reasons: Vec<_> = outcome.report.plans.iter().map(|plan: &Plan| plan.judged.reason).collect();
    reasons.sort_by_key(|reason| *reason as i32);
    reasons
}

#[test]
fn the_segment_diff_of_a_job_is_told_although_its_collection_was_renamed() {
    on_each(&LINES, |line, fake, client| {
        let job_id = trigger(client, "succeeds").unwrap().job_id;
        client.compaction_state(job_id, LIMIT).wait().unwrap();
        fake.rename("succeeds", "renamed");
        // Another one has its old name now.
        fake.add("succeeds", Scenario::job(1, &[[0, 0, 0, 0]]));
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{line}: {outcome:?}");
        let job_id = trigger(client, "fails_partly").unwrap().job_id;
        fake.rename("fails_partly", "renamed_too");
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::PartlyFailed, "{line}: {outcome:?}");
        let diff = outcome.report.segment_diff.unwrap();
        assert_eq!((diff.segments, diff.removed, diff.added), ((6, 4), 4, 2), "{line}");
    });
}

#[test]
fn a_dropped_collection_ends_the_wait_without_a_verdict() {
    on_each(&LINES, |line, fake, client| {
        for (name, has_heir) in [("never_ends", false), ("succeeds", true)] {
            let job_id = trigger(client, name).unwrap().job_id;
            client.compaction_state(job_id, LIMIT).wait().unwrap();
            fake.drop_collection(name);
            if has_heir {
                fake.add(name, Scenario::default());
            }
            let outcome = wait(client, job_id);
            let error = outcome.error.unwrap();
            assert_eq!((error.status, error.job_id), (Status::CollectionNotFound, job_id), "{line}: {error}");
            assert!(error.message().contains("was dropped before the client saw the end"), "{line}: {error}");
            assert_eq!(
                (outcome.report.verdict, outcome.report.segment_diff),
                (Verdict::None, None),
                "{line}"
            );
        }
    });
}

#[test]
fn the_plan_of_a_dropped_partition_is_no_success() {
    on_each(&LINES, |line, fake, client| {
        add(fake, "in_second");
        let job_id = trigger(client, "in_second").unwrap().job_id;
        fake.drop_partition("in_second", "second");
        // Whoever asks at the right moment sees the counter of the plan that failed: here, somebody else does.
        for _ in 0..3 {
            fake.poll_all();
        }
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::Unknown, "{line}: {outcome:?}");
        assert_eq!(reasons(&outcome), [Reason::PartitionDropped], "{line}: {outcome:?}");
        let error = outcome.error.unwrap();
        assert_eq!(error.status, Status::OutcomeUnknown, "{line}");
        assert!(error.message().contains("partition was dropped"), "{line}: {error}");
    });
}

#[test]
fn a_rename_between_two_questions_does_not_end_a_wait() {
    on_each(&LINES, |line, fake, client| {
        add(fake, "purges");
        let job_id = trigger(client, "purges").unwrap().job_id;
        for _ in 0..3 {
            fake.poll_all();
        }
        // The name is looked up by the id right before.
        fake.fail_next(Method::ShowPartitions, Fault::Renames("purges", "renamed"));
        let outcome = wait(client, job_id);
        assert_eq!((outcome.report.verdict, outcome.error), (Verdict::Succeeded, None), "{line}");
        assert!(fake.count(Method::ShowPartitions) > 1, "{line}");
    });
}

#[test]
fn rows_that_are_all_deleted_leave_nothing_behind_and_that_is_a_success() {
    on_each(&LINES, |line, fake, client| {
        add(fake, "purges");
        let job_id = trigger(client, "purges").unwrap().job_id;
        for _ in 0..3 {
            fake.poll_all();
        }
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{line}: {outcome:?}");
        assert_eq!((reasons(&outcome), fake.segments("purges")), (vec![Reason::Purged], vec![]), "{line}");
    });
}

#[test]
fn a_failed_plan_is_told_by_its_sources_where_no_counter_shows_it() {
    on_each(&LINES, |line, fake, client| {
        let job_id = trigger(client, "fails_partly").unwrap().job_id;
        for _ in 0..4 {
            fake.poll_all();
        }
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::PartlyFailed, "{line}: {outcome:?}");
        let expected = [Reason::TargetStored, Reason::TargetStored, Reason::SourcesStored];
        // The script has two plans complete in turn, the third one fail.
        assert_eq!(reasons(&outcome), expected, "{line}: {outcome:?}");
        let counts = outcome.report.counts;
        assert_eq!((counts.completed, counts.failed, outcome.report.unknown), (2, 1, 0), "{line}");
    });
}

#[test]
fn a_restart_is_ridden_out() {
    on_each(&LINES, |line, fake, client| {
        let job_id = trigger(client, "succeeds").unwrap().job_id;
        client.compaction_state(job_id, LIMIT).wait().unwrap();
        fake.restart();
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{line}: {outcome:?}");
        assert_eq!(outcome.report.counts.completed, 2, "{line}: an answer without a state is no end");
        assert_eq!(outcome.report.segment_diff.unwrap().segments, (4, 2), "{line}");
    });
}

#[test]
fn a_plan_that_left_the_list_is_judged_by_what_it_left_behind() {
    on_each(&LINES, |line, fake, client| {
        add(fake, "forgets_early");
        let job_id = trigger(client, "forgets_early").unwrap().job_id;
        // Both are listed while they run; none is when the job is over.
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{line}: {outcome:?}");
        assert_eq!(reasons(&outcome), [Reason::ResultFits, Reason::ResultFits], "{line}");
        // With rows purged, a result may be anybody's: only a counter tells.
        let forgetting = Scenario { listed_for: Some(0), ..Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]) };
        fake.add("purging", forgetting);
        let outcome = compacted(client, "purging");
        let is_counted = !matches!(line, "v2.4.24" | "v2.5.27");
        let expected = if is_counted { Verdict::Succeeded } else { Verdict::Unknown };
        assert_eq!(outcome.report.verdict, expected, "{line}: {outcome:?}");
        assert_eq!(outcome.report.plans.len(), 1, "{line}");
        assert!(is_counted || reasons(&outcome) == [Reason::TakenByOthers], "{line}: {outcome:?}");
    });
}

#[test]
fn what_a_failed_plan_left_and_another_compaction_takes_is_not_taken_for_a_success() {
    let fake = Fake::start("v2.5.27");
    let client = client(&fake);
    let job_id = trigger(&client, "fails").unwrap().job_id;
    // Between the two looks at what the job has left.
    fake.purge_after_next_list("fails");
    let outcome = wait(&client, job_id);
    assert_eq!((outcome.report.verdict, reasons(&outcome)[0]), (Verdict::Unknown, Reason::TakenByOthers));
}

#[test]
fn a_user_who_may_not_list_partitions_is_told_what_can_be_told_without() {
    let purging = Scenario { purges: true, ..Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]) };
    let refused = || Fault::Refuse(65535, 1, "permission deny".to_owned());
    for method in [Method::ShowPartitions, Method::Describe] {
        let fake = Fake::start("v2.5.27");
        let client = client(&fake);
        fake.add("purging", purging.clone());
        let job_id = trigger(&client, "purging").unwrap().job_id;
        (0..9).for_each(|_| fake.fail_next(method, refused()));
        let outcome = wait(&client, job_id);
        let told = (outcome.report.verdict, reasons(&outcome)[0]);
        assert_eq!(told, (Verdict::Unknown, Reason::PartitionsUnknown), "{method:?}");
    }
}

#[test]
fn a_verdict_outlives_its_collection() {
    on_each(&LINES, |line, fake, client| {
        let job = trigger(client, "succeeds").unwrap().job_id;
        assert_eq!(wait(client, job).report.verdict, Verdict::Succeeded, "{line}");
        fake.drop_collection("succeeds");
        let again = wait(client, job);
        assert_eq!((again.report.verdict, again.error), (Verdict::Succeeded, None), "{line}");
    });
}

#[test]
fn clustering_that_has_to_wait_for_sorting_is_busy() {
    let fake = Fake::start("v2.5.27");
    let client = client(&fake);
    fake.add("fresh", Scenario { unsorted: 2, job_id: Some(-1), ..Scenario::default() });
    let error = cluster(&client, "fresh").unwrap_err();
    assert_eq!((error.status, error.retriable, error.in_doubt), (Status::Busy, true, false), "{error}");
    assert!(error.message().contains("2 segments wait to be sorted"), "{error}");
    let plain = trigger(&client, "fresh").unwrap();
    assert_eq!((plain.start, plain.job_id, plain.unsorted), (Start::Nothing, NO_JOB, Some(2)));
}

#[test]
fn where_nothing_was_to_do_many_and_optimize_tell_what_waits_to_be_sorted() {
    // The first line does not sort.
    on_each(&LINES[1..], |line, fake, client| {
        fake.add("fresh", Scenario { unsorted: 2, job_id: Some(-1), ..Scenario::default() });
        // Half of that is spent waiting for the sorting, in vain.
        let limit = Timeout::After(Duration::from_secs(4));
        let (items, error) = client.compact_many(many("fresh", Params::default()), limit).wait().unwrap();
        let optimized = client.optimize("fresh", Settings::default(), limit).wait().unwrap();
        let triggered = items[0].triggered.unwrap();
        let report = items[0].outcome.clone().unwrap().report;
        assert_eq!((triggered.start, triggered.unsorted, error), (Start::Nothing, Some(2), None), "{line}");
        assert_eq!((report.verdict, report.unsorted), (Verdict::NothingToDo, Some(2)), "{line}");
        let (verdict, left_out) = (optimized.verdict, optimized.left_out.unwrap());
        assert_eq!((verdict, left_out.unsorted), (Verdict::NothingToDo, 2), "{line}");
        assert_eq!(optimized.error.unwrap().status, Status::Incomplete, "{line}");
        let bare = wait(client, NO_JOB).report;
        assert_eq!((bare.verdict, bare.unsorted), (Verdict::NothingToDo, None), "it cannot know");
        add(fake, "unsorted");
        let report = compacted(client, "unsorted").report;
        assert_eq!((report.verdict, report.unsorted), (Verdict::Succeeded, Some(2)), "{line}");
    });
}

#[test]
fn segments_that_were_left_out_are_counted_by_reason() {
    on_each(&LINES, |line, fake, client| {
        let left_out = |name: &str, params| {
            let triggered = client.compact_with(name, params, LIMIT).wait().unwrap();
            (triggered.unsorted, wait(client, triggered.job_id).report.left_out.unwrap())
        };
        add(fake, "unsorted");
        let sorts = line != "v2.4.24";
        let (unsorted, all) = left_out("unsorted", Params::default());
        if sorts {
            assert_eq!((unsorted, all), (Some(2), LeftOut { total: 2, unsorted: 2, ..LeftOut::default() }));
        } else {
            assert_eq!((unsorted, all.total, all.held), (Some(0), 2, 2), "{line}: it does not tell");
        }
        let (_, all) = left_out("succeeds", Params::default());
        assert_eq!(all, LeftOut { total: 1, l0: 1, ..LeftOut::default() }, "{line}");
        // What clustering has made, a plain compaction leaves alone.
        wait(client, cluster(client, "fails").unwrap().job_id);
        fake.add("clustered", Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]));
        wait(client, cluster(client, "clustered").unwrap().job_id);
        fake.load("clustered", 7);
        client.flush("clustered", LIMIT).wait().unwrap();
        fake.sort("clustered");
        let (_, all) = left_out("clustered", Params::default());
        assert_eq!(all, LeftOut { total: 1, clustered: 1, ..LeftOut::default() }, "{line}");
        if sorts {
            let ids = fake.segments("fails").iter().take(2).map(|(id, _)| *id).collect();
            let params = Params { segment_ids: Some(ids), ..Params::default() };
            let (_, all) = left_out("fails", params);
            assert_eq!(all, LeftOut { total: 2, not_asked_for: 2, ..LeftOut::default() }, "{line}");
        }
    });
}

#[test]
fn what_is_sorted_after_the_trigger_is_no_sign_of_another_job() {
    on_each(&LINES, |line, fake, client| {
        // A result is replaced by its sorted form before anybody looks.
        let job_id = trigger(client, "succeeds").unwrap().job_id;
        for _ in 0..3 {
            fake.poll_all();
        }
        fake.sort("succeeds");
        let outcome = wait(client, job_id);
        assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{line}: {outcome:?}");
        let is_late = line == "v2.5.27";
        let expected = if is_late { Reason::TargetReplaced } else { Reason::TargetStored };
        assert_eq!(reasons(&outcome), [expected, expected], "{line}");
        assert_eq!(outcome.report.segment_diff.unwrap().segments, (4, 2), "{line}");
    });
}

#[test]
fn clustering_that_another_job_stands_for_was_not_started() {
    on_each(&LINES, |line, fake, mine| {
        let theirs = trigger(&client(fake), "succeeds").unwrap();
        let triggered = cluster(mine, "succeeds").unwrap();
        assert_eq!((triggered.start, triggered.job_id), (Start::Accepted, theirs.job_id), "{line}");
        let outcome = wait(mine, triggered.job_id);
        assert_eq!(outcome.report.verdict, Verdict::NotStarted, "{line}: {outcome:?}");
        let error = outcome.error.unwrap();
        assert_eq!((error.status, error.retriable), (Status::Busy, true), "{line}: {error}");
        // Now it is.
        fake.sort("succeeds");
        let outcome = wait(mine, cluster(mine, "succeeds").unwrap().job_id);
        assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{line}: {outcome:?}");
        assert_eq!(reasons(&outcome), [Reason::TargetStored], "{line}");
    });
}

/// Waits until a method was called so often. What comes of it if that never happens, the test sees.
fn until(fake: &Fake, method: Method, calls: usize) {
    for _ in 0..10_000 {
        if fake.count(method) >= calls {
            return;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Lets others' jobs go on to their end once so many triggers have arrived.
fn release(fake: &Fake, triggers: usize) {
    until(fake, Method::Trigger, triggers);
    for _ in 0..4 {
        fake.poll_all();
    }
}

fn many(name: &str, params: Params) -> Many {
    let names = Some(vec![name.to_owned()]);
    Many { names, params, concurrency: DEFAULT_CONCURRENCY, only_trigger: false, policy: Policy::default() }
}

#[test]
fn a_collection_that_others_hold_is_compacted_when_it_is_free() {
    on_each(&LINES, |line, fake, mine| {
        trigger(&client(fake), "succeeds").unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                release(fake, 2);
                fake.sort("succeeds");
            });
            let (items, error) =
                mine.compact_many(many("succeeds", Params::default()), LIMIT).wait().unwrap();
            assert_eq!(error, None, "{line}: {items:?}");
            assert_eq!(items[0].outcome.as_ref().unwrap().report.verdict, Verdict::Succeeded, "{line}");
        });
        assert_eq!(fake.count(Method::Trigger), 3, "{line}: theirs, in vain, and when it was free");

        trigger(&client(fake), "fails").unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                release(fake, 5);
                fake.sort("fails");
            });
            let optimized = mine.optimize("fails", Settings::default(), LIMIT).wait().unwrap();
            // Held first by theirs, then compacted: what the script has fail, fails.
            assert_eq!(optimized.verdict, Verdict::Failed, "{line}: {optimized:?}");
        });
        assert_eq!(fake.count(Method::Trigger), 6, "{line}");
    });
}

#[test]
fn clustering_is_asked_for_again_when_the_job_that_stood_for_it_is_over() {
    on_each(&LINES, |line, fake, mine| {
        fake.add("held", Scenario::job(1, &[[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]));
        trigger(&client(fake), "held").unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                release(fake, 2);
                // Their results are sorted when they have been seen as they were: before two triggers, and twice after.
                until(fake, Method::Stored, 4);
                thread::sleep(Duration::from_millis(100));
                fake.sort("held");
            });
            let (items, error) = mine.compact_many(many("held", Params::new(true)), LIMIT).wait().unwrap();
            assert_eq!(error, None, "{line}: {items:?}");
        });
        assert_eq!(fake.count(Method::Trigger), 3, "{line}");
    });
}

#[test]
fn a_held_collection_is_busy_at_once_if_there_is_no_time_left() {
    on_each(&LINES, |line, fake, mine| {
        trigger(&client(fake), "never_ends").unwrap();
        let limit = Timeout::After(Duration::from_millis(900));
        let optimized = mine.optimize("never_ends", Settings::default(), limit).wait().unwrap();
        let error = optimized.error.unwrap();
        assert_eq!((error.status, error.retriable, error.in_doubt), (Status::Busy, true, false), "{line}");
        let (items, _) = mine.compact_many(many("never_ends", Params::default()), limit).wait().unwrap();
        let error = items[0].error.as_ref().unwrap();
        assert_eq!((error.status, error.in_doubt), (Status::Busy, false), "{line}: {error}");
        assert_eq!(fake.count(Method::Trigger), 3, "{line}");
    });
}

#[test]
fn recorded_troubles_pass_or_are_named_without_their_stack_traces() {
    let fake = Fake::start(NEW);
    let mine = client(&fake);
    let job_id = trigger(&mine, "succeeds").unwrap().job_id;
    for (method, name) in [
        (Method::State, "2.6.19/no_coordinator GetCompactionState"),
        (Method::State, "2.4.24/killed GetPersistentSegmentInfo"),
        (Method::State, "2.4.24/killed DescribeCollection"),
        (Method::Plans, "2.6.19/no_coordinator GetCompactionStateWithPlans"),
        (Method::Stored, "2.6.19/no_coordinator GetPersistentSegmentInfo"),
    ] {
        fake.fail_next(method, Fault::recorded(name));
    }
    let outcome = wait(&mine, job_id);
    assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{outcome:?}");
    assert_eq!((outcome.report.counts.completed, outcome.report.failed_polls), (2, 5), "{outcome:?}");

    for (name, status) in [
        ("2.4.24/disabled ManualCompaction", Status::CompactionDisabled),
        ("2.5.27/disabled ManualCompaction", Status::CompactionDisabled),
        ("2.6.19/disabled ManualCompaction", Status::CompactionDisabled),
        ("3.0.0-beta/disabled ManualCompaction", Status::CompactionDisabled),
        ("2.6.19/no_coordinator ManualCompaction", Status::NotReady),
    ] {
        fake.fail_next(Method::Trigger, Fault::recorded(name));
        let error = trigger(&mine, "fails").unwrap_err();
        assert_eq!(error.status, status, "{name}: {error}");
        let text = error.message();
        assert!(!text.contains("/src") && !text.contains("stack trace"), "{name}: {error}");
    }
    assert_eq!(fake.compacted(), ["succeeds"]);
    // A state that is refused for good ends the wait, with the cause alone.
    let job_id = trigger(&mine, "never_ends").unwrap().job_id;
    fake.fail_next(Method::State, Fault::recorded("3.0.0-beta/disabled GetCompactionState"));
    let error = wait(&mine, job_id).error.unwrap();
    assert_eq!(error.status, Status::CompactionDisabled);
    assert!(!error.message().contains("/src"), "{error}");
}

#[test]
fn lists_that_cannot_be_true_prove_nothing() {
    on_each(&LINES, |line, fake, client| {
        let silent = || Scenario {
            is_literal: true,
            polls: [[1, 0, 0, 0], [0, 0, 0, 0]].map(Poll::of).to_vec(),
            ..Scenario::job(1, &[])
        };
        fake.add("lies", silent());
        let stored: Vec<i64> = fake.segments("lies").iter().map(|(id, _)| *id).collect();
        let (never, other) = (9_000_001, 9_000_002);
        for (what, lists) in [
            ("sources that were never stored", vec![vec![(vec![never], -1)]]),
            ("the same with a target", vec![vec![(vec![never], other)]]),
            ("a target that is a source", vec![vec![(stored.clone(), stored[0])]]),
            ("the same plan twice", vec![vec![(stored.clone(), -1), (stored.clone(), -1)]]),
            ("twice, in another order", vec![vec![(stored.clone(), -1), (vec![stored[1], stored[0]], -1)]]),
            ("a source twice", vec![vec![(vec![stored[0], stored[0]], -1)]]),
            ("no sources", vec![vec![(vec![], other)]]),
            (
                "a target that appears and vanishes",
                vec![vec![(stored.clone(), other)], vec![(stored.clone(), -1)]],
            ),
            ("targets that change", vec![vec![(stored.clone(), other)], vec![(stored.clone(), never)]]),
            ("a plan that vanishes", vec![vec![(stored.clone(), -1)], vec![]]),
            ("nothing at all", vec![vec![]]),
        ] {
            fake.list("lies", lists);
            let job_id = trigger(client, "lies").unwrap().job_id;
            let outcome = wait(client, job_id);
            assert_eq!(outcome.report.verdict, Verdict::Unknown, "{line}, {what}: {outcome:?}");
            let judged = outcome.report.plans.iter().map(|plan| plan.judged.judgement);
            assert!(judged.clone().all(|judgement| judgement == Judgement::NotKnown), "{line}, {what}");
        }
        assert_eq!(fake.segments("lies"), [(stored[0], ROWS), (stored[1], ROWS)], "{line}");
    });
}
