//! Writes a job of the history as JSON, and reads it. No I/O.
//!
//! Lists of ids are long, and neighbours are close: each id is written as the difference to the one before.

use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::chosen::Chosen;
use super::counts::Counts;
use super::job_history::{Job, MOST_WORDS, Origin};
use super::judgement::{Judged, Judgement, Reason};
use super::params::Mode;
use super::plan::{Details, ManagementEvidence, Plan, Plans};
use super::scheduled::Scheduled;
use super::snapshot::{Kind, Snapshot, Stored};
use crate::collection::{Collection, check_name};

/// The greatest age of a job.
const LONGEST_AGE: Duration = Duration::from_hours(30 * 24);
/// The `Scheduled` values that are not a number of plans.
const UNCOUNTED: i64 = -1;
const ELSEWHERE: i64 = -2;
const MODES: [Mode; 4] = [Mode::Plain, Mode::Clustering, Mode::L0, Mode::TargetSize];

/// Two clocks that are read within this time are read at one moment.
const CLOSE: Duration = Duration::from_micros(100);

/// One moment by both clocks: the monotonic one and the system's.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    instant: Instant,
    /// Since 1970.
    unix: Duration,
}

impl Moment {
    /// Reads the clocks one after the other, and again if the thread lost its turn in between.
    pub(super) fn now() -> Self {
        let mut tries = 8;
        loop {
            let instant = Instant::now();
            let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            tries -= 1;
            if tries == 0 || instant.elapsed() < CLOSE {
                return Self { instant, unix };
            }
        }
    }

    /// Rounds to the nearest millisecond, so that a time that was read is written unchanged: the two clocks are read one
    /// after the other.
    fn write(self, at: Instant) -> i64 {
        let age = self.instant.saturating_duration_since(at);
        let unix = self.unix.saturating_sub(age).saturating_add(Duration::from_micros(500));
        i64::try_from(unix.as_millis()).unwrap_or(i64::MAX)
    }

    /// A time in the future counts as now, because the clocks of two machines differ.
    fn read(self, unix_ms: i64) -> Instant {
        let at = Duration::from_millis(unix_ms.max(0).unsigned_abs());
        let age = self.unix.saturating_sub(at).min(LONGEST_AGE);
        self.instant.checked_sub(age).unwrap_or(self.instant)
    }
}

/// Writes a job. `hide` removes secrets from the server's texts.
pub(super) fn write(job_id: i64, job: &Job, now: Moment, hide: &dyn Fn(&str) -> String) -> Value {
    let Counts { executing, completed, failed, timed_out } = job.most;
    let most = [executing, completed, failed, timed_out].map(|count| count.max(0));
    json!({
        "job": job_id,
        "since": now.write(job.since),
        "scheduled": match job.scheduled {
            Scheduled::Plans(count) => count,
            Scheduled::Nothing => 0,
            Scheduled::Uncounted => UNCOUNTED,
            Scheduled::Elsewhere => ELSEWHERE,
        },
        "plans": job.plans.iter().map(|plan| write_plan(plan, hide)).collect::<Vec<_>>(),
        "most": most,
        "counted": job.counted.max(0),
        "forgets": job.forgets,
        "whole": job.is_whole,
        "over": job.is_over,
        "origin": job.origin.as_ref().map(|origin| write_origin(origin, now)),
    })
}

fn write_plan(plan: &Plan, hide: &dyn Fn(&str) -> String) -> Value {
    let Judged { judgement, reason } = plan.judged;
    let details = plan.details.as_ref().map(|details| {
        let Details { plan_id, job_id, collection_id, partition_id, kind, state, .. } = &**details;
        json!({
            "ids": [plan_id, job_id, collection_id, partition_id],
            "kind": kind,
            "state": state,
            "targets": steps(&details.targets),
            "channel": hide(&details.channel),
            "reason": hide(&details.failure_reason),
        })
    });
    json!({
        "sources": steps(&plan.sources),
        "target": plan.target,
        "judged": [judgement as i32, reason as i32],
        "seen": [plan.is_listed, plan.was_gone, plan.is_settled, plan.is_twice, plan.was_left],
        "details": details,
        "evidence": plan.evidence.as_ref().map(|evidence| {
            json!({ "reason": hide(&evidence.reason), "clusters": evidence.is_clustering })
        }),
    })
}

