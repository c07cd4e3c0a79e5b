//! Optimizing
//!
//! milvus_optimize() brings a collection into the state that people compact for: everything stored is
//! sorted, merged, indexed and served. It runs up to seven stages, and MILVUS_OK means that all of them are
//! done: searches run on the new segments and on nothing that these replaced.

use std::ffi::{CStr, c_char};
use std::ptr;
use std::time::Duration;

use super::client::milvus_client;
use super::compaction::{client_and_params, milvus_compact_params};
use super::convert::{self, InStruct, Out, Sized_};
use super::core_list::{CoreList, Results};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle;
use super::optimized::{OptimizeList, milvus_optimize_list};
use crate::client::Client;
use crate::compaction::optimize::settings::Settings;
use crate::compaction::{ApplyDeletions, DEFAULT_CONCURRENCY, OptimizeMany};
use crate::error::Error;
use crate::operation::Operation;

/// No stage has begun.
pub const MILVUS_STAGE_NONE: i32 = 0;
/// Store the rows that are in memory only.
pub const MILVUS_STAGE_FLUSH: i32 = 1;
/// Wait until everything stored is sorted (servers since 2.5), at most a minute; the rounds wait for the rest.
pub const MILVUS_STAGE_SORT: i32 = 2;
/// Wait until the rows that are stored are indexed.
pub const MILVUS_STAGE_INDEX: i32 = 4;
/// Compact, in rounds.
pub const MILVUS_STAGE_COMPACT: i32 = 8;
/// Wait until the results are indexed.
pub const MILVUS_STAGE_REINDEX: i32 = 16;
/// Have the query nodes load the results, if the collection is loaded.
pub const MILVUS_STAGE_LOAD: i32 = 32;
/// Wait until the query nodes serve the results and nothing that these replaced.
pub const MILVUS_STAGE_SERVE: i32 = 64;
/// All stages are over.
pub const MILVUS_STAGE_DONE: i32 = 128;

/// Apply deletions first if segments of deletions (L0) are stored, the server can (Milvus 2.6.3 and later),
/// and the compaction is not limited to a part of the collection.
pub const MILVUS_L0_IF_POSSIBLE: i32 = 0;
/// The same, but fail with MILVUS_UNSUPPORTED on a server that cannot.
pub const MILVUS_L0_REQUIRED: i32 = 1;
/// Leave deletions as they are.
pub const MILVUS_L0_NEVER: i32 = 2;

/// How to optimize. MILVUS_OPTIMIZE_PARAMS_INIT has all defaults: every stage, a plain compaction in up to
/// ten rounds, deletions applied first where the server can.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_optimize_params {
    /// Set by MILVUS_OPTIMIZE_PARAMS_INIT.
    pub size: usize,
    /// The kind of compaction; NULL: plain. Set target_size_mb to MILVUS_LARGEST_TARGET_SIZE to merge as far as
    /// the server can. A compaction of segment_ids has one round. The library does not read it after the call.
    pub compaction: *const milvus_compact_params,
    /// Stages to leave out: the sum of their MILVUS_STAGE_... constants; 0: none.
    pub skip_stages: i32,
    /// Whether an L0 compaction applies deletions before the rounds: one of the MILVUS_L0_... constants. A
    /// compaction purges only rows whose deletions were applied.
    pub l0: i32,
    /// 1: the first round also rewrites segments that cannot be merged, e.g. to purge rows of a server that
    /// shows no deletions. 0: no segment is rewritten alone.
    pub force: i32,
    /// 1: only estimate the cost; nothing is flushed or triggered. Else 0.
    pub only_estimate: i32,
    /// The most rounds that trigger, 1 to 1000; 0 for 10.
    pub max_rounds: i32,
    /// How many collections milvus_optimize_many() has in progress at a time, up to 10000; 0 for 16.
    pub concurrency: i32,
    /// The longest pause between two rounds in milliseconds; 0 for 30000. The first takes a second, and each is
    /// twice as long as the one before.
    pub pause_ms: i64,
    /// The limit of all pauses together in milliseconds; 0 for 600000. In a pause the library waits for
    /// segments that another compaction holds, or that are not sorted. The time of jobs does not count.
    pub max_pause_ms: i64,
    /// The limit of loading and serving together in milliseconds; 0 for 600000.
    pub serve_timeout_ms: i64,
    /// The most rows that all rounds together rewrite; 0: no bound. If you pass what is left of a budget, do not
    /// call at all when nothing is left; the same for the next two.
    pub max_rewrite_rows: i64,
    /// The most bytes that all rounds together rewrite, as estimated; 0: no bound.
    pub max_rewrite_bytes: i64,
    /// The least number of segments for which the first round triggers; 0: no bound.
    pub min_segments: i64,
    /// The size of a row in bytes, for the estimates; 0: the fixed-width fields of the schema, so that texts,
    /// JSON, arrays and sparse vectors do not count.
    pub row_bytes: i64,
    /// The size of a segment in bytes up to which the server merges; 0: target_size_mb, or the default of the
    /// server's version (512 MB before 2.4, then 1 GB). Segments that cannot become fewer are left alone.
    pub segment_bytes: i64,
}

