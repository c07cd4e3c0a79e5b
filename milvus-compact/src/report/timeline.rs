//! The plans in time: a bar for each collection, from its trigger to its end, with a mark where plans had ended.

use std::fmt::Write as _;
use std::time::Duration;

use super::text::escaped;
use crate::record::Record;
use crate::words;

const WIDTH: f64 = 1000.0;
/// Where the axis begins: before it are the names.
const LEFT: f64 = 230.0;
const ROW: f64 = 24.0;
const NAME_LETTERS: usize = 30;

pub(super) fn draw(page: &mut String, records: &[Record], took: Duration) {
    let shown: Vec<&Record> =
        records.iter().filter(|record| record.triggered_at.is_some() || !record.marks.is_empty()).collect();
    if shown.is_empty() {
        return;
    }
    let height = ROW * (count(shown.len()) + 1.5);
    let whole = took.as_secs_f64().max(0.001);
    let x = |at: Duration| LEFT + (WIDTH - LEFT - 60.0) * at.as_secs_f64() / whole;
    let _ = write!(
        page,
        "<h2>Plans in time</h2>\n<div class=\"scroll\"><svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
         aria-label=\"When each collection was triggered, when its plans ended, and when it was over\">\n",
    );
    for step in 0..=4u32 {
        let at = took.mul_f64(f64::from(step) / 4.0);
        let _ = writeln!(
            page,
            "<line class=\"grid\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1}\" y2=\"{height:.0}\"/><text class=\"soft\" x=\"{0:.1}\" \
             y=\"14\" text-anchor=\"middle\">{2}</text>",
            x(at),
            ROW - 4.0,
            words::time(at)
        );
    }
    for (index, record) in shown.iter().enumerate() {
        row(page, record, ROW * (count(index) + 1.0), &x);
    }
    page.push_str(
        "</svg></div>\n<p class=\"faint\">An outline: looked up, and waiting for its trigger. Filled: the job. ● plans had \
         completed, ✕ plans had failed when the client looked. Times count from the beginning of the run.</p>\n",
    );
}

fn row(page: &mut String, record: &Record, y: f64, x: &dyn Fn(Duration) -> f64) {
    let middle = y + ROW / 2.0;
    let triggered = record.triggered_at.unwrap_or(record.began);
    let _ = writeln!(
        page,
        "<g><title>{}: {}</title><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
        escaped(&record.target.to_string()),
        escaped(&words::ended(record)),
        LEFT - 10.0,
        middle + 4.0,
        escaped(&short(&record.target.to_string())),
    );
    let bar = |class: &str, from: Duration, to: Duration| {
        let width = (x(to) - x(from)).max(1.0);
        format!(
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"12\"/>",
            x(from),
            middle - 6.0
        )
    };
    if triggered > record.began {
        page.push_str(&bar("before", record.began, triggered));
    }
    page.push_str(&bar("bar", triggered, record.ended));
    let (mut completed, mut failed) = (0, 0);
    for mark in &record.marks {
        if mark.completed > completed {
            let _ =
                write!(page, "<circle class=\"mark\" cx=\"{:.1}\" cy=\"{middle:.1}\" r=\"4\"/>", x(mark.at));
        }
        if mark.failed > failed {
            // Above the bar, where a completed plan of the same moment does not hide it.
            let (left, right) = (x(mark.at) - 4.0, x(mark.at) + 4.0);
            let (top, bottom) = (middle - 13.0, middle - 5.0);
            let _ = write!(
                page,
                "<path class=\"cross\" d=\"M{left:.1} {top:.1}L{right:.1} {bottom:.1}M{right:.1} {top:.1}L{left:.1} {bottom:.1}\"/>"
            );
        }
        (completed, failed) = (mark.completed, mark.failed);
    }
    let took = words::time(record.ended.saturating_sub(triggered));
    let _ = writeln!(
        page,
        "<text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\">{took}</text></g>",
        x(record.ended) + 6.0,
        middle + 4.0
    );
}

/// A name that fits before the axis.
fn short(name: &str) -> String {
    match name.chars().count() {
        ..=NAME_LETTERS => name.to_owned(),
        _ => name.chars().take(NAME_LETTERS - 1).chain(['…']).collect(),
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
