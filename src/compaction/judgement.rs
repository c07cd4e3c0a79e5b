//! How one plan ended, and the reason for that judgement.

use std::ffi::CStr;

use crate::packed::{packs, packs_number};

/// How one plan ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
#[repr(i32)]
pub enum Judgement {
    /// It runs or waits, or the client has not looked yet.
    #[default]
    Open = 0,
    /// It replaced its sources.
    Completed = 1,
    /// It ended and changed nothing.
    Failed = 2,
    /// It ran out of the server's time and changed nothing.
    TimedOut = 3,
    /// It ended, and its segments do not show how.
    NotKnown = 4,
}

impl Judgement {
    /// The judgement of this number, if there is one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        let all = [Self::Open, Self::Completed, Self::Failed, Self::TimedOut, Self::NotKnown];
        all.into_iter().find(|judgement| *judgement as i32 == number)
    }

    /// A short text for a report.
    #[must_use]
    pub fn name(self) -> &'static CStr {
        match self {
            Self::Open => c"open",
            Self::Completed => c"completed",
            Self::Failed => c"failed",
            Self::TimedOut => c"timed out",
            Self::NotKnown => c"unknown",
        }
    }
}

packs_number!(Judgement, Judgement::Open);
packs_number!(Reason, Reason::None);
packs!(Judged { judgement, reason });

macro_rules! reasons {
    ($($variant:ident = $number:literal, $name:literal, $text:literal;)*) => {
        /// What a judgement rests on. The numbers are part of the ABI: the list only ever grows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        pub enum Reason {
            $(#[doc = $text] $variant = $number,)*
        }

        impl Reason {
            /// Every reason, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The short text and the sentence.
            const fn texts(self) -> (&'static [u8], &'static str) {
                match self {
                    $(Self::$variant => {
                        const WORDS: &[u8] = &words::<{ $name.len() + 1 }>($name);
                        (WORDS, concat!($text, "\0"))
                    })*
                }
            }
        }

        impl Default for Reason {
            fn default() -> Self {
                Self::None
            }
        }
    };
}

reasons! {
    None = 0, "NONE", "There is no judgement yet.";
    Reported = 1, "REPORTED", "The server reports the state of this plan.";
    TargetStored = 2, "TARGET_STORED", "The plan's target is stored, and none of its sources is.";
    TargetReplaced = 3, "TARGET_REPLACED", "The plan had a target that was replaced later, and none of its sources is stored.";
    Purged = 4, "PURGED", "The plan's sources are gone, and no segment replaced them: all their rows were deleted.";
    DeletesApplied = 5, "DELETES_APPLIED", "The L0 segments that the plan took are gone.";
    ResultFits = 6, "RESULT_FITS", "The server no longer lists the plan; its sources are gone, and a segment that fits them replaced them.";
    SourcesStored = 7, "SOURCES_STORED", "The job is over, the plan has no target, and all of its sources are still stored.";
    NeverListed = 8, "NEVER_LISTED", "The server announced or counted the plan, but never listed it.";
    SegmentsUnknown = 9, "SEGMENTS_UNKNOWN", "The client could not list the segments, or not before the trigger.";
    SourcesUnknown = 10, "SOURCES_UNKNOWN", "The client never saw the plan's sources stored.";
    SomeSourcesStored = 11, "SOME_SOURCES_STORED", "Some of the plan's sources are stored, others are gone.";
    TargetBesideSources = 12, "TARGET_BESIDE_SOURCES", "The plan has a target, but its sources are still stored.";
    TakenByOthers = 13, "TAKEN_BY_OTHERS", "The plan has no target, and its sources are gone: another compaction may have taken them.";
    PartitionDropped = 14, "PARTITION_DROPPED", "The plan's partition was dropped, and its sources with it.";
    PartitionsUnknown = 15, "PARTITIONS_UNKNOWN", "The plan's sources are gone, and the client could not list the partitions: the partition may have been dropped.";
    NoLongerListed = 16, "NO_LONGER_LISTED", "The server no longer lists the plan, and its sources do not show how it ended.";
    OtherKind = 17, "OTHER_KIND", "The plan did not cluster: its target is not at level L2.";
    LevelUnknown = 18, "LEVEL_UNKNOWN", "The client cannot tell whether the plan clustered: it does not know the target's level.";
    Malformed = 19, "MALFORMED", "The server lists contradictory facts about the plan.";
}

impl Reason {
    /// A short text for a report.
    #[must_use]
    pub fn name(self) -> &'static CStr {
        terminated(self.texts().0)
    }

    /// One sentence for a person.
    #[must_use]
    pub fn message(self) -> &'static CStr {
        terminated(self.texts().1.as_bytes())
    }

    /// The reason of this number, if there is one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| *reason as i32 == number)
    }
}

fn terminated(text: &'static [u8]) -> &'static CStr {
    CStr::from_bytes_until_nul(text).unwrap_or_default()
}

/// A constant's name in plain words, with a NUL at the end: `TARGET_STORED` is "target stored".
const fn words<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let (name, mut words, mut at) = (name.as_bytes(), [0; LENGTH], 0);
    while at < name.len() {
        words[at] = if name[at] == b'_' { b' ' } else { name[at].to_ascii_lowercase() };
        at += 1;
    }
    words
}

/// A judgement with its reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(any(test, fuzzing), derive(Hash))]
pub struct Judged {
    /// How the plan ended.
    pub judgement: Judgement,
    /// What the judgement rests on.
    pub reason: Reason,
}

impl Judged {
    pub(super) const OPEN: Self = Self { judgement: Judgement::Open, reason: Reason::None };

    pub(super) const fn completed(reason: Reason) -> Self {
        Self { judgement: Judgement::Completed, reason }
    }

    pub(super) const fn failed(reason: Reason) -> Self {
        Self { judgement: Judgement::Failed, reason }
    }

    pub(super) const fn not_known(reason: Reason) -> Self {
        Self { judgement: Judgement::NotKnown, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_name_and_a_sentence() {
        for reason in Reason::ALL {
            let name = reason.name().to_str().unwrap();
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' '), "{reason:?}: {name}");
            assert_eq!(name.replace(' ', ""), format!("{reason:?}").to_lowercase(), "the words of its name");
            assert!(reason.message().to_str().unwrap().ends_with('.'), "{reason:?}");
            assert_eq!(Reason::from_number(*reason as i32), Some(*reason));
        }
        assert!(Reason::ALL.is_sorted_by_key(|reason| *reason as i32), "numbers are unique and in order");
    }
}
