//! The sessions of a client, one after the other. A handshake outlives the call that began it, as an attempt to connect
//! does, and serves the next one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

use super::attempt::{self, Context};
use super::deadline::Deadline;
use super::limit::Limit;
use super::pauses::Pauses;
use super::retry::{Failure, Reached};
use super::session::Session;
use crate::config::Config;
use crate::error::{Error, Status};
use crate::outliving::Outliving;
use crate::stats::Stats;
use crate::transport::{Channel, Connection};

pub(super) struct Sessions {
    channel: Channel,
    known: Arc<Known>,
    opening: Outliving<()>,
}

struct Known {
    config: Arc<Config>,
    /// The headers of all requests.
    headers: HeaderMap,
    latest: RwLock<Option<Arc<Session>>>,
    /// What a wait gives the server for the handshake of a connection.
    handshake: Mutex<Limit>,
    pauses: Pauses,
}

impl Sessions {
    pub(super) fn new(config: Arc<Config>, stats: Arc<Stats>) -> Result<Self, Error> {
        let headers = attempt::headers(&config);
        let handshake = Mutex::new(Limit::of(config.connect_timeout));
        let channel = Channel::new(Arc::clone(&config), stats)?;
        let pauses = Pauses::default();
        let known = Arc::new(Known { config, headers, latest: RwLock::default(), handshake, pauses });
        Ok(Self { channel, known, opening: Outliving::default() })
    }

    /// What a request needs outside of a session.
    pub(super) fn context<'a>(&'a self, deadline: Deadline<'a>) -> Context<'a> {
        self.known.context(deadline)
    }

    pub(super) fn latest(&self) -> Option<Arc<Session>> {
        self.known.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The latest, if its connection can carry requests.
    pub(super) fn current(&self) -> Option<Arc<Session>> {
        self.latest().filter(|session| session.connection.is_current())
    }

    /// Whether there is a connection that keepalive has not declared dead.
    pub(super) fn is_connected(&self) -> bool {
        self.current().is_some() || self.channel.is_connected()
    }

    /// What a wait gives the server for a handshake.
    pub(super) fn handshake(&self) -> Duration {
        self.known.handshake().get()
    }

    /// Opens a session on the current connection, or a new one, unless there is one by now. `handshake` is the limit of
    /// what follows connecting.
    pub(super) async fn open(
        &self,
        deadline: Deadline<'_>,
        handshake: Duration,
    ) -> Result<Arc<Session>, Failure> {
        let wanted = Instant::now();
        let out_of_time = |doing| self.context(deadline).out_of_time(doing, Reached::Nothing);
        let connecting = || out_of_time("connecting to");
        loop {
            let connection = deadline.bound(Box::pin(self.channel.connection())).await;
            let connection = connection.ok_or_else(connecting)?.map_err(Failure::to_connect)?;
            if let Some(session) = self.known.session_of(&connection, wanted) {
                return Ok(session);
            }
            let opening = deadline.bound(self.opening.lock()).await.ok_or_else(connecting)?;
            if let Some(session) = self.known.session_of(&connection, wanted) {
                return Ok(session);
            }
            let known = Arc::clone(&self.known);
            let work = async move {
                let _opening = opening;
                known.open(connection, handshake).await
            };
            let opened = deadline.bound(Box::pin(self.opening.run(work))).await;
            if let Some(opened) = opened.ok_or_else(|| out_of_time("waiting for"))? {
                return opened;
            }
        }
    }

    /// Drops the connection if the token was replaced since it was begun. It closes when no call uses it any more.
    pub(super) async fn leave_outdated(&self) {
        self.channel.leave_outdated().await;
        let outdated = |session: &mut Arc<Session>| session.connection.is_outdated();
        let left = self.known.latest.write().unwrap_or_else(PoisonError::into_inner).take_if(outdated);
        drop(left); // without the lock
    }

    /// Drops the connection, which closes when no call uses it any more.
    pub(super) async fn disconnect(&self) {
        self.opening.give_up();
        *self.known.latest.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.channel.disconnect().await;
    }
}

impl Known {
    fn context<'a>(&'a self, deadline: Deadline<'a>) -> Context<'a> {
        Context {
            config: &self.config,
            deadline,
            database: &self.config.database,
            headers: &self.headers,
            pauses: &self.pauses,
        }
    }

    fn handshake(&self) -> MutexGuard<'_, Limit> {
        self.handshake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of this connection, if it serves a call that began at this moment.
    fn session_of(&self, connection: &Connection, wanted: Instant) -> Option<Arc<Session>> {
        let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner).clone();
        latest.filter(|session| {
            session.connection.generation() == connection.generation() && session.serves(wanted)
        })
    }

    /// Bounded as connecting is: others wait for it.
    async fn open(&self, connection: Connection, limit: Duration) -> Result<Arc<Session>, Failure> {
        let asked = Instant::now();
        let opened = Session::open(&self.context(Deadline::after(Some(limit))), connection).await;
        // Whatever became of the handshake, the call itself has not been sent.
        let opened = opened.map_err(|failure| {
            if failure.error.status != Status::Timeout {
                return failure.before_the_call();
            }
            let address = &self.config.address;
            let text = if failure.error.grpc_code == 0 {
                let mut known = self.handshake();
                if known.get() <= limit {
                    known.ran_out();
                }
                let limit = limit.as_millis();
                format!("cannot connect to {address}: the handshake was not answered within {limit} ms")
            } else {
                // Somebody else's time is over.
                format!("cannot connect to {address}: {}", failure.error.message())
            };
            Failure::to_connect(Error::new(Status::Unavailable, text).retriable().slow())
        })?;
        self.handshake().answered(asked.elapsed());
        let opened = Arc::new(opened);
        let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
        if !opened.connection.is_outdated() {
            *latest = Some(Arc::clone(&opened));
        }
        drop(latest);
        Ok(opened)
    }
}
