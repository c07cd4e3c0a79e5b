//! A client: what the C ABI offers, as safe Rust. Each method makes an [`Operation`], which the caller waits for.

use std::sync::Arc;
use std::time::Duration;

use crate::closing::{self, Closing};
use crate::compaction::client_state::ClientState;
use crate::compaction::events::EventEnd;
use crate::compaction::teller::Teller;
use crate::compaction::{
    CheckResult, CollectionInfo, DatabaseInfo, Item, Many, OptimizeMany, Optimized, Params, Plan, Resolution,
    Settings, StateInfo, SurveyItem, SurveyMany, Triggered, WaitResult, catalog, check, follow, many,
    optimize, portable, questions, resolve, state, survey, tasks, trigger, wait_in,
};
use crate::config::{Config, Credentials, check_database};
use crate::error::{Error, Status};
use crate::operation::{Operation, OperationContext};
use crate::rpc::{RetryClass, Rpc};
use crate::segments::{self, Segment};
use crate::server::Server;
use crate::stats::Snapshot;
use crate::{collection, flush, panics, runtime};

/// How long a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// The client's default: one for operations, another for waits.
    Default,
    /// At most this long, everything included.
    After(Duration),
    /// Until the server stops answering.
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
    client_state: Arc<ClientState>,
}

