//! The current state of a job, as the server reports it.

use super::counts::Counts;
use super::job_id::{NO_JOB, check_job_id};
use super::plan::Plan;
use crate::error::Error;
use crate::lists;
use crate::packed::{Pack, Packer, Unpacker, packs};
use crate::proto::common::CompactionState;
use crate::proto::service::{CompactionMergeInfo, GetCompactionPlansRequest, GetCompactionStateRequest};
use crate::rpc::{Deadline, RetryClass, Rpc};

/// The state of a job, as the server reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
#[repr(i32)]
pub enum State {
    /// A state that this library does not know.
    Undefined = 0,
    /// At least one plan is running or waiting.
    Executing = 1,
    /// No plan is running. This does not show that the job succeeded, or that it ever existed.
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

/// The current state of a job, and the number of its plans by state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
pub struct StateInfo {
    /// The state of the job.
    pub state: State,
    /// Plans by state.
    pub counts: Counts,
}
packs!(StateInfo { state, counts });

impl Pack for State {
    fn pack(&self, to: &mut Packer) {
        (*self as i32).pack(to);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Self {
        Self::from_number(i32::unpack(from))
    }
}

impl StateInfo {
    /// The state of [`NO_JOB`].
    const NOTHING: Self = Self { state: State::Completed, counts: Counts::ZERO };
}

/// Reads the state of a job. Sends nothing for [`NO_JOB`]: 2.3 takes 0 for all jobs of all collections.
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
    let reply =
        rpc.unary(class, deadline, rpc.database(), asked).await.map_err(|error| about(error, job_id))?;
    let state = State::from_number(reply.state);
    // Only a broken server sends a negative count. It must not reduce the sum of the others.
    let counts = Counts {
        executing: reply.executing_plan_no.max(0),
        completed: reply.completed_plan_no.max(0),
        failed: reply.failed_plan_no.max(0),
        timed_out: reply.timeout_plan_no.max(0),
    };
    Ok(StateInfo { state, counts })
}

/// The plans of a job, and its state at the same moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) state: State,
    pub(crate) plans: Vec<Plan>,
}

/// Lists the plans of a job that the server remembers. Sends nothing for [`NO_JOB`].
pub(crate) async fn plans(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    job_id: i64,
) -> Result<Vec<Plan>, Error> {
    Ok(listed(rpc, class, deadline, job_id).await?.plans)
}

/// The same, with the state that the response contains.
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
    let reply =
        rpc.unary(class, deadline, rpc.database(), asked).await.map_err(|error| about(error, job_id))?;
    let plans = converted(deadline, reply.merge_infos).await.map_err(|error| about(error, job_id))?;
    Ok(Listed { state: State::from_number(reply.state), plans })
}

/// Lists the plans of all collections that a server before 2.4 remembers: such a server lists them for "job 0". Later
/// servers list none.
pub(super) async fn plans_of_all(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
) -> Result<Vec<Plan>, Error> {
    merge_infos(rpc, class, deadline, rpc.database(), GetCompactionPlansRequest::default()).await
}

/// Sends a request for plans, and returns them.
pub(super) async fn merge_infos(
    rpc: &Rpc,
    class: RetryClass,
    deadline: Deadline<'_>,
    database: &str,
    asked: GetCompactionPlansRequest,
) -> Result<Vec<Plan>, Error> {
    let reply = rpc.unary(class, deadline, database, asked).await?;
    converted(deadline, reply.merge_infos).await
}

async fn converted(deadline: Deadline<'_>, infos: Vec<CompactionMergeInfo>) -> Result<Vec<Plan>, Error> {
    lists::work(deadline, infos.len(), move || lists::converted(infos, |info| Some(Plan::from(info)))).await
}

fn about(error: Error, job_id: i64) -> Error {
    error.about_job(job_id).context(format!("asking about compaction job {job_id}"))
}
