//! Metadata of the application's own, which requests carry beside that of the library, and the other headers that an
//! application may choose: the authority and the user agent.

use std::fmt;

use http::header::{HeaderName, HeaderValue};
use http::uri::Authority;

use super::Options;
use crate::error::Error;
use crate::text::shortened;

/// The library itself, at the end of every user agent.
const LIBRARY: &str = concat!("milvus-client-c/", env!("CARGO_PKG_VERSION"));

/// The most entries, the longest name, and the most bytes of all names and values. Servers and proxies refuse more than
/// 8 to 16 KiB of headers in all.
const ENTRIES_LIMIT: usize = 16;
const NAME_LIMIT: usize = 64;
const BYTES_LIMIT: usize = 4 * 1024;
const USER_AGENT_LIMIT: usize = 256;
const AUTHORITY_LIMIT: usize = 255;

/// Names that the library, gRPC or HTTP/2 uses, or whose meaning another option has.
const RESERVED: [&str; 12] = [
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "dbname",
    "host",
    "identifier",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
/// The same of whole families.
const RESERVED_PREFIXES: [&str; 3] = ["grpc-", "client-request-", "proxy-"];

/// A value of at least this length is hidden where a server or proxy repeats it. A shorter one may be an ordinary word.
const SECRET_LENGTH: usize = 16;

/// Metadata by name. A value may be a secret: the library shows none.
#[derive(Clone, Default)]
pub struct Metadata(Vec<(HeaderName, HeaderValue)>);

impl Metadata {
    /// Sets an entry, and replaces its former value; an empty value removes it.
    ///
    /// # Errors
    /// `InvalidArgument` for a name or value that cannot be sent, and for more than is allowed. No message has the value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let name = checked_name(name)?;
        let value = checked_value(name.as_str(), value)?;
        let others = || self.0.iter().filter(|(known, _)| *known != name);
        let bytes: usize = others().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if !value.is_empty() && bytes + name.as_str().len() + value.len() > BYTES_LIMIT {
            return wrong(name.as_str(), &format!("makes more than {BYTES_LIMIT} bytes of metadata in all"));
        }
        if !value.is_empty() && others().count() == ENTRIES_LIMIT {
            return wrong(name.as_str(), &format!("is one more than {ENTRIES_LIMIT} names"));
        }
        self.0.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            self.0.push((name, value));
        }
        Ok(())
    }

    /// The text with every value hidden that may be a secret.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        let values = self.0.iter().filter_map(|(_, value)| value.to_str().ok());
        let values = values.filter(|value| value.len() >= SECRET_LENGTH);
        values.fold(text.to_owned(), |text, value| text.replace(value, "[hidden]"))
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The `metadata.<name>` options.
    pub(super) fn read(options: &Options) -> Result<Self, Error> {
        let mut metadata = Self::default();
        for (name, value) in options.metadata() {
            metadata.set(name, value)?;
        }
        Ok(metadata)
    }
}

/// Shows the names only.
impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name.as_str())).finish()
    }
}

fn wrong<T>(name: &str, why: &str) -> Result<T, Error> {
    Err(Error::invalid_argument(format!("metadata \"{}\": {why}", shortened(name, 80))))
}

fn checked_name(name: &str) -> Result<HeaderName, Error> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > NAME_LIMIT || !name.bytes().all(is_letter) {
        let rule =
            format!("a name has 1 to {NAME_LIMIT} lower-case letters, digits, hyphens, underscores and dots");
        return wrong(name, &rule);
    }
    if RESERVED.contains(&name) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return wrong(name, "this name is reserved: the library, gRPC or HTTP/2 uses it");
    }
    if name.ends_with("-bin") {
        return wrong(name, "gRPC keeps names that end in -bin for binary values, and values here are text");
    }
    HeaderName::from_bytes(name.as_bytes()).or_else(|_| wrong(name, "is no name of a header"))
}

/// gRPC allows printable ASCII, and takes blanks at either end away.
fn checked_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    if let Some(at) = value.bytes().position(|byte| !(byte == b' ' || byte.is_ascii_graphic())) {
        return wrong(name, &format!("the value has a character at byte {at} that is not printable ASCII"));
    }
    if value.starts_with(' ') || value.ends_with(' ') {
        return wrong(name, "the value begins or ends with a blank");
    }
    let mut value = HeaderValue::try_from(value).or_else(|_| wrong(name, "the value cannot be sent"))?;
    value.set_sensitive(true); // kept out of HPACK's tables, here and in proxies
    Ok(value)
}

