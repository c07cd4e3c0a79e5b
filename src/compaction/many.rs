//! Compacts many collections, several at a time. If one fails, the others continue.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::again::Persistent;
use super::answered::Triggered;
use super::call_context::CallContext;
use super::client_state::ClientState;
use super::concurrently::{self, Group, Selection, Work};
use super::follow::WaitResult;
use super::params::Params;
use super::progress::ProgressTracker;
use super::trigger::Found;
use crate::error::Error;
use crate::rpc::Deadline;

/// The parameters of a compaction of many collections.
#[derive(Clone, Debug)]
pub struct Many {
    /// Names or aliases; `None`: every collection of the database.
    pub names: Option<Vec<String>>,
    /// The parameters of each trigger.
    pub params: Params,
    /// How many collections are in progress at a time; one is in progress from its trigger to the end of its wait.
    pub concurrency: usize,
    /// Whether to trigger the jobs without waiting for them.
    pub only_trigger: bool,
}

/// The result of one collection.
#[derive(Clone, Debug)]
pub struct Item {
    /// The name or alias that the caller gave or the server listed.
    pub name: String,
    /// The response to its trigger; `None` if there is none.
    pub triggered: Option<Triggered>,
    /// The outcome of its wait; `None` without a wait.
    pub outcome: Option<WaitResult>,
    /// Its error, from before, during or after the trigger.
    pub error: Option<Error>,
    /// How long its wait took.
    pub took: Duration,
}

impl concurrently::Item for Item {
    fn failed(name: String, error: Error) -> Self {
        Self { name, triggered: None, outcome: None, error: Some(error), took: Duration::ZERO }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

/// Compacts all collections. Returns the result of each, and an error for the whole if one of them failed.
pub(crate) async fn compact(
    client_state: &Arc<ClientState>,
    progress_tracker: &Arc<ProgressTracker>,
    deadline: Deadline<'_>,
    many: Many,
) -> Result<(Vec<Item>, Option<Error>), Error> {
    let Many { names, params, concurrency, only_trigger } = many;
    let selection = Selection { names, concurrency };
    selection.check()?;
    params.check_for_many()?;
    let group = Group::new(client_state, progress_tracker);
    concurrently::all(group, selection, deadline, Compaction { params, only_trigger }).await
}

/// What is done with each collection.
struct Compaction {
    params: Params,
    only_trigger: bool,
}

impl Work for Compaction {
    type Item = Item;

    fn run<'w>(
        &'w self,
        group: &'w Group,
        deadline: Deadline<'w>,
        name: String,
    ) -> Pin<Box<dyn Future<Output = Box<Item>> + Send + 'w>> {
        Box::pin(self.compact(group, deadline, name))
    }
}

impl Compaction {
    async fn compact(&self, group: &Group, deadline: Deadline<'_>, name: String) -> Box<Item> {
        let mut triggered = None;
        let context = CallContext { client_state: &group.client_state, deadline };
        let ended = self.go_on(group, context, &name, &mut triggered).await;
        let mut item = Item { name, triggered, outcome: None, error: None, took: Duration::ZERO };
        match ended {
            Ok(None) => {}
            Ok(Some((mut outcome, took))) => {
                item.error = outcome.error.take();
                // The report has their counts; the plans of many collections would take much memory.
                outcome.report.plans = Vec::new();
                (item.outcome, item.took) = (Some(outcome), took);
            }
            Err(error) => item.error = Some(error),
        }
        item.error = item.error.map(|error| deadline.settle(error));
        Box::new(item)
    }

    /// The outcome of the wait and its duration; `None` if the caller asked only for a trigger.
    async fn go_on(
        &self,
        group: &Group,
        context: CallContext<'_>,
        name: &str,
        latest: &mut Option<Triggered>,
    ) -> Result<Option<(WaitResult, Duration)>, Error> {
        let (collection, since) = {
            let _turn = group.turn(context.deadline).await?;
            let since = Instant::now();
            (Box::pin(group.find(context, name)).await?, since)
        };
        let (name, found) = (collection.name.clone(), Found::new(context.rpc(), &collection, since));
        let mut persistent = Persistent::new(context, &name, &self.params, found);
        Box::pin(persistent.wait_for_sorting(&collection)).await;
        drop(collection); // between two polls a wait takes little memory
        persistent.group = Some(group);
        let triggered = Box::pin(persistent.trigger()).await?;
        *latest = Some(triggered);
        if self.only_trigger {
            return Ok(None);
        }
        let (show, started) = (group.shower(), Instant::now());
        let (triggered, outcome) = Box::pin(persistent.wait(&show, triggered)).await?;
        *latest = Some(triggered);
        Ok(Some((outcome, started.elapsed())))
    }
}
