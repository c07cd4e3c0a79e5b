//! Results of optimizing
//!
//! milvus_optimize() and milvus_optimize_many() return a list with one result for each collection. A result
//! has a line for each stage and each round, its steps.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::time::Duration;

use super::convert::{self, NOT_REPORTED, OutStruct, Sized_};
use super::entry::{entry, query};
use super::errors::{Detail, Plain, milvus_error, milvus_status};
use super::handle::{self, Handle, Table};
use super::jobs::{milvus_compaction_report, milvus_left_out, milvus_verdict};
use super::reports::report;
use super::values::MILVUS_NOT_KNOWN;
use crate::compaction::{Optimized, Step};
use crate::error::{Error, Status};

/// The step did what it was for.
pub const MILVUS_STEP_DONE: i32 = 1;
/// The step was not needed, or not wanted.
pub const MILVUS_STEP_SKIPPED: i32 = 2;
/// The step failed, or the call ended during it.
pub const MILVUS_STEP_FAILED: i32 = 3;

/// The result of one collection. MILVUS_NOT_REPORTED stands for what is not known.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_optimize_result {
    /// Set by MILVUS_OPTIMIZE_RESULT_INIT.
    pub size: usize,
    /// The name or alias that you gave, or that the server listed. It lives as long as the list, never NULL.
    pub collection_name: *const c_char,
    /// MILVUS_OK if all stages are done. Else the status of the stage that failed.
    pub status: milvus_status,
    /// The stage in which it ended: MILVUS_STAGE_DONE after the last, also with MILVUS_INCOMPLETE.
    pub stage: i32,
    /// How the compaction ended, all rounds together: one of the MILVUS_VERDICT_... constants.
    /// MILVUS_VERDICT_NOTHING_TO_DO if nothing was triggered.
    pub verdict: milvus_verdict,
    /// Jobs that were triggered or followed.
    pub rounds: i32,
    /// Whether the collection is loaded: MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN.
    pub is_loaded: i32,
    /// 0.
    pub reserved: i32,
    /// The latest job, or MILVUS_NO_JOB. If the call ended early, it may go on.
    pub job_id: i64,
    /// The number of steps; milvus_optimize_list_step() reads them.
    pub step_count: usize,
    /// The details of the failure; with the status MILVUS_OK if there is none. It lives as long as the list,
    /// never NULL.
    pub error: *const milvus_error,
    /// Segments with stored rows before the first round.
    pub segments_before: i64,
    /// Segments with stored rows after the last round.
    pub segments_after: i64,
    /// Rows of those segments before. Deleted rows count until a compaction purges them.
    pub rows_before: i64,
    /// Rows of those segments after.
    pub rows_after: i64,
    /// Segments of deletions (L0) before the first round. Servers since 2.4.7 report it.
    pub l0_segments_before: i64,
    /// Segments of deletions (L0) after the last round.
    pub l0_segments_after: i64,
    /// Segments that the rounds rewrote, as listed before each. With only_estimate: that they would rewrite.
    pub segments_in: i64,
    /// About how many they became. MILVUS_NOT_REPORTED for a clustering.
    pub segments_out: i64,
    /// Their rows.
    pub rewrite_rows: i64,
    /// Their bytes, as an estimate: rewrite_rows times row_bytes. Servers report no sizes.
    pub rewrite_bytes: i64,
    /// The size of a row in bytes: from the parameters, or of the fixed-width fields of the schema.
    pub row_bytes: i64,
    /// Segments that the query nodes serve at the end, of those that they should.
    pub served_segments: i64,
    /// Stored segments that are not in the state that was wanted, by reason. `other` counts those that could
    /// be merged, but were held or refused.
    pub left_out: milvus_left_out,
    /// Segments that were stored since the first round began, by flushes and other compactions.
    pub new_segments: i64,
    /// Duration in milliseconds.
    pub elapsed_ms: i64,
}

