//! Many collections, some at a time. One that fails does not keep the others from being compacted.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::{Id, JoinSet};

use super::again::{Persistent, not_begun};
use super::client_state::ClientState;
use super::follow::Outcome;
use super::params::Params;
use super::progress::{Progress, ProgressTracker};
use super::trigger::Triggered;
use crate::cancellation::CancellationToken;
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::panics;
use crate::rpc::Deadline;
use crate::text::quotable;

/// How many collections are compacted at a time if nobody says otherwise.
pub const DEFAULT_CONCURRENCY: usize = 16;
/// The most that may be.
pub const MOST_CONCURRENCY: usize = 10_000;

/// How many are looked up and triggered at a time, which takes a server's attention, and ten times the memory of a wait.
const TRIGGERS: usize = 32;

/// What to do with many collections.
#[derive(Clone, Debug)]
pub struct Many {
    /// Names or aliases; `None`: every collection of the database.
    pub names: Option<Vec<String>>,
    /// The same for all of them.
    pub params: Params,
    /// How many at a time, from the trigger to the end of the wait.
    pub concurrency: usize,
    /// Whether to leave the jobs alone once they are triggered.
    pub only_trigger: bool,
}

/// What became of one collection.
#[derive(Clone, Debug)]
pub struct Item {
    /// The name or alias that was given, or listed.
    pub name: String,
    /// The answer to its trigger; `None` if there was none.
    pub triggered: Option<Triggered>,
    /// The end of the wait for it, if there was one.
    pub outcome: Option<Outcome>,
    /// What it failed with, whether before, by, or after its trigger.
    pub error: Option<Error>,
    /// How long the wait was.
    pub took: Duration,
}

/// Collections that are being compacted: an alias must not lead to the same one again.
type Begun = Mutex<HashSet<(String, String)>>;

impl Many {
    /// Refuses what cannot be meant.
    fn check(&self) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::invalid_argument(text));
        let (most, asked) = (MOST_CONCURRENCY, self.concurrency);
        if asked == 0 || asked > most {
            return wrong(format!("concurrency: is {asked}; from 1 to {most} are possible"));
        }
        self.params.check()?;
        if self.params.has_filters() {
            let text =
                "params: partition, channel and segments are of one collection; they cannot be for many";
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

/// Compacts them all, and says of each what became of it; also the error of the whole, if one of them failed.
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
    let triggers = Arc::new(Semaphore::new(TRIGGERS));
    let one_of = |name: String, token: Arc<CancellationToken>| {
        let one = One {
            client_state: Arc::clone(client_state),
            progress_tracker: Arc::clone(progress_tracker),
            begun: Arc::clone(&begun),
            triggers: Arc::clone(&triggers),
            params: Arc::clone(&params),
            only_trigger,
        };
        let deadline = deadline.alone();
        async move {
            let deadline = deadline.cancelled_by(&token);
            token.watch(Box::pin(one.compact(deadline, name))).await
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

/// Does what `begin` begins for each name, so many at a time, until the deadline. A stop is passed on to each, and a
/// panic is a failure of its own. `None`: its turn did not come.
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
            // Time is over for each of them too; of a stop they have to be told, once. Each ends in its own words.
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

/// What one of them needs.
struct One {
    client_state: Arc<ClientState>,
    progress_tracker: Arc<ProgressTracker>,
    begun: Arc<Begun>,
    triggers: Arc<Semaphore>,
    params: Arc<Params>,
    only_trigger: bool,
}

impl One {
    /// What became of it is put together at the end: until then nobody needs the room.
    async fn compact(self, deadline: Deadline<'_>, name: String) -> Box<Item> {
        let mut triggered = None;
        let ended = self.go_on(deadline, &name, &mut triggered).await;
        let mut item = Item { name, triggered, outcome: None, error: None, took: Duration::ZERO };
        match ended {
            Ok(None) => {}
            Ok(Some((mut outcome, took))) => {
                item.error = outcome.error.take();
                // They are counted in the report, which many of may have to be kept.
                outcome.report.plans = Vec::new();
                (item.outcome, item.took) = (Some(outcome), took);
            }
            Err(error) => item.error = Some(error),
        }
        item.error = item.error.map(|error| deadline.settle(error));
        Box::new(item)
    }

    /// The end of the wait and how long it was, unless it was to be triggered only.
    async fn go_on(
        &self,
        deadline: Deadline<'_>,
        name: &str,
        latest: &mut Option<Triggered>,
    ) -> Result<Option<(Outcome, Duration)>, Error> {
        let collection = {
            let Some(_turn) = deadline.bound(self.triggers.acquire()).await else {
                return Err(not_begun(deadline));
            };
            Box::pin(self.find(deadline, name)).await?
        };
        let name = collection.name.clone();
        let mut persistent = Persistent::new(&self.client_state, deadline, &name, &self.params);
        Box::pin(persistent.wait_for_sorting(&collection)).await;
        drop(collection); // between two polls a wait takes little memory
        persistent.turns = Some(&self.triggers);
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

    /// The collection of this name or alias, which none of the others may stand for.
    async fn find(&self, deadline: Deadline<'_>, name: &str) -> Result<Collection, Error> {
        let collection = collection::find(&self.client_state.rpc, deadline, name).await?;
        let real = (collection.database.clone(), collection.name.clone());
        if !self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(real.clone()) {
            let text = format!(
                "\"{}\" is the collection \"{}\", but another of the names stands for it too; it is taken once",
                quotable(name),
                quotable(&real.1)
            );
            return Err(Error::invalid_argument(text));
        }
        Ok(collection)
    }
}

/// The error of the whole: nobody has to look through the list to know that something failed.
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
