//! `optimize`: flushes, compacts in rounds, and waits until searches use the result.

use std::time::Instant;

use super::conclude::{Conclusion, conclude};
use super::run::remember;
use super::tables::{number, table};
use super::without_targets;
use crate::arguments::Optimize;
use crate::context::{Context, left_of};
use crate::engine::{Event, Limits, Surroundings, run_all};
use crate::jobs_file::JobsFile;
use crate::milvus::{Failure, OptimizeParams, Progress, Triggered, reported};
use crate::record::Record;
use crate::show::Quiet;
use crate::{exit, ffi, json, select, show, words};

pub(super) fn optimize(context: Context, arguments: &Optimize) -> u8 {
    let params = OptimizeParams {
        kind: arguments.kind.kind(),
        skip_stages: 0,
        force: arguments.force,
        only_estimate: arguments.dry_run,
        max_rounds: arguments.max_rounds,
        min_segments: arguments.min_segments,
        max_rewrite_rows: arguments.max_rewrite_rows,
    };
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
    let limits = Limits { concurrency: arguments.waiting.concurrency.into(), ..Limits::default() };
    let work = |around: &Surroundings, _: usize, record: Record| {
        one(&context, arguments, &params, (around, report.is_some()), jobs.as_ref(), record)
    };
    if arguments.dry_run {
        let records = run_all(&targets, limits, &context.stop, &mut Quiet, &work);
        jobs.map(JobsFile::close);
        estimated(&context, &records);
        return super::settled(&context, exit::of_all(records.iter().map(Record::exit_code)));
    }
    let mut show = show::fitting(&context.output, targets.len());
    let records = run_all(&targets, limits, &context.stop, &mut *show, &work);
    show.finish();
    drop(show);
    conclude(Conclusion { context, records, jobs, report, command: "optimize" })
}

fn one(
    context: &Context,
    arguments: &Optimize,
    params: &OptimizeParams,
    (around, is_reported): (&Surroundings, bool),
    jobs: Option<&JobsFile>,
    mut record: Record,
) -> Record {
    let (client, target) = (&context.client, record.target.clone());
    let stop = &mut |_: Progress| around.stop.go();
    if is_reported {
        record.before = client.segments(&target, ffi::MILVUS_SEGMENTS_STORED, stop).ok();
    }
    let (mut latest, mut marked) = (Progress::default(), Record::default());
    let mut job_under_way = None;
    let timeout = left_of(arguments.waiting.timeout, Instant::now());
    let mut begun = |job| {
        // The one before is over, or the library would not have triggered again.
        if let (Some(earlier), Some(jobs)) = (job_under_way.replace(job), jobs) {
            jobs.ended(earlier);
        }
        remember(context, jobs, &target, job);
        record.triggered_at.get_or_insert_with(|| around.now());
        around.tell(Event::Triggered(Triggered {
            trigger: ffi::MILVUS_TRIGGER_ACCEPTED,
            job,
            planned: ffi::MILVUS_NOT_REPORTED,
            unsorted: ffi::MILVUS_NOT_REPORTED,
        }));
    };
    let mut tick = |progress| around.follow(&mut marked, &mut latest, progress);
    let (result, ended) = client.optimize(&target, params, timeout, (&mut begun, &mut tick));
    record.marks = marked.marks;
    record.optimized = result;
    record.failure = ended.err();
    if let (Some(job), Some(jobs)) = (job_under_way, jobs)
        && !record.goes_on()
    {
        jobs.ended(job);
    }
    if is_reported && !around.stop.is_asked() {
        let jobs = record.optimized.iter().flat_map(|optimized| &optimized.jobs);
        let found: Vec<i64> = jobs.copied().filter(|job| *job > ffi::MILVUS_NO_JOB).collect();
        let plans = found.into_iter().flat_map(|job| client.plans(job, stop).unwrap_or_default());
        record.plans = plans.collect();
        record.after = client.segments(&target, ffi::MILVUS_SEGMENTS_STORED, stop).ok();
    }
    record
}

fn estimated(context: &Context, records: &[Record]) {
    let output = &context.output;
    if output.json {
        for record in records {
            output.listing(&json::record(record).to_string());
        }
        return;
    }
    let titles = ["collection", "#segments", "#rewritten", "#into about", "#rows", "#bytes"];
    let mut table = table(&titles);
    let mut has_rows = false;
    for record in records {
        match (&record.optimized, &record.failure) {
            (Some(found), failure) if !is_serious(failure.as_ref()) => {
                has_rows = true;
                let bytes = reported(found.rewrite_bytes).map_or_else(|| "-".to_owned(), words::bytes);
                table.add_row([
                    record.target.to_string(),
                    number(found.segments_before),
                    number(found.segments_in),
                    number(found.segments_out),
                    number(found.rewrite_rows),
                    bytes,
                ]);
            }
            (_, Some(failure)) => output.complaint(&format!("{}: {}", record.target, failure.message)),
            (None | Some(_), None) => {}
        }
    }
    if has_rows {
        output.listing(&table.to_string());
    }
}

/// Whether there are no figures because of it.
fn is_serious(failure: Option<&Failure>) -> bool {
    failure.is_some_and(|failure| failure.status != ffi::MILVUS_OUT_OF_BOUNDS)
}
