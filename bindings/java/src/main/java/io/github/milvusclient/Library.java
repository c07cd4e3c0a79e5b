// The functions of libmilvus_client, as JNA calls them, and the constants of its header.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;

/**
 * Handles are numbers for the library, so they are {@code long} here; texts are NUL-terminated UTF-8, made by
 * {@link Text}, because JNA would cut a Java string at its first NUL and compact another collection. Structs are
 * {@code Pointer} here, written before and read after a call by {@link CStruct}: JNA would do that through JNI
 * without looking for exceptions. Functions that take callbacks are not here.
 */
final class Library {
    static final int OK = 0;
    static final int INVALID_ARGUMENT = 1;
    static final int INVALID_HANDLE = 2;
    static final int CLOSED = 3;
    static final int FORKED = 4;
    static final int PENDING = 5;
    static final int UNAVAILABLE = 10;
    static final int TLS_FAILED = 11;
    static final int TIMEOUT = 12;
    static final int CANCELLED = 13;
    static final int UNAUTHENTICATED = 20;
    static final int PERMISSION_DENIED = 21;
    static final int COLLECTION_NOT_FOUND = 22;
    static final int DATABASE_NOT_FOUND = 23;
    static final int RATE_LIMITED = 24;
    static final int NOT_READY = 25;
    static final int COMPACTION_DISABLED = 26;
    static final int UNSUPPORTED = 27;
    static final int SERVER_ERROR = 28;
    static final int PARTITION_NOT_FOUND = 29;
    static final int COMPACTION_FAILED = 40;
    static final int OUTCOME_UNKNOWN = 41;
    static final int SOME_FAILED = 42;
    static final int BUSY = 43;
    static final int STALLED = 44;
    static final int OUT_OF_BOUNDS = 45;
    static final int INCOMPLETE = 46;
    static final int NOT_SERVED = 47;
    static final int INTERNAL = 50;
    static final int OUT_OF_MEMORY = 51;
    static final int NOT_KNOWN = -1;
    static final int NO = 0;
    static final int YES = 1;
    static final int VERSION_MAJOR = 0;
    static final int VERSION_MINOR = 1;
    static final int VERSION_PATCH = 0;
    static final int ABI_VERSION = 1;
    static final long NO_TIMEOUT = -1;
    static final int NOT_REPORTED = -1;
    static final long NO_JOB = 0;
    static final long UNKNOWN_JOB = -1;
    static final long NO_SEGMENT = -1;
    static final long LARGEST_TARGET_SIZE = Long.MAX_VALUE;

    static {
        Loading.load();
    }

    private Library() {
    }

    static native String milvus_version();

    static native int milvus_abi_version();

    static native String milvus_answer_name(int answer);

    static native String milvus_status_name(int status);

    static native String milvus_status_message(int status);

    static native Pointer milvus_last_error();

    static native String milvus_last_error_message();

    static native long milvus_options_new();

    static native int milvus_options_set(long options, byte[] key, byte[] value);

    static native void milvus_options_free(long options);

    static native long milvus_option_count();

    static native int milvus_option_get(long index, Pointer outInfo);

    static native String milvus_option_kind_name(int kind);

    static native int milvus_client_new(byte[] uri, byte[] token, LongByReference outClient);

    static native int milvus_client_new_with(byte[] uri, long options, LongByReference outClient);

    static native int milvus_client_set_token(long client, byte[] token);

    static native int milvus_client_close(long client, long timeoutMs);

    static native void milvus_client_free(long client);

    static native int milvus_client_server_version(long client, long timeoutMs, byte[] buffer, long capacity,
                                                   LongByReference outLength);

    static native int milvus_client_server_info(long client, long timeoutMs, Pointer outInfo);

    static native int milvus_compact(long client, byte[] collectionName, int isClustering, long timeoutMs,
                                     LongByReference outJobId);

    static native int milvus_compact_with(long client, byte[] collectionName, Pointer params, long timeoutMs,
                                          Pointer outResult);

    static native int milvus_parse_target_size(byte[] text, LongByReference outMb);

    static native String milvus_trigger_name(int trigger);

    static native int milvus_compaction_state(long client, long jobId, long timeoutMs, Pointer outInfo);

