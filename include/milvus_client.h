// milvus_client.h - compacts collections of a Milvus server, and reports what really happened.
// Generated from src/ffi by `make header`; do not edit. Licence: Apache-2.0.
//
//     milvus_client *client = NULL;
//     int64_t job;
//     if (milvus_client_new("http://localhost:19530", NULL, &client) == MILVUS_OK &&
//         milvus_compact(client, "products", 0, 0, &job) == MILVUS_OK &&
//         milvus_compaction_wait(client, job, 60000, NULL) == MILVUS_OK)
//         puts("compacted, or nothing to do");
//     else
//         puts(milvus_last_error_message());
//     milvus_client_free(client);
//
// Conventions
//   Words       The server stores the rows of a collection in segments. A trigger is the request for a compaction. It
//               starts a job, which consists of plans: each takes some segments and makes new ones of their rows. A
//               flush stores the rows that are in memory only.
//   Status      A function that can fail returns a milvus_status; MILVUS_OK is 0. A failing call writes nothing through
//               its result parameters, unless its comment says so. milvus_last_error() has the details.
//   Returns     The comment of each function lists the statuses that are its own. In addition, every function that
//               returns a status can return MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE (if it takes a handle),
//               MILVUS_FORKED and MILVUS_INTERNAL. Every function that asks the server (its comment says that it
//               blocks) can also return MILVUS_CLOSED, MILVUS_UNAVAILABLE, MILVUS_TLS_FAILED, MILVUS_TIMEOUT,
//               MILVUS_UNAUTHENTICATED, MILVUS_PERMISSION_DENIED, MILVUS_DATABASE_NOT_FOUND, MILVUS_RATE_LIMITED,
//               MILVUS_NOT_READY, MILVUS_UNSUPPORTED, MILVUS_SERVER_ERROR and MILVUS_OUT_OF_MEMORY.
//   Timeouts    Milliseconds. MILVUS_NO_TIMEOUT (-1) is no limit. 0 depends on the kind of function:
//               an operation takes the client's option timeout_ms (10 s), connecting and repeated tries included;
//               a wait for a job, milvus_optimize(), milvus_optimize_many(), milvus_compact_many() and milvus_survey()
//               take the option wait_timeout_ms (none);
//               a local wait (milvus_future_wait(), milvus_queue_next()) does not wait.
//               No call that asks the server waits forever. MILVUS_UNAVAILABLE ends a wait when the server is silent
//               for a minute, and any call when it answers nothing but keepalive pings for five minutes. MILVUS_STALLED
//               ends a wait when nothing in the job changes for the option stall_timeout_ms (an hour).
//   Threads     Every function is thread-safe. No signal handler may call one: they take locks. A call needs 64 KiB
//               of stack. pthread_cancel() takes effect when a call has returned; a thread that has set
//               PTHREAD_CANCEL_ASYNCHRONOUS must not call.
//   Strings     NUL-terminated UTF-8. The library copies what it gets. Static texts live as long as the library.
//   Yes or no   int32_t. As a parameter 0 or 1; the library refuses any other number, because that
//               usually means swapped arguments. A result can also be MILVUS_NOT_KNOWN: compare it with MILVUS_YES.
//   Structs     Initialise each struct that begins with `size` with its ..._INIT; milvus_error has none, because
//               only the library makes it. Later versions may add fields at the end. The library reads and writes no
//               more than `size` bytes. An older library refuses a struct in which a field that it does not know is
//               not 0. A struct without `size` is part of others and never grows. Fields named reserved are 0.
//   Handles     Clients, options, futures, queues and lists are handles: numbers, not addresses. Freeing
//               NULL does nothing. A call with a handle that is freed or of another type returns
//               MILVUS_INVALID_HANDLE; freeing it again does nothing but set milvus_last_error().
//   Names       A _name function returns a short text for a number, and "unknown ..." if the library does not know it.
//   Since       Everything is there since 0.1.0, unless its comment says otherwise.
//   Process     The library prints nothing and changes no signal handler, locale or environment. It ends the process
//               only if memory runs out, as any Rust program does. Its threads block the process's signals. After
//               fork() every function of the child that returns a status returns MILVUS_FORKED, and the others do
//               nothing; exec() is fine, and so is a fork() before the first call other than milvus_options_...,
//               milvus_option_..., milvus_parse_target_size() and those that give a version or a text. A child that a
//               callback forks must end or call exec() in that callback. A process that closes the library's
//               descriptors, e.g. by closefrom(), ends its use: every later call fails and says so. A plugin that links the library stays loaded after dlclose() (the static library: if linked as
//               pkg-config or CMake say, with -z nodelete).
//   Platform    C99 and later, C++11 and later; 64-bit Linux (x86_64, aarch64).

#ifndef MILVUS_CLIENT_H
#define MILVUS_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @file milvus_client.h Compacts collections of a Milvus server, and reports what really happened. */

// ====================================================================================================
/**
 * @defgroup version Version
 *
 * A program runs with any library whose milvus_abi_version() is at least the MILVUS_ABI_VERSION that the
 * program was compiled with. An incompatible library would have another file name (soname).
 * @{
 */

/** Major version of this header. */
#define MILVUS_VERSION_MAJOR 0

/** Minor version of this header. */
#define MILVUS_VERSION_MINOR 1

/** Patch version of this header. */
#define MILVUS_VERSION_PATCH 0

/** Number of the ABI. Every release that adds functions, constants or fields adds one to it. */
#define MILVUS_ABI_VERSION 1

/**
 * Gives the version of the loaded library, e.g. "0.1.0".
 *
 * @return A static text.
 */
const char *milvus_version(void);

/**
 * Gives the MILVUS_ABI_VERSION of the loaded library.
 *
 * @return The number.
 */
uint32_t milvus_abi_version(void);

/** @} */

// ====================================================================================================
/**
 * @defgroup values Values with a meaning of their own
 *
 * A server does not report every number, and not every question has an answer. These constants stand for
 * that.
 * @{
 */

/** As timeout_ms: no limit. The call still ends with MILVUS_UNAVAILABLE when the server is gone. */
#define MILVUS_NO_TIMEOUT (-1)

/** The server does not report this number. No number that it does report is negative. */
#define MILVUS_NOT_REPORTED (-1)

/** The answer is not known. Compare with MILVUS_YES: as a plain condition, this number counts as true. */
#define MILVUS_NOT_KNOWN (-1)

/** The answer is no. */
#define MILVUS_NO 0

/** The answer is yes. */
#define MILVUS_YES 1

/** There is no job: the server scheduled nothing. Every function that takes a job id takes this one too. */
#define MILVUS_NO_JOB 0

/** There is a job, but the server does not tell its id. No function takes this as a job id. */
#define MILVUS_UNKNOWN_JOB (-1)

/** There is no segment: a plan has no result, or none yet. */
#define MILVUS_NO_SEGMENT (-1)

/**
 * Gives the short text of an answer: "yes", "no" or "unknown".
 *
 * @param answer  MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN. Any other number counts as unknown.
 * @return A static text, never NULL.
 */
const char *milvus_answer_name(int32_t answer);

/** @} */

// ====================================================================================================
/**
 * @defgroup errors Errors
 *
 * A function that can fail returns a milvus_status. The details of a thread's latest failure are in
 * milvus_last_error(). MILVUS_PENDING is no failure and leaves no details: it means that an operation
 * still runs.
 * @{
 */

/** The call succeeded. */
#define MILVUS_OK 0
/** A parameter is NULL, malformed or out of range; the message names it. */
#define MILVUS_INVALID_ARGUMENT 1
/** The handle is freed, of another type, or not from this library. */
#define MILVUS_INVALID_HANDLE 2
/** The client is closed; make a new one. */
#define MILVUS_CLOSED 3
/** This process is a fork of one that used the library; use the library in the parent, or call exec first. */
#define MILVUS_FORKED 4
/** The operation still runs; wait for its future, or ask again later. */
#define MILVUS_PENDING 5
/** The server does not answer, or the connection broke; check the address and the server. */
#define MILVUS_UNAVAILABLE 10
/** No secure connection is possible; check http or https, and the certificates. */
#define MILVUS_TLS_FAILED 11
/** The time limit passed; the work on the server may still go on. */
#define MILVUS_TIMEOUT 12
/** The caller cancelled the call; the work on the server may still go on. */
#define MILVUS_CANCELLED 13
/** The server does not accept the token; check it. */
#define MILVUS_UNAUTHENTICATED 20
/** The user lacks the privilege that the message names; ask an administrator for it. */
#define MILVUS_PERMISSION_DENIED 21
/** The database has no collection or alias of that name. */
#define MILVUS_COLLECTION_NOT_FOUND 22
/** No database of that name exists. */
#define MILVUS_DATABASE_NOT_FOUND 23
/** The server's rate limit refused the call; if the error is retriable, try again in a few seconds. */
#define MILVUS_RATE_LIMITED 24
/** The server is starting, or a part of it is down; try again in a few seconds. */
#define MILVUS_NOT_READY 25
/** The server's configuration switches compaction off (dataCoord.enableCompaction). */
#define MILVUS_COMPACTION_DISABLED 26
/** This version of the server cannot do that; the message names the version that can. */
#define MILVUS_UNSUPPORTED 27
/** The server refused or failed; the error has the server's own code and text. */
#define MILVUS_SERVER_ERROR 28
/** The collection has no partition of that name. */
#define MILVUS_PARTITION_NOT_FOUND 29
/** The compaction ended, and some of its plans failed or timed out; the report has the counts. */
#define MILVUS_COMPACTION_FAILED 40
/** Nobody can tell how the compaction ended; look at the segments, or compact again. */
#define MILVUS_OUTCOME_UNKNOWN 41
/** Some collections failed; the list has the error of each. */
#define MILVUS_SOME_FAILED 42
/** Nothing started: another compaction holds the segments or ran instead, or the server refuses for now; try again later. */
#define MILVUS_BUSY 43
/** Nothing has changed for the stall timeout of the client; the job may go on, so wait again or look at the server. */
#define MILVUS_STALLED 44
/** The compaction would go beyond a bound that the caller set; the library did not trigger it. */
#define MILVUS_OUT_OF_BOUNDS 45
/** The collection was compacted, but segments were left out; the result says how many and why. Optimize it again later. */
#define MILVUS_INCOMPLETE 46
/** The collection is compacted, but the query nodes do not serve all of the result yet; the message names what is missing. */
#define MILVUS_NOT_SERVED 47
/** This is a defect of the library; please report the message. */
#define MILVUS_INTERNAL 50
/** The process has no handle, thread or other resource left. */
#define MILVUS_OUT_OF_MEMORY 51

/**
 * How a call ended: MILVUS_OK or another of the constants above. Later versions add more: treat an unknown
 * one as a failure.
 */
typedef int32_t milvus_status;

/** The details of a failed call. The library makes it and owns it. */
typedef struct milvus_error {
    /** Size of this struct in the loaded library, in bytes. */
    size_t size;
    /** The status that the failed call returned. */
    milvus_status status;
    /** The gRPC status code of the failed request, also the one that gRPC maps an HTTP status to; 0 if gRPC did not fail. */
    int32_t grpc_code;
    /** Milvus' own error code (before Milvus 2.3: the old kind of number); 0 if the server sent none. */
    int32_t server_code;
    /** 1 if the same call can safely be repeated and may then succeed, else 0. */
    int32_t retriable;
    /**
     * 1 if the server may have started a compaction although the call failed, else 0. Never 1 together with
     * retriable: to repeat the call could compact twice.
     */
    int32_t in_doubt;
    /**
     * What the library found out about a trigger in doubt before the call returned: one of the
     * MILVUS_RESOLUTION_... constants. If it found the job, job_id has it. MILVUS_RESOLUTION_NOT_LOOKED if
     * in_doubt is 0.
     */
    int32_t resolution;
    /**
     * The job of the call; MILVUS_NO_JOB if there is none; MILVUS_UNKNOWN_JOB if there is one and the server
     * does not tell its id.
     */
    int64_t job_id;
    /**
     * Name of the function that failed, or that started the failed operation, e.g. "milvus_compact". Static,
     * never NULL; "" if no call failed.
     */
    const char *operation;
    /**
     * What happened, for a person: one line of UTF-8, at most 1023 bytes, without control characters and
     * without the token. Never NULL. It lives as long as this struct. The thread's next failure overwrites the
     * text of milvus_last_error(), so copy it.
     */
    const char *message;
    /**
     * The request id of the operation that failed, as its requests and its log lines have it (see
     * milvus_thread_set_request_id()). Never NULL; "" if no operation had begun. It lives as long as message.
     */
    const char *request_id;
} milvus_error;

/**
 * Gives the name of a status's constant, e.g. "MILVUS_COLLECTION_NOT_FOUND".
 *
 * The other _name functions give a short text. This one gives the constant, because people search for it.
 *
 * @param status  Any number.
 * @return A static text, never NULL: "MILVUS_UNKNOWN_STATUS" for a number that this library does not know.
 */
const char *milvus_status_name(milvus_status status);

/**
 * Says what a status means and what to do about it, in one English sentence.
 *
 * @param status  Any number.
 * @return A static text, never NULL.
 */
const char *milvus_status_message(milvus_status status);

/**
 * Gives the details of the calling thread's latest failure.
 *
 * A call that succeeds leaves them alone. They stay valid on this thread until its next failure or its
 * end.
 *
 * @return The details; with the status MILVUS_OK if no call has failed. Never NULL; do not free it.
 */
const milvus_error *milvus_last_error(void);

/**
 * Gives the message of milvus_last_error().
 *
 * @return The text, "" if no call has failed. Never NULL. It stays valid as long as those details.
 */
const char *milvus_last_error_message(void);

/** @} */

// ====================================================================================================
/**
 * @defgroup options Options
 *
 * Options say how a client connects and waits. Keys and values are texts, so a program can pass them
 * through from a configuration file, an environment variable or another language. milvus_option_get()
 * lists every key.
 * @{
 */

/** The value is any text. */
#define MILVUS_OPTION_KIND_TEXT 0

/** The value is a secret: do not show it. */
#define MILVUS_OPTION_KIND_SECRET 1

/** The value is the path of a file. The file must exist when the client is made. */
#define MILVUS_OPTION_KIND_FILE 2

/** The value is "true" or "false". */
#define MILVUS_OPTION_KIND_BOOLEAN 3

/** The value is a whole number in decimal digits. */
#define MILVUS_OPTION_KIND_NUMBER 4

/** Options of clients that are not made yet. The library wipes secrets from memory when you free them. */
typedef struct milvus_options milvus_options;

/** One option. All texts are static. */
typedef struct milvus_option_info {
    /** Set by MILVUS_OPTION_INFO_INIT. */
    size_t size;
    /** The key, e.g. "tls.ca_file". */
    const char *key;
    /** The value of an option that is not set; "" for none. */
    const char *default_value;
    /** One line for a person. */
    const char *help;
    /** The form of the value: one of the MILVUS_OPTION_KIND_... constants. Later versions may add more. */
    int32_t kind;
    /** 0. */
    int32_t reserved;
    /** Smallest value of a number; 0 for other kinds. */
    int64_t minimum;
    /** Largest value of a number; 0 for other kinds. */
    int64_t maximum;
} milvus_option_info;
/** What a milvus_option_info begins with: its size, and zeros. */
#define MILVUS_OPTION_INFO_INIT { sizeof(milvus_option_info), NULL, NULL, NULL, 0, 0, 0, 0 }

/**
 * Makes options, all at their defaults.
 *
 * @return The options; free them with milvus_options_free(), also after a client used them. NULL if there
 *     are too many; milvus_last_error() has the reason.
 */
milvus_options *milvus_options_new(void);

/**
 * Sets one option.
 *
 * @param options  The options.
 * @param key      One of the keys that milvus_option_get() lists.
 * @param value    The value as text, at most 8192 bytes, or 1 MiB for PEM texts. "" sets a text, or a number without a default,
 *                 back to none.
 * @retval MILVUS_INVALID_ARGUMENT The key is unknown (the message lists all keys), or the value has the
 *     wrong form.
 */
milvus_status milvus_options_set(milvus_options *options,
                                 const char *key,
                                 const char *value);

/**
 * Frees options.
 *
 * @param options  The options; NULL does nothing.
 */
void milvus_options_free(milvus_options *options);

/**
 * Counts the options that this library has.
 *
 * @return The number of options.
 */
size_t milvus_option_count(void);

/**
 * Describes one option.
 *
 * @param index     From 0 to milvus_option_count() - 1.
 * @param out_info  Receives the description. Begin with `milvus_option_info info =
 *                  MILVUS_OPTION_INFO_INIT;`.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_option_get(size_t index, milvus_option_info *out_info);

/**
 * Gives the short text of an option's kind, e.g. "number".
 *
 * @param kind  One of the MILVUS_OPTION_KIND_... constants, or any other number.
 * @return A static text, never NULL: "unknown option kind" for any other number.
 */
const char *milvus_option_kind_name(int32_t kind);

/** @} */

// ====================================================================================================
/**
 * @defgroup client Client
 *
 * A client stands for one server (or cluster, or Zilliz Cloud endpoint), and for one database of it where a
 * call names no other. Any number of
 * threads may use it at once, and one client per process is usually enough. All clients share one library
 * thread, milvus-io. The first callback starts milvus-call, and milvus_set_log() or
 * milvus_set_connection_callback() starts milvus-log. While the library resolves host names, and for some
 * seconds after, one thread milvus-dns runs, or two if two clients resolve at once. While it reads a file
 * that an option names, a thread milvus-file runs, and while it decodes an answer of more than 32 KiB or
 * works on a list of 1,000 elements or more, a thread milvus-decode.
 *
 * An answer of a server has at most 8 MiB; its lists have at most 200,000 segments, 100,000 plans, 100,000
 * names of collections, partitions or snapshots, 10,000 databases, 10,000 details of a collection (fields,
 * properties, indexes, replicas) and a million ids. The library does not read an answer that has more: the
 * call fails with MILVUS_SERVER_ERROR, the gRPC code 11 (OUT_OF_RANGE) and a message that names the limit. A
 * client then asks its next question of that kind, about whatever collection, 50 ms later at the earliest, with each
 * further such answer after twice the time, up to a second, and one at a time, until it reads an answer. Calls
 * wait for that within their limits, and fail with MILVUS_TIMEOUT otherwise. Triggers do not wait.
 * @{
 */

/** A client of one server, and of one database unless a call names another. */
typedef struct milvus_client milvus_client;

/** What the server tells about itself. */
typedef struct milvus_server_info {
    /** Set by MILVUS_SERVER_INFO_INIT. */
    size_t size;
    /**
     * The number under which the server lists this client; 0 if it does not list clients (before Milvus
     * 2.2.9).
     */
    int64_t client_id;
    /** 1 if the server is milvus-lite, else 0. */
    int32_t is_lite;
    /** 0. */
    int32_t reserved;
    /**
     * The version as the server writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not
     * tell.
     */
    char version[64];
    /** "STANDALONE", "DISTRIBUTED", "embedded", or another word of the server; "" if it does not tell. */
    char deploy_mode[64];
} milvus_server_info;
/** What a milvus_server_info begins with: its size, and zeros. */
#define MILVUS_SERVER_INFO_INIT { sizeof(milvus_server_info), 0, 0, 0, "", "" }

