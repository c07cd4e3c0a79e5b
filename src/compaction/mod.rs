//! Compaction: the trigger, what the server says of a job, and the verdict on how it ended.

mod evidence;
pub(crate) mod follow;
pub(crate) mod ledger;
pub(crate) mod pace;
pub(crate) mod state;
pub(crate) mod trigger;
pub mod verdict;

pub use follow::Outcome;
pub use state::{Plan, State, StateInfo};
pub use verdict::{Counts, Report, Verdict};

/// The id that stands for "the server scheduled nothing". No server has such a job.
pub const NO_JOB: i64 = 0;
