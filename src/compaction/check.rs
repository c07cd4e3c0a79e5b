//! What a trigger would do, as far as reading tells.

use std::collections::HashSet;

use super::ledger::Ledger;
use super::params::{Mode, Params};
use super::plan::Plan;
use super::state::{self, State};
use super::tasks;
use super::trigger::{Prepared, prepare};
use crate::collection;
use crate::error::{Error, Status};
use crate::rpc::{Deadline, Effect, Rpc};
use crate::segments::{self, Segment};
use crate::server::{COMPACTS_UNINDEXED, COUNTS_PLANS, HAS_LEVELS, Server};

/// Any job: whether it exists does not matter to a server that has compaction switched off.
const ANY_JOB: i64 = 1;

/// An answer that may not be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Known {
    /// Nobody can tell.
    #[default]
    NotKnown = -1,
    /// No.
    No = 0,
    /// Yes.
    Yes = 1,
}

impl From<bool> for Known {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

/// What a trigger would find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prospect {
    /// Whether the server would schedule anything.
    pub would_compact: Known,
    /// Why, for a person.
    pub reason: String,
    /// Whether compaction is switched on.
    pub is_enabled: Known,
    /// Whether a job of this collection is running.
    pub is_running: Known,
    /// Whether it has an index.
    pub is_indexed: Known,
    /// Whether this server leaves collections without an index alone.
    pub needs_index: Known,
    /// Whether it has a key to cluster by.
    pub has_clustering_key: bool,
    /// Whether there are rows that a compaction would leave out, because they are not flushed yet.
    pub has_unflushed: Known,
    /// Flushed segments with rows that the trigger would take in.
    pub segments: Option<i64>,
    /// Their rows.
    pub rows: Option<i64>,
    /// Segments with nothing but deletions, on servers that have such (2.4.7).
    pub l0_segments: Option<i64>,
    /// Rows without an index.
    pub unindexed_rows: Option<i64>,
}

/// Looks at everything that decides what a trigger with these parameters would do. Only reads.
pub(crate) async fn check(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline<'_>,
    name: &str,
    params: &Params,
) -> Result<Prospect, Error> {
    let prepared = prepare(rpc, deadline, name, params).await?;
    let Prepared { collection, server, partition_id, segments } = &prepared;
    let mut prospect = Prospect { has_clustering_key: collection.has_clustering_key, ..Prospect::default() };
    if server.is_lite() {
        // It compacts by itself, and takes triggers for the sake of compatibility only.
        "milvus-lite takes triggers, but does nothing about them".clone_into(&mut prospect.reason);
        prospect.would_compact = Known::No;
        return Ok(prospect);
    }
    prospect.needs_index = needs_index(server);
    prospect.is_enabled = is_enabled(rpc, deadline).await;
    let stored = match segments {
        Some(segments) => Some(segments.clone()),
        None => allowed(segments::persistent(rpc, Effect::Read, deadline, collection).await)?,
    };
    let indexes = allowed(collection::indexes(rpc, deadline, collection).await)?;
    prospect.is_indexed = indexes.map_or(Known::NotKnown, |indexes| (indexes.count > 0).into());
    prospect.unindexed_rows = indexes.filter(|indexes| indexes.count > 0).map(|i| i.missing_rows);
    let loaded = allowed(segments::loaded(rpc, Effect::Read, deadline, collection).await)?;
    prospect.has_unflushed = has_unflushed(stored.as_deref().unwrap_or_default(), loaded.as_deref());
    let running = is_running(rpc, ledger, deadline, &prepared, stored.as_deref()).await;
    prospect.is_running = allowed(running)?.unwrap_or_default();

    let mut has_unsorted = false;
    if let Some(stored) = &stored {
        let ids = params.segment_ids.as_ref().map(|ids| ids.iter().copied().collect());
        let is_taken = |segment: &&Segment| is_taken(segment, params, *partition_id, ids.as_ref());
        let taken: Vec<_> = stored.iter().filter(is_taken).collect();
        has_unsorted = taken.iter().any(|segment| segment.is_sorted == Some(false));
        prospect.segments = Some(i64::try_from(taken.len()).unwrap_or(i64::MAX));
        prospect.rows = Some(taken.iter().map(|segment| segment.rows.max(0)).fold(0, i64::saturating_add));
        let l0 = stored.iter().filter(|segment| segment.is_l0()).count();
        prospect.l0_segments = server.is_at_least(HAS_LEVELS).then(|| i64::try_from(l0).unwrap_or(i64::MAX));
    }
    (prospect.would_compact, prospect.reason) = conclude(&prospect, params, server, has_unsorted);
    Ok(prospect)
}

