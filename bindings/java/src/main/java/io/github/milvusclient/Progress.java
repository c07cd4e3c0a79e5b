// How far an operation is.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.time.Duration;

/**
 * How far an operation is. Only waits, optimizing and compacting many know more than the time.
 *
 * @param elapsed            time since it was started; stands still when it is over
 * @param planned            plans that are known so far, of all jobs together; more may become known
 * @param completed          those that completed
 * @param failed             those that failed or timed out
 * @param plansPerSecond     plans that are through, completed or not, per second so far; 0 at first
 * @param collections        collections that milvus_compact_many_async() is about; 0 while it is not known, or for
 *                           other operations
 * @param collectionsDone    those that are through, whatever came of them
 * @param collectionsFailed  those of them that failed
 */
public record Progress(Duration elapsed, long planned, long completed, long failed, double plansPerSecond,
                       long collections, long collectionsDone, long collectionsFailed) {
    static Progress of(Structs.Progress c) {
        return new Progress(Duration.ofMillis(c.elapsedMs), c.planned, c.completed, c.failed, c.plansPerSecond,
            c.collections, c.collectionsDone, c.collectionsFailed);
    }
}
