// Every operation in its blocking form, with what it gives and how it fails.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.Test;

/** Against a server that plays 2.6.8. */
public final class OperationsTest extends Served {
    @Test
    public void aCollectionIsCompactedAndItsJobFollowedToTheEnd() {
        long job = client.compact("succeeds", SOON);
        assertTrue(job > 0);
        CompactionReport report = client.waitForCompaction(job, SOON);
        assertEquals(Verdict.SUCCEEDED, report.verdict());
        assertEquals(job, report.jobId());
        assertEquals(2, report.counts().completed());
        assertEquals(OptionalLong.of(2), report.segmentDiff().orElseThrow().segmentsAfter());
        List<Plan> plans = client.plans(job, SOON);
        assertEquals(2, plans.size());
        assertEquals(2, plans.get(0).sources().size());
        assertEquals(1, plans.get(0).targets().size());
        assertEquals(Judgement.COMPLETED, plans.get(0).judgement());
        assertEquals(Reason.TARGET_STORED, plans.get(0).reason());
        assertEquals(0, report.unknownPlans());
        assertEquals(new LeftOut(1, 0, 1, 0, 0, 0, 0, 0), report.leftOut().orElseThrow()); // the deletions
        assertEquals(CompactionState.COMPLETED, client.state(job, SOON).state());
        assertEquals("succeeds", server.tell("compacted"));
    }

    @Test
    public void nothingToDoIsNoFailure() {
        long job = client.compact("nothing", SOON);
        assertEquals(MilvusClient.NO_JOB, job);
        CompactionReport report = client.waitForCompaction(job, SOON);
        assertEquals(Verdict.NOTHING_TO_DO, report.verdict());
        assertTrue(report.leftOut().isEmpty());
    }

    @Test
    public void aTriggerWhileTheJobOfAnotherClientRunsIsBusyAndALaterOneWorks() {
        long job = client.compact("succeeds", SOON);
        try (MilvusClient other = new MilvusClient(server.uri())) {
            BusyException failure = assertThrows(BusyException.class, () -> other.compact("succeeds", SOON));
            assertEquals(Status.BUSY, failure.status());
            assertTrue(failure.retriable());
            assertFalse(failure.inDoubt());
            assertEquals(Verdict.SUCCEEDED, client.waitForCompaction(job, SOON).verdict());
            long later = other.compact("succeeds", SOON);
            assertTrue(later > 0 && later != job);
            assertEquals(Verdict.SUCCEEDED, other.waitForCompaction(later, SOON).verdict());
        }
    }

    @Test
    public void eachPlanThatDidNotCompleteHasItsReason() {
        long job = client.compact("vanishes", SOON);
        assertThrows(CompactionFailedException.class, () -> client.waitForCompaction(job, SOON));
        List<Plan> plans = client.plans(job, SOON);
        assertEquals(2, plans.size());
        for (Plan plan : plans) {
            assertFalse(plan.judgement() == Judgement.COMPLETED || plan.judgement() == Judgement.UNRECOGNIZED);
            assertFalse(plan.reason() == Reason.UNRECOGNIZED);
            assertFalse(plan.reason().message().isEmpty());
        }
    }

    @Test
    public void segmentsThatWaitToBeSortedAreCounted() {
        CompactResult result = client.compactWith("succeeds", CompactParams.DEFAULT, SOON);
        assertEquals(OptionalLong.of(0), result.unsortedSegments());
    }

    @Test
    public void aTriggerWithParametersTellsWhatCameOfIt() {
        CompactParams params = CompactParams.builder().targetSizeMb(CompactParams.LARGEST_TARGET_SIZE).build();
        assertThrows(UnsupportedException.class, () -> client.compactWith("succeeds", params, SOON));
        try (MilvusClient told = new MilvusClient(server.uri(), Map.of("allow_early_target_size", "true"))) {
            CompactResult result = told.compactWith("succeeds", params, SOON);
            assertEquals(Trigger.SCHEDULED, result.trigger());
            assertEquals(OptionalLong.of(2), result.planned());
        }
        CompactParams contradiction = CompactParams.builder().l0().clustering().build();
        assertThrows(InvalidArgumentException.class, () -> client.compactWith("succeeds", contradiction, SOON));
        CompactParams partition = CompactParams.builder().partition("größe").build();
        PartitionNotFoundException failure = assertThrows(PartitionNotFoundException.class,
            () -> client.compactWith("succeeds", partition, SOON));
        assertTrue(failure.getMessage(), failure.getMessage().contains("größe"));
    }

