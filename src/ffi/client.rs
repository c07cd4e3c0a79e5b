//! Client
//!
//! A client stands for one server (or cluster, or Zilliz Cloud endpoint), and for one database of it where a
//! call names no other. Any number of
//! threads may use it at once, and one client per process is usually enough. All clients share one library
//! thread, milvus-io. The first callback starts milvus-call, and milvus_set_log() or
//! milvus_set_connection_callback() starts milvus-log. While the library resolves host names, and for some
//! seconds after, one thread milvus-dns runs, or two if two clients resolve at once. While it reads a file
//! that an option names, a thread milvus-file runs, and while it decodes an answer of more than 32 KiB or
//! works on a list of 1,000 elements or more, a thread milvus-decode.
//!
//! An answer of a server has at most 8 MiB; its lists have at most 200,000 segments, 100,000 plans, 100,000
//! names of collections, partitions or snapshots, 10,000 databases, 10,000 details of a collection (fields,
//! properties, indexes, replicas) and a million ids. The library does not read an answer that has more: the
//! call fails with MILVUS_SERVER_ERROR, the gRPC code 11 (OUT_OF_RANGE) and a message that names the limit. A
//! client then asks its next question of that kind, about whatever collection, 50 ms later at the earliest, with each
//! further such answer after twice the time, up to a second, and one at a time, until it reads an answer. Calls
//! wait for that within their limits, and fail with MILVUS_TIMEOUT otherwise. Triggers do not wait.

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

/// A client of one server, and of one database unless a call names another.
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

/// What the server tells about itself.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct milvus_server_info {
    /// Set by MILVUS_SERVER_INFO_INIT.
    pub size: usize,
    /// The number under which the server lists this client; 0 if it does not list clients (before Milvus
    /// 2.2.9).
    pub client_id: i64,
    /// 1 if the server is milvus-lite, else 0.
    pub is_lite: i32,
    /// 0.
    pub reserved: i32,
    /// The version as the server writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not
    /// tell.
    pub version: [c_char; 64],
    /// "STANDALONE", "DISTRIBUTED", "embedded", or another word of the server; "" if it does not tell.
    pub deploy_mode: [c_char; 64],
}

// SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
unsafe impl Sized_ for milvus_server_info {
    const NAME: &'static str = "milvus_server_info";
    const FIRST_SIZE: usize = 152;
}

/// Makes a client. The client connects with its first call, and again whenever the connection is lost.
///
/// With https the library reads the system's root certificates here, or those of the environment variables
/// SSL_CERT_FILE and SSL_CERT_DIR. It also reads the variables that name a proxy (see the option "proxy"). No
/// other thread may change the environment meanwhile.
///
/// @param uri         Where the server is, as in pymilvus: "http://host[:19530]" or "tcp://..."
///                    (plaintext), "https://host[:443]" (TLS, verified), "unix:/path/to/socket". The first
///                    path segment is the database: "http://host:19530/sales". "user:password@" before the
///                    host is a token; percent-encode special characters there. A link-local IPv6 address
///                    has its zone behind %25: "http://[fe80::1%25eth0]:19530". At most 8192 bytes. The
///                    endpoint of a global cluster (Zilliz) leads to its primary cluster. NULL: the
///                    environment variable MILVUS_URI. Stray blanks, quotes and newlines are refused.
/// @param token       "user:password" or an API key, at most 8192 bytes. It overrides the one in the URI.
///                    Control characters are refused, and blanks and quotes around a user or an API key.
///                    NULL or "": the one in the URI, if any; if uri is NULL, first the environment
///                    variable MILVUS_TOKEN.
/// @param out_client  Receives the client; free it with milvus_client_free().
/// @retval MILVUS_TLS_FAILED The system has no root certificates.
/// @retval MILVUS_OUT_OF_MEMORY There are over a million clients, or the process has no descriptor left.
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

/// Makes a client with options, otherwise like milvus_client_new().
///
/// The library reads the files that options name here, and reports what is wrong with them. It reads those
/// that changed again: token_file before a request, and at most once a second; certificates and keys before
/// each connection. If one of them cannot be used then, what it had before stays in use, and the log says so,
/// as does the next error of the server's refusal or of TLS.
///
/// @param uri         As in milvus_client_new().
/// @param options     The options; NULL for none. The client does not need them afterwards. If they have no
///                    token and uri is NULL, the library reads the environment variable MILVUS_TOKEN.
/// @param out_client  Receives the client; free it with milvus_client_free().
/// @retval MILVUS_INVALID_ARGUMENT A file is wrong, or options contradict each other.
/// @retval MILVUS_TLS_FAILED The system has no root certificates.
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

