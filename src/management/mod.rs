//! Reads the page of compaction tasks on a server's management port, which Milvus 2.5 and newer have. The option
//! `management_uri` names the port. The page gives the state and reason of each plan. It never decides a verdict
//! alone: a plan that failed and one that purged all its rows both appear as `cleaned` without results. Servers keep
//! the latest 512 tasks of all collections (older ones 32), each for 15 minutes after its last change, even while it
//! runs: a task that the page lacks proves nothing.

mod page;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::config::Config;
use crate::error::{Error, Status};
use crate::inline_executor;
use crate::lists;
use crate::log::{self, Level};
use crate::rpc::Deadline;
use crate::transport::{Page, Site};
pub(crate) use page::{ManagedState, ManagedTask};

const PATH: &str = "/api/v1/_dc/tasks/compaction";
const LARGEST_PAGE: usize = 8 * 1024 * 1024;

/// The management port of a client's server.
pub(crate) struct Management {
    site: Site,
    /// The configuration of the whole client. The page's own connection carries no credentials.
    config: Arc<Config>,
}

impl Management {
    /// `None` if the configuration names no port. Reads certificates if TLS is wanted, but does not connect.
    pub(crate) fn new(config: &Config) -> Result<Option<Self>, Error> {
        let Some(own) = config.of_management() else { return Ok(None) };
        let site = Site::new(own).map_err(|error| error.context("management port"))?;
        Ok(Some(Self { site, config: Arc::new(config.clone()) }))
    }

    /// Returns the tasks of a collection that the page has, in no order. Each call reads the page anew, for at most
    /// the client's default timeout. A failure here says nothing about a compaction.
    pub(crate) async fn compaction_tasks(
        &self,
        deadline: Deadline<'_>,
        collection_id: i64,
    ) -> Result<Vec<ManagedTask>, Error> {
        inline_executor::leave_callers_thread().await;
        let read = self.read(deadline, collection_id).await.map_err(|error| {
            let error = error.context("asking the management port");
            log::tell(Level::Warning, "management port not read", || format!("reason={:?}", error.message()));
            error
        })?;
        // The port may belong to another cluster, or its server may have no task of this collection.
        let level = if read.tasks.is_empty() { Level::Info } else { Level::Debug };
        log::tell(level, "management port read", || {
            let (tasks, others, dropped) = (read.tasks.len(), read.of_others, read.malformed);
            format!("collection_id={collection_id} tasks={tasks} of_others={others} malformed={dropped}")
        });
        Ok(read.tasks)
    }

    async fn read(&self, deadline: Deadline<'_>, collection_id: i64) -> Result<page::Read, Error> {
        let body = self.ask(deadline).await?;
        let config = Arc::clone(&self.config);
        // A value has two bytes or more.
        let values = body.len() / 2;
        lists::work(deadline, values, move || {
            page::read(&body, collection_id, &|text| config.without_secrets(text))
        })
        .await
    }

    async fn ask(&self, deadline: Deadline<'_>) -> Result<prost::bytes::Bytes, Error> {
        let (address, limit) = (self.site.address(), self.config.timeout);
        let asking = Box::pin(self.site.get(PATH, LARGEST_PAGE));
        let Some(answer) = deadline.within(limit).bound(asking).await else {
            if deadline.has_passed() {
                return Err(deadline.ended(|how| format!("{how} before {address} had answered")));
            }
            let text = format!("{address} did not answer within {} ms", limit.as_millis());
            return Err(Error::new(Status::Timeout, text).retriable());
        };
        let Page { status, body } = answer?;
        if status == http::StatusCode::OK {
            return Ok(body);
        }
        let hint = match status.as_u16() {
            300..=399 => "; redirects are not followed",
            401 | 403 => "; no credentials are sent there",
            404 => "; is it the management port (9091) of Milvus 2.5 or newer?",
            _ => "",
        };
        let text = format!("{address} answers HTTP status {status}{hint}");
        Err(Error::new(Status::ServerError, text))
    }
}

#[cfg(any(test, fuzzing))]
/// Reads a page, for `crate::fuzzing`.
pub(crate) fn fuzz(body: &[u8]) {
    let _ = page::read(body, 7, &str::to_owned).inspect_err(crate::fuzzing::is_fit);
}
