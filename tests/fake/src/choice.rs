//! What a trigger takes: the segments that are free, and how the plans share them.

use crate::Fake;
use crate::profile::Profile;
use crate::proto::common::CompactionType as Kind;
use crate::proto::service::ManualCompactionRequest;
use crate::scenario::{ROWS, Scenario};
use crate::state::{Collection, State};
use crate::stored::Segment;

/// The names of partitions, in order.
const PARTITIONS: [&str; 9] =
    ["_default", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
/// Lists for which what a mergeable collection gets stays unsorted, on servers that sort later.
const SORTING_TAKES: u32 = 2;

/// What other clients' jobs hold of a collection.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Triggers for which they hold everything.
    everything_for: u32,
    /// How many segments they hold besides, and for how many triggers.
    some: usize,
    some_for: u32,
}

impl Fake {
    /// Adds or replaces a collection with so many segments in each of its partitions (nine at most). Each trigger merges
    /// all that is free in a partition into one, however often.
    pub fn add_mergeable(&self, name: &str, partitions: &[usize]) {
        self.state().add_mergeable(name, partitions);
    }

    /// Has other clients' jobs hold all segments of a collection for so many triggers.
    pub fn held_for(&self, name: &str, triggers: u32) {
        self.with(name, |collection| collection.held.everything_for = triggers);
    }

    /// Has other clients' jobs hold the latest so many segments of a collection for so many triggers.
    pub fn holds_segments(&self, name: &str, segments: usize, triggers: u32) {
        self.with(name, |collection| {
            (collection.held.some, collection.held.some_for) = (segments, triggers);
        });
    }
}

impl Collection {
    /// Its plans share what is free by partition.
    fn mergeable(id: i64, partitions: &[usize], profile: &Profile) -> Self {
        let numbers = (1..).zip(PARTITIONS).zip(partitions);
        let partitions: Vec<_> =
            numbers.map(|((number, name), segments)| (name, id * 10 + number, *segments)).collect();
        let places = partitions.iter().flat_map(|(_, id, segments)| std::iter::repeat_n(*id, *segments));
        let segment = |(number, partition_id)| Segment {
            id: id * 1_000 + number,
            rows: ROWS,
            partition_id,
            is_sorted: true,
            ..Segment::default()
        };
        Self {
            segments: (1..).zip(places).map(segment).collect(),
            partitions: partitions.iter().map(|(name, id, _)| ((*name).to_owned(), *id)).collect(),
            is_mergeable: true,
            sorting_takes: if profile.has_sorted() { SORTING_TAKES } else { 0 },
            ..Self::new(id, Scenario::default(), profile.has_levels(), profile.has_sorted())
        }
    }

    /// Whether a job of it takes segments, as far as there are any.
    pub(crate) fn needs_segments(&self) -> bool {
        self.is_mergeable || !self.scenario.plans.is_empty()
    }

    /// The partition and the sources of each plan, as long as there are any.
    pub(crate) fn shared_out(&self, free: &[&Segment]) -> Vec<(i64, Vec<i64>)> {
        let plan =
            |(partition, sources): (i64, Vec<i64>)| (!sources.is_empty()).then_some((partition, sources));
        if self.is_mergeable {
            let in_partition = |id: i64| free.iter().filter(move |segment| segment.partition_id == id);
            let partitions = self.partitions.iter().map(|(_, id)| *id);
            return partitions
                .filter_map(|id| plan((id, in_partition(id).map(|segment| segment.id).collect())))
                .collect();
        }
        let mut free = free.iter().map(|segment| segment.id);
        let sources = self.scenario.plans.iter().map(|size| free.by_ref().take(*size).collect());
        sources.map_while(|sources| plan((self.partition_id(), sources))).collect()
    }

    /// What becomes of a job of it that takes rows, with so many plans.
    pub(crate) fn job_of(&self, plans: usize) -> Scenario {
        if !self.is_mergeable {
            return self.scenario.clone();
        }
        let count = i64::try_from(plans).unwrap_or(i64::MAX);
        let plans = i32::try_from(plans).unwrap_or(i32::MAX);
        Scenario::job(plans, &[[count, 0, 0, 0], [0, count, 0, 0]])
    }
}

impl State {
    fn add_mergeable(&mut self, name: &str, partitions: &[usize]) {
        let id = self.id_for(name);
        let collection = Collection::mergeable(id, partitions, &self.profile);
        self.collections.insert(name.to_owned(), collection);
    }

    pub(crate) fn chooses_segments(&self, request: &ManualCompactionRequest) -> bool {
        self.profile.has_filters() && !request.segment_ids.is_empty()
    }

