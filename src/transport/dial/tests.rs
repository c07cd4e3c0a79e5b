//! Addresses that are ready, silent or wrong: with a clock that only the tests move, and with real ports.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::super::connect::connect;
use super::super::endpoint::Endpoint;
use super::super::resolve::Resolver;
use super::*;
use crate::config::{Config, Options};

/// What an address does.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Hang,
    Fail,
    Work,
}

/// Counts the attempts under way.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Addresses, and what was seen of attempts to make them ready.
struct World {
    addresses: Vec<SocketAddr>,
    does: HashMap<SocketAddr, Does>,
    begun: Mutex<Vec<SocketAddr>>,
    running: Arc<AtomicUsize>,
    most_running: AtomicUsize,
    memory: Memory,
}

impl World {
    fn of(does: impl IntoIterator<Item = Does>) -> Self {
        let does: Vec<_> = does.into_iter().collect();
        let addresses: Vec<_> = (1..=does.len()).map(|port| v4(u16::try_from(port).unwrap())).collect();
        let does = addresses.iter().copied().zip(does).collect();
        let (running, most_running) = (Arc::default(), AtomicUsize::new(0));
        Self { addresses, does, begun: Mutex::default(), running, most_running, memory: Memory::default() }
    }

    /// The port of the address that is ready first, and the milliseconds that it took.
    async fn connect(&self) -> (Option<u16>, u128) {
        let started = Instant::now();
        let mut failures = Failures::default();
        let ready = first_ready(&self.addresses, &self.memory, &mut failures, |address| async move {
            self.begun.lock().unwrap().push(address);
            let now = self.running.fetch_add(1, Ordering::Relaxed) + 1;
            self.most_running.fetch_max(now, Ordering::Relaxed);
            let _counted = Counted(Arc::clone(&self.running));
            match self.does[&address] {
                Does::Hang => std::future::pending().await,
                Does::Fail => Err(refused()),
                Does::Work => Ok(address.port()),
            }
        });
        (ready.await, started.elapsed().as_millis())
    }

    fn begun(&self) -> Vec<u16> {
        self.begun.lock().unwrap().drain(..).map(|address| address.port()).collect()
    }
}

fn v4(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn v6(port: u16) -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port))
}

fn unavailable(text: &str) -> Error {
    Error::new(Status::Unavailable, text)
}

fn refused() -> Failed {
    Failed::to_reach(unavailable("refused").retriable(), &ErrorKind::ConnectionRefused.into())
}

/// Time passes only while everything waits.
fn with_a_clock_that_jumps(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(test);
}

#[test]
fn a_silent_address_costs_the_stagger_and_a_failed_one_nothing() {
    use Does::{Fail, Hang, Work};
    with_a_clock_that_jumps(async {
        for (does, port, took) in [
            (vec![Work, Work], Some(1), 0),
            (vec![Hang, Work], Some(2), 250),
            (vec![Fail, Fail, Work], Some(3), 0),
            (vec![Hang, Fail, Work], Some(3), 250),
            (vec![Hang, Hang, Hang, Work], Some(4), 750),
            (vec![Fail, Fail], None, 0),
            (vec![], None, 0),
        ] {
            let world = World::of(does);
            assert_eq!(world.connect().await, (port, took));
            assert_eq!(world.running.load(Ordering::Relaxed), 0, "the others are dropped");
        }
    });
}

#[test]
fn both_families_have_their_turn_and_the_resolvers_first_is_first() {
    let [a, b, c, x] = [v6(1), v6(2), v6(3), v4(4)];
    assert_eq!(interleaved(&[a, b, c, x]), [a, x, b, c]);
    assert_eq!(interleaved(&[x, a, b, c]), [x, a, b, c]);
    assert_eq!(interleaved(&[]), []);
}

#[test]
fn the_next_connection_begins_with_the_address_that_worked_last() {
    use Does::{Hang, Work};
    with_a_clock_that_jumps(async {
        let mut world = World::of([Hang, Hang, Work, Work]);
        assert_eq!((world.connect().await, world.begun()), ((Some(3), 500), vec![1, 2, 3]));
        assert_eq!((world.connect().await, world.begun()), ((Some(3), 0), vec![3]));
        world.does.insert(v4(3), Hang);
        assert_eq!((world.connect().await, world.begun()), ((Some(4), 750), vec![3, 1, 2, 4]));
        assert_eq!(world.connect().await, (Some(4), 0));
    });
}

