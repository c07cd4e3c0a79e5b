// What was found out about a trigger in doubt.
package io.github.milvusclient;

/** What was found out about a trigger whose answer was lost. */
public enum ResolutionState implements Numbered {
    /** Nobody has looked: there was no time left, or nothing was in doubt. */
    NOT_LOOKED(0),
    /** A compaction of the collection has begun since the trigger was sent. Do not trigger again. */
    STARTED(1),
    /** None has begun so far. The request may still be on its way: look again after a while. */
    NO_TRACE(2),
    /** It cannot be told: the server shows too little, or could not be asked. */
    UNKNOWN(3),
    /** No trigger of this client for this collection is in doubt. */
    NOT_IN_DOUBT(4),
    /** A number that only a newer library knows. */
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
