//! The byte stream beneath HTTP/2 and TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connected byte stream of whatever kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A stream that never raises SIGPIPE. The library writes on threads of the application, where a write to a lost
/// connection must not raise a signal. The standard library prevents that for single writes (`MSG_NOSIGNAL`) but not
/// for vectored ones, so this stream offers none.
pub(super) struct NoSigpipe<S>(pub(super) S);

impl<S: AsyncRead + Unpin> AsyncRead for NoSigpipe<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for NoSigpipe<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_offers_no_vectored_writes_which_raise_signals() {
        let (vectored, _other) = tokio::io::duplex(1);
        assert!(vectored.is_write_vectored());
        assert!(!NoSigpipe(vectored).is_write_vectored());
    }
}
