// What a wait found out about a job.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a wait found out about a job.
 *
 * @param verdict           how the job ended. {@link Verdict#NONE} if the wait ended first
 * @param jobId             the job
 * @param planned           plans of the job; 0 if their number is not known
 * @param counts            the plans by their state. Servers forget, so those that ended count by the largest counters
 *                          that were seen, and by what became of each plan's segments
 * @param unknownPlans      plans that ended in a way that nobody can tell. {@link Plan} has the reason of each
 * @param elapsed           duration of the wait
 * @param polls             questions that the server answered
 * @param failedPolls       questions that failed, and that the wait repeated
 * @param segmentDiff       what changed between the trigger and the end of the job. Empty if that is not known
 * @param leftOut           segments that the job left out; empty if that is not known
 * @param unsortedSegments  segments that waited to be sorted right before the trigger (servers since 2.5), as in {@link
 *                          CompactResult}. Empty unless this client triggered or imported the job, and of {@link
 *                          MilvusClient#NO_JOB} unless it is the end of {@link MilvusClient#optimize} or {@link
 *                          MilvusClient#compactMany}
 * @param stalled           milliseconds for which the job had not changed when the wait ended early; 0 if the job is
 *                          over. A wait ends with {@link Status#STALLED} when this is more than the option
 *                          stall_timeout_ms
 */
public record CompactionReport(Verdict verdict, long jobId, long planned, PlanCounts counts, long unknownPlans,
                               Duration elapsed, long polls, long failedPolls, Optional<SegmentDiff> segmentDiff,
                               Optional<LeftOut> leftOut, OptionalLong unsortedSegments,
                               Duration stalled) implements Json {
    static CompactionReport of(Structs.CompactionReport c) {
        return new CompactionReport(Verdict.of(c.verdict), c.jobId, c.planned, PlanCounts.of(c.counts), c.unknownPlans,
            Duration.ofMillis(c.elapsedMs), c.polls, c.failedPolls, segmentDiffOf(c), leftOutOf(c),
            Text.reported(c.unsortedSegments), Duration.ofMillis(c.stalledMs));
    }

    private static Optional<SegmentDiff> segmentDiffOf(Structs.CompactionReport c) {
        if (c.hasSegmentDiff != Library.YES) {
            return Optional.empty();
        }
        return Optional.of(SegmentDiff.of(c.segmentDiff));
    }

    private static Optional<LeftOut> leftOutOf(Structs.CompactionReport c) {
        if (Text.reported(c.leftOut.total).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(LeftOut.of(c.leftOut));
    }

    @Override
    public String json() {
        return new JsonObject()
            .name("verdict", verdict)
            .job("job_id", jobId)
            .planned("planned", planned, verdict)
            .object("counts", counts)
            .number("unknown_plans", unknownPlans)
            .duration("elapsed_ms", elapsed)
            .number("polls", polls)
            .number("failed_polls", failedPolls)
            .object("segment_diff", segmentDiff)
            .object("left_out", leftOut)
            .number("unsorted_segments", unsortedSegments)
            .duration("stalled_ms", stalled)
            .done();
    }
}
