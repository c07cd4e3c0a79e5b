//! What all compactions of one client share.

use super::job_history::JobHistory;
use crate::error::Error;
use crate::management::Management;
use crate::poll_limiter::PollLimiter;
use crate::rpc::Rpc;

pub(crate) struct ClientState {
    pub(crate) rpc: Rpc,
    pub(crate) history: JobHistory,
    /// Of the questions about jobs.
    pub(crate) limiter: PollLimiter,
    /// Of those about flushing, indexing and loading, which ten thousand jobs must not keep waiting.
    pub(crate) upkeep_limiter: PollLimiter,
    /// The second witness of what plans did, if the host named it.
    pub(crate) management: Option<Management>,
}

impl ClientState {
    /// Reads the certificates that the management port needs, if any.
    pub(crate) fn new(rpc: Rpc) -> Result<Self, Error> {
        let management = Management::new(rpc.config())?;
        Ok(Self {
            rpc,
            history: JobHistory::default(),
            limiter: PollLimiter::new(),
            upkeep_limiter: PollLimiter::new(),
            management,
        })
    }
}
