//! A terminal: a bar for each collection under way, one for all of them, and a line for each that is over.

use std::collections::HashMap;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Show, lines};
use crate::engine::Event;
use crate::output::Output;

/// No more bars than this at a time: the rest is in the bar of all.
const MOST_BARS: usize = 20;

pub(super) struct Bars<'a> {
    output: &'a Output,
    all: MultiProgress,
    total: ProgressBar,
    running: HashMap<usize, ProgressBar>,
}

impl<'a> Bars<'a> {
    pub(super) fn new(output: &'a Output, total: usize) -> Self {
        let all = MultiProgress::new();
        let bar = all.add(ProgressBar::new(total as u64));
        bar.set_style(style(Output::width(), true));
        bar.set_prefix("collections");
        bar.set_message(String::new());
        bar.tick();
        Self { output, all, total: bar, running: HashMap::new() }
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
        self.running.insert(index, bar);
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
                if let (Some(bar), Some(text)) =
                    (self.running.get(&index), lines::triggered_in_words(*triggered))
                {
                    bar.set_message(text);
                }
            }
            Event::Progress(progress) => {
                if let Some(bar) = self.running.get(&index) {
                    let ended = progress.completed.saturating_add(progress.failed);
                    bar.set_length(u64::try_from(progress.planned.max(ended).max(1)).unwrap_or(1));
                    bar.set_position(u64::try_from(ended).unwrap_or(0));
                    if let Some(text) = lines::progress_in_words(*progress) {
                        bar.set_message(text);
                    }
                }
            }
            Event::Ended(record) => {
                if let Some(bar) = self.running.remove(&index) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
                self.line(&format!("{name}: {}", lines::ended(self.output, record)));
                self.total.inc(1);
            }
        }
    }

    fn pulse(&mut self) {
        for bar in self.running.values() {
            bar.tick();
        }
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
        (_, true) => format!("{{prefix:{width}}} [{{bar:20}}] {{pos}}/{{len}} {{elapsed}}"),
        (_, false) => format!("{{prefix:{width}}} [{{bar:20}}] {{elapsed:>4}} {{wide_msg}}"),
    };
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
