//! Judgements
//!
//! Each plan has a judgement (how it ended) and a reason (what shows that). Servers stop counting a plan
//! within three seconds of its end; what happened to its segments stays.

use std::ffi::{CStr, c_char};

use crate::compaction::{Judgement, Reason};

/// How a plan ended: it still runs or waits, or the client has not looked yet. Later versions may add more judgements
/// and reasons.
pub const MILVUS_JUDGEMENT_OPEN: i32 = 0;
/// The plan replaced its sources.
pub const MILVUS_JUDGEMENT_COMPLETED: i32 = 1;
/// The plan ended and changed nothing.
pub const MILVUS_JUDGEMENT_FAILED: i32 = 2;
/// The plan ran out of the server's time and changed nothing.
pub const MILVUS_JUDGEMENT_TIMED_OUT: i32 = 3;
/// The plan ended, and its segments do not show how.
pub const MILVUS_JUDGEMENT_UNKNOWN: i32 = 4;

/// There is no judgement yet.
pub const MILVUS_REASON_NONE: i32 = 0;
/// The server reports the state of this plan.
pub const MILVUS_REASON_REPORTED: i32 = 1;
/// The plan's target is stored, and none of its sources is.
pub const MILVUS_REASON_TARGET_STORED: i32 = 2;
/// The plan had a target that was replaced later, and none of its sources is stored.
pub const MILVUS_REASON_TARGET_REPLACED: i32 = 3;
/// The plan's sources are gone, and no segment replaced them: all their rows were deleted.
pub const MILVUS_REASON_PURGED: i32 = 4;
/// The L0 segments that the plan took are gone.
pub const MILVUS_REASON_DELETES_APPLIED: i32 = 5;
/// The server no longer lists the plan; its sources are gone, and a segment that fits them replaced them.
pub const MILVUS_REASON_RESULT_FITS: i32 = 6;
/// The job is over, the plan has no target, and all of its sources are still stored.
pub const MILVUS_REASON_SOURCES_STORED: i32 = 7;
/// The server announced or counted the plan, but never listed it.
pub const MILVUS_REASON_NEVER_LISTED: i32 = 8;
/// The client could not list the segments, or not before the trigger.
pub const MILVUS_REASON_SEGMENTS_UNKNOWN: i32 = 9;
/// The client never saw the plan's sources stored.
pub const MILVUS_REASON_SOURCES_UNKNOWN: i32 = 10;
/// Some of the plan's sources are stored, others are gone.
pub const MILVUS_REASON_SOME_SOURCES_STORED: i32 = 11;
/// The plan has a target, but its sources are still stored.
pub const MILVUS_REASON_TARGET_BESIDE_SOURCES: i32 = 12;
/// The plan has no target, and its sources are gone: another compaction may have taken them.
pub const MILVUS_REASON_TAKEN_BY_OTHERS: i32 = 13;
/// The plan's partition was dropped, and its sources with it.
pub const MILVUS_REASON_PARTITION_DROPPED: i32 = 14;
/// The plan's sources are gone, and the client could not list the partitions: the partition may have been dropped.
pub const MILVUS_REASON_PARTITIONS_UNKNOWN: i32 = 15;
/// The server no longer lists the plan, and its sources do not show how it ended.
pub const MILVUS_REASON_NO_LONGER_LISTED: i32 = 16;
/// The plan did not cluster: its target is not at level L2.
pub const MILVUS_REASON_OTHER_KIND: i32 = 17;
/// The client cannot tell whether the plan clustered: it does not know the target's level.
pub const MILVUS_REASON_LEVEL_UNKNOWN: i32 = 18;
/// The server lists contradictory facts about the plan.
pub const MILVUS_REASON_MALFORMED: i32 = 19;

/// Gives the short text of a judgement, e.g. "completed".
///
/// @param judgement  One of the MILVUS_JUDGEMENT_... constants, or any other number.
/// @return A static text, never NULL: "unknown judgement" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_judgement_name(judgement: i32) -> *const c_char {
    Judgement::from_number(judgement).map_or(c"unknown judgement", Judgement::name).as_ptr()
}

/// Gives the short text of a reason, e.g. "target stored".
///
/// @param reason  One of the MILVUS_REASON_... constants, or any other number.
/// @return A static text, never NULL: "unknown reason" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_reason_name(reason: i32) -> *const c_char {
    Reason::from_number(reason).map_or(c"unknown reason", Reason::name).as_ptr()
}

/// Says what a reason means, in one English sentence.
///
/// @param reason  Any number.
/// @return A static text, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn milvus_reason_message(reason: i32) -> *const c_char {
    const UNKNOWN: &CStr = c"A reason that this version of the library does not know.";
    Reason::from_number(reason).map_or(UNKNOWN, Reason::message).as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_cores() {
        let judgements = [
            (MILVUS_JUDGEMENT_OPEN, Judgement::Open),
            (MILVUS_JUDGEMENT_COMPLETED, Judgement::Completed),
            (MILVUS_JUDGEMENT_FAILED, Judgement::Failed),
            (MILVUS_JUDGEMENT_TIMED_OUT, Judgement::TimedOut),
            (MILVUS_JUDGEMENT_UNKNOWN, Judgement::NotKnown),
        ];
        assert!(judgements.iter().all(|(number, judgement)| *number == *judgement as i32));
        let reasons = [
            (MILVUS_REASON_NONE, Reason::None),
            (MILVUS_REASON_REPORTED, Reason::Reported),
            (MILVUS_REASON_TARGET_STORED, Reason::TargetStored),
            (MILVUS_REASON_TARGET_REPLACED, Reason::TargetReplaced),
            (MILVUS_REASON_PURGED, Reason::Purged),
            (MILVUS_REASON_DELETES_APPLIED, Reason::DeletesApplied),
            (MILVUS_REASON_RESULT_FITS, Reason::ResultFits),
            (MILVUS_REASON_SOURCES_STORED, Reason::SourcesStored),
            (MILVUS_REASON_NEVER_LISTED, Reason::NeverListed),
            (MILVUS_REASON_SEGMENTS_UNKNOWN, Reason::SegmentsUnknown),
            (MILVUS_REASON_SOURCES_UNKNOWN, Reason::SourcesUnknown),
            (MILVUS_REASON_SOME_SOURCES_STORED, Reason::SomeSourcesStored),
            (MILVUS_REASON_TARGET_BESIDE_SOURCES, Reason::TargetBesideSources),
            (MILVUS_REASON_TAKEN_BY_OTHERS, Reason::TakenByOthers),
            (MILVUS_REASON_PARTITION_DROPPED, Reason::PartitionDropped),
            (MILVUS_REASON_PARTITIONS_UNKNOWN, Reason::PartitionsUnknown),
            (MILVUS_REASON_NO_LONGER_LISTED, Reason::NoLongerListed),
            (MILVUS_REASON_OTHER_KIND, Reason::OtherKind),
            (MILVUS_REASON_LEVEL_UNKNOWN, Reason::LevelUnknown),
            (MILVUS_REASON_MALFORMED, Reason::Malformed),
        ];
        assert!(reasons.iter().all(|(number, reason)| *number == *reason as i32));
        assert_eq!(reasons.len(), Reason::ALL.len());
    }
}
