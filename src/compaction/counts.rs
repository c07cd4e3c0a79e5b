//! The number of plans of a job, by state.

use crate::packed::packs;

/// Plans of a job by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
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
packs!(Counts { executing, completed, failed, timed_out });

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
