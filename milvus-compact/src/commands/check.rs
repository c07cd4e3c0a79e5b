//! `check`: what a compaction would do.

use super::tables::{number, table};
use super::without_targets;
use crate::arguments::Selection;
use crate::context::Context;
use crate::engine::{Limits, run_all};
use crate::milvus::{Check, Kind, Target, names};
use crate::output::Color;
use crate::record::Record;
use crate::show::Quiet;
use crate::{exit, ffi, json, select, words};

pub(super) fn check(context: &Context, selection: &Selection, kind: &Kind) -> u8 {
    let targets = match select::targets(&context.client, selection, &context.stop) {
        Ok(targets) => targets,
        Err(none) => return without_targets(context, &none),
    };
    let records = look(context, &targets, kind);
    if context.output.json {
        for record in &records {
            match (&record.check, &record.failure) {
                (Some(check), _) => {
                    context.output.listing(&json::check(record, check).to_string());
                }
                _ => context.output.listing(&json::record(record).to_string()),
            }
        }
    } else {
        show(context, &records);
    }
    exit::of_all(records.iter().map(Record::exit_code))
}

/// Checks each collection.
pub(super) fn look(context: &Context, targets: &[Target], kind: &Kind) -> Vec<Record> {
    let limits = Limits { concurrency: 16, ..Limits::default() };
    run_all(targets, limits, &context.stop, &mut Quiet, &|around, _, mut record| {
        match context.client.check(&record.target, kind, &mut |_| around.stop.go()) {
            Ok(check) => record.check = Some(check),
            Err(failure) => record.failure = Some(failure),
        }
        record
    })
}

fn show(context: &Context, records: &[Record]) {
    let output = &context.output;
    let titles = ["collection", "would compact", "#segments", "#about", "#rows", "#L0", "#unsorted", "why"];
    let mut table = table(&titles);
    let (mut would, mut may, mut checked) = (0, 0, 0);
    for record in records {
        match (&record.check, &record.failure) {
            (Some(check), _) => {
                checked += 1;
                would += i64::from(check.would_compact == ffi::MILVUS_YES);
                may += i64::from(check.would_compact == ffi::MILVUS_NOT_KNOWN);
                table.add_row(row(&record.target.to_string(), check));
            }
            (None, Some(failure)) => output.complaint(&format!("{}: {}", record.target, failure.message)),
            (None, None) => {}
        }
    }
    if checked > 0 {
        output.listing(&table.to_string());
    }
    let of = words::count(checked, "collection");
    let perhaps = if may > 0 { format!(", {may} perhaps") } else { String::new() };
    output.listing(&output.color(&format!("{would} of {of} would be compacted now{perhaps}"), Color::Bold));
}

fn row(collection: &str, check: &Check) -> [String; 8] {
    let would = match check.would_compact {
        ffi::MILVUS_NOT_KNOWN => "perhaps".to_owned(),
        answer => names::answer(answer).to_owned(),
    };
    [
        collection.to_owned(),
        would,
        number(check.segments),
        number(check.expected_segments),
        number(check.rows),
        number(check.l0),
        number(check.unsorted),
        check.reason.clone(),
    ]
}
