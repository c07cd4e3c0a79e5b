//! Whether somebody compacts a collection already.

use std::collections::HashSet;

use super::call_context::CallContext;
use super::check_result::Known;
use super::plan::Plan;
use super::state::{self, State};
use super::tasks;
use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::rpc::RetryClass;
use crate::segments::{self, Segment};
use crate::server::{COUNTS_PLANS, LISTS_NO_TASKS, Server};
use crate::text::{counted, quotable};

/// How many of them a message names.
const NAMED: usize = 3;

/// What runs, in words where something does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Running {
    Nothing,
    Something(String),
    /// It runs, or it failed.
    Perhaps(String),
    /// This server does not show what others do.
    NotKnown,
}

impl Running {
    pub(super) fn known(&self) -> Known {
        match self {
            Self::Nothing => Known::No,
            Self::Something(_) => Known::Yes,
            Self::Perhaps(_) | Self::NotKnown => Known::NotKnown,
        }
    }
}

/// Looks for compactions of the collection. `stored`: its stored segments, if this user may list them.
pub(super) async fn look(
    context: CallContext<'_>,
    server: &Server,
    collection: &Collection,
    stored: Option<&[Segment]>,
) -> Result<Running, Error> {
    let (rpc, deadline) = (context.rpc(), context.deadline);
    match tasks::list(rpc, RetryClass::Read, deadline, collection).await {
        Ok(tasks) => return Ok(by_tasks(&tasks)),
        Err(error) if error.status == Status::Unsupported => {}
        Err(error) => return Err(error),
    }
    if let Some(job_id) = context.history().unfinished(collection) {
        let info = state::state(rpc, RetryClass::Read, deadline, job_id).await?;
        if info.state == State::Executing {
            return Ok(Running::Something(format!("job {job_id} of this client")));
        }
    }
    // Servers before 2.4 list all plans; finished ones have a target.
    if let Some(stored) = stored.filter(|_| server.is_before(COUNTS_PLANS)) {
        let plans = state::plans_of_all(rpc, RetryClass::Read, deadline).await?;
        return Ok(by_plans(&plans, stored));
    }
    Ok(Running::NotKnown)
}

/// Fails if somebody compacts the collection, or if this server does not show that.
pub(super) async fn check_idle(
    context: CallContext<'_>,
    server: &Server,
    collection: &Collection,
) -> Result<(), Error> {
    let name = quotable(&collection.name);
    let stored = if server.is_before(COUNTS_PLANS) {
        Some(segments::persistent(context.rpc(), RetryClass::Read, context.deadline, collection).await?)
    } else {
        None
    };
    match look(context, server, collection, stored.as_deref()).await? {
        Running::Nothing => Ok(()),
        Running::Something(what) | Running::Perhaps(what) => {
            let text = format!("\"{name}\" is being compacted already, and only_if_idle is set: {what}");
            Err(Error::new(Status::Busy, text).retriable())
        }
        Running::NotKnown => {
            let (listing, is) = (LISTS_NO_TASKS, server.described());
            let text = format!(
                "only_if_idle needs a Milvus before {COUNTS_PLANS} or newer than {listing}, which show the \
                 compactions of others; this server {is}"
            );
            Err(Error::new(Status::Unsupported, text))
        }
    }
}

/// Servers that list tasks tell the job and the state of each.
fn by_tasks(tasks: &[Plan]) -> Running {
    let running: Vec<&Plan> = tasks.iter().filter(|plan| plan.is_running()).collect();
    if running.is_empty() {
        return Running::Nothing;
    }
    let jobs: HashSet<i64> =
        running.iter().filter_map(|plan| plan.details.as_ref()).map(|details| details.job_id).collect();
    let mut jobs: Vec<i64> = jobs.into_iter().collect();
    jobs.sort_unstable();
    let plans = counted(i64::try_from(running.len()).unwrap_or(i64::MAX), "plan");
    Running::Something(format!("{} with {plans}", listed("job", &jobs)))
}

/// A plan that is not over has no target; neither has one that failed.
fn by_plans(plans: &[Plan], stored: &[Segment]) -> Running {
    let ids: HashSet<i64> = stored.iter().map(|segment| segment.id).collect();
    let taken = plans.iter().filter(|plan| plan.target <= 0).flat_map(|plan| plan.sources.iter());
    let mut taken: Vec<i64> = taken.copied().filter(|id| ids.contains(id)).collect();
    if taken.is_empty() {
        return Running::Nothing;
    }
    taken.sort_unstable();
    taken.dedup();
    Running::Perhaps(format!("a plan that is not completed lists {}", listed("segment", &taken)))
}

/// "job 7", "jobs 7, 8, 9 and 2 more".
fn listed(thing: &str, numbers: &[i64]) -> String {
    let named: Vec<String> = numbers.iter().take(NAMED).map(i64::to_string).collect();
    let more = match numbers.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let plural = if numbers.len() == 1 { "" } else { "s" };
    format!("{thing}{plural} {}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(sources: &[i64], target: i64) -> Plan {
        Plan { sources: sources.to_vec(), target, ..Plan::default() }
    }

    #[test]
    fn a_plan_without_a_target_holds_its_segments() {
        let stored = [1, 2, 3, 4, 5].map(|id| Segment { id, ..Segment::default() });
        for (plans, expected) in [
            (vec![], None),
            (vec![plan(&[1, 2], 9)], None),
            (vec![plan(&[7, 8], 0)], None),
            (vec![plan(&[2, 7], 0)], Some("segment 2")),
            (vec![plan(&[5, 4], 0), plan(&[1, 2, 4], 0)], Some("segments 1, 2, 4 and 1 more")),
        ] {
            let expected = expected.map_or(Running::Nothing, |which| {
                Running::Perhaps(format!("a plan that is not completed lists {which}"))
            });
            assert_eq!(by_plans(&plans, &stored), expected, "{plans:?}");
        }
    }

    #[test]
    fn what_runs_is_named() {
        assert_eq!(listed("job", &[7]), "job 7");
        assert_eq!(listed("job", &[7, 8, 9]), "jobs 7, 8, 9");
        assert_eq!(listed("job", &[7, 8, 9, 10, 11]), "jobs 7, 8, 9 and 2 more");
    }
}
