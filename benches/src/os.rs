//! The few things that std does not tell: clocks, context switches, memory, CPUs.

use std::io;
use std::mem::{MaybeUninit, zeroed};

/// Nanoseconds of a clock that all processes of the machine share.
pub(crate) fn monotonic_ns() -> u64 {
    clock_ns(libc::CLOCK_MONOTONIC)
}

/// CPU time of all threads of this process, in nanoseconds.
pub(crate) fn cpu_ns() -> u64 {
    clock_ns(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn clock_ns(clock: libc::clockid_t) -> u64 {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: all zeros are a timespec, and the call writes one.
    let time = unsafe {
        libc::clock_gettime(clock, time.as_mut_ptr());
        time.assume_init()
    };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Context switches of all threads of this process, of its own will or not.
pub(crate) fn switches() -> u64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: all zeros are a rusage, and the call writes one.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    (usage.ru_nvcsw + usage.ru_nivcsw) as u64
}

/// The most memory that this process had, in kilobytes. Not what `getrusage` tells: that counts who started it, too.
pub(crate) fn most_memory() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let told =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    told.ok_or_else(|| io::Error::other("the system does not tell the most memory of a process"))
}

/// Has this thread, and all that it starts, run on one CPU.
pub(crate) fn pin_to(cpu: u64) -> io::Result<()> {
    // SAFETY: all zeros are an empty set; CPU_SET stays within it.
    let result = unsafe {
        let mut set: libc::cpu_set_t = zeroed();
        libc::CPU_SET(cpu as usize, &mut set);
        libc::sched_setaffinity(0, size_of_val(&set), &raw const set)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The CPUs that this process may run on.
pub(crate) fn cpus() -> Vec<u64> {
    // SAFETY: all zeros are an empty set, which the call fills; CPU_ISSET stays within it.
    unsafe {
        let mut set: libc::cpu_set_t = zeroed();
        if libc::sched_getaffinity(0, size_of_val(&set), &raw mut set) != 0 {
            return Vec::new();
        }
        (0..libc::CPU_SETSIZE as usize)
            .filter(|cpu| libc::CPU_ISSET(*cpu, &set))
            .map(|cpu| cpu as u64)
            .collect()
    }
}
