//! The library against recordings of real servers, 2.4 to 3.0, through its public API: what it says of each must be
//! true. `REPLAY_LATENCIES=5,20,200 REPLAY_ROUNDS=3` measures more, with random moments of the first question.

mod replayed;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use milvus_client::Status;
use milvus_client::client::Timeout;
use milvus_client::compaction::{Optimized, Params, Settings as Optimization, Verdict};
use milvus_replay::{Recording, Replay, Settings};
use replayed::foretold::Foretold;
use replayed::run::{Judgement, client};
use replayed::summary::Ran;
use replayed::{Plan, table};

/// Of a thousand runs so many are right at least: of all, in the default run and where more is measured.
const LEAST_RIGHT: usize = 980;
const LEAST_RIGHT_MEASURED: usize = 990;

/// The same of those whose client sends the trigger or knows whoever did: these see what happens as it does.
const LEAST_RIGHT_OF_OWN: usize = 995;

/// A run takes no more questions than these on average: for a job's state, and all others together. A busy machine
/// polls later and so less often; a quiet one takes 11 and 8.
const MOST_POLLS: f64 = 15.0;
const MOST_OTHERS: f64 = 8.5;

/// A dry run that never knows would never be belied. So many know.
const LEAST_YES: usize = 100;
const LEAST_NO: usize = 10;

/// Far above what a call against one replay takes.
const LIMIT: Timeout = Timeout::After(Duration::from_secs(20));

/// In milliseconds, with commas between them.
const LATENCIES: &str = "REPLAY_LATENCIES";

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What the environment asks for, or else little.
fn plan() -> Plan {
    let milliseconds = |text: &str| Duration::from_millis(text.parse().expect("a number of milliseconds"));
    let Some(latencies) = setting(LATENCIES) else {
        let latencies = [5, 150].map(Duration::from_millis).to_vec();
        return Plan { latencies, rounds: 1, longest_pause: Duration::ZERO };
    };
    Plan {
        latencies: latencies.split(',').map(milliseconds).collect(),
        rounds: setting("REPLAY_ROUNDS").map_or(1, |text| text.parse().expect("a number of rounds")),
        longest_pause: Duration::from_secs(2),
    }
}

