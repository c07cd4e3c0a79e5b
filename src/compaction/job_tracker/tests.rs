//! The report after a series of responses.

use super::*;

const JOB: i64 = 7;

fn counts(executing: i64, completed: i64, failed: i64, timed_out: i64) -> Counts {
    Counts { executing, completed, failed, timed_out }
}

fn plan(source: i64, target: i64) -> Plan {
    Plan { sources: vec![source], target, is_listed: true, ..Plan::default() }
}

impl JobTracker {
    fn list_young(&mut self, listed: Listed) {
        self.list(listed, false);
    }
}

fn listed(plans: Vec<Plan>) -> Listed {
    Listed { state: State::Completed, plans }
}

/// The verdict after these polls; a job is Executing while it has executing plans.
fn verdict(scheduled: Scheduled, listed: usize, polls: &[Counts]) -> Verdict {
    let plans: Vec<Plan> = (1..=listed).map(|n| plan(i64::try_from(n).unwrap(), -1)).collect();
    let mut tracker = JobTracker::new(JOB, Job::new(scheduled, plans.iter().cloned().collect()));
    for counts in polls {
        let state = if counts.executing > 0 { State::Executing } else { State::Completed };
        tracker.poll(StateInfo { state, counts: *counts });
    }
    if scheduled == Scheduled::Elsewhere {
        tracker.list_young(Listed { state: tracker.last().unwrap().state, plans });
    }
    tracker.report().verdict
}

#[test]
fn success_needs_every_planned_plan_completed() {
    use Scheduled::{Elsewhere, Plans, Uncounted};
    assert_eq!(verdict(Plans(2), 0, &[counts(2, 0, 0, 0), counts(0, 2, 0, 0)]), Verdict::Succeeded);
    assert_eq!(verdict(Elsewhere, 2, &[counts(0, 2, 0, 0)]), Verdict::Succeeded);
    assert_eq!(verdict(Plans(3), 0, &[counts(0, 2, 0, 0)]), Verdict::Unknown);
    assert_eq!(verdict(Elsewhere, 3, &[counts(0, 2, 0, 0)]), Verdict::Unknown);
    assert_eq!(verdict(Elsewhere, 0, &[counts(3, 0, 0, 0), counts(0, 2, 0, 0)]), Verdict::Unknown);
    assert_eq!(verdict(Elsewhere, 0, &[counts(0, 2, 0, 0)]), Verdict::Unknown);
    assert_eq!(verdict(Uncounted, 2, &[counts(0, 2, 0, 0)]), Verdict::Unknown, "more may have come");
}

#[test]
fn counters_that_the_server_forgets_still_count() {
    let polls = [counts(1, 1, 0, 0), counts(0, 2, 0, 0), counts(0, 0, 0, 0)];
    assert_eq!(verdict(Scheduled::Plans(2), 0, &polls), Verdict::Succeeded);
    let polls = [counts(1, 0, 1, 0), counts(0, 1, 0, 0)];
    assert_eq!(verdict(Scheduled::Plans(2), 0, &polls), Verdict::PartlyFailed);
}

#[test]
fn failures_are_told_apart() {
    assert_eq!(verdict(Scheduled::Plans(2), 0, &[counts(0, 0, 2, 0)]), Verdict::Failed);
    assert_eq!(verdict(Scheduled::Plans(2), 0, &[counts(0, 0, 1, 1)]), Verdict::Failed);
    assert_eq!(verdict(Scheduled::Plans(2), 0, &[counts(0, 0, 0, 2)]), Verdict::TimedOut);
    assert_eq!(verdict(Scheduled::Plans(2), 0, &[counts(0, 1, 0, 1)]), Verdict::PartlyFailed);
}

#[test]
fn silence_is_nothing_to_do_only_when_nothing_was_scheduled() {
    let zeros = [Counts::ZERO];
    assert_eq!(verdict(Scheduled::Nothing, 0, &zeros), Verdict::NothingToDo);
    assert_eq!(verdict(Scheduled::Elsewhere, 0, &zeros), Verdict::Unknown);
    assert_eq!(verdict(Scheduled::Plans(1), 0, &zeros), Verdict::Unknown);
    assert_eq!(verdict(Scheduled::Nothing, 1, &zeros), Verdict::Unknown);
    assert_eq!(verdict(Scheduled::Plans(1), 1, &[counts(1, 0, 0, 0), Counts::ZERO]), Verdict::Unknown);
}

#[test]
fn there_is_no_verdict_while_a_plan_runs() {
    assert_eq!(verdict(Scheduled::Plans(2), 0, &[counts(1, 1, 0, 0)]), Verdict::None);
    assert_eq!(verdict(Scheduled::Plans(2), 0, &[]), Verdict::None, "nothing was answered yet");
}

