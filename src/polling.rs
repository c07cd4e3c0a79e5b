//! Polls the server until a flush, the sorting, an index build or a load is done.

use std::time::{Duration, Instant};

use crate::backoff::jittered;
use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::poll_limiter::PollLimiter;
use crate::rpc::{Deadline, Rpc};
use crate::stall::Stall;
use crate::text::quotable;

const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

/// Polls until `left` returns 0. The pauses grow with the age of the wait; all such waits of a client share one rate
/// limit. Fails with `Stalled` if the number does not change for `stall_timeout_ms`. `doing` opens the error's message.
pub(crate) async fn poll_until_done<F: Future<Output = Result<usize, Error>>>(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    doing: &str,
    collection: &Collection,
    left: impl Fn() -> F,
) -> Result<(), Error> {
    let since = Instant::now();
    let (mut latest, mut stall) = (None, Stall::new(rpc.config().stall_timeout, since));
    let out_of_time = || about(deadline.ended(|how| format!("{how} before it was done")), doing, collection);
    loop {
        deadline.bound(limiter.acquire()).await.ok_or_else(out_of_time)?;
        // Boxed: of a thousand waits only a few poll at one time; the others then take little memory.
        let now = Box::pin(left()).await.map_err(|error| about(error, doing, collection))?;
        if now == 0 {
            return Ok(());
        }
        let has_changed = latest.replace(now) != Some(now);
        if let Some(unchanged) = stall.answered(has_changed, Instant::now()) {
            let text = format!("nothing has changed for {} ms; it may go on", unchanged.as_millis());
            return Err(about(Error::new(Status::Stalled, text).retriable(), doing, collection));
        }
        let pause = (since.elapsed() / 10).clamp(SHORTEST, LONGEST);
        if !deadline.sleep(jittered(pause, 200)).await {
            return Err(out_of_time());
        }
    }
}

/// Says in the message what the library was doing, and for which collection.
pub(crate) fn about(error: Error, doing: &str, collection: &Collection) -> Error {
    error.context(format!("{doing} \"{}\"", quotable(&collection.name)))
}
