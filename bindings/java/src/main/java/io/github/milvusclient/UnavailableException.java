// The exception for MILVUS_UNAVAILABLE.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server does not answer, or the connection broke; check the address and the server. */
public final class UnavailableException extends MilvusException {
    private static final long serialVersionUID = 1L;

    UnavailableException(Failure failure) {
        super(failure);
    }
}
