//! Writes the structs of the header as JSON. Each struct is taken apart by all its fields, so that one that is added and
//! not written does not compile.

use super::check::{milvus_check_result, milvus_resolution_name};
use super::compaction::milvus_trigger_name;
use super::errors::{milvus_error, milvus_status_name};
use super::jobs::{
    MILVUS_VERDICT_NOTHING_TO_DO, milvus_compaction_report, milvus_left_out, milvus_plan_counts,
    milvus_segment_diff, milvus_verdict_name,
};
use super::json_text::{lasting, list, object};
use super::judgements::{milvus_judgement_name, milvus_reason_name};
use super::many::{milvus_many_result, milvus_skip_name};
use super::optimize::milvus_stage_name;
use super::optimized::{milvus_optimize_result, milvus_optimize_step, milvus_step_state_name};
use super::plans::{milvus_plan, milvus_plan_state_name, milvus_plan_type_name};
use super::segments::{milvus_segment, milvus_segment_level_name, milvus_segment_state_name};
use super::values::{MILVUS_NOT_REPORTED, MILVUS_YES};

pub(super) fn error(out: &mut String, value: &milvus_error) {
    let milvus_error {
        size: _,
        status,
        grpc_code,
        server_code,
        retriable,
        in_doubt,
        resolution,
        job_id,
        operation,
        message,
        request_id,
    } = *value;
    if status == 0 {
        out.push_str("null");
        return;
    }
    object(out, |o| {
        o.name("status", status, milvus_status_name);
        o.number("grpc_code", grpc_code.into());
        o.number("server_code", server_code.into());
        o.answer("retriable", retriable);
        o.answer("in_doubt", in_doubt);
        o.name("resolution", resolution, milvus_resolution_name);
        o.job("job_id", job_id);
        o.text("operation", lasting(operation));
        o.text("message", lasting(message));
        o.optional_text("request_id", request_id);
    });
}

fn plan_counts(out: &mut String, value: &milvus_plan_counts) {
    let milvus_plan_counts { executing, completed, failed, timed_out } = *value;
    object(out, |o| {
        o.number("executing", executing);
        o.number("completed", completed);
        o.number("failed", failed);
        o.number("timed_out", timed_out);
    });
}

fn segment_diff(out: &mut String, value: &milvus_segment_diff) {
    let milvus_segment_diff {
        segments_before,
        segments_after,
        rows_before,
        rows_after,
        rows_purged,
        segments_removed,
        segments_added,
        sources_remaining,
        targets_missing,
        targets_confirmed,
        l0_segments_before,
        l0_segments_after,
    } = *value;
    object(out, |o| {
        o.number("segments_before", segments_before);
        o.number("segments_after", segments_after);
        o.number("rows_before", rows_before);
        o.number("rows_after", rows_after);
        o.number("rows_purged", rows_purged);
        o.number("segments_removed", segments_removed);
        o.number("segments_added", segments_added);
        o.number("sources_remaining", sources_remaining);
        o.number("targets_missing", targets_missing);
        o.number("targets_confirmed", targets_confirmed);
        o.number("l0_segments_before", l0_segments_before);
        o.number("l0_segments_after", l0_segments_after);
    });
}

/// Null unless it is known.
fn left_out(out: &mut String, value: &milvus_left_out) {
    let milvus_left_out { total, unsorted, l0, clustered, importing, unflushed, not_asked_for, other } =
        *value;
    if total == MILVUS_NOT_REPORTED {
        out.push_str("null");
        return;
    }
    object(out, |o| {
        o.number("total", total);
        o.number("unsorted", unsorted);
        o.number("l0", l0);
        o.number("clustered", clustered);
        o.number("importing", importing);
        o.number("unflushed", unflushed);
        o.number("not_asked_for", not_asked_for);
        o.number("other", other);
    });
}

