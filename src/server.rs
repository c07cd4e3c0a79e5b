//! What the server is, as far as it tells, and what it can do by that.

use std::fmt;

use crate::error::{Error, Status, shortened};

/// The first version that has databases; older ones ignore their names.
pub(crate) const HAS_DATABASES: Version = Version(2, 2, 9);
/// The first version whose servers select a collection by its name rather than by its id.
pub(crate) const SELECTS_BY_NAME: Version = Version(2, 4, 18);
/// The first version that has clustering compaction; older ones ignore the wish and merge plainly.
pub(crate) const HAS_CLUSTERING: Version = Version(2, 4, 7);
/// The first version that answers -1 when it has nothing to do, and counts the plans of a job.
pub(crate) const COUNTS_PLANS: Version = Version(2, 4, 0);

/// Major, minor and patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// Reads `v2.3.5-lite`, `2.6.15-dev`, `3.0`; anything that does not begin like that is `None`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|digits| digits.parse().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        Some(Self(major, minor, numbers.next().flatten().unwrap_or(0)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A server's own word on itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// As the server writes it, e.g. `v2.3.5-lite`; empty if it does not tell.
    pub version_text: String,
    /// `STANDALONE`, `DISTRIBUTED`, `embedded` or whatever it says; empty if it does not tell.
    pub deploy_mode: String,
    /// The number under which it keeps this client in its registry; 0 if it has none (before 2.2.9).
    pub identifier: i64,
}

impl Server {
    /// Whether this is milvus-lite. (A full server built from the same packages says `v2.3.5-lite`.)
    #[must_use]
    pub fn is_lite(&self) -> bool {
        self.version_text.starts_with("milvus_lite")
    }

    /// The version as numbers, if the text begins with any. milvus-lite counts its own versions: none.
    pub(crate) fn version(&self) -> Option<Version> {
        Version::parse(&self.version_text)
    }

    /// Whether a collection is found by its name, so that a request without an id is safe.
    pub(crate) fn selects_by_name(&self) -> bool {
        self.is_lite() || self.version().is_some_and(|version| version >= SELECTS_BY_NAME)
    }

    /// Refuses what this server would silently ignore. A server of unknown version is taken to be too old.
    pub(crate) fn require(&self, needed: Version, what: &str) -> Result<(), Error> {
        if self.version().is_some_and(|version| version >= needed) {
            return Ok(());
        }
        let text = format!("{what} needs Milvus {needed} or newer; this server {}", self.described());
        Err(Error::new(Status::Unsupported, text))
    }

    fn described(&self) -> String {
        match self.version() {
            Some(version) => format!("is {version}"),
            None if self.is_lite() => format!("is {}", shortened(&self.version_text, 40)),
            None => "does not tell its version".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_leniently() {
        for (text, expected) in [
            ("v2.3.5-lite", Some(Version(2, 3, 5))),
            ("2.2.16", Some(Version(2, 2, 16))),
            ("2.6.15-dev", Some(Version(2, 6, 15))),
            ("v3.0", Some(Version(3, 0, 0))),
            ("2.4.18.post1", Some(Version(2, 4, 18))),
            ("v2.5-20250101-abcdef", Some(Version(2, 5, 0))),
            ("master-20260101", None),
            ("0438a28f", None),
            ("99999999999.1", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(Version::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn an_old_or_unknown_server_is_refused_with_both_versions() {
        let server = |text: &str| Server { version_text: text.to_owned(), ..Server::default() };
        assert!(server("v2.4.7").require(HAS_CLUSTERING, "clustering").is_ok());
        let old = server("v2.3.5-lite").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert_eq!(old.status, Status::Unsupported);
        assert_eq!(old.message(), "clustering needs Milvus 2.4.7 or newer; this server is 2.3.5");
        let unknown = server("custom").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert!(unknown.message().contains("does not tell its version"));
        let lite = server("milvus_lite-3.2.2").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert!(lite.message().contains("this server is milvus_lite-3.2.2"));
    }

    #[test]
    fn servers_that_select_by_name_are_known() {
        for (text, expected) in
            [("v2.4.17", false), ("v2.4.18", true), ("3.0", true), ("milvus_lite-3.2.2", true), ("x", false)]
        {
            let server = Server { version_text: text.to_owned(), ..Server::default() };
            assert_eq!(server.selects_by_name(), expected, "{text}");
            assert_eq!(server.is_lite(), text.starts_with("milvus_lite"));
        }
    }
}
