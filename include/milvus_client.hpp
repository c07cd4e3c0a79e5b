// milvus_client.hpp - milvus_client.h for C++17 and later: the same functions with C++ types. Header-only.
// Licence: Apache-2.0.
//
//     milvus::client client("http://localhost:19530");
//     auto job = client.compact("products", std::chrono::seconds(30));
//     milvus::report report = client.wait(job, std::chrono::minutes(60)); // throws if it did not succeed
//     std::puts(milvus::message(report.verdict));
//
// milvus_client.h says what an operation does and when it fails, at the function of the same name. This file says what
// is different in C++.
//
// Errors      Every operation has a form that ends with "_async". It never throws: it returns a future, and the future
//             also has the failure of an operation that could not start. future::get() returns the value or throws
//             milvus::error. The blocking form is get() of the same future: nobody can take a failed compaction for a
//             good one by not looking. future::try_get() does not throw: it returns a milvus::result, which has the
//             value, the failure, or both. Other functions that can fail have a form that throws, and one that begins
//             with "try_" and returns a result. All of them can throw std::bad_alloc. With -fno-exceptions everything
//             compiles, and what would throw calls std::abort(): use the other forms there. The operation that an
//             error names is the C function that failed; blocking forms call the one that ends with "_async".
// Lambdas     on_ready(), on_progress() and set_log() take anything that can be called, also if it can only be moved.
//             The library destroys it once, after the last call, mostly on a thread of its own. One that throws
//             there ends the program by std::terminate(), as in a std::thread: an exception cannot pass through C, and
//             who waits for the lambda would wait for ever. Handlers of a queue run on the caller's own thread, and
//             may throw.
// Coroutines  co_await of a future returns what get() returns, or throws it. The coroutine continues on the library's
//             thread for callbacks, where the next callback waits for it: hand long work to a thread of your own. Do
//             not destroy a coroutine that waits, and do not move the future it waits for.
// Text        UTF-8. A std::string with a NUL in it fails with status::invalid_argument; it is not cut.
// Ownership   Objects own their handles, and can be moved but not copied; results are values. An object that was moved
//             from is empty: it can be destroyed or assigned to, and its calls fail with status::invalid_handle or
//             status::invalid_argument.
// Threads     Any number of threads may use an object at once, but not while one of them moves, assigns or destroys
//             it. Only one thread at a time may use options.
#ifndef MILVUS_CLIENT_HPP
#define MILVUS_CLIENT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "milvus_client.h"

namespace milvus {

// ====================================================================================================
// Constants. Later versions of the library may give numbers that have no name here.
// ====================================================================================================

// Generated from milvus_client.h by `make bindings`: constants.
/// How a call ended.
enum class status : std::int32_t {
    /// The call succeeded.
    ok = MILVUS_OK,
    /// A parameter is malformed or out of range; the message names it.
    invalid_argument = MILVUS_INVALID_ARGUMENT,
    /// The handle is freed, of another type, or not from this library.
    invalid_handle = MILVUS_INVALID_HANDLE,
    /// The client is closed; make a new one.
    closed = MILVUS_CLOSED,
    /// This process is a fork of one that used the library; use the library in the parent, or call exec first.
    forked = MILVUS_FORKED,
    /// The operation still runs; wait for its future, or ask again later.
    pending = MILVUS_PENDING,
    /// The server does not answer, or the connection broke; check the address and the server.
    unavailable = MILVUS_UNAVAILABLE,
    /// No secure connection is possible; check http or https, and the certificates.
    tls_failed = MILVUS_TLS_FAILED,
    /// The time limit passed; the work on the server may still go on.
    timeout = MILVUS_TIMEOUT,
    /// The caller cancelled the call; the work on the server may still go on.
    cancelled = MILVUS_CANCELLED,
    /// The server does not accept the token; check it.
    unauthenticated = MILVUS_UNAUTHENTICATED,
    /// The user lacks the privilege that the message names; ask an administrator for it.
    permission_denied = MILVUS_PERMISSION_DENIED,
    /// The database has no collection or alias of that name.
    collection_not_found = MILVUS_COLLECTION_NOT_FOUND,
    /// No database of that name exists.
    database_not_found = MILVUS_DATABASE_NOT_FOUND,
    /// The server's rate limit refused the call; if the error is retriable, try again in a few seconds.
    rate_limited = MILVUS_RATE_LIMITED,
    /// The server is starting, or a part of it is down; try again in a few seconds.
    not_ready = MILVUS_NOT_READY,
    /// The server's configuration switches compaction off (dataCoord.enableCompaction).
    compaction_disabled = MILVUS_COMPACTION_DISABLED,
    /// This version of the server cannot do that; the message names the version that can.
    unsupported = MILVUS_UNSUPPORTED,
    /// The server refused or failed; the error has the server's own code and text.
    server_error = MILVUS_SERVER_ERROR,
    /// The collection has no partition of that name.
    partition_not_found = MILVUS_PARTITION_NOT_FOUND,
    /// The compaction ended, and some of its plans failed or timed out; the report has the counts.
    compaction_failed = MILVUS_COMPACTION_FAILED,
    /// Nobody can tell how the compaction ended; look at the segments, or compact again.
    outcome_unknown = MILVUS_OUTCOME_UNKNOWN,
    /// Some collections failed; the list has the error of each.
    some_failed = MILVUS_SOME_FAILED,
    /// Nothing started: another compaction holds the segments or ran instead, or the server refuses for now; try again
    /// later.
    busy = MILVUS_BUSY,
    /// Nothing has changed for the stall timeout of the client; the job may go on, so wait again or look at the server.
    stalled = MILVUS_STALLED,
    /// The compaction would go beyond a bound that the caller set; the library did not trigger it.
    out_of_bounds = MILVUS_OUT_OF_BOUNDS,
    /// The collection was compacted, but segments were left out; the result says how many and why. Optimize it again
    /// later.
    incomplete = MILVUS_INCOMPLETE,
    /// The collection is compacted, but the query nodes do not serve all of the result yet; the message names what is
    /// missing.
    not_served = MILVUS_NOT_SERVED,
    /// This is a defect of the library; please report the message.
    internal = MILVUS_INTERNAL,
    /// The process has no handle, thread or other resource left.
    out_of_memory = MILVUS_OUT_OF_MEMORY,
};

/// Whether something is so, if anybody can tell.
enum class answer : std::int32_t {
    /// The answer is not known. Compare with answer::yes: as a plain condition, this number counts as true.
    not_known = MILVUS_NOT_KNOWN,
    /// The answer is no.
    no = MILVUS_NO,
    /// The answer is yes.
    yes = MILVUS_YES,
};

/// What the value of an option has to look like.
enum class option_kind : std::int32_t {
    /// The value is any text.
    text = MILVUS_OPTION_KIND_TEXT,
    /// The value is a secret: do not show it.
    secret = MILVUS_OPTION_KIND_SECRET,
    /// The value is the path of a file. The file must exist when the client is made.
    file = MILVUS_OPTION_KIND_FILE,
    /// The value is "true" or "false".
    boolean = MILVUS_OPTION_KIND_BOOLEAN,
    /// The value is a whole number in decimal digits.
    number = MILVUS_OPTION_KIND_NUMBER,
};

/// What came of a trigger.
enum class trigger : std::int32_t {
    /// The trigger was not sent, or the server did not answer it.
    none = MILVUS_TRIGGER_NONE,
    /// The server scheduled plans for this trigger.
    scheduled = MILVUS_TRIGGER_SCHEDULED,
    /// The server scheduled nothing: its segments show nothing to compact (but see status::busy). A server before 2.4
    /// gives a job id all the same; a wait for that job reports that there was nothing to do.
    nothing_to_do = MILVUS_TRIGGER_NOTHING_TO_DO,
    /// The server scheduled nothing new: a job of the same kind runs on the whole collection, and job_id has it. Rows
    /// that were flushed after it began are not in it; trigger again later if they matter.
    already_running = MILVUS_TRIGGER_ALREADY_RUNNING,
    /// The server gave a job, but nobody can tell whether it belongs to this trigger. Before 2.4: the plans of the job
    /// cannot be listed. Clustering up to 3.0.0: the server answers with any running job of the collection.
    accepted = MILVUS_TRIGGER_ACCEPTED,
    /// Nothing was triggered: the parameters of milvus_compact_many() skip the collection.
    skipped = MILVUS_TRIGGER_SKIPPED,
};

/// What the server says of a job.
enum class compaction_state : std::int32_t {
    /// The server answered with a state that this library does not know.
    undefined = MILVUS_COMPACTION_STATE_UNDEFINED,
    /// At least one plan runs or waits to run.
    executing = MILVUS_COMPACTION_STATE_EXECUTING,
    /// No plan runs. That alone means little: jobs that failed or never existed are Completed too.
    completed = MILVUS_COMPACTION_STATE_COMPLETED,
};

/// How a compaction ended.
enum class verdict : std::int32_t {
    /// There is no verdict: the wait ended before the job did.
    none = MILVUS_VERDICT_NONE,
    /// Every plan of the job completed.
    succeeded = MILVUS_VERDICT_SUCCEEDED,
    /// The server scheduled nothing: its segments show nothing to compact. Before 2.4 another compaction may hold the
    /// segments.
    nothing_to_do = MILVUS_VERDICT_NOTHING_TO_DO,
    /// Some plans completed; others failed or timed out.
    partly_failed = MILVUS_VERDICT_PARTLY_FAILED,
    /// Plans failed, and none completed.
    failed = MILVUS_VERDICT_FAILED,
    /// The plans ran out of the time that the server gives them, and none completed.
    timed_out = MILVUS_VERDICT_TIMED_OUT,
    /// The server forgot the job, never knew it, or forgot too much of it.
    unknown = MILVUS_VERDICT_UNKNOWN,
    /// The trigger asked for clustering, but the server answered with another job of the collection and started none.
    /// That other job is over: trigger again. The wait returns status::busy.
    not_started = MILVUS_VERDICT_NOT_STARTED,
};

/// What a plan does.
enum class plan_type : std::int32_t {
    /// None.
    undefined = MILVUS_PLAN_TYPE_UNDEFINED,
    /// The plan merges segments.
    merge = MILVUS_PLAN_TYPE_MERGE,
    /// The plan merges segments and purges their deleted rows. This is the ordinary type.
    mix = MILVUS_PLAN_TYPE_MIX,
    /// The plan rewrites one segment.
    single = MILVUS_PLAN_TYPE_SINGLE,
    /// No current server makes plans of this type.
    minor = MILVUS_PLAN_TYPE_MINOR,
    /// No current server makes plans of this type.
    major = MILVUS_PLAN_TYPE_MAJOR,
    /// The plan applies deletions.
    level0_delete = MILVUS_PLAN_TYPE_LEVEL0_DELETE,
    /// The plan re-clusters segments.
    clustering = MILVUS_PLAN_TYPE_CLUSTERING,
    /// The plan sorts a segment after its flush.
    sort = MILVUS_PLAN_TYPE_SORT,
    /// The plan sorts a segment by partition key.
    partition_key_sort = MILVUS_PLAN_TYPE_PARTITION_KEY_SORT,
    /// The plan clusters segments and sorts them by partition key.
    clustering_partition_key_sort = MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT,
    /// The plan brings a segment to a newer schema.
    bump_schema_version = MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION,
};

/// How far a plan is.
enum class plan_state : std::int32_t {
    /// None.
    unknown = MILVUS_PLAN_STATE_UNKNOWN,
    /// The plan runs.
    executing = MILVUS_PLAN_STATE_EXECUTING,
    /// The plan waits for a free node.
    pipelining = MILVUS_PLAN_STATE_PIPELINING,
    /// The plan completed.
    completed = MILVUS_PLAN_STATE_COMPLETED,
    /// The plan failed.
    failed = MILVUS_PLAN_STATE_FAILED,
    /// The plan took longer than the server allows.
    timeout = MILVUS_PLAN_STATE_TIMEOUT,
    /// The plan runs, and finds clusters.
    analyzing = MILVUS_PLAN_STATE_ANALYZING,
    /// The plan runs, and builds indexes.
    indexing = MILVUS_PLAN_STATE_INDEXING,
    /// The server has cleaned up after the plan, which completed or failed.
    cleaned = MILVUS_PLAN_STATE_CLEANED,
    /// The plan runs, and its result is stored.
    meta_saved = MILVUS_PLAN_STATE_META_SAVED,
    /// The plan runs, and collects statistics.
    statistic = MILVUS_PLAN_STATE_STATISTIC,
};

/// How one plan ended.
enum class judgement : std::int32_t {
    /// It still runs or waits, or the client has not looked yet.
    open = MILVUS_JUDGEMENT_OPEN,
    /// The plan replaced its sources.
    completed = MILVUS_JUDGEMENT_COMPLETED,
    /// The plan ended and changed nothing.
    failed = MILVUS_JUDGEMENT_FAILED,
    /// The plan ran out of the server's time and changed nothing.
    timed_out = MILVUS_JUDGEMENT_TIMED_OUT,
    /// The plan ended, and its segments do not show how.
    unknown = MILVUS_JUDGEMENT_UNKNOWN,
};

/// What a judgement rests on.
enum class reason : std::int32_t {
    /// There is no judgement yet.
    none = MILVUS_REASON_NONE,
    /// The server reports the state of this plan.
    reported = MILVUS_REASON_REPORTED,
    /// The plan's target is stored, and none of its sources is.
    target_stored = MILVUS_REASON_TARGET_STORED,
    /// The plan had a target that was replaced later, and none of its sources is stored.
    target_replaced = MILVUS_REASON_TARGET_REPLACED,
    /// The plan's sources are gone, and no segment replaced them: all their rows were deleted.
    purged = MILVUS_REASON_PURGED,
    /// The L0 segments that the plan took are gone.
    deletes_applied = MILVUS_REASON_DELETES_APPLIED,
    /// The server no longer lists the plan; its sources are gone, and a segment that fits them replaced them.
    result_fits = MILVUS_REASON_RESULT_FITS,
    /// The job is over, the plan has no target, and all of its sources are still stored.
    sources_stored = MILVUS_REASON_SOURCES_STORED,
    /// The server announced or counted the plan, but never listed it.
    never_listed = MILVUS_REASON_NEVER_LISTED,
    /// The client could not list the segments, or not before the trigger.
    segments_unknown = MILVUS_REASON_SEGMENTS_UNKNOWN,
    /// The client never saw the plan's sources stored.
    sources_unknown = MILVUS_REASON_SOURCES_UNKNOWN,
    /// Some of the plan's sources are stored, others are gone.
    some_sources_stored = MILVUS_REASON_SOME_SOURCES_STORED,
    /// The plan has a target, but its sources are still stored.
    target_beside_sources = MILVUS_REASON_TARGET_BESIDE_SOURCES,
    /// The plan has no target, and its sources are gone: another compaction may have taken them.
    taken_by_others = MILVUS_REASON_TAKEN_BY_OTHERS,
    /// The plan's partition was dropped, and its sources with it.
    partition_dropped = MILVUS_REASON_PARTITION_DROPPED,
    /// The plan's sources are gone, and the client could not list the partitions: the partition may have been dropped.
    partitions_unknown = MILVUS_REASON_PARTITIONS_UNKNOWN,
    /// The server no longer lists the plan, and its sources do not show how it ended.
    no_longer_listed = MILVUS_REASON_NO_LONGER_LISTED,
    /// The plan did not cluster: its target is not at level L2.
    other_kind = MILVUS_REASON_OTHER_KIND,
    /// The client cannot tell whether the plan clustered: it does not know the target's level.
    level_unknown = MILVUS_REASON_LEVEL_UNKNOWN,
    /// The server lists contradictory facts about the plan.
    malformed = MILVUS_REASON_MALFORMED,
};

/// Which segments of a collection to list.
enum class segment_view : std::int32_t {
    /// The segments in storage. Rows that are not flushed are mostly missing.
    stored = MILVUS_SEGMENTS_STORED,
    /// The segments that query nodes serve; none if the collection is not loaded.
    loaded = MILVUS_SEGMENTS_LOADED,
};

/// Where a segment is in its life.
enum class segment_state : std::int32_t {
    /// It still takes rows.
    growing = MILVUS_SEGMENT_STATE_GROWING,
    /// In storage: complete, and about to be flushed. On query nodes: any segment that does not grow.
    sealed = MILVUS_SEGMENT_STATE_SEALED,
    /// The segment is stored for good.
    flushed = MILVUS_SEGMENT_STATE_FLUSHED,
    /// The server is storing the segment.
    flushing = MILVUS_SEGMENT_STATE_FLUSHING,
    /// A compaction replaced the segment, or somebody dropped it.
    dropped = MILVUS_SEGMENT_STATE_DROPPED,
    /// An import is writing the segment.
    importing = MILVUS_SEGMENT_STATE_IMPORTING,
};

/// What a segment holds.
enum class segment_level : std::int32_t {
    /// Of a version before levels.
    legacy = MILVUS_SEGMENT_LEVEL_LEGACY,
    /// Holds nothing but deletions.
    l0 = MILVUS_SEGMENT_LEVEL_L0,
    /// Holds rows.
    l1 = MILVUS_SEGMENT_LEVEL_L1,
    /// Holds rows, clustered.
    l2 = MILVUS_SEGMENT_LEVEL_L2,
};

/// What was found out about a trigger in doubt.
enum class resolution_state : std::int32_t {
    /// Nobody has looked: no time was left, or no trigger was in doubt.
    not_looked = MILVUS_RESOLUTION_NOT_LOOKED,
    /// A compaction of the collection has begun since the trigger. An automatic one, or one of another client, looks
    /// the same. Do not trigger again.
    started = MILVUS_RESOLUTION_STARTED,
    /// The server lists the collection's compactions, and none has begun since. A request that is still on its way
    /// through the cluster does not show: look again after a while.
    no_trace = MILVUS_RESOLUTION_NO_TRACE,
    /// Nobody can tell: the server shows too little (2.4 to 3.0.0, until segments change), does not answer, or too much
    /// time has passed.
    unknown = MILVUS_RESOLUTION_UNKNOWN,
    /// No trigger of this client for this collection is in doubt.
    not_in_doubt = MILVUS_RESOLUTION_NOT_IN_DOUBT,
};

/// Why a collection was skipped.
enum class skip : std::int32_t {
    /// The collection was not skipped.
    none = MILVUS_SKIP_NONE,
    /// Its segments are in their final form, and as far as anybody can tell no row of them is deleted: a compaction
    /// would only rewrite them.
    final = MILVUS_SKIP_FINAL,
    /// It is below min_segments and min_deleted_percent, or nobody can tell that it is not.
    too_little = MILVUS_SKIP_TOO_LITTLE,
    /// Max_collections others were begun.
    max_collections = MILVUS_SKIP_MAX_COLLECTIONS,
    /// Its turn came later than start_within after the start.
    too_late = MILVUS_SKIP_TOO_LATE,
};

/// A stage of an optimization.
enum class stage : std::int32_t {
    /// No stage has begun.
    none = MILVUS_STAGE_NONE,
    /// Store the rows that are in memory only.
    flush = MILVUS_STAGE_FLUSH,
    /// Wait until everything stored is sorted (servers since 2.5), at most a minute; the rounds wait for the rest.
    sort = MILVUS_STAGE_SORT,
    /// Wait until the rows that are stored are indexed.
    index = MILVUS_STAGE_INDEX,
    /// Compact, in rounds.
    compact = MILVUS_STAGE_COMPACT,
    /// Wait until the results are indexed.
    reindex = MILVUS_STAGE_REINDEX,
    /// Have the query nodes load the results, if the collection is loaded.
    load = MILVUS_STAGE_LOAD,
    /// Wait until the query nodes serve the results and nothing that these replaced.
    serve = MILVUS_STAGE_SERVE,
    /// All stages are over.
    done = MILVUS_STAGE_DONE,
};

/// Whether an optimization applies deletions first.
enum class l0_mode : std::int32_t {
    /// Apply deletions first if segments of deletions (L0) are stored, the server can (Milvus 2.6.3 and later), and the
    /// compaction is not limited to a part of the collection.
    if_possible = MILVUS_L0_IF_POSSIBLE,
    /// The same, but fail with status::unsupported on a server that cannot.
    required = MILVUS_L0_REQUIRED,
    /// Leave deletions as they are.
    never = MILVUS_L0_NEVER,
};

/// How a step of an optimization ended.
enum class step_state : std::int32_t {
    /// The step did what it was for.
    done = MILVUS_STEP_DONE,
    /// The step was not needed, or not wanted.
    skipped = MILVUS_STEP_SKIPPED,
    /// The step failed, or the call ended during it.
    failed = MILVUS_STEP_FAILED,
};

/// What happened to a collection.
enum class event : std::int32_t {
    /// The library begins with the collection.
    began = MILVUS_EVENT_BEGAN,
    /// The collection is done, failed or skipped.
    ended = MILVUS_EVENT_ENDED,
    /// The server has the job, which goes on whatever becomes of this program: the operation triggered it, or found it
    /// under way and follows it. Save what milvus_job_export() gives of it now, for example in the progress callback,
    /// and another program can follow the job even if this one is killed.
    triggered = MILVUS_EVENT_TRIGGERED,
};

/// What to log.
enum class log_level : std::int32_t {
    /// Nothing uses this level yet: the library returns errors and does not log them.
    error = MILVUS_LOG_ERROR,
    /// Something is wrong, and the library copes: a lost connection, a call that took over a second.
    warning = MILVUS_LOG_WARNING,
    /// The library connects, or repeats a call.
    info = MILVUS_LOG_INFO,
    /// Every call to a server.
    debug = MILVUS_LOG_DEBUG,
};

/// What happened to the connection of a client.
enum class connection_state : std::int32_t {
    /// The client begins to connect. connection_state::ready or _FAILED follows, unless nobody waits for it any more.
    connecting = MILVUS_CONNECTION_CONNECTING,
    /// The client is connected.
    ready = MILVUS_CONNECTION_READY,
    /// The attempt to connect failed; the reason says why.
    failed = MILVUS_CONNECTION_FAILED,
    /// A connection ended although nobody had closed the client; the reason says why. The next call connects again.
    lost = MILVUS_CONNECTION_LOST,
};

/// The short name of this status, a static string.
inline const char *to_string(status value) noexcept { return milvus_status_name(static_cast<std::int32_t>(value)); }
/// The short name of this answer, a static string.
inline const char *to_string(answer value) noexcept { return milvus_answer_name(static_cast<std::int32_t>(value)); }
/// The short name of this option kind, a static string.
inline const char *to_string(option_kind value) noexcept
{
    return milvus_option_kind_name(static_cast<std::int32_t>(value));
}
/// The short name of this trigger, a static string.
inline const char *to_string(trigger value) noexcept { return milvus_trigger_name(static_cast<std::int32_t>(value)); }
/// The short name of this compaction state, a static string.
inline const char *to_string(compaction_state value) noexcept
{
    return milvus_compaction_state_name(static_cast<std::int32_t>(value));
}
/// The short name of this verdict, a static string.
inline const char *to_string(verdict value) noexcept { return milvus_verdict_name(static_cast<std::int32_t>(value)); }
/// The short name of this plan type, a static string.
inline const char *to_string(plan_type value) noexcept
{
    return milvus_plan_type_name(static_cast<std::int32_t>(value));
}
/// The short name of this plan state, a static string.
inline const char *to_string(plan_state value) noexcept
{
    return milvus_plan_state_name(static_cast<std::int32_t>(value));
}
/// The short name of this judgement, a static string.
inline const char *to_string(judgement value) noexcept
{
    return milvus_judgement_name(static_cast<std::int32_t>(value));
}
/// The short name of this reason, a static string.
inline const char *to_string(reason value) noexcept { return milvus_reason_name(static_cast<std::int32_t>(value)); }
/// The short name of this segment view, a static string.
inline const char *to_string(segment_view value) noexcept
{
    switch (value) {
    case segment_view::stored: return "stored";
    case segment_view::loaded: return "loaded";
    }
    return "unknown";
}
/// The short name of this segment state, a static string.
inline const char *to_string(segment_state value) noexcept
{
    return milvus_segment_state_name(static_cast<std::int32_t>(value));
}
/// The short name of this segment level, a static string.
inline const char *to_string(segment_level value) noexcept
{
    return milvus_segment_level_name(static_cast<std::int32_t>(value));
}
/// The short name of this resolution state, a static string.
inline const char *to_string(resolution_state value) noexcept
{
    return milvus_resolution_name(static_cast<std::int32_t>(value));
}
/// The short name of this skip, a static string.
inline const char *to_string(skip value) noexcept { return milvus_skip_name(static_cast<std::int32_t>(value)); }
/// The short name of this stage, a static string.
inline const char *to_string(stage value) noexcept { return milvus_stage_name(static_cast<std::int32_t>(value)); }
/// The short name of this l0 mode, a static string.
inline const char *to_string(l0_mode value) noexcept
{
    switch (value) {
    case l0_mode::if_possible: return "if possible";
    case l0_mode::required: return "required";
    case l0_mode::never: return "never";
    }
    return "unknown";
}
/// The short name of this step state, a static string.
inline const char *to_string(step_state value) noexcept
{
    return milvus_step_state_name(static_cast<std::int32_t>(value));
}
/// The short name of this event, a static string.
inline const char *to_string(event value) noexcept { return milvus_event_name(static_cast<std::int32_t>(value)); }
/// The short name of this log level, a static string.
inline const char *to_string(log_level value) noexcept
{
    switch (value) {
    case log_level::error: return "error";
    case log_level::warning: return "warning";
    case log_level::info: return "info";
    case log_level::debug: return "debug";
    }
    return "unknown";
}
/// The short name of this connection state, a static string.
inline const char *to_string(connection_state value) noexcept
{
    return milvus_connection_state_name(static_cast<std::int32_t>(value));
}
/// What this status means, in an English sentence; a static string.
inline const char *message(status value) noexcept { return milvus_status_message(static_cast<std::int32_t>(value)); }
/// What this verdict means, in an English sentence; a static string.
inline const char *message(verdict value) noexcept { return milvus_verdict_message(static_cast<std::int32_t>(value)); }
/// What this reason means, in an English sentence; a static string.
inline const char *message(reason value) noexcept { return milvus_reason_message(static_cast<std::int32_t>(value)); }

/// There is no job: the server scheduled nothing. Every function that takes a job id takes this one too.
inline constexpr std::int64_t no_job = MILVUS_NO_JOB;
/// There is a job, but the server does not tell its id. No function takes this as a job id.
inline constexpr std::int64_t unknown_job = MILVUS_UNKNOWN_JOB;
/// As target_size_mb: as large as the server allows.
inline constexpr std::int64_t largest_target_size = MILVUS_LARGEST_TARGET_SIZE;
// End of what is generated.

/// Returns the version of the loaded library, for example "0.1.0".
inline const char *version() noexcept { return milvus_version(); }
/// Returns the `MILVUS_ABI_VERSION` of the loaded library.
inline std::uint32_t abi_version() noexcept { return milvus_abi_version(); }

/// A time limit: any `std::chrono::duration`, rounded up to milliseconds; `no_timeout`; or `{}`, the default: the
/// client's option `timeout_ms`, for waits for jobs `wait_timeout_ms`, and no limit for what only waits in this
/// process. Unlike in C, a duration of 0 or less, for example of `deadline - now()`, means that the time is up.
class timeout {
public:
    /// The default limit of the call that takes it.
    constexpr timeout() noexcept = default;
    /// A limit of this duration.
    template <class Rep, class Period>
    constexpr timeout(std::chrono::duration<Rep, Period> limit) noexcept : ms_(0)
    {
        using milliseconds = std::chrono::duration<double, std::milli>;
        constexpr double century = 100.0 * 366 * 24 * 3600 * 1000;

        if (limit > limit.zero()) {
            const double exact = std::chrono::duration_cast<milliseconds>(limit).count();
            ms_ = exact < century ? static_cast<std::int64_t>(exact) : none;
            if (ms_ >= 0 && static_cast<double>(ms_) < exact)
                ms_++;
        }
    }
    /// No limit; `no_timeout` is the same.
    static constexpr timeout unlimited() noexcept { return timeout(none, 0); }