pub(super) fn report(out: &mut String, value: &milvus_compaction_report) {
    let milvus_compaction_report {
        size: _,
        verdict,
        has_segment_diff,
        job_id,
        planned,
        counts,
        unknown_plans,
        elapsed_ms,
        polls,
        failed_polls,
        segment_diff: diff,
        left_out: left,
        unsorted_segments,
        stalled_ms,
    } = *value;
    // In C, 0 is also a number that is not known.
    let is_planned_known = planned != 0 || verdict == MILVUS_VERDICT_NOTHING_TO_DO;
    object(out, |o| {
        o.name("verdict", verdict, milvus_verdict_name);
        o.job("job_id", job_id);
        o.number("planned", if is_planned_known { planned } else { MILVUS_NOT_REPORTED });
        plan_counts(o.field("counts"), &counts);
        o.number("unknown_plans", unknown_plans);
        o.number("elapsed_ms", elapsed_ms);
        o.unsigned("polls", polls);
        o.unsigned("failed_polls", failed_polls);
        o.optional("segment_diff", (has_segment_diff == MILVUS_YES).then_some(&diff), segment_diff);
        left_out(o.field("left_out"), &left);
        o.number("unsorted_segments", unsorted_segments);
        o.number("stalled_ms", stalled_ms);
    });
}

