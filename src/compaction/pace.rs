//! How often jobs are asked about: often while a job is young, rarely when it is old, and never
//! more than so many times a second for all jobs of a client together.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::transport::jittered;

const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(2);
/// Time between any two polls of one client.
const SPACING: Duration = Duration::from_millis(10);

/// The poll rate that all jobs of a client share.
#[derive(Debug)]
pub(crate) struct Pace {
    next_free: Mutex<Instant>,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { next_free: Mutex::new(Instant::now()) }
    }

    /// Takes the next free moment and sleeps until it comes.
    pub(super) async fn turn(&self) {
        let moment = self.reserve(Instant::now());
        if moment > Instant::now() {
            tokio::time::sleep_until(moment.into()).await;
        }
    }

    fn reserve(&self, now: Instant) -> Instant {
        let mut next_free = self.next_free.lock().unwrap_or_else(PoisonError::into_inner);
        let moment = now.max(*next_free);
        *next_free = moment + SPACING;
        moment
    }
}

/// Pause before the next poll of a job of this age: at most a twentieth of it, so that a wait ends
/// at most 5 % late. The jitter only shortens, and keeps jobs of one age from asking in step.
pub(super) fn pause(age: Duration) -> Duration {
    jittered((age / 20).clamp(SHORTEST, LONGEST), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_age_between_their_bounds() {
        for (age, longest) in [(0, 10), (100, 10), (1_000, 50), (10_000, 500), (3_600_000, 2_000)] {
            let pause = pause(Duration::from_millis(age));
            let longest = Duration::from_millis(longest);
            assert!(pause <= longest && pause >= longest * 4 / 5, "{age} ms: {pause:?}");
        }
    }

    #[test]
    fn many_jobs_share_one_rate() {
        let pace = Pace::new();
        let now = Instant::now() + SPACING;
        let moments: Vec<_> = (0..100).map(|_| pace.reserve(now)).collect();
        assert_eq!(moments[0], now, "the first poll is not delayed");
        assert_eq!(moments[99] - now, SPACING * 99);
        let later = now + SPACING * 1_000;
        assert_eq!(pace.reserve(later), later, "unused moments are not saved up");
    }
}
