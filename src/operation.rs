//! One operation of a client, which its maker then waits for or starts.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Instant;

use crate::cancellation::CancellationToken;
use crate::compaction::call_context::CallContext;
use crate::compaction::client_state::ClientState;
use crate::compaction::progress::{ProgressTracker, Progressing};
use crate::compaction::{Optimized, WaitResult};
use crate::completion::{Completion, Receiver};
use crate::error::{Error, Status};
use crate::in_flight::InFlight;
use crate::inline_executor::{self, Task};
use crate::moment::Moment;
use crate::rpc::Deadline;
use crate::runtime;
use crate::trace::{Trace, Traced};

mod running;

use running::Running;

/// What the work of an operation needs, and what controls it from outside.
pub(crate) struct OperationContext {
    client_state: Arc<ClientState>,
    /// When it has to end; the progress tracker knows when it began.
    ends: Option<Moment>,
    token: CancellationToken,
    progress_tracker: ProgressTracker,
    trace: Trace,
}

impl OperationContext {
    pub(crate) fn new(client_state: &Arc<ClientState>, limit: Option<Duration>) -> Arc<Self> {
        let deadline = Deadline::after(limit);
        let started = deadline.started();
        Arc::new(Self {
            client_state: Arc::clone(client_state),
            ends: deadline.at().and(limit).map(|limit| started + limit),
            token: CancellationToken::default(),
            progress_tracker: ProgressTracker::new(started),
            trace: Trace::of_this_thread(),
        })
    }

    pub(crate) fn client_state(&self) -> &Arc<ClientState> {
        &self.client_state
    }

    /// When the operation has to end, or earlier if it is cancelled.
    pub(crate) fn deadline(&self) -> Deadline<'_> {
        let deadline = self.term().cancelled_by(&self.token);
        if self.token.is_watched_by_thread() { deadline.watched() } else { deadline }
    }

    fn term(&self) -> Deadline<'static> {
        Deadline::of(self.progress_tracker.started(), self.ends)
    }

    /// What the steps of a compaction need.
    pub(crate) fn call_context(&self) -> CallContext<'_> {
        CallContext { client_state: &self.client_state, deadline: self.deadline() }
    }

    pub(crate) fn progress_tracker(&self) -> &ProgressTracker {
        &self.progress_tracker
    }

    /// The operation as what its steps show their progress to.
    pub(crate) fn progressing(self: &Arc<Self>) -> Arc<dyn Progressing> {
        Arc::clone(self) as _
    }

    /// What identifies the operation; the thread that makes it decides.
    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.term().elapsed()
    }

    pub(crate) fn in_flight(&self) -> &Arc<InFlight> {
        &self.client_state.in_flight
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
        self.client_state.rpc.config().hiding_secrets(error).of_request(&self.trace.request_id())
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

impl Progressing for OperationContext {
    fn tracker(&self) -> &ProgressTracker {
        &self.progress_tracker
    }
}

impl Traced for OperationContext {
    fn trace(&self) -> &Trace {
        &self.trace
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
        context.token.watched_by_thread();
        let deadline = context.term().at().map(Instant::into_std);
        let begin = |task| inline_executor::begin(task, deadline);
        let completion = self.start_by(begin, |_| {
            let completion = Arc::new(Completion::default());
            Ok((Arc::clone(&completion) as _, completion))
        })?;
        completion.wait_with_alarm(deadline, || {
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

    /// Starts it on the library's thread, unless `accepted` refuses. `accepted` returns what receives the result, and
    /// what this returns.
    pub(crate) fn start<R>(
        self,
        accepted: impl FnOnce(Arc<OperationContext>) -> Result<(Arc<dyn Receiver<T>>, R), Error>,
    ) -> Result<R, Error> {
        self.start_by(inline_executor::spawn, accepted)
    }

    fn start_by<R>(
        self,
        begin: impl FnOnce(Arc<dyn Task>),
        accepted: impl FnOnce(Arc<OperationContext>) -> Result<(Arc<dyn Receiver<T>>, R), Error>,
    ) -> Result<R, Error> {
        let Self { context, work, is_trigger } = self;
        Running::start((context, work, is_trigger), begin, accepted)
    }
}

#[cfg(test)]
impl<T: Send + 'static> Operation<T> {
    pub(crate) fn context(&self) -> &Arc<OperationContext> {
        &self.context
    }

    /// Runs it in a simulated world.
    pub(crate) async fn simulated(self) -> Result<T, Error> {
        struct Awaited<T>(Completion<T>, tokio::sync::Notify);
        impl<T: Send> Receiver<T> for Awaited<T> {
            fn completion(&self) -> &Completion<T> {
                &self.0
            }

            fn completed(self: Arc<Self>) {
                self.1.notify_one();
            }
        }
        let awaited = Arc::new(Awaited(Completion::default(), tokio::sync::Notify::new()));
        self.start(|_| Ok((Arc::clone(&awaited) as _, ())))?;
        awaited.1.notified().await;
        awaited.0.wait()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closing::{Closing, close};
    use crate::config::{Config, Options};
    use crate::rpc::Rpc;

    fn context() -> Arc<OperationContext> {
        let config = Config::new("http://somebody:open-sesame@127.0.0.1:1", &Options::default()).unwrap();
        OperationContext::new(&Arc::new(ClientState::new(Rpc::new(config).unwrap()).unwrap()), None)
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

    struct Teller(Completion<()>, std::sync::mpsc::Sender<()>);

    impl Receiver<()> for Teller {
        fn completion(&self) -> &Completion<()> {
            &self.0
        }

        fn completed(self: Arc<Self>) {
            self.1.send(()).unwrap();
        }
    }

    #[test]
    fn a_panic_while_many_wait_reaches_each_and_their_listeners() {
        let context = context();
        let (tell, told) = std::sync::mpsc::channel();
        let work = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            panic!("later")
        };
        let told_of = Arc::new(Teller(Completion::default(), tell));
        Operation::<()>::new(&context, work).start(|_| Ok((Arc::clone(&told_of) as _, ()))).unwrap();
        let completion = &told_of.0;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let error = completion.peek_until(None, |result| *result.clone().unwrap_err()).unwrap();
                    assert_eq!(error.status, Status::Internal);
                });
            }
        });
        assert_eq!(told.recv(), Ok(()));
    }

    /// HTTP/2 drops wakers under a lock that the end of a connection takes, too.
    #[test]
    fn a_waker_that_outlives_its_operation_holds_no_client() {
        let context = context();
        let (waker, woken) = std::sync::mpsc::channel();
        let work = std::future::poll_fn(move |cx| {
            waker.send(cx.waker().clone()).unwrap();
            Poll::Ready(Ok(()))
        });
        Operation::new(&context, work).wait().unwrap();
        let waker = woken.recv().unwrap();
        let client_state = Arc::downgrade(&context.client_state);
        drop(context);
        // The library's thread may still be about to let go of it.
        while client_state.strong_count() > 0 {
            std::thread::yield_now();
        }
        waker.wake();
    }

    #[test]
    fn what_is_not_accepted_is_not_started() {
        let refused = Operation::<()>::new(&context(), async { unreachable!() })
            .start(|_| Err::<(_, ()), _>(Error::invalid_argument("no")));
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
            let completion = Arc::new(Completion::default());
            Operation::new(&context, work).start(|_| Ok((Arc::clone(&completion) as _, ()))).unwrap();
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
