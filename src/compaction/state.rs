//! What the server says about a job at this moment.

use super::NO_JOB;
use super::plan::Plan;
use super::verdict::Counts;
use crate::error::Error;
use crate::proto::common::CompactionState;
use crate::proto::service::{GetCompactionPlansRequest, GetCompactionStateRequest};
use crate::rpc::{Deadline, RetryClass, Rpc};

/// The server's word for the state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
#[repr(i32)]
pub enum State {
    /// A word that this library does not know.
    Undefined = 0,
    /// At least one plan is running or waiting.
    Executing = 1,
    /// No plan is running. Says nothing about success, or whether there ever was such a job.
    Completed = 2,
}

impl State {
    fn from_number(number: i32) -> Self {
        match CompactionState::try_from(number) {
            Ok(CompactionState::Executing) => Self::Executing,
            Ok(CompactionState::Completed) => Self::Completed,
            _ => Self::Undefined,
        }
    }
}

/// A job's state and its plans by state, as counted by the server now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
pub struct StateInfo {
    /// The server's word.
    pub state: State,
    /// Plans by state.
    pub counts: Counts,
}

impl StateInfo {
    /// What there is to say about no job.
    const NOTHING: Self = Self { state: State::Completed, counts: Counts::ZERO };
}

/// Ids that no server has jobs for. 2.3 takes 0 for "all jobs" and would answer with everybody's.
pub(super) fn check_job_id(job_id: i64) -> Result<(), Error> {
    if job_id >= 0 {
        return Ok(());
    }
    let text = format!("job_id: {job_id} is not a job; servers answer -1 when they scheduled nothing");
    Err(Error::invalid_argument(text))
}

/// The state of a job. Needs no server for [`NO_JOB`].
pub(crate) async fn state(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<StateInfo, Error> {
    check_job_id(job_id)?;
    if job_id == NO_JOB {
        return Ok(StateInfo::NOTHING);
    }
    let asked = GetCompactionStateRequest { compaction_id: job_id };
    let reply = rpc
        .unary(class, deadline, &rpc.config().database, asked)
        .await
        .map_err(|error| about(error, job_id))?;
    let state = State::from_number(reply.state);
    // A negative count can only come from a broken server; it must not cancel a true one out.
    let counts = Counts {
        executing: reply.executing_plan_no.max(0),
        completed: reply.completed_plan_no.max(0),
        failed: reply.failed_plan_no.max(0),
        timed_out: reply.timeout_plan_no.max(0),
    };
    Ok(StateInfo { state, counts })
}

/// The plans of a job, and its state at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) state: State,
    pub(crate) plans: Vec<Plan>,
}

/// The plans of a job that the server remembers. Needs no server for [`NO_JOB`].
pub(crate) async fn plans(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<Vec<Plan>, Error> {
    Ok(listed(rpc, class, deadline, job_id).await?.plans)
}

/// The same with the state that the server tells beside them.
pub(super) async fn listed(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<Listed, Error> {
    check_job_id(job_id)?;
    if job_id == NO_JOB {
        return Ok(Listed { state: State::Completed, plans: Vec::new() });
    }
    let asked = GetCompactionPlansRequest { compaction_id: job_id, ..Default::default() };
    let reply = rpc
        .unary(class, deadline, &rpc.config().database, asked)
        .await
        .map_err(|error| about(error, job_id))?;
    let plans = reply.merge_infos.into_iter().map(Plan::from).collect();
    Ok(Listed { state: State::from_number(reply.state), plans })
}

/// Every plan of every collection that a server before 2.4 remembers, which it gives for "job 0". Later
/// servers give none.
pub(super) async fn plans_of_all(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
) -> Result<Vec<Plan>, Error> {
    merge_infos(rpc, class, deadline, &rpc.config().database, GetCompactionPlansRequest::default()).await
}

/// The plans that the server answers with.
pub(super) async fn merge_infos(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    database: &str,
    asked: GetCompactionPlansRequest,
) -> Result<Vec<Plan>, Error> {
    let reply = rpc.unary(class, deadline, database, asked).await?;
    Ok(reply.merge_infos.into_iter().map(Plan::from).collect())
}

fn about(error: Error, job_id: i64) -> Error {
    error.about_job(job_id).context(format!("asking about compaction job {job_id}"))
}
