// How one plan ended.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** How one plan ended. */
public enum Judgement implements Numbered {
    /** It runs or waits, or nobody has looked yet. */
    OPEN(0),
    /** It replaced its sources. */
    COMPLETED(1),
    /** It ended and changed nothing. */
    FAILED(2),
    /** It ran out of the server's time and changed nothing. */
    TIMED_OUT(3),
    /** It ended, and what is left does not show how. */
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
