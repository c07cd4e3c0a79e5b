//! Finds what a round has to compact: the segments that can be merged, or have to be rewritten. No I/O.

use std::collections::HashSet;

use super::super::estimate::{Sizes, by_place};
use super::super::left_out::LeftOut;
use super::super::params::{LARGEST_TARGET_SIZE, Mode};
use super::super::predict::Scope;
use super::super::snapshot::ALL_PARTITIONS;
use super::results::Results;
use super::settings::Settings;
use super::stage::Cost;
use crate::segments::Segment;
use crate::server::{HAS_FILTERS, Server};

const MEGABYTE: u64 = 1 << 20;
/// A trigger names at most this many segments.
const MOST_NAMED: usize = 100_000;

/// What decides which segments a round compacts.
pub(super) struct View<'v> {
    pub(super) stored: &'v [Segment],
    pub(super) server: &'v Server,
    pub(super) scope: Scope<'v>,
    pub(super) channels: usize,
    pub(super) row_bytes: u64,
    pub(super) settings: &'v Settings,
    pub(super) results: &'v Results,
    /// The ids of what was stored before the first round, and of what others made of it.
    pub(super) ours: &'v HashSet<i64>,
    /// The partitions to whose segments this optimization applied deletions: they have to be rewritten once.
    pub(super) purgeable: &'v HashSet<i64>,
    /// Whether no round has triggered yet.
    pub(super) is_first: bool,
}

/// What a round has to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) cost: Cost,
    /// Whether the trigger takes segments at all.
    pub(super) is_needed: bool,
    /// The segments that the trigger has to name, so that it leaves others alone.
    pub(super) named: Option<Vec<i64>>,
}

