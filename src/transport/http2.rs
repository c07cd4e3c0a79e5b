//! One HTTP/2 connection over h2: sends requests, and probes the connection while it is silent. The headers and the
//! message of a request are queued together, so that they leave in one write.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use h2::client::{Builder, SendRequest};
use h2::{Ping, PingPong, RecvStream};
use http::Response;
use hyper::body::Bytes;
use tokio::sync::{Mutex, Notify};

use super::causes::innermost;
use super::connection::HttpRequest;
use super::endpoint::Endpoint;
use super::keepalive::{Keepalive, Next, Pings};
use super::protocol_detector::{DetectingStream, ProtocolDetector};
use super::reader::{self, Answers, Busy, Reading};
use super::writer::SharedConnection;
use crate::error::Error;
use crate::log::{self, Level};
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
    requests: Arc<Mutex<SendRequest<Bytes>>>,
    detector: Arc<ProtocolDetector>,
    interval: Duration,
    connection: Arc<SharedConnection<DetectingStream>>,
    fell_silent: Arc<AtomicBool>,
    /// It takes no more requests, as one of them has found out.
    is_over: AtomicBool,
    end: Arc<End>,
}

/// Tells one task that the connection has ended, and why.
#[derive(Default)]
struct End {
    reason: OnceLock<String>,
    has_come: Notify,
}

/// Begins HTTP/2 on a stream. Also returns the task that drives the connection; it ends with the connection, and
/// returns why.
pub(super) async fn begin(
    endpoint: &Endpoint,
    stream: DetectingStream,
    detector: Arc<ProtocolDetector>,
    reading: Arc<Reading>,
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
    let connection = Arc::new(SharedConnection::new(connection, Arc::clone(&reading)));
    let requests = Arc::new(Mutex::new(requests));
    let learned = Arc::clone(&endpoint.keepalive);
    let interval = learned.interval();
    let probe = Probe {
        requests: Arc::downgrade(&requests),
        reading: Arc::clone(&reading),
        detector: Arc::clone(&detector),
        learned: Arc::clone(&learned),
        limit: endpoint.config.keepalive_timeout,
    };
    let sender = Sender {
        requests,
        detector: Arc::clone(&detector),
        interval,
        connection: Arc::clone(&connection),
        fell_silent: Arc::clone(&fell_silent),
        is_over: AtomicBool::new(false),
        end: Arc::default(),
    };
    let told = Arc::clone(&sender.end);
    let run = async move {
        let silence = async {
            match pings {
                Some(pings) => probe.silence(pings, interval).await,
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
                () = reading.count_ticks(|| connection.wake_task()) => None,
            }
        });
        let end = end.await.unwrap_or_else(|defect| {
            connection.break_down(defect);
            None
        });
        if detector.refuses_pings() && learned.refused(interval) {
            log::tell(Level::Warning, "too many pings", || {
                format!("keepalive_ms={} next_ms={}", interval.as_millis(), learned.interval().as_millis())
            });
        }
        connection.end();
        let _ = told.reason.set(match &end {
            _ if fell_silent.load(Ordering::Relaxed) => "a keepalive probe stayed unanswered".to_owned(),
            Some(error) => innermost(error),
            None => "the server ended it".to_owned(),
        });
        told.has_come.notify_one();
        end
    };
    Ok((sender, run))
}

/// Probes a connection while it is silent.
struct Probe {
    /// The sender's, which ends with the connection.
    requests: Weak<Mutex<SendRequest<Bytes>>>,
    reading: Arc<Reading>,
    detector: Arc<ProtocolDetector>,
    learned: Arc<Keepalive>,
    /// How long the answer to a ping may take.
    limit: Duration,
}

