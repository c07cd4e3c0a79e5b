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
//   Booleans    int32_t; anything but 0 is true.
//   Structs     whose first field is `size` must be initialised with their ..._INIT. They may grow at the
//               end in later versions; no more than `size` bytes are read or written.
//   Handles     milvus_client and the lists are opaque. Freeing NULL does nothing. A handle that was
//               freed, or is of another type, gives MILVUS_INVALID_HANDLE.
//   Times       milliseconds.
//   Host        the library prints nothing, changes no signal handler, locale or environment, and
//               ends no process, except that exhausted memory does, as in any Rust program. Its threads
//               block the host's signals. Once the library has been used, a child made by fork() gets
//               MILVUS_FORKED from every call that returns a status, and the others do nothing; exec()
//               is fine. Linux, 64-bit.

#ifndef MILVUS_CLIENT_H
#define MILVUS_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ====================================================================================================
// Version
//
// A program may run with any library whose milvus_abi_version() is at least the MILVUS_ABI_VERSION
// it was compiled with. An incompatible library would have another file name (soname).
// ====================================================================================================

// Version of this header: its first part.
#define MILVUS_VERSION_MAJOR 0

// Its second part.
#define MILVUS_VERSION_MINOR 1

// Its third part.
#define MILVUS_VERSION_PATCH 0

// Grows by one with every release that adds functions, constants or fields.
#define MILVUS_ABI_VERSION 1

// The version of the loaded library, e.g. "0.1.0". A static string. Thread-safe. Since 0.1.0.
const char *milvus_version(void);

// The MILVUS_ABI_VERSION of the loaded library. Thread-safe. Since 0.1.0.
uint32_t milvus_abi_version(void);

// ====================================================================================================
// Errors
//
// A function that can fail returns a milvus_status, and the calling thread's milvus_last_error() has
// the detail. On failure nothing is written through the result parameters, unless said otherwise.
// ====================================================================================================

// The call did what it says.
#define MILVUS_OK 0
// A parameter is NULL, malformed or out of range; the message names it.
#define MILVUS_INVALID_ARGUMENT 1
// The handle was freed already, is of another type, or was not made by this library.
#define MILVUS_INVALID_HANDLE 2
// This process is a fork of one that used the library; use it in the parent, or call exec first.
#define MILVUS_FORKED 4
// The server cannot be reached or the connection was lost; check address and server.
#define MILVUS_UNAVAILABLE 10
// No secure connection could be made; check http or https and the certificates.
#define MILVUS_TLS_FAILED 11
// The call's time ran out; what the server was asked to do may still go on.
#define MILVUS_TIMEOUT 12
// The server does not accept the token; check it.
#define MILVUS_UNAUTHENTICATED 20
// The user lacks the privilege that the message names; have it granted.
#define MILVUS_PERMISSION_DENIED 21
// No collection or alias of that name exists in the database.
#define MILVUS_COLLECTION_NOT_FOUND 22
// No database of that name exists.
#define MILVUS_DATABASE_NOT_FOUND 23
// The server's rate limit refused the call; wait a few seconds and try again.
#define MILVUS_RATE_LIMITED 24
// The server is starting, or a part of it is down.
#define MILVUS_NOT_READY 25
// Compaction is switched off in the server's configuration (dataCoord.enableCompaction).
#define MILVUS_COMPACTION_DISABLED 26
// This server's version cannot do what was asked; the message names the version that can.
#define MILVUS_UNSUPPORTED 27
// The server refused or failed; its own code and text are in the error's detail.
#define MILVUS_SERVER_ERROR 28
// The compaction ended, but not all of it succeeded; the report has the counts.
#define MILVUS_COMPACTION_FAILED 40
// The server can no longer tell how the compaction ended; look at the segments, or compact again.
#define MILVUS_OUTCOME_UNKNOWN 41
// A defect of this library; please report the message.
#define MILVUS_INTERNAL 50
// Handles, threads or another resource of this process ran out.
#define MILVUS_OUT_OF_MEMORY 51