/**
 * Makes a client. The client connects with its first call, and again whenever the connection is lost.
 *
 * With https the library reads the system's root certificates here, or those of the environment variables
 * SSL_CERT_FILE and SSL_CERT_DIR. It also reads the variables that name a proxy (see the option "proxy"). No
 * other thread may change the environment meanwhile.
 *
 * @param uri         Where the server is, as in pymilvus: "http://host[:19530]" or "tcp://..."
 *                    (plaintext), "https://host[:443]" (TLS, verified), "unix:/path/to/socket". The first
 *                    path segment is the database: "http://host:19530/sales". "user:password@" before the
 *                    host is a token; percent-encode special characters there. A link-local IPv6 address
 *                    has its zone behind %25: "http://[fe80::1%25eth0]:19530". At most 8192 bytes. The
 *                    endpoint of a global cluster (Zilliz) leads to its primary cluster. NULL: the
 *                    environment variable MILVUS_URI. Stray blanks, quotes and newlines are refused.
 * @param token       "user:password" or an API key, at most 8192 bytes. It overrides the one in the URI.
 *                    Control characters are refused, and blanks and quotes around a user or an API key.
 *                    NULL or "": the one in the URI, if any; if uri is NULL, first the environment
 *                    variable MILVUS_TOKEN.
 * @param out_client  Receives the client; free it with milvus_client_free().
 * @retval MILVUS_TLS_FAILED The system has no root certificates.
 * @retval MILVUS_OUT_OF_MEMORY There are over a million clients, or the process has no descriptor left.
 */
milvus_status milvus_client_new(const char *uri,
                                const char *token,
                                milvus_client **out_client);

/**
 * Makes a client with options, otherwise like milvus_client_new().
 *
 * The library reads the files that options name here, and reports what is wrong with them. It reads those
 * that changed again: token_file before a request, and at most once a second; certificates and keys before
 * each connection. If one of them cannot be used then, what it had before stays in use, and the log says so,
 * as does the next error of the server's refusal or of TLS.
 *
 * @param uri         As in milvus_client_new().
 * @param options     The options; NULL for none. The client does not need them afterwards. If they have no
 *                    token and uri is NULL, the library reads the environment variable MILVUS_TOKEN.
 * @param out_client  Receives the client; free it with milvus_client_free().
 * @retval MILVUS_INVALID_ARGUMENT A file is wrong, or options contradict each other.
 * @retval MILVUS_TLS_FAILED The system has no root certificates.
 */
milvus_status milvus_client_new_with(const char *uri,
                                     const milvus_options *options,
                                     milvus_client **out_client);

/**
 * Replaces the token of a client. Every request from now on carries the new one, also those of calls and
 * waits that have begun. The jobs and what the client knows of them stay. The next request makes a new
 * connection; requests that are under way end on the former one.
 *
 * A request that the server did not authenticate because it still carried the old token is sent once more
 * with the new one. The library wipes every form of the old token from memory when the last request that
 * carries it is over. No error and no log event has the old or the new token in it.
 *
 * @param client  The client.
 * @param token   "user:password" or an API key, at most 8192 bytes. NULL or "": none.
 * @retval MILVUS_INVALID_ARGUMENT The token is too long, has a control character, or has a blank or quote
 *     around the user or the API key; or the client reads it from a file (option token_file).
 */
milvus_status milvus_client_set_token(milvus_client *client,
                                      const char *token);

/**
 * Closes a client: ends all its operations with MILVUS_CLOSED, also blocking calls of other threads.
 *
 * Every later call that asks the server or starts an operation fails with MILVUS_CLOSED. Futures stay,
 * arrive in their queues and can be read; you still free them, and the client. After MILVUS_OK no callback
 * or destructor of this client runs or will run, so you may free what they use. After MILVUS_TIMEOUT call
 * this again to go on waiting. Do not hold a lock that a callback needs.
 *
 * A callback may call this. The call then runs the client's due callbacks itself, one after the other;
 * after MILVUS_OK only the calling one and those around it are left. A callback that runs inside such a
 * call and closes the same client gets MILVUS_PENDING at once if more callbacks are due, because the outer
 * call waits for them. So does a callback inside sixteen others that each close another client.
 *
 * @param client      The client. To close it twice does no harm.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms. Only slow callbacks make
 *                    the call long. A callback that this call itself runs can exceed the limit.
 * @retval MILVUS_TIMEOUT The client is closed, but an operation or a callback is still running.
 * @retval MILVUS_PENDING The client is closed, and an outer milvus_client_close() waits for the rest.
 */
milvus_status milvus_client_close(milvus_client *client,
                                  int64_t timeout_ms);

/**
 * Frees a client. Its operations go on to their normal end, and its callbacks still run. When they and its
 * futures are gone, the library has wiped every form of its secrets from memory.
 *
 * To end them, call milvus_client_close() first. Futures and lists of the client stay valid, and you still
 * free them. The connection lasts as long as the futures do.
 *
 * @param client  The client; NULL does nothing.
 */
void milvus_client_free(milvus_client *client);

/**
 * Reads the server's version as the server writes it, e.g. "v2.6.8"; "" if it does not tell. Blocks.
 *
 * The client asks once for each connection.
 *
 * @param client      The client.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param buffer      Receives the text and its NUL, cut to the capacity. NULL is allowed if capacity is 0.
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  Receives the length of the whole text in bytes, without the NUL. The text was cut if
 *                    this is not below capacity. May be NULL.
 * @return MILVUS_OK, or what every function that asks the server can return.
 */
milvus_status milvus_client_server_version(milvus_client *client,
                                           int64_t timeout_ms,
                                           char *buffer,
                                           size_t capacity,
                                           size_t *out_length);

/**
 * Reads what the server tells about itself. Blocks.
 *
 * The client asks once for each connection.
 *
 * @param client      The client.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_info    Receives the answer. Begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
 * @return MILVUS_OK, or what every function that asks the server can return.
 */
milvus_status milvus_client_server_info(milvus_client *client,
                                        int64_t timeout_ms,
                                        milvus_server_info *out_info);

/** @} */

// ====================================================================================================
/**
 * @defgroup compaction Compaction
 *
 * Start a compaction with milvus_compact(), then wait for its job with milvus_compaction_wait(). If both
 * return MILVUS_OK, everything that the server scheduled is done, or there was nothing to do. The job runs
 * on the server. It goes on if this process ends, and no server can cancel it.
 * @{
 */

/** As target_size_mb: as large as the server allows. */
#define MILVUS_LARGEST_TARGET_SIZE INT64_MAX

/** The trigger was not sent, or the server did not answer it. */
#define MILVUS_TRIGGER_NONE 0

/** The server scheduled plans for this trigger. */
#define MILVUS_TRIGGER_SCHEDULED 1

/**
 * The server scheduled nothing: its segments show nothing to compact (but see MILVUS_BUSY). A server
 * before 2.4 gives a job id all the same; a wait for that job reports that there was nothing to do.
 */
#define MILVUS_TRIGGER_NOTHING_TO_DO 2

/**
 * The server scheduled nothing new: a job of the same kind runs on the whole collection, and job_id has
 * it. Rows that were flushed after it began are not in it; trigger again later if they matter.
 */
#define MILVUS_TRIGGER_ALREADY_RUNNING 3

/**
 * The server gave a job, but nobody can tell whether it belongs to this trigger. Before 2.4: the plans of
 * the job cannot be listed. Clustering up to 3.0.0: the server answers with any running job of the
 * collection.
 */
#define MILVUS_TRIGGER_ACCEPTED 4

/** Nothing was triggered: the parameters of milvus_compact_many() skip the collection. */
#define MILVUS_TRIGGER_SKIPPED 5

/**
 * What to compact, and how. The default, MILVUS_COMPACT_PARAMS_INIT, merges small segments of the whole
 * collection and purges deleted rows. The library refuses parameters that contradict each other.
 */
typedef struct milvus_compact_params {
    /** Set by MILVUS_COMPACT_PARAMS_INIT. */
    size_t size;
    /** 1: re-cluster by the collection's clustering key, from Milvus 2.4.6 on. Else 0. */
    int32_t is_clustering;
    /**
     * 1: only apply deletions (segments of level L0) to the segments that they concern, from Milvus 2.6.3 on.
     * Else 0.
     */
    int32_t is_l0;
    /**
     * Above 0: merge up to segments of this many MB, or MILVUS_LARGEST_TARGET_SIZE, from Milvus 2.6.12 on.
     * That release reports version 2.6.11, and 2.6.8 to 2.6.11 ignore or misread the size, so the library
     * refuses all that report those versions unless the option allow_early_target_size is true. A server
     * refuses less than its own segment size. milvus_parse_target_size() reads a text like "1.5 GiB".
     */
    int64_t target_size_mb;
    /**
     * Only this partition; NULL for all; "" is refused. This field, channel and segment_ids need Milvus 2.5.8,
     * and exclude the fields above.
     */
    const char *partition_name;
    /**
     * Only segments of this channel, e.g. "by-dev-rootcoord-dml_0_4477v0"; NULL for all; "" is refused. The
     * message for an unknown channel lists those of the collection.
     */
    const char *channel;
    /**
     * Only these segments, which must be flushed segments of the collection; NULL for all. The library does
     * not read the list after the call.
     */
    const int64_t *segment_ids;
    /** Number of those ids, at most 100000; 0 only if segment_ids is NULL. */
    size_t segment_count;
    /**
     * The database of the collection, or of all collections of milvus_compact_many(), milvus_optimize() and
     * milvus_optimize_many(). NULL or "": the client's own. Databases came with Milvus 2.2.9.
     */
    const char *database;
    /**
     * 1: trigger only if nobody compacts the collection already, whether by a trigger or by itself; else fail
     * at once with MILVUS_BUSY and what runs. It needs a Milvus before 2.4 or newer than 3.0.0: others do not
     * show what others compact (MILVUS_UNSUPPORTED). Before 2.4 a plan that failed counts as well. Two programs
     * that ask at the same moment may both see nothing. milvus_optimize() waits for others, and refuses it.
     * Else 0.
     */
    int32_t only_if_idle;
    /** 0. */
    int32_t reserved;
} milvus_compact_params;
/** What a milvus_compact_params begins with: its size, and zeros. */
#define MILVUS_COMPACT_PARAMS_INIT { sizeof(milvus_compact_params), 0, 0, 0, NULL, NULL, NULL, 0, NULL, 0, 0 }

/** The server's answer to a trigger. */
typedef struct milvus_compact_result {
    /** Set by MILVUS_COMPACT_RESULT_INIT. */
    size_t size;
    /** What the server did: one of the MILVUS_TRIGGER_... constants. Later versions may add more. */
    int32_t trigger;
    /** 0. */
    int32_t reserved;
    /** The job to wait for, or MILVUS_NO_JOB. */
    int64_t job_id;
    /** Plans of the job; MILVUS_NOT_REPORTED if their number is not known. */
    int64_t planned;
    /**
     * Segments that waited to be sorted right before the trigger, so that the job leaves them out (Milvus 2.5
     * and later); MILVUS_NOT_REPORTED if that is not known.
     */
    int64_t unsorted_segments;
} milvus_compact_result;
/** What a milvus_compact_result begins with: its size, and zeros. */
#define MILVUS_COMPACT_RESULT_INIT { sizeof(milvus_compact_result), 0, 0, 0, 0, 0 }

/**
 * Starts a compaction of one collection, and returns as soon as the server has scheduled it. Blocks.
 *
 * The library looks the name up and sends the collection's id, real name and database: a server before
 * 2.4.18 that gets only a name compacts every collection of every database. The job leaves out rows that
 * are not flushed. Servers up to about 2.4 leave a collection without an index alone.
 *
 * The library repeats a trigger only if the server certainly did nothing with it. If the call fails and
 * the server may have started the job all the same, the error has in_doubt, and resolution says what the
 * library found out; see milvus_compaction_resolve(). If a job of the same kind already runs on the whole
 * collection, this gives that job, as far as the client can know; milvus_compact_with() tells the
 * difference.
 *
 * Clustering up to 3.0.0: the server answers with any running job of the collection, whatever its kind.
 * The wait finds out, and reports MILVUS_VERDICT_NOT_STARTED if the results are not clustered. To know its own
 * jobs apart, a client sends a clustering trigger while none of its other triggers for the collection is on its
 * way, and no other one until that is answered or given up. Each waits within its limit, in the order of the
 * calls, and looks the collection up again afterwards.
 *
 * @param client           The client.
 * @param collection_name  Name or alias in the client's database, at most 65535 bytes.
 * @param is_clustering    1: re-cluster by the collection's clustering key, from Milvus 2.4.6 on. 0: merge
 *                         small segments and purge deleted rows.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_job_id       Receives the job's id, or MILVUS_NO_JOB if the server scheduled nothing.
 * @retval MILVUS_BUSY The server scheduled nothing, although a trigger would take stored segments: another
 *     compaction holds them, or the server does not want them now. Nothing was started; try again later.
 * @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
 * @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off. Milvus 2.3 needs
 *     up to 28 s to say so; a shorter call ends with MILVUS_TIMEOUT.
 * @retval MILVUS_UNSUPPORTED The server is too old for clustering, or too old to give a job id.
 */
milvus_status milvus_compact(milvus_client *client,
                             const char *collection_name,
                             int32_t is_clustering,
                             int64_t timeout_ms,
                             int64_t *out_job_id);

/**
 * Starts a compaction of one collection, or of a part of it, of any kind that the server has. Blocks.
 *
 * Otherwise like milvus_compact(). The library refuses what this server would silently ignore, and sends
 * nothing: the server would compact something else. A server that does not tell its version counts as too
 * old for every parameter, unless the option assumed_version says what it is.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, at most 65535 bytes.
 * @param params           What to do. Begin with `milvus_compact_params params =
 *                         MILVUS_COMPACT_PARAMS_INIT;`. NULL: all defaults.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_result       Receives the answer. Begin with `milvus_compact_result result =
 *                         MILVUS_COMPACT_RESULT_INIT;`.
 * @retval MILVUS_INVALID_ARGUMENT Parameters contradict each other, or the collection has no such channel
 *     or segment.
 * @retval MILVUS_PARTITION_NOT_FOUND The collection has no such partition.
 * @retval MILVUS_BUSY As in milvus_compact(), or the server cannot compact all of the segment_ids now.
 * @retval MILVUS_UNSUPPORTED The server is too old; the message names the version that can do it.
 * @return Also what milvus_compact() returns.
 */
milvus_status milvus_compact_with(milvus_client *client,
                                  const char *collection_name,
                                  const milvus_compact_params *params,
                                  int64_t timeout_ms,
                                  milvus_compact_result *out_result);

/**
 * Reads a target size such as "512MB" or "1.5 GiB".
 *
 * The text is a decimal number, perhaps blanks, and a unit: B, KB, MB, GB, TB, PB or EB in any case, also
 * without the B or with an i before it. All units are powers of 1024, as everywhere in Milvus. The result
 * is rounded down to whole MB. "max" is MILVUS_LARGEST_TARGET_SIZE. A number without a unit is refused:
 * some clients take it for bytes, others for MB.
 *
 * @param text    The text.
 * @param out_mb  Receives the size in MB, at least 1.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_parse_target_size(const char *text,
                                       int64_t *out_mb);

/**
 * Gives the short text of what a server did about a trigger, e.g. "nothing to do".
 *
 * @param trigger  One of the MILVUS_TRIGGER_... constants, or any other number.
 * @return A static text, never NULL: "unknown trigger" for any other number.
 */
const char *milvus_trigger_name(int32_t trigger);

/** @} */

// ====================================================================================================
/**
 * @defgroup jobs Following a job
 *
 * milvus_compaction_wait() waits for a job and judges it. The verdict rests on what happened to the
 * segments of each plan, and on the server's counters while the server shows them. It does not rest on the
 * server's state "Completed", which jobs that failed or never existed have too.
 * @{
 */

/** The server answered with a state that this library does not know. */
#define MILVUS_COMPACTION_STATE_UNDEFINED 0

/** At least one plan runs or waits to run. */
#define MILVUS_COMPACTION_STATE_EXECUTING 1

/** No plan runs. That alone means little: jobs that failed or never existed are Completed too. */
#define MILVUS_COMPACTION_STATE_COMPLETED 2

/** There is no verdict: the wait ended before the job did. */
#define MILVUS_VERDICT_NONE 0

/** Every plan of the job completed. */
#define MILVUS_VERDICT_SUCCEEDED 1

/**
 * The server scheduled nothing: its segments show nothing to compact. Before 2.4 another compaction may
 * hold the segments.
 */
#define MILVUS_VERDICT_NOTHING_TO_DO 2

/** Some plans completed; others failed or timed out. */
#define MILVUS_VERDICT_PARTLY_FAILED 3

/** Plans failed, and none completed. */
#define MILVUS_VERDICT_FAILED 4

/** The plans ran out of the time that the server gives them, and none completed. */
#define MILVUS_VERDICT_TIMED_OUT 5

/** The server forgot the job, never knew it, or forgot too much of it. */
#define MILVUS_VERDICT_UNKNOWN 6

/**
 * The trigger asked for clustering, but the server answered with another job of the collection and started
 * none. That other job is over: trigger again. The wait returns MILVUS_BUSY.
 */
#define MILVUS_VERDICT_NOT_STARTED 7

/** Plans of a job by their state. */
typedef struct milvus_plan_counts {
    /** Plans that run or wait to run, in the server's latest answer. */
    int64_t executing;
    /** Plans that completed. */
    int64_t completed;
    /** Plans that failed. */
    int64_t failed;
    /** Plans that ran out of the time that the server gives each. */
    int64_t timed_out;
} milvus_plan_counts;

/** What the server says about a job now. */
typedef struct milvus_compaction_state_info {
    /** Set by MILVUS_COMPACTION_STATE_INFO_INIT. */
    size_t size;
    /** One of the MILVUS_COMPACTION_STATE_... constants. */
    int32_t state;
    /** 0. */
    int32_t reserved;
    /** The plans that the server counts now. It stops counting a plan within seconds of its end. */
    milvus_plan_counts counts;
} milvus_compaction_state_info;
/** What a milvus_compaction_state_info begins with: its size, and zeros. */
#define MILVUS_COMPACTION_STATE_INFO_INIT { sizeof(milvus_compaction_state_info), 0, 0, { 0, 0, 0, 0 } }

/** How a job ended: one of the MILVUS_VERDICT_... constants. Later versions may add more. */
typedef int32_t milvus_verdict;

/** What a compaction changed in the segments of a collection. MILVUS_NOT_REPORTED stands for what cannot be known. */
typedef struct milvus_segment_diff {
    /** Segments with stored rows before the compaction. */
    int64_t segments_before;
    /** Segments with stored rows after it. */
    int64_t segments_after;
    /** Rows of those segments before the compaction. Deleted rows count until a compaction purges them. */
    int64_t rows_before;
    /** Rows of those segments after it. Inserts and flushes in between change this number too. */
    int64_t rows_after;
    /**
     * Deleted rows that the compaction purged. Reported only if all sources are gone, all targets are stored, and no
     * other change can be mixed in.
     */
    int64_t rows_purged;
    /** Segments that were stored before and no longer are. */
    int64_t segments_removed;
    /** Segments that were not stored before. Flushes add some too. */
    int64_t segments_added;
    /** Sources of the plans that are still stored. A compaction that is done leaves 0. */
    int64_t sources_remaining;
    /** Targets of the plans that are not stored: a later compaction replaced them, or no plan made them. */
    int64_t targets_missing;
    /** Targets that the server itself says were made of the plans' sources. Servers newer than 3.0.0 report it. */
    int64_t targets_confirmed;
    /** Segments of deletions (L0) before the compaction. Servers since 2.4.7 report it. */
    int64_t l0_segments_before;
    /** Segments of deletions (L0) after it. */
    int64_t l0_segments_after;
} milvus_segment_diff;

