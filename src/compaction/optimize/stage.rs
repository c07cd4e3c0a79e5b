//! The stages of an optimization, and what is reported of each.

use std::time::Duration;

use super::super::follow::WaitResult;
use super::super::left_out::LeftOut;
use super::super::verdict::Verdict;
use crate::error::Error;

/// A stage. The numbers are bits, so that a sum stands for several stages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Stage {
    /// None has begun.
    #[default]
    None = 0,
    /// Store the inserted rows.
    Flush = 1,
    /// Wait until what is stored is sorted.
    Sort = 2,
    /// Wait until what is stored is indexed.
    Index = 4,
    /// Compact, in rounds.
    Compact = 8,
    /// Wait until the results are indexed.
    Reindex = 16,
    /// Have the query nodes load the results.
    Load = 32,
    /// Wait until the query nodes serve the results and nothing else.
    Serve = 64,
    /// All are over.
    Done = 128,
}

impl Stage {
    /// Those that do something, in their order.
    pub const WORK: [Self; 7] =
        [Self::Flush, Self::Sort, Self::Index, Self::Compact, Self::Reindex, Self::Load, Self::Serve];
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum StepState {
    /// It did what it was for.
    Done = 1,
    /// It was not needed, or not wanted.
    Skipped = 2,
    /// It failed, or the operation ended during it.
    Failed = 3,
}

/// A line of the report: a stage, or one round of the compaction.
#[derive(Clone, Debug)]
pub struct Step {
    /// The stage.
    pub stage: Stage,
    /// How it ended.
    pub state: StepState,
    /// The number of the round, from 1; 0 for other stages.
    pub round: u32,
    /// Whether the round applied deletions (an L0 compaction).
    pub is_l0: bool,
    /// The job of the round; 0 if there is none.
    pub job_id: i64,
    /// How long it took.
    pub took: Duration,
    /// The outcome of the round's job.
    pub outcome: Option<Box<WaitResult>>,
    /// What happened, as text for a person.
    pub text: String,
}

/// What a compaction rewrites, as far as it can be estimated before it starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Segments that are rewritten.
    pub segments_in: u64,
    /// About how many they become; `None` if that cannot be estimated.
    pub segments_out: Option<u64>,
    /// Their rows.
    pub rows: u64,
    /// The size of a row in bytes.
    pub row_bytes: u64,
}

impl Cost {
    /// Rows times the size of a row.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.rows.saturating_mul(self.row_bytes)
    }

    /// The cost of both together.
    pub(super) fn and(self, more: Self) -> Self {
        if self.segments_in == 0 {
            return more;
        }
        Self {
            segments_in: self.segments_in.saturating_add(more.segments_in),
            segments_out: self
                .segments_out
                .zip(more.segments_out)
                .map(|(one, other)| one.saturating_add(other)),
            rows: self.rows.saturating_add(more.rows),
            row_bytes: more.row_bytes,
        }
    }
}

/// What is stored at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Segments with rows.
    pub segments: i64,
    /// Their rows, with deleted ones that are not purged.
    pub rows: i64,
    /// Segments of deletions, if the server tells levels.
    pub l0_segments: Option<i64>,
}

/// The result of an optimization.
#[derive(Clone, Debug, Default)]
pub struct Optimized {
    /// The name or alias that the caller gave.
    pub name: String,
    /// Why it failed.
    pub error: Option<Error>,
    /// The stage in which it ended; `Done` after the last.
    pub stage: Stage,
    /// How the compaction ended, all rounds together.
    pub verdict: Verdict,
    /// A line for each stage and round, in their order.
    pub steps: Vec<Step>,
    /// The latest job; 0 if there is none.
    pub job_id: i64,
    /// What the rounds rewrote, as estimated before each.
    pub cost: Cost,
    /// What was stored before the first round.
    pub before: Option<Totals>,
    /// What is stored after the last.
    pub after: Option<Totals>,
    /// Stored segments that the rounds left out although they could be compacted or should be, by the reason.
    pub left_out: Option<LeftOut>,
    /// Segments that were stored meanwhile, by flushes and other compactions.
    pub new_segments: Option<i64>,
    /// Whether the collection is loaded, as far as it was asked.
    pub is_loaded: Option<bool>,
    /// Segments that query nodes serve at the end.
    pub served: Option<i64>,
    /// How long it took.
    pub took: Duration,
}

impl Optimized {
    /// Triggered or followed jobs.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.steps.iter().map(|step| step.round).max().unwrap_or(0)
    }

    pub(crate) fn failed(name: String, error: Error) -> Self {
        Self { name, error: Some(error), ..Self::default() }
    }
}
