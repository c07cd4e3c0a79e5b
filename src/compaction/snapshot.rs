//! The segments of a collection at one moment, in little memory. No I/O.

use std::collections::HashSet;

use super::candidates::{Candidates, Place};
use crate::segments::Segment;

/// The partition id of segments of deletions that apply to all partitions.
pub(super) const ALL_PARTITIONS: i64 = -1;

/// One segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) partition_id: i64,
    pub(super) rows: i64,
    pub(super) kind: Kind,
    /// A hash of its channel; 0 if the server lists no channel. Two channels can have the same hash.
    pub(super) channel: u8,
}

impl Stored {
    pub(super) fn place(&self) -> Place {
        (self.partition_id, self.channel)
    }

    /// The segment among others.
    pub(super) fn candidate(&self) -> (i64, Place, i64) {
        (self.id, self.place(), self.rows)
    }
}

/// FNV-1a, folded to one byte. Every process computes the same hash, because exported jobs contain it.
fn channel_mark(name: &str) -> u8 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    let hash = name.bytes().fold(2_166_136_261, step).to_le_bytes();
    hash.into_iter().fold(0, |mark, byte| mark ^ byte).max(1)
}

/// The traits that decide whether a compaction takes a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "a segment's independent traits, a byte each")]
pub(super) struct Kind {
    /// Its rows are stored, or about to be.
    pub(super) is_data: bool,
    /// It holds nothing but deletions.
    pub(super) is_l0: bool,
    /// Its state is Flushed.
    pub(super) is_flushed: bool,
    /// The server reports that it is not sorted yet.
    pub(super) is_unsorted: bool,
    /// The server sorts segments, and reports that this one is sorted.
    pub(super) is_sorted: bool,
    /// It is a result of clustering.
    pub(super) is_clustered: bool,
    /// An import makes it.
    pub(super) is_importing: bool,
}

impl Kind {
    fn of(segment: &Segment) -> Self {
        Self {
            is_data: segment.is_stored_data(),
            is_l0: segment.is_l0(),
            is_flushed: segment.is_in_state_flushed(),
            is_unsorted: segment.is_sorted == Some(false),
            is_sorted: segment.is_sorted == Some(true),
            is_clustered: segment.is_clustered(),
            is_importing: segment.is_importing(),
        }
    }

    /// The number of traits, a bit each.
    pub(super) const BITS: u32 = 7;

    pub(super) fn to_bits(self) -> u8 {
        let traits = [
            self.is_data,
            self.is_l0,
            self.is_flushed,
            self.is_unsorted,
            self.is_sorted,
            self.is_clustered,
            self.is_importing,
        ];
        traits.iter().rev().fold(0, |bits, has| bits << 1 | u8::from(*has))
    }

    pub(super) fn from_bits(bits: u8) -> Option<Self> {
        let has = |place: u8| bits >> place & 1 == 1;
        (bits < 1 << Self::BITS).then(|| Self {
            is_data: has(0),
            is_l0: has(1),
            is_flushed: has(2),
            is_unsorted: has(3),
            is_sorted: has(4),
            is_clustered: has(5),
            is_importing: has(6),
        })
    }

    /// Whether only a compaction can change or replace the segment. Servers since 2.5 replace each unsorted segment
    /// after its flush.
    pub(super) fn is_settled(self) -> bool {
        self.is_data && self.is_flushed && !self.is_unsorted
    }
}

fn by_id(stored: &mut [Stored]) {
    stored.sort_unstable_by_key(|segment| segment.id);
}

/// The segments of a collection at one moment, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    stored: Vec<Stored>,
    /// Whether the server reports the level of segments.
    has_levels: bool,
}

impl Snapshot {
    pub(crate) fn of(segments: &[Segment]) -> Self {
        let is_kept = |segment: &&Segment| segment.is_there() && !segment.is_growing();
        let mut stored: Vec<_> = segments
            .iter()
            .filter(is_kept)
            .map(|segment| Stored {
                id: segment.id,
                partition_id: segment.partition_id,
                rows: segment.rows.max(0),
                kind: Kind::of(segment),
                channel: segment.channel.as_deref().map_or(0, channel_mark),
            })
            .collect();
        by_id(&mut stored);
        Self { stored, has_levels: segments.iter().all(|segment| segment.level.is_some()) }
    }

