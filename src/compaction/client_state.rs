//! What all compactions of one client share.

use super::job_history::JobHistory;
use crate::error::Error;
use crate::management::Management;
use crate::poll_limiter::PollLimiter;
use crate::rpc::Rpc;

pub(crate) struct ClientState {
    pub(crate) rpc: Rpc,
    pub(crate) history: JobHistory,
    /// Limits the polls of jobs.
    pub(crate) job_limiter: PollLimiter,
    /// Limits the polls of flushes, sorting, indexes and loads. They have a limit of their own, so that ten thousand
    /// jobs do not delay them.
    pub(crate) collection_limiter: PollLimiter,
    /// The management port, if `management.uri` names it: it says more about plans.
    pub(crate) management: Option<Management>,
}

impl ClientState {
    /// Reads the certificates that the management port needs, if any.
    pub(crate) fn new(rpc: Rpc) -> Result<Self, Error> {
        let management = Management::new(rpc.config())?;
        Ok(Self {
            rpc,
            history: JobHistory::default(),
            job_limiter: PollLimiter::new(),
            collection_limiter: PollLimiter::new(),
            management,
        })
    }
}
