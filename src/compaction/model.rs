//! A server as recorded, small enough to read, and a client that follows a job on it: explored to the end, whatever
//! happens in between. No verdict may be wrong, and each that is open has a named reason.
//!
//! `MODEL=whole` explores three plans with every disturbance (`tools/deep.sh model`); larger histories are drawn.
//!
//! A restart is answers that are lost, and a tick: servers since 2.4.7 keep jobs. Two things are left out, as nobody could tell them: a foreign job that takes exactly the sources of a plan that failed
//! and was forgotten between two looks, and one that purges them.

use std::collections::{BTreeMap, HashSet, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use proptest::prelude::*;

use super::job_tracker::JobTracker;
use super::judgement::{Judgement, Reason};
use super::ledger::{Job, Origin};
use super::left_out::Chosen;
use super::lineage::View;
use super::params::Mode;
use super::plan::{Plan, Plans};
use super::snapshot::Snapshot;
use super::state::{Listed, State, StateInfo};
use super::verdict::{Counts, Scheduled, Verdict, failure};
use crate::collection::Collection;
use crate::segments::Segment;

const JOB: i64 = 7;
const L1: i32 = 2;
const L2: i32 = 3;

/// How far a plan of the job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Running,
    /// Its sources are gone, and its target is not listed yet.
    Replacing,
    Completed,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct ServerPlan {
    partition: i64,
    stage: Stage,
    /// All its rows are deleted: it makes nothing of its sources.
    purges: bool,
    /// It is counted nowhere any more.
    is_cleaned: bool,
    is_forgotten: bool,
}

/// What kind of world it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools, reason = "what may happen, each for itself")]
struct Kind {
    /// The trigger asked for clustering.
    asks_for_clustering: bool,
    /// The job is one that clusters.
    clusters: bool,
    /// Another client triggers the collection.
    has_foreign: bool,
    /// A partition is dropped.
    has_drop: bool,
    /// Plans that ended are forgotten while the job runs.
    forgets: bool,
    /// Rows are flushed meanwhile, which a foreign job may take too.
    has_flush: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Server {
    kind: Kind,
    plans: Vec<ServerPlan>,
    /// Segments by id: partition, rows and level.
    stored: BTreeMap<i64, (i64, i64, i32)>,
    partitions: Vec<i64>,
    /// The result of a foreign job that has taken its sources: partition and rows. It is listed a moment later.
    foreign: Option<(i64, i64)>,
    had_foreign: bool,
    had_drop: bool,
    had_flush: bool,
}

impl Server {
    /// Two sources a plan, and in each partition a segment that the job did not take.
    fn new(kind: Kind, partitions: &[i64], purges: &[bool]) -> Self {
        let plans: Vec<_> = partitions
            .iter()
            .zip(purges)
            .map(|(partition, purges)| ServerPlan {
                partition: *partition,
                stage: Stage::Running,
                purges: *purges,
                is_cleaned: false,
                is_forgotten: false,
            })
            .collect();
        let mut stored = BTreeMap::new();
        for (index, plan) in plans.iter().enumerate() {
            for id in sources(index) {
                stored.insert(id, (plan.partition, 50, L1));
            }
            stored.insert(500 + plan.partition, (plan.partition, 30, L1));
        }
        let partitions = plans.iter().map(|plan| plan.partition).collect();
        Self {
            kind,
            plans,
            stored,
            partitions,
            foreign: None,
            had_foreign: false,
            had_drop: false,
            had_flush: false,
        }
    }

    /// Everything that may happen next.
    fn steps(&self) -> Vec<Self> {
        let mut next = Vec::new();
        for (index, plan) in self.plans.iter().enumerate() {
            let is_dropped = !self.partitions.contains(&plan.partition);
            match plan.stage {
                Stage::Running => {
                    next.push(self.with(index, |plan| plan.stage = Stage::Failed));
                    if !is_dropped {
                        let mut replacing = self.with(index, |plan| plan.stage = Stage::Replacing);
                        for id in sources(index) {
                            replacing.stored.remove(&id);
                        }
                        next.push(replacing);
                    }
                }
                Stage::Replacing => next.push(self.with_result(index)),
                Stage::Completed | Stage::Failed
                    if plan.is_cleaned && self.kind.forgets && !plan.is_forgotten =>
                {
                    next.push(self.with(index, |plan| plan.is_forgotten = true));
                }
                _ => {}
            }
        }
        if self.plans.iter().any(|plan| plan.has_ended() && !plan.is_cleaned) {
            next.push(self.cleaned());
        }
        if let Some((partition, rows)) = self.foreign {
            let mut listed = self.clone();
            listed.foreign = None;
            listed.stored.insert(900, (partition, rows, L1));
            next.push(listed);
        } else if self.kind.has_foreign && !self.had_foreign {
            next.extend(self.partitions.iter().map(|partition| self.taken(*partition)));
        }
        if self.kind.has_flush && !self.had_flush {
            let mut flushed = self.clone();
            flushed.had_flush = true;
            flushed.stored.insert(800, (flushed.plans[0].partition, 1_000, L1));
            next.push(flushed);
        }
        if self.kind.has_drop && !self.had_drop {
            let mut dropped = self.clone();
            dropped.had_drop = true;
            let partition = dropped.plans[0].partition;
            dropped.partitions.retain(|id| *id != partition);
            dropped.stored.retain(|_, segment| segment.0 != partition);
            next.push(dropped);
        }
        next
    }

    fn with(&self, index: usize, change: impl FnOnce(&mut ServerPlan)) -> Self {
        let mut next = self.clone();
        change(&mut next.plans[index]);
        next
    }

    fn with_result(&self, index: usize) -> Self {
        let mut next = self.with(index, |plan| plan.stage = Stage::Completed);
        let plan = next.plans[index];
        if !plan.purges && next.partitions.contains(&plan.partition) {
            let level = if self.kind.clusters { L2 } else { L1 };
            next.stored.insert(target(index), (plan.partition, 100, level));
        }
        next
    }

    /// The checker's tick.
    fn cleaned(&self) -> Self {
        let mut next = self.clone();
        for plan in next.plans.iter_mut().filter(|plan| plan.has_ended()) {
            plan.is_cleaned = true;
        }
        next
    }

    /// A foreign job takes what is free in a partition, and makes one segment of it.
    fn taken(&self, partition: i64) -> Self {
        let mut next = self.clone();
        next.had_foreign = true;
        let held: Vec<i64> = (0..self.plans.len())
            .filter(|index| self.plans[*index].stage == Stage::Running)
            .flat_map(sources)
            .collect();
        let is_free = |id: &i64, segment: &(i64, i64, i32)| segment.0 == partition && !held.contains(id);
        let rows = next.stored.iter().filter(|(id, segment)| is_free(id, segment)).map(|(_, s)| s.1).sum();
        next.stored.retain(|id, segment| !is_free(id, segment));
        next.foreign = Some((partition, rows));
        next
    }

    fn state(&self) -> StateInfo {
        let number = |is: &dyn Fn(&ServerPlan) -> bool| {
            i64::try_from(self.plans.iter().filter(|plan| is(plan)).count()).unwrap()
        };
        let counts = Counts {
            executing: number(&|plan| !plan.has_ended()),
            completed: number(&|plan| plan.stage == Stage::Completed && !plan.is_cleaned),
            failed: number(&|plan| plan.stage == Stage::Failed && !plan.is_cleaned),
            timed_out: 0,
        };
        let state = if counts.executing > 0 { State::Executing } else { State::Completed };
        StateInfo { state, counts }
    }

    fn listed(&self) -> Listed {
        let listed = self.plans.iter().enumerate().filter(|(_, plan)| !plan.is_forgotten);
        let plans = listed.map(|(index, plan)| {
            let has_target = plan.stage == Stage::Completed && !plan.purges;
            let target = if has_target { target(index) } else { -1 };
            Plan { sources: sources(index).to_vec(), target, is_listed: true, ..Plan::default() }
        });
        Listed { state: self.state().state, plans: plans.collect() }
    }

    fn segments(&self) -> Vec<Segment> {
        let segment = |(id, (partition_id, rows, level)): (&i64, &(i64, i64, i32))| Segment {
            id: *id,
            partition_id: *partition_id,
            rows: *rows,
            state: 4,
            level: Some(*level),
            is_sorted: Some(true),
            ..Segment::default()
        };
        self.stored.iter().map(segment).collect()
    }

    /// A second passes: what had begun to be listed is.
    fn settled(&self) -> Self {
        let mut next = self.clone();
        if let Some((partition, rows)) = next.foreign.take() {
            next.stored.insert(900, (partition, rows, L1));
        }
        next
    }

    fn truth(&self) -> Verdict {
        let is = |stage| self.plans.iter().any(|plan| plan.stage == stage);
        match (is(Stage::Completed), is(Stage::Failed)) {
            _ if self.kind.asks_for_clustering && !self.kind.clusters => Verdict::NotStarted,
            (true, false) => Verdict::Succeeded,
            (false, true) => Verdict::Failed,
            _ => Verdict::PartlyFailed,
        }
    }
}

impl ServerPlan {
    fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Completed | Stage::Failed)
    }
}

