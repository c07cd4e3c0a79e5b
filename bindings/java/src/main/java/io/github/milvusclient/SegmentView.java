// Which segments of a collection to list.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Which segments of a collection to list. */
public enum SegmentView implements Numbered {
    /** The segments in storage. Rows that are not flushed are mostly missing. */
    STORED(0),
    /** The segments that query nodes serve; none if the collection is not loaded. */
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
