//! Reads a response to its end.

use std::future::poll_fn;

use h2::{Reason, RecvStream};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Response, StatusCode};
use hyper::body::Bytes;

/// A whole HTTP/2 response.
pub(crate) struct HttpResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The headers that follow the body; gRPC puts its status there.
    pub(crate) trailers: Option<HeaderMap>,
    /// Whether the stream ended with the headers: in gRPC, they are the trailers then.
    pub(crate) is_trailers_only: bool,
}

impl HttpResponse {
    /// Whether it is of gRPC's content type.
    pub(crate) fn is_grpc(&self) -> bool {
        const GRPC: &[u8] = b"application/grpc";
        let kind = self.headers.get(CONTENT_TYPE).map_or(&[][..], |kind| kind.as_bytes());
        let (kind, rest) = kind.split_at(kind.len().min(GRPC.len()));
        kind.eq_ignore_ascii_case(GRPC) && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
    }

    /// A response before its body, and the rest of it.
    pub(super) fn begin(response: Response<RecvStream>) -> (Self, RecvStream) {
        let (head, stream) = response.into_parts();
        let is_trailers_only = stream.is_end_stream();
        let (status, headers) = (head.status, head.headers);
        (Self { status, headers, body: Bytes::new(), trailers: None, is_trailers_only }, stream)
    }

    /// Reads the rest of a response to its end, or until its body exceeds `limit`. Of a response that is not gRPC's it
    /// reads no body: a page can be of any length.
    pub(super) async fn read(&mut self, stream: &mut RecvStream, limit: usize) -> Result<(), h2::Error> {
        if !self.is_grpc() {
            return Ok(());
        }
        match self.read_on(stream, limit).await {
            // The server ended the stream early, but without an error.
            Err(error) if error.reason() != Some(Reason::NO_ERROR) => Err(error),
            _ => Ok(()),
        }
    }

    async fn read_on(&mut self, stream: &mut RecvStream, limit: usize) -> Result<(), h2::Error> {
        // Most responses come in one frame, which needs no copy.
        let mut parts = Vec::new();
        while let Some(part) = poll_fn(|cx| stream.poll_data(cx)).await {
            let part = part?;
            // Gives the server its window back.
            stream.flow_control().release_capacity(part.len())?;
            if self.body.is_empty() && parts.is_empty() {
                self.body = part;
                continue;
            }
            if parts.is_empty() {
                parts.extend_from_slice(&self.body);
            }
            parts.extend_from_slice(&part);
            if parts.len() > limit {
                break;
            }
        }
        let is_too_long = parts.len() > limit;
        if !parts.is_empty() {
            self.body = parts.into();
        }
        if is_too_long {
            return Ok(());
        }
        self.trailers = poll_fn(|cx| stream.poll_trailers(cx)).await?;
        Ok(())
    }
}
