//! What a client has done: counts and latencies of its requests, its connections and its waits. Always on: to record is
//! a few atomic additions, without a lock.

mod histogram;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use histogram::Histogram;
pub use histogram::Latency;
use tokio::time::Instant;

/// The kinds of request that are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `Connect` and `GetVersion`.
    Handshake,
    /// `ManualCompaction` and `Flush`: what starts work on the server.
    Trigger,
    /// `GetCompactionState`.
    State,
    /// `GetCompactionStateWithPlans`.
    Plans,
    /// `GetPersistentSegmentInfo` and `GetQuerySegmentInfo`.
    Segments,
    /// Every other.
    Other,
}

const KINDS: usize = 6;

impl Kind {
    /// The kind of the method with this HTTP/2 path.
    pub(crate) fn of(path: &str) -> Self {
        match path.rsplit_once('/').map_or(path, |(_, method)| method) {
            "GetCompactionState" => Self::State,
            "GetCompactionStateWithPlans" => Self::Plans,
            "GetPersistentSegmentInfo" | "GetQuerySegmentInfo" => Self::Segments,
            "ManualCompaction" | "Flush" => Self::Trigger,
            "Connect" | "GetVersion" => Self::Handshake,
            _ => Self::Other,
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server answered it.
    Ok,
    /// The server answered with an error.
    Refused,
    /// The connection ended first.
    Lost,
    /// Its time was over first.
    TimedOut,
    /// The caller gave it up first.
    Cancelled,
}

const OUTCOMES: usize = 5;

/// The counters of one client.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    connections_made: AtomicU64,
    connections_failed: AtomicU64,
    connections_lost: AtomicU64,
    retries: AtomicU64,
    resends: AtomicU64,
    polls: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
    requests_in_flight: AtomicI64,
    requests: [OfKind; KINDS],
}

#[derive(Debug, Default)]
struct OfKind {
    outcomes: [AtomicU64; OUTCOMES],
    latency: Histogram,
}

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

impl Stats {
    pub(crate) fn connected(&self) {
        add(&self.connections_made, 1);
    }

    pub(crate) fn failed_to_connect(&self) {
        add(&self.connections_failed, 1);
    }

    pub(crate) fn lost_connection(&self) {
        add(&self.connections_lost, 1);
    }

    /// A call is tried again after a pause.
    pub(crate) fn retried(&self) {
        add(&self.retries, 1);
    }

    /// A request that HTTP/2 gave back unprocessed is sent again.
    pub(crate) fn resent(&self) {
        add(&self.resends, 1);
    }

    /// A wait asks about its job.
    pub(crate) fn polled(&self) {
        add(&self.polls, 1);
    }

    /// A request is in flight as long as the guard is there.
    pub(crate) fn begin(&self, kind: Kind) -> Request<'_> {
        self.requests_in_flight.fetch_add(1, Ordering::Relaxed);
        Request { stats: self, kind, begun: Instant::now() }
    }

    /// All of it at this moment. The numbers are read one after the other.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Snapshot {
            connections_made: read(&self.connections_made),
            connections_failed: read(&self.connections_failed),
            connections_lost: read(&self.connections_lost),
            retries: read(&self.retries),
            resends: read(&self.resends),
            polls: read(&self.polls),
            bytes_sent: read(&self.bytes_sent),
            bytes_received: read(&self.bytes_received),
            operations_in_flight: 0,
            requests_in_flight: self.requests_in_flight.load(Ordering::Relaxed),
            jobs_followed: 0,
            requests: self.requests.each_ref().map(|of_kind| {
                let [ok, refused, lost, timed_out, cancelled] = of_kind.outcomes.each_ref().map(read);
                Requests { ok, refused, lost, timed_out, cancelled, latency: of_kind.latency.latency() }
            }),
        }
    }
}

/// A request in flight.
pub(crate) struct Request<'a> {
    stats: &'a Stats,
    kind: Kind,
    begun: Instant,
}

