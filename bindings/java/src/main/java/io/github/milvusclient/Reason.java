// What a judgement rests on.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What a judgement rests on. */
public enum Reason implements Numbered {
    /** There is none yet. */
    NONE(0),
    /** The server reports the state of this plan. */
    REPORTED(1),
    /** Its target is stored, and none of its sources is. */
    TARGET_STORED(2),
    /** It had a target, none of its sources is stored, and the target was replaced since. */
    TARGET_REPLACED(3),
    /** Its sources are gone, and nothing came in their place: all their rows were deleted. */
    PURGED(4),
    /** The segments of deletions that it took are gone. */
    DELETES_APPLIED(5),
    /** The server no longer lists it; its sources are gone, and a segment that fits them came in their place. */
    RESULT_FITS(6),
    /** The job is over, the plan has no target, and all of its sources are still stored. */
    SOURCES_STORED(7),
    /** The server announced or counted it, but never listed it. */
    NEVER_LISTED(8),
    /** The segments could not be listed, or not before the trigger. */
    SEGMENTS_UNKNOWN(9),
    /** Its sources were never seen stored. */
    SOURCES_UNKNOWN(10),
    /** Some of its sources are stored, others are gone. */
    SOME_SOURCES_STORED(11),
    /** It has a target, but its sources are still stored. */
    TARGET_BESIDE_SOURCES(12),
    /** It has no target, and its sources are gone: another compaction may have taken them. */
    TAKEN_BY_OTHERS(13),
    /** Its partition was dropped, and its sources with it. */
    PARTITION_DROPPED(14),
    /** Its sources are gone, and the partitions could not be listed, so that they may have been dropped. */
    PARTITIONS_UNKNOWN(15),
    /** The server no longer lists it, and its sources do not tell how it ended. */
    NO_LONGER_LISTED(16),
    /** It is no clustering: its target is not at level L2. */
    OTHER_KIND(17),
    /** Whether it clustered cannot be told: its target's level is not known. */
    LEVEL_UNKNOWN(18),
    /** What the server lists of it contradicts itself. */
    MALFORMED(19),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    Reason(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    /** What it means, in one English sentence of the library. */
    public String message() {
        return Library.milvus_reason_message(number);
    }

    static Reason of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
