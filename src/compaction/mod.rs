//! Compaction: the trigger, what the server says of a job, and the verdict on how it ended.

mod again;
mod age;
mod answered;
pub(crate) mod check;
pub(crate) mod client_state;
mod estimate;
pub(crate) mod final_form;
pub(crate) mod follow;
pub(crate) mod job_history;
mod job_json;
mod job_tracker;
pub mod judgement;
pub(crate) mod left_out;
mod lineage;
mod management_evidence;
pub mod many;
#[cfg(test)]
mod model;
mod observe;
pub(crate) mod optimize;
pub mod params;
mod patience;
pub mod plan;
pub(crate) mod portable;
mod predict;
pub(crate) mod progress;
pub(crate) mod questions;
pub(crate) mod resolve;
mod scheduled;
pub(crate) mod segment_diff;
mod selection;
pub(crate) mod snapshot;
pub(crate) mod state;
mod tally;
pub(crate) mod tasks;
pub(crate) mod trigger;
mod unlisted;
pub mod verdict;
pub(crate) mod wait_in;

pub use check::{CheckResult, Known};
pub use follow::Outcome;
pub use judgement::{Judged, Judgement, Reason};
pub use left_out::LeftOut;
pub use many::{Item, Many};
pub use params::Params;
pub use plan::{Details, Plan};
pub use progress::Progress;
pub use resolve::{Resolution, ResolutionState};
pub use segment_diff::SegmentDiff;
pub use state::{State, StateInfo};
pub use trigger::{Start, Triggered};
pub use unlisted::Unlisted;
pub use verdict::{Counts, Report, Verdict};

/// The id that stands for "the server scheduled nothing". No server has such a job.
pub const NO_JOB: i64 = 0;
/// The id that stands for a job of which the id is not known. Waiting for it is refused.
pub const UNKNOWN_JOB: i64 = -1;
