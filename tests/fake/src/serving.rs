//! What query nodes serve, on which replica, and how late they take up what is new.

use crate::Fake;
use crate::proto::common::{SegmentState, Status};
use crate::proto::service::{GetReplicasRequest, GetReplicasResponse, QuerySegmentInfo, ReplicaInfo};
use crate::state::{Collection, State, success};
use crate::stored::Segment;

/// The query node that serves all, if nothing else is said.
const NODE: i64 = 7;

/// Who serves a collection, and what.
#[derive(Debug)]
pub(crate) struct Serving {
    replicas: Vec<Replica>,
    late: Option<Late>,
    /// What goes on being served although it is not stored any more.
    kept: Vec<Segment>,
}

/// Nodes that serve a whole collection between them.
#[derive(Debug, Default)]
struct Replica {
    nodes: Vec<i64>,
    is_down: bool,
    /// It takes up nothing but these.
    only: Option<Vec<i64>>,
}

/// What is stored is not served before the load has been refreshed, and some questions asked.
#[derive(Debug)]
struct Late {
    served: Vec<Segment>,
    /// Questions about the progress or the served segments.
    takes: u32,
    /// Questions about the served segments, once the progress has come to its end.
    takes_more: u32,
    /// How many are left of the two, once the load is refreshed.
    left: Option<(u32, u32)>,
}

impl Default for Serving {
    fn default() -> Self {
        let replica = Replica { nodes: vec![NODE], ..Replica::default() };
        Self { replicas: vec![replica], late: None, kept: Vec::new() }
    }
}

impl Replica {
    /// The node that serves a segment: one of its own.
    fn node_of(&self, segment: i64) -> Option<i64> {
        if self.is_down || self.only.as_ref().is_some_and(|only| !only.contains(&segment)) {
            return None;
        }
        let count = i64::try_from(self.nodes.len()).unwrap_or(i64::MAX).max(1);
        self.nodes.get(usize::try_from(segment.rem_euclid(count)).unwrap_or(0)).copied()
    }
}

impl Serving {
    /// A segment is served under the id of its sorted form.
    pub(crate) fn replace(&mut self, unsorted: i64, sorted: i64) {
        let late = self.late.iter_mut().flat_map(|late| late.served.iter_mut());
        for segment in late.filter(|segment| segment.id == unsorted) {
            (segment.id, segment.is_sorted) = (sorted, true);
        }
        let only = self.replicas.iter_mut().filter_map(|replica| replica.only.as_mut());
        only.flatten().filter(|id| **id == unsorted).for_each(|id| *id = sorted);
    }

    pub(crate) fn set_down(&mut self, replica: usize, is_down: bool) {
        self.replicas[replica].is_down = is_down;
    }

    /// What is stored is served at once.
    pub(crate) fn take_up(&mut self, stored: &[Segment]) {
        if let Some(late) = &mut self.late {
            (late.served, late.left) = (stored.to_vec(), None);
        }
    }

    /// The load is to be refreshed.
    pub(crate) fn refresh(&mut self) {
        if let Some(late) = &mut self.late {
            late.left = Some((late.takes, late.takes_more));
        }
    }

    /// One more question, about the progress or the served segments.
    fn ask(&mut self, is_about_progress: bool, stored: &[Segment]) {
        let Some(Late { left: Some(left), .. }) = &mut self.late else { return };
        match left {
            (0, 0) => self.take_up(stored),
            (0, lists) => *lists -= u32::from(!is_about_progress),
            (questions, _) => *questions -= 1,
        }
    }

    /// The progress of a refreshed load in percent, where it is late.
    pub(crate) fn refresh_progress(&mut self, stored: &[Segment]) -> Option<i64> {
        let left = self.late.as_ref()?.left;
        self.ask(true, stored);
        Some(if matches!(left, Some((1.., _))) { 0 } else { 100 })
    }
}

impl Fake {
    /// Has query nodes go on serving what is stored now, until the load has been refreshed and so many questions about
    /// its progress (0 until then) or about the served segments have been answered. What is stored after that takes
    /// another refresh.
    pub fn serves_late(&self, name: &str, questions: u32) {
        self.serves_later(name, questions, 0);
    }

    /// The same, and once the progress is 100, so many questions about the served segments are answered as before.
    pub fn serves_later(&self, name: &str, questions: u32, lists: u32) {
        self.with(name, |collection| {
            let served = collection.segments.clone();
            collection.serving.late = Some(Late { served, takes: questions, takes_more: lists, left: None });
        });
    }

    /// Has a replica take up nothing that comes from now on, although it gives up what is not stored any more.
    pub fn never_serves(&self, name: &str, replica: usize) {
        self.with(name, |collection| {
            let only = collection.segments.iter().map(|segment| segment.id).collect();
            collection.serving.replicas[replica].only = Some(only);
        });
    }

    /// Has query nodes serve what is stored now for ever, whatever comes in its place.
    pub fn keeps_serving_sources(&self, name: &str) {
        self.with(name, |collection| collection.serving.kept.clone_from(&collection.segments));
    }

    /// Gives a collection replicas of these nodes. Each segment is on one node of each.
    pub fn replicate(&self, name: &str, replicas: &[&[i64]]) {
        let replica = |nodes: &&[i64]| Replica { nodes: nodes.to_vec(), ..Replica::default() };
        self.with(name, |collection| collection.serving.replicas = replicas.iter().map(replica).collect());
    }

    /// Takes a replica down: it has no nodes.
    pub fn take_down(&self, name: &str, replica: usize) {
        self.with(name, |collection| collection.serving.set_down(replica, true));
    }

    /// Brings a replica up again.
    pub fn bring_up(&self, name: &str, replica: usize) {
        self.with(name, |collection| collection.serving.set_down(replica, false));
    }
}

