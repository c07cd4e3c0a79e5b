//! The parameters of a compaction, and the servers that support each.

use crate::error::Error;
use crate::server::{HAS_CLUSTERING, HAS_FILTERS, HAS_L0, Server};
use crate::text::shortened;

/// The largest target size that the server allows.
pub const LARGEST_TARGET_SIZE: i64 = i64::MAX;
/// The largest number of segments that one trigger can name.
const MOST_SEGMENTS: usize = 100_000;
const MEGABYTE: u64 = 1 << 20;

/// The parameters of a trigger. The default merges small segments of the whole collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// Re-cluster by the collection's clustering key.
    pub is_clustering: bool,
    /// Only apply deletions to the segments whose rows they delete.
    pub is_l0: bool,
    /// Merge up to this size in MB; 0: the server chooses the size.
    pub target_size_mb: i64,
    /// Only this partition.
    pub partition: Option<String>,
    /// Only segments of this channel.
    pub channel: Option<String>,
    /// Only these segments.
    pub segment_ids: Option<Vec<i64>>,
    /// Only if nobody compacts the collection already.
    pub only_if_idle: bool,
}

/// The kind of compaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    Clustering,
    L0,
    TargetSize,
}

impl Params {
    /// A plain or clustering compaction of the whole collection.
    #[must_use]
    pub fn new(is_clustering: bool) -> Self {
        Self { is_clustering, ..Self::default() }
    }

    pub(super) fn has_filters(&self) -> bool {
        self.partition.is_some() || self.channel.is_some() || self.segment_ids.is_some()
    }

    /// Refuses parameters that cannot apply to many collections.
    pub(super) fn check_for_many(&self) -> Result<(), Error> {
        self.check()?;
        if self.has_filters() {
            let text =
                "params: partition, channel and segments belong to one collection, and cannot apply to many";
            return Err(Error::invalid_argument(text));
        }
        Ok(())
    }

    pub(super) fn mode(&self) -> Mode {
        match self {
            _ if self.target_size_mb > 0 => Mode::TargetSize,
            _ if self.is_l0 => Mode::L0,
            _ if self.is_clustering => Mode::Clustering,
            _ => Mode::Plain,
        }
    }

    /// Refuses parameters that no server combines: servers pick one of several modes, and silently ignore the others.
    pub(super) fn check(&self) -> Result<(), Error> {
        let wrong = |text: &str| Err(Error::invalid_argument(text));
        if self.target_size_mb < 0 {
            return wrong("target_size_mb: is negative");
        }
        let modes =
            [self.is_clustering, self.is_l0, self.target_size_mb > 0].iter().filter(|on| **on).count();
        if modes > 1 {
            return wrong(
                "is_clustering, is_l0 and target_size_mb exclude each other: a server does only one of them",
            );
        }
        if self.has_filters() && self.mode() != Mode::Plain {
            return wrong(
                "partition_name, channel and segment_ids go with a plain compaction only: \
                 with is_clustering, is_l0 or target_size_mb servers compact the whole collection",
            );
        }
        let text = |name: &str, value: &Option<String>| match value {
            Some(text) if text.is_empty() => {
                Err(Error::invalid_argument(format!("{name}: is empty; NULL stands for all")))
            }
            _ => Ok(()),
        };
        text("partition_name", &self.partition)?;
        text("channel", &self.channel)?;
        match self.segment_ids.as_deref() {
            Some([]) => wrong("segment_ids: the list is empty; NULL stands for all"),
            Some(ids) if ids.len() > MOST_SEGMENTS => wrong("segment_ids: has more than 100000 ids"),
            Some(ids) if ids.iter().any(|id| *id <= 0) => {
                wrong("segment_ids: has an id that is 0 or negative")
            }
            _ => Ok(()),
        }
    }

    /// Refuses parameters that this server would silently ignore, and so compact something else.
    pub(super) fn check_server(&self, server: &Server) -> Result<(), Error> {
        match self.mode() {
            Mode::Plain if self.has_filters() => {
                server.require(HAS_FILTERS, "compacting a partition, a channel or single segments")
            }
            Mode::Plain => Ok(()),
            Mode::Clustering => server.require(HAS_CLUSTERING, "clustering compaction"),
            Mode::L0 => server.require(HAS_L0, "L0 compaction"),
            Mode::TargetSize => server.require_target_size(),
        }
    }
}

