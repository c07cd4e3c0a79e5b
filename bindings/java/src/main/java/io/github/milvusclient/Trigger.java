// What came of a trigger.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What came of a trigger. */
public enum Trigger implements Numbered {
    /** The trigger was not sent, or the server did not answer it. */
    NONE(0),
    /** The server scheduled plans for this trigger. */
    SCHEDULED(1),
    /**
     * The server scheduled nothing: its segments show nothing to compact (but see {@link Status#BUSY}). A server before
     * 2.4 gives a job id all the same; a wait for that job reports that there was nothing to do.
     */
    NOTHING_TO_DO(2),
    /**
     * The server scheduled nothing new: a job of the same kind runs on the whole collection, and jobId has it. Rows
     * that were flushed after it began are not in it; trigger again later if they matter.
     */
    ALREADY_RUNNING(3),
    /**
     * The server gave a job, but nobody can tell whether it belongs to this trigger. Before 2.4: the plans of the job
     * cannot be listed. Clustering up to 3.0.0: the server answers with any running job of the collection.
     */
    ACCEPTED(4),
    /** Nothing was triggered: the parameters of {@link MilvusClient#compactMany} skip the collection. */
    SKIPPED(5),
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
