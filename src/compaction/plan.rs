//! The plans of a job: which segments become which.

mod packed;

use std::collections::{HashMap, HashSet};

use super::counts::Counts;
use super::judgement::{Judged, Judgement, Reason};
use crate::lists::exact;
use crate::proto::common::{CompactionTaskState as TaskState, CompactionType as TaskKind};
use crate::proto::service::CompactionMergeInfo;
use crate::sorting::sort_by;
use crate::text::{one_line, shortened};

/// The bound in machine words of the plans of a job (8 MiB); of further plans the client keeps only the number.
pub(super) const MOST_WORDS: usize = 1 << 20;
/// The longest text of a server that a plan keeps, in bytes.
const TEXT_LIMIT: usize = 255;

/// One unit of work of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
#[allow(clippy::struct_excessive_bools, reason = "independent observations of a plan")]
pub struct Plan {
    /// Ids of the segments that the plan replaces.
    pub sources: Vec<i64>,
    /// Id of the (first) resulting segment; -1 while, or if, there is none.
    pub target: i64,
    /// What only servers newer than 3.0.0 report.
    pub details: Option<Box<Details>>,
    /// How it ended, as far as the client knows.
    pub judged: Judged,
    /// What the management port says about it.
    pub(super) evidence: Option<Box<ManagementEvidence>>,
    /// Whether the latest list has it.
    pub(super) is_listed: bool,
    /// Whether an earlier observation found its sources gone, and no target.
    pub(super) was_gone: bool,
    /// Whether the latest observation found nothing in its place that can have been made of its sources.
    pub(super) was_empty: bool,
    /// Whether an observation after the job's end found all its sources stored, and no target.
    pub(super) was_left: bool,
    /// Whether its judgement is final.
    pub(super) is_settled: bool,
    /// Whether one list named it more than once.
    pub(super) is_twice: bool,
}
/// The part of a plan that only servers newer than 3.0.0 report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
pub struct Details {
    /// The plan's own id.
    pub plan_id: i64,
    /// The job it belongs to.
    pub job_id: i64,
    /// The collection it works on.
    pub collection_id: i64,
    /// The partition it works on.
    pub partition_id: i64,
    /// The channel whose segments it takes.
    pub channel: String,
    /// The number of the protocol's `CompactionType`.
    pub kind: i32,
    /// The number of the protocol's `CompactionTaskState`.
    pub state: i32,
    /// Why it failed, if it did and the server says so.
    pub failure_reason: String,
    /// Ids of all resulting segments.
    pub targets: Vec<i64>,
}
/// What the management port says about a plan and the list does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
pub(super) struct ManagementEvidence {
    /// Why the plan failed; empty if it did not fail, or if the port gives no reason.
    pub(super) reason: String,
    pub(super) is_clustering: bool,
}
impl Plan {
    /// All resulting segments that are known.
    #[must_use]
    pub fn targets(&self) -> &[i64] {
        match &self.details {
            Some(details) if !details.targets.is_empty() => &details.targets,
            _ if self.target > 0 => std::slice::from_ref(&self.target),
            _ => &[],
        }
    }

    /// Its state, if the server reports it.
    fn state(&self) -> Option<TaskState> {
        TaskState::try_from(self.details.as_ref()?.state).ok()
    }

    /// Whether the server reports it as running or waiting to run.
    pub(super) fn is_running(&self) -> bool {
        !matches!(
            self.state(),
            None | Some(
                TaskState::Unknown
                    | TaskState::Completed
                    | TaskState::Failed
                    | TaskState::Timeout
                    | TaskState::Cleaned
            )
        )
    }

    /// Why it failed, if the server says so.
    #[must_use]
    pub fn failure_reason(&self) -> &str {
        let told = self.details.as_ref().map(|details| &*details.failure_reason);
        let evidence = self.evidence.as_ref().map(|evidence| &*evidence.reason);
        told.filter(|reason| !reason.is_empty()).or(evidence).unwrap_or_default()
    }

    /// Whether the server says that it clusters.
    pub(super) fn is_clustering_shown(&self) -> bool {
        self.evidence.as_ref().is_some_and(|evidence| evidence.is_clustering)
            || self.details.as_ref().is_some_and(|details| {
                [TaskKind::Clustering, TaskKind::ClusteringPartitionKeySort]
                    .iter()
                    .any(|kind| *kind as i32 == details.kind)
            })
    }

