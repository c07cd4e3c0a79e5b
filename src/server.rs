//! What the server reports about itself, and what it can do.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Status};
use crate::text::shortened;
use crate::version::{Told, Version};

/// The first version with databases; older ones ignore database names.
pub(crate) const HAS_DATABASES: Version = Version(2, 2, 9);
/// The first version that selects a collection by its name rather than by its id.
pub(crate) const SELECTS_BY_NAME: Version = Version(2, 4, 18);
/// The first version with clustering compaction; older ones ignore the flag and merge plainly.
pub(crate) const HAS_CLUSTERING: Version = Version(2, 4, 6);
/// The first version that returns -1 when it has nothing to do, and counts the plans of a job.
pub(crate) const COUNTS_PLANS: Version = Version(2, 4, 0);
/// The first version that reports the progress of a refreshed load.
pub(crate) const TELLS_REFRESH: Version = Version(2, 3, 0);
/// The first version that still has its jobs after a restart.
const KEEPS_JOBS: Version = Version(2, 4, 7);
/// The first version that reports the level of segments.
pub(crate) const HAS_LEVELS: Version = Version(2, 4, 7);
/// The first version that certainly compacts collections without an index. From 2.4.0 to this one it is unknown.
pub(crate) const COMPACTS_UNINDEXED: Version = Version(2, 4, 13);
/// The first version that reports whether segments are sorted.
pub(crate) const HAS_SORTED: Version = Version(2, 5, 0);
/// The first version that compacts a part of a collection; older ones compact all of it.
pub(crate) const HAS_FILTERS: Version = Version(2, 5, 8);
/// The first version that reports the storage version of segments.
pub(crate) const HAS_STORAGE_VERSION: Version = Version(2, 6, 0);
/// The first version with L0 compaction; older ones merge plainly.
pub(crate) const HAS_L0: Version = Version(2, 6, 3);
/// The first version that certainly honours a target size. Release 2.6.12 does too, but reports itself as 2.6.11.
pub(crate) const HAS_TARGET_SIZE: Version = Version(2, 6, 12);
/// The first version that accepts target sizes: 2.6.8 and 2.6.9 ignore them, 2.6.10 and 2.6.11 compare them with
/// bytes. Older ones merge plainly.
pub(crate) const HAS_EARLY_TARGET_SIZE: Version = Version(2, 6, 8);
/// The first version that forgets finished jobs after an hour; older ones keep them for a day.
const FORGETS_JOBS_SOON: Version = Version(2, 6, 3);
/// The first version that looks at its plans every 0.5 s, if its configuration does not say otherwise.
const LOOKS_OFTEN: Version = Version(2, 6, 0);
/// No version up to this one lists the tasks of a collection: it reads the request as one about "job 0".
pub(crate) const LISTS_NO_TASKS: Version = Version(3, 0, 0);

/// The lower bits of a server's timestamps and ids; the upper bits are milliseconds since 1970.
pub(crate) const TIMESTAMP_BITS: u32 = 18;
/// The start of 2020: before any server that this library can talk to.
const EARLIEST_CLOCK_MS: i64 = 1_577_836_800_000;

/// What a server reports about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// The version as the server writes it, e.g. `v2.3.5-lite`; empty if it reports none.
    pub version_text: String,
    /// `STANDALONE`, `DISTRIBUTED`, `embedded` or another text of the server; empty if it reports none.
    pub deploy_mode: String,
    /// The id of this client in the server's registry; 0 if the server has no registry (before 2.2.9).
    pub identifier: i64,
    /// When the server gave that id.
    pub(crate) answered: Option<Instant>,
    /// The version that the user wants assumed if the server reports none.
    pub(crate) assumed: Option<Version>,
    /// Whether the user vouches that the server honours target sizes, although its version is too early.
    pub(crate) allows_early_target_size: bool,
}

impl Server {
    /// Whether this is milvus-lite. (A full server built from the same packages says `v2.3.5-lite`.)
    #[must_use]
    pub fn is_lite(&self) -> bool {
        self.version_text.starts_with("milvus_lite")
    }

    /// The server's clock in milliseconds since 1970. Servers from 2.4 to 3.0 respond to `Connect` with an id that is a
    /// timestamp of that moment. `None` if the id is no timestamp.
    pub(crate) fn clock_ms(&self) -> Option<i64> {
        let since = i64::try_from(self.answered?.elapsed().as_millis()).ok()?;
        Some(self.identifier >> TIMESTAMP_BITS).filter(|ms| *ms >= EARLIEST_CLOCK_MS).map(|ms| ms + since)
    }

    /// The version that the server reports, or else the assumed one. milvus-lite has version numbers of its own, which
    /// count as none.
    fn told(&self) -> Told {
        if self.is_lite() { Told::Nothing } else { Told::by(&self.version_text).or(self.assumed) }
    }

    /// The oldest version that the server can be, if it reports one or one is assumed.
    pub(crate) fn version(&self) -> Option<Version> {
        self.told().at_least()
    }

    /// Whether it is certainly this version or newer.
    pub(crate) fn is_at_least(&self, version: Version) -> bool {
        self.version().is_some_and(|own| own >= version)
    }

    /// Whether it is certainly older than this version.
    pub(crate) fn is_before(&self, version: Version) -> bool {
        self.told().is_before(version)
    }

    /// How long the server certainly remembers a finished job, counted from the start of each plan.
    pub(crate) fn forgets_jobs_after(&self) -> Duration {
        if self.is_before(FORGETS_JOBS_SOON) { Duration::from_hours(24) } else { Duration::from_hours(1) }
    }

    /// Whether it certainly has its jobs after a restart.
    pub(crate) fn keeps_jobs(&self) -> bool {
        self.is_at_least(KEEPS_JOBS)
    }

