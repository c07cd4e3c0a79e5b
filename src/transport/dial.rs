//! Tries the addresses of a host until one is ready for requests ("Happy Eyeballs", RFC 8305): one address after the
//! other, without waiting long for any of them.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Status};

#[cfg(test)]
mod tests;

/// The next address is tried after this time, also if the ones before have not failed (RFC 8305, section 5).
const STAGGER: Duration = Duration::from_millis(250);
/// How many addresses are tried at the same time.
const MOST_AT_ONCE: usize = 32;
/// How many addresses are tried in all. The next attempt to connect goes on with those that had no chance.
const MOST_TRIED: usize = 128;

/// What a channel knows of the addresses that it has tried.
#[derive(Default)]
pub(super) struct Memory(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    /// The address of the latest connection, which the next one is tried with first.
    worked: Option<SocketAddr>,
    /// How many addresses were tried since then.
    tried: usize,
}

impl Memory {
    fn get(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The order in which to try addresses: the one that worked last, and then both families in turn, beginning where
    /// the latest attempt ended.
    fn ordered(&self, addresses: &[SocketAddr]) -> Vec<SocketAddr> {
        let known = self.get();
        let mut ordered = interleaved(addresses);
        if !ordered.is_empty() {
            let count = ordered.len();
            ordered.rotate_left(known.tried % count);
        }
        if let Some(place) = ordered.iter().position(|address| Some(*address) == known.worked) {
            ordered[..=place].rotate_right(1);
        }
        ordered.truncate(MOST_TRIED);
        ordered
    }
}

/// The families in turn, each in the order that the resolver gave (RFC 8305, section 4).
fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.iter().copied().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut all = Vec::with_capacity(addresses.len());
    while all.len() < addresses.len() {
        all.extend(first.next());
        all.extend(second.next());
    }
    all
}

/// How much the failure of an address tells of what is wrong: the more, the further the attempt came. Of several
/// failures, the most telling one is the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// No packet reaches the address.
    Unreachable,
    /// Nothing listens there.
    Refused,
    /// The connection was closed before it was ready.
    Closed,
    /// Something that is not a gRPC server listens there.
    OtherProtocol,
    /// TLS failed: a certificate, or a key.
    Insecure,
    /// This process lacks what it needs for any connection.
    Exhausted,
}

/// Why an address did not become ready.
pub(super) struct Failed {
    error: Error,
    told: Told,
}

impl Failed {
    /// The address was not reached.
    pub(super) fn to_reach(error: Error, cause: &std::io::Error) -> Self {
        let refused = cause.kind() == std::io::ErrorKind::ConnectionRefused;
        let told = match error.status {
            Status::Unavailable if refused => Told::Refused,
            Status::Unavailable => Told::Unreachable,
            _ => Told::Exhausted,
        };
        Self { error, told }
    }

    /// The address was reached, and what came then failed.
    pub(super) fn when_reached(error: Error) -> Self {
        let told = match error.status {
            Status::TlsFailed => Told::Insecure,
            Status::Unavailable if error.retriable => Told::Closed,
            Status::Unavailable => Told::OtherProtocol,
            _ => Told::Exhausted,
        };
        Self { error, told }
    }
}

/// The failures of one attempt to connect.
#[derive(Default)]
pub(super) struct Failures {
    most_telling: Option<(SocketAddr, Failed)>,
    /// Whether another of the failures may pass.
    any_retriable: bool,
    failed: usize,
    /// The first address that was tried.
    first: Option<SocketAddr>,
    tried: usize,
}

impl Failures {
    fn begins(&mut self, address: SocketAddr) {
        self.first.get_or_insert(address);
        self.tried += 1;
    }

    fn record(&mut self, address: SocketAddr, failed: Failed) {
        self.failed += 1;
        self.any_retriable |= failed.error.retriable;
        if self.most_telling.as_ref().is_none_or(|(_, known)| failed.told > known.told) {
            self.most_telling = Some((address, failed));
        }
    }

    /// The error of the attempt: the most telling failure, or `silence` if no address has failed yet. With the address
    /// unless the user named it. `out_of_time`: others might still have become ready.
    pub(super) fn into_error(self, silence: Error, out_of_time: bool, names_the_address: bool) -> Error {
        let (address, error) = match self.most_telling {
            Some((address, failed)) => (Some(address), failed.error),
            None => (self.first, silence),
        };
        let mut error = match address.filter(|_| names_the_address) {
            None => error,
            Some(address) => {
                let text = match self.tried {
                    1 => format!("{} ({})", error.message(), address.ip()),
                    tried => {
                        format!("{} ({}, one of {tried} addresses tried)", error.message(), address.ip())
                    }
                };
                error.saying(&text)
            }
        };
        error.retriable |= self.any_retriable || (out_of_time && self.failed < self.tried);
        if out_of_time { error.slow() } else { error }
    }
}

/// Makes the addresses ready with `begin`, several at a time if it takes long; the first that is ready wins, and the
/// others are dropped. `None` if all have failed.
pub(super) async fn first_ready<T, F>(
    addresses: &[SocketAddr],
    memory: &Memory,
    failures: &mut Failures,
    begin: impl Fn(SocketAddr) -> F,
) -> Option<T>
where
    F: Future<Output = Result<T, Failed>>,
{
    let mut waiting = memory.ordered(addresses).into_iter().peekable();
    let mut running: Vec<(SocketAddr, Pin<Box<F>>)> = Vec::new();
    let mut next = pin!(tokio::time::sleep(STAGGER));
    loop {
        // At first, after each failure, and when the latest address has had its time.
        if let Some(address) = waiting.next() {
            memory.get().tried += 1;
            failures.begins(address);
            running.push((address, Box::pin(begin(address))));
            next.as_mut().reset(Instant::now() + STAGGER);
        }
        if running.is_empty() {
            return None;
        }
        let may_begin = waiting.peek().is_some() && running.len() < MOST_AT_ONCE;
        tokio::select! {
            biased;
            (address, result) = ended(&mut running) => match result {
                Ok(ready) => {
                    *memory.get() = Remembered { worked: Some(address), tried: 0 };
                    return Some(ready);
                }
                Err(failed) => failures.record(address, failed),
            },
            () = &mut next, if may_begin => {}
        }
    }
}

/// The first attempt that ends.
async fn ended<T, F>(running: &mut Vec<(SocketAddr, Pin<Box<F>>)>) -> (SocketAddr, Result<T, Failed>)
where
    F: Future<Output = Result<T, Failed>>,
{
    poll_fn(|cx| {
        for index in 0..running.len() {
            if let Poll::Ready(result) = running[index].1.as_mut().poll(cx) {
                return Poll::Ready((running.remove(index).0, result));
            }
        }
        Poll::Pending
    })
    .await
}
