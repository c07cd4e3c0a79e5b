//! What the management port says of a job's plans, added to what their list says. No I/O.

use std::collections::{BTreeSet, HashMap};

use super::judgement::{Judged, Judgement, Reason};
use super::plan::{Plan, Plans};
use crate::management::{ManagedState, ManagedTask};

/// What the management port says of a plan beyond its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
pub(super) struct Witnessed {
    /// Why it failed; empty if it did not, or the port does not say.
    pub(super) reason: String,
    pub(super) is_clustering: bool,
}

/// Adds what the port says of these plans. It knows plans that the list forgot, names results that the list does not
/// have, and gives reasons. A plan without a result and a reason says nothing: it failed, or purged all rows.
pub(super) fn add(plans: &mut Plans, tasks: &[ManagedTask]) {
    // Of tasks with the same sources, the latest is the job's: earlier ones had failed.
    let mut tasks: Vec<&ManagedTask> = tasks.iter().collect();
    tasks.sort_by_key(|task| task.plan_id);
    let by_sources: HashMap<BTreeSet<i64>, &ManagedTask> =
        tasks.into_iter().map(|task| (task.sources.iter().copied().collect(), task)).collect();
    for plan in plans.iter_mut() {
        let sources = plan.sources.iter().copied().collect();
        let Some(task) = by_sources.get(&sources) else { continue };
        let plan_id = plan.details.as_ref().map_or(0, |details| details.plan_id);
        if plan_id == 0 || plan_id == task.plan_id {
            hear(plan, task);
        }
    }
    plans.recount();
}

fn hear(plan: &mut Plan, task: &ManagedTask) {
    let is_clustering = task.kind.starts_with("Clustering");
    plan.witnessed = Some(Box::new(Witnessed { reason: task.reason.clone(), is_clustering }));
    // What is left of the segments decides whether the result is one.
    if let [first, ..] = task.targets[..]
        && plan.targets().is_empty()
        && !plan.sources.contains(&first)
    {
        plan.target = first;
    }
    let judgement = match task.state {
        ManagedState::Failed => Judgement::Failed,
        ManagedState::Timeout => Judgement::TimedOut,
        ManagedState::Cleaned if !task.reason.is_empty() && task.targets.is_empty() => Judgement::Failed,
        _ => return,
    };
    if plan.judged.judgement != Judgement::Completed && !plan.is_settled {
        plan.judged = Judged { judgement, reason: Reason::Reported };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(sources: &[i64], targets: &[i64], state: ManagedState, reason: &str) -> ManagedTask {
        ManagedTask {
            plan_id: 7,
            kind: "MixCompaction".to_owned(),
            state,
            reason: reason.to_owned(),
            sources: sources.to_vec(),
            targets: targets.to_vec(),
        }
    }

    fn heard(tasks: &[ManagedTask], judged: Judged) -> Plan {
        let mut plans: Plans =
            [Plan { sources: vec![1, 2], target: -1, judged, ..Plan::default() }].into_iter().collect();
        add(&mut plans, tasks);
        plans.iter().next().unwrap().clone()
    }

    #[test]
    fn a_reason_tells_a_failure_and_no_reason_tells_nothing() {
        let failed = heard(&[task(&[2, 1], &[], ManagedState::Cleaned, "segment not found")], Judged::OPEN);
        assert_eq!(failed.judged.judgement, Judgement::Failed);
        assert_eq!(failed.witnessed.unwrap().reason, "segment not found");
        let cleaned = heard(&[task(&[1, 2], &[], ManagedState::Cleaned, "")], Judged::OPEN);
        assert_eq!(cleaned.judged, Judged::OPEN, "it failed, or purged all rows");
    }

    #[test]
    fn what_the_port_says_is_counted_as_memory() {
        let mut plans: Plans =
            [Plan { sources: vec![1, 2], target: -1, ..Plan::default() }].into_iter().collect();
        let before = plans.weight();
        add(&mut plans, &[task(&[1, 2], &[], ManagedState::Cleaned, &"disk full ".repeat(39))]);
        assert!(plans.weight() > before);
        plans.list(vec![Plan { sources: vec![1, 2], target: -1, is_listed: true, ..Plan::default() }]);
        assert!(plans.weight() > before, "a list does not lose what the port said");
    }

    #[test]
    fn a_result_is_named_and_left_to_the_segments_to_prove() {
        let named = heard(&[task(&[1, 2], &[9], ManagedState::Completed, "")], Judged::OPEN);
        assert_eq!((named.targets(), named.judged), (&[9][..], Judged::OPEN));
        let nonsense = heard(&[task(&[1, 2], &[1], ManagedState::Completed, "")], Judged::OPEN);
        assert!(nonsense.targets().is_empty());
    }

    #[test]
    fn tasks_of_other_segments_and_plans_that_completed_are_left_alone() {
        let other = heard(&[task(&[1, 3], &[9], ManagedState::Failed, "disk full")], Judged::OPEN);
        assert_eq!((other.judged, other.witnessed), (Judged::OPEN, None));
        let completed = Judged::completed(Reason::TargetStored);
        let late = heard(&[task(&[1, 2], &[], ManagedState::Failed, "disk full")], completed);
        assert_eq!(late.judged, completed);
    }
}
