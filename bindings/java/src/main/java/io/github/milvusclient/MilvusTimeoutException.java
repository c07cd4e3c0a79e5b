// The exception for MILVUS_TIMEOUT.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The call's time ran out; what the server was asked to do may still go on. */
public final class MilvusTimeoutException extends MilvusException {
    private static final long serialVersionUID = 1L;

    MilvusTimeoutException(Failure failure) {
        super(failure);
    }
}
