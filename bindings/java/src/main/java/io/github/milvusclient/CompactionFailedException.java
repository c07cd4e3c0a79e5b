// The exception for MILVUS_COMPACTION_FAILED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The compaction ended, and some of its plans failed or timed out; the report has the counts. */
public final class CompactionFailedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    CompactionFailedException(Failure failure) {
        super(failure);
    }
}
