//! Detects the protocol that the peer speaks by its first bytes. An error can then name what a wrong port speaks, and a
//! connection counts as made only when the server has sent its first HTTP/2 frame.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::allowance::Allowance;
use super::causes::find;
use super::frames::FrameReader;
use super::stream::Stream;
use super::writer::is_only_writing;

/// The type of the first frame of every HTTP/2 server.
const SETTINGS: u8 = 4;

/// What is known of the peer of a connection: its first bytes, when it last sent anything, and what of it matters for
/// pings.
#[derive(Debug)]
pub(super) struct ProtocolDetector {
    started: Instant,
    /// Milliseconds from `started` to the last bytes.
    heard: AtomicU64,
    /// The first four bytes, above their count in the low byte. Only the connection's task writes it.
    first_bytes: AtomicU64,
    spoke: Notify,
    /// How often parts of responses have come.
    responses: AtomicU64,
    too_many_pings: AtomicBool,
    /// How many requests were sent.
    requests: AtomicU64,
    /// The error that ended TLS, if one did. h2 keeps the text of an I/O error, but not the error.
    tls_error: OnceLock<rustls::Error>,
}

/// The protocol of a peer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// The peer has sent nothing, or too little to tell.
    Unknown,
    /// The peer has begun as an HTTP/2 server must.
    Http2,
    /// A TLS alert record: the port wants TLS.
    Tls,
    /// "HTTP": a web server that does not speak HTTP/2.
    Http1,
    /// Something else.
    Other,
}

impl ProtocolDetector {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            heard: AtomicU64::new(0),
            first_bytes: AtomicU64::new(0),
            spoke: Notify::new(),
            responses: AtomicU64::new(0),
            too_many_pings: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            tls_error: OnceLock::new(),
        }
    }

    /// For how long the peer has been silent.
    pub(super) fn silence(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.heard.load(Ordering::Relaxed)))
    }

    /// Waits until the peer has sent enough to tell its protocol.
    pub(super) async fn detected(&self) {
        self.spoke.notified().await;
    }

    /// Whether the peer has sent anything.
    pub(super) fn has_heard(&self) -> bool {
        self.first_bytes.load(Ordering::Relaxed) != 0
    }

    pub(super) fn protocol(&self) -> Protocol {
        match self.first_bytes.load(Ordering::Relaxed).to_le_bytes() {
            [0..=3, ..] => Protocol::Unknown,
            [_, b'H', b'T', b'T', b'P', ..] => Protocol::Http1,
            [_, 0x15, 0x03, ..] => Protocol::Tls,
            [_, _, _, _, SETTINGS, ..] => Protocol::Http2,
            _ => Protocol::Other,
        }
    }

    /// A number that changes with every part of a response.
    pub(super) fn responses(&self) -> u64 {
        self.responses.load(Ordering::Relaxed)
    }

    /// Whether the peer has ended the connection because of too many pings.
    pub(super) fn refuses_pings(&self) -> bool {
        self.too_many_pings.load(Ordering::Relaxed)
    }

    /// A request is about to be sent.
    pub(super) fn asks(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn tls_error(&self) -> Option<&rustls::Error> {
        self.tls_error.get()
    }

    /// Returns the milliseconds since `started`.
    pub(super) fn record(&self, bytes: &[u8]) -> u64 {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.store(now, Ordering::Relaxed);
        let before = self.first_bytes.load(Ordering::Relaxed);
        if before & 0xff == 4 {
            return now;
        }
        let mut seen = before;
        for byte in bytes {
            let count = seen & 0xff;
            if count == 4 {
                break;
            }
            seen = (seen | (u64::from(*byte) << (8 * (count + 1)))) + 1;
        }
        self.first_bytes.store(seen, Ordering::Relaxed);
        if seen & 0xff == 4 {
            self.spoke.notify_one();
        }
        now
    }

    fn record_error(&self, error: &io::Error) {
        if let Some(error) = find::<rustls::Error>(error) {
            let _ = self.tls_error.set(error.clone());
        }
    }
}

