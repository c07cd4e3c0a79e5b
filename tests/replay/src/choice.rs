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
    let by_id = || {
        let is_it = |question: &&Question| question.answers.iter().any(|answered| describes(answered, asked));
        latest(questions.iter().find(is_it)?, now)
    };
    // Nor do its partitions change with its name. Nobody has asked for them by the new one.
    let before =
        || questions.iter().flat_map(|question| question.answers.iter().rev()).find(|a| is_success(a));
    let is_by_id = method == "DescribeCollection" && subject(asked).name.is_empty();
    let is_renamed = method == "ShowPartitions" && was_named(recording, asked);
    until_now
        .or_else(|| if is_by_id { by_id() } else { None })
        .or_else(|| if same.is_none() && is_renamed { before() } else { None })
        .or_else(|| same.and_then(|question| question.answers.first()))
}

fn latest(question: &Question, now: f64) -> Option<&Answered> {
    question.answers.iter().rev().find(|answered| answered.t <= now)
}

fn describes(answered: &Answered, asked: &Map<String, Value>) -> bool {
    let Answer::Reply(reply, _) = &answered.answer else { return false };
    reply["collectionID"].as_str().is_some_and(|id| id == subject(asked).id)
}

/// Whether the recorded collection had this name at some time.
fn was_named(recording: &Recording, asked: &Map<String, Value>) -> bool {
    let described = recording.questions.get("DescribeCollection").into_iter().flatten();
    let mut answers = described.flat_map(|question| &question.answers);
    answers.any(|answered| match &answered.answer {
        Answer::Reply(reply, _) => {
            let name = subject(asked).name;
            !name.is_empty() && (reply["collection_name"] == name || reply["schema"]["name"] == name)
        }
        Answer::Grpc(..) => false,
    })
}

fn is_success(answered: &Answered) -> bool {
    matches!(&answered.answer, Answer::Reply(reply, _) if reply["status"]["code"].is_null())
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn recording() -> Recording {
        let describe = |t: f64, request: &Value, name: &str| {
            json!({"t": t, "rpc": "DescribeCollection", "request": request,
                   "response": {"collectionID": "7", "collection_name": name}})
        };
        let lines = [
            json!({"situation": "renamed", "truth": ""}),
            describe(0.5, &json!({"collection_name": "old"}), "old"),
            json!({"t": 0.0, "note": "the trigger"}),
            json!({"t": 1.5, "rpc": "DescribeCollection", "request": {"collection_name": "old"},
                   "response": {"status": {"code": 100}}}),
            describe(2.0, &json!({"collectionID": "7"}), "new"),
        ];
        Recording::parse(&lines.map(|line| line.to_string()).join("\n")).unwrap()
    }

    fn name(asked: &Value, now: f64) -> Option<String> {
        let recording = recording();
        let answered = answer(&recording, "DescribeCollection", asked.as_object().unwrap(), now)?;
        let Answer::Reply(reply, _) = &answered.answer else { return None };
        reply["collection_name"].as_str().map(str::to_owned)
    }

    #[test]
    fn a_collection_is_found_by_its_id_before_and_after_it_was_renamed() {
        let by_id = json!({"collectionID": "7"});
        assert_eq!(name(&by_id, 1.0).unwrap(), "old", "as the question for the name was answered");
        assert_eq!(name(&by_id, 1.7), None, "nor is it found once its name is not");
        assert_eq!(name(&by_id, 2.5).unwrap(), "new");
        assert_eq!(name(&json!({"collectionID": "8"}), 1.0), None);
    }

    #[test]
    fn a_name_that_nobody_asked_for_has_no_answer() {
        assert_eq!(name(&json!({"collection_name": "other"}), 1.0), None);
    }

    #[test]
    fn the_database_makes_no_difference() {
        let asked = json!({"collection_name": "old", "db_name": "default"});
        assert_eq!(name(&asked, -0.5).unwrap(), "old");
    }
}
