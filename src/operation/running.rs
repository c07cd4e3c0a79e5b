//! An operation under way: one allocation, which is polled, woken, closed and abandoned.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

use super::{OperationContext, Work};
use crate::completion::{Completer, Receiver};
use crate::error::{Error, Status};
use crate::in_flight::{Closes, InFlightGuard};
use crate::inline_executor::{self, Task, TaskState};
use crate::{panics, runtime, trace};

/// An operation under way. It is written by hand, because a future of async blocks is far larger, and there is one for
/// each type of result.
pub(super) struct Running<T> {
    state: Mutex<TaskState>,
    is_trigger: bool,
    /// `None` after its end.
    work: Mutex<Option<Work<T>>>,
    /// `None` after its end. A waker may be dropped under a lock of HTTP/2: it must not be the last to have a client then.
    ending: Mutex<Option<Ending<T>>>,
}

/// What an operation has until its end.
struct Ending<T> {
    context: Arc<OperationContext>,
    /// Whom the result is brought to; `None` before the beginning.
    brings: Option<(Completer<T>, InFlightGuard)>,
}

impl<T: Send + 'static> Running<T> {
    /// Makes what `begin` is to begin, unless the client is closed or `accepted` refuses.
    pub(super) fn start<R>(
        (context, work, is_trigger): (Arc<OperationContext>, Work<T>, bool),
        begin: impl FnOnce(Arc<dyn Task>),
        accepted: impl FnOnce(Arc<OperationContext>) -> Result<(Arc<dyn Receiver<T>>, R), Error>,
    ) -> Result<R, Error> {
        let ending = Mutex::new(Some(Ending { context: Arc::clone(&context), brings: None }));
        let (state, work) = (Mutex::default(), Mutex::new(Some(work)));
        let running = Arc::new(Running { state, is_trigger, work, ending });
        let guard =
            runtime::prepare().and_then(|()| context.in_flight().begin(Arc::downgrade(&running) as _));
        let guard = guard.map_err(|error| context.identified(error))?;
        let (receiver, result) = accepted(Arc::clone(&context))?;
        let completer = Completer::new(receiver);
        match &mut *running.ending() {
            Some(ending) => ending.brings = Some((completer, guard)),
            None => completer.complete(Err(runtime::unusable())), // abandoned already
        }
        if runtime::has_stopped() {
            running.abandon(); // the library's thread may have stopped after it was seen to work
        }
        begin(running);
        Ok(result)
    }
}

impl<T> Running<T> {
    fn work(&self) -> MutexGuard<'_, Option<Work<T>>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ending(&self) -> MutexGuard<'_, Option<Ending<T>>> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn context(&self) -> Option<Arc<OperationContext>> {
        self.ending().as_ref().map(|ending| Arc::clone(&ending.context))
    }

    /// Ends the operation, unless it is over.
    fn end(&self, result: Result<T, Error>) {
        let ending = self.ending().take();
        if let Some((completer, guard)) = ending.and_then(|ending| ending.brings) {
            completer.complete(result);
            drop::<InFlightGuard>(guard); // only after the receiver was told
        }
    }
}

impl<T: Send + 'static> Task for Running<T> {
    fn state(&self) -> &Mutex<TaskState> {
        &self.state
    }

    fn poll(self: Arc<Self>) -> Poll<()> {
        let mut work = self.work();
        // What was abandoned is neither polled nor dropped.
        let (Some(context), Some(running)) = (self.context(), work.as_mut()) else { return Poll::Pending };
        let waker = Waker::from(Arc::clone(&self));
        context.token.will_wake(&waker);
        let poll = || panics::caught_poll(Pin::new(running), &mut Context::from_waker(&waker));
        let result = ready!(trace::within(Arc::clone(&context) as _, poll)).and_then(|result| result);
        *work = None;
        drop(work);
        context.progress_tracker.stop();
        context.token.is_over();
        self.end(result.map_err(|error| context.settle(error)));
        Poll::Ready(())
    }

    fn give_up(&self) {
        self.work().take();
        let ending = self.ending().take(); // its completer tells of the panic
        if let Some(ending) = &ending {
            ending.context.token.is_over();
        }
    }
}

impl<T: Send + 'static> Wake for Running<T> {
    fn wake(self: Arc<Self>) {
        inline_executor::wake(&self);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        inline_executor::wake(self);
    }
}

impl<T: Send> Closes for Running<T> {
    fn close(&self) {
        if let Some(context) = self.context() {
            context.token.cancel(Status::Closed);
        }
    }

    fn abandon(&self) {
        let error = runtime::unusable();
        self.end(Err(if self.is_trigger { error.in_doubt() } else { error }));
    }
}
