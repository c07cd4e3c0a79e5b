// How to optimize a collection, or many.
package io.github.milvusclient;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How to optimize. {@link #DEFAULT}: every stage, a plain compaction in up to ten rounds, deletions applied first where the
 * server can. What is out of range is refused when it is used. Immutable; made by {@link #builder()}.
 *
 * @param compaction       the kind of compaction; one of segment ids has one round
 * @param skipStages       stages to leave out
 * @param l0               whether an L0 compaction applies deletions before the rounds
 * @param force            have the first round also rewrite segments that cannot be merged
 * @param onlyEstimate     only estimate the cost; nothing is flushed or triggered
 * @param maxRounds        the most rounds that trigger, up to 1000; 0: 10
 * @param concurrency      how many of many collections are in progress at a time: up to 10000; 0: 16
 * @param pause            the longest pause between two rounds; zero: 30 s
 * @param maxPause         the limit of all pauses together; zero: 10 min
 * @param serveTimeout     the limit of loading and serving together; zero: 10 min
 * @param maxRewriteRows   the most rows that all rounds together rewrite; empty: no bound
 * @param maxRewriteBytes  the most bytes that all rounds together rewrite, as estimated; empty: no bound
 * @param minSegments      the least number of segments for which the first round triggers; 0: no bound
 * @param rowBytes         the size of a row, for the estimates; empty: the fixed-width fields of the schema
 * @param segmentBytes     the size of a segment up to which the server merges; empty: the target size, or the default of the
 *                         server's version
 */
public record OptimizeParams(CompactParams compaction, Set<Stage> skipStages, L0Mode l0, boolean force,
                             boolean onlyEstimate, int maxRounds, int concurrency, Duration pause, Duration maxPause,
                             Duration serveTimeout, OptionalLong maxRewriteRows, OptionalLong maxRewriteBytes,
                             long minSegments, OptionalLong rowBytes, OptionalLong segmentBytes) {
    /** Every stage, a plain compaction, and no bound. */
    public static final OptimizeParams DEFAULT = builder().build();

    /** Copies the set. Nothing may be null. */
    public OptimizeParams {
        skipStages = Set.copyOf(skipStages);
        for (Object needed : new Object[] {compaction, l0, pause, maxPause, serveTimeout, maxRewriteRows,
            maxRewriteBytes, rowBytes, segmentBytes}) {
            Objects.requireNonNull(needed);
        }
    }

    /** Begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Has what its compaction points to live as long as itself. No field of C, and so not public. */
    public static final class Struct extends Structs.OptimizeParams {
        private final Structs.CompactParams each;

        Struct(Structs.CompactParams each) {
            this.each = each;
            each.write();
            compaction = each.getPointer();
        }
    }

    Structs.OptimizeParams toStruct() {
        Structs.OptimizeParams struct = CStruct.Sized.init(new Struct(compaction.toStruct()));
        struct.skipStages = skipStages.stream().mapToInt(Stage::number).sum();
        struct.l0 = l0.number();
        struct.force = CStruct.flag(force);
        struct.onlyEstimate = CStruct.flag(onlyEstimate);
        struct.maxRounds = maxRounds;
        struct.concurrency = concurrency;
        struct.pauseMs = Timeouts.wholeMillis(pause);
        struct.maxPauseMs = Timeouts.wholeMillis(maxPause);
        struct.serveTimeoutMs = Timeouts.wholeMillis(serveTimeout);
        struct.maxRewriteRows = given(maxRewriteRows);
        struct.maxRewriteBytes = given(maxRewriteBytes);
        struct.minSegments = minSegments;
        struct.rowBytes = given(rowBytes);
        struct.segmentBytes = given(segmentBytes);
        return struct;
    }

    /** What is not given is 0 in C, so that a 0 that was given becomes what C refuses. */
    private static long given(OptionalLong number) {
        return number.isEmpty() ? 0 : number.getAsLong() > 0 ? number.getAsLong() : -1;
    }

    /** Collects parameters. Not thread-safe. */
    public static final class Builder {
        private CompactParams compaction = CompactParams.DEFAULT;
        private Set<Stage> skipStages = Set.of();
        private L0Mode l0 = L0Mode.IF_POSSIBLE;
        private boolean force;
        private boolean onlyEstimate;
        private int maxRounds;
        private int concurrency;
        private Duration pause = Duration.ZERO;
        private Duration maxPause = Duration.ZERO;
        private Duration serveTimeout = Duration.ZERO;
        private OptionalLong maxRewriteRows = OptionalLong.empty();
        private OptionalLong maxRewriteBytes = OptionalLong.empty();
        private long minSegments;
        private OptionalLong rowBytes = OptionalLong.empty();
        private OptionalLong segmentBytes = OptionalLong.empty();

        private Builder() {
        }

        /** The kind of compaction. {@link CompactParams#LARGEST_TARGET_SIZE} merges as far as the server can. */
        public Builder compaction(CompactParams params) {
            compaction = params;
            return this;
        }

        /** Stages to leave out. */
        public Builder skipStages(Stage... stages) {
            skipStages = Set.of(stages);
            return this;
        }

        /** Whether deletions are applied first: a compaction purges only rows whose deletions were applied. */
        public Builder l0(L0Mode mode) {
            l0 = mode;
            return this;
        }

        /** Have the first round also rewrite segments that cannot be merged. */
        public Builder force() {
            force = true;
            return this;
        }

        /** Only estimate the cost; nothing is flushed or triggered. */
        public Builder onlyEstimate() {
            onlyEstimate = true;
            return this;
        }

        /** The most rounds that trigger. */
        public Builder maxRounds(int rounds) {
            maxRounds = rounds;
            return this;
        }

        /** How many of many collections are in progress at a time. */
        public Builder concurrency(int number) {
            concurrency = number;
            return this;
        }

        /** The longest pause between two rounds. The first takes a second, and each is twice as long as before. */
        public Builder pause(Duration longest) {
            pause = longest;
            return this;
        }

        /** The limit of all pauses together, in which it waits for segments that are held or not sorted. */
        public Builder maxPause(Duration all) {
            maxPause = all;
            return this;
        }

        /** The limit of loading and serving together. */
        public Builder serveTimeout(Duration limit) {
            serveTimeout = limit;
            return this;
        }

        /** The most rows that all rounds together rewrite; 0 is refused. */
        public Builder maxRewriteRows(long rows) {
            maxRewriteRows = OptionalLong.of(rows);
            return this;
        }

        /** The most bytes that all rounds together rewrite, as estimated; 0 is refused. */
        public Builder maxRewriteBytes(long bytes) {
            maxRewriteBytes = OptionalLong.of(bytes);
            return this;
        }

        /** The least number of segments for which the first round triggers. */
        public Builder minSegments(long segments) {
            minSegments = segments;
            return this;
        }

        /** The size of a row, for the estimates. */
        public Builder rowBytes(long bytes) {
            rowBytes = OptionalLong.of(bytes);
            return this;
        }

        /** The size of a segment up to which the server merges. */
        public Builder segmentBytes(long bytes) {
            segmentBytes = OptionalLong.of(bytes);
            return this;
        }

        /** The parameters as they are now. */
        public OptimizeParams build() {
            return new OptimizeParams(compaction, skipStages, l0, force, onlyEstimate, maxRounds, concurrency, pause,
                maxPause, serveTimeout, maxRewriteRows, maxRewriteBytes, minSegments, rowBytes, segmentBytes);
        }
    }
}
