//! What of the transport takes bytes from the network, for `crate::fuzzing`.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use http::Request;
use hyper::body::Bytes;
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;

use super::connection::{Connection, HttpRequest};
use super::endpoint::Endpoint;
use super::frames::FrameReader;
use super::http2;
use super::protocol_detector::{DetectingStream, ProtocolDetector};
use super::response::Intake;
use super::{proxy, tls, topology};
use crate::config::{Config, Options};
use crate::fuzzing::is_fit;

pub(crate) fn certificate(bytes: &[u8]) {
    tls::fuzz(bytes, SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 56));
}

pub(crate) fn proxy(bytes: &[u8]) {
    proxy::fuzz(bytes);
}

pub(crate) fn topology(bytes: &[u8]) {
    topology::fuzz(bytes);
}

/// The same is seen however the bytes arrive.
pub(crate) fn frames(bytes: &[u8]) {
    let whole = FrameReader::default().read(bytes);
    let mut reader = FrameReader::default();
    let mut pieces = bytes.iter().map(|byte| reader.read(std::slice::from_ref(byte)));
    let (mut response, mut too_many_pings, mut counts) = (false, false, (0, 0));
    pieces.by_ref().for_each(|seen| {
        response |= seen.response;
        too_many_pings |= seen.too_many_pings;
        counts = (counts.0 + seen.frames, counts.1 + seen.answer_bytes);
    });
    assert_eq!((whole.response, whole.too_many_pings), (response, too_many_pings));
    assert_eq!((whole.frames, whole.answer_bytes), counts);
}

/// Admits so many bytes.
struct Limit(usize);

impl Intake for Limit {
    fn admits(&mut self, piece: &[u8]) -> bool {
        self.0 = self.0.saturating_sub(piece.len());
        self.0 > 0
    }

    fn expected(&self) -> usize {
        0
    }
}

/// A server that sends these bytes and closes: the request ends, and with no defect.
pub(crate) fn stream(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let (near, mut far) = tokio::io::duplex(1 << 20);
        let sent = far.write_all(bytes).await;
        assert!(sent.is_ok() || bytes.len() > 1 << 20);
        // Reads nothing, and closes when the client has read all.
        let _ = far.shutdown().await;
        let Ok(config) = Config::new("http://127.0.0.1:1", &Options::default()) else { return };
        let detector = Arc::new(ProtocolDetector::new());
        let stream = DetectingStream::new(Box::new(near), Arc::clone(&detector));
        let Ok(endpoint) = Endpoint::new(Arc::new(config)) else { return };
        let Ok((sender, run)) = http2::begin(&endpoint, stream, detector, Arc::default()).await else {
            return;
        };
        let connection = Connection::new(sender, (1, 0), endpoint, false, Arc::default());
        let make = || (Request::new(()), Bytes::from_static(b"\0\0\0\0\0"));
        let head = || {
            let (mut head, message) = make();
            *head.uri_mut() = http::Uri::from_static("http://127.0.0.1/a/b");
            (head, message)
        };
        let sent = AtomicBool::new(false);
        let request = HttpRequest { make: &head, path: "/a/b", sent: &sent, begun: Instant::now() };
        let mut intake = Limit(1 << 16);
        let mut answer = pin!(connection.send(&request, &mut intake));
        let mut run = pin!(run);
        let ended = tokio::select! {
            ended = &mut answer => Some(ended),
            _ = &mut run => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => answer.await,
        };
        if let Err(lost) = ended {
            is_fit(&lost.error);
        }
    });
}
