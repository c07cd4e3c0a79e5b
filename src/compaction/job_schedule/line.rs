//! Decides which followed job is asked about next. No I/O, no clock.
//!
//! The jobs stand in a line in the order of their ids, which is the order of their triggers. A server works about in that
//! order, so the jobs at the front of the line can end soon: they get the polls that they need, and the rest gets a quarter
//! of the polls that it had by its age. How wide the front is depends on where in the line jobs ended lately.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use slab::Slab;
use tokio::time::Instant;

use crate::backoff::jittered;
use crate::moment::Moment;

/// The first pauses of a single job. Those of several grow with the square root of their number.
pub(super) const FIRST: Duration = Duration::from_millis(100);
const LONGEST_FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(2);
/// The first pauses are this part of a round of the server until one has passed, and then this part.
const PARTS_OF_ROUND: [u32; 2] = [4, 6];
/// The later pauses are this part of the age.
const PART_OF_AGE: u32 = 12;
/// A pause is at least so many times as long as the server takes to answer a poll.
const PAUSE_PER_LATENCY: u32 = 2;
/// The pauses of a job that is not at the front are so many times as long.
const PATIENCE: u32 = 4;

/// The width of the front until enough jobs have ended, and the least width afterwards.
const FIRST_WIDTH: usize = 64;
const LEAST_WIDTH: usize = 8;
/// So many jobs have to end before the front gets narrower.
const FEW_ENDS: usize = 8;
/// The width follows the places of so many ends.
const ENDS: usize = 32;
/// At most so many jobs change between front and rest at a time.
const MOST_MOVES: usize = 256;

/// Jobs of one kind are compared with so many that ended before them, if there are at least so many.
const SIBLINGS: usize = 16;
const FEW_SIBLINGS: usize = 5;
/// The longest pause of a job that goes on for long, as its siblings or its age suggest.
const LONGEST_OF_LONG: Duration = Duration::from_secs(10);
/// The pause of a job without siblings is at least this part of its age, unless others stand behind it.
const PART_OF_LONG_AGE: u32 = 60;

/// The place of a job in the line: its id, and its number here.
type Place = (i64, usize);

/// Jobs of different kinds are not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Clustering,
}

/// When a job is polled again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// As the line decides, on a server that looks at its plans once a `round` and answers after `latency`.
    Usual { round: Duration, latency: Duration },
    /// After this time, and before all others: the job is over.
    Exactly(Duration),
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Poll(usize),
    At(Instant),
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Line {
    jobs: Slab<Job>,
    front: BTreeSet<Place>,
    rest: BTreeSet<Place>,
    /// When each job is due that is not being asked about.
    due: Due,
    /// Whether the latest poll was of a job at the front. If both are due, front and rest take turns.
    front_was_last: bool,
    ends: Ends,
    plain: VecDeque<Duration>,
    clustering: VecDeque<Duration>,
}

#[derive(Debug, Default)]
struct Due {
    urgent: BTreeSet<(Moment, usize)>,
    front: BTreeSet<(Moment, usize)>,
    rest: BTreeSet<(Moment, usize)>,
}

#[derive(Clone, Debug)]
struct Job {
    id: i64,
    kind: Kind,
    since: Moment,
    /// Since when it is at the front; `None`: it is not.
    at_front: Option<Moment>,
    /// `None`: it is being asked about.
    due: Option<Moment>,
    is_urgent: bool,
    polls: u32,
}

/// Where in the line jobs ended lately.
#[derive(Debug)]
struct Ends {
    places: VecDeque<usize>,
    width: usize,
}

impl Default for Ends {
    fn default() -> Self {
        Self { places: VecDeque::new(), width: FIRST_WIDTH }
    }
}

impl Ends {
    fn add(&mut self, place: usize) {
        push(&mut self.places, place, ENDS);
        let farthest = self.places.iter().max().map_or(0, |place| place + 1);
        let seen = (farthest + farthest / 2 + 1).max(LEAST_WIDTH);
        self.width = if self.places.len() < FEW_ENDS { seen.max(self.width) } else { seen };
    }
}

