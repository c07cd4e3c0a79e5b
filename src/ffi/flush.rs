//! Flushing
//!
//! milvus_flush() before a compaction lets the compaction take every row.

use std::ffi::c_char;

use super::client::{client_on, milvus_client};
use super::convert;
use super::entry::entry;
use super::errors::milvus_status;
use crate::error::Error;
use crate::operation::Operation;

/// Flushes a collection: asks the server to store the inserted rows, and waits until they are stored.
/// Blocks.
///
/// A compaction leaves out rows that are not flushed; from Milvus 2.5 on, it also leaves out flushed
/// segments that are not sorted. With the option flush.wait_for_sort this waits for the sorting too, some
/// seconds more on 2.5. You may repeat a flush.
///
/// @param client           The client.
/// @param collection_name  Name or alias.
/// @param database         The collection's database; NULL or "": the client's own.
/// @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms. From Milvus 2.3.9
///                         on a collection can be flushed once in 10 s; a second flush waits for that.
/// @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
/// @retval MILVUS_TIMEOUT The flush goes on. The message says if the rows are stored and only not sorted.
/// @retval MILVUS_STALLED Nothing changed for stall_timeout_ms; the flush may go on.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_flush(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
) -> milvus_status {
    entry(c"milvus_flush", || flush_operation(client, collection_name, database, timeout_ms)?.wait())
}

pub(super) fn flush_operation(
    client: *mut milvus_client,
    collection_name: *const c_char,
    database: *const c_char,
    timeout_ms: i64,
) -> Result<Operation<()>, Error> {
    let client = client_on(client, database)?;
    let name = convert::text("collection_name", collection_name)?;
    Ok(client.flush(name, convert::timeout(timeout_ms)?))
}
