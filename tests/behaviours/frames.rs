//! HTTP/2 in the middle of a request: frames of wrong sizes, streams and order, and ends of connections (GOAWAY).

use milvus_client::Status;

use crate::bytes::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEAD, HEADERS, PADDED, PING, PRIORITY,
    PUSH_PROMISE, RST_STREAM, TRAILERS, WINDOW_UPDATE, answer, block, data, frame, go_away, head, headers,
    reset, settings, trailers, window,
};
use crate::judge::TOKEN;
use crate::row::{
    Ask, CONNECT, DESCRIBE, Doubt, Kind, Outcome, Play, Row, STATE, TRIGGER, at_each, before_a_trigger,
    script,
};
use crate::wire::{Moment, Pace, Script, Then};

const MOST: u32 = (1 << 31) - 1;
/// What is said of a server that sends frames for ever which belong to no answer.
pub(crate) const WITHOUT_END: &str = "the server sends control frames without end";
/// How often a request may be sent that the server proves not to have run: at once, and as attempts.
const RESENT: usize = 32 + 3;

fn asked(bytes: impl Fn(u32, &[u8]) -> Vec<u8> + Send + Sync + 'static) -> Script {
    script(Moment::Accept, bytes)
}

/// What comes before a right answer.
fn first(bytes: impl Fn(u32) -> Vec<u8> + Send + Sync + 'static) -> Script {
    asked(move |id, body| [bytes(id), answer(id, body)].concat())
}

/// What comes after the first headers, and before the rest of a right answer.
fn amid(bytes: impl Fn(u32) -> Vec<u8> + Send + Sync + 'static) -> Script {
    asked(move |id, body| [head(id), bytes(id), data(id, 0, body), trailers(id)].concat())
}

/// What comes after a right answer.
fn last(bytes: impl Fn(u32) -> Vec<u8> + Send + Sync + 'static) -> Script {
    asked(move |id, body| [answer(id, body), bytes(id)].concat())
}

pub(crate) fn of_requests() -> Vec<Row> {
    let at_the_trigger = [windows(), resets(), padding(), harmless()].concat();
    let both = [streams(), order(), sizes()].concat();
    let mut rows = before_a_trigger([resets(), streams(), order(), sizes()].concat());
    rows.extend(at_each(at_the_trigger, &[TRIGGER]));
    rows.extend(at_each(both, &[TRIGGER, STATE]));
    rows
}

pub(crate) fn of_floods() -> Vec<Row> {
    let rows = at_each(control_floods(), &[TRIGGER, CONNECT, STATE]);
    let mut rows: Vec<Row> = rows.into_iter().map(|row| row.words(WITHOUT_END)).collect();
    rows.extend(at_each(floods(), &[TRIGGER, CONNECT]));
    rows
}

fn windows() -> Vec<Kind> {
    use Outcome::{Breaks, Passes, PassesOrBreaks};
    vec![
        ("enlarges the window of the stream by nothing", first(|id| window(id, 0)), Breaks),
        ("enlarges the window of the connection by nothing", first(|_| window(0, 0)), Breaks),
        // The client has nothing more to send on it.
        ("enlarges the window of the stream beyond the most", first(|id| window(id, MOST)), PassesOrBreaks),
        ("enlarges the window of the connection beyond the most", first(|_| window(0, MOST)), Breaks),
        ("enlarges the window of an idle stream", first(|id| window(id + 100, 1)), Breaks),
        ("enlarges a window in three bytes", first(|id| frame(WINDOW_UPDATE, 0, id, &[0; 3])), Breaks),
        ("shrinks the windows below nothing", first(|_| settings(&[(4, 0)])).ending_to_be_well(), Passes),
        ("enlarges the window of a stream that is over", last(|id| window(id, 9)), Passes),
    ]
}

fn resets() -> Vec<Kind> {
    use Outcome::{Breaks, Passes, PassesOrBreaks};
    vec![
        ("resets the connection as a stream", first(|_| reset(0, 8)), Breaks),
        ("resets an idle stream", first(|id| reset(id + 100, 8)), Breaks),
        ("resets in three bytes", first(|id| frame(RST_STREAM, 0, id, &[0; 3])), Breaks),
        ("resets twice", asked(|id, _| reset(id, 8).repeat(2)), Breaks),
        ("resets, and answers", first(|id| reset(id, 0)), Breaks),
        (
            "resets without an error before the trailers",
            asked(|id, body| [head(id), data(id, 0, body), reset(id, 0)].concat()),
            Breaks,
        ),
        ("answers, and resets without an error", last(|id| reset(id, 0)), Passes),
        ("answers, and resets with an error", last(|id| reset(id, 2)), PassesOrBreaks),
    ]
}