    /// Whether a trigger finds all segments of a collection held.
    pub(crate) fn is_held(&mut self, name: &str) -> bool {
        let Some(collection) = self.collections.get_mut(name) else { return false };
        let left = &mut collection.held.everything_for;
        let is_held = *left > 0;
        *left = left.saturating_sub(1);
        is_held
    }

    /// The segments that a trigger finds held, although others are free.
    pub(crate) fn hold(&mut self, name: &str) -> Vec<i64> {
        let Some(collection) = self.collections.get_mut(name) else { return Vec::new() };
        let Held { some, some_for, .. } = &mut collection.held;
        if *some_for == 0 {
            return Vec::new();
        }
        *some_for -= 1;
        collection.segments.iter().rev().take(*some).map(|segment| segment.id).collect()
    }

    /// The segments that a job of this kind takes, of those that are asked for and not held: sorted ones, where the
    /// version sorts, and only clustering takes its own results again.
    pub(crate) fn free<'a>(
        &self,
        collection: &'a Collection,
        kind: Kind,
        request: &ManualCompactionRequest,
        held: &[i64],
    ) -> Vec<&'a Segment> {
        let has_filters = self.profile.has_filters();
        let partition = Some(request.partition_id).filter(|id| has_filters && *id != 0);
        let chosen = Some(&request.segment_ids).filter(|_| self.chooses_segments(request));
        let free = collection.segments.iter().filter(|segment| {
            (segment.is_sorted || !self.profile.has_sorted())
                && (!segment.is_clustered || kind == Kind::Clustering)
                && partition.is_none_or(|id| id == segment.partition_id)
                && chosen.is_none_or(|ids| ids.contains(&segment.id))
                && !held.contains(&segment.id)
        });
        free.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NEWEST;

    /// Triggers a job of "c" and sees it through; how many segments it merged, or `None` if it was not started.
    fn merged(fake: &Fake, segment_ids: &[i64]) -> Option<usize> {
        let mut state = fake.state();
        let request = ManualCompactionRequest {
            collection_id: state.collections["c"].id,
            collection_name: "c".to_owned(),
            segment_ids: segment_ids.to_vec(),
            ..Default::default()
        };
        let answer = state.trigger(&request);
        if answer.compaction_id <= 0 || answer.status.unwrap_or_default().code != 0 {
            return None;
        }
        state.poll(answer.compaction_id);
        state.poll(answer.compaction_id);
        let plans = &state.jobs[&answer.compaction_id].plans;
        assert!(plans.iter().all(|plan| plan.is_applied));
        Some(plans.iter().map(|plan| plan.sources.len()).sum())
    }

    #[test]
    fn each_trigger_merges_what_is_free_in_each_partition() {
        let fake = Fake::start("v2.6.8");
        fake.add_mergeable("c", &[3, 0, 4]);
        assert_eq!(merged(&fake, &[]), Some(7));
        let rows: Vec<i64> = fake.segments("c").into_iter().map(|(_, rows)| rows).collect();
        assert_eq!(rows, [3 * ROWS, 4 * ROWS]);
        assert_eq!(merged(&fake, &[]), Some(2), "1 to 1, as real servers");
    }

    #[test]
    fn what_others_hold_is_left_alone_for_so_many_triggers() {
        let fake = Fake::start(NEWEST);
        fake.add_mergeable("c", &[4]);
        let latest = fake.segments("c")[3].0;
        fake.held_for("c", 1);
        fake.holds_segments("c", 1, 2);
        assert_eq!(merged(&fake, &[]), None);
        assert_eq!(merged(&fake, &[]), Some(3));
        assert_eq!(merged(&fake, &[latest]), Some(1), "now the result is the latest one");
        assert_eq!(merged(&fake, &[]), Some(2));
    }

    #[test]
    fn before_2_4_a_trigger_that_finds_all_held_starts_a_job_without_plans() {
        let fake = Fake::start("v2.3.5");
        fake.add_mergeable("c", &[2]);
        fake.held_for("c", 1);
        assert_eq!(merged(&fake, &[]), Some(0));
        assert_eq!(merged(&fake, &[]), Some(2));
    }

    #[test]
    fn results_of_2_5_wait_to_be_sorted() {
        let fake = Fake::start("v2.5.8");
        fake.add_mergeable("c", &[2]);
        assert_eq!(merged(&fake, &[]), Some(2));
        let unsorted = fake.segments("c")[0].0;
        for _ in 0..SORTING_TAKES {
            assert_eq!(merged(&fake, &[]), None);
            assert_eq!(fake.state().list_stored("c", &[])[0].segment_id, unsorted);
        }
        assert_ne!(fake.segments("c")[0].0, unsorted);
        assert_eq!(merged(&fake, &[]), Some(1));
    }
}
