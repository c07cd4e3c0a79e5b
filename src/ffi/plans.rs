//! Plans
//!
//! A job consists of plans. Each plan turns some segments into others. Servers newer than 3.0.0 tell more
//! about each plan, and list the plans of a whole collection.

use std::ffi::{CStr, CString, c_char};

use super::client::{client_on, milvus_client};
use super::convert::{self, NOT_REPORTED, Out, OutStruct, Sized_, named};
use super::core_list::CoreList;
use super::entry::{entry, query};
use super::errors::milvus_status;
use super::handle::{self, Handle, Table};
use crate::compaction::Plan;
use crate::error::Error;
use crate::operation::Operation;

/// Type of a plan (servers may have others): none.
pub const MILVUS_PLAN_TYPE_UNDEFINED: i32 = 0;
/// The plan merges segments.
pub const MILVUS_PLAN_TYPE_MERGE: i32 = 2;
/// The plan merges segments and purges their deleted rows. This is the ordinary type.
pub const MILVUS_PLAN_TYPE_MIX: i32 = 3;
/// The plan rewrites one segment.
pub const MILVUS_PLAN_TYPE_SINGLE: i32 = 4;
/// No current server makes plans of this type.
pub const MILVUS_PLAN_TYPE_MINOR: i32 = 5;
/// No current server makes plans of this type.
pub const MILVUS_PLAN_TYPE_MAJOR: i32 = 6;
/// The plan applies deletions.
pub const MILVUS_PLAN_TYPE_LEVEL0_DELETE: i32 = 7;
/// The plan re-clusters segments.
pub const MILVUS_PLAN_TYPE_CLUSTERING: i32 = 8;
/// The plan sorts a segment after its flush.
pub const MILVUS_PLAN_TYPE_SORT: i32 = 9;
/// The plan sorts a segment by partition key.
pub const MILVUS_PLAN_TYPE_PARTITION_KEY_SORT: i32 = 10;
/// The plan clusters segments and sorts them by partition key.
pub const MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT: i32 = 11;
/// The plan brings a segment to a newer schema.
pub const MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION: i32 = 12;

/// State of a plan (servers may have others): none.
pub const MILVUS_PLAN_STATE_UNKNOWN: i32 = 0;
/// The plan runs.
pub const MILVUS_PLAN_STATE_EXECUTING: i32 = 1;
/// The plan waits for a free node.
pub const MILVUS_PLAN_STATE_PIPELINING: i32 = 2;
/// The plan completed.
pub const MILVUS_PLAN_STATE_COMPLETED: i32 = 3;
/// The plan failed.
pub const MILVUS_PLAN_STATE_FAILED: i32 = 4;
/// The plan took longer than the server allows.
pub const MILVUS_PLAN_STATE_TIMEOUT: i32 = 5;
/// The plan runs, and finds clusters.
pub const MILVUS_PLAN_STATE_ANALYZING: i32 = 6;
/// The plan runs, and builds indexes.
pub const MILVUS_PLAN_STATE_INDEXING: i32 = 7;
/// The server has cleaned up after the plan, which completed or failed.
pub const MILVUS_PLAN_STATE_CLEANED: i32 = 8;
/// The plan runs, and its result is stored.
pub const MILVUS_PLAN_STATE_META_SAVED: i32 = 9;
/// The plan runs, and collects statistics.
pub const MILVUS_PLAN_STATE_STATISTIC: i32 = 10;