fn sources(index: usize) -> [i64; 2] {
    let first = i64::try_from(index).unwrap() * 10 + 1;
    [first, first + 1]
}

fn target(index: usize) -> i64 {
    i64::try_from(index).unwrap() + 100
}

/// The question that the client asks next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Asks {
    State,
    Plans,
    Segments,
    /// What the segments were is known by now.
    Partitions(Vec<(i64, i64, i64, i32)>),
}

#[derive(Clone)]
struct Client {
    tracker: JobTracker,
    asks: Asks,
    /// It has looked once, and saw no success.
    is_doubting: bool,
}

struct Exploration {
    before: Snapshot,
    is_clustering: bool,
    seen: HashSet<u64>,
    verdicts: BTreeMap<String, usize>,
}

impl Exploration {
    /// The exploration of what a client sees that triggers its job on this server, and that client.
    fn new(server: &Server) -> (Self, Client) {
        let before = Snapshot::of(&server.segments());
        let mode = if server.kind.asks_for_clustering { Mode::Clustering } else { Mode::Plain };
        let origin = Origin {
            since: std::time::Instant::now(),
            collection: Collection::default(),
            mode,
            chosen: Chosen::default(),
            before: Some(before.clone()),
            is_late: false,
            taken: HashSet::new(),
            jobs_before: None,
            plans_before: None,
            running: None,
        };
        let planned = i64::try_from(server.plans.len()).unwrap();
        let job = Job::new(Scheduled::Plans(planned), Plans::default());
        let tracker = JobTracker::new(JOB, Job { origin: Some(Arc::new(origin)), ..job });
        let client = Client { tracker, asks: Asks::State, is_doubting: false };
        let is_clustering = server.kind.asks_for_clustering;
        (Self { before, is_clustering, seen: HashSet::new(), verdicts: BTreeMap::new() }, client)
    }

