//! Explores every order of the events of the model's client and server.

use std::collections::{BTreeMap, HashSet, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::super::job_history::{Job, Origin};
use super::super::job_tracker::JobTracker;
use super::super::judgement::{Judgement, Reason};
use super::super::lineage::View;
use super::super::params::Mode;
use super::super::plan::Plans;
use super::super::scheduled::Scheduled;
use super::super::snapshot::Snapshot;
use super::super::unlisted::Unlisted;
use super::super::verdict::{Report, Verdict, failure};
use super::server::Server;
use crate::segments::Segment;

const JOB: i64 = 7;

/// A client that is answered has its verdict after fewer questions about a job that is over: it looks twice, at the
/// state, the plans, the segments and the partitions.
const MOST_QUESTIONS: usize = 16;

/// The next request of the client.
#[derive(Clone, Debug, Hash)]
enum Asks {
    /// The segments, for a client that did not trigger the job.
    Before,
    State,
    Plans,
    Segments,
    /// The partitions, after this list of segments.
    Partitions(Arc<Seen>),
}

/// A list of segments. The id, partition, rows, level and sorting of each distinguish it from other lists.
#[derive(Debug)]
struct Seen {
    short: Vec<(i64, i64, i64, i32, bool)>,
    snapshot: Snapshot,
}

impl Seen {
    fn of(server: &Server) -> Arc<Self> {
        let segments = server.segments();
        let short =
            |s: &Segment| (s.id, s.partition_id, s.rows, s.level.unwrap_or(0), s.is_sorted == Some(true));
        Arc::new(Self { short: segments.iter().map(short).collect(), snapshot: Snapshot::of(&segments) })
    }
}

impl Hash for Seen {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.short.hash(hasher);
    }
}

#[derive(Clone)]
struct Client {
    /// The segments before the trigger, or the first ones that the client saw.
    before: Option<Arc<Seen>>,
    tracker: JobTracker,
    asks: Asks,
    /// Whether it has observed the end of the job once, without success.
    is_doubting: bool,
}

pub(super) struct Exploration {
    is_clustering: bool,
    is_late: bool,
    pub(super) seen: HashSet<u64>,
    pub(super) verdicts: BTreeMap<String, usize>,
}

impl Exploration {
    /// The exploration of this server, and the client that follows its job.
    fn new(server: &Server) -> (Self, Client) {
        let is_late = server.kind.is_of_others;
        let mode = if server.kind.asks_for_clustering { Mode::Clustering } else { Mode::Plain };
        let origin = Origin { is_late, ..Origin::of_now(mode) };
        let planned = i64::try_from(server.plans.len()).unwrap();
        let scheduled = if is_late { Scheduled::Elsewhere } else { Scheduled::Plans(planned) };
        let job = Job::new(scheduled, Plans::default());
        let tracker = JobTracker::new(JOB, Job { origin: Some(Arc::new(origin)), ..job });
        let (before, asks) =
            if is_late { (None, Asks::Before) } else { (Some(Seen::of(server)), Asks::State) };
        let client = Client { before, tracker, asks, is_doubting: false };
        let is_clustering = server.kind.asks_for_clustering;
        (Self { is_clustering, is_late, seen: HashSet::new(), verdicts: BTreeMap::new() }, client)
    }

