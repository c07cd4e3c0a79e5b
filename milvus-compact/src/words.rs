//! What happened, in words that a person understands.

use std::time::Duration;

use crate::ffi;
use crate::milvus::{Optimized, Report, reported};
use crate::record::{Outcome, Record};

/// "1 segment", "8 segments".
pub fn count(number: i64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// "about 3 KB", "about 2 GB", in powers of 1024 as everywhere in Milvus.
pub fn bytes(bytes: i64) -> String {
    const UNITS: [&str; 6] = ["B", "KB", "MB", "GB", "TB", "PB"];
    let (mut left, mut unit) = (bytes.max(0), 0);
    while left >= 10_240 && unit + 1 < UNITS.len() {
        (left, unit) = (left / 1024, unit + 1);
    }
    format!("about {left} {}", UNITS[unit])
}

/// "0.4 s", "12 s", "3 min 5 s", "2 h 10 min".
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// "about 40 s left": a guess is no more exact than that.
pub fn time_left(left: Duration) -> String {
    let (seconds, minutes) = (left.as_secs(), left.as_secs().div_ceil(60));
    match seconds {
        0..5 => "a few seconds left".to_owned(),
        5..60 => format!("about {} s left", seconds / 5 * 5),
        60..3600 => format!("about {minutes} min left"),
        _ => format!("about {} h {} min left", minutes / 60, minutes % 60),
    }
}

/// The word for how a collection ended.
pub fn outcome(record: &Record) -> &'static str {
    match record.outcome() {
        Outcome::Done => "done",
        Outcome::NothingToDo => "nothing to do",
        Outcome::Skipped => "skipped",
        Outcome::InDoubt => "in doubt",
        Outcome::GoesOn => "not over",
        Outcome::Unknown => "unknown",
        Outcome::Failed if record.verdict() == ffi::MILVUS_VERDICT_PARTLY_FAILED => "partly failed",
        Outcome::Failed => "failed",
    }
}

/// How a collection ended, in a sentence without the name.
pub fn ended(record: &Record) -> String {
    let facts = match (&record.report, &record.optimized) {
        (Some(report), _) => changed(report),
        (_, Some(optimized)) => optimized_in_words(optimized),
        _ => String::new(),
    };
    match (record.outcome(), &record.failure) {
        (Outcome::Skipped, _) => record.skipped.clone().unwrap_or_default(),
        (Outcome::InDoubt, Some(failure)) => {
            format!(
                "{}; the server may have started a job: {}",
                failure.message,
                resolution(failure.resolution)
            )
        }
        (Outcome::GoesOn, Some(failure)) => {
            let job = record.job().unwrap_or(ffi::MILVUS_NO_JOB);
            match failure.status {
                ffi::MILVUS_CANCELLED => format!("job {job} goes on on the server"),
                _ => format!("{}; job {job} may go on on the server", failure.message),
            }
        }
        // The library's message has the figures.
        (Outcome::Failed | Outcome::Unknown, Some(failure)) => failure.message.clone(),
        (Outcome::NothingToDo, _) => nothing(record),
        _ if facts.is_empty() => "compacted".to_owned(),
        _ => facts,
    }
}

fn nothing(record: &Record) -> String {
    let unsorted = record.triggered.and_then(|triggered| reported(triggered.unsorted)).unwrap_or(0);
    match unsorted {
        0 => "its segments show nothing to compact".to_owned(),
        _ => format!("{} wait to be sorted; a later run may compact them", count(unsorted, "segment")),
    }
}

fn resolution(state: i32) -> &'static str {
    match state {
        ffi::MILVUS_RESOLUTION_STARTED => "a compaction of the collection has begun since",
        ffi::MILVUS_RESOLUTION_NO_TRACE => "none shows yet; look again before you start another",
        ffi::MILVUS_RESOLUTION_NOT_LOOKED => "nobody could look whether it did",
        _ => "the server does not show whether it did",
    }
}

