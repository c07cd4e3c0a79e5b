//! A connection that breaks, and requests that wait for their turn.

use std::pin::Pin;
use std::task::{Context, Wake, Waker};

use http::Response;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf};

use super::super::allowance::MOST;
use super::super::http2;
use super::super::protocol_detector::{DetectingStream, ProtocolDetector};
use super::*;
use crate::config::Options;
use crate::panics;

struct Anything;

impl Intake for Anything {
    fn admits(&mut self, _: &[u8]) -> bool {
        true
    }

    fn expected(&self) -> usize {
        0
    }
}

/// A stream whose reads panic once the flag is set.
struct Fragile(DuplexStream, Arc<AtomicBool>);

impl AsyncRead for Fragile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        assert!(!self.1.load(Ordering::Relaxed), "it reads");
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Fragile {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Panics the first time.
#[derive(Default)]
struct PanicsWhenWoken(AtomicBool);

impl Wake for PanicsWhenWoken {
    fn wake(self: Arc<Self>) {
        assert!(self.0.swap(true, Ordering::Relaxed), "it wakes");
    }
}

async fn send(connection: &Connection, sent: &AtomicBool) -> Result<HttpResponse, TransportError> {
    let make = || (Request::builder().uri("http://localhost/a/b").body(()).unwrap(), Bytes::new());
    connection
        .send(&HttpRequest { make: &make, path: "/a/b", sent, begun: Instant::now() }, &mut Anything)
        .await
}

/// A connection over this stream, and the task that drives it.
async fn connection_over(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> (Connection, impl Future<Output = Option<h2::Error>>) {
    let config = Arc::new(Config::new("http://127.0.0.1:1", &Options::default()).unwrap());
    let detector = Arc::new(ProtocolDetector::new());
    let stream = DetectingStream::new(Box::new(stream), Arc::clone(&detector));
    let endpoint = Endpoint::new(config).unwrap();
    let (sender, run) = http2::begin(&endpoint, stream, detector, Arc::default()).await.unwrap();
    (Connection::new(sender, (1, 0), endpoint, false, Arc::default()), run)
}

/// Makes the connection's task panic while a request waits for its response, and returns the error of the request.
async fn after_a_panic(inside_http2: bool) -> TransportError {
    panics::guard_this_thread(true);
    let (stream, server) = tokio::io::duplex(64 * 1024);
    let breaks = Arc::<AtomicBool>::default();
    let (connection, run) = connection_over(Fragile(stream, Arc::clone(&breaks))).await;
    let run = tokio::spawn(run);
    let mut server = h2::server::handshake(server).await.unwrap();

    let other = connection.clone();
    let mut answered = Box::pin(async move { send(&other, &AtomicBool::default()).await });
    if inside_http2 {
        let waker = Waker::from(Arc::<PanicsWhenWoken>::default());
        assert!(answered.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    let asking = connection.clone();
    let waiting = tokio::spawn(async move { send(&asking, &AtomicBool::default()).await });
    let (_, mut respond) = server.accept().await.unwrap().unwrap();
    breaks.store(!inside_http2, Ordering::Relaxed);
    respond.send_response(Response::new(()), true).unwrap();
    tokio::spawn(async move { while server.accept().await.is_some() {} });
    run.await.expect("the task itself ends in order");
    assert!(!connection.is_alive(), "the next request has a connection of its own");
    let result = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    // As above.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(answered)));
    let _ = catch_unwind(AssertUnwindSafe(|| drop(connection)));
    result.expect("no request is left waiting").expect("none panics").err().expect("none has a response")
}

#[test]
fn a_panic_of_the_connection_ends_what_waits_for_answers() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for (inside_http2, panic) in [(false, "it reads"), (true, "it wakes")] {
        let TransportError { arrival, error, .. } = runtime.block_on(after_a_panic(inside_http2));
        assert_eq!(arrival, Arrival::Possible, "the server may have got it");
        assert_eq!(error.status, Status::Internal);
        assert!(error.message().contains(panic), "{error}");
    }
}

#[test]
fn a_request_that_waits_for_its_turn_and_is_given_up_was_not_sent() {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
        let (stream, server) = tokio::io::duplex(64 * 1024);
        let (connection, run) = connection_over(stream).await;
        tokio::spawn(run);
        // The server takes one request at a time, and answers the first only.
        let mut server =
            h2::server::Builder::new().max_concurrent_streams(1).handshake(server).await.unwrap();
        tokio::spawn(async move {
            let (_, mut respond) = server.accept().await.unwrap().unwrap();
            respond.send_response(Response::new(()), false).unwrap().send_data(Bytes::new(), true).unwrap();
            let mut held = Vec::new();
            while let Some(request) = server.accept().await {
                held.push(request.unwrap());
            }
        });
        assert!(send(&connection, &AtomicBool::default()).await.is_ok());
        let mut sent = Vec::new();
        let mut waiting = Vec::new();
        for _ in 0..3 {
            let was_sent = Arc::<AtomicBool>::default();
            let (asking, sent_flag) = (connection.clone(), Arc::clone(&was_sent));
            let mut asking = Box::pin(async move { send(&asking, &sent_flag).await });
            assert!(tokio::time::timeout(Duration::from_millis(50), &mut asking).await.is_err());
            waiting.push(asking);
            sent.push(was_sent.load(Ordering::Relaxed));
        }
        // h2 accepts one request more than the server allows, and may send it at any time.
        assert_eq!(sent, [true, true, false]);
    });
}

/// How many frames the server can write for the first request, and what becomes of that.
async fn flooded(frame: &[u8], most: u32) -> (u32, Result<HttpResponse, TransportError>) {
    let (stream, server) = tokio::io::duplex(ROOM);
    let (mut from_client, mut to_client) = tokio::io::split(server);
    tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut tokio::io::sink()).await });
    let (connection, run) = connection_over(stream).await;
    tokio::spawn(run);
    let flooding = async {
        to_client.write_all(&[&SETTINGS[..], &HEAD, b"application/grpc"].concat()).await.unwrap();
        for written in 0..most {
            if to_client.write_all(frame).await.is_err() {
                return written;
            }
        }
        let _ = to_client.write_all(&ANSWER).await;
        most
    };
    let sent = AtomicBool::default();
    tokio::join!(flooding, send(&connection, &sent))
}

