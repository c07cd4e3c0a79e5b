//! Begins an operation on the thread that waits for it, and hands it over to the library's thread when it has to wait.
//! A request then leaves without a switch of threads.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use tokio::runtime::Handle;

use crate::runtime::{self, Work, spawn};
use crate::{panics, transport};

/// How often the calling thread polls work that is woken at once each time. A response can be quick.
const CALLER_POLLS: usize = 4;

/// Polls `work` on the calling thread, and on the library's thread when it is woken.
pub(crate) fn begin(mut work: Work, deadline: Option<Instant>) {
    // When a thread is about to end, tokio's thread-local variable is gone.
    let is_too_late = Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed());
    let Some(handle) = runtime::handle().filter(|_| !is_too_late) else { return spawn(work) };
    let _context = handle.enter();
    let handover = Arc::new(Handover::default());
    let mut polls = CALLER_POLLS;
    while polls > 0 {
        polls -= 1;
        let guarded_before = panics::guard_this_thread(true);
        EXECUTOR.set(Executor::Caller);
        let pending = handover.poll(work);
        panics::guard_this_thread(guarded_before);
        let is_leaving = EXECUTOR.replace(Executor::Library) == Executor::Leaving;
        let Some(parked) = pending else { return };
        work = parked;
        if is_leaving {
            break;
        }
        if transport::read_until(|| handover.is_woken(), deadline) {
            polls = CALLER_POLLS;
        }
        match handover.park(work) {
            None => return,
            Some(woken) => work = woken,
        }
    }
    transport::give_up_reading();
    handover.hand_over(work);
}

/// Whether the calling thread waits for the work that it polls.
pub(crate) fn is_callers_thread() -> bool {
    EXECUTOR.get() == Executor::Caller
}

/// Which thread polls the running work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Executor {
    Library,
    /// The thread that began the work.
    Caller,
    /// The same, and the work wants to continue on the library's thread.
    Leaving,
}

thread_local! {
    static EXECUTOR: Cell<Executor> = const { Cell::new(Executor::Library) };
}

/// Continues on the library's thread. A thread of the application may have little stack, and threads that it starts
/// would inherit its signal mask.
pub(crate) async fn leave_callers_thread() {
    poll_fn(|_| {
        if EXECUTOR.get() == Executor::Library {
            return Poll::Ready(());
        }
        EXECUTOR.set(Executor::Leaving);
        Poll::Pending
    })
    .await;
}

/// What the library's thread has to poll, and the task there that does it: one for all, which costs far less than a task
/// of tokio's for each.
struct Woken {
    works: Vec<(Arc<Handover>, Work)>,
    /// Wakes the task, if it sleeps.
    task: Option<Waker>,
}

static WOKEN: Mutex<Woken> = Mutex::new(Woken { works: Vec::new(), task: None });

fn woken() -> MutexGuard<'static, Woken> {
    WOKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Polls what is woken, for ever.
async fn poll_woken() {
    let mut works = Vec::new();
    poll_fn(|cx| {
        std::mem::swap(&mut woken().works, &mut works);
        for (handover, work) in works.drain(..) {
            let pending = handover.poll(work);
            if let Some(work) = pending.and_then(|work| handover.park(work)) {
                handover.hand_over(work);
            }
        }
        let mut woken = woken();
        if woken.works.is_empty() {
            woken.task = Some(cx.waker().clone());
        } else {
            cx.waker().wake_by_ref(); // other tasks have their turn first
        }
        Poll::<()>::Pending
    })
    .await;
}

/// Hands work over from the thread that began it to the library's thread, which gets it whenever it is woken.
#[derive(Default)]
struct Handover(Mutex<TaskState>);

#[derive(Default)]
enum TaskState {
    /// A thread polls the work.
    #[default]
    Running,
    /// The same, and the work was woken meanwhile.
    Woken,
    /// The work waits to be woken.
    Parked(Work),
    /// The library's thread has the work.
    HandedOver,
}

impl Handover {
    /// Polls work, and returns it unless it is over. A panic drops the work, as tokio does with a task. Its completer then
    /// reports the panic.
    fn poll(self: &Arc<Self>, mut work: Work) -> Option<Work> {
        *self.state() = TaskState::Running;
        let waker = Waker::from(Arc::clone(self));
        let poll = AssertUnwindSafe(|| {
            // An application's thread that is a task of tokio's has a budget, which is not renewed while it waits here.
            // Nor is that of the task on the library's thread renewed before it has polled everything.
            let mut unconstrained = pin!(tokio::task::unconstrained(work.as_mut()));
            let is_over = unconstrained.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
            (!is_over).then_some(work)
        });
        catch_unwind(poll).unwrap_or_default()
    }