// SAFETY: repr(C), begins with its size, and has fields that any bytes are valid for.
unsafe impl Sized_ for milvus_optimize_params {
    const NAME: &'static str = "milvus_optimize_params";
    const FIRST_SIZE: usize = 104;
}

/// Optimizes a collection: flushes it, waits for sorting and indexes, compacts it in rounds, has the query
/// nodes load the result, and waits until they serve it. Blocks.
///
/// A round lists the stored segments. If some can be merged, it triggers and waits for the job. Segments that
/// the job left out, because another compaction held them or because they were not sorted, lead to another
/// round after a pause. The first round waits for jobs that this client triggered or imported, and does not
/// trigger over them: a second call goes on where the first ended. If nothing can be merged and no deletion
/// waits, nothing is triggered. What others store meanwhile does not matter, and new_segments counts it.
///
/// Served means: two looks a second apart show each result, or its sorted form, on every replica, with all
/// rows, and no segment that was replaced. Partitions that are not loaded do not count.
///
/// The call goes on through restarts and lost connections of up to a minute. If it ends early, what the server
/// has begun goes on: the result has the stage and the job.
///
/// @param client           The client.
/// @param collection_name  Name or alias.
/// @param params           How to do it. Begin with `milvus_optimize_params params =
///                         MILVUS_OPTIMIZE_PARAMS_INIT;`. NULL: all defaults.
/// @param timeout_ms       Limit of all stages together in milliseconds; 0: the option wait_timeout_ms, by
///                         default no limit.
/// @param out_list         Receives a list with one result, also if the call fails after it began. Begin with
///                         NULL, and free it with milvus_optimize_list_free(). May be NULL.
/// @retval MILVUS_OUT_OF_BOUNDS The cost is beyond a bound of the parameters. If that is the first round,
///     nothing was triggered.
/// @retval MILVUS_BUSY Another compaction held the segments until the pauses were used up, and no round
///     compacted anything.
/// @retval MILVUS_INCOMPLETE Segments that were stored at the beginning could still be compacted; left_out
///     counts them. The stages after the rounds are done.
/// @retval MILVUS_NOT_SERVED The query nodes did not serve the result in time. The message names segments,
///     replicas and nodes.
/// @retval MILVUS_SERVER_ERROR Also: an index cannot be built. The message has the server's reason.
/// @retval MILVUS_TIMEOUT The limit came first. The message says what goes on.
/// @retval MILVUS_STALLED Nothing of a stage changed for stall_timeout_ms.
/// @retval MILVUS_COLLECTION_NOT_FOUND The collection does not exist, or somebody dropped it meanwhile.
/// @return Also what milvus_flush(), milvus_compact_with() and milvus_compaction_wait() return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_optimize_params,
    timeout_ms: i64,
    out_list: *mut *mut milvus_optimize_list,
) -> milvus_status {
    entry(c"milvus_optimize", || {
        written(optimize_operation(client, collection_name, params, timeout_ms)?.wait()?, out_list)
    })
}

