//! When an operation has to end: at a moment, or when it is cancelled.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tokio::time::Sleep;

use crate::cancellation::CancellationToken;
use crate::error::{Error, Status};
use crate::moment::Moment;

/// If the end of the time is noticed later than that, the message says so: something kept the thread from running.
const LATE: Duration = Duration::from_millis(100);

/// The moment that everything within one operation respects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline<'a> {
    started: Moment,
    /// It is compared with the clock more often than anything here.
    at: Option<Instant>,
    /// Ends the operation early.
    token: Option<&'a CancellationToken>,
    /// A waiting thread wakes the operation at the moment, so it needs no timer.
    is_watched: bool,
}

impl Deadline<'_> {
    /// `limit` from now. `None`, or a moment that the clock cannot express, is no limit.
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        let now = Instant::now();
        let at = limit.and_then(|limit| now.checked_add(limit));
        Self { started: now.into(), at, token: None, is_watched: false }
    }

    /// Of work that began at one moment, and has to end at another.
    pub(crate) fn of(started: Moment, at: Option<Moment>) -> Self {
        Self { started, at: at.map(Instant::from), token: None, is_watched: false }
    }

    /// The same moment, or the cancellation of this token.
    pub(crate) fn cancelled_by(self, token: &CancellationToken) -> Deadline<'_> {
        Deadline { started: self.started, at: self.at, token: Some(token), is_watched: false }
    }

    /// The same without a timer: a waiting thread calls [`CancellationToken::wake`] at the moment.
    pub(crate) fn watched(self) -> Self {
        Self { is_watched: true, ..self }
    }

    pub(crate) fn started(self) -> Moment {
        self.started
    }

    pub(crate) fn at(self) -> Option<Instant> {
        self.at
    }

    /// The same moment without the token.
    pub(crate) fn alone(self) -> Deadline<'static> {
        Deadline { started: self.started, at: self.at, token: None, is_watched: false }
    }

    /// The earlier of this deadline and `limit` from now. The error of work that the limit ends names the limit.
    #[inline(never)] // here and below: it is asked in very many places
    pub(crate) fn within(self, limit: Duration) -> Self {
        let now = Instant::now();
        match (now.checked_add(limit), self.at) {
            (Some(capped), Some(at)) if at <= capped => self,
            (None, _) => self,
            (capped, _) => Self { started: now.into(), at: capped, is_watched: false, ..self },
        }
    }

    /// Whether the call had no more time than this from its beginning. Reads no clock.
    pub(crate) fn is_shorter_than(self, limit: Duration) -> bool {
        self.at.is_some_and(|at| at.saturating_duration_since(self.started.into()) <= limit)
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    /// Whether the operation has to end now.
    #[inline(never)]
    pub(crate) fn has_passed(self) -> bool {
        self.cancelled().is_some() || self.at.is_some_and(|at| at <= Instant::now())
    }

    /// Time left; `None` without limit.
    #[inline(never)]
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// The output of `work`, or `None` if the deadline comes first.
    pub(crate) async fn bound<T>(self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        let mut end = pin!(self.timer());
        poll_fn(|cx| self.poll_bound(cx, work.as_mut(), end.as_mut().as_pin_mut())).await
    }

    /// The same for a wait that lasts: it takes little memory, above all without a limit. `deadline` gives the deadline
    /// whenever it is looked at.
    pub(crate) fn bound_long<'d, T>(
        deadline: impl Fn() -> Deadline<'d>,
        mut work: impl Future<Output = T> + Unpin,
    ) -> impl Future<Output = Option<T>> {
        let mut end = deadline().timer().map(Box::pin);
        poll_fn(move |cx| deadline().poll_bound(cx, Pin::new(&mut work), end.as_mut().map(Pin::as_mut)))
    }

    fn timer(self) -> Option<Sleep> {
        self.at.filter(|_| !self.is_watched).map(|at| tokio::time::sleep_until(at))
    }

    fn poll_bound<T>(
        self,
        cx: &mut Context<'_>,
        work: Pin<&mut impl Future<Output = T>>,
        end: Option<Pin<&mut Sleep>>,
    ) -> Poll<Option<T>> {
        // A cancellation wakes the task, see `CancellationToken::watch`.
        if self.cancelled().is_some() {
            return Poll::Ready(None);
        }
        match (work.poll(cx), end) {
            (Poll::Ready(output), _) => Poll::Ready(Some(output)),
            (Poll::Pending, Some(end)) => end.poll(cx).map(|()| None),
            (Poll::Pending, None) if self.is_watched && self.has_passed() => Poll::Ready(None),
            (Poll::Pending, None) => Poll::Pending,
        }
    }

    /// Sleeps, unless less time is left than that takes. Returns whether it slept.
    pub(crate) async fn sleep(self, pause: Duration) -> bool {
        if self.remaining().is_some_and(|remaining| remaining <= pause) {
            return false;
        }
        self.bound(tokio::time::sleep(pause)).await.is_some()
    }

    /// The error of work that this deadline has ended: out of time, or cancelled. It is retriable.
    pub(crate) fn ended(self, doing: impl FnOnce(&str) -> String) -> Error {
        let limit = self.at.map_or(Duration::ZERO, |at| at.saturating_duration_since(self.started.into()));
        let elapsed = self.elapsed();
        let noticed = if elapsed > limit + LATE {
            format!(" (noticed after {} ms)", elapsed.as_millis())
        } else {
            String::new()
        };
        let out_of_time = || (Status::Timeout, format!("{} ms passed{noticed}", limit.as_millis()));
        let (status, how) = self.cancelled().map_or_else(out_of_time, |status| (status, reason_text(status)));
        Error::new(status, doing(&how)).retriable()
    }

    /// Turns the error of a cancelled operation into one that says so, unless the operation had failed for good before.
    pub(crate) fn settle(self, error: Error) -> Error {
        match self.cancelled() {
            Some(status) if error.status != status && (error.retriable || error.in_doubt) => {
                let text = format!("{}: {}", reason_text(status), error.message());
                let mut cancelled = error.saying(&text);
                cancelled.status = status;
                cancelled
            }
            _ => error,
        }
    }

    /// The status to end with, if the operation is cancelled.
    pub(crate) fn cancelled(self) -> Option<Status> {
        self.token.and_then(CancellationToken::reason)
    }
}

fn reason_text(status: Status) -> String {
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
    fn an_end_that_is_noticed_late_says_when() {
        let now = Instant::now();
        let said = |limit: u64, elapsed: u64| {
            let started = now.checked_sub(Duration::from_millis(elapsed)).unwrap();
            let at = Some(started + Duration::from_millis(limit));
            let started = started.into();
            Deadline { started, at, ..Deadline::after(None) }.ended(ToOwned::to_owned).message().to_owned()
        };
        assert!(said(1_000, 5_115).starts_with("1000 ms passed (noticed after 5"), "{}", said(1_000, 5_115));
        assert_eq!(said(60_000, 60_000), "60000 ms passed");
    }

    #[test]
    fn a_cancelled_call_says_so_and_keeps_what_matters() {
        let token = CancellationToken::default();
        let deadline = Deadline::after(None).cancelled_by(&token);
        let lost = Error::new(Status::Unavailable, "lost").in_doubt().about_job(7);
        assert_eq!(deadline.settle(lost.clone()), lost);
        token.cancel(Status::Cancelled);
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