    /// Whether the server's facts about it contradict each other.
    pub(super) fn is_malformed(&self) -> bool {
        let mut distinct = HashSet::new();
        self.is_twice
            || self.sources.is_empty()
            || !self.sources.iter().all(|id| distinct.insert(*id))
            || self.targets().iter().any(|id| distinct.contains(id))
    }

    /// How the server reports its end. A cleaned-up plan had completed or failed: only a reason shows which.
    fn reported(&self) -> Judged {
        if self.is_twice {
            return Judged::OPEN;
        }
        let has_reason = self.details.as_ref().is_some_and(|details| !details.failure_reason.is_empty());
        let judgement = match self.state() {
            Some(TaskState::Completed) => Judgement::Completed,
            Some(TaskState::Timeout) => Judgement::TimedOut,
            Some(TaskState::Failed) => Judgement::Failed,
            Some(TaskState::Cleaned) if has_reason => Judgement::Failed,
            _ => return Judged::OPEN,
        };
        Judged { judgement, reason: Reason::Reported }
    }

    /// Merges a new observation of the plan into this one.
    fn renew(&mut self, now: Self) {
        self.is_listed = now.is_listed;
        self.is_twice |= now.is_twice;
        self.evidence = now.evidence.or(self.evidence.take());
        if now.target > 0 {
            self.target = now.target;
        }
        let is_open = self.judged.judgement != Judgement::Completed && !self.is_settled;
        self.is_settled |= now.is_settled;
        self.was_left |= now.was_left;
        if is_open && now.judged.judgement != Judgement::Open {
            self.judged = now.judged;
        }
        let Some(mut details) = now.details else { return };
        if let Some(before) = self.details.take() {
            // A failed plan is cleaned up soon, and its reason may go with it.
            if details.failure_reason.is_empty() {
                details.failure_reason = before.failure_reason;
            }
            if details.targets.is_empty() {
                details.targets = before.targets;
            }
        }
        self.sources = now.sources;
        self.details = Some(details);
    }

    /// Whether the server reports another kind than clustering.
    pub(super) fn is_another_kind_than_clustering(&self) -> bool {
        let is_told =
            self.details.as_ref().is_some_and(|details| details.kind != 0) || self.evidence.is_some();
        is_told && !self.is_clustering_shown()
    }

    /// Makes the judgement final, except for plans that the client could not observe.
    pub(super) fn settle(&mut self) {
        let Judged { judgement, reason } = self.judged;
        let was_not_seen = matches!(reason, Reason::SegmentsUnknown | Reason::PartitionsUnknown);
        self.is_settled |= judgement != Judgement::Open && !was_not_seen;
    }

    /// Approximate size in machine words.
    fn weight(&self) -> usize {
        let details = self.details.as_ref();
        let more =
            details.map_or(0, |d| 16 + d.targets.len() + (d.channel.len() + d.failure_reason.len()) / 8);
        let evidence = self.evidence.as_ref().map_or(0, |evidence| 4 + evidence.reason.len() / 8);
        // The plan itself, and what an allocation of its sources adds.
        12 + self.sources.len() + more + evidence
    }
}

/// Shortens a server's text.
pub(super) fn kept_text(text: &str) -> String {
    shortened(&one_line(text), TEXT_LIMIT)
}

impl From<CompactionMergeInfo> for Plan {
    fn from(info: CompactionMergeInfo) -> Self {
        // Servers that do not know these fields leave them all at zero.
        let details = (info.plan_id != 0 || info.r#type != 0).then(|| {
            Box::new(Details {
                plan_id: info.plan_id,
                job_id: info.trigger_id,
                collection_id: info.collection_id,
                partition_id: info.partition_id,
                channel: kept_text(&info.channel),
                kind: info.r#type,
                state: info.state,
                failure_reason: kept_text(&info.failure_reason),
                targets: exact(info.targets),
            })
        });
        // Newer servers may leave the first one out, and give them all.
        let first = details.as_ref().and_then(|details| details.targets.first().copied());
        let target = if info.target > 0 { info.target } else { first.unwrap_or(-1) };
        let mut plan =
            Self { sources: exact(info.sources), target, details, is_listed: true, ..Self::default() };
        plan.judged = plan.reported();
        plan
    }
}

