//! The options of a client: text by key, so that configuration files, environments and other languages can pass them
//! on. One table lists every key with its kind, default and help.

use std::ffi::CStr;
use std::time::Duration;

use super::Metadata;
use super::checks::TEXT_LIMIT;
use crate::error::Error;
use crate::text::shortened;

/// The form of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Kind {
    /// Any text.
    Text = 0,
    /// Text that nothing may show.
    Secret = 1,
    /// The path of a file that exists when the client is made.
    File = 2,
    /// `true` or `false`.
    Boolean = 3,
    /// A whole number within the option's bounds.
    Number = 4,
}

/// One key of the table.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The key, e.g. `tls.ca_file`.
    pub key: &'static CStr,
    /// The form of its value.
    pub kind: Kind,
    /// The default value; empty for none.
    pub default: &'static CStr,
    /// One line of help.
    pub help: &'static CStr,
    /// The smallest and largest value of a number.
    pub bounds: (u32, u32),
}

const fn text(key: &'static CStr, kind: Kind, help: &'static CStr) -> Description {
    Description { key, kind, default: c"", help, bounds: (0, 0) }
}

const fn number(
    key: &'static CStr,
    default: &'static CStr,
    bounds: (u32, u32),
    help: &'static CStr,
) -> Description {
    Description { key, kind: Kind::Number, default, help, bounds }
}

/// Far above a chain of certificates, and above the usual bundles of authorities.
const PEM_LIMIT: usize = 1024 * 1024;
const DAY_MS: u32 = 86_400_000;
const MONTH_MS: u32 = 30 * DAY_MS;

/// Every option, in an order for readers.
pub static OPTIONS: [Description; 38] = [
    text(c"token", Kind::Secret, c"\"user:password\" or an API key; overrides the one in the URI"),
    text(c"user", Kind::Text, c"user name; set it with password, instead of token"),
    text(c"password", Kind::Secret, c"the user's password"),
    text(
        c"token_file",
        Kind::File,
        c"file with the token in one line, instead of token; a request reads it again after a change",
    ),
    text(c"database", Kind::Text, c"database of all calls; overrides the one in the URI; empty: the server's default"),
    number(
        c"timeout_ms",
        c"10000",
        (1, DAY_MS),
        c"timeout of an operation that passes 0, in milliseconds; waits for jobs use wait_timeout_ms",
    ),
    number(
        c"wait_timeout_ms",
        c"",
        (1, MONTH_MS),
        c"timeout of a wait for a job, of milvus_optimize and of milvus_compact_many that pass 0, in milliseconds; empty: none",
    ),
    number(
        c"stall_timeout_ms",
        c"3600000",
        (1, MONTH_MS),
        c"a wait ends with MILVUS_STALLED if nothing changes for this time, in milliseconds",
    ),
    number(
        c"connect_timeout_ms",
        c"10000",
        (1, DAY_MS),
        c"timeout of one attempt to connect, TLS handshake included, and then of the server's first responses, in milliseconds; a wait for a job gives the first responses more time if they need it",
    ),
    text(c"tls", Kind::Boolean, c"use TLS or not; if this is not set, the URI's scheme decides"),
    text(c"tls.ca_file", Kind::File, c"PEM file of the certificate authorities to trust, instead of the operating system's"),
    text(c"tls.cert_file", Kind::File, c"PEM file of this client's certificate chain, for mutual TLS"),
    text(c"tls.key_file", Kind::File, c"PEM file of that certificate's private key"),
    text(c"tls.server_name", Kind::Text, c"name that the server's certificate must have, if it is not the URI's host"),
    text(c"tls.ca_pem", Kind::Text, c"the same as tls.ca_file, as PEM text; at most 1 MiB"),
    text(c"tls.client_cert_pem", Kind::Text, c"the same as tls.cert_file, as PEM text; at most 1 MiB"),
    text(c"tls.client_key_pem", Kind::Secret, c"the same as tls.key_file, as PEM text; at most 1 MiB"),
    text(
        c"proxy",
        Kind::Secret,
        c"forward proxy, http://[user:password@]host:port, or none; if this is not set: grpc_proxy, https_proxy or http_proxy of the environment, but for hosts in no_grpc_proxy or no_proxy and loopback",
    ),
    number(
        c"keepalive_ms",
        c"10000",
        (6_000, DAY_MS),
        c"the client pings a connection that was silent for this time, in milliseconds, less often while a request waits for a server that may refuse that; it doubles if the server refuses pings, as servers do with one every 5 s",
    ),
    number(
        c"keepalive_timeout_ms",
        c"5000",
        (100, DAY_MS),
        c"the client closes a connection if the server does not answer a ping within this time, in milliseconds",
    ),
    number(c"retry.max_attempts", c"5", (1, 1_000), c"attempts of a call that fails to connect, the first included"),
    number(
        c"retry.backoff_ms",
        c"50",
        (1, 60_000),
        c"pause before the second attempt, in milliseconds; it doubles before each further attempt",
    ),
    number(c"retry.max_backoff_ms", c"2000", (1, 600_000), c"longest pause between two attempts, in milliseconds"),
    number(
        c"poll.max_rate",
        c"500",
        (1, 1_000),
        c"how often a second the client polls at most, for all jobs together; waits for flushes, sorting, indexes and loads have another such rate",
    ),
    text(
        c"assumed_version",
        Kind::Text,
        c"version to assume of a server that reports none or only its line, e.g. 2.6.8; empty: too old for any option of a compaction",
    ),
    Description {
        default: c"false",
        ..text(
            c"allow_early_target_size",
            Kind::Boolean,
            c"allow a target size on servers that report 2.6.8 to 2.6.11: 2.6.12 reports 2.6.11 and supports it; older ones ignore or misread it",
        )
    },
    text(
        c"management_uri",
        Kind::Text,
        c"the server's management port, e.g. http://host:9091 (optional): servers since 2.5 report there more about their compactions",
    ),
    text(c"management.ca_file", Kind::File, c"as tls.ca_file, for a management port behind https://"),
    text(c"management.cert_file", Kind::File, c"as tls.cert_file, for the management port alone"),
    text(c"management.key_file", Kind::File, c"as tls.key_file, for the management port alone"),
    text(c"management.server_name", Kind::Text, c"as tls.server_name, for the management port alone"),
    text(c"management.ca_pem", Kind::Text, c"as tls.ca_pem, for a management port behind https://"),
    text(c"management.client_cert_pem", Kind::Text, c"as tls.client_cert_pem, for the management port alone"),
    text(c"management.client_key_pem", Kind::Secret, c"as tls.client_key_pem, for the management port alone"),
    Description {
        key: c"flush.wait_for_sort",
        kind: Kind::Boolean,
        default: c"false",
        help: c"a flush also waits until the server has sorted the segments that it stored; servers since 2.5 sort, and compact only sorted segments",
        bounds: (0, 0),
    },
    text(
        c"metadata.<name>",
        Kind::Secret,
        c"header of one's own on every gRPC request, e.g. metadata.x-tenant; lower-case name, printable ASCII value; names that the library, gRPC or HTTP/2 uses are refused; at most 16, and 4096 bytes in all",
    ),
    text(
        c"authority",
        Kind::Text,
        c"the :authority (host, or host:port) of every gRPC request, for fronts that route by it; empty: the URI's host, or tls.server_name, and port",
    ),
    text(
        c"user_agent",
        Kind::Text,
        c"what identifies the program, e.g. nightly/1.0; it stands before the library's own milvus-client-c/VERSION",
    ),
];

