//! Polls the server until a flush, the sorting, an index build or a load is done.

use std::time::Duration;

use tokio::time::Instant;

use crate::backoff::jittered;
use crate::collection::Collection;
use crate::error::{Error, Status};
use crate::operation::Part;
use crate::outage::{Outage, may_pass};
use crate::poll_limiter::{self, PollLimiter};
use crate::rpc::{Deadline, Rpc};
use crate::stall::Stall;
use crate::text::quotable;

const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

/// Asks again while the failure says only that the server does not answer now, until the server counts as gone or the
/// deadline passes.
pub(crate) async fn through_outages<T, F: Future<Output = Result<T, Error>>>(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    ask: impl Fn() -> F,
) -> Result<T, Error> {
    let mut patience = Patience::new();
    loop {
        let asked = Instant::now();
        // Boxed: of a thousand waits only a few ask at one time; the others then take little memory.
        match Box::pin(ask()).await {
            Ok(answer) => return Ok(answer),
            Err(error) => patience.bear(rpc, deadline, asked, error).await?,
        }
    }
}

/// How long a server has been away.
struct Patience {
    begun: Instant,
    outage: Outage,
}

impl Patience {
    fn new() -> Self {
        Self { begun: Instant::now(), outage: Outage::default() }
    }

    /// Pauses after a failure, or returns it if asking again would not help.
    async fn bear(
        &mut self,
        rpc: &Rpc,
        deadline: Deadline<'_>,
        asked: Instant,
        error: Error,
    ) -> Result<(), Error> {
        let is_late = error.status == Status::Timeout || error.was_slow;
        let is_heard = error.server_code != 0
            || matches!(error.status, Status::NotReady | Status::RateLimited)
            || (is_late && rpc.is_connected());
        let is_final =
            !may_pass(&error) || deadline.has_passed() || self.outage.failed(asked, is_heard).is_some();
        if is_final || !deadline.sleep(poll_limiter::pause_after_failure(self.begun.elapsed())).await {
            return Err(error);
        }
        Ok(())
    }
}

/// What a wait asks for: how much is left.
pub(crate) type Left<'a> = Part<'a, Result<usize, Error>>;

/// Polls until `left` returns 0. The pauses grow with the age of the wait; all such waits of a client share one rate
/// limit, and go on through outages of the server. Fails with `Stalled` if the number does not change for `stall_timeout_ms`. `doing` opens the error's message.
pub(crate) async fn poll_until_done<'a>(
    rpc: &Rpc,
    limiter: &PollLimiter,
    deadline: Deadline<'_>,
    doing: &str,
    collection: &Collection,
    left: &(dyn Fn() -> Left<'a> + Sync),
) -> Result<(), Error> {
    let since = Instant::now();
    let (mut latest, mut stall) = (None, Stall::new(since));
    let out_of_time = || about(deadline.ended(|how| format!("{how} before it was done")), doing, collection);
    loop {
        deadline.bound(limiter.acquire()).await.ok_or_else(out_of_time)?;
        let now =
            through_outages(rpc, deadline, left).await.map_err(|error| about(error, doing, collection))?;
        if now == 0 {
            return Ok(());
        }
        let has_changed = latest.replace(now) != Some(now);
        if let Some(unchanged) = stall.answered(has_changed, Instant::now(), rpc.config().stall_timeout) {
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
