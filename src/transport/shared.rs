//! An HTTP/2 connection in two hands. Its task, on the library's thread, reads, probes and ends it. Whoever has
//! queued a request writes it out at once, on the own thread, rather than wake that thread for it.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, TryLockError};
use std::task::{Context, Poll, Wake, Waker};

use atomic_waker::AtomicWaker;
use h2::client::Connection;
use hyper::body::Bytes;
use tokio::sync::Notify;

use super::protocol_detector::DetectingStream;
use crate::error::Error;
use crate::panics;

/// Nobody waits for the lock: who finds it taken has said before what is to be done, and who has it looks for that
/// afterwards.
pub(super) struct Shared {
    connection: Mutex<State>,
    /// Something was queued, and nobody has begun to write since.
    is_unwritten: AtomicBool,
    /// The task wants its turn, and has not had it since. Others only write.
    is_due: AtomicBool,
    /// It is to be dropped.
    is_over: AtomicBool,
    /// What has panicked. HTTP/2 is halfway through something then, and tells nobody who waits for an answer.
    defect: OnceLock<Error>,
    has_defect: Notify,
    bell: Arc<Bell>,
}

enum State {
    Open(Box<Connection<DetectingStream, Bytes>>),
    /// And why, until the task has taken that.
    Ended(Option<h2::Error>),
}

/// Wakes the connection's task, except for what the waking thread is about to do itself.
#[derive(Default)]
struct Bell(AtomicWaker);

/// What a thread is doing with a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    Off,
    /// It queues a request, and will write it.
    Queuing,
    Writing,
    /// While it wrote, the connection asked to be moved on.
    Rung,
}

thread_local! {
    static HAND: Cell<Hand> = const { Cell::new(Hand::Off) };
}

/// Whether the calling thread only writes: what has come is for the connection's task.
pub(super) fn is_only_writing() -> bool {
    HAND.get() != Hand::Off
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        match HAND.get() {
            Hand::Off => self.0.wake(),
            Hand::Queuing | Hand::Rung => {}
            Hand::Writing => HAND.set(Hand::Rung),
        }
    }
}

impl Shared {
    pub(super) fn new(connection: Connection<DetectingStream, Bytes>) -> Self {
        let connection = Mutex::new(State::Open(Box::new(connection)));
        let [is_unwritten, is_due, is_over] = [const { AtomicBool::new(false) }; 3];
        let (defect, has_defect) = (OnceLock::new(), Notify::new());
        Self { connection, is_unwritten, is_due, is_over, defect, has_defect, bell: Arc::default() }
    }

    /// For the connection's task: reads and writes what there is, and returns when the connection has ended.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<h2::Error>> {
        self.bell.0.register(cx.waker());
        self.is_due.store(true, Ordering::SeqCst);
        let Some(mut state) = self.try_lock() else { return Poll::Pending };
        self.is_due.store(false, Ordering::SeqCst);
        self.move_on(&mut state);
        if let State::Ended(why) = &mut *state {
            return Poll::Ready(why.take());
        }
        self.release(state);
        Poll::Pending
    }

    /// Runs `queue`, which queues a request, and writes that out, as far as it can be at once.
    pub(super) fn send<T>(&self, queue: impl FnOnce() -> T) -> T {
        let _hand = Taken::new(self);
        let queued = queue();
        self.is_unwritten.store(true, Ordering::SeqCst);
        if let Some(mut state) = self.try_lock() {
            HAND.set(Hand::Writing);
            self.move_on(&mut state);
            if HAND.get() == Hand::Rung || matches!(*state, State::Ended(_)) {
                self.bell.0.wake();
            }
            self.release(state);
        }
        queued
    }

    /// Something has panicked: nobody is to wait for an answer any more.
    pub(super) fn break_down(&self, defect: Error) {
        let _ = self.defect.set(defect);
        self.has_defect.notify_waiters();
    }

    /// What has panicked, if something has.
    pub(super) fn defect(&self) -> Option<Error> {
        self.defect.get().cloned()
    }

    /// Waits until something has panicked.
    pub(super) async fn broken(&self) -> Error {
        loop {
            let told = self.has_defect.notified();
            if let Some(defect) = self.defect() {
                return defect;
            }
            told.await;
        }
    }

    /// Ends it; whoever waits for an answer learns that.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.close();
    }

    fn close(&self) {
        // Who has it closes it afterwards.
        let Some(mut state) = self.try_lock() else { return };
        let before = std::mem::replace(&mut *state, State::Ended(None));
        drop(state);
        drop(before); // not under the lock: it wakes others
    }

    fn move_on(&self, state: &mut State) {
        self.is_unwritten.store(false, Ordering::SeqCst);
        let State::Open(connection) = state else { return };
        let waker = Waker::from(Arc::clone(&self.bell));
        if let Poll::Ready(end) = Pin::new(connection).poll(&mut Context::from_waker(&waker)) {
            *state = State::Ended(end.err());
        }
    }

    fn release(&self, state: MutexGuard<'_, State>) {
        drop(state);
        // After who could not have it said what for, or before it tried: one of both sees the other.
        fence(Ordering::SeqCst);
        if self.is_over.load(Ordering::SeqCst) {
            self.close();
        } else if self.is_unwritten.load(Ordering::SeqCst) || self.is_due.load(Ordering::SeqCst) {
            self.bell.0.wake();
        }
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        fence(Ordering::SeqCst); // see `release`
        match self.connection.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::WouldBlock) => None,
            // A panic has left it halfway.
            Err(TryLockError::Poisoned(state)) => {
                let mut state = state.into_inner();
                *state = State::Ended(None);
                Some(state)
            }
        }
    }
}

