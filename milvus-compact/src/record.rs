//! What happened to one collection.

use std::time::Duration;

use crate::exit;
use crate::ffi;
use crate::milvus::{
    Check, Failure, Optimized, Plan, Progress, Report, Segment, Surveyed, Target, Triggered,
};

/// How far the plans of a job were at a moment of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub at: Duration,
    pub completed: i64,
    pub failed: i64,
}

/// Times count from the beginning of the run.
#[derive(Clone, Default)]
pub struct Record {
    pub target: Target,
    pub began: Duration,
    pub triggered_at: Option<Duration>,
    pub ended: Duration,
    pub marks: Vec<Mark>,
    pub check: Option<Check>,
    pub survey: Option<Surveyed>,
    pub triggered: Option<Triggered>,
    pub report: Option<Report>,
    pub optimized: Option<Optimized>,
    pub before: Option<Vec<Segment>>,
    pub after: Option<Vec<Segment>>,
    pub plans: Vec<Plan>,
    pub failure: Option<Failure>,
    /// Why nothing was tried.
    pub skipped: Option<String>,
}

/// How it ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    NothingToDo,
    Skipped,
    InDoubt,
    GoesOn,
    /// Nobody can tell.
    Unknown,
    Failed,
}

impl Record {
    pub fn new(target: &Target) -> Self {
        Self { target: target.clone(), ..Self::default() }
    }

    /// The job that the server has for it, if it has one.
    pub fn job(&self) -> Option<i64> {
        let known = [
            self.report.as_ref().map(|report| report.job),
            self.triggered.map(|triggered| triggered.job),
            self.optimized.as_ref().map(|optimized| optimized.job),
            self.failure.as_ref().map(|failure| failure.job),
        ];
        known.into_iter().flatten().find(|job| *job > ffi::MILVUS_NO_JOB)
    }

    pub fn verdict(&self) -> i32 {
        let optimized = self.optimized.as_ref().map(|optimized| optimized.verdict);
        self.report.as_ref().map(|report| report.verdict).or(optimized).unwrap_or(ffi::MILVUS_VERDICT_NONE)
    }

    /// Whether a job was started, and nobody saw its end.
    pub fn goes_on(&self) -> bool {
        self.failure.is_some() && self.job().is_some() && self.verdict() == ffi::MILVUS_VERDICT_NONE && {
            let status = self.failure.as_ref().map_or(0, |failure| failure.status);
            !matches!(status, ffi::MILVUS_COLLECTION_NOT_FOUND | ffi::MILVUS_COMPACTION_DISABLED)
        }
    }

    pub fn outcome(&self) -> Outcome {
        let is_done_nothing = self.verdict() == ffi::MILVUS_VERDICT_NOTHING_TO_DO
            || self.triggered.is_some_and(|triggered| triggered.job == ffi::MILVUS_NO_JOB);
        match &self.failure {
            _ if self.skipped.is_some() => Outcome::Skipped,
            Some(failure) if failure.in_doubt => Outcome::InDoubt,
            Some(_) if self.goes_on() => Outcome::GoesOn,
            Some(failure) if failure.status == ffi::MILVUS_OUTCOME_UNKNOWN => Outcome::Unknown,
            Some(_) => Outcome::Failed,
            None if is_done_nothing => Outcome::NothingToDo,
            None => Outcome::Done,
        }
    }

    pub fn exit_code(&self) -> u8 {
        self.failure.as_ref().map_or(exit::DONE, |failure| exit::of(failure, self.job().is_some()))
    }

    /// Remembers progress, if it is news.
    pub fn mark(&mut self, at: Duration, progress: Progress) {
        let before = self.marks.last().map_or((0, 0), |mark| (mark.completed, mark.failed));
        if before != (progress.completed, progress.failed) {
            self.marks.push(Mark { at, completed: progress.completed, failed: progress.failed });
        }
    }
}
