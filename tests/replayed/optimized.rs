//! What an optimization must say of each recorded situation, and what it says.
//!
//! Recordings have no answers about flushes, indexes and loads, so those stages are left out. What must be said is in a
//! file beside the recordings, written from them alone.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use milvus_client::compaction::{ApplyDeletions, Cost, NO_JOB, Optimized, Params, Settings, Stage};
use milvus_client::segments::Segment;
use milvus_client::{Client, client::Timeout};
use milvus_replay::{Line, Recording, Replay};
use serde_json::{Value, json};

use crate::replayed::run::{self, Judgement, status_name};
use crate::replayed::{Recorded, recorded};

/// So many recordings are met at a time. Their clients mostly sleep.
const AT_ONCE: usize = 150;

/// Stages that were not recorded.
const UNRECORDED: [Stage; 5] = [Stage::Flush, Stage::Index, Stage::Reindex, Stage::Load, Stage::Serve];

/// The keys of a row, beside those of `Expected`.
const KEYS: [&str; 6] = ["situation", "ways", "only", "on", "trigger", "note"];

/// Statuses that claim nothing of how a compaction ended.
const UNTOLD: [&str; 4] = ["OUTCOME_UNKNOWN", "TIMEOUT", "UNAVAILABLE", "NOT_READY"];

/// What must come of one row on one server. Keys: `skip` (the row is not for this server), `limit_s` (the timeout),
/// `status`, `verdict`, `rounds` and `triggers` (a number or the first and the last of a range), `unrecorded` (a trigger
/// that was not recorded is sent), `stored` (what must be true of the stored ids, see `shape`), `channels`, `rows` (stored
/// at the end, if not as many as before), `left_out` (by reason), `new` (segments), and `or` (what is as right).
/// `stored`, `rows`, `left_out` and `new` may be lists of what is right, depending on the moment.
pub(crate) struct Expected(Value);

impl Expected {
    /// The row as it is for this server; `None` if it is not for it.
    fn of(row: &Value, version: &str) -> Option<Self> {
        let names = |value: &Value| value == version;
        if row["only"].as_array().is_some_and(|only| !only.iter().any(names)) {
            return None;
        }
        let mut all = json!({
            "skip": false, "limit_s": 60, "status": "OK", "verdict": "SUCCEEDED", "rounds": 1, "triggers": 1,
            "unrecorded": false, "stored": "merged", "channels": 1, "rows": null, "left_out": {}, "new": 0, "or": null,
        });
        let of_version = row["on"].get(version).and_then(Value::as_object);
        for (key, value) in row.as_object().unwrap().iter().chain(of_version.into_iter().flatten()) {
            if KEYS.contains(&key.as_str()) {
                continue;
            }
            let place = all.get_mut(key).unwrap_or_else(|| panic!("nobody reads {key} of {row}"));
            *place = value.clone();
        }
        (all["skip"] == false).then_some(Self(all))
    }

    fn number(&self, key: &str) -> u64 {
        self.0[key].as_u64().unwrap()
    }

    /// Whether the value is the one that the table has, one of them, or within its range.
    fn allows(&self, key: &str, value: &Value) -> bool {
        match (&self.0[key], key) {
            (Value::Array(range), "rounds" | "triggers") => {
                let value = value.as_u64();
                value >= range[0].as_u64() && value <= range[1].as_u64()
            }
            (Value::Array(any), _) => any.contains(value),
            (expected, _) => expected == value,
        }
    }
}

