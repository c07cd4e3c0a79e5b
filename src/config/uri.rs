//! Parses URIs as pymilvus does.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;

use http::uri::{Authority, Scheme};
use percent_encoding::percent_decode_str;

use super::checks::{check_database, check_length};
use super::stray;
use crate::error::Error;
use crate::text::shortened;

pub(crate) const DEFAULT_PORT: u16 = 19530;
const DEFAULT_TLS_PORT: u16 = 443;
const URI_FORMS: &str = "use http://host:19530, https://host:443, tcp://host:19530 or unix:/path/to/socket";

/// The server's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A host name or IP literal, and a port.
    Tcp {
        /// A host name or IP literal, IPv6 without brackets; behind a link-local one its zone, as in `fe80::1%eth0`.
        host: String,
        /// 1 to 65535.
        port: u16,
    },
    /// The path of a Unix domain socket.
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

impl Address {
    /// Parses `host:port`, with or without a scheme. The given port is the default.
    pub(crate) fn parse(text: &str, default_port: u16) -> Result<Self, Error> {
        let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = host_and_port(authority)?;
        Ok(Self::Tcp { host, port: port.unwrap_or(default_port) })
    }

    /// The same without the zone, which nobody but this machine knows.
    pub(crate) fn without_zone(&self) -> Cow<'_, Self> {
        match self {
            Self::Tcp { host, port } if zone_of(host).is_some() => {
                let host = host.split('%').next().unwrap_or_default().to_owned();
                Cow::Owned(Self::Tcp { host, port: *port })
            }
            _ => Cow::Borrowed(self),
        }
    }

    /// Whether the name is that of a global cluster's endpoint, by the rule of pymilvus.
    pub(super) fn is_global(&self) -> bool {
        matches!(self, Self::Tcp { host, .. } if host.to_ascii_lowercase().contains("global-cluster"))
    }
}

/// The parts of a URI.
pub(super) struct Uri {
    pub(super) address: Address,
    /// Whether the scheme requires TLS.
    pub(super) tls: bool,
    /// Empty if the URI names none.
    pub(super) database: String,
    /// `user:password` or a token, percent-decoded.
    pub(super) token: Option<String>,
}

impl Uri {
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        check_length(text)?;
        if text.trim().is_empty() {
            return Err(Error::invalid_argument(format!("is empty; {URI_FORMS}")));
        }
        stray::refuse(text)?;
        if let Some(path) = strip_scheme(text, "unix:") {
            return Self::unix(path);
        }
        let Some((_, after_scheme)) = text.split_once("://") else {
            return Err(Error::invalid_argument(without_scheme(text)));
        };
        // A parser would take part of the password for the host, and the rest for a port or a path.
        if after_scheme.split_once(['/', '?', '#']).is_some_and(|(_, rest)| rest.contains('@')) {
            return Err(Error::invalid_argument(
                "has an @ behind its host; percent-encode / ? # and @ in user and password, or pass them as a token",
            ));
        }
        let (text, zone) = without_zone(text)?;
        let uri: http::Uri = text.parse().map_err(|error| malformed(&text, &error))?;
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
        if uri.path().starts_with("//") {
            let text =
                "has two slashes behind its host; write one before the database, as in http://host:19530/db";
            return Err(Error::invalid_argument(text));
        }
        let first_segment = uri.path().split('/').nth(1).unwrap_or_default();
        let database = decoded("database", first_segment)?;
        check_database(&database)?;
        Ok(Self {
            address: tcp_address(authority, zone, if tls { DEFAULT_TLS_PORT } else { DEFAULT_PORT })?,
            tls,
            database,
            token: user_info.map(|text| decoded("user and password", text)).transpose()?,
        })
    }

    /// `unix:path` or `unix:///path`.
    fn unix(path: &str) -> Result<Self, Error> {
        let path = path.strip_prefix("//").unwrap_or(path);
        // The kernel limits a socket path to 108 bytes, its terminating NUL included.
        if path.is_empty() || path.len() > 107 {
            return Err(Error::invalid_argument("a unix socket's path has 1 to 107 bytes"));
        }
        Ok(Self { address: Address::Unix(path.into()), tls: false, database: String::new(), token: None })
    }
}

