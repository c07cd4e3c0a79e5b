//! What the server has: collections and jobs. It answers as its version would.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use crate::choice::Held;
use crate::cuttable::Cut;
use crate::events::{Due, Event};
use crate::indexes::Building;
use crate::jobs::Job;
use crate::loading::Loading;
use crate::profile::Profile;
use crate::proto::common::Status;
use crate::recorded;
use crate::scenario::{DELETED, ROWS, Scenario};
use crate::serving::Serving;
use crate::stored::Segment;
use crate::writing::Writer;
use crate::{Call, Fault, Method};

/// New connections get no greeting for so long after a restart, on versions that are silent then.
const SILENCE: Duration = Duration::from_millis(300);

/// Answers that are not to be had yet, right after a start.
const UNREADY_ANSWERS: usize = 4;
const INITIALIZING_ANSWERS: usize = 2;
const INITIALIZING: &str = "2.4.24/killed DescribeCollection";
const UNREADY: &str = "2.4.24/killed GetPersistentSegmentInfo";

pub(crate) struct State {
    pub(crate) profile: Profile,
    pub(crate) collections: BTreeMap<String, Collection>,
    pub(crate) aliases: HashMap<String, String>,
    pub(crate) databases: Vec<String>,
    pub(crate) reported_id: Option<i64>,
    pub(crate) reported_database: Option<String>,
    /// The database of the call that is being answered, as its header names it.
    pub(crate) database: String,
    pub(crate) has_clustering_key: bool,
    pub(crate) identifier: i64,
    pub(crate) hides_version: bool,
    /// The version that takes its place at the next cut.
    pub(crate) successor: Option<String>,
    /// For a collection, the tasks of all are listed.
    pub(crate) lists_everything: bool,
    /// Plans are told without details, whatever the version.
    pub(crate) hides_details: bool,
    pub(crate) jobs: BTreeMap<i64, Job>,
    next_id: i64,
    next_collection: i64,
    pub(crate) calls: Vec<Call>,
    pub(crate) answered_bytes: usize,
    pub(crate) compacted: Vec<String>,
    pub(crate) faults: Vec<(Method, Fault)>,
    /// What happens before calls.
    pub(crate) due: Vec<Due>,
    /// What any method is answered with first, after a start.
    pub(crate) unready: VecDeque<Fault>,
    /// How long each answer of a method takes.
    pub(crate) latencies: Vec<(Method, Duration)>,
    /// Names of dropped collections that are answered with an empty list once more.
    pub(crate) fading: Vec<String>,
}

pub(crate) struct Collection {
    pub(crate) id: i64,
    pub(crate) scenario: Scenario,
    pub(crate) segments: Vec<Segment>,
    /// Segments of deletions.
    pub(crate) l0: Vec<i64>,
    pub(crate) loading: Loading,
    pub(crate) growing_rows: i64,
    /// Segments that query nodes still serve from what grew, although they are flushed.
    pub(crate) not_taken_up: usize,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) is_external: bool,
    pub(crate) has_second_vector: bool,
    pub(crate) snapshots: Vec<String>,
    /// Lists of its segments for which what is flushed stays unsorted.
    pub(crate) sorting_takes: u32,
    /// Whether its segments are gone once they have been listed.
    pub(crate) is_purged_next: bool,
    /// Questions about a flush or a refreshed load that are still answered with "not yet".
    pub(crate) not_yet: u32,
    /// Whether its jobs merge whatever is there, by partition, instead of the plans of its scenario.
    pub(crate) is_mergeable: bool,
    pub(crate) held: Held,
    pub(crate) serving: Serving,
    pub(crate) building: Building,
    pub(crate) writer: Option<Writer>,
    /// What happens when its next job has ended.
    pub(crate) after_job: Vec<Event>,
    /// Partitions by name.
    pub(crate) partitions: Vec<(String, i64)>,
}

