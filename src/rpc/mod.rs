//! Makes unary calls: connection and session, metadata, deadline, retries, and one [`Error`] for every failure.

mod attempt;
mod bounds;
mod cause;
mod codes;
mod deadline;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod grpc;
mod intake;
mod limit;
mod methods;
mod not_grpc;
mod pauses;
mod retry;
mod session;
mod sessions;
mod token_file;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Config;
use crate::error::{Error, Status};
use crate::inline_executor;
use crate::server::Server;
use crate::stats::Stats;
use attempt::{Call, Context};
pub(crate) use bounds::MOST_NAMES;
pub(crate) use deadline::Deadline;
pub(crate) use limit::Limit;
use methods::{Method, Response};
pub(crate) use retry::RetryClass;
use retry::{Attempts, Failure, Reached};
use session::Session;
use sessions::Sessions;
use token_file::TokenFile;

/// How long a server that could not be reached counts as out of reach. Of many jobs that poll, only one then connects.
const OUT_OF_REACH: Duration = Duration::from_millis(50);
/// What a wait takes to reach the server beyond the limits of its parts.
const LEEWAY: Duration = Duration::from_secs(5);

/// Checks that a server can do what a call asks.
pub(crate) type Check<'a> = &'a (dyn Fn(&Server) -> Result<(), Error> + Sync);

/// Makes the calls of one client, for the collections of one database.
pub(crate) struct Rpc {
    line: Arc<Line>,
    database: String,
}

impl Rpc {
    /// The calls for the database of the configuration.
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let database = config.database.clone();
        Ok(Self { line: Arc::new(Line::new(config)?), database })
    }

    /// The same connection, for another database.
    pub(crate) fn on(&self, database: String) -> Self {
        Self { line: Arc::clone(&self.line), database }
    }

    /// The database whose collections are meant; empty means the server's default.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }
}

impl Deref for Rpc {
    type Target = Line;

    fn deref(&self) -> &Line {
        &self.line
    }
}

/// What all databases share: the client's configuration, channel and current session.
pub(crate) struct Line {
    config: Arc<Config>,
    /// The file that the token is read from, if it is.
    token_file: Option<TokenFile>,
    stats: Arc<Stats>,
    sessions: Sessions,
    /// When and how [`Line::reach`] failed last. The call that connects holds the lock.
    out_of_reach: tokio::sync::Mutex<Option<(Instant, Error)>>,
}

