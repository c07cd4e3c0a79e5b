//! The one place that decides whether a failed call is tried again.

use std::time::{Duration, Instant};

use super::Deadline;
use crate::config::RetryConfig;
use crate::error::{Error, Status};
use crate::log::{self, Level};
use crate::transport::Backoff;

/// A call without a deadline is not put off by a server for longer than this.
const LONGEST_PATIENCE: Duration = Duration::from_mins(1);

/// What a call does on the server, and who repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Only reads: nothing on the server depends on whether it arrived.
    Read,
    /// Only reads, and its caller asks again anyhow.
    Poll,
    /// Starts work on the server.
    Trigger,
}

/// How far a call had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// The server certainly did not begin to work on it: never sent, or refused unprocessed.
    Nothing,
    /// The server said no, and did nothing.
    Refusal,
    /// It may have worked on it.
    Perhaps,
    /// A proxy without a coordinator: it may have had one when it handed the request over.
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

    /// The same failure, of something that came before the call itself.
    pub(super) fn before_the_call(self) -> Self {
        let reached = if self.reached == Reached::Refusal { self.reached } else { Reached::Nothing };
        Self { reached, ..self }
    }

    /// The error as the caller gets it.
    pub(super) fn into_error(self, effect: Effect) -> Error {
        match (effect, self.reached) {
            (Effect::Trigger, Reached::Perhaps | Reached::NoCoordinator) => self.error.in_doubt(),
            _ => self.error,
        }
    }

    /// Rate limits and servers that are starting: the same call will succeed later, as it stands. (A limit of zero is
    /// not retriable.)
    fn passes_with_time(&self, effect: Effect) -> bool {
        let is_safe = matches!(self.reached, Reached::Nothing | Reached::Refusal) || effect == Effect::Read;
        is_safe && self.error.retriable && matches!(self.error.status, Status::RateLimited | Status::NotReady)
    }
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GiveUp,
    /// After a pause.
    Again,
}

/// The attempts of one call.
pub(super) struct Attempts {
    config: RetryConfig,
    failed: u32,
    backoff: Backoff,
    started: Instant,
    /// Why the server put the call off, if it did so the last time.
    put_off: Option<Box<Error>>,
}

impl Attempts {
    pub(super) fn new(config: RetryConfig) -> Self {
        let backoff = Backoff::new(config);
        Self { config, failed: 0, backoff, started: Instant::now(), put_off: None }
    }

    /// Returns when the call may be tried again, or else the error that it ends with: when trying again
    /// would not help, would not be safe, or would take longer than there is time.
    pub(super) async fn again_after(
        &mut self,
        failure: Failure,
        effect: Effect,
        deadline: Deadline<'_>,
    ) -> Result<(), Error> {
        let again = match self.decide(effect, &failure) {
            Next::GiveUp => false,
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
            self.put_off = failure.passes_with_time(effect).then(|| Box::new(failure.error));
            return Ok(());
        }
        let error = self.explained(failure, effect).into_error(effect);
        Err(if self.failed > 1 { error.after_attempts(self.failed) } else { error })
    }

    /// A call that was put off until its time ran out says why, also if it was just under way again; unless that leaves
    /// more in doubt than the reason does.
    fn explained(&mut self, failure: Failure, effect: Effect) -> Failure {
        let is_certain = failure.reached == Reached::Nothing || effect == Effect::Read;
        match self.put_off.take() {
            Some(error) if is_certain && failure.error.status == Status::Timeout => {
                Failure { error: error.slow(), reached: Reached::Nothing }
            }
            _ => failure,
        }
    }

    /// Notes a failure and decides.
    fn decide(&mut self, effect: Effect, failure: &Failure) -> Next {
        self.failed += 1;
        if effect == Effect::Poll {
            return Next::GiveUp;
        }
        if failure.passes_with_time(effect) {
            return Next::Again; // as long as there is time
        }
        if failure.error.was_slow || !failure.error.retriable || self.failed >= self.config.max_attempts {
            return Next::GiveUp;
        }
        match (failure.reached, effect) {
            (Reached::Nothing, _) | (Reached::Perhaps, Effect::Read) => Next::Again,
            _ => Next::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts() -> Attempts {
        let (backoff, max_backoff) = (Duration::from_millis(1), Duration::from_millis(2));
        Attempts::new(RetryConfig { max_attempts: 3, backoff, max_backoff })
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
                attempts().decide(Effect::Trigger, &failure(status, reached)),
                next,
                "{reached:?} {status:?}"
            );
        }
    }

