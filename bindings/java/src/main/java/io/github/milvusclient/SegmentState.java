// State of a segment.
package io.github.milvusclient;

/** State of a segment. Servers may have others. */
public enum SegmentState implements Numbered {
    /** The server does not tell. */
    NOT_REPORTED(-1),
    /** Still takes rows in. */
    GROWING(2),
    /** Stored: about to be flushed. Loaded: all that does not grow. */
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
