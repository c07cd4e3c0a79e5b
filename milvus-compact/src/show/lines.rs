//! One line for each event: for logs, pipes and simple terminals.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::Show;
use crate::engine::Event;
use crate::ffi;
use crate::milvus::{Progress, Triggered, names};
use crate::output::{Color, Output};
use crate::record::{Outcome, Record};
use crate::words;

pub(super) struct Lines<'a> {
    output: &'a Output,
    /// What was last said of each collection: the same is not said again.
    said: HashMap<usize, String>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self { output, said: HashMap::new() }
    }
}

impl Show for Lines<'_> {
    fn event(&mut self, index: usize, name: &str, event: &Event) {
        let text = match event {
            Event::Began => None,
            Event::Triggered(triggered) => triggered_in_words(*triggered),
            // After 1, 2, 4, 8... minutes: a log needs no line for each.
            Event::Progress(progress) if progress.stalled_minutes.count_ones() > 1 => None,
            Event::Progress(progress) => progress_in_words(*progress),
            Event::Ended(record) => Some(ended(self.output, record)),
        };
        if let Some(text) = text.filter(|text| self.said.get(&index) != Some(text)) {
            self.output.line(&format!("{name}: {text}"));
            self.said.insert(index, text);
        }
    }

    fn stopping(&mut self, signal: &str) {
        self.output.note(&format!("{signal}: no more is started, and no job is waited for"));
    }
}

pub(super) fn triggered_in_words(triggered: Triggered) -> Option<String> {
    let plans = match triggered.planned {
        ffi::MILVUS_NOT_REPORTED => String::new(),
        planned => format!(", {}", words::count(planned, "plan")),
    };
    match (triggered.trigger, triggered.job) {
        (_, ffi::MILVUS_NO_JOB) => None,
        (_, ffi::MILVUS_UNKNOWN_JOB) => {
            Some("a job started whose number the server does not tell".to_owned())
        }
        (ffi::MILVUS_TRIGGER_ALREADY_RUNNING, job) => Some(format!("job {job} runs already{plans}")),
        (_, job) => Some(format!("job {job} started{plans}")),
    }
}

pub(super) fn progress_in_words(progress: Progress) -> Option<String> {
    let mut text = String::new();
    if progress.stage != ffi::MILVUS_STAGE_NONE && progress.stage != ffi::MILVUS_STAGE_DONE {
        let round = if progress.round > 0 { format!(", round {}", progress.round) } else { String::new() };
        text = format!("{}{round}", names::stage(progress.stage));
    }
    text.push_str(&plans(progress));
    if progress.stalled_minutes > 0 {
        let _ = write!(text, ", nothing has moved for {} min", progress.stalled_minutes);
    }
    if let Ok(left @ 1..) = u64::try_from(progress.remaining_ms) {
        let _ = write!(text, ", {}", words::time_left(Duration::from_millis(left)));
    }
    let text = text.trim_start_matches(", ");
    (!text.is_empty()).then(|| text.to_owned())
}

fn plans(progress: Progress) -> String {
    let failed = if progress.failed > 0 { format!(", {} failed", progress.failed) } else { String::new() };
    match progress.planned {
        ..=0 => failed,
        planned => format!(", {} of {} done{failed}", progress.completed, words::count(planned, "plan")),
    }
}

/// "done: 8 segments became 1 (1.2 s)", in its colour.
pub(super) fn ended(output: &Output, record: &Record) -> String {
    let color = match record.outcome() {
        Outcome::Done => Color::Good,
        Outcome::NothingToDo | Outcome::Skipped => Color::Faint,
        Outcome::InDoubt | Outcome::GoesOn | Outcome::Unknown => Color::Doubtful,
        Outcome::Failed => Color::Bad,
    };
    let took = match record.outcome() {
        Outcome::Skipped => String::new(),
        _ => format!(" ({})", words::time(record.ended.saturating_sub(record.began))),
    };
    format!("{}: {}{took}", output.color(words::outcome(record), color), words::ended(record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_tells_stages_plans_and_since_when_nothing_moves() {
        let plans = Progress { planned: 3, completed: 1, ..Progress::default() };
        assert_eq!(progress_in_words(plans).as_deref(), Some("1 of 3 plans done"));
        let stalled = Progress { failed: 1, stalled_minutes: 4, ..plans };
        let wanted = "1 of 3 plans done, 1 failed, nothing has moved for 4 min";
        assert_eq!(progress_in_words(stalled).as_deref(), Some(wanted));
        let staged = Progress { stage: ffi::MILVUS_STAGE_COMPACT, round: 2, ..plans };
        assert_eq!(progress_in_words(staged).as_deref(), Some("compact, round 2, 1 of 3 plans done"));
        assert_eq!(progress_in_words(Progress::default()), None);
        let left = Progress { remaining_ms: 43_000, ..plans };
        assert_eq!(progress_in_words(left).as_deref(), Some("1 of 3 plans done, about 40 s left"));
        let later = left.after(Duration::from_secs(39));
        assert_eq!(progress_in_words(later).as_deref(), Some("1 of 3 plans done, a few seconds left"));
        let over = progress_in_words(later.after(Duration::MAX));
        assert_eq!(over.as_deref(), Some("1 of 3 plans done"), "the guess was too short");
        assert!(!later.is_news_after(left) && stalled.is_news_after(plans));
    }
}
