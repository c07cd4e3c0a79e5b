//! The verdict on a compaction, and the report of a wait.

use std::ffi::CStr;
use std::time::Duration;

use super::counts::Counts;
use super::judgement::{Judgement, Reason};
use super::left_out::LeftOut;
use super::plan::Plan;
use super::segment_diff::SegmentDiff;
use super::snapshot::count;
use super::unlisted::Unlisted;
use crate::error::{Error, Status};
use crate::text::counted;

/// How a compaction ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Verdict {
    /// None yet: the wait ended before the job.
    #[default]
    None = 0,
    /// Every plan of the job completed.
    Succeeded = 1,
    /// The server had nothing to compact.
    NothingToDo = 2,
    /// Some plans completed, others failed or timed out.
    PartlyFailed = 3,
    /// Plans failed, and none completed.
    Failed = 4,
    /// The plans ran out of the time that the server gives them, and none completed.
    TimedOut = 5,
    /// The server forgot the job or never knew it, or forgot too much of it.
    Unknown = 6,
    /// The caller asked for clustering, and the server responded with another running job.
    NotStarted = 7,
}

impl Verdict {
    /// The verdict of this number, if there is one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        use Verdict as V;
        let ends = [V::Succeeded, V::NothingToDo, V::PartlyFailed, V::Failed, V::TimedOut, V::Unknown];
        let mut all = [V::None, V::NotStarted].into_iter().chain(ends);
        all.find(|verdict| *verdict as i32 == number)
    }

    /// A short text for a report.
    #[must_use]
    pub fn name(self) -> &'static CStr {
        self.texts().0
    }

    /// One sentence for a person.
    #[must_use]
    pub fn message(self) -> &'static CStr {
        self.texts().1
    }

    fn texts(self) -> (&'static CStr, &'static CStr) {
        match self {
            Self::None => (c"none", c"The wait ended before the job did."),
            Self::Succeeded => (c"succeeded", c"Every plan of the job completed."),
            Self::NothingToDo => (
                c"nothing to do",
                c"The server scheduled nothing, and the segments show nothing to compact.",
            ),
            Self::PartlyFailed => (c"partly failed", c"Some plans completed; others failed or timed out."),
            Self::Failed => (c"failed", c"Plans failed, and none completed."),
            Self::TimedOut => (c"timed out", c"The plans ran out of the time that the server gives them, and none completed."),
            Self::Unknown => (c"unknown", c"The server can no longer tell how the job ended."),
            Self::NotStarted => {
                (c"not started", c"The server started no clustering, because another job held the collection. Trigger it again.")
            }
        }
    }
}

/// The report of a wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How the job ended.
    pub verdict: Verdict,
    /// The number of plans that the client knows of; 0 if it knows none.
    pub planned: i64,
    /// Executing: the count in the latest response. The others: from the counts of all polls and the judgements of the
    /// plans.
    pub counts: Counts,
    /// Plans that ended in an unknown way.
    pub unknown: i64,
    /// Why the client cannot exclude forgotten plans, if only that keeps the verdict open.
    pub unlisted: Option<Unlisted>,
    /// Every plan that the client saw, including those that the server forgot since.
    pub plans: Vec<Plan>,
    /// The number of polls.
    pub polls: u64,
    /// The number of polls that failed and were repeated.
    pub failed_polls: u64,
    /// How the segments changed, if this client triggered the job and the server lists them.
    pub segment_diff: Option<SegmentDiff>,
    /// The segments that the job left out, if this client triggered it and knows them.
    pub left_out: Option<LeftOut>,
    /// The number of unsorted segments right before the trigger, if this client triggered the job and the server
    /// reported it.
    pub unsorted: Option<i64>,
    /// How long the job had not changed when the wait ended; zero once it is over.
    pub unmoved: Duration,
}

