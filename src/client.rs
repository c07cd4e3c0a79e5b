//! A client: what the C ABI offers, as safe Rust. Each call blocks until its answer or its deadline.

use std::sync::Arc;
use std::time::Duration;

use crate::collection;
use crate::compaction::ledger::Ledger;
use crate::compaction::pace::Pace;
use crate::compaction::{Found, Outcome, Params, Plan, Prospect, StateInfo, Triggered};
use crate::compaction::{check, find, follow, optimize, state, tasks, trigger};
use crate::config::Config;
use crate::error::Error;
use crate::rpc::{Deadline, Effect, Rpc};
use crate::runtime;
use crate::segments::{self, Segment};
use crate::server::Server;
use crate::upkeep;

/// How long a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// The client's default.
    Default,
    /// At most this long, everything included.
    After(Duration),
    /// As long as the server is there.
    Never,
}

/// A connection to one server, shared by any number of threads.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    rpc: Rpc,
    ledger: Ledger,
    pace: Pace,
}

impl Inner {
    fn hiding_secrets(&self, outcome: Outcome) -> Outcome {
        let error = outcome.error.map(|error| self.rpc.config().hiding_secrets(error));
        Outcome { error, ..outcome }
    }
}

impl Client {
    /// Makes a client. Does not connect; with TLS it reads the system's root certificates.
    ///
    /// # Errors
    /// `TlsFailed` if there are no root certificates.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self(Arc::new(Inner { rpc: Rpc::new(config)?, ledger: Ledger::default(), pace: Pace::new() })))
    }

    /// What the server said of itself when this connection to it was made.
    ///
    /// # Errors
    /// Any of the connection and of the server.
    pub fn server(&self, timeout: Timeout) -> Result<Server, Error> {
        let (inner, deadline) = self.start(timeout);
        self.run(async move { inner.rpc.server(deadline).await })
    }

    /// Triggers a compaction; returns the job's id, or [`NO_JOB`](crate::compaction::NO_JOB).
    ///
    /// # Errors
    /// Any. With `in_doubt` set, the server may have started the compaction all the same.
    pub fn compact(&self, name: &str, is_clustering: bool, timeout: Timeout) -> Result<i64, Error> {
        self.compact_with(name, Params::new(is_clustering), timeout).map(|triggered| triggered.job_id)
    }

    /// Triggers a compaction of any kind, and tells what came of the trigger.
    ///
    /// # Errors
    /// As [`Client::compact`]; `Unsupported` for what this server would silently ignore.
    pub fn compact_with(&self, name: &str, params: Params, timeout: Timeout) -> Result<Triggered, Error> {
        let (inner, deadline) = self.start(timeout);
        let name = name.to_owned();
        self.run(async move { trigger::compact(&inner.rpc, &inner.ledger, deadline, &name, &params).await })
    }

    /// What such a trigger would do. Only reads.
    ///
    /// # Errors
    /// Those with which the trigger would be refused, and any of the connection and of the server.
    pub fn compaction_check(&self, name: &str, params: Params, timeout: Timeout) -> Result<Prospect, Error> {
        let (inner, deadline) = self.start(timeout);
        let name = name.to_owned();
        self.run(async move { check::check(&inner.rpc, &inner.ledger, deadline, &name, &params).await })
    }

    /// Whether this client's latest trigger in doubt of a collection has started a job.
    ///
    /// # Errors
    /// Any of the connection and of the server.
    pub fn compaction_find(&self, name: &str, timeout: Timeout) -> Result<Found, Error> {
        let (inner, deadline) = self.start(timeout);
        let name = name.to_owned();
        self.run(async move { find::find(&inner.rpc, &inner.ledger, deadline, &name).await })
    }

    /// Every compaction task of a collection that the server remembers.
    ///
    /// # Errors
    /// `Unsupported` on servers that ignore the collection; any of the connection and of the server.
    pub fn compaction_tasks(&self, name: &str, timeout: Timeout) -> Result<Vec<Plan>, Error> {
        let (inner, deadline) = self.start(timeout);
        let name = name.to_owned();
        self.run(async move {
            let collection = collection::find(&inner.rpc, deadline, &name).await?;
            tasks::list(&inner.rpc, Effect::Read, deadline, &collection).await
        })
    }

    /// The segments of a collection, as stored or as loaded.
    ///
    /// # Errors
    /// Any of the connection and of the server.
    pub fn segments(&self, name: &str, are_loaded: bool, timeout: Timeout) -> Result<Vec<Segment>, Error> {
        let (inner, deadline) = self.start(timeout);
        let name = name.to_owned();
        self.run(async move {
            let collection = collection::find(&inner.rpc, deadline, &name).await?;
            if are_loaded {
                segments::loaded(&inner.rpc, Effect::Read, deadline, &collection).await
            } else {
                segments::persistent(&inner.rpc, Effect::Read, deadline, &collection).await
            }
        })
    }

    /// What the server says of a job now.
    ///
    /// # Errors
    /// Any of the connection and of the server. A job the server does not know is no error: it says Completed.
    pub fn compaction_state(&self, job_id: i64, timeout: Timeout) -> Result<StateInfo, Error> {
        let (inner, deadline) = self.start(timeout);
        self.run(async move { state::state(&inner.rpc, Effect::Read, deadline, job_id).await })
    }

    /// The plans of a job: those that the server lists now, and those that this client saw before.
    ///
    /// # Errors
    /// Any of the connection and of the server.
    pub fn compaction_plans(&self, job_id: i64, timeout: Timeout) -> Result<Vec<Plan>, Error> {
        let (inner, deadline) = self.start(timeout);
        self.run(async move { follow::plans(&inner.rpc, &inner.ledger, deadline, job_id).await })
    }

    /// Waits until a job is over.
    ///
    /// # Errors
    /// Only for an impossible id: what ends the wait otherwise is in the [`Outcome`].
    pub fn compaction_wait(&self, job_id: i64, timeout: Timeout) -> Result<Outcome, Error> {
        let (inner, deadline) = self.start(timeout);
        self.run(async move {
            let outcome = follow::wait(&inner.rpc, &inner.ledger, &inner.pace, deadline, job_id).await?;
            Ok(inner.hiding_secrets(outcome))
        })
    }

    /// Flushes a collection, and returns when it is stored.
    ///
    /// # Errors
    /// Any of the connection and of the server.
    pub fn flush(&self, name: &str, timeout: Timeout) -> Result<(), Error> {
        let (inner, deadline) = self.start(timeout);
        let name = name.to_owned();
        self.run(async move {
            let collection = collection::find(&inner.rpc, deadline, &name).await?;
            upkeep::flush(&inner.rpc, deadline, &collection).await
        })
    }

    /// Compacts a collection, with its indexes complete before and after, and the result loaded. Returns the
    /// job and its outcome.
    ///
    /// # Errors
    /// Those before the job was started; what comes later is in the [`Outcome`].
    pub fn optimize(&self, name: &str, params: Params, timeout: Timeout) -> Result<(i64, Outcome), Error> {
        let (inner, deadline) = self.start(timeout);
        let name = name.to_owned();
        self.run(async move {
            let Inner { rpc, ledger, pace } = &*inner;
            let (job_id, outcome) = optimize::optimize(rpc, ledger, pace, deadline, &name, &params).await?;
            Ok((job_id, inner.hiding_secrets(outcome)))
        })
    }

    /// Runs a call on the library's thread. No error leaves here with a secret in it, whoever put it there.
    fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        runtime::block_on(work).map_err(|error| self.0.rpc.config().hiding_secrets(error))
    }

    fn start(&self, timeout: Timeout) -> (Arc<Inner>, Deadline) {
        let limit = match timeout {
            Timeout::Default => Some(self.0.rpc.config().timeout),
            Timeout::After(limit) => Some(limit),
            Timeout::Never => None,
        };
        (Arc::clone(&self.0), Deadline::after(limit))
    }
}
