//! When a wait takes the server to be gone. No I/O.

use std::time::{Duration, Instant};

use crate::error::{Error, Status};

/// A server of which nothing is heard for so long is gone.
const LONGEST_SILENCE: Duration = Duration::from_mins(1);
/// Keepalive needs no longer to find out that a connection is dead.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Pings are answered by gateways too, and "not ready" by proxies whose coordinator is gone: without any other answer
/// the wait goes on for so long.
const LONGEST_HOPE: Duration = Duration::from_mins(5);

/// How long the server has not answered. It counts from the first question that failed, which in a crowd of jobs may
/// have come long after the last one that did not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outage {
    /// Since when no question was answered.
    unanswered: Option<Instant>,
    /// Since when nothing at all was heard.
    silent: Option<Instant>,
    /// When the last question was answered.
    heard: Option<Instant>,
}

impl Outage {
    /// A question was answered.
    pub(super) fn answered(&mut self) {
        *self = Self { heard: Some(Instant::now()), ..Self::default() };
    }

    /// A look that began then failed. `is_heard`: the connection still answers pings, or the server said that it cannot
    /// answer now. Returns how long it has given no answer, if that is too long.
    pub(super) fn failed(&mut self, asked: Instant, is_heard: bool) -> Option<Duration> {
        // Another question of the same look may have been answered.
        let asked = self.heard.map_or(asked, |heard| heard.max(asked));
        let unanswered = self.unanswered.get_or_insert(asked).elapsed();
        if is_heard {
            self.silent = None;
            return (unanswered > LONGEST_HOPE).then_some(unanswered);
        }
        // Until keepalive gave it up, the connection of a long question was alive.
        let alive = Instant::now().checked_sub(KEEPALIVE).map_or(asked, |alive| alive.max(asked));
        let silent = self.silent.get_or_insert(alive).elapsed();
        (silent > LONGEST_SILENCE || unanswered > LONGEST_HOPE).then_some(unanswered)
    }
}

/// Failures of one question that say nothing about the job.
pub(super) fn may_pass(error: &Error) -> bool {
    match error.status {
        Status::Stalled => false, // it says something about the job, and ends the wait
        Status::Unavailable | Status::Timeout | Status::NotReady | Status::RateLimited => true,
        _ => error.retriable,
    }
}

/// A server that has not answered for long is gone, whatever each single question ended with.
pub(super) fn out_of_reach(job_id: i64, since: Duration, latest: &Error) -> Error {
    let since = since.as_secs();
    let text = format!(
        "compaction job {job_id}: the server has given no answer for {since} s ({latest}); the job may go on"
    );
    let mut error = Error::new(Status::Unavailable, text).retriable();
    error.grpc_code = latest.grpc_code;
    error
}

/// The server answers, but the job does not advance: its plans may wait for a worker for ever. Waiting again is safe.
pub(super) fn stalled(job_id: i64, since: Duration, progress: &str) -> Error {
    let text = format!(
        "compaction job {job_id}: nothing has changed for {} ms ({progress}); it may go on",
        since.as_millis()
    );
    Error::new(Status::Stalled, text).retriable()
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
