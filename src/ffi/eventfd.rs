//! A descriptor that an event loop can watch: readable while it is raised.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};

/// Lowered at first.
#[derive(Debug)]
pub(super) struct EventFd(File);

impl EventFd {
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: takes no pointers; a descriptor that it returns is new, and nobody else's.
        unsafe {
            match libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) {
                -1 => Err(io::Error::last_os_error()),
                number => Ok(Self(File::from_raw_fd(number))),
            }
        }
    }

    pub(super) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Raising it again changes nothing that a reader can see.
    pub(super) fn raise(&self) {
        // It can only fail if it was raised 2^64 - 2 times, and is raised then.
        let _ = (&self.0).write(&1_u64.to_ne_bytes());
    }

    pub(super) fn lower(&self) {
        let _ = (&self.0).read(&mut [0; 8]); // fails if it is not raised
    }
}
