//! The jobs of the server: what a trigger starts, and how they go on with each question.

use crate::profile::Counted;
use crate::proto::common::{CompactionState, CompactionType as Kind, Status};
use crate::proto::service::{GetCompactionStateResponse, ManualCompactionRequest, ManualCompactionResponse};
use crate::scenario::{Poll, Scenario};
use crate::state::{Collection, State, success};
use crate::stored::Segment;

const NOT_ALL: &str = "not all segment ids provided could be compacted: service internal error";

pub(crate) struct Job {
    /// The id of its collection, which may have been renamed or dropped.
    pub(crate) collection: i64,
    pub(crate) scenario: Scenario,
    /// How many questions have been answered.
    pub(crate) asked: usize,
    pub(crate) kind: Kind,
    pub(crate) plans: Vec<Plan>,
}

pub(crate) struct Plan {
    pub(crate) id: i64,
    pub(crate) sources: Vec<i64>,
    pub(crate) target: i64,
    pub(crate) partition_id: i64,
    pub(crate) is_applied: bool,
    /// Its sources were dropped: it cannot complete.
    is_lost: bool,
}

impl Job {
    /// How its plans were to stand at a question.
    fn script(&self, question: usize) -> Poll {
        let polls = &self.scenario.polls;
        polls.get(question).or(polls.last()).copied().unwrap_or_default()
    }

    /// How they do stand: what is lost cannot complete.
    fn standing(&self, question: usize) -> Poll {
        let poll = self.script(question);
        if self.scenario.is_literal {
            return poll;
        }
        let lost = self.plans.iter().take(done(poll)).filter(|plan| plan.is_lost).count();
        poll.failing(i64::try_from(lost).unwrap_or(i64::MAX))
    }

    /// At the next question.
    fn next(&self) -> Poll {
        self.standing(self.asked)
    }

    /// At the last question; a job that nobody has asked about has just begun.
    pub(crate) fn last(&self) -> Poll {
        self.standing(self.asked.saturating_sub(1))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.last().executing > 0
    }

    /// What the next question is answered with: this version cleans plans that ended, and counts them no more.
    fn counted(&self, counted: Counted) -> Poll {
        let now = self.next();
        match counted {
            _ if self.scenario.is_literal => now,
            Counted::Always => now,
            Counted::Never => now.running(),
            Counted::Once if self.asked == 0 => now,
            Counted::Once => now.since(self.last()),
        }
    }

    /// Whether the target of a plan is named: clustering names it while the sources are still stored.
    pub(crate) fn names(&self, place: usize) -> bool {
        let is_next = self.kind == Kind::Clustering && place < done(self.script(self.asked));
        let plan = &self.plans[place];
        !plan.is_lost && (plan.is_applied || is_next)
    }

    /// Whether a plan is still listed.
    pub(crate) fn lists(&self, place: usize) -> bool {
        let Some(listed_for) = self.scenario.listed_for else { return true };
        // As of the last question but so many.
        let Some(question) = self.asked.checked_sub(1 + listed_for) else { return true };
        let poll = self.script(question);
        place >= done(poll) + usize::try_from(poll.failed).unwrap_or(0)
    }

    /// A partition is dropped, and what its plans took with it.
    pub(crate) fn lose(&mut self, partition_id: i64) {
        let plans = self.plans.iter_mut().filter(|plan| !plan.is_applied);
        plans.filter(|plan| plan.partition_id == partition_id).for_each(|plan| plan.is_lost = true);
    }
}

