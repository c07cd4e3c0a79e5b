//! `run`: compacts collections, and waits until it is done.

use std::time::Instant;

use super::conclude::{Conclusion, conclude};
use super::without_targets;
use crate::arguments::{Budget, Run};
use crate::context::{Context, left_of};
use crate::engine::{Event, Limits, Surroundings, run_all};
use crate::jobs_file::JobsFile;
use crate::milvus::{Failure, Kind, Progress, Target, Worth};
use crate::record::Record;
use crate::report::ReportFile;
use crate::{ffi, select, show};

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
    let worth = Worth {
        include_final: arguments.force,
        min_segments: arguments.min_segments.unwrap_or(0),
        min_deleted_percent: arguments.min_deleted.unwrap_or(0.0),
    };
    let work =
        Work { context: &context, arguments, kind, worth, jobs: jobs.as_ref(), report: report.as_ref() };
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
    worth: Worth,
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
        record.skipped = around.spend().err();
        if record.skipped.is_some() {
            return Ok(());
        }
        if self.report.is_some() {
            record.before = client.segments(&target, ffi::MILVUS_SEGMENTS_STORED, stop).ok();
        }
        let triggered =
            match client.trigger(&target, (&self.kind, &self.worth), left_of(limit, since), stop)? {
                Ok(triggered) => triggered,
                Err(why) => {
                    around.give_back();
                    record.skipped = Some(why);
                    return Ok(());
                }
            };
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
            job => remember(self.context, self.jobs, &target, job),
        }
        follow(self.context, around, record, None, triggered.job, left_of(limit, since));
        forget(self.jobs, record);
        if self.report.is_some() {
            look_after(self.context, around, record);
        }
        record.failure.clone().map_or(Ok(()), Err)
    }
}

/// Writes a job into the file, with what the library knows of it by now.
pub(super) fn remember(context: &Context, jobs: Option<&JobsFile>, target: &Target, job: i64) {
    let Some(jobs) = jobs else { return };
    let text = context.client.export(job);
    if !text.is_ok_and(|text| jobs.started(target, job, &text)) {
        context.output.note(&format!("the file of jobs cannot be written; remember job {job} of {target}"));
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
