// What happened to a collection.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What happened to a collection. */
public enum Event implements Numbered {
    /** The library begins with the collection. */
    BEGAN(1),
    /** The collection is done, failed or skipped. */
    ENDED(2),
    /**
     * The server has the job, which goes on whatever becomes of this program: the operation triggered it, or found it
     * under way and follows it. Save what milvus_job_export() gives of it now, for example in the progress callback,
     * and another program can follow the job even if this one is killed.
     */
    TRIGGERED(3),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Event(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Event of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
