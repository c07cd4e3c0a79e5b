//! Each exit code, and the words that go with it.

use milvus_fake::{Fake, Fault, Method};

use crate::support::{Folder, Said, command, fake, order, run};

#[test]
fn what_is_compacted_is_told_with_before_after_and_what_was_purged() {
    let said = run(&fake(), &["run", "succeeds"]).ended_with(0);
    let wanted = "succeeds: done: 4 segments became 2; 40 deleted rows purged, 160 rows left; 1 segment left out (1 of deletions)";
    assert!(said.out.contains(wanted), "{}", said.out);
    assert!(said.out.contains("succeeds: job 4470") && said.out.contains("started, 2 plans"), "{}", said.out);
    assert!(said.out.ends_with("1 compacted\n"), "{}", said.out);
    assert_eq!(said.err, "");
}

#[test]
fn nothing_to_do_is_no_failure() {
    let fake = fake();
    let said = run(&fake, &["run", "nothing"]).ended_with(0);
    assert!(
        said.out.contains("nothing: nothing to do: its segments show nothing to compact"),
        "{}",
        said.out
    );
}

#[test]
fn what_is_in_its_final_form_is_skipped_unless_it_is_forced() {
    let fake = fake();
    run(&fake, &["run", "unindexed"]).ended_with(0);
    let triggers = fake.count(Method::Trigger);
    let said = run(&fake, &["run", "unindexed"]).ended_with(0);
    assert!(said.out.contains("unindexed: skipped: its segments are in their final form"), "{}", said.out);
    assert_eq!(fake.count(Method::Trigger), triggers);
    let said = run(&fake, &["run", "unindexed", "--dry-run"]).ended_with(0);
    assert!(
        said.out.contains("unindexed: would be skipped: its segments are in their final form"),
        "{}",
        said.out
    );
    let said = run(&fake, &["run", "unindexed", "--force"]).ended_with(0);
    assert!(said.out.contains("1 segment, as many as before"), "{}", said.out);
    assert_eq!(fake.count(Method::Trigger), triggers + 1);
}

#[test]
fn failed_plans_are_1() {
    for (name, word) in [
        ("fails", "failed: 0 of 2 plans"),
        ("fails_partly", "partly failed: 2 of 3"),
        ("times_out", "timed out on"),
    ] {
        let said = run(&fake(), &["run", name]).ended_with(1);
        assert!(said.out.contains(word), "{}", said.out);
    }
}

#[test]
fn a_lost_answer_is_in_doubt_which_is_3_before_all_others() {
    let fake = fake();
    fake.fail_next(Method::Trigger, Fault::Lost);
    let said = run(&fake, &["run", "succeeds", "nosuch", "--concurrency", "1"]).ended_with(3);
    assert!(said.out.contains("succeeds: in doubt: "), "{}", said.out);
    assert!(said.out.contains("1 failed, 1 in doubt"), "{}", said.out);
    assert!(said.err.contains("look at it before you start another compaction"), "{}", said.err);
    assert_eq!(fake.count(Method::Trigger), 1);
}

#[test]
fn what_nobody_can_tell_is_4() {
    let said = run(&fake(), &["run", "is_forgotten"]).ended_with(4);
    assert!(said.out.contains("is_forgotten: unknown: "), "{}", said.out);
}

