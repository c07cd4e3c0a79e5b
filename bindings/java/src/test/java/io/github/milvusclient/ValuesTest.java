// Numbers, texts and durations that C would take for something else, or that only a newer library knows.
package io.github.milvusclient;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.Test;

/** Needs no server. */
public final class ValuesTest {
    private static final int NEWER = 4711;

    @Test
    public void numbersOfANewerLibraryAreNoFailure() {
        assertEquals(Verdict.UNRECOGNIZED, Verdict.of(NEWER));
        assertEquals(Judgement.UNRECOGNIZED, Judgement.of(NEWER));
        assertEquals(Reason.UNRECOGNIZED, Reason.of(NEWER));
        assertFalse(Reason.UNRECOGNIZED.message().isEmpty());
        assertEquals(Trigger.UNRECOGNIZED, Trigger.of(NEWER));
        assertEquals(ResolutionState.UNRECOGNIZED, ResolutionState.of(NEWER));
        assertEquals(CompactionState.UNRECOGNIZED, CompactionState.of(NEWER));
        assertEquals(PlanType.UNRECOGNIZED, PlanType.of(NEWER));
        assertEquals(PlanState.UNRECOGNIZED, PlanState.of(NEWER));
        assertEquals(SegmentState.UNRECOGNIZED, SegmentState.of(NEWER));
        assertEquals(SegmentLevel.UNRECOGNIZED, SegmentLevel.of(NEWER));
        assertEquals(OptionKind.UNRECOGNIZED, OptionKind.of(NEWER));
        assertEquals(Answer.NOT_KNOWN, Answer.of(NEWER));
    }

    /** The library names those numbers that it has. */
    @Test
    public void everyNumberOfTheLibraryHasTheConstantOfItsName() {
        for (int number = -1; number < 100; number++) {
            assertEquals(nameOf(Verdict.of(number), "VERDICT"), Library.milvus_verdict_name(number));
            assertEquals(nameOf(Judgement.of(number), "JUDGEMENT"), Library.milvus_judgement_name(number));
            assertEquals(nameOf(Reason.of(number), "REASON"), Library.milvus_reason_name(number));
        }
    }

    private static String nameOf(Enum<?> constant, String kind) {
        return constant.name().equals("UNRECOGNIZED") ? "unknown " + kind.toLowerCase()
            : constant.name().toLowerCase().replace('_', ' ');
    }

    @Test
    public void aStatusOfANewerLibraryIsAnExceptionWithItsNumber() {
        MilvusException failure = Failure.local(NEWER, "new").exception();
        assertEquals(MilvusException.class, failure.getClass());
        assertEquals(Status.UNRECOGNIZED, failure.status());
        assertEquals(NEWER, failure.statusNumber());
    }

    @Test
    public void everyStatusThatProgramsHandleHasAClass() {
        for (Status status : Status.values()) {
            MilvusException failure = Failure.local(status.number(), "text").exception();
            assertEquals(status, failure.status());
            assertEquals("text", failure.getMessage());
        }
        assertEquals(TlsFailedException.class, Failure.local(Library.TLS_FAILED, "").exception().getClass());
        assertEquals(OutcomeUnknownException.class, Failure.local(Library.OUTCOME_UNKNOWN, "").exception().getClass());
        assertEquals(BusyException.class, Failure.local(Library.BUSY, "").exception().getClass());
    }

    @Test
    public void aYesIsNeverAnotherNumberThanOne() {
        assertEquals(Library.YES, CompactParams.builder().clustering().build().toStruct().isClustering);
        assertEquals(Library.NO, CompactParams.DEFAULT.toStruct().isClustering);
    }

    @Test
    public void aTextThatCWouldCutIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Text.utf8("products\0_2024"));
        assertThrows(IllegalArgumentException.class, () -> Text.utf8("\ud800"));
        byte[] expected = "größe😀\0".getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(expected, Text.utf8("größe😀"));
    }

    @Test
    public void noTextsAreNotNullWhichWouldMeanEveryCollection() {
        assertTrue(Text.array(List.of()) != null);
    }

    @Test
    public void aTimeoutThatRanOutIsNeverTakenForTheDefault() {
        assertThrows(IllegalArgumentException.class, () -> Timeouts.millis(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> Timeouts.millis(Duration.ofMillis(-1)));
        assertEquals(1, Timeouts.millis(Duration.ofNanos(1)));
        assertEquals(2000, Timeouts.millis(Duration.ofSeconds(2)));
        assertEquals(0, Timeouts.millis(MilvusClient.DEFAULT_TIMEOUT));
        assertEquals(Library.NO_TIMEOUT, Timeouts.millis(MilvusClient.NO_TIMEOUT));
    }

    @Test
    public void whatIsNotReportedIsNoNumber() {
        assertEquals(OptionalLong.empty(), Text.reported(Library.NOT_REPORTED));
        assertEquals(OptionalLong.of(0), Text.reported(0));
    }

    @Test
    public void targetSizesAreReadAsMilvusReadsThem() {
        assertEquals(1536, CompactParams.builder().targetSize("1.5 GiB").build().targetSizeMb());
        assertEquals(CompactParams.LARGEST_TARGET_SIZE, CompactParams.builder().targetSize("max").build().targetSizeMb());
        assertThrows(InvalidArgumentException.class, () -> CompactParams.builder().targetSize("512"));
    }

    @Test
    public void noSegmentsAreNotTakenForAll() {
        assertThrows(IllegalArgumentException.class, () -> CompactParams.builder().segments());
    }
}
