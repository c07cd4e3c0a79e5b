// The exception for MILVUS_STALLED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Nothing has changed for the stall timeout of the client; the job may go on, so wait again or look at the server. */
public final class StalledException extends MilvusException {
    private static final long serialVersionUID = 1L;

    StalledException(Failure failure) {
        super(failure);
    }
}
