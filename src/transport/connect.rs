//! Connects once: name look-up, TCP (to whichever address is ready first) or Unix socket, TLS, and the server's first
//! HTTP/2 frame. When this fails, the server has not received any call.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::causes::{find, innermost, reason};
use super::dial::{Failed, Failures, first_ready};
use super::endpoint::Endpoint;
use super::http2::{self, Sender};
use super::protocol_detector::{DetectingStream, Protocol, ProtocolDetector};
use super::proxy::{self, Tunnel};
use super::reader::{Reading, SharedSocket};
use super::resolve::Resolver;
use super::stream::{GuardedSocket, Stream};
use super::tls::{self, Tls};
use crate::config::{Address, Config, Proxy};
use crate::error::{Error, Status};
use crate::process;
use crate::runtime;

/// How long a second look at a port may take.
const PROBE_LIMIT: Duration = Duration::from_secs(1);
/// A tunnel that takes too long is given up so much before its caller gives up, whose error would not say where the
/// time went.
const BEFORE_THE_CALLER: Duration = Duration::from_millis(1);

pub(super) struct Opened {
    pub(super) stream: Box<dyn Stream>,
    reading: Arc<Reading>,
    /// The address of the peer; `None` for a Unix socket.
    peer: Option<SocketAddr>,
}

/// Connects within the timeout of the configuration, after at most a second for TLS files that changed.
pub(super) async fn connect(endpoint: &Endpoint, resolver: &Resolver) -> Result<Sender, Error> {
    let endpoint = &endpoint.renewed().await;
    let (config, tls) = (&endpoint.config, endpoint.tls.as_ref());
    dial(config, resolver, |stream| async {
        let opened = secured(config, tls, stream).await?;
        speak_http2(endpoint, opened).await
    })
    .await
}

/// Connects without any protocol above TLS, within the timeout of the configuration.
pub(super) async fn open(config: &Config, tls: Option<&Tls>, resolver: &Resolver) -> Result<Opened, Error> {
    dial(config, resolver, |stream| secured(config, tls, stream)).await
}

/// The error of an attempt that exceeds the timeout.
pub(super) fn too_slow(config: &Config, resolver: &Resolver) -> Error {
    let limit = config.connect_timeout.as_millis();
    let why = if resolver.was_given_up() {
        let whose = if config.proxy().is_some() { "the proxy's" } else { "its" };
        format!("{whose} name was not looked up within {limit} ms")
    } else {
        format!("no answer within {limit} ms")
    };
    unreachable(config, &why).slow()
}

/// A stream to the server or its proxy, before TLS.
enum Reached {
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
    #[cfg(test)]
    Memory(tokio::io::DuplexStream),
    /// Also when the attempt to connect started.
    Tcp(TcpStream, Instant),
}

