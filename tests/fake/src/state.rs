//! What the server has: collections with their segments, and jobs. It answers as its version would.

use std::collections::{BTreeMap, HashMap};

use crate::profile::Profile;
use crate::proto::common::{
    CompactionState, CompactionTaskState as TaskState, CompactionType as Kind, SegmentLevel, SegmentState,
    Status,
};
use crate::proto::service::{
    CompactionMergeInfo, GetCompactionPlansRequest, GetCompactionPlansResponse, GetCompactionStateResponse,
    ManualCompactionRequest, ManualCompactionResponse, PersistentSegmentInfo, QuerySegmentInfo,
};
use crate::scenario::{DELETED, Poll, ROWS, Scenario};
use crate::{Call, Fault, Method};

const FAILURE: &str = "no space left on device";

pub(crate) struct State {
    pub(crate) profile: Profile,
    pub(crate) collections: BTreeMap<String, Collection>,
    pub(crate) aliases: HashMap<String, String>,
    pub(crate) reported_id: Option<i64>,
    pub(crate) reported_database: Option<String>,
    pub(crate) has_clustering_key: bool,
    pub(crate) identifier: i64,
    pub(crate) hides_version: bool,
    /// The version that takes its place at the next cut.
    pub(crate) successor: Option<String>,
    /// For a collection, the tasks of all are listed.
    pub(crate) lists_everything: bool,
    /// Plans are told without details, whatever the version.
    pub(crate) hides_details: bool,
    jobs: BTreeMap<i64, Job>,
    next_id: i64,
    pub(crate) calls: Vec<Call>,
    pub(crate) compacted: Vec<String>,
    pub(crate) faults: Vec<(Method, Fault)>,
}

pub(crate) struct Collection {
    pub(crate) id: i64,
    pub(crate) scenario: Scenario,
    segments: Vec<Segment>,
    /// Segments of deletions.
    l0: Vec<i64>,
    pub(crate) is_loaded: bool,
    pub(crate) growing_rows: i64,
    /// Segments that query nodes still serve from what grew, although they are flushed.
    pub(crate) not_taken_up: usize,
    /// Whether a partition is not loaded although the collection is.
    pub(crate) is_loaded_in_part: bool,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) is_external: bool,
    pub(crate) has_second_vector: bool,
    pub(crate) snapshots: Vec<String>,
    /// Lists of its segments for which what is flushed stays unsorted.
    pub(crate) sorting_takes: u32,
    /// Questions about a flush or a refreshed load that are still answered with "not yet".
    pub(crate) not_yet: u32,
}

#[derive(Clone)]
struct Segment {
    id: i64,
    rows: i64,
    from: Vec<i64>,
    /// Lists for which it is unsorted yet.
    unsorted_for: u32,
}

struct Job {
    collection: String,
    scenario: Scenario,
    /// How many polls have been answered.
    asked: usize,
    kind: Kind,
    plans: Vec<Plan>,
}

struct Plan {
    id: i64,
    sources: Vec<i64>,
    target: i64,
    is_applied: bool,
}

impl Collection {
    /// The second of its two partitions has no segments.
    pub(crate) fn partitions(&self) -> [(&'static str, i64); 2] {
        [("_default", self.id * 10 + 1), ("second", self.id * 10 + 2)]
    }

    pub(crate) fn channel(&self) -> String {
        format!("by-dev-rootcoord-dml_0_{}v0", self.id)
    }
}

impl Job {
    /// What the next question is answered with.
    fn next_poll(&self) -> Poll {
        let polls = &self.scenario.polls;
        polls.get(self.asked).or(polls.last()).copied().unwrap_or_default()
    }