#[test]
fn of_a_thousand_addresses_few_are_tried_at_a_time_and_each_has_its_chance() {
    with_a_clock_that_jumps(async {
        let silent = World::of([Does::Hang; 1000]);
        assert!(tokio::time::timeout(Duration::from_mins(10), silent.connect()).await.is_err());
        assert_eq!(silent.most_running.load(Ordering::Relaxed), MOST_AT_ONCE);
        let refusing = World::of([Does::Fail; 1000]);
        assert_eq!((refusing.connect().await, refusing.begun().len()), ((None, 0), MOST_TRIED));

        for others in [Does::Hang, Does::Fail] {
            let world = World::of((1..=1000).map(|port| if port == 777 { Does::Work } else { others }));
            let mut calls = 0;
            loop {
                calls += 1;
                assert!(calls < 100, "{} were tried", world.begun().len());
                let connected = tokio::time::timeout(Duration::from_secs(3), world.connect()).await;
                if connected.is_ok_and(|(port, _)| port == Some(777)) {
                    break;
                }
            }
        }
    });
}

#[test]
fn of_several_failures_the_most_telling_one_is_told_with_its_address() {
    let to_reach = |kind: ErrorKind| Failed::to_reach(unavailable("to reach").retriable(), &kind.into());
    let exhausted = Error::new(Status::OutOfMemory, "no descriptor").retriable();
    let by_rank = || {
        [
            to_reach(ErrorKind::NetworkUnreachable),
            refused(),
            Failed::when_reached(unavailable("closed").retriable()),
            Failed::when_reached(unavailable("HTTP/1")),
            Failed::when_reached(Error::new(Status::TlsFailed, "expired")),
            Failed::to_reach(exhausted.clone(), &ErrorKind::Other.into()),
        ]
    };
    let silence = || unavailable("no answer").retriable();
    for (rank, text) in
        ["to reach", "refused", "closed", "HTTP/1", "expired", "no descriptor"].iter().enumerate()
    {
        for reversed in [false, true] {
            let mut failed: Vec<_> = by_rank().into_iter().take(rank + 1).zip(1..).collect();
            if reversed {
                failed.reverse();
            }
            let mut failures = Failures::default();
            for (failed, last) in failed {
                let address = SocketAddr::from(([127, 0, 0, last], 1));
                failures.begins(address);
                failures.record(address, failed);
            }
            let error = failures.into_error(silence(), false, true);
            let of = if rank == 0 { String::new() } else { format!(", one of {} addresses tried", rank + 1) };
            assert_eq!(error.message(), format!("{text} (127.0.0.{}{of})", rank + 1));
            assert!(error.retriable && !error.was_slow, "the first one may pass");
        }
    }
    let mut failures = Failures::default();
    failures.begins(v4(1));
    let error = failures.into_error(silence(), true, true);
    assert_eq!((error.message(), error.was_slow), ("no answer (127.0.0.1)", true));
    // The user named the address.
    let mut failures = Failures::default();
    failures.begins(v4(1));
    failures.record(v4(1), Failed::when_reached(unavailable("HTTP/1")));
    let error = failures.into_error(silence(), false, false);
    assert_eq!((error.message(), error.retriable), ("HTTP/1", false));
}

/// The addresses of the hosts of these tests.
static HOSTS: Mutex<Vec<(String, Vec<SocketAddr>)>> = Mutex::new(Vec::new());
static TURNS: Semaphore = Semaphore::const_new(2);

fn look_up(host: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
    let hosts = HOSTS.lock().unwrap();
    let found = hosts.iter().find(|(name, _)| name == host);
    found.map(|(_, addresses)| addresses.clone()).ok_or_else(|| ErrorKind::NotFound.into())
}

/// A port that serves each connection with this.
fn port(serve: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().flatten().for_each(serve));
    address
}

