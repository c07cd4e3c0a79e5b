//! Decides which of many collections are compacted, and which are skipped and why.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use wildmatch::WildMatch;

use super::call_context::CallContext;
use super::check::{Listed, allowed};
use super::final_form::is_final;
use super::found::Found;
use super::params::{Mode, Params};
use super::survey::{self, Shared, SurveySettings, Surveyed};
use crate::collection::Collection;
use crate::error::Error;
use crate::index::{self, Indexes};
use crate::rpc::RetryClass;
use crate::segments::{self, Segment};
use crate::text::counted;

/// The longest pattern in bytes; no name that a server accepts is longer.
const MOST_PATTERN: usize = 1024;

/// Which collections to compact. The default is all but those that a compaction would only rewrite.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Only names that match, with `*` for any characters and `?` for one.
    pub pattern: Option<String>,
    /// The collections of all databases.
    pub all_databases: bool,
    /// Only where at least so many segments would be merged; 0: no such minimum.
    pub least_segments: u64,
    /// Or where at least this share of the stored rows is deleted; 0: no such minimum.
    pub least_deleted_percent: f64,
    /// The most collections to begin with; `None`: all.
    pub most_collections: Option<u64>,
    /// No collection is begun later than this after the start; `None`: whenever its turn comes.
    pub start_within: Option<Duration>,
    /// Whether collections in their final form are compacted too.
    pub include_final: bool,
}

/// Why a collection is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Skip {
    /// It is in its final form.
    Final = 1,
    /// It is below the minimums, or nobody can tell whether it is.
    TooLittle = 2,
    /// Enough others were begun.
    MostCollections = 3,
    /// Its turn came too late.
    TooLate = 4,
}

/// Why a collection is skipped, and the same as a text for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The reason.
    pub why: Skip,
    /// The reason in words, with the figures.
    pub text: String,
}

impl Policy {
    /// Refuses what cannot be meant.
    pub(super) fn check(&self, params: &Params, has_names: bool) -> Result<(), Error> {
        let wrong = |text: &str| Err(Error::invalid_argument(text));
        match self.pattern.as_deref() {
            Some("") => return wrong("match: is empty; NULL stands for all names"),
            Some(pattern) if pattern.len() > MOST_PATTERN => {
                return wrong("match: has more than 1024 bytes");
            }
            Some(_) if has_names => return wrong("match: goes without names; it selects among all of them"),
            _ => {}
        }
        if self.all_databases && has_names {
            return wrong("all_databases: goes without names: each database has names of its own");
        }
        let percent = self.least_deleted_percent;
        if !(0.0..=100.0).contains(&percent) {
            return wrong("min_deleted_percent: is no number from 0 to 100");
        }
        if self.least_segments > 0 && matches!(params.mode(), Mode::Clustering | Mode::L0) {
            return wrong(
                "min_segments: goes with a plain compaction or a target size only; what the others merge depends on \
                 settings of the server",
            );
        }
        Ok(())
    }

    /// Whether it selects this name.
    pub(super) fn selects(&self) -> impl Fn(&str) -> bool + use<> {
        let pattern = self.pattern.as_deref().map(WildMatch::new);
        move |name| pattern.as_ref().is_none_or(|pattern| pattern.matches(name))
    }

    fn has_minimum(&self) -> bool {
        self.least_segments > 0 || self.least_deleted_percent > 0.0
    }

