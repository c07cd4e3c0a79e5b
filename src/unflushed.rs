//! Finds out whether a collection has rows that are not flushed yet.
//!
//! No server up to 3.0.0 lists growing segments: neither as stored nor, since 2.2, as loaded (seen on 2.2.16, 2.3.5
//! and 2.5.27). So the client counts rows: query nodes that serve a collection count its rows with the growing segments
//! and, on request, without them. The difference is the rows in growing segments. Some of these rows may be flushed
//! already, while the query nodes have not loaded the stored segments: at most as many rows as those segments have.

use std::collections::HashSet;

use crate::collection::{self, Collection};
use crate::error::Error;
use crate::proto::common::{KeyValuePair, LoadState, SegmentState};
use crate::proto::schema::{field_data, scalar_field};
use crate::proto::service::{GetLoadStateRequest, QueryRequest, QueryResults};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::segments::{self, Segment};
use crate::server::{LISTS_NO_TASKS, Server};
use crate::version::Version;

/// The first version seen to count without growing segments.
const COUNTS_WITHOUT_GROWING: Version = Version(2, 3, 5);

/// The findings; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unflushed {
    /// Whether there are rows, not deleted, that no stored segment has.
    pub(crate) has_rows: Option<bool>,
    /// Whether there are growing segments, with or without rows.
    pub(crate) has_growing: Option<bool>,
}

/// Decides by the lists of segments if they suffice, and asks the server otherwise. The count is one that it made on
/// the way.
pub(crate) async fn look(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    server: &Server,
    collection: &Collection,
    stored: Option<&[Segment]>,
    loaded: Option<&[Segment]>,
) -> (Unflushed, Option<Count>) {
    let listed = || stored.into_iter().chain(loaded).flatten();
    if listed().any(|segment| segment.is_growing() && segment.rows > 0) {
        return (Unflushed { has_rows: Some(true), has_growing: Some(true) }, None);
    }
    let Some(stored) = stored else { return (Unflushed::default(), None) };
    if stored.iter().any(|segment| is_sealed(segment) && segment.rows > 0) {
        return (Unflushed { has_rows: Some(true), has_growing: None }, None);
    }
    let mut unflushed = Unflushed::default();
    if server.version().is_some_and(|version| version > LISTS_NO_TASKS) {
        let states = [SegmentState::Growing, SegmentState::Sealed, SegmentState::Flushing];
        let others = segments::in_states(rpc, RetryClass::Poll, deadline, collection, &states).await;
        unflushed = others.map_or(unflushed, |others| by_states(&others, stored));
    }
    if unflushed.has_rows.is_none() && server.is_at_least(COUNTS_WITHOUT_GROWING) {
        // The loaded segments were listed before this count, so by now the query nodes can only have loaded more.
        let grown = count_growing(rpc, deadline, collection).await;
        unflushed.has_rows = grown.and_then(|(grown, _)| by_count(grown, stored, loaded.unwrap_or_default()));
        return (unflushed, grown.map(|(_, count)| count));
    }
    (unflushed, None)
}

fn is_sealed(segment: &Segment) -> bool {
    segment.state == SegmentState::Sealed as i32 && !segment.is_l0()
}

/// Judges a list of the segments that are not flushed. A server that ignores the states returns the flushed ones, or
/// an empty list if no segment is stored.
fn by_states(others: &[Segment], stored: &[Segment]) -> Unflushed {
    let is_flushed = |segment: &Segment| segment.state == SegmentState::Flushed as i32;
    if others.iter().any(is_flushed) || (others.is_empty() && !stored.iter().any(is_flushed)) {
        return Unflushed::default();
    }
    let data = || others.iter().filter(|segment| segment.is_there() && !segment.is_l0());
    Unflushed {
        has_growing: Some(data().any(Segment::is_growing)),
        has_rows: match data().next() {
            None => Some(false),
            // The list may give a growing segment an outdated number of rows.
            Some(_) => data().any(|segment| segment.rows > 0).then_some(true),
        },
    }
}

/// What query nodes count without growing segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// Rows that are not deleted, in the stored segments that are loaded.
    pub(crate) rows: i64,
    /// Whether every partition is loaded.
    pub(crate) is_whole: bool,
}

/// Counts the rows that are not deleted in stored segments; `None` if nothing is loaded, this user may not query, or the
/// server counts growing rows too.
pub(crate) async fn count_stored(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    server: &Server,
    collection: &Collection,
) -> Option<Count> {
    if !server.is_at_least(COUNTS_WITHOUT_GROWING) {
        return None;
    }
    let rows = count(rpc, deadline, collection, true).await?;
    Some(Count { rows, is_whole: is_whole(rpc, deadline, collection).await.unwrap_or(false) })
}

/// The counts of the query nodes.
#[derive(Clone, Copy, Debug)]
struct Grown {
    /// Rows that are not deleted, in growing segments.
    rows: i64,
    /// Whether every partition is loaded.
    is_whole: bool,
}

/// Judges by the growing rows on query nodes, the stored segments and the loaded ones.
fn by_count(grown: Grown, stored: &[Segment], loaded: &[Segment]) -> Option<bool> {
    let taken_up: HashSet<i64> = loaded.iter().map(|segment| segment.id).collect();
    let not_taken_up = stored.iter().filter(|s| s.is_stored_data() && !taken_up.contains(&s.id));
    let flushed_at_most = not_taken_up.map(|segment| segment.rows.max(0)).fold(0, i64::saturating_add);
    match grown.rows {
        rows if rows > flushed_at_most => Some(true),
        0 if grown.is_whole => Some(false),
        _ => None,
    }
}