fn silent() -> SocketAddr {
    let held = Mutex::new(Vec::new());
    port(move |stream| held.lock().unwrap().push(stream))
}

fn hangs_up() -> SocketAddr {
    port(drop)
}

fn web_server() -> SocketAddr {
    port(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    })
}

/// A port that answers no attempt to connect, because its queue is full, and what keeps it so.
async fn black_hole() -> (SocketAddr, tokio::net::TcpListener, Vec<tokio::net::TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(v4(0)).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    let full = async || {
        let connecting = tokio::net::TcpStream::connect(address);
        tokio::time::timeout(Duration::from_millis(200), connecting).await
    };
    while let Ok(stream) = full().await {
        queued.push(stream.unwrap());
    }
    (address, listener, queued)
}

/// A server that speaks HTTP/2, over TLS if it has a certificate. Its thread ends with the process.
fn server(certificate: Option<&'static str>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = certificate.map(|pem| {
        let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    });
    thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    match acceptor {
                        None => serve(stream).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                serve(stream).await;
                            }
                        }
                    }
                });
            }
        });
    });
    address
}

async fn serve(stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) {
    if let Ok(mut connection) = h2::server::handshake(stream).await {
        while let Some(Ok(_)) = connection.accept().await {}
    }
}

/// Connects to a host of these addresses, twice: the second time it begins with what worked.
async fn connected(scheme: &str, addresses: &[SocketAddr]) -> Result<(), Error> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let host = format!("host{}.example", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut options = Options::default();
    // Far more than the limit below: nothing here waits for it.
    options.set("connect_timeout_ms", "600000").unwrap();
    if scheme == "https" {
        let authorities = concat!(env!("CARGO_MANIFEST_DIR"), "/src/transport/dial/authorities.pem");
        options.set("tls.ca_file", authorities).unwrap();
        options.set("tls.server_name", "milvus.example").unwrap();
    }
    let config = Config::new(&format!("{scheme}://{host}"), &options).unwrap();
    let endpoint = Endpoint::new(Arc::new(config)).unwrap();
    HOSTS.lock().unwrap().push((host, addresses.to_vec()));
    let resolver = Resolver::by(look_up, &TURNS);
    for _ in 0..2 {
        let connecting = connect(&endpoint, &resolver);
        tokio::time::timeout(Duration::from_secs(30), connecting).await.expect("it does not wait")?;
    }
    Ok(())
}

fn with_real_ports(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

const EXPIRED: &str = include_str!("expired.pem");
const VALID: &str = include_str!("valid.pem");

#[test]
fn whatever_the_other_addresses_do_the_server_is_reached() {
    with_real_ports(async {
        let (hole, _listener, _queued) = black_hole().await;
        let nobody = v4(1);
        for wrong in [hole, silent(), hangs_up(), web_server(), nobody] {
            connected("http", &[wrong, server(None)]).await.unwrap();
            connected("https", &[wrong, server(Some(VALID))]).await.unwrap();
        }
        connected("https", &[server(Some(EXPIRED)), server(Some(VALID))]).await.unwrap();
        let mut many = vec![nobody; 100];
        many.push(server(None));
        connected("http", &many).await.unwrap();
    });
}

#[test]
fn if_no_address_is_ready_the_error_tells_what_is_wrong_and_where() {
    with_real_ports(async {
        let nobody = v4(1);
        for (scheme, addresses, status, text) in [
            ("http", vec![nobody], Status::Unavailable, "connection refused (127.0.0.1)"),
            ("http", vec![nobody, hangs_up()], Status::Unavailable, "without sending anything"),
            ("http", vec![hangs_up(), web_server(), nobody], Status::Unavailable, "it answers HTTP/1"),
            (
                "https",
                vec![nobody, server(Some(EXPIRED))],
                Status::TlsFailed,
                "UTC; renew it on the server (127.0.0.1, one of 2",
            ),
            ("http", vec![], Status::Unavailable, "the host has no address"),
        ] {
            let error = connected(scheme, &addresses).await.unwrap_err();
            assert_eq!(error.status, status, "{error}");
            assert!(error.message().contains(text), "{error}");
        }
    });
}
