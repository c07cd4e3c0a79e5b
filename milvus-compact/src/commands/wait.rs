//! `wait`: follows a job that somebody started, or those in the file that an interrupted run left.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use super::conclude::{Conclusion, conclude};
use super::run;
use crate::arguments::Wait;
use crate::context::{Context, left_of};
use crate::engine::{Event, Limits, run_all};
use crate::jobs_file::{self, JobsFile, Left};
use crate::milvus::{Target, Triggered};
use crate::report::ReportFile;
use crate::{exit, ffi, show};

pub(super) fn wait(context: Context, arguments: &Wait) -> u8 {
    let (left, jobs) = match what(&context, arguments) {
        Ok(found) => found,
        Err((code, why)) => {
            context.output.complaint(&why);
            return code;
        }
    };
    let report = match arguments.waiting.report.as_deref().map(ReportFile::open).transpose() {
        Ok(report) => report,
        Err(why) => {
            context.output.complaint(&why);
            return exit::OUTPUT;
        }
    };
    let targets: Vec<Target> = left.iter().map(|left| left.target.clone()).collect();
    let limits = Limits { concurrency: arguments.waiting.concurrency.into(), ..Limits::default() };
    let is_imported = jobs.is_some();
    let mut show = show::fitting(&context.output, targets.len());
    let records = run_all(&targets, limits, &context.stop, &mut *show, &|around, index, mut record| {
        let left = &left[index];
        let triggered = Triggered {
            trigger: ffi::MILVUS_TRIGGER_ALREADY_RUNNING,
            job: left.job,
            planned: ffi::MILVUS_NOT_REPORTED,
            unsorted: ffi::MILVUS_NOT_REPORTED,
        };
        record.triggered = Some(triggered);
        around.tell(Event::Triggered(triggered));
        if is_imported && let Err(failure) = context.client.import(&left.text) {
            record.failure = Some(failure);
            return record;
        }
        // Of a job that was not imported, the collection has to be known.
        let collection = (!is_imported).then_some(&left.target);
        let timeout = left_of(arguments.waiting.timeout, Instant::now());
        run::follow(&context, around, &mut record, collection, left.job, timeout);
        run::forget(jobs.as_ref(), &record);
        if report.is_some() {
            run::look_after(&context, around, &mut record);
        }
        record
    });
    show.finish();
    drop(show);
    conclude(Conclusion { context, records, jobs, report, command: "wait" })
}

/// The jobs, and the file if they are from one.
fn what(context: &Context, arguments: &Wait) -> Result<(Vec<Left>, Option<JobsFile>), (u8, String)> {
    if let Some(job) = arguments.job {
        return Ok((
            vec![Left {
                target: Target { collection: arguments.what.clone(), ..Target::default() },
                job,
                text: String::new(),
            }],
            None,
        ));
    }
    let path = Path::new(&arguments.what);
    if !path.exists() {
        let why = format!(
            "\"{}\" is no file; to wait for a job of a collection give its number too: wait {} 4711",
            arguments.what, arguments.what
        );
        return Err((exit::USAGE, why));
    }
    let found = jobs_file::read(path).map_err(|why| (exit::USAGE, why))?;
    if found.uri != context.uri {
        let why = format!("the jobs in {} are of {}, not of {}", path.display(), found.uri, context.uri);
        return Err((exit::USAGE, why));
    }
    let jobs = JobsFile::reopen(path).map_err(|why| (exit::OUTPUT, why))?;
    // A job may have been written twice, by a run and by a wait.
    let latest: HashMap<i64, Left> = found.left.into_iter().map(|left| (left.job, left)).collect();
    let mut left: Vec<Left> = latest.into_values().collect();
    left.sort_by(|one, other| (&one.target, one.job).cmp(&(&other.target, other.job)));
    Ok((left, Some(jobs)))
}