    /// What the last question was answered with; a job that nobody has asked about has just begun.
    fn last_poll(&self) -> Poll {
        let polls = &self.scenario.polls;
        polls.get(self.asked.saturating_sub(1)).or(polls.last()).copied().unwrap_or_default()
    }
}

impl State {
    pub(crate) fn new(version: &str) -> Self {
        let mut state = Self {
            profile: Profile::new(version),
            collections: BTreeMap::new(),
            aliases: HashMap::new(),
            reported_id: None,
            reported_database: None,
            has_clustering_key: true,
            identifier: 4711,
            hides_version: false,
            successor: None,
            lists_everything: false,
            hides_details: false,
            jobs: BTreeMap::new(),
            next_id: 447_000,
            calls: Vec::new(),
            compacted: Vec::new(),
            faults: Vec::new(),
        };
        for (name, scenario) in Scenario::named() {
            state.add(name, scenario);
        }
        state
    }

    /// What it says it is.
    pub(crate) fn version(&self) -> &str {
        if self.hides_version { "" } else { &self.profile.text }
    }

    pub(crate) fn add(&mut self, name: &str, scenario: Scenario) {
        let count = i64::try_from(self.collections.len()).unwrap_or(0);
        let id = self.collections.get(name).map_or(1_000 + count, |collection| collection.id);
        let number = scenario.plans.iter().sum::<usize>();
        let segment = |n: usize| Segment {
            id: id * 1_000 + i64::try_from(n).unwrap_or(0),
            rows: ROWS,
            from: Vec::new(),
            unsorted_for: 0,
        };
        let segments = (1..=number).map(segment).collect();
        let l0 = if self.profile.has_levels() { scenario.l0 } else { 0 };
        let l0 = (0..l0).map(|n| id * 1_000 + 900 + i64::try_from(n).unwrap_or(0)).collect();
        let collection = Collection {
            id,
            scenario,
            segments,
            l0,
            is_loaded: false,
            growing_rows: 0,
            not_taken_up: 0,
            is_loaded_in_part: false,
            properties: Vec::new(),
            is_external: false,
            has_second_vector: false,
            snapshots: Vec::new(),
            sorting_takes: 0,
            not_yet: 0,
        };
        self.collections.insert(name.to_owned(), collection);
    }

    pub(crate) fn real_name(&self, name: &str) -> Option<String> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        self.collections.contains_key(name).then(|| name.to_owned())
    }

    /// The collection of this id.
    pub(crate) fn name_of(&self, id: i64) -> Option<String> {
        let found = self.collections.iter().find(|(_, collection)| collection.id == id);
        found.map(|(name, _)| name.clone())
    }

    pub(crate) fn not_found(&self, name: &str) -> Option<Status> {
        Some(if self.profile.has_codes() {
            let reason =
                format!("can't find collection collection not found[database=default][collection={name}]");
            Status { code: 100, error_code: 1, reason, ..Default::default() }
        } else {
            let reason = format!("can't find collection default:{name}");
            Status { error_code: 1, reason, ..Default::default() }
        })
    }

    /// The database of that name is missing, said as this version says it.
    pub(crate) fn no_database(&self, name: &str) -> Option<Status> {
        if self.profile.is_lite() {
            let reason = format!("database '{name}' does not exist");
            return Some(Status { code: 6, error_code: 6, reason, ..Default::default() });
        }
        let reason = format!("database not found[database={name}]");
        let code = if self.profile.has_codes() { 800 } else { 0 };
        Some(Status { code, error_code: 1, reason, ..Default::default() })
    }

    /// Another version takes its place, if one is to.
    pub(crate) fn succeed(&mut self) {
        if let Some(version) = self.successor.take() {
            self.profile = Profile::new(&version);
        }
    }

    /// As a crash and a new start: old servers lose their jobs.
    pub(crate) fn restart(&mut self) {
        self.identifier += 1;
        if !self.profile.keeps_jobs() {
            self.jobs.clear();
        }
    }

    /// Stores the rows that were growing; the segment's id.
    pub(crate) fn flush(&mut self, name: &str) -> Option<i64> {
        let (id, sorts) = (self.fresh_id(), self.profile.has_sorted());
        let collection = self.collections.get_mut(name)?;
        let rows = std::mem::take(&mut collection.growing_rows);
        collection.not_yet = 2;
        (rows > 0).then(|| {
            let unsorted_for = if sorts { collection.sorting_takes } else { 0 };
            collection.segments.push(Segment { id, rows, from: Vec::new(), unsorted_for });
            id
        })
    }

