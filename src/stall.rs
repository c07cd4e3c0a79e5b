//! Detects work that no longer advances. No I/O.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::packed::packs;

/// Measures how long nothing has changed, from one answer of the server to the next.
#[derive(Debug)]
pub(crate) struct Stall {
    changed: Instant,
    answered: Instant,
    /// How long the answers have shown no change.
    unchanged: Duration,
}
packs!(Stall { answered, changed, unchanged });

impl Stall {
    pub(crate) fn new(now: Instant) -> Self {
        Self { changed: now, answered: now, unchanged: Duration::ZERO }
    }

    /// Records an answer. Returns how long nothing has changed, if that is longer than the timeout. A gap without
    /// answers, such as an outage, counts as at most half of the timeout, because the client cannot see changes in it.
    pub(crate) fn answered(
        &mut self,
        has_changed: bool,
        now: Instant,
        timeout: Duration,
    ) -> Option<Duration> {
        let gap = now.saturating_duration_since(self.answered).min(timeout / 2);
        self.answered = now;
        if has_changed {
            (self.changed, self.unchanged) = (now, Duration::ZERO);
            return None;
        }
        self.unchanged = self.unchanged.saturating_add(gap);
        (self.unchanged > timeout).then(|| now.saturating_duration_since(self.changed))
    }

    /// When the latest answer arrived.
    pub(crate) fn latest(&self) -> Instant {
        self.answered
    }
}

/// When one of several jobs last changed. A job that waits behind the others does not stall while they advance.
#[derive(Debug)]
pub(crate) struct Advance(Mutex<Instant>);

impl Advance {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    pub(crate) fn note(&self, now: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Whether a job has changed since then.
    pub(crate) fn has_since(&self, then: Instant) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) > then
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_mins(1);

    fn answered(stall: &mut Stall, has_changed: bool, now: Instant) -> Option<Duration> {
        stall.answered(has_changed, now, TIMEOUT)
    }

    #[test]
    fn work_stalls_when_no_answer_shows_a_change_for_the_timeout() {
        let start = Instant::now();
        let mut stall = Stall::new(start);
        for second in 1..=60 {
            assert_eq!(answered(&mut stall, false, start + Duration::from_secs(second)), None, "{second}");
        }
        assert_eq!(
            answered(&mut stall, false, start + Duration::from_secs(61)),
            Some(Duration::from_secs(61))
        );
        assert_eq!(answered(&mut stall, true, start + Duration::from_secs(62)), None);
        assert_eq!(
            answered(&mut stall, false, start + Duration::from_secs(63)),
            None,
            "it changed a second ago"
        );
    }

    #[test]
    fn a_gap_without_answers_alone_is_no_stall() {
        let start = Instant::now();
        let mut stall = Stall::new(start);
        assert_eq!(
            answered(&mut stall, false, start + Duration::from_hours(2)),
            None,
            "the program stood still"
        );
        assert_eq!(answered(&mut stall, false, start + Duration::from_hours(2) + TIMEOUT / 2), None);
        let later = Duration::from_hours(2) + TIMEOUT;
        assert_eq!(answered(&mut stall, false, start + later), Some(later));
    }

    #[test]
    fn what_advances_is_known_from_the_latest_answer_on() {
        let start = Instant::now();
        let advance = Advance(Mutex::new(start));
        assert!(!advance.has_since(start));
        advance.note(start + TIMEOUT);
        assert!(advance.has_since(start) && !advance.has_since(start + TIMEOUT));
    }
}