    /// The number for C functions that ask a server: 1 ms if the time is up, because 0 is the default there.
    constexpr std::int64_t of_call() const noexcept { return ms_ == unset ? 0 : ms_ == 0 ? 1 : ms_; }
    /// The number for C functions that only wait in this process: 0 if the time is up.
    constexpr std::int64_t of_wait() const noexcept { return ms_ == unset ? none : ms_; }

private:
    constexpr timeout(std::int64_t ms, int) noexcept : ms_(ms) {}
    static constexpr std::int64_t none = MILVUS_NO_TIMEOUT, unset = -2;
    std::int64_t ms_ = unset;
};

/// No time limit.
inline constexpr timeout no_timeout = timeout::unlimited();

// ====================================================================================================
// Errors
// ====================================================================================================

struct report;
struct many_result;
struct optimize_result;
struct collection_info;
struct survey_result;

/// Why something failed: `milvus_error` as a value.
struct failure {
    /// The kind of failure; `status::ok` if there is none.
    milvus::status status = milvus::status::ok;
    /// The gRPC status code of the last attempt; 0 if there is none.
    std::int32_t grpc_code = 0;
    /// Milvus' own error code; 0 if there is none.
    std::int32_t server_code = 0;
    /// Whether the same call may succeed later.
    bool retriable = false;
    /// Whether the server may have done the work all the same.
    bool in_doubt = false;
    /// What the library found out about the trigger if `in_doubt`.
    milvus::resolution_state resolution = milvus::resolution_state::not_looked;
    /// The job that the call started or waited for; `no_job` if there is none.
    std::int64_t job_id = no_job;
    /// The request id of the operation that failed; empty if no operation had begun.
    std::string request_id;
    /// The C function that failed, also of blocking forms the one with `_async`; "milvus_client.hpp" if no C function
    /// was called.
    std::string operation;
    /// What failed, and what to do, in an English sentence.
    std::string message;

    /// As a JSON object, or null if nothing failed: `milvus_error_json()`.
    std::string json() const;
};

/// The exception of a failed call. `what()` is its message.
class error : public std::runtime_error {
public:
    /// Makes the exception of a failure.
    explicit error(milvus::failure what_failed)
        : std::runtime_error(what_failed.message),
          detail_(std::make_shared<const milvus::failure>(std::move(what_failed)))
    {
    }
    /// The kind of failure.
    milvus::status status() const noexcept { return detail_->status; }
    /// The gRPC status code of the last attempt; 0 if there is none.
    std::int32_t grpc_code() const noexcept { return detail_->grpc_code; }
    /// Milvus' own error code; 0 if there is none.
    std::int32_t server_code() const noexcept { return detail_->server_code; }
    /// Whether the same call may succeed later.
    bool retriable() const noexcept { return detail_->retriable; }
    /// Whether the server may have done the work all the same.
    bool in_doubt() const noexcept { return detail_->in_doubt; }
    /// What the library found out about the trigger if `in_doubt()`.
    milvus::resolution_state resolution() const noexcept { return detail_->resolution; }
    /// The job that the call started or waited for; `no_job` if there is none.
    std::int64_t job_id() const noexcept { return detail_->job_id; }
    /// The request id of the operation that failed; empty if no operation had begun.
    const std::string &request_id() const noexcept { return detail_->request_id; }
    /// The C function that failed.
    const std::string &operation() const noexcept { return detail_->operation; }
    /// All of the above as one value.
    const milvus::failure &failure() const noexcept { return *detail_; }

private:
    std::shared_ptr<const milvus::failure> detail_; // shared, as copying an exception must not throw
};

/// The exception of a call that failed and has a value all the same: see `wait_error`, `many_error`, `optimize_error`,
/// `optimize_many_error`, `collections_error` and `survey_error`.
template <class T> class error_with : public error {
public:
    /// Makes the exception of a failure and the value.
    error_with(milvus::failure what_failed, T seen)
        : error(std::move(what_failed)), value_(std::make_shared<const T>(std::move(seen)))
    {
    }
    /// The value: the report of a wait, the result of an optimization, or the list of results.
    const T &value() const noexcept { return *value_; }

private:
    std::shared_ptr<const T> value_;
};

namespace detail {

struct nothing {}; // the value of operations that have none

// Whether an operation that failed may have such a value all the same.
template <class T>
inline constexpr bool outlives_failure =
    std::is_same_v<T, report> || std::is_same_v<T, std::vector<many_result>> || std::is_same_v<T, optimize_result> ||
    std::is_same_v<T, std::vector<optimize_result>> || std::is_same_v<T, std::vector<collection_info>> ||
    std::is_same_v<T, std::vector<survey_result>>;

template <class Error> [[noreturn]] void raise(const Error &what)
{
#ifdef __cpp_exceptions
    throw what;
#else
    static_cast<void>(what);
    std::abort();
#endif
}

inline failure failure_of(const milvus_error &e)
{
    return {static_cast<status>(e.status), e.grpc_code, e.server_code, e.retriable == MILVUS_YES,
            e.in_doubt == MILVUS_YES, static_cast<resolution_state>(e.resolution), e.job_id, e.request_id, e.operation, e.message};
}

inline failure failure_here(status code, std::string text)
{
    failure made;
    made.status = code;
    made.operation = "milvus_client.hpp";
    made.message = std::move(text);
    return made;
}

// What the last C call of this thread failed with. Never the failure that means success.
inline failure last_failure()
{
    const milvus_error &latest = *milvus_last_error();
    if (latest.status == MILVUS_OK)
        return failure_here(status::internal, "a call failed, and left no detail");
    return failure_of(latest);
}

// C would take a text with a NUL in it for a shorter one: another collection, perhaps.
inline std::optional<failure> refuse_nul(const char *what, const std::string &text)
{
    if (text.find('\0') == std::string::npos)
        return std::nullopt;
    return failure_here(status::invalid_argument, std::string(what) + " has a NUL character in it");
}

} // namespace detail

/// A value, or why there is none, or both: a wait that fails may still have a report.
template <class T> class [[nodiscard]] result {
public:
    /// The type of the value; an empty struct if T is void.
    using stored = std::conditional_t<std::is_void_v<T>, detail::nothing, T>;

    /// Makes the result of a success.
    result(stored value) : value_(std::move(value)) {}
    /// Makes the result of a failure without a value.
    result(milvus::failure why) : failure_(std::move(why)) {}
    /// Makes the result of a failure, with a value if there is one.
    result(milvus::failure why, std::optional<stored> seen) : value_(std::move(seen)), failure_(std::move(why)) {}

    /// Whether the call succeeded.
    bool ok() const noexcept { return failure_.status == milvus::status::ok; }
    /// Whether the call succeeded.
    explicit operator bool() const noexcept { return ok(); }
    /// The status of the call.
    milvus::status status() const noexcept { return failure_.status; }
    /// The failure. Its status is `status::ok` if the call succeeded.
    const milvus::failure &failure() const noexcept { return failure_; }
    /// Whether there is a value. A success has one, a failure may have one.
    bool has_value() const noexcept { return value_.has_value(); }
    /// The value. Read it only if `has_value()`.
    stored &operator*() noexcept { return *value_; }
    /// The value. Read it only if `has_value()`.
    const stored &operator*() const noexcept { return *value_; }
    /// A member of the value. Use it only if `has_value()`.
    stored *operator->() noexcept { return &*value_; }
    /// A member of the value. Use it only if `has_value()`.
    const stored *operator->() const noexcept { return &*value_; }

    /// Moves the value out. If the call failed, it throws `error_with<T>` if there is a value all the same, else
    /// `error`.
    T value() &&
    {
        if constexpr (detail::outlives_failure<T>) {
            if (!ok() && value_)
                detail::raise(error_with<T>(std::move(failure_), std::move(*value_)));
        }
        if (!ok())
            detail::raise(error(std::move(failure_)));
        if constexpr (!std::is_void_v<T>)
            return std::move(*value_);
    }

private:
    std::optional<stored> value_;
    milvus::failure failure_;
};

// ====================================================================================================
// Values. Each has the fields of its C struct; a std::optional is empty if there is nothing to report.
// ====================================================================================================

// Generated from milvus_client.h by `make bindings`: values.
/// One option. All texts are static.
struct option_info {
    /// The key, e.g. "tls.ca_file".
    std::string key;
    /// The value of an option that is not set; "" for none.
    std::string default_value;
    /// One line for a person.
    std::string help;
    /// The form of the value.
    milvus::option_kind kind{};
    /// Smallest value of a number; 0 for other kinds.
    std::int64_t minimum = 0;
    /// Largest value of a number; 0 for other kinds.
    std::int64_t maximum = 0;
};

/// What the server tells about itself.
struct server_info {
    /// The number under which the server lists this client; 0 if it does not list clients (before Milvus 2.2.9).
    std::int64_t client_id = 0;
    /// Whether the server is milvus-lite.
    bool is_lite = false;
    /// The version as the server writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not tell.
    std::string version;
    /// "STANDALONE", "DISTRIBUTED", "embedded", or another word of the server; "" if it does not tell.
    std::string deploy_mode;
};

/// The server's answer to a trigger.
struct compact_result {
    /// What the server did.
    milvus::trigger trigger{};
    /// The job to wait for, or no_job.
    std::int64_t job_id = no_job;
    /// Plans of the job; empty if their number is not known.
    std::optional<std::int64_t> planned;
    /// Segments that waited to be sorted right before the trigger, so that the job leaves them out (Milvus 2.5 and
    /// later); empty if that is not known.
    std::optional<std::int64_t> unsorted_segments;
};

/// Plans of a job by their state.
struct plan_counts {
    /// Plans that run or wait to run, in the server's latest answer.
    std::int64_t executing = 0;
    /// Plans that completed.
    std::int64_t completed = 0;
    /// Plans that failed.
    std::int64_t failed = 0;
    /// Plans that ran out of the time that the server gives each.
    std::int64_t timed_out = 0;

