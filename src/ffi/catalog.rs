//! Collections and databases
//!
//! milvus_collections() lists the collections of a database with what decides whether to compact them, and
//! milvus_databases() the databases of a server. Both only read.

use std::ffi::{CStr, CString, c_char};

use super::client::{client_on, milvus_client};
use super::convert::{self, NOT_REPORTED, Out, OutStruct, Sized_};
use super::core_list::{CoreList, Results};
use super::entry::{entry, query};
use super::errors::{Detail, Plain, milvus_error, milvus_status};
use super::handle::{self, Handle, Table};
use crate::compaction::{CollectionInfo, DatabaseInfo, Known};
use crate::error::{Error, Status};
use crate::operation::Operation;

/// A collection as the server describes it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_collection_info {
    /// Set by MILVUS_COLLECTION_INFO_INIT.
    pub size: usize,
    /// The name of the collection. It lives as long as the list, as do the other texts; never NULL.
    pub collection_name: *const c_char,
    /// The database of the collection; empty on servers without databases (before 2.2.9). It is never NULL.
    pub database: *const c_char,
    /// The aliases of the collection, sorted, with a comma between them (no name contains one); empty if there
    /// are none. It is never NULL.
    pub aliases: *const c_char,
    /// Milvus' id of the collection; 0 from milvus-lite, or if the description failed.
    pub id: i64,
    /// Stored rows. Deleted rows count until a compaction purges them; rows that are not flushed do not count.
    /// MILVUS_NOT_REPORTED if they could not be read.
    pub rows: i64,
    /// Whether query nodes serve the collection: MILVUS_YES (also if only some partitions are loaded),
    /// MILVUS_NO (also while it is being loaded) or MILVUS_NOT_KNOWN.
    pub is_loaded: i32,
    /// Whether the collection has a clustering key: MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN.
    pub has_clustering_key: i32,
    /// MILVUS_OK if everything could be read. Else the status of the first request that failed, e.g.
    /// MILVUS_COLLECTION_NOT_FOUND (dropped meanwhile) or MILVUS_PERMISSION_DENIED; what other requests gave
    /// is there.
    pub status: milvus_status,
    /// 0.
    pub reserved: i32,
    /// The details of the failure; with the status MILVUS_OK if there is none. It lives as long as the list,
    /// never NULL.
    pub error: *const milvus_error,
}

/// A database.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_database_info {
    /// Set by MILVUS_DATABASE_INFO_INIT.
    pub size: usize,
    /// The name of the database. It lives as long as the list, never NULL.
    pub database: *const c_char,
    /// Milvus' id of the database; 0 before 2.5.
    pub id: i64,
}

// SAFETY: both are repr(C), begin with their size, and have fields that any bytes are valid for.
unsafe impl Sized_ for milvus_collection_info {
    const NAME: &'static str = "milvus_collection_info";
    const FIRST_SIZE: usize = 72;
}
// SAFETY: as above.
unsafe impl Sized_ for milvus_database_info {
    const NAME: &'static str = "milvus_database_info";
    const FIRST_SIZE: usize = 24;
}

/// The collections of a database.
pub struct milvus_collection_list {
    _private: (),
}

/// The databases of a server.
pub struct milvus_database_list {
    _private: (),
}

/// The value behind a list of collections.
pub struct CollectionList(Vec<Collection>);

/// A collection as C has it.
struct Collection {
    name: CString,
    database: CString,
    aliases: CString,
    info: CollectionInfo,
    error: Option<Box<Detail>>,
}

/// The value behind a list of databases.
pub struct DatabaseList(Vec<(CString, Option<i64>)>);

impl Handle for milvus_collection_list {
    type Value = CollectionList;
    const NAME: &'static str = "milvus_collection_list";
    const KIND: u64 = 9;

    fn table() -> &'static Table<CollectionList> {
        static TABLE: Table<CollectionList> = Table::new();
        &TABLE
    }
}

impl Handle for milvus_database_list {
    type Value = DatabaseList;
    const NAME: &'static str = "milvus_database_list";
    const KIND: u64 = 10;

