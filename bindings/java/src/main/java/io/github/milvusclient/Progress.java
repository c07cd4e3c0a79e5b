// How far an operation is.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.time.Duration;

/**
 * How far an operation is. Only waits, {@link MilvusClient#optimize} and {@link MilvusClient#compactMany} know more
 * than the time.
 *
 * @param elapsed            time since the start, or from the start to the end
 * @param planned            plans that are known so far, of all jobs together. More may become known
 * @param completed          plans that completed
 * @param failed             plans that failed or timed out
 * @param plansPerSecond     plans that ended, per second so far; 0 at first
 * @param collections        collections of {@link MilvusClient#compactMany}; 0 until their number is known, and for
 *                           other operations
 * @param collectionsDone    collections that are done, with or without success
 * @param collectionsFailed  collections that failed
 */
public record Progress(Duration elapsed, long planned, long completed, long failed, double plansPerSecond,
                       long collections, long collectionsDone, long collectionsFailed) {
    static Progress of(Structs.Progress c) {
        return new Progress(Duration.ofMillis(c.elapsedMs), c.planned, c.completed, c.failed, c.plansPerSecond,
            c.collections, c.collectionsDone, c.collectionsFailed);
    }
}
