//! The TLS settings of a connection.

use std::path::PathBuf;

use super::checks::contradiction;
use super::options::Options;
use crate::error::Error;

/// Whom to trust, and how to authenticate this client.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// The beginning of the option keys, for messages.
    pub(crate) group: &'static str,
    /// The CAs to trust instead of the operating system's.
    pub ca_file: Option<PathBuf>,
    /// This client's certificate chain and its key, for mutual TLS.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The name in the server's certificate, if it is not the URI's host.
    pub server_name: Option<String>,
}

impl TlsConfig {
    pub(super) fn read(group: &'static str, options: &Options) -> Result<Self, Error> {
        let file = |key| options.text_of(group, key).map(PathBuf::from);
        let identity = match (file("cert_file"), file("key_file")) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return contradiction(&format!("{group}.cert_file and {group}.key_file go together")),
        };
        let server_name = options.text_of(group, "server_name").map(str::to_owned);
        Ok(Self { group, ca_file: file("ca_file"), identity, server_name })
    }

    /// Whether the application has set any of these options.
    pub(super) fn is_set(&self) -> bool {
        self.ca_file.is_some() || self.identity.is_some() || self.server_name.is_some()
    }
}
