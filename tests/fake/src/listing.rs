//! What is listed of the jobs: each plan with its sources and its target.

use crate::jobs::{Job, Plan};
use crate::proto::common::{CompactionState, CompactionTaskState as TaskState};
use crate::proto::service::{CompactionMergeInfo, GetCompactionPlansRequest, GetCompactionPlansResponse};
use crate::state::{Collection, State, success};

const FAILURE: &str = "no space left on device";

impl State {
    pub(crate) fn plans(&self, request: &GetCompactionPlansRequest) -> GetCompactionPlansResponse {
        let everything = || self.jobs.iter().flat_map(|(id, job)| self.listed(*id, job)).collect();
        let asked_for = self.jobs.get_key_value(&request.compaction_id);
        let merge_infos = if request.compaction_id != 0 {
            asked_for.map(|(id, job)| self.listed(*id, job)).unwrap_or_default()
        } else if self.lists_everything {
            everything()
        } else if self.profile.has_details() && !request.collection_name.is_empty() {
            let Some(name) = self.real_name(&request.collection_name) else {
                let status = self.not_found(&request.collection_name);
                return GetCompactionPlansResponse { status, ..Default::default() };
            };
            let id = self.collections[&name].id;
            let jobs = self.jobs.iter().filter(|(_, job)| job.collection == id);
            jobs.flat_map(|(id, job)| self.listed(*id, job)).collect()
        } else if self.profile.job_zero_is_all() {
            everything()
        } else {
            Vec::new()
        };
        // Without an id: Completed, whatever runs.
        let is_running = asked_for.is_some_and(|(_, job)| job.is_running());
        let state = if is_running { CompactionState::Executing } else { CompactionState::Completed };
        GetCompactionPlansResponse { status: success(), state: state as i32, merge_infos }
    }

    fn listed(&self, job_id: i64, job: &Job) -> Vec<CompactionMergeInfo> {
        let poll = job.last();
        if poll.is_empty() && !job.scenario.keeps_plans {
            return Vec::new();
        }
        let lists = &job.scenario.lists;
        if let Some(list) = lists.get(job.asked.saturating_sub(1)).or(lists.last()) {
            let info = |(sources, target): &(Vec<i64>, i64)| CompactionMergeInfo {
                sources: sources.clone(),
                target: *target,
                ..Default::default()
            };
            return list.iter().map(info).collect();
        }
        let states = std::iter::empty::<TaskState>()
            .chain(many(TaskState::Completed, poll.completed))
            .chain(many(TaskState::Failed, poll.failed))
            .chain(many(TaskState::Timeout, poll.timed_out))
            .chain(many(TaskState::Executing, poll.executing))
            .chain(std::iter::repeat(TaskState::Cleaned));
        let plans = job.plans.iter().enumerate().zip(states);
        let listed = plans.filter(|((place, _), _)| job.lists(*place));
        let infos = listed.map(|((place, plan), state)| {
            let is_named = plan.target > 0 && !job.scenario.purges && job.names(place);
            let target = if is_named { plan.target } else { -1 };
            self.info(job_id, job, plan, state, target)
        });
        let mut infos: Vec<_> = infos.collect();
        // The order is that of a map: another one each time.
        let turn = job.asked % infos.len().max(1);
        infos.rotate_left(turn);
        infos
    }

    fn info(
        &self,
        job_id: i64,
        job: &Job,
        plan: &Plan,
        state: TaskState,
        target: i64,
    ) -> CompactionMergeInfo {
        let info = CompactionMergeInfo { sources: plan.sources.clone(), target, ..Default::default() };
        if !self.profile.has_details() || self.hides_details {
            return info;
        }
        CompactionMergeInfo {
            plan_id: plan.id,
            trigger_id: job_id,
            collection_id: job.collection,
            partition_id: plan.partition_id,
            channel: self.collection_of(job.collection).map(Collection::channel).unwrap_or_default(),
            r#type: job.kind as i32,
            state: state as i32,
            failure_reason: if state == TaskState::Failed { FAILURE.to_owned() } else { String::new() },
            targets: if target > 0 { vec![target] } else { Vec::new() },
            ..info
        }
    }
}

fn many(state: TaskState, count: i64) -> impl Iterator<Item = TaskState> {
    std::iter::repeat_n(state, usize::try_from(count.clamp(0, 1_000)).unwrap_or(0))
}
