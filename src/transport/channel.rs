//! The one HTTP/2 connection of a client: made on first use, probed while idle, and made anew when
//! it is gone. Requests of any number of threads share it.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::connect::connect;
use super::connection::Connection;
use super::endpoint::Endpoint;
use super::resolve::Resolver;
use super::topology;
use crate::config::{Address, Config};
use crate::error::Error;
use crate::log::{self, Level};

/// Where connections come from.
pub(crate) struct Channel {
    endpoint: Endpoint,
    state: Mutex<ChannelState>,
}

/// The state of the line to the server.
#[derive(Default)]
struct ChannelState {
    connection: Option<Connection>,
    /// How many connections there have been: two with the same number are the same.
    generation: u64,
    /// Of all hosts that it leads to.
    resolver: Arc<Resolver>,
    /// Where a global cluster's endpoint leads.
    primary: Option<Primary>,
    /// The same, asked for again while calls go on, and when it was told; nothing or one.
    asking: JoinSet<(Instant, Result<Address, Error>)>,
}

struct Primary {
    endpoint: Endpoint,
    told: Instant,
}

impl Channel {
    /// Prepares a channel. Reads certificates if TLS is wanted, but does not connect.
    pub(crate) fn new(config: Arc<Config>) -> Result<Self, Error> {
        Ok(Self { endpoint: Endpoint::new(config)?, state: Mutex::default() })
    }

    /// The connection, made now if there is none. A failure means that nothing was sent.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        // Whoever holds the lock connects; if its caller gives up, the next in line takes over.
        let mut state = self.state.lock().await;
        let has_moved = match state.living_connection() {
            Some(connection) if !state.primary_has_moved(&self.endpoint) => return Ok(connection),
            living => living.is_some(),
        };
        state.connection = None;
        let connection = state.connect(&self.endpoint, has_moved).await.inspect_err(|error| {
            log::tell(Level::Warning, "cannot connect", || format!("reason={:?}", error.message()));
        })?;
        log::tell(Level::Info, "connected", || {
            let Config { address, tls, .. } = connection.config();
            format!("address={address} tls={} connection={}", tls.is_some(), connection.generation())
        });
        state.connection = Some(connection.clone());
        Ok(connection)
    }

    /// Whether there is a connection that keepalive has not given up; not while one is being made.
    pub(crate) fn is_connected(&self) -> bool {
        self.state.try_lock().is_ok_and(|state| state.living_connection().is_some())
    }

    /// Lets go of the connection.
    pub(crate) async fn disconnect(&self) {
        let mut state = self.state.lock().await;
        state.connection = None;
        state.asking = JoinSet::new();
    }
}

impl ChannelState {
    fn living_connection(&self) -> Option<Connection> {
        self.connection.as_ref().filter(|connection| connection.is_alive()).cloned()
    }

    /// Connects, to a global cluster's primary as far as that `is_known`, or else asked for now.
    async fn connect(&mut self, endpoint: &Endpoint, is_known: bool) -> Result<Connection, Error> {
        if endpoint.config.is_global && !is_known {
            self.asking = JoinSet::new(); // what is newer counts
            let address = topology::primary(endpoint, &self.resolver).await?;
            self.lead_to(endpoint, address, Instant::now())?;
        }
        let may_move = self.primary.is_some();
        let endpoint = self.primary.as_ref().map_or(endpoint, |primary| &primary.endpoint);
        let sender = connect(&endpoint.config, endpoint.tls.as_ref(), &self.resolver).await?;
        self.generation += 1;
        Ok(Connection::new(sender, self.generation, endpoint.clone(), may_move))
    }

    /// Says whether another cluster has become primary. Asks for that without waiting for the answer, which a later
    /// call learns: one that cannot be had, or does not come, is no reason to give up a connection that works.
    fn primary_has_moved(&mut self, global: &Endpoint) -> bool {
        let Some(primary) = &mut self.primary else { return false };
        if let Some(Ok((told, answer))) = self.asking.try_join_next() {
            primary.told = told;
            if let Ok(address) = answer {
                return self.lead_to(global, address, told).unwrap_or(false);
            }
        } else if self.asking.is_empty() && primary.told.elapsed() > global.config.primary_lasts {
            let (global, resolver) = (global.clone(), Arc::clone(&self.resolver));
            self.asking.spawn(async move {
                let answer = topology::primary(&global, &resolver).await;
                (Instant::now(), answer)
            });
        }
        false
    }

    /// Takes this for the primary's address; says whether it was another one before.
    fn lead_to(&mut self, global: &Endpoint, address: Address, told: Instant) -> Result<bool, Error> {
        if let Some(primary) = &mut self.primary
            && primary.endpoint.config.address == address
        {
            primary.told = told;
            return Ok(false);
        }
        log::tell(Level::Info, "primary cluster", || format!("address={address}"));
        let endpoint = global.at(address)?;
        self.primary = Some(Primary { endpoint, told });
        Ok(true)
    }
}
