//! How the client stores plans, and reads the server's states of them.

use super::*;

fn detailed(plan_id: i64, state: TaskState, reason: &str) -> Plan {
    Plan::from(CompactionMergeInfo {
        sources: vec![1, 2],
        target: -1,
        plan_id,
        r#type: 3,
        state: state as i32,
        failure_reason: reason.to_owned(),
        ..Default::default()
    })
}

#[test]
fn what_an_old_server_does_not_report_is_not_taken_for_zero() {
    let old = Plan::from(CompactionMergeInfo { sources: vec![1], target: 7, ..Default::default() });
    assert_eq!((old.details.as_ref(), old.targets()), (None, &[7][..]));
    assert_eq!(counted(&[old]), Counts::ZERO);
    let new = detailed(9, TaskState::Pipelining, "");
    assert!(new.is_running() && new.targets().is_empty() && new.details.unwrap().plan_id == 9);
}

#[test]
fn a_reason_outlives_the_cleaning_up() {
    let mut plans = Plans::default();
    plans.extend([detailed(9, TaskState::Failed, "disk\nfull"), detailed(9, TaskState::Cleaned, "")]);
    plans.extend([detailed(10, TaskState::Completed, "")]);
    assert_eq!((plans.len(), plans.failure_reason()), (2, Some("disk full")));
    let all: Vec<_> = plans.iter().cloned().collect();
    assert_eq!(counted(&all), Counts { failed: 1, completed: 1, ..Counts::ZERO });
}

#[test]
fn what_is_listed_twice_or_belongs_to_another_job_does_not_count() {
    let of_job = |plan_id, job_id| {
        let mut plan = detailed(plan_id, TaskState::Completed, "");
        plan.details.as_mut().unwrap().job_id = job_id;
        plan
    };
    let listed = distinct(vec![of_job(5, 7), of_job(5, 7), of_job(6, 8)], 7);
    assert_eq!(listed.len(), 1);
    assert_eq!(distinct(vec![Plan::default(), Plan::default()], 7).len(), 2);
}

#[test]
fn nothing_counts_of_a_plan_that_one_list_has_twice_and_not_alike() {
    let listed = vec![
        detailed(5, TaskState::Completed, ""),
        detailed(5, TaskState::Failed, ""),
        detailed(6, TaskState::Completed, ""),
    ];
    let listed = distinct(listed, 7);
    assert_eq!(listed.iter().map(Plan::is_malformed).collect::<Vec<_>>(), [true, false]);
    assert_eq!(counted(&listed), Counts { completed: 1, ..Counts::ZERO });
    let mut plans = Plans::default();
    plans.list(listed.clone());
    assert_eq!(plans.iter().next().unwrap().judged, Judged::OPEN);
    // It stays so, although a later list has it once.
    plans.list(vec![detailed(5, TaskState::Executing, "")]);
    assert!(plans.iter().next().unwrap().is_malformed());
}

#[test]
fn plans_do_not_fill_the_memory() {
    let mut plans = Plans::default();
    for number in 0..20 {
        plans.extend([Plan { sources: vec![number; MOST_WORDS / 8], ..Plan::default() }]);
    }
    assert!(plans.len() >= 2 && plans.weight() <= MOST_WORDS, "{}", plans.weight());
    let small = (0..200_000).map(|n| Plan { sources: vec![n], ..Plan::default() });
    assert!(small.collect::<Plans>().weight() <= MOST_WORDS);
}

#[test]
fn plans_of_the_same_segments_are_told_apart_by_their_ids() {
    let plans: Plans = [9, 10].map(|id| detailed(id, TaskState::Executing, "")).into_iter().collect();
    assert_eq!(plans.len(), 2);
    let undetailed = |target| Plan { sources: vec![1], target, ..Plan::default() };
    let plans: Plans = [undetailed(-1), undetailed(5), undetailed(-1)].into_iter().collect();
    assert_eq!(plans.iter().map(|plan| plan.target).collect::<Vec<_>>(), [5]);
}

#[test]
fn only_a_plan_that_is_twice_in_one_list_contradicts_itself() {
    let listed = || Plan { sources: vec![1], target: -1, is_listed: true, ..Plan::default() };
    let mut plans = Plans::default();
    plans.list(vec![listed()]);
    plans.list(vec![listed()]);
    assert!(!plans.iter().any(Plan::is_malformed));
    plans.list(vec![listed(), listed()]);
    assert!(plans.iter().all(Plan::is_malformed));
}
