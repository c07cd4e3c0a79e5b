// How a call ended.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How a call ended. */
public enum Status implements Numbered {
    /** The call succeeded. */
    OK(0),
    /** A parameter is malformed or out of range; the message names it. */
    INVALID_ARGUMENT(1),
    /** The handle is freed, of another type, or not from this library. */
    INVALID_HANDLE(2),
    /** The client is closed; make a new one. */
    CLOSED(3),
    /** This process is a fork of one that used the library; use the library in the parent, or call exec first. */
    FORKED(4),
    /** The operation still runs; wait for its future, or ask again later. */
    PENDING(5),
    /** The server does not answer, or the connection broke; check the address and the server. */
    UNAVAILABLE(10),
    /** No secure connection is possible; check http or https, and the certificates. */
    TLS_FAILED(11),
    /** The time limit passed; the work on the server may still go on. */
    TIMEOUT(12),
    /** The caller cancelled the call; the work on the server may still go on. */
    CANCELLED(13),
    /** The server does not accept the token; check it. */
    UNAUTHENTICATED(20),
    /** The user lacks the privilege that the message names; ask an administrator for it. */
    PERMISSION_DENIED(21),
    /** The database has no collection or alias of that name. */
    COLLECTION_NOT_FOUND(22),
    /** No database of that name exists. */
    DATABASE_NOT_FOUND(23),
    /** The server's rate limit refused the call; if the error is retriable, try again in a few seconds. */
    RATE_LIMITED(24),
    /** The server is starting, or a part of it is down; try again in a few seconds. */
    NOT_READY(25),
    /** The server's configuration switches compaction off (dataCoord.enableCompaction). */
    COMPACTION_DISABLED(26),
    /** This version of the server cannot do that; the message names the version that can. */
    UNSUPPORTED(27),
    /** The server refused or failed; the error has the server's own code and text. */
    SERVER_ERROR(28),
    /** The collection has no partition of that name. */
    PARTITION_NOT_FOUND(29),
    /** The compaction ended, and some of its plans failed or timed out; the report has the counts. */
    COMPACTION_FAILED(40),
    /** Nobody can tell how the compaction ended; look at the segments, or compact again. */
    OUTCOME_UNKNOWN(41),
    /** Some collections failed; the list has the error of each. */
    SOME_FAILED(42),
    /**
     * Nothing started: another compaction holds the segments or ran instead, or the server refuses for now; try again
     * later.
     */
    BUSY(43),
    /**
     * Nothing has changed for the stall timeout of the client; the job may go on, so wait again or look at the server.
     */
    STALLED(44),
    /** The compaction would go beyond a bound that the caller set; the library did not trigger it. */
    OUT_OF_BOUNDS(45),
    /**
     * The collection was compacted, but segments were left out; the result says how many and why. Optimize it again
     * later.
     */
    INCOMPLETE(46),
    /**
     * The collection is compacted, but the query nodes do not serve all of the result yet; the message names what is
     * missing.
     */
    NOT_SERVED(47),
    /** This is a defect of the library; please report the message. */
    INTERNAL(50),
    /** The process has no handle, thread or other resource left. */
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