    @Test
    public void onlySegmentsOfTheCollectionAreTaken() {
        long segment = client.segments("fails", SegmentView.STORED, SOON).get(0).id();
        CompactParams params = CompactParams.builder().segments(segment).build();
        InvalidArgumentException failure = assertThrows(InvalidArgumentException.class,
            () -> client.compactWith("succeeds", params, SOON));
        assertTrue(failure.getMessage(), failure.getMessage().contains(String.valueOf(segment)));
        assertTrue(client.compactWith("fails", params, SOON).jobId() > 0);
    }

    @Test
    public void aCollectionThatIsNotThereHasAnExceptionOfItsOwn() {
        CollectionNotFoundException failure = assertThrows(CollectionNotFoundException.class,
            () -> client.compact("missing", SOON));
        assertEquals(Status.COLLECTION_NOT_FOUND, failure.status());
        assertEquals("milvus_compact_async", failure.operation());
        assertEquals(4, failure.serverCode()); // all that lines 2.5 and 2.6 tell of a missing collection
        assertEquals(MilvusClient.NO_JOB, failure.jobId());
        assertFalse(failure.inDoubt());
        assertFalse(failure.retriable());
        assertTrue(failure.getMessage(), failure.getMessage().contains("missing"));
    }

    @Test
    public void aFailedCompactionHasItsReport() {
        long job = client.compact("fails_partly", SOON);
        CompactionFailedException failure = assertThrows(CompactionFailedException.class,
            () -> client.waitForCompaction(job, SOON));
        assertEquals(job, failure.jobId());
        CompactionReport report = failure.report().orElseThrow();
        assertEquals(Verdict.PARTLY_FAILED, report.verdict());
        assertEquals(1, report.counts().failed());
    }

    @Test
    public void aForgottenJobIsNotCalledDone() {
        long job = client.compact("is_forgotten", SOON);
        OutcomeUnknownException failure = assertThrows(OutcomeUnknownException.class,
            () -> client.waitForCompaction(job, SOON));
        assertEquals(Verdict.UNKNOWN, failure.report().orElseThrow().verdict());
    }

    @Test
    public void aWaitThatRunsOutOfTimeHasWhatItSaw() {
        long job = endless();
        MilvusTimeoutException failure = assertThrows(MilvusTimeoutException.class,
            () -> client.waitForCompaction(job, Duration.ofMillis(300)));
        assertEquals(1, failure.report().orElseThrow().counts().executing());
        assertEquals(Verdict.NONE, failure.report().orElseThrow().verdict());
    }

    @Test
    public void aTriggerWhoseAnswerIsLostIsInDoubt() {
        server.tell("fail trigger cut");
        MilvusException failure = assertThrows(MilvusException.class, () -> client.compact("succeeds", SOON));
        assertTrue(failure.inDoubt());
        assertFalse(failure.retriable());
        assertTrue(failure.resolution() != ResolutionState.NOT_IN_DOUBT);
        assertTrue(failure.resolution() != ResolutionState.UNRECOGNIZED);
        assertTrue(client.resolve("succeeds", SOON).state() != ResolutionState.NOT_IN_DOUBT);
        assertEquals(ResolutionState.NOT_IN_DOUBT, client.resolve("fails", SOON).state());
    }

