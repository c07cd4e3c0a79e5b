//! Standard output, which may be closed meanwhile, and how it is decorated.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

use crate::arguments::{self, When};

/// Where results go.
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub struct Output {
    pub json: bool,
    /// Whether bars can be drawn on standard error.
    pub bars: bool,
    /// Whether a person looks at standard output, which can be drawn anew.
    pub redraws: bool,
    colors: bool,
    error_colors: bool,
    failure: Mutex<Option<String>>,
}

#[derive(Clone, Copy)]
pub enum Color {
    Good,
    Bad,
    Doubtful,
    Faint,
    Bold,
}

impl Output {
    pub fn new(arguments: &arguments::Output) -> Self {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colors = |is_terminal: bool| match arguments.color {
            When::Auto => is_terminal && !is_dumb && !no_color && !arguments.json,
            When::Always => !arguments.json,
            When::Never => false,
        };
        let is_terminal = io::stderr().is_terminal();
        Self {
            json: arguments.json,
            redraws: io::stdout().is_terminal() && !is_dumb && !arguments.no_progress && !arguments.json,
            bars: is_terminal && !is_dumb && !arguments.no_progress && !arguments.json,
            colors: colors(io::stdout().is_terminal()),
            error_colors: colors(is_terminal),
            failure: Mutex::new(None),
        }
    }

    /// Writes a line. What cannot be written is remembered, and the rest goes to standard error: the jobs that were
    /// triggered have to be known.
    pub fn line(&self, text: &str) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_none() {
            let mut out = io::stdout().lock();
            if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
                *failure = Some(error.to_string());
                let _ = writeln!(io::stderr(), "milvus-compact: cannot write the output: {error}");
            }
        }
        if failure.is_some() {
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// As [`Self::line`], but what cannot be written is lost: a listing that nobody reads needs no other place.
    pub fn listing(&self, text: &str) {
        if self.is_broken() {
            return;
        }
        let mut out = io::stdout().lock();
        if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
            let _ = writeln!(io::stderr(), "milvus-compact: cannot write the output: {error}");
        }
    }

    /// Something for the user beside the results.
    pub fn note(&self, text: &str) {
        let _ = writeln!(
            io::stderr(),
            "{} {text}",
            decorated(self.error_colors, "milvus-compact:", Color::Faint)
        );
    }

    /// Something that went wrong.
    pub fn complaint(&self, text: &str) {
        let _ =
            writeln!(io::stderr(), "{} {text}", decorated(self.error_colors, "milvus-compact:", Color::Bad));
    }

    pub fn is_broken(&self) -> bool {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub fn color(&self, text: &str, color: Color) -> String {
        decorated(self.colors, text, color)
    }

    /// The columns of the terminal, or of a page where there is none.
    pub fn width() -> u16 {
        let terminal = console::Term::stdout();
        terminal.size_checked().map_or(120, |(_, columns)| columns).max(20)
    }
}

fn decorated(is_on: bool, text: &str, color: Color) -> String {
    if !is_on {
        return text.to_owned();
    }
    let code = match color {
        Color::Good => "32",
        Color::Bad => "31",
        Color::Doubtful => "33",
        Color::Faint => "2",
        Color::Bold => "1",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
