//! The library's own threads. One thread does all network work of the process; it starts on first
//! use and stays until the process ends, because no earlier moment is safe in every host.

#![allow(unsafe_code)] // the signal mask and the fork guard are calls into libc

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle};

use crate::error::{Error, Status};
use crate::panics;

/// Both thread kinds as `ps -L` and debuggers show them; Linux keeps 15 bytes.
const IO_THREAD: &str = "milvus-io";
const RESOLVER_THREAD: &str = "milvus-dns";

static RUNTIME: OnceCell<Handle> = OnceCell::new();
static USED: AtomicBool = AtomicBool::new(false);
static FORKED: AtomicBool = AtomicBool::new(false);

/// To be called first, before any lock is taken. Whether this process was forked from one that had used
/// the library: its threads do not exist here, and locks that were held stay held for ever.
pub(crate) fn is_forked() -> bool {
    USED.store(true, Ordering::Relaxed);
    FORKED.load(Ordering::Relaxed)
}

/// Makes sure that the library's thread is there.
pub(crate) fn prepare() -> Result<(), Error> {
    RUNTIME.get_or_try_init(start).map(drop)
}

/// Runs `work` on the library's thread; if there is none, there is nothing that it could be about.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    if let Some(handle) = RUNTIME.get() {
        handle.spawn(work);
    }
}

fn start() -> Result<Handle, Error> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        // Host names are resolved on extra threads, which end when they have been idle for a while.
        .max_blocking_threads(2)
        .thread_name(RESOLVER_THREAD)
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
        let host_mask = mask_host_signals()?;
        let started = thread::Builder::new().name(name.to_owned()).spawn(move || {
            panics::guard_this_thread(true);
            work();
        });
        set_signal_mask(&host_mask)?;
        started.map(drop)
    };
    start().map_err(|error| no_thread(name, &error))
}

fn no_thread(name: &str, error: &io::Error) -> Error {
    Error::new(Status::OutOfMemory, format!("cannot start the library's thread {name}: {error}")).retriable()
}

/// Blocks on the calling thread every signal that is meant for the host, and SIGPIPE, which a write
/// to a reset connection would raise. Faults of the thread itself stay visible. Returns the mask
/// that was in force.
fn mask_host_signals() -> io::Result<libc::sigset_t> {
    let mut blocked = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: sigfillset initialises the whole set; sigdelset and pthread_sigmask then get a valid one.
    let blocked = unsafe {
        libc::sigfillset(blocked.as_mut_ptr());
        for fault in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP] {
            libc::sigdelset(blocked.as_mut_ptr(), fault);
        }
        blocked.assume_init()
    };
    set_signal_mask(&blocked)
}

/// Sets the calling thread's mask; returns the one before.
fn set_signal_mask(mask: &libc::sigset_t) -> io::Result<libc::sigset_t> {
    let mut before = MaybeUninit::uninit();
    // SAFETY: both point to a signal set; the call fills the second one when it succeeds.
    match unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, ptr::from_ref(mask), before.as_mut_ptr()) } {
        0 => Ok(unsafe { before.assume_init() }),
        number => Err(io::Error::from_raw_os_error(number)),
    }
}

/// Runs when the library is loaded, before anything can use it: no later moment is safe from a fork.
extern "C" fn watch_forks() {
    extern "C" fn in_child() {
        // A process that merely loaded the library may fork as it likes.
        if USED.load(Ordering::Relaxed) {
            FORKED.store(true, Ordering::Relaxed);
        }
    }
    // SAFETY: the handler only touches atomics, which is allowed in a forked child. Should there be no memory
    // for it, the process is about to end anyhow.
    let _ = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
}

#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
static AT_LOAD: extern "C" fn() = watch_forks;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::future;

    fn block_on<T: Send + 'static>(
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (promise, result) = future::pair();
        prepare()?;
        spawn(async move { promise.fulfil(work.await) });
        result.wait()
    }

    #[test]
    fn work_runs_on_the_library_thread_and_its_result_comes_back() {
        let name = block_on(async { Ok(thread::current().name().map(str::to_owned)) });
        assert_eq!(name.unwrap().as_deref(), Some(IO_THREAD));
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