/// What a compaction changed: segments before and after, what was purged, what was left out.
pub fn changed(report: &Report) -> String {
    let mut parts = Vec::new();
    if let Some(diff) = &report.diff {
        if let (Some(before), Some(after)) = (reported(diff.segments_before), reported(diff.segments_after)) {
            parts.push(became(before, after));
        }
        match (reported(diff.rows_purged), reported(diff.rows_after)) {
            (Some(0), Some(rows)) => parts.push(format!("{}, none purged", count(rows, "row"))),
            (Some(purged), Some(rows)) => {
                parts.push(format!("{} purged, {} left", count(purged, "deleted row"), count(rows, "row")));
            }
            (None, Some(rows)) => parts.push(count(rows, "row")),
            _ => {}
        }
    }
    parts.extend(left_out(&report.left_out));
    parts.join("; ")
}

fn became(before: i64, after: i64) -> String {
    if before == after {
        format!("{}, as many as before", count(after, "segment"))
    } else {
        format!("{} became {after}", count(before, "segment"))
    }
}

/// What a job left alone, each reason with its number.
fn left_out(left: &ffi::milvus_left_out) -> Option<String> {
    let total = reported(left.total).filter(|total| *total > 0)?;
    let reasons = [
        (left.unsorted, "not sorted yet"),
        (left.l0, "of deletions"),
        (left.clustered, "clustered"),
        (left.importing, "being imported"),
        (left.unflushed, "not flushed"),
        (left.not_asked_for, "not asked for"),
        (left.other, "held or not wanted by the server"),
    ];
    let named: Vec<String> = reasons
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, why)| format!("{number} {why}"))
        .collect();
    Some(format!("{} left out ({})", count(total, "segment"), named.join(", ")))
}

pub fn optimized_in_words(optimized: &Optimized) -> String {
    let mut parts = Vec::new();
    if let (Some(before), Some(after)) =
        (reported(optimized.segments_before), reported(optimized.segments_after))
    {
        parts.push(became(before, after));
    }
    if optimized.rounds > 0 {
        parts.push(count(optimized.rounds.into(), "round"));
    }
    if let (Some(before), Some(after)) = (reported(optimized.rows_before), reported(optimized.rows_after))
        && after < before
    {
        parts.push(format!("{} fewer", count(before - after, "row")));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_plural() {
        assert_eq!([count(1, "segment"), count(0, "row")], ["1 segment", "0 rows"]);
    }

    #[test]
    fn times_are_short() {
        let texts = [400, 12_000, 185_000, 7_800_000].map(|ms| time(Duration::from_millis(ms)));
        assert_eq!(texts, ["0.4 s", "12 s", "3 min 5 s", "2 h 10 min"]);
    }

    #[test]
    fn the_time_left_is_no_more_exact_than_the_guess() {
        let texts = [4, 43, 61, 3_599, 7_800].map(|seconds| time_left(Duration::from_secs(seconds)));
        let wanted = [
            "a few seconds left",
            "about 40 s left",
            "about 2 min left",
            "about 60 min left",
            "about 2 h 10 min left",
        ];
        assert_eq!(texts, wanted);
    }

    #[test]
    fn a_report_tells_before_after_and_what_was_purged() {
        let diff = ffi::milvus_segment_diff {
            segments_before: 8,
            segments_after: 1,
            rows_after: 80,
            rows_purged: 20,
            ..ffi::milvus_segment_diff::INIT
        };
        let left_out = ffi::milvus_left_out { total: 2, unsorted: 2, ..ffi::milvus_left_out::INIT };
        let report = Report {
            verdict: ffi::MILVUS_VERDICT_SUCCEEDED,
            job: 1,
            planned: 1,
            counts: ffi::milvus_plan_counts::INIT,
            diff: Some(diff),
            left_out,
            json: serde_json::Value::Null,
        };
        let wanted = "8 segments became 1; 20 deleted rows purged, 80 rows left; 2 segments left out (2 not sorted yet)";
        assert_eq!(changed(&report), wanted);
    }
}
