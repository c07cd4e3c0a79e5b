//! The result of a check, and its answers: yes, no or unknown.

/// A yes, a no, or unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Known {
    /// Unknown.
    #[default]
    NotKnown = -1,
    /// No.
    No = 0,
    /// Yes.
    Yes = 1,
}

impl From<bool> for Known {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

impl From<Option<bool>> for Known {
    fn from(is: Option<bool>) -> Self {
        is.map_or(Self::NotKnown, Self::from)
    }
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckResult {
    /// Whether the server would schedule plans now: it would if no other compaction ran, and none runs.
    pub would_compact: Known,
    /// Whether the server would schedule plans if no other compaction held the segments.
    pub would_compact_if_free: Known,
    /// Whether another compaction may hold segments.
    pub may_be_busy: Known,
    /// The reason, as text for a person.
    pub reason: String,
    /// Whether compaction is switched on.
    pub is_enabled: Known,
    /// Whether a job of this collection is running.
    pub is_running: Known,
    /// Whether the collection has an index.
    pub is_indexed: Known,
    /// Whether this server leaves collections without an index alone.
    pub needs_index: Known,
    /// Whether the collection has a clustering key.
    pub has_clustering_key: bool,
    /// Whether there are rows that a compaction would leave out, because they are not flushed yet.
    pub has_unflushed: Known,
    /// Whether the selected segments are in their final form. A fact that the server does not show counts as not final.
    pub is_final: bool,
    /// Flushed segments with rows that the trigger would take, without those that wait to be sorted.
    pub segments: Option<i64>,
    /// About how many segments they would become.
    pub expected_segments: Option<i64>,
    /// Segments that wait to be sorted, and that the compaction may leave out; on servers that sort (since 2.5).
    pub unsorted_segments: Option<i64>,
    /// Their rows.
    pub rows: Option<i64>,
    /// Segments of deletions, on servers that report levels (since 2.4.7).
    pub l0_segments: Option<i64>,
    /// Rows without an index.
    pub unindexed_rows: Option<i64>,
}
