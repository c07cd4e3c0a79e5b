//! What others write into a collection: rows that are flushed, and deletions.

use crate::Fake;
use crate::state::{Collection, State};
use crate::stored::Segment;

/// Questions about a flush that are answered with "not yet".
const FLUSH_TAKES: u32 = 2;

/// Somebody who writes all the time.
#[derive(Debug)]
pub(crate) struct Writer {
    /// Rows of each segment, and after how many lists of the stored segments it comes.
    rows: i64,
    every: u32,
    /// Lists until the next one.
    left: u32,
}

impl Fake {
    /// Has a writer store a segment of so many rows, flushed, after every so many lists of the stored segments.
    ///
    /// # Panics
    /// If `every` is 0.
    pub fn writes_on(&self, name: &str, rows: i64, every: u32) {
        assert!(every > 0, "a writer writes now and then");
        self.with(name, |collection| collection.writer = Some(Writer { rows, every, left: every }));
    }

    /// Deletes so many rows of each stored segment. Where segments have levels, the deletions are stored in a segment of
    /// their own, and a compaction purges the rows after another one has applied these.
    pub fn delete_rows(&self, name: &str, rows: i64) {
        let mut state = self.state();
        let (id, has_levels) = (state.fresh_id(), state.profile.has_levels());
        let Some(collection) = state.collections.get_mut(name) else { return };
        for segment in &mut collection.segments {
            if has_levels {
                segment.not_applied += rows;
            } else {
                segment.deleted += rows;
            }
        }
        if has_levels {
            collection.l0.push(id);
        }
    }
}

impl Collection {
    /// What L0 segments delete is deleted, and they are gone.
    pub(crate) fn apply_deletions(&mut self) {
        self.l0.clear();
        for segment in &mut self.segments {
            segment.deleted += std::mem::take(&mut segment.not_applied);
        }
    }
}

impl State {
    /// Stores the rows that were growing; the segment's id.
    pub(crate) fn flush(&mut self, name: &str) -> Option<i64> {
        let collection = self.collections.get_mut(name)?;
        let rows = std::mem::take(&mut collection.growing_rows);
        collection.not_yet = FLUSH_TAKES;
        self.store(name, rows)
    }

    /// As a list of what is stored: a writer gets on.
    pub(crate) fn write_on(&mut self, name: &str) {
        let Some(collection) = self.collections.get_mut(name) else { return };
        let Some(writer) = &mut collection.writer else { return };
        writer.left -= 1;
        if writer.left == 0 {
            writer.left = writer.every;
            let rows = writer.rows;
            self.store(name, rows);
        }
    }

    /// A flushed segment of so many rows, if there are any; its id.
    fn store(&mut self, name: &str, rows: i64) -> Option<i64> {
        let (id, sorts) = (self.fresh_id(), self.profile.has_sorted());
        let collection = self.collections.get_mut(name)?;
        let partition_id = collection.partition_id();
        (rows > 0).then(|| {
            let unsorted_for = if sorts { collection.sorting_takes } else { 0 };
            let is_sorted = unsorted_for == 0;
            let segment = Segment { id, rows, partition_id, is_sorted, unsorted_for, ..Segment::default() };
            collection.segments.push(segment);
            id
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::service::ManualCompactionRequest;
    use crate::{NEWEST, ROWS};

    fn listed(fake: &Fake) -> Vec<(i64, bool)> {
        let infos = fake.state().list_stored("c", &[]);
        infos.into_iter().map(|info| (info.num_rows, info.is_sorted)).collect()
    }

    #[test]
    fn a_writer_stores_a_segment_now_and_then() {
        let fake = Fake::start(NEWEST);
        fake.add_mergeable("c", &[0]);
        fake.writes_on("c", 7, 2);
        let lists: Vec<_> = (0..5).map(|_| listed(&fake)).collect();
        assert_eq!(lists[..4], [vec![], vec![], vec![(7, false)], vec![(7, false)]]);
        assert_eq!(lists[4], [(7, true), (7, false)]);
    }

    /// The rows and the L0 segments after a plain compaction of two segments with so many rows deleted of each, and an L0
    /// compaction before.
    fn after_deleting(version: &str, deleted: i64, applies: bool) -> (i64, usize) {
        let fake = Fake::start(version);
        fake.add_mergeable("c", &[2]);
        fake.delete_rows("c", deleted);
        let mut state = fake.state();
        let kinds = if applies { &[true, false][..] } else { &[false] };
        for &l0_compaction in kinds {
            let collection_name = "c".to_owned();
            let collection_id = state.collections["c"].id;
            let request = ManualCompactionRequest {
                collection_name,
                collection_id,
                l0_compaction,
                ..Default::default()
            };
            let job = state.trigger(&request).compaction_id;
            state.poll(job);
            state.poll(job);
        }
        drop(state);
        let rows: i64 = fake.segments("c").iter().map(|(_, rows)| rows).sum();
        (rows, fake.state().collections["c"].l0.len())
    }

    /// As recorded: `purge` and `purge2`.
    #[test]
    fn deleted_rows_are_purged_once_their_deletions_are_applied() {
        let rows_after = |version: &str, applies: bool| after_deleting(version, 10, applies);
        assert_eq!(rows_after("v2.6.8", true), (2 * ROWS - 20, 0));
        assert_eq!(rows_after("v2.6.8", false), (2 * ROWS, 1));
        assert_eq!(rows_after("v2.5.8", false), (2 * ROWS, 1));
        assert_eq!(rows_after("v2.3.5", false), (2 * ROWS - 20, 0));
    }

    /// As recorded: `allgone2`.
    #[test]
    fn what_is_deleted_whole_leaves_no_result() {
        assert_eq!(after_deleting("v2.6.8", ROWS, true), (0, 0));
    }
}
