// The exception for MILVUS_UNSUPPORTED.
package io.github.milvusclient;

/** This server's version cannot do what was asked; the message names the one that can. */
public final class UnsupportedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    UnsupportedException(Failure failure) {
        super(failure);
    }
}
