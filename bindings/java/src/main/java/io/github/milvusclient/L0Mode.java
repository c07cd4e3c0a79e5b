// Whether an optimization applies deletions first.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Whether an optimization applies deletions first. */
public enum L0Mode implements Numbered {
    /**
     * Apply deletions first if segments of deletions (L0) are stored, the server can (Milvus 2.6.3 and later), and the
     * compaction is not limited to a part of the collection.
     */
    IF_POSSIBLE(0),
    /** The same, but fail with {@link Status#UNSUPPORTED} on a server that cannot. */
    REQUIRED(1),
    /** Leave deletions as they are. */
    NEVER(2);

    private final int number;

    L0Mode(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
