// How a compaction ended.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How a compaction ended. */
public enum Verdict implements Numbered {
    /** There is no verdict: the wait ended before the job did. */
    NONE(0),
    /** Every plan of the job completed. */
    SUCCEEDED(1),
    /**
     * The server scheduled nothing: its segments show nothing to compact. Before 2.4 another compaction may hold the
     * segments.
     */
    NOTHING_TO_DO(2),
    /** Some plans completed; others failed or timed out. */
    PARTLY_FAILED(3),
    /** Plans failed, and none completed. */
    FAILED(4),
    /** The plans ran out of the time that the server gives them, and none completed. */
    TIMED_OUT(5),
    /** The server forgot the job, never knew it, or forgot too much of it. */
    UNKNOWN(6),
    /**
     * The trigger asked for clustering, but the server answered with another job of the collection and started none.
     * That other job is over: trigger again. The wait returns {@link Status#BUSY}.
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
