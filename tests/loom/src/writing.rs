//! Threads that write requests, and the task that drives the connection.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use loom::future::{AtomicWaker, block_on};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::driver::Driver;
use super::explore;
use super::write_state::is_only_writing;

/// What the peer and the requests of a connection do, seen from outside.
#[derive(Default)]
struct Wire {
    queued: AtomicUsize,
    written: AtomicUsize,
    /// The peer has sent something.
    is_readable: AtomicBool,
    reader: AtomicWaker,
    is_dropped: AtomicBool,
}

/// As h2's: it writes what is queued, reads only for its task, and ends when it has done all that is expected of it.
struct Connection {
    wire: Arc<Wire>,
    requests: usize,
    reads: bool,
    has_read: bool,
}

impl Connection {
    fn new(wire: &Arc<Wire>, requests: usize, reads: bool) -> Self {
        Self { wire: Arc::clone(wire), requests, reads, has_read: false }
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.reads && !self.has_read && !is_only_writing() {
            self.wire.reader.register_by_ref(cx.waker());
            self.has_read = self.wire.is_readable.load(Ordering::SeqCst);
        }
        let queued = self.wire.queued.swap(0, Ordering::SeqCst);
        let written = self.wire.written.fetch_add(queued, Ordering::SeqCst) + queued;
        let is_over = written == self.requests && self.has_read == self.reads;
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.wire.is_dropped.store(true, Ordering::SeqCst);
    }
}

/// A thread that sends one request.
fn sender(driver: &Arc<Driver<Connection>>, wire: &Arc<Wire>) -> thread::JoinHandle<()> {
    let (driver, wire) = (Arc::clone(driver), Arc::clone(wire));
    thread::spawn(move || {
        driver.send(|| wire.queued.fetch_add(1, Ordering::SeqCst), || ());
    })
}

#[test]
fn every_request_is_written_though_no_thread_waits_for_the_lock() {
    explore(|| {
        let wire = Arc::new(Wire::default());
        let driver = Arc::new(Driver::new(Connection::new(&wire, 2, false)));
        let senders = [sender(&driver, &wire), sender(&driver, &wire)];
        // Loom reports a deadlock if a request is left and the task is not woken for it.
        block_on(poll_fn(|cx| driver.poll(cx, || true)));
        assert_eq!(wire.written.load(Ordering::SeqCst), 2);
        for sender in senders {
            sender.join().unwrap();
        }
    });
}

#[test]
fn the_task_reads_though_another_thread_only_writes_meanwhile() {
    explore(|| {
        let wire = Arc::new(Wire::default());
        let driver = Arc::new(Driver::new(Connection::new(&wire, 1, true)));
        let sender = sender(&driver, &wire);
        let peer = {
            let wire = Arc::clone(&wire);
            thread::spawn(move || {
                wire.is_readable.store(true, Ordering::SeqCst);
                wire.reader.wake();
            })
        };
        block_on(poll_fn(|cx| driver.poll(cx, || true)));
        sender.join().unwrap();
        peer.join().unwrap();
    });
}

#[test]
fn a_connection_is_dropped_although_threads_send_and_poll_meanwhile() {
    explore(|| {
        let wire = Arc::new(Wire::default());
        let driver = Arc::new(Driver::new(Connection::new(&wire, 2, false)));
        let sender = sender(&driver, &wire);
        let poller = {
            let driver = Arc::clone(&driver);
            thread::spawn(move || {
                block_on(poll_fn(|cx| {
                    let _ = driver.poll(cx, || true);
                    Poll::Ready(())
                }));
            })
        };
        // Loom switches threads where both access the same variable. This lets `end` run while a thread has the lock.
        wire.written.load(Ordering::SeqCst);
        driver.end();
        sender.join().unwrap();
        poller.join().unwrap();
        assert!(wire.is_dropped.load(Ordering::SeqCst));
    });
}

#[test]
fn a_request_after_the_end_does_not_keep_the_connection() {
    explore(|| {
        let wire = Arc::new(Wire::default());
        let driver = Arc::new(Driver::new(Connection::new(&wire, 3, false)));
        let other = sender(&driver, &wire);
        // As above.
        wire.written.load(Ordering::SeqCst);
        driver.end();
        driver.send(|| wire.queued.fetch_add(1, Ordering::SeqCst), || ());
        other.join().unwrap();
        // That is what fails the request: nobody else would.
        assert!(wire.is_dropped.load(Ordering::SeqCst));
    });
}
