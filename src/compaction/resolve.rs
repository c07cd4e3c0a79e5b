//! Finds out whether a trigger in doubt started a job.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::call_context::CallContext;
use super::job_history::{Job, JobHistory, Origin};
use super::job_id::{NO_JOB, UNKNOWN_JOB};
use super::params::Mode;
use super::plan::{Plan, Plans};
use super::scheduled::Scheduled;
use super::snapshot::Snapshot;
use super::{state, tasks};
use crate::collection;
use crate::error::{Error, Status};
use crate::proto::common::CompactionType as Kind;
use crate::rpc::RetryClass;
use crate::segments;

/// Servers that list tasks remember each for longer than this.
const REMEMBERED: Duration = Duration::from_mins(30);

/// Whether a job was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum ResolutionState {
    /// The client has not looked.
    #[default]
    None = 0,
    /// A compaction of the collection has begun since. An automatic one looks the same.
    Started = 1,
    /// The server lists the compactions of the collection, and none that began since, so far.
    NoTrace = 2,
    /// This server shows too little, or could not be asked.
    Unknown = 3,
    /// No trigger of this client for this collection is in doubt.
    NotInDoubt = 4,
}

/// The resolution, and the observation that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Whether a job was started.
    pub state: ResolutionState,
    /// The job; [`UNKNOWN_JOB`] if one was started and its id is unknown, else [`NO_JOB`].
    pub job_id: i64,
    /// The observation, as text for a person.
    pub text: String,
}

impl Resolution {
    fn new(state: ResolutionState, job_id: i64, text: impl Into<String>) -> Self {
        Self { state, job_id, text: text.into() }
    }
}

/// Looks for the job of this client's latest trigger in doubt of a collection.
pub(crate) async fn resolve(context: CallContext<'_>, name: &str) -> Result<Resolution, Error> {
    let collection = collection::find(context.rpc(), context.deadline, name).await?;
    let Some(origin) = context.history().in_doubt(&collection) else {
        let text = "this client has no trigger in doubt for this collection";
        return Ok(Resolution::new(ResolutionState::NotInDoubt, NO_JOB, text));
    };
    let found = after(context, RetryClass::Read, &origin).await?;
    remember(context.history(), &origin, &found);
    Ok(found)
}

/// The caller can wait for the job like for any other job of this client.
pub(super) fn remember(history: &JobHistory, origin: &Arc<Origin>, found: &Resolution) {
    if found.state == ResolutionState::Started && found.job_id > NO_JOB {
        let origin = Some(Arc::clone(origin));
        history.remember(found.job_id, Job { origin, ..Job::new(Scheduled::Elsewhere, Plans::default()) });
    }
}

/// Looks for changes of a collection since a trigger was sent.
pub(super) async fn after(
    context: CallContext<'_>,
    class: RetryClass,
    origin: &Origin,
) -> Result<Resolution, Error> {
    let (rpc, deadline) = (context.rpc(), context.deadline);
    // The server's own list of tasks is the best evidence.
    let (mut shows_all, mut plans) = (false, Vec::new());
    if let Some(before) = &origin.jobs_before {
        match tasks::list(rpc, class, deadline, &origin.collection).await {
            Ok(tasks) => match by_tasks(&tasks, before, origin.mode) {
                Some(found) => return Ok(found),
                // Servers forget a task an hour after its start.
                None => shows_all = origin.since.elapsed() < REMEMBERED,
            },
            Err(error) if error.status == Status::Unsupported => {}
            Err(error) => return Err(error),
        }
    } else if let Some(before) = &origin.plans_before {
        plans = state::plans_of_all(rpc, class, deadline).await?;
        if let Some(found) = by_plans(&plans, before, &HashSet::new(), origin) {
            return Ok(found);
        }
        shows_all = true;
    }
    // The segments show a compaction even if no list does.
    if let Some(before) = &origin.before {
        let now = Snapshot::of(&segments::persistent(rpc, class, deadline, &origin.collection).await?);
        let listed =
            origin.plans_before.as_ref().and_then(|known| by_plans(&plans, known, &now.ids(), origin));
        if let Some(found) = listed.or_else(|| by_segments(before, &now, origin)) {
            return Ok(found);
        }
    }
    Ok(if shows_all {
        Resolution::new(
            ResolutionState::NoTrace,
            NO_JOB,
            "so far, the server lists no compaction of the collection that began after the trigger",
        )
    } else {
        let text = match origin.before {
            Some(_) => {
                "the collection has the same segments as before, but this server does not list jobs: one may wait or run"
            }
            None => "the client does not know the segments right before the trigger",
        };
        Resolution::new(ResolutionState::Unknown, NO_JOB, text)
    })
}