/**
 * Segments that were stored at the trigger and that no plan of the job took, by reason. All fields are
 * MILVUS_NOT_REPORTED unless this client triggered or imported the job and the server lists segments and plans.
 */
typedef struct milvus_left_out {
    /** All of them. */
    int64_t total;
    /** Segments that wait to be sorted. Servers since 2.5 sort each segment after its flush. */
    int64_t unsorted;
    /** Segments of deletions (L0), which only an L0 compaction takes. */
    int64_t l0;
    /** Results of clustering, which a plain compaction leaves alone. */
    int64_t clustered;
    /** Segments that an import was writing. */
    int64_t importing;
    /** Segments that were not flushed. */
    int64_t unflushed;
    /** Segments outside the partition, channel or list of segments that the trigger named. */
    int64_t not_asked_for;
    /** The rest: another compaction held them, or the server did not want them for a reason that it does not list. */
    int64_t other;
} milvus_left_out;

/** What a wait found out about a job. */
typedef struct milvus_compaction_report {
    /** Set by MILVUS_COMPACTION_REPORT_INIT. */
    size_t size;
    /** How the job ended: one of the MILVUS_VERDICT_... constants. MILVUS_VERDICT_NONE if the wait ended first. */
    milvus_verdict verdict;
    /** 1 if segment_diff is filled: the client triggered or imported the job, and the server lists segments. Else 0. */
    int32_t has_segment_diff;
    /** The job. */
    int64_t job_id;
    /** Plans of the job; 0 if their number is not known. */
    int64_t planned;
    /**
     * The plans by their state. Servers forget, so those that ended count by the largest counters that were seen, and by
     * what became of each plan's segments.
     */
    milvus_plan_counts counts;
    /** Plans that ended in a way that nobody can tell. milvus_plan has the reason of each. */
    int64_t unknown_plans;
    /** Duration of the wait in milliseconds. */
    int64_t elapsed_ms;
    /** Questions that the server answered. */
    uint64_t polls;
    /** Questions that failed, and that the wait repeated. */
    uint64_t failed_polls;
    /**
     * What changed between the trigger and the end of the job. All fields are MILVUS_NOT_REPORTED unless
     * has_segment_diff is 1.
     */
    milvus_segment_diff segment_diff;
    /** Segments that the job left out; MILVUS_NOT_REPORTED if that is not known. */
    milvus_left_out left_out;
    /**
     * Segments that waited to be sorted right before the trigger (servers since 2.5), as in milvus_compact_result.
     * MILVUS_NOT_REPORTED unless this client triggered or imported the job, and of MILVUS_NO_JOB unless it is the
     * end of milvus_optimize() or milvus_compact_many().
     */
    int64_t unsorted_segments;
    /**
     * Milliseconds for which the job had not changed when the wait ended early; 0 if the job is over. A wait ends
     * with MILVUS_STALLED when this is more than the option stall_timeout_ms.
     */
    int64_t stalled_ms;
} milvus_compaction_report;
/** What a milvus_compaction_report begins with: its size, and zeros. */
#define MILVUS_COMPACTION_REPORT_INIT { sizeof(milvus_compaction_report), 0, 0, 0, 0, { 0, 0, 0, 0 }, 0, 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0 }, 0, 0 }

/**
 * Asks what the server says about a job now. Blocks.
 *
 * Most programs want milvus_compaction_wait(): one look cannot tell success from failures that the server
 * has forgotten. A server from 2.2 on answers Completed with zeros for a job that it does not know.
 *
 * @param client      The client.
 * @param job_id      From milvus_compact(), of this or another process. MILVUS_NO_JOB is Completed without
 *                    plans; the library asks no server then.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_info    Receives the answer. Begin with `milvus_compaction_state_info info =
 *                    MILVUS_COMPACTION_STATE_INFO_INIT;`.
 * @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
 */
milvus_status milvus_compaction_state(milvus_client *client,
                                      int64_t job_id,
                                      int64_t timeout_ms,
                                      milvus_compaction_state_info *out_info);

/**
 * Waits until a job is over, and judges it. Blocks.
 *
 * MILVUS_OK means: every plan completed, or there was nothing to do. The library asks often while the job
 * is young and rarely when it is old: every 0.1 to 2 s, about a twelfth of its age, and from two minutes on
 * every sixtieth of it, up to 10 s, unless other jobs stand behind it. So a wait for one job of a fast
 * server since 2.6 ends at most 0.13 s late, or 10 %. Servers before 2.6 look at their plans every 3 s only:
 * there the pauses are 0.75 s at first, and then 0.5 s or more. The first pauses are 0.3 s with nine jobs,
 * and 1 s with a hundred or more. No pause is shorter than two answers of the server take, up to 2 s.
 *
 * All waits of a client share the polls of the option poll.max_rate, by default 500 a second, each of one or
 * two requests. Servers work on jobs about in the order of their triggers, so the client asks most about the
 * jobs that can end soon: of 10,000 it notices most ends within 0.3 s, and each within about 1.5 s. About the
 * others it asks four times as rarely, or in turn at half of the rate: a server with an order of its own can
 * have one of 10,000 jobs wait for its poll up to 40 s, and a wait that is shorter than that may end before
 * its first. A job whose kind (clustering or not) took long five times before is asked about every twelfth of
 * its age, up to 10 s, until it can be over, and then every 2 s.
 *
 * The wait goes on through restarts and lost connections of up to a minute, and gives a slow server more
 * time: each question has 5 s to 2 minutes. It takes a second look, a second later, before it reports
 * anything but success.
 *
 * The wait ends without the job if the server is gone, the collection is dropped, or nothing changes for
 * the time of the option stall_timeout_ms (an hour): a plan can wait for a free worker without end.
 *
 * @param client      The client. Best is the one that triggered the job: it remembers what servers forget.
 *                    Of a foreign job it knows only what the server lists, and plans vanish from that list
 *                    an hour after their start (since 2.6.3) or a day; a job that may be that old is
 *                    MILVUS_VERDICT_UNKNOWN. For a foreign job use milvus_job_import() first, or
 *                    milvus_compaction_wait_in().
 * @param job_id      From milvus_compact(). MILVUS_NO_JOB is over at once, with nothing to do; the library
 *                    asks no server then.
 * @param timeout_ms  Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
 *                    limit.
 * @param out_report  Receives what the wait found out, also if the wait fails after it began. Begin with
 *                    `milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;`. May be NULL.
 * @retval MILVUS_COMPACTION_FAILED Plans failed or timed out.
 * @retval MILVUS_OUTCOME_UNKNOWN Nobody can tell how the job ended.
 * @retval MILVUS_BUSY The verdict is MILVUS_VERDICT_NOT_STARTED.
 * @retval MILVUS_COLLECTION_NOT_FOUND Somebody dropped the collection.
 * @retval MILVUS_TIMEOUT The limit came first; the job goes on.
 * @retval MILVUS_STALLED Nothing of the job changed for stall_timeout_ms; the job may go on. To wait again
 *     is safe.
 * @retval MILVUS_UNAVAILABLE The server was silent for a minute, or answered no question for five minutes.
 * @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
 */
milvus_status milvus_compaction_wait(milvus_client *client,
                                     int64_t job_id,
                                     int64_t timeout_ms,
                                     milvus_compaction_report *out_report);

/**
 * Gives the short text of a verdict, e.g. "partly failed".
 *
 * @param verdict  One of the MILVUS_VERDICT_... constants, or any other number.
 * @return A static text, never NULL: "unknown verdict" for any other number.
 */
const char *milvus_verdict_name(milvus_verdict verdict);

/**
 * Says what a verdict means, in one English sentence.
 *
 * @param verdict  Any number.
 * @return A static text, never NULL.
 */
const char *milvus_verdict_message(milvus_verdict verdict);

/**
 * Gives the short text of a job's state, e.g. "executing".
 *
 * @param state  One of the MILVUS_COMPACTION_STATE_... constants, or any other number.
 * @return A static text, never NULL: "unknown compaction state" for any other number.
 */
const char *milvus_compaction_state_name(int32_t state);

/** @} */

// ====================================================================================================
/**
 * @defgroup plans Plans
 *
 * A job consists of plans. Each plan turns some segments into others. Servers newer than 3.0.0 tell more
 * about each plan, and list the plans of a whole collection.
 * @{
 */

/** Type of a plan (servers may have others): none. */
#define MILVUS_PLAN_TYPE_UNDEFINED 0

/** The plan merges segments. */
#define MILVUS_PLAN_TYPE_MERGE 2

/** The plan merges segments and purges their deleted rows. This is the ordinary type. */
#define MILVUS_PLAN_TYPE_MIX 3

/** The plan rewrites one segment. */
#define MILVUS_PLAN_TYPE_SINGLE 4

/** No current server makes plans of this type. */
#define MILVUS_PLAN_TYPE_MINOR 5

/** No current server makes plans of this type. */
#define MILVUS_PLAN_TYPE_MAJOR 6

/** The plan applies deletions. */
#define MILVUS_PLAN_TYPE_LEVEL0_DELETE 7

/** The plan re-clusters segments. */
#define MILVUS_PLAN_TYPE_CLUSTERING 8

/** The plan sorts a segment after its flush. */
#define MILVUS_PLAN_TYPE_SORT 9

/** The plan sorts a segment by partition key. */
#define MILVUS_PLAN_TYPE_PARTITION_KEY_SORT 10

/** The plan clusters segments and sorts them by partition key. */
#define MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT 11

/** The plan brings a segment to a newer schema. */
#define MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION 12

/** State of a plan (servers may have others): none. */
#define MILVUS_PLAN_STATE_UNKNOWN 0

/** The plan runs. */
#define MILVUS_PLAN_STATE_EXECUTING 1

/** The plan waits for a free node. */
#define MILVUS_PLAN_STATE_PIPELINING 2

/** The plan completed. */
#define MILVUS_PLAN_STATE_COMPLETED 3

/** The plan failed. */
#define MILVUS_PLAN_STATE_FAILED 4

/** The plan took longer than the server allows. */
#define MILVUS_PLAN_STATE_TIMEOUT 5

/** The plan runs, and finds clusters. */
#define MILVUS_PLAN_STATE_ANALYZING 6

/** The plan runs, and builds indexes. */
#define MILVUS_PLAN_STATE_INDEXING 7

/** The server has cleaned up after the plan, which completed or failed. */
#define MILVUS_PLAN_STATE_CLEANED 8

/** The plan runs, and its result is stored. */
#define MILVUS_PLAN_STATE_META_SAVED 9

/** The plan runs, and collects statistics. */
#define MILVUS_PLAN_STATE_STATISTIC 10

/** Plans of a job or of a collection, as they were at one moment. */
typedef struct milvus_plan_list milvus_plan_list;

/** One plan of a job; servers also call it a task. */
typedef struct milvus_plan {
    /** Set by MILVUS_PLAN_INIT. */
    size_t size;
    /** Ids of the segments that the plan takes; NULL if there are none. They live as long as the list. */
    const int64_t *sources;
    /** Number of those ids. */
    size_t source_count;
    /** Id of the first segment that the plan makes; MILVUS_NO_SEGMENT if there is none, or none yet. */
    int64_t target;
    /**
     * Ids of all segments that the plan makes, as far as they are known; NULL if there are none. They live as
     * long as the list.
     */
    const int64_t *targets;
    /** Number of those ids. */
    size_t target_count;
    /**
     * How the plan ended, as far as this client has seen: one of the MILVUS_JUDGEMENT_... constants. A wait
     * judges the plans of its job. A plan that no wait has judged is MILVUS_JUDGEMENT_OPEN, unless the server
     * tells its state.
     */
    int32_t judgement;
    /** What the judgement rests on: one of the MILVUS_REASON_... constants. */
    int32_t reason;
    /**
     * 1 if the server tells the fields that follow (newer than 3.0.0). Else 0, and the numbers are
     * MILVUS_NOT_REPORTED and the texts "".
     */
    int32_t has_details;
    /** One of the MILVUS_PLAN_TYPE_... constants. */
    int32_t type;
    /** One of the MILVUS_PLAN_STATE_... constants. */
    int32_t state;
    /** 0. */
    int32_t reserved;
    /** The plan's own id. */
    int64_t plan_id;
    /** The job it belongs to. */
    int64_t job_id;
    /** The collection it works on. */
    int64_t collection_id;
    /** The partition it works on. */
    int64_t partition_id;
    /** The channel whose segments it takes; lives as long as the list, never NULL. */
    const char *channel;
    /**
     * Why the plan failed; "" if it did not fail, or the server does not say. Servers up to 3.0.0 say it only
     * on the management port (option management_uri), whatever has_details is. It lives as long as the list,
     * never NULL.
     */
    const char *failure_reason;
} milvus_plan;
/** What a milvus_plan begins with: its size, and zeros. */
#define MILVUS_PLAN_INIT { sizeof(milvus_plan), NULL, 0, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL }

/**
 * Lists the plans of a job, ordered by their sources. Blocks.
 *
 * The list has the plans that the server lists now, and those that this client saw while it waited,
 * because servers forget plans.
 *
 * @param client      The client.
 * @param job_id      From milvus_compact(), of this or another process. MILVUS_NO_JOB has no plans; the
 *                    library asks no server then.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_plans   Receives the list, which may be empty; free it with milvus_plan_list_free().
 * @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
 * @retval MILVUS_SERVER_ERROR Also if the server lists more than 100,000 plans, or more than a client keeps of
 *     one job: 8 MiB, which are some 70,000 plans of two segments, or 30,000 with details.
 * @retval MILVUS_OUT_OF_MEMORY Also if there is no memory for the list.
 */
milvus_status milvus_compaction_plans(milvus_client *client,
                                      int64_t job_id,
                                      int64_t timeout_ms,
                                      milvus_plan_list **out_plans);

/**
 * Lists every compaction task of a collection that the server remembers, automatic ones too. Blocks.
 *
 * The tasks are plans with all details. Servers forget them after an hour to a day, so this is no complete
 * history. Servers up to 3.0.0 ignore the collection and would answer with the plans of others or with
 * none, so the library refuses them. Which later version lists tasks first is not published: the answer
 * has to prove it.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_plans        Receives the list, which may be empty; free it with milvus_plan_list_free().
 * @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
 * @retval MILVUS_COMPACTION_DISABLED The server's configuration switches compaction off.
 * @retval MILVUS_UNSUPPORTED The server does not list the tasks of one collection.
 * @retval MILVUS_SERVER_ERROR Also if the server lists more than 100,000 tasks.
 * @retval MILVUS_OUT_OF_MEMORY Also if there is no memory for the list.
 */
milvus_status milvus_compaction_tasks(milvus_client *client,
                                      const char *collection_name,
                                      const char *database,
                                      int64_t timeout_ms,
                                      milvus_plan_list **out_plans);

/**
 * Gives the short text of a plan's type, e.g. "mix".
 *
 * @param number  One of the MILVUS_PLAN_TYPE_... constants, or any other number.
 * @return A static text, never NULL: "unknown plan type" for any other number.
 */
const char *milvus_plan_type_name(int32_t number);

/**
 * Gives the short text of a plan's state, e.g. "executing".
 *
 * @param number  One of the MILVUS_PLAN_STATE_... constants, or any other number.
 * @return A static text, never NULL: "unknown plan state" for any other number.
 */
const char *milvus_plan_state_name(int32_t number);

/**
 * Counts the plans of a list.
 *
 * @param plans  The list.
 * @return The number of plans; 0 for NULL or a freed list. milvus_last_error() stays as it is.
 */
size_t milvus_plan_list_count(const milvus_plan_list *plans);

/**
 * Reads one plan of a list.
 *
 * @param plans     The list.
 * @param index     From 0 to milvus_plan_list_count() - 1.
 * @param out_plan  Receives the plan. Begin with `milvus_plan plan = MILVUS_PLAN_INIT;`. What it points to
 *                  lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_plan_list_get(const milvus_plan_list *plans,
                                   size_t index,
                                   milvus_plan *out_plan);

/**
 * Frees a list of plans.
 *
 * @param plans  The list; NULL does nothing.
 */
void milvus_plan_list_free(milvus_plan_list *plans);

/** @} */

// ====================================================================================================
/**
 * @defgroup judgements Judgements
 *
 * Each plan has a judgement (how it ended) and a reason (what shows that). Servers stop counting a plan
 * within three seconds of its end; what happened to its segments stays.
 * @{
 */

/**
 * How a plan ended: it still runs or waits, or the client has not looked yet. Later versions may add more judgements
 * and reasons.
 */
#define MILVUS_JUDGEMENT_OPEN 0

/** The plan replaced its sources. */
#define MILVUS_JUDGEMENT_COMPLETED 1

/** The plan ended and changed nothing. */
#define MILVUS_JUDGEMENT_FAILED 2

/** The plan ran out of the server's time and changed nothing. */
#define MILVUS_JUDGEMENT_TIMED_OUT 3

/** The plan ended, and its segments do not show how. */
#define MILVUS_JUDGEMENT_UNKNOWN 4

/** There is no judgement yet. */
#define MILVUS_REASON_NONE 0

/** The server reports the state of this plan. */
#define MILVUS_REASON_REPORTED 1

/** The plan's target is stored, and none of its sources is. */
#define MILVUS_REASON_TARGET_STORED 2

/** The plan had a target that was replaced later, and none of its sources is stored. */
#define MILVUS_REASON_TARGET_REPLACED 3

/** The plan's sources are gone, and no segment replaced them: all their rows were deleted. */
#define MILVUS_REASON_PURGED 4

/** The L0 segments that the plan took are gone. */
#define MILVUS_REASON_DELETES_APPLIED 5

/** The server no longer lists the plan; its sources are gone, and a segment that fits them replaced them. */
#define MILVUS_REASON_RESULT_FITS 6

/** The job is over, the plan has no target, and all of its sources are still stored. */
#define MILVUS_REASON_SOURCES_STORED 7

/** The server announced or counted the plan, but never listed it. */
#define MILVUS_REASON_NEVER_LISTED 8

/** The client could not list the segments, or not before the trigger. */
#define MILVUS_REASON_SEGMENTS_UNKNOWN 9

/** The client never saw the plan's sources stored. */
#define MILVUS_REASON_SOURCES_UNKNOWN 10

/** Some of the plan's sources are stored, others are gone. */
#define MILVUS_REASON_SOME_SOURCES_STORED 11

/** The plan has a target, but its sources are still stored. */
#define MILVUS_REASON_TARGET_BESIDE_SOURCES 12

/** The plan has no target, and its sources are gone: another compaction may have taken them. */
#define MILVUS_REASON_TAKEN_BY_OTHERS 13

/** The plan's partition was dropped, and its sources with it. */
#define MILVUS_REASON_PARTITION_DROPPED 14

/** The plan's sources are gone, and the client could not list the partitions: the partition may have been dropped. */
#define MILVUS_REASON_PARTITIONS_UNKNOWN 15

/** The server no longer lists the plan, and its sources do not show how it ended. */
#define MILVUS_REASON_NO_LONGER_LISTED 16

/** The plan did not cluster: its target is not at level L2. */
#define MILVUS_REASON_OTHER_KIND 17

/** The client cannot tell whether the plan clustered: it does not know the target's level. */
#define MILVUS_REASON_LEVEL_UNKNOWN 18

/** The server lists contradictory facts about the plan. */
#define MILVUS_REASON_MALFORMED 19

/**
 * Gives the short text of a judgement, e.g. "completed".
 *
 * @param judgement  One of the MILVUS_JUDGEMENT_... constants, or any other number.
 * @return A static text, never NULL: "unknown judgement" for any other number.
 */
