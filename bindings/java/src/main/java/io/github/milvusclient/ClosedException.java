// The exception for MILVUS_CLOSED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The client is closed; make a new one. */
public final class ClosedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    ClosedException(Failure failure) {
        super(failure);
    }
}
