//! A checked configuration, made from a URI and a token as pymilvus takes them.

use std::env::VarError;
use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::HeaderValue;
use http::uri::{Authority, Scheme};
use percent_encoding::percent_decode_str;

use crate::error::{Error, shortened};

const DEFAULT_PORT: u16 = 19530;
const DEFAULT_TLS_PORT: u16 = 443;
/// Longest URI or token in bytes; far above what any server hands out.
const TEXT_LIMIT: usize = 8 * 1024;
const URI_FORMS: &str = "use http://host:19530, https://host:443, tcp://host:19530 or unix:/path/to/socket";

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Host name or IP literal (IPv6 without brackets), and port.
    Tcp {
        /// Host name or IP literal, IPv6 without brackets.
        host: String,
        /// 1 to 65535.
        port: u16,
    },
    /// Path of a Unix domain socket.
    Unix(std::path::PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// The `authorization` header, and what must never be seen outside of it.
#[derive(Clone)]
pub struct Credentials {
    header: HeaderValue,
    secrets: Vec<String>,
}

impl Credentials {
    /// Milvus takes base64 of `user:password` or of an API key, without a scheme word.
    fn from_token(token: &str) -> Result<Self, Error> {
        check_length(token).map_err(|error| error.context("token"))?;
        let encoded = BASE64.encode(token);
        let mut header = HeaderValue::from_str(&encoded)
            .map_err(|_| Error::invalid_argument("token: cannot be sent as a header"))?;
        header.set_sensitive(true);
        let mut secrets = vec![encoded, token.to_owned()];
        secrets.extend(token.split_once(':').map(|(_, password)| password.to_owned()));
        // A one-letter password would blank out every such letter of every message.
        secrets.retain(|secret| secret.len() > 2);
        Ok(Self { header, secrets })
    }

    /// The header's value, marked sensitive.
    #[must_use]
    pub fn header(&self) -> &HeaderValue {
        &self.header
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

/// Everything a client needs to know before it connects.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to connect to.
    pub address: Address,
    /// Whether to speak TLS.
    pub tls: bool,
    /// The database every call works in; empty means the server's default.
    pub database: String,
    /// What to authenticate with, if anything.
    pub credentials: Option<Credentials>,
    /// The time a call has unless it says otherwise.
    pub timeout: Duration,
    /// The time one attempt to connect has, TLS handshake included.
    pub connect_timeout: Duration,
    /// A silent connection is probed this often. Servers drop clients that do so more than every 5 s.
    pub keepalive: Duration,
    /// A probe that is not answered within this time ends the connection.
    pub keepalive_timeout: Duration,
}

impl Config {
    /// Reads a URI and an optional token. Does no I/O.
    ///
    /// # Errors
    /// `InvalidArgument` with the reason; it never repeats a password.
    pub fn new(uri: &str, token: Option<&str>) -> Result<Self, Error> {
        let parsed = ParsedUri::parse(uri).map_err(|error| error.context("uri"))?;
        let token = match token {
            Some(explicit) if !explicit.is_empty() => Some(explicit.to_owned()),
            _ => parsed.token,
        };
        Ok(Self {
            address: parsed.address,
            tls: parsed.tls,
            database: parsed.database,
            credentials: token.as_deref().map(Credentials::from_token).transpose()?,
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(10),
            keepalive: Duration::from_secs(10),
            keepalive_timeout: Duration::from_secs(5),
        })
    }

    /// The same, with the URI and, unless one is given, the token from the environment.
    ///
    /// # Errors
    /// As [`Config::new`], and if `MILVUS_URI` is not set.
    pub fn from_environment(token: Option<&str>) -> Result<Self, Error> {
        let variable = |name: &str| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(Error::invalid_argument(format!("{name}: is not UTF-8"))),
        };
        let Some(uri) = variable("MILVUS_URI")? else {
            return Err(Error::invalid_argument("uri: is NULL, and the environment has no MILVUS_URI"));
        };
        let token = match token {
            Some(token) => Some(token.to_owned()),
            None => variable("MILVUS_TOKEN")?,
        };
        Self::new(&uri, token.as_deref())
    }

    /// Text that a server sent, with any secret of this configuration blanked out.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        let secrets = self.credentials.iter().flat_map(|c| &c.secrets);
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "[hidden]"))
    }
}

