// What the server says of a job now.
package io.github.milvusclient;

/**
 * What the server says of a job now. One look cannot tell success from failures that the server has forgotten: wait
 * for the job to know how it ended.
 *
 * @param state           the server's word
 * @param executingPlans  plans that are running or waiting to run
 * @param completedPlans  plans that completed
 * @param failedPlans     plans that failed; servers forget them within seconds to minutes
 * @param timedOutPlans   plans that took longer than the server allows
 */
public record StateInfo(CompactionState state, long executingPlans, long completedPlans, long failedPlans,
                        long timedOutPlans) {
    static StateInfo of(Structs.StateInfo info) {
        return new StateInfo(CompactionState.of(info.state), info.counts.executing, info.counts.completed, info.counts.failed,
            info.counts.timedOut);
    }
}
