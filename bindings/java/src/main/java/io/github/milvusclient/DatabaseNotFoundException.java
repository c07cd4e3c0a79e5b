// The exception for MILVUS_DATABASE_NOT_FOUND.
package io.github.milvusclient;

/** No database of that name exists. */
public final class DatabaseNotFoundException extends MilvusException {
    private static final long serialVersionUID = 1L;

    DatabaseNotFoundException(Failure failure) {
        super(failure);
    }
}
