// What came of a trigger.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * What came of a trigger.
 *
 * @param trigger           what the server did
 * @param jobId             the job to wait for, or {@link MilvusClient#NO_JOB}
 * @param planned           plans of the job, if that is known
 * @param unsortedSegments  segments that waited to be sorted right before the trigger, and are left out (servers since
 *                          2.5), if that is known
 */
public record CompactResult(Trigger trigger, long jobId, OptionalLong planned, OptionalLong unsortedSegments) {
    static CompactResult of(Structs.CompactResult result) {
        return new CompactResult(Trigger.of(result.trigger), result.jobId, Text.reported(result.planned),
            Text.reported(result.unsortedSegments));
    }
}