/// One plan of a job; servers also call it a task.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_plan {
    /// Set by MILVUS_PLAN_INIT.
    pub size: usize,
    /// Ids of the segments that the plan takes; NULL if there are none. They live as long as the list.
    pub sources: *const i64,
    /// Number of those ids.
    pub source_count: usize,
    /// Id of the first segment that the plan makes; MILVUS_NO_SEGMENT if there is none, or none yet.
    pub target: i64,
    /// Ids of all segments that the plan makes, as far as they are known; NULL if there are none. They live as
    /// long as the list.
    pub targets: *const i64,
    /// Number of those ids.
    pub target_count: usize,
    /// How the plan ended, as far as this client has seen: one of the MILVUS_JUDGEMENT_... constants. A wait
    /// judges the plans of its job. A plan that no wait has judged is MILVUS_JUDGEMENT_OPEN, unless the server
    /// tells its state.
    pub judgement: i32,
    /// What the judgement rests on: one of the MILVUS_REASON_... constants.
    pub reason: i32,
    /// 1 if the server tells the fields that follow (newer than 3.0.0). Else 0, and the numbers are
    /// MILVUS_NOT_REPORTED and the texts "".
    pub has_details: i32,
    /// One of the MILVUS_PLAN_TYPE_... constants.
    pub r#type: i32,
    /// One of the MILVUS_PLAN_STATE_... constants.
    pub state: i32,
    /// 0.
    pub reserved: i32,
    /// The plan's own id.
    pub plan_id: i64,
    /// The job it belongs to.
    pub job_id: i64,
    /// The collection it works on.
    pub collection_id: i64,
    /// The partition it works on.
    pub partition_id: i64,
    /// The channel whose segments it takes; lives as long as the list, never NULL.
    pub channel: *const c_char,
    /// Why the plan failed; "" if it did not fail, or the server does not say. Servers up to 3.0.0 say it only
    /// on the management port (option management_uri), whatever has_details is. It lives as long as the list,
    /// never NULL.
    pub failure_reason: *const c_char,
}

/// Plans of a job or of a collection, as they were at one moment.
pub struct milvus_plan_list {
    _private: (),
}

/// The value behind a list: plans, and the channel and failure reason of each as C has them.
pub struct PlanList(Vec<(Plan, CString, CString)>);

impl PlanList {
    fn new(plans: Vec<Plan>) -> Self {
        let with_texts = |plan: Plan| {
            let channel = plan.details.as_ref().map_or("", |details| &*details.channel);
            let (channel, reason) = (convert::c_text(channel), convert::c_text(plan.failure_reason()));
            (plan, channel, reason)
        };
        Self(plans.into_iter().map(with_texts).collect())
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = milvus_plan> {
        self.0.iter().map(|(plan, channel, reason)| shown(plan, channel, reason))
    }

    pub(super) fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.0.iter().map(|(plan, _, _)| plan)
    }
}

impl Handle for milvus_plan_list {
    type Value = PlanList;
    const NAME: &'static str = "milvus_plan_list";
    const KIND: u64 = 2;

    fn table() -> &'static Table<PlanList> {
        static TABLE: Table<PlanList> = Table::new();
        &TABLE
    }
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_plan {
    const NAME: &'static str = "milvus_plan";
    const FIRST_SIZE: usize = 120;
}

/// Lists the plans of a job, ordered by their sources. Blocks.
///
/// The list has the plans that the server lists now, and those that this client saw while it waited,
/// because servers forget plans.
///
/// @param client      The client.
/// @param job_id      From milvus_compact(), of this or another process. MILVUS_NO_JOB has no plans; the
///                    library asks no server then.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_plans   Receives the list, which may be empty; free it with milvus_plan_list_free().
/// @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
/// @retval MILVUS_SERVER_ERROR Also if the server lists more than 100,000 plans, or more than a client keeps of
///     one job: 8 MiB, which are some 70,000 plans of two segments, or 30,000 with details.
/// @retval MILVUS_OUT_OF_MEMORY Also if there is no memory for the list.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_plans(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_plans: *mut *mut milvus_plan_list,
) -> milvus_status {
    entry(c"milvus_compaction_plans", || {
        let operation = plans_operation(client, job_id, timeout_ms)?;
        let out = Out::new("out_plans", out_plans)?;
        out.write(handle::insert_shared(operation.wait()?.form())?);
        Ok(())
    })
}

pub(super) fn plans_operation(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
) -> Result<Operation<CoreList<PlanList>>, Error> {
    let client = handle::get(client.cast_const())?;
    let operation = client.compaction_plans(job_id, convert::timeout(timeout_ms)?);
    Ok(operation.map(|plans, _| CoreList::new(|| PlanList::new(plans))))
}

