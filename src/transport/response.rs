//! Reads a response to its end.

use std::future::poll_fn;

use h2::{Reason, RecvStream};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Response, StatusCode};
use hyper::body::Bytes;

/// How much of a body is looked at before others have their turn.
const SLICE: usize = 64 * 1024;

/// Decides how much of a body is read that comes in more than one frame.
pub(crate) trait Intake: Send {
    /// Looks at the next piece. If it does not admit it, nothing more is read.
    fn admits(&mut self, piece: &[u8]) -> bool;
    /// How many bytes the body has, as far as its pieces have told; 0 if they have not. None of it may be there yet.
    fn expected(&self) -> usize;
}

/// Why a body was not read.
#[derive(Debug)]
pub(super) enum ReadError {
    Http(h2::Error),
    NoMemory,
}

impl From<h2::Error> for ReadError {
    fn from(error: h2::Error) -> Self {
        Self::Http(error)
    }
}

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

    /// Reads the rest of a response to its end, or until the intake does not admit it. Of a response that is not gRPC's it
    /// reads no body: a page can be of any length.
    pub(super) async fn read(
        &mut self,
        stream: &mut RecvStream,
        intake: &mut dyn Intake,
    ) -> Result<(), ReadError> {
        if !self.is_grpc() {
            return Ok(());
        }
        match self.read_on(stream, intake).await {
            // The server ended the stream early, but without an error.
            Err(ReadError::Http(error)) if error.reason() == Some(Reason::NO_ERROR) => Ok(()),
            result => result,
        }
    }

    async fn read_on(&mut self, stream: &mut RecvStream, intake: &mut dyn Intake) -> Result<(), ReadError> {
        // Most responses come in one frame, which needs no copy.
        let mut pieces = Vec::new();
        let (mut slice, mut unreleased) = (0, 0);
        while let Some(piece) = poll_fn(|cx| stream.poll_data(cx)).await {
            let piece = piece?;
            unreleased += piece.len();
            if self.body.is_empty() && pieces.is_empty() {
                self.body = piece;
                continue;
            }
            // Gives the server its window back. With the end of a stream, h2 does so itself.
            stream.flow_control().release_capacity(std::mem::take(&mut unreleased))?;
            if pieces.is_empty() {
                let first = std::mem::take(&mut self.body);
                if !intake.admits(&first) {
                    return Ok(());
                }
                append(&mut pieces, &first, intake.expected())?;
            }
            if !intake.admits(&piece) {
                return Ok(());
            }
            append(&mut pieces, &piece, intake.expected())?;
            slice += piece.len();
            if slice >= SLICE {
                slice = 0;
                tokio::task::yield_now().await;
            }
        }
        if !pieces.is_empty() {
            self.body = pieces.into();
        }
        self.trailers = poll_fn(|cx| stream.poll_trailers(cx)).await?;
        Ok(())
    }
}

/// Appends a piece of a body that has so many bytes in all. What the system gives for the rest takes no memory before it
/// is there.
fn append(pieces: &mut Vec<u8>, piece: &[u8], expected: usize) -> Result<(), ReadError> {
    let needed = expected.saturating_sub(pieces.len()).max(piece.len());
    pieces.try_reserve_exact(needed).map_err(|_| ReadError::NoMemory)?;
    pieces.extend_from_slice(piece);
    Ok(())
}