/// What the server can write before the client reads, in bytes.
const ROOM: usize = 256;
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
/// The headers of an answer: its status is 200, and its content type follows.
const HEAD: [u8; 13] = [0, 0, 20, 1, 4, 0, 0, 0, 1, 0x88, 0x0f, 0x10, 16];
/// The end of an answer that has begun.
const ANSWER: [u8; 10] = [0, 0, 1, 0, 1, 0, 0, 0, 1, b'x'];

#[test]
fn a_server_that_sends_frames_without_end_is_left_soon() {
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
    };
    for (does, frame) in [
        ("pings", frame(6, 0, 0, &[1; 8])),
        ("acknowledges pings", frame(6, 1, 0, &[1; 8])),
        ("sends settings", frame(4, 0, 0, &[0, 3, 0, 0, 0, 100])),
        ("enlarges the connection's window", frame(8, 0, 0, &[0, 0, 0, 1])),
        ("enlarges the request's window", frame(8, 0, 1, &[0, 0, 0, 1])),
        ("sends priorities", frame(2, 0, 1, &[0; 5])),
        ("sends what nobody knows", frame(0xfa, 0, 0, &[])),
    ] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (written, result) = runtime.unwrap().block_on(flooded(&frame, 10 * MOST));
        let room = u32::try_from(ROOM / frame.len()).unwrap();
        assert!(written <= MOST + room + 100, "{does}: {written}");
        let TransportError { arrival, error, .. } = result.err().expect(does);
        assert_eq!((arrival, error.status), (Arrival::Possible, Status::Unavailable), "{does}");
        assert!(error.message().contains("the server sends control frames without end"), "{does}: {error}");

        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (_, result) = runtime.unwrap().block_on(flooded(&frame, MOST / 2));
        assert!(result.is_ok(), "{does}, and then answers");
    }
}
