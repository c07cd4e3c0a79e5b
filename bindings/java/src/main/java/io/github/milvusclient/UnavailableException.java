// The exception for MILVUS_UNAVAILABLE.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server cannot be reached or the connection was lost; check address and server. */
public final class UnavailableException extends MilvusException {
    private static final long serialVersionUID = 1L;

    UnavailableException(Failure failure) {
        super(failure);
    }
}
