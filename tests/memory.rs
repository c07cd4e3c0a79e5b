//! What a followed job takes in memory, as the system's allocator counts it. The scripted server is another process.

#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![allow(unsafe_code)] // the allocator is asked in C

mod common;

use std::env;
use std::ffi::CString;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::ptr::null_mut;
use std::thread;
use std::time::Duration;

use ::milvus_client::ffi::async_forms::milvus_compaction_wait_async;
use ::milvus_client::ffi::client::{milvus_client, milvus_client_free, milvus_client_new_with};
use ::milvus_client::ffi::futures::{
    milvus_future, milvus_future_free, milvus_future_progress, milvus_progress,
};
use ::milvus_client::ffi::options::{milvus_options_free, milvus_options_new, milvus_options_set};
use milvus_fake::{Fake, Scenario};

/// The most that a followed job may take: a future, and what waits for the job.
const MOST: i64 = 960;

/// Has this program be the server.
const IS_SERVER: &str = "MILVUS_MEMORY_SERVER";
const NAME: &str = "a_followed_job_takes_less_than_a_kibibyte_between_two_polls";

/// The bytes that are allocated, as the C library has them: steps of 16 bytes, of which 8 are its own.
fn live() -> i64 {
    // SAFETY: it takes nothing.
    let told = unsafe { libc::mallinfo2() };
    i64::try_from(told.uordblks + told.hblkhd).unwrap()
}

/// Serves one job of four segments until nobody reads what this tells.
fn serve() {
    let fake = Fake::start("2.6.8");
    let id = 461_234_567_890_123_456; // as large as those of real segments
    let listed = vec![(vec![id, id + 1, id + 2, id + 3], -1)];
    fake.add("four", Scenario { lists: vec![listed], ..Scenario::job(1, &[[1, 0, 0, 0]]) });
    // Another client has triggered it, so that the one that follows it knows of it what it reads.
    let job = common::client(&fake).compact("four", false, common::LIMIT).wait().unwrap();
    println!("\nserves {job} {}", fake.uri());
    let mut line = String::new();
    while std::io::stdin().read_line(&mut line).is_ok_and(|read| read > 0) {}
}

/// Starts the server. Returns its process, the job, and its URI.
fn start_server() -> (Child, i64, String) {
    let mut server = Command::new(env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(IS_SERVER, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    let told = lines.find_map(|line| line.strip_prefix("serves ").map(str::to_owned));
    thread::spawn(move || lines.for_each(drop)); // the harness in the server goes on writing
    let (job, uri) = told.as_deref().and_then(|told| told.split_once(' ')).expect("the server tells its job");
    (server, job.parse().unwrap(), uri.to_owned())
}

#[test]
fn a_followed_job_takes_less_than_a_kibibyte_between_two_polls() {
    const JOBS: usize = 1_000;
    if env::var_os(IS_SERVER).is_some() {
        return serve();
    }
    let (mut server, job, uri) = start_server();
    let client = client(&uri);
    let mut futures = Vec::with_capacity(JOBS + 1);
    futures.push(followed(client, job));
    wait_until_asked_about(&futures);
    let before = live();
    futures.extend((0..JOBS).map(|_| followed(client, job)));
    wait_until_asked_about(&futures);
    // A few are being asked about at any moment, which takes more.
    let samples = (0..1_000).map(|_| {
        thread::sleep(Duration::from_millis(1));
        live()
    });
    let each = (samples.min().unwrap() - before) / i64::try_from(JOBS).unwrap();
    assert!((1..=MOST).contains(&each), "{each} bytes each");
    println!("{each} bytes each");
    for future in futures {
        milvus_future_free(future);
    }
    milvus_client_free(client);
    drop(server.stdin.take());
    server.wait().unwrap();
}

fn client(uri: &str) -> *mut milvus_client {
    let (mut client, options) = (null_mut(), milvus_options_new());
    let uri = CString::new(uri).unwrap();
    assert_eq!(milvus_options_set(options, c"poll.max_rate".as_ptr(), c"1000".as_ptr()), 0);
    assert_eq!(milvus_client_new_with(uri.as_ptr(), options, &raw mut client), 0);
    milvus_options_free(options);
    client
}

fn followed(client: *mut milvus_client, job: i64) -> *mut milvus_future {
    let mut future = null_mut();
    assert_eq!(milvus_compaction_wait_async(client, job, -1, &raw mut future), 0);
    future
}

/// Waits until each has seen the plan of its job.
fn wait_until_asked_about(futures: &[*mut milvus_future]) {
    let has_seen = |future: &*mut milvus_future| {
        // SAFETY: any bytes are valid for its fields.
        let mut progress: milvus_progress = unsafe { std::mem::zeroed() };
        progress.size = size_of::<milvus_progress>();
        assert_eq!(milvus_future_progress(*future, &raw mut progress), 0);
        progress.planned == 1
    };
    while !futures.iter().all(has_seen) {
        thread::sleep(Duration::from_millis(20));
    }
}
