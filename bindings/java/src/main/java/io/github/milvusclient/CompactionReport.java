// What a wait has to tell.
package io.github.milvusclient;

import java.time.Duration;
import java.util.Optional;

/**
 * What a wait has to tell. Counts of plans that are through rest on the server's counters, as long as those can be seen,
 * and on what became of the plans' segments, because servers forget.
 *
 * @param verdict         how the job ended; {@link Verdict#NONE} if the wait ended first
 * @param jobId           the job
 * @param planned         plans of the job, as far as can be known; 0 if it cannot
 * @param executingPlans  plans that were running or waiting to run when the server was last asked
 * @param completedPlans  plans that completed
 * @param failedPlans     plans that failed
 * @param timedOutPlans   plans that took longer than the server allows
 * @param elapsed         duration of the wait
 * @param polls           how often the server answered
 * @param failedPolls     how often it did not, so that the question was repeated
 * @param segmentDiff          the segments right before the trigger and after the job: only of jobs that this client
 *                        triggered, on servers that list segments
 * @param unknownPlans    plans that ended, and nobody can tell how: each {@link Plan} has its reason
 * @param leftOut         stored segments that no plan named: only of jobs that this client triggered, on servers that
 *                        list segments and plans
 */
public record CompactionReport(Verdict verdict, long jobId, long planned, long executingPlans, long completedPlans,
                               long failedPlans, long timedOutPlans, Duration elapsed, long polls, long failedPolls,
                               Optional<SegmentDiff> segmentDiff, long unknownPlans, Optional<LeftOut> leftOut) {
    static CompactionReport of(Structs.Report report) {
        return new CompactionReport(Verdict.of(report.verdict), report.jobId, report.planned, report.counts.executing,
            report.counts.completed, report.counts.failed, report.counts.timedOut, Duration.ofMillis(report.elapsedMs),
            report.polls, report.failedPolls, report.hasSegmentDiff == 1 ? Optional.of(SegmentDiff.of(report.segmentDiff)) : Optional.empty(),
            report.unknownPlans, LeftOut.of(report.leftOut));
    }
}
