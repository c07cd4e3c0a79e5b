use super::*;
use crate::compaction::optimize::results::JobKind;
use crate::compaction::params::Params;
use crate::compaction::plan::Plan;
use crate::proto::common::{SegmentLevel, SegmentState};

const ROWS: i64 = 100;

fn segment(id: i64, partition_id: i64) -> Segment {
    Segment {
        id,
        partition_id,
        rows: ROWS,
        state: SegmentState::Flushed as i32,
        level: Some(SegmentLevel::L1 as i32),
        is_sorted: Some(true),
        ..Segment::default()
    }
}

fn unsorted(id: i64) -> Segment {
    Segment { is_sorted: Some(false), ..segment(id, 1) }
}

fn l0(id: i64, partition_id: i64) -> Segment {
    Segment { level: Some(SegmentLevel::L0 as i32), ..segment(id, partition_id) }
}

fn clustered(id: i64) -> Segment {
    Segment { level: Some(SegmentLevel::L2 as i32), ..segment(id, 1) }
}

/// A collection with one channel at one moment.
struct World {
    version: &'static str,
    stored: Vec<Segment>,
    settings: Settings,
    results: Results,
    ours: HashSet<i64>,
    purgeable: HashSet<i64>,
    channels: usize,
}

impl World {
    fn new(stored: Vec<Segment>) -> Self {
        Self {
            version: "2.6.19",
            ours: stored.iter().map(|segment| segment.id).collect(),
            stored,
            settings: Settings { row_bytes: Some(10), ..Settings::default() },
            results: Results::default(),
            purgeable: HashSet::new(),
            channels: 1,
        }
    }

    fn with(params: Params, stored: Vec<Segment>) -> Self {
        let world = Self::new(stored);
        Self { settings: Settings { params, ..world.settings }, ..world }
    }

    /// The same after jobs with these plans.
    fn after(mut self, jobs: &[&[(&[i64], i64)]]) -> Self {
        for job in jobs {
            let plan = |(sources, target): &(&[i64], i64)| Plan {
                sources: sources.to_vec(),
                target: *target,
                ..Plan::default()
            };
            let kind = JobKind { limits_plans: true, ..JobKind::default() };
            self.results.add(&job.iter().map(plan).collect::<Vec<_>>(), kind);
        }
        self
    }

    fn view<'v>(&'v self, server: &'v Server) -> View<'v> {
        View {
            stored: &self.stored,
            server,
            scope: Scope { params: &self.settings.params, partition_id: 0 },
            channels: self.channels,
            row_bytes: 10,
            settings: &self.settings,
            results: &self.results,
            ours: &self.ours,
            purgeable: &self.purgeable,
            is_first: self.results.is_empty(),
        }
    }

    fn server(&self) -> Server {
        Server { version_text: self.version.to_owned(), ..Server::default() }
    }

    fn work(&self) -> Work {
        self.view(&self.server()).work()
    }

    fn leftovers(&self) -> (Vec<i64>, LeftOut) {
        self.view(&self.server()).leftovers()
    }

    /// How many segments a round takes, and how many it makes of them.
    fn figures(&self) -> (u64, Option<u64>) {
        let work = self.work();
        assert_eq!(work.is_needed, work.cost.segments_in > 0);
        (work.cost.segments_in, work.cost.segments_out)
    }
}

#[test]
fn segments_of_one_place_are_merged_if_that_makes_them_fewer() {
    let channel = |id, name: &str| Segment { channel: Some(name.to_owned()), ..segment(id, 1) };
    for (stored, expected, why) in [
        (vec![], 0, "nothing is stored"),
        (vec![segment(1, 1)], 0, "alone"),
        (vec![segment(1, 1), segment(2, 1)], 2, "two"),
        (vec![segment(1, 1), segment(2, 2)], 0, "one in each partition"),
        (vec![channel(1, "a"), channel(2, "b")], 0, "one in each channel"),
        (vec![channel(1, "a"), channel(2, "a")], 2, "two in one channel"),
        (vec![segment(1, 1), unsorted(2)], 0, "only one is sorted"),
        (vec![segment(1, 1), segment(2, 1), unsorted(3)], 2, "two are sorted"),
        (vec![segment(1, 1), clustered(2)], 0, "a plain compaction leaves clustered ones alone"),
        (vec![segment(1, 1), l0(2, 1)], 0, "deletions are no rows"),
    ] {
        assert_eq!(World::new(stored).figures().0, expected, "{why}");
    }
    let many = |channels| World { channels, ..World::new(vec![segment(1, 1), segment(2, 1)]) };
    assert_eq!(many(2).figures(), (0, Some(0)), "each of two channels has some rows");
    let large = |segment_bytes| {
        let world = World::new((1..=4).map(|id| segment(id, 1)).collect());
        World { settings: Settings { segment_bytes: Some(segment_bytes), ..world.settings.clone() }, ..world }
    };
    assert_eq!(large(1_999).figures(), (0, Some(0)), "two are too large for one");
    assert_eq!(large(2_000).figures(), (4, Some(2)));
}

