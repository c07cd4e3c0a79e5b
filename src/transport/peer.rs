//! Watches how the other side begins to speak, so that a wrong port is named as what it is, and a
//! connection counts as made only when the server has answered on it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

/// The first bytes that the peer sent, at most three.
#[derive(Debug, Default)]
pub(super) struct FirstBytes {
    /// Count in the low byte, then the bytes. Only the connection's own task writes.
    seen: AtomicU32,
    arrived: Notify,
}

/// What those bytes say about the peer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// It sent nothing at all.
    Silent,
    /// A TLS alert record: the port wants TLS.
    Tls,
    /// "HTT...": a web server that does not speak HTTP/2.
    Http1,
    /// Anything else, HTTP/2 included.
    Other,
}

impl FirstBytes {
    /// Sleeps until the peer has sent something.
    pub(super) async fn arrive(&self) {
        self.arrived.notified().await;
    }

    pub(super) fn peer(&self) -> Peer {
        match self.seen.load(Ordering::Relaxed).to_le_bytes() {
            [0, ..] => Peer::Silent,
            [3, 0x15, 0x03, _] => Peer::Tls,
            [3, b'H', b'T', b'T'] => Peer::Http1,
            _ => Peer::Other,
        }
    }

    fn record(&self, bytes: &[u8]) {
        let before = self.seen.load(Ordering::Relaxed);
        let mut seen = before;
        for byte in bytes {
            let count = seen & 0xff;
            if count == 3 {
                break;
            }
            seen = (seen | (u32::from(*byte) << (8 * (count + 1)))) + 1;
        }
        self.seen.store(seen, Ordering::Relaxed);
        if before == 0 && seen != 0 {
            self.arrived.notify_one();
        }
    }
}

/// A stream that records what it reads first.
pub(super) struct Observed<S> {
    pub(super) stream: S,
    pub(super) first_bytes: Arc<FirstBytes>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Observed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.first_bytes.record(&buffer.filled()[before..]);
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Observed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer_after(reads: &[&[u8]]) -> Peer {
        let first = FirstBytes::default();
        for bytes in reads {
            first.record(bytes);
        }
        first.peer()
    }

    #[test]
    fn the_first_three_bytes_tell_the_protocol() {
        assert_eq!(peer_after(&[]), Peer::Silent);
        assert_eq!(peer_after(&[b""]), Peer::Silent);
        assert_eq!(peer_after(&[&[0x15, 0x03, 0x01, 0x00, 0x02]]), Peer::Tls);
        assert_eq!(peer_after(&[&[0x15], &[0x03], &[0x03, 0x15]]), Peer::Tls);
        assert_eq!(peer_after(&[b"HTTP/1.1 400 Bad Request"]), Peer::Http1);
        assert_eq!(peer_after(&[&[0, 0, 6, 4]]), Peer::Other);
        assert_eq!(peer_after(&[&[0x15]]), Peer::Other);
    }
}
