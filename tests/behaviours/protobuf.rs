//! Messages that protobuf cannot read, and those that it reads although they look odd.

use milvus_client::Status;
use milvus_fake::Answer;

use crate::row::{Ask, CONNECT, DESCRIBE, Doubt, PLANS, Row, SEGMENTS, STATE, TRIGGER, always, answer};

/// `state` of `GetCompactionStateResponse`, with the tag that has it.
const COMPLETED: [u8; 4] = [0x0a, 0, 0x10, 2];

fn nested(depth: usize) -> Vec<u8> {
    [vec![0x7b; depth], vec![0x7c; depth]].concat()
}

/// What no reader of protobuf may take.
fn malformed() -> Vec<(&'static str, Vec<u8>)> {
    let long = |bytes: usize, last: u8| [vec![0x10], vec![0xff; bytes], vec![last]].concat();
    vec![
        ("ends after a key", vec![0x0a, 0, 0x10]),
        ("ends after the key of a text", vec![0x0a]),
        ("ends within a number", vec![0x0a, 0, 0x10, 0x80]),
        ("ends within a text", vec![0x0a, 9, 0x12, 200, b'x']),
        ("has a number of 11 bytes", long(10, 1)),
        ("has a number beyond 64 bits", long(9, 2)),
        ("has a length below nothing", [vec![0x0a], vec![0xff; 9], vec![1]].concat()),
        ("has a length beyond the message", vec![0x0a, 0x7f, 0x12]),
        ("has a length of 2^63", [vec![0x0a], vec![0x80; 9], vec![1]].concat()),
        ("has a number for its status", vec![0x08, 1]),
        ("has a fixed number for its status", vec![0x0d, 1, 0, 0, 0]),
        ("has a text for its state or id", vec![0x0a, 0, 0x12, 1, b'1', 0x12]),
        ("has 64 fixed bits for a number", vec![0x0a, 0, 0x11, 1, 0, 0, 0, 0, 0, 0, 0]),
        ("has 32 fixed bits for a number", vec![0x0a, 0, 0x15, 1, 0, 0, 0]),
        ("has field 0", vec![0x0a, 0, 0x00, 1]),
        ("has a field beyond the last", vec![0x0a, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 1]),
        ("has wire type 6", vec![0x0a, 0, 0x7e, 1]),
        ("has wire type 7", vec![0x0a, 0, 0x7f, 1]),
        ("begins a group, and does not end it", vec![0x0a, 0, 0x7b, 0x08, 1]),
        ("ends a group that has not begun", vec![0x0a, 0, 0x7c]),
        ("ends another group than it began", vec![0x0a, 0, 0x7b, 0x84, 1]),
        ("nests 1,000 groups", [&COMPLETED[..], &nested(1_000)].concat()),
        ("ends within an unknown field", vec![0x0a, 0, 0x79, 1, 2]),
        ("has an unknown text beyond the message", vec![0x0a, 0, 0x7a, 0x7f, 1]),
        ("has a reason that is no text", vec![0x0a, 4, 0x12, 2, 0xff, 0xfe]),
        ("has half a surrogate in its reason", vec![0x0a, 5, 0x12, 3, 0xed, 0xa0, 0x80]),
        ("has a byte too many", [&COMPLETED[..], &[0]].concat()),
    ]
}

/// What is odd, and protobuf all the same.
fn odd() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let more = |bytes: &[u8]| [&COMPLETED[..], bytes].concat();
    let unknown = [0x78, 1, 0x79, 0, 0, 0, 0, 0, 0, 0, 0, 0x7a, 1, b'x', 0x7d, 0, 0, 0, 0];
    vec![
        ("has unknown fields of every kind", more(&unknown), "state: Completed"),
        ("has an unknown group", more(&[0x7b, 0x08, 1, 0x7c]), "state: Completed"),
        ("nests 20 groups", more(&nested(20)), "state: Completed"),
        ("has the last field there can be", more(&[0xf8, 0xff, 0xff, 0xff, 0x0f, 1]), "state: Completed"),
        ("has its state twice", vec![0x0a, 0, 0x10, 1, 0x10, 2], "state: Completed"),
        ("has its status twice", vec![0x0a, 0, 0x0a, 0, 0x10, 2], "state: Completed"),
        ("has its status last", vec![0x10, 2, 0x0a, 0], "state: Completed"),
        ("writes its state in four bytes", vec![0x0a, 0, 0x10, 0x82, 0x80, 0x80, 0], "state: Completed"),
        ("has the state -1", [vec![0x0a, 0, 0x10], vec![0xff; 9], vec![1]].concat(), "state: Undefined"),
        ("has a state beyond 32 bits", vec![0x0a, 0, 0x10, 0xff, 0xff, 0xff, 0xff, 0x3f], "state: Undefined"),
        ("has no state", vec![0x0a, 0], "state: Undefined"),
    ]
}

fn in_bytes(message: &[u8]) -> Answer {
    Answer { in_bytes: true, ..answer(message) }
}

