//! Many at once
//!
//! milvus_compact_many() compacts a list of collections, or a whole database, some at a time, and reports
//! on each.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use super::client::milvus_client;
use super::compaction::{MILVUS_TRIGGER_SKIPPED, milvus_compact_params};
use super::convert::{self, NOT_REPORTED, Out, OutStruct, Sized_};
use super::core_list::{CoreList, Results};
use super::entry::{entry, query};
use super::errors::{Detail, Plain, milvus_error, milvus_status};
use super::handle::{self, Handle, Table};
use super::jobs::milvus_compaction_report;
use super::many_params;
use super::reports::report;
use crate::client::Timeout;
use crate::compaction::Item;
use crate::error::{Error, Status};
use crate::operation::Operation;

/// The collection was not skipped.
pub const MILVUS_SKIP_NONE: i32 = 0;
/// Its segments are in their final form, and as far as anybody can tell no row of them is deleted: a
/// compaction would only rewrite them.
pub const MILVUS_SKIP_FINAL: i32 = 1;
/// It is below min_segments and min_deleted_percent, or nobody can tell that it is not.
pub const MILVUS_SKIP_TOO_LITTLE: i32 = 2;
/// max_collections others were begun.
pub const MILVUS_SKIP_MAX_COLLECTIONS: i32 = 3;
/// Its turn came later than start_within_ms after the start.
pub const MILVUS_SKIP_TOO_LATE: i32 = 4;

/// How to compact many collections, and which. MILVUS_MANY_PARAMS_INIT has all defaults: all collections,
/// but for those that are in their final form.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_many_params {
    /// Set by MILVUS_MANY_PARAMS_INIT.
    pub size: usize,
    /// What to do with each collection, without partition, channel and segments; NULL: all defaults. The
    /// library does not read it after the call.
    pub compaction: *const milvus_compact_params,
    /// How many collections are under way at a time, each from its trigger to the end of its job: up to 10000;
    /// 0 for 16. A server works on a few at a time, and queues the rest. At most 32 are triggered at a time.
    pub concurrency: i32,
    /// 1: only trigger, and do not wait for the jobs. Else 0.
    pub only_trigger: i32,
    /// Only collections whose name matches, as "log_2026*": * stands for any characters, ? for one. It needs
    /// names to be NULL, and does not look at aliases. NULL: all. A pattern that matches nothing is a failure.
    pub r#match: *const c_char,
    /// 1: the collections of all databases that the user may see; it needs names to be NULL, and
    /// compaction->database too. More than 100,000 together are MILVUS_SERVER_ERROR. Up to 2.4 a user needs the
    /// privilege ListDatabases. Else 0.
    pub all_databases: i32,
    /// 1: also collections that are in their final form (see is_final in milvus_check_result). Servers rewrite
    /// their segments 1 to 1. 0: they are skipped if they have segments and no row is known to be deleted. A
    /// clustering compaction skips none of them.
    pub include_final: i32,
    /// Only collections of which at least so many segments would be merged, as estimated; 0: no such minimum. It
    /// needs a plain compaction or a target size. With min_deleted_percent too, either is enough.
    pub min_segments: i64,
    /// Only collections of which at least this share of the stored rows is deleted, above 0 to 100; 0: no such
    /// minimum. It is known only of collections that are loaded as a whole, from Milvus 2.3.5 on; others do not
    /// reach it.
    pub min_deleted_percent: f64,
    /// The most collections to begin with, those whose turn comes first; 0: all. Skipped ones do not count.
    pub max_collections: i64,
    /// Begin with no collection later than this many milliseconds after the start; 0: no such limit. What has
    /// begun goes on to its end.
    pub start_within_ms: i64,
}

/// The result of one collection.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_many_result {
    /// Set by MILVUS_MANY_RESULT_INIT.
    pub size: usize,
    /// The name or alias that you gave, or that the server listed; "" if a whole database could not be listed
    /// (all_databases). It lives as long as the list, never NULL.
    pub collection_name: *const c_char,
    /// MILVUS_OK if the collection was compacted (with only_trigger: triggered), there was nothing to do, or it was
    /// skipped. Else the status with which the look-up, the trigger or the wait failed.
    pub status: milvus_status,
    /// What the server did about the trigger: one of the MILVUS_TRIGGER_... constants.
    pub trigger: i32,
    /// The job; MILVUS_NO_JOB if there is none; MILVUS_UNKNOWN_JOB if the library found one after a trigger in
    /// doubt and the server does not tell its id.
    pub job_id: i64,
    /// Plans of the job when it was triggered; MILVUS_NOT_REPORTED if their number is not known.
    pub planned: i64,
    /// What the wait found out; NULL without a wait, also if it was skipped. It lives as long as the list.
    pub report: *const milvus_compaction_report,
    /// The details of the failure; with the status MILVUS_OK if the collection did not fail. It lives as long
    /// as the list, never NULL.
    pub error: *const milvus_error,
    /// Segments that waited to be sorted right before the trigger, and are left out (servers since 2.5): where there was
    /// nothing to do, a later call may compact them. MILVUS_NOT_REPORTED if that is not known.
    pub unsorted_segments: i64,
    /// Why nothing was triggered, if the parameters are the reason: one of the MILVUS_SKIP_... constants.
    pub skip: i32,
    /// 0.
    pub reserved: i32,
    /// The same for a person, with the figures: one line of UTF-8. "" if it was not skipped. It lives as long as
    /// the list, never NULL.
    pub skip_text: *const c_char,
    /// The collection's database; "" if that is the server's default one and nobody named it. It lives as long
    /// as the list, never NULL.
    pub database: *const c_char,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_many_params {
    const NAME: &'static str = "milvus_many_params";
    const FIRST_SIZE: usize = 72;
}
// SAFETY: as above.
unsafe impl Sized_ for milvus_many_result {
    const NAME: &'static str = "milvus_many_result";
    const FIRST_SIZE: usize = 88;
}

