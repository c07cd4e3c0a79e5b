//! What all compactions of one client share.

use std::sync::Arc;

use super::job_history::JobHistory;
use super::job_schedule::JobSchedule;
use super::turns::Turns;
use crate::error::Error;
use crate::in_flight::InFlight;
use crate::management::Management;
use crate::poll_limiter::PollLimiter;
use crate::rpc::Rpc;

/// The calls are for one database; all else is shared by the views of all databases.
pub(crate) struct ClientState {
    pub(crate) rpc: Rpc,
    pub(crate) in_flight: Arc<InFlight>,
    pub(crate) history: Arc<JobHistory>,
    pub(super) turns: Arc<Turns>,
    /// Decides when each job is polled.
    pub(crate) job_schedule: Arc<JobSchedule>,
    /// Limits the polls of flushes, sorting, indexes and loads. They have a limit of their own, so that ten thousand
    /// jobs do not delay them.
    pub(crate) collection_limiter: Arc<PollLimiter>,
    /// The management port, if `management.uri` names it: it says more about plans.
    pub(crate) management: Option<Arc<Management>>,
}

impl ClientState {
    /// Reads the certificates that the management port needs, if any.
    pub(crate) fn new(rpc: Rpc) -> Result<Self, Error> {
        let management = Management::new(rpc.config())?.map(Arc::new);
        let rate = rpc.config().poll_rate;
        Ok(Self {
            rpc,
            in_flight: Arc::default(),
            history: Arc::default(),
            turns: Arc::default(),
            job_schedule: JobSchedule::new(rate),
            collection_limiter: Arc::new(PollLimiter::new(rate)),
            management,
        })
    }

    /// The same client's state, for another database.
    pub(crate) fn on(&self, database: String) -> Self {
        Self {
            rpc: self.rpc.on(database),
            in_flight: Arc::clone(&self.in_flight),
            history: Arc::clone(&self.history),
            turns: Arc::clone(&self.turns),
            job_schedule: Arc::clone(&self.job_schedule),
            collection_limiter: Arc::clone(&self.collection_limiter),
            management: self.management.clone(),
        }
    }
}
