// The exception for MILVUS_PARTITION_NOT_FOUND.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The collection has no partition of that name. */
public final class PartitionNotFoundException extends MilvusException {
    private static final long serialVersionUID = 1L;

    PartitionNotFoundException(Failure failure) {
        super(failure);
    }
}
