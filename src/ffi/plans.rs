//! Plans
//!
//! What a compaction job consists of: which segments become which.

use super::client::milvus_client;
use super::convert::{self, Out, OutStruct, Sized_};
use super::entry::{entry, query};
use super::errors::milvus_status;
use super::handle::{self, Handle, Table};
use crate::compaction::Plan;
use crate::error::Error;

/// One unit of work of a job: segments that become one segment.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_plan {
    /// Set by MILVUS_PLAN_INIT.
    pub size: usize,
    /// Ids of the segments that are merged; lives as long as the list. NULL if there are none.
    pub sources: *const i64,
    /// Number of those ids.
    pub source_count: usize,
    /// Id of the resulting segment; -1 while, or if, there is none.
    pub target: i64,
}

/// The plans of a job, at one moment.
pub struct milvus_plan_list {
    _private: (),
}

impl Handle for milvus_plan_list {
    type Value = Vec<Plan>;
    const NAME: &'static str = "milvus_plan_list";
    const KIND: u64 = 2;

    fn table() -> &'static Table<Vec<Plan>> {
        static TABLE: Table<Vec<Plan>> = Table::new();
        &TABLE
    }
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_plan {
    const NAME: &'static str = "milvus_plan";
    const FIRST_SIZE: usize = 32;
}

/// Lists a job's plans: those that the server lists now, and those that this client saw while it waited
/// for the job, as servers forget them. Ordered by their sources.
///
/// @param client      The client.
/// @param job_id      From milvus_compact(), of this or another process. Negative ids are refused.
///                    MILVUS_NO_JOB has no plans, and no server is asked.
/// @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
///                    MILVUS_NO_TIMEOUT: none.
/// @param out_plans   Receives the list, which may be empty; free it with milvus_plan_list_free().
///
/// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
/// MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
/// milvus_client_server_version()). Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compaction_plans(
    client: *mut milvus_client,
    job_id: i64,
    timeout_ms: i64,
    out_plans: *mut *mut milvus_plan_list,
) -> milvus_status {
    entry(c"milvus_compaction_plans", || {
        let client = handle::get(client.cast_const())?;
        let timeout = convert::timeout(timeout_ms)?;
        let out = Out::new("out_plans", out_plans)?;
        out.write(handle::insert(client.compaction_plans(job_id, timeout)?)?);
        Ok(())
    })
}

/// Number of plans in a list; 0 for NULL or a freed list. Leaves milvus_last_error() alone. Thread-safe.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_list_count(plans: *const milvus_plan_list) -> usize {
    query(|| handle::get(plans).map(|plans| plans.len())).unwrap_or(0)
}

/// Reads one plan of a list.
///
/// @param plans     The list.
/// @param index     From 0 to milvus_plan_list_count() - 1.
/// @param out_plan  Receives the plan; begin with `milvus_plan plan = MILVUS_PLAN_INIT;`. Its sources point
///                  into the list and live until that is freed.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_list_get(
    plans: *const milvus_plan_list,
    index: usize,
    out_plan: *mut milvus_plan,
) -> milvus_status {
    entry(c"milvus_plan_list_get", || {
        let plans = handle::get(plans)?;
        let out = OutStruct::new("out_plan", out_plan)?;
        let plan = plans.get(index).ok_or_else(|| {
            Error::invalid_argument(format!("index: is {index}; the list has {} plans", plans.len()))
        })?;
        out.write(&plan.into());
        Ok(())
    })
}

/// Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
///
/// Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_plan_list_free(plans: *mut milvus_plan_list) {
    if !plans.is_null() {
        entry(c"milvus_plan_list_free", || handle::remove(plans));
    }
}

impl From<&Plan> for milvus_plan {
    fn from(plan: &Plan) -> Self {
        let sources = if plan.sources.is_empty() { std::ptr::null() } else { plan.sources.as_ptr() };
        Self { size: size_of::<Self>(), sources, source_count: plan.sources.len(), target: plan.target }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_size_is_that_of_this_first_version() {
        assert_eq!(milvus_plan::FIRST_SIZE, size_of::<milvus_plan>());
    }
}
