//! From a host's name to its addresses. The operating system's resolver blocks, for long when a name server is
//! gone, and cannot be stopped: a channel has at most one look-up under way, however often its calls give up.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// An answer that nobody waited for is not used later than this.
const FRESH: Duration = Duration::from_secs(30);

struct Found {
    at: Instant,
    addresses: io::Result<Vec<SocketAddr>>,
}

/// The look-ups of one channel.
#[derive(Default)]
pub(super) struct Resolver {
    under_way: Option<JoinHandle<Found>>,
}

impl Resolver {
    /// The addresses of a host. Cancelled, it leaves its look-up to the next caller.
    pub(super) async fn resolve(&mut self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(literal) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(literal, port)]);
        }
        loop {
            let look_up = self.under_way.get_or_insert_with(|| {
                let host = host.to_owned();
                tokio::task::spawn_blocking(move || {
                    let addresses = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
                    Found { at: Instant::now(), addresses }
                })
            });
            let found = look_up.await;
            self.under_way = None;
            match found {
                Ok(found) if found.at.elapsed() > FRESH => {}
                Ok(found) => return found.addresses,
                Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}
