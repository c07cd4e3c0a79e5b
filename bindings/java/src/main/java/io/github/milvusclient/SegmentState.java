// Where a segment is in its life.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Where a segment is in its life. */
public enum SegmentState implements Numbered {
    /** It is not reported. */
    NOT_REPORTED(Library.NOT_REPORTED),
    /** Still takes rows in. */
    GROWING(2),
    /** Stored: complete, and about to be flushed. Loaded: all that does not grow. */
    SEALED(3),
    /** Stored for good. */
    FLUSHED(4),
    /** Being stored. */
    FLUSHING(5),
    /** Replaced by the result of a compaction, or dropped. */
    DROPPED(6),
    /** Being imported. */
    IMPORTING(7),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    SegmentState(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static SegmentState of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