    /// How often the server looks at its plans, if its configuration does not say otherwise. A client that asks more
    /// often finds out nothing.
    pub(crate) fn round(&self) -> Duration {
        if self.is_before(LOOKS_OFTEN) { Duration::from_secs(3) } else { Duration::from_millis(500) }
    }

    /// Whether the server finds a collection by its name, so that a request without an id is safe.
    pub(crate) fn selects_by_name(&self) -> bool {
        self.is_lite() || self.is_at_least(SELECTS_BY_NAME)
    }

    /// Fails for what this server would silently ignore. A server of unknown version counts as too old, unless the
    /// option `assumed_version` names one.
    pub(crate) fn require(&self, needed: Version, what: &str) -> Result<(), Error> {
        if self.is_at_least(needed) {
            return Ok(());
        }
        let text = format!("{what} needs Milvus {needed} or newer; this server {}", self.described());
        Err(Error::new(Status::Unsupported, text))
    }

    /// Fails for servers that use a target size for anything else than merging up to it.
    pub(crate) fn require_target_size(&self) -> Result<(), Error> {
        if !self.is_at_least(HAS_EARLY_TARGET_SIZE) || self.is_at_least(HAS_TARGET_SIZE) {
            return self.require(HAS_TARGET_SIZE, "a target size");
        }
        if self.allows_early_target_size {
            return Ok(());
        }
        let (needed, is) = (HAS_TARGET_SIZE, self.described());
        let text = format!(
            "a target size needs Milvus {needed} or newer: 2.6.8 and 2.6.9 ignore it, 2.6.10 and 2.6.11 compare it with \
             bytes; this server {is}. If it is {needed} and reports an earlier version, set the option \
             allow_early_target_size"
        );
        Err(Error::new(Status::Unsupported, text))
    }

    /// "is 2.3.5", for messages.
    pub(crate) fn described(&self) -> String {
        match self.told() {
            Told::Version(version) => format!("is {version}"),
            Told::Line(major, minor) => {
                format!(
                    "is a build of {major}.{minor} that does not tell its patch number (the option assumed_version can)"
                )
            }
            Told::Nothing if self.is_lite() => format!("is {}", shortened(&self.version_text, 40)),
            Told::Nothing => "does not tell its version (the option assumed_version can)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_or_unknown_server_is_refused_with_both_versions() {
        let server = |text: &str| Server { version_text: text.to_owned(), ..Server::default() };
        assert!(server("v2.4.6").require(HAS_CLUSTERING, "clustering").is_ok());
        assert!(server("v2.4.5").require(HAS_CLUSTERING, "clustering").is_err());
        let old = server("v2.3.5-lite").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert_eq!(old.status, Status::Unsupported);
        assert_eq!(old.message(), "clustering needs Milvus 2.4.6 or newer; this server is 2.3.5");
        let unknown = server("custom").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert!(unknown.message().contains("does not tell its version"));
        let assumed = Some(HAS_CLUSTERING);
        assert!(Server { assumed, ..server("custom") }.require(HAS_CLUSTERING, "clustering").is_ok());
        assert!(Server { assumed, ..server("v2.3.5") }.require(HAS_CLUSTERING, "clustering").is_err());
        assert!(Server { assumed, ..server("milvus_lite") }.require(HAS_CLUSTERING, "clustering").is_err());
        let lite = server("milvus_lite-3.2.2").require(HAS_CLUSTERING, "clustering").unwrap_err();
        assert!(lite.message().contains("this server is milvus_lite-3.2.2"));
    }

    #[test]
    fn a_target_size_goes_to_servers_that_keep_to_it_or_that_the_user_vouches_for() {
        let server = |text: &str, allows_early_target_size| Server {
            version_text: text.to_owned(),
            allows_early_target_size,
            ..Server::default()
        };
        for (text, is_taken, if_allowed) in [
            ("v2.6.7", false, false),
            ("v2.6.8", false, true),
            ("v2.6.9", false, true),
            ("2.6.10", false, true),
            ("2.6.11", false, true),
            ("2.6.12", true, true),
            ("2.6.19", true, true),
            ("3.0.0-beta", true, true),
            ("2.6-20260625-abc1234", false, false),
            ("unknown", false, false),
        ] {
            assert_eq!(server(text, false).require_target_size().is_ok(), is_taken, "{text}");
            assert_eq!(server(text, true).require_target_size().is_ok(), if_allowed, "{text}");
        }
        let refused = |text| server(text, false).require_target_size().unwrap_err();
        assert_eq!(refused("2.6.11").status, Status::Unsupported);
        assert_eq!(
            refused("2.6.11").message(),
            "a target size needs Milvus 2.6.12 or newer: 2.6.8 and 2.6.9 ignore it, 2.6.10 and 2.6.11 compare it with \
             bytes; this server is 2.6.11. If it is 2.6.12 and reports an earlier version, set the option \
             allow_early_target_size"
        );
        assert_eq!(
            refused("2.6.3").message(),
            "a target size needs Milvus 2.6.12 or newer; this server is 2.6.3"
        );
        let nightly = refused("2.6-20260625-abc1234");
        assert!(
            nightly.message().contains("a build of 2.6 that does not tell its patch number"),
            "{nightly}"
        );
    }

    #[test]
    fn jobs_are_forgotten_after_a_day_or_an_hour() {
        for (text, hours) in [
            ("v2.3.5", 24),
            ("2.5.27", 24),
            ("v2.6.2", 24),
            ("2.6.3", 1),
            ("2.6-20260625-abc1234", 1),
            ("unknown", 1),
        ] {
            let server = Server { version_text: text.to_owned(), ..Server::default() };
            assert_eq!(server.forgets_jobs_after(), Duration::from_hours(hours), "{text}");
        }
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
