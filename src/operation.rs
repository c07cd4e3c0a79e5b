//! One operation of a client: made, then waited for or started.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::compaction::Outcome;
use crate::compaction::engine::Engine;
use crate::compaction::meter::Meter;
use crate::error::{Error, Status};
use crate::future::{self, Stop};
use crate::gate::{Gate, Pass};
use crate::rpc::Deadline;
use crate::runtime;

/// What an operation's work needs, and what steers it from outside.
pub(crate) struct Call {
    engine: Arc<Engine>,
    gate: Arc<Gate>,
    deadline: Deadline<'static>,
    stop: Stop,
    meter: Arc<Meter>,
}

impl Call {
    pub(crate) fn new(engine: &Arc<Engine>, gate: &Arc<Gate>, limit: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            engine: Arc::clone(engine),
            gate: Arc::clone(gate),
            deadline: Deadline::after(limit),
            stop: Stop::default(),
            meter: Arc::new(Meter::new()),
        })
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// When the call has to be over, or earlier if it is stopped.
    pub(crate) fn deadline(&self) -> Deadline<'_> {
        self.deadline.stopped_by(&self.stop)
    }

    pub(crate) fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.deadline.elapsed()
    }

    /// How long a wait is that does not say.
    pub(crate) fn default_timeout(&self) -> Duration {
        self.engine.rpc.config().timeout
    }

    pub(crate) fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Stops the work. What the server was asked to do goes on.
    pub(crate) fn cancel(&self) {
        self.stop.stop(Status::Cancelled);
    }

    /// Every error passes here before it leaves: none may hold a secret, whoever put it there, and one of a call
    /// that was stopped says so.
    pub(crate) fn settle(&self, error: Error) -> Error {
        self.engine.rpc.config().hiding_secrets(self.deadline().settle(error))
    }

    pub(crate) fn settle_outcome(&self, outcome: Outcome) -> Outcome {
        Outcome { error: outcome.error.map(|error| self.settle(error)), ..outcome }
    }
}

type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Something that a client can do. Nothing happens before it is waited for or started; its time runs from when
/// it was made.
#[must_use = "nothing is done before it is waited for"]
pub struct Operation<T> {
    call: Arc<Call>,
    work: Work<T>,
}

impl<T: Send + 'static> Operation<T> {
    pub(crate) fn new(
        call: &Arc<Call>,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        Self { call: Arc::clone(call), work: Box::pin(work) }
    }

    /// Does it, and blocks until it is done.
    ///
    /// # Errors
    /// Any. `Closed` if its client was closed before or meanwhile.
    pub fn wait(self) -> Result<T, Error> {
        self.start(|_, future| Ok(future))?.wait()
    }

    /// The same operation with another form of result.
    pub(crate) fn map<U: Send + 'static>(
        self,
        form: impl FnOnce(T, &Call) -> U + Send + 'static,
    ) -> Operation<U> {
        let (work, call) = (self.work, Arc::clone(&self.call));
        Operation::new(&self.call, async move { Ok(form(work.await?, &call)) })
    }

    /// Starts it on the library's thread, if it is `accepted`; what that returns can be waited for from then on.
    pub(crate) fn start<R>(
        self,
        accepted: impl FnOnce(Arc<Call>, future::Future<T>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let Self { call, work } = self;
        runtime::prepare()?;
        let pass = call.gate.enter()?;
        let (promise, future) = future::pair();
        let result = accepted(Arc::clone(&call), future)?;
        runtime::spawn(async move {
            let on_closing = || call.stop.stop(Status::Closed);
            let result = call.stop.watch(call.gate.pass(work, on_closing)).await;
            promise.fulfil(result.map_err(|error| call.settle(error)));
            drop::<Pass>(pass); // after whoever is told has been told
        });
        Ok(result)
    }
}
