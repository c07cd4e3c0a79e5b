//! `run`: compacts collections, and waits until it is done.

use std::time::Instant;

use super::conclude::{Conclusion, conclude};
use super::without_targets;
use crate::arguments::{Budget, Run};
use crate::context::{Context, left_of};
use crate::engine::{Event, Limits, Surroundings, run_all};
use crate::jobs_file::JobsFile;
use crate::milvus::{Check, Failure, Kind, Progress, Surveyed, Target};
use crate::record::Record;
use crate::report::ReportFile;
use crate::{ffi, select, show, words};

pub(super) fn run(context: Context, arguments: &Run) -> u8 {
    let kind = arguments.kind.kind();
    // What cannot be written is known before anything is triggered.
    let (report, jobs) = match super::conclude::files(&context, &arguments.waiting) {
        Ok(files) => files,
        Err(code) => return code,
    };
    let targets = match select::targets(&context.client, &arguments.selection, &context.stop) {
        Ok(targets) => targets,
        Err(none) => {
            jobs.map(JobsFile::close);
            return super::settled(&context, without_targets(&context, &none));
        }
    };
    let mut limits = Limits { concurrency: arguments.waiting.concurrency.into(), ..Limits::default() };
    for budget in &arguments.budget {
        match budget {
            Budget::Collections(number) => limits.collections = Some(*number),
            Budget::Time(time) => limits.time = Some(*time),
        }
    }
    let work = Work { context: &context, arguments, kind, jobs: jobs.as_ref(), report: report.as_ref() };
    let mut show = show::fitting(&context.output, targets.len());
    let records = run_all(&targets, limits, &context.stop, &mut *show, &|around, _, record| {
        work.compact(around, record)
    });
    show.finish();
    drop(show);
    conclude(Conclusion { context, records, jobs, report, command: "run" })
}

struct Work<'a> {
    context: &'a Context,
    arguments: &'a Run,
    kind: Kind,
    jobs: Option<&'a JobsFile>,
    report: Option<&'a ReportFile>,
}