    static native int milvus_compaction_wait(long client, long jobId, long timeoutMs, Pointer outReport);

    static native String milvus_verdict_name(int verdict);

    static native String milvus_verdict_message(int verdict);

    static native String milvus_compaction_state_name(int state);

    static native int milvus_compaction_plans(long client, long jobId, long timeoutMs, LongByReference outPlans);

    static native int milvus_compaction_tasks(long client, byte[] collectionName, byte[] database, long timeoutMs,
                                              LongByReference outPlans);

    static native String milvus_plan_type_name(int number);

    static native String milvus_plan_state_name(int number);

    static native long milvus_plan_list_count(long plans);

    static native int milvus_plan_list_get(long plans, long index, Pointer outPlan);

    static native void milvus_plan_list_free(long plans);

    static native String milvus_judgement_name(int judgement);

    static native String milvus_reason_name(int reason);

    static native String milvus_reason_message(int reason);

    static native int milvus_segments(long client, byte[] collectionName, byte[] database, int which, long timeoutMs,
                                      LongByReference outSegments);

    static native long milvus_segment_list_count(long segments);

    static native int milvus_segment_list_get(long segments, long index, Pointer outSegment);

    static native void milvus_segment_list_free(long segments);

    static native int milvus_segments_compare(long before, long after, long plans, Pointer outDiff);

    static native String milvus_segment_state_name(int state);

    static native String milvus_segment_level_name(int level);

    static native int milvus_compaction_check(long client, byte[] collectionName, Pointer params, long timeoutMs,
                                              Pointer outResult);

    static native int milvus_compaction_resolve(long client, byte[] collectionName, byte[] database, long timeoutMs,
                                                Pointer outResolution);

    static native String milvus_resolution_name(int state);

    static native int milvus_flush(long client, byte[] collectionName, byte[] database, long timeoutMs);

    static native int milvus_collections(long client, byte[] database, long timeoutMs, LongByReference outList);

    static native long milvus_collection_list_count(long list);

    static native int milvus_collection_list_get(long list, long index, Pointer outInfo);

    static native void milvus_collection_list_free(long list);

    static native int milvus_databases(long client, long timeoutMs, LongByReference outList);

    static native long milvus_database_list_count(long list);

    static native int milvus_database_list_get(long list, long index, Pointer outInfo);

    static native void milvus_database_list_free(long list);

    static native int milvus_survey(long client, Pointer names, long nameCount, Pointer params, long timeoutMs,
                                    LongByReference outList);

    static native long milvus_survey_list_count(long list);

    static native int milvus_survey_list_get(long list, long index, Pointer outResult);

    static native void milvus_survey_list_free(long list);

    static native int milvus_compact_many(long client, Pointer names, long nameCount, Pointer params, long timeoutMs,
                                          LongByReference outList);

    static native long milvus_many_list_count(long list);

    static native int milvus_many_list_get(long list, long index, Pointer outResult);

    static native void milvus_many_list_free(long list);

    static native String milvus_skip_name(int skip);

    static native int milvus_optimize(long client, byte[] collectionName, Pointer params, long timeoutMs,
                                      LongByReference outList);

    static native int milvus_optimize_many(long client, Pointer names, long nameCount, Pointer params, long timeoutMs,
                                           LongByReference outList);

    static native String milvus_stage_name(int stage);

    static native long milvus_optimize_list_count(long list);

    static native int milvus_optimize_list_get(long list, long index, Pointer outResult);

    static native int milvus_optimize_list_step(long list, long index, long step, Pointer outStep);

    static native void milvus_optimize_list_free(long list);

    static native String milvus_step_state_name(int state);

    static native int milvus_compaction_report_json(Pointer report, byte[] buffer, long capacity,
                                                    LongByReference outLength);

