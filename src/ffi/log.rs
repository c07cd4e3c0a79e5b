//! Log
//!
//! The log reports what the library does with its connections, for people who look for a fault. It is off
//! by default and then costs nothing. It never shows a token.

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;

use super::entry::entry;
use super::errors::milvus_status;
use super::userdata::UserData;
use crate::error::Error;
use crate::log::{self, Level};

/// Nothing uses this level yet: the library returns errors and does not log them.
pub const MILVUS_LOG_ERROR: i32 = 1;
/// Something is wrong, and the library copes: a lost connection, a call that took over a second.
pub const MILVUS_LOG_WARNING: i32 = 2;
/// The library connects, or repeats a call.
pub const MILVUS_LOG_INFO: i32 = 3;
/// Every call to a server.
pub const MILVUS_LOG_DEBUG: i32 = 4;

/// Receives one event of the log.
///
/// message is a constant text like "connected"; fields are key=value, separated by blanks. Both are UTF-8
/// on one line, and gone when the callback returns. The library calls it one event at a time, on its thread
/// milvus-log. Nothing waits for it: if it is slow, the library drops events and reports their number. It
/// may call any function of this library except milvus_client_close(), which may have to wait for it. It
/// must not throw.
pub type milvus_log_callback = Option<
    unsafe extern "C" fn(level: i32, message: *const c_char, fields: *const c_char, user_data: *mut c_void),
>;

/// Sets the process's log callback, in place of the one before.
///
/// When this returns, the earlier callback does not run and will not run again, so you may free what its
/// user_data points to. (If that callback itself calls this, it still runs.) Do not hold a lock that the
/// callback needs.
///
/// @param level      What to report: MILVUS_LOG_ERROR to MILVUS_LOG_DEBUG, each with all before it.
/// @param callback   Receives each event. NULL turns the log off.
/// @param user_data  The library passes it to the callback and does not look at it. May be NULL.
/// @retval MILVUS_OUT_OF_MEMORY The library cannot start its thread.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_set_log(
    level: i32,
    callback: milvus_log_callback,
    user_data: *mut c_void,
) -> milvus_status {
    entry(c"milvus_set_log", || {
        let level = match level {
            MILVUS_LOG_ERROR => Level::Error,
            MILVUS_LOG_WARNING => Level::Warning,
            MILVUS_LOG_INFO => Level::Info,
            MILVUS_LOG_DEBUG => Level::Debug,
            other => {
                return Err(Error::invalid_argument(format!("level: is {other}; use one of MILVUS_LOG_...")));
            }
        };
        let Some(callback) = callback else { return log::set(level, None) };
        let user_data = UserData::new(user_data, None);
        log::set(
            level,
            Some(Arc::new(move |level, message, fields| {
                // Messages and fields have no control characters, so no NUL either.
                let message = CString::new(message).unwrap_or_default();
                let fields = CString::new(fields).unwrap_or_default();
                // SAFETY: the caller promises a function that can be called so from any thread.
                unsafe { callback(level as i32, message.as_ptr(), fields.as_ptr(), user_data.pointer()) }
            })),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_LOG_ERROR, Level::Error as i32);
        assert_eq!(MILVUS_LOG_WARNING, Level::Warning as i32);
        assert_eq!(MILVUS_LOG_INFO, Level::Info as i32);
        assert_eq!(MILVUS_LOG_DEBUG, Level::Debug as i32);
    }
}
