//! `flush`: stores rows that are in memory only.

use super::without_targets;
use crate::arguments::Flush;
use crate::context::{Context, milliseconds};
use crate::engine::{Limits, run_all};
use crate::output::Color;
use crate::record::Record;
use crate::show::Quiet;
use crate::{exit, json, select, words};

pub(super) fn flush(context: &Context, arguments: &Flush) -> u8 {
    let targets = match select::targets(&context.client, &arguments.selection, &context.stop) {
        Ok(targets) => targets,
        Err(none) => return without_targets(context, &none),
    };
    let limits = Limits { concurrency: 16, ..Limits::default() };
    let timeout = milliseconds(arguments.timeout);
    let records = run_all(&targets, limits, &context.stop, &mut Quiet, &|around, _, mut record| {
        record.failure = context.client.flush(&record.target, timeout, &mut |_| around.stop.go()).err();
        record
    });
    for record in &records {
        let output = &context.output;
        if output.json {
            output.line(&json::record(record).to_string());
            continue;
        }
        let (word, color, text) = match &record.failure {
            None => ("flushed", Color::Good, words::time(record.ended.saturating_sub(record.began))),
            Some(failure) => ("failed", Color::Bad, failure.message.clone()),
        };
        output.line(&format!("{}: {}: {text}", record.target, output.color(word, color)));
    }
    exit::of_all(records.iter().map(Record::exit_code))
}
