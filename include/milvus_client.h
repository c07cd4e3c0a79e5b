// milvus_client.h - has a Milvus server compact a collection, and tells what really happened.
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
//   Strings     NUL-terminated UTF-8; the library copies what it is given.
//   Booleans    int32_t. As a parameter, anything but 0 is true. As a result, some are MILVUS_NOT_KNOWN:
//               compare with MILVUS_YES.
//   Structs     whose first field is `size` must be initialised with their ..._INIT (all but milvus_error,
//               which the library makes). They may grow at the end in later versions; no more than `size`
//               bytes are read or written.
//   Handles     milvus_client, futures, queues and lists are opaque: numbers, not addresses. Freeing NULL does
//               nothing. A handle that was freed, or is of another type, gives MILVUS_INVALID_HANDLE: always,
//               until its place in the library's table has been used 268 million times again.
//   Times       milliseconds. As a timeout 0 is the client's default, and -1 no limit: one that was computed
//               from what is left has to be 1 at least.
//   Host        the library prints nothing, changes no signal handler, locale or environment, and
//               ends no process, except that exhausted memory does, as in any Rust program. Its threads
//               block the host's signals. Once the library has been used, a child made by fork() gets
//               MILVUS_FORKED from every call that returns a status, and the others do nothing; exec()
//               is fine. A child that a callback makes must end or call exec() in there. A plugin that has the
//               library stays loaded after dlclose(), also with the static one if it was linked as pkg-config
//               or CMake say, with -z nodelete. pthread_cancel() takes effect when a call has returned; a thread
//               that set PTHREAD_CANCEL_ASYNCHRONOUS must not call. A signal handler may call none of the
//               functions: they take locks. A call needs 64 KiB of its thread's stack. Linux, 64-bit.
//   Language    C99 and later, C++11 and later.

#ifndef MILVUS_CLIENT_H
#define MILVUS_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @file milvus_client.h Has a Milvus server compact a collection, and tells what really happened. */

// ====================================================================================================
/**
 * @defgroup version Version
 *
 * A program may run with any library whose milvus_abi_version() is at least the MILVUS_ABI_VERSION
 * it was compiled with. An incompatible library would have another file name (soname).
 * @{
 */

/** Version of this header: its first part. */
#define MILVUS_VERSION_MAJOR 0

/** Its second part. */
#define MILVUS_VERSION_MINOR 1

/** Its third part. */
#define MILVUS_VERSION_PATCH 0

/** Grows by one with every release that adds functions, constants or fields. */
#define MILVUS_ABI_VERSION 1

/** The version of the loaded library, e.g. "0.1.0". A static string. Thread-safe. Since 0.1.0. */
const char *milvus_version(void);

/** The MILVUS_ABI_VERSION of the loaded library. Thread-safe. Since 0.1.0. */
uint32_t milvus_abi_version(void);

/** @} */

// ====================================================================================================
/**
 * @defgroup values Values with a meaning of their own
 *
 * Some numbers of servers are missing, and some questions have no answer. These constants stand for that.
 * @{
 */

/** As timeout_ms: no limit. Even then a call ends with MILVUS_UNAVAILABLE when the server is gone. */
#define MILVUS_NO_TIMEOUT (-1)

/** The server does not report this number. No other count, size or duration is negative. */
#define MILVUS_NOT_REPORTED (-1)

/** Nobody can tell. Compare with MILVUS_YES: as a plain condition, this number is true. */
#define MILVUS_NOT_KNOWN (-1)

/** No. */
#define MILVUS_NO 0

/** Yes. */
#define MILVUS_YES 1

/** No job: the server scheduled nothing. Every function that takes a job id takes this one too. */
#define MILVUS_NO_JOB 0

/** A job whose id the server does not tell. No function takes this as a job id. */
#define MILVUS_UNKNOWN_JOB (-1)

/** No segment: a plan has no result, or none yet. */
#define MILVUS_NO_SEGMENT (-1)

/**
 * Gives the short text of an answer: "yes", "no" or "unknown".
 *
 * @param answer  MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN. Any other number is unknown too.
 *
 * @return A static text, never NULL.
 * @since 0.1.0
 */
const char *milvus_answer_name(int32_t answer);

/** @} */

// ====================================================================================================
/**
 * @defgroup errors Errors
 *
 * A function that can fail returns a milvus_status, and the calling thread's milvus_last_error() has
 * the detail. On failure nothing is written through the result parameters, unless said otherwise.
 * MILVUS_PENDING is no failure, and leaves no detail: an operation is just not over.
 * @{
 */

/** The call did what it says. */
#define MILVUS_OK 0
/** A parameter is NULL, malformed or out of range; the message names it. */
#define MILVUS_INVALID_ARGUMENT 1
/** The handle was freed already, is of another type, or was not made by this library. */
#define MILVUS_INVALID_HANDLE 2
/** The client has been closed; make a new one. */
#define MILVUS_CLOSED 3
/** This process is a fork of one that used the library; use it in the parent, or call exec first. */
#define MILVUS_FORKED 4
/** The operation is not over yet; wait for its future, or ask again later. */
#define MILVUS_PENDING 5
/** The server cannot be reached or the connection was lost; check address and server. */
#define MILVUS_UNAVAILABLE 10
/** No secure connection could be made; check http or https and the certificates. */
#define MILVUS_TLS_FAILED 11
/** The call's time ran out; what the server was asked to do may still go on. */
#define MILVUS_TIMEOUT 12
/** The caller stopped the call; what the server was asked to do may still go on. */
#define MILVUS_CANCELLED 13
/** The server does not accept the token; check it. */
#define MILVUS_UNAUTHENTICATED 20
/** The user lacks the privilege that the message names; have it granted. */
#define MILVUS_PERMISSION_DENIED 21
/** No collection or alias of that name exists in the database. */
#define MILVUS_COLLECTION_NOT_FOUND 22
/** No database of that name exists. */
#define MILVUS_DATABASE_NOT_FOUND 23
/** The server's rate limit refused the call; if the error is retriable, wait a few seconds and try again. */
#define MILVUS_RATE_LIMITED 24
/** The server is starting, or a part of it is down. */
#define MILVUS_NOT_READY 25
/** Compaction is switched off in the server's configuration (dataCoord.enableCompaction). */
#define MILVUS_COMPACTION_DISABLED 26
/** This server's version cannot do what was asked; the message names the version that can. */
#define MILVUS_UNSUPPORTED 27
/** The server refused or failed; its own code and text are in the error's detail. */
#define MILVUS_SERVER_ERROR 28
/** The collection has no partition of that name. */
#define MILVUS_PARTITION_NOT_FOUND 29
/** The compaction ended, but not all of it succeeded; the report has the counts. */
#define MILVUS_COMPACTION_FAILED 40
/** The server can no longer tell how the compaction ended; look at the segments, or compact again. */
#define MILVUS_OUTCOME_UNKNOWN 41
/** Not every collection was compacted; the list has the error of each. */
#define MILVUS_SOME_FAILED 42
/** Nothing was started: another compaction holds the segments, or they are not eligible now; try again later. */
#define MILVUS_BUSY 43
/** Nothing has changed for as long as the option stall_timeout_ms allows; the job may go on, so wait again or look at the server. */
#define MILVUS_STALLED 44
/** A defect of this library; please report the message. */
#define MILVUS_INTERNAL 50
/** Handles, threads or another resource of this process ran out. */
#define MILVUS_OUT_OF_MEMORY 51

/**
 * How a call ended: MILVUS_OK or one of the MILVUS_... constants above. Later versions add more of
 * them: treat an unknown one as failure.
 */
typedef int32_t milvus_status;

/** The detail of a failed call. The library makes it and owns it. */
typedef struct milvus_error {
    /** Size of this struct in the loaded library, in bytes. */
    size_t size;
    /** What the failed call returned. */
    milvus_status status;
    /** The gRPC status code that the call to the server ended with; 0 if it was not gRPC that failed. */
    int32_t grpc_code;
    /** Milvus' own error code (servers before 2.3: its legacy number); 0 if the server sent none. */
    int32_t server_code;
    /** 1 if the same call can safely be repeated and may then succeed, else 0. */
    int32_t retriable;
    /**
     * 1 if the server may have started a compaction although the call failed, else 0. Never 1
     * together with retriable: repeating could compact twice.
     */
    int32_t in_doubt;
    /**
     * If in_doubt, what was found out about it before the call returned, as milvus_compaction_resolve() would:
     * MILVUS_RESOLUTION_NOT_LOOKED to _CANNOT_KNOW; a job that was found is in job_id. Else 0.
     */
    int32_t resolution;
    /**
     * The job that the call was about; MILVUS_NO_JOB if none; MILVUS_UNKNOWN_JOB if a job was found of which
     * the server does not tell the id.
     */
    int64_t job_id;
    /**
     * Name of the function that failed, e.g. "milvus_compact", or that started the operation; "" if none
     * failed. Static, never NULL.
     */
    const char *operation;
    /**
     * What happened, for a person: one line, at most 1023 bytes, UTF-8, without control characters,
     * never with the token in it. Never NULL. Lives as long as this struct: that of milvus_last_error() is
     * gone with the thread's next failing call, so copy the text; that of a future or a list is part of it.
     */
    const char *message;
} milvus_error;

/**
 * The constant's name of a status, e.g. "MILVUS_COLLECTION_NOT_FOUND"; of any other number,
 * "MILVUS_UNKNOWN_STATUS". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_status_name(milvus_status status);

/**
 * What a status means and what to do about it, in one English sentence; takes any number. A static
 * string. Thread-safe. Since 0.1.0.
 */
const char *milvus_status_message(milvus_status status);

/**
 * The detail of the calling thread's latest failed call, or one with the status MILVUS_OK if none
 * has failed. Calls that succeed leave it alone. Never NULL. Valid on this thread until its next
 * failing call or its end; do not free it. Since 0.1.0.
 */
const milvus_error *milvus_last_error(void);

/**
 * The message of milvus_last_error(), "" if no call of this thread has failed. Never NULL. Valid as
 * long as that. Since 0.1.0.
 */
const char *milvus_last_error_message(void);

/** @} */

// ====================================================================================================
/**
 * @defgroup options Options
 *
 * How a client connects, as text by key, so that configuration files, environments and other languages
 * pass them through unread. milvus_option_get() lists every key; so does the README.
 * @{
 */

/** The value is any text. */
#define MILVUS_OPTION_KIND_TEXT 0

/** The value is text that must not be shown to anybody. */
#define MILVUS_OPTION_KIND_SECRET 1

/** The value is the path of a file that exists when the client is made. */
#define MILVUS_OPTION_KIND_FILE 2

/** The value is "true" or "false". */
#define MILVUS_OPTION_KIND_BOOLEAN 3

/** The value is a whole number, in decimal digits. */
#define MILVUS_OPTION_KIND_NUMBER 4

/** Options for a client-to-be. Secrets in them are wiped from memory when they are freed. */
typedef struct milvus_options milvus_options;

/** What there is to know about an option. All texts are static. */
typedef struct milvus_option_info {
    /** Set by MILVUS_OPTION_INFO_INIT. */
    size_t size;
    /** The key, e.g. "tls.ca_file". */
    const char *key;
    /** The value if none is set; "" for none. */
    const char *default_value;
    /** One line for a person. */
    const char *help;
    /** What the value has to look like: one of the MILVUS_OPTION_KIND_... constants. Later versions may add more. */
    int32_t kind;
    /** 0. */
    int32_t reserved;
    /** Smallest and largest value of a number; 0 for other kinds. */
    int64_t minimum;
    /** See least. */
    int64_t maximum;
} milvus_option_info;
/** What a milvus_option_info begins with: its size, and zeros. */
#define MILVUS_OPTION_INFO_INIT { sizeof(milvus_option_info), NULL, NULL, NULL, 0, 0, 0, 0 }

