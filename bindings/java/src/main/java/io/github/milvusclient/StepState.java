// How a step of an optimization ended.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How a step of an optimization ended. */
public enum StepState implements Numbered {
    /** The step did what it was for. */
    DONE(1),
    /** The step was not needed, or not wanted. */
    SKIPPED(2),
    /** The step failed, or the call ended during it. */
    FAILED(3),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    StepState(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static StepState of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
