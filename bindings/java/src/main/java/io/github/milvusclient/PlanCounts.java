// Plans of a job by their state.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * Plans of a job by their state.
 *
 * @param executing  plans that run or wait to run, in the server's latest answer
 * @param completed  plans that completed
 * @param failed     plans that failed
 * @param timedOut   plans that ran out of the time that the server gives each
 */
public record PlanCounts(long executing, long completed, long failed, long timedOut) implements Json {
    static PlanCounts of(Structs.PlanCounts c) {
        return new PlanCounts(c.executing, c.completed, c.failed, c.timedOut);
    }

    @Override
    public String json() {
        return new JsonObject()
            .number("executing", executing)
            .number("completed", completed)
            .number("failed", failed)
            .number("timed_out", timedOut)
            .done();
    }
}