    fn table() -> &'static Table<DatabaseList> {
        static TABLE: Table<DatabaseList> = Table::new();
        &TABLE
    }
}

/// Lists the collections of a database that the user may see, sorted by name. Blocks.
///
/// The library asks three questions for each collection, 16 collections at a time. A collection that cannot
/// be read has its error in its entry, and keeps no other from being read.
///
/// @param client      The client.
/// @param database    The database; NULL or "": the client's own.
/// @param timeout_ms  Limit of everything together in milliseconds; 0: the option timeout_ms. Collections
///                    whose turn has not come by then have the status MILVUS_TIMEOUT.
/// @param out_list    Receives the list, also with MILVUS_SOME_FAILED; free it with
///                    milvus_collection_list_free().
/// @retval MILVUS_SOME_FAILED At least one collection could not be read. The message has the first failure. The
///     names, databases and aliases of all together have at most 32 MiB; a collection beyond has
///     MILVUS_SERVER_ERROR.
/// @retval MILVUS_SERVER_ERROR Also if the database has more than 100,000 collections.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_collections(
    client: *mut milvus_client,
    database: *const c_char,
    timeout_ms: i64,
    out_list: *mut *mut milvus_collection_list,
) -> milvus_status {
    entry(c"milvus_collections", || {
        let operation = collections_operation(client, database, timeout_ms)?;
        let out = Out::new("out_list", out_list)?;
        let (list, error) = operation.wait()?;
        out.write(handle::insert_shared(list.form())?);
        error.map_or(Ok(()), Err)
    })
}

pub(super) fn collections_operation(
    client: *mut milvus_client,
    database: *const c_char,
    timeout_ms: i64,
) -> Result<Operation<Results<CollectionList>>, Error> {
    let operation = client_on(client, database)?.collections(convert::timeout(timeout_ms)?);
    let form = |infos: Vec<CollectionInfo>| CollectionList(infos.into_iter().map(Collection::from).collect());
    Ok(operation.map(move |(infos, error), _| (CoreList::new(move || form(infos)), error)))
}

/// Counts the collections of a list.
///
/// @param list  The list.
/// @return The number of collections; 0 for NULL or a freed list. milvus_last_error() stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_collection_list_count(list: *const milvus_collection_list) -> usize {
    query(|| handle::get(list).map(|list| list.0.len())).unwrap_or(0)
}

/// Reads one collection of a list.
///
/// @param list      The list.
/// @param index     From 0 to milvus_collection_list_count() - 1.
/// @param out_info  Receives the collection. Begin with `milvus_collection_info info =
///                  MILVUS_COLLECTION_INFO_INIT;`. What it points to lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_collection_list_get(
    list: *const milvus_collection_list,
    index: usize,
    out_info: *mut milvus_collection_info,
) -> milvus_status {
    entry(c"milvus_collection_list_get", || {
        let list = handle::get(list)?;
        let out = OutStruct::new("out_info", out_info)?;
        let count = list.0.len();
        out.write(&list.0.get(index).ok_or_else(|| beyond(index, count, "collections"))?.shown());
        Ok(())
    })
}

/// Frees a list of collections.
///
/// @param list  The list; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_collection_list_free(list: *mut milvus_collection_list) {
    if !list.is_null() {
        entry(c"milvus_collection_list_free", || handle::remove(list));
    }
}

/// Lists the databases of the server that the user may see, sorted by name. Blocks.
///
/// Up to 2.4 a user needs the privilege ListDatabases.
///
/// @param client      The client.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_list    Receives the list; free it with milvus_database_list_free().
/// @retval MILVUS_UNSUPPORTED The server has no databases (before 2.2.9).
/// @retval MILVUS_SERVER_ERROR Also if the server has more than 10,000 databases.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_databases(
    client: *mut milvus_client,
    timeout_ms: i64,
    out_list: *mut *mut milvus_database_list,
) -> milvus_status {
    entry(c"milvus_databases", || {
        let operation = databases_operation(client, timeout_ms)?;
        let out = Out::new("out_list", out_list)?;
        out.write(handle::insert_shared(operation.wait()?.form())?);
        Ok(())
    })
}