impl Probe {
    /// Pings the connection when it was silent for long enough. Returns when a ping stays unanswered.
    async fn silence(&self, mut pings: PingPong, interval: Duration) {
        let mut sent = Pings::new(interval);
        loop {
            let before = self.detector.responses();
            let next = sent.next(&self.learned, self.is_idle(), before);
            let due = match next {
                Next::After(due) | Next::IfIdleAfter(due) => due,
                Next::Not => Duration::MAX,
            };
            let rest = due.saturating_sub(self.detector.silence());
            if !rest.is_zero() {
                // A request may begin meanwhile, or end.
                tokio::time::sleep(rest.min(interval)).await;
                continue;
            }
            let answered = self.ping(&mut pings, matches!(next, Next::IfIdleAfter(_)));
            match tokio::time::timeout(self.limit, answered).await {
                Ok(Some(Ok(()))) => sent.answered(&self.learned, due, before, self.detector.responses()),
                Ok(None) => {} // a request has begun
                // The connection has ended, which its own future reports.
                Ok(Some(Err(_))) => std::future::pending().await,
                Err(_) => return,
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.reading.requests() == 0
    }

    /// Pings, and waits for the answer. `None` if it must be idle and is not: a request that begins later is behind the
    /// ping, so that the server does not process it if it ends the connection because of the ping.
    async fn ping(&self, pings: &mut PingPong, if_idle: bool) -> Option<Result<(), h2::Error>> {
        let mut answer = pin!(pings.ping(Ping::opaque()));
        let begun = match self.requests.upgrade().filter(|_| if_idle) {
            Some(requests) => {
                // Whoever has the lock sends a request.
                let _no_request_begins = requests.try_lock().ok()?;
                if !self.is_idle() {
                    return None;
                }
                poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx))).await
            }
            None => Poll::Pending,
        };
        let answer = match begun {
            Poll::Ready(answer) => answer,
            Poll::Pending => answer.await,
        };
        Some(answer.map(drop))
    }
}

impl Sender {
    /// Whether requests can be sent: the connection has not ended, and the server has not announced its end (GOAWAY).
    pub(super) fn is_alive(&self) -> bool {
        if self.defect().is_some() || self.is_over.load(Ordering::Relaxed) {
            return false;
        }
        reader::catch_up(&*self.connection);
        // The thread that holds the lock is sending, and finds out.
        let Ok(mut requests) = self.requests.try_lock() else { return true };
        !matches!(requests.poll_ready(&mut Context::from_waker(Waker::noop())), Poll::Ready(Err(_)))
    }

    /// Marks a request as under way.
    pub(super) fn busy(&self) -> Busy {
        Busy::begin(Arc::clone(&self.connection) as _)
    }

    /// The time between two pings, if the server has ended the connection because of too many of them.
    pub(super) fn refused_pings(&self) -> Option<Duration> {
        self.detector.refuses_pings().then_some(self.interval)
    }

    /// The panic on the connection, if there was one.
    pub(super) fn defect(&self) -> Option<Error> {
        self.connection.defect()
    }

    /// Waits until there is a panic on the connection. h2 does not report it to its requests.
    pub(super) async fn broken(&self) -> Error {
        self.connection.broken().await
    }

    /// Returns when the connection has ended. For one task.
    pub(super) fn end(&self) -> impl Future<Output = ()> + use<> {
        let end = Arc::clone(&self.end);
        async move { end.has_come.notified().await }
    }

    /// Why the connection has ended, if it has.
    pub(super) fn end_reason(&self) -> Option<&str> {
        self.end.reason.get().map(String::as_str)
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
        request: &HttpRequest<'_>,
        busy: &Busy,
    ) -> Result<Option<Response<RecvStream>>, h2::Error> {
        let response = self.exchange(request, busy).await;
        if let Err(error) = &response
            && (error.is_go_away() || error.is_io())
        {
            self.is_over.store(true, Ordering::Relaxed);
        }
        response
    }

    async fn exchange(
        &self,
        request: &HttpRequest<'_>,
        busy: &Busy,
    ) -> Result<Option<Response<RecvStream>>, h2::Error> {
        let mut response = {
            let mut requests = match self.requests.try_lock() {
                Ok(requests) => requests,
                Err(_) => self.requests.lock().await,
            };
            poll_fn(|cx| requests.poll_ready(cx)).await?;
            let (head, message) = (request.make)();
            self.detector.asks();
            self.connection.send(|| {
                let (response, mut stream) = requests.send_request(head, false)?;
                request.sent.store(true, Ordering::Relaxed);
                // It fails if the server's frames have closed the stream meanwhile; the response tells why.
                let _ = stream.send_data(message, true);
                Ok::<_, h2::Error>(response)
            })?
        };
        busy.sent();
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
