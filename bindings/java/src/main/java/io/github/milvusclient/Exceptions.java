// The exception of each status.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Statuses that programs handle have classes of their own. */
final class Exceptions {
    private Exceptions() {
    }

    static MilvusException of(Failure failure) {
        return switch (Status.of(failure.status())) {
            case INVALID_ARGUMENT -> new InvalidArgumentException(failure);
            case CLOSED -> new ClosedException(failure);
            case UNAVAILABLE -> new UnavailableException(failure);
            case TLS_FAILED -> new TlsFailedException(failure);
            case TIMEOUT -> new MilvusTimeoutException(failure);
            case CANCELLED -> new MilvusCancelledException(failure);
            case UNAUTHENTICATED -> new UnauthenticatedException(failure);
            case PERMISSION_DENIED -> new PermissionDeniedException(failure);
            case COLLECTION_NOT_FOUND -> new CollectionNotFoundException(failure);
            case DATABASE_NOT_FOUND -> new DatabaseNotFoundException(failure);
            case RATE_LIMITED -> new RateLimitedException(failure);
            case NOT_READY -> new NotReadyException(failure);
            case COMPACTION_DISABLED -> new CompactionDisabledException(failure);
            case UNSUPPORTED -> new UnsupportedException(failure);
            case SERVER_ERROR -> new ServerErrorException(failure);
            case PARTITION_NOT_FOUND -> new PartitionNotFoundException(failure);
            case COMPACTION_FAILED -> new CompactionFailedException(failure);
            case OUTCOME_UNKNOWN -> new OutcomeUnknownException(failure);
            case SOME_FAILED -> new SomeFailedException(failure);
            case BUSY -> new BusyException(failure);
            case STALLED -> new StalledException(failure);
            case OUT_OF_BOUNDS -> new OutOfBoundsException(failure);
            case INCOMPLETE -> new IncompleteException(failure);
            case NOT_SERVED -> new NotServedException(failure);
            default -> new MilvusException(failure);
        };
    }
}
