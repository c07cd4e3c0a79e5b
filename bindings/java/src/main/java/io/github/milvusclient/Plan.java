// One plan of a job
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One plan of a job; servers also call it a task.
 *
 * @param sources        ids of the segments that the plan takes
 * @param target         id of the first segment that the plan makes; empty if there is none, or none yet
 * @param targets        ids of all segments that the plan makes, as far as they are known
 * @param judgement      how the plan ended, as far as this client has seen. A wait judges the plans of its job. A plan
 *                       that no wait has judged is {@link Judgement#OPEN}, unless the server tells its state
 * @param reason         what the judgement rests on
 * @param details        what only newer servers tell of a plan
 * @param failureReason  why the plan failed; "" if it did not fail, or the server does not say. Servers up to 3.0.0 say
 *                       it only on the management port (option management_uri)
 */
public record Plan(List<Long> sources, OptionalLong target, List<Long> targets, Judgement judgement, Reason reason,
                   Optional<Details> details, String failureReason) implements Json {
    /**
     * What only newer servers tell of a plan.
     *
     * @param type          what a plan does
     * @param state         how far a plan is
     * @param planId        the plan's own id
     * @param jobId         the job it belongs to
     * @param collectionId  the collection it works on
     * @param partitionId   the partition it works on
     * @param channel       the channel whose segments it takes
     */
    public record Details(PlanType type, PlanState state, long planId, long jobId, long collectionId, long partitionId,
                           String channel) {
    }

    static Plan of(Structs.Plan c) {
        return new Plan(Text.readNumbers(c.sources, c.sourceCount), Text.reported(c.target),
            Text.readNumbers(c.targets, c.targetCount), Judgement.of(c.judgement), Reason.of(c.reason), detailsOf(c),
            Text.read(c.failureReason));
    }

    private static Optional<Details> detailsOf(Structs.Plan c) {
        if (c.hasDetails != Library.YES) {
            return Optional.empty();
        }
        return Optional.of(new Details(PlanType.of(c.type), PlanState.of(c.state), c.planId, c.jobId, c.collectionId,
            c.partitionId, Text.read(c.channel)));
    }

    @Override
    public String json() {
        return new JsonObject()
            .ids("sources", sources)
            .id("target", target)
            .ids("targets", targets)
            .name("judgement", judgement)
            .name("reason", reason)
            .name("type", details.map(Details::type))
            .name("state", details.map(Details::state))
            .id("plan_id", details.map(Details::planId))
            .id("job_id", details.map(Details::jobId))
            .id("collection_id", details.map(Details::collectionId))
            .id("partition_id", details.map(Details::partitionId))
            .filled("channel", details.map(Details::channel))
            .filled("failure_reason", failureReason)
            .done();
    }
}
