//! Writes requests on the thread that makes the call. The README beside this file says why and how.

mod driver;
mod write_state;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use h2::client::Connection;
use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;

use self::driver::Driver;
pub(super) use self::write_state::is_only_writing;
use super::reader::{Answers, Reading};
use crate::error::Error;
use crate::panics;

/// An HTTP/2 connection over a stream `S`. Its task, on the library's thread, reads, probes and ends it; a thread that
/// makes a call writes its request itself.
pub(super) struct SharedConnection<S: AsyncRead + AsyncWrite + Unpin> {
    driver: Driver<Connection<S, Bytes>>,
    /// The first panic. It may leave h2 inconsistent, and h2 does not report it to the requests that wait.
    defect: OnceLock<Error>,
    has_defect: Notify,
    reading: Arc<Reading>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> SharedConnection<S> {
    pub(super) fn new(connection: Connection<S, Bytes>, reading: Arc<Reading>) -> Self {
        Self { driver: Driver::new(connection), defect: OnceLock::new(), has_defect: Notify::new(), reading }
    }

    /// For the connection's task: reads and writes what it can, and returns `Ready` when the connection has ended.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<h2::Error>> {
        self.driver.poll(cx, || self.reading.is_tasks()).map(|end| end.and_then(Result::err))
    }

    /// Runs `queue`, which queues a request, and writes as much of the request as the stream takes at once.
    pub(super) fn send<T>(&self, queue: impl FnOnce() -> T) -> T {
        self.driver.send(queue, || self.break_down(panics::elsewhere()))
    }

    /// Reports a panic to every request that waits for a response.
    pub(super) fn break_down(&self, defect: Error) {
        let _ = self.defect.set(defect);
        self.has_defect.notify_waiters();
    }

    /// The panic, if there was one.
    pub(super) fn defect(&self) -> Option<Error> {
        self.defect.get().cloned()
    }

    /// Waits until there is a panic.
    pub(super) async fn broken(&self) -> Error {
        loop {
            let notified = self.has_defect.notified();
            if let Some(defect) = self.defect() {
                return defect;
            }
            notified.await;
        }
    }

    /// Ends the connection; every request that waits for a response fails.
    pub(super) fn end(&self) {
        self.driver.end();
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Answers for SharedConnection<S> {
    fn reading(&self) -> &Reading {
        &self.reading
    }

    fn read(&self) -> bool {
        self.driver.read(|| self.break_down(panics::elsewhere()))
    }

    fn wake_task(&self) {
        self.driver.wake_task();
    }

    fn hold(&self, holds: bool) {
        self.driver.hold(holds);
    }

    fn is_held(&self) -> bool {
        self.driver.is_held()
    }
}
