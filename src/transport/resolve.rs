//! From a host's name to its addresses. The operating system's resolver blocks, for long when a name server is
//! gone, and cannot be stopped: a channel has at most one look-up under way, however often its calls give up.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use tokio::task::JoinHandle;

/// The look-ups of one channel.
#[derive(Default)]
pub(super) struct Resolver {
    under_way: Option<JoinHandle<io::Result<Vec<SocketAddr>>>>,
}

impl Resolver {
    /// The addresses of a host. Cancelled, it leaves its look-up to the next caller.
    pub(super) async fn resolve(&mut self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(literal) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(literal, port)]);
        }
        let look_up = self.under_way.get_or_insert_with(|| {
            let host = host.to_owned();
            tokio::task::spawn_blocking(move || Ok((host.as_str(), port).to_socket_addrs()?.collect()))
        });
        let found = look_up.await;
        self.under_way = None;
        found.unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}
