//! The one HTTP/2 connection of a client: made on first use, probed while idle, and made anew when
//! it is gone. Requests of any number of threads share it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{HeaderValue, USER_AGENT};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;
use tonic::body::Body;
use tower_service::Service;

use super::connect::{connect, reason};
use super::peer::{FirstBytes, Peer};
use super::tls;
use crate::config::{Address, Config};
use crate::error::{Error, Status};

/// A server's error text travels in headers; 2.3 sends whole stack traces there.
const HEADER_LIMIT: u32 = 256 * 1024;
const USER_AGENT_VALUE: HeaderValue =
    HeaderValue::from_static(concat!("milvus-client-c/", env!("CARGO_PKG_VERSION")));

/// Where connections come from.
pub(crate) struct Channel {
    config: Arc<Config>,
    tls: Option<TlsConnector>,
    /// Scheme and authority of every request.
    origin: Uri,
    current: Mutex<Option<Connection>>,
}

impl Channel {
    /// Prepares a channel. Reads root certificates if TLS is wanted, but does not connect.
    pub(crate) fn new(config: Arc<Config>) -> Result<Self, Error> {
        let authority = match &config.address {
            tcp @ Address::Tcp { .. } => tcp.to_string(),
            Address::Unix(_) => "localhost".to_owned(),
        };
        let origin = Uri::builder()
            .scheme(if config.tls { "https" } else { "http" })
            .authority(authority)
            .path_and_query("/")
            .build()
            .map_err(|error| Error::invalid_argument(format!("uri: {error}")))?;
        let tls = config.tls.then(tls::connector).transpose()?;
        Ok(Self { config, tls, origin, current: Mutex::new(None) })
    }

    /// What requests have to start with.
    pub(crate) fn origin(&self) -> &Uri {
        &self.origin
    }

    /// The connection, made now if there is none. A failure means that nothing was sent.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        // Whoever holds the lock connects; if its caller gives up, the next in line takes over.
        let mut current = self.current.lock().await;
        if let Some(connection) = current.as_ref().filter(|connection| !connection.sender.is_closed()) {
            return Ok(connection.clone());
        }
        let connection = self.connect().await?;
        *current = Some(connection.clone());
        Ok(connection)
    }

    async fn connect(&self) -> Result<Connection, Error> {
        let Config { address, connect_timeout, .. } = &*self.config;
        let first_bytes = Arc::default();
        let stream = connect(address, self.tls.as_ref(), *connect_timeout, &first_bytes).await?;
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(self.config.keepalive)
            .keep_alive_timeout(self.config.keepalive_timeout)
            .keep_alive_while_idle(true)
            .max_header_list_size(HEADER_LIMIT)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| explain(&error, &self.config, &first_bytes))?;
        // Ends by itself when the last sender is gone or the connection breaks; its error also
        // reaches every request that was under way.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Connection { sender, first_bytes, config: Arc::clone(&self.config) })
    }
}

/// A live connection that tonic can send requests over.
#[derive(Clone)]
pub(crate) struct Connection {
    sender: http2::SendRequest<Body>,
    first_bytes: Arc<FirstBytes>,
    config: Arc<Config>,
}

impl Service<Request<Body>> for Connection {
    type Response = Response<Incoming>;
    type Error = Broken;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Broken>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        // An HTTP/2 sender queues; a dead one reports itself when it is used.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        request.headers_mut().insert(USER_AGENT, USER_AGENT_VALUE);
        let response = self.sender.try_send_request(request);
        let first_bytes = Arc::clone(&self.first_bytes);
        let config = Arc::clone(&self.config);
        Box::pin(async move {
            response.await.map_err(|mut failure| Broken {
                // The request comes back exactly if no byte of it was handed to the connection.
                sent: failure.take_message().is_none(),
                error: explain(failure.error(), &config, &first_bytes),
            })
        })
    }
}

/// A request that the connection could not carry to an answer.
#[derive(Debug)]
pub(crate) struct Broken {
    /// Whether the server may have received it.
    pub(crate) sent: bool,
    pub(crate) error: Error,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Broken {}

/// Turns hyper's words into a cause that a person can act on.
fn explain(error: &hyper::Error, config: &Config, first_bytes: &FirstBytes) -> Error {
    let address = &config.address;
    if let Some(cause) = tls::cause(error) {
        return Error::new(Status::TlsFailed, format!("the secure connection to {address} ended: {cause}"));
    }
    if !config.tls {
        match first_bytes.peer() {
            Peer::Tls => {
                let text = format!("{address} speaks TLS, this connection does not; use https://");
                return Error::new(Status::TlsFailed, text);
            }
            Peer::Http1 => {
                let text = format!("{address} answers HTTP/1, not gRPC; is it Milvus' gRPC port (19530)?");
                return Error::new(Status::Unavailable, text);
            }
            Peer::Silent if !error.is_timeout() => {
                let text = format!(
                    "{address} closed the connection without a word; if it speaks TLS, use https:// ({})",
                    chain(error)
                );
                return Error::new(Status::Unavailable, text).retriable();
            }
            Peer::Silent | Peer::Other => {}
        }
    }
    let text = if error.is_timeout() {
        format!("{address} stopped answering: a keepalive probe stayed unanswered")
    } else {
        format!("the connection to {address} was lost: {}", chain(error))
    };
    Error::new(Status::Unavailable, text).retriable()
}

/// The innermost cause, which is the one that says something.
fn chain(error: &hyper::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.downcast_ref::<std::io::Error>().map_or_else(|| innermost.to_string(), reason)
}
