//! Writes JSON: objects, and how numbers, ids, answers and names look in it.

use std::ffi::{CStr, c_char};
use std::fmt::Write as _;
use std::slice;

use super::values::{MILVUS_NO_JOB, MILVUS_NOT_KNOWN, MILVUS_NOT_REPORTED, MILVUS_UNKNOWN_JOB, MILVUS_YES};

/// What writes one value.
pub(super) type Write<T> = fn(&mut String, &T);

/// The short text of a number, as the header has it.
pub(super) type Name = extern "C" fn(i32) -> *const c_char;

/// An object whose fields are being written.
pub(super) struct Object<'a>(&'a mut String);

pub(super) fn object(out: &mut String, fields: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    fields(&mut Object(out));
    out.push('}');
}

/// Writes a list.
pub(super) fn list<T>(out: &mut String, items: impl IntoIterator<Item = T>, write: Write<T>) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, &item);
    }
    out.push(']');
}

fn text(out: &mut String, text: &str) {
    // A text has no reason to fail: null would still be JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_else(|_| "null".to_owned()));
}

/// Writes a list of texts.
pub(super) fn text_list<'a>(out: &mut String, items: impl IntoIterator<Item = &'a str>) {
    list(out, items, |out, item| text(out, item));
}

fn id(out: &mut String, id: i64) {
    let _ = write!(out, "\"{id}\"");
}

/// A text that lives as long as the struct that points to it, or is static. "" for NULL.
pub(super) fn lasting<'a>(text: *const c_char) -> &'a str {
    if text.is_null() {
        return "";
    }
    // SAFETY: the library made the text, which ends with a NUL and lives as long as its struct or for ever.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or_default()
}

impl Object<'_> {
    /// Begins a field.
    pub(super) fn field(&mut self, name: &str) -> &mut String {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        let _ = write!(self.0, "\"{name}\":");
        self.0
    }

    /// Null for what is not reported.
    pub(super) fn number(&mut self, name: &str, number: i64) {
        let out = self.field(name);
        let _ = if number == MILVUS_NOT_REPORTED { write!(out, "null") } else { write!(out, "{number}") };
    }

    pub(super) fn unsigned(&mut self, name: &str, number: u64) {
        let _ = write!(self.field(name), "{number}");
    }

    /// Null for 0 too, where that stands for a size that is not known.
    pub(super) fn positive(&mut self, name: &str, number: i64) {
        self.number(name, if number == 0 { MILVUS_NOT_REPORTED } else { number });
    }

    /// A number from 0 to 1. Null for a negative one, which stands for none.
    pub(super) fn share(&mut self, name: &str, share: f64) {
        let out = self.field(name);
        let _ = if share >= 0.0 { write!(out, "{share}") } else { write!(out, "null") };
    }

    /// Null for what nobody knows.
    pub(super) fn answer(&mut self, name: &str, answer: i32) {
        let word = match answer {
            MILVUS_NOT_KNOWN => "null",
            MILVUS_YES => "true",
            _ => "false",
        };
        self.field(name).push_str(word);
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        text(self.field(name), value);
    }

    /// Null for NULL and "".
    pub(super) fn optional_text(&mut self, name: &str, value: *const c_char) {
        match lasting(value) {
            "" => self.null(name),
            value => self.text(name, value),
        }
    }

    pub(super) fn null(&mut self, name: &str) {
        self.field(name).push_str("null");
    }

    /// Null for what is not reported. No server has an id of 0.
    pub(super) fn id(&mut self, name: &str, value: i64) {
        match value {
            0 | MILVUS_NOT_REPORTED => self.null(name),
            _ => id(self.field(name), value),
        }
    }

    /// Null for no job.
    pub(super) fn job(&mut self, name: &str, job_id: i64) {
        match job_id {
            MILVUS_NO_JOB => self.null(name),
            MILVUS_UNKNOWN_JOB => self.text(name, "unknown"),
            _ => self.id(name, job_id),
        }
    }

    pub(super) fn ids(&mut self, name: &str, first: *const i64, count: usize) {
        let ids: &[i64] = if first.is_null() {
            &[]
        } else {
            // SAFETY: the library made the list, which lives as long as its struct.
            unsafe { slice::from_raw_parts(first, count) }
        };
        list(self.field(name), ids, |out, each| id(out, **each));
    }

    /// The short text of a number, in one word. Null for what is not reported.
    pub(super) fn name(&mut self, name: &str, number: i32, of: Name) {
        let short = lasting(of(number));
        if i64::from(number) == MILVUS_NOT_REPORTED {
            self.null(name);
        } else if short.starts_with("unknown ") || short == "MILVUS_UNKNOWN_STATUS" {
            self.text(name, &format!("unrecognized_{number}"));
        } else {
            self.text(name, &short.replace(' ', "_"));
        }
    }

    /// Null where nothing is.
    pub(super) fn optional<T>(&mut self, name: &str, value: Option<&T>, write: Write<T>) {
        match value {
            Some(value) => write(self.field(name), value),
            None => self.null(name),
        }
    }
}
