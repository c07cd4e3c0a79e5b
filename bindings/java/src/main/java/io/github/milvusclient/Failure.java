// The detail of a failed call, and the exception for it.
package io.github.milvusclient;

import com.sun.jna.Pointer;
import java.util.List;
import java.util.Optional;

/** A milvus_error, copied; with what was seen all the same, if anything: a wait's report, or results of collections. */
record Failure(int status, int grpcCode, int serverCode, boolean isRetriable, boolean isInDoubt, long jobId,
               String requestId, String operation, String message, ResolutionState resolution, CompactionReport report,
               List<CollectionResult> results, List<OptimizeResult> optimized) {
    /** Of the calling thread's latest failed call. */
    static Failure ofThread(int status) {
        return of(Library.milvus_last_error(), status);
    }

    /** Of an operation that is over. */
    static Failure ofFuture(long future, int status) {
        Pointer place = Library.milvus_future_error(future);
        // Otherwise it is not the operation that failed, but reading its result.
        return new Structs.Error(place).status == status ? of(place, status) : ofThread(status);
    }

    static Failure of(Pointer place, int status) {
        Structs.Error error = new Structs.Error(place);
        if (error.status == Library.OK) {
            return local(status, Library.milvus_status_message(status));
        }
        return new Failure(error.status, error.grpcCode, error.serverCode, error.retriable == Library.YES,
            error.inDoubt == Library.YES, error.jobId, Text.read(error.requestId), Text.read(error.operation),
            Text.read(error.message), ResolutionState.of(error.resolution), null, List.of(),
            List.of());
    }

    /** The exception for the error of one of many; empty if that did not fail. */
    static Optional<MilvusException> optional(Pointer place) {
        int status = new Structs.Error(place).status;
        return status == Library.OK ? Optional.empty() : Optional.of(of(place, status).exception());
    }

    /** What this binding finds out by itself. */
    static Failure local(int status, String message) {
        return new Failure(status, 0, 0, false, false, MilvusClient.NO_JOB, "", "", message, ResolutionState.NOT_LOOKED,
            null, List.of(), List.of());
    }

    Failure with(CompactionReport seen) {
        return new Failure(status, grpcCode, serverCode, isRetriable, isInDoubt, jobId, requestId, operation, message,
            resolution, seen, results, optimized);
    }

    Failure with(List<CollectionResult> ends) {
        return new Failure(status, grpcCode, serverCode, isRetriable, isInDoubt, jobId, requestId, operation, message,
            resolution, report, ends, optimized);
    }

    Failure withOptimized(List<OptimizeResult> ends) {
        return new Failure(status, grpcCode, serverCode, isRetriable, isInDoubt, jobId, requestId, operation, message,
            resolution, report, results, ends);
    }

    /** The exception, with the stack of the calling thread. */
    MilvusException exception() {
        return Exceptions.of(this);
    }
}
