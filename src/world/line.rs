//! What differs between the lines of Milvus, as recorded.

use std::time::Duration;

/// A server of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    V2_3,
    V2_4,
    V2_5,
    V2_6,
    V3_0,
}

impl Line {
    pub(super) const ALL: [Self; 5] = [Self::V2_3, Self::V2_4, Self::V2_5, Self::V2_6, Self::V3_0];

    pub(super) fn version(self) -> &'static str {
        match self {
            Self::V2_3 => "v2.3.5",
            Self::V2_4 => "v2.4.24",
            Self::V2_5 => "2.5.27",
            Self::V2_6 => "2.6.19",
            Self::V3_0 => "3.0.0-beta",
        }
    }

    /// Whether a trigger names the collection by its id only, gets an id whatever it schedules, and no number of plans.
    pub(super) fn is_old(self) -> bool {
        self == Self::V2_3
    }

    /// How often the server removes ended plans from the counters; an old one keeps them.
    pub(super) fn round(self) -> Option<Duration> {
        match self {
            Self::V2_3 => None,
            Self::V2_4 | Self::V2_5 => Some(Duration::from_secs(3)),
            Self::V2_6 | Self::V3_0 => Some(Duration::from_millis(500)),
        }
    }

    /// The longest time that a plan is counted after its end, if it is the round that ends it.
    pub(super) fn counted(self) -> Duration {
        match self {
            Self::V2_3 => Duration::MAX,
            Self::V2_4 | Self::V2_5 => Duration::from_millis(10),
            Self::V2_6 | Self::V3_0 => Duration::from_millis(500),
        }
    }

    /// How long after its beginning a plan that ended is forgotten, and how often the server looks.
    pub(super) fn forgets_after(self) -> (Duration, Duration) {
        match self {
            Self::V2_3 => (Duration::from_hours(10_000), Duration::from_hours(1)),
            Self::V2_4 | Self::V2_5 => (Duration::from_hours(24), Duration::from_mins(30)),
            Self::V2_6 | Self::V3_0 => (Duration::from_hours(1), Duration::from_mins(30)),
        }
    }

    /// Whether results come unsorted, and get another id when they are sorted.
    pub(super) fn sorts_later(self) -> bool {
        self == Self::V2_5
    }

    /// Whether what a flush stored waits to be sorted.
    pub(super) fn sorts_flushed(self) -> bool {
        matches!(self, Self::V2_5 | Self::V2_6 | Self::V3_0)
    }

    /// How long it is down when it is restarted.
    pub(super) fn restart(self) -> Duration {
        match self {
            Self::V2_6 | Self::V3_0 => Duration::from_secs(35),
            _ => Duration::from_secs(10),
        }
    }
}