    /// As a JSON object.
    std::string json() const;
};

/// What the server says about a job now.
struct state_info {
    /// What the server says of a job.
    milvus::compaction_state state{};
    /// The plans that the server counts now. It stops counting a plan within seconds of its end.
    milvus::plan_counts counts;
};

/// What a compaction changed in the segments of a collection. Empty stands for what cannot be known.
struct segment_diff {
    /// Segments with stored rows before the compaction.
    std::optional<std::int64_t> segments_before;
    /// Segments with stored rows after it.
    std::optional<std::int64_t> segments_after;
    /// Rows of those segments before the compaction. Deleted rows count until a compaction purges them.
    std::optional<std::int64_t> rows_before;
    /// Rows of those segments after it. Inserts and flushes in between change this number too.
    std::optional<std::int64_t> rows_after;
    /// Deleted rows that the compaction purged. Reported only if all sources are gone, all targets are stored, and no
    /// other change can be mixed in.
    std::optional<std::int64_t> rows_purged;
    /// Segments that were stored before and no longer are.
    std::optional<std::int64_t> segments_removed;
    /// Segments that were not stored before. Flushes add some too.
    std::optional<std::int64_t> segments_added;
    /// Sources of the plans that are still stored. A compaction that is done leaves 0.
    std::optional<std::int64_t> sources_remaining;
    /// Targets of the plans that are not stored: a later compaction replaced them, or no plan made them.
    std::optional<std::int64_t> targets_missing;
    /// Targets that the server itself says were made of the plans' sources. Servers newer than 3.0.0 report it.
    std::optional<std::int64_t> targets_confirmed;
    /// Segments of deletions (L0) before the compaction. Servers since 2.4.7 report it.
    std::optional<std::int64_t> l0_segments_before;
    /// Segments of deletions (L0) after it.
    std::optional<std::int64_t> l0_segments_after;

    /// As a JSON object.
    std::string json() const;
};

/// Segments that were stored at the trigger and that no plan of the job took, by reason. A report has it only if this
/// client triggered or imported the job and the server lists segments and plans.
struct left_out {
    /// All of them.
    std::int64_t total = 0;
    /// Segments that wait to be sorted. Servers since 2.5 sort each segment after its flush.
    std::int64_t unsorted = 0;
    /// Segments of deletions (L0), which only an L0 compaction takes.
    std::int64_t l0 = 0;
    /// Results of clustering, which a plain compaction leaves alone.
    std::int64_t clustered = 0;
    /// Segments that an import was writing.
    std::int64_t importing = 0;
    /// Segments that were not flushed.
    std::int64_t unflushed = 0;
    /// Segments outside the partition, channel or list of segments that the trigger named.
    std::int64_t not_asked_for = 0;
    /// The rest: another compaction held them, or the server did not want them for a reason that it does not list.
    std::int64_t other = 0;

    /// As a JSON object.
    std::string json() const;
};

/// What a wait found out about a job.
struct report {
    /// How the job ended. verdict::none if the wait ended first.
    milvus::verdict verdict{};
    /// The job.
    std::int64_t job_id = no_job;
    /// Plans of the job; 0 if their number is not known.
    std::int64_t planned = 0;
    /// The plans by their state. Servers forget, so those that ended count by the largest counters that were seen, and
    /// by what became of each plan's segments.
    milvus::plan_counts counts;
    /// Plans that ended in a way that nobody can tell. plan has the reason of each.
    std::int64_t unknown_plans = 0;
    /// Duration of the wait.
    std::chrono::milliseconds elapsed{0};
    /// Questions that the server answered.
    std::uint64_t polls = 0;
    /// Questions that failed, and that the wait repeated.
    std::uint64_t failed_polls = 0;
    /// What changed between the trigger and the end of the job. Empty if that is not known.
    std::optional<milvus::segment_diff> segment_diff;
    /// Segments that the job left out; empty if that is not known.
    std::optional<milvus::left_out> left_out;
    /// Segments that waited to be sorted right before the trigger (servers since 2.5), as in compact_result. Empty
    /// unless this client triggered or imported the job, and of no_job unless it is the end of milvus_optimize() or
    /// milvus_compact_many().
    std::optional<std::int64_t> unsorted_segments;
    /// Milliseconds for which the job had not changed when the wait ended early; 0 if the job is over. A wait ends with
    /// status::stalled when this is more than the option stall_timeout_ms.
    std::chrono::milliseconds stalled{0};

    /// As a JSON object.
    std::string json() const;
};

/// What only newer servers tell of a plan.
struct plan_details {
    /// What a plan does.
    milvus::plan_type type{};
    /// How far a plan is.
    milvus::plan_state state{};
    /// The plan's own id.
    std::int64_t plan_id = 0;
    /// The job it belongs to.
    std::int64_t job_id = no_job;
    /// The collection it works on.
    std::int64_t collection_id = 0;
    /// The partition it works on.
    std::int64_t partition_id = 0;
    /// The channel whose segments it takes.
    std::string channel;
};

/// One plan of a job; servers also call it a task.
struct plan {
    /// Ids of the segments that the plan takes.
    std::vector<std::int64_t> sources;
    /// Id of the first segment that the plan makes; empty if there is none, or none yet.
    std::optional<std::int64_t> target;
    /// Ids of all segments that the plan makes, as far as they are known.
    std::vector<std::int64_t> targets;
    /// How the plan ended, as far as this client has seen. A wait judges the plans of its job. A plan that no wait has
    /// judged is judgement::open, unless the server tells its state.
    milvus::judgement judgement{};
    /// What the judgement rests on.
    milvus::reason reason{};
    /// What only newer servers tell of a plan.
    std::optional<milvus::plan_details> details;
    /// Why the plan failed; "" if it did not fail, or the server does not say. Servers up to 3.0.0 say it only on the
    /// management port (option management_uri).
    std::string failure_reason;

    /// As a JSON object.
    std::string json() const;
};

/// One segment. Empty stands for what this server does not report.
struct segment {
    /// The segment's id.
    std::int64_t id = 0;
    /// The collection it belongs to.
    std::int64_t collection_id = 0;
    /// The partition it belongs to.
    std::int64_t partition_id = 0;
    /// Rows of the segment. Deleted rows count until a compaction purges them.
    std::optional<std::int64_t> rows;
    /// Where a segment is in its life.
    std::optional<milvus::segment_state> state;
    /// What a segment holds; reported since Milvus 2.4.7.
    std::optional<milvus::segment_level> level;
    /// Whether the rows are sorted by primary key; answer::not_known before Milvus 2.5.0.
    milvus::answer is_sorted = answer::not_known;
    /// Version of the storage format, from Milvus 2.6.0 on.
    std::optional<std::int64_t> storage_version;
    /// Memory of a loaded segment in bytes. Most servers send 0, which is empty here.
    std::optional<std::int64_t> memory;
    /// The channel of the rows, in storage and from servers newer than 3.0.0.
    std::optional<std::string> channel;
    /// The segments that a compaction made this one of, where channel is reported.
    std::vector<std::int64_t> compaction_from;
    /// Query nodes that serve a loaded segment.
    std::vector<std::int64_t> nodes;

    /// As a JSON object.
    std::string json() const;
};

/// What a trigger would find. A number that the library cannot read is empty.
struct check_result {
    /// Whether the server would schedule anything now. answer::yes if would_compact_if_free is answer::yes and
    /// may_be_busy is answer::no; answer::no if would_compact_if_free is answer::no; else answer::not_known.
    milvus::answer would_compact = answer::not_known;
    /// Whether the server would schedule anything if no other compaction held the segments. answer::not_known where
    /// something invisible decides: a time to live, snapshots, an external source, a vector field without index beside
    /// one with an index, the server's settings for clustering and target sizes, and for is_l0 rows that are not
    /// flushed.
    milvus::answer would_compact_if_free = answer::not_known;
    /// Whether another compaction may hold segments, which a trigger would leave out. As is_running; from 2.4 to 3.0.0
    /// answer::not_known unless a job of this client runs.
    milvus::answer may_be_busy = answer::not_known;
    /// Whether the server's configuration allows compaction.
    milvus::answer is_enabled = answer::not_known;
    /// Whether a compaction of this collection runs. Before 2.4 and newer than 3.0.0 every compaction shows (before
    /// 2.4, failed plans make it answer::not_known); in between only jobs of this client.
    milvus::answer is_running = answer::not_known;
    /// Whether the collection has an index.
    milvus::answer is_indexed = answer::not_known;
    /// Whether this server leaves a collection without an index alone: answer::yes up to 2.3, answer::not_known up to
    /// 2.4.13.
    milvus::answer needs_index = answer::not_known;
    /// Whether the collection has a clustering key.
    milvus::answer has_clustering_key = answer::not_known;
    /// Whether a trigger would leave out rows because they are not flushed; deleted rows do not count. Servers newer
    /// than 3.0.0 list such rows. From 2.3.5 on the library counts them if the collection is loaded, for answer::no all
    /// its partitions; for some seconds after a flush the answer can be answer::not_known. Else it is
    /// answer::not_known.
    milvus::answer has_unflushed = answer::not_known;
    /// Whether the segments are in their final form: each partition (and channel, where listed) has at most one stored
    /// segment, which is flushed, sorted where servers sort, and indexed where its siblings are; no segment holds
    /// deletions. answer::no if that is not known. Servers rewrite such segments at each trigger all the same, 1 to 1.
    /// Rows that are not flushed do not count: see has_unflushed.
    milvus::answer is_final = answer::not_known;
    /// Flushed segments with rows that the trigger would take, sorted where servers sort; with is_l0, those that
    /// deletions may concern.
    std::optional<std::int64_t> segments;
    /// Rows of those segments.
    std::optional<std::int64_t> rows;
    /// About how many segments the trigger would make of those in segments, by partition, channel and the width of
    /// rows: servers do not list the bytes of a segment. Empty if the kind of compaction leaves it open.
    std::optional<std::int64_t> expected_segments;
    /// Segments that wait to be sorted, and are not among segments. A trigger leaves out those that the server is
    /// sorting; 2.5 took results of a compaction that it had not begun to sort. Empty before 2.5. See the option
    /// flush.wait_for_sort.
    std::optional<std::int64_t> unsorted_segments;
    /// Segments of deletions (L0); empty before 2.4.7.
    std::optional<std::int64_t> l0_segments;
    /// Rows that no index covers yet; empty without an index.
    std::optional<std::int64_t> unindexed_rows;
    /// Why would_compact is what it is, for a person: one line of UTF-8.
    std::string reason;

    /// As a JSON object.
    std::string json() const;
};

/// What happened to a trigger in doubt.
struct resolution {
    /// What was found out about a trigger in doubt.
    milvus::resolution_state state{};
    /// The job that the trigger started. unknown_job, for which no function waits, if the server does not tell which
    /// job (none up to 3.0.0 does). no_job if the library found none.
    std::int64_t job_id = no_job;
    /// What the library saw, for a person: one line of UTF-8.
    std::string text;
};

/// A collection as the server describes it.
struct collection_info {
    /// The name of the collection.
    std::string collection_name;
    /// The database of the collection; empty on servers without databases (before 2.2.9).
    std::string database;
    /// The aliases of the collection, sorted, with a comma between them (no name contains one); empty if there are
    /// none.
    std::string aliases;
    /// Milvus' id of the collection; 0 from milvus-lite, or if the description failed.
    std::int64_t id = 0;
    /// Stored rows. Deleted rows count until a compaction purges them; rows that are not flushed do not count. Empty if
    /// they could not be read.
    std::optional<std::int64_t> rows;
    /// Whether query nodes serve the collection: answer::yes (also if only some partitions are loaded), answer::no
    /// (also while it is being loaded) or answer::not_known.
    milvus::answer is_loaded = answer::not_known;
    /// Whether the collection has a clustering key: answer::yes, answer::no or answer::not_known.
    milvus::answer has_clustering_key = answer::not_known;
    /// How a call ended; status::ok if everything could be read. Else the status of the first request that failed, e.g.
    /// status::collection_not_found (dropped meanwhile) or status::permission_denied; what other requests gave is
    /// there.
    milvus::status status{};
    /// The details of the failure; with the status status::ok if there is none.
    milvus::failure failure;

    /// As a JSON object.
    std::string json() const;
};

/// A database.
struct database_info {
    /// The name of the database.
    std::string database;
    /// Milvus' id of the database; 0 before 2.5.
    std::int64_t id = 0;

    /// As a JSON object.
    std::string json() const;
};

/// What a survey found out about one collection. Empty stands for a number that is not known.
struct survey_result {
    /// The name or alias that you gave, or that the server listed; empty if a whole database could not be listed.
    std::string collection_name;
    /// The database of the collection; empty on servers without databases (before 2.2.9).
    std::string database;
    /// How a call ended; status::ok if the survey of this collection succeeded. Else the status with which it failed;
    /// then only the names and the error are there.
    milvus::status status{};
    /// The details of the failure; with the status status::ok if there is none.
    milvus::failure failure;
    /// What milvus_compaction_check() would say: whether a trigger would compact anything, why or why not, and whether
    /// the segments are in their final form already.
    std::optional<milvus::check_result> check;
    /// Stored segments with rows.
    std::optional<std::int64_t> stored_segments;
    /// Rows of those segments. Deleted rows count until a compaction purges them.
    std::optional<std::int64_t> stored_rows;
    /// Bytes of those rows, as an estimate: rows by row_bytes. Empty if the size of a row is not known.
    std::optional<std::int64_t> stored_bytes;
    /// Stored segments below half of segment_bytes, as servers define a small segment by default.
    std::optional<std::int64_t> small_segments;
    /// Stored segments that wait to be sorted; empty before 2.5.
    std::optional<std::int64_t> unsorted_segments;
    /// Segments of deletions (L0); empty before 2.4.7.
    std::optional<std::int64_t> l0_segments;
    /// Stored rows that are deleted (or expired) and not purged yet. The library counts them on query nodes from 2.3.5
    /// on, if the whole collection is loaded and exactly its stored segments are served. Else empty.
    std::optional<std::int64_t> deleted_rows;
    /// Segments that the compaction would merge with others; 0 if it would do nothing.
    std::optional<std::int64_t> merged_segments;
    /// About how many segments those would become.
    std::optional<std::int64_t> merged_into;
    /// Rows that the compaction would rewrite, also those of segments that servers rewrite 1 to 1.
    std::optional<std::int64_t> rewrite_rows;
    /// Bytes of those rows, as an estimate: rows by row_bytes.
    std::optional<std::int64_t> rewrite_bytes;
    /// The size of a row in bytes that the estimates use; 0 if it is not known.
    std::optional<std::int64_t> row_bytes;
    /// The size of a segment in bytes that the estimates use.
    std::optional<std::int64_t> segment_bytes;
    /// The share of the stored segments that one plain compaction would save, from 0 to 1: 1 - (segments after it /
    /// stored segments). It is 0 if none can be merged, and 0.9 if ten would become one. Results of clustering count as
    /// they are. Negative if the stored segments are not known.
    double fragmentation = 0;

    /// As a JSON object.
    std::string json() const;
};

/// A line of a result: a stage, or one round of the compaction.
struct optimize_step {
    /// The stage.
    milvus::stage stage{};
    /// How it ended.
    milvus::step_state state{};
    /// The number of the round, from 1; 0 for a whole stage.
    std::int32_t round = 0;
    /// Whether the round applied deletions (an L0 compaction).
    bool is_l0 = false;
    /// The job of the round, or no_job.
    std::int64_t job_id = no_job;
    /// Duration.
    std::chrono::milliseconds elapsed{0};
    /// What the round found out about its job.
    std::optional<milvus::report> report;
    /// What happened, as a text for people.
    std::string text;

    /// As a JSON object.
    std::string json() const;
};

/// The result of one collection. Empty stands for what is not known.
struct optimize_result {
    /// The name or alias that you gave, or that the server listed.
    std::string collection_name;
    /// How a call ended; status::ok if all stages are done. Else the status of the stage that failed.
    milvus::status status{};
    /// The stage in which it ended: stage::done after the last, also with status::incomplete.
    milvus::stage stage{};
    /// How the compaction ended, all rounds together. verdict::nothing_to_do if nothing was triggered.
    milvus::verdict verdict{};
    /// Jobs that were triggered or followed.
    std::int32_t rounds = 0;
    /// Whether the collection is loaded: answer::yes, answer::no or answer::not_known.
    milvus::answer is_loaded = answer::not_known;
    /// The latest job, or no_job. If the call ended early, it may go on.
    std::int64_t job_id = no_job;
    /// A line for each stage and each round, in the order in which they ended: the rounds of the compaction come before
    /// its stage.
    std::vector<milvus::optimize_step> steps;
    /// The details of the failure; with the status status::ok if there is none.
    milvus::failure failure;
    /// Segments with stored rows before the first round.
    std::optional<std::int64_t> segments_before;
    /// Segments with stored rows after the last round.
    std::optional<std::int64_t> segments_after;
    /// Rows of those segments before. Deleted rows count until a compaction purges them.
    std::optional<std::int64_t> rows_before;
    /// Rows of those segments after.
    std::optional<std::int64_t> rows_after;
    /// Segments of deletions (L0) before the first round. Servers since 2.4.7 report it.
    std::optional<std::int64_t> l0_segments_before;
    /// Segments of deletions (L0) after the last round.
    std::optional<std::int64_t> l0_segments_after;
    /// Segments that the rounds rewrote, as listed before each. With only_estimate: that they would rewrite.
    std::optional<std::int64_t> segments_in;
    /// About how many they became. Empty for a clustering.
    std::optional<std::int64_t> segments_out;
    /// Their rows.
    std::optional<std::int64_t> rewrite_rows;
    /// Their bytes, as an estimate: rewrite_rows times row_bytes. Servers report no sizes.
    std::optional<std::int64_t> rewrite_bytes;
    /// The size of a row in bytes: from the parameters, or of the fixed-width fields of the schema.
    std::optional<std::int64_t> row_bytes;
    /// Segments that the query nodes serve at the end, of those that they should.
    std::optional<std::int64_t> served_segments;
    /// Stored segments that are not in the state that was wanted, by reason. other counts those that could be merged,
    /// but were held or refused.
    std::optional<milvus::left_out> left_out;
    /// Segments that were stored since the first round began, by flushes and other compactions.
    std::optional<std::int64_t> new_segments;
    /// Duration.
    std::chrono::milliseconds elapsed{0};

