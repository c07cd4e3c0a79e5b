//! One attempt at one unary call, and what its failure means.

use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response};

use super::codes::{self, Meaning};
use super::retry::{Failure, Reached};
use super::{Deadline, Reply};
use crate::config::Config;
use crate::error::{Error, Status, shortened};
use crate::proto::MilvusServiceClient;
use crate::transport::{Broken, Connection};

/// The plans of half a million segments fit; a hostile reply cannot fill the memory.
const REPLY_LIMIT: usize = 8 * 1024 * 1024;
/// Longest part of a server's own text in a message.
const SERVER_TEXT_LIMIT: usize = 600;

static DATABASE: HeaderName = HeaderName::from_static("dbname");
static IDENTIFIER: HeaderName = HeaderName::from_static("identifier");

/// What an attempt needs besides its message.
pub(super) struct Context<'a> {
    pub(super) config: &'a Config,
    pub(super) deadline: Deadline<'a>,
    /// Goes into the `dbname` metadata, unless it is empty.
    pub(super) database: &'a str,
    /// Goes into the `identifier` metadata, unless it is 0.
    pub(super) identifier: i64,
}

impl Context<'_> {
    /// Sends one request over a connection and returns its successful reply.
    pub(super) async fn attempt<Q, R, F>(
        &self,
        connection: Connection,
        message: Q,
        send: impl FnOnce(MilvusServiceClient<Connection>, Request<Q>) -> F,
    ) -> Result<R, Failure>
    where
        R: Reply,
        F: Future<Output = Result<Response<R>, tonic::Status>>,
    {
        if self.deadline.has_passed() {
            // Nothing is begun for somebody who has gone.
            return Err(self.out_of_time("before asking", Reached::Nothing));
        }
        let origin = connection.origin().clone();
        let client =
            MilvusServiceClient::with_origin(connection, origin).max_decoding_message_size(REPLY_LIMIT);
        // In a box: each future around it has room for it more than once, and a task is moved as a whole.
        let answer = Box::pin(send(client, self.request(message)));
        match self.deadline.bound(answer).await {
            None => Err(self.out_of_time("waiting for", Reached::Perhaps)),
            Some(Err(status)) => Err(self.ended(&status)),
            Some(Ok(response)) => self.checked(response.into_inner()),
        }
    }

    fn request<Q>(&self, message: Q) -> Request<Q> {
        // Enough for what HTTP and gRPC add, too.
        let mut headers = HeaderMap::with_capacity(12);
        // Without it, it is the server's default.
        if let Some(name) = HeaderValue::try_from(self.database).ok().filter(|name| !name.is_empty()) {
            headers.insert(&DATABASE, name);
        }
        if self.identifier != 0 {
            headers.insert(&IDENTIFIER, self.identifier.into());
        }
        let mut request = Request::new(message);
        *request.metadata_mut() = MetadataMap::from_headers(headers);
        if let Some(credentials) = &self.config.credentials {
            request.metadata_mut().insert("authorization", credentials.authorization().clone());
        }
        if let Some(remaining) = self.deadline.remaining() {
            request.set_timeout(told(remaining));
        }
        request
    }

    /// A reply has a status of its own inside a gRPC status that is OK.
    fn checked<R: Reply>(&self, reply: R) -> Result<R, Failure> {
        let Some(status) = reply.status() else {
            let error = Error::new(Status::ServerError, "the server's answer says neither yes nor no");
            return Err(Failure { error, reached: Reached::Perhaps });
        };
        let Some(meaning) = codes::of_reply(status) else { return Ok(reply) };
        let text = if status.reason.is_empty() { &status.detail } else { &status.reason };
        Err(self.refused(meaning, text))
    }

    fn ended(&self, status: &tonic::Status) -> Failure {
        if let Some(broken) = source::<Broken>(status) {
            let mut error = broken.error.clone();
            if error.status == Status::Unavailable {
                error.grpc_code = tonic::Code::Unavailable as i32;
            }
            let reached = if broken.sent { Reached::Perhaps } else { Reached::Nothing };
            return Failure { error, reached };
        }
        if self.deadline.has_passed() {
            // The server, which knows the deadline, has only been quicker to say so. Each has words of its own for it.
            return self.out_of_time("waiting for", Reached::Perhaps);
        }
        let meaning = codes::of_grpc(status);
        let mut failure = match meaning.status {
            Status::Timeout => self.out_of_time("waiting for", Reached::Perhaps),
            _ => self.refused(meaning, status.message()),
        };
        failure.error.grpc_code = status.code() as i32;
        failure
    }

    fn refused(&self, meaning: Meaning, text: &str) -> Failure {
        let text = self.config.without_secrets(text);
        let text = shortened(text.trim(), SERVER_TEXT_LIMIT);
        let text = if text.is_empty() {
            "the server gave no reason".to_owned()
        } else {
            format!("server says: {text}")
        };
        let mut error = Error::new(meaning.status, text);
        error.retriable = meaning.retriable;
        error.server_code = meaning.server_code;
        let reached = if meaning.refused { Reached::Refusal } else { Reached::Perhaps };
        Failure { error, reached }
    }

    /// The deadline came first.
    pub(super) fn out_of_time(&self, doing: &str, reached: Reached) -> Failure {
        let error = self.deadline.ended(|how| format!("{how} while {doing} {}", self.config.address));
        Failure { error: error.slow(), reached }
    }
}

/// The time left as a server is told: in whole milliseconds, so that most calls send the same text, which HTTP/2
/// then shortens to a byte; and rounded up, so that it is this side that ends the call, in its own words.
fn told(remaining: Duration) -> Duration {
    // Longer ones cannot be written, and mean the same.
    let remaining = remaining.min(Duration::from_hours(24 * 365));
    Duration::from_secs(remaining.as_secs()) + Duration::from_millis(u64::from(remaining.subsec_millis()) + 1)
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