#[test]
fn a_wait_that_ends_before_its_job_is_5_and_says_how_to_go_on() {
    let fake = fake();
    let state = Folder::new();
    let output =
        command(&fake.uri(), &state).args(["run", "never_ends", "--timeout", "1s"]).output().unwrap();
    let said = Said::of(&output).ended_with(5);
    assert!(said.out.contains("never_ends: not over: "), "{}", said.out);
    let job = said.out.split("never_ends: job ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(said.err.contains(&format!("milvus-compact wait never_ends {job}\n")), "{}", said.err);
    let [file] = &state.files()[..] else { panic!("one file: {:?}", state.files()) };
    assert!(
        said.err.contains(&format!("milvus-compact wait {}\n", state.file(file).display())),
        "{}",
        said.err
    );
}

#[test]
fn a_wait_can_give_up_where_nothing_moves() {
    let said = run(&fake(), &["run", "never_ends", "--give-up-after", "1s"]).ended_with(5);
    assert!(said.out.contains("never_ends: not over: "), "{}", said.out);
}

#[test]
fn busy_is_6() {
    let fake = fake();
    order(&fake, "held succeeds 1000");
    let said = run(&fake, &["run", "succeeds", "--timeout", "2s"]).ended_with(6);
    assert!(said.out.contains("Another compaction holds them"), "{}", said.out);
}

#[test]
fn a_server_that_is_not_there_is_7() {
    let said = run_at("http://127.0.0.1:1", &["run", "a", "b", "--option", "timeout_ms=2000"]).ended_with(7);
    assert!(said.out.contains("a: failed: ") && said.out.contains("127.0.0.1:1"), "{}", said.out);
    run_at("http://127.0.0.1:1", &["info", "--option", "timeout_ms=2000"]).ended_with(7);
    run_at("http://127.0.0.1:1", &["run", "--all", "--option", "timeout_ms=2000"]).ended_with(7);
}

#[test]
fn a_wrong_token_is_8() {
    let fake = fake();
    let refused =
        || Fault::Grpc(tonic_code(16), "auth check failure, please check api key is correct".to_owned());
    (0..4).for_each(|_| fake.fail_next(Method::Connect, refused()));
    let said = run(&fake, &["info"]).ended_with(8);
    assert!(said.err.contains("auth check failure"), "{}", said.err);
}

#[test]
fn an_unknown_name_is_9_and_keeps_no_other_back() {
    let said = run(&fake(), &["run", "nosuch", "succeeds"]).ended_with(9);
    assert!(said.out.contains("nosuch: failed: no collection or alias \"nosuch\""), "{}", said.out);
    assert!(said.out.contains("succeeds: done: "), "{}", said.out);
}

#[test]
fn what_the_server_is_too_old_for_is_10() {
    let fake = Fake::start("2.4.10");
    let said = run(&fake, &["run", "succeeds", "--l0"]).ended_with(10);
    assert!(said.out.contains("2.6.3"), "{}", said.out);
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn an_optimization_beyond_a_bound_is_11() {
    let fake = fake();
    order(&fake, "mergeable wide 4");
    let said = run(&fake, &["optimize", "wide", "--max-rewrite-rows", "1"]).ended_with(11);
    assert!(said.out.contains("wide: failed: "), "{}", said.out);
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn optimizing_ends_with_0_when_everything_is_served() {
    let fake = fake();
    order(&fake, "mergeable wide 4");
    let said = run(&fake, &["optimize", "wide", "--dry-run"]).ended_with(0);
    assert!(said.out.contains("wide"), "{}", said.out);
    assert_eq!(fake.count(Method::Trigger), 0);
    let said = run(&fake, &["optimize", "wide"]).ended_with(0);
    assert!(said.out.contains("wide: done: 4 segments became 1; 1 round"), "{}", said.out);
}

#[test]
fn a_collection_that_is_dropped_meanwhile_is_9() {
    let fake = fake();
    let state = Folder::new();
    let child = crate::support::started(command(&fake.uri(), &state).args(["run", "never_ends"]));
    crate::support::until_triggered(&state);
    order(&fake, "drop never_ends");
    let said = Said::of(&child.wait_with_output().unwrap()).ended_with(9);
    assert!(
        said.out.contains("never_ends: failed: ") && said.out.contains("never_ends: job "),
        "{}",
        said.out
    );
    assert_eq!(state.files(), Vec::<String>::new(), "no job is left to follow");
}

#[test]
fn a_policy_and_a_budget_say_why_a_collection_was_not_started() {
    let fake = fake();
    let said = run(&fake, &["run", "unindexed", "succeeds", "--min-segments", "3"]).ended_with(0);
    assert!(
        said.out.contains("unindexed: skipped: 2 segments would be merged, and min_segments is 3"),
        "{}",
        said.out
    );
    assert!(said.out.contains("succeeds: done"), "{}", said.out);
    let said = run(&fake, &["run", "fails", "vanishes", "--budget", "1", "--concurrency", "1"]).ended_with(1);
    assert!(
        said.out.contains("vanishes: skipped: not started: the budget of 1 collections is used up"),
        "{}",
        said.out
    );
    // The first takes at least two seconds, so the second comes after the budget.
    let arguments =
        ["run", "never_ends", "vanishes", "--budget", "1s", "--timeout", "2s", "--concurrency", "1"];
    let said = run(&fake, &arguments);
    assert!(
        said.out.contains("vanishes: skipped: not started: the budget of 1.0 s is used up"),
        "{}",
        said.out
    );
}

#[test]
fn collections_of_every_database_are_named_with_it() {
    let fake = fake();
    let said = run(&fake, &["run", "--all-databases", "--match", "succ*"]).ended_with(0);
    assert!(said.out.contains("default/succeeds: done: 4 segments became 2"), "{}", said.out);
    assert_eq!(fake.count(Method::Trigger), 1);
}

#[test]
fn a_share_of_deleted_rows_that_nobody_knows_is_not_enough() {
    let said = run(&fake(), &["run", "succeeds", "--min-deleted", "20%"]).ended_with(0);
    assert!(said.out.contains("succeeds: skipped: how many rows are deleted is not known"), "{}", said.out);
    let arguments = ["run", "succeeds", "--min-deleted", "20%", "--min-segments", "4"];
    let said = run(&fake(), &arguments).ended_with(0);
    assert!(said.out.contains("succeeds: done"), "either is enough: {}", said.out);
}

#[test]
fn a_survey_shows_first_what_is_worth_most() {
    let fake = fake();
    let said = run(&fake, &["survey", "nothing", "unindexed", "fails_partly", "nosuch"]).ended_with(9);
    let at = |name: &str| said.out.find(name).expect(name);
    assert!(at("fails_partly") < at("unindexed") && at("unindexed") < at("nothing"), "{}", said.out);
    assert!(
        said.out.contains("83 %") && said.out.contains("2 of 3 collections have segments to merge"),
        "{}",
        said.out
    );
    assert!(said.err.contains("nosuch: "), "{}", said.err);
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn looking_starts_nothing() {
    let fake = fake();
    let said = run(&fake, &["check", "--match", "fails*"]).ended_with(0);
    assert!(said.out.contains("0 of 2 collections would be compacted now, 2 perhaps"), "{}", said.out);
    let said =
        run(&fake, &["run", "--all", "--dry-run", "--min-segments", "3", "--budget", "2"]).ended_with(0);
    for text in [
        "fails: may be compacted: ",
        "fails_partly: may be compacted: ",
        "never_ends: would be skipped: 2 segments would be merged, fewer than 3",
        "succeeds: would be skipped: the budget of 2 collections is used up",
        "0 of 12 collections would be compacted, 2 perhaps; nothing was started",
    ] {
        assert!(said.out.contains(text), "{text}: {}", said.out);
    }
    let said = run(&fake, &["segments", "succeeds"]).ended_with(0);
    assert!(said.out.contains("5 segments, 210 rows") && said.out.contains("L0"), "{}", said.out);
    let said = run(&fake, &["info"]).ended_with(0);
    assert!(said.out.contains("version     2.6.8"), "{}", said.out);
    let said = run(&fake, &["watch", "succeeds", "--for", "100ms", "--interval", "10ms"]).ended_with(0);
    assert_eq!(said.out.lines().count(), 1, "a line for each change: {}", said.out);
    run(&fake, &["flush", "succeeds"]).ended_with(0);
    assert_eq!(fake.count(Method::Trigger), 0);
}

#[test]
fn a_job_of_somebody_else_is_followed_by_its_number() {
    let fake = fake();
    let said = run(&fake, &["run", "fails"]).ended_with(1);
    let job = said.out.split("fails: job ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let said = run(&fake, &["wait", "fails", &job]).ended_with(1);
    assert!(said.out.contains(&format!("fails: job {job} runs already")), "{}", said.out);
    let said = run(&fake, &["plans", &job]).ended_with(0);
    assert!(said.out.contains("not judged by a wait"), "{}", said.out);
}

#[test]
fn json_is_one_object_in_a_line() {
    let said = run(&fake(), &["run", "succeeds", "nosuch", "--json"]).ended_with(9);
    let lines: Vec<serde_json::Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ended = |name: &str| {
        lines
            .iter()
            .find(|line| line["event"] == "ended" && line["collection_name"] == name)
            .expect("it ended")
    };
    assert_eq!(ended("succeeds")["outcome"], "done");
    assert_eq!(ended("succeeds")["report"]["segment_diff"]["rows_purged"], 40);
    assert_eq!(ended("nosuch")["failure"]["status"], "MILVUS_COLLECTION_NOT_FOUND");
    assert!(lines.iter().any(|line| line["event"] == "triggered" && line["planned"] == 2));
}

#[test]
fn results_are_written_as_the_library_writes_them() {
    let fake = fake();
    // Each has a field that the command itself does not use.
    for (arguments, count, field) in [
        (&["segments", "succeeds", "--json"][..], 5, "storage_version"),
        (&["check", "succeeds", "--json"], 1, "would_compact_if_free"),
        (&["survey", "succeeds", "--json"], 1, "status"),
    ] {
        let said = run(&fake, arguments).ended_with(0);
        let lines: Vec<serde_json::Value> =
            said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), count, "{}", said.out);
        assert!(lines.iter().all(|line| line.get(field).is_some()), "{field}: {}", said.out);
    }
}

fn run_at(uri: &str, arguments: &[&str]) -> Said {
    Said::of(&command(uri, &Folder::new()).args(arguments).output().unwrap())
}

fn tonic_code(number: i32) -> tonic::Code {
    tonic::Code::from_i32(number)
}