/// Servers newer than 3.0.0 list all tasks of the collection, with their jobs.
fn by_tasks(tasks: &[Plan], before: &HashSet<i64>, mode: Mode) -> Option<Resolution> {
    let fits = |plan: &&Plan| plan.details.as_ref().is_some_and(|details| fits(details.kind, mode));
    let fitting: Vec<Plan> = tasks.iter().filter(fits).cloned().collect();
    let mut new: Vec<i64> =
        tasks::job_ids(&fitting).into_iter().filter(|id| *id > 0 && !before.contains(id)).collect();
    new.sort_unstable();
    match new[..] {
        [] => None,
        [job_id] => {
            let text = format!("the server lists job {job_id}, which began after the trigger");
            Some(Resolution::new(ResolutionState::Started, job_id, text))
        }
        [job_id, ..] => {
            let text = format!(
                "the server lists {} jobs that began after the trigger; the first is {job_id}",
                new.len()
            );
            Some(Resolution::new(ResolutionState::Started, job_id, text))
        }
    }
}

/// Servers before 2.4 make the plans while they answer, and give those of all collections for "job 0". `now`: the segments
/// that the collection has by now, if they are known.
fn by_plans(
    plans: &[Plan],
    before: &HashMap<Vec<i64>, usize>,
    now: &HashSet<i64>,
    origin: &Origin,
) -> Option<Resolution> {
    let ids = origin.before.as_ref().map(Snapshot::ids).unwrap_or_default();
    // What was flushed after the look at the segments, and may be merged already.
    let is_fresh = |id: &i64| now.contains(id) && !ids.contains(id);
    let merged = plans.iter().filter(|plan| is_fresh(&plan.target)).flat_map(|plan| &plan.sources);
    let now = plans_on(plans, &ids.iter().chain(now).chain(merged).copied().collect());
    // After a failed plan the server may make another one with the same sources, so the number of plans counts.
    let new = now.iter().filter(|(sources, count)| before.get(*sources).is_none_or(|known| known < count));
    match new.count() {
        0 => None,
        count => {
            let text = format!(
                "the server lists {count} new plans for segments of the collection, but not which job they belong to"
            );
            Some(Resolution::new(ResolutionState::Started, UNKNOWN_JOB, text))
        }
    }
}

/// How often plans of the same sources are listed, of those that take one of these segments, or what was made of them: a
/// job that ran before may end before the trigger arrives, which then takes the job's results.
pub(super) fn plans_on(plans: &[Plan], segments: &HashSet<i64>) -> HashMap<Vec<i64>, usize> {
    let ids = with_results(plans, segments);
    let mut counts = HashMap::new();
    for plan in plans.iter().filter(|plan| takes(plan, &ids)) {
        *counts.entry(plan.sources.clone()).or_insert(0) += 1;
    }
    counts
}

fn takes(plan: &Plan, segments: &HashSet<i64>) -> bool {
    plan.sources.iter().any(|id| segments.contains(id))
}

/// These segments, and what the plans made of them.
fn with_results(plans: &[Plan], segments: &HashSet<i64>) -> HashSet<i64> {
    let mut ids = segments.clone();
    if !plans.iter().any(|plan| plan.target > 0 && takes(plan, segments)) {
        return ids; // a stored segment is no source of a plan that is over
    }
    let mut results: HashMap<i64, Vec<i64>> = HashMap::new();
    for plan in plans.iter().filter(|plan| plan.target > 0) {
        for source in &plan.sources {
            results.entry(*source).or_default().push(plan.target);
        }
    }
    let mut waiting: Vec<i64> = segments.iter().copied().collect();
    while let Some(id) = waiting.pop() {
        let made = results.remove(&id).unwrap_or_default();
        waiting.extend(made.into_iter().filter(|target| ids.insert(*target)));
    }
    ids
}

/// Segments that only a compaction replaces are gone, and new ones exist. A dropped partition leaves no new ones.
fn by_segments(before: &Snapshot, now: &Snapshot, origin: &Origin) -> Option<Resolution> {
    let text = |gone: usize| {
        format!("since the trigger, this or another job compacted {gone} segments of the collection")
    };
    if origin.mode == Mode::L0 {
        let gone = before.l0_ids().difference(&now.l0_ids()).count();
        return (gone > 0).then(|| Resolution::new(ResolutionState::Started, UNKNOWN_JOB, text(gone)));
    }
    let gone = before.settled().difference(&now.ids()).filter(|id| !origin.taken.contains(id)).count();
    let has_come = now.ids().difference(&before.ids()).next().is_some();
    (gone > 0 && has_come).then(|| Resolution::new(ResolutionState::Started, UNKNOWN_JOB, text(gone)))
}

