//! Counts the operations and callbacks that are in flight on one client, so that closing the client can wait for them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use slab::Slab;

use crate::error::{Error, Status};
use crate::runtime::{self, Abandon, UnderWay};

/// The in-flight tracker of one client. It admits operations until the client is closed.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    state: Mutex<State>,
    /// Something has ended, or a callback has become due.
    changed: Condvar,
    /// Registers the operations, all at once: there may be very many.
    under_way: OnceLock<UnderWay>,
}

/// Work that ends when its client is closed.
pub(crate) trait Closes: Send + Sync {
    /// Has it end soon.
    fn close(&self);

    /// Ends it with an error at once, because the library's thread can work no more.
    fn abandon(&self);
}

#[derive(Debug, Default)]
struct State {
    is_closed: bool,
    count: usize,
    operations: Slab<Weak<dyn Closes>>,
}

const NO_OPERATION: u32 = u32::MAX;

/// Counts one operation or callback as in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlightGuard {
    in_flight: Arc<InFlight>,
    /// The key of an operation; of a callback, [`NO_OPERATION`].
    operation: u32,
}

impl InFlight {
    /// Counts one more, unless the client is closed.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<InFlightGuard, Error> {
        self.admit(None)
    }

    /// The same of an operation, which is closed if the client closes meanwhile.
    pub(crate) fn begin(self: &Arc<Self>, operation: Weak<dyn Closes>) -> Result<InFlightGuard, Error> {
        self.under_way.get_or_init(|| UnderWay::new(Arc::downgrade(self) as _));
        self.admit(Some(operation))
    }

    fn admit(self: &Arc<Self>, operation: Option<Weak<dyn Closes>>) -> Result<InFlightGuard, Error> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Error::new(Status::Closed, "this milvus_client has been closed"));
        }
        state.count += 1;
        let key = operation.map(|operation| state.operations.insert(operation));
        let operation = key.and_then(|key| u32::try_from(key).ok()).unwrap_or(NO_OPERATION);
        Ok(InFlightGuard { in_flight: Arc::clone(self), operation })
    }

    /// Counts one more although the client may be closed. Only a caller that is in flight itself may do this.
    pub(crate) fn join(self: &Arc<Self>) -> InFlightGuard {
        self.state().count += 1;
        InFlightGuard { in_flight: Arc::clone(self), operation: NO_OPERATION }
    }

    /// How many operations and callbacks are in flight.
    pub(crate) fn count(&self) -> usize {
        self.state().count
    }

    /// Admits nothing from now on, and notifies what is in flight. Does not wait.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        drop(state);
        if runtime::is_working() {
            self.operations().iter().for_each(|operation| operation.close());
        }
    }

    fn operations(&self) -> Vec<Arc<dyn Closes>> {
        self.state().operations.iter().filter_map(|(_, one)| one.upgrade()).collect()
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

impl Abandon for InFlight {
    fn abandon(&self) {
        self.operations().iter().for_each(|operation| operation.abandon());
    }
}

impl InFlightGuard {
    pub(crate) fn in_flight(&self) -> &Arc<InFlight> {
        &self.in_flight
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        let mut state = self.in_flight.state();
        state.count -= 1;
        let operation = state.operations.try_remove(self.operation as usize);
        self.in_flight.notify(state);
        drop(operation);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    impl Closes for AtomicUsize {
        fn close(&self) {
            self.fetch_add(1, Ordering::Relaxed);
        }

        fn abandon(&self) {}
    }

    #[test]
    fn an_operation_is_closed_once_with_its_client_while_it_is_in_flight() {
        let in_flight = Arc::new(InFlight::default());
        let [open, over]: [Arc<AtomicUsize>; 2] = Default::default();
        let begin = |operation: &Arc<AtomicUsize>| in_flight.begin(Arc::downgrade(operation) as _);
        let guard = begin(&open).unwrap();
        drop(begin(&over).unwrap());
        let callback = in_flight.join();
        in_flight.close();
        assert_eq!((open.load(Ordering::Relaxed), over.load(Ordering::Relaxed)), (1, 0));
        assert_eq!(begin(&over).unwrap_err().status, Status::Closed);
        assert_eq!(in_flight.count(), 2);
        drop((guard, callback));
        assert_eq!(in_flight.count(), 0);
    }
}
