//! What a wait keeps of its job between two polls: the follower in few bytes, as thousands wait at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Follower;
use crate::collection::Collection;
use crate::compaction::call_context::CallContext;
use crate::compaction::job_history::{Job, Origin};
use crate::compaction::job_tracker::JobTracker;
use crate::compaction::observe::{Observer, Seen};
use crate::compaction::plan::Plans;
use crate::compaction::questions::Questions;
use crate::error::Error;
use crate::packed::{Packed, packs};
use crate::rpc::Limit;
use crate::stall::{Advance, Stall};

/// A follower between two polls.
pub(super) struct Record {
    packed: Packed,
    origin: Option<Arc<Origin>>,
    rare: Option<Box<Rare>>,
}

/// What few followers have, and what would take long to pack.
#[derive(Default)]
struct Rare {
    plans: Option<Plans>,
    renamed: Option<Box<Collection>>,
    latest: Option<Seen>,
    latest_error: Option<Box<Error>>,
}

struct Facts {
    since: Instant,
    is_over: bool,
    tracker: JobTracker,
    limit: Option<Limit>,
    questions: Questions,
    stall: Stall,
    moved: Instant,
    changed: Instant,
    idle: Duration,
    observed: Option<Instant>,
    ended: Option<Instant>,
    doubted: Option<Instant>,
    has_asked_management: bool,
    observing: Option<Instant>,
}
packs!(Facts {
    since,
    is_over,
    tracker,
    limit,
    questions,
    stall,
    moved,
    changed,
    idle,
    observed,
    ended,
    doubted,
    has_asked_management,
    observing,
});

impl Record {
    pub(super) fn of(follower: Follower<'_>) -> Self {
        let Follower { job, mut tracker, observer, latest, latest_error, .. } = follower;
        let plans = tracker.take_many_plans();
        let limit = observer.as_ref().map(|observer| observer.limit);
        let renamed = observer.and_then(|observer| observer.renamed);
        let is_plain = plans.is_none() && renamed.is_none() && latest.is_none() && latest_error.is_none();
        let facts = Facts {
            since: job.since,
            is_over: job.is_over,
            tracker,
            limit,
            questions: follower.questions,
            stall: follower.stall,
            moved: follower.moved,
            changed: follower.changed,
            idle: follower.idle,
            observed: follower.observed,
            ended: follower.ended,
            doubted: follower.doubted,
            has_asked_management: follower.has_asked_management,
            observing: follower.observing,
        };
        let rare = (!is_plain).then(|| Box::new(Rare { plans, renamed, latest, latest_error }));
        Self { packed: Packed::of(&facts), origin: job.origin, rare }
    }

    pub(super) fn follower<'a>(self, context: CallContext<'a>, advance: Option<&'a Advance>) -> Follower<'a> {
        let mut facts: Facts = self.packed.unpack();
        let rare = *self.rare.unwrap_or_default();
        if let Some(plans) = rare.plans {
            facts.tracker.put_plans(plans);
        }
        let observer = self.origin.clone().zip(facts.limit);
        let observer = observer.map(|(origin, limit)| Observer { origin, renamed: rare.renamed, limit });
        let (origin, is_over) = (self.origin, facts.is_over);
        let job = Job {
            since: facts.since,
            origin,
            is_over,
            ..Job::new(facts.tracker.scheduled(), Plans::default())
        };
        Follower {
            context,
            job_id: facts.tracker.job_id(),
            job,
            tracker: facts.tracker,
            observer,
            latest: rare.latest,
            questions: facts.questions,
            latest_error: rare.latest_error,
            stall: facts.stall,
            advance,
            moved: facts.moved,
            changed: facts.changed,
            idle: facts.idle,
            observed: facts.observed,
            ended: facts.ended,
            doubted: facts.doubted,
            has_asked_management: facts.has_asked_management,
            observing: facts.observing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::counts::Counts;
    use crate::compaction::plan::Plan;
    use crate::compaction::state::{Listed, State, StateInfo};

    /// The system's allocator adds 8 bytes, and goes by steps of 16.
    #[test]
    fn a_job_with_one_plan_of_four_sources_is_packed_into_88_bytes_for_hours() {
        let ago = |micros| Instant::now().checked_sub(Duration::from_micros(micros)).unwrap();
        let (hours, id) = (36_000_000_000, 461_234_567_890_123_456); // as large as those of real segments
        let job = Job::of_others();
        let mut questions = Questions::new(&job);
        questions.outage.answered();
        let mut tracker = JobTracker::new(id, job);
        let counts = Counts { executing: 1, ..Counts::ZERO };
        for _ in 0..10_000 {
            tracker.poll(StateInfo { state: State::Executing, counts });
        }
        let sources = vec![id + 11, id + 12, id + 18, id + 300];
        let plan = Plan { sources, target: -1, is_listed: true, ..Plan::default() };
        tracker.list(Listed { state: State::Executing, plans: vec![plan] }, false);
        let moved = ago(hours - 300_000);
        let mut stall = Stall::new(moved);
        stall.answered(false, ago(100), Duration::from_hours(11));
        let facts = Facts {
            since: ago(hours),
            is_over: false,
            tracker,
            limit: None,
            questions,
            stall,
            moved,
            changed: ago(hours - 299_000),
            idle: Duration::from_mins(1),
            observed: None,
            ended: None,
            doubted: None,
            has_asked_management: false,
            observing: None,
        };
        let bytes = Packed::of(&facts).len();
        assert!(bytes <= 88, "{bytes}");
    }
}