/// Whether a trigger of this mode can lead to a task of that kind.
pub(super) fn fits(kind: i32, mode: Mode) -> bool {
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

#[cfg(test)]
mod tests {
    use super::super::plan::Details;
    use super::*;
    use crate::segments::Segment;

    fn task(job_id: i64, kind: Kind) -> Plan {
        let details = Details { plan_id: job_id * 10, job_id, kind: kind as i32, ..Details::default() };
        Plan { sources: vec![1], target: -1, details: Some(Box::new(details)), ..Plan::default() }
    }

    #[test]
    fn a_job_is_new_if_it_was_not_listed_before_and_is_of_the_kind() {
        let tasks =
            [task(5, Kind::Mix), task(6, Kind::Level0Delete), task(7, Kind::Mix), task(8, Kind::Sort)];
        let look = |before: &[i64], mode| {
            by_tasks(&tasks, &before.iter().copied().collect(), mode).map(|found| (found.state, found.job_id))
        };
        assert_eq!(look(&[5], Mode::Plain), Some((ResolutionState::Started, 7)));
        assert_eq!(look(&[5, 7], Mode::Plain), None);
        assert_eq!(look(&[], Mode::L0), Some((ResolutionState::Started, 6)));
        assert_eq!(look(&[], Mode::Clustering), None);
        assert_eq!(look(&[], Mode::TargetSize), Some((ResolutionState::Started, 5)));
    }

    fn origin(mode: Mode, before: &[Segment], taken: &[i64]) -> Origin {
        let (before, taken) = (Some(Snapshot::of(before)), taken.iter().copied().collect());
        Origin { before, taken, ..Origin::of_now(mode) }
    }

    fn segment(id: i64, level: i32) -> Segment {
        Segment { id, state: 4, level: Some(level), ..Segment::default() }
    }

    #[test]
    fn a_new_plan_of_the_same_sources_is_a_trace_and_one_of_others_is_none() {
        let origin = origin(Mode::Plain, &[segment(3, 2)], &[]);
        let plan = |source| Plan { sources: vec![source], target: -1, ..Plan::default() };
        let before = plans_on(&[plan(1), plan(3)], &HashSet::from([3]));
        let look = |plans: &[Plan]| by_plans(plans, &before, &HashSet::new(), &origin).is_some();
        assert!(!look(&[plan(1), plan(2), plan(3)]));
        assert!(look(&[plan(3), plan(3)]), "tried again after a failure");
    }

    #[test]
    fn a_new_plan_of_what_an_older_plan_made_is_a_trace() {
        let origin = origin(Mode::Plain, &[segment(1, 2), segment(2, 2)], &[]);
        let plan = |sources: &[i64], target| Plan { sources: sources.to_vec(), target, ..Plan::default() };
        let ids = HashSet::from([1, 2]);
        // The older job ends before the trigger arrives, which takes its result.
        let before = plans_on(&[plan(&[8], 9), plan(&[1, 2], -1)], &ids);
        let look = |plans: &[Plan]| by_plans(plans, &before, &ids, &origin).is_some();
        assert!(!look(&[plan(&[8], 9), plan(&[1, 2], 3)]));
        assert!(look(&[plan(&[3], -1), plan(&[8], 9), plan(&[1, 2], 3)]));
        // That of the result was there already when the plans were listed, a moment after the segments.
        let before = plans_on(&[plan(&[3], -1), plan(&[1, 2], 3)], &ids);
        assert!(by_plans(&[plan(&[3], 4), plan(&[1, 2], 3)], &before, &ids, &origin).is_none());
        assert!(
            by_plans(&[plan(&[4], -1), plan(&[3], 4), plan(&[1, 2], 3)], &before, &ids, &origin).is_some()
        );
    }

    #[test]
    fn a_new_plan_of_what_was_flushed_after_the_look_is_a_trace() {
        let origin = origin(Mode::Plain, &[segment(1, 2)], &[]);
        let plan = |sources: &[i64], target| Plan { sources: sources.to_vec(), target, ..Plan::default() };
        let before = plans_on(&[plan(&[1], -1)], &HashSet::from([1]));
        let look = |plans: &[Plan], now: &[i64]| {
            by_plans(plans, &before, &now.iter().copied().collect(), &origin).is_some()
        };
        assert!(!look(&[plan(&[1], 2), plan(&[8], 9)], &[2, 5]));
        assert!(look(&[plan(&[1], 2), plan(&[5], -1)], &[2, 5]));
        assert!(look(&[plan(&[1], 2), plan(&[5], 6)], &[2, 6]), "it is over by now");
    }

    #[test]
    fn segments_are_a_trace_only_if_a_compaction_alone_explains_the_change() {
        let before = [segment(1, 2), segment(2, 2), segment(7, 1)];
        let look = |mode, after: &[Segment], taken: &[i64]| {
            let origin = origin(mode, &before, taken);
            by_segments(origin.before.as_ref().unwrap(), &Snapshot::of(after), &origin).is_some()
        };
        let merged = [segment(9, 2), segment(7, 1)];
        assert!(look(Mode::Plain, &merged, &[]));
        assert!(!look(Mode::Plain, &merged, &[1, 2]), "a job that was running before took them");
        assert!(!look(Mode::Plain, &[segment(1, 2), segment(7, 1)], &[]), "a dropped partition");
        assert!(!look(Mode::Plain, &[segment(1, 2), segment(2, 2), segment(9, 2)], &[]), "a flush");
        assert!(look(Mode::L0, &[segment(1, 2), segment(2, 2)], &[]));
        assert!(!look(Mode::L0, &merged, &[]));
    }
}
