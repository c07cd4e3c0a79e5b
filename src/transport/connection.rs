//! One connection to a server. It sends requests and returns responses; the error of a request that got no response
//! says whether the server may have received any of it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use h2::Reason;
use http::{Request, Uri};
use hyper::body::Bytes;
use tokio::time::Instant;

use super::arrival::Arrival;
use super::causes::{innermost, is_beyond_go_away};
use super::endpoint::Endpoint;
use super::http2::Sender;
use super::response::{HttpResponse, Intake, ReadError};
use crate::config::Config;
use crate::error::{Error, Status};
use crate::log::{self, ConnectionState, Level};
use crate::runtime;
use crate::stats::Stats;

/// The log warns of a call that takes longer.
const SLOW: Duration = Duration::from_secs(1);

/// A request to send.
pub(crate) struct HttpRequest<'a> {
    /// Makes its head and its message when it is sent, so that no future has to hold them. The URI has the connection's
    /// origin.
    pub(crate) make: &'a (dyn Fn() -> (Request<()>, Bytes) + Sync),
    /// The path of that URI.
    pub(crate) path: &'a str,
    /// Becomes true when the server may have received any of it; a caller that stops waiting reads it.
    pub(crate) sent: &'a AtomicBool,
    pub(crate) begun: Instant,
}

/// A connection that carries requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Inner>);

struct Inner {
    sender: Sender,
    generation: u64,
    /// The generation of the credentials when it was begun.
    credentials: u64,
    endpoint: Endpoint,
    /// It leads to the primary of a global cluster, and another cluster may have become primary meanwhile.
    may_move: bool,
    stats: Arc<Stats>,
    /// Its loss was reported.
    is_lost: AtomicBool,
    is_used: AtomicBool,
}

impl Connection {
    pub(super) fn new(
        sender: Sender,
        (generation, credentials): (u64, u64),
        endpoint: Endpoint,
        may_move: bool,
        stats: Arc<Stats>,
    ) -> Self {
        let [is_lost, is_used] = std::array::from_fn(|_| AtomicBool::new(false));
        Self(Arc::new(Inner { sender, generation, credentials, endpoint, may_move, stats, is_lost, is_used }))
    }

    /// Whether this asks for the first time.
    pub(crate) fn is_unused(&self) -> bool {
        !self.0.is_used.load(Ordering::Relaxed) && !self.0.is_used.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn stats(&self) -> &Stats {
        &self.0.stats
    }

    /// Returns when the connection has ended, and reports that it was lost if somebody still has it then.
    pub(super) fn watch_end(&self) -> impl Future<Output = ()> + use<> {
        let (connection, end) = (Arc::downgrade(&self.0), self.0.sender.end());
        async move {
            end.await;
            if let Some(connection) = connection.upgrade() {
                Self(connection).report_loss();
            }
        }
    }

    /// Reports once that the connection can carry no more requests, although the client has not given it up.
    pub(super) fn report_loss(&self) {
        if !self.0.is_lost.swap(true, Ordering::Relaxed) {
            self.0.stats.lost_connection();
            let reason = self.0.sender.end_reason().unwrap_or("the server announced its end");
            log::tell_connection(ConnectionState::Lost, &self.config().address, reason);
        }
    }

    pub(super) fn config(&self) -> &Config {
        &self.0.endpoint.config
    }

    /// Scheme and authority of every request.
    pub(crate) fn origin(&self) -> &Uri {
        &self.0.endpoint.origin
    }

    /// Differs between any two connections of a client.
    pub(crate) fn generation(&self) -> u64 {
        self.0.generation
    }

    /// Whether the channel would certainly return this connection again.
    pub(crate) fn is_current(&self) -> bool {
        !self.0.may_move && !self.is_outdated() && self.is_alive()
    }

    /// Whether the token was replaced since: h2 keeps what it has written in its buffers, so the former token leaves the
    /// memory only with the connections that carried it.
    pub(crate) fn is_outdated(&self) -> bool {
        self.config().credentials.generation() != self.0.credentials
    }

    pub(super) fn is_alive(&self) -> bool {
        self.0.sender.is_alive()
    }

    /// The time between two pings, if the server has ended the connection because of too many of them.
    pub(crate) fn refused_pings(&self) -> Option<Duration> {
        self.0.sender.refused_pings()
    }

    /// Sends a request, and reads as much of the response as the intake admits.
    pub(crate) async fn send(
        &self,
        request: &HttpRequest<'_>,
        intake: &mut dyn Intake,
    ) -> Result<HttpResponse, TransportError> {
        let mut exchange = pin!(Some(self.exchange(request, intake)));
        let response =
            poll_fn(|cx| exchange.as_mut().as_pin_mut().map_or(Poll::Pending, |exchange| exchange.poll(cx)));
        let result = tokio::select! {
            biased;
            error = self.0.sender.broken() => Err(error),
            result = response => Ok(result),
        };
        let result = result.unwrap_or_else(|error| {
            // The panic may have left h2 inconsistent, so that it panics again when the request is dropped.
            let _ = catch_unwind(AssertUnwindSafe(|| exchange.set(None)));
            Err(TransportError { arrival: Arrival::of(request.sent), error, reset: None })
        });
        report(request.path, request.begun.elapsed(), result.as_ref().err());
        result
    }

    async fn exchange(
        &self,
        request: &HttpRequest<'_>,
        intake: &mut dyn Intake,
    ) -> Result<HttpResponse, TransportError> {
        let Inner { sender, endpoint, .. } = &*self.0;
        let config = &endpoint.config;
        let busy = sender.busy();
        let response = sender.send(request, &busy).await.map_err(|error| TransportError {
            arrival: Arrival::at_failure(&error, request.sent, sender.fell_silent()),
            error: lost(config, &error, sender.fell_silent()),
            reset: Reset::of(&error),
        })?;
        let broken = |what: &str, reset| {
            let text = format!("{} {what}", config.address);
            TransportError {
                arrival: Arrival::Possible,
                error: Error::new(Status::Unavailable, text).retriable(),
                reset,
            }
        };
        let response =
            response.ok_or_else(|| broken("sends interim responses (HTTP 1xx) without an end", None))?;
        let (mut response, mut rest) = HttpResponse::begin(response);
        let read = response.read(&mut rest, intake).await;
        read.map_err(|error| match error {
            ReadError::Http(error) => {
                broken(&format!("broke off an answer: {}", innermost(&error)), Reset::of(&error))
            }
            ReadError::NoMemory => {
                let text = format!("there is no memory for an answer of {}", config.address);
                let error = Error::new(Status::OutOfMemory, text);
                TransportError { arrival: Arrival::Possible, error, reset: None }
            }
        })?;
        Ok(response)
    }
}

/// Why a request got no response.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) arrival: Arrival,
    pub(crate) error: Error,
    /// Whether only the stream of the request has ended, and not the connection.
    pub(crate) reset: Option<Reset>,
}