    /// As a JSON object.
    std::string json() const;
};

/// How far an operation is. Only waits, milvus_optimize(), milvus_optimize_many(), milvus_compact_many(),
/// milvus_survey() and milvus_collections() know more than the time.
struct progress {
    /// Time since the start, or from the start to the end.
    std::chrono::milliseconds elapsed{0};
    /// Plans that are known so far, of all jobs together. More may become known.
    std::int64_t planned = 0;
    /// Plans that completed.
    std::int64_t completed = 0;
    /// Plans that failed or timed out.
    std::int64_t failed = 0;
    /// Plans that ended, per second so far; 0 at first.
    double plans_per_second = 0;
    /// Collections of milvus_compact_many_async(), milvus_optimize_many_async(), milvus_survey_async() or
    /// milvus_collections_async(); 0 until their number is known, and for other operations.
    std::int64_t collections = 0;
    /// Collections that are done, with or without success.
    std::int64_t collections_done = 0;
    /// Collections that failed.
    std::int64_t collections_failed = 0;
    /// Collections that milvus_compact_many_async() skipped; they are done, too.
    std::int64_t collections_skipped = 0;
    /// Time since a number here other than a time last changed, or since the start; it stops at the end. It says what
    /// was seen: it grows also while the server cannot be reached.
    std::chrono::milliseconds stalled{0};
    /// Milliseconds until all collections are done, or all plans of a wait for one job, if they go on at the rate so
    /// far: a guess, as they differ. 0 where nobody can tell: before three of them and a tenth were seen to be done,
    /// once collections were skipped (those take no time) or plans of the one job failed, at the end, and for other
    /// operations, milvus_optimize_async() among them.
    std::chrono::milliseconds remaining{0};
    /// The stage of milvus_optimize_async(); 0 for other operations.
    milvus::stage stage{};
    /// The round of its compaction, from 1; 0 before.
    std::int32_t round = 0;
    /// How far the stage is, of stage_total: indexed rows, percent of a load, or segments that are served.
    std::int64_t stage_done = 0;
    /// What the stage has to do; 0 while that is not known.
    std::int64_t stage_total = 0;
    /// Segments that the rounds so far, with the next, rewrite; known before the trigger.
    std::int64_t rewrite_segments = 0;
    /// Their rows.
    std::int64_t rewrite_rows = 0;
    /// Their bytes, as an estimate: see optimize_result.
    std::int64_t rewrite_bytes = 0;
};

/// What happened to a collection.
struct collection_event {
    /// What happened.
    milvus::event event{};
    /// How it ended, as in the list of results; status::pending before.
    milvus::status status{};
    /// Whether it ended because the parameters skip it.
    bool is_skipped = false;
    /// The collection as it was given or listed; with all_databases "database/collection".
    std::string collection_name;
    /// Its place in the list of results, from 0; 0 of milvus_optimize_async().
    std::int64_t index = 0;
    /// The job that was triggered, or with which the collection ended; no_job if there is none.
    std::int64_t job_id = no_job;
    /// Time since the operation started.
    std::chrono::milliseconds elapsed{0};
};

/// The requests of one kind that were sent, by how they ended, and how long the server took to answer (ok and refused):
/// half, nine tenths and 99 hundredths took no longer than this. A percentile is never too small and at most an eighth
/// too large; all are 0 while nothing was answered.
struct request_stats {
    /// The server answered.
    std::int64_t ok = 0;
    /// The server answered with an error.
    std::int64_t refused = 0;
    /// The connection ended before the answer.
    std::int64_t lost = 0;
    /// The time for the request was over before the answer.
    std::int64_t timed_out = 0;
    /// The operation was cancelled, or its client closed, before the answer.
    std::int64_t cancelled = 0;
    /// Microseconds that half of the answers took at most.
    std::int64_t p50_us = 0;
    /// Microseconds that nine tenths of the answers took at most.
    std::int64_t p90_us = 0;
    /// Microseconds that 99 hundredths of the answers took at most.
    std::int64_t p99_us = 0;
    /// Microseconds of the slowest answer, exactly.
    std::int64_t max_us = 0;
};

/// What a client has done so far, and does now.
struct stats {
    /// Connections that were made.
    std::int64_t connections_made = 0;
    /// Attempts to connect that failed.
    std::int64_t connections_failed = 0;
    /// Connections that ended although nobody had closed the client.
    std::int64_t connections_lost = 0;
    /// How often a call was tried again after a pause.
    std::int64_t retries = 0;
    /// Requests that were sent again because the server proved that it had not processed them.
    std::int64_t resends = 0;
    /// How often waits asked about their jobs.
    std::int64_t polls = 0;
    /// Bytes of the messages that were sent: without headers and pings.
    std::int64_t bytes_sent = 0;
    /// The same of those received.
    std::int64_t bytes_received = 0;
    /// Operations that run now, and callbacks that run or are due.
    std::int64_t operations_in_flight = 0;
    /// Requests that wait for an answer or for their turn now.
    std::int64_t requests_in_flight = 0;
    /// Jobs that waits follow now.
    std::int64_t jobs_followed = 0;
    /// The requests Connect, and GetVersion where Connect does not tell the version: for each connection.
    milvus::request_stats handshakes;
    /// ManualCompaction and Flush: what starts work on the server.
    milvus::request_stats triggers;
    /// GetCompactionState.
    milvus::request_stats states;
    /// GetCompactionStateWithPlans.
    milvus::request_stats plans;
    /// GetPersistentSegmentInfo and GetQuerySegmentInfo.
    milvus::request_stats segments;
    /// Every other request.
    milvus::request_stats others;
};
// End of what is generated.

/// What to compact, and how: `milvus_compact_params`.
struct compact_params {
    /// Whether to re-cluster the collection by its clustering key.
    bool is_clustering = false;
    /// Whether to apply deletions only.
    bool is_l0 = false;
    /// The size of the new segments in MB, or `largest_target_size`; empty for the server's own.
    std::optional<std::int64_t> target_size_mb;
    /// The only partition to compact; empty for all.
    std::optional<std::string> partition_name;
    /// The only virtual channel to compact; empty for all.
    std::optional<std::string> channel;
    /// The only segments to compact; without a value all. The library refuses an empty list.
    std::optional<std::vector<std::int64_t>> segment_ids;
    /// The database of the collection, or of all collections; empty for the client's own.
    std::string database;
    /// Whether to trigger only if nobody compacts the collection already; else `status::busy`.
    bool only_if_idle = false;
};

/// How to compact many collections: `milvus_many_params`.
struct many_params {
    /// What to compact of each collection.
    compact_params compaction;
    /// How many collections are compacted at once; 0 is the library's default.
    std::int32_t concurrency = 0;
    /// Whether to trigger only, and not wait for the jobs.
    bool only_trigger = false;
    /// Only collections whose name matches this pattern of `*` and `?`; without a value all. For `compact_all()`.
    std::optional<std::string> match;
    /// Whether to compact the collections of all databases. For `compact_all()`.
    bool all_databases = false;
    /// Whether to compact collections that are in their final form, too.
    bool include_final = false;
    /// The least number of segments that would be merged; 0 for no such minimum. With `min_deleted_percent` either is
    /// enough.
    std::int64_t min_segments = 0;
    /// The least share of deleted rows; 0 for no such minimum.
    double min_deleted_percent = 0;
    /// The most collections to begin with; without a value all. The library refuses 0.
    std::optional<std::int64_t> max_collections;
    /// The time after the start in which collections are begun; without a value all of it. The library refuses 0.
    std::optional<std::chrono::milliseconds> start_within;
};

/// What a survey assumes: `milvus_survey_params`.
struct survey_params {
    /// The compaction whose effect it predicts; its database is the one to survey.
    compact_params compaction;
    /// How many collections it looks at at a time; 0 is the library's default, 16.
    std::int32_t concurrency = 0;
    /// Whether to survey the collections of every database; only for `survey_all()`.
    bool all_databases = false;
    /// The size of a row in bytes, for the estimates; without a value that of the fixed-width fields of the schema.
    std::optional<std::int64_t> row_bytes;
    /// The size of a segment in bytes up to which the server merges; without a value the target size, or the default of
    /// the server's version.
    std::optional<std::int64_t> segment_bytes;
};

/// What came of one collection: `milvus_many_result`.
struct many_result {
    /// The collection's name.
    std::string collection_name;
    /// How it ended; `status::ok` if it did not fail.
    milvus::status status = milvus::status::ok;
    /// What came of its trigger.
    milvus::trigger trigger = milvus::trigger::none;
    /// Its job; `no_job` if there is none.
    std::int64_t job_id = no_job;
    /// How many plans the server made; empty if that is not reported.
    std::optional<std::int64_t> planned;
    /// The report of the wait; empty if there was none.
    std::optional<milvus::report> report;
    /// Why it failed. Its status is `status::ok` if it did not.
    milvus::failure failure;
    /// How many flushed segments are not sorted yet, so that the server does not compact them; empty if that is not
    /// known.
    std::optional<std::int64_t> unsorted_segments;
    /// Why it was skipped; `skip::none` if it was not.
    milvus::skip skip = milvus::skip::none;
    /// The same in words, with the figures; empty if it was not skipped.
    std::string skip_text;
    /// Its database; empty if it is the server's default one and nobody named it.
    std::string database;

