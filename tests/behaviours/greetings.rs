//! HTTP/2 before any request: settings that cannot be, frames that must not come, and floods.

use milvus_client::Status;

use crate::bytes::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEAD, HEADERS, PING, PRIORITY, PUSH_PROMISE,
    RST_STREAM, SETTINGS, WINDOW_UPDATE, block, data, frame, go_away, headers, reset, settings, window,
};
use crate::frames::WITHOUT_END;
use crate::row::{Ask, Play, Row, SHORT, script};
use crate::wire::{Moment, Pace, Script, Then};

const HEADER_TABLE: u16 = 1;
const ENABLE_PUSH: u16 = 2;
const MAX_STREAMS: u16 = 3;
const INITIAL_WINDOW: u16 = 4;
const MAX_FRAME: u16 = 5;
const MAX_HEADER_LIST: u16 = 6;
/// No stream id, and no window, is larger.
const MOST: u32 = (1 << 31) - 1;

fn greeted(bytes: Vec<u8>) -> Script {
    script(Moment::Greeting, move |_, _| bytes.clone())
}

fn row(does: &str, script: Script, may: &[Status]) -> Row {
    let triggers = usize::from(may.contains(&Status::Ok));
    Row::new(does, Play::Wire(script), Ask::Compact, may).triggers(triggers)
}

/// The client ends the connection, or says that this is no HTTP/2.
fn breaks(does: &str, bytes: Vec<u8>) -> Row {
    row(does, greeted(bytes), &[Status::Unavailable])
}

fn passes(does: &str, bytes: Vec<u8>) -> Row {
    row(does, greeted(bytes), &[Status::Ok])
}

fn hangs(does: &str, bytes: Vec<u8>) -> Row {
    row(does, greeted(bytes), &[Status::Timeout]).within(SHORT).words("nothing was compacted")
}

/// The frame that a server begins with.
pub(crate) fn of_firsts() -> Vec<Row> {
    let silent = |does, bytes| {
        row(does, greeted(bytes).then(Then::Silence), &[Status::Unavailable]).words("does not speak HTTP/2")
    };
    vec![
        silent("begins with a PING", frame(PING, 0, 0, &[0; 8])),
        silent("begins with a response", headers(1, END_STREAM, HEAD)),
        silent("begins with DATA", data(1, 0, b"hello")),
        silent("begins with a WINDOW_UPDATE", window(0, 1000)),
        silent("begins with a PRIORITY", frame(PRIORITY, 0, 1, &[0; 5])),
        silent("begins with a frame that nobody knows", frame(0xfa, 0, 0, b"hello")),
        row("begins with a GOAWAY", greeted(go_away(0, 0, b"bye")).then(Then::Close), &[Status::Unavailable]),
        row(
            "begins by acknowledging",
            greeted(frame(SETTINGS, ACK, 0, &[])).then(Then::Silence),
            &[Status::Timeout, Status::Unavailable],
        )
        .within(SHORT),
    ]
}

pub(crate) fn of_settings() -> Vec<Row> {
    let either = &[Status::Ok, Status::Unavailable];
    vec![
        breaks("sends settings of five bytes", frame(SETTINGS, 0, 0, &[0; 5])),
        breaks("sends settings for a stream", frame(SETTINGS, 0, 1, &[])),
        breaks("acknowledges with values", frame(SETTINGS, ACK, 0, &[0, 3, 0, 0, 0, 9])),
        breaks(
            "acknowledges twice what was sent once",
            [settings(&[]), frame(SETTINGS, ACK, 0, &[]).repeat(2)].concat(),
        ),
        breaks("sets windows of 2^31", settings(&[(INITIAL_WINDOW, 1 << 31)])),
        breaks("sets windows of 2^32 - 1", settings(&[(INITIAL_WINDOW, u32::MAX)])),
        breaks("sets frames of at most 0 bytes", settings(&[(MAX_FRAME, 0)])),
        breaks("sets frames of at most 16,383 bytes", settings(&[(MAX_FRAME, 16_383)])),
        breaks("sets frames of at most 16 MiB", settings(&[(MAX_FRAME, 1 << 24)])),
        row("enables pushes, which only clients may", greeted(settings(&[(ENABLE_PUSH, 1)])), either),
        breaks("sets pushes to 2", settings(&[(ENABLE_PUSH, 2)])),
        breaks("sends settings larger than a frame", settings(&[(0xff, 1); 2_731])),
        passes("sets what nobody knows", settings(&[(0, 7), (0xff, 1), (u16::MAX, u32::MAX)])),
        passes("sets no header table", settings(&[(HEADER_TABLE, 0)])),
        passes("sets a header table of 4 GiB", settings(&[(HEADER_TABLE, u32::MAX)])),
        passes("sets headers of at most 0 bytes", settings(&[(MAX_HEADER_LIST, 0)])),
        passes("sets windows of 2^31 - 1", settings(&[(INITIAL_WINDOW, MOST)])),
        passes("sets frames of at most 2^24 - 1 bytes", settings(&[(MAX_FRAME, (1 << 24) - 1)])),
        passes("sets 2^32 - 1 streams", settings(&[(MAX_STREAMS, u32::MAX)])),
        passes("sets one thing 2,000 times", settings(&[(MAX_STREAMS, 100); 2_000])),
        passes(
            "allows no stream, and then some",
            [settings(&[(MAX_STREAMS, 0)]), settings(&[(MAX_STREAMS, 9)])].concat(),
        ),
        passes("allows one stream at a time", settings(&[(MAX_STREAMS, 1)])),
        passes(
            "sets no window, and then one",
            [settings(&[(INITIAL_WINDOW, 0)]), settings(&[(INITIAL_WINDOW, 9_999)])].concat(),
        ),
        hangs("allows no stream, ever", settings(&[(MAX_STREAMS, 0)])),
        hangs("sets no window, ever", settings(&[(INITIAL_WINDOW, 0)])),
        hangs("sets a window of one byte", settings(&[(INITIAL_WINDOW, 1)])),
    ]
}

