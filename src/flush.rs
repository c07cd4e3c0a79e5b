//! Flushes a collection, and waits until the server has sorted its segments.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::poll_limiter::PollLimiter;
use crate::polling::{about, poll_until_done};
use crate::proto::service::{FlushRequest, GetFlushStateRequest};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::segments::{self, Segment, waiting_to_be_sorted};
use crate::server::HAS_SORTED;

/// How a wait for sorting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SortWait {
    /// Segments that are still not sorted; 0 on servers that do not sort.
    pub(crate) unsorted: usize,
}

/// Flushes a collection, and returns when all rows inserted before are stored and, if the client's options say so,
/// sorted.
pub(crate) async fn flush(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<(), Error> {
    let asked = FlushRequest {
        db_name: collection.database.clone(),
        collection_names: vec![collection.name.clone()],
    };
    // A retry is safe: flushing twice changes nothing.
    let mut reply = rpc
        .unary(RetryClass::Read, deadline, &collection.database, asked)
        .await
        .map_err(|error| about(error, "flushing", collection))?;
    let flushed = reply.coll_seg_i_ds.remove(&collection.name).unwrap_or_default().data;
    let asked = GetFlushStateRequest {
        segment_i_ds: flushed.clone(),
        flush_ts: reply.coll_flush_ts.get(&collection.name).copied().unwrap_or(0),
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    poll_until_done(rpc, limiter, deadline, "flushing", collection, || async {
        let reply = rpc.unary(RetryClass::Read, deadline, &collection.database, asked.clone()).await?;
        Ok(usize::from(!reply.flushed))
    })
    .await?;
    if rpc.config().waits_for_sort && rpc.server(deadline).await?.is_at_least(HAS_SORTED) {
        wait_for_sort_of(rpc, limiter, deadline, collection, flushed.into_iter().collect()).await?;
    }
    Ok(())
}

/// Returns when the server lists none of these stored segments as unsorted. It replaces each by a sorted segment with a
/// new id, in one step.
async fn wait_for_sort_of(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    flushed: HashSet<i64>,
) -> Result<(), Error> {
    let latest = AtomicUsize::new(0);
    let is_of_these = |segment: &Segment| flushed.contains(&segment.id);
    let sorted = until_sorted(rpc, limiter, deadline, collection, &is_of_these, &latest).await;
    sorted.map_err(|error| match waiting_to_be_sorted(latest.into_inner()) {
        Some(waiting) if matches!(error.status, Status::Timeout | Status::Stalled) => {
            error.context(format!("the rows are stored, but {waiting}"))
        }
        _ => error,
    })
}

/// Waits until every stored segment of a collection is sorted, because a compaction takes only sorted segments. As this
/// only prepares the compaction, it waits at most `limit` and half of the remaining time. Results of compactions on 2.5
/// were seen to stay unsorted for longer; the caller continues then, and reports that.
///
/// Fails if the segments cannot be listed, and if the operation is cancelled.
pub(crate) async fn wait_until_sorted(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    limit: Duration,
) -> Result<SortWait, Error> {
    if !rpc.server(deadline).await?.is_at_least(HAS_SORTED) {
        return Ok(SortWait { unsorted: 0 });
    }
    let limit = deadline.remaining().map_or(limit, |remaining| limit.min(remaining / 2));
    let latest = AtomicUsize::new(0);
    let sorted = until_sorted(rpc, limiter, deadline.within(limit), collection, &|_| true, &latest).await;
    match (sorted, latest.into_inner()) {
        (Ok(()), _) => Ok(SortWait { unsorted: 0 }),
        // Only this wait has timed out, not the operation.
        (Err(error), unsorted @ 1..)
            if matches!(error.status, Status::Timeout | Status::Stalled) && !deadline.has_passed() =>
        {
            Ok(SortWait { unsorted })
        }
        (Err(error), _) => Err(error),
    }
}

/// Returns when no stored segment that meets the condition is unsorted. `latest` gets the latest count of unsorted
/// ones.
async fn until_sorted(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    is_meant: &(dyn Fn(&Segment) -> bool + Sync),
    latest: &AtomicUsize,
) -> Result<(), Error> {
    poll_until_done(rpc, limiter, deadline, "waiting for the sorting of", collection, || async {
        let stored = segments::persistent(rpc, RetryClass::Read, deadline, collection).await?;
        let unsorted = stored.iter().filter(|segment| segment.is_unsorted() && is_meant(segment)).count();
        latest.store(unsorted, Ordering::Relaxed);
        Ok(unsorted)
    })
    .await
}

#[cfg(test)]
mod tests {
    use milvus_fake::{Fake, Fault, Method};

    use super::*;
    use crate::client::{Client, Timeout};
    use crate::collection;
    use crate::config::{Config, Options};
    use crate::operation::Operation;

    const CALL: Timeout = Timeout::After(Duration::from_secs(20));

    /// Waits at most so many milliseconds for the sorting of a collection.
    fn waited(fake: &Fake, limit_ms: u64, timeout: Timeout) -> Result<SortWait, Error> {
        let client = Client::new(Config::new(&fake.uri(), &Options::default())?)?;
        client.flush("nothing", CALL).wait()?;
        let context = client.context(timeout);
        let waiting = context.clone();
        let operation = Operation::new(&context, async move {
            let (client_state, deadline) = (waiting.client_state(), waiting.deadline());
            let collection = collection::find(&client_state.rpc, deadline, "nothing").await?;
            let limit = Duration::from_millis(limit_ms);
            wait_until_sorted(
                &client_state.rpc,
                &client_state.collection_limiter,
                deadline,
                &collection,
                limit,
            )
            .await
        });
        operation.wait()
    }

    fn fake(version: &str, lists: u32) -> Fake {
        let fake = Fake::start(version);
        fake.load("nothing", 7);
        fake.sort_after("nothing", lists);
        fake
    }

    #[test]
    fn a_wait_for_sorting_ends_when_all_is_sorted_or_its_limit_has_come() {
        for (version, lists, expected) in [
            ("v2.4.18", 3, SortWait { unsorted: 0 }),
            ("v2.6.3", 0, SortWait { unsorted: 0 }),
            ("v2.6.3", 3, SortWait { unsorted: 0 }),
        ] {
            assert_eq!(waited(&fake(version, lists), 20_000, CALL), Ok(expected), "{version} {lists}");
        }
        let never = Ok(SortWait { unsorted: 1 });
        assert_eq!(waited(&fake("v2.6.3", u32::MAX), 300, CALL), never);
        let short = Timeout::After(Duration::from_secs(1));
        assert_eq!(waited(&fake("v2.6.3", u32::MAX), 60_000, short), never, "half of the time is left");
    }

    #[test]
    fn a_flush_whose_sorting_does_not_advance_ends_although_it_has_time() {
        let fake = fake("v2.6.3", u32::MAX);
        let mut options = Options::default();
        options.set("flush.wait_for_sort", "true").unwrap();
        options.set("stall_timeout_ms", "200").unwrap();
        let client = Client::new(Config::new(&fake.uri(), &options).unwrap()).unwrap();
        let error = client.flush("nothing", Timeout::Never).wait().unwrap_err();
        assert_eq!((error.status, error.retriable), (Status::Stalled, true), "{error}");
        assert!(error.message().contains("the rows are stored, but"), "{error}");
    }

    #[test]
    fn a_wait_for_sorting_fails_with_what_keeps_it_from_looking() {
        let fake = fake("v2.6.3", u32::MAX);
        fake.fail_next(Method::Stored, Fault::Refuse(100, 1, "collection not found".to_owned()));
        let error = waited(&fake, 300, CALL).unwrap_err();
        assert_eq!(error.status, Status::CollectionNotFound);
        assert!(error.message().contains("waiting for the sorting of \"nothing\""), "{error}");
    }
}
