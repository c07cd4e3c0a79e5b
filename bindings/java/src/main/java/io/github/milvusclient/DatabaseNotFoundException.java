// The exception for MILVUS_DATABASE_NOT_FOUND.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** No database of that name exists. */
public final class DatabaseNotFoundException extends MilvusException {
    private static final long serialVersionUID = 1L;

    DatabaseNotFoundException(Failure failure) {
        super(failure);
    }
}