/// Optimizes many collections, each as milvus_optimize() does. Blocks.
///
/// One that fails does not stop the others. If two names (aliases) are the same collection, one of them
/// fails with MILVUS_INVALID_ARGUMENT.
///
/// @param client      The client.
/// @param names       Names or aliases in the database, all different. NULL: every collection of it that the
///                    user may see. In other languages take care that an empty list does not become
///                    NULL.
/// @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
/// @param params      How to do it; the bounds are those of each collection. NULL: all defaults.
/// @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by
///                    default no limit. Collections whose turn has not come by then fail with
///                    MILVUS_TIMEOUT, and the library sends nothing for them.
/// @param out_list    Receives the results in the order of the names (without names: sorted), also with
///                    MILVUS_SOME_FAILED, and with MILVUS_CLOSED if that came while it ran. Begin with
///                    NULL, and free it with milvus_optimize_list_free(). May be NULL.
/// @retval MILVUS_SOME_FAILED At least one collection failed or had no time. The message has the first
///     failure; in_doubt is 1 if it is 1 for any of them.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_optimize_many(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_optimize_params,
    timeout_ms: i64,
    out_list: *mut *mut milvus_optimize_list,
) -> milvus_status {
    entry(c"milvus_optimize_many", || {
        written(optimize_many_operation(client, names, name_count, params, timeout_ms)?.wait()?, out_list)
    })
}

/// Hands the list over, and fails as the operation did.
fn written(
    (list, error): Results<OptimizeList>,
    out_list: *mut *mut milvus_optimize_list,
) -> Result<(), Error> {
    let error = error.map_or(Ok(()), Err);
    if let Ok(out) = Out::new("out_list", out_list) {
        match handle::insert_shared(list.form()) {
            Ok(list) => out.write(list),
            Err(no_room) => return error.and(Err(no_room)),
        }
    }
    error
}

pub(super) fn optimize_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    params: *const milvus_optimize_params,
    timeout_ms: i64,
) -> Result<Operation<Results<OptimizeList>>, Error> {
    let (client, settings, _) = read_settings(client, params)?;
    let name = convert::text("collection_name", collection_name)?;
    let operation = client.optimize(name, settings, convert::timeout(timeout_ms)?);
    Ok(operation.map(|out, _| {
        let error = out.error.clone();
        (CoreList::new(|| OptimizeList::new(vec![out], c"milvus_optimize")), error)
    }))
}

pub(super) fn optimize_many_operation(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_optimize_params,
    timeout_ms: i64,
) -> Result<Operation<Results<OptimizeList>>, Error> {
    let (client, settings, concurrency) = read_settings(client, params)?;
    let names = convert::optional_texts("names", names, name_count)?;
    let many = OptimizeMany { names, settings, concurrency };
    let operation = client.optimize_many(many, convert::timeout(timeout_ms)?);
    let form = |items| OptimizeList::new(items, c"milvus_optimize_many");
    Ok(operation.map(move |(items, error), _| (CoreList::new(move || form(items)), error)))
}

