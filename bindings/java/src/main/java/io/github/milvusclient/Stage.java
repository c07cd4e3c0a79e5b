// A stage of an optimization.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** A stage of an optimization. */
public enum Stage implements Numbered {
    /** No stage has begun. */
    NONE(0),
    /** Store the rows that are in memory only. */
    FLUSH(1),
    /** Wait until everything stored is sorted (servers since 2.5), at most a minute; the rounds wait for the rest. */
    SORT(2),
    /** Wait until the rows that are stored are indexed. */
    INDEX(4),
    /** Compact, in rounds. */
    COMPACT(8),
    /** Wait until the results are indexed. */
    REINDEX(16),
    /** Have the query nodes load the results, if the collection is loaded. */
    LOAD(32),
    /** Wait until the query nodes serve the results and nothing that these replaced. */
    SERVE(64),
    /** All stages are over. */
    DONE(128),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Stage(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Stage of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
