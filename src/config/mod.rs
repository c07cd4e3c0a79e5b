//! The checked configuration of a client, made from a URI and options.

mod checks;
mod credential_store;
mod credentials;
mod management;
mod metadata;
mod options;
mod proxy;
mod stray;
mod tls;
mod uri;

use std::env::VarError;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::uri::Authority;

use crate::error::{Error, Status};
use crate::text::shortened;
use crate::version::Version;
pub(crate) use checks::check_database;
use checks::contradiction;
pub use credential_store::CredentialStore;
pub use credentials::Credentials;
pub use management::ManagementConfig;
pub use metadata::Metadata;
pub use options::{Description, Kind, OPTIONS, Options};
pub use proxy::{Proxies, Proxy};
pub use tls::{Pem, Source, TlsConfig};
pub use uri::Address;
pub(crate) use uri::DEFAULT_PORT;
use uri::Uri;

const LONGEST_SILENCE: Duration = Duration::from_mins(5);
const PRIMARY_LASTS: Duration = Duration::from_mins(5);

/// Everything a client needs to know before it connects.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to connect to.
    pub address: Address,
    /// Whether the address is the endpoint of a global cluster, which only lists its clusters.
    pub is_global: bool,
    /// How long the client trusts a look-up of the primary cluster.
    pub primary_lasts: Duration,
    /// The forward proxy, and which addresses are reached without it.
    pub proxies: Proxies,
    /// The TLS settings; `None` is plaintext.
    pub tls: Option<TlsConfig>,
    /// The database of every call; empty means the server's default.
    pub database: String,
    /// The credentials, if any; every copy of the configuration shares them.
    pub credentials: Arc<CredentialStore>,
    /// The file to read the token from, if the application names one.
    pub token_file: Option<PathBuf>,
    /// The timeout of a call that names none.
    pub timeout: Duration,
    /// The timeout of a wait for a job that names none; `None` is no limit.
    pub wait_timeout: Option<Duration>,
    /// A wait in which nothing changes for so long ends.
    pub stall_timeout: Duration,
    /// A server that leaves one call unanswered for so long is gone, whatever timeout the call has.
    pub longest_silence: Duration,
    /// The timeout of one attempt to connect, TLS handshake included.
    pub connect_timeout: Duration,
    /// The client probes a connection that was silent for so long. Servers drop clients that probe more often than
    /// every 5 s.
    pub keepalive: Duration,
    /// A probe that stays unanswered for so long ends the connection.
    pub keepalive_timeout: Duration,
    /// When to retry.
    pub retry: RetryConfig,
    /// Whether a flush waits until its segments are sorted.
    pub waits_for_sort: bool,
    /// How often a second all waits for jobs together poll at most; those for flushes, indexes and loads likewise.
    pub poll_rate: u32,
    /// The version to assume of a server that reports none; `None` is the oldest.
    pub assumed_version: Option<Version>,
    /// Whether to send a target size although the server's version ignores or misreads it.
    pub allows_early_target_size: bool,
    /// The management port, if the application names one.
    pub management: Option<ManagementConfig>,
    /// What every gRPC request carries beside the library's own metadata.
    pub metadata: Metadata,
    /// The `:authority` of every gRPC request; `None` is the address.
    pub authority: Option<Authority>,
    /// The user agent of every request.
    pub(crate) user_agent: HeaderValue,
}

/// How often and how fast to retry a call.
#[derive(Clone, Copy, Debug)]
pub struct RetryConfig {
    /// The number of attempts while there is no connection.
    pub max_attempts: u32,
    /// The first pause; each attempt doubles it.
    pub backoff: Duration,
    /// The longest pause.
    pub max_backoff: Duration,
}

