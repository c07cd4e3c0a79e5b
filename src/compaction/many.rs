//! Compacts many collections, several at a time. If one fails, the others continue.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::{Id, JoinSet};

use super::again::{Persistent, not_begun};
use super::answered::Triggered;
use super::call_context::CallContext;
use super::client_state::ClientState;
use super::follow::WaitResult;
use super::params::Params;
use super::progress::{Progress, ProgressTracker};
use super::trigger::Found;
use crate::cancellation::CancellationToken;
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::panics;
use crate::rpc::Deadline;
use crate::stall::Advance;
use crate::text::quotable;
use crate::trace;

/// The default number of collections that are compacted at a time.
pub const DEFAULT_CONCURRENCY: usize = 16;
/// The largest number of collections at a time.
pub const MOST_CONCURRENCY: usize = 10_000;

/// How many collections are looked up and triggered at a time. This costs the server work, and ten times the memory of
/// a wait.
const TRIGGERS: usize = 32;

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

/// The collections in progress. Two names may be aliases of one collection, which must not be compacted twice.
type Begun = Mutex<HashSet<(String, String)>>;

impl Many {
    /// Refuses parameters that contradict each other or are out of range.
    fn check(&self) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::invalid_argument(text));
        let (most, asked) = (MOST_CONCURRENCY, self.concurrency);
        if asked == 0 || asked > most {
            return wrong(format!("concurrency: is {asked}; the range is 1 to {most}"));
        }
        self.params.check()?;
        if self.params.has_filters() {
            let text =
                "params: partition, channel and segments belong to one collection, and cannot apply to many";
            return wrong(text.to_owned());
        }
        let Some(names) = &self.names else { return Ok(()) };
        if names.is_empty() {
            return wrong("names: is empty; NULL stands for all collections of the database".to_owned());
        }
        let mut places = HashMap::new();
        for (place, name) in names.iter().enumerate() {
            collection::check_name(name).map_err(|error| error.context(format!("names[{place}]")))?;
            if let Some(earlier) = places.insert(name, place) {
                return wrong(format!("names[{place}]: is the same as names[{earlier}]"));
            }
        }
        Ok(())
    }
}

/// Compacts all collections. Returns the result of each, and an error for the whole if one of them failed.
pub(crate) async fn compact(
    client_state: &Arc<ClientState>,
    progress_tracker: &Arc<ProgressTracker>,
    deadline: Deadline<'_>,
    many: Many,
) -> Result<(Vec<Item>, Option<Error>), Error> {
    many.check()?;
    let Many { names, params, concurrency, only_trigger } = many;
    let names = match names {
        Some(names) => names,
        None => collection::list(&client_state.rpc, deadline).await?,
    };
    progress_tracker.change(|progress| progress.collections = count(names.len()));
    let (begun, params) = (Arc::<Begun>::default(), Arc::new(params));
    let (triggers, advance) = (Arc::new(Semaphore::new(TRIGGERS)), Arc::new(Advance::new()));
    let one_of = |name: String, token: Arc<CancellationToken>| {
        let one = One {
            client_state: Arc::clone(client_state),
            progress_tracker: Arc::clone(progress_tracker),
            begun: Arc::clone(&begun),
            triggers: Arc::clone(&triggers),
            advance: Arc::clone(&advance),
            params: Arc::clone(&params),
            only_trigger,
        };
        let deadline = deadline.alone();
        // The task of each is its own, so it is not within the trace of the whole.
        let trace = trace::current().map(|whole| whole.part(&name));
        async move {
            let deadline = deadline.cancelled_by(&token);
            token.watch(trace::span(trace, Box::pin(one.compact(deadline, name)))).await
        }
    };
    let through = |item: &Item| {
        progress_tracker.change(|progress| {
            progress.collections_done += 1;
            progress.collections_failed += i64::from(item.error.is_some());
        });
    };
    let items = each(&names, concurrency, deadline, one_of, through).await;
    let left_over = |place: usize| {
        let item = Item::failed(names[place].clone(), not_begun(deadline));
        through(&item);
        item
    };
    let all = items.into_iter().enumerate();
    let items: Vec<Item> =
        all.map(|(place, item)| item.map_or_else(|| left_over(place), |item| *item)).collect();
    let error = summary(&items).map(|mut error| {
        error.status = deadline.cancelled().unwrap_or(error.status);
        error
    });
    Ok((items, error))
}

/// Runs the work that `begin` returns for each name, `concurrency` at a time, until the deadline. Each name gets its
/// own cancellation and its own error after a panic. `None`: its turn did not come.
async fn each<F: Future<Output = Box<Item>> + Send + 'static>(
    names: &[String],
    concurrency: usize,
    deadline: Deadline<'_>,
    begin: impl Fn(String, Arc<CancellationToken>) -> F,
    through: impl Fn(&Item),
) -> Vec<Option<Box<Item>>> {
    let mut items: Vec<Option<Box<Item>>> = names.iter().map(|_| None).collect();
    let mut waiting = names.iter().enumerate();
    let mut running = JoinSet::new();
    let mut places: HashMap<Id, (usize, Arc<CancellationToken>)> = HashMap::new();
    let mut is_told = false;
    loop {
        while running.len() < concurrency
            && !deadline.has_passed()
            && let Some((place, name)) = waiting.next()
        {
            let token = Arc::<CancellationToken>::default();
            let task = running.spawn(begin(name.clone(), Arc::clone(&token)));
            places.insert(task.id(), (place, token));
        }
        let ended = if let Some(ended) = deadline.bound(running.join_next_with_id()).await {
            ended
        } else {
            // The deadline ends all of them at the same moment; a cancellation must be passed on once. Each then
            // returns its own error.
            if let Some(reason) = deadline.cancelled().filter(|_| !is_told) {
                for (_, token) in places.values() {
                    token.cancel(reason);
                }
                is_told = true;
            }
            running.join_next_with_id().await
        };
        let (place, item) = match ended {
            None => return items,
            Some(Ok((id, item))) => (places.remove(&id), Some(item)),
            Some(Err(error)) => (places.remove(&error.id()), None),
        };
        let Some((place, _)) = place else { continue };
        let failed = || Box::new(Item::failed(names[place].clone(), panics::latest().in_doubt()));
        let item = item.unwrap_or_else(failed);
        through(&item);
        items[place] = Some(item);
    }
}

