//! Headers of a response: HPACK that is none, names and values that must not be, and every status of HTTP.

use crate::bytes::{
    CONTINUATION, END_HEADERS, END_STREAM, HEAD, HEADERS, TRAILERS, block, data, frame, head, headers,
    trailers,
};
use crate::row::{CONNECT, DESCRIBE, Kind, Outcome, Row, STATE, TRIGGER, at_each, script};
use crate::wire::{Moment, Script, Then};

/// A right answer but for its first headers.
fn with_head(of: &[(&'static str, &'static str)]) -> Script {
    let of = of.to_vec();
    script(Moment::Accept, move |id, body| [headers(id, 0, &of), data(id, 0, body), trailers(id)].concat())
}

/// The same for its trailers.
fn with_trailers(of: &[(&'static str, &'static str)]) -> Script {
    let of = of.to_vec();
    script(Moment::Accept, move |id, body| {
        [head(id), data(id, 0, body), headers(id, END_STREAM, &of)].concat()
    })
}

/// With one header more.
fn with(name: &'static str, value: &'static str) -> Script {
    with_head(&[HEAD, &[(name, value)]].concat())
}

/// Headers that HPACK does not know how to read.
fn with_block(bytes: &'static [u8]) -> Script {
    script(Moment::Accept, move |id, body| {
        let head = frame(HEADERS, END_HEADERS, id, &[bytes, &block(HEAD)].concat());
        [head, data(id, 0, body), trailers(id)].concat()
    })
}

pub(crate) fn of_requests() -> Vec<Row> {
    let mut rows = at_each([compression(), names()].concat(), &[TRIGGER]);
    let mut of_status = at_each(status(), &[TRIGGER, STATE]);
    for row in of_status.iter_mut().filter(|row| row.does.contains("a success")) {
        row.words = "an answer contradicts itself: HTTP";
    }
    rows.extend(of_status);
    rows.extend(at_each(everywhere(), &[CONNECT, DESCRIBE, STATE]));
    rows
}

fn compression() -> Vec<Kind> {
    use Outcome::{Breaks, Passes};
    vec![
        ("names header 0 of the table", with_block(&[0x80]), Breaks),
        ("names a header beyond the table", with_block(&[0xff, 0xff, 0xff, 0x03]), Breaks),
        ("names a name beyond the table", with_block(&[0x0f, 0xff, 0xff, 0x03, 1, b'x']), Breaks),
        ("sends a number without an end", with_block(&[0xff; 40]), Breaks),
        ("makes the table larger than it may be", with_block(&[0x3f, 0xe1, 0xff, 0xff, 0x07]), Breaks),
        ("sends a string longer than its headers", with_block(&[0, 1, b'a', 0x7f, 0xff, 0x7f]), Breaks),
        ("sends the end of Huffman's code", with_block(&[0, 1, b'a', 0x84, 0xff, 0xff, 0xff, 0xff]), Breaks),
        ("fills Huffman's code up with zeros", with_block(&[0, 1, b'a', 0x81, 0x00]), Breaks),
        (
            "sends headers of no bytes",
            script(Moment::Accept, |id, body| {
                [frame(HEADERS, END_HEADERS, id, &[]), data(id, 0, body), trailers(id)].concat()
            }),
            Breaks,
        ),
        ("empties the table", with_block(&[0x20]).then(Then::Close), Passes),
        ("puts a header into the table", with_block(&[0x40, 1, b'a', 1, b'b']).then(Then::Close), Breaks),
        (
            "sends a header of 100,000 bytes",
            script(Moment::Accept, |id, body| {
                let value = "x".repeat(100_000);
                let all = block(&[HEAD, &[("a", &value)]].concat());
                let (begin, rest) = all.split_at(16_000);
                let rest: Vec<_> = rest.chunks(16_000).collect();
                let end = rest.len() - 1;
                let more = |(at, part): (usize, &&[u8])| {
                    frame(CONTINUATION, if at == end { END_HEADERS } else { 0 }, id, part)
                };
                let rest: Vec<u8> = rest.iter().enumerate().flat_map(more).collect();
                [frame(HEADERS, 0, id, begin), rest, data(id, 0, body), trailers(id)].concat()
            }),
            Passes,
        ),
        (
            "sends 9,000 headers",
            script(Moment::Accept, |id, _| {
                let all = block(&[("a", "b"); 9_000]);
                let mut parts: Vec<_> = all.chunks(16_000).collect();
                let end = parts.pop().unwrap();
                let first = frame(HEADERS, 0, id, &block(HEAD));
                let middle: Vec<u8> =
                    parts.iter().flat_map(|part| frame(CONTINUATION, 0, id, part)).collect();
                [first, middle, frame(CONTINUATION, END_HEADERS, id, end)].concat()
            }),
            Breaks,
        ),
    ]
}

