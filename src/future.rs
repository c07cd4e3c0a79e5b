//! A result that one thread brings and others wait for, and the word to stop that goes the other way.
//! Plain `std`, so that whoever waits needs nothing of an async runtime.

use std::pin::pin;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Instant;

use crate::error::{Error, Status};
use crate::panics;

type Listener = Box<dyn FnOnce() + Send>;

struct Completion<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    result: Option<Result<T, Error>>,
    /// How many threads wait.
    waiting: usize,
    /// Is told once, after the result has been published.
    listener: Option<Listener>,
}

/// The waiting side.
pub(crate) struct Future<T>(Arc<Completion<T>>);

/// The bringing side. Dropped empty-handed, as when the work panics, it brings an error.
pub(crate) struct Promise<T>(Option<Arc<Completion<T>>>);

/// The two sides of one result.
pub(crate) fn pair<T>() -> (Promise<T>, Future<T>) {
    let state = Mutex::new(State { result: None, waiting: 0, listener: None });
    let completion = Arc::new(Completion { state, arrived: Condvar::new() });
    (Promise(Some(Arc::clone(&completion))), Future(completion))
}

impl<T> Future<T> {
    /// Blocks until the result is there, and takes it.
    #[cfg(test)]
    pub(crate) fn wait(self) -> Result<T, Error> {
        self.wait_ringing(None, || ())
    }

    /// Blocks until the result is there, and takes it; calls `ring` if it is not there by a moment.
    pub(crate) fn wait_ringing(self, moment: Option<Instant>, ring: impl FnOnce()) -> Result<T, Error> {
        let mut state = self.0.until(self.0.lock(), moment);
        if state.result.is_none() {
            drop(state);
            ring();
            state = self.0.until(self.0.lock(), None);
        }
        state.result.take().unwrap_or_else(|| Err(panics::latest()))
    }

    /// Blocks until the result is there or a moment has come (`None`: never), and looks at the result.
    pub(crate) fn look_until<R>(
        &self,
        moment: Option<Instant>,
        look: impl FnOnce(&mut Result<T, Error>) -> R,
    ) -> Option<R> {
        self.0.until(self.0.lock(), moment).result.as_mut().map(look)
    }

    /// Looks at the result if it is there.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut Result<T, Error>) -> R) -> Option<R> {
        self.0.lock().result.as_mut().map(look)
    }

    /// Has `listener` called once when the result has been published. If that has happened it is given back.
    pub(crate) fn listen(&self, listener: Listener) -> Result<(), Listener> {
        let mut state = self.0.lock();
        if state.result.is_some() {
            return Err(listener);
        }
        state.listener = Some(listener);
        Ok(())
    }
}

impl<T> Promise<T> {
    /// Brings the result: publishes it, wakes who waits, and tells who listens, in this order.
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
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is a result, but not beyond a moment.
    fn until<'a>(
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

    fn bring(&self, result: Result<T, Error>) {
        let mut state = self.lock();
        state.result = Some(result);
        let listener = state.listener.take();
        let is_awaited = state.waiting > 0;
        drop(state);
        if is_awaited {
            self.arrived.notify_all();
        }
        if let Some(listener) = listener {
            listener();
        }
    }
}

/// Tells work that is under way to end early. It ends at the next point where it waits, in its own words.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    /// The status that the work is to end with; 0 while it is to go on.
    reason: AtomicI32,
    task: Mutex<Option<Waker>>,
}

impl Stop {
    /// Has the work end; the first reason counts.
    pub(crate) fn stop(&self, reason: Status) {
        let _ = self.reason.compare_exchange(0, reason as i32, Ordering::AcqRel, Ordering::Acquire);
        self.ring();
    }

    /// Has the work polled, so that it looks at the time.
    pub(crate) fn ring(&self) {
        let waker = self.task.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Why the work is to end, if it is.
    pub(crate) fn reason(&self) -> Option<Status> {
        Status::from_number(self.reason.load(Ordering::Acquire)).filter(|status| *status != Status::Ok)
    }

    /// Runs `work` so that it is polled again when it is to stop.
    pub(crate) async fn watch<T>(&self, work: impl std::future::Future<Output = T>) -> T {
        let mut work = pin!(work);
        std::future::poll_fn(|cx| {
            let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            if !task.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                *task = Some(cx.waker().clone());
            }
            drop(task);
            work.as_mut().poll(cx)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;
    use std::thread;
    use std::time::Duration;

    use super::*;

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

    #[test]
    fn any_number_of_threads_can_wait_for_one_result_and_look_again() {
        let (promise, future) = pair();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(future.look_until(None, |result| result.clone()), Some(Ok(7))));
            }
            promise.fulfil(Ok(7));
        });
        assert_eq!(future.look(|result| result.clone()), Some(Ok(7)));
    }

    #[test]
    fn a_bounded_look_gives_up() {
        let (promise, future) = pair::<()>();
        let moment = Instant::now() + Duration::from_millis(5);
        assert_eq!(future.look_until(Some(moment), |_| ()), None);
        assert!(Instant::now() >= moment);
        assert_eq!(future.look(|_| ()), None);
        promise.fulfil(Ok(()));
        assert_eq!(future.look_until(Some(moment), |_| ()), Some(()), "what is there is seen, however late");
    }

    #[test]
    fn the_result_is_there_before_anybody_is_told_and_one_is_told_once() {
        for fulfil in [true, false] {
            let (promise, future) = pair();
            let future = Arc::new(future);
            let told = Arc::new(AtomicI32::new(0));
            let listener = {
                let (future, told) = (Arc::clone(&future), Arc::clone(&told));
                Box::new(move || {
                    assert!(future.look(|_| ()).is_some());
                    told.fetch_add(1, Ordering::Relaxed);
                })
            };
            assert!(future.listen(listener).is_ok());
            if fulfil {
                promise.fulfil(Ok(1));
            } else {
                drop(promise);
            }
            assert_eq!(told.load(Ordering::Relaxed), 1);
            assert!(future.listen(Box::new(|| ())).is_err(), "it is too late to listen");
        }
    }

    #[test]
    fn work_that_waits_is_stopped_with_the_first_reason() {
        let stop = Arc::new(Stop::default());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let stopper = {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                stop.stop(Status::Cancelled);
                stop.stop(Status::Closed);
            })
        };
        let until_stopped = std::future::poll_fn(|_| match stop.reason() {
            Some(reason) => Poll::Ready(reason),
            None => Poll::Pending,
        });
        assert_eq!(runtime.block_on(stop.watch(until_stopped)), Status::Cancelled);
        stopper.join().unwrap();
        assert_eq!(stop.reason(), Some(Status::Cancelled), "the first reason counts");
    }
}
