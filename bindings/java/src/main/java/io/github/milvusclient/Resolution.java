// What happened to a trigger in doubt.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * What happened to a trigger in doubt.
 *
 * @param state  what was found out about a trigger in doubt
 * @param jobId  the job that the trigger started. {@link MilvusClient#UNKNOWN_JOB}, for which no function waits, if the
 *               server does not tell which job (none up to 3.0.0 does). {@link MilvusClient#NO_JOB} if the library
 *               found none
 * @param text   what the library saw, for a person: one line of UTF-8
 */
public record Resolution(ResolutionState state, long jobId, String text) {
    static Resolution of(Structs.Resolution c) {
        return new Resolution(ResolutionState.of(c.state), c.jobId, Text.read(c.text));
    }
}
