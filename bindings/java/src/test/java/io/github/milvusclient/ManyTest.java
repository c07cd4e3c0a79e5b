// Many collections at once, and the progress of what takes long.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

/** Against a server whose collections are named for what becomes of their jobs. */
public final class ManyTest extends Served {
    @Test
    public void aListIsCompactedInItsOrder() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            names.add("one_" + i);
            server.tell("add one_" + i + " succeeds");
        }
        List<CollectionResult> results = client.compactMany(names, ManyParams.DEFAULT, SOON);
        assertEquals(names, results.stream().map(CollectionResult::collectionName).toList());
        for (CollectionResult result : results) {
            assertEquals(Trigger.SCHEDULED, result.trigger());
            assertEquals(Verdict.SUCCEEDED, result.report().orElseThrow().verdict());
            assertTrue(result.failure().isEmpty());
        }
    }

    @Test
    public void whatWaitsToBeSortedIsToldWhereNothingWasToDo() {
        server.tell("add fresh only_unsorted");
        Duration brief = Duration.ofSeconds(2);
        CollectionResult result = client.compactMany(List.of("fresh"), ManyParams.DEFAULT, brief).get(0);
        assertEquals(Trigger.NOTHING_TO_DO, result.trigger());
        assertEquals(OptionalLong.of(2), result.unsortedSegments());
        assertEquals(OptionalLong.of(2), result.report().orElseThrow().unsortedSegments());
        assertEquals(OptionalLong.empty(), client.waitForCompaction(MilvusClient.NO_JOB, SOON).unsortedSegments());
    }

    @Test
    public void ifSomeFailTheExceptionTellsOfEach() {
        SomeFailedException failure = assertThrows(SomeFailedException.class, () -> client.compactMany(
            List.of("nothing", "fails_partly", "missing"), ManyParams.DEFAULT.withConcurrency(1), SOON));
        List<CollectionResult> results = failure.results();
        assertEquals(3, results.size());
        assertEquals(Verdict.NOTHING_TO_DO, results.get(0).report().orElseThrow().verdict());
        assertEquals(CompactionFailedException.class, results.get(1).failure().orElseThrow().getClass());
        assertEquals(1, results.get(1).report().orElseThrow().counts().failed());
        assertEquals(CollectionNotFoundException.class, results.get(2).failure().orElseThrow().getClass());
        assertEquals(Trigger.NONE, results.get(2).trigger());
    }

    @Test
    public void anEmptyListIsNotTakenForTheWholeDatabase() {
        assertThrows(InvalidArgumentException.class, () -> client.compactMany(List.of(), ManyParams.DEFAULT, SOON));
        assertEquals(0, server.count("trigger"));
    }

    @Test
    public void aWholeDatabaseIsCompacted() {
        SomeFailedException failure = assertThrows(SomeFailedException.class, () -> client.compactDatabase(
            ManyParams.DEFAULT.withConcurrency(100), Duration.ofSeconds(2)));
        assertTrue(failure.results().size() + " collections", failure.results().size() >= 12);
        assertTrue(failure.results().stream().anyMatch(result -> result.collectionName().equals("succeeds")
            && result.failure().isEmpty()));
    }

    @Test
    public void parametersAreThoseOfEachCollection() {
        CompactParams wrong = CompactParams.builder().partition("p").build();
        assertThrows(InvalidArgumentException.class,
            () -> client.compactMany(List.of("succeeds"), ManyParams.DEFAULT.withCompaction(wrong), SOON));
        ManyParams onlyTrigger = new ManyParams(CompactParams.builder().l0().build(), 0, true);
        CollectionResult result = client.compactMany(List.of("succeeds"), onlyTrigger, SOON).get(0);
        assertTrue(result.report().isEmpty());
    }

    @Test
    public void progressComesInOrderAndIsCompleteBeforeTheEnd() {
        List<Progress> seen = Collections.synchronizedList(new ArrayList<>());
        List<String> names = List.of("succeeds", "unindexed", "nothing");
        client.compactMany(names, ManyParams.DEFAULT, SOON, seen::add);
        Progress last = seen.get(seen.size() - 1);
        assertEquals(3, last.collections());
        assertEquals(3, last.collectionsDone());
        assertEquals(0, last.collectionsFailed());
        assertEquals(3, last.completed());
        for (int i = 1; i < seen.size(); i++) {
            assertFalse(seen.get(i).elapsed().compareTo(seen.get(i - 1).elapsed()) < 0);
        }
    }

    @Test
    public void eventsTellEachCollectionAndItsJobInOrder() {
        List<CollectionEvent> told = Collections.synchronizedList(new ArrayList<>());
        List<String> names = List.of("succeeds", "missing", "nothing");
        SomeFailedException failure = assertThrows(SomeFailedException.class, () -> client.compactMany(names,
            ManyParams.DEFAULT.withConcurrency(1), SOON, EventListener.of(told::add)));
        List<String> seen = told.stream().map(event -> event.event() + " " + event.collectionName()).toList();
        assertEquals(List.of("BEGAN succeeds", "TRIGGERED succeeds", "ENDED succeeds", "BEGAN missing", "ENDED missing",
            "BEGAN nothing", "ENDED nothing"), seen);
        long job = failure.results().get(0).jobId();
        assertTrue(job > 0);
        assertEquals(List.of(job, job), List.of(told.get(1).jobId(), told.get(2).jobId()));
        assertEquals(Status.PENDING, told.get(1).status());
        assertEquals(Status.COLLECTION_NOT_FOUND, told.get(4).status());
    }

    @Test
    public void aListenerThatThrowsIsToldTheNextEventAllTheSame() {
        List<Event> told = Collections.synchronizedList(new ArrayList<>());
        client.compactMany(List.of("succeeds"), ManyParams.DEFAULT, SOON, EventListener.of(event -> {
            told.add(event.event());
            throw new ExpectedFailure();
        }));
        assertEquals(List.of(Event.BEGAN, Event.TRIGGERED, Event.ENDED), told);
    }

    @Test
    public void aJobOfAnOptimizationCanBeSavedAsSoonAsItIsTriggered() throws Exception {
        server.tell("add endless never_ends");
        CompletableFuture<CollectionEvent> triggered = new CompletableFuture<>();
        CompletableFuture<Progress> progress = new CompletableFuture<>();
        CompletableFuture<OptimizeResult> optimizing = client.optimizeAsync("endless", OptimizeParams.DEFAULT,
            MilvusClient.NO_TIMEOUT, new EventListener() {
                @Override
                public void event(CollectionEvent event) {
                    if (event.event() == Event.TRIGGERED) {
                        triggered.complete(event);
                    }
                }

                @Override
                public void accept(Progress now) {
                    progress.complete(now);
                }
            });
        CollectionEvent event = triggered.get(30, TimeUnit.SECONDS);
        String saved = client.exportJob(event.jobId());
        assertFalse(optimizing.isDone());
        assertEquals("endless", event.collectionName());
        try (MilvusClient other = new MilvusClient(server.uri())) {
            assertEquals(event.jobId(), other.importJob(saved));
        }
        progress.get(30, TimeUnit.SECONDS);
        optimizing.cancel(true);
    }

    @Test
    public void aWaitTellsItsProgressWhileItIsUnderWay() throws Exception {
        CompletableFuture<Progress> running = new CompletableFuture<>();
        CompletableFuture<CompactionReport> waiting = client.waitForCompactionAsync(endless(), MilvusClient.NO_TIMEOUT,
            progress -> {
                if (progress.planned() == 1) {
                    running.complete(progress);
                }
            });
        assertEquals(0, running.get(30, TimeUnit.SECONDS).completed());
        assertFalse(waiting.isDone());
        waiting.cancel(true);
    }

    @Test
    public void aConsumerThatThrowsDoesNotEndTheOperation() {
        OptimizeResult result = client.optimize("succeeds", OptimizeParams.DEFAULT, SOON, progress -> {
            throw new ExpectedFailure();
        });
        assertEquals(Verdict.SUCCEEDED, result.verdict());
    }

    /** Is printed by the JVM, as what any thread throws. */
    private static final class ExpectedFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ExpectedFailure() {
            super("of a consumer, as the test wants it", null, false, false);
        }
    }
}
