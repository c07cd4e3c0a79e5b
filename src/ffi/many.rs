//! Many at once
//!
//! Compacts a list of collections, or a whole database, some at a time, and tells what became of each.

use std::ffi::{CString, c_char};
use std::ptr;

use super::client::milvus_client;
use super::compaction::{milvus_compact_params, read_params};
use super::convert::{self, InStruct, NOT_REPORTED, Out, OutStruct, Sized_};
use super::entry::{entry, query};
use super::errors::{milvus_error, milvus_status};
use super::handle::{self, Handle, Table};
use super::jobs::{milvus_compaction_report, report};
use super::last_error::{Detail, Plain};
use crate::client::Timeout;
use crate::compaction::many::{DEFAULT_CONCURRENCY, Item, Many};
use crate::error::{Error, Status};
use crate::operation::Operation;

/// How to compact many collections. As MILVUS_MANY_PARAMS_INIT has it: all defaults.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_many_params {
    /// Set by MILVUS_MANY_PARAMS_INIT.
    pub size: usize,
    /// What to do with each of them, without partition, channel and segments; NULL: all defaults. Not read
    /// after the call.
    pub compaction: *const milvus_compact_params,
    /// How many are under way at a time, each from its trigger to its end: up to 10000; 0: 16. Servers work
    /// on a few at a time, and queue the others; however many they are, 32 are being triggered at a time.
    pub concurrency: i32,
    /// Not 0: only trigger them, and do not wait for the jobs.
    pub only_trigger: i32,
}

/// What became of one collection.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_many_result {
    /// Set by MILVUS_MANY_RESULT_INIT.
    pub size: usize,
    /// The name or alias that was given, or listed by the server; lives as long as the list, never NULL.
    pub collection_name: *const c_char,
    /// MILVUS_OK if it was compacted, or there was nothing to do (with only_trigger: if it was triggered, or
    /// there was nothing to do); else what looking it up, the trigger or the wait failed with.
    pub status: milvus_status,
    /// What came of the trigger, one of MILVUS_TRIGGER_...; 0 if it was not sent, or not answered.
    pub trigger: i32,
    /// The job; MILVUS_NO_JOB if there is none; MILVUS_UNKNOWN_JOB if one was found after a trigger in doubt
    /// and the server does not tell its id: no wait takes that.
    pub job_id: i64,
    /// Plans of the job when it was triggered; MILVUS_NOT_REPORTED if that is not known.
    pub planned: i64,
    /// What was seen of the job, as in milvus_compaction_wait(); NULL if it was not waited for. Lives as long as
    /// the list.
    pub report: *const milvus_compaction_report,
    /// The detail of its failure, with the status MILVUS_OK if it has not failed; never NULL. Lives as long as
    /// the list.
    pub error: *const milvus_error,
    /// Segments that waited to be sorted right before the trigger, and are left out (servers since 2.5): where there was
    /// nothing to do, a later call may compact them. MILVUS_NOT_REPORTED if that is not known.
    pub unsorted_segments: i64,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_many_params {
    const NAME: &'static str = "milvus_many_params";
    const FIRST_SIZE: usize = 24;
}
unsafe impl Sized_ for milvus_many_result {
    const NAME: &'static str = "milvus_many_result";
    const FIRST_SIZE: usize = 56;
}

/// What became of many collections.
pub struct milvus_many_list {
    _private: (),
}

/// The value behind a list.
pub struct ManyList(Vec<Entry>);