pub(super) fn databases_operation(
    client: *mut milvus_client,
    timeout_ms: i64,
) -> Result<Operation<CoreList<DatabaseList>>, Error> {
    let client = handle::get(client.cast_const())?;
    let one = |info: DatabaseInfo| (convert::c_text(&info.name), info.id);
    Ok(client.databases(convert::timeout(timeout_ms)?).map(move |databases, _| {
        CoreList::new(move || DatabaseList(databases.into_iter().map(one).collect()))
    }))
}

/// Counts the databases of a list.
///
/// @param list  The list.
/// @return The number of databases; 0 for NULL or a freed list. milvus_last_error() stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_database_list_count(list: *const milvus_database_list) -> usize {
    query(|| handle::get(list).map(|list| list.0.len())).unwrap_or(0)
}

/// Reads one database of a list.
///
/// @param list      The list.
/// @param index     From 0 to milvus_database_list_count() - 1.
/// @param out_info  Receives the database. Begin with `milvus_database_info info =
///                  MILVUS_DATABASE_INFO_INIT;`. What it points to lives as long as the list.
/// @return MILVUS_OK, or what every function can return.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_database_list_get(
    list: *const milvus_database_list,
    index: usize,
    out_info: *mut milvus_database_info,
) -> milvus_status {
    entry(c"milvus_database_list_get", || {
        let list = handle::get(list)?;
        let out = OutStruct::new("out_info", out_info)?;
        let count = list.0.len();
        let (name, id) = list.0.get(index).ok_or_else(|| beyond(index, count, "databases"))?;
        out.write(&database_info(name, *id));
        Ok(())
    })
}

/// Frees a list of databases.
///
/// @param list  The list; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_database_list_free(list: *mut milvus_database_list) {
    if !list.is_null() {
        entry(c"milvus_database_list_free", || handle::remove(list));
    }
}

pub(super) fn beyond(index: usize, count: usize, what: &str) -> Error {
    Error::invalid_argument(format!("index: is {index}; the list has {count} {what}"))
}

impl From<CollectionInfo> for Collection {
    fn from(info: CollectionInfo) -> Self {
        Self {
            name: convert::c_text(&info.name),
            database: convert::c_text(&info.database),
            aliases: convert::c_text(&info.aliases.join(",")),
            error: info.error.as_ref().map(|error| Box::new(Detail::new(c"milvus_collections", error))),
            info,
        }
    }
}

impl CollectionList {
    pub(super) fn shown(&self) -> impl Iterator<Item = milvus_collection_info> {
        self.0.iter().map(Collection::shown)
    }
}

impl DatabaseList {
    pub(super) fn shown(&self) -> impl Iterator<Item = milvus_database_info> {
        self.0.iter().map(|(name, id)| database_info(name, *id))
    }
}

fn database_info(name: &CStr, id: Option<i64>) -> milvus_database_info {
    milvus_database_info {
        size: size_of::<milvus_database_info>(),
        database: name.as_ptr(),
        id: id.unwrap_or(0),
    }
}

impl Collection {
    fn shown(&self) -> milvus_collection_info {
        static NONE: Plain = Plain::new(Status::Ok, c"");
        let answer = |known: Known| known as i32;
        milvus_collection_info {
            size: size_of::<milvus_collection_info>(),
            collection_name: self.name.as_ptr(),
            database: self.database.as_ptr(),
            aliases: self.aliases.as_ptr(),
            id: self.info.id.unwrap_or(0),
            rows: self.info.rows.unwrap_or(NOT_REPORTED),
            is_loaded: answer(self.info.is_loaded),
            has_clustering_key: answer(self.info.has_clustering_key),
            status: self.info.error.as_ref().map_or(Status::Ok, |error| error.status) as milvus_status,
            reserved: 0,
            error: self.error.as_deref().map_or_else(|| NONE.pointer(), Detail::pointer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sizes_are_those_of_this_first_version() {
        assert_eq!(milvus_collection_info::FIRST_SIZE, size_of::<milvus_collection_info>());
        assert_eq!(milvus_database_info::FIRST_SIZE, size_of::<milvus_database_info>());
    }
}