fn write_origin(origin: &Origin, now: Moment) -> Value {
    let Origin { since, collection, mode, chosen, before, is_late, .. } = origin;
    let segment_ids = chosen.segment_ids.as_ref().map(|ids| {
        let mut ids: Vec<i64> = ids.iter().copied().collect();
        ids.sort_unstable();
        steps(&ids)
    });
    json!({
        "since": now.write(*since),
        "collection": collection.id,
        "name": collection.name,
        "database": collection.database,
        "mode": MODES.iter().position(|one| one == mode),
        "partition": chosen.partition_id,
        "segments": segment_ids,
        "channel": chosen.is_one_channel,
        "late": is_late,
        "levels": before.as_ref().is_some_and(Snapshot::has_levels),
        "before": before.as_ref().map(write_snapshot),
    })
}

/// One list per partition: the partition's id, then for each segment its id, rows, and channel and traits in one number.
fn write_snapshot(snapshot: &Snapshot) -> Vec<Vec<i64>> {
    let mut partitions: BTreeMap<i64, Vec<&Stored>> = BTreeMap::new();
    for segment in snapshot.all() {
        partitions.entry(segment.partition_id).or_default().push(segment);
    }
    let row = |(partition, segments): (i64, Vec<&Stored>)| {
        let ids = steps(&segments.iter().map(|segment| segment.id).collect::<Vec<_>>());
        let of_each = ids.into_iter().zip(segments);
        let numbers = of_each.flat_map(|(step, s)| {
            [step, s.rows, i64::from(s.channel) << Kind::BITS | i64::from(s.kind.to_bits())]
        });
        std::iter::once(partition).chain(numbers).collect()
    };
    partitions.into_iter().map(row).collect()
}

fn steps(ids: &[i64]) -> Vec<i64> {
    let before = std::iter::once(&0).chain(ids);
    ids.iter().zip(before).map(|(id, before)| id.wrapping_sub(*before)).collect()
}

fn from_steps(steps: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let add = |last: &mut i64, step: i64| {
        *last = last.wrapping_add(step);
        Some(*last)
    };
    steps.into_iter().scan(0, add).collect()
}

/// The value, or the reason for the refusal.
type Read<T> = Result<T, String>;

fn wrong<T>(key: &str) -> Read<T> {
    Err(format!("has an impossible value for \"{key}\""))
}

/// An object of the text.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn of(key: &str, value: &'a Value) -> Read<Self> {
        value.as_object().map_or_else(|| wrong(key), |map| Ok(Self(map)))
    }

    fn get<T>(self, key: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Read<T> {
        self.0.get(key).and_then(read).map_or_else(|| wrong(key), Ok)
    }

    /// `None` where the text has a null.
    fn optional<T>(self, key: &str, read: impl FnOnce(&'a Value) -> Read<T>) -> Read<Option<T>> {
        match self.get(key, Some)? {
            Value::Null => Ok(None),
            value => read(value).map(Some),
        }
    }

    fn number(self, key: &str, range: RangeInclusive<i64>) -> Read<i64> {
        self.get(key, Value::as_i64).and_then(|number| within(key, number, range))
    }

    fn flag(self, key: &str) -> Read<bool> {
        self.get(key, Value::as_bool)
    }

    fn text(self, key: &str) -> Read<&'a str> {
        self.get(key, Value::as_str)
    }

    fn numbers(self, key: &str) -> Read<Vec<i64>> {
        self.get(key, numbers)
    }

    /// A list of exactly this length.
    fn array<const N: usize>(self, key: &str) -> Read<[i64; N]> {
        self.numbers(key)?.try_into().or_else(|_| wrong(key))
    }
}

fn within(key: &str, number: i64, range: RangeInclusive<i64>) -> Read<i64> {
    if range.contains(&number) { Ok(number) } else { wrong(key) }
}