impl Line {
    fn new(config: Config) -> Result<Self, Error> {
        let config = Arc::new(config);
        let stats = Arc::<Stats>::default();
        let token_file = TokenFile::open(&config)?;
        let sessions = Sessions::new(Arc::clone(&config), Arc::clone(&stats))?;
        let out_of_reach = tokio::sync::Mutex::default();
        Ok(Self { config, token_file, stats, sessions, out_of_reach })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Returns what the server says of itself. Connects if there is no connection.
    pub(crate) async fn server(&self, deadline: Deadline<'_>) -> Result<Server, Error> {
        let mut attempts = Attempts::new(self.config.retry, &self.stats);
        loop {
            match self.session(deadline).await {
                Ok(session) => return Ok(session.server.clone()),
                Err(failure) => attempts.again_after(failure, RetryClass::Read, deadline).await?,
            }
        }
    }

    /// Opens a session if there is none. One attempt serves all callers that want one at the time. For waits: the
    /// handshake has as long as the server was seen to need.
    pub(crate) async fn reach(&self, deadline: Deadline<'_>) -> Result<(), Error> {
        if self.sessions.current().is_some() {
            return Ok(());
        }
        let handshake = self.sessions.handshake();
        let deadline = deadline.within(self.config.connect_timeout + handshake + LEEWAY);
        let context = self.sessions.context(deadline);
        let trying = deadline.bound(self.out_of_reach.lock()).await;
        let mut latest =
            trying.ok_or_else(|| context.out_of_time("connecting to", Reached::Nothing).error)?;
        if let Some((_, error)) = latest.as_ref().filter(|(at, _)| at.elapsed() < OUT_OF_REACH) {
            return Err(error.clone());
        }
        let reached = self.session_within(deadline, handshake).await;
        let reached = reached.map(drop).map_err(|failure| failure.into_error(RetryClass::Poll));
        // Remembers neither an attempt that the caller's own deadline cut short, nor a refusal.
        let failed = reached.as_ref().err().filter(|error| error.retriable && !deadline.has_passed());
        *latest = failed.map(|error| (Instant::now(), error.clone()));
        reached
    }

    /// Whether there is a connection that keepalive has not declared dead.
    pub(crate) fn is_connected(&self) -> bool {
        self.sessions.is_connected()
    }

    /// Sends one request and returns its successful response. `database` goes into the `dbname` metadata.
    pub(crate) async fn unary<M: Method>(
        &self,
        class: RetryClass,
        deadline: Deadline<'_>,
        database: &str,
        message: M,
    ) -> Result<M::Response, Error> {
        let call = (class, deadline, database, message);
        self.unary_to(call, &|_| Ok(())).await.map(|(reply, _)| reply)
    }

    /// The same, but sends only to a server that passes the check: a new connection may lead to another server. Also
    /// returns the generation of the connection that carried the call.
    pub(crate) async fn unary_to<M: Method>(
        &self,
        (class, deadline, database, message): (RetryClass, Deadline<'_>, &str, M),
        check: Check<'_>,
    ) -> Result<(M::Response, u64), Error> {
        let mut reply = M::Response::default();
        let framed = || grpc::framed(&message);
        let call = Call { class, deadline, database, target: M::target(), message: &framed };
        let generation = self.call(call, check, &mut reply).await?;
        Ok((reply, generation))
    }

    /// Independent of the types of request and response, so that all methods share one instance of this code.
    async fn call(&self, call: Call<'_>, check: Check<'_>, reply: &mut dyn Response) -> Result<u64, Error> {
        let Call { class, deadline: whole, database, .. } = call;
        let mut attempts = Attempts::new(self.config.retry, &self.stats);
        let mut is_repeated = false;
        let mut is_reauthenticated = false;
        loop {
            // An attempt with more time than that would never find out that the server only answers pings.
            let longest = self.config.longest_silence;
            let deadline = if whole.is_shorter_than(longest) { whole } else { whole.within(longest) };
            let result = match self.session(deadline).await {
                Ok(session) => {
                    check(&session.server)?;
                    let context =
                        Context { database, headers: &session.headers, ..self.sessions.context(deadline) };
                    let sent = self.config.credentials.generation();
                    let answered = session.attempt(&context, &call, is_repeated, reply).await;
                    if is_unauthenticated(&answered) && !is_reauthenticated {
                        is_reauthenticated = self.has_newer_token(sent, deadline).await;
                        if is_reauthenticated {
                            is_repeated = true;
                            continue;
                        }
                    }
                    answered.map(|()| session.connection.generation()).map_err(|f| self.explained(f))
                }
                Err(failure) => Err(failure),
            };
            match result {
                Ok(generation) => return Ok(generation),
                Err(failure) => {
                    // The attempt ran out of its time, and the call did not.
                    let is_silent = deadline.has_passed() && !whole.has_passed();
                    attempts.again_after(failure, class, whole).await.map_err(|error| {
                        match error.status {
                            Status::Timeout if is_silent => error.found_unavailable(),
                            _ => error,
                        }
                    })?;
                }
            }
            is_repeated = true;
        }
    }

    /// Drops the connection, which closes when no call uses it any more.
    pub(crate) async fn disconnect(&self) {
        self.sessions.disconnect().await;
    }

    /// Drops the connection if the token was replaced since it was begun. It closes when no call uses it any more.
    pub(crate) async fn leave_outdated(&self) {
        self.sessions.leave_outdated().await;
    }

    /// How often the server looks at its plans, as far as the client knows the server.
    pub(crate) fn round(&self) -> Duration {
        self.sessions.latest().map_or_else(|| Server::default().round(), |session| session.server.round())
    }

    /// Whether a restarted server still has its jobs, as far as the client knows the server.
    pub(crate) fn keeps_jobs(&self) -> bool {
        self.sessions.latest().is_some_and(|session| session.server.keeps_jobs())
    }

    /// The generation of the current connection; 0 if there is none.
    pub(crate) fn generation(&self) -> u64 {
        self.sessions.latest().map_or(0, |session| session.connection.generation())
    }

    /// The session of the current connection, opened now if there is none.
    fn session<'a>(
        &'a self,
        deadline: Deadline<'a>,
    ) -> impl Future<Output = Result<Arc<Session>, Failure>> + 'a {
        self.session_within(deadline, self.config.connect_timeout)
    }

    /// The same, with this limit for the handshake.
    async fn session_within(
        &self,
        deadline: Deadline<'_>,
        handshake: Duration,
    ) -> Result<Arc<Session>, Failure> {
        if let Some(file) = &self.token_file {
            file.keep_current(deadline).await;
        }
        if let Some(session) = self.sessions.current().filter(|session| session.is_version_final) {
            return Ok(session);
        }
        if self.sessions.latest().is_some_and(|session| session.connection.is_outdated()) {
            deadline.bound(Box::pin(self.leave_outdated())).await;
        }
        inline_executor::leave_callers_thread().await;
        // Boxed: this future is far larger than a call's, and seldom needed.
        Box::pin(async {
            let sent = self.config.credentials.generation();
            let mut opened = self.sessions.open(deadline, handshake).await;
            if is_unauthenticated(&opened) && self.has_newer_token(sent, deadline).await {
                opened = self.sessions.open(deadline, handshake).await;
            }
            opened.map_err(|failure| self.explained(failure))
        })
        .await
    }

    /// Whether there is another token now than when a request was sent that the server did not authenticate. Looks at
    /// the token file for that.
    async fn has_newer_token(&self, sent: u64, deadline: Deadline<'_>) -> bool {
        if let Some(file) = &self.token_file {
            Box::pin(file.reread(deadline)).await;
        }
        self.config.credentials.generation() != sent
    }

    /// The failure with the reason why a newer token is not in use, if there is one.
    fn explained(&self, mut failure: Failure) -> Failure {
        let obstacle = self.config.credentials.obstacle();
        if let Some(obstacle) = obstacle.filter(|_| failure.error.status == Status::Unauthenticated) {
            failure.error = failure.error.clone().saying(&format!("{}; {obstacle}", failure.error.message()));
        }
        failure
    }
}

fn is_unauthenticated<T>(result: &Result<T, Failure>) -> bool {
    result.as_ref().is_err_and(|failure| failure.error.status == Status::Unauthenticated)
}
