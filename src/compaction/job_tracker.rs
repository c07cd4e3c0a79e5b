//! Turns the observations of a job into a report. No I/O.

use super::counts::Counts;
use super::job_history::Job;
use super::judgement::{Judged, Judgement, Reason};
use super::lineage::{self, View};
use super::management_evidence;
use super::params::Mode;
use super::plan::{self, Plan, Plans};
use super::progress::Progress;
use super::scheduled::Scheduled;
use super::snapshot::count;
use super::state::{Listed, State, StateInfo};
use super::tally::Tally;
use super::unlisted::{self, Unlisted};
use super::verdict::{Report, Verdict};
use crate::management::ManagedTask;

/// Collects what the server says about one job over time.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts about a job")]
pub(crate) struct JobTracker {
    job_id: i64,
    scheduled: Scheduled,
    is_clustering: bool,
    /// The latest response, if there is one.
    last: Option<StateInfo>,
    /// Whether the client must list the plans again, whatever the next response says.
    plans_are_due: bool,
    /// The largest of each count over all responses, because servers forget plans.
    most: Counts,
    /// The most plans counted at one moment, in this wait or an earlier one.
    most_counted: i64,
    /// The most plans listed at one moment, also those that do not fit into memory.
    most_listed: i64,
    /// Every plan ever listed.
    plans: Plans,
    list: List,
    /// Whether the server's list lacks a plan that it had before, or may lack one.
    forgets: bool,
    /// Whether an earlier wait saw all plans.
    was_whole: bool,
    /// Why the latest list of segments does not exclude plans that the client never saw.
    unlisted: Option<Unlisted>,
    /// Segments that no plan named at a look after the job's end.
    unnamed_at_end: Option<Unlisted>,
    polls: u64,
    failed_polls: u64,
}

/// How complete the latest list of plans is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
enum List {
    /// This wait has read no list.
    None,
    /// The client read it while the job ran.
    Early,
    /// The client read it after the job ended.
    Final,
    /// The client could not read it, so earlier lists may be out of date.
    Missing,
}

/// What stands in for one that is lent.
impl Default for JobTracker {
    fn default() -> Self {
        Self::new(super::job_id::NO_JOB, Job::of_others())
    }
}

