//! Client
//!
//! A client stands for one server (or cluster, or Zilliz Cloud endpoint) and one database. It may be
//! used by any number of threads at once, and one per process is usually enough. All clients together
//! use one library thread, milvus-io; with the first callback comes milvus-call, with milvus_set_log()
//! milvus-log, and while host names are resolved, and some seconds longer, there is a milvus-dns. A second one comes
//! only when two clients resolve names at once; a third client waits for its turn.

use std::ffi::c_char;
use std::sync::PoisonError;

use super::convert::{self, Out, OutStruct, Sized_, copy_text};
use super::entry::entry;
use super::errors::milvus_status;
use super::handle::{self, Handle, Table};
use super::options::milvus_options;
use crate::client::Client;
use crate::config::{Config, Options};
use crate::error::Error;
use crate::operation::Operation;

/// A client. Freed handles and pointers from elsewhere are recognised: MILVUS_INVALID_HANDLE.
pub struct milvus_client {
    _private: (),
}

impl Handle for milvus_client {
    type Value = Client;
    const NAME: &'static str = "milvus_client";
    const KIND: u64 = 1;

    fn table() -> &'static Table<Client> {
        static TABLE: Table<Client> = Table::new();
        &TABLE
    }
}

/// What a server says of itself.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_server_info {
    /// Set by MILVUS_SERVER_INFO_INIT.
    pub size: usize,
    /// The number under which the server keeps this client in its registry; 0 if none (before 2.2.9).
    pub client_id: i64,
    /// 1 if it is milvus-lite, else 0.
    pub is_lite: i32,
    /// 0.
    pub reserved: i32,
    /// Its version as it writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not tell.
    pub version: [c_char; 64],
    /// "STANDALONE", "DISTRIBUTED", "embedded" or whatever it says; "" if it does not tell.
    pub deploy_mode: [c_char; 64],
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_server_info {
    const NAME: &'static str = "milvus_server_info";
    const FIRST_SIZE: usize = 152;
}

/// Makes a client. Does not connect: it does so with its first call, and again whenever the
/// connection is gone. With https the system's root certificates are read here.
///
/// @param uri         Where the server is, as pymilvus takes it:
///                    "http://host[:19530]" or "tcp://..." (plaintext), "https://host[:443]" (TLS, verified
///                    with the system's root certificates), "unix:/path/to/socket". The first path
///                    segment is the database: "http://host:19530/sales". "user:password@" before the
///                    host is a token; percent-encode special characters there. At most 8192 bytes.
///                    The endpoint of a global cluster (Zilliz) leads to its primary cluster.
///                    NULL: the environment variable MILVUS_URI.
/// @param token       "user:password" or an API key; beats the one in the URI. At most 8192 bytes. NULL
///                    or "": the one in the URI, if any; with uri NULL, the environment variable
///                    MILVUS_TOKEN before that.
/// @param out_client  Receives the client; free it with milvus_client_free().
///
/// With https the system's root certificates are those of the environment variables SSL_CERT_FILE and
/// SSL_CERT_DIR, if set. Thread-safe, but the environment is read, which no thread may change meanwhile.
/// Both strings are copied. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_TLS_FAILED (no root
/// certificates), MILVUS_OUT_OF_MEMORY (over a million clients, or no descriptor left), MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_new(
    uri: *const c_char,
    token: *const c_char,
    out_client: *mut *mut milvus_client,
) -> milvus_status {
    entry(c"milvus_client_new", || {
        let mut options = Options::default();
        if let Some(token) = convert::optional_text("token", token)? {
            options.set("token", token)?;
        }
        new_client(uri, &options, out_client)
    })
}

/// Makes a client with options; otherwise as milvus_client_new().
///
/// @param uri         As there; NULL: the environment variable MILVUS_URI.
/// @param options     As many as are to differ from their defaults; not changed, and not needed afterwards.
///                    NULL: none. Without a token in them and with uri NULL, the environment variable
///                    MILVUS_TOKEN is read.
/// @param out_client  Receives the client; free it with milvus_client_free().
///
/// Files that options name are read here, and what is wrong with them is said here. Thread-safe. Returns
/// MILVUS_OK, MILVUS_INVALID_ARGUMENT (also for files and contradictory options), MILVUS_INVALID_HANDLE,
/// MILVUS_TLS_FAILED (no root certificates), MILVUS_OUT_OF_MEMORY (too many clients), MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_new_with(
    uri: *const c_char,
    options: *const milvus_options,
    out_client: *mut *mut milvus_client,
) -> milvus_status {
    entry(c"milvus_client_new_with", || {
        if options.is_null() {
            return new_client(uri, &Options::default(), out_client);
        }
        let options = handle::get(options)?.lock().unwrap_or_else(PoisonError::into_inner).clone();
        new_client(uri, &options, out_client)
    })
}

fn new_client(
    uri: *const c_char,
    options: &Options,
    out_client: *mut *mut milvus_client,
) -> Result<(), Error> {
    let out = Out::new("out_client", out_client)?;
    let config = match convert::optional_text("uri", uri)? {
        Some(uri) => Config::new(uri, options)?,
        None => Config::from_environment(options)?,
    };
    out.write(handle::insert(Client::new(config)?)?);
    Ok(())
}

