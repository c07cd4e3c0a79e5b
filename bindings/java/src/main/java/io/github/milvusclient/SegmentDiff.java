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
    static SegmentDiff of(Structs.Report report) {
        return new SegmentDiff(Text.reported(report.segmentsBefore), Text.reported(report.segmentsAfter),
            Text.reported(report.rowsBefore), Text.reported(report.rowsAfter), Text.reported(report.rowsPurged),
            Text.reported(report.segmentsRemoved), Text.reported(report.segmentsAdded),
            Text.reported(report.sourcesRemaining), Text.reported(report.targetsMissing),
            Text.reported(report.targetsConfirmed), Text.reported(report.l0SegmentsBefore),
            Text.reported(report.l0SegmentsAfter));
    }
}