/// A part of the answer that this user or this server does not give is left open.
fn allowed<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if matches!(
                error.status,
                Status::PermissionDenied | Status::Unsupported | Status::ServerError
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Up to 2.3 only indexed segments are compacted; when exactly this ended in 2.4 is published nowhere.
fn needs_index(server: &Server) -> Known {
    match () {
        () if server.is_before(COUNTS_PLANS) => Known::Yes,
        () if server.is_at_least(COMPACTS_UNINDEXED) => Known::No,
        () => Known::NotKnown,
    }
}

/// A server with compaction switched off refuses questions about jobs too. 2.3 takes 22 s to do so.
async fn is_enabled(rpc: &Rpc, deadline: Deadline<'_>) -> Known {
    let share = deadline.remaining().map_or(super::follow::POLL_LIMIT, |remaining| remaining / 4);
    let limit = deadline.within(share.min(super::follow::POLL_LIMIT));
    match state::state(rpc, Effect::Poll, limit, ANY_JOB).await {
        Ok(_) => Known::Yes,
        Err(error) if error.status == Status::CompactionDisabled => Known::No,
        Err(_) => Known::NotKnown,
    }
}

/// Growing segments hold rows that a compaction leaves out, as do sealed ones in storage. Storage lists
/// growing ones on some servers only; query nodes do, if the collection is loaded. (What query nodes call
/// sealed is all that does not grow.)
fn has_unflushed(stored: &[Segment], loaded: Option<&[Segment]>) -> Known {
    let grows = |segment: &Segment| segment.is_growing() && segment.rows > 0;
    let waits = |segment: &Segment| segment.is_stored_data() && !segment.is_flushed() && segment.rows > 0;
    match loaded {
        _ if stored.iter().any(|segment| grows(segment) || waits(segment)) => Known::Yes,
        Some(loaded) if loaded.iter().any(grows) => Known::Yes,
        // All of it is loaded, and nothing grows: what was inserted is in segments that are stored.
        Some(loaded) if !loaded.is_empty() && covers(loaded, stored) => Known::No,
        _ => Known::NotKnown,
    }
}

/// Whether every stored segment is loaded: partitions can be loaded one by one.
fn covers(loaded: &[Segment], stored: &[Segment]) -> bool {
    let loaded: HashSet<i64> = loaded.iter().map(|segment| segment.id).collect();
    stored.iter().filter(|segment| segment.is_stored_data()).all(|segment| loaded.contains(&segment.id))
}

async fn is_running(
    rpc: &Rpc,
    ledger: &Ledger,
    deadline: Deadline<'_>,
    prepared: &Prepared,
    stored: Option<&[Segment]>,
) -> Result<Known, Error> {
    let Prepared { collection, server, .. } = prepared;
    match tasks::list(rpc, Effect::Read, deadline, collection).await {
        Ok(tasks) => return Ok(tasks.iter().any(Plan::is_running).into()),
        Err(error) if error.status == Status::Unsupported => {}
        Err(error) => return Err(error),
    }
    if let Some(job_id) = ledger.unfinished(collection) {
        let info = state::state(rpc, Effect::Read, deadline, job_id).await?;
        if info.state == State::Executing {
            return Ok(Known::Yes);
        }
    }
    // Before 2.4 all plans there are can be had; those that are done have a target.
    if let Some(stored) = stored.filter(|_| server.is_before(COUNTS_PLANS)) {
        let plans = state::plans_of_all(rpc, Effect::Read, deadline).await?;
        let ids: HashSet<i64> = stored.iter().map(|segment| segment.id).collect();
        let takes = |plan: &Plan| plan.target <= 0 && plan.sources.iter().any(|id| ids.contains(id));
        // One that failed has none either.
        return Ok(if plans.iter().any(takes) { Known::NotKnown } else { Known::No });
    }
    Ok(Known::NotKnown)
}

/// Whether a plain, clustering or target-size compaction takes this segment in.
fn is_taken(segment: &Segment, params: &Params, partition_id: i64, ids: Option<&HashSet<i64>>) -> bool {
    segment.is_flushed()
        && (params.mode() != Mode::Plain || !segment.is_clustered())
        && (partition_id == 0 || segment.partition_id == partition_id)
        && params.channel.as_ref().is_none_or(|channel| segment.channel.as_ref().is_none_or(|c| c == channel))
        && ids.is_none_or(|ids| ids.contains(&segment.id))
}

fn conclude(prospect: &Prospect, params: &Params, server: &Server, has_unsorted: bool) -> (Known, String) {
    if prospect.is_enabled == Known::No {
        return (Known::No, "compaction is switched off in the server's configuration".to_owned());
    }
    let (Some(segments), Some(rows)) = (prospect.segments, prospect.rows) else {
        return (Known::NotKnown, "its segments cannot be listed".to_owned());
    };
    let flush = match prospect.has_unflushed {
        Known::Yes => "; there are rows that are not flushed yet and would be left out",
        _ => "",
    };
    if params.mode() == Mode::L0 {
        return match prospect.l0_segments {
            Some(0) => (Known::No, format!("there are no segments of deletions{flush}")),
            Some(count) if (prospect.is_running, prospect.is_enabled) == (Known::No, Known::Yes) => {
                (Known::Yes, format!("{count} segments of deletions would be applied{flush}"))
            }
            count => {
                let count = count.unwrap_or(0);
                (Known::NotKnown, format!("there are {count} segments of deletions{flush}"))
            }
        };
    }
    if segments == 0 {
        return (Known::No, format!("there is no flushed segment to compact{flush}"));
    }
    let there_are = format!("there are {segments} flushed segments with {rows} rows{flush}");
    match params.mode() {
        Mode::Plain => {}
        // Both depend on settings and limits of the server that cannot be read.
        _ => {
            return (
                Known::NotKnown,
                format!("{there_are}; what the server makes of them depends on its settings"),
            );
        }
    }
    let lacks_index = prospect.is_indexed == Known::No;
    let open_end = match () {
        () if lacks_index && prospect.needs_index == Known::Yes => {
            let text = format!(
                "the collection has no index; this server {}, which leaves such alone",
                server.described()
            );
            return (Known::No, text);
        }
        () if prospect.is_running == Known::Yes => "but a compaction of the collection is running",
        () if lacks_index && prospect.needs_index == Known::NotKnown => {
            "but no index, which some servers of that age want"
        }
        () if prospect.is_indexed == Known::NotKnown => "if they are indexed: that cannot be seen",
        // With an index, what it does not cover yet is left out.
        () if prospect.unindexed_rows.is_some_and(|rows| rows > 0) => "but not all of them are indexed yet",
        () if has_unsorted => "but not all of them are sorted yet, which servers since 2.5 do first",
        () if server.version().is_none() => "whatever a server of unknown version makes of them",
        () if prospect.is_enabled == Known::NotKnown => "if compaction is switched on: that cannot be seen",
        () if prospect.is_running == Known::NotKnown => {
            "unless another compaction holds them: that cannot be seen"
        }
        () => return (Known::Yes, there_are),
    };
    (Known::NotKnown, format!("{there_are}, {open_end}"))
}
