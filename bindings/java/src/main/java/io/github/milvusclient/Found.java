// What became of a trigger in doubt.
package io.github.milvusclient;

/**
 * What became of a trigger in doubt.
 *
 * @param finding  what was found out
 * @param jobId    the job that was started; {@link MilvusClient#UNKNOWN_JOB}, which cannot be waited for, if the server
 *                 does not tell which it is; {@link MilvusClient#NO_JOB} if none was found
 * @param text     what was seen, for a person
 */
public record Found(Finding finding, long jobId, String text) {
    static Found of(Structs.Found found) {
        return new Found(Finding.of(found.found), found.jobId, Text.read(found.text));
    }
}
