//! The part of a collection that a trigger selects.

use std::collections::HashSet;

use super::snapshot::Stored;

/// The part of a collection that a trigger selects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Only this partition; 0: all.
    pub(crate) partition_id: i64,
    /// Only these segments.
    pub(crate) segment_ids: Option<HashSet<i64>>,
    /// Whether it selects one channel. Few servers list the channel of a segment.
    pub(crate) is_one_channel: bool,
}

impl Chosen {
    pub(crate) fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn has(&self, segment: &Stored) -> bool {
        (self.partition_id == 0 || self.partition_id == segment.partition_id)
            && self.segment_ids.as_ref().is_none_or(|ids| ids.contains(&segment.id))
    }

    /// Approximate size in machine words.
    pub(super) fn weight(&self) -> usize {
        self.segment_ids.as_ref().map_or(0, |ids| 2 * ids.len())
    }
}