fn padding() -> Vec<Kind> {
    use Outcome::{Breaks, Passes};
    let padded = |kind: u8, flags: u8, pad: u8, payload: Vec<u8>| {
        move |id: u32| frame(kind, flags | PADDED, id, &[&[pad][..], &payload, &[0; 9]].concat())
    };
    let header = padded(HEADERS, END_HEADERS, 9, block(HEAD));
    let long_header = padded(HEADERS, END_HEADERS, 255, block(HEAD));
    let long_data = padded(DATA, 0, 255, b"x".to_vec());
    vec![
        (
            "pads its answer",
            asked(move |id, body| {
                let body = padded(DATA, 0, 9, body.to_vec());
                [header(id), body(id), trailers(id)].concat()
            }),
            Passes,
        ),
        ("pads headers beyond their frame", first(long_header), Breaks),
        ("pads data beyond their frame", amid(long_data), Breaks),
        ("pads data of no bytes", amid(|id| frame(DATA, PADDED, id, &[])), Breaks),
        (
            "pads nothing with all of a frame",
            amid(|id| frame(DATA, PADDED, id, &[&[250][..], &[0; 250]].concat())),
            Passes,
        ),
    ]
}

/// Unusual, and as it may be.
fn harmless() -> Vec<Kind> {
    use Outcome::{Passes, PassesOrBreaks};
    vec![
        (
            "sends frames that nobody knows, before",
            first(|id| frame(0xfa, 0xff, id, &[9; 999]).repeat(20)),
            Passes,
        ),
        (
            "sends frames that nobody knows, amid",
            amid(|id| frame(0xfa, 0xff, id, &[9; 999]).repeat(20)),
            Passes,
        ),
        (
            "sets flags that nobody knows",
            asked(|id, body| {
                let trailers = frame(HEADERS, END_HEADERS | END_STREAM | 0x52, id, &block(TRAILERS));
                [frame(HEADERS, END_HEADERS | 0xd2, id, &block(HEAD)), data(id, 0xf6, body), trailers]
                    .concat()
            }),
            Passes,
        ),
        ("sets the reserved bit of its streams", asked(|id, body| answer(id | 1 << 31, body)), Passes),
        (
            "gives its answer a priority",
            asked(|id, body| {
                let header = [&[0, 0, 0, 0, 9][..], &block(HEAD)].concat();
                [frame(HEADERS, END_HEADERS | 0x20, id, &header), data(id, 0, body), trailers(id)].concat()
            }),
            Passes,
        ),
        (
            "has its answer depend on itself",
            asked(|id, body| {
                let header = [&id.to_be_bytes()[..], &[9], &block(HEAD)].concat();
                [frame(HEADERS, END_HEADERS | 0x20, id, &header), data(id, 0, body), trailers(id)].concat()
            }),
            PassesOrBreaks,
        ),
        ("pings 1,000 times before", first(|_| frame(PING, 0, 0, &[1; 8]).repeat(1_000)), Passes),
        ("changes its settings 50 times amid", amid(|_| settings(&[(3, 99)]).repeat(50)), Passes),
        ("sends data of no bytes, 100 times", amid(|id| data(id, 0, b"").repeat(100)), Passes),
        ("sends data of no bytes, 20,000 times", amid(|id| data(id, 0, b"").repeat(20_000)), PassesOrBreaks),
        (
            "sends its headers in ten pieces",
            asked(|id, body| {
                let block = block(HEAD);
                let mut pieces: Vec<_> = block.chunks(block.len().div_ceil(10)).collect();
                let end = pieces.pop().unwrap();
                let middle: Vec<u8> =
                    pieces.iter().skip(1).flat_map(|part| frame(CONTINUATION, 0, id, part)).collect();
                let end = frame(CONTINUATION, END_HEADERS, id, end);
                [frame(HEADERS, 0, id, pieces[0]), middle, end, data(id, 0, body), trailers(id)].concat()
            }),
            Passes,
        ),
        ("gives more window when asked", first(|id| window(id, 1_000)), Passes),
    ]
}

