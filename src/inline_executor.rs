//! Begins an operation on the thread that waits for it, and hands it over to the library's thread when it has to wait.
//! A request then leaves without a switch of threads.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use tokio::runtime::Handle;

use crate::runtime;
use crate::{panics, transport};

/// How often the calling thread polls work that is woken at once each time. A response can be quick.
const CALLER_POLLS: usize = 4;
/// So much of what is woken is polled before other tasks have their turn, as in tokio.
const MOST_AT_ONCE: usize = 61;

/// Something to poll until it is over. Its waker has to call [`wake`].
pub(crate) trait Task: Send + Sync {
    /// How far it is. Only this module changes it.
    fn state(&self) -> &Mutex<TaskState>;

    /// Polls it, on one thread at a time.
    fn poll(self: Arc<Self>) -> Poll<()>;

    /// A panic has ended it.
    fn give_up(&self);
}

/// Polls a task on the calling thread, and on the library's thread when it is woken.
pub(crate) fn begin(task: Arc<dyn Task>, deadline: Option<Instant>) {
    // When a thread is about to end, tokio's thread-local variable is gone.
    let is_too_late = Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed());
    let Some(handle) = runtime::handle().filter(|_| !is_too_late) else { return spawn(task) };
    let _context = handle.enter();
    let mut polls = CALLER_POLLS;
    while polls > 0 {
        polls -= 1;
        let guarded_before = panics::guard_this_thread(true);
        EXECUTOR.set(Executor::Caller);
        let is_over = poll(&task);
        panics::guard_this_thread(guarded_before);
        let is_leaving = EXECUTOR.replace(Executor::Library) == Executor::Leaving;
        if is_over {
            return;
        }
        if is_leaving {
            break;
        }
        if transport::read_until(|| matches!(*state_of(&task), TaskState::Woken), deadline) {
            polls = CALLER_POLLS;
        }
        if park(&task) {
            return;
        }
    }
    transport::give_up_reading();
    hand_over(task);
}

/// Has the library's thread poll a task. It takes less memory than a task of tokio's.
pub(crate) fn spawn(task: Arc<dyn Task>) {
    hand_over(task);
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

/// What the library's thread has to poll, and the task of tokio's there that does it: one for all, which costs far less
/// than one for each.
struct Woken {
    tasks: Vec<Arc<dyn Task>>,
    /// Wakes the task of tokio's, if it sleeps.
    waker: Option<Waker>,
}

static WOKEN: Mutex<Woken> = Mutex::new(Woken { tasks: Vec::new(), waker: None });

fn woken() -> MutexGuard<'static, Woken> {
    WOKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Polls what is woken, for ever.
async fn poll_woken() {
    let mut tasks = Vec::new();
    poll_fn(|cx| {
        if tasks.is_empty() {
            std::mem::swap(&mut woken().tasks, &mut tasks);
        }
        for task in tasks.drain(..tasks.len().min(MOST_AT_ONCE)) {
            poll_again(task);
        }
        if tasks.is_empty() {
            tasks.shrink_to(MOST_AT_ONCE); // thousands may begin at once
        }
        let mut woken = woken();
        if tasks.is_empty() && woken.tasks.is_empty() {
            woken.tasks.shrink_to(MOST_AT_ONCE);
            woken.waker = Some(cx.waker().clone());
        } else {
            cx.waker().wake_by_ref(); // other tasks have their turn first
        }
        Poll::<()>::Pending
    })
    .await;
}

/// Polls a task, and parks it or has it polled once more.
fn poll_again(task: Arc<dyn Task>) {
    if !poll(&task) && !park(&task) {
        hand_over(task);
    }
}

/// How far a task is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TaskState {
    /// A thread polls it, or it has not begun.
    #[default]
    Running,
    /// The same, and it was woken meanwhile.
    Woken,
    /// It waits to be woken.
    Parked,
    /// The library's thread is to poll it, or it is over.
    HandedOver,
}

fn state_of(task: &Arc<dyn Task>) -> MutexGuard<'_, TaskState> {
    task.state().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Polls a task, and returns whether it is over. A panic ends it, as tokio does with a task.
