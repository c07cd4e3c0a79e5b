//! Segments that may have come in the place of others, found by where they lie and how many rows they have. A server
//! decides how many there are, so a look at one must not be a look at all. No I/O.

use std::collections::{HashMap, HashSet};

/// Where a segment lies: its partition, and a mark of its channel, 0 if the server lists no channel.
pub(super) type Place = (i64, u8);

/// Ids of segments by partition, rows and channel.
type Ids = HashMap<(i64, i64, u16), Vec<i64>>;

/// Stands for every channel.
const ANY: u16 = 256;

/// Segments, of which each is taken once.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// Each twice: under its channel, and under any.
    ids: Ids,
    taken: HashSet<i64>,
    /// Where one lies, or has lain, whatever its rows.
    places: Ids,
}

impl Candidates {
    /// Takes a segment that has so many rows and lies in this place: a compaction can have made one of the other. Where
    /// the server lists channels they have the same.
    pub(super) fn take(&mut self, place: Place, rows: i64) -> Option<i64> {
        for channel in fitting(place) {
            let Some(ids) = self.ids.get_mut(&(place.0, rows, channel)) else { continue };
            while let Some(id) = ids.pop() {
                if self.taken.insert(id) {
                    return Some(id);
                }
            }
        }
        None
    }

    /// Whether one lies, or has lain, in this place.
    pub(super) fn lie_in(&self, place: Place) -> bool {
        fitting(place).iter().any(|channel| self.places.contains_key(&(place.0, 0, *channel)))
    }
}

/// The channels of segments that fit into a place.
fn fitting((_, channel): Place) -> [u16; 2] {
    if channel == 0 { [ANY; 2] } else { [channel.into(), 0] }
}

/// Of ids, places and rows.
impl FromIterator<(i64, Place, i64)> for Candidates {
    fn from_iter<I: IntoIterator<Item = (i64, Place, i64)>>(segments: I) -> Self {
        let mut all = Self::default();
        for (id, (partition, channel), rows) in segments {
            for channel in [channel.into(), ANY] {
                all.ids.entry((partition, rows, channel)).or_default().push(id);
                all.places.entry((partition, 0, channel)).or_default();
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once_and_only_where_it_lies() {
        let all = [(1, (1, 7), 10), (2, (1, 0), 10), (3, (1, 7), 20), (4, (2, 9), 10)];
        let mut candidates: Candidates = all.into_iter().collect();
        let mut take = |place, rows| candidates.take(place, rows);
        assert_eq!(take((3, 7), 10), None, "another partition");
        assert_eq!(take((1, 7), 30), None, "other rows");
        assert_eq!(take((2, 7), 10), None, "another channel");
        assert_eq!(take((1, 7), 10), Some(1));
        assert_eq!(take((1, 7), 10), Some(2), "its channel is not known");
        assert_eq!(take((1, 7), 10), None);
        assert_eq!(take((1, 0), 20), Some(3), "any channel, where the other's is not known");
        assert_eq!(take((2, 9), 10), Some(4));
        let places = [
            ((1, 7), true),
            ((1, 9), true),
            ((2, 9), true),
            ((2, 7), false),
            ((2, 0), true),
            ((3, 0), false),
        ];
        for (place, lies) in places {
            assert_eq!(candidates.lie_in(place), lies, "{place:?}");
        }
    }
}
