use std::collections::BTreeMap;

use super::*;
use crate::config::Uri;

type Variables<'a> = &'a [(&'a str, &'a str)];

fn proxies(uri: &str, option: &str, environment: Variables<'_>) -> Result<(Proxies, Address), Error> {
    let mut options = Options::default();
    options.set("proxy", option).unwrap();
    let environment: BTreeMap<_, _> = environment.iter().copied().collect();
    let address = Uri::parse(uri).unwrap_or_else(|error| panic!("{uri}: {error}")).address;
    let variable = |name: &str| environment.get(name).map(|value| (*value).to_owned());
    Ok((Proxies::read(&options, &address, variable)?, address))
}

/// The proxy on the way to a URI, as text; empty for none.
fn proxy(uri: &str, option: &str, environment: Variables<'_>) -> String {
    let (proxies, address) = proxies(uri, option, environment).unwrap();
    proxies.on_the_way_to(&address).map(ToString::to_string).unwrap_or_default()
}

const P: &str = "http://p:3128";

#[test]
fn the_option_beats_the_environment_whose_first_variable_counts() {
    for (option, environment, expected) in [
        ("", &[][..], ""),
        (P, &[], "p:3128"),
        (P, &[("grpc_proxy", "http://other:1")], "p:3128"),
        (P, &[("no_proxy", "milvus.example")], "p:3128"),
        ("none", &[("grpc_proxy", P)], ""),
        ("None", &[("grpc_proxy", P)], ""),
        ("", &[("grpc_proxy", P), ("https_proxy", "http://s:1"), ("http_proxy", "http://h:1")], "p:3128"),
        ("", &[("https_proxy", P), ("http_proxy", "http://h:1")], "p:3128"),
        ("", &[("http_proxy", P)], "p:3128"),
        ("", &[("HTTPS_PROXY", P), ("ALL_PROXY", P), ("all_proxy", P)], ""),
        ("", &[("grpc_proxy", ""), ("http_proxy", P)], ""),
        ("", &[("https_proxy", "socks5://s:1"), ("http_proxy", P)], ""),
        ("", &[("http_proxy", "http://p")], "p:443"),
        ("", &[("http_proxy", "HTTP://p:1/path")], "p:1"),
        ("", &[("http_proxy", "http://[fd00::1]:1")], "[fd00::1]:1"),
    ] {
        assert_eq!(proxy("http://milvus.example", option, environment), expected, "{option} {environment:?}");
        assert_eq!(
            proxy("https://milvus.example", option, environment),
            expected,
            "{option} {environment:?}"
        );
    }
}

/// What grpcio 1.85.3 does, but for loopback and zones.
#[test]
fn hosts_that_the_environment_excepts_are_reached_directly() {
    for (uri, list, is_direct) in [
        ("http://milvus.example", "", false),
        ("http://milvus.example", "milvus.example", true),
        ("http://MILVUS.example.", " other , .Example,,", true),
        ("http://milvus.example", "example", true),
        ("http://milvus.example", ".milvus.example", true),
        ("http://milvus.example", "ilvus.example", false),
        ("http://milvus.example", "milvus.example:19530", false),
        ("http://milvus.example", "*", false),
        ("http://milvus.example", "a.milvus.example", false),
        ("http://10.1.2.3", "10.0.0.0/8", true),
        ("http://10.1.2.3", "10.1.2.3", true),
        ("http://10.1.2.3", "10.1.2.4/31, 10.1.2.2", false),
        ("http://10.1.2.3", "0.0.0.0/0", true),
        ("http://10.1.2.3", "10.0.0.0/33", false),
        ("http://10.1.2.3", "3", false),
        ("http://10.1.2.3", "::/0", false),
        ("http://[::ffff:10.1.2.3]", "10.0.0.0/8", true),
        ("http://[fd00::1]", "fd00::/8", true),
        ("http://[fd00::1]", "[fd00::1]", true),
        ("http://[fd00::1]", "::/0", true),
        ("http://[fd00::1]", "fd00::2", false),
        ("http://localhost", "", true),
        ("http://LocalHost.", "", true),
        ("http://milvus.localhost", "", true),
        ("http://127.9.9.9", "", true),
        ("http://[::1]", "", true),
        ("http://[::ffff:127.0.0.1]", "", true),
        ("http://0.0.0.0", "", true),
        ("http://[fe80::1%25eth0]", "", true),
        ("unix:/run/milvus.sock", "", true),
    ] {
        let expected = if is_direct { "" } else { "p:3128" };
        let variables = &[("grpc_proxy", P), ("no_proxy", list)];
        assert_eq!(proxy(uri, "", variables), expected, "{uri} {list}");
    }
    let both = &[("http_proxy", P), ("no_grpc_proxy", ""), ("no_proxy", "example")];
    assert_eq!(proxy("http://milvus.example", "", both), "p:3128", "the first counts, even if it is empty");
}