const char *milvus_judgement_name(int32_t judgement);

/**
 * Gives the short text of a reason, e.g. "target stored".
 *
 * @param reason  One of the MILVUS_REASON_... constants, or any other number.
 * @return A static text, never NULL: "unknown reason" for any other number.
 */
const char *milvus_reason_name(int32_t reason);

/**
 * Says what a reason means, in one English sentence.
 *
 * @param reason  Any number.
 * @return A static text, never NULL.
 */
const char *milvus_reason_message(int32_t reason);

/** @} */

// ====================================================================================================
/**
 * @defgroup segments Segments
 *
 * A collection consists of segments. Compare them from before and after to see what a compaction changed;
 * milvus_compaction_wait() does that itself for the jobs of its client.
 * @{
 */

/** The segments in storage. Rows that are not flushed are mostly missing. */
#define MILVUS_SEGMENTS_STORED 0

/** The segments that query nodes serve; none if the collection is not loaded. */
#define MILVUS_SEGMENTS_LOADED 1

/** State of a segment (servers may have others): it still takes rows. */
#define MILVUS_SEGMENT_STATE_GROWING 2

/** In storage: complete, and about to be flushed. On query nodes: any segment that does not grow. */
#define MILVUS_SEGMENT_STATE_SEALED 3

/** The segment is stored for good. */
#define MILVUS_SEGMENT_STATE_FLUSHED 4

/** The server is storing the segment. */
#define MILVUS_SEGMENT_STATE_FLUSHING 5

/** A compaction replaced the segment, or somebody dropped it. */
#define MILVUS_SEGMENT_STATE_DROPPED 6

/** An import is writing the segment. */
#define MILVUS_SEGMENT_STATE_IMPORTING 7

/** Level of a segment (servers may have others): of a version before levels. */
#define MILVUS_SEGMENT_LEVEL_LEGACY 0

/** Holds nothing but deletions. */
#define MILVUS_SEGMENT_LEVEL_L0 1

/** Holds rows. */
#define MILVUS_SEGMENT_LEVEL_L1 2

/** Holds rows, clustered. */
#define MILVUS_SEGMENT_LEVEL_L2 3

/** Segments of a collection, as they were at one moment. */
typedef struct milvus_segment_list milvus_segment_list;

/** One segment. MILVUS_NOT_REPORTED stands for what this server does not report. */
typedef struct milvus_segment {
    /** Set by MILVUS_SEGMENT_INIT. */
    size_t size;
    /** The segment's id. */
    int64_t id;
    /** The collection it belongs to. */
    int64_t collection_id;
    /** The partition it belongs to. */
    int64_t partition_id;
    /** Rows of the segment. Deleted rows count until a compaction purges them. */
    int64_t rows;
    /** One of the MILVUS_SEGMENT_STATE_... constants. */
    int32_t state;
    /** One of the MILVUS_SEGMENT_LEVEL_... constants; reported since Milvus 2.4.7. */
    int32_t level;
    /**
     * 1 if the rows are sorted by primary key, 0 if not, MILVUS_NOT_REPORTED (which is not 0 either) before
     * Milvus 2.5.0.
     */
    int32_t is_sorted;
    /** 0. */
    int32_t reserved;
    /** Version of the storage format, from Milvus 2.6.0 on. */
    int64_t storage_version;
    /** Memory of a loaded segment in bytes. Most servers send 0, which is MILVUS_NOT_REPORTED here. */
    int64_t memory;
    /**
     * The channel of the rows, in storage and from servers newer than 3.0.0, else NULL. It lives as long as
     * the list, as do the next two.
     */
    const char *channel;
    /** The segments that a compaction made this one of, where channel is reported; NULL if there are none. */
    const int64_t *compaction_from;
    /** Number of those. */
    size_t compaction_from_count;
    /** Query nodes that serve a loaded segment; NULL if there are none. */
    const int64_t *nodes;
    /** Number of those. */
    size_t node_count;
} milvus_segment;
/** What a milvus_segment begins with: its size, and zeros. */
#define MILVUS_SEGMENT_INIT { sizeof(milvus_segment), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, NULL, 0 }

/**
 * Lists the segments of a collection, ordered by id. Blocks.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param which            MILVUS_SEGMENTS_STORED or MILVUS_SEGMENTS_LOADED.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_segments     Receives the list, which may be empty; free it with milvus_segment_list_free().
 * @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
 * @retval MILVUS_UNSUPPORTED The server is milvus-lite.
 * @retval MILVUS_SERVER_ERROR Also if the server lists more than 200,000 segments.
 * @retval MILVUS_OUT_OF_MEMORY Also if there is no memory for the list.
 */
milvus_status milvus_segments(milvus_client *client,
                              const char *collection_name,
                              const char *database,
                              int32_t which,
                              int64_t timeout_ms,
                              milvus_segment_list **out_segments);

/**
 * Counts the segments of a list.
 *
 * @param segments  The list.
 * @return The number of segments; 0 for NULL or a freed list. milvus_last_error() stays as it is.
 */
size_t milvus_segment_list_count(const milvus_segment_list *segments);

/**
 * Reads one segment of a list.
 *
 * @param segments     The list.
 * @param index        From 0 to milvus_segment_list_count() - 1.
 * @param out_segment  Receives the segment. Begin with `milvus_segment segment = MILVUS_SEGMENT_INIT;`.
 *                     What it points to lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_segment_list_get(const milvus_segment_list *segments,
                                      size_t index,
                                      milvus_segment *out_segment);

/**
 * Frees a list of segments.
 *
 * @param segments  The list; NULL does nothing.
 */
void milvus_segment_list_free(milvus_segment_list *segments);

/**
 * Compares the stored segments of one collection at two moments. Asks no server.
 *
 * @param before    From milvus_segments(), before the trigger.
 * @param after     From milvus_segments(), after the job.
 * @param plans     The plans of the job, from milvus_compaction_plans(); NULL if they are not known.
 * @param out_diff  Receives the difference.
 * @retval MILVUS_INVALID_ARGUMENT A list is of loaded segments, or the lists are of two collections.
 */
milvus_status milvus_segments_compare(const milvus_segment_list *before,
                                      const milvus_segment_list *after,
                                      const milvus_plan_list *plans,
                                      milvus_segment_diff *out_diff);

/**
 * Gives the short text of a segment's state, e.g. "flushed".
 *
 * @param state  One of the MILVUS_SEGMENT_STATE_... constants, or any other number.
 * @return A static text, never NULL: "unknown segment state" for any other number.
 */
const char *milvus_segment_state_name(int32_t state);

/**
 * Gives the short text of a segment's level, e.g. "L1".
 *
 * @param level  One of the MILVUS_SEGMENT_LEVEL_... constants, or any other number.
 * @return A static text, never NULL: "unknown segment level" for any other number, such as
 *     MILVUS_NOT_REPORTED.
 */
const char *milvus_segment_level_name(int32_t level);

/** @} */

// ====================================================================================================
/**
 * @defgroup check Before a trigger, and after one in doubt
 *
 * milvus_compaction_check() predicts what a trigger would do, without sending one. If the answer to a
 * trigger was lost, the trigger is in doubt: milvus_compaction_resolve() looks whether it started a job.
 * @{
 */

/** Nobody has looked: no time was left, or no trigger was in doubt. */
#define MILVUS_RESOLUTION_NOT_LOOKED 0

/**
 * A compaction of the collection has begun since the trigger. An automatic one, or one of another client,
 * looks the same. Do not trigger again.
 */
#define MILVUS_RESOLUTION_STARTED 1

/**
 * The server lists the collection's compactions, and none has begun since. A request that is still on its
 * way through the cluster does not show: look again after a while.
 */
#define MILVUS_RESOLUTION_NO_TRACE 2

/**
 * Nobody can tell: the server shows too little (2.4 to 3.0.0, until segments change), does not answer, or
 * too much time has passed.
 */
#define MILVUS_RESOLUTION_UNKNOWN 3

/** No trigger of this client for this collection is in doubt. */
#define MILVUS_RESOLUTION_NOT_IN_DOUBT 4

/**
 * What a trigger would find. Each int32_t field is MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN. A number
 * that the library cannot read is MILVUS_NOT_REPORTED.
 */
typedef struct milvus_check_result {
    /** Set by MILVUS_CHECK_RESULT_INIT. */
    size_t size;
    /**
     * Whether the server would schedule anything now. MILVUS_YES if would_compact_if_free is MILVUS_YES and
     * may_be_busy is MILVUS_NO; MILVUS_NO if would_compact_if_free is MILVUS_NO; else MILVUS_NOT_KNOWN.
     */
    int32_t would_compact;
    /**
     * Whether the server would schedule anything if no other compaction held the segments. MILVUS_NOT_KNOWN
     * where something invisible decides: a time to live, snapshots, an external source, a vector field without
     * index beside one with an index, the server's settings for clustering and target sizes, and for is_l0
     * rows that are not flushed.
     */
    int32_t would_compact_if_free;
    /**
     * Whether another compaction may hold segments, which a trigger would leave out. As is_running; from 2.4
     * to 3.0.0 MILVUS_NOT_KNOWN unless a job of this client runs.
     */
    int32_t may_be_busy;
    /** Whether the server's configuration allows compaction. */
    int32_t is_enabled;
    /**
     * Whether a compaction of this collection runs. Before 2.4 and newer than 3.0.0 every compaction shows
     * (before 2.4, failed plans make it MILVUS_NOT_KNOWN); in between only jobs of this client.
     */
    int32_t is_running;
    /** Whether the collection has an index. */
    int32_t is_indexed;
    /**
     * Whether this server leaves a collection without an index alone: MILVUS_YES up to 2.3, MILVUS_NOT_KNOWN
     * up to 2.4.13.
     */
    int32_t needs_index;
    /** Whether the collection has a clustering key. */
    int32_t has_clustering_key;
    /**
     * Whether a trigger would leave out rows because they are not flushed; deleted rows do not count. Servers
     * newer than 3.0.0 list such rows. From 2.3.5 on the library counts them if the collection is loaded, for
     * MILVUS_NO all its partitions; for some seconds after a flush the answer can be MILVUS_NOT_KNOWN. Else it
     * is MILVUS_NOT_KNOWN.
     */
    int32_t has_unflushed;
    /**
     * Whether the segments are in their final form: each partition (and channel, where listed) has at most one
     * stored segment, which is flushed, sorted where servers sort, and indexed where its siblings are; no
     * segment holds deletions. MILVUS_NO if that is not known. Servers rewrite such segments at each trigger
     * all the same, 1 to 1. Rows that are not flushed do not count: see has_unflushed.
     */
    int32_t is_final;
    /**
     * Flushed segments with rows that the trigger would take, sorted where servers sort; with is_l0, those
     * that deletions may concern.
     */
    int64_t segments;
    /** Rows of those segments. */
    int64_t rows;
    /**
     * About how many segments the trigger would make of those in `segments`, by partition, channel and the
     * width of rows: servers do not list the bytes of a segment. MILVUS_NOT_REPORTED if the kind of compaction
     * leaves it open.
     */
    int64_t expected_segments;
    /**
     * Segments that wait to be sorted, and are not among `segments`. A trigger leaves out those that the
     * server is sorting; 2.5 took results of a compaction that it had not begun to sort. MILVUS_NOT_REPORTED
     * before 2.5. See the option flush.wait_for_sort.
     */
    int64_t unsorted_segments;
    /** Segments of deletions (L0); MILVUS_NOT_REPORTED before 2.4.7. */
    int64_t l0_segments;
    /** Rows that no index covers yet; MILVUS_NOT_REPORTED without an index. */
    int64_t unindexed_rows;
    /** Why would_compact is what it is, for a person: one line of UTF-8. */
    char reason[256];
} milvus_check_result;
/** What a milvus_check_result begins with: its size, and zeros. */
#define MILVUS_CHECK_RESULT_INIT { sizeof(milvus_check_result), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "" }

/** What happened to a trigger in doubt. */
typedef struct milvus_resolution {
    /** Set by MILVUS_RESOLUTION_INIT. */
    size_t size;
    /** One of the MILVUS_RESOLUTION_... constants. Later versions may add more. */
    int32_t state;
    /** 0. */
    int32_t reserved;
    /**
     * The job that the trigger started. MILVUS_UNKNOWN_JOB, for which no function waits, if the server does
     * not tell which job (none up to 3.0.0 does). MILVUS_NO_JOB if the library found none.
     */
    int64_t job_id;
    /** What the library saw, for a person: one line of UTF-8. */
    char text[256];
} milvus_resolution;
/** What a milvus_resolution begins with: its size, and zeros. */
#define MILVUS_RESOLUTION_INIT { sizeof(milvus_resolution), 0, 0, 0, "" }

/**
 * Predicts what a trigger with these parameters would do now. It only reads. Blocks.
 *
 * The library refuses parameters as milvus_compact_with() does. If compaction is switched off, the result
 * says so, and the call succeeds. What the user may not read, or the server does not tell, is
 * MILVUS_NOT_KNOWN.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param params           As in milvus_compact_with(); NULL: all defaults.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_result       Receives the prediction. Begin with `milvus_check_result result =
 *                         MILVUS_CHECK_RESULT_INIT;`.
 * @return What milvus_compact_with() returns.
 */
milvus_status milvus_compaction_check(milvus_client *client,
                                      const char *collection_name,
                                      const milvus_compact_params *params,
                                      int64_t timeout_ms,
                                      milvus_check_result *out_result);

/**
 * Looks whether this client's latest trigger in doubt of a collection has started a job. Blocks.
 *
 * Servers newer than 3.0.0 list the jobs of a collection; servers before 2.4 list all plans. Besides, the
 * library compares the segments with those right before the trigger. The failing trigger has looked once
 * itself if time was left: see resolution in milvus_error. A client remembers the latest trigger in doubt
 * of each of up to 256 collections, until the server answers a later one.
 *
 * @param client           The client that sent the trigger. Another client has nothing to compare, and
 *                         gets MILVUS_RESOLUTION_NOT_IN_DOUBT.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_resolution   Receives the answer. Begin with `milvus_resolution resolution =
 *                         MILVUS_RESOLUTION_INIT;`.
 * @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
 */
milvus_status milvus_compaction_resolve(milvus_client *client,
                                        const char *collection_name,
                                        const char *database,
                                        int64_t timeout_ms,
                                        milvus_resolution *out_resolution);

/**
 * Gives the short text of a resolution's state, e.g. "started".
 *
 * @param state  One of the MILVUS_RESOLUTION_... constants, or any other number.
 * @return A static text, never NULL: "unknown resolution" for any other number.
 */
const char *milvus_resolution_name(int32_t state);

/** @} */

// ====================================================================================================
/**
 * @defgroup flush Flushing
 *
 * milvus_flush() before a compaction lets the compaction take every row.
 * @{
 */

/**
 * Flushes a collection: asks the server to store the inserted rows, and waits until they are stored.
 * Blocks.
 *
 * A compaction leaves out rows that are not flushed; from Milvus 2.5 on, it also leaves out flushed
 * segments that are not sorted. With the option flush.wait_for_sort this waits for the sorting too, some
 * seconds more on 2.5. You may repeat a flush.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms. From Milvus 2.3.9
 *                         on a collection can be flushed once in 10 s; a second flush waits for that.
 * @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias.
 * @retval MILVUS_TIMEOUT The flush goes on. The message says if the rows are stored and only not sorted.
 * @retval MILVUS_STALLED Nothing changed for stall_timeout_ms; the flush may go on.
 */
milvus_status milvus_flush(milvus_client *client,
                           const char *collection_name,
                           const char *database,
                           int64_t timeout_ms);

/** @} */

// ====================================================================================================
/**
 * @defgroup catalog Collections and databases
 *
 * milvus_collections() lists the collections of a database with what decides whether to compact them, and
 * milvus_databases() the databases of a server. Both only read.
 * @{
 */

/** The collections of a database. */
typedef struct milvus_collection_list milvus_collection_list;

/** The databases of a server. */
typedef struct milvus_database_list milvus_database_list;

/** A collection as the server describes it. */
typedef struct milvus_collection_info {
    /** Set by MILVUS_COLLECTION_INFO_INIT. */
    size_t size;
    /** The name of the collection. It lives as long as the list, as do the other texts; never NULL. */
    const char *collection_name;
    /** The database of the collection; empty on servers without databases (before 2.2.9). It is never NULL. */
    const char *database;
    /**
     * The aliases of the collection, sorted, with a comma between them (no name contains one); empty if there
     * are none. It is never NULL.
     */
    const char *aliases;
    /** Milvus' id of the collection; 0 from milvus-lite, or if the description failed. */
    int64_t id;
    /**
     * Stored rows. Deleted rows count until a compaction purges them; rows that are not flushed do not count.
     * MILVUS_NOT_REPORTED if they could not be read.
     */
    int64_t rows;
    /**
     * Whether query nodes serve the collection: MILVUS_YES (also if only some partitions are loaded),
     * MILVUS_NO (also while it is being loaded) or MILVUS_NOT_KNOWN.
     */
    int32_t is_loaded;
    /** Whether the collection has a clustering key: MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN. */
    int32_t has_clustering_key;
    /**
     * MILVUS_OK if everything could be read. Else the status of the first request that failed, e.g.
     * MILVUS_COLLECTION_NOT_FOUND (dropped meanwhile) or MILVUS_PERMISSION_DENIED; what other requests gave
     * is there.
     */
    milvus_status status;
    /** 0. */
    int32_t reserved;
    /**
     * The details of the failure; with the status MILVUS_OK if there is none. It lives as long as the list,
     * never NULL.
     */
    const milvus_error *error;
} milvus_collection_info;
/** What a milvus_collection_info begins with: its size, and zeros. */
#define MILVUS_COLLECTION_INFO_INIT { sizeof(milvus_collection_info), NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, NULL }

/** A database. */
typedef struct milvus_database_info {
    /** Set by MILVUS_DATABASE_INFO_INIT. */
    size_t size;
    /** The name of the database. It lives as long as the list, never NULL. */
    const char *database;
    /** Milvus' id of the database; 0 before 2.5. */
    int64_t id;
} milvus_database_info;
/** What a milvus_database_info begins with: its size, and zeros. */
#define MILVUS_DATABASE_INFO_INIT { sizeof(milvus_database_info), NULL, 0 }

/**
 * Lists the collections of a database that the user may see, sorted by name. Blocks.
 *
 * The library asks three questions for each collection, 16 collections at a time. A collection that cannot
 * be read has its error in its entry, and keeps no other from being read.
 *
 * @param client      The client.
 * @param database    The database; NULL or "": the client's own.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option timeout_ms. Collections
 *                    whose turn has not come by then have the status MILVUS_TIMEOUT.
 * @param out_list    Receives the list, also with MILVUS_SOME_FAILED; free it with
 *                    milvus_collection_list_free().
 * @retval MILVUS_SOME_FAILED At least one collection could not be read. The message has the first failure. The
 *     names, databases and aliases of all together have at most 32 MiB; a collection beyond has
 *     MILVUS_SERVER_ERROR.
 * @retval MILVUS_SERVER_ERROR Also if the database has more than 100,000 collections.
 */
milvus_status milvus_collections(milvus_client *client,
                                 const char *database,
                                 int64_t timeout_ms,
                                 milvus_collection_list **out_list);

/**
 * Counts the collections of a list.
 *
 * @param list  The list.
 * @return The number of collections; 0 for NULL or a freed list. milvus_last_error() stays as it is.
 */
size_t milvus_collection_list_count(const milvus_collection_list *list);

