//! Predicts what a trigger would do, from what the client has read. No I/O.

use std::collections::HashSet;

use super::check_result::{CheckResult, Known};
use super::params::{Mode, Params};
use crate::proto::common::SegmentState;
use crate::segments::{Segment, waiting_to_be_sorted};
use crate::server::{HAS_SORTED, Server};
use crate::text::counted;

/// The facts beside the segments that decide. `NotKnown`: the server does not show the fact.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Deciders {
    pub(super) has_ttl: Known,
    pub(super) is_external: Known,
    pub(super) has_snapshots: Known,
    /// A vector field lacks an index while another has one.
    pub(super) is_partly_indexed: Known,
    /// Growing segments exist, which still accept rows.
    pub(super) has_growing: Known,
    /// Flushed results of clustering exist, which a plain compaction leaves alone.
    pub(super) has_clustered: bool,
}

/// The part of a collection that a trigger selects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub(super) params: &'a Params,
    pub(super) partition_id: i64,
}

impl Scope<'_> {
    /// Whether a segment is in the partition and the channel.
    pub(super) fn covers(&self, segment: &Segment) -> bool {
        let has_channel = |channel: &String| segment.channel.as_ref().is_none_or(|own| own == channel);
        (self.partition_id == 0 || segment.partition_id == self.partition_id)
            && self.params.channel.as_ref().is_none_or(has_channel)
    }

    /// The segments with rows that a plain, clustering or target-size compaction selects, sorted or not.
    pub(super) fn candidates<'s>(&self, segments: &'s [Segment], server: &Server) -> Vec<&'s Segment> {
        let ids = self.params.segment_ids.as_ref().map(|ids| ids.iter().copied().collect::<HashSet<i64>>());
        let is_candidate = |segment: &&Segment| {
            is_complete(segment, server)
                && (self.params.mode() != Mode::Plain || !segment.is_clustered())
                && self.covers(segment)
                && ids.as_ref().is_none_or(|ids| ids.contains(&segment.id))
        };
        segments.iter().filter(is_candidate).collect()
    }
}

/// Servers since 2.5 also leave out segments that they are flushing.
fn is_complete(segment: &Segment, server: &Server) -> bool {
    let is_flushing = segment.state == SegmentState::Flushing as i32;
    segment.is_flushed() && !(is_flushing && server.is_at_least(HAS_SORTED))
}

/// The clause for a server whose version decides, and is not known.
const UNKNOWN_VERSION: &str =
    "the client cannot predict the result, because it does not know the server's version";
const IS_ENABLED_UNKNOWN: &str = "the server does not show whether compaction is switched on";

/// Fills in whether the server would compact, and the reason.
pub(super) fn conclude(result: &mut CheckResult, deciders: &Deciders, params: &Params, server: &Server) {
    let (if_free, mut reason) = if_free(result, deciders, params, server);
    result.would_compact_if_free = if_free;
    result.would_compact = match (if_free, result.may_be_busy) {
        (Known::No, _) => Known::No,
        (Known::Yes, Known::No) => Known::Yes,
        _ => Known::NotKnown,
    };
    if if_free != Known::No {
        reason += match result.may_be_busy {
            Known::No => "",
            Known::Yes => "; another compaction of the collection is running",
            Known::NotKnown => "; the server does not show whether another compaction holds them",
        };
    }
    if result.is_enabled != Known::No {
        let sorting =
            waiting_to_be_sorted(usize::try_from(result.unsorted_segments.unwrap_or(0)).unwrap_or(0));
        reason += &sorting.map(|text| format!("; {text}")).unwrap_or_default();
        if result.has_unflushed == Known::Yes {
            reason += "; a compaction would leave out the rows that are not flushed yet";
        }
    }
    result.reason = reason;
}

/// Whether the server would schedule anything if nothing else ran.
fn if_free(result: &CheckResult, deciders: &Deciders, params: &Params, server: &Server) -> (Known, String) {
    if result.is_enabled == Known::No {
        return (Known::No, "compaction is switched off in the server's configuration".to_owned());
    }
    let (Some(segments), Some(rows)) = (result.segments, result.rows) else {
        return (Known::NotKnown, "the client cannot list the segments of the collection".to_owned());
    };
    if params.mode() == Mode::L0 {
        return l0(result, deciders, server);
    }
    if segments == 0 {
        return match result.unsorted_segments {
            // Servers leave out segments that they are sorting. But they were seen to take unsorted results of a
            // compaction.
            Some(1..) => (Known::NotKnown, "no segment is flushed and sorted".to_owned()),
            _ if deciders.has_clustered => {
                let text =
                    "all segments are clustered, and a plain compaction leaves clustered segments alone";
                (Known::No, text.to_owned())
            }
            _ => (Known::No, "the collection has no flushed segment to compact".to_owned()),
        };
    }
    let flushed = format!("{} with {rows} rows", counted(segments, "flushed segment"));
    if params.mode() != Mode::Plain {
        // Both other modes depend on settings and limits of the server that the client cannot read.
        return (Known::NotKnown, format!("{flushed}: the result depends on the server's settings"));
    }
    if result.is_indexed == Known::No && result.needs_index == Known::Yes {
        let is = server.described();
        let text =
            format!("the collection has no index; this server {is}, and compacts only indexed segments");
        return (Known::No, text);
    }
    if let Some(open) = open_end(result, deciders, server) {
        return (Known::NotKnown, format!("{flushed}: {open}"));
    }
    let would = match result.expected_segments {
        _ if result.is_final => "in final form: the server would rewrite each all the same".to_owned(),
        Some(expected) => format!("would become about {expected}"),
        None => "would be compacted".to_owned(),
    };
    (Known::Yes, format!("{flushed} {would}"))
}

