//! Surveys a collection: whether a compaction is worth while, and what it would do. Only reads.

pub(crate) mod many;

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::call_context::CallContext;
use super::check::{Examined, Listed, Question, channels, examine};
use super::check_result::{CheckResult, Known};
use super::estimate::{Sizes, by_place};
use super::final_form::tells_deletions;
use super::found::Found;
use super::params::{LARGEST_TARGET_SIZE, Mode, Params};
use super::predict::Scope;
use super::snapshot::count;
use crate::error::Error;
use crate::segments::Segment;
use crate::server::{HAS_LEVELS, HAS_SORTED, Server};
use crate::unflushed::{self, Count};

const MEGABYTE: u64 = 1 << 20;

/// What a survey assumes and asks for.
#[derive(Clone, Debug, Default)]
pub struct SurveySettings {
    /// The compaction whose effect it estimates.
    pub params: Params,
    /// The size of a row in bytes; `None`: the fixed-width fields of the schema.
    pub row_bytes: Option<u64>,
    /// The largest segment in bytes that the server makes; `None`: the target size, or the default of its version.
    pub segment_bytes: Option<u64>,
    /// What all collections that are surveyed with these settings share.
    pub shared: Shared,
}

/// What is asked once, and is the same for all collections of a server.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Whether compaction is switched on. A server that has it switched off can take 22 s to say so.
    is_enabled: Arc<OnceCell<Known>>,
}

/// What a survey found out about a collection, or about the part of it that the parameters select. `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surveyed {
    /// The database of the collection; empty on servers without databases (before 2.2.9).
    pub database: String,
    /// The dry run: whether a trigger would compact anything, and why or why not; whether it is in its final form; the
    /// segments and rows that a trigger would take.
    pub check: CheckResult,
    /// Stored segments with rows.
    pub stored_segments: Option<i64>,
    /// Their rows, including deleted ones that are not purged.
    pub stored_rows: Option<i64>,
    /// Their least size in bytes, as estimated: rows by the size of a row.
    pub stored_bytes: Option<u64>,
    /// Those below half of the server's segment size, as servers define a small segment.
    pub small_segments: Option<i64>,
    /// Those that wait to be sorted (since 2.5).
    pub unsorted_segments: Option<i64>,
    /// Segments of deletions (since 2.4.7).
    pub l0_segments: Option<i64>,
    /// Stored rows that are deleted or expired, and not purged. Only query nodes that serve the whole collection tell.
    pub deleted_rows: Option<i64>,
    /// Segments that would be merged with others.
    pub merged_segments: Option<i64>,
    /// About how many segments they would become.
    pub merged_into: Option<i64>,
    /// Rows that the trigger would have the server rewrite; also segments that it rewrites 1 to 1.
    pub rewrite_rows: Option<i64>,
    /// Their least size in bytes, as estimated.
    pub rewrite_bytes: Option<u64>,
    /// The share of the stored segments that one plain compaction would save, from 0 to 1: see [`fragmentation`].
    pub fragmentation: Option<f64>,
    /// The size of a row in bytes that the estimates use; 0: not known.
    pub row_bytes: u64,
    /// The segment size in bytes that the estimates use.
    pub segment_bytes: u64,
}

/// Surveys one collection. `found`: the collection, if the caller has just looked it up; `listed`: its segments and
/// indexes likewise.
pub(super) async fn look(
    context: CallContext<'_>,
    name: &str,
    (found, listed): (Option<Box<Found>>, Option<Listed>),
    settings: &SurveySettings,
) -> Result<Surveyed, Error> {
    let question = Question {
        name,
        params: &settings.params,
        segment_bytes: limit(settings),
        row_bytes: settings.row_bytes,
        is_enabled: Some(&settings.shared.is_enabled),
        listed,
    };
    let examined = Box::pin(examine(context, &question, found)).await?;
    let (rpc, limit) = (context.rpc(), context.for_optional().deadline);
    let count = match examined.count {
        None if serves_what_is_stored(&examined) => {
            unflushed::count_stored(rpc, limit, &examined.server, &examined.collection).await
        }
        count => count,
    };
    Ok(Surveyed::of(examined, count, &settings.params))
}

/// The segment size that the caller asks for.
fn limit(settings: &SurveySettings) -> Option<u64> {
    settings.segment_bytes.or(match settings.params.target_size_mb {
        0 => None,
        LARGEST_TARGET_SIZE => Some(u64::MAX),
        target => Some(target.unsigned_abs().saturating_mul(MEGABYTE)),
    })
}

