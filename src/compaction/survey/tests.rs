use super::*;
use crate::collection::Collection;
use crate::proto::common::{SegmentLevel, SegmentState};

const ROWS: i64 = 100;

fn segment(id: i64) -> Segment {
    Segment {
        id,
        partition_id: 1,
        rows: ROWS,
        state: SegmentState::Flushed as i32,
        level: Some(SegmentLevel::L1 as i32),
        is_sorted: Some(true),
        ..Segment::default()
    }
}

fn unsorted(id: i64) -> Segment {
    Segment { is_sorted: Some(false), ..segment(id) }
}

fn l0(id: i64) -> Segment {
    Segment { level: Some(SegmentLevel::L0 as i32), rows: 0, ..segment(id) }
}

fn clustered(id: i64) -> Segment {
    Segment { level: Some(SegmentLevel::L2 as i32), ..segment(id) }
}

/// A collection of rows of 10 bytes on a server that would compact it.
struct World {
    version: &'static str,
    stored: Vec<Segment>,
    loaded: Option<Vec<Segment>>,
    left: Option<Count>,
    settings: SurveySettings,
    would_compact: Known,
    row_bytes: u64,
}

impl World {
    fn new(stored: Vec<Segment>) -> Self {
        Self {
            version: "2.6.19",
            stored,
            loaded: None,
            left: None,
            settings: SurveySettings::default(),
            would_compact: Known::Yes,
            row_bytes: 10,
        }
    }

    fn with(params: Params, stored: Vec<Segment>) -> Self {
        Self { settings: SurveySettings { params, ..SurveySettings::default() }, ..Self::new(stored) }
    }

    fn surveyed(self) -> Surveyed {
        let server = Server { version_text: self.version.to_owned(), ..Server::default() };
        let sizes = Sizes::of(&server, 1, self.row_bytes);
        let check = CheckResult {
            would_compact_if_free: self.would_compact,
            rows: Some(300),
            ..CheckResult::default()
        };
        let examined = Examined {
            result: check,
            collection: Collection::default(),
            server,
            partition_id: 0,
            stored: Some(self.stored),
            loaded: self.loaded,
            count: self.left,
            sizes: Some(limit(&self.settings).map_or(sizes, |limit| sizes.up_to(limit))),
        };
        Surveyed::of(examined, self.left, &self.settings.params)
    }
}

#[test]
fn fragmentation_is_the_share_of_segments_that_one_compaction_saves() {
    let elsewhere = |id| Segment { partition_id: 2, ..segment(id) };
    let channel = |id, name: &str| Segment { channel: Some(name.to_owned()), ..segment(id) };
    for (stored, expected, why) in [
        (vec![], 0.0, "nothing is stored"),
        (vec![segment(1)], 0.0, "one"),
        (vec![segment(1), segment(2)], 0.5, "two become one"),
        ((1..=4).map(segment).collect(), 0.75, "four become one"),
        (vec![segment(1), elsewhere(2)], 0.0, "one in each partition"),
        (vec![channel(1, "a"), channel(2, "b")], 0.0, "one in each channel"),
        (vec![segment(1), segment(2), elsewhere(3), elsewhere(4)], 0.5, "two in each partition"),
        (vec![segment(1), unsorted(2)], 0.5, "sorting does not matter"),
        (vec![segment(1), l0(2)], 0.0, "deletions are no rows"),
        (vec![segment(1), segment(2), clustered(3), clustered(4)], 0.25, "clustered ones stay"),
    ] {
        let told = World::new(stored).surveyed().fragmentation.unwrap();
        assert!((told - expected).abs() < 1e-9, "{why}: {told}");
    }
}