/// The results of many collections.
pub struct milvus_many_list {
    _private: (),
}

/// The value behind a list.
pub struct ManyList(Vec<Entry>);

/// One item as C has it.
struct Entry {
    name: CString,
    database: CString,
    skip: i32,
    skip_text: CString,
    trigger: i32,
    job_id: i64,
    planned: i64,
    unsorted: i64,
    report: Option<Box<milvus_compaction_report>>,
    error: Option<Box<Detail>>,
    status: Status,
}

impl Handle for milvus_many_list {
    type Value = ManyList;
    const NAME: &'static str = "milvus_many_list";
    const KIND: u64 = 7;

    fn table() -> &'static Table<ManyList> {
        static TABLE: Table<ManyList> = Table::new();
        &TABLE
    }
}

/// Compacts many collections, and waits for their jobs. Blocks.
///
/// Each collection is compacted as by milvus_compact_with() and milvus_compaction_wait(). One that fails
/// does not stop the others. If two names (aliases) are the same collection, one of them fails with
/// MILVUS_INVALID_ARGUMENT: the library triggers nothing twice. Like milvus_optimize() it waits for
/// sorting, and triggers again while another compaction holds a collection, for at most ten minutes each.
/// It stays with the collection that it has found, also if that is renamed meanwhile. A job that waits
/// behind the others does not end with MILVUS_STALLED while they advance.
///
/// The parameters decide which collections are skipped; by default those that are in their final form. A
/// skipped one has MILVUS_OK, MILVUS_TRIGGER_SKIPPED and its reason.
///
/// @param client      The client.
/// @param names       Names or aliases in the database, all different. NULL: every collection of it that the
///                    user may see. In other languages take care that an empty list does not become
///                    NULL.
/// @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
/// @param params      How to do it. Begin with `milvus_many_params params = MILVUS_MANY_PARAMS_INIT;`.
///                    NULL: all defaults.
/// @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by
///                    default no limit. Collections whose turn has not come by then fail with
///                    MILVUS_TIMEOUT, and the library sends nothing for them.
/// @param out_list    Receives the results in the order of the names (without names: sorted), also with
///                    MILVUS_SOME_FAILED, and with MILVUS_CLOSED if that came while it ran. Begin with
///                    NULL, and free it with milvus_many_list_free(). May be NULL.
/// @retval MILVUS_COLLECTION_NOT_FOUND No name matches the pattern. Nothing was triggered.
/// @retval MILVUS_SOME_FAILED At least one collection failed or had no time. The message has the first
///     failure; in_doubt is 1 if it is 1 for any of them.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_compact_many(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_many_params,
    timeout_ms: i64,
    out_list: *mut *mut milvus_many_list,
) -> milvus_status {
    entry(c"milvus_compact_many", || {
        let (list, error) = many_operation(client, names, name_count, params, timeout_ms)?.wait()?;
        let error = error.map_or(Ok(()), Err);
        if let Ok(out) = Out::new("out_list", out_list) {
            match handle::insert_shared(list.form()) {
                Ok(list) => out.write(list),
                Err(no_room) => return error.and(Err(no_room)),
            }
        }
        error
    })
}

pub(super) fn many_operation(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_many_params,
    timeout_ms: i64,
) -> Result<Operation<Results<ManyList>>, Error> {
    let names = convert::optional_texts("names", names, name_count)?;
    let (client, many) = many_params::read(client, params, names)?;
    let timeout: Timeout = convert::timeout(timeout_ms)?;
    let form = |items: Vec<Item>| ManyList(items.into_iter().map(Entry::from).collect());
    Ok(client
        .compact_many(many, timeout)
        .map(move |(items, error), _| (CoreList::new(move || form(items)), error)))
}

