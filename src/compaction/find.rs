//! After a trigger whose answer was lost: was a job started?

use std::collections::HashSet;
use std::sync::Arc;

use super::effect::Snapshot;
use super::ledger::{Job, Ledger, Origin};
use super::params::Mode;
use super::plan::{Plan, Plans};
use super::trigger::job_ids;
use super::verdict::Scheduled;
use super::{NO_JOB, state, tasks};
use crate::collection;
use crate::error::{Error, Status};
use crate::proto::common::CompactionType as Kind;
use crate::rpc::{Deadline, Effect, Rpc};
use crate::segments;
use crate::server::COUNTS_PLANS;

/// Whether a job was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Find {
    /// Nobody has looked.
    #[default]
    None = 0,
    /// A compaction of the collection has begun since. An automatic one looks the same.
    Started = 1,
    /// The server shows every compaction of the collection, and none has begun since, so far.
    NoTrace = 2,
    /// This server shows too little, or could not be asked.
    CannotKnow = 3,
}

/// The answer, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whether a job was started.
    pub find: Find,
    /// The job; 0 if it is not known, or there is none.
    pub job_id: i64,
    /// What was seen, for a person.
    pub text: String,
}

impl Found {
    fn new(find: Find, job_id: i64, text: impl Into<String>) -> Self {
        Self { find, job_id, text: text.into() }
    }
}

/// Looks for the job of this client's latest trigger in doubt of a collection.
pub(crate) async fn find(rpc: &Rpc, ledger: &Ledger, deadline: Deadline, name: &str) -> Result<Found, Error> {
    let collection = collection::find(rpc, deadline, name).await?;
    let Some(origin) = ledger.in_doubt(&collection) else {
        let text = "no trigger of this client for this collection is in doubt";
        return Ok(Found::new(Find::CannotKnow, NO_JOB, text));
    };
    let found = after(rpc, ledger, Effect::Read, deadline, &origin).await?;
    remember(ledger, &origin, &found);
    Ok(found)
}

/// A job that was found can be waited for like any other of this client.
pub(super) fn remember(ledger: &Ledger, origin: &Arc<Origin>, found: &Found) {
    if found.find == Find::Started && found.job_id != NO_JOB {
        let origin = Some(Arc::clone(origin));
        ledger.remember(found.job_id, Job { origin, ..Job::new(Scheduled::Elsewhere, Plans::default()) });
    }
}

/// What has happened to a collection since a trigger was sent.
pub(super) async fn after(
    rpc: &Rpc,
    ledger: &Ledger,
    effect: Effect,
    deadline: Deadline,
    origin: &Origin,
) -> Result<Found, Error> {
    if let Some(before) = &origin.jobs_before {
        match tasks::list(rpc, effect, deadline, &origin.collection).await {
            Ok(tasks) => return Ok(by_tasks(&tasks, before, origin.mode)),
            Err(error) if error.status == Status::Unsupported => {}
            Err(error) => return Err(error),
        }
    }
    let Some(before) = &origin.before else {
        let text = "the server does not list jobs, and its segments before the trigger are not known";
        return Ok(Found::new(Find::CannotKnow, NO_JOB, text));
    };
    // What jobs that are known have taken is no sign of another.
    let mut open = before.ids();
    for id in known_sources(rpc, ledger, effect, deadline, origin).await? {
        open.remove(&id);
    }
    let now = Snapshot::of(&segments::persistent(rpc, effect, deadline, &origin.collection).await?).ids();
    let gone = open.difference(&now).count();
    if gone > 0 {
        let text =
            format!("{gone} segments of the collection were compacted since, by this trigger or another");
        return Ok(Found::new(Find::Started, NO_JOB, text));
    }
    if rpc.server(deadline).await?.is_before(COUNTS_PLANS) {
        return Ok(by_plans(&state::plans_of_all(rpc, effect, deadline).await?, &open));
    }
    let text =
        "its segments are as before, and this server does not list jobs: one may be waiting or running";
    Ok(Found::new(Find::CannotKnow, NO_JOB, text))
}

