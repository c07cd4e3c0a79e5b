//! Triggers a compaction once the stored segments are sorted, and again while another compaction holds them.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use super::answered::Triggered;
use super::call_context::CallContext;
use super::client_state::ClientState;
use super::concurrently::Group;
use super::follow::{self, Show, WaitResult};
use super::found::Found;
use super::params::Params;
use super::teller::Teller;
use super::trigger;
use super::verdict::Verdict;
use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::flush::{self, SortWait};
use crate::log::{self, Level};
use crate::operation::Part;

/// The first and the longest pause between two triggers.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The longest wait for sorting; the compaction leaves out segments that are unsorted after it.
const LONGEST_SORT: Duration = Duration::from_mins(1);
/// The client gives up after this time, even if the deadline is later: the segments may be held by something other than
/// a compaction.
const LONGEST: Duration = Duration::from_mins(10);

/// A trigger that the client repeats while another compaction holds the collection.
pub(super) struct Persistent<'a> {
    pub(super) context: CallContext<'a>,
    pub(super) name: &'a str,
    pub(super) params: &'a Params,
    /// The other collections that the same call compacts: each trigger waits for its turn.
    pub(super) group: Option<&'a Group>,
    /// The one that tells each job.
    pub(super) teller: Option<&'a Teller>,
    /// The collection that each trigger is for, whatever its name is by then.
    found: Box<Found>,
    since: Instant,
    pause: Duration,
}

impl<'a> Persistent<'a> {
    pub(super) fn new(context: CallContext<'a>, name: &'a str, params: &'a Params, found: Found) -> Self {
        let (since, pause) = (Instant::now(), FIRST_PAUSE);
        let found = Box::new(found);
        Self { context, name, params, group: None, teller: None, found, since, pause }
    }

    /// Waits some time until the segments are sorted. A compaction leaves out unsorted segments, and its report counts
    /// them.
    pub(super) async fn wait_for_sorting(&self, collection: &Collection) {
        let ClientState { rpc, collection_limiter, .. } = self.context.client_state;
        let waited = flush::wait_until_sorted(
            rpc,
            collection_limiter,
            self.context.deadline,
            collection,
            LONGEST_SORT,
            (&HashSet::new(), &|_, _| {}),
        )
        .await;
        // A server that cannot list segments can still compact them.
        if let Ok(SortWait { unsorted: Some(unsorted @ 1..) }) = waited {
            log::tell(Level::Info, "not sorted in time", || format!("segments={unsorted}"));
        }
    }

    /// Triggers until the server schedules plans or has nothing to do, or no time is left.
    pub(super) async fn trigger(&mut self) -> Result<Triggered, Error> {
        loop {
            match self.trigger_once().await {
                Err(error) if error.status == Status::Busy && !self.params.only_if_idle => {
                    if !Box::pin(self.rest()).await {
                        return Err(error);
                    }
                }
                triggered => return triggered,
            }
        }
    }

    async fn trigger_once(&mut self) -> Result<Triggered, Error> {
        let deadline = self.context.deadline;
        let _turn = match self.group {
            Some(group) => Some(group.turn(deadline).await?),
            None => None,
        };
        let found = Some(Box::new(self.found.for_one_trigger()));
        let triggering: Part<'_, _> = Box::pin(trigger::compact(self.context, self.name, found, self.params));
        let triggered = triggering.await?;
        if let Some(teller) = self.teller {
            teller.triggered(triggered.job_id);
        }
        Ok(triggered)
    }

    /// Waits for the job, and triggers again if it was of another kind. Returns the latest trigger and its outcome.
    pub(super) async fn wait(
        &mut self,
        show: Show<'_>,
        mut triggered: Triggered,
    ) -> Result<(Triggered, WaitResult), Error> {
        loop {
            let advance = self.group.map(|group| &group.advance);
            let wait: Part<'_, _> =
                Box::pin(follow::wait_within(self.context, show, triggered.job_id, advance));
            let mut outcome = wait.await?;
            // If the server scheduled nothing, a wait cannot show that.
            outcome.report.unsorted = outcome.report.unsorted.or(triggered.unsorted);
            if outcome.report.verdict != Verdict::NotStarted || !Box::pin(self.rest()).await {
                return Ok((triggered, outcome));
            }
            triggered = match Box::pin(self.trigger()).await {
                Ok(triggered) => triggered,
                // The outcome includes the observations of the job that held the collection.
                Err(error) => return Ok((triggered, WaitResult { error: Some(error), ..outcome })),
            };
        }
    }

    /// Pauses before the next trigger. Returns whether time is left for one.
    async fn rest(&mut self) -> bool {
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        self.since.elapsed() + pause < LONGEST && self.context.deadline.sleep(pause).await
    }
}
