//! A thread whose request is the only one of its connection reads the answer itself. The README beside this file says
//! why and how.

mod role;
mod socket;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use self::role::{Begun, Reader, Role};
pub(super) use self::socket::SharedSocket;
use self::socket::Watched;
use crate::{inline_executor, panics, runtime};

/// How long a caller waits for something to read. Nothing wakes it meanwhile, so cancelling it takes as long. Answers
/// that take longer are not waited for here.
const AT_MOST: Duration = Duration::from_millis(5);
/// Twice as long as that can be: the kernel counts the time for a read in ticks of up to 10 ms, and adds one. A signal can
/// have a thread wait once more.
const WITH_TICKS: Duration = Duration::from_millis(40);
/// A thread that has waited longer looks again whether the process has closed the library's descriptors.
const LONG: Duration = Duration::from_millis(1);
/// The task reads again when there was no request for one or two of these.
const TICK: Duration = Duration::from_millis(25);

/// Who reads a connection, and what is waited for meanwhile.
#[derive(Debug, Default)]
pub(super) struct Reading {
    role: Role,
    watched: Watched,
    /// The socket is one that a thread can wait for.
    is_shared: AtomicBool,
}

/// A connection, as its reader sees it.
pub(super) trait Answers: Send + Sync {
    fn reading(&self) -> &Reading;
    /// Polls the connection, which reads. Returns whether that is all that has to be done.
    fn read(&self) -> bool;
    fn wake_task(&self);
    /// While the calling thread has the role, it need not wake the task.
    fn hold(&self, holds: bool);
    /// Whether the calling thread has the role.
    fn is_held(&self) -> bool;
}

thread_local! {
    /// The connection that the calling thread reads.
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

#[derive(Clone)]
struct Held {
    connection: Arc<dyn Answers>,
    /// The request that the thread is to read the answer of. Until then it may have to wait for another thread.
    is_sent: bool,
}

/// One request that is under way, until this is dropped.
pub(super) struct Busy(Arc<dyn Answers>);

impl Busy {
    /// Begins a request, on the thread that sends it.
    pub(super) fn begin(connection: Arc<dyn Answers>) -> Self {
        // A thread has one connection at most. One that is ending may have lost its variables.
        let is_free = || HELD.try_with(|held| held.borrow().is_none()).unwrap_or(false);
        let Reading { role, is_shared, .. } = connection.reading();
        let may_read = is_shared.load(Ordering::Relaxed) && inline_executor::is_callers_thread() && is_free();
        match role.begin(may_read) {
            Begun::Served => {}
            Begun::WakesTask => connection.wake_task(),
            Begun::Reads => {
                connection.hold(true);
                let held = Held { connection: Arc::clone(&connection), is_sent: false };
                HELD.with(|place| place.replace(Some(held)));
            }
        }
        Self(connection)
    }

    /// The request was sent.
    pub(super) fn sent(&self) {
        if self.0.is_held() {
            HELD.with(|held| held.borrow_mut().iter_mut().for_each(|held| held.is_sent = true));
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let reads = let_go(&*self.0);
        if self.0.reading().role.end(reads) {
            self.0.wake_task();
        }
    }
}

/// Returns whether the calling thread had the role.
fn let_go(connection: &dyn Answers) -> bool {
    let is_held = connection.is_held();
    if is_held {
        connection.hold(false);
        let _ = HELD.try_with(|held| held.replace(None));
    }
    is_held
}

/// Reads, if the calling thread is to, until it `is_done` or has to give the role up. Returns whether it has read.
pub(crate) fn read_until(is_done: impl Fn() -> bool, deadline: Option<Instant>) -> bool {
    let Some(Held { connection, is_sent }) = held() else { return false };
    let guarded_before = panics::guard_this_thread(true);
    // The call has just looked whether the process has closed the library's descriptors.
    let mut has_looked = true;
    while !is_done() {
        let reading = connection.reading();
        let can_read = is_sent && (std::mem::take(&mut has_looked) || runtime::is_working());
        let read = AssertUnwindSafe(|| can_read && reading.waits(deadline) && connection.read());
        if !catch_unwind(read).unwrap_or(false) {
            give_up();
            break;
        }
    }
    panics::guard_this_thread(guarded_before);
    true
}

/// Has the task read, if the calling thread was to.
pub(crate) fn give_up() {
    if let Some(Held { connection, .. }) = held()
        && let_go(&*connection)
    {
        connection.reading().role.give_up();
        connection.wake_task();
    }
}

fn held() -> Option<Held> {
    HELD.try_with(|held| held.borrow().clone()).ok().flatten()
}

/// Reads what the peer has sent since the last request, if nobody has: it may have ended the connection.
pub(super) fn catch_up(connection: &dyn Answers) {
    let Reading { role, watched, .. } = connection.reading();
    if role.reader() == Reader::Nobody && watched.has_something() {
        connection.read();
    }
}

impl Reading {
    /// Waits for something to read, for the thread that has the role, and receives it. Returns whether there is.
    fn waits(&self, deadline: Option<Instant>) -> bool {
        if self.role.reader() != Reader::Caller {
            return false;
        }
        let now = Instant::now();
        // Only the thread that waits for the result keeps the deadline to the moment.
        let has_time = deadline.is_none_or(|at| at.saturating_duration_since(now) > WITH_TICKS);
        has_time && self.watched.receive(now, AT_MOST) && (now.elapsed() < LONG || runtime::is_working())
    }

    /// How many requests are under way.
    pub(super) fn requests(&self) -> usize {
        self.role.requests()
    }

    /// Whether the task reads.
    pub(super) fn is_tasks(&self) -> bool {
        self.role.reader() == Reader::Task
    }

    /// For the task, which is woken when ticks begin: takes the role back when there are no requests, and calls `back`.
    pub(super) async fn count_ticks(&self, back: impl Fn()) {
        loop {
            poll_fn(|_| if self.role.is_ticking() { Poll::Ready(()) } else { Poll::Pending }).await;
            tokio::time::sleep(TICK).await;
            if self.role.tick() {
                back();
            }
        }
    }
}
