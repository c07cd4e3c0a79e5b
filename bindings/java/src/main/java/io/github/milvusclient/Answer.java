// Whether something is so, if anybody can tell.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Whether something is so, if anybody can tell. */
public enum Answer implements Numbered {
    /** The answer is not known. Compare with {@link Answer#YES}: as a plain condition, this number counts as true. */
    NOT_KNOWN(-1),
    /** The answer is no. */
    NO(0),
    /** The answer is yes. */
    YES(1);

    private final int number;

    Answer(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Answer of(int number) {
        return Numbered.of(values(), number, NOT_KNOWN);
    }
}
