// The exception for MILVUS_SOME_FAILED.
package io.github.milvusclient;

/** Not every collection was compacted; the results have the failure of each. */
public final class SomeFailedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    SomeFailedException(Failure failure) {
        super(failure);
    }
}
