//! Estimates how many segments a plain compaction makes.

use std::collections::BTreeMap;

use crate::segments::Segment;
use crate::server::{COUNTS_PLANS, Server};
use crate::sorting::sort_by;

/// The largest number of segments in one plan before 2.4.
pub(super) const PLAN_LIMIT: usize = 30;
const MEGABYTE: u64 = 1 << 20;

/// What decides how many segments a compaction makes of those of one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// The channels of the collection, or 1 if only one is meant.
    channels: usize,
    /// The size of a row in bytes. Servers do not list the bytes of a segment.
    row_bytes: u64,
    /// The largest segment in bytes that the compaction makes.
    limit: u64,
    /// Whether the server limits the segments of a plan.
    limits_plans: bool,
}

impl Sizes {
    /// Those of a server with its default settings.
    pub(super) fn of(server: &Server, channels: usize, row_bytes: u64) -> Self {
        let limits_plans = server.is_before(COUNTS_PLANS);
        let limit = if limits_plans { 512 * MEGABYTE } else { 1024 * MEGABYTE };
        Self { channels, row_bytes, limit, limits_plans }
    }

    /// The same with segments of at most so many bytes.
    pub(super) fn up_to(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    /// The size of a row in bytes; 0: not known.
    pub(super) fn row_bytes(self) -> u64 {
        self.row_bytes
    }

    /// The largest segment in bytes that the compaction makes.
    pub(super) fn limit(self) -> u64 {
        self.limit
    }

    /// The size of so many rows in bytes; `None` if the size of a row is not known.
    pub(super) fn bytes(self, rows: i64) -> Option<u64> {
        (self.row_bytes > 0).then(|| rows.max(0).unsigned_abs().saturating_mul(self.row_bytes))
    }

    /// Whether a segment is small: below half of the largest, as servers define it (their `smallProportion`). One whose
    /// size is not known is none.
    pub(super) fn is_small(self, segment: &Segment) -> bool {
        self.bytes(segment.rows).is_some_and(|bytes| bytes < self.limit / 2)
    }

    /// How many segments those of one place become.
    pub(super) fn results(self, there: &[&Segment]) -> usize {
        let channels = self.unseen_channels(there);
        let by_plan = if self.limits_plans { there.len().div_ceil(PLAN_LIMIT) } else { 1 };
        // In each channel but one, a result may have more room than its channel can fill.
        let by_size = self.packed(there).len() + channels - 1;
        by_size.max(by_plan).min(there.len())
    }

    /// The segments of one place that are merged with others. Where servers list no channels, any may be.
    pub(super) fn merged<'s>(self, there: &[&'s Segment]) -> Vec<&'s Segment> {
        if self.unseen_channels(there) > 1 {
            return there.to_vec();
        }
        self.packed(there).into_iter().filter(|result| result.len() > 1).flatten().collect()
    }

    /// How many channels may share the segments of a place; 1 if servers list the channels.
    fn unseen_channels(self, there: &[&Segment]) -> usize {
        if there.iter().any(|segment| segment.channel.is_some()) { 1 } else { self.channels.max(1) }
    }

    /// Packs the segments, largest first, each into the fullest result that has room.
    fn packed<'s>(self, there: &[&'s Segment]) -> Vec<Vec<&'s Segment>> {
        let bytes = |segment: &Segment| segment.rows.max(0).unsigned_abs().saturating_mul(self.row_bytes);
        let mut segments = there.to_vec();
        sort_by(&mut segments, |one, other| bytes(other).cmp(&bytes(one)));
        let mut results: Vec<Vec<&Segment>> = Vec::new();
        // The results by the room that is left in them.
        let mut rooms = BTreeMap::<u64, Vec<usize>>::new();
        for segment in segments {
            let size = bytes(segment);
            let fullest = rooms.range(size..).next().map(|(room, _)| *room);
            let place = fullest.and_then(|room| {
                let places = rooms.get_mut(&room)?;
                let place = places.pop();
                if places.is_empty() {
                    rooms.remove(&room);
                }
                place
            });
            let place = place.unwrap_or_else(|| {
                results.push(Vec::new());
                results.len() - 1
            });
            results[place].push(segment);
            let room = fullest.unwrap_or(self.limit).saturating_sub(size);
            rooms.entry(room).or_default().push(place);
        }
        results
    }
}

/// Estimates how many segments these become, by partition, channel and size.
pub(super) fn expected(taken: &[&Segment], sizes: Sizes) -> i64 {
    let count: usize = by_place(taken).iter().map(|there| sizes.results(there)).sum();
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The segments by the place that they share.
pub(super) fn by_place<'s>(segments: &[&'s Segment]) -> Vec<Vec<&'s Segment>> {
    let mut segments = segments.to_vec();
    sort_by(&mut segments, |one, other| place(one).cmp(&place(other)));
    segments.chunk_by(|one, other| place(one) == place(other)).map(<[_]>::to_vec).collect()
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
            // 4 GB of rows of 1 KB: two of these segments fit into 1 GB, and one into 512 MB.
            ("v2.6.19", (0..10).map(|id| segment(id, 1, million * 2 / 5, None)).collect(), 1, 5),
            ("v2.3.5", (0..10).map(|id| segment(id, 1, million * 2 / 5, None)).collect(), 1, 10),
            // Two large ones, and four small ones that fit beside them.
            (
                "v2.6.19",
                [700, 200, 700, 200, 100, 100].map(|rows| segment(rows, 1, rows * 1024, None)).to_vec(),
                1,
                2,
            ),
            ("v2.3.5", (0..31).map(|id| segment(id, 1, 50, None)).collect(), 1, 2),
            ("v2.6.19", (0..31).map(|id| segment(id, 1, 50, None)).collect(), 1, 1),
            // The two small ones may be in different channels.
            ("v2.6.19", [700, 200, 700, 200].map(|rows| segment(rows, 1, rows * 1024, None)).to_vec(), 2, 3),
            ("v2.6.19", vec![segment(1, 1, i64::MAX, None)], 1, 1),
            ("v2.6.19", vec![], 1, 0),
        ] {
            let taken: Vec<&Segment> = segments.iter().collect();
            assert_eq!(
                expected,
                super::expected(&taken, Sizes::of(&server(version), channels, kilobyte)),
                "{version} {segments:?}"
            );
        }
    }
}
