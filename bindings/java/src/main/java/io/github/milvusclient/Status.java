// How a call ended.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How a call ended. */
public enum Status implements Numbered {
    /** The call did what it says. */
    OK(0),
    /** A parameter is malformed or out of range; the message names it. */
    INVALID_ARGUMENT(1),
    /** The handle was freed already, is of another type, or was not made by this library. */
    INVALID_HANDLE(2),
    /** The client has been closed; make a new one. */
    CLOSED(3),
    /** This process is a fork of one that used the library; use it in the parent, or call exec first. */
    FORKED(4),
    /** The operation is not over yet; wait for its future, or ask again later. */
    PENDING(5),
    /** The server cannot be reached or the connection was lost; check address and server. */
    UNAVAILABLE(10),
    /** No secure connection could be made; check http or https and the certificates. */
    TLS_FAILED(11),
    /** The call's time ran out; what the server was asked to do may still go on. */
    TIMEOUT(12),
    /** The caller stopped the call; what the server was asked to do may still go on. */
    CANCELLED(13),
    /** The server does not accept the token; check it. */
    UNAUTHENTICATED(20),
    /** The user lacks the privilege that the message names; have it granted. */
    PERMISSION_DENIED(21),
    /** No collection or alias of that name exists in the database. */
    COLLECTION_NOT_FOUND(22),
    /** No database of that name exists. */
    DATABASE_NOT_FOUND(23),
    /** The server's rate limit refused the call; if the error is retriable, wait a few seconds and try again. */
    RATE_LIMITED(24),
    /** The server is starting, or a part of it is down. */
    NOT_READY(25),
    /** Compaction is switched off in the server's configuration (dataCoord.enableCompaction). */
    COMPACTION_DISABLED(26),
    /** This server's version cannot do what was asked; the message names the version that can. */
    UNSUPPORTED(27),
    /** The server refused or failed; its own code and text are in the error's detail. */
    SERVER_ERROR(28),
    /** The collection has no partition of that name. */
    PARTITION_NOT_FOUND(29),
    /** The compaction ended, but not all of it succeeded; the report has the counts. */
    COMPACTION_FAILED(40),
    /** The server can no longer tell how the compaction ended; look at the segments, or compact again. */
    OUTCOME_UNKNOWN(41),
    /** Not every collection was compacted; the list has the error of each. */
    SOME_FAILED(42),
    /** Nothing was started: another compaction holds the segments, or they are not eligible now; try again later. */
    BUSY(43),
    /**
     * Nothing has changed for as long as the option stall_timeout_ms allows; the job may go on, so wait again or look
     * at the server.
     */
    STALLED(44),
    /** A defect of this library; please report the message. */
    INTERNAL(50),
    /** Handles, threads or another resource of this process ran out. */
    OUT_OF_MEMORY(51),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Status(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    /** What it means, in one English sentence of the library. */
    public String message() {
        return Library.milvus_status_message(number);
    }

    static Status of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
