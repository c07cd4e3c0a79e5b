//! Attempts one unary call once, and interprets its failure.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};

use http::Request;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use prost::bytes::Bytes;

use super::bounds::Counts;
use super::cause::cause;
use super::codes::{self, Meaning};
use super::deadline::Deadline;
use super::grpc::{self, Ended, Unreadable};
use super::intake::Counting;
use super::methods::{self, Response, Target, Unread};
use super::pauses::Pauses;
use super::retry::{Failure, Reached, RetryClass};
use crate::config::{Config, Credentials};
use crate::error::{Error, Status};
use crate::stats::Outcome;
use crate::text::shortened;
use crate::trace;
use crate::transport::{Arrival, Connection, HttpRequest, HttpResponse, Reset, TransportError};

/// A longer message is decoded on another thread. That takes longer than the switch of threads.
const LONG: usize = 32 * 1024;
/// How much of a server's text a message quotes.
const SERVER_TEXT_LIMIT: usize = 600;

static DATABASE: HeaderName = HeaderName::from_static("dbname");

/// One call, encoded; it may be sent more than once.
pub(super) struct Call<'a> {
    pub(super) class: RetryClass,
    pub(super) deadline: Deadline<'a>,
    pub(super) database: &'a str,
    pub(super) target: &'static Target,
    /// Encodes the message anew for each attempt: most need one.
    pub(super) message: Framed<'a>,
}

/// Encodes a message, with its prefix.
pub(super) type Framed<'a> = &'a (dyn Fn() -> Bytes + Sync);

/// What an attempt needs besides its message.
pub(super) struct Context<'a> {
    pub(super) config: &'a Config,
    pub(super) deadline: Deadline<'a>,
    /// The `dbname` metadata; not sent if empty.
    pub(super) database: &'a str,
    /// The headers of all requests.
    pub(super) headers: &'a HeaderMap,
    /// Before questions whose answers are refused.
    pub(super) pauses: &'a Pauses,
}

/// The headers that are the same in all requests for a configuration, and those of which a request replaces the value:
/// to copy them takes a third of what it takes to insert each.
pub(super) fn headers(config: &Config) -> HeaderMap {
    let mut headers = grpc::headers(config.timeout);
    headers.insert(USER_AGENT, config.user_agent.clone());
    for (name, value) in config.metadata.iter() {
        headers.insert(name, value.clone());
    }
    set_database(&mut headers, &config.database);
    trace::prepare(&mut headers);
    if config.credentials.current().is_some() {
        headers.insert(AUTHORIZATION, HeaderValue::from_static(""));
    }
    headers
}

/// Without this header the server uses its default database.
fn set_database(headers: &mut HeaderMap, name: &str) {
    match HeaderValue::try_from(name).ok().filter(|name| !name.is_empty()) {
        Some(name) => headers.insert(&DATABASE, name),
        None => headers.remove(&DATABASE),
    };
}

