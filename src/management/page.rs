//! Parses the page of compaction tasks. It bounds texts and makes them printable; the caller judges them.

use serde_json::{Map, Value};

use crate::error::{Error, Status};
use crate::text::{one_line, shortened};

/// Servers keep 512 tasks.
const MOST_OBJECTS: usize = 20_000;
/// A parsed value takes several times the memory of the two bytes that it may have on the page.
const MOST_VALUES: usize = 500_000;
/// The longest reason in bytes, and the longest other text.
const REASON_LIMIT: usize = 400;
const WORD_LIMIT: usize = 64;

/// The state of a plan, as the management port names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManagedState {
    /// Not over: it waits for a worker, runs, or its results are about to be stored.
    Executing,
    Completed,
    Failed,
    Timeout,
    /// Over and cleaned up, whether it failed or completed.
    Cleaned,
    /// No state, or one that this client does not know.
    Other,
}

/// A plan as the management port describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManagedTask {
    pub(crate) plan_id: i64,
    /// For example `MixCompaction`.
    pub(crate) kind: String,
    pub(crate) state: ManagedState,
    /// Why it failed; empty for most that did.
    pub(crate) reason: String,
    pub(crate) sources: Vec<i64>,
    /// Empty if the plan failed, and if no row was left.
    pub(crate) targets: Vec<i64>,
}

/// The tasks of one collection on a page.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) tasks: Vec<ManagedTask>,
    /// Tasks of other collections.
    pub(super) of_others: usize,
    /// Entries that make no sense.
    pub(super) malformed: usize,
}

/// Parses a page. `hide` removes secrets from text.
pub(super) fn read(body: &[u8], collection_id: i64, hide: &dyn Fn(&str) -> String) -> Result<Read, Error> {
    let wrong = |why: &str| Error::new(Status::ServerError, format!("the page {why}"));
    if !is_small_in_memory(body) {
        return Err(wrong("has more parts than one of compaction tasks can have"));
    }
    let page: Value = serde_json::from_slice(body).map_err(|_| wrong(why_no_json(body)))?;
    let entries = list_in(&page).ok_or_else(|| wrong("is JSON, but no list of tasks"))?;
    let mut read = Read::default();
    for entry in entries {
        match entry.as_object().and_then(|entry| Some((id_in(entry.get("collection_id")?)?, entry))) {
            None => read.malformed += 1,
            Some((id, _)) if id != collection_id => read.of_others += 1,
            Some((_, entry)) => match task_in(entry, hide) {
                Some(task) => read.tasks.push(task),
                None => read.malformed += 1,
            },
        }
    }
    Ok(read)
}

/// Whether the page has at most as many values as a server's page. Separators inside texts count too, which only makes
/// the check stricter.
fn is_small_in_memory(body: &[u8]) -> bool {
    let (mut objects, mut values) = (0, 0);
    for byte in body {
        match byte {
            b'{' => objects += 1,
            b',' | b'[' => values += 1,
            _ => {}
        }
    }
    objects <= MOST_OBJECTS && values <= MOST_VALUES
}

fn why_no_json(body: &[u8]) -> &'static str {
    match body.trim_ascii_start().first() {
        None => "is empty",
        Some(b'<') => "is a web page, not JSON; is it Milvus' management port (9091)?",
        Some(_) => "is not JSON",
    }
}

/// The list of tasks: the page itself, the one list in it, or nothing, as Go encodes a nil list.
fn list_in(page: &Value) -> Option<&[Value]> {
    match page {
        Value::Null => Some(&[]),
        Value::Array(entries) => Some(entries),
        Value::Object(fields) => {
            let mut lists = fields.values().filter_map(Value::as_array);
            lists.next().filter(|_| lists.next().is_none()).map(Vec::as_slice)
        }
        _ => None,
    }
}

fn task_in(entry: &Map<String, Value>, hide: &dyn Fn(&str) -> String) -> Option<ManagedTask> {
    let text = |key: &str, limit: usize| match entry.get(key) {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(shortened(&one_line(&hide(text)), limit)),
        Some(_) => None,
    };
    Some(ManagedTask {
        plan_id: id_in(entry.get("plan_id")?).filter(|id| *id > 0)?,
        kind: text("type", WORD_LIMIT)?,
        state: state_of(&text("state", WORD_LIMIT)?),
        reason: text("fail_reason", REASON_LIMIT)?,
        sources: ids_in(entry.get("input_segments"))?,
        targets: ids_in(entry.get("result_segments"))?,
    })
}

fn state_of(text: &str) -> ManagedState {
    match text.to_ascii_lowercase().as_str() {
        "pipelining" | "executing" | "analyzing" | "indexing" | "statistic" | "meta_saved" => {
            ManagedState::Executing
        }
        "completed" => ManagedState::Completed,
        "failed" => ManagedState::Failed,
        "timeout" => ManagedState::Timeout,
        "cleaned" => ManagedState::Cleaned,
        _ => ManagedState::Other,
    }
}

/// Ids come as text. A number that does not fit 64 bits is rejected, not rounded.
fn id_in(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    }
}

