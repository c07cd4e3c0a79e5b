// What the server says of a job.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What the server says of a job. */
public enum CompactionState implements Numbered {
    /** The server answered with a state that this library does not know. */
    UNDEFINED(0),
    /** At least one plan runs or waits to run. */
    EXECUTING(1),
    /** No plan runs. That alone means little: jobs that failed or never existed are Completed too. */
    COMPLETED(2),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    CompactionState(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static CompactionState of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