    /// Parks work until it is woken. Returns the work if it was woken while it was polled.
    fn park(&self, work: Work) -> Option<Work> {
        let mut state = self.state();
        if matches!(*state, TaskState::Woken) {
            return Some(work);
        }
        *state = TaskState::Parked(work);
        None
    }

    /// Has the library's thread poll the work.
    fn hand_over(self: &Arc<Self>, work: Work) {
        static TASK: Once = Once::new();
        TASK.call_once(|| spawn(Box::pin(poll_woken())));
        *self.state() = TaskState::HandedOver;
        let mut woken = woken();
        woken.works.push((Arc::clone(self), work));
        let task = woken.task.take();
        drop(woken);
        if let Some(task) = task {
            task.wake();
        }
    }

    fn is_woken(&self) -> bool {
        matches!(*self.state(), TaskState::Woken)
    }

    fn state(&self) -> MutexGuard<'_, TaskState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Handover {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut state = self.state();
        match std::mem::replace(&mut *state, TaskState::HandedOver) {
            TaskState::Parked(work) => {
                drop(state);
                self.hand_over(work);
            }
            TaskState::HandedOver => {}
            TaskState::Running | TaskState::Woken => *state = TaskState::Woken,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use tokio::runtime::Builder;

    use super::*;
    use crate::completion;
    use crate::error::{Error, Status};
    use crate::runtime::{IO_THREAD, prepare};

    /// The threads that poll work which wakes itself so often, then is woken once by another thread, and then may
    /// panic.
    fn places(wakes: usize, panics: bool) -> Result<Vec<Option<String>>, Error> {
        prepare()?;
        let (completer, result) = completion::pair();
        let mut places = Vec::new();
        begin(
            Box::pin(async move {
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
                            thread::sleep(Duration::from_millis(20)); // until the caller has parked it
                            later.wake();
                        });
                        return Poll::Pending;
                    }
                    Poll::Ready(std::mem::take(&mut places))
                });
                completer.complete(Ok(polled.await));
            }),
            None,
        );
        result.wait()
    }

    #[test]
    fn work_begins_on_the_caller_and_continues_on_the_library_thread() {
        let here = thread::current().name().map(str::to_owned);
        let there = Some(IO_THREAD.to_owned());
        assert_eq!(places(0, false), Ok(vec![here.clone(), there.clone()]));
        assert_eq!(places(1, false), Ok(vec![here.clone(), here.clone(), there.clone()]));
        let many = places(10, false).unwrap();
        assert_eq!((&many[CALLER_POLLS - 1], &many[CALLER_POLLS], many.len()), (&here, &there, 12));
    }

    #[test]
    fn work_can_leave_the_thread_that_began_it() {
        prepare().unwrap();
        let (completer, result) = completion::pair();
        begin(
            Box::pin(async move {
                let before = thread::current().name().map(str::to_owned);
                leave_callers_thread().await;
                leave_callers_thread().await;
                completer.complete(Ok((before, thread::current().name().map(str::to_owned))));
            }),
            None,
        );
        let here = thread::current().name().map(str::to_owned);
        assert_eq!(result.wait(), Ok((here, Some(IO_THREAD.to_owned()))));
    }

    #[test]
    fn work_that_begins_in_a_task_of_the_application_does_not_use_its_budget_up() {
        prepare().unwrap();
        let host = Builder::new_current_thread().build().unwrap();
        let mutex = Arc::new(tokio::sync::Mutex::new(()));
        host.block_on(async {
            for call in 0..300 {
                let (completer, result) = completion::pair();
                let mutex = Arc::clone(&mutex);
                begin(
                    Box::pin(async move {
                        drop(mutex.lock().await);
                        completer.complete(Ok(call));
                    }),
                    None,
                );
                assert!(result.peek(|_| ()).is_some(), "call {call} was left to a thread that waits for it");
            }
        });
    }

    #[test]
    fn a_panic_where_work_begins_is_an_error_too() {
        for wakes in [0, 1, CALLER_POLLS] {
            let error = places(wakes, true).unwrap_err();
            assert_eq!(error.status, Status::Internal);
            assert!(error.message().contains("here (inline_executor.rs:"), "{error}");
        }
    }
}