/// Parses a target size, and returns it in MB: "512MB", "1.5 GiB", "max". Units are powers of 1024, as in Milvus. The
/// result is rounded down. A number needs a unit, because some SDKs mean bytes and others megabytes.
///
/// # Errors
/// `InvalidArgument` with the expected form.
pub fn parse_target_size(text: &str) -> Result<i64, Error> {
    const RULE: &str = "give a number and a unit, such as \"512MB\" or \"1.5 GiB\", or \"max\"";
    let shown = shortened(text.trim(), 40);
    let wrong = |why: &str| Err(Error::invalid_argument(format!("target size \"{shown}\": {why}")));
    let text = text.trim();
    if text.eq_ignore_ascii_case("max") {
        return Ok(LARGEST_TARGET_SIZE);
    }
    let number_end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(number_end);
    let unit = unit.trim_start();
    if number.is_empty() || !unit.chars().all(|c| c.is_ascii_alphabetic()) {
        return wrong(RULE);
    }
    if unit.is_empty() {
        return wrong("has no unit; give one, such as MB or GB");
    }
    match parse_size::Config::new().with_binary().parse_size(text) {
        Ok(bytes) if bytes < MEGABYTE => wrong("is less than 1 MB"),
        Ok(bytes) => Ok(i64::try_from(bytes / MEGABYTE).unwrap_or(LARGEST_TARGET_SIZE)),
        Err(parse_size::Error::PosOverflow) => wrong("is too large; \"max\" is the largest"),
        Err(_) => wrong(RULE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn contradictions_are_refused_with_the_rule() {
        let plain = Params::default();
        let partition = || Params { partition: Some("p".to_owned()), ..Params::default() };
        for (params, rule) in [
            (Params { is_l0: true, ..Params::new(true) }, "exclude each other"),
            (Params { target_size_mb: 1, ..Params::new(true) }, "exclude each other"),
            (Params { target_size_mb: 1, is_l0: true, ..plain.clone() }, "exclude each other"),
            (Params { is_clustering: true, ..partition() }, "plain compaction only"),
            (Params { is_l0: true, ..partition() }, "plain compaction only"),
            (
                Params { target_size_mb: 9, segment_ids: Some(vec![1]), ..plain.clone() },
                "plain compaction only",
            ),
            (Params { target_size_mb: -1, ..plain.clone() }, "negative"),
            (Params { partition: Some(String::new()), ..plain.clone() }, "NULL stands for all"),
            (Params { channel: Some(String::new()), ..plain.clone() }, "NULL stands for all"),
            (Params { segment_ids: Some(vec![]), ..plain.clone() }, "NULL stands for all"),
            (Params { segment_ids: Some(vec![1, 0]), ..plain.clone() }, "0 or negative"),
        ] {
            let error = params.check().unwrap_err();
            assert_eq!(error.status, Status::InvalidArgument);
            assert!(error.message().contains(rule), "{params:?}: {error}");
        }
        for params in [plain, Params::new(true), partition()] {
            assert_eq!(params.check(), Ok(()));
        }
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, megabytes) in [
            ("512MB", 512),
            ("512 mb", 512),
            ("512MiB", 512),
            (" 1.5 GiB ", 1536),
            ("2GB", 2048),
            ("1T", 1 << 20),
            ("1048576B", 1),
            ("1536KB", 1),
            ("max", LARGEST_TARGET_SIZE),
            ("MAX", LARGEST_TARGET_SIZE),
        ] {
            assert_eq!(parse_target_size(text), Ok(megabytes), "{text}");
        }
        for (text, why) in [
            ("512", "no unit"),
            ("1.5", "no unit"),
            ("", "give a number"),
            ("-1GB", "give a number"),
            ("GB", "give a number"),
            ("1 XB", "give a number"),
            ("1023KB", "less than 1 MB"),
            ("0MB", "less than 1 MB"),
            ("20000PB", "too large"),
            ("1e3MB", "give a number"),
            ("1 0 MB", "give a number"),
            ("1_000MB", "give a number"),
            ("1..5GB", "give a number"),
            ("1 GB more", "give a number"),
            ("１GB", "give a number"),
        ] {
            let error = parse_target_size(text).unwrap_err();
            assert!(error.message().contains(why), "{text}: {error}");
        }
    }
}
