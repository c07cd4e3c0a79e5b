// How one plan ended.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How one plan ended. */
public enum Judgement implements Numbered {
    /** It still runs or waits, or the client has not looked yet. */
    OPEN(0),
    /** The plan replaced its sources. */
    COMPLETED(1),
    /** The plan ended and changed nothing. */
    FAILED(2),
    /** The plan ran out of the server's time and changed nothing. */
    TIMED_OUT(3),
    /** The plan ended, and its segments do not show how. */
    UNKNOWN(4),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Judgement(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Judgement of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
