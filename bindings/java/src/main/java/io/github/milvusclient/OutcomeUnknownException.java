// The exception for MILVUS_OUTCOME_UNKNOWN.
package io.github.milvusclient;

/** The server can no longer tell how the compaction ended; look at the segments. */
public final class OutcomeUnknownException extends MilvusException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknownException(Failure failure) {
        super(failure);
    }
}
