// How a compaction ended.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How a compaction ended. */
public enum Verdict implements Numbered {
    /** None yet: the wait ended before the job did. */
    NONE(0),
    /** Every plan of the job completed. */
    SUCCEEDED(1),
    /**
     * The server scheduled nothing: as far as its segments show, there is nothing to compact (before 2.4: or another
     * compaction holds the segments).
     */
    NOTHING_TO_DO(2),
    /** Some plans completed; others failed or timed out. */
    PARTLY_FAILED(3),
    /** Plans failed, and none completed. */
    FAILED(4),
    /** The plans ran out of the time that the server gives them, and none completed. */
    TIMED_OUT(5),
    /** The server forgot the job, never knew it, or forgot too much of it to tell. */
    UNKNOWN(6),
    /**
     * Clustering was asked for, but the server answered with another job that held the collection, and started none.
     * That job, which is the report's, is over now: ask again. The wait returns {@link Status#BUSY}.
     */
    NOT_STARTED(7),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Verdict(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    /** What it means, in one English sentence of the library. */
    public String message() {
        return Library.milvus_verdict_message(number);
    }

    static Verdict of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