impl State {
    /// Starts the job of a request, and notes what it compacts. Options that this version does not know are
    /// ignored, as a server does.
    pub(crate) fn trigger(&mut self, request: &ManualCompactionRequest) -> ManualCompactionResponse {
        let by_name = self.profile.selects_by_name() && !request.collection_name.is_empty();
        if self.profile.is_lite() {
            return answer(0, 0);
        }
        let hit: Vec<String> = if by_name {
            self.real_name(&request.collection_name).into_iter().collect()
        } else {
            let chosen = |id: i64| request.collection_id == 0 || id == request.collection_id;
            let hit = self.collections.iter().filter(|(_, collection)| chosen(collection.id));
            hit.map(|(name, _)| name.clone()).collect()
        };
        if by_name && hit.is_empty() {
            return refused(self.not_found(&request.collection_name));
        }
        let (kind, what) = self.mode(request);
        self.compacted.extend(hit.iter().map(|name| format!("{name}{what}")));
        let Some(name) = hit.first().cloned() else {
            let fresh = self.fresh_id();
            return if self.profile.counts_plans() { answer(-1, 0) } else { answer(fresh, 0) };
        };
        let (id, counts) = (self.collections[&name].id, self.profile.counts_plans());
        if kind != Kind::Level0Delete && self.is_held(&name) {
            return match counts {
                true if self.chooses_segments(request) => not_all(),
                true => answer(-1, 0),
                false => self.schedule(&name, kind, request, true),
            };
        }
        let running = self.jobs.iter().find(|(_, job)| job.collection == id && job.is_running());
        // Deletions are applied beside a job that merges.
        let running = running.filter(|(_, job)| kind != Kind::Level0Delete || job.kind == kind);
        if let Some((id, job)) = running
            && counts
        {
            // Clustering joins the job that runs; everything else finds no segment that is free.
            return match kind {
                Kind::Clustering => answer(*id, job.scenario.plan_count),
                _ if self.chooses_segments(request) => not_all(),
                _ => answer(-1, 0),
            };
        }
        let is_busy = running.is_some();
        // Whoever names none has all compacted, under one id.
        for other in hit.iter().skip(1) {
            self.schedule(other, kind, request, false);
        }
        self.schedule(&name, kind, request, is_busy)
    }

    /// What a request asks of this version, and in words for the record.
    fn mode(&self, request: &ManualCompactionRequest) -> (Kind, String) {
        let profile = &self.profile;
        if profile.has_target_size() && request.target_size != 0 {
            return (Kind::Mix, format!(" to {} MB", request.target_size));
        }
        if profile.has_l0() && request.l0_compaction {
            return (Kind::Level0Delete, " L0".to_owned());
        }
        if profile.has_clustering() && request.major_compaction {
            return (Kind::Clustering, " clustering".to_owned());
        }
        let mut what = String::new();
        if profile.has_filters() {
            if request.partition_id != 0 {
                what += &format!(" partition {}", request.partition_id);
            }
            if !request.channel.is_empty() {
                what += &format!(" channel {}", request.channel);
            }
            if !request.segment_ids.is_empty() {
                what += &format!(" segments {:?}", request.segment_ids);
            }
        }
        (Kind::Mix, what)
    }

    /// Starts so many jobs that never end, of one collection; returns the first one's id.
    pub(crate) fn start_jobs(&mut self, count: usize) -> i64 {
        let ids: Vec<i64> = (0..count).map(|_| self.fresh_id()).collect();
        let collection = &self.collections["never_ends"];
        for id in &ids {
            let (scenario, collection) = (collection.scenario.clone(), collection.id);
            let job = Job { collection, scenario, asked: 0, kind: Kind::Mix, plans: Vec::new() };
            self.jobs.insert(*id, job);
        }
        ids.first().copied().unwrap_or_default()
    }