impl Surveyed {
    fn of(examined: Examined, rows_left: Option<Count>, params: &Params) -> Self {
        let is_served = serves_what_is_stored(&examined);
        let Examined { result: check, collection, server, partition_id, stored, sizes, .. } = examined;
        let database = collection.database.clone();
        let Some(listed) = stored else { return Self { database, check, ..Self::default() } };
        let scope = Scope { params, partition_id };
        let deleted_rows = rows_left.filter(|_| is_served && !params.has_filters());
        let deleted_rows = deleted_rows.and_then(|left| deleted(&listed, left, &server));
        let stored: Vec<&Segment> =
            listed.iter().filter(|segment| segment.is_stored_data() && scope.covers(segment)).collect();
        let sizes = sizes.unwrap_or_else(|| Sizes::of(&server, channels(params, &collection), 0));
        let (stored_rows, bytes) = (rows(&stored), |rows| sizes.bytes(rows));
        let l0 = listed.iter().filter(|segment| segment.is_l0() && segment.is_there()).count();
        let unsorted = stored.iter().filter(|segment| segment.is_unsorted()).count();
        let small = stored.iter().filter(|segment| sizes.is_small(segment)).count();
        let (merged, into) = merged(&check, scope, &listed, &server, sizes).unzip();
        let rewrite_rows = match params.mode() {
            _ if check.would_compact_if_free == Known::No => Some(0),
            Mode::L0 => Some(0),
            _ => check.rows,
        };
        Self {
            database,
            stored_segments: Some(count(stored.len())),
            stored_rows: Some(stored_rows),
            stored_bytes: bytes(stored_rows),
            small_segments: (sizes.row_bytes() > 0).then(|| count(small)),
            unsorted_segments: server.is_at_least(HAS_SORTED).then(|| count(unsorted)),
            l0_segments: server.is_at_least(HAS_LEVELS).then(|| count(l0)),
            deleted_rows,
            merged_segments: merged,
            merged_into: into,
            rewrite_rows,
            rewrite_bytes: rewrite_rows.and_then(bytes),
            fragmentation: Some(fragmentation(&stored, sizes)),
            row_bytes: sizes.row_bytes(),
            segment_bytes: sizes.limit(),
            check,
        }
    }
}

fn rows(segments: &[&Segment]) -> i64 {
    segments.iter().map(|segment| segment.rows.max(0)).fold(0, i64::saturating_add)
}

/// The fragmentation of a collection: 1 - (segments after one plain compaction / segments stored). It is 0 if no
/// segment can be merged, and near 1 if many would become one. A result of clustering stays as it is. The segments after a
/// compaction are the library's estimate: by partition, channel, row size and segment size.
#[allow(clippy::cast_precision_loss, reason = "no collection has 2^52 segments")]
fn fragmentation(stored: &[&Segment], sizes: Sizes) -> f64 {
    let (clustered, others): (Vec<&Segment>, Vec<&Segment>) =
        stored.iter().copied().partition(|segment| segment.is_clustered());
    let after: usize = by_place(&others).iter().map(|there| sizes.results(there)).sum();
    let after = clustered.len() + after;
    if stored.is_empty() { 0.0 } else { 1.0 - after as f64 / stored.len() as f64 }
}

/// The segments that a trigger would merge with others, and about how many they become; `None` where settings of the
/// server decide.
fn merged(
    check: &CheckResult,
    scope: Scope<'_>,
    listed: &[Segment],
    server: &Server,
    sizes: Sizes,
) -> Option<(i64, i64)> {
    if check.would_compact_if_free == Known::No || scope.params.mode() == Mode::L0 {
        return Some((0, 0));
    }
    if scope.params.mode() == Mode::Clustering {
        return None;
    }
    let candidates = scope.candidates(listed, server).into_iter();
    let taken: Vec<&Segment> = candidates.filter(|segment| !segment.is_unsorted()).collect();
    let by_place = by_place(&taken);
    let there = by_place.iter().map(|there| {
        // Where nothing becomes fewer, nothing is merged: also if any segment may be in any channel.
        let merged = if sizes.results(there) < there.len() { sizes.merged(there) } else { Vec::new() };
        (merged.len(), sizes.results(&merged))
    });
    let (merged, into) = there.fold((0, 0), |(all, to), (more, into)| (all + more, to + into));
    Some((count(merged), count(into)))
}

/// Whether query nodes serve exactly the segments that are stored.
fn serves_what_is_stored(examined: &Examined) -> bool {
    let ids = |segments: &[Segment]| -> HashSet<i64> {
        let with_rows = segments.iter().filter(|segment| segment.is_stored_data() && segment.rows > 0);
        with_rows.map(|segment| segment.id).collect()
    };
    let both = examined.stored.as_deref().zip(examined.loaded.as_deref());
    both.is_some_and(|(stored, loaded)| ids(stored) == ids(loaded))
}

/// The deleted rows: those that are stored, but that query nodes do not count.
fn deleted(listed: &[Segment], left: Count, server: &Server) -> Option<i64> {
    if !left.is_whole || !tells_deletions(server) {
        return None;
    }
    let stored: Vec<&Segment> = listed.iter().filter(|segment| segment.is_stored_data()).collect();
    // A query that began later can count rows that were flushed meanwhile.
    Some(rows(&stored).saturating_sub(left.rows)).filter(|deleted| *deleted >= 0)
}

#[cfg(test)]
mod tests;
