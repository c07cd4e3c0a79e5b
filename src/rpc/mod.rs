//! One unary call: connection, metadata, deadline, and one [`Error`] for everything that can fail.

mod codes;
mod reply;

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderValue;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::{Request, Response};

use crate::config::Config;
use crate::error::{Error, Status, shortened};
use crate::proto::MilvusServiceClient;
use crate::transport::{Broken, Channel, Connection};
pub(crate) use reply::Reply;

/// Plans of a job with a hundred thousand segments fit; a hostile reply cannot fill the memory.
const REPLY_LIMIT: usize = 64 * 1024 * 1024;
/// Longest part of a server's own text in a message.
const SERVER_TEXT_LIMIT: usize = 600;

/// When a whole API call has to be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    at: Option<Instant>,
}

impl Deadline {
    /// `limit` from now; `None`, or a time beyond reckoning, is no limit.
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        let started = Instant::now();
        Self { started, at: limit.and_then(|limit| started.checked_add(limit)) }
    }

    /// The earlier of this deadline and `limit` from now.
    pub(crate) fn within(self, limit: Duration) -> Self {
        let capped = Instant::now() + limit;
        Self { at: Some(self.at.map_or(capped, |at| at.min(capped))), ..self }
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn has_passed(self) -> bool {
        self.at.is_some_and(|at| at <= Instant::now())
    }

    /// Time left; `None` without limit.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// The output of `work`, or `None` if the deadline comes first.
    pub(crate) async fn bound<T>(self, work: impl Future<Output = T>) -> Option<T> {
        match self.at {
            Some(at) => tokio::time::timeout_at(at.into(), work).await.ok(),
            None => Some(work.await),
        }
    }

    /// The whole call's time, for messages.
    fn limit_text(self) -> String {
        let limit = self.at.map_or(Duration::ZERO, |at| at - self.started);
        format!("{} ms", limit.as_millis())
    }
}

/// Whether a call may be in doubt when it fails.
#[derive(Clone, Copy)]
pub(crate) enum Effect {
    /// Only reads: nothing on the server depends on whether it arrived.
    Read,
    /// Starts work on the server.
    Trigger,
}

impl Effect {
    /// Marks the error of a call that reached the server and may have been carried out.
    fn possible(self, error: Error) -> Error {
        match self {
            Self::Read => error,
            Self::Trigger => error.in_doubt(),
        }
    }
}

/// What is constant over the calls of a client.
pub(crate) struct Rpc {
    config: Arc<Config>,
    channel: Channel,
}

impl Rpc {
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let config = Arc::new(config);
        let channel = Channel::new(Arc::clone(&config))?;
        Ok(Self { config, channel })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Sends one request and returns its successful reply. `database` goes into the `dbname` header.
    pub(crate) async fn unary<Q, R, F>(
        &self,
        effect: Effect,
        deadline: Deadline,
        database: &str,
        message: Q,
        send: impl Fn(MilvusServiceClient<Connection>, Request<Q>) -> F,
    ) -> Result<R, Error>
    where
        Q: Clone,
        R: Reply,
        F: Future<Output = Result<Response<R>, tonic::Status>>,
    {
        let mut reconnected = false;
        loop {
            let connection = deadline.bound(self.channel.connection()).await;
            let connection = connection.ok_or_else(|| self.timed_out(deadline, "connecting to"))??;
            let client = MilvusServiceClient::with_origin(connection, self.channel.origin().clone())
                .max_decoding_message_size(REPLY_LIMIT);
            let request = self.request(deadline, database, message.clone());
            let Some(result) = deadline.bound(send(client, request)).await else {
                return Err(effect.possible(self.timed_out(deadline, "waiting for")));
            };
            match result {
                Ok(response) => return self.checked(effect, response.into_inner()),
                // A connection can die between its last use and this one. Nothing was sent, so a
                // fresh one may be tried, once, whatever the effect.
                Err(status) if !reconnected && never_sent(&status) => reconnected = true,
                Err(status) => return Err(self.failed(effect, deadline, &status)),
            }
        }
    }

    fn request<Q>(&self, deadline: Deadline, database: &str, message: Q) -> Request<Q> {
        let mut request = Request::new(message);
        if let Some(remaining) = deadline.remaining() {
            request.set_timeout(remaining);
        }
        let metadata = request.metadata_mut();
        if let Some(credentials) = &self.config.credentials {
            metadata.insert("authorization", ascii(credentials.header()));
        }
        if let Ok(name) = MetadataValue::try_from(database) {
            metadata.insert("dbname", name);
        }
        request
    }

    fn checked<R: Reply>(&self, effect: Effect, reply: R) -> Result<R, Error> {
        let Some(status) = reply.status() else { return Ok(reply) };
        let Some(meaning) = codes::of_reply(status) else { return Ok(reply) };
        let text = if status.reason.is_empty() { &status.detail } else { &status.reason };
        Err(self.refused(meaning, effect, text))
    }

    fn failed(&self, effect: Effect, deadline: Deadline, status: &tonic::Status) -> Error {
        if let Some(broken) = source::<Broken>(status) {
            let mut error = broken.error.clone();
            error.grpc_code = tonic::Code::Unavailable as i32;
            return if broken.sent { effect.possible(error) } else { error };
        }
        if source::<hyper::Error>(status).is_some() {
            // The answer had begun to arrive when the connection broke.
            let text =
                format!("the connection to {} was lost in the middle of an answer", self.config.address);
            return effect.possible(Error::new(Status::Unavailable, text).retriable());
        }
        let meaning = codes::of_grpc(status);
        let mut error = match meaning.status {
            Status::Timeout => effect.possible(self.timed_out(deadline, "waiting for")),
            _ => self.refused(meaning, effect, status.message()),
        };
        error.grpc_code = status.code() as i32;
        error
    }

    fn refused(&self, meaning: codes::Meaning, effect: Effect, text: &str) -> Error {
        // Bounded before it is searched for secrets: a server may send megabytes.
        let text = self.config.without_secrets(&shortened(text, 4 * SERVER_TEXT_LIMIT));
        let text = shortened(text.trim(), SERVER_TEXT_LIMIT);
        let text = if text.is_empty() {
            "the server gave no reason".to_owned()
        } else {
            format!("server says: {text}")
        };
        let mut error = Error::new(meaning.status, text);
        error.retriable = meaning.retriable;
        error.server_code = meaning.server_code;
        if meaning.refused { error } else { effect.possible(error) }
    }

    fn timed_out(&self, deadline: Deadline, doing: &str) -> Error {
        let text = format!("{} passed while {doing} {}", deadline.limit_text(), self.config.address);
        Error::new(Status::Timeout, text).retriable()
    }
}

fn ascii(value: &HeaderValue) -> MetadataValue<Ascii> {
    // Made from base64 text, so this cannot fail; an empty value would simply be refused by the server.
    let mut ascii = MetadataValue::try_from(value.as_bytes()).unwrap_or(MetadataValue::from_static(""));
    ascii.set_sensitive(true);
    ascii
}

fn never_sent(status: &tonic::Status) -> bool {
    source::<Broken>(status).is_some_and(|broken| !broken.sent)
}

/// The first error of type `T` behind a status.
fn source<T: std::error::Error + 'static>(status: &tonic::Status) -> Option<&T> {
    let mut error = std::error::Error::source(status);
    while let Some(current) = error {
        if let Some(found) = current.downcast_ref() {
            return Some(found);
        }
        error = current.source();
    }
    None
}
