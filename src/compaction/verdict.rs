//! The verdict on a compaction, and the report of a wait.

use std::ffi::CStr;

use super::judgement::{Judgement, Reason};
use super::left_out::LeftOut;
use super::plan::Plan;
use super::segment_diff::SegmentDiff;
use super::snapshot::count;
use super::unlisted::Unlisted;
use crate::error::{Error, Status};

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
    /// The server's plans ran out of the time it gives them, and none completed.
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
                c"The server scheduled nothing: as far as its segments show, there is nothing to compact.",
            ),
            Self::PartlyFailed => (c"partly failed", c"Some plans completed; others failed or timed out."),
            Self::Failed => (c"failed", c"Plans failed, and none completed."),
            Self::TimedOut => (c"timed out", c"The plans ran out of the server's time, and none completed."),
            Self::Unknown => (c"unknown", c"The server can no longer tell how the job ended."),
            Self::NotStarted => {
                (c"not started", c"No clustering was started: another job held the collection; ask again.")
            }
        }
    }
}

/// Plans of a job by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
pub struct Counts {
    /// Running, or waiting to run.
    pub executing: i64,
    /// Done.
    pub completed: i64,
    /// Given up for an error.
    pub failed: i64,
    /// Given up because they took too long.
    pub timed_out: i64,
}

impl Counts {
    pub(super) const ZERO: Self = Self { executing: 0, completed: 0, failed: 0, timed_out: 0 };

    pub(super) fn max(self, other: Self) -> Self {
        Self {
            executing: self.executing.max(other.executing),
            completed: self.completed.max(other.completed),
            failed: self.failed.max(other.failed),
            timed_out: self.timed_out.max(other.timed_out),
        }
    }

    /// Plans that must exist for these counts to hold at one moment.
    pub(super) fn total(self) -> i64 {
        [self.executing, self.completed, self.failed, self.timed_out].into_iter().fold(0, i64::saturating_add)
    }
}

/// The report of a wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How the job ended.
    pub verdict: Verdict,
    /// The number of the job's plans as far as the client knows; 0 if it does not.
    pub planned: i64,
    /// Executing: in the latest answer. The others: by what was counted over all polls, and by what became of the
    /// plans' segments.
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
}

/// The error for a verdict other than success.
pub(super) fn failure(report: &Report, reason: Option<&str>) -> Option<Error> {
    let (counts, planned) = (report.counts, report.planned);
    let unknown = match report.unknown {
        0 => String::new(),
        number => format!("; how {number} ended is not known"),
    };
    let (status, text) = match report.verdict {
        Verdict::Succeeded | Verdict::NothingToDo => return None,
        Verdict::PartlyFailed | Verdict::Failed => (
            Status::CompactionFailed,
            format!(
                "of {planned} plans {} completed, {} failed and {} timed out{unknown}",
                counts.completed, counts.failed, counts.timed_out
            ),
        ),
        Verdict::TimedOut => {
            (Status::CompactionFailed, format!("{} of {planned} plans timed out on the server", counts.timed_out))
        }
        Verdict::NotStarted => (
            Status::Busy,
            "no clustering was started: the server answered with another job of the collection, which is over now; \
             ask again"
                .to_owned(),
        ),
        Verdict::Unknown if planned == 0 => (
            Status::OutcomeUnknown,
            "the server says Completed but shows no trace of the job: it never knew it, forgot it, or had nothing to do"
                .to_owned(),
        ),
        Verdict::Unknown | Verdict::None => (Status::OutcomeUnknown, open(report)),
    };
    let why = why(report).map(|why| format!(". Of a plan: {why}")).unwrap_or_default();
    let reason = reason.map(|reason| format!("; the server says of a plan: {reason}")).unwrap_or_default();
    let change = report.segment_diff.map(change).unwrap_or_default();
    let error = Error::new(status, text + &why + &change + &reason);
    Some(if status == Status::Busy { error.retriable() } else { error })
}

/// Says how many plans ended how, and why that does not decide the verdict.
fn open(report: &Report) -> String {
    let (planned, completed) = (report.planned, report.counts.completed);
    let Some(why) = report.unlisted else {
        return format!(
            "the server says Completed, but only {completed} of {planned} plans are known to have completed"
        );
    };
    let failed = report.counts.failed.saturating_add(report.counts.timed_out);
    format!(
        "of {planned} plans that the server told of {completed} completed and {failed} failed, but the job may be older \
         than the server's memory, so that others may be forgotten: {}",
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

/// Says how the collection's segments changed, whatever the server reports about the job.
fn change(diff: SegmentDiff) -> String {
    match (diff.removed, diff.added) {
        (0, 0) => "; its collection has the same segments as before".to_owned(),
        (gone, appeared) => {
            format!("; of the collection's segments {gone} are gone and {appeared} are new since the trigger")
        }
    }
}