    /// Everything that may happen.
    fn run(server: &Server) -> Self {
        let (mut exploration, client) = Self::new(server);
        let mut open = vec![(server.clone(), client)];
        while let Some((server, client)) = open.pop() {
            if !exploration.is_new(&server, &client) {
                continue;
            }
            open.extend(server.steps().into_iter().map(|next| (next, client.clone())));
            open.extend(exploration.answered(&server, client.clone()));
            open.push((server, lost(client)));
        }
        exploration
    }

    /// One thing after another, as it is chosen, until there is a verdict.
    fn walk(server: Server, choices: &[u8]) -> Self {
        let (mut exploration, mut client) = Self::new(&server);
        let mut server = server;
        for choice in choices {
            let steps = server.steps();
            match usize::from(*choice) % 8 {
                0..3 if !steps.is_empty() => server = steps[usize::from(*choice / 8) % steps.len()].clone(),
                3 => client = lost(client),
                _ => match exploration.answered(&server, client).pop() {
                    Some(next) => (server, client) = next,
                    None => return exploration,
                },
            }
        }
        exploration
    }

    fn is_new(&mut self, server: &Server, client: &Client) -> bool {
        let mut hasher = DefaultHasher::new();
        (server, &client.asks, client.is_doubting, client.tracker.fingerprint()).hash(&mut hasher);
        self.seen.insert(hasher.finish())
    }

    /// The question is answered: what the client does then.
    fn answered(&mut self, server: &Server, mut client: Client) -> Vec<(Server, Client)> {
        match std::mem::replace(&mut client.asks, Asks::State) {
            Asks::State => {
                let is_due = client.tracker.poll(server.state());
                client.asks = if is_due { Asks::Plans } else { Self::after_the_list(&mut client) };
            }
            Asks::Plans => {
                client.tracker.list(server.listed(), server.kind.forgets);
                client.asks = Self::after_the_list(&mut client);
            }
            Asks::Segments => {
                let segments = server.segments();
                if client.tracker.judge(&self.view(&Snapshot::of(&segments), None, client.tracker.is_over()))
                {
                    client.asks = Asks::Partitions(segments.iter().map(short).collect());
                } else {
                    return self.after_the_segments(server, client, &Snapshot::of(&segments));
                }
            }
            Asks::Partitions(segments) => {
                let now = Snapshot::of(&segments.iter().map(long).collect::<Vec<_>>());
                let partitions = server.partitions.iter().copied().collect();
                client.tracker.judge(&self.view(&now, Some(&partitions), client.tracker.is_over()));
                return self.after_the_segments(server, client, &now);
            }
        }
        vec![(server.clone(), client)]
    }

