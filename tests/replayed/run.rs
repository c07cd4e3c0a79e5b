//! One client of the library that meets one recording.

use std::sync::Arc;
use std::time::Duration;

use milvus_client::client::Timeout;
use milvus_client::compaction::{Params, Verdict, WaitResult};
use milvus_client::config::{Config, Options};
use milvus_client::{Client, Error, Status};
use milvus_replay::{Line, Recording, Replay};
use serde_json::Value;

use crate::replayed::table::{Expected, Said};

/// Which client it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It sends the trigger.
    Owner,
    /// It sends a later trigger of this number, a moment after the first.
    Later(usize),
    /// It waits, by the collection's name, for a job that another client has triggered.
    Observer,
    /// It waits for a job that another client has triggered, exported and left.
    Heir,
    /// It asks about a recording that has no whole story.
    Short,
}

/// What a client was told.
#[derive(Debug)]
pub(crate) struct Told {
    /// The name of the verdict, or of the status where there is none.
    pub(crate) said: String,
    /// The rows that the job is said to have purged.
    pub(crate) purged: Option<i64>,
    /// Where the client got no job of its own.
    pub(crate) has_job: bool,
    pub(crate) message: String,
}

/// How right it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Judgement {
    Right,
    /// Nothing false, and not enough.
    Unknown,
    Wrong,
}

/// Words that claim nothing of how a job ended.
const UNTOLD: &[Said] = &["UNKNOWN", "OUTCOME_UNKNOWN", "TIMEOUT", "UNAVAILABLE", "NOT_READY"];

impl Told {
    pub(crate) fn judge(&self, expected: &Expected) -> Judgement {
        let is_purged_wrong = self.purged.is_some_and(|rows| rows != expected.purged);
        let is_as_right =
            expected.or.is_some_and(|(said, words)| self.said == said && self.message.contains(words));
        match self.said.as_str() {
            said if (said == expected.said || is_as_right) && !is_purged_wrong => Judgement::Right,
            said if UNTOLD.contains(&said) && !is_purged_wrong => Judgement::Unknown,
            _ => Judgement::Wrong,
        }
    }
}

/// A client of that server.
pub(crate) fn client(uri: &str, pairs: &[(&str, &str)]) -> Client {
    let mut options = Options::default();
    for (key, value) in pairs {
        options.set(key, value).unwrap();
    }
    Client::new(Config::new(uri, &options).unwrap()).unwrap()
}

/// Has a client do its part; it begins to wait so long after the trigger.
pub(crate) fn run(
    replay: &Replay,
    recording: &Arc<Recording>,
    role: Role,
    limit: u64,
    pause: Duration,
) -> Told {
    let mut client = client(&replay.uri(), &[]);
    let limit = Timeout::After(Duration::from_secs(limit));
    let job = match role {
        Role::Observer => {
            // It is connected already: else it comes too late to see what happens at once, such as a new name.
            client.server(limit).wait().expect("the server runs before the trigger");
            Ok(replay.trigger().expect("the recorded trigger started a job"))
        }
        Role::Heir => trigger(&client, recording, &recording.triggers[0], limit).and_then(|job| {
            let text = client.job_export(job)?;
            let _ = client.close(Timeout::After(Duration::ZERO));
            client = self::client(&replay.uri(), &[]);
            client.job_import(&text)
        }),
        Role::Owner | Role::Short => trigger(&client, recording, &recording.triggers[0], limit),
        Role::Later(number) => {
            std::thread::sleep(Duration::from_millis(20)); // and not before the first
            trigger(&client, recording, &recording.triggers[number], limit)
        }
    };
    let told = match job {
        Ok(job) => {
            std::thread::sleep(pause);
            match role {
                Role::Observer => wait_in(&client, recording.triggers[0].collection(), job, limit),
                _ => wait(&client, job, limit),
            }
        }
        Err(error) => told_by(&error),
    };
    let _ = client.close(Timeout::After(Duration::ZERO));
    told
}

fn trigger(client: &Client, recording: &Recording, line: &Line, limit: Timeout) -> Result<i64, Error> {
    let triggered = client.compact_with(line.collection(), params(recording, line), limit).wait()?;
    Ok(triggered.job_id)
}

/// What the recorded trigger asked for.
pub(crate) fn params(recording: &Recording, line: &Line) -> Params {
    let text = |key: &str| line.request.get(key).and_then(Value::as_str);
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<i64>().ok()).unwrap();
    let ids = line.request.get("segment_ids").and_then(Value::as_array);
    Params {
        is_clustering: line.request.contains_key("majorCompaction"),
        is_l0: line.request.contains_key("l0Compaction"),
        target_size_mb: line.request.get("target_size").map_or(0, number),
        partition: text("partition_id").map(|id| recording.partition_name(id).unwrap()),
        channel: text("channel").map(str::to_owned),
        segment_ids: ids.map(|ids| ids.iter().map(number).collect()),
        only_if_idle: false,
    }
}

/// What a client is told that waits for a job.
pub(crate) fn wait(client: &Client, job: i64, limit: Timeout) -> Told {
    told_of(job, client.compaction_wait(job, limit).wait())
}

/// What a client is told that knows the collection of a job.
fn wait_in(client: &Client, name: &str, job: i64, limit: Timeout) -> Told {
    told_of(job, client.compaction_wait_in(name, job, limit).wait())
}

fn told_of(job: i64, waited: Result<WaitResult, Error>) -> Told {
    match waited {
        Ok(outcome) => told_at_end(job, &outcome),
        Err(error) => told_by(&error),
    }
}

fn told_at_end(job: i64, outcome: &WaitResult) -> Told {
    let verdict = outcome.report.verdict;
    let status = outcome.error.as_ref().map(|error| error.status);
    let said = match (verdict, status) {
        (Verdict::None, Some(status)) => status_name(status),
        (verdict, _) => verdict.name().to_str().unwrap().to_uppercase().replace(' ', "_"),
    };
    let message = outcome.error.as_ref().map_or_else(String::new, |error| error.message().to_owned());
    let purged = outcome.report.segment_diff.and_then(|diff| diff.rows_purged);
    Told { said, purged, has_job: job > 0, message }
}

fn told_by(error: &Error) -> Told {
    Told {
        said: status_name(error.status),
        purged: None,
        has_job: false,
        message: error.message().to_owned(),
    }
}

/// The name of a status, without what all have in front.
pub(crate) fn status_name(status: Status) -> String {
    status.name().to_str().unwrap().trim_start_matches("MILVUS_").to_owned()
}
