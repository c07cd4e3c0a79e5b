//! Decides when a server sends frames without end that belong to no answer: pings, settings, windows, priorities, and
//! what nobody knows. HTTP/2 obliges a client to take them, and h2 bounds none of these. No I/O.

use std::io;

use super::frames::Seen;

/// So many frames at once are no flood. They take the library a few milliseconds.
pub(super) const MOST: u32 = 10_000;
/// What a request gives back. Servers send a ping and a window or two for it.
const PER_REQUEST: u64 = 100;
/// Each of these gives one back, so that 100 frames a second can come for ever: they take a thousandth of the time.
const TICK_MILLISECONDS: u64 = 10;

/// How many frames a server may still send. Each takes one, and a byte of an answer gives one back.
#[derive(Debug)]
pub(super) struct Allowance {
    left: u32,
    ticks: u64,
    requests: u64,
}

impl Allowance {
    pub(super) fn new() -> Self {
        Self { left: MOST, ticks: 0, requests: 0 }
    }

    /// Takes what was seen. `now` is in milliseconds since the beginning, and `requests` is how many were sent since.
    /// Fails if it was too much.
    pub(super) fn take(&mut self, seen: &Seen, now: u64, requests: u64) -> io::Result<()> {
        let ticks = now / TICK_MILLISECONDS;
        let asked = requests.saturating_sub(self.requests) * PER_REQUEST;
        let given = ticks.saturating_sub(self.ticks) + asked + u64::from(seen.answer_bytes);
        (self.ticks, self.requests) = (ticks, requests);
        let left = u64::from(self.left).saturating_add(given).min(u64::from(MOST));
        let left = left.checked_sub(u64::from(seen.frames)).ok_or_else(without_end)?;
        self.left = u32::try_from(left).unwrap_or(MOST);
        Ok(())
    }
}

#[cold]
fn without_end() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the server sends control frames without end")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many frames pass if `each` comes again and again, up to a million.
    fn passing(each: &Seen, milliseconds: u64, requests: u64) -> u32 {
        let (mut allowance, mut passed) = (Allowance::new(), 0);
        while passed < 1_000_000 {
            let times = u64::from(passed / each.frames + 1);
            if allowance.take(each, times * milliseconds, times * requests).is_err() {
                return passed;
            }
            passed += each.frames;
        }
        u32::MAX
    }

    fn frames(frames: u32) -> Seen {
        Seen { frames, ..Seen::default() }
    }

    #[test]
    fn frames_that_come_for_nothing_end() {
        for at_once in [1, 7, 1_800] {
            let passed = passing(&frames(at_once), 0, 0);
            assert!(passed <= MOST && passed + at_once > MOST, "{passed} of {at_once} at a time");
        }
        assert_eq!(passing(&frames(MOST + 1), 0, 0), 0);
        let trickling = passing(&frames(1_800), 1, 0);
        assert!(trickling <= MOST + 1, "{trickling} a millisecond apart");
        let beside_crumbs = Seen { frames: 2, answer_bytes: 1, response: true, ..Seen::default() };
        assert!(passing(&beside_crumbs, 0, 0) <= 2 * MOST, "a part of an answer of one byte, and a ping");
    }

    #[test]
    fn a_server_that_does_its_work_may_go_on_for_ever() {
        assert_eq!(passing(&frames(1), 10_000, 0), u32::MAX, "it pings an idle connection");
        assert_eq!(passing(&frames(1), 10, 0), u32::MAX, "it pings a hundred times a second");
        assert_eq!(passing(&frames(8), 0, 1), u32::MAX, "headers, windows and pings for each request");
        let part = Seen { frames: 3, answer_bytes: 10, response: true, ..Seen::default() };
        assert_eq!(passing(&part, 0, 0), u32::MAX, "a long answer in small parts, with a ping for each");
    }

    #[test]
    fn what_was_not_used_does_not_add_up() {
        let (mut allowance, later) = (Allowance::new(), 1 << 40);
        allowance.take(&frames(1), later, 1 << 30).unwrap();
        assert!(allowance.take(&frames(MOST - 1), later, 1 << 30).is_ok());
        assert!(allowance.take(&frames(1), later, 1 << 30).is_err());
    }
}
