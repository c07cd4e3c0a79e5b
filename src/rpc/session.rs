//! The handshake that opens a connection: who this client is, and what the server is.

use super::Deadline;
use super::attempt::Context;
use super::retry::Failure;
use crate::config::Config;
use crate::error::{Error, Status, one_line, shortened};
use crate::log::{self, Level};
use crate::proto::common::ClientInfo;
use crate::proto::service::{ConnectRequest, GetVersionRequest};
use crate::server::Server;
use crate::transport::Connection;
use crate::version::Version;

/// Longest version or mode that is kept; a hostile one must not fill messages.
const TEXT_LIMIT: usize = 63;

/// A connection whose server has been asked what it is.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) server: Server,
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
        let reply = context
            .attempt(connection.clone(), hello, |mut c, request| async move { c.connect(request).await })
            .await;
        let mut server = match reply {
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
        if Version::parse(&server.version_text).is_none() {
            let asked = GetVersionRequest {};
            let reply =
                context
                    .attempt(connection.clone(), asked, |mut c, request| async move {
                        c.get_version(request).await
                    })
                    .await;
            match reply {
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
        Ok(Self { connection, server })
    }
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