    fn view<'a>(
        &'a self,
        now: &'a Snapshot,
        partitions: Option<&'a HashSet<i64>>,
        is_over: bool,
    ) -> View<'a> {
        View {
            before: Some(&self.before),
            is_late: false,
            now,
            partitions,
            is_clustering: self.is_clustering,
            is_over,
            is_at_rest: true,
        }
    }

    fn after_the_list(client: &mut Client) -> Asks {
        let is_over = client.tracker.is_over();
        client.is_doubting &= is_over;
        if is_over || client.tracker.has_ended_plans() { Asks::Segments } else { Asks::State }
    }

    fn after_the_segments(
        &mut self,
        server: &Server,
        mut client: Client,
        now: &Snapshot,
    ) -> Vec<(Server, Client)> {
        client.tracker.note(&self.view(now, None, client.tracker.is_over()));
        // Between two looks lies a second at least.
        let later = server.settled();
        if !client.tracker.is_over() {
            return vec![(later, client)];
        }
        let is_last = client.is_doubting && !client.tracker.wants_another_look();
        if client.tracker.is_certain() || is_last {
            self.check(server, &client);
            return Vec::new();
        }
        client.is_doubting = true;
        client.tracker.look_again();
        vec![(later, client)]
    }

    fn check(&mut self, server: &Server, client: &Client) {
        let report = client.tracker.report();
        let truth = server.truth();
        let told = report.verdict;
        assert!(
            told == truth || told == Verdict::Unknown,
            "{truth:?} is told as {told:?}: {server:?} {report:?}"
        );
        let class = if told == Verdict::Unknown { why(&report) } else { format!("{told:?}") };
        *self.verdicts.entry(class).or_default() += 1;
    }
}

/// Why a verdict is open: a reason of a plan, or plans that nobody saw.
fn why(report: &super::Report) -> String {
    assert!(failure(report, None).is_some());
    let open = report.plans.iter().find(|plan| plan.judged.judgement == Judgement::NotKnown);
    let never = i64::try_from(report.plans.len()).unwrap() < report.planned;
    let failed_unseen = report.plans.iter().find(|plan| plan.judged.reason == Reason::None);
    match open {
        Some(plan) => format!("unknown: {:?}", plan.judged.reason),
        None if never => format!("unknown: {:?}", Reason::NeverListed),
        None => panic!("no reason: {failed_unseen:?} {report:?}"),
    }
}

/// The question or its answer is lost: the client begins anew.
fn lost(mut client: Client) -> Client {
    if client.asks == Asks::Plans {
        client.tracker.look_again();
    }
    client.asks = Asks::State;
    client
}

fn short(segment: &Segment) -> (i64, i64, i64, i32) {
    (segment.id, segment.partition_id, segment.rows, segment.level.unwrap_or(0))
}

fn long(&(id, partition_id, rows, level): &(i64, i64, i64, i32)) -> Segment {
    let (state, is_sorted) = (4, Some(true));
    Segment { id, partition_id, rows, state, level: Some(level), is_sorted, ..Segment::default() }
}

const PLAIN: Kind = Kind {
    asks_for_clustering: false,
    clusters: false,
    has_foreign: false,
    has_drop: false,
    forgets: false,
    has_flush: false,
};

fn explore(kind: Kind, partitions: &[i64], purges: &[bool]) -> BTreeMap<String, usize> {
    let exploration = Exploration::run(&Server::new(kind, partitions, purges));
    println!(
        "{kind:?} {partitions:?} {purges:?}: {} states, {:?}",
        exploration.seen.len(),
        exploration.verdicts
    );
    exploration.verdicts
}

fn classes(verdicts: &BTreeMap<String, usize>) -> Vec<&str> {
    verdicts.keys().map(String::as_str).collect()
}

/// Whether all there is is to be explored, which takes a release build some minutes.
fn is_whole() -> bool {
    std::env::var("MODEL").is_ok_and(|what| what == "whole")
}

const ENDS: [&str; 3] = ["Failed", "PartlyFailed", "Succeeded"];

