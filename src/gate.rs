//! What is under way on one client, so that closing it can end all of that, and wait for it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::callbacks;
use crate::error::{Error, Status};

/// Lets work in until it is closed.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    /// Work has ended, or a callback is waiting for its turn.
    changed: Condvar,
    closing: Notify,
}

#[derive(Debug, Default)]
struct State {
    is_closed: bool,
    inside: usize,
}

/// How closing has ended. Nobody is let in any more in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// All is over that was inside, but for the callbacks that this was called by.
    Over,
    /// Something was still inside at the limit.
    Late,
    /// The rest is for a close that called the caller, or for whoever runs the callbacks when it has returned.
    Elsewhere,
}

/// Something that is under way, until dropped: an operation, or a callback.
#[derive(Debug)]
pub(crate) struct Pass(Arc<Gate>);

impl Gate {
    /// Lets one more in.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<Pass, Error> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Error::new(Status::Closed, "this milvus_client has been closed"));
        }
        state.inside += 1;
        Ok(Pass(Arc::clone(self)))
    }

    /// Lets one more in although it may be closed: only for who belongs to somebody that is inside now.
    pub(crate) fn follow(self: &Arc<Self>) -> Pass {
        self.state().inside += 1;
        Pass(Arc::clone(self))
    }

    /// Runs `work`, with `on_closing` called, perhaps more than once, if the gate closes meanwhile.
    pub(crate) async fn pass<T>(&self, work: impl Future<Output = T>, on_closing: impl Fn()) -> T {
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

    /// Closes, and returns when all is over that was inside, except the callbacks that call this, or at the limit.
    pub(crate) fn close(self: &Arc<Self>, limit: Option<Duration>) -> Closing {
        let end = limit.and_then(|limit| Instant::now().checked_add(limit));
        self.state().is_closed = true;
        self.closing.notify_waiters();
        callbacks::while_closing(self, |may_wait| self.until_empty(may_wait, end))
    }

    fn until_empty(self: &Arc<Self>, may_wait: bool, end: Option<Instant>) -> Closing {
        let own = callbacks::running_here(self);
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let is_late = left.is_some_and(|left| left.is_zero());
            // The thread of the callbacks waits for nobody: what is due is run right here.
            if may_wait && !is_late && callbacks::run_one_of(self) {
                continue;
            }
            let state = self.state();
            if state.inside <= own {
                return Closing::Over;
            }
            if !may_wait {
                return Closing::Elsewhere;
            }
            if is_late {
                return Closing::Late;
            }
            if callbacks::has_one_of(self) {
                continue;
            }
            match left {
                None => drop(self.changed.wait(state)),
                Some(left) => drop(self.changed.wait_timeout(state, left)),
            }
        }
    }

    /// Lets a close that is waiting look again.
    pub(crate) fn look_again(&self) {
        self.tell(self.state());
    }

    /// Only who closes waits, and to wake nobody is a system call all the same.
    fn tell(&self, state: MutexGuard<'_, State>) {
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

impl Pass {
    pub(crate) fn gate(&self) -> &Arc<Gate> {
        &self.0
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.inside -= 1;
        self.0.tell(state);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn closing_waits_for_who_is_inside_and_lets_nobody_in() {
        let gate = Arc::new(Gate::default());
        let pass = gate.enter().unwrap();
        let companion = gate.follow();
        drop(pass);
        assert_eq!(gate.close(Some(Duration::from_millis(5))), Closing::Late, "one is still inside");
        assert_eq!(gate.enter().unwrap_err().status, Status::Closed);
        let leaving = thread::spawn(move || {
            thread::sleep(Duration::from_millis(5));
            drop(companion);
        });
        assert_eq!(gate.close(None), Closing::Over);
        leaving.join().unwrap();
        assert_eq!(gate.close(Some(Duration::ZERO)), Closing::Over, "closing again does no harm");
    }

    #[test]
    fn work_inside_is_told_of_the_closing_whenever_that_happens() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let gate = Arc::new(Gate::default());
        let told = std::cell::Cell::new(0);
        let tell = || told.set(told.get() + 1);
        let closer = {
            let gate = Arc::clone(&gate);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                gate.close(None)
            })
        };
        let until_told = std::future::poll_fn(|_| {
            if told.get() > 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        });
        runtime.block_on(gate.pass(until_told, tell));
        assert_eq!(closer.join().unwrap(), Closing::Over);
        let before = told.replace(0);
        runtime.block_on(gate.pass(async {}, tell));
        assert!(before > 0 && told.get() > 0, "also if it was closed before");
    }
}
