// The exception for MILVUS_COMPACTION_DISABLED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server's configuration switches compaction off (dataCoord.enableCompaction). */
public final class CompactionDisabledException extends MilvusException {
    private static final long serialVersionUID = 1L;

    CompactionDisabledException(Failure failure) {
        super(failure);
    }
}
