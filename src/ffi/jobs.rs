//! Following a job
//!
//! Wait for a job with milvus_compaction_wait(). The verdict rests on what became of the segments that each plan of
//! the job took, and on the server's counters while they can be seen. It does not rest on the server's word
//! "Completed", which jobs that failed, or never existed, get too.

use std::ffi::{CStr, c_char};
use std::time::Duration;

use super::client::milvus_client;
use super::convert::{self, NOT_REPORTED, OutStruct, Sized_};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use super::segments::milvus_segment_diff;
use crate::compaction::{LeftOut, Outcome, StateInfo, Verdict};
use crate::error::Error;
use crate::operation::Operation;

/// The server answered with a state that this library does not know.
pub const MILVUS_COMPACTION_STATE_UNDEFINED: i32 = 0;
/// At least one plan is running or waiting to run.
pub const MILVUS_COMPACTION_STATE_EXECUTING: i32 = 1;
/// No plan is running. Alone this says nothing: jobs that failed, or never existed, are Completed too.
pub const MILVUS_COMPACTION_STATE_COMPLETED: i32 = 2;

/// How a compaction ended: one of the MILVUS_VERDICT_... constants. Later versions may add more of them.
pub type milvus_verdict = i32;

/// None yet: the wait ended before the job did.
pub const MILVUS_VERDICT_NONE: milvus_verdict = 0;
/// Every plan of the job completed.
pub const MILVUS_VERDICT_SUCCEEDED: milvus_verdict = 1;
/// The server scheduled nothing: as far as its segments show, there is nothing to compact (before 2.4: or another
/// compaction holds the segments).
pub const MILVUS_VERDICT_NOTHING_TO_DO: milvus_verdict = 2;
/// Some plans completed; others failed or timed out.
pub const MILVUS_VERDICT_PARTLY_FAILED: milvus_verdict = 3;
/// Plans failed, and none completed.
pub const MILVUS_VERDICT_FAILED: milvus_verdict = 4;
/// The plans ran out of the time that the server gives them, and none completed.
pub const MILVUS_VERDICT_TIMED_OUT: milvus_verdict = 5;
/// The server forgot the job, never knew it, or forgot too much of it to tell.
pub const MILVUS_VERDICT_UNKNOWN: milvus_verdict = 6;
/// Clustering was asked for, but the server answered with another job that held the collection, and started none. That
/// job, which is the report's, is over now: ask again. The wait returns MILVUS_BUSY.
pub const MILVUS_VERDICT_NOT_STARTED: milvus_verdict = 7;

/// What the server says of a job now.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compaction_state_info {
    /// Set by MILVUS_COMPACTION_STATE_INFO_INIT.
    pub size: usize,
    /// MILVUS_COMPACTION_STATE_UNDEFINED, _EXECUTING or _COMPLETED.
    pub state: i32,
    /// 0.
    pub reserved: i32,
    /// Plans that are running or waiting to run.
    pub executing_plans: i64,
    /// Plans that completed.
    pub completed_plans: i64,
    /// Plans that failed. Servers forget them within seconds to minutes.
    pub failed_plans: i64,
    /// Plans that took longer than the server allows.
    pub timed_out_plans: i64,
}

