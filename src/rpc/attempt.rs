//! One attempt at one unary call, and what its failure means.

use std::sync::atomic::{AtomicBool, Ordering};

use http::Request;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use prost::bytes::Bytes;

use super::codes::{self, Meaning};
use super::grpc::{self, ANSWER_LIMIT};
use super::retry::{Failure, Reached};
use super::{Deadline, Reply};
use crate::config::Config;
use crate::error::{Error, Status, shortened};
use crate::transport::{Answer, Broken, Connection};

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
    /// Sends one request over a connection and reads its successful reply.
    pub(super) async fn attempt(
        &self,
        connection: &Connection,
        path: &'static str,
        message: Bytes,
        reply: &mut dyn Reply,
    ) -> Result<(), Failure> {
        if self.deadline.has_passed() {
            // Nothing is begun for somebody who has gone.
            return Err(self.out_of_time("about to ask", Reached::Nothing));
        }
        let sent = AtomicBool::new(false);
        let answer = connection.ask(self.request(connection, path), message, ANSWER_LIMIT, &sent);
        match self.deadline.bound(answer).await {
            None if sent.load(Ordering::Relaxed) => Err(self.out_of_time("waiting for", Reached::Perhaps)),
            None => Err(self.out_of_time("about to ask", Reached::Nothing)),
            Some(Err(broken)) => Err(broke(broken)),
            Some(Ok(answer)) => self.checked(answer, reply),
        }
    }

    fn request(&self, connection: &Connection, path: &'static str) -> Request<()> {
        let mut request = grpc::head(connection.origin(), path, self.deadline.remaining());
        let headers = request.headers_mut();
        // Without it, it is the server's default.
        if let Some(name) = HeaderValue::try_from(self.database).ok().filter(|name| !name.is_empty()) {
            headers.insert(&DATABASE, name);
        }
        if self.identifier != 0 {
            headers.insert(&IDENTIFIER, self.identifier.into());
        }
        if let Some(credentials) = &self.config.credentials {
            headers.insert(AUTHORIZATION, credentials.authorization().clone());
        }
        request
    }

    /// A reply has a status of its own inside a gRPC status that is OK.
    fn checked(&self, answer: Answer, reply: &mut dyn Reply) -> Result<(), Failure> {
        let message = grpc::message_of(answer).map_err(|status| self.ended(&status))?;
        if let Err(error) = reply.read(message) {
            return Err(self.ended(&tonic::Status::internal(error.to_string())));
        }
        let Some(status) = reply.status() else {
            let error = Error::new(Status::ServerError, "the server's answer says neither yes nor no");
            return Err(Failure { error, reached: Reached::Perhaps });
        };
        let Some(meaning) = codes::of_reply(status) else { return Ok(()) };
        let text = if status.reason.is_empty() { &status.detail } else { &status.reason };
        Err(self.refused(meaning, text))
    }

    fn ended(&self, status: &tonic::Status) -> Failure {
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

/// There was no answer.
fn broke(Broken { sent, mut error }: Broken) -> Failure {
    if error.status == Status::Unavailable {
        error.grpc_code = tonic::Code::Unavailable as i32;
    }
    Failure { error, reached: if sent { Reached::Perhaps } else { Reached::Nothing } }
}
