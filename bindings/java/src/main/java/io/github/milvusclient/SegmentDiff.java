// What a compaction did to the segments of a collection.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * What a compaction did to the segments of a collection; empty is what cannot be told.
 *
 * @param segmentsBefore    segments with stored rows, before
 * @param segmentsAfter     and after
 * @param rowsBefore        their rows, before; deleted ones count until a compaction purges them
 * @param rowsAfter         and after; inserts and flushes between the two change it as well
 * @param rowsPurged        rows that the plans' sources had more than their targets have: deleted ones, purged
 * @param segmentsRemoved      segments that were there before and are no more
 * @param segmentsAdded  segments that were not there before; flushes make some too
 * @param sourcesRemaining       sources of the plans that are still there; 0 is what a compaction that is done leaves
 * @param targetsMissing    targets of the plans that are not there: replaced in their turn already, or never made
 * @param targetsConfirmed  targets that were made of the plans' sources by the server's own word
 * @param l0SegmentsBefore  segments of deletions before; reported since Milvus 2.4.7
 * @param l0SegmentsAfter   and after
 */
public record SegmentDiff(OptionalLong segmentsBefore, OptionalLong segmentsAfter, OptionalLong rowsBefore,
                     OptionalLong rowsAfter, OptionalLong rowsPurged, OptionalLong segmentsRemoved,
                     OptionalLong segmentsAdded, OptionalLong sourcesRemaining, OptionalLong targetsMissing,
                     OptionalLong targetsConfirmed, OptionalLong l0SegmentsBefore, OptionalLong l0SegmentsAfter) {
    static SegmentDiff of(Structs.SegmentDiff diff) {
        return new SegmentDiff(Text.reported(diff.segmentsBefore), Text.reported(diff.segmentsAfter),
            Text.reported(diff.rowsBefore), Text.reported(diff.rowsAfter), Text.reported(diff.rowsPurged),
            Text.reported(diff.segmentsRemoved), Text.reported(diff.segmentsAdded),
            Text.reported(diff.sourcesRemaining), Text.reported(diff.targetsMissing),
            Text.reported(diff.targetsConfirmed), Text.reported(diff.l0SegmentsBefore),
            Text.reported(diff.l0SegmentsAfter));
    }
}
