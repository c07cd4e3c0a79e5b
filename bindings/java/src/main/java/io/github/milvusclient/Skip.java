// Why a collection was skipped.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** Why a collection was skipped. */
public enum Skip implements Numbered {
    /** The collection was not skipped. */
    NONE(0),
    /**
     * Its segments are in their final form, and as far as anybody can tell no row of them is deleted: a compaction
     * would only rewrite them.
     */
    FINAL(1),
    /** It is below minSegments and minDeletedPercent, or nobody can tell that it is not. */
    TOO_LITTLE(2),
    /** Max_collections others were begun. */
    MAX_COLLECTIONS(3),
    /** Its turn came later than startWithin after the start. */
    TOO_LATE(4),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Skip(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Skip of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