fn numbers(value: &Value) -> Option<Vec<i64>> {
    value.as_array()?.iter().map(Value::as_i64).collect()
}

fn number_32(key: &str, number: i64) -> Read<i32> {
    i32::try_from(number).or_else(|_| wrong(key))
}

/// Reads a job, and refuses values that no job can have. Ignores keys that this version does not know.
pub(super) fn read(value: &Value, now: Moment) -> Read<(i64, Job)> {
    let fields = Fields::of("job", value)?;
    let job_id = fields.number("job", 0..=i64::MAX)?;
    let scheduled = match fields.number("scheduled", ELSEWHERE..=i64::MAX)? {
        ELSEWHERE => Scheduled::Elsewhere,
        UNCOUNTED => Scheduled::Uncounted,
        0 => Scheduled::Nothing,
        count => Scheduled::Plans(count),
    };
    let most = fields.array("most")?;
    if most.iter().any(|count| *count < 0) {
        return wrong("most");
    }
    let [executing, completed, failed, timed_out] = most;
    let origin = fields.optional("origin", |value| read_origin(Fields::of("origin", value)?, now))?;
    let job = Job {
        since: now.read(fields.number("since", i64::MIN..=i64::MAX)?),
        most: Counts { executing, completed, failed, timed_out },
        counted: fields.number("counted", 0..=i64::MAX)?,
        forgets: fields.flag("forgets")?,
        // Earlier texts lack this field.
        is_whole: fields.flag("whole").unwrap_or(false),
        is_over: fields.flag("over")?,
        origin: origin.map(Arc::new),
        ..Job::new(scheduled, read_plans(fields)?)
    };
    if job.weight() > MOST_WORDS {
        return Err("has more plans and segments than the client keeps".to_owned());
    }
    Ok((job_id, job))
}

fn read_plans(fields: Fields<'_>) -> Read<Plans> {
    let listed = fields.get("plans", Value::as_array)?;
    let read = |value| read_plan(Fields::of("plans", value)?);
    let plans: Plans = listed.iter().map(read).collect::<Read<Vec<_>>>()?.into_iter().collect();
    // Fewer plans than listed: one appears twice, or not all fit.
    if plans.len() == listed.len() { Ok(plans) } else { wrong("plans") }
}

fn read_plan(fields: Fields<'_>) -> Read<Plan> {
    let [judgement, reason] = fields.array("judged")?;
    let (judgement, reason) = (number_32("judged", judgement)?, number_32("judged", reason)?);
    let (Some(judgement), Some(reason)) = (Judgement::from_number(judgement), Reason::from_number(reason))
    else {
        return wrong("judged");
    };
    let seen: Option<Vec<bool>> = fields.get("seen", Value::as_array)?.iter().map(Value::as_bool).collect();
    // Earlier texts have no fifth element.
    let Some([is_listed, was_gone, is_settled, is_twice, was_left @ ..]) = seen.as_deref() else {
        return wrong("seen");
    };
    let plan = Plan {
        sources: from_steps(fields.numbers("sources")?),
        target: fields.number("target", i64::MIN..=i64::MAX)?,
        details: fields.optional("details", |value| read_details(Fields::of("details", value)?))?,
        judged: Judged { judgement, reason },
        is_listed: *is_listed,
        was_gone: *was_gone,
        was_empty: false, // each wait looks anew
        is_settled: *is_settled,
        is_twice: *is_twice,
        was_left: was_left.first() == Some(&true),
        evidence: fields.optional("evidence", |value| read_evidence(Fields::of("evidence", value)?))?,
    };
    if plan.is_judged_possibly() { Ok(plan) } else { wrong("judged") }
}

fn read_details(fields: Fields<'_>) -> Read<Box<Details>> {
    let [plan_id, job_id, collection_id, partition_id] = fields.array("ids")?;
    let number = |key| number_32(key, fields.number(key, i64::MIN..=i64::MAX)?);
    Ok(Box::new(Details {
        plan_id,
        job_id,
        collection_id,
        partition_id,
        channel: super::plan::kept_text(fields.text("channel")?),
        kind: number("kind")?,
        state: number("state")?,
        failure_reason: super::plan::kept_text(fields.text("reason")?),
        targets: from_steps(fields.numbers("targets")?),
    }))
}

