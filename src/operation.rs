//! One operation of a client, which its maker then waits for or starts.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::cancellation::CancellationToken;
use crate::compaction::call_context::CallContext;
use crate::compaction::client_state::ClientState;
use crate::compaction::progress::ProgressTracker;
use crate::compaction::{Optimized, WaitResult};
use crate::completion::{self, Completer, Completion};
use crate::error::{Error, Status};
use crate::in_flight::{Closes, InFlight, InFlightGuard};
use crate::inline_executor;
use crate::panics;
use crate::rpc::Deadline;
use crate::runtime::{self, Abandon, UnderWay};
use crate::trace::{self, Span, Trace};

/// What the work of an operation needs, and what controls it from outside.
pub(crate) struct OperationContext {
    client_state: Arc<ClientState>,
    in_flight: Arc<InFlight>,
    deadline: Deadline<'static>,
    /// A thread waits for the result, and wakes the work when the time is over.
    is_watched: AtomicBool,
    token: CancellationToken,
    progress_tracker: Arc<ProgressTracker>,
    trace: Arc<Trace>,
}

impl OperationContext {
    pub(crate) fn new(
        client_state: &Arc<ClientState>,
        in_flight: &Arc<InFlight>,
        limit: Option<Duration>,
    ) -> Arc<Self> {
        Arc::new(Self {
            client_state: Arc::clone(client_state),
            in_flight: Arc::clone(in_flight),
            deadline: Deadline::after(limit),
            is_watched: AtomicBool::new(false),
            token: CancellationToken::default(),
            progress_tracker: ProgressTracker::new(),
            trace: Trace::of_this_thread(),
        })
    }

    pub(crate) fn client_state(&self) -> &Arc<ClientState> {
        &self.client_state
    }

    /// When the operation has to end, or earlier if it is cancelled.
    pub(crate) fn deadline(&self) -> Deadline<'_> {
        let deadline = self.deadline.cancelled_by(&self.token);
        if self.is_watched.load(Ordering::Relaxed) { deadline.watched() } else { deadline }
    }

    /// What the steps of a compaction need.
    pub(crate) fn call_context(&self) -> CallContext<'_> {
        CallContext { client_state: &self.client_state, deadline: self.deadline() }
    }

    pub(crate) fn progress_tracker(&self) -> &Arc<ProgressTracker> {
        &self.progress_tracker
    }

    /// What identifies the operation; the thread that makes it decides.
    pub(crate) fn trace(&self) -> &Arc<Trace> {
        &self.trace
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.deadline.elapsed()
    }

    pub(crate) fn in_flight(&self) -> &Arc<InFlight> {
        &self.in_flight
    }

    /// Counts the operation as in flight, on a thread of the library that works.
    fn begin(self: &Arc<Self>) -> Result<InFlightGuard, Error> {
        runtime::prepare()?;
        self.in_flight.begin(Arc::downgrade(self) as _)
    }

    /// Cancels the work. What the server does already goes on.
    pub(crate) fn cancel(&self) {
        self.token.cancel(Status::Cancelled);
    }

    /// Prepares an error for the caller; every error passes here. It hides secrets, tells the request id, and says that
    /// the operation was cancelled if it was.
    pub(crate) fn settle(&self, error: Error) -> Error {
        self.identified(self.deadline().settle(error))
    }

    /// The error without secrets and with the request id.
    pub(crate) fn identified(&self, error: Error) -> Error {
        self.client_state.rpc.config().hiding_secrets(error).of_request(self.trace.request_id())
    }

    /// Hides secrets in what is said of each step.
    pub(crate) fn identify_steps(&self, optimized: &mut Optimized) {
        for step in &mut optimized.steps {
            step.text = self.client_state.rpc.config().without_secrets(&step.text);
            if let Some(outcome) = &mut step.outcome {
                outcome.error = outcome.error.take().map(|error| self.identified(error));
            }
        }
    }

    pub(crate) fn settle_wait(&self, outcome: WaitResult) -> WaitResult {
        WaitResult { error: outcome.error.map(|error| self.settle(error)), ..outcome }
    }
}

