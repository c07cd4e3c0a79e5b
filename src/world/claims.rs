//! Compares what the library claims with the truth of the server. Each claim is looked at when it is made; what a server
//! may still do later, at the end of the world.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::truth::{Health, Job, Stage, Trigger, Truth};
use crate::compaction::{Item, Judgement, Plan, Report, Verdict, WaitResult};
use crate::compaction::{NO_JOB, Resolution, ResolutionState, Start, State, StateInfo, Triggered};
use crate::error::{Error, Status};
use crate::fuzzing::is_fit;

/// A timer fires in the next millisecond, and an operation has a few of them one after the other.
const LATE: Duration = Duration::from_millis(20);

/// A claim that is not true.
pub(super) type Wrong = String;

/// An operation under way.
pub(super) struct Asked {
    client: usize,
    pub(super) request_id: String,
    pub(super) limit: Option<Duration>,
    began: Instant,
    /// The collection of the name then, if any.
    before: Option<i64>,
    name: String,
}

impl Asked {
    pub(super) fn new(
        truth: &mut Truth,
        (client, request_id): (usize, &str),
        name: &str,
        limit: Option<Duration>,
    ) -> Self {
        let request_id = request_id.to_owned();
        let began = truth.catch_up();
        truth.tell(|| format!("the client asks: {request_id} about {name:?} within {limit:?}"));
        let before = id_of(truth, name);
        Self { client, request_id, limit, began, before, name: name.to_owned() }
    }
}

fn id_of(truth: &Truth, name: &str) -> Option<i64> {
    truth.find(name).map(|found| truth.collections[found].id)
}

/// What has been claimed in one world.
#[derive(Default)]
pub(super) struct Claims {
    /// Triggers that did certainly nothing: of which operation, and of which collection; `None` for any.
    denied: HashSet<(String, Option<i64>)>,
    /// The latest trigger in doubt of each client, by number, for each collection.
    doubted: HashMap<(usize, i64), String>,
    /// Jobs that somebody looked for in another collection than theirs.
    misled: HashSet<i64>,
    /// Clients, by number, and the jobs that they got for a clustering.
    clustering: HashSet<(usize, i64)>,
    /// The first thing that was wrong.
    pub(super) wrong: Option<Wrong>,
    /// How often what was claimed.
    pub(super) counted: BTreeMap<String, usize>,
}

impl Claims {
    fn check(&mut self, is_true: bool, wrong: impl FnOnce() -> Wrong) {
        if !is_true && self.wrong.is_none() {
            self.wrong = Some(wrong());
        }
    }

    pub(super) fn count(&mut self, what: impl Into<String>) {
        *self.counted.entry(what.into()).or_default() += 1;
    }

    /// What holds for every operation.
    pub(super) fn of_end(&mut self, asked: &Asked, error: Option<&Error>) {
        let took = asked.began.elapsed();
        self.check(asked.limit.is_none_or(|limit| took <= limit + LATE), || {
            format!("{}: a limit of {:?} took {took:?}: {error:?}", asked.request_id, asked.limit)
        });
        if let Some(error) = error {
            is_fit(error);
            self.count(format!("error {:?}", error.status));
        }
    }

    /// A trigger of one collection.
    pub(super) fn of_trigger(
        &mut self,
        truth: &mut Truth,
        asked: &Asked,
        clusters: bool,
        claimed: &Result<Triggered, Error>,
    ) {
        self.of_end(asked, claimed.as_ref().err());
        truth.catch_up();
        truth.tell(|| format!("{} is told {claimed:?}", asked.request_id));
        let after = id_of(truth, &asked.name);
        self.of_triggers_in(truth, asked, after, clusters, claimed);
        if let Err(error) = claimed
            && error.status == Status::CollectionNotFound
        {
            let was_there = asked.before.is_some() && asked.before == after;
            self.check(!was_there, || format!("{}: {:?} exists: {error}", asked.request_id, asked.name));
        }
    }

