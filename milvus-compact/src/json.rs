//! The objects that `--json` writes, made from the values of the library, in the way of the library's own JSON: fields as in
//! the structs of C, ids as texts of digits, null for what is not known. The one place for it.

use serde_json::{Map, Value, json};

use crate::milvus::{
    Check, Failure, LeftOut, Optimized, Plan, Progress, Report, Segment, SegmentDiff, ServerInfo, Surveyed,
    Triggered, names, reported,
};
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

/// Ids are above what readers that have only doubles keep.
fn ids(ids: &[i64]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// Yes, no, or null where that is not known.
fn answer(answer: i32) -> Value {
    match answer {
        ffi::MILVUS_YES => true.into(),
        ffi::MILVUS_NO => false.into(),
        _ => Value::Null,
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
        "report": record.report.as_ref().map(report),
        "optimized": record.optimized.as_ref().map(optimized),
        "failure": record.failure.as_ref().map(failure),
    })
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

pub fn report(report: &Report) -> Value {
    json!({
        "verdict": word(names::verdict(report.verdict)),
        "job_id": job(report.job),
        "planned": report.planned,
        "counts": {
            "executing": report.counts.executing,
            "completed": report.counts.completed,
            "failed": report.counts.failed,
            "timed_out": report.counts.timed_out,
        },
        "unknown_plans": report.unknown_plans,
        "elapsed_ms": report.elapsed_ms,
        "segment_diff": report.diff.as_ref().map(diff),
        "left_out": left_out(&report.left_out),
        "unsorted_segments": number(report.unsorted),
    })
}

macro_rules! numbers {
    ($value:expr, $($field:ident)*) => {
        Value::Object(Map::from_iter([$((stringify!($field).to_owned(), number($value.$field))),*]))
    };
}

fn diff(diff: &SegmentDiff) -> Value {
    numbers!(diff, segments_before segments_after rows_before rows_after rows_purged segments_removed segments_added
        sources_remaining targets_missing targets_confirmed l0_segments_before l0_segments_after)
}

fn left_out(left: &LeftOut) -> Value {
    match reported(left.total) {
        None => Value::Null,
        Some(_) => numbers!(left, total unsorted l0 clustered importing unflushed not_asked_for other),
    }
}

pub fn optimized(optimized: &Optimized) -> Value {
    let mut object = numbers!(optimized, segments_before segments_after rows_before rows_after segments_in segments_out
        rewrite_rows rewrite_bytes left_out elapsed_ms);
    object["stage"] = names::stage(optimized.stage).into();
    object["verdict"] = word(names::verdict(optimized.verdict)).into();
    object["rounds"] = optimized.rounds.into();
    let steps = optimized.steps.iter().map(|step| {
        json!({
            "stage": names::stage(step.stage),
            "state": names::step_state(step.state),
            "round": step.round,
            "job_id": job(step.job),
            "text": step.text,
        })
    });
    object["steps"] = steps.collect();
    object
}

pub fn check(record: &Record, check: &Check) -> Value {
    json!({
        "collection_name": record.target.collection,
        "database": database(record),
        "would_compact": answer(check.would_compact),
        "may_be_busy": answer(check.may_be_busy),
        "is_enabled": answer(check.is_enabled),
        "is_running": answer(check.is_running),
        "has_unflushed": answer(check.has_unflushed),
        "has_clustering_key": answer(check.has_clustering_key),
        "is_final": answer(check.is_final),
        "segments": number(check.segments),
        "rows": number(check.rows),
        "expected_segments": number(check.expected_segments),
        "unsorted_segments": number(check.unsorted),
        "l0_segments": number(check.l0),
        "reason": check.reason,
    })
}

pub fn survey(record: &Record, survey: &Surveyed) -> Value {
    let mut object = numbers!(survey, stored_segments stored_rows stored_bytes small_segments unsorted_segments
        l0_segments deleted_rows merged_segments merged_into rewrite_rows rewrite_bytes row_bytes segment_bytes);
    object["collection_name"] = record.target.collection.clone().into();
    object["database"] = database(record).into();
    object["fragmentation"] =
        if survey.fragmentation < 0.0 { Value::Null } else { survey.fragmentation.into() };
    object["check"] = survey.check.as_ref().map(|found| check(record, found)).into();
    object
}

pub fn segment(segment: &Segment) -> Value {
    json!({
        "id": segment.id.to_string(),
        "partition_id": segment.partition.to_string(),
        "rows": segment.rows,
        "state": word(names::segment_state(segment.state)),
        "level": (segment.level >= 0).then(|| word(names::segment_level(segment.level))),
        "is_sorted": answer(segment.is_sorted),
        "channel": segment.channel,
        "compaction_from": ids(&segment.made_of),
        "nodes": ids(&segment.nodes),
    })
}

pub fn plan(plan: &Plan) -> Value {
    let mut object = json!({
        "sources": ids(&plan.sources),
        "targets": ids(&plan.targets),
        "judgement": word(names::judgement(plan.judgement)),
        "reason": word(names::reason(plan.reason)),
        "failure_reason": plan.failure_reason,
    });
    if let Some(details) = &plan.details {
        object["type"] = word(names::plan_type(details.kind)).into();
        object["state"] = word(names::plan_state(details.state)).into();
        object["plan_id"] = details.id.to_string().into();
        object["job_id"] = job(details.job);
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
