// How far a plan is.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How far a plan is. */
public enum PlanState implements Numbered {
    /** None. */
    UNKNOWN(0),
    /** Running. */
    EXECUTING(1),
    /** Waiting for a node. */
    PIPELINING(2),
    /** Done. */
    COMPLETED(3),
    /** Failed. */
    FAILED(4),
    /** Took longer than the server allows. */
    TIMEOUT(5),
    /** Running: finding clusters. */
    ANALYZING(6),
    /** Running: building indexes. */
    INDEXING(7),
    /** Cleaned up, after it was done or had failed. */
    CLEANED(8),
    /** Running: its result is stored. */
    META_SAVED(9),
    /** Running: collecting statistics. */
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