pub(crate) fn of_messages() -> Vec<Row> {
    let unreadable = &[Status::ServerError];
    let mut rows = Vec::new();
    for (does, message) in malformed() {
        rows.push(
            Row::new(does, always(STATE, answer(&message)), Ask::State, unreadable).words("cannot read"),
        );
        let row = Row::new(does, always(TRIGGER, answer(&message)), Ask::Compact, unreadable);
        rows.push(row.doubt(Doubt::Must).words("cannot read"));
        // Another part of the library reads along what comes in pieces.
        let apart = format!("{does}, byte by byte");
        rows.push(
            Row::new(apart, always(PLANS, in_bytes(&message)), Ask::Plans, unreadable).words("cannot read"),
        );
        let row = Row::new(does, always(CONNECT, answer(&message)), Ask::Server, &[Status::Ok]);
        rows.push(row.says(&["\"v2.6.19\""]));
    }
    for (does, message, says) in odd() {
        let row = |does: String, answer| Row::new(does, always(STATE, answer), Ask::State, &[Status::Ok]);
        rows.push(row(does.to_owned(), answer(&message)).says(&[says]));
        // What comes in pieces is counted on the wire, and groups, which no message of the service has, are refused there.
        let may = if does.contains("group") { Status::ServerError } else { Status::Ok };
        let apart = format!("{does}, byte by byte");
        let apart = Row::new(apart, always(STATE, in_bytes(&message)), Ask::State, &[may]);
        rows.push(apart.says(&[says]));
    }
    rows.extend(of_statuses());
    rows.extend(of_lists());
    rows
}

/// Messages without a status, or with parts of several.
fn of_statuses() -> Vec<Row> {
    // Code 100, and then nothing: fields of a message that comes twice are merged.
    let twice = vec![0x0a, 2, 0x18, 100, 0x0a, 0, 0x10, 2];
    let none = &[Status::ServerError];
    let says_nothing = "says neither yes nor no";
    let mut rows = vec![Row::new(
        "has a failure and a success",
        always(STATE, answer(&twice)),
        Ask::State,
        &[Status::CollectionNotFound],
    )];
    for (does, message) in [
        ("is empty", vec![]),
        ("has only unknown fields", vec![0x7a, 1, b'x']),
        ("has no status", vec![0x10, 2, 0x18, 1]),
    ] {
        rows.push(Row::new(does, always(STATE, answer(&message)), Ask::State, none).words(says_nothing));
        rows.push(
            Row::new(does, always(DESCRIBE, answer(&message)), Ask::Segments, none).words("cannot read"),
        );
        let row = Row::new(does, always(TRIGGER, answer(&message)), Ask::Compact, none);
        rows.push(row.doubt(Doubt::Must).words(says_nothing));
    }
    rows.retain(|row| row.ask != Ask::Segments || row.does == "is empty");
    for row in rows.iter_mut().filter(|row| row.ask == Ask::Segments) {
        row.words = says_nothing;
    }
    rows
}

/// Lists of numbers and messages, of plans and segments.
fn of_lists() -> Vec<Row> {
    let plans = |does: &str, message: &[u8], ok: Option<&'static str>| {
        let may = if ok.is_some() { Status::Ok } else { Status::ServerError };
        let row = Row::new(does, always(PLANS, answer(message)), Ask::Plans, &[may]);
        row.says(ok.as_slice())
    };
    let segments = |does: &str, message: &[u8]| {
        Row::new(does, always(SEGMENTS, answer(message)), Ask::Segments, &[Status::ServerError])
            .words("cannot read")
    };
    vec![
        plans("packs the sources of a plan", &[0x0a, 0, 0x1a, 4, 0x0a, 2, 7, 8], Some("sources: [7, 8]")),
        plans(
            "does not pack the sources of a plan",
            &[0x0a, 0, 0x1a, 4, 0x08, 7, 0x08, 8],
            Some("sources: [7, 8]"),
        ),
        plans(
            "packs some sources of a plan",
            &[0x0a, 0, 0x1a, 5, 0x08, 7, 0x0a, 1, 8],
            Some("sources: [7, 8]"),
        ),
        plans("packs no sources", &[0x0a, 0, 0x1a, 2, 0x0a, 0], Some("sources: []")),
        plans("packs half a source", &[0x0a, 0, 0x1a, 4, 0x0a, 2, 7, 0x80], None),
        plans("packs sources beyond their plan", &[0x0a, 0, 0x1a, 3, 0x0a, 9, 7], None),
        plans("has a plan beyond the list", &[0x0a, 0, 0x1a, 9, 0x0a], None),
        plans("has a number for a plan", &[0x0a, 0, 0x18, 1], None),
        plans("has a channel that is no text", &[0x0a, 0, 0x1a, 3, 0x3a, 1, 0xff], None),
        segments("has a segment that ends within", &[0x0a, 0, 0x12, 1, 0x08]),
        segments("has a segment of field 0", &[0x0a, 0, 0x12, 2, 0, 1]),
        segments("has a text for the id of a segment", &[0x0a, 0, 0x12, 3, 0x0a, 1, b'1', 0x0a]),
        segments("has a channel of a segment that is no text", &[0x0a, 0, 0x12, 3, 0x4a, 1, 0xff]),
    ]
}
