//! TLS that is none, or breaks off. What certificates can be like is in tests/tls.rs.

use std::sync::LazyLock;

use milvus_client::Status;

use crate::bytes::settings;
use crate::openssl::{Folder, Request};
use crate::row::{Ask, Play, Row, SHORT, script};
use crate::wire::{Moment, Pace, Script, Then};

/// A certificate authority as PEM text, which no server here has anything of.
pub(crate) fn authority() -> &'static str {
    static AUTHORITY: LazyLock<String> = LazyLock::new(|| {
        let folder = Folder::new();
        let made = folder.make(Request::new("ca").authority());
        std::fs::read_to_string(made.pem).unwrap()
    });
    &AUTHORITY
}

fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &u16::try_from(payload.len()).unwrap().to_be_bytes(), payload].concat()
}

pub(crate) fn of_handshakes() -> Vec<Row> {
    const ALERT: u8 = 0x15;
    const HANDSHAKE: u8 = 0x16;
    let accepted = |bytes: Vec<u8>| script(Moment::Accept, move |_, _| bytes.clone());
    let row = |does: &str, script: Script, may: &[Status]| {
        Row::new(format!("in place of TLS, {does}"), Play::Wire(script), Ask::Server, may).over_tls()
    };
    let closes = |does: &str, bytes: Vec<u8>, status| row(does, accepted(bytes).then(Then::Close), &[status]);
    let (unavailable, failed, timeout) = (Status::Unavailable, Status::TlsFailed, Status::Timeout);
    let hello =
        record(HANDSHAKE, &[&[2, 0, 0, 68, 3, 3][..], &[7; 32], &[0, 0x13, 1, 0, 0, 0], &[0; 28]].concat());
    let mut rows = vec![
        closes("closes", Vec::new(), unavailable).words("closed the connection during the TLS handshake"),
        row("resets", accepted(Vec::new()).then(Then::Reset), &[unavailable]),
        row("says nothing", accepted(Vec::new()).then(Then::Silence), &[timeout]).within(SHORT),
        row("says half a hello", accepted(hello[..20].to_vec()).then(Then::Silence), &[timeout])
            .within(SHORT),
        closes("says half a hello, and closes", hello[..20].to_vec(), unavailable),
        closes("says a hello that makes no sense", hello, failed),
        closes("says a hello of zeros", record(HANDSHAKE, &[2, 0, 0, 4, 0, 0, 0, 0]), failed),
        closes("says what a client says", record(HANDSHAKE, &[1, 0, 0, 4, 3, 3, 0, 0]), failed),
        closes("sends data at once", record(0x17, &[0; 40]), failed),
        closes("sends a record of a type that is none", record(0x99, &[0; 40]), failed),
        closes("sends a record of 64 KiB", record(HANDSHAKE, &[0; 0xffff]), failed),
        closes("sends a record of SSL 2", vec![0x80, 0x2e, 4, 0, 1, 0, 2], failed),
        row("speaks HTTP/2", accepted(settings(&[])).then(Then::Silence), &[failed])
            .words("HTTP/2 without TLS"),
        row(
            "changes ciphers for ever",
            accepted(record(0x14, &[1]).repeat(99)).pace(Pace::Endless),
            &[failed, timeout],
        )
        .within(SHORT),
    ];
    for (does, code) in [
        ("ends in order", 0),
        ("knows no common cipher", 40),
        ("knows no common version", 70),
        ("knows no such host", 112),
        ("denies access", 49),
        ("gives an alert that nobody knows", 200),
    ] {
        let level = if code == 0 { 1 } else { 2 };
        let may = if code == 0 { &[unavailable, failed][..] } else { &[failed] };
        rows.push(row(does, accepted(record(ALERT, &[level, code])).then(Then::Close), may));
    }
    rows
}
