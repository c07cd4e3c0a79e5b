//! Surveys
//!
//! milvus_survey() looks which collections are worth compacting, before anything is triggered.

use std::ffi::{CString, c_char};
use std::ptr;

use super::catalog::beyond;
use super::check::milvus_check_result;
use super::client::milvus_client;
use super::compaction::{client_and_params, milvus_compact_params, names_database};
use super::convert::{self, InStruct, NOT_REPORTED, Out, OutStruct, Sized_};
use super::core_list::{CoreList, Results};
use super::entry::{entry, query};
use super::errors::{Detail, Plain, milvus_error, milvus_status};
use super::handle::{self, Handle, Table};
use crate::client::Client;
use crate::compaction::{DEFAULT_CONCURRENCY, SurveyItem, SurveyMany, SurveySettings, Surveyed};
use crate::error::{Error, Status};
use crate::operation::Operation;

/// What a survey assumes. MILVUS_SURVEY_PARAMS_INIT has all defaults.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_survey_params {
    /// Set by MILVUS_SURVEY_PARAMS_INIT.
    pub size: usize,
    /// The compaction whose effect the survey predicts, without partition, channel and segments; its database is
    /// the one to survey. NULL: a plain one, in the client's database. The library does not read it after the
    /// call.
    pub compaction: *const milvus_compact_params,
    /// How many collections the library looks at at a time: up to 10000; 0 for 16. It asks about at most 32 at
    /// a time.
    pub concurrency: i32,
    /// 1: survey the collections of every database that the user may see, without names and without a database in
    /// `compaction`; more than 100,000 together are MILVUS_SERVER_ERROR. Else 0.
    pub all_databases: i32,
    /// The size of a row in bytes, for the estimates; 0: the fixed-width fields of the schema, so that texts,
    /// JSON, arrays and sparse vectors do not count.
    pub row_bytes: i64,
    /// The size of a segment in bytes up to which the server merges; 0: target_size_mb, or the default of the
    /// server's version (512 MB before 2.4, then 1 GB).
    pub segment_bytes: i64,
}

/// What a survey found out about one collection. MILVUS_NOT_REPORTED stands for a number that is not known.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_survey_result {
    /// Set by MILVUS_SURVEY_RESULT_INIT.
    pub size: usize,
    /// The name or alias that you gave, or that the server listed; empty if a whole database could not be
    /// listed. It lives as long as the list, as does the database; never NULL.
    pub collection_name: *const c_char,
    /// The database of the collection; empty on servers without databases (before 2.2.9). It is never NULL.
    pub database: *const c_char,
    /// MILVUS_OK if the survey of this collection succeeded. Else the status with which it failed; then only
    /// the names and the error are there.
    pub status: milvus_status,
    /// 0.
    pub reserved: i32,
    /// The details of the failure; with the status MILVUS_OK if there is none. It lives as long as the list,
    /// never NULL.
    pub error: *const milvus_error,
    /// What milvus_compaction_check() would say: whether a trigger would compact anything, why or why not, and
    /// whether the segments are in their final form already. NULL if the survey of this collection failed. It
    /// lives as long as the list.
    pub check: *const milvus_check_result,
    /// Stored segments with rows.
    pub stored_segments: i64,
    /// Rows of those segments. Deleted rows count until a compaction purges them.
    pub stored_rows: i64,
    /// Bytes of those rows, as an estimate: rows by row_bytes. MILVUS_NOT_REPORTED if the size of a row is not
    /// known.
    pub stored_bytes: i64,
    /// Stored segments below half of segment_bytes, as servers define a small segment by default.
    pub small_segments: i64,
    /// Stored segments that wait to be sorted; MILVUS_NOT_REPORTED before 2.5.
    pub unsorted_segments: i64,
    /// Segments of deletions (L0); MILVUS_NOT_REPORTED before 2.4.7.
    pub l0_segments: i64,
    /// Stored rows that are deleted (or expired) and not purged yet. The library counts them on query nodes from
    /// 2.3.5 on, if the whole collection is loaded and exactly its stored segments are served. Else
    /// MILVUS_NOT_REPORTED.
    pub deleted_rows: i64,
    /// Segments that the compaction would merge with others; 0 if it would do nothing.
    pub merged_segments: i64,
    /// About how many segments those would become.
    pub merged_into: i64,
    /// Rows that the compaction would rewrite, also those of segments that servers rewrite 1 to 1.
    pub rewrite_rows: i64,
    /// Bytes of those rows, as an estimate: rows by row_bytes.
    pub rewrite_bytes: i64,
    /// The size of a row in bytes that the estimates use; 0 if it is not known.
    pub row_bytes: i64,
    /// The size of a segment in bytes that the estimates use.
    pub segment_bytes: i64,
    /// The share of the stored segments that one plain compaction would save, from 0 to 1: 1 - (segments
    /// after it / stored segments). It is 0 if none can be merged, and 0.9 if ten would become one. Results of
    /// clustering count as they are. Negative if the stored segments are not known.
    pub fragmentation: f64,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_survey_params {
    const NAME: &'static str = "milvus_survey_params";
    const FIRST_SIZE: usize = 40;
}
// SAFETY: as above.
unsafe impl Sized_ for milvus_survey_result {
    const NAME: &'static str = "milvus_survey_result";
    const FIRST_SIZE: usize = 160;
}

