//! `run --dry-run`: what `run` would do with the same arguments.

use super::without_targets;
use crate::arguments::{Budget, Run};
use crate::context::Context;
use crate::engine::{Limits, run_all};
use crate::milvus::Surveyed;
use crate::output::Color;
use crate::record::Record;
use crate::show::Quiet;
use crate::{exit, ffi, json, select, words};

pub(super) fn dry_run(context: &Context, arguments: &Run) -> u8 {
    let targets = match select::targets(&context.client, &arguments.selection, &context.stop) {
        Ok(targets) => targets,
        Err(none) => return without_targets(context, &none),
    };
    let kind = arguments.kind.kind();
    let limits = Limits { concurrency: 16, ..Limits::default() };
    // A survey is about whole collections.
    let is_part = kind.partition.is_some() || kind.channel.is_some();
    let mut records = run_all(&targets, limits, &context.stop, &mut Quiet, &|around, _, mut record| {
        let stop = &mut |_| around.stop.go();
        let checked = if is_part {
            context.client.check(&record.target, &kind, stop).map(|check| record.check = Some(check))
        } else {
            context.client.survey(&record.target, &kind, stop).map(|survey| {
                record.skipped = why_not(arguments, &survey);
                record.check.clone_from(&survey.check);
                record.survey = Some(survey);
            })
        };
        record.failure = checked.err();
        record
    });
    within_budget(&mut records, arguments);
    for record in &records {
        tell(context, record);
    }
    if !context.output.json {
        let would = records.iter().filter(|record| word_of(record) == "would be compacted").count();
        let perhaps = records.iter().filter(|record| word_of(record) == "may be compacted").count();
        let perhaps = if perhaps > 0 { format!(", {perhaps} perhaps") } else { String::new() };
        let count = words::count(i64::try_from(records.len()).unwrap_or(i64::MAX), "collection");
        context
            .output
            .listing(&format!("{would} of {count} would be compacted{perhaps}; nothing was started"));
    }
    exit::of_all(records.iter().map(Record::exit_code))
}

/// Why the library would skip a collection, by the policies of `milvus_many_params`.
fn why_not(arguments: &Run, survey: &Surveyed) -> Option<String> {
    let kind = arguments.kind.kind();
    let is_final = survey.check.as_ref().is_some_and(|check| check.is_final == ffi::MILVUS_YES);
    if is_final
        && survey.stored_segments > 0
        && survey.deleted_rows <= 0
        && !kind.is_clustering
        && !arguments.force
    {
        return Some("its segments are in their final form".to_owned());
    }
    let (segments, deleted) = (arguments.min_segments, arguments.min_deleted);
    let percent = survey.deleted_percent();
    let is_enough = segments.is_some_and(|least| survey.merged_segments >= least)
        || deleted.is_some_and(|least| percent.is_some_and(|percent| percent >= least));
    if is_enough || (segments.is_none() && deleted.is_none()) {
        return None;
    }
    let merged = segments.map(|least| {
        format!(
            "{} would be merged, fewer than {least}",
            words::count(survey.merged_segments.max(0), "segment")
        )
    });
    let purged = deleted.map(|least| match percent {
        Some(percent) => format!("{percent:.1} % of the rows are deleted, less than {least} %"),
        None => "how many rows are deleted is not known".to_owned(),
    });
    Some(merged.into_iter().chain(purged).collect::<Vec<_>>().join("; "))
}

/// The budget of collections holds for those that would be started, in their order.
fn within_budget(records: &mut [Record], arguments: &Run) {
    let mut limits = arguments.budget.iter().filter_map(|budget| match budget {
        Budget::Collections(limit) => Some(*limit),
        Budget::Time(_) => None,
    });
    let Some(limit) = limits.next_back() else { return };
    let started = records.iter_mut().filter(|record| record.skipped.is_none() && record.failure.is_none());
    for record in started.skip(limit) {
        record.skipped = Some(format!("the budget of {limit} collections is used up"));
    }
}

fn word_of(record: &Record) -> &'static str {
    let would = record.check.as_ref().map(|check| check.would_compact);
    match would {
        _ if record.failure.is_some() => "failed",
        _ if record.skipped.is_some() => "would be skipped",
        Some(ffi::MILVUS_YES) => "would be compacted",
        Some(ffi::MILVUS_NO) => "has nothing to do",
        _ => "may be compacted",
    }
}

fn tell(context: &Context, record: &Record) {
    let output = &context.output;
    if output.json {
        let mut object = match (&record.survey, &record.check) {
            (Some(survey), _) => survey.json.clone(),
            (None, Some(check)) => json::check(record, check),
            (None, None) => json::record(record),
        };
        object["skip_text"] = record.skipped.clone().into();
        return output.listing(&object.to_string());
    }
    let failure = record.failure.as_ref().map(|failure| failure.message.clone());
    let reason = record.check.as_ref().map(|check| check.reason.clone());
    let why = failure.or_else(|| record.skipped.clone()).or(reason).unwrap_or_default();
    let color = match word_of(record) {
        "would be compacted" => Color::Good,
        "failed" => Color::Bad,
        _ => Color::Faint,
    };
    output.listing(&format!("{}: {}: {why}", record.target, output.color(word_of(record), color)));
}