/**
 * Reads one collection of a list.
 *
 * @param list      The list.
 * @param index     From 0 to milvus_collection_list_count() - 1.
 * @param out_info  Receives the collection. Begin with `milvus_collection_info info =
 *                  MILVUS_COLLECTION_INFO_INIT;`. What it points to lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_collection_list_get(const milvus_collection_list *list,
                                         size_t index,
                                         milvus_collection_info *out_info);

/**
 * Frees a list of collections.
 *
 * @param list  The list; NULL does nothing.
 */
void milvus_collection_list_free(milvus_collection_list *list);

/**
 * Lists the databases of the server that the user may see, sorted by name. Blocks.
 *
 * Up to 2.4 a user needs the privilege ListDatabases.
 *
 * @param client      The client.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_list    Receives the list; free it with milvus_database_list_free().
 * @retval MILVUS_UNSUPPORTED The server has no databases (before 2.2.9).
 * @retval MILVUS_SERVER_ERROR Also if the server has more than 10,000 databases.
 */
milvus_status milvus_databases(milvus_client *client,
                               int64_t timeout_ms,
                               milvus_database_list **out_list);

/**
 * Counts the databases of a list.
 *
 * @param list  The list.
 * @return The number of databases; 0 for NULL or a freed list. milvus_last_error() stays as it is.
 */
size_t milvus_database_list_count(const milvus_database_list *list);

/**
 * Reads one database of a list.
 *
 * @param list      The list.
 * @param index     From 0 to milvus_database_list_count() - 1.
 * @param out_info  Receives the database. Begin with `milvus_database_info info =
 *                  MILVUS_DATABASE_INFO_INIT;`. What it points to lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_database_list_get(const milvus_database_list *list,
                                       size_t index,
                                       milvus_database_info *out_info);

/**
 * Frees a list of databases.
 *
 * @param list  The list; NULL does nothing.
 */
void milvus_database_list_free(milvus_database_list *list);

/** @} */

// ====================================================================================================
/**
 * @defgroup survey Surveys
 *
 * milvus_survey() looks which collections are worth compacting, before anything is triggered.
 * @{
 */

/** The results of a survey. */
typedef struct milvus_survey_list milvus_survey_list;

/** What a survey assumes. MILVUS_SURVEY_PARAMS_INIT has all defaults. */
typedef struct milvus_survey_params {
    /** Set by MILVUS_SURVEY_PARAMS_INIT. */
    size_t size;
    /**
     * The compaction whose effect the survey predicts, without partition, channel and segments; its database is
     * the one to survey. NULL: a plain one, in the client's database. The library does not read it after the
     * call.
     */
    const milvus_compact_params *compaction;
    /**
     * How many collections the library looks at at a time: up to 10000; 0 for 16. It asks about at most 32 at
     * a time.
     */
    int32_t concurrency;
    /**
     * 1: survey the collections of every database that the user may see, without names and without a database in
     * `compaction`; more than 100,000 together are MILVUS_SERVER_ERROR. Else 0.
     */
    int32_t all_databases;
    /**
     * The size of a row in bytes, for the estimates; 0: the fixed-width fields of the schema, so that texts,
     * JSON, arrays and sparse vectors do not count.
     */
    int64_t row_bytes;
    /**
     * The size of a segment in bytes up to which the server merges; 0: target_size_mb, or the default of the
     * server's version (512 MB before 2.4, then 1 GB).
     */
    int64_t segment_bytes;
} milvus_survey_params;
/** What a milvus_survey_params begins with: its size, and zeros. */
#define MILVUS_SURVEY_PARAMS_INIT { sizeof(milvus_survey_params), NULL, 0, 0, 0, 0 }

/** What a survey found out about one collection. MILVUS_NOT_REPORTED stands for a number that is not known. */
typedef struct milvus_survey_result {
    /** Set by MILVUS_SURVEY_RESULT_INIT. */
    size_t size;
    /**
     * The name or alias that you gave, or that the server listed; empty if a whole database could not be
     * listed. It lives as long as the list, as does the database; never NULL.
     */
    const char *collection_name;
    /** The database of the collection; empty on servers without databases (before 2.2.9). It is never NULL. */
    const char *database;
    /**
     * MILVUS_OK if the survey of this collection succeeded. Else the status with which it failed; then only
     * the names and the error are there.
     */
    milvus_status status;
    /** 0. */
    int32_t reserved;
    /**
     * The details of the failure; with the status MILVUS_OK if there is none. It lives as long as the list,
     * never NULL.
     */
    const milvus_error *error;
    /**
     * What milvus_compaction_check() would say: whether a trigger would compact anything, why or why not, and
     * whether the segments are in their final form already. NULL if the survey of this collection failed. It
     * lives as long as the list.
     */
    const milvus_check_result *check;
    /** Stored segments with rows. */
    int64_t stored_segments;
    /** Rows of those segments. Deleted rows count until a compaction purges them. */
    int64_t stored_rows;
    /**
     * Bytes of those rows, as an estimate: rows by row_bytes. MILVUS_NOT_REPORTED if the size of a row is not
     * known.
     */
    int64_t stored_bytes;
    /** Stored segments below half of segment_bytes, as servers define a small segment by default. */
    int64_t small_segments;
    /** Stored segments that wait to be sorted; MILVUS_NOT_REPORTED before 2.5. */
    int64_t unsorted_segments;
    /** Segments of deletions (L0); MILVUS_NOT_REPORTED before 2.4.7. */
    int64_t l0_segments;
    /**
     * Stored rows that are deleted (or expired) and not purged yet. The library counts them on query nodes from
     * 2.3.5 on, if the whole collection is loaded and exactly its stored segments are served. Else
     * MILVUS_NOT_REPORTED.
     */
    int64_t deleted_rows;
    /** Segments that the compaction would merge with others; 0 if it would do nothing. */
    int64_t merged_segments;
    /** About how many segments those would become. */
    int64_t merged_into;
    /** Rows that the compaction would rewrite, also those of segments that servers rewrite 1 to 1. */
    int64_t rewrite_rows;
    /** Bytes of those rows, as an estimate: rows by row_bytes. */
    int64_t rewrite_bytes;
    /** The size of a row in bytes that the estimates use; 0 if it is not known. */
    int64_t row_bytes;
    /** The size of a segment in bytes that the estimates use. */
    int64_t segment_bytes;
    /**
     * The share of the stored segments that one plain compaction would save, from 0 to 1: 1 - (segments
     * after it / stored segments). It is 0 if none can be merged, and 0.9 if ten would become one. Results of
     * clustering count as they are. Negative if the stored segments are not known.
     */
    double fragmentation;
} milvus_survey_result;
/** What a milvus_survey_result begins with: its size, and zeros. */
#define MILVUS_SURVEY_RESULT_INIT { sizeof(milvus_survey_result), NULL, NULL, 0, 0, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Surveys collections: which are worth compacting, and what a compaction would do. It only reads: nothing is
 * triggered or flushed. Blocks.
 *
 * A collection that cannot be surveyed has its error in its entry, and keeps no other from being surveyed.
 *
 * @param client      The client.
 * @param names       Names or aliases in the database, all different. NULL: every collection of it that the user
 *                    may see; of all databases with all_databases. In other languages take care that an empty list does not become NULL.
 * @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
 * @param params      What to assume. Begin with `milvus_survey_params params = MILVUS_SURVEY_PARAMS_INIT;`.
 *                    NULL: all defaults.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by default
 *                    no limit. Collections whose turn has not come by then have the status MILVUS_TIMEOUT.
 * @param out_list    Receives the results in the order of the names (without names: sorted), also with
 *                    MILVUS_SOME_FAILED; free it with milvus_survey_list_free().
 * @retval MILVUS_UNSUPPORTED The server has no databases (before 2.2.9), and another one or all are asked for.
 * @retval MILVUS_SOME_FAILED At least one collection failed or had no time. The message has the first failure.
 */
milvus_status milvus_survey(milvus_client *client,
                            const char *const *names,
                            size_t name_count,
                            const milvus_survey_params *params,
                            int64_t timeout_ms,
                            milvus_survey_list **out_list);

/**
 * Counts the results of a survey.
 *
 * @param list  The list.
 * @return The number of results; 0 for NULL or a freed list. milvus_last_error() stays as it is.
 */
size_t milvus_survey_list_count(const milvus_survey_list *list);

/**
 * Reads what a survey found out about one collection.
 *
 * @param list        The list.
 * @param index       From 0 to milvus_survey_list_count() - 1.
 * @param out_result  Receives the result. Begin with `milvus_survey_result result =
 *                    MILVUS_SURVEY_RESULT_INIT;`. What it points to lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_survey_list_get(const milvus_survey_list *list,
                                     size_t index,
                                     milvus_survey_result *out_result);

/**
 * Frees the results of a survey.
 *
 * @param list  The list; NULL does nothing.
 */
void milvus_survey_list_free(milvus_survey_list *list);

/** @} */

// ====================================================================================================
/**
 * @defgroup many Many at once
 *
 * milvus_compact_many() compacts a list of collections, or a whole database, some at a time, and reports
 * on each.
 * @{
 */

/** The collection was not skipped. */
#define MILVUS_SKIP_NONE 0

/**
 * Its segments are in their final form, and as far as anybody can tell no row of them is deleted: a
 * compaction would only rewrite them.
 */
#define MILVUS_SKIP_FINAL 1

/** It is below min_segments and min_deleted_percent, or nobody can tell that it is not. */
#define MILVUS_SKIP_TOO_LITTLE 2

/** max_collections others were begun. */
#define MILVUS_SKIP_MAX_COLLECTIONS 3

/** Its turn came later than start_within_ms after the start. */
#define MILVUS_SKIP_TOO_LATE 4

/** The results of many collections. */
typedef struct milvus_many_list milvus_many_list;

/**
 * How to compact many collections, and which. MILVUS_MANY_PARAMS_INIT has all defaults: all collections,
 * but for those that are in their final form.
 */
typedef struct milvus_many_params {
    /** Set by MILVUS_MANY_PARAMS_INIT. */
    size_t size;
    /**
     * What to do with each collection, without partition, channel and segments; NULL: all defaults. The
     * library does not read it after the call.
     */
    const milvus_compact_params *compaction;
    /**
     * How many collections are under way at a time, each from its trigger to the end of its job: up to 10000;
     * 0 for 16. A server works on a few at a time, and queues the rest. At most 32 are triggered at a time.
     */
    int32_t concurrency;
    /** 1: only trigger, and do not wait for the jobs. Else 0. */
    int32_t only_trigger;
    /**
     * Only collections whose name matches, as "log_2026*": * stands for any characters, ? for one. It needs
     * names to be NULL, and does not look at aliases. NULL: all. A pattern that matches nothing is a failure.
     */
    const char *match;
    /**
     * 1: the collections of all databases that the user may see; it needs names to be NULL, and
     * compaction->database too. More than 100,000 together are MILVUS_SERVER_ERROR. Up to 2.4 a user needs the
     * privilege ListDatabases. Else 0.
     */
    int32_t all_databases;
    /**
     * 1: also collections that are in their final form (see is_final in milvus_check_result). Servers rewrite
     * their segments 1 to 1. 0: they are skipped if they have segments and no row is known to be deleted. A
     * clustering compaction skips none of them.
     */
    int32_t include_final;
    /**
     * Only collections of which at least so many segments would be merged, as estimated; 0: no such minimum. It
     * needs a plain compaction or a target size. With min_deleted_percent too, either is enough.
     */
    int64_t min_segments;
    /**
     * Only collections of which at least this share of the stored rows is deleted, above 0 to 100; 0: no such
     * minimum. It is known only of collections that are loaded as a whole, from Milvus 2.3.5 on; others do not
     * reach it.
     */
    double min_deleted_percent;
    /** The most collections to begin with, those whose turn comes first; 0: all. Skipped ones do not count. */
    int64_t max_collections;
    /**
     * Begin with no collection later than this many milliseconds after the start; 0: no such limit. What has
     * begun goes on to its end.
     */
    int64_t start_within_ms;
} milvus_many_params;
/** What a milvus_many_params begins with: its size, and zeros. */
#define MILVUS_MANY_PARAMS_INIT { sizeof(milvus_many_params), NULL, 0, 0, NULL, 0, 0, 0, 0, 0, 0 }

/** The result of one collection. */
typedef struct milvus_many_result {
    /** Set by MILVUS_MANY_RESULT_INIT. */
    size_t size;
    /**
     * The name or alias that you gave, or that the server listed; "" if a whole database could not be listed
     * (all_databases). It lives as long as the list, never NULL.
     */
    const char *collection_name;
    /**
     * MILVUS_OK if the collection was compacted (with only_trigger: triggered), there was nothing to do, or it was
     * skipped. Else the status with which the look-up, the trigger or the wait failed.
     */
    milvus_status status;
    /** What the server did about the trigger: one of the MILVUS_TRIGGER_... constants. */
    int32_t trigger;
    /**
     * The job; MILVUS_NO_JOB if there is none; MILVUS_UNKNOWN_JOB if the library found one after a trigger in
     * doubt and the server does not tell its id.
     */
    int64_t job_id;
    /** Plans of the job when it was triggered; MILVUS_NOT_REPORTED if their number is not known. */
    int64_t planned;
    /** What the wait found out; NULL without a wait, also if it was skipped. It lives as long as the list. */
    const milvus_compaction_report *report;
    /**
     * The details of the failure; with the status MILVUS_OK if the collection did not fail. It lives as long
     * as the list, never NULL.
     */
    const milvus_error *error;
    /**
     * Segments that waited to be sorted right before the trigger, and are left out (servers since 2.5): where there was
     * nothing to do, a later call may compact them. MILVUS_NOT_REPORTED if that is not known.
     */
    int64_t unsorted_segments;
    /** Why nothing was triggered, if the parameters are the reason: one of the MILVUS_SKIP_... constants. */
    int32_t skip;
    /** 0. */
    int32_t reserved;
    /**
     * The same for a person, with the figures: one line of UTF-8. "" if it was not skipped. It lives as long as
     * the list, never NULL.
     */
    const char *skip_text;
    /**
     * The collection's database; "" if that is the server's default one and nobody named it. It lives as long
     * as the list, never NULL.
     */
    const char *database;
} milvus_many_result;
/** What a milvus_many_result begins with: its size, and zeros. */
#define MILVUS_MANY_RESULT_INIT { sizeof(milvus_many_result), NULL, 0, 0, 0, 0, NULL, NULL, 0, 0, 0, NULL, NULL }

/**
 * Compacts many collections, and waits for their jobs. Blocks.
 *
 * Each collection is compacted as by milvus_compact_with() and milvus_compaction_wait(). One that fails
 * does not stop the others. If two names (aliases) are the same collection, one of them fails with
 * MILVUS_INVALID_ARGUMENT: the library triggers nothing twice. Like milvus_optimize() it waits for
 * sorting, and triggers again while another compaction holds a collection, for at most ten minutes each.
 * It stays with the collection that it has found, also if that is renamed meanwhile. A job that waits
 * behind the others does not end with MILVUS_STALLED while they advance.
 *
 * The parameters decide which collections are skipped; by default those that are in their final form. A
 * skipped one has MILVUS_OK, MILVUS_TRIGGER_SKIPPED and its reason.
 *
 * @param client      The client.
 * @param names       Names or aliases in the database, all different. NULL: every collection of it that the
 *                    user may see. In other languages take care that an empty list does not become
 *                    NULL.
 * @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
 * @param params      How to do it. Begin with `milvus_many_params params = MILVUS_MANY_PARAMS_INIT;`.
 *                    NULL: all defaults.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by
 *                    default no limit. Collections whose turn has not come by then fail with
 *                    MILVUS_TIMEOUT, and the library sends nothing for them.
 * @param out_list    Receives the results in the order of the names (without names: sorted), also with
 *                    MILVUS_SOME_FAILED, and with MILVUS_CLOSED if that came while it ran. Begin with
 *                    NULL, and free it with milvus_many_list_free(). May be NULL.
 * @retval MILVUS_COLLECTION_NOT_FOUND No name matches the pattern. Nothing was triggered.
 * @retval MILVUS_SOME_FAILED At least one collection failed or had no time. The message has the first
 *     failure; in_doubt is 1 if it is 1 for any of them.
 */
milvus_status milvus_compact_many(milvus_client *client,
                                  const char *const *names,
                                  size_t name_count,
                                  const milvus_many_params *params,
                                  int64_t timeout_ms,
                                  milvus_many_list **out_list);

/**
 * Counts the results of a list.
 *
 * @param list  The list.
 * @return The number of results; 0 for NULL or a freed list. milvus_last_error() stays as it is.
 */
size_t milvus_many_list_count(const milvus_many_list *list);

/**
 * Reads the result of one collection.
 *
 * @param list        The list.
 * @param index       From 0 to milvus_many_list_count() - 1.
 * @param out_result  Receives the result. Begin with `milvus_many_result result =
 *                    MILVUS_MANY_RESULT_INIT;`. What it points to lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_many_list_get(const milvus_many_list *list,
                                   size_t index,
                                   milvus_many_result *out_result);

/**
 * Frees a list of results.
 *
 * @param list  The list; NULL does nothing.
 */
void milvus_many_list_free(milvus_many_list *list);

/**
 * Gives the short text of why a collection was skipped, e.g. "final".
 *
 * @param skip  One of the MILVUS_SKIP_... constants, or any other number.
 * @return A static text, never NULL: "unknown reason to skip" for any other number.
 */
const char *milvus_skip_name(int32_t skip);

/** @} */

// ====================================================================================================
/**
 * @defgroup optimize Optimizing
 *
 * milvus_optimize() brings a collection into the state that people compact for: everything stored is
 * sorted, merged, indexed and served. It runs up to seven stages, and MILVUS_OK means that all of them are
 * done: searches run on the new segments and on nothing that these replaced.
 * @{
 */

/** The results of milvus_optimize() or milvus_optimize_many(). */
typedef struct milvus_optimize_list milvus_optimize_list;

/** No stage has begun. */
#define MILVUS_STAGE_NONE 0

/** Store the rows that are in memory only. */
#define MILVUS_STAGE_FLUSH 1

/** Wait until everything stored is sorted (servers since 2.5), at most a minute; the rounds wait for the rest. */
#define MILVUS_STAGE_SORT 2

/** Wait until the rows that are stored are indexed. */
#define MILVUS_STAGE_INDEX 4

/** Compact, in rounds. */
#define MILVUS_STAGE_COMPACT 8

/** Wait until the results are indexed. */
#define MILVUS_STAGE_REINDEX 16

/** Have the query nodes load the results, if the collection is loaded. */
#define MILVUS_STAGE_LOAD 32

/** Wait until the query nodes serve the results and nothing that these replaced. */
#define MILVUS_STAGE_SERVE 64

/** All stages are over. */
#define MILVUS_STAGE_DONE 128

/**
 * Apply deletions first if segments of deletions (L0) are stored, the server can (Milvus 2.6.3 and later),
 * and the compaction is not limited to a part of the collection.
 */
#define MILVUS_L0_IF_POSSIBLE 0

/** The same, but fail with MILVUS_UNSUPPORTED on a server that cannot. */
#define MILVUS_L0_REQUIRED 1

/** Leave deletions as they are. */
#define MILVUS_L0_NEVER 2

/**
 * How to optimize. MILVUS_OPTIMIZE_PARAMS_INIT has all defaults: every stage, a plain compaction in up to
 * ten rounds, deletions applied first where the server can.
 */