/// Has the calling thread's hand on a connection, until dropped.
struct Taken<'a>(&'a Shared);

impl<'a> Taken<'a> {
    fn new(shared: &'a Shared) -> Self {
        HAND.set(Hand::Queuing);
        Self(shared)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        HAND.set(Hand::Off);
        if std::thread::panicking() {
            self.0.break_down(panics::elsewhere());
            self.0.bell.0.wake(); // the task finds the lock poisoned
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, DuplexStream};

    use super::super::protocol_detector::ProtocolDetector;
    use super::*;

    #[derive(Default)]
    struct Count(AtomicU32);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A connection whose task is `count`, and the server's end of its stream.
    fn shared() -> (Shared, h2::client::SendRequest<Bytes>, DuplexStream, Arc<Count>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (stream, server) = tokio::io::duplex(64 * 1024);
        let stream = DetectingStream::new(Box::new(stream), Arc::new(ProtocolDetector::new()));
        let (requests, connection) = runtime.block_on(h2::client::handshake(stream)).unwrap();
        (Shared::new(connection), requests, server, Arc::default())
    }

    fn poll(shared: &Shared, count: &Arc<Count>) -> Poll<Option<h2::Error>> {
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
    fn who_sends_writes_and_wakes_nobody() {
        let (shared, mut requests, mut server, count) = shared();
        assert!(poll(&shared, &count).is_pending());
        assert!(written(&mut server) > 0, "the preface");
        woken(&count);
        let (response, _) = shared.send(|| requests.send_request(http::Request::default(), true).unwrap());
        assert!(written(&mut server) > 0, "the request");
        assert!(!woken(&count));
        drop(response);
        assert!(woken(&count), "a cancelled request is the task's affair");
    }

    #[test]
    fn who_finds_it_taken_is_not_forgotten() {
        let (shared, mut requests, mut server, count) = shared();
        assert!(poll(&shared, &count).is_pending());
        written(&mut server);
        woken(&count);
        let taken = shared.try_lock().unwrap();
        assert!(poll(&shared, &count).is_pending());
        shared.release(taken);
        assert!(woken(&count), "the task");
        assert!(poll(&shared, &count).is_pending());
        let taken = shared.try_lock().unwrap();
        let sent = shared.send(|| requests.send_request(http::Request::default(), true).unwrap());
        assert_eq!(written(&mut server), 0);
        shared.release(taken);
        assert!(woken(&count), "a request");
        assert!(poll(&shared, &count).is_pending());
        assert!(written(&mut server) > 0);
        drop(sent);
    }

    #[test]
    fn who_only_writes_does_not_take_the_turn_of_the_task() {
        let (shared, _requests, _server, count) = shared();
        assert!(poll(&shared, &count).is_pending());
        let mut taken = shared.try_lock().unwrap();
        woken(&count);
        assert!(poll(&shared, &count).is_pending(), "it has something to read, and cannot");
        shared.move_on(&mut taken);
        shared.release(taken);
        assert!(woken(&count));
    }

    #[test]
    fn a_failed_write_is_the_affair_of_the_task_which_reads_before() {
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
            shared.bell.0.register(&Waker::from(Arc::clone(&count)));
            let other = sends_again.then(|| shared.send(|| requests.send_request(request(), true).unwrap()));
            assert_eq!(woken(&count), sends_again);
            assert!(poll(&shared, &count).is_ready(), "the server is gone");
            assert!(runtime.block_on(response).is_ok());
            drop(other);
        }
    }

    #[test]
    fn it_ends_also_while_somebody_has_it() {
        let (shared, mut requests, _server, count) = shared();
        assert!(poll(&shared, &count).is_pending());
        let taken = shared.try_lock().unwrap();
        shared.end();
        assert!(requests.send_request(http::Request::default(), true).is_ok());
        shared.release(taken);
        assert!(requests.send_request(http::Request::default(), true).is_err());
        assert!(poll(&shared, &count).is_ready());
    }

    #[test]
    fn a_panic_under_way_ends_it() {
        let (shared, mut requests, _server, count) = shared();
        assert!(poll(&shared, &count).is_pending());
        woken(&count);
        let panicking =
            std::panic::catch_unwind(AssertUnwindSafe(|| shared.send(|| panic!("while it queues"))));
        assert!(panicking.is_err() && woken(&count) && !is_only_writing());
        assert!(shared.defect().is_some(), "whoever waits for an answer is told");
        let panicking = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let _taken = shared.try_lock().unwrap();
            panic!("while it writes")
        }));
        assert!(panicking.is_err());
        assert!(poll(&shared, &count).is_ready());
        assert!(requests.send_request(http::Request::default(), true).is_err());
    }
}