/// The error without the text, which may contain a password.
fn malformed(text: &str, reason: &http::uri::InvalidUri) -> Error {
    let hint = if text.contains('@') {
        "percent-encode special characters of user and password, or pass them as a token"
    } else {
        URI_FORMS
    };
    Error::invalid_argument(format!("is malformed ({reason}); {hint}"))
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let start = text.get(..scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
}

/// The hint for a text without `://`, by what its author probably meant. It does not quote the text, which may be a
/// misplaced password.
fn without_scheme(text: &str) -> String {
    if std::path::Path::new(text).extension().is_some_and(|extension| extension == "db") {
        return "names a local database file; start `milvus-lite server` on it and use http://127.0.0.1:port"
            .to_owned();
    }
    format!("has no scheme; write http:// or https:// before host:port ({URI_FORMS})")
}

pub(super) fn tcp_address(
    authority: &Authority,
    zone: Option<String>,
    default_port: u16,
) -> Result<Address, Error> {
    let (host, port) = parts(authority, zone)?;
    Ok(Address::Tcp { host, port: port.unwrap_or(default_port) })
}

/// Parses `host`, `host:port` and IP literals.
pub(super) fn host_and_port(text: &str) -> Result<(String, Option<u16>), Error> {
    let (text, zone) = without_zone(text)?;
    let authority = text.parse().map_err(|_| Error::invalid_argument("is no host and port"))?;
    parts(&authority, zone)
}

fn parts(authority: &Authority, zone: Option<String>) -> Result<(String, Option<u16>), Error> {
    let host = authority.host();
    let after_user = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port_text = after_user.strip_prefix(host).unwrap_or_default();
    let port = match port_text.strip_prefix(':') {
        None | Some("") => None,
        Some(digits) => {
            let port = digits.parse().ok().filter(|port| *port != 0);
            Some(port.ok_or_else(|| Error::invalid_argument("the port is not a number from 1 to 65535"))?)
        }
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(Error::invalid_argument(format!("has no host; {URI_FORMS}")));
    }
    let Some(zone) = zone else { return Ok((host.to_owned(), port)) };
    if host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_unicast_link_local()) {
        return Ok((format!("{host}%{zone}"), port));
    }
    Err(Error::invalid_argument(
        "has a zone behind an address that is not link-local (fe80::); leave the zone out",
    ))
}

/// Takes the zone of an IPv6 literal out of a URI or an authority, since URI parsers refuse it. (RFC 6874)
pub(super) fn without_zone(text: &str) -> Result<(Cow<'_, str>, Option<String>), Error> {
    let begin = text.find("://").map_or(0, |colon| colon + 3);
    let end = text[begin..].find(['/', '?', '#']).map_or(text.len(), |length| begin + length);
    let begin = text[begin..end].rfind('@').map_or(begin, |at| begin + at + 1);
    let literal = text[begin..end].strip_prefix('[').and_then(|literal| literal.split_once(']'));
    let Some((address, zone)) = literal.and_then(|(literal, _)| literal.split_once('%')) else {
        return Ok((Cow::Borrowed(text), None));
    };
    let wrong = |why| Err(Error::invalid_argument(why));
    let Some(zone) = zone.strip_prefix("25") else {
        return wrong("the zone of an IPv6 address begins with %25, as in [fe80::1%25eth0]");
    };
    let zone = decoded("the zone of its IPv6 address", zone)?;
    if zone.is_empty() || zone.contains(|letter: char| !letter.is_ascii_graphic() || letter == '%') {
        return wrong("the zone of its IPv6 address is no name or number of a network interface");
    }
    let start = begin + 1 + address.len();
    let rest = text[start..].find(']').map_or("", |length| &text[start + length..]);
    Ok((Cow::Owned(format!("{}{rest}", &text[..start])), Some(zone)))
}

