// What was found out about a trigger in doubt.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What was found out about a trigger in doubt. */
public enum ResolutionState implements Numbered {
    /** Nobody has looked: no time was left, or no trigger was in doubt. */
    NOT_LOOKED(0),
    /**
     * A compaction of the collection has begun since the trigger. An automatic one, or one of another client, looks the
     * same. Do not trigger again.
     */
    STARTED(1),
    /**
     * The server lists the collection's compactions, and none has begun since. A request that is still on its way
     * through the cluster does not show: look again after a while.
     */
    NO_TRACE(2),
    /**
     * Nobody can tell: the server shows too little (2.4 to 3.0.0, until segments change), does not answer, or too much
     * time has passed.
     */
    UNKNOWN(3),
    /** No trigger of this client for this collection is in doubt. */
    NOT_IN_DOUBT(4),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    ResolutionState(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static ResolutionState of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
