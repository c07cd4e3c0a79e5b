//! The table of a run.

use std::fmt::Write as _;

use crate::stats::{Spread, short};
use crate::{Result, os};

/// One line: a quantity of ours beside that of a reference, over all rounds.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) reference: &'static str,
    /// Ours, and the reference's if there is one.
    pub(crate) samples: Vec<(f64, Option<f64>)>,
    pub(crate) aim: &'static str,
}

impl Row {
    fn name(&self) -> String {
        let reference = if self.reference.is_empty() { "" } else { ", beside " };
        format!("{}{reference}{}", self.what, self.reference)
    }

    /// Whether the median is beyond its aim, which is about the ratio if there is one and it does not say "ours".
    fn is_missed(&self) -> bool {
        let words: Vec<&str> = self.aim.split_whitespace().collect();
        let (is_ours, words) = match words[..] {
            ["ours", ref rest @ ..] => (true, rest),
            ref all => (false, all),
        };
        let [how, limit, ..] = words else { return false };
        let value = |(ours, other): &(f64, Option<f64>)| match other {
            Some(other) if !is_ours => ours / other,
            _ => *ours,
        };
        let median = Spread::of(self.samples.iter().map(value)).map(|spread| spread.median);
        match (median, limit.parse::<f64>()) {
            (Some(median), Ok(limit)) if *how == "<=" => median > limit,
            (Some(median), Ok(limit)) => median < limit,
            _ => true,
        }
    }

    fn cells(&self) -> Option<String> {
        let ours = Spread::of(self.samples.iter().map(|(ours, _)| *ours))?;
        let references = || self.samples.iter().filter_map(|(ours, other)| Some((*ours, (*other)?)));
        let Some(reference) = Spread::of(references().map(|(_, other)| other)) else {
            return Some(format!("{ours} | | | |"));
        };
        let ratio =
            Spread::of(references().filter(|(_, other)| *other > 0.0).map(|(ours, other)| ours / other));
        let ratio = ratio.map_or_else(String::new, |ratio| ratio.to_string());
        let (ours, reference) = (short(ours.median), short(reference.median));
        Some(format!("{ours} | {reference} | {} | **{ratio}** |", self.reference))
    }
}

/// All rows, and what was left out.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
    pub(crate) notes: Vec<String>,
}

impl Report {
    pub(crate) fn markdown(&self) -> Result<String> {
        let mut text = String::from(
            "| | ours | reference | which | ratio (spread) | aim |\n|---|---|---|---|---|---|\n",
        );
        for row in &self.rows {
            let cells = row.cells().ok_or_else(|| format!("nothing was measured: {}", row.what))?;
            let unit = if row.unit.is_empty() { String::new() } else { format!(", {}", row.unit) };
            writeln!(text, "| {}{unit} | {cells} {} |", row.what, row.aim)?;
        }
        if self.rows.is_empty() {
            return Err("nothing was measured".into());
        }
        let missed: Vec<_> = self.rows.iter().filter(|row| row.is_missed()).map(Row::name).collect();
        if missed.is_empty() {
            text.push_str("\nEvery median is within its aim.\n");
        } else {
            writeln!(text, "\nNot within their aims: {}.", missed.join("; "))?;
        }
        for note in &self.notes {
            write!(text, "\n{note}\n")?;
        }
        Ok(text)
    }

    /// Writes the table as a document.
    pub(crate) fn write(&self, file: &str) -> Result {
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
        // What is behind the number names who built it.
        let kernel: String =
            kernel.chars().take_while(|sign| sign.is_ascii_digit() || *sign == '.').collect();
        let cpus = os::cpus().len();
        let table = self.markdown()?;
        // The page keeps its other table, which the gates write.
        let gates = std::fs::read_to_string(file)
            .ok()
            .and_then(|page| Some(parts(&page)?[1].to_owned()))
            .unwrap_or_default();
        let text = format!(
            "{HEAD}{table}\nMeasured on Linux {kernel} with {cpus} CPUs.\n{GATES}{gates}{END_OF_GATES}{TAIL}"
        );
        Ok(std::fs::write(file, text)?)
    }
}

