//! Lists of the library, copied and freed.

use std::ptr::null_mut;

use serde_json::Value;

use super::future::Future;
use super::values::{Check, Optimized, Plan, Segment, Surveyed, Target, Triggered};
use super::{Failure, text, texts};
use crate::ffi;

/// Takes a future's list of one kind, reads its items, and frees it. Without a list there are none. With a function that
/// writes the list as JSON, `$json` is what it writes of the item.
macro_rules! taken {
    ($future:expr, $take:ident, $count:ident, $free:ident, $write:ident, |$list:ident, $index:ident, $json:ident| $item:expr) => {{
        let mut written = Vec::new().into_iter();
        taken!($future, $take, $count, $free, |$list, $index| {
            if $index == 0 {
                // SAFETY: the list is valid, and the buffer has the capacity that is said.
                let all = texts::json(|buffer, capacity, length| unsafe {
                    ffi::$write($list, buffer, capacity, length)
                });
                written = if let Value::Array(all) = all { all.into_iter() } else { Vec::new().into_iter() };
            }
            let $json = written.next().unwrap_or_default();
            $item
        })
    }};
    ($future:expr, $take:ident, $count:ident, $free:ident, |$list:ident, $index:ident| $item:expr) => {{
        let mut $list = null_mut();
        // SAFETY: handle and pointer are valid; the list is ours.
        unsafe { ffi::$take($future.handle(), &raw mut $list) };
        let mut items = Vec::new();
        if !$list.is_null() {
            // SAFETY: the list is valid until it is freed below.
            let count = unsafe { ffi::$count($list) };
            for $index in 0..count {
                items.push($item);
            }
            // SAFETY: nobody uses it afterwards: the items are copies.
            unsafe { ffi::$free($list) };
        }
        items
    }};
}

/// Reads a struct by one of the library's functions, from what it begins with.
macro_rules! got {
    ($struct:ident, $function:ident($($argument:expr),*)) => {{
        let mut value = ffi::$struct::INIT;
        // SAFETY: the handles are valid, and the struct has its size.
        unsafe { ffi::$function($($argument,)* &raw mut value) };
        value
    }};
}

pub(super) use got;

pub(super) fn plans(future: &Future) -> Vec<Plan> {
    taken!(
        future,
        milvus_future_take_plans,
        milvus_plan_list_count,
        milvus_plan_list_free,
        milvus_plan_list_json,
        |list, index, json| Plan::read(&got!(milvus_plan, milvus_plan_list_get(list, index)), json)
    )
}

pub(super) fn segments(future: &Future) -> Vec<Segment> {
    taken!(
        future,
        milvus_future_take_segments,
        milvus_segment_list_count,
        milvus_segment_list_free,
        milvus_segment_list_json,
        |list, index, json| Segment::read(&got!(milvus_segment, milvus_segment_list_get(list, index)), json)
    )
}

/// The answer to the trigger of each collection, or why it was skipped, or its failure.
pub(super) fn triggered(future: &Future) -> Vec<Result<Result<Triggered, String>, Failure>> {
    taken!(future, milvus_future_take_many, milvus_many_list_count, milvus_many_list_free, |list, index| {
        let result = got!(milvus_many_result, milvus_many_list_get(list, index));
        match failure(result.status, result.error) {
            Some(failure) => Err(failure),
            None if result.trigger == ffi::MILVUS_TRIGGER_SKIPPED => Ok(Err(text(result.skip_text))),
            None => Ok(Ok(Triggered {
                trigger: result.trigger,
                job: result.job_id,
                planned: result.planned,
                unsorted: result.unsorted_segments,
            })),
        }
    })
}

pub(super) fn optimized(future: &Future) -> Vec<Optimized> {
    taken!(
        future,
        milvus_future_take_optimized,
        milvus_optimize_list_count,
        milvus_optimize_list_free,
        milvus_optimize_list_json,
        |list, index, json| {
            let result = got!(milvus_optimize_result, milvus_optimize_list_get(list, index));
            let jobs = (0..result.step_count)
                .map(|step| got!(milvus_optimize_step, milvus_optimize_list_step(list, index, step)).job_id)
                .collect();
            read(&result, jobs, json)
        }
    )
}

/// The names of the collections of a database.
pub(super) fn collections(future: &Future) -> Vec<Target> {
    taken!(
        future,
        milvus_future_take_collections,
        milvus_collection_list_count,
        milvus_collection_list_free,
        |list, index| {
            let info = got!(milvus_collection_info, milvus_collection_list_get(list, index));
            Target { database: text(info.database), collection: text(info.collection_name) }
        }
    )
}

pub(super) fn databases(future: &Future) -> Vec<String> {
    taken!(
        future,
        milvus_future_take_databases,
        milvus_database_list_count,
        milvus_database_list_free,
        |list, index| text(got!(milvus_database_info, milvus_database_list_get(list, index)).database)
    )
}

pub(super) fn surveyed(future: &Future) -> Vec<Surveyed> {
    taken!(
        future,
        milvus_future_take_survey,
        milvus_survey_list_count,
        milvus_survey_list_free,
        milvus_survey_list_json,
        |list, index, json| {
            let result = got!(milvus_survey_result, milvus_survey_list_get(list, index));
            // SAFETY: it is NULL, or lives as long as the list.
            let check = unsafe { result.check.as_ref() }.map(Check::read);
            Surveyed {
                failure: failure(result.status, result.error),
                check,
                stored_segments: result.stored_segments,
                stored_rows: result.stored_rows,
                small_segments: result.small_segments,
                unsorted_segments: result.unsorted_segments,
                l0_segments: result.l0_segments,
                deleted_rows: result.deleted_rows,
                merged_segments: result.merged_segments,
                rewrite_bytes: result.rewrite_bytes,
                fragmentation: result.fragmentation,
                json,
            }
        }
    )
}

fn read(result: &ffi::milvus_optimize_result, jobs: Vec<i64>, json: Value) -> Optimized {
    Optimized {
        verdict: result.verdict,
        rounds: result.rounds,
        job: result.job_id,
        segments_before: result.segments_before,
        segments_after: result.segments_after,
        rows_before: result.rows_before,
        rows_after: result.rows_after,
        segments_in: result.segments_in,
        segments_out: result.segments_out,
        rewrite_rows: result.rewrite_rows,
        rewrite_bytes: result.rewrite_bytes,
        jobs,
        json,
    }
}

fn failure(status: i32, error: *const ffi::milvus_error) -> Option<Failure> {
    // SAFETY: the details are never NULL, and live as long as the list.
    (status != ffi::MILVUS_OK).then(|| Failure::read(unsafe { &*error }))
}
