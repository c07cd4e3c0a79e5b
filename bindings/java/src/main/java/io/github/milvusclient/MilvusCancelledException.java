// The exception for MILVUS_CANCELLED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The caller stopped the call; what the server was asked to do may still go on. */
public final class MilvusCancelledException extends MilvusException {
    private static final long serialVersionUID = 1L;

    MilvusCancelledException(Failure failure) {
        super(failure);
    }
}
