//! Adds the tasks of the management port to the plans that the server lists. No I/O.

use std::collections::HashMap;

use super::judgement::{Judged, Judgement, Reason};
use super::plan::{ManagementEvidence, Plan, Plans};
use crate::management::{ManagedState, ManagedTask};
use crate::sorting::sort_by;

/// Adds what the port says about these plans. The port remembers plans that the list forgot, names results that the
/// list lacks, and gives reasons. A task without a result and a reason proves nothing: the plan failed, or it purged
/// all rows.
pub(super) fn add(plans: &mut Plans, tasks: &[ManagedTask]) {
    // Of several tasks with the same sources, the latest belongs to the job: the earlier ones failed.
    let mut tasks: Vec<&ManagedTask> = tasks.iter().collect();
    sort_by(&mut tasks, |one, other| one.plan_id.cmp(&other.plan_id));
    let by_sources: HashMap<Vec<i64>, &ManagedTask> =
        tasks.into_iter().map(|task| (set(&task.sources), task)).collect();
    for plan in plans.iter_mut() {
        let sources = set(&plan.sources);
        let Some(task) = by_sources.get(&sources) else { continue };
        let plan_id = plan.details.as_ref().map_or(0, |details| details.plan_id);
        if plan_id == 0 || plan_id == task.plan_id {
            apply(plan, task);
        }
    }
    plans.recount();
}

/// The ids, each once, in one order.
fn set(ids: &[i64]) -> Vec<i64> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn apply(plan: &mut Plan, task: &ManagedTask) {
    let is_clustering = task.kind.starts_with("Clustering");
    plan.evidence = Some(Box::new(ManagementEvidence { reason: task.reason.clone(), is_clustering }));
    // The segments decide later whether this target is a result.
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

    fn applied(tasks: &[ManagedTask], judged: Judged) -> Plan {
        let mut plans: Plans =
            [Plan { sources: vec![1, 2], target: -1, judged, ..Plan::default() }].into_iter().collect();
        add(&mut plans, tasks);
        plans.iter().next().unwrap().clone()
    }

    #[test]
    fn a_reason_proves_a_failure_and_no_reason_proves_nothing() {
        let failed = applied(&[task(&[2, 1], &[], ManagedState::Cleaned, "segment not found")], Judged::OPEN);
        assert_eq!(failed.judged.judgement, Judgement::Failed);
        assert_eq!(failed.evidence.unwrap().reason, "segment not found");
        let cleaned = applied(&[task(&[1, 2], &[], ManagedState::Cleaned, "")], Judged::OPEN);
        assert_eq!(cleaned.judged, Judged::OPEN, "it failed, or purged all rows");
    }

    #[test]
    fn evidence_of_the_port_counts_as_memory() {
        let mut plans: Plans =
            [Plan { sources: vec![1, 2], target: -1, ..Plan::default() }].into_iter().collect();
        let before = plans.weight();
        add(&mut plans, &[task(&[1, 2], &[], ManagedState::Cleaned, &"disk full ".repeat(39))]);
        assert!(plans.weight() > before);
        plans.list(vec![Plan { sources: vec![1, 2], target: -1, is_listed: true, ..Plan::default() }]);
        assert!(plans.weight() > before, "a list does not lose what the port said");
    }

    #[test]
    fn the_port_names_a_result_and_the_segments_prove_it() {
        let named = applied(&[task(&[1, 2], &[9], ManagedState::Completed, "")], Judged::OPEN);
        assert_eq!((named.targets(), named.judged), (&[9][..], Judged::OPEN));
        let nonsense = applied(&[task(&[1, 2], &[1], ManagedState::Completed, "")], Judged::OPEN);
        assert!(nonsense.targets().is_empty());
    }

    #[test]
    fn tasks_of_other_segments_and_completed_plans_stay_unchanged() {
        let other = applied(&[task(&[1, 3], &[9], ManagedState::Failed, "disk full")], Judged::OPEN);
        assert_eq!((other.judged, other.evidence), (Judged::OPEN, None));
        let completed = Judged::completed(Reason::TargetStored);
        let late = applied(&[task(&[1, 2], &[], ManagedState::Failed, "disk full")], completed);
        assert_eq!(late.judged, completed);
    }
}
