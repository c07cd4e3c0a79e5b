// What a plan does.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What a plan does. */
public enum PlanType implements Numbered {
    /** None. */
    UNDEFINED(0),
    /** Merges segments. */
    MERGE(2),
    /** Merges segments and purges their deleted rows: the ordinary one. */
    MIX(3),
    /** Rewrites one segment. */
    SINGLE(4),
    /** No server of today makes these. */
    MINOR(5),
    /** No server of today makes these. */
    MAJOR(6),
    /** Applies deletions. */
    LEVEL0_DELETE(7),
    /** Re-clusters. */
    CLUSTERING(8),
    /** Sorts a segment after its flush. */
    SORT(9),
    /** Sorts by partition key. */
    PARTITION_KEY_SORT(10),
    /** Sorts by partition key and clusters. */
    CLUSTERING_PARTITION_KEY_SORT(11),
    /** Brings a segment to a newer schema. */
    BUMP_SCHEMA_VERSION(12),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    PlanType(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static PlanType of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
