// One unit of work of a job: segments that become others.
package io.github.milvusclient;

import java.util.List;
import java.util.Optional;

/**
 * One unit of work of a job, which servers also call a task: segments that become others.
 *
 * @param sources    ids of the segments that are taken
 * @param targets    ids of all resulting segments that are known; empty while, or if, there are none
 * @param details    what servers newer than 3.0.0 tell besides
 * @param judgement  how it ended, as far as this client has seen: a wait judges the plans of its job; those of others are
 *                   {@link Judgement#OPEN} unless the server tells their states
 * @param reason     what that rests on
 */
public record Plan(List<Long> sources, List<Long> targets, Optional<Details> details, Judgement judgement,
                   Reason reason) {
    /**
     * What the newest servers tell of a plan.
     *
     * @param type           what it does
     * @param state          how far it is
     * @param planId         its own id
     * @param jobId          the job it belongs to
     * @param collectionId   the collection it works on
     * @param partitionId    the partition it works on
     * @param channel        the channel whose segments it takes
     * @param failureReason  why it failed; empty if it did not or the server does not say
     */
    public record Details(PlanType type, PlanState state, long planId, long jobId, long collectionId, long partitionId,
                          String channel, String failureReason) {
    }

    static Plan of(Structs.Plan plan) {
        List<Long> targets = Text.readNumbers(plan.targets, plan.targetCount);
        Optional<Details> details = plan.hasDetails != 1 ? Optional.empty() : Optional.of(new Details(
            PlanType.of(plan.type), PlanState.of(plan.state), plan.planId, plan.jobId, plan.collectionId,
            plan.partitionId, Text.read(plan.channel), Text.read(plan.failureReason)));
        return new Plan(Text.readNumbers(plan.sources, plan.sourceCount),
            targets.isEmpty() && plan.target >= 0 ? List.of(plan.target) : targets, details,
            Judgement.of(plan.judgement), Reason.of(plan.reason));
    }
}
