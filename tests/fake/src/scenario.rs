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

/// A job's whole life.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// The trigger's answer is this id; `None` is a fresh positive one.
    pub job_id: Option<i64>,
    /// `compactionPlanCount` of the trigger's answer, on servers that count (2.4 and later).
    pub plan_count: i32,
    /// Answers in order; the last one is repeated for ever.
    pub polls: Vec<Poll>,
    /// Sources and target of each plan, at any time.
    pub plans: Vec<(Vec<i64>, i64)>,
}

impl Scenario {
    /// The scenarios that every fake server has a collection of, named so.
    #[must_use]
    pub fn named() -> Vec<(&'static str, Self)> {
        let plans = |count: i64| (1..=count).map(|n| (vec![2 * n, 2 * n + 1], 100 + n)).collect();
        let job = |plan_count: i32, polls: &[[i64; 4]]| Self {
            job_id: None,
            plan_count,
            polls: polls.iter().map(|counts| Poll::of(*counts)).collect(),
            plans: plans(plan_count.into()),
        };
        vec![
            ("succeeds", job(2, &[[2, 0, 0, 0], [1, 1, 0, 0], [0, 2, 0, 0]])),
            ("nothing", Self { job_id: Some(-1), ..job(0, &[[0, 0, 0, 0]]) }),
            ("unindexed", job(0, &[[0, 0, 0, 0]])),
            ("fails", job(2, &[[2, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]])),
            ("fails_partly", job(3, &[[3, 0, 0, 0], [1, 1, 1, 0], [0, 2, 1, 0]])),
            ("times_out", job(1, &[[1, 0, 0, 0], [0, 0, 0, 1]])),
            ("is_forgotten", job(2, &[[2, 0, 0, 0], [0, 0, 0, 0]])),
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
