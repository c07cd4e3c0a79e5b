//! The network of a simulated world: its connections are pipes in memory, and anything can happen to them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, ready};
use std::thread;
use std::time::Duration;

use prost::bytes::Bytes;
use tokio::io::DuplexStream;
use tokio::time::{Instant, sleep, sleep_until};

use super::service;
use super::truth::{Health, Truth};
use super::wire::{Asked, Reason, Wire};

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
    fn of_request(&mut self) -> (Fate, Duration, Duration) {
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

    fn has_restarted_since(&self, epoch: u32) -> bool {
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

/// What a request does to its connection.
enum Order {
    Cut,
    GoAway,
    GoAwayAtOnce,
    Freeze(Duration),
}

/// Serves one connection until it is over and all that it asked for is done.
async fn serve(world: Arc<World>, stream: DuplexStream, epoch: u32) {
    let restart = world.truth().next_restart();
    let wire = Some(Wire::new(stream));
    let mut far =
        Far { world, wire, epoch, restart, frozen: None, orders: VecDeque::new(), requests: Vec::new() };
    let mut timer = pin!(sleep_until(Instant::now()));
    poll_fn(|cx| {
        loop {
            far.advance(cx);
            if far.wire.is_none() && far.requests.is_empty() {
                return Poll::Ready(());
            }
            let Some(next) = far.next() else { return Poll::Pending };
            if timer.deadline() != next {
                timer.as_mut().reset(next);
            }
            ready!(timer.as_mut().poll(cx));
        }
    })
    .await;
}

/// The server's end of a connection.
struct Far {
    world: Arc<World>,
    /// `None`: it is over. What came before is acted on all the same.
    wire: Option<Wire>,
    /// That of the server when the connection was made: a restart ends it.
    epoch: u32,
    restart: Option<Instant>,
    /// Nothing of it moves until then.
    frozen: Option<Instant>,
    /// What is to happen to it, when it moves.
    orders: VecDeque<Order>,
    requests: Vec<Request>,
}

/// A request under way.
struct Request {
    asked: Asked,
    fate: Fate,
    /// How long it takes to come, and its answer to go.
    before: Duration,
    after: Duration,
    /// When it has come, or its answer has gone.
    due: Instant,
    answer: Option<Outcome>,
    /// The client has given it up.
    is_reset: bool,
}

/// What a request comes to.
enum Outcome {
    Message(Bytes),
    Status(u8, &'static str),
    Reset(Reason),
    Order(Order),
}

/// The runtime catches a panic of a task, and nobody would hear of it.
impl Drop for Far {
    fn drop(&mut self) {
        if thread::panicking() {
            self.world.is_broken.store(true, Ordering::Relaxed);
        }
    }
}

impl Far {
    /// When something happens next by itself.
    fn next(&self) -> Option<Instant> {
        let moves = |due: Instant| self.frozen.map_or(due, |frozen| frozen.max(due));
        let due = |request: &Request| match request.answer {
            Some(_) => moves(request.due),
            None => request.due,
        };
        self.requests.iter().map(due).chain(self.restart.map(moves)).chain(self.frozen).min()
    }

    /// Does all that is due.
    fn advance(&mut self, cx: &mut Context<'_>) {
        let now = Instant::now();
        if self.frozen.is_some_and(|until| until <= now) {
            self.frozen = None;
            self.obey();
        }
        if self.frozen.is_none() {
            self.read(cx, now);
        }
        let mut number = 0;
        while number < self.requests.len() {
            // What has to go waits while nothing moves.
            let Request { due, answer, .. } = &self.requests[number];
            let is_due = *due <= now && (answer.is_none() || self.frozen.is_none());
            if !is_due || self.goes_on(number, now) {
                number += 1;
            } else {
                self.requests.remove(number);
            }
        }
        if self.frozen.is_none()
            && let Some(wire) = &mut self.wire
            && wire.flush(cx)
            && wire.ends(self.requests.iter().all(|request| request.is_reset))
        {
            self.order(Order::Cut);
        }
    }

    /// Reads what the client sends.
    fn read(&mut self, cx: &mut Context<'_>, now: Instant) {
        if self.restart.is_some_and(|at| at <= now) {
            if self.world.has_restarted_since(self.epoch) {
                return self.order(Order::Cut);
            }
            self.restart = self.world.truth().next_restart();
        }
        let Some(wire) = &mut self.wire else { return };
        let came = wire.read(cx);
        if came.is_over {
            return self.order(Order::Cut);
        }
        for request in &mut self.requests {
            request.is_reset |= came.reset.contains(&request.asked.stream);
        }
        for asked in came.asked {
            self.world.requests.fetch_add(1, Ordering::Relaxed);
            let (fate, before, after) = self.world.weather().of_request();
            let due = now + before;
            self.requests.push(Request { asked, fate, before, after, due, answer: None, is_reset: false });
        }
    }

    /// A request comes to the server, or its answer to the client. Returns whether that is still to come.
    fn goes_on(&mut self, number: usize, now: Instant) -> bool {
        let request = &mut self.requests[number];
        let outcome = match request.answer.take() {
            Some(_) if self.world.has_restarted_since(self.epoch) => Outcome::Order(Order::Cut),
            Some(outcome) => outcome,
            None => match request.acts(&self.world, self.epoch) {
                Err(outcome) => outcome,
                Ok(outcome) => {
                    (request.answer, request.due) = (Some(outcome), now + request.after);
                    match request.fate {
                        Fate::GoesAway => self.order(Order::GoAway),
                        Fate::Freezes => {
                            let pause = request.after * 5_000;
                            self.order(Order::Freeze(pause));
                        }
                        _ => {}
                    }
                    return true;
                }
            },
        };
        let (stream, is_open) = (request.asked.stream, !request.is_reset);
        match (outcome, &mut self.wire) {
            (Outcome::Order(order), _) => self.order(order),
            (Outcome::Message(message), Some(wire)) if is_open => wire.answer(stream, &message, (0, "")),
            (Outcome::Status(status, text), Some(wire)) if is_open => {
                wire.answer(stream, &[], (status, text));
            }
            (Outcome::Reset(reason), Some(wire)) if is_open => wire.reset(stream, reason),
            _ => {}
        }
        false
    }

    fn order(&mut self, order: Order) {
        self.orders.push_back(order);
        self.obey();
    }

    /// Does to the connection what was ordered, unless nothing of it moves.
    fn obey(&mut self) {
        while self.frozen.is_none()
            && let Some(order) = self.orders.pop_front()
            && let Some(wire) = &mut self.wire
        {
            match order {
                Order::GoAway => wire.says_goodbye(),
                Order::GoAwayAtOnce => wire.ends_now(),
                Order::Freeze(pause) => self.frozen = Some(Instant::now() + pause),
                Order::Cut => (self.wire, self.restart) = (None, None),
            }
        }
    }
}

impl Request {
    /// The server acts on it. `Err`: what it comes to at once.
    fn acts(&self, world: &World, epoch: u32) -> Result<Outcome, Outcome> {
        let Asked { method, request_id, message, .. } = &self.asked;
        let mut truth = world.truth();
        truth.catch_up();
        truth.tell(|| format!("{method} of {request_id}: {:?}", self.fate));
        match self.fate {
            Fate::LosesRequest => return Err(Outcome::Order(Order::Cut)),
            Fate::ResetBefore => return Err(Outcome::Reset(Reason::Internal)),
            Fate::RefusedStream => return Err(Outcome::Reset(Reason::RefusedStream)),
            Fate::UnavailableBefore => return Err(Outcome::Status(14, "no healthy upstream")),
            Fate::RateLimited => {
                return Err(Outcome::Message(service::refusal(8, "rate limit exceeded[rate=0.1]", true)));
            }
            Fate::NotReady => return Err(not_ready(self.before)),
            _ => {}
        }
        match truth.health() {
            _ if truth.epoch != epoch => return Err(Outcome::Order(Order::Cut)),
            Health::Down => return Err(Outcome::Order(Order::Cut)),
            Health::Starts => return Err(not_ready(self.before)),
            Health::Serves => {}
        }
        let answer = service::answer(&mut truth, method, message, request_id);
        match self.fate {
            Fate::LosesAnswer => Err(Outcome::Order(Order::Cut)),
            Fate::ResetAfter => Err(Outcome::Reset(Reason::Internal)),
            Fate::UnavailableAfter => Err(Outcome::Status(14, "upstream connect error")),
            Fate::GoesAwayAtOnce => Err(Outcome::Order(Order::GoAwayAtOnce)),
            _ => Ok(answer.map_or(Outcome::Status(12, "unknown method"), Outcome::Message)),
        }
    }
}

/// A server that starts answers in one way or another.
fn not_ready(chance: Duration) -> Outcome {
    if chance.subsec_micros().is_multiple_of(2) {
        Outcome::Status(2, "service unavailable: internal: Milvus Proxy is not ready yet. please wait")
    } else {
        Outcome::Message(service::refusal(1, "service not ready[standalone=2]: Initializing", true))
    }
}