/// Frames of streams that they cannot be of.
fn streams() -> Vec<Kind> {
    use Outcome::Breaks;
    let promise = |id: u32, promised: u32| {
        frame(PUSH_PROMISE, END_HEADERS, id, &[&promised.to_be_bytes()[..], &block(HEAD)].concat())
    };
    vec![
        ("sends data for no stream", first(|_| data(0, 0, b"x")), Breaks),
        ("sends headers for no stream", first(|_| headers(0, 0, HEAD)), Breaks),
        ("answers a stream that was never opened", first(|id| headers(id + 100, END_STREAM, HEAD)), Breaks),
        ("sends data of a stream that was never opened", first(|id| data(id + 100, 0, b"x")), Breaks),
        ("opens a stream of its own", first(|_| headers(2, 0, HEAD)), Breaks),
        ("promises a push", first(move |id| promise(id, 2)), Breaks),
        ("promises a push on a stream of the client", first(move |id| promise(id, id + 2)), Breaks),
        ("gives the connection a priority", first(|_| frame(PRIORITY, 0, 0, &[0; 5])), Breaks),
        ("pings on the stream", first(|id| frame(PING, 0, id, &[0; 8])), Breaks),
        ("changes settings of the stream", first(|id| frame(4, 0, id, &[])), Breaks),
        ("ends the stream as a connection", first(|id| frame(GOAWAY, 0, id, &[0; 8])), Breaks),
    ]
}

fn order() -> Vec<Kind> {
    use Outcome::{Breaks, PassesOrBreaks};
    vec![
        ("sends data before headers", first(|id| data(id, 0, b"x")), Breaks),
        ("sends headers twice", first(head), Breaks),
        (
            "sends trailers that do not end the stream",
            asked(|id, body| [head(id), data(id, 0, body), headers(id, 0, TRAILERS)].concat()),
            Breaks,
        ),
        ("sends data after the trailers", last(|id| data(id, 0, b"x")), PassesOrBreaks),
        ("sends headers after the trailers", last(trailers), PassesOrBreaks),
        (
            "ends the stream, and sends trailers",
            asked(|id, body| [head(id), data(id, END_STREAM, body), trailers(id)].concat()),
            Breaks,
        ),
        ("continues nothing", first(|id| frame(CONTINUATION, END_HEADERS, id, &block(HEAD))), Breaks),
        (
            "sends data amid headers",
            asked(|id, body| [frame(HEADERS, 0, id, &block(HEAD)), data(id, 0, body)].concat()),
            Breaks,
        ),
        (
            "pings amid headers",
            asked(|id, _| [frame(HEADERS, 0, id, &block(HEAD)), frame(PING, 0, 0, &[0; 8])].concat()),
            Breaks,
        ),
        (
            "continues headers on another stream",
            asked(|id, _| {
                [frame(HEADERS, 0, id, &block(HEAD)), frame(CONTINUATION, END_HEADERS, id + 2, &[])].concat()
            }),
            Breaks,
        ),
        (
            "continues headers that are whole",
            asked(|id, _| [head(id), frame(CONTINUATION, END_HEADERS, id, &block(TRAILERS))].concat()),
            Breaks,
        ),
    ]
}

fn sizes() -> Vec<Kind> {
    use Outcome::Breaks;
    vec![
        ("sends data of a byte too many", amid(|id| data(id, 0, &vec![0; 16_385])), Breaks),
        (
            "announces data of 16 MiB",
            amid(|id| [&[0xff, 0xff, 0xff, DATA, 0][..], &id.to_be_bytes()].concat()),
            Breaks,
        ),
        ("pings with no bytes", first(|_| frame(PING, 0, 0, &[])), Breaks),
        ("pings with nine bytes", first(|_| frame(PING, 0, 0, &[0; 9])), Breaks),
        ("gives a priority in four bytes", first(|id| frame(PRIORITY, 0, id, &[0; 4])), Breaks),
        ("ends in seven bytes", first(|_| frame(GOAWAY, 0, 0, &[0; 7])), Breaks),
        ("sends settings of seven bytes", first(|_| frame(4, 0, 0, &[0; 7])), Breaks),
        ("promises a push in two bytes", first(|id| frame(PUSH_PROMISE, END_HEADERS, id, &[0; 2])), Breaks),
    ]
}

fn endless(bytes: fn(u32) -> Vec<u8>) -> Script {
    asked(move |id, _| bytes(id).repeat(500)).pace(Pace::Endless).ending_to_be_well()
}

