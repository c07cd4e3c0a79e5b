//! Watches how the other side begins to speak, so that a wrong port is named as what it is, and a
//! connection counts as made only when the server has answered on it.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

use super::causes::find;
use super::stream::Stream;
use super::writer::is_only_writing;

/// Type of the frame with which every HTTP/2 server begins.
const SETTINGS: u8 = 4;

/// What is known of the other side of a connection: how it began, and when it was last heard.
#[derive(Debug)]
pub(super) struct ProtocolDetector {
    started: Instant,
    /// Milliseconds from then on.
    heard: AtomicU64,
    /// The first four bytes it sent, behind their count in the low byte. Only the connection's task writes.
    first_bytes: AtomicU64,
    spoke: Notify,
    /// Why TLS ended, if it did. HTTP/2 keeps the words of an I/O error but not the error.
    tls_error: OnceLock<rustls::Error>,
}

/// What those bytes say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// It has sent nothing, or too little to tell.
    Unknown,
    /// It began as an HTTP/2 server has to.
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
        let (heard, first_bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { started: Instant::now(), heard, first_bytes, spoke: Notify::new(), tls_error: OnceLock::new() }
    }

    /// For how long nothing has come.
    pub(super) fn silence(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.heard.load(Ordering::Relaxed)))
    }

    /// Sleeps until the peer has sent enough to tell what it speaks.
    pub(super) async fn spoke(&self) {
        self.spoke.notified().await;
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

    pub(super) fn tls_error(&self) -> Option<&rustls::Error> {
        self.tls_error.get()
    }

    fn record(&self, bytes: &[u8]) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.store(now, Ordering::Relaxed);
        let before = self.first_bytes.load(Ordering::Relaxed);
        if before & 0xff == 4 {
            return;
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
    }

    fn record_error(&self, error: &io::Error) {
        if let Some(error) = find::<rustls::Error>(error) {
            let _ = self.tls_error.set(error.clone());
        }
    }
}

/// A stream that tells a detector what it reads first.
pub(super) struct DetectingStream {
    stream: Box<dyn Stream>,
    detector: Arc<ProtocolDetector>,
    /// A write that failed while something of the peer's may be unread: its reason, or answers.
    refused: Option<io::Error>,
}

impl DetectingStream {
    pub(super) fn new(stream: Box<dyn Stream>, detector: Arc<ProtocolDetector>) -> Self {
        Self { stream, detector, refused: None }
    }

    /// Passes a write's result on. If it has failed, what the peer sent before is read first: by the connection's task,
    /// if it has not been the one that wrote.
    fn after_write<T>(&mut self, cx: &mut Context<'_>, result: io::Result<T>) -> Poll<io::Result<T>> {
        match result {
            Err(error) if is_only_writing() || self.detector.protocol() == Protocol::Unknown => {
                self.refused = Some(error);
            }
            result => return Poll::Ready(result),
        }
        self.listen(cx).map(Err)
    }

    /// Reads to the end and returns the write's error.
    fn listen(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if is_only_writing() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.detector.protocol() != Protocol::Unknown {
            // HTTP/2 reads before it writes.
            return Poll::Ready(self.refused.take().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()));
        }
        loop {
            let mut scratch = [0; 256];
            let mut buffer = ReadBuf::new(&mut scratch);
            let result = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            self.detector.record(buffer.filled());
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
            // The connection's task reads, and will be woken for it.
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let result = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer));
        self.detector.record(&buffer.filled()[before..]);
        Poll::Ready(result.inspect_err(|error| self.detector.record_error(error)))
    }
}

impl AsyncWrite for DetectingStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.refused.is_some() {
            return self.listen(cx).map(Err);
        }
        let result = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        self.after_write(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.refused.is_some() {
            return self.listen(cx).map(Err);
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