    /// As a JSON object.
    std::string json() const;
};

/// How to optimize: `milvus_optimize_params`.
struct optimize_params {
    /// The kind of compaction; set `target_size_mb` to `largest_target_size` to merge as far as the server can.
    compact_params compaction;
    /// Stages to leave out, for example `{milvus::stage::flush, milvus::stage::serve}`.
    std::vector<stage> skip_stages;
    /// Whether an L0 compaction applies deletions before the rounds: a compaction purges only rows whose deletions were
    /// applied.
    l0_mode l0 = l0_mode::if_possible;
    /// Whether the first round also rewrites segments that cannot be merged.
    bool force = false;
    /// Whether to estimate the cost only, and to flush and trigger nothing.
    bool only_estimate = false;
    /// The most rounds that trigger; 0 is the library's default, 10.
    std::int32_t max_rounds = 0;
    /// How many collections `optimize_many()` has in progress at a time; 0 is the library's default, 16.
    std::int32_t concurrency = 0;
    /// The longest pause between two rounds; 0 is the library's default, 30 s.
    std::chrono::milliseconds pause{0};
    /// The limit of all pauses together; 0 is the library's default, 10 min.
    std::chrono::milliseconds max_pause{0};
    /// The limit of loading and serving together; 0 is the library's default, 10 min.
    std::chrono::milliseconds serve_timeout{0};
    /// The most rows that all rounds together rewrite; without a value there is no bound. The library refuses 0.
    std::optional<std::int64_t> max_rewrite_rows;
    /// The most bytes that all rounds together rewrite, as estimated; without a value there is no bound. The library
    /// refuses 0.
    std::optional<std::int64_t> max_rewrite_bytes;
    /// The least number of segments for which the first round triggers; 0: no bound.
    std::int64_t min_segments = 0;
    /// The size of a row in bytes, for the estimates; without a value that of the fixed-width fields of the schema.
    std::optional<std::int64_t> row_bytes;
    /// The size of a segment in bytes up to which the server merges; without a value the target size, or the default of
    /// the server's version.
    std::optional<std::int64_t> segment_bytes;
};

/// What `wait()` and `wait_in()` throw if there is a report.
using wait_error = error_with<report>;
/// What `compact_many()` and `compact_all()` throw if some collections failed; it has all results.
using many_error = error_with<std::vector<many_result>>;
/// What `optimize()` throws if it fails after it began; its value has the stage, the steps and the figures so far.
using optimize_error = error_with<optimize_result>;
/// What `optimize_many()` and `optimize_all()` throw if some collections failed; it has all results.
using optimize_many_error = error_with<std::vector<optimize_result>>;
/// What `collections()` throws if some collections could not be read; it has all of them.
using collections_error = error_with<std::vector<collection_info>>;
/// What `survey()` and `survey_all()` throw if some collections failed; it has all results.
using survey_error = error_with<std::vector<survey_result>>;

namespace detail {

struct deleter {
    void operator()(milvus_client *handle) const noexcept { milvus_client_free(handle); }
    void operator()(milvus_options *handle) const noexcept { milvus_options_free(handle); }
    void operator()(milvus_future *handle) const noexcept { milvus_future_free(handle); }
    void operator()(milvus_queue *handle) const noexcept { milvus_queue_free(handle); }
    void operator()(milvus_plan_list *handle) const noexcept { milvus_plan_list_free(handle); }
    void operator()(milvus_segment_list *handle) const noexcept { milvus_segment_list_free(handle); }
    void operator()(milvus_many_list *handle) const noexcept { milvus_many_list_free(handle); }
    void operator()(milvus_optimize_list *handle) const noexcept { milvus_optimize_list_free(handle); }
    void operator()(milvus_collection_list *handle) const noexcept { milvus_collection_list_free(handle); }
    void operator()(milvus_database_list *handle) const noexcept { milvus_database_list_free(handle); }
    void operator()(milvus_survey_list *handle) const noexcept { milvus_survey_list_free(handle); }
};

template <class Handle> using owned = std::unique_ptr<Handle, deleter>;

inline std::optional<std::int64_t> reported(std::int64_t number) noexcept
{
    return number == MILVUS_NOT_REPORTED ? std::nullopt : std::optional<std::int64_t>(number);
}

inline std::vector<std::int64_t> ids(const std::int64_t *first, std::size_t count)
{
    return count == 0 ? std::vector<std::int64_t>() : std::vector<std::int64_t>(first, first + count);
}

inline std::string text_of(const char *text) { return text != nullptr ? text : ""; }

// Generated from milvus_client.h by `make bindings`: conversions.
inline option_info value_of(const milvus_option_info &c)
{
    option_info made;
    made.key = text_of(c.key);
    made.default_value = text_of(c.default_value);
    made.help = text_of(c.help);
    made.kind = static_cast<milvus::option_kind>(c.kind);
    made.minimum = c.minimum;
    made.maximum = c.maximum;
    return made;
}

inline server_info value_of(const milvus_server_info &c)
{
    server_info made;
    made.client_id = c.client_id;
    made.is_lite = c.is_lite == MILVUS_YES;
    made.version = c.version;
    made.deploy_mode = c.deploy_mode;
    return made;
}

inline compact_result value_of(const milvus_compact_result &c)
{
    compact_result made;
    made.trigger = static_cast<milvus::trigger>(c.trigger);
    made.job_id = c.job_id;
    made.planned = reported(c.planned);
    made.unsorted_segments = reported(c.unsorted_segments);
    return made;
}

inline plan_counts value_of(const milvus_plan_counts &c)
{
    plan_counts made;
    made.executing = c.executing;
    made.completed = c.completed;
    made.failed = c.failed;
    made.timed_out = c.timed_out;
    return made;
}

inline state_info value_of(const milvus_compaction_state_info &c)
{
    state_info made;
    made.state = static_cast<milvus::compaction_state>(c.state);
    made.counts = value_of(c.counts);
    return made;
}

inline segment_diff value_of(const milvus_segment_diff &c)
{
    segment_diff made;
    made.segments_before = reported(c.segments_before);
    made.segments_after = reported(c.segments_after);
    made.rows_before = reported(c.rows_before);
    made.rows_after = reported(c.rows_after);
    made.rows_purged = reported(c.rows_purged);
    made.segments_removed = reported(c.segments_removed);
    made.segments_added = reported(c.segments_added);
    made.sources_remaining = reported(c.sources_remaining);
    made.targets_missing = reported(c.targets_missing);
    made.targets_confirmed = reported(c.targets_confirmed);
    made.l0_segments_before = reported(c.l0_segments_before);
    made.l0_segments_after = reported(c.l0_segments_after);
    return made;
}

inline left_out value_of(const milvus_left_out &c)
{
    left_out made;
    made.total = c.total;
    made.unsorted = c.unsorted;
    made.l0 = c.l0;
    made.clustered = c.clustered;
    made.importing = c.importing;
    made.unflushed = c.unflushed;
    made.not_asked_for = c.not_asked_for;
    made.other = c.other;
    return made;
}

inline report value_of(const milvus_compaction_report &c)
{
    report made;
    made.verdict = static_cast<milvus::verdict>(c.verdict);
    made.job_id = c.job_id;
    made.planned = c.planned;
    made.counts = value_of(c.counts);
    made.unknown_plans = c.unknown_plans;
    made.elapsed = std::chrono::milliseconds(c.elapsed_ms);
    made.polls = c.polls;
    made.failed_polls = c.failed_polls;
    if (c.has_segment_diff == MILVUS_YES)
        made.segment_diff = value_of(c.segment_diff);
    if (c.left_out.total != MILVUS_NOT_REPORTED)
        made.left_out = value_of(c.left_out);
    made.unsorted_segments = reported(c.unsorted_segments);
    made.stalled = std::chrono::milliseconds(c.stalled_ms);
    return made;
}

inline plan value_of(const milvus_plan &c)
{
    plan made;
    made.sources = ids(c.sources, c.source_count);
    if (c.target != MILVUS_NO_SEGMENT)
        made.target = c.target;
    made.targets = ids(c.targets, c.target_count);
    made.judgement = static_cast<milvus::judgement>(c.judgement);
    made.reason = static_cast<milvus::reason>(c.reason);
    if (c.has_details == MILVUS_YES) {
        milvus::plan_details &details_made = made.details.emplace();
        details_made.type = static_cast<milvus::plan_type>(c.type);
        details_made.state = static_cast<milvus::plan_state>(c.state);
        details_made.plan_id = c.plan_id;
        details_made.job_id = c.job_id;
        details_made.collection_id = c.collection_id;
        details_made.partition_id = c.partition_id;
        details_made.channel = text_of(c.channel);
    }
    made.failure_reason = text_of(c.failure_reason);
    return made;
}

inline segment value_of(const milvus_segment &c)
{
    segment made;
    made.id = c.id;
    made.collection_id = c.collection_id;
    made.partition_id = c.partition_id;
    made.rows = reported(c.rows);
    if (c.state != MILVUS_NOT_REPORTED)
        made.state = static_cast<milvus::segment_state>(c.state);
    if (c.level != MILVUS_NOT_REPORTED)
        made.level = static_cast<milvus::segment_level>(c.level);
    made.is_sorted = static_cast<milvus::answer>(c.is_sorted);
    made.storage_version = reported(c.storage_version);
    made.memory = reported(c.memory);
    if (c.channel != nullptr)
        made.channel = c.channel;
    made.compaction_from = ids(c.compaction_from, c.compaction_from_count);
    made.nodes = ids(c.nodes, c.node_count);
    return made;
}

inline check_result value_of(const milvus_check_result &c)
{
    check_result made;
    made.would_compact = static_cast<milvus::answer>(c.would_compact);
    made.would_compact_if_free = static_cast<milvus::answer>(c.would_compact_if_free);
    made.may_be_busy = static_cast<milvus::answer>(c.may_be_busy);
    made.is_enabled = static_cast<milvus::answer>(c.is_enabled);
    made.is_running = static_cast<milvus::answer>(c.is_running);
    made.is_indexed = static_cast<milvus::answer>(c.is_indexed);
    made.needs_index = static_cast<milvus::answer>(c.needs_index);
    made.has_clustering_key = static_cast<milvus::answer>(c.has_clustering_key);
    made.has_unflushed = static_cast<milvus::answer>(c.has_unflushed);
    made.is_final = static_cast<milvus::answer>(c.is_final);
    made.segments = reported(c.segments);
    made.rows = reported(c.rows);
    made.expected_segments = reported(c.expected_segments);
    made.unsorted_segments = reported(c.unsorted_segments);
    made.l0_segments = reported(c.l0_segments);
    made.unindexed_rows = reported(c.unindexed_rows);
    made.reason = c.reason;
    return made;
}

inline resolution value_of(const milvus_resolution &c)
{
    resolution made;
    made.state = static_cast<milvus::resolution_state>(c.state);
    made.job_id = c.job_id;
    made.text = c.text;
    return made;
}

inline collection_info value_of(const milvus_collection_info &c)
{
    collection_info made;
    made.collection_name = text_of(c.collection_name);
    made.database = text_of(c.database);
    made.aliases = text_of(c.aliases);
    made.id = c.id;
    made.rows = reported(c.rows);
    made.is_loaded = static_cast<milvus::answer>(c.is_loaded);
    made.has_clustering_key = static_cast<milvus::answer>(c.has_clustering_key);
    made.status = static_cast<milvus::status>(c.status);
    made.failure = failure_of(*c.error);
    return made;
}

inline database_info value_of(const milvus_database_info &c)
{
    database_info made;
    made.database = text_of(c.database);
    made.id = c.id;
    return made;
}

inline survey_result value_of(const milvus_survey_result &c)
{
    survey_result made;
    made.collection_name = text_of(c.collection_name);
    made.database = text_of(c.database);
    made.status = static_cast<milvus::status>(c.status);
    made.failure = failure_of(*c.error);
    if (c.check != nullptr)
        made.check = value_of(*c.check);
    made.stored_segments = reported(c.stored_segments);
    made.stored_rows = reported(c.stored_rows);
    made.stored_bytes = reported(c.stored_bytes);
    made.small_segments = reported(c.small_segments);
    made.unsorted_segments = reported(c.unsorted_segments);
    made.l0_segments = reported(c.l0_segments);
    made.deleted_rows = reported(c.deleted_rows);
    made.merged_segments = reported(c.merged_segments);
    made.merged_into = reported(c.merged_into);
    made.rewrite_rows = reported(c.rewrite_rows);
    made.rewrite_bytes = reported(c.rewrite_bytes);
    made.row_bytes = reported(c.row_bytes);
    made.segment_bytes = reported(c.segment_bytes);
    made.fragmentation = c.fragmentation;
    return made;
}

inline optimize_step value_of(const milvus_optimize_step &c)
{
    optimize_step made;
    made.stage = static_cast<milvus::stage>(c.stage);
    made.state = static_cast<milvus::step_state>(c.state);
    made.round = c.round;
    made.is_l0 = c.is_l0 == MILVUS_YES;
    made.job_id = c.job_id;
    made.elapsed = std::chrono::milliseconds(c.elapsed_ms);
    if (c.report != nullptr)
        made.report = value_of(*c.report);
    made.text = text_of(c.text);
    return made;
}

inline optimize_result value_of(const milvus_optimize_result &c)
{
    optimize_result made;
    made.collection_name = text_of(c.collection_name);
    made.status = static_cast<milvus::status>(c.status);
    made.stage = static_cast<milvus::stage>(c.stage);
    made.verdict = static_cast<milvus::verdict>(c.verdict);
    made.rounds = c.rounds;
    made.is_loaded = static_cast<milvus::answer>(c.is_loaded);
    made.job_id = c.job_id;
    made.failure = failure_of(*c.error);
    made.segments_before = reported(c.segments_before);
    made.segments_after = reported(c.segments_after);
    made.rows_before = reported(c.rows_before);
    made.rows_after = reported(c.rows_after);
    made.l0_segments_before = reported(c.l0_segments_before);
    made.l0_segments_after = reported(c.l0_segments_after);
    made.segments_in = reported(c.segments_in);
    made.segments_out = reported(c.segments_out);
    made.rewrite_rows = reported(c.rewrite_rows);
    made.rewrite_bytes = reported(c.rewrite_bytes);
    made.row_bytes = reported(c.row_bytes);
    made.served_segments = reported(c.served_segments);
    if (c.left_out.total != MILVUS_NOT_REPORTED)
        made.left_out = value_of(c.left_out);
    made.new_segments = reported(c.new_segments);
    made.elapsed = std::chrono::milliseconds(c.elapsed_ms);
    return made;
}

inline progress value_of(const milvus_progress &c)
{
    progress made;
    made.elapsed = std::chrono::milliseconds(c.elapsed_ms);
    made.planned = c.planned;
    made.completed = c.completed;
    made.failed = c.failed;
    made.plans_per_second = c.plans_per_second;
    made.collections = c.collections;
    made.collections_done = c.collections_done;
    made.collections_failed = c.collections_failed;
    made.collections_skipped = c.collections_skipped;
    made.stalled = std::chrono::milliseconds(c.stalled_ms);
    made.remaining = std::chrono::milliseconds(c.remaining_ms);
    made.stage = static_cast<milvus::stage>(c.stage);
    made.round = c.round;
    made.stage_done = c.stage_done;
    made.stage_total = c.stage_total;
    made.rewrite_segments = c.rewrite_segments;
    made.rewrite_rows = c.rewrite_rows;
    made.rewrite_bytes = c.rewrite_bytes;
    return made;
}

inline collection_event value_of(const milvus_collection_event &c)
{
    collection_event made;
    made.event = static_cast<milvus::event>(c.event);
    made.status = static_cast<milvus::status>(c.status);
    made.is_skipped = c.is_skipped == MILVUS_YES;
    made.collection_name = text_of(c.collection_name);
    made.index = c.index;
    made.job_id = c.job_id;
    made.elapsed = std::chrono::milliseconds(c.elapsed_ms);
    return made;
}

inline request_stats value_of(const milvus_request_stats &c)
{
    request_stats made;
    made.ok = c.ok;
    made.refused = c.refused;
    made.lost = c.lost;
    made.timed_out = c.timed_out;
    made.cancelled = c.cancelled;
    made.p50_us = c.p50_us;
    made.p90_us = c.p90_us;
    made.p99_us = c.p99_us;
    made.max_us = c.max_us;
    return made;
}

inline stats value_of(const milvus_stats &c)
{
    stats made;
    made.connections_made = c.connections_made;
    made.connections_failed = c.connections_failed;
    made.connections_lost = c.connections_lost;
    made.retries = c.retries;
    made.resends = c.resends;
    made.polls = c.polls;
    made.bytes_sent = c.bytes_sent;
    made.bytes_received = c.bytes_received;
    made.operations_in_flight = c.operations_in_flight;
    made.requests_in_flight = c.requests_in_flight;
    made.jobs_followed = c.jobs_followed;
    made.handshakes = value_of(c.handshakes);
    made.triggers = value_of(c.triggers);
    made.states = value_of(c.states);
    made.plans = value_of(c.plans);
    made.segments = value_of(c.segments);
    made.others = value_of(c.others);
    return made;
}
// End of what is generated.

inline many_result value_of(const milvus_many_result &c)
{
    many_result made{c.collection_name, static_cast<status>(c.status), static_cast<trigger>(c.trigger), c.job_id,
                     reported(c.planned), std::nullopt, failure_of(*c.error), reported(c.unsorted_segments),
                     static_cast<skip>(c.skip), c.skip_text, c.database};
    if (c.report != nullptr)
        made.report = value_of(*c.report);
    return made;
}

// Builds a JSON object, in the form that the library writes: see docs/guide/json.md.
class json_object {
public:
    json_object() : out_("{") {}
    std::string done()
    {
        out_ += '}';
        return std::move(out_);
    }

