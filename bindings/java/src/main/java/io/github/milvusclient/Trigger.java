// What came of a trigger.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What came of a trigger. */
public enum Trigger implements Numbered {
    /** The trigger was not sent, or not answered. */
    NONE(0),
    /** The server scheduled plans for this trigger. */
    SCHEDULED(1),
    /**
     * The server scheduled nothing: there is nothing to compact, as far as its segments show (see {@link Status#BUSY}).
     * Servers before 2.4 give a job id even then; a wait for it says that there was nothing to do.
     */
    NOTHING_TO_DO(2),
    /**
     * The server scheduled nothing new, because a job of the same kind is running on the whole collection: its id is
     * given. What was flushed after it began is not in it; trigger again after it if that matters.
     */
    ALREADY_RUNNING(3),
    /**
     * The server gave a job, but nobody can tell whether it was made for this trigger. Up to 2.3: its plans could not
     * be listed. Clustering up to 3.0.0: servers answer with any job of the collection that is running.
     */
    ACCEPTED(4),
    /** A number that only a newer server or library knows. */
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
