//! Guesses how long the rest of a work takes.

use std::time::Duration;

/// The time that the rest takes if `done - before` have taken `elapsed`. `None` where nobody can tell: before three of them
/// and a tenth are done, and at the end.
pub(super) fn at_this_rate(elapsed: Duration, (before, done, all): (i64, i64, i64)) -> Option<Duration> {
    let difference = |more: i64, less| u32::try_from(more.checked_sub(less)?).ok();
    let (seen, left) = (difference(done, before)?, difference(all, done)?);
    let is_enough = seen >= 3 && seen >= difference(all, before)?.div_ceil(10);
    (is_enough && left > 0).then(|| (elapsed / seen).saturating_mul(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_guessed_only_from_enough() {
        let at = |before, done, all| {
            let left = at_this_rate(Duration::from_secs(30), (before, done, all));
            left.map(|left| left.as_secs())
        };
        assert_eq!([at(0, 3, 4), at(0, 3, 30), at(4, 7, 9)], [Some(10), Some(270), Some(20)]);
        assert_eq!(
            [at(0, 2, 4), at(0, 3, 31), at(0, 4, 4), at(0, 0, 0), at(0, -1, 3), at(4, 6, 8)],
            [None; 6]
        );
        assert_eq!(
            [at(i64::MIN, 6, 9), at(0, 6, i64::MAX), at(0, 9, 6)],
            [None; 3],
            "what a hostile server says"
        );
    }
}
