// The exception for MILVUS_NOT_SERVED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * The collection is compacted, but the query nodes do not serve all of the result yet; the message names what is
 * missing.
 */
public final class NotServedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    NotServedException(Failure failure) {
        super(failure);
    }
}
