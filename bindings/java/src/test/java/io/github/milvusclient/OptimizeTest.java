// Optimizing: the result of one collection and of many, what keeps it from triggering, and what ends it early.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

/** Against a server with collections that can be merged. */
public final class OptimizeTest extends Served {
    private static final Set<Stage> ALL = EnumSet.range(Stage.FLUSH, Stage.SERVE);

    @Test
    public void aCollectionIsOptimizedAndASecondCallHasNothingToDo() {
        server.tell("mergeable merged 3 4"); // in two partitions
        List<Progress> seen = Collections.synchronizedList(new ArrayList<>());
        OptimizeResult result = client.optimize("merged", OptimizeParams.DEFAULT, SOON, seen::add);
        assertEquals("merged", result.collectionName());
        assertEquals(Stage.DONE, result.stage());
        assertEquals(Verdict.SUCCEEDED, result.verdict());
        assertEquals(1, result.rounds());
        assertEquals(Answer.NO, result.isLoaded());
        assertEquals(Optional.empty(), result.failure());
        assertEquals(OptionalLong.of(7), result.segmentsBefore());
        assertEquals(OptionalLong.of(2), result.segmentsAfter());
        assertEquals(result.rowsBefore(), result.rowsAfter());
        assertEquals(OptionalLong.of(7), result.segmentsIn());
        assertEquals(OptionalLong.of(2), result.segmentsOut());
        assertEquals(result.rowsBefore(), result.rewriteRows());
        assertEquals(result.rewriteBytes().getAsLong(),
            result.rewriteRows().getAsLong() * result.rowBytes().getAsLong());
        assertEquals(0, result.leftOut().orElseThrow().total());
        assertEquals(OptionalLong.of(0), result.newSegments());
        Progress last = seen.get(seen.size() - 1);
        assertEquals(1, last.round());
        assertEquals(7, last.rewriteSegments());
        assertEquals(result.rewriteRows().getAsLong(), last.rewriteRows());

        OptimizeResult again = client.optimize("merged", OptimizeParams.DEFAULT, SOON);
        assertEquals(Verdict.NOTHING_TO_DO, again.verdict());
        assertEquals(MilvusClient.NO_JOB, again.jobId());
        assertEquals(0, again.rounds());
        assertEquals(1, server.count("trigger"));
    }

    @Test
    public void eachStageAndRoundHasItsStep() {
        server.tell("mergeable merged 3");
        server.tell("load merged 0");
        OptimizeResult result = client.optimize("merged", OptimizeParams.DEFAULT, SOON);
        assertEquals(8, result.steps().size());
        List<Stage> stages = result.steps().stream().filter(step -> step.round() == 0).map(OptimizeStep::stage).toList();
        assertEquals(List.copyOf(ALL), stages);
        for (OptimizeStep step : result.steps()) {
            assertEquals(StepState.DONE, step.state());
            assertFalse(step.text().isEmpty());
            assertEquals(step.round() > 0, step.report().isPresent());
        }
        OptimizeStep round = result.steps().get(3);
        assertEquals(Stage.COMPACT, round.stage());
        assertEquals(1, round.round());
        assertFalse(round.isL0());
        assertEquals(result.jobId(), round.jobId());
        assertEquals(Verdict.SUCCEEDED, round.report().orElseThrow().verdict());
        assertEquals(Answer.YES, result.isLoaded());
        assertEquals(OptionalLong.of(1), result.servedSegments());
    }

    @Test
    public void aBoundKeepsFromTriggeringAndItsFiguresAreTold() {
        server.tell("mergeable bounded 3");
        OptimizeParams bounded = OptimizeParams.builder().maxRewriteRows(1).build();
        OutOfBoundsException failure = assertThrows(OutOfBoundsException.class,
            () -> client.optimize("bounded", bounded, SOON));
        assertTrue(failure.getMessage(), failure.getMessage().contains("3 segments"));
        assertTrue(failure.getMessage(), failure.getMessage().contains("max_rewrite_rows is 1"));
        OptimizeResult ended = failure.optimized().get(0);
        assertEquals(Stage.COMPACT, ended.stage());
        assertEquals(OutOfBoundsException.class, ended.failure().orElseThrow().getClass());
        assertEquals(StepState.FAILED, ended.steps().get(ended.steps().size() - 1).state());
        assertEquals(0, server.count("trigger"));
    }

    @Test
    public void anEstimateFlushesAndTriggersNothing() {
        server.tell("mergeable estimated 3");
        OptimizeParams estimate = OptimizeParams.builder().onlyEstimate().rowBytes(1000).build();
        OptimizeResult result = client.optimize("estimated", estimate, SOON);
        assertEquals(OptionalLong.of(3), result.segmentsIn());
        assertEquals(OptionalLong.of(1), result.segmentsOut());
        assertEquals(OptionalLong.of(1000), result.rowBytes());
        assertEquals(result.rewriteRows().getAsLong() * 1000, result.rewriteBytes().getAsLong());
        assertEquals(0, server.count("trigger") + server.count("flush"));
    }