/// The beginning of the keys that name metadata of the application.
const METADATA: &str = "metadata.";

/// The options of a client that is to be made.
#[derive(Clone, Default)]
pub struct Options {
    values: Vec<(&'static CStr, String)>,
    /// The names and values of `metadata.<name>`.
    metadata: Vec<(String, String)>,
}

impl Options {
    /// Sets an option, and replaces its former value.
    ///
    /// # Errors
    /// `InvalidArgument` for an unknown key, with a list of all keys, and for a value of the wrong form.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        if let Some(name) = key.strip_prefix(METADATA) {
            Metadata::default().set(name, value)?;
            put(&mut self.metadata, name.to_owned(), value);
            return Ok(());
        }
        let option = describe(key)?;
        option.check(value)?;
        put(&mut self.values, option.key, value);
        Ok(())
    }

    /// The names and values of `metadata.<name>`.
    pub(super) fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        self.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a text option, if it is set and not empty.
    pub(super) fn text(&self, key: &CStr) -> Option<&str> {
        let (_, value) = self.values.iter().find(|(set, _)| *set == key)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// The same for a key of a group, such as `tls`.
    pub(super) fn text_of(&self, group: &str, key: &str) -> Option<&str> {
        let key = format!("{group}.{key}");
        let (known, _) = self.values.iter().find(|(set, _)| set.to_bytes() == key.as_bytes())?;
        self.text(known)
    }

    pub(super) fn boolean(&self, key: &CStr) -> Option<bool> {
        self.text(key).map(|value| value == "true")
    }

    /// The value of a number option, or its default.
    pub(super) fn number(&self, key: &CStr) -> u32 {
        let default = || OPTIONS.iter().find(|option| option.key == key)?.default.to_str().ok();
        self.text(key).or_else(default).and_then(|value| value.parse().ok()).unwrap_or_default()
    }

    pub(super) fn milliseconds(&self, key: &CStr) -> Duration {
        Duration::from_millis(self.number(key).into())
    }

    /// The same of a number that has no default.
    pub(super) fn optional_milliseconds(&self, key: &CStr) -> Option<Duration> {
        self.text(key).and_then(|value| value.parse().ok()).map(Duration::from_millis)
    }
}