#[test]
fn the_option_reaches_loopback_too_but_nothing_that_only_this_machine_can_reach() {
    for uri in ["http://localhost", "http://127.0.0.1", "http://[::1]"] {
        assert_eq!(proxy(uri, P, &[]), "p:3128");
    }
    for uri in ["unix:/run/milvus.sock", "http://[fe80::1%25eth0]"] {
        let error = proxies(uri, P, &[]).unwrap_err();
        assert!(error.message().contains("proxy does not go with"), "{error}");
        assert_eq!(proxy(uri, "none", &[]), "");
    }
}

#[test]
fn a_malformed_proxy_is_refused_with_the_right_form_and_without_its_password() {
    for (option, reason) in [
        ("p:3128", "has no scheme; write http://host:port"),
        ("user:hunter2@p:3128", "has no scheme"),
        ("https://p:3128", "itself speaks TLS"),
        ("socks5://u:hunter2@p:1080", "SOCKS is not supported; write http://"),
        ("hunter2://p", "the scheme is not http"),
        ("http://p", "has no port"),
        ("http://p:0", "from 1 to 65535"),
        ("http://p:99999", "from 1 to 65535"),
        ("http://:3128", "no host"),
        ("http://", "no host"),
        ("http://p p:3128", "no host and port"),
        ("http://p:3128/proxy.pac", "more than a host and a port"),
        ("http://u:hunter2/x@p:3128", "percent-encode"),
        ("http://u%3ax:hunter2@p:3128", "colon"),
        ("http://u:hunter2%ff@p:3128", "UTF-8"),
        ("http://hunter2:3128:1", "no host and port"),
    ] {
        let error = proxies("http://h", option, &[]).unwrap_err();
        assert!(error.message().starts_with("option proxy: "), "{option}: {error}");
        assert!(error.message().contains(reason), "{option}: {error}");
        assert!(!error.message().contains("hunter2"), "{option}: {error}");
    }
}

#[test]
fn a_proxy_of_the_environment_that_cannot_be_used_is_told_where_it_would_have_been_used() {
    let config = |uri, environment: Variables<'_>| {
        let mut config = Config::new("http://h", &Options::default()).unwrap();
        (config.proxies, config.address) = proxies(uri, "", environment).unwrap();
        assert_eq!(config.destination().contains("no proxy is used"), config.unusable_proxy().is_some());
        config.unusable_proxy().map(str::to_owned)
    };
    let wrong = &[("https_proxy", "socks5://u:hunter2@s:1"), ("no_proxy", "example")];
    let told = config("http://h", wrong).unwrap();
    assert!(told.starts_with("https_proxy: SOCKS is not supported") && !told.contains("hunter2"), "{told}");
    for uri in ["http://localhost", "http://milvus.example", "unix:/s"] {
        assert_eq!(config(uri, wrong), None);
    }
    assert_eq!(config("http://h", &[("http_proxy", P)]), None);
}

#[test]
fn user_and_password_are_sent_as_basic_and_shown_nowhere() {
    for (option, decoded) in [
        ("http://user:hunter2@p:1", "user:hunter2"),
        ("http://u%40x:p%2f%25hunter2@p:1", "u@x:p/%hunter2"),
        ("http://user:a:hunter2@p:1", "user:a:hunter2"),
        ("http://hunter2@p:1", "hunter2:"),
    ] {
        let mut options = Options::default();
        options.set("proxy", option).unwrap();
        options.set("token", "root:other-secret").unwrap();
        let config = Config::new("http://h", &options).unwrap();
        let credentials = config.proxy().unwrap().credentials.as_ref().unwrap();
        assert_eq!(credentials.token(), decoded);
        let sent = credentials.authorization().to_str().unwrap().to_owned();
        assert!(sent.starts_with("Basic ") && credentials.authorization().is_sensitive());
        assert!(!format!("{config:?}").contains("hunter2") && !config.destination().contains("hunter2"));
        let said = format!("root:other-secret {decoded} {sent}");
        assert_eq!(config.without_secrets(&said), "[hidden] [hidden] Basic [hidden]");
    }
}

#[test]
fn the_management_port_goes_through_the_same_proxy_but_not_on_loopback() {
    let of_management = |management_uri, option| {
        let mut options = Options::default();
        options.set("proxy", option).unwrap();
        options.set("management_uri", management_uri).unwrap();
        let config = Config::new("http://localhost", &options).unwrap().of_management().unwrap();
        config.proxy().map(ToString::to_string)
    };
    assert_eq!(of_management("http://milvus.example", P), Some("p:3128".to_owned()));
    assert_eq!(of_management("http://localhost", P), None);
    assert_eq!(of_management("http://milvus.example", "none"), None);
}
