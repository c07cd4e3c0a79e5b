// What happened to a collection.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.time.Duration;

/**
 * What happened to a collection.
 *
 * @param event           what happened
 * @param status          how it ended, as in the list of results; {@link Status#PENDING} before
 * @param isSkipped       whether it ended because the parameters skip it
 * @param collectionName  the collection as it was given or listed; with allDatabases "database/collection"
 * @param index           its place in the list of results, from 0; 0 of {@link MilvusClient#optimize}
 * @param jobId           the job that was triggered, or with which the collection ended; {@link MilvusClient#NO_JOB} if
 *                        there is none
 * @param elapsed         time since the operation started
 */
public record CollectionEvent(Event event, Status status, boolean isSkipped, String collectionName, long index,
                              long jobId, Duration elapsed) {
    static CollectionEvent of(Structs.CollectionEvent c) {
        return new CollectionEvent(Event.of(c.event), Status.of(c.status), c.isSkipped == Library.YES,
            Text.read(c.collectionName), c.index, c.jobId, Duration.ofMillis(c.elapsedMs));
    }
}
