//! What one caller at a time does for all, such as connecting. It goes on when that caller gives up, so that callers
//! with little time get there together.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::AbortHandle;

use crate::trace;

/// State that such work changes. Whoever holds its lock may begin the work, which keeps the lock to its end.
#[derive(Default)]
pub(crate) struct Outliving<S> {
    state: Arc<Mutex<S>>,
    work: StdMutex<Option<AbortHandle>>,
}

impl<S: Send + 'static> Outliving<S> {
    /// Waits until no work is under way.
    pub(crate) async fn lock(&self) -> OwnedMutexGuard<S> {
        Arc::clone(&self.state).lock_owned().await
    }

    /// The state, unless work is under way or somebody else looks.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&S) -> T) -> Option<T> {
        self.state.try_lock().ok().map(|state| look(&state))
    }

    /// Runs work that holds a lock of [`Self::lock`], and returns its output; `None` if [`Self::give_up`] ended it. If the
    /// future is dropped, the work goes on. To be called on the library's thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let work = tokio::spawn(trace::span(trace::copy_of_current(), Box::pin(work)));
        *self.work.lock().unwrap_or_else(PoisonError::into_inner) = Some(work.abort_handle());
        match work.await {
            Ok(output) => Some(output),
            // The operation makes an error of it.
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            Err(_) => None,
        }
    }

    /// Ends the work that is under way.
    pub(crate) fn give_up(&self) {
        if let Some(work) = self.work.lock().unwrap_or_else(PoisonError::into_inner).take() {
            work.abort();
        }
    }
}

impl<S> Drop for Outliving<S> {
    fn drop(&mut self) {
        if let Some(work) = self.work.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            work.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use tokio::sync::oneshot;

    use super::*;

    fn block_on(work: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work);
    }

    #[test]
    fn work_whose_caller_gives_up_goes_on_and_the_next_caller_finds_its_result() {
        block_on(async {
            let numbers = Outliving::<Vec<i32>>::default();
            let (release, released) = oneshot::channel::<()>();
            let mut state = numbers.lock().await;
            {
                let mut first = pin!(numbers.run(async move {
                    released.await.unwrap();
                    state.push(1);
                }));
                let mut cx = Context::from_waker(Waker::noop());
                assert!(first.as_mut().poll(&mut cx).is_pending());
                tokio::task::yield_now().await;
            }
            assert!(numbers.look(Vec::len).is_none(), "it holds the lock");
            release.send(()).unwrap();
            assert_eq!(*numbers.lock().await, [1]);
        });
    }

    #[test]
    fn who_closes_ends_the_work_and_who_waits_is_told() {
        block_on(async {
            let numbers = Outliving::<i32>::default();
            let state = numbers.lock().await;
            let work = async move {
                let _state = state;
                pending::<()>().await;
            };
            let end = async {
                tokio::task::yield_now().await;
                numbers.give_up();
                *numbers.lock().await
            };
            assert_eq!(tokio::join!(numbers.run(work), end), (None, 0));
        });
    }

    #[test]
    fn a_panic_of_the_work_is_its_callers() {
        block_on(async {
            let nothing = Outliving::<()>::default();
            let running = tokio::spawn(async move {
                nothing.run(async { std::panic::resume_unwind(Box::new("it breaks")) }).await
            });
            assert_eq!(running.await.unwrap_err().into_panic().downcast_ref(), Some(&"it breaks"));
        });
    }
}
