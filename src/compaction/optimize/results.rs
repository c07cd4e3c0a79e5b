//! The segments that the jobs of an optimization replaced and made, those that were there before, and what became of both
//! since. No I/O.

use std::collections::{HashMap, HashSet};

use super::super::estimate::PLAN_LIMIT;
use super::super::judgement::Reason;
use super::super::plan::Plan;
use crate::segments::Segment;

/// What tells the sorted form of a segment from other new segments: servers that sort results later replace each by a
/// segment with a new id and the same rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Form {
    partition_id: i64,
    rows: i64,
}

/// A result.
#[derive(Clone, Copy, Debug)]
struct Made {
    /// The number of the job that made it.
    job: u32,
    form: Option<Form>,
}

/// What matters of a job's kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct JobKind {
    /// Whether it clusters.
    pub(super) is_clustering: bool,
    /// Whether the server limits the segments of a plan.
    pub(super) limits_plans: bool,
}

/// What the jobs replaced and made.
#[derive(Debug, Default)]
pub(super) struct Results {
    sources: HashSet<i64>,
    /// The results, and the sorted forms that came in their place.
    made: HashMap<i64, Made>,
    /// The jobs of results that no list of plans named, because the server forgot the plan first.
    unnamed: HashMap<Form, Vec<u32>>,
    /// How many jobs there were.
    jobs: u32,
    /// The jobs with a plan that could not take more segments.
    full: HashSet<u32>,
    /// Every segment that was ever listed.
    seen: HashMap<i64, Form>,
    /// What was stored when the optimization began, and what others made of it since.
    old: HashSet<i64>,
    /// Those of them with rows that the latest list has.
    there: HashSet<i64>,
    /// Partitions that the latest job clustered: servers name only the first result of a plan.
    clustered: HashSet<i64>,
    /// Partitions in which others replaced old segments, by segments that were not listed yet.
    replaced: HashSet<i64>,
}

impl Results {
    /// Notes the plans of a job.
    pub(super) fn add(&mut self, plans: &[Plan], kind: JobKind) {
        self.jobs += 1;
        if kind.limits_plans && plans.iter().any(|plan| plan.sources.len() >= PLAN_LIMIT) {
            self.full.insert(self.jobs);
        }
        for plan in plans {
            self.sources.extend(&plan.sources);
            if kind.is_clustering {
                let partitions = plan.sources.iter().filter_map(|id| self.seen.get(id));
                self.clustered.extend(partitions.map(|form| form.partition_id));
            }
            let known: Option<Vec<Form>> = plan.sources.iter().map(|id| self.seen.get(id).copied()).collect();
            // A result that is replaced before it is listed has the rows of its sources.
            let form = known.and_then(|forms| {
                let partition_id = forms.first()?.partition_id;
                let rows = forms.iter().fold(0, |sum: i64, form| sum.saturating_add(form.rows));
                Some(Form { partition_id, rows })
            });
            if plan.judged.reason == Reason::ResultFits
                && plan.targets().is_empty()
                && let Some(form) = form
            {
                self.unnamed.entry(form).or_default().push(self.jobs);
            }
            let form = form.filter(|_| plan.targets().len() == 1);
            for target in plan.targets() {
                self.made.entry(*target).or_insert(Made { job: self.jobs, form });
            }
        }
        for id in plans.iter().flat_map(|plan| &plan.sources) {
            self.made.remove(id); // nothing comes in its place but the plan's target
        }
    }

    /// Notes the list of the stored segments with which the optimization begins.
    pub(super) fn begin(&mut self, stored: &[Segment]) {
        self.old.extend(stored.iter().map(|segment| segment.id));
        // Nothing comes in the place of deletions.
        let rows = stored.iter().filter(|segment| !segment.is_l0());
        self.there.extend(rows.map(|segment| segment.id));
        self.see(stored);
    }

