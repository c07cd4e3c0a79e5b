//! Which recorded answer a question gets.

use serde_json::{Map, Value};

use crate::recording::{Answer, Answered, Question, Recording};

/// The answer to a question that is asked so many seconds after the trigger, or before it if that is negative:
/// the last one to the same question that is not later. `None` if nothing of that kind was recorded.
pub(crate) fn answer<'a>(
    recording: &'a Recording,
    method: &str,
    asked: &Map<String, Value>,
    now: f64,
) -> Option<&'a Answered> {
    let questions = recording.questions.get(method)?;
    let same = questions.iter().find(|question| subject(&question.request) == subject(asked));
    let until_now = same.and_then(|question| latest(question, now));
    // A collection that was asked for by its name only is the same one when asked for by its id.
    let by_id =
        || questions.iter().filter_map(|question| latest(question, now)).find(|a| describes(a, asked));
    let is_by_id = method == "DescribeCollection" && subject(asked).name.is_empty();
    until_now
        .or_else(|| if is_by_id { by_id() } else { None })
        .or_else(|| same.and_then(|question| question.answers.first()))
}

fn latest(question: &Question, now: f64) -> Option<&Answered> {
    question.answers.iter().rev().find(|answered| answered.t <= now)
}

fn describes(answered: &Answered, asked: &Map<String, Value>) -> bool {
    let Answer::Reply(reply, _) = &answered.answer else { return false };
    reply["collectionID"].as_str().is_some_and(|id| id == subject(asked).id)
}

/// What a question is about. The rest of it, such as the database, is the same in all.
#[derive(Debug, PartialEq, Eq)]
struct Subject<'a> {
    job: &'a str,
    name: &'a str,
    id: &'a str,
}

fn subject(request: &Map<String, Value>) -> Subject<'_> {
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = match (text("collection_name"), text("collectionName")) {
        ("", name) => name,
        (name, _) => name,
    };
    Subject { job: text("compactionID"), name, id: text("collectionID") }
}

/// Whether a trigger asks for what the recorded one asked for.
pub(crate) fn is_same_trigger(recorded: &Map<String, Value>, asked: &Map<String, Value>) -> bool {
    let of_interest =
        ["majorCompaction", "l0Compaction", "target_size", "partition_id", "channel", "segment_ids"];
    of_interest.iter().all(|key| recorded.get(*key) == asked.get(*key))
}
