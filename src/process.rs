//! The process that loads the library: its signals are not for the library's threads, it may fork, and it may cancel
//! threads.

#![allow(unsafe_code)] // the signal mask and the fork guard are calls into libc

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering};
use std::{io, ptr};

#[cfg(unix)]
use unix::process_id;
#[cfg(unix)]
pub(crate) use unix::{Uncancelled, is_readable, mask_signals, read, set_signal_mask, write};
#[cfg(not(unix))]
use without_signals::process_id;
#[cfg(not(unix))]
pub(crate) use without_signals::{Uncancelled, is_readable, mask_signals, read, set_signal_mask, write};

/// Whether a call was made that a fork may break: one that may start a thread, or that may hold a lock for long.
static USED: AtomicBool = AtomicBool::new(false);
/// How many pure calls run. They hold locks for moments, so only a fork at such a moment breaks the child.
static PURE_CALLS: AtomicUsize = AtomicUsize::new(0);
static FORKED: AtomicBool = AtomicBool::new(false);
/// On Linux, a flag that the first use sets, in memory that the kernel zeroes in a forked child. It detects forks that the
/// handler of `pthread_atfork` misses: a handler of the application may call the library before ours runs, and the system
/// call `clone` runs no handlers.
static FORK_FLAG: AtomicPtr<AtomicBool> = AtomicPtr::new(ptr::null_mut());
/// Where the kernel has no such memory: the process of the first use.
static FIRST_USER: AtomicI32 = AtomicI32::new(0);

/// Whether this process was forked from one that had used the library. The library's threads do not exist here, and a
/// lock that one of them held stays locked, so every export calls this before it takes a lock. The caller counts as use.
pub(crate) fn is_forked() -> bool {
    let flag = fork_flag();
    if !USED.load(Ordering::Acquire) {
        first_use(flag);
    }
    has_forked(flag)
}

fn has_forked(flag: Option<&AtomicBool>) -> bool {
    FORKED.load(Ordering::Relaxed)
        || match flag {
            Some(flag) => !flag.load(Ordering::Relaxed),
            None => FIRST_USER.load(Ordering::Relaxed) != process_id(),
        }
}

fn fork_flag() -> Option<&'static AtomicBool> {
    // SAFETY: it is null, or points to a page that is never unmapped and holds only zeros and ones.
    unsafe { FORK_FLAG.load(Ordering::Relaxed).as_ref() }
}

#[cold]
fn first_use(flag: Option<&AtomicBool>) {
    match flag {
        Some(flag) => flag.store(true, Ordering::Relaxed),
        None => FIRST_USER.store(process_id(), Ordering::Relaxed),
    }
    USED.store(true, Ordering::Release);
}

/// A call that is no use of the library: it starts no thread, and a process that forks after it has lost nothing.
pub(crate) struct PureCall;

impl PureCall {
    /// Begins one; `None` in a process that was forked from one that had used the library.
    pub(crate) fn begin() -> Option<Self> {
        let is_forked =
            FORKED.load(Ordering::Relaxed) || (USED.load(Ordering::Acquire) && has_forked(fork_flag()));
        (!is_forked).then(|| {
            PURE_CALLS.fetch_add(1, Ordering::SeqCst);
            Self
        })
    }
}

