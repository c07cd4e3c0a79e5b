// How far an operation is.
package io.github.milvusclient;

import java.time.Duration;

/**
 * How far an operation is.
 *
 * @param elapsed            time since it was started
 * @param planned            plans that are known so far, of all jobs together; more may become known
 * @param completed          those that completed
 * @param failed             those that failed or timed out
 * @param plansPerSecond     plans that are through, completed or not, per second so far; 0 at first
 * @param collections        collections it is about, if many are compacted; 0 while that is not known
 * @param collectionsDone    those that are through, whatever came of them
 * @param collectionsFailed  those of them that failed
 */
public record Progress(Duration elapsed, long planned, long completed, long failed, double plansPerSecond,
                       long collections, long collectionsDone, long collectionsFailed) {
    static Progress of(Structs.Progress seen) {
        return new Progress(Duration.ofMillis(seen.elapsedMs), seen.planned, seen.completed, seen.failed,
            seen.plansPerSecond, seen.collections, seen.collectionsDone, seen.collectionsFailed);
    }
}
