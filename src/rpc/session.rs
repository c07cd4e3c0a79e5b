//! Opens a session: the handshake in which client and server identify themselves.

use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{HeaderMap, HeaderName};
use tokio::time::Instant;

use super::attempt::{Call, Context};
use super::grpc::framed;
use super::methods::{Method, Response};
use super::retry::{Failure, Reached, RetryClass};
use crate::config::Config;
use crate::error::{Error, Status};
use crate::log::{self, Level};
use crate::proto::common::ClientInfo;
use crate::proto::service::{ConnectRequest, GetCompactionStateRequest, GetVersionRequest};
use crate::server::Server;
use crate::text::{one_line, shortened};
use crate::transport::Connection;
use crate::version::Version;

/// The longest version or mode that is kept. A hostile server must not fill messages with it.
const TEXT_LIMIT: usize = 63;
/// Any job id serves to ask whether there is a coordinator.
const ANY_JOB: i64 = 1;

static IDENTIFIER: HeaderName = HeaderName::from_static("identifier");

/// A connection to a server that has identified itself.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) server: Server,
    /// The headers of all its requests.
    pub(super) headers: HeaderMap,
    /// Whether asking for the version again would tell nothing else: the server told it, or does not know the question.
    pub(super) is_version_final: bool,
    pub(super) opened: Instant,
    /// Whether the latest read failed because the proxy has no coordinator.
    lacks_coordinator: AtomicBool,
}

impl Session {
    /// `Connect` returns the version from 2.2.9 on; older servers and milvus-lite need `GetVersion`. A server that
    /// tells neither is used all the same, without what depends on the version. If it failed to tell, as a proxy may
    /// that starts, the next call opens the session again.
    pub(super) async fn open(context: &Context<'_>, connection: Connection) -> Result<Self, Failure> {
        let hello = ConnectRequest {
            client_info: Some(ClientInfo {
                sdk_type: "C".to_owned(),
                sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
                ..Default::default()
            }),
        };
        let config = context.config;
        let opened = Instant::now();
        let mut is_version_final = true;
        let mut server = match unary(context, &connection, hello).await {
            Ok(reply) => {
                let info = reply.server_info.unwrap_or_default();
                Server {
                    version_text: kept(config, &info.build_tags),
                    deploy_mode: kept(config, &info.deploy_mode),
                    identifier: reply.identifier,
                    answered: Some(Instant::now()),
                    ..Server::default()
                }
            }
            Err(failure) if is_tolerable(&failure.error) => {
                is_version_final = failure.error.status != Status::ServerError;
                Server::default()
            }
            Err(failure) => return Err(failure),
        };
        server.assumed = config.assumed_version;
        server.allows_early_target_size = config.allows_early_target_size;
        if Version::parse(&server.version_text).is_none() {
            match unary(context, &connection, GetVersionRequest {}).await {
                Ok(reply) if !reply.version.is_empty() => {
                    server.version_text = kept(config, &reply.version);
                    is_version_final = true;
                }
                Ok(_) => {}
                Err(failure) if is_tolerable(&failure.error) => {
                    is_version_final &= failure.error.status != Status::ServerError;
                }
                Err(failure) => return Err(failure),
            }
        }
        log::tell(Level::Info, "server identified", || {
            format!("version={:?} mode={:?}", server.version_text, server.deploy_mode)
        });
        let lacks_coordinator = AtomicBool::new(false);
        let mut headers = context.headers.clone();
        if server.identifier != 0 {
            headers.insert(&IDENTIFIER, server.identifier.into());
        }
        Ok(Self { connection, server, headers, is_version_final, opened, lacks_coordinator })
    }

    /// Whether a call that began at this moment can use the session. Not if it depends on a version that the server failed
    /// to tell, unless somebody else has just asked again.
    pub(super) fn serves(&self, asked: Instant) -> bool {
        self.is_version_final || self.opened >= asked
    }

    /// Sends a call once. A proxy without a coordinator may have lost it after it forwarded a trigger: the server did
    /// nothing only if the read right before the trigger failed the same way. Before such a trigger is retried, a read
    /// has to reach the coordinator.
    pub(super) async fn attempt(
        &self,
        context: &Context<'_>,
        call: &Call<'_>,
        is_repeated: bool,
        reply: &mut dyn Response,
    ) -> Result<(), Failure> {
        let is_trigger = call.class == RetryClass::Trigger;
        if is_trigger && is_repeated && self.lacks_coordinator.load(Ordering::Relaxed) {
            // Boxed: this future is large, and seldom needed.
            let asked = GetCompactionStateRequest { compaction_id: ANY_JOB };
            let answered = Box::pin(unary(context, &self.connection, asked)).await;
            self.recorded(answered.map(drop)).map_err(Failure::before_the_call)?;
        }
        let lacked = self.lacks_coordinator.load(Ordering::Relaxed);
        let result = context.attempt(&self.connection, call.target, call.message, reply).await;
        match result {
            Err(failure) if is_trigger && lacked && failure.reached == Reached::NoCoordinator => {
                Err(Failure { reached: Reached::Refusal, ..failure })
            }
            result if is_trigger => result,
            result => self.recorded(result),
        }
    }

    /// Records from the result of a read whether there is a coordinator.
    fn recorded(&self, result: Result<(), Failure>) -> Result<(), Failure> {
        let lacks = result.as_ref().is_err_and(|failure| failure.reached == Reached::NoCoordinator);
        self.lacks_coordinator.store(lacks, Ordering::Relaxed);
        result
    }
}

async fn unary<M: Method>(
    context: &Context<'_>,
    connection: &Connection,
    asked: M,
) -> Result<M::Response, Failure> {
    let mut reply = M::Response::default();
    context.attempt(connection, M::target(), &|| framed(&asked), &mut reply).await?;
    Ok(reply)
}

/// A server's text made safe to show: short, printable, on one line.
fn kept(config: &Config, text: &str) -> String {
    shortened(&one_line(&config.without_secrets(text)), TEXT_LIMIT)
}

/// Whether calls may succeed although the server refused the handshake.
fn is_tolerable(error: &Error) -> bool {
    matches!(
        error.status,
        Status::Unsupported | Status::PermissionDenied | Status::ServerError | Status::InvalidArgument
    )
}
