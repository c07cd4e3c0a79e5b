//! Following a job
//!
//! milvus_compaction_wait() waits for a job and judges it. The verdict rests on what happened to the
//! segments of each plan, and on the server's counters while the server shows them. It does not rest on the
//! server's state "Completed", which jobs that failed or never existed have too.

use std::ffi::{CStr, c_char};

use super::client::milvus_client;
use super::convert::{self, OutStruct, Sized_, named};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use super::reports::report;
use crate::compaction::{StateInfo, Verdict};
use crate::error::Error;
use crate::operation::Operation;

/// The server answered with a state that this library does not know.
pub const MILVUS_COMPACTION_STATE_UNDEFINED: i32 = 0;
/// At least one plan runs or waits to run.
pub const MILVUS_COMPACTION_STATE_EXECUTING: i32 = 1;
/// No plan runs. That alone means little: jobs that failed or never existed are Completed too.
pub const MILVUS_COMPACTION_STATE_COMPLETED: i32 = 2;

/// There is no verdict: the wait ended before the job did.
pub const MILVUS_VERDICT_NONE: i32 = 0;
/// Every plan of the job completed.
pub const MILVUS_VERDICT_SUCCEEDED: i32 = 1;
/// The server scheduled nothing: its segments show nothing to compact. Before 2.4 another compaction may
/// hold the segments.
pub const MILVUS_VERDICT_NOTHING_TO_DO: i32 = 2;
/// Some plans completed; others failed or timed out.
pub const MILVUS_VERDICT_PARTLY_FAILED: i32 = 3;
/// Plans failed, and none completed.
pub const MILVUS_VERDICT_FAILED: i32 = 4;
/// The plans ran out of the time that the server gives them, and none completed.
pub const MILVUS_VERDICT_TIMED_OUT: i32 = 5;
/// The server forgot the job, never knew it, or forgot too much of it.
pub const MILVUS_VERDICT_UNKNOWN: i32 = 6;
/// The trigger asked for clustering, but the server answered with another job of the collection and started
/// none. That other job is over: trigger again. The wait returns MILVUS_BUSY.
pub const MILVUS_VERDICT_NOT_STARTED: i32 = 7;

/// How a job ended: one of the MILVUS_VERDICT_... constants. Later versions may add more.
pub type milvus_verdict = i32;

/// Plans of a job by their state.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_plan_counts {
    /// Plans that run or wait to run, in the server's latest answer.
    pub executing: i64,
    /// Plans that completed.
    pub completed: i64,
    /// Plans that failed.
    pub failed: i64,
    /// Plans that ran out of the time that the server gives each.
    pub timed_out: i64,
}

/// What a compaction changed in the segments of a collection. MILVUS_NOT_REPORTED stands for what cannot be known.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_segment_diff {
    /// Segments with stored rows before the compaction.
    pub segments_before: i64,
    /// Segments with stored rows after it.
    pub segments_after: i64,
    /// Rows of those segments before the compaction. Deleted rows count until a compaction purges them.
    pub rows_before: i64,
    /// Rows of those segments after it. Inserts and flushes in between change this number too.
    pub rows_after: i64,
    /// Deleted rows that the compaction purged. Reported only if all sources are gone, all targets are stored, and no
    /// other change can be mixed in.
    pub rows_purged: i64,
    /// Segments that were stored before and no longer are.
    pub segments_removed: i64,
    /// Segments that were not stored before. Flushes add some too.
    pub segments_added: i64,
    /// Sources of the plans that are still stored. A compaction that is done leaves 0.
    pub sources_remaining: i64,
    /// Targets of the plans that are not stored: a later compaction replaced them, or no plan made them.
    pub targets_missing: i64,
    /// Targets that the server itself says were made of the plans' sources. Servers newer than 3.0.0 report it.
    pub targets_confirmed: i64,
    /// Segments of deletions (L0) before the compaction. Servers since 2.4.7 report it.
    pub l0_segments_before: i64,
    /// Segments of deletions (L0) after it.
    pub l0_segments_after: i64,
}

/// Segments that were stored at the trigger and that no plan of the job took, by reason. All fields are
/// MILVUS_NOT_REPORTED unless this client triggered or imported the job and the server lists segments and plans.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_left_out {
    /// All of them.
    pub total: i64,
    /// Segments that wait to be sorted. Servers since 2.5 sort each segment after its flush.
    pub unsorted: i64,
    /// Segments of deletions (L0), which only an L0 compaction takes.
    pub l0: i64,
    /// Results of clustering, which a plain compaction leaves alone.
    pub clustered: i64,
    /// Segments that an import was writing.
    pub importing: i64,
    /// Segments that were not flushed.
    pub unflushed: i64,
    /// Segments outside the partition, channel or list of segments that the trigger named.
    pub not_asked_for: i64,
    /// The rest: another compaction held them, or the server did not want them for a reason that it does not list.
    pub other: i64,
}

