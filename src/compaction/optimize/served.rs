//! Compares what query nodes serve with what they should serve. No I/O.

use std::collections::{HashMap, HashSet};

use super::results::Results;
use crate::load::Replica;
use crate::segments::Segment;

/// A message names at most this many segments.
const MOST_NAMED: usize = 4;

/// What query nodes should serve, and what they should no longer serve.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The results of the jobs, and the segments that the jobs left alone.
    segments: HashMap<i64, Place>,
    /// Segments that are not stored any more.
    replaced: HashSet<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    partition_id: i64,
    rows: i64,
}

/// One thing that query nodes lack, or have too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// No node of this replica serves the segment. Without a replica: no node at all.
    Segment { id: i64, replica: Option<Replica> },
    /// These nodes still serve a segment that was replaced.
    Replaced { id: i64, nodes: Vec<i64> },
    /// The served segments have fewer rows than the wanted ones.
    Rows { served: i64, wanted: i64 },
}

impl Wanted {
    /// `stored`: what is stored now. Segments that writers stored since the optimization began do not matter.
    pub(super) fn new(results: &Results, stored: &[Segment]) -> Self {
        let old = results.old();
        let is_wanted = |segment: &&Segment| {
            segment.is_stored_data() && (results.has(segment.id) || old.contains(&segment.id))
        };
        let place = |segment: &Segment| Place { partition_id: segment.partition_id, rows: segment.rows };
        let segments = stored.iter().filter(is_wanted).map(|segment| (segment.id, place(segment))).collect();
        let now: HashSet<i64> = stored.iter().map(|segment| segment.id).collect();
        let replaced = results.sources().union(old).filter(|id| !now.contains(id)).copied().collect();
        Self { segments, replaced }
    }

    /// Takes up a later list of the stored segments. What is gone was replaced by others, and what has come in its place is
    /// not known; a result's sorted form is.
    pub(super) fn update(&mut self, results: &Results, stored: &[Segment]) {
        let now: HashMap<i64, &Segment> = stored.iter().map(|segment| (segment.id, segment)).collect();
        self.segments.retain(|id, _| now.contains_key(id));
        for segment in results.stored(stored) {
            let place = Place { partition_id: segment.partition_id, rows: segment.rows };
            self.segments.entry(segment.id).or_insert(place);
        }
    }

    /// Segments that were loaded at the first look and are not stored belong to the past too.
    pub(super) fn note_loaded(&mut self, stored: &[Segment], loaded: &[Segment]) {
        let now: HashSet<i64> = stored.iter().map(|segment| segment.id).collect();
        self.replaced.extend(loaded.iter().map(|segment| segment.id).filter(|id| !now.contains(id)));
    }

    pub(super) fn count(&self) -> usize {
        self.segments.len()
    }

    /// The partitions of these segments.
    pub(super) fn partitions(&self, lacks: &[Lack]) -> HashSet<i64> {
        let missing = lacks.iter().filter_map(|lack| match lack {
            Lack::Segment { id, .. } => self.segments.get(id),
            _ => None,
        });
        missing.map(|place| place.partition_id).collect()
    }

    /// Nobody serves the segments of partitions that are not loaded.
    pub(super) fn forget_partitions(&mut self, partitions: &HashSet<i64>) {
        self.segments.retain(|_, place| !partitions.contains(&place.partition_id));
    }

    /// What the query nodes lack, by segment. Without a list of replicas one node for each segment is enough.
    pub(super) fn lacks(&self, loaded: &[Segment], replicas: &[Replica]) -> Vec<Lack> {
        let served: HashMap<i64, &Segment> = loaded.iter().map(|segment| (segment.id, segment)).collect();
        let mut lacks = Vec::new();
        let mut ids: Vec<i64> = self.segments.keys().copied().collect();
        ids.sort_unstable();
        for id in &ids {
            let Some(segment) = served.get(id) else {
                let lacking =
                    replicas.iter().map(|replica| Lack::Segment { id: *id, replica: Some(replica.clone()) });
                let before = lacks.len();
                lacks.extend(lacking);
                if lacks.len() == before {
                    lacks.push(Lack::Segment { id: *id, replica: None });
                }
                continue;
            };
            let has = |replica: &&Replica| segment.nodes.iter().any(|node| replica.nodes.contains(node));
            let lacking = replicas.iter().filter(|replica| !has(replica));
            lacks.extend(lacking.map(|replica| Lack::Segment { id: *id, replica: Some(replica.clone()) }));
        }
        for segment in loaded.iter().filter(|segment| self.replaced.contains(&segment.id)) {
            lacks.push(Lack::Replaced { id: segment.id, nodes: segment.nodes.clone() });
        }
        if lacks.is_empty() {
            let sum = |rows: i64, more: i64| rows.saturating_add(more);
            let wanted = self.segments.values().map(|place| place.rows).fold(0, sum);
            let of_ids = ids.iter().filter_map(|id| served.get(id)).map(|segment| segment.rows).fold(0, sum);
            if of_ids < wanted {
                lacks.push(Lack::Rows { served: of_ids, wanted });
            }
        }
        lacks
    }
}

