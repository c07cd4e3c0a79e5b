//! Resolves a host name to its addresses. The operating system's resolver blocks, for long if a name server is down,
//! and cannot be cancelled. A channel therefore has at most one look-up in progress, however often its calls give up,
//! and all channels together have at most one for each resolver thread. A look-up that waits for its turn is dropped
//! if its caller gives up.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::dial::Memory;
use crate::{process, runtime};

/// How long a result that no caller waited for stays usable.
const FRESH: Duration = Duration::from_secs(30);
/// One permit for each resolver thread of the runtime, so that no look-up ever waits in the runtime's queue, where
/// nobody could cancel it.
static TURNS: Semaphore = Semaphore::const_new(runtime::RESOLVERS);

#[derive(Debug)]
struct Found {
    at: Instant,
    addresses: io::Result<Vec<SocketAddr>>,
}

/// Asks the operating system; blocks meanwhile.
pub(super) type LookUp = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// The look-ups of one channel.
pub(super) struct Resolver {
    look_up: LookUp,
    turns: &'static Semaphore,
    /// [`FRESH`], except in tests.
    fresh: Duration,
    under_way: Mutex<Option<UnderWay>>,
    is_looking: AtomicBool,
    memory: Memory,
}

struct UnderWay {
    host: String,
    port: u16,
    answer: JoinHandle<Found>,
}

impl Default for Resolver {
    fn default() -> Self {
        Self::by(by_the_system, &TURNS)
    }
}

fn by_the_system(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    // If no descriptor is left, the system's resolver reports that it does not know the name.
    (host, port)
        .to_socket_addrs()
        .map(Iterator::collect)
        .map_err(|error| process::exhaustion().unwrap_or_else(|| unknown(host, error)))
}

/// The system says of an address whose zone it does not know that it does not know a name.
fn unknown(host: &str, error: io::Error) -> io::Error {
    match host.split_once('%') {
        Some((_, zone)) => {
            let text = format!("this machine has no network interface \"{zone}\"");
            io::Error::new(io::ErrorKind::NotFound, text)
        }
        None => error,
    }
}

impl Resolver {
    pub(super) fn by(look_up: LookUp, turns: &'static Semaphore) -> Self {
        let (under_way, is_looking) = (Mutex::default(), AtomicBool::new(false));
        Self { look_up, turns, fresh: FRESH, under_way, is_looking, memory: Memory::default() }
    }

    /// Returns the addresses of a host. A caller that is cancelled leaves its look-up to the next caller.
    pub(super) async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(literal) = host.parse::<IpAddr>() {
            self.is_looking.store(false, Ordering::Relaxed);
            return Ok(vec![SocketAddr::new(literal, port)]);
        }
        self.is_looking.store(true, Ordering::Relaxed);
        let addresses = self.look_up(host, port).await;
        self.is_looking.store(false, Ordering::Relaxed);
        addresses
    }

    async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let mut place = self.under_way.lock().await;
        loop {
            let under_way = match &mut *place {
                Some(under_way) => under_way,
                none => none.insert(self.begin(host, port).await?),
            };
            let found = (&mut under_way.answer).await;
            let is_of_this_host = under_way.host == host && under_way.port == port;
            *place = None;
            match found {
                Ok(found) if !is_of_this_host || found.at.elapsed() > self.fresh => {}
                Ok(found) => return found.addresses,
                Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }

    /// What was found out about the addresses by trying them.
    pub(super) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Whether the latest look-up was given up before it ended or began.
    pub(super) fn was_given_up(&self) -> bool {
        self.is_looking.load(Ordering::Relaxed)
    }

    async fn begin(&self, host: &str, port: u16) -> io::Result<UnderWay> {
        let turn = self.turns.acquire().await.map_err(io::Error::other)?;
        let (host, look_up) = (host.to_owned(), self.look_up);
        let named = host.clone();
        let answer = on_a_thread(turn, move || {
            let addresses = look_up(&named, port);
            Found { at: Instant::now(), addresses }
        });
        Ok(UnderWay { host, port, answer: answer? })
    }
}

/// Begins a look-up. If the system refuses a thread for it, tokio panics and keeps the work for its next thread; the
/// permit is released then, and if no thread comes, nothing is looked up.
fn on_a_thread(
    turn: SemaphorePermit<'static>,
    look_up: impl FnOnce() -> Found + Send + 'static,
) -> io::Result<JoinHandle<Found>> {
    let turn = Arc::new(std::sync::Mutex::new(Some(turn)));
    let take =
        |turn: &std::sync::Mutex<Option<_>>| turn.lock().unwrap_or_else(PoisonError::into_inner).take();
    let there = Arc::clone(&turn);
    let work = move || {
        let turn = take(&there);
        if turn.is_some() { look_up() } else { Found { at: Instant::now(), addresses: Err(no_thread()) } }
    };
    let begun = catch_unwind(AssertUnwindSafe(|| tokio::task::spawn_blocking(work)));
    begun.map_err(|_| {
        drop(take(&turn));
        no_thread()
    })
}