// How a call ended: MILVUS_OK or one of the MILVUS_... constants above. Later versions add more of
// them: treat an unknown one as failure.
typedef int32_t milvus_status;

// The detail of a failed call. The library makes it and owns it.
typedef struct milvus_error {
    // Size of this struct in the loaded library, in bytes.
    size_t size;
    // What the failed call returned.
    milvus_status status;
    // The gRPC status code that the call to the server ended with; 0 if it was not gRPC that failed.
    int32_t grpc_code;
    // Milvus' own error code (servers before 2.3: its legacy number); 0 if the server sent none.
    int32_t server_code;
    // 1 if the same call can safely be repeated and may then succeed, else 0.
    int32_t retriable;
    // 1 if the server may have started a compaction although the call failed, else 0. Never 1
    // together with retriable: repeating could compact twice.
    int32_t in_doubt;
    // 0.
    int32_t reserved;
    // The job that the call was about; 0 if none.
    int64_t job_id;
    // Name of the function that failed, e.g. "milvus_compact". Static, never NULL.
    const char *operation;
    // What happened, for a person: one line, at most 1023 bytes, UTF-8, without control characters,
    // never with the token in it. Never NULL. Gone with the thread's next failing call: copy the text.
    const char *message;
} milvus_error;

// The constant's name of a status, e.g. "MILVUS_COLLECTION_NOT_FOUND"; of any other number,
// "MILVUS_UNKNOWN_STATUS". A static string. Thread-safe. Since 0.1.0.
const char *milvus_status_name(milvus_status status);

// What a status means and what to do about it, in one English sentence; takes any number. A static
// string. Thread-safe. Since 0.1.0.
const char *milvus_status_message(milvus_status status);

// The detail of the calling thread's latest failed call, or one with the status MILVUS_OK if none
// has failed. Calls that succeed leave it alone. Never NULL. Valid on this thread until its next
// failing call or its end; do not free it. Since 0.1.0.
const milvus_error *milvus_last_error(void);

// The message of milvus_last_error(), "" if no call of this thread has failed. Never NULL. Valid as
// long as that. Since 0.1.0.
const char *milvus_last_error_message(void);

// ====================================================================================================
// Options
//
// How a client connects, as text by key, so that configuration files, environments and other languages
// pass them through unread. milvus_option_get() lists every key; so does the README.
// ====================================================================================================

// The value is any text.
#define MILVUS_OPTION_TEXT 0

// The value is text that must not be shown to anybody.
#define MILVUS_OPTION_SECRET 1

// The value is the path of a file that exists when the client is made.
#define MILVUS_OPTION_FILE 2

// The value is "true" or "false".
#define MILVUS_OPTION_BOOLEAN 3

// The value is a whole number, in decimal digits.
#define MILVUS_OPTION_NUMBER 4

// Options for a client-to-be. Secrets in them are wiped from memory when they are freed.
typedef struct milvus_options milvus_options;

// What there is to know about an option. All texts are static.
typedef struct milvus_option_info {
    // Set by MILVUS_OPTION_INFO_INIT.
    size_t size;
    // The key, e.g. "tls.ca_file".
    const char *key;
    // The value if none is set; "" for none.
    const char *default_value;
    // One line for a person.
    const char *help;
    // What the value has to look like: one of the MILVUS_OPTION_... constants. Later versions may add more.
    int32_t kind;
    // 0.
    int32_t reserved;
    // Smallest and largest value of a number; 0 for other kinds.
    int64_t least;
    // See least.
    int64_t most;
} milvus_option_info;
#define MILVUS_OPTION_INFO_INIT { sizeof(milvus_option_info), NULL, NULL, NULL, 0, 0, 0, 0 }

// Makes options, all at their defaults. Free them with milvus_options_free(), also after they were used.
// NULL if there are too many, with milvus_last_error() set. Thread-safe. Since 0.1.0.
milvus_options *milvus_options_new(void);

