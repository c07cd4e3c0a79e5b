// Where a segment is in its life.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Where a segment is in its life. */
public enum SegmentState implements Numbered {
    /** It is not reported. */
    NOT_REPORTED(Library.NOT_REPORTED),
    /** It still takes rows. */
    GROWING(2),
    /** In storage: complete, and about to be flushed. On query nodes: any segment that does not grow. */
    SEALED(3),
    /** The segment is stored for good. */
    FLUSHED(4),
    /** The server is storing the segment. */
    FLUSHING(5),
    /** A compaction replaced the segment, or somebody dropped it. */
    DROPPED(6),
    /** An import is writing the segment. */
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