/// Counts the results of a list.
///
/// @param list  The list.
/// @return The number of results; 0 for NULL or a freed list. milvus_last_error() stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_many_list_count(list: *const milvus_many_list) -> usize {
    query(|| handle::get(list).map(|list| list.0.len())).unwrap_or(0)
}

/// Reads the result of one collection.
///
/// @param list        The list.
/// @param index       From 0 to milvus_many_list_count() - 1.
/// @param out_result  Receives the result. Begin with `milvus_many_result result =
///                    MILVUS_MANY_RESULT_INIT;`. What it points to lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_many_list_get(
    list: *const milvus_many_list,
    index: usize,
    out_result: *mut milvus_many_result,
) -> milvus_status {
    entry(c"milvus_many_list_get", || {
        let list = handle::get(list)?;
        let out = OutStruct::new("out_result", out_result)?;
        let item = list.0.get(index).ok_or_else(|| {
            let count = list.0.len();
            Error::invalid_argument(format!("index: is {index}; the list has {count} collections"))
        })?;
        out.write(&item.shown());
        Ok(())
    })
}

/// Frees a list of results.
///
/// @param list  The list; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_many_list_free(list: *mut milvus_many_list) {
    if !list.is_null() {
        entry(c"milvus_many_list_free", || handle::remove(list));
    }
}

/// Gives the short text of why a collection was skipped, e.g. "final".
///
/// @param skip  One of the MILVUS_SKIP_... constants, or any other number.
/// @return A static text, never NULL: "unknown reason to skip" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_skip_name(skip: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 5] = [
        (MILVUS_SKIP_NONE, c"none"),
        (MILVUS_SKIP_FINAL, c"final"),
        (MILVUS_SKIP_TOO_LITTLE, c"too little"),
        (MILVUS_SKIP_MAX_COLLECTIONS, c"max collections"),
        (MILVUS_SKIP_TOO_LATE, c"too late"),
    ];
    convert::named(skip, &NAMES, c"unknown reason to skip")
}

impl ManyList {
    pub(super) fn shown(&self) -> impl Iterator<Item = milvus_many_result> {
        self.0.iter().map(Entry::shown)
    }
}

impl From<Item> for Entry {
    fn from(item: Item) -> Self {
        let Item { name, database, skipped, triggered, outcome, error, took } = item;
        let job_id = triggered.map_or(0, |triggered| triggered.job_id);
        let job_id = if job_id == 0 { error.as_ref().map_or(0, |error| error.job_id) } else { job_id };
        Self {
            name: convert::c_text(&name),
            database: convert::c_text(&database),
            skip: skipped.as_ref().map_or(MILVUS_SKIP_NONE, |skipped| skipped.why as i32),
            trigger: match (&skipped, triggered) {
                (Some(_), _) => MILVUS_TRIGGER_SKIPPED,
                (None, triggered) => triggered.map_or(0, |triggered| triggered.start as i32),
            },
            skip_text: skipped.map(|skipped| convert::c_text(&skipped.text)).unwrap_or_default(),
            job_id,
            planned: triggered.and_then(|triggered| triggered.planned).unwrap_or(NOT_REPORTED),
            unsorted: triggered.and_then(|triggered| triggered.unsorted).unwrap_or(NOT_REPORTED),
            report: outcome.map(|outcome| Box::new(report(job_id, &outcome, took))),
            status: error.as_ref().map_or(Status::Ok, |error| error.status),
            error: error.map(|error| Box::new(Detail::new(c"milvus_compact_many", &error))),
        }
    }
}

impl Entry {
    fn shown(&self) -> milvus_many_result {
        static NONE: Plain = Plain::new(Status::Ok, c"");
        milvus_many_result {
            size: size_of::<milvus_many_result>(),
            collection_name: self.name.as_ptr(),
            status: self.status as milvus_status,
            trigger: self.trigger,
            job_id: self.job_id,
            planned: self.planned,
            report: self.report.as_deref().map_or(ptr::null(), ptr::from_ref),
            error: self.error.as_deref().map_or_else(|| NONE.pointer(), Detail::pointer),
            unsorted_segments: self.unsorted,
            skip: self.skip,
            reserved: 0,
            skip_text: self.skip_text.as_ptr(),
            database: self.database.as_ptr(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compaction::Skip;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_SKIP_FINAL, Skip::Final as i32);
        assert_eq!(MILVUS_SKIP_TOO_LITTLE, Skip::TooLittle as i32);
        assert_eq!(MILVUS_SKIP_MAX_COLLECTIONS, Skip::MostCollections as i32);
        assert_eq!(MILVUS_SKIP_TOO_LATE, Skip::TooLate as i32);
    }

    #[test]
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_many_params::FIRST_SIZE, size_of::<milvus_many_params>());
        assert_eq!(milvus_many_result::FIRST_SIZE, size_of::<milvus_many_result>());
    }
}
