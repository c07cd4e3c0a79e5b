//! The library's own threads. One thread does all network work of the process. It starts on first use, and lives until
//! the process ends: no earlier moment to end it is safe in every process.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use once_cell::sync::OnceCell;
use slab::Slab;
use tokio::runtime::{Builder, Handle};

use crate::error::{Error, Status};
use crate::panics;
use crate::process::{self, Sentinel};
use crate::text;

/// The names of both kinds of thread, as `ps -L` and debuggers show them. Linux keeps 15 bytes.
pub(crate) const IO_THREAD: &str = "milvus-io";
const RESOLVER_THREAD: &str = "milvus-dns";
/// How many threads resolve host names. There are two because the name server of one host may be slow.
pub(crate) const RESOLVERS: usize = 2;

/// The stack of every thread of the library, whatever the environment (`RUST_MIN_STACK`) says.
const STACK: usize = 2 * 1024 * 1024;

/// A task of the library. It reports its result itself.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

static RUNNING: OnceCell<Running> = OnceCell::new();

struct Running {
    handle: Handle,
    /// It was opened right after the runtime's descriptors.
    sentinel: Sentinel,
}

/// Something that the library's thread works on, and that fails if the thread can work no more.
pub(crate) trait Abandon: Send + Sync {
    /// Ends it with an error.
    fn abandon(&self);
}

static UNDER_WAY: Mutex<Slab<Weak<dyn Abandon>>> = Mutex::new(Slab::new());

/// The system's error that stopped the library's thread, with its number.
static STOPPED: OnceCell<(i32, String)> = OnceCell::new();

/// Registers something that is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay(usize);

impl UnderWay {
    pub(crate) fn new(what: Weak<dyn Abandon>) -> Self {
        Self(under_way().insert(what))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        under_way().try_remove(self.0);
    }
}

/// Starts the library's thread, unless it runs. Fails if it can work no more.
pub(crate) fn prepare() -> Result<(), Error> {
    RUNNING.get_or_try_init(start)?;
    if is_working() { Ok(()) } else { Err(unusable()) }
}

/// Whether the library's thread has stopped. What is registered later is not abandoned.
pub(crate) fn has_stopped() -> bool {
    STOPPED.get().is_some()
}

/// The error of every call after the library's thread has stopped, and of those under way then.
pub(crate) fn unusable() -> Error {
    match STOPPED.get() {
        Some((code, why)) if *code != libc::EBADF && sentinel().is_none_or(Sentinel::is_open) => {
            let text = format!(
                "the system does not let the library's thread wait for its sockets ({why}), perhaps because of a sandbox; \
                 the library works again when the process is restarted"
            );
            Error::new(Status::Unavailable, text)
        }
        _ => panics::no_descriptors(),
    }
}

/// The runtime of the library's thread, if it runs.
pub(crate) fn handle() -> Option<&'static Handle> {
    RUNNING.get().map(|running| &running.handle)
}

/// What shows whether the process has closed the library's descriptors, if the library's thread runs.
pub(crate) fn sentinel() -> Option<&'static Sentinel> {
    RUNNING.get().map(|running| &running.sentinel)
}

/// Whether the library's thread can work, if it runs. Without its descriptors it can neither be woken nor wait, so
/// nothing of what is under way would ever end: this ends it.
pub(crate) fn is_working() -> bool {
    let is_working = STOPPED.get().is_none() && sentinel().is_none_or(Sentinel::is_open);
    if !is_working {
        abandon_all();
    }
    is_working
}

/// The tasks are not dropped. They would close their descriptors again, which may be other files' by now.
fn abandon_all() {
    let all: Vec<_> = under_way().iter().filter_map(|(_, what)| what.upgrade()).collect();
    for what in all {
        what.abandon();
    }
}

fn under_way() -> MutexGuard<'static, Slab<Weak<dyn Abandon>>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work` on the library's thread. Without that thread there is no operation that the work could belong to.
pub(crate) fn spawn(work: Work) {
    #[cfg(test)]
    if crate::world::is_here() {
        tokio::spawn(work);
        return;
    }
    if let Some(handle) = handle() {
        handle.spawn(work);
    }
}

/// Runs `work` where the caller runs: on the library's thread, but for tests. Each type of work that tokio gets takes some
/// 3 KB of the library; this is one.
pub(crate) fn spawn_beside(work: Work) {
    tokio::spawn(work);
}

fn start() -> Result<Running, Error> {
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
    let sentinel = Sentinel::new().map_err(|error| no_thread(IO_THREAD, &error))?;
    let handle = runtime.handle().clone();
    spawn_thread(IO_THREAD, move || {
        panics::on_lost_driver(stay);
        runtime.block_on(std::future::pending::<()>());
    })?;
    Ok(Running { handle, sentinel })
}

/// Ends what is under way, and never returns. `text` is what tokio says of the system's error, in Rust's form for
/// developers.
fn stay(text: &str) {
    let digits = text.split("code: ").nth(1).unwrap_or_default();
    let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let code = digits.parse().unwrap_or(libc::EBADF);
    let _ = STOPPED.set((code, text::of_system(&io::Error::from_raw_os_error(code))));
    // On another thread, since this one is panicking. If none can be started, the next operation does it.
    let _ = spawn_thread(IO_THREAD, abandon_all);
    loop {
        thread::park();
    }
}

/// Starts a thread of the library. It has a name, blocks the application's signals, and prints nothing if it panics.
pub(crate) fn spawn_thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let start = || {
        // A new thread inherits the mask of the thread that starts it, so it never runs without the mask.
        let previous_mask = process::mask_signals()?;
        let started = thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn(move || {
            panics::guard_this_thread(true);
            work();
        });
        process::set_signal_mask(&previous_mask)?;
        started.map(drop)
    };
    start().map_err(|error| no_thread(name, &error))
}

fn no_thread(name: &str, error: &io::Error) -> Error {
    Error::new(
        Status::OutOfMemory,
        format!("cannot start the library's thread {name}: {}", text::of_system(error)),
    )
    .retriable()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

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
