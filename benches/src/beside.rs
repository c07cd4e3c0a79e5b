//! Calls to a healthy server: alone, beside a process that asks hostile servers for segments, and beside threads of this
//! process that do.

use std::ffi::{c_char, c_int, c_void};
use std::io::Read;
use std::process::{Command, Stdio};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::ours::{Client, function};
use crate::{Result, os};

const SOME_JOB: i64 = 1;
const STORED: c_int = 0;
/// The limit of a call to a hostile server.
const LIMIT: Duration = Duration::from_secs(1);
/// After it, all hostile servers are asked.
const CONNECTED: Duration = Duration::from_millis(200);
/// Before each call.
const REST: Duration = Duration::from_millis(1);

type Segments =
    unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char, c_int, i64, *mut *mut c_void) -> c_int;
type Free = unsafe extern "C" fn(*mut c_void);

/// Asks hostile servers until standard input ends.
pub(crate) fn ask(library: &str, uris: &[&str]) -> Result {
    let hostile = uris.iter().map(|uri| Client::new(library, uri)).collect::<Result<Vec<_>>>()?;
    thread::scope(|scope| {
        for client in &hostile {
            scope.spawn(|| {
                loop {
                    let _ = segments(client);
                }
            });
        }
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0)
    })
}

/// Prints the latencies, how many answers the hostile servers gave, and how late the latest call to one ended.
pub(crate) fn measure(client: &Client, arguments: &Arguments, uris: &[&str]) -> Result {
    let calls = arguments.number("calls")?.unwrap_or(1_000);
    let library = arguments.required("library")?;
    latencies(client, 100)?;
    let alone = latencies(client, calls)?;
    let mut other = Command::new(std::env::current_exe()?);
    other.args(["--library", library, "--uri", uris[0], "--ask", &uris.join(",")]).stdin(Stdio::piped());
    let mut other = other.spawn()?;
    thread::sleep(CONNECTED);
    let apart = latencies(client, calls);
    drop(other.stdin.take());
    other.wait()?;
    let apart = apart?;
    let hostile = uris.iter().map(|uri| Client::new(library, uri)).collect::<Result<Vec<_>>>()?;
    let (is_over, late, answers) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let beside = thread::scope(|scope| {
        for client in &hostile {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let elapsed = segments(client).expect("the library has these functions");
                    late.fetch_max(elapsed.saturating_sub(LIMIT).as_nanos() as u64, Ordering::Relaxed);
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::sleep(CONNECTED);
        let beside = latencies(client, calls).map_err(|error| error.to_string());
        is_over.store(true, Ordering::Relaxed);
        beside
    })?;
    let at = |sorted: &[u64], percent: usize| sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)];
    for (name, sorted) in [("alone", &alone), ("apart", &apart), ("beside", &beside)] {
        print!("{name}_p50_ns={} {name}_p99_ns={} ", at(sorted, 50), at(sorted, 99));
    }
    let (late, answers) = (late.into_inner(), answers.into_inner());
    println!("late_ns={late} answers={answers} rss_kb={}", os::most_memory()?);
    hostile.iter().try_for_each(Client::free)
}

fn latencies(client: &Client, calls: u64) -> Result<Vec<u64>> {
    let one = |_| {
        thread::sleep(REST);
        let start = Instant::now();
        client.state(SOME_JOB)?;
        Ok(start.elapsed().as_nanos() as u64)
    };
    let mut latencies = (0..calls).map(one).collect::<Result<Vec<_>>>()?;
    latencies.sort_unstable();
    Ok(latencies)
}

/// Asks for the segments of a collection, and returns how long that took, whatever came of it.
fn segments(client: &Client) -> Result<Duration> {
    let mut list = ptr::null_mut();
    // SAFETY: the client is alive, and the functions have the types that the header gives them.
    unsafe {
        let segments: Segments = function(client.library, c"milvus_segments")?;
        let free: Free = function(client.library, c"milvus_segment_list_free")?;
        let start = Instant::now();
        segments(
            client.client,
            c"succeeds".as_ptr(),
            ptr::null(),
            STORED,
            LIMIT.as_millis() as i64,
            &mut list,
        );
        let elapsed = start.elapsed();
        free(list);
        Ok(elapsed)
    }
}
