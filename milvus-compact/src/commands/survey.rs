//! `survey`: which collections are worth compacting.

use super::tables::{number, table};
use super::without_targets;
use crate::arguments::Survey;
use crate::context::Context;
use crate::engine::{Limits, run_all};
use crate::milvus::{Surveyed, names, reported};
use crate::output::Color;
use crate::record::Record;
use crate::show::Quiet;
use crate::{exit, ffi, json, select, words};

pub(super) fn survey(context: &Context, arguments: &Survey) -> u8 {
    let targets = match select::targets(&context.client, &arguments.selection, &context.stop) {
        Ok(targets) => targets,
        Err(none) => return without_targets(context, &none),
    };
    let kind = arguments.kind.kind();
    let limits = Limits { concurrency: 16, ..Limits::default() };
    let mut records = run_all(&targets, limits, &context.stop, &mut Quiet, &|around, _, mut record| {
        match context.client.survey(&record.target, &kind, &mut |_| around.stop.go()) {
            Ok(survey) => record.survey = Some(survey),
            Err(failure) => record.failure = Some(failure),
        }
        record
    });
    let code = exit::of_all(records.iter().map(Record::exit_code));
    if context.output.json {
        for record in &records {
            let object =
                record.survey.as_ref().map_or_else(|| json::record(record), |found| found.json.clone());
            context.output.listing(&object.to_string());
        }
        return code;
    }
    // Those that are worth most come first.
    let worth = |record: &Record| record.survey.as_ref().map_or(-1.0, |survey| survey.fragmentation);
    records.sort_by(|one, other| worth(other).total_cmp(&worth(one)));
    show(context, &records);
    code
}

fn show(context: &Context, records: &[Record]) {
    let output = &context.output;
    let titles = [
        "collection",
        "#segments",
        "#small",
        "#saved",
        "#rows",
        "#deleted",
        "#L0",
        "#unsorted",
        "#to rewrite",
        "would compact",
    ];
    let mut table = table(&titles);
    let mut worth = 0;
    for record in records {
        match (&record.survey, &record.failure) {
            (Some(survey), _) => {
                worth += i64::from(survey.fragmentation > 0.0 || survey.deleted_rows > 0);
                table.add_row(row(record, survey));
            }
            (None, Some(failure)) => output.complaint(&format!("{}: {}", record.target, failure.message)),
            (None, None) => {}
        }
    }
    if table.row_count() == 0 {
        output.listing("there is no collection to show");
        return;
    }
    output.listing(&table.to_string());
    let count = i64::try_from(table.row_count()).unwrap_or(i64::MAX);
    let text = format!(
        "{worth} of {} have segments to merge or deleted rows to purge",
        words::count(count, "collection")
    );
    output.listing(&output.color(&text, Color::Bold));
    output.listing("saved: the share of the segments that a compaction would save; to rewrite: rows by the fixed-width fields of the schema");
}

fn row(record: &Record, survey: &Surveyed) -> [String; 10] {
    let check = survey.check.as_ref();
    let saved = if survey.fragmentation < 0.0 {
        "-".to_owned()
    } else {
        format!("{:.0} %", survey.fragmentation * 100.0)
    };
    let deleted =
        survey.deleted_percent().map_or_else(|| "-".to_owned(), |percent| format!("{percent:.0} %"));
    let bytes = reported(survey.rewrite_bytes).map_or_else(|| "-".to_owned(), words::bytes);
    [
        record.target.to_string(),
        number(survey.stored_segments),
        number(survey.small_segments),
        saved,
        number(survey.stored_rows),
        deleted,
        number(survey.l0_segments),
        number(survey.unsorted_segments),
        bytes,
        check
            .map_or("-", |check| match check.would_compact {
                ffi::MILVUS_NOT_KNOWN => "perhaps",
                answer => names::answer(answer),
            })
            .to_owned(),
    ]
}