    #[test]
    fn a_read_is_repeated_where_that_helps_and_a_poll_never() {
        let lost = failure(Status::Unavailable, Reached::Perhaps);
        assert_eq!(attempts().decide(Effect::Read, &lost), Next::Again);
        assert_eq!(attempts().decide(Effect::Poll, &lost), Next::GiveUp);
        let refused = Failure { error: Error::new(Status::CollectionNotFound, ""), ..lost };
        assert_eq!(attempts().decide(Effect::Read, &refused), Next::GiveUp);
    }

    #[test]
    fn attempts_end_but_a_rate_limit_is_waited_out() {
        let mut some = attempts();
        let lost = failure(Status::Unavailable, Reached::Nothing);
        let decisions: Vec<_> = (0..3).map(|_| some.decide(Effect::Read, &lost)).collect();
        assert_eq!(decisions, [Next::Again, Next::Again, Next::GiveUp]);
        let mut many = attempts();
        let limited = failure(Status::RateLimited, Reached::Refusal);
        assert!((0..50).all(|_| many.decide(Effect::Trigger, &limited) == Next::Again));
        let gone = failure(Status::NotReady, Reached::NoCoordinator);
        assert!((0..50).all(|_| many.decide(Effect::Read, &gone) == Next::Again));
    }

    #[test]
    fn a_call_that_was_put_off_until_its_time_ran_out_says_why() {
        let deadline = Deadline::after(Some(Duration::from_mins(1)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let status = |effect, first: Failure, reached| {
            let mut attempts = attempts();
            let late = Failure { error: Error::new(Status::Timeout, "").slow(), reached };
            runtime.block_on(async {
                attempts.again_after(first, effect, deadline).await.unwrap();
                let error = attempts.again_after(late, effect, deadline).await.unwrap_err();
                (error.status, error.in_doubt)
            })
        };
        let put_off = || failure(Status::NotReady, Reached::Refusal);
        assert_eq!(status(Effect::Read, put_off(), Reached::Perhaps), (Status::NotReady, false));
        assert_eq!(status(Effect::Trigger, put_off(), Reached::Nothing), (Status::NotReady, false));
        assert_eq!(status(Effect::Trigger, put_off(), Reached::Perhaps), (Status::Timeout, true));
        let lost = failure(Status::Unavailable, Reached::Nothing);
        assert_eq!(status(Effect::Read, lost, Reached::Perhaps), (Status::Timeout, false));
    }

    #[test]
    fn a_limit_of_zero_is_not_waited_out() {
        let denied = Failure { error: Error::new(Status::RateLimited, ""), reached: Reached::Refusal };
        for effect in [Effect::Read, Effect::Trigger] {
            assert_eq!(attempts().decide(effect, &denied), Next::GiveUp);
        }
    }

    #[test]
    fn slow_failures_are_not_repeated() {
        let error = Error::new(Status::Unavailable, "").retriable().slow();
        let slow = Failure { error, reached: Reached::Nothing };
        assert_eq!(attempts().decide(Effect::Read, &slow), Next::GiveUp);
    }

    #[test]
    fn only_a_trigger_that_may_have_arrived_is_in_doubt() {
        let error = |effect, reached| failure(Status::Unavailable, reached).into_error(effect);
        assert!(error(Effect::Trigger, Reached::Perhaps).in_doubt);
        assert!(error(Effect::Trigger, Reached::NoCoordinator).in_doubt);
        assert!(!error(Effect::Read, Reached::NoCoordinator).in_doubt);
        assert!(!error(Effect::Trigger, Reached::Perhaps).retriable);
        assert!(!error(Effect::Trigger, Reached::Nothing).in_doubt);
        assert!(!error(Effect::Trigger, Reached::Refusal).in_doubt);
        assert!(!error(Effect::Read, Reached::Perhaps).in_doubt);
    }
}
