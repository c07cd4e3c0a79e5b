//! The handshake that opens a connection: who this client is, and what the server is.

use std::sync::atomic::{AtomicBool, Ordering};

use super::attempt::Context;
use super::grpc::framed;
use super::methods::{Method, Response};
use super::retry::{Effect, Failure, Reached};
use super::{Call, Deadline};
use crate::config::Config;
use crate::error::{Error, Status, one_line, shortened};
use crate::log::{self, Level};
use crate::proto::common::ClientInfo;
use crate::proto::service::{ConnectRequest, GetCompactionStateRequest, GetVersionRequest};
use crate::server::Server;
use crate::transport::Connection;
use crate::version::Version;

/// Longest version or mode that is kept; a hostile one must not fill messages.
const TEXT_LIMIT: usize = 63;
/// Any job will do to ask whether there is a coordinator.
const ANY_JOB: i64 = 1;

/// A connection whose server has been asked what it is.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) server: Server,
    /// Whether the latest read found that the proxy has no coordinator.
    lacks_coordinator: AtomicBool,
}

impl Session {
    /// Connect has the version from 2.2.9 on, `GetVersion` before and on milvus-lite. A server that will
    /// not say what it is can be used all the same, as far as that does not matter.
    pub(super) async fn open(
        config: &Config,
        connection: Connection,
        deadline: Deadline<'_>,
    ) -> Result<Self, Failure> {
        let hello = ConnectRequest {
            client_info: Some(ClientInfo {
                sdk_type: "C".to_owned(),
                sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
                ..Default::default()
            }),
        };
        let context = Context { config, deadline, database: &config.database, identifier: 0 };
        let mut server = match ask(&context, &connection, hello).await {
            Ok(reply) => {
                let info = reply.server_info.unwrap_or_default();
                Server {
                    version_text: kept(config, &info.build_tags),
                    deploy_mode: kept(config, &info.deploy_mode),
                    identifier: reply.identifier,
                    ..Server::default()
                }
            }
            Err(failure) if is_tolerable(&failure.error) => Server::default(),
            Err(failure) => return Err(failure),
        };
        server.assumed = config.assumed_version;
        server.allows_early_target_size = config.allows_early_target_size;
        if Version::parse(&server.version_text).is_none() {
            match ask(&context, &connection, GetVersionRequest {}).await {
                Ok(reply) if !reply.version.is_empty() => {
                    server.version_text = kept(config, &reply.version);
                }
                Ok(_) => {}
                Err(failure) if is_tolerable(&failure.error) => {}
                Err(failure) => return Err(failure),
            }
        }
        log::tell(Level::Info, "server identified", || {
            format!("version={:?} mode={:?}", server.version_text, server.deploy_mode)
        });
        Ok(Self { connection, server, lacks_coordinator: AtomicBool::new(false) })
    }

    /// Sends a call once. A proxy that says it has no coordinator may have lost it after it had handed a trigger over.
    /// It has done nothing only if the read right before the trigger failed the same way; before a trigger is
    /// repeated for that, a read has to find the coordinator.
    pub(super) async fn attempt(
        &self,
        context: &Context<'_>,
        call: &Call<'_>,
        is_repeated: bool,
        reply: &mut dyn Response,
    ) -> Result<(), Failure> {
        let is_trigger = call.effect == Effect::Trigger;
        if is_trigger && is_repeated && self.lacks_coordinator.load(Ordering::Relaxed) {
            // Apart: its future is large, and seldom needed.
            let asked = GetCompactionStateRequest { compaction_id: ANY_JOB };
            let answered = Box::pin(ask(context, &self.connection, asked)).await;
            self.noted(answered.map(drop)).map_err(Failure::before_the_call)?;
        }
        let lacked = self.lacks_coordinator.load(Ordering::Relaxed);
        let result = context.attempt(&self.connection, call.path, call.message.clone(), reply).await;
        match result {
            Err(failure) if is_trigger && lacked && failure.reached == Reached::NoCoordinator => {
                Err(Failure { reached: Reached::Refusal, ..failure })
            }
            result if is_trigger => result,
            result => self.noted(result),
        }
    }

    /// The result of a read, which tells whether there is a coordinator.
    fn noted(&self, result: Result<(), Failure>) -> Result<(), Failure> {
        let lacks = result.as_ref().is_err_and(|failure| failure.reached == Reached::NoCoordinator);
        self.lacks_coordinator.store(lacks, Ordering::Relaxed);
        result
    }
}

async fn ask<M: Method>(
    context: &Context<'_>,
    connection: &Connection,
    asked: M,
) -> Result<M::Response, Failure> {
    let mut reply = M::Response::default();
    context.attempt(connection, M::PATH, framed(&asked), &mut reply).await?;
    Ok(reply)
}

/// A server's text as it may be shown: bounded, on one line, printable.
fn kept(config: &Config, text: &str) -> String {
    shortened(&one_line(&config.without_secrets(text)), TEXT_LIMIT)
}

/// Refusals of the handshake that need not be refusals of what follows it.
fn is_tolerable(error: &Error) -> bool {
    matches!(
        error.status,
        Status::Unsupported | Status::PermissionDenied | Status::ServerError | Status::InvalidArgument
    )
}