impl Drop for PureCall {
    fn drop(&mut self) {
        PURE_CALLS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether the error says that this process or its system has no descriptor or memory left.
pub(crate) fn is_exhaustion(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory
        || error.raw_os_error().is_some_and(|number| [libc::EMFILE, libc::ENFILE].contains(&number))
}

/// The error of opening a file, if no descriptor is left. Some functions that fail for that reason hide it.
pub(crate) fn exhaustion() -> Option<io::Error> {
    std::fs::File::open("/dev/null").err().filter(is_exhaustion)
}

/// A descriptor that shows whether the process has closed the library's descriptors: one that is closed, or is another
/// file's by now.
pub(crate) struct Sentinel {
    #[cfg(unix)]
    file: std::fs::File,
    #[cfg(unix)]
    identity: (u64, u64),
}

#[cfg(unix)]
impl Sentinel {
    /// The reading end of a pipe: no other file has its inode.
    pub(crate) fn new() -> io::Result<Self> {
        let (end, _) = io::pipe()?;
        let file = std::fs::File::from(std::os::fd::OwnedFd::from(end));
        let identity = identity(&file)?;
        Ok(Self { file, identity })
    }

    pub(crate) fn is_open(&self) -> bool {
        identity(&self.file).is_ok_and(|identity| identity == self.identity)
    }
}

#[cfg(unix)]
fn identity(file: &std::fs::File) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    file.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Windows has handles, which no process closes by number.
#[cfg(not(unix))]
impl Sentinel {
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[expect(clippy::unused_self, reason = "elsewhere it has a descriptor")]
    pub(crate) fn is_open(&self) -> bool {
        true
    }
}

#[cfg(unix)]
mod unix {
    use std::mem::MaybeUninit;
    use std::net::TcpStream;
    use std::os::fd::AsRawFd;
    use std::ptr;

    use tokio::io::ReadBuf;

    #[cfg(all(target_os = "linux", not(miri)))]
    use super::FORK_FLAG;
    use super::{FORKED, Ordering, PURE_CALLS, USED, io};

    type Mask = libc::sigset_t;

    /// Signals that a thread's own instructions and system calls raise. Blocking one would end the process without its
    /// handler.
    const FAULTS: [libc::c_int; 7] =
        [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP, libc::SIGSYS];

    /// Blocks on the calling thread every signal that is meant for the application, and SIGPIPE, which a write to a
    /// reset connection raises. Faults of the thread itself stay unblocked. Returns the mask that was in force.
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
            // SAFETY: it has succeeded.
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

    /// While this exists, `pthread_cancel` of the calling thread waits. A thread that ended in the middle of a system
    /// call would leave locks locked, or end the process.
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

    /// Returns the previous state.
    #[cfg(not(target_os = "android"))]
    fn set_cancel_state(state: libc::c_int) -> libc::c_int {
        let mut before = state;
        // SAFETY: it writes a number. It cannot fail: the state is the constant, or one that it returned.
        unsafe { pthread_setcancelstate(state, &raw mut before) };
        before
    }

    /// Android cannot cancel threads.
    #[cfg(target_os = "android")]
    fn set_cancel_state(state: libc::c_int) -> libc::c_int {
        state
    }

    /// Whether the socket has something to read or has failed.
    pub(crate) fn is_readable(socket: &TcpStream) -> bool {
        let mut watched = libc::pollfd { fd: socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: it points to one entry.
        unsafe { libc::poll(&raw mut watched, 1, 0) > 0 }
    }

    /// Reads what there is, and returns how much. Unlike the standard library's, it needs no buffer full of zeros, and
    /// it does not block if the socket may.
    pub(crate) fn read(socket: &TcpStream, buffer: &mut ReadBuf<'_>) -> io::Result<usize> {
        // SAFETY: the call writes within the unfilled part, and makes none of it uninitialised.
        let count = unsafe {
            let rest = buffer.unfilled_mut();
            libc::recv(socket.as_raw_fd(), rest.as_mut_ptr().cast(), rest.len(), libc::MSG_DONTWAIT)
        };
        let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
        // SAFETY: it has written so many bytes there.
        unsafe { buffer.assume_init(count) };
        buffer.advance(count);
        Ok(count)
    }

    /// Writes what the socket takes at once, and returns how much that is. It raises no signal: where no flag prevents
    /// that, the standard library's sockets have an option that does.
    pub(crate) fn write(socket: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(target_vendor = "apple")]
        const NO_SIGNAL: libc::c_int = 0;
        #[cfg(not(target_vendor = "apple"))]
        const NO_SIGNAL: libc::c_int = libc::MSG_NOSIGNAL;
        let flags = libc::MSG_DONTWAIT | NO_SIGNAL;
        // SAFETY: the call reads within the bytes.
        let count = unsafe { libc::send(socket.as_raw_fd(), bytes.as_ptr().cast(), bytes.len(), flags) };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }

    pub(super) fn process_id() -> i32 {
        // SAFETY: it has no preconditions and cannot fail.
        unsafe { libc::getpid() }
    }

    /// Runs when the library is loaded, before anything can use it: at any later moment another thread may fork.
    extern "C" fn watch_forks() {
        extern "C" fn in_child() {
            // A process that loaded the library but has not used it may fork.
            if USED.load(Ordering::Relaxed) || PURE_CALLS.load(Ordering::Relaxed) > 0 {
                FORKED.store(true, Ordering::Relaxed);
            }
        }
        // SAFETY: the handler only touches atomics, which is allowed in a forked child. The call fails only if no
        // memory is left, and the process ends soon then.
        let _ = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        #[cfg(all(target_os = "linux", not(miri)))]
        FORK_FLAG.store(zeroed_by_forks().cast(), Ordering::Relaxed);
    }

    /// A page of zeros that the kernel zeroes again in each forked child; null on kernels before 4.14.
    #[cfg(all(target_os = "linux", not(miri)))]
    fn zeroed_by_forks() -> *mut libc::c_void {
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

/// Windows has no such signals, forks or cancellation of threads.
#[cfg(not(unix))]
mod without_signals {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use tokio::io::ReadBuf;

    use super::io;

    pub(crate) struct Uncancelled;

    impl Uncancelled {
        pub(crate) fn new() -> Self {
            Self
        }
    }

    pub(super) fn process_id() -> i32 {
        0
    }

    pub(crate) fn is_readable(_: &TcpStream) -> bool {
        false
    }

    pub(crate) fn read(mut socket: &TcpStream, buffer: &mut ReadBuf<'_>) -> io::Result<usize> {
        let count = socket.read(buffer.initialize_unfilled())?;
        buffer.advance(count);
        Ok(count)
    }

    pub(crate) fn write(mut socket: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
        socket.write(bytes)
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
