// What a trigger would find.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * What a trigger would find; empty, or not known, is what cannot be read.
 *
 * @param wouldCompact      whether the server would schedule anything now: wouldCompactIfFree, and not mayBeBusy
 * @param isEnabled         whether compaction is switched on in the server's configuration
 * @param isRunning         whether a compaction of this collection is running
 * @param isIndexed         whether the collection has an index
 * @param needsIndex        whether this server leaves collections without an index alone
 * @param hasClusteringKey  whether the collection has a key to cluster by
 * @param hasUnflushed      whether there are rows that are not flushed yet, and would be left out
 * @param segments          flushed segments with rows that the trigger would take in
 * @param rows              their rows
 * @param l0Segments        segments of deletions; reported since Milvus 2.4.7
 * @param unindexedRows     rows that an index does not cover yet
 * @param reason            why wouldCompact is what it is, for a person
 * @param wouldCompactIfFree whether the server would schedule anything if no other compaction held the segments
 * @param mayBeBusy         whether another compaction may hold segments; from Milvus 2.4 to 3.0.0 not known, unless a
 *                          job of this client is running
 * @param isFinal           whether what the trigger is about is in final form: in each partition at most one stored
 *                          segment, flushed, sorted and indexed, and no deletions to apply; no also if that cannot be
 *                          known. Servers rewrite such segments all the same.
 * @param expectedSegments  about how many segments those in segments would become
 * @param unsortedSegments  segments that wait to be sorted, and may be left out until then; since Milvus 2.5
 */
public record CheckResult(Answer wouldCompact, Answer isEnabled, Answer isRunning, Answer isIndexed, Answer needsIndex,
                       Answer hasClusteringKey, Answer hasUnflushed, OptionalLong segments, OptionalLong rows,
                       OptionalLong l0Segments, OptionalLong unindexedRows, String reason,
                       Answer wouldCompactIfFree, Answer mayBeBusy, Answer isFinal, OptionalLong expectedSegments,
                       OptionalLong unsortedSegments) {
    static CheckResult of(Structs.CheckResult seen) {
        return new CheckResult(Answer.of(seen.wouldCompact), Answer.of(seen.isEnabled), Answer.of(seen.isRunning),
            Answer.of(seen.isIndexed), Answer.of(seen.needsIndex), Answer.of(seen.hasClusteringKey),
            Answer.of(seen.hasUnflushed), Text.reported(seen.segments), Text.reported(seen.rows),
            Text.reported(seen.l0Segments), Text.reported(seen.unindexedRows), Text.read(seen.reason),
            Answer.of(seen.wouldCompactIfFree), Answer.of(seen.mayBeBusy), Answer.of(seen.isFinal),
            Text.reported(seen.expectedSegments), Text.reported(seen.unsortedSegments));
    }
}
