//! Many collections, some at a time. One that fails does not keep the others from being compacted.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinSet};

use super::engine::Engine;
use super::follow::{self, Outcome};
use super::meter::{Meter, Progress};
use super::params::Params;
use super::trigger::{self, Triggered};
use crate::collection::{self, quotable};
use crate::error::{Error, Status};
use crate::future::Stop;
use crate::panics;
use crate::rpc::Deadline;

/// How many collections are compacted at a time if nobody says otherwise.
pub const DEFAULT_CONCURRENCY: usize = 16;
/// The most that may be.
pub const MOST_CONCURRENCY: usize = 10_000;

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
    engine: &Arc<Engine>,
    meter: &Arc<Meter>,
    deadline: Deadline<'_>,
    many: Many,
) -> Result<(Vec<Item>, Option<Error>), Error> {
    many.check()?;
    let Many { names, params, concurrency, only_trigger } = many;
    let names = match names {
        Some(names) => names,
        None => collection::list(&engine.rpc, deadline).await?,
    };
    meter.change(|progress| progress.collections = count(names.len()));
    let mut items: Vec<Option<Item>> = names.iter().map(|_| None).collect();
    let (begun, params) = (Arc::<Begun>::default(), Arc::new(params));
    let mut waiting = names.iter().enumerate();
    let mut running = JoinSet::new();
    let mut places: HashMap<Id, (usize, Arc<Stop>)> = HashMap::new();
    loop {
        while running.len() < concurrency
            && !deadline.has_passed()
            && let Some((place, name)) = waiting.next()
        {
            let stop = Arc::<Stop>::default();
            let one = One {
                engine: Arc::clone(engine),
                meter: Arc::clone(meter),
                begun: Arc::clone(&begun),
                params: Arc::clone(&params),
                only_trigger,
            };
            let (name, stopped, deadline) = (name.clone(), Arc::clone(&stop), deadline.alone());
            let task = running.spawn(async move {
                let deadline = deadline.stopped_by(&stopped);
                stopped.watch(Box::pin(one.compact(deadline, name))).await
            });
            places.insert(task.id(), (place, stop));
        }
        let ended = if let Some(ended) = deadline.bound(running.join_next_with_id()).await {
            ended
        } else {
            // Time is over for each of them too; of a stop they have to be told. Each ends in its own words.
            for (_, stop) in places.values() {
                deadline.stopped().into_iter().for_each(|reason| stop.stop(reason));
            }
            running.join_next_with_id().await
        };
        let (place, item) = match ended {
            None => break,
            Some(Ok((id, item))) => (places.remove(&id), Some(item)),
            Some(Err(error)) => (places.remove(&error.id()), None),
        };
        let Some((place, _)) = place else { continue };
        let item = item.unwrap_or_else(|| Item::failed(names[place].clone(), panics::latest().in_doubt()));
        meter.change(|progress| {
            progress.collections_done += 1;
            progress.collections_failed += i64::from(item.error.is_some());
        });
        items[place] = Some(item);
    }
    let not_begun = |place: usize| {
        meter.change(|progress| {
            progress.collections_done += 1;
            progress.collections_failed += 1;
        });
        let error = deadline.ended(|how| format!("{how} before its turn came; nothing was compacted"));
        Item::failed(names[place].clone(), error)
    };
    let items: Vec<Item> =
        items.into_iter().enumerate().map(|(place, item)| item.unwrap_or_else(|| not_begun(place))).collect();
    let error = summary(&items).map(|mut error| {
        error.status = deadline.stopped().unwrap_or(error.status);
        error
    });
    Ok((items, error))
}

impl Item {
    fn failed(name: String, error: Error) -> Self {
        Self { name, triggered: None, outcome: None, error: Some(error), took: Duration::ZERO }
    }
}

/// What one of them needs.
struct One {
    engine: Arc<Engine>,
    meter: Arc<Meter>,
    begun: Arc<Begun>,
    params: Arc<Params>,
    only_trigger: bool,
}

impl One {
    async fn compact(self, deadline: Deadline<'_>, name: String) -> Item {
        let mut item = Item { name, triggered: None, outcome: None, error: None, took: Duration::ZERO };
        item.error = self.go_on(deadline, &mut item).await.err();
        if let Some(error) = item.error.take() {
            item.error = Some(deadline.settle(error));
        }
        item
    }

    async fn go_on(&self, deadline: Deadline<'_>, item: &mut Item) -> Result<(), Error> {
        let Engine { rpc, ledger, .. } = &*self.engine;
        let collection = collection::find(rpc, deadline, &item.name).await?;
        let real = (collection.database, collection.name);
        if !self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(real.clone()) {
            let text = format!(
                "\"{}\" is the collection \"{}\", but another of the names stands for it too; it is taken once",
                quotable(&item.name),
                quotable(&real.1)
            );
            return Err(Error::invalid_argument(text));
        }
        let triggered = Box::pin(trigger::compact(rpc, ledger, deadline, &real.1, &self.params)).await?;
        item.triggered = Some(triggered);
        if self.only_trigger {
            return Ok(());
        }
        let shown = Mutex::new(Progress::default());
        let show = |now: Progress| {
            let before = std::mem::replace(&mut *shown.lock().unwrap_or_else(PoisonError::into_inner), now);
            self.meter.change(|all| {
                all.add(now.less(before));
            });
        };
        let started = Instant::now();
        let wait = follow::wait(&self.engine, &show, deadline, triggered.job_id);
        let mut outcome = Box::pin(wait).await?;
        item.took = started.elapsed();
        let error = outcome.error.take();
        item.outcome = Some(outcome);
        error.map_or(Ok(()), Err)
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
