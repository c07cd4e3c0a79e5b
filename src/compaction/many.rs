//! Compacts many collections, several at a time. If one fails, the others continue.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::again::Persistent;
use super::answered::Triggered;
use super::call_context::CallContext;
use super::client_state::ClientState;
use super::concurrently::{self, Group, Selection, Work};
use super::everything::{self, Place};
use super::follow::WaitResult;
use super::found::Found;
use super::job_id::NO_JOB;
use super::params::Params;
use super::policy::{Budget, Policy, Skipped};
use super::progress::Progressing;
use super::survey::Shared;
use super::teller::Teller;
use crate::collection::Collection;
use crate::error::Error;
use crate::operation::Part;
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
    /// Which of them are compacted.
    pub policy: Policy,
}

/// The result of one collection.
#[derive(Clone, Debug)]
pub struct Item {
    /// The name or alias that the caller gave or the server listed; empty if a whole database could not be listed.
    pub name: String,
    /// Its database; empty if it is the server's default one and nobody named it.
    pub database: String,
    /// Why nothing was triggered, if the policy is the reason.
    pub skipped: Option<Skipped>,
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
        Self { error: Some(error), ..Self::of(name) }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn job_id(&self) -> i64 {
        let triggered = self.triggered.map_or(NO_JOB, |triggered| triggered.job_id);
        if triggered == NO_JOB { self.error.as_ref().map_or(NO_JOB, |error| error.job_id) } else { triggered }
    }

    fn is_skipped(&self) -> bool {
        self.skipped.is_some()
    }
}

impl Item {
    fn of(name: String) -> Self {
        Self {
            name,
            database: String::new(),
            skipped: None,
            triggered: None,
            outcome: None,
            error: None,
            took: Duration::ZERO,
        }
    }
}

/// Compacts all collections. Returns the result of each, and an error for the whole if one of them failed.
pub(crate) async fn compact(
    client_state: &Arc<ClientState>,
    progressing: &Arc<dyn Progressing>,
    deadline: Deadline<'_>,
    many: Many,
) -> Result<(Vec<Item>, Option<Error>), Error> {
    let Many { names, params, concurrency, only_trigger, policy } = many;
    let mut selection = Selection { names, concurrency };
    selection.check()?;
    params.check_for_many()?;
    policy.check(&params, selection.names.is_some())?;
    let budget = Budget::of(&policy);
    let mut places = HashMap::new();
    if selection.names.is_none() {
        let (names, found) = everything::selected(client_state, &policy, deadline).await?;
        (selection.names, places) = (Some(names), found);
    }
    let group = Group::new(client_state, progressing);
    let (shared, places_of_work) = (Shared::default(), places.clone());
    let work = Compaction { params, only_trigger, policy, budget, shared, places: places_of_work };
    let (mut items, error) = concurrently::all(group, selection, deadline, work).await?;
    for item in &mut items {
        match places.get(&item.name) {
            Some(place) => {
                (item.database, item.name) = (place.state.rpc.database().to_owned(), place.name.clone());
            }
            None => client_state.rpc.database().clone_into(&mut item.database),
        }
    }
    Ok((items, error))
}

/// What is done with each collection.
struct Compaction {
    params: Params,
    only_trigger: bool,
    policy: Policy,
    budget: Budget,
    shared: Shared,
    /// Empty if the collections are those of the database of these calls.
    places: HashMap<String, Place>,
}

/// How the work on a collection ended.
enum Ended {
    Skipped(Skipped),
    Triggered,
    Waited(Box<WaitResult>, Duration),
}

impl Work for Compaction {
    type Item = Item;

    fn run<'w>(
        &'w self,
        (group, teller): (&'w Group, &'w Teller),
        deadline: Deadline<'w>,
        name: String,
    ) -> Part<'w, Box<Item>> {
        Box::pin(self.compact((group, teller), deadline, name))
    }
}

impl Compaction {
    async fn compact(
        &self,
        (group, teller): (&Group, &Teller),
        deadline: Deadline<'_>,
        name: String,
    ) -> Box<Item> {
        let mut triggered = None;
        let ended = match self.places.get(&name) {
            Some(Place { error: Some(error), .. }) => Err(error.clone()),
            place => {
                let (client_state, name) =
                    place.map_or((&group.client_state, &name), |place| (&place.state, &place.name));
                let context = CallContext { client_state, deadline };
                self.go_on((group, teller), context, name, &mut triggered).await
            }
        };
        let mut item = Item { triggered, ..Item::of(name) };
        match ended {
            Ok(Ended::Triggered) => {}
            Ok(Ended::Skipped(skipped)) => item.skipped = Some(skipped),
            Ok(Ended::Waited(mut outcome, took)) => {
                item.error = outcome.error.take();
                // The report has their counts; the plans of many collections would take much memory.
                outcome.report.plans = Vec::new();
                (item.outcome, item.took) = (Some(*outcome), took);
            }
            Err(error) => item.error = Some(error),
        }
        item.error = item.error.map(|error| deadline.settle(error));
        Box::new(item)
    }

    async fn go_on(
        &self,
        (group, teller): (&Group, &Teller),
        context: CallContext<'_>,
        name: &str,
        latest: &mut Option<Triggered>,
    ) -> Result<Ended, Error> {
        let (collection, since) = {
            let _turn = group.turn(context.deadline).await?;
            if let Some(skipped) = self.budget.is_spent() {
                return Ok(Ended::Skipped(skipped));
            }
            let since = Instant::now();
            (Box::pin(group.find(context, name)).await?, since)
        };
        let found = Found::new(context.rpc(), &collection, since).following_renames();
        let name = collection.name.clone();
        let mut persistent = Persistent::new(context, &name, &self.params, found.clone());
        Box::pin(persistent.wait_for_sorting(&collection)).await;
        if let Some(skipped) = Box::pin(self.skips(group, context, &collection, found)).await? {
            return Ok(Ended::Skipped(skipped));
        }
        drop(collection); // between two polls a wait takes little memory
        (persistent.group, persistent.teller) = (Some(group), Some(teller));
        let triggered = Box::pin(persistent.trigger()).await?;
        *latest = Some(triggered);
        if self.only_trigger {
            return Ok(Ended::Triggered);
        }
        let (show, started) = (group.shower(), Instant::now());
        let (triggered, outcome) = Box::pin(persistent.wait(&show, triggered)).await?;
        *latest = Some(triggered);
        Ok(Ended::Waited(Box::new(outcome), started.elapsed()))
    }

    /// Whether the collection is skipped; else it counts as begun.
    async fn skips(
        &self,
        group: &Group,
        context: CallContext<'_>,
        collection: &Collection,
        found: Found,
    ) -> Result<Option<Skipped>, Error> {
        let _turn = group.turn(context.deadline).await?;
        let skipped = self.policy.skips(context, collection, found, (&self.params, &self.shared)).await?;
        Ok(skipped.or_else(|| self.budget.begin()))
    }
}
