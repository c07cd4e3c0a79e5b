// milvus_client.h - has a Milvus server compact a collection, and tells what really happened.
// Generated from src/ffi by `make header`; do not edit. Licence: Apache-2.0.
//
//     milvus_client *client;
//     int64_t job;
//     if (milvus_client_new("http://localhost:19530", NULL, &client) == MILVUS_OK &&
//         milvus_compact(client, "products", 0, 0, &job) == MILVUS_OK &&
//         milvus_compaction_wait(client, job, 60000, NULL) == MILVUS_OK)
//         puts("compacted, or nothing to do");
//     else
//         puts(milvus_last_error_message());
//
// Conventions
//   Strings     NUL-terminated UTF-8; the library copies what it is given.
//   Booleans    int32_t; anything but 0 is true.
//   Structs     whose first field is `size` must be set to their ..._INIT before they are passed. They
//               may grow at the end in later versions; no more than `size` bytes are read or written.
//   Handles     milvus_client and the lists are opaque. Freeing NULL does nothing. A handle that was
//               freed, or is of another type, gives MILVUS_INVALID_HANDLE.
//   Times       milliseconds.
//   Host        the library prints nothing, changes no signal handler, locale or environment, and
//               ends no process. Its threads block the host's signals. After fork() the child gets
//               MILVUS_FORKED from every call; exec() is fine.

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
// The client was closed; make a new one.
#define MILVUS_CLOSED 3
// This process is a fork of one that used the library; use it in the parent, or call exec first.
#define MILVUS_FORKED 4
// The server cannot be reached or the connection was lost; check address and server, then try again.
#define MILVUS_UNAVAILABLE 10
// No secure connection could be made; check http or https and the certificates.
#define MILVUS_TLS_FAILED 11
// The call's time ran out; what the server was asked to do may still go on.
#define MILVUS_TIMEOUT 12
// The call was abandoned by its caller; what the server was asked to do may still go on.
#define MILVUS_CANCELLED 13
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
// The server is starting or a part of it is down; try again soon.
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
// Memory, threads or another resource of this process ran out.
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
    // The job that the call was about; 0 if none.
    int64_t job_id;
    // Name of the function that failed, e.g. "milvus_compact". Static, never NULL.
    const char *operation;
    // What happened, for a person: one line, at most 1023 bytes, UTF-8, without control characters,
    // never with the token in it. Lives as long as this struct. Never NULL.
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
// Client
//
// A client stands for one server (or cluster, or Zilliz Cloud endpoint) and one database. It may be
// used by any number of threads at once, and one per process is usually enough. All clients together
// use one library thread, named milvus-io; while a host name is resolved there is a second one, milvus-dns.
// ====================================================================================================

// As timeout_ms: no limit. Such a call still ends with MILVUS_UNAVAILABLE when the server is found
// to be gone.
#define MILVUS_NO_TIMEOUT (-1)

// A client. Freed handles and pointers from elsewhere are recognised: MILVUS_INVALID_HANDLE.
typedef struct milvus_client milvus_client;

// Makes a client. Does not connect: it does so with its first call, and again whenever the
// connection is gone. With https the system's root certificates are read here.
//
// @param uri         Where the server is, as pymilvus takes it:
//                    "http://host[:19530]" or "tcp://..." (plaintext), "https://host[:443]" (TLS, verified
//                    with the system's root certificates), "unix:/path/to/socket". The first path
//                    segment is the database: "http://host:19530/sales". "user:password@" before the
//                    host is a token; percent-encode special characters there. At most 8192 bytes.
//                    NULL: the environment variable MILVUS_URI.
// @param token       "user:password" or an API key; beats the one in the URI. At most 8192 bytes. ""
//                    is none. NULL: none, or the environment variable MILVUS_TOKEN if uri is NULL too.
// @param out_client  Receives the client; free it with milvus_client_free().
//
// Thread-safe. Both strings are copied. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT,
// MILVUS_TLS_FAILED (no root certificates), MILVUS_OUT_OF_MEMORY (over a million clients) or
// MILVUS_FORKED. Since 0.1.0.
milvus_status milvus_client_new(const char *uri,
                                const char *token,
                                milvus_client **out_client);

// Frees a client. Calls of other threads that are under way on it end normally. NULL does nothing;
// freeing twice does nothing but set milvus_last_error().
//
// Thread-safe. Since 0.1.0.
void milvus_client_free(milvus_client *client);

// Asks the server for its version, as it writes it: "v2.3.5-lite", "2.6.8", or "" if it does not tell.
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
// MILVUS_TIMEOUT, MILVUS_UNAUTHENTICATED, MILVUS_PERMISSION_DENIED, MILVUS_RATE_LIMITED,
// MILVUS_NOT_READY, MILVUS_UNSUPPORTED, MILVUS_SERVER_ERROR, MILVUS_INTERNAL,
// MILVUS_OUT_OF_MEMORY. Since 0.1.0.
milvus_status milvus_client_server_version(milvus_client *client,
                                           int64_t timeout_ms,
                                           char *buffer,
                                           size_t capacity,
                                           size_t *out_length);

// ====================================================================================================
// Compaction
//
// Trigger with milvus_compact(), then wait with milvus_compaction_wait(): if both return MILVUS_OK,
// the collection is compacted, or there was nothing to compact. A job runs on the server and goes on
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

// The plans of a job, at one moment.
typedef struct milvus_plan_list milvus_plan_list;