    template <class Enum> void name(const char *key, Enum value)
    {
        field(key);
        const std::string text = to_string(value);
        if (text.compare(0, 8, "unknown ") == 0 || text == "MILVUS_UNKNOWN_STATUS")
            return quote("unrecognized_" + std::to_string(static_cast<std::int32_t>(value)));
        out_ += '"';
        for (const char c : text)
            out_ += c == ' ' ? '_' : c;
        out_ += '"';
    }
    template <class Enum> void name(const char *key, const std::optional<Enum> &value)
    {
        value ? name(key, *value) : null(key);
    }
    void status(const char *key, milvus::status value) { name(key, value); }
    void answer(const char *key, milvus::answer value)
    {
        field(key) += value == milvus::answer::not_known ? "null" : value == milvus::answer::yes ? "true" : "false";
    }
    void yes(const char *key, bool value) { field(key) += value ? "true" : "false"; }
    template <class Number> void number(const char *key, Number value) { field(key) += std::to_string(value); }
    void number(const char *key, const std::optional<std::int64_t> &value)
    {
        value ? number(key, *value) : null(key);
    }
    // The plans of a report: 0 is also a number that is not known.
    void planned(const char *key, std::int64_t value, milvus::verdict verdict)
    {
        value != 0 || verdict == milvus::verdict::nothing_to_do ? number(key, value) : null(key);
    }
    // 0 is a size that is not known.
    void positive(const char *key, std::int64_t value) { value != 0 ? number(key, value) : null(key); }
    void share(const char *key, double value)
    {
        char text[32];
        std::snprintf(text, sizeof(text), "%.17g", value);
        for (char &c : text)
            c = c == ',' ? '.' : c; // whatever the locale
        field(key) += value >= 0 ? text : "null";
    }
    void duration(const char *key, std::chrono::milliseconds value) { number(key, value.count()); }
    // Ids are strings: readers that have only doubles change larger numbers than 2^53.
    void id(const char *key, std::optional<std::int64_t> value)
    {
        value && *value != 0 && reported(*value) ? quote(key, std::to_string(*value)) : null(key);
    }
    void job(const char *key, std::optional<std::int64_t> value)
    {
        if (value == no_job)
            null(key);
        else if (value == unknown_job)
            quote(key, "unknown");
        else
            id(key, value);
    }
    void ids(const char *key, const std::vector<std::int64_t> &values)
    {
        field(key) += '[';
        for (const std::int64_t value : values)
            out_ += (out_.back() == '[' ? "\"" : ",\"") + std::to_string(value) + '"';
        out_ += ']';
    }
    void text(const char *key, const std::string &value) { quote(key, value); }
    // In C they stand in one text, with commas.
    void aliases(const char *key, const std::string &all)
    {
        field(key) += '[';
        for (std::size_t begin = 0; begin < all.size();) {
            const std::size_t comma = all.find(',', begin), end = comma < all.size() ? comma : all.size();
            out_ += begin == 0 ? "" : ",";
            quote(all.substr(begin, end - begin));
            begin = end + 1;
        }
        out_ += ']';
    }
    // Null if there is nothing in it.
    void filled(const char *key, const std::optional<std::string> &value)
    {
        value && !value->empty() ? quote(key, *value) : null(key);
    }
    template <class Value> void object(const char *key, const Value &value) { field(key) += value.json(); }
    template <class Value> void object(const char *key, const std::optional<Value> &value)
    {
        field(key) += value ? value->json() : "null";
    }
    void failure(const char *key, const milvus::failure &value) { object(key, value); }
    template <class Value> void list(const char *key, const std::vector<Value> &values)
    {
        field(key);
        append(out_, values);
    }
    template <class Value> static void append(std::string &out, const std::vector<Value> &values)
    {
        out += '[';
        for (std::size_t i = 0; i < values.size(); i++)
            out.append(i == 0 ? "" : ",").append(values[i].json());
        out += ']';
    }

private:
    std::string &field(const char *key)
    {
        if (out_.size() > 1)
            out_ += ',';
        return out_.append("\"").append(key).append("\":");
    }
    void null(const char *key) { field(key) += "null"; }
    void quote(const char *key, const std::string &text)
    {
        field(key);
        quote(text);
    }
    void quote(const std::string &text)
    {
        static const char digits[] = "0123456789abcdef";
        out_ += '"';
        for (const char c : text) {
            const unsigned char byte = static_cast<unsigned char>(c);
            if (c == '"' || c == '\\')
                out_.append("\\").append(1, c);
            else if (byte < 0x20)
                out_.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
            else
                out_ += c;
        }
        out_ += '"';
    }
    std::string out_;
};

// A member of what may be missing.
template <class Value, class Member>
std::optional<Member> member(const std::optional<Value> &value, Member Value::*which)
{
    return value ? std::optional<Member>((*value).*which) : std::nullopt;
}

// Copies what a list of the library holds. What cannot be read is left out: a look at the size tells.
template <class Raw, class List>
auto items_of(const List *list, std::size_t count, milvus_status (*get)(const List *, std::size_t, Raw *), Raw empty)
{
    std::vector<decltype(value_of(empty))> items;
    items.reserve(count);
    for (std::size_t i = 0; i < count; i++) {
        Raw raw = empty;
        if (get(list, i, &raw) != MILVUS_OK)
            break;
        items.push_back(value_of(raw));
    }
    return items;
}

inline auto items_of(const milvus_plan_list *list)
{
    return items_of<milvus_plan>(list, milvus_plan_list_count(list), milvus_plan_list_get, MILVUS_PLAN_INIT);
}

inline auto items_of(const milvus_segment_list *list)
{
    return items_of<milvus_segment>(list, milvus_segment_list_count(list), milvus_segment_list_get,
                                    MILVUS_SEGMENT_INIT);
}

} // namespace detail

// Generated from milvus_client.h by `make bindings`: JSON.
inline std::string plan_counts::json() const
{
    detail::json_object object;
    object.number("executing", executing);
    object.number("completed", completed);
    object.number("failed", failed);
    object.number("timed_out", timed_out);
    return object.done();
}

inline std::string segment_diff::json() const
{
    detail::json_object object;
    object.number("segments_before", segments_before);
    object.number("segments_after", segments_after);
    object.number("rows_before", rows_before);
    object.number("rows_after", rows_after);
    object.number("rows_purged", rows_purged);
    object.number("segments_removed", segments_removed);
    object.number("segments_added", segments_added);
    object.number("sources_remaining", sources_remaining);
    object.number("targets_missing", targets_missing);
    object.number("targets_confirmed", targets_confirmed);
    object.number("l0_segments_before", l0_segments_before);
    object.number("l0_segments_after", l0_segments_after);
    return object.done();
}

inline std::string left_out::json() const
{
    detail::json_object object;
    object.number("total", total);
    object.number("unsorted", unsorted);
    object.number("l0", l0);
    object.number("clustered", clustered);
    object.number("importing", importing);
    object.number("unflushed", unflushed);
    object.number("not_asked_for", not_asked_for);
    object.number("other", other);
    return object.done();
}

inline std::string report::json() const
{
    detail::json_object object;
    object.name("verdict", verdict);
    object.job("job_id", job_id);
    object.planned("planned", planned, verdict);
    object.object("counts", counts);
    object.number("unknown_plans", unknown_plans);
    object.duration("elapsed_ms", elapsed);
    object.number("polls", polls);
    object.number("failed_polls", failed_polls);
    object.object("segment_diff", segment_diff);
    object.object("left_out", left_out);
    object.number("unsorted_segments", unsorted_segments);
    object.duration("stalled_ms", stalled);
    return object.done();
}

inline std::string plan::json() const
{
    detail::json_object object;
    object.ids("sources", sources);
    object.id("target", target);
    object.ids("targets", targets);
    object.name("judgement", judgement);
    object.name("reason", reason);
    object.name("type", detail::member(details, &plan_details::type));
    object.name("state", detail::member(details, &plan_details::state));
    object.id("plan_id", detail::member(details, &plan_details::plan_id));
    object.id("job_id", detail::member(details, &plan_details::job_id));
    object.id("collection_id", detail::member(details, &plan_details::collection_id));
    object.id("partition_id", detail::member(details, &plan_details::partition_id));
    object.filled("channel", detail::member(details, &plan_details::channel));
    object.filled("failure_reason", failure_reason);
    return object.done();
}

inline std::string segment::json() const
{
    detail::json_object object;
    object.id("id", id);
    object.id("collection_id", collection_id);
    object.id("partition_id", partition_id);
    object.number("rows", rows);
    object.name("state", state);
    object.name("level", level);
    object.answer("is_sorted", is_sorted);
    object.number("storage_version", storage_version);
    object.number("memory", memory);
    object.filled("channel", channel);
    object.ids("compaction_from", compaction_from);
    object.ids("nodes", nodes);
    return object.done();
}

inline std::string check_result::json() const
{
    detail::json_object object;
    object.answer("would_compact", would_compact);
    object.answer("would_compact_if_free", would_compact_if_free);
    object.answer("may_be_busy", may_be_busy);
    object.answer("is_enabled", is_enabled);
    object.answer("is_running", is_running);
    object.answer("is_indexed", is_indexed);
    object.answer("needs_index", needs_index);
    object.answer("has_clustering_key", has_clustering_key);
    object.answer("has_unflushed", has_unflushed);
    object.answer("is_final", is_final);
    object.number("segments", segments);
    object.number("rows", rows);
    object.number("expected_segments", expected_segments);
    object.number("unsorted_segments", unsorted_segments);
    object.number("l0_segments", l0_segments);
    object.number("unindexed_rows", unindexed_rows);
    object.text("reason", reason);
    return object.done();
}

inline std::string collection_info::json() const
{
    detail::json_object object;
    object.text("collection_name", collection_name);
    object.filled("database", database);
    object.aliases("aliases", aliases);
    object.id("id", id);
    object.number("rows", rows);
    object.answer("is_loaded", is_loaded);
    object.answer("has_clustering_key", has_clustering_key);
    object.status("status", status);
    object.failure("error", failure);
    return object.done();
}

inline std::string database_info::json() const
{
    detail::json_object object;
    object.filled("database", database);
    object.id("id", id);
    return object.done();
}

inline std::string survey_result::json() const
{
    detail::json_object object;
    object.filled("collection_name", collection_name);
    object.filled("database", database);
    object.status("status", status);
    object.failure("error", failure);
    object.object("check", check);
    object.number("stored_segments", stored_segments);
    object.number("stored_rows", stored_rows);
    object.number("stored_bytes", stored_bytes);
    object.number("small_segments", small_segments);
    object.number("unsorted_segments", unsorted_segments);
    object.number("l0_segments", l0_segments);
    object.number("deleted_rows", deleted_rows);
    object.number("merged_segments", merged_segments);
    object.number("merged_into", merged_into);
    object.number("rewrite_rows", rewrite_rows);
    object.number("rewrite_bytes", rewrite_bytes);
    object.number("row_bytes", row_bytes);
    object.number("segment_bytes", segment_bytes);
    object.share("fragmentation", fragmentation);
    return object.done();
}

inline std::string optimize_step::json() const
{
    detail::json_object object;
    object.name("stage", stage);
    object.name("state", state);
    object.number("round", round);
    object.yes("is_l0", is_l0);
    object.job("job_id", job_id);
    object.duration("elapsed_ms", elapsed);
    object.object("report", report);
    object.text("text", text);
    return object.done();
}

inline std::string optimize_result::json() const
{
    detail::json_object object;
    object.text("collection_name", collection_name);
    object.status("status", status);
    object.name("stage", stage);
    object.name("verdict", verdict);
    object.number("rounds", rounds);
    object.answer("is_loaded", is_loaded);
    object.job("job_id", job_id);
    object.list("steps", steps);
    object.failure("error", failure);
    object.number("segments_before", segments_before);
    object.number("segments_after", segments_after);
    object.number("rows_before", rows_before);
    object.number("rows_after", rows_after);
    object.number("l0_segments_before", l0_segments_before);
    object.number("l0_segments_after", l0_segments_after);
    object.number("segments_in", segments_in);
    object.number("segments_out", segments_out);
    object.number("rewrite_rows", rewrite_rows);
    object.number("rewrite_bytes", rewrite_bytes);
    object.number("row_bytes", row_bytes);
    object.number("served_segments", served_segments);
    object.object("left_out", left_out);
    object.number("new_segments", new_segments);
    object.duration("elapsed_ms", elapsed);
    return object.done();
}
// End of what is generated.

inline std::string failure::json() const
{
    detail::json_object object;
    if (status == milvus::status::ok)
        return "null";
    object.status("status", status);
    object.number("grpc_code", grpc_code);
    object.number("server_code", server_code);
    object.yes("retriable", retriable);
    object.yes("in_doubt", in_doubt);
    object.name("resolution", resolution);
    object.job("job_id", job_id);
    object.text("operation", operation);
    object.text("message", message);
    object.filled("request_id", request_id);
    return object.done();
}

inline std::string many_result::json() const
{
    detail::json_object object;
    object.text("collection_name", collection_name);
    object.status("status", status);
    object.name("trigger", trigger);
    object.job("job_id", job_id);
    object.number("planned", planned);
    object.object("report", report);
    object.failure("error", failure);
    object.number("unsorted_segments", unsorted_segments);
    object.name("skip", skip);
    object.filled("skip_text", skip_text);
    object.filled("database", database);
    return object.done();
}

/// Results as a JSON array: of `compact_many()`, `optimize_many()`, or a part of a list.
template <class Value> std::string json(const std::vector<Value> &values)
{
    std::string text;
    detail::json_object::append(text, values);
    return text;
}

/// A list of the library, and a copy of its items. It can be moved, not copied; a list that was moved from is empty.
template <class Item, class Handle> class list {
public:
    /// An empty list.
    list() = default;
    /// Takes over a list of the C library.
    explicit list(detail::owned<Handle> handle) : handle_(std::move(handle)), items_(detail::items_of(handle_.get())) {}
    /// All items.
    const std::vector<Item> &items() const noexcept { return items_; }
    /// The number of items.
    std::size_t size() const noexcept { return items_.size(); }
    /// Whether there are no items.
    bool empty() const noexcept { return items_.empty(); }
    /// The item at an index, which has to be less than `size()`.
    const Item &operator[](std::size_t index) const noexcept { return items_[index]; }
    /// The first item.
    auto begin() const noexcept { return items_.begin(); }
    /// The end of the items.
    auto end() const noexcept { return items_.end(); }
    /// The items as a JSON array.
    std::string json() const { return milvus::json(items_); }
    /// The handle, for C functions. This object still owns it.
    Handle *handle() const noexcept { return handle_.get(); }

private:
    detail::owned<Handle> handle_;
    std::vector<Item> items_;
};

/// A list of plans.
using plan_list = list<plan, milvus_plan_list>;
/// A list of segments.
using segment_list = list<segment, milvus_segment_list>;

// ====================================================================================================
// Futures
// ====================================================================================================

namespace detail {

// take() reads what a future ended with. A value that is written in spite of a failure is in `out` as well.
inline milvus_status take(milvus_future *f, std::optional<nothing> &out)
{
    const milvus_status code = milvus_future_poll(f);
    out.emplace();
    return code;
}

inline milvus_status take(milvus_future *f, std::optional<std::int64_t> &out)
{
    return milvus_future_take_job_id(f, &out.emplace());
}

inline milvus_status take(milvus_future *f, std::optional<server_info> &out)
{
    milvus_server_info c = MILVUS_SERVER_INFO_INIT;
    const milvus_status code = milvus_future_take_server_info(f, &c);
    out = value_of(c);
    return code;
}

inline milvus_status take(milvus_future *f, std::optional<compact_result> &out)
{
    milvus_compact_result c = MILVUS_COMPACT_RESULT_INIT;
    const milvus_status code = milvus_future_take_compact_result(f, &c);
    out = value_of(c);
    return code;
}

inline milvus_status take(milvus_future *f, std::optional<state_info> &out)
{
    milvus_compaction_state_info c = MILVUS_COMPACTION_STATE_INFO_INIT;
    const milvus_status code = milvus_future_take_state(f, &c);
    out = value_of(c);
    return code;
}

inline milvus_status take(milvus_future *f, std::optional<report> &out)
{
    milvus_compaction_report c = MILVUS_COMPACTION_REPORT_INIT;
    c.job_id = INT64_MIN; // no job has it: stays if nothing is written
    const milvus_status code = milvus_future_take_report(f, &c);
    if (c.job_id != INT64_MIN)
        out = value_of(c);
    return code;
}

inline milvus_status take(milvus_future *f, std::optional<check_result> &out)
{
    milvus_check_result c = MILVUS_CHECK_RESULT_INIT;
    const milvus_status code = milvus_future_take_check_result(f, &c);
    out = value_of(c);
    return code;
}

inline milvus_status take(milvus_future *f, std::optional<resolution> &out)
{
    milvus_resolution c = MILVUS_RESOLUTION_INIT;
    const milvus_status code = milvus_future_take_resolution(f, &c);
    out = value_of(c);
    return code;
}

template <class Item, class Handle> milvus_status take(milvus_future *f, std::optional<list<Item, Handle>> &out)
{
    Handle *handle = nullptr;
    milvus_status code;
    std::size_t count;
    if constexpr (std::is_same_v<Item, plan>) {
        code = milvus_future_take_plans(f, &handle);
        count = milvus_plan_list_count(handle);
    } else {
        code = milvus_future_take_segments(f, &handle);
        count = milvus_segment_list_count(handle);
    }
    out.emplace(owned<Handle>(handle));
    return out->size() == count ? code : MILVUS_INTERNAL;
}

inline milvus_status take(milvus_future *f, std::optional<std::vector<many_result>> &out)
{
    milvus_many_list *handle = nullptr;
    const milvus_status code = milvus_future_take_many(f, &handle);
    const owned<milvus_many_list> held(handle);
    const std::size_t count = milvus_many_list_count(handle);
    if (handle == nullptr)
        return code;
    out = items_of<milvus_many_result>(handle, count, milvus_many_list_get, MILVUS_MANY_RESULT_INIT);
    return out->size() == count ? code : MILVUS_INTERNAL;
}

inline milvus_status take(milvus_future *f, std::optional<std::vector<collection_info>> &out)
{
    milvus_collection_list *handle = nullptr;
    const milvus_status code = milvus_future_take_collections(f, &handle);
    const owned<milvus_collection_list> held(handle);
    const std::size_t count = milvus_collection_list_count(handle);
    if (handle == nullptr)
        return code;
    out = items_of<milvus_collection_info>(handle, count, milvus_collection_list_get, MILVUS_COLLECTION_INFO_INIT);
    return out->size() == count ? code : MILVUS_INTERNAL;
}

inline milvus_status take(milvus_future *f, std::optional<std::vector<database_info>> &out)
{
    milvus_database_list *handle = nullptr;
    const milvus_status code = milvus_future_take_databases(f, &handle);
    const owned<milvus_database_list> held(handle);
    const std::size_t count = milvus_database_list_count(handle);
    if (handle == nullptr)
        return code;
    out = items_of<milvus_database_info>(handle, count, milvus_database_list_get, MILVUS_DATABASE_INFO_INIT);
    return out->size() == count ? code : MILVUS_INTERNAL;
}

inline milvus_status take(milvus_future *f, std::optional<std::vector<survey_result>> &out)
{
    milvus_survey_list *handle = nullptr;
    const milvus_status code = milvus_future_take_survey(f, &handle);
    const owned<milvus_survey_list> held(handle);
    const std::size_t count = milvus_survey_list_count(handle);
    if (handle == nullptr)
        return code;
    out = items_of<milvus_survey_result>(handle, count, milvus_survey_list_get, MILVUS_SURVEY_RESULT_INIT);
    return out->size() == count ? code : MILVUS_INTERNAL;
}

// The steps of a result are read apart.
inline milvus_status read_steps(const milvus_optimize_list *list, std::size_t index, optimize_result &into)
{
    milvus_optimize_result c = MILVUS_OPTIMIZE_RESULT_INIT;
    milvus_status code = milvus_optimize_list_get(list, index, &c);
    for (std::size_t i = 0; code == MILVUS_OK && i < c.step_count; i++) {
        milvus_optimize_step step = MILVUS_OPTIMIZE_STEP_INIT;
        code = milvus_optimize_list_step(list, index, i, &step);
        if (code == MILVUS_OK)
            into.steps.push_back(value_of(step));
    }
    return code;
}

inline milvus_status take(milvus_future *f, std::optional<std::vector<optimize_result>> &out)
{
    milvus_optimize_list *handle = nullptr;
    milvus_status code = milvus_future_take_optimized(f, &handle);
    const owned<milvus_optimize_list> held(handle);
    const std::size_t count = milvus_optimize_list_count(handle);
    if (handle == nullptr)
        return code;
    out = items_of<milvus_optimize_result>(handle, count, milvus_optimize_list_get, MILVUS_OPTIMIZE_RESULT_INIT);
    bool is_whole = out->size() == count;
    for (std::size_t i = 0; is_whole && i < count; i++)
        is_whole = read_steps(handle, i, (*out)[i]) == MILVUS_OK;
    return is_whole ? code : MILVUS_INTERNAL;
}

inline milvus_status take(milvus_future *f, std::optional<optimize_result> &out)
{
    std::optional<std::vector<optimize_result>> list;
    const milvus_status code = take(f, list);
    if (list && !list->empty())
        out = std::move(list->front());
    return code;
}

// What an operation that is over ended with.
template <class T> result<T> read(milvus_future *f)
{
    std::optional<typename result<T>::stored> value;
    const milvus_status code = take(f, value);
    if (code == MILVUS_OK)
        return std::move(*value);
    if (!outlives_failure<T>)
        value.reset();
    const milvus_error *own = milvus_future_error(f); // if it failed, and not the reading of its result
    return {own->status == code ? failure_of(*own) : last_failure(), std::move(value)};
}

// A lambda on its way through C: user_data points to it. noexcept is what has one that throws terminate.
template <class T, class F> struct ready_callback {
    F function;
    static void call(milvus_future *f, milvus_status, void *self) noexcept
    {
        if (f != nullptr)
            static_cast<ready_callback *>(self)->function(read<T>(f));
        else
            static_cast<ready_callback *>(self)->function(
                result<T>(failure_here(status::out_of_memory, "its result cannot be read: too many futures")));
    }
    static void destroy(void *self) noexcept { delete static_cast<ready_callback *>(self); }
};

template <class F> struct progress_callback {
    F function;
    static void call(const milvus_progress *c, void *self) noexcept
    {
        const progress now = value_of(*c);
        static_cast<progress_callback *>(self)->function(now);
    }
    static void destroy(void *self) noexcept { delete static_cast<progress_callback *>(self); }
};

} // namespace detail

/// Cancels or watches an operation whose future is elsewhere: in a queue, in a coroutine, or gone. It can be copied,
/// owns nothing, and may outlive everything else: once the future is gone, it does nothing.
class operation {
public:
    /// An operation that is gone.
    operation() = default;
    /// The operation of this future.
    explicit operation(milvus_future *handle) noexcept : handle_(handle) {}
    /// Cancels the operation like `milvus_future_cancel()`. Returns false if the future is gone.
    bool cancel() const noexcept { return milvus_future_cancel(handle_) == MILVUS_OK; }
    /// How far the operation is; all zeros if the future is gone.
    milvus::progress progress() const noexcept
    {
        milvus_progress now = MILVUS_PROGRESS_INIT;
        milvus_future_progress(handle_, &now);
        return detail::value_of(now);
    }
    /// The next event of a collection like `milvus_future_next_event()`; without a value there is none now.
    std::optional<collection_event> next_event() const
    {
        milvus_collection_event event = MILVUS_COLLECTION_EVENT_INIT;
        if (milvus_future_next_event(handle_, &event) != MILVUS_OK)
            return std::nullopt;
        return detail::value_of(event);
    }

private:
    milvus_future *handle_ = nullptr;
};

/// An operation that was started, or failed to start. Destroying the future cancels the operation like `cancel()`,
/// unless `on_ready()` was called or a coroutine waits for it: then the operation goes on. A future may outlive its
/// client.
template <class T> class [[nodiscard]] future {
public:
    /// An empty future, like one that was moved from.
    future() = default;
    /// Takes over a future of the C library.
    explicit future(milvus_future *handle) noexcept : handle_(handle) {}
    /// The future of an operation that failed to start.
    explicit future(milvus::failure why) : not_started_(std::make_unique<milvus::failure>(std::move(why))) {}

    /// Whether the future is not empty.
    bool valid() const noexcept { return handle_ || not_started_; }
    /// Whether the operation is over. If it is, no function of the future waits.
    bool ready() const noexcept { return valid() && status() != milvus::status::pending; }
    /// How the operation ended; `status::pending` if it still runs.
    milvus::status status() const noexcept
    {
        return not_started_ ? not_started_->status : static_cast<milvus::status>(milvus_future_poll(handle_.get()));
    }
    /// Waits until the operation is over.
    void wait() const noexcept { milvus_future_wait(handle_.get(), MILVUS_NO_TIMEOUT); }
    /// Waits until the operation is over or the time is up. Returns whether it is over; an empty future never is.
    bool wait_for(timeout limit) const noexcept
    {
        if (limit.of_wait() != 0)
            milvus_future_wait(handle_.get(), limit.of_wait());
        return ready();
    }
    /// Cancels the operation like `milvus_future_cancel()`: the work on the server may go on.
    void cancel() const noexcept { operation().cancel(); }
    /// How far the operation is; all zeros if it did not start.
    milvus::progress progress() const noexcept { return operation().progress(); }
    /// The next event of a collection like `milvus_future_next_event()`; without a value there is none now.
    std::optional<collection_event> next_event() const { return operation().next_event(); }
    /// What cancels or watches the operation from elsewhere.
    milvus::operation operation() const noexcept { return milvus::operation(handle_.get()); }

    /// Waits until the operation is over, and returns its value or throws. A second call returns the value again, but a
    /// list only once.
    T get() const { return try_get().value(); }
    /// Waits until the operation is over, and returns its result. Does not throw for a failure.
    result<T> try_get() const
    {
        if (not_started_)
            return *not_started_;
        if (!handle_)
            return detail::failure_here(milvus::status::invalid_handle, "the future is empty, or was moved from");
        wait();
        return detail::read<T>(handle_.get());
    }

    /// Calls `function` with a `result<T>` when the operation is over, on the library's thread for callbacks; soon, if
    /// it is over already. The function owns a list in the result. Call this once, and not together with `co_await` or
    /// a queue. If it throws, for example because the operation did not start, the function is never called.
    template <class F> void on_ready(F &&function) const { try_on_ready(std::forward<F>(function)).value(); }
    /// `on_ready()` that returns the failure instead of throwing.
    template <class F> result<void> try_on_ready(F &&function) const
    {
        return attach<detail::ready_callback<T, std::decay_t<F>>>(milvus_future_set_callback,
                                                                  std::forward<F>(function));
    }
    /// `on_progress()` that returns the failure instead of throwing.
    template <class F> result<void> try_on_progress(F &&function) const
    {
        return attach<detail::progress_callback<std::decay_t<F>>>(milvus_future_set_progress_callback,
                                                                  std::forward<F>(function));
    }
    /// Calls `function` with a `progress` while the operation runs, at most ten times a second, on the library's thread
    /// for callbacks. Call this once. Returns the future: `client.wait_async(job).on_progress(function).get()`. If the
    /// operation did not start, nothing happens here, and `get()` throws the reason. The function is destroyed when the
    /// operation is over, and may still run when `get()` has returned: let it own what it uses, for example by a
    /// `std::shared_ptr`, or call `close()` of the client before what it uses goes.
    template <class F> const future &on_progress(F &&function) const &
    {
        if (!not_started_)
            try_on_progress(std::forward<F>(function)).value();
        return *this;
    }
    /// The same for a temporary future.
    template <class F> future &&on_progress(F &&function) &&
    {
        static_cast<const future &>(*this).on_progress(std::forward<F>(function));
        return std::move(*this);
    }

    /// For `co_await`: whether the operation is over. A future is its own awaiter; no coroutine header is needed.
    bool await_ready() const noexcept { return ready(); }
    /// For `co_await`: resumes the coroutine when the operation is over.
    template <class Coroutine> bool await_suspend(Coroutine waiting) const
    {
        // Without a callback, as of an empty one or after client::close(), nothing is suspended, and get() waits.
        return attach<resumption<Coroutine>>(milvus_future_set_callback, waiting).ok();
    }
    /// For `co_await`: returns the value or throws, like `get()`.
    T await_resume() const { return get(); }

    /// The handle, for C functions. This object still owns it.
    milvus_future *handle() const noexcept { return handle_.get(); }

private:
    template <class Coroutine> struct resumption {
        Coroutine waiting;
        static void call(milvus_future *, milvus_status, void *self) noexcept
        {
            static_cast<resumption *>(self)->waiting.resume();
        }
        static void destroy(void *self) noexcept { delete static_cast<resumption *>(self); }
    };
    template <class Callback, class Set, class F> result<void> attach(Set set, F &&function) const
    {
        if (not_started_)
            return *not_started_;
        std::unique_ptr<Callback> callback(new Callback{std::forward<F>(function)});
        if (set(handle_.get(), Callback::call, callback.get(), Callback::destroy) != MILVUS_OK)
            return detail::last_failure();
        static_cast<void>(callback.release()); // the library's now, and perhaps gone already
        return detail::nothing{};
    }

    detail::owned<milvus_future> handle_;
    std::unique_ptr<milvus::failure> not_started_;
};

// ====================================================================================================
// Queue
// ====================================================================================================

/// Runs the handlers of futures on the thread that calls `next()`: for event loops. Destroying the queue cancels the
/// operations in it and destroys their handlers uncalled; no thread may be in `next()` then. The queue may be destroyed
/// before or after its clients.
class queue {
public:
    /// Makes a queue like `milvus_queue_new()`, or throws.
    queue() : queue(try_new().value()) {}
    /// Makes a queue, or returns the failure.
    static result<queue> try_new()
    {
        milvus_queue *handle = nullptr;
        if (milvus_queue_new(&handle) != MILVUS_OK)
            return detail::last_failure();
        return queue(detail::owned<milvus_queue>(handle));
    }

