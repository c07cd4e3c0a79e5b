//! The state of a future: an operation that was started, its result, and the callback or queue that gets it. `H` is the
//! C type of the handle, and `T` the form of the result that C gets.

use std::ffi::CStr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::completion_queue::CompletionQueue;
use super::convert::Out;
use super::entry::{Failed, entry};
use super::errors::{Detail, milvus_status};
use super::handle::{self, Handle};
use crate::callbacks;
use crate::compaction::progress::Watcher;
use crate::completion::{self, Completion};
use crate::error::{Error, Status};
use crate::operation::{Operation, OperationContext};

/// How an operation ended. A wait has a result although it fails.
pub(super) struct Finished<T> {
    pub(super) output: T,
    pub(super) error: Option<Box<Error>>,
}

impl<T> Finished<T> {
    pub(super) fn new(output: T, error: Option<Error>) -> Self {
        Self { output, error: error.map(Box::new) }
    }
}

impl<T> From<T> for Finished<T> {
    fn from(output: T) -> Self {
        Self { output, error: None }
    }
}

/// The value behind a future.
pub(super) struct FutureState<H, T> {
    /// The export that started the operation. A reference to a name takes a word, the name itself two: its address and
    /// its length.
    operation: &'static &'static CStr,
    context: Arc<OperationContext>,
    completion: Completion<Finished<T>>,
    delivery: Mutex<Delivery<H>>,
    detail: OnceLock<Box<Detail>>,
}

/// To whom the end of the operation is delivered, and how far that is.
struct Delivery<H> {
    /// The caller's own handle, as a number.
    handle: usize,
    use_of_handle: Use,
    /// How many callbacks nest on the callback thread while this future's runs, including that one.
    depth: u32,
    is_over: bool,
    is_watched: bool,
    receiver: Receiver<H>,
}

impl<H> Default for Delivery<H> {
    fn default() -> Self {
        let (use_of_handle, receiver) = (Use::Nothing, Receiver::None);
        Self { handle: 0, use_of_handle, depth: 0, is_over: false, is_watched: false, receiver }
    }
}

/// What the library does with the caller's own handle.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Use {
    #[default]
    Nothing,
    /// The callback runs with the handle, which has to stay valid until it returns.
    InCallback,
    /// The same, and another thread or callback has freed the handle meanwhile.
    FreedInCallback,
}

/// The one callback or queue of a future.
enum Receiver<H> {
    None,
    Waiting(Target<H>),
    Served,
}

/// Gets a handle and the status of the operation, on the callback thread.
pub(super) type Callback<H> = Box<dyn Fn(*mut H, milvus_status) + Send>;

enum Target<H> {
    Callback(Callback<H>),
    Queue(Arc<CompletionQueue>, usize),
}

/// Starts an operation for C.
pub(super) fn start<H: Handle<Value = FutureState<H, T>>, T: Send + 'static>(
    export: &'static &'static CStr,
    out_future: *mut *mut H,
    make: impl FnOnce() -> Result<Operation<Finished<T>>, Error>,
) -> milvus_status {
    entry(export, || started(export, out_future, make()?))
}

/// Starts an operation, and makes its handle. It is there once for all exports.
#[inline(never)]
fn started<H: Handle<Value = FutureState<H, T>>, T: Send + 'static>(
    export: &'static &'static CStr,
    out_future: *mut *mut H,
    operation: Operation<Finished<T>>,
) -> Result<(), Error> {
    let out = Out::new("out_future", out_future)?;
    let future = operation.start(|context| {
        let (completion, delivery, detail) = (Completion::default(), Mutex::default(), OnceLock::new());
        context.progress_tracker().keep_events();
        let state = Arc::new(FutureState { operation: export, context, completion, delivery, detail });
        let handle: *mut H = handle::insert_shared(Arc::clone(&state))?;
        state.delivery().handle = handle.addr();
        Ok((state as _, handle))
    })?;
    out.write(future);
    Ok(())
}

