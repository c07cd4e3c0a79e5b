//! Pauses between attempts and polls: backoff and jitter.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use crate::config::RetryConfig;

/// The pauses of one series of attempts.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    config: RetryConfig,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(config: RetryConfig) -> Self {
        Self { config, failures: 0 }
    }

    /// Counts a failure, and returns the pause before the next attempt: between half and all of a span that
    /// doubles each time. The jitter keeps many clients from coming back at once.
    pub(crate) fn next_pause(&mut self) -> Duration {
        let doubled = self.config.backoff.saturating_mul(1 << self.failures.min(20));
        self.failures += 1;
        jittered(doubled.min(self.config.max_backoff), 500)
    }
}

/// The span, shortened by a random part of at most `permille` thousandths.
pub(crate) fn jittered(span: Duration, permille: u64) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    #[cfg(test)]
    let random = crate::world::draw(permille).unwrap_or(random);
    let kept = 1_000 - random % permille;
    span.saturating_mul(u32::try_from(kept).unwrap_or(1_000)) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_their_limit_and_never_vanish() {
        let (backoff, max_backoff) = (Duration::from_millis(50), Duration::from_millis(300));
        let mut pauses = Backoff::new(RetryConfig { max_attempts: 5, backoff, max_backoff });
        for span in [50, 100, 200, 300, 300] {
            let (pause, span) = (pauses.next_pause(), Duration::from_millis(span));
            assert!(pause <= span && pause >= span / 2, "{span:?}: {pause:?}");
        }
        for _ in 0..100 {
            assert!(pauses.next_pause() <= max_backoff);
        }
    }
}
