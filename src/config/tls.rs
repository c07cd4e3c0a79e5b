//! TLS settings: whom to trust, and how this client proves who it is.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::checks::contradiction;
use super::options::Options;
use super::uri::Address;
use crate::error::Error;

/// Whom to trust, and how to authenticate this client.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// The beginning of the option keys, for messages.
    pub(crate) group: &'static str,
    /// The CAs to trust instead of the operating system's.
    pub ca: Option<Pem>,
    /// This client's certificate chain and its key, for mutual TLS.
    pub identity: Option<(Pem, Pem)>,
    /// The name in the server's certificate, if it is not the URI's host.
    pub server_name: Option<String>,
}

/// An option with certificates or a key in PEM form.
#[derive(Clone, Debug)]
pub struct Pem {
    /// The option's key, for messages.
    pub option: String,
    /// Where the PEM text is.
    pub source: Source,
}

/// Where a PEM text is.
#[derive(Clone)]
pub enum Source {
    /// In a file, which is read again when it changes.
    File(PathBuf),
    /// In memory.
    Text(Arc<str>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.fmt(f),
            Self::Text(_) => f.write_str("[hidden]"),
        }
    }
}

impl TlsConfig {
    pub(super) fn read(group: &'static str, options: &Options) -> Result<Self, Error> {
        let certificate = pem(group, "cert_file", "client_cert_pem", options)?;
        let key = pem(group, "key_file", "client_key_pem", options)?;
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(Pem { option, .. }), None) => {
                let other = if option.ends_with("_pem") { "client_key_pem" } else { "key_file" };
                return contradiction(&format!("{option} and {group}.{other} go together"));
            }
            (None, Some(Pem { option, .. })) => {
                let other = if option.ends_with("_pem") { "client_cert_pem" } else { "cert_file" };
                return contradiction(&format!("{group}.{other} and {option} go together"));
            }
        };
        let server_name = options.text_of(group, "server_name").map(str::to_owned);
        Ok(Self { group, ca: pem(group, "ca_file", "ca_pem", options)?, identity, server_name })
    }

    /// Whether the application has set any of these options.
    pub(super) fn is_set(&self) -> bool {
        self.ca.is_some() || self.identity.is_some() || self.server_name.is_some()
    }

    /// Every option that is set and has certificates or a key.
    pub(crate) fn pems(&self) -> impl Iterator<Item = &Pem> {
        let (certificate, key) = self.identity.as_ref().map_or((None, None), |(c, k)| (Some(c), Some(k)));
        self.ca.iter().chain(certificate).chain(key)
    }
}

fn pem(group: &str, file_key: &str, text_key: &str, options: &Options) -> Result<Option<Pem>, Error> {
    let (file, text) = (options.text_of(group, file_key), options.text_of(group, text_key));
    let (key, source) = match (file, text) {
        (None, None) => return Ok(None),
        (Some(file), None) => (file_key, Source::File(PathBuf::from(file))),
        (None, Some(text)) => (text_key, Source::Text(Arc::from(text))),
        (Some(_), Some(_)) => {
            return contradiction(&format!("give either {group}.{file_key} or {group}.{text_key}"));
        }
    };
    Ok(Some(Pem { option: format!("{group}.{key}"), source }))
}

/// The settings of the server's port; `None` is plaintext.
pub(super) fn of_server(
    by_scheme: bool,
    address: &Address,
    options: &Options,
) -> Result<Option<TlsConfig>, Error> {
    let wanted = options.boolean(c"tls").unwrap_or(by_scheme);
    let config = TlsConfig::read("tls", options)?;
    if wanted {
        return match address {
            Address::Tcp { .. } => Ok(Some(config)),
            Address::Unix(_) => contradiction("tls does not go with a unix socket"),
        };
    }
    if by_scheme {
        return contradiction("tls is false, but the URI says https");
    }
    if config.is_set() {
        return contradiction("tls.* is set for a plaintext connection; use https:// or set tls to true");
    }
    Ok(None)
}
