//! Has the query nodes load what is stored, and waits until they serve it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::results::Results;
use super::run::Run;
use super::served::{Lacks, Wanted};
use crate::error::{Error, Status};
use crate::load::{self, Replica};
use crate::outage::may_pass;
use crate::polling::through_outages;
use crate::proto::common::LoadState;
use crate::rpc::{Deadline, RetryClass};
use crate::segments::{self, Segment};
use crate::text::{counted, quotable};

/// Two looks that show everything served lie at least this far apart: query nodes may still be moving segments.
const APART: Duration = Duration::from_secs(1);
/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// Whether a partition is loaded is asked once in this time.
const ASKED_FOR: Duration = Duration::from_secs(30);
/// A look has at least this time.
const LEAST_TIME: Duration = Duration::from_secs(5);
/// Milvus' codes for a collection, a replica or a node that is not loaded or not there now.
pub(super) const NOT_LOADED: [i32; 5] = [101, 103, 400, 500, 901];

/// How the wait ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Serving {
    /// Query nodes serve so many wanted segments, and none that was replaced.
    All(usize),
    /// The collection is not loaded.
    NotLoaded,
    /// The time for it is over.
    Lacking(Lacks),
}

/// What query nodes serve at one moment.
enum Look {
    NotLoaded,
    Loading,
    Loaded { lacks: Lacks, served: usize },
}

/// The wait.
pub(super) struct Serve<'s> {
    results: &'s mut Results,
    wanted: Wanted,
    is_first: bool,
    /// The partitions that were asked about, when, and whether they were not loaded.
    asked: HashMap<i64, (Instant, bool)>,
}

impl<'s> Serve<'s> {
    pub(super) fn new(results: &'s mut Results, stored: &[Segment]) -> Self {
        let wanted = Wanted::new(results, stored);
        Self { results, wanted, is_first: true, asked: HashMap::new() }
    }

    /// How many segments are served, if that is everything already, so that no refresh is needed.
    pub(super) async fn complete(&mut self, run: &Run<'_>) -> Result<Option<usize>, Error> {
        let mut count = None;
        for is_second in [false, true] {
            if is_second && !run.context.deadline.sleep(APART).await {
                return Ok(None);
            }
            match self.look(run, run.context.deadline).await? {
                Look::Loaded { lacks, served } if lacks.is_empty() => count = Some(served),
                _ => return Ok(None),
            }
        }
        Ok(count)
    }

    /// Waits until two looks in a row, some time apart, show everything served; at most until `until`, but with one look
    /// at least.
    pub(super) async fn wait(&mut self, run: &Run<'_>, until: Instant) -> Result<Serving, Error> {
        let begun = Instant::now();
        let mut complete: Option<Instant> = None;
        let mut latest = Lacks::default();
        loop {
            let left = until.saturating_duration_since(Instant::now()).max(LEAST_TIME);
            match self.look(run, run.context.deadline.within(left)).await {
                Ok(Look::NotLoaded) => return Ok(Serving::NotLoaded),
                Ok(Look::Loading) => (complete, latest) = (None, Lacks::default()),
                Ok(Look::Loaded { lacks, served }) if lacks.is_empty() => {
                    let since = *complete.get_or_insert_with(Instant::now);
                    if since.elapsed() >= APART {
                        return Ok(Serving::All(served));
                    }
                    latest = lacks;
                }
                Ok(Look::Loaded { lacks, .. }) => (complete, latest) = (None, lacks),
                // Only the time for the serving is over.
                Err(error) if may_pass(&error) && Instant::now() >= until => complete = None,
                Err(error) => return Err(error),
            }
            let pause = match complete {
                Some(_) => APART,
                None => (begun.elapsed() / 10).clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
            };
            let is_late = Instant::now() >= until && complete.is_none();
            if is_late || !run.context.deadline.sleep(pause).await {
                return Ok(Serving::Lacking(latest));
            }
        }
    }

