//! What becomes of a job, told poll by poll.

/// One answer of `GetCompactionState`.
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
    /// Answers in order; the last one is repeated for ever.
    pub polls: Vec<Poll>,
    /// Segments that each plan takes; it makes one of them. Each has a number of rows.
    pub plans: Vec<usize>,
    /// Segments of deletions, on servers that have such.
    pub l0: usize,
    /// Whether it has an index.
    pub is_indexed: bool,
    /// Whether its plans can still be listed when the job is over.
    pub keeps_plans: bool,
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
            // What a failed job leaves behind is cleaned up after two polls, counts and plans alike.
            ("vanishes", Self { keeps_plans: false, ..job(2, &[[2, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]]) }),
            ("fails_partly", job(3, &[[3, 0, 0, 0], [1, 1, 1, 0], [0, 2, 1, 0]])),
            ("times_out", job(1, &[[1, 0, 0, 0], [0, 0, 0, 1]])),
            // The server forgets it, plans and all, and nothing shows how it ended.
            ("is_forgotten", Self { keeps_plans: false, ..job(2, &[[2, 0, 0, 0], [0, 0, 0, 0]]) }),
            ("forgets_some", job(3, &[[3, 0, 0, 0], [0, 2, 0, 0]])),
            ("never_ends", job(1, &[[1, 0, 0, 0]])),
            ("is_hostile", job(1, &[[-1, i64::MAX, i64::MIN, -1]])),
        ]
    }
}

impl Poll {
    /// Executing, completed, failed and timed-out plans.
    #[must_use]
    pub fn of([executing, completed, failed, timed_out]: [i64; 4]) -> Self {
        Self { state: None, executing, completed, failed, timed_out }
    }
}
