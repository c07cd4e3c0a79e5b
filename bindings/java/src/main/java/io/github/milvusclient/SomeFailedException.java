// The exception for MILVUS_SOME_FAILED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Some collections failed; the list has the error of each. */
public final class SomeFailedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    SomeFailedException(Failure failure) {
        super(failure);
    }
}
