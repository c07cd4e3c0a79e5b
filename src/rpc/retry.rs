//! Decides whether a failed call is retried. Nothing else in the library retries a call.

use std::time::Duration;

use tokio::time::Instant;

use super::deadline::Deadline;
use crate::backoff::Backoff;
use crate::config::RetryConfig;
use crate::error::{Error, Status};
use crate::log::{self, Level};
use crate::stats::Stats;

/// How long a call without a deadline is retried against a rate limit or a server that starts.
const LONGEST_PATIENCE: Duration = Duration::from_mins(1);
/// How often a call is sent again at once because its connection was closing. Far more than a busy server needs that
/// takes a few requests on each connection; it bounds what a server costs that closes every one.
const MOST_RESENDS: u32 = 32;

/// How a call may be retried, by what it does on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryClass {
    /// It only reads, so retrying is safe.
    Read,
    /// It only reads, and its caller polls again, so no retry is needed.
    Poll,
    /// It starts work on the server, so a retry is safe only if the server certainly did nothing.
    Trigger,
}

/// How far a call got before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// The server certainly did nothing: the call was never sent.
    Nothing,
    /// A connection that was at its end, and the server certainly did nothing: another connection may carry it.
    ClosingConnection,
    /// The server refused it, and did nothing.
    Refusal,
    /// The server may have processed it.
    Perhaps,
    /// The proxy has no coordinator now, but may have had one when it forwarded the request.
    NoCoordinator,
}

/// A failed attempt.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) reached: Reached,
}

impl Failure {
    /// There is no connection.
    pub(super) fn to_connect(error: Error) -> Self {
        Self { error, reached: Reached::Nothing }
    }

    /// The same failure on a connection that the server has ended because of pings at this interval.
    pub(super) fn of_pings(self, interval: Duration) -> Self {
        if self.error.status != Status::Unavailable {
            return self;
        }
        let (said, interval) = (self.error.message(), interval.as_millis());
        let text =
            format!("{said}; it allows fewer pings (too_many_pings): set keepalive_ms above {interval}");
        Self { error: self.error.saying(&text), ..self }
    }

    /// The same failure, of a request that preceded the call itself.
    pub(super) fn before_the_call(self) -> Self {
        let reached = match self.reached {
            Reached::Refusal | Reached::ClosingConnection => self.reached,
            _ => Reached::Nothing,
        };
        Self { reached, ..self }
    }

    /// The error that the caller gets.
    pub(super) fn into_error(self, class: RetryClass) -> Error {
        match (class, self.reached) {
            (RetryClass::Trigger, Reached::Perhaps | Reached::NoCoordinator) => self.error.in_doubt(),
            _ => self.error,
        }
    }

    /// Whether the same call will succeed later: the server limits the rate, or starts. (A limit of zero is not
    /// retriable.)
    fn passes_with_time(&self, class: RetryClass) -> bool {
        let is_safe =
            matches!(self.reached, Reached::Nothing | Reached::Refusal) || class == RetryClass::Read;
        is_safe && self.error.retriable && matches!(self.error.status, Status::RateLimited | Status::NotReady)
    }
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GiveUp,
    /// After a pause.
    Again,
    /// At once, on another connection; it does not count as an attempt.
    Resend,
}