    /// The descriptor to watch, as of `milvus_queue_fd()`: while it is readable, call `next(std::chrono::seconds(0))`
    /// until that returns false. -1 if the queue was moved from.
    int fd() const noexcept
    {
        std::int32_t descriptor = -1;
        if (state_)
            milvus_queue_fd(state_->handle.get(), &descriptor);
        return descriptor;
    }

    /// Takes a future; `next()` calls the handler with its `result<T>` when the operation is over. Returns what cancels
    /// or watches it. If this throws, for example because the operation did not start, the handler is never called.
    template <class T, class F> operation add(future<T> added, F &&handler)
    {
        return try_add(std::move(added), std::forward<F>(handler)).value();
    }
    /// `add()` that returns the failure instead of throwing.
    template <class T, class F> result<operation> try_add(future<T> added, F &&handler)
    {
        if (!state_ || !added.handle())
            return added.valid() && state_ ? added.try_get().failure() : empty();
        milvus_future *handle = added.handle();
        auto made = std::make_unique<entry_of<T, std::decay_t<F>>>(std::move(added), std::forward<F>(handler));
        entry *key = made.get();
        {
            const std::lock_guard<std::mutex> lock(state_->mutex);
            state_->entries.emplace(key, std::move(made)); // before it can arrive
        }
        if (milvus_future_set_queue(handle, state_->handle.get(), key) == MILVUS_OK)
            return operation(handle);
        milvus::failure why = detail::last_failure();
        remove(key);
        return why;
    }

    /// Waits until an operation is over, and calls its handler, whose exceptions pass through. Returns false if none is
    /// over within that time (0: right now) or the queue has no futures: `while (queue.next());` ends when all are
    /// done. Several threads may call this, each with a limit, because another thread may take the last future.
    bool next(timeout limit = no_timeout) { return try_next(limit).value(); }
    /// `next()` that returns the failure instead of throwing. Exceptions of handlers pass through.
    result<bool> try_next(timeout limit = no_timeout)
    {
        milvus_future *future = nullptr;
        void *key = nullptr;

        if (!state_)
            return empty();
        if (size() == 0)
            return false;
        const milvus_status code = milvus_queue_next(state_->handle.get(), limit.of_wait(), &future, &key);
        if (code == MILVUS_PENDING)
            return false;
        if (code != MILVUS_OK)
            return detail::last_failure();
        remove(static_cast<entry *>(key))->run();
        return true;
    }

    /// The number of futures in the queue, over or not.
    std::size_t size() const
    {
        if (!state_)
            return 0;
        const std::lock_guard<std::mutex> lock(state_->mutex);
        return state_->entries.size();
    }

private:
    struct entry {
        virtual ~entry() = default;
        virtual void run() = 0;
    };
    template <class T, class F> struct entry_of final : entry {
        template <class G> entry_of(future<T> f, G &&g) : future_(std::move(f)), handler_(std::forward<G>(g)) {}
        void run() override { handler_(future_.try_get()); }
        future<T> future_;
        F handler_;
    };
    struct state {
        std::unordered_map<entry *, std::unique_ptr<entry>> entries;
        std::mutex mutex;
        detail::owned<milvus_queue> handle; // goes first
    };

    explicit queue(detail::owned<milvus_queue> handle) : state_(std::make_unique<state>())
    {
        state_->handle = std::move(handle);
    }
    static milvus::failure empty()
    {
        return detail::failure_here(status::invalid_handle, "the queue or the future is empty, or was moved from");
    }
    std::unique_ptr<entry> remove(entry *key)
    {
        const std::lock_guard<std::mutex> lock(state_->mutex);
        const auto place = state_->entries.find(key);
        std::unique_ptr<entry> removed = std::move(place->second);
        state_->entries.erase(place);
        return removed;
    }

    std::unique_ptr<state> state_;
};

// ====================================================================================================
// Options and client
// ====================================================================================================

/// Every option of the library.
inline std::vector<option_info> known_options()
{
    std::vector<option_info> all;
    for (std::size_t i = 0; i < milvus_option_count(); i++) {
        milvus_option_info c = MILVUS_OPTION_INFO_INIT;
        if (milvus_option_get(i, &c) == MILVUS_OK)
            all.push_back(detail::value_of(c));
    }
    return all;
}

/// How a client connects. Options can be moved, not copied; the library wipes them from memory when they are destroyed
/// (but not the caller's own strings).
class options {
public:
    /// All options at their defaults. If the process has no room for more options, `set()` and the client report it.
    options() noexcept : handle_(milvus_options_new())
    {
        char text[64];

        std::snprintf(text, sizeof text, "milvus-client-cpp/%d.%d.%d", MILVUS_VERSION_MAJOR, MILVUS_VERSION_MINOR,
                      MILVUS_VERSION_PATCH);
        if (handle_.get() != nullptr) // one that the program sets replaces it
            milvus_options_set(handle_.get(), "user_agent", text);
    }
    /// Sets an option, or throws, and returns the options: `options.set("tls.ca_file", "ca.pem")`.
    options &set(const std::string &key, const std::string &value) &
    {
        try_set(key, value).value();
        return *this;
    }
    /// The same for temporary options: `options().set("tls.ca_file", "ca.pem")`.
    options &&set(const std::string &key, const std::string &value) && { return std::move(set(key, value)); }
    /// `set()` that returns the failure instead of throwing.
    result<void> try_set(const std::string &key, const std::string &value)
    {
        if (auto wrong = detail::refuse_nul("the option's key", key))
            return *wrong;
        if (auto wrong = detail::refuse_nul("the option's value", value))
            return *wrong;
        if (milvus_options_set(handle_.get(), key.c_str(), value.c_str()) != MILVUS_OK)
            return detail::last_failure();
        return detail::nothing{};
    }
    /// The handle, for C functions. This object still owns it.
    milvus_options *handle() const noexcept { return handle_.get(); }

private:
    detail::owned<milvus_options> handle_;
};

namespace detail {

// milvus_compact_params for a call; points into what it is made of.
class raw_params {
public:
    explicit raw_params(const compact_params &from)
    {
        raw_.is_clustering = from.is_clustering;
        raw_.is_l0 = from.is_l0;
        // 0 and no ids at all would mean "none given" in C: they get what it refuses.
        raw_.target_size_mb = from.target_size_mb ? (*from.target_size_mb > 0 ? *from.target_size_mb : -1) : 0;
        if (from.segment_ids) {
            raw_.segment_ids = from.segment_ids->empty() ? &raw_.target_size_mb : from.segment_ids->data();
            raw_.segment_count = from.segment_ids->size();
        }
        if (from.partition_name)
            raw_.partition_name = text("the partition's name", *from.partition_name);
        if (from.channel)
            raw_.channel = text("the channel", *from.channel);
        raw_.database = text("the database's name", from.database);
        raw_.only_if_idle = from.only_if_idle;
    }
    raw_params(const raw_params &) = delete;
    raw_params &operator=(const raw_params &) = delete;
    const milvus_compact_params *get() const noexcept { return &raw_; }
    // Takes in what is wrong with another text, and gives the first that is wrong.
    std::optional<failure> wrong_with(const char *what, const std::string &other)
    {
        text(what, other);
        return wrong_;
    }

private:
    const char *text(const char *what, const std::string &from)
    {
        if (!wrong_)
            wrong_ = refuse_nul(what, from);
        return from.c_str();
    }
    milvus_compact_params raw_ = MILVUS_COMPACT_PARAMS_INIT;
    std::optional<failure> wrong_;
};

// milvus_optimize_params for a call; points into what it is made of.
class raw_optimize_params {
public:
    explicit raw_optimize_params(const optimize_params &from) : compaction(from.compaction)
    {
        raw_.compaction = compaction.get();
        for (const stage skipped : from.skip_stages)
            raw_.skip_stages |= static_cast<std::int32_t>(skipped);
        raw_.l0 = static_cast<std::int32_t>(from.l0);
        raw_.force = from.force;
        raw_.only_estimate = from.only_estimate;
        raw_.max_rounds = from.max_rounds;
        raw_.concurrency = from.concurrency;
        raw_.pause_ms = from.pause.count();
        raw_.max_pause_ms = from.max_pause.count();
        raw_.serve_timeout_ms = from.serve_timeout.count();
        raw_.max_rewrite_rows = given(from.max_rewrite_rows);
        raw_.max_rewrite_bytes = given(from.max_rewrite_bytes);
        raw_.min_segments = from.min_segments;
        raw_.row_bytes = given(from.row_bytes);
        raw_.segment_bytes = given(from.segment_bytes);
    }
    const milvus_optimize_params *get() const noexcept { return &raw_; }

    raw_params compaction;

private:
    // 0 would mean "none given" in C: it gets what that refuses.
    static std::int64_t given(const std::optional<std::int64_t> &number)
    {
        return number ? (*number > 0 ? *number : -1) : 0;
    }
    milvus_optimize_params raw_ = MILVUS_OPTIMIZE_PARAMS_INIT;
};

// The names of collections for a call.
class raw_names {
public:
    // Without collections: all that there are. `wrong` takes in what is wrong with a name.
    raw_names(const std::vector<std::string> *collections, raw_params &checked)
        : wrong(checked.wrong_with("a collection's name", std::string())), is_all_(collections == nullptr)
    {
        if (is_all_)
            return;
        names_.reserve(collections->size() + 1); // never without an address: C would take it for "all"
        for (const std::string &name : *collections) {
            wrong = checked.wrong_with("a collection's name", name);
            names_.push_back(name.c_str());
        }
    }
    const char *const *get() const noexcept { return is_all_ ? nullptr : names_.data(); }
    std::size_t size() const noexcept { return names_.size(); }

    std::optional<failure> wrong;

private:
    std::vector<const char *> names_;
    bool is_all_;
};

} // namespace detail

/// A server and a database: `milvus_client`. Destroying the client does not block: its operations go on, and the
/// library still calls lambdas. If they use something that goes too, call `close()` first.
class client {
public:
    /// Makes a client like `milvus_client_new()`, or throws.
    explicit client(const std::string &uri, const std::string &token = std::string())
        : client(try_new(uri, token).value())
    {
    }
    /// Makes a client like `milvus_client_new_with()`, or throws.
    client(const std::string &uri, const milvus::options &options) : client(try_new(uri, options).value()) {}
    /// Makes a client, or returns the failure.
    static result<client> try_new(const std::string &uri, const std::string &token = std::string())
    {
        milvus::options with_token;
        if (const result<void> set = with_token.try_set("token", token); !set)
            return set.failure();
        return try_new(uri, with_token);
    }
    /// Makes a client, or returns the failure.
    static result<client> try_new(const std::string &uri, const milvus::options &options)
    {
        if (options.handle() == nullptr) // C would take that for "no options": without TLS or token
            return detail::failure_here(status::invalid_handle, "the options are empty, or were moved from");
        return make({&uri}, [&](milvus_client **out) {
            return milvus_client_new_with(uri.c_str(), options.handle(), out);
        });
    }
    /// Makes a client of the environment variables MILVUS_URI and MILVUS_TOKEN, or returns the failure.
    static result<client> try_from_environment()
    {
        const milvus::options none;
        return make({}, [&](milvus_client **out) { return milvus_client_new_with(nullptr, none.handle(), out); });
    }
    /// Makes a client of the environment variables MILVUS_URI and MILVUS_TOKEN, or throws.
    static client from_environment() { return try_from_environment().value(); }

    /// Closes the client like `milvus_client_close()`: when this returns, no lambda of this client runs or will run,
    /// except one that calls this. There is one other case: a lambda calls this while another thread closes the client
    /// and waits for that lambda. Then `try_close()` fails with `status::pending`, and `close()` just returns, because
    /// nobody could catch what it throws; do not free what other lambdas use.
    void close(timeout limit = {})
    {
        result<void> closed = try_close(limit);
        if (closed.status() != status::pending)
            std::move(closed).value();
    }
    /// `close()` that returns the failure instead of throwing.
    result<void> try_close(timeout limit = {})
    {
        const milvus_status closed = milvus_client_close(handle(), limit.of_call());
        if (closed == MILVUS_PENDING)
            return detail::failure_here(status::pending, "closed, but another close runs what is due of the client");
        if (closed != MILVUS_OK)
            return detail::last_failure();
        return detail::nothing{};
    }

    /// `milvus_client_set_token()`: every later request carries the token; "" is none. It asks no server.
    void set_token(const std::string &token) { try_set_token(token).value(); }
    /// `set_token()` that returns the failure instead of throwing.
    result<void> try_set_token(const std::string &token)
    {
        if (auto wrong = detail::refuse_nul("token", token))
            return *wrong;
        if (milvus_client_set_token(handle(), token.c_str()) != MILVUS_OK)
            return detail::last_failure();
        return detail::nothing{};
    }

    /// `milvus_client_stats()`. It asks no server.
    milvus::stats stats() const { return try_stats().value(); }
    /// `stats()` that returns the failure instead of throwing.
    result<milvus::stats> try_stats() const
    {
        milvus_stats c = MILVUS_STATS_INIT;
        if (milvus_client_stats(handle(), &c) != MILVUS_OK)
            return detail::last_failure();
        return detail::value_of(c);
    }

    /// `milvus_client_server_version()`. It has no asynchronous form.
    std::string server_version(timeout limit = {}) { return try_server_version(limit).value(); }
    /// `server_version()` that returns the failure instead of throwing.
    result<std::string> try_server_version(timeout limit = {})
    {
        std::string text;
        std::size_t length = 63;
        do {
            text.resize(length);
            if (milvus_client_server_version(handle(), limit.of_call(), &text[0], length + 1, &length) != MILVUS_OK)
                return detail::last_failure();
        } while (length > text.size());
        text.resize(length);
        return text;
    }

    /// What the server is: `milvus_client_server_info()`.
    server_info info(timeout limit = {}) { return info_async(limit).get(); }
    /// `info()` without blocking.
    future<server_info> info_async(timeout limit = {})
    {
        return start<server_info>(std::nullopt, milvus_client_server_info_async, limit);
    }

    /// Triggers a compaction like `milvus_compact()`. Returns the job's id, or `no_job`.
    std::int64_t compact(const std::string &collection, timeout limit = {}, bool is_clustering = false)
    {
        return compact_async(collection, limit, is_clustering).get();
    }
    /// `compact()` without blocking.
    future<std::int64_t> compact_async(const std::string &collection, timeout limit = {}, bool is_clustering = false)
    {
        return start<std::int64_t>(named(collection), milvus_compact_async, limit, collection.c_str(),
                                   static_cast<std::int32_t>(is_clustering));
    }

    /// Triggers a compaction with parameters like `milvus_compact_with()`.
    compact_result compact_with(const std::string &collection, const compact_params &params, timeout limit = {})
    {
        return compact_with_async(collection, params, limit).get();
    }
    /// `compact_with()` without blocking.
    future<compact_result> compact_with_async(const std::string &collection, const compact_params &params,
                                              timeout limit = {})
    {
        return start_with<compact_result>(collection, params, milvus_compact_with_async, limit);
    }

    /// Waits until a job is over, like `milvus_compaction_wait()`. Throws a `wait_error` with the report if it did not
    /// succeed and there is a report.
    report wait(std::int64_t job_id, timeout limit = {}) { return wait_async(job_id, limit).get(); }
    /// `wait()` without blocking.
    future<report> wait_async(std::int64_t job_id, timeout limit = {})
    {
        return start<report>(std::nullopt, milvus_compaction_wait_async, limit, job_id);
    }

    /// Waits until a job of this collection is over, like `milvus_compaction_wait_in()`. Throws a `wait_error` with the
    /// report if it did not succeed and there is a report.
    report wait_in(const std::string &collection, std::int64_t job_id, timeout limit = {},
                   const std::string &database = {})
    {
        return wait_in_async(collection, job_id, limit, database).get();
    }
    /// `wait_in()` without blocking.
    future<report> wait_in_async(const std::string &collection, std::int64_t job_id, timeout limit = {},
                                 const std::string &database = {})
    {
        return start<report>(named(collection, database), milvus_compaction_wait_in_async, limit, collection.c_str(),
                             database.c_str(), job_id);
    }

