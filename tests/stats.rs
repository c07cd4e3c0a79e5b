//! The numbers that a client counts are those that the server counted, and the state of connections is told.

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{LIMIT, client, client_with};
use milvus_client::Status;
use milvus_client::client::Timeout;
use milvus_client::log::{self, ConnectionState};
use milvus_client::stats::{Kind, Snapshot};
use milvus_fake::{Fake, Fault, Method};

/// Far above what any wait here needs.
const PATIENCE: Duration = Duration::from_secs(30);

fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn sent(seen: &Snapshot, kind: Kind) -> usize {
    let of_kind = seen.requests(kind);
    let all = of_kind.ok + of_kind.refused + of_kind.lost + of_kind.timed_out + of_kind.cancelled;
    usize::try_from(all).unwrap()
}

fn count(fake: &Fake, methods: &[Method]) -> usize {
    methods.iter().map(|method| fake.count(*method)).sum()
}

#[test]
fn a_client_counts_what_the_server_counts() {
    use Method as M;
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    assert_eq!(client.stats(), Snapshot::default());
    let job = client.compact("succeeds", false, LIMIT).wait().unwrap();
    client.compaction_wait(job, LIMIT).wait().unwrap();
    client.compaction_plans(job, LIMIT).wait().unwrap();
    client.compact("missing", false, LIMIT).wait().unwrap_err();
    let seen = client.stats();
    for (kind, methods) in [
        (Kind::Handshake, &[M::Connect, M::GetVersion][..]),
        (Kind::Trigger, &[M::Trigger, M::Flush]),
        (Kind::State, &[M::State]),
        (Kind::Plans, &[M::Plans]),
        (Kind::Segments, &[M::Stored, M::Loaded]),
    ] {
        let counted = count(&fake, methods);
        assert_eq!(sent(&seen, kind), counted, "{kind:?}");
        assert!(counted > 0, "{kind:?}");
        let latency = seen.requests(kind).latency;
        assert!(latency.p50 > 0 && latency.p50 <= latency.p99 && latency.p99 <= latency.max, "{latency:?}");
    }
    let kinds = [Kind::Handshake, Kind::Trigger, Kind::State, Kind::Plans, Kind::Segments, Kind::Other];
    let calls = fake.calls();
    assert_eq!(kinds.iter().map(|kind| sent(&seen, *kind)).sum::<usize>(), calls.len());
    assert_eq!(seen.requests(Kind::Other).refused, 1, "the missing collection");
    assert_eq!(seen.bytes_sent, calls.iter().map(|call| call.bytes as u64).sum::<u64>());
    assert_eq!(seen.bytes_received, fake.answered_bytes() as u64);
    assert_eq!((seen.connections_made, seen.connections_failed, seen.connections_lost), (1, 0, 0));
    assert!(seen.polls >= 3 && seen.polls <= fake.count(M::State) as u64, "{seen:?}");
    assert_eq!((seen.requests_in_flight, seen.jobs_followed), (0, 0));
    until("nothing is in flight", || client.stats().operations_in_flight == 0);
    client.close(LIMIT).unwrap();
    assert_eq!(client.stats().connections_lost, 0, "nobody lost what was closed");
}