/// The error for a verdict other than success.
pub(super) fn failure(report: &Report, reason: Option<&str>) -> Option<Error> {
    let (counts, planned) = (report.counts, report.planned);
    let unknown = match report.unknown {
        0 => String::new(),
        number => format!("; the end of {number} is unknown"),
    };
    let (status, text) = match report.verdict {
        Verdict::Succeeded | Verdict::NothingToDo => return None,
        Verdict::PartlyFailed | Verdict::Failed => (
            Status::CompactionFailed,
            format!(
                "{} of {planned} plans completed, {} failed and {} timed out{unknown}",
                counts.completed, counts.failed, counts.timed_out
            ),
        ),
        Verdict::TimedOut => {
            (Status::CompactionFailed, format!("{} of {planned} plans timed out on the server", counts.timed_out))
        }
        Verdict::NotStarted => (
            Status::Busy,
            "the server started no clustering: it answered with another job of the collection. That job is over; \
             trigger the clustering again"
                .to_owned(),
        ),
        Verdict::Unknown if planned == 0 => (
            Status::OutcomeUnknown,
            "the server reports Completed, but shows no plan of the job: it never knew the job, forgot it, or had \
             nothing to do"
                .to_owned(),
        ),
        Verdict::Unknown | Verdict::None => (Status::OutcomeUnknown, open(report)),
    };
    let why = why(report).map(|why| format!("; {}", of_a_plan(why))).unwrap_or_default();
    let reason =
        reason.map(|reason| format!("; the server reports for a plan: {reason}")).unwrap_or_default();
    let change = report.segment_diff.map(change).unwrap_or_default();
    let error = Error::new(status, text + &why + &change + &reason);
    Some(if status == Status::Busy { error.retriable() } else { error })
}

/// Says how many plans completed and failed, and why the verdict is open all the same.
fn open(report: &Report) -> String {
    let (planned, completed) = (report.planned, report.counts.completed);
    let Some(why) = report.unlisted else {
        return format!(
            "the server reports Completed, but only {completed} of {planned} plans certainly completed"
        );
    };
    let failed = report.counts.failed.saturating_add(report.counts.timed_out);
    format!(
        "{completed} of {planned} known plans completed, and {failed} failed. The server may have forgotten other \
         plans: the job may be older than the server's memory, and {}",
        why.text()
    )
}

/// The reason why a plan's end is unknown, or that its partition was dropped.
fn why(report: &Report) -> Option<&'static str> {
    let unknown = || report.plans.iter().filter(|plan| plan.judged.judgement == Judgement::NotKnown);
    let reason = unknown().map(|plan| plan.judged.reason).max_by_key(|r| *r == Reason::PartitionDropped);
    let is_unseen = report.unknown > count(unknown().count()) && !report.plans.is_empty();
    let reason = reason.or(is_unseen.then_some(Reason::NeverListed))?;
    reason.message().to_str().ok().map(|text| text.trim_end_matches('.'))
}

/// A reason is a sentence about "the plan". In a report on many plans that is "a plan".
fn of_a_plan(reason: &str) -> String {
    let reason = reason.replacen("The plan", "a plan", 1).replacen("the plan", "a plan", 1);
    let first = reason.chars().next().map_or(0, char::len_utf8);
    reason[..first].to_lowercase() + &reason[first..]
}

/// Says how the segments of the collection changed.
fn change(diff: SegmentDiff) -> String {
    match (diff.removed, diff.added) {
        (0, 0) => "; the collection has the same segments as before".to_owned(),
        (gone, new) => format!(
            "; since the trigger, {} of the collection disappeared and {new} appeared",
            counted(gone, "segment")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_the_plan_once_and_not_as_the_only_one() {
        for (reason, expected) in [
            (Reason::PartitionDropped, "a plan's partition was dropped, and its sources with it."),
            (Reason::NeverListed, "the server announced or counted a plan, but never listed it."),
            (Reason::SomeSourcesStored, "some of a plan's sources are stored, others are gone."),
        ] {
            assert_eq!(of_a_plan(reason.message().to_str().unwrap()), expected);
        }
        let report = Report {
            verdict: Verdict::Unknown,
            planned: 2,
            unknown: 1,
            plans: vec![Plan::default()],
            ..Report::default()
        };
        let error = failure(&report, None).unwrap();
        assert_eq!(
            error.message(),
            "the server reports Completed, but only 0 of 2 plans certainly completed; \
             the server announced or counted a plan, but never listed it"
        );
    }
}