#[test]
fn full_segments_stay_where_small_ones_are_merged() {
    let full = |id| Segment { rows: 1_000, ..segment(id, 1) };
    let world = World::new(vec![full(1), full(2), segment(3, 1), segment(4, 1)]);
    let world =
        World { settings: Settings { segment_bytes: Some(10_000), ..world.settings.clone() }, ..world };
    let work = world.work();
    assert_eq!((work.named, work.cost.rows, work.cost.segments_out), (Some(vec![3, 4]), 200, Some(1)));
}

#[test]
fn a_lone_segment_stays_where_the_trigger_can_name_others() {
    let stored = vec![segment(1, 1), segment(2, 2), segment(3, 2)];
    let work = World::new(stored.clone()).work();
    assert_eq!((work.named, work.cost.segments_in), (Some(vec![2, 3]), 2));
    let old = World { version: "2.5.7", ..World::new(stored.clone()) }.work();
    assert_eq!((old.named, old.cost.segments_in, old.cost.segments_out), (None, 3, Some(2)));
    let largest = Params { target_size_mb: i64::MAX, ..Params::default() };
    let work = World::with(largest, stored).work();
    assert_eq!((work.named, work.cost.segments_in), (None, 3), "a target size takes the whole collection");
}

#[test]
fn what_one_job_made_is_final_and_what_several_made_can_be_merged() {
    let stored = || vec![segment(7, 1), segment(8, 1)];
    assert_eq!(World::new(stored()).after(&[&[(&[1], 7), (&[2], 8)]]).figures().0, 0);
    assert_eq!(World::new(stored()).after(&[&[(&[1], 7)], &[(&[2], 8)]]).figures().0, 2);
    assert_eq!(World::new(stored()).after(&[&[(&[1], 7)]]).figures().0, 2, "8 is left out");
    let thirty: Vec<i64> = (11..=40).collect();
    let full: &[(&[i64], i64)] = &[(&thirty, 7), (&[2], 8)];
    assert_eq!(World::new(stored()).after(&[full]).figures().0, 2, "a plan took as many as it can");
    assert_eq!(
        World::new(vec![segment(9, 1)]).after(&[full, &[(&[7, 8], 9)]]).figures().0,
        0,
        "and the next merged them"
    );
}

#[test]
fn what_a_writer_stored_since_goes_along_and_is_no_reason_for_a_round() {
    let after = |stored: Vec<Segment>| {
        World { ours: HashSet::from([1, 2, 3]), ..World::new(stored) }.after(&[&[(&[1, 2], 7)]])
    };
    assert_eq!(after(vec![segment(7, 1), segment(8, 1), segment(9, 1)]).figures().0, 0, "8 and 9 are new");
    assert_eq!(after(vec![segment(7, 1), segment(3, 1), segment(9, 1)]).figures().0, 3, "3 was left out");
    let (open, left) = after(vec![segment(7, 1), segment(8, 1)]).leftovers();
    assert_eq!((open, left.total), (vec![], 0), "new segments are no leftovers");
}

#[test]
fn a_segment_is_rewritten_alone_only_for_deletions_or_if_asked() {
    let stored = || vec![segment(1, 1), segment(2, 2)];
    let forced =
        |world: World| World { settings: Settings { force: true, ..world.settings.clone() }, ..world };
    assert_eq!(forced(World::new(stored())).figures(), (2, Some(2)));
    assert_eq!(forced(World::new(stored())).after(&[&[(&[9], 1)]]).figures().0, 0, "only the first round");
    let purging = |partition, world: World| World { purgeable: HashSet::from([partition]), ..world };
    assert_eq!(purging(2, World::new(stored())).work().named, Some(vec![2]));
    assert_eq!(purging(ALL_PARTITIONS, World::new(stored())).figures().0, 2);
    let purged = World::new(stored()).after(&[&[(&[9], 1), (&[8], 2)]]);
    assert_eq!(purging(ALL_PARTITIONS, purged).figures().0, 0, "once");
}

