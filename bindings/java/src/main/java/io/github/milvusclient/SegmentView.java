// Which segments of a collection to list.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Which segments of a collection to list. */
public enum SegmentView implements Numbered {
    /** As stored, the rows that are not flushed yet mostly left out. */
    STORED(0),
    /** As served by query nodes; none if the collection is not loaded. */
    LOADED(1);

    private final int number;

    SegmentView(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