#[test]
fn nothing_false_is_said_of_any_recorded_server() {
    let summary = replayed::meet_all(&plan());
    println!("{summary}");
    let wrong = summary.other_than(|judgement| judgement != Judgement::Wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let least = if setting(LATENCIES).is_some() { LEAST_RIGHT_MEASURED } else { LEAST_RIGHT };
    let right = summary.right_of_a_thousand(|_| true);
    assert!(right >= least, "only {right} of 1000 are right");
    let right = summary.right_of_a_thousand(Ran::sees_what_happens);
    assert!(right >= LEAST_RIGHT_OF_OWN, "only {right} of 1000 are right of those that see what happens");
    let silent = summary.without_purged_rows();
    assert!(silent.is_empty(), "not told how many rows were purged:\n{}", silent.join("\n"));
    let polls = summary.questions_per_run(|method| method == "GetCompactionState");
    let others = summary.questions_per_run(|method| method != "GetCompactionState");
    println!("questions a run: {polls:.1} for the state, {others:.1} others");
    assert!(polls <= MOST_POLLS && others <= MOST_OTHERS, "a run takes {polls} polls and {others} others");
}

#[test]
fn refusals_and_absences_are_told_as_they_are() {
    let summary = replayed::meet_short(Duration::from_millis(5));
    println!("{summary}");
    assert!(!summary.ran.is_empty(), "nothing was asked");
    let others = summary.other_than(|judgement| judgement == Judgement::Right);
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn no_trigger_belies_the_dry_run_before_it() {
    let foretold = replayed::foretold::foretold();
    let belied: Vec<_> = foretold.iter().filter_map(Foretold::belied).collect();
    assert!(belied.is_empty(), "{}", belied.join("\n"));
    let count = |says: fn(&Foretold) -> bool| foretold.iter().filter(|foretold| says(foretold)).count();
    let (yes, no) = (count(Foretold::says_yes), count(Foretold::says_no));
    println!("{} dry runs: {yes} yes, {no} no", foretold.len());
    assert!(yes >= LEAST_YES && no >= LEAST_NO, "it says yes {yes} times and no {no} times");
}

#[test]
fn every_row_of_the_table_was_recorded() {
    let recorded = replayed::recorded();
    let is_recorded = |situation: &str, version: Option<&str>| {
        let is_it =
            |one: &replayed::Recorded| one.situation == situation && version.is_none_or(|v| one.version == v);
        recorded.iter().any(is_it)
    };
    for (situation, versions) in table::rows() {
        assert!(is_recorded(situation, None), "{situation}");
        for version in versions {
            assert!(is_recorded(situation, Some(version)), "{situation} on {version}");
        }
    }
}

#[test]
fn an_optimization_says_nothing_false_of_any_recorded_server() {
    let met = replayed::optimized::meet_all(&plan().latencies);
    let mut lines: Vec<_> = met.iter().map(ToString::to_string).collect();
    lines.sort();
    println!("{}", lines.join("\n"));
    let wrong = met.iter().filter(|met| met.judgement == Judgement::Wrong);
    let wrong: Vec<_> = wrong.map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let right = met.iter().filter(|met| met.judgement == Judgement::Right).count() * 1000 / met.len();
    println!("{} optimizations, {right} of 1000 right", met.len());
    assert!(right >= LEAST_RIGHT, "only {right} of 1000 are right");
}

#[test]
fn of_two_clients_that_optimize_at_once_one_has_the_job_and_none_triggers_over_it() {
    for version in ["2.4.24", "2.6.19", "3.0.0-beta"] {
        let replay = replay(&format!("{version}/second.jsonl"), Settings::default());
        // Every later trigger is answered with -1 (`second`). The job takes up to 6 s.
        let settings = replayed::optimized::settings(Params::default());
        let settings = Optimization { pauses: Duration::from_secs(15), ..settings };
        let optimize = || client(&replay.uri(), &[]).optimize("sec", settings.clone(), LIMIT).wait().unwrap();
        let mut both = std::thread::scope(|scope| {
            [(); 2].map(|()| scope.spawn(optimize)).map(|one| one.join().unwrap())
        });
        both.sort_by_key(Optimized::rounds);
        let verdicts = both.each_ref().map(|out| (out.verdict, out.rounds()));
        assert_eq!(verdicts, [(Verdict::NothingToDo, 0), (Verdict::Succeeded, 1)], "{version}: {both:#?}");
        for out in &both {
            assert!(out.error.is_none() && out.after.unwrap().segments == 1, "{version}: {out:#?}");
        }
        // The job of newer servers may be over before the other client looks.
        let triggers = replay.questions()["ManualCompaction"];
        assert!(triggers > 1 || version != "2.4.24", "{version}: both wanted it");
    }
}

#[test]
fn a_second_call_goes_on_where_the_first_ended() {
    for version in ["2.4.24", "2.5.27"] {
        let replay = replay(&format!("{version}/one.jsonl"), Settings::default());
        let client = client(&replay.uri(), &[]);
        let settings = replayed::optimized::settings(Params::default());
        let limit = Timeout::After(Duration::from_secs(4)); // the job takes more than 5 s
        let first = client.optimize("one", settings.clone(), limit).wait().unwrap();
        assert_eq!(first.error.unwrap().status, Status::Timeout, "{version}");
        let second = client.optimize("one", settings, LIMIT).wait().unwrap();
        assert_eq!(second.verdict, Verdict::Succeeded, "{version}");
        // The result of 2.5.27 was not sorted when the recording ended.
        let status = second.error.map_or(Status::Ok, |error| error.status);
        let expected = if version == "2.5.27" { Status::Incomplete } else { Status::Ok };
        assert_eq!(status, expected, "{version}");
        assert_eq!((second.job_id, second.after.unwrap().segments), (first.job_id, 1), "{version}");
        assert_eq!(replay.questions()["ManualCompaction"], 1, "{version}");
    }
}

fn replay(recording: &str, settings: Settings) -> Replay {
    Replay::start(Arc::new(Recording::read(&replayed::folder().join(recording)).unwrap()), settings)
}

#[test]
fn what_was_not_recorded_is_not_made_up() {
    let replay = replay("2.6.19/one.jsonl", Settings::default());
    let client = client(&replay.uri(), &[]);
    assert_eq!(client.flush("one", LIMIT).wait().unwrap_err().status, Status::Unsupported);
    assert_eq!(client.segments("one", false, LIMIT).wait().unwrap().len(), 4);
    assert_eq!(replay.questions()["Flush"], 1);
    assert_eq!(replay.questions()["GetPersistentSegmentInfo"], 1);
}

#[test]
fn an_answer_changes_when_the_recorded_one_did() {
    // A hundred recorded seconds pass in one, so that the job is over at once.
    let replay = replay("2.6.19/one.jsonl", Settings { speed: 100.0, ..Settings::default() });
    let client = client(&replay.uri(), &[]);
    assert_eq!(client.segments("one", false, LIMIT).wait().unwrap().len(), 4, "the clock stands");
    let job = replay.trigger().unwrap();
    client.compaction_wait(job, LIMIT).wait().unwrap();
    assert_eq!(client.segments("one", false, LIMIT).wait().unwrap().len(), 1);
}

#[test]
fn a_job_that_no_worker_can_take_ends_the_wait_as_stalled() {
    for recording in ["2.4.24/no_slots.jsonl", "2.5.27/no_slots.jsonl"] {
        let replay = replay(recording, Settings::default());
        let client = client(&replay.uri(), &[("stall_timeout_ms", "1500")]);
        let job = replay.trigger().unwrap();
        let outcome = client.compaction_wait(job, Timeout::Default).wait().unwrap();
        let error = outcome.error.unwrap();
        assert_eq!((error.status, error.job_id), (Status::Stalled, job), "{recording}: {error}");
        assert!(outcome.report.counts.executing > 0, "{recording}: {:?}", outcome.report);
    }
}

#[test]
fn a_port_that_accepts_and_never_speaks_is_ridden_out() {
    // Killed after 0.1 s; from 3 s on its port is open, and it speaks from 35 s on.
    let replay = replay("2.6.19/killed.jsonl", Settings::default());
    let client = client(&replay.uri(), &[]);
    client.server(Timeout::Default).wait().unwrap();
    let job = replay.trigger().unwrap();
    let waiting = std::thread::spawn(move || {
        let limit = Timeout::After(Duration::from_mins(2));
        client.compaction_wait_in("kd", job, limit).wait().unwrap()
    });
    std::thread::sleep(Duration::from_secs(10));
    let mut connection = TcpStream::connect(replay.uri().trim_start_matches("http://")).unwrap();
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    connection.write_all(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), settings].concat()).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let silence = connection.read(&mut [0; 9]).unwrap_err().kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence}");
    connection.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    assert!(connection.read(&mut [0; 9]).unwrap() > 0, "the port speaks in the end");
    let outcome = waiting.join().unwrap();
    assert!(outcome.report.failed_polls > 0, "{outcome:?}");
    assert_eq!(outcome.report.verdict, Verdict::Succeeded, "{outcome:?}");
}

