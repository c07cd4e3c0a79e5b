//! When a whole API call has to be over.

use std::time::{Duration, Instant};

/// A moment that everything within one call respects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    at: Option<Instant>,
}

impl Deadline {
    /// `limit` from now; `None`, or a time beyond reckoning, is no limit.
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        let started = Instant::now();
        Self { started, at: limit.and_then(|limit| started.checked_add(limit)) }
    }

    /// The earlier of this deadline and `limit` from now.
    pub(crate) fn within(self, limit: Duration) -> Self {
        let capped = Instant::now() + limit;
        Self { at: Some(self.at.map_or(capped, |at| at.min(capped))), ..self }
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn has_passed(self) -> bool {
        self.at.is_some_and(|at| at <= Instant::now())
    }

    /// Time left; `None` without limit.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.at.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// The output of `work`, or `None` if the deadline comes first.
    pub(crate) async fn bound<T>(self, work: impl Future<Output = T>) -> Option<T> {
        match self.at {
            Some(at) => tokio::time::timeout_at(at.into(), work).await.ok(),
            None => Some(work.await),
        }
    }

    /// Sleeps, unless that would take longer than there is time; says whether it did.
    pub(crate) async fn sleep(self, pause: Duration) -> bool {
        if self.remaining().is_some_and(|remaining| remaining <= pause) {
            return false;
        }
        tokio::time::sleep(pause).await;
        true
    }

    /// The whole call's time, for messages.
    pub(crate) fn limit_text(self) -> String {
        let limit = self.at.map_or(Duration::ZERO, |at| at.saturating_duration_since(self.started));
        format!("{} ms", limit.as_millis())
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
}
