//! A global cluster's endpoint, played by a little HTTP server, leads to scripted Milvus servers.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use milvus_client::client::Timeout;
use milvus_client::config::{Config, Options};
use milvus_client::{Client, Status};
use milvus_fake::{Fake, Method};

const LIMIT: Timeout = Timeout::After(Duration::from_secs(10));

/// In place of an answer: none comes.
const HANGS: &str = "hangs";

/// Gives these answers in turn, the last one again and again; keeps what it was asked.
struct Topology {
    uri: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Topology {
    fn answering(status: &str, bodies: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}/sales", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (status, mut bodies, seen) = (status.to_owned(), VecDeque::from(bodies), Arc::clone(&asked));
        thread::spawn(move || {
            let mut hanging = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<String> =
                    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                seen.lock().unwrap().push(head.join("\n"));
                let body =
                    if bodies.len() > 1 { bodies.pop_front() } else { bodies.front().cloned() }.unwrap();
                if body == HANGS {
                    hanging.push(stream);
                    continue;
                }
                let length = body.len();
                write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
            }
        });
        Self { uri, asked }
    }

    fn client(&self) -> Client {
        self.client_asking_after(Duration::from_mins(5))
    }

    fn client_asking_after(&self, primary_lasts: Duration) -> Client {
        let mut options = Options::default();
        options.set("token", "key-4711").unwrap();
        let mut config = Config::new(&self.uri, &options).unwrap();
        config.is_global = true; // as the name of a real one says
        config.primary_lasts = primary_lasts;
        Client::new(config).unwrap()
    }
}

fn leading_to(fake: &Fake) -> String {
    let other = r#"{"clusterId":"b","endpoint":"http://127.0.0.1:1","capability":1}"#;
    let primary = format!(r#"{{"clusterId":"a","endpoint":"{}","capability":3}}"#, fake.uri());
    format!(r#"{{"code":0,"data":{{"version":"1","clusters":[{other},{primary}]}}}}"#)
}

#[test]
fn calls_go_to_the_primary_cluster() {
    let fake = Fake::start("v2.6.8");
    let topology = Topology::answering("200 OK", vec![leading_to(&fake)]);
    let client = topology.client();
    for _ in 0..3 {
        assert!(client.compact("succeeds", false, LIMIT).wait().unwrap() > 0);
    }
    assert_eq!(fake.compacted().len(), 3);
    assert!(fake.calls().iter().all(|call| call.headers["dbname"] == "sales"));
    let asked = topology.asked.lock().unwrap();
    assert_eq!(asked.len(), 1, "not with every call");
    assert!(asked[0].starts_with("GET /global-cluster/topology HTTP/1.1"), "{asked:?}");
    assert!(asked[0].contains("authorization: Bearer key-4711"), "{asked:?}");
}

#[test]
fn a_new_primary_is_found_when_the_old_one_is_gone() {
    let (first, second) = (Fake::start("v2.6.8"), Fake::start("v3.0.0"));
    let topology = Topology::answering("200 OK", vec![leading_to(&first), leading_to(&second)]);
    let client = topology.client();
    assert_eq!(client.server(LIMIT).wait().unwrap().version_text, "v2.6.8");
    first.cut_connections();
    thread::sleep(Duration::from_millis(50));
    assert!(client.compact("succeeds", false, LIMIT).wait().unwrap() > 0);
    assert_eq!((first.count(Method::Trigger), second.count(Method::Trigger)), (0, 1));
    assert_eq!(client.server(LIMIT).wait().unwrap().version_text, "v3.0.0");
}

#[test]
fn a_new_primary_is_found_while_the_old_one_still_answers() {
    let (first, second) = (Fake::start("v2.6.8"), Fake::start("v3.0.0"));
    // Who it is now is told only once.
    let both = vec![leading_to(&first), leading_to(&first), leading_to(&second), HANGS.to_owned()];
    let topology = Topology::answering("200 OK", both);
    let client = topology.client_asking_after(Duration::from_millis(20));
    assert!(client.compact("succeeds", false, LIMIT).wait().unwrap() > 0);
    while client.server(LIMIT).wait().unwrap().version_text != "v3.0.0" {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(first.count(Method::Trigger) + second.count(Method::Trigger), 1);
    assert!(first.count(Method::Connect) > 0 && topology.asked.lock().unwrap().len() >= 3);
}

#[test]
fn an_endpoint_that_hangs_later_does_not_hold_up_calls() {
    let fake = Fake::start("v2.6.8");
    let topology = Topology::answering("200 OK", vec![leading_to(&fake), HANGS.to_owned()]);
    let client = topology.client_asking_after(Duration::ZERO);
    let shorter_than_connecting = Timeout::After(Duration::from_secs(5));
    let ask = || client.compaction_state(1, shorter_than_connecting).wait().unwrap();
    for _ in 0..20 {
        ask();
    }
    while topology.asked.lock().unwrap().len() < 2 {
        thread::sleep(Duration::from_millis(5));
    }
    ask();
    assert_eq!(topology.asked.lock().unwrap().len(), 2, "once at a time");
}

#[test]
fn an_endpoint_that_will_not_tell_is_named_and_nothing_is_in_doubt() {
    for (status, body, expected, part) in [
        ("401 Unauthorized", "{}", Status::Unauthenticated, "HTTP status 401"),
        ("503 Service Unavailable", "", Status::Unavailable, "HTTP status 503"),
        ("404 Not Resolution", "", Status::ServerError, "HTTP status 404"),
        ("200 OK", "<html>", Status::ServerError, "is not JSON"),
        ("200 OK", r#"{"code":1,"message":"key-4711 is unknown"}"#, Status::ServerError, "code 1"),
    ] {
        let topology = Topology::answering(status, vec![body.to_owned()]);
        let error = topology.client().compact("succeeds", false, LIMIT).wait().unwrap_err();
        assert_eq!((error.status, error.in_doubt), (expected, false), "{error}");
        assert!(error.message().contains(part) && error.message().contains("global cluster"), "{error}");
        assert!(!error.message().contains("key-4711"), "{error}");
    }
}
