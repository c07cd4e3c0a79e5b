//! Limits how often a client polls its jobs: often while a job is young, rarely when it is old, less often the more jobs
//! there are and the slower the server answers, and at most `poll.max_rate` times a second for all jobs together.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::backoff::jittered;

/// The first pauses of a single job. Those of several grow with the square root of their number.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST_FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(2);
/// The first pauses grow with the age of the job, up to this part of a round of the server.
const PART_OF_ROUND: u32 = 6;
/// The later pauses are this part of the age.
const PART_OF_AGE: u32 = 12;
/// A pause is at least so many times as long as the server takes to answer a poll.
const PAUSE_PER_LATENCY: u32 = 2;
/// About so many polls are under way at most.
const MOST_UNDER_WAY: u32 = 100;
/// The smoothed latency follows each answer by this part of the difference.
const SMOOTHING: u64 = 8;

/// The rate limiter that all waits of a client share.
#[derive(Debug)]
pub(crate) struct PollLimiter {
    /// The least time between two polls, on average.
    spacing: Duration,
    next_free: Mutex<Instant>,
    /// How many jobs are followed.
    followed: AtomicU32,
    /// How long the server takes to answer a poll, smoothed, in microseconds; 0: not known.
    latency: AtomicU64,
}

/// A job counts as followed as long as this exists.
pub(crate) struct Followed<'a>(&'a PollLimiter);

impl Drop for Followed<'_> {
    fn drop(&mut self) {
        self.0.followed.fetch_sub(1, Ordering::Relaxed);
    }
}

impl PollLimiter {
    /// `rate`: polls a second, at least 1.
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            spacing: Duration::from_secs(1) / rate.max(1),
            next_free: Mutex::new(Instant::now()),
            followed: AtomicU32::new(0),
            latency: AtomicU64::new(0),
        }
    }

    /// Counts a job that is followed from now on.
    pub(crate) fn follow(&self) -> Followed<'_> {
        self.followed.fetch_add(1, Ordering::Relaxed);
        Followed(self)
    }

    /// Returns when the caller may poll. Callers get their turns in order; one that stops waiting uses none up.
    pub(crate) async fn acquire(&self) {
        let mut next_free = self.next_free.lock().await;
        tokio::time::sleep_until(*next_free).await;
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

    fn latency(&self) -> Duration {
        Duration::from_micros(self.latency.load(Ordering::Relaxed))
    }

    /// The pause before the next poll of a job of this age, on a server that looks at its plans once a `round`. A job
    /// older than a few seconds is noticed at most 10 % of its age late, with the final requests included, if few jobs
    /// are followed and the server answers fast.
    pub(crate) fn pause(&self, age: Duration, round: Duration) -> Duration {
        let jobs = f64::from(self.followed.load(Ordering::Relaxed).max(1));
        let first = FIRST.mul_f64(jobs.sqrt()).min(LONGEST_FIRST);
        let young = (age / 3).min(round / PART_OF_ROUND);
        let slow = self.latency().saturating_mul(PAUSE_PER_LATENCY);
        pause_of(first.max(young).max(age / PART_OF_AGE).max(slow))
    }
}

/// The pause after a failed request of a wait of this age.
pub(crate) fn pause_after_failure(age: Duration) -> Duration {
    pause_of((age / PART_OF_AGE).max(FIRST))
}

/// The jitter only shortens the pause, and keeps jobs of one age out of step.
fn pause_of(span: Duration) -> Duration {
    jittered(span.min(LONGEST), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Duration = Duration::from_secs(3);
    const NEW: Duration = Duration::from_millis(500);
    const SPACING: Duration = Duration::from_millis(2);

    fn limiter() -> PollLimiter {
        PollLimiter::new(500)
    }

    fn check(limiter: &PollLimiter, round: Duration, age: u64, longest: u64) {
        let pause = limiter.pause(Duration::from_millis(age), round);
        let longest = Duration::from_millis(longest);
        assert!(pause <= longest && pause >= longest.mul_f64(0.79), "{round:?}, {age} ms: {pause:?}");
    }

    #[test]
    fn pauses_grow_with_age_between_their_bounds() {
        let limiter = limiter();
        let same = [(0, 100), (300, 100), (12_000, 1_000), (24_000, 2_000), (3_600_000, 2_000)];
        for round in [OLD, NEW] {
            for (age, longest) in same {
                check(&limiter, round, age, longest);
            }
        }
        // A job of a server with long rounds does not end in the middle of one.
        for (age, longest) in [(900, 300), (1_500, 500), (6_000, 500), (9_000, 750)] {
            check(&limiter, OLD, age, longest);
        }
        for (age, longest) in [(1_000, 100), (1_200, 100), (4_800, 400), (6_000, 500)] {
            check(&limiter, NEW, age, longest);
        }
    }

    #[test]
    fn first_pauses_grow_with_the_root_of_the_number_of_jobs() {
        let limiter = limiter();
        let mut followed = Vec::new();
        for (jobs, longest) in [(1, 100), (4, 200), (9, 300), (64, 800), (100, 1_000), (1_000, 1_000)] {
            followed.resize_with(jobs, || limiter.follow());
            check(&limiter, NEW, 0, longest);
        }
        check(&limiter, NEW, 60_000, 2_000);
        followed.clear();
        check(&limiter, NEW, 0, 100);
    }

    #[test]
    fn a_server_that_answers_slowly_is_asked_less() {
        let limiter = limiter();
        limiter.took(Duration::from_millis(20));
        check(&limiter, NEW, 0, 100);
        limiter.took(Duration::from_millis(820));
        check(&limiter, NEW, 0, 240); // 2 × (20 + 800 / 8)
        (0..100).for_each(|_| limiter.took(Duration::from_millis(820)));
        check(&limiter, NEW, 0, 1_640);
        (0..100).for_each(|_| limiter.took(Duration::from_mins(2)));
        check(&limiter, NEW, 0, 2_000);
        (0..200).for_each(|_| limiter.took(Duration::ZERO));
        check(&limiter, NEW, 0, 100);
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