impl Collection {
    pub(crate) fn new(id: i64, scenario: Scenario, has_levels: bool, sorts: bool) -> Self {
        let partitions = vec![("_default".to_owned(), id * 10 + 1), ("second".to_owned(), id * 10 + 2)];
        let partition_id = partitions[usize::from(scenario.is_in_second)].1;
        let number = scenario.plans.iter().sum::<usize>();
        let segment = |n: usize| Segment {
            id: id * 1_000 + i64::try_from(n).unwrap_or(0),
            rows: ROWS,
            deleted: if scenario.keeps_rows { 0 } else { DELETED },
            partition_id,
            is_sorted: !sorts || n <= number,
            ..Segment::default()
        };
        let segments = (1..=number + scenario.unsorted).map(segment).collect();
        let l0 = if has_levels { scenario.l0 } else { 0 };
        let l0 = (0..l0).map(|n| id * 1_000 + 900 + i64::try_from(n).unwrap_or(0)).collect();
        Self {
            id,
            scenario,
            segments,
            l0,
            loading: Loading::default(),
            growing_rows: 0,
            not_taken_up: 0,
            properties: Vec::new(),
            is_external: false,
            has_second_vector: false,
            snapshots: Vec::new(),
            sorting_takes: 0,
            is_purged_next: false,
            not_yet: 0,
            is_mergeable: false,
            held: Held::default(),
            serving: Serving::default(),
            building: Building::default(),
            writer: None,
            after_job: Vec::new(),
            partitions,
        }
    }

    pub(crate) fn channel(&self) -> String {
        format!("by-dev-rootcoord-dml_0_{}v0", self.id)
    }

    /// The partition that its segments are in, as long as it exists.
    pub(crate) fn partition_id(&self) -> i64 {
        self.id * 10 + if self.scenario.is_in_second { 2 } else { 1 }
    }
}

impl State {
    pub(crate) fn new(version: &str) -> Self {
        let mut state = Self {
            profile: Profile::new(version),
            collections: BTreeMap::new(),
            aliases: HashMap::new(),
            databases: vec!["default".to_owned()],
            reported_id: None,
            reported_database: None,
            database: String::new(),
            has_clustering_key: true,
            identifier: 4711,
            hides_version: false,
            successor: None,
            lists_everything: false,
            hides_details: false,
            jobs: BTreeMap::new(),
            next_id: 447_000,
            next_collection: 1_000,
            calls: Vec::new(),
            answered_bytes: 0,
            compacted: Vec::new(),
            faults: Vec::new(),
            due: Vec::new(),
            unready: VecDeque::new(),
            latencies: Vec::new(),
            fading: Vec::new(),
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
        let id = self.id_for(name);
        let (has_levels, sorts) = (self.profile.has_levels(), self.profile.has_sorted());
        self.collections.insert(name.to_owned(), Collection::new(id, scenario, has_levels, sorts));
    }

    /// The id of a collection that is added or replaced.
    pub(crate) fn id_for(&mut self, name: &str) -> i64 {
        let id = self.collections.get(name).map_or(self.next_collection, |collection| collection.id);
        self.next_collection = self.next_collection.max(id + 1);
        id
    }

    /// Counts ids on from the time, as a real server that has just started.
    pub(crate) fn count_ids_from_now(&mut self) {
        let unix = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        self.next_id = i64::try_from(unix.as_millis() << 18).unwrap_or(i64::MAX);
        self.identifier = self.next_id; // which is the server's clock
    }

    pub(crate) fn fresh_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// The key of a collection of the database that is asked for. One that was added as "sales/documents" is in the
    /// database "sales", which has no others then; a database without such collections has all that are in none.
    pub(crate) fn real_name(&self, name: &str) -> Option<String> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        let key = if self.owns_collections() { format!("{}/{name}", self.database) } else { name.to_owned() };
        self.collections.contains_key(&key).then_some(key)
    }

    /// The names of the collections in the database that is asked for.
    pub(crate) fn listed_names(&self) -> Vec<String> {
        let is_listed = |key: &&String| {
            let database = key.split_once('/').map_or("", |(database, _)| database);
            database == if self.owns_collections() { &self.database } else { "" }
        };
        self.collections.keys().filter(is_listed).map(|key| without_database(key).to_owned()).collect()
    }

    /// Whether the database that is asked for has collections of its own.
    fn owns_collections(&self) -> bool {
        let own = format!("{}/", self.database);
        self.profile.has_databases() && self.collections.keys().any(|key| key.starts_with(&own))
    }

    /// The collection of this id.
    pub(crate) fn name_of(&self, id: i64) -> Option<String> {
        let found = self.collections.iter().find(|(_, collection)| collection.id == id);
        found.map(|(name, _)| name.clone())
    }

