// What a trigger would find.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * What a trigger would find. A number that the library cannot read is empty.
 *
 * @param wouldCompact        whether the server would schedule anything now. {@link Answer#YES} if wouldCompactIfFree
 *                            is {@link Answer#YES} and mayBeBusy is {@link Answer#NO}; {@link Answer#NO} if
 *                            wouldCompactIfFree is {@link Answer#NO}; else {@link Answer#NOT_KNOWN}
 * @param wouldCompactIfFree  whether the server would schedule anything if no other compaction held the segments.
 *                            {@link Answer#NOT_KNOWN} where something invisible decides: a time to live, snapshots, an
 *                            external source, a vector field without index beside one with an index, the server's
 *                            settings for clustering and target sizes, and for isL0 rows that are not flushed
 * @param mayBeBusy           whether another compaction may hold segments, which a trigger would leave out. As
 *                            isRunning; from 2.4 to 3.0.0 {@link Answer#NOT_KNOWN} unless a job of this client runs
 * @param isEnabled           whether the server's configuration allows compaction
 * @param isRunning           whether a compaction of this collection runs. Before 2.4 and newer than 3.0.0 every
 *                            compaction shows (before 2.4, failed plans make it {@link Answer#NOT_KNOWN}); in between
 *                            only jobs of this client
 * @param isIndexed           whether the collection has an index
 * @param needsIndex          whether this server leaves a collection without an index alone: {@link Answer#YES} up to
 *                            2.3, {@link Answer#NOT_KNOWN} up to 2.4.13
 * @param hasClusteringKey    whether the collection has a clustering key
 * @param hasUnflushed        whether a trigger would leave out rows because they are not flushed; deleted rows do not
 *                            count. Servers newer than 3.0.0 list such rows. From 2.3.5 on the library counts them if
 *                            the collection is loaded, for {@link Answer#NO} all its partitions; for some seconds after
 *                            a flush the answer can be {@link Answer#NOT_KNOWN}. Else it is {@link Answer#NOT_KNOWN}
 * @param isFinal             whether the segments are in their final form: each partition (and channel, where listed)
 *                            has at most one stored segment, which is flushed, sorted where servers sort, and indexed
 *                            where its siblings are; no segment holds deletions. {@link Answer#NO} if that is not
 *                            known. Servers rewrite such segments at each trigger all the same, 1 to 1. Rows that are
 *                            not flushed do not count: see hasUnflushed
 * @param segments            flushed segments with rows that the trigger would take, sorted where servers sort; with
 *                            isL0, those that deletions may concern
 * @param rows                rows of those segments
 * @param expectedSegments    about how many segments the trigger would make of those in segments, by partition, channel
 *                            and the width of rows: servers do not list the bytes of a segment. Empty if the kind of
 *                            compaction leaves it open
 * @param unsortedSegments    segments that wait to be sorted, and are not among segments. A trigger leaves out those
 *                            that the server is sorting; 2.5 took results of a compaction that it had not begun to
 *                            sort. Empty before 2.5. See the option flush.wait_for_sort
 * @param l0Segments          segments of deletions (L0); empty before 2.4.7
 * @param unindexedRows       rows that no index covers yet; empty without an index
 * @param reason              why wouldCompact is what it is, for a person: one line of UTF-8
 */
public record CheckResult(Answer wouldCompact, Answer wouldCompactIfFree, Answer mayBeBusy, Answer isEnabled,
                          Answer isRunning, Answer isIndexed, Answer needsIndex, Answer hasClusteringKey,
                          Answer hasUnflushed, Answer isFinal, OptionalLong segments, OptionalLong rows,
                          OptionalLong expectedSegments, OptionalLong unsortedSegments, OptionalLong l0Segments,
                          OptionalLong unindexedRows, String reason) implements Json {
    static CheckResult of(Structs.CheckResult c) {
        return new CheckResult(Answer.of(c.wouldCompact), Answer.of(c.wouldCompactIfFree), Answer.of(c.mayBeBusy),
            Answer.of(c.isEnabled), Answer.of(c.isRunning), Answer.of(c.isIndexed), Answer.of(c.needsIndex),
            Answer.of(c.hasClusteringKey), Answer.of(c.hasUnflushed), Answer.of(c.isFinal), Text.reported(c.segments),
            Text.reported(c.rows), Text.reported(c.expectedSegments), Text.reported(c.unsortedSegments),
            Text.reported(c.l0Segments), Text.reported(c.unindexedRows), Text.read(c.reason));
    }

    @Override
    public String json() {
        return new JsonObject()
            .answer("would_compact", wouldCompact)
            .answer("would_compact_if_free", wouldCompactIfFree)
            .answer("may_be_busy", mayBeBusy)
            .answer("is_enabled", isEnabled)
            .answer("is_running", isRunning)
            .answer("is_indexed", isIndexed)
            .answer("needs_index", needsIndex)
            .answer("has_clustering_key", hasClusteringKey)
            .answer("has_unflushed", hasUnflushed)
            .answer("is_final", isFinal)
            .number("segments", segments)
            .number("rows", rows)
            .number("expected_segments", expectedSegments)
            .number("unsorted_segments", unsortedSegments)
            .number("l0_segments", l0Segments)
            .number("unindexed_rows", unindexedRows)
            .text("reason", reason)
            .done();
    }
}
