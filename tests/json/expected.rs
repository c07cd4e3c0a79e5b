//! What the JSON of each struct has to say, written in another way than the library writes it.

use std::ffi::{CStr, c_char};

use milvus_client::ffi::catalog::{milvus_collection_info, milvus_database_info};
use milvus_client::ffi::check::{milvus_check_result, milvus_resolution_name};
use milvus_client::ffi::compaction::milvus_trigger_name;
use milvus_client::ffi::errors::{milvus_error, milvus_status_name};
use milvus_client::ffi::jobs::{
    milvus_compaction_report, milvus_left_out, milvus_segment_diff, milvus_verdict_name,
};
use milvus_client::ffi::judgements::{milvus_judgement_name, milvus_reason_name};
use milvus_client::ffi::many::{milvus_many_result, milvus_skip_name};
use milvus_client::ffi::optimize::milvus_stage_name;
use milvus_client::ffi::optimized::{milvus_optimize_result, milvus_optimize_step, milvus_step_state_name};
use milvus_client::ffi::plans::{milvus_plan, milvus_plan_state_name, milvus_plan_type_name};
use milvus_client::ffi::segments::{milvus_segment, milvus_segment_level_name, milvus_segment_state_name};
use milvus_client::ffi::survey::milvus_survey_result;
use serde_json::{Value, json};

use crate::call::{numbers, string};

fn name(of: extern "C" fn(i32) -> *const c_char, number: i32) -> Value {
    // SAFETY: a static text.
    let text = unsafe { CStr::from_ptr(of(number)) }.to_str().unwrap().to_owned();
    assert!(!text.starts_with("unknown ") && text != "MILVUS_UNKNOWN_STATUS", "{text} {number}");
    json!(text.replace(' ', "_"))
}

/// Of a field that may not be reported.
fn optional_name(of: extern "C" fn(i32) -> *const c_char, number: i32) -> Value {
    if number == -1 { Value::Null } else { name(of, number) }
}

fn number(number: i64) -> Value {
    if number == -1 { Value::Null } else { json!(number) }
}

fn id(id: i64) -> Value {
    if id == -1 || id == 0 { Value::Null } else { json!(id.to_string()) }
}

fn job(job_id: i64) -> Value {
    match job_id {
        0 => Value::Null,
        -1 => json!("unknown"),
        _ => json!(job_id.to_string()),
    }
}

