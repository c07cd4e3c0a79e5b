// The exception for MILVUS_BUSY.
package io.github.milvusclient;

/** Nothing was started: another compaction holds the segments, or they are not eligible now; try again later. */
public final class BusyException extends MilvusException {
    private static final long serialVersionUID = 1L;

    BusyException(Failure failure) {
        super(failure);
    }
}
