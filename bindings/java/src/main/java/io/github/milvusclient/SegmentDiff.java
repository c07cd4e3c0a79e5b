// What a compaction changed in the segments of a collection.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * What a compaction changed in the segments of a collection. Empty stands for what cannot be known.
 *
 * @param segmentsBefore    segments with stored rows before the compaction
 * @param segmentsAfter     segments with stored rows after it
 * @param rowsBefore        rows of those segments before the compaction. Deleted rows count until a compaction purges
 *                          them
 * @param rowsAfter         rows of those segments after it. Inserts and flushes in between change this number too
 * @param rowsPurged        deleted rows that the compaction purged. Reported only if all sources are gone, all targets
 *                          are stored, and no other change can be mixed in
 * @param segmentsRemoved   segments that were stored before and no longer are
 * @param segmentsAdded     segments that were not stored before. Flushes add some too
 * @param sourcesRemaining  sources of the plans that are still stored. A compaction that is done leaves 0
 * @param targetsMissing    targets of the plans that are not stored: a later compaction replaced them, or no plan made
 *                          them
 * @param targetsConfirmed  targets that the server itself says were made of the plans' sources. Servers newer than
 *                          3.0.0 report it
 * @param l0SegmentsBefore  segments of deletions (L0) before the compaction. Servers since 2.4.7 report it
 * @param l0SegmentsAfter   segments of deletions (L0) after it
 */
public record SegmentDiff(OptionalLong segmentsBefore, OptionalLong segmentsAfter, OptionalLong rowsBefore,
                          OptionalLong rowsAfter, OptionalLong rowsPurged, OptionalLong segmentsRemoved,
                          OptionalLong segmentsAdded, OptionalLong sourcesRemaining, OptionalLong targetsMissing,
                          OptionalLong targetsConfirmed, OptionalLong l0SegmentsBefore,
                          OptionalLong l0SegmentsAfter) implements Json {
    static SegmentDiff of(Structs.SegmentDiff c) {
        return new SegmentDiff(Text.reported(c.segmentsBefore), Text.reported(c.segmentsAfter),
            Text.reported(c.rowsBefore), Text.reported(c.rowsAfter), Text.reported(c.rowsPurged),
            Text.reported(c.segmentsRemoved), Text.reported(c.segmentsAdded), Text.reported(c.sourcesRemaining),
            Text.reported(c.targetsMissing), Text.reported(c.targetsConfirmed), Text.reported(c.l0SegmentsBefore),
            Text.reported(c.l0SegmentsAfter));
    }

    @Override
    public String json() {
        return new JsonObject()
            .number("segments_before", segmentsBefore)
            .number("segments_after", segmentsAfter)
            .number("rows_before", rowsBefore)
            .number("rows_after", rowsAfter)
            .number("rows_purged", rowsPurged)
            .number("segments_removed", segmentsRemoved)
            .number("segments_added", segmentsAdded)
            .number("sources_remaining", sourcesRemaining)
            .number("targets_missing", targetsMissing)
            .number("targets_confirmed", targetsConfirmed)
            .number("l0_segments_before", l0SegmentsBefore)
            .number("l0_segments_after", l0SegmentsAfter)
            .done();
    }
}
