//! Decides when a server counts as gone. No I/O.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Status};
use crate::packed::packs;

/// A server that sends nothing at all for this time is gone.
const LONGEST_SILENCE: Duration = Duration::from_mins(1);
/// Keepalive finds a connection dead within this time, if the server has responded on it before.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// A server that sends no other response is gone after this time: gateways answer pings too, and a proxy answers "not
/// ready" after its coordinator is gone.
const LONGEST_HOPE: Duration = Duration::from_mins(5);

/// How long the server has not responded. This counts from the first request that failed: with many jobs it may come
/// long after the last response.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outage {
    /// When the first request without a response began.
    unanswered: Option<Instant>,
    /// When the connection was last known to be alive, if it is not now.
    silent: Option<Instant>,
    /// When the last response arrived.
    heard: Option<Instant>,
}
packs!(Outage { unanswered, silent, heard });

impl Outage {
    /// Records a response.
    pub(crate) fn answered(&mut self) {
        *self = Self { heard: Some(Instant::now()), ..Self::default() };
    }

    /// Records a failed observation that began at `asked`. `is_heard`: the connection still answers pings, or the
    /// server reported that it cannot respond now. Returns the time without a response if it is too long.
    pub(crate) fn failed(&mut self, asked: Instant, is_heard: bool) -> Option<Duration> {
        // Another request of the same observation may have succeeded.
        let asked = self.heard.map_or(asked, |heard| heard.max(asked));
        let unanswered = self.unanswered.get_or_insert(asked).elapsed();
        if is_heard {
            self.silent = None;
            return (unanswered > LONGEST_HOPE).then_some(unanswered);
        }
        // The connection of a long request was alive until keepalive closed it.
        let alive = Instant::now().checked_sub(KEEPALIVE).map_or(asked, |alive| alive.max(asked));
        let silent = self.silent.get_or_insert(alive).elapsed();
        (silent > LONGEST_SILENCE || unanswered > LONGEST_HOPE).then_some(unanswered)
    }
}

/// Errors of one request that say nothing about the work on the server.
pub(crate) fn may_pass(error: &Error) -> bool {
    match error.status {
        Status::Stalled => false, // it says something about the work, and ends the wait
        Status::Unavailable | Status::Timeout | Status::NotReady | Status::RateLimited => true,
        _ => error.retriable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ago(seconds: u64) -> Instant {
        Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap()
    }

    #[test]
    fn an_outage_begins_with_the_first_question_that_failed() {
        let mut outage = Outage::default();
        assert_eq!(outage.failed(ago(50), false), None, "it is not long enough");
        assert_eq!(outage.failed(ago(1), false), None);
        let mut outage = Outage { silent: Some(ago(61)), unanswered: Some(ago(61)), heard: None };
        let gone = outage.failed(ago(1), false).unwrap();
        assert!(gone.as_secs() >= 61, "the latest question is not what counts");
    }

    #[test]
    fn a_long_question_whose_connection_was_alive_is_no_long_silence() {
        let mut outage = Outage::default();
        assert_eq!(outage.failed(ago(90), false), None, "keepalive has only just given the connection up");
        outage.answered();
        assert_eq!(outage.failed(ago(90), false), None, "another question of that look was answered");
    }

    #[test]
    fn a_connection_that_answers_pings_keeps_hope_for_five_minutes() {
        let mut outage = Outage::default();
        assert_eq!(outage.failed(ago(290), true), None);
        assert_eq!(outage.failed(ago(2), false), None, "silent only since then");
        let mut outage = Outage::default();
        assert!(outage.failed(ago(301), true).is_some());
    }
}
