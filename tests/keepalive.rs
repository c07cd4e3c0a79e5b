//! A real gRPC server with its defaults, which allow one ping in five minutes, between client and server.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{LIMIT, client, client_with};
use milvus_client::client::Timeout;
use milvus_client::compaction::Params;
use milvus_fake::{Fake, Method};

/// More than five pings at the interval below: such a server ends the connection at the fourth after its latest frame of
/// a response or a window, and it opens a window after the first.
const LONG: &str = "40";
/// As often as the option allows.
const EAGER: [(&str, &str); 2] = [("keepalive_ms", "6000"), ("retry.max_attempts", "1")];

/// Ends when it is dropped, with its standard input.
struct GrpcioFront {
    process: Child,
    uri: String,
}

impl GrpcioFront {
    fn before(fake: &Fake) -> Self {
        let root = env!("CARGO_MANIFEST_DIR");
        let port = fake.uri().rsplit(':').next().unwrap().to_owned();
        let mut process = Command::new(format!("{root}/target/venv/bin/python"))
            .args([&format!("{root}/tests/fronts/grpcio_front.py"), &port, LONG])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tools/setup.sh installs grpcio");
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { process, uri: format!("http://127.0.0.1:{}", port.trim()) }
    }
}

impl Drop for GrpcioFront {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
fn a_long_trigger_survives_a_server_that_allows_one_ping_in_five_minutes() {
    let fake = Fake::start("v2.6.19");
    let front = GrpcioFront::before(&fake);
    let through = client_with(&front.uri, &EAGER);
    let limit = Timeout::After(Duration::from_mins(3));
    let slow = through.compact_with("succeeds", Params::default(), limit).wait().unwrap();
    assert_eq!((fake.count(Method::Trigger), fake.count(Method::Connect)), (1, 1), "on one connection");
    let direct = client(&fake).compact_with("fails", Params::default(), LIMIT).wait().unwrap();
    assert_eq!(slow.start, direct.start);
}

#[test]
fn a_connection_that_such_a_server_ends_while_it_is_idle_is_replaced_unseen() {
    let fake = Fake::start("v2.6.19");
    let front = GrpcioFront::before(&fake);
    let client = client_with(&front.uri, &EAGER);
    client.compaction_state(1, LIMIT).wait().unwrap();
    assert_eq!(fake.count(Method::Connect), 1);
    // It allows three pings, or five if it opens a window in between; the next one comes within 36 s.
    for _ in 0..900 {
        if client.stats().connections_lost > 0 {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(client.stats().connections_lost, 1);
    client.compaction_state(1, LIMIT).wait().unwrap();
    assert_eq!(fake.count(Method::Connect), 2);
}
