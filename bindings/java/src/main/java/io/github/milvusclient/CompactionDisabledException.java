// The exception for MILVUS_COMPACTION_DISABLED.
package io.github.milvusclient;

/** Compaction is switched off in the server's configuration. */
public final class CompactionDisabledException extends MilvusException {
    private static final long serialVersionUID = 1L;

    CompactionDisabledException(Failure failure) {
        super(failure);
    }
}
