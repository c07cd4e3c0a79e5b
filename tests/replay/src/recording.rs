//! A recording: what one real server answered, in the order of time. The folder of the recordings says what the lines
//! mean.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde_json::{Map, Value};
use tonic::Code;

use crate::wire::Wire;

/// The note that stands where the trigger was sent.
const THE_TRIGGER: &str = "the trigger";
/// The recording client asked for a collection of this name to see whether a server serves again.
const PROBE: &str = "no_such_collection";

/// The recording client waited so many seconds for a port to speak HTTP/2 before it said so: a silent port was silent
/// for as long before.
const WAITED_FOR_SETTINGS: f64 = 20.0;

/// One recording.
pub struct Recording {
    /// Its name: what was done.
    pub situation: String,
    /// What really happened, in words.
    pub truth: String,
    /// What the experiment did, and when.
    pub notes: Vec<(f64, String)>,
    /// The triggers, in order.
    pub triggers: Vec<Line>,
    /// The seconds from the trigger to the last line.
    pub end: f64,
    /// Whether it begins before a trigger and tells of it as "the trigger".
    pub is_whole: bool,
    /// All other questions, each with its answers in the order of time.
    pub(crate) questions: BTreeMap<String, Vec<Question>>,
    /// The entries of the page of tasks, with their times.
    pub(crate) tasks: Vec<(f64, Value)>,
    /// Whether the server took connections, with the time of each change.
    pub(crate) door: Vec<(f64, Door)>,
}

/// One line with an answer.
#[derive(Clone, Debug)]
pub struct Line {
    /// Seconds since the trigger; negative if it was asked before.
    pub t: f64,
    /// The request, in the JSON form of Protocol Buffers.
    pub request: Map<String, Value>,
    pub(crate) answered: Answered,
}

/// An answer, and how it came.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    /// When the question was asked.
    pub(crate) t: f64,
    /// How many seconds the answer took.
    pub(crate) took: f64,
    pub(crate) answer: Answer,
}

/// What a question ended with.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The message as JSON, and encoded.
    Reply(Value, Vec<u8>),
    Grpc(Code, String),
}

/// One question, and its answers in the order of time.
pub(crate) struct Question {
    pub(crate) request: Map<String, Value>,
    pub(crate) answers: Vec<Answered>,
}

/// What happens to those who connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    Open,
    /// Connections are refused.
    Shut,
    /// They are accepted, and nobody speaks HTTP/2 on them yet.
    Silent,
}

