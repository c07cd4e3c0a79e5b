// The exception for MILVUS_CANCELLED.
package io.github.milvusclient;

/** The caller stopped the call; what the server was asked to do may still go on. */
public final class MilvusCancelledException extends MilvusException {
    private static final long serialVersionUID = 1L;

    MilvusCancelledException(Failure failure) {
        super(failure);
    }
}
