// The server's word on a job.
package io.github.milvusclient;

/** What the server says of a job; {@link Verdict} is what is true. */
public enum CompactionState implements Numbered {
    /** The server answered with a state that the library does not know. */
    UNDEFINED(0),
    /** At least one plan is running or waiting to run. */
    EXECUTING(1),
    /** No plan is running. Jobs that failed, or never existed, are Completed too. */
    COMPLETED(2),
    /** A number that only a newer library knows. */
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
