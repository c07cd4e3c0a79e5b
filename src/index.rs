//! The indexes of a collection: which fields have one, and how many rows they do not cover yet.

use crate::collection::Collection;
use crate::error::Error;
use crate::poll_limiter::PollLimiter;
use crate::polling::poll_until_done;
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
        Ok(reply) => {
            let missing = |index: &IndexDescription| {
                index.pending_index_rows.max(index.total_rows.saturating_sub(index.indexed_rows)).max(0)
            };
            let missing_rows = reply.index_descriptions.iter().map(missing).max().unwrap_or(0);
            let missing_in_all = reply.index_descriptions.iter().map(missing).fold(0, i64::saturating_add);
            let fields = reply.index_descriptions.into_iter().map(|index| index.field_name).collect();
            Ok(Indexes { fields, missing_rows, missing_in_all })
        }
        // Code 700 since 2.3, the legacy code before.
        Err(error) if matches!(error.server_code, 700 | 25) => Ok(Indexes::default()),
        Err(error) => {
            Err(error.context(format!("looking at the indexes of \"{}\"", quotable(&collection.name))))
        }
    }
}

/// Returns when the indexes of a collection cover all its rows; at once if it has none.
pub(crate) async fn wait_until_built(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<(), Error> {
    poll_until_done(rpc, limiter, deadline, "indexing", collection, || async {
        let missing = describe(rpc, deadline, collection).await?.missing_in_all;
        Ok(usize::try_from(missing).unwrap_or(usize::MAX))
    })
    .await
}
