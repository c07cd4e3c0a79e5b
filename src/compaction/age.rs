//! Whether a job is so young that its server cannot have forgotten plans of it. No I/O.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Servers count ids up from one whose upper bits are the milliseconds since 1970 at which they began to. So an id was
/// given at the moment in its upper bits or later: on a server that has run for long, much later.
const COUNTER_BITS: u32 = 18;
/// An id from further in the future than this shows clocks that disagree, or is no such id.
const LONGEST_LEAD_MS: i64 = 60_000;

/// `triggered`: when the job began, where that is known; else its id has to tell. The clock behind an id is the
/// server's: half of the server's memory is left for what it differs from ours.
pub(super) fn is_young(job_id: i64, triggered: Option<Instant>, memory: Duration) -> bool {
    match triggered {
        Some(triggered) => triggered.elapsed() <= memory / 2,
        None => is_young_id(job_id, memory / 2, unix_ms()),
    }
}

fn unix_ms() -> i64 {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(unix.as_millis()).unwrap_or(i64::MAX)
}

/// Small numbers, as of milvus-lite, are from 1970.
fn is_young_id(job_id: i64, at_most: Duration, now_ms: i64) -> bool {
    let age = now_ms.saturating_sub(job_id >> COUNTER_BITS);
    let at_most = i64::try_from(at_most.as_millis()).unwrap_or(i64::MAX);
    (-LONGEST_LEAD_MS..=at_most).contains(&age)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the job of `tests/recordings/2.6.19/one.jsonl`.
    const RECORDED: i64 = 470_780_066_639_380_482;
    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn an_id_that_was_given_a_moment_ago_is_young_and_any_other_proves_nothing() {
        let given = RECORDED >> COUNTER_BITS;
        let is_young = |later: Duration| {
            is_young_id(RECORDED, HOUR / 2, given + i64::try_from(later.as_millis()).unwrap())
        };
        assert!(is_young(Duration::ZERO));
        assert!(is_young(HOUR / 2));
        assert!(!is_young(HOUR / 2 + Duration::from_millis(1)), "the clocks may differ by the other half");
        assert!(is_young_id(RECORDED, HOUR / 2, given - LONGEST_LEAD_MS));
        assert!(!is_young_id(RECORDED, HOUR / 2, given - LONGEST_LEAD_MS - 1), "no id is of the future");
        for small in [0, 7, 447_001, i64::MAX] {
            assert!(!is_young_id(small, 24 * HOUR, given), "{small}");
        }
    }

    #[test]
    fn a_job_whose_trigger_was_seen_is_as_old_as_that_whatever_its_id() {
        let ago = |minutes| Instant::now().checked_sub(Duration::from_mins(minutes));
        assert!(is_young(7, ago(29), HOUR));
        assert!(!is_young(7, ago(31), HOUR));
        assert!(is_young(unix_ms() << COUNTER_BITS, None, HOUR));
        assert!(!is_young(7, None, HOUR));
    }
}
