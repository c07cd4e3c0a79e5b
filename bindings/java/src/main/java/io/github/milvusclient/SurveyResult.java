// What a survey found out about one collection.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a survey found out about one collection. Empty stands for a number that is not known.
 *
 * @param collectionName    the name or alias that you gave, or that the server listed; empty if a whole database could
 *                          not be listed
 * @param database          the database of the collection; empty on servers without databases (before 2.2.9)
 * @param failure           what it failed with; empty if it did not fail
 * @param check             what milvus_compaction_check() would say: whether a trigger would compact anything, why or
 *                          why not, and whether the segments are in their final form already
 * @param storedSegments    stored segments with rows
 * @param storedRows        rows of those segments. Deleted rows count until a compaction purges them
 * @param storedBytes       bytes of those rows, as an estimate: rows by rowBytes. Empty if the size of a row is not
 *                          known
 * @param smallSegments     stored segments below half of segmentBytes, as servers define a small segment by default
 * @param unsortedSegments  stored segments that wait to be sorted; empty before 2.5
 * @param l0Segments        segments of deletions (L0); empty before 2.4.7
 * @param deletedRows       stored rows that are deleted (or expired) and not purged yet. The library counts them on
 *                          query nodes from 2.3.5 on, if the whole collection is loaded and exactly its stored segments
 *                          are served. Else empty
 * @param mergedSegments    segments that the compaction would merge with others; 0 if it would do nothing
 * @param mergedInto        about how many segments those would become
 * @param rewriteRows       rows that the compaction would rewrite, also those of segments that servers rewrite 1 to 1
 * @param rewriteBytes      bytes of those rows, as an estimate: rows by rowBytes
 * @param rowBytes          the size of a row in bytes that the estimates use; 0 if it is not known
 * @param segmentBytes      the size of a segment in bytes that the estimates use
 * @param fragmentation     the share of the stored segments that one plain compaction would save, from 0 to 1: 1 -
 *                          (segments after it / stored segments). It is 0 if none can be merged, and 0.9 if ten would
 *                          become one. Results of clustering count as they are. Negative if the stored segments are not
 *                          known
 */
public record SurveyResult(String collectionName, String database, Optional<MilvusException> failure,
                           Optional<CheckResult> check, OptionalLong storedSegments, OptionalLong storedRows,
                           OptionalLong storedBytes, OptionalLong smallSegments, OptionalLong unsortedSegments,
                           OptionalLong l0Segments, OptionalLong deletedRows, OptionalLong mergedSegments,
                           OptionalLong mergedInto, OptionalLong rewriteRows, OptionalLong rewriteBytes,
                           OptionalLong rowBytes, OptionalLong segmentBytes, double fragmentation) implements Json {
    static SurveyResult of(Structs.SurveyResult c) {
        return new SurveyResult(Text.read(c.collectionName), Text.read(c.database), Failure.optional(c.error),
            Optional.ofNullable(c.check).map(place -> CheckResult.of(new Structs.CheckResult(place))),
            Text.reported(c.storedSegments), Text.reported(c.storedRows), Text.reported(c.storedBytes),
            Text.reported(c.smallSegments), Text.reported(c.unsortedSegments), Text.reported(c.l0Segments),
            Text.reported(c.deletedRows), Text.reported(c.mergedSegments), Text.reported(c.mergedInto),
            Text.reported(c.rewriteRows), Text.reported(c.rewriteBytes), Text.reported(c.rowBytes),
            Text.reported(c.segmentBytes), c.fragmentation);
    }

    @Override
    public String json() {
        return new JsonObject()
            .filled("collection_name", collectionName)
            .filled("database", database)
            .status("status", failure)
            .failure("error", failure)
            .object("check", check)
            .number("stored_segments", storedSegments)
            .number("stored_rows", storedRows)
            .number("stored_bytes", storedBytes)
            .number("small_segments", smallSegments)
            .number("unsorted_segments", unsortedSegments)
            .number("l0_segments", l0Segments)
            .number("deleted_rows", deletedRows)
            .number("merged_segments", mergedSegments)
            .number("merged_into", mergedInto)
            .number("rewrite_rows", rewriteRows)
            .number("rewrite_bytes", rewriteBytes)
            .number("row_bytes", rowBytes)
            .number("segment_bytes", segmentBytes)
            .share("fragmentation", fragmentation)
            .done();
    }
}
