// What a trigger would find.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * What a trigger would find. Numbers that cannot be read are empty.
 *
 * @param wouldCompact        whether the server would schedule anything now: {@link Answer#YES} if wouldCompactIfFree
 *                            is and mayBeBusy is {@link Answer#NO}, {@link Answer#NO} if wouldCompactIfFree is, else
 *                            not known
 * @param wouldCompactIfFree  whether the server would schedule anything if no other compaction held the segments. Not
 *                            known where what cannot be seen decides: a time to live, snapshots, an external source, a
 *                            vector field without index beside one with an index, settings of the server for clustering
 *                            and target sizes, and for isL0 rows that are not flushed
 * @param mayBeBusy           whether another compaction may hold segments, which are left out then: as isRunning. From
 *                            2.4 to 3.0.0 not known, unless a job of this client is running
 * @param isEnabled           whether compaction is switched on in the server's configuration
 * @param isRunning           whether a compaction of this collection is running. Before 2.4 and on servers newer than
 *                            3.0.0 that can be seen of all (before 2.4, plans that failed leave it not known); in
 *                            between of this client's jobs
 * @param isIndexed           whether the collection has an index
 * @param needsIndex          whether this server leaves collections without an index alone: up to 2.3; not known up to
 *                            2.4.13
 * @param hasClusteringKey    whether the collection has a key to cluster by
 * @param hasUnflushed        whether there are rows, not deleted, that are not flushed yet, and would be left out.
 *                            Servers newer than 3.0.0 list them. From 2.3.5 on they are counted if the collection is
 *                            loaded, all partitions of it for {@link Answer#NO}; right after a flush it can be not
 *                            known for some seconds. Else it is not known
 * @param isFinal             whether what the trigger is about is in final form: in each partition (and channel, where
 *                            listed) at most one stored segment, which is flushed, sorted where servers sort, and
 *                            indexed where its siblings are; no segments of deletions. {@link Answer#NO} too if that
 *                            cannot be known. Servers rewrite such segments at each trigger all the same, 1 to 1. No
 *                            statement about rows that are not flushed: see hasUnflushed
 * @param segments            flushed segments with rows that the trigger would take in, sorted where servers sort; with
 *                            isL0, those that deletions may be about
 * @param rows                their rows
 * @param expectedSegments    about how many segments those in segments would become, by partition, channel and the
 *                            width of rows: a server does not list the bytes of a segment. empty if the kind of
 *                            compaction leaves it open
 * @param unsortedSegments    segments that wait to be sorted, and are not among segments: a trigger leaves out those
 *                            that are being sorted, while 2.5 was seen to take results of a compaction for which that
 *                            had not begun. empty before 2.5. See the option flush.wait_for_sort
 * @param l0Segments          segments of deletions; empty before 2.4.7
 * @param unindexedRows       rows that an index does not cover yet; empty without index
 * @param reason              why wouldCompact is what it is, for a person: one line of UTF-8
 */
public record CheckResult(Answer wouldCompact, Answer wouldCompactIfFree, Answer mayBeBusy, Answer isEnabled,
                          Answer isRunning, Answer isIndexed, Answer needsIndex, Answer hasClusteringKey,
                          Answer hasUnflushed, Answer isFinal, OptionalLong segments, OptionalLong rows,
                          OptionalLong expectedSegments, OptionalLong unsortedSegments, OptionalLong l0Segments,
                          OptionalLong unindexedRows, String reason) {
    static CheckResult of(Structs.CheckResult c) {
        return new CheckResult(Answer.of(c.wouldCompact), Answer.of(c.wouldCompactIfFree), Answer.of(c.mayBeBusy),
            Answer.of(c.isEnabled), Answer.of(c.isRunning), Answer.of(c.isIndexed), Answer.of(c.needsIndex),
            Answer.of(c.hasClusteringKey), Answer.of(c.hasUnflushed), Answer.of(c.isFinal), Text.reported(c.segments),
            Text.reported(c.rows), Text.reported(c.expectedSegments), Text.reported(c.unsortedSegments),
            Text.reported(c.l0Segments), Text.reported(c.unindexedRows), Text.read(c.reason));
    }
}