/// Counts the growing rows on the query nodes; `None` if nothing is loaded, or this user may not query.
async fn count_growing(rpc: &Rpc, deadline: Deadline<'_>, collection: &Collection) -> Option<(Grown, Count)> {
    let all = count(rpc, deadline, collection, false).await?;
    let stored = count(rpc, deadline, collection, true).await?;
    let is_whole = is_whole(rpc, deadline, collection).await.unwrap_or(false);
    Some((Grown { rows: all.saturating_sub(stored), is_whole }, Count { rows: stored, is_whole }))
}

/// Counts the rows that are not deleted, including all that were inserted before the request.
async fn count(rpc: &Rpc, deadline: Deadline<'_>, collection: &Collection, ignores: bool) -> Option<i64> {
    let ignore_growing = KeyValuePair { key: "ignore_growing".to_owned(), value: "true".to_owned() };
    let asked = QueryRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
        output_fields: vec!["count(*)".to_owned()],
        query_params: if ignores { vec![ignore_growing] } else { Vec::new() },
    };
    let reply = rpc.unary(RetryClass::Poll, deadline, &collection.database, asked).await.ok()?;
    counted(&reply)
}

fn counted(reply: &QueryResults) -> Option<i64> {
    let [field] = &reply.fields_data[..] else { return None };
    let Some(field_data::Field::Scalars(scalars)) = &field.field else { return None };
    let Some(scalar_field::Data::LongData(numbers)) = &scalars.data else { return None };
    match numbers.data[..] {
        [count] => Some(count).filter(|count| *count >= 0),
        _ => None,
    }
}

/// Whether every partition is loaded: a server calls a collection loaded if one partition is.
async fn is_whole(rpc: &Rpc, deadline: Deadline<'_>, collection: &Collection) -> Result<bool, Error> {
    let partition_names = collection::partitions(rpc, deadline, collection).await?.partition_names;
    let (database, name) = (&collection.database, &collection.name);
    let asked =
        GetLoadStateRequest { collection_name: name.clone(), partition_names, db_name: database.clone() };
    let reply = rpc.unary(RetryClass::Poll, deadline, database, asked).await?;
    Ok(reply.state == LoadState::Loaded as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::schema::{FieldData, LongArray, ScalarField};

    fn segment(id: i64, rows: i64, state: SegmentState) -> Segment {
        Segment { id, rows, state: state as i32, ..Segment::default() }
    }

    #[test]
    fn a_count_proves_what_it_can_and_no_more() {
        let stored = [segment(1, 100, SegmentState::Flushed), segment(2, 50, SegmentState::Flushed)];
        let both = [segment(1, 100, SegmentState::Sealed), segment(2, 50, SegmentState::Sealed)];
        for (rows, is_whole, loaded, expected) in [
            (0, true, &both[..], Some(false)),
            (70, true, &both[..], Some(true)),
            // Partitions that are not loaded may have growing rows too.
            (0, false, &both[..], None),
            (1, false, &both[..], Some(true)),
            // The second segment was flushed a moment ago, and query nodes still serve its growing form.
            (50, true, &both[..1], None),
            (20, true, &both[..1], None),
            (51, true, &both[..1], Some(true)),
            (0, true, &both[..1], Some(false)),
            // Rows were deleted, or stored segments loaded, between the two counts.
            (-3, true, &both[..], None),
            (i64::MAX, true, &[], Some(true)),
        ] {
            let grown = Grown { rows, is_whole };
            assert_eq!(by_count(grown, &stored, loaded), expected, "{grown:?} {loaded:?}");
        }
        assert_eq!(by_count(Grown { rows: 0, is_whole: true }, &[], &[]), Some(false));
    }

    #[test]
    fn a_list_by_states_counts_only_if_the_server_looks_at_them() {
        let flushed = [segment(1, 100, SegmentState::Flushed)];
        let unflushed = |has_rows, has_growing| Unflushed { has_rows, has_growing };
        for (others, stored, expected) in [
            (vec![], &flushed[..], unflushed(Some(false), Some(false))),
            (vec![segment(1, 100, SegmentState::Flushed)], &flushed[..], unflushed(None, None)),
            (vec![], &[], unflushed(None, None)),
            (vec![segment(2, 70, SegmentState::Growing)], &[], unflushed(Some(true), Some(true))),
            (vec![segment(2, 0, SegmentState::Growing)], &flushed[..], unflushed(None, Some(true))),
            (vec![segment(2, 70, SegmentState::Sealed)], &flushed[..], unflushed(Some(true), Some(false))),
            (vec![segment(2, 70, SegmentState::Dropped)], &flushed[..], unflushed(Some(false), Some(false))),
            (
                vec![Segment { level: Some(1), ..segment(2, 5, SegmentState::Growing) }],
                &flushed[..],
                unflushed(Some(false), Some(false)),
            ),
        ] {
            assert_eq!(by_states(&others, stored), expected, "{others:?}");
        }
    }

    #[test]
    fn only_one_number_that_can_be_a_count_is_taken_for_one() {
        let reply = |data: Vec<i64>| {
            let data = Some(scalar_field::Data::LongData(LongArray { data }));
            let field = Some(field_data::Field::Scalars(ScalarField { data }));
            let count = FieldData { field_name: "count(*)".to_owned(), field };
            QueryResults { status: None, fields_data: vec![count] }
        };
        assert_eq!(counted(&reply(vec![220])), Some(220));
        for data in [vec![], vec![1, 2], vec![-1]] {
            assert_eq!(counted(&reply(data.clone())), None, "{data:?}");
        }
        assert_eq!(counted(&QueryResults::default()), None);
    }
}
