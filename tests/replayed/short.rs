//! The recordings without a whole story: refusals, names, and servers that are not there yet.

use std::sync::Arc;
use std::time::Duration;

use milvus_client::client::Timeout;
use milvus_client::compaction::Params;
use milvus_client::{Client, Error};
use milvus_replay::{Recording, Replay, Settings};

use crate::replayed::Recorded;
use crate::replayed::run::{self, Role, Told, status_name};
use crate::replayed::summary::Ran;
use crate::replayed::table::{Expected, Said};

/// One question to a server and what it must come to.
struct Question {
    said: Said,
    /// What is as right, if the message has these words.
    or: Option<(Said, &'static str)>,
    recording: Recording,
    ask: fn(&Client, &Recording) -> Told,
}

impl Question {
    fn new(said: Said, recording: Recording, ask: fn(&Client, &Recording) -> Told) -> Self {
        Self { said, or: None, recording, ask }
    }
}

/// As whom the recording client asked, and what its trigger came to.
const PERSONS: &[(&str, Said)] = &[
    ("as no token", "UNAUTHENTICATED"),
    ("as wrong password", "UNAUTHENTICATED"),
    ("as no such user", "UNAUTHENTICATED"),
    ("as a user without privileges", "PERMISSION_DENIED"),
    ("as root", "STARTED"),
];

/// Asks what there is to ask of a recording.
pub(crate) fn meet(recorded: &Recorded, latency: Duration) -> Vec<Ran> {
    let questions = questions(recorded);
    assert!(!questions.is_empty(), "nobody asks about {}/{}", recorded.version, recorded.situation);
    let ran = questions.into_iter().map(|Question { said, or, recording, ask }| {
        let recording = Arc::new(recording);
        let replay = Replay::start(Arc::clone(&recording), Settings { latency, ..Settings::default() });
        let told = ask(&run::client(&replay.uri(), &[]), &recording);
        let expected = Expected { said, or, purged: 0, limit: 0 };
        let (version, situation) = (recorded.version.clone(), recorded.situation.clone());
        let judgement = told.judge(&expected);
        Ran { version, situation, role: Role::Short, latency, expected, told, judgement }
    });
    ran.collect()
}

fn questions(recorded: &Recorded) -> Vec<Question> {
    let text = std::fs::read_to_string(&recorded.path).unwrap();
    // Little but the matter itself was recorded: the rest is as in the plainest recording of that server.
    let opened = || {
        let one = std::fs::read_to_string(recorded.path.with_file_name("one.jsonl")).unwrap();
        Recording::parse_with_opening(&text, &one).unwrap()
    };
    let own = || Recording::parse(&text).unwrap();
    match recorded.situation.as_str() {
        "limited" => vec![Question::new("RATE_LIMITED", opened(), second_trigger)],
        "zero_rate" => vec![Question::new("REFUSED", opened(), refusal)],
        "alias_db" => vec![Question::new("STARTED", opened(), trigger)],
        "unknown" => vec![
            Question::new("COLLECTION_NOT_FOUND", opened(), trigger),
            // Servers answer for a job that never was as for one that is over: more cannot be known.
            Question::new("UNKNOWN", opened(), wait_for_nobodys_job),
        ],
        "loaded_unflushed" => vec![Question::new("100 rows", opened(), stored_rows)],
        // The recording client triggered as often as it could: once the server serves, one of its own jobs may hold
        // the segments.
        "starting" => {
            let or = Some(("BUSY", "Another compaction holds them"));
            vec![Question { or, ..Question::new("STARTED", own(), trigger) }]
        }
        // It does not serve before the recording ends.
        "no_coordinator" => vec![Question::new("NOT_READY", own(), trigger)],
        "auth" => PERSONS
            .iter()
            .map(|(note, said)| Question::new(said, Recording::parse_part(&text, note).unwrap(), trigger))
            .collect(),
        _ => Vec::new(),
    }
}

const LIMIT: Timeout = Timeout::After(Duration::from_secs(12));

fn send(client: &Client, recording: &Recording) -> Result<i64, Error> {
    let name = recording.triggers[0].collection();
    client.compact_with(name, Params::default(), LIMIT).wait().map(|triggered| triggered.job_id)
}

fn told(said: impl Into<String>) -> Told {
    Told { said: said.into(), purged: None, has_job: false, message: String::new() }
}

fn told_by(error: &Error) -> Told {
    Told { message: error.message().to_owned(), ..told(status_name(error.status)) }
}

fn trigger(client: &Client, recording: &Recording) -> Told {
    match send(client, recording) {
        // A server that has just started may have been asked before; then the answer is -1, here no job.
        Ok(job) if recording.triggers.iter().any(|line| line.job_id().map(|id| id.max(0)) == Some(job)) => {
            told("STARTED")
        }
        Ok(job) => told(format!("job {job}, which is no recorded one")),
        Err(error) => told_by(&error),
    }
}

fn second_trigger(client: &Client, recording: &Recording) -> Told {
    match trigger(client, recording) {
        first if first.said == "STARTED" => trigger(client, recording),
        first => first,
    }
}

/// Whatever its status is: nothing was started, and the library knows.
fn refusal(client: &Client, recording: &Recording) -> Told {
    match send(client, recording) {
        Err(error) if !error.in_doubt => told("REFUSED"),
        Err(error) => told_by(&error),
        Ok(job) => told(format!("job {job}")),
    }
}

/// The id that was asked about although no server had given it.
const NOBODYS_JOB: i64 = 123_456_789;

fn wait_for_nobodys_job(client: &Client, _: &Recording) -> Told {
    run::wait(client, NOBODYS_JOB, LIMIT)
}

fn stored_rows(client: &Client, recording: &Recording) -> Told {
    let name = recording.name_in("GetPersistentSegmentInfo").unwrap();
    match client.segments(&name, false, LIMIT).wait() {
        Ok(segments) => told(format!("{} rows", segments.iter().map(|segment| segment.rows).sum::<i64>())),
        Err(error) => told_by(&error),
    }
}
