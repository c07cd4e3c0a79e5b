//! From everything that was seen of a job to what can truthfully be said about it. No I/O.

use super::ledger::Job;
use super::meter::Progress;
use super::plan::{self, Plan, Plans};
use super::state::{State, StateInfo};
use super::verdict::{Counts, Report, Scheduled, Verdict};

/// Collects what the server says about one job over time.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    job_id: i64,
    scheduled: Scheduled,
    /// The latest answer, if there was one.
    last: Option<StateInfo>,
    /// Whether the plans have to be looked at again whatever the next answer is.
    plans_are_due: bool,
    /// The largest of each count over all answers: servers forget.
    most: Counts,
    /// The most plans counted at one moment, in this wait or an earlier one.
    most_counted: i64,
    /// The most plans listed at one moment. Two of them may have the same sources.
    most_listed: i64,
    /// Every plan ever listed.
    plans: Plans,
    /// Whether a list could not be read, so that the ones before may be out of date.
    is_list_missing: bool,
    polls: u64,
    failed_polls: u64,
}

impl Evidence {
    pub(crate) fn new(job_id: i64, job: Job) -> Self {
        let Job { scheduled, plans, most, planned, .. } = job;
        Self {
            job_id,
            scheduled,
            last: None,
            plans_are_due: true,
            most,
            most_counted: planned,
            most_listed: i64::try_from(plans.len()).unwrap_or(i64::MAX),
            plans,
            is_list_missing: false,
            polls: 0,
            failed_polls: 0,
        }
    }

    /// Adds one answer; says whether it shows a change, so that a look at the plans is worthwhile.
    pub(crate) fn poll(&mut self, info: StateInfo) -> bool {
        let look = self.plans_are_due || self.last != Some(info);
        self.last = Some(info);
        self.polls += 1;
        self.most = self.most.max(info.counts);
        self.most_counted = self.most_counted.max(info.counts.total());
        look
    }

    pub(crate) fn failed_poll(&mut self) {
        self.failed_polls += 1;
    }

    /// Adds the plans that the server lists now. Some servers tell the state of each: those count too.
    pub(crate) fn list(&mut self, plans: Vec<Plan>) {
        self.plans_are_due = false;
        self.is_list_missing = false;
        let plans = plan::distinct(plans, self.job_id);
        self.most = self.most.max(plan::counted(&plans));
        self.most_listed = self.most_listed.max(i64::try_from(plans.len()).unwrap_or(i64::MAX));
        for plan in plans {
            self.plans.add(plan);
        }
    }

    /// Whether the server says that no plan of the job is running or waiting.
    pub(crate) fn is_over(&self) -> bool {
        self.last.is_some_and(|info| info.state != State::Executing && info.counts.executing == 0)
    }

    /// Whether further polls soon after the trigger would change nothing.
    pub(crate) fn is_settled(&self) -> bool {
        !matches!(self.scheduled, Scheduled::Plans(_)) || self.verdict() != Verdict::Unknown
    }

    /// The server cannot list the plans, and will not with another try.
    pub(crate) fn cannot_list(&mut self) {
        self.is_list_missing = true;
    }

    /// The plans could not be looked at: the next answer has to be followed by another try.
    pub(crate) fn look_again(&mut self) {
        self.plans_are_due = true;
    }

    /// Plans the job must have had, from every source there is.
    pub(crate) fn planned(&self) -> i64 {
        let scheduled = if let Scheduled::Plans(count) = self.scheduled { count } else { 0 };
        let known = i64::try_from(self.plans.len()).unwrap_or(i64::MAX);
        scheduled.max(known).max(self.most_listed).max(self.most_counted)
    }

    /// Whether the server has named the job's plans or their number. Counting alone is not enough:
    /// plans that failed may have left the counts before anybody looked.
    fn knows_all_plans(&self) -> bool {
        match self.scheduled {
            Scheduled::Plans(_) => true,
            Scheduled::Elsewhere => self.most_listed > 0 && !self.is_list_missing,
            Scheduled::Uncounted | Scheduled::Nothing => false,
        }
    }

    fn verdict(&self) -> Verdict {
        let Counts { completed, failed, timed_out, .. } = self.most;
        let planned = self.planned();
        let says_completed = self.last.is_some_and(|info| info.state == State::Completed);
        if !self.is_over() {
            Verdict::None
        } else if failed > 0 || timed_out > 0 {
            match (completed > 0, failed > 0) {
                (true, _) => Verdict::PartlyFailed,
                (false, true) => Verdict::Failed,
                (false, false) => Verdict::TimedOut,
            }
        } else if says_completed && completed > 0 && completed >= planned && self.knows_all_plans() {
            Verdict::Succeeded
        } else if says_completed && planned == 0 && self.scheduled == Scheduled::Nothing {
            Verdict::NothingToDo
        } else {
            // Fewer completed than there were: some were forgotten, and nobody can tell how they ended.
            Verdict::Unknown
        }
    }