    fn of_triggers_in(
        &mut self,
        truth: &Truth,
        asked: &Asked,
        after: Option<i64>,
        clusters: bool,
        claimed: &Result<Triggered, Error>,
    ) {
        let id = &asked.request_id;
        let of_it = truth.triggers.iter().filter(|trigger| trigger.request_id == *id);
        let of_it: Vec<_> = of_it.filter(|t| [asked.before, after].contains(&Some(t.collection))).collect();
        match claimed {
            Ok(triggered) => {
                let is_true = of_it.iter().any(|trigger| match triggered.start {
                    Start::Scheduled => trigger.made == Some(triggered.job_id),
                    Start::Nothing => {
                        let made = trigger.made.and_then(|made| truth.jobs.get(&made));
                        triggered.planned == Some(0) && made.is_none_or(|job| job.plans.is_empty())
                    }
                    Start::Running => trigger.made.is_none() && truth.jobs.contains_key(&triggered.job_id),
                    Start::Accepted => trigger.told == triggered.job_id,
                });
                self.check(is_true, || format!("{id}: {triggered:?} of {of_it:?}"));
                if let Some(planned) = triggered.planned.filter(|_| triggered.start == Start::Scheduled) {
                    let plans = truth.jobs.get(&triggered.job_id).map_or(0, |job| job.plans.len());
                    self.check(usize::try_from(planned) == Ok(plans), || {
                        format!("{id}: {planned} plans of {plans}")
                    });
                }
                if clusters {
                    self.clustering.insert((asked.client, triggered.job_id));
                }
                self.count(format!("trigger {:?}", triggered.start));
            }
            Err(error) if !error.in_doubt => {
                self.denied.insert((id.clone(), None));
            }
            Err(error) => {
                if let Some(collection) = asked.before {
                    self.doubted.insert((asked.client, collection), id.clone());
                }
                self.count(format!("in doubt, {}", resolution(error.resolution)));
            }
        }
    }

    /// A wait for a job.
    pub(super) fn of_wait(
        &mut self,
        truth: &mut Truth,
        client: usize,
        job_id: i64,
        claimed: &Result<WaitResult, Error>,
    ) {
        truth.catch_up();
        let Ok(WaitResult { report, error }) = claimed else { return };
        truth.tell(|| format!("of job {job_id} is told {:?}, {error:?}", report.verdict));
        self.count(format!("verdict {:?}", report.verdict));
        let asked = self.clustering.contains(&(client, job_id));
        let job = truth.jobs.get(&job_id);
        let expected = match job {
            Some(job) => job.verdict(asked),
            None => Some(Verdict::NothingToDo), // an id without a job
        };
        let is_good = matches!(report.verdict, Verdict::Succeeded | Verdict::NothingToDo);
        self.check(error.is_none() == is_good, || {
            format!("job {job_id}: {:?} with {error:?}", report.verdict)
        });
        let is_true = match report.verdict {
            Verdict::None | Verdict::Unknown => true,
            verdict => expected == Some(verdict),
        };
        self.check(is_true, || {
            format!(
                "job {job_id}, in truth {expected:?}: {:?}\n{report:#?}\n{job:#?}\n{error:?}",
                report.verdict
            )
        });
        if let Some(job) = job {
            self.of_plans(job_id, job, report);
        }
        let dropped = |id: i64| truth.collections.iter().any(|c| c.id == id && c.is_dropped);
        if let Some(error) = error.as_ref().filter(|e| e.status == Status::CollectionNotFound) {
            let is_misled = self.misled.contains(&job_id);
            self.check(is_misled || job.is_none_or(|job| dropped(job.collection)), || {
                format!("job {job_id}: {error}")
            });
        }
        if report.verdict == Verdict::Unknown {
            let why = error.as_ref().map_or("", |error| error.message());
            let words = why.split(|c: char| c.is_ascii_digit()).collect::<Vec<_>>().join("N");
            self.count(format!("unknown, in truth {expected:?}: {words}"));
        }
    }

    /// The plans of a job, and how many ended how.
    fn of_plans(&mut self, job_id: i64, job: &Job, report: &Report) {
        let number = |is: &dyn Fn(Stage) -> bool| {
            i64::try_from(job.plans.iter().filter(|plan| is(plan.stage)).count()).unwrap()
        };
        let most = [
            (report.counts.completed, number(&|stage| stage == Stage::Completed)),
            (report.counts.failed, number(&|stage| stage == Stage::Failed)),
            (report.planned, number(&|_| true)),
        ];
        let has_most = most.iter().all(|(claimed, true_number)| claimed <= true_number);
        self.check(has_most, || format!("job {job_id}: {report:#?}\n{job:#?}"));
        let is_plan = |claimed: &Plan| {
            job.plans.iter().any(|plan| {
                let target = claimed.target <= 0 || claimed.target == plan.target;
                let end = match claimed.judged.judgement {
                    Judgement::Completed => plan.stage == Stage::Completed,
                    Judgement::Failed => plan.stage == Stage::Failed,
                    _ => true,
                };
                plan.sources == claimed.sources && target && end
            })
        };
        let stranger = report.plans.iter().find(|claimed| !is_plan(claimed));
        self.check(stranger.is_none(), || format!("job {job_id}: {stranger:#?}\n{job:#?}"));
    }

    /// One client tells another what it knows of a job.
    pub(super) fn handed_over(&mut self, job_id: i64, from: usize, to: usize) {
        if self.clustering.contains(&(from, job_id)) {
            self.clustering.insert((to, job_id));
        }
    }