/**
 * Makes options, all at their defaults. Free them with milvus_options_free(), also after they were used.
 * NULL if there are too many, with milvus_last_error() set. Thread-safe. Since 0.1.0.
 */
milvus_options *milvus_options_new(void);

/**
 * Sets an option, in place of what it was.
 *
 * @param options  The options.
 * @param key      One of the keys that milvus_option_get() lists.
 * @param value    Its value as text; "" sets a text back to none. At most 8192 bytes. NULL is refused.
 *
 * Thread-safe. Both strings are copied. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (an unknown key: the
 * message lists the known ones; a value of the wrong kind), MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_options_set(milvus_options *options, const char *key, const char *value);

/**
 * Frees options. NULL does nothing; freeing twice does nothing but set milvus_last_error().
 *
 * Thread-safe. Since 0.1.0.
 */
void milvus_options_free(milvus_options *options);

/** Number of options there are. Thread-safe. Since 0.1.0. */
size_t milvus_option_count(void);

/**
 * Describes one of the options there are.
 *
 * @param index     From 0 to milvus_option_count() - 1.
 * @param out_info  Receives the description; begin with `milvus_option_info info = MILVUS_OPTION_INFO_INIT;`.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_option_get(size_t index,
                                milvus_option_info *out_info);

/**
 * Gives the short text of an option's kind, e.g. "number".
 *
 * @param kind  One of the MILVUS_OPTION_KIND_... constants, or any other number.
 *
 * @return A static text, never NULL: "unknown option kind" of any other number.
 * @since 0.1.0
 */
const char *milvus_option_kind_name(int32_t kind);

/** @} */

// ====================================================================================================
/**
 * @defgroup client Client
 *
 * A client stands for one server (or cluster, or Zilliz Cloud endpoint) and one database. It may be
 * used by any number of threads at once, and one per process is usually enough. All clients together
 * use one library thread, milvus-io; with the first callback comes milvus-call, with milvus_set_log()
 * milvus-log, and while host names are resolved, and some seconds longer, there is a milvus-dns. A second one comes
 * only when two clients resolve names at once; a third client waits for its turn.
 * @{
 */

/** A client. Freed handles and pointers from elsewhere are recognised: MILVUS_INVALID_HANDLE. */
typedef struct milvus_client milvus_client;

/** What a server says of itself. */
typedef struct milvus_server_info {
    /** Set by MILVUS_SERVER_INFO_INIT. */
    size_t size;
    /** The number under which the server keeps this client in its registry; 0 if none (before 2.2.9). */
    int64_t client_id;
    /** 1 if it is milvus-lite, else 0. */
    int32_t is_lite;
    /** 0. */
    int32_t reserved;
    /** Its version as it writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not tell. */
    char version[64];
    /** "STANDALONE", "DISTRIBUTED", "embedded" or whatever it says; "" if it does not tell. */
    char deploy_mode[64];
} milvus_server_info;
/** What a milvus_server_info begins with: its size, and zeros. */
#define MILVUS_SERVER_INFO_INIT { sizeof(milvus_server_info), 0, 0, 0, "", "" }

/**
 * Makes a client. Does not connect: it does so with its first call, and again whenever the
 * connection is gone. With https the system's root certificates are read here.
 *
 * @param uri         Where the server is, as pymilvus takes it:
 *                    "http://host[:19530]" or "tcp://..." (plaintext), "https://host[:443]" (TLS, verified
 *                    with the system's root certificates), "unix:/path/to/socket". The first path
 *                    segment is the database: "http://host:19530/sales". "user:password@" before the
 *                    host is a token; percent-encode special characters there. At most 8192 bytes.
 *                    The endpoint of a global cluster (Zilliz) leads to its primary cluster.
 *                    NULL: the environment variable MILVUS_URI.
 * @param token       "user:password" or an API key; beats the one in the URI. At most 8192 bytes. NULL
 *                    or "": the one in the URI, if any; with uri NULL, the environment variable
 *                    MILVUS_TOKEN before that.
 * @param out_client  Receives the client; free it with milvus_client_free().
 *
 * With https the system's root certificates are those of the environment variables SSL_CERT_FILE and
 * SSL_CERT_DIR, if set. Thread-safe, but the environment is read, which no thread may change meanwhile.
 * Both strings are copied. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_TLS_FAILED (no root
 * certificates), MILVUS_OUT_OF_MEMORY (over a million clients, or no descriptor left), MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_client_new(const char *uri,
                                const char *token,
                                milvus_client **out_client);

/**
 * Makes a client with options; otherwise as milvus_client_new().
 *
 * @param uri         As there; NULL: the environment variable MILVUS_URI.
 * @param options     As many as are to differ from their defaults; not changed, and not needed afterwards.
 *                    NULL: none. Without a token in them and with uri NULL, the environment variable
 *                    MILVUS_TOKEN is read.
 * @param out_client  Receives the client; free it with milvus_client_free().
 *
 * Files that options name are read here, and what is wrong with them is said here. Thread-safe. Returns
 * MILVUS_OK, MILVUS_INVALID_ARGUMENT (also for files and contradictory options), MILVUS_INVALID_HANDLE,
 * MILVUS_TLS_FAILED (no root certificates), MILVUS_OUT_OF_MEMORY (too many clients), MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_client_new_with(const char *uri,
                                     const milvus_options *options,
                                     milvus_client **out_client);

/**
 * Closes a client: every operation that is under way on it, also blocking calls of other threads, ends with
 * MILVUS_CLOSED (as milvus_future_cancel() ends one), and so does every later call that asks the server or
 * starts an operation. Futures stay, arrive in their queues, and can be read; they still have to be freed.
 * MILVUS_OK means: all that is over, and no callback or destructor of this client is running or due any more;
 * what those use may be freed only then. After MILVUS_TIMEOUT call it again to go on waiting. Hold no lock
 * meanwhile that a callback takes. The handle has to be freed all the same.
 *
 * Called by a callback, it runs the callbacks of this client that are due, one after the other, and after
 * MILVUS_OK the calling one is the only one left, with those it was called by. One that is run so and closes the
 * client again gets MILVUS_PENDING at once if more is to come: the close that runs it waits for that. So does a
 * callback that runs inside sixteen others, each of which closes another client: what is due runs after them.
 *
 * @param client      The client. Closing it again does no harm.
 * @param timeout_ms  Limit of the whole call in milliseconds: only callbacks that take long can make it long;
 *                    0: the client's default (10000); MILVUS_NO_TIMEOUT: none. A callback that runs inside
 *                    this call at the limit is waited for.
 *
 * Thread-safe; blocks. Returns MILVUS_OK, MILVUS_TIMEOUT or MILVUS_PENDING (closed, but something is still under
 * way, or a callback is running or due), MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_client_close(milvus_client *client,
                                  int64_t timeout_ms);

/**
 * Frees a client. Operations that are under way on it, blocking or not, go on to their normal end, and its
 * callbacks are still called, perhaps long after this: to end them, call milvus_client_close() before. Its
 * futures and lists stay valid, and have to be freed as ever; the connection lasts as long as its futures.
 * NULL does nothing; freeing twice does nothing but set milvus_last_error().
 *
 * Thread-safe. Since 0.1.0.
 */
void milvus_client_free(milvus_client *client);

/**
 * Tells the server's version, as it writes it: "v2.3.5-lite", "2.6.8", or "" if it does not tell. Connects
 * if there is no connection, but does not ask again while one lasts.
 *
 * @param client      The client.
 * @param timeout_ms  Limit of the whole call in milliseconds, connecting included; 0: the client's
 *                    default (10000); MILVUS_NO_TIMEOUT: none.
 * @param buffer      Receives the text with a terminating NUL; what does not fit is left out. May be
 *                    NULL if capacity is 0.
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  Receives the whole text's length in bytes without the NUL: the text was cut if
 *                    it is not below capacity. May be NULL.
 *
 * Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, or what
 * any call to a server can return: MILVUS_CLOSED, MILVUS_FORKED, MILVUS_UNAVAILABLE, MILVUS_TLS_FAILED,
 * MILVUS_TIMEOUT, MILVUS_UNAUTHENTICATED, MILVUS_PERMISSION_DENIED, MILVUS_DATABASE_NOT_FOUND,
 * MILVUS_RATE_LIMITED, MILVUS_NOT_READY, MILVUS_UNSUPPORTED, MILVUS_SERVER_ERROR, MILVUS_INTERNAL,
 * MILVUS_OUT_OF_MEMORY. Since 0.1.0.
 */
milvus_status milvus_client_server_version(milvus_client *client,
                                           int64_t timeout_ms,
                                           char *buffer,
                                           size_t capacity,
                                           size_t *out_length);

/**
 * Tells what the server says of itself. Connects if there is no connection, but does not ask again while
 * one lasts.
 *
 * @param client      The client.
 * @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                    MILVUS_NO_TIMEOUT: none.
 * @param out_info    Receives the answer; begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
 *
 * Thread-safe; blocks. Returns what milvus_client_server_version() does. Since 0.1.0.
 */
milvus_status milvus_client_server_info(milvus_client *client,
                                        int64_t timeout_ms,
                                        milvus_server_info *out_info);

/** @} */

// ====================================================================================================
/**
 * @defgroup compaction Compaction
 *
 * Trigger with milvus_compact(), then wait with milvus_compaction_wait(): if both return MILVUS_OK,
 * everything that the server scheduled for this trigger, or for one of the same kind that was running, is
 * done, or it scheduled nothing. A job runs on the server and goes on whatever happens to this process; no
 * server can cancel one.
 * @{
 */

/** As target_size_mb: as large as the servers allow. */
#define MILVUS_LARGEST_TARGET_SIZE INT64_MAX

/** The trigger was not sent, or not answered. */
#define MILVUS_TRIGGER_NONE 0

/** The server scheduled plans for this trigger. */
#define MILVUS_TRIGGER_SCHEDULED 1

/**
 * The server scheduled nothing: there is nothing to compact, as far as its segments show (see MILVUS_BUSY). Servers
 * before 2.4 give a job id even then; a wait for it says that there was nothing to do.
 */
#define MILVUS_TRIGGER_NOTHING_TO_DO 2

/**
 * The server scheduled nothing new, because a job of the same kind is running on the whole collection: its id
 * is given. What was flushed after it began is not in it; trigger again after it if that matters.
 */
#define MILVUS_TRIGGER_ALREADY_RUNNING 3

/**
 * The server gave a job, but nobody can tell whether it was made for this trigger. Up to 2.3: its plans could
 * not be listed. Clustering up to 3.0.0: servers answer with any job of the collection that is running.
 */
#define MILVUS_TRIGGER_ACCEPTED 4

/**
 * What to compact, and how. As MILVUS_COMPACT_PARAMS_INIT has it, with all zeros but the size: merge small
 * segments of the whole collection and purge deleted rows. Contradictions are refused; so are fields of a later
 * header that are not 0.
 */
typedef struct milvus_compact_params {
    /** Set by MILVUS_COMPACT_PARAMS_INIT. */
    size_t size;
    /** Not 0: re-cluster by the collection's clustering key; needs Milvus 2.4.6. */
    int32_t is_clustering;
    /**
     * Not 0: only apply deletions, that is segments of level L0, to the segments they are about; needs
     * Milvus 2.6.3.
     */
    int32_t is_l0;
    /**
     * Above 0: merge up to segments of this size in MB, or MILVUS_LARGEST_TARGET_SIZE; needs Milvus 2.6.12.
     * That release says it is 2.6.11, which is refused: 2.6.8 to 2.6.11 ignore or misread the size (option
     * allow_early_target_size). Servers refuse less than their own segment size. milvus_parse_target_size() reads
     * "1.5 GiB".
     */
    int64_t target_size_mb;
    /**
     * Only this partition; NULL: all; "" is refused. It, channel and segment_ids need Milvus 2.5.8, and go
     * with none of the above.
     */
    const char *partition_name;
    /**
     * Only segments of this channel, e.g. "by-dev-rootcoord-dml_0_4477v0"; NULL: all; "" is refused. The
     * message for one that the collection does not have lists those it has.
     */
    const char *channel;
    /**
     * Only these segments, which have to be flushed ones of the collection; NULL: all. Not read after the
     * call.
     */
    const int64_t *segment_ids;
    /** Number of those ids, at most 100000; 0 only if segment_ids is NULL. */
    size_t segment_count;
} milvus_compact_params;
/** What a milvus_compact_params begins with: its size, and zeros. */
#define MILVUS_COMPACT_PARAMS_INIT { sizeof(milvus_compact_params), 0, 0, 0, NULL, NULL, NULL, 0 }