// Sets an option, in place of what it was.
//
// @param options  The options.
// @param key      One of the keys that milvus_option_get() lists.
// @param value    Its value as text; "" sets a text back to none. At most 8192 bytes. NULL is refused.
//
// Thread-safe. Both strings are copied. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (an unknown key: the
// message lists the known ones; a value of the wrong kind), MILVUS_INVALID_HANDLE, MILVUS_FORKED or
// MILVUS_INTERNAL. Since 0.1.0.
milvus_status milvus_options_set(milvus_options *options, const char *key, const char *value);

// Frees options. NULL does nothing; freeing twice does nothing but set milvus_last_error().
//
// Thread-safe. Since 0.1.0.
void milvus_options_free(milvus_options *options);

// Number of options there are. Thread-safe. Since 0.1.0.
size_t milvus_option_count(void);

// Describes one of the options there are.
//
// @param index     From 0 to milvus_option_count() - 1.
// @param out_info  Receives the description; begin with `milvus_option_info info = MILVUS_OPTION_INFO_INIT;`.
//
// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
milvus_status milvus_option_get(size_t index,
                                milvus_option_info *out_info);

// ====================================================================================================
// Client
//
// A client stands for one server (or cluster, or Zilliz Cloud endpoint) and one database. It may be
// used by any number of threads at once, and one per process is usually enough. All clients together
// use one library thread, milvus-io; while host names are resolved there are one or two more, milvus-dns.
// ====================================================================================================

// As timeout_ms: no limit. Such a call still ends with MILVUS_UNAVAILABLE when the server is found
// to be gone.
#define MILVUS_NO_TIMEOUT (-1)

// A client. Freed handles and pointers from elsewhere are recognised: MILVUS_INVALID_HANDLE.
typedef struct milvus_client milvus_client;

// What a server says of itself.
typedef struct milvus_server_info {
    // Set by MILVUS_SERVER_INFO_INIT.
    size_t size;
    // The number under which the server keeps this client in its registry; 0 if none (before 2.2.9).
    int64_t identifier;
    // 1 if it is milvus-lite, else 0.
    int32_t is_lite;
    // 0.
    int32_t reserved;
    // Its version as it writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not tell.
    char version[64];
    // "STANDALONE", "DISTRIBUTED", "embedded" or whatever it says; "" if it does not tell.
    char deploy_mode[64];
} milvus_server_info;
#define MILVUS_SERVER_INFO_INIT { sizeof(milvus_server_info), 0, 0, 0, "", "" }

// Makes a client. Does not connect: it does so with its first call, and again whenever the
// connection is gone. With https the system's root certificates are read here.
//
// @param uri         Where the server is, as pymilvus takes it:
//                    "http://host[:19530]" or "tcp://..." (plaintext), "https://host[:443]" (TLS, verified
//                    with the system's root certificates), "unix:/path/to/socket". The first path
//                    segment is the database: "http://host:19530/sales". "user:password@" before the
//                    host is a token; percent-encode special characters there. At most 8192 bytes.
//                    The endpoint of a global cluster (Zilliz) leads to its primary cluster.
//                    NULL: the environment variable MILVUS_URI.
// @param token       "user:password" or an API key; beats the one in the URI. At most 8192 bytes. NULL
//                    or "": the one in the URI, if any; with uri NULL, the environment variable
//                    MILVUS_TOKEN before that.
// @param out_client  Receives the client; free it with milvus_client_free().
//
// With https the system's root certificates are those of the environment variables SSL_CERT_FILE and
// SSL_CERT_DIR, if set. Thread-safe, but the environment is read, which no thread may change meanwhile.
// Both strings are copied. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_TLS_FAILED (no root
// certificates), MILVUS_OUT_OF_MEMORY (over a million clients), MILVUS_FORKED or MILVUS_INTERNAL.
// Since 0.1.0.
milvus_status milvus_client_new(const char *uri,
                                const char *token,
                                milvus_client **out_client);