#[test]
fn a_client_that_met_a_starting_server_knows_the_version_later_and_keeps_to_it() {
    for (version, has_target_size) in [("2.4.24", false), ("2.5.27", false), ("2.6.19", true)] {
        let replay = replay(&format!("{version}/starting.jsonl"), Settings::default());
        let client = client(&replay.uri(), &[]);
        let sized = Params { target_size_mb: 64, ..Params::default() };
        let result = client.compact_with("st", sized, LIMIT).wait();
        let is_refused = result.as_ref().is_err_and(|error| error.status == Status::Unsupported);
        assert_eq!(is_refused, !has_target_size, "{version}: {result:?}");
        // Once it serves, one of the recording client's own jobs may hold the segments.
        let is_known = result.is_ok() || result.as_ref().is_err_and(|error| error.status == Status::Busy);
        assert!(is_refused || is_known, "{version}: {result:?}");
        let told = client.server(LIMIT).wait().unwrap().version_text;
        assert_eq!(told.trim_start_matches('v'), version);
        // This one takes no connections until it serves.
        let asked = replay.questions();
        assert!(asked["Connect"] > 1 || version == "2.6.19", "{version} did start: {asked:?}");
    }
}

#[test]
fn the_page_of_tasks_is_served_as_recorded() {
    let settings = Settings { has_tasks_early: true, ..Settings::default() };
    let replay = replay("2.6.19/fails_first.jsonl", settings);
    let mut connection = TcpStream::connect(replay.page().trim_start_matches("http://")).unwrap();
    connection.write_all(b"GET /api/v1/_dc/tasks/compaction HTTP/1.1\r\nhost: here\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let tasks: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(tasks.as_array().unwrap().iter().any(|task| task["type"] == "MixCompaction"), "{tasks}");
}