/// Reaches the server, or its proxy, at one of its addresses, and makes the connection ready with `begin`. The first
/// address that is ready wins.
async fn dial<T, F>(config: &Config, resolver: &Resolver, begin: impl Fn(Reached) -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut failures = Failures::default();
    let started = Instant::now();
    let (host, port) = match (config.proxy(), &config.address) {
        (Some(proxy), _) => (&proxy.host, proxy.port),
        (None, Address::Tcp { host, port }) => (host, *port),
        (None, Address::Unix(path)) => {
            let attempt =
                async { begin(unix_socket(path).await.map_err(|error| not_reached(config, &error))?).await };
            let ended = tokio::time::timeout(config.connect_timeout, attempt).await;
            return ended.unwrap_or_else(|_| Err(too_slow(config, resolver)));
        }
    };
    let attempt = async {
        let addresses = resolver.resolve(host, port).await.map_err(|error| not_reached(config, &error))?;
        let candidate = async |address: SocketAddr| {
            let reached = tcp(address).await;
            let stream = reached.map_err(|error| Failed::to_reach(not_reached(config, &error), &error))?;
            begin(Reached::Tcp(stream, started)).await.map_err(Failed::when_reached)
        };
        Ok(first_ready(&addresses, resolver.memory(), &mut failures, candidate).await)
    };
    let ended = tokio::time::timeout(config.connect_timeout, attempt).await;
    let is_name = host.parse::<IpAddr>().is_err();
    match ended {
        Ok(Ok(Some(ready))) => Ok(ready),
        Ok(Ok(None)) => {
            Err(failures.into_error(unreachable(config, "the host has no address"), false, is_name))
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(failures.into_error(too_slow(config, resolver), true, is_name)),
    }
}

async fn tcp(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // With Nagle's algorithm, the second small write of a request would wait for a delayed acknowledgement.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The error for a host, or a proxy, that nothing can be sent to.
fn not_reached(config: &Config, error: &io::Error) -> Error {
    let why = reason(error);
    let mut told = match config.proxy() {
        Some(proxy) => proxy::failed(proxy, &config.address, &format!("is not reached: {why}")).retriable(),
        None => unreachable(config, &why),
    };
    if process::is_exhaustion(error) {
        told.status = Status::OutOfMemory;
    }
    told
}

/// Has the proxy, if there is one at the other end of a connection, open a tunnel to the server.
async fn through_the_proxy(
    config: &Config,
    stream: TcpStream,
    started: Instant,
    reading: &Arc<Reading>,
) -> Result<Tunnel<GuardedSocket<SharedSocket>>, Error> {
    let Some(proxy) = config.proxy() else {
        return Ok(Tunnel::direct(GuardedSocket::new(SharedSocket::new(stream, Arc::clone(reading)))));
    };
    let peer = stream.peer_addr().ok();
    let limit = config.connect_timeout.saturating_sub(BEFORE_THE_CALLER + started.elapsed());
    let tunnel =
        proxy::tunnel(GuardedSocket::new(SharedSocket::new(stream, Arc::clone(reading))), proxy, config);
    match tokio::time::timeout(limit, tunnel).await {
        Ok(Ok(tunnel)) => Ok(tunnel),
        Ok(Err(proxy::Failure::Refused(error))) => Err(error),
        Ok(Err(proxy::Failure::NoProxy(error))) => {
            let speaks_tls = tokio::time::timeout(PROBE_LIMIT, is_tls_port(peer)).await.unwrap_or_default();
            Err(if speaks_tls { tls_proxy(config, proxy) } else { error })
        }
        Err(_) => {
            let limit = config.connect_timeout.as_millis();
            let why = format!("opened no tunnel within {limit} ms; it may not reach the server");
            Err(proxy::failed(proxy, &config.address, &why).retriable().slow())
        }
    }
}

fn tls_proxy(config: &Config, proxy: &Proxy) -> Error {
    let why = "speaks TLS on that port, which is not supported; name its port without TLS";
    proxy::failed(proxy, &config.address, why)
}

/// Begins TLS on a stream if the server is to be reached over TLS.
async fn secured(config: &Config, tls: Option<&Tls>, reached: Reached) -> Result<Opened, Error> {
    let reading = Arc::<Reading>::default();
    let (stream, started) = match reached {
        #[cfg(unix)]
        Reached::Unix(stream) => {
            return Ok(Opened { stream: Box::new(GuardedSocket::new(stream)), reading, peer: None });
        }
        #[cfg(test)]
        Reached::Memory(stream) => return Ok(Opened { stream: Box::new(stream), reading, peer: None }),
        Reached::Tcp(stream, started) => (stream, started),
    };
    let peer = stream.peer_addr().ok();
    let stream = through_the_proxy(config, stream, started, &reading).await?;
    let Some(tls) = tls else { return Ok(Opened { stream: Box::new(stream), reading, peer }) };
    match tls.connector.connect(tls.name.clone(), stream).await {
        Ok(stream) => Ok(Opened { stream: Box::new(stream), reading, peer }),
        Err(error) => {
            // Behind a proxy there is no address of the server for a second look.
            let peer = peer.filter(|_| config.proxy().is_none());
            Err(handshake_failed(config, tls, peer, &error).await)
        }
    }
}

#[cfg(unix)]
async fn unix_socket(path: &Path) -> io::Result<Reached> {
    #[cfg(test)]
    if let Some(connected) = crate::world::connect().await {
        return connected.map(Reached::Memory);
    }
    tokio::net::UnixStream::connect(path).await.map(Reached::Unix)
}

#[cfg(not(unix))]
async fn unix_socket(_: &Path) -> io::Result<Reached> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no unix sockets"))
}

/// Begins HTTP/2 and waits for the server's first frame. Only this frame proves that the server speaks HTTP/2 and, with
/// TLS 1.3, that it accepts the client's certificate.
async fn speak_http2(endpoint: &Endpoint, Opened { stream, reading, peer }: Opened) -> Result<Sender, Error> {
    let (config, tls) = (&*endpoint.config, endpoint.tls.as_ref());
    let detector = Arc::new(ProtocolDetector::new());
    let stream = DetectingStream::new(stream, Arc::clone(&detector));
    let (sender, run) = match http2::begin(endpoint, stream, Arc::clone(&detector), reading).await {
        Ok(both) => both,
        Err(error) => return Err(not_http2(config, tls, peer, &detector, Some(&error)).await),
    };
    let (tell, mut ended) = oneshot::channel();
    // This task ends when the last sender is dropped or the connection fails. Its error also reaches every request that
    // is in flight then.
    runtime::spawn_beside(Box::pin(async move { drop(tell.send(run.await)) }));
    let end = tokio::select! {
        end = &mut ended => end,
        () = detector.detected() => match detector.protocol() {
            Protocol::Http2 => return Ok(sender),
            _ => Ok(None), // h2 reads frames of any type before the settings, and would wait for more
        },
    };
    if let Some(defect) = sender.defect() {
        return Err(defect);
    }
    Err(not_http2(config, tls, peer, &detector, end.ok().flatten().as_ref()).await)
}

pub(super) fn unreachable(config: &Config, why: &str) -> Error {
    Error::new(Status::Unavailable, format!("cannot connect to {}: {why}", config.destination())).retriable()
}

async fn handshake_failed(config: &Config, tls: &Tls, peer: Option<SocketAddr>, error: &io::Error) -> Error {
    let limit = (config.connect_timeout / 4).min(PROBE_LIMIT);
    if let Some(error) = find(error)
        && !tls::is_not_tls(error)
    {
        return insecure(config, &tls.explain_handshake(error, peer, limit).await);
    }
    let protocol = async {
        match peer {
            Some(peer) => tls::plaintext_protocol(peer).await,
            None => Protocol::Unknown,
        }
    };
    match tokio::time::timeout(limit, protocol).await {
        Ok(Protocol::Http2) => {
            return insecure(config, "the port speaks HTTP/2 without TLS; use http:// if that is meant");
        }
        Ok(Protocol::Http1) => return insecure(config, "the port speaks HTTP/1 without TLS"),
        _ => {}
    }
    if let Some(error) = find(error) {
        return insecure(config, &tls.explain(error));
    }
    // Some servers hang up instead of an alert.
    if let Some(peer) = peer
        && let Some(why) = tls.unfit_certificate(peer, limit).await
    {
        return insecure(config, &why);
    }
    unreachable(
        config,
        &match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
                "it closed the connection during the TLS handshake".to_owned()
            }
            _ => reason(error),
        },
    )
}