impl JobTracker {
    pub(crate) fn new(job_id: i64, job: Job) -> Self {
        let is_clustering = job.origin.as_ref().is_some_and(|origin| origin.mode == Mode::Clustering);
        let Job { scheduled, mut plans, most, counted, forgets, is_whole, .. } = job;
        // The last observation of an earlier wait may be a moment old.
        for plan in plans.iter_mut() {
            (plan.was_gone, plan.was_empty) = (false, false);
        }
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
            was_whole: is_whole,
            unlisted: Some(Unlisted::SegmentsUnknown),
            unnamed_at_end: None,
            polls: 0,
            failed_polls: 0,
        }
    }

    /// The job as the history keeps it.
    pub(crate) fn remembered(&self, job: Job) -> Job {
        Job {
            plans: self.plans.clone(),
            most: self.most,
            counted: self.most_counted,
            forgets: self.forgets,
            is_whole: self.was_whole,
            ..job
        }
    }

    /// Adds one response. Returns whether it shows a change, so that the client should list the plans.
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

    /// Adds the plans that the server lists now. Some servers report the state of each plan: those states count too.
    /// `may_forget`: the job is so old that the server may have forgotten plans before the client saw them.
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

    /// The server cannot list the plans, and another attempt will not help.
    pub(crate) fn cannot_list(&mut self) {
        self.plans_are_due = false;
        self.list = List::Missing;
    }

    /// The client could not list the plans, or must list them once more.
    pub(crate) fn look_again(&mut self) {
        self.plans_are_due = true;
    }

    /// Judges the plans by their segments. Returns whether that needs the list of partitions.
    pub(crate) fn judge(&mut self, view: &View<'_>) -> bool {
        let wants_partitions = lineage::judge(&mut self.plans, view);
        if self.is_clustering {
            for plan in self.plans.iter_mut().filter(|plan| plan.is_another_kind_than_clustering()) {
                plan.judged.reason = Reason::OtherKind;
            }
            // Another plan shows that this job clusters: plans that changed nothing have failed.
            if self.clusters() {
                let is_left = |plan: &&mut Plan| {
                    plan.judged == Judged::not_known(Reason::LevelUnknown)
                        && plan.targets().is_empty()
                        && plan.sources.iter().all(|id| view.now.has(*id))
                };
                for plan in self.plans.iter_mut().filter(is_left) {
                    plan.judged = Judged::failed(Reason::SourcesStored);
                }
            }
        }
        let doubt = unlisted::doubt(&self.plans, view.now);
        // Another compaction drops its sources a moment before its result is listed: both looks at the end count.
        if self.is_over() && matches!(doubt, Some(Unlisted::SegmentsUnnamed(_))) {
            self.unnamed_at_end = doubt;
        }
        self.unlisted = doubt.or(self.unnamed_at_end);
        wants_partitions
    }

    /// Adds the tasks of the management port.
    pub(crate) fn hear(&mut self, tasks: &[ManagedTask]) {
        management_evidence::add(&mut self.plans, tasks);
    }

    /// The part of the state that decides how later responses change it; the model explores it.
    #[cfg(any(test, fuzzing))]
    #[cfg_attr(fuzzing, allow(dead_code))]
    pub(super) fn fingerprint(&self) -> impl std::hash::Hash {
        let Self { last, plans_are_due, most, most_counted, plans, list, forgets, .. } = self;
        (last, plans_are_due, most, most_counted, plans, list, forgets, self.unlisted, self.unnamed_at_end)
    }

    /// Whether the job succeeded or had nothing to do.
    pub(crate) fn is_good(&self) -> bool {
        matches!(self.verdict(), Verdict::Succeeded | Verdict::NothingToDo)
    }

    /// Stores an observation after its judgement, for the comparison with the next one.
    pub(crate) fn note(&mut self, view: &View<'_>) {
        lineage::note(&mut self.plans, view);
    }

    /// Whether some plan shows no result: it failed, or it made none.
    pub(crate) fn has_plans_without_results(&self) -> bool {
        let mut open = self.plans.iter().filter(|plan| plan.judged.judgement != Judgement::Completed);
        open.any(|plan| plan.targets().is_empty())
    }

    /// The server cannot list the segments, and another attempt will not help.
    pub(crate) fn cannot_see_segments(&mut self) {
        if self.is_over() {
            let open = self.plans.iter_mut().filter(|plan| plan.judged.judgement == Judgement::Open);
            open.for_each(|plan| plan.judged = Judged::not_known(Reason::SegmentsUnknown));
        }
    }

    /// Whether another observation a moment later would change nothing.
    pub(crate) fn is_certain(&self) -> bool {
        // Without a whole list the segments decide, and a single look at them can fall into another compaction.
        if self.scheduled == Scheduled::Elsewhere && !self.is_whole() {
            return false;
        }
        match self.verdict() {
            Verdict::Succeeded | Verdict::NothingToDo => true,
            // The counters account for every plan.
            Verdict::Failed | Verdict::PartlyFailed | Verdict::TimedOut => {
                let Counts { completed, failed, timed_out, .. } = self.most;
                completed.saturating_add(failed).saturating_add(timed_out) >= self.planned()
            }
            Verdict::None | Verdict::Unknown | Verdict::NotStarted => false,
        }
    }

    /// The job runs, although an earlier response reported its end: observations after that end do not count.
    pub(crate) fn runs_again(&mut self) {
        self.unnamed_at_end = None;
        self.plans.iter_mut().filter(|plan| !plan.is_settled).for_each(|plan| plan.was_left = false);
    }

    /// Makes the judgements final, however the segments change later.
    pub(crate) fn settle(&mut self) {
        let is_all = self.is_whole() || (self.scheduled == Scheduled::Elsewhere && self.unlisted.is_none());
        self.was_whole = is_all && self.plans.len() > 0;
        self.plans.iter_mut().for_each(Plan::settle);
    }

    /// Whether the server says that no plan of the job is running or waiting.
    pub(crate) fn is_over(&self) -> bool {
        self.last.is_some_and(|info| info.state != State::Executing && info.counts.executing == 0)
    }

    /// Whether a plan lost its sources only now and has no target: another observation will show more.
    pub(crate) fn wants_another_look(&self) -> bool {
        self.plans.iter().any(|plan| plan.judged.judgement == Judgement::Open && plan.was_gone)
    }

    /// Whether some plan ended and the list shows no target of it: the list alone will not show how it ended.
    pub(crate) fn has_ended_plans(&self) -> bool {
        let executing = self.last.map_or(0, |info| info.counts.executing);
        let open = self.plans.iter().filter(|plan| {
            plan.is_listed && plan.targets().is_empty() && plan.judged.judgement == Judgement::Open
        });
        count(open.count()) > executing
    }

    /// The latest state and counts.
    pub(crate) fn last(&self) -> Option<StateInfo> {
        self.last
    }

    /// The number of plans, from every source. A complete list counts more than the number that the trigger announced.
    pub(crate) fn planned(&self) -> i64 {
        let known = count(self.plans.len()).max(if self.plans.is_full() { self.most_listed } else { 0 });
        let announced = if let Scheduled::Plans(count) = self.scheduled { count } else { 0 };
        let is_all = self.is_whole() && known > 0;
        known.max(self.most_counted).max(if is_all { 0 } else { announced })
    }

    /// Whether every plan that was listed fits into memory.
    pub(super) fn keeps_all_plans(&self) -> bool {
        !self.plans.is_full()
    }

    /// Whether the client has seen every plan: a list from after the job's end has them all.
    fn is_whole(&self) -> bool {
        self.was_whole || (self.list == List::Final && !self.forgets)
    }

    /// Whether the trigger announced more plans than the server has listed so far.
    pub(crate) fn misses_plans(&self) -> bool {
        matches!(self.scheduled, Scheduled::Plans(announced) if count(self.plans.len()) < announced)
    }

    /// Whether the server named the job's plans or their number. The counters alone are not enough: failed plans may
    /// have left them before the client asked.
    fn knows_all_plans(&self) -> bool {
        match self.scheduled {
            Scheduled::Plans(_) => true,
            Scheduled::Elsewhere => self.plans.len() > 0 && (self.is_whole() || self.unlisted.is_none()),
            Scheduled::Uncounted | Scheduled::Nothing => false,
        }
    }

    /// Whether the server may have forgotten plans of this foreign job before the client saw them.
    fn may_have_forgotten_plans(&self) -> bool {
        self.scheduled == Scheduled::Elsewhere && !self.knows_all_plans()
    }

    pub(super) fn tally(&self) -> Tally {
        Tally::of(&self.plans, self.most, self.planned())
    }

    /// Whether a plan of the job clusters, or its result is clustered.
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
                () if unknown > 0 || self.may_have_forgotten_plans() => Verdict::Unknown,
                () if timed_out >= failed => Verdict::TimedOut,
                () => Verdict::Failed,
            };
        }
        if says_completed && completed > 0 && unknown == 0 && self.knows_all_plans() {
            Verdict::Succeeded
        } else if says_completed && self.planned() == 0 && self.scheduled == Scheduled::Nothing {
            Verdict::NothingToDo
        } else {
            // Fewer plans completed than existed: the server forgot some, and their end is unknown.
            Verdict::Unknown
        }
    }

    /// The progress of the job, in plans.
    pub(crate) fn so_far(&self) -> Progress {
        let Tally { completed, failed, .. } = self.tally();
        let named = self.plans.iter().filter(|plan| !self.is_clustering && !plan.targets().is_empty());
        let done = completed.max(count(named.count()));
        Progress { planned: self.planned(), done, failed, ..Progress::default() }
    }

    /// The progress of the job as text for messages.
    pub(crate) fn progress(&self) -> String {
        if self.polls == 0 {
            return "the server has not answered any request about it".to_owned();
        }
        let Progress { planned, done, .. } = self.so_far();
        format!("{done} of {planned} plans completed so far")
    }

    /// The plans seen so far.
    pub(crate) fn plans(&self) -> &Plans {
        &self.plans
    }

    /// The report as of now.
    pub(crate) fn report(&self) -> Report {
        let (tally, verdict) = (self.tally(), self.verdict());
        let is_open = verdict == Verdict::Unknown && tally.unknown == 0 && self.may_have_forgotten_plans();
        Report {
            verdict,
            planned: self.planned(),
            counts: Counts {
                executing: self.last.map_or(0, |info| info.counts.executing),
                completed: tally.completed,
                failed: tally.failed - tally.timed_out,
                timed_out: tally.timed_out,
            },
            unknown: if self.is_over() { tally.unknown } else { 0 },
            unlisted: self.unlisted.filter(|_| is_open),
            plans: self.plans.iter().cloned().collect(),
            polls: self.polls,
            failed_polls: self.failed_polls,
            segment_diff: None,
            left_out: None,
            unsorted: None,
            unmoved: std::time::Duration::ZERO,
        }
    }
}

mod packed;
#[cfg(test)]
mod tests;
