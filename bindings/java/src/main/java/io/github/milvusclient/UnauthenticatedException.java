// The exception for MILVUS_UNAUTHENTICATED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server does not accept the token; check it. */
public final class UnauthenticatedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    UnauthenticatedException(Failure failure) {
        super(failure);
    }
}
