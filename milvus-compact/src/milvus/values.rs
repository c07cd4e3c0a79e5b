//! What the library returns, as values of Rust that own their texts and lists.

use std::time::Duration;

use serde_json::Value;

use super::{ids, text, texts};
use crate::ffi;
pub use crate::ffi::{
    milvus_left_out as LeftOut, milvus_plan_counts as PlanCounts, milvus_segment_diff as SegmentDiff,
};

/// A number, if the server reports it.
#[must_use]
pub fn reported(number: i64) -> Option<i64> {
    (number != ffi::MILVUS_NOT_REPORTED).then_some(number)
}

/// A collection, and its database: "" is the client's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    pub database: String,
    pub collection: String,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.database.as_str() {
            "" => f.write_str(&self.collection),
            database => write!(f, "{database}/{}", self.collection),
        }
    }
}

#[derive(Clone, Debug)]
pub struct ServerInfo {
    pub version: String,
    pub deploy_mode: String,
    pub is_lite: bool,
}

#[derive(Clone, Debug)]
pub struct Segment {
    pub id: i64,
    pub partition: i64,
    pub rows: i64,
    pub state: i32,
    pub level: i32,
    pub is_sorted: i32,
    pub channel: Option<String>,
    /// The same as the library writes it, here and below.
    pub json: Value,
}

impl Segment {
    pub(super) fn read(segment: &ffi::milvus_segment, json: Value) -> Self {
        Self {
            id: segment.id,
            partition: segment.partition_id,
            rows: segment.rows,
            state: segment.state,
            level: segment.level,
            is_sorted: segment.is_sorted,
            channel: (!segment.channel.is_null()).then(|| text(segment.channel)),
            json,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub sources: Vec<i64>,
    pub targets: Vec<i64>,
    pub judgement: i32,
    pub reason: i32,
    pub details: Option<PlanDetails>,
    pub failure_reason: String,
    pub json: Value,
}

/// What only newer servers tell of a plan.
#[derive(Clone, Debug)]
pub struct PlanDetails {
    pub kind: i32,
    pub state: i32,
}

impl Plan {
    pub(super) fn read(plan: &ffi::milvus_plan, json: Value) -> Self {
        let mut targets = ids(plan.targets, plan.target_count);
        if targets.is_empty() && plan.target != ffi::MILVUS_NO_SEGMENT {
            targets.push(plan.target);
        }
        let details = (plan.has_details == ffi::MILVUS_YES)
            .then_some(PlanDetails { kind: plan.r#type, state: plan.state });
        Self {
            sources: ids(plan.sources, plan.source_count),
            targets,
            judgement: plan.judgement,
            reason: plan.reason,
            details,
            failure_reason: text(plan.failure_reason),
            json,
        }
    }
}

/// What a trigger would do.
#[derive(Clone, Debug)]
pub struct Check {
    pub would_compact: i32,
    pub is_running: i32,
    pub is_final: i32,
    pub segments: i64,
    pub rows: i64,
    pub expected_segments: i64,
    pub unsorted: i64,
    pub l0: i64,
    pub reason: String,
    pub json: Value,
}

impl Check {
    pub(super) fn read(result: &ffi::milvus_check_result) -> Self {
        Self {
            would_compact: result.would_compact,
            is_running: result.is_running,
            is_final: result.is_final,
            segments: result.segments,
            rows: result.rows,
            expected_segments: result.expected_segments,
            unsorted: result.unsorted_segments,
            l0: result.l0_segments,
            reason: text(result.reason.as_ptr()),
            // SAFETY: the struct is valid, and the buffer has the capacity that is said.
            json: texts::json(|buffer, capacity, length| unsafe {
                ffi::milvus_check_result_json(result, buffer, capacity, length)
            }),
        }
    }
}

/// The server's answer to a trigger.
#[derive(Clone, Copy, Debug)]
pub struct Triggered {
    pub trigger: i32,
    pub job: i64,
    pub planned: i64,
    pub unsorted: i64,
}

/// What a wait found out about a job.
#[derive(Clone)]
pub struct Report {
    pub verdict: i32,
    pub job: i64,
    pub planned: i64,
    pub counts: PlanCounts,
    pub diff: Option<SegmentDiff>,
    pub left_out: LeftOut,
    pub json: Value,
}

impl Report {
    pub(super) fn read(report: &ffi::milvus_compaction_report) -> Self {
        Self {
            verdict: report.verdict,
            job: report.job_id,
            planned: report.planned,
            counts: report.counts,
            diff: (report.has_segment_diff == ffi::MILVUS_YES).then_some(report.segment_diff),
            left_out: report.left_out,
            // SAFETY: as above.
            json: texts::json(|buffer, capacity, length| unsafe {
                ffi::milvus_compaction_report_json(report, buffer, capacity, length)
            }),
        }
    }
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    pub planned: i64,
    pub completed: i64,
    pub failed: i64,
    pub stage: i32,
    pub round: i32,
    pub stage_done: i64,
    pub stage_total: i64,
    /// Whole minutes for which nothing has changed.
    pub stalled_minutes: i64,
    /// A guess of how long it still takes; 0 where nobody can tell.
    pub remaining_ms: i64,
}

impl Progress {
    pub(super) fn read(progress: &ffi::milvus_progress) -> Self {
        Self {
            planned: progress.planned,
            completed: progress.completed,
            failed: progress.failed,
            stage: progress.stage,
            round: progress.round,
            stage_done: progress.stage_done,
            stage_total: progress.stage_total,
            stalled_minutes: progress.stalled_ms / 60_000,
            remaining_ms: progress.remaining_ms,
        }
    }

    /// The same some time later, if nothing else has changed.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        let passed = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Self { remaining_ms: self.remaining_ms.saturating_sub(passed).max(0), ..self }
    }

    /// Whether something else has changed than the time that is left, which always does.
    #[must_use]
    pub fn is_news_after(self, before: Self) -> bool {
        Self { remaining_ms: before.remaining_ms, ..self } != before
    }
}

/// The result of optimizing one collection.
#[derive(Clone)]
pub struct Optimized {
    pub verdict: i32,
    pub rounds: i32,
    pub job: i64,
    pub segments_before: i64,
    pub segments_after: i64,
    pub rows_before: i64,
    pub rows_after: i64,
    pub segments_in: i64,
    pub segments_out: i64,
    pub rewrite_rows: i64,
    pub rewrite_bytes: i64,
    /// The job of each step, or `MILVUS_NO_JOB`.
    pub jobs: Vec<i64>,
    pub json: Value,
}

/// What a survey found out about a collection.
#[derive(Clone, Debug)]
pub struct Surveyed {
    pub failure: Option<super::Failure>,
    pub check: Option<Check>,
    pub stored_segments: i64,
    pub stored_rows: i64,
    pub small_segments: i64,
    pub unsorted_segments: i64,
    pub l0_segments: i64,
    pub deleted_rows: i64,
    pub merged_segments: i64,
    pub rewrite_bytes: i64,
    pub fragmentation: f64,
    pub json: Value,
}

impl Surveyed {
    /// The percentage of the stored rows that is deleted, where that is known.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // of more rows than a double has digits for, the first digits are enough
    pub fn deleted_percent(&self) -> Option<f64> {
        let (deleted, stored) = (reported(self.deleted_rows)?, reported(self.stored_rows)?);
        (stored > 0).then(|| deleted as f64 * 100.0 / stored as f64)
    }
}
