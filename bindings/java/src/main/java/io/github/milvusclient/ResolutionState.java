// What was found out about a trigger in doubt.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What was found out about a trigger in doubt. */
public enum ResolutionState implements Numbered {
    /** Nobody has looked: there was no time left, or nothing was in doubt. */
    NOT_LOOKED(0),
    /**
     * A compaction of the collection has begun since the trigger was sent. An automatic one, or one of another client,
     * looks the same. Do not trigger again.
     */
    STARTED(1),
    /**
     * The server lists the compactions of the collection, and none that began since, so far. A request that is still on
     * its way through the cluster cannot be seen: look again after a while.
     */
    NO_TRACE(2),
    /**
     * It cannot be told: the server shows too little (from 2.4 to 3.0.0, until segments change), could not be asked, or
     * too much time has passed.
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
