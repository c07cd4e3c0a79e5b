// The exception for MILVUS_NOT_READY.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server is starting, or a part of it is down; try again in a few seconds. */
public final class NotReadyException extends MilvusException {
    private static final long serialVersionUID = 1L;

    NotReadyException(Failure failure) {
        super(failure);
    }
}
