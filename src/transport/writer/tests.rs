//! The connection that the task and the sending threads share, over real h2.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};
use std::time::Duration;

use tokio::io::{AsyncReadExt, DuplexStream};

use super::super::protocol_detector::{DetectingStream, ProtocolDetector};
use super::*;

#[derive(Default)]
struct Count(AtomicU32);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A connection whose task is `count`, and the server's end of its stream.
fn shared() -> (SharedConnection<DetectingStream>, h2::client::SendRequest<Bytes>, DuplexStream, Arc<Count>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (stream, server) = tokio::io::duplex(64 * 1024);
    let stream = DetectingStream::new(Box::new(stream), Arc::new(ProtocolDetector::new()));
    let (requests, connection) = runtime.block_on(h2::client::handshake(stream)).unwrap();
    (SharedConnection::new(connection, Arc::default()), requests, server, Arc::default())
}

fn poll(shared: &SharedConnection<DetectingStream>, count: &Arc<Count>) -> Poll<Option<h2::Error>> {
    shared.poll(&mut Context::from_waker(&Waker::from(Arc::clone(count))))
}

fn woken(count: &Count) -> bool {
    count.0.swap(0, Ordering::Relaxed) > 0
}

fn written(server: &mut DuplexStream) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut bytes = vec![0; 64 * 1024];
    let read = async { tokio::time::timeout(Duration::from_millis(20), server.read(&mut bytes)).await };
    runtime.block_on(read).map_or(0, Result::unwrap)
}

#[test]
fn the_sending_thread_writes_and_does_not_wake_the_task() {
    let (shared, mut requests, mut server, count) = shared();
    assert!(poll(&shared, &count).is_pending());
    assert!(written(&mut server) > 0, "the preface");
    woken(&count);
    let (response, _) = shared.send(|| requests.send_request(http::Request::default(), true).unwrap());
    assert!(written(&mut server) > 0, "the request");
    assert!(!woken(&count));
    drop(response);
    assert!(woken(&count), "the task resets a cancelled request");
}

#[test]
fn a_thread_that_finds_the_lock_taken_is_served_later() {
    let (shared, mut requests, mut server, count) = shared();
    assert!(poll(&shared, &count).is_pending());
    written(&mut server);
    woken(&count);
    let taken = shared.driver.try_lock().unwrap();
    assert!(poll(&shared, &count).is_pending());
    shared.driver.release(taken);
    assert!(woken(&count), "the task");
    assert!(poll(&shared, &count).is_pending());
    let taken = shared.driver.try_lock().unwrap();
    let sent = shared.send(|| requests.send_request(http::Request::default(), true).unwrap());
    assert_eq!(written(&mut server), 0);
    shared.driver.release(taken);
    assert!(woken(&count), "a request");
    assert!(poll(&shared, &count).is_pending());
    assert!(written(&mut server) > 0);
    drop(sent);
}

#[test]
fn a_thread_that_only_writes_does_not_poll_for_the_task() {
    let (shared, _requests, _server, count) = shared();
    assert!(poll(&shared, &count).is_pending());
    let mut taken = shared.driver.try_lock().unwrap();
    woken(&count);
    assert!(poll(&shared, &count).is_pending(), "it has something to read, and cannot");
    shared.driver.drive(&mut taken);
    shared.driver.release(taken);
    assert!(woken(&count));
}

#[test]
fn the_task_handles_a_failed_write_after_it_has_read() {
    for sends_again in [false, true] {
        let (shared, mut requests, server, count) = shared();
        assert!(poll(&shared, &count).is_pending());
        let request = || http::Request::builder().uri("http://x/").body(()).unwrap();
        let (response, _) = shared.send(|| requests.send_request(request(), true).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut server = h2::server::handshake(server).await.unwrap();
            let (_, mut respond) = server.accept().await.unwrap().unwrap();
            assert!(poll(&shared, &count).is_pending(), "its settings");
            respond.send_response(http::Response::default(), true).unwrap();
            let _ = tokio::time::timeout(Duration::from_millis(20), server.accept()).await;
        });
        // The answer is there, and the server gone; the task has been woken, but has not run yet.
        woken(&count);
        shared.driver.register(&Waker::from(Arc::clone(&count)));
        let other = sends_again.then(|| shared.send(|| requests.send_request(request(), true).unwrap()));
        assert_eq!(woken(&count), sends_again);
        assert!(poll(&shared, &count).is_ready(), "the server is gone");
        assert!(runtime.block_on(response).is_ok());
        drop(other);
    }
}

#[test]
fn it_ends_also_while_another_thread_has_the_lock() {
    let (shared, mut requests, _server, count) = shared();
    assert!(poll(&shared, &count).is_pending());
    let taken = shared.driver.try_lock().unwrap();
    shared.end();
    assert!(requests.send_request(http::Request::default(), true).is_ok());
    shared.driver.release(taken);
    assert!(requests.send_request(http::Request::default(), true).is_err());
    assert!(poll(&shared, &count).is_ready());
}

#[test]
fn a_panic_ends_it() {
    let (shared, mut requests, _server, count) = shared();
    assert!(poll(&shared, &count).is_pending());
    woken(&count);
    let panicking = std::panic::catch_unwind(AssertUnwindSafe(|| shared.send(|| panic!("while it queues"))));
    assert!(panicking.is_err() && woken(&count) && !is_only_writing());
    assert!(shared.defect().is_some(), "a request that waits fails with the panic");
    let panicking = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let _taken = shared.driver.try_lock().unwrap();
        panic!("while it writes")
    }));
    assert!(panicking.is_err());
    assert!(poll(&shared, &count).is_ready());
    assert!(requests.send_request(http::Request::default(), true).is_err());
}