/// Why the result of a plain compaction is open.
fn open_end(result: &CheckResult, deciders: &Deciders, server: &Server) -> Option<&'static str> {
    let may_need_index = result.needs_index != Known::No;
    Some(match () {
        () if server.version().is_none() => UNKNOWN_VERSION,
        () if result.is_enabled == Known::NotKnown => IS_ENABLED_UNKNOWN,
        () if deciders.is_external == Known::Yes => {
            "their rows are stored outside of Milvus, and servers do not compact such segments"
        }
        () if deciders.has_snapshots == Known::Yes => "snapshots of the collection may protect them",
        () if deciders.has_snapshots == Known::NotKnown => {
            "the server does not show whether snapshots protect them"
        }
        () if deciders.has_ttl == Known::Yes => {
            "rows expire by their time to live, and the client cannot tell how many are left"
        }
        () if deciders.has_ttl == Known::NotKnown => {
            "the server does not show whether rows expire by a time to live"
        }
        () if deciders.is_partly_indexed == Known::Yes => {
            "a vector field has no index, while another field has one"
        }
        () if result.is_indexed == Known::No && may_need_index => {
            "the collection has no index, and some servers of this line compact only indexed segments"
        }
        () if result.is_indexed == Known::NotKnown && may_need_index => {
            "the server does not show whether they are indexed, and may compact only indexed segments"
        }
        // Once a collection has an index, servers leave out the segments that it does not cover yet.
        () if result.unindexed_rows.is_some_and(|rows| rows > 0) => "not all of them are indexed yet",
        () => return None,
    })
}