    /// Builds it from segments in any order; `None` if an id appears twice.
    pub(super) fn from_stored(mut stored: Vec<Stored>, has_levels: bool) -> Option<Self> {
        by_id(&mut stored);
        let is_once = stored.windows(2).all(|pair| pair[0].id < pair[1].id);
        is_once.then_some(Self { stored, has_levels })
    }

    pub(super) fn get(&self, id: i64) -> Option<&Stored> {
        self.stored.binary_search_by_key(&id, |segment| segment.id).ok().map(|place| &self.stored[place])
    }

    pub(super) fn has(&self, id: i64) -> bool {
        self.get(id).is_some()
    }

    /// All segments.
    pub(super) fn all(&self) -> impl Iterator<Item = &Stored> {
        self.stored.iter()
    }

    /// Segments with stored rows.
    pub(super) fn data(&self) -> impl Iterator<Item = &Stored> {
        self.stored.iter().filter(|segment| segment.kind.is_data)
    }

    /// Ids of the segments with stored rows.
    pub(super) fn ids(&self) -> HashSet<i64> {
        self.data().map(|segment| segment.id).collect()
    }

    /// Ids of the segments that only a compaction can change or replace.
    pub(super) fn settled(&self) -> HashSet<i64> {
        self.data().filter(|segment| segment.kind.is_settled()).map(|segment| segment.id).collect()
    }

    /// Ids of the segments of deletions.
    pub(super) fn l0_ids(&self) -> HashSet<i64> {
        self.stored.iter().filter(|segment| segment.kind.is_l0).map(|segment| segment.id).collect()
    }

    /// The number of segments of deletions, if the server reports the level of segments.
    pub(super) fn l0_count(&self) -> Option<i64> {
        self.has_levels.then(|| count(self.l0_ids().len()))
    }

    pub(super) fn has_levels(&self) -> bool {
        self.has_levels
    }

    /// Rows of all segments, or only of these.
    pub(super) fn rows(&self, only: Option<&HashSet<i64>>) -> i64 {
        let wanted = self.data().filter(|segment| only.is_none_or(|only| only.contains(&segment.id)));
        wanted.map(|segment| segment.rows).fold(0, i64::saturating_add)
    }

    /// Approximate size in machine words.
    pub(super) fn weight(&self) -> usize {
        4 * self.stored.len()
    }
}

/// The difference between two snapshots, without the effect of sorting: a sorted segment with another id and as many rows
/// replaces an unsorted one.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Segments with rows that disappeared.
    pub(super) gone: HashSet<i64>,
    /// Segments with rows that appeared.
    pub(super) appeared: HashSet<i64>,
}

impl Change {
    /// `taken` are the sources of plans, and `named` their targets: sorting replaced or made none of them.
    pub(super) fn between(
        before: &Snapshot,
        after: &Snapshot,
        taken: &HashSet<i64>,
        named: &HashSet<i64>,
    ) -> Self {
        let (was, is) = (before.ids(), after.ids());
        let mut gone: HashSet<i64> = was.difference(&is).copied().collect();
        let mut appeared: HashSet<i64> = is.difference(&was).copied().collect();
        let is_waiting = |s: &&Stored| s.kind.is_unsorted && gone.contains(&s.id) && !taken.contains(&s.id);
        let mut waiting: Candidates = before.data().filter(is_waiting).map(Stored::candidate).collect();
        let is_result = |s: &&Stored| s.kind.is_sorted && appeared.contains(&s.id) && !named.contains(&s.id);
        let results: Vec<&Stored> = after.data().filter(is_result).collect();
        for result in results {
            if let Some(id) = waiting.take(result.place(), result.rows) {
                gone.remove(&id);
                appeared.remove(&result.id);
            }
        }
        Self { gone, appeared }
    }
}

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