/// A part of an operation. With its type hidden, the compiler need not look into it again for each that contains it.
pub(crate) type Part<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

type Work<T> = Part<'static, Result<T, Error>>;

/// Something that a client can do. It does nothing until a caller waits for it or starts it; its timeout runs from its
/// making.
#[must_use = "an operation does nothing until a caller waits for it"]
pub struct Operation<T> {
    context: Arc<OperationContext>,
    work: Work<T>,
    /// Whether it may trigger a compaction.
    is_trigger: bool,
}

impl<T: Send + 'static> Operation<T> {
    pub(crate) fn new(
        context: &Arc<OperationContext>,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        Self { context: Arc::clone(context), work: Box::pin(work), is_trigger: false }
    }

    /// The same operation, which may trigger a compaction: if the library has to abandon it, it is in doubt.
    pub(crate) fn that_triggers(self) -> Self {
        Self { is_trigger: true, ..self }
    }

    /// Runs it, and blocks until it is done.
    ///
    /// # Errors
    /// Any. `Closed` if its client is closed before or meanwhile.
    pub fn wait(self) -> Result<T, Error> {
        let context = Arc::clone(&self.context);
        context.is_watched.store(true, Ordering::Relaxed);
        let deadline = context.deadline.at();
        let completion =
            self.start_by(|work| inline_executor::begin(work, deadline), |_, completion| Ok(completion))?;
        completion.wait_with_alarm(context.deadline.at(), || {
            if runtime::is_working() {
                context.token.wake();
            }
        })
    }

    /// The same operation with another form of result.
    pub(crate) fn map<U: Send + 'static>(
        self,
        form: impl FnOnce(T, &OperationContext) -> U + Send + Unpin + 'static,
    ) -> Operation<U> {
        let Self { context, work, is_trigger } = self;
        let mapped = Mapped { work, form: Some(form), context: Arc::clone(&context) };
        Operation { context, work: Box::pin(mapped), is_trigger }
    }

    /// Starts it on the library's thread, unless `accepted` refuses. `accepted` gets the completion, and may wait for
    /// it from then on.
    pub(crate) fn start<R>(
        self,
        accepted: impl FnOnce(Arc<OperationContext>, Completion<T>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.start_by(runtime::spawn, accepted)
    }

    fn start_by<R>(
        self,
        begin: impl FnOnce(runtime::Work),
        accepted: impl FnOnce(Arc<OperationContext>, Completion<T>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let Self { context, work, is_trigger } = self;
        let guard = context.begin().map_err(|error| context.identified(error))?;
        let (completer, completion) = completion::pair();
        let result = accepted(Arc::clone(&context), completion)?;
        let ending = Arc::new(Ending { is_trigger, state: Mutex::new(Some((completer, guard))) });
        let under_way = Some(UnderWay::new(Arc::downgrade(&ending) as _));
        let work = Some(trace::span(Some(Arc::clone(&context.trace)), work));
        begin(Box::pin(Running { context, work, under_way, ending }));
        Ok(result)
    }
}

/// Work whose result gets another form.
struct Mapped<T, F> {
    work: Work<T>,
    form: Option<F>,
    context: Arc<OperationContext>,
}

impl<T, U, F: FnOnce(T, &OperationContext) -> U + Unpin> Future for Mapped<T, F> {
    type Output = Result<U, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.work.as_mut().poll(cx))?;
        match self.form.take() {
            Some(form) => Poll::Ready(Ok(form(result, &self.context))),
            None => Poll::Pending, // it was over before
        }
    }
}

/// An operation under way. It is written by hand, because a future of async blocks is far larger, and there is one for
/// each type of result.
struct Running<T> {
    context: Arc<OperationContext>,
    work: Option<Span<'static, Result<T, Error>>>,
    under_way: Option<UnderWay>,
    ending: Arc<Ending<T>>,
}

impl<T> Future for Running<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { context, work, under_way, ending } = &mut *self;
        let Some(running) = work else { return Poll::Ready(()) };
        context.token.will_wake(cx.waker());
        let result = ready!(panics::caught_poll(Pin::new(running), cx)).and_then(|result| result);
        *work = None;
        context.progress_tracker.stop();
        *under_way = None;
        ending.end(result.map_err(|error| context.settle(error)));
        Poll::Ready(())
    }
}

