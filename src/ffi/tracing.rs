//! Tracing
//!
//! Every request carries the metadata client-request-unixmsec (when it was sent) and client-request-id, as those
//! of pymilvus and the Java SDK do. All requests of one operation have the same id, which is also in its error and
//! in its log lines. The library makes one for each operation, unless the thread that starts it has set one.
//!
//! What a thread sets here holds for the operations that it starts, blocking or asynchronous, of any client, until
//! it sets something else. An operation keeps what it began with. Other threads are not affected, so a pool of
//! threads sets it anew for each task.

use std::ffi::c_char;

use super::convert;
use super::entry::entry;
use super::errors::milvus_status;
use crate::trace;

/// Sets the request id of the operations that the calling thread starts from now on.
///
/// @param request_id  1 to 128 printable ASCII characters without blanks. NULL: each operation has an id of its
///                    own again.
/// @retval MILVUS_INVALID_ARGUMENT The id is empty, too long, or has another character; the one before stays.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_thread_set_request_id(request_id: *const c_char) -> milvus_status {
    entry(c"milvus_thread_set_request_id", || {
        trace::set_request_id(convert::optional_text("request_id", request_id)?)
    })
}

/// Sets metadata (a header) that the operations of the calling thread carry from now on, e.g. "traceparent".
///
/// Milvus has the trace id of a traceparent as traceID in its log (seen on 2.3.5).
///
/// It stands beside that of the options metadata.NAME, and replaces what they have by the same name.
///
/// @param name   A lower-case name that neither the library nor gRPC nor HTTP/2 uses, at most 64 bytes. At most 16
///               names, and 4096 bytes of names and values in all.
/// @param value  Printable ASCII. NULL or "" removes it.
/// @retval MILVUS_INVALID_ARGUMENT The name or the value cannot be sent; nothing was changed.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_thread_set_metadata(name: *const c_char, value: *const c_char) -> milvus_status {
    entry(c"milvus_thread_set_metadata", || {
        let name = convert::text("name", name)?;
        trace::set_metadata(name, convert::optional_text("value", value)?)
    })
}
