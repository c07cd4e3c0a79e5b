//! A server to connect to: its address, its TLS settings, and the origin of its requests.

use std::sync::Arc;

use http::Uri;

use super::keepalive::Keepalive;
use super::tls::Tls;
use crate::config::{Address, Config};
use crate::error::Error;

#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) config: Arc<Config>,
    pub(super) tls: Option<Tls>,
    /// Scheme and authority of every request.
    pub(super) origin: Uri,
    /// What the client has learned about pings, wherever it has connected to.
    pub(super) keepalive: Arc<Keepalive>,
}

impl Endpoint {
    /// Reads the certificates if the configuration enables TLS, but does not connect.
    pub(super) fn new(config: Arc<Config>) -> Result<Self, Error> {
        let limit = config.connect_timeout;
        let tls = config.tls.as_ref().map(|tls| Tls::new(tls, &config.address, limit)).transpose()?;
        let origin = origin(&config)?;
        let keepalive = Arc::new(Keepalive::new(config.keepalive));
        Ok(Self { config, tls, origin, keepalive })
    }

    /// The same endpoint with what its TLS files have now.
    pub(super) async fn renewed(&self) -> Self {
        let tls = match &self.tls {
            Some(tls) => Some(tls.renewed().await),
            None => None,
        };
        Self { tls, ..self.clone() }
    }

    /// The same endpoint at another address.
    pub(super) fn at(&self, address: Address) -> Result<Self, Error> {
        let config = Config { address, is_global: false, ..(*self.config).clone() };
        let tls = match (&self.tls, &config.tls) {
            (Some(tls), Some(settings)) => Some(tls.at(settings, &config.address)?),
            _ => None,
        };
        let keepalive = Arc::clone(&self.keepalive);
        Ok(Self { origin: origin(&config)?, config: Arc::new(config), tls, keepalive })
    }
}

fn origin(config: &Config) -> Result<Uri, Error> {
    let server_name = config.tls.as_ref().and_then(|tls| tls.server_name.as_ref());
    let authority = match (&config.address, server_name) {
        _ if config.authority.is_some() => config.authority.iter().map(ToString::to_string).collect(),
        (Address::Tcp { port, .. }, Some(name)) => format!("{name}:{port}"),
        (tcp @ Address::Tcp { .. }, None) => tcp.without_zone().to_string(),
        (Address::Unix(_), _) => "localhost".to_owned(),
    };
    Uri::builder()
        .scheme(if config.tls.is_some() { "https" } else { "http" })
        .authority(authority)
        .path_and_query("/")
        .build()
        .map_err(|error| Error::invalid_argument(format!("uri: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;

    #[test]
    fn the_zone_of_an_address_stays_on_this_machine() {
        let mut options = Options::default();
        options.set("management_uri", "https://[fe80::1%25eth0]").unwrap();
        let config = Config::new("https://[fe80::1%25eth0]/db", &options).unwrap();
        assert_eq!(origin(&config).unwrap(), "https://[fe80::1]:443/");
        assert_eq!(origin(&config.of_management().unwrap()).unwrap(), "https://[fe80::1]:9091/");
        assert_eq!(config.address.to_string(), "[fe80::1%eth0]:443");
    }

    #[test]
    fn the_authority_of_requests_can_be_another_than_the_address() {
        for (uri, options, origin) in [
            ("http://h:1", &[][..], "http://h:1/"),
            ("http://h:1", &[("authority", "milvus.example")], "http://milvus.example/"),
            ("unix:/s", &[("authority", "milvus.example:19530")], "http://milvus.example:19530/"),
        ] {
            let mut set = Options::default();
            for (key, value) in options {
                set.set(key, value).unwrap();
            }
            let endpoint = Endpoint::new(Arc::new(Config::new(uri, &set).unwrap())).unwrap();
            assert_eq!(endpoint.origin.to_string(), origin);
        }
    }
}