/// The attempts of one call.
pub(super) struct Attempts<'a> {
    config: RetryConfig,
    stats: &'a Stats,
    failed: u32,
    resent: u32,
    backoff: Backoff,
    started: Instant,
    /// The server's latest "later", if that is how the latest attempt failed.
    put_off: Option<Box<Error>>,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(config: RetryConfig, stats: &'a Stats) -> Self {
        let backoff = Backoff::new(config);
        Self { config, stats, failed: 0, resent: 0, backoff, started: Instant::now(), put_off: None }
    }

    /// Returns after a pause if the call may be retried. Returns the call's final error if a retry would not help,
    /// would not be safe, or would exceed the deadline.
    pub(super) async fn again_after(
        &mut self,
        failure: Failure,
        class: RetryClass,
        deadline: Deadline<'_>,
    ) -> Result<(), Error> {
        let again = match self.decide(class, &failure) {
            Next::GiveUp => false,
            Next::Resend => {
                log::tell(Level::Info, "sending again", || format!("reason={:?}", failure.error.message()));
                self.stats.resent();
                return Ok(()); // the next attempt looks at the deadline
            }
            Next::Again if deadline.remaining().is_none() && self.started.elapsed() > LONGEST_PATIENCE => {
                false
            }
            Next::Again => {
                let pause = self.backoff.next_pause();
                log::tell(Level::Info, "trying again", || {
                    let (attempt, pause) = (self.failed + 1, pause.as_millis());
                    format!("attempt={attempt} pause_ms={pause} reason={:?}", failure.error.message())
                });
                deadline.sleep(pause).await
            }
        };
        if again {
            self.stats.retried();
            self.put_off = failure.passes_with_time(class).then(|| Box::new(failure.error));
            return Ok(());
        }
        let error = self.explained(failure, class).into_error(class);
        Err(if self.failed > 1 { error.after_attempts(self.failed) } else { error })
    }

    /// The error of a call whose time ran out while the server kept deferring it: the server's reason rather than the
    /// timeout, unless the latest attempt leaves the call in doubt.
    fn explained(&mut self, failure: Failure, class: RetryClass) -> Failure {
        let is_certain = failure.reached == Reached::Nothing || class == RetryClass::Read;
        match self.put_off.take() {
            Some(error) if is_certain && failure.error.status == Status::Timeout => {
                Failure { error: error.slow(), reached: Reached::Nothing }
            }
            _ => failure,
        }
    }

    /// Counts a failure and decides.
    fn decide(&mut self, class: RetryClass, failure: &Failure) -> Next {
        if failure.reached == Reached::ClosingConnection && self.resent < MOST_RESENDS {
            self.resent += 1;
            return Next::Resend;
        }
        self.failed += 1;
        if class == RetryClass::Poll {
            return Next::GiveUp;
        }
        if failure.passes_with_time(class) {
            return Next::Again; // until the deadline
        }
        if failure.error.was_slow || !failure.error.retriable || self.failed >= self.config.max_attempts {
            return Next::GiveUp;
        }
        match (failure.reached, class) {
            (Reached::Nothing | Reached::ClosingConnection, _) | (Reached::Perhaps, RetryClass::Read) => {
                Next::Again
            }
            _ => Next::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts() -> Attempts<'static> {
        let (backoff, max_backoff) = (Duration::from_millis(1), Duration::from_millis(2));
        let stats = Box::leak(Box::default());
        Attempts::new(RetryConfig { max_attempts: 3, backoff, max_backoff }, stats)
    }

    fn failure(status: Status, reached: Reached) -> Failure {
        Failure { error: Error::new(status, "").retriable(), reached }
    }

    #[test]
    fn a_trigger_is_repeated_only_when_the_server_certainly_did_not_act() {
        for (reached, status, next) in [
            (Reached::Nothing, Status::Unavailable, Next::Again),
            (Reached::Refusal, Status::RateLimited, Next::Again),
            (Reached::Refusal, Status::NotReady, Next::Again),
            (Reached::Refusal, Status::ServerError, Next::GiveUp),
            (Reached::Perhaps, Status::Unavailable, Next::GiveUp),
            (Reached::Perhaps, Status::RateLimited, Next::GiveUp),
            (Reached::Perhaps, Status::NotReady, Next::GiveUp),
            (Reached::Perhaps, Status::Timeout, Next::GiveUp),
            (Reached::NoCoordinator, Status::NotReady, Next::GiveUp),
            (Reached::Nothing, Status::NotReady, Next::Again),
            (Reached::Refusal, Status::Busy, Next::GiveUp),
        ] {
            assert_eq!(
                attempts().decide(RetryClass::Trigger, &failure(status, reached)),
                next,
                "{reached:?} {status:?}"
            );
        }
    }

    #[test]
    fn a_read_is_repeated_where_that_helps_and_a_poll_never() {
        let lost = failure(Status::Unavailable, Reached::Perhaps);
        assert_eq!(attempts().decide(RetryClass::Read, &lost), Next::Again);
        assert_eq!(attempts().decide(RetryClass::Poll, &lost), Next::GiveUp);
        let refused = Failure { error: Error::new(Status::CollectionNotFound, ""), ..lost };
        assert_eq!(attempts().decide(RetryClass::Read, &refused), Next::GiveUp);
    }

    #[test]
    fn what_a_closing_connection_did_not_carry_is_sent_again_at_once_and_is_no_attempt() {
        for class in [RetryClass::Trigger, RetryClass::Read, RetryClass::Poll] {
            let mut some = attempts();
            let left = failure(Status::Unavailable, Reached::ClosingConnection);
            for _ in 0..MOST_RESENDS {
                assert_eq!(some.decide(class, &left), Next::Resend);
            }
            assert_eq!(some.failed, 0);
            // A server that closes every connection is one that cannot be reached.
            let polls = class == RetryClass::Poll;
            let decisions: Vec<_> = (0..3).map(|_| some.decide(class, &left)).collect();
            let again = if polls { Next::GiveUp } else { Next::Again };
            assert_eq!(decisions, [again, again, Next::GiveUp], "{class:?}");
            assert!(!left.into_error(class).in_doubt);
        }
    }

    #[test]
    fn attempts_end_but_a_rate_limit_is_waited_out() {
        let mut some = attempts();
        let lost = failure(Status::Unavailable, Reached::Nothing);
        let decisions: Vec<_> = (0..3).map(|_| some.decide(RetryClass::Read, &lost)).collect();
        assert_eq!(decisions, [Next::Again, Next::Again, Next::GiveUp]);
        let mut many = attempts();
        let limited = failure(Status::RateLimited, Reached::Refusal);
        assert!((0..50).all(|_| many.decide(RetryClass::Trigger, &limited) == Next::Again));
        let gone = failure(Status::NotReady, Reached::NoCoordinator);
        assert!((0..50).all(|_| many.decide(RetryClass::Read, &gone) == Next::Again));
    }

    #[test]
    fn a_call_that_was_deferred_until_its_time_ran_out_says_why() {
        let deadline = Deadline::after(Some(Duration::from_mins(1)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let status = |class, first: Failure, reached| {
            let mut attempts = attempts();
            let late = Failure { error: Error::new(Status::Timeout, "").slow(), reached };
            runtime.block_on(async {
                attempts.again_after(first, class, deadline).await.unwrap();
                let error = attempts.again_after(late, class, deadline).await.unwrap_err();
                (error.status, error.in_doubt)
            })
        };
        let put_off = || failure(Status::NotReady, Reached::Refusal);
        assert_eq!(status(RetryClass::Read, put_off(), Reached::Perhaps), (Status::NotReady, false));
        assert_eq!(status(RetryClass::Trigger, put_off(), Reached::Nothing), (Status::NotReady, false));
        assert_eq!(status(RetryClass::Trigger, put_off(), Reached::Perhaps), (Status::Timeout, true));
        let lost = failure(Status::Unavailable, Reached::Nothing);
        assert_eq!(status(RetryClass::Read, lost, Reached::Perhaps), (Status::Timeout, false));
    }

    #[test]
    fn a_limit_of_zero_is_not_waited_out() {
        let denied = Failure { error: Error::new(Status::RateLimited, ""), reached: Reached::Refusal };
        for class in [RetryClass::Read, RetryClass::Trigger] {
            assert_eq!(attempts().decide(class, &denied), Next::GiveUp);
        }
    }

    #[test]
    fn slow_failures_are_not_repeated() {
        let error = Error::new(Status::Unavailable, "").retriable().slow();
        let slow = Failure { error, reached: Reached::Nothing };
        assert_eq!(attempts().decide(RetryClass::Read, &slow), Next::GiveUp);
    }

    #[test]
    fn only_a_trigger_that_may_have_arrived_is_in_doubt() {
        let error = |class, reached| failure(Status::Unavailable, reached).into_error(class);
        assert!(error(RetryClass::Trigger, Reached::Perhaps).in_doubt);
        assert!(error(RetryClass::Trigger, Reached::NoCoordinator).in_doubt);
        assert!(!error(RetryClass::Read, Reached::NoCoordinator).in_doubt);
        assert!(!error(RetryClass::Trigger, Reached::Perhaps).retriable);
        assert!(!error(RetryClass::Trigger, Reached::Nothing).in_doubt);
        assert!(!error(RetryClass::Trigger, Reached::Refusal).in_doubt);
        assert!(!error(RetryClass::Read, Reached::Perhaps).in_doubt);
    }
}