/// Sets the value of a key, and replaces its former one.
fn put<K: PartialEq>(list: &mut Vec<(K, String)>, key: K, value: &str) {
    list.retain(|(set, _)| *set != key);
    list.push((key, value.to_owned()));
}

impl Description {
    /// The longest value in bytes.
    fn limit(&self) -> usize {
        if self.key.to_bytes().ends_with(b"_pem") { PEM_LIMIT } else { TEXT_LIMIT }
    }

    fn check(&self, value: &str) -> Result<(), Error> {
        let wrong = |rule: &str| {
            let shown = if self.kind == Kind::Secret { "[hidden]".to_owned() } else { shortened(value, 80) };
            let key = self.key.to_string_lossy();
            Err(Error::invalid_argument(format!("option {key}: \"{shown}\" is not {rule}")))
        };
        match self.kind {
            Kind::Boolean if !matches!(value, "true" | "false") => wrong("true or false"),
            // A number without a default can be set back to none.
            Kind::Number if value.is_empty() && self.default.is_empty() => Ok(()),
            Kind::Number => {
                let (least, most) = self.bounds;
                match value.parse::<u32>() {
                    Ok(number) if (least..=most).contains(&number) => Ok(()),
                    _ => wrong(&format!("a whole number from {least} to {most}")),
                }
            }
            _ if value.len() > self.limit() => {
                let (key, length, limit) = (self.key.to_string_lossy(), value.len(), self.limit());
                let text = format!("option {key}: has {length} bytes; at most {limit} are taken");
                Err(Error::invalid_argument(text))
            }
            _ => Ok(()),
        }
    }
}

fn describe(key: &str) -> Result<&'static Description, Error> {
    OPTIONS.iter().find(|option| option.key.to_bytes() == key.as_bytes()).ok_or_else(|| {
        let known: Vec<_> = OPTIONS.iter().map(|option| option.key.to_string_lossy()).collect();
        let (key, known) = (shortened(key, 80), known.join(", "));
        Error::invalid_argument(format!("there is no option \"{key}\"; known are {known}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_bad_values_are_refused_with_the_rule() {
        let mut options = Options::default();
        let mut refusal = |key: &str, value: &str| options.set(key, value).unwrap_err().message().to_owned();
        assert!(
            refusal("tsl", "true")
                .contains("known are token, user, password, token_file, database, timeout_ms")
        );
        assert_eq!(refusal("tls", "yes"), "option tls: \"yes\" is not true or false");
        for value in ["", "-1", "0", "1.5", "1s", "86400001", "99999999999999999999"] {
            assert!(refusal("timeout_ms", value).contains("from 1 to 86400000"), "{value}");
        }
        assert!(refusal("keepalive_ms", "5000").contains("from 6000"));
        assert!(refusal("user", &"x".repeat(9_000)).contains("at most 8192"));
        assert!(!refusal("password", &"x".repeat(9_000)).contains("xxx"));
    }

    #[test]
    fn every_default_is_a_value_that_may_be_set() {
        for option in &OPTIONS {
            let default = option.default.to_str().unwrap();
            assert!(default.is_empty() || option.check(default).is_ok(), "{option:?}");
            assert!(!option.help.is_empty() && !option.help.to_bytes().contains(&b'\n'), "{option:?}");
        }
        let options = Options::default();
        assert_eq!(options.milliseconds(c"timeout_ms"), Duration::from_secs(10));
        assert_eq!(options.number(c"retry.max_attempts"), 5);
        assert_eq!(options.number(c"poll.max_rate"), 500);
        assert_eq!(options.optional_milliseconds(c"wait_timeout_ms"), None);
        assert_eq!(options.milliseconds(c"stall_timeout_ms"), Duration::from_hours(1));
    }

    #[test]
    fn a_later_value_replaces_an_earlier_one() {
        let mut options = Options::default();
        options.set("timeout_ms", "7").unwrap();
        options.set("timeout_ms", "8").unwrap();
        assert_eq!(options.number(c"timeout_ms"), 8);
        options.set("database", "").unwrap();
        assert_eq!(options.text(c"database"), None, "empty is as good as none");
        options.set("wait_timeout_ms", "2592000000").unwrap();
        assert_eq!(options.optional_milliseconds(c"wait_timeout_ms"), Some(Duration::from_hours(30 * 24)));
        options.set("wait_timeout_ms", "").unwrap();
        assert_eq!(options.optional_milliseconds(c"wait_timeout_ms"), None);
    }
}
