//! Limits how often a client polls its jobs: often while a job is young, rarely when it is old, and at most 500 times a
//! second for all jobs of the client together.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::backoff::jittered;

const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(2);
/// Time between the polls of one client, on average.
const SPACING: Duration = Duration::from_millis(2);

/// The rate limiter that all waits of a client share.
#[derive(Debug)]
pub(crate) struct PollLimiter {
    next_free: Mutex<Instant>,
}

impl PollLimiter {
    pub(crate) fn new() -> Self {
        Self { next_free: Mutex::new(Instant::now()) }
    }

    /// Returns when the caller may poll. Callers get their turns in order; one that stops waiting uses none up.
    pub(crate) async fn acquire(&self) {
        let mut next_free = self.next_free.lock().await;
        tokio::time::sleep_until(*next_free).await;
        // A timer fires up to a millisecond late: the next turn makes up for that.
        *next_free = (*next_free).max(Instant::now() - SPACING) + SPACING;
    }
}

/// The pause before the next poll of a job of this age: at most 4 % of the age, so that a wait ends at most 5 % late
/// with its final requests included. The jitter only shortens the pause, and keeps jobs of one age out of step.
pub(crate) fn pause(age: Duration) -> Duration {
    jittered((age / 25).clamp(SHORTEST, LONGEST), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_age_between_their_bounds() {
        for (age, longest) in [(0, 10), (100, 10), (1_000, 40), (10_000, 400), (3_600_000, 2_000)] {
            let pause = pause(Duration::from_millis(age));
            let longest = Duration::from_millis(longest);
            assert!(pause <= longest && pause >= longest * 4 / 5, "{age} ms: {pause:?}");
        }
    }

    /// A runtime whose clock moves only when a test moves it, or when every task waits.
    fn paused() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    #[test]
    fn a_turn_that_came_late_is_made_up_for_once() {
        paused().block_on(async {
            let limiter = PollLimiter::new();
            let started = Instant::now();
            let mut turns = Vec::new();
            limiter.acquire().await;
            tokio::time::advance(SPACING * 3 / 2).await;
            for _ in 0..3 {
                limiter.acquire().await;
                turns.push(started.elapsed());
            }
            assert_eq!(turns, [SPACING * 3 / 2, SPACING * 2, SPACING * 3], "late by half a space");

            tokio::time::advance(SPACING * 10).await;
            let rested = Instant::now();
            for _ in 0..4 {
                limiter.acquire().await;
            }
            assert_eq!(rested.elapsed(), SPACING * 2, "of a rest, one space is made up for");
        });
    }

    #[test]
    fn turns_come_in_the_order_of_asking() {
        paused().block_on(async {
            let (limiter, came) = (&PollLimiter::new(), &std::cell::RefCell::new(Vec::new()));
            limiter.acquire().await; // the first comes at once
            let asking = |who: u32| async move {
                for _ in 0..3 {
                    limiter.acquire().await;
                    came.borrow_mut().push(who);
                }
            };
            tokio::join!(asking(1), asking(2), asking(3));
            assert_eq!(*came.borrow(), [1, 2, 3, 1, 2, 3, 1, 2, 3]);
        });
    }

    #[test]
    fn many_jobs_share_one_rate_and_a_caller_that_gives_up_uses_nothing() {
        paused().block_on(async {
            let limiter = PollLimiter::new();
            let started = Instant::now();
            for _ in 0..5 {
                limiter.acquire().await;
            }
            assert_eq!(started.elapsed().as_millis(), SPACING.as_millis() * 4, "five turns, four spaces");
            for _ in 0..10_000 {
                let given_up = tokio::time::timeout(Duration::ZERO, limiter.acquire()).await;
                assert!(given_up.is_err());
            }
            let next = *limiter.next_free.lock().await;
            assert!(next <= Instant::now() + SPACING, "nothing is reserved for those who left");
        });
    }
}
