//! Lists of the library, copied and freed.

use std::ptr::null_mut;

use super::future::Future;
use super::values::{Optimized, Plan, Segment, Step, Triggered};
use super::{Failure, text};
use crate::ffi;

/// Takes a future's list of one kind, reads its items, and frees it. Without a list there are none.
macro_rules! taken {
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
    taken!(future, milvus_future_take_plans, milvus_plan_list_count, milvus_plan_list_free, |list, index| {
        Plan::read(&got!(milvus_plan, milvus_plan_list_get(list, index)))
    })
}

pub(super) fn segments(future: &Future) -> Vec<Segment> {
    taken!(
        future,
        milvus_future_take_segments,
        milvus_segment_list_count,
        milvus_segment_list_free,
        |list, index| Segment::read(&got!(milvus_segment, milvus_segment_list_get(list, index)))
    )
}

/// The answer to the trigger of each collection, and its failure.
pub(super) fn triggered(future: &Future) -> Vec<(Triggered, Option<Failure>)> {
    taken!(future, milvus_future_take_many, milvus_many_list_count, milvus_many_list_free, |list, index| {
        let result = got!(milvus_many_result, milvus_many_list_get(list, index));
        let triggered = Triggered {
            trigger: result.trigger,
            job: result.job_id,
            planned: result.planned,
            unsorted: result.unsorted_segments,
        };
        (triggered, failure(result.status, result.error))
    })
}

pub(super) fn optimized(future: &Future) -> Vec<Optimized> {
    taken!(
        future,
        milvus_future_take_optimized,
        milvus_optimize_list_count,
        milvus_optimize_list_free,
        |list, index| {
            let result = got!(milvus_optimize_result, milvus_optimize_list_get(list, index));
            let steps = (0..result.step_count)
                .map(|step| {
                    let step = got!(milvus_optimize_step, milvus_optimize_list_step(list, index, step));
                    Step {
                        stage: step.stage,
                        state: step.state,
                        round: step.round,
                        job: step.job_id,
                        text: text(step.text),
                    }
                })
                .collect();
            read(&result, steps)
        }
    )
}

fn read(result: &ffi::milvus_optimize_result, steps: Vec<Step>) -> Optimized {
    Optimized {
        collection: text(result.collection_name),
        failure: failure(result.status, result.error),
        stage: result.stage,
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
        left_out: result.left_out.total,
        elapsed_ms: result.elapsed_ms,
        steps,
    }
}

fn failure(status: i32, error: *const ffi::milvus_error) -> Option<Failure> {
    // SAFETY: the details are never NULL, and live as long as the list.
    (status != ffi::MILVUS_OK).then(|| Failure::read(unsafe { &*error }))
}