/** What came of a trigger. */
typedef struct milvus_compact_result {
    /** Set by MILVUS_COMPACT_RESULT_INIT. */
    size_t size;
    /** One of the MILVUS_TRIGGER_... constants. Later versions may add more of them. */
    int32_t trigger;
    /** 0. */
    int32_t reserved;
    /** The job to wait for, or MILVUS_NO_JOB. */
    int64_t job_id;
    /** Plans of the job; MILVUS_NOT_REPORTED if that is not known. */
    int64_t planned;
    /**
     * Segments that waited to be sorted right before the trigger, and are left out (servers since 2.5);
     * MILVUS_NOT_REPORTED if that is not known.
     */
    int64_t unsorted_segments;
} milvus_compact_result;
/** What a milvus_compact_result begins with: its size, and zeros. */
#define MILVUS_COMPACT_RESULT_INIT { sizeof(milvus_compact_result), 0, 0, 0, 0, 0 }

/**
 * Has the server compact one collection. Returns as soon as the job is scheduled.
 *
 * The name or alias is looked up first, and the request carries the collection's id, real name and
 * database: servers before 2.4.18 that get a name only compact every collection of every database.
 * Data that was inserted but not flushed yet is left out. Servers up to about 2.4 leave a collection
 * without an index alone.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, in the client's database. At most 65535 bytes.
 * @param is_clustering    Not 0: re-cluster by the collection's clustering key; needs Milvus 2.4.6.
 *                         0: merge small segments and purge deleted rows.
 * @param timeout_ms       Limit of the whole call in milliseconds, connecting included; 0: the client's
 *                         default (10000); MILVUS_NO_TIMEOUT: none.
 * @param out_job_id       Receives the job's id, or MILVUS_NO_JOB if the server scheduled nothing. (Servers
 *                         before 2.4 give an id even then; a wait for it says that there was nothing to do.)
 *
 * The trigger is sent again only if the server certainly did nothing: it never arrived, or was put off by a
 * rate limit or because the server is starting or has no coordinator. If it may have been carried out although
 * the call fails, the error says so (in_doubt), and what was found out about it (found): see
 * milvus_compaction_resolve(). If a job of the same kind is running on the whole collection, its id is given, as
 * far as this client can know: it triggered the job, or the server lists its jobs (newer than 3.0.0).
 * milvus_compact_with() tells that apart.
 * Clustering up to 3.0.0: the server answers with any job of the collection that is running, also one of another
 * kind or client. The wait tells by the results: MILVUS_VERDICT_NOT_STARTED if they are not clustered.
 *
 * If the server schedules nothing although segments are stored that a free trigger would take, the call fails with
 * MILVUS_BUSY: another compaction holds them, or they are not eligible. Nothing was started; try again later.
 * Thread-safe; blocks. Returns MILVUS_OK, MILVUS_BUSY, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
 * MILVUS_COLLECTION_NOT_FOUND,
 * MILVUS_DATABASE_NOT_FOUND,
 * MILVUS_COMPACTION_DISABLED (2.3 needs up to 28 s to say so: with less it may be a MILVUS_TIMEOUT),
 * MILVUS_UNSUPPORTED (clustering on an older server, or an old server that reports no id), or what any
 * call to a server can return (see milvus_client_server_version()). Since 0.1.0.
 */
milvus_status milvus_compact(milvus_client *client,
                             const char *collection_name,
                             int32_t is_clustering,
                             int64_t timeout_ms,
                             int64_t *out_job_id);

/**
 * Has the server compact one collection, or a part of it, in any of the ways that servers have. Otherwise as
 * milvus_compact(). What this server would silently ignore is refused, and nothing is sent: it would compact
 * something else.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, in the client's database. At most 65535 bytes.
 * @param params           What to do; begin with `milvus_compact_params params = MILVUS_COMPACT_PARAMS_INIT;`.
 *                         NULL: all defaults. Not changed.
 * @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                         MILVUS_NO_TIMEOUT: none.
 * @param out_result       Receives what came of it; begin with
 *                         `milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;`.
 *
 * A server that does not tell its version is taken to be too old for every option, unless the client's
 * option assumed_version says what it is. Thread-safe; blocks. Returns what milvus_compact() does, and
 * MILVUS_INVALID_ARGUMENT for parameters that contradict each other, an unknown channel or segment,
 * MILVUS_PARTITION_NOT_FOUND, MILVUS_BUSY (not all of the segment_ids can be compacted now), MILVUS_UNSUPPORTED (the
 * message names the version that can). Since 0.1.0.
 */
milvus_status milvus_compact_with(milvus_client *client,
                                  const char *collection_name,
                                  const milvus_compact_params *params,
                                  int64_t timeout_ms,
                                  milvus_compact_result *out_result);

/**
 * Reads a target size: a decimal number, blanks or none, and a unit (B, KB, MB, GB, TB, PB, EB, in any case, the
 * B left away or with an i before it: all are powers of 1024, as everywhere in Milvus), e.g. "512MB" or
 * "1.5 GiB". It is rounded to bytes, and then down to whole MB. "max" is MILVUS_LARGEST_TARGET_SIZE. A number
 * without a unit is refused: other clients take it for bytes or for MB.
 *
 * @param text    The text.
 * @param out_mb  Receives the size in MB, at least 1.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_parse_target_size(const char *text,
                                       int64_t *out_mb);

/**
 * The constant's name of a trigger's outcome, e.g. "MILVUS_TRIGGER_SCHEDULED"; of any other number,
 * "MILVUS_UNKNOWN_TRIGGER". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_trigger_name(int32_t trigger);

/** @} */

// ====================================================================================================
/**
 * @defgroup jobs Following a job
 *
 * Wait for a job with milvus_compaction_wait(). The verdict rests on what became of the segments that each plan of
 * the job took, and on the server's counters while they can be seen. It does not rest on the server's word
 * "Completed", which jobs that failed, or never existed, get too.
 * @{
 */

/** The server answered with a state that this library does not know. */
#define MILVUS_COMPACTION_STATE_UNDEFINED 0

/** At least one plan is running or waiting to run. */
#define MILVUS_COMPACTION_STATE_EXECUTING 1

/** No plan is running. Alone this says nothing: jobs that failed, or never existed, are Completed too. */
#define MILVUS_COMPACTION_STATE_COMPLETED 2

/** None yet: the wait ended before the job did. */
#define MILVUS_VERDICT_NONE 0

/** Every plan of the job completed. */
#define MILVUS_VERDICT_SUCCEEDED 1

/**
 * The server scheduled nothing: as far as its segments show, there is nothing to compact (before 2.4: or another
 * compaction holds the segments).
 */
#define MILVUS_VERDICT_NOTHING_TO_DO 2

/** Some plans completed; others failed or timed out. */
#define MILVUS_VERDICT_PARTLY_FAILED 3

/** Plans failed, and none completed. */
#define MILVUS_VERDICT_FAILED 4

/** The plans ran out of the time that the server gives them, and none completed. */
#define MILVUS_VERDICT_TIMED_OUT 5

/** The server forgot the job, never knew it, or forgot too much of it to tell. */
#define MILVUS_VERDICT_UNKNOWN 6

/**
 * Clustering was asked for, but the server answered with another job that held the collection, and started none. That
 * job, which is the report's, is over now: ask again. The wait returns MILVUS_BUSY.
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

/** What the server says of a job now. */
typedef struct milvus_compaction_state_info {
    /** Set by MILVUS_COMPACTION_STATE_INFO_INIT. */
    size_t size;
    /** MILVUS_COMPACTION_STATE_UNDEFINED, _EXECUTING or _COMPLETED. */
    int32_t state;
    /** 0. */
    int32_t reserved;
    /** The plans that the server counts now. It stops counting a plan within seconds of its end. */
    milvus_plan_counts counts;
} milvus_compaction_state_info;
/** What a milvus_compaction_state_info begins with: its size, and zeros. */
#define MILVUS_COMPACTION_STATE_INFO_INIT { sizeof(milvus_compaction_state_info), 0, 0, { 0, 0, 0, 0 } }

/** How a compaction ended: one of the MILVUS_VERDICT_... constants. Later versions may add more of them. */
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

/**
 * What a wait has to tell. Counts of plans that ended rest on the largest counters that were seen while waiting, as
 * servers forget, and on what became of each plan's segments.
 */
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
} milvus_compaction_report;
/** What a milvus_compaction_report begins with: its size, and zeros. */
#define MILVUS_COMPACTION_REPORT_INIT { sizeof(milvus_compaction_report), 0, 0, 0, 0, { 0, 0, 0, 0 }, 0, 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0 }, 0 }

/**
 * Asks what the server says of a job at this moment. Usually milvus_compaction_wait() is what you want:
 * one look cannot tell success from failures that the server has forgotten.
 *
 * @param client      The client.
 * @param job_id      From milvus_compact(), of this or another process. Negative ids are refused.
 *                    MILVUS_NO_JOB is Completed with no plans, without asking a server.
 * @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                    MILVUS_NO_TIMEOUT: none.
 * @param out_info    Receives the answer; begin with
 *                    `milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;`.
 *
 * A job that the server does not know is no error: servers from 2.2 on answer Completed with zeros.
 * Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
 * MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
 * milvus_client_server_version()). Since 0.1.0.
 */
milvus_status milvus_compaction_state(milvus_client *client,
                                      int64_t job_id,
                                      int64_t timeout_ms,
                                      milvus_compaction_state_info *out_info);

/**
 * Waits until a job is over and tells how it ended. MILVUS_OK means: every plan completed, or there was
 * nothing to do. Asks the server often while the job is young and rarely when it is old (every 10 ms to
 * 2 s), and goes on asking through restarts and lost connections of up to a minute. A slow server has time: each
 * question's limit grows with what the answers take, from 5 s to 2 minutes. A look that shows anything but success
 * is taken again a second later. All waits of a client
 * share 500 questions a second, each in its turn: of 10,000 jobs each is asked about every 20 s, and a wait
 * that has less time than that may end unasked.
 *
 * @param client      The client, best the one that triggered the job: it remembers what servers forget,
 *                    and can tell "nothing to do" from "unknown job". Of a job of others it knows what the
 *                    server lists, from which plans vanish after an hour (since 2.6.3) or a day, and not the segments,
 *                    so that it is MILVUS_VERDICT_UNKNOWN where its id does not show that it is younger:
 *                    unless it was imported (milvus_job_import()), use milvus_compaction_wait_in().
 * @param job_id      From milvus_compact(). Negative ids are refused. MILVUS_NO_JOB is over at once, with
 *                    nothing to do, and no server is asked.
 * @param timeout_ms  Limit of the whole wait in milliseconds; 0: the client's default (10000);
 *                    MILVUS_NO_TIMEOUT: none.
 * @param out_report  Receives what was seen; begin with
 *                    `milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;`. Also written when
 *                    the wait fails, unless that is before it begins. May be NULL.
 *
 * A server of which nothing is heard for more than a minute ends the wait with MILVUS_UNAVAILABLE, if there is
 * that much time; one that only answers pings, or that it is not ready, after five minutes. If the collection is
 * dropped while its job runs, the wait ends with MILVUS_COLLECTION_NOT_FOUND and without a verdict. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_COMPACTION_FAILED (plans failed or timed
 * out), MILVUS_OUTCOME_UNKNOWN, MILVUS_BUSY (MILVUS_VERDICT_NOT_STARTED), MILVUS_COLLECTION_NOT_FOUND (it was
 * dropped), MILVUS_TIMEOUT (the job goes on), MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
 * MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
 * milvus_client_server_version()). Since 0.1.0.
 */