    /// Explores every order of events.
    pub(super) fn run(server: &Server) -> Self {
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

    /// Follows one order of events, given by `choices`, and then drives the server to its end, until there is a verdict.
    pub(super) fn walk(server: Server, choices: &[u8]) -> Self {
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
        // Only so much can happen to a server; then the job is over, and no question is lost any more.
        while let Some(next) = server.steps().into_iter().next() {
            server = next;
        }
        for _ in 0..MOST_QUESTIONS {
            match exploration.answered(&server, client).pop() {
                Some(next) => (server, client) = next,
                None => return exploration,
            }
        }
        panic!("no verdict after {MOST_QUESTIONS} questions about a job that is over: {server:?}");
    }

    fn is_new(&mut self, server: &Server, client: &Client) -> bool {
        let mut hasher = DefaultHasher::new();
        let Client { before, tracker, asks, is_doubting } = client;
        let before = before.as_ref().filter(|_| self.is_late);
        (server, before, asks, is_doubting, tracker.fingerprint()).hash(&mut hasher);
        self.seen.insert(hasher.finish())
    }

    /// The server responds to the request, and the client continues.
    fn answered(&mut self, server: &Server, mut client: Client) -> Vec<(Server, Client)> {
        match std::mem::replace(&mut client.asks, Asks::State) {
            Asks::Before => client.before = Some(Seen::of(server)),
            Asks::State => {
                client.tracker = client.tracker.after_a_pause();
                let is_due = client.tracker.poll(server.state());
                client.asks = if is_due { Asks::Plans } else { Self::after_the_list(&mut client) };
            }
            Asks::Plans => {
                client.tracker.list(server.listed(), server.kind.forgets);
                client.asks = Self::after_the_list(&mut client);
            }
            Asks::Segments => {
                let segments = Seen::of(server);
                if self.look(&mut client, &segments, None) {
                    client.asks = Asks::Partitions(segments);
                } else {
                    return self.after_the_segments(server, client);
                }
            }
            Asks::Partitions(segments) => {
                let partitions = server.partitions.iter().copied().collect();
                self.look(&mut client, &segments, Some(&partitions));
                return self.after_the_segments(server, client);
            }
        }
        vec![(server.clone(), client)]
    }

    /// Judges the plans by these segments. Returns whether that needs the partitions; if not, stores the observation.
    fn look(&self, client: &mut Client, now: &Seen, partitions: Option<&HashSet<i64>>) -> bool {
        let view = View {
            before: client.before.as_ref().map(|seen| &seen.snapshot),
            is_late: self.is_late,
            now: &now.snapshot,
            partitions,
            is_clustering: self.is_clustering,
            is_over: client.tracker.is_over(),
            is_at_rest: true,
            keeps_jobs: true,
        };
        let wants_partitions = client.tracker.judge(&view);
        if !wants_partitions || partitions.is_some() {
            client.tracker.note(&view);
        }
        wants_partitions
    }

    fn after_the_list(client: &mut Client) -> Asks {
        let is_over = client.tracker.is_over();
        client.is_doubting &= is_over;
        if is_over || client.tracker.has_ended_plans() { Asks::Segments } else { Asks::State }
    }

    fn after_the_segments(&mut self, server: &Server, mut client: Client) -> Vec<(Server, Client)> {
        // At least a second passes between two observations.
        let mut later = server.settled();
        if !client.tracker.is_over() {
            return vec![(later, client)];
        }
        later.was_looked_at = true;
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

/// Why a verdict is open: a plan's reason, or plans that the client never saw.
fn why(report: &Report) -> String {
    assert!(failure(report, None).is_some());
    match report.unlisted {
        Some(Unlisted::SegmentsUnnamed(_)) => return "unknown: SegmentsUnnamed".to_owned(),
        Some(other) => return format!("unknown: {other:?}"),
        None => {}
    }
    if report.planned == 0 {
        return "unknown: no trace".to_owned();
    }
    let open = report.plans.iter().find(|plan| plan.judged.judgement == Judgement::NotKnown);
    let never = i64::try_from(report.plans.len()).unwrap() < report.planned;
    let failed_unseen = report.plans.iter().find(|plan| plan.judged.reason == Reason::None);
    match open {
        Some(plan) => format!("unknown: {:?}", plan.judged.reason),
        None if never => format!("unknown: {:?}", Reason::NeverListed),
        // The counters report plans as completed that changed nothing.
        None if report.unknown > 0 => "unknown: contradicted".to_owned(),
        None => panic!("no reason: {failed_unseen:?} {report:?}"),
    }
}

/// The request or its response is lost, and the client starts again.
fn lost(mut client: Client) -> Client {
    if matches!(client.asks, Asks::Plans) {
        client.tracker.look_again();
    }
    client.asks = Asks::State;
    client
}