impl Collection {
    /// The segments that are served, with the nodes of all replicas that do.
    fn served(&self) -> impl Iterator<Item = (&Segment, Vec<i64>)> {
        let Serving { replicas, late, kept } = &self.serving;
        // Real servers, from 2.2.16 on, do not list what grows.
        let taken_up = self.segments.len().saturating_sub(self.not_taken_up);
        let segments = match late {
            Some(late) => &late.served[..],
            None => &self.segments[..taken_up],
        };
        let kept = kept.iter().filter(|kept| segments.iter().all(|segment| segment.id != kept.id));
        let served = segments.iter().chain(kept).map(|segment| {
            (segment, replicas.iter().filter_map(|replica| replica.node_of(segment.id)).collect::<Vec<_>>())
        });
        served.filter(|(segment, nodes)| !nodes.is_empty() && self.loads_partition(segment.partition_id))
    }
}

impl State {
    /// As a question from outside: query nodes get on.
    pub(crate) fn list_served(&mut self, name: &str) -> Vec<QuerySegmentInfo> {
        let Some(collection) = self.collections.get_mut(name) else { return Vec::new() };
        if !collection.is_loaded_by_now() {
            return Vec::new();
        }
        collection.serving.ask(false, &collection.segments);
        let (collection, profile) = (&self.collections[name], &self.profile);
        let info = |(segment, node_ids): (&Segment, Vec<i64>)| QuerySegmentInfo {
            segment_id: segment.id,
            collection_id: collection.id,
            partition_id: segment.partition_id,
            mem_size: 0, // as real servers
            num_rows: segment.rows,
            state: SegmentState::Sealed as i32,
            node_ids,
            level: if profile.has_levels() { segment.level() as i32 } else { 0 },
            is_sorted: profile.has_sorted() && segment.is_sorted,
            storage_version: if profile.has_storage_version() { 2 } else { 0 },
        };
        collection.served().map(info).collect()
    }

    pub(crate) fn replicas(&self, request: &GetReplicasRequest) -> GetReplicasResponse {
        let by_name = self.real_name(&request.collection_name).map(|name| &self.collections[&name]);
        if by_name.is_none() && !request.collection_name.is_empty() {
            let status = self.not_found(&request.collection_name);
            return GetReplicasResponse { status, ..Default::default() };
        }
        let found = by_name.or_else(|| self.collection_of(request.collection_id));
        let Some(collection) = found.filter(|collection| collection.loading.is_loaded) else {
            // As 2.3.5 says it, also of an id of no collection.
            let id = found.map_or(request.collection_id, |collection| collection.id);
            let code = if self.profile.has_codes() { 400 } else { 0 };
            let reason = format!("failed to get replicas by collection: replica not found[replica={id}]");
            let status = Some(Status { code, error_code: 15, reason, ..Default::default() });
            return GetReplicasResponse { status, ..Default::default() };
        };
        let replicas = (1..).zip(&collection.serving.replicas).map(|(number, replica)| ReplicaInfo {
            replica_id: collection.id * 100 + number,
            collection_id: collection.id,
            partition_ids: Vec::new(), // as 2.3.5, also if only some are loaded
            node_ids: if replica.is_down { Vec::new() } else { replica.nodes.clone() },
        });
        GetReplicasResponse { status: success(), replicas: replicas.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NEWEST;

    /// What is served of "c": ids and nodes.
    fn served(fake: &Fake) -> Vec<(i64, Vec<i64>)> {
        let infos = fake.state().list_served("c");
        infos.into_iter().map(|info| (info.segment_id, info.node_ids)).collect()
    }

    fn loaded() -> Fake {
        let fake = Fake::start(NEWEST);
        fake.add_mergeable("c", &[1]);
        fake.load("c", 0);
        fake
    }

    #[test]
    fn what_is_new_is_served_late() {
        let fake = loaded();
        let old = served(&fake);
        fake.serves_later("c", 2, 1);
        fake.state().replace_segments("c");
        assert_eq!((served(&fake), served(&fake), served(&fake)), (old.clone(), old.clone(), old.clone()));
        fake.state().load_collection("c", true);
        let progress: Vec<i64> =
            (0..3).map(|_| fake.state().loading_progress("c").refresh_progress).collect();
        assert_eq!(progress, [0, 0, 100]);
        assert_eq!(served(&fake), old);
        let new = served(&fake);
        assert_eq!(new[0].0, fake.segments("c")[0].0);
        fake.state().replace_segments("c");
        assert_eq!(served(&fake), new, "that takes another refresh");
    }

    #[test]
    fn each_replica_serves_a_segment_on_one_of_its_nodes() {
        let fake = loaded();
        let old = fake.segments("c")[0].0;
        fake.replicate("c", &[&[1, 2], &[3], &[4]]);
        let [(id, nodes)] = &served(&fake)[..] else { panic!("one segment") };
        assert_eq!((*id, &nodes[1..], nodes[0] < 3), (old, &[3, 4][..], true));
        fake.take_down("c", 0);
        fake.never_serves("c", 1);
        assert_eq!(served(&fake), [(old, vec![3, 4])]);
        fake.keeps_serving_sources("c");
        fake.state().replace_segments("c");
        let new = fake.segments("c")[0].0;
        assert_eq!(served(&fake), [(new, vec![4]), (old, vec![3, 4])]);
        let request = GetReplicasRequest { collection_name: "c".to_owned(), ..Default::default() };
        let replicas = fake.state().replicas(&request).replicas;
        let nodes: Vec<_> = replicas.into_iter().map(|replica| replica.node_ids).collect();
        assert_eq!(nodes, [vec![], vec![3], vec![4]]);
    }
}
