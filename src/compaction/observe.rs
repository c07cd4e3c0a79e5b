//! Observes the collection of a job: its segments and partitions, also after it was renamed or dropped.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::Instant;

use super::call_context::CallContext;
use super::job_history::Origin;
use super::job_tracker::JobTracker;
use super::lineage::View;
use super::params::Mode;
use super::snapshot::Snapshot;
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::lists;
use crate::outage::may_pass;
use crate::rpc::{Limit, RetryClass};
use crate::segments::{self, Segment};
use crate::text::quotable;

/// The result of an observation.
pub(super) struct Seen {
    pub(super) segments: Arc<Vec<Segment>>,
}

/// Observes the collection of a job.
pub(super) struct Observer {
    pub(super) origin: Arc<Origin>,
    /// The collection with its current name, if it was renamed.
    pub(super) renamed: Option<Box<Collection>>,
    pub(super) limit: Limit,
}

impl Observer {
    pub(super) fn new(origin: Arc<Origin>) -> Self {
        Self { origin, renamed: None, limit: Limit::default() }
    }

    fn collection(&self) -> &Collection {
        self.renamed.as_deref().unwrap_or(&self.origin.collection)
    }

    /// Lists the segments, and judges the plans of the job by them. `None` if the server does not list segments, or not
    /// for this user. Fails if the collection was dropped, and if another attempt may succeed. `is_at_rest`: see
    /// [`View`].
    pub(super) async fn observe(
        &mut self,
        context: CallContext<'_>,
        job_id: i64,
        tracker: &mut JobTracker,
        is_at_rest: bool,
    ) -> Result<Option<Seen>, Error> {
        let Some(segments) = self.segments(context, job_id).await? else {
            tracker.cannot_see_segments();
            return Ok(None);
        };
        let elements = segments.len().max(tracker.plans().len());
        let seen = Seen { segments: Arc::new(segments) };
        let mut sight = Sight {
            origin: Arc::clone(&self.origin),
            segments: Arc::clone(&seen.segments),
            partitions: None,
            is_at_rest,
            keeps_jobs: context.rpc().keeps_jobs(),
            is_last: false,
        };
        if judge(context, elements, tracker, sight.clone()).await? {
            sight.partitions = self.partitions(context, job_id).await?;
            sight.is_last = true;
            judge(context, elements, tracker, sight).await?;
        }
        Ok(Some(seen))
    }