impl View<'_> {
    fn mode(&self) -> Mode {
        self.settings.params.mode()
    }

    fn sizes(&self) -> Sizes {
        let channels = if self.settings.params.channel.is_some() { 1 } else { self.channels };
        let sizes = Sizes::of(self.server, channels, self.row_bytes);
        let target = match self.settings.params.target_size_mb {
            0 => None,
            LARGEST_TARGET_SIZE => Some(u64::MAX),
            target => Some(target.unsigned_abs().saturating_mul(MEGABYTE)),
        };
        self.settings.segment_bytes.or(target).map_or(sizes, |limit| sizes.up_to(limit))
    }

    /// The segments that a trigger selects, unless another compaction holds them.
    fn candidates(&self) -> Vec<&Segment> {
        let all = self.scope.candidates(self.stored, self.server);
        all.into_iter().filter(|segment| !segment.is_unsorted()).collect()
    }

    /// Whether segments wait for this optimization to merge or rewrite them.
    pub(super) fn work(&self) -> Work {
        let candidates = self.candidates();
        let needed: Vec<Vec<&Segment>> = match self.mode() {
            Mode::L0 => return self.deletions(),
            Mode::Clustering if self.needs_clustering(&candidates) => vec![candidates.clone()],
            Mode::Clustering => Vec::new(),
            Mode::Plain | Mode::TargetSize => {
                by_place(&candidates).into_iter().map(|there| self.taken(&there)).collect()
            }
        };
        let taken: Vec<&Segment> = needed.into_iter().flatten().collect();
        let is_a_part = taken.len() < candidates.len();
        let named = (is_a_part && !taken.is_empty() && self.can_name(taken.len()))
            .then(|| taken.iter().map(|segment| segment.id).collect());
        // A trigger that cannot name segments takes all.
        let rewritten = if named.is_some() || taken.is_empty() { &taken } else { &candidates };
        let sizes = self.sizes();
        let results = |places: &[Vec<&Segment>]| {
            places.iter().map(|there| u64::try_from(sizes.results(there)).unwrap_or(u64::MAX)).sum()
        };
        let cost = Cost {
            segments_in: u64::try_from(rewritten.len()).unwrap_or(u64::MAX),
            segments_out: (self.mode() != Mode::Clustering).then(|| results(&by_place(rewritten))),
            rows: rewritten
                .iter()
                .map(|segment| segment.rows.max(0).unsigned_abs())
                .fold(0, u64::saturating_add),
            row_bytes: self.row_bytes,
        };
        Work { cost, is_needed: !taken.is_empty(), named }
    }

    /// The segments of a place that a round takes: those that are merged with others, or all that have to be rewritten.
    fn taken<'s>(&self, there: &[&'s Segment]) -> Vec<&'s Segment> {
        match () {
            () if !self.is_needed(there) => Vec::new(),
            () if self.must_rewrite(there) && !self.results.are_of_one_job(there) => there.to_vec(),
            () => self.sizes().merged(there),
        }
    }

    /// Whether the segments of a place become fewer, or have to be rewritten for another reason. What a writer stored since
    /// the first round goes along with others; for it alone they are not rewritten again.
    fn is_needed(&self, there: &[&Segment]) -> bool {
        let is_old = |segment: &&&Segment| self.ours.contains(&segment.id) || self.results.has(segment.id);
        let there: &[&Segment] = &there.iter().filter(is_old).copied().collect::<Vec<_>>();
        let merges = || self.sizes().results(there) < there.len();
        !self.is_in_the_dark(there)
            && ((!self.results.are_final(there) && merges())
                || (!self.results.are_of_one_job(there) && self.must_rewrite(there)))
    }

    /// Servers that list no channels do not show which segments a trigger for one channel takes. One job is all then: the
    /// segments of other channels look as if they were left out.
    fn is_in_the_dark(&self, there: &[&Segment]) -> bool {
        let lacks_channel = || there.iter().any(|segment| segment.channel.is_none());
        self.settings.params.channel.is_some() && !self.results.is_empty() && lacks_channel()
    }

    /// Whether segments have to be rewritten even if they are as few afterwards.
    fn must_rewrite(&self, segments: &[&Segment]) -> bool {
        let has_deletions = |segment: &&Segment| {
            self.purgeable.contains(&ALL_PARTITIONS) || self.purgeable.contains(&segment.partition_id)
        };
        (self.settings.force && self.is_first) || segments.iter().any(has_deletions)
    }

    fn needs_clustering(&self, candidates: &[&Segment]) -> bool {
        // What a writer stored since the first round goes along, and is no reason for another.
        let is_old = |segment: &&&Segment| self.ours.contains(&segment.id) && !self.results.has(segment.id);
        let mut old = candidates.iter().filter(is_old);
        old.clone().any(|segment| !segment.is_clustered())
            || (old.next().is_some() && self.must_rewrite(candidates))
    }

    /// An L0 compaction moves deletions, and rewrites no rows. It comes once.
    fn deletions(&self) -> Work {
        let waiting = self.stored.iter().filter(|segment| segment.is_l0() && segment.is_there()).count();
        let cost = Cost { segments_in: u64::try_from(waiting).unwrap_or(u64::MAX), ..Cost::default() };
        Work { cost, is_needed: waiting > 0 && self.results.is_empty(), named: None }
    }

    /// A plain trigger of the whole collection can name segments on newer servers.
    fn can_name(&self, count: usize) -> bool {
        self.mode() == Mode::Plain
            && !self.settings.params.has_filters()
            && self.server.is_at_least(HAS_FILTERS)
            && count <= MOST_NAMED
    }

    fn is_asked_for(&self, segment: &Segment) -> bool {
        let ids = self.settings.params.segment_ids.as_ref();
        self.scope.covers(segment) && ids.is_none_or(|ids| ids.contains(&segment.id))
    }

    /// The ids of segments that a later round could compact, and all segments that are left out, by the reason.
    pub(super) fn leftovers(&self) -> (Vec<i64>, LeftOut) {
        let mode = self.mode();
        // A result that is not sorted yet can be merged later.
        let all = self.scope.candidates(self.stored, self.server).into_iter();
        let candidates: Vec<&Segment> =
            all.filter(|segment| !segment.is_unsorted() || self.results.has(segment.id)).collect();
        let needed: Vec<Vec<&Segment>> = match mode {
            Mode::Clustering if self.needs_clustering(&candidates) => vec![candidates],
            Mode::L0 | Mode::Clustering => Vec::new(),
            Mode::Plain | Mode::TargetSize => {
                by_place(&candidates).into_iter().filter(|there| self.is_needed(there)).collect()
            }
        };
        // Beside segments that no job took, the results are as they should be.
        let open_there = |there: Vec<&Segment>| {
            let is_result = |segment: &&Segment| self.results.has(segment.id);
            let are_all_results = there.iter().all(is_result);
            let ids: Vec<i64> = there
                .into_iter()
                .filter(|segment| are_all_results || !is_result(segment))
                .map(|segment| segment.id)
                .collect();
            ids
        };
        let held: HashSet<i64> = needed.into_iter().flat_map(open_there).collect();
        let mut counted = LeftOut::default();
        let mut open = Vec::new();
        for segment in self.stored.iter().filter(|segment| segment.is_there()) {
            let is_result = self.results.has(segment.id);
            let reason = match () {
                () if segment.is_importing() => &mut counted.importing,
                () if segment.is_l0() => {
                    if self.wants_deletions() && self.ours.contains(&segment.id) {
                        open.push(segment.id);
                    }
                    &mut counted.l0
                }
                () if !is_result && !self.is_asked_for(segment) => &mut counted.not_asked_for,
                () if segment.is_unsorted() => {
                    if mode != Mode::L0 {
                        open.push(segment.id);
                    }
                    &mut counted.unsorted
                }
                () if held.contains(&segment.id) => {
                    open.push(segment.id);
                    &mut counted.held
                }
                () if is_result => continue,
                () if !segment.is_flushed() => &mut counted.unflushed,
                () if mode == Mode::Plain && segment.is_clustered() => &mut counted.clustered,
                () => continue,
            };
            *reason += 1;
            counted.total += 1;
        }
        (open, counted)
    }

    /// Whether no deletion may be left.
    fn wants_deletions(&self) -> bool {
        self.mode() == Mode::L0 || self.settings.applies_deletions_on(self.server)
    }
}

#[cfg(test)]
mod tests;
