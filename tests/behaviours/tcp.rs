//! TCP: connections that end, reset or stand still, at any byte.

use milvus_client::Status;

use crate::bytes::{
    CONTINUATION, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, TRAILERS, answer, block, data, frame, go_away,
    head, settings, trailers, window,
};
use crate::row::{
    Ask, CONNECT, Kind, Outcome, Play, Row, SHORT, STATE, TRIGGER, at_each, before_a_trigger, script,
};
use crate::wire::{Moment, Pace, Script, Then};

/// When a connection is accepted, or greeted.
pub(crate) fn of_connections() -> Vec<Row> {
    let accepted = |bytes: &'static [u8]| script(Moment::Accept, move |_, _| bytes.to_vec());
    let greeted = |bytes: Vec<u8>| script(Moment::Greeting, move |_, _| bytes.clone());
    let row = |does: &str, script: Script, may: &[Status]| {
        Row::new(does, Play::Wire(script), Ask::Compact, may).triggers(0)
    };
    let (unavailable, timeout) = (&[Status::Unavailable][..], &[Status::Timeout][..]);
    let greeting = settings(&[(4, 65_535), (3, 100)]);
    let mut rows = vec![
        row("closes at once", accepted(b"").then(Then::Close), unavailable),
        row("closes its direction at once", accepted(b"").then(Then::HalfClose), unavailable),
        row("resets at once", accepted(b"").then(Then::Reset), unavailable),
        row("says nothing", accepted(b"").then(Then::Silence), timeout).within(SHORT),
        row("says one byte, and nothing more", accepted(b"\0").then(Then::Silence), timeout).within(SHORT),
        row("says three bytes, and closes", accepted(b"\0\0\0").then(Then::Close), unavailable)
            .words("closed the connection after less than a frame"),
        row(
            "says the word of an SSH server",
            accepted(b"SSH-2.0-OpenSSH_9.2\r\n").then(Then::Close),
            unavailable,
        )
        .words("does not speak HTTP/2"),
        row(
            "says the words of a mail server",
            accepted(b"220 mail ESMTP\r\n").then(Then::Silence),
            unavailable,
        )
        .words("does not speak HTTP/2"),
        row(
            "says the first packet of a MySQL server",
            accepted(b"\x4a\0\0\0\x0a8.0.33\0\x08\0\0\0").then(Then::Silence),
            unavailable,
        )
        .words("does not speak HTTP/2"),
        row(
            "says the error of a Redis server",
            accepted(b"-ERR unknown command\r\n").then(Then::Close),
            unavailable,
        )
        .words("does not speak HTTP/2"),
        row("says HTTP/1 unasked", accepted(b"HTTP/1.1 200 OK\r\n\r\n").then(Then::Silence), unavailable)
            .words("HTTP/1"),
        row("says a web page without any headers", accepted(b"<html></html>").then(Then::Close), unavailable),
        row("says 0xff for ever", accepted(&[0xff; 4096]).pace(Pace::Endless), unavailable)
            .words("does not speak HTTP/2"),
        row("says zeros for ever", accepted(&[0; 4096]).pace(Pace::Endless), unavailable)
            .words("does not speak HTTP/2"),
        row(
            "says a TLS alert",
            accepted(b"\x15\x03\x01\0\x02\x02\x46").then(Then::Close),
            &[Status::TlsFailed],
        )
        .words("https://"),
        row(
            "says the hello of a TLS server",
            accepted(b"\x16\x03\x03\0\x7a\x02\0\0\x76").then(Then::Close),
            unavailable,
        ),
        row("greets before it is spoken to", script(Moment::Accept, |_, _| settings(&[])), &[Status::Ok])
            .triggers(1),
        row("greets byte by byte", greeted(greeting.clone()).pace(Pace::Bytes), &[Status::Ok]).triggers(1),
        row("greets, and resets", greeted(greeting.clone()).then(Then::Reset), unavailable),
        row("greets, and closes its direction", greeted(greeting.clone()).then(Then::HalfClose), unavailable),
        row("greets, and says nothing more", greeted(greeting.clone()).then(Then::Silence), timeout)
            .within(SHORT),
    ];
    for (does, length) in [("the head", 5), ("the values", 14)] {
        let part = greeting[..length].to_vec();
        rows.push(row(
            &format!("closes within {does} of its greeting"),
            greeted(part.clone()).then(Then::Close),
            unavailable,
        ));
        let silent = row(
            &format!("stands still within {does} of its greeting"),
            greeted(part).then(Then::Silence),
            timeout,
        );
        rows.push(silent.within(SHORT));
    }
    rows
}