/// One item as C has it.
struct Entry {
    name: CString,
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

/// Compacts many collections: as milvus_compact_with() and milvus_compaction_wait() for each of them. One that
/// fails does not keep the others from being compacted. Of two names for the same collection (aliases) one fails
/// with MILVUS_INVALID_ARGUMENT: nothing is triggered twice. Like milvus_optimize() it waits for sorting before each
/// trigger, and triggers again while another compaction holds a collection, for at most ten minutes each.
///
/// @param client      The client.
/// @param names       Names or aliases, all different, in the client's database. NULL: every collection of it
///                    that the user may see.
/// @param name_count  Number of those names, up to 1048576; 0 only if names is NULL. In other languages
///                    take care that an empty list does not become NULL.
/// @param params      How; begin with `milvus_many_params params = MILVUS_MANY_PARAMS_INIT;`. NULL: all
///                    defaults. Not changed.
/// @param timeout_ms  Limit of all of it together in milliseconds; 0: the client's default (10000), which is
///                    short for this; MILVUS_NO_TIMEOUT: none. Those whose turn has not come by then fail with
///                    MILVUS_TIMEOUT, and nothing was sent for them.
/// @param out_list    Receives what became of each, in the order of the names (without names: sorted); also
///                    with MILVUS_SOME_FAILED, and with MILVUS_CLOSED if that came while it ran. Not written
///                    if a parameter is refused, the collections cannot be listed, or a million lists are in
///                    use. Begin with NULL, and free it with milvus_many_list_free(). May be NULL.
///
/// Thread-safe; blocks. Returns MILVUS_OK if none has failed, MILVUS_SOME_FAILED (also if time ran out for
/// some or all; the message has the first failure, and in_doubt is 1 if it is 1 for any of them),
/// MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_CLOSED, MILVUS_OUT_OF_MEMORY, MILVUS_FORKED,
/// MILVUS_INTERNAL, or, without names, what listing the collections returns (see
/// milvus_client_server_version()), with MILVUS_DATABASE_NOT_FOUND. Since 0.1.0.
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
            match handle::insert(list) {
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
) -> Result<Operation<(ManyList, Option<Error>)>, Error> {
    let client = handle::get(client.cast_const())?;
    let names = convert::optional_texts("names", names, name_count)?;
    let many = read_many_params(params, names)?;
    let timeout: Timeout = convert::timeout(timeout_ms)?;
    Ok(client
        .compact_many(many, timeout)
        .map(|(items, error), _| (ManyList(items.into_iter().map(Entry::from).collect()), error)))
}

/// Number of collections in a list; 0 for NULL or a freed list. Leaves milvus_last_error() alone. Thread-safe.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_many_list_count(list: *const milvus_many_list) -> usize {
    query(|| handle::get(list).map(|list| list.0.len())).unwrap_or(0)
}

/// Reads what became of one collection.
///
/// @param list        The list.
/// @param index       From 0 to milvus_many_list_count() - 1.
/// @param out_result  Receives it; begin with `milvus_many_result result = MILVUS_MANY_RESULT_INIT;`. What it
///                    points to is part of the list and lives until that is freed.
///
/// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
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

/// Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
///
/// Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_many_list_free(list: *mut milvus_many_list) {
    if !list.is_null() {
        entry(c"milvus_many_list_free", || handle::remove(list));
    }
}

fn read_many_params(pointer: *const milvus_many_params, names: Option<Vec<String>>) -> Result<Many, Error> {
    let defaults = milvus_many_params {
        size: size_of::<milvus_many_params>(),
        compaction: ptr::null(),
        concurrency: 0,
        only_trigger: 0,
    };
    let given = if pointer.is_null() { defaults } else { InStruct::read("params", pointer)? };
    let concurrency = match usize::try_from(given.concurrency) {
        Ok(0) => DEFAULT_CONCURRENCY,
        Ok(number) => number,
        Err(_) => {
            let text = format!("concurrency: is {}; 0 stands for the default", given.concurrency);
            return Err(Error::invalid_argument(text));
        }
    };
    let params = read_params(given.compaction)?;
    let only_trigger = convert::yes_or_no("params.only_trigger", given.only_trigger)?;
    Ok(Many { names, params, concurrency, only_trigger })
}

impl From<Item> for Entry {
    fn from(item: Item) -> Self {
        let Item { name, triggered, outcome, error, took } = item;
        let job_id = triggered.map_or(0, |triggered| triggered.job_id);
        let job_id = if job_id == 0 { error.as_ref().map_or(0, |error| error.job_id) } else { job_id };
        Self {
            name: convert::c_text(&name),
            trigger: triggered.map_or(0, |triggered| triggered.start as i32),
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
        }
    }
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_many_params::FIRST_SIZE, size_of::<milvus_many_params>());
        assert_eq!(milvus_many_result::FIRST_SIZE, offset_of!(milvus_many_result, unsorted_segments));
    }
}
