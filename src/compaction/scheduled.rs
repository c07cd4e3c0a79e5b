//! How many plans a trigger scheduled.

/// What the response to a trigger says about the number of its plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheduled {
    /// This client did not trigger the job: it knows only the plans that the server lists.
    Elsewhere,
    /// This client triggered the job, and the server did not give a number; it may add plans later.
    Uncounted,
    /// The server scheduled no plan for this trigger.
    Nothing,
    /// The server scheduled this many plans, at least one.
    Plans(i64),
}
