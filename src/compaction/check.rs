//! Predicts what a trigger would do. Only reads.

use tokio::sync::OnceCell;

use super::call_context::CallContext;
use super::check_result::{CheckResult, Known};
use super::estimate::{Sizes, expected};
use super::final_form::is_final;
use super::found::Found;
use super::params::{Mode, Params};
use super::predict::{Deciders, Scope, conclude};
use super::running;
use super::state;
use super::trigger::{Prepared, prepare};
use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::index::{self, Indexes};
use crate::rpc::RetryClass;
use crate::segments::{self, Segment};
use crate::server::{COMPACTS_UNINDEXED, COUNTS_PLANS, HAS_LEVELS, HAS_SORTED, Server};
use crate::traits::Traits;
use crate::unflushed;
use crate::version::Version;

/// The first line of servers that makes snapshots.
const HAS_SNAPSHOTS: Version = Version(3, 0, 0);
/// Any job id: a server with compaction switched off refuses every id.
const ANY_JOB: i64 = 1;

/// What a check asks for.
pub(super) struct Question<'q> {
    pub(super) name: &'q str,
    pub(super) params: &'q Params,
    /// The largest segment in bytes that the server makes, if it is not the default.
    pub(super) segment_bytes: Option<u64>,
    /// The size of a row in bytes, if the schema does not tell.
    pub(super) row_bytes: Option<u64>,
    /// Where the answer is whether compaction is switched on, if others ask too.
    pub(super) is_enabled: Option<&'q OnceCell<Known>>,
    /// What the caller has just listed.
    pub(super) listed: Option<Listed>,
}

/// The stored segments of a collection, and its indexes if this user may list them.
#[derive(Clone)]
pub(super) struct Listed {
    pub(super) stored: Vec<Segment>,
    pub(super) indexes: Option<Indexes>,
}

/// The result of a check, and what it rests on.
pub(super) struct Examined {
    pub(super) result: CheckResult,
    pub(super) collection: Collection,
    pub(super) server: Server,
    pub(super) partition_id: i64,
    /// The stored segments, if this user may list them.
    pub(super) stored: Option<Vec<Segment>>,
    /// The loaded segments, if this user may list them.
    pub(super) loaded: Option<Vec<Segment>>,
    /// The rows in stored segments that are not deleted, if the check had to count them.
    pub(super) count: Option<unflushed::Count>,
    /// What the estimates rest on.
    pub(super) sizes: Option<Sizes>,
}

/// Reads everything that decides what a trigger with these parameters would do.
pub(crate) async fn check(
    context: CallContext<'_>,
    name: &str,
    params: &Params,
) -> Result<CheckResult, Error> {
    let question =
        Question { name, params, segment_bytes: None, row_bytes: None, is_enabled: None, listed: None };
    Ok(examine(context, &question, None).await?.result)
}

/// The same with what the answer rests on. `found`: the collection, if the caller has just looked it up.
pub(super) async fn examine(
    context: CallContext<'_>,
    question: &Question<'_>,
    found: Option<Box<Found>>,
) -> Result<Examined, Error> {
    let Question { name, params, segment_bytes, row_bytes, .. } = *question;
    let (rpc, deadline) = (context.rpc(), context.deadline);
    let prepared = prepare(context, name, found, params).await?;
    let Prepared { collection, server, partition_id, segments } = &prepared;
    let mut result =
        CheckResult { has_clustering_key: collection.has_clustering_key, ..CheckResult::default() };
    if server.is_lite() {
        // It compacts by itself, and accepts triggers only for compatibility.
        "milvus-lite accepts triggers, but does nothing".clone_into(&mut result.reason);
        (result.would_compact, result.would_compact_if_free) = (Known::No, Known::No);
        return Ok(Examined::of(prepared, result));
    }
    result.needs_index = needs_index(server);
    result.is_enabled = match question.is_enabled {
        Some(shared) => *shared.get_or_init(|| is_enabled(context)).await,
        None => is_enabled(context).await,
    };
    let stored = match segments.as_ref().or(question.listed.as_ref().map(|listed| &listed.stored)) {
        Some(segments) => Some(segments.clone()),
        None => allowed(segments::persistent(rpc, RetryClass::Read, deadline, collection).await)?,
    };
    let indexes = match &question.listed {
        Some(listed) => listed.indexes.clone(),
        None => allowed(index::describe(rpc, deadline, collection).await)?,
    };
    if let Some(indexes) = &indexes {
        let has_any = !indexes.fields.is_empty();
        result.is_indexed = has_any.into();
        result.unindexed_rows = has_any.then_some(indexes.missing_rows);
    }
    let running = running::look(context, server, collection, stored.as_deref()).await;
    result.is_running = allowed(running)?.map(|running| running.known()).unwrap_or_default();
    result.may_be_busy = result.is_running;

    let loaded = allowed(segments::loaded(rpc, RetryClass::Read, deadline, collection).await)?;
    let (unflushed, count) = {
        let limit = context.for_optional().deadline;
        let (stored, loaded) = (stored.as_deref(), loaded.as_deref());
        Box::pin(unflushed::look(rpc, limit, server, collection, stored, loaded)).await
    };
    result.has_unflushed = unflushed.has_rows.into();
    let mut deciders = Deciders {
        has_snapshots: has_snapshots(context, &prepared).await?,
        has_growing: unflushed.has_growing.into(),
        ..deciders(&collection.traits, indexes.as_ref())
    };
    let row_bytes = row_bytes.unwrap_or(collection.traits.row_bytes);
    let sizes = Sizes::of(server, channels(params, collection), row_bytes);
    let sizes = segment_bytes.map_or(sizes, |limit| sizes.up_to(limit));
    if let Some(stored) = &stored {
        let scope = Scope { params, partition_id: *partition_id };
        count_segments(&mut result, stored, scope, server, sizes);
        let covered = || stored.iter().filter(|segment| scope.covers(segment));
        result.is_final = is_final(covered(), server, indexes.as_ref());
        deciders.has_clustered =
            params.mode() == Mode::Plain && covered().any(|s| s.is_flushed() && s.is_clustered());
    }
    conclude(&mut result, &deciders, params, server);
    Ok(Examined { stored, loaded, count, sizes: Some(sizes), ..Examined::of(prepared, result) })
}

