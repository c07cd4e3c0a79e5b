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
    line: Mutex<Line>,
}

/// The state of the line to the server.
#[derive(Default)]
struct Line {
    connection: Option<Connection>,
    /// How many connections there have been: two with the same number are the same.
    generation: u64,
    resolver: Resolver,
    /// Where a global cluster's endpoint leads.
    primary: Option<Primary>,
    /// The same, asked for again while calls go on; nothing or one.
    asking: JoinSet<Result<Address, Error>>,
}

struct Primary {
    endpoint: Endpoint,
    resolver: Resolver,
    asked: Instant,
}

impl Channel {
    /// Prepares a channel. Reads certificates if TLS is wanted, but does not connect.
    pub(crate) fn new(config: Arc<Config>) -> Result<Self, Error> {
        Ok(Self { endpoint: Endpoint::new(config)?, line: Mutex::default() })
    }

    /// The connection, made now if there is none. A failure means that nothing was sent.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        // Whoever holds the lock connects; if its caller gives up, the next in line takes over.
        let mut line = self.line.lock().await;
        if let Some(connection) = line.living_connection()
            && !line.primary_has_moved(&self.endpoint)
        {
            return Ok(connection);
        }
        line.connection = None;
        let connection = line.connect(&self.endpoint).await.inspect_err(|error| {
            log::tell(Level::Warning, "cannot connect", || format!("reason={:?}", error.message()));
        })?;
        log::tell(Level::Info, "connected", || {
            let Config { address, tls, .. } = connection.config();
            format!("address={address} tls={} connection={}", tls.is_some(), connection.generation())
        });
        line.connection = Some(connection.clone());
        Ok(connection)
    }

    /// Lets go of the connection.
    pub(crate) async fn disconnect(&self) {
        let mut line = self.line.lock().await;
        line.connection = None;
        line.asking = JoinSet::new();
    }
}

impl Line {
    fn living_connection(&self) -> Option<Connection> {
        self.connection.as_ref().filter(|connection| connection.is_alive()).cloned()
    }

    async fn connect(&mut self, endpoint: &Endpoint) -> Result<Connection, Error> {
        if endpoint.config.is_global {
            self.find_primary(endpoint).await?;
        }
        let may_move = self.primary.is_some();
        let (endpoint, resolver) = match &mut self.primary {
            Some(primary) => (&primary.endpoint, &mut primary.resolver),
            None => (endpoint, &mut self.resolver),
        };
        let sender = connect(&endpoint.config, endpoint.tls.as_ref(), resolver).await?;
        self.generation += 1;
        let (generation, endpoint) = (self.generation, endpoint.clone());
        Ok(Connection::new(sender, generation, endpoint, may_move))
    }

    async fn find_primary(&mut self, global: &Endpoint) -> Result<(), Error> {
        self.asking = JoinSet::new(); // what is newer counts
        let address = topology::primary(global, &mut self.resolver).await?;
        self.lead_to(global, address).map(drop)
    }

    /// Says whether another cluster has become primary. Asks for that without waiting for the answer, which a later
    /// call learns: one that cannot be had, or does not come, is no reason to give up a connection that works.
    fn primary_has_moved(&mut self, global: &Endpoint) -> bool {
        let Some(primary) = &mut self.primary else { return false };
        if let Some(asked) = self.asking.try_join_next() {
            primary.asked = Instant::now();
            if let Ok(Ok(address)) = asked {
                return self.lead_to(global, address).unwrap_or(false);
            }
        } else if self.asking.is_empty() && primary.asked.elapsed() > global.config.primary_lasts {
            let global = global.clone();
            self.asking.spawn(async move { topology::primary(&global, &mut Resolver::default()).await });
        }
        false
    }

    /// Takes this for the primary's address; says whether it was another one before.
    fn lead_to(&mut self, global: &Endpoint, address: Address) -> Result<bool, Error> {
        if let Some(primary) = &mut self.primary
            && primary.endpoint.config.address == address
        {
            primary.asked = Instant::now();
            return Ok(false);
        }
        log::tell(Level::Info, "primary cluster", || format!("address={address}"));
        let endpoint = global.at(address)?;
        self.primary = Some(Primary { endpoint, resolver: Resolver::default(), asked: Instant::now() });
        Ok(true)
    }
}
