//! The two requests about a job: its state and its plans, each with its own time limit.

use std::time::Duration;

use tokio::time::Instant;

use super::age::is_young;
use super::call_context::CallContext;
use super::job_history::Job;
use super::job_tracker::JobTracker;
use super::plan::Plan;
use super::state::{self, Listed};
use crate::error::{Error, Status};
use crate::lists;
use crate::outage::Outage;
use crate::packed::packs;
use crate::rpc::{Deadline, Limit, RetryClass, Rpc};
use crate::server::Server;

/// After this time the client judges a finished job without a list of its plans.
pub(super) const LONGEST_LISTING: Duration = Duration::from_mins(5);

/// The plans that the server lists now, and those that this client saw before.
pub(crate) async fn plans(context: CallContext<'_>, job_id: i64) -> Result<Vec<Plan>, Error> {
    let listed = state::listed(context.rpc(), RetryClass::Read, context.deadline, job_id).await?;
    let count = listed.plans.len();
    let job = context.history().recall(job_id).unwrap_or_else(Job::of_others);
    let add = move || {
        let mut tracker = JobTracker::new(job_id, job);
        tracker.list(listed, true);
        if tracker.keeps_all_plans() {
            return Ok(tracker.report().plans);
        }
        let text = format!("compaction job {job_id} has more plans than this library keeps (8 MiB)");
        Err(Error::new(Status::ServerError, text).about_job(job_id))
    };
    lists::work(context.deadline, count, add).await
}

/// The state of the requests of one wait.
#[derive(Debug)]
pub(super) struct Questions {
    /// When the job was triggered, if that is known.
    triggered: Option<Instant>,
    state_limit: Limit,
    list_limit: Limit,
    /// When the client first tried in vain to list the plans.
    listing: Option<Instant>,
    pub(super) outage: Outage,
}
packs!(Questions { triggered, state_limit, list_limit, listing, outage });

impl Questions {
    pub(super) fn new(job: &Job) -> Self {
        Self {
            triggered: job.triggered(),
            state_limit: Limit::default(),
            list_limit: Limit::default(),
            listing: None,
            outage: Outage::default(),
        }
    }

    /// Reads the state. Returns whether the client should list the plans.
    pub(super) async fn poll_state(
        &mut self,
        context: CallContext<'_>,
        tracker: &mut JobTracker,
    ) -> Result<bool, Error> {
        let limit = context.deadline.within(self.state_limit.get());
        let asked = Instant::now();
        match state::state(context.rpc(), RetryClass::Poll, limit, tracker.job_id()).await {
            Ok(info) => {
                self.state_limit.answered(asked.elapsed());
                context.client_state.job_schedule.took(asked.elapsed());
                self.outage.answered();
                Ok(tracker.poll(info))
            }
            Err(error) => {
                self.state_limit.failed(&error);
                if error.status == Status::Timeout && !context.deadline.has_passed() {
                    context.client_state.job_schedule.took(asked.elapsed());
                }
                Err(error)
            }
        }
    }

    /// Lists the plans. Also returns the server: its version decides how long it remembers plans.
    async fn listed(job_id: i64, rpc: &Rpc, limit: Deadline<'_>) -> Result<(Listed, Server), Error> {
        let server = rpc.server(limit).await?;
        Ok((state::listed(rpc, RetryClass::Poll, limit, job_id).await?, server))
    }

    /// Lists the plans.
    pub(super) async fn list_plans(
        &mut self,
        context: CallContext<'_>,
        tracker: &mut JobTracker,
    ) -> Result<(), Error> {
        let limit = context.deadline.within(self.list_limit.get());
        let asked = Instant::now();
        match Self::listed(tracker.job_id(), context.rpc(), limit).await {
            Ok((listed, server)) => {
                self.list_limit.answered(asked.elapsed());
                self.outage.answered();
                self.listing = None;
                let may_forget = !is_young(tracker.job_id(), self.triggered, &server);
                let elements = listed.plans.len().max(tracker.plans().len());
                // As judging does, so that there is one instance of what lends the job.
                let add = move |tracker: &mut JobTracker| {
                    tracker.list(listed, may_forget);
                    false
                };
                lists::work_on(context.deadline, elements, tracker, Box::new(add)).await.map(drop)
            }
            // Without a list, the client knows only what the trigger announced; a list that is too long to read counts
            // as none.
            Err(error)
                if !error.retriable && matches!(error.status, Status::Unsupported | Status::ServerError) =>
            {
                tracker.cannot_list();
                Ok(())
            }
            Err(error) => {
                self.list_limit.failed(&error);
                if self.listing.get_or_insert(asked).elapsed() > LONGEST_LISTING {
                    tracker.cannot_list();
                    return Ok(());
                }
                tracker.look_again();
                Err(error)
            }
        }
    }
}