/// Says what query nodes lack, in one sentence without a full stop.
pub(super) fn text(lacks: &[Lack]) -> String {
    let mut said: Vec<String> = lacks.iter().take(MOST_NAMED).map(Lack::text).collect();
    if lacks.len() > MOST_NAMED {
        said.push(format!("and {} more", lacks.len() - MOST_NAMED));
    }
    said.join("; ")
}

impl Lack {
    fn text(&self) -> String {
        match self {
            Self::Segment { id, replica: None } => format!("no query node serves segment {id}"),
            Self::Segment { id, replica: Some(replica) } if replica.nodes.is_empty() => {
                format!("replica {} has no query node, and so does not serve segment {id}", replica.id)
            }
            Self::Segment { id, replica: Some(replica) } => {
                format!("replica {} ({}) does not serve segment {id}", replica.id, nodes(&replica.nodes))
            }
            Self::Replaced { id, nodes: serving } if serving.is_empty() => {
                format!("segment {id} is still served, although it was replaced")
            }
            Self::Replaced { id, nodes: serving } => {
                format!("{} still serves segment {id}, which was replaced", nodes(serving))
            }
            Self::Rows { served, wanted } => {
                format!("the served segments have {served} rows, and the stored ones {wanted}")
            }
        }
    }
}

fn nodes(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("query node {}", ids.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
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
        results.add(&[Plan { sources: vec![1, 2], target: 3, ..Plan::default() }]);
        Wanted::new(&results, &[stored(3, 100), stored(4, 7), stored(5, 9)])
    }

    #[test]
    fn everything_wanted_has_to_be_on_every_replica_and_nothing_replaced_on_any() {
        let all = |nodes: &[i64]| vec![served(3, 100, nodes), served(4, 7, nodes)];
        let on = |id: i64, which: usize| Lack::Segment { id, replica: Some(replicas()[which].clone()) };
        for (loaded, expected) in [
            (all(&[1, 3]), vec![]),
            (all(&[2, 3]), vec![]),
            (all(&[1, 2]), vec![on(3, 1), on(4, 1)]),
            (vec![served(3, 100, &[1, 3])], vec![on(4, 0), on(4, 1)]),
            (
                [all(&[1, 3]), vec![served(1, 50, &[2])]].concat(),
                vec![Lack::Replaced { id: 1, nodes: vec![2] }],
            ),
            (
                vec![served(3, 99, &[1, 3]), served(4, 7, &[1, 3])],
                vec![Lack::Rows { served: 106, wanted: 107 }],
            ),
            ([all(&[1, 3]), vec![served(5, 9, &[1])]].concat(), vec![]),
        ] {
            assert_eq!(wanted().lacks(&loaded, &replicas()), expected, "{loaded:?}");
        }
        let one = vec![served(3, 100, &[]), served(4, 7, &[9])];
        assert_eq!(wanted().lacks(&one, &[]), vec![], "a server that lists no replicas");
        assert_eq!(wanted().lacks(&one[1..], &[]), vec![Lack::Segment { id: 3, replica: None }]);
        let down = vec![Replica { id: 300, nodes: vec![] }];
        assert_eq!(wanted().lacks(&one, &down).len(), 2, "a replica that is down serves nothing");
    }

    #[test]
    fn what_is_not_loaded_or_was_replaced_by_others_is_not_waited_for() {
        let mut wanted = wanted();
        let lacks = wanted.lacks(&[], &[]);
        assert_eq!(wanted.partitions(&lacks), HashSet::from([1]));
        wanted.update(&Results::default(), &[stored(4, 7)]);
        assert_eq!(wanted.lacks(&[served(4, 7, &[1])], &[]), vec![]);
        wanted.forget_partitions(&HashSet::from([1]));
        assert_eq!(wanted.lacks(&[], &[]), vec![]);
        wanted.note_loaded(&[stored(4, 7)], &[served(9, 1, &[1])]);
        let again = [served(9, 1, &[1])];
        assert_eq!(wanted.lacks(&again, &[]), vec![Lack::Replaced { id: 9, nodes: vec![1] }]);
    }

    #[test]
    fn a_message_names_segments_replicas_and_nodes() {
        let lacks = wanted().lacks(&[served(1, 50, &[1])], &replicas());
        assert_eq!(
            text(&lacks),
            "replica 100 (query node 1, 2) does not serve segment 3; replica 200 (query node 3) does not serve segment 3; \
             replica 100 (query node 1, 2) does not serve segment 4; replica 200 (query node 3) does not serve segment 4; \
             and 1 more"
        );
    }
}
