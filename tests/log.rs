//! A receiver of the log that takes the place of another gets what that one has not got yet.

mod common;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use common::{LIMIT, client};
use milvus_client::log::{self, Level};
use milvus_fake::Fake;

/// What a receiver of `level` gets that takes the place of one which is still at its first event when a client has
/// connected and asked for a state.
fn told_to_the_next(level: Level) -> Vec<String> {
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&lines);
    let next = move |_: Level, message: &str, fields: &str| {
        kept.lock().unwrap().push(format!("{message} {fields}"));
    };
    let next: log::Receiver = Arc::new(next);
    let (all_queued, wait_for_all) = mpsc::channel::<()>();
    let wait_for_all = Mutex::new(Some(wait_for_all));
    let (replaced, wait_until_replaced) = mpsc::channel();
    log::set(
        Level::Debug,
        Some(Arc::new(move |_, _, _| {
            let Some(wait_for_all) = wait_for_all.lock().unwrap().take() else { return };
            wait_for_all.recv().unwrap();
            log::set(level, Some(Arc::clone(&next))).unwrap();
            replaced.send(()).unwrap();
        })),
    )
    .unwrap();
    let fake = Fake::start("v2.6.8");
    let client = client(&fake);
    let job = client.compact("succeeds", false, LIMIT).wait().unwrap();
    client.compaction_state(job, LIMIT).wait().unwrap();
    all_queued.send(()).unwrap();
    wait_until_replaced.recv().unwrap();
    let last = if level == Level::Debug { "call method=GetCompactionState " } else { "server identified " };
    let is_told = || lines.lock().unwrap().iter().any(|line| line.starts_with(last));
    for _ in 0..1_000 {
        if is_told() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10)); // the receiver's thread is on its way
    }
    log::set(level, None).unwrap();
    std::mem::take(&mut lines.lock().unwrap())
}

// One test: the receiver is the process's.
#[test]
fn the_next_receiver_gets_the_events_that_wait() {
    let told = told_to_the_next(Level::Debug);
    for call in ["Connect", "DescribeCollection", "ManualCompaction", "GetCompactionState"] {
        assert!(
            told.iter().any(|line| line.starts_with(&format!("call method={call} "))),
            "{call}: {told:?}"
        );
    }
    let told = told_to_the_next(Level::Info);
    assert!(told.iter().any(|line| line.starts_with("server identified ")), "{told:?}");
    assert!(!told.iter().any(|line| line.starts_with("call ")), "{told:?}");
}
