// What the server says about a job now.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * What the server says about a job now.
 *
 * @param state   what the server says of a job
 * @param counts  the plans that the server counts now. It stops counting a plan within seconds of its end
 */
public record StateInfo(CompactionState state, PlanCounts counts) {
    static StateInfo of(Structs.CompactionStateInfo c) {
        return new StateInfo(CompactionState.of(c.state), PlanCounts.of(c.counts));
    }
}
