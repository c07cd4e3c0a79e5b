//! The body of an answer as it comes in.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use h2::{Reason, RecvStream};
use hyper::body::{Body, Bytes, Frame};

use super::channel::Broken;
use crate::config::Config;
use crate::error::{Error, Status};

/// The body of an answer; what ends it too early is a [`Broken`].
pub(crate) struct Answer {
    stream: RecvStream,
    config: Arc<Config>,
}

impl Answer {
    pub(super) fn new(stream: RecvStream, config: Arc<Config>) -> Self {
        Self { stream, config }
    }

    fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Frame<Bytes>>, h2::Error>> {
        Poll::Ready(match ready!(self.stream.poll_data(cx)) {
            Some(Ok(bytes)) => {
                // The server may send so much more.
                self.stream.flow_control().release_capacity(bytes.len())?;
                Ok(Some(Frame::data(bytes)))
            }
            Some(Err(error)) => Err(error),
            None => ready!(self.stream.poll_trailers(cx)).map(|trailers| trailers.map(Frame::trailers)),
        })
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        Poll::Ready(match ready!(self.poll_part(cx)) {
            Ok(part) => part.map(Ok),
            // The server had no more to say.
            Err(error) if error.reason() == Some(Reason::NO_ERROR) => None,
            Err(_) => {
                let address = &self.config.address;
                let text = format!("the connection to {address} was lost in the middle of an answer");
                let error = Error::new(Status::Unavailable, text).retriable();
                Some(Err(Broken { sent: true, error }))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }
}