/// A line of a result: a stage, or one round of the compaction.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_optimize_step {
    /// Set by MILVUS_OPTIMIZE_STEP_INIT.
    pub size: usize,
    /// The stage: one of the MILVUS_STAGE_... constants.
    pub stage: i32,
    /// How it ended: one of the MILVUS_STEP_... constants.
    pub state: i32,
    /// The number of the round, from 1; 0 for a whole stage.
    pub round: i32,
    /// 1 if the round applied deletions (an L0 compaction). Else 0.
    pub is_l0: i32,
    /// The job of the round, or MILVUS_NO_JOB.
    pub job_id: i64,
    /// Duration in milliseconds.
    pub elapsed_ms: i64,
    /// What the round found out about its job; NULL for a whole stage. It lives as long as the list.
    pub report: *const milvus_compaction_report,
    /// What happened, as a text for people. It lives as long as the list, never NULL.
    pub text: *const c_char,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_optimize_result {
    const NAME: &'static str = "milvus_optimize_result";
    const FIRST_SIZE: usize = 240;
}
// SAFETY: as above.
unsafe impl Sized_ for milvus_optimize_step {
    const NAME: &'static str = "milvus_optimize_step";
    const FIRST_SIZE: usize = 56;
}

/// The results of milvus_optimize() or milvus_optimize_many().
pub struct milvus_optimize_list {
    _private: (),
}

/// The value behind a list.
pub struct OptimizeList(Vec<Entry>);

/// One result, with what C gets pointers to.
struct Entry {
    name: CString,
    out: Optimized,
    status: Status,
    error: Option<Box<Detail>>,
    steps: Vec<Line>,
}

/// One step, with what C gets pointers to.
struct Line {
    text: CString,
    report: Option<Box<milvus_compaction_report>>,
    step: Step,
}

impl Handle for milvus_optimize_list {
    type Value = OptimizeList;
    const NAME: &'static str = "milvus_optimize_list";
    const KIND: u64 = 8;

    fn table() -> &'static Table<OptimizeList> {
        static TABLE: Table<OptimizeList> = Table::new();
        &TABLE
    }
}

/// Counts the results of a list.
///
/// @param list  The list.
/// @return The number of results; 0 for NULL or a freed list. milvus_last_error() stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_list_count(list: *const milvus_optimize_list) -> usize {
    query(|| handle::get(list).map(|list| list.0.len())).unwrap_or(0)
}

/// Reads the result of one collection.
///
/// @param list        The list.
/// @param index       From 0 to milvus_optimize_list_count() - 1.
/// @param out_result  Receives the result. Begin with `milvus_optimize_result result =
///                    MILVUS_OPTIMIZE_RESULT_INIT;`. What it points to lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_list_get(
    list: *const milvus_optimize_list,
    index: usize,
    out_result: *mut milvus_optimize_result,
) -> milvus_status {
    entry(c"milvus_optimize_list_get", || {
        let list = handle::get(list)?;
        let out = OutStruct::new("out_result", out_result)?;
        out.write(&list.entry(index)?.shown());
        Ok(())
    })
}

/// Reads a step of one collection's result. Steps are in the order in which they ended; the rounds of the
/// compaction come before the line of its stage.
///
/// @param list      The list.
/// @param index     From 0 to milvus_optimize_list_count() - 1.
/// @param step      From 0 to step_count of the result - 1.
/// @param out_step  Receives the step. Begin with `milvus_optimize_step step =
///                  MILVUS_OPTIMIZE_STEP_INIT;`. What it points to lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_list_step(
    list: *const milvus_optimize_list,
    index: usize,
    step: usize,
    out_step: *mut milvus_optimize_step,
) -> milvus_status {
    entry(c"milvus_optimize_list_step", || {
        let list = handle::get(list)?;
        let out = OutStruct::new("out_step", out_step)?;
        let steps = &list.entry(index)?.steps;
        let line = steps.get(step).ok_or_else(|| {
            Error::invalid_argument(format!("step: is {step}; the result has {} steps", steps.len()))
        })?;
        out.write(&line.shown());
        Ok(())
    })
}

/// Frees a list of results.
///
/// @param list  The list; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_list_free(list: *mut milvus_optimize_list) {
    if !list.is_null() {
        entry(c"milvus_optimize_list_free", || handle::remove(list));
    }
}

impl OptimizeList {
    /// `operation`: the export that the errors name.
    pub(super) fn new(items: Vec<Optimized>, operation: &'static CStr) -> Self {
        Self(items.into_iter().map(|item| Entry::new(item, operation)).collect())
    }

    /// Each result with its steps.
    pub(super) fn shown(&self) -> impl Iterator<Item = (milvus_optimize_result, Vec<milvus_optimize_step>)> {
        self.0.iter().map(|entry| (entry.shown(), entry.steps.iter().map(Line::shown).collect()))
    }

