//! A descriptor that an event loop can watch, and that is readable while it is raised. It is an eventfd on Linux and
//! one end of a pair of sockets on other Unix systems. Windows has no descriptors.

use std::io;

#[cfg(target_os = "linux")]
use std::{
    fs::File,
    io::{Read, Write},
    os::fd::{AsRawFd, FromRawFd},
};

#[cfg(all(unix, not(target_os = "linux")))]
use std::{
    io::{Read, Write},
    os::{fd::AsRawFd, unix::net::UnixStream},
};

/// Not raised at first.
#[derive(Debug)]
pub(super) struct EventFd {
    #[cfg(target_os = "linux")]
    event: File,
    /// The first end reads what the second one writes.
    #[cfg(all(unix, not(target_os = "linux")))]
    ends: (UnixStream, UnixStream),
}

#[cfg(target_os = "linux")]
impl EventFd {
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: it takes no pointers, and a descriptor that it returns is new, so nothing else owns it.
        unsafe {
            match libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) {
                -1 => Err(io::Error::last_os_error()),
                number => Ok(Self { event: File::from_raw_fd(number) }),
            }
        }
    }

    pub(super) fn descriptor(&self) -> i32 {
        self.event.as_raw_fd()
    }

    /// Makes it readable. Raising it again changes nothing that a reader can see.
    pub(super) fn raise(&self) {
        // This fails only after 2^64 - 2 times, and then it is raised already.
        let _ = (&self.event).write(&1_u64.to_ne_bytes());
    }

    pub(super) fn lower(&self) {
        let _ = (&self.event).read(&mut [0; 8]); // fails if it is not raised
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
impl EventFd {
    pub(super) fn new() -> io::Result<Self> {
        let ends = UnixStream::pair()?;
        ends.0.set_nonblocking(true)?;
        ends.1.set_nonblocking(true)?;
        Ok(Self { ends })
    }

    pub(super) fn descriptor(&self) -> i32 {
        self.ends.0.as_raw_fd()
    }

    pub(super) fn raise(&self) {
        let _ = (&self.ends.1).write(&[1]); // fails if it is full, and is raised then
    }

    pub(super) fn lower(&self) {
        let mut read = [0; 64];
        while matches!((&self.ends.0).read(&mut read), Ok(count) if count > 0) {}
    }
}

#[cfg(not(unix))]
impl EventFd {
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[expect(clippy::unused_self, reason = "elsewhere it has one")]
    pub(super) fn descriptor(&self) -> i32 {
        -1
    }

    #[expect(clippy::unused_self, reason = "nobody can watch it")]
    pub(super) fn raise(&self) {}

    #[expect(clippy::unused_self, reason = "nobody can watch it")]
    pub(super) fn lower(&self) {}
}

#[cfg(all(test, unix))]
mod tests {
    use std::{slice, thread};

    use super::*;

    fn is_readable(event: &EventFd) -> bool {
        let mut watched = libc::pollfd { fd: event.descriptor(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one entry, which lives.
        unsafe { libc::poll(slice::from_mut(&mut watched).as_mut_ptr(), 1, 0) == 1 }
    }

    #[test]
    fn it_is_readable_while_it_is_raised_and_any_thread_may_raise_it() {
        let event = EventFd::new().unwrap();
        assert!(!is_readable(&event));
        thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| event.raise()))));
        assert!(is_readable(&event));
        event.lower();
        assert!(!is_readable(&event), "lowering it once undoes all of that");
        event.lower();
    }
}
