//! Runs the same work for many collections, several at a time. If one fails, the others continue.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::{Id, JoinSet};

use super::call_context::CallContext;
use super::client_state::ClientState;
use super::events::EventEnd;
use super::job_id::NO_JOB;
use super::progress::{Progress, Progressing};
use super::teller::Teller;
use crate::cancellation::CancellationToken;
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::operation::Part;
use crate::panics;
use crate::rpc::Deadline;
use crate::stall::Advance;
use crate::text::quotable;
use crate::trace;

/// The default number of collections in progress at a time.
pub const DEFAULT_CONCURRENCY: usize = 16;
/// The largest number of collections at a time.
pub const MOST_CONCURRENCY: usize = 10_000;

/// How many collections are looked up and triggered at a time. This costs the server work, and ten times the memory of
/// a wait.
const TURNS: usize = 32;

/// Which collections to work on.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// Names or aliases; `None`: every collection of the database.
    pub(super) names: Option<Vec<String>>,
    /// How many are in progress at a time.
    pub(super) concurrency: usize,
}

/// The result of one collection.
pub(super) trait Item: Sized + Send + 'static {
    fn failed(name: String, error: Error) -> Self;
    fn name(&self) -> &str;
    fn error(&self) -> Option<&Error>;

    /// Its job, if it has one.
    fn job_id(&self) -> i64 {
        NO_JOB
    }

    /// Whether nothing was done, because the caller's rules say so.
    fn is_skipped(&self) -> bool {
        false
    }
}

/// The work on one collection.
pub(super) trait Work: Send + Sync + 'static {
    type Item: Item;

    /// Its result is built at the end, so that a wait takes little memory. It tells its jobs; that it began and ended is told
    /// here.
    fn run<'w>(
        &'w self,
        told: (&'w Group, &'w Teller),
        deadline: Deadline<'w>,
        name: String,
    ) -> Part<'w, Box<Self::Item>>;
}

/// What the collections of one call share.
pub(super) struct Group {
    pub(super) client_state: Arc<ClientState>,
    progressing: Arc<dyn Progressing>,
    /// The collections in progress. Two names may be aliases of one collection, which must not be compacted twice.
    begun: Mutex<HashSet<(String, i64, String)>>,
    /// Each look-up and each trigger waits for its turn.
    pub(super) turns: Semaphore,
    /// The progress of all jobs. A job that waits behind others does not stall while those advance.
    pub(super) advance: Advance,
}

impl Group {
    pub(super) fn new(client_state: &Arc<ClientState>, progressing: &Arc<dyn Progressing>) -> Self {
        Self {
            client_state: Arc::clone(client_state),
            progressing: Arc::clone(progressing),
            begun: Mutex::default(),
            turns: Semaphore::new(TURNS),
            advance: Advance::new(),
        }
    }

    /// Waits for a turn; fails if the deadline comes first.
    pub(super) async fn turn(
        &self,
        deadline: Deadline<'_>,
    ) -> Result<tokio::sync::SemaphorePermit<'_>, Error> {
        match deadline.bound(self.turns.acquire()).await {
            Some(Ok(turn)) => Ok(turn),
            _ => Err(not_begun(deadline)),
        }
    }

    /// Looks up the collection of this name or alias, and refuses it if another name stands for the same collection.
    pub(super) async fn find(&self, context: CallContext<'_>, name: &str) -> Result<Collection, Error> {
        let collection = collection::find(context.rpc(), context.deadline, name).await?;
        self.claim(&collection, name)?;
        Ok(collection)
    }

    /// Refuses a collection that another name stands for too.
    pub(super) fn claim(&self, collection: &Collection, name: &str) -> Result<(), Error> {
        // A collection that has an id keeps it when it is renamed.
        let name_without_id = if collection.id > 0 { String::new() } else { collection.name.clone() };
        let real = (collection.own_database().to_owned(), collection.id, name_without_id);
        if self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(real) {
            return Ok(());
        }
        let text = format!(
            "\"{}\" is the collection \"{}\", and another name stands for it too; each collection is compacted once",
            quotable(name),
            quotable(&collection.name)
        );
        Err(Error::invalid_argument(text))
    }

    /// Shows the progress of one collection as a part of the progress of all.
    pub(super) fn shower(&self) -> impl Fn(Progress) + Send + Sync + '_ {
        let shown = Mutex::new(Progress::default());
        move |now: Progress| {
            let before = std::mem::replace(&mut *shown.lock().unwrap_or_else(PoisonError::into_inner), now);
            self.progressing.tracker().change(|all| all.add(now.less(before)));
        }
    }
}

