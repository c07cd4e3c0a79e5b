// The exception for MILVUS_RATE_LIMITED.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** The server's rate limit refused the call; if the error is retriable, try again in a few seconds. */
public final class RateLimitedException extends MilvusException {
    private static final long serialVersionUID = 1L;

    RateLimitedException(Failure failure) {
        super(failure);
    }
}
