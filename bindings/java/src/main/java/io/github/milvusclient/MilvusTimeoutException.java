// The exception for MILVUS_TIMEOUT.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The time limit passed; the work on the server may still go on. */
public final class MilvusTimeoutException extends MilvusException {
    private static final long serialVersionUID = 1L;

    MilvusTimeoutException(Failure failure) {
        super(failure);
    }
}