    /// Writes what the client knows of a job as text: `milvus_job_export()`. Asks no server.
    std::string export_job(std::int64_t job_id) { return try_export_job(job_id).value(); }
    /// `export_job()` that returns the failure instead of throwing.
    result<std::string> try_export_job(std::int64_t job_id)
    {
        std::string text;
        std::size_t length = 1023;
        do {
            text.resize(length);
            if (milvus_job_export(handle(), job_id, &text[0], length + 1, &length) != MILVUS_OK)
                return detail::last_failure();
        } while (length > text.size());
        text.resize(length);
        return text;
    }

    /// Takes in the text of `export_job()`: `milvus_job_import()`. Returns the job's id. Asks no server.
    std::int64_t import_job(const std::string &text) { return try_import_job(text).value(); }
    /// `import_job()` that returns the failure instead of throwing.
    result<std::int64_t> try_import_job(const std::string &text)
    {
        if (auto wrong = detail::refuse_nul("text", text))
            return *wrong;
        std::int64_t job_id = no_job;
        if (milvus_job_import(handle(), text.c_str(), &job_id) != MILVUS_OK)
            return detail::last_failure();
        return job_id;
    }

    /// What the server says about a job now: `milvus_compaction_state()`.
    state_info state(std::int64_t job_id, timeout limit = {}) { return state_async(job_id, limit).get(); }
    /// `state()` without blocking.
    future<state_info> state_async(std::int64_t job_id, timeout limit = {})
    {
        return start<state_info>(std::nullopt, milvus_compaction_state_async, limit, job_id);
    }

    /// The plans of a job: `milvus_compaction_plans()`.
    plan_list plans(std::int64_t job_id, timeout limit = {}) { return plans_async(job_id, limit).get(); }
    /// `plans()` without blocking.
    future<plan_list> plans_async(std::int64_t job_id, timeout limit = {})
    {
        return start<plan_list>(std::nullopt, milvus_compaction_plans_async, limit, job_id);
    }

    /// The compactions of a collection that the server lists: `milvus_compaction_tasks()`.
    plan_list tasks(const std::string &collection, timeout limit = {}, const std::string &database = {})
    {
        return tasks_async(collection, limit, database).get();
    }
    /// `tasks()` without blocking.
    future<plan_list> tasks_async(const std::string &collection, timeout limit = {}, const std::string &database = {})
    {
        return start<plan_list>(named(collection, database), milvus_compaction_tasks_async, limit, collection.c_str(),
                                database.c_str());
    }

    /// The segments of a collection: `milvus_segments()`.
    segment_list segments(const std::string &collection, segment_view which = segment_view::stored,
                          timeout limit = {}, const std::string &database = {})
    {
        return segments_async(collection, which, limit, database).get();
    }
    /// `segments()` without blocking.
    future<segment_list> segments_async(const std::string &collection, segment_view which = segment_view::stored,
                                        timeout limit = {}, const std::string &database = {})
    {
        return start<segment_list>(named(collection, database), milvus_segments_async, limit, collection.c_str(),
                                   database.c_str(), static_cast<std::int32_t>(which));
    }

    /// What a trigger would find: `milvus_compaction_check()`.
    check_result check(const std::string &collection, const compact_params &params = {}, timeout limit = {})
    {
        return check_async(collection, params, limit).get();
    }
    /// `check()` without blocking.
    future<check_result> check_async(const std::string &collection, const compact_params &params = {},
                                     timeout limit = {})
    {
        return start_with<check_result>(collection, params, milvus_compaction_check_async, limit);
    }

    /// Finds out what happened to a trigger in doubt: `milvus_compaction_resolve()`.
    resolution resolve(const std::string &collection, timeout limit = {}, const std::string &database = {})
    {
        return resolve_async(collection, limit, database).get();
    }
    /// `resolve()` without blocking.
    future<resolution> resolve_async(const std::string &collection, timeout limit = {},
                                     const std::string &database = {})
    {
        return start<resolution>(named(collection, database), milvus_compaction_resolve_async, limit,
                                 collection.c_str(), database.c_str());
    }

    /// Flushes a collection: `milvus_flush()`.
    void flush(const std::string &collection, timeout limit = {}, const std::string &database = {})
    {
        flush_async(collection, limit, database).get();
    }
    /// `flush()` without blocking.
    future<void> flush_async(const std::string &collection, timeout limit = {}, const std::string &database = {})
    {
        return start<void>(named(collection, database), milvus_flush_async, limit, collection.c_str(),
                           database.c_str());
    }

    /// Flushes, compacts and waits until the result is indexed and served: `milvus_optimize()`. Throws an
    /// `optimize_error` with the result so far if it fails after it began.
    optimize_result optimize(const std::string &collection, const optimize_params &params = {}, timeout limit = {})
    {
        return optimize_async(collection, params, limit).get();
    }
    /// `optimize()` without blocking.
    future<optimize_result> optimize_async(const std::string &collection, const optimize_params &params = {},
                                           timeout limit = {})
    {
        detail::raw_optimize_params raw(params);
        return start<optimize_result>(raw.compaction.wrong_with("the collection's name", collection),
                                      milvus_optimize_async, limit, collection.c_str(), raw.get());
    }

    /// Optimizes these collections: `milvus_optimize_many()`. The library refuses an empty list. Throws an
    /// `optimize_many_error` with all results if some collections failed.
    std::vector<optimize_result> optimize_many(const std::vector<std::string> &collections,
                                               const optimize_params &params = {}, timeout limit = {})
    {
        return optimize_many_async(collections, params, limit).get();
    }
    /// `optimize_many()` without blocking.
    future<std::vector<optimize_result>> optimize_many_async(const std::vector<std::string> &collections,
                                                             const optimize_params &params = {}, timeout limit = {})
    {
        return optimize_these(&collections, params, limit);
    }

    /// Optimizes every collection of the database that the user may see: `milvus_optimize_many()`. Throws an
    /// `optimize_many_error` with all results if some collections failed.
    std::vector<optimize_result> optimize_all(const optimize_params &params = {}, timeout limit = {})
    {
        return optimize_all_async(params, limit).get();
    }
    /// `optimize_all()` without blocking.
    future<std::vector<optimize_result>> optimize_all_async(const optimize_params &params = {}, timeout limit = {})
    {
        return optimize_these(nullptr, params, limit);
    }

    /// Compacts these collections: `milvus_compact_many()`. The library refuses an empty list. Throws a `many_error`
    /// with all results if some collections failed.
    std::vector<many_result> compact_many(const std::vector<std::string> &collections, const many_params &params = {},
                                          timeout limit = {})
    {
        return compact_many_async(collections, params, limit).get();
    }
    /// `compact_many()` without blocking.
    future<std::vector<many_result>> compact_many_async(const std::vector<std::string> &collections,
                                                        const many_params &params = {}, timeout limit = {})
    {
        return many(&collections, params, limit);
    }

    /// Compacts every collection of the database that the user may see: `milvus_compact_many()`. Throws a `many_error`
    /// with all results if some collections failed.
    std::vector<many_result> compact_all(const many_params &params = {}, timeout limit = {})
    {
        return compact_all_async(params, limit).get();
    }
    /// `compact_all()` without blocking.
    future<std::vector<many_result>> compact_all_async(const many_params &params = {}, timeout limit = {})
    {
        return many(nullptr, params, limit);
    }

    /// The collections of a database that the user may see: `milvus_collections()`. Throws a `collections_error` with
    /// all of them if some could not be read.
    std::vector<collection_info> collections(timeout limit = {}, const std::string &database = {})
    {
        return collections_async(limit, database).get();
    }
    /// `collections()` without blocking.
    future<std::vector<collection_info>> collections_async(timeout limit = {}, const std::string &database = {})
    {
        return start<std::vector<collection_info>>(detail::refuse_nul("the database's name", database),
                                                   milvus_collections_async, limit, database.c_str());
    }

    /// The databases of the server that the user may see: `milvus_databases()`.
    std::vector<database_info> databases(timeout limit = {}) { return databases_async(limit).get(); }
    /// `databases()` without blocking.
    future<std::vector<database_info>> databases_async(timeout limit = {})
    {
        return start<std::vector<database_info>>(std::nullopt, milvus_databases_async, limit);
    }

    /// What these collections are worth compacting: `milvus_survey()`. The library refuses an empty list. Throws a
    /// `survey_error` with all results if some collections failed.
    std::vector<survey_result> survey(const std::vector<std::string> &collections, const survey_params &params = {},
                                      timeout limit = {})
    {
        return survey_async(collections, params, limit).get();
    }
    /// `survey()` without blocking.
    future<std::vector<survey_result>> survey_async(const std::vector<std::string> &collections,
                                                    const survey_params &params = {}, timeout limit = {})
    {
        return survey_these(&collections, params, limit);
    }

    /// The same for every collection of the database, or of all databases, that the user may see: `milvus_survey()`.
    /// Throws a `survey_error` with all results if some collections failed.
    std::vector<survey_result> survey_all(const survey_params &params = {}, timeout limit = {})
    {
        return survey_all_async(params, limit).get();
    }
    /// `survey_all()` without blocking.
    future<std::vector<survey_result>> survey_all_async(const survey_params &params = {}, timeout limit = {})
    {
        return survey_these(nullptr, params, limit);
    }

    /// The handle, for C functions. This object still owns it.
    milvus_client *handle() const noexcept { return handle_.get(); }

private:
    explicit client(milvus_client *handle) noexcept : handle_(handle) {}

    template <class New> static result<client> make(std::initializer_list<const std::string *> texts, New call)
    {
        milvus_client *handle = nullptr;
        for (const std::string *text : texts)
            if (auto wrong = detail::refuse_nul("the URI or the token", *text))
                return *wrong;
        if (call(&handle) != MILVUS_OK)
            return detail::last_failure();
        return client(handle);
    }
    static std::optional<failure> named(const std::string &collection, const std::string &database = {})
    {
        if (auto wrong = detail::refuse_nul("the database's name", database))
            return wrong;
        return detail::refuse_nul("the collection's name", collection);
    }
    // Calls an asynchronous form, whose last two parameters are always the same.
    template <class T, class Async, class... Arguments>
    future<T> start(std::optional<failure> wrong, Async async, timeout limit, Arguments... arguments)
    {
        milvus_future *started = nullptr;
        if (wrong)
            return future<T>(std::move(*wrong));
        if (async(handle(), arguments..., limit.of_call(), &started) != MILVUS_OK)
            return future<T>(detail::last_failure());
        return future<T>(started);
    }
    template <class T, class Async>
    future<T> start_with(const std::string &collection, const compact_params &params, Async async, timeout limit)
    {
        detail::raw_params raw(params);
        return start<T>(raw.wrong_with("the collection's name", collection), async, limit, collection.c_str(),
                        raw.get());
    }
    future<std::vector<many_result>> many(const std::vector<std::string> *collections, const many_params &params,
                                          timeout limit)
    {
        detail::raw_params raw(params.compaction);
        milvus_many_params how = MILVUS_MANY_PARAMS_INIT;
        how.compaction = raw.get();
        how.concurrency = params.concurrency;
        how.only_trigger = params.only_trigger;
        how.all_databases = params.all_databases;
        how.include_final = params.include_final;
        how.min_segments = params.min_segments;
        how.min_deleted_percent = params.min_deleted_percent;
        // 0 would mean "none given" in C: it gets what that refuses.
        if (params.max_collections)
            how.max_collections = *params.max_collections > 0 ? *params.max_collections : -1;
        if (params.start_within)
            how.start_within_ms = params.start_within->count() > 0 ? params.start_within->count() : -1;
        if (params.match) {
            how.match = params.match->c_str();
            raw.wrong_with("the pattern", *params.match);
        }
        detail::raw_names names(collections, raw);
        return start<std::vector<many_result>>(std::move(names.wrong), milvus_compact_many_async, limit, names.get(),
                                               names.size(), &how);
    }
    future<std::vector<optimize_result>> optimize_these(const std::vector<std::string> *collections,
                                                        const optimize_params &params, timeout limit)
    {
        detail::raw_optimize_params raw(params);
        detail::raw_names names(collections, raw.compaction);
        return start<std::vector<optimize_result>>(std::move(names.wrong), milvus_optimize_many_async, limit,
                                                   names.get(), names.size(), raw.get());
    }

    future<std::vector<survey_result>> survey_these(const std::vector<std::string> *collections,
                                                    const survey_params &params, timeout limit)
    {
        detail::raw_params raw(params.compaction);
        const milvus_survey_params how = {sizeof how,
                                          raw.get(),
                                          params.concurrency,
                                          static_cast<std::int32_t>(params.all_databases),
                                          params.row_bytes.value_or(0),
                                          params.segment_bytes.value_or(0)};
        detail::raw_names names(collections, raw);
        return start<std::vector<survey_result>>(std::move(names.wrong), milvus_survey_async, limit, names.get(),
                                                 names.size(), &how);
    }

    detail::owned<milvus_client> handle_;
};

// ====================================================================================================
// Functions without a client
// ====================================================================================================

/// `segments_compare()` that returns the failure instead of throwing.
inline result<segment_diff> try_segments_compare(const segment_list &before, const segment_list &after,
                                                 const plan_list *plans = nullptr)
{
    milvus_segment_diff c{};
    if (plans != nullptr && plans->handle() == nullptr)
        return detail::failure_here(status::invalid_handle, "the plans are empty, or were moved from");
    if (milvus_segments_compare(before.handle(), after.handle(), plans != nullptr ? plans->handle() : nullptr, &c) !=
        MILVUS_OK)
        return detail::last_failure();
    return detail::value_of(c);
}
/// What changed between two lists of segments: `milvus_segments_compare()`. `plans` are those of the job, or nullptr if
/// they are not known.
inline segment_diff segments_compare(const segment_list &before, const segment_list &after,
                                     const plan_list *plans = nullptr)
{
    return try_segments_compare(before, after, plans).value();
}

/// `parse_target_size()` that returns the failure instead of throwing.
inline result<std::int64_t> try_parse_target_size(const std::string &text)
{
    std::int64_t mb = 0;
    if (auto wrong = detail::refuse_nul("the size", text))
        return *wrong;
    if (milvus_parse_target_size(text.c_str(), &mb) != MILVUS_OK)
        return detail::last_failure();
    return mb;
}
/// Reads a size such as "1.5 GiB" in MB: `milvus_parse_target_size()`.
inline std::int64_t parse_target_size(const std::string &text) { return try_parse_target_size(text).value(); }

/// `set_thread_request_id()` that returns the failure instead of throwing.
inline result<void> try_set_thread_request_id(const std::string &id)
{
    if (auto wrong = detail::refuse_nul("the request id", id))
        return *wrong;
    if (milvus_thread_set_request_id(id.empty() ? nullptr : id.c_str()) != MILVUS_OK)
        return detail::last_failure();
    return detail::nothing{};
}
/// `milvus_thread_set_request_id()`: the request id of every operation that the calling thread starts from now on; "" is
/// none.
inline void set_thread_request_id(const std::string &id) { try_set_thread_request_id(id).value(); }

/// `set_thread_metadata()` that returns the failure instead of throwing.
inline result<void> try_set_thread_metadata(const std::string &name, const std::string &value)
{
    if (auto wrong = detail::refuse_nul("the name", name))
        return *wrong;
    if (auto wrong = detail::refuse_nul("the value", value))
        return *wrong;
    if (milvus_thread_set_metadata(name.c_str(), value.c_str()) != MILVUS_OK)
        return detail::last_failure();
    return detail::nothing{};
}
/// `milvus_thread_set_metadata()`: a header of every operation that the calling thread starts from now on, e.g.
/// "traceparent"; an empty value is none.
inline void set_thread_metadata(const std::string &name, const std::string &value)
{
    try_set_thread_metadata(name, value).value();
}

namespace detail {

struct log_target {
    explicit log_target(log_level l) : level(l) {}
    virtual ~log_target() = default;
    virtual void write(log_level at, const char *text, const char *fields) = 0;
    const log_level level;
};
template <class F> struct log_target_of final : log_target {
    template <class G> log_target_of(log_level l, G &&g) : log_target(l), function(std::forward<G>(g)) {}
    void write(log_level at, const char *text, const char *fields) override { function(at, text, fields); }
    F function;
};

// The process's log. Shared, as one that replaces itself has to live until it returns.
struct log_state {
    std::mutex mutex;
    std::shared_ptr<log_target> target;

    static log_state &instance()
    {
        static log_state *const only = new log_state; // never destroyed: the library's thread may outlast main()
        return *only;
    }
    std::shared_ptr<log_target> current()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        return target;
    }
    static void write(std::int32_t level, const char *text, const char *fields, void *) noexcept
    {
        if (const auto to = instance().current())
            to->write(static_cast<log_level>(level), text, fields);
    }
    result<void> replace(std::shared_ptr<log_target> with)
    {
        {
            const std::lock_guard<std::mutex> lock(mutex);
            target.swap(with); // the one before lives on in `with` until nothing calls it any more
        }
        for (std::shared_ptr<log_target> set;;) { // again if another thread has replaced it meanwhile
            set = current();
            const auto level = static_cast<std::int32_t>(set ? set->level : log_level::error);
            if (milvus_set_log(level, set ? write : nullptr, nullptr) != MILVUS_OK) {
                const std::lock_guard<std::mutex> lock(mutex);
                if (target == set)
                    target.swap(with); // as it was
                return last_failure();
            }
            if (set == current())
                return nothing{};
        }
    }
};

} // namespace detail

/// `set_log()` that returns the failure instead of throwing.
template <class F> result<void> try_set_log(log_level level, F &&function)
{
    return detail::log_state::instance().replace(
        std::make_shared<detail::log_target_of<std::decay_t<F>>>(level, std::forward<F>(function)));
}
/// Calls `function(log_level, const char *message, const char *fields)` for each event, on the library's thread for the
/// log: `milvus_set_log()`. It replaces the function before it, which is destroyed when this call returns (if that
/// function makes the call itself: when it returns).
template <class F> void set_log(log_level level, F &&function)
{
    try_set_log(level, std::forward<F>(function)).value();
}
/// Ends the log: no function is called any more.
inline void clear_log() { detail::log_state::instance().replace(nullptr).value(); }

} // namespace milvus

#endif // MILVUS_CLIENT_HPP
