//! Counts the operations and callbacks that are in flight on one client, so that closing the client can wait for them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::error::{Error, Status};
use crate::runtime;

/// The in-flight tracker of one client. It admits operations until the client is closed.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    state: Mutex<State>,
    /// Something has ended, or a callback has become due.
    changed: Condvar,
    closing: Notify,
}

#[derive(Debug, Default)]
struct State {
    is_closed: bool,
    count: usize,
}

/// Counts one operation or callback as in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlightGuard(Arc<InFlight>);

impl InFlight {
    /// Counts one more operation, unless the client is closed.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<InFlightGuard, Error> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Error::new(Status::Closed, "this milvus_client has been closed"));
        }
        state.count += 1;
        Ok(InFlightGuard(Arc::clone(self)))
    }

    /// Counts one more although the client may be closed. Only a caller that is in flight itself may do this.
    pub(crate) fn join(self: &Arc<Self>) -> InFlightGuard {
        self.state().count += 1;
        InFlightGuard(Arc::clone(self))
    }

    /// How many operations and callbacks are in flight.
    pub(crate) fn count(&self) -> usize {
        self.state().count
    }

    /// Runs `work`, and calls `on_closing` at least once if the client closes meanwhile or is closed already.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>, on_closing: impl Fn()) -> T {
        let closing = self.closing.notified();
        if self.state().is_closed {
            on_closing();
        }
        let (mut work, mut closing) = (std::pin::pin!(work), std::pin::pin!(Some(closing)));
        std::future::poll_fn(|cx| {
            if closing.as_mut().as_pin_mut().is_some_and(|closing| closing.poll(cx).is_ready()) {
                closing.set(None);
                on_closing();
            }
            work.as_mut().poll(cx)
        })
        .await
    }

    /// Admits nothing from now on, and notifies what is in flight. Does not wait.
    pub(crate) fn close(&self) {
        self.state().is_closed = true;
        if runtime::is_working() {
            self.closing.notify_waiters();
        }
    }

    /// Returns whether at most `allowed` are in flight. If there are more, it first blocks until something changes or
    /// the limit (`None`: no limit) has passed, unless `is_due` finds work for the calling thread. The state is locked
    /// while `is_due` runs, so [`InFlight::recheck`] afterwards is not missed.
    pub(crate) fn is_down_to(
        &self,
        allowed: usize,
        limit: Option<Duration>,
        is_due: impl FnOnce() -> bool,
    ) -> bool {
        let state = self.state();
        if state.count <= allowed {
            return true;
        }
        if limit != Some(Duration::ZERO) && !is_due() {
            match limit {
                None => drop(self.changed.wait(state)),
                Some(limit) => drop(self.changed.wait_timeout(state, limit)),
            }
        }
        false
    }

    /// Wakes a thread that closes the client, so that it checks again.
    pub(crate) fn recheck(&self) {
        self.notify(self.state());
    }

    /// Only a thread that closes the client waits. Notifying nobody would still cost a system call.
    fn notify(&self, state: MutexGuard<'_, State>) {
        let is_closed = state.is_closed;
        drop(state);
        if is_closed {
            self.changed.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InFlightGuard {
    pub(crate) fn in_flight(&self) -> &Arc<InFlight> {
        &self.0
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.count -= 1;
        self.0.notify(state);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn work_in_flight_is_notified_of_the_closing_whenever_that_happens() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let in_flight = Arc::new(InFlight::default());
        let notified = std::cell::Cell::new(0);
        let notify = || notified.set(notified.get() + 1);
        let closer = {
            let in_flight = Arc::clone(&in_flight);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                in_flight.close();
            })
        };
        let until_notified = std::future::poll_fn(|_| {
            if notified.get() > 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        });
        runtime.block_on(in_flight.run(until_notified, notify));
        closer.join().unwrap();
        let before = notified.replace(0);
        runtime.block_on(in_flight.run(async {}, notify));
        assert!(before > 0 && notified.get() > 0, "also if it was closed before");
    }
}