/// What the server says about a job now.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compaction_state_info {
    /// Set by MILVUS_COMPACTION_STATE_INFO_INIT.
    pub size: usize,
    /// One of the MILVUS_COMPACTION_STATE_... constants.
    pub state: i32,
    /// 0.
    pub reserved: i32,
    /// The plans that the server counts now. It stops counting a plan within seconds of its end.
    pub counts: milvus_plan_counts,
}

/// What a wait found out about a job.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_compaction_report {
    /// Set by MILVUS_COMPACTION_REPORT_INIT.
    pub size: usize,
    /// How the job ended: one of the MILVUS_VERDICT_... constants. MILVUS_VERDICT_NONE if the wait ended first.
    pub verdict: milvus_verdict,
    /// 1 if segment_diff is filled: the client triggered or imported the job, and the server lists segments. Else 0.
    pub has_segment_diff: i32,
    /// The job.
    pub job_id: i64,
    /// Plans of the job; 0 if their number is not known.
    pub planned: i64,
    /// The plans by their state. Servers forget, so those that ended count by the largest counters that were seen, and by
    /// what became of each plan's segments.
    pub counts: milvus_plan_counts,
    /// Plans that ended in a way that nobody can tell. milvus_plan has the reason of each.
    pub unknown_plans: i64,
    /// Duration of the wait in milliseconds.
    pub elapsed_ms: i64,
    /// Questions that the server answered.
    pub polls: u64,
    /// Questions that failed, and that the wait repeated.
    pub failed_polls: u64,
    /// What changed between the trigger and the end of the job. All fields are MILVUS_NOT_REPORTED unless
    /// has_segment_diff is 1.
    pub segment_diff: milvus_segment_diff,
    /// Segments that the job left out; MILVUS_NOT_REPORTED if that is not known.
    pub left_out: milvus_left_out,
    /// Segments that waited to be sorted right before the trigger (servers since 2.5), as in milvus_compact_result.
    /// MILVUS_NOT_REPORTED unless this client triggered or imported the job, and of MILVUS_NO_JOB unless it is the
    /// end of milvus_optimize() or milvus_compact_many().
    pub unsorted_segments: i64,
    /// Milliseconds for which the job had not changed when the wait ended early; 0 if the job is over. A wait ends
    /// with MILVUS_STALLED when this is more than the option stall_timeout_ms.
    pub stalled_ms: i64,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_compaction_state_info {
    const NAME: &'static str = "milvus_compaction_state_info";
    const FIRST_SIZE: usize = 48;
}
// SAFETY: as above.
unsafe impl Sized_ for milvus_compaction_report {
    const NAME: &'static str = "milvus_compaction_report";
    const FIRST_SIZE: usize = 272;
}

/// Asks what the server says about a job now. Blocks.
///
/// Most programs want milvus_compaction_wait(): one look cannot tell success from failures that the server
/// has forgotten. A server from 2.2 on answers Completed with zeros for a job that it does not know.
///
/// @param client      The client.
/// @param job_id      From milvus_compact(), of this or another process. MILVUS_NO_JOB is Completed without
///                    plans; the library asks no server then.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_info    Receives the answer. Begin with `milvus_compaction_state_info info =
///                    MILVUS_COMPACTION_STATE_INFO_INIT;`.
/// @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
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
        out.write(&operation.wait()?.into());
        Ok(())
    })
}

pub(super) fn state_operation(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
) -> Result<Operation<StateInfo>, Error> {
    let client = handle::get(client.cast_const())?;
    Ok(client.compaction_state(job_id, convert::timeout(timeout_ms)?))
}

