//! Statistics
//!
//! A client counts what it does, from its making on, also after milvus_client_close(). Counting is always on and takes
//! no lock; reading is cheap. Connections to a management port, and those that look a global cluster up, do not
//! count.

use super::client::milvus_client;
use super::convert::{OutStruct, Sized_};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use crate::stats::{Kind, Requests, Snapshot};

/// The requests of one kind that were sent, by how they ended, and how long the server took to answer (ok and
/// refused): half, nine tenths and 99 hundredths took no longer than this. A percentile is never too small and at
/// most an eighth too large; all are 0 while nothing was answered.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_request_stats {
    /// The server answered.
    pub ok: i64,
    /// The server answered with an error.
    pub refused: i64,
    /// The connection ended before the answer.
    pub lost: i64,
    /// The time for the request was over before the answer.
    pub timed_out: i64,
    /// The operation was cancelled, or its client closed, before the answer.
    pub cancelled: i64,
    /// Microseconds that half of the answers took at most.
    pub p50_us: i64,
    /// Microseconds that nine tenths of the answers took at most.
    pub p90_us: i64,
    /// Microseconds that 99 hundredths of the answers took at most.
    pub p99_us: i64,
    /// Microseconds of the slowest answer, exactly.
    pub max_us: i64,
}

/// What a client has done so far, and does now.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_stats {
    /// Set by MILVUS_STATS_INIT.
    pub size: usize,
    /// Connections that were made.
    pub connections_made: i64,
    /// Attempts to connect that failed.
    pub connections_failed: i64,
    /// Connections that ended although nobody had closed the client.
    pub connections_lost: i64,
    /// How often a call was tried again after a pause.
    pub retries: i64,
    /// Requests that were sent again because the server proved that it had not processed them.
    pub resends: i64,
    /// How often waits asked about their jobs.
    pub polls: i64,
    /// Bytes of the messages that were sent: without headers and pings.
    pub bytes_sent: i64,
    /// The same of those received.
    pub bytes_received: i64,
    /// Operations that run now, and callbacks that run or are due.
    pub operations_in_flight: i64,
    /// Requests that wait for an answer or for their turn now.
    pub requests_in_flight: i64,
    /// Jobs that waits follow now.
    pub jobs_followed: i64,
    /// The requests Connect, and GetVersion where Connect does not tell the version: for each connection.
    pub handshakes: milvus_request_stats,
    /// ManualCompaction and Flush: what starts work on the server.
    pub triggers: milvus_request_stats,
    /// GetCompactionState.
    pub states: milvus_request_stats,
    /// GetCompactionStateWithPlans.
    pub plans: milvus_request_stats,
    /// GetPersistentSegmentInfo and GetQuerySegmentInfo.
    pub segments: milvus_request_stats,
    /// Every other request.
    pub others: milvus_request_stats,
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_stats {
    const NAME: &'static str = "milvus_stats";
    const FIRST_SIZE: usize = 528;
}

/// Reads what a client has done so far, and does now.
///
/// The numbers are read one after the other while the client goes on: two of them may be one request apart.
///
/// @param client     The client, which may be closed.
/// @param out_stats  Receives the numbers. Begin with `milvus_stats stats = MILVUS_STATS_INIT;`.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_stats(
    client: *mut milvus_client,
    out_stats: *mut milvus_stats,
) -> milvus_status {
    entry(c"milvus_client_stats", || {
        let client = handle::get(client.cast_const())?;
        OutStruct::new("out_stats", out_stats)?.write(&client.stats().into());
        Ok(())
    })
}

fn number(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

impl From<Requests> for milvus_request_stats {
    fn from(requests: Requests) -> Self {
        Self {
            ok: number(requests.ok),
            refused: number(requests.refused),
            lost: number(requests.lost),
            timed_out: number(requests.timed_out),
            cancelled: number(requests.cancelled),
            p50_us: number(requests.latency.p50),
            p90_us: number(requests.latency.p90),
            p99_us: number(requests.latency.p99),
            max_us: number(requests.latency.max),
        }
    }
}

impl From<Snapshot> for milvus_stats {
    fn from(stats: Snapshot) -> Self {
        let of = |kind| stats.requests(kind).into();
        Self {
            size: size_of::<Self>(),
            connections_made: number(stats.connections_made),
            connections_failed: number(stats.connections_failed),
            connections_lost: number(stats.connections_lost),
            retries: number(stats.retries),
            resends: number(stats.resends),
            polls: number(stats.polls),
            bytes_sent: number(stats.bytes_sent),
            bytes_received: number(stats.bytes_received),
            operations_in_flight: number(stats.operations_in_flight),
            requests_in_flight: stats.requests_in_flight,
            jobs_followed: number(stats.jobs_followed),
            handshakes: of(Kind::Handshake),
            triggers: of(Kind::Trigger),
            states: of(Kind::State),
            plans: of(Kind::Plans),
            segments: of(Kind::Segments),
            others: of(Kind::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_size_is_that_of_this_first_version() {
        assert_eq!(milvus_stats::FIRST_SIZE, size_of::<milvus_stats>());
    }
}
