//! A queue of completed futures, with a descriptor for event loops. It holds the futures as numbers, and knows nothing
//! else of them than whether they are alive.

use std::collections::VecDeque;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::event_fd::EventFd;
use crate::error::{Error, Status};

/// The value behind a queue.
pub(super) struct CompletionQueue {
    state: Mutex<State>,
    arrived: Condvar,
    is_alive: fn(usize) -> bool,
}

struct State {
    /// Handles of futures, each with the application's tag.
    due: VecDeque<(usize, usize)>,
    /// At this length the queue drops futures that were freed: an application may free them and never take any.
    swept_at: usize,
    /// Readable while a future is due; `None` when the queue is freed.
    event: Option<EventFd>,
}

/// A shorter queue is not searched for freed futures.
const SWEPT_FIRST: usize = 1024;

impl CompletionQueue {
    pub(super) fn new(is_alive: fn(usize) -> bool) -> io::Result<Self> {
        let state = State { due: VecDeque::new(), swept_at: SWEPT_FIRST, event: Some(EventFd::new()?) };
        Ok(Self { state: Mutex::new(state), arrived: Condvar::new(), is_alive })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The descriptor for event loops; -1 where there is none.
    pub(super) fn descriptor(&self) -> i32 {
        self.state().event.as_ref().map_or(-1, EventFd::descriptor)
    }

    /// Empties the queue for good, and wakes the threads that wait for it.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.event = None;
        state.due.clear();
        drop(state);
        self.arrived.notify_all();
    }

    pub(super) fn push(&self, future: usize, tag: usize) {
        let mut state = self.state();
        let Some(event) = &state.event else { return };
        event.raise();
        state.due.push_back((future, tag));
        if state.due.len() >= state.swept_at {
            state.due.retain(|(future, _)| (self.is_alive)(*future));
            state.swept_at = SWEPT_FIRST.max(2 * state.due.len());
        }
        drop(state);
        self.arrived.notify_one();
    }

    /// The next future that is alive. Waits for one until the moment (`None`: without limit).
    pub(super) fn next(&self, until: Option<Instant>) -> Result<(usize, usize), Error> {
        let mut state = self.state();
        loop {
            let Some(event) = &state.event else {
                return Err(Error::new(Status::InvalidHandle, "this milvus_queue has been freed"));
            };
            if state.due.is_empty() {
                event.lower();
                let left = until.map(|until| until.saturating_duration_since(Instant::now()));
                state = match left {
                    None => self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                    Some(left) if left.is_zero() => {
                        return Err(Error::new(Status::Pending, "no operation is over"));
                    }
                    Some(left) => {
                        self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                    }
                };
                continue;
            }
            let next = state.due.pop_front();
            if let (true, Some(event)) = (state.due.is_empty(), &state.event) {
                event.lower();
            }
            if let Some(next) = next.filter(|(future, _)| (self.is_alive)(*future)) {
                return Ok(next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freed_futures_that_nobody_takes_do_not_fill_a_queue() {
        let queue = CompletionQueue::new(|_| false).unwrap();
        for freed in 0..10 * SWEPT_FIRST {
            queue.push(freed, 0);
            assert!(queue.state().due.len() < SWEPT_FIRST);
        }
        assert_eq!(queue.next(Some(Instant::now())).unwrap_err().status, Status::Pending);
    }
}