milvus_status milvus_compaction_wait(milvus_client *client,
                                     int64_t job_id,
                                     int64_t timeout_ms,
                                     milvus_compaction_report *out_report);

/**
 * The constant's name of a verdict, e.g. "MILVUS_VERDICT_SUCCEEDED"; of any other number,
 * "MILVUS_UNKNOWN_VERDICT". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_verdict_name(milvus_verdict verdict);

/**
 * What a verdict means, in one English sentence; takes any number. A static string. Thread-safe.
 * Since 0.1.0.
 */
const char *milvus_verdict_message(milvus_verdict verdict);

/**
 * Gives the short text of what a server says of a job, e.g. "executing".
 *
 * @param state  One of the MILVUS_COMPACTION_STATE_... constants, or any other number.
 *
 * @return A static text, never NULL: "unknown compaction state" of any other number.
 * @since 0.1.0
 */
const char *milvus_compaction_state_name(int32_t state);

/** @} */

// ====================================================================================================
/**
 * @defgroup plans Plans
 *
 * What a compaction job consists of: which segments become which. Servers newer than 3.0.0 tell more of
 * each, and list those of a whole collection.
 * @{
 */

/** Type of a plan (servers may have others): none. */
#define MILVUS_PLAN_TYPE_UNDEFINED 0

/** Merges segments. */
#define MILVUS_PLAN_TYPE_MERGE 2

/** Merges segments and purges their deleted rows: the ordinary one. */
#define MILVUS_PLAN_TYPE_MIX 3

/** Rewrites one segment. */
#define MILVUS_PLAN_TYPE_SINGLE 4

/** No server of today makes these. */
#define MILVUS_PLAN_TYPE_MINOR 5

/** No server of today makes these. */
#define MILVUS_PLAN_TYPE_MAJOR 6

/** Applies deletions. */
#define MILVUS_PLAN_TYPE_LEVEL0_DELETE 7

/** Re-clusters. */
#define MILVUS_PLAN_TYPE_CLUSTERING 8

/** Sorts a segment after its flush. */
#define MILVUS_PLAN_TYPE_SORT 9

/** Sorts by partition key. */
#define MILVUS_PLAN_TYPE_PARTITION_KEY_SORT 10

/** Sorts by partition key and clusters. */
#define MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT 11

/** Brings a segment to a newer schema. */
#define MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION 12

/** State of a plan (servers may have others): none. */
#define MILVUS_PLAN_STATE_UNKNOWN 0

/** Running. */
#define MILVUS_PLAN_STATE_EXECUTING 1

/** Waiting for a node. */
#define MILVUS_PLAN_STATE_PIPELINING 2

/** Done. */
#define MILVUS_PLAN_STATE_COMPLETED 3

/** Failed. */
#define MILVUS_PLAN_STATE_FAILED 4

/** Took longer than the server allows. */
#define MILVUS_PLAN_STATE_TIMEOUT 5

/** Running: finding clusters. */
#define MILVUS_PLAN_STATE_ANALYZING 6

/** Running: building indexes. */
#define MILVUS_PLAN_STATE_INDEXING 7

/** Cleaned up, after it was done or had failed. */
#define MILVUS_PLAN_STATE_CLEANED 8

/** Running: its result is stored. */
#define MILVUS_PLAN_STATE_META_SAVED 9

/** Running: collecting statistics. */
#define MILVUS_PLAN_STATE_STATISTIC 10

/** The plans of a job or of a collection, at one moment. */
typedef struct milvus_plan_list milvus_plan_list;

/** One unit of work of a job, which servers also call a task: segments that become others. */
typedef struct milvus_plan {
    /** Set by MILVUS_PLAN_INIT. */
    size_t size;
    /** Ids of the segments that are taken; lives as long as the list. NULL if there are none. */
    const int64_t *sources;
    /** Number of those ids. */
    size_t source_count;
    /** Id of the (first) resulting segment; MILVUS_NO_SEGMENT while, or if, there is none. */
    int64_t target;
    /** Ids of all resulting segments that are known; lives as long as the list. NULL if there are none. */
    const int64_t *targets;
    /** Number of those ids. */
    size_t target_count;
    /**
     * How it ended, as far as this client has seen: one of the MILVUS_JUDGEMENT_... constants. A wait judges the
     * plans of its job; plans of others are MILVUS_JUDGEMENT_OPEN unless the server tells their states.
     */
    int32_t judgement;
    /** What that rests on: one of the MILVUS_REASON_... constants. */
    int32_t reason;
    /**
     * 1 if the server tells what follows (newer than 3.0.0). Else 0, and the numbers are
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
     * Why it failed, "" if it did not or the server does not say; lives as long as the list, never NULL. Servers up
     * to 3.0.0 say it on the management port only (option management_uri), whatever has_details is.
     */
    const char *failure_reason;
} milvus_plan;
/** What a milvus_plan begins with: its size, and zeros. */
#define MILVUS_PLAN_INIT { sizeof(milvus_plan), NULL, 0, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL }

/**
 * Lists a job's plans: those that the server lists now, and those that this client saw while it waited
 * for the job, as servers forget them. Ordered by their sources.
 *
 * @param client      The client.
 * @param job_id      From milvus_compact(), of this or another process. Negative ids are refused.
 *                    MILVUS_NO_JOB has no plans, and no server is asked.
 * @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                    MILVUS_NO_TIMEOUT: none.
 * @param out_plans   Receives the list, which may be empty; free it with milvus_plan_list_free().
 *
 * Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
 * MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
 * milvus_client_server_version()). Since 0.1.0.
 */
milvus_status milvus_compaction_plans(milvus_client *client,
                                      int64_t job_id,
                                      int64_t timeout_ms,
                                      milvus_plan_list **out_plans);

/**
 * Lists every compaction task of a collection that the server still remembers, automatic ones included, as
 * plans with all details. Servers forget them after an hour to a day: this is no log of what ever happened.
 *
 * Servers up to 3.0.0 ignore the collection, and would answer with the plans of others or none: they are
 * refused. Which later version is the first to list tasks is not published, so its answer has to prove it.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, in the client's database.
 * @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                         MILVUS_NO_TIMEOUT: none.
 * @param out_plans        Receives the list, which may be empty; free it with milvus_plan_list_free().
 *
 * Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
 * MILVUS_COLLECTION_NOT_FOUND, MILVUS_DATABASE_NOT_FOUND, MILVUS_COMPACTION_DISABLED, MILVUS_UNSUPPORTED, or
 * what any call to a server can return (see milvus_client_server_version()). Since 0.1.0.
 */
milvus_status milvus_compaction_tasks(milvus_client *client,
                                      const char *collection_name,
                                      int64_t timeout_ms,
                                      milvus_plan_list **out_plans);

/**
 * The constant's name of a plan's type, e.g. "MILVUS_PLAN_TYPE_MIX"; of any other number,
 * "MILVUS_UNKNOWN_PLAN_TYPE". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_plan_type_name(int32_t number);

/**
 * The constant's name of a plan's state, e.g. "MILVUS_PLAN_STATE_FAILED"; of any other number,
 * "MILVUS_UNKNOWN_PLAN_STATE". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_plan_state_name(int32_t number);

/**
 * Number of plans in a list; 0 for NULL or a freed list. Leaves milvus_last_error() alone. Thread-safe.
 * Since 0.1.0.
 */
size_t milvus_plan_list_count(const milvus_plan_list *plans);

/**
 * Reads one plan of a list.
 *
 * @param plans     The list.
 * @param index     From 0 to milvus_plan_list_count() - 1.
 * @param out_plan  Receives the plan; begin with `milvus_plan plan = MILVUS_PLAN_INIT;`. What it points to
 *                  is part of the list and lives until that is freed.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_plan_list_get(const milvus_plan_list *plans,
                                   size_t index,
                                   milvus_plan *out_plan);

/**
 * Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
 *
 * Thread-safe. Since 0.1.0.
 */
void milvus_plan_list_free(milvus_plan_list *plans);

/** @} */

// ====================================================================================================
/**
 * @defgroup judgements Judgements
 *
 * How each plan of a job ended, and what says so: milvus_plan has both. Servers stop counting a plan half a second to
 * three seconds after its end; what became of its segments stays.
 * @{
 */

/** How a plan ended: it runs or waits, or nobody has looked yet. Later versions may add more judgements and reasons. */
#define MILVUS_JUDGEMENT_OPEN 0

/** It replaced its sources. */
#define MILVUS_JUDGEMENT_COMPLETED 1

/** It ended and changed nothing. */
#define MILVUS_JUDGEMENT_FAILED 2

/** It ran out of the server's time and changed nothing. */
#define MILVUS_JUDGEMENT_TIMED_OUT 3

/** It ended, and what is left does not show how. */
#define MILVUS_JUDGEMENT_UNKNOWN 4

/** What a judgement rests on: there is none yet. */
#define MILVUS_REASON_NONE 0

/** The server reports the state of this plan. */
#define MILVUS_REASON_REPORTED 1

/** Its target is stored, and none of its sources is. */
#define MILVUS_REASON_TARGET_STORED 2

/** It had a target, none of its sources is stored, and the target was replaced since. */
#define MILVUS_REASON_TARGET_REPLACED 3

/** Its sources are gone, and nothing came in their place: all their rows were deleted. */
#define MILVUS_REASON_PURGED 4

/** The segments of deletions that it took are gone. */
#define MILVUS_REASON_DELETES_APPLIED 5

/** The server no longer lists it; its sources are gone, and a segment that fits them came in their place. */
#define MILVUS_REASON_RESULT_FITS 6

/** The job is over, the plan has no target, and all of its sources are still stored. */
#define MILVUS_REASON_SOURCES_STORED 7

/** The server announced or counted it, but never listed it. */
#define MILVUS_REASON_NEVER_LISTED 8

/** The segments could not be listed, or not before the trigger. */
#define MILVUS_REASON_SEGMENTS_UNKNOWN 9

/** Its sources were never seen stored. */
#define MILVUS_REASON_SOURCES_UNKNOWN 10

/** Some of its sources are stored, others are gone. */
#define MILVUS_REASON_SOME_SOURCES_STORED 11

/** It has a target, but its sources are still stored. */
#define MILVUS_REASON_TARGET_BESIDE_SOURCES 12

/** It has no target, and its sources are gone: another compaction may have taken them. */
#define MILVUS_REASON_TAKEN_BY_OTHERS 13

/** Its partition was dropped, and its sources with it. */
#define MILVUS_REASON_PARTITION_DROPPED 14

/** Its sources are gone, and the partitions could not be listed, so that they may have been dropped. */
#define MILVUS_REASON_PARTITIONS_UNKNOWN 15

/** The server no longer lists it, and its sources do not tell how it ended. */
#define MILVUS_REASON_NO_LONGER_LISTED 16

/** It is no clustering: its target is not at level L2. */
#define MILVUS_REASON_OTHER_KIND 17

/** Whether it clustered cannot be told: its target's level is not known. */
#define MILVUS_REASON_LEVEL_UNKNOWN 18

/** What the server lists of it contradicts itself. */
#define MILVUS_REASON_MALFORMED 19

