//! Shows a run while it goes on: bars on a terminal, lines elsewhere, JSON for programs.

mod bars;
mod json_lines;
mod lines;
mod quiet;

pub use quiet::Quiet;

use crate::engine::Event;
use crate::output::Output;

/// What is shown of a run.
pub trait Show {
    fn event(&mut self, index: usize, name: &str, event: &Event);
    /// Nothing has happened for a moment.
    fn pulse(&mut self) {}
    /// A signal came; what is under way ends.
    fn stopping(&mut self, signal: &str);
    /// Everything is over.
    fn finish(&mut self) {}
}

/// The one that fits. `total` collections are worked on.
pub fn fitting(output: &Output, total: usize) -> Box<dyn Show + '_> {
    if output.json {
        Box::new(json_lines::JsonLines::new(output))
    } else if output.bars {
        Box::new(bars::Bars::new(output, total))
    } else {
        Box::new(lines::Lines::new(output))
    }
}
