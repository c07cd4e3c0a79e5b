//! The end of a wait: the observations that decide the verdict of a job that is over.

use std::time::Duration;

use tokio::time::Instant;

use super::{CONFIRM, Follower, GRACE, Next, REST};
use crate::compaction::questions::LONGEST_LISTING;
use crate::error::{Error, Status};
use crate::outage::may_pass;

impl Follower<'_> {
    /// Observes a job that is over, and decides whether the wait can end.
    pub(super) async fn conclude(&mut self) -> Result<Next, Error> {
        if self.tracker.misses_plans() && self.job.since.elapsed() < GRACE {
            self.tracker.look_again();
            return Ok(Next::Poll);
        }
        // The client lists the segments at most once a second.
        let earlier = self.doubted.max(self.observed.filter(|_| self.doubted.is_none()));
        if let Some(rest) = earlier.and_then(|at| CONFIRM.checked_sub(at.elapsed())) {
            return Ok(Next::After(rest));
        }
        self.rest().await?;
        if let Some(next) = self.observe_the_end().await? {
            return Ok(next);
        }
        let is_second = self.doubted.is_some() || self.tracker.is_certain();
        if is_second && !self.tracker.is_good() && self.ask_the_management_port().await {
            self.observe().await?;
        }
        // A counter can make the verdict certain before the segments show how many rows the plans purged.
        let may_show_more = self.doubted.is_none() && self.tracker.has_plans_without_results();
        let is_certain = self.tracker.is_certain() && !(may_show_more && self.has_time_for(CONFIRM));
        let is_last = self.doubted.is_some() && !self.tracker.wants_another_look();
        if is_certain || is_last || self.observer.is_none() {
            return Ok(Next::Over);
        }
        self.doubted = Some(Instant::now());
        self.tracker.look_again();
        Ok(Next::After(CONFIRM))
    }

    /// Waits a moment if a plan shows no result, so that the list of segments shows the state after the job's end.
    async fn rest(&self) -> Result<(), Error> {
        let is_needed = self.observer.is_some() && self.tracker.has_plans_without_results();
        let may_be_late = !self.tracker.is_certain() || self.has_time_for(REST);
        if is_needed && may_be_late && !self.is_at_rest() {
            let rested = self.context.deadline.bound(tokio::time::sleep(REST)).await;
            return rested.ok_or_else(|| self.out_of_time());
        }
        Ok(())
    }

    /// Whether a verdict that is certain can wait so long for what else is to be told.
    fn has_time_for(&self, pause: Duration) -> bool {
        self.context.deadline.remaining().is_none_or(|remaining| remaining > pause * 2)
    }

    pub(super) fn is_at_rest(&self) -> bool {
        self.ended.is_some_and(|ended| ended.elapsed() >= REST)
    }

    /// Lists the segments after the end. Returns the next step if the list can no longer change the verdict.
    async fn observe_the_end(&mut self) -> Result<Option<Next>, Error> {
        let asked = Instant::now();
        match self.observe().await {
            Ok(()) => self.observing = None,
            // The verdict is certain already: a collection that is dropped later does not change it.
            Err(error) if error.status == Status::CollectionNotFound && self.tracker.is_certain() => {
                return Ok(Some(Next::Over));
            }
            Err(error) if may_pass(&error) && self.doubted.is_some() && self.tracker.is_certain() => {
                return Ok(Some(Next::Over));
            }
            Err(error) if may_pass(&error) => {
                if self.observing.get_or_insert(asked).elapsed() < LONGEST_LISTING {
                    return Err(error);
                }
                self.tracker.cannot_see_segments();
                return Ok(Some(Next::Over));
            }
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    /// Asks the management port for the plans, once. Returns whether it answered; a failure changes nothing.
    async fn ask_the_management_port(&mut self) -> bool {
        let (Some(management), Some(origin)) = (&self.context.client_state.management, &self.job.origin)
        else {
            return false;
        };
        if self.has_asked_management {
            return false;
        }
        self.has_asked_management = true;
        // If the port does not answer, enough time must remain for the verdict.
        let limit = self.context.for_optional().deadline;
        let tasks = management.compaction_tasks(limit, origin.collection.id).await;
        tasks.is_ok_and(|tasks| {
            self.tracker.hear(&tasks);
            true
        })
    }
}
