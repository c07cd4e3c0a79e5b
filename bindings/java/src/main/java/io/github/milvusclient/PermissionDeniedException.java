// The exception for MILVUS_PERMISSION_DENIED.
package io.github.milvusclient;

/** The user lacks the privilege that the message names; have it granted. */
public final class PermissionDeniedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    PermissionDeniedException(Failure failure) {
        super(failure);
    }
}
