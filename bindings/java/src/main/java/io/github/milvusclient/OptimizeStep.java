// A line of a result: a stage, or one round of the compaction.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.time.Duration;
import java.util.Optional;

/**
 * A line of a result: a stage, or one round of the compaction.
 *
 * @param stage    the stage
 * @param state    how it ended
 * @param round    the number of the round, from 1; 0 for a whole stage
 * @param isL0     whether the round applied deletions (an L0 compaction)
 * @param jobId    the job of the round, or {@link MilvusClient#NO_JOB}
 * @param elapsed  duration
 * @param report   what the round found out about its job
 * @param text     what happened, as a text for people
 */
public record OptimizeStep(Stage stage, StepState state, int round, boolean isL0, long jobId, Duration elapsed,
                           Optional<CompactionReport> report, String text) implements Json {
    static OptimizeStep of(Structs.OptimizeStep c) {
        return new OptimizeStep(Stage.of(c.stage), StepState.of(c.state), c.round, c.isL0 == Library.YES, c.jobId,
            Duration.ofMillis(c.elapsedMs),
            Optional.ofNullable(c.report).map(place -> CompactionReport.of(new Structs.CompactionReport(place))),
            Text.read(c.text));
    }

    @Override
    public String json() {
        return new JsonObject()
            .name("stage", stage)
            .name("state", state)
            .number("round", round)
            .yes("is_l0", isL0)
            .job("job_id", jobId)
            .duration("elapsed_ms", elapsed)
            .object("report", report)
            .text("text", text)
            .done();
    }
}
