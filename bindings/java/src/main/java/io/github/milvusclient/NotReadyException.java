// The exception for MILVUS_NOT_READY.
package io.github.milvusclient;

/** The server is starting, or a part of it is down. */
public final class NotReadyException extends MilvusException {
    private static final long serialVersionUID = 1L;

    NotReadyException(Failure failure) {
        super(failure);
    }
}
