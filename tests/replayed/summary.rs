//! What came of many runs, for a person.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::replayed::run::{Judgement, Role, Told};
use crate::replayed::table::Expected;

/// One run and what came of it.
pub(crate) struct Ran {
    pub(crate) version: String,
    pub(crate) situation: String,
    pub(crate) role: Role,
    pub(crate) latency: Duration,
    pub(crate) expected: Expected,
    pub(crate) told: Told,
    pub(crate) judgement: Judgement,
}

impl Ran {
    fn whose(&self) -> &'static str {
        match self.role {
            Role::Owner => "own triggers",
            Role::Later(_) => "later triggers of other clients",
            Role::Observer => "jobs of others",
            Role::Heir => "imported jobs",
            Role::Short => "short recordings",
        }
    }

    /// Whether the client is there from the trigger on, and the server tells it of each plan long enough: in
    /// `forgotten` the list loses a plan after a second.
    pub(crate) fn sees_what_happens(&self) -> bool {
        self.role != Role::Observer && self.situation != "forgotten"
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, situation, role, latency, expected, told, judgement } = self;
        write!(
            f,
            "{judgement:?}: {version}/{situation} {role:?} at {latency:?}: expected {}, told {}",
            expected.said, told.said
        )?;
        if let Some(purged) = told.purged {
            write!(f, " ({purged} rows purged, in truth {})", expected.purged)?;
        }
        write!(f, ": {}", told.message)
    }
}

/// All runs, and all questions.
#[derive(Default)]
pub(crate) struct Summary {
    pub(crate) ran: Vec<Ran>,
    pub(crate) questions: BTreeMap<String, u64>,
}

/// Right, unknown, wrong.
#[derive(Default)]
struct Counts([usize; 3]);

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [right, unknown, wrong] = self.0;
        write!(f, "{right} right, {unknown} unknown, {wrong} wrong")
    }
}

impl Summary {
    pub(crate) fn count(&self, judgement: Judgement) -> usize {
        self.ran.iter().filter(|ran| ran.judgement == judgement).count()
    }

    fn by<K: Ord>(&self, key: impl Fn(&Ran) -> K) -> BTreeMap<K, Counts> {
        let mut counts = BTreeMap::<K, Counts>::new();
        for ran in &self.ran {
            counts.entry(key(ran)).or_default().0[ran.judgement as usize] += 1;
        }
        counts
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut unright: Vec<_> =
            self.ran.iter().filter(|ran| ran.judgement != Judgement::Right).map(Ran::to_string).collect();
        unright.sort();
        for line in unright {
            writeln!(f, "{line}")?;
        }
        for (version, counts) in self.by(|ran| ran.version.clone()) {
            writeln!(f, "{version}: {counts}")?;
        }
        for (latency, counts) in self.by(|ran| ran.latency) {
            writeln!(f, "{latency:?}: {counts}")?;
        }
        for (whose, counts) in self.by(Ran::whose) {
            writeln!(f, "{whose}: {counts}")?;
        }
        for ((whose, version), counts) in self.by(|ran| (ran.whose(), ran.version.clone())) {
            writeln!(f, "{whose} on {version}: {counts}")?;
        }
        for ((whose, latency), counts) in self.by(|ran| (ran.whose(), ran.latency)) {
            writeln!(f, "{whose} at {latency:?}: {counts}")?;
        }
        for (expected, counts) in self.by(|ran| ran.expected.said) {
            writeln!(f, "expected {expected}: {counts}")?;
        }
        let is_other = |ran: &&Ran| ran.judgement == Judgement::Right && ran.told.said != ran.expected.said;
        let other = self.ran.iter().filter(is_other).count();
        writeln!(f, "right by what the table allows in place of the best: {other}")?;
        let told = self.ran.iter().filter(|ran| ran.told.purged.is_some()).count();
        writeln!(f, "all {}: {}; purged rows were told in {told}", self.ran.len(), self.all())?;
        let total: u64 = self.questions.values().sum();
        writeln!(f, "questions: {total} {:?}", self.questions)
    }
}

impl Summary {
    /// The runs that are not judged so, for a person.
    pub(crate) fn other_than(&self, is_it: impl Fn(Judgement) -> bool) -> Vec<String> {
        self.ran.iter().filter(|ran| !is_it(ran.judgement)).map(ToString::to_string).collect()
    }

    /// How many of these runs are right.
    pub(crate) fn right_of_a_thousand(&self, is_counted: impl Fn(&Ran) -> bool) -> usize {
        let counted: Vec<_> = self.ran.iter().filter(|ran| is_counted(ran)).collect();
        let right = counted.iter().filter(|ran| ran.judgement == Judgement::Right).count();
        right * 1000 / counted.len()
    }

    /// The runs whose clients sent the trigger of a job that purged rows, and were not told so.
    pub(crate) fn without_purged_rows(&self) -> Vec<String> {
        let must_tell = |ran: &&Ran| matches!(ran.role, Role::Owner | Role::Heir) && ran.expected.purged > 0;
        let silent = self.ran.iter().filter(must_tell).filter(|ran| ran.told.purged.is_none());
        silent.map(ToString::to_string).collect()
    }

    /// How many questions of these methods a run took on average.
    pub(crate) fn questions_per_run(&self, is_of_interest: impl Fn(&str) -> bool) -> f64 {
        let asked =
            self.questions.iter().filter(|(method, _)| is_of_interest(method)).map(|(_, count)| count);
        let asked: u32 = asked.sum::<u64>().try_into().unwrap();
        f64::from(asked) / f64::from(u32::try_from(self.ran.len()).unwrap())
    }

    fn all(&self) -> Counts {
        Counts(
            [Judgement::Right, Judgement::Unknown, Judgement::Wrong].map(|judgement| self.count(judgement)),
        )
    }
}