    fn schedule(
        &mut self,
        name: &str,
        kind: Kind,
        request: &ManualCompactionRequest,
        is_busy: bool,
    ) -> ManualCompactionResponse {
        let takes_rows = kind != Kind::Level0Delete;
        let held = if takes_rows && !is_busy { self.hold(name) } else { Vec::new() };
        let collection = &self.collections[name];
        let free = self.free(collection, kind, request, &held);
        if takes_rows && self.chooses_segments(request) && free.len() < request.segment_ids.len() {
            return not_all();
        }
        let is_left_alone = is_busy
            || (!collection.scenario.is_indexed && !self.profile.compacts_unindexed())
            || (kind == Kind::Clustering && !self.has_clustering_key)
            || (!takes_rows && collection.l0.is_empty())
            || (takes_rows && free.is_empty() && collection.needs_segments());
        let counts = self.profile.counts_plans();
        if is_left_alone && counts {
            return answer(-1, 0);
        }
        let sources = match kind {
            Kind::Level0Delete => vec![(collection.partition_id(), collection.l0.clone())],
            _ if is_left_alone => Vec::new(),
            _ => collection.shared_out(&free),
        };
        let (id, scenario) = (collection.id, collection.job_of(sources.len()));
        let plans: Vec<Plan> = sources
            .into_iter()
            .map(|(partition_id, sources)| {
                let (id, target) = (self.fresh_id(), if takes_rows { self.fresh_id() } else { -1 });
                Plan { id, sources, target, partition_id, is_applied: false, is_lost: false }
            })
            .collect();
        let fresh = self.fresh_id();
        let job_id = scenario.job_id.filter(|_| counts).unwrap_or(fresh);
        let scenario = match kind {
            // One plan, whatever the collection's own would be.
            Kind::Level0Delete => Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]),
            _ if is_left_alone => Scenario::default(),
            _ if plans.len() < scenario.plans.len() => scenario.of_at_most(plans.len()),
            _ => scenario,
        };
        let plan_count = if counts { scenario.plan_count } else { 0 };
        if job_id > 0 {
            self.jobs.insert(job_id, Job { collection: id, scenario, asked: 0, kind, plans });
        }
        answer(job_id, plan_count)
    }

    pub(crate) fn poll(&mut self, job_id: i64) -> GetCompactionStateResponse {
        let counted = self.profile.counted();
        let (poll, completed) = match self.jobs.get(&job_id) {
            // Plans that had not ended wait for a collection that is not there any more, for ever.
            Some(job) if self.collection_of(job.collection).is_none() && job.last().executing > 0 => {
                (Poll { executing: job.last().executing.max(1), ..Poll::default() }, 0)
            }
            Some(job) => (job.counted(counted), done(job.script(job.asked))),
            None => (Poll::default(), 0),
        };
        self.apply(job_id, completed);
        if let Some(job) = self.jobs.get_mut(&job_id) {
            let was_running = job.asked == 0 || job.is_running();
            job.asked += 1;
            let (has_ended, collection) = (was_running && !job.is_running(), job.collection);
            if has_ended {
                self.job_ended(collection);
            }
        }
        let state = if poll.executing > 0 { CompactionState::Executing } else { CompactionState::Completed };
        GetCompactionStateResponse {
            status: success(),
            state: poll.state.unwrap_or(state as i32),
            executing_plan_no: poll.executing,
            timeout_plan_no: poll.timed_out,
            completed_plan_no: poll.completed,
            failed_plan_no: poll.failed,
        }
    }

    pub(crate) fn poll_all(&mut self) {
        let ids: Vec<i64> = self.jobs.keys().copied().collect();
        for id in ids {
            self.poll(id);
        }
    }

    /// Puts the result of the first so many plans in the place of their sources.
    fn apply(&mut self, job_id: i64, completed: usize) {
        let Some(mut job) = self.jobs.remove(&job_id) else { return };
        let (kind, purges) = (job.kind, job.scenario.purges);
        let due = job.plans.iter_mut().take(completed).filter(|plan| !plan.is_applied && !plan.is_lost);
        for plan in due {
            plan.is_applied = true;
            let Some(collection) = self.collection_of(job.collection) else { continue };
            let result = (!purges).then(|| self.result(collection, kind, plan));
            let result = result.filter(|segment| segment.rows > 0);
            if kind != Kind::Level0Delete && result.is_none() {
                plan.target = -1;
            }
            let Some(collection) = self.collection_of_mut(job.collection) else { continue };
            if kind == Kind::Level0Delete {
                collection.apply_deletions();
                continue;
            }
            collection.segments.retain(|segment| !plan.sources.contains(&segment.id));
            collection.segments.extend(result);
        }
        self.jobs.insert(job_id, job);
    }

    /// What a plan makes of its sources.
    pub(crate) fn result(&self, collection: &Collection, kind: Kind, plan: &Plan) -> Segment {
        let sources = collection.segments.iter().filter(|segment| plan.sources.contains(&segment.id));
        let is_clustered = kind == Kind::Clustering;
        let is_sorted = is_clustered || !self.profile.sorts_results_later();
        Segment {
            id: plan.target,
            rows: sources.clone().map(|segment| segment.rows - segment.deleted).sum(),
            deleted: 0,
            not_applied: sources.map(|segment| segment.not_applied).sum(),
            partition_id: plan.partition_id,
            is_clustered,
            is_sorted,
            unsorted_for: if is_sorted { 0 } else { collection.sorting_takes },
            from: plan.sources.clone(),
        }
    }
}

/// How many plans have completed.
fn done(poll: Poll) -> usize {
    usize::try_from(poll.completed).unwrap_or(0)
}

fn answer(compaction_id: i64, compaction_plan_count: i32) -> ManualCompactionResponse {
    ManualCompactionResponse { status: success(), compaction_id, compaction_plan_count }
}

fn refused(status: Option<Status>) -> ManualCompactionResponse {
    ManualCompactionResponse { status, ..Default::default() }
}

/// Some of the segments that are asked for are held, or gone.
fn not_all() -> ManualCompactionResponse {
    refused(Some(Status { code: 5, error_code: 1, reason: NOT_ALL.to_owned(), ..Default::default() }))
}