fn poll(task: &Arc<dyn Task>) -> bool {
    *state_of(task) = TaskState::Running;
    // An application's thread that is a task of tokio's has a budget, which is not renewed while it waits here. Nor is
    // that of the task on the library's thread renewed before it has polled everything.
    let mut unconstrained = pin!(tokio::task::unconstrained(poll_fn(|_| Arc::clone(task).poll())));
    let mut cx = Context::from_waker(Waker::noop()); // a task has a waker of its own
    let polled = catch_unwind(AssertUnwindSafe(|| unconstrained.as_mut().poll(&mut cx).is_ready()));
    let is_over = polled.unwrap_or_else(|_| {
        task.give_up();
        true
    });
    if is_over {
        *state_of(task) = TaskState::HandedOver; // nothing wakes it any more
    }
    is_over
}

/// Parks a task until it is woken. Returns whether it did: not if the task was woken while it was polled.
fn park(task: &Arc<dyn Task>) -> bool {
    let mut state = state_of(task);
    let is_woken = *state == TaskState::Woken;
    if !is_woken {
        *state = TaskState::Parked;
    }
    !is_woken
}

/// Has the library's thread poll a task.
fn hand_over(task: Arc<dyn Task>) {
    static POLLER: Once = Once::new();
    *state_of(&task) = TaskState::HandedOver;
    #[cfg(test)]
    if crate::world::is_here() {
        tokio::spawn(async move { poll_again(task) });
        return;
    }
    POLLER.call_once(|| runtime::spawn(Box::pin(poll_woken())));
    let mut woken = woken();
    woken.tasks.push(task);
    let waker = woken.waker.take();
    drop(woken);
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// What the waker of a task does.
pub(crate) fn wake<T: Task + 'static>(task: &Arc<T>) {
    let mut state = task.state().lock().unwrap_or_else(PoisonError::into_inner);
    match *state {
        TaskState::Parked => {
            *state = TaskState::HandedOver;
            drop(state);
            hand_over(Arc::clone(task) as _);
        }
        TaskState::HandedOver => {}
        TaskState::Running | TaskState::Woken => *state = TaskState::Woken,
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use tokio::runtime::Builder;

    use super::*;
    use crate::completion;
    use crate::error::{Error, Status};
    use crate::runtime::{IO_THREAD, Work, prepare};

    /// Work that reports its end itself.
    struct Plain {
        state: Mutex<TaskState>,
        work: Mutex<Option<Work>>,
    }

    impl Plain {
        fn of(work: impl Future<Output = ()> + Send + 'static) -> Arc<dyn Task> {
            Arc::new(Self { state: Mutex::default(), work: Mutex::new(Some(Box::pin(work))) })
        }

        fn work(&self) -> MutexGuard<'_, Option<Work>> {
            self.work.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Task for Plain {
        fn state(&self) -> &Mutex<TaskState> {
            &self.state
        }

        fn poll(self: Arc<Self>) -> Poll<()> {
            let waker = Waker::from(Arc::clone(&self));
            self.work().as_mut().unwrap().as_mut().poll(&mut Context::from_waker(&waker))
        }

        fn give_up(&self) {
            self.work().take();
        }
    }

    impl std::task::Wake for Plain {
        fn wake(self: Arc<Self>) {
            wake(&self);
        }
    }

    /// The threads that poll work which wakes itself so often, then is woken once by another thread, and then may
    /// panic.
    fn places(wakes: usize, panics: bool) -> Result<Vec<Option<String>>, Error> {
        prepare()?;
        let (completer, result) = completion::pair();
        let mut places = Vec::new();
        let own = Arc::new(std::sync::OnceLock::new());
        let known = Arc::clone(&own);
        let task = Plain::of(async move {
            let polled = std::future::poll_fn(|cx| {
                places.push(thread::current().name().map(str::to_owned));
                assert!(!(panics && places.len() > wakes), "here");
                if places.len() <= wakes {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                if places.len() == wakes + 1 {
                    let (later, task) = (cx.waker().clone(), Arc::clone(&known));
                    thread::spawn(move || {
                        let task = std::sync::Weak::<dyn Task>::upgrade(task.get().unwrap()).unwrap();
                        while *state_of(&task) != TaskState::Parked {
                            thread::yield_now();
                        }
                        later.wake();
                    });
                    return Poll::Pending;
                }
                Poll::Ready(std::mem::take(&mut places))
            });
            completer.complete(Ok(polled.await));
        });
        assert!(own.set(Arc::downgrade(&task)).is_ok());
        begin(task, None);
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
            Plain::of(async move {
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
                    Plain::of(async move {
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