/// The user agent of every request: that of the application, if it has one, in front of the library's own.
pub(super) fn user_agent(options: &Options) -> Result<HeaderValue, Error> {
    let Some(prefix) = options.text(c"user_agent") else { return Ok(HeaderValue::from_static(LIBRARY)) };
    let refused = |why: &str| Err(Error::invalid_argument(format!("option user_agent: {why}")));
    if prefix.len() > USER_AGENT_LIMIT {
        return refused(&format!("has {} bytes; at most {USER_AGENT_LIMIT} are taken", prefix.len()));
    }
    let is_printable = prefix.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if !is_printable || prefix.trim() != prefix {
        return refused("is not printable ASCII without blanks at its ends, such as nightly/1.0");
    }
    HeaderValue::try_from(format!("{prefix} {LIBRARY}")).or_else(|_| refused("cannot be sent"))
}

/// The `:authority` of every request, if it is not the address.
pub(super) fn authority(options: &Options) -> Result<Option<Authority>, Error> {
    let Some(text) = options.text(c"authority") else { return Ok(None) };
    let authority = Authority::try_from(text).ok().filter(|authority| {
        text.len() <= AUTHORITY_LIMIT && !authority.host().is_empty() && !authority.as_str().contains('@')
    });
    authority.map(Some).ok_or_else(|| {
        let text = shortened(text, 80);
        Error::invalid_argument(format!("option authority: \"{text}\" is not a host, or a host and a port"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str, value: &str) -> String {
        Metadata::default().set(name, value).unwrap_err().message().to_owned()
    }

    #[test]
    fn names_that_others_need_are_refused() {
        for name in [
            "authorization",
            "grpc-timeout",
            "grpc-anything",
            "content-type",
            "te",
            "user-agent",
            "dbname",
            "client-request-id",
            "client-request-unixmsec",
            "host",
            "proxy-authorization",
        ] {
            assert!(refusal(name, "x").contains("reserved"), "{name}");
        }
        assert!(refusal("trace-bin", "x").contains("-bin"));
        for name in ["", ":path", "X-Upper", "two words", "größe", "a:b", "a\nb", &"x".repeat(65)] {
            assert!(refusal(name, "x").contains("lower-case letters"), "{name}");
        }
    }

    #[test]
    fn values_are_printable_and_never_shown() {
        for value in ["s3cr3t\n", "s3cr3t\r\nx: y", "s3cr3t\0", "s3cr3t\t", "s3cr3t\u{7f}", "s3cr3té"] {
            let said = refusal("x-key", value);
            assert!(said.contains("at byte 6") && !said.contains("s3cr3t"), "{said}");
        }
        assert!(refusal("x-key", " s").contains("blank") && refusal("x-key", "s ").contains("blank"));
        let mut metadata = Metadata::default();
        metadata.set("x-key", "s3cr3t").unwrap();
        assert_eq!(format!("{metadata:?}"), "{\"x-key\"}");
    }

    #[test]
    fn a_later_value_replaces_an_earlier_one_and_an_empty_one_removes_it() {
        let mut metadata = Metadata::default();
        metadata.set("b", "1").unwrap();
        metadata.set("a", "2").unwrap();
        metadata.set("b", "3").unwrap();
        let all: Vec<_> =
            metadata.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(all, [("a", "2"), ("b", "3")]);
        metadata.set("a", "").unwrap();
        metadata.set("b", "").unwrap();
        assert!(metadata.is_empty());
    }

    #[test]
    fn there_is_a_bound_to_it() {
        let mut metadata = Metadata::default();
        for number in 0..ENTRIES_LIMIT {
            metadata.set(&format!("x-{number}"), "v").unwrap();
        }
        assert!(metadata.set("x-more", "v").unwrap_err().message().contains("more than 16 names"));
        metadata.set("x-0", "w").unwrap();
        assert!(
            metadata.set("x-0", &"v".repeat(4_096)).unwrap_err().message().contains("more than 4096 bytes")
        );
        metadata.set("x-more", "").unwrap();
    }
}
