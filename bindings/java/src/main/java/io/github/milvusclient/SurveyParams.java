// What a survey assumes.
package io.github.milvusclient;

import java.util.Objects;

/**
 * What a survey assumes. Immutable.
 *
 * @param compaction    the compaction whose effect it predicts, without partition, channel and segments; its database is
 *                      the one to survey
 * @param concurrency   how many collections are looked at at a time: up to 10000; 0: 16
 * @param allDatabases  survey the collections of every database; only without names
 * @param rowBytes      the size of a row, for the estimates; 0: the fixed-width fields of the schema
 * @param segmentBytes  the size of a segment up to which the server merges; 0: the target size, or the default of the
 *                      server's version
 */
public record SurveyParams(CompactParams compaction, int concurrency, boolean allDatabases, long rowBytes,
                           long segmentBytes) {
    /** A plain compaction, and what the server and the schema tell. */
    public static final SurveyParams DEFAULT = new SurveyParams(CompactParams.DEFAULT, 0, false, 0, 0);

    /** The compaction must not be null. */
    public SurveyParams {
        Objects.requireNonNull(compaction, "compaction");
    }

    /** The same for another compaction. */
    public SurveyParams withCompaction(CompactParams params) {
        return new SurveyParams(params, concurrency, allDatabases, rowBytes, segmentBytes);
    }

    /** The same for every database. */
    public SurveyParams ofAllDatabases() {
        return new SurveyParams(compaction, concurrency, true, rowBytes, segmentBytes);
    }

    /** The same with other sizes of a row and of a segment; 0 is the default of each. */
    public SurveyParams withSizes(long ofRow, long ofSegment) {
        return new SurveyParams(compaction, concurrency, allDatabases, ofRow, ofSegment);
    }

    /** Has what its compaction points to live as long as itself. No field of C, and so not public. */
    public static final class Struct extends Structs.SurveyParams {
        private final Structs.CompactParams each;

        Struct(Structs.CompactParams each) {
            this.each = each;
            each.write();
            compaction = each.getPointer();
        }
    }

    Structs.SurveyParams toStruct() {
        Structs.SurveyParams struct = CStruct.Sized.init(new Struct(compaction.toStruct()));
        struct.concurrency = concurrency;
        struct.allDatabases = CStruct.flag(allDatabases);
        struct.rowBytes = rowBytes;
        struct.segmentBytes = segmentBytes;
        return struct;
    }
}
