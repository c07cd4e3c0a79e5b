// One unit of work of a job, which servers also call a task: segments that become others.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One unit of work of a job, which servers also call a task: segments that become others.
 *
 * @param sources    ids of the segments that are taken
 * @param target     id of the (first) resulting segment; empty while, or if, there is none
 * @param targets    ids of all resulting segments that are known
 * @param judgement  how it ended, as far as this client has seen. A wait judges the plans of its job; plans of others
 *                   are {@link Judgement#OPEN} unless the server tells their states
 * @param reason     what that rests on
 * @param details    what only newer servers tell of a plan
 */
public record Plan(List<Long> sources, OptionalLong target, List<Long> targets, Judgement judgement, Reason reason,
                   Optional<Details> details) {
    /**
     * What only newer servers tell of a plan.
     *
     * @param type           what a plan does
     * @param state          how far a plan is
     * @param planId         the plan's own id
     * @param jobId          the job it belongs to
     * @param collectionId   the collection it works on
     * @param partitionId    the partition it works on
     * @param channel        the channel whose segments it takes
     * @param failureReason  why it failed, "" if it did not or the server does not say. Servers up to 3.0.0 say it on
     *                       the management port only (option management_uri), whatever hasDetails is
     */
    public record Details(PlanType type, PlanState state, long planId, long jobId, long collectionId, long partitionId,
                           String channel, String failureReason) {
    }

    static Plan of(Structs.Plan c) {
        return new Plan(Text.readNumbers(c.sources, c.sourceCount), Text.reported(c.target),
            Text.readNumbers(c.targets, c.targetCount), Judgement.of(c.judgement), Reason.of(c.reason), detailsOf(c));
    }

    private static Optional<Details> detailsOf(Structs.Plan c) {
        if (c.hasDetails != Library.YES) {
            return Optional.empty();
        }
        return Optional.of(new Details(PlanType.of(c.type), PlanState.of(c.state), c.planId, c.jobId, c.collectionId,
            c.partitionId, Text.read(c.channel), Text.read(c.failureReason)));
    }
}
