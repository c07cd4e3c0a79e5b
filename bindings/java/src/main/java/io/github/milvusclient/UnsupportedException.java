// The exception for MILVUS_UNSUPPORTED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** This version of the server cannot do that; the message names the version that can. */
public final class UnsupportedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    UnsupportedException(Failure failure) {
        super(failure);
    }
}
