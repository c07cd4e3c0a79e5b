//! `watch`: looks at collections again and again, until a signal or the time that was given.

use std::time::{Duration, Instant};

use super::check::look;
use super::tables::{number, table};
use super::without_targets;
use crate::arguments::Watch;
use crate::context::Context;
use crate::milvus::{Kind, names};
use crate::record::Record;
use crate::{exit, ffi, json, select, words};

/// How often a signal is looked for in a pause.
const STEP: Duration = Duration::from_millis(50);

pub(super) fn watch(context: &Context, arguments: &Watch) -> u8 {
    let targets = match select::targets(&context.client, &arguments.selection, &context.stop) {
        Ok(targets) => targets,
        Err(none) => return without_targets(context, &none),
    };
    let started = Instant::now();
    let (mut before, mut drawn) = (Vec::new(), 0);
    let mut code = exit::DONE;
    while !context.stop.is_asked() && !context.output.is_broken() {
        let records = look(context, &targets, &Kind::default());
        if context.stop.is_asked() {
            break;
        }
        code = exit::of_all(records.iter().map(Record::exit_code));
        if context.output.json {
            changed(&before, &records).for_each(|record| context.output.listing(&object(record)));
        } else if context.output.redraws {
            drawn = draw(context, &records, drawn);
        } else {
            changed(&before, &records).for_each(|record| {
                context.output.listing(&format!("{}: {}", record.target, state(record)));
            });
        }
        before = records;
        let limit = arguments.limit.unwrap_or(Duration::MAX);
        let next = Instant::now() + arguments.interval;
        while Instant::now() < next && !context.stop.is_asked() {
            if started.elapsed() >= limit {
                return code;
            }
            std::thread::sleep(STEP);
        }
    }
    code
}

/// What is not as it was.
fn changed<'a>(before: &'a [Record], records: &'a [Record]) -> impl Iterator<Item = &'a Record> {
    let differs =
        |(index, record): &(usize, &Record)| before.get(*index).is_none_or(|old| state(old) != state(record));
    records.iter().enumerate().filter(differs).map(|(_, record)| record)
}

fn object(record: &Record) -> String {
    match (&record.check, &record.failure) {
        (Some(check), _) => json::check(record, check).to_string(),
        _ => json::record(record).to_string(),
    }
}

fn state(record: &Record) -> String {
    match (&record.check, &record.failure) {
        (Some(check), _) => {
            let mut parts =
                vec![words::count(check.segments.max(0), "segment"), words::count(check.rows.max(0), "row")];
            if check.l0 > 0 {
                parts.push(format!("{} of deletions", check.l0));
            }
            if check.unsorted > 0 {
                parts.push(format!("{} not sorted", check.unsorted));
            }
            parts.push(match check.is_running {
                ffi::MILVUS_YES => "a compaction runs".to_owned(),
                _ if check.is_final == ffi::MILVUS_YES => "in its final form".to_owned(),
                _ => check.reason.clone(),
            });
            parts.join(", ")
        }
        (None, Some(failure)) => failure.message.clone(),
        (None, None) => "not looked at".to_owned(),
    }
}

/// Draws the table over the one before. Returns its lines.
fn draw(context: &Context, records: &[Record], drawn: usize) -> usize {
    let titles = ["collection", "#segments", "#rows", "#L0", "#unsorted", "runs", "final", "state"];
    let mut table = table(&titles);
    for record in records {
        let Some(check) = &record.check else {
            table.add_row([record.target.to_string(), state(record)]);
            continue;
        };
        table.add_row([
            record.target.to_string(),
            number(check.segments),
            number(check.rows),
            number(check.l0),
            number(check.unsorted),
            names::answer(check.is_running).to_owned(),
            names::answer(check.is_final).to_owned(),
            check.reason.clone(),
        ]);
    }
    let text = table.to_string();
    let terminal = console::Term::stdout();
    let _ = terminal.clear_last_lines(drawn);
    context.output.listing(&text);
    text.lines().count()
}