typedef struct milvus_optimize_params {
    /** Set by MILVUS_OPTIMIZE_PARAMS_INIT. */
    size_t size;
    /**
     * The kind of compaction; NULL: plain. Set target_size_mb to MILVUS_LARGEST_TARGET_SIZE to merge as far as
     * the server can. A compaction of segment_ids has one round. The library does not read it after the call.
     */
    const milvus_compact_params *compaction;
    /** Stages to leave out: the sum of their MILVUS_STAGE_... constants; 0: none. */
    int32_t skip_stages;
    /**
     * Whether an L0 compaction applies deletions before the rounds: one of the MILVUS_L0_... constants. A
     * compaction purges only rows whose deletions were applied.
     */
    int32_t l0;
    /**
     * 1: the first round also rewrites segments that cannot be merged, e.g. to purge rows of a server that
     * shows no deletions. 0: no segment is rewritten alone.
     */
    int32_t force;
    /** 1: only estimate the cost; nothing is flushed or triggered. Else 0. */
    int32_t only_estimate;
    /** The most rounds that trigger, 1 to 1000; 0 for 10. */
    int32_t max_rounds;
    /** How many collections milvus_optimize_many() has in progress at a time, up to 10000; 0 for 16. */
    int32_t concurrency;
    /**
     * The longest pause between two rounds in milliseconds; 0 for 30000. The first takes a second, and each is
     * twice as long as the one before.
     */
    int64_t pause_ms;
    /**
     * The limit of all pauses together in milliseconds; 0 for 600000. In a pause the library waits for
     * segments that another compaction holds, or that are not sorted. The time of jobs does not count.
     */
    int64_t max_pause_ms;
    /** The limit of loading and serving together in milliseconds; 0 for 600000. */
    int64_t serve_timeout_ms;
    /**
     * The most rows that all rounds together rewrite; 0: no bound. If you pass what is left of a budget, do not
     * call at all when nothing is left; the same for the next two.
     */
    int64_t max_rewrite_rows;
    /** The most bytes that all rounds together rewrite, as estimated; 0: no bound. */
    int64_t max_rewrite_bytes;
    /** The least number of segments for which the first round triggers; 0: no bound. */
    int64_t min_segments;
    /**
     * The size of a row in bytes, for the estimates; 0: the fixed-width fields of the schema, so that texts,
     * JSON, arrays and sparse vectors do not count.
     */
    int64_t row_bytes;
    /**
     * The size of a segment in bytes up to which the server merges; 0: target_size_mb, or the default of the
     * server's version (512 MB before 2.4, then 1 GB). Segments that cannot become fewer are left alone.
     */
    int64_t segment_bytes;
} milvus_optimize_params;
/** What a milvus_optimize_params begins with: its size, and zeros. */
#define MILVUS_OPTIMIZE_PARAMS_INIT { sizeof(milvus_optimize_params), NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Optimizes a collection: flushes it, waits for sorting and indexes, compacts it in rounds, has the query
 * nodes load the result, and waits until they serve it. Blocks.
 *
 * A round lists the stored segments. If some can be merged, it triggers and waits for the job. Segments that
 * the job left out, because another compaction held them or because they were not sorted, lead to another
 * round after a pause. The first round waits for jobs that this client triggered or imported, and does not
 * trigger over them: a second call goes on where the first ended. If nothing can be merged and no deletion
 * waits, nothing is triggered. What others store meanwhile does not matter, and new_segments counts it.
 *
 * Served means: two looks a second apart show each result, or its sorted form, on every replica, with all
 * rows, and no segment that was replaced. Partitions that are not loaded do not count.
 *
 * The call goes on through restarts and lost connections of up to a minute. If it ends early, what the server
 * has begun goes on: the result has the stage and the job.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param params           How to do it. Begin with `milvus_optimize_params params =
 *                         MILVUS_OPTIMIZE_PARAMS_INIT;`. NULL: all defaults.
 * @param timeout_ms       Limit of all stages together in milliseconds; 0: the option wait_timeout_ms, by
 *                         default no limit.
 * @param out_list         Receives a list with one result, also if the call fails after it began. Begin with
 *                         NULL, and free it with milvus_optimize_list_free(). May be NULL.
 * @retval MILVUS_OUT_OF_BOUNDS The cost is beyond a bound of the parameters. If that is the first round,
 *     nothing was triggered.
 * @retval MILVUS_BUSY Another compaction held the segments until the pauses were used up, and no round
 *     compacted anything.
 * @retval MILVUS_INCOMPLETE Segments that were stored at the beginning could still be compacted; left_out
 *     counts them. The stages after the rounds are done.
 * @retval MILVUS_NOT_SERVED The query nodes did not serve the result in time. The message names segments,
 *     replicas and nodes.
 * @retval MILVUS_SERVER_ERROR Also: an index cannot be built. The message has the server's reason.
 * @retval MILVUS_TIMEOUT The limit came first. The message says what goes on.
 * @retval MILVUS_STALLED Nothing of a stage changed for stall_timeout_ms.
 * @retval MILVUS_COLLECTION_NOT_FOUND The collection does not exist, or somebody dropped it meanwhile.
 * @return Also what milvus_flush(), milvus_compact_with() and milvus_compaction_wait() return.
 */
milvus_status milvus_optimize(milvus_client *client,
                              const char *collection_name,
                              const milvus_optimize_params *params,
                              int64_t timeout_ms,
                              milvus_optimize_list **out_list);

/**
 * Optimizes many collections, each as milvus_optimize() does. Blocks.
 *
 * One that fails does not stop the others. If two names (aliases) are the same collection, one of them
 * fails with MILVUS_INVALID_ARGUMENT.
 *
 * @param client      The client.
 * @param names       Names or aliases in the database, all different. NULL: every collection of it that the
 *                    user may see. In other languages take care that an empty list does not become
 *                    NULL.
 * @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
 * @param params      How to do it; the bounds are those of each collection. NULL: all defaults.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by
 *                    default no limit. Collections whose turn has not come by then fail with
 *                    MILVUS_TIMEOUT, and the library sends nothing for them.
 * @param out_list    Receives the results in the order of the names (without names: sorted), also with
 *                    MILVUS_SOME_FAILED, and with MILVUS_CLOSED if that came while it ran. Begin with
 *                    NULL, and free it with milvus_optimize_list_free(). May be NULL.
 * @retval MILVUS_SOME_FAILED At least one collection failed or had no time. The message has the first
 *     failure; in_doubt is 1 if it is 1 for any of them.
 */
milvus_status milvus_optimize_many(milvus_client *client,
                                   const char *const *names,
                                   size_t name_count,
                                   const milvus_optimize_params *params,
                                   int64_t timeout_ms,
                                   milvus_optimize_list **out_list);

/**
 * Gives the short text of a stage, e.g. "flush".
 *
 * @param stage  One of the MILVUS_STAGE_... constants, or any other number.
 * @return A static text, never NULL: "unknown stage" for any other number.
 */
const char *milvus_stage_name(int32_t stage);

/** @} */

// ====================================================================================================
/**
 * @defgroup optimized Results of optimizing
 *
 * milvus_optimize() and milvus_optimize_many() return a list with one result for each collection. A result
 * has a line for each stage and each round, its steps.
 * @{
 */

/** The step did what it was for. */
#define MILVUS_STEP_DONE 1

/** The step was not needed, or not wanted. */
#define MILVUS_STEP_SKIPPED 2

/** The step failed, or the call ended during it. */
#define MILVUS_STEP_FAILED 3

/** The result of one collection. MILVUS_NOT_REPORTED stands for what is not known. */
typedef struct milvus_optimize_result {
    /** Set by MILVUS_OPTIMIZE_RESULT_INIT. */
    size_t size;
    /** The name or alias that you gave, or that the server listed. It lives as long as the list, never NULL. */
    const char *collection_name;
    /** MILVUS_OK if all stages are done. Else the status of the stage that failed. */
    milvus_status status;
    /** The stage in which it ended: MILVUS_STAGE_DONE after the last, also with MILVUS_INCOMPLETE. */
    int32_t stage;
    /**
     * How the compaction ended, all rounds together: one of the MILVUS_VERDICT_... constants.
     * MILVUS_VERDICT_NOTHING_TO_DO if nothing was triggered.
     */
    milvus_verdict verdict;
    /** Jobs that were triggered or followed. */
    int32_t rounds;
    /** Whether the collection is loaded: MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN. */
    int32_t is_loaded;
    /** 0. */
    int32_t reserved;
    /** The latest job, or MILVUS_NO_JOB. If the call ended early, it may go on. */
    int64_t job_id;
    /** The number of steps; milvus_optimize_list_step() reads them. */
    size_t step_count;
    /**
     * The details of the failure; with the status MILVUS_OK if there is none. It lives as long as the list,
     * never NULL.
     */
    const milvus_error *error;
    /** Segments with stored rows before the first round. */
    int64_t segments_before;
    /** Segments with stored rows after the last round. */
    int64_t segments_after;
    /** Rows of those segments before. Deleted rows count until a compaction purges them. */
    int64_t rows_before;
    /** Rows of those segments after. */
    int64_t rows_after;
    /** Segments of deletions (L0) before the first round. Servers since 2.4.7 report it. */
    int64_t l0_segments_before;
    /** Segments of deletions (L0) after the last round. */
    int64_t l0_segments_after;
    /** Segments that the rounds rewrote, as listed before each. With only_estimate: that they would rewrite. */
    int64_t segments_in;
    /** About how many they became. MILVUS_NOT_REPORTED for a clustering. */
    int64_t segments_out;
    /** Their rows. */
    int64_t rewrite_rows;
    /** Their bytes, as an estimate: rewrite_rows times row_bytes. Servers report no sizes. */
    int64_t rewrite_bytes;
    /** The size of a row in bytes: from the parameters, or of the fixed-width fields of the schema. */
    int64_t row_bytes;
    /** Segments that the query nodes serve at the end, of those that they should. */
    int64_t served_segments;
    /**
     * Stored segments that are not in the state that was wanted, by reason. `other` counts those that could
     * be merged, but were held or refused.
     */
    milvus_left_out left_out;
    /** Segments that were stored since the first round began, by flushes and other compactions. */
    int64_t new_segments;
    /** Duration in milliseconds. */
    int64_t elapsed_ms;
} milvus_optimize_result;
/** What a milvus_optimize_result begins with: its size, and zeros. */
#define MILVUS_OPTIMIZE_RESULT_INIT { sizeof(milvus_optimize_result), NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0 }, 0, 0 }

/** A line of a result: a stage, or one round of the compaction. */
typedef struct milvus_optimize_step {
    /** Set by MILVUS_OPTIMIZE_STEP_INIT. */
    size_t size;
    /** The stage: one of the MILVUS_STAGE_... constants. */
    int32_t stage;
    /** How it ended: one of the MILVUS_STEP_... constants. */
    int32_t state;
    /** The number of the round, from 1; 0 for a whole stage. */
    int32_t round;
    /** 1 if the round applied deletions (an L0 compaction). Else 0. */
    int32_t is_l0;
    /** The job of the round, or MILVUS_NO_JOB. */
    int64_t job_id;
    /** Duration in milliseconds. */
    int64_t elapsed_ms;
    /** What the round found out about its job; NULL for a whole stage. It lives as long as the list. */
    const milvus_compaction_report *report;
    /** What happened, as a text for people. It lives as long as the list, never NULL. */
    const char *text;
} milvus_optimize_step;
/** What a milvus_optimize_step begins with: its size, and zeros. */
#define MILVUS_OPTIMIZE_STEP_INIT { sizeof(milvus_optimize_step), 0, 0, 0, 0, 0, 0, NULL, NULL }

/**
 * Counts the results of a list.
 *
 * @param list  The list.
 * @return The number of results; 0 for NULL or a freed list. milvus_last_error() stays as it is.
 */
size_t milvus_optimize_list_count(const milvus_optimize_list *list);

/**
 * Reads the result of one collection.
 *
 * @param list        The list.
 * @param index       From 0 to milvus_optimize_list_count() - 1.
 * @param out_result  Receives the result. Begin with `milvus_optimize_result result =
 *                    MILVUS_OPTIMIZE_RESULT_INIT;`. What it points to lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_optimize_list_get(const milvus_optimize_list *list,
                                       size_t index,
                                       milvus_optimize_result *out_result);

/**
 * Reads a step of one collection's result. Steps are in the order in which they ended; the rounds of the
 * compaction come before the line of its stage.
 *
 * @param list      The list.
 * @param index     From 0 to milvus_optimize_list_count() - 1.
 * @param step      From 0 to step_count of the result - 1.
 * @param out_step  Receives the step. Begin with `milvus_optimize_step step =
 *                  MILVUS_OPTIMIZE_STEP_INIT;`. What it points to lives as long as the list.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_optimize_list_step(const milvus_optimize_list *list,
                                        size_t index,
                                        size_t step,
                                        milvus_optimize_step *out_step);

/**
 * Frees a list of results.
 *
 * @param list  The list; NULL does nothing.
 */
void milvus_optimize_list_free(milvus_optimize_list *list);

/**
 * Gives the short text of how a step ended, e.g. "skipped".
 *
 * @param state  One of the MILVUS_STEP_... constants, or any other number.
 * @return A static text, never NULL: "unknown step state" for any other number.
 */
const char *milvus_step_state_name(int32_t state);

/** @} */

// ====================================================================================================
/**
 * @defgroup json Reports as JSON
 *
 * These functions write a result as JSON, for a log, a file or another program. A JSON object has the
 * fields of its C struct by the same names; docs/schema/report.schema.json is their JSON Schema, and later
 * versions only add fields. What is not reported or not known is null, and never -1. An id is a string of
 * digits at any size: most are above 2^53, where readers that have only doubles change numbers. No job is
 * null, and a job whose id the server does not tell is "unknown". A yes or no is true or false. A verdict,
 * state or the like has its short text in one word, e.g. "partly_failed"; a number that the library does not
 * know is "unrecognized_42". A status is the name of its constant. The text is one line of UTF-8 without an
 * end of line. Each function asks no server, and writes the same text each time: call it with the capacity
 * 0 for the length, and again with a buffer of one byte more.
 * @{
 */

/**
 * Writes a report as a JSON object.
 *
 * @param report      From milvus_compaction_wait() or a milvus_many_result, for example.
 * @param buffer      Receives the text and its NUL, cut to the capacity. NULL is allowed if capacity is 0.
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  Receives the length of the whole text in bytes, without the NUL. The text was cut, and
 *                    is no JSON, if this is not below capacity. May be NULL.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_compaction_report_json(const milvus_compaction_report *report,
                                            char *buffer,
                                            size_t capacity,
                                            size_t *out_length);

/**
 * Writes the result of a dry run as a JSON object.
 *
 * @param result      From milvus_compaction_check().
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_check_result_json(const milvus_check_result *result,
                                       char *buffer,
                                       size_t capacity,
                                       size_t *out_length);

/**
 * Writes the details of a failure as a JSON object, or null if nothing failed.
 *
 * @param error       From milvus_last_error() or milvus_future_error(), for example.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return. A failure of this function overwrites what
 *     milvus_last_error() points to.
 */
milvus_status milvus_error_json(const milvus_error *error,
                                char *buffer,
                                size_t capacity,
                                size_t *out_length);

/**
 * Writes the plans of a list as a JSON array of objects.
 *
 * @param plans       The list.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_plan_list_json(const milvus_plan_list *plans,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *out_length);

/**
 * Writes the segments of a list as a JSON array of objects.
 *
 * @param segments    The list.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_segment_list_json(const milvus_segment_list *segments,
                                       char *buffer,
                                       size_t capacity,
                                       size_t *out_length);

/**
 * Writes the results of many collections as a JSON array of objects. `report` and `error` are objects or
 * null.
 *
 * @param list        The list.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_many_list_json(const milvus_many_list *list,
                                    char *buffer,
                                    size_t capacity,
                                    size_t *out_length);

/**
 * Writes the results of optimizing as a JSON array of objects. `steps` has the steps of a result, in the
 * place of `step_count`.
 *
 * @param list        The list.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_optimize_list_json(const milvus_optimize_list *list,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *out_length);

/**
 * Writes the collections of a list as a JSON array of objects. `aliases` is an array of texts.
 *
 * @param list        The list.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_collection_list_json(const milvus_collection_list *list,
                                          char *buffer,
                                          size_t capacity,
                                          size_t *out_length);

/**
 * Writes the databases of a list as a JSON array of objects.
 *
 * @param list        The list.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_database_list_json(const milvus_database_list *list,
                                        char *buffer,
                                        size_t capacity,
                                        size_t *out_length);

/**
 * Writes the results of a survey as a JSON array of objects. `check` is an object or null.
 *
 * @param list        The list.
 * @param buffer      As in milvus_compaction_report_json().
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  As in milvus_compaction_report_json().
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_survey_list_json(const milvus_survey_list *list,
                                      char *buffer,
                                      size_t capacity,
                                      size_t *out_length);

/** @} */

// ====================================================================================================
/**
 * @defgroup portable A job outlives its process
 *
 * A job goes on after the program that triggered it has ended. Its id alone proves little: the next
 * program knows neither the collection nor the segments from before. Take what the client knows along as a
 * text (milvus_job_export(), milvus_job_import()), or name the collection (milvus_compaction_wait_in()).
 * @{
 */

/**
 * Writes what a client knows about a job as a text. Asks no server.
 *
 * The text has what the trigger asked for, the collection with its number, name and database, its segments
 * right before the trigger, and the plans and counters since. It has no address, token, password or row.
 * Export right after the trigger, and again after a wait. The text is one line of printable ASCII without
 * blanks: about 600 bytes, 200 for each plan and 20 for each segment, at most 16 MiB.
 *
 * @param client      The client that triggered the job, imported it, or waited for it. It may be closed.
 * @param job_id      From milvus_compact(). MILVUS_NO_JOB has a text too.
 * @param buffer      Receives the text and its NUL, cut to the capacity. NULL is allowed if capacity is 0.
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  Receives the length of the whole text in bytes, without the NUL. The text was cut if
 *                    this is not below capacity. May be NULL. While a wait for the job runs, the next text
 *                    may be longer.
 * @retval MILVUS_INVALID_ARGUMENT The client knows nothing of the job (it remembers the latest 16384), or
 *     the name of the collection or database contains the token or password.
 */
milvus_status milvus_job_export(milvus_client *client,
                                int64_t job_id,
                                char *buffer,
                                size_t capacity,
                                size_t *out_length);

/**
 * Adds what another client exported to what this client knows. Asks no server.
 *
 * A wait for the job then gives the verdict that it would give in the other client. What this client
 * itself saw of the job stays.
 *
 * @param client      A client of the same server. The text does not say which server that is.
 * @param text        From milvus_job_export() of this version or an earlier one. Blanks and line ends
 *                    around it do no harm. The library refuses a text that was cut or changed, but not a
 *                    forged one: trust it as much as the rest of your data.
 * @param out_job_id  Receives the job's id for milvus_compaction_wait(); MILVUS_NO_JOB if the server
 *                    scheduled nothing.
 * @retval MILVUS_INVALID_ARGUMENT The text is damaged, or this client knows a job of that number in
 *     another collection: the text is of another server. The library added nothing.
 */
milvus_status milvus_job_import(milvus_client *client, const char *text, int64_t *out_job_id);