    @Test
    public void parametersReachTheLibrary() {
        server.tell("mergeable parts 3 3");
        CompactParams partition = CompactParams.builder().partition("_default").build();
        Duration negative = Duration.ofNanos(-1);
        for (OptimizeParams.Builder bad : List.of(
            OptimizeParams.builder().skipStages(Stage.DONE), OptimizeParams.builder().skipStages(Stage.UNRECOGNIZED),
            OptimizeParams.builder().maxRounds(-1), OptimizeParams.builder().maxRounds(1001),
            OptimizeParams.builder().pause(negative), OptimizeParams.builder().maxPause(negative),
            OptimizeParams.builder().serveTimeout(negative), OptimizeParams.builder().maxRewriteRows(0),
            OptimizeParams.builder().maxRewriteBytes(0), OptimizeParams.builder().minSegments(-1),
            OptimizeParams.builder().rowBytes(0), OptimizeParams.builder().segmentBytes(-5),
            OptimizeParams.builder().l0(L0Mode.REQUIRED).compaction(partition))) {
            OptimizeParams params = bad.build();
            assertThrows(params.toString(), InvalidArgumentException.class,
                () -> client.optimize("parts", params, SOON));
        }
        OptimizeParams crowd = OptimizeParams.builder().concurrency(10001).build();
        assertThrows(InvalidArgumentException.class, () -> client.optimizeMany(List.of("parts"), crowd, SOON));
        OptimizeParams few = OptimizeParams.builder().minSegments(7).build();
        assertThrows(OutOfBoundsException.class, () -> client.optimize("parts", few, SOON));
        OptimizeParams good = OptimizeParams.builder().compaction(partition).skipStages(Stage.FLUSH, Stage.INDEX)
            .pause(Duration.ofNanos(1)).maxPause(Duration.ofMillis(1)).serveTimeout(Duration.ofSeconds(1)).build();
        OptimizeResult result = client.optimize("parts", good, SOON);
        assertEquals(OptionalLong.of(3), result.segmentsIn());
        List<Stage> skipped = result.steps().stream().filter(step -> step.state() == StepState.SKIPPED)
            .map(OptimizeStep::stage).toList();
        assertEquals(List.of(Stage.FLUSH, Stage.INDEX, Stage.LOAD, Stage.SERVE), skipped); // it is not loaded
    }

    @Test
    public void manyCollectionsAreOptimizedAndEachHasItsResult() {
        server.tell("mergeable one 3");
        server.tell("mergeable two 1");
        List<String> names = List.of("one", "missing", "two");
        SomeFailedException failure = assertThrows(SomeFailedException.class,
            () -> client.optimizeMany(names, OptimizeParams.builder().concurrency(2).build(), SOON));
        List<OptimizeResult> results = failure.optimized();
        assertEquals(names, results.stream().map(OptimizeResult::collectionName).toList());
        assertEquals(OptionalLong.of(1), results.get(0).segmentsAfter());
        assertEquals(Stage.DONE, results.get(0).stage());
        assertEquals(CollectionNotFoundException.class, results.get(1).failure().orElseThrow().getClass());
        assertEquals(OptionalLong.empty(), results.get(1).segmentsBefore());
        assertEquals(Optional.empty(), results.get(1).leftOut());
        assertEquals(Verdict.NOTHING_TO_DO, results.get(2).verdict());
        assertEquals(1, client.optimizeMany(List.of("one"), OptimizeParams.DEFAULT, SOON).size());
        assertThrows(InvalidArgumentException.class,
            () -> client.optimizeMany(List.of(), OptimizeParams.DEFAULT, SOON)); // not the whole database
    }

    @Test
    public void aWholeDatabaseIsOptimized() {
        OptimizeParams estimate = OptimizeParams.builder().onlyEstimate().build();
        List<Progress> seen = Collections.synchronizedList(new ArrayList<>());
        List<OptimizeResult> results = client.optimizeDatabase(estimate, SOON, seen::add);
        assertTrue(results.size() + " collections", results.size() >= 12);
        assertEquals(results.size(), seen.get(seen.size() - 1).collectionsDone());
        assertEquals(0, server.count("trigger"));
    }

    @Test
    public void whatEndsEarlyHasItsStageAndItsJob() {
        Duration brief = Duration.ofSeconds(1);
        MilvusTimeoutException failure = assertThrows(MilvusTimeoutException.class,
            () -> client.optimize("never_ends", OptimizeParams.DEFAULT, brief));
        OptimizeResult ended = failure.optimized().get(0);
        assertEquals(Stage.COMPACT, ended.stage());
        assertTrue(ended.jobId() > 0);
        assertEquals(MilvusTimeoutException.class, ended.failure().orElseThrow().getClass());
    }

    @Test
    public void cancellingTheFutureEndsTheOperationAndNotTheJob() throws Exception {
        CompletableFuture<Progress> compacting = new CompletableFuture<>();
        CompletableFuture<OptimizeResult> optimizing = client.optimizeAsync("never_ends", OptimizeParams.DEFAULT,
            MilvusClient.NO_TIMEOUT, progress -> {
                if (progress.stage() == Stage.COMPACT && progress.planned() > 0) {
                    compacting.complete(progress);
                }
            });
        assertEquals(1, compacting.get(30, TimeUnit.SECONDS).round());
        assertTrue(client.stats().operationsInFlight() > 0);
        assertTrue(optimizing.cancel(true));
        assertThrows(CancellationException.class, optimizing::join);
        until("the operation ends", () -> client.stats().operationsInFlight() == 0);
    }
}
