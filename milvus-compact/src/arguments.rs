//! The arguments, and what `--help` says of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::jobs_file;
use crate::milvus::{self, Kind};

const EXAMPLES: &str = "\
Examples:
  milvus-compact info                    what the server is
  milvus-compact survey --all            which collections are worth compacting
  milvus-compact check products          what a compaction of one would do
  milvus-compact run products orders     compacts two collections, and waits
  milvus-compact wait documents 4711     follows a job that somebody else started
  milvus-compact optimize products       and waits until searches use the result

Connection: --uri, or `uri` of the config file, or MILVUS_URI.
The token: --token-file, or the config file, or MILVUS_TOKEN.

Exit status:
  0    done, or nothing to do
  1    a compaction failed, or the server refused, or anything not listed here
  2    wrong usage, or a wrong option; nothing was started
  3    in doubt: the answer to a trigger was lost, and the server may have started a job
  4    nobody can tell how a job ended
  5    not over: the time ran out, nothing moved, or the connection was lost; jobs go on
  6    busy: another compaction holds the segments; nothing was started
  7    the server cannot be reached, or is not ready
  8    the server does not accept the token, or the user lacks a privilege
  9    no such collection, database or partition, or a pattern that matches nothing
  10   the server cannot do that, or compaction is switched off
  11   compacted, but something is left: incomplete, not served yet, or beyond a bound
  12   the output, the report or the file of jobs cannot be written
  130  ended by Ctrl-C; 143 by SIGTERM. Jobs go on, and the last lines say how to follow them
If several collections failed: 3 if any is in doubt, else the lowest.";

const RUN_EXAMPLES: &str = "\
Examples:
  milvus-compact run products orders
  milvus-compact run --match 'log_*' --report night.html
  milvus-compact run --all --min-segments 8 --budget 2h --json
  milvus-compact run --all-databases --min-deleted 20% --give-up-after 30m
  milvus-compact run products --target-size 2GiB --dry-run";

/// Has a Milvus server compact collections, shows it, and tells what really happened.
#[derive(Debug, Parser)]
#[command(name = "milvus-compact", version, after_help = EXAMPLES, max_term_width = 110)]
pub struct Arguments {
    #[command(flatten)]
    pub connection: Connection,
    #[command(flatten)]
    pub output: Output,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// Where the server is: http://host:19530, https://host, or http://host:19530/database
    #[arg(long, global = true, value_name = "URI")]
    pub uri: Option<String>,
    /// Database of all collections, instead of the one in the URI
    #[arg(long, global = true, value_name = "NAME")]
    pub database: Option<String>,
    /// File with the token in one line: user:password, or an API key
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "token")]
    pub token_file: Option<PathBuf>,
    /// The token itself. Everyone on this machine can read it in the list of processes: better use --token-file
    #[arg(long, global = true, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Any option of the library, e.g. tls.ca_file=ca.pem; can be given several times
    #[arg(long = "option", global = true, value_name = "KEY=VALUE", value_parser = pair)]
    pub options: Vec<(String, String)>,
    /// File in TOML with uri, token_file and options of the library by their keys
    #[arg(long, global = true, value_name = "FILE", env = "MILVUS_COMPACT_CONFIG")]
    pub config: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Write JSON, one object in a line
    #[arg(long, global = true)]
    pub json: bool,
    /// No bars: one line for each event, also on a terminal
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Whether to use colours; `auto` also heeds `NO_COLOR` and TERM=dumb
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show which collections are worth compacting; starts nothing
    Survey(Survey),
    /// Compact collections, and wait until it is done
    Run(Run),
    /// Say what a compaction would do; starts nothing
    Check(Check),
    /// Wait for a job that somebody started, or for those that an interrupted run left
    Wait(Wait),
    /// Show collections again and again: segments, what waits, what runs
    Watch(Watch),
    /// List the segments of a collection
    Segments(Segments),
    /// List the plans of a job, or (servers newer than 3.0.0) of a collection
    Plans(Plans),
    /// Flush, compact in rounds, and wait until searches use the result
    Optimize(Optimize),
    /// Store rows that are in memory only
    Flush(Flush),
    /// Say what the server is
    Info,
    /// Write the completions for a shell to standard output
    Completions { shell: clap_complete::Shell },
    /// Write the man page to standard output
    Man,
}