#[test]
fn a_trigger_for_one_channel_is_all_if_channels_are_not_listed() {
    let channel = || Params { channel: Some("a".to_owned()), ..Params::default() };
    let stored = || vec![segment(7, 1), segment(8, 1), segment(9, 1)];
    assert_eq!(World::with(channel(), stored()).figures().0, 3);
    let after = World::with(channel(), stored()).after(&[&[(&[1, 2], 7)]]);
    assert_eq!((after.figures().0, after.leftovers()), (0, (vec![], LeftOut::default())));
    let of = |segment, name: &str| Segment { channel: Some(name.to_owned()), ..segment };
    let listed = vec![of(segment(7, 1), "a"), of(segment(8, 1), "a"), of(segment(9, 1), "b")];
    let after = World::with(channel(), listed).after(&[&[(&[1, 2], 7)]]);
    assert_eq!((after.figures().0, after.leftovers().0), (2, vec![8]), "8 is in the same channel");
}

#[test]
fn clustering_takes_everything_if_something_is_not_clustered() {
    let world = |stored| World::with(Params::new(true), stored);
    assert_eq!(world(vec![clustered(1), segment(2, 1)]).figures(), (2, None));
    assert_eq!(world(vec![clustered(1), clustered(2)]).figures(), (0, None));
    assert_eq!(world(vec![segment(1, 1)]).after(&[&[(&[9], 1)]]).figures(), (0, None));
    let mut with_writer = world(vec![clustered(1), segment(2, 1)]);
    with_writer.ours = HashSet::from([1]);
    assert_eq!(
        with_writer.figures(),
        (0, None),
        "for what a writer stored since, nothing is clustered again"
    );
    let deletions = Params { is_l0: true, ..Params::default() };
    assert_eq!(World::with(deletions.clone(), vec![segment(1, 1), l0(2, 1)]).figures().0, 1);
    assert_eq!(World::with(deletions, vec![segment(1, 1)]).figures().0, 0);
}

#[test]
fn what_is_left_out_has_a_reason_and_what_a_later_round_could_take_is_open() {
    let importing = Segment { state: SegmentState::Importing as i32, ..segment(6, 1) };
    let sealed = Segment { state: SegmentState::Sealed as i32, ..segment(7, 1) };
    let stored = vec![
        segment(1, 1),
        segment(2, 1),
        unsorted(3),
        l0(4, 1),
        clustered(5),
        importing,
        sealed,
        segment(8, 2),
    ];
    let (open, left) = World::new(stored.clone()).leftovers();
    assert_eq!(open, [1, 2, 3, 4], "deletions have to be applied too");
    let expected = LeftOut {
        total: 7,
        unsorted: 1,
        l0: 1,
        clustered: 1,
        importing: 1,
        unflushed: 1,
        held: 2,
        ..LeftOut::default()
    };
    assert_eq!(left, expected);
    let (open, left) = World::new(stored).after(&[&[(&[9], 1)]]).leftovers();
    assert_eq!((open, left.held), (vec![2, 3, 4], 1), "1 is a result, and 2 could be merged with it");
    let results = vec![segment(7, 1), segment(8, 1)];
    let (open, left) = World::new(results).after(&[&[(&[1], 7)], &[(&[2], 8)]]).leftovers();
    assert_eq!((open, left.held), (vec![7, 8], 2), "the results of two jobs could be merged");
}

#[test]
fn a_result_that_is_not_sorted_yet_is_waited_for() {
    let two = || vec![unsorted(7), segment(8, 1)];
    let (open, left) = World::new(two()).after(&[&[(&[1], 7)]]).leftovers();
    assert_eq!((open, left.unsorted, left.held), (vec![7, 8], 1, 1), "8 was left out");
    let (open, left) = World::new(vec![unsorted(7)]).after(&[&[(&[1], 7)]]).leftovers();
    assert_eq!((open, left.unsorted), (vec![7], 1), "and what is done is sorted");
    let both = vec![unsorted(7), unsorted(8)];
    let (open, left) = World::new(both).after(&[&[(&[1], 7)], &[(&[2], 8)]]).leftovers();
    assert_eq!((open, left.unsorted), (vec![7, 8], 2), "the results of two jobs could be merged");
}

#[test]
fn segments_that_are_not_chosen_are_not_asked_for() {
    let chosen = Params { segment_ids: Some(vec![1, 2]), ..Params::default() };
    let stored = vec![segment(3, 1), segment(4, 1), segment(7, 1)];
    let (open, left) = World::with(chosen, stored).after(&[&[(&[1, 2], 7)]]).leftovers();
    assert_eq!((open, left.total, left.not_asked_for), (vec![], 2, 2), "7 is the result");
}