// Makes a client with options; otherwise as milvus_client_new().
//
// @param uri         As there; NULL: the environment variable MILVUS_URI.
// @param options     As many as are to differ from their defaults; not changed, and not needed afterwards.
//                    NULL: none. Without a token in them and with uri NULL, the environment variable
//                    MILVUS_TOKEN is read.
// @param out_client  Receives the client; free it with milvus_client_free().
//
// Files that options name are read here, and what is wrong with them is said here. Thread-safe. Returns
// MILVUS_OK, MILVUS_INVALID_ARGUMENT (also for files and contradictory options), MILVUS_INVALID_HANDLE,
// MILVUS_TLS_FAILED (no root certificates), MILVUS_OUT_OF_MEMORY (too many clients), MILVUS_FORKED or
// MILVUS_INTERNAL. Since 0.1.0.
milvus_status milvus_client_new_with(const char *uri,
                                     const milvus_options *options,
                                     milvus_client **out_client);

// Frees a client. Calls of other threads that are under way on it end normally. NULL does nothing;
// freeing twice does nothing but set milvus_last_error().
//
// Thread-safe. Since 0.1.0.
void milvus_client_free(milvus_client *client);

// Tells the server's version, as it writes it: "v2.3.5-lite", "2.6.8", or "" if it does not tell. Connects
// if there is no connection, but does not ask again while one lasts.
//
// @param client      The client.
// @param timeout_ms  Limit of the whole call in milliseconds, connecting included; 0: the client's
//                    default (10000); MILVUS_NO_TIMEOUT: none.
// @param buffer      Receives the text with a terminating NUL; what does not fit is left out. May be
//                    NULL if capacity is 0.
// @param capacity    Size of the buffer in bytes.
// @param out_length  Receives the whole text's length in bytes without the NUL: the text was cut if
//                    it is not below capacity. May be NULL.
//
// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, or what
// any call to a server can return: MILVUS_FORKED, MILVUS_UNAVAILABLE, MILVUS_TLS_FAILED,
// MILVUS_TIMEOUT, MILVUS_UNAUTHENTICATED, MILVUS_PERMISSION_DENIED, MILVUS_DATABASE_NOT_FOUND,
// MILVUS_RATE_LIMITED, MILVUS_NOT_READY, MILVUS_UNSUPPORTED, MILVUS_SERVER_ERROR, MILVUS_INTERNAL,
// MILVUS_OUT_OF_MEMORY. Since 0.1.0.
milvus_status milvus_client_server_version(milvus_client *client,
                                           int64_t timeout_ms,
                                           char *buffer,
                                           size_t capacity,
                                           size_t *out_length);

// Tells what the server says of itself. Connects if there is no connection, but does not ask again while
// one lasts.
//
// @param client      The client.
// @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
//                    MILVUS_NO_TIMEOUT: none.
// @param out_info    Receives the answer; begin with `milvus_server_info info = MILVUS_SERVER_INFO_INIT;`.
//
// Thread-safe; blocks. Returns what milvus_client_server_version() does. Since 0.1.0.
milvus_status milvus_client_server_info(milvus_client *client,
                                        int64_t timeout_ms,
                                        milvus_server_info *out_info);

// ====================================================================================================
// Compaction
//
// Trigger with milvus_compact(), then wait with milvus_compaction_wait(): if both return MILVUS_OK,
// everything that the server scheduled for this trigger is done, or it scheduled nothing, which it also
// does while another compaction holds the segments. A job runs on the server and goes on
// whatever happens to this process; no server can cancel one.
// ====================================================================================================

// The job id of "the server scheduled nothing". All functions that take a job id take it too.
#define MILVUS_NO_JOB 0

// The server answered with a state that this library does not know.
#define MILVUS_COMPACTION_UNDEFINED 0

// At least one plan is running or waiting to run.
#define MILVUS_COMPACTION_EXECUTING 1

// No plan is running. Alone this says nothing: jobs that failed, or never existed, are Completed too.
#define MILVUS_COMPACTION_COMPLETED 2