/**
 * The constant's name of a judgement, e.g. "MILVUS_JUDGEMENT_COMPLETED"; of any other number,
 * "MILVUS_UNKNOWN_JUDGEMENT". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_judgement_name(int32_t judgement);

/**
 * The constant's name of a reason, e.g. "MILVUS_REASON_TARGET_STORED"; of any other number,
 * "MILVUS_UNKNOWN_REASON". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_reason_name(int32_t reason);

/** What a reason means, in one English sentence; takes any number. A static string. Thread-safe. Since 0.1.0. */
const char *milvus_reason_message(int32_t reason);

/** @} */

// ====================================================================================================
/**
 * @defgroup segments Segments
 *
 * What a collection consists of. Compare its segments from before and after to see what a compaction did;
 * milvus_compaction_wait() does that by itself for the jobs of its client.
 * @{
 */

/** As stored, the rows that are not flushed yet mostly left out. */
#define MILVUS_SEGMENTS_STORED 0

/** As served by query nodes; none if the collection is not loaded. */
#define MILVUS_SEGMENTS_LOADED 1

/** State of a segment (servers may have others): still takes rows in. */
#define MILVUS_SEGMENT_STATE_GROWING 2

/** Stored: complete, and about to be flushed. Loaded: all that does not grow. */
#define MILVUS_SEGMENT_STATE_SEALED 3

/** Stored for good. */
#define MILVUS_SEGMENT_STATE_FLUSHED 4

/** Being stored. */
#define MILVUS_SEGMENT_STATE_FLUSHING 5

/** Replaced by the result of a compaction, or dropped. */
#define MILVUS_SEGMENT_STATE_DROPPED 6

/** Being imported. */
#define MILVUS_SEGMENT_STATE_IMPORTING 7

/** Level of a segment (servers may have others): of a version before levels. */
#define MILVUS_SEGMENT_LEVEL_LEGACY 0

/** Holds nothing but deletions. */
#define MILVUS_SEGMENT_LEVEL_L0 1

/** Holds rows. */
#define MILVUS_SEGMENT_LEVEL_L1 2

/** Holds rows, clustered. */
#define MILVUS_SEGMENT_LEVEL_L2 3

/** The segments of a collection, at one moment. */
typedef struct milvus_segment_list milvus_segment_list;

/** One segment. What this server does not report is MILVUS_NOT_REPORTED. */
typedef struct milvus_segment {
    /** Set by MILVUS_SEGMENT_INIT. */
    size_t size;
    /** Its id. */
    int64_t id;
    /** The collection it belongs to. */
    int64_t collection_id;
    /** The partition it belongs to. */
    int64_t partition_id;
    /** Its rows. Deleted ones count until a compaction purges them. */
    int64_t rows;
    /** One of the MILVUS_SEGMENT_STATE_... constants. */
    int32_t state;
    /** One of the MILVUS_SEGMENT_LEVEL_... constants; reported since Milvus 2.4.7. */
    int32_t level;
    /**
     * 1 if its rows are sorted by primary key, 0 if not; MILVUS_NOT_REPORTED, which is not 0 either, before
     * Milvus 2.5.0.
     */
    int32_t is_sorted;
    /** 0. */
    int32_t reserved;
    /** How it is stored; reported since Milvus 2.6.0. */
    int64_t storage_version;
    /**
     * Bytes of memory that it takes; reported of loaded segments, by few servers: most send 0, which is
     * MILVUS_NOT_REPORTED here.
     */
    int64_t memory;
    /**
     * The channel its rows came through; reported of stored segments by servers newer than 3.0.0, else
     * NULL. Lives as long as the list, as do the next two.
     */
    const char *channel;
    /** The segments that it was made of; reported where channel is. NULL if there are none. */
    const int64_t *compaction_from;
    /** Number of those. */
    size_t compaction_from_count;
    /** Query nodes that serve it, of loaded segments. NULL if there are none. */
    const int64_t *nodes;
    /** Number of those. */
    size_t node_count;
} milvus_segment;
/** What a milvus_segment begins with: its size, and zeros. */
#define MILVUS_SEGMENT_INIT { sizeof(milvus_segment), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, NULL, 0 }

/**
 * Lists the segments of a collection, ordered by id.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, in the client's database.
 * @param which            MILVUS_SEGMENTS_STORED or MILVUS_SEGMENTS_LOADED.
 * @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                         MILVUS_NO_TIMEOUT: none.
 * @param out_segments     Receives the list, which may be empty; free it with milvus_segment_list_free().
 *
 * Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
 * MILVUS_COLLECTION_NOT_FOUND, MILVUS_DATABASE_NOT_FOUND, MILVUS_UNSUPPORTED (milvus-lite), or what any call
 * to a server can return (see milvus_client_server_version()). Since 0.1.0.
 */
milvus_status milvus_segments(milvus_client *client,
                              const char *collection_name,
                              int32_t which,
                              int64_t timeout_ms,
                              milvus_segment_list **out_segments);

/**
 * Number of segments in a list; 0 for NULL or a freed list. Leaves milvus_last_error() alone. Thread-safe.
 * Since 0.1.0.
 */
size_t milvus_segment_list_count(const milvus_segment_list *segments);

/**
 * Reads one segment of a list.
 *
 * @param segments     The list.
 * @param index        From 0 to milvus_segment_list_count() - 1.
 * @param out_segment  Receives the segment; begin with `milvus_segment segment = MILVUS_SEGMENT_INIT;`. What
 *                     it points to is part of the list and lives until that is freed.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_segment_list_get(const milvus_segment_list *segments,
                                      size_t index,
                                      milvus_segment *out_segment);

/**
 * Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
 *
 * Thread-safe. Since 0.1.0.
 */
void milvus_segment_list_free(milvus_segment_list *segments);

/**
 * Compares the stored segments of one collection from two moments. Asks no server.
 *
 * @param before      From milvus_segments(), before the trigger.
 * @param after       From milvus_segments(), after the job.
 * @param plans       The job's, from milvus_compaction_plans(); NULL: not known.
 * @param out_diff  Receives the comparison; begin with `milvus_segment_diff effect = MILVUS_SEGMENT_DIFF_INIT;`.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_segments_compare(const milvus_segment_list *before,
                                      const milvus_segment_list *after,
                                      const milvus_plan_list *plans,
                                      milvus_segment_diff *out_diff);

/**
 * Gives the short text of a segment's state, e.g. "flushed".
 *
 * @param state  One of the MILVUS_SEGMENT_STATE_... constants, or any other number.
 *
 * @return A static text, never NULL: "unknown segment state" of any other number.
 * @since 0.1.0
 */
const char *milvus_segment_state_name(int32_t state);

/**
 * Gives the short text of a segment's level, e.g. "L1".
 *
 * @param level  One of the MILVUS_SEGMENT_LEVEL_... constants, or any other number.
 *
 * @return A static text, never NULL: "unknown segment level" of any other number, as MILVUS_NOT_REPORTED.
 * @since 0.1.0
 */
const char *milvus_segment_level_name(int32_t level);

/** @} */

// ====================================================================================================
/**
 * @defgroup check Before a trigger, and after one in doubt
 *
 * milvus_compaction_check() tells what a trigger would do without sending one. If a trigger ended in doubt,
 * because its answer was lost, milvus_compaction_resolve() looks whether a job has begun.
 * @{
 */

/** Nobody has looked: there was no time left, or nothing was in doubt. */
#define MILVUS_RESOLUTION_NOT_LOOKED 0

/**
 * A compaction of the collection has begun since the trigger was sent. An automatic one, or one of another
 * client, looks the same. Do not trigger again.
 */
#define MILVUS_RESOLUTION_STARTED 1

/**
 * The server lists the compactions of the collection, and none that began since, so far. A request that is
 * still on its way through the cluster cannot be seen: look again after a while.
 */
#define MILVUS_RESOLUTION_NO_TRACE 2

/**
 * It cannot be told: the server shows too little (from 2.4 to 3.0.0, until segments change), could not be
 * asked, or too much time has passed.
 */
#define MILVUS_RESOLUTION_UNKNOWN 3

/** No trigger of this client for this collection is in doubt. */
#define MILVUS_RESOLUTION_NOT_IN_DOUBT 4

/**
 * What a trigger would find. The int32_t fields are MILVUS_YES, MILVUS_NO or MILVUS_NOT_KNOWN; numbers that
 * cannot be read are MILVUS_NOT_REPORTED.
 */
typedef struct milvus_check_result {
    /** Set by MILVUS_CHECK_RESULT_INIT. */
    size_t size;
    /**
     * Whether the server would schedule anything now: MILVUS_YES if would_compact_if_free is and may_be_busy is
     * MILVUS_NO, MILVUS_NO if would_compact_if_free is, else not known.
     */
    int32_t would_compact;
    /**
     * Whether the server would schedule anything if no other compaction held the segments. Not known where what
     * cannot be seen decides: a time to live, snapshots, an external source, a vector field without index beside
     * one with an index, settings of the server for clustering and target sizes, and for is_l0 rows that are not
     * flushed.
     */
    int32_t would_compact_if_free;
    /**
     * Whether another compaction may hold segments, which are left out then: as is_running. From 2.4 to 3.0.0 not
     * known, unless a job of this client is running.
     */
    int32_t may_be_busy;
    /** Whether compaction is switched on in the server's configuration. */
    int32_t is_enabled;
    /**
     * Whether a compaction of this collection is running. Before 2.4 and on servers newer than 3.0.0 that can
     * be seen of all (before 2.4, plans that failed leave it not known); in between of this client's jobs.
     */
    int32_t is_running;
    /** Whether the collection has an index. */
    int32_t is_indexed;
    /** Whether this server leaves collections without an index alone: up to 2.3; not known up to 2.4.13. */
    int32_t needs_index;
    /** Whether the collection has a key to cluster by. */
    int32_t has_clustering_key;
    /**
     * Whether there are rows, not deleted, that are not flushed yet, and would be left out. Servers newer than
     * 3.0.0 list them. From 2.3.5 on they are counted if the collection is loaded, all partitions of it for
     * MILVUS_NO; right after a flush it can be not known for some seconds. Else it is not known.
     */
    int32_t has_unflushed;
    /**
     * Whether what the trigger is about is in final form: in each partition (and channel, where listed) at most one
     * stored segment, which is flushed, sorted where servers sort, and indexed where its siblings are; no segments
     * of deletions. MILVUS_NO too if that cannot be known. Servers rewrite such segments at each trigger all the
     * same, 1 to 1. No statement about rows that are not flushed: see has_unflushed.
     */
    int32_t is_final;
    /**
     * Flushed segments with rows that the trigger would take in, sorted where servers sort; with is_l0, those that
     * deletions may be about.
     */
    int64_t segments;
    /** Their rows. */
    int64_t rows;
    /**
     * About how many segments those in `segments` would become, by partition, channel and the width of rows: a
     * server does not list the bytes of a segment. MILVUS_NOT_REPORTED if the kind of compaction leaves it open.
     */
    int64_t expected_segments;
    /**
     * Segments that wait to be sorted, and are not among `segments`: a trigger leaves out those that are being
     * sorted, while 2.5 was seen to take results of a compaction for which that had not begun. MILVUS_NOT_REPORTED
     * before 2.5. See the option flush.wait_for_sort.
     */
    int64_t unsorted_segments;
    /** Segments of deletions; MILVUS_NOT_REPORTED before 2.4.7. */
    int64_t l0_segments;
    /** Rows that an index does not cover yet; MILVUS_NOT_REPORTED without index. */
    int64_t unindexed_rows;
    /** Why would_compact is what it is, for a person: one line of UTF-8. */
    char reason[256];
} milvus_check_result;
/** What a milvus_check_result begins with: its size, and zeros. */
#define MILVUS_CHECK_RESULT_INIT { sizeof(milvus_check_result), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "" }