impl Config {
    /// Checks a URI and options, and looks for a proxy in the environment. Does no other I/O: the channel reads the
    /// files that options name.
    ///
    /// # Errors
    /// `InvalidArgument` with the reason, which never contains a password.
    pub fn new(uri: &str, options: &Options) -> Result<Self, Error> {
        let uri = Uri::parse(uri).map_err(|error| error.context("uri"))?;
        let token_file = token_file(options)?;
        let token = explicit_token(options)?.or(uri.token).filter(|_| token_file.is_none());
        let credentials = token.as_ref().map(|token| Credentials::from_token(token)).transpose()?;
        let database = options.text(c"database").map_or(uri.database, str::to_owned);
        check_database(&database)?;
        Ok(Self {
            tls: tls::of_server(uri.tls, &uri.address, options)?,
            proxies: Proxies::read(options, &uri.address, in_environment)?,
            is_global: uri.address.is_global(),
            primary_lasts: PRIMARY_LASTS,
            address: uri.address,
            database,
            credentials: Arc::new(CredentialStore::new(credentials)),
            token_file,
            timeout: options.milliseconds(c"timeout_ms"),
            wait_timeout: options.optional_milliseconds(c"wait_timeout_ms"),
            stall_timeout: options.milliseconds(c"stall_timeout_ms"),
            longest_silence: LONGEST_SILENCE,
            connect_timeout: options.milliseconds(c"connect_timeout_ms"),
            keepalive: options.milliseconds(c"keepalive_ms"),
            keepalive_timeout: options.milliseconds(c"keepalive_timeout_ms"),
            retry: RetryConfig {
                max_attempts: options.number(c"retry.max_attempts"),
                backoff: options.milliseconds(c"retry.backoff_ms"),
                max_backoff: options.milliseconds(c"retry.max_backoff_ms"),
            },
            poll_rate: options.number(c"poll.max_rate"),
            waits_for_sort: options.boolean(c"flush.wait_for_sort").unwrap_or(false),
            assumed_version: options.text(c"assumed_version").map(assumed_version).transpose()?,
            allows_early_target_size: options.boolean(c"allow_early_target_size").unwrap_or_default(),
            management: ManagementConfig::read(options)?,
            metadata: Metadata::read(options)?,
            authority: metadata::authority(options)?,
            user_agent: metadata::user_agent(options)?,
        })
    }

    /// The same with the URI from the environment and, unless the options have one, the token too.
    ///
    /// # Errors
    /// As [`Config::new`], and if `MILVUS_URI` is not set.
    pub fn from_environment(options: &Options) -> Result<Self, Error> {
        let Some(uri) = variable("MILVUS_URI")? else {
            return Err(Error::invalid_argument("uri: is NULL, and the environment has no MILVUS_URI"));
        };
        let mut options = options.clone();
        if explicit_token(&options)?.is_none()
            && token_file(&options)?.is_none()
            && let Some(token) = variable("MILVUS_TOKEN")?
        {
            options.set("token", &token)?;
        }
        Self::new(&uri, &options)
    }

    /// The configuration for connecting to the management port, if there is one. It has no credentials, so none can
    /// leak.
    pub(crate) fn of_management(&self) -> Option<Self> {
        let ManagementConfig { address, tls } = self.management.clone()?;
        let proxies = self.proxies.for_another_port();
        Some(Self {
            address,
            tls,
            is_global: false,
            credentials: Arc::default(),
            token_file: None,
            metadata: Metadata::default(),
            authority: None,
            management: None,
            proxies,
            ..self.clone()
        })
    }

    /// The error with every secret of this configuration hidden in its message. One about a token that the server
    /// does not accept names what looks like a slip in the password.
    #[must_use]
    pub fn hiding_secrets(&self, error: Error) -> Error {
        let mut message = self.without_secrets(error.message());
        if error.status == Status::Unauthenticated
            && let Some(suspicion) =
                self.credentials.current().and_then(|credentials| credentials.suspicion())
            && !message.contains(&suspicion)
        {
            message = format!("{message} ({suspicion})");
        }
        if message == error.message() { error } else { error.saying(&message) }
    }

    /// A server's text with every secret of this configuration hidden.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        let text = self.proxies.hidden_in(text).unwrap_or_else(|| text.to_owned());
        self.credentials.hidden_in(&self.metadata.hidden_in(&text))
    }
}

fn assumed_version(text: &str) -> Result<Version, Error> {
    Version::parse(text).ok_or_else(|| {
        let text = shortened(text, 80);
        Error::invalid_argument(format!("option assumed_version: \"{text}\" is not a version such as 2.6.8"))
    })
}

/// A variable for which any text will do. What is not UTF-8 in it is replaced.
fn in_environment(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.into_string();
    Some(value.unwrap_or_else(|value| value.to_string_lossy().into_owned()))
}

fn variable(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Error::invalid_argument(format!("{name}: is not UTF-8"))),
    }
}

fn explicit_token(options: &Options) -> Result<Option<String>, Error> {
    match (options.text(c"token"), options.text(c"user"), options.text(c"password")) {
        (token, None, None) => Ok(token.map(str::to_owned)),
        (None, Some(user), Some(password)) => {
            stray::refuse(user).map_err(|error| error.context("option user"))?;
            stray::refuse_controls(password).map_err(|error| error.context("option password"))?;
            Ok(Some(format!("{user}:{password}")))
        }
        (Some(_), _, _) => Err(Error::invalid_argument("options: give either token, or user and password")),
        (None, _, _) => Err(Error::invalid_argument("options: user and password go together")),
    }
}

