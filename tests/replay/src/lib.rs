//! A server on loopback that answers as a recording of a real Milvus does, with the time that the recording took. A
//! scripted server can be wrong about a real one; a recording cannot.

mod choice;
mod door;
mod page;
mod recording;
mod service;
mod state;
mod wire;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;

pub use recording::{Line, Malformed, Recording};
use state::State;

/// How a recording is replayed.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Each answer takes so long.
    pub latency: Duration,
    /// Recorded seconds that pass in one second.
    pub speed: f64,
    /// Chooses the moments of the answers.
    pub seed: u64,
    /// The page of tasks was recorded at the end only; so it has its tasks from the start.
    pub has_tasks_early: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { latency: Duration::ZERO, speed: 1.0, seed: 0, has_tasks_early: false }
    }
}

/// A running server; stops when dropped.
pub struct Replay {
    state: Arc<State>,
    address: SocketAddr,
    page: SocketAddr,
    tasks: [JoinHandle<()>; 3],
}

impl Replay {
    /// Starts a server. A recording with a whole story begins with the trigger, any other one at once.
    ///
    /// # Panics
    /// If the machine has no free port or thread.
    #[must_use]
    pub fn start(recording: Arc<Recording>, settings: Settings) -> Self {
        let state = Arc::new(State::new(recording, settings));
        runtime().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let page_listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let (inside, connections) = mpsc::channel(1);
            Self {
                address: listener.local_addr().expect("it is bound"),
                page: page_listener.local_addr().expect("it is bound"),
                tasks: [
                    tokio::spawn(service::serve(Arc::clone(&state), ReceiverStream::new(connections))),
                    tokio::spawn(door::keep(Arc::clone(&state), listener, inside)),
                    tokio::spawn(page::serve(Arc::clone(&state), page_listener)),
                ],
                state,
            }
        })
    }

    /// Where to connect to.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the page of tasks is.
    #[must_use]
    pub fn page(&self) -> String {
        format!("http://{}", self.page)
    }

    /// Sends the first recorded trigger as another client; returns the job that it starts.
    #[must_use]
    pub fn trigger(&self) -> Option<i64> {
        self.state.start_clock();
        self.state.recording.triggers.first()?.job_id()
    }

    /// How often each method was called.
    #[must_use]
    pub fn questions(&self) -> BTreeMap<String, u64> {
        self.state.asked()
    }

    /// Whether the first description that was asked for was given: the collection had that name then.
    #[must_use]
    pub fn found_at_first(&self) -> bool {
        self.state.found_at_first()
    }

    /// The triggers that asked for something else than a recorded one.
    #[must_use]
    pub fn other_triggers(&self) -> Vec<String> {
        self.state.other_triggers()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// All servers of a process share two threads.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).thread_name("milvus-replay").enable_all().build().expect("threads")
    })
}