/**
 * Waits for a foreign job, of which you know only the id and the collection. Blocks.
 *
 * It is like milvus_compaction_wait(), with the segments that are stored when it is called in the place of
 * those before the trigger, unless this client knows those. The earlier you call it, the more it can tell:
 * a plan whose segments were gone before counts as completed only while its result is stored. The library
 * does not know whether the job clusters, so a result at any level counts. The report has no segment_diff.
 * Plans that the server forgot before the call do not show (since 2.6.3 an hour after their start, before
 * that a day). A job that may be that old succeeded or failed only if its listed plans name every stored
 * segment with rows. Its verdict is MILVUS_VERDICT_UNKNOWN if rows were flushed since, or if the job was
 * about a part of the collection: import its text instead.
 *
 * @param client           The client.
 * @param collection_name  Name or alias of the job's collection. With a wrong one the wait proves nothing,
 *                         but says nothing false.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param job_id           From milvus_compact() of another process.
 * @param timeout_ms       Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
 *                         limit.
 * @param out_report       As in milvus_compaction_wait().
 * @retval MILVUS_INVALID_ARGUMENT This client knows the job in another collection.
 * @retval MILVUS_COLLECTION_NOT_FOUND The database has no such collection or alias, or somebody dropped
 *     it.
 * @return Also what milvus_compaction_wait() returns.
 */
milvus_status milvus_compaction_wait_in(milvus_client *client,
                                        const char *collection_name,
                                        const char *database,
                                        int64_t job_id,
                                        int64_t timeout_ms,
                                        milvus_compaction_report *out_report);

/** @} */

// ====================================================================================================
/**
 * @defgroup futures Futures
 *
 * Every function that asks the server (except milvus_client_server_version()) has an _async form that
 * returns at once. After MILVUS_OK the operation ends exactly once: with success, a failure,
 * MILVUS_TIMEOUT, MILVUS_CANCELLED, or MILVUS_CLOSED. After any other status the library has started
 * nothing.
 *
 * To learn of the end, wait or poll as often as you like. Besides, a future has one callback or one queue
 * (see below). The result is there before the callback runs or the queue shows it.
 *
 * Callbacks run one at a time on the library thread milvus-call, which has a stack of 2 MiB and blocks the
 * process's signals, as do processes that a callback starts. A callback may call any function of this
 * library. While one runs the others wait, unless it closes a client: then they run inside that call. A
 * callback must not throw and must not end its thread. It may end the process, and handlers of atexit()
 * may close clients there.
 * @{
 */

/** An operation that has started, and its result. You may free it at any time. */
typedef struct milvus_future milvus_future;

/**
 * How far an operation is. Only waits, milvus_optimize(), milvus_optimize_many(), milvus_compact_many(),
 * milvus_survey() and milvus_collections() know more than the time.
 */
typedef struct milvus_progress {
    /** Set by MILVUS_PROGRESS_INIT. */
    size_t size;
    /** Milliseconds since the start, or from the start to the end. */
    int64_t elapsed_ms;
    /** Plans that are known so far, of all jobs together. More may become known. */
    int64_t planned;
    /** Plans that completed. */
    int64_t completed;
    /** Plans that failed or timed out. */
    int64_t failed;
    /** Plans that ended, per second so far; 0 at first. */
    double plans_per_second;
    /**
     * Collections of milvus_compact_many_async(), milvus_optimize_many_async(), milvus_survey_async() or
     * milvus_collections_async(); 0 until their number is known, and for other operations.
     */
    int64_t collections;
    /** Collections that are done, with or without success. */
    int64_t collections_done;
    /** Collections that failed. */
    int64_t collections_failed;
    /** Collections that milvus_compact_many_async() skipped; they are done, too. */
    int64_t collections_skipped;
    /**
     * Milliseconds since a number here other than a time last changed, or since the start; it stops at the end. It
     * says what was seen: it grows also while the server cannot be reached.
     */
    int64_t stalled_ms;
    /**
     * Milliseconds until all collections are done, or all plans of a wait for one job, if they go on at the
     * rate so far: a guess, as they differ. 0 where nobody can tell: before three of them and a tenth were
     * seen to be done, once collections were skipped (those take no time) or plans of the one job failed, at
     * the end, and for other operations, milvus_optimize_async() among them.
     */
    int64_t remaining_ms;
    /** The stage of milvus_optimize_async(): one of the MILVUS_STAGE_... constants; 0 for other operations. */
    int32_t stage;
    /** The round of its compaction, from 1; 0 before. */
    int32_t round;
    /** How far the stage is, of stage_total: indexed rows, percent of a load, or segments that are served. */
    int64_t stage_done;
    /** What the stage has to do; 0 while that is not known. */
    int64_t stage_total;
    /** Segments that the rounds so far, with the next, rewrite; known before the trigger. */
    int64_t rewrite_segments;
    /** Their rows. */
    int64_t rewrite_rows;
    /** Their bytes, as an estimate: see milvus_optimize_result. */
    int64_t rewrite_bytes;
} milvus_progress;
/** What a milvus_progress begins with: its size, and zeros. */
#define MILVUS_PROGRESS_INIT { sizeof(milvus_progress), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Runs when an operation is over.
 *
 * future is your own; free it here or later. If you freed it before, this is another handle of the same
 * operation, which the library frees when the callback returns (NULL if a million futures are in use; to
 * free it here does no harm). status is how the operation ended; milvus_future_error(future) has the
 * details, milvus_last_error() has not. milvus_future_wait() may return before this runs: free nothing
 * that the callback uses before its destructor runs.
 */
typedef void (*milvus_future_callback)(milvus_future *future,
                                       milvus_status status,
                                       void *user_data);

/**
 * Frees what the user_data of a callback points to. Runs once, after the callback's last run, on the
 * library's thread for callbacks.
 */
typedef void (*milvus_destructor)(void *user_data);

/**
 * Runs while an operation is under way, at most ten times a second; only for waits, milvus_optimize(),
 * milvus_optimize_many(), milvus_compact_many(), milvus_survey() and milvus_collections().
 *
 * The last run may come, or last, until after milvus_future_wait() or a queue shows the end, or after
 * milvus_future_free(): user_data must live until the destructor runs, or milvus_client_close() returns
 * MILVUS_OK. progress is gone when the callback returns.
 */
typedef void (*milvus_progress_callback)(const milvus_progress *progress, void *user_data);

/**
 * Waits until an operation is over.
 *
 * Any number of threads may wait, also for a future that is over. If the operation failed, its failure is
 * this thread's milvus_last_error(), and the field operation names the function that started it, e.g.
 * "milvus_compact_async".
 *
 * @param future      The future.
 * @param timeout_ms  Limit of this local wait in milliseconds, whatever the operation's limit is; 0: do
 *                    not wait.
 * @retval MILVUS_PENDING The operation still runs.
 * @return Else how the operation ended: MILVUS_OK means that it succeeded.
 */
milvus_status milvus_future_wait(milvus_future *future,
                                 int64_t timeout_ms);

/**
 * Tells how an operation ended, without waiting.
 *
 * @param future  The future.
 * @return As milvus_future_wait() with timeout_ms 0.
 */
milvus_status milvus_future_poll(milvus_future *future);

/**
 * Stops an operation on this side. It ends with MILVUS_CANCELLED as soon as it can, unless it is over
 * before.
 *
 * No server can cancel anything: a job goes on, and a trigger that is on its way may still start one
 * (in_doubt in the error). To cancel an operation that is over does nothing.
 *
 * @param future  The future.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_future_cancel(milvus_future *future);

/**
 * Tells how far an operation is.
 *
 * @param future        The future, over or not.
 * @param out_progress  Receives the progress. Begin with `milvus_progress progress =
 *                      MILVUS_PROGRESS_INIT;`.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_future_progress(milvus_future *future, milvus_progress *out_progress);

/**
 * Sets a function that the library calls when an operation is over; soon, if it is over already.
 *
 * A future has one callback or one queue. Unless this returns MILVUS_OK, neither function ever runs. After
 * milvus_client_close() has returned MILVUS_OK, no callback of that client runs or will run.
 *
 * @param future      The future. You may free it right away: the operation goes on, and calls back.
 * @param callback    The function; not NULL.
 * @param user_data   The library passes it to both functions and does not look at it. May be NULL.
 * @param destructor  Runs once with user_data after the callback, on the same thread. May be NULL.
 * @retval MILVUS_INVALID_ARGUMENT Also if the future has a callback or a queue.
 * @retval MILVUS_CLOSED The client is closed.
 * @retval MILVUS_OUT_OF_MEMORY The library cannot start its thread.
 */
milvus_status milvus_future_set_callback(milvus_future *future,
                                         milvus_future_callback callback,
                                         void *user_data,
                                         milvus_destructor destructor);

/**
 * Sets a function that the library calls while an operation is under way.
 *
 * It runs whenever the server has answered or an event has come, at most ten times a second. It does not
 * show the end or the final counts: milvus_future_progress() has them. A future has one progress callback
 * besides the other.
 * Unless this returns MILVUS_OK, neither function ever runs.
 *
 * @param future      The future.
 * @param callback    The function; not NULL.
 * @param user_data   The library passes it to both functions and does not look at it. May be NULL.
 * @param destructor  Runs once with user_data when the operation is over, on the same thread. May be NULL.
 * @return What milvus_future_set_callback() returns.
 */
milvus_status milvus_future_set_progress_callback(milvus_future *future,
                                                  milvus_progress_callback callback,
                                                  void *user_data,
                                                  milvus_destructor destructor);

/**
 * Gives the details of an operation's failure, on any thread.
 *
 * @param future  The future.
 * @return The details, never NULL; do not free them. The status is MILVUS_OK if the operation succeeded,
 *     MILVUS_PENDING if it still runs, MILVUS_INVALID_HANDLE if this is no future. Valid until you free
 *     the future.
 */
const milvus_error *milvus_future_error(const milvus_future *future);

/**
 * Frees a future, whatever its operation is doing.
 *
 * An operation with a callback goes on and calls back. Any other is cancelled, as by
 * milvus_future_cancel(). Threads that wait for it still learn how it ends. While the callback of this
 * very future runs, and another thread or callback frees the future, the handle stays valid until that
 * callback returns.
 *
 * @param future  The future; NULL does nothing.
 */
void milvus_future_free(milvus_future *future);

/** @} */

// ====================================================================================================
/**
 * @defgroup async_forms Asynchronous forms
 *
 * Each takes what its blocking form takes, starts the operation and returns at once; timeout_ms limits the
 * operation. The library copies everything. It checks handles, pointers, struct sizes, the form of texts,
 * and numbers with a range at once; whatever else is wrong is what the future ends with. Each form can
 * return what every function can return, MILVUS_CLOSED and MILVUS_OUT_OF_MEMORY. Only with MILVUS_OK it
 * has started something and written out_future; free that with milvus_future_free().
 * @{
 */

/**
 * Starts milvus_client_server_info(); milvus_future_take_server_info() reads its result.
 *
 * @param client      The client.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_client_server_info_async(milvus_client *client,
                                              int64_t timeout_ms,
                                              milvus_future **out_future);

/**
 * Starts milvus_compact(); milvus_future_take_job_id() reads its result.
 *
 * @param client           The client.
 * @param collection_name  Name or alias in the client's database, at most 65535 bytes.
 * @param is_clustering    1: re-cluster by the collection's clustering key, from Milvus 2.4.6 on. 0: merge
 *                         small segments and purge deleted rows.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compact_async(milvus_client *client,
                                   const char *collection_name,
                                   int32_t is_clustering,
                                   int64_t timeout_ms,
                                   milvus_future **out_future);

/**
 * Starts milvus_compact_with(); milvus_future_take_compact_result() reads its result.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, at most 65535 bytes.
 * @param params           What to do. Begin with `milvus_compact_params params =
 *                         MILVUS_COMPACT_PARAMS_INIT;`. NULL: all defaults.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compact_with_async(milvus_client *client,
                                        const char *collection_name,
                                        const milvus_compact_params *params,
                                        int64_t timeout_ms,
                                        milvus_future **out_future);

/**
 * Starts milvus_compaction_state(); milvus_future_take_state() reads its result.
 *
 * @param client      The client.
 * @param job_id      From milvus_compact(), of this or another process. MILVUS_NO_JOB is Completed without
 *                    plans; the library asks no server then.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compaction_state_async(milvus_client *client,
                                            int64_t job_id,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/**
 * Starts milvus_compaction_wait(); milvus_future_take_report() reads its result.
 *
 * @param client      The client. Best is the one that triggered the job: it remembers what servers forget.
 *                    Of a foreign job it knows only what the server lists, and plans vanish from that list
 *                    an hour after their start (since 2.6.3) or a day; a job that may be that old is
 *                    MILVUS_VERDICT_UNKNOWN. For a foreign job use milvus_job_import() first, or
 *                    milvus_compaction_wait_in().
 * @param job_id      From milvus_compact(). MILVUS_NO_JOB is over at once, with nothing to do; the library
 *                    asks no server then.
 * @param timeout_ms  Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
 *                    limit.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compaction_wait_async(milvus_client *client,
                                           int64_t job_id,
                                           int64_t timeout_ms,
                                           milvus_future **out_future);

/**
 * Starts milvus_compaction_wait_in(); milvus_future_take_report() reads its result.
 *
 * @param client           The client.
 * @param collection_name  Name or alias of the job's collection. With a wrong one the wait proves nothing,
 *                         but says nothing false.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param job_id           From milvus_compact() of another process.
 * @param timeout_ms       Limit of the wait in milliseconds; 0: the option wait_timeout_ms, by default no
 *                         limit.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compaction_wait_in_async(milvus_client *client,
                                              const char *collection_name,
                                              const char *database,
                                              int64_t job_id,
                                              int64_t timeout_ms,
                                              milvus_future **out_future);

/**
 * Starts milvus_compaction_plans(); milvus_future_take_plans() reads its result.
 *
 * @param client      The client.
 * @param job_id      From milvus_compact(), of this or another process. MILVUS_NO_JOB has no plans; the
 *                    library asks no server then.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compaction_plans_async(milvus_client *client,
                                            int64_t job_id,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/**
 * Starts milvus_compaction_tasks(); milvus_future_take_plans() reads its result.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compaction_tasks_async(milvus_client *client,
                                            const char *collection_name,
                                            const char *database,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/**
 * Starts milvus_segments(); milvus_future_take_segments() reads its result.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param which            MILVUS_SEGMENTS_STORED or MILVUS_SEGMENTS_LOADED.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_segments_async(milvus_client *client,
                                    const char *collection_name,
                                    const char *database,
                                    int32_t which,
                                    int64_t timeout_ms,
                                    milvus_future **out_future);

/**
 * Starts milvus_compaction_check(); milvus_future_take_check_result() reads its result.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param params           As in milvus_compact_with(); NULL: all defaults.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compaction_check_async(milvus_client *client,
                                            const char *collection_name,
                                            const milvus_compact_params *params,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/**
 * Starts milvus_compaction_resolve(); milvus_future_take_resolution() reads its result.
 *
 * @param client           The client that sent the trigger. Another client has nothing to compare, and
 *                         gets MILVUS_RESOLUTION_NOT_IN_DOUBT.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compaction_resolve_async(milvus_client *client,
                                              const char *collection_name,
                                              const char *database,
                                              int64_t timeout_ms,
                                              milvus_future **out_future);

/**
 * Starts milvus_flush(), which has no result but its end.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param database         The collection's database; NULL or "": the client's own.
 * @param timeout_ms       Limit of the call in milliseconds; 0: the option timeout_ms. From Milvus 2.3.9
 *                         on a collection can be flushed once in 10 s; a second flush waits for that.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_flush_async(milvus_client *client,
                                 const char *collection_name,
                                 const char *database,
                                 int64_t timeout_ms,
                                 milvus_future **out_future);

/**
 * Starts milvus_optimize(); milvus_future_take_optimized() reads its result.
 *
 * @param client           The client.
 * @param collection_name  Name or alias.
 * @param params           How to do it. Begin with `milvus_optimize_params params =
 *                         MILVUS_OPTIMIZE_PARAMS_INIT;`. NULL: all defaults.
 * @param timeout_ms       Limit of all stages together in milliseconds; 0: the option wait_timeout_ms, by
 *                         default no limit.
 * @param out_future       Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_optimize_async(milvus_client *client,
                                    const char *collection_name,
                                    const milvus_optimize_params *params,
                                    int64_t timeout_ms,
                                    milvus_future **out_future);

/**
 * Starts milvus_optimize_many(); milvus_future_take_optimized() reads its result.
 *
 * @param client      The client.
 * @param names       Names or aliases in the database, all different. NULL: every collection of it that the
 *                    user may see. In other languages take care that an empty list does not become
 *                    NULL.
 * @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
 * @param params      How to do it; the bounds are those of each collection. NULL: all defaults.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by
 *                    default no limit. Collections whose turn has not come by then fail with
 *                    MILVUS_TIMEOUT, and the library sends nothing for them.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_optimize_many_async(milvus_client *client,
                                         const char *const *names,
                                         size_t name_count,
                                         const milvus_optimize_params *params,
                                         int64_t timeout_ms,
                                         milvus_future **out_future);

/**
 * Starts milvus_compact_many(); milvus_future_take_many() reads its result.
 *
 * @param client      The client.
 * @param names       Names or aliases in the database, all different. NULL: every collection of it that the
 *                    user may see. In other languages take care that an empty list does not become
 *                    NULL.
 * @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
 * @param params      How to do it. Begin with `milvus_many_params params = MILVUS_MANY_PARAMS_INIT;`.
 *                    NULL: all defaults.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by
 *                    default no limit. Collections whose turn has not come by then fail with
 *                    MILVUS_TIMEOUT, and the library sends nothing for them.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_compact_many_async(milvus_client *client,
                                        const char *const *names,
                                        size_t name_count,
                                        const milvus_many_params *params,
                                        int64_t timeout_ms,
                                        milvus_future **out_future);

/**
 * Starts milvus_collections(); milvus_future_take_collections() reads its result.
 *
 * @param client      The client.
 * @param database    The database; NULL or "": the client's own.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option timeout_ms. Collections
 *                    whose turn has not come by then have the status MILVUS_TIMEOUT.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_collections_async(milvus_client *client,
                                       const char *database,
                                       int64_t timeout_ms,
                                       milvus_future **out_future);

/**
 * Starts milvus_databases(); milvus_future_take_databases() reads its result.
 *
 * @param client      The client.
 * @param timeout_ms  Limit of the call in milliseconds; 0: the option timeout_ms.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_databases_async(milvus_client *client,
                                     int64_t timeout_ms,
                                     milvus_future **out_future);

/**
 * Starts milvus_survey(); milvus_future_take_survey() reads its result.
 *
 * @param client      The client.
 * @param names       Names or aliases in the database, all different. NULL: every collection of it that the user
 *                    may see; of all databases with all_databases. In other languages take care that an empty list does not become NULL.
 * @param name_count  Number of those names, up to 1048576; 0 only if names is NULL.
 * @param params      What to assume. Begin with `milvus_survey_params params = MILVUS_SURVEY_PARAMS_INIT;`.
 *                    NULL: all defaults.
 * @param timeout_ms  Limit of everything together in milliseconds; 0: the option wait_timeout_ms, by default
 *                    no limit. Collections whose turn has not come by then have the status MILVUS_TIMEOUT.
 * @param out_future  Receives the future; free it with milvus_future_free().
 * @return MILVUS_OK if the operation was started; else a failure, and nothing was started.
 */
milvus_status milvus_survey_async(milvus_client *client,
                                  const char *const *names,
                                  size_t name_count,
                                  const milvus_survey_params *params,
                                  int64_t timeout_ms,
                                  milvus_future **out_future);

/** @} */

// ====================================================================================================
/**
 * @defgroup results Results of futures
 *
 * Each of these functions reads one kind of result, and returns how the operation ended. It writes only
 * with MILVUS_OK; a report, and a list of collections, it writes whenever there is one. You can take
 * a list once, and then free it, also if the status is a failure; you can read everything else again. None
 * of them blocks. Each can also return MILVUS_PENDING (the operation still runs), MILVUS_INVALID_ARGUMENT
 * (the result is of another kind, or the list is taken) and MILVUS_OUT_OF_MEMORY (a million lists are in
 * use; take it later).
 * @{
 */