/// Which collections. One of these has to be chosen; a pattern goes with --all-databases too.
#[derive(Args, Clone, Debug)]
#[group(id = "selection", required = true, multiple = true)]
pub struct Selection {
    /// Names or aliases of collections
    #[arg(value_name = "NAME", conflicts_with_all = ["pattern", "all", "all_databases"])]
    pub names: Vec<String>,
    /// Every collection whose name matches: * is any text, ? any character
    #[arg(long = "match", value_name = "GLOB")]
    pub pattern: Option<String>,
    /// Every collection of the database
    #[arg(long, conflicts_with_all = ["pattern", "all_databases"])]
    pub all: bool,
    /// Every collection of every database that the user may see
    #[arg(long)]
    pub all_databases: bool,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Kind of compaction")]
pub struct KindArguments {
    /// Re-cluster by the clustering key (Milvus 2.4.6 and later)
    #[arg(long)]
    clustering: bool,
    /// Only apply deletions, which are segments of level L0 (Milvus 2.6.3 and later)
    #[arg(long)]
    l0: bool,
    /// Merge up to segments of this size, e.g. 1GiB or max (Milvus 2.6.12 and later)
    #[arg(long, value_name = "SIZE", value_parser = target_size)]
    target_size: Option<i64>,
    /// Only this partition (Milvus 2.5.8 and later)
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
    /// Only the segments of this channel (Milvus 2.5.8 and later)
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
}

impl KindArguments {
    pub fn kind(&self) -> Kind {
        Kind {
            is_clustering: self.clustering,
            is_l0: self.l0,
            target_size_mb: self.target_size.unwrap_or(0),
            partition: self.partition.clone(),
            channel: self.channel.clone(),
        }
    }
}

/// How long to wait, and for how many at a time.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Waiting")]
pub struct Waiting {
    /// Collections in progress at a time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub concurrency: u16,
    /// Stop waiting for a collection after this time, e.g. 2h; its job goes on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Stop waiting for a job in which nothing has moved for this time [default: 1h]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub give_up_after: Option<Duration>,
    /// Write a page with segments before and after, the plans in time, and the figures
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Where to keep the jobs, so that `wait` can follow them after an interruption
    #[arg(long, value_name = "FILE")]
    pub jobs_file: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = RUN_EXAMPLES)]
pub struct Run {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub kind: KindArguments,
    #[command(flatten)]
    pub waiting: Waiting,
    /// Only say what would be done
    #[arg(long, help_heading = "How much is started")]
    pub dry_run: bool,
    /// Only collections of which at least so many segments would be merged
    #[arg(long, help_heading = "How much is started", value_name = "N", value_parser = clap::value_parser!(i64).range(1..), conflicts_with_all = ["partition", "channel"])]
    pub min_segments: Option<i64>,
    /// Only collections with at least this share of deleted rows, e.g. 20%; known of loaded ones. With --min-segments either is enough
    #[arg(long, help_heading = "How much is started", value_name = "PERCENT", value_parser = percent, conflicts_with_all = ["partition", "channel"])]
    pub min_deleted: Option<f64>,
    /// Also rewrite collections that are in their final form already (one segment becomes one)
    #[arg(long, help_heading = "How much is started")]
    pub force: bool,
    /// Start at most so many collections (a number), or start none after this time (e.g. 2h); can be given twice
    #[arg(long, help_heading = "How much is started", value_name = "N|TIME", value_parser = budget)]
    pub budget: Vec<Budget>,
}

/// What limits how much is started.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    Collections(usize),
    Time(Duration),
}

#[derive(Args, Debug)]
pub struct Survey {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub kind: KindArguments,
}

