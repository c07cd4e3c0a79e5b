//! A socket that either the runtime or a thread of the application watches.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::Handle;

use super::role::Reader;
use super::{AT_MOST, Reading};
use crate::{process, runtime};

/// How much the task reads from one socket before others have their turn.
const TURN: usize = 128 * 1024;
/// How much a thread receives that waits for an answer. Answers of calls that are made often are smaller.
const RECEIVED: usize = 4096;

/// A socket that the runtime does not watch, for the thread that does.
#[derive(Debug, Default)]
pub(super) struct Watched {
    socket: Mutex<Option<Arc<TcpStream>>>,
    received: Mutex<Received>,
}

impl Watched {
    /// For the thread that has the role: blocks until there is something to read, and receives it, or until the limit after
    /// `since` has passed. Returns whether there is. There is not if the runtime watches the socket.
    pub(super) fn receive(&self, since: Instant, limit: Duration) -> bool {
        let socket = lock(&self.socket).clone();
        socket.is_some_and(|socket| lock(&self.received).fill(&socket, since, limit))
    }

    /// Whether there is something to read, and the runtime does not watch the socket.
    pub(super) fn has_something(&self) -> bool {
        let socket = lock(&self.socket).clone();
        socket.is_some_and(|socket| process::is_readable(&socket))
    }
}

/// No thread waits long for another one here: the socket is taken out for a moment, and the role says who receives.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a thread that waited for its answer has received.
#[derive(Debug, Default)]
struct Received {
    bytes: Vec<u8>,
    /// The part that the connection has not read, or how receiving failed. The end of the stream is an empty part.
    unread: Option<io::Result<Range<usize>>>,
}

impl Received {
    /// Waits and reads in one system call, which goes on with the same socket even if the process closes the descriptor
    /// meanwhile.
    fn fill(&mut self, mut socket: &TcpStream, since: Instant, limit: Duration) -> bool {
        self.bytes.resize(RECEIVED, 0);
        while self.unread.is_none() {
            match socket.read(&mut self.bytes) {
                Ok(count) => self.unread = Some(Ok(0..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    if since.elapsed() >= limit {
                        return false;
                    }
                }
                Err(error) => self.unread = Some(Err(error)),
            }
        }
        true
    }

    /// Moves what was received into the buffer. Returns whether the socket had no more then; `None` if nothing was.
    fn take(&mut self, buffer: &mut ReadBuf<'_>) -> Option<io::Result<bool>> {
        let part = match self.unread.take()? {
            Ok(part) => part,
            Err(error) => return Some(Err(error)),
        };
        let count = part.len().min(buffer.remaining());
        let (now, later) = self.bytes[part.clone()].split_at(count);
        buffer.put_slice(now);
        if !later.is_empty() {
            self.unread = Some(Ok(part.start + count..part.end));
        }
        Some(Ok(later.is_empty() && (1..RECEIVED).contains(&part.end)))
    }
}

/// A socket that the runtime watches if the task reads, and nobody or a caller if not.
pub(in crate::transport) struct SharedSocket {
    form: Form,
    reading: Arc<Reading>,
}

enum Form {
    /// `in_turn`: how much was read since it had nothing, or others had their turn.
    Attached { socket: tokio::net::TcpStream, in_turn: usize },
    /// `is_drained`: the latest read got all that there was.
    Detached { socket: Arc<TcpStream>, is_drained: bool },
    /// It could not be changed from one to the other.
    Lost,
}

impl SharedSocket {
    pub(in crate::transport) fn new(socket: tokio::net::TcpStream, reading: Arc<Reading>) -> Self {
        reading.is_shared.store(cfg!(unix), Ordering::Relaxed);
        Self { form: Form::Attached { socket, in_turn: 0 }, reading }
    }

