//! The real nginx between client and server: it ends each connection after so many requests (`keepalive_requests`), while
//! other requests are on their way.

mod common;
#[path = "common/nginx.rs"]
mod nginx;

use std::thread;
use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::DEFAULT_CONCURRENCY;
use milvus_client::compaction::{Many, Params, Policy, Verdict};
use milvus_fake::{Fake, Method, Scenario};
use nginx::Nginx;

const THREADS: usize = 8;
const TRIGGERS: usize = 100; // of each thread
/// How many requests nginx takes on one connection.
const REQUESTS: usize = 20;
const COLLECTIONS: usize = 300;
const ROUNDS: usize = 3;
/// Of all, on a busy machine.
const LONGEST: Timeout = Timeout::After(Duration::from_mins(2));
/// One attempt a call: nothing here is a retry.
const ONCE: [(&str, &str); 1] = [("retry.max_attempts", "1")];

#[test]
fn every_trigger_of_many_threads_reaches_the_server_once_however_often_nginx_closes_the_connection() {
    let fake = Fake::start("v2.6.19");
    fake.add("busy", Scenario::default());
    let direct = client(&fake).compact_with("busy", Params::default(), LIMIT).wait().unwrap();
    let nginx = Nginx::before(&fake, "threads", &format!("keepalive_requests {REQUESTS};"));
    for round in 1..=ROUNDS {
        let client = client_with(&nginx.uri(), &ONCE);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..TRIGGERS {
                        let triggered =
                            client.compact_with("busy", Params::default(), LONGEST).wait().unwrap();
                        assert_eq!(triggered.start, direct.start);
                    }
                });
            }
        });
        assert_eq!(fake.count(Method::Trigger), 1 + round * THREADS * TRIGGERS);
        let made = client.stats().connections_made;
        assert!(made >= (THREADS * TRIGGERS / REQUESTS) as u64, "nginx closes connections: {made}");
    }
}

#[test]
fn every_one_of_many_collections_is_compacted_through_an_nginx_with_its_defaults() {
    for _ in 0..ROUNDS {
        compact_many_through_nginx();
    }
}

fn compact_many_through_nginx() {
    let fake = Fake::start("v2.6.19");
    let names: Vec<_> = (0..COLLECTIONS).map(|number| format!("c{number}")).collect();
    for name in &names {
        fake.add(name, Scenario::job(1, &[[1, 0, 0, 0], [0, 1, 0, 0]]));
    }
    let nginx = Nginx::before(&fake, "many", "");
    let client = client_with(&nginx.uri(), &ONCE);
    let many = Many {
        names: Some(names),
        params: Params::default(),
        concurrency: DEFAULT_CONCURRENCY,
        only_trigger: false,
        policy: Policy::default(),
    };
    let (items, error) = client.compact_many(many, LONGEST).wait().unwrap();
    assert_eq!(error, None);
    let succeeded = items.iter().filter(|item| {
        item.outcome.as_ref().is_some_and(|outcome| outcome.report.verdict == Verdict::Succeeded)
    });
    assert_eq!((succeeded.count(), fake.count(Method::Trigger)), (COLLECTIONS, COLLECTIONS));
    let made = client.stats().connections_made;
    assert!(made > 1, "nginx closes a connection after 1000 requests: {made}");
}