/// Why a file is no recording.
#[derive(Debug)]
pub struct Malformed(String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

impl Recording {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or is no recording.
    pub fn read(path: &Path) -> Result<Self, Malformed> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Malformed(format!("{}: {error}", path.display())))?;
        Self::parse(&text).map_err(|error| Malformed(format!("{}: {error}", path.display())))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// If it is no recording.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = serde_json::from_str(line);
            lines.push(line.map_err(|error| Malformed(format!("line {}: {error}", index + 1)))?);
        }
        Self::of_lines(lines)
    }

    /// The same, after an opening of `other`: what a client asks before a trigger, with the name and the id of this
    /// recording's collection. For recordings that hold little but triggers.
    ///
    /// # Errors
    /// If one of them is no recording.
    pub fn parse_with_opening(text: &str, other: &str) -> Result<Self, Malformed> {
        let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let opening: Vec<Value> = other
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .take_while(|line| line["note"] != THE_TRIGGER)
            .filter(|line| line.get("rpc").is_some())
            .collect();
        let own = lines.iter().filter_map(name_in_request).next();
        let others = opening.iter().filter_map(name_in_request).next();
        let id_of = |lines: &[Value], keys: [&str; 2]| {
            lines.iter().find_map(|line| line[keys[0]][keys[1]].as_str().map(str::to_owned))
        };
        let in_segments = || {
            lines
                .iter()
                .find_map(|line| line["response"]["infos"][0]["collectionID"].as_str().map(str::to_owned))
        };
        let own_id = id_of(&lines, ["request", "collectionID"]).or_else(in_segments);
        let others_id = id_of(&opening, ["response", "collectionID"]);
        let mut renamed = Vec::new();
        let is_known = |line: &Value| lines.iter().any(|own| own["rpc"] == line["rpc"]);
        for mut line in opening.into_iter().filter(|line| !is_known(line)) {
            for (from, to) in [(&others, &own), (&others_id, &own_id)] {
                if let (Some(from), Some(to)) = (from, to) {
                    replace(&mut line, from, to);
                }
            }
            renamed.push(line);
        }
        let (first, rest) =
            lines.split_first().ok_or_else(|| Malformed("the recording is empty".to_owned()))?;
        let trigger = serde_json::json!({"t": 0.0, "note": THE_TRIGGER});
        let head = std::iter::once(first.clone()).chain(renamed);
        let (before, after): (Vec<_>, Vec<_>) =
            rest.iter().cloned().partition(|line| line["rpc"] == "DescribeCollection");
        Self::of_lines(head.chain(before).chain([trigger]).chain(after).collect())
    }

    /// The part of a recording that follows one of its notes, up to the next.
    ///
    /// # Errors
    /// If there is no such note.
    pub fn parse_part(text: &str, note: &str) -> Result<Self, Malformed> {
        let mut lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let found = lines.iter().position(|line| line["note"] == note);
        let from = found.ok_or_else(|| Malformed(format!("there is no note \"{note}\"")))?;
        let rest = lines.split_off(from + 1);
        let part = rest.into_iter().take_while(|line| line.get("note").is_none());
        Self::of_lines(lines.into_iter().take(1).chain(part).collect())
    }

    fn of_lines(lines: Vec<Value>) -> Result<Self, Malformed> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let first = lines.first().ok_or_else(|| Malformed("the recording is empty".to_owned()))?;
        let mut recording = Self {
            situation: text(&first["situation"]),
            truth: text(&first["truth"]),
            notes: Vec::new(),
            triggers: Vec::new(),
            end: 0.0,
            is_whole: false,
            questions: BTreeMap::new(),
            tasks: Vec::new(),
            door: Vec::new(),
        };
        let has_trigger = lines.iter().any(|line| line["note"] == THE_TRIGGER);
        for mut line in lines {
            let t = line["t"].as_f64().unwrap_or_default();
            recording.end = recording.end.max(t);
            if line["note"] == THE_TRIGGER {
                recording.is_whole = true;
            } else if line.get("note").is_some() {
                recording.notes.push((t, text(&line["note"])));
            } else if line.get("http").is_some() {
                recording.tasks.push((t, line["response"].take()));
            } else if line.get("rpc").is_some() {
                let t = if recording.is_whole || !has_trigger { t } else { -1.0 };
                recording.add(t, &line)?;
            }
        }
        recording.door.sort_by(|a, b| a.0.total_cmp(&b.0));
        recording.door.dedup_by_key(|(_, door)| *door);
        for index in 1..recording.door.len() {
            let earliest = recording.door[index - 1].0;
            let (t, door) = &mut recording.door[index];
            if *door == Door::Silent && recording.is_whole {
                *t = (*t - WAITED_FOR_SETTINGS).max(earliest);
            }
        }
        Ok(recording)
    }

    fn add(&mut self, t: f64, line: &Value) -> Result<(), Malformed> {
        let method = line["rpc"].as_str().unwrap_or_default();
        let request = line["request"].as_object().cloned().unwrap_or_default();
        if t >= 0.0 {
            self.door.push((t, door(&line["error"])));
        }
        let Some(answer) = answer(method, line)? else { return Ok(()) };
        let answered = Answered { t, took: line["took"].as_f64().unwrap_or_default(), answer };
        if method == "ManualCompaction" {
            if request.get("collection_name").is_none_or(|name| name != PROBE) {
                self.triggers.push(Line { t, request, answered });
            }
            return Ok(());
        }
        let questions = self.questions.entry(method.to_owned()).or_default();
        match questions.iter_mut().find(|question| question.request == request) {
            Some(question) => question.answers.push(answered),
            None => questions.push(Question { request, answers: vec![answered] }),
        }
        for question in questions {
            question.answers.sort_by(|a, b| a.t.total_cmp(&b.t));
        }
        Ok(())
    }

    /// What happens to those who connect at this moment.
    pub(crate) fn door_at(&self, t: f64) -> Door {
        let then = self.door.iter().rev().find(|(since, _)| *since <= t);
        // Before the trigger of a whole story it took them; a short one begins as its first line says.
        let then = if self.is_whole { then } else { then.or(self.door.first()) };
        then.map_or(Door::Open, |(_, door)| *door)
    }
}

