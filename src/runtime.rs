//! The library's own threads. One thread does all network work of the process; it starts on first
//! use and stays until the process ends, because no earlier moment is safe in every host.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle};

use crate::error::{Error, Status};
use crate::panics;
use crate::process;

/// Both thread kinds as `ps -L` and debuggers show them; Linux keeps 15 bytes.
const IO_THREAD: &str = "milvus-io";
const RESOLVER_THREAD: &str = "milvus-dns";
/// Host names are resolved on extra threads: a second one, as one host's name server may be slow.
pub(crate) const RESOLVERS: usize = 2;

/// Of every thread of the library, whatever the host's environment says of threads.
const STACK: usize = 2 * 1024 * 1024;

/// How often work is polled where it began, if it is woken at once each time: an answer can be quick.
const STEPS_HERE: usize = 4;

/// Something to do; it has its own way of telling what came of it.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

static RUNTIME: OnceCell<Handle> = OnceCell::new();

/// Makes sure that the library's thread is there.
pub(crate) fn prepare() -> Result<(), Error> {
    RUNTIME.get_or_try_init(start).map(drop)
}

/// Runs `work` on the library's thread; if there is none, there is nothing that it could be about.
pub(crate) fn spawn(work: Work) {
    if let Some(handle) = RUNTIME.get() {
        handle.spawn(work);
    }
}

/// Begins `work` right here, and lets the library's thread go on with it when it can: to send something takes no
/// other thread then.
pub(crate) fn begin_here(mut work: Work) {
    // Late in the end of a thread, tokio's place in it is gone.
    let is_too_late = Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed());
    let Some(handle) = RUNTIME.get().filter(|_| !is_too_late) else { return spawn(work) };
    let _context = handle.enter();
    let handover = Arc::new(Handover::default());
    let waker = Waker::from(Arc::clone(&handover));
    for _ in 0..STEPS_HERE {
        let guarded_before = panics::guard_this_thread(true);
        STAY.set(Stay::Here);
        let poll = AssertUnwindSafe(|| {
            // A host that is a task of tokio's has a budget, and gets no more of it while it waits here.
            let unconstrained = pin!(tokio::task::unconstrained(work.as_mut()));
            unconstrained.poll(&mut Context::from_waker(&waker)).is_ready()
        });
        let is_over = catch_unwind(poll).unwrap_or(true);
        panics::guard_this_thread(guarded_before);
        let is_leaving = STAY.replace(Stay::There) == Stay::Leaving;
        if is_over {
            // As tokio does with a task that panics: it is dropped, and whoever it was to tell learns that.
            return;
        }
        if is_leaving {
            break;
        }
        match handover.give(work) {
            None => return,
            Some(back) => work = back,
        }
    }
    spawn(work);
}

/// Where the work is that the calling thread polls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stay {
    /// On the library's thread.
    There,
    /// Where it began.
    Here,
    /// The same, and it wants to go on there.
    Leaving,
}

thread_local! {
    static STAY: Cell<Stay> = const { Cell::new(Stay::There) };
}

/// Goes on on the library's thread: a host's has another signal mask, which new threads would get, and perhaps little
/// stack.
pub(crate) async fn leave_callers_thread() {
    poll_fn(|_| {
        if STAY.get() == Stay::There {
            return Poll::Ready(());
        }
        STAY.set(Stay::Leaving);
        Poll::Pending
    })
    .await;
}

/// Work on its way from the thread that began it to the library's, which gets it when it is woken.
#[derive(Default)]
struct Handover(Mutex<Place>);

#[derive(Default)]
enum Place {
    /// It is being polled.
    #[default]
    There,
    /// The same, and it was woken meanwhile.
    Wanted,
    Between(Work),
    /// The library's thread has it.
    Here,
}

impl Handover {
    /// Lets go of work, which comes back if it was woken while it was polled.
    fn give(&self, work: Work) -> Option<Work> {
        let mut place = self.place();
        if matches!(*place, Place::Wanted) {
            *place = Place::There;
            return Some(work);
        }
        *place = Place::Between(work);
        None
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Handover {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut place = self.place();
        match std::mem::replace(&mut *place, Place::Here) {
            Place::Between(work) => {
                drop(place);
                spawn(work);
            }
            Place::Here => {}
            Place::There | Place::Wanted => *place = Place::Wanted,
        }
    }
}

fn start() -> Result<Handle, Error> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(RESOLVERS)
        .thread_name(RESOLVER_THREAD)
        .thread_stack_size(STACK)
        .on_thread_start(|| {
            panics::guard_this_thread(true);
        })
        .build()
        .map_err(|error| no_thread(IO_THREAD, &error))?;
    let handle = runtime.handle().clone();
    spawn_thread(IO_THREAD, move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}

/// Starts a thread of the library: named, deaf to the host's signals, and quiet when it panics.
pub(crate) fn spawn_thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let start = || {
        // A new thread inherits the mask of the one that starts it, so there is no moment without it.
        let host_mask = process::mask_signals()?;
        let started = thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn(move || {
            panics::guard_this_thread(true);
            work();
        });
        process::set_signal_mask(&host_mask)?;
        started.map(drop)
    };
    start().map_err(|error| no_thread(name, &error))
}