// What the server says of a job now.
typedef struct milvus_compaction_state_info {
    // Set by MILVUS_COMPACTION_STATE_INFO_INIT.
    size_t size;
    // MILVUS_COMPACTION_UNDEFINED, _EXECUTING or _COMPLETED.
    int32_t state;
    // 0.
    int32_t reserved;
    // Plans that are running or waiting to run.
    int64_t executing_plans;
    // Plans that completed.
    int64_t completed_plans;
    // Plans that failed. Servers forget them within seconds to minutes.
    int64_t failed_plans;
    // Plans that took longer than the server allows.
    int64_t timed_out_plans;
} milvus_compaction_state_info;
#define MILVUS_COMPACTION_STATE_INFO_INIT { sizeof(milvus_compaction_state_info), 0, 0, 0, 0, 0, 0 }

// How a compaction ended: one of the MILVUS_VERDICT_... constants. Later versions may add more of them.
typedef int32_t milvus_verdict;

// What a wait has to tell. Counts of plans that are through are the largest that were seen while waiting:
// servers forget.
typedef struct milvus_compaction_report {
    // Set by MILVUS_COMPACTION_REPORT_INIT.
    size_t size;
    // How the job ended; MILVUS_VERDICT_NONE if the wait ended first.
    milvus_verdict verdict;
    // 0.
    int32_t reserved;
    // The job.
    int64_t job_id;
    // Plans of the job, as far as can be known; 0 if it cannot.
    int64_t planned;
    // Plans that were running or waiting to run when the server was last asked.
    int64_t executing_plans;
    // Plans that completed.
    int64_t completed_plans;
    // Plans that failed.
    int64_t failed_plans;
    // Plans that took longer than the server allows.
    int64_t timed_out_plans;
    // Duration of the wait in milliseconds.
    int64_t elapsed_ms;
    // How often the server answered.
    uint64_t polls;
    // How often it did not, so that the question was repeated.
    uint64_t failed_polls;
} milvus_compaction_report;
#define MILVUS_COMPACTION_REPORT_INIT { sizeof(milvus_compaction_report), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

// None yet: the wait ended before the job did.
#define MILVUS_VERDICT_NONE 0

// Every plan of the job completed.
#define MILVUS_VERDICT_SUCCEEDED 1

// The server scheduled nothing: there is nothing to compact, or another compaction holds the segments.
#define MILVUS_VERDICT_NOTHING_TO_DO 2

// Some plans completed; others failed or timed out.
#define MILVUS_VERDICT_PARTLY_FAILED 3

// Plans failed, and none completed.
#define MILVUS_VERDICT_FAILED 4

// The plans ran out of the time that the server gives them, and none completed.
#define MILVUS_VERDICT_TIMED_OUT 5

// The server forgot the job, never knew it, or forgot too much of it to tell.
#define MILVUS_VERDICT_UNKNOWN 6

// Has the server compact one collection. Returns as soon as the job is scheduled.
//
// The name or alias is looked up first, and the request carries the collection's id, real name and
// database: servers before 2.4.18 that get a name only compact every collection of every database.
// Data that was inserted but not flushed yet is left out. Servers up to about 2.4 leave a collection
// without an index alone.
//
// @param client           The client.
// @param collection_name  Name or alias, in the client's database. At most 65535 bytes.
// @param is_clustering    Not 0: re-cluster by the collection's clustering key; needs Milvus 2.4.7.
//                         0: merge small segments and purge deleted rows.
// @param timeout_ms       Limit of the whole call in milliseconds, connecting included; 0: the client's
//                         default (10000); MILVUS_NO_TIMEOUT: none.
// @param out_job_id       Receives the job's id, or MILVUS_NO_JOB if the server scheduled nothing.
//
// The trigger is sent again only if the server certainly did nothing: it never arrived, or was put off by a
// rate limit or because the server is starting. If it may have been carried out although the call fails, the error says so: in_doubt in
// milvus_last_error(). If a clustering compaction of the collection is running already, servers give the
// id of the job that runs. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT,
// MILVUS_INVALID_HANDLE, MILVUS_COLLECTION_NOT_FOUND, MILVUS_DATABASE_NOT_FOUND,
// MILVUS_COMPACTION_DISABLED (2.3 needs up to 23 s to say so: with less it may be a MILVUS_TIMEOUT),
// MILVUS_UNSUPPORTED (clustering on an older server, or an old server that reports no id), or what any
// call to a server can return (see milvus_client_server_version()). Since 0.1.0.
milvus_status milvus_compact(milvus_client *client,
                             const char *collection_name,
                             int32_t is_clustering,
                             int64_t timeout_ms,
                             int64_t *out_job_id);

