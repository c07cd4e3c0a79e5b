// How to compact many collections.
package io.github.milvusclient;

import java.util.Objects;

/**
 * How to compact many collections. Immutable.
 *
 * @param compaction   what to do with each of them, without partition, channel and segments
 * @param concurrency  how many are under way at a time, each from its trigger to its end: up to 10000; 0: 16
 * @param onlyTrigger  only trigger them, and do not wait for the jobs
 */
public record ManyParams(CompactParams compaction, int concurrency, boolean onlyTrigger) {
    /** As each collection is compacted by default, 16 at a time, each to its end. */
    public static final ManyParams DEFAULT = new ManyParams(CompactParams.DEFAULT, 0, false);

    /** The compaction must not be null. */
    public ManyParams {
        Objects.requireNonNull(compaction, "compaction");
    }

    /** The same with so many at a time. */
    public ManyParams withConcurrency(int number) {
        return new ManyParams(compaction, number, onlyTrigger);
    }

    /** The same with another compaction of each. */
    public ManyParams withCompaction(CompactParams params) {
        return new ManyParams(params, concurrency, onlyTrigger);
    }

    /** Has what its compaction points to live as long as itself. No field of C, and so not public. */
    public static final class Struct extends Structs.ManyParams {
        private final Structs.CompactParams each;

        Struct(Structs.CompactParams each) {
            this.each = each;
            each.write();
            compaction = each.getPointer();
        }
    }

    Structs.ManyParams toStruct() {
        Structs.ManyParams struct = CStruct.Sized.init(new Struct(compaction.toStruct()));
        struct.concurrency = concurrency;
        struct.onlyTrigger = CStruct.flag(onlyTrigger);
        return struct;
    }
}