    /// Gives the socket the form that fits the role.
    fn follow(&mut self) -> io::Result<()> {
        match (&self.form, self.reading.role.reader()) {
            (Form::Detached { .. }, Reader::Task) => self.attach(),
            // A last caller that has not begun to wait gives the role up.
            (Form::Attached { .. }, Reader::Caller | Reader::Nobody) => self.detach(),
            _ => Ok(()),
        }
    }

    fn detach(&mut self) -> io::Result<()> {
        if let Form::Attached { socket, .. } = std::mem::replace(&mut self.form, Form::Lost) {
            let socket = Arc::new(socket.into_std()?);
            // Only `Received::fill` blocks.
            socket.set_read_timeout(Some(AT_MOST))?;
            socket.set_nonblocking(false)?;
            *lock(&self.reading.watched.socket) = Some(Arc::clone(&socket));
            self.form = Form::Detached { socket, is_drained: false };
        }
        Ok(())
    }

    fn attach(&mut self) -> io::Result<()> {
        if let Form::Detached { socket, .. } = std::mem::replace(&mut self.form, Form::Lost) {
            lock(&self.reading.watched.socket).take();
            // A thread that has just stopped waiting may still have it for a moment.
            let socket = Arc::try_unwrap(socket).or_else(|socket| socket.try_clone())?;
            socket.set_nonblocking(true)?;
            let _context = runtime::handle().map(Handle::enter);
            let socket = tokio::net::TcpStream::from_std(socket)?;
            self.form = Form::Attached { socket, in_turn: 0 };
        }
        Ok(())
    }
}

impl Drop for SharedSocket {
    fn drop(&mut self) {
        lock(&self.reading.watched.socket).take();
    }
}

impl AsyncRead for SharedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.follow()?;
        let received = match self.reading.watched.received.try_lock() {
            Ok(mut received) => received.take(buffer),
            // The thread that receives polls the connection afterwards.
            Err(TryLockError::WouldBlock) => return Poll::Pending,
            Err(TryLockError::Poisoned(received)) => received.into_inner().take(buffer),
        };
        if let Some(result) = received {
            return Poll::Ready(result.map(|had_no_more| {
                if let Form::Detached { is_drained, .. } = &mut self.form {
                    *is_drained = had_no_more;
                }
            }));
        }
        match &mut self.form {
            Form::Attached { in_turn, .. } if *in_turn >= TURN => {
                *in_turn = 0;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Form::Attached { socket, in_turn } => {
                let before = buffer.filled().len();
                let result = Pin::new(socket).poll_read(cx, buffer);
                let read = buffer.filled().len() - before;
                *in_turn = if result.is_ready() { *in_turn + read } else { 0 };
                result
            }
            Form::Detached { is_drained, .. } if *is_drained => {
                *is_drained = false;
                Poll::Pending
            }
            Form::Detached { socket, is_drained } => {
                match process::read(socket, buffer) {
                    Ok(count) => {
                        *is_drained = 0 < count && buffer.remaining() > 0;
                        Poll::Ready(Ok(()))
                    }
                    // Whoever has the role waits for the socket.
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
                    Err(error) => Poll::Ready(Err(error)),
                }
            }
            Form::Lost => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncWrite for SharedSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.follow()?;
        match &mut self.form {
            Form::Attached { socket, .. } => Pin::new(socket).poll_write(cx, bytes),
            Form::Detached { socket, .. } => match process::write(socket, bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // Only the runtime waits until the socket takes more. A thread that reads gives it the socket soon.
                    if self.reading.role.needs_runtime() {
                        cx.waker().wake_by_ref();
                    }
                    Poll::Pending
                }
                result => Poll::Ready(result),
            },
            Form::Lost => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.form {
            Form::Attached { socket, .. } => Pin::new(socket).poll_shutdown(cx),
            Form::Detached { socket, .. } => Poll::Ready(socket.shutdown(Shutdown::Write)),
            Form::Lost => Poll::Ready(Ok(())),
        }
    }
}
