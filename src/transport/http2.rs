//! One HTTP/2 connection over h2: sends requests, and probes the connection while it is silent. The headers and the
//! message of a request are queued together, so that they leave in one write.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use h2::client::{Builder, SendRequest};
use h2::{Ping, PingPong, RecvStream};
use http::{Request, Response};
use hyper::body::Bytes;
use tokio::sync::Mutex;

use super::protocol_detector::{DetectingStream, ProtocolDetector};
use super::writer::SharedConnection;
use crate::config::Config;
use crate::error::Error;
use crate::panics;

/// A server's error text travels in headers, and 2.3 sends whole stack traces.
const HEADER_LIMIT: u32 = 256 * 1024;
/// How much a server may send before the client reads it: of one response, and of all.
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 5 * 1024 * 1024;
/// How many requests may be open until the server announces its limit, which may not be lower.
const FIRST_STREAMS: usize = 100;
/// How many informational responses (1xx) may precede a response. No server of gRPC sends any.
const INTERIM_LIMIT: usize = 100;

/// Sends the requests of one connection. The connection ends when this is dropped and the last response has come.
pub(super) struct Sender {
    requests: Mutex<SendRequest<Bytes>>,
    connection: Arc<SharedConnection<DetectingStream>>,
    fell_silent: Arc<AtomicBool>,
    /// It takes no more requests, as one of them has found out.
    is_over: AtomicBool,
}

/// Begins HTTP/2 on a stream. Also returns the task that drives the connection; it ends with the connection, and
/// returns why.
pub(super) async fn begin(
    config: &Config,
    stream: DetectingStream,
    detector: Arc<ProtocolDetector>,
) -> Result<(Sender, impl Future<Output = Option<h2::Error>> + use<>), h2::Error> {
    let (requests, mut connection) = Builder::new()
        .enable_push(false)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .initial_max_send_streams(FIRST_STREAMS)
        .max_header_list_size(HEADER_LIMIT)
        .handshake(stream)
        .await?;
    let fell_silent = Arc::<AtomicBool>::default();
    let pings = connection.ping_pong();
    let connection = Arc::new(SharedConnection::new(connection));
    let sender = Sender {
        requests: Mutex::new(requests),
        connection: Arc::clone(&connection),
        fell_silent: Arc::clone(&fell_silent),
        is_over: AtomicBool::new(false),
    };
    let (interval, limit) = (config.keepalive, config.keepalive_timeout);
    let run = async move {
        let silence = async {
            match pings {
                Some(pings) => silence(pings, &detector, interval, limit).await,
                None => std::future::pending().await,
            }
            // Set before the connection is dropped, because its requests read it then.
            fell_silent.store(true, Ordering::Relaxed);
        };
        let end = panics::caught(async {
            tokio::select! {
                biased;
                end = poll_fn(|cx| connection.poll(cx)) => end,
                () = silence => None,
            }
        });
        let end = end.await.unwrap_or_else(|defect| {
            connection.break_down(defect);
            None
        });
        connection.end();
        end
    };
    Ok((sender, run))
}

/// Probes the connection (PING) whenever it was silent for `interval`. Returns when a probe stays unanswered for
/// `limit`.
async fn silence(mut pings: PingPong, detector: &ProtocolDetector, interval: Duration, limit: Duration) {
    loop {
        let rest = interval.saturating_sub(detector.silence());
        if !rest.is_zero() {
            tokio::time::sleep(rest).await;
            continue;
        }
        match tokio::time::timeout(limit, pings.ping(Ping::opaque())).await {
            Ok(Ok(_)) => {}
            // The connection has ended, which its own future reports.
            Ok(Err(_)) => std::future::pending().await,
            Err(_) => return,
        }
    }
}

impl Sender {
    /// Whether requests can be sent: the connection has not ended, and the server has not announced its end (GOAWAY).
    pub(super) fn is_alive(&self) -> bool {
        if self.defect().is_some() || self.is_over.load(Ordering::Relaxed) {
            return false;
        }
        // The thread that holds the lock is sending, and finds out.
        let Ok(mut requests) = self.requests.try_lock() else { return true };
        !matches!(requests.poll_ready(&mut Context::from_waker(Waker::noop())), Poll::Ready(Err(_)))
    }

    /// The panic on the connection, if there was one.
    pub(super) fn defect(&self) -> Option<Error> {
        self.connection.defect()
    }

    /// Waits until there is a panic on the connection. h2 does not report it to its requests.
    pub(super) async fn broken(&self) -> Error {
        self.connection.broken().await
    }

    /// Whether the connection ended because the server stopped answering.
    pub(super) fn fell_silent(&self) -> bool {
        self.fell_silent.load(Ordering::Relaxed)
    }

    /// Sends a request and returns the head of its response; `None` if informational responses come instead, one after
    /// the other. Waits while the server's limit of open requests is reached. Sets `sent` when it has handed any of the
    /// request to h2.
    pub(super) async fn send(
        &self,
        head: Request<()>,
        message: Bytes,
        sent: &AtomicBool,
    ) -> Result<Option<Response<RecvStream>>, h2::Error> {
        let response = self.exchange(head, message, sent).await;
        if let Err(error) = &response
            && (error.is_go_away() || error.is_io())
        {
            self.is_over.store(true, Ordering::Relaxed);
        }
        response
    }

    async fn exchange(
        &self,
        head: Request<()>,
        message: Bytes,
        sent: &AtomicBool,
    ) -> Result<Option<Response<RecvStream>>, h2::Error> {
        let mut response = {
            let mut requests = self.requests.lock().await;
            poll_fn(|cx| requests.poll_ready(cx)).await?;
            self.connection.send(|| {
                let (response, mut stream) = requests.send_request(head, false)?;
                sent.store(true, Ordering::Relaxed);
                // It fails if the server's frames have closed the stream meanwhile; the response tells why.
                let _ = stream.send_data(message, true);
                Ok::<_, h2::Error>(response)
            })?
        };
        let mut interim = 0;
        poll_fn(|cx| {
            while let Poll::Ready(Some(head)) = response.poll_informational(cx) {
                head?;
                interim += 1;
                if interim > INTERIM_LIMIT {
                    return Poll::Ready(Ok(None));
                }
            }
            Pin::new(&mut response).poll(cx).map_ok(Some)
        })
        .await
    }
}