    /// Notes a list of the stored segments, and finds in it the sorted forms of results, and what others made of old
    /// segments.
    pub(super) fn see(&mut self, stored: &[Segment]) {
        let now: HashSet<i64> = stored.iter().map(|segment| segment.id).collect();
        self.find_clustered(stored);
        self.find_unnamed(stored);
        self.find_sorted_forms(stored, &now);
        self.find_replacements(stored, &now);
        self.there.extend(stored.iter().map(|segment| segment.id).filter(|id| self.made.contains_key(id)));
        self.seen.extend(stored.iter().map(|segment| (segment.id, Form::of(segment))));
    }

    /// Takes the clustered segments that appear after a clustering for its results.
    fn find_clustered(&mut self, stored: &[Segment]) {
        let partitions = std::mem::take(&mut self.clustered);
        let is_result = |segment: &&Segment| {
            segment.is_clustered()
                && partitions.contains(&segment.partition_id)
                && !self.seen.contains_key(&segment.id)
        };
        for segment in stored.iter().filter(is_result).collect::<Vec<_>>() {
            self.made.entry(segment.id).or_insert(Made { job: self.jobs, form: Some(Form::of(segment)) });
        }
    }

    /// Takes segments with the rows of forgotten plans for their results.
    fn find_unnamed(&mut self, stored: &[Segment]) {
        for segment in stored {
            let form = Form::of(segment);
            let is_new = !self.seen.contains_key(&segment.id) && !self.made.contains_key(&segment.id);
            if is_new
                && segment.is_stored_data()
                && let Some(job) = self.unnamed.get_mut(&form).and_then(Vec::pop)
            {
                self.made.insert(segment.id, Made { job, form: Some(form) });
            }
        }
    }

    fn find_sorted_forms(&mut self, stored: &[Segment], now: &HashSet<i64>) {
        for segment in stored {
            if let Some(made) = self.made.get_mut(&segment.id) {
                made.form = Some(Form::of(segment));
            }
        }
        let is_gone = |(id, made): (&i64, &Made)| (!now.contains(id)).then_some(*id).zip(made.form);
        let mut gone = HashMap::<Form, Vec<i64>>::new();
        for (id, form) in self.made.iter().filter_map(is_gone) {
            gone.entry(form).or_default().push(id);
        }
        for segment in stored {
            let is_new = !self.seen.contains_key(&segment.id) && !self.made.contains_key(&segment.id);
            if is_new
                && segment.is_sorted == Some(true)
                && let Some(id) = gone.get_mut(&Form::of(segment)).and_then(Vec::pop)
            {
                // Each is replaced by one sorted form.
                let form = Form::of(segment);
                self.there.remove(&id);
                let job = self.made.remove(&id).map_or(0, |made| made.job);
                self.made.insert(segment.id, Made { job, form: Some(form) });
            }
        }
    }

    /// If an old segment is gone and no job of this optimization took it, another compaction or its sorting replaced it. Then
    /// the segments that appear in its partition have its rows.
    fn find_replacements(&mut self, stored: &[Segment], now: &HashSet<i64>) {
        let is_taken_by_others = |id: &&i64| !now.contains(id) && !self.sources.contains(id);
        let gone = self.there.iter().filter(is_taken_by_others);
        self.replaced.extend(gone.filter_map(|id| self.seen.get(id)).map(|form| form.partition_id));
        self.there.retain(|id| now.contains(id));
        let is_one = |segment: &&Segment| {
            let is_new = !self.seen.contains_key(&segment.id) && !self.made.contains_key(&segment.id);
            is_new && segment.is_stored_data() && self.replaced.contains(&segment.partition_id)
        };
        let replacements: Vec<&Segment> = stored.iter().filter(is_one).collect();
        for segment in replacements {
            self.replaced.remove(&segment.partition_id);
            self.old.insert(segment.id);
            self.there.insert(segment.id);
        }
    }

    /// Whether a job of this optimization made this segment.
    pub(super) fn has(&self, id: i64) -> bool {
        self.made.contains_key(&id)
    }

    /// The one job that made all of these.
    fn job_of(&self, segments: &[&Segment]) -> Option<u32> {
        let mut jobs = segments.iter().map(|segment| self.made.get(&segment.id).map(|made| made.job));
        let first = jobs.next().flatten()?;
        jobs.all(|job| job == Some(first)).then_some(first)
    }