impl<H: Handle<Value = Self>, T: Send + 'static> completion::Receiver<Finished<T>> for FutureState<H, T> {
    fn completion(&self) -> &Completion<Finished<T>> {
        &self.completion
    }

    fn completed(self: Arc<Self>) {
        self.deliver();
    }
}

impl<H: Handle<Value = Self>, T: Send + 'static> FutureState<H, T> {
    pub(super) fn context(&self) -> &Arc<OperationContext> {
        &self.context
    }

    /// The status of the operation, or `Pending`.
    pub(super) fn status(&self) -> Status {
        self.completion.peek(status).unwrap_or(Status::Pending)
    }

    /// The failure of the operation, if it has failed; `Pending` if it is not over at the limit.
    pub(super) fn ended(&self, limit: Option<std::time::Instant>) -> Result<(), Failed> {
        let error = self.completion.peek_until(limit, |result| error(result).cloned());
        self.failed(error.unwrap_or_else(|| Some(pending())))
    }

    /// Gives `look` the result, also that of an operation which has failed but has one.
    pub(super) fn output<R>(
        &self,
        operation: &'static CStr,
        look: impl FnOnce(&mut T) -> Result<R, Error>,
    ) -> Result<(R, Result<(), Failed>), Failed> {
        let looked = self.completion.peek(|result| match result {
            Ok(finished) => Ok((look(&mut finished.output), finished.error.as_deref().cloned())),
            Err(error) => Err(Error::clone(error)),
        });
        let (looked, error) = looked
            .unwrap_or_else(|| Err(pending()))
            .map_err(|error| Failed { operation: self.operation, error })?;
        let looked = looked.map_err(|error| Failed { operation, error })?;
        Ok((looked, self.failed(error)))
    }

    fn failed(&self, error: Option<Error>) -> Result<(), Failed> {
        let operation = *self.operation;
        error.map_or(Ok(()), |error| Err(Failed { operation, error }))
    }

    /// The detail of the failure, which lives here; `None` if the operation is not over, or has not failed.
    pub(super) fn detail(&self) -> Option<&Detail> {
        let error = self.completion.peek(|result| error(result).cloned()).flatten()?;
        Some(self.detail.get_or_init(|| Box::new(Detail::new(self.operation, &error))))
    }

    /// Sets the callback that runs when the operation is over, which it may be already.
    pub(super) fn call_back(self: &Arc<Self>, callback: impl FnOnce() -> Callback<H>) -> Result<(), Error> {
        callbacks::prepare()?;
        let mut delivery = self.unclaimed_delivery()?;
        if delivery.is_over {
            let guard = self.context.in_flight().enter()?;
            delivery.receiver = Receiver::Served;
            drop(delivery);
            let (this, callback) = (Arc::clone(self), callback());
            callbacks::post(guard, Box::new(move || this.run(&callback)));
        } else {
            delivery.receiver = Receiver::Waiting(Target::Callback(callback()));
        }
        Ok(())
    }

    /// Sets the queue that gets the future when the operation is over, which it may be already.
    pub(super) fn queue(&self, queue: &Arc<CompletionQueue>, tag: usize) -> Result<(), Error> {
        let mut delivery = self.unclaimed_delivery()?;
        if delivery.is_over {
            delivery.receiver = Receiver::Served;
            queue.push(delivery.handle, tag);
        } else {
            delivery.receiver = Receiver::Waiting(Target::Queue(Arc::clone(queue), tag));
        }
        Ok(())
    }

    /// Sets the watcher that runs whenever there is progress. The callback thread drops it at the end.
    pub(super) fn watch(&self, watcher: impl FnOnce() -> Watcher) -> Result<(), Error> {
        callbacks::prepare()?;
        let mut delivery = self.delivery();
        if delivery.is_watched {
            return Err(Error::invalid_argument("future: has a progress callback already"));
        }
        if delivery.is_over {
            let guard = self.context.in_flight().enter()?;
            let watcher = watcher();
            callbacks::post(guard, Box::new(move || drop(watcher)));
        } else {
            let own = Arc::downgrade(&self.context.progressing());
            self.context.progress_tracker().watch(own, watcher());
        }
        delivery.is_watched = true;
        Ok(())
    }

    /// Frees the caller's handle. Without a callback nobody can learn the result any more, so the operation is
    /// cancelled.
    pub(super) fn free(&self, handle: *mut H) -> Result<(), Error> {
        let mut delivery = self.delivery();
        let is_own = delivery.handle == handle.addr();
        if is_own && delivery.use_of_handle != Use::Nothing && delivery.depth != callbacks::depth_here() {
            if delivery.use_of_handle == Use::FreedInCallback {
                return Err(handle::stale::<H>());
            }
            delivery.use_of_handle = Use::FreedInCallback;
            return Ok(());
        }
        let value = handle::take(handle)?;
        let is_called_back = matches!(delivery.receiver, Receiver::Waiting(Target::Callback(_)));
        if matches!(delivery.receiver, Receiver::Waiting(Target::Queue(..))) {
            delivery.receiver = Receiver::Served;
        }
        drop(delivery);
        if !is_called_back {
            self.context.cancel();
        }
        drop(value);
        Ok(())
    }

    /// Delivers the published result to the callback or queue.
    fn deliver(self: &Arc<Self>) {
        let mut delivery = self.delivery();
        delivery.is_over = true;
        let watcher = self.context.progress_tracker().end();
        let handle = delivery.handle;
        let receiver = match &delivery.receiver {
            Receiver::None => Receiver::None, // the caller may set one later
            _ => std::mem::replace(&mut delivery.receiver, Receiver::Served),
        };
        drop(delivery);
        // The operation is still in flight, so closing the client waits for the callback too.
        let post = |work| callbacks::post(self.context.in_flight().join(), work);
        if let Some(watcher) = watcher {
            post(Box::new(move || drop(watcher)));
        }
        match receiver {
            Receiver::None | Receiver::Served => {}
            Receiver::Waiting(Target::Queue(queue, tag)) => queue.push(handle, tag),
            Receiver::Waiting(Target::Callback(callback)) => {
                let this = Arc::clone(self);
                post(Box::new(move || this.run(&callback)));
            }
        }
    }

    /// Runs the callback with the caller's own handle or, if that was freed, with one that lives until the callback
    /// returns.
    fn run(self: &Arc<Self>, callback: &Callback<H>) {
        let mut delivery = self.delivery();
        let own = std::ptr::without_provenance_mut::<H>(delivery.handle);
        let is_there = handle::get(own.cast_const()).is_ok_and(|value| Arc::ptr_eq(&value, self));
        if is_there {
            delivery.use_of_handle = Use::InCallback;
            delivery.depth = callbacks::depth_here();
        }
        drop(delivery);
        let status = self.status() as milvus_status;
        if is_there {
            callback(own, status);
            let use_of_handle = std::mem::take(&mut self.delivery().use_of_handle);
            if use_of_handle == Use::FreedInCallback {
                let _ = handle::remove(own); // unless the callback has done so
            }
            return;
        }
        let other = handle::insert_shared(Arc::clone(self)).unwrap_or(std::ptr::null_mut());
        callback(other, status);
        let _ = handle::remove(other);
    }

    /// The delivery, if the future has neither callback nor queue.
    fn unclaimed_delivery(&self) -> Result<MutexGuard<'_, Delivery<H>>, Error> {
        let delivery = self.delivery();
        if !matches!(delivery.receiver, Receiver::None) {
            return Err(Error::invalid_argument("future: has, or had, a callback or a queue already"));
        }
        Ok(delivery)
    }

    fn delivery(&self) -> MutexGuard<'_, Delivery<H>> {
        self.delivery.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn error<T>(result: &Result<Finished<T>, Box<Error>>) -> Option<&Error> {
    match result {
        Ok(finished) => finished.error.as_deref(),
        Err(error) => Some(error),
    }
}

fn status<T>(result: &mut Result<Finished<T>, Box<Error>>) -> Status {
    error(result).map_or(Status::Ok, |error| error.status)
}

fn pending() -> Error {
    Error::new(Status::Pending, "the operation is not over yet")
}

#[cfg(test)]
mod tests;
