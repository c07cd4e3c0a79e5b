// The exception for MILVUS_CLOSED.
package io.github.milvusclient;

/** The client has been closed; make a new one. */
public final class ClosedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    ClosedException(Failure failure) {
        super(failure);
    }
}
