//! The network of a simulated world: its connections are pipes in memory, and anything can happen to them.

use std::cell::RefCell;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::DuplexStream;
use tokio::time::sleep;

use super::far::serve;
use super::truth::{Health, Truth};

const PIPE: usize = 16 * 1024;
/// Longer than anybody waits.
const FOR_EVER: Duration = Duration::from_hours(100_000);

thread_local! {
    /// The world in which the clients of this thread live.
    static HERE: RefCell<Option<Arc<World>>> = const { RefCell::new(None) };
}

/// Whether the clients of this thread live in a simulated world.
pub(crate) fn is_here() -> bool {
    HERE.with_borrow(Option::is_some)
}

/// Connects to the server of this thread's world, if there is one.
pub(crate) async fn connect() -> Option<io::Result<DuplexStream>> {
    let world = HERE.with_borrow(Option::clone)?;
    let (pause, is_hanging) = world.weather().of_connecting();
    sleep(pause).await;
    if is_hanging {
        sleep(FOR_EVER).await;
    }
    let (health, accepts_silently, epoch) = {
        let mut truth = world.truth();
        truth.catch_up();
        (truth.health(), truth.rng.bool(), truth.epoch)
    };
    if health == Health::Down {
        return Some(Err(io::ErrorKind::ConnectionRefused.into()));
    }
    let (near, far) = tokio::io::duplex(PIPE);
    if health == Health::Starts && accepts_silently {
        tokio::spawn(async move {
            while world.truth().health() == Health::Starts {
                sleep(Duration::from_secs(1)).await;
                world.truth().catch_up();
            }
            drop(far);
        });
    } else {
        tokio::spawn(serve(world, far, epoch));
    }
    Some(Ok(near))
}

/// A number below this, as the world of this thread draws it.
pub(crate) fn draw(below: u64) -> Option<u64> {
    HERE.with_borrow(|world| world.as_ref().map(|world| world.truth().rng.u64(..below)))
}

/// What can happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    Served,
    /// The connection is lost before the server acts.
    LosesRequest,
    /// It is lost after the server has acted.
    LosesAnswer,
    /// The stream is reset, before or after the server acts.
    ResetBefore,
    ResetAfter,
    /// The stream is refused (`REFUSED_STREAM`).
    RefusedStream,
    /// The server announces the end of the connection, and serves what it has.
    GoesAway,
    /// It does so at once, and serves nothing of it.
    GoesAwayAtOnce,
    /// A proxy says that the server is unavailable, before or after the server acts.
    UnavailableBefore,
    UnavailableAfter,
    /// The server refuses for its rate limit.
    RateLimited,
    /// It refuses because it is not ready.
    NotReady,
    /// It acts, or answers, much later.
    ActsLate,
    AnswersLate,
    /// Nothing of this connection moves for some time.
    Freezes,
}

impl Fate {
    pub(super) const ALL: [Self; 15] = [
        Self::Served,
        Self::LosesRequest,
        Self::LosesAnswer,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::RefusedStream,
        Self::GoesAway,
        Self::GoesAwayAtOnce,
        Self::UnavailableBefore,
        Self::UnavailableAfter,
        Self::RateLimited,
        Self::NotReady,
        Self::ActsLate,
        Self::AnswersLate,
        Self::Freezes,
    ];
}

/// How bad the network is.
pub(super) struct Weather {
    rng: fastrand::Rng,
    /// How many of 1,000 requests something happens to.
    permille: u32,
    /// The usual time of a request to the server, and of its answer back.
    latency: Duration,
    /// How often each fate came.
    pub(super) fates: [usize; Fate::ALL.len()],
}

impl Weather {
    pub(super) fn new(mut rng: fastrand::Rng) -> Self {
        let permille = if rng.u8(..) < 80 { 0 } else { rng.u32(1..300) };
        let latency = Duration::from_micros(if rng.u8(..) < 230 {
            rng.u64(50..20_000)
        } else {
            rng.u64(20_000..800_000)
        });
        Self { rng, permille, latency, fates: [0; Fate::ALL.len()] }
    }

    /// From now on all is well.
    pub(super) fn calms(&mut self) {
        (self.permille, self.latency) = (0, self.latency.min(Duration::from_millis(20)));
    }

    fn is_bad(&mut self) -> bool {
        self.rng.u32(..1_000) < self.permille
    }

    /// How long connecting takes, and whether it never succeeds.
    fn of_connecting(&mut self) -> (Duration, bool) {
        if !self.is_bad() {
            return (self.latency(), false);
        }
        (Duration::from_millis(self.rng.u64(100..15_000)), self.rng.bool())
    }

    fn latency(&mut self) -> Duration {
        self.latency / 2
            + Duration::from_micros(self.rng.u64(..=u64::try_from(self.latency.as_micros()).unwrap()))
    }

    /// What happens to a request, and how long it takes to come and its answer to go.
    pub(super) fn of_request(&mut self) -> (Fate, Duration, Duration) {
        let fate = if self.is_bad() { Fate::ALL[self.rng.usize(1..Fate::ALL.len())] } else { Fate::Served };
        self.fates[fate as usize] += 1;
        let late = Duration::from_millis(self.rng.u64(500..60_000));
        let (before, after) = (self.latency(), self.latency());
        match fate {
            Fate::ActsLate => (fate, late, after),
            Fate::AnswersLate => (fate, before, late),
            _ => (fate, before, after),
        }
    }
}

/// A server, and what lies before it.
pub(super) struct World {
    truth: Mutex<Truth>,
    weather: Mutex<Weather>,
    pub(super) requests: AtomicUsize,
    /// A client broke the protocol, and the task of its connection panicked.
    pub(super) is_broken: AtomicBool,
}

impl World {
    /// Makes it the world of this thread until the guard is dropped.
    pub(super) fn enter(truth: Truth, weather: Weather) -> (Arc<Self>, Leaves) {
        let (truth, weather) = (Mutex::new(truth), Mutex::new(weather));
        let world = Arc::new(Self {
            truth,
            weather,
            requests: AtomicUsize::new(0),
            is_broken: AtomicBool::new(false),
        });
        HERE.set(Some(Arc::clone(&world)));
        (world, Leaves)
    }

    pub(super) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    pub(super) fn has_restarted_since(&self, epoch: u32) -> bool {
        let mut truth = self.truth();
        truth.catch_up();
        truth.epoch != epoch
    }

    pub(super) fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap()
    }
}

/// Leaves the world of this thread.
pub(super) struct Leaves;

impl Drop for Leaves {
    fn drop(&mut self) {
        HERE.set(None);
    }
}