/// Lists every compaction task of a collection that the server remembers, automatic ones too. Blocks.
///
/// The tasks are plans with all details. Servers forget them after an hour to a day, so this is no complete
/// history. Servers up to 3.0.0 ignore the collection and would answer with the plans of others or with
/// none, so the library refuses them. Which later version lists tasks first is not published: the answer
/// has to prove it.
///
/// @param client           The client.
/// @param collection_name  Name or alias.
/// @param database         The collection's database; NULL or "": the client's own.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_plans        Receives the list, which may be empty; free it with milvus_plan_list_free().
/// @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
/// @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
/// @retval MILVUS_UNSUPPORTED The server does not list the tasks of one collection.
/// @retval MILVUS_SERVER_ERROR Also if the server lists more than 100,000 tasks.
/// @retval MILVUS_OUT_OF_MEMORY Also if there is no memory for the list.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_tasks(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
    out_plans: *mut *mut milvus_plan_list,
) -> milvus_status {
    entry(c"milvus_compaction_tasks", || {
        let operation = tasks_operation(client, collection_name, database, timeout_ms)?;
        let out = Out::new("out_plans", out_plans)?;
        out.write(handle::insert_shared(operation.wait()?.form())?);
        Ok(())
    })
}

pub(super) fn tasks_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
) -> Result<Operation<CoreList<PlanList>>, Error> {
    let client = client_on(client, database)?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.compaction_tasks(name, convert::timeout(timeout_ms)?);
    Ok(operation.map(|plans, _| CoreList::new(|| PlanList::new(plans))))
}

/// Gives the short text of a plan's type, e.g. "mix".
///
/// @param number  One of the MILVUS_PLAN_TYPE_... constants, or any other number.
/// @return A static text, never NULL: "unknown plan type" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_type_name(number: i32) -> *const c_char {
    named(number, &TYPE_NAMES, c"unknown plan type")
}

/// Gives the short text of a plan's state, e.g. "executing".
///
/// @param number  One of the MILVUS_PLAN_STATE_... constants, or any other number.
/// @return A static text, never NULL: "unknown plan state" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_state_name(number: i32) -> *const c_char {
    named(number, &STATE_NAMES, c"unknown plan state")
}

/// Counts the plans of a list.
///
/// @param plans  The list.
/// @return The number of plans; 0 for NULL or a freed list. milvus_last_error() stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_list_count(plans: *const milvus_plan_list) -> usize {
    query(|| handle::get(plans).map(|list| list.0.len())).unwrap_or(0)
}

/// Reads one plan of a list.
///
/// @param plans     The list.
/// @param index     From 0 to milvus_plan_list_count() - 1.
/// @param out_plan  Receives the plan. Begin with `milvus_plan plan = MILVUS_PLAN_INIT;`. What it points to
///                  lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_list_get(
    plans: *const milvus_plan_list,
    index: usize,
    out_plan: *mut milvus_plan,
) -> milvus_status {
    entry(c"milvus_plan_list_get", || {
        let list = handle::get(plans)?;
        let out = OutStruct::new("out_plan", out_plan)?;
        let (plan, channel, reason) = list.0.get(index).ok_or_else(|| {
            Error::invalid_argument(format!("index: is {index}; the list has {} plans", list.0.len()))
        })?;
        out.write(&shown(plan, channel, reason));
        Ok(())
    })
}

/// Frees a list of plans.
///
/// @param plans  The list; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_list_free(plans: *mut milvus_plan_list) {
    if !plans.is_null() {
        entry(c"milvus_plan_list_free", || handle::remove(plans));
    }
}

