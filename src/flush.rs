//! Flushes a collection, and waits until the server has sorted its segments.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::outage::may_pass;
use crate::poll_limiter::PollLimiter;
use crate::polling::{about, poll_until_done};
use crate::proto::service::{FlushRequest, GetFlushStateRequest};
use crate::rpc::{Deadline, RetryClass, Rpc};
use crate::segments::{self, Segment, waiting_to_be_sorted};
use crate::server::HAS_SORTED;

/// Gets how much of a wait is done, and how much there is.
pub(crate) type Tell<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// The latest and the largest count of open segments.
struct Latest<'a> {
    open: AtomicUsize,
    most: AtomicUsize,
    tell: Tell<'a>,
}

/// How a wait for sorting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SortWait {
    /// Segments that are still not sorted; 0 on servers that do not sort. `None`: the server did not say in time.
    pub(crate) unsorted: Option<usize>,
}

/// Flushes a collection, and returns when all rows inserted before are stored and, if the client's options say so,
/// sorted. Returns the segments that the flush stored.
pub(crate) async fn flush(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<HashSet<i64>, Error> {
    let asked = FlushRequest {
        db_name: collection.database.clone(),
        collection_names: vec![collection.name.clone()],
    };
    // A retry is safe: flushing twice changes nothing.
    let mut reply = rpc
        .unary(RetryClass::Read, deadline, &collection.database, asked)
        .await
        .map_err(|error| about(error, "flushing", collection))?;
    let ids = reply.coll_seg_i_ds.remove(&collection.name).unwrap_or_default().data;
    let flushed: HashSet<i64> = ids.iter().copied().collect();
    let asked = GetFlushStateRequest {
        segment_i_ds: ids,
        flush_ts: reply.coll_flush_ts.get(&collection.name).copied().unwrap_or(0),
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    poll_until_done(rpc, limiter, deadline, "flushing", collection, &|| {
        Box::pin(async {
            let reply = rpc.unary(RetryClass::Read, deadline, &collection.database, asked.clone()).await?;
            Ok(usize::from(!reply.flushed))
        })
    })
    .await?;
    if rpc.config().waits_for_sort && rpc.server(deadline).await?.is_at_least(HAS_SORTED) {
        wait_for_sort_of(rpc, limiter, deadline, collection, &flushed).await?;
    }
    Ok(flushed)
}

/// Returns when the server lists none of these stored segments as unsorted. It replaces each by a sorted segment with a
/// new id, in one step.
async fn wait_for_sort_of(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    flushed: &HashSet<i64>,
) -> Result<(), Error> {
    let latest = Latest { open: AtomicUsize::new(0), most: AtomicUsize::new(0), tell: &|_, _| {} };
    let is_open = |segment: &Segment| segment.is_unsorted() && flushed.contains(&segment.id);
    let sorted = until_none(rpc, limiter, deadline, collection, &is_open, &latest).await;
    sorted.map_err(|error| match waiting_to_be_sorted(latest.open.into_inner()) {
        Some(waiting) if matches!(error.status, Status::Timeout | Status::Stalled) => {
            error.context(format!("the rows are stored, but {waiting}"))
        }
        _ => error,
    })
}

/// Waits until every stored segment of a collection is sorted, because a compaction takes only sorted segments, and until
/// the segments that a flush stored are listed as flushed. As this only prepares the compaction, it waits at most `limit`
/// and half of the remaining time. Results of compactions on 2.5 were seen to stay unsorted for longer; the caller
/// continues then, and reports that. `tell` gets how many of the segments that were open at first no longer are.
///
/// Fails if the segments cannot be listed, and if the operation is cancelled.
pub(crate) async fn wait_until_sorted(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    limit: Duration,
    (flushed, tell): (&HashSet<i64>, Tell<'_>),
) -> Result<SortWait, Error> {
    let sorts = rpc.server(deadline).await?.is_at_least(HAS_SORTED);
    if !sorts && flushed.is_empty() {
        return Ok(SortWait { unsorted: Some(0) });
    }
    let is_open = |segment: &Segment| {
        let is_half_flushed = flushed.contains(&segment.id) && !segment.is_in_state_flushed();
        segment.is_stored_data() && (is_half_flushed || (sorts && segment.is_unsorted()))
    };
    let limit = deadline.remaining().map_or(limit, |remaining| limit.min(remaining / 2));
    let latest = Latest { open: AtomicUsize::new(0), most: AtomicUsize::new(0), tell };
    let sorted = until_none(rpc, limiter, deadline.within(limit), collection, &is_open, &latest).await;
    let unsorted = latest.open.into_inner();
    match sorted {
        Ok(()) => Ok(SortWait { unsorted: Some(0) }),
        // Only this wait has timed out, perhaps while the server was away, and not the operation.
        Err(error) if !deadline.has_passed() && (error.status == Status::Stalled || may_pass(&error)) => {
            Ok(SortWait { unsorted: (unsorted > 0).then_some(unsorted) })
        }
        Err(error) => Err(error),
    }
}

/// Returns when no listed segment is open, that is, not sorted yet. `latest` gets the latest count of open ones.
async fn until_none(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    collection: &Collection,
    is_open: &(dyn Fn(&Segment) -> bool + Sync),
    latest: &Latest<'_>,
) -> Result<(), Error> {
    poll_until_done(rpc, limiter, deadline, "waiting for the sorting of", collection, &|| {
        Box::pin(async {
            let stored = segments::persistent(rpc, RetryClass::Read, deadline, collection).await?;
            let open = stored.iter().filter(|segment| is_open(segment)).count();
            latest.open.store(open, Ordering::Relaxed);
            let most = latest.most.fetch_max(open, Ordering::Relaxed).max(open);
            (latest.tell)(most - open, most);
            Ok(open)
        })
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
                (&HashSet::new(), &|_, _| {}),
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
            ("v2.4.18", 3, SortWait { unsorted: Some(0) }),
            ("v2.6.3", 0, SortWait { unsorted: Some(0) }),
            ("v2.6.3", 3, SortWait { unsorted: Some(0) }),
        ] {
            assert_eq!(waited(&fake(version, lists), 20_000, CALL), Ok(expected), "{version} {lists}");
        }
        let never = Ok(SortWait { unsorted: Some(1) });
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
