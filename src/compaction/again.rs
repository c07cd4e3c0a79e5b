//! Triggering when what is stored is sorted, and again where another compaction held the collection.

use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::client_state::ClientState;
use super::follow::{self, Outcome, Show};
use super::params::Params;
use super::trigger::{self, Triggered};
use super::verdict::Verdict;
use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::flush::{self, SortWait};
use crate::log::{self, Level};
use crate::rpc::Deadline;

/// Between two triggers, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// What is not sorted after this is left out.
const LONGEST_SORT: Duration = Duration::from_mins(1);
/// A collection that is held for longer is given up, also where there is more time: what keeps its segments from being
/// compacted may be no compaction.
const LONGEST: Duration = Duration::from_mins(10);

/// A trigger that is sent again as long as the collection is held.
pub(super) struct Persistent<'a> {
    pub(super) client_state: &'a ClientState,
    pub(super) deadline: Deadline<'a>,
    pub(super) name: &'a str,
    pub(super) params: &'a Params,
    /// Each trigger waits for its turn.
    pub(super) turns: Option<&'a Semaphore>,
    since: Instant,
    pause: Duration,
}

impl<'a> Persistent<'a> {
    pub(super) fn new(
        client_state: &'a ClientState,
        deadline: Deadline<'a>,
        name: &'a str,
        params: &'a Params,
    ) -> Self {
        Self { client_state, deadline, name, params, turns: None, since: Instant::now(), pause: FIRST_PAUSE }
    }

    /// Waits a while for segments to be sorted: until then a compaction leaves them out, and its report says so.
    pub(super) async fn wait_for_sorting(&self, collection: &Collection) {
        let ClientState { rpc, collection_limiter, .. } = self.client_state;
        let waited =
            flush::wait_until_sorted(rpc, collection_limiter, self.deadline, collection, LONGEST_SORT).await;
        // That the segments cannot be looked at does not keep them from being compacted.
        if let Ok(SortWait { unsorted }) = waited
            && unsorted > 0
        {
            log::tell(Level::Info, "not sorted in time", || format!("segments={unsorted}"));
        }
    }

    /// Triggers until something is scheduled, there is nothing to do, or there is no time left.
    pub(super) async fn trigger(&mut self) -> Result<Triggered, Error> {
        loop {
            match self.trigger_once().await {
                Err(error) if error.status == Status::Busy => {
                    if !Box::pin(self.rest()).await {
                        return Err(error);
                    }
                }
                triggered => return triggered,
            }
        }
    }

    async fn trigger_once(&self) -> Result<Triggered, Error> {
        let ClientState { rpc, history, .. } = self.client_state;
        let _turn = match self.turns {
            Some(turns) => {
                Some(self.deadline.bound(turns.acquire()).await.ok_or_else(|| not_begun(self.deadline))?)
            }
            None => None,
        };
        Box::pin(trigger::compact(rpc, history, self.deadline, self.name, self.params)).await
    }

    /// Waits for the job, and triggers anew if it was not the one asked for. Returns the latest trigger with its end.
    pub(super) async fn wait(
        &mut self,
        show: Show<'_>,
        mut triggered: Triggered,
    ) -> Result<(Triggered, Outcome), Error> {
        loop {
            let wait = follow::wait(self.client_state, show, self.deadline, triggered.job_id);
            let mut outcome = Box::pin(wait).await?;
            // Where nothing was scheduled no wait can know it.
            outcome.report.unsorted = outcome.report.unsorted.or(triggered.unsorted);
            if outcome.report.verdict != Verdict::NotStarted || !Box::pin(self.rest()).await {
                return Ok((triggered, outcome));
            }
            triggered = match Box::pin(self.trigger()).await {
                Ok(triggered) => triggered,
                // What was seen of the job that held the collection is told with it.
                Err(error) => return Ok((triggered, Outcome { error: Some(error), ..outcome })),
            };
        }
    }

    /// Pauses before the next trigger; whether there is time for one.
    async fn rest(&mut self) -> bool {
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        self.since.elapsed() + pause < LONGEST && self.deadline.sleep(pause).await
    }
}

/// The turn of a collection did not come in time.
pub(super) fn not_begun(deadline: Deadline<'_>) -> Error {
    deadline.ended(|how| format!("{how} before its turn came; nothing was compacted"))
}