    fn entry(&self, index: usize) -> Result<&Entry, Error> {
        let count = self.0.len();
        let wrong =
            || Error::invalid_argument(format!("index: is {index}; the list has {count} collections"));
        self.0.get(index).ok_or_else(wrong)
    }
}

impl Entry {
    fn new(mut out: Optimized, operation: &'static CStr) -> Self {
        Self {
            name: convert::c_text(&out.name),
            status: out.error.as_ref().map_or(Status::Ok, |error| error.status),
            error: out.error.take().map(|error| Box::new(Detail::new(operation, &error))),
            steps: std::mem::take(&mut out.steps).into_iter().map(Line::new).collect(),
            out,
        }
    }

    fn shown(&self) -> milvus_optimize_result {
        static NONE: Plain = Plain::new(Status::Ok, c"");
        let told = |number: Option<i64>| number.unwrap_or(NOT_REPORTED);
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let (before, after, cost) = (self.out.before, self.out.after, self.out.cost);
        milvus_optimize_result {
            size: size_of::<milvus_optimize_result>(),
            collection_name: self.name.as_ptr(),
            status: self.status as milvus_status,
            stage: self.out.stage as i32,
            verdict: self.out.verdict as milvus_verdict,
            rounds: self.steps.iter().map(|line| int32(line.step.round)).max().unwrap_or(0),
            is_loaded: self.out.is_loaded.map_or(MILVUS_NOT_KNOWN, i32::from),
            reserved: 0,
            job_id: self.out.job_id,
            step_count: self.steps.len(),
            error: self.error.as_deref().map_or_else(|| NONE.pointer(), Detail::pointer),
            segments_before: told(before.map(|totals| totals.segments)),
            segments_after: told(after.map(|totals| totals.segments)),
            rows_before: told(before.map(|totals| totals.rows)),
            rows_after: told(after.map(|totals| totals.rows)),
            l0_segments_before: told(before.and_then(|totals| totals.l0_segments)),
            l0_segments_after: told(after.and_then(|totals| totals.l0_segments)),
            segments_in: number(cost.segments_in),
            segments_out: told(cost.segments_out.map(number)),
            rewrite_rows: number(cost.rows),
            rewrite_bytes: number(cost.bytes()),
            row_bytes: number(cost.row_bytes),
            served_segments: told(self.out.served),
            left_out: self.out.left_out.as_ref().map_or(milvus_left_out::NOT_KNOWN, milvus_left_out::from),
            new_segments: told(self.out.new_segments),
            elapsed_ms: milliseconds(self.out.took),
        }
    }
}

impl Line {
    fn new(mut step: Step) -> Self {
        let outcome = step.outcome.take();
        let told = outcome.map(|outcome| Box::new(report(step.job_id, &outcome, step.took)));
        Self { text: convert::c_text(&step.text), report: told, step }
    }

    fn shown(&self) -> milvus_optimize_step {
        milvus_optimize_step {
            size: size_of::<milvus_optimize_step>(),
            stage: self.step.stage as i32,
            state: self.step.state as i32,
            round: int32(self.step.round),
            is_l0: self.step.is_l0.into(),
            job_id: self.step.job_id,
            elapsed_ms: milliseconds(self.step.took),
            report: self.report.as_deref().map_or(ptr::null(), ptr::from_ref),
            text: self.text.as_ptr(),
        }
    }
}

fn int32(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn milliseconds(took: Duration) -> i64 {
    i64::try_from(took.as_millis()).unwrap_or(i64::MAX)
}

/// Gives the short text of how a step ended, e.g. "skipped".
///
/// @param state  One of the MILVUS_STEP_... constants, or any other number.
/// @return A static text, never NULL: "unknown step state" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_step_state_name(state: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 3] =
        [(MILVUS_STEP_DONE, c"done"), (MILVUS_STEP_SKIPPED, c"skipped"), (MILVUS_STEP_FAILED, c"failed")];
    convert::named(state, &NAMES, c"unknown step state")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::StepState;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_STEP_DONE, StepState::Done as i32);
        assert_eq!(MILVUS_STEP_SKIPPED, StepState::Skipped as i32);
        assert_eq!(MILVUS_STEP_FAILED, StepState::Failed as i32);
    }

    #[test]
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_optimize_result::FIRST_SIZE, size_of::<milvus_optimize_result>());
        assert_eq!(milvus_optimize_step::FIRST_SIZE, size_of::<milvus_optimize_step>());
    }
}