/// A page before, in and behind its table of gates.
fn parts(page: &str) -> Option<[&str; 3]> {
    let (before, rest) = page.split_once(GATES)?;
    let (rows, behind) = rest.split_once(END_OF_GATES)?;
    Some([before, rows, behind])
}

/// Writes the rows of the gates' table into the document.
pub(crate) fn write_gates(file: &str, rows: &str) -> Result {
    let page = std::fs::read_to_string(file)?;
    let [before, _, behind] = parts(&page).ok_or_else(|| format!("{file} has no table of gates"))?;
    Ok(std::fs::write(file, format!("{before}{GATES}{rows}{END_OF_GATES}{behind}"))?)
}

const GATES: &str = "
## What does not depend on the machine

Measured by `make bench-gates`, which fails if a number is larger than its limit.

| | measured | at most |
|---|---|---|
";

const END_OF_GATES: &str = "
The library is the stripped `libmilvus_client.so`. Memory is what the process has more of when each of 1,000 jobs has
been asked about once and none is over: between two polls, or while the server takes its time to answer the second one.
";

const HEAD: &str = "\
# What a call costs

Written by `make bench`: the first table in about six minutes, the second in one more.

A call is `milvus_compaction_state()` through the C ABI of the shared library, answered at once by a small server in a
process of its own on the same machine. The reference is tonic's own client and channel, with the same request, metadata
and keepalive: *current* has the calling thread drive the connection itself, *worker* has one thread do it for all
callers, as the library does, and the aims are beside that. *pymilvus* is `get_compaction_state()` of its own client. All
take turns in the same rounds; a ratio is that of one round, told as the median (least..most) of all rounds. Below 1 the
library takes less; of throughput, above 1 it does more.

Two rows are counted, once for each client: instructions by callgrind, and system calls by strace, of the difference
between two numbers of calls. strace stops who makes a system call, and while the caller is stopped the library's thread
and the server get ahead of it; *with rests* the server takes 2 ms for an answer and the caller 1 ms between calls, so
that nothing overlaps. The clients that are idle are so at the same time.

";

const TAIL: &str = "
## What a call consists of

While several threads call, or one calls now and then, the caller writes the request and sleeps (two system calls); the
library's thread is woken by the answer, reads it, wakes the caller and sleeps again (three more, and two switches of
threads in all). A thread that calls alone, one call after the other, reads the answer itself: one switch, and the library's
thread sleeps on (see [decision 74](decisions/0074-who-reads-answers.md)). Nothing is written to wake the library's thread,
and no timer is set: see [decision 4](decisions/0004-callers-write-their-requests.md).

Times vary from run to run on a busy machine, the other numbers hardly do. Latency depends most on where the kernel puts
the two processes: a CPU that sleeps has to be woken, twice a call, if client and server are on different ones. No client
can change that part, which a bare exchange over a socket shows (below the table), so the more of it there is, the nearer to
1 is the ratio. A process with one call starts a thread that *current* does without, which is what it takes more.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_written_apart() {
        let page = format!("{HEAD}| a |\n{GATES}| b | 1 | 2 |\n{END_OF_GATES}{TAIL}");
        let [before, rows, behind] = parts(&page).expect("a table of gates");
        assert_eq!((before, rows, behind), (&*format!("{HEAD}| a |\n"), "| b | 1 | 2 |\n", TAIL));
        assert!(parts("no table").is_none());
    }

    #[test]
    fn an_aim_is_of_the_ratio_or_of_ours() {
        let row =
            |aim, sample| Row { what: String::new(), unit: "", reference: "", samples: vec![sample], aim };
        for (aim, sample, is_missed) in [
            ("", (9.0, Some(1.0)), false),
            ("<= 0.85", (84.0, Some(100.0)), false),
            ("<= 0.85", (86.0, Some(100.0)), true),
            (">= 1.25", (1.2, Some(1.0)), true),
            ("ours <= 6", (5.0, Some(1.0)), false),
            ("ours <= 6", (7.0, Some(10.0)), true),
            ("<= 10 ms", (11.0, None), true),
        ] {
            assert_eq!(row(aim, sample).is_missed(), is_missed, "{aim} {sample:?}");
        }
    }
}