#[test]
fn a_state_that_is_not_known_proves_nothing() {
    for scheduled in [Scheduled::Plans(1), Scheduled::Nothing, Scheduled::Elsewhere] {
        let mut tracker = JobTracker::new(JOB, Job::new(scheduled, Plans::default()));
        tracker.poll(StateInfo { state: State::Undefined, counts: counts(0, 1, 0, 0) });
        assert_eq!(tracker.report().verdict, Verdict::Unknown);
    }
}

#[test]
fn the_plans_are_looked_at_once_and_whenever_something_changes() {
    let mut tracker = JobTracker::new(JOB, Job::new(Scheduled::Plans(1), Plans::default()));
    let running = StateInfo { state: State::Executing, counts: counts(1, 0, 0, 0) };
    assert!(tracker.poll(running), "the first answer is a change");
    tracker.list_young(listed(Vec::new()));
    assert!(!tracker.poll(running));
    tracker.look_again();
    assert!(tracker.poll(running));
    tracker.list_young(listed(Vec::new()));
    assert!(tracker.poll(StateInfo { state: State::Completed, counts: counts(0, 1, 0, 0) }));
}

#[test]
fn hostile_counts_do_not_overflow() {
    let huge = counts(0, i64::MAX, 0, i64::MAX);
    assert_eq!(verdict(Scheduled::Plans(i64::MAX), 0, &[huge]), Verdict::PartlyFailed);
}

#[test]
fn a_list_that_cannot_be_renewed_proves_nothing_about_a_job_of_others() {
    for (job, expected) in [
        (Job::of_others(), Verdict::Unknown),
        (Job::new(Scheduled::Plans(1), Plans::default()), Verdict::Succeeded),
    ] {
        let mut tracker = JobTracker::new(JOB, job);
        tracker.list_young(listed(vec![plan(1, 9)]));
        tracker.cannot_list();
        tracker.poll(StateInfo { state: State::Completed, counts: counts(0, 1, 0, 0) });
        assert_eq!(tracker.report().verdict, expected);
    }
}

#[test]
fn a_plan_that_an_earlier_wait_saw_running_is_not_forgotten_by_the_next() {
    let mut first = JobTracker::new(JOB, Job::new(Scheduled::Plans(1), Plans::default()));
    first.poll(StateInfo { state: State::Executing, counts: counts(1, 2, 0, 0) });
    let mut next = JobTracker::new(JOB, first.remembered(Job::new(Scheduled::Plans(1), Plans::default())));
    next.poll(StateInfo { state: State::Completed, counts: Counts::ZERO });
    assert_eq!((next.planned(), next.report().verdict), (3, Verdict::Unknown));
}

#[test]
fn lists_that_differ_are_added_up() {
    let mut tracker = JobTracker::new(JOB, Job::of_others());
    tracker.list_young(listed(vec![plan(1, 9), plan(2, 9)]));
    tracker.list_young(listed(vec![plan(2, 9), plan(3, 9)]));
    tracker.poll(StateInfo { state: State::Completed, counts: counts(0, 2, 0, 0) });
    let report = tracker.report();
    assert_eq!((report.verdict, report.planned, report.plans.len()), (Verdict::Unknown, 3, 3));
}

#[test]
fn hostile_lists_do_not_fill_the_memory() {
    let mut tracker = JobTracker::new(JOB, Job::of_others());
    for list in 0..3 {
        let first = list * 60_000;
        tracker.list_young(listed((first..first + 60_000).map(|n| plan(n, -1)).collect()));
    }
    assert!(tracker.plans().weight() <= plan::MOST_WORDS);
    assert!(tracker.planned() >= 60_000, "the number is known all the same");
}

/// Another client's job whose two listed plans have these judgements, and whose segments are now these.
fn of_others(may_forget: bool, judged: [Judged; 2], now: Option<&[i64]>) -> JobTracker {
    let mut tracker = JobTracker::new(JOB, Job::of_others());
    tracker.poll(StateInfo { state: State::Completed, counts: Counts::ZERO });
    let plans = [(1, 11), (2, 12)].map(|(source, target)| {
        let judged = judged[usize::try_from(source).unwrap() - 1];
        let target = if judged.judgement == Judgement::Completed { target } else { -1 };
        Plan { judged, ..plan(source, target) }
    });
    tracker.list(listed(plans.to_vec()), may_forget);
    if let Some(ids) = now {
        let segment = |id: &i64| crate::segments::Segment { id: *id, state: 4, ..Default::default() };
        let now = super::super::snapshot::Snapshot::of(&ids.iter().map(segment).collect::<Vec<_>>());
        let view = View {
            before: None,
            is_late: true,
            now: &now,
            partitions: None,
            is_clustering: false,
            is_over: true,
            is_at_rest: true,
            keeps_jobs: true,
        };
        tracker.judge(&view);
    }
    tracker
}