/// Newest servers list all tasks of the collection, with their jobs.
fn by_tasks(tasks: &[Plan], before: &[i64], mode: Mode) -> Found {
    let fits = |plan: &&Plan| plan.details.as_ref().is_some_and(|details| fits(details.kind, mode));
    let fitting: Vec<Plan> = tasks.iter().filter(fits).cloned().collect();
    let new: Vec<i64> = job_ids(&fitting).into_iter().filter(|id| *id > 0 && !before.contains(id)).collect();
    match new[..] {
        [] => Found::new(Find::NoTrace, NO_JOB, "the server lists no job that began since, so far"),
        [job_id] => {
            Found::new(Find::Started, job_id, format!("the server lists job {job_id}, which began since"))
        }
        [job_id, ..] => {
            let text = format!("the server lists {} jobs that began since, first {job_id}", new.len());
            Found::new(Find::Started, job_id, text)
        }
    }
}

/// Whether a trigger of this mode can lead to a task of that kind.
fn fits(kind: i32, mode: Mode) -> bool {
    match Kind::try_from(kind) {
        Ok(Kind::Level0Delete) => mode == Mode::L0,
        Ok(Kind::Clustering | Kind::ClusteringPartitionKeySort) => mode == Mode::Clustering,
        Ok(Kind::Merge | Kind::Mix | Kind::Single) => {
            matches!(mode, Mode::Plain | Mode::TargetSize)
        }
        Ok(Kind::Sort | Kind::PartitionKeySort | Kind::BumpSchemaVersion) => {
            false // the server's own housekeeping
        }
        _ => true,
    }
}

/// Servers before 2.4 make the plans while they answer, and give those of all collections for "job 0".
fn by_plans(plans: &[Plan], open: &HashSet<i64>) -> Found {
    let is_ours = |plan: &&Plan| plan.sources.iter().any(|id| open.contains(id));
    match plans.iter().filter(is_ours).count() {
        0 => Found::new(Find::NoTrace, NO_JOB, "no plan of the server takes any of its segments, so far"),
        count => {
            let text = format!("{count} plans of the server take its segments; their job is not told");
            Found::new(Find::Started, NO_JOB, text)
        }
    }
}

/// Segments that are taken by jobs of this collection that this client knows.
async fn known_sources(
    rpc: &Rpc,
    ledger: &Ledger,
    effect: Effect,
    deadline: Deadline,
    origin: &Origin,
) -> Result<HashSet<i64>, Error> {
    let mut known = ledger.sources(&origin.collection);
    if let Some(job_id) = ledger.unfinished(&origin.collection) {
        let plans = state::plans(rpc, effect, deadline, job_id).await?;
        known.extend(plans.into_iter().flat_map(|plan| plan.sources));
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::super::plan::Details;
    use super::*;

    fn task(job_id: i64, kind: Kind) -> Plan {
        let details = Details { plan_id: job_id * 10, job_id, kind: kind as i32, ..Details::default() };
        Plan { sources: vec![1], target: -1, details: Some(Box::new(details)) }
    }

    #[test]
    fn a_job_is_new_if_it_was_not_listed_before_and_is_of_the_kind() {
        let tasks =
            [task(5, Kind::Mix), task(6, Kind::Level0Delete), task(7, Kind::Mix), task(8, Kind::Sort)];
        let look = |before: &[i64], mode| {
            let found = by_tasks(&tasks, before, mode);
            (found.find, found.job_id)
        };
        assert_eq!(look(&[5], Mode::Plain), (Find::Started, 7));
        assert_eq!(look(&[5, 7], Mode::Plain), (Find::NoTrace, 0));
        assert_eq!(look(&[], Mode::L0), (Find::Started, 6));
        assert_eq!(look(&[], Mode::Clustering), (Find::NoTrace, 0));
        assert_eq!(look(&[], Mode::TargetSize), (Find::Started, 5));
    }

    #[test]
    fn plans_of_other_collections_are_no_trace() {
        let open = HashSet::from([3]);
        let plan = |source| Plan { sources: vec![source], target: -1, details: None };
        assert_eq!(by_plans(&[plan(1), plan(2)], &open).find, Find::NoTrace);
        assert_eq!(by_plans(&[plan(1), plan(3)], &open).find, Find::Started);
    }
}
