//! The indexes of a collection: which fields have one, and how many rows they do not cover yet.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::poll_limiter::PollLimiter;
use crate::polling::poll_until_done;
use crate::proto::common::IndexState;
use crate::proto::service::{DescribeIndexRequest, IndexDescription};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::text::quotable;

/// What the indexes of a collection cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Indexes {
    /// The fields that have an index; a field with several indexes appears as often.
    pub(crate) fields: Vec<String>,
    /// Rows that some index does not cover yet.
    pub(crate) missing_rows: i64,
    /// The same, each index counted: it changes whenever one of them advances.
    pub(crate) missing_in_all: i64,
    /// All rows, each index counted.
    pub(crate) total_in_all: i64,
    /// The field of an index that could not be built, and why.
    pub(crate) failed: Option<String>,
}

impl Indexes {
    fn of(descriptions: Vec<IndexDescription>) -> Self {
        let mut indexes = Self::default();
        for index in descriptions {
            let missing =
                index.pending_index_rows.max(index.total_rows.saturating_sub(index.indexed_rows)).max(0);
            indexes.missing_rows = indexes.missing_rows.max(missing);
            indexes.missing_in_all = indexes.missing_in_all.saturating_add(missing);
            indexes.total_in_all = indexes.total_in_all.saturating_add(index.total_rows.max(0));
            if index.state == IndexState::Failed as i32 {
                let (field, reason) = (quotable(&index.field_name), index.index_state_fail_reason);
                let reason = if reason.is_empty() { "the server gives no reason" } else { &reason };
                indexes
                    .failed
                    .get_or_insert_with(|| format!("the index of field \"{field}\" failed: {reason}"));
            }
            indexes.fields.push(index.field_name);
        }
        indexes
    }
}

/// Returns what the indexes of a collection cover.
pub(crate) async fn describe(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<Indexes, Error> {
    let asked = DescribeIndexRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    let reply = rpc.unary(RetryClass::Read, deadline, &collection.database, asked).await;
    match reply {
        Ok(reply) => Ok(Indexes::of(reply.index_descriptions)),
        // Code 700 since 2.3, the legacy code before.
        Err(error) if matches!(error.server_code, 700 | 25) => Ok(Indexes::default()),
        Err(error) => {
            Err(error.context(format!("looking at the indexes of \"{}\"", quotable(&collection.name))))
        }
    }
}

/// How a wait for indexes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// The indexes cover all rows that were stored when the wait began.
    Complete,
    /// The collection has no index.
    Without,
    /// The collection had an index, and has none any more.
    Dropped,
}

/// Returns when the indexes of a collection cover the rows that were stored when the wait began. Servers build indexes
/// about in the order of the segments, so rows that are stored meanwhile come last. `tell` gets the indexed rows and all
/// rows.
///
/// Fails if the server could not build an index.
pub(crate) async fn wait_until_built(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    tell: &(dyn Fn(i64, i64) + Send + Sync),
) -> Result<Built, Error> {
    // Deleted rows that a compaction purges need no index any more.
    let (least, state) = (AtomicI64::new(i64::MAX), Mutex::new(None));
    poll_until_done(rpc, limiter, deadline, "indexing", collection, &|| {
        Box::pin(async {
            let indexes = describe(rpc, deadline, collection).await?;
            if let Some(failed) = &indexes.failed {
                return Err(Error::new(Status::ServerError, failed));
            }
            let (missing, total) = (indexes.missing_in_all, indexes.total_in_all);
            let had_any =
                matches!(*state.lock().unwrap_or_else(PoisonError::into_inner), Some(Built::Complete));
            let now = match indexes.fields.is_empty() {
                false => Built::Complete,
                true if had_any => Built::Dropped,
                true => Built::Without,
            };
            *state.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
            let old = least.fetch_min(total, Ordering::Relaxed).min(total);
            tell(total.saturating_sub(missing), total);
            let left = missing.saturating_sub(total - old).max(0);
            Ok(usize::try_from(left).unwrap_or(usize::MAX))
        })
    })
    .await?;
    Ok(state.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap_or(Built::Without))
}
