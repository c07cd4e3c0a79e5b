//! A client: what the C ABI offers, as safe Rust. Each method makes an [`Operation`] that is then waited for.

use std::sync::Arc;
use std::time::Duration;

use crate::closing::{self, Closing};
use crate::collection;
use crate::compaction::engine::Engine;
use crate::compaction::{CheckResult, Item, Many, Outcome, Params, Plan, Resolution, StateInfo, Triggered};
use crate::compaction::{check, follow, many, optimize, portable, resolve, state, tasks, trigger, wait_in};
use crate::config::Config;
use crate::error::{Error, Status};
use crate::in_flight::InFlight;
use crate::operation::{Call, Operation};
use crate::rpc::{RetryClass, Rpc};
use crate::runtime;
use crate::segments::{self, Segment};
use crate::server::Server;
use crate::upkeep;

/// How long a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// The client's default: one for operations, another for waits.
    Default,
    /// At most this long, everything included.
    After(Duration),
    /// As long as the server is there.
    Never,
}

impl Timeout {
    /// The limit, or else this default.
    fn or(self, default: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Default => default,
            Self::After(limit) => Some(limit),
            Self::Never => None,
        }
    }
}

/// A connection to one server, shared by any number of threads.
#[derive(Clone)]
pub struct Client {
    engine: Arc<Engine>,
    in_flight: Arc<InFlight>,
}

