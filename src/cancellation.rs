//! Cancels work in progress.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use crate::error::Status;

/// The cancellation token of one piece of work. The work ends at its next await point, with an error of its own.
#[derive(Debug, Default)]
pub(crate) struct CancellationToken {
    /// The status that the work is to end with; 0 while it is to go on.
    reason: AtomicI32,
    /// Whether a thread waits for the work, and wakes it when the time is over.
    is_watched: AtomicBool,
    task: Mutex<Option<Waker>>,
}

impl CancellationToken {
    /// Cancels the work. The first reason counts.
    pub(crate) fn cancel(&self, reason: Status) {
        let _ = self.reason.compare_exchange(0, reason as i32, Ordering::AcqRel, Ordering::Acquire);
        self.wake();
    }

    /// Wakes the work, so that it checks the time.
    pub(crate) fn wake(&self) {
        let waker = self.task.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// A thread waits for the work, and calls [`CancellationToken::wake`] when the time is over.
    pub(crate) fn watched_by_thread(&self) {
        self.is_watched.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_watched_by_thread(&self) -> bool {
        self.is_watched.load(Ordering::Relaxed)
    }

    /// The reason, if the work is cancelled.
    pub(crate) fn reason(&self) -> Option<Status> {
        Status::from_number(self.reason.load(Ordering::Acquire)).filter(|status| *status != Status::Ok)
    }

    /// Has a cancellation wake this task.
    pub(crate) fn will_wake(&self, waker: &Waker) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if !task.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *task = Some(waker.clone());
        }
    }

    /// The work is over: nothing wakes it any more.
    pub(crate) fn is_over(&self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(task);
    }

    /// Runs `work`, and polls it again when it is cancelled.
    pub(crate) async fn watch<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        std::future::poll_fn(|cx| {
            self.will_wake(cx.waker());
            work.as_mut().poll(cx)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::Poll;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn work_that_waits_is_cancelled_with_the_first_reason() {
        let token = Arc::new(CancellationToken::default());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let canceller = {
            let token = Arc::clone(&token);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                token.cancel(Status::Cancelled);
                token.cancel(Status::Closed);
            })
        };
        let until_cancelled = std::future::poll_fn(|_| match token.reason() {
            Some(reason) => Poll::Ready(reason),
            None => Poll::Pending,
        });
        assert_eq!(runtime.block_on(token.watch(until_cancelled)), Status::Cancelled);
        canceller.join().unwrap();
        assert_eq!(token.reason(), Some(Status::Cancelled), "the first reason counts");
    }
}