#[derive(Debug)]
struct ParsedUri {
    address: Address,
    tls: bool,
    database: String,
    token: Option<String>,
}

impl ParsedUri {
    fn parse(text: &str) -> Result<Self, Error> {
        check_length(text)?;
        if text.trim().is_empty() {
            return Err(Error::invalid_argument(format!("is empty; {URI_FORMS}")));
        }
        if let Some(path) = strip_scheme(text, "unix:") {
            return Self::unix(path);
        }
        if !text.contains("://") {
            return Err(Error::invalid_argument(without_scheme(text)));
        }
        let uri: http::Uri = text
            .parse()
            .map_err(|error| Error::invalid_argument(format!("is malformed ({error}); {URI_FORMS}")))?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP || scheme.as_str().eq_ignore_ascii_case("tcp") => false,
            Some(scheme) => {
                let scheme = shortened(scheme.as_str(), 32);
                return Err(Error::invalid_argument(format!("unknown scheme \"{scheme}\"; {URI_FORMS}")));
            }
            None => return Err(Error::invalid_argument(format!("has no scheme; {URI_FORMS}"))),
        };
        let authority =
            uri.authority().ok_or_else(|| Error::invalid_argument(format!("has no host; {URI_FORMS}")))?;
        let user_info = authority.as_str().rsplit_once('@').map(|(user_info, _)| user_info);
        let first_segment = uri.path().split('/').nth(1).unwrap_or_default();
        let database = decoded("database", first_segment)?;
        check_database(&database)?;
        Ok(Self {
            address: tcp_address(authority, if tls { DEFAULT_TLS_PORT } else { DEFAULT_PORT })?,
            tls,
            database,
            token: user_info.map(|text| decoded("user and password", text)).transpose()?,
        })
    }

    /// `unix:path` or `unix:///path`.
    fn unix(path: &str) -> Result<Self, Error> {
        let path = path.strip_prefix("//").unwrap_or(path);
        // The kernel's limit of a socket path, its terminating NUL included, is 108 bytes.
        if path.is_empty() || path.len() > 107 {
            return Err(Error::invalid_argument("a unix socket's path has 1 to 107 bytes"));
        }
        Ok(Self { address: Address::Unix(path.into()), tls: false, database: String::new(), token: None })
    }
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let start = text.get(..scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
}

/// What to say about a text with no `://` in it, by what was probably meant.
fn without_scheme(text: &str) -> String {
    let is_local_file = std::path::Path::new(text).extension().is_some_and(|e| e == "db");
    if is_local_file {
        "names a local database file; start `milvus-lite server` on it and use http://127.0.0.1:port"
            .to_owned()
    } else if text.contains('@') {
        format!("has no scheme; {URI_FORMS}")
    } else {
        format!("\"{}\" has no scheme; did you mean http://{}?", shortened(text, 80), shortened(text, 80))
    }
}

fn tcp_address(authority: &Authority, default_port: u16) -> Result<Address, Error> {
    let host = authority.host();
    let after_user = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port_text = after_user.strip_prefix(host).unwrap_or_default();
    let port = match port_text.strip_prefix(':') {
        None | Some("") => default_port,
        Some(digits) => digits.parse().ok().filter(|port| *port != 0).ok_or_else(|| {
            Error::invalid_argument(format!(
                "port \"{}\" is not a number from 1 to 65535",
                shortened(digits, 32)
            ))
        })?,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(Error::invalid_argument(format!("has no host; {URI_FORMS}")));
    }
    Ok(Address::Tcp { host: host.to_owned(), port })
}

/// A database name travels in a header too, so it must be printable ASCII, as Milvus wants it anyway.
fn check_database(name: &str) -> Result<(), Error> {
    if name.len() <= 1024 && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::invalid_argument("the database's name has a character that Milvus does not allow"))
}

fn check_length(text: &str) -> Result<(), Error> {
    if text.len() <= TEXT_LIMIT {
        return Ok(());
    }
    Err(Error::invalid_argument(format!("has {} bytes; at most {TEXT_LIMIT} are taken", text.len())))
}

