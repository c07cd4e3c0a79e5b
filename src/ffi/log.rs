//! Log
//!
//! The log reports what the library does with its connections, for people who look for a fault. It is off
//! by default and then costs nothing. It never shows a token. For programs there is a callback with the state
//! of connections.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Arc;

use super::convert::{c_text, named};
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

/// The client begins to connect. MILVUS_CONNECTION_READY or _FAILED follows, unless nobody waits for it any
/// more.
pub const MILVUS_CONNECTION_CONNECTING: i32 = 1;
/// The client is connected.
pub const MILVUS_CONNECTION_READY: i32 = 2;
/// The attempt to connect failed; the reason says why.
pub const MILVUS_CONNECTION_FAILED: i32 = 3;
/// A connection ended although nobody had closed the client; the reason says why. The next call connects again.
pub const MILVUS_CONNECTION_LOST: i32 = 4;

/// Receives one event of the log.
///
/// message is a constant text like "connected"; fields are key=value, separated by blanks. A value that may
/// have a blank is in double quotes, with backslashes before quotes. The fields of an operation end with its
/// request_id, and its collection and job where they are known. Both texts are UTF-8 on one line, and gone
/// when the callback returns. The library calls it one event at a time, on its thread
/// milvus-log. Nothing waits for it: if it is slow, the library drops events and reports their number. It
/// may call any function of this library except milvus_client_close(), which may have to wait for it. It
/// must not throw.
pub type milvus_log_callback = Option<
    unsafe extern "C" fn(level: i32, message: *const c_char, fields: *const c_char, user_data: *mut c_void),
>;

/// Sets the process's log callback, in place of the one before.
///
/// When this returns, the earlier callback does not run and will not run again, so you may free what its
/// user_data points to. (If that callback itself calls this, it still runs.) The new callback gets the events
/// that wait for the earlier one; without a new callback they are dropped. Do not hold a lock that the
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
                let message = c_text(message);
                let fields = c_text(fields);
                // SAFETY: the caller promises a function that can be called so from any thread.
                unsafe { callback(level as i32, message.as_ptr(), fields.as_ptr(), user_data.pointer()) }
            })),
        )
    })
}

/// Receives what happens to the connection of a client: the new state (one of the MILVUS_CONNECTION_...
/// constants; later versions may add more), the server's address as in messages, e.g. "localhost:19530", and the
/// reason, "" if the state has none.
///
/// Texts, thread and re-entrancy are as in milvus_log_callback: one event of either callback at a time, on the
/// thread milvus-log, and nothing waits for it. If it is slow, the oldest of 1024 states are dropped.
pub type milvus_connection_callback = Option<
    unsafe extern "C" fn(state: i32, address: *const c_char, reason: *const c_char, user_data: *mut c_void),
>;

/// Sets the process's callback for the state of connections, in place of the one before.
///
/// It is independent of milvus_set_log(), and replaced and turned off in the same way.
///
/// @param callback   Receives each change of state, of all clients. NULL turns it off.
/// @param user_data  The library passes it to the callback and does not look at it. May be NULL.
/// @retval MILVUS_OUT_OF_MEMORY The library cannot start its thread.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_set_connection_callback(
    callback: milvus_connection_callback,
    user_data: *mut c_void,
) -> milvus_status {
    entry(c"milvus_set_connection_callback", || {
        let Some(callback) = callback else { return log::set_connection(None) };
        let user_data = UserData::new(user_data, None);
        log::set_connection(Some(Arc::new(move |state, address, reason| {
            let address = c_text(address);
            let reason = c_text(reason);
            // SAFETY: the caller promises a function that can be called so from any thread.
            unsafe { callback(state as i32, address.as_ptr(), reason.as_ptr(), user_data.pointer()) }
        })))
    })
}

/// Gives the short text of a connection's state, e.g. "ready".
///
/// @param state  One of the MILVUS_CONNECTION_... constants, or any other number.
/// @return A static text, never NULL: "unknown connection state" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_connection_state_name(state: i32) -> *const c_char {
    const NAMES: [(i32, &CStr); 4] = [
        (MILVUS_CONNECTION_CONNECTING, c"connecting"),
        (MILVUS_CONNECTION_READY, c"ready"),
        (MILVUS_CONNECTION_FAILED, c"failed"),
        (MILVUS_CONNECTION_LOST, c"lost"),
    ];
    named(state, &NAMES, c"unknown connection state")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::ConnectionState;

    #[test]
    fn the_constants_are_the_cores() {
        assert_eq!(MILVUS_LOG_ERROR, Level::Error as i32);
        assert_eq!(MILVUS_LOG_WARNING, Level::Warning as i32);
        assert_eq!(MILVUS_LOG_INFO, Level::Info as i32);
        assert_eq!(MILVUS_LOG_DEBUG, Level::Debug as i32);
        assert_eq!(MILVUS_CONNECTION_CONNECTING, ConnectionState::Connecting as i32);
        assert_eq!(MILVUS_CONNECTION_READY, ConnectionState::Ready as i32);
        assert_eq!(MILVUS_CONNECTION_FAILED, ConnectionState::Failed as i32);
        assert_eq!(MILVUS_CONNECTION_LOST, ConnectionState::Lost as i32);
    }
}
