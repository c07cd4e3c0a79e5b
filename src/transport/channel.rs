//! The one HTTP/2 connection of a client: made on first use, probed while idle, and made anew when
//! it is gone. Requests of any number of threads share it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::{HeaderValue, USER_AGENT};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use tokio::sync::Mutex;
use tonic::body::Body;
use tower_service::Service;

use super::causes::{innermost, was_refused_unprocessed};
use super::connect::connect;
use super::resolve::Resolver;
use super::tls::Tls;
use crate::config::{Address, Config};
use crate::error::{Error, Status};
use crate::log::{self, Level};

const USER_AGENT_VALUE: HeaderValue =
    HeaderValue::from_static(concat!("milvus-client-c/", env!("CARGO_PKG_VERSION")));

/// A call that takes longer is worth a warning.
const SLOW: Duration = Duration::from_secs(1);

/// Where connections come from.
pub(crate) struct Channel {
    config: Arc<Config>,
    tls: Option<Tls>,
    /// Scheme and authority of every request.
    origin: Uri,
    line: Mutex<Line>,
}

/// The state of the line to the server.
struct Line {
    connection: Option<Connection>,
    /// How many connections there have been: two with the same number are the same.
    generation: u64,
    resolver: Resolver,
}

impl Channel {
    /// Prepares a channel. Reads certificates if TLS is wanted, but does not connect.
    pub(crate) fn new(config: Arc<Config>) -> Result<Self, Error> {
        let authority = match (&config.address, config.tls.as_ref().and_then(|tls| tls.server_name.as_ref()))
        {
            (Address::Tcp { port, .. }, Some(name)) => format!("{name}:{port}"),
            (tcp @ Address::Tcp { .. }, None) => tcp.to_string(),
            (Address::Unix(_), _) => "localhost".to_owned(),
        };
        let origin = Uri::builder()
            .scheme(if config.tls.is_some() { "https" } else { "http" })
            .authority(authority)
            .path_and_query("/")
            .build()
            .map_err(|error| Error::invalid_argument(format!("uri: {error}")))?;
        let tls = config.tls.as_ref().map(|tls| Tls::new(tls, &config.address)).transpose()?;
        let line = Mutex::new(Line { connection: None, generation: 0, resolver: Resolver::default() });
        Ok(Self { config, tls, origin, line })
    }

    /// What requests have to start with.
    pub(crate) fn origin(&self) -> &Uri {
        &self.origin
    }

    /// The connection, made now if there is none. A failure means that nothing was sent.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        // Whoever holds the lock connects; if its caller gives up, the next in line takes over.
        let mut line = self.line.lock().await;
        if let Some(connection) = line.connection.as_ref().filter(|connection| !connection.sender.is_closed())
        {
            return Ok(connection.clone());
        }
        line.connection = None;
        let sender =
            connect(&self.config, self.tls.as_ref(), &mut line.resolver).await.inspect_err(|error| {
                log::tell(Level::Warning, "cannot connect", || format!("reason={:?}", error.message()));
            })?;
        line.generation += 1;
        log::tell(Level::Info, "connected", || {
            let Config { address, tls, .. } = &*self.config;
            format!("address={address} tls={} connection={}", tls.is_some(), line.generation)
        });
        let connection = Connection { sender, generation: line.generation, config: Arc::clone(&self.config) };
        line.connection = Some(connection.clone());
        Ok(connection)
    }
}

/// A live connection that tonic can send requests over.
#[derive(Clone)]
pub(crate) struct Connection {
    sender: http2::SendRequest<Body>,
    generation: u64,
    config: Arc<Config>,
}

impl Connection {
    /// Differs between any two connections of a client.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }
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
        let uri = request.uri().clone();
        let started = Instant::now();
        let response = self.sender.try_send_request(request);
        let config = Arc::clone(&self.config);
        Box::pin(async move {
            let result = response.await.map_err(|mut failure| Broken {
                // The request comes back exactly if no byte of it was handed to the connection.
                sent: failure.take_message().is_none() && !was_refused_unprocessed(failure.error()),
                error: lost(&config, failure.error()),
            });
            let result = result.and_then(|response| readable(&config, response));
            report(&uri, started.elapsed(), result.as_ref().err());
            result
        })
    }
}

/// A request that the connection could not carry to an answer.
#[derive(Debug)]
pub(crate) struct Broken {
    /// Whether the server may have worked on it.
    pub(crate) sent: bool,
    pub(crate) error: Error,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Broken {}

/// tonic calls an answer that it cannot unpack "unimplemented", as if the server had not known the call.
fn readable(config: &Config, response: Response<Incoming>) -> Result<Response<Incoming>, Broken> {
    match response.headers().get("grpc-encoding") {
        Some(encoding) if encoding != "identity" => {
            let text = format!("{} sent a compressed answer, unasked", config.address);
            Err(Broken { sent: true, error: Error::new(Status::ServerError, text) })
        }
        _ => Ok(response),
    }
}

fn report(uri: &Uri, elapsed: Duration, broken: Option<&Broken>) {
    let method = || uri.path().rsplit('/').next().unwrap_or_default();
    let timing = || format!("method={} elapsed_ms={}", method(), elapsed.as_millis());
    if let Some(broken) = broken {
        let fields = || format!("{} reason={:?}", timing(), broken.error.message());
        log::tell(Level::Warning, "connection lost", fields);
    } else if elapsed > SLOW {
        log::tell(Level::Warning, "slow call", timing);
    } else {
        log::tell(Level::Debug, "call", timing);
    }
}

fn lost(config: &Config, error: &hyper::Error) -> Error {
    let address = &config.address;
    if error.is_timeout() {
        let text = format!("{address} stopped answering: a keepalive probe stayed unanswered");
        return Error::new(Status::Unavailable, text).retriable().slow();
    }
    let text = format!("the connection to {address} was lost: {}", innermost(error));
    Error::new(Status::Unavailable, text).retriable()
}
