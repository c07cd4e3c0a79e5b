//! Limits how often a client polls: at most `poll.max_rate` times a second, and less often the slower the server answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::backoff::jittered;

/// The pauses between attempts grow with the age of the work: this part of it, between these bounds.
const PART_OF_AGE: u32 = 12;
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
/// About so many polls are under way at most.
const MOST_UNDER_WAY: u32 = 100;
/// The smoothed latency follows each answer by this part of the difference.
const SMOOTHING: u64 = 8;

/// A rate that many waits share.
#[derive(Debug)]
pub(crate) struct PollLimiter {
    /// The least time between two polls, on average.
    spacing: Duration,
    next_free: Mutex<Instant>,
    /// How long the server takes to answer a poll, smoothed, in microseconds; 0: not known.
    latency: AtomicU64,
}

impl PollLimiter {
    /// `rate`: polls a second, at least 1.
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            spacing: Duration::from_secs(1) / rate.max(1),
            next_free: Mutex::new(Instant::now()),
            latency: AtomicU64::new(0),
        }
    }

    /// Returns when the caller may poll. Callers get their turns in order; one that stops waiting uses none up.
    pub(crate) async fn acquire(&self) {
        let mut next_free = self.next_free.lock().await;
        tokio::time::sleep_until(*next_free).await;
        self.take(&mut next_free);
    }

    /// Whether the caller may poll now: nobody waits for a turn, and one is free.
    pub(crate) fn try_acquire(&self) -> bool {
        let Ok(mut next_free) = self.next_free.try_lock() else { return false };
        let is_free = *next_free <= Instant::now();
        if is_free {
            self.take(&mut next_free);
        }
        is_free
    }

    fn take(&self, next_free: &mut Instant) {
        let spacing = self.spacing.max(self.latency() / MOST_UNDER_WAY);
        // A timer fires up to a millisecond late: the next turn makes up for that.
        *next_free = (*next_free).max(Instant::now() - spacing) + spacing;
    }

    /// The server took so long to answer a poll, or did not answer within this time.
    pub(crate) fn took(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
        let smoothed = |before: u64| match before {
            0 => time,
            before => (before - before / SMOOTHING).saturating_add(time / SMOOTHING).max(1),
        };
        let _ = self.latency.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(smoothed(now)));
    }

    /// How long the server takes to answer a poll; 0 if that is not known.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency.load(Ordering::Relaxed))
    }
}

/// The pause after a failed request of a wait of this age.
pub(crate) fn pause_after_failure(age: Duration) -> Duration {
    jittered((age / PART_OF_AGE).max(FIRST).min(LONGEST), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Duration = Duration::from_millis(2);

    fn limiter() -> PollLimiter {
        PollLimiter::new(500)
    }

    #[test]
    fn failures_are_repeated_after_growing_pauses() {
        for (age, longest) in [(0, 100), (1_200, 100), (12_000, 1_000), (3_600_000, 2_000)] {
            let pause = pause_after_failure(Duration::from_millis(age));
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
            let limiter = limiter();
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
            let (limiter, came) = (&limiter(), &std::cell::RefCell::new(Vec::new()));
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
            let limiter = limiter();
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

    #[test]
    fn the_rate_is_bounded_by_the_option_and_by_how_many_polls_are_under_way() {
        paused().block_on(async {
            for (rate, latency_ms, spaces_ms) in
                [(500, 0, 2), (500, 100, 2), (500, 1_000, 10), (10, 1_000, 100)]
            {
                let limiter = PollLimiter::new(rate);
                limiter.took(Duration::from_millis(latency_ms));
                let started = Instant::now();
                for _ in 0..5 {
                    limiter.acquire().await;
                }
                assert_eq!(started.elapsed().as_millis(), spaces_ms * 4, "{rate} a second, {latency_ms} ms");
            }
        });
    }
}
