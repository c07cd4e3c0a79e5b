// The exception for MILVUS_INVALID_ARGUMENT.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** A parameter is malformed or out of range; the message names it. */
public final class InvalidArgumentException extends MilvusException {
    private static final long serialVersionUID = 1L;

    InvalidArgumentException(Failure failure) {
        super(failure);
    }
}