fn push<T>(latest: &mut VecDeque<T>, one: T, most: usize) {
    if latest.len() == most {
        latest.pop_front();
    }
    latest.push_back(one);
}

impl Line {
    /// Adds a job that was triggered at this time. It is due at once. Returns its number here.
    pub(super) fn add(&mut self, id: i64, kind: Kind, since: Instant, now: Instant) -> usize {
        let (since, now) = (Moment::from(since), Moment::from(now));
        let job = Job { id, kind, since, at_front: None, due: None, is_urgent: false, polls: 0 };
        let number = self.jobs.insert(job);
        let is_front = self.rest.first().is_none_or(|first| *first > (id, number));
        if is_front {
            self.front.insert((id, number));
            self.jobs[number].at_front = Some(since.min(now));
        } else {
            self.rest.insert((id, number));
        }
        self.set_due(number, now, false);
        self.balance(now);
        number
    }

    /// Removes a job that is followed no more.
    pub(super) fn remove(&mut self, number: usize, now: Instant) {
        self.clear_due(number);
        let Some(job) = self.jobs.try_remove(number) else { return };
        self.front.remove(&(job.id, number));
        self.rest.remove(&(job.id, number));
        self.balance(now.into());
    }

    /// The server has ended a job, which stays in the line until it is removed. Tells where jobs end; a job that was over
    /// when it was first asked about does not.
    pub(super) fn ended(&mut self, number: usize, now: Instant) {
        let Some(job) = self.jobs.get(number).filter(|job| job.polls > 1).cloned() else { return };
        let before = (i64::MIN, 0)..(job.id, number);
        let far = 4 * self.ends.width;
        let place = match job.at_front {
            Some(_) => self.front.range(before).count(),
            None => self.front.len() + self.rest.range(before).take(far).count(),
        };
        self.ends.add(place);
        if let Some(since) = job.at_front {
            push(self.siblings(job.kind), Moment::from(now).since(since), SIBLINGS);
        }
    }

