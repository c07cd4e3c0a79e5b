//! Nothing is shown before the end: of commands that only look.

use super::Show;
use crate::engine::Event;

pub struct Quiet;

impl Show for Quiet {
    fn event(&mut self, _: usize, _: &str, _: &Event) {}

    fn stopping(&mut self, _: &str) {}
}