    /// Whether one job made all of these.
    pub(super) fn are_of_one_job(&self, segments: &[&Segment]) -> bool {
        self.job_of(segments).is_some()
    }

    /// Whether one job made all of these, and merged them as far as the server wanted: no plan was as large as plans get.
    pub(super) fn are_final(&self, segments: &[&Segment]) -> bool {
        self.job_of(segments).is_some_and(|job| !self.full.contains(&job))
    }

    /// The results that are stored.
    pub(super) fn stored<'s>(&self, stored: &'s [Segment]) -> impl Iterator<Item = &'s Segment> {
        stored.iter().filter(|segment| self.has(segment.id))
    }

    /// What was stored when the optimization began, and what others made of it, stored or not.
    pub(super) fn old(&self) -> &HashSet<i64> {
        &self.old
    }

    /// How many segments these plans took, and their rows, as far as they were listed.
    pub(super) fn taken_by(&self, plans: &[Plan]) -> (u64, u64) {
        let sources = plans.iter().flat_map(|plan| &plan.sources);
        let rows =
            sources.clone().filter_map(|id| self.seen.get(id)).map(|form| form.rows.max(0).unsigned_abs());
        (u64::try_from(sources.count()).unwrap_or(u64::MAX), rows.fold(0, u64::saturating_add))
    }

    pub(super) fn sources(&self) -> &HashSet<i64> {
        &self.sources
    }

    /// Whether no job has made anything.
    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }
}

