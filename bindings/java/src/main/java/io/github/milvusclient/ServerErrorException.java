// The exception for MILVUS_SERVER_ERROR.
package io.github.milvusclient;

/** The server refused or failed; its own code and text are in the exception. */
public final class ServerErrorException extends MilvusException {
    private static final long serialVersionUID = 1L;

    ServerErrorException(Failure failure) {
        super(failure);
    }
}