/// When a request has come.
pub(crate) fn of_requests() -> Vec<Row> {
    let none = || script(Moment::Accept, |_, _| Vec::new());
    let right = || script(Moment::Accept, answer);
    let everywhere: Vec<Kind> = vec![
        ("closes its direction when asked", none().then(Then::HalfClose), Outcome::Breaks),
        ("resets when asked", none().then(Then::Reset), Outcome::Breaks),
        ("says nothing when asked", none().then(Then::Silence), Outcome::Hangs),
        ("answers byte by byte", right().pace(Pace::Bytes), Outcome::Passes),
        ("answers, and closes", right().then(Then::Close), Outcome::Passes),
        ("answers, and resets", right().then(Then::Reset), Outcome::PassesOrBreaks),
        ("answers, and says nothing more", right().then(Then::Silence), Outcome::Passes),
    ];
    let ends = everywhere.iter().filter(|(.., outcome)| *outcome == Outcome::Breaks).cloned().collect();
    let mut rows = [before_a_trigger(ends), at_each(everywhere, &[CONNECT, TRIGGER, STATE])].concat();
    // A second call would have to wait for the probe of the connection.
    rows.retain(|row| row.does != "answers, and says nothing more" || row.ask == Ask::Compact);
    rows.retain(|row| row.does != "answers, and closes" || row.ask != Ask::Server);
    let mut broken = at_each(pieces(), &[TRIGGER]);
    for row in broken.iter_mut().filter(|row| row.does.starts_with("closes")) {
        let is_within = row.does.contains("within");
        row.words = if is_within {
            "the server closed the connection within a frame"
        } else {
            "the server closed the connection;"
        };
    }
    rows.extend(broken);
    rows
}

/// Frames that end in the middle.
fn pieces() -> Vec<Kind> {
    type Frame = fn(u32, &[u8]) -> (Vec<u8>, usize);
    let cuts: [(&'static str, &'static str, Frame); 12] = [
        ("closes within the head of HEADERS", "stands still within the head of HEADERS", |id, _| {
            (head(id), 4)
        }),
        ("closes within HEADERS", "stands still within HEADERS", |id, _| (head(id), 20)),
        ("closes after HEADERS", "stands still after HEADERS", |id, _| (head(id), usize::MAX)),
        ("closes within the head of DATA", "stands still within the head of DATA", |id, body| {
            ([head(id), data(id, 0, body)].concat(), head(id).len() + 8)
        }),
        ("closes within DATA", "stands still within DATA", |id, body| {
            ([head(id), data(id, 0, body)].concat(), head(id).len() + 12)
        }),
        ("closes after DATA", "stands still after DATA", |id, body| {
            ([head(id), data(id, 0, body)].concat(), usize::MAX)
        }),
        ("closes within the trailers", "stands still within the trailers", |id, body| {
            let whole = [head(id), data(id, 0, body), trailers(id)].concat();
            let length = whole.len() - 3;
            (whole, length)
        }),
        ("closes before a CONTINUATION", "stands still before a CONTINUATION", |id, body| {
            let open = frame(HEADERS, 1, id, &block(TRAILERS));
            ([head(id), data(id, 0, body), open].concat(), usize::MAX)
        }),
        ("closes within a CONTINUATION", "stands still within a CONTINUATION", |id, body| {
            let rest = frame(CONTINUATION, 4, id, &block(TRAILERS));
            let open = frame(HEADERS, 1, id, &[]);
            let whole = [head(id), data(id, 0, body), open, rest].concat();
            let length = whole.len() - 3;
            (whole, length)
        }),
        ("closes within a WINDOW_UPDATE", "stands still within a WINDOW_UPDATE", |id, _| (window(id, 9), 11)),
        ("closes within a GOAWAY", "stands still within a GOAWAY", |_, _| (go_away(0, 0, b"bye"), 18)),
        ("closes within a RST_STREAM", "stands still within a RST_STREAM", |id, _| {
            (frame(RST_STREAM, 0, id, &[0; 4]), 11)
        }),
    ];
    let mut kinds = Vec::new();
    for (closes, stands, cut) in cuts {
        let piece = move |id: u32, body: &[u8]| {
            let (mut bytes, length) = cut(id, body);
            bytes.truncate(length);
            bytes
        };
        kinds.push((closes, script(Moment::Accept, piece).then(Then::Close), Outcome::Breaks));
        kinds.push((stands, script(Moment::Accept, piece).then(Then::Silence), Outcome::Hangs));
    }
    for (does, kind) in [
        ("closes within a PING", PING),
        ("closes within SETTINGS", SETTINGS),
        ("closes within a head alone", GOAWAY),
    ] {
        let length = if kind == GOAWAY { 3 } else { 12 };
        let piece = move |_: u32, _: &[u8]| frame(kind, 0, 0, &[0; 12])[..length].to_vec();
        kinds.push((does, script(Moment::Accept, piece).then(Then::Close), Outcome::Breaks));
    }
    kinds
}
