//! One attempt to connect: name look-up, TCP or Unix socket, TLS. Every failure here is one in
//! which the server has not received anything.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

use super::peer::{FirstBytes, Observed};
use super::tls;
use crate::config::Address;
use crate::error::{Error, Status};

/// A connected byte stream of whatever kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Connects within `limit`.
pub(super) async fn connect(
    address: &Address,
    tls: Option<&TlsConnector>,
    limit: Duration,
    first_bytes: &Arc<FirstBytes>,
) -> Result<Box<dyn Stream>, Error> {
    tokio::time::timeout(limit, attempt(address, tls, first_bytes)).await.unwrap_or_else(|_| {
        let text = format!("cannot connect to {address}: no answer within {} ms", limit.as_millis());
        Err(Error::new(Status::Unavailable, text).retriable())
    })
}

async fn attempt(
    address: &Address,
    tls: Option<&TlsConnector>,
    first_bytes: &Arc<FirstBytes>,
) -> Result<Box<dyn Stream>, Error> {
    let unreachable = |error: io::Error| {
        let text = format!("cannot connect to {address}: {}", reason(&error));
        Error::new(Status::Unavailable, text).retriable()
    };
    match address {
        Address::Unix(path) => {
            let stream = UnixStream::connect(path).await.map_err(unreachable)?;
            Ok(Box::new(Observed { stream, first_bytes: Arc::clone(first_bytes) }))
        }
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(unreachable)?;
            // Without this, a request's second small write waits for a delayed acknowledgement.
            stream.set_nodelay(true).map_err(unreachable)?;
            let stream = Observed { stream, first_bytes: Arc::clone(first_bytes) };
            let Some(connector) = tls else { return Ok(Box::new(stream)) };
            let name = ServerName::try_from(host.clone()).map_err(|_| {
                Error::new(Status::TlsFailed, format!("\"{host}\" is not a name that a certificate can have"))
            })?;
            let stream =
                connector.connect(name, stream).await.map_err(|error| handshake_failed(address, &error))?;
            Ok(Box::new(stream))
        }
    }
}

fn handshake_failed(address: &Address, error: &io::Error) -> Error {
    let why = tls::cause(error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            "the server closed the connection during the handshake; it may not speak TLS (then use http://)"
                .to_owned()
        }
        _ => error.to_string(),
    });
    Error::new(Status::TlsFailed, format!("cannot connect securely to {address}: {why}"))
}

/// The operating system's words without Rust's "(os error 111)".
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
