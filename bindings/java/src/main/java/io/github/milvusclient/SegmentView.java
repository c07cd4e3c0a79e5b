// Which segments to list.
package io.github.milvusclient;

/** Which segments of a collection to list. */
public enum SegmentView {
    /** As stored, the rows that are not flushed yet mostly left out. */
    STORED(0),
    /** As served by query nodes; none if the collection is not loaded. */
    LOADED(1);

    final int number;

    SegmentView(int number) {
        this.number = number;
    }
}
