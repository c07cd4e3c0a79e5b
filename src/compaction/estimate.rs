//! Estimates how many segments a plain compaction makes.

use crate::segments::Segment;
use crate::server::{COUNTS_PLANS, Server};

/// The largest number of segments in one plan before 2.4.
const PLAN_LIMIT: usize = 30;
const MEGABYTE: u64 = 1 << 20;

/// Estimates how many segments these become, by partition, channel and size. Servers do not list the bytes of a
/// segment, so the size is the number of rows times the width of a row.
pub(super) fn expected(taken: &[&Segment], server: &Server, channels: usize, row_bytes: u64) -> i64 {
    let is_old = server.is_before(COUNTS_PLANS);
    let limit = if is_old { 512 * MEGABYTE } else { 1024 * MEGABYTE };
    let mut taken = taken.to_vec();
    taken.sort_by_key(|segment| place(segment));
    let results = |there: &[&Segment]| {
        let rows =
            there.iter().map(|segment| segment.rows.max(0).unsigned_abs()).fold(0, u64::saturating_add);
        let by_place = if there[0].channel.is_some() { 1 } else { channels.max(1) };
        let by_size = usize::try_from(rows.saturating_mul(row_bytes).div_ceil(limit)).unwrap_or(usize::MAX);
        let by_plan = if is_old { there.len().div_ceil(PLAN_LIMIT) } else { 1 };
        by_place.max(by_size).max(by_plan).min(there.len())
    };
    let count: usize = taken.chunk_by(|one, other| place(one) == place(other)).map(results).sum();
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A compaction merges only segments of the same place.
fn place(segment: &Segment) -> (i64, Option<&str>) {
    (segment.partition_id, segment.channel.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Server {
        Server { version_text: text.to_owned(), ..Server::default() }
    }

    #[test]
    fn results_are_counted_by_place_and_size() {
        let segment = |id: i64, partition_id: i64, rows: i64, channel: Option<&str>| Segment {
            id,
            partition_id,
            rows,
            channel: channel.map(str::to_owned),
            ..Segment::default()
        };
        let kilobyte = 1024;
        let million = 1 << 20;
        for (version, segments, channels, expected) in [
            ("v2.6.19", vec![segment(1, 1, 50, None), segment(2, 1, 50, None)], 1, 1),
            ("v2.6.19", vec![segment(1, 1, 50, None), segment(2, 2, 50, None)], 1, 2),
            // Each of two channels has some of them.
            ("v2.6.19", (0..8).map(|id| segment(id, 1, 50, None)).collect(), 2, 2),
            ("v2.6.19", vec![segment(1, 1, 50, None)], 2, 1),
            (
                "v3.1.0",
                vec![segment(1, 1, 5, Some("a")), segment(2, 1, 5, Some("b")), segment(3, 1, 5, Some("a"))],
                2,
                2,
            ),
            // 4 GB of rows of 1 KB.
            ("v2.6.19", (0..10).map(|id| segment(id, 1, million * 2 / 5, None)).collect(), 1, 4),
            ("v2.3.5", (0..10).map(|id| segment(id, 1, million * 2 / 5, None)).collect(), 1, 8),
            ("v2.3.5", (0..31).map(|id| segment(id, 1, 50, None)).collect(), 1, 2),
            ("v2.6.19", (0..31).map(|id| segment(id, 1, 50, None)).collect(), 1, 1),
            ("v2.6.19", vec![segment(1, 1, i64::MAX, None)], 1, 1),
            ("v2.6.19", vec![], 1, 0),
        ] {
            let taken: Vec<&Segment> = segments.iter().collect();
            assert_eq!(
                expected,
                super::expected(&taken, &server(version), channels, kilobyte),
                "{version} {segments:?}"
            );
        }
    }
}
