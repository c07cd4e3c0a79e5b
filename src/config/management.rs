//! The management port: its address and TLS settings. No credentials are sent to it.

use http::Uri;

use super::checks::contradiction;
use super::options::Options;
use super::stray;
use super::tls::TlsConfig;
use super::uri::{Address, tcp_address, without_zone};
use crate::error::Error;

/// Milvus' default port, for both schemes.
const DEFAULT_PORT: u16 = 9091;
const FORMS: &str = "use http://host:9091 or https://host:9091";

/// The address of the management port.
#[derive(Clone, Debug)]
pub struct ManagementConfig {
    /// Always TCP.
    pub address: Address,
    /// The TLS settings; `None` is plaintext.
    pub tls: Option<TlsConfig>,
}

impl ManagementConfig {
    pub(super) fn read(options: &Options) -> Result<Option<Self>, Error> {
        let settings = TlsConfig::read("management", options)?;
        let Some(uri) = options.text(c"management_uri") else {
            if settings.is_set() {
                return contradiction("management.* is set without management_uri");
            }
            return Ok(None);
        };
        let (address, is_secure) = parse(uri).map_err(|error| error.context("option management_uri"))?;
        if !is_secure && settings.is_set() {
            return contradiction("management.* is set for a plaintext port; use https:// in management_uri");
        }
        Ok(Some(Self { address, tls: is_secure.then_some(settings) }))
    }
}

/// Parses the address and the scheme. No message quotes the text, which may contain a password.
fn parse(text: &str) -> Result<(Address, bool), Error> {
    let wrong = |why: &str| Err(Error::invalid_argument(format!("{why}; {FORMS}")));
    stray::refuse(text)?;
    let (text, zone) = without_zone(text)?;
    let uri: Uri = match text.parse() {
        Ok(uri) => uri,
        Err(error) => return wrong(&format!("is malformed ({error})")),
    };
    let is_secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return wrong("begins with neither http:// nor https://"),
    };
    let Some(authority) = uri.authority().filter(|authority| !authority.host().is_empty()) else {
        return wrong("has no host");
    };
    if authority.as_str().contains('@') {
        return wrong("has a user or password, which the management port does not take");
    }
    // The library adds the path itself. A path that somebody copied from a browser would end up inside it.
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || text.contains('#') {
        return wrong("has more than a host and a port");
    }
    Ok((tcp_address(authority, zone, DEFAULT_PORT)?, is_secure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, Error> {
        let mut options = Options::default();
        for (key, value) in pairs {
            options.set(key, value)?;
        }
        Config::new("https://root:hunter2@h/db", &options)
    }

    #[test]
    fn a_management_port_has_a_host_and_a_port_and_nothing_else() {
        for (uri, address, is_secure) in [
            ("http://localhost:9091", "localhost:9091", false),
            ("http://localhost", "localhost:9091", false),
            ("HTTP://[::1]:1/", "[::1]:1", false),
            ("https://milvus.example", "milvus.example:9091", true),
        ] {
            let management = config(&[("management_uri", uri)]).unwrap().management.unwrap();
            assert_eq!(
                (management.address.to_string().as_str(), management.tls.is_some()),
                (address, is_secure)
            );
        }
        for (uri, reason) in [
            ("localhost:9091", "neither http:// nor https://"),
            ("unix:/run/milvus.sock", "http://host:9091"),
            ("grpc://h", "neither http:// nor https://"),
            ("http://", "malformed"),
            ("http://:9091", "has no host"),
            ("http://h:0", "from 1 to 65535"),
            ("http://h:99999", "from 1 to 65535"),
            ("http://h h", "malformed"),
            ("http://h/webui", "more than a host and a port"),
            ("http://h/?a=b", "more than a host and a port"),
            ("http://h/#a", "more than a host and a port"),
            ("http://root:hunter3@h", "does not take"),
            ("http://root:hunter3", "from 1 to 65535"),
        ] {
            let error = config(&[("management_uri", uri)]).unwrap_err();
            assert!(error.message().starts_with("option management_uri: "), "{uri}: {error}");
            assert!(error.message().contains(reason), "{uri}: {error}");
            assert!(!error.message().contains("hunter3"), "{error}");
        }
    }

    #[test]
    fn contradicting_settings_are_refused() {
        for (pairs, reason) in [
            (&[("management.ca_file", "ca.pem")][..], "without management_uri"),
            (&[("management.server_name", "x"), ("management_uri", "")], "without management_uri"),
            (&[("management.ca_file", "ca.pem"), ("management_uri", "http://h")], "plaintext port"),
            (
                &[("management.key_file", "key.pem"), ("management_uri", "https://h")],
                "management.cert_file and management.key_file go together",
            ),
        ] {
            let error = config(pairs).unwrap_err();
            assert!(error.message().contains(reason), "{pairs:?}: {error}");
        }
        assert!(config(&[]).unwrap().of_management().is_none());
    }

    #[test]
    fn the_management_port_gets_neither_credentials_nor_the_certificates_of_the_server() {
        let settings = [
            ("management_uri", "https://m"),
            ("management.ca_file", "m.pem"),
            ("tls.ca_file", "ca.pem"),
            ("tls.cert_file", "cert.pem"),
            ("tls.key_file", "key.pem"),
            ("tls.server_name", "other"),
        ];
        let config = config(&settings).unwrap();
        assert!(config.credentials.current().is_some());
        let of_management = config.of_management().unwrap();
        assert_eq!(of_management.address.to_string(), "m:9091");
        assert!(of_management.credentials.current().is_none() && of_management.management.is_none());
        let tls = of_management.tls.unwrap();
        assert_eq!(format!("{:?}", tls.ca.unwrap().source), "\"m.pem\"");
        assert!(tls.identity.is_none() && tls.server_name.is_none());
    }
}
