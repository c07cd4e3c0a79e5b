//! JSON lines: one object for each event.

use serde_json::json;

use super::Show;
use crate::engine::Event;
use crate::json;
use crate::output::Output;

pub(super) struct JsonLines<'a> {
    output: &'a Output,
}

impl<'a> JsonLines<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self { output }
    }
}

impl Show for JsonLines<'_> {
    fn event(&mut self, _: usize, name: &str, event: &Event) {
        let object = match event {
            Event::Began => json!({"event": "began", "collection_name": name}),
            Event::Triggered(triggered) => json::triggered(name, *triggered),
            Event::Progress(progress) => json::progress(name, *progress),
            Event::Ended(record) => json::record(record),
        };
        self.output.line(&object.to_string());
    }

    fn stopping(&mut self, signal: &str) {
        self.output.line(&json!({"event": "stopping", "signal": signal}).to_string());
    }
}
