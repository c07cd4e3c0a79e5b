//! What it costs in memory to follow many jobs at once: measured when each has been asked about and none is over.

use std::ffi::{CString, c_char, c_int, c_void};
use std::time::Duration;
use std::{fs, ptr, thread};

use crate::Result;
use crate::ours::{Client, function};

/// From this id on, no job of the fake server ever ends.
const ENDLESS: i64 = 1 << 40;

/// `milvus_progress` of the header.
#[repr(C)]
#[derive(Default)]
struct Progress {
    size: usize,
    elapsed_ms: i64,
    planned: i64,
    plans: [i64; 2],
    rate: f64,
    collections: [i64; 4],
    rest: [i64; 8],
}

/// `milvus_many_params` of the header.
#[repr(C)]
struct ManyParams {
    size: usize,
    compaction: *const c_void,
    concurrency: i32,
    only_trigger: i32,
    rest: [u64; 6],
}

pub(crate) type WaitAsync = unsafe extern "C" fn(*mut c_void, i64, i64, *mut *mut c_void) -> c_int;
type ManyAsync = unsafe extern "C" fn(
    *mut c_void,
    *const *const c_char,
    usize,
    *const ManyParams,
    i64,
    *mut *mut c_void,
) -> c_int;
type ReadProgress = unsafe extern "C" fn(*mut c_void, *mut Progress) -> c_int;

/// Follows so many jobs, with a future each, of which the server says that each has so many plans.
pub(crate) fn jobs(client: &Client, count: u64, plans: u64) -> Result {
    // SAFETY: the header gives the function this type.
    let wait: WaitAsync = unsafe { function(client.library, c"milvus_compaction_wait_async")? };
    let started = |job| {
        let mut future = ptr::null_mut();
        // SAFETY: the client is alive; -1 is no limit.
        client.checked(unsafe { wait(client.client, job, -1, &raw mut future) })?;
        Ok(future)
    };
    measured(client, count, plans, (0..count as i64).map(|number| started(ENDLESS + number)))
}

/// Has so many collections compacted by one call, all at a time.
pub(crate) fn collections(client: &Client, count: u64) -> Result {
    let names: Vec<CString> =
        (0..count).map(|number| Ok(CString::new(format!("endless_{number}"))?)).collect::<Result<_>>()?;
    let pointers: Vec<*const c_char> = names.iter().map(|name| name.as_ptr()).collect();
    let params = ManyParams {
        size: size_of::<ManyParams>(),
        compaction: ptr::null(),
        concurrency: i32::try_from(count)?,
        only_trigger: 0,
        rest: [0; 6],
    };
    let started = || {
        let mut future = ptr::null_mut();
        // SAFETY: the header gives the function this type; names and params live until it returns.
        unsafe {
            let many: ManyAsync = function(client.library, c"milvus_compact_many_async")?;
            let future = &raw mut future;
            client.checked(many(
                client.client,
                pointers.as_ptr(),
                names.len(),
                &raw const params,
                -1,
                future,
            ))?;
        }
        Ok(future)
    };
    measured(client, count, 1, std::iter::once_with(started))
}

/// Prints the memory that was taken since the first of `futures` was asked for, which the caller has to leave alive.
fn measured(
    client: &Client,
    count: u64,
    plans: u64,
    futures: impl Iterator<Item = Result<*mut c_void>>,
) -> Result {
    // SAFETY: the header gives the function this type.
    let progress: ReadProgress = unsafe { function(client.library, c"milvus_future_progress")? };
    client.state(1)?; // connected
    let mut room = Vec::with_capacity(count as usize);
    room.resize(count as usize, ptr::null_mut::<c_void>());
    room.clear();
    let before = resident_bytes()?;
    for future in futures {
        room.push(future?);
    }
    loop {
        thread::sleep(Duration::from_millis(100));
        let mut asked = 0;
        for future in &room {
            let mut now = Progress { size: size_of::<Progress>(), ..Progress::default() };
            // SAFETY: the future is alive, and the progress has its size.
            client.checked(unsafe { progress(*future, &raw mut now) })?;
            asked += now.planned;
        }
        if asked == (count * plans) as i64 {
            break;
        }
    }
    let bytes = resident_bytes()?.saturating_sub(before);
    let threads = fs::read_dir("/proc/self/task")?.count() - 1; // without this one
    println!("count={count} bytes={bytes} threads={threads}");
    Ok(())
}

/// Memory of this process that is in use. Other files of `/proc` are up to 128 KiB wrong for each CPU, as the kernel counts
/// there.
fn resident_bytes() -> Result<u64> {
    let text = fs::read_to_string("/proc/self/smaps_rollup")?;
    let resident = text.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kilobytes = resident.and_then(|rest| rest.split_whitespace().next());
    Ok(1024 * kilobytes.ok_or("smaps_rollup has no Rss")?.parse::<u64>()?)
}