    static native int milvus_check_result_json(Pointer result, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_error_json(Pointer error, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_plan_list_json(long plans, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_segment_list_json(long segments, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_many_list_json(long list, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_optimize_list_json(long list, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_collection_list_json(long list, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_database_list_json(long list, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_survey_list_json(long list, byte[] buffer, long capacity, LongByReference outLength);

    static native int milvus_job_export(long client, long jobId, byte[] buffer, long capacity,
                                        LongByReference outLength);

    static native int milvus_job_import(long client, byte[] text, LongByReference outJobId);

    static native int milvus_compaction_wait_in(long client, byte[] collectionName, byte[] database, long jobId,
                                                long timeoutMs, Pointer outReport);

    static native int milvus_future_wait(long future, long timeoutMs);

    static native int milvus_future_poll(long future);

    static native int milvus_future_cancel(long future);

    static native int milvus_future_progress(long future, Pointer outProgress);

    static native Pointer milvus_future_error(long future);

    static native void milvus_future_free(long future);

    static native int milvus_client_server_info_async(long client, long timeoutMs, LongByReference outFuture);

    static native int milvus_compact_async(long client, byte[] collectionName, int isClustering, long timeoutMs,
                                           LongByReference outFuture);

    static native int milvus_compact_with_async(long client, byte[] collectionName, Pointer params, long timeoutMs,
                                                LongByReference outFuture);

    static native int milvus_compaction_state_async(long client, long jobId, long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_wait_async(long client, long jobId, long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_wait_in_async(long client, byte[] collectionName, byte[] database, long jobId,
                                                      long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_plans_async(long client, long jobId, long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_tasks_async(long client, byte[] collectionName, byte[] database, long timeoutMs,
                                                    LongByReference outFuture);

    static native int milvus_segments_async(long client, byte[] collectionName, byte[] database, int which,
                                            long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_check_async(long client, byte[] collectionName, Pointer params, long timeoutMs,
                                                    LongByReference outFuture);

    static native int milvus_compaction_resolve_async(long client, byte[] collectionName, byte[] database,
                                                      long timeoutMs, LongByReference outFuture);

    static native int milvus_flush_async(long client, byte[] collectionName, byte[] database, long timeoutMs,
                                         LongByReference outFuture);

    static native int milvus_optimize_async(long client, byte[] collectionName, Pointer params, long timeoutMs,
                                            LongByReference outFuture);

    static native int milvus_optimize_many_async(long client, Pointer names, long nameCount, Pointer params,
                                                 long timeoutMs, LongByReference outFuture);

    static native int milvus_compact_many_async(long client, Pointer names, long nameCount, Pointer params,
                                                long timeoutMs, LongByReference outFuture);

    static native int milvus_collections_async(long client, byte[] database, long timeoutMs, LongByReference outFuture);

    static native int milvus_databases_async(long client, long timeoutMs, LongByReference outFuture);

    static native int milvus_survey_async(long client, Pointer names, long nameCount, Pointer params, long timeoutMs,
                                          LongByReference outFuture);

    static native int milvus_future_take_server_info(long future, Pointer outInfo);

    static native int milvus_future_take_job_id(long future, LongByReference outJobId);

    static native int milvus_future_take_compact_result(long future, Pointer outResult);

    static native int milvus_future_take_state(long future, Pointer outInfo);

    static native int milvus_future_take_report(long future, Pointer outReport);

    static native int milvus_future_take_check_result(long future, Pointer outResult);

    static native int milvus_future_take_resolution(long future, Pointer outResolution);

    static native int milvus_future_take_plans(long future, LongByReference outPlans);

    static native int milvus_future_take_segments(long future, LongByReference outSegments);

    static native int milvus_future_take_many(long future, LongByReference outList);

    static native int milvus_future_take_optimized(long future, LongByReference outList);

    static native int milvus_future_take_collections(long future, LongByReference outList);

    static native int milvus_future_take_databases(long future, LongByReference outList);

    static native int milvus_future_take_survey(long future, LongByReference outList);

    static native int milvus_future_next_event(long future, Pointer outEvent);

    static native String milvus_event_name(int event);

    static native int milvus_queue_new(LongByReference outQueue);

    static native int milvus_queue_fd(long queue, IntByReference outFd);

    static native int milvus_future_set_queue(long future, long queue, long userData);

    static native int milvus_queue_next(long queue, long timeoutMs, LongByReference outFuture,
                                        LongByReference outUserData);

    static native void milvus_queue_free(long queue);

    static native int milvus_client_stats(long client, Pointer outStats);

    static native int milvus_thread_set_request_id(byte[] requestId);

    static native int milvus_thread_set_metadata(byte[] name, byte[] value);

    static native String milvus_connection_state_name(int state);
}
