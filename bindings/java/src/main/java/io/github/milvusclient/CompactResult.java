// The server's answer to a trigger.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * The server's answer to a trigger.
 *
 * @param trigger           what the server did
 * @param jobId             the job to wait for, or {@link MilvusClient#NO_JOB}
 * @param planned           plans of the job; empty if their number is not known
 * @param unsortedSegments  segments that waited to be sorted right before the trigger, so that the job leaves them out
 *                          (Milvus 2.5 and later); empty if that is not known
 */
public record CompactResult(Trigger trigger, long jobId, OptionalLong planned, OptionalLong unsortedSegments) {
    static CompactResult of(Structs.CompactResult c) {
        return new CompactResult(Trigger.of(c.trigger), c.jobId, Text.reported(c.planned),
            Text.reported(c.unsortedSegments));
    }
}
