//! The result of an operation, which one thread brings and any number of threads wait for. Plain `std`: a thread that
//! waits needs no async runtime.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::Error;
use crate::panics;

/// A result as it is kept. An error is large and rare.
type Kept<T> = Result<T, Box<Error>>;

/// The result of an operation, once it is there.
pub(crate) struct Completion<T> {
    result: Mutex<Option<Kept<T>>>,
    arrived: Condvar,
    /// How many threads wait. It changes under the lock of the result.
    waiting: AtomicU32,
}

impl<T> Default for Completion<T> {
    fn default() -> Self {
        Self { result: Mutex::new(None), arrived: Condvar::new(), waiting: AtomicU32::new(0) }
    }
}

/// Receives the result: a completion, or what contains one.
pub(crate) trait Receiver<T>: Send + Sync {
    fn completion(&self) -> &Completion<T>;

    /// Runs once, after the result has been published, on the thread that brings it.
    fn completed(self: Arc<Self>);
}

impl<T: Send> Receiver<T> for Completion<T> {
    fn completion(&self) -> &Self {
        self
    }

    fn completed(self: Arc<Self>) {}
}

/// The side that brings the result. Dropping it without one, as a panic does, completes with an error.
pub(crate) struct Completer<T>(Option<Arc<dyn Receiver<T>>>);

/// The two sides of one result.
#[cfg(test)]
pub(crate) fn pair<T: Send + 'static>() -> (Completer<T>, Arc<Completion<T>>) {
    let completion = Arc::new(Completion::default());
    (Completer::new(Arc::clone(&completion) as _), completion)
}

impl<T> Completion<T> {
    /// Blocks until the result is there, and takes it.
    #[cfg(test)]
    pub(crate) fn wait(&self) -> Result<T, Error> {
        self.wait_with_alarm(None, || ())
    }

    /// Blocks until the result is there, and takes it. Calls `alarm` if the result is not there at the given moment.
    pub(crate) fn wait_with_alarm(&self, moment: Option<Instant>, alarm: impl FnOnce()) -> Result<T, Error> {
        let mut result = self.wait_until(self.lock(), moment);
        if result.is_none() {
            drop(result);
            alarm();
            result = self.wait_until(self.lock(), None);
        }
        result.take().map_or_else(|| Err(panics::latest()), |result| result.map_err(|error| *error))
    }

    /// Blocks until the result is there or the moment has come (`None`: never), and gives `look` the result.
    pub(crate) fn peek_until<R>(
        &self,
        moment: Option<Instant>,
        look: impl FnOnce(&mut Kept<T>) -> R,
    ) -> Option<R> {
        self.wait_until(self.lock(), moment).as_mut().map(look)
    }

    /// Gives `look` the result if it is there.
    pub(crate) fn peek<R>(&self, look: impl FnOnce(&mut Kept<T>) -> R) -> Option<R> {
        self.lock().as_mut().map(look)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept<T>>> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is a result, but not beyond the moment.
    fn wait_until<'a>(
        &'a self,
        mut result: MutexGuard<'a, Option<Kept<T>>>,
        moment: Option<Instant>,
    ) -> MutexGuard<'a, Option<Kept<T>>> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        while result.is_none() {
            result = match moment {
                None => self.arrived.wait(result).unwrap_or_else(PoisonError::into_inner),
                Some(moment) => {
                    let left = moment.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    self.arrived.wait_timeout(result, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        result
    }

    fn publish(&self, result: Result<T, Error>) {
        let mut place = self.lock();
        *place = Some(result.map_err(Box::new));
        let has_waiters = self.waiting.load(Ordering::Relaxed) > 0;
        drop(place);
        if has_waiters {
            self.arrived.notify_all();
        }
    }
}

impl<T> Completer<T> {
    pub(crate) fn new(receiver: Arc<dyn Receiver<T>>) -> Self {
        Self(Some(receiver))
    }

    /// Publishes the result, then wakes the threads that wait, then tells the receiver.
    pub(crate) fn complete(mut self, result: Result<T, Error>) {
        self.bring(|| result);
    }

    fn bring(&mut self, result: impl FnOnce() -> Result<T, Error>) {
        if let Some(receiver) = self.0.take() {
            receiver.completion().publish(result());
            receiver.completed();
        }
    }
}

impl<T> Drop for Completer<T> {
    fn drop(&mut self) {
        self.bring(|| Err(panics::latest()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI32;
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
    fn the_receiver_is_told_once_and_finds_the_result() {
        #[derive(Default)]
        struct Counter(Completion<i32>, AtomicI32);
        impl Receiver<i32> for Counter {
            fn completion(&self) -> &Completion<i32> {
                &self.0
            }

            fn completed(self: Arc<Self>) {
                assert!(self.0.peek(|_| ()).is_some());
                self.1.fetch_add(1, Ordering::Relaxed);
            }
        }
        for complete in [true, false] {
            let counter = Arc::new(Counter::default());
            let completer = Completer::new(Arc::clone(&counter) as _);
            if complete {
                completer.complete(Ok(1));
            } else {
                drop(completer);
            }
            assert_eq!(counter.1.load(Ordering::Relaxed), 1);
        }
    }
}
