//! Defines the final form of a collection, once for the whole library.

use std::collections::HashSet;

use crate::index::Indexes;
use crate::proto::common::SegmentState;
use crate::segments::Segment;
use crate::server::{COUNTS_PLANS, HAS_LEVELS, Server};

/// Whether segments are in their final form: each partition (and channel, where the server lists it) has at most one
/// stored segment, which is flushed, sorted if the server sorts, and indexed if others are; and no deletions wait. A fact
/// that the server does not show counts as not final.
pub(crate) fn is_final<'a>(
    segments: impl IntoIterator<Item = &'a Segment>,
    server: &Server,
    indexes: Option<&Indexes>,
) -> bool {
    if !tells_deletions(server) || indexes.is_none_or(|indexes| indexes.missing_rows > 0) {
        return false;
    }
    let mut places = HashSet::new();
    segments.into_iter().filter(|segment| segment.is_there()).all(|segment| {
        segment.state == SegmentState::Flushed as i32
            && !segment.is_l0()
            && segment.is_sorted != Some(false)
            && places.insert((segment.partition_id, segment.channel.as_deref()))
    })
}

/// From 2.4.0 to 2.4.6 segments of deletions look like other segments. Earlier servers have none.
pub(super) fn tells_deletions(server: &Server) -> bool {
    server.is_before(COUNTS_PLANS) || server.is_at_least(HAS_LEVELS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(id: i64) -> Segment {
        let state = SegmentState::Flushed as i32;
        Segment {
            id,
            partition_id: 1,
            rows: 50,
            state,
            level: Some(2),
            is_sorted: Some(true),
            ..Segment::default()
        }
    }

    fn server(text: &str) -> Server {
        Server { version_text: text.to_owned(), ..Server::default() }
    }

    #[test]
    fn one_sorted_flushed_segment_a_place_is_final() {
        let channel = |name: &str| Some(name.to_owned());
        for (segments, expected, why) in [
            (vec![], true, "nothing is stored"),
            (vec![segment(1)], true, "one"),
            (vec![segment(1), Segment { partition_id: 2, ..segment(2) }], true, "one in each partition"),
            (vec![segment(1), segment(2)], false, "two"),
            (
                vec![
                    Segment { channel: channel("a"), ..segment(1) },
                    Segment { channel: channel("b"), ..segment(2) },
                ],
                true,
                "one in each channel",
            ),
            (vec![Segment { is_sorted: Some(false), ..segment(1) }], false, "not sorted"),
            (vec![Segment { is_sorted: None, ..segment(1) }], true, "a server that does not sort"),
            (vec![segment(1), Segment { level: Some(1), rows: 0, ..segment(2) }], false, "deletions wait"),
            (vec![Segment { state: SegmentState::Sealed as i32, ..segment(1) }], false, "not flushed"),
            (vec![Segment { state: SegmentState::Flushing as i32, ..segment(1) }], false, "not flushed yet"),
            (
                vec![segment(1), Segment { state: SegmentState::Dropped as i32, ..segment(2) }],
                true,
                "the other is gone",
            ),
        ] {
            let indexes = Indexes::default();
            assert_eq!(is_final(&segments, &server("2.6.19"), Some(&indexes)), expected, "{why}");
        }
    }

    #[test]
    fn what_cannot_be_known_is_not_final() {
        let indexed = Indexes { fields: vec!["v".to_owned()], missing_rows: 0, ..Indexes::default() };
        let missing = Indexes { missing_rows: 1, ..indexed.clone() };
        for (version, indexes, expected) in [
            ("v2.3.5", Some(&indexed), true),
            ("v2.4.0", Some(&indexed), false),
            ("v2.4.6", Some(&indexed), false),
            ("v2.4.7", Some(&indexed), true),
            ("v2.6.19", Some(&missing), false),
            ("v2.6.19", None, false),
            ("unknown", Some(&indexed), false),
        ] {
            assert_eq!(is_final(&[segment(1)], &server(version), indexes), expected, "{version} {indexes:?}");
        }
    }
}
