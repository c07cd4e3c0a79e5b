//! A moment of the monotonic clock in half the memory of an `Instant`: there are many for each followed job.

use std::num::NonZeroU64;
use std::ops::Add;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

/// In nanoseconds; only the difference of two says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(NonZeroU64);

/// When anything first asked for a moment.
fn first() -> Instant {
    static FIRST_OF_ALL: OnceLock<Instant> = OnceLock::new();
    *FIRST_OF_ALL.get_or_init(Instant::now)
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Moment {
    /// When anything first asked for one. Others can be earlier: its number is 146 years, in nanoseconds.
    pub(crate) const FIRST: Self = Self(NonZeroU64::new(1 << 62).unwrap());

    #[inline(never)] // it is read in very many places
    pub(crate) fn now() -> Self {
        Instant::now().into()
    }

    /// The time since then.
    pub(crate) fn elapsed(self) -> Duration {
        Self::now().since(self)
    }

    /// The time since an earlier moment; nothing if that is later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.get().saturating_sub(earlier.0.get()))
    }

    /// The moment so long before.
    pub(crate) fn before(self, time: Duration) -> Self {
        Self::of_number(self.0.get().saturating_sub(nanoseconds(time)))
    }
}

/// As distances, for those that pack them.
impl Moment {
    fn of_number(number: u64) -> Self {
        Self(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN))
    }

    /// How much later it is than another, in nanoseconds.
    pub(crate) fn distance(self, other: Self) -> i64 {
        self.0.get().wrapping_sub(other.0.get()).cast_signed()
    }

    pub(crate) fn at_distance(self, distance: i64) -> Self {
        Self::of_number(self.0.get().wrapping_add_signed(distance))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, time: Duration) -> Self {
        Self(self.0.saturating_add(nanoseconds(time)))
    }
}

impl From<Instant> for Moment {
    #[inline(never)]
    fn from(instant: Instant) -> Self {
        let (first, zero) = (first(), Self::FIRST);
        match instant.checked_duration_since(first) {
            Some(later) => zero + later,
            None => zero.before(first.saturating_duration_since(instant)),
        }
    }
}

impl From<Moment> for Instant {
    #[inline(never)]
    fn from(moment: Moment) -> Self {
        let (first, zero) = (first(), Moment::FIRST);
        if moment >= zero {
            first + moment.since(zero)
        } else {
            first.checked_sub(zero.since(moment)).unwrap_or(first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_instant_that_it_was_made_of() {
        let now = Instant::now();
        let hour = Duration::from_hours(1);
        for instant in [now, now + hour, now.checked_sub(hour).unwrap_or(now)] {
            let moment = Moment::from(instant);
            assert_eq!(Instant::from(moment), instant);
            assert_eq!(Instant::from(moment + hour), instant + hour);
            assert_eq!((moment + hour).since(moment), hour);
            assert_eq!(moment.since(moment + hour), Duration::ZERO, "it is not negative");
            assert_eq!((moment + hour).before(hour), moment);
        }
        assert!(Moment::from(now) < Moment::from(now + Duration::from_nanos(1)));
        assert_eq!(size_of::<Option<Moment>>(), 8);
    }

    #[test]
    fn what_no_number_expresses_is_the_earliest_or_the_latest() {
        let now = Moment::now();
        assert!(now + Duration::MAX > now && now.before(Duration::MAX) < now);
    }
}
