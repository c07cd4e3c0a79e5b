//! Compares what query nodes serve with what they should serve. No I/O.

use std::collections::{HashMap, HashSet};

use super::results::Results;
use crate::load::Replica;
use crate::segments::Segment;
use crate::sorting::sort_by;

/// A message names at most this many segments.
const MOST_NAMED: usize = 4;

/// What query nodes should serve, and what they should no longer serve.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The results of the jobs, and the segments that the jobs left alone.
    segments: HashMap<i64, Place>,
    /// Segments that are not stored any more.
    replaced: HashSet<i64>,
    /// Partitions that are not loaded: nobody serves their segments.
    not_loaded: HashSet<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    partition_id: i64,
    rows: i64,
}

/// What query nodes lack, or have too much. A server can list millions of replicas and nodes, so only the first lacks are
/// kept in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lacks {
    /// The first of them, as a text.
    said: Vec<String>,
    /// How many there are.
    count: usize,
    /// The wanted segments that are missing somewhere.
    pub(super) missing: usize,
    /// Their partitions.
    pub(super) partitions: HashSet<i64>,
}

impl Wanted {
    /// `stored`: what is stored now. Segments that writers stored since the optimization began do not matter.
    pub(super) fn new(results: &Results, stored: &[Segment]) -> Self {
        let now: HashSet<i64> = stored.iter().map(|segment| segment.id).collect();
        let replaced =
            results.sources().union(results.old()).filter(|id| !now.contains(id)).copied().collect();
        let mut wanted = Self { segments: HashMap::new(), replaced, not_loaded: HashSet::new() };
        wanted.update(results, stored);
        wanted
    }

    /// Takes up a list of the stored segments: what is gone was replaced, and what came in its place is wanted now.
    pub(super) fn update(&mut self, results: &Results, stored: &[Segment]) {
        let is_ours = |segment: &&Segment| {
            segment.is_stored_data() && (results.has(segment.id) || results.old().contains(&segment.id))
        };
        let place = |segment: &Segment| Place { partition_id: segment.partition_id, rows: segment.rows };
        self.segments = stored.iter().filter(is_ours).map(|segment| (segment.id, place(segment))).collect();
    }

    /// Segments that were loaded at the first look and are not stored belong to the past too.
    pub(super) fn note_loaded(&mut self, stored: &[Segment], loaded: &[Segment]) {
        let now: HashSet<i64> = stored.iter().map(|segment| segment.id).collect();
        self.replaced.extend(loaded.iter().map(|segment| segment.id).filter(|id| !now.contains(id)));
    }

    /// Nobody serves the segments of these partitions.
    pub(super) fn leave_out(&mut self, partitions: HashSet<i64>) {
        self.not_loaded = partitions;
    }

    fn wanted(&self) -> impl Iterator<Item = (i64, Place)> {
        let is_loaded = |place: &Place| !self.not_loaded.contains(&place.partition_id);
        self.segments.iter().map(|(id, place)| (*id, *place)).filter(move |(_, place)| is_loaded(place))
    }

    pub(super) fn count(&self) -> usize {
        self.wanted().count()
    }

    /// What the query nodes lack, by segment. Without a list of replicas one node for each segment is enough.
    pub(super) fn lacks(&self, loaded: &[Segment], replicas: &[Replica]) -> Lacks {
        let served: HashMap<i64, &Segment> = loaded.iter().map(|segment| (segment.id, segment)).collect();
        let nodes_of: Vec<HashSet<i64>> =
            replicas.iter().map(|replica| replica.nodes.iter().copied().collect()).collect();
        let mut lacks = Lacks::default();
        let mut wanted: Vec<(i64, Place)> = self.wanted().collect();
        sort_by(&mut wanted, |(one, _), (other, _)| one.cmp(other));
        for (id, place) in &wanted {
            let before = lacks.count;
            let segment = served.get(id);
            if segment.is_none() && replicas.is_empty() {
                lacks.add(|| format!("no query node serves segment {id}"));
            }
            for (replica, nodes) in replicas.iter().zip(&nodes_of) {
                if segment.is_none_or(|segment| !segment.nodes.iter().any(|node| nodes.contains(node))) {
                    lacks.add(|| missing_on(replica, *id));
                }
            }
            if lacks.count > before {
                lacks.missing += 1;
                lacks.partitions.insert(place.partition_id);
            }
        }
        for segment in loaded.iter().filter(|segment| self.replaced.contains(&segment.id)) {
            lacks.add(|| still_served(segment));
        }
        if lacks.is_empty() {
            let sum = |rows: i64, more: i64| rows.saturating_add(more);
            let all = wanted.iter().map(|(_, place)| place.rows).fold(0, sum);
            let there = wanted.iter().filter_map(|(id, _)| served.get(id)).map(|segment| segment.rows);
            let there = there.fold(0, sum);
            if there < all {
                lacks.add(|| format!("the served segments have {there} rows, and the stored ones {all}"));
            }
        }
        lacks
    }
}

