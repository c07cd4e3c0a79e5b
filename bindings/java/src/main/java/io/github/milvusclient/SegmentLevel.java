// What a segment holds.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What a segment holds. */
public enum SegmentLevel implements Numbered {
    /** It is not reported. */
    NOT_REPORTED(Library.NOT_REPORTED),
    /** Of a version before levels. */
    LEGACY(0),
    /** Holds nothing but deletions. */
    L0(1),
    /** Holds rows. */
    L1(2),
    /** Holds rows, clustered. */
    L2(3),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    SegmentLevel(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static SegmentLevel of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