/** What became of a trigger in doubt. */
typedef struct milvus_resolution {
    /** Set by MILVUS_RESOLUTION_INIT. */
    size_t size;
    /** One of MILVUS_RESOLUTION_NOT_LOOKED to _NOT_IN_DOUBT. Later versions may add more of them. */
    int32_t state;
    /** 0. */
    int32_t reserved;
    /**
     * The job that was started, which can be waited for; MILVUS_UNKNOWN_JOB, which cannot, if the server does
     * not tell which it is (none up to 3.0.0 does); MILVUS_NO_JOB if none was found.
     */
    int64_t job_id;
    /** What was seen, for a person: one line of UTF-8. */
    char text[256];
} milvus_resolution;
/** What a milvus_resolution begins with: its size, and zeros. */
#define MILVUS_RESOLUTION_INIT { sizeof(milvus_resolution), 0, 0, 0, "" }

/**
 * Tells what a trigger with the same parameters would do now, without sending one: only reads. Parameters are
 * refused as milvus_compact_with() refuses them; that compaction is switched off is told, and no error.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, in the client's database.
 * @param params           As in milvus_compact_with(); NULL: all defaults. Not changed.
 * @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                         MILVUS_NO_TIMEOUT: none.
 * @param out_result     Receives the answer; begin with `milvus_check_result result = MILVUS_CHECK_RESULT_INIT;`.
 *
 * What the user may not read, or the server does not tell, is MILVUS_NOT_KNOWN. Thread-safe; blocks. Returns
 * what milvus_compact_with() does. Since 0.1.0.
 */
milvus_status milvus_compaction_check(milvus_client *client,
                                      const char *collection_name,
                                      const milvus_compact_params *params,
                                      int64_t timeout_ms,
                                      milvus_check_result *out_result);

/**
 * Looks whether this client's latest trigger in doubt of a collection has started a job. How: servers newer
 * than 3.0.0 list the jobs of a collection; servers before 2.4 list all plans; besides, the segments are
 * compared with those right before the trigger. The failing trigger has looked once itself, if
 * it had time left: see found in milvus_error.
 *
 * @param client           The client that sent the trigger. Another has nothing to compare with, and gets
 *                         MILVUS_RESOLUTION_NOT_IN_DOUBT.
 * @param collection_name  Name or alias, in the client's database.
 * @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                         MILVUS_NO_TIMEOUT: none.
 * @param out_resolution        Receives the answer; begin with `milvus_resolution resolution = MILVUS_RESOLUTION_INIT;`.
 *
 * A client remembers the latest trigger in doubt of each of up to 256 collections, until one that was sent
 * later is answered. Thread-safe; blocks. Returns
 * MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_COLLECTION_NOT_FOUND,
 * MILVUS_DATABASE_NOT_FOUND, or what any call to a server can return (see milvus_client_server_version()).
 * Since 0.1.0.
 */
milvus_status milvus_compaction_resolve(milvus_client *client,
                                        const char *collection_name,
                                        int64_t timeout_ms,
                                        milvus_resolution *out_resolution);

/**
 * The constant's name of what was found, e.g. "MILVUS_RESOLUTION_STARTED"; of any other number,
 * "MILVUS_UNKNOWN_RESOLUTION". A static string. Thread-safe. Since 0.1.0.
 */
const char *milvus_resolution_name(int32_t state);

/** @} */

// ====================================================================================================
/**
 * @defgroup optimize With a compaction
 *
 * milvus_flush() before it, so that it takes in everything; milvus_optimize() for all that makes queries fast
 * in one call.
 * @{
 */

/**
 * Flushes a collection: asks the server to store what was inserted, and waits until it is stored. Compactions
 * leave out what is not, and on servers since 2.5 what is stored but not sorted yet: with the option
 * flush.wait_for_sort this waits for that too, which takes some seconds more on 2.5. By default it does not: what is
 * stored is safe.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, in the client's database.
 * @param timeout_ms       Limit of the whole call in milliseconds; 0: the client's default (10000);
 *                         MILVUS_NO_TIMEOUT: none. Servers since 2.3.9 let a collection be flushed once in
 *                         10 s; a second flush waits that long.
 *
 * May be repeated at will. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT,
 * MILVUS_INVALID_HANDLE, MILVUS_COLLECTION_NOT_FOUND, MILVUS_DATABASE_NOT_FOUND, MILVUS_TIMEOUT (the flush
 * goes on; the message says if it is stored but not sorted), or what any call to a server can return (see
 * milvus_client_server_version()). Since 0.1.0.
 */
milvus_status milvus_flush(milvus_client *client,
                           const char *collection_name,
                           int64_t timeout_ms);

/**
 * Makes queries of a collection fast: waits until its indexes are complete, compacts it, waits for the job,
 * waits until the result is indexed, and, if the collection is loaded, has the query nodes take the result
 * up and waits for that (before 2.3 servers do not tell when they have). It does not flush.
 *
 * Before the trigger it waits until what is stored is sorted (servers since 2.5), at most a minute and half of the time
 * that is left; the report has the number of segments that were left out for that (unsorted_segments). While another
 * compaction holds the collection (MILVUS_BUSY, MILVUS_VERDICT_NOT_STARTED) it triggers again, for at most ten
 * minutes.
 *
 * @param client           The client.
 * @param collection_name  Name or alias, in the client's database.
 * @param params           As in milvus_compact_with(): to merge as far as possible, a target size of
 *                         MILVUS_LARGEST_TARGET_SIZE on servers that have it. NULL: all defaults.
 * @param timeout_ms       Limit of all stages together in milliseconds; 0: the client's default (10000), which
 *                         is short for this; MILVUS_NO_TIMEOUT: none.
 * @param out_report       Receives what was seen of the job, as in milvus_compaction_wait(); also written when
 *                         a stage after the trigger fails. May be NULL.
 *
 * The message of an error says how far it came: "nothing was compacted" or "it was compacted, but ...".
 * Thread-safe; blocks. Returns what milvus_compact_with() and milvus_compaction_wait() do. Since 0.1.0.
 */
milvus_status milvus_optimize(milvus_client *client,
                              const char *collection_name,
                              const milvus_compact_params *params,
                              int64_t timeout_ms,
                              milvus_compaction_report *out_report);

/** @} */

// ====================================================================================================
/**
 * @defgroup many Many at once
 *
 * Compacts a list of collections, or a whole database, some at a time, and tells what became of each.
 * @{
 */

/** What became of many collections. */
typedef struct milvus_many_list milvus_many_list;

/** How to compact many collections. As MILVUS_MANY_PARAMS_INIT has it: all defaults. */
typedef struct milvus_many_params {
    /** Set by MILVUS_MANY_PARAMS_INIT. */
    size_t size;
    /**
     * What to do with each of them, without partition, channel and segments; NULL: all defaults. Not read
     * after the call.
     */
    const milvus_compact_params *compaction;
    /**
     * How many are under way at a time, each from its trigger to its end: up to 10000; 0: 16. Servers work
     * on a few at a time, and queue the others; however many they are, 32 are being triggered at a time.
     */
    int32_t concurrency;
    /** Not 0: only trigger them, and do not wait for the jobs. */
    int32_t only_trigger;
} milvus_many_params;
/** What a milvus_many_params begins with: its size, and zeros. */
#define MILVUS_MANY_PARAMS_INIT { sizeof(milvus_many_params), NULL, 0, 0 }

/** What became of one collection. */
typedef struct milvus_many_result {
    /** Set by MILVUS_MANY_RESULT_INIT. */
    size_t size;
    /** The name or alias that was given, or listed by the server; lives as long as the list, never NULL. */
    const char *collection_name;
    /**
     * MILVUS_OK if it was compacted, or there was nothing to do (with only_trigger: if it was triggered, or
     * there was nothing to do); else what looking it up, the trigger or the wait failed with.
     */
    milvus_status status;
    /** What came of the trigger, one of MILVUS_TRIGGER_...; 0 if it was not sent, or not answered. */
    int32_t trigger;
    /**
     * The job; MILVUS_NO_JOB if there is none; MILVUS_UNKNOWN_JOB if one was found after a trigger in doubt
     * and the server does not tell its id: no wait takes that.
     */
    int64_t job_id;
    /** Plans of the job when it was triggered; MILVUS_NOT_REPORTED if that is not known. */
    int64_t planned;
    /**
     * What was seen of the job, as in milvus_compaction_wait(); NULL if it was not waited for. Lives as long as
     * the list.
     */
    const milvus_compaction_report *report;
    /**
     * The detail of its failure, with the status MILVUS_OK if it has not failed; never NULL. Lives as long as
     * the list.
     */
    const milvus_error *error;
    /**
     * Segments that waited to be sorted right before the trigger, and are left out (servers since 2.5): where there was
     * nothing to do, a later call may compact them. MILVUS_NOT_REPORTED if that is not known.
     */
    int64_t unsorted_segments;
} milvus_many_result;
/** What a milvus_many_result begins with: its size, and zeros. */
#define MILVUS_MANY_RESULT_INIT { sizeof(milvus_many_result), NULL, 0, 0, 0, 0, NULL, NULL, 0 }

/**
 * Compacts many collections: as milvus_compact_with() and milvus_compaction_wait() for each of them. One that
 * fails does not keep the others from being compacted. Of two names for the same collection (aliases) one fails
 * with MILVUS_INVALID_ARGUMENT: nothing is triggered twice. Like milvus_optimize() it waits for sorting before each
 * trigger, and triggers again while another compaction holds a collection, for at most ten minutes each.
 *
 * @param client      The client.
 * @param names       Names or aliases, all different, in the client's database. NULL: every collection of it
 *                    that the user may see.
 * @param name_count  Number of those names, up to 1048576; 0 only if names is NULL. In other languages
 *                    take care that an empty list does not become NULL.
 * @param params      How; begin with `milvus_many_params params = MILVUS_MANY_PARAMS_INIT;`. NULL: all
 *                    defaults. Not changed.
 * @param timeout_ms  Limit of all of it together in milliseconds; 0: the client's default (10000), which is
 *                    short for this; MILVUS_NO_TIMEOUT: none. Those whose turn has not come by then fail with
 *                    MILVUS_TIMEOUT, and nothing was sent for them.
 * @param out_list    Receives what became of each, in the order of the names (without names: sorted); also
 *                    with MILVUS_SOME_FAILED, and with MILVUS_CLOSED if that came while it ran. Not written
 *                    if a parameter is refused, the collections cannot be listed, or a million lists are in
 *                    use. Begin with NULL, and free it with milvus_many_list_free(). May be NULL.
 *
 * Thread-safe; blocks. Returns MILVUS_OK if none has failed, MILVUS_SOME_FAILED (also if time ran out for
 * some or all; the message has the first failure, and in_doubt is 1 if it is 1 for any of them),
 * MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_CLOSED, MILVUS_OUT_OF_MEMORY, MILVUS_FORKED,
 * MILVUS_INTERNAL, or, without names, what listing the collections returns (see
 * milvus_client_server_version()), with MILVUS_DATABASE_NOT_FOUND. Since 0.1.0.
 */
milvus_status milvus_compact_many(milvus_client *client,
                                  const char *const *names,
                                  size_t name_count,
                                  const milvus_many_params *params,
                                  int64_t timeout_ms,
                                  milvus_many_list **out_list);

/**
 * Number of collections in a list; 0 for NULL or a freed list. Leaves milvus_last_error() alone. Thread-safe.
 * Since 0.1.0.
 */
size_t milvus_many_list_count(const milvus_many_list *list);

/**
 * Reads what became of one collection.
 *
 * @param list        The list.
 * @param index       From 0 to milvus_many_list_count() - 1.
 * @param out_result  Receives it; begin with `milvus_many_result result = MILVUS_MANY_RESULT_INIT;`. What it
 *                    points to is part of the list and lives until that is freed.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_many_list_get(const milvus_many_list *list,
                                   size_t index,
                                   milvus_many_result *out_result);

/**
 * Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
 *
 * Thread-safe. Since 0.1.0.
 */
