// The result of one collection.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The result of one collection. Empty stands for what is not known.
 *
 * @param collectionName    the name or alias that you gave, or that the server listed
 * @param stage             the stage in which it ended: {@link Stage#DONE} after the last, also with {@link
 *                          Status#INCOMPLETE}
 * @param verdict           how the compaction ended, all rounds together. {@link Verdict#NOTHING_TO_DO} if nothing was
 *                          triggered
 * @param rounds            jobs that were triggered or followed
 * @param isLoaded          whether the collection is loaded: {@link Answer#YES}, {@link Answer#NO} or {@link
 *                          Answer#NOT_KNOWN}
 * @param jobId             the latest job, or {@link MilvusClient#NO_JOB}. If the call ended early, it may go on
 * @param steps             a line for each stage and each round, in the order in which they ended: the rounds of the
 *                          compaction come before its stage
 * @param failure           what it failed with; empty if it did not fail
 * @param segmentsBefore    segments with stored rows before the first round
 * @param segmentsAfter     segments with stored rows after the last round
 * @param rowsBefore        rows of those segments before. Deleted rows count until a compaction purges them
 * @param rowsAfter         rows of those segments after
 * @param l0SegmentsBefore  segments of deletions (L0) before the first round. Servers since 2.4.7 report it
 * @param l0SegmentsAfter   segments of deletions (L0) after the last round
 * @param segmentsIn        segments that the rounds rewrote, as listed before each. With onlyEstimate: that they would
 *                          rewrite
 * @param segmentsOut       about how many they became. Empty for a clustering
 * @param rewriteRows       their rows
 * @param rewriteBytes      their bytes, as an estimate: rewriteRows times rowBytes. Servers report no sizes
 * @param rowBytes          the size of a row in bytes: from the parameters, or of the fixed-width fields of the schema
 * @param servedSegments    segments that the query nodes serve at the end, of those that they should
 * @param leftOut           stored segments that are not in the state that was wanted, by reason. other counts those
 *                          that could be merged, but were held or refused
 * @param newSegments       segments that were stored since the first round began, by flushes and other compactions
 * @param elapsed           duration
 */
public record OptimizeResult(String collectionName, Stage stage, Verdict verdict, int rounds, Answer isLoaded,
                             long jobId, List<OptimizeStep> steps, Optional<MilvusException> failure,
                             OptionalLong segmentsBefore, OptionalLong segmentsAfter, OptionalLong rowsBefore,
                             OptionalLong rowsAfter, OptionalLong l0SegmentsBefore, OptionalLong l0SegmentsAfter,
                             OptionalLong segmentsIn, OptionalLong segmentsOut, OptionalLong rewriteRows,
                             OptionalLong rewriteBytes, OptionalLong rowBytes, OptionalLong servedSegments,
                             Optional<LeftOut> leftOut, OptionalLong newSegments, Duration elapsed) implements Json {
    static OptimizeResult of(Structs.OptimizeResult c, List<OptimizeStep> steps) {
        return new OptimizeResult(Text.read(c.collectionName), Stage.of(c.stage), Verdict.of(c.verdict), c.rounds,
            Answer.of(c.isLoaded), c.jobId, steps, Failure.optional(c.error), Text.reported(c.segmentsBefore),
            Text.reported(c.segmentsAfter), Text.reported(c.rowsBefore), Text.reported(c.rowsAfter),
            Text.reported(c.l0SegmentsBefore), Text.reported(c.l0SegmentsAfter), Text.reported(c.segmentsIn),
            Text.reported(c.segmentsOut), Text.reported(c.rewriteRows), Text.reported(c.rewriteBytes),
            Text.reported(c.rowBytes), Text.reported(c.servedSegments), leftOutOf(c), Text.reported(c.newSegments),
            Duration.ofMillis(c.elapsedMs));
    }

    private static Optional<LeftOut> leftOutOf(Structs.OptimizeResult c) {
        if (Text.reported(c.leftOut.total).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(LeftOut.of(c.leftOut));
    }

    @Override
    public String json() {
        return new JsonObject()
            .text("collection_name", collectionName)
            .status("status", failure)
            .name("stage", stage)
            .name("verdict", verdict)
            .number("rounds", rounds)
            .answer("is_loaded", isLoaded)
            .job("job_id", jobId)
            .list("steps", steps)
            .failure("error", failure)
            .number("segments_before", segmentsBefore)
            .number("segments_after", segmentsAfter)
            .number("rows_before", rowsBefore)
            .number("rows_after", rowsAfter)
            .number("l0_segments_before", l0SegmentsBefore)
            .number("l0_segments_after", l0SegmentsAfter)
            .number("segments_in", segmentsIn)
            .number("segments_out", segmentsOut)
            .number("rewrite_rows", rewriteRows)
            .number("rewrite_bytes", rewriteBytes)
            .number("row_bytes", rowBytes)
            .number("served_segments", servedSegments)
            .object("left_out", leftOut)
            .number("new_segments", newSegments)
            .duration("elapsed_ms", elapsed)
            .done();
    }
}