// What the server says of a job now.
typedef struct milvus_compaction_state_info {
    // Set by MILVUS_COMPACTION_STATE_INFO_INIT.
    size_t size;
    // MILVUS_COMPACTION_UNDEFINED, _EXECUTING or _COMPLETED.
    int32_t state;
    // Plans that are running or waiting to run.
    int64_t executing_plans;
    // Plans that completed.
    int64_t completed_plans;
    // Plans that failed. Servers forget them within seconds to minutes.
    int64_t failed_plans;
    // Plans that took longer than the server allows.
    int64_t timed_out_plans;
} milvus_compaction_state_info;
#define MILVUS_COMPACTION_STATE_INFO_INIT { sizeof(milvus_compaction_state_info), 0, 0, 0, 0, 0 }

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
#define MILVUS_PLAN_INIT { sizeof(milvus_plan), 0, 0, 0 }

// How a compaction ended: one of the MILVUS_VERDICT_... constants.
typedef int32_t milvus_verdict;

// What a wait has to tell. Counts are the largest that were seen while waiting: servers forget.
typedef struct milvus_compaction_report {
    // Set by MILVUS_COMPACTION_REPORT_INIT.
    size_t size;
    // How the job ended; MILVUS_VERDICT_NONE if the wait ended first.
    milvus_verdict verdict;
    // The job.
    int64_t job_id;
    // Plans of the job, as far as can be known; 0 if it cannot.
    int64_t planned;
    // Plans that were running or waiting to run.
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
#define MILVUS_COMPACTION_REPORT_INIT { sizeof(milvus_compaction_report), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

// None yet: the wait ended before the job did.
#define MILVUS_VERDICT_NONE 0

// Every plan of the job completed.
#define MILVUS_VERDICT_SUCCEEDED 1

// The server had nothing to compact.
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
// The trigger is never sent twice. If it may have arrived although the call fails, the error says so:
// in_doubt in milvus_last_error(). Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT,
// MILVUS_INVALID_HANDLE, MILVUS_COLLECTION_NOT_FOUND, MILVUS_DATABASE_NOT_FOUND,
// MILVUS_COMPACTION_DISABLED, MILVUS_UNSUPPORTED (clustering on an older server), or what any call to
// a server can return (see milvus_client_server_version()). Since 0.1.0.
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
// @param out_info    Receives the answer; set it to MILVUS_COMPACTION_STATE_INFO_INIT before.
//
// A job that the server does not know is no error: servers from 2.2 on answer Completed with zeros.
// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE,
// MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
// milvus_client_server_version()). Since 0.1.0.
milvus_status milvus_compaction_state(milvus_client *client,
                                      int64_t job_id,
                                      int64_t timeout_ms,
                                      milvus_compaction_state_info *out_info);

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

// Number of plans in a list; 0 for NULL or a freed list. Thread-safe. Since 0.1.0.
size_t milvus_plan_list_count(const milvus_plan_list *plans);

// Reads one plan of a list.
//
// @param plans     The list.
// @param index     From 0 to milvus_plan_list_count() - 1.
// @param out_plan  Receives the plan; set it to MILVUS_PLAN_INIT before. Its sources point into the
//                  list and live until that is freed.
//
// Thread-safe. Returns MILVUS_OK, MILVUS_INVALID_ARGUMENT, MILVUS_INVALID_HANDLE or MILVUS_FORKED.
// Since 0.1.0.
milvus_status milvus_plan_list_get(const milvus_plan_list *plans,
                                   size_t index,
                                   milvus_plan *out_plan);

// Frees a list. NULL does nothing; freeing twice does nothing but set milvus_last_error().
//
// Thread-safe. Since 0.1.0.
void milvus_plan_list_free(milvus_plan_list *plans);

// Waits until a job is over and tells how it ended. MILVUS_OK means: every plan completed, or there was
// nothing to do. Asks the server often while the job is young and rarely when it is old (every 10 ms to
// 2 s), and goes on asking through restarts and lost connections of up to a minute.
//
// @param client      The client, best the one that triggered the job: it remembers what servers forget,
//                    and can tell "nothing to do" from "unknown job".
// @param job_id      From milvus_compact(). Negative ids are refused. MILVUS_NO_JOB is over at once, with
//                    nothing to do, and no server is asked.
// @param timeout_ms  Limit of the whole wait in milliseconds; 0: the client's default (10000);
//                    MILVUS_NO_TIMEOUT: none.
// @param out_report  Receives what was seen; set it to MILVUS_COMPACTION_REPORT_INIT before. Also
//                    written when the wait fails, except with MILVUS_INVALID_ARGUMENT,
//                    MILVUS_INVALID_HANDLE, MILVUS_FORKED, MILVUS_INTERNAL or MILVUS_OUT_OF_MEMORY.
//                    May be NULL.
//
// Thread-safe; blocks. Returns MILVUS_OK, MILVUS_COMPACTION_FAILED (plans failed or timed out),
// MILVUS_OUTCOME_UNKNOWN, MILVUS_TIMEOUT (the job goes on), MILVUS_INVALID_ARGUMENT,
// MILVUS_INVALID_HANDLE, MILVUS_COMPACTION_DISABLED, or what any call to a server can return (see
// milvus_client_server_version()). Since 0.1.0.
milvus_status milvus_compaction_wait(milvus_client *client,
                                     int64_t job_id,
                                     int64_t timeout_ms,
                                     milvus_compaction_report *out_report);

// The constant's name of a verdict, e.g. "MILVUS_VERDICT_SUCCEEDED"; of any other number,
// "MILVUS_VERDICT_UNKNOWN". A static string. Thread-safe. Since 0.1.0.
const char *milvus_verdict_name(milvus_verdict verdict);

// What a verdict means, in one English sentence; takes any number. A static string. Thread-safe.
// Since 0.1.0.
const char *milvus_verdict_message(milvus_verdict verdict);

#ifdef __cplusplus
} // extern "C"
#endif

#endif // MILVUS_CLIENT_H