impl Context<'_> {
    /// Sends one request over a connection and decodes its successful response.
    pub(super) async fn attempt(
        &self,
        connection: &Connection,
        target: &'static Target,
        message: Framed<'_>,
        reply: &mut dyn Response,
    ) -> Result<(), Failure> {
        if self.deadline.has_passed() {
            // The caller has gone: begin nothing.
            return Err(self.out_of_time("about to ask", Reached::Nothing));
        }
        let method = target.path.path();
        let turn = match self.pauses.before(method) {
            None => None,
            // Boxed: seldom needed.
            Some(pause) => match self.deadline.bound(Box::pin(pause)).await {
                Some(turn) => turn,
                None => return Err(self.out_of_patience()),
            },
        };
        let sent = AtomicBool::new(false);
        // Kept until the response is read, so that no text of it shows them.
        let credentials = self.config.credentials.current();
        let counted = connection.stats().begin(target.kind);
        let make = || {
            let message = message();
            counted.sends(message.len());
            (self.head(connection, target, credentials.as_deref()), message)
        };
        let request = HttpRequest { make: &make, path: method, sent: &sent, begun: counted.begun() };
        let mut intake = Counting::new(target.shape);
        let response = {
            // Pinned here, so that the future is not in there twice.
            let response = pin!(connection.send(&request, &mut intake));
            self.deadline.bound(response).await
        };
        let result = match response {
            None if sent.load(Ordering::Relaxed) => {
                let is_cancelled = self.deadline.cancelled().is_some();
                counted.ended(if is_cancelled { Outcome::Cancelled } else { Outcome::TimedOut });
                Err(self.out_of_time("waiting for", Reached::Perhaps))
            }
            None => Err(self.out_of_time("about to ask", Reached::Nothing)),
            Some(Err(error)) => {
                if sent.load(Ordering::Relaxed) {
                    counted.ended(Outcome::Lost);
                }
                Err(no_response(error))
            }
            Some(Ok(answer)) => {
                let bytes = answer.body.len();
                self.pauses.answered(method, turn, intake.has_refused());
                let result = self.read(answer, intake, reply).await;
                match &result {
                    Ok(()) => counted.answered(Outcome::Ok, bytes),
                    // The server was only quicker to report it.
                    Err(failure) if failure.error.status == Status::Timeout => {
                        counted.ended(Outcome::TimedOut);
                    }
                    Err(_) => counted.answered(Outcome::Refused, bytes),
                }
                result
            }
        };
        result.map_err(|failure| match connection.refused_pings() {
            Some(interval) => failure.of_pings(interval),
            None => failure,
        })
    }

    fn head(
        &self,
        connection: &Connection,
        target: &Target,
        credentials: Option<&Credentials>,
    ) -> Request<()> {
        let mut headers = self.headers.clone();
        grpc::set_timeout(&mut headers, self.deadline.remaining(), self.config.timeout);
        trace::identify(&mut headers, connection.is_unused());
        if self.database != self.config.database {
            set_database(&mut headers, self.database);
        }
        match credentials {
            Some(credentials) => headers.insert(AUTHORIZATION, credentials.authorization().clone()),
            None => headers.remove(AUTHORIZATION),
        };
        grpc::head(connection.origin(), &target.path, headers)
    }

    /// Checks the gRPC status, decodes the message, and checks the Milvus status inside.
    async fn read(
        &self,
        answer: HttpResponse,
        intake: Counting,
        reply: &mut dyn Response,
    ) -> Result<(), Failure> {
        let message = intake.ended().and_then(|counts| Ok((grpc::message_of(answer)?, counts)));
        let (message, counts) = message.map_err(|ended| match ended {
            Ended::Status(status) => self.ended(&status),
            Ended::Unreadable(Unreadable(code, why)) => self.unreadable(code, &why),
            Ended::NotGrpc(not) => not.failure(|text| self.config.without_secrets(text)),
        })?;
        if message.len() < LONG {
            reply.read(&message, &counts).map_err(|unread| self.unread(unread))?;
        } else {
            // Boxed: this future is large, and seldom needed.
            Box::pin(self.read_aside(message, counts, reply)).await?;
        }
        let Some(status) = reply.status() else {
            let error = Error::new(Status::ServerError, "the server's answer says neither yes nor no");
            return Err(Failure { error, reached: Reached::Perhaps });
        };
        let Some(meaning) = codes::of_reply(status) else { return Ok(()) };
        if meaning.status == Status::ServerError
            && meaning.reached == Reached::Perhaps
            && self.deadline.has_passed()
        {
            // The server gave up because of the deadline. Servers word that differently.
            return Err(self.out_of_time("waiting for", Reached::Perhaps));
        }
        Err(self.refused(meaning, codes::said(status)))
    }

    fn ended(&self, status: &tonic::Status) -> Failure {
        if self.deadline.has_passed() {
            // The server knows the deadline too, and was only quicker to report it. Servers word that differently.
            return self.out_of_time("waiting for", Reached::Perhaps);
        }
        let meaning = codes::of_grpc(status);
        let mut failure = self.refused(meaning, cause(status.message()));
        if meaning.status == Status::Timeout {
            // Whoever says so has waited for as long as it does.
            let text =
                format!("the server, or something in front of it, gave up; {}", failure.error.message());
            failure.error = failure.error.saying(&text).retriable().slow();
        }
        failure.error.grpc_code = status.code() as i32;
        failure
    }

    async fn read_aside(
        &self,
        message: Bytes,
        counts: Counts,
        reply: &mut dyn Response,
    ) -> Result<(), Failure> {
        match self.deadline.bound(methods::read_aside(reply, message, counts)).await {
            None => Err(self.out_of_time("reading an answer of", Reached::Perhaps)),
            Some(Err(error)) => Err(Failure { error, reached: Reached::Perhaps }),
            Some(Ok(result)) => result.map_err(|unread| self.unread(unread)),
        }
    }

    fn unread(&self, unread: Unread) -> Failure {
        match unread {
            Unread::Malformed(error) => self.unreadable(tonic::Code::Internal, &error.to_string()),
            Unread::NoMemory => {
                let text = format!("there is no memory for an answer of {}", self.config.address);
                Failure { error: Error::new(Status::OutOfMemory, text), reached: Reached::Perhaps }
            }
        }
    }

    fn unreadable(&self, code: tonic::Code, why: &str) -> Failure {
        let text = format!("cannot read an answer of {}: {why}", self.config.address);
        let mut error = Error::new(Status::ServerError, text);
        error.grpc_code = code as i32;
        Failure { error, reached: Reached::Perhaps }
    }

    fn refused(&self, meaning: Meaning, text: &str) -> Failure {
        let text = self.config.without_secrets(text);
        let text = shortened(text.trim(), SERVER_TEXT_LIMIT);
        let text = match text.as_str() {
            "" => "the server gave no reason".to_owned(),
            text if meaning.is_denial() => {
                format!("denied until the server's limit or quota is changed: {text}")
            }
            text => format!("server says: {text}"),
        };
        let mut error = Error::new(meaning.status, text);
        error.retriable = meaning.retriable;
        error.server_code = meaning.server_code;
        Failure { error, reached: meaning.reached }
    }

    /// The failure of a question that was not asked, since the answer to the latest one like it was refused.
    fn out_of_patience(&self) -> Failure {
        let failure = self.out_of_time("about to ask", Reached::Nothing);
        let text = format!("{}, whose latest answer to that could not be read", failure.error.message());
        let mut error = failure.error.saying(&text);
        error.retriable = false; // it would get the same answer, later
        Failure { error, ..failure }
    }

    /// The failure of an attempt that the deadline ended.
    pub(super) fn out_of_time(&self, doing: &str, reached: Reached) -> Failure {
        let error = self.deadline.ended(|how| format!("{how} while {doing} {}", self.config.destination()));
        Failure { error: error.slow(), reached }
    }
}

/// The failure of an attempt without a response.
fn no_response(TransportError { arrival, mut error, reset }: TransportError) -> Failure {
    if error.status == Status::Unavailable {
        let code = match reset {
            Some(Reset::ByServer(code)) => grpc::code_of_reset(code),
            Some(Reset::Here) | None => tonic::Code::Unavailable,
        };
        error.grpc_code = code as i32;
    }
    let reached = match arrival {
        Arrival::Possible => Reached::Perhaps,
        Arrival::Excluded => Reached::Nothing,
        Arrival::TooLate => Reached::ClosingConnection,
    };
    Failure { error, reached }
}

#[cfg(test)]
mod tests;