impl Client {
    /// Makes a client. Does not connect; with TLS it reads the system's root certificates.
    ///
    /// # Errors
    /// `TlsFailed` if there are no root certificates.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self { engine: Arc::new(Engine::new(Rpc::new(config)?)?), in_flight: Arc::default() })
    }

    /// Ends everything that is under way on it with `Closed`, and the connection; later operations fail with
    /// that too. Returns when all of that is over and no callback of it is running any more, or at the limit.
    ///
    /// # Errors
    /// `Timeout` if something, as a callback that takes long, was not over in time; `Pending` in a callback that
    /// another close runs, which waits for the rest. It is closed all the same.
    pub fn close(&self, timeout: Timeout) -> Result<(), Error> {
        let closing = closing::close(&self.in_flight, self.limit(timeout));
        let engine = Arc::clone(&self.engine);
        runtime::spawn(Box::pin(async move { engine.rpc.disconnect().await }));
        let text =
            "the client is closed, but something of it is still under way, or a callback running or due";
        match closing {
            Closing::Complete => Ok(()),
            Closing::TimedOut => Err(Error::new(Status::Timeout, text).retriable()),
            Closing::Delegated => Err(Error::new(Status::Pending, text)),
        }
    }

    /// What the server said of itself when this connection to it was made.
    pub fn server(&self, timeout: Timeout) -> Operation<Server> {
        let call = self.call(timeout);
        Operation::new(&call.clone(), async move { call.engine().rpc.server(call.deadline()).await })
    }

    /// Triggers a compaction; returns the job's id, or [`NO_JOB`](crate::compaction::NO_JOB). With `in_doubt` set
    /// in its error, the server may have started the compaction all the same.
    pub fn compact(&self, name: &str, is_clustering: bool, timeout: Timeout) -> Operation<i64> {
        self.compact_with(name, Params::new(is_clustering), timeout).map(|triggered, _| triggered.job_id)
    }

    /// Triggers a compaction of any kind, and tells what came of the trigger; as [`Client::compact`], and
    /// `Unsupported` for what this server would silently ignore.
    pub fn compact_with(&self, name: &str, params: Params, timeout: Timeout) -> Operation<Triggered> {
        let (call, name) = (self.call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let Engine { rpc, ledger, .. } = &**call.engine();
            Box::pin(trigger::compact(rpc, ledger, call.deadline(), &name, &params)).await
        })
    }

    /// What such a trigger would do; fails as it would. Only reads.
    pub fn compaction_check(&self, name: &str, params: Params, timeout: Timeout) -> Operation<CheckResult> {
        let (call, name) = (self.call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let Engine { rpc, ledger, .. } = &**call.engine();
            Box::pin(check::check(rpc, ledger, call.deadline(), &name, &params)).await
        })
    }

    /// Whether this client's latest trigger in doubt of a collection has started a job.
    pub fn compaction_resolve(&self, name: &str, timeout: Timeout) -> Operation<Resolution> {
        let (call, name) = (self.call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let Engine { rpc, ledger, .. } = &**call.engine();
            resolve::resolve(rpc, ledger, call.deadline(), &name).await
        })
    }

    /// Every compaction task of a collection that the server remembers; `Unsupported` on servers that ignore the
    /// collection.
    pub fn compaction_tasks(&self, name: &str, timeout: Timeout) -> Operation<Vec<Plan>> {
        let (call, name) = (self.call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let (rpc, deadline) = (&call.engine().rpc, call.deadline());
            let collection = collection::find(rpc, deadline, &name).await?;
            tasks::list(rpc, RetryClass::Read, deadline, &collection).await
        })
    }

    /// The segments of a collection, as stored or as loaded.
    pub fn segments(&self, name: &str, are_loaded: bool, timeout: Timeout) -> Operation<Vec<Segment>> {
        let (call, name) = (self.call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let (rpc, deadline) = (&call.engine().rpc, call.deadline());
            let collection = collection::find(rpc, deadline, &name).await?;
            if are_loaded {
                segments::loaded(rpc, RetryClass::Read, deadline, &collection).await
            } else {
                segments::persistent(rpc, RetryClass::Read, deadline, &collection).await
            }
        })
    }

    /// What the server says of a job now. A job the server does not know is no error: it says Completed.
    pub fn compaction_state(&self, job_id: i64, timeout: Timeout) -> Operation<StateInfo> {
        let call = self.call(timeout);
        Operation::new(&call.clone(), async move {
            state::state(&call.engine().rpc, RetryClass::Read, call.deadline(), job_id).await
        })
    }

    /// The plans of a job: those that the server lists now, and those that this client saw before.
    pub fn compaction_plans(&self, job_id: i64, timeout: Timeout) -> Operation<Vec<Plan>> {
        let call = self.call(timeout);
        Operation::new(&call.clone(), async move {
            let Engine { rpc, ledger, .. } = &**call.engine();
            follow::plans(rpc, ledger, call.deadline(), job_id).await
        })
    }

    /// Waits until a job is over. Fails only for an impossible id: what ends the wait otherwise is in the
    /// [`Outcome`].
    pub fn compaction_wait(&self, job_id: i64, timeout: Timeout) -> Operation<Outcome> {
        let call = self.long_call(timeout);
        Operation::new(&call.clone(), async move {
            let show = |progress| call.meter().show(progress);
            let outcome = follow::wait(call.engine(), &show, call.deadline(), job_id).await?;
            Ok(call.settle_outcome(outcome))
        })
    }

    /// Waits until a job of others is over, as [`Client::compaction_wait`], and judges it by the segments of this
    /// collection. Fails without an outcome also if the collection is not there or not the job's.
    pub fn compaction_wait_in(&self, name: &str, job_id: i64, timeout: Timeout) -> Operation<Outcome> {
        let (call, name) = (self.long_call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let show = |progress| call.meter().show(progress);
            let waited = wait_in::wait_in(call.engine(), &show, call.deadline(), &name, job_id);
            Ok(call.settle_outcome(Box::pin(waited).await?))
        })
    }

    /// What this client knows of a job, as a text for another client of the same server. Asks no server.
    ///
    /// # Errors
    /// `InvalidArgument` if it knows nothing of the job, or the text would be too long or show a secret.
    pub fn job_export(&self, job_id: i64) -> Result<String, Error> {
        portable::export(&self.engine.ledger, self.engine.rpc.config(), job_id)
    }

    /// Adds what another client has exported to what this one knows; returns the job. Asks no server.
    ///
    /// # Errors
    /// `InvalidArgument` if the text is not whole, or of another server.
    pub fn job_import(&self, text: &str) -> Result<i64, Error> {
        portable::import(&self.engine.ledger, text)
    }

    /// Flushes a collection, and is over when it is stored.
    pub fn flush(&self, name: &str, timeout: Timeout) -> Operation<()> {
        let (call, name) = (self.call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let (engine, deadline) = (call.engine(), call.deadline());
            let collection = collection::find(&engine.rpc, deadline, &name).await?;
            upkeep::flush(&engine.rpc, &engine.upkeep_limiter, deadline, &collection).await
        })
    }

    /// Compacts a collection, with its indexes complete before and after, and the result loaded. Returns the
    /// job and its outcome; fails with what comes before the job was started.
    pub fn optimize(&self, name: &str, params: Params, timeout: Timeout) -> Operation<(i64, Outcome)> {
        let (call, name) = (self.long_call(timeout), name.to_owned());
        Operation::new(&call.clone(), async move {
            let show = |progress| call.meter().show(progress);
            let optimized = optimize::optimize(call.engine(), &show, call.deadline(), &name, &params);
            let (job_id, outcome) = trigger::or_doubtful(Box::pin(optimized)).await?;
            Ok((job_id, call.settle_outcome(outcome)))
        })
    }

    /// Compacts many collections, and returns what became of each; the second is `None` only if none failed.
    pub fn compact_many(&self, many: Many, timeout: Timeout) -> Operation<(Vec<Item>, Option<Error>)> {
        let call = self.long_call(timeout);
        Operation::new(&call.clone(), async move {
            let compacted = many::compact(call.engine(), call.meter(), call.deadline(), many);
            let (mut items, error) = trigger::or_doubtful(Box::pin(compacted)).await?;
            for item in &mut items {
                item.error = item.error.take().map(|error| call.without_secrets(error));
            }
            Ok((items, error.map(|error| call.without_secrets(error))))
        })
    }

    pub(crate) fn call(&self, timeout: Timeout) -> Arc<Call> {
        Call::new(&self.engine, &self.in_flight, self.limit(timeout))
    }

    /// A call that takes as long as a job: it has a default of its own.
    fn long_call(&self, timeout: Timeout) -> Arc<Call> {
        let limit = timeout.or(self.engine.rpc.config().wait_timeout);
        Call::new(&self.engine, &self.in_flight, limit)
    }

    fn limit(&self, timeout: Timeout) -> Option<Duration> {
        timeout.or(Some(self.engine.rpc.config().timeout))
    }
}