impl Examined {
    fn of(prepared: Prepared, result: CheckResult) -> Self {
        let Prepared { collection, server, partition_id, .. } = prepared;
        Self {
            result,
            collection,
            server,
            partition_id,
            stored: None,
            loaded: None,
            count: None,
            sizes: None,
        }
    }
}

/// The number of channels that a trigger with these parameters is for.
pub(super) fn channels(params: &Params, collection: &Collection) -> usize {
    if params.channel.is_some() { 1 } else { collection.channels.len() }
}

/// The deciding facts in a collection's description and its indexes.
fn deciders(traits: &Traits, indexes: Option<&Indexes>) -> Deciders {
    let is_partly_indexed = indexes.map(|indexes| traits.is_partly_indexed(&indexes.fields));
    Deciders {
        has_ttl: Some(traits.has_ttl).into(),
        is_external: Some(traits.is_external).into(),
        is_partly_indexed: is_partly_indexed.into(),
        ..Deciders::default()
    }
}

/// Counts the segments that a trigger would take and leave out.
fn count_segments(
    result: &mut CheckResult,
    stored: &[Segment],
    scope: Scope<'_>,
    server: &Server,
    sizes: Sizes,
) {
    let candidates = scope.candidates(stored, server);
    let (unsorted, taken): (Vec<&Segment>, Vec<&Segment>) =
        candidates.into_iter().partition(|segment| segment.is_unsorted());
    result.segments = Some(counted(taken.len()));
    result.rows = Some(taken.iter().map(|segment| segment.rows.max(0)).fold(0, i64::saturating_add));
    result.unsorted_segments = server.is_at_least(HAS_SORTED).then(|| counted(unsorted.len()));
    // The result of the other kinds depends on settings of the server.
    result.expected_segments = (scope.params.mode() == Mode::Plain).then(|| expected(&taken, sizes));
    let l0 = stored.iter().filter(|segment| segment.is_l0()).count();
    result.l0_segments = server.is_at_least(HAS_LEVELS).then(|| counted(l0));
}

fn counted(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether snapshots may protect segments. No server before 3.0 makes any.
async fn has_snapshots(context: CallContext<'_>, prepared: &Prepared) -> Result<Known, Error> {
    let Prepared { collection, server, .. } = prepared;
    if server.is_before(HAS_SNAPSHOTS) {
        return Ok(Known::No);
    }
    Ok(allowed(collection::has_snapshots(context.rpc(), context.deadline, collection).await)?.into())
}

/// Leaves a field unknown if this user or this server does not give it.
pub(super) fn allowed<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
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

/// Servers up to 2.3 compact only indexed segments. Milvus does not document which 2.4 release changed that.
fn needs_index(server: &Server) -> Known {
    match () {
        () if server.is_before(COUNTS_PLANS) => Known::Yes,
        () if server.is_at_least(COMPACTS_UNINDEXED) => Known::No,
        () => Known::NotKnown,
    }
}

/// A server with compaction switched off also refuses to report the state of a job. 2.3 takes 22 s to do so.
async fn is_enabled(context: CallContext<'_>) -> Known {
    let limit = context.for_optional().deadline;
    match state::state(context.rpc(), RetryClass::Poll, limit, ANY_JOB).await {
        Ok(_) => Known::Yes,
        Err(error) if error.status == Status::CompactionDisabled => Known::No,
        Err(_) => Known::NotKnown,
    }
}