// Asks what the server says of a job at this moment. Usually milvus_compaction_wait() is what you want:
// one look cannot tell success from failures that the server has forgotten.
//
// @param client      The client.
// @param job_id      From milvus_compact(), of this or another process. Negative ids are refused.
//                    MILVUS_NO_JOB is Completed with no plans, without asking a server.
// @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
//                    MILVUS_NO_TIMEOUT: none.
// @param out_info    Receives the answer; begin with
//                    `milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;`.
//
// A job that the server does not know is no error: servers from 2.2 on answer Completed with zeros.
// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
// MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
// milvus_client_server_version()). Since 0.1.0.
milvus_status milvus_compaction_state(milvus_client *client,
                                      int64_t job_id,
                                      int64_t timeout_ms,
                                      milvus_compaction_state_info *out_info);

// Waits until a job is over and tells how it ended. MILVUS_OK means: every plan completed, or there was
// nothing to do. Asks the server often while the job is young and rarely when it is old (every 10 ms to
// 2 s), and goes on asking through restarts and lost connections of up to a minute.
//
// @param client      The client, best the one that triggered the job: it remembers what servers forget,
//                    and can tell "nothing to do" from "unknown job". Of a job of others it knows what the
//                    server lists, from which old plans vanish after an hour (3.0) or a day.
// @param job_id      From milvus_compact(). Negative ids are refused. MILVUS_NO_JOB is over at once, with
//                    nothing to do, and no server is asked.
// @param timeout_ms  Limit of the whole wait in milliseconds; 0: the client's default (10000);
//                    MILVUS_NO_TIMEOUT: none.
// @param out_report  Receives what was seen; begin with
//                    `milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;`. Also written when
//                    the wait fails, unless it fails before the server is asked. May be NULL.
//
// A server that does not answer for more than a minute ends the wait with MILVUS_UNAVAILABLE, if there is
// that much time. Thread-safe; blocks. Returns MILVUS_OK, MILVUS_COMPACTION_FAILED (plans failed or timed
// out), MILVUS_OUTCOME_UNKNOWN, MILVUS_TIMEOUT (the job goes on), MILVUS_INVALID_ARGUMENT,
// MILVUS_INVALID_HANDLE, MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
// milvus_client_server_version()). Since 0.1.0.
milvus_status milvus_compaction_wait(milvus_client *client,
                                     int64_t job_id,
                                     int64_t timeout_ms,
                                     milvus_compaction_report *out_report);

// The constant's name of a verdict, e.g. "MILVUS_VERDICT_SUCCEEDED"; of any other number,
// "MILVUS_UNKNOWN_VERDICT". A static string. Thread-safe. Since 0.1.0.
const char *milvus_verdict_name(milvus_verdict verdict);

// What a verdict means, in one English sentence; takes any number. A static string. Thread-safe.
// Since 0.1.0.
const char *milvus_verdict_message(milvus_verdict verdict);

// ====================================================================================================
// Plans
//
// What a compaction job consists of: which segments become which.
// ====================================================================================================

// The plans of a job, at one moment.
typedef struct milvus_plan_list milvus_plan_list;

