//! One attempt to connect: name look-up, TCP or Unix socket, TLS, and the server's first word in HTTP/2.
//! Every failure here is one in which the server has not received any call.

use std::io;
use std::sync::Arc;

use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;
use tonic::body::Body;

use super::causes::{innermost, of_tls, reason};
use super::peer::{FirstBytes, Observed, Peer};
use super::tls::Tls;
use crate::config::{Address, Config};
use crate::error::{Error, Status};

/// A server's error text travels in headers; 2.3 sends whole stack traces there.
const HEADER_LIMIT: u32 = 256 * 1024;

/// A connected byte stream of whatever kind.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Connects, within the limit that the configuration sets.
pub(super) async fn connect(config: &Config, tls: Option<&Tls>) -> Result<http2::SendRequest<Body>, Error> {
    let attempt = async {
        let stream = open(config, tls).await?;
        speak_http2(config, stream).await
    };
    tokio::time::timeout(config.connect_timeout, attempt).await.unwrap_or_else(|_| {
        let limit = config.connect_timeout.as_millis();
        Err(unreachable(config, &format!("no answer within {limit} ms")).slow())
    })
}

async fn open(config: &Config, tls: Option<&Tls>) -> Result<Box<dyn Stream>, Error> {
    let failed = |error: io::Error| unreachable(config, &reason(&error));
    match &config.address {
        Address::Unix(path) => Ok(Box::new(UnixStream::connect(path).await.map_err(failed)?)),
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(failed)?;
            // Without this, a request's second small write waits for a delayed acknowledgement.
            stream.set_nodelay(true).map_err(failed)?;
            let Some(tls) = tls else { return Ok(Box::new(stream)) };
            let stream = tls.connector.connect(tls.name.clone(), stream).await;
            Ok(Box::new(stream.map_err(|error| handshake_failed(config, &error))?))
        }
    }
}

/// Begins HTTP/2 and waits for the server's first bytes. Only they show that it speaks HTTP/2, and
/// under TLS 1.3 that it accepts the client's certificate.
async fn speak_http2(config: &Config, stream: Box<dyn Stream>) -> Result<http2::SendRequest<Body>, Error> {
    let first_bytes = Arc::<FirstBytes>::default();
    let observed = Observed { stream, first_bytes: Arc::clone(&first_bytes) };
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(config.keepalive)
        .keep_alive_timeout(config.keepalive_timeout)
        .keep_alive_while_idle(true)
        .max_header_list_size(HEADER_LIMIT)
        .handshake(TokioIo::new(observed))
        .await
        .map_err(|error| not_http2(config, &first_bytes, &error))?;
    let (tell, mut ended) = oneshot::channel();
    // Ends by itself when the last sender is gone or the connection breaks; its error also reaches
    // every request that is under way then.
    tokio::spawn(async move { drop(tell.send(connection.await)) });
    let end = tokio::select! {
        biased;
        end = &mut ended => end,
        () = first_bytes.arrive() => {
            // By now the connection has looked at what arrived; it may not be HTTP/2 at all.
            match ended.try_recv() {
                Err(oneshot::error::TryRecvError::Empty) if first_bytes.peer() == Peer::Other => return Ok(sender),
                Err(oneshot::error::TryRecvError::Empty) => ended.await,
                Ok(end) => Ok(end),
                Err(oneshot::error::TryRecvError::Closed) => return Err(unreachable(config, "the connection ended")),
            }
        }
    };
    match end {
        Ok(Err(error)) => Err(not_http2(config, &first_bytes, &error)),
        Ok(Ok(())) | Err(_) => Err(silent(config, "it closed the connection")),
    }
}

fn unreachable(config: &Config, why: &str) -> Error {
    Error::new(Status::Unavailable, format!("cannot connect to {}: {why}", config.address)).retriable()
}

fn silent(config: &Config, why: &str) -> Error {
    let hint = if config.tls.is_some() {
        "is it Milvus' gRPC port?"
    } else {
        "if the port speaks TLS, use https://"
    };
    unreachable(config, &format!("{why} without a word of HTTP/2; {hint}"))
}

fn handshake_failed(config: &Config, error: &io::Error) -> Error {
    let why = of_tls(error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            "the server closed the connection during the handshake; it may not speak TLS (then use http://)"
                .to_owned()
        }
        _ => reason(error),
    });
    insecure(config, &why)
}

fn insecure(config: &Config, why: &str) -> Error {
    Error::new(Status::TlsFailed, format!("cannot connect securely to {}: {why}", config.address))
}

fn not_http2(config: &Config, first_bytes: &FirstBytes, error: &hyper::Error) -> Error {
    if let Some(why) = of_tls(error) {
        return insecure(config, &why);
    }
    match first_bytes.peer() {
        Peer::Tls => {
            let text = format!("cannot connect to {}: the port speaks TLS; use https://", config.address);
            Error::new(Status::TlsFailed, text)
        }
        Peer::Http1 => {
            let text = "it answers HTTP/1, not gRPC; is it Milvus' gRPC port (19530)?";
            Error::new(Status::Unavailable, format!("cannot connect to {}: {text}", config.address))
        }
        Peer::Silent => silent(config, &innermost(error)),
        Peer::Other => unreachable(config, &innermost(error)),
    }
}