#[test]
fn large_segments_are_neither_small_nor_fragments() {
    let stored: Vec<Segment> = (1..=3).map(segment).collect();
    // A segment of 1000 bytes, and how many fit into one.
    for (segment_bytes, small, merged, into) in
        [(1_000, 0, 0, 0), (1_999, 0, 0, 0), (2_000, 0, 2, 1), (2_002, 3, 2, 1), (3_000, 3, 3, 1)]
    {
        let settings = SurveySettings { segment_bytes: Some(segment_bytes), ..SurveySettings::default() };
        let told = World { settings, ..World::new(stored.clone()) }.surveyed();
        assert_eq!(
            (told.small_segments, told.merged_segments, told.merged_into, told.segment_bytes),
            (Some(small), Some(merged), Some(into), segment_bytes),
        );
    }
    for (version, bytes) in [("2.3.5", 512 << 20), ("2.4.7", 1024 << 20), ("3.0.0", 1024 << 20)] {
        let told = World { version, ..World::new(stored.clone()) }.surveyed();
        assert_eq!((told.segment_bytes, told.small_segments), (bytes, Some(3)), "{version}");
    }
}

#[test]
fn a_row_of_unknown_size_makes_bytes_and_small_segments_unknown() {
    let told = World { row_bytes: 0, ..World::new(vec![segment(1), segment(2)]) }.surveyed();
    assert_eq!((told.stored_bytes, told.rewrite_bytes, told.small_segments), (None, None, None));
    assert_eq!((told.stored_segments, told.stored_rows, told.merged_segments), (Some(2), Some(200), Some(2)));
    let told = World::new(vec![segment(1), segment(2)]).surveyed();
    assert_eq!((told.stored_bytes, told.rewrite_bytes), (Some(2_000), Some(3_000)));
}

#[test]
fn what_would_not_be_compacted_is_neither_merged_nor_rewritten() {
    let stored = vec![segment(1), segment(2)];
    let told = World { would_compact: Known::No, ..World::new(stored.clone()) }.surveyed();
    assert_eq!((told.merged_segments, told.merged_into, told.rewrite_rows), (Some(0), Some(0), Some(0)));
    assert_eq!(told.fragmentation, Some(0.5));
    let told = World::with(Params { is_l0: true, ..Params::default() }, stored.clone()).surveyed();
    assert_eq!((told.merged_segments, told.rewrite_rows), (Some(0), Some(0)), "L0 rewrites no rows");
    let told = World::with(Params::new(true), stored).surveyed();
    assert_eq!((told.merged_segments, told.merged_into), (None, None), "the server's settings decide");
    let waiting = World::new(vec![segment(1), unsorted(2), l0(3)]).surveyed();
    assert_eq!(
        (waiting.merged_segments, waiting.unsorted_segments, waiting.l0_segments),
        (Some(0), Some(1), Some(1))
    );
    let old = World { version: "2.3.5", ..World::new(vec![segment(1)]) }.surveyed();
    assert_eq!((old.unsorted_segments, old.l0_segments), (None, None));
}

#[test]
fn deleted_rows_are_told_only_if_query_nodes_serve_what_is_stored() {
    let stored = vec![segment(1), segment(2), l0(3)];
    let left = |rows, is_whole| Some(Count { rows, is_whole });
    let both = || Some(vec![segment(2), segment(1)]);
    for (loaded, left, expected, why) in [
        (both(), left(150, true), Some(50), "50 of 200"),
        (both(), left(200, true), Some(0), "none"),
        (both(), left(150, false), None, "a partition is not loaded"),
        (both(), None, None, "nothing was counted"),
        (both(), left(201, true), None, "rows were flushed meanwhile"),
        (None, left(150, true), None, "the loaded segments are not known"),
        (Some(vec![segment(1)]), left(100, true), None, "one is not served yet"),
        (Some(vec![segment(1), segment(2), segment(4)]), left(150, true), None, "a replaced one is served"),
    ] {
        let world = World { loaded, left, ..World::new(stored.clone()) };
        assert_eq!(world.surveyed().deleted_rows, expected, "{why}");
    }
    let only = Params { partition: Some("p".to_owned()), ..Params::default() };
    let part = World { loaded: both(), left: left(150, true), ..World::with(only, stored.clone()) };
    assert_eq!(part.surveyed().deleted_rows, None, "the count is of the whole collection");
    let world = World { version: "2.4.3", loaded: both(), left: left(150, true), ..World::new(stored) };
    assert_eq!(world.surveyed().deleted_rows, None, "deletions look like other segments");
}