/// Closes a client: every operation that is under way on it, also blocking calls of other threads, ends with
/// MILVUS_CLOSED (as milvus_future_cancel() ends one), and so does every later call that asks the server or
/// starts an operation. Futures stay, arrive in their queues, and can be read; they still have to be freed.
/// MILVUS_OK means: all that is over, and no callback or destructor of this client is running or due any more;
/// what those use may be freed only then. After MILVUS_TIMEOUT call it again to go on waiting. Hold no lock
/// meanwhile that a callback takes. The handle has to be freed all the same.
///
/// Called by a callback, it runs the callbacks of this client that are due, one after the other, and after
/// MILVUS_OK the calling one is the only one left, with those it was called by. One that is run so and closes the
/// client again gets MILVUS_PENDING at once if more is to come: the close that runs it waits for that. So does a
/// callback that runs inside sixteen others, each of which closes another client: what is due runs after them.
///
/// @param client      The client. Closing it again does no harm.
/// @param timeout_ms  Limit of the whole call in milliseconds: only callbacks that take long can make it long;
///                    0: the client's default (10000); MILVUS_NO_TIMEOUT: none. A callback that runs inside
///                    this call at the limit is waited for.
///
/// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_TIMEOUT or MILVUS_PENDING (closed, but something is still under
/// way, or a callback is running or due), MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
/// MILVUS_INTERNAL. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_close(client: *mut milvus_client, timeout_ms: i64) -> milvus_status {
    entry(c"milvus_client_close", || {
        let client = handle::get(client.cast_const())?;
        client.close(convert::timeout(timeout_ms)?)
    })
}

/// Frees a client. Operations that are under way on it, blocking or not, go on to their normal end, and its
/// callbacks are still called, perhaps long after this: to end them, call milvus_client_close() before. Its
/// futures and lists stay valid, and have to be freed as ever; the connection lasts as long as its futures.
/// NULL does nothing; freeing twice does nothing but set milvus_last_error().
///
/// Thread-safe. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_free(client: *mut milvus_client) {
    if !client.is_null() {
        entry(c"milvus_client_free", || handle::remove(client));
    }
}

/// Tells the server's version, as it writes it: "v2.3.5-lite", "2.6.8", or "" if it does not tell. Connects
/// if there is no connection, but does not ask again while one lasts.
///
/// @param client      The client.
/// @param timeout_ms  Limit of the whole call in milliseconds, connecting included; 0: the client's
///                    default (10000); MILVUS_NO_TIMEOUT: none.
/// @param buffer      Receives the text with a terminating NUL; what does not fit is left out. May be
///                    NULL if capacity is 0.
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  Receives the whole text's length in bytes without the NUL: the text was cut if
///                    it is not below capacity. May be NULL.
///
/// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, or what
/// any call to a server can return: MILVUS_CLOSED, MILVUS_FORKED, MILVUS_UNAVAILABLE, MILVUS_TLS_FAILED,
/// MILVUS_TIMEOUT, MILVUS_UNAUTHENTICATED, MILVUS_PERMISSION_DENIED, MILVUS_DATABASE_NOT_FOUND,
/// MILVUS_RATE_LIMITED, MILVUS_NOT_READY, MILVUS_UNSUPPORTED, MILVUS_SERVER_ERROR, MILVUS_INTERNAL,
/// MILVUS_OUT_OF_MEMORY. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_server_version(
    client: *mut milvus_client,
    timeout_ms: i64,
    buffer: *mut c_char,
    capacity: usize,
    out_length: *mut usize,
) -> milvus_status {
    entry(c"milvus_client_server_version", || {
        let client = handle::get(client.cast_const())?;
        let timeout = convert::timeout(timeout_ms)?;
        if buffer.is_null() && capacity > 0 {
            return Err(Error::invalid_argument("buffer: is NULL"));
        }
        let version = client.server(timeout).wait()?.version_text;
        copy_text(&version, buffer, capacity);
        if let Ok(out) = Out::new("out_length", out_length) {
            out.write(version.len());
        }
        Ok(())
    })
}

/// Tells what the server says of itself. Connects if there is no connection, but does not ask again while
/// one lasts.
///
/// @param client      The client.
/// @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
///                    MILVUS_NO_TIMEOUT: none.
/// @param out_info    Receives the answer; begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
///
/// Thread-safe; blocks. Returns what milvus_client_server_version() does. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_server_info(
    client: *mut milvus_client,
    timeout_ms: i64,
    out_info: *mut milvus_server_info,
) -> milvus_status {
    entry(c"milvus_client_server_info", || {
        let operation = server_info_operation(client, timeout_ms)?;
        let out = OutStruct::new("out_info", out_info)?;
        out.write(&operation.wait()?);
        Ok(())
    })
}

pub(super) fn server_info_operation(
    client: *mut milvus_client,
    timeout_ms: i64,
) -> Result<Operation<milvus_server_info>, Error> {
    let client = handle::get(client.cast_const())?;
    Ok(client.server(convert::timeout(timeout_ms)?).map(|server, _| {
        let mut info = milvus_server_info {
            size: size_of::<milvus_server_info>(),
            client_id: server.identifier,
            is_lite: server.is_lite().into(),
            reserved: 0,
            version: [0; 64],
            deploy_mode: [0; 64],
        };
        copy_text(&server.version_text, info.version.as_mut_ptr(), info.version.len());
        copy_text(&server.deploy_mode, info.deploy_mode.as_mut_ptr(), info.deploy_mode.len());
        info
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_size_is_that_of_this_first_version() {
        assert_eq!(milvus_server_info::FIRST_SIZE, size_of::<milvus_server_info>());
    }
}
