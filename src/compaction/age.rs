//! Decides whether a job is too young for the server to have forgotten its plans. No I/O.

use std::time::Duration;

use tokio::time::Instant;

use crate::server::{Server, TIMESTAMP_BITS};

/// The largest difference between the clocks of one cluster.
const LONGEST_LEAD_MS: i64 = 60_000;

/// `triggered`: when the job began. If that is unknown, the client reads the age from the id. A server's first id has
/// the milliseconds since 1970 in its upper bits, and the server counts up from there. So the server gave an id at the
/// moment in its upper bits or later; after a long uptime, much later. The client compares that moment with the
/// server's clock, never with the clock of this machine. Half of the time that the server remembers a job is a margin.
pub(super) fn is_young(job_id: i64, triggered: Option<Instant>, server: &Server) -> bool {
    let at_most = server.forgets_jobs_after() / 2;
    match (triggered, server.clock_ms()) {
        (Some(triggered), _) => triggered.elapsed() <= at_most,
        (None, Some(now_ms)) => is_young_id(job_id, at_most, now_ms),
        (None, None) => false,
    }
}

/// Small numbers, such as those of milvus-lite, are old: their upper bits say 1970.
fn is_young_id(job_id: i64, at_most: Duration, now_ms: i64) -> bool {
    let age = now_ms.saturating_sub(job_id >> TIMESTAMP_BITS);
    let at_most = i64::try_from(at_most.as_millis()).unwrap_or(i64::MAX);
    (-LONGEST_LEAD_MS..=at_most).contains(&age)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The job id and the response to `Connect` in `tests/recordings/2.6.19/one.jsonl`.
    const RECORDED: i64 = 470_780_033_501_107_373;
    const IDENTIFIER: i64 = 470_780_066_639_380_482;
    const HOUR: Duration = Duration::from_hours(1);

    fn server(version: &str, identifier: i64) -> Server {
        let answered = Some(Instant::now());
        Server { version_text: version.to_owned(), identifier, answered, ..Server::default() }
    }

    #[test]
    fn an_id_that_was_given_a_moment_ago_is_young_and_any_other_proves_nothing() {
        let given = RECORDED >> TIMESTAMP_BITS;
        let is_young = |later: Duration| {
            is_young_id(RECORDED, HOUR / 2, given + i64::try_from(later.as_millis()).unwrap())
        };
        assert!(is_young(Duration::ZERO));
        assert!(is_young(HOUR / 2));
        assert!(!is_young(HOUR / 2 + Duration::from_millis(1)), "the other half is a margin");
        assert!(is_young_id(RECORDED, HOUR / 2, given - LONGEST_LEAD_MS));
        assert!(!is_young_id(RECORDED, HOUR / 2, given - LONGEST_LEAD_MS - 1), "no id is of the future");
        for small in [0, 7, 447_001, i64::MAX] {
            assert!(!is_young_id(small, 24 * HOUR, given), "{small}");
        }
    }

    #[test]
    fn the_age_of_an_id_is_told_by_the_clock_of_its_server() {
        assert!(is_young(RECORDED, None, &server("2.6.19", IDENTIFIER)), "it was two minutes old");
        let an_hour_later = IDENTIFIER + (3_600_000 << TIMESTAMP_BITS);
        assert!(!is_young(RECORDED, None, &server("2.6.19", an_hour_later)));
        assert!(is_young(RECORDED, None, &server("2.6.2", an_hour_later)), "it remembers a day");
        for none in [0, 4711] {
            assert!(!is_young(RECORDED, None, &server("2.6.19", none)), "{none} is no clock");
        }
    }

    #[test]
    fn a_job_whose_trigger_was_seen_is_as_old_as_that_whatever_its_id() {
        let ago = |minutes| Instant::now().checked_sub(Duration::from_mins(minutes));
        let server = server("2.6.19", 0);
        assert!(is_young(7, ago(29), &server));
        assert!(!is_young(7, ago(31), &server));
        assert!(!is_young(7, None, &server));
    }
}
