// What became of a trigger in doubt.
package io.github.milvusclient;

/**
 * What became of a trigger in doubt.
 *
 * @param state    what was found out
 * @param jobId    the job that was started; {@link MilvusClient#UNKNOWN_JOB}, which cannot be waited for, if the server
 *                 does not tell which it is; {@link MilvusClient#NO_JOB} if none was found
 * @param text     what was seen, for a person
 */
public record Resolution(ResolutionState state, long jobId, String text) {
    static Resolution of(Structs.Resolution resolution) {
        return new Resolution(ResolutionState.of(resolution.state), resolution.jobId, Text.read(resolution.text));
    }
}
