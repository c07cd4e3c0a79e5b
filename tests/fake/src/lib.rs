//! A scripted Milvus server, in this process and on loopback. It answers as the version it is told to
//! be, plays named scenarios, and can fail at an exact moment. The real server proves the rest.

mod choice;
mod control;
mod cuttable;
mod described;
mod events;
mod front;
mod indexes;
mod jobs;
mod listing;
mod loading;
mod profile;
mod raw;
mod recorded;
mod scenario;
mod service;
mod serving;
mod state;
mod stored;
mod writing;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tonic::Code;

pub use control::obey;
use cuttable::Cut;
pub use events::Event;
pub use front::{Answer, End, Front};
pub use profile::{LITE, NEWEST, PROFILES, is_from};
pub use raw::Raw;
pub use scenario::{DELETED, Poll, ROWS, Scenario};
use service::Service;
use state::State;

/// The generated messages, in their packages.
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/milvus_proto.rs"));
    pub use milvus::proto::milvus as service;
    pub use milvus::proto::{common, schema};
}

/// The compiled `proto/` as a `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The methods of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Connect,
    GetVersion,
    Describe,
    ShowCollections,
    Statistics,
    Databases,
    ShowPartitions,
    DescribeIndex,
    Stored,
    Loaded,
    Snapshots,
    Query,
    Flush,
    FlushState,
    LoadState,
    Load,
    Progress,
    Replicas,
    Trigger,
    State,
    Plans,
}

/// One call as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// The request's text in Rust's debug form.
    pub request: String,
    /// The metadata of the request, and its user agent.
    pub headers: BTreeMap<String, String>,
    /// The size of its message as gRPC frames it.
    pub bytes: usize,
}

