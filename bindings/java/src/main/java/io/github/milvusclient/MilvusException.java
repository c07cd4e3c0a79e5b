// What every failed call throws.
package io.github.milvusclient;

import java.util.List;
import java.util.Optional;

/**
 * A failed call, with everything that the C library knows about it. Statuses that programs handle have classes of
 * their own, e.g. {@link CollectionNotFoundException}.
 *
 * <p>Unchecked, because few callers can do something about it where it happens, because nothing checked passes
 * through the functions that a {@code CompletableFuture} takes, and because later versions of the library add
 * statuses.
 *
 * <p>Immutable. {@link #report()}, {@link #results()} and {@link #optimized()} are lost when it is serialized.
 */
public class MilvusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;
    private final int statusNumber;
    private final int grpcCode;
    private final int serverCode;
    private final boolean retriable;
    private final boolean inDoubt;
    private final long jobId;
    private final String requestId;
    private final String operation;
    private final ResolutionState resolution;

    MilvusException(Failure failure) {
        super(failure.message());
        this.failure = failure;
        this.statusNumber = failure.status();
        this.grpcCode = failure.grpcCode();
        this.serverCode = failure.serverCode();
        this.retriable = failure.isRetriable();
        this.inDoubt = failure.isInDoubt();
        this.jobId = failure.jobId();
        this.requestId = failure.requestId();
        this.operation = failure.operation();
        this.resolution = failure.resolution();
    }

    /** What the call ended with; {@link Status#UNRECOGNIZED} if only a newer library knows it. */
    public Status status() {
        return Status.of(statusNumber);
    }

    /** The number of the status, also if it has no constant here. */
    public int statusNumber() {
        return statusNumber;
    }

    /** The gRPC status code that the call to the server ended with; 0 if it was not gRPC that failed. */
    public int grpcCode() {
        return grpcCode;
    }

    /** Milvus' own error code (servers before 2.3: its legacy number); 0 if the server sent none. */
    public int serverCode() {
        return serverCode;
    }

    /** Whether the same call can safely be repeated and may then succeed. */
    public boolean retriable() {
        return retriable;
    }

    /**
     * Whether the server may have started a compaction although the call failed. Do not just repeat it then: see
     * {@link #resolution()} and {@link MilvusClient#resolve}.
     */
    public boolean inDoubt() {
        return inDoubt;
    }

    /** If in doubt, what was found out about it before the call ended; a job that was found is {@link #jobId()}. */
    public ResolutionState resolution() {
        return resolution;
    }

    /** The job that the call was about, {@link MilvusClient#NO_JOB} or {@link MilvusClient#UNKNOWN_JOB}. */
    public long jobId() {
        return jobId;
    }

    /** The request id of the operation, which all its requests carried; empty if none had begun. See {@link Tracing}. */
    public String requestId() {
        return requestId;
    }

    /** Name of the C function that failed or started the operation; empty if none did. */
    public String operation() {
        return operation;
    }

    /** As a JSON object, in the form that the C library writes: docs/guide/json.md. */
    public String json() {
        return new JsonObject()
            .status("status", Optional.of(this))
            .number("grpc_code", grpcCode)
            .number("server_code", serverCode)
            .yes("retriable", retriable)
            .yes("in_doubt", inDoubt)
            .name("resolution", resolution)
            .job("job_id", jobId)
            .text("operation", operation)
            .text("message", getMessage())
            .filled("request_id", requestId)
            .done();
    }

    /** What a wait saw of its job before it failed. */
    public Optional<CompactionReport> report() {
        return failure == null ? Optional.empty() : Optional.ofNullable(failure.report());
    }

    /** What became of each collection, if many were compacted; else empty. */
    public List<CollectionResult> results() {
        return failure == null ? List.of() : failure.results();
    }

    /**
     * What became of the collection that was optimized, or of each if there were many; else empty. It is there also if
     * the operation failed half-way: with the stage, the steps and the figures until then.
     */
    public List<OptimizeResult> optimized() {
        return failure == null ? List.of() : failure.optimized();
    }
}
