//! Closes a client: waits until nothing is in flight on it. On the callback thread it runs the due callbacks itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::callbacks;
use crate::in_flight::InFlight;

/// How closing has ended. The client admits nothing more in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// Nothing is in flight, except the callbacks that called this.
    Complete,
    /// Something was still in flight at the limit.
    TimedOut,
    /// The rest is left to an outer close that called the caller, or to the callback thread after the caller returns.
    Delegated,
}

/// Closes, and returns when nothing is in flight except the callbacks that call this, or at the limit.
pub(crate) fn close(in_flight: &Arc<InFlight>, limit: Option<Duration>) -> Closing {
    let end = limit.and_then(|limit| Instant::now().checked_add(limit));
    in_flight.close();
    callbacks::while_closing(in_flight, |may_wait| wait(in_flight, may_wait, end))
}

fn wait(in_flight: &Arc<InFlight>, may_wait: bool, end: Option<Instant>) -> Closing {
    let own = callbacks::running_here(in_flight);
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let is_late = left.is_some_and(|left| left.is_zero());
        // The callback thread would wait for itself: it runs what is due right here.
        if may_wait && !is_late && callbacks::run_one_of(in_flight) {
            continue;
        }
        let limit = if may_wait { left } else { Some(Duration::ZERO) };
        if in_flight.is_down_to(own, limit, || callbacks::has_one_of(in_flight)) {
            return Closing::Complete;
        }
        if !may_wait {
            return Closing::Delegated;
        }
        if is_late {
            return Closing::TimedOut;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::error::Status;

    #[test]
    fn closing_waits_for_what_is_in_flight_and_admits_nothing() {
        let in_flight = Arc::new(InFlight::default());
        let guard = in_flight.enter().unwrap();
        let companion = in_flight.join();
        drop(guard);
        let limit = Some(Duration::from_millis(5));
        assert_eq!(close(&in_flight, limit), Closing::TimedOut, "one is still in flight");
        assert_eq!(in_flight.enter().unwrap_err().status, Status::Closed);
        let leaving = thread::spawn(move || {
            thread::sleep(Duration::from_millis(5));
            drop(companion);
        });
        assert_eq!(close(&in_flight, None), Closing::Complete);
        leaving.join().unwrap();
        assert_eq!(close(&in_flight, Some(Duration::ZERO)), Closing::Complete, "closing again does no harm");
    }
}