/// What a wait has to tell. Counts of plans that ended rest on the largest counters that were seen while waiting, as
/// servers forget, and on what became of each plan's segments.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compaction_report {
    /// Set by MILVUS_COMPACTION_REPORT_INIT.
    pub size: usize,
    /// How the job ended; MILVUS_VERDICT_NONE if the wait ended first.
    pub verdict: milvus_verdict,
    /// 0.
    pub reserved: i32,
    /// The job.
    pub job_id: i64,
    /// Plans of the job, as far as can be known; 0 if it cannot.
    pub planned: i64,
    /// Plans that were running or waiting to run when the server was last asked.
    pub executing_plans: i64,
    /// Plans that completed.
    pub completed_plans: i64,
    /// Plans that failed.
    pub failed_plans: i64,
    /// Plans that took longer than the server allows.
    pub timed_out_plans: i64,
    /// Duration of the wait in milliseconds.
    pub elapsed_ms: i64,
    /// How often the server answered.
    pub polls: u64,
    /// How often it did not, so that the question was repeated.
    pub failed_polls: u64,
    /// 1 if the segments are told below as they were right before the trigger and are after the job: only of
    /// jobs that this client triggered or imported, on servers that list segments. Else 0, and all below is
    /// MILVUS_NOT_REPORTED.
    pub has_segment_diff: i32,
    /// 0.
    pub reserved_2: i32,
    /// Segments with stored rows, before and after. They and all below are explained at milvus_segment_diff.
    pub segments_before: i64,
    /// See milvus_segment_diff.
    pub segments_after: i64,
    /// See milvus_segment_diff.
    pub rows_before: i64,
    /// See milvus_segment_diff.
    pub rows_after: i64,
    /// See milvus_segment_diff.
    pub rows_purged: i64,
    /// See milvus_segment_diff.
    pub segments_removed: i64,
    /// See milvus_segment_diff.
    pub segments_added: i64,
    /// See milvus_segment_diff.
    pub sources_remaining: i64,
    /// See milvus_segment_diff.
    pub targets_missing: i64,
    /// See milvus_segment_diff.
    pub targets_confirmed: i64,
    /// See milvus_segment_diff.
    pub l0_segments_before: i64,
    /// See milvus_segment_diff.
    pub l0_segments_after: i64,
    /// Plans that ended, and nobody can tell how: milvus_plan has the reason of each.
    pub unknown_plans: i64,
    /// Segments that were stored right before the trigger and that no plan of the job named. This and all below is
    /// MILVUS_NOT_REPORTED unless this client triggered or imported the job, and the server listed its segments and its plans.
    pub left_out: i64,
    /// Of them: segments that waited to be sorted (servers since 2.5 sort a segment after its flush).
    pub left_out_unsorted: i64,
    /// Of them: segments with nothing but deletions, which only an L0 compaction takes.
    pub left_out_l0: i64,
    /// Of them: results of clustering, which a plain compaction leaves alone.
    pub left_out_clustered: i64,
    /// Of them: segments that an import was making.
    pub left_out_importing: i64,
    /// Of them: segments that were not flushed yet.
    pub left_out_unflushed: i64,
    /// Of them: segments in another partition than asked for, or not among those asked for.
    pub left_out_not_asked_for: i64,
    /// Of them: the rest. Another compaction held them, or they were not eligible for a reason that no list shows.
    pub left_out_other: i64,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_compaction_state_info {
    const NAME: &'static str = "milvus_compaction_state_info";
    const FIRST_SIZE: usize = 48;
}
unsafe impl Sized_ for milvus_compaction_report {
    const NAME: &'static str = "milvus_compaction_report";
    const FIRST_SIZE: usize = 88;
}

/// Asks what the server says of a job at this moment. Usually milvus_compaction_wait() is what you want:
/// one look cannot tell success from failures that the server has forgotten.
///
/// @param client      The client.
/// @param job_id      From milvus_compact(), of this or another process. Negative ids are refused.
///                    MILVUS_NO_JOB is Completed with no plans, without asking a server.
/// @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
///                    MILVUS_NO_TIMEOUT: none.
/// @param out_info    Receives the answer; begin with
///                    `milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;`.
///
/// A job that the server does not know is no error: servers from 2.2 on answer Completed with zeros.
/// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
/// MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
/// milvus_client_server_version()). Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_state(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_info: *mut milvus_compaction_state_info,
) -> milvus_status {
    entry(c"milvus_compaction_state", || {
        let operation = state_operation(client, job_id, timeout_ms)?;
        let out = OutStruct::new("out_info", out_info)?;
        out.write(&operation.wait()?);
        Ok(())
    })
}