#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub kind: KindArguments,
}

#[derive(Args, Debug)]
pub struct Wait {
    /// The collection of the job, or the file that an interrupted run left
    #[arg(value_name = "COLLECTION|FILE")]
    pub what: String,
    /// The number of the job
    #[arg(value_name = "JOB", value_parser = clap::value_parser!(i64).range(1..))]
    pub job: Option<i64>,
    #[command(flatten)]
    pub waiting: Waiting,
}

impl Wait {
    /// The server of the jobs in a file.
    pub fn uri_of_file(&self) -> Option<String> {
        let found = jobs_file::read(Path::new(&self.what)).ok().filter(|_| self.job.is_none());
        found.map(|content| content.uri)
    }
}

#[derive(Args, Debug)]
pub struct Watch {
    #[command(flatten)]
    pub selection: Selection,
    /// The pause between two looks
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "5s")]
    pub interval: Duration,
    /// End after this time; without it, at Ctrl-C
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub limit: Option<Duration>,
}

#[derive(Args, Debug)]
pub struct Segments {
    /// Name or alias of the collection
    pub collection: String,
    /// Those that query nodes serve, instead of those in storage
    #[arg(long)]
    pub loaded: bool,
}

#[derive(Args, Debug)]
pub struct Plans {
    /// The number of a job, or the name or alias of a collection
    #[arg(value_name = "JOB|COLLECTION")]
    pub of: String,
}

#[derive(Args, Debug)]
pub struct Optimize {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub kind: KindArguments,
    #[command(flatten)]
    pub waiting: Waiting,
    /// Only estimate the cost; starts nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Also rewrite segments that cannot be merged, e.g. to purge deleted rows that the server does not show
    #[arg(long)]
    pub force: bool,
    /// Leave collections alone of which fewer segments would be rewritten
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    pub min_segments: i64,
    /// Leave collections alone of which more rows would be rewritten
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    pub max_rewrite_rows: i64,
    /// The most rounds of compactions [default: 10]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(i32).range(0..=1000))]
    pub max_rounds: i32,
}

#[derive(Args, Debug)]
pub struct Flush {
    #[command(flatten)]
    pub selection: Selection,
    /// Stop waiting for a collection after this time
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "1m")]
    pub timeout: Duration,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim().parse::<f64>().ok();
    number
        .filter(|number| *number > 0.0 && *number <= 100.0)
        .ok_or("it has to be above 0 and at most 100".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it has to be KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn target_size(text: &str) -> Result<i64, String> {
    milvus::parse_target_size(text).map_err(|failure| failure.message)
}

fn budget(text: &str) -> Result<Budget, String> {
    match text.parse() {
        Ok(0) => Err("a budget of 0 starts nothing; --dry-run says what would be started".to_owned()),
        Ok(collections) => Ok(Budget::Collections(collections)),
        Err(_) => duration(text).map(Budget::Time),
    }
}

/// Reads a time such as 500ms, 30s, 5m, 2h or 1d.
fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, u64); 5] =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let found = UNITS.iter().find(|(name, _)| *name == unit).zip(digits.parse::<u64>().ok());
    let milliseconds = found.and_then(|((_, unit), number)| number.checked_mul(*unit));
    match milliseconds {
        Some(milliseconds @ 1..=31_536_000_000) => Ok(Duration::from_millis(milliseconds)),
        _ => Err("it has to be a number and a unit, up to 365d: 500ms, 30s, 5m, 2h, 1d".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn times_have_a_unit() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2h"), Ok(Duration::from_hours(2)));
        for wrong in ["", "5", "s", "-1s", "1y", "1.5h", "0s", "99999999999999999999s", "400d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_budget_is_a_number_or_a_time() {
        assert!(matches!(budget("20"), Ok(Budget::Collections(20))));
        assert!(matches!(budget("20m"), Ok(Budget::Time(time)) if time.as_secs() == 1200));
        assert!(budget("0").is_err() && budget("x").is_err());
    }
}
