//! A result that one thread waits for and another one brings. Plain `std`, so that a waiting thread
//! needs nothing of an async runtime.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::error::Error;
use crate::panics;

struct Completion<T> {
    result: Mutex<Option<Result<T, Error>>>,
    arrived: Condvar,
}

/// The waiting side.
pub(crate) struct Future<T>(Arc<Completion<T>>);

/// The bringing side. Dropped empty-handed, as when the work panics, it brings an error.
pub(crate) struct Promise<T>(Option<Arc<Completion<T>>>);

/// The two sides of one result.
pub(crate) fn pair<T>() -> (Promise<T>, Future<T>) {
    let completion = Arc::new(Completion { result: Mutex::new(None), arrived: Condvar::new() });
    (Promise(Some(Arc::clone(&completion))), Future(completion))
}

impl<T> Future<T> {
    /// Blocks until the result is there.
    pub(crate) fn wait(self) -> Result<T, Error> {
        let mut slot = self.0.result.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(result) = slot.take() {
                return result;
            }
            slot = self.0.arrived.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Promise<T> {
    /// Brings the result and wakes the waiting thread.
    pub(crate) fn fulfil(mut self, result: Result<T, Error>) {
        if let Some(completion) = self.0.take() {
            completion.bring(result);
        }
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        if let Some(completion) = self.0.take() {
            completion.bring(Err(panics::latest()));
        }
    }
}

impl<T> Completion<T> {
    fn bring(&self, result: Result<T, Error>) {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        self.arrived.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::error::Status;

    #[test]
    fn a_result_crosses_threads_whoever_comes_first() {
        for _ in 0..100 {
            let (promise, future) = pair();
            let bringer = thread::spawn(move || promise.fulfil(Ok(7)));
            assert_eq!(future.wait(), Ok(7));
            bringer.join().unwrap();
        }
    }

    #[test]
    fn a_dropped_promise_is_an_internal_error_not_a_hang() {
        let (promise, future) = pair::<()>();
        drop(promise);
        assert_eq!(future.wait().unwrap_err().status, Status::Internal);
    }
}