    /// Whether the collection is skipped. Asks the server only what the policy depends on. `found`: how the collection was
    /// looked up a moment ago. `shared`: what is asked once for all collections.
    pub(super) async fn skips(
        &self,
        context: CallContext<'_>,
        collection: &Collection,
        found: Found,
        (params, shared): (&Params, &Shared),
    ) -> Result<Option<Skipped>, Error> {
        let mut listed = None;
        if !self.has_minimum() {
            if self.skips_final(params) {
                // Nobody asked for this look, so its failure is not the collection's.
                listed = Box::pin(final_form(context, collection)).await.unwrap_or_default();
            }
            if listed.is_none() {
                return Ok(None);
            }
        }
        let settings =
            SurveySettings { params: params.clone(), shared: shared.clone(), ..SurveySettings::default() };
        let look = survey::look(context, &collection.name, (Some(Box::new(found)), listed), &settings);
        match Box::pin(look).await {
            Ok(surveyed) => Ok(self.judge(&surveyed, params)),
            Err(_) if !self.has_minimum() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the final form is a reason to skip. A clustering compaction orders the rows of a single segment, too.
    fn skips_final(&self, params: &Params) -> bool {
        !self.include_final && params.mode() != Mode::Clustering
    }

    /// Judges a collection by its survey. No I/O.
    fn judge(&self, surveyed: &Surveyed, params: &Params) -> Option<Skipped> {
        let deleted = surveyed.deleted_rows;
        let share = deleted.zip(surveyed.stored_rows).map(|(deleted, stored)| percent(deleted, stored));
        let merged = surveyed.merged_segments;
        let has_segments = surveyed.stored_segments.is_some_and(|stored| stored > 0);
        let is_final = surveyed.check.is_final && has_segments && deleted.unwrap_or(0) == 0;
        if self.skips_final(params) && is_final {
            let unknown =
                if deleted.is_none() { ", unless rows are deleted, which is not known" } else { "" };
            let text = format!(
                "its segments are in their final form: a compaction would only rewrite them{unknown}"
            );
            return Some(Skipped { why: Skip::Final, text });
        }
        if !self.has_minimum() {
            return None;
        }
        let least = i64::try_from(self.least_segments).unwrap_or(i64::MAX);
        let merges_enough = least > 0 && merged.is_some_and(|merged| merged >= least);
        let least_share = self.least_deleted_percent;
        let purges_enough = least_share > 0.0 && share.is_some_and(|share| share >= least_share);
        if merges_enough || purges_enough {
            return None;
        }
        let of_merging = (least > 0).then(|| match merged {
            Some(merged) => {
                format!("{} would be merged, and min_segments is {least}", counted(merged, "segment"))
            }
            None => "how many segments would be merged is not known".to_owned(),
        });
        let of_purging = (least_share > 0.0).then(|| match share {
            Some(share) => {
                format!("{share:.1} % of the rows are deleted, and min_deleted_percent is {least_share}")
            }
            None => "how many rows are deleted is not known".to_owned(),
        });
        let text = of_merging.into_iter().chain(of_purging).collect::<Vec<_>>().join("; ");
        Some(Skipped { why: Skip::TooLittle, text })
    }
}

#[allow(clippy::cast_precision_loss, reason = "no collection has 2^52 rows")]
fn percent(deleted: i64, stored: i64) -> f64 {
    if stored > 0 { deleted as f64 * 100.0 / stored as f64 } else { 0.0 }
}

/// The segments and indexes of a collection, if segments are stored and all are in their final form.
async fn final_form(context: CallContext<'_>, collection: &Collection) -> Result<Option<Listed>, Error> {
    let (rpc, deadline) = (context.rpc(), context.deadline);
    let server = rpc.server(deadline).await?;
    if server.is_lite() {
        return Ok(None);
    }
    let stored = segments::persistent(rpc, RetryClass::Read, deadline, collection).await?;
    let is_with = |indexes: Option<&Indexes>| is_final(&stored, &server, indexes);
    // Without a row that waits for an index, it is final at best.
    if !stored.iter().any(Segment::is_stored_data) || !is_with(Some(&Indexes::default())) {
        return Ok(None);
    }
    let indexes = allowed(index::describe(rpc, deadline, collection).await)?;
    let is_final = is_with(indexes.as_ref());
    Ok(is_final.then_some(Listed { stored, indexes }))
}

/// How many collections may still be begun, and until when.
#[derive(Debug)]
pub(super) struct Budget {
    started: Instant,
    within: Option<Duration>,
    most: Option<u64>,
    begun: AtomicU64,
}

impl Budget {
    pub(super) fn of(policy: &Policy) -> Self {
        let (within, most) = (policy.start_within, policy.most_collections);
        Self { started: Instant::now(), within, most, begun: AtomicU64::new(0) }
    }

    /// Why no other collection can be begun now, if so.
    pub(super) fn is_spent(&self) -> Option<Skipped> {
        if self.most.is_some_and(|most| self.begun.load(Ordering::Relaxed) >= most) {
            return Some(self.no_more());
        }
        let within = self.within.filter(|within| self.started.elapsed() >= *within)?;
        let text =
            format!("its turn came later than start_within_ms ({}) after the start", within.as_millis());
        Some(Skipped { why: Skip::TooLate, text })
    }

    /// Counts a collection that is begun now, unless there is a reason against it.
    pub(super) fn begin(&self) -> Option<Skipped> {
        let spent = self.is_spent();
        if spent.is_none() && self.begun.fetch_add(1, Ordering::Relaxed) >= self.most.unwrap_or(u64::MAX) {
            return Some(self.no_more());
        }
        spent
    }

    fn no_more(&self) -> Skipped {
        let most = self.most.unwrap_or(u64::MAX);
        let text = format!("max_collections is {most}, and as many were begun");
        Skipped { why: Skip::MostCollections, text }
    }
}

#[cfg(test)]
mod tests;