/// The client for the database of the parameters, the core's settings, and the concurrency.
fn read_settings(
    client: *mut milvus_client,
    pointer: *const milvus_optimize_params,
) -> Result<(Client, Settings, usize), Error> {
    if pointer.is_null() {
        let (client, _) = client_and_params(client, ptr::null())?;
        return Ok((client, Settings::default(), DEFAULT_CONCURRENCY));
    }
    let given: milvus_optimize_params = InStruct::read("params", pointer)?;
    let defaults = Settings::default();
    let number = |parameter: &str, value: i64| match u64::try_from(value) {
        Ok(0) => Ok(None),
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(negative(parameter, value)),
    };
    let time = |parameter: &str, value: i64, default: Duration| {
        Ok::<_, Error>(number(parameter, value)?.map_or(default, Duration::from_millis))
    };
    let count = |parameter: &str, value: i32| {
        usize::try_from(value).map_err(|_| negative(parameter, i64::from(value)))
    };
    let deletions = match given.l0 {
        MILVUS_L0_IF_POSSIBLE => ApplyDeletions::IfPossible,
        MILVUS_L0_REQUIRED => ApplyDeletions::Always,
        MILVUS_L0_NEVER => ApplyDeletions::Never,
        other => {
            return Err(Error::invalid_argument(format!("l0: is {other}; use a MILVUS_L0_... constant")));
        }
    };
    let rounds = match count("max_rounds", given.max_rounds)? {
        0 => defaults.rounds,
        rounds => u32::try_from(rounds).unwrap_or(u32::MAX),
    };
    let concurrency = match count("concurrency", given.concurrency)? {
        0 => DEFAULT_CONCURRENCY,
        concurrency => concurrency,
    };
    let (client, params) = client_and_params(client, given.compaction)?;
    let settings = Settings {
        params,
        skipped: given.skip_stages,
        deletions,
        force: convert::yes_or_no("force", given.force)?,
        only_estimate: convert::yes_or_no("only_estimate", given.only_estimate)?,
        rounds,
        pause: time("pause_ms", given.pause_ms, defaults.pause)?,
        pauses: time("max_pause_ms", given.max_pause_ms, defaults.pauses)?,
        serve: time("serve_timeout_ms", given.serve_timeout_ms, defaults.serve)?,
        most_rows: number("max_rewrite_rows", given.max_rewrite_rows)?,
        most_bytes: number("max_rewrite_bytes", given.max_rewrite_bytes)?,
        least_segments: number("min_segments", given.min_segments)?.unwrap_or(0),
        row_bytes: number("row_bytes", given.row_bytes)?,
        segment_bytes: number("segment_bytes", given.segment_bytes)?,
    };
    settings.check()?;
    Ok((client, settings, concurrency))
}

fn negative(parameter: &str, value: i64) -> Error {
    Error::invalid_argument(format!("{parameter}: is {value}; 0 stands for the default"))
}

/// Gives the short text of a stage, e.g. "flush".
///
/// @param stage  One of the MILVUS_STAGE_... constants, or any other number.
/// @return A static text, never NULL: "unknown stage" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_stage_name(stage: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 9] = [
        (MILVUS_STAGE_NONE, c"none"),
        (MILVUS_STAGE_FLUSH, c"flush"),
        (MILVUS_STAGE_SORT, c"sort"),
        (MILVUS_STAGE_INDEX, c"index"),
        (MILVUS_STAGE_COMPACT, c"compact"),
        (MILVUS_STAGE_REINDEX, c"reindex"),
        (MILVUS_STAGE_LOAD, c"load"),
        (MILVUS_STAGE_SERVE, c"serve"),
        (MILVUS_STAGE_DONE, c"done"),
    ];
    convert::named(stage, &NAMES, c"unknown stage")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::Stage;

    #[test]
    fn the_constants_are_the_cores() {
        for (number, stage) in [
            (MILVUS_STAGE_NONE, Stage::None),
            (MILVUS_STAGE_FLUSH, Stage::Flush),
            (MILVUS_STAGE_SORT, Stage::Sort),
            (MILVUS_STAGE_INDEX, Stage::Index),
            (MILVUS_STAGE_COMPACT, Stage::Compact),
            (MILVUS_STAGE_REINDEX, Stage::Reindex),
            (MILVUS_STAGE_LOAD, Stage::Load),
            (MILVUS_STAGE_SERVE, Stage::Serve),
            (MILVUS_STAGE_DONE, Stage::Done),
        ] {
            assert_eq!(number, stage as i32);
        }
    }

    #[test]
    fn the_first_size_is_that_of_this_first_version() {
        assert_eq!(milvus_optimize_params::FIRST_SIZE, size_of::<milvus_optimize_params>());
    }
}