pub(super) fn insecure(config: &Config, why: &str) -> Error {
    Error::new(Status::TlsFailed, format!("cannot connect securely to {}: {why}", config.destination()))
}

async fn not_http2(
    config: &Config,
    tls: Option<&Tls>,
    peer: Option<SocketAddr>,
    detector: &ProtocolDetector,
    error: Option<&h2::Error>,
) -> Error {
    if let (Some(tls), Some(error)) = (tls, detector.tls_error()) {
        return insecure(config, &tls.explain(error));
    }
    let wrong_port = |text: &str| {
        let text = format!("cannot connect to {}: {text}", config.destination());
        Error::new(Status::Unavailable, text)
    };
    match detector.protocol() {
        Protocol::Tls => wants_tls(config),
        Protocol::Http1 => wrong_port("it answers HTTP/1, not gRPC; is it Milvus' gRPC port (19530)?"),
        Protocol::Other => wrong_port("it does not speak HTTP/2; is it Milvus' gRPC port (19530)?"),
        Protocol::Http2 => {
            let why = error.map_or_else(|| "connection closed".to_owned(), |error| innermost(error));
            unreachable(config, &why)
        }
        Protocol::Unknown if tls.is_none() && speaks_tls(config, peer).await => wants_tls(config),
        Protocol::Unknown => {
            let sent =
                if detector.has_heard() { "after less than a frame" } else { "without sending anything" };
            let why = format!("the server closed the connection {sent}; is it Milvus' gRPC port?");
            unreachable(config, &why)
        }
    }
}

fn wants_tls(config: &Config) -> Error {
    let text = format!("cannot connect to {}: the port speaks TLS; use https://", config.destination());
    Error::new(Status::TlsFailed, text)
}

/// Most TLS ports just close a plaintext connection. A second attempt, with TLS, shows that they speak it.
async fn speaks_tls(config: &Config, peer: Option<SocketAddr>) -> bool {
    let look = async {
        let Some(proxy) = config.proxy() else { return is_tls_port(peer).await };
        let Some(stream) = connect_again(peer).await else { return false };
        match proxy::tunnel(stream, proxy, config).await {
            Ok(stream) => tls::is_spoken(stream).await,
            Err(_) => false,
        }
    };
    tokio::time::timeout(PROBE_LIMIT, look).await.unwrap_or_default()
}

async fn is_tls_port(peer: Option<SocketAddr>) -> bool {
    let Some(stream) = connect_again(peer).await else { return false };
    tls::is_spoken(stream).await
}

async fn connect_again(peer: Option<SocketAddr>) -> Option<TcpStream> {
    TcpStream::connect(peer?).await.ok()
}