fn read_evidence(fields: Fields<'_>) -> Read<Box<ManagementEvidence>> {
    let reason = super::plan::kept_text(fields.text("reason")?);
    Ok(Box::new(ManagementEvidence { reason, is_clustering: fields.flag("clusters")? }))
}

fn read_origin(fields: Fields<'_>, now: Moment) -> Read<Origin> {
    let (name, database) = (fields.text("name")?, fields.text("database")?);
    if check_name(name).is_err() || (!database.is_empty() && check_name(database).is_err()) {
        return wrong("name");
    }
    let mode = fields.get("mode", |value| MODES.get(usize::try_from(value.as_u64()?).ok()?))?;
    let ids = fields.optional("segments", |value| numbers(value).map_or_else(|| wrong("segments"), Ok))?;
    let has_levels = fields.flag("levels")?;
    // No server lists segments of a collection without a number.
    let least = i64::from(fields.optional("before", |value| Ok(value.clone()))?.is_some());
    Ok(Origin {
        since: now.read(fields.number("since", i64::MIN..=i64::MAX)?),
        collection: Collection {
            id: fields.number("collection", least..=i64::MAX)?,
            name: name.to_owned(),
            database: database.to_owned(),
            ..Collection::default()
        },
        mode: *mode,
        chosen: Chosen {
            partition_id: fields.number("partition", i64::MIN..=i64::MAX)?,
            segment_ids: ids.map(|steps| from_steps(steps).into_iter().collect()),
            is_one_channel: fields.flag("channel")?,
        },
        before: fields.optional("before", |value| read_snapshot(value, has_levels))?,
        is_late: fields.flag("late")?,
        // Only a trigger in doubt needs these.
        taken: HashSet::new(),
        jobs_before: None,
        plans_before: None,
        running: None,
    })
}

fn read_snapshot(value: &Value, has_levels: bool) -> Read<Snapshot> {
    let rows = value.as_array().and_then(|rows| rows.iter().map(numbers).collect::<Option<Vec<_>>>());
    let mut stored = Vec::new();
    for row in rows.map_or_else(|| wrong("before"), Ok)? {
        let Some((partition_id, segments)) = row.split_first() else { return wrong("before") };
        let (segments, []) = segments.as_chunks::<3>() else { return wrong("before") };
        let ids = from_steps(segments.iter().map(|[step, ..]| *step));
        for (id, [_, rows, bits]) in ids.into_iter().zip(segments) {
            let rows = within("before", *rows, 0..=i64::MAX)?;
            let kind = u8::try_from(bits % (1 << Kind::BITS)).ok().and_then(Kind::from_bits);
            let channel = u8::try_from(bits >> Kind::BITS).ok();
            let (Some(kind), Some(channel)) = (kind, channel) else { return wrong("before") };
            stored.push(Stored { id, partition_id: *partition_id, rows, kind, channel });
        }
    }
    Snapshot::from_stored(stored, has_levels).map_or_else(|| wrong("before"), Ok)
}

impl Plan {
    /// Whether a plan can have its judgement.
    fn is_judged_possibly(&self) -> bool {
        use Reason as R;
        let Judged { judgement, reason } = self.judged;
        let is_reported = reason == R::Reported && (self.details.is_some() || self.evidence.is_some());
        match judgement {
            Judgement::Open => matches!(reason, R::None | R::OtherKind),
            Judgement::Completed => {
                let has_target = !self.targets().is_empty();
                let is_replaced = matches!(reason, R::TargetStored | R::TargetReplaced) && has_target;
                let is_seen = matches!(reason, R::Purged | R::DeletesApplied | R::ResultFits | R::OtherKind);
                is_reported || ((is_replaced || is_seen) && !self.is_malformed())
            }
            Judgement::Failed => is_reported || matches!(reason, R::SourcesStored | R::OtherKind),
            Judgement::TimedOut => is_reported || reason == R::OtherKind,
            Judgement::NotKnown => reason != R::None,
        }
    }
}
