// What came of a trigger.
package io.github.milvusclient;

/** What came of a trigger. */
public enum Trigger implements Numbered {
    /** It was not sent, or not answered. */
    NONE(0),
    /** The server scheduled plans for it. */
    SCHEDULED(1),
    /** The server scheduled nothing: there is nothing to compact, as far as its segments show; see {@link BusyException}. */
    NOTHING_TO_DO(2),
    /** A job of the same kind is running on the whole collection, and its id is given. */
    ALREADY_RUNNING(3),
    /** There is a job, but nobody can tell whether it was made for this trigger. */
    ACCEPTED(4),
    /** A number that only a newer library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Trigger(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Trigger of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
