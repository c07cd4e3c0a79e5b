//! When a whole API call has to be over: at a moment, or when it is stopped.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::error::{Error, Status};
use crate::future::Stop;

/// A moment that everything within one call respects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline<'a> {
    started: Instant,
    at: Option<Instant>,
    /// Ends the call early.
    stop: Option<&'a Stop>,
    /// Whoever waits for the call has it polled when the moment has come.
    is_watched: bool,
}

impl Deadline<'_> {
    /// `limit` from now; `None`, or a time beyond reckoning, is no limit.
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        let started = Instant::now();
        let at = limit.and_then(|limit| started.checked_add(limit));
        Self { started, at, stop: None, is_watched: false }
    }

    /// The same moment, for work with a stop of its own.
    pub(crate) fn stopped_by(self, stop: &Stop) -> Deadline<'_> {
        Deadline { started: self.started, at: self.at, stop: Some(stop), is_watched: false }
    }

    /// The same, which needs no timer, since `Stop::ring` will be called at the moment.
    pub(crate) fn watched(self) -> Self {
        Self { is_watched: true, ..self }
    }

    pub(crate) fn at(self) -> Option<Instant> {
        self.at
    }

    /// The same moment alone.
    pub(crate) fn alone(self) -> Deadline<'static> {
        Deadline { started: self.started, at: self.at, stop: None, is_watched: false }
    }

    /// The earlier of this deadline and `limit` from now. What ends with the limit says how long that was.
    pub(crate) fn within(self, limit: Duration) -> Self {
        let started = Instant::now();
        let capped = started + limit;
        match self.at {
            Some(at) if at <= capped => self,
            _ => Self { started, at: Some(capped), is_watched: false, ..self },
        }
    }

    /// Whether the call had no more time than this from its beginning. Reads no clock.
    pub(crate) fn is_shorter_than(self, limit: Duration) -> bool {
        self.at.is_some_and(|at| at <= self.started + limit)
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    /// Whether the call has to end now.
    pub(crate) fn has_passed(self) -> bool {
        self.stopped().is_some() || self.at.is_some_and(|at| at <= Instant::now())
    }

    /// Time left; `None` without limit.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// The output of `work`, or `None` if the deadline comes first.
    pub(crate) async fn bound<T>(self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        let timed = self.at.filter(|_| !self.is_watched);
        let mut end = pin!(timed.map(|at| tokio::time::sleep_until(at.into())));
        poll_fn(|cx| {
            // A stop wakes the task, see `Stop::watch`.
            if self.stopped().is_some() {
                return Poll::Ready(None);
            }
            match (work.as_mut().poll(cx), end.as_mut().as_pin_mut()) {
                (Poll::Ready(output), _) => Poll::Ready(Some(output)),
                (Poll::Pending, Some(end)) => end.poll(cx).map(|()| None),
                (Poll::Pending, None) if self.is_watched && self.has_passed() => Poll::Ready(None),
                (Poll::Pending, None) => Poll::Pending,
            }
        })
        .await
    }

    /// Sleeps, unless that would take longer than there is time; says whether it did.
    pub(crate) async fn sleep(self, pause: Duration) -> bool {
        if self.remaining().is_some_and(|remaining| remaining <= pause) {
            return false;
        }
        self.bound(tokio::time::sleep(pause)).await.is_some()
    }

    /// The error of a call that this deadline has ended: out of time, or stopped. May be repeated.
    pub(crate) fn ended(self, doing: impl FnOnce(&str) -> String) -> Error {
        let limit = self.at.map_or(Duration::ZERO, |at| at.saturating_duration_since(self.started));
        let out_of_time = || (Status::Timeout, format!("{} ms passed", limit.as_millis()));
        let (status, how) = self.stopped().map_or_else(out_of_time, |status| (status, how_stopped(status)));
        Error::new(status, doing(&how)).retriable()
    }

    /// The error of a call that was stopped: that it was, unless it had failed for good before.
    pub(crate) fn settle(self, error: Error) -> Error {
        match self.stopped() {
            Some(status) if error.status != status && (error.retriable || error.in_doubt) => {
                let text = format!("{}: {}", how_stopped(status), error.message());
                let mut stopped = error.saying(&text);
                stopped.status = status;
                stopped
            }
            _ => error,
        }
    }

    /// The status of a call that was stopped.
    pub(crate) fn stopped(self) -> Option<Status> {
        self.stop.and_then(Stop::reason)
    }
}

fn how_stopped(status: Status) -> String {
    match status {
        Status::Closed => "the client was closed".to_owned(),
        _ => "the call was cancelled".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_limits_do_not_overflow() {
        let endless = Deadline::after(Some(Duration::from_millis(i64::MAX.unsigned_abs())));
        assert!(!endless.has_passed());
        assert!(Deadline::after(Some(Duration::MAX)).remaining().is_none());
        assert!(Deadline::after(Some(Duration::ZERO)).has_passed());
        let capped = Deadline::after(None).within(Duration::from_secs(5));
        assert!(capped.remaining().unwrap() <= Duration::from_secs(5));
    }

    #[test]
    fn a_stopped_call_says_so_and_keeps_what_matters() {
        let stop = Stop::default();
        let deadline = Deadline::after(None).stopped_by(&stop);
        let lost = Error::new(Status::Unavailable, "lost").in_doubt().about_job(7);
        assert_eq!(deadline.settle(lost.clone()), lost);
        stop.stop(Status::Cancelled);
        assert!(deadline.has_passed());
        let settled = deadline.settle(lost);
        assert_eq!(
            (settled.status, settled.in_doubt, settled.retriable, settled.job_id),
            (Status::Cancelled, true, false, 7)
        );
        assert_eq!(settled.message(), "the call was cancelled: lost");
        let refused = Error::new(Status::CollectionNotFound, "no such thing");
        assert_eq!(deadline.settle(refused.clone()), refused, "it had failed before");
        assert_eq!(deadline.ended(|how| format!("{how} while waiting")).status, Status::Cancelled);
    }
}
