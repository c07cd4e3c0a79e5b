//! `optimize`: flushes, compacts in rounds, and waits until searches use the result.

use std::time::Instant;

use super::conclude::{Conclusion, conclude};
use super::tables::{number, table};
use super::without_names;
use crate::arguments::Optimize;
use crate::context::{Context, left_of};
use crate::engine::{Limits, Surroundings, run_all};
use crate::jobs_file::JobsFile;
use crate::milvus::{Failure, OptimizeParams, Progress};
use crate::record::Record;
use crate::show::Quiet;
use crate::{exit, ffi, json, select, show};

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
    let names = match select::names(&context.client, &arguments.selection, &context.stop) {
        Ok(names) => names,
        Err(none) => {
            jobs.map(JobsFile::close);
            return super::settled(&context, without_names(&context, &none));
        }
    };
    let limits = Limits { concurrency: arguments.waiting.concurrency.into(), ..Limits::default() };
    let work = |around: &Surroundings, _: usize, record: Record| {
        one(&context, arguments, &params, (around, report.is_some()), jobs.as_ref(), record)
    };
    if arguments.dry_run {
        let records = run_all(&names, limits, &context.stop, &mut Quiet, &work);
        jobs.map(JobsFile::close);
        estimated(&context, &records);
        return super::settled(&context, exit::of_all(records.iter().map(Record::exit_code)));
    }
    let mut show = show::fitting(&context.output, names.len());
    let records = run_all(&names, limits, &context.stop, &mut *show, &work);
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
    let (client, name) = (&context.client, record.collection.clone());
    let stop = &mut |_: Progress| around.stop.go();
    if is_reported {
        record.before = client.segments(&name, ffi::MILVUS_SEGMENTS_STORED, stop).ok();
    }
    let (mut latest, mut marked) = (Progress::default(), Record::new(""));
    let timeout = left_of(arguments.waiting.timeout, Instant::now());
    let (mut results, ended) =
        client.optimize(Some(std::slice::from_ref(&name)), params, timeout, &mut |progress| {
            around.follow(&mut marked, &mut latest, progress)
        });
    record.marks = marked.marks;
    record.optimized = results.pop();
    // A result has the failure of its collection; the call's own only says that there is one.
    let own = record.optimized.as_ref().and_then(|optimized| optimized.failure.clone());
    record.failure = own.or(if record.optimized.is_some() { None } else { ended.err() });
    if let Some(job) = record.job().filter(|_| record.goes_on())
        && let (Some(jobs), Ok(text)) = (jobs, client.export(job))
    {
        jobs.started(&name, job, &text);
    }
    if is_reported && !around.stop.is_asked() {
        let steps = record.optimized.iter().flat_map(|optimized| &optimized.steps);
        let found: Vec<i64> = steps.map(|step| step.job).filter(|job| *job > ffi::MILVUS_NO_JOB).collect();
        let plans = found.into_iter().flat_map(|job| client.plans(job, stop).unwrap_or_default());
        record.plans = plans.collect();
        record.after = client.segments(&name, ffi::MILVUS_SEGMENTS_STORED, stop).ok();
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
    let titles = ["collection", "#segments", "#rewritten", "#into about", "#rows", "#MB, as estimated"];
    let mut table = table(&titles);
    let mut has_rows = false;
    for record in records {
        match (&record.optimized, &record.failure) {
            (Some(found), failure) if !is_serious(failure.as_ref()) => {
                has_rows = true;
                let megabytes = if found.rewrite_bytes < 0 { -1 } else { (found.rewrite_bytes >> 20) + 1 };
                table.add_row([
                    record.collection.clone(),
                    number(found.segments_before),
                    number(found.segments_in),
                    number(found.segments_out),
                    number(found.rewrite_rows),
                    number(megabytes),
                ]);
            }
            (_, Some(failure)) => output.complaint(&format!("{}: {}", record.collection, failure.message)),
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
