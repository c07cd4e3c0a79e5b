//! The end of a run: the table, the sentence, the page, what goes on and how to follow it, and the exit code.

use std::path::Path;

use super::tables::{number, table};
use crate::arguments::Waiting;
use crate::context::Context;
use crate::jobs_file::{JobsFile, Left};
use crate::output::Color;
use crate::record::{Outcome, Record};
use crate::report::ReportFile;
use crate::{exit, words};

pub(super) struct Conclusion {
    pub(super) context: Context,
    pub(super) records: Vec<Record>,
    pub(super) jobs: Option<JobsFile>,
    pub(super) report: Option<ReportFile>,
    /// The name of the command, for the page.
    pub(super) command: &'static str,
}

/// Opens the page and the file of jobs, before anything is triggered.
pub(super) fn files(
    context: &Context,
    waiting: &Waiting,
) -> Result<(Option<ReportFile>, Option<JobsFile>), u8> {
    let complain = |why: String| {
        context.output.complaint(&format!("{why}; nothing was started"));
        exit::OUTPUT
    };
    let report = waiting.report.as_deref().map(ReportFile::open).transpose().map_err(complain)?;
    let jobs = match JobsFile::create(waiting.jobs_file.as_deref(), &context.uri) {
        Ok((jobs, earlier)) => {
            for Left { target, job, .. } in earlier {
                context.output.note(&format!(
                    "an earlier run did not see job {job} of {target} end; it is forgotten here"
                ));
            }
            Some(jobs)
        }
        Err(why) if waiting.jobs_file.is_some() => return Err(complain(why)),
        Err(why) => {
            context
                .output
                .note(&format!("{why}; an interrupted run leaves no file, only the numbers of its jobs"));
            None
        }
    };
    Ok((report, jobs))
}

pub(super) fn conclude(conclusion: Conclusion) -> u8 {
    let Conclusion { context, records, jobs, report, command } = conclusion;
    let output = &context.output;
    let file = jobs.and_then(JobsFile::close);
    if !output.json {
        summary(&context, &records, command);
    }
    follow_ups(&context, &records, file.as_deref());
    let code = exit::of_all(records.iter().map(Record::exit_code));
    let mut codes = vec![code];
    if let Some(report) = report {
        let path = report.path().display().to_string();
        match report.write(&context.uri, command, &records) {
            Ok(()) if output.json => {}
            Ok(()) => output.line(&format!("report: {path}")),
            Err(why) => {
                output.complaint(&format!("the report {path}: {why}"));
                codes.push(exit::OUTPUT);
            }
        }
    }
    if output.is_broken() {
        codes.push(exit::OUTPUT);
    }
    super::settled(&context, exit::of_all(codes))
}

/// The table, where a person looks at it, and how many ended in which way.
fn summary(context: &Context, records: &[Record], command: &str) {
    let output = &context.output;
    if records.is_empty() {
        output.line(match command {
            "wait" => "nothing to do: no job is left in the file",
            _ => "nothing to do: the database has no collection",
        });
        return;
    }
    if output.redraws && records.len() > 1 {
        let titles = ["collection", "how it ended", "#before", "#after", "#rows", "#purged", "#took", "job"];
        let mut table = table(&titles);
        table.add_rows(records.iter().map(row));
        output.line(&table.to_string());
    }
    let ways = [
        (Outcome::Done, "compacted", Color::Good),
        (Outcome::NothingToDo, "with nothing to do", Color::Faint),
        (Outcome::Skipped, "skipped", Color::Faint),
        (Outcome::Failed, "failed", Color::Bad),
        (Outcome::Unknown, "unknown", Color::Doubtful),
        (Outcome::InDoubt, "in doubt", Color::Doubtful),
        (Outcome::GoesOn, "not over", Color::Doubtful),
    ];
    let counted = ways.iter().filter_map(|(outcome, name, color)| {
        let count = records.iter().filter(|record| record.outcome() == *outcome).count();
        (count > 0).then(|| output.color(&format!("{count} {name}"), *color))
    });
    output.line(&counted.collect::<Vec<_>>().join(", "));
}

fn row(record: &Record) -> [String; 8] {
    let diff = record.report.as_ref().and_then(|report| report.diff);
    let optimized = record.optimized.as_ref();
    let of = |from_diff: Option<i64>, from_optimized: Option<i64>| {
        from_diff.or(from_optimized).map_or_else(|| "-".to_owned(), number)
    };
    [
        record.target.to_string(),
        words::outcome(record).to_owned(),
        of(diff.map(|diff| diff.segments_before), optimized.map(|optimized| optimized.segments_before)),
        of(diff.map(|diff| diff.segments_after), optimized.map(|optimized| optimized.segments_after)),
        of(diff.map(|diff| diff.rows_after), optimized.map(|optimized| optimized.rows_after)),
        of(diff.map(|diff| diff.rows_purged), None),
        words::time(record.ended.saturating_sub(record.began)),
        record.job().map_or_else(|| "-".to_owned(), |job| job.to_string()),
    ]
}

/// What goes on on the server, and the commands that follow it. What is in doubt is listed too.
fn follow_ups(context: &Context, records: &[Record], file: Option<&Path>) {
    let output = &context.output;
    let going: Vec<&Record> = records.iter().filter(|record| record.goes_on()).collect();
    for record in records.iter().filter(|record| record.outcome() == Outcome::InDoubt) {
        let name = &record.target;
        let text = format!("{name} is in doubt: look at it before you start another compaction:");
        tell(
            context,
            &format!("{text}\n    milvus-compact watch {}", word(&name.collection)),
            "in_doubt",
            record,
            None,
        );
    }
    for record in &going {
        let job = record.job().unwrap_or_default();
        let database = match record.target.database.as_str() {
            "" => String::new(),
            database => format!(" --database {}", word(database)),
        };
        let command = format!("milvus-compact wait {} {job}{database}", word(&record.target.collection));
        let text = format!(
            "{}: job {job} was not seen to end; it goes on on the server. Follow it:\n    {command}",
            record.target
        );
        tell(context, &text, "goes_on", record, Some(&command));
    }
    if let Some(file) = file.filter(|_| !going.is_empty()) {
        let command = format!("milvus-compact wait {}", word(&file.display().to_string()));
        if output.json {
            output.line(
                &serde_json::json!({"event": "jobs_file", "path": file, "command": command}).to_string(),
            );
        } else {
            output.note(&format!("all of them, with what was known before the interruption:\n    {command}"));
        }
    }
}

fn tell(context: &Context, text: &str, event: &str, record: &Record, command: Option<&str>) {
    if context.output.json {
        context.output.line(
        &serde_json::json!({"event": event, "collection_name": record.target.collection, "job_id": record.job().map(|id| id.to_string()), "command": command})
            .to_string(),
    );
    } else {
        context.output.note(text);
    }
}

/// A word as a shell reads it.
fn word(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_shell_reads_one_word() {
        assert_eq!([word("documents"), word("a b"), word("it's")], ["documents", "'a b'", r"'it'\''s'"]);
    }
}
