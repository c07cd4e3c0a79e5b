//! Cuts the Go stack trace off a server's error text, and keeps the cause.

/// How a trace begins. The tracer of Milvus is its own first frame, so its file name is in every trace.
const MARKS: [&str; 2] = ["stack trace:", "stack_trace.go:"];
/// The end of a frame's file name. The line number, a space and the function follow.
const FILE_END: &str = ".go:";

/// The cause in a server's text: what follows the last frame of its traces, or else what comes before the first. A
/// text without a trace is the cause itself. Empty only if the text is blank.
pub(super) fn cause(text: &str) -> &str {
    let text = text.trim();
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return text;
    }
    let Some(last) = text.rmatch_indices(FILE_END).find_map(|(at, _)| frame_end(text, at)) else {
        // There is a mark but no frame.
        return non_empty(text.trim_start_matches(MARKS[0]), text);
    };
    let after = text[last..].trim_matches(is_joint);
    if !after.is_empty() {
        return after;
    }
    let first = text.match_indices(FILE_END).find(|(at, _)| frame_end(text, *at).is_some());
    let before = first.map_or("", |(at, _)| &text[..frame_start(text, at)]).trim_matches(is_joint);
    non_empty(before.trim_end_matches("stack trace").trim_end_matches(is_joint), text)
}

fn non_empty<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    let text = text.trim_matches(is_joint);
    if text.is_empty() { otherwise } else { text }
}

/// Whether the character separates a trace from a cause.
fn is_joint(character: char) -> bool {
    character.is_whitespace() || matches!(character, ':' | ',' | ';')
}

/// The end of the frame whose file name ends at `at`; `None` if that is no frame. A cause may contain a file and line
/// too, but never at the start of a line of the text.
fn frame_end(text: &str, at: usize) -> Option<usize> {
    let line = at + FILE_END.len();
    let digits = text[line..].bytes().take_while(u8::is_ascii_digit).count();
    let function = text[line + digits..].strip_prefix(' ')?;
    let length = function.find(char::is_whitespace).unwrap_or(function.len());
    let before = &text[..frame_start(text, at)];
    let begins = before.is_empty() || ["\n", "\n, ", "stack trace: "].iter().any(|end| before.ends_with(end));
    let is_frame = digits > 0 && length > 0 && begins;
    is_frame.then_some(line + digits + 1 + length)
}

/// The start of the frame. Its path contains no blanks.
fn frame_start(text: &str, at: usize) -> usize {
    let blank = text[..at].char_indices().rev().find(|(_, character)| character.is_whitespace());
    blank.map_or(0, |(blank, character)| blank + character.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str = "/src/proxy/impl.go:4666 github.com/x/proxy.(*Proxy).ManualCompaction";

    #[test]
    fn a_text_without_a_trace_stays_what_it_is() {
        for text in [
            "service unavailable: compaction disabled",
            "request is rejected by grpc RateLimiter middleware, please retry later: rate limit exceeded[rate=0.1]",
            "panic at a.go:12 b.c: boom",
            "the trace of a stack",
            "🦀",
            "",
        ] {
            assert_eq!(cause(text), text);
        }
    }

    #[test]
    fn a_blank_of_several_bytes_is_one() {
        for blank in ['\u{a0}', '\u{2028}', '\u{3000}'] {
            let text = format!("disabled: stack trace: x{blank}{FRAME}");
            assert_eq!(cause(&text), text, "no frame begins within a line");
        }
    }

    #[test]
    fn the_trace_is_cut_wherever_it_stands() {
        let trace = format!("stack trace: /src/stack_trace.go:51 a.StackTrace\n{FRAME}");
        for (text, expected) in [
            (format!("{trace}: service unavailable: disabled"), "service unavailable: disabled"),
            (format!("syncTimestamp Failed: {trace}: no coordinator"), "no coordinator"),
            (format!("{trace}: rpc error: {trace}: the innermost"), "the innermost"),
            (format!("{trace}: two\nlines"), "two\nlines"),
            (format!("{trace}: panic at a.go:12 b: boom"), "panic at a.go:12 b: boom"),
            // As servers before 2.3 have it.
            (
                format!("err: no rootcoord\n, /src/stack_trace.go:51 a.StackTrace\n{FRAME}\n"),
                "err: no rootcoord",
            ),
            (format!("no coordinator: {trace}"), "no coordinator"),
        ] {
            assert_eq!(cause(&text), expected, "{text}");
        }
    }

    #[test]
    fn hostile_texts_have_a_cause_too() {
        let trace = format!("stack trace: {FRAME}");
        for text in [
            trace.clone(),
            format!("{trace}: "),
            format!("{trace}:::\n,; "),
            "stack trace:".to_owned(),
            "stack trace: :".to_owned(),
            "stack_trace.go:".to_owned(),
            "stack trace: a.go:".to_owned(),
            "stack trace: a.go:1".to_owned(),
            "stack trace: a.go:1 ".to_owned(),
            "stack trace: a.go:99999999999999999999 f: x".to_owned(),
            "stack trace: é.go:1 ü: 🦀".to_owned(),
            "stack trace: a.go:1\u{a0}b.go:2 \u{2028}".to_owned(),
            format!("stack trace: {}", ".go:1 ".repeat(100_000)),
            format!("stack trace: {}", ".go:".repeat(100_000)),
            format!("stack trace: {}", "a.go:1 b\n".repeat(100_000)),
        ] {
            let cause = cause(&text);
            assert!(!cause.is_empty() && text.contains(cause), "{text:.80}");
        }
        assert_eq!(cause("stack trace: a.go:99999999999999999999 f: x"), "x");
        assert_eq!(cause("stack trace: é.go:1 ü: 🦀"), "🦀");
        assert_eq!(cause("stack trace: no frame"), "no frame");
        assert_eq!(cause(" \n"), "");
    }
}
