//! Threads that read their own answers, and the task that reads those of the others.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use loom::future::{AtomicWaker, block_on};
use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
use loom::thread;

use super::driver::Driver;
use super::explore;
use super::role::{Begun, Reader, Role};
use super::write_state::is_only_writing;

/// The peer answers each request at once, when it is written.
#[derive(Default)]
struct Wire {
    state: Mutex<Answers>,
    changed: Condvar,
    /// The runtime, while it watches the socket.
    runtime: AtomicWaker,
    role: Role,
}

#[derive(Default)]
struct Answers {
    queued: VecDeque<usize>,
    readable: VecDeque<usize>,
    answered: [bool; 2],
    /// A caller that has the role has waited as long as it may.
    is_late: bool,
}

impl Wire {
    fn state(&self) -> MutexGuard<'_, Answers> {
        self.state.lock().unwrap()
    }

    fn wait(&self, is_over: impl Fn(&Answers) -> bool) {
        let mut state = self.state();
        while !is_over(&state) {
            state = self.changed.wait(state).unwrap();
        }
    }
}

/// As h2's over the socket that the threads share. It ends when so many answers were read.
struct Connection {
    wire: Arc<Wire>,
    left: usize,
    /// The socket takes nothing until the runtime has watched it.
    is_full: bool,
}

impl Connection {
    fn read(&mut self) {
        let mut state = self.wire.state();
        while let Some(request) = state.readable.pop_front() {
            state.answered[request] = true;
            self.left -= 1;
        }
        self.wire.changed.notify_all();
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.wire.role.reader() == Reader::Task {
            if !is_only_writing() {
                self.wire.runtime.register_by_ref(cx.waker());
            }
        } else {
            self.wire.runtime.take_waker();
        }
        if !is_only_writing() {
            self.read();
        }
        let queues = !self.wire.state().queued.is_empty();
        if queues && self.is_full {
            let is_watched = self.wire.role.reader() == Reader::Task;
            self.is_full = !is_watched;
            if is_watched || self.wire.role.needs_runtime() {
                cx.waker().wake_by_ref();
            } else {
                self.wire.state().is_late = true;
                self.wire.changed.notify_all();
            }
        } else if queues {
            let mut state = self.wire.state();
            let written = std::mem::take(&mut state.queued);
            state.readable.extend(written);
            self.wire.changed.notify_all();
            drop(state);
            self.wire.runtime.wake();
        }
        if self.left == 0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

type Shared = Arc<(Driver<Connection>, Arc<Wire>)>;

fn shared(requests: usize) -> Shared {
    over_socket(requests, false)
}

fn over_socket(requests: usize, is_full: bool) -> Shared {
    let wire = Arc::new(Wire::default());
    Arc::new((Driver::new(Connection { wire: Arc::clone(&wire), left: requests, is_full }), wire))
}

/// As `transport::reader` does it. `waits`: as long as it takes; it gives up at once if not.
fn call(shared: &Shared, request: usize, may_read: bool, waits: bool) {
    let (driver, wire) = &**shared;
    match wire.role.begin(may_read) {
        Begun::Served => {}
        Begun::WakesTask => driver.wake_task(),
        Begun::Reads => driver.hold(true),
    }
    driver.send(|| wire.state().queued.push_back(request), || ());
    while driver.is_held() && !wire.state().answered[request] {
        let is_readable = waits && wire.role.reader() == Reader::Caller && {
            // If another takes the answers, it is a deadlock.
            wire.wait(|state| !state.readable.is_empty() || state.is_late);
            !wire.state().readable.is_empty()
        };
        if !(is_readable && driver.read(|| ())) {
            driver.hold(false);
            wire.role.give_up();
            driver.wake_task();
        }
    }
    wire.wait(|state| state.answered[request]);
    let reads = driver.is_held();
    driver.hold(false);
    if wire.role.end(reads) {
        driver.wake_task();
    }
}

/// The connection's task. Its ticks take no time, or forever: then nothing but wake-ups helps.
fn run((driver, wire): &(Driver<Connection>, Arc<Wire>), ticks: bool) {
    block_on(poll_fn(|cx| {
        let end = driver.poll(cx, || wire.role.reader() == Reader::Task);
        if ticks && end.is_pending() && wire.role.is_ticking() {
            wire.role.tick();
            cx.waker().wake_by_ref();
        }
        end
    }));
}

/// Makes a call on a thread of its own.
fn caller(shared: &Shared, request: usize, may_read: bool, waits: bool) -> thread::JoinHandle<()> {
    let shared = Arc::clone(shared);
    thread::spawn(move || call(&shared, request, may_read, waits))
}

#[test]
fn two_callers_get_their_answers_whoever_reads() {
    explore(|| {
        let shared = shared(2);
        let callers = [caller(&shared, 0, true, true), caller(&shared, 1, true, true)];
        run(&shared, false);
        callers.map(|caller| caller.join().unwrap());
        assert_eq!(shared.1.role.requests(), 0);
    });
}

#[test]
fn a_caller_that_gives_up_leaves_its_answer_to_the_task() {
    explore(|| {
        let shared = shared(2);
        let callers = [caller(&shared, 0, true, false), caller(&shared, 1, true, true)];
        run(&shared, false);
        callers.map(|caller| caller.join().unwrap());
    });
}

#[test]
fn a_request_that_no_thread_waits_for_is_read_although_a_caller_has_the_role() {
    explore(|| {
        let shared = shared(2);
        let callers = [caller(&shared, 0, false, false), caller(&shared, 1, true, true)];
        run(&shared, false);
        callers.map(|caller| caller.join().unwrap());
    });
}

#[test]
fn the_runtime_gets_a_socket_that_is_full() {
    explore(|| {
        let shared = over_socket(2, true);
        let callers = [caller(&shared, 0, true, true), caller(&shared, 1, true, true)];
        run(&shared, false);
        callers.map(|caller| caller.join().unwrap());
    });
}

#[test]
fn after_the_last_request_the_task_reads_again() {
    explore(|| {
        let shared = shared(2);
        let caller = caller(&shared, 0, true, true);
        let task = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || run(&shared, true))
        };
        caller.join().unwrap();
        // The peer sends something of its own accord.
        let wire = &shared.1;
        wire.state().readable.push_back(1);
        wire.runtime.wake();
        task.join().unwrap();
        assert!(wire.state().answered[1]);
    });
}
