//! Ctrl-C and SIGTERM: what goes on is told, and a later `wait` follows it.

use std::io::Read as _;
use std::process::{Child, Command};
use std::time::Duration;

use milvus_fake::{Fake, Method, Scenario};

use crate::support::{Folder, Said, command, fake, order, started, until_triggered};

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// A ceiling that means it hangs, not a measure.
fn until(done: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it hangs");
}

/// A run of these arguments that got a signal while it followed a job.
fn interrupted(fake: &Fake, state: &Folder, signal: &str, arguments: &[&str]) -> Said {
    let child = started(command(&fake.uri(), state).args(arguments));
    until_triggered(state);
    send(signal, &child);
    Said::of(&child.wait_with_output().unwrap())
}

#[test]
fn an_interrupted_run_says_what_goes_on_and_a_wait_follows_it_to_its_end() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (fake, state) = (fake(), Folder::new());
        let scenario = Scenario::job(1, &[[1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]);
        fake.add("documents", scenario);
        order(&fake, "slow State 300");
        let said = interrupted(&fake, &state, signal, &["run", "documents"]).ended_with(code);
        assert!(said.out.contains("documents: not over: job "), "{}", said.out);
        assert!(said.err.contains("milvus-compact wait documents "), "{}", said.err);
        let [file] = &state.files()[..] else { panic!("one file: {:?}", state.files()) };
        let path = state.file(file).display().to_string();
        assert!(said.err.contains(&format!("milvus-compact wait {path}")), "{}", said.err);

        let said =
            Said::of(&command(&fake.uri(), &state).args(["wait", &path]).output().unwrap()).ended_with(0);
        // The segments from before the trigger came along.
        assert!(
            said.out.contains("documents: done: 2 segments became 1; 20 deleted rows purged"),
            "{}",
            said.out
        );
        assert_eq!(state.files(), Vec::<String>::new());
        assert_eq!(fake.count(Method::Trigger), 1);
    }
}

#[test]
fn a_signal_starts_no_further_collection() {
    let (fake, state) = (fake(), Folder::new());
    let arguments = ["run", "never_ends", "succeeds", "--concurrency", "1", "--json"];
    let said = interrupted(&fake, &state, "-INT", &arguments).ended_with(130);
    assert!(said.out.contains(r#""event":"goes_on","collection_name":"never_ends""#), "{}", said.out);
    assert!(said.out.contains("not started: Ctrl-C came first"), "{}", said.out);
    assert_eq!(fake.count(Method::Trigger), 1);
}

#[test]
fn a_killed_run_leaves_the_file_of_its_jobs() {
    let (fake, state) = (fake(), Folder::new());
    let child = started(command(&fake.uri(), &state).args(["run", "never_ends"]));
    until_triggered(&state);
    send("-KILL", &child);
    child.wait_with_output().unwrap();
    let [file] = &state.files()[..] else { panic!("one file: {:?}", state.files()) };
    let path = state.file(file).display().to_string();
    let output = command(&fake.uri(), &state).args(["wait", &path, "--timeout", "1s"]).output().unwrap();
    let said = Said::of(&output).ended_with(5);
    assert!(said.out.contains("never_ends: not over: "), "{}", said.out);
    let output = command("http://127.0.0.1:1", &state).args(["wait", &path]).output().unwrap();
    let said = Said::of(&output).ended_with(2);
    assert!(said.err.contains("are of http://127.0.0.1"), "{}", said.err);
}

#[test]
fn an_optimization_writes_each_job_at_its_trigger_and_a_wait_follows_it_after_any_end() {
    for (signal, code) in [("-INT", 130), ("-KILL", -1)] {
        let (fake, state) = (fake(), Folder::new());
        let scenario = Scenario::job(1, &[[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]);
        fake.add("documents", scenario);
        order(&fake, "slow State 300");
        let said = interrupted(&fake, &state, signal, &["optimize", "documents"]).ended_with(code);
        assert!(said.out.contains("documents: job ") && said.out.contains(" started"), "{}", said.out);
        let [file] = &state.files()[..] else { panic!("one file: {:?}", state.files()) };
        let path = state.file(file).display().to_string();
        let said =
            Said::of(&command(&fake.uri(), &state).args(["wait", &path]).output().unwrap()).ended_with(0);
        assert!(said.out.contains("documents: done: 2 segments became 1;"), "{}", said.out);
        assert_eq!((state.files(), fake.count(Method::Trigger)), (Vec::new(), 1));
    }
}

#[test]
fn of_an_optimization_only_the_latest_job_is_left_in_the_file_and_none_at_its_end() {
    let (fake, state) = (fake(), Folder::new());
    fake.add_mergeable("purged", &[3]);
    fake.delete_rows("purged", 20);
    let path = state.file("jobs");
    std::fs::write(&path, "").unwrap();
    let mut kept = std::fs::File::open(&path).unwrap(); // shows what was written also when the file is gone
    let arguments = ["optimize", "purged", "--json", "--jobs-file", path.to_str().unwrap()];
    let said = Said::of(&command(&fake.uri(), &state).args(arguments).output().unwrap()).ended_with(0);
    let values = |text: &str| -> Vec<serde_json::Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let told: Vec<i64> = values(&said.out)
        .iter()
        .filter(|event| event["event"] == "triggered" && event["collection_name"] == "purged")
        .map(|event| event["job_id"].as_str().unwrap().parse().unwrap())
        .collect();
    let [applied, purged] = told[..] else { panic!("deletions are applied, and then purged: {}", said.out) };
    let mut text = String::new();
    kept.read_to_string(&mut text).unwrap();
    let lines = values(&text);
    let written = lines[1..].iter().map(|line| (line["job"].as_i64(), line["ended"].as_i64()));
    let expected = [(Some(applied), None), (None, Some(applied)), (Some(purged), None), (None, Some(purged))];
    assert_eq!(written.collect::<Vec<_>>(), expected);
    assert_eq!(state.files(), Vec::<String>::new());
}

#[test]
fn a_trigger_that_a_signal_cuts_short_is_in_doubt() {
    let (fake, state) = (fake(), Folder::new());
    order(&fake, "slow Trigger 60000");
    let child = started(command(&fake.uri(), &state).args(["run", "succeeds"]));
    until(|| fake.count(Method::Trigger) > 0);
    send("-INT", &child);
    let said = Said::of(&child.wait_with_output().unwrap()).ended_with(130);
    assert!(said.out.contains("succeeds: in doubt: "), "{}", said.out);
}