/// Replaces the token of a client. Every request from now on carries the new one, also those of calls and
/// waits that have begun. The jobs and what the client knows of them stay. The next request makes a new
/// connection; requests that are under way end on the former one.
///
/// A request that the server did not authenticate because it still carried the old token is sent once more
/// with the new one. The library wipes every form of the old token from memory when the last request that
/// carries it is over. No error and no log event has the old or the new token in it.
///
/// @param client  The client.
/// @param token   "user:password" or an API key, at most 8192 bytes. NULL or "": none.
/// @retval MILVUS_INVALID_ARGUMENT The token is too long, has a control character, or has a blank or quote
///     around the user or the API key; or the client reads it from a file (option token_file).
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_set_token(client: *mut milvus_client, token: *const c_char) -> milvus_status {
    entry(c"milvus_client_set_token", || {
        let client = handle::get(client.cast_const())?;
        client.set_token(convert::optional_text("token", token)?)
    })
}

/// Closes a client: ends all its operations with MILVUS_CLOSED, also blocking calls of other threads.
///
/// Every later call that asks the server or starts an operation fails with MILVUS_CLOSED. Futures stay,
/// arrive in their queues and can be read; you still free them, and the client. After MILVUS_OK no callback
/// or destructor of this client runs or will run, so you may free what they use. After MILVUS_TIMEOUT call
/// this again to go on waiting. Do not hold a lock that a callback needs.
///
/// A callback may call this. The call then runs the client's due callbacks itself, one after the other;
/// after MILVUS_OK only the calling one and those around it are left. A callback that runs inside such a
/// call and closes the same client gets MILVUS_PENDING at once if more callbacks are due, because the outer
/// call waits for them. So does a callback inside sixteen others that each close another client.
///
/// @param client      The client. To close it twice does no harm.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms. Only slow callbacks make
///                    the call long. A callback that this call itself runs can exceed the limit.
/// @retval MILVUS_TIMEOUT The client is closed, but an operation or a callback is still running.
/// @retval MILVUS_PENDING The client is closed, and an outer milvus_client_close() waits for the rest.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_close(client: *mut milvus_client, timeout_ms: i64) -> milvus_status {
    entry(c"milvus_client_close", || {
        let client = handle::get(client.cast_const())?;
        client.close(convert::timeout(timeout_ms)?)
    })
}

/// Frees a client. Its operations go on to their normal end, and its callbacks still run. When they and its
/// futures are gone, the library has wiped every form of its secrets from memory.
///
/// To end them, call milvus_client_close() first. Futures and lists of the client stay valid, and you still
/// free them. The connection lasts as long as the futures do.
///
/// @param client  The client; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_client_free(client: *mut milvus_client) {
    if !client.is_null() {
        entry(c"milvus_client_free", || handle::remove(client));
    }
}

/// Reads the server's version as the server writes it, e.g. "v2.6.8"; "" if it does not tell. Blocks.
///
/// The client asks once for each connection.
///
/// @param client      The client.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param buffer      Receives the text and its NUL, cut to the capacity. NULL is allowed if capacity is 0.
/// @param capacity    Size of the buffer in bytes.
/// @param out_length  Receives the length of the whole text in bytes, without the NUL. The text was cut if
///                    this is not below capacity. May be NULL.
/// @return MILVUS_OK, or what every function that asks the server can return.
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
        convert::check_buffer(buffer, capacity)?;
        let version = client.server(timeout).wait()?.version_text;
        convert::write_text(&version, buffer, capacity, out_length);
        Ok(())
    })
}

/// The client for the collections of a database; NULL or "": its own.
pub(super) fn client_on(client: *mut milvus_client, database: *const c_char) -> Result<Client, Error> {
    handle::get(client.cast_const())?.on_database(convert::optional_text("database", database)?)
}

/// Reads what the server tells about itself. Blocks.
///
/// The client asks once for each connection.
///
/// @param client      The client.
/// @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
/// @param out_info    Receives the answer. Begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
/// @return MILVUS_OK, or what every function that asks the server can return.
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