    /// Whether what was begun is done; it takes some questions.
    pub(crate) fn is_done(&mut self, name: &str) -> bool {
        let Some(collection) = self.collections.get_mut(name) else { return true };
        collection.not_yet = collection.not_yet.saturating_sub(1);
        collection.not_yet == 0
    }

    fn fresh_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// Starts the job of a request, and notes what it compacts. Options that this version does not know are
    /// ignored, as a server does.
    pub(crate) fn trigger(&mut self, request: &ManualCompactionRequest) -> ManualCompactionResponse {
        let by_name = self.profile.selects_by_name() && !request.collection_name.is_empty();
        if self.profile.is_lite() {
            return answer(0, 0);
        }
        let hit: Vec<String> = if by_name {
            self.real_name(&request.collection_name).into_iter().collect()
        } else {
            let chosen = |id: i64| request.collection_id == 0 || id == request.collection_id;
            let hit = self.collections.iter().filter(|(_, collection)| chosen(collection.id));
            hit.map(|(name, _)| name.clone()).collect()
        };
        if by_name && hit.is_empty() {
            return ManualCompactionResponse {
                status: self.not_found(&request.collection_name),
                ..Default::default()
            };
        }
        let (kind, what) = self.mode(request);
        self.compacted.extend(hit.iter().map(|name| format!("{name}{what}")));
        let Some(name) = hit.first().cloned() else {
            let fresh = self.fresh_id();
            return if self.profile.counts_plans() { answer(-1, 0) } else { answer(fresh, 0) };
        };
        let running =
            self.jobs.iter().find(|(_, job)| job.collection == name && job.next_poll().executing > 0);
        if let Some((id, job)) = running
            && self.profile.counts_plans()
        {
            // Clustering joins the job that runs; everything else finds no segment that is free.
            return if kind == Kind::Clustering {
                answer(*id, job.scenario.plan_count)
            } else {
                answer(-1, 0)
            };
        }
        let is_busy = running.is_some();
        // Whoever names none has all compacted, under one id.
        for other in hit.iter().skip(1) {
            self.schedule(other, kind, request, false);
        }
        self.schedule(&name, kind, request, is_busy)
    }

    /// What a request asks of this version, and in words for the record.
    fn mode(&self, request: &ManualCompactionRequest) -> (Kind, String) {
        let profile = &self.profile;
        if profile.has_target_size() && request.target_size != 0 {
            return (Kind::Mix, format!(" to {} MB", request.target_size));
        }
        if profile.has_l0() && request.l0_compaction {
            return (Kind::Level0Delete, " L0".to_owned());
        }
        if profile.has_clustering() && request.major_compaction {
            return (Kind::Clustering, " clustering".to_owned());
        }
        let mut what = String::new();
        if profile.has_filters() {
            if request.partition_id != 0 {
                what += &format!(" partition {}", request.partition_id);
            }
            if !request.channel.is_empty() {
                what += &format!(" channel {}", request.channel);
            }
            if !request.segment_ids.is_empty() {
                what += &format!(" segments {:?}", request.segment_ids);
            }
        }
        (Kind::Mix, what)
    }

    /// Starts so many jobs that never end, of one collection; returns the first one's id.
    pub(crate) fn start_jobs(&mut self, count: usize) -> i64 {
        let first = self.next_id + 1;
        for _ in 0..count {
            let id = self.fresh_id();
            let scenario = self.collections["never_ends"].scenario.clone();
            let collection = "never_ends".to_owned();
            self.jobs.insert(id, Job { collection, scenario, asked: 0, kind: Kind::Mix, plans: Vec::new() });
        }
        first
    }