fn no_thread() -> io::Error {
    io::Error::new(io::ErrorKind::OutOfMemory, "there is no thread to look the host's name up on")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::error::Status;
    use crate::panics;

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test);
    }

    #[test]
    fn the_zone_of_an_address_is_looked_up_and_named_if_this_machine_has_none() {
        let found = by_the_system("fe80::1%1", 7).unwrap();
        assert!(matches!(found[0], SocketAddr::V6(address) if address.scope_id() == 1), "{found:?}");
        let error = by_the_system("fe80::1%nosuch0", 7).unwrap_err();
        assert_eq!(error.to_string(), "this machine has no network interface \"nosuch0\"");
    }

    #[test]
    fn a_panic_in_a_look_up_is_one_of_the_call_and_the_next_call_looks_again() {
        static TURNS: Semaphore = Semaphore::const_new(2);
        static LOOKED: AtomicUsize = AtomicUsize::new(0);
        run(async {
            let resolver = Resolver::by(
                |_, port| {
                    assert!(LOOKED.fetch_add(1, Ordering::Relaxed) > 0, "in a look-up");
                    Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
                },
                &TURNS,
            );
            let guarded_before = panics::guard_this_thread(true);
            let error = panics::caught(resolver.resolve("host", 1)).await.unwrap_err();
            panics::guard_this_thread(guarded_before);
            assert_eq!(error.status, Status::Internal);
            assert!(error.message().contains("in a look-up"), "{error}");
            assert_eq!(resolver.resolve("host", 7).await.unwrap()[0].port(), 7);
        });
    }

    #[test]
    fn without_a_thread_nothing_is_looked_up_and_it_is_no_defect() {
        static TURNS: Semaphore = Semaphore::const_new(1);
        let guarded_before = panics::guard_this_thread(true);
        // This thread has no runtime either.
        let error = on_a_thread(TURNS.try_acquire().unwrap(), || unreachable!()).unwrap_err();
        panics::guard_this_thread(guarded_before);
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        assert!(TURNS.try_acquire().is_ok(), "others have their turn");
    }

    #[test]
    fn what_was_found_long_ago_is_looked_up_again() {
        static TURNS: Semaphore = Semaphore::const_new(2);
        static LOOKED: AtomicUsize = AtomicUsize::new(0);
        run(async {
            let resolver = Resolver::by(
                |_, _| {
                    std::thread::sleep(Duration::from_millis(50));
                    let port = u16::try_from(LOOKED.fetch_add(1, Ordering::Relaxed)).unwrap();
                    Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
                },
                &TURNS,
            );
            let resolver = Resolver { fresh: Duration::from_millis(100), ..resolver };
            assert!(tokio::time::timeout(Duration::ZERO, resolver.resolve("host", 0)).await.is_err());
            tokio::time::sleep(Duration::from_millis(200)).await;
            assert!(resolver.resolve("host", 0).await.unwrap()[0].port() > 0, "not the old one");
        });
    }

    #[test]
    fn a_look_up_that_is_given_up_is_the_next_calls() {
        static TURNS: Semaphore = Semaphore::const_new(2);
        static LOOKED: AtomicUsize = AtomicUsize::new(0);
        run(async {
            let resolver = Resolver::by(
                |_, port| {
                    LOOKED.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(50));
                    Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
                },
                &TURNS,
            );
            for _ in 0..3 {
                let hurried = tokio::time::timeout(Duration::ZERO, resolver.resolve("host", 7));
                assert!(hurried.await.is_err() && resolver.was_given_up());
            }
            assert_eq!(resolver.resolve("host", 7).await.unwrap()[0].port(), 7);
            assert!(!resolver.was_given_up());
            assert_eq!(LOOKED.load(Ordering::Relaxed), 1);
        });
    }

    #[test]
    fn one_host_is_looked_up_at_a_time_and_none_has_the_addresses_of_another() {
        static TURNS: Semaphore = Semaphore::const_new(2);
        static NOW: AtomicUsize = AtomicUsize::new(0);
        run(async {
            let look_up: LookUp = |host, port| {
                assert_eq!(NOW.fetch_add(1, Ordering::SeqCst), 0);
                std::thread::sleep(Duration::from_millis(20));
                NOW.fetch_sub(1, Ordering::SeqCst);
                let last = if host == "first" { 1 } else { 2 };
                Ok(vec![SocketAddr::from(([127, 0, 0, last], port))])
            };
            let resolver = Resolver::by(look_up, &TURNS);
            for host in ["first", "second"] {
                assert!(tokio::time::timeout(Duration::ZERO, resolver.resolve(host, 7)).await.is_err());
            }
            let (second, first) = tokio::join!(resolver.resolve("second", 7), resolver.resolve("first", 8));
            assert_eq!(second.unwrap(), [SocketAddr::from(([127, 0, 0, 2], 7))]);
            assert_eq!(first.unwrap(), [SocketAddr::from(([127, 0, 0, 1], 8))]);
        });
    }

    #[test]
    fn who_has_left_takes_no_turn_and_leaves_nothing_behind() {
        static TURNS: Semaphore = Semaphore::const_new(2);
        static NAME_SERVER: std::sync::Mutex<()> = std::sync::Mutex::new(());
        static LOOKED: AtomicUsize = AtomicUsize::new(0);
        run(async {
            let mut hanging = Vec::new();
            let new_one = || {
                let look_up: LookUp = |_, port| {
                    drop(NAME_SERVER.lock());
                    LOOKED.fetch_add(1, Ordering::Relaxed);
                    Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
                };
                Resolver::by(look_up, &TURNS)
            };
            let hangs = NAME_SERVER.lock();
            for _ in 0..1000 {
                let resolver = new_one();
                assert!(tokio::time::timeout(Duration::ZERO, resolver.resolve("host", 7)).await.is_err());
                hanging.push(resolver);
            }
            drop((hanging, hangs));
            assert_eq!(new_one().resolve("host", 7).await.unwrap()[0].port(), 7);
            let _all = TURNS.acquire_many(2).await.unwrap();
            assert_eq!(LOOKED.load(Ordering::Relaxed), 3, "two that could not be stopped, and the last");
        });
    }
}