pub(super) fn state_operation(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
) -> Result<Operation<milvus_compaction_state_info>, Error> {
    let client = handle::get(client.cast_const())?;
    Ok(client.compaction_state(job_id, convert::timeout(timeout_ms)?).map(|info, _| info.into()))
}

/// Waits until a job is over and tells how it ended. MILVUS_OK means: every plan completed, or there was
/// nothing to do. Asks the server often while the job is young and rarely when it is old (every 10 ms to
/// 2 s), and goes on asking through restarts and lost connections of up to a minute. A slow server has time: each
/// question's limit grows with what the answers take, from 5 s to 2 minutes. A look that shows anything but success
/// is taken again a second later. All waits of a client
/// share 500 questions a second, each in its turn: of 10,000 jobs each is asked about every 20 s, and a wait
/// that has less time than that may end unasked.
///
/// @param client      The client, best the one that triggered the job: it remembers what servers forget,
///                    and can tell "nothing to do" from "unknown job". Of a job of others it knows what the
///                    server lists, from which plans vanish after an hour (since 2.6.3) or a day, and not the segments,
///                    so that it is MILVUS_VERDICT_UNKNOWN where its id does not show that it is younger:
///                    unless it was imported (milvus_job_import()), use milvus_compaction_wait_in().
/// @param job_id      From milvus_compact(). Negative ids are refused. MILVUS_NO_JOB is over at once, with
///                    nothing to do, and no server is asked.
/// @param timeout_ms  Limit of the whole wait in milliseconds; 0: the client's default (10000);
///                    MILVUS_NO_TIMEOUT: none.
/// @param out_report  Receives what was seen; begin with
///                    `milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;`. Also written when
///                    the wait fails, unless that is before it begins. May be NULL.
///
/// A server of which nothing is heard for more than a minute ends the wait with MILVUS_UNAVAILABLE, if there is
/// that much time; one that only answers pings, or that it is not ready, after five minutes. If the collection is
/// dropped while its job runs, the wait ends with MILVUS_COLLECTION_NOT_FOUND and without a verdict. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_COMPACTION_FAILED (plans failed or timed
/// out), MILVUS_OUTCOME_UNKNOWN, MILVUS_BUSY (MILVUS_VERDICT_NOT_STARTED), MILVUS_COLLECTION_NOT_FOUND (it was
/// dropped), MILVUS_TIMEOUT (the job goes on), MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
/// MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
/// milvus_client_server_version()). Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_report: *mut milvus_compaction_report,
) -> milvus_status {
    entry(c"milvus_compaction_wait", || {
        let operation = wait_operation(client, job_id, timeout_ms)?;
        let out = OutStruct::optional("out_report", out_report)?;
        let (report, error) = operation.wait()?;
        if let Some(out) = out {
            out.write(&report);
        }
        error.map_or(Ok(()), Err)
    })
}

/// A report, and the error that goes with it.
pub(super) type Reported = (milvus_compaction_report, Option<Error>);

pub(super) fn wait_operation(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
) -> Result<Operation<Reported>, Error> {
    let client = handle::get(client.cast_const())?;
    let operation = client.compaction_wait(job_id, convert::timeout(timeout_ms)?);
    Ok(operation.map(move |outcome, call| (report(job_id, &outcome, call.elapsed()), outcome.error)))
}

/// The constant's name of a verdict, e.g. "MILVUS_VERDICT_SUCCEEDED"; of any other number,
/// "MILVUS_UNKNOWN_VERDICT". A static string. Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_verdict_name(verdict: milvus_verdict) -> *const c_char {
    Verdict::from_number(verdict).map_or(c"MILVUS_UNKNOWN_VERDICT", Verdict::name).as_ptr()
}

/// What a verdict means, in one English sentence; takes any number. A static string. Thread-safe.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_verdict_message(verdict: milvus_verdict) -> *const c_char {
    const UNKNOWN: &CStr = c"A verdict that this version of the library does not know.";
    Verdict::from_number(verdict).map_or(UNKNOWN, Verdict::message).as_ptr()
}

