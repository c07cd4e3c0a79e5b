//! The whole page: its head, the figures, the plans in time, and each collection.

use std::fmt::Write as _;
use std::time::SystemTime;

use super::text::{escaped, grouped, moment};
use super::{lineage, timeline};
use crate::milvus::{names, reported};
use crate::record::{Outcome, Record};
use crate::words;

/// What the page is about.
pub struct About<'a> {
    pub uri: &'a str,
    pub command: &'a str,
    pub ended: SystemTime,
}

pub fn page(about: &About, records: &[Record]) -> String {
    let mut page = String::new();
    let took = records.iter().map(|record| record.ended).max().unwrap_or_default();
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Compaction report</title>\n<style>\n{}</style>\n</head>\n<body>\n\
         <h1>Compaction report</h1>\n<p class=\"faint\">milvus-compact {} on {}, ended {} after {}; library {}</p>\n<p>{}</p>\n",
        include_str!("style.css"),
        escaped(about.command),
        escaped(about.uri),
        moment(about.ended),
        words::time(took),
        escaped(names::version()),
        ways(records),
    );
    figures(&mut page, records);
    timeline::draw(&mut page, records, took);
    lineage::draw(&mut page, records);
    page.push_str("</body>\n</html>\n");
    page
}

/// How many ended in which way.
fn ways(records: &[Record]) -> String {
    let ways = [
        (Outcome::Done, "compacted"),
        (Outcome::NothingToDo, "with nothing to do"),
        (Outcome::Skipped, "skipped"),
        (Outcome::Failed, "failed"),
        (Outcome::Unknown, "unknown"),
        (Outcome::InDoubt, "in doubt"),
        (Outcome::GoesOn, "not over"),
    ];
    let counted = ways.iter().filter_map(|(outcome, name)| {
        let count = records.iter().filter(|record| record.outcome() == *outcome).count();
        (count > 0).then(|| format!("<strong>{count}</strong> {name}"))
    });
    counted.collect::<Vec<_>>().join(" · ")
}

/// The sign and the class of a way to end. The sign tells it without colour.
pub(super) fn sign(record: &Record) -> (&'static str, &'static str) {
    match record.outcome() {
        Outcome::Done => ("✓", "good"),
        Outcome::NothingToDo | Outcome::Skipped => ("–", "faint"),
        Outcome::Failed => ("✗", "bad"),
        Outcome::Unknown | Outcome::InDoubt | Outcome::GoesOn => ("?", "doubt"),
    }
}

fn figures(page: &mut String, records: &[Record]) {
    page.push_str(
        "<h2>Figures</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>collection</th><th>how it ended</th>\
         <th class=\"n\">segments</th><th class=\"n\">rows</th><th class=\"n\">purged</th><th class=\"n\">plans</th>\
         <th class=\"n\">took</th><th class=\"n\">job</th></tr></thead>\n<tbody>\n",
    );
    for (index, record) in records.iter().enumerate() {
        let diff = record.report.as_ref().and_then(|report| report.diff);
        let optimized = record.optimized.as_ref();
        let of = |diff: Option<i64>, optimized: Option<i64>| diff.or(optimized).and_then(reported);
        let before = of(diff.map(|diff| diff.segments_before), optimized.map(|each| each.segments_before));
        let after = of(diff.map(|diff| diff.segments_after), optimized.map(|each| each.segments_after));
        let rows_before = of(diff.map(|diff| diff.rows_before), optimized.map(|each| each.rows_before));
        let rows_after = of(diff.map(|diff| diff.rows_after), optimized.map(|each| each.rows_after));
        let purged = diff.and_then(|diff| reported(diff.rows_purged));
        let (sign, class) = sign(record);
        let _ = writeln!(
            page,
            "<tr><td class=\"name\"><a href=\"#c{index}\">{}</a></td><td><span class=\"how {class}\">{sign} {}</span><br>\
             <span class=\"faint long\">{}</span></td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(&record.target.to_string()),
            words::outcome(record),
            escaped(&words::ended(record)),
            from_to(before, after),
            from_to(rows_before, rows_after),
            share(purged, rows_before),
            record.report.as_ref().map_or_else(
                || "–".to_owned(),
                |report| {
                    format!("{} of {}", grouped(Some(report.counts.completed)), grouped(Some(report.planned)))
                }
            ),
            words::time(record.ended.saturating_sub(record.began)),
            record.job().map_or_else(|| "–".to_owned(), |job| job.to_string()),
        );
    }
    page.push_str("</tbody>\n</table></div>\n");
}

fn from_to(before: Option<i64>, after: Option<i64>) -> String {
    match (before, after) {
        (None, None) => "–".to_owned(),
        _ => format!("{} → {}", grouped(before), grouped(after)),
    }
}

/// "60 (20 %)".
pub(super) fn share(part: Option<i64>, whole: Option<i64>) -> String {
    match (part, whole) {
        (Some(0), _) => "none".to_owned(),
        (Some(part), Some(whole)) if whole > 0 => {
            // Rounded, as `survey` rounds it.
            let (part_of_100, whole) = (i128::from(part) * 100, i128::from(whole));
            let percent = (part_of_100 + whole / 2) / whole;
            format!("{} ({percent}\u{a0}%)", grouped(Some(part)))
        }
        (part, _) => grouped(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded() {
        let shares =
            [(700, 6_000), (1, 3), (2, 3), (0, 3)].map(|(part, whole)| share(Some(part), Some(whole)));
        assert_eq!(shares, ["700 (12\u{a0}%)", "1 (33\u{a0}%)", "2 (67\u{a0}%)", "none"]);
    }
}