impl Lacks {
    fn add(&mut self, say: impl FnOnce() -> String) {
        if self.said.len() < MOST_NAMED {
            self.said.push(say());
        }
        self.count += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What query nodes lack, in one sentence without a full stop.
    pub(super) fn text(&self) -> String {
        let said = self.said.join("; ");
        match self.count - self.said.len() {
            0 => said,
            more => format!("{said}; and {more} more"),
        }
    }
}

fn missing_on(replica: &Replica, id: i64) -> String {
    if replica.nodes.is_empty() {
        return format!("replica {} has no query node, and so does not serve segment {id}", replica.id);
    }
    format!("replica {} ({}) does not serve segment {id}", replica.id, nodes(&replica.nodes))
}

fn still_served(segment: &Segment) -> String {
    let id = segment.id;
    if segment.nodes.is_empty() {
        return format!("segment {id} is still served, although it was replaced");
    }
    format!("{} still serves segment {id}, which was replaced", nodes(&segment.nodes))
}

fn nodes(ids: &[i64]) -> String {
    let shown: Vec<String> = ids.iter().take(MOST_NAMED).map(i64::to_string).collect();
    let more = if ids.len() > MOST_NAMED { ", ..." } else { "" };
    format!("query node {}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::optimize::results::JobKind;
    use crate::compaction::plan::Plan;
    use crate::proto::common::SegmentState;

    fn stored(id: i64, rows: i64) -> Segment {
        Segment { id, partition_id: 1, rows, state: SegmentState::Flushed as i32, ..Segment::default() }
    }

    fn served(id: i64, rows: i64, nodes: &[i64]) -> Segment {
        Segment { nodes: nodes.to_vec(), state: SegmentState::Sealed as i32, ..stored(id, rows) }
    }

    fn replicas() -> Vec<Replica> {
        vec![Replica { id: 100, nodes: vec![1, 2] }, Replica { id: 200, nodes: vec![3] }]
    }

    /// 1 and 2 became 3; 4 was left alone; a writer stored 5.
    fn wanted() -> Wanted {
        let mut results = Results::default();
        results.begin(&[stored(1, 50), stored(2, 50), stored(4, 7)]);
        results.add(&[Plan { sources: vec![1, 2], target: 3, ..Plan::default() }], JobKind::default());
        Wanted::new(&results, &[stored(3, 100), stored(4, 7), stored(5, 9)])
    }

    #[test]
    fn everything_wanted_has_to_be_on_every_replica_and_nothing_replaced_on_any() {
        let all = |nodes: &[i64]| vec![served(3, 100, nodes), served(4, 7, nodes)];
        for (loaded, expected) in [
            (all(&[1, 3]), ""),
            (all(&[2, 3]), ""),
            (
                all(&[1, 2]),
                "replica 200 (query node 3) does not serve segment 3; replica 200 (query node 3) does not serve segment 4",
            ),
            (
                vec![served(3, 100, &[1, 3])],
                "replica 100 (query node 1, 2) does not serve segment 4; \
                 replica 200 (query node 3) does not serve segment 4",
            ),
            (
                [all(&[1, 3]), vec![served(1, 50, &[2])]].concat(),
                "query node 2 still serves segment 1, which was replaced",
            ),
            (
                vec![served(3, 99, &[1, 3]), served(4, 7, &[1, 3])],
                "the served segments have 106 rows, and the stored ones 107",
            ),
            ([all(&[1, 3]), vec![served(5, 9, &[1])]].concat(), ""),
        ] {
            assert_eq!(wanted().lacks(&loaded, &replicas()).text(), expected, "{loaded:?}");
        }
        let one = vec![served(3, 100, &[]), served(4, 7, &[9])];
        assert!(wanted().lacks(&one, &[]).is_empty(), "a server that lists no replicas");
        assert_eq!(wanted().lacks(&one[1..], &[]).text(), "no query node serves segment 3");
        let down = vec![Replica { id: 300, nodes: vec![] }];
        assert_eq!(wanted().lacks(&one, &down).missing, 2, "a replica that is down serves nothing");
    }

    #[test]
    fn what_is_not_loaded_or_was_replaced_by_others_is_not_waited_for() {
        let mut wanted = wanted();
        let lacks = wanted.lacks(&[], &[]);
        assert_eq!((lacks.missing, &lacks.partitions), (2, &HashSet::from([1])));
        let mut results = Results::default();
        results.begin(&[stored(4, 7)]);
        wanted.update(&results, &[stored(4, 7)]);
        assert!(wanted.lacks(&[served(4, 7, &[1])], &[]).is_empty());
        results.see(&[stored(8, 7)]);
        wanted.update(&results, &[stored(8, 7)]);
        assert_eq!(
            wanted.lacks(&[], &[]).text(),
            "no query node serves segment 8",
            "it came in the place of 4"
        );
        wanted.leave_out(HashSet::from([1]));
        assert!(wanted.lacks(&[], &[]).is_empty());
        wanted.note_loaded(&[stored(4, 7)], &[served(9, 1, &[1])]);
        let again = wanted.lacks(&[served(9, 1, &[1])], &[]);
        assert_eq!(again.text(), "query node 1 still serves segment 9, which was replaced");
    }

    #[test]
    fn a_message_names_the_first_of_many() {
        let lacks = wanted().lacks(&[served(1, 50, &[1])], &replicas());
        assert_eq!(
            lacks.text(),
            "replica 100 (query node 1, 2) does not serve segment 3; replica 200 (query node 3) does not serve segment 3; \
             replica 100 (query node 1, 2) does not serve segment 4; replica 200 (query node 3) does not serve segment 4; \
             and 1 more"
        );
        let large = Replica { id: 1, nodes: (1..1_000).collect() };
        assert!(wanted().lacks(&[], &[large]).text().contains("query node 1, 2, 3, 4, ...)"));
    }
}
