//! The server's end of a connection of a simulated world: it acts on the requests, each by its fate.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::thread;
use std::time::Duration;

use prost::bytes::Bytes;
use tokio::io::DuplexStream;
use tokio::time::{Instant, sleep_until};

use super::network::{Fate, World};
use super::service;
use super::truth::Health;
use super::wire::{Asked, Reason, Wire};

/// What a request does to its connection.
enum Order {
    Cut,
    GoAway,
    GoAwayAtOnce,
    Freeze(Duration),
}

/// Serves one connection until it is over and all that it asked for is done.
pub(super) async fn serve(world: Arc<World>, stream: DuplexStream, epoch: u32) {
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