/// Servers apply a deletion only if it is older than all rows that are not flushed.
fn l0(result: &CheckResult, deciders: &Deciders, server: &Server) -> (Known, String) {
    let count = match result.l0_segments {
        Some(0) => return (Known::No, "the collection has no segments of deletions".to_owned()),
        count => count.unwrap_or(0),
    };
    let deletions =
        if count == 1 { "1 segment".to_owned() } else { format!("{count} segments") } + " of deletions";
    let open = match () {
        () if server.version().is_none() => UNKNOWN_VERSION,
        () if result.is_enabled == Known::NotKnown => IS_ENABLED_UNKNOWN,
        () if deciders.is_external != Known::No => {
            "the rows of the collection may be stored outside of Milvus, where servers do not compact"
        }
        () if deciders.has_snapshots != Known::No => "snapshots may protect the segments that they apply to",
        () if deciders.has_growing == Known::Yes => {
            "older rows may not be flushed yet, and the server waits for those"
        }
        () if deciders.has_growing == Known::NotKnown => {
            "the server does not show whether all older rows are flushed, and waits for those"
        }
        () => return (Known::Yes, deletions + " would be applied"),
    };
    (Known::NotKnown, format!("{deletions}: {open}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Server {
        Server { version_text: text.to_owned(), ..Server::default() }
    }

    /// Four flushed segments that a server would certainly compact.
    fn good() -> CheckResult {
        CheckResult {
            is_enabled: Known::Yes,
            may_be_busy: Known::No,
            is_indexed: Known::Yes,
            needs_index: Known::No,
            has_unflushed: Known::No,
            segments: Some(4),
            rows: Some(200),
            l0_segments: Some(2),
            unindexed_rows: Some(0),
            unsorted_segments: Some(0),
            expected_segments: Some(1),
            ..CheckResult::default()
        }
    }

    fn clear() -> Deciders {
        Deciders {
            has_ttl: Known::No,
            is_external: Known::No,
            has_snapshots: Known::No,
            is_partly_indexed: Known::No,
            has_growing: Known::No,
            has_clustered: false,
        }
    }

    fn predicted(result: CheckResult, deciders: Deciders, params: &Params) -> CheckResult {
        let mut result = result;
        conclude(&mut result, &deciders, params, &server("v2.6.19"));
        result
    }

    #[test]
    fn the_two_questions_are_answered_apart() {
        use Known::{No, NotKnown, Yes};
        for (segments, held, expected) in [
            (4, No, (Yes, Yes)),
            (4, NotKnown, (Yes, NotKnown)),
            (4, Yes, (Yes, NotKnown)),
            (0, No, (No, No)),
            (0, NotKnown, (No, No)),
            (0, Yes, (No, No)),
        ] {
            let result = CheckResult { segments: Some(segments), may_be_busy: held, ..good() };
            let told = predicted(result, clear(), &Params::default());
            assert_eq!((told.would_compact_if_free, told.would_compact), expected, "{segments} {held:?}");
        }
        let told = predicted(CheckResult { may_be_busy: NotKnown, ..good() }, clear(), &Params::default());
        assert_eq!(
            told.reason,
            "4 flushed segments with 200 rows would become about 1; \
             the server does not show whether another compaction holds them"
        );
    }

    #[test]
    fn yes_is_never_said_where_something_unseen_decides() {
        use Known::{NotKnown, Yes};
        let plain = Params::default();
        for (deciders, words) in [
            (Deciders { has_ttl: Yes, ..clear() }, "time to live"),
            (Deciders { has_ttl: NotKnown, ..clear() }, "time to live"),
            (Deciders { is_external: Yes, ..clear() }, "outside of Milvus"),
            (Deciders { has_snapshots: Yes, ..clear() }, "snapshots"),
            (Deciders { has_snapshots: NotKnown, ..clear() }, "snapshots"),
            (Deciders { is_partly_indexed: Yes, ..clear() }, "a vector field has no index"),
        ] {
            let told = predicted(good(), deciders, &plain);
            assert_eq!(told.would_compact_if_free, NotKnown, "{deciders:?}");
            assert!(told.reason.contains(words), "{}", told.reason);
        }
        for (result, words) in [
            (CheckResult { is_enabled: NotKnown, ..good() }, "switched on"),
            (CheckResult { is_indexed: NotKnown, needs_index: Yes, ..good() }, "indexed"),
            (CheckResult { is_indexed: Known::No, needs_index: NotKnown, ..good() }, "no index"),
            (CheckResult { unindexed_rows: Some(1), ..good() }, "not all of them are indexed"),
            (CheckResult { segments: None, ..good() }, "cannot list the segments"),
            (
                CheckResult { segments: Some(0), unsorted_segments: Some(1), ..good() },
                "1 segment waits to be sorted",
            ),
        ] {
            let told = predicted(result, clear(), &plain);
            assert_eq!(told.would_compact_if_free, NotKnown, "{}", told.reason);
            assert!(told.reason.contains(words), "{}", told.reason);
        }
        for params in [Params::new(true), Params { target_size_mb: 2048, ..Params::default() }] {
            assert_eq!(predicted(good(), clear(), &params).would_compact_if_free, NotKnown, "{params:?}");
        }
        let mut unknown = good();
        conclude(&mut unknown, &clear(), &plain, &server("custom"));
        assert_eq!(unknown.would_compact_if_free, NotKnown);
    }

    #[test]
    fn clustered_segments_are_no_work_for_a_plain_compaction() {
        let clustered = Deciders { has_clustered: true, ..clear() };
        let told = predicted(CheckResult { segments: Some(0), ..good() }, clustered, &Params::default());
        assert_eq!(told.would_compact, Known::No);
        assert!(told.reason.contains("all segments are clustered"), "{}", told.reason);
    }

    #[test]
    fn deletions_are_applied_only_if_nothing_older_grows() {
        let l0 = Params { is_l0: true, ..Params::default() };
        let told = |deciders| predicted(good(), deciders, &l0).would_compact_if_free;
        assert_eq!(told(clear()), Known::Yes);
        for has_growing in [Known::Yes, Known::NotKnown] {
            assert_eq!(told(Deciders { has_growing, ..clear() }), Known::NotKnown, "{has_growing:?}");
        }
        assert_eq!(told(Deciders { has_snapshots: Known::Yes, ..clear() }), Known::NotKnown);
        let none = CheckResult { l0_segments: Some(0), ..good() };
        assert_eq!(predicted(none, clear(), &l0).would_compact_if_free, Known::No);
    }

    #[test]
    fn what_waits_is_named_and_what_is_final_too() {
        let waiting = CheckResult { unsorted_segments: Some(2), has_unflushed: Known::Yes, ..good() };
        let told = predicted(waiting, clear(), &Params::default());
        assert_eq!(
            (told.would_compact, told.reason.as_str()),
            (
                Known::Yes,
                "4 flushed segments with 200 rows would become about 1; 2 segments wait to be sorted; \
                 a compaction would leave out the rows that are not flushed yet"
            )
        );
        let told = predicted(
            CheckResult { segments: Some(1), is_final: true, ..good() },
            clear(),
            &Params::default(),
        );
        assert_eq!(told.would_compact, Known::Yes, "servers rewrite it each time");
        assert!(told.reason.contains("1 flushed segment with 200 rows in final form"), "{}", told.reason);
    }

    #[test]
    fn what_is_still_being_flushed_is_left_out_since_2_5() {
        let flushing = Segment { id: 1, state: SegmentState::Flushing as i32, ..Segment::default() };
        let params = Params::default();
        let scope = Scope { params: &params, partition_id: 0 };
        for (version, count) in [("v2.4.24", 1), ("v2.5.0", 0), ("v3.0.0", 0)] {
            let flushing = std::slice::from_ref(&flushing);
            assert_eq!(scope.candidates(flushing, &server(version)).len(), count, "{version}");
        }
    }
}
