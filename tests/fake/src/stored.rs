//! The segments of the server, as stored and as loaded.

use crate::proto::common::{CompactionType as Kind, SegmentLevel, SegmentState};
use crate::proto::service::PersistentSegmentInfo;
use crate::scenario::DELETED;
use crate::state::{Collection, State};

/// A segment with rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segment {
    pub(crate) id: i64,
    pub(crate) rows: i64,
    /// How many of its rows are deleted ones that a compaction purges.
    pub(crate) deleted: i64,
    /// How many are deleted besides, by deletions that no compaction has applied yet.
    pub(crate) not_applied: i64,
    pub(crate) partition_id: i64,
    /// Whether it is a result of clustering, at level L2.
    pub(crate) is_clustered: bool,
    pub(crate) is_sorted: bool,
    /// Lists for which it is unsorted yet; 0 if it stays as it is.
    pub(crate) unsorted_for: u32,
    /// What it was made of.
    pub(crate) from: Vec<i64>,
}

impl Segment {
    pub(crate) fn level(&self) -> SegmentLevel {
        if self.is_clustered { SegmentLevel::L2 } else { SegmentLevel::L1 }
    }
}

impl State {
    /// As a question from outside: time goes on, and what is sorted gets an id of its own.
    pub(crate) fn list_stored(&mut self, name: &str, states: &[i32]) -> Vec<PersistentSegmentInfo> {
        if !states.is_empty() && self.profile.has_details() {
            return self.growing(name).into_iter().filter(|info| states.contains(&info.state)).collect();
        }
        let infos = self.stored(name);
        let Some(mut collection) = self.collections.remove(name) else { return infos };
        for segment in collection.segments.iter_mut().filter(|segment| segment.unsorted_for > 0) {
            segment.unsorted_for -= 1;
            if segment.unsorted_for == 0 {
                let sorted = self.fresh_id();
                collection.serving.replace(segment.id, sorted);
                (segment.id, segment.is_sorted) = (sorted, true);
            }
        }
        if std::mem::take(&mut collection.is_purged_next) {
            collection.segments.clear();
        }
        self.collections.insert(name.to_owned(), collection);
        self.write_on(name);
        infos
    }

    fn growing(&self, name: &str) -> Option<PersistentSegmentInfo> {
        let collection = &self.collections[name];
        (collection.growing_rows > 0).then(|| PersistentSegmentInfo {
            segment_id: collection.id * 1_000 + 999,
            collection_id: collection.id,
            partition_id: collection.partition_id(),
            num_rows: collection.growing_rows,
            state: SegmentState::Growing as i32,
            level: SegmentLevel::L1 as i32,
            insert_channel: collection.channel(),
            ..Default::default()
        })
    }

    /// The rows, not deleted, that query nodes count, with those that grow or without.
    pub(crate) fn count_rows(&self, name: &str, ignores_growing: bool) -> i64 {
        let collection = &self.collections[name];
        let served_as_growing = if ignores_growing { collection.not_taken_up } else { 0 };
        let stored = collection.segments.iter().rev().skip(served_as_growing);
        let stored = stored.map(|segment| segment.rows - segment.deleted - segment.not_applied);
        stored.sum::<i64>() + if ignores_growing { 0 } else { collection.growing_rows }
    }

    pub(crate) fn stored(&self, name: &str) -> Vec<PersistentSegmentInfo> {
        let collection = &self.collections[name];
        let info = |segment: &Segment| self.stored_info(collection, segment);
        let deletions = collection.l0.iter().map(|id| {
            let partition_id = collection.partition_id();
            PersistentSegmentInfo {
                num_rows: DELETED,
                level: SegmentLevel::L0 as i32,
                ..info(&Segment { id: *id, partition_id, is_sorted: true, ..Segment::default() })
            }
        });
        let early = self.early_results(collection);
        let early = early.iter().map(info).collect::<Vec<_>>();
        collection.segments.iter().map(info).chain(deletions).chain(early).collect()
    }

    /// Results of clustering that are listed before their sources go.
    fn early_results(&self, collection: &Collection) -> Vec<Segment> {
        if !self.profile.lists_results_early() {
            return Vec::new();
        }
        let jobs = self.jobs.values();
        let jobs = jobs.filter(|job| job.collection == collection.id && job.kind == Kind::Clustering);
        let named = jobs.flat_map(|job| job.plans.iter().enumerate().filter(|(place, _)| job.names(*place)));
        let early = named.filter(|(_, plan)| !plan.is_applied);
        early.map(|(_, plan)| self.result(collection, Kind::Clustering, plan)).collect()
    }

    fn stored_info(&self, collection: &Collection, segment: &Segment) -> PersistentSegmentInfo {
        let profile = &self.profile;
        PersistentSegmentInfo {
            segment_id: segment.id,
            collection_id: collection.id,
            partition_id: segment.partition_id,
            num_rows: segment.rows,
            state: SegmentState::Flushed as i32,
            level: if profile.has_levels() { segment.level() as i32 } else { 0 },
            is_sorted: profile.has_sorted() && segment.is_sorted,
            storage_version: if profile.has_storage_version() { 2 } else { 0 },
            insert_channel: if profile.has_details() { collection.channel() } else { String::new() },
            compaction_from: if profile.has_details() { segment.from.clone() } else { Vec::new() },
        }
    }

    /// Id and rows of the segments with rows.
    pub(crate) fn rows(&self, name: &str) -> Vec<(i64, i64)> {
        let segments = self.collections.get(name).map(|collection| collection.segments.iter());
        segments.into_iter().flatten().map(|segment| (segment.id, segment.rows)).collect()
    }

    /// What waits to be sorted is replaced by its sorted form, under a new id.
    pub(crate) fn sort(&mut self, name: &str) {
        let unsorted = |segment: &&mut Segment| !segment.is_sorted;
        let Some(mut collection) = self.collections.remove(name) else { return };
        for segment in collection.segments.iter_mut().filter(unsorted) {
            let sorted = self.fresh_id();
            collection.serving.replace(segment.id, sorted);
            (segment.id, segment.is_sorted) = (sorted, true);
        }
        self.collections.insert(name.to_owned(), collection);
    }

    /// The segments of a collection get other ids, as by a job that nobody sees.
    pub(crate) fn replace_segments(&mut self, name: &str) {
        let Some(mut collection) = self.collections.remove(name) else { return };
        for segment in &mut collection.segments {
            segment.id = self.fresh_id();
        }
        self.collections.insert(name.to_owned(), collection);
    }
}