/// All plans of a job that the client saw. A plan's key is its id, or its sources if the server gives no ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
pub(crate) struct Plans {
    /// In the order of their keys. Not a map: most jobs have a plan or two, and many jobs are followed.
    by_key: Vec<Plan>,
    words: usize,
    /// Whether one did not fit.
    is_full: bool,
}
impl Plans {
    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Plan> {
        self.by_key.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Plan> {
        self.by_key.iter_mut()
    }

    /// Counts again what they take, after some of them have grown.
    pub(super) fn recount(&mut self) {
        self.words = self.by_key.iter().map(Plan::weight).sum();
    }

    /// Whether there are more than fit into memory.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Adds the plans that the server lists now; returns whether one of those before is missing.
    pub(super) fn list(&mut self, plans: Vec<Plan>) -> bool {
        for known in self.iter_mut() {
            known.is_listed = false;
        }
        self.add(plans, |known| known.is_twice |= known.is_listed);
        self.iter().any(|plan| !plan.is_listed)
    }

    /// Merges what was observed of plans. `meet` gets each plan that is known, before.
    fn add(&mut self, mut plans: Vec<Plan>, meet: impl Fn(&mut Plan)) {
        sort_by(&mut plans, |one, other| key(one).cmp(&key(other))); // of equal ones the later counts
        let mut new: Vec<Plan> = Vec::new();
        for plan in plans {
            let known = match new.last_mut() {
                Some(latest) if key(latest) == key(&plan) => Some(latest),
                _ => self.find(&plan).map(|place| &mut self.by_key[place]),
            };
            if let Some(known) = known {
                self.words -= known.weight();
                meet(known);
                known.renew(plan);
                self.words += known.weight();
            } else if self.words + plan.weight() <= MOST_WORDS {
                self.words += plan.weight();
                new.push(plan);
            } else {
                self.is_full = true;
            }
        }
        if !new.is_empty() {
            self.by_key.reserve_exact(new.len());
            self.by_key.append(&mut new);
            sort_by(&mut self.by_key, |one, other| key(one).cmp(&key(other))); // two sorted runs
        }
    }

    fn find(&self, plan: &Plan) -> Option<usize> {
        self.by_key.binary_search_by(|known| key(known).cmp(&key(plan))).ok()
    }

    /// The first reason that the server gives for a failure.
    pub(super) fn failure_reason(&self) -> Option<&str> {
        self.iter().map(Plan::failure_reason).find(|reason| !reason.is_empty())
    }

    /// Approximate size in machine words.
    pub(super) fn weight(&self) -> usize {
        self.words
    }
}

/// The key of a plan.
fn key(plan: &Plan) -> (i64, &[i64]) {
    match &plan.details {
        Some(details) if details.plan_id != 0 => (details.plan_id, &[]),
        _ => (0, &plan.sources),
    }
}

impl IntoIterator for Plans {
    type Item = Plan;
    type IntoIter = std::vec::IntoIter<Plan>;

    fn into_iter(self) -> Self::IntoIter {
        self.by_key.into_iter()
    }
}

impl Extend<Plan> for Plans {
    fn extend<I: IntoIterator<Item = Plan>>(&mut self, plans: I) {
        self.add(plans.into_iter().collect(), |_| {});
    }
}

impl FromIterator<Plan> for Plans {
    fn from_iter<I: IntoIterator<Item = Plan>>(plans: I) -> Self {
        let mut all = Self::default();
        all.extend(plans);
        all
    }
}

/// The plans of a list that are this job's, each once. Of one that the list has twice, and not alike, nothing counts.
pub(super) fn distinct(mut plans: Vec<Plan>, job_id: i64) -> Vec<Plan> {
    plans.retain(|plan| plan.details.as_ref().is_none_or(|of| of.job_id == job_id || of.job_id == 0));
    // Two of those without an id may have the same sources.
    let id = |plan: &Plan| plan.details.as_ref().map_or(0, |details| details.plan_id);
    let (mut first, mut unlike) = (HashMap::new(), HashSet::new());
    for plan in plans.iter().filter(|plan| id(plan) != 0) {
        if *first.entry(id(plan)).or_insert(plan) != plan {
            unlike.insert(id(plan));
        }
    }
    let mut seen = HashSet::new();
    plans.retain_mut(|plan| {
        if unlike.contains(&id(plan)) {
            (plan.is_twice, plan.judged) = (true, Judged::OPEN);
        }
        id(plan) == 0 || seen.insert(id(plan))
    });
    plans
}

/// Counts the plans by the state that the server reports. The server counts the running ones itself.
pub(super) fn counted(plans: &[Plan]) -> Counts {
    let mut counts = Counts::ZERO;
    for plan in plans {
        match plan.reported().judgement {
            Judgement::Completed => counts.completed += 1,
            Judgement::TimedOut => counts.timed_out += 1,
            Judgement::Failed => counts.failed += 1,
            Judgement::Open | Judgement::NotKnown => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests;
