//! From everything that was seen of a job to what can truthfully be said about it. No I/O.

use super::judgement::{Judged, Judgement, Reason};
use super::ledger::Job;
use super::lineage::{self, View};
use super::meter::Progress;
use super::params::Mode;
use super::plan::{self, Plan, Plans};
use super::snapshot::{Snapshot, count};
use super::state::{Listed, State, StateInfo};
use super::verdict::{Counts, Report, Scheduled, Verdict};
use super::witness;
use crate::management::ManagedTask;

/// Collects what the server says about one job over time.
#[derive(Clone, Debug)]
pub(crate) struct JobTracker {
    job_id: i64,
    scheduled: Scheduled,
    is_clustering: bool,
    /// The latest answer, if there was one.
    last: Option<StateInfo>,
    /// Whether the plans have to be looked at again whatever the next answer is.
    plans_are_due: bool,
    /// The largest of each count over all answers: servers forget.
    most: Counts,
    /// The most plans counted at one moment, in this wait or an earlier one.
    most_counted: i64,
    /// The most plans listed at one moment, also those that do not fit into memory.
    most_listed: i64,
    /// Every plan ever listed.
    plans: Plans,
    list: List,
    /// Whether the server has left out a plan that it listed before, or may have.
    forgets: bool,
    polls: u64,
    failed_polls: u64,
}

/// What the latest list of plans is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
enum List {
    /// None was read in this wait.
    None,
    /// It was read while the job ran.
    Early,
    /// It was read after the job was over.
    Final,
    /// It could not be read, so that the ones before may be out of date.
    Missing,
}

/// How many plans ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) completed: i64,
    /// Failed, those that ran out of time included.
    pub(super) failed: i64,
    pub(super) timed_out: i64,
    pub(super) unknown: i64,
}

impl JobTracker {
    pub(crate) fn new(job_id: i64, job: Job) -> Self {
        let is_clustering = job.origin.as_ref().is_some_and(|origin| origin.mode == Mode::Clustering);
        let Job { scheduled, plans, most, counted, forgets, .. } = job;
        Self {
            job_id,
            scheduled,
            is_clustering,
            last: None,
            plans_are_due: true,
            most,
            most_counted: counted,
            most_listed: count(plans.len()),
            plans,
            list: List::None,
            forgets,
            polls: 0,
            failed_polls: 0,
        }
    }

