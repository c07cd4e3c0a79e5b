//! What becomes of a job, told question by question.

/// How the plans of a job stand when `GetCompactionState` is asked. What the counters show of it is up to the version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Poll {
    /// The number of a `CompactionState`; `None` is derived from `executing`, as servers do.
    pub state: Option<i32>,
    /// Plans by state.
    pub executing: i64,
    pub completed: i64,
    pub failed: i64,
    pub timed_out: i64,
}

/// A collection, and the whole life of a job that compacts it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The trigger's answer is this id; `None` is a fresh positive one.
    pub job_id: Option<i64>,
    /// `compactionPlanCount` of the trigger's answer, on servers that count (2.4 and later).
    pub plan_count: i32,
    /// How its plans stand at each question, in order; the last one is repeated for ever.
    pub polls: Vec<Poll>,
    /// Whether the counters are answered exactly as in `polls`, whatever the version would show of plans that ended.
    pub is_literal: bool,
    /// Segments that each plan takes; it makes one of them. Each has a number of rows.
    pub plans: Vec<usize>,
    /// Segments of deletions, on servers that have such.
    pub l0: usize,
    /// Whether it has an index.
    pub is_indexed: bool,
    /// Whether its plans can still be listed when the job is over.
    pub keeps_plans: bool,
    /// A plan that ended leaves the list after so many questions more, although the job still runs.
    pub listed_for: Option<usize>,
    /// What is listed instead of the plans at each question, in order: sources and target.
    pub lists: Vec<Vec<(Vec<i64>, i64)>>,
    /// Whether all rows are deleted ones: a plan that completes leaves nothing behind.
    pub purges: bool,
    /// Whether no row is a deleted one, so that a result has all the rows of its sources.
    pub keeps_rows: bool,
    /// Flushed segments that wait to be sorted, on servers that sort.
    pub unsorted: usize,
    /// Whether the segments are in the second partition instead of the first one.
    pub is_in_second: bool,
}

/// Rows of each segment of the fake, and how many of them are deleted ones that a compaction purges.
pub const ROWS: i64 = 50;
pub const DELETED: i64 = 10;

impl Default for Scenario {
    fn default() -> Self {
        Self {
            job_id: None,
            plan_count: 0,
            polls: Vec::new(),
            plans: Vec::new(),
            l0: 0,
            is_indexed: true,
            keeps_plans: true,
            is_literal: false,
            listed_for: None,
            lists: Vec::new(),
            purges: false,
            keeps_rows: false,
            unsorted: 0,
            is_in_second: false,
        }
    }
}

impl Scenario {
    /// A job of so many plans of two segments each, told by these polls.
    #[must_use]
    pub fn job(plan_count: i32, polls: &[[i64; 4]]) -> Self {
        Self {
            plan_count,
            polls: polls.iter().map(|counts| Poll::of(*counts)).collect(),
            plans: vec![2; usize::try_from(plan_count).unwrap_or(0)],
            ..Self::default()
        }
    }

    /// The same job with only so many plans.
    pub(crate) fn of_at_most(self, plans: usize) -> Self {
        if self.is_literal {
            return self;
        }
        let count = i64::try_from(plans).unwrap_or(i64::MAX);
        let polls = self.polls.iter().map(|poll| poll.of_at_most(count)).collect();
        let plan_count = self.plan_count.min(i32::try_from(plans).unwrap_or(i32::MAX));
        Self { plan_count, polls, ..self }
    }

    /// The scenarios that collections can be given by name besides.
    #[must_use]
    pub fn others() -> Vec<(&'static str, Self)> {
        let one = || Self::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]);
        let two = || Self::job(2, &[[2, 0, 0, 0], [1, 1, 0, 0], [0, 2, 0, 0]]);
        vec![
            ("purges", Self { purges: true, ..one() }),
            ("in_second", Self { is_in_second: true, ..one() }),
            ("unsorted", Self { unsorted: 2, ..one() }),
            // What it has waits to be sorted, so a trigger takes nothing.
            ("only_unsorted", Self { unsorted: 2, job_id: Some(-1), ..Self::default() }),
            // Its first plan leaves the list while the second one runs.
            ("forgets_early", Self { listed_for: Some(0), keeps_rows: true, ..two() }),
        ]
    }

    /// The scenarios that every fake server has a collection of, named so.
    #[must_use]
    pub fn named() -> Vec<(&'static str, Self)> {
        let job = Self::job;
        vec![
            ("succeeds", Self { l0: 1, ..job(2, &[[2, 0, 0, 0], [1, 1, 0, 0], [0, 2, 0, 0]]) }),
            ("nothing", Self { job_id: Some(-1), ..job(0, &[[0, 0, 0, 0]]) }),
            // With segments, but without an index: some servers leave it alone, others do not.
            ("unindexed", Self { is_indexed: false, ..job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]) }),
            ("uncounted", job(0, &[[0, 0, 0, 0]])),
            ("fails", job(2, &[[2, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]])),
            // It fails and is cleaned: no counter shows it any more, the list still does.
            ("vanishes", job(2, &[[2, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]])),
            ("fails_partly", job(3, &[[3, 0, 0, 0], [1, 1, 1, 0], [0, 2, 1, 0]])),
            ("times_out", job(1, &[[1, 0, 0, 0], [0, 0, 0, 1]])),
            // The server forgets it, plans and all, and nothing shows how it ended.
            ("is_forgotten", Self { keeps_plans: false, ..job(2, &[[2, 0, 0, 0], [0, 0, 0, 0]]) }),
            ("forgets_some", job(3, &[[3, 0, 0, 0], [0, 2, 0, 0]])),
            ("never_ends", job(1, &[[1, 0, 0, 0]])),
            ("is_hostile", Self { is_literal: true, ..job(1, &[[-1, i64::MAX, i64::MIN, -1]]) }),
        ]
    }
}

impl Poll {
    /// Executing, completed, failed and timed-out plans.
    #[must_use]
    pub fn of([executing, completed, failed, timed_out]: [i64; 4]) -> Self {
        Self { state: None, executing, completed, failed, timed_out }
    }

    fn map(self, change: impl Fn(i64) -> i64) -> Self {
        let Self { state, executing, completed, failed, timed_out } = self;
        let [completed, failed, timed_out] = [completed, failed, timed_out].map(change);
        Self { state, executing, completed, failed, timed_out }
    }

    /// Without plans that have ended.
    pub(crate) fn running(self) -> Self {
        self.map(|_| 0)
    }

    /// Of the plans that have ended, those that ran until now.
    pub(crate) fn since(self, before: Self) -> Self {
        let less = |now: i64, before: i64| now.saturating_sub(before).max(0);
        Self {
            completed: less(self.completed, before.completed),
            failed: less(self.failed, before.failed),
            timed_out: less(self.timed_out, before.timed_out),
            ..self
        }
    }

    /// Of a job that has only so many plans.
    pub(crate) fn of_at_most(self, plans: i64) -> Self {
        let executing = self.executing.min(plans);
        let left = plans - executing;
        Self { executing, ..self.map(|count| count.min(left)) }
    }

    /// So many of the plans that complete fail instead.
    pub(crate) fn failing(self, plans: i64) -> Self {
        let failing = plans.min(self.completed).max(0);
        Self { completed: self.completed - failing, failed: self.failed.saturating_add(failing), ..self }
    }

    /// Whether nothing is counted. Hostile counts are something.
    pub(crate) fn is_empty(self) -> bool {
        [self.executing, self.completed, self.failed, self.timed_out] == [0; 4]
    }
}