/// The table: for each row that is for a server, who has to be met and what must come of it.
fn rows() -> Vec<Meeting> {
    let table: Value = serde_json::from_str(include_str!("../recordings/optimized.json")).unwrap();
    let recorded = recorded();
    let mut meetings = Vec::new();
    for row in table.as_array().unwrap() {
        let situation = row["situation"].as_str().unwrap();
        let of_it: Vec<_> = recorded.iter().filter(|one| one.situation == situation).collect();
        let only = row["only"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let on = row["on"].as_object().into_iter().flatten().map(|(version, _)| version.as_str());
        let is_recorded = |named: &str| of_it.iter().any(|one| one.version == named);
        assert!(!of_it.is_empty() && only.chain(on).all(is_recorded), "not all of {row} was recorded");
        for Recorded { version, path, .. } in of_it {
            let Some(expected) = Expected::of(row, version) else { continue };
            let ways = row["ways"].as_array().into_iter().flatten();
            meetings.push(Meeting {
                version: version.clone(),
                situation: situation.to_owned(),
                ways: ways.map(|way| way.as_str().unwrap().to_owned()).collect(),
                trigger: row["trigger"].as_u64().map_or(0, |number| usize::try_from(number).unwrap()),
                recording: Arc::new(Recording::read(path).unwrap()),
                latency: Duration::ZERO,
                expected: Arc::new(expected),
            });
        }
    }
    for Recorded { version, situation, path } in &recorded {
        let is_it = |meeting: &Meeting| meeting.version == *version && meeting.situation == *situation;
        let has_row = meetings.iter().any(is_it) || !Recording::read(path).unwrap().is_whole;
        assert!(has_row, "{version}/{situation} has no row");
    }
    meetings
}

/// One client that optimizes one recorded collection.
#[derive(Clone)]
struct Meeting {
    version: String,
    situation: String,
    /// What differs from a call with all defaults and the kind of compaction that was recorded: see `settings`.
    ways: Vec<String>,
    /// The number of the recorded trigger that the client sends.
    trigger: usize,
    recording: Arc<Recording>,
    latency: Duration,
    expected: Arc<Expected>,
}

/// What came of it.
pub(crate) struct Met {
    name: String,
    said: String,
    /// What is not as the table says.
    differences: Vec<String>,
    pub(crate) judgement: Judgement,
}

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}: {}", self.judgement, self.name, self.said)?;
        self.differences.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}

/// Meets every row of the table with each latency.
pub(crate) fn meet_all(latencies: &[Duration]) -> Vec<Met> {
    let of_each = |meeting: Meeting| {
        latencies
            .iter()
            .map(move |latency| Meeting { latency: *latency, ..meeting.clone() })
            .collect::<Vec<_>>()
    };
    let mut meetings: Vec<Meeting> = rows().into_iter().flat_map(of_each).collect();
    // Those that take long begin first.
    meetings.sort_by(|a, b| a.recording.end.total_cmp(&b.recording.end));
    meetings.sort_by_key(|meeting| meeting.expected.number("limit_s"));
    let meetings = Mutex::new(meetings);
    let next = || meetings.lock().unwrap_or_else(PoisonError::into_inner).pop();
    thread::scope(|scope| {
        let meet = || std::iter::from_fn(|| next().map(|meeting| meeting.meet())).collect::<Vec<_>>();
        let running: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(meet)).collect();
        running.into_iter().flat_map(|met| met.join().unwrap()).collect()
    })
}

/// Short pauses and few rounds: a replay answers a second trigger as the first.
pub(crate) fn settings(params: Params) -> Settings {
    Settings {
        skipped: UNRECORDED.iter().fold(0, |sum, stage| sum | *stage as i32),
        rounds: 3,
        pause: Duration::from_millis(300),
        pauses: Duration::from_secs(6),
        ..Settings::new(params)
    }
}

impl Meeting {
    fn has(&self, way: &str) -> bool {
        self.ways.iter().any(|own| own == way)
    }

    fn settings(&self) -> Settings {
        let recorded = run::params(&self.recording, &self.recording.triggers[self.trigger]);
        let mut settings = settings(recorded);
        for way in &self.ways {
            match way.as_str() {
                "plain" => settings.params = Params::default(),
                "force" => settings.force = true,
                "never" => settings.deletions = ApplyDeletions::Never,
                // Segments that are not sorted before the trigger stay so, because the clock stands.
                "unsorted" => settings.skipped |= Stage::Sort as i32,
                "others_first" | "stalls_soon" => {}
                other => panic!("nobody knows the way {other}"),
            }
        }
        settings
    }

