//! What each step of a compaction needs of its client.

use std::time::Duration;

use super::client_state::ClientState;
use super::job_history::JobHistory;
use crate::rpc::{Deadline, Rpc};

/// The time limit of a single request whose result is optional, or to a server of which the client knows nothing yet.
pub(super) const POLL_LIMIT: Duration = Duration::from_secs(5);

/// The shared state of the client, and the deadline of the operation.
#[derive(Clone, Copy)]
pub(crate) struct CallContext<'a> {
    pub(crate) client_state: &'a ClientState,
    pub(crate) deadline: Deadline<'a>,
}

impl<'a> CallContext<'a> {
    pub(super) fn rpc(self) -> &'a Rpc {
        &self.client_state.rpc
    }

    pub(super) fn history(self) -> &'a JobHistory {
        &self.client_state.history
    }

    /// The same with an earlier deadline.
    pub(super) fn within(self, limit: Duration) -> Self {
        Self { deadline: self.deadline.within(limit), ..self }
    }

    /// The same for requests whose result is optional: they leave most of the remaining time to the others.
    pub(super) fn for_optional(self) -> Self {
        let share = self.deadline.remaining().map_or(POLL_LIMIT, |remaining| remaining / 4);
        self.within(share.min(POLL_LIMIT))
    }
}