pub(super) fn plan(out: &mut String, value: &milvus_plan) {
    let milvus_plan {
        size: _,
        sources,
        source_count,
        target,
        targets,
        target_count,
        judgement,
        reason,
        has_details: _, // without details all that follow are null
        r#type,
        state,
        reserved: _,
        plan_id,
        job_id,
        collection_id,
        partition_id,
        channel,
        failure_reason,
    } = *value;
    object(out, |o| {
        o.ids("sources", sources, source_count);
        o.id("target", target);
        o.ids("targets", targets, target_count);
        o.name("judgement", judgement, milvus_judgement_name);
        o.name("reason", reason, milvus_reason_name);
        o.name("type", r#type, milvus_plan_type_name);
        o.name("state", state, milvus_plan_state_name);
        o.id("plan_id", plan_id);
        o.id("job_id", job_id); // of a plan, -1 is no unknown job: it is not reported
        o.id("collection_id", collection_id);
        o.id("partition_id", partition_id);
        o.optional_text("channel", channel);
        o.optional_text("failure_reason", failure_reason);
    });
}

pub(super) fn segment(out: &mut String, value: &milvus_segment) {
    let milvus_segment {
        size: _,
        id,
        collection_id,
        partition_id,
        rows,
        state,
        level,
        is_sorted,
        reserved: _,
        storage_version,
        memory,
        channel,
        compaction_from,
        compaction_from_count,
        nodes,
        node_count,
    } = *value;
    object(out, |o| {
        o.id("id", id);
        o.id("collection_id", collection_id);
        o.id("partition_id", partition_id);
        o.number("rows", rows);
        o.name("state", state, milvus_segment_state_name);
        o.name("level", level, milvus_segment_level_name);
        o.answer("is_sorted", is_sorted);
        o.number("storage_version", storage_version);
        o.number("memory", memory);
        o.optional_text("channel", channel);
        o.ids("compaction_from", compaction_from, compaction_from_count);
        o.ids("nodes", nodes, node_count);
    });
}

/// The reason is given apart: the struct may come from the application, which can have written anything there.
pub(super) fn check_result(out: &mut String, value: &milvus_check_result, reason: &str) {
    let milvus_check_result {
        size: _,
        would_compact,
        would_compact_if_free,
        may_be_busy,
        is_enabled,
        is_running,
        is_indexed,
        needs_index,
        has_clustering_key,
        has_unflushed,
        is_final,
        segments,
        rows,
        expected_segments,
        unsorted_segments,
        l0_segments,
        unindexed_rows,
        reason: _,
    } = *value;
    object(out, |o| {
        o.answer("would_compact", would_compact);
        o.answer("would_compact_if_free", would_compact_if_free);
        o.answer("may_be_busy", may_be_busy);
        o.answer("is_enabled", is_enabled);
        o.answer("is_running", is_running);
        o.answer("is_indexed", is_indexed);
        o.answer("needs_index", needs_index);
        o.answer("has_clustering_key", has_clustering_key);
        o.answer("has_unflushed", has_unflushed);
        o.answer("is_final", is_final);
        o.number("segments", segments);
        o.number("rows", rows);
        o.number("expected_segments", expected_segments);
        o.number("unsorted_segments", unsorted_segments);
        o.number("l0_segments", l0_segments);
        o.number("unindexed_rows", unindexed_rows);
        o.text("reason", reason);
    });
}

pub(super) fn many_result(out: &mut String, value: &milvus_many_result) {
    let milvus_many_result {
        size: _,
        collection_name,
        status,
        trigger,
        job_id,
        planned,
        report: told,
        error: failure,
        unsorted_segments,
        skip,
        reserved: _,
        skip_text,
        database,
    } = *value;
    // SAFETY: the library made both, or has NULL for them, and they live as long as the struct.
    let (told, failure) = unsafe { (told.as_ref(), failure.as_ref()) };
    object(out, |o| {
        o.text("collection_name", lasting(collection_name));
        o.name("status", status, milvus_status_name);
        o.name("trigger", trigger, milvus_trigger_name);
        o.job("job_id", job_id);
        o.number("planned", planned);
        o.optional("report", told, report);
        o.optional("error", failure, error);
        o.number("unsorted_segments", unsorted_segments);
        o.name("skip", skip, milvus_skip_name);
        o.optional_text("skip_text", skip_text);
        o.optional_text("database", database);
    });
}

pub(super) fn optimize_result(
    out: &mut String,
    (value, steps): &(milvus_optimize_result, Vec<milvus_optimize_step>),
) {
    let milvus_optimize_result {
        size: _,
        collection_name,
        status,
        stage,
        verdict,
        rounds,
        is_loaded,
        reserved: _,
        job_id,
        step_count: _, // the list has its length
        error: failure,
        segments_before,
        segments_after,
        rows_before,
        rows_after,
        l0_segments_before,
        l0_segments_after,
        segments_in,
        segments_out,
        rewrite_rows,
        rewrite_bytes,
        row_bytes,
        served_segments,
        left_out: left,
        new_segments,
        elapsed_ms,
    } = *value;
    // SAFETY: the library made it, and it lives as long as the struct.
    let failure = unsafe { failure.as_ref() };
    object(out, |o| {
        o.text("collection_name", lasting(collection_name));
        o.name("status", status, milvus_status_name);
        o.name("stage", stage, milvus_stage_name);
        o.name("verdict", verdict, milvus_verdict_name);
        o.number("rounds", rounds.into());
        o.answer("is_loaded", is_loaded);
        o.job("job_id", job_id);
        list(o.field("steps"), steps, |out, step| optimize_step(out, step));
        o.optional("error", failure, error);
        o.number("segments_before", segments_before);
        o.number("segments_after", segments_after);
        o.number("rows_before", rows_before);
        o.number("rows_after", rows_after);
        o.number("l0_segments_before", l0_segments_before);
        o.number("l0_segments_after", l0_segments_after);
        o.number("segments_in", segments_in);
        o.number("segments_out", segments_out);
        o.number("rewrite_rows", rewrite_rows);
        o.number("rewrite_bytes", rewrite_bytes);
        o.number("row_bytes", row_bytes);
        o.number("served_segments", served_segments);
        left_out(o.field("left_out"), &left);
        o.number("new_segments", new_segments);
        o.number("elapsed_ms", elapsed_ms);
    });
}

fn optimize_step(out: &mut String, value: &milvus_optimize_step) {
    let milvus_optimize_step { size: _, stage, state, round, is_l0, job_id, elapsed_ms, report: told, text } =
        *value;
    // SAFETY: the library made it, or has NULL for it, and it lives as long as the struct.
    let told = unsafe { told.as_ref() };
    object(out, |o| {
        o.name("stage", stage, milvus_stage_name);
        o.name("state", state, milvus_step_state_name);
        o.number("round", round.into());
        o.answer("is_l0", is_l0);
        o.job("job_id", job_id);
        o.number("elapsed_ms", elapsed_ms);
        o.optional("report", told, report);
        o.text("text", lasting(text));
    });
}
