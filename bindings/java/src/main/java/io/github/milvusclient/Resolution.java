// What became of a trigger in doubt.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * What became of a trigger in doubt.
 *
 * @param state  what was found out about a trigger in doubt
 * @param jobId  the job that was started, which can be waited for; {@link MilvusClient#UNKNOWN_JOB}, which cannot, if
 *               the server does not tell which it is (none up to 3.0.0 does); {@link MilvusClient#NO_JOB} if none was
 *               found
 * @param text   what was seen, for a person: one line of UTF-8
 */
public record Resolution(ResolutionState state, long jobId, String text) {
    static Resolution of(Structs.Resolution c) {
        return new Resolution(ResolutionState.of(c.state), c.jobId, Text.read(c.text));
    }
}
