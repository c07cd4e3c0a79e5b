//! A terminal: a bar for each collection under way, one for all of them, and a line for each that is over.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Show, lines};
use crate::engine::Event;
use crate::milvus::Progress;
use crate::output::Output;
use crate::record::Outcome;
use crate::words;

/// No more bars than this at a time: the rest is in the bar of all.
const MOST_BARS: usize = 20;

pub(super) struct Bars<'a> {
    output: &'a Output,
    all: MultiProgress,
    total: ProgressBar,
    running: HashMap<usize, Running>,
    started: Instant,
    /// A guess of how long all of them still take, and when it was made.
    left: Option<(Duration, Instant)>,
    /// Some were skipped: those take no time, so the rate tells nothing.
    has_skipped: bool,
}

/// The bar of a collection.
struct Running {
    bar: ProgressBar,
    /// The latest progress, and when it came.
    latest: Option<(Progress, Instant)>,
}

impl Running {
    /// Says how far it is by now.
    fn say(&self) {
        let now = self.latest.map(|(progress, since)| progress.after(since.elapsed()));
        if let Some(text) = now.and_then(lines::progress_in_words) {
            self.bar.set_message(text);
        }
    }
}

impl<'a> Bars<'a> {
    pub(super) fn new(output: &'a Output, total: usize) -> Self {
        let all = MultiProgress::new();
        let bar = all.add(ProgressBar::new(total as u64));
        bar.set_style(style(Output::width(), true));
        bar.set_prefix("collections");
        bar.set_message(String::new());
        bar.tick();
        let (running, started) = (HashMap::new(), Instant::now());
        Self { output, all, total: bar, running, started, left: None, has_skipped: false }
    }

    fn begin(&mut self, index: usize, name: &str) {
        if self.running.len() >= MOST_BARS {
            return;
        }
        let bar = self.all.insert_before(&self.total, ProgressBar::new(1));
        bar.set_style(style(Output::width(), false));
        bar.set_prefix(console::truncate_str(name, name_width(Output::width()), "~").into_owned());
        bar.set_message("starting");
        bar.tick();
        self.running.insert(index, Running { bar, latest: None });
    }

    /// Guesses how long all collections still take, by the library's rule for many: three of them and a tenth are done, and
    /// none was skipped.
    fn guess(&mut self) {
        let (done, all) = (self.total.position(), self.total.length().unwrap_or(0));
        let is_enough = done >= 3 && done >= all.div_ceil(10) && !self.has_skipped;
        let left = u32::try_from(all.saturating_sub(done)).ok().filter(|left| is_enough && *left > 0);
        let one = self.started.elapsed() / u32::try_from(done.max(1)).unwrap_or(u32::MAX);
        self.left = left.map(|left| (one.saturating_mul(left), Instant::now()));
    }

    fn say_time_left(&self) {
        let now = self.left.map(|(left, since)| left.saturating_sub(since.elapsed()));
        let text = now.filter(|left| !left.is_zero()).map(words::time_left);
        self.total.set_message(text.unwrap_or_default());
    }

    fn line(&self, text: &str) {
        self.all.suspend(|| self.output.line(text));
    }
}

impl Show for Bars<'_> {
    fn event(&mut self, index: usize, name: &str, event: &Event) {
        match event {
            Event::Began => self.begin(index, name),
            Event::Triggered(triggered) => {
                if let (Some(running), Some(text)) =
                    (self.running.get(&index), lines::triggered_in_words(*triggered))
                {
                    running.bar.set_message(text);
                }
            }
            Event::Progress(progress) => {
                if let Some(running) = self.running.get_mut(&index) {
                    let ended = progress.completed.saturating_add(progress.failed);
                    running.bar.set_length(u64::try_from(progress.planned.max(ended).max(1)).unwrap_or(1));
                    running.bar.set_position(u64::try_from(ended).unwrap_or(0));
                    running.latest = Some((*progress, Instant::now()));
                    running.say();
                }
            }
            Event::Ended(record) => {
                if let Some(Running { bar, .. }) = self.running.remove(&index) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
                self.line(&format!("{name}: {}", lines::ended(self.output, record)));
                self.total.inc(1);
                self.has_skipped |= record.outcome() == Outcome::Skipped;
                self.guess();
                self.say_time_left();
            }
        }
    }

    fn pulse(&mut self) {
        for running in self.running.values() {
            running.say();
            running.bar.tick();
        }
        self.say_time_left();
        self.total.tick();
    }

    fn stopping(&mut self, signal: &str) {
        self.all
            .suspend(|| self.output.note(&format!("{signal}: no more is started, and no job is waited for")));
    }

    fn finish(&mut self) {
        self.total.finish_and_clear();
        let _ = self.all.clear();
    }
}

fn name_width(columns: u16) -> usize {
    usize::from(columns / 3).clamp(6, 40)
}

/// A bar that fits into a terminal of so many columns; a narrow one has numbers only.
fn style(columns: u16, is_total: bool) -> ProgressStyle {
    let width = name_width(columns);
    let template = match (columns, is_total) {
        (..50, _) => format!("{{prefix:{width}}} {{pos}}/{{len}}"),
        (50..80, _) => format!("{{prefix:{width}}} [{{bar:12}}] {{pos}}/{{len}} {{elapsed}}"),
        (_, true) => format!("{{prefix:{width}}} [{{bar:20}}] {{pos}}/{{len}} {{elapsed}} {{wide_msg}}"),
        (_, false) => format!("{{prefix:{width}}} [{{bar:20}}] {{elapsed:>4}} {{wide_msg}}"),
    };
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