    async fn look(&mut self, run: &Run<'_>, deadline: Deadline<'_>) -> Result<Look, Error> {
        let (rpc, collection) = (run.context.rpc(), &run.collection);
        deadline.bound(run.context.client_state.collection_limiter.acquire()).await;
        let loaded =
            through_outages(rpc, deadline, || segments::loaded(rpc, RetryClass::Read, deadline, collection));
        let loaded = match loaded.await {
            Ok(loaded) => loaded,
            Err(error) if NOT_LOADED.contains(&error.server_code) => Vec::new(),
            Err(error) => return Err(error),
        };
        if loaded.is_empty() {
            let state =
                through_outages(rpc, deadline, || load::state(rpc, deadline, collection, None)).await?;
            match state {
                LoadState::NotLoad => return Ok(Look::NotLoaded),
                LoadState::Loading | LoadState::NotExist => return Ok(Look::Loading),
                LoadState::Loaded => {}
            }
        }
        let stored = run.list().await?;
        self.results.see(&stored);
        if std::mem::take(&mut self.is_first) {
            self.wanted.note_loaded(&stored, &loaded);
        }
        self.wanted.update(self.results, &stored);
        let replicas = replicas(run, deadline).await?;
        let mut lacks = self.wanted.lacks(&loaded, &replicas);
        if self.learn_partitions(run, deadline, &lacks.partitions).await? {
            lacks = self.wanted.lacks(&loaded, &replicas);
        }
        let wanted = self.wanted.count();
        let served = wanted - lacks.missing;
        run.tell(served, wanted);
        Ok(Look::Loaded { lacks, served })
    }

    /// Finds out which of these partitions are not loaded, each now and then. Returns whether one is not.
    async fn learn_partitions(
        &mut self,
        run: &Run<'_>,
        deadline: Deadline<'_>,
        partitions: &HashSet<i64>,
    ) -> Result<bool, Error> {
        let is_known = |id: &&i64| self.asked.get(id).is_some_and(|(at, _)| at.elapsed() < ASKED_FOR);
        let open: HashSet<i64> = partitions.iter().filter(|id| !is_known(id)).copied().collect();
        if open.is_empty() {
            return Ok(false);
        }
        let rpc = run.context.rpc();
        let not_loaded =
            through_outages(rpc, deadline, || load::not_loaded(rpc, deadline, &run.collection, &open));
        // A user without the privilege learns it from the segments alone.
        let not_loaded = match not_loaded.await {
            Err(error) if error.status != Status::PermissionDenied => return Err(error),
            not_loaded => not_loaded.unwrap_or_default(),
        };
        let now = Instant::now();
        self.asked.extend(open.into_iter().map(|id| (id, (now, not_loaded.contains(&id)))));
        let all = self.asked.iter().filter(|(_, (_, is_not_loaded))| *is_not_loaded);
        self.wanted.leave_out(all.map(|(id, _)| *id).collect());
        Ok(true)
    }
}

/// The replicas; none if the server or the user's rights do not show them.
async fn replicas(run: &Run<'_>, deadline: Deadline<'_>) -> Result<Vec<Replica>, Error> {
    match load::replicas(run.context.rpc(), deadline, &run.collection).await {
        Ok(replicas) => Ok(replicas),
        Err(error) if matches!(error.status, Status::PermissionDenied | Status::Unsupported) => {
            Ok(Vec::new())
        }
        // It is being released or loaded, or a replica is down: a later look shows which. While a collection is loaded,
        // 2.3.5 says that it does not exist.
        Err(error)
            if may_pass(&error)
                || error.status == Status::CollectionNotFound
                || NOT_LOADED.contains(&error.server_code) =>
        {
            Ok(vec![Replica { id: 0, nodes: Vec::new() }])
        }
        Err(error) => Err(error),
    }
}

/// The error of a collection whose result is not served in time.
pub(super) fn not_served(run: &Run<'_>, lacks: &Lacks) -> Error {
    let name = quotable(&run.collection.name);
    let why =
        if lacks.is_empty() { "the query nodes still load the collection".to_owned() } else { lacks.text() };
    let text = format!("the query nodes do not serve all of \"{name}\" yet: {why}");
    let deadline = run.context.deadline;
    if deadline.has_passed() {
        return deadline.settle(Error::new(Status::Timeout, text).retriable());
    }
    Error::new(Status::NotServed, text).retriable()
}

/// "3 segments are served".
pub(super) fn all_served(count: usize) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let served = if count == 1 { "1 segment is".to_owned() } else { counted(count, "segment") + " are" };
    format!("{served} served on every replica, and no segment that was replaced")
}
