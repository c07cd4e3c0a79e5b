//! The structs as Rust lays them out are those that `tests/abi/layout.txt` promises to every language.

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};

use super::catalog::{milvus_collection_info, milvus_database_info};
use super::check::{milvus_check_result, milvus_resolution};
use super::client::milvus_server_info;
use super::compaction::{milvus_compact_params, milvus_compact_result};
use super::errors::milvus_error;
use super::events::milvus_collection_event;
use super::futures::milvus_progress;
use super::jobs::{
    milvus_compaction_report, milvus_compaction_state_info, milvus_left_out, milvus_plan_counts,
    milvus_segment_diff,
};
use super::many::{milvus_many_params, milvus_many_result};
use super::optimize::milvus_optimize_params;
use super::optimized::{milvus_optimize_result, milvus_optimize_step};
use super::options::milvus_option_info;
use super::plans::milvus_plan;
use super::segments::milvus_segment;
use super::stats::{milvus_request_stats, milvus_stats};
use super::survey::{milvus_survey_params, milvus_survey_result};

/// The size of one field's type, found without a value of the struct.
fn size_of_field<S, F>(_: fn(&S) -> &F) -> usize {
    size_of::<F>()
}

macro_rules! lay_out {
    ($($name:ident: $($field:ident)*;)*) => {{
        let mut text = String::new();
        $(
            writeln!(text, "{} - 0 {}", stringify!($name), size_of::<$name>()).unwrap();
            $(writeln!(
                text,
                "{} {} {} {}",
                stringify!($name),
                stringify!($field).trim_start_matches("r#"),
                offset_of!($name, $field),
                size_of_field(|value: &$name| &value.$field)
            ).unwrap();)*
        )*
        text
    }};
}

#[test]
fn structs_are_laid_out_as_promised() {
    let here = lay_out! {
        milvus_error: size status grpc_code server_code retriable in_doubt resolution job_id operation message
            request_id;
        milvus_option_info: size key default_value help kind reserved minimum maximum;
        milvus_server_info: size client_id is_lite reserved version deploy_mode;
        milvus_compact_params: size is_clustering is_l0 target_size_mb partition_name channel segment_ids
            segment_count database only_if_idle reserved;
        milvus_compact_result: size trigger reserved job_id planned unsorted_segments;
        milvus_plan_counts: executing completed failed timed_out;
        milvus_compaction_state_info: size state reserved counts;
        milvus_segment_diff: segments_before segments_after rows_before rows_after rows_purged segments_removed
            segments_added sources_remaining targets_missing targets_confirmed l0_segments_before
            l0_segments_after;
        milvus_left_out: total unsorted l0 clustered importing unflushed not_asked_for other;
        milvus_compaction_report: size verdict has_segment_diff job_id planned counts unknown_plans elapsed_ms
            polls failed_polls segment_diff left_out unsorted_segments stalled_ms;
        milvus_plan: size sources source_count target targets target_count judgement reason has_details r#type state
            reserved plan_id job_id collection_id partition_id channel failure_reason;
        milvus_segment: size id collection_id partition_id rows state level is_sorted reserved
            storage_version memory channel compaction_from compaction_from_count nodes node_count;
        milvus_check_result: size would_compact would_compact_if_free may_be_busy is_enabled is_running is_indexed
            needs_index has_clustering_key has_unflushed is_final segments rows expected_segments
            unsorted_segments l0_segments unindexed_rows reason;
        milvus_resolution: size state reserved job_id text;
        milvus_collection_info: size collection_name database aliases id rows is_loaded has_clustering_key
            status reserved error;
        milvus_database_info: size database id;
        milvus_survey_params: size compaction concurrency all_databases row_bytes segment_bytes;
        milvus_survey_result: size collection_name database status reserved error check stored_segments stored_rows
            stored_bytes small_segments unsorted_segments l0_segments deleted_rows merged_segments merged_into
            rewrite_rows rewrite_bytes row_bytes segment_bytes fragmentation;
        milvus_many_params: size compaction concurrency only_trigger r#match all_databases include_final min_segments
            min_deleted_percent max_collections start_within_ms;
        milvus_many_result: size collection_name status trigger job_id planned report error
            unsorted_segments skip reserved skip_text database;
        milvus_optimize_params: size compaction skip_stages l0 force only_estimate max_rounds concurrency pause_ms
            max_pause_ms serve_timeout_ms max_rewrite_rows max_rewrite_bytes min_segments row_bytes
            segment_bytes;
        milvus_optimize_result: size collection_name status stage verdict rounds is_loaded reserved job_id step_count
            error segments_before segments_after rows_before rows_after l0_segments_before
            l0_segments_after segments_in segments_out rewrite_rows rewrite_bytes row_bytes
            served_segments left_out new_segments elapsed_ms;
        milvus_optimize_step: size stage state round is_l0 job_id elapsed_ms report text;
        milvus_progress: size elapsed_ms planned completed failed plans_per_second collections
            collections_done collections_failed collections_skipped stalled_ms remaining_ms stage round stage_done stage_total rewrite_segments rewrite_rows
            rewrite_bytes;
        milvus_collection_event: size event status is_skipped reserved collection_name index job_id elapsed_ms;
        milvus_request_stats: ok refused lost timed_out cancelled p50_us p90_us p99_us max_us;
        milvus_stats: size connections_made connections_failed connections_lost retries resends polls bytes_sent
            bytes_received operations_in_flight requests_in_flight jobs_followed handshakes triggers states
            plans segments others;
    };
    let promised = include_str!("../../tests/abi/layout.txt");
    for (here, promised) in here.lines().zip(promised.lines()) {
        assert_eq!(here, promised);
    }
    assert_eq!(here, promised);
}
