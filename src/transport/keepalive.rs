//! When to ping a silent connection. Pings find a dead one, but a server may end a connection because of them, and every
//! request on it. gRPC's servers do so at the fourth ping since their latest response, if each came less than five
//! minutes after the one before. No I/O.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

/// Pings that come further apart are no offence to any server with gRPC's defaults, which are five minutes.
const HARMLESS: Duration = Duration::from_secs(330);
/// So many pings after a response offend no such server.
const HARMLESS_PINGS: u32 = 3;
/// While no request is under way on a server that refuses pings, one ping less: for the next request.
const IDLE_PINGS: u32 = HARMLESS_PINGS - 1;
/// A server that has let so many pass allows any number.
const PROOF: u32 = HARMLESS_PINGS + 2;

/// What a client has learned of its server, over all connections.
#[derive(Debug)]
pub(super) struct Keepalive {
    /// Milliseconds between two pings.
    interval: AtomicU64,
    attitude: AtomicU8,
}

/// What the server makes of pings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Attitude {
    Unknown,
    Allows,
    Refuses,
}

impl Keepalive {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval: millis(interval).into(), attitude: (Attitude::Unknown as u8).into() }
    }

    /// The interval of the next connection.
    pub(super) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval.load(Ordering::Relaxed))
    }

    /// The server has ended a connection with this interval because of too many pings: the interval doubles (gRFC A8).
    /// Saying it again for the same interval changes nothing. Returns whether it was news.
    pub(super) fn refused(&self, interval: Duration) -> bool {
        self.attitude.store(Attitude::Refuses as u8, Ordering::Relaxed);
        let (now, next) = (millis(interval), millis(interval).saturating_mul(2));
        self.interval.compare_exchange(now, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn allowed(&self) {
        let (unknown, allows) = (Attitude::Unknown as u8, Attitude::Allows as u8);
        let _ = self.attitude.compare_exchange(unknown, allows, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn attitude(&self) -> Attitude {
        match self.attitude.load(Ordering::Relaxed) {
            known if known == Attitude::Allows as u8 => Attitude::Allows,
            known if known == Attitude::Refuses as u8 => Attitude::Refuses,
            _ => Attitude::Unknown,
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The pings of one connection.
#[derive(Debug)]
pub(super) struct Pings {
    pub(super) interval: Duration,
    /// The pings since the latest response that a server may take offence at.
    since_response: u32,
    /// How many responses there were at the latest ping's answer.
    responses: u64,
}

/// What to do about a silent connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ping when nothing was heard for so long.
    After(Duration),
    /// The same, but only if no request is under way then: the server may end the connection.
    IfIdleAfter(Duration),
    /// Do not ping.
    Not,
}

impl Pings {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, since_response: 0, responses: 0 }
    }

    /// When to ping next. `responses` counts the parts of responses so far.
    pub(super) fn next(&self, learned: &Keepalive, is_idle: bool, responses: u64) -> Next {
        let before = self.before(responses);
        let spread = self.interval.saturating_mul(1 << before.min(HARMLESS_PINGS));
        match learned.attitude() {
            Attitude::Allows => Next::After(self.interval),
            // Where nothing is lost, it is found out how many pings the server allows.
            Attitude::Unknown if is_idle && before < HARMLESS_PINGS => Next::After(self.interval),
            Attitude::Unknown if is_idle => Next::IfIdleAfter(self.interval),
            Attitude::Refuses if is_idle && before >= IDLE_PINGS => Next::Not,
            _ if before < HARMLESS_PINGS => Next::After(spread),
            _ => Next::After(self.interval.max(HARMLESS)),
        }
    }

    /// A ping, due after such a silence, was answered; there were so many parts of responses before the answer.
    pub(super) fn answered(&mut self, learned: &Keepalive, silence: Duration, before: u64, responses: u64) {
        self.since_response = self.before(before);
        self.responses = responses;
        if silence < HARMLESS {
            self.since_response += 1;
        }
        if self.since_response >= PROOF {
            learned.allowed();
        }
    }

    /// The pings that the server has counted since its latest response.
    fn before(&self, responses: u64) -> u32 {
        if responses == self.responses { self.since_response } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const INTERVAL: Duration = Duration::from_secs(10);

    /// A server with gRPC's defaults, as measured: how many pings too soon it forgives, and how soon that is.
    struct Server {
        strikes: u32,
        latest: Option<u64>,
        allows_idle: bool,
    }

    impl Server {
        fn new(allows_idle: bool) -> Self {
            Self { strikes: 0, latest: None, allows_idle }
        }

        fn responds(&mut self) {
            (self.strikes, self.latest) = (0, None);
        }

        /// Whether it ends the connection.
        fn is_pinged(&mut self, now: u64, is_idle: bool) -> bool {
            let apart = if is_idle && !self.allows_idle { 7200 } else { 300 };
            let is_too_soon = self.latest.is_some_and(|latest| now < latest + apart);
            self.latest = Some(now);
            self.strikes += u32::from(is_too_soon);
            self.strikes > 2
        }
    }

    /// The seconds of the pings of one connection, on which requests are under way in these times; each ends with a
    /// response. Ends with the connection.
    fn pings(
        learned: &Keepalive,
        server: &mut Server,
        busy: &[std::ops::Range<u64>],
        until: u64,
    ) -> Vec<u64> {
        let mut pings = Pings::new(learned.interval());
        let (mut heard, mut responses, mut times) = (0, 0, Vec::new());
        for now in 0..until {
            if busy.iter().any(|busy| busy.end == now) {
                server.responds();
                (responses, heard) = (responses + 1, now);
            }
            let is_idle = !busy.iter().any(|busy| busy.contains(&now));
            let (Next::After(due) | Next::IfIdleAfter(due)) = pings.next(learned, is_idle, responses) else {
                continue;
            };
            if now - heard >= due.as_secs() {
                times.push(now);
                if server.is_pinged(now, is_idle) {
                    assert!(is_idle, "no request is lost: {times:?}");
                    learned.refused(pings.interval);
                    break;
                }
                pings.answered(learned, due, responses, responses);
                heard = now;
            }
        }
        times
    }

    #[test]
    fn a_request_of_hours_survives_a_server_that_allows_one_ping_in_five_minutes() {
        let learned = Keepalive::new(INTERVAL);
        let seen = pings(&learned, &mut Server::new(false), std::slice::from_ref(&(0..10_000)), 10_000);
        assert_eq!(seen[..5], [10, 30, 70, 400, 730]);
        assert_eq!(learned.attitude(), Attitude::Unknown);
    }

    #[test]
    fn a_server_is_found_to_refuse_pings_once_and_no_request_is_lost_to_that() {
        let learned = Keepalive::new(INTERVAL);
        let mut told = 0;
        for busy in [5..9, 20..300, 35..900, 45..50] {
            for allows_idle in [false, true] {
                let seen =
                    pings(&learned, &mut Server::new(allows_idle), &[busy.clone(), 2000..4000], 20_000);
                told += usize::from(seen.len() > 3 && seen[3] - seen[2] == 10);
            }
        }
        assert_eq!((told, learned.interval(), learned.attitude()), (1, 2 * INTERVAL, Attitude::Refuses));
    }

    #[test]
    fn a_server_that_allows_pings_gets_them_at_the_interval_also_during_requests() {
        let learned = Keepalive::new(INTERVAL);
        for responses in 0..3 {
            let mut pings = Pings::new(learned.interval());
            for _ in 0..PROOF {
                pings.answered(&learned, INTERVAL, responses, responses);
            }
        }
        assert_eq!(Pings::new(INTERVAL).next(&learned, false, 0), Next::After(INTERVAL));
        assert!(learned.refused(INTERVAL), "another server has taken its place");
        assert_eq!((learned.interval(), learned.attitude()), (2 * INTERVAL, Attitude::Refuses));
    }

    #[test]
    fn a_response_renews_the_right_to_ping_and_one_that_crosses_a_ping_does_not() {
        let learned = Keepalive::new(INTERVAL);
        let mut pings = Pings::new(INTERVAL);
        for _ in 0..3 {
            pings.answered(&learned, INTERVAL, 0, 0);
        }
        assert_eq!(pings.next(&learned, false, 0), Next::After(HARMLESS));
        assert_eq!(pings.next(&learned, false, 1), Next::After(INTERVAL));
        pings.answered(&learned, HARMLESS, 0, 0);
        assert_eq!(pings.next(&learned, true, 0), Next::IfIdleAfter(INTERVAL), "that one was harmless");
        // It came between a ping and its answer: the server may have sent it before it got the ping.
        let mut pings = Pings::new(INTERVAL);
        pings.answered(&learned, INTERVAL, 0, 1);
        assert_eq!(pings.next(&learned, false, 1), Next::After(2 * INTERVAL));
    }

    #[test]
    fn the_interval_doubles_once_for_each_connection_generation() {
        let learned = Keepalive::new(INTERVAL);
        assert_eq!([learned.refused(INTERVAL), learned.refused(INTERVAL)], [true, false]);
        assert_eq!(learned.interval(), 2 * INTERVAL);
        assert!(learned.refused(2 * INTERVAL));
        assert_eq!(learned.interval(), 4 * INTERVAL);
        let longest = Keepalive::new(Duration::from_millis(u64::MAX));
        assert!(longest.refused(longest.interval()) && longest.interval() > SECOND);
    }
}
