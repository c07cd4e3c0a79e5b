//! Connections through a forward proxy, which the tests script: a server that only the proxy knows, and proxies that
//! answer whatever comes to mind.

mod common;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::{LIMIT, client, client_with};
use milvus_client::compaction::Verdict;
use milvus_client::config::{Config, Options};
use milvus_client::log::{self, Level};
use milvus_client::{Client, Error, Status};
use milvus_fake::{Fake, Method};

/// A name that nobody but the proxy can look up.
const SERVER: &str = "http://milvus.invalid:19530";

/// A proxy on loopback. It reads a request, and then does as scripted.
struct Proxy {
    port: u16,
    /// The heads of all requests.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn doing(script: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, script) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(script));
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, seen, script) = (stream.unwrap(), Arc::clone(&seen), Arc::clone(&script));
                thread::spawn(move || {
                    let head = head_of(&mut stream);
                    seen.lock().unwrap().push(head);
                    script(stream)
                });
            }
        });
        Self { port, asked }
    }

    /// Answers with these bytes, and then does nothing until the client closes.
    fn answering(answer: &[u8]) -> Self {
        let answer = answer.to_vec();
        Self::doing(move |mut stream| {
            stream.write_all(&answer)?;
            let _ = io::copy(&mut stream, &mut io::sink());
            Ok(())
        })
    }

    /// A working one, with a server behind it.
    fn before(fake: &Fake, head: &'static str) -> Self {
        Self::before_but(fake, head, Arc::default())
    }

    /// The same, which refuses so many of the next requests.
    fn before_but(fake: &Fake, head: &'static str, refusals: Arc<AtomicUsize>) -> Self {
        let address = fake.uri().replace("http://", "");
        Self::doing(move |mut stream| {
            let less = |count: usize| count.checked_sub(1);
            if refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
                return stream.write_all(b"HTTP/1.1 403 Reloading\r\n\r\n");
            }
            let mut server = TcpStream::connect(&address)?;
            // The server's first bytes go out together with the head.
            let mut answer = head.as_bytes().to_vec();
            let mut first = [0; 9];
            server.read_exact(&mut first)?;
            answer.extend_from_slice(&first);
            stream.write_all(&answer)?;
            let (mut up, mut down) = (stream.try_clone()?, server.try_clone()?);
            thread::spawn(move || {
                let _ = io::copy(&mut up, &mut down);
                down.shutdown(Shutdown::Both)
            });
            let _ = io::copy(&mut server, &mut stream);
            stream.shutdown(Shutdown::Both)
        })
    }

    fn client(&self) -> Client {
        self.client_as("", &[])
    }

    fn client_as(&self, user_info: &str, pairs: &[(&str, &str)]) -> Client {
        let proxy = format!("http://{user_info}127.0.0.1:{}", self.port);
        let mut all =
            vec![("proxy", proxy.as_str()), ("retry.max_attempts", "2"), ("token", "root:token-4711")];
        all.extend_from_slice(pairs);
        client_with(SERVER, &all)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Reads byte by byte, since the tunnel begins behind the head.
fn head_of(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length > 0) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// The error of a trigger, which is never in doubt.
fn failure(client: &Client) -> Error {
    let began = Instant::now();
    let error = client.compact("succeeds", false, LIMIT).wait().unwrap_err();
    assert!(!error.in_doubt, "{error}");
    assert!(began.elapsed() < Duration::from_secs(15), "{error}");
    error
}

const ESTABLISHED: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

#[test]
fn calls_go_through_the_tunnel_to_a_name_that_only_the_proxy_knows() {
    for head in [
        ESTABLISHED,
        "HTTP/1.0 200 OK\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n",
        "HTTP/1.1 204 No Content\r\ncontent-length: 7\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ] {
        let fake = Fake::start("v2.6.19");
        let proxy = Proxy::before(&fake, head);
        let client = proxy.client();
        assert!(client.compact("succeeds", false, LIMIT).wait().unwrap() > 0, "{head}");
        fake.cut_connections();
        thread::sleep(Duration::from_millis(50));
        assert!(client.compact("succeeds", false, LIMIT).wait().unwrap() > 0, "{head}");
        assert_eq!(fake.count(Method::Trigger), 2);
        let asked = proxy.asked();
        assert_eq!(asked.len(), 2, "once for each connection");
        assert!(asked[0].starts_with("CONNECT milvus.invalid:19530 HTTP/1.1\r\n"), "{asked:?}");
        assert!(asked[0].contains("\r\nHost: milvus.invalid:19530\r\n"), "{asked:?}");
        assert!(!asked[0].contains("uthorization") && !asked[0].contains("4711"), "{asked:?}");
    }
}

#[test]
fn a_wait_rides_out_a_proxy_that_refuses_for_a_while() {
    let fake = Fake::start("v2.6.19");
    let refusals = Arc::<AtomicUsize>::default();
    let proxy = Proxy::before_but(&fake, ESTABLISHED, Arc::clone(&refusals));
    let client = proxy.client();
    let job_id = client.compact("succeeds", false, LIMIT).wait().unwrap();
    refusals.store(3, Ordering::SeqCst);
    fake.cut_connections();
    let outcome = client.compaction_wait(job_id, LIMIT).wait().unwrap();
    assert_eq!(outcome.report.verdict, Verdict::Succeeded);
    assert_eq!((fake.count(Method::Trigger), refusals.load(Ordering::SeqCst)), (1, 0));
    assert!(outcome.report.failed_polls > 0);
}

#[test]
fn user_and_password_reach_the_proxy_and_not_the_server() {
    let fake = Fake::start("v2.6.19");
    let proxy = Proxy::before(&fake, ESTABLISHED);
    let client = proxy.client_as("Aladdin:open%20sesame@", &[]);
    assert!(client.compact("succeeds", false, LIMIT).wait().unwrap() > 0);
    let asked = proxy.asked();
    assert!(
        asked[0].contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
        "{asked:?}"
    );
    assert!(fake.calls().iter().all(|call| call.headers.keys().all(|header| !header.contains("proxy"))));
}

#[test]
fn a_proxy_that_refuses_is_named_with_its_answer() {
    let answer = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 5\r\n\r\nsorry");
    let negotiate = "407 No\r\nproxy-authenticate: Negotiate\r\nproxy-authenticate: NTLM";
    for (status, part, retriable) in [
        ("403 Filtered", "answers HTTP 403 Filtered: it does not allow a tunnel", false),
        (
            "407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=x",
            "wants a user and pass",
            false,
        ),
        ("407 ", "answers HTTP 407 Proxy Authentication Required: it wants a user and password", false),
        ("401 Unauthorized", "answers HTTP 401 Unauthorized: it wants a user and password", false),
        (negotiate, "wants the authentication Negotiate, NTLM, and this library has Basic alone", false),
        ("405 Method Not Allowed", "is it a forward proxy", false),
        ("404 Not Found", "is it a forward proxy", false),
        (
            "302 Found\r\nlocation: http://portal.example/login",
            "answers HTTP 302 Found: it opens no tunnel",
            false,
        ),
        ("500 Unable to connect", "answers HTTP 500 Unable to connect: it may not reach the server", true),
        ("502 Bad Gateway", "answers HTTP 502 Bad Gateway", true),
        ("504 Gateway Timeout", "answers HTTP 504", true),
        ("101 Switching Protocols", "answers HTTP 101", false),
    ] {
        let proxy = Proxy::answering(answer(status).as_bytes());
        let error = failure(&proxy.client());
        let named =
            format!("cannot connect to milvus.invalid:19530: the proxy 127.0.0.1:{} answers", proxy.port);
        assert_eq!((error.status, error.retriable), (Status::Unavailable, retriable), "{status}: {error}");
        assert!(error.message().contains(&named), "{error}");
        assert!(error.message().contains(part), "{error}");
        assert_eq!(proxy.asked().len(), if retriable { 2 } else { 1 }, "{error}");
    }
}

#[test]
fn a_refused_password_is_never_shown_not_even_if_the_proxy_repeats_it() {
    let proxy =
        Proxy::answering(b"HTTP/1.1 407 hunter2 is wrong, dXNlcjpodW50ZXIy too\r\ncontent-length: 0\r\n\r\n");
    let told = Arc::<Mutex<Vec<String>>>::default();
    let (lines, states) = (Arc::clone(&told), Arc::clone(&told));
    log::set(
        Level::Debug,
        Some(Arc::new(move |_, message, fields| lines.lock().unwrap().push(format!("{message} {fields}")))),
    )
    .unwrap();
    log::set_connection(Some(Arc::new(move |_, _, reason| states.lock().unwrap().push(reason.to_owned()))))
        .unwrap();
    let error = failure(&proxy.client_as("user:hunter2@", &[]));
    let hidden = "answers HTTP 407 [hidden] is wrong, [hidden] too: it does not accept the user and password";
    assert!(error.message().contains(hidden), "{error}");
    // Hidden also where the text is cut in the middle of it.
    let late = format!("HTTP/1.1 407 {} hunter2-hunter2\r\ncontent-length: 0\r\n\r\n", "x".repeat(110));
    let error = failure(&Proxy::answering(late.as_bytes()).client_as("user:hunter2-hunter2@", &[]));
    assert!(error.message().contains("xxx [hidden]"), "{error}");
    let is_told = || told.lock().unwrap().iter().filter(|text| text.contains("[hidden]")).count() >= 4;
    for _ in 0..1_000 {
        if is_told() {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    log::set(Level::Debug, None).unwrap();
    log::set_connection(None).unwrap();
    assert!(is_told(), "the log and the states tell of both");
    let told = told.lock().unwrap();
    assert!(told.iter().all(|text| !text.contains("hunte") && !text.contains("dXNlcjpo")), "{told:?}");
}

#[test]
fn a_proxy_that_is_none_is_named_and_its_answer_is_bounded() {
    let page = [b"HTTP/1.1 403 Forbidden\r\n\r\n".as_slice(), &vec![b'x'; 10 << 20]].concat();
    let endless = [b"HTTP/1.1 200 OK\r\n".as_slice(), &b"x: y\r\n".repeat(1 << 20)].concat();
    let line = [b"HTTP/1.1 200 ".as_slice(), &vec![b'x'; 10 << 20]].concat();
    for (answer, part) in [
        (b"\xde\xad\xbe\xef\r\n\r\n".as_slice(), "does not answer in HTTP/1"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer in HTTP/1"),
        (&[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 5, 0, 0, 64, 0], "does not answer in HTTP/1"),
        (&page, "answers HTTP 403 Forbidden"),
        (&endless, "answers with more than 16 KiB or 100 lines of headers"),
        (&line, "answers with more than 16 KiB or 100 lines of headers"),
    ] {
        let proxy = Proxy::answering(answer);
        let error = failure(&proxy.client());
        assert_eq!(error.status, Status::Unavailable, "{error}");
        assert!(error.message().contains(&format!("the proxy 127.0.0.1:{} ", proxy.port)), "{error}");
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn a_proxy_that_closes_within_its_answer_is_named() {
    for answer in ["", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nx: y\r\n", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let proxy = Proxy::doing(move |mut stream| stream.write_all(answer.as_bytes()));
        let error = failure(&proxy.client());
        assert!(error.message().contains("closed the connection before its answer was complete"), "{error}");
        assert!(error.retriable && error.status == Status::Unavailable, "{error}");
    }
    let error = failure(&client_with(SERVER, &[("proxy", "http://127.0.0.1:1")]));
    let told = "the proxy 127.0.0.1:1 is not reached: connection refused (after 5 attempts)";
    assert!(error.message().ends_with(told), "{error}");
    let error = failure(&client_with(SERVER, &[("proxy", "http://proxy.invalid:1")]));
    assert!(
        error.message().contains("the proxy proxy.invalid:1 is not reached: failed to lookup"),
        "{error}"
    );
}

#[test]
fn a_proxy_that_does_not_come_to_an_end_is_named_when_the_time_is_up() {
    let endless = |part: &'static [u8]| {
        Proxy::doing(move |mut stream| {
            loop {
                stream.write_all(part)?;
            }
        })
    };
    let slowly = Proxy::doing(|mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(b"x: y\r\n")?;
            thread::sleep(Duration::from_millis(50));
        }
    });
    for proxy in [Proxy::answering(b""), endless(b"HTTP/1.1 103 Early Hints\r\n\r\n"), slowly] {
        let error = failure(&proxy.client_as("", &[("connect_timeout_ms", "300")]));
        let told = format!("the proxy 127.0.0.1:{} opened no tunnel within 300 ms", proxy.port);
        assert!(error.message().contains(&told), "{error}");
        assert_eq!((error.status, error.retriable), (Status::Unavailable, true), "{error}");
    }
}

#[test]
fn what_fails_within_the_tunnel_tells_the_way_there() {
    let hangs_up = Proxy::doing(|mut stream| stream.write_all(ESTABLISHED.as_bytes()));
    let is_web = Proxy::answering(format!("{ESTABLISHED}HTTP/1.1 400 Bad Request\r\n\r\n").as_bytes());
    let is_silent = Proxy::answering(ESTABLISHED.as_bytes());
    for (proxy, part) in [
        (hangs_up, ": the server closed the connection without sending anything"),
        (is_web, ": it answers HTTP/1, not gRPC"),
        (is_silent, ": no answer within 3000 ms"),
    ] {
        let limit = if part.contains("3000 ms") { "3000" } else { "60000" };
        let error = failure(&proxy.client_as("", &[("connect_timeout_ms", limit)]));
        let way =
            format!("cannot connect to milvus.invalid:19530 through the proxy 127.0.0.1:{}", proxy.port);
        assert!(error.message().contains(&format!("{way}{part}")), "{error}");
    }
}

#[test]
fn a_global_clusters_endpoint_is_asked_through_the_proxy_too() {
    let proxy = Proxy::answering(b"HTTP/1.1 403 Forbidden\r\n\r\n");
    let mut options = Options::default();
    options.set("proxy", &format!("http://127.0.0.1:{}", proxy.port)).unwrap();
    let config = Config::new("http://x.global-cluster.invalid", &options).unwrap();
    let error = failure(&Client::new(config).unwrap());
    assert!(error.message().contains("asking for the clusters of a global cluster"), "{error}");
    assert!(error.message().contains("answers HTTP 403 Forbidden"), "{error}");
    assert!(proxy.asked()[0].starts_with("CONNECT x.global-cluster.invalid:19530 "));
}

#[test]
fn without_the_option_loopback_is_reached_directly() {
    let fake = Fake::start("v2.6.19");
    for client in [client(&fake), client_with(&fake.uri(), &[("proxy", "none")])] {
        assert_eq!(client.server(LIMIT).wait().unwrap().version_text, "v2.6.19");
    }
}
