//! What the server is, as far as it tells.

use std::fmt;

use crate::error::{Error, Status};
use crate::proto::common::ClientInfo;
use crate::proto::service::{ConnectRequest, GetVersionRequest};
use crate::rpc::{Deadline, Effect, Rpc};

/// The first version whose servers select a collection by its name rather than by its id.
pub(crate) const SELECTS_BY_NAME: Version = Version(2, 4, 18);
/// The first version that has clustering compaction; older ones ignore the wish and merge plainly.
pub(crate) const HAS_CLUSTERING: Version = Version(2, 4, 7);
/// The first version that answers -1 when it has nothing to do, and counts the plans of a job.
pub(crate) const COUNTS_PLANS: Version = Version(2, 4, 0);

/// Major, minor and patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// Reads `v2.3.5-lite`, `2.6.15-dev`, `3.0`; anything that does not begin like that is `None`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|digits| digits.parse().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        Some(Self(major, minor, numbers.next().flatten().unwrap_or(0)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A server's own word on itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    /// As the server writes it, e.g. `v2.3.5-lite`; empty if it does not tell.
    pub(crate) version_text: String,
}

impl Server {
    /// The version as numbers, if the text begins with any.
    pub(crate) fn version(&self) -> Option<Version> {
        Version::parse(&self.version_text)
    }

    /// Refuses what this server would silently ignore. A server of unknown version is taken to be too old.
    pub(crate) fn require(&self, needed: Version, what: &str) -> Result<(), Error> {
        let found = match self.version() {
            Some(version) if version >= needed => return Ok(()),
            Some(version) => format!("is {version}"),
            None => "does not tell its version".to_owned(),
        };
        Err(Error::new(
            Status::Unsupported,
            format!("{what} needs Milvus {needed} or newer; this server {found}"),
        ))
    }
}

/// Asks the server what it is. Connect has the version from 2.2.9 on, `GetVersion` before.
pub(crate) async fn identify(rpc: &Rpc, deadline: Deadline) -> Result<Server, Error> {
    let client_info = ClientInfo {
        sdk_type: "C".to_owned(),
        sdk_version: env!("CARGO_PKG_VERSION").to_owned(),
        ..Default::default()
    };
    let hello = ConnectRequest { client_info: Some(client_info) };
    let database = &rpc.config().database;
    let connected =
        rpc.unary(Effect::Read, deadline, database, hello, |mut c, request| async move {
            c.connect(request).await
        })
        .await;
    let version_text = match connected {
        Ok(reply) => reply.server_info.unwrap_or_default().build_tags,
        Err(error) if error.status == Status::Unsupported => String::new(),
        Err(error) => return Err(error),
    };
    if !version_text.is_empty() {
        return Ok(Server { version_text });
    }
    let asked = GetVersionRequest {};
    let reply = rpc
        .unary(Effect::Read, deadline, database, asked, |mut c, request| async move {
            c.get_version(request).await
        })
        .await?;
    Ok(Server { version_text: reply.version })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_leniently() {
        for (text, expected) in [
            ("v2.3.5-lite", Some(Version(2, 3, 5))),
            ("2.2.16", Some(Version(2, 2, 16))),
            ("2.6.15-dev", Some(Version(2, 6, 15))),
            ("v3.0", Some(Version(3, 0, 0))),
            ("2.4.18.post1", Some(Version(2, 4, 18))),
            ("v2.5-20250101-abcdef", Some(Version(2, 5, 0))),
            ("master-20260101", None),
            ("0438a28f", None),
            ("99999999999.1", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(Version::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn an_old_or_unknown_server_is_refused_with_both_versions() {
        let server = |text: &str| Server { version_text: text.to_owned() };
        assert!(server("v2.4.7").require(HAS_CLUSTERING, "clustering").is_ok());
        let old = server("v2.3.5-lite").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert_eq!(old.status, Status::Unsupported);
        assert_eq!(old.message(), "clustering needs Milvus 2.4.7 or newer; this server is 2.3.5");
        let unknown = server("custom").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert!(unknown.message().contains("does not tell its version"));
    }
}