/// The results of a survey.
pub struct milvus_survey_list {
    _private: (),
}

/// The value behind a list.
pub struct SurveyList(Vec<Entry>);

/// One collection as C has it.
struct Entry {
    name: CString,
    database: CString,
    surveyed: Option<Box<(Surveyed, milvus_check_result)>>,
    error: Option<Box<Detail>>,
    status: Status,
}

impl Handle for milvus_survey_list {
    type Value = SurveyList;
    const NAME: &'static str = "milvus_survey_list";
    const KIND: u64 = 11;

    fn table() -> &'static Table<SurveyList> {
        static TABLE: Table<SurveyList> = Table::new();
        &TABLE
    }
}

/// Surveys collections: which are worth compacting, and what a compaction would do. It only reads: nothing is
/// triggered or flushed. Blocks.
///
/// A collection that cannot be surveyed has its error in its entry, and keeps no other from being surveyed.
///
/// @param client      The client.
/// @param names       Names or aliases in the database, all different. NULL: every collection of it that the user
///                    may see; of all databases with all_databases. In other languages take care that an empty list does not become NULL.
/// @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
/// @param params      What to assume. Begin with `milvus_survey_params params = MILVUS_SURVEY_PARAMS_INIT;`.
///                    NULL: all defaults.
/// @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by default
///                    no limit. Collections whose turn has not come by then have the status MILVUS_TIMEOUT.
/// @param out_list    Receives the results in the order of the names (without names: sorted), also with
///                    MILVUS_SOME_FAILED; free it with milvus_survey_list_free().
/// @retval MILVUS_UNSUPPORTED The server has no databases (before 2.2.9), and another one or all are asked for.
/// @retval MILVUS_SOME_FAILED At least one collection failed or had no time. The message has the first failure.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_survey(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_survey_params,
    timeout_ms: i64,
    out_list: *mut *mut milvus_survey_list,
) -> milvus_status {
    entry(c"milvus_survey", || {
        let operation = survey_operation(client, names, name_count, params, timeout_ms)?;
        let out = Out::new("out_list", out_list)?;
        let (list, error) = operation.wait()?;
        out.write(handle::insert_shared(list.form())?);
        error.map_or(Ok(()), Err)
    })
}

pub(super) fn survey_operation(
    client: *mut milvus_client,
    names: *const *const c_char,
    name_count: usize,
    params: *const milvus_survey_params,
    timeout_ms: i64,
) -> Result<Operation<Results<SurveyList>>, Error> {
    let names = convert::optional_texts("names", names, name_count)?;
    let (client, many) = read_survey_params(client, params, names)?;
    let operation = client.survey(many, convert::timeout(timeout_ms)?);
    let form = |items: Vec<SurveyItem>| SurveyList(items.into_iter().map(Entry::from).collect());
    Ok(operation.map(move |(items, error), _| (CoreList::new(move || form(items)), error)))
}

/// Counts the results of a survey.
///
/// @param list  The list.
/// @return The number of results; 0 for NULL or a freed list. milvus_last_error() stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_survey_list_count(list: *const milvus_survey_list) -> usize {
    query(|| handle::get(list).map(|list| list.0.len())).unwrap_or(0)
}

/// Reads what a survey found out about one collection.
///
/// @param list        The list.
/// @param index       From 0 to milvus_survey_list_count() - 1.
/// @param out_result  Receives the result. Begin with `milvus_survey_result result =
///                    MILVUS_SURVEY_RESULT_INIT;`. What it points to lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_survey_list_get(
    list: *const milvus_survey_list,
    index: usize,
    out_result: *mut milvus_survey_result,
) -> milvus_status {
    entry(c"milvus_survey_list_get", || {
        let list = handle::get(list)?;
        let out = OutStruct::new("out_result", out_result)?;
        let count = list.0.len();
        out.write(&list.0.get(index).ok_or_else(|| beyond(index, count, "collections"))?.shown());
        Ok(())
    })
}

/// Frees the results of a survey.
///
/// @param list  The list; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_survey_list_free(list: *mut milvus_survey_list) {
    if !list.is_null() {
        entry(c"milvus_survey_list_free", || handle::remove(list));
    }
}