/// The token file. It overrides a token in the URI, and goes with no other option for one.
fn token_file(options: &Options) -> Result<Option<PathBuf>, Error> {
    let Some(file) = options.text(c"token_file") else { return Ok(None) };
    for (key, name) in [(c"token", "token"), (c"user", "user"), (c"password", "password")] {
        if options.text(key).is_some() {
            return contradiction(&format!("give either token_file or {name}"));
        }
    }
    Ok(Some(PathBuf::from(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, &str)]) -> Options {
        let mut options = Options::default();
        for (key, value) in pairs {
            options.set(key, value).unwrap();
        }
        options
    }

    fn refusal(uri: &str, pairs: &[(&str, &str)]) -> String {
        let error = Config::new(uri, &options(pairs)).unwrap_err();
        assert_eq!(error.status, Status::InvalidArgument);
        error.message().to_owned()
    }

    #[test]
    fn options_beat_the_uri() {
        let authorization = |uri: &str, pairs: &[(&str, &str)]| {
            let config = Config::new(uri, &options(pairs)).unwrap();
            config.credentials.current().map(|c| c.authorization().to_str().unwrap().to_owned())
        };
        let root = Some("cm9vdDpNaWx2dXM=".to_owned()); // root:Milvus
        assert_eq!(authorization("http://root:Mil%76us@h", &[]), root);
        assert_eq!(authorization("http://other:pw@h", &[("token", "root:Milvus")]), root);
        assert_eq!(authorization("http://other:pw@h", &[("user", "root"), ("password", "Milvus")]), root);
        assert_eq!(authorization("http://root:Milvus@h", &[("token", "")]), root);
        assert_eq!(authorization("http://h", &[]), None);
        let config =
            Config::new("http://h/one", &options(&[("database", "two"), ("timeout_ms", "7")])).unwrap();
        assert_eq!((config.database.as_str(), config.timeout), ("two", Duration::from_millis(7)));
    }

    #[test]
    fn contradictions_are_refused() {
        for (uri, pairs, reason) in [
            ("http://h", &[("user", "root")][..], "go together"),
            ("http://h", &[("password", "x")], "go together"),
            ("http://h", &[("token", "t"), ("user", "u"), ("password", "p")], "either token"),
            ("https://h", &[("tls", "false")], "https"),
            ("http://h", &[("tls.ca_file", "ca.pem")], "plaintext"),
            ("http://h", &[("tls.server_name", "x")], "plaintext"),
            ("https://h", &[("tls.cert_file", "c.pem")], "tls.cert_file and tls.key_file go together"),
            (
                "https://h",
                &[("tls.client_key_pem", "k")],
                "tls.client_cert_pem and tls.client_key_pem go together",
            ),
            (
                "https://h",
                &[("tls.ca_file", "ca.pem"), ("tls.ca_pem", "-----")],
                "either tls.ca_file or tls.ca_pem",
            ),
            (
                "https://h",
                &[("tls.cert_file", "c"), ("tls.key_file", "k"), ("tls.client_key_pem", "k")],
                "either tls.key_file or tls.client_key_pem",
            ),
            ("http://h", &[("token_file", "t"), ("token", "t")], "either token_file or token"),
            (
                "http://h",
                &[("token_file", "t"), ("user", "u"), ("password", "p")],
                "either token_file or user",
            ),
            ("unix:/s", &[("tls", "true")], "unix socket"),
            ("http://h", &[("database", "a b")], "does not allow"),
        ] {
            let said = refusal(uri, pairs);
            assert!(said.contains(reason), "{uri} {pairs:?}: {said}");
        }
        assert!(Config::new("http://h", &options(&[("tls", "true")])).unwrap().tls.is_some());
    }

    #[test]
    fn secrets_appear_nowhere() {
        let config = Config::new("http://h", &options(&[("token", "root:hunter2")])).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(!refusal("http://h", &[("token", "hunter2"), ("user", "u")]).contains("hunter2"));
        let key = "-----BEGIN PRIVATE KEY-----\nhunter2\n";
        let identity = [("tls.client_cert_pem", key), ("tls.client_key_pem", key)];
        let config = Config::new("https://h", &options(&identity)).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let both = [("tls.client_key_pem", key), ("tls.key_file", "k")];
        assert!(!refusal("https://h", &both).contains("hunter2"));
        assert!(!refusal("https://h", &[("tls.client_key_pem", key)]).contains("hunter2"));
    }
}