/// Waits until a job is over, and judges it. Blocks.
///
/// MILVUS_OK means: every plan completed, or there was nothing to do. The library asks often while the job
/// is young and rarely when it is old: every 0.1 to 2 s, about a twelfth of its age, and from two minutes on
/// every sixtieth of it, up to 10 s, unless other jobs stand behind it. So a wait for one job of a fast
/// server since 2.6 ends at most 0.13 s late, or 10 %. Servers before 2.6 look at their plans every 3 s only:
/// there the pauses are 0.75 s at first, and then 0.5 s or more. The first pauses are 0.3 s with nine jobs,
/// and 1 s with a hundred or more. No pause is shorter than two answers of the server take, up to 2 s.
///
/// All waits of a client share the polls of the option poll.max_rate, by default 500 a second, each of one or
/// two requests. Servers work on jobs about in the order of their triggers, so the client asks most about the
/// jobs that can end soon: of 10,000 it notices most ends within 0.3 s, and each within about 1.5 s. About the
/// others it asks four times as rarely, or in turn at half of the rate: a server with an order of its own can
/// have one of 10,000 jobs wait for its poll up to 40 s, and a wait that is shorter than that may end before
/// its first. A job whose kind (clustering or not) took long five times before is asked about every twelfth of
/// its age, up to 10 s, until it can be over, and then every 2 s.
///
/// The wait goes on through restarts and lost connections of up to a minute, and gives a slow server more
/// time: each question has 5 s to 2 minutes. It takes a second look, a second later, before it reports
/// anything but success.
///
/// The wait ends without the job if the server is gone, the collection is dropped, or nothing changes for
/// the time of the option stall_timeout_ms (an hour): a plan can wait for a free worker without end.
///
/// @param client      The client. Best is the one that triggered the job: it remembers what servers forget.
///                    Of a foreign job it knows only what the server lists, and plans vanish from that list
///                    an hour after their start (since 2.6.3) or a day; a job that may be that old is
///                    MILVUS_VERDICT_UNKNOWN. For a foreign job use milvus_job_import() first, or
///                    milvus_compaction_wait_in().
/// @param job_id      From milvus_compact(). MILVUS_NO_JOB is over at once, with nothing to do; the library
///                    asks no server then.
/// @param timeout_ms  Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
///                    limit.
/// @param out_report  Receives what the wait found out, also if the wait fails after it began. Begin with
///                    `milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;`. May be NULL.
/// @retval MILVUS_COMPACTION_FAILED Plans failed or timed out.
/// @retval MILVUS_OUTCOME_UNKNOWN Nobody can tell how the job ended.
/// @retval MILVUS_BUSY The verdict is MILVUS_VERDICT_NOT_STARTED.
/// @retval MILVUS_COLLECTION_NOT_FOUND Somebody dropped the collection.
/// @retval MILVUS_TIMEOUT The limit came first; the job goes on.
/// @retval MILVUS_STALLED Nothing of the job changed for stall_timeout_ms; the job may go on. To wait again
///     is safe.
/// @retval MILVUS_UNAVAILABLE The server was silent for a minute, or answered no question for five minutes.
/// @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_wait(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_report: *mut milvus_compaction_report,
) -> milvus_status {
    entry(c"milvus_compaction_wait", || {
        let operation = wait_operation(client, job_id, timeout_ms, |reported| reported)?;
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

pub(super) fn wait_operation<T: Send + 'static>(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    form: impl FnOnce(Reported) -> T + Send + 'static,
) -> Result<Operation<T>, Error> {
    let client = handle::get(client.cast_const())?;
    Ok(client.compaction_wait_as(job_id, convert::timeout(timeout_ms)?, move |job_id, outcome, call| {
        form((report(job_id, &outcome, call.elapsed()), outcome.error))
    }))
}

/// Gives the short text of a verdict, e.g. "partly failed".
///
/// @param verdict  One of the MILVUS_VERDICT_... constants, or any other number.
/// @return A static text, never NULL: "unknown verdict" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_verdict_name(verdict: milvus_verdict) -> *const c_char {
    Verdict::from_number(verdict).map_or(c"unknown verdict", Verdict::name).as_ptr()
}

/// Says what a verdict means, in one English sentence.
///
/// @param verdict  Any number.
/// @return A static text, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_verdict_message(verdict: milvus_verdict) -> *const c_char {
    const UNKNOWN: &CStr = c"A verdict that this version of the library does not know.";
    Verdict::from_number(verdict).map_or(UNKNOWN, Verdict::message).as_ptr()
}

/// Gives the short text of a job's state, e.g. "executing".
///
/// @param state  One of the MILVUS_COMPACTION_STATE_... constants, or any other number.
/// @return A static text, never NULL: "unknown compaction state" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_state_name(state: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 3] = [
        (MILVUS_COMPACTION_STATE_UNDEFINED, c"undefined"),
        (MILVUS_COMPACTION_STATE_EXECUTING, c"executing"),
        (MILVUS_COMPACTION_STATE_COMPLETED, c"completed"),
    ];
    named(state, &NAMES, c"unknown compaction state")
}

#[cfg(test)]
mod tests {
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
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_compaction_state_info::FIRST_SIZE, size_of::<milvus_compaction_state_info>());
        assert_eq!(milvus_compaction_report::FIRST_SIZE, size_of::<milvus_compaction_report>());
    }
}