void milvus_many_list_free(milvus_many_list *list);

/** @} */

// ====================================================================================================
/**
 * @defgroup portable A job outlives its process
 *
 * A job goes on when the program that triggered it has ended, but its id alone proves little: the next program knows
 * neither the collection nor the segments that were there. Take what the client knows along as a text
 * (milvus_job_export(), milvus_job_import()), or name the collection (milvus_compaction_wait_in()).
 * @{
 */

/**
 * Gives what a client knows of a job as a text: what was asked for, the collection with its number, name and
 * database, its segments right before the trigger, and the plans and counts that were seen since. Export right after
 * the trigger, and again later if the job was waited for. One line of printable ASCII without blanks, about 600
 * bytes, 200 a plan and 20 a segment, at most 16 MiB. It holds no address, token, password or row. No server is asked.
 *
 * @param client      The client that triggered the job, imported it, or waited for it. It may be closed.
 * @param job_id      From milvus_compact(). MILVUS_NO_JOB has a text too.
 * @param buffer      Receives the text with a terminating NUL; what does not fit is left out. May be
 *                    NULL if capacity is 0.
 * @param capacity    Size of the buffer in bytes.
 * @param out_length  Receives the whole text's length in bytes without the NUL: the text was cut if
 *                    it is not below capacity. May be NULL. While a wait for the job is under way, the next text may
 *                    be longer.
 *
 * Thread-safe; does not block. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (also if the client knows nothing of the
 * job, which it may have forgotten for 16384 later ones, or if the name of the collection or database has the token or
 * password in it), MILVUS_INVALID_HANDLE, MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_job_export(milvus_client *client,
                                int64_t job_id,
                                char *buffer,
                                size_t capacity,
                                size_t *out_length);

/**
 * Adds to what a client knows what another one has exported, of this or another process or machine: a wait for the job
 * then comes to the verdict that it would have come to there. What this client has seen of the job itself is kept. No
 * server is asked.
 *
 * @param client      A client of the same server as the one that made the text; which server that is, the text does
 *                    not say.
 * @param text        From milvus_job_export(), of this version of the library or an earlier one; blanks and line ends
 *                    around it do no harm. A text that was cut or changed is refused, but not one that was forged:
 *                    take it only from where you take your program's other data.
 * @param out_job_id  Receives the job's id, for milvus_compaction_wait(); MILVUS_NO_JOB if nothing was scheduled.
 *
 * Thread-safe; does not block. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (also if this client knows a job of that
 * number in another collection: the text is of another server, and nothing was added), MILVUS_INVALID_HANDLE,
 * MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_job_import(milvus_client *client,
                                const char *text,
                                int64_t *out_job_id);

/**
 * Waits as milvus_compaction_wait() does, for a job of which nothing but the id and the collection is known: one that
 * was triggered elsewhere. The segments that are stored when it is called take the place of those before the trigger,
 * unless this client knows those. So it tells the more, the earlier it is called: a plan whose segments were gone
 * before is known to have completed only while its result is stored. Whether the job clusters is not known: what
 * replaced its sources counts, at whatever level. The report has no effect. Of a job that may be older than what the
 * server remembers (an hour since 2.6.3, a day before), plans that failed may be forgotten: it succeeded or failed only if
 * the plans that are listed name every segment with rows that is stored, and is MILVUS_VERDICT_UNKNOWN if rows were flushed
 * since, or it was about a part of the collection. Servers that run for longer than that give no young ids: where more
 * has to be known, import the job's text instead.
 *
 * @param client           The client.
 * @param collection_name  The job's collection, by name or alias. A wrong one proves nothing, and says nothing false.
 * @param job_id           As there.
 * @param timeout_ms       As there.
 * @param out_report       As there.
 *
 * Thread-safe; blocks. Returns what milvus_compaction_wait() does, and MILVUS_INVALID_ARGUMENT also for a job that
 * this client knows in another collection, MILVUS_COLLECTION_NOT_FOUND also if there is no collection of that name.
 * Since 0.1.0.
 */
milvus_status milvus_compaction_wait_in(milvus_client *client,
                                        const char *collection_name,
                                        int64_t job_id,
                                        int64_t timeout_ms,
                                        milvus_compaction_report *out_report);

/** @} */

// ====================================================================================================
/**
 * @defgroup futures Futures
 *
 * Every function that asks a server (but milvus_client_server_version()) has an _async form, which returns at
 * once. If it returns MILVUS_OK, the operation ends exactly once: done, failed, out of time, with
 * MILVUS_CANCELLED, or with MILVUS_CLOSED by milvus_client_close(). If it returns anything else, nothing was
 * started.
 *
 * Ways to learn the end: wait for it and poll, as often as wanted, and either be called back or have it
 * arrive in a queue (further below). The result is there before anybody is told.
 *
 * Callbacks run one at a time on a library thread, milvus-call, which starts with the first of them. They may
 * call any function of this library, also those that wait, start, cancel, free or close; while one runs the
 * others wait, unless it closes a client: they run inside it then. They must neither throw nor end their thread, and
 * may end the process: handlers of atexit() can close clients there. That thread has a
 * stack of 2 MiB and blocks the host's signals, as do processes that a callback starts, unless it unblocks
 * them.
 * @{
 */

/**
 * An operation that was started, and its result when it is over. Free it with milvus_future_free(), at any
 * time.
 */
typedef struct milvus_future milvus_future;

/** How far an operation is. Only waits, optimizing and compacting many know more than the time. */
typedef struct milvus_progress {
    /** Set by MILVUS_PROGRESS_INIT. */
    size_t size;
    /** Milliseconds since it was started; stands still when it is over. */
    int64_t elapsed_ms;
    /** Plans that are known so far, of all jobs together; more may become known. */
    int64_t planned;
    /** Those that completed. */
    int64_t completed;
    /** Those that failed or timed out. */
    int64_t failed;
    /** Plans that are through, completed or not, per second so far; 0 at first. */
    double plans_per_second;
    /** Collections that milvus_compact_many_async() is about; 0 while it is not known, or for other operations. */
    int64_t collections;
    /** Those that are through, whatever came of them. */
    int64_t collections_done;
    /** Those of them that failed. */
    int64_t collections_failed;
} milvus_progress;
/** What a milvus_progress begins with: its size, and zeros. */
#define MILVUS_PROGRESS_INIT { sizeof(milvus_progress), 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Is called when an operation is over. future is the caller's own, still to be freed, by the callback or
 * later; if that was freed, another one for the same operation, which is freed when this returns (NULL if a
 * million futures are in use; freeing it here does no harm). status is what the operation ended with; its
 * detail is milvus_future_error(future), not milvus_last_error(). milvus_future_wait() may return before
 * this is called: free nothing that the callback uses until its destructor is called.
 */
typedef void (*milvus_future_callback)(milvus_future *future,
                                       milvus_status status,
                                       void *user_data);

/**
 * Gives up what the user_data of a callback points to. Called once, after the callback's last call, on the
 * library's thread for callbacks.
 */
typedef void (*milvus_destructor)(void *user_data);

/**
 * Is called while an operation is under way, at most ten times a second; only waits, optimizing and
 * compacting many call it at all. The last call may come, or be running, after milvus_future_wait() or a
 * queue told the end, or after milvus_future_free(): user_data has to live until the destructor is called,
 * or milvus_client_close() returns MILVUS_OK. progress is gone when the callback returns.
 */
typedef void (*milvus_progress_callback)(const milvus_progress *progress, void *user_data);

/**
 * Waits until an operation is over. May be called by any number of threads, also on a future that is over.
 *
 * @param future      The future.
 * @param timeout_ms  Limit of this waiting in milliseconds, whatever that of the operation is; 0: the
 *                    client's default (10000); MILVUS_NO_TIMEOUT: none.
 *
 * Thread-safe; blocks. Returns MILVUS_PENDING if the operation is not over by then, MILVUS_INVALID_ARGUMENT,
 * MILVUS_INVALID_HANDLE, MILVUS_FORKED, MILVUS_INTERNAL; else what the operation ended with, so MILVUS_OK
 * means that it succeeded. Its failure is this thread's milvus_last_error() then, whose operation is the
 * function that started it, e.g. "milvus_compact_async", and not this one. Since 0.1.0.
 */
milvus_status milvus_future_wait(milvus_future *future,
                                 int64_t timeout_ms);

/**
 * Tells how an operation ended, without waiting: as milvus_future_wait(), with MILVUS_PENDING if it is not over.
 * Thread-safe. Since 0.1.0.
 */
milvus_status milvus_future_poll(milvus_future *future);

/**
 * Stops an operation. It ends with MILVUS_CANCELLED as soon as it can, unless it is over before that. This is
 * local: no server can cancel anything, so a job goes on, and a trigger that was on its way may be carried
 * out (in_doubt in the error). Cancelling what is over does nothing.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_future_cancel(milvus_future *future);

/**
 * Tells how far an operation is.
 *
 * @param future        The future, over or not.
 * @param out_progress  Receives it; begin with `milvus_progress progress = MILVUS_PROGRESS_INIT;`.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_future_progress(milvus_future *future, milvus_progress *out_progress);

/**
 * Has a function called when an operation is over; soon, if it is over already. A future has one callback or
 * one queue.
 *
 * @param future      The future. May be freed right away: the operation goes on, and calls back.
 * @param callback    The function; not NULL.
 * @param user_data   Is passed to it; not looked at. May be NULL.
 * @param destructor  Is called once with user_data after the callback, on the same thread. NULL: nothing is.
 *
 * If this does not return MILVUS_OK, neither of them is ever called. After milvus_client_close() has returned
 * MILVUS_OK, no callback of that client is running or will run. Thread-safe. Returns MILVUS_OK,
 * MILVUS_INVALID_ARGUMENT (also for a second one), MILVUS_INVALID_HANDLE, MILVUS_CLOSED, MILVUS_OUT_OF_MEMORY
 * (no thread), MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_future_set_callback(milvus_future *future,
                                         milvus_future_callback callback,
                                         void *user_data,
                                         milvus_destructor destructor);

/**
 * Has a function called while an operation is under way: whenever the server has answered, but at most ten
 * times a second. Neither the end nor the final counts are told by it: milvus_future_progress() has them. A
 * future has one progress callback, besides the other.
 *
 * @param future      The future.
 * @param callback    The function; not NULL.
 * @param user_data   Is passed to it; not looked at. May be NULL.
 * @param destructor  Is called once with user_data when the operation is over, on the same thread. NULL:
 *                    nothing is.
 *
 * If this does not return MILVUS_OK, neither of them is ever called. Thread-safe. Returns what
 * milvus_future_set_callback() does. Since 0.1.0.
 */
milvus_status milvus_future_set_progress_callback(milvus_future *future,
                                                  milvus_progress_callback callback,
                                                  void *user_data,
                                                  milvus_destructor destructor);

/**
 * The detail of an operation's failure, for whatever thread: status MILVUS_OK if it has succeeded,
 * MILVUS_PENDING if it is not over, MILVUS_INVALID_HANDLE if this is no future. Never NULL. Valid until the
 * future is freed; do not free it. Thread-safe. Since 0.1.0.
 */
const milvus_error *milvus_future_error(const milvus_future *future);

/**
 * Frees a future, whatever its operation is doing. One whose end is told by milvus_future_set_callback() goes on
 * and calls back; any other is cancelled as by milvus_future_cancel(). Threads that wait for it learn how it
 * ends. If its callback is running with this very future, and another thread or another callback frees it, it can
 * be used until that callback returns. NULL does nothing; freeing twice does nothing but set milvus_last_error().
 *
 * Thread-safe. Since 0.1.0.
 */
void milvus_future_free(milvus_future *future);

/** @} */

