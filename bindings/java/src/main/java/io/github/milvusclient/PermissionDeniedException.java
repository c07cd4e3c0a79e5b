// The exception for MILVUS_PERMISSION_DENIED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The user lacks the privilege that the message names; ask an administrator for it. */
public final class PermissionDeniedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    PermissionDeniedException(Failure failure) {
        super(failure);
    }
}
