// The exception for MILVUS_BUSY.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * Nothing started: another compaction holds the segments or ran instead, or the server refuses for now; try again
 * later.
 */
public final class BusyException extends MilvusException {
    private static final long serialVersionUID = 1L;

    BusyException(Failure failure) {
        super(failure);
    }
}