/// The zone of an IPv6 literal, by which this machine knows the network interface.
pub(super) fn zone_of(host: &str) -> Option<&str> {
    host.split_once('%').filter(|(address, _)| address.parse::<Ipv6Addr>().is_ok()).map(|(_, zone)| zone)
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

    fn refusal(text: &str) -> String {
        let error = Uri::parse(text).err().unwrap_or_else(|| panic!("{text} is accepted"));
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
            ("http://[fe80::1%25eth0]", "[fe80::1%eth0]:19530", false, ""),
            ("https://[FE80::1%252]:7/db", "[FE80::1%2]:7", true, "db"),
            ("http://[fe80::1%25br%2Dlan]/", "[fe80::1%br-lan]:19530", false, ""),
            ("unix:/run/milvus.sock", "unix:/run/milvus.sock", false, ""),
            ("unix:///run/milvus.sock", "unix:/run/milvus.sock", false, ""),
            ("unix:relative.sock", "unix:relative.sock", false, ""),
        ] {
            let parsed = Uri::parse(uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
            assert_eq!(parsed.address.to_string(), address, "{uri}");
            assert_eq!((parsed.tls, parsed.database.as_str()), (tls, database), "{uri}");
            assert!(parsed.token.is_none(), "{uri}");
        }
    }

    #[test]
    fn a_malformed_uri_is_refused_with_its_reason() {
        for (uri, reason) in [
            ("", "empty"),
            ("   ", "empty"),
            ("localhost:19530", "write http:// or https:// before host:port"),
            ("./milvus.db", "milvus-lite server"),
            ("ftp://h:1", "unknown scheme \"ftp\""),
            ("http://", "malformed"),
            ("http://:19530", "host"),
            ("http://h:0", "port is not a number"),
            ("http://h:70000", "port is not a number"),
            ("http://h:x", "port is not a number"),
            ("http://::1:19530", "malformed"),
            ("http://h h", "malformed"),
            (
                "http://h//db",
                "two slashes behind its host; write one before the database, as in http://host:19530/db",
            ),
            ("http://h:1//", "two slashes"),
            ("http://[fe80::1%eth0]", "begins with %25, as in [fe80::1%25eth0]"),
            ("http://[fe80::1%25]", "no name or number of a network interface"),
            ("http://[fe80::1%25et%20h]", "no name or number of a network interface"),
            ("http://[::1%25lo]", "not link-local"),
            ("http://[nonsense%25eth0]", "not link-local"),
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
    fn a_global_clusters_endpoint_is_known_by_its_name() {
        for (uri, expected) in [
            ("https://x.Global-Cluster.vectordb.zillizcloud.com", true),
            ("https://in01-abc.zillizcloud.com/global-cluster", false),
            ("unix:/global-cluster", false),
        ] {
            assert_eq!(
                Uri::parse(uri).unwrap_or_else(|error| panic!("{error}")).address.is_global(),
                expected,
                "{uri}"
            );
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_never_repeated() {
        let token = |uri: &str| Uri::parse(uri).unwrap().token;
        assert_eq!(token("http://root:Mil%40us@h").as_deref(), Some("root:Mil@us"));
        assert_eq!(token("https://key@h:1/db").as_deref(), Some("key"));
        assert_eq!(token("http://a:b%25c@[fe80::1%25eth0]:1/db").as_deref(), Some("a:b%c"));
        for uri in [
            "ftp://root:hunter2@h",
            "http://root:hunter2@h:0",
            "root:hunter2@h",
            "http://root:hunter2@",
            "http://root:hunter2^@h",
            "http://root:hunter2%ff@h",
            "http://root:hunter2/x@h",
            "http://root:1#hunter2@h",
            "http://root:1?hunter2@h",
            "root:hunter2",
            "hunter2",
        ] {
            assert!(!refusal(uri).contains("hunter2"), "{uri}: {}", refusal(uri));
        }
        assert!(refusal("http://root:a^b@h").contains("percent-encode"));
    }
}
