// The exception for MILVUS_CANCELLED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The caller cancelled the call; the work on the server may still go on. */
public final class MilvusCancelledException extends MilvusException {
    private static final long serialVersionUID = 1L;

    MilvusCancelledException(Failure failure) {
        super(failure);
    }
}