#[test]
fn each_way_for_a_request_to_end_is_counted() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    client.server(LIMIT).wait().unwrap();
    fake.fail_next(Method::State, Fault::Refuse(5, 1, "no".to_owned()));
    client.compaction_state(1, LIMIT).wait().unwrap_err();
    fake.fail_next(Method::State, Fault::Hang);
    let late = client.compaction_state(1, Timeout::After(Duration::from_millis(300))).wait().unwrap_err();
    assert_eq!(late.status, Status::Timeout);
    fake.fail_next(Method::State, Fault::Cut);
    client.compaction_state(1, LIMIT).wait().unwrap();
    let states = client.stats().requests(Kind::State);
    assert_eq!((states.ok, states.refused, states.timed_out, states.lost, states.cancelled), (1, 1, 1, 1, 0));
    let seen = client.stats();
    assert_eq!((seen.retries, seen.resends, seen.connections_made, seen.connections_lost), (1, 0, 2, 1));
    assert_eq!(seen.connections_failed, 0);

    fake.fail_next(Method::State, Fault::Hang);
    std::thread::scope(|scope| {
        let hanging = scope.spawn(|| client.compaction_state(1, LIMIT).wait().unwrap_err());
        until("the request is in flight", || client.stats().requests_in_flight == 1);
        assert_eq!(client.stats().operations_in_flight, 1);
        until("the server has it", || fake.count(Method::State) == 5);
        client.close(LIMIT).unwrap();
        assert_eq!(hanging.join().unwrap().status, Status::Closed);
    });
    let seen = client.stats();
    assert_eq!((seen.requests(Kind::State).cancelled, seen.requests_in_flight), (1, 0));
}

#[test]
fn jobs_are_counted_while_waits_follow_them() {
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    let job = client.compact("never_ends", false, LIMIT).wait().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| client.compaction_wait(job, LIMIT).wait());
        until("the job is followed", || client.stats().jobs_followed == 1);
        until("it is asked about", || client.stats().polls >= 2);
        client.close(LIMIT).unwrap();
        let outcome = waiting.join().unwrap().unwrap();
        assert_eq!(client.stats().jobs_followed, 0);
        assert!(outcome.report.polls <= client.stats().polls);
    });
}

#[test]
fn a_server_that_is_not_there_is_a_failure_to_connect() {
    let fake = Fake::start("v2.6.8");
    let uri = fake.uri();
    drop(fake);
    let options = [("retry.max_attempts", "3"), ("retry.backoff_ms", "1"), ("connect_timeout_ms", "2000")];
    let client = client_with(&uri, &options);
    client.server(LIMIT).wait().unwrap_err();
    let seen = client.stats();
    assert_eq!((seen.connections_made, seen.connections_failed, seen.retries), (0, 3, 2));
    assert_eq!((seen.bytes_sent, sent(&seen, Kind::Handshake)), (0, 0), "nothing was sent");
}

// One test: the receiver is the process's, and sees the connections of the other tests too.
#[test]
fn the_state_of_connections_is_told_in_order() {
    use ConnectionState::{Connecting, Failed, Lost, Ready};
    let fake = Fake::start("v2.6.8");
    let address = fake.uri().trim_start_matches("http://").to_owned();
    let client = client_with(&fake.uri(), &[("retry.max_attempts", "1")]);
    let states = Arc::<Mutex<Vec<(ConnectionState, String)>>>::default();
    let (kept, wanted) = (Arc::clone(&states), address.clone());
    let keep = move |state: ConnectionState, address: &str, reason: &str| {
        if address == wanted {
            kept.lock().unwrap().push((state, reason.to_owned()));
        }
    };
    log::set_connection(Some(Arc::new(keep))).unwrap();
    let told = |number: usize| until("the states are told", || states.lock().unwrap().len() >= number);
    client.server(LIMIT).wait().unwrap();
    told(2);
    fake.cut_connections();
    told(3); // no call has to find out
    client.server(LIMIT).wait().unwrap();
    told(5);
    drop(fake);
    told(6);
    client.server(LIMIT).wait().unwrap_err();
    told(8);
    log::set_connection(None).unwrap();
    let states = states.lock().unwrap();
    let kinds: Vec<_> = states.iter().map(|(state, _)| *state).collect();
    assert_eq!(kinds, [Connecting, Ready, Lost, Connecting, Ready, Lost, Connecting, Failed]);
    for (state, reason) in states.iter() {
        assert_eq!(reason.is_empty(), matches!(state, Connecting | Ready), "{state:?} {reason}");
    }
    assert!(states[7].1.contains(&address), "{states:?}");
    assert_eq!(client.stats().connections_lost, 2);
}