fn names() -> Vec<Kind> {
    use Outcome::{Breaks, Passes, PassesOrBreaks};
    vec![
        ("writes a name in capitals", with("X-Name", "1"), Breaks),
        ("writes a name of no letters", with("", "1"), Breaks),
        ("writes a name with a blank", with("a b", "1"), Breaks),
        ("writes a name with a line break", with("a\nb", "1"), Breaks),
        ("writes a value with a line break", with("a", "1\r\nb: 2"), Breaks),
        ("writes a value with a NUL", with("a", "1\0"), Breaks),
        ("writes a pseudo-header after others", with_head(&[HEAD[1], HEAD[0]]), Breaks),
        ("writes a pseudo-header that nobody knows", with_head(&[(":new", "1"), HEAD[0], HEAD[1]]), Breaks),
        // RFC 9113, 8.1.1, calls the next two malformed; h2 reads past them, and the rest is a success.
        (
            "writes a pseudo-header of requests",
            with_head(&[(":path", "/"), HEAD[0], HEAD[1]]),
            PassesOrBreaks,
        ),
        (
            "writes a pseudo-header into the trailers",
            with_trailers(&[(":status", "200"), TRAILERS[0]]),
            PassesOrBreaks,
        ),
        ("writes a header of HTTP/1: connection", with("connection", "close"), Breaks),
        ("writes a header of HTTP/1: transfer-encoding", with("transfer-encoding", "chunked"), Breaks),
        ("writes a header of HTTP/1: upgrade", with("upgrade", "h2c"), Breaks),
        ("writes a content length that is too small", with("content-length", "1"), Breaks),
        ("writes a content length that is too large", with("content-length", "9999"), Breaks),
        ("writes a content length that is no number", with("content-length", "many"), Breaks),
        ("writes a content length below nothing", with("content-length", "-1"), Breaks),
        (
            "writes two content lengths",
            with_head(&[HEAD, &[("content-length", "9"), ("content-length", "10")]].concat()),
            PassesOrBreaks,
        ),
        ("writes a value of bytes that are no text", with("a", "\u{ff}\u{fe}"), Passes),
        ("writes a content type twice", with("content-type", "text/html"), PassesOrBreaks),
        ("writes 100 cookies", with_head(&[HEAD, &[("set-cookie", "a=b"); 100]].concat()), Passes),
    ]
}

fn status() -> Vec<Kind> {
    use Outcome::Breaks;
    vec![
        ("has no :status", with_head(&HEAD[1..]), Breaks),
        ("has two :status", with_head(&[HEAD[0], HEAD[0], HEAD[1]]), Breaks),
        ("has an empty :status", with_head(&[(":status", ""), HEAD[1]]), Breaks),
        ("has a :status in words", with_head(&[(":status", "fine"), HEAD[1]]), Breaks),
        ("has a :status of four digits", with_head(&[(":status", "2000"), HEAD[1]]), Breaks),
        ("has a :status of two digits", with_head(&[(":status", "20"), HEAD[1]]), Breaks),
        ("has the :status 000", with_head(&[(":status", "000"), HEAD[1]]), Breaks),
        ("has the :status 999", with_head(&[(":status", "999"), HEAD[1]]), Breaks),
        ("has the :status -20", with_head(&[(":status", "-20"), HEAD[1]]), Breaks),
        (
            "has the :status 100, and ends",
            script(Moment::Accept, |id, _| headers(id, END_STREAM, &[(":status", "100")])),
            Breaks,
        ),
        ("has the :status 201 before a success", with_head(&[(":status", "201"), HEAD[1]]), Breaks),
        ("has the :status 206 before a success", with_head(&[(":status", "206"), HEAD[1]]), Breaks),
        ("has the :status 304 before a success", with_head(&[(":status", "304"), HEAD[1]]), Breaks),
        ("has the :status 418 before a success", with_head(&[(":status", "418"), HEAD[1]]), Breaks),
        ("has the :status 500 before a success", with_head(&[(":status", "500"), HEAD[1]]), Breaks),
        (
            "has the :status 204, and a success alone",
            script(Moment::Accept, |id, _| {
                headers(id, END_STREAM, &[(":status", "204"), HEAD[1], TRAILERS[0]])
            }),
            Breaks,
        ),
        ("says that it goes on (100), and answers", before("100", 1), Outcome::Passes),
        ("gives hints (103) 100 times, and answers", before("103", 100), Outcome::Passes),
        ("gives hints (103) 101 times, and answers", before("103", 101), Breaks),
        ("says that it switches protocols (101), and answers", before("101", 1), Outcome::PassesOrBreaks),
    ]
}

fn before(status: &'static str, times: usize) -> Script {
    script(Moment::Accept, move |id, body| {
        [headers(id, 0, &[(":status", status)]).repeat(times), crate::bytes::answer(id, body)].concat()
    })
}

/// The same at other methods.
fn everywhere() -> Vec<Kind> {
    let page = |status: &'static str| {
        script(Moment::Accept, move |id, _| {
            let head = headers(id, 0, &[(":status", status), ("content-type", "text/plain")]);
            [head, data(id, END_STREAM, b"no")].concat()
        })
    };
    let mut kinds = Vec::new();
    for (does, status) in [
        ("answers 204 in plain text", "204"),
        ("answers 302 in plain text", "302"),
        ("answers 407 in plain text", "407"),
        ("answers 421 in plain text", "421"),
        ("answers 431 in plain text", "431"),
        ("answers 505 in plain text", "505"),
    ] {
        kinds.push((does, page(status), Outcome::Breaks));
    }
    kinds
}