impl Work<'_> {
    fn compact(&self, around: &Surroundings, mut record: Record) -> Record {
        match self.compacted(around, &mut record) {
            Ok(()) => {}
            // What a signal ended before its trigger was sent.
            Err(failure)
                if failure.status == ffi::MILVUS_CANCELLED
                    && !failure.in_doubt
                    && record.triggered.is_none() =>
            {
                record.skipped = Some(format!("not started: {} came first", around.stop.name()));
            }
            Err(failure) => record.failure = Some(failure),
        }
        record
    }

    fn compacted(&self, around: &Surroundings, record: &mut Record) -> Result<(), Failure> {
        let client = &self.context.client;
        let (target, since) = (record.target.clone(), Instant::now());
        let limit = self.arguments.waiting.timeout;
        let stop = &mut |_: Progress| around.stop.go();
        let check = if self.is_choosy() {
            let survey = client.survey(&target, &self.kind, stop)?;
            record.skipped = self.too_little(&survey);
            record.survey = Some(survey.clone());
            survey.check
        } else {
            Some(client.check(&target, &self.kind, stop)?)
        };
        if let (None, Some(check)) = (&record.skipped, &check) {
            record.skipped = self.is_done_already(check);
        }
        record.check = check;
        if record.skipped.is_none() {
            record.skipped = around.spend().err();
        }
        if record.skipped.is_some() {
            return Ok(());
        }
        if self.report.is_some() {
            record.before = client.segments(&target, ffi::MILVUS_SEGMENTS_STORED, stop).ok();
        }
        let triggered = client.trigger(&target, &self.kind, left_of(limit, since), stop)?;
        record.triggered_at = Some(around.now());
        record.triggered = Some(triggered);
        around.tell(Event::Triggered(triggered));
        match triggered.job {
            ffi::MILVUS_NO_JOB => return Ok(()),
            ffi::MILVUS_UNKNOWN_JOB => {
                let text =
                    "a job started, and the server does not tell its number, so nobody can wait for it";
                return Err(Failure::of(ffi::MILVUS_OUTCOME_UNKNOWN, text));
            }
            job => self.remember(&target, job),
        }
        follow(self.context, around, record, None, triggered.job, left_of(limit, since));
        forget(self.jobs, record);
        if self.report.is_some() {
            look_after(self.context, around, record);
        }
        record.failure.clone().map_or(Ok(()), Err)
    }

    /// Whether only collections are wanted that are worth it.
    fn is_choosy(&self) -> bool {
        self.arguments.min_segments.is_some() || self.arguments.min_deleted.is_some()
    }

    fn is_done_already(&self, check: &Check) -> Option<String> {
        let is_plain = !self.kind.is_clustering && !self.kind.is_l0;
        if check.is_final != ffi::MILVUS_YES || !is_plain || self.arguments.force {
            return None;
        }
        Some(match check.segments {
            ..=0 => check.reason.clone(),
            _ => "it is in its final form already; --force rewrites it all the same".to_owned(),
        })
    }

    /// Why a collection is not worth it. Enough segments, or enough deleted rows, are worth it.
    fn too_little(&self, survey: &Surveyed) -> Option<String> {
        let (segments, deleted) = (self.arguments.min_segments, self.arguments.min_deleted);
        let merged = survey.merged_segments;
        let percent = survey.deleted_percent();
        let is_enough = segments.is_some_and(|least| merged >= least)
            || deleted.is_some_and(|least| percent.is_some_and(|percent| percent >= least));
        if is_enough {
            return None;
        }
        let mut reasons = Vec::new();
        if let Some(least) = segments {
            let found = words::count(merged.max(0), "segment");
            reasons.push(format!("{found} would be merged, fewer than {least}"));
        }
        if let Some(least) = deleted {
            reasons.push(match percent {
                Some(percent) => format!("{percent:.1} % of the rows are deleted, less than {least} %"),
                None => format!(
                    "nobody knows whether {least} % of the rows are deleted, as the collection is not loaded"
                ),
            });
        }
        Some(reasons.join("; "))
    }

    fn remember(&self, target: &Target, job: i64) {
        let exported = self.context.client.export(job);
        if let (Some(jobs), Ok(text)) = (self.jobs, exported)
            && !jobs.started(target, job, &text)
        {
            self.context
                .output
                .note(&format!("the file of jobs cannot be written; remember job {job} of {target}"));
        }
    }
}

/// Waits for a job. That the wait failed is in the record, so that what follows the wait happens all the same.
pub(super) fn follow(
    context: &Context,
    around: &Surroundings,
    record: &mut Record,
    target: Option<&Target>,
    job: i64,
    timeout_ms: i64,
) {
    let mut latest = Progress::default();
    let mut marked = Record::default();
    let (report, ended) = context
        .client
        .wait(target, job, timeout_ms, &mut |progress| around.follow(&mut marked, &mut latest, progress));
    record.marks = marked.marks;
    record.report = report;
    record.failure = ended.err().map(|failure| Failure { job, ..failure });
}

/// Takes a job that is over out of the file.
pub(super) fn forget(jobs: Option<&JobsFile>, record: &Record) {
    if let (Some(jobs), Some(job)) = (jobs, record.job())
        && !record.goes_on()
    {
        jobs.ended(job);
    }
}

/// Looks at what a job has made, for the page.
pub(super) fn look_after(context: &Context, around: &Surroundings, record: &mut Record) {
    if around.stop.is_asked() {
        return;
    }
    let stop = &mut |_: Progress| around.stop.go();
    if let Some(job) = record.job() {
        record.plans = context.client.plans(job, stop).unwrap_or_default();
    }
    record.after = context.client.segments(&record.target, ffi::MILVUS_SEGMENTS_STORED, stop).ok();
}