impl Form {
    fn of(segment: &Segment) -> Self {
        Self { partition_id: segment.partition_id, rows: segment.rows }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::judgement::Judged;
    use super::*;
    use crate::proto::common::SegmentState;

    fn segment(id: i64, rows: i64, is_sorted: bool) -> Segment {
        let state = SegmentState::Flushed as i32;
        Segment { id, partition_id: 1, rows, state, is_sorted: Some(is_sorted), ..Segment::default() }
    }

    fn plan(sources: &[i64], target: i64) -> Plan {
        Plan { sources: sources.to_vec(), target, ..Plan::default() }
    }

    #[test]
    fn a_result_stays_one_under_the_id_of_its_sorted_form() {
        let mut results = Results::default();
        results.see(&[segment(1, 50, true), segment(2, 70, true)]);
        results.add(&[plan(&[1, 2], 3)], JobKind::default());
        assert!(results.has(3) && !results.has(1));
        results.see(&[segment(3, 120, false), segment(9, 120, true)]);
        assert!(!results.has(9), "while the result is stored, nothing comes in its place");
        results.see(&[segment(9, 120, true), segment(5, 120, true)]);
        assert!(results.has(5) && !results.has(9), "9 was there before");
        results.add(&[plan(&[8], 10)], JobKind::default());
        let [five, ten, nine] = [5, 10, 9].map(|id| segment(id, 120, true));
        assert!(results.are_of_one_job(&[&five]) && !results.are_of_one_job(&[&five, &ten]));
        assert!(!results.are_of_one_job(&[&five, &nine]) && !results.are_of_one_job(&[]));
        assert!(results.are_final(&[&five]), "a small plan could have taken more");
        results.see(&[segment(5, 120, true), segment(6, 120, true)]);
        assert!(!results.has(6), "one segment comes in the place of one");
    }

    #[test]
    fn a_result_that_was_never_listed_is_known_by_the_rows_of_its_sources() {
        let mut results = Results::default();
        results.see(&[segment(1, 50, true), segment(2, 70, true)]);
        results.add(&[plan(&[1, 2], 3)], JobKind::default());
        results.see(&[segment(4, 110, true), segment(5, 120, false), segment(6, 120, true)]);
        assert_eq!([4, 5, 6].map(|id| results.has(id)), [false, false, true]);
    }

    #[test]
    fn all_results_of_a_clustering_are_known_although_a_plan_names_the_first_only() {
        let mut results = Results::default();
        let clustered = |id| Segment { level: Some(3), ..segment(id, 40, true) };
        results.begin(&[segment(1, 50, true), segment(2, 70, true)]);
        results.add(&[plan(&[1, 2], 3)], JobKind { is_clustering: true, ..JobKind::default() });
        results.see(&[clustered(3), clustered(4), segment(5, 9, true)]);
        assert_eq!([3, 4, 5].map(|id| results.has(id)), [true, true, false]);
        results.see(&[clustered(3), clustered(4), clustered(6)]);
        assert!(!results.has(6), "what appears later is another job's");
    }

    #[test]
    fn the_result_of_a_plan_that_the_server_forgot_is_known_by_its_rows() {
        let mut results = Results::default();
        results.begin(&[segment(1, 50, true), segment(2, 70, true), segment(3, 120, true)]);
        let judged = Judged::completed(Reason::ResultFits);
        results.add(&[Plan { judged, ..plan(&[1, 2], -1) }], JobKind::default());
        results.see(&[segment(3, 120, true), segment(4, 90, true), segment(5, 120, false)]);
        assert_eq!([3, 4, 5].map(|id| results.has(id)), [false, false, true]);
        results.see(&[segment(3, 120, true), segment(5, 120, false), segment(6, 120, false)]);
        assert!(!results.has(6), "one segment is the result of one plan");
        results.see(&[segment(3, 120, true), segment(7, 120, true)]);
        assert!(results.has(7), "the sorted form of 5");
    }

    #[test]
    fn a_result_that_others_replace_is_followed() {
        let mut results = Results::default();
        results.begin(&[segment(1, 50, true), segment(2, 70, true)]);
        results.add(&[plan(&[1, 2], 3)], JobKind::default());
        results.see(&[segment(3, 120, true), segment(4, 9, true)]);
        results.see(&[segment(5, 129, true)]);
        assert!(results.old().contains(&5) && !results.old().contains(&4), "5 has the rows of 3");
        results.add(&[plan(&[5], 6)], JobKind::default());
        assert!(!results.has(5));
    }

    #[test]
    fn what_others_make_of_old_segments_is_old() {
        let mut results = Results::default();
        let elsewhere = |id| Segment { partition_id: 2, ..segment(id, 50, true) };
        results.begin(&[segment(1, 50, false), segment(2, 70, true), segment(3, 80, true), elsewhere(4)]);
        results.see(&[segment(2, 70, true), segment(3, 80, true), elsewhere(4), elsewhere(5)]);
        results.see(&[segment(2, 70, true), segment(3, 80, true), elsewhere(5), segment(6, 50, true)]);
        assert!(results.old().contains(&6), "the sorted form of 1, which was listed later");
        assert!(!results.old().contains(&5), "4 was there beside it");
        results.see(&[segment(7, 150, true), segment(8, 9, true), elsewhere(9)]);
        let old = [6, 7, 8, 9].map(|id| results.old().contains(&id));
        assert_eq!(old, [true; 4], "any that appears when old ones go may have their rows");
        results.see(&[segment(7, 150, true), segment(8, 9, true), elsewhere(9), segment(10, 5, true)]);
        assert!(!results.old().contains(&10), "nothing went");
        results.add(&[plan(&[7, 8], 11)], JobKind::default());
        results.see(&[segment(11, 159, true), segment(12, 5, true), elsewhere(9)]);
        assert!(!results.old().contains(&12) && results.has(11), "a job of this optimization took 7 and 8");
    }

    #[test]
    fn other_partitions_and_unsorted_segments_are_not_taken_for_results() {
        let mut results = Results::default();
        results.see(&[segment(1, 50, true), segment(2, 70, true)]);
        results.add(&[plan(&[1, 2], 3), plan(&[7], -1)], JobKind::default());
        let elsewhere = Segment { partition_id: 2, ..segment(4, 120, true) };
        results.see(&[elsewhere, segment(5, 120, false)]);
        assert!(!results.has(4) && !results.has(5));
        assert_eq!(results.sources().len(), 3);
    }
}
