//! The channel of a client: one HTTP/2 connection, made on first use, probed while idle, and replaced when it is lost.
//! The requests of any number of threads share it. An attempt to connect outlives the call that began it, and serves the
//! next one.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::connect::connect;
use super::connection::Connection;
use super::endpoint::Endpoint;
use super::resolve::Resolver;
use super::topology;
use crate::config::{Address, Config};
use crate::error::Error;
use crate::log::{self, ConnectionState, Level};
use crate::outliving::Outliving;
use crate::runtime;
use crate::stats::Stats;

/// Makes the connections of a client.
pub(crate) struct Channel {
    endpoint: Endpoint,
    stats: Arc<Stats>,
    state: Outliving<ChannelState>,
}

/// The current connection of a channel, and how to make the next one.
#[derive(Default)]
struct ChannelState {
    connection: Option<Connection>,
    /// The number of connections made so far, which identifies the current one.
    generation: u64,
    /// Resolves every host that the channel connects to.
    resolver: Arc<Resolver>,
    /// Resolves the host that tells the primary cluster, and remembers which of its addresses worked.
    topology_resolver: Arc<Resolver>,
    /// The primary cluster of a global cluster.
    primary: Option<Primary>,
    /// A refresh of the primary in the background, with the time of its response; at most one task.
    refresh: JoinSet<(Instant, Result<Address, Error>)>,
}

struct Primary {
    endpoint: Endpoint,
    as_of: Instant,
}

impl Channel {
    /// Prepares a channel. Reads certificates if TLS is wanted, but does not connect.
    pub(crate) fn new(config: Arc<Config>, stats: Arc<Stats>) -> Result<Self, Error> {
        Ok(Self { endpoint: Endpoint::new(config)?, stats, state: Outliving::default() })
    }

    /// Returns the connection, and makes one if there is none. A failure means that nothing was sent.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        loop {
            // The caller that holds the lock connects.
            let mut state = self.state.lock().await;
            let is_left = match state.living_connection() {
                Some(connection) if !connection.is_outdated() && !state.primary_has_moved(&self.endpoint) => {
                    return Ok(connection);
                }
                living => living.is_some(),
            };
            let (endpoint, counts) = (self.endpoint.clone(), Arc::clone(&self.stats));
            let connecting = async move { state.renew(&endpoint, &counts, is_left).await };
            if let Some(connected) = self.state.run(connecting).await {
                return connected;
            }
        }
    }

    /// Whether there is a connection that keepalive has not declared dead; not while one is being made.
    pub(crate) fn is_connected(&self) -> bool {
        self.state.look(|state| state.living_connection().is_some()).unwrap_or(false)
    }

    /// Drops the connection if the token was replaced since it was begun.
    pub(crate) async fn leave_outdated(&self) {
        self.state.lock().await.connection.take_if(|connection| connection.is_outdated());
    }

    /// Drops the connection.
    pub(crate) async fn disconnect(&self) {
        self.state.give_up();
        let mut state = self.state.lock().await;
        state.connection = None;
        state.refresh = JoinSet::new();
    }
}

impl ChannelState {
    fn living_connection(&self) -> Option<Connection> {
        self.connection.as_ref().filter(|connection| connection.is_alive()).cloned()
    }

    /// Connects in place of a connection that has ended or, if it `is_left`, leads elsewhere or carried another token.
    async fn renew(
        &mut self,
        endpoint: &Endpoint,
        stats: &Arc<Stats>,
        is_left: bool,
    ) -> Result<Connection, Error> {
        if let Some(ended) = self.connection.take().filter(|_| !is_left) {
            ended.report_loss();
        }
        log::tell_connection(ConnectionState::Connecting, self.address(endpoint), "");
        let connection = self.connect(endpoint, stats, is_left).await;
        // A proxy can repeat its password.
        let connection = connection.map_err(|error| endpoint.config.hiding_secrets(error));
        let connection = connection.inspect_err(|error| {
            stats.failed_to_connect();
            log::tell(Level::Warning, "cannot connect", || format!("reason={:?}", error.message()));
            log::tell_connection(ConnectionState::Failed, self.address(endpoint), error.message());
        })?;
        stats.connected();
        runtime::spawn_beside(Box::pin(connection.watch_end()));
        log::tell_connection(ConnectionState::Ready, &connection.config().address, "");
        log::tell(Level::Info, "connected", || {
            let config = connection.config();
            let Config { address, tls, .. } = config;
            let proxy = config.proxy().map_or_else(String::new, |proxy| format!(" proxy={proxy}"));
            format!("address={address} tls={} connection={}{proxy}", tls.is_some(), connection.generation())
        });
        self.connection = Some(connection.clone());
        Ok(connection)
    }

    /// Where the next connection leads, as far as that is known.
    fn address<'a>(&'a self, endpoint: &'a Endpoint) -> &'a Address {
        &self.primary.as_ref().map_or(endpoint, |primary| &primary.endpoint).config.address
    }

    /// Connects. For a global cluster it connects to the primary, which it looks up unless that `is_known`.
    async fn connect(
        &mut self,
        endpoint: &Endpoint,
        stats: &Arc<Stats>,
        is_known: bool,
    ) -> Result<Connection, Error> {
        if endpoint.config.is_global && !is_known {
            self.refresh = JoinSet::new(); // the look-up below is newer
            let address = topology::primary(endpoint, &self.topology_resolver).await?;
            self.set_primary(endpoint, address, Instant::now())?;
        }
        let may_move = self.primary.is_some();
        let endpoint = self.primary.as_ref().map_or(endpoint, |primary| &primary.endpoint);
        let credentials = endpoint.config.credentials.generation();
        let sender = connect(endpoint, &self.resolver).await?;
        self.generation += 1;
        let generations = (self.generation, credentials);
        Ok(Connection::new(sender, generations, endpoint.clone(), may_move, Arc::clone(stats)))
    }

    /// Whether another cluster has become primary. It starts a refresh in the background, whose result a later call
    /// reads: a failed or missing refresh is no reason to give up a working connection.
    fn primary_has_moved(&mut self, global: &Endpoint) -> bool {
        let Some(primary) = &mut self.primary else { return false };
        if let Some(Ok((as_of, answer))) = self.refresh.try_join_next() {
            primary.as_of = as_of;
            if let Ok(address) = answer {
                return self.set_primary(global, address, as_of).unwrap_or(false);
            }
        } else if self.refresh.is_empty() && primary.as_of.elapsed() > global.config.primary_lasts {
            let (global, resolver) = (global.clone(), Arc::clone(&self.topology_resolver));
            self.refresh.spawn(async move {
                let answer = topology::primary(&global, &resolver).await;
                (Instant::now(), answer)
            });
        }
        false
    }

    /// Records the address of the primary. Returns whether it has changed.
    fn set_primary(&mut self, global: &Endpoint, address: Address, as_of: Instant) -> Result<bool, Error> {
        if let Some(primary) = &mut self.primary
            && primary.endpoint.config.address == address
        {
            primary.as_of = as_of;
            return Ok(false);
        }
        log::tell(Level::Info, "primary cluster", || format!("address={address}"));
        let endpoint = global.at(address)?;
        self.primary = Some(Primary { endpoint, as_of });
        Ok(true)
    }
}