fn shown(plan: &Plan, channel: &CStr, failure_reason: &CStr) -> milvus_plan {
    let details = plan.details.as_deref();
    let told = |number: Option<i64>| number.unwrap_or(NOT_REPORTED);
    milvus_plan {
        size: size_of::<milvus_plan>(),
        sources: convert::numbers(&plan.sources),
        source_count: plan.sources.len(),
        target: plan.target,
        targets: convert::numbers(plan.targets()),
        target_count: plan.targets().len(),
        judgement: plan.judged.judgement as i32,
        reason: plan.judged.reason as i32,
        has_details: details.is_some().into(),
        r#type: details.map_or(-1, |details| details.kind),
        state: details.map_or(-1, |details| details.state),
        reserved: 0,
        plan_id: told(details.map(|details| details.plan_id)),
        job_id: told(details.map(|details| details.job_id)),
        collection_id: told(details.map(|details| details.collection_id)),
        partition_id: told(details.map(|details| details.partition_id)),
        channel: channel.as_ptr(),
        failure_reason: failure_reason.as_ptr(),
    }
}

type Name = (i32, &'static CStr);

static TYPE_NAMES: [Name; 12] = [
    (MILVUS_PLAN_TYPE_UNDEFINED, c"undefined"),
    (MILVUS_PLAN_TYPE_MERGE, c"merge"),
    (MILVUS_PLAN_TYPE_MIX, c"mix"),
    (MILVUS_PLAN_TYPE_SINGLE, c"single"),
    (MILVUS_PLAN_TYPE_MINOR, c"minor"),
    (MILVUS_PLAN_TYPE_MAJOR, c"major"),
    (MILVUS_PLAN_TYPE_LEVEL0_DELETE, c"level0 delete"),
    (MILVUS_PLAN_TYPE_CLUSTERING, c"clustering"),
    (MILVUS_PLAN_TYPE_SORT, c"sort"),
    (MILVUS_PLAN_TYPE_PARTITION_KEY_SORT, c"partition key sort"),
    (MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT, c"clustering partition key sort"),
    (MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION, c"bump schema version"),
];

static STATE_NAMES: [Name; 11] = [
    (MILVUS_PLAN_STATE_UNKNOWN, c"unknown"),
    (MILVUS_PLAN_STATE_EXECUTING, c"executing"),
    (MILVUS_PLAN_STATE_PIPELINING, c"pipelining"),
    (MILVUS_PLAN_STATE_COMPLETED, c"completed"),
    (MILVUS_PLAN_STATE_FAILED, c"failed"),
    (MILVUS_PLAN_STATE_TIMEOUT, c"timeout"),
    (MILVUS_PLAN_STATE_ANALYZING, c"analyzing"),
    (MILVUS_PLAN_STATE_INDEXING, c"indexing"),
    (MILVUS_PLAN_STATE_CLEANED, c"cleaned"),
    (MILVUS_PLAN_STATE_META_SAVED, c"meta saved"),
    (MILVUS_PLAN_STATE_STATISTIC, c"statistic"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::common::{CompactionTaskState, CompactionType};

    #[test]
    fn the_first_size_is_that_of_this_first_version() {
        assert_eq!(milvus_plan::FIRST_SIZE, size_of::<milvus_plan>());
    }

    #[test]
    fn every_type_and_state_of_the_protocol_has_its_name() {
        let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "");
        for number in -1..=13 {
            // SAFETY: a static text.
            let ours = unsafe { CStr::from_ptr(milvus_plan_type_name(number)) }.to_str().unwrap();
            let theirs = CompactionType::try_from(number).map_or("unknown plan type".to_owned(), |kind| {
                kind.as_str_name().replace("CompactionType", "")
            });
            let theirs = plain(&theirs).replace("compaction", "");
            assert_eq!(plain(ours), theirs, "{number}");
        }
        for number in -1..=11 {
            // SAFETY: a static text.
            let ours = unsafe { CStr::from_ptr(milvus_plan_state_name(number)) }.to_str().unwrap();
            let theirs = CompactionTaskState::try_from(number)
                .map_or("unknown plan state".to_owned(), |state| state.as_str_name().to_owned());
            assert_eq!(plain(ours), plain(&theirs.replace("CompactionTaskState", "")), "{number}");
        }
    }
}