impl Line {
    /// The job that the answer to a trigger names; `None` if it was refused.
    #[must_use]
    pub fn job_id(&self) -> Option<i64> {
        match &self.answered.answer {
            Answer::Reply(reply, _) => reply["compactionID"].as_str()?.parse().ok(),
            Answer::Grpc(..) => None,
        }
    }

    /// The name of the collection that was asked about.
    #[must_use]
    pub fn collection(&self) -> &str {
        self.request.get("collection_name").and_then(Value::as_str).unwrap_or_default()
    }
}

impl Recording {
    /// The name that a recorded question of this method is about.
    #[must_use]
    pub fn name_in(&self, method: &str) -> Option<String> {
        let question = self.questions.get(method)?.first()?;
        let names = ["collection_name", "collectionName"];
        names.iter().find_map(|key| question.request.get(*key)?.as_str().map(str::to_owned))
    }

    /// The name of a partition of which the recording has the id.
    #[must_use]
    pub fn partition_name(&self, id: &str) -> Option<String> {
        let answers = self.questions.get("ShowPartitions")?.iter().flat_map(|question| &question.answers);
        answers.into_iter().find_map(|answered| {
            let Answer::Reply(reply, _) = &answered.answer else { return None };
            let index = reply["partitionIDs"].as_array()?.iter().position(|known| known == id)?;
            reply["partition_names"][index].as_str().map(str::to_owned)
        })
    }
}

/// `None` for methods that this project does not know.
fn answer(method: &str, line: &Value) -> Result<Option<Answer>, Malformed> {
    if let Some(error) = line.get("error") {
        let code = code(error["code"].as_str().unwrap_or_default());
        return Ok(Some(Answer::Grpc(code, error["details"].as_str().unwrap_or_default().to_owned())));
    }
    let Some(encoded) = Wire::get().encode_reply(method, &line["response"]) else { return Ok(None) };
    let encoded = encoded.map_err(|error| Malformed(format!("an answer of {method}: {error}")))?;
    Ok(Some(Answer::Reply(line["response"].clone(), encoded)))
}

/// What the recording client's own words for a server that is down say of its port.
fn door(error: &Value) -> Door {
    let details = error["details"].as_str().unwrap_or_default();
    match error["code"].as_str() {
        Some("UNAVAILABLE") if details.contains("timed out before receiving SETTINGS") => Door::Silent,
        Some("UNAVAILABLE") => Door::Shut,
        Some("DEADLINE_EXCEEDED") => Door::Silent,
        _ => Door::Open,
    }
}

fn code(name: &str) -> Code {
    let names = [
        ("CANCELLED", Code::Cancelled),
        ("INVALID_ARGUMENT", Code::InvalidArgument),
        ("DEADLINE_EXCEEDED", Code::DeadlineExceeded),
        ("PERMISSION_DENIED", Code::PermissionDenied),
        ("UNIMPLEMENTED", Code::Unimplemented),
        ("INTERNAL", Code::Internal),
        ("UNAVAILABLE", Code::Unavailable),
        ("UNAUTHENTICATED", Code::Unauthenticated),
    ];
    names.into_iter().find(|(known, _)| *known == name).map_or(Code::Unknown, |(_, code)| code)
}

fn name_in_request(line: &Value) -> Option<String> {
    let request = &line["request"];
    let name = request["collection_name"].as_str().or_else(|| request["collectionName"].as_str());
    name.map(str::to_owned)
}

/// Replaces every text that is `from`.
fn replace(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text == from => to.clone_into(text),
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, from, to)),
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, from, to)),
        _ => {}
    }
}
