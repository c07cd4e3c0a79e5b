//! Which proxy a connection goes through: that of the option `proxy`, else that of the environment, by the rules of
//! gRPC's core. No I/O but reading the environment.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;

use super::checks::{check_length, contradiction};
use super::uri::{host_and_port, zone_of};
use super::{Address, Config, Credentials, Options, stray};
use crate::error::Error;

const FORM: &str = "write http://host:port or http://user:password@host:port";
/// The value of the option that turns every proxy off.
const NONE: &str = "none";
/// What gRPC's core takes for a proxy of the environment that has no port.
const DEFAULT_PORT: u16 = 443;

/// A forward proxy.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// A host name or IP literal, IPv6 without brackets.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
    /// The `proxy-authorization` header, if the proxy wants one.
    pub credentials: Option<Credentials>,
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Address::Tcp { host: self.host.clone(), port: self.port })
    }
}

/// The proxy of a client, and which hosts are reached without it.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    proxy: Option<Proxy>,
    /// The application names this proxy itself, so there are no exceptions.
    is_explicit: bool,
    exceptions: Vec<Exception>,
    /// Why the environment's proxy cannot be used. gRPC's core connects directly then.
    unusable: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    /// A host and every name below it; lower case.
    Domain(String),
    Network(IpAddr, u32),
}

impl Proxies {
    /// Reads the option, else the environment through this function.
    pub(super) fn read(
        options: &Options,
        address: &Address,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let Some(text) = options.text(c"proxy") else { return Ok(Self::of_environment(variable)) };
        if text.eq_ignore_ascii_case(NONE) {
            return Ok(Self::default());
        }
        let proxy = parse(text, None).map_err(|error| error.context("option proxy"))?;
        match address {
            Address::Unix(_) => contradiction("proxy does not go with a unix socket"),
            Address::Tcp { host, .. } if zone_of(host).is_some() => {
                contradiction("proxy does not go with a zone in the URI, which only this machine knows")
            }
            Address::Tcp { .. } => Ok(Self { proxy: Some(proxy), is_explicit: true, ..Self::default() }),
        }
    }

    /// The first variable that is set counts, even if it is empty or cannot be used.
    fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, variable(name)?)));
        let mut found = Self::default();
        match first(&["grpc_proxy", "https_proxy", "http_proxy"]) {
            Some((name, text)) if !text.is_empty() => match parse(&text, Some(DEFAULT_PORT)) {
                Ok(proxy) => found.proxy = Some(proxy),
                Err(error) => found.unusable = Some(error.context(name).message().to_owned()),
            },
            _ => return found,
        }
        if let Some((_, list)) = first(&["no_grpc_proxy", "no_proxy"]) {
            found.exceptions = list.split(',').filter_map(exception).collect();
        }
        found
    }

    /// The proxy on the way to an address.
    fn on_the_way_to(&self, address: &Address) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|_| self.is_explicit || !self.is_direct(address))
    }

    /// Whether no proxy of the environment is asked for an address.
    fn is_direct(&self, address: &Address) -> bool {
        let Address::Tcp { host, .. } = address else { return true };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        is_local(&host) || self.exceptions.iter().any(|exception| exception.has(&host))
    }

    /// The same for an address that the application did not have in mind when it named a proxy.
    pub(super) fn for_another_port(&self) -> Self {
        Self { is_explicit: false, ..self.clone() }
    }

    pub(super) fn hidden_in(&self, text: &str) -> Option<String> {
        let credentials = self.proxy.as_ref()?.credentials.as_ref()?;
        Some(credentials.hidden_in(text))
    }
}

impl Config {
    /// The proxy that connections go through.
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.proxies.on_the_way_to(&self.address)
    }

    /// Why a proxy that the environment names is not used although it is meant for this address.
    fn unusable_proxy(&self) -> Option<&str> {
        self.proxies.unusable.as_deref().filter(|_| !self.proxies.is_direct(&self.address))
    }

    /// The address, and the proxy on the way to it, or why there is none although the environment names one.
    pub(crate) fn destination(&self) -> String {
        match (self.proxy(), self.unusable_proxy()) {
            (Some(proxy), _) => format!("{} through the proxy {proxy}", self.address),
            (None, Some(why)) => format!("{} (no proxy is used: {why})", self.address),
            (None, None) => self.address.to_string(),
        }
    }
}

/// Whether a host is this machine, or known to this machine alone.
fn is_local(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.to_canonical().is_loopback() || ip.is_unspecified(),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || zone_of(host).is_some(),
    }
}

fn exception(entry: &str) -> Option<Exception> {
    let entry = entry.trim().trim_matches(['[', ']']);
    let (address, bits) =
        entry.split_once('/').map_or((entry, None), |(address, bits)| (address, Some(bits)));
    if let Ok(address) = address.parse::<IpAddr>() {
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most))?;
        return Some(Exception::Network(address, bits));
    }
    let domain = entry.trim_matches('.').to_ascii_lowercase();
    (!domain.is_empty()).then_some(Exception::Domain(domain))
}

impl Exception {
    fn has(&self, host: &str) -> bool {
        match (self, host.parse::<IpAddr>()) {
            (Self::Network(network, bits), Ok(address)) => is_in(address, *network, *bits),
            (Self::Domain(domain), Err(_)) => {
                host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            _ => false,
        }
    }
}

fn is_in(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address.to_canonical(), network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let differing = address.to_bits() ^ network.to_bits();
            differing.checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let differing = address.to_bits() ^ network.to_bits();
            differing.checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// Parses a proxy. With a default port it takes what gRPC's core takes; without one, only the documented form. No
/// message quotes the text, which may have a password.
fn parse(text: &str, default_port: Option<u16>) -> Result<Proxy, Error> {
    let wrong = |why: &str| Err(Error::invalid_argument(format!("{why}; {FORM}")));
    check_length(text)?;
    stray::refuse(text)?;
    let Some((scheme, rest)) = text.split_once("://") else { return wrong("has no scheme") };
    if !scheme.eq_ignore_ascii_case("http") {
        return wrong(match scheme.to_ascii_lowercase().as_str() {
            "https" => "a proxy that itself speaks TLS is not supported",
            "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => "SOCKS is not supported",
            _ => "the scheme is not http",
        });
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if path.contains('@') {
        return wrong("has an @ behind its host: percent-encode / ? # and @ in user and password");
    }
    if default_port.is_none() && !matches!(path, "" | "/") {
        return wrong("has more than a host and a port");
    }
    let (user_info, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let (host, port) = host_and_port(host)?;
    let Some(port) = port.or(default_port) else { return wrong("has no port") };
    let credentials = user_info.filter(|user_info| !user_info.is_empty()).map(credentials).transpose()?;
    Ok(Proxy { host, port, credentials })
}

fn credentials(user_info: &str) -> Result<Credentials, Error> {
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let decoded = |text| percent_decode_str(text).decode_utf8();
    match (decoded(user), decoded(password)) {
        (Ok(user), Ok(_)) if user.contains(':') => {
            Err(Error::invalid_argument("the user has a colon, which HTTP does not allow there"))
        }
        (Ok(user), Ok(password)) => Credentials::of_proxy(&user, &password),
        _ => Err(Error::invalid_argument("user and password are not UTF-8 once percent-decoded")),
    }
}

#[cfg(test)]
mod tests;