impl Request<'_> {
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// Records that its message of so many bytes is being sent.
    pub(crate) fn sends(&self, bytes: usize) {
        add(&self.stats.bytes_sent, bytes as u64);
    }

    /// Records how a request ended of which the server may have received something.
    pub(crate) fn ended(&self, outcome: Outcome) {
        let of_kind = &self.stats.requests[self.kind as usize];
        add(&of_kind.outcomes[outcome as usize], 1);
    }

    /// The same of one that was answered, with so many bytes. Only these have a latency: of the others it is the limit
    /// that somebody has set.
    pub(crate) fn answered(&self, outcome: Outcome, bytes: usize) {
        self.ended(outcome);
        add(&self.stats.bytes_received, bytes as u64);
        self.stats.requests[self.kind as usize].latency.record(self.begun.elapsed());
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        self.stats.requests_in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Connections that were made.
    pub connections_made: u64,
    /// Attempts to connect that failed.
    pub connections_failed: u64,
    /// Connections that ended although the client was not closed.
    pub connections_lost: u64,
    /// Calls that were tried again after a pause.
    pub retries: u64,
    /// Requests that were sent again because HTTP/2 gave them back unprocessed.
    pub resends: u64,
    /// How often waits asked about their jobs.
    pub polls: u64,
    /// Bytes of the requests' messages.
    pub bytes_sent: u64,
    /// Bytes of the responses' messages.
    pub bytes_received: u64,
    /// Operations and callbacks in flight now.
    pub operations_in_flight: usize,
    /// Requests in flight now.
    pub requests_in_flight: i64,
    /// Jobs that waits follow now.
    pub jobs_followed: usize,
    requests: [Requests; KINDS],
}

impl Snapshot {
    /// The requests of this kind.
    #[must_use]
    pub fn requests(&self, kind: Kind) -> Requests {
        self.requests[kind as usize]
    }
}

/// The requests of one kind, by how they ended, and the latency of those that were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// The server answered them.
    pub ok: u64,
    /// The server answered with an error.
    pub refused: u64,
    /// The connection ended first.
    pub lost: u64,
    /// Their time was over first.
    pub timed_out: u64,
    /// The caller gave them up first.
    pub cancelled: u64,
    /// Of `ok` and `refused`.
    pub latency: Latency,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_kind_and_outcome() {
        let stats = Stats::default();
        for (path, outcome, bytes) in [
            ("/s/ManualCompaction", Outcome::Refused, 3),
            ("/s/Flush", Outcome::Ok, 4),
            ("/s/GetCompactionState", Outcome::Ok, 5),
        ] {
            let request = stats.begin(Kind::of(path));
            request.sends(10);
            request.answered(outcome, bytes);
        }
        let lost = stats.begin(Kind::Plans);
        lost.sends(10);
        assert_eq!(stats.snapshot().requests_in_flight, 1);
        lost.ended(Outcome::Lost);
        drop(lost);
        drop(stats.begin(Kind::Handshake)); // nothing of it was sent
        let seen = stats.snapshot();
        assert_eq!((seen.bytes_sent, seen.bytes_received, seen.requests_in_flight), (40, 12, 0));
        let triggers = seen.requests(Kind::Trigger);
        assert_eq!((triggers.ok, triggers.refused, seen.requests(Kind::State).ok), (1, 1, 1));
        let plans = seen.requests(Kind::Plans);
        assert_eq!(
            (plans.lost, plans.latency),
            (1, Latency::default()),
            "what is not answered has no latency"
        );
        assert_eq!(seen.requests(Kind::Handshake), Requests::default());
    }

    #[test]
    fn every_method_has_its_kind() {
        for (method, kind) in [
            ("GetVersion", Kind::Handshake),
            ("GetQuerySegmentInfo", Kind::Segments),
            ("DescribeCollection", Kind::Other),
            ("GetFlushState", Kind::Other),
        ] {
            assert_eq!(Kind::of(&format!("/milvus.proto.milvus.MilvusService/{method}")), kind, "{method}");
        }
    }

    #[test]
    fn threads_record_at_once_and_nothing_is_lost() {
        let stats = Stats::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        stats.polled();
                        let request = stats.begin(Kind::State);
                        request.sends(1);
                        request.answered(Outcome::Ok, 1);
                    }
                });
            }
        });
        let seen = stats.snapshot();
        assert_eq!((seen.polls, seen.requests_in_flight), (4_000, 0));
        assert_eq!((seen.requests(Kind::State).ok, seen.bytes_sent), (4_000, 4_000));
    }
}