/// Frames right after the settings, when no stream is open.
pub(crate) fn of_frames() -> Vec<Row> {
    let after = |more: Vec<u8>| [settings(&[]), more].concat();
    let breaks = |does: &str, more| breaks(&format!("greets, and {does}"), after(more));
    let passes = |does: &str, more| passes(&format!("greets, and {does}"), after(more));
    let ends = |does: &str, last, code, text: &[u8]| breaks(does, go_away(last, code, text)).words("");
    vec![
        passes("acknowledges a ping that nobody sent", frame(PING, ACK, 0, b"unasked!")),
        passes("pings 100 times", frame(PING, 0, 0, &[7; 8]).repeat(100)),
        passes("sends frames that nobody knows", frame(0xfa, 0xff, 99, &[1; 100]).repeat(50)),
        passes("sends priorities of streams that are none", frame(PRIORITY, 0, 99, &[0; 5]).repeat(50)),
        passes("enlarges its window to 1 GiB", window(0, 1 << 30)),
        breaks("pings with seven bytes", frame(PING, 0, 0, &[7; 7])),
        breaks("pings on a stream", frame(PING, 0, 1, &[7; 8])),
        breaks("enlarges its window by nothing", window(0, 0)),
        breaks("enlarges its window beyond the most", window(0, MOST)),
        breaks("enlarges its window in three bytes", frame(WINDOW_UPDATE, 0, 0, &[1; 3])),
        breaks("enlarges the window of no stream", window(1, 9)),
        breaks("resets no stream", reset(1, 0)),
        breaks("resets the connection as a stream", reset(0, 0)),
        breaks("answers what nobody asked", headers(1, END_STREAM, HEAD)),
        breaks("opens a stream of its own", headers(2, 0, HEAD)),
        breaks("sends headers for no stream", headers(0, 0, HEAD)),
        breaks("sends data for no stream", data(0, 0, b"hello")),
        breaks("sends data for an idle stream", data(1, 0, b"hello")),
        breaks("continues nothing", frame(CONTINUATION, END_HEADERS, 1, &block(HEAD))),
        breaks(
            "promises a push",
            frame(PUSH_PROMISE, END_HEADERS, 1, &[&[0, 0, 0, 2][..], &block(HEAD)].concat()),
        ),
        breaks("gives the connection a priority", frame(PRIORITY, 0, 0, &[0; 5])),
        breaks("announces a frame of 16 MiB", vec![0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1]),
        breaks("sends a frame of a byte too many", frame(0xfa, 0, 0, &vec![0; 16_385])),
        breaks("sends the end of a stream", frame(GOAWAY, 0, 1, &[0; 8])),
        breaks("ends in seven bytes", frame(GOAWAY, 0, 0, &[0; 7])),
        breaks("resets in three bytes", frame(RST_STREAM, 0, 1, &[0; 3])),
        breaks("begins a response without an end", frame(HEADERS, 0, 1, &block(HEAD))),
        ends("ends after the last stream", MOST, 0, b""),
        ends("ends before the first stream", 0, 0, b""),
        ends("ends because of pings", 0, 11, b"too_many_pings"),
        ends("ends in words that are none", 0, 2, b"\xff\n\x1b[31m root:Hunter2-is-secret \0"),
        ends("ends twice, the second time later", 0, 0, &go_away(MOST, 0, b"")),
    ]
}

/// Frames without an end.
pub(crate) fn of_floods() -> Vec<Row> {
    let flood = |does: &str, frame: Vec<u8>| {
        let bytes = [settings(&[]), frame.repeat(500)].concat();
        let script = greeted(bytes).pace(Pace::Endless);
        row(&format!("{does} for ever"), script, &[Status::Unavailable]).words(WITHOUT_END)
    };
    let ends = [settings(&[]), go_away(MOST, 0, b"").repeat(500)].concat();
    let may = &[Status::Timeout, Status::Unavailable];
    vec![
        flood("sends settings", settings(&[(MAX_STREAMS, 100)])),
        flood("pings", frame(PING, 0, 0, &[7; 8])),
        flood("acknowledges pings", frame(PING, ACK, 0, &[7; 8])),
        flood("sends frames that nobody knows", frame(0xfa, 0, 0, &[])),
        flood("sends priorities", frame(PRIORITY, 0, 1, &[0; 5])),
        flood("enlarges its window by a byte", window(0, 1)),
        row("ends for ever", greeted(ends).pace(Pace::Endless), may).within(SHORT),
    ]
}
