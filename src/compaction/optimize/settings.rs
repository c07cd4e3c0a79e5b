//! How to optimize a collection: the parameters, their defaults and their limits.

use std::time::Duration;

use super::super::params::{Mode, Params};
use super::stage::Stage;
use crate::error::Error;
use crate::server::{HAS_L0, Server};

/// The default number of rounds.
const ROUNDS: u32 = 10;
/// The largest number of rounds.
const MOST_ROUNDS: u32 = 1_000;
/// The default of the longest pause between two rounds.
const PAUSE: Duration = Duration::from_secs(30);
/// The default limit of all pauses together, and of the wait until the result is served.
const PATIENCE: Duration = Duration::from_mins(10);

/// Whether an L0 compaction applies the deletions before the rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApplyDeletions {
    /// If the server can, and if segments of deletions are stored.
    #[default]
    IfPossible,
    /// The same, and the operation fails on a server that cannot.
    Always,
    /// They stay as they are.
    Never,
}

/// The parameters of an optimization.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The kind of compaction, and the part of the collection.
    pub params: Params,
    /// The stages to leave out: a sum of their numbers.
    pub skipped: i32,
    /// Whether deletions are applied first.
    pub deletions: ApplyDeletions,
    /// Whether the first round also rewrites segments that cannot be merged.
    pub force: bool,
    /// Whether to estimate the cost only, and to trigger nothing.
    pub only_estimate: bool,
    /// The most rounds, each with one trigger.
    pub rounds: u32,
    /// The longest pause between two rounds.
    pub pause: Duration,
    /// The limit of all pauses together.
    pub pauses: Duration,
    /// The limit of the wait until the result is served.
    pub serve: Duration,
    /// The most rows to rewrite, in all rounds together.
    pub most_rows: Option<u64>,
    /// The most bytes to rewrite, in all rounds together.
    pub most_bytes: Option<u64>,
    /// The least number of segments for which the first round is worth its while.
    pub least_segments: u64,
    /// The size of a row; `None`: the schema decides.
    pub row_bytes: Option<u64>,
    /// The size up to which the server merges; `None`: the default of its version, or the target size.
    pub segment_bytes: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            params: Params::default(),
            skipped: 0,
            deletions: ApplyDeletions::IfPossible,
            force: false,
            only_estimate: false,
            rounds: ROUNDS,
            pause: PAUSE,
            pauses: PATIENCE,
            serve: PATIENCE,
            most_rows: None,
            most_bytes: None,
            least_segments: 0,
            row_bytes: None,
            segment_bytes: None,
        }
    }
}

impl Settings {
    /// Those that compact with these parameters, and else all defaults.
    #[must_use]
    pub fn new(params: Params) -> Self {
        Self { params, ..Self::default() }
    }

    pub(super) fn skips(&self, stage: Stage) -> bool {
        self.skipped & stage as i32 != 0
    }

    /// Refuses parameters that contradict each other or are out of range.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.params.check()?;
        let wrong = |text: String| Err(Error::invalid_argument(text));
        if self.params.only_if_idle {
            return wrong("only_if_idle: an optimization waits for other compactions instead".to_owned());
        }
        let all = Stage::WORK.iter().fold(0, |sum, stage| sum | *stage as i32);
        if self.skipped & !all != 0 {
            return wrong(format!("skip_stages: is {}; the sum of all stages is {all}", self.skipped));
        }
        if !(1..=MOST_ROUNDS).contains(&self.rounds) {
            return wrong(format!("max_rounds: is {}; the range is 1 to {MOST_ROUNDS}", self.rounds));
        }
        if self.pause.is_zero() {
            return wrong("pause_ms: is 0".to_owned());
        }
        if self.deletions == ApplyDeletions::Always && !self.applies_deletions_first() {
            return wrong(
                "l0: goes with a compaction of the whole collection that is not L0 itself".to_owned(),
            );
        }
        Ok(())
    }

    /// Refuses what this server would silently ignore.
    pub(super) fn check_server(&self, server: &Server) -> Result<(), Error> {
        match self.deletions {
            ApplyDeletions::Always => {
                server.require(HAS_L0, "applying deletions first, by an L0 compaction,")
            }
            _ => Ok(()),
        }
    }

    /// Whether an L0 compaction comes before the rounds, on a server that has it. It concerns the whole collection, so
    /// a caller who limits the compaction to a part does not want it.
    fn applies_deletions_first(&self) -> bool {
        self.deletions != ApplyDeletions::Never
            && self.params.mode() != Mode::L0
            && !self.params.has_filters()
    }

    pub(super) fn applies_deletions_on(&self, server: &Server) -> bool {
        self.applies_deletions_first() && server.is_at_least(HAS_L0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn what_is_out_of_range_is_refused_with_the_rule() {
        let l0 = Params { is_l0: true, ..Params::default() };
        let partition = Params { partition: Some("p".to_owned()), ..Params::default() };
        let always = |params| Settings { deletions: ApplyDeletions::Always, ..Settings::new(params) };
        for (settings, rule) in [
            (Settings { skipped: 128, ..Settings::default() }, "the sum of all stages is 127"),
            (Settings { skipped: -1, ..Settings::default() }, "the sum of all stages is 127"),
            (Settings { pause: Duration::ZERO, ..Settings::default() }, "is 0"),
            (Settings { rounds: 0, ..Settings::default() }, "1 to 1000"),
            (Settings { rounds: 1_001, ..Settings::default() }, "1 to 1000"),
            (always(l0.clone()), "not L0 itself"),
            (always(partition.clone()), "whole collection"),
            (Settings::new(Params { is_clustering: true, ..l0.clone() }), "exclude each other"),
        ] {
            let error = settings.check().unwrap_err();
            assert_eq!(error.status, Status::InvalidArgument);
            assert!(error.message().contains(rule), "{error}");
        }
        for settings in [
            Settings::default(),
            Settings { skipped: 127, ..Settings::default() },
            Settings::new(l0),
            Settings::new(partition),
            always(Params::default()),
        ] {
            assert_eq!(settings.check(), Ok(()));
        }
    }

    #[test]
    fn deletions_are_applied_first_where_the_server_can_and_the_whole_collection_is_meant() {
        let server = |text: &str| Server { version_text: text.to_owned(), ..Server::default() };
        let always = Settings { deletions: ApplyDeletions::Always, ..Settings::default() };
        let never = Settings { deletions: ApplyDeletions::Never, ..Settings::default() };
        let partition = Settings::new(Params { partition: Some("p".to_owned()), ..Params::default() });
        for (settings, version, expected) in [
            (&Settings::default(), "2.6.19", true),
            (&Settings::default(), "2.6.2", false),
            (&never, "2.6.19", false),
            (&always, "2.6.19", true),
            (&partition, "2.6.19", false),
        ] {
            assert_eq!(settings.applies_deletions_on(&server(version)), expected, "{version}");
            assert_eq!(settings.check_server(&server(version)), Ok(()), "{version}");
        }
        let error = always.check_server(&server("2.6.2")).unwrap_err();
        assert_eq!(error.status, Status::Unsupported);
    }
}
