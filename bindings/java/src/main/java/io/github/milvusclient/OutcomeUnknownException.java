// The exception for MILVUS_OUTCOME_UNKNOWN.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Nobody can tell how the compaction ended; look at the segments, or compact again. */
public final class OutcomeUnknownException extends MilvusException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknownException(Failure failure) {
        super(failure);
    }
}
