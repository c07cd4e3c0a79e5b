//! The process that the library lives in: its signals are not for the library's threads, and it may fork.

#![allow(unsafe_code)] // the signal mask and the fork guard are calls into libc

use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::{io, ptr};

#[cfg(unix)]
pub(crate) use unix::{Uncancelled, mask_signals, set_signal_mask};
#[cfg(not(unix))]
pub(crate) use without_signals::{Uncancelled, mask_signals, set_signal_mask};

static USED: AtomicBool = AtomicBool::new(false);
static FORKED: AtomicBool = AtomicBool::new(false);
/// On Linux, set where the library is used, in memory that a forked child gets emptied. It knows of forks of which
/// nobody is told in time: the host's own handler may call the library before ours, and a fork may have no handlers.
static HERE: AtomicPtr<AtomicBool> = AtomicPtr::new(ptr::null_mut());

/// To be called first, before any lock is taken. Whether this process was forked from one that had used
/// the library: its threads do not exist here, and locks that were held stay held for ever.
pub(crate) fn is_forked() -> bool {
    // SAFETY: it is null, or a page that is never given back, of zeros and ones.
    let here = unsafe { HERE.load(Ordering::Relaxed).as_ref() };
    if !USED.load(Ordering::Acquire) {
        first_use(here);
    }
    FORKED.load(Ordering::Relaxed) || here.is_some_and(|here| !here.load(Ordering::Relaxed))
}

#[cold]
fn first_use(here: Option<&AtomicBool>) {
    here.inspect(|here| here.store(true, Ordering::Relaxed));
    USED.store(true, Ordering::Release);
}

/// Whether it is this process, or its system, that has no descriptor, thread or memory left.
pub(crate) fn is_exhaustion(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory
        || error.raw_os_error().is_some_and(|number| [libc::EMFILE, libc::ENFILE].contains(&number))
}

/// Whether there is no descriptor left, which not everybody says who fails for that.
pub(crate) fn exhaustion() -> Option<io::Error> {
    std::fs::File::open("/dev/null").err().filter(is_exhaustion)
}

#[cfg(unix)]
mod unix {
    use std::mem::MaybeUninit;
    use std::ptr;

    #[cfg(all(target_os = "linux", not(miri)))]
    use super::HERE;
    use super::{FORKED, Ordering, USED, io};

    type Mask = libc::sigset_t;

    /// What a thread's own instructions and system calls raise; where it is blocked, it ends the process unhandled.
    const FAULTS: [libc::c_int; 7] =
        [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP, libc::SIGSYS];

    /// Blocks on the calling thread every signal that is meant for the host, and SIGPIPE, which a write
    /// to a reset connection would raise. Faults of the thread itself stay visible. Returns the mask
    /// that was in force.
    pub(crate) fn mask_signals() -> io::Result<Mask> {
        let mut blocked = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: sigfillset initialises the whole set; sigdelset and pthread_sigmask then get a valid one.
        let blocked = unsafe {
            libc::sigfillset(blocked.as_mut_ptr());
            for fault in FAULTS {
                libc::sigdelset(blocked.as_mut_ptr(), fault);
            }
            blocked.assume_init()
        };
        set_signal_mask(&blocked)
    }

    /// Sets the calling thread's mask; returns the one before.
    pub(crate) fn set_signal_mask(mask: &Mask) -> io::Result<Mask> {
        let mut before = MaybeUninit::uninit();
        // SAFETY: both point to a signal set; the call fills the second one when it succeeds.
        match unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, ptr::from_ref(mask), before.as_mut_ptr()) } {
            0 => Ok(unsafe { before.assume_init() }),
            number => Err(io::Error::from_raw_os_error(number)),
        }
    }

    // The libc crate has these for some systems only.
    #[cfg(not(target_os = "android"))]
    unsafe extern "C" {
        fn pthread_setcancelstate(state: libc::c_int, before: *mut libc::c_int) -> libc::c_int;
    }
    #[cfg(target_vendor = "apple")]
    const CANCEL_DISABLE: libc::c_int = 0;
    #[cfg(not(target_vendor = "apple"))]
    const CANCEL_DISABLE: libc::c_int = 1;

    /// While there is one, `pthread_cancel` of the calling thread is put off. Its end, in the middle of a system call,
    /// would take locks with it, and the process.
    pub(crate) struct Uncancelled(libc::c_int);

    impl Uncancelled {
        pub(crate) fn new() -> Self {
            Self(set_cancel_state(CANCEL_DISABLE))
        }
    }

    impl Drop for Uncancelled {
        fn drop(&mut self) {
            set_cancel_state(self.0);
        }
    }

    /// Returns the state before.
    #[cfg(not(target_os = "android"))]
    fn set_cancel_state(state: libc::c_int) -> libc::c_int {
        let mut before = state;
        // SAFETY: it writes a number. It cannot fail: the state is one that it has given, or the constant.
        unsafe { pthread_setcancelstate(state, &raw mut before) };
        before
    }

    /// Android cannot cancel threads.
    #[cfg(target_os = "android")]
    fn set_cancel_state(state: libc::c_int) -> libc::c_int {
        state
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
        #[cfg(all(target_os = "linux", not(miri)))]
        HERE.store(emptied_by_forks().cast(), Ordering::Relaxed);
    }

    /// Zeros that are zeros again in each forked child; null where the kernel has none (before 4.14, and in Miri).
    #[cfg(all(target_os = "linux", not(miri)))]
    fn emptied_by_forks() -> *mut libc::c_void {
        let (size, access) = (size_of::<super::AtomicBool>(), libc::PROT_READ | libc::PROT_WRITE);
        // SAFETY: a mapping of its own, and all of it; the kernel rounds its size up to a page.
        unsafe {
            let page =
                libc::mmap(ptr::null_mut(), size, access, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0);
            if page == libc::MAP_FAILED {
                return ptr::null_mut();
            }
            if libc::madvise(page, size, libc::MADV_WIPEONFORK) != 0 {
                libc::munmap(page, size);
                return ptr::null_mut();
            }
            page
        }
    }

    #[used]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    static AT_LOAD: extern "C" fn() = watch_forks;
}

/// Windows has neither signals of this kind nor forks, and threads that are ended from outside take all with them.
#[cfg(not(unix))]
mod without_signals {
    use super::io;

    pub(crate) struct Uncancelled;

    impl Uncancelled {
        pub(crate) fn new() -> Self {
            Self
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(crate) fn mask_signals() -> io::Result<()> {
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, clippy::trivially_copy_pass_by_ref, reason = "elsewhere it can fail")]
    pub(crate) fn set_signal_mask((): &()) -> io::Result<()> {
        Ok(())
    }
}
