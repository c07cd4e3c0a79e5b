//! The result of an operation, which one thread brings and any number of threads wait for. Plain `std`: a thread that
//! waits needs no async runtime.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::Error;
use crate::panics;

type Listener = Box<dyn FnOnce() + Send>;

struct Shared<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    result: Option<Result<T, Error>>,
    /// How many threads wait.
    waiting: usize,
    /// Runs once, after the result has been published.
    listener: Option<Listener>,
}

/// The side that waits for the result.
pub(crate) struct Completion<T>(Arc<Shared<T>>);

/// The side that brings the result. Dropping it without one, as a panic does, completes with an error.
pub(crate) struct Completer<T>(Option<Arc<Shared<T>>>);

/// The two sides of one result.
pub(crate) fn pair<T>() -> (Completer<T>, Completion<T>) {
    let state = Mutex::new(State { result: None, waiting: 0, listener: None });
    let shared = Arc::new(Shared { state, arrived: Condvar::new() });
    (Completer(Some(Arc::clone(&shared))), Completion(shared))
}

impl<T> Completion<T> {
    /// Blocks until the result is there, and takes it.
    #[cfg(test)]
    pub(crate) fn wait(self) -> Result<T, Error> {
        self.wait_with_alarm(None, || ())
    }

    /// Blocks until the result is there, and takes it. Calls `alarm` if the result is not there at the given moment.
    pub(crate) fn wait_with_alarm(self, moment: Option<Instant>, alarm: impl FnOnce()) -> Result<T, Error> {
        let mut state = self.0.wait_until(self.0.lock(), moment);
        if state.result.is_none() {
            drop(state);
            alarm();
            state = self.0.wait_until(self.0.lock(), None);
        }
        state.result.take().unwrap_or_else(|| Err(panics::latest()))
    }

    /// Blocks until the result is there or the moment has come (`None`: never), and gives `look` the result.
    pub(crate) fn peek_until<R>(
        &self,
        moment: Option<Instant>,
        look: impl FnOnce(&mut Result<T, Error>) -> R,
    ) -> Option<R> {
        self.0.wait_until(self.0.lock(), moment).result.as_mut().map(look)
    }

    /// Gives `look` the result if it is there.
    pub(crate) fn peek<R>(&self, look: impl FnOnce(&mut Result<T, Error>) -> R) -> Option<R> {
        self.0.lock().result.as_mut().map(look)
    }

    /// Registers a listener that runs once after the result has been published. Returns it if that has happened.
    pub(crate) fn on_complete(&self, listener: Listener) -> Result<(), Listener> {
        let mut state = self.0.lock();
        if state.result.is_some() {
            return Err(listener);
        }
        state.listener = Some(listener);
        Ok(())
    }
}

impl<T> Completer<T> {
    /// Publishes the result, then wakes the threads that wait, then runs the listener.
    pub(crate) fn complete(mut self, result: Result<T, Error>) {
        if let Some(shared) = self.0.take() {
            shared.publish(result);
        }
    }
}

impl<T> Drop for Completer<T> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            shared.publish(Err(panics::latest()));
        }
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is a result, but not beyond the moment.
    fn wait_until<'a>(
        &'a self,
        mut state: MutexGuard<'a, State<T>>,
        moment: Option<Instant>,
    ) -> MutexGuard<'a, State<T>> {
        state.waiting += 1;
        while state.result.is_none() {
            state = match moment {
                None => self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(moment) => {
                    let left = moment.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        state.waiting -= 1;
        state
    }

    fn publish(&self, result: Result<T, Error>) {
        let mut state = self.lock();
        state.result = Some(result);
        let listener = state.listener.take();
        let has_waiters = state.waiting > 0;
        drop(state);
        if has_waiters {
            self.arrived.notify_all();
        }
        if let Some(listener) = listener {
            listener();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI32, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::error::Status;

    #[test]
    fn a_result_crosses_threads_whichever_comes_first() {
        for _ in 0..100 {
            let (completer, completion) = pair();
            let worker = thread::spawn(move || completer.complete(Ok(7)));
            assert_eq!(completion.wait(), Ok(7));
            worker.join().unwrap();
        }
    }

    #[test]
    fn a_dropped_completer_is_an_internal_error_not_a_hang() {
        let (completer, completion) = pair::<()>();
        drop(completer);
        assert_eq!(completion.wait().unwrap_err().status, Status::Internal);
    }

    #[test]
    fn any_number_of_threads_can_wait_for_one_result_and_look_again() {
        let (completer, completion) = pair();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(completion.peek_until(None, |result| result.clone()), Some(Ok(7))));
            }
            completer.complete(Ok(7));
        });
        assert_eq!(completion.peek(|result| result.clone()), Some(Ok(7)));
    }

    #[test]
    fn a_bounded_peek_gives_up() {
        let (completer, completion) = pair::<()>();
        let moment = Instant::now() + Duration::from_millis(5);
        assert_eq!(completion.peek_until(Some(moment), |_| ()), None);
        assert!(Instant::now() >= moment);
        assert_eq!(completion.peek(|_| ()), None);
        completer.complete(Ok(()));
        assert_eq!(
            completion.peek_until(Some(moment), |_| ()),
            Some(()),
            "what is there is seen, however late"
        );
    }

    #[test]
    fn the_listener_runs_once_and_finds_the_result() {
        for complete in [true, false] {
            let (completer, completion) = pair();
            let completion = Arc::new(completion);
            let ran = Arc::new(AtomicI32::new(0));
            let listener = {
                let (completion, ran) = (Arc::clone(&completion), Arc::clone(&ran));
                Box::new(move || {
                    assert!(completion.peek(|_| ()).is_some());
                    ran.fetch_add(1, Ordering::Relaxed);
                })
            };
            assert!(completion.on_complete(listener).is_ok());
            if complete {
                completer.complete(Ok(1));
            } else {
                drop(completer);
            }
            assert_eq!(ran.load(Ordering::Relaxed), 1);
            assert!(completion.on_complete(Box::new(|| ())).is_err(), "it is too late to listen");
        }
    }
}
