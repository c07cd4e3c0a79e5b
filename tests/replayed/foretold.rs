//! What a dry run says, beside what the recorded trigger then did.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use milvus_client::client::Timeout;
use milvus_client::compaction::{CheckResult, Known, Start, Triggered};
use milvus_client::{Error, Status};
use milvus_replay::{Recording, Replay, Settings};

use crate::replayed::run::{client, params};
use crate::replayed::{Recorded, recorded};

/// A dry run and the trigger after it.
pub(crate) struct Foretold {
    name: String,
    pub(crate) check: Result<CheckResult, Error>,
    trigger: Result<Triggered, Error>,
}

/// Asks every recorded server with a whole story both.
pub(crate) fn foretold() -> Vec<Foretold> {
    let (recorded, asked) = (recorded(), |recorded| move || ask(recorded));
    thread::scope(|scope| {
        let running: Vec<_> = recorded.iter().map(|recorded| scope.spawn(asked(recorded))).collect();
        running.into_iter().filter_map(|asking| asking.join().unwrap()).collect()
    })
}

fn ask(recorded: &Recorded) -> Option<Foretold> {
    let recording = Arc::new(Recording::parse(&with_a_state(&recorded.path)).unwrap());
    if !recording.is_whole {
        return None;
    }
    let replay = Replay::start(Arc::clone(&recording), Settings::default());
    let client = client(&replay.uri(), &[]);
    let (line, limit) = (&recording.triggers[0], Timeout::After(Duration::from_mins(1)));
    let params = params(&recording, line);
    let check = client.compaction_check(line.collection(), params.clone(), limit).wait();
    assert_eq!(replay.questions().get("ManualCompaction"), None, "a dry run only reads");
    let trigger = client.compact_with(line.collection(), params, limit).wait();
    Some(Foretold { name: format!("{}/{}", recorded.version, recorded.situation), check, trigger })
}

/// A dry run asks for the state of any job, to see whether compaction is switched on. The recording of another
/// collection of the same server has the answer; where compaction is switched off, that would be another one.
fn with_a_state(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    if path.ends_with("disabled.jsonl") {
        return text;
    }
    let others = fs::read_to_string(path.with_file_name("unknown.jsonl")).unwrap();
    let is_it =
        |line: &&str| line.contains("\"GetCompactionState\"") && line.contains("{\"compactionID\":\"1\"}");
    let line = others.lines().find(is_it).expect("the state of job 1 was asked for");
    let (first, rest) = text.split_once('\n').unwrap();
    [first, line, rest].join("\n")
}

impl Foretold {
    /// What the dry run said that the trigger shows to be false.
    pub(crate) fn belied(&self) -> Option<String> {
        let check = match (&self.check, &self.trigger) {
            (Ok(check), _) => check,
            (Err(error), Err(refusal)) if error.status == refusal.status => return None,
            (Err(error), trigger) => return Some(format!("{}: {error}, then {trigger:?}", self.name)),
        };
        let starts = |triggered: &Triggered| matches!(triggered.start, Start::Scheduled | Start::Accepted);
        let has_started = self.trigger.as_ref().is_ok_and(starts);
        // The server was killed before it answered (`killed`).
        let is_doubtful = self.trigger.as_ref().is_err_and(|error| error.in_doubt);
        // Something else held the segments, so that the trigger does not show what it would do alone.
        let is_open = match &self.trigger {
            Ok(triggered) => triggered.start == Start::Running,
            Err(error) => error.status == Status::Busy || is_doubtful,
        };
        let is_false = match (check.would_compact, check.would_compact_if_free) {
            (Known::Yes, _) => !has_started && !is_doubtful,
            (_, Known::Yes) => !has_started && !is_open,
            (Known::No, _) | (_, Known::No) => has_started,
            _ => false,
        };
        let planned = self.trigger.as_ref().ok().and_then(|triggered| triggered.planned);
        let is_miscounted = self.says_yes()
            && matches!((check.expected_segments, planned), (Some(told), Some(planned)) if told != planned);
        (is_false || is_miscounted).then(|| format!("{}: {check:?}, then {:?}", self.name, self.trigger))
    }

    pub(crate) fn says_yes(&self) -> bool {
        self.check.as_ref().is_ok_and(|check| check.would_compact_if_free == Known::Yes)
    }

    pub(crate) fn says_no(&self) -> bool {
        self.check.as_ref().is_ok_and(|check| check.would_compact == Known::No)
    }
}
