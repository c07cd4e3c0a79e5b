// What a judgement rests on.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What a judgement rests on. */
public enum Reason implements Numbered {
    /** There is no judgement yet. */
    NONE(0),
    /** The server reports the state of this plan. */
    REPORTED(1),
    /** The plan's target is stored, and none of its sources is. */
    TARGET_STORED(2),
    /** The plan had a target that was replaced later, and none of its sources is stored. */
    TARGET_REPLACED(3),
    /** The plan's sources are gone, and no segment replaced them: all their rows were deleted. */
    PURGED(4),
    /** The L0 segments that the plan took are gone. */
    DELETES_APPLIED(5),
    /** The server no longer lists the plan; its sources are gone, and a segment that fits them replaced them. */
    RESULT_FITS(6),
    /** The job is over, the plan has no target, and all of its sources are still stored. */
    SOURCES_STORED(7),
    /** The server announced or counted the plan, but never listed it. */
    NEVER_LISTED(8),
    /** The client could not list the segments, or not before the trigger. */
    SEGMENTS_UNKNOWN(9),
    /** The client never saw the plan's sources stored. */
    SOURCES_UNKNOWN(10),
    /** Some of the plan's sources are stored, others are gone. */
    SOME_SOURCES_STORED(11),
    /** The plan has a target, but its sources are still stored. */
    TARGET_BESIDE_SOURCES(12),
    /** The plan has no target, and its sources are gone: another compaction may have taken them. */
    TAKEN_BY_OTHERS(13),
    /** The plan's partition was dropped, and its sources with it. */
    PARTITION_DROPPED(14),
    /**
     * The plan's sources are gone, and the client could not list the partitions: the partition may have been dropped.
     */
    PARTITIONS_UNKNOWN(15),
    /** The server no longer lists the plan, and its sources do not show how it ended. */
    NO_LONGER_LISTED(16),
    /** The plan did not cluster: its target is not at level L2. */
    OTHER_KIND(17),
    /** The client cannot tell whether the plan clustered: it does not know the target's level. */
    LEVEL_UNKNOWN(18),
    /** The server lists contradictory facts about the plan. */
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