// One unit of work of a job: segments that become one segment.
typedef struct milvus_plan {
    // Set by MILVUS_PLAN_INIT.
    size_t size;
    // Ids of the segments that are merged; lives as long as the list. NULL if there are none.
    const int64_t *sources;
    // Number of those ids.
    size_t source_count;
    // Id of the resulting segment; -1 while, or if, there is none.
    int64_t target;
} milvus_plan;
#define MILVUS_PLAN_INIT { sizeof(milvus_plan), NULL, 0, 0 }

// Lists a job's plans: those that the server lists now, and those that this client saw while it waited
// for the job, as servers forget them. Ordered by their sources.
//
// @param client      The client.
// @param job_id      From milvus_compact(), of this or another process. Negative ids are refused.
//                    MILVUS_NO_JOB has no plans, and no server is asked.
// @param timeout_ms  Limit of the whole call in milliseconds; 0: the client's default (10000);
//                    MILVUS_NO_TIMEOUT: none.
// @param out_plans   Receives the list, which may be empty; free it with milvus_plan_list_free().
//
// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
// MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
// milvus_client_server_version()). Since 0.1.0.
milvus_status milvus_compaction_plans(milvus_client *client,
                                      int64_t job_id,
                                      int64_t timeout_ms,
                                      milvus_plan_list **out_plans);

// Number of plans in a list; 0 for NULL or a freed list. Leaves milvus_last_error() alone. Thread-safe.
// Since 0.1.0.
size_t milvus_plan_list_count(const milvus_plan_list *plans);

// Reads one plan of a list.
//
// @param plans     The list.
// @param index     From 0 to milvus_plan_list_count() - 1.
// @param out_plan  Receives the plan; begin with `milvus_plan plan = MILVUS_PLAN_INIT;`. Its sources point
//                  into the list and live until that is freed.
//
// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE, MILVUS_FORKED or
// MILVUS_INTERNAL. Since 0.1.0.
milvus_status milvus_plan_list_get(const milvus_plan_list *plans,
                                   size_t index,
                                   milvus_plan *out_plan);

// Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
//
// Thread-safe. Since 0.1.0.
void milvus_plan_list_free(milvus_plan_list *plans);

// ====================================================================================================
// Log
//
// What the library tells about its connections, for people who look for a fault. Off by default, and then
// free. It never tells tokens.
// ====================================================================================================

// Nothing yet: errors are returned, not logged.
#define MILVUS_LOG_ERROR 1

// Something is wrong, and the library copes: a lost connection, a call that took over a second.
#define MILVUS_LOG_WARNING 2

// Connections made, calls tried again.
#define MILVUS_LOG_INFO 3

// Every call to a server.
#define MILVUS_LOG_DEBUG 4

// Receives the log. message is a constant text like "connected", fields are key=value, separated by blanks;
// both are UTF-8 on one line and gone when the callback returns. Called one event at a time on a library
// thread, milvus-log. Nothing waits for it: if it is slow, events are dropped, and their number is reported.
// It may call any function of this library, milvus_set_log() included, and must not throw.
typedef void (*milvus_log_callback)(int32_t level,
                                    const char *message,
                                    const char *fields,
                                    void *user_data);

// Sets the process's log callback, in place of the one before. When this returns, that one is not running
// and will not be called again: what its user_data pointed to may be freed. (Called by the callback itself,
// it returns while that is still running.) Hold no lock meanwhile that the callback takes.
//
// @param level      What to report: MILVUS_LOG_ERROR to MILVUS_LOG_DEBUG, each with all before it.
// @param callback   Is called for each event. NULL: nothing is reported any more.
// @param user_data  Is passed to the callback; not looked at. May be NULL.
//
// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT (an unknown level), MILVUS_OUT_OF_MEMORY (no
// thread), MILVUS_FORKED or MILVUS_INTERNAL. Since 0.1.0.
milvus_status milvus_set_log(int32_t level,
                             milvus_log_callback callback,
                             void *user_data);

#ifdef __cplusplus
} // extern "C"
#endif

#endif // MILVUS_CLIENT_H