const COMPLETED: Judged = Judged::completed(Reason::TargetStored);
const FAILED: Judged = Judged::failed(Reason::SourcesStored);

#[test]
fn a_young_job_of_others_is_judged_by_what_is_listed_and_an_old_one_by_what_is_stored_too() {
    let verdict = |may_forget, judged, now: &[i64]| of_others(may_forget, judged, Some(now)).report().verdict;
    for may_forget in [false, true] {
        assert_eq!(verdict(may_forget, [COMPLETED; 2], &[11, 12]), Verdict::Succeeded, "at rest");
        assert_eq!(verdict(may_forget, [FAILED; 2], &[1, 2]), Verdict::Failed, "at rest");
        assert_eq!(
            verdict(may_forget, [COMPLETED, FAILED], &[11, 2, 30]),
            Verdict::PartlyFailed,
            "of course"
        );
    }
    // A forgotten plan may have left or made the other stored segments.
    assert_eq!(verdict(false, [COMPLETED; 2], &[11, 12, 3]), Verdict::Succeeded);
    assert_eq!(verdict(true, [COMPLETED; 2], &[11, 12, 3]), Verdict::Unknown);
    assert_eq!(verdict(false, [FAILED; 2], &[1, 2, 30]), Verdict::Failed);
    assert_eq!(verdict(true, [FAILED; 2], &[1, 2, 30]), Verdict::Unknown);
    let report = of_others(true, [COMPLETED; 2], Some(&[11, 12, 3])).report();
    assert_eq!((report.unlisted, report.unknown), (Some(Unlisted::SegmentsUnnamed(1)), 0));
    let error = super::super::verdict::failure(&report, None).unwrap();
    for words in [
        "2 of 2 known plans completed, and 0 failed",
        "older than the server's memory",
        "names 1 stored segment",
    ] {
        assert!(error.message().contains(words), "{error}");
    }
}

#[test]
fn counters_of_a_job_of_others_prove_nothing_once_plans_may_be_forgotten() {
    for (may_forget, expected) in [(false, Verdict::Succeeded), (true, Verdict::Unknown)] {
        let mut tracker = of_others(may_forget, [Judged::OPEN; 2], None);
        tracker.poll(StateInfo { state: State::Completed, counts: counts(0, 2, 0, 0) });
        let report = tracker.report();
        let unlisted = may_forget.then_some(Unlisted::SegmentsUnknown);
        assert_eq!((report.verdict, report.unlisted), (expected, unlisted));
    }
}

#[test]
fn what_was_seen_whole_once_needs_no_other_proof_later() {
    let later = |may_forget, now: &[i64]| {
        let mut first = of_others(may_forget, [COMPLETED; 2], Some(now));
        first.settle();
        let mut later = JobTracker::new(JOB, first.remembered(Job::of_others()));
        later.poll(StateInfo { state: State::Completed, counts: Counts::ZERO });
        later.list(listed(Vec::new()), true);
        later.report().verdict
    };
    assert_eq!(later(false, &[11, 12, 3]), Verdict::Succeeded);
    assert_eq!(later(true, &[11, 12]), Verdict::Succeeded, "there was no room for another plan");
    assert_eq!(later(true, &[11, 12, 3]), Verdict::Unknown);
}

#[test]
fn plans_that_are_counted_as_completed_and_have_changed_nothing_are_not_known() {
    for (failed, completed) in [([FAILED, FAILED], 0), ([COMPLETED, FAILED], 1)] {
        let mut tracker = of_others(false, failed, None);
        tracker.poll(StateInfo { state: State::Completed, counts: counts(0, 2, 0, 0) });
        let report = tracker.report();
        let told = (report.verdict, report.counts.completed, report.counts.failed, report.unknown);
        assert_eq!(told, (Verdict::Unknown, completed, 0, 2 - completed));
        assert!(!tracker.is_certain(), "another look may tell");
    }
    // The counted failure is the judged one.
    let mut tracker = of_others(false, [COMPLETED, FAILED], None);
    tracker.poll(StateInfo { state: State::Completed, counts: counts(0, 1, 1, 0) });
    assert_eq!(tracker.report().verdict, Verdict::PartlyFailed);
}
