// Level of a segment.
package io.github.milvusclient;

/** Level of a segment. Servers may have others. */
public enum SegmentLevel implements Numbered {
    /** The server does not tell; reported since Milvus 2.4.7. */
    NOT_REPORTED(-1),
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
