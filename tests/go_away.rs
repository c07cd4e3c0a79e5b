//! A server that ends its connections (GOAWAY): what it proves to have ignored is sent again, and nothing else is.

mod common;
#[path = "common/frames.rs"]
mod frames;

use common::{LIMIT, client, client_with};
use frames::{End, Front};
use milvus_client::compaction::{Params, Triggered};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Fake, Method};

const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const ENHANCE_YOUR_CALM: u32 = 11;
const CODES: [u32; 3] = [NO_ERROR, INTERNAL_ERROR, ENHANCE_YOUR_CALM];

/// One attempt a call: what is sent again here is not a retry.
fn client_of(front: &Front) -> Client {
    client_with(&front.uri(), &[("retry.max_attempts", "1")])
}

fn trigger_through(front: &Front) -> Result<Triggered, Error> {
    client_of(front).compact_with("succeeds", Params::default(), LIMIT).wait()
}

/// How many requests a trigger takes, its handshake included.
fn requests_of_a_trigger() -> usize {
    let fake = Fake::start("v2.6.19");
    let front = Front::of(&fake, None);
    let direct = client(&fake).compact_with("fails", Params::default(), LIMIT).wait().unwrap();
    assert_eq!(trigger_through(&front).unwrap().start, direct.start);
    assert_eq!((front.connections(), fake.count(Method::Trigger)), (1, 2));
    assert!(front.requests() > 3, "it reads before it triggers");
    front.requests()
}

/// One trigger, and what was seen of it.
#[derive(Debug)]
struct Seen {
    result: Result<Triggered, Error>,
    triggers: usize,
    connections: usize,
    /// What the client counts as sent again, and as tried again after a pause.
    resends: u64,
    retries: u64,
}

/// Triggers once for each request of a trigger, whose connection ends then.
fn at_each_request(last_stream: i64, code: u32, is_served: bool) -> Vec<Seen> {
    let one = |at_request| {
        let fake = Fake::start("v2.6.19");
        let front = Front::of(&fake, Some(End { at_request, last_stream, code, debug_data: b"", is_served }));
        let client = client_of(&front);
        let result = client.compact_with("succeeds", Params::default(), LIMIT).wait();
        let stats = client.stats();
        Seen {
            result,
            triggers: fake.count(Method::Trigger),
            connections: front.connections(),
            resends: stats.resends,
            retries: stats.retries,
        }
    };
    (1..=requests_of_a_trigger()).map(one).collect()
}

#[test]
fn a_request_above_the_last_stream_is_sent_again_whatever_the_code() {
    for code in CODES {
        // Below the stream, and below all of them.
        for last_stream in [-2, -1000] {
            for seen in at_each_request(last_stream, code, false) {
                assert!(seen.result.unwrap().job_id > 0);
                assert_eq!((seen.triggers, seen.connections), (1, 2), "code {code}");
                assert_eq!((seen.resends, seen.retries), (1, 0), "code {code}");
            }
        }
    }
}

#[test]
fn a_trigger_at_or_below_the_last_stream_stays_in_doubt_if_the_connection_closes() {
    for code in CODES {
        for last_stream in [0, 2, 1000] {
            let seen = at_each_request(last_stream, code, false);
            let errors: Vec<_> =
                seen.iter().filter_map(|seen| Some((seen.result.as_ref().err()?, seen))).collect();
            assert!(errors.iter().all(|(error, _)| error.status == Status::Unavailable), "{errors:?}");
            assert!(errors.iter().all(|(_, seen)| seen.triggers == 0), "nothing is sent again: {errors:?}");
            let in_doubt = errors.iter().filter(|(error, _)| error.in_doubt).count();
            assert_eq!(in_doubt, 1, "the trigger itself, and no other request: {errors:?}");
        }
    }
}

#[test]
fn a_request_at_or_below_the_last_stream_is_served_and_the_next_has_a_connection_of_its_own() {
    for code in CODES {
        for last_stream in [0, 1000] {
            let seen = at_each_request(last_stream, code, true);
            let requests = seen.len();
            for (index, seen) in seen.into_iter().enumerate() {
                assert!(seen.result.unwrap().job_id > 0);
                let connections = if index + 1 == requests { 1 } else { 2 };
                assert_eq!((seen.triggers, seen.connections), (1, connections), "request {}", index + 1);
            }
        }
    }
}

#[test]
fn a_trigger_that_is_lost_to_pings_names_the_option() {
    let requests = requests_of_a_trigger();
    let in_doubt = (1..=requests).find_map(|at_request| {
        let fake = Fake::start("v2.6.19");
        let debug_data = b"too_many_pings";
        let end = End { at_request, last_stream: 0, code: ENHANCE_YOUR_CALM, debug_data, is_served: false };
        let front = Front::of(&fake, Some(end));
        trigger_through(&front).err().filter(|error| error.in_doubt)
    });
    let error = in_doubt.expect("the trigger is one of the requests");
    let names = "it allows fewer pings (too_many_pings): set keepalive_ms above 10000";
    assert!(error.message().contains(names), "{error}");
}