impl Closes for OperationContext {
    fn close(&self) {
        self.token.cancel(Status::Closed);
    }
}

/// Ends an operation once.
struct Ending<T> {
    is_trigger: bool,
    state: Mutex<Option<(Completer<T>, InFlightGuard)>>,
}

impl<T> Ending<T> {
    fn end(&self, result: Result<T, Error>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((completer, guard)) = state {
            completer.complete(result);
            drop::<InFlightGuard>(guard); // only after the listener has run
        }
    }
}

impl<T: Send> Abandon for Ending<T> {
    fn abandon(&self) {
        let error = runtime::unusable();
        self.end(Err(if self.is_trigger { error.in_doubt() } else { error }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closing::{Closing, close};
    use crate::config::{Config, Options};
    use crate::rpc::Rpc;

    fn context() -> Arc<OperationContext> {
        let config = Config::new("http://somebody:open-sesame@127.0.0.1:1", &Options::default()).unwrap();
        OperationContext::new(
            &Arc::new(ClientState::new(Rpc::new(config).unwrap()).unwrap()),
            &Arc::default(),
            None,
        )
    }

    #[test]
    fn a_panic_is_the_end_of_its_operation_and_of_nothing_else() {
        let context = context();
        for _ in 0..3 {
            let error = Operation::<()>::new(&context, async { panic!("in the work") }).wait().unwrap_err();
            assert_eq!(error.status, Status::Internal);
            assert!(error.message().contains("in the work"), "{error}");
        }
        let told = Operation::<()>::new(&context, async { panic!("with open-sesame") }).wait().unwrap_err();
        assert!(told.message().contains("with ") && !told.message().contains("sesame"), "{told}");
        assert_eq!(Operation::new(&context, async { Ok(7) }).wait(), Ok(7));
        let mapped = Operation::new(&context, async { Ok(7) }).map::<()>(|_, _| panic!("in the form"));
        assert_eq!(mapped.wait().unwrap_err().status, Status::Internal);
        assert_eq!(
            close(context.in_flight(), Some(Duration::from_secs(20))),
            Closing::Complete,
            "no operation that panicked is left in flight"
        );
    }

    #[test]
    fn a_panic_while_many_wait_reaches_each_and_their_listeners() {
        let context = context();
        let (tell, told) = std::sync::mpsc::channel();
        let work = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            panic!("later")
        };
        let completion = Operation::<()>::new(&context, work).start(|_, completion| Ok(completion)).unwrap();
        assert!(completion.on_complete(Box::new(move || tell.send(()).unwrap())).is_ok());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let error = completion.peek_until(None, |result| result.clone().unwrap_err()).unwrap();
                    assert_eq!(error.status, Status::Internal);
                });
            }
        });
        assert_eq!(told.recv(), Ok(()));
    }

    #[test]
    fn what_is_not_accepted_is_not_started() {
        let refused = Operation::<()>::new(&context(), async { unreachable!() })
            .start(|_, _| Err::<(), _>(Error::invalid_argument("no")));
        assert_eq!(refused.unwrap_err().message(), "no");
    }

    #[test]
    fn a_cancelled_operation_ends_with_the_reason_whatever_it_was_doing() {
        for (cancels, status) in [(true, Status::Cancelled), (false, Status::Closed)] {
            let context = context();
            let steered = Arc::clone(&context);
            let work = async move {
                let waiting = steered.deadline().bound(std::future::pending::<()>()).await;
                waiting.ok_or_else(|| Error::new(Status::Unavailable, "lost").in_doubt())
            };
            let completion = Operation::new(&context, work).start(|_, completion| Ok(completion)).unwrap();
            if cancels {
                context.cancel();
            } else {
                assert_eq!(close(context.in_flight(), None), Closing::Complete);
            }
            let error = completion.wait().unwrap_err();
            assert_eq!((error.status, error.in_doubt), (status, true));
            let later = Operation::new(&context, async { Ok(1) }).wait();
            assert_eq!(later.is_ok(), cancels, "a closed client does nothing more");
        }
    }
}