    fn meet(&self) -> Met {
        let played = milvus_replay::Settings { latency: self.latency, ..milvus_replay::Settings::default() };
        let replay = Replay::start(Arc::clone(&self.recording), played);
        let options: &[_] = if self.has("stalls_soon") { &[("stall_timeout_ms", "1500")] } else { &[] };
        let client = run::client(&replay.uri(), options);
        let name = self.recording.triggers[self.trigger].collection();
        let before = stored(&client, name).expect("the segments before the trigger");
        if self.has("others_first") {
            let _ = replay.trigger();
        }
        let limit = Timeout::After(Duration::from_secs(self.expected.number("limit_s")));
        let out = client.optimize(name, self.settings(), limit).wait().unwrap();
        let after = stored(&client, name);
        let told = Told {
            out: &out,
            before: &before,
            after: after.as_deref(),
            replay: &replay,
            is_late: self.has("others_first"),
            channels: self.expected.number("channels"),
        };
        let ways = if self.ways.is_empty() { String::new() } else { format!(" ({})", self.ways.join(", ")) };
        let name = format!("{}{ways} on {} at {:?}", self.situation, self.version, self.latency);
        told.judge(name, &self.expected, &self.recording)
    }
}

/// What is stored at this moment, by what the replay answers.
fn stored(client: &Client, name: &str) -> Option<Vec<Segment>> {
    client.segments(name, false, Timeout::After(Duration::from_secs(30))).wait().ok()
}

/// What a client was told, beside what is stored.
struct Told<'a> {
    out: &'a Optimized,
    before: &'a [Segment],
    after: Option<&'a [Segment]>,
    replay: &'a Replay,
    /// Whether a job ran when the call began.
    is_late: bool,
    channels: u64,
}

