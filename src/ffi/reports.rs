//! What the core knows of a job, as structs of the header.

use std::time::Duration;

use super::convert::NOT_REPORTED;
use super::jobs::{
    milvus_compaction_report, milvus_compaction_state_info, milvus_left_out, milvus_plan_counts,
    milvus_segment_diff, milvus_verdict,
};
use crate::compaction::{Counts, LeftOut, SegmentDiff, StateInfo, WaitResult};

impl From<StateInfo> for milvus_compaction_state_info {
    fn from(info: StateInfo) -> Self {
        Self { size: size_of::<Self>(), state: info.state as i32, reserved: 0, counts: info.counts.into() }
    }
}

pub(super) fn report(job_id: i64, outcome: &WaitResult, took: Duration) -> milvus_compaction_report {
    let report = &outcome.report;
    milvus_compaction_report {
        size: size_of::<milvus_compaction_report>(),
        verdict: report.verdict as milvus_verdict,
        has_segment_diff: report.segment_diff.is_some().into(),
        job_id,
        planned: report.planned,
        counts: report.counts.into(),
        unknown_plans: report.unknown,
        elapsed_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
        polls: report.polls,
        failed_polls: report.failed_polls,
        segment_diff: report.segment_diff.map_or(milvus_segment_diff::NOT_KNOWN, milvus_segment_diff::from),
        left_out: report.left_out.as_ref().map_or(milvus_left_out::NOT_KNOWN, milvus_left_out::from),
        unsorted_segments: report.unsorted.unwrap_or(NOT_REPORTED),
        stalled_ms: i64::try_from(report.unmoved.as_millis()).unwrap_or(i64::MAX),
    }
}

impl From<Counts> for milvus_plan_counts {
    fn from(Counts { executing, completed, failed, timed_out }: Counts) -> Self {
        Self { executing, completed, failed, timed_out }
    }
}

impl milvus_segment_diff {
    pub(super) const NOT_KNOWN: Self = Self {
        segments_before: NOT_REPORTED,
        segments_after: NOT_REPORTED,
        rows_before: NOT_REPORTED,
        rows_after: NOT_REPORTED,
        rows_purged: NOT_REPORTED,
        segments_removed: NOT_REPORTED,
        segments_added: NOT_REPORTED,
        sources_remaining: NOT_REPORTED,
        targets_missing: NOT_REPORTED,
        targets_confirmed: NOT_REPORTED,
        l0_segments_before: NOT_REPORTED,
        l0_segments_after: NOT_REPORTED,
    };
}

impl From<SegmentDiff> for milvus_segment_diff {
    fn from(diff: SegmentDiff) -> Self {
        let told = |number: Option<i64>| number.unwrap_or(NOT_REPORTED);
        Self {
            segments_before: diff.segments.0,
            segments_after: diff.segments.1,
            rows_before: diff.rows.0,
            rows_after: diff.rows.1,
            rows_purged: told(diff.rows_purged),
            segments_removed: diff.removed,
            segments_added: diff.added,
            sources_remaining: told(diff.sources_remaining),
            targets_missing: told(diff.targets_missing),
            targets_confirmed: told(diff.targets_confirmed),
            l0_segments_before: told(diff.l0_segments.0),
            l0_segments_after: told(diff.l0_segments.1),
        }
    }
}

impl milvus_left_out {
    pub(super) const NOT_KNOWN: Self = Self {
        total: NOT_REPORTED,
        unsorted: NOT_REPORTED,
        l0: NOT_REPORTED,
        clustered: NOT_REPORTED,
        importing: NOT_REPORTED,
        unflushed: NOT_REPORTED,
        not_asked_for: NOT_REPORTED,
        other: NOT_REPORTED,
    };
}

impl From<&LeftOut> for milvus_left_out {
    fn from(segments: &LeftOut) -> Self {
        Self {
            total: segments.total,
            unsorted: segments.unsorted,
            l0: segments.l0,
            clustered: segments.clustered,
            importing: segments.importing,
            unflushed: segments.unflushed,
            not_asked_for: segments.not_asked_for,
            other: segments.held,
        }
    }
}