    @Test
    public void aServerThatIsNotThereIsUnavailable() {
        String uri = server.uri();
        server.close();
        try (MilvusClient alone = new MilvusClient(uri, Map.of("retry.max_attempts", "1"))) {
            UnavailableException failure = assertThrows(UnavailableException.class, () -> alone.compact("x", SOON));
            assertTrue(failure.retriable());
        }
    }

    @Test
    public void aTokenThatIsRefusedIsUnauthenticated() {
        server.tell("fail describe grpc 16 auth check failure");
        UnauthenticatedException failure = assertThrows(UnauthenticatedException.class,
            () -> client.compact("succeeds", SOON));
        assertEquals(16, failure.grpcCode());
    }

    @Test
    public void theServerTellsWhatItIs() {
        assertEquals("v2.6.8", client.serverVersion(SOON));
        assertEquals("v2.6.8", client.serverInfo(MilvusClient.DEFAULT_TIMEOUT).version());
        assertFalse(client.serverInfo(SOON).isLite());
    }

    @Test
    public void aCheckSendsNoTrigger() {
        CheckResult result = client.check("succeeds", CompactParams.DEFAULT, SOON);
        assertEquals(OptionalLong.of(4), result.segments());
        assertEquals(Answer.YES, result.isIndexed());
        assertEquals(Answer.NOT_KNOWN, result.wouldCompact());
        assertEquals(Answer.YES, result.wouldCompactIfFree());
        assertEquals(Answer.NOT_KNOWN, result.mayBeBusy());
        assertEquals(Answer.NO, result.isFinal());
        assertEquals(OptionalLong.of(1), result.expectedSegments());
        assertEquals(OptionalLong.of(0), result.unsortedSegments());
        assertFalse(result.reason().isEmpty());
        assertEquals(0, server.count("trigger"));
    }

    @Test
    public void segmentsAreListedAsStoredAndAsLoaded() {
        List<Segment> stored = client.segments("succeeds", SegmentView.STORED, SOON);
        assertEquals(5, stored.size()); // four with rows, one of deletions
        assertEquals(1, stored.stream().filter(segment -> segment.level() == SegmentLevel.L0).count());
        assertTrue(stored.stream().allMatch(segment -> segment.state() == SegmentState.FLUSHED));
        assertTrue(client.segments("succeeds", SegmentView.LOADED, SOON).isEmpty());
    }

    @Test
    public void aCollectionIsFlushed() {
        client.flush("succeeds", SOON);
        assertEquals(1, server.count("flush"));
    }

    @Test
    public void whatTheServerIsTooOldForIsUnsupported() {
        UnsupportedException failure = assertThrows(UnsupportedException.class, () -> client.tasks("succeeds", SOON));
        assertTrue(failure.getMessage(), failure.getMessage().contains("3.0.0"));
    }

    @Test
    public void theNewestServersListTasks() {
        try (FakeServer newest = new FakeServer("v3.1.0"); MilvusClient other = new MilvusClient(newest.uri())) {
            long job = other.compact("succeeds", SOON);
            Plan.Details details = other.tasks("succeeds", SOON).get(0).details().orElseThrow();
            assertEquals(job, details.jobId());
            assertEquals(PlanType.MIX, details.type());
            assertFalse(details.channel().isEmpty());
        }
    }

    @Test
    public void optionsAreListedAndWrongOnesRefused() {
        assertTrue(MilvusClient.options().stream().anyMatch(option -> option.key().equals("timeout_ms")
            && option.defaultValue().equals("10000") && option.kind() == OptionKind.NUMBER));
        InvalidArgumentException failure = assertThrows(InvalidArgumentException.class,
            () -> new MilvusClient(server.uri(), Map.of("time_out", "1")));
        assertTrue(failure.getMessage(), failure.getMessage().contains("timeout_ms"));
        try (MilvusClient hasty = new MilvusClient(server.uri(), Map.of("wait_timeout_ms", "300"))) {
            long job = hasty.compact("never_ends", SOON);
            assertThrows(MilvusTimeoutException.class,
                () -> hasty.waitForCompaction(job, MilvusClient.DEFAULT_TIMEOUT));
        }
    }
}