impl Told<'_> {
    fn status(&self) -> String {
        self.out.error.as_ref().map_or_else(|| "OK".to_owned(), |error| status_name(error.status))
    }

    fn verdict(&self) -> String {
        self.out.verdict.name().to_str().unwrap().to_uppercase().replace(' ', "_")
    }

    fn triggers(&self) -> u64 {
        self.replay.questions().get("ManualCompaction").copied().unwrap_or(0)
    }

    fn judge(&self, name: String, expected: &Expected, recording: &Recording) -> Met {
        let (status, verdict) = (self.status(), self.verdict());
        let message = self.out.error.as_ref().map_or("", |error| error.message());
        let said = format!(
            "{status}, {verdict}, rounds {}, triggers {}, left out {}, new {:?}: {message}",
            self.out.rounds(),
            self.triggers(),
            self.left_out(),
            self.out.new_segments,
        );
        let is_as_right = expected.0["or"].as_object().is_some_and(|or| {
            or["status"] == status
                && or["verdict"] == verdict
                && message.contains(or["words"].as_str().unwrap())
        });
        let mut differences = self.untrue(recording);
        if !is_as_right {
            differences.extend(self.unlike(expected));
        }
        let is_open = ["NONE", "UNKNOWN"].contains(&verdict.as_str());
        let is_untold = UNTOLD.contains(&status.as_str()) && (is_open || expected.0["verdict"] == verdict);
        let judgement = match () {
            () if differences.is_empty() => Judgement::Right,
            () if is_untold && self.untrue(recording).is_empty() => Judgement::Unknown,
            () => Judgement::Wrong,
        };
        Met { name, said, differences, judgement }
    }

    /// What is not as the table says.
    fn unlike(&self, expected: &Expected) -> Vec<String> {
        let mut found = vec![
            ("status", json!(self.status())),
            ("verdict", json!(self.verdict())),
            ("rounds", json!(self.out.rounds())),
            ("triggers", json!(self.triggers())),
            ("unrecorded", json!(!self.replay.other_triggers().is_empty())),
            ("stored", json!(self.shape())),
        ];
        // What the rounds report once they are over, however they ended.
        if self.out.stage == Stage::Done {
            found.push(("left_out", self.left_out()));
            found.push(("new", json!(self.out.new_segments)));
        }
        if let Some(after) = self.after {
            let ((_, rows), (_, before)) = (figures(after), figures(self.before));
            let is_told = !expected.0["rows"].is_null();
            found.push(("rows", if is_told || rows != before { json!(rows) } else { Value::Null }));
        }
        let unlike = found.iter().filter(|(key, value)| !expected.allows(key, value));
        unlike.map(|(key, value)| format!("{key}: expected {}, found {value}", expected.0[*key])).collect()
    }

    /// What it says that is not true, whatever the table says.
    fn untrue(&self, recording: &Recording) -> Vec<String> {
        let mut untrue = Vec::new();
        let known: HashSet<i64> = recording.triggers.iter().filter_map(Line::job_id).collect();
        let jobs = self.out.steps.iter().map(|step| step.job_id).chain([self.out.job_id]);
        for job in jobs.filter(|job| *job != NO_JOB && !known.contains(job)) {
            untrue.push(format!("job {job} is none of the recorded ones"));
        }
        let before = figures(self.before);
        if let Some(told) = self.out.before
            && (told.segments, told.rows) != before
            && !self.is_late
        {
            untrue.push(format!("told {told:?} before, and {before:?} were stored"));
        }
        let Some(after) = self.after.map(figures) else { return untrue };
        if let Some(told) = self.out.after
            && (told.segments, told.rows) != after
        {
            untrue.push(format!("told {told:?} after, and {after:?} are stored"));
        }
        // What was estimated right before a trigger that merged all. A result without rows is not stored.
        let is_one_job = self.status() == "OK" && self.out.rounds() == 1;
        if is_one_job && before.0 > 0 && self.out.cost.rows > 0 && ["merged", "gone"].contains(&self.shape())
        {
            let Cost { segments_in, segments_out, rows, .. } = self.out.cost;
            let estimate =
                [segments_in, rows, segments_out.unwrap_or(1)].map(|count| i64::try_from(count).unwrap());
            let truth = [before.0, before.1, after.0.max(1)];
            if estimate != truth {
                untrue.push(format!("estimated {estimate:?} segments, rows and results, in truth {truth:?}"));
            }
        }
        untrue
    }

    fn left_out(&self) -> Value {
        let Some(all) = self.out.left_out else { return Value::Null };
        let reasons = [
            ("unsorted", all.unsorted),
            ("l0", all.l0),
            ("clustered", all.clustered),
            ("importing", all.importing),
            ("unflushed", all.unflushed),
            ("not_asked_for", all.not_asked_for),
            ("held", all.held),
        ];
        let sum: i64 = reasons.iter().map(|(_, count)| count).sum();
        assert_eq!(sum, all.total, "each has one reason: {all:?}");
        reasons
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(reason, count)| (reason.to_owned(), json!(count)))
            .collect()
    }

    /// What is true of the stored ids: `gone` (there is no segment with rows), `unchanged` (they are those from before),
    /// `merged` (none of them is, and each partition has one in each channel), `part` (anything else), or `unseen`.
    fn shape(&self) -> &'static str {
        let Some(after) = self.after else { return "unseen" };
        let ids = |segments: &[Segment]| data(segments).map(|segment| segment.id).collect::<HashSet<_>>();
        let (old, now) = (ids(self.before), ids(after));
        let mut there = BTreeMap::<i64, u64>::new();
        data(after).for_each(|segment| *there.entry(segment.partition_id).or_default() += 1);
        match () {
            () if now.is_empty() => "gone",
            () if now == old => "unchanged",
            () if now.is_disjoint(&old) && there.values().all(|count| *count <= self.channels) => "merged",
            () => "part",
        }
    }
}

/// The protocol's number for segments of deletions.
const L0: i32 = 1;

/// How many segments with rows there are, and their rows.
fn figures(segments: &[Segment]) -> (i64, i64) {
    let count = i64::try_from(data(segments).count()).unwrap();
    (count, data(segments).map(|segment| segment.rows).sum())
}

fn data(segments: &[Segment]) -> impl Iterator<Item = &Segment> {
    segments.iter().filter(|segment| segment.level != Some(L0))
}