    /// Fails if the collection was dropped. Otherwise stores its current name.
    pub(super) async fn check_collection(
        &mut self,
        context: CallContext<'_>,
        job_id: i64,
    ) -> Result<(), Error> {
        match self.find(context, job_id).await {
            // Other errors say nothing about the job.
            Err(error) if error.status == Status::CollectionNotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Looks the collection up by its id.
    async fn find(&mut self, context: CallContext<'_>, job_id: i64) -> Result<(), Error> {
        let limit = context.deadline.within(self.limit.get());
        match collection::find_by_id(context.rpc(), RetryClass::Poll, limit, self.collection()).await {
            Ok(name) => {
                if name != self.collection().name {
                    self.renamed = Some(Box::new(Collection { name, ..self.collection().clone() }));
                }
                Ok(())
            }
            Err(error) if matches!(error.status, Status::CollectionNotFound | Status::DatabaseNotFound) => {
                let name = quotable(&self.collection().name);
                let text = format!(
                    "collection \"{name}\" was dropped before the client saw the end of its compaction job {job_id}"
                );
                let mut dropped = Error::new(Status::CollectionNotFound, text);
                dropped.server_code = error.server_code;
                Err(dropped)
            }
            Err(error) => Err(error),
        }
    }

    async fn segments(
        &mut self,
        context: CallContext<'_>,
        job_id: i64,
    ) -> Result<Option<Vec<Segment>>, Error> {
        let mut listed = self.list(context).await;
        // The collection was renamed or dropped, or another collection has its name now.
        let is_strange = match &listed {
            Ok(segments) => segments.is_empty(),
            Err(error) => error.status == Status::CollectionNotFound,
        };
        if is_strange && self.collection().id > 0 {
            let name = self.collection().name.clone();
            self.find(context, job_id).await.or_else(|error| match &listed {
                Ok(_) if error.status != Status::CollectionNotFound && !may_pass(&error) => Ok(()),
                _ => Err(error),
            })?;
            if self.collection().name != name || listed.is_err() {
                listed = self.list(context).await;
            }
        }
        match listed {
            Ok(segments) => Ok(Some(segments)),
            Err(error) if may_pass(&error) => Err(error),
            Err(_) => Ok(None),
        }
    }

    async fn list(&mut self, context: CallContext<'_>) -> Result<Vec<Segment>, Error> {
        let asked = Instant::now();
        let limit = context.deadline.within(self.limit.get());
        let listed = segments::persistent(context.rpc(), RetryClass::Poll, limit, self.collection()).await;
        match &listed {
            Ok(_) => self.limit.answered(asked.elapsed()),
            Err(error) if error.status == Status::Timeout => self.limit.ran_out(),
            Err(_) => {}
        }
        listed
    }

    /// The partitions that exist. The request names the collection, and another collection may have that name by now.
    async fn partitions(
        &mut self,
        context: CallContext<'_>,
        job_id: i64,
    ) -> Result<Option<HashSet<i64>>, Error> {
        // It may be renamed again between the two questions.
        for _ in 0..2 {
            if self.collection().id > 0 {
                match self.find(context, job_id).await {
                    Err(error) if is_final(&error) => return Err(error),
                    Err(_) => return Ok(None),
                    Ok(()) => {}
                }
            }
            let limit = context.deadline.within(self.limit.get());
            match collection::partition_ids(context.rpc(), RetryClass::Poll, limit, self.collection()).await {
                Ok(partitions) => return Ok(Some(partitions)),
                Err(error) if error.status == Status::CollectionNotFound && self.collection().id > 0 => {}
                Err(error) if is_final(&error) => return Err(error),
                // The user lacks the privilege, or the server cannot respond: the client judges the other plans without
                // the list.
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// Judges the plans of a job. Returns whether that needs the list of partitions.
async fn judge(
    context: CallContext<'_>,
    elements: usize,
    tracker: &mut JobTracker,
    sight: Sight,
) -> Result<bool, Error> {
    let work = Box::new(move |tracker: &mut JobTracker| sight.judge(tracker));
    lists::work_on(context.deadline, elements, tracker, work).await
}

/// What plans are judged by, wherever that runs.
#[derive(Clone)]
struct Sight {
    origin: Arc<Origin>,
    segments: Arc<Vec<Segment>>,
    partitions: Option<HashSet<i64>>,
    is_at_rest: bool,
    keeps_jobs: bool,
    /// No partitions will be listed after this.
    is_last: bool,
}

impl Sight {
    /// Judges the plans, and notes what the next observation compares with, unless that needs the list of partitions.
    fn judge(&self, tracker: &mut JobTracker) -> bool {
        let view = View {
            before: self.origin.before.as_ref(),
            now: &Snapshot::of(&self.segments),
            partitions: self.partitions.as_ref(),
            is_late: self.origin.is_late,
            is_clustering: self.origin.mode == Mode::Clustering,
            is_over: tracker.is_over(),
            is_at_rest: self.is_at_rest,
            keeps_jobs: self.keeps_jobs,
        };
        let wants_partitions = tracker.judge(&view) && !self.is_last;
        if !wants_partitions {
            tracker.note(&view);
        }
        wants_partitions
    }
}

/// Whether it ends the observation: the collection was dropped, or another attempt may succeed.
fn is_final(error: &Error) -> bool {
    error.status == Status::CollectionNotFound || may_pass(error)
}
