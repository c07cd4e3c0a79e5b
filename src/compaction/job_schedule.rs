//! Gives each wait of a client its turns to poll its job. One task hands out the turns of all jobs, in the order that
//! [`line`] decides and at the rate of the client.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

mod line;

use line::{Kind, Line, Next, Pause};

use super::job_history::Job;
use super::params::Mode;
use crate::poll_limiter::PollLimiter;
use crate::runtime;

/// How long the task sleeps if every job is being asked about. Any change wakes it.
const LONG: Duration = Duration::from_hours(1);

/// The turns that all waits of a client share.
#[derive(Debug)]
pub(crate) struct JobSchedule {
    limiter: PollLimiter,
    turns: Mutex<Turns>,
    /// Wakes the task that hands out the turns.
    earlier: Notify,
}

#[derive(Debug, Default)]
struct Turns {
    line: Line,
    /// Of each job, by its number in the line.
    jobs: Vec<Turn>,
    has_task: bool,
    /// Until when the task sleeps; `None`: it is awake.
    sleeps_until: Option<Instant>,
}

#[derive(Debug, Default)]
enum Turn {
    /// It has not come, and nobody waits for it.
    #[default]
    None,
    Come,
    Awaited(Waker),
}

/// A job stands in the line as long as this exists.
pub(crate) struct InLine<'a> {
    schedule: &'a Arc<JobSchedule>,
    number: usize,
}

impl JobSchedule {
    /// `rate`: polls a second, at least 1.
    pub(crate) fn new(rate: u32) -> Arc<Self> {
        let (limiter, turns, earlier) = (PollLimiter::new(rate), Mutex::default(), Notify::new());
        Arc::new(Self { limiter, turns, earlier })
    }

    /// Follows a job from now on. Needs a runtime.
    pub(crate) fn follow(self: &Arc<Self>, id: i64, job: &Job) -> InLine<'_> {
        let is_clustering = job.origin.as_ref().is_some_and(|origin| origin.mode == Mode::Clustering);
        let kind = if is_clustering { Kind::Clustering } else { Kind::Plain };
        let mut turns = self.turns();
        let now = Instant::now();
        let number = turns.line.add(id, kind, job.since, now);
        let places = turns.jobs.len().max(number + 1);
        turns.jobs.resize_with(places, Turn::default);
        turns.jobs[number] = Turn::default();
        // Alone, a wait needs no other task for its first turn.
        if turns.has_task || !self.limiter.try_acquire() {
            self.changed(turns, now);
        } else if let Next::Poll(number) = turns.line.next(now) {
            turns.jobs[number] = Turn::Come;
        }
        InLine { schedule: self, number }
    }

    /// How many jobs are followed.
    pub(crate) fn count(&self) -> usize {
        self.turns().line.len()
    }

    /// The server took so long to answer a poll, or did not answer within this time.
    pub(crate) fn took(&self, time: Duration) {
        self.limiter.took(time);
    }

    /// Has the task look at the line in time: some job is due then.
    fn changed(self: &Arc<Self>, mut turns: MutexGuard<'_, Turns>, due: Instant) {
        if !turns.has_task {
            turns.has_task = true;
            runtime::spawn_beside(Box::pin(hand_out(Arc::clone(self))));
        } else if turns.sleeps_until.is_some_and(|until| due < until) {
            self.earlier.notify_one();
        }
    }

    /// Hands out a turn, if one is due. Otherwise returns until when the task can sleep; fails once no job is followed.
    fn hand_one_out(&self) -> Result<Option<Instant>, NobodyWaits> {
        let mut turns = self.turns();
        let now = Instant::now();
        let sleeps_until = match turns.line.next(now) {
            Next::Poll(number) => {
                turns.sleeps_until = None;
                let turn = std::mem::replace(&mut turns.jobs[number], Turn::Come);
                drop(turns);
                if let Turn::Awaited(waker) = turn {
                    waker.wake();
                }
                return Ok(None);
            }
            Next::At(at) => at,
            Next::Nothing if turns.line.is_empty() => {
                turns.has_task = false;
                return Err(NobodyWaits);
            }
            Next::Nothing => now + LONG,
        };
        turns.sleeps_until = Some(sleeps_until);
        Ok(turns.sleeps_until)
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct NobodyWaits;

/// Hands out turns at the rate of the client, until no job is followed.
async fn hand_out(schedule: Arc<JobSchedule>) {
    loop {
        schedule.limiter.acquire().await;
        loop {
            match schedule.hand_one_out() {
                Err(NobodyWaits) => return,
                Ok(None) => break,
                Ok(Some(until)) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(until) => {}
                        () = schedule.earlier.notified() => {}
                    }
                }
            }
        }
    }
}

impl InLine<'_> {
    /// Returns when the job may be polled. The caller says after the poll when it polls again, or leaves.
    pub(crate) fn turn(&self) -> impl Future<Output = ()> + Unpin {
        poll_fn(|cx| self.poll_turn(cx))
    }

    fn poll_turn(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut turns = self.schedule.turns();
        let turn = &mut turns.jobs[self.number];
        match turn {
            Turn::Come => {
                *turn = Turn::None;
                return Poll::Ready(());
            }
            Turn::Awaited(waker) if waker.will_wake(cx.waker()) => {}
            _ => *turn = Turn::Awaited(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// The job goes on. `round`: how often the server looks at its plans.
    pub(crate) fn poll_again(&self, round: Duration) {
        self.again(Pause::Usual { round, latency: self.schedule.limiter.latency() });
    }

    /// The job is over, and has to be looked at once more after this time.
    pub(crate) fn poll_after(&self, pause: Duration) {
        self.again(Pause::Exactly(pause));
    }

    fn again(&self, pause: Pause) {
        let mut turns = self.schedule.turns();
        let due = turns.line.again(self.number, pause, Instant::now());
        self.schedule.changed(turns, due);
    }

    /// The server has ended the job. This tells where in the line jobs end.
    pub(crate) fn has_ended(&self) {
        self.schedule.turns().line.ended(self.number, Instant::now());
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let mut turns = self.schedule.turns();
        turns.line.remove(self.number, Instant::now());
        turns.jobs[self.number] = Turn::default();
        if turns.line.is_empty() && turns.has_task {
            self.schedule.earlier.notify_one(); // then it ends
        }
    }
}

#[cfg(test)]
mod tests;
