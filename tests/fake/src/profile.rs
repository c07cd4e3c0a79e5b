//! Which version does what. Every difference between servers that the fake plays is here.

/// The versions that the tests are run over. `NEWEST` stands for what is newer than any release.
pub const PROFILES: [&str; 11] = [
    "v2.2.16", "v2.3.5", "v2.4.6", "v2.4.17", "v2.4.18", "v2.4.24", "v2.5.8", "v2.6.3", "v2.6.8", "v3.0.0",
    NEWEST,
];

/// Whether a profile is at least this version. milvus-lite, which counts its own, is none.
///
/// # Panics
/// If one of the two is no version.
#[must_use]
pub fn is_from(profile: &str, version: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        text.trim_start_matches('v').split('.').map(|part| part.parse().unwrap()).collect()
    };
    profile != LITE && numbers(profile) >= numbers(version)
}
/// A server that has everything that the newest protocol has.
pub const NEWEST: &str = "v3.1.0";
/// milvus-lite as of PyPI.
pub const LITE: &str = "milvus_lite-3.2.2";

/// How long a version counts plans that have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// As long as it runs.
    Always,
    /// The first question after their end shows them.
    Once,
    /// They are cleaned in the round in which they end: hardly any question shows them.
    Never,
}

/// One version.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) text: String,
    numbers: [u32; 3],
}

impl Profile {
    /// Texts that are no version are played as the oldest there is.
    pub(crate) fn new(text: &str) -> Self {
        let parts = text.trim_start_matches('v').split(['.', '-']);
        let mut parts = parts.map(|part| part.parse().unwrap_or(0)).chain([0; 3]);
        let mut next = || parts.next().unwrap_or(0);
        Self { text: text.to_owned(), numbers: [next(), next(), next()] }
    }

    fn is_at_least(&self, wanted: [u32; 3]) -> bool {
        self.numbers >= wanted
    }

    pub(crate) fn is_lite(&self) -> bool {
        self.text.starts_with("milvus_lite")
    }

    pub(crate) fn has_connect(&self) -> bool {
        self.is_at_least([2, 2, 9]) || self.is_lite() || self.numbers == [0; 3]
    }

    pub(crate) fn has_databases(&self) -> bool {
        self.has_connect()
    }

    /// Databases have ids.
    pub(crate) fn numbers_databases(&self) -> bool {
        self.is_at_least([2, 5, 0])
    }

    /// Before 2.3 a status has only its legacy number.
    pub(crate) fn has_codes(&self) -> bool {
        self.is_at_least([2, 3, 0]) || self.is_lite() || self.numbers == [0; 3]
    }

    /// `DescribeCollection` says of a missing database that it is missing.
    pub(crate) fn names_missing_databases(&self) -> bool {
        self.is_at_least([2, 4, 0]) || self.is_lite()
    }

    pub(crate) fn selects_by_name(&self) -> bool {
        self.is_at_least([2, 4, 18])
    }

    /// Says -1 when there is nothing to do, and how many plans there are otherwise.
    pub(crate) fn counts_plans(&self) -> bool {
        self.is_at_least([2, 4, 0])
    }

    pub(crate) fn compacts_unindexed(&self) -> bool {
        self.is_at_least([2, 4, 13])
    }

    pub(crate) fn has_clustering(&self) -> bool {
        self.is_at_least([2, 4, 6])
    }

    /// Jobs outlive a restart.
    pub(crate) fn keeps_jobs(&self) -> bool {
        self.is_at_least([2, 4, 7])
    }

    pub(crate) fn has_filters(&self) -> bool {
        self.is_at_least([2, 5, 8])
    }

    pub(crate) fn has_l0(&self) -> bool {
        self.is_at_least([2, 6, 3])
    }

    /// 2.6.8 and 2.6.9 ignore it. What says it is 2.6.11 is played as release 2.6.12, which says so too.
    pub(crate) fn has_target_size(&self) -> bool {
        self.is_at_least([2, 6, 11])
    }

    /// Recorded of 2.4.24 and newer ones; what 2.4 did before 2.4.21 is played as a longer round of the same.
    pub(crate) fn counted(&self) -> Counted {
        match () {
            () if !self.is_at_least([2, 4, 0]) => Counted::Always,
            () if self.is_at_least([2, 4, 21]) && !self.is_at_least([2, 6, 0]) => Counted::Never,
            () => Counted::Once,
        }
    }

    /// Results of plain jobs come unsorted, and are replaced by their sorted form later.
    pub(crate) fn sorts_results_later(&self) -> bool {
        self.is_at_least([2, 5, 0]) && !self.is_at_least([2, 6, 0])
    }

    /// A result of clustering is listed beside its sources as soon as it is named.
    pub(crate) fn lists_results_early(&self) -> bool {
        !self.is_at_least([2, 5, 0])
    }

    /// `DescribeCollection` says of a missing collection only its legacy number, on lines 2.5 and 2.6.
    pub(crate) fn describes_by_legacy_number(&self) -> bool {
        !self.has_codes() || (self.is_at_least([2, 5, 0]) && !self.is_at_least([3, 0, 0]))
    }

    /// Of a collection that was dropped an empty list is answered once.
    pub(crate) fn lists_dropped_as_empty(&self) -> bool {
        self.is_at_least([3, 0, 0])
    }

    /// Asked by an id, it fills the name beside the schema too.
    pub(crate) fn names_described_by_id(&self) -> bool {
        self.is_at_least([2, 5, 0])
    }

    /// What a start looks like: the proxy answers before it is ready, and later ones do not even greet.
    pub(crate) fn answers_unready(&self) -> bool {
        self.keeps_jobs() && !self.is_at_least([2, 6, 0])
    }

    pub(crate) fn is_silent_at_start(&self) -> bool {
        self.is_at_least([2, 6, 0])
    }

    /// The coordinator answers with code 1 for a moment, without a state. Recorded of 2.4 only.
    pub(crate) fn answers_initializing(&self) -> bool {
        self.keeps_jobs() && !self.is_at_least([2, 5, 0])
    }

    pub(crate) fn has_levels(&self) -> bool {
        self.is_at_least([2, 4, 7])
    }

    pub(crate) fn has_sorted(&self) -> bool {
        self.is_at_least([2, 5, 0])
    }

    pub(crate) fn has_storage_version(&self) -> bool {
        self.is_at_least([2, 6, 0])
    }

    pub(crate) fn has_snapshots(&self) -> bool {
        self.is_at_least([3, 0, 0])
    }

    /// Query nodes count rows, and do so without those that grow if asked to.
    pub(crate) fn counts_rows(&self) -> bool {
        self.is_at_least([2, 3, 0])
    }

    /// Plans have details, segments their lineage, and collections a list of tasks.
    pub(crate) fn has_details(&self) -> bool {
        self.is_at_least([3, 0, 1])
    }

    /// "Job 0" is every job there is.
    pub(crate) fn job_zero_is_all(&self) -> bool {
        !self.is_at_least([2, 4, 0]) && !self.is_lite()
    }
}