    /// Somebody looks for a job in this collection.
    pub(super) fn looked_for(&mut self, truth: &Truth, job_id: i64, asked: &Asked) {
        if truth.jobs.get(&job_id).map(|job| job.collection) != asked.before {
            self.misled.insert(job_id);
        }
    }

    /// What the server says of a job.
    pub(super) fn of_state(&mut self, truth: &mut Truth, asked: &Asked, job_id: i64, claimed: &StateInfo) {
        truth.catch_up();
        let Some(job) = truth.jobs.get(&job_id) else {
            return self.check(claimed.state == State::Completed, || format!("job {job_id}: {claimed:?}"));
        };
        let is_true = match claimed.state {
            State::Completed => !job.runs() || job.visible > asked.began,
            _ => usize::try_from(claimed.counts.executing).is_ok_and(|number| number <= job.plans.len()),
        };
        self.check(is_true, || format!("{job:?}: {claimed:?}"));
    }

    /// What became of a trigger in doubt.
    pub(super) fn of_resolution(&mut self, truth: &mut Truth, asked: &Asked, claimed: &Resolution) {
        truth.catch_up();
        self.count(format!("resolved {:?}", claimed.state));
        if let (ResolutionState::NoTrace, Some(collection)) = (claimed.state, asked.before) {
            let latest = self.doubted.get(&(asked.client, collection));
            let of_it = |trigger: &&Trigger| {
                trigger.collection == collection
                    && Some(&trigger.request_id) == latest
                    && trigger.made.is_some()
            };
            let began = truth.triggers.iter().filter(of_it).find(|trigger| trigger.at < asked.began);
            self.check(began.is_none(), || format!("{claimed:?}: {began:?}"));
        }
        if claimed.state == ResolutionState::Started && claimed.job_id > NO_JOB {
            let job = truth.jobs.get(&claimed.job_id);
            let collections = [asked.before, id_of(truth, &asked.name)];
            let is_its = job.is_some_and(|job| collections.contains(&Some(job.collection)));
            self.check(is_its, || format!("{claimed:?}: {job:?}"));
        }
    }

    /// Whether a client sent what no server takes.
    pub(super) fn of_protocol(&mut self, is_broken: bool) {
        self.check(!is_broken, || "a client broke the protocol of HTTP/2".to_owned());
    }

    /// What can be said only when nothing more comes.
    pub(super) fn at_the_end(&mut self, truth: &mut Truth) {
        truth.catch_up();
        let mut made: BTreeMap<(&str, i64), usize> = BTreeMap::new();
        for trigger in truth.triggers.iter().filter(|trigger| trigger.made.is_some()) {
            *made.entry((&trigger.request_id, trigger.collection)).or_default() += 1;
        }
        for ((id, collection), jobs) in made {
            if id != super::truth::SOMEBODY {
                self.check(jobs == 1, || format!("{id}: {jobs} jobs of collection {collection}"));
                let denials = [None, Some(collection)].map(|collection| (id.to_owned(), collection));
                let is_denied = denials.iter().any(|denial| self.denied.contains(denial));
                self.check(!is_denied, || format!("{id}: a trigger that did nothing made a job"));
            }
        }
        assert_eq!(truth.health(), Health::Serves);
    }
}

fn resolution(number: i32) -> &'static str {
    match number {
        1 => "started",
        2 => "no trace",
        3 => "unknown",
        _ => "not looked",
    }
}

impl Claims {
    /// One collection of many. `alone`: its id, if no other name of the call stands for it.
    pub(super) fn of_item(
        &mut self,
        truth: &mut Truth,
        asked: &Asked,
        (clusters, alone): (bool, Option<i64>),
        item: Item,
    ) {
        truth.catch_up();
        truth.tell(|| format!("{} is told of {:?}: {item:?}", asked.request_id, item.name));
        if let Some(triggered) = item.triggered {
            if clusters {
                self.clustering.insert((asked.client, triggered.job_id));
            }
            let of_it = truth.triggers.iter().filter(|trigger| trigger.request_id == asked.request_id);
            let is_told = of_it
                .into_iter()
                .any(|trigger| trigger.told.max(NO_JOB) == triggered.job_id || trigger.made.is_none());
            self.check(is_told, || format!("{}: {triggered:?}", asked.request_id));
            self.count(format!("one of many {:?}", triggered.start));
        }
        if let (None, Some(error), Some(collection)) = (&item.triggered, &item.error, alone) {
            if error.in_doubt {
                self.doubted.insert((asked.client, collection), asked.request_id.clone());
            } else {
                self.denied.insert((asked.request_id.clone(), Some(collection)));
            }
        }
        // The error of its wait is the item's.
        if let (Some(triggered), Some(outcome)) = (item.triggered, item.outcome) {
            self.of_wait(
                truth,
                asked.client,
                triggered.job_id,
                &Ok(WaitResult { error: item.error, ..outcome }),
            );
        }
    }
}
