//! Checks the segments that a trigger names: before the trigger, and after the server refused them.

use std::collections::HashSet;

use super::call_context::{CallContext, POLL_LIMIT};
use super::params::Params;
use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::rpc::RetryClass;
use crate::segments::{self, Segment};
use crate::text::quotable;

/// Refuses segments that no server can compact. A server would report that there is nothing to do, or take others.
pub(super) fn check(wanted: &[i64], known: &[Segment], collection: &Collection) -> Result<(), Error> {
    let flushed: HashSet<i64> =
        known.iter().filter(|segment| segment.is_flushed()).map(|segment| segment.id).collect();
    match wanted.iter().find(|id| !flushed.contains(id)) {
        None => Ok(()),
        Some(id) => {
            let name = quotable(&collection.name);
            let text = format!("segment_ids: collection \"{name}\" has no flushed segment {id}");
            Err(Error::invalid_argument(text))
        }
    }
}

/// Finds out whether the segments are gone or held. Servers send the same error for both; the list of segments shows
/// which it is. If the client cannot list them, they count as stored, as they were before the trigger.
pub(super) async fn held_or_gone(
    context: CallContext<'_>,
    collection: &Collection,
    params: &Params,
    error: Error,
) -> Error {
    let wanted = params.segment_ids.as_deref().unwrap_or_default();
    let (rpc, limit) = (context.rpc(), context.within(POLL_LIMIT).deadline);
    let Ok(stored) = segments::persistent(rpc, RetryClass::Read, limit, collection).await else {
        return error;
    };
    let stored: HashSet<i64> = stored.iter().filter(|segment| segment.is_there()).map(|s| s.id).collect();
    match wanted.iter().find(|id| !stored.contains(id)) {
        None => error,
        Some(id) => {
            let text = format!("segment_ids: segment {id} is not stored any more; {error}");
            error.saying(&text).turned_into(Status::InvalidArgument)
        }
    }
}
