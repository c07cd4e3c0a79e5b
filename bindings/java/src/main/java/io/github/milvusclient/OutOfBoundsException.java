// The exception for MILVUS_OUT_OF_BOUNDS.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The compaction would go beyond a bound that the caller set; the library did not trigger it. */
public final class OutOfBoundsException extends MilvusException {
    private static final long serialVersionUID = 1L;

    OutOfBoundsException(Failure failure) {
        super(failure);
    }
}
