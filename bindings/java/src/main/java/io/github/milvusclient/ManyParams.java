// How to compact many collections, and which.
package io.github.milvusclient;

import com.sun.jna.Memory;
import java.time.Duration;
import java.util.Objects;

/**
 * How to compact many collections, and which. Immutable.
 *
 * @param compaction         what to do with each of them, without partition, channel and segments
 * @param concurrency        how many are under way at a time, each from its trigger to its end: up to 10000; 0: 16
 * @param onlyTrigger        only trigger them, and do not wait for the jobs
 * @param match              only those whose name matches, with * for any characters and ? for one; null: all. For
 *                           {@link MilvusClient#compactDatabase(ManyParams, Duration)}
 * @param allDatabases       those of all databases; for the same
 * @param includeFinal       also those that are in their final form: else they are skipped
 * @param minSegments        only where at least so many segments would be merged; 0: no such minimum. With
 *                           minDeletedPercent, either is enough
 * @param minDeletedPercent  only where at least this share of the rows is deleted; 0: no such minimum
 * @param maxCollections     the most to begin with; 0: all
 * @param startWithin        begin with none later than this after the start; null: no such limit
 */
public record ManyParams(CompactParams compaction, int concurrency, boolean onlyTrigger, String match,
                         boolean allDatabases, boolean includeFinal, long minSegments, double minDeletedPercent,
                         long maxCollections, Duration startWithin) {
    /** As each collection is compacted by default, 16 at a time, each to its end. */
    public static final ManyParams DEFAULT = new ManyParams(CompactParams.DEFAULT, 0, false);

    /** The compaction must not be null. */
    public ManyParams {
        Objects.requireNonNull(compaction, "compaction");
    }

    /** All collections but those in their final form. */
    public ManyParams(CompactParams compaction, int concurrency, boolean onlyTrigger) {
        this(compaction, concurrency, onlyTrigger, null, false, false, 0, 0, 0, null);
    }

    /** The same with so many at a time. */
    public ManyParams withConcurrency(int number) {
        return new ManyParams(compaction, number, onlyTrigger, match, allDatabases, includeFinal, minSegments,
            minDeletedPercent, maxCollections, startWithin);
    }

    /** The same with another compaction of each. */
    public ManyParams withCompaction(CompactParams params) {
        return new ManyParams(params, concurrency, onlyTrigger, match, allDatabases, includeFinal, minSegments,
            minDeletedPercent, maxCollections, startWithin);
    }

    /** The same for names that match this pattern. */
    public ManyParams withMatch(String pattern) {
        return new ManyParams(compaction, concurrency, onlyTrigger, pattern, allDatabases, includeFinal, minSegments,
            minDeletedPercent, maxCollections, startWithin);
    }

    /** The same for the collections of all databases. */
    public ManyParams inAllDatabases() {
        return new ManyParams(compaction, concurrency, onlyTrigger, match, true, includeFinal, minSegments,
            minDeletedPercent, maxCollections, startWithin);
    }

    /** The same with collections that are in their final form. */
    public ManyParams withFinal() {
        return new ManyParams(compaction, concurrency, onlyTrigger, match, allDatabases, true, minSegments,
            minDeletedPercent, maxCollections, startWithin);
    }

    /** The same only where as many segments would be merged, or this share of the rows is deleted; 0: no such minimum. */
    public ManyParams withMinimums(long segments, double deletedPercent) {
        return new ManyParams(compaction, concurrency, onlyTrigger, match, allDatabases, includeFinal, segments,
            deletedPercent, maxCollections, startWithin);
    }

    /** The same with at most so many (0: all), all begun within this time (null: no such limit). */
    public ManyParams withBudget(long collections, Duration within) {
        return new ManyParams(compaction, concurrency, onlyTrigger, match, allDatabases, includeFinal, minSegments,
            minDeletedPercent, collections, within);
    }

    /** Has what it points to live as long as itself. No field of C, and so not public. */
    public static final class Struct extends Structs.ManyParams {
        private final Structs.CompactParams each;
        private final Memory pattern;

        Struct(Structs.CompactParams each, String match) {
            this.each = each;
            each.write();
            compaction = each.getPointer();
            pattern = Text.memory(match);
            this.match = pattern;
        }
    }

    Structs.ManyParams toStruct() {
        Structs.ManyParams struct = CStruct.Sized.init(new Struct(compaction.toStruct(), match));
        struct.concurrency = concurrency;
        struct.onlyTrigger = CStruct.flag(onlyTrigger);
        struct.allDatabases = CStruct.flag(allDatabases);
        struct.includeFinal = CStruct.flag(includeFinal);
        struct.minSegments = minSegments;
        struct.minDeletedPercent = minDeletedPercent;
        struct.maxCollections = maxCollections;
        struct.startWithinMs = startWithin == null ? 0 : Timeouts.wholeMillis(startWithin);
        return struct;
    }
}
