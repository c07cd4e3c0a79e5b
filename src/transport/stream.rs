//! The byte stream beneath HTTP/2 and TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::process::Sentinel;
use crate::runtime;

/// A connected byte stream of whatever kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A socket that does the process no harm. It never raises SIGPIPE: the library writes on threads of the application,
/// where a write to a lost connection must not raise a signal. The standard library prevents that for single writes
/// (`MSG_NOSIGNAL`) but not for vectored ones, so this offers none. And it does not close its descriptor if the process
/// has closed it, because the number may be another file's by now.
pub(super) struct GuardedSocket<S> {
    /// `None` only while it is dropped.
    socket: Option<S>,
    sentinel: Option<&'static Sentinel>,
}

impl<S: Unpin> GuardedSocket<S> {
    pub(super) fn new(socket: S) -> Self {
        Self { socket: Some(socket), sentinel: runtime::sentinel() }
    }

    fn socket(self: Pin<&mut Self>) -> io::Result<Pin<&mut S>> {
        self.get_mut().socket.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl<S> Drop for GuardedSocket<S> {
    fn drop(&mut self) {
        if self.sentinel.is_some_and(|sentinel| !sentinel.is_open()) {
            std::mem::forget(self.socket.take());
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for GuardedSocket<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.socket()?.poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GuardedSocket<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.socket()?.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket()?.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_offers_no_vectored_writes_which_raise_signals() {
        let (vectored, _other) = tokio::io::duplex(1);
        assert!(vectored.is_write_vectored());
        assert!(!GuardedSocket::new(vectored).is_write_vectored());
    }
}