impl Item {
    fn failed(name: String, error: Error) -> Self {
        Self { name, triggered: None, outcome: None, error: Some(error), took: Duration::ZERO }
    }
}

/// The state of one collection in progress.
struct One {
    client_state: Arc<ClientState>,
    progress_tracker: Arc<ProgressTracker>,
    begun: Arc<Begun>,
    triggers: Arc<Semaphore>,
    advance: Arc<Advance>,
    params: Arc<Params>,
    only_trigger: bool,
}

impl One {
    /// The result is built at the end, so that a wait takes little memory.
    async fn compact(self, deadline: Deadline<'_>, name: String) -> Box<Item> {
        let mut triggered = None;
        let context = CallContext { client_state: &self.client_state, deadline };
        let ended = self.go_on(context, &name, &mut triggered).await;
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
        context: CallContext<'_>,
        name: &str,
        latest: &mut Option<Triggered>,
    ) -> Result<Option<(WaitResult, Duration)>, Error> {
        let (collection, since) = {
            let Some(_turn) = context.deadline.bound(self.triggers.acquire()).await else {
                return Err(not_begun(context.deadline));
            };
            let since = Instant::now();
            (Box::pin(self.find(context, name)).await?, since)
        };
        let (name, found) = (collection.name.clone(), Found::new(context.rpc(), &collection, since));
        let mut persistent = Persistent::new(context, &name, &self.params, found);
        Box::pin(persistent.wait_for_sorting(&collection)).await;
        drop(collection); // between two polls a wait takes little memory
        persistent.turns = Some(&self.triggers);
        persistent.advance = Some(&self.advance);
        let triggered = Box::pin(persistent.trigger()).await?;
        *latest = Some(triggered);
        if self.only_trigger {
            return Ok(None);
        }
        let shown = Mutex::new(Progress::default());
        let show = |now: Progress| {
            let before = std::mem::replace(&mut *shown.lock().unwrap_or_else(PoisonError::into_inner), now);
            self.progress_tracker.change(|all| {
                all.add(now.less(before));
            });
        };
        let started = Instant::now();
        let (triggered, outcome) = Box::pin(persistent.wait(&show, triggered)).await?;
        *latest = Some(triggered);
        Ok(Some((outcome, started.elapsed())))
    }

    /// Looks up the collection of this name or alias, and refuses it if another name stands for the same collection.
    async fn find(&self, context: CallContext<'_>, name: &str) -> Result<Collection, Error> {
        let collection = collection::find(context.rpc(), context.deadline, name).await?;
        let real = (collection.database.clone(), collection.name.clone());
        if !self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(real.clone()) {
            let text = format!(
                "\"{}\" is the collection \"{}\", and another name stands for it too; each collection is compacted once",
                quotable(name),
                quotable(&real.1)
            );
            return Err(Error::invalid_argument(text));
        }
        Ok(collection)
    }
}

/// The error of the whole call, so that a caller need not search the list to notice a failure.
fn summary(items: &[Item]) -> Option<Error> {
    let failed = || items.iter().filter_map(|item| item.error.as_ref().map(|error| (item, error)));
    let (first, error) = failed().next()?;
    let text = format!(
        "{} of {} collections failed; the first: \"{}\": {error}",
        failed().count(),
        items.len(),
        quotable(&first.name),
    );
    let summary = Error::new(Status::SomeFailed, text);
    Some(if failed().any(|(_, error)| error.in_doubt) { summary.in_doubt() } else { summary })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::pair;
    use crate::runtime;

    #[test]
    fn a_panic_is_the_failure_of_one_collection_and_the_others_go_on() {
        let names: Vec<String> = ["first", "second", "third"].map(str::to_owned).into();
        for concurrency in [1, 3] {
            let (completer, result) = pair();
            let names = names.clone();
            runtime::prepare().unwrap();
            runtime::spawn(Box::pin(async move {
                let begin = |name: String, _| async move {
                    tokio::task::yield_now().await;
                    assert!(name != "second", "in a collection");
                    Box::new(Item { error: None, ..Item::failed(name, Error::invalid_argument("")) })
                };
                let seen = Mutex::new(0);
                let through = |_: &Item| *seen.lock().unwrap() += 1;
                let items = each(&names, concurrency, Deadline::after(None), begin, through).await;
                completer.complete(Ok((items, seen.into_inner().unwrap())));
            }));
            let (items, seen) = result.wait().unwrap();
            let errors: Vec<_> = items.into_iter().map(|item| item.unwrap().error).collect();
            let [None, Some(error), None] = &errors[..] else { panic!("{errors:?}") };
            assert_eq!((error.status, error.in_doubt, seen), (Status::Internal, true, 3));
            assert!(error.message().contains("in a collection"), "{error}");
        }
    }
}
