//! The objects of `--json`. The library writes its results itself; here are the events around them, in its way: fields as in
//! the structs of C, ids as texts of digits, null for what is not known.

use serde_json::{Value, json};

use crate::milvus::{Check, Failure, Progress, ServerInfo, Triggered, names, reported};
use crate::record::{Outcome, Record};
use crate::{ffi, words};

/// A number, or null where the server reports none.
fn number(number: i64) -> Value {
    reported(number).map_or(Value::Null, Value::from)
}

/// The short text of a state or the like, as one word.
fn word(text: &str) -> String {
    text.replace(' ', "_")
}

/// A job: null if there is none.
fn job(job: i64) -> Value {
    match job {
        ffi::MILVUS_NO_JOB => Value::Null,
        ffi::MILVUS_UNKNOWN_JOB => "unknown".into(),
        _ => job.to_string().into(),
    }
}

pub fn triggered(collection: &str, triggered: Triggered) -> Value {
    json!({
        "event": "triggered",
        "collection_name": collection,
        "trigger": word(names::trigger(triggered.trigger)),
        "job_id": job(triggered.job),
        "planned": number(triggered.planned),
        "unsorted_segments": number(triggered.unsorted),
    })
}

pub fn progress(collection: &str, progress: Progress) -> Value {
    let mut object = json!({
        "event": "progress",
        "collection_name": collection,
        "planned": progress.planned,
        "completed": progress.completed,
        "failed": progress.failed,
        "stalled_minutes": progress.stalled_minutes,
        "remaining_ms": Some(progress.remaining_ms).filter(|left| *left > 0),
    });
    if progress.stage != ffi::MILVUS_STAGE_NONE {
        object["stage"] = names::stage(progress.stage).into();
        object["round"] = progress.round.into();
        object["stage_done"] = progress.stage_done.into();
        object["stage_total"] = progress.stage_total.into();
    }
    object
}

pub fn failure(failure: &Failure) -> Value {
    json!({
        "status": failure.status_name(),
        "message": failure.message,
        "retriable": failure.retriable,
        "in_doubt": failure.in_doubt,
        "resolution": word(names::resolution(failure.resolution)),
    })
}

/// The database of a collection; null is the client's own.
fn database(record: &Record) -> Option<&str> {
    Some(record.target.database.as_str()).filter(|database| !database.is_empty())
}

/// How one collection ended.
pub fn record(record: &Record) -> Value {
    let outcome = match record.outcome() {
        Outcome::Done => "done",
        Outcome::NothingToDo => "nothing_to_do",
        Outcome::Skipped => "skipped",
        Outcome::InDoubt => "in_doubt",
        Outcome::GoesOn => "goes_on",
        Outcome::Unknown => "unknown",
        Outcome::Failed => "failed",
    };
    json!({
        "event": "ended",
        "collection_name": record.target.collection,
        "database": database(record),
        "outcome": outcome,
        "exit_code": record.exit_code(),
        "text": words::ended(record),
        "job_id": record.job().map(|id| id.to_string()),
        "elapsed_ms": milliseconds(record.ended.saturating_sub(record.began)),
        "report": record.report.as_ref().map(|report| &report.json),
        "optimized": record.optimized.as_ref().map(|optimized| &optimized.json),
        "failure": record.failure.as_ref().map(failure),
    })
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The dry run of a collection: its names, and what the library writes of it.
pub fn check(record: &Record, check: &Check) -> Value {
    let mut object = json!({
        "collection_name": record.target.collection,
        "database": database(record),
    });
    if let (Some(object), Value::Object(written)) = (object.as_object_mut(), &check.json) {
        object.extend(written.clone());
    }
    object
}

pub fn server_info(info: &ServerInfo, library: &str) -> Value {
    json!({
        "version": info.version,
        "deploy_mode": info.deploy_mode,
        "is_lite": info.is_lite,
        "library": library,
    })
}