    /// What to do now. A job that is returned counts as being asked about.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        let now = Moment::from(now);
        let first = |due: &BTreeSet<(Moment, usize)>| due.first().copied();
        let (urgent, front, rest) = (first(&self.due.urgent), first(&self.due.front), first(&self.due.rest));
        let is_due = |one: &(Moment, usize)| one.0 <= now;
        let in_turn = if self.front_was_last { [rest, front] } else { [front, rest] };
        let due = urgent.filter(is_due).or_else(|| in_turn.into_iter().flatten().find(is_due));
        let Some((_, number)) = due else {
            let earliest = [urgent, front, rest].into_iter().flatten().min();
            return earliest.map_or(Next::Nothing, |(at, _)| Next::At(at.into()));
        };
        self.clear_due(number);
        if let Some(job) = self.jobs.get_mut(number) {
            job.polls = job.polls.saturating_add(1);
            self.front_was_last = job.at_front.is_some();
        }
        Next::Poll(number)
    }

    /// A job was asked about, and is due again at the time that is returned.
    pub(super) fn again(&mut self, number: usize, pause: Pause, now: Instant) -> Instant {
        let at = now;
        let now = Moment::from(at);
        self.balance(now);
        let Some(job) = self.jobs.get(number) else { return at };
        let (pause, is_urgent) = match pause {
            Pause::Exactly(pause) => (pause, true),
            // The jitter only shortens the pause, and keeps jobs of one age out of step.
            Pause::Usual { round, latency } => (jittered(self.pause(job, now, round, latency), 200), false),
        };
        self.set_due(number, now + pause, is_urgent);
        at + pause
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The longest pause before the next poll of a job.
    fn pause(&self, job: &Job, now: Moment, round: Duration, latency: Duration) -> Duration {
        let since = job.at_front.unwrap_or(job.since);
        let age = now.since(since);
        let all = u32::try_from(self.jobs.len()).unwrap_or(u32::MAX);
        let first = FIRST.mul_f64(f64::from(all).sqrt()).min(LONGEST_FIRST);
        let young = round / PARTS_OF_ROUND[usize::from(age >= round)];
        let slow = latency.saturating_mul(PAUSE_PER_LATENCY).min(LONGEST);
        let usual = first.max(young).max(age / PART_OF_AGE).max(slow).min(LONGEST);
        if job.at_front.is_none() {
            return usual * PATIENCE;
        }
        // The front may use the polls that the rest leaves of those that all had by their age.
        let at_front = u32::try_from(self.front.len()).unwrap_or(u32::MAX);
        let share =
            (LONGEST * PATIENCE / (PATIENCE - 1)).mul_f64(f64::from(at_front) / f64::from(all.max(1)));
        usual.min(share.max(FIRST).max(slow)).max(self.pause_of_long(job, age))
    }

    /// A pause while all jobs of the kind took clearly longer: a part of what is left, and of the age. If too few ended to
    /// tell, a smaller part of the age.
    fn pause_of_long(&self, job: &Job, age: Duration) -> Duration {
        let siblings = match job.kind {
            Kind::Plain => &self.plain,
            Kind::Clustering => &self.clustering,
        };
        let pause = match siblings.iter().min().filter(|_| siblings.len() >= FEW_SIBLINGS) {
            Some(shortest) => ((*shortest * 4 / 5).saturating_sub(age) / 4).min(age / PART_OF_AGE),
            None if self.rest.is_empty() => age / PART_OF_LONG_AGE,
            None => Duration::ZERO,
        };
        pause.min(LONGEST_OF_LONG)
    }

    fn siblings(&mut self, kind: Kind) -> &mut VecDeque<Duration> {
        match kind {
            Kind::Plain => &mut self.plain,
            Kind::Clustering => &mut self.clustering,
        }
    }

    #[cfg(test)]
    pub(super) fn ends_seen(&self) -> usize {
        self.ends.places.len()
    }

    /// Makes the front as wide as it should be.
    fn balance(&mut self, now: Moment) {
        for _ in 0..MOST_MOVES {
            if self.front.len() < self.ends.width
                && let Some(place) = self.rest.pop_first()
            {
                self.front.insert(place);
                self.moved(place.1, Some(now), now);
            } else if self.front.len() > self.ends.width
                && let Some(place) = self.front.pop_last()
            {
                self.rest.insert(place);
                self.moved(place.1, None, now);
            } else {
                return;
            }
        }
    }

    /// A job that comes to the front is due at once, and one that was due before stays before others.
    fn moved(&mut self, number: usize, at_front: Option<Moment>, now: Moment) {
        let Some(job) = self.jobs.get_mut(number) else { return };
        job.at_front = at_front;
        let (due, is_urgent) = (job.due, job.is_urgent);
        if let Some(due) = due.filter(|_| !is_urgent) {
            self.clear_due_of(number, due);
            self.set_due(number, if at_front.is_some() { due.min(now) } else { due }, false);
        }
    }

    fn set_due(&mut self, number: usize, at: Moment, is_urgent: bool) {
        let Some(job) = self.jobs.get_mut(number) else { return };
        (job.due, job.is_urgent) = (Some(at), is_urgent);
        let due = match (is_urgent, job.at_front) {
            (true, _) => &mut self.due.urgent,
            (false, Some(_)) => &mut self.due.front,
            (false, None) => &mut self.due.rest,
        };
        due.insert((at, number));
    }

    fn clear_due(&mut self, number: usize) {
        let due = self.jobs.get_mut(number).and_then(|job| job.due.take());
        if let Some(due) = due {
            self.clear_due_of(number, due);
        }
    }

    /// Wherever it stands.
    fn clear_due_of(&mut self, number: usize, due: Moment) {
        let one = (due, number);
        let _ = self.due.front.remove(&one) || self.due.rest.remove(&one) || self.due.urgent.remove(&one);
    }
}

#[cfg(test)]
mod tests;