impl From<StateInfo> for milvus_compaction_state_info {
    fn from(info: StateInfo) -> Self {
        Self {
            size: size_of::<Self>(),
            state: info.state as i32,
            reserved: 0,
            executing_plans: info.counts.executing,
            completed_plans: info.counts.completed,
            failed_plans: info.counts.failed,
            timed_out_plans: info.counts.timed_out,
        }
    }
}

pub(super) fn report(job_id: i64, outcome: &Outcome, took: Duration) -> milvus_compaction_report {
    let report = &outcome.report;
    let effect = report.effect.map_or(milvus_segment_diff::NOT_KNOWN, milvus_segment_diff::from);
    let left_out = |count: fn(&LeftOut) -> i64| report.left_out.as_ref().map_or(NOT_REPORTED, count);
    milvus_compaction_report {
        size: size_of::<milvus_compaction_report>(),
        verdict: report.verdict as milvus_verdict,
        reserved: 0,
        job_id,
        planned: report.planned,
        executing_plans: report.counts.executing,
        completed_plans: report.counts.completed,
        failed_plans: report.counts.failed,
        timed_out_plans: report.counts.timed_out,
        elapsed_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
        polls: report.polls,
        failed_polls: report.failed_polls,
        has_segment_diff: report.effect.is_some().into(),
        reserved_2: 0,
        segments_before: effect.segments_before,
        segments_after: effect.segments_after,
        rows_before: effect.rows_before,
        rows_after: effect.rows_after,
        rows_purged: effect.rows_purged,
        segments_removed: effect.segments_removed,
        segments_added: effect.segments_added,
        sources_remaining: effect.sources_remaining,
        targets_missing: effect.targets_missing,
        targets_confirmed: effect.targets_confirmed,
        l0_segments_before: effect.l0_segments_before,
        l0_segments_after: effect.l0_segments_after,
        unknown_plans: report.unknown,
        left_out: left_out(|segments| segments.total),
        left_out_unsorted: left_out(|segments| segments.unsorted),
        left_out_l0: left_out(|segments| segments.l0),
        left_out_clustered: left_out(|segments| segments.clustered),
        left_out_importing: left_out(|segments| segments.importing),
        left_out_unflushed: left_out(|segments| segments.unflushed),
        left_out_not_asked_for: left_out(|segments| segments.not_asked_for),
        left_out_other: left_out(|segments| segments.held),
    }
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;
    use crate::compaction::State;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_COMPACTION_STATE_UNDEFINED, State::Undefined as i32);
        assert_eq!(MILVUS_COMPACTION_STATE_EXECUTING, State::Executing as i32);
        assert_eq!(MILVUS_COMPACTION_STATE_COMPLETED, State::Completed as i32);
        for (number, verdict) in [
            (MILVUS_VERDICT_NONE, Verdict::None),
            (MILVUS_VERDICT_SUCCEEDED, Verdict::Succeeded),
            (MILVUS_VERDICT_NOTHING_TO_DO, Verdict::NothingToDo),
            (MILVUS_VERDICT_PARTLY_FAILED, Verdict::PartlyFailed),
            (MILVUS_VERDICT_FAILED, Verdict::Failed),
            (MILVUS_VERDICT_TIMED_OUT, Verdict::TimedOut),
            (MILVUS_VERDICT_UNKNOWN, Verdict::Unknown),
            (MILVUS_VERDICT_NOT_STARTED, Verdict::NotStarted),
        ] {
            assert_eq!(Verdict::from_number(number), Some(verdict));
        }
        assert_eq!(Verdict::from_number(8), None);
    }

    #[test]
    fn the_first_sizes_end_where_the_later_fields_begin() {
        assert_eq!(milvus_compaction_state_info::FIRST_SIZE, size_of::<milvus_compaction_state_info>());
        assert_eq!(
            milvus_compaction_report::FIRST_SIZE,
            offset_of!(milvus_compaction_report, has_segment_diff)
        );
    }
}
