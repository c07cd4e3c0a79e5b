//! Makes text from outside fit for a message: short, printable, on one line.

use std::io;

/// The longest line in bytes.
pub(crate) const LINE_LIMIT: usize = 1023;

/// Cuts a text from outside to `limit` bytes, and marks the cut.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit.saturating_sub('…'.len_utf8()));
    format!("{}…", &text[..end])
}

/// Shortens a name, so that a message can quote it.
pub(crate) fn quotable(name: &str) -> String {
    shortened(name, 120)
}

/// The operating system's text without Rust's "(os error 111)".
pub(crate) fn of_system(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

/// A number of things in words: "1 segment", "2 segments".
pub(crate) fn counted(number: i64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Replaces line breaks and other control characters by single spaces, and limits the length.
pub(crate) fn one_line(text: &str) -> String {
    // No message is longer, so this avoids a huge copy of a huge text.
    let text = &text[..text.floor_char_boundary(4 * LINE_LIMIT)];
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if !is_unprintable(character) {
            line.push(character);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    shortened(line.trim(), LINE_LIMIT)
}

/// Control characters, and characters that make a terminal show another text than there is.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
