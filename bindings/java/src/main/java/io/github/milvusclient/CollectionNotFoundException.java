// The exception for MILVUS_COLLECTION_NOT_FOUND.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The database has no collection or alias of that name. */
public final class CollectionNotFoundException extends MilvusException {
    private static final long serialVersionUID = 1L;

    CollectionNotFoundException(Failure failure) {
        super(failure);
    }
}