fn ids(first: *const i64, count: usize) -> Value {
    json!(numbers(first, count).iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn answer(answer: i32) -> Value {
    match answer {
        -1 => Value::Null,
        _ => json!(answer == 1),
    }
}

fn filled(text: *const c_char) -> Value {
    string(text).filter(|text| !text.is_empty()).map_or(Value::Null, Value::String)
}

pub(crate) fn error(e: *const milvus_error) -> Value {
    // SAFETY: of the library, and it lives.
    let e = unsafe { *e };
    if e.status == 0 {
        return Value::Null;
    }
    json!({
        "status": name(milvus_status_name, e.status),
        "grpc_code": e.grpc_code,
        "server_code": e.server_code,
        "retriable": e.retriable == 1,
        "in_doubt": e.in_doubt == 1,
        "resolution": name(milvus_resolution_name, e.resolution),
        "job_id": job(e.job_id),
        "operation": string(e.operation).unwrap(),
        "message": string(e.message).unwrap(),
        "request_id": filled(e.request_id),
    })
}

fn left_out(l: &milvus_left_out) -> Value {
    if l.total == -1 {
        return Value::Null;
    }
    json!({
        "total": l.total, "unsorted": l.unsorted, "l0": l.l0, "clustered": l.clustered, "importing": l.importing,
        "unflushed": l.unflushed, "not_asked_for": l.not_asked_for, "other": l.other,
    })
}

fn segment_diff(d: &milvus_segment_diff) -> Value {
    json!({
        "segments_before": number(d.segments_before), "segments_after": number(d.segments_after),
        "rows_before": number(d.rows_before), "rows_after": number(d.rows_after),
        "rows_purged": number(d.rows_purged), "segments_removed": number(d.segments_removed),
        "segments_added": number(d.segments_added), "sources_remaining": number(d.sources_remaining),
        "targets_missing": number(d.targets_missing), "targets_confirmed": number(d.targets_confirmed),
        "l0_segments_before": number(d.l0_segments_before), "l0_segments_after": number(d.l0_segments_after),
    })
}

pub(crate) fn report(r: &milvus_compaction_report) -> Value {
    let is_planned_known = r.planned > 0 || name(milvus_verdict_name, r.verdict) == "nothing_to_do";
    let (c, diff) = (&r.counts, &r.segment_diff);
    json!({
        "verdict": name(milvus_verdict_name, r.verdict),
        "job_id": job(r.job_id),
        "planned": is_planned_known.then_some(r.planned),
        "counts": {
            "executing": c.executing, "completed": c.completed, "failed": c.failed, "timed_out": c.timed_out,
        },
        "unknown_plans": r.unknown_plans,
        "elapsed_ms": r.elapsed_ms,
        "polls": r.polls,
        "failed_polls": r.failed_polls,
        "segment_diff": (r.has_segment_diff == 1).then(|| segment_diff(diff)),
        "left_out": left_out(&r.left_out),
        "unsorted_segments": number(r.unsorted_segments),
        "stalled_ms": r.stalled_ms,
    })
}

pub(crate) fn plan(p: &milvus_plan) -> Value {
    let detail = |value: Value| if p.has_details == 1 { value } else { Value::Null };
    json!({
        "sources": ids(p.sources, p.source_count),
        "target": id(p.target),
        "targets": ids(p.targets, p.target_count),
        "judgement": name(milvus_judgement_name, p.judgement),
        "reason": name(milvus_reason_name, p.reason),
        "type": optional_name(milvus_plan_type_name, p.r#type),
        "state": optional_name(milvus_plan_state_name, p.state),
        "plan_id": detail(id(p.plan_id)),
        "job_id": detail(id(p.job_id)),
        "collection_id": detail(id(p.collection_id)),
        "partition_id": detail(id(p.partition_id)),
        "channel": detail(filled(p.channel)),
        "failure_reason": filled(p.failure_reason),
    })
}

pub(crate) fn segment(s: &milvus_segment) -> Value {
    json!({
        "id": s.id.to_string(),
        "collection_id": s.collection_id.to_string(),
        "partition_id": id(s.partition_id),
        "rows": number(s.rows),
        "state": name(milvus_segment_state_name, s.state),
        "level": optional_name(milvus_segment_level_name, s.level),
        "is_sorted": answer(s.is_sorted),
        "storage_version": number(s.storage_version),
        "memory": number(s.memory),
        "channel": filled(s.channel),
        "compaction_from": ids(s.compaction_from, s.compaction_from_count),
        "nodes": ids(s.nodes, s.node_count),
    })
}

pub(crate) fn check_result(c: &milvus_check_result) -> Value {
    json!({
        "would_compact": answer(c.would_compact),
        "would_compact_if_free": answer(c.would_compact_if_free),
        "may_be_busy": answer(c.may_be_busy),
        "is_enabled": answer(c.is_enabled),
        "is_running": answer(c.is_running),
        "is_indexed": answer(c.is_indexed),
        "needs_index": answer(c.needs_index),
        "has_clustering_key": answer(c.has_clustering_key),
        "has_unflushed": answer(c.has_unflushed),
        "is_final": answer(c.is_final),
        "segments": number(c.segments),
        "rows": number(c.rows),
        "expected_segments": number(c.expected_segments),
        "unsorted_segments": number(c.unsorted_segments),
        "l0_segments": number(c.l0_segments),
        "unindexed_rows": number(c.unindexed_rows),
        "reason": string(c.reason.as_ptr()).unwrap(),
    })
}

fn names(text: *const c_char) -> Vec<String> {
    string(text).unwrap().split(',').filter(|alias| !alias.is_empty()).map(str::to_owned).collect()
}

pub(crate) fn collection_info(c: &milvus_collection_info) -> Value {
    json!({
        "collection_name": string(c.collection_name).unwrap(),
        "database": filled(c.database),
        "aliases": names(c.aliases),
        "id": id(c.id),
        "rows": number(c.rows),
        "is_loaded": answer(c.is_loaded),
        "has_clustering_key": answer(c.has_clustering_key),
        "status": name(milvus_status_name, c.status),
        "error": error(c.error),
    })
}

pub(crate) fn database_info(d: &milvus_database_info) -> Value {
    json!({ "database": string(d.database).unwrap(), "id": id(d.id) })
}

pub(crate) fn survey_result(s: &milvus_survey_result) -> Value {
    // SAFETY: NULL, or of the library, and it lives.
    let check = unsafe { s.check.as_ref() };
    let positive = |size: i64| if size == 0 { Value::Null } else { number(size) };
    json!({
        "collection_name": filled(s.collection_name),
        "database": filled(s.database),
        "status": name(milvus_status_name, s.status),
        "error": error(s.error),
        "check": check.map(check_result),
        "stored_segments": number(s.stored_segments),
        "stored_rows": number(s.stored_rows),
        "stored_bytes": number(s.stored_bytes),
        "small_segments": number(s.small_segments),
        "unsorted_segments": number(s.unsorted_segments),
        "l0_segments": number(s.l0_segments),
        "deleted_rows": number(s.deleted_rows),
        "merged_segments": number(s.merged_segments),
        "merged_into": number(s.merged_into),
        "rewrite_rows": number(s.rewrite_rows),
        "rewrite_bytes": number(s.rewrite_bytes),
        "row_bytes": positive(s.row_bytes),
        "segment_bytes": positive(s.segment_bytes),
        "fragmentation": (s.fragmentation >= 0.0).then_some(s.fragmentation),
    })
}

pub(crate) fn many_result(m: &milvus_many_result) -> Value {
    // SAFETY: NULL, or of the library, and it lives.
    let told = unsafe { m.report.as_ref() };
    json!({
        "collection_name": string(m.collection_name).unwrap(),
        "status": name(milvus_status_name, m.status),
        "trigger": name(milvus_trigger_name, m.trigger),
        "job_id": job(m.job_id),
        "planned": number(m.planned),
        "report": told.map(report),
        "error": error(m.error),
        "unsorted_segments": number(m.unsorted_segments),
        "skip": name(milvus_skip_name, m.skip),
        "skip_text": filled(m.skip_text),
        "database": filled(m.database),
    })
}

pub(crate) fn optimize_result((o, steps): &(milvus_optimize_result, Vec<milvus_optimize_step>)) -> Value {
    let mut value = json!({
        "collection_name": string(o.collection_name).unwrap(),
        "status": name(milvus_status_name, o.status),
        "stage": name(milvus_stage_name, o.stage),
        "verdict": name(milvus_verdict_name, o.verdict),
        "rounds": o.rounds,
        "is_loaded": answer(o.is_loaded),
        "job_id": job(o.job_id),
        "steps": steps.iter().map(step).collect::<Vec<_>>(),
        "error": error(o.error),
        "left_out": left_out(&o.left_out),
        "elapsed_ms": o.elapsed_ms,
    });
    for (name, figure) in [
        ("segments_before", o.segments_before),
        ("segments_after", o.segments_after),
        ("rows_before", o.rows_before),
        ("rows_after", o.rows_after),
        ("l0_segments_before", o.l0_segments_before),
        ("l0_segments_after", o.l0_segments_after),
        ("segments_in", o.segments_in),
        ("segments_out", o.segments_out),
        ("rewrite_rows", o.rewrite_rows),
        ("rewrite_bytes", o.rewrite_bytes),
        ("row_bytes", o.row_bytes),
        ("served_segments", o.served_segments),
        ("new_segments", o.new_segments),
    ] {
        value[name] = number(figure);
    }
    value
}

fn step(s: &milvus_optimize_step) -> Value {
    // SAFETY: NULL, or of the library, and it lives.
    let told = unsafe { s.report.as_ref() };
    json!({
        "stage": name(milvus_stage_name, s.stage),
        "state": name(milvus_step_state_name, s.state),
        "round": s.round,
        "is_l0": s.is_l0 == 1,
        "job_id": job(s.job_id),
        "elapsed_ms": s.elapsed_ms,
        "report": told.map(report),
        "text": string(s.text).unwrap(),
    })
}
