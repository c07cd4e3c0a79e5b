//! How late the ends of many jobs are noticed: each is triggered, and then followed through one queue.

use std::ffi::{CString, c_int, c_void};
use std::fmt::Write as _;
use std::{ptr, thread};

use crate::following::WaitAsync;
use crate::ours::{Client, Compact, function};
use crate::{Result, os};

pub(crate) type QueueNew = unsafe extern "C" fn(*mut *mut c_void) -> c_int;
pub(crate) type SetQueue = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void) -> c_int;
pub(crate) type QueueNext =
    unsafe extern "C" fn(*mut c_void, i64, *mut *mut c_void, *mut *mut c_void) -> c_int;
pub(crate) type FutureWait = unsafe extern "C" fn(*mut c_void, i64) -> c_int;

/// Prints for each of the first `ends` jobs that end when its wait did: `job_ID=TIME`.
pub(crate) fn follow(client: &Client, count: u64, ends: u64) -> Result {
    let mut queue = ptr::null_mut();
    // SAFETY: the header gives the function this type.
    client.checked(unsafe { function::<QueueNew>(client.library, c"milvus_queue_new")?(&raw mut queue) })?;
    let queue = Queue(queue);
    thread::scope(|scope| {
        let ended = scope.spawn(|| ended(client, &queue, ends).map_err(|error| error.to_string()));
        trigger(client, &queue, count)?;
        print!("{}", ended.join().map_err(|_| "the reader panicked")??);
        Ok(())
    })
}

struct Queue(*mut c_void);

// SAFETY: the header says of every function used here that it is thread-safe.
unsafe impl Sync for Queue {}

/// Triggers the jobs, and has their waits come to the queue.
fn trigger(client: &Client, queue: &Queue, count: u64) -> Result {
    // SAFETY: the header gives the functions these types; the client, the queue and the futures are alive.
    unsafe {
        let compact: Compact = function(client.library, c"milvus_compact")?;
        let wait: WaitAsync = function(client.library, c"milvus_compaction_wait_async")?;
        let set_queue: SetQueue = function(client.library, c"milvus_future_set_queue")?;
        for number in 0..count {
            let name = CString::new(format!("line_{number}"))?;
            let (mut job, mut future) = (0_i64, ptr::null_mut());
            client.checked(compact(client.client, name.as_ptr(), 0, 0, &raw mut job))?;
            client.checked(wait(client.client, job, -1, &raw mut future))?;
            let tag = ptr::without_provenance_mut(usize::try_from(job)?);
            client.checked(set_queue(future, queue.0, tag))?;
        }
    }
    Ok(())
}

/// What is printed of the waits that end.
fn ended(client: &Client, queue: &Queue, ends: u64) -> Result<String> {
    let mut told = String::new();
    // SAFETY: as above; each future that comes out is alive.
    unsafe {
        let next: QueueNext = function(client.library, c"milvus_queue_next")?;
        let status: FutureWait = function(client.library, c"milvus_future_wait")?;
        for _ in 0..ends {
            let (mut future, mut job) = (ptr::null_mut(), ptr::null_mut());
            client.checked(next(queue.0, -1, &raw mut future, &raw mut job))?;
            let returned = os::monotonic_ns();
            client.checked(status(future, 0))?;
            writeln!(told, "job_{}={returned}", job.addr())?;
        }
    }
    Ok(told)
}
