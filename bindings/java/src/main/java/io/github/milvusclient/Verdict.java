// How a compaction ended.
package io.github.milvusclient;

/** How a compaction ended, judged by what became of its plans' segments and not by the server's word. */
public enum Verdict implements Numbered {
    /** None yet: the wait ended before the job did. */
    NONE(0),
    /** Every plan of the job completed. */
    SUCCEEDED(1),
    /** The server scheduled nothing: there is nothing to compact, as far as its segments show. */
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
     * Clustering was asked for, and the server answered with another job that held the collection. That job is over now:
     * ask again. The wait fails with a {@link BusyException}.
     */
    NOT_STARTED(7),
    /** A number that only a newer library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Verdict(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Verdict of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
