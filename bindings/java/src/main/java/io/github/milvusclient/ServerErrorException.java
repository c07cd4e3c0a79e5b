// The exception for MILVUS_SERVER_ERROR.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server refused or failed; the error has the server's own code and text. */
public final class ServerErrorException extends MilvusException {
    private static final long serialVersionUID = 1L;

    ServerErrorException(Failure failure) {
        super(failure);
    }
}