fn read_survey_params(
    client: *mut milvus_client,
    pointer: *const milvus_survey_params,
    names: Option<Vec<String>>,
) -> Result<(Client, SurveyMany), Error> {
    let defaults = milvus_survey_params {
        size: size_of::<milvus_survey_params>(),
        compaction: ptr::null(),
        concurrency: 0,
        all_databases: 0,
        row_bytes: 0,
        segment_bytes: 0,
    };
    let given = if pointer.is_null() { defaults } else { InStruct::read("params", pointer)? };
    let number = |parameter: &str, value: i64| match u64::try_from(value) {
        Ok(number) => Ok(Some(number).filter(|number| *number > 0)),
        Err(_) => Err(negative(parameter, value)),
    };
    let concurrency = match usize::try_from(given.concurrency) {
        Ok(0) => DEFAULT_CONCURRENCY,
        Ok(number) => number,
        Err(_) => return Err(negative("concurrency", given.concurrency.into())),
    };
    let all_databases = convert::yes_or_no("params.all_databases", given.all_databases)?;
    if all_databases && names_database(given.compaction)? {
        let text = "all_databases: goes without a database in the parameters of the compaction";
        return Err(Error::invalid_argument(text));
    }
    let (client, params) = client_and_params(client, given.compaction)?;
    let settings = SurveySettings {
        params,
        row_bytes: number("row_bytes", given.row_bytes)?,
        segment_bytes: number("segment_bytes", given.segment_bytes)?,
        ..SurveySettings::default()
    };
    Ok((client, SurveyMany { names, settings, concurrency, all_databases }))
}

fn negative(parameter: &str, value: i64) -> Error {
    Error::invalid_argument(format!("{parameter}: is {value}; 0 stands for the default"))
}

impl From<SurveyItem> for Entry {
    fn from(item: SurveyItem) -> Self {
        let SurveyItem { name, database, surveyed, error } = item;
        Self {
            name: convert::c_text(&name),
            database: convert::c_text(&database),
            surveyed: surveyed.map(|surveyed| {
                let check = (&surveyed.check).into();
                Box::new((*surveyed, check))
            }),
            status: error.as_ref().map_or(Status::Ok, |error| error.status),
            error: error.map(|error| Box::new(Detail::new(c"milvus_survey", &error))),
        }
    }
}

impl SurveyList {
    pub(super) fn shown(&self) -> impl Iterator<Item = milvus_survey_result> {
        self.0.iter().map(Entry::shown)
    }
}

impl Entry {
    fn shown(&self) -> milvus_survey_result {
        static NONE: Plain = Plain::new(Status::Ok, c"");
        let nothing = Surveyed::default();
        let surveyed = self.surveyed.as_deref();
        let seen = surveyed.map_or(&nothing, |(seen, _)| seen);
        let number = |value: Option<i64>| value.unwrap_or(NOT_REPORTED);
        let bytes = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        milvus_survey_result {
            size: size_of::<milvus_survey_result>(),
            collection_name: self.name.as_ptr(),
            database: self.database.as_ptr(),
            status: self.status as milvus_status,
            reserved: 0,
            error: self.error.as_deref().map_or_else(|| NONE.pointer(), Detail::pointer),
            check: surveyed.map_or(ptr::null(), |(_, check)| ptr::from_ref(check)),
            stored_segments: number(seen.stored_segments),
            stored_rows: number(seen.stored_rows),
            stored_bytes: number(seen.stored_bytes.map(bytes)),
            small_segments: number(seen.small_segments),
            unsorted_segments: number(seen.unsorted_segments),
            l0_segments: number(seen.l0_segments),
            deleted_rows: number(seen.deleted_rows),
            merged_segments: number(seen.merged_segments),
            merged_into: number(seen.merged_into),
            rewrite_rows: number(seen.rewrite_rows),
            rewrite_bytes: number(seen.rewrite_bytes.map(bytes)),
            row_bytes: bytes(seen.row_bytes),
            segment_bytes: bytes(seen.segment_bytes),
            fragmentation: seen.fragmentation.unwrap_or(-1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_survey_params::FIRST_SIZE, size_of::<milvus_survey_params>());
        assert_eq!(milvus_survey_result::FIRST_SIZE, size_of::<milvus_survey_result>());
    }

    #[test]
    fn a_collection_that_failed_has_no_figures() {
        let error = Error::new(Status::CollectionNotFound, "no such collection");
        let item = SurveyItem {
            name: "gone".to_owned(),
            database: "sales".to_owned(),
            surveyed: None,
            error: Some(error),
        };
        let entry = Entry::from(item);
        let shown = entry.shown();
        assert_eq!(shown.status, Status::CollectionNotFound as milvus_status);
        assert!(shown.check.is_null() && shown.fragmentation < 0.0);
        assert_eq!((shown.stored_segments, shown.rewrite_bytes), (NOT_REPORTED, NOT_REPORTED));
    }
}
