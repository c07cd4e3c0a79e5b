//! What include/milvus_client.h declares, for the command: constants, structs and functions.
//!
//! Generated from include/milvus_client.h by "make bindings"; do not edit.

use std::ffi::{c_char, c_void};
use std::ptr::null;

pub const MILVUS_VERSION_MAJOR: i32 = 0;
pub const MILVUS_VERSION_MINOR: i32 = 1;
pub const MILVUS_VERSION_PATCH: i32 = 0;
pub const MILVUS_ABI_VERSION: u32 = 1;
pub const MILVUS_NO_TIMEOUT: i64 = -1;
pub const MILVUS_NOT_REPORTED: i64 = -1;
pub const MILVUS_NOT_KNOWN: i32 = -1;
pub const MILVUS_NO: i32 = 0;
pub const MILVUS_YES: i32 = 1;
pub const MILVUS_NO_JOB: i64 = 0;
pub const MILVUS_UNKNOWN_JOB: i64 = -1;
pub const MILVUS_NO_SEGMENT: i64 = -1;
pub const MILVUS_OK: i32 = 0;
pub const MILVUS_INVALID_ARGUMENT: i32 = 1;
pub const MILVUS_INVALID_HANDLE: i32 = 2;
pub const MILVUS_CLOSED: i32 = 3;
pub const MILVUS_FORKED: i32 = 4;
pub const MILVUS_PENDING: i32 = 5;
pub const MILVUS_UNAVAILABLE: i32 = 10;
pub const MILVUS_TLS_FAILED: i32 = 11;
pub const MILVUS_TIMEOUT: i32 = 12;
pub const MILVUS_CANCELLED: i32 = 13;
pub const MILVUS_UNAUTHENTICATED: i32 = 20;
pub const MILVUS_PERMISSION_DENIED: i32 = 21;
pub const MILVUS_COLLECTION_NOT_FOUND: i32 = 22;
pub const MILVUS_DATABASE_NOT_FOUND: i32 = 23;
pub const MILVUS_RATE_LIMITED: i32 = 24;
pub const MILVUS_NOT_READY: i32 = 25;
pub const MILVUS_COMPACTION_DISABLED: i32 = 26;
pub const MILVUS_UNSUPPORTED: i32 = 27;
pub const MILVUS_SERVER_ERROR: i32 = 28;
pub const MILVUS_PARTITION_NOT_FOUND: i32 = 29;
pub const MILVUS_COMPACTION_FAILED: i32 = 40;
pub const MILVUS_OUTCOME_UNKNOWN: i32 = 41;
pub const MILVUS_SOME_FAILED: i32 = 42;
pub const MILVUS_BUSY: i32 = 43;
pub const MILVUS_STALLED: i32 = 44;
pub const MILVUS_OUT_OF_BOUNDS: i32 = 45;
pub const MILVUS_INCOMPLETE: i32 = 46;
pub const MILVUS_NOT_SERVED: i32 = 47;
pub const MILVUS_INTERNAL: i32 = 50;
pub const MILVUS_OUT_OF_MEMORY: i32 = 51;
pub type milvus_status = i32;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_error {
    pub size: usize,
    pub status: milvus_status,
    pub grpc_code: i32,
    pub server_code: i32,
    pub retriable: i32,
    pub in_doubt: i32,
    pub resolution: i32,
    pub job_id: i64,
    pub operation: *const c_char,
    pub message: *const c_char,
    pub request_id: *const c_char,
}
impl milvus_error {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        status: 0,
        grpc_code: 0,
        server_code: 0,
        retriable: 0,
        in_doubt: 0,
        resolution: 0,
        job_id: 0,
        operation: null(),
        message: null(),
        request_id: null(),
    };
}
pub const MILVUS_OPTION_KIND_TEXT: i32 = 0;
pub const MILVUS_OPTION_KIND_SECRET: i32 = 1;
pub const MILVUS_OPTION_KIND_FILE: i32 = 2;
pub const MILVUS_OPTION_KIND_BOOLEAN: i32 = 3;
pub const MILVUS_OPTION_KIND_NUMBER: i32 = 4;
#[repr(C)]
pub struct milvus_options {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_option_info {
    pub size: usize,
    pub key: *const c_char,
    pub default_value: *const c_char,
    pub help: *const c_char,
    pub kind: i32,
    pub reserved: i32,
    pub minimum: i64,
    pub maximum: i64,
}
impl milvus_option_info {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        key: null(),
        default_value: null(),
        help: null(),
        kind: 0,
        reserved: 0,
        minimum: 0,
        maximum: 0,
    };
}
#[repr(C)]
pub struct milvus_client {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_server_info {
    pub size: usize,
    pub client_id: i64,
    pub is_lite: i32,
    pub reserved: i32,
    pub version: [c_char; 64],
    pub deploy_mode: [c_char; 64],
}
impl milvus_server_info {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        client_id: 0,
        is_lite: 0,
        reserved: 0,
        version: [0; 64],
        deploy_mode: [0; 64],
    };
}
pub const MILVUS_LARGEST_TARGET_SIZE: i64 = i64::MAX;
pub const MILVUS_TRIGGER_NONE: i32 = 0;
pub const MILVUS_TRIGGER_SCHEDULED: i32 = 1;
pub const MILVUS_TRIGGER_NOTHING_TO_DO: i32 = 2;
pub const MILVUS_TRIGGER_ALREADY_RUNNING: i32 = 3;
pub const MILVUS_TRIGGER_ACCEPTED: i32 = 4;
pub const MILVUS_TRIGGER_SKIPPED: i32 = 5;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compact_params {
    pub size: usize,
    pub is_clustering: i32,
    pub is_l0: i32,
    pub target_size_mb: i64,
    pub partition_name: *const c_char,
    pub channel: *const c_char,
    pub segment_ids: *const i64,
    pub segment_count: usize,
    pub database: *const c_char,
    pub only_if_idle: i32,
    pub reserved: i32,
}
impl milvus_compact_params {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        is_clustering: 0,
        is_l0: 0,
        target_size_mb: 0,
        partition_name: null(),
        channel: null(),
        segment_ids: null(),
        segment_count: 0,
        database: null(),
        only_if_idle: 0,
        reserved: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compact_result {
    pub size: usize,
    pub trigger: i32,
    pub reserved: i32,
    pub job_id: i64,
    pub planned: i64,
    pub unsorted_segments: i64,
}
impl milvus_compact_result {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        trigger: 0,
        reserved: 0,
        job_id: 0,
        planned: 0,
        unsorted_segments: 0,
    };
}
pub const MILVUS_COMPACTION_STATE_UNDEFINED: i32 = 0;
pub const MILVUS_COMPACTION_STATE_EXECUTING: i32 = 1;
pub const MILVUS_COMPACTION_STATE_COMPLETED: i32 = 2;
pub const MILVUS_VERDICT_NONE: i32 = 0;
pub const MILVUS_VERDICT_SUCCEEDED: i32 = 1;
pub const MILVUS_VERDICT_NOTHING_TO_DO: i32 = 2;
pub const MILVUS_VERDICT_PARTLY_FAILED: i32 = 3;
pub const MILVUS_VERDICT_FAILED: i32 = 4;
pub const MILVUS_VERDICT_TIMED_OUT: i32 = 5;
pub const MILVUS_VERDICT_UNKNOWN: i32 = 6;
pub const MILVUS_VERDICT_NOT_STARTED: i32 = 7;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_plan_counts {
    pub executing: i64,
    pub completed: i64,
    pub failed: i64,
    pub timed_out: i64,
}
impl milvus_plan_counts {
    pub const INIT: Self = Self {
        executing: 0,
        completed: 0,
        failed: 0,
        timed_out: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compaction_state_info {
    pub size: usize,
    pub state: i32,
    pub reserved: i32,
    pub counts: milvus_plan_counts,
}
impl milvus_compaction_state_info {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        state: 0,
        reserved: 0,
        counts: milvus_plan_counts::INIT,
    };
}
pub type milvus_verdict = i32;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_segment_diff {
    pub segments_before: i64,
    pub segments_after: i64,
    pub rows_before: i64,
    pub rows_after: i64,
    pub rows_purged: i64,
    pub segments_removed: i64,
    pub segments_added: i64,
    pub sources_remaining: i64,
    pub targets_missing: i64,
    pub targets_confirmed: i64,
    pub l0_segments_before: i64,
    pub l0_segments_after: i64,
}
impl milvus_segment_diff {
    pub const INIT: Self = Self {
        segments_before: 0,
        segments_after: 0,
        rows_before: 0,
        rows_after: 0,
        rows_purged: 0,
        segments_removed: 0,
        segments_added: 0,
        sources_remaining: 0,
        targets_missing: 0,
        targets_confirmed: 0,
        l0_segments_before: 0,
        l0_segments_after: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_left_out {
    pub total: i64,
    pub unsorted: i64,
    pub l0: i64,
    pub clustered: i64,
    pub importing: i64,
    pub unflushed: i64,
    pub not_asked_for: i64,
    pub other: i64,
}
impl milvus_left_out {
    pub const INIT: Self = Self {
        total: 0,
        unsorted: 0,
        l0: 0,
        clustered: 0,
        importing: 0,
        unflushed: 0,
        not_asked_for: 0,
        other: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compaction_report {
    pub size: usize,
    pub verdict: milvus_verdict,
    pub has_segment_diff: i32,
    pub job_id: i64,
    pub planned: i64,
    pub counts: milvus_plan_counts,
    pub unknown_plans: i64,
    pub elapsed_ms: i64,
    pub polls: u64,
    pub failed_polls: u64,
    pub segment_diff: milvus_segment_diff,
    pub left_out: milvus_left_out,
    pub unsorted_segments: i64,
    pub stalled_ms: i64,
}
impl milvus_compaction_report {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        verdict: 0,
        has_segment_diff: 0,
        job_id: 0,
        planned: 0,
        counts: milvus_plan_counts::INIT,
        unknown_plans: 0,
        elapsed_ms: 0,
        polls: 0,
        failed_polls: 0,
        segment_diff: milvus_segment_diff::INIT,
        left_out: milvus_left_out::INIT,
        unsorted_segments: 0,
        stalled_ms: 0,
    };
}
pub const MILVUS_PLAN_TYPE_UNDEFINED: i32 = 0;
pub const MILVUS_PLAN_TYPE_MERGE: i32 = 2;
pub const MILVUS_PLAN_TYPE_MIX: i32 = 3;
pub const MILVUS_PLAN_TYPE_SINGLE: i32 = 4;
pub const MILVUS_PLAN_TYPE_MINOR: i32 = 5;
pub const MILVUS_PLAN_TYPE_MAJOR: i32 = 6;
pub const MILVUS_PLAN_TYPE_LEVEL0_DELETE: i32 = 7;
pub const MILVUS_PLAN_TYPE_CLUSTERING: i32 = 8;
pub const MILVUS_PLAN_TYPE_SORT: i32 = 9;
pub const MILVUS_PLAN_TYPE_PARTITION_KEY_SORT: i32 = 10;
pub const MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT: i32 = 11;
pub const MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION: i32 = 12;
pub const MILVUS_PLAN_STATE_UNKNOWN: i32 = 0;
pub const MILVUS_PLAN_STATE_EXECUTING: i32 = 1;
pub const MILVUS_PLAN_STATE_PIPELINING: i32 = 2;
pub const MILVUS_PLAN_STATE_COMPLETED: i32 = 3;
pub const MILVUS_PLAN_STATE_FAILED: i32 = 4;
pub const MILVUS_PLAN_STATE_TIMEOUT: i32 = 5;
pub const MILVUS_PLAN_STATE_ANALYZING: i32 = 6;
pub const MILVUS_PLAN_STATE_INDEXING: i32 = 7;
pub const MILVUS_PLAN_STATE_CLEANED: i32 = 8;
pub const MILVUS_PLAN_STATE_META_SAVED: i32 = 9;
pub const MILVUS_PLAN_STATE_STATISTIC: i32 = 10;
#[repr(C)]
pub struct milvus_plan_list {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_plan {
    pub size: usize,
    pub sources: *const i64,
    pub source_count: usize,
    pub target: i64,
    pub targets: *const i64,
    pub target_count: usize,
    pub judgement: i32,
    pub reason: i32,
    pub has_details: i32,
    pub r#type: i32,
    pub state: i32,
    pub reserved: i32,
    pub plan_id: i64,
    pub job_id: i64,
    pub collection_id: i64,
    pub partition_id: i64,
    pub channel: *const c_char,
    pub failure_reason: *const c_char,
}
impl milvus_plan {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        sources: null(),
        source_count: 0,
        target: 0,
        targets: null(),
        target_count: 0,
        judgement: 0,
        reason: 0,
        has_details: 0,
        r#type: 0,
        state: 0,
        reserved: 0,
        plan_id: 0,
        job_id: 0,
        collection_id: 0,
        partition_id: 0,
        channel: null(),
        failure_reason: null(),
    };
}
pub const MILVUS_JUDGEMENT_OPEN: i32 = 0;
pub const MILVUS_JUDGEMENT_COMPLETED: i32 = 1;
pub const MILVUS_JUDGEMENT_FAILED: i32 = 2;
pub const MILVUS_JUDGEMENT_TIMED_OUT: i32 = 3;
pub const MILVUS_JUDGEMENT_UNKNOWN: i32 = 4;
pub const MILVUS_REASON_NONE: i32 = 0;
pub const MILVUS_REASON_REPORTED: i32 = 1;
pub const MILVUS_REASON_TARGET_STORED: i32 = 2;
pub const MILVUS_REASON_TARGET_REPLACED: i32 = 3;
pub const MILVUS_REASON_PURGED: i32 = 4;
pub const MILVUS_REASON_DELETES_APPLIED: i32 = 5;
pub const MILVUS_REASON_RESULT_FITS: i32 = 6;
pub const MILVUS_REASON_SOURCES_STORED: i32 = 7;
pub const MILVUS_REASON_NEVER_LISTED: i32 = 8;
pub const MILVUS_REASON_SEGMENTS_UNKNOWN: i32 = 9;
pub const MILVUS_REASON_SOURCES_UNKNOWN: i32 = 10;
pub const MILVUS_REASON_SOME_SOURCES_STORED: i32 = 11;
pub const MILVUS_REASON_TARGET_BESIDE_SOURCES: i32 = 12;
pub const MILVUS_REASON_TAKEN_BY_OTHERS: i32 = 13;
pub const MILVUS_REASON_PARTITION_DROPPED: i32 = 14;
pub const MILVUS_REASON_PARTITIONS_UNKNOWN: i32 = 15;
pub const MILVUS_REASON_NO_LONGER_LISTED: i32 = 16;
pub const MILVUS_REASON_OTHER_KIND: i32 = 17;
pub const MILVUS_REASON_LEVEL_UNKNOWN: i32 = 18;
pub const MILVUS_REASON_MALFORMED: i32 = 19;
pub const MILVUS_SEGMENTS_STORED: i32 = 0;
pub const MILVUS_SEGMENTS_LOADED: i32 = 1;
pub const MILVUS_SEGMENT_STATE_GROWING: i32 = 2;
pub const MILVUS_SEGMENT_STATE_SEALED: i32 = 3;
pub const MILVUS_SEGMENT_STATE_FLUSHED: i32 = 4;
pub const MILVUS_SEGMENT_STATE_FLUSHING: i32 = 5;
pub const MILVUS_SEGMENT_STATE_DROPPED: i32 = 6;
pub const MILVUS_SEGMENT_STATE_IMPORTING: i32 = 7;
pub const MILVUS_SEGMENT_LEVEL_LEGACY: i32 = 0;
pub const MILVUS_SEGMENT_LEVEL_L0: i32 = 1;
pub const MILVUS_SEGMENT_LEVEL_L1: i32 = 2;
pub const MILVUS_SEGMENT_LEVEL_L2: i32 = 3;
#[repr(C)]
pub struct milvus_segment_list {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_segment {
    pub size: usize,
    pub id: i64,
    pub collection_id: i64,
    pub partition_id: i64,
    pub rows: i64,
    pub state: i32,
    pub level: i32,
    pub is_sorted: i32,
    pub reserved: i32,
    pub storage_version: i64,
    pub memory: i64,
    pub channel: *const c_char,
    pub compaction_from: *const i64,
    pub compaction_from_count: usize,
    pub nodes: *const i64,
    pub node_count: usize,
}
impl milvus_segment {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        id: 0,
        collection_id: 0,
        partition_id: 0,
        rows: 0,
        state: 0,
        level: 0,
        is_sorted: 0,
        reserved: 0,
        storage_version: 0,
        memory: 0,
        channel: null(),
        compaction_from: null(),
        compaction_from_count: 0,
        nodes: null(),
        node_count: 0,
    };
}
pub const MILVUS_RESOLUTION_NOT_LOOKED: i32 = 0;
pub const MILVUS_RESOLUTION_STARTED: i32 = 1;
pub const MILVUS_RESOLUTION_NO_TRACE: i32 = 2;
pub const MILVUS_RESOLUTION_UNKNOWN: i32 = 3;
pub const MILVUS_RESOLUTION_NOT_IN_DOUBT: i32 = 4;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_check_result {
    pub size: usize,
    pub would_compact: i32,
    pub would_compact_if_free: i32,
    pub may_be_busy: i32,
    pub is_enabled: i32,
    pub is_running: i32,
    pub is_indexed: i32,
    pub needs_index: i32,
    pub has_clustering_key: i32,
    pub has_unflushed: i32,
    pub is_final: i32,
    pub segments: i64,
    pub rows: i64,
    pub expected_segments: i64,
    pub unsorted_segments: i64,
    pub l0_segments: i64,
    pub unindexed_rows: i64,
    pub reason: [c_char; 256],
}
impl milvus_check_result {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        would_compact: 0,
        would_compact_if_free: 0,
        may_be_busy: 0,
        is_enabled: 0,
        is_running: 0,
        is_indexed: 0,
        needs_index: 0,
        has_clustering_key: 0,
        has_unflushed: 0,
        is_final: 0,
        segments: 0,
        rows: 0,
        expected_segments: 0,
        unsorted_segments: 0,
        l0_segments: 0,
        unindexed_rows: 0,
        reason: [0; 256],
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_resolution {
    pub size: usize,
    pub state: i32,
    pub reserved: i32,
    pub job_id: i64,
    pub text: [c_char; 256],
}
impl milvus_resolution {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        state: 0,
        reserved: 0,
        job_id: 0,
        text: [0; 256],
    };
}
#[repr(C)]
pub struct milvus_collection_list {
    opaque: [u8; 0],
}
#[repr(C)]
pub struct milvus_database_list {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_collection_info {
    pub size: usize,
    pub collection_name: *const c_char,
    pub database: *const c_char,
    pub aliases: *const c_char,
    pub id: i64,
    pub rows: i64,
    pub is_loaded: i32,
    pub has_clustering_key: i32,
    pub status: milvus_status,
    pub reserved: i32,
    pub error: *const milvus_error,
}
impl milvus_collection_info {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        collection_name: null(),
        database: null(),
        aliases: null(),
        id: 0,
        rows: 0,
        is_loaded: 0,
        has_clustering_key: 0,
        status: 0,
        reserved: 0,
        error: null(),
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_database_info {
    pub size: usize,
    pub database: *const c_char,
    pub id: i64,
}
impl milvus_database_info {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        database: null(),
        id: 0,
    };
}
#[repr(C)]
pub struct milvus_survey_list {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_survey_params {
    pub size: usize,
    pub compaction: *const milvus_compact_params,
    pub concurrency: i32,
    pub all_databases: i32,
    pub row_bytes: i64,
    pub segment_bytes: i64,
}
impl milvus_survey_params {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        compaction: null(),
        concurrency: 0,
        all_databases: 0,
        row_bytes: 0,
        segment_bytes: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_survey_result {
    pub size: usize,
    pub collection_name: *const c_char,
    pub database: *const c_char,
    pub status: milvus_status,
    pub reserved: i32,
    pub error: *const milvus_error,
    pub check: *const milvus_check_result,
    pub stored_segments: i64,
    pub stored_rows: i64,
    pub stored_bytes: i64,
    pub small_segments: i64,
    pub unsorted_segments: i64,
    pub l0_segments: i64,
    pub deleted_rows: i64,
    pub merged_segments: i64,
    pub merged_into: i64,
    pub rewrite_rows: i64,
    pub rewrite_bytes: i64,
    pub row_bytes: i64,
    pub segment_bytes: i64,
    pub fragmentation: f64,
}
impl milvus_survey_result {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        collection_name: null(),
        database: null(),
        status: 0,
        reserved: 0,
        error: null(),
        check: null(),
        stored_segments: 0,
        stored_rows: 0,
        stored_bytes: 0,
        small_segments: 0,
        unsorted_segments: 0,
        l0_segments: 0,
        deleted_rows: 0,
        merged_segments: 0,
        merged_into: 0,
        rewrite_rows: 0,
        rewrite_bytes: 0,
        row_bytes: 0,
        segment_bytes: 0,
        fragmentation: 0.0,
    };
}
pub const MILVUS_SKIP_NONE: i32 = 0;
pub const MILVUS_SKIP_FINAL: i32 = 1;
pub const MILVUS_SKIP_TOO_LITTLE: i32 = 2;
pub const MILVUS_SKIP_MAX_COLLECTIONS: i32 = 3;
pub const MILVUS_SKIP_TOO_LATE: i32 = 4;
#[repr(C)]
pub struct milvus_many_list {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_many_params {
    pub size: usize,
    pub compaction: *const milvus_compact_params,
    pub concurrency: i32,
    pub only_trigger: i32,
    pub r#match: *const c_char,
    pub all_databases: i32,
    pub include_final: i32,
    pub min_segments: i64,
    pub min_deleted_percent: f64,
    pub max_collections: i64,
    pub start_within_ms: i64,
}
impl milvus_many_params {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        compaction: null(),
        concurrency: 0,
        only_trigger: 0,
        r#match: null(),
        all_databases: 0,
        include_final: 0,
        min_segments: 0,
        min_deleted_percent: 0.0,
        max_collections: 0,
        start_within_ms: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_many_result {
    pub size: usize,
    pub collection_name: *const c_char,
    pub status: milvus_status,
    pub trigger: i32,
    pub job_id: i64,
    pub planned: i64,
    pub report: *const milvus_compaction_report,
    pub error: *const milvus_error,
    pub unsorted_segments: i64,
    pub skip: i32,
    pub reserved: i32,
    pub skip_text: *const c_char,
    pub database: *const c_char,
}
impl milvus_many_result {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        collection_name: null(),
        status: 0,
        trigger: 0,
        job_id: 0,
        planned: 0,
        report: null(),
        error: null(),
        unsorted_segments: 0,
        skip: 0,
        reserved: 0,
        skip_text: null(),
        database: null(),
    };
}
#[repr(C)]
pub struct milvus_optimize_list {
    opaque: [u8; 0],
}
pub const MILVUS_STAGE_NONE: i32 = 0;
pub const MILVUS_STAGE_FLUSH: i32 = 1;
pub const MILVUS_STAGE_SORT: i32 = 2;
pub const MILVUS_STAGE_INDEX: i32 = 4;
pub const MILVUS_STAGE_COMPACT: i32 = 8;
pub const MILVUS_STAGE_REINDEX: i32 = 16;
pub const MILVUS_STAGE_LOAD: i32 = 32;
pub const MILVUS_STAGE_SERVE: i32 = 64;
pub const MILVUS_STAGE_DONE: i32 = 128;
pub const MILVUS_L0_IF_POSSIBLE: i32 = 0;
pub const MILVUS_L0_REQUIRED: i32 = 1;
pub const MILVUS_L0_NEVER: i32 = 2;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_optimize_params {
    pub size: usize,
    pub compaction: *const milvus_compact_params,
    pub skip_stages: i32,
    pub l0: i32,
    pub force: i32,
    pub only_estimate: i32,
    pub max_rounds: i32,
    pub concurrency: i32,
    pub pause_ms: i64,
    pub max_pause_ms: i64,
    pub serve_timeout_ms: i64,
    pub max_rewrite_rows: i64,
    pub max_rewrite_bytes: i64,
    pub min_segments: i64,
    pub row_bytes: i64,
    pub segment_bytes: i64,
}
impl milvus_optimize_params {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        compaction: null(),
        skip_stages: 0,
        l0: 0,
        force: 0,
        only_estimate: 0,
        max_rounds: 0,
        concurrency: 0,
        pause_ms: 0,
        max_pause_ms: 0,
        serve_timeout_ms: 0,
        max_rewrite_rows: 0,
        max_rewrite_bytes: 0,
        min_segments: 0,
        row_bytes: 0,
        segment_bytes: 0,
    };
}
pub const MILVUS_STEP_DONE: i32 = 1;
pub const MILVUS_STEP_SKIPPED: i32 = 2;
pub const MILVUS_STEP_FAILED: i32 = 3;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_optimize_result {
    pub size: usize,
    pub collection_name: *const c_char,
    pub status: milvus_status,
    pub stage: i32,
    pub verdict: milvus_verdict,
    pub rounds: i32,
    pub is_loaded: i32,
    pub reserved: i32,
    pub job_id: i64,
    pub step_count: usize,
    pub error: *const milvus_error,
    pub segments_before: i64,
    pub segments_after: i64,
    pub rows_before: i64,
    pub rows_after: i64,
    pub l0_segments_before: i64,
    pub l0_segments_after: i64,
    pub segments_in: i64,
    pub segments_out: i64,
    pub rewrite_rows: i64,
    pub rewrite_bytes: i64,
    pub row_bytes: i64,
    pub served_segments: i64,
    pub left_out: milvus_left_out,
    pub new_segments: i64,
    pub elapsed_ms: i64,
}
impl milvus_optimize_result {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        collection_name: null(),
        status: 0,
        stage: 0,
        verdict: 0,
        rounds: 0,
        is_loaded: 0,
        reserved: 0,
        job_id: 0,
        step_count: 0,
        error: null(),
        segments_before: 0,
        segments_after: 0,
        rows_before: 0,
        rows_after: 0,
        l0_segments_before: 0,
        l0_segments_after: 0,
        segments_in: 0,
        segments_out: 0,
        rewrite_rows: 0,
        rewrite_bytes: 0,
        row_bytes: 0,
        served_segments: 0,
        left_out: milvus_left_out::INIT,
        new_segments: 0,
        elapsed_ms: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_optimize_step {
    pub size: usize,
    pub stage: i32,
    pub state: i32,
    pub round: i32,
    pub is_l0: i32,
    pub job_id: i64,
    pub elapsed_ms: i64,
    pub report: *const milvus_compaction_report,
    pub text: *const c_char,
}
impl milvus_optimize_step {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        stage: 0,
        state: 0,
        round: 0,
        is_l0: 0,
        job_id: 0,
        elapsed_ms: 0,
        report: null(),
        text: null(),
    };
}
#[repr(C)]
pub struct milvus_future {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_progress {
    pub size: usize,
    pub elapsed_ms: i64,
    pub planned: i64,
    pub completed: i64,
    pub failed: i64,
    pub plans_per_second: f64,
    pub collections: i64,
    pub collections_done: i64,
    pub collections_failed: i64,
    pub collections_skipped: i64,
    pub stalled_ms: i64,
    pub remaining_ms: i64,
    pub stage: i32,
    pub round: i32,
    pub stage_done: i64,
    pub stage_total: i64,
    pub rewrite_segments: i64,
    pub rewrite_rows: i64,
    pub rewrite_bytes: i64,
}
impl milvus_progress {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        elapsed_ms: 0,
        planned: 0,
        completed: 0,
        failed: 0,
        plans_per_second: 0.0,
        collections: 0,
        collections_done: 0,
        collections_failed: 0,
        collections_skipped: 0,
        stalled_ms: 0,
        remaining_ms: 0,
        stage: 0,
        round: 0,
        stage_done: 0,
        stage_total: 0,
        rewrite_segments: 0,
        rewrite_rows: 0,
        rewrite_bytes: 0,
    };
}
pub type milvus_future_callback = Option<unsafe extern "C" fn(future: *mut milvus_future, status: milvus_status, user_data: *mut c_void)>;
pub type milvus_destructor = Option<unsafe extern "C" fn(user_data: *mut c_void)>;
pub type milvus_progress_callback = Option<unsafe extern "C" fn(progress: *const milvus_progress, user_data: *mut c_void)>;
pub const MILVUS_EVENT_BEGAN: i32 = 1;
pub const MILVUS_EVENT_ENDED: i32 = 2;
pub const MILVUS_EVENT_TRIGGERED: i32 = 3;
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_collection_event {
    pub size: usize,
    pub event: i32,
    pub status: milvus_status,
    pub is_skipped: i32,
    pub reserved: i32,
    pub collection_name: *const c_char,
    pub index: i64,
    pub job_id: i64,
    pub elapsed_ms: i64,
}
impl milvus_collection_event {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        event: 0,
        status: 0,
        is_skipped: 0,
        reserved: 0,
        collection_name: null(),
        index: 0,
        job_id: 0,
        elapsed_ms: 0,
    };
}
#[repr(C)]
pub struct milvus_queue {
    opaque: [u8; 0],
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_request_stats {
    pub ok: i64,
    pub refused: i64,
    pub lost: i64,
    pub timed_out: i64,
    pub cancelled: i64,
    pub p50_us: i64,
    pub p90_us: i64,
    pub p99_us: i64,
    pub max_us: i64,
}
impl milvus_request_stats {
    pub const INIT: Self = Self {
        ok: 0,
        refused: 0,
        lost: 0,
        timed_out: 0,
        cancelled: 0,
        p50_us: 0,
        p90_us: 0,
        p99_us: 0,
        max_us: 0,
    };
}
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_stats {
    pub size: usize,
    pub connections_made: i64,
    pub connections_failed: i64,
    pub connections_lost: i64,
    pub retries: i64,
    pub resends: i64,
    pub polls: i64,
    pub bytes_sent: i64,
    pub bytes_received: i64,
    pub operations_in_flight: i64,
    pub requests_in_flight: i64,
    pub jobs_followed: i64,
    pub handshakes: milvus_request_stats,
    pub triggers: milvus_request_stats,
    pub states: milvus_request_stats,
    pub plans: milvus_request_stats,
    pub segments: milvus_request_stats,
    pub others: milvus_request_stats,
}
impl milvus_stats {
    pub const INIT: Self = Self {
        size: size_of::<Self>(),
        connections_made: 0,
        connections_failed: 0,
        connections_lost: 0,
        retries: 0,
        resends: 0,
        polls: 0,
        bytes_sent: 0,
        bytes_received: 0,
        operations_in_flight: 0,
        requests_in_flight: 0,
        jobs_followed: 0,
        handshakes: milvus_request_stats::INIT,
        triggers: milvus_request_stats::INIT,
        states: milvus_request_stats::INIT,
        plans: milvus_request_stats::INIT,
        segments: milvus_request_stats::INIT,
        others: milvus_request_stats::INIT,
    };
}
pub const MILVUS_LOG_ERROR: i32 = 1;
pub const MILVUS_LOG_WARNING: i32 = 2;
pub const MILVUS_LOG_INFO: i32 = 3;
pub const MILVUS_LOG_DEBUG: i32 = 4;
pub const MILVUS_CONNECTION_CONNECTING: i32 = 1;
pub const MILVUS_CONNECTION_READY: i32 = 2;
pub const MILVUS_CONNECTION_FAILED: i32 = 3;
pub const MILVUS_CONNECTION_LOST: i32 = 4;
pub type milvus_log_callback = Option<unsafe extern "C" fn(level: i32, message: *const c_char, fields: *const c_char, user_data: *mut c_void)>;
pub type milvus_connection_callback = Option<unsafe extern "C" fn(state: i32, address: *const c_char, reason: *const c_char, user_data: *mut c_void)>;
unsafe extern "C" {
    pub fn milvus_version() -> *const c_char;
    pub fn milvus_abi_version() -> u32;
    pub fn milvus_answer_name(answer: i32) -> *const c_char;
    pub fn milvus_status_name(status: milvus_status) -> *const c_char;
    pub fn milvus_status_message(status: milvus_status) -> *const c_char;
    pub fn milvus_last_error() -> *const milvus_error;
    pub fn milvus_last_error_message() -> *const c_char;
    pub fn milvus_options_new() -> *mut milvus_options;
    pub fn milvus_options_set(options: *mut milvus_options, key: *const c_char, value: *const c_char) -> milvus_status;
    pub fn milvus_options_free(options: *mut milvus_options);
    pub fn milvus_option_count() -> usize;
    pub fn milvus_option_get(index: usize, out_info: *mut milvus_option_info) -> milvus_status;
    pub fn milvus_option_kind_name(kind: i32) -> *const c_char;
    pub fn milvus_client_new(uri: *const c_char, token: *const c_char, out_client: *mut *mut milvus_client) -> milvus_status;
    pub fn milvus_client_new_with(uri: *const c_char, options: *const milvus_options, out_client: *mut *mut milvus_client) -> milvus_status;
    pub fn milvus_client_set_token(client: *mut milvus_client, token: *const c_char) -> milvus_status;
    pub fn milvus_client_close(client: *mut milvus_client, timeout_ms: i64) -> milvus_status;
    pub fn milvus_client_free(client: *mut milvus_client);
    pub fn milvus_client_server_version(client: *mut milvus_client, timeout_ms: i64, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_client_server_info(client: *mut milvus_client, timeout_ms: i64, out_info: *mut milvus_server_info) -> milvus_status;
    pub fn milvus_compact(client: *mut milvus_client, collection_name: *const c_char, is_clustering: i32, timeout_ms: i64, out_job_id: *mut i64) -> milvus_status;
    pub fn milvus_compact_with(client: *mut milvus_client, collection_name: *const c_char, params: *const milvus_compact_params, timeout_ms: i64, out_result: *mut milvus_compact_result) -> milvus_status;
    pub fn milvus_parse_target_size(text: *const c_char, out_mb: *mut i64) -> milvus_status;
    pub fn milvus_trigger_name(trigger: i32) -> *const c_char;
    pub fn milvus_compaction_state(client: *mut milvus_client, job_id: i64, timeout_ms: i64, out_info: *mut milvus_compaction_state_info) -> milvus_status;
    pub fn milvus_compaction_wait(client: *mut milvus_client, job_id: i64, timeout_ms: i64, out_report: *mut milvus_compaction_report) -> milvus_status;
    pub fn milvus_verdict_name(verdict: milvus_verdict) -> *const c_char;
    pub fn milvus_verdict_message(verdict: milvus_verdict) -> *const c_char;
    pub fn milvus_compaction_state_name(state: i32) -> *const c_char;
    pub fn milvus_compaction_plans(client: *mut milvus_client, job_id: i64, timeout_ms: i64, out_plans: *mut *mut milvus_plan_list) -> milvus_status;
    pub fn milvus_compaction_tasks(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, timeout_ms: i64, out_plans: *mut *mut milvus_plan_list) -> milvus_status;
    pub fn milvus_plan_type_name(number: i32) -> *const c_char;
    pub fn milvus_plan_state_name(number: i32) -> *const c_char;
    pub fn milvus_plan_list_count(plans: *const milvus_plan_list) -> usize;
    pub fn milvus_plan_list_get(plans: *const milvus_plan_list, index: usize, out_plan: *mut milvus_plan) -> milvus_status;
    pub fn milvus_plan_list_free(plans: *mut milvus_plan_list);
    pub fn milvus_judgement_name(judgement: i32) -> *const c_char;
    pub fn milvus_reason_name(reason: i32) -> *const c_char;
    pub fn milvus_reason_message(reason: i32) -> *const c_char;
    pub fn milvus_segments(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, which: i32, timeout_ms: i64, out_segments: *mut *mut milvus_segment_list) -> milvus_status;
    pub fn milvus_segment_list_count(segments: *const milvus_segment_list) -> usize;
    pub fn milvus_segment_list_get(segments: *const milvus_segment_list, index: usize, out_segment: *mut milvus_segment) -> milvus_status;
    pub fn milvus_segment_list_free(segments: *mut milvus_segment_list);
    pub fn milvus_segments_compare(before: *const milvus_segment_list, after: *const milvus_segment_list, plans: *const milvus_plan_list, out_diff: *mut milvus_segment_diff) -> milvus_status;
    pub fn milvus_segment_state_name(state: i32) -> *const c_char;
    pub fn milvus_segment_level_name(level: i32) -> *const c_char;
    pub fn milvus_compaction_check(client: *mut milvus_client, collection_name: *const c_char, params: *const milvus_compact_params, timeout_ms: i64, out_result: *mut milvus_check_result) -> milvus_status;
    pub fn milvus_compaction_resolve(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, timeout_ms: i64, out_resolution: *mut milvus_resolution) -> milvus_status;
    pub fn milvus_resolution_name(state: i32) -> *const c_char;
    pub fn milvus_flush(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, timeout_ms: i64) -> milvus_status;
    pub fn milvus_collections(client: *mut milvus_client, database: *const c_char, timeout_ms: i64, out_list: *mut *mut milvus_collection_list) -> milvus_status;
    pub fn milvus_collection_list_count(list: *const milvus_collection_list) -> usize;
    pub fn milvus_collection_list_get(list: *const milvus_collection_list, index: usize, out_info: *mut milvus_collection_info) -> milvus_status;
    pub fn milvus_collection_list_free(list: *mut milvus_collection_list);
    pub fn milvus_databases(client: *mut milvus_client, timeout_ms: i64, out_list: *mut *mut milvus_database_list) -> milvus_status;
    pub fn milvus_database_list_count(list: *const milvus_database_list) -> usize;
    pub fn milvus_database_list_get(list: *const milvus_database_list, index: usize, out_info: *mut milvus_database_info) -> milvus_status;
    pub fn milvus_database_list_free(list: *mut milvus_database_list);
    pub fn milvus_survey(client: *mut milvus_client, names: *const *const c_char, name_count: usize, params: *const milvus_survey_params, timeout_ms: i64, out_list: *mut *mut milvus_survey_list) -> milvus_status;
    pub fn milvus_survey_list_count(list: *const milvus_survey_list) -> usize;
    pub fn milvus_survey_list_get(list: *const milvus_survey_list, index: usize, out_result: *mut milvus_survey_result) -> milvus_status;
    pub fn milvus_survey_list_free(list: *mut milvus_survey_list);
    pub fn milvus_compact_many(client: *mut milvus_client, names: *const *const c_char, name_count: usize, params: *const milvus_many_params, timeout_ms: i64, out_list: *mut *mut milvus_many_list) -> milvus_status;
    pub fn milvus_many_list_count(list: *const milvus_many_list) -> usize;
    pub fn milvus_many_list_get(list: *const milvus_many_list, index: usize, out_result: *mut milvus_many_result) -> milvus_status;
    pub fn milvus_many_list_free(list: *mut milvus_many_list);
    pub fn milvus_skip_name(skip: i32) -> *const c_char;
    pub fn milvus_optimize(client: *mut milvus_client, collection_name: *const c_char, params: *const milvus_optimize_params, timeout_ms: i64, out_list: *mut *mut milvus_optimize_list) -> milvus_status;
    pub fn milvus_optimize_many(client: *mut milvus_client, names: *const *const c_char, name_count: usize, params: *const milvus_optimize_params, timeout_ms: i64, out_list: *mut *mut milvus_optimize_list) -> milvus_status;
    pub fn milvus_stage_name(stage: i32) -> *const c_char;
    pub fn milvus_optimize_list_count(list: *const milvus_optimize_list) -> usize;
    pub fn milvus_optimize_list_get(list: *const milvus_optimize_list, index: usize, out_result: *mut milvus_optimize_result) -> milvus_status;
    pub fn milvus_optimize_list_step(list: *const milvus_optimize_list, index: usize, step: usize, out_step: *mut milvus_optimize_step) -> milvus_status;
    pub fn milvus_optimize_list_free(list: *mut milvus_optimize_list);
    pub fn milvus_step_state_name(state: i32) -> *const c_char;
    pub fn milvus_compaction_report_json(report: *const milvus_compaction_report, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_check_result_json(result: *const milvus_check_result, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_error_json(error: *const milvus_error, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_plan_list_json(plans: *const milvus_plan_list, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_segment_list_json(segments: *const milvus_segment_list, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_many_list_json(list: *const milvus_many_list, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_optimize_list_json(list: *const milvus_optimize_list, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_collection_list_json(list: *const milvus_collection_list, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_database_list_json(list: *const milvus_database_list, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_survey_list_json(list: *const milvus_survey_list, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_job_export(client: *mut milvus_client, job_id: i64, buffer: *mut c_char, capacity: usize, out_length: *mut usize) -> milvus_status;
    pub fn milvus_job_import(client: *mut milvus_client, text: *const c_char, out_job_id: *mut i64) -> milvus_status;
    pub fn milvus_compaction_wait_in(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, job_id: i64, timeout_ms: i64, out_report: *mut milvus_compaction_report) -> milvus_status;
    pub fn milvus_future_wait(future: *mut milvus_future, timeout_ms: i64) -> milvus_status;
    pub fn milvus_future_poll(future: *mut milvus_future) -> milvus_status;
    pub fn milvus_future_cancel(future: *mut milvus_future) -> milvus_status;
    pub fn milvus_future_progress(future: *mut milvus_future, out_progress: *mut milvus_progress) -> milvus_status;
    pub fn milvus_future_set_callback(future: *mut milvus_future, callback: milvus_future_callback, user_data: *mut c_void, destructor: milvus_destructor) -> milvus_status;
    pub fn milvus_future_set_progress_callback(future: *mut milvus_future, callback: milvus_progress_callback, user_data: *mut c_void, destructor: milvus_destructor) -> milvus_status;
    pub fn milvus_future_error(future: *const milvus_future) -> *const milvus_error;
    pub fn milvus_future_free(future: *mut milvus_future);
    pub fn milvus_client_server_info_async(client: *mut milvus_client, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compact_async(client: *mut milvus_client, collection_name: *const c_char, is_clustering: i32, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compact_with_async(client: *mut milvus_client, collection_name: *const c_char, params: *const milvus_compact_params, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compaction_state_async(client: *mut milvus_client, job_id: i64, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compaction_wait_async(client: *mut milvus_client, job_id: i64, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compaction_wait_in_async(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, job_id: i64, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compaction_plans_async(client: *mut milvus_client, job_id: i64, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compaction_tasks_async(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_segments_async(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, which: i32, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compaction_check_async(client: *mut milvus_client, collection_name: *const c_char, params: *const milvus_compact_params, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compaction_resolve_async(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_flush_async(client: *mut milvus_client, collection_name: *const c_char, database: *const c_char, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_optimize_async(client: *mut milvus_client, collection_name: *const c_char, params: *const milvus_optimize_params, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_optimize_many_async(client: *mut milvus_client, names: *const *const c_char, name_count: usize, params: *const milvus_optimize_params, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_compact_many_async(client: *mut milvus_client, names: *const *const c_char, name_count: usize, params: *const milvus_many_params, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_collections_async(client: *mut milvus_client, database: *const c_char, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_databases_async(client: *mut milvus_client, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_survey_async(client: *mut milvus_client, names: *const *const c_char, name_count: usize, params: *const milvus_survey_params, timeout_ms: i64, out_future: *mut *mut milvus_future) -> milvus_status;
    pub fn milvus_future_take_server_info(future: *mut milvus_future, out_info: *mut milvus_server_info) -> milvus_status;
    pub fn milvus_future_take_job_id(future: *mut milvus_future, out_job_id: *mut i64) -> milvus_status;
    pub fn milvus_future_take_compact_result(future: *mut milvus_future, out_result: *mut milvus_compact_result) -> milvus_status;
    pub fn milvus_future_take_state(future: *mut milvus_future, out_info: *mut milvus_compaction_state_info) -> milvus_status;
    pub fn milvus_future_take_report(future: *mut milvus_future, out_report: *mut milvus_compaction_report) -> milvus_status;
    pub fn milvus_future_take_check_result(future: *mut milvus_future, out_result: *mut milvus_check_result) -> milvus_status;
    pub fn milvus_future_take_resolution(future: *mut milvus_future, out_resolution: *mut milvus_resolution) -> milvus_status;
    pub fn milvus_future_take_plans(future: *mut milvus_future, out_plans: *mut *mut milvus_plan_list) -> milvus_status;
    pub fn milvus_future_take_segments(future: *mut milvus_future, out_segments: *mut *mut milvus_segment_list) -> milvus_status;
    pub fn milvus_future_take_many(future: *mut milvus_future, out_list: *mut *mut milvus_many_list) -> milvus_status;
    pub fn milvus_future_take_optimized(future: *mut milvus_future, out_list: *mut *mut milvus_optimize_list) -> milvus_status;
    pub fn milvus_future_take_collections(future: *mut milvus_future, out_list: *mut *mut milvus_collection_list) -> milvus_status;
    pub fn milvus_future_take_databases(future: *mut milvus_future, out_list: *mut *mut milvus_database_list) -> milvus_status;
    pub fn milvus_future_take_survey(future: *mut milvus_future, out_list: *mut *mut milvus_survey_list) -> milvus_status;
    pub fn milvus_future_next_event(future: *mut milvus_future, out_event: *mut milvus_collection_event) -> milvus_status;
    pub fn milvus_event_name(event: i32) -> *const c_char;
    pub fn milvus_queue_new(out_queue: *mut *mut milvus_queue) -> milvus_status;
    pub fn milvus_queue_fd(queue: *mut milvus_queue, out_fd: *mut i32) -> milvus_status;
    pub fn milvus_future_set_queue(future: *mut milvus_future, queue: *mut milvus_queue, user_data: *mut c_void) -> milvus_status;
    pub fn milvus_queue_next(queue: *mut milvus_queue, timeout_ms: i64, out_future: *mut *mut milvus_future, out_user_data: *mut *mut c_void) -> milvus_status;
    pub fn milvus_queue_free(queue: *mut milvus_queue);
    pub fn milvus_client_stats(client: *mut milvus_client, out_stats: *mut milvus_stats) -> milvus_status;
    pub fn milvus_thread_set_request_id(request_id: *const c_char) -> milvus_status;
    pub fn milvus_thread_set_metadata(name: *const c_char, value: *const c_char) -> milvus_status;
    pub fn milvus_set_log(level: i32, callback: milvus_log_callback, user_data: *mut c_void) -> milvus_status;
    pub fn milvus_set_connection_callback(callback: milvus_connection_callback, user_data: *mut c_void) -> milvus_status;
    pub fn milvus_connection_state_name(state: i32) -> *const c_char;
}
/// Each struct with its size, and each field with where it begins.
#[cfg(test)]
pub const LAYOUT: &[(&str, usize, usize)] = &[
    ("milvus_error -", 0, size_of::<milvus_error>()),
    ("milvus_error size", std::mem::offset_of!(milvus_error, size), 0),
    ("milvus_error status", std::mem::offset_of!(milvus_error, status), 0),
    ("milvus_error grpc_code", std::mem::offset_of!(milvus_error, grpc_code), 0),
    ("milvus_error server_code", std::mem::offset_of!(milvus_error, server_code), 0),
    ("milvus_error retriable", std::mem::offset_of!(milvus_error, retriable), 0),
    ("milvus_error in_doubt", std::mem::offset_of!(milvus_error, in_doubt), 0),
    ("milvus_error resolution", std::mem::offset_of!(milvus_error, resolution), 0),
    ("milvus_error job_id", std::mem::offset_of!(milvus_error, job_id), 0),
    ("milvus_error operation", std::mem::offset_of!(milvus_error, operation), 0),
    ("milvus_error message", std::mem::offset_of!(milvus_error, message), 0),
    ("milvus_error request_id", std::mem::offset_of!(milvus_error, request_id), 0),
    ("milvus_option_info -", 0, size_of::<milvus_option_info>()),
    ("milvus_option_info size", std::mem::offset_of!(milvus_option_info, size), 0),
    ("milvus_option_info key", std::mem::offset_of!(milvus_option_info, key), 0),
    ("milvus_option_info default_value", std::mem::offset_of!(milvus_option_info, default_value), 0),
    ("milvus_option_info help", std::mem::offset_of!(milvus_option_info, help), 0),
    ("milvus_option_info kind", std::mem::offset_of!(milvus_option_info, kind), 0),
    ("milvus_option_info reserved", std::mem::offset_of!(milvus_option_info, reserved), 0),
    ("milvus_option_info minimum", std::mem::offset_of!(milvus_option_info, minimum), 0),
    ("milvus_option_info maximum", std::mem::offset_of!(milvus_option_info, maximum), 0),
    ("milvus_server_info -", 0, size_of::<milvus_server_info>()),
    ("milvus_server_info size", std::mem::offset_of!(milvus_server_info, size), 0),
    ("milvus_server_info client_id", std::mem::offset_of!(milvus_server_info, client_id), 0),
    ("milvus_server_info is_lite", std::mem::offset_of!(milvus_server_info, is_lite), 0),
    ("milvus_server_info reserved", std::mem::offset_of!(milvus_server_info, reserved), 0),
    ("milvus_server_info version", std::mem::offset_of!(milvus_server_info, version), 0),
    ("milvus_server_info deploy_mode", std::mem::offset_of!(milvus_server_info, deploy_mode), 0),
    ("milvus_compact_params -", 0, size_of::<milvus_compact_params>()),
    ("milvus_compact_params size", std::mem::offset_of!(milvus_compact_params, size), 0),
    ("milvus_compact_params is_clustering", std::mem::offset_of!(milvus_compact_params, is_clustering), 0),
    ("milvus_compact_params is_l0", std::mem::offset_of!(milvus_compact_params, is_l0), 0),
    ("milvus_compact_params target_size_mb", std::mem::offset_of!(milvus_compact_params, target_size_mb), 0),
    ("milvus_compact_params partition_name", std::mem::offset_of!(milvus_compact_params, partition_name), 0),
    ("milvus_compact_params channel", std::mem::offset_of!(milvus_compact_params, channel), 0),
    ("milvus_compact_params segment_ids", std::mem::offset_of!(milvus_compact_params, segment_ids), 0),
    ("milvus_compact_params segment_count", std::mem::offset_of!(milvus_compact_params, segment_count), 0),
    ("milvus_compact_params database", std::mem::offset_of!(milvus_compact_params, database), 0),
    ("milvus_compact_params only_if_idle", std::mem::offset_of!(milvus_compact_params, only_if_idle), 0),
    ("milvus_compact_params reserved", std::mem::offset_of!(milvus_compact_params, reserved), 0),
    ("milvus_compact_result -", 0, size_of::<milvus_compact_result>()),
    ("milvus_compact_result size", std::mem::offset_of!(milvus_compact_result, size), 0),
    ("milvus_compact_result trigger", std::mem::offset_of!(milvus_compact_result, trigger), 0),
    ("milvus_compact_result reserved", std::mem::offset_of!(milvus_compact_result, reserved), 0),
    ("milvus_compact_result job_id", std::mem::offset_of!(milvus_compact_result, job_id), 0),
    ("milvus_compact_result planned", std::mem::offset_of!(milvus_compact_result, planned), 0),
    ("milvus_compact_result unsorted_segments", std::mem::offset_of!(milvus_compact_result, unsorted_segments), 0),
    ("milvus_plan_counts -", 0, size_of::<milvus_plan_counts>()),
    ("milvus_plan_counts executing", std::mem::offset_of!(milvus_plan_counts, executing), 0),
    ("milvus_plan_counts completed", std::mem::offset_of!(milvus_plan_counts, completed), 0),
    ("milvus_plan_counts failed", std::mem::offset_of!(milvus_plan_counts, failed), 0),
    ("milvus_plan_counts timed_out", std::mem::offset_of!(milvus_plan_counts, timed_out), 0),
    ("milvus_compaction_state_info -", 0, size_of::<milvus_compaction_state_info>()),
    ("milvus_compaction_state_info size", std::mem::offset_of!(milvus_compaction_state_info, size), 0),
    ("milvus_compaction_state_info state", std::mem::offset_of!(milvus_compaction_state_info, state), 0),
    ("milvus_compaction_state_info reserved", std::mem::offset_of!(milvus_compaction_state_info, reserved), 0),
    ("milvus_compaction_state_info counts", std::mem::offset_of!(milvus_compaction_state_info, counts), 0),
    ("milvus_segment_diff -", 0, size_of::<milvus_segment_diff>()),
    ("milvus_segment_diff segments_before", std::mem::offset_of!(milvus_segment_diff, segments_before), 0),
    ("milvus_segment_diff segments_after", std::mem::offset_of!(milvus_segment_diff, segments_after), 0),
    ("milvus_segment_diff rows_before", std::mem::offset_of!(milvus_segment_diff, rows_before), 0),
    ("milvus_segment_diff rows_after", std::mem::offset_of!(milvus_segment_diff, rows_after), 0),
    ("milvus_segment_diff rows_purged", std::mem::offset_of!(milvus_segment_diff, rows_purged), 0),
    ("milvus_segment_diff segments_removed", std::mem::offset_of!(milvus_segment_diff, segments_removed), 0),
    ("milvus_segment_diff segments_added", std::mem::offset_of!(milvus_segment_diff, segments_added), 0),
    ("milvus_segment_diff sources_remaining", std::mem::offset_of!(milvus_segment_diff, sources_remaining), 0),
    ("milvus_segment_diff targets_missing", std::mem::offset_of!(milvus_segment_diff, targets_missing), 0),
    ("milvus_segment_diff targets_confirmed", std::mem::offset_of!(milvus_segment_diff, targets_confirmed), 0),
    ("milvus_segment_diff l0_segments_before", std::mem::offset_of!(milvus_segment_diff, l0_segments_before), 0),
    ("milvus_segment_diff l0_segments_after", std::mem::offset_of!(milvus_segment_diff, l0_segments_after), 0),
    ("milvus_left_out -", 0, size_of::<milvus_left_out>()),
    ("milvus_left_out total", std::mem::offset_of!(milvus_left_out, total), 0),
    ("milvus_left_out unsorted", std::mem::offset_of!(milvus_left_out, unsorted), 0),
    ("milvus_left_out l0", std::mem::offset_of!(milvus_left_out, l0), 0),
    ("milvus_left_out clustered", std::mem::offset_of!(milvus_left_out, clustered), 0),
    ("milvus_left_out importing", std::mem::offset_of!(milvus_left_out, importing), 0),
    ("milvus_left_out unflushed", std::mem::offset_of!(milvus_left_out, unflushed), 0),
    ("milvus_left_out not_asked_for", std::mem::offset_of!(milvus_left_out, not_asked_for), 0),
    ("milvus_left_out other", std::mem::offset_of!(milvus_left_out, other), 0),
    ("milvus_compaction_report -", 0, size_of::<milvus_compaction_report>()),
    ("milvus_compaction_report size", std::mem::offset_of!(milvus_compaction_report, size), 0),
    ("milvus_compaction_report verdict", std::mem::offset_of!(milvus_compaction_report, verdict), 0),
    ("milvus_compaction_report has_segment_diff", std::mem::offset_of!(milvus_compaction_report, has_segment_diff), 0),
    ("milvus_compaction_report job_id", std::mem::offset_of!(milvus_compaction_report, job_id), 0),
    ("milvus_compaction_report planned", std::mem::offset_of!(milvus_compaction_report, planned), 0),
    ("milvus_compaction_report counts", std::mem::offset_of!(milvus_compaction_report, counts), 0),
    ("milvus_compaction_report unknown_plans", std::mem::offset_of!(milvus_compaction_report, unknown_plans), 0),
    ("milvus_compaction_report elapsed_ms", std::mem::offset_of!(milvus_compaction_report, elapsed_ms), 0),
    ("milvus_compaction_report polls", std::mem::offset_of!(milvus_compaction_report, polls), 0),
    ("milvus_compaction_report failed_polls", std::mem::offset_of!(milvus_compaction_report, failed_polls), 0),
    ("milvus_compaction_report segment_diff", std::mem::offset_of!(milvus_compaction_report, segment_diff), 0),
    ("milvus_compaction_report left_out", std::mem::offset_of!(milvus_compaction_report, left_out), 0),
    ("milvus_compaction_report unsorted_segments", std::mem::offset_of!(milvus_compaction_report, unsorted_segments), 0),
    ("milvus_compaction_report stalled_ms", std::mem::offset_of!(milvus_compaction_report, stalled_ms), 0),
    ("milvus_plan -", 0, size_of::<milvus_plan>()),
    ("milvus_plan size", std::mem::offset_of!(milvus_plan, size), 0),
    ("milvus_plan sources", std::mem::offset_of!(milvus_plan, sources), 0),
    ("milvus_plan source_count", std::mem::offset_of!(milvus_plan, source_count), 0),
    ("milvus_plan target", std::mem::offset_of!(milvus_plan, target), 0),
    ("milvus_plan targets", std::mem::offset_of!(milvus_plan, targets), 0),
    ("milvus_plan target_count", std::mem::offset_of!(milvus_plan, target_count), 0),
    ("milvus_plan judgement", std::mem::offset_of!(milvus_plan, judgement), 0),
    ("milvus_plan reason", std::mem::offset_of!(milvus_plan, reason), 0),
    ("milvus_plan has_details", std::mem::offset_of!(milvus_plan, has_details), 0),
    ("milvus_plan type", std::mem::offset_of!(milvus_plan, r#type), 0),
    ("milvus_plan state", std::mem::offset_of!(milvus_plan, state), 0),
    ("milvus_plan reserved", std::mem::offset_of!(milvus_plan, reserved), 0),
    ("milvus_plan plan_id", std::mem::offset_of!(milvus_plan, plan_id), 0),
    ("milvus_plan job_id", std::mem::offset_of!(milvus_plan, job_id), 0),
    ("milvus_plan collection_id", std::mem::offset_of!(milvus_plan, collection_id), 0),
    ("milvus_plan partition_id", std::mem::offset_of!(milvus_plan, partition_id), 0),
    ("milvus_plan channel", std::mem::offset_of!(milvus_plan, channel), 0),
    ("milvus_plan failure_reason", std::mem::offset_of!(milvus_plan, failure_reason), 0),
    ("milvus_segment -", 0, size_of::<milvus_segment>()),
    ("milvus_segment size", std::mem::offset_of!(milvus_segment, size), 0),
    ("milvus_segment id", std::mem::offset_of!(milvus_segment, id), 0),
    ("milvus_segment collection_id", std::mem::offset_of!(milvus_segment, collection_id), 0),
    ("milvus_segment partition_id", std::mem::offset_of!(milvus_segment, partition_id), 0),
    ("milvus_segment rows", std::mem::offset_of!(milvus_segment, rows), 0),
    ("milvus_segment state", std::mem::offset_of!(milvus_segment, state), 0),
    ("milvus_segment level", std::mem::offset_of!(milvus_segment, level), 0),
    ("milvus_segment is_sorted", std::mem::offset_of!(milvus_segment, is_sorted), 0),
    ("milvus_segment reserved", std::mem::offset_of!(milvus_segment, reserved), 0),
    ("milvus_segment storage_version", std::mem::offset_of!(milvus_segment, storage_version), 0),
    ("milvus_segment memory", std::mem::offset_of!(milvus_segment, memory), 0),
    ("milvus_segment channel", std::mem::offset_of!(milvus_segment, channel), 0),
    ("milvus_segment compaction_from", std::mem::offset_of!(milvus_segment, compaction_from), 0),
    ("milvus_segment compaction_from_count", std::mem::offset_of!(milvus_segment, compaction_from_count), 0),
    ("milvus_segment nodes", std::mem::offset_of!(milvus_segment, nodes), 0),
    ("milvus_segment node_count", std::mem::offset_of!(milvus_segment, node_count), 0),
    ("milvus_check_result -", 0, size_of::<milvus_check_result>()),
    ("milvus_check_result size", std::mem::offset_of!(milvus_check_result, size), 0),
    ("milvus_check_result would_compact", std::mem::offset_of!(milvus_check_result, would_compact), 0),
    ("milvus_check_result would_compact_if_free", std::mem::offset_of!(milvus_check_result, would_compact_if_free), 0),
    ("milvus_check_result may_be_busy", std::mem::offset_of!(milvus_check_result, may_be_busy), 0),
    ("milvus_check_result is_enabled", std::mem::offset_of!(milvus_check_result, is_enabled), 0),
    ("milvus_check_result is_running", std::mem::offset_of!(milvus_check_result, is_running), 0),
    ("milvus_check_result is_indexed", std::mem::offset_of!(milvus_check_result, is_indexed), 0),
    ("milvus_check_result needs_index", std::mem::offset_of!(milvus_check_result, needs_index), 0),
    ("milvus_check_result has_clustering_key", std::mem::offset_of!(milvus_check_result, has_clustering_key), 0),
    ("milvus_check_result has_unflushed", std::mem::offset_of!(milvus_check_result, has_unflushed), 0),
    ("milvus_check_result is_final", std::mem::offset_of!(milvus_check_result, is_final), 0),
    ("milvus_check_result segments", std::mem::offset_of!(milvus_check_result, segments), 0),
    ("milvus_check_result rows", std::mem::offset_of!(milvus_check_result, rows), 0),
    ("milvus_check_result expected_segments", std::mem::offset_of!(milvus_check_result, expected_segments), 0),
    ("milvus_check_result unsorted_segments", std::mem::offset_of!(milvus_check_result, unsorted_segments), 0),
    ("milvus_check_result l0_segments", std::mem::offset_of!(milvus_check_result, l0_segments), 0),
    ("milvus_check_result unindexed_rows", std::mem::offset_of!(milvus_check_result, unindexed_rows), 0),
    ("milvus_check_result reason", std::mem::offset_of!(milvus_check_result, reason), 0),
    ("milvus_resolution -", 0, size_of::<milvus_resolution>()),
    ("milvus_resolution size", std::mem::offset_of!(milvus_resolution, size), 0),
    ("milvus_resolution state", std::mem::offset_of!(milvus_resolution, state), 0),
    ("milvus_resolution reserved", std::mem::offset_of!(milvus_resolution, reserved), 0),
    ("milvus_resolution job_id", std::mem::offset_of!(milvus_resolution, job_id), 0),
    ("milvus_resolution text", std::mem::offset_of!(milvus_resolution, text), 0),
    ("milvus_collection_info -", 0, size_of::<milvus_collection_info>()),
    ("milvus_collection_info size", std::mem::offset_of!(milvus_collection_info, size), 0),
    ("milvus_collection_info collection_name", std::mem::offset_of!(milvus_collection_info, collection_name), 0),
    ("milvus_collection_info database", std::mem::offset_of!(milvus_collection_info, database), 0),
    ("milvus_collection_info aliases", std::mem::offset_of!(milvus_collection_info, aliases), 0),
    ("milvus_collection_info id", std::mem::offset_of!(milvus_collection_info, id), 0),
    ("milvus_collection_info rows", std::mem::offset_of!(milvus_collection_info, rows), 0),
    ("milvus_collection_info is_loaded", std::mem::offset_of!(milvus_collection_info, is_loaded), 0),
    ("milvus_collection_info has_clustering_key", std::mem::offset_of!(milvus_collection_info, has_clustering_key), 0),
    ("milvus_collection_info status", std::mem::offset_of!(milvus_collection_info, status), 0),
    ("milvus_collection_info reserved", std::mem::offset_of!(milvus_collection_info, reserved), 0),
    ("milvus_collection_info error", std::mem::offset_of!(milvus_collection_info, error), 0),
    ("milvus_database_info -", 0, size_of::<milvus_database_info>()),
    ("milvus_database_info size", std::mem::offset_of!(milvus_database_info, size), 0),
    ("milvus_database_info database", std::mem::offset_of!(milvus_database_info, database), 0),
    ("milvus_database_info id", std::mem::offset_of!(milvus_database_info, id), 0),
    ("milvus_survey_params -", 0, size_of::<milvus_survey_params>()),
    ("milvus_survey_params size", std::mem::offset_of!(milvus_survey_params, size), 0),
    ("milvus_survey_params compaction", std::mem::offset_of!(milvus_survey_params, compaction), 0),
    ("milvus_survey_params concurrency", std::mem::offset_of!(milvus_survey_params, concurrency), 0),
    ("milvus_survey_params all_databases", std::mem::offset_of!(milvus_survey_params, all_databases), 0),
    ("milvus_survey_params row_bytes", std::mem::offset_of!(milvus_survey_params, row_bytes), 0),
    ("milvus_survey_params segment_bytes", std::mem::offset_of!(milvus_survey_params, segment_bytes), 0),
    ("milvus_survey_result -", 0, size_of::<milvus_survey_result>()),
    ("milvus_survey_result size", std::mem::offset_of!(milvus_survey_result, size), 0),
    ("milvus_survey_result collection_name", std::mem::offset_of!(milvus_survey_result, collection_name), 0),
    ("milvus_survey_result database", std::mem::offset_of!(milvus_survey_result, database), 0),
    ("milvus_survey_result status", std::mem::offset_of!(milvus_survey_result, status), 0),
    ("milvus_survey_result reserved", std::mem::offset_of!(milvus_survey_result, reserved), 0),
    ("milvus_survey_result error", std::mem::offset_of!(milvus_survey_result, error), 0),
    ("milvus_survey_result check", std::mem::offset_of!(milvus_survey_result, check), 0),
    ("milvus_survey_result stored_segments", std::mem::offset_of!(milvus_survey_result, stored_segments), 0),
    ("milvus_survey_result stored_rows", std::mem::offset_of!(milvus_survey_result, stored_rows), 0),
    ("milvus_survey_result stored_bytes", std::mem::offset_of!(milvus_survey_result, stored_bytes), 0),
    ("milvus_survey_result small_segments", std::mem::offset_of!(milvus_survey_result, small_segments), 0),
    ("milvus_survey_result unsorted_segments", std::mem::offset_of!(milvus_survey_result, unsorted_segments), 0),
    ("milvus_survey_result l0_segments", std::mem::offset_of!(milvus_survey_result, l0_segments), 0),
    ("milvus_survey_result deleted_rows", std::mem::offset_of!(milvus_survey_result, deleted_rows), 0),
    ("milvus_survey_result merged_segments", std::mem::offset_of!(milvus_survey_result, merged_segments), 0),
    ("milvus_survey_result merged_into", std::mem::offset_of!(milvus_survey_result, merged_into), 0),
    ("milvus_survey_result rewrite_rows", std::mem::offset_of!(milvus_survey_result, rewrite_rows), 0),
    ("milvus_survey_result rewrite_bytes", std::mem::offset_of!(milvus_survey_result, rewrite_bytes), 0),
    ("milvus_survey_result row_bytes", std::mem::offset_of!(milvus_survey_result, row_bytes), 0),
    ("milvus_survey_result segment_bytes", std::mem::offset_of!(milvus_survey_result, segment_bytes), 0),
    ("milvus_survey_result fragmentation", std::mem::offset_of!(milvus_survey_result, fragmentation), 0),
    ("milvus_many_params -", 0, size_of::<milvus_many_params>()),
    ("milvus_many_params size", std::mem::offset_of!(milvus_many_params, size), 0),
    ("milvus_many_params compaction", std::mem::offset_of!(milvus_many_params, compaction), 0),
    ("milvus_many_params concurrency", std::mem::offset_of!(milvus_many_params, concurrency), 0),
    ("milvus_many_params only_trigger", std::mem::offset_of!(milvus_many_params, only_trigger), 0),
    ("milvus_many_params match", std::mem::offset_of!(milvus_many_params, r#match), 0),
    ("milvus_many_params all_databases", std::mem::offset_of!(milvus_many_params, all_databases), 0),
    ("milvus_many_params include_final", std::mem::offset_of!(milvus_many_params, include_final), 0),
    ("milvus_many_params min_segments", std::mem::offset_of!(milvus_many_params, min_segments), 0),
    ("milvus_many_params min_deleted_percent", std::mem::offset_of!(milvus_many_params, min_deleted_percent), 0),
    ("milvus_many_params max_collections", std::mem::offset_of!(milvus_many_params, max_collections), 0),
    ("milvus_many_params start_within_ms", std::mem::offset_of!(milvus_many_params, start_within_ms), 0),
    ("milvus_many_result -", 0, size_of::<milvus_many_result>()),
    ("milvus_many_result size", std::mem::offset_of!(milvus_many_result, size), 0),
    ("milvus_many_result collection_name", std::mem::offset_of!(milvus_many_result, collection_name), 0),
    ("milvus_many_result status", std::mem::offset_of!(milvus_many_result, status), 0),
    ("milvus_many_result trigger", std::mem::offset_of!(milvus_many_result, trigger), 0),
    ("milvus_many_result job_id", std::mem::offset_of!(milvus_many_result, job_id), 0),
    ("milvus_many_result planned", std::mem::offset_of!(milvus_many_result, planned), 0),
    ("milvus_many_result report", std::mem::offset_of!(milvus_many_result, report), 0),
    ("milvus_many_result error", std::mem::offset_of!(milvus_many_result, error), 0),
    ("milvus_many_result unsorted_segments", std::mem::offset_of!(milvus_many_result, unsorted_segments), 0),
    ("milvus_many_result skip", std::mem::offset_of!(milvus_many_result, skip), 0),
    ("milvus_many_result reserved", std::mem::offset_of!(milvus_many_result, reserved), 0),
    ("milvus_many_result skip_text", std::mem::offset_of!(milvus_many_result, skip_text), 0),
    ("milvus_many_result database", std::mem::offset_of!(milvus_many_result, database), 0),
    ("milvus_optimize_params -", 0, size_of::<milvus_optimize_params>()),
    ("milvus_optimize_params size", std::mem::offset_of!(milvus_optimize_params, size), 0),
    ("milvus_optimize_params compaction", std::mem::offset_of!(milvus_optimize_params, compaction), 0),
    ("milvus_optimize_params skip_stages", std::mem::offset_of!(milvus_optimize_params, skip_stages), 0),
    ("milvus_optimize_params l0", std::mem::offset_of!(milvus_optimize_params, l0), 0),
    ("milvus_optimize_params force", std::mem::offset_of!(milvus_optimize_params, force), 0),
    ("milvus_optimize_params only_estimate", std::mem::offset_of!(milvus_optimize_params, only_estimate), 0),
    ("milvus_optimize_params max_rounds", std::mem::offset_of!(milvus_optimize_params, max_rounds), 0),
    ("milvus_optimize_params concurrency", std::mem::offset_of!(milvus_optimize_params, concurrency), 0),
    ("milvus_optimize_params pause_ms", std::mem::offset_of!(milvus_optimize_params, pause_ms), 0),
    ("milvus_optimize_params max_pause_ms", std::mem::offset_of!(milvus_optimize_params, max_pause_ms), 0),
    ("milvus_optimize_params serve_timeout_ms", std::mem::offset_of!(milvus_optimize_params, serve_timeout_ms), 0),
    ("milvus_optimize_params max_rewrite_rows", std::mem::offset_of!(milvus_optimize_params, max_rewrite_rows), 0),
    ("milvus_optimize_params max_rewrite_bytes", std::mem::offset_of!(milvus_optimize_params, max_rewrite_bytes), 0),
    ("milvus_optimize_params min_segments", std::mem::offset_of!(milvus_optimize_params, min_segments), 0),
    ("milvus_optimize_params row_bytes", std::mem::offset_of!(milvus_optimize_params, row_bytes), 0),
    ("milvus_optimize_params segment_bytes", std::mem::offset_of!(milvus_optimize_params, segment_bytes), 0),
    ("milvus_optimize_result -", 0, size_of::<milvus_optimize_result>()),
    ("milvus_optimize_result size", std::mem::offset_of!(milvus_optimize_result, size), 0),
    ("milvus_optimize_result collection_name", std::mem::offset_of!(milvus_optimize_result, collection_name), 0),
    ("milvus_optimize_result status", std::mem::offset_of!(milvus_optimize_result, status), 0),
    ("milvus_optimize_result stage", std::mem::offset_of!(milvus_optimize_result, stage), 0),
    ("milvus_optimize_result verdict", std::mem::offset_of!(milvus_optimize_result, verdict), 0),
    ("milvus_optimize_result rounds", std::mem::offset_of!(milvus_optimize_result, rounds), 0),
    ("milvus_optimize_result is_loaded", std::mem::offset_of!(milvus_optimize_result, is_loaded), 0),
    ("milvus_optimize_result reserved", std::mem::offset_of!(milvus_optimize_result, reserved), 0),
    ("milvus_optimize_result job_id", std::mem::offset_of!(milvus_optimize_result, job_id), 0),
    ("milvus_optimize_result step_count", std::mem::offset_of!(milvus_optimize_result, step_count), 0),
    ("milvus_optimize_result error", std::mem::offset_of!(milvus_optimize_result, error), 0),
    ("milvus_optimize_result segments_before", std::mem::offset_of!(milvus_optimize_result, segments_before), 0),
    ("milvus_optimize_result segments_after", std::mem::offset_of!(milvus_optimize_result, segments_after), 0),
    ("milvus_optimize_result rows_before", std::mem::offset_of!(milvus_optimize_result, rows_before), 0),
    ("milvus_optimize_result rows_after", std::mem::offset_of!(milvus_optimize_result, rows_after), 0),
    ("milvus_optimize_result l0_segments_before", std::mem::offset_of!(milvus_optimize_result, l0_segments_before), 0),
    ("milvus_optimize_result l0_segments_after", std::mem::offset_of!(milvus_optimize_result, l0_segments_after), 0),
    ("milvus_optimize_result segments_in", std::mem::offset_of!(milvus_optimize_result, segments_in), 0),
    ("milvus_optimize_result segments_out", std::mem::offset_of!(milvus_optimize_result, segments_out), 0),
    ("milvus_optimize_result rewrite_rows", std::mem::offset_of!(milvus_optimize_result, rewrite_rows), 0),
    ("milvus_optimize_result rewrite_bytes", std::mem::offset_of!(milvus_optimize_result, rewrite_bytes), 0),
    ("milvus_optimize_result row_bytes", std::mem::offset_of!(milvus_optimize_result, row_bytes), 0),
    ("milvus_optimize_result served_segments", std::mem::offset_of!(milvus_optimize_result, served_segments), 0),
    ("milvus_optimize_result left_out", std::mem::offset_of!(milvus_optimize_result, left_out), 0),
    ("milvus_optimize_result new_segments", std::mem::offset_of!(milvus_optimize_result, new_segments), 0),
    ("milvus_optimize_result elapsed_ms", std::mem::offset_of!(milvus_optimize_result, elapsed_ms), 0),
    ("milvus_optimize_step -", 0, size_of::<milvus_optimize_step>()),
    ("milvus_optimize_step size", std::mem::offset_of!(milvus_optimize_step, size), 0),
    ("milvus_optimize_step stage", std::mem::offset_of!(milvus_optimize_step, stage), 0),
    ("milvus_optimize_step state", std::mem::offset_of!(milvus_optimize_step, state), 0),
    ("milvus_optimize_step round", std::mem::offset_of!(milvus_optimize_step, round), 0),
    ("milvus_optimize_step is_l0", std::mem::offset_of!(milvus_optimize_step, is_l0), 0),
    ("milvus_optimize_step job_id", std::mem::offset_of!(milvus_optimize_step, job_id), 0),
    ("milvus_optimize_step elapsed_ms", std::mem::offset_of!(milvus_optimize_step, elapsed_ms), 0),
    ("milvus_optimize_step report", std::mem::offset_of!(milvus_optimize_step, report), 0),
    ("milvus_optimize_step text", std::mem::offset_of!(milvus_optimize_step, text), 0),
    ("milvus_progress -", 0, size_of::<milvus_progress>()),
    ("milvus_progress size", std::mem::offset_of!(milvus_progress, size), 0),
    ("milvus_progress elapsed_ms", std::mem::offset_of!(milvus_progress, elapsed_ms), 0),
    ("milvus_progress planned", std::mem::offset_of!(milvus_progress, planned), 0),
    ("milvus_progress completed", std::mem::offset_of!(milvus_progress, completed), 0),
    ("milvus_progress failed", std::mem::offset_of!(milvus_progress, failed), 0),
    ("milvus_progress plans_per_second", std::mem::offset_of!(milvus_progress, plans_per_second), 0),
    ("milvus_progress collections", std::mem::offset_of!(milvus_progress, collections), 0),
    ("milvus_progress collections_done", std::mem::offset_of!(milvus_progress, collections_done), 0),
    ("milvus_progress collections_failed", std::mem::offset_of!(milvus_progress, collections_failed), 0),
    ("milvus_progress collections_skipped", std::mem::offset_of!(milvus_progress, collections_skipped), 0),
    ("milvus_progress stalled_ms", std::mem::offset_of!(milvus_progress, stalled_ms), 0),
    ("milvus_progress remaining_ms", std::mem::offset_of!(milvus_progress, remaining_ms), 0),
    ("milvus_progress stage", std::mem::offset_of!(milvus_progress, stage), 0),
    ("milvus_progress round", std::mem::offset_of!(milvus_progress, round), 0),
    ("milvus_progress stage_done", std::mem::offset_of!(milvus_progress, stage_done), 0),
    ("milvus_progress stage_total", std::mem::offset_of!(milvus_progress, stage_total), 0),
    ("milvus_progress rewrite_segments", std::mem::offset_of!(milvus_progress, rewrite_segments), 0),
    ("milvus_progress rewrite_rows", std::mem::offset_of!(milvus_progress, rewrite_rows), 0),
    ("milvus_progress rewrite_bytes", std::mem::offset_of!(milvus_progress, rewrite_bytes), 0),
    ("milvus_collection_event -", 0, size_of::<milvus_collection_event>()),
    ("milvus_collection_event size", std::mem::offset_of!(milvus_collection_event, size), 0),
    ("milvus_collection_event event", std::mem::offset_of!(milvus_collection_event, event), 0),
    ("milvus_collection_event status", std::mem::offset_of!(milvus_collection_event, status), 0),
    ("milvus_collection_event is_skipped", std::mem::offset_of!(milvus_collection_event, is_skipped), 0),
    ("milvus_collection_event reserved", std::mem::offset_of!(milvus_collection_event, reserved), 0),
    ("milvus_collection_event collection_name", std::mem::offset_of!(milvus_collection_event, collection_name), 0),
    ("milvus_collection_event index", std::mem::offset_of!(milvus_collection_event, index), 0),
    ("milvus_collection_event job_id", std::mem::offset_of!(milvus_collection_event, job_id), 0),
    ("milvus_collection_event elapsed_ms", std::mem::offset_of!(milvus_collection_event, elapsed_ms), 0),
    ("milvus_request_stats -", 0, size_of::<milvus_request_stats>()),
    ("milvus_request_stats ok", std::mem::offset_of!(milvus_request_stats, ok), 0),
    ("milvus_request_stats refused", std::mem::offset_of!(milvus_request_stats, refused), 0),
    ("milvus_request_stats lost", std::mem::offset_of!(milvus_request_stats, lost), 0),
    ("milvus_request_stats timed_out", std::mem::offset_of!(milvus_request_stats, timed_out), 0),
    ("milvus_request_stats cancelled", std::mem::offset_of!(milvus_request_stats, cancelled), 0),
    ("milvus_request_stats p50_us", std::mem::offset_of!(milvus_request_stats, p50_us), 0),
    ("milvus_request_stats p90_us", std::mem::offset_of!(milvus_request_stats, p90_us), 0),
    ("milvus_request_stats p99_us", std::mem::offset_of!(milvus_request_stats, p99_us), 0),
    ("milvus_request_stats max_us", std::mem::offset_of!(milvus_request_stats, max_us), 0),
    ("milvus_stats -", 0, size_of::<milvus_stats>()),
    ("milvus_stats size", std::mem::offset_of!(milvus_stats, size), 0),
    ("milvus_stats connections_made", std::mem::offset_of!(milvus_stats, connections_made), 0),
    ("milvus_stats connections_failed", std::mem::offset_of!(milvus_stats, connections_failed), 0),
    ("milvus_stats connections_lost", std::mem::offset_of!(milvus_stats, connections_lost), 0),
    ("milvus_stats retries", std::mem::offset_of!(milvus_stats, retries), 0),
    ("milvus_stats resends", std::mem::offset_of!(milvus_stats, resends), 0),
    ("milvus_stats polls", std::mem::offset_of!(milvus_stats, polls), 0),
    ("milvus_stats bytes_sent", std::mem::offset_of!(milvus_stats, bytes_sent), 0),
    ("milvus_stats bytes_received", std::mem::offset_of!(milvus_stats, bytes_received), 0),
    ("milvus_stats operations_in_flight", std::mem::offset_of!(milvus_stats, operations_in_flight), 0),
    ("milvus_stats requests_in_flight", std::mem::offset_of!(milvus_stats, requests_in_flight), 0),
    ("milvus_stats jobs_followed", std::mem::offset_of!(milvus_stats, jobs_followed), 0),
    ("milvus_stats handshakes", std::mem::offset_of!(milvus_stats, handshakes), 0),
    ("milvus_stats triggers", std::mem::offset_of!(milvus_stats, triggers), 0),
    ("milvus_stats states", std::mem::offset_of!(milvus_stats, states), 0),
    ("milvus_stats plans", std::mem::offset_of!(milvus_stats, plans), 0),
    ("milvus_stats segments", std::mem::offset_of!(milvus_stats, segments), 0),
    ("milvus_stats others", std::mem::offset_of!(milvus_stats, others), 0),
];