    pub(crate) fn collection_of(&self, id: i64) -> Option<&Collection> {
        self.collections.values().find(|collection| collection.id == id)
    }

    pub(crate) fn collection_of_mut(&mut self, id: i64) -> Option<&mut Collection> {
        self.collections.values_mut().find(|collection| collection.id == id)
    }

    /// It has another name from now on, and its jobs go on. Aliases stay with it.
    pub(crate) fn rename(&mut self, name: &str, new: &str) {
        for real in self.aliases.values_mut().filter(|real| *real == name) {
            new.clone_into(real);
        }
        if let Some(collection) = self.collections.remove(name) {
            self.collections.insert(new.to_owned(), collection);
        }
    }

    /// It is gone, and its jobs wait for ever.
    pub(crate) fn drop_collection(&mut self, name: &str) {
        if self.collections.remove(name).is_some() && self.profile.lists_dropped_as_empty() {
            self.fading.push(name.to_owned());
        }
    }

    /// Its segments are gone at once, and the plans that took them fail.
    pub(crate) fn drop_partition(&mut self, name: &str, partition: &str) {
        let Some(collection) = self.collections.get_mut(name) else { return };
        let Some(place) = collection.partitions.iter().position(|(known, _)| known == partition) else {
            return;
        };
        let (_, id) = collection.partitions.remove(place);
        collection.segments.retain(|segment| segment.partition_id != id);
        let jobs = self.jobs.values_mut().filter(|job| job.collection == collection.id);
        jobs.for_each(|job| job.lose(id));
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

    /// The same as `DescribeCollection` says it.
    pub(crate) fn not_described(&self, name: &str) -> Option<Status> {
        if !self.profile.has_codes() || !self.profile.describes_by_legacy_number() {
            return self.not_found(name);
        }
        let reason = format!("can't find collection[database=default][collection={name}]");
        Some(Status { error_code: 4, reason, ..Default::default() })
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

    /// How long an answer of this method takes.
    pub(crate) fn latency(&self, method: Method) -> Duration {
        let known = self.latencies.iter().rev().find(|(slow, _)| *slow == method);
        known.map_or(Duration::ZERO, |(_, latency)| *latency)
    }

    /// What the next call of a method ends in instead of an answer, if it does.
    pub(crate) fn next_fault(&mut self, method: Method) -> Option<Fault> {
        if let Some(unready) = self.unready.pop_front() {
            return Some(unready);
        }
        let due = self.faults.iter().position(|(faulty, _)| *faulty == method)?;
        Some(self.faults.remove(due).1)
    }

    /// Another version takes its place, if one is to.
    pub(crate) fn succeed(&mut self) {
        if let Some(version) = self.successor.take() {
            self.profile = Profile::new(&version);
        }
    }

    /// As a crash and a new start: old servers lose their jobs, and later ones are not ready at once. Returns the cut of
    /// the connections that goes with it.
    pub(crate) fn restart(&mut self) -> Cut {
        self.identifier += 1;
        if !self.profile.keeps_jobs() {
            self.jobs.clear();
        }
        if self.profile.answers_unready() {
            let unready = recorded::named(UNREADY);
            self.unready.extend(std::iter::repeat_n(unready, UNREADY_ANSWERS).flatten());
        }
        if self.profile.answers_initializing() {
            for method in [Method::State, Method::Describe] {
                let initializing = recorded::named(INITIALIZING).map(|fault| (method, fault));
                self.faults.extend(std::iter::repeat_n(initializing, INITIALIZING_ANSWERS).flatten());
            }
        }
        Cut { silence: if self.profile.is_silent_at_start() { SILENCE } else { Duration::ZERO } }
    }

    /// Whether what was begun is done; it takes some questions.
    pub(crate) fn is_done(&mut self, name: &str) -> bool {
        let Some(collection) = self.collections.get_mut(name) else { return true };
        collection.not_yet = collection.not_yet.saturating_sub(1);
        collection.not_yet == 0
    }

    /// Jobs are cleaned up: their results stay.
    pub(crate) fn forget_jobs(&mut self) {
        self.jobs.clear();
    }
}

/// The name of a collection, which its key has behind the database.
pub(crate) fn without_database(key: &str) -> &str {
    key.split_once('/').map_or(key, |(_, name)| name)
}

/// A status without codes is Success.
pub(crate) fn success() -> Option<Status> {
    Some(Status::default())
}
