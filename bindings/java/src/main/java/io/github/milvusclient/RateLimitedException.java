// The exception for MILVUS_RATE_LIMITED.
package io.github.milvusclient;

/** The server's rate limit refused the call; if it is retriable, wait a few seconds and try again. */
public final class RateLimitedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    RateLimitedException(Failure failure) {
        super(failure);
    }
}
