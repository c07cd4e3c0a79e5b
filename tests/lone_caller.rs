//! A thread that calls alone reads its own answers, against the scripted server. In a process of its own: it looks at how often
//! the library's thread runs.

mod common;

use std::fs;

use common::{LIMIT, client, client_with};
use milvus_client::Client;
use milvus_fake::Fake;

const CALLS: u64 = 400;

/// How often the thread of this process with this name has waited for something.
fn waits_of(thread: &str) -> u64 {
    let mut tasks = fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
    let task = tasks.find(|task| fs::read_to_string(task.join("comm")).unwrap().trim() == thread).unwrap();
    let status = fs::read_to_string(task.join("status")).unwrap();
    let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    count.unwrap().trim().parse().unwrap()
}

fn call(client: &Client) {
    client.compaction_state(1, LIMIT).wait().unwrap();
}

/// How often the library's thread waits while one thread makes its calls, after the first ones.
fn waits_in_calls_of(client: &Client) -> u64 {
    (0..50).for_each(|_| call(client));
    let before = waits_of("milvus-io");
    (0..CALLS).for_each(|_| call(client));
    waits_of("milvus-io") - before
}

#[test]
fn the_library_s_thread_sleeps_while_one_thread_calls() {
    let fake = Fake::start("v2.6.8");
    let waits = waits_in_calls_of(&client(&fake));
    // A busy machine keeps answers waiting, and the library's thread then reads some.
    assert!(waits < CALLS / 2, "it waited {waits} times in {CALLS} calls");

    // Callers do not read Unix sockets: so this counts what it should.
    let socket = std::env::temp_dir().join(format!("lone-caller-{}.sock", std::process::id()));
    let _fake = Fake::start_at("v2.6.8", Some(socket.clone()));
    let waits = waits_in_calls_of(&client_with(&format!("unix:{}", socket.display()), &[]));
    assert!(waits >= CALLS / 2, "it waited {waits} times in {CALLS} calls");
    fs::remove_file(socket).unwrap();
}