/// A stream that shows a detector what it reads.
pub(super) struct DetectingStream {
    stream: Box<dyn Stream>,
    detector: Arc<ProtocolDetector>,
    frames: FrameReader,
    allowance: Allowance,
    /// The error of a failed write while the peer's last bytes may be unread: they may say why, or be responses.
    refused: Option<io::Error>,
}

impl DetectingStream {
    pub(super) fn new(stream: Box<dyn Stream>, detector: Arc<ProtocolDetector>) -> Self {
        let (frames, allowance) = (FrameReader::default(), Allowance::new());
        Self { stream, detector, frames, allowance, refused: None }
    }

    /// Fails if the peer sends too much that belongs to no answer.
    fn record(&mut self, bytes: &[u8]) -> io::Result<()> {
        let now = self.detector.record(bytes);
        let seen = self.frames.read(bytes);
        if seen.response {
            self.detector.responses.fetch_add(1, Ordering::Relaxed);
        }
        if seen.too_many_pings {
            self.detector.too_many_pings.store(true, Ordering::Relaxed);
        }
        self.allowance.take(&seen, now, self.detector.requests.load(Ordering::Relaxed))
    }

    /// Passes the result of a write on. After a failure, the connection's task first reads what the peer has sent.
    fn after_write<T>(&mut self, cx: &mut Context<'_>, result: io::Result<T>) -> Poll<io::Result<T>> {
        match result {
            Err(error) => self.refused = Some(error),
            result => return Poll::Ready(result),
        }
        if !is_only_writing() && self.detector.protocol() == Protocol::Unknown {
            return self.drain(cx).map(Err);
        }
        // It reads before it writes again, and so comes to the peer's end, unless it is only the write that failed.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads until the peer's end, and returns the error of the write.
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if is_only_writing() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.detector.protocol() != Protocol::Unknown {
            // h2 has read before it wrote.
            return Poll::Ready(self.refused.take().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()));
        }
        loop {
            let mut scratch = [0; 256];
            let mut buffer = ReadBuf::new(&mut scratch);
            let result = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            let result = result.and(self.record(buffer.filled()));
            if let Err(error) = &result {
                self.detector.record_error(error);
            }
            if result.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(self.refused.take().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()));
            }
        }
    }
}

impl AsyncRead for DetectingStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if is_only_writing() {
            // The connection's task reads; the runtime wakes it for that.
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let result = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer));
        let recorded = self.record(&buffer.filled()[before..]);
        Poll::Ready(result.and(recorded).inspect_err(|error| self.detector.record_error(error)))
    }
}

impl AsyncWrite for DetectingStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.refused.is_some() {
            return self.drain(cx).map(Err);
        }
        let result = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        self.after_write(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.refused.is_some() {
            return self.drain(cx).map(Err);
        }
        let result = ready!(Pin::new(&mut self.stream).poll_flush(cx));
        self.after_write(cx, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protocol_after(reads: &[&[u8]]) -> Protocol {
        let detector = ProtocolDetector::new();
        for bytes in reads {
            detector.record(bytes);
        }
        detector.protocol()
    }

    #[test]
    fn the_first_four_bytes_tell_the_protocol() {
        assert_eq!(protocol_after(&[]), Protocol::Unknown);
        assert_eq!(protocol_after(&[b"", b"HTT"]), Protocol::Unknown);
        assert_eq!(protocol_after(&[&[0x15, 0x03, 0x01, 0x00, 0x02]]), Protocol::Tls);
        assert_eq!(protocol_after(&[&[0x15], &[0x03], &[0x03, 0x15]]), Protocol::Tls);
        assert_eq!(protocol_after(&[b"HTTP/1.1 400 Bad Request"]), Protocol::Http1);
        assert_eq!(protocol_after(&[&[0, 0, 6, 4]]), Protocol::Http2);
        assert_eq!(protocol_after(&[&[0, 0], &[6, 4, 0]]), Protocol::Http2);
        assert_eq!(protocol_after(&[&[0, 0, 6, 7]]), Protocol::Other);
        assert_eq!(protocol_after(&[b"SSH-2.0"]), Protocol::Other);
    }
}