/// Who has reset a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reset {
    /// The server, with this code.
    ByServer(Reason),
    /// This client, because the answer is no HTTP/2 or has too large headers.
    Here,
}

impl Reset {
    fn of(error: &h2::Error) -> Option<Self> {
        let reason = error.reason().filter(|_| error.is_reset())?;
        Some(if error.is_remote() { Self::ByServer(reason) } else { Self::Here })
    }
}

fn report(path: &str, elapsed: Duration, broken: Option<&TransportError>) {
    let timing = || {
        let method = path.rsplit('/').next().unwrap_or_default();
        format!("method={method} elapsed_ms={}", elapsed.as_millis())
    };
    if let Some(broken) = broken.filter(|broken| broken.arrival != Arrival::TooLate) {
        let fields = || format!("{} reason={:?}", timing(), broken.error.message());
        if broken.reset.is_some() {
            log::tell(Level::Warning, "no answer", fields);
        } else {
            log::tell(Level::Warning, "connection lost", fields);
        }
    } else if broken.is_none() && elapsed > SLOW {
        log::tell(Level::Warning, "slow call", timing);
    } else if broken.is_none() {
        log::tell(Level::Debug, "call", timing);
    }
}

fn lost(config: &Config, error: &h2::Error, fell_silent: bool) -> Error {
    if !runtime::is_working() {
        return runtime::unusable();
    }
    let address = &config.address;
    if fell_silent {
        let text = format!("{address} stopped answering: a keepalive probe stayed unanswered");
        return Error::new(Status::Unavailable, text).retriable().slow();
    }
    if is_beyond_go_away(error) {
        let why = error.reason().filter(|reason| *reason != Reason::NO_ERROR);
        let why = why.map(|reason| format!(" ({})", reason.description())).unwrap_or_default();
        let text = format!("{address} closed the connection{why} and did not process the request");
        return Error::new(Status::Unavailable, text).retriable();
    }
    let cause = innermost(error);
    let text = if error.is_reset() {
        format!("no answer from {address}: {cause}")
    } else {
        format!("the connection to {address} was lost: {cause}")
    };
    Error::new(Status::Unavailable, text).retriable()
}

#[cfg(test)]
mod tests;
