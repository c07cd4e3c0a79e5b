// The exception for MILVUS_TLS_FAILED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** No secure connection is possible; check http or https, and the certificates. */
public final class TlsFailedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    TlsFailedException(Failure failure) {
        super(failure);
    }
}
