// The exception for MILVUS_SERVER_ERROR.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server refused or failed; its own code and text are in the error's detail. */
public final class ServerErrorException extends MilvusException {
    private static final long serialVersionUID = 1L;

    ServerErrorException(Failure failure) {
        super(failure);
    }
}
