//! The end of the rounds: the bounds that keep them from going on, and what they report.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use super::Rounds;
use crate::compaction::optimize::stage::{Cost, Stage, StepState};
use crate::compaction::optimize::work::Work;
use crate::compaction::verdict::Verdict;
use crate::error::{Error, Status};
use crate::flush;
use crate::segments::Segment;
use crate::text::{counted, quotable};

/// The longest wait until the results are sorted. On 2.5 they were seen to take up to a minute.
const LONGEST_SORT: Duration = Duration::from_mins(1);

impl Rounds<'_, '_> {
    pub(super) fn check_bounds(&self, work: &Work, total: Cost) -> Result<(), Error> {
        let settings = self.run.settings;
        let is_first = self.triggered == 0;
        let over = |bound: Option<u64>, value: u64| bound.filter(|bound| value > *bound);
        let why = if let Some(bound) = over(settings.most_rows, total.rows) {
            format!("max_rewrite_rows is {bound}")
        } else if let Some(bound) = over(settings.most_bytes, total.bytes()) {
            format!("max_rewrite_bytes is {bound}")
        } else if is_first && work.cost.segments_in < settings.least_segments {
            format!("min_segments is {}", settings.least_segments)
        } else {
            return Ok(());
        };
        let Cost { segments_in, segments_out, rows, row_bytes } = total;
        let out = segments_out.map(|count| format!(" to about {count}")).unwrap_or_default();
        let text = format!(
            "compacting \"{}\" would rewrite {segments_in} segments{out}, with {rows} rows and about {} bytes ({row_bytes} \
             a row), but {why}",
            quotable(&self.run.collection.name),
            total.bytes(),
        );
        Err(Error::new(Status::OutOfBounds, text))
    }

    /// Servers of 2.5 sort the results of a job some time after its end.
    pub(super) async fn wait_until_results_are_sorted(
        &mut self,
        stored: Vec<Segment>,
    ) -> Result<Vec<Segment>, Error> {
        if !self.results.stored(&stored).any(Segment::is_unsorted) {
            return Ok(stored);
        }
        let (client_state, deadline) = (self.run.context.client_state, self.run.context.deadline);
        let (rpc, limiter) = (&client_state.rpc, &client_state.collection_limiter);
        let run = &*self.run;
        let (none, tell) = (HashSet::new(), |done, total| run.tell(done, total));
        let told = (&none, &tell as flush::Tell<'_>);
        flush::wait_until_sorted(rpc, limiter, deadline, &run.collection, LONGEST_SORT, told).await?;
        self.list().await
    }

    /// Reports what the rounds left, and returns an error if that is more than a writer's new segments.
    pub(super) fn conclude(&mut self, stored: &[Segment], since: Instant) -> Option<Error> {
        let (open, left_out) = self.view(stored).leftovers();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let is_new = |segment: &&Segment| {
            segment.is_stored_data() && !self.first.contains(&segment.id) && !self.results.has(segment.id)
        };
        let new_segments = number(stored.iter().filter(is_new).count());
        let old = self.count_old(&open);
        let has_compacted = self.round > 0 && !self.results.is_empty();
        let out = &mut self.run.out;
        (out.left_out, out.new_segments) = (Some(left_out), Some(new_segments));
        if out.verdict == Verdict::None && !self.run.settings.only_estimate {
            out.verdict = Verdict::NothingToDo;
        }
        let totals = self.run.totals(stored);
        self.run.out.after = Some(totals);
        let name = quotable(&self.run.collection.name);
        let error = match (self.bound.take(), self.latest.take()) {
            (Some(bound), _) if has_compacted => Some(bound.context(format!("after {} rounds", self.round))),
            (Some(bound), _) => Some(bound),
            _ if self.run.settings.only_estimate || old == 0 => None,
            (_, Some(busy)) if !has_compacted && busy.status != Status::Incomplete => {
                Some(busy.context("nothing was compacted"))
            }
            (_, why) => {
                let why = why.map(|error| format!("; the latest trigger: {error}")).unwrap_or_default();
                let text = format!(
                    "{} of \"{name}\" could still be compacted: {} to be sorted, {} held or refused, and {} of \
                     deletions to be applied{why}",
                    counted(number(old), "segment"),
                    left_out.unsorted,
                    left_out.held,
                    left_out.l0
                );
                Some(Error::new(Status::Incomplete, text).retriable())
            }
        };
        let text = match &error {
            Some(error) => error.message().to_owned(),
            None if self.run.settings.only_estimate => "estimated only".to_owned(),
            None if self.round == 0 => "nothing to do: no segments can be merged".to_owned(),
            None => {
                let new =
                    if new_segments > 0 { format!("; {new_segments} new since") } else { String::new() };
                let before = self.run.out.before.map_or(0, |before| before.segments);
                format!(
                    "{} became {} in {}{new}",
                    counted(before, "segment"),
                    totals.segments,
                    counted(i64::from(self.round), "round")
                )
            }
        };
        let state = match (&error, self.round) {
            (Some(_), _) => StepState::Failed,
            (None, 0) => StepState::Skipped,
            (None, _) => StepState::Done,
        };
        self.run.step(Stage::Compact, since, state, text);
        error
    }
}