// ====================================================================================================
/**
 * @defgroup async_forms Asynchronous forms
 *
 * Each takes what its blocking form takes, starts the operation, and returns at once; timeout_ms limits the
 * operation itself. Handles, pointers, struct sizes, the form of texts, and numbers with a range are checked at once;
 * what else is wrong is what the future ends with, as everything that the blocking form returns. Everything is
 * copied. All of these are thread-safe, do not block, and return MILVUS_OK, MILVUS_INVALID_ARGUMENT,
 * MILVUS_INVALID_HANDLE, MILVUS_CLOSED, MILVUS_OUT_OF_MEMORY, MILVUS_FORKED or MILVUS_INTERNAL, and only with
 * MILVUS_OK something was started and out_future was written: free it with milvus_future_free(). Since 0.1.0.
 *
 * Behind each is the function that reads its result, see the next section.
 * @{
 */

/** milvus_client_server_info(); milvus_future_take_server_info(). */
milvus_status milvus_client_server_info_async(milvus_client *client,
                                              int64_t timeout_ms,
                                              milvus_future **out_future);

/** milvus_compact(); milvus_future_take_job_id(). */
milvus_status milvus_compact_async(milvus_client *client,
                                   const char *collection_name,
                                   int32_t is_clustering,
                                   int64_t timeout_ms,
                                   milvus_future **out_future);

/** milvus_compact_with(); milvus_future_take_compact_result(). */
milvus_status milvus_compact_with_async(milvus_client *client,
                                        const char *collection_name,
                                        const milvus_compact_params *params,
                                        int64_t timeout_ms,
                                        milvus_future **out_future);

/** milvus_compaction_state(); milvus_future_take_state(). */
milvus_status milvus_compaction_state_async(milvus_client *client,
                                            int64_t job_id,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/** milvus_compaction_wait(); milvus_future_take_report(). */
milvus_status milvus_compaction_wait_async(milvus_client *client,
                                           int64_t job_id,
                                           int64_t timeout_ms,
                                           milvus_future **out_future);

/** milvus_compaction_wait_in(); milvus_future_take_report(). */
milvus_status milvus_compaction_wait_in_async(milvus_client *client,
                                              const char *collection_name,
                                              int64_t job_id,
                                              int64_t timeout_ms,
                                              milvus_future **out_future);

/** milvus_compaction_plans(); milvus_future_take_plans(). */
milvus_status milvus_compaction_plans_async(milvus_client *client,
                                            int64_t job_id,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/** milvus_compaction_tasks(); milvus_future_take_plans(). */
milvus_status milvus_compaction_tasks_async(milvus_client *client,
                                            const char *collection_name,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/** milvus_segments(); milvus_future_take_segments(). */
milvus_status milvus_segments_async(milvus_client *client,
                                    const char *collection_name,
                                    int32_t which,
                                    int64_t timeout_ms,
                                    milvus_future **out_future);

/** milvus_compaction_check(); milvus_future_take_check_result(). */
milvus_status milvus_compaction_check_async(milvus_client *client,
                                            const char *collection_name,
                                            const milvus_compact_params *params,
                                            int64_t timeout_ms,
                                            milvus_future **out_future);

/** milvus_compaction_resolve(); milvus_future_take_resolution(). */
milvus_status milvus_compaction_resolve_async(milvus_client *client,
                                              const char *collection_name,
                                              int64_t timeout_ms,
                                              milvus_future **out_future);

/** milvus_flush(); it has no result but its end. */
milvus_status milvus_flush_async(milvus_client *client,
                                 const char *collection_name,
                                 int64_t timeout_ms,
                                 milvus_future **out_future);

/** milvus_optimize(); milvus_future_take_report(). */
milvus_status milvus_optimize_async(milvus_client *client,
                                    const char *collection_name,
                                    const milvus_compact_params *params,
                                    int64_t timeout_ms,
                                    milvus_future **out_future);

/** milvus_compact_many(); milvus_future_take_many(). */
milvus_status milvus_compact_many_async(milvus_client *client,
                                        const char *const *names,
                                        size_t name_count,
                                        const milvus_many_params *params,
                                        int64_t timeout_ms,
                                        milvus_future **out_future);

/** @} */

// ====================================================================================================
/**
 * @defgroup results Results of futures
 *
 * Each of these reads what an asynchronous form ended with, and returns that; it writes only if that is
 * MILVUS_OK, except reports and lists of many collections, which are written whenever there is one.
 * MILVUS_PENDING: it is not over. MILVUS_INVALID_ARGUMENT: it has a result, but not of that kind, or a list that
 * has been taken already; or a wrong parameter. Lists can be taken once, and are the caller's to free, also if the
 * status is a failure; the others can be read again. All of these are thread-safe, do not block, and can
 * also return MILVUS_INVALID_HANDLE, MILVUS_OUT_OF_MEMORY (a million lists are in use; it can be taken
 * later), MILVUS_FORKED and MILVUS_INTERNAL. Since 0.1.0.
 * @{
 */

/** Reads what the server says of itself. Begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`. */
milvus_status milvus_future_take_server_info(milvus_future *future, milvus_server_info *out_info);

/** Reads the id of the job, or MILVUS_NO_JOB. */
milvus_status milvus_future_take_job_id(milvus_future *future, int64_t *out_job_id);

/** Reads what came of the trigger. Begin with `milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;`. */
milvus_status milvus_future_take_compact_result(milvus_future *future,
                                                milvus_compact_result *out_result);

/**
 * Reads the server's word on a job. Begin with
 * `milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;`.
 */
milvus_status milvus_future_take_state(milvus_future *future, milvus_compaction_state_info *out_info);

/**
 * Reads what was seen of a job; also written if the wait has failed, as far as there is something to tell:
 * with its job_id set to INT64_MIN before, one can see whether it was.
 * Begin with `milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;`.
 */
milvus_status milvus_future_take_report(milvus_future *future,
                                        milvus_compaction_report *out_report);

/** Reads what a trigger would do. Begin with `milvus_check_result result = MILVUS_CHECK_RESULT_INIT;`. */
milvus_status milvus_future_take_check_result(milvus_future *future, milvus_check_result *out_result);

/** Reads what was found out about a trigger in doubt. Begin with `milvus_resolution found = MILVUS_RESOLUTION_INIT;`. */
milvus_status milvus_future_take_resolution(milvus_future *future,
                                            milvus_resolution *out_resolution);

/** Takes the plans or tasks; free them with milvus_plan_list_free(). */
milvus_status milvus_future_take_plans(milvus_future *future, milvus_plan_list **out_plans);

/** Takes the segments; free them with milvus_segment_list_free(). */
milvus_status milvus_future_take_segments(milvus_future *future, milvus_segment_list **out_segments);

/**
 * Takes what became of many collections; also written if some have failed. Free it with
 * milvus_many_list_free().
 */
milvus_status milvus_future_take_many(milvus_future *future, milvus_many_list **out_list);

/** @} */

// ====================================================================================================
/**
 * @defgroup queues Queues
 *
 * For event loops (epoll, libuv, Go, Java): futures arrive in a queue when their operations are over, and its
 * descriptor is readable while one is there. One thread can follow thousands of operations with it.
 * @{
 */

/** A queue of futures that are over. */
typedef struct milvus_queue milvus_queue;

/**
 * Makes a queue.
 *
 * @param out_queue  Receives it; free it with milvus_queue_free().
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_OUT_OF_MEMORY (no descriptors or handles are
 * left), MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_queue_new(milvus_queue **out_queue);

/**
 * Tells the queue's descriptor: readable (EPOLLIN, POLLIN) while a future is there, so fit for level-triggered
 * and edge-triggered loops that call milvus_queue_next() until it says MILVUS_PENDING. Call that with timeout
 * 0: the descriptor may be readable with nothing to take, if a future was freed or another thread took it.
 * Each arrival raises it anew. It is non-blocking and closed on exec, and may be duplicated. Only watch it:
 * do not read, write or close it. An eventfd on Linux, a socket on other Unix systems; on Windows there is
 * none, and it is -1.
 *
 * @param queue   The queue.
 * @param out_fd  Receives the descriptor; valid until the queue is freed.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_queue_fd(milvus_queue *queue,
                              int32_t *out_fd);

/**
 * Puts a future into a queue when its operation is over; at once, if it is over already. A future has one
 * callback or one queue.
 *
 * @param future     The future. Stays the caller's to free. One that is freed is cancelled, and neither it nor
 *                   user_data comes out of the queue.
 * @param queue      The queue.
 * @param user_data  Comes out of the queue with it; not looked at. May be NULL.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (also for a second one), MILVUS_INVALID_HANDLE,
 * MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_future_set_queue(milvus_future *future,
                                      milvus_queue *queue,
                                      void *user_data);

/**
 * Takes the next future that is over out of a queue, in the order in which they arrived there.
 *
 * @param queue          The queue.
 * @param timeout_ms     How long to wait for one, in milliseconds; MILVUS_NO_TIMEOUT: as long as it takes; 0
 *                       (here, unlike anywhere else): not at all.
 * @param out_future     Receives the future, which is the caller's own that was put in: free it when it is done
 *                       with.
 * @param out_user_data  Receives what was given to milvus_future_set_queue(). May be NULL.
 *
 * Several threads may take from one queue. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_PENDING (none is
 * there), MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE (also if it is freed meanwhile), MILVUS_FORKED or
 * MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_queue_next(milvus_queue *queue,
                                int64_t timeout_ms,
                                milvus_future **out_future,
                                void **out_user_data);

/**
 * Frees a queue and closes its descriptor: take it out of the event loop first. Futures that are in it, or
 * were to arrive, stay the caller's to free, and their operations go on; they can have no other queue or
 * callback, but be waited for. Their user_data is not given back. Threads that wait in milvus_queue_next()
 * get MILVUS_INVALID_HANDLE. NULL does nothing; freeing twice does nothing but set milvus_last_error().
 *
 * Thread-safe. Since 0.1.0.
 */
void milvus_queue_free(milvus_queue *queue);

/** @} */

// ====================================================================================================
/**
 * @defgroup log Log
 *
 * What the library tells about its connections, for people who look for a fault. Off by default, and then
 * free. It never tells tokens.
 * @{
 */

/** Nothing yet: errors are returned, not logged. */
#define MILVUS_LOG_ERROR 1

/** Something is wrong, and the library copes: a lost connection, a call that took over a second. */
#define MILVUS_LOG_WARNING 2

/** Connections made, calls tried again. */
#define MILVUS_LOG_INFO 3

/** Every call to a server. */
#define MILVUS_LOG_DEBUG 4

/**
 * Receives the log. message is a constant text like "connected", fields are key=value, separated by blanks;
 * both are UTF-8 on one line and gone when the callback returns. Called one event at a time on a library
 * thread, milvus-log. Nothing waits for it: if it is slow, events are dropped, and their number is reported.
 * It may call any function of this library, milvus_set_log() included, but not milvus_client_close(), which may
 * have to wait for it. It must not throw.
 */
typedef void (*milvus_log_callback)(int32_t level,
                                    const char *message,
                                    const char *fields,
                                    void *user_data);

/**
 * Sets the process's log callback, in place of the one before. When this returns, that one is not running
 * and will not be called again: what its user_data pointed to may be freed. (Called by the callback itself,
 * it returns while that is still running.) Hold no lock meanwhile that the callback takes.
 *
 * @param level      What to report: MILVUS_LOG_ERROR to MILVUS_LOG_DEBUG, each with all before it.
 * @param callback   Is called for each event. NULL: nothing is reported any more.
 * @param user_data  Is passed to the callback; not looked at. May be NULL.
 *
 * Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (an unknown level), MILVUS_OUT_OF_MEMORY (no
 * thread), MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
 */
milvus_status milvus_set_log(int32_t level,
                             milvus_log_callback callback,
                             void *user_data);

/** @} */

#ifdef __cplusplus
} // extern "C"
#endif

#endif // MILVUS_CLIENT_H