impl Client {
    /// Makes a client. Does not connect; with TLS it reads the system's root certificates.
    ///
    /// # Errors
    /// `TlsFailed` if there are no root certificates.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self { client_state: Arc::new(ClientState::new(Rpc::new(config)?)?) })
    }

    /// This client for the collections of another database; `None` and an empty name stand for its own. Connection, jobs
    /// and limits are the same: to close one is to close all.
    ///
    /// # Errors
    /// `InvalidArgument` for a name that no database can have.
    pub fn on_database(&self, database: Option<&str>) -> Result<Self, Error> {
        let own = self.client_state.rpc.database();
        let Some(database) = database.filter(|name| !name.is_empty() && *name != own) else {
            return Ok(self.clone());
        };
        check_database(database).map_err(|error| error.context("database"))?;
        Ok(Self { client_state: Arc::new(self.client_state.on(database.to_owned())) })
    }

    /// Ends every operation in flight with `Closed`, and closes the connection; later operations fail with `Closed`
    /// too. Returns when no operation is in flight and no callback runs any more, or at the limit.
    ///
    /// # Errors
    /// `Timeout` if something was still in flight at the limit, such as a slow callback; `Pending` in a callback that
    /// another close runs, which waits for the rest. The client is closed all the same.
    pub fn close(&self, timeout: Timeout) -> Result<(), Error> {
        let closing = closing::close(&self.client_state.in_flight, self.limit(timeout));
        let client_state = Arc::clone(&self.client_state);
        if runtime::is_working() {
            runtime::spawn(Box::pin(async move { client_state.rpc.disconnect().await }));
        }
        let text = "the client is closed, but an operation is still in flight, or a callback runs or is due";
        match closing {
            Closing::Complete => Ok(()),
            Closing::TimedOut => Err(Error::new(Status::Timeout, text).retriable()),
            Closing::Delegated => Err(Error::new(Status::Pending, text)),
        }
    }

    /// Replaces the token of every request from now on; `None` or an empty one is no token. Jobs and waits stay; the
    /// connection is replaced.
    ///
    /// # Errors
    /// `InvalidArgument` if the token is too long, or if the client reads it from a file.
    pub fn set_token(&self, token: Option<&str>) -> Result<(), Error> {
        let config = self.client_state.rpc.config();
        if let Some(file) = &config.token_file {
            let file = file.display();
            let text =
                format!("token: this client reads it from the token_file {file}; write the new one there");
            return Err(Error::invalid_argument(text));
        }
        let token = token.filter(|token| !token.is_empty());
        config.credentials.replace(token.map(Credentials::from_token).transpose()?);
        let client_state = Arc::clone(&self.client_state);
        if runtime::is_working() {
            runtime::spawn(Box::pin(async move { client_state.rpc.leave_outdated().await }));
        }
        Ok(())
    }

    /// What the server said of itself when the current connection was made.
    pub fn server(&self, timeout: Timeout) -> Operation<Server> {
        self.operation(timeout, |context| async move {
            context.client_state().rpc.server(context.deadline()).await
        })
    }

    /// Triggers a compaction; returns the job's id, or [`NO_JOB`](crate::compaction::NO_JOB). With `in_doubt` set
    /// in its error, the server may have started the compaction all the same.
    pub fn compact(&self, name: &str, is_clustering: bool, timeout: Timeout) -> Operation<i64> {
        self.compact_with(name, Params::new(is_clustering), timeout).map(|triggered, _| triggered.job_id)
    }

    /// Triggers a compaction of any kind, and returns the server's response. Fails as [`Client::compact`], and with
    /// `Unsupported` for parameters that this server would silently ignore.
    pub fn compact_with(&self, name: &str, params: Params, timeout: Timeout) -> Operation<Triggered> {
        self.on_collection(name, timeout, |context, name| async move {
            Box::pin(trigger::compact(context.call_context(), &name, None, &params)).await
        })
        .that_triggers()
    }

    /// Predicts what a trigger with these parameters would do, and fails as the trigger would. Only reads.
    pub fn compaction_check(&self, name: &str, params: Params, timeout: Timeout) -> Operation<CheckResult> {
        self.on_collection(name, timeout, |context, name| async move {
            Box::pin(check::check(context.call_context(), &name, &params)).await
        })
    }

    /// Resolves this client's latest trigger in doubt of a collection: finds the job that it started, if it did.
    pub fn compaction_resolve(&self, name: &str, timeout: Timeout) -> Operation<Resolution> {
        self.on_collection(name, timeout, |context, name| async move {
            resolve::resolve(context.call_context(), &name).await
        })
    }

    /// Every compaction task of a collection that the server remembers; `Unsupported` on servers that ignore the
    /// collection.
    pub fn compaction_tasks(&self, name: &str, timeout: Timeout) -> Operation<Vec<Plan>> {
        self.on_collection(name, timeout, |context, name| async move {
            let (rpc, deadline) = (&context.client_state().rpc, context.deadline());
            let collection = collection::find(rpc, deadline, &name).await?;
            tasks::list(rpc, RetryClass::Read, deadline, &collection).await
        })
    }

    /// The segments of a collection, as stored or as loaded.
    pub fn segments(&self, name: &str, are_loaded: bool, timeout: Timeout) -> Operation<Vec<Segment>> {
        self.on_collection(name, timeout, |context, name| async move {
            let (rpc, deadline) = (&context.client_state().rpc, context.deadline());
            let collection = collection::find(rpc, deadline, &name).await?;
            if are_loaded {
                segments::loaded(rpc, RetryClass::Read, deadline, &collection).await
            } else {
                segments::persistent(rpc, RetryClass::Read, deadline, &collection).await
            }
        })
    }

    /// What the server says of a job now. The server reports a job that it does not know as Completed, not as an error.
    pub fn compaction_state(&self, job_id: i64, timeout: Timeout) -> Operation<StateInfo> {
        self.operation(timeout, |context| async move {
            context.trace().about_job(job_id);
            state::state(&context.client_state().rpc, RetryClass::Read, context.deadline(), job_id).await
        })
    }

    /// The plans of a job: those that the server lists now, and those that this client saw earlier.
    pub fn compaction_plans(&self, job_id: i64, timeout: Timeout) -> Operation<Vec<Plan>> {
        self.operation(timeout, |context| async move {
            context.trace().about_job(job_id);
            questions::plans(context.call_context(), job_id).await
        })
    }

    /// Waits until a job is over. Fails only for an impossible id; whatever else ends the wait is in the [`WaitResult`].
    pub fn compaction_wait(&self, job_id: i64, timeout: Timeout) -> Operation<WaitResult> {
        self.compaction_wait_as(job_id, timeout, |_, outcome, _| outcome)
    }

    /// The same with another form of result. [`Operation::map`] would take memory as long as the job runs.
    pub(crate) fn compaction_wait_as<T: Send + 'static>(
        &self,
        job_id: i64,
        timeout: Timeout,
        form: impl FnOnce(i64, WaitResult, &OperationContext) -> T + Send + 'static,
    ) -> Operation<T> {
        self.operation(self.of_a_wait(timeout), |context| async move {
            let outcome = waited(&context, job_id).await?;
            Ok(form(job_id, context.settle_wait(outcome), &context))
        })
    }

    /// Waits until a job of another client is over, as [`Client::compaction_wait`], and judges it by the segments of
    /// this collection. Fails also if the collection does not exist or is not the job's.
    pub fn compaction_wait_in(&self, name: &str, job_id: i64, timeout: Timeout) -> Operation<WaitResult> {
        self.on_collection(name, self.of_a_wait(timeout), |context, name| async move {
            let show = |progress| context.progress_tracker().show(progress);
            let waited = wait_in::wait_in(context.call_context(), &show, &name, job_id);
            Ok(context.settle_wait(Box::pin(waited).await?))
        })
    }

    /// Exports what this client knows of a job, as a text for another client of the same server. Sends nothing.
    ///
    /// # Errors
    /// `InvalidArgument` if this client does not know the job, or if the text would be too long or show a secret.
    pub fn job_export(&self, job_id: i64) -> Result<String, Error> {
        portable::export(&self.client_state.history, self.client_state.rpc.config(), job_id)
    }

    /// Imports what another client has exported, and returns the job's id. Sends nothing.
    ///
    /// # Errors
    /// `InvalidArgument` if the text is damaged, or comes from another server.
    pub fn job_import(&self, text: &str) -> Result<i64, Error> {
        portable::import(&self.client_state.history, text)
    }

    /// What this client has done so far, and does now. Asks nobody.
    #[must_use]
    pub fn stats(&self) -> Snapshot {
        let mut stats = self.client_state.rpc.stats().snapshot();
        stats.operations_in_flight = self.client_state.in_flight.count();
        stats.jobs_followed = self.client_state.job_schedule.count();
        stats
    }

    /// Flushes a collection, and ends when its rows are stored.
    pub fn flush(&self, name: &str, timeout: Timeout) -> Operation<()> {
        self.on_collection(name, timeout, |context, name| async move {
            let (client_state, deadline) = (context.client_state(), context.deadline());
            let collection = collection::find(&client_state.rpc, deadline, &name).await?;
            let flushed =
                flush::flush(&client_state.rpc, &client_state.collection_limiter, deadline, &collection);
            flushed.await.map(drop)
        })
    }

    /// Brings a collection into the state that people compact for: stored, sorted, merged, indexed and served. Whatever
    /// ends it early is in the [`Optimized`].
    pub fn optimize(&self, name: &str, settings: Settings, timeout: Timeout) -> Operation<Optimized> {
        self.on_collection(name, self.of_a_wait(timeout), |context, name| async move {
            let show = |progress| context.progress_tracker().show(progress);
            let teller = Teller::new(&context.progressing(), 0, &name);
            teller.began();
            let optimized = optimize::optimize(context.call_context(), (&show, &teller), &name, &settings);
            let optimized = async { Ok(Box::pin(optimized).await) };
            let mut optimized: Result<Optimized, Error> = panics::caught_in_doubt(optimized).await;
            if let Ok(out) = &mut optimized {
                out.error = out.error.take().map(|error| context.settle(error));
                context.identify_steps(out);
            }
            teller.ended(match &optimized {
                Ok(out) => {
                    EventEnd::of(out.error.as_ref().map_or(Status::Ok, |error| error.status), out.job_id)
                }
                Err(error) => EventEnd::of(error.status, error.job_id),
            });
            optimized
        })
        .that_triggers()
    }

    /// Optimizes many collections, and returns the result of each. The error is `None` only if none failed.
    pub fn optimize_many(
        &self,
        many: OptimizeMany,
        timeout: Timeout,
    ) -> Operation<(Vec<Optimized>, Option<Error>)> {
        self.operation(self.of_a_wait(timeout), |context| async move {
            let (state, progress) = (context.client_state(), &context.progressing());
            let optimized = optimize::many::optimize(state, progress, context.deadline(), many);
            let (mut items, error) = panics::caught_in_doubt(Box::pin(optimized)).await?;
            for item in &mut items {
                item.error = item.error.take().map(|error| context.identified(error));
                context.identify_steps(item);
            }
            Ok((items, error.map(|error| context.identified(error))))
        })
        .that_triggers()
    }

    /// Compacts many collections, and returns the result of each. The error is `None` only if none failed.
    pub fn compact_many(&self, many: Many, timeout: Timeout) -> Operation<(Vec<Item>, Option<Error>)> {
        self.operation(self.of_a_wait(timeout), |context| async move {
            let progressing = context.progressing();
            let compacted = many::compact(context.client_state(), &progressing, context.deadline(), many);
            let (mut items, error) = panics::caught_in_doubt(Box::pin(compacted)).await?;
            for item in &mut items {
                item.error = item.error.take().map(|error| context.identified(error));
            }
            Ok((items, error.map(|error| context.identified(error))))
        })
        .that_triggers()
    }

    /// The collections of the client's database, and an error if one of them could not be read.
    pub fn collections(&self, timeout: Timeout) -> Operation<(Vec<CollectionInfo>, Option<Error>)> {
        self.operation(timeout, |context| async move {
            let (state, progress) = (context.client_state(), &context.progressing());
            let listed = Box::pin(catalog::collections(state, progress, context.deadline()));
            let (mut items, error) = listed.await?;
            for item in &mut items {
                item.error = item.error.take().map(|error| context.identified(error));
            }
            Ok((items, error.map(|error| context.identified(error))))
        })
    }

    /// The databases of the server; `Unsupported` on servers without databases.
    pub fn databases(&self, timeout: Timeout) -> Operation<Vec<DatabaseInfo>> {
        self.operation(timeout, |context| async move {
            catalog::databases(&context.client_state().rpc, context.deadline()).await
        })
    }

    /// Surveys collections, and returns the result of each. The error is `None` only if none failed. Only reads.
    pub fn survey(&self, many: SurveyMany, timeout: Timeout) -> Operation<(Vec<SurveyItem>, Option<Error>)> {
        self.operation(self.of_a_wait(timeout), |context| async move {
            let (state, progress) = (context.client_state(), &context.progressing());
            let surveyed = Box::pin(survey::many::survey(state, progress, context.deadline(), many));
            let (mut items, error) = surveyed.await?;
            for item in &mut items {
                item.error = item.error.take().map(|error| context.identified(error));
            }
            Ok((items, error.map(|error| context.identified(error))))
        })
    }

    /// An operation whose work gets its context.
    fn operation<T: Send + 'static, F: Future<Output = Result<T, Error>> + Send + 'static>(
        &self,
        timeout: Timeout,
        work: impl FnOnce(Arc<OperationContext>) -> F,
    ) -> Operation<T> {
        let context = self.context(timeout);
        Operation::new(&context, work(Arc::clone(&context)))
    }

    /// The same for an operation on a collection, whose work also gets the collection's name or alias.
    fn on_collection<T: Send + 'static, F: Future<Output = Result<T, Error>> + Send + 'static>(
        &self,
        name: &str,
        timeout: Timeout,
        work: impl FnOnce(Arc<OperationContext>, String) -> F,
    ) -> Operation<T> {
        self.operation(timeout, |context| {
            context.trace().about_collection(name);
            work(context, name.to_owned())
        })
    }

    pub(crate) fn context(&self, timeout: Timeout) -> Arc<OperationContext> {
        OperationContext::new(&self.client_state, self.limit(timeout))
    }

    /// The timeout of an operation that takes as long as a job: its default is one of its own.
    fn of_a_wait(&self, timeout: Timeout) -> Timeout {
        match timeout {
            Timeout::Default => {
                self.client_state.rpc.config().wait_timeout.map_or(Timeout::Never, Timeout::After)
            }
            given => given,
        }
    }

    fn limit(&self, timeout: Timeout) -> Option<Duration> {
        timeout.or(Some(self.client_state.rpc.config().timeout))
    }
}

/// The wait for a job. It is there once for all forms of its result.
fn waited(
    context: &OperationContext,
    job_id: i64,
) -> impl Future<Output = Result<WaitResult, Error>> + Send + '_ {
    let show = move |progress| context.progress_tracker().show(progress);
    follow::wait(move || context.call_context(), show, job_id, None)
}
