//! The life of a client in a simulated world: what its users ask for, while things happen to its server and its network.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::claims::{Asked, Claims};
use super::line::Line;
use super::network::{Fate, Weather, World};
use super::truth::{Happening, Truth};
use super::user::User;
use crate::client::Timeout;
use crate::compaction::{Params, Verdict, WaitResult};
use crate::config::{Config, Options};
use crate::error::{Error, Status};
use crate::{Client, Operation};

/// Nothing in a world lasts longer.
const HANGS: Duration = Duration::from_hours(24 * 30);
/// The number of the client that the users share.
pub(super) const SHARED: usize = 0;
/// By then a client has found out which of its connections are dead.
const DEAD: Duration = Duration::from_mins(3);
/// By then a server has acted on what it was asked.
const LATEST: Duration = Duration::from_mins(10);
/// By then everything has happened.
const QUIET: Duration = Duration::from_hours(30);

/// What came of a life.
pub(super) struct Lived {
    pub(super) claims: Claims,
    pub(super) fates: [usize; Fate::ALL.len()],
    pub(super) requests: usize,
    pub(super) story: Vec<String>,
}

/// Lives a life.
pub(super) fn live(seed: u64, tells: bool) -> Lived {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let mut rng = fastrand::Rng::with_seed(seed);
    runtime.block_on(async {
        let of = Line::ALL[rng.usize(..Line::ALL.len())];
        let mut truth = Truth::new(of, rng.fork());
        truth.story = tells.then(Vec::new);
        schedule(&mut truth, &mut rng);
        let weather = Weather::new(rng.fork());
        let (world, _leaves) = World::enter(truth, weather);
        let life = Life { world, clients: AtomicUsize::new(SHARED + 1), claims: Mutex::default() };
        let client = client(&mut rng);
        let is_shared = rng.u8(..) < 60;
        let (first, second) = (rng.fork(), rng.fork());
        let tries_all = rng.u8(..) < 60;
        let users = async {
            let one = User::of(&life, &client, first).live();
            let more = async {
                if is_shared {
                    User::of(&life, &client, second).live().await;
                }
            };
            tokio::join!(one, more);
            life.ends(tries_all.then_some(client)).await;
        };
        if timeout(HANGS, users).await.is_err() {
            life.claims().wrong.get_or_insert("something hangs".to_owned());
        }
        let fates = life.world.weather().fates;
        let story = life.world.truth().story.take().unwrap_or_default();
        let requests = life.world.requests.load(Ordering::Relaxed);
        Lived { claims: life.claims.into_inner().unwrap(), fates, requests, story }
    })
}

/// Lets things happen in the first minutes of the world.
fn schedule(truth: &mut Truth, rng: &mut fastrand::Rng) {
    let collections = truth.collections.len();
    let within = (truth.pace * 4).max(Duration::from_secs(20));
    for _ in 0..rng.usize(0..6) {
        let collection = rng.usize(..collections);
        let happening = match rng.u8(0..12) {
            0 => Happening::DropCollection { collection },
            1 => Happening::DropPartition { collection },
            2 => Happening::Rename { collection },
            3 | 4 => Happening::Restart,
            5..=7 => Happening::Flush { collection },
            _ => Happening::Foreign { collection, clusters: rng.bool() },
        };
        let after = truth.up_to(within);
        truth.schedule(after, happening);
    }
}

pub(super) fn client(rng: &mut fastrand::Rng) -> Client {
    let mut options = Options::default();
    if rng.bool() {
        options.set("retry.max_attempts", &rng.u8(1..8).to_string()).unwrap();
    }
    if rng.bool() {
        options.set("connect_timeout_ms", &rng.u32(200..20_000).to_string()).unwrap();
    }
    Client::new(Config::new("unix:/simulated", &options).unwrap()).unwrap()
}

pub(super) struct Life {
    pub(super) world: Arc<World>,
    /// How many clients there are.
    pub(super) clients: AtomicUsize,
    claims: Mutex<Claims>,
}

impl Life {
    pub(super) fn claims(&self) -> MutexGuard<'_, Claims> {
        self.claims.lock().unwrap()
    }

    pub(super) fn asks<T: Send + 'static>(
        &self,
        client: usize,
        operation: &Operation<T>,
        name: &str,
        limit: Option<Duration>,
    ) -> Asked {
        Asked::new(&mut self.world.truth(), (client, &operation.context().trace().request_id()), name, limit)
    }

    /// Waits until nothing more happens. A client pings while it idles, so one that is not used afterwards is gone by then.
    async fn ends(&self, client: Option<Client>) {
        self.world.weather().calms();
        sleep(DEAD).await;
        let mut waited = Duration::ZERO;
        while !self.world.truth().is_quiet() {
            sleep(Duration::from_mins(5)).await;
            waited += Duration::from_mins(5);
            assert!(waited < QUIET, "something happens for ever");
        }
        if let Some(client) = client {
            self.works(&client).await;
        }
        sleep(LATEST).await;
        self.claims().at_the_end(&mut self.world.truth());
        self.claims().of_protocol(self.world.is_broken.load(Ordering::Relaxed));
    }

    /// When nothing more happens, everything works, and every end is known.
    async fn works(&self, client: &Client) {
        let names: Vec<_> = {
            let truth = self.world.truth();
            let left = truth.collections.iter().filter(|collection| !collection.is_dropped);
            left.map(|collection| collection.name.clone()).collect()
        };
        for name in names {
            let operation = client.compact_with(&name, Params::new(false), Timeout::Default);
            let asked = self.asks(SHARED, &operation, &name, None);
            let triggered = operation.simulated().await;
            self.claims().of_trigger(&mut self.world.truth(), &asked, false, &triggered);
            let Ok(triggered) = triggered else {
                self.claims().wrong.get_or_insert(format!("in peace: {triggered:?}"));
                continue;
            };
            let waited = loop {
                let waited = client.compaction_wait(triggered.job_id, Timeout::Never).simulated().await;
                self.claims().of_wait(&mut self.world.truth(), SHARED, triggered.job_id, &waited);
                let is_slow = |error: &Error| error.status == Status::Stalled;
                if !waited.as_ref().is_ok_and(|waited| waited.error.as_ref().is_some_and(is_slow)) {
                    break waited;
                }
            };
            let is_open = |w: &WaitResult| matches!(w.report.verdict, Verdict::Unknown | Verdict::None);
            let forgot = self.world.truth().has_forgotten_of(triggered.job_id);
            if !forgot && waited.as_ref().is_ok_and(is_open) {
                self.claims().wrong.get_or_insert(format!("in peace: {waited:?}"));
            }
        }
    }
}