/**
 * Reads the result of milvus_client_server_info_async().
 *
 * @param future    The future.
 * @param out_info  Receives it. Begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_server_info(milvus_future *future, milvus_server_info *out_info);

/**
 * Reads the result of milvus_compact_async().
 *
 * @param future      The future.
 * @param out_job_id  Receives the job's id, or MILVUS_NO_JOB.
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_job_id(milvus_future *future, int64_t *out_job_id);

/**
 * Reads the result of milvus_compact_with_async().
 *
 * @param future      The future.
 * @param out_result  Receives it. Begin with `milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;`.
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_compact_result(milvus_future *future,
                                                milvus_compact_result *out_result);

/**
 * Reads the result of milvus_compaction_state_async().
 *
 * @param future    The future.
 * @param out_info  Receives it. Begin with `milvus_compaction_state_info info =
 *                  MILVUS_COMPACTION_STATE_INFO_INIT;`.
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_state(milvus_future *future, milvus_compaction_state_info *out_info);

/**
 * Reads the result of milvus_compaction_wait_async() or milvus_compaction_wait_in_async().
 *
 * It also writes the report of a wait that failed, if there is one. To see whether it did, set job_id to
 * INT64_MIN before.
 *
 * @param future      The future.
 * @param out_report  Receives it. Begin with `milvus_compaction_report report =
 *                    MILVUS_COMPACTION_REPORT_INIT;`.
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_report(milvus_future *future, milvus_compaction_report *out_report);

/**
 * Reads the result of milvus_compaction_check_async().
 *
 * @param future      The future.
 * @param out_result  Receives it. Begin with `milvus_check_result result = MILVUS_CHECK_RESULT_INIT;`.
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_check_result(milvus_future *future, milvus_check_result *out_result);

/**
 * Reads the result of milvus_compaction_resolve_async().
 *
 * @param future          The future.
 * @param out_resolution  Receives it. Begin with `milvus_resolution resolution = MILVUS_RESOLUTION_INIT;`.
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_resolution(milvus_future *future,
                                            milvus_resolution *out_resolution);

/**
 * Takes the result of milvus_compaction_plans_async() or milvus_compaction_tasks_async().
 *
 * @param future     The future.
 * @param out_plans  Receives the list; free it with milvus_plan_list_free().
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_plans(milvus_future *future, milvus_plan_list **out_plans);

/**
 * Takes the result of milvus_segments_async().
 *
 * @param future        The future.
 * @param out_segments  Receives the list; free it with milvus_segment_list_free().
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_segments(milvus_future *future, milvus_segment_list **out_segments);

/**
 * Takes the result of milvus_compact_many_async(), also if some collections failed.
 *
 * @param future    The future.
 * @param out_list  Receives the list; free it with milvus_many_list_free().
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_many(milvus_future *future, milvus_many_list **out_list);

/**
 * Takes the result of milvus_optimize_async() or milvus_optimize_many_async(), also if it failed after it
 * began.
 *
 * @param future    The future.
 * @param out_list  Receives the list; free it with milvus_optimize_list_free().
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_optimized(milvus_future *future,
                                           milvus_optimize_list **out_list);

/**
 * Takes the result of milvus_collections_async(), also if some collections failed.
 *
 * @param future    The future.
 * @param out_list  Receives the list; free it with milvus_collection_list_free().
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_collections(milvus_future *future, milvus_collection_list **out_list);

/**
 * Takes the result of milvus_databases_async().
 *
 * @param future    The future.
 * @param out_list  Receives the list; free it with milvus_database_list_free().
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_databases(milvus_future *future, milvus_database_list **out_list);

/**
 * Takes the result of milvus_survey_async(), also if some collections failed.
 *
 * @param future    The future.
 * @param out_list  Receives the list; free it with milvus_survey_list_free().
 * @return What the operation ended with; MILVUS_PENDING if it is not over.
 */
milvus_status milvus_future_take_survey(milvus_future *future, milvus_survey_list **out_list);

/** @} */

// ====================================================================================================
/**
 * @defgroup events Collections one by one
 *
 * While milvus_compact_many_async() and the like run, milvus_future_next_event() tells which collection
 * began, each of its jobs as soon as the server has it, and which ended and how. The progress callback says
 * when to look.
 * @{
 */

/** The library begins with the collection. */
#define MILVUS_EVENT_BEGAN 1

/** The collection is done, failed or skipped. */
#define MILVUS_EVENT_ENDED 2

/**
 * The server has the job, which goes on whatever becomes of this program: the operation triggered it, or
 * found it under way and follows it. Save what milvus_job_export() gives of it now, for example in the
 * progress callback, and another program can follow the job even if this one is killed.
 */
#define MILVUS_EVENT_TRIGGERED 3

/** What happened to a collection. */
typedef struct milvus_collection_event {
    /** Set by MILVUS_COLLECTION_EVENT_INIT. */
    size_t size;
    /** What happened: one of the MILVUS_EVENT_... constants. Later versions may add more. */
    int32_t event;
    /** How it ended, as in the list of results; MILVUS_PENDING before. */
    milvus_status status;
    /** 1 if it ended because the parameters skip it, else 0. */
    int32_t is_skipped;
    /** 0. */
    int32_t reserved;
    /**
     * The collection as it was given or listed; with all_databases "database/collection". It lives until the
     * future is freed, never NULL.
     */
    const char *collection_name;
    /** Its place in the list of results, from 0; 0 of milvus_optimize_async(). */
    int64_t index;
    /** The job that was triggered, or with which the collection ended; MILVUS_NO_JOB if there is none. */
    int64_t job_id;
    /** Milliseconds since the operation started. */
    int64_t elapsed_ms;
} milvus_collection_event;
/** What a milvus_collection_event begins with: its size, and zeros. */
#define MILVUS_COLLECTION_EVENT_INIT { sizeof(milvus_collection_event), 0, 0, 0, 0, NULL, 0, 0, 0 }

/**
 * Reads the next event of a future, the oldest that was not read. Does not wait.
 *
 * Each collection begins and ends; one whose turn did not come only ends. Between the two, each of its jobs
 * is told once: one or none of milvus_compact_many_async() (more if it has to trigger again, because a job
 * of another kind ran), and one for each round of an optimization. A trigger that fails in doubt has no job
 * yet. Events are there as soon as they happen, and until the future is freed. The progress callback runs
 * within a tenth of a second after them, also while the server is silent; read the rest when the operation
 * is over. Any thread may read, that callback's too; if several do, each event reaches one.
 *
 * @param future     A future of milvus_compact_many_async(), milvus_optimize_async(),
 *                   milvus_optimize_many_async(), milvus_survey_async() or milvus_collections_async(). Others
 *                   have no events.
 * @param out_event  Receives the event. Begin with `milvus_collection_event event =
 *                   MILVUS_COLLECTION_EVENT_INIT;`.
 * @retval MILVUS_PENDING There is no event that was not read.
 * @return Else MILVUS_OK, or what every function can return.
 */
milvus_status milvus_future_next_event(milvus_future *future,
                                       milvus_collection_event *out_event);

/**
 * Gives the short text of an event, e.g. "began".
 *
 * @param event  One of the MILVUS_EVENT_... constants, or any other number.
 * @return A static text, never NULL: "unknown event" for any other number.
 */
const char *milvus_event_name(int32_t event);

/** @} */

// ====================================================================================================
/**
 * @defgroup queues Queues
 *
 * Queues are for event loops (epoll, libuv, Go, Java). A future arrives in its queue when its operation is
 * over, and the queue's descriptor is readable while a future is there. One thread can follow thousands of
 * operations.
 * @{
 */

/** A queue of futures whose operations are over. */
typedef struct milvus_queue milvus_queue;

/**
 * Makes a queue.
 *
 * @param out_queue  Receives the queue; free it with milvus_queue_free().
 * @retval MILVUS_OUT_OF_MEMORY No descriptor or handle is left.
 */
milvus_status milvus_queue_new(milvus_queue **out_queue);

/**
 * Gives the queue's descriptor, which is readable (EPOLLIN, POLLIN) while a future is in the queue.
 *
 * It fits level-triggered and edge-triggered loops that call milvus_queue_next() with timeout 0 until that
 * returns MILVUS_PENDING. The descriptor may be readable with nothing to take, if you freed a future or
 * another thread took it. Each arrival makes it readable anew. It is non-blocking, closes on exec, and may
 * be duplicated. Only watch it: do not read, write or close it. It is an eventfd on Linux, a socket on
 * other Unix systems, and -1 on Windows.
 *
 * @param queue   The queue.
 * @param out_fd  Receives the descriptor; valid until you free the queue.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_queue_fd(milvus_queue *queue,
                              int32_t *out_fd);

/**
 * Lets a future arrive in a queue when its operation is over; at once, if it is over already.
 *
 * A future has one callback or one queue.
 *
 * @param future     The future; you still free it. If you free it early, the library cancels the
 *                   operation, and neither the future nor user_data arrives.
 * @param queue      The queue.
 * @param user_data  Arrives together with the future; the library does not look at it. May be NULL.
 * @retval MILVUS_INVALID_ARGUMENT Also if the future has a callback or a queue.
 */
milvus_status milvus_future_set_queue(milvus_future *future,
                                      milvus_queue *queue,
                                      void *user_data);

/**
 * Takes the next future out of a queue, in the order of arrival, or waits for one.
 *
 * Several threads may take from one queue.
 *
 * @param queue          The queue.
 * @param timeout_ms     Limit of this local wait in milliseconds; 0: do not wait.
 * @param out_future     Receives the future, which is the one that you put in; free it.
 * @param out_user_data  Receives the user_data of milvus_future_set_queue(). May be NULL.
 * @retval MILVUS_PENDING No future is there.
 * @retval MILVUS_INVALID_HANDLE Also if another thread frees the queue meanwhile.
 */
milvus_status milvus_queue_next(milvus_queue *queue,
                                int64_t timeout_ms,
                                milvus_future **out_future,
                                void **out_user_data);

/**
 * Frees a queue and closes its descriptor. Take the descriptor out of your event loop first.
 *
 * Futures that are in the queue, or on their way to it, stay yours to free, and their operations go on.
 * They cannot get another queue or callback, but you can wait for them. Their user_data does not come
 * back. Threads that wait in milvus_queue_next() get MILVUS_INVALID_HANDLE.
 *
 * @param queue  The queue; NULL does nothing.
 */
void milvus_queue_free(milvus_queue *queue);

/** @} */

// ====================================================================================================
/**
 * @defgroup stats Statistics
 *
 * A client counts what it does, from its making on, also after milvus_client_close(). Counting is always on and takes
 * no lock; reading is cheap. Connections to a management port, and those that look a global cluster up, do not
 * count.
 * @{
 */

/**
 * The requests of one kind that were sent, by how they ended, and how long the server took to answer (ok and
 * refused): half, nine tenths and 99 hundredths took no longer than this. A percentile is never too small and at
 * most an eighth too large; all are 0 while nothing was answered.
 */
typedef struct milvus_request_stats {
    /** The server answered. */
    int64_t ok;
    /** The server answered with an error. */
    int64_t refused;
    /** The connection ended before the answer. */
    int64_t lost;
    /** The time for the request was over before the answer. */
    int64_t timed_out;
    /** The operation was cancelled, or its client closed, before the answer. */
    int64_t cancelled;
    /** Microseconds that half of the answers took at most. */
    int64_t p50_us;
    /** Microseconds that nine tenths of the answers took at most. */
    int64_t p90_us;
    /** Microseconds that 99 hundredths of the answers took at most. */
    int64_t p99_us;
    /** Microseconds of the slowest answer, exactly. */
    int64_t max_us;
} milvus_request_stats;

/** What a client has done so far, and does now. */
typedef struct milvus_stats {
    /** Set by MILVUS_STATS_INIT. */
    size_t size;
    /** Connections that were made. */
    int64_t connections_made;
    /** Attempts to connect that failed. */
    int64_t connections_failed;
    /** Connections that ended although nobody had closed the client. */
    int64_t connections_lost;
    /** How often a call was tried again after a pause. */
    int64_t retries;
    /** Requests that were sent again because the server proved that it had not processed them. */
    int64_t resends;
    /** How often waits asked about their jobs. */
    int64_t polls;
    /** Bytes of the messages that were sent: without headers and pings. */
    int64_t bytes_sent;
    /** The same of those received. */
    int64_t bytes_received;
    /** Operations that run now, and callbacks that run or are due. */
    int64_t operations_in_flight;
    /** Requests that wait for an answer or for their turn now. */
    int64_t requests_in_flight;
    /** Jobs that waits follow now. */
    int64_t jobs_followed;
    /** The requests Connect, and GetVersion where Connect does not tell the version: for each connection. */
    milvus_request_stats handshakes;
    /** ManualCompaction and Flush: what starts work on the server. */
    milvus_request_stats triggers;
    /** GetCompactionState. */
    milvus_request_stats states;
    /** GetCompactionStateWithPlans. */
    milvus_request_stats plans;
    /** GetPersistentSegmentInfo and GetQuerySegmentInfo. */
    milvus_request_stats segments;
    /** Every other request. */
    milvus_request_stats others;
} milvus_stats;
/** What a milvus_stats begins with: its size, and zeros. */
#define MILVUS_STATS_INIT { sizeof(milvus_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0 } }

/**
 * Reads what a client has done so far, and does now.
 *
 * The numbers are read one after the other while the client goes on: two of them may be one request apart.
 *
 * @param client     The client, which may be closed.
 * @param out_stats  Receives the numbers. Begin with `milvus_stats stats = MILVUS_STATS_INIT;`.
 * @return MILVUS_OK, or what every function can return.
 */
milvus_status milvus_client_stats(milvus_client *client,
                                  milvus_stats *out_stats);

/** @} */

// ====================================================================================================
/**
 * @defgroup tracing Tracing
 *
 * Every request carries the metadata client-request-unixmsec (when it was sent) and client-request-id, as those
 * of pymilvus and the Java SDK do. All requests of one operation have the same id, which is also in its error and
 * in its log lines. The library makes one for each operation, unless the thread that starts it has set one.
 *
 * What a thread sets here holds for the operations that it starts, blocking or asynchronous, of any client, until
 * it sets something else. An operation keeps what it began with. Other threads are not affected, so a pool of
 * threads sets it anew for each task.
 * @{
 */

/**
 * Sets the request id of the operations that the calling thread starts from now on.
 *
 * @param request_id  1 to 128 printable ASCII characters without blanks. NULL: each operation has an id of its
 *                    own again.
 * @retval MILVUS_INVALID_ARGUMENT The id is empty, too long, or has another character; the one before stays.
 */
milvus_status milvus_thread_set_request_id(const char *request_id);

/**
 * Sets metadata (a header) that the operations of the calling thread carry from now on, e.g. "traceparent".
 *
 * Milvus has the trace id of a traceparent as traceID in its log (seen on 2.3.5).
 *
 * It stands beside that of the options metadata.NAME, and replaces what they have by the same name.
 *
 * @param name   A lower-case name that neither the library nor gRPC nor HTTP/2 uses, at most 64 bytes. At most 16
 *               names, and 4096 bytes of names and values in all.
 * @param value  Printable ASCII. NULL or "" removes it.
 * @retval MILVUS_INVALID_ARGUMENT The name or the value cannot be sent; nothing was changed.
 */
milvus_status milvus_thread_set_metadata(const char *name,
                                         const char *value);

/** @} */

// ====================================================================================================
/**
 * @defgroup log Log
 *
 * The log reports what the library does with its connections, for people who look for a fault. It is off
 * by default and then costs nothing. It never shows a token. For programs there is a callback with the state
 * of connections.
 * @{
 */

/** Nothing uses this level yet: the library returns errors and does not log them. */
#define MILVUS_LOG_ERROR 1

/** Something is wrong, and the library copes: a lost connection, a call that took over a second. */
#define MILVUS_LOG_WARNING 2

/** The library connects, or repeats a call. */
#define MILVUS_LOG_INFO 3

/** Every call to a server. */
#define MILVUS_LOG_DEBUG 4

/**
 * The client begins to connect. MILVUS_CONNECTION_READY or _FAILED follows, unless nobody waits for it any
 * more.
 */
#define MILVUS_CONNECTION_CONNECTING 1

/** The client is connected. */
#define MILVUS_CONNECTION_READY 2

/** The attempt to connect failed; the reason says why. */
#define MILVUS_CONNECTION_FAILED 3

/** A connection ended although nobody had closed the client; the reason says why. The next call connects again. */
#define MILVUS_CONNECTION_LOST 4

/**
 * Receives one event of the log.
 *
 * message is a constant text like "connected"; fields are key=value, separated by blanks. A value that may
 * have a blank is in double quotes, with backslashes before quotes. The fields of an operation end with its
 * request_id, and its collection and job where they are known. Both texts are UTF-8 on one line, and gone
 * when the callback returns. The library calls it one event at a time, on its thread
 * milvus-log. Nothing waits for it: if it is slow, the library drops events and reports their number. It
 * may call any function of this library except milvus_client_close(), which may have to wait for it. It
 * must not throw.
 */
typedef void (*milvus_log_callback)(int32_t level,
                                    const char *message,
                                    const char *fields,
                                    void *user_data);

/**
 * Receives what happens to the connection of a client: the new state (one of the MILVUS_CONNECTION_...
 * constants; later versions may add more), the server's address as in messages, e.g. "localhost:19530", and the
 * reason, "" if the state has none.
 *
 * Texts, thread and re-entrancy are as in milvus_log_callback: one event of either callback at a time, on the
 * thread milvus-log, and nothing waits for it. If it is slow, the oldest of 1024 states are dropped.
 */
typedef void (*milvus_connection_callback)(int32_t state,
                                           const char *address,
                                           const char *reason,
                                           void *user_data);

/**
 * Sets the process's log callback, in place of the one before.
 *
 * When this returns, the earlier callback does not run and will not run again, so you may free what its
 * user_data points to. (If that callback itself calls this, it still runs.) The new callback gets the events
 * that wait for the earlier one; without a new callback they are dropped. Do not hold a lock that the
 * callback needs.
 *
 * @param level      What to report: MILVUS_LOG_ERROR to MILVUS_LOG_DEBUG, each with all before it.
 * @param callback   Receives each event. NULL turns the log off.
 * @param user_data  The library passes it to the callback and does not look at it. May be NULL.
 * @retval MILVUS_OUT_OF_MEMORY The library cannot start its thread.
 */
milvus_status milvus_set_log(int32_t level,
                             milvus_log_callback callback,
                             void *user_data);

/**
 * Sets the process's callback for the state of connections, in place of the one before.
 *
 * It is independent of milvus_set_log(), and replaced and turned off in the same way.
 *
 * @param callback   Receives each change of state, of all clients. NULL turns it off.
 * @param user_data  The library passes it to the callback and does not look at it. May be NULL.
 * @retval MILVUS_OUT_OF_MEMORY The library cannot start its thread.
 */
milvus_status milvus_set_connection_callback(milvus_connection_callback callback, void *user_data);

/**
 * Gives the short text of a connection's state, e.g. "ready".
 *
 * @param state  One of the MILVUS_CONNECTION_... constants, or any other number.
 * @return A static text, never NULL: "unknown connection state" for any other number.
 */
const char *milvus_connection_state_name(int32_t state);

/** @} */

#ifdef __cplusplus
} // extern "C"
#endif

#endif // MILVUS_CLIENT_H