/// Frames that belong to no answer.
fn control_floods() -> Vec<Kind> {
    use Outcome::Breaks;
    vec![
        ("pings for ever", endless(|_| frame(PING, 0, 0, &[1; 8])), Breaks),
        ("acknowledges pings for ever", endless(|_| frame(PING, ACK, 0, &[1; 8])), Breaks),
        ("changes its settings for ever", endless(|_| settings(&[(3, 99)])), Breaks),
        ("enlarges the window of the connection for ever", endless(|_| window(0, 1)), Breaks),
        ("enlarges the window of the stream for ever", endless(|id| window(id, 1)), Breaks),
        ("sends priorities for ever", endless(|id| frame(PRIORITY, 0, id, &[0; 5])), Breaks),
        ("sends frames that nobody knows for ever", endless(|id| frame(0xfa, 0, id, &[])), Breaks),
    ]
}

fn floods() -> Vec<Kind> {
    use Outcome::{Breaks, HangsOrBreaks};
    vec![
        ("resets for ever", endless(|id| reset(id, 8)), HangsOrBreaks),
        (
            "says that it goes on (100) for ever",
            endless(|id| headers(id, 0, &[(":status", "100")])),
            HangsOrBreaks,
        ),
        (
            "answers with nothing, 20,000 times",
            asked(|id, _| [head(id), data(id, 0, &[]).repeat(20_000)].concat()),
            Breaks,
        ),
        (
            "continues headers with nothing, 20,000 times",
            asked(|id, _| {
                [frame(HEADERS, 0, id, &block(HEAD)), frame(CONTINUATION, 0, id, &[]).repeat(20_000)].concat()
            }),
            Breaks,
        ),
    ]
}

/// GOAWAY when a request has come, or amid its answer.
pub(crate) fn of_ends() -> Vec<Row> {
    use Outcome::{Breaks, Passes, PassesOrBreaks};
    let secret = format!("\n{TOKEN}\r\n").repeat(700);
    let kinds: Vec<Kind> = vec![
        ("ends after this stream, and answers", first(|id| go_away(id, 0, b"")), Passes),
        ("ends amid its answer", amid(|id| go_away(id, 0, b"")), Passes),
        ("ends before this stream amid its answer", amid(|_| go_away(0, 0, b"")), Breaks),
        (
            "ends twice, and answers",
            first(|id| [go_away(MOST, 0, b""), go_away(id, 0, b"")].concat()),
            Passes,
        ),
        (
            "ends twice, the second time later",
            first(|id| [go_away(id, 0, b""), go_away(MOST, 0, b"")].concat()),
            PassesOrBreaks,
        ),
        ("ends with the reserved bit set", first(|id| go_away(id | 1 << 31, 0, b"")), Passes),
        (
            "ends with the client's secret in 16 KiB",
            asked(move |id, _| go_away(id, 2, &secret.as_bytes()[..16_000])).then(Then::Close),
            Breaks,
        ),
        (
            "ends after this stream, and resets it",
            first(|id| [go_away(id, 0, b""), reset(id, 7)].concat()),
            Breaks,
        ),
    ];
    let mut rows = at_each(kinds, &[TRIGGER]);
    // Those that are missing here are in tests/go_away.rs.
    for code in [1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 4711, u32::MAX] {
        let script = asked(move |id, _| go_away(id, code, b"")).then(Then::Close);
        let mut coded = at_each(vec![("", script, Breaks)], &[TRIGGER]);
        coded[0].does = format!("ends with code {code}, and closes");
        rows.extend(coded);
    }
    let proofs = [
        (
            "ends before this stream, each time",
            asked(|_, _| go_away(0, 0, b"")),
            "closed the connection and did not process",
        ),
        (
            "ends before this stream for too many requests, each time",
            asked(|_, _| go_away(0, 11, b"")),
            "closed the connection (detected excessive load generating behavior) and did not process",
        ),
        (
            "ends after this stream and then before it, each time",
            asked(|id, _| [go_away(id, 0, b""), go_away(0, 0, b"")].concat()),
            "closed the connection and did not process",
        ),
    ];
    for (does, script, words) in proofs {
        for (method, ask) in
            [(TRIGGER, Ask::Compact), (STATE, Ask::State), (DESCRIBE, Ask::Segments), (CONNECT, Ask::Server)]
        {
            let play = Play::Wire(script.at(Moment::Asked(method)));
            let row = Row::new(does, play, ask, &[Status::Unavailable]).doubt(Doubt::Never);
            rows.push(row.triggers(RESENT).words(words));
        }
    }
    rows
}
