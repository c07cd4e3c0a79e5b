// How far a plan is.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How far a plan is. */
public enum PlanState implements Numbered {
    /** None. */
    UNKNOWN(0),
    /** The plan runs. */
    EXECUTING(1),
    /** The plan waits for a free node. */
    PIPELINING(2),
    /** The plan completed. */
    COMPLETED(3),
    /** The plan failed. */
    FAILED(4),
    /** The plan took longer than the server allows. */
    TIMEOUT(5),
    /** The plan runs, and finds clusters. */
    ANALYZING(6),
    /** The plan runs, and builds indexes. */
    INDEXING(7),
    /** The server has cleaned up after the plan, which completed or failed. */
    CLEANED(8),
    /** The plan runs, and its result is stored. */
    META_SAVED(9),
    /** The plan runs, and collects statistics. */
    STATISTIC(10),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    PlanState(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static PlanState of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
