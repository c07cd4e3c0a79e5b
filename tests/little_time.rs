//! Calls that have less time than it takes to connect: an attempt goes on when its caller gives up, so a later call finds
//! the connection, or the session, made.

#[allow(dead_code)]
mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::{client, client_with};
use milvus_client::client::Timeout;
use milvus_client::{Client, Status};
use milvus_fake::{Fake, Method};

const NEW: &str = "v2.6.19";
const LITTLE: Timeout = Timeout::After(Duration::from_millis(100));
/// Far more than a call has.
const SLOW: Duration = Duration::from_millis(400);
/// More calls than any machine needs.
const CALLS: usize = 500;

fn pass_on(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() {
            return;
        }
    }
}

/// A way to the server on which the first bytes of each connection take their time. Returns it, and how many connections
/// were made.
fn slow_way_to(server: SocketAddr) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let made = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&made);
    thread::spawn(move || {
        for near in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || {
                let near = near.unwrap();
                thread::sleep(SLOW);
                let far = TcpStream::connect(server).unwrap();
                let (from_near, to_far) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                thread::spawn(move || pass_on(from_near, to_far));
                pass_on(far, near);
            });
        }
    });
    (uri, made)
}

/// Calls until one succeeds, and returns how many ran out of their time before.
fn calls_until_one_succeeds(client: &Client) -> usize {
    for failed in 0..CALLS {
        match client.server(LITTLE).wait() {
            Ok(_) => return failed,
            Err(error) => assert_eq!(error.status, Status::Timeout, "{error}"),
        }
    }
    panic!("{CALLS} calls came to nothing");
}

#[test]
fn an_attempt_to_connect_serves_calls_that_come_after_the_one_that_began_it() {
    let fake = Fake::start(NEW);
    let (uri, made) = slow_way_to(fake.address());
    let failed = calls_until_one_succeeds(&client_with(&uri, &[]));
    assert!(failed >= 1, "the first has too little time");
    assert_eq!(made.load(Ordering::SeqCst), 1, "all waited for one connection");
}

#[test]
fn a_handshake_serves_calls_that_come_after_the_one_that_began_it() {
    let fake = Fake::start(NEW);
    fake.slow_down(Method::Connect, SLOW);
    let failed = calls_until_one_succeeds(&client(&fake));
    assert!(failed >= 1, "the first has too little time");
    assert_eq!(fake.count(Method::Connect), 1, "all waited for one handshake");
}

#[test]
fn an_attempt_ends_with_its_client() {
    let fake = Fake::start(NEW);
    let (uri, made) = slow_way_to(fake.address());
    for close in [true, false] {
        let before = made.load(Ordering::SeqCst);
        let client = client_with(&uri, &[]);
        assert_eq!(client.server(LITTLE).wait().unwrap_err().status, Status::Timeout);
        if close {
            client.close(Timeout::Default).unwrap();
        }
        drop(client);
        thread::sleep(2 * SLOW);
        assert_eq!(fake.count(Method::Connect), 0, "nobody needs the session");
        assert_eq!(made.load(Ordering::SeqCst), before + 1);
    }
}