    /// The job as it is to be remembered.
    pub(crate) fn remembered(&self, job: Job) -> Job {
        Job {
            plans: self.plans.clone(),
            most: self.most,
            counted: self.most_counted,
            forgets: self.forgets,
            ..job
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

    /// Adds the plans that the server lists now. Some servers tell the state of each: those count too. `may_forget`: the
    /// job is so old that the server may have forgotten plans of it before anybody saw them.
    pub(crate) fn list(&mut self, listed: Listed, may_forget: bool) {
        self.plans_are_due = false;
        if listed.state == State::Executing
            && let Some(last) = &mut self.last
        {
            last.state = State::Executing; // a later answer than the state's own
        }
        self.list = if self.is_over() { List::Final } else { List::Early };
        let plans = plan::distinct(listed.plans, self.job_id);
        self.most = self.most.max(plan::counted(&plans));
        self.most_listed = self.most_listed.max(count(plans.len()));
        self.forgets |= self.plans.list(plans) || may_forget;
    }

    /// The server cannot list the plans, and will not with another try.
    pub(crate) fn cannot_list(&mut self) {
        self.plans_are_due = false;
        self.list = List::Missing;
    }

    /// The plans could not be looked at, or have to be looked at once more.
    pub(crate) fn look_again(&mut self) {
        self.plans_are_due = true;
    }

    /// Judges the plans by what is left of their segments. Returns whether the partitions are needed for that.
    pub(crate) fn judge(&mut self, view: &View<'_>) -> bool {
        let wants_partitions = lineage::judge(&mut self.plans, view);
        if self.is_clustering {
            for plan in self.plans.iter_mut().filter(|plan| plan.is_another_kind_than_clustering()) {
                plan.judged.reason = Reason::OtherKind;
            }
        }
        wants_partitions
    }

    /// Adds what the management port says of the plans.
    pub(crate) fn hear(&mut self, tasks: &[ManagedTask]) {
        witness::add(&mut self.plans, tasks);
    }

    /// Everything that decides what comes of later answers, for those who explore them.
    #[cfg(test)]
    pub(super) fn fingerprint(&self) -> impl std::hash::Hash {
        let Self { last, plans_are_due, most, most_counted, plans, list, forgets, .. } = self;
        (last, plans_are_due, most, most_counted, plans, list, forgets)
    }

    /// Whether the job has done what was asked, or had nothing to do.
    pub(crate) fn is_good(&self) -> bool {
        matches!(self.verdict(), Verdict::Succeeded | Verdict::NothingToDo)
    }

    /// The segments now, after the plans were judged by them.
    pub(crate) fn note_gone(&mut self, now: &Snapshot) {
        lineage::note_gone(&mut self.plans, now);
    }

    /// The segments cannot be listed, and will not be with another try.
    pub(crate) fn cannot_see_segments(&mut self) {
        if self.is_over() {
            let open = self.plans.iter_mut().filter(|plan| plan.judged.judgement == Judgement::Open);
            open.for_each(|plan| plan.judged = Judged::not_known(Reason::SegmentsUnknown));
        }
    }

    /// Whether another look a moment later would change nothing.
    pub(crate) fn is_certain(&self) -> bool {
        match self.verdict() {
            Verdict::Succeeded | Verdict::NothingToDo => true,
            // The counters alone account for every plan.
            Verdict::Failed | Verdict::PartlyFailed | Verdict::TimedOut => {
                let Counts { completed, failed, timed_out, .. } = self.most;
                completed.saturating_add(failed).saturating_add(timed_out) >= self.planned()
            }
            Verdict::None | Verdict::Unknown | Verdict::NotStarted => false,
        }
    }

    /// What is judged now stays so, whatever becomes of the segments later.
    pub(crate) fn settle(&mut self) {
        self.plans.iter_mut().for_each(Plan::settle);
    }

    /// Whether the server says that no plan of the job is running or waiting.
    pub(crate) fn is_over(&self) -> bool {
        self.last.is_some_and(|info| info.state != State::Executing && info.counts.executing == 0)
    }

    /// Whether a plan was only just found without sources and without a target: another look will tell more.
    pub(crate) fn wants_another_look(&self) -> bool {
        self.plans.iter().any(|plan| plan.judged.judgement == Judgement::Open && plan.was_gone)
    }

    /// Whether some plan has ended although the list shows no target of it: the list alone will not tell how.
    pub(crate) fn has_ended_plans(&self) -> bool {
        let executing = self.last.map_or(0, |info| info.counts.executing);
        let open = self.plans.iter().filter(|plan| {
            plan.is_listed && plan.targets().is_empty() && plan.judged.judgement == Judgement::Open
        });
        count(open.count()) > executing
    }

    /// The state and the counts that the server told last.
    pub(crate) fn last(&self) -> Option<StateInfo> {
        self.last
    }

    /// Plans the job has had, from every source there is. What the trigger announced does not outrank the whole list.
    pub(crate) fn planned(&self) -> i64 {
        let known = count(self.plans.len()).max(if self.plans.is_full() { self.most_listed } else { 0 });
        let announced = if let Scheduled::Plans(count) = self.scheduled { count } else { 0 };
        let is_whole = self.list == List::Final && !self.forgets && known > 0;
        known.max(self.most_counted).max(if is_whole { 0 } else { announced })
    }

    /// Whether the trigger announced more plans than were listed so far.
    pub(crate) fn misses_plans(&self) -> bool {
        matches!(self.scheduled, Scheduled::Plans(announced) if count(self.plans.len()) < announced)
    }

    /// Whether the server has named the job's plans or their number. Counting alone is not enough:
    /// plans that failed may have left the counts before anybody looked.
    fn knows_all_plans(&self) -> bool {
        match self.scheduled {
            Scheduled::Plans(_) => true,
            Scheduled::Elsewhere => self.plans.len() > 0 && self.list != List::Missing,
            Scheduled::Uncounted | Scheduled::Nothing => false,
        }
    }

    fn judged(&self, judgement: Judgement) -> i64 {
        count(self.plans.iter().filter(|plan| plan.judged.judgement == judgement).count())
    }

    /// A counter is a fact, a judgement an inference: where both cannot be true, the counter is.
    pub(super) fn tally(&self) -> Tally {
        let planned = self.planned();
        let counted = self.most.failed.saturating_add(self.most.timed_out);
        let completed = self.judged(Judgement::Completed).min(planned.saturating_sub(counted).max(0));
        let completed = completed.max(self.most.completed);
        let timed_out = self.judged(Judgement::TimedOut);
        let failed = self.judged(Judgement::Failed).saturating_add(timed_out);
        let failed = failed.min(planned.saturating_sub(completed).max(0)).max(counted);
        let unknown = planned.saturating_sub(completed).saturating_sub(failed).max(0);
        // Counters tell timeouts from other failures; what is left of the segments does not.
        let timed_out = if self.most.failed == 0 && self.most.timed_out >= failed {
            failed
        } else {
            timed_out.max(self.most.timed_out).min(failed)
        };
        Tally { completed, failed, timed_out, unknown }
    }

    /// Whether a plan of the job did, or was, what the trigger asked for.
    fn clusters(&self) -> bool {
        self.plans.iter().any(|plan| {
            let has_result = matches!(plan.judged.reason, Reason::TargetStored | Reason::TargetReplaced);
            has_result || plan.is_clustering_shown()
        })
    }

    fn verdict(&self) -> Verdict {
        let says_completed = self.last.is_some_and(|info| info.state == State::Completed);
        if !self.is_over() {
            return Verdict::None;
        }
        if self.is_clustering && self.scheduled != Scheduled::Nothing && !self.clusters() {
            let is_other = self.plans.iter().any(|plan| plan.judged.reason == Reason::OtherKind);
            return if is_other { Verdict::NotStarted } else { Verdict::Unknown };
        }
        let Tally { completed, failed, timed_out, unknown } = self.tally();
        if failed > 0 {
            return match () {
                () if completed > 0 => Verdict::PartlyFailed,
                () if unknown > 0 => Verdict::Unknown,
                () if timed_out >= failed => Verdict::TimedOut,
                () => Verdict::Failed,
            };
        }
        if says_completed && completed > 0 && unknown == 0 && self.knows_all_plans() {
            Verdict::Succeeded
        } else if says_completed && self.planned() == 0 && self.scheduled == Scheduled::Nothing {
            Verdict::NothingToDo
        } else {
            // Fewer completed than there were: some were forgotten, and nobody can tell how they ended.
            Verdict::Unknown
        }
    }

    /// How far the job is, in plans.
    pub(crate) fn so_far(&self) -> Progress {
        let Tally { completed, failed, .. } = self.tally();
        let named = self.plans.iter().filter(|plan| !self.is_clustering && !plan.targets().is_empty());
        let done = completed.max(count(named.count()));
        Progress { planned: self.planned(), done, failed, ..Progress::default() }
    }

    /// How far the job is, for messages.
    pub(crate) fn progress(&self) -> String {
        if self.polls == 0 {
            return "the server has not answered any question about it".to_owned();
        }
        let Progress { planned, done, .. } = self.so_far();
        format!("{done} of {planned} plans completed so far")
    }

    /// The plans seen so far.
    pub(crate) fn plans(&self) -> &Plans {
        &self.plans
    }

    /// What can be said now.
    pub(crate) fn report(&self) -> Report {
        let tally = self.tally();
        Report {
            verdict: self.verdict(),
            planned: self.planned(),
            counts: Counts {
                executing: self.last.map_or(0, |info| info.counts.executing),
                completed: tally.completed,
                failed: tally.failed - tally.timed_out,
                timed_out: tally.timed_out,
            },
            unknown: if self.is_over() { tally.unknown } else { 0 },
            plans: self.plans.iter().cloned().collect(),
            polls: self.polls,
            failed_polls: self.failed_polls,
            effect: None,
            left_out: None,
        }
    }
}

impl Plan {
    /// Whether the server says that it does something else than cluster.
    fn is_another_kind_than_clustering(&self) -> bool {
        let is_told =
            self.details.as_ref().is_some_and(|details| details.kind != 0) || self.witnessed.is_some();
        is_told && !self.is_clustering_shown()
    }

    /// What is judged now stays so, but for what nobody could look at.
    fn settle(&mut self) {
        let Judged { judgement, reason } = self.judged;
        let was_not_seen = matches!(reason, Reason::SegmentsUnknown | Reason::PartitionsUnknown);
        self.is_settled |= judgement != Judgement::Open && !was_not_seen;
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
        Plan { sources: vec![source], target, ..Plan::default() }
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
        let listed = (1..=listed).map(|n| plan(i64::try_from(n).unwrap(), -1)).collect();
        let mut tracker = JobTracker::new(JOB, Job::new(scheduled, listed));
        for counts in polls {
            let state = if counts.executing > 0 { State::Executing } else { State::Completed };
            tracker.poll(StateInfo { state, counts: *counts });
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
        let mut next =
            JobTracker::new(JOB, first.remembered(Job::new(Scheduled::Plans(1), Plans::default())));
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
}
