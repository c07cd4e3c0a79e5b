// The functions of libmilvus_client, as JNA calls them: names and parameters are those of the C header.
package io.github.milvusclient;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;

/**
 * Handles are numbers for the library, so they are {@code long} here; texts are NUL-terminated UTF-8, made by
 * {@link Text}, because JNA would cut a Java string at its first NUL and compact another collection.
 * Structs are {@code Pointer} here, written before and read after a call by {@link Structs.Sized}: JNA would do
 * that through JNI without looking for exceptions.
 */
final class Library {
    static final int OK = 0;
    static final int INVALID_HANDLE = 2;
    static final int CLOSED = 3;
    static final long NO_TIMEOUT = -1;

    /** The ABI that {@link Structs} was written for. */
    private static final int ABI_VERSION = 1;

    static {
        if (Native.POINTER_SIZE != 8 || Native.SIZE_T_SIZE != 8) {
            throw new UnsatisfiedLinkError("libmilvus_client is for 64-bit systems");
        }
        // With its number: a library of another number has another ABI.
        Native.register(Library.class, "libmilvus_client.so.0");
        if (milvus_abi_version() < ABI_VERSION) {
            throw new UnsatisfiedLinkError("libmilvus_client is too old: its ABI is " + milvus_abi_version());
        }
    }

    private Library() {
    }

    static native int milvus_abi_version();

    static native Pointer milvus_last_error();

    static native String milvus_status_message(int status);

    static native String milvus_reason_message(int reason);

    static native String milvus_reason_name(int reason);

    static native String milvus_judgement_name(int judgement);

    static native String milvus_verdict_name(int verdict);

    static native long milvus_options_new();

    static native int milvus_options_set(long options, byte[] key, byte[] value);

    static native void milvus_options_free(long options);

    static native long milvus_option_count();

    static native int milvus_option_get(long index, Pointer outInfo);

    static native int milvus_parse_target_size(byte[] text, LongByReference outMb);

    static native int milvus_client_new_with(byte[] uri, long options, LongByReference outClient);

    static native int milvus_client_close(long client, long timeoutMs);

    static native void milvus_client_free(long client);

    static native int milvus_client_server_info_async(long client, long timeoutMs, LongByReference outFuture);

    static native int milvus_compact_async(long client, byte[] name, int isClustering, long timeoutMs,
                                           LongByReference outFuture);

    static native int milvus_compact_with_async(long client, byte[] name, Pointer params, long timeoutMs,
                                                LongByReference outFuture);

    static native int milvus_compaction_state_async(long client, long jobId, long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_wait_async(long client, long jobId, long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_wait_in_async(long client, byte[] name, long jobId, long timeoutMs,
                                                      LongByReference outFuture);

    static native int milvus_job_export(long client, long jobId, byte[] buffer, long capacity,
                                        LongByReference outLength);

    static native int milvus_job_import(long client, byte[] text, LongByReference outJobId);

    static native int milvus_compaction_plans_async(long client, long jobId, long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_tasks_async(long client, byte[] name, long timeoutMs, LongByReference outFuture);

    static native int milvus_segments_async(long client, byte[] name, int which, long timeoutMs,
                                            LongByReference outFuture);

    static native int milvus_compaction_check_async(long client, byte[] name, Pointer params,
                                                    long timeoutMs, LongByReference outFuture);

    static native int milvus_compaction_resolve_async(long client, byte[] name, long timeoutMs, LongByReference outFuture);

    static native int milvus_flush_async(long client, byte[] name, long timeoutMs, LongByReference outFuture);

    static native int milvus_optimize_async(long client, byte[] name, Pointer params, long timeoutMs,
                                            LongByReference outFuture);

    static native int milvus_compact_many_async(long client, Pointer names, long nameCount, Pointer params,
                                                long timeoutMs, LongByReference outFuture);

    static native int milvus_future_poll(long future);

    static native int milvus_future_cancel(long future);

    static native int milvus_future_progress(long future, Pointer outProgress);

    static native Pointer milvus_future_error(long future);

    static native void milvus_future_free(long future);

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

    static native long milvus_plan_list_count(long plans);

    static native int milvus_plan_list_get(long plans, long index, Pointer outPlan);

    static native void milvus_plan_list_free(long plans);

    static native long milvus_segment_list_count(long segments);

    static native int milvus_segment_list_get(long segments, long index, Pointer outSegment);

    static native void milvus_segment_list_free(long segments);

    static native long milvus_many_list_count(long list);

    static native int milvus_many_list_get(long list, long index, Pointer outResult);

    static native void milvus_many_list_free(long list);

    static native int milvus_queue_new(LongByReference outQueue);

    static native int milvus_future_set_queue(long future, long queue, long userData);

    static native int milvus_queue_next(long queue, long timeoutMs, LongByReference outFuture,
                                        LongByReference outUserData);
}