/// A way for a call to go wrong. Except for `Refuse`, `Reply`, `Grpc`, `Replaced`, `Swaps`, `Lost` and `Restart`, the
/// server has done its work.
#[derive(Clone, Debug)]
pub enum Fault {
    /// A reply with this `code`, `error_code` and `reason`; nothing is done.
    Refuse(i32, i32, String),
    /// A reply with this status; nothing is done.
    Reply(proto::common::Status),
    /// The call ends with this gRPC status; nothing is done.
    Grpc(Code, String),
    /// Another job has replaced the segments of this collection; a reply with code 5 and this reason.
    Replaced(&'static str, String),
    /// These collections get other names, one after the other; a reply with code 5 and this reason.
    Swaps(&'static [(&'static str, &'static str)], String),
    /// This collection gets another name right before the call, which is served.
    Renames(&'static str, &'static str),
    /// The connection is cut before anything is done.
    Lost,
    /// A reply in which nothing is set, not even a status.
    Empty,
    /// The answer never comes.
    Hang,
    /// The connection is cut instead of an answer.
    Cut,
    /// It restarts instead of an answer (see `Fake::restart`).
    Restart,
}

impl Fault {
    /// What a real server answered: version, situation and method, as "2.6.19/no_coordinator `ManualCompaction`".
    ///
    /// # Panics
    /// If nothing was recorded under that name.
    #[must_use]
    pub fn recorded(name: &str) -> Self {
        recorded::named(name).unwrap_or_else(|| panic!("nothing was recorded as {name}"))
    }
}

/// A running server; stops when dropped.
pub struct Fake {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    cut: Arc<watch::Sender<Cut>>,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Fake {
    /// Starts a server that says it is `version` and has one collection per scenario, named like it.
    ///
    /// # Panics
    /// If the machine has no free port or thread.
    #[must_use]
    pub fn start(version: &str) -> Self {
        Self::start_at(version, None)
    }

    /// The same, and it listens at a Unix socket of this name besides.
    ///
    /// # Panics
    /// If the machine has no free port or thread, or there is such a file already.
    #[must_use]
    pub fn start_at(version: &str, socket: Option<PathBuf>) -> Self {
        let state = Arc::new(Mutex::new(State::new(version)));
        let cut = Arc::new(watch::Sender::new(Cut::default()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let service = Service { state: Arc::clone(&state), cut: Arc::clone(&cut) };
        let cuts = cut.subscribe();
        thread::Builder::new()
            .name("milvus-fake".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
                    let outer = TcpListener::bind("127.0.0.1:0").await.unwrap();
                    let socket = socket.map(|path| UnixListener::bind(path).unwrap());
                    let behind = inner.local_addr().unwrap();
                    tell.send(outer.local_addr().unwrap()).unwrap();
                    tokio::select! {
                        () = cuttable::forward(outer, behind, cuts.clone()) => {}
                        () = cuttable::forward_from_socket(socket, behind, cuts) => {}
                        () = service::serve(service, inner) => {}
                        _ = stopped => {}
                    }
                });
            })
            .unwrap();
        Self { address: told.recv().unwrap(), state, cut, _stop: stop }
    }

    /// Where to connect to.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same as an address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every call so far, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// How often a method was called.
    #[must_use]
    pub fn count(&self, method: Method) -> usize {
        self.state().calls.iter().filter(|call| call.method == method).count()
    }

    /// The size of all messages that it has answered with, as gRPC frames them.
    #[must_use]
    pub fn answered_bytes(&self) -> usize {
        self.state().answered_bytes
    }

    /// The collections that were compacted, in order. Name-only requests to old servers hit them all.
    #[must_use]
    pub fn compacted(&self) -> Vec<String> {
        self.state().compacted.clone()
    }

    /// Has the next call of a method end in a fault. Several are used up one by one.
    pub fn fail_next(&self, method: Method, fault: Fault) {
        self.state().faults.push((method, fault));
    }

    /// Has every answer of a method take so long.
    pub fn slow_down(&self, method: Method, latency: Duration) {
        self.state().latencies.push((method, latency));
    }

    /// Gives a collection another name; the old one is found no more.
    pub fn rename(&self, name: &str, new: &str) {
        self.state().rename(name, new);
    }

    /// Drops a collection. Those of its jobs that run are Executing for ever.
    pub fn drop_collection(&self, name: &str) {
        self.state().drop_collection(name);
    }

    /// Drops a partition, its segments with it. Plans that took some fail.
    pub fn drop_partition(&self, name: &str, partition: &str) {
        self.state().drop_partition(name, partition);
    }

    /// Has the jobs that are started from now on listed so, question by question: sources and target of each plan.
    pub fn list(&self, name: &str, lists: Vec<Vec<(Vec<i64>, i64)>>) {
        if let Some(collection) = self.state().collections.get_mut(name) {
            collection.scenario.lists = lists;
        }
    }

    /// Sorts what waits to be sorted: each such segment is replaced by another one.
    pub fn sort(&self, name: &str) {
        self.state().sort(name);
    }

    /// Adds or replaces a collection that plays this scenario. As "sales/documents" it is in the database "sales", which
    /// then has no others; a database without any of its own has all that are in none.
    pub fn add(&self, name: &str, scenario: Scenario) {
        self.state().add(name, scenario);
    }

    /// Gives a collection another name.
    pub fn alias(&self, alias: &str, name: &str) {
        self.state().aliases.insert(alias.to_owned(), name.to_owned());
    }

    /// Has `DescribeCollection` report this id for every collection.
    pub fn report_id(&self, id: i64) {
        self.state().reported_id = Some(id);
    }

    /// Has `DescribeCollection` report this database for every collection.
    pub fn report_database(&self, name: &str) {
        self.state().reported_database = Some(name.to_owned());
    }

    /// Has query nodes serve the latest so many segments of a collection from what grew, although they are flushed.
    pub fn take_up_later(&self, name: &str, segments: usize) {
        self.with(name, |collection| collection.not_taken_up = segments);
    }

    /// Has what is flushed, and what 2.5 compacts, stay unsorted for so many lists of the segments; then it is sorted,
    /// under another id. For servers that sort. With 0, what is flushed is sorted at once, and a result never.
    pub fn sort_after(&self, name: &str, lists: u32) {
        self.with(name, |collection| collection.sorting_takes = lists);
    }

    /// Gives a collection a property.
    pub fn set_property(&self, name: &str, key: &str, value: &str) {
        self.with(name, |collection| collection.properties.push((key.to_owned(), value.to_owned())));
    }

    /// Has the rows of a collection lie elsewhere.
    pub fn make_external(&self, name: &str) {
        self.with(name, |collection| collection.is_external = true);
    }

    /// Gives a collection a second vector field, without an index.
    pub fn add_unindexed_vector(&self, name: &str) {
        self.with(name, |collection| collection.has_second_vector = true);
    }

    /// Makes a snapshot of a collection, on servers that have such.
    pub fn make_snapshot(&self, name: &str, snapshot: &str) {
        self.with(name, |collection| collection.snapshots.push(snapshot.to_owned()));
    }

    fn with(&self, name: &str, change: impl FnOnce(&mut state::Collection)) {
        self.state().collections.get_mut(name).map(change);
    }

    /// The stored segments of a collection that have rows: id and rows.
    #[must_use]
    pub fn segments(&self, name: &str) -> Vec<(i64, i64)> {
        self.state().rows(name)
    }

    /// Lets every job go on, as if somebody had asked about it.
    pub fn poll_all(&self) {
        self.state().poll_all();
    }

    /// Starts so many jobs that never end; their ids are the one that is returned and those after it.
    #[must_use]
    pub fn start_jobs(&self, count: usize) -> i64 {
        self.state().start_jobs(count)
    }

    /// Once they have been listed once more, all segments of a collection are gone, and nothing comes in their place: as
    /// if another job had purged them.
    pub fn purge_after_next_list(&self, name: &str) {
        if let Some(collection) = self.state().collections.get_mut(name) {
            collection.is_purged_next = true;
        }
    }

    /// From now on its ids and its clock tell that they are young, as those of a real server that has just started. Small
    /// ones, which it gives otherwise, tell no time.
    pub fn count_ids_from_now(&self) {
        self.state().count_ids_from_now();
    }

    /// It forgets its jobs; what they did stays.
    pub fn forget_jobs(&self) {
        self.state().forget_jobs();
    }

    /// At the next cut it is replaced by another version, as by an upgrade or behind a load balancer.
    pub fn become_version_after_cut(&self, version: &str) {
        self.state().successor = Some(version.to_owned());
    }

    /// Has it keep its version to itself.
    pub fn hide_version(&self) {
        self.state().hides_version = true;
    }

    /// As a crash and a new start: connections are cut, and old servers lose their jobs. Later ones are not ready for
    /// some answers, or do not even greet at first.
    pub fn restart(&self) {
        let cut = self.state().restart();
        self.cut.send_replace(cut);
    }

    /// Has it answer questions about the tasks of a collection as one that ignores the collection.
    pub fn ignore_collections_in_lists(&self, has_details: bool) {
        let mut state = self.state();
        state.lists_everything = true;
        state.hides_details = !has_details;
    }

    /// Has one more database. It has all collections that are in none, unless some are added to it.
    pub fn add_database(&self, name: &str) {
        self.state().databases.push(name.to_owned());
    }

    /// Takes the clustering key from every collection.
    pub fn remove_clustering_keys(&self) {
        self.state().has_clustering_key = false;
    }

    /// Cuts every connection, as a crash would.
    pub fn cut_connections(&self) {
        self.cut.send_replace(Cut::default());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