/// Explores a world in which all ends are possible, and open verdicts of these classes only.
fn check(kind: Kind, partitions: &[i64], purges: &[bool], open: &[&str]) {
    let verdicts = explore(kind, partitions, purges);
    let is_known = |class: &&str| ENDS.contains(class) || open.contains(class);
    assert!(classes(&verdicts).iter().all(is_known), "{verdicts:?}");
    assert!(ENDS.iter().all(|class| verdicts.contains_key(*class)), "{verdicts:?}");
    assert!(open.iter().all(|class| verdicts.contains_key(*class)), "{verdicts:?}");
}

#[test]
fn without_disturbance_every_end_of_three_plans_is_known() {
    check(PLAIN, &[1, 1, 2], &[false, true, false], &[]);
    if is_whole() {
        check(PLAIN, &[1, 2, 3], &[false; 3], &[]);
        check(PLAIN, &[1, 1, 1], &[false; 3], &[]);
    }
}

#[test]
fn a_foreign_job_makes_no_verdict_wrong() {
    let kind = Kind { has_foreign: true, ..PLAIN };
    for (partitions, purges) in [([1, 1], [false; 2]), ([1, 2], [false, true]), ([1, 1], [true, false])] {
        check(kind, &partitions, &purges, &["unknown: TakenByOthers"]);
    }
    if is_whole() {
        check(kind, &[1, 1, 2], &[false, true, false], &["unknown: TakenByOthers"]);
    }
}

#[test]
fn a_flush_that_a_foreign_job_takes_too_makes_no_verdict_wrong() {
    let flush = Kind { has_flush: true, ..PLAIN };
    check(flush, &[1, 2], &[false, true], &[]);
    check(flush, &[1, 1], &[true, false], &["unknown: TakenByOthers"]);
    if is_whole() {
        check(Kind { has_foreign: true, ..flush }, &[1, 1], &[false, true], &["unknown: TakenByOthers"]);
    }
}

#[test]
fn a_dropped_partition_proves_nothing() {
    let kind = Kind { has_drop: true, ..PLAIN };
    for purges in [[false, false], [true, false]] {
        check(kind, &[1, 2], &purges, &["unknown: PartitionDropped"]);
    }
    if is_whole() {
        let open = ["unknown: PartitionDropped", "unknown: TakenByOthers"];
        check(Kind { has_foreign: true, ..kind }, &[1, 2, 2], &[false, true, false], &open);
    }
}

#[test]
fn a_server_that_forgets_plans_makes_no_verdict_wrong() {
    let kind = Kind { forgets: true, ..PLAIN };
    let open = ["unknown: NeverListed", "unknown: NoLongerListed"];
    check(kind, &[1, 2], &[false, true], &open);
    if is_whole() {
        let all = ["unknown: NeverListed", "unknown: NoLongerListed", "unknown: TakenByOthers"];
        check(Kind { has_foreign: true, ..kind }, &[1, 2], &[false, true], &all);
        check(kind, &[1, 1, 2], &[false, true, false], &all);
    }
}

#[test]
fn clustering_that_was_not_started_is_never_told_as_success() {
    let asked = Kind { asks_for_clustering: true, ..PLAIN };
    let verdicts = explore(asked, &[1, 2], &[false; 2]);
    assert_eq!(classes(&verdicts), ["NotStarted", "unknown: LevelUnknown"]);
    let verdicts = explore(Kind { clusters: true, has_foreign: true, ..asked }, &[1, 2], &[false; 2]);
    assert_eq!(classes(&verdicts), ["PartlyFailed", "Succeeded", "unknown: LevelUnknown"]);
}

fn drawn_kind() -> impl Strategy<Value = Kind> {
    let clustering =
        prop_oneof![3 => Just((false, false)), 1 => Just((true, false)), 1 => Just((true, true))];
    (clustering, any::<[bool; 4]>()).prop_map(
        |((asks, clusters), [has_foreign, has_drop, forgets, has_flush])| Kind {
            asks_for_clustering: asks,
            clusters,
            has_foreign,
            has_drop,
            forgets,
            has_flush,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_verdict_of_a_larger_history_is_wrong(
        kind in drawn_kind(),
        plans in prop::collection::vec((1..5_i64, prop::bool::weighted(0.2)), 1..12),
        choices in prop::collection::vec(any::<u8>(), 20..400),
    ) {
        let (partitions, purges): (Vec<_>, Vec<_>) = plans.into_iter().unzip();
        Exploration::walk(Server::new(kind, &partitions, &purges), &choices);
    }
}