impl Selection {
    /// Refuses what is out of range, and names that are given twice.
    pub(super) fn check(&self) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::invalid_argument(text));
        let (most, asked) = (MOST_CONCURRENCY, self.concurrency);
        if asked == 0 || asked > most {
            return wrong(format!("concurrency: is {asked}; the range is 1 to {most}"));
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

/// Works on all collections. Returns the result of each, and an error for the whole if one of them failed.
pub(super) async fn all<W: Work>(
    group: Group,
    selection: Selection,
    deadline: Deadline<'_>,
    work: W,
) -> Result<(Vec<W::Item>, Option<Error>), Error> {
    let (group, work) = (Arc::new(group), Arc::new(work));
    let names = match selection.names {
        Some(names) => names,
        None => collection::list(&group.client_state.rpc, deadline).await?,
    };
    let progressing = Arc::clone(&group.progressing);
    let tracker = progressing.tracker();
    tracker.change(|progress| progress.collections = i64::try_from(names.len()).unwrap_or(i64::MAX));
    let teller = |(place, name): (usize, &String)| Teller::new(&progressing, place, name);
    let tellers: Vec<Teller> = names.iter().enumerate().map(teller).collect();
    let one_of = |place: usize, token: Arc<CancellationToken>| {
        let name = names[place].clone();
        let teller = tellers[place].clone();
        teller.began();
        let (group, work, deadline) = (Arc::clone(&group), Arc::clone(&work), deadline.alone());
        // The task of each is its own, so it is not within the trace of the whole.
        let trace = trace::part_of_current(&name);
        async move {
            let deadline = deadline.cancelled_by(&token);
            token.watch(trace::span(trace, work.run((&group, &teller), deadline, name))).await
        }
    };
    let through = |place: usize, item: &W::Item| {
        let status = item.error().map_or(Status::Ok, |error| error.status);
        tellers[place].ended(EventEnd { status, job_id: item.job_id(), is_skipped: item.is_skipped() });
        tracker.change(|progress| {
            progress.collections_done += 1;
            progress.collections_failed += i64::from(item.error().is_some());
            progress.collections_skipped += i64::from(item.is_skipped());
        });
    };
    let items = each(&names, selection.concurrency, deadline, one_of, through).await;
    let left_over = |place: usize| {
        let item = W::Item::failed(names[place].clone(), not_begun(deadline));
        through(place, &item);
        item
    };
    let items = items.into_iter().enumerate();
    let items: Vec<W::Item> =
        items.map(|(place, item)| item.map_or_else(|| left_over(place), |item| *item)).collect();
    let error = summary(&items).map(|mut error| {
        error.status = deadline.cancelled().unwrap_or(error.status);
        error
    });
    Ok((items, error))
}

/// Runs the work that `begin` returns for each place in the list of names, `concurrency` at a time, until the deadline. Each name gets its
/// own cancellation and its own error after a panic. `None`: its turn did not come.
async fn each<I: Item, F: Future<Output = Box<I>> + Send + 'static>(
    names: &[String],
    concurrency: usize,
    deadline: Deadline<'_>,
    begin: impl Fn(usize, Arc<CancellationToken>) -> F,
    through: impl Fn(usize, &I),
) -> Vec<Option<Box<I>>> {
    let mut items: Vec<Option<Box<I>>> = names.iter().map(|_| None).collect();
    let mut waiting = 0..names.len();
    let mut running = JoinSet::new();
    let mut places: HashMap<Id, (usize, Arc<CancellationToken>)> = HashMap::new();
    let mut is_told = false;
    loop {
        while running.len() < concurrency
            && !deadline.has_passed()
            && let Some(place) = waiting.next()
        {
            let token = Arc::<CancellationToken>::default();
            let task = running.spawn(begin(place, Arc::clone(&token)));
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
        let failed = || Box::new(I::failed(names[place].clone(), panics::latest().in_doubt()));
        let item = item.unwrap_or_else(failed);
        through(place, &item);
        items[place] = Some(item);
    }
}

/// The error of the whole call, so that a caller need not search the list to notice a failure.
fn summary<I: Item>(items: &[I]) -> Option<Error> {
    let failed = || items.iter().filter_map(|item| item.error().map(|error| (item, error)));
    let (first, error) = failed().next()?;
    let text = format!(
        "{} of {} collections failed; the first: \"{}\": {error}",
        failed().count(),
        items.len(),
        quotable(first.name()),
    );
    let summary = Error::new(Status::SomeFailed, text);
    Some(if failed().any(|(_, error)| error.in_doubt) { summary.in_doubt() } else { summary })
}

/// The error of a collection whose turn did not come before the deadline.
fn not_begun(deadline: Deadline<'_>) -> Error {
    deadline.ended(|how| format!("{how} before its turn came; nothing was compacted"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::pair;
    use crate::runtime;

    struct Outcome(String, Option<Error>);

    impl Item for Outcome {
        fn failed(name: String, error: Error) -> Self {
            Self(name, Some(error))
        }

        fn name(&self) -> &str {
            &self.0
        }

        fn error(&self) -> Option<&Error> {
            self.1.as_ref()
        }
    }

    #[test]
    fn a_panic_is_the_failure_of_one_collection_and_the_others_go_on() {
        let names: Vec<String> = ["first", "second", "third"].map(str::to_owned).into();
        for concurrency in [1, 3] {
            let (completer, result) = pair();
            let names = names.clone();
            runtime::prepare().unwrap();
            runtime::spawn(Box::pin(async move {
                let begin = |place: usize, _| {
                    let name = names[place].clone();
                    async move {
                        tokio::task::yield_now().await;
                        assert!(name != "second", "in a collection");
                        Box::new(Outcome(name, None))
                    }
                };
                let seen = Mutex::new(0);
                let through = |_, _: &Outcome| *seen.lock().unwrap() += 1;
                let items = each(&names, concurrency, Deadline::after(None), begin, through).await;
                completer.complete(Ok((items, seen.into_inner().unwrap())));
            }));
            let (items, seen) = result.wait().unwrap();
            let items: Vec<_> = items.into_iter().map(|item| *item.unwrap()).collect();
            let summary = summary(&items).unwrap();
            assert_eq!((summary.status, summary.in_doubt, seen), (Status::SomeFailed, true, 3));
            assert!(
                summary.message().starts_with("1 of 3 collections failed; the first: \"second\""),
                "{summary}"
            );
            let [None, Some(error), None] = items.iter().map(Item::error).collect::<Vec<_>>()[..] else {
                panic!("{summary}")
            };
            assert_eq!((error.status, error.in_doubt), (Status::Internal, true));
            assert!(error.message().contains("in a collection"), "{error}");
        }
    }
}
