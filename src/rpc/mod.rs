//! A unary call: connection and session, metadata, deadline, retries, and one [`Error`] for all that fails.

mod attempt;
mod codes;
mod deadline;
mod reply;
mod retry;
mod session;

use std::sync::{Arc, PoisonError, RwLock};

use tonic::{Request, Response};

use crate::config::Config;
use crate::error::{Error, Status};
use crate::proto::MilvusServiceClient;
use crate::server::Server;
use crate::transport::{Channel, Connection};
use attempt::Context;
pub(crate) use deadline::Deadline;
pub(crate) use reply::Reply;
pub(crate) use retry::Effect;
use retry::{Attempts, Failure, Reached};
use session::Session;

/// What is constant over the calls of a client, and its current session.
pub(crate) struct Rpc {
    config: Arc<Config>,
    channel: Channel,
    session: RwLock<Option<Arc<Session>>>,
    /// Held by the one call that opens a session; the others wait for it.
    opening: tokio::sync::Mutex<()>,
}

impl Rpc {
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let config = Arc::new(config);
        let channel = Channel::new(Arc::clone(&config))?;
        Ok(Self { config, channel, session: RwLock::default(), opening: tokio::sync::Mutex::default() })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// What the server is. Connects if need be.
    pub(crate) async fn server(&self, deadline: Deadline<'_>) -> Result<Server, Error> {
        let mut attempts = Attempts::new(self.config.retry);
        loop {
            match self.session(deadline).await {
                Ok(session) => return Ok(session.server.clone()),
                Err(failure) => attempts.again_after(failure, Effect::Read, deadline).await?,
            }
        }
    }

    /// Makes sure that there is a session, trying once.
    pub(crate) async fn reach(&self, deadline: Deadline<'_>) -> Result<(), Error> {
        self.session(deadline).await.map(drop).map_err(|failure| failure.into_error(Effect::Poll))
    }

    /// Sends one request and returns its successful reply. `database` goes into the `dbname` metadata.
    pub(crate) async fn unary<Q, R, F>(
        &self,
        effect: Effect,
        deadline: Deadline<'_>,
        database: &str,
        message: Q,
        send: impl Fn(MilvusServiceClient<Connection>, Request<Q>) -> F,
    ) -> Result<R, Error>
    where
        Q: Clone,
        R: Reply,
        F: Future<Output = Result<Response<R>, tonic::Status>>,
    {
        let call = (effect, deadline, database, message);
        self.unary_to(call, |_| Ok(()), send).await.map(|(reply, _)| reply)
    }

    /// The same, sent only to a server that passes a check, which another connection may not lead to. Also
    /// returns the generation of the connection that carried it.
    pub(crate) async fn unary_to<Q, R, F>(
        &self,
        (effect, deadline, database, message): (Effect, Deadline<'_>, &str, Q),
        check: impl Fn(&Server) -> Result<(), Error>,
        send: impl Fn(MilvusServiceClient<Connection>, Request<Q>) -> F,
    ) -> Result<(R, u64), Error>
    where
        Q: Clone,
        R: Reply,
        F: Future<Output = Result<Response<R>, tonic::Status>>,
    {
        let mut attempts = Attempts::new(self.config.retry);
        loop {
            let result = match self.session(deadline).await {
                Ok(session) => {
                    let Session { connection, server } = &*session;
                    check(server)?;
                    let identifier = server.identifier;
                    let context = Context { database, identifier, ..self.context(deadline) };
                    let reply = context.attempt(connection.clone(), message.clone(), &send).await;
                    reply.map(|reply| (reply, connection.generation()))
                }
                Err(failure) => Err(failure),
            };
            match result {
                Ok(answered) => return Ok(answered),
                Err(failure) => attempts.again_after(failure, effect, deadline).await?,
            }
        }
    }

    /// Lets go of the connection, which closes it once no call uses it.
    pub(crate) async fn disconnect(&self) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.channel.disconnect().await;
    }

    /// The generation of the current connection; 0 if there is none.
    pub(crate) fn generation(&self) -> u64 {
        self.latest().map_or(0, |session| session.connection.generation())
    }

    /// The session of the current connection, opened now if there is none.
    async fn session(&self, deadline: Deadline<'_>) -> Result<Arc<Session>, Failure> {
        match self.latest().filter(|session| session.connection.is_current()) {
            Some(session) => Ok(session),
            // Apart: its future is far larger than a call's, and seldom needed.
            None => Box::pin(self.new_session(deadline)).await,
        }
    }

    async fn new_session(&self, deadline: Deadline<'_>) -> Result<Arc<Session>, Failure> {
        let context = self.context(deadline);
        let connecting = || context.out_of_time("connecting to", Reached::Nothing);
        let connection = deadline.bound(Box::pin(self.channel.connection())).await.ok_or_else(connecting)?;
        let connection = connection.map_err(Failure::to_connect)?;
        if let Some(session) = self.session_of(&connection) {
            return Ok(session);
        }
        let _opening = deadline.bound(self.opening.lock()).await.ok_or_else(connecting)?;
        if let Some(session) = self.session_of(&connection) {
            return Ok(session);
        }
        // Bounded as connecting is: others wait for it, and this caller may have all the time in the world.
        let limit = deadline.within(self.config.connect_timeout);
        let opened = Session::open(&self.config, connection, limit).await;
        // Whatever became of the handshake, the call itself has not been sent.
        let opened = opened.map_err(|failure| {
            if failure.error.status != Status::Timeout || deadline.has_passed() {
                return failure.before_the_call();
            }
            let (address, limit) = (&self.config.address, self.config.connect_timeout.as_millis());
            let text =
                format!("cannot connect to {address}: the handshake was not answered within {limit} ms");
            Failure::to_connect(Error::new(Status::Unavailable, text).retriable().slow())
        })?;
        let opened = Arc::new(opened);
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&opened));
        Ok(opened)
    }

    fn latest(&self) -> Option<Arc<Session>> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn session_of(&self, connection: &Connection) -> Option<Arc<Session>> {
        self.latest().filter(|session| session.connection.generation() == connection.generation())
    }

    fn context<'a>(&'a self, deadline: Deadline<'a>) -> Context<'a> {
        let database = &self.config.database;
        Context { config: &self.config, deadline, database, identifier: 0 }
    }
}
