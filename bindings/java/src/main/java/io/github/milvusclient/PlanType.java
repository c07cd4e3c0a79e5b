// What a plan does.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What a plan does. */
public enum PlanType implements Numbered {
    /** None. */
    UNDEFINED(0),
    /** The plan merges segments. */
    MERGE(2),
    /** The plan merges segments and purges their deleted rows. This is the ordinary type. */
    MIX(3),
    /** The plan rewrites one segment. */
    SINGLE(4),
    /** No current server makes plans of this type. */
    MINOR(5),
    /** No current server makes plans of this type. */
    MAJOR(6),
    /** The plan applies deletions. */
    LEVEL0_DELETE(7),
    /** The plan re-clusters segments. */
    CLUSTERING(8),
    /** The plan sorts a segment after its flush. */
    SORT(9),
    /** The plan sorts a segment by partition key. */
    PARTITION_KEY_SORT(10),
    /** The plan clusters segments and sorts them by partition key. */
    CLUSTERING_PARTITION_KEY_SORT(11),
    /** The plan brings a segment to a newer schema. */
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