fn no_thread(name: &str, error: &io::Error) -> Error {
    Error::new(Status::OutOfMemory, format!("cannot start the library's thread {name}: {error}")).retriable()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::completion;

    fn block_on<T: Send + 'static>(
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (completer, result) = completion::pair();
        prepare()?;
        spawn(Box::pin(async move { completer.complete(work.await) }));
        result.wait()
    }

    #[test]
    fn work_runs_on_the_library_thread_and_its_result_comes_back() {
        let name = block_on(async { Ok(thread::current().name().map(str::to_owned)) });
        assert_eq!(name.unwrap().as_deref(), Some(IO_THREAD));
    }

    /// Where work is polled that wakes itself so often, then once from elsewhere, and panics at the end if it is to.
    fn places(wakes: usize, panics: bool) -> Result<Vec<Option<String>>, Error> {
        prepare()?;
        let (completer, result) = completion::pair();
        let mut places = Vec::new();
        begin_here(Box::pin(async move {
            let polled = std::future::poll_fn(|cx| {
                places.push(thread::current().name().map(str::to_owned));
                assert!(!(panics && places.len() > wakes), "here");
                if places.len() <= wakes {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                if places.len() == wakes + 1 {
                    let later = cx.waker().clone();
                    thread::spawn(|| {
                        thread::sleep(Duration::from_millis(20)); // until it has been let go of here
                        later.wake();
                    });
                    return Poll::Pending;
                }
                Poll::Ready(std::mem::take(&mut places))
            });
            completer.complete(Ok(polled.await));
        }));
        result.wait()
    }

    #[test]
    fn work_begins_here_and_the_library_thread_goes_on_with_it() {
        let here = thread::current().name().map(str::to_owned);
        let there = Some(IO_THREAD.to_owned());
        assert_eq!(places(0, false), Ok(vec![here.clone(), there.clone()]));
        assert_eq!(places(1, false), Ok(vec![here.clone(), here.clone(), there.clone()]));
        let many = places(10, false).unwrap();
        assert_eq!((&many[STEPS_HERE - 1], &many[STEPS_HERE], many.len()), (&here, &there, 12));
    }

    #[test]
    fn work_can_leave_the_thread_where_it_began() {
        prepare().unwrap();
        let (completer, result) = completion::pair();
        begin_here(Box::pin(async move {
            let before = thread::current().name().map(str::to_owned);
            leave_callers_thread().await;
            leave_callers_thread().await;
            completer.complete(Ok((before, thread::current().name().map(str::to_owned))));
        }));
        let here = thread::current().name().map(str::to_owned);
        assert_eq!(result.wait(), Ok((here, Some(IO_THREAD.to_owned()))));
    }

    #[test]
    fn work_that_begins_in_a_task_of_the_hosts_does_not_use_its_budget_up() {
        prepare().unwrap();
        let host = Builder::new_current_thread().build().unwrap();
        let mutex = Arc::new(tokio::sync::Mutex::new(()));
        host.block_on(async {
            for call in 0..300 {
                let (completer, result) = completion::pair();
                let mutex = Arc::clone(&mutex);
                begin_here(Box::pin(async move {
                    drop(mutex.lock().await);
                    completer.complete(Ok(call));
                }));
                assert!(result.peek(|_| ()).is_some(), "call {call} is left to a host that waits for it");
            }
        });
    }

    #[test]
    fn a_panic_where_work_begins_is_an_error_too() {
        for wakes in [0, 1, STEPS_HERE] {
            let error = places(wakes, true).unwrap_err();
            assert_eq!(error.status, Status::Internal);
            assert!(error.message().contains("here (runtime.rs:"), "{error}");
        }
    }

    #[test]
    fn one_look_up_that_hangs_does_not_keep_another_from_its_thread() {
        prepare().unwrap();
        let together = Arc::new(std::sync::Barrier::new(2));
        let running = Arc::new(AtomicUsize::new(0));
        let (completer, result) = completion::pair();
        spawn(Box::pin(async move {
            let one = || {
                let (together, running) = (Arc::clone(&together), Arc::clone(&running));
                tokio::task::spawn_blocking(move || {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    together.wait();
                    running.fetch_sub(1, Ordering::SeqCst);
                    (now, thread::current().name().map(str::to_owned))
                })
            };
            let all: Vec<_> = (0..4).map(|_| one()).collect();
            let mut places = Vec::new();
            for each in all {
                places.push(each.await.unwrap());
            }
            completer.complete(Ok(places));
        }));
        for (now, name) in result.wait().unwrap() {
            assert!(now <= RESOLVERS && name.as_deref() == Some(RESOLVER_THREAD), "{now} {name:?}");
        }
    }

    #[test]
    fn a_panic_in_the_work_is_an_error_of_this_call_only() {
        let error = block_on::<()>(async { panic!("in a task") }).unwrap_err();
        assert_eq!(error.status, Status::Internal);
        assert!(error.message().contains("in a task"), "{error}");
        assert_eq!(block_on(async { Ok(1) }), Ok(1));
    }

    #[test]
    fn a_call_works_inside_another_tokio() {
        let host = Builder::new_current_thread().build().unwrap();
        assert_eq!(host.block_on(async { block_on(async { Ok(2) }) }), Ok(2));
    }
}