    /// Executing: in the latest answer. The others: the largest over all answers.
    fn counts(&self) -> Counts {
        Counts { executing: self.last.map_or(0, |info| info.counts.executing), ..self.most }
    }

    /// How far the job is, in plans.
    pub(crate) fn so_far(&self) -> Progress {
        let Counts { completed, failed, timed_out, .. } = self.most;
        let failed = failed.saturating_add(timed_out);
        Progress { planned: self.planned(), done: completed, failed, ..Progress::default() }
    }

    /// How far the job is, for messages.
    pub(crate) fn progress(&self) -> String {
        if self.polls == 0 {
            return "the server has not answered any question about it".to_owned();
        }
        format!("{} of {} plans completed so far", self.most.completed, self.planned())
    }

    /// The largest of each count, to be remembered.
    pub(crate) fn most(&self) -> Counts {
        self.most
    }

    /// The plans seen so far.
    pub(crate) fn plans(&self) -> &Plans {
        &self.plans
    }

    /// What can be said now.
    pub(crate) fn report(&self) -> Report {
        Report {
            verdict: self.verdict(),
            planned: self.planned(),
            counts: self.counts(),
            plans: self.plans.iter().cloned().collect(),
            polls: self.polls,
            failed_polls: self.failed_polls,
            effect: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: i64 = 7;

    fn counts(executing: i64, completed: i64, failed: i64, timed_out: i64) -> Counts {
        Counts { executing, completed, failed, timed_out }
    }

    fn plan(source: i64, target: i64) -> Plan {
        Plan { sources: vec![source], target, details: None }
    }

    /// The verdict after these polls; a job is Executing while it has executing plans.
    fn verdict(scheduled: Scheduled, listed: usize, polls: &[Counts]) -> Verdict {
        let listed = (1..=listed).map(|n| plan(i64::try_from(n).unwrap(), -1)).collect();
        let mut evidence = Evidence::new(JOB, Job::new(scheduled, listed));
        for counts in polls {
            let state = if counts.executing > 0 { State::Executing } else { State::Completed };
            evidence.poll(StateInfo { state, counts: *counts });
        }
        evidence.report().verdict
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
            let mut evidence = Evidence::new(JOB, Job::new(scheduled, Plans::default()));
            evidence.poll(StateInfo { state: State::Undefined, counts: counts(0, 1, 0, 0) });
            assert_eq!(evidence.report().verdict, Verdict::Unknown);
        }
    }

    #[test]
    fn the_plans_are_looked_at_once_and_whenever_something_changes() {
        let mut evidence = Evidence::new(JOB, Job::new(Scheduled::Plans(1), Plans::default()));
        let running = StateInfo { state: State::Executing, counts: counts(1, 0, 0, 0) };
        assert!(evidence.poll(running), "the first answer is a change");
        evidence.list(Vec::new());
        assert!(!evidence.poll(running));
        evidence.look_again();
        assert!(evidence.poll(running));
        evidence.list(Vec::new());
        assert!(evidence.poll(StateInfo { state: State::Completed, counts: counts(0, 1, 0, 0) }));
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
            let mut evidence = Evidence::new(JOB, job);
            evidence.list(vec![plan(1, 9)]);
            evidence.cannot_list();
            evidence.poll(StateInfo { state: State::Completed, counts: counts(0, 1, 0, 0) });
            assert_eq!(evidence.report().verdict, expected);
        }
    }

    #[test]
    fn a_plan_that_an_earlier_wait_saw_running_is_not_forgotten_by_the_next() {
        let mut first = Evidence::new(JOB, Job::new(Scheduled::Plans(1), Plans::default()));
        first.poll(StateInfo { state: State::Executing, counts: counts(1, 2, 0, 0) });
        let (plans, most, planned) = (first.plans().clone(), first.most(), first.planned());
        let mut next = Evidence::new(JOB, Job { most, planned, ..Job::new(Scheduled::Plans(1), plans) });
        next.poll(StateInfo { state: State::Completed, counts: Counts::ZERO });
        assert_eq!((next.planned(), next.report().verdict), (3, Verdict::Unknown));
    }

    #[test]
    fn lists_that_differ_are_added_up() {
        let mut evidence = Evidence::new(JOB, Job::of_others());
        evidence.list(vec![plan(1, 9), plan(2, 9)]);
        evidence.list(vec![plan(2, 9), plan(3, 9)]);
        evidence.poll(StateInfo { state: State::Completed, counts: counts(0, 2, 0, 0) });
        let report = evidence.report();
        assert_eq!((report.verdict, report.planned, report.plans.len()), (Verdict::Unknown, 3, 3));
    }

    #[test]
    fn hostile_lists_do_not_fill_the_memory() {
        let mut evidence = Evidence::new(JOB, Job::of_others());
        for list in 0..3 {
            let first = list * 60_000;
            evidence.list((first..first + 60_000).map(|n| plan(n, -1)).collect());
        }
        assert!(evidence.plans().weight() <= plan::MOST_WORDS);
        assert!(evidence.planned() >= 60_000, "the number is known all the same");
    }
}
