// The exception for MILVUS_INCOMPLETE.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * The collection was compacted, but segments were left out; the result says how many and why. Optimize it again later.
 */
public final class IncompleteException extends MilvusException {
    private static final long serialVersionUID = 1L;

    IncompleteException(Failure failure) {
        super(failure);
    }
}