    fn schedule(
        &mut self,
        name: &str,
        kind: Kind,
        request: &ManualCompactionRequest,
        is_busy: bool,
    ) -> ManualCompactionResponse {
        let collection = &self.collections[name];
        let scenario = collection.scenario.clone();
        let is_left_alone = is_busy
            || (!scenario.is_indexed && !self.profile.compacts_unindexed())
            || (kind == Kind::Clustering && !self.has_clustering_key)
            || (kind == Kind::Level0Delete && collection.l0.is_empty())
            || (self.profile.has_filters() && request.partition_id == collection.partitions()[1].1);
        let counts = self.profile.counts_plans();
        if is_left_alone && counts {
            return answer(-1, 0);
        }
        let mut plans = Vec::new();
        // What waits to be sorted is left out.
        let mut free = collection.segments.clone().into_iter().filter(|segment| segment.unsorted_for == 0);
        if kind == Kind::Level0Delete {
            let sources = collection.l0.clone();
            plans.push(Plan { id: self.fresh_id(), sources, target: -1, is_applied: false });
        } else if !is_left_alone {
            for size in &scenario.plans {
                let sources: Vec<i64> = free.by_ref().take(*size).map(|segment| segment.id).collect();
                if sources.is_empty() {
                    break;
                }
                let id = self.fresh_id();
                plans.push(Plan { id, sources, target: self.fresh_id(), is_applied: false });
            }
        }
        let fresh = self.fresh_id();
        let job_id = scenario.job_id.filter(|_| counts).unwrap_or(fresh);
        let plan_count = match kind {
            Kind::Level0Delete => 1,
            _ if counts => scenario.plan_count,
            _ => 0,
        };
        let scenario = match kind {
            // One plan, whatever the collection's own would be.
            Kind::Level0Delete => Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]),
            _ => scenario,
        };
        let scenario = if is_left_alone { Scenario::default() } else { scenario };
        if job_id > 0 {
            let job = Job { collection: name.to_owned(), scenario, asked: 0, kind, plans };
            self.jobs.insert(job_id, job);
        }
        answer(job_id, plan_count)
    }

    pub(crate) fn poll(&mut self, job_id: i64) -> GetCompactionStateResponse {
        let poll = match self.jobs.get_mut(&job_id) {
            Some(job) => {
                let poll = job.next_poll();
                job.asked += 1;
                poll
            }
            None => Poll::default(),
        };
        self.apply(job_id, poll.completed);
        let state = if poll.executing > 0 { CompactionState::Executing } else { CompactionState::Completed };
        GetCompactionStateResponse {
            status: success(),
            state: poll.state.unwrap_or(state as i32),
            executing_plan_no: poll.executing,
            timeout_plan_no: poll.timed_out,
            completed_plan_no: poll.completed,
            failed_plan_no: poll.failed,
        }
    }

    pub(crate) fn poll_all(&mut self) {
        let ids: Vec<i64> = self.jobs.keys().copied().collect();
        for id in ids {
            self.poll(id);
        }
    }

    /// Puts the result of the first so many plans in the place of their sources.
    fn apply(&mut self, job_id: i64, completed: i64) {
        let Some(job) = self.jobs.get_mut(&job_id) else { return };
        let Some(collection) = self.collections.get_mut(&job.collection) else { return };
        let completed = usize::try_from(completed.clamp(0, 1_000)).unwrap_or(0);
        for plan in job.plans.iter_mut().take(completed).filter(|plan| !plan.is_applied) {
            plan.is_applied = true;
            if job.kind == Kind::Level0Delete {
                collection.l0.clear();
                continue;
            }
            collection.segments.retain(|segment| !plan.sources.contains(&segment.id));
            let kept = (ROWS - DELETED) * i64::try_from(plan.sources.len()).unwrap_or(0);
            let from = plan.sources.clone();
            collection.segments.push(Segment { id: plan.target, rows: kept, from, unsorted_for: 0 });
        }
    }

    pub(crate) fn plans(&self, request: &GetCompactionPlansRequest) -> GetCompactionPlansResponse {
        let merge_infos = if request.compaction_id != 0 {
            let job = self.jobs.get_key_value(&request.compaction_id);
            job.map(|(id, job)| self.listed(*id, job)).unwrap_or_default()
        } else if self.lists_everything {
            self.jobs.iter().flat_map(|(id, job)| self.listed(*id, job)).collect()
        } else if self.profile.has_details() && !request.collection_name.is_empty() {
            let Some(name) = self.real_name(&request.collection_name) else {
                let status = self.not_found(&request.collection_name);
                return GetCompactionPlansResponse { status, ..Default::default() };
            };
            let jobs = self.jobs.iter().filter(|(_, job)| job.collection == name);
            jobs.flat_map(|(id, job)| self.listed(*id, job)).collect()
        } else if self.profile.job_zero_is_all() {
            self.jobs.iter().flat_map(|(id, job)| self.listed(*id, job)).collect()
        } else {
            Vec::new()
        };
        let state = CompactionState::Completed as i32;
        GetCompactionPlansResponse { status: success(), state, merge_infos }
    }

    fn listed(&self, job_id: i64, job: &Job) -> Vec<CompactionMergeInfo> {
        let poll = job.last_poll();
        let is_cleaned = poll.executing + poll.completed.min(9) + poll.failed.max(-9) + poll.timed_out == 0;
        if is_cleaned && !job.scenario.keeps_plans {
            return Vec::new();
        }
        let collection = &self.collections[&job.collection];
        let mut states = std::iter::empty::<TaskState>()
            .chain(many(TaskState::Completed, poll.completed))
            .chain(many(TaskState::Failed, poll.failed))
            .chain(many(TaskState::Timeout, poll.timed_out))
            .chain(many(TaskState::Executing, poll.executing));
        let info = |plan: &Plan| {
            let state = states.next().unwrap_or(TaskState::Cleaned);
            let target = if plan.is_applied { plan.target } else { -1 };
            let info = CompactionMergeInfo { sources: plan.sources.clone(), target, ..Default::default() };
            if !self.profile.has_details() || self.hides_details {
                return info;
            }
            CompactionMergeInfo {
                plan_id: plan.id,
                trigger_id: job_id,
                collection_id: collection.id,
                partition_id: collection.partitions()[0].1,
                channel: collection.channel(),
                r#type: job.kind as i32,
                state: state as i32,
                failure_reason: if state == TaskState::Failed { FAILURE.to_owned() } else { String::new() },
                targets: if plan.is_applied && target > 0 { vec![target] } else { Vec::new() },
                ..info
            }
        };
        job.plans.iter().map(info).collect()
    }

    /// As a question from outside: time goes on, and what is sorted gets an id of its own.
    pub(crate) fn list_stored(&mut self, name: &str, states: &[i32]) -> Vec<PersistentSegmentInfo> {
        if !states.is_empty() && self.profile.has_details() {
            return self.growing(name).into_iter().filter(|info| states.contains(&info.state)).collect();
        }
        let infos = self.stored(name);
        let mut next_id = self.next_id;
        let segments = self.collections.get_mut(name).map(|collection| &mut collection.segments);
        for segment in segments.into_iter().flatten().filter(|segment| segment.unsorted_for > 0) {
            segment.unsorted_for -= 1;
            if segment.unsorted_for == 0 {
                next_id += 1;
                segment.id = next_id;
            }
        }
        self.next_id = next_id;
        infos
    }

    fn growing(&self, name: &str) -> Option<PersistentSegmentInfo> {
        let collection = &self.collections[name];
        (collection.growing_rows > 0).then(|| PersistentSegmentInfo {
            segment_id: collection.id * 1_000 + 999,
            collection_id: collection.id,
            partition_id: collection.partitions()[0].1,
            num_rows: collection.growing_rows,
            state: SegmentState::Growing as i32,
            level: SegmentLevel::L1 as i32,
            insert_channel: collection.channel(),
            ..Default::default()
        })
    }

    /// The rows that query nodes count, with those that grow or without.
    pub(crate) fn count_rows(&self, name: &str, ignores_growing: bool) -> i64 {
        let collection = &self.collections[name];
        let served_as_growing = if ignores_growing { collection.not_taken_up } else { 0 };
        let stored = collection.segments.iter().rev().skip(served_as_growing).map(|segment| segment.rows);
        stored.sum::<i64>() + if ignores_growing { 0 } else { collection.growing_rows }
    }

    pub(crate) fn stored(&self, name: &str) -> Vec<PersistentSegmentInfo> {
        let (collection, profile) = (&self.collections[name], &self.profile);
        let info = |segment: &Segment| PersistentSegmentInfo {
            segment_id: segment.id,
            collection_id: collection.id,
            partition_id: collection.partitions()[0].1,
            num_rows: segment.rows,
            state: SegmentState::Flushed as i32,
            level: if profile.has_levels() { SegmentLevel::L1 as i32 } else { 0 },
            is_sorted: profile.has_sorted() && segment.unsorted_for == 0,
            storage_version: if profile.has_storage_version() { 2 } else { 0 },
            insert_channel: if profile.has_details() { collection.channel() } else { String::new() },
            compaction_from: if profile.has_details() { segment.from.clone() } else { Vec::new() },
        };
        let deletions = collection.l0.iter().map(|id| PersistentSegmentInfo {
            num_rows: DELETED,
            level: SegmentLevel::L0 as i32,
            ..info(&Segment { id: *id, rows: 0, from: Vec::new(), unsorted_for: 0 })
        });
        collection.segments.iter().map(info).chain(deletions).collect()
    }

    /// Id and rows of the segments with rows.
    pub(crate) fn rows(&self, name: &str) -> Vec<(i64, i64)> {
        self.collections[name].segments.iter().map(|segment| (segment.id, segment.rows)).collect()
    }

    /// The segments of a collection get other ids, as by a job that nobody sees.
    pub(crate) fn replace_segments(&mut self, name: &str) {
        let count = self.collections[name].segments.len();
        let ids: Vec<i64> = (0..count).map(|_| self.fresh_id()).collect();
        if let Some(collection) = self.collections.get_mut(name) {
            for (segment, id) in collection.segments.iter_mut().zip(ids) {
                segment.id = id;
            }
        }
    }

    /// Jobs are cleaned up: their results stay.
    pub(crate) fn forget_jobs(&mut self) {
        self.jobs.clear();
    }

    pub(crate) fn loaded(&self, name: &str) -> Vec<QuerySegmentInfo> {
        let collection = &self.collections[name];
        if !collection.is_loaded {
            return Vec::new();
        }
        // Real servers, from 2.2.16 on, do not list what grows.
        let taken_up = collection.segments.len().saturating_sub(collection.not_taken_up);
        let info = |segment: &Segment| QuerySegmentInfo {
            segment_id: segment.id,
            collection_id: collection.id,
            partition_id: collection.partitions()[0].1,
            mem_size: 0, // as real servers
            num_rows: segment.rows,
            state: SegmentState::Sealed as i32,
            node_ids: vec![7],
            level: if self.profile.has_levels() { SegmentLevel::L1 as i32 } else { 0 },
            is_sorted: self.profile.has_sorted(),
            storage_version: if self.profile.has_storage_version() { 2 } else { 0 },
        };
        collection.segments.iter().take(taken_up).map(info).collect()
    }
}

fn many(state: TaskState, count: i64) -> impl Iterator<Item = TaskState> {
    std::iter::repeat_n(state, usize::try_from(count.clamp(0, 1_000)).unwrap_or(0))
}

fn answer(compaction_id: i64, compaction_plan_count: i32) -> ManualCompactionResponse {
    ManualCompactionResponse { status: success(), compaction_id, compaction_plan_count }
}

pub(crate) fn success() -> Option<Status> {
    Some(Status::default())
}