fn decoded(what: &str, text: &str) -> Result<String, Error> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text
        .map_err(|_| Error::invalid_argument(format!("{what} is not UTF-8 once percent-decoded")))?
        .into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn config(uri: &str) -> Config {
        Config::new(uri, None).unwrap_or_else(|error| panic!("{uri}: {error}"))
    }

    fn refusal(uri: &str) -> String {
        let error = Config::new(uri, None).expect_err(uri);
        assert_eq!(error.status, Status::InvalidArgument);
        error.message().to_owned()
    }

    #[test]
    fn every_form_pymilvus_takes_gives_an_address() {
        for (uri, address, tls, database) in [
            ("http://localhost:19530", "localhost:19530", false, ""),
            ("http://localhost", "localhost:19530", false, ""),
            ("http://localhost/", "localhost:19530", false, ""),
            ("HTTP://Example.com:1/db1", "Example.com:1", false, "db1"),
            ("tcp://10.0.0.1:65535/db1/ignored", "10.0.0.1:65535", false, "db1"),
            ("https://in01-abc.zillizcloud.com", "in01-abc.zillizcloud.com:443", true, ""),
            ("https://h:19535/my%5Fdb?x=y", "h:19535", true, "my_db"),
            ("http://[::1]:19530/db", "[::1]:19530", false, "db"),
            ("http://[fe80::1]", "[fe80::1]:19530", false, ""),
            ("unix:/run/milvus.sock", "unix:/run/milvus.sock", false, ""),
            ("unix:///run/milvus.sock", "unix:/run/milvus.sock", false, ""),
            ("unix:relative.sock", "unix:relative.sock", false, ""),
        ] {
            let config = config(uri);
            assert_eq!(config.address.to_string(), address, "{uri}");
            assert_eq!((config.tls, config.database.as_str()), (tls, database), "{uri}");
            assert!(config.credentials.is_none(), "{uri}");
        }
    }

    #[test]
    fn a_malformed_uri_is_refused_with_its_reason() {
        for (uri, reason) in [
            ("", "empty"),
            ("   ", "empty"),
            ("localhost:19530", "did you mean http://localhost:19530?"),
            ("./milvus.db", "milvus-lite server"),
            ("ftp://h:1", "unknown scheme \"ftp\""),
            ("http://", "malformed"),
            ("http://:19530", "host"),
            ("http://h:0", "port \"0\""),
            ("http://h:70000", "port \"70000\""),
            ("http://h:x", "port \"x\""),
            ("http://::1:19530", "malformed"),
            ("http://h h", "malformed"),
            ("http://h/d%C3", "not UTF-8"),
            ("http://h/d%20b", "does not allow"),
            ("unix:", "1 to 107"),
        ] {
            let said = refusal(uri);
            assert!(said.contains(reason), "{uri}: {said}");
        }
        assert!(refusal(&format!("http://{}", "h".repeat(10_000))).contains("at most 8192"));
    }

    #[test]
    fn credentials_come_from_the_token_or_else_from_the_uri() {
        let header = |uri, token| {
            let config = Config::new(uri, token).unwrap();
            config.credentials.map(|c| c.header().to_str().unwrap().to_owned())
        };
        let root = Some(BASE64.encode("root:Mil@us"));
        assert_eq!(header("http://h", Some("root:Mil@us")), root);
        assert_eq!(header("http://root:Mil%40us@h", None), root);
        assert_eq!(header("http://root:Mil%40us@h", Some("")), root);
        assert_eq!(header("http://other:pw@h", Some("root:Mil@us")), root);
        assert_eq!(header("http://key@h", None), Some(BASE64.encode("key")));
        assert_eq!(header("http://h", Some("")), None);
    }

    #[test]
    fn secrets_appear_nowhere() {
        let config = Config::new("http://h", Some("root:hunter2")).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let encoded = BASE64.encode("root:hunter2");
        let text = config.without_secrets(&format!("bad hunter2, root:hunter2, {encoded}"));
        assert_eq!(text, "bad [hidden], [hidden], [hidden]");
        for uri in
            ["ftp://root:hunter2@h", "http://root:hunter2@h:0", "root:hunter2@h", "http://root:hunter2@"]
        {
            assert!(!refusal(uri).contains("hunter2"), "{uri}");
        }
    }
}