fn ids_in(value: Option<&Value>) -> Option<Vec<i64>> {
    match value {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(ids)) => ids.iter().map(id_in).collect(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(page: &str) -> Vec<ManagedTask> {
        read(page.as_bytes(), 7, &str::to_owned).unwrap().tasks
    }

    fn counts(page: &str) -> (usize, usize, usize) {
        let read = read(page.as_bytes(), 7, &str::to_owned).unwrap();
        (read.tasks.len(), read.of_others, read.malformed)
    }

    #[test]
    fn a_lists_form_does_not_matter() {
        let task = r#"{"plan_id":"3","collection_id":"7"}"#;
        for page in [
            format!("[{task}]"),
            format!(r#"{{"tasks":[{task}],"total":1}}"#),
            r#"[{"plan_id":3,"collection_id":7,"new":{"x":[]},"type":null,"input_segments":null}]"#
                .to_owned(),
        ] {
            let tasks = tasks(&page);
            assert_eq!(
                (tasks.len(), tasks[0].plan_id, tasks[0].state),
                (1, 3, ManagedState::Other),
                "{page}"
            );
            assert!(tasks[0].kind.is_empty() && tasks[0].sources.is_empty(), "{page}");
        }
        assert_eq!(counts("[]"), (0, 0, 0));
        assert_eq!(counts("null"), (0, 0, 0));
    }

    #[test]
    fn an_entry_that_makes_no_sense_is_dropped_and_the_others_stay() {
        for entry in [
            "1",
            "null",
            "[]",
            "{}",
            r#"{"plan_id":"3"}"#,
            r#"{"collection_id":"7"}"#,
            r#"{"plan_id":"x","collection_id":"7"}"#,
            r#"{"plan_id":"0","collection_id":"7"}"#,
            r#"{"plan_id":"-3","collection_id":"7"}"#,
            r#"{"plan_id":"3","collection_id":"7.0"}"#,
            r#"{"plan_id":3.5,"collection_id":7}"#,
            r#"{"plan_id":99999999999999999999,"collection_id":7}"#,
            r#"{"plan_id":"99999999999999999999","collection_id":"7"}"#,
            r#"{"plan_id":"3","collection_id":"7","state":5}"#,
            r#"{"plan_id":"3","collection_id":"7","fail_reason":{}}"#,
            r#"{"plan_id":"3","collection_id":"7","input_segments":"1"}"#,
            r#"{"plan_id":"3","collection_id":"7","result_segments":["1",true]}"#,
        ] {
            let page = format!(
                r#"[{entry},{{"plan_id":"4","collection_id":"7"}},{{"plan_id":"5","collection_id":"8"}}]"#
            );
            assert_eq!(counts(&page), (1, 1, 1), "{entry}");
            assert_eq!(tasks(&page)[0].plan_id, 4);
        }
    }

    #[test]
    fn every_state_of_the_server_has_its_meaning() {
        for (text, state) in [
            ("pipelining", ManagedState::Executing),
            ("executing", ManagedState::Executing),
            ("meta_saved", ManagedState::Executing),
            ("completed", ManagedState::Completed),
            ("failed", ManagedState::Failed),
            ("timeout", ManagedState::Timeout),
            ("cleaned", ManagedState::Cleaned),
            ("Cleaned", ManagedState::Cleaned),
            ("unknown", ManagedState::Other),
            ("completed!", ManagedState::Other),
        ] {
            let page = format!(r#"[{{"plan_id":"3","collection_id":"7","state":"{text}"}}]"#);
            assert_eq!(tasks(&page)[0].state, state, "{text}");
        }
    }

    #[test]
    fn texts_are_short_lines() {
        let long = "x".repeat(5_000);
        let page = format!(
            r#"[{{"plan_id":"3","collection_id":"7","fail_reason":"a\nb\u001b[31m {long}","type":"{long}",
                "start_time":"{long}","end_time":"{long}"}}]"#
        );
        let task = &tasks(&page)[0];
        assert!(task.reason.starts_with("a b [31m x") && task.reason.len() <= REASON_LIMIT, "{task:?}");
        assert!(task.kind.len() <= WORD_LIMIT);
    }

    #[test]
    fn a_page_that_is_no_list_of_tasks_is_refused_with_its_reason() {
        let deep = "[".repeat(10_000);
        let objects = format!("[{}]", vec!["{}"; MOST_OBJECTS + 1].join(","));
        let values = format!("[{}]", vec!["0"; MOST_VALUES + 1].join(","));
        for (page, why) in [
            ("", "is empty"),
            (" \n<!DOCTYPE html><html></html>", "is a web page, not JSON"),
            ("OK", "is not JSON"),
            ("[", "is not JSON"),
            ("[]]", "is not JSON"),
            (&deep, "is not JSON"),
            ("{}", "no list of tasks"),
            (r#"{"message":"service not ready"}"#, "no list of tasks"),
            (r#"{"a":[],"b":[]}"#, "no list of tasks"),
            ("7", "no list of tasks"),
            (&objects, "more parts"),
            (&values, "more parts"),
        ] {
            let error = read(page.as_bytes(), 7, &str::to_owned).unwrap_err();
            assert_eq!(error.status, Status::ServerError);
            assert!(error.message().contains(why), "{error}");
        }
    }
}
