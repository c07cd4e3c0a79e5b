//! Many threads that do one thing after the other, watched by one that tells what does not end.

use std::collections::BTreeMap;
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What does not end within this time never does: each call has a limit of less than half a minute.
const PATIENCE: Duration = Duration::from_mins(5);
/// How often the watcher looks.
const LOOK: Duration = Duration::from_millis(20);

/// Does so many things on so many threads, and returns what is wrong. `work` names the thing by its number, before it
/// does it.
pub(crate) fn do_all(
    count: usize,
    threads: usize,
    name: impl Fn(usize) -> String + Sync,
    work: impl Fn(usize) -> Result<(), String> + Sync,
) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let running = Mutex::<BTreeMap<usize, Instant>>::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::SeqCst);
                        if number >= count {
                            break;
                        }
                        running.lock().unwrap().insert(number, Instant::now());
                        if let Err(why) = work(number) {
                            wrong.lock().unwrap().push(format!("{}: {why}", name(number)));
                        }
                        let took = running.lock().unwrap().remove(&number).unwrap().elapsed();
                        println!("{took:?} {}", name(number));
                    }
                })
            })
            .collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::sleep(LOOK);
            let lasting = running.lock().unwrap();
            if let Some((number, _)) = lasting.iter().find(|(_, since)| since.elapsed() > PATIENCE) {
                eprintln!("{} does not end", name(*number));
                process::exit(1); // no thread can be ended from here
            }
        }
    });
    wrong.into_inner().unwrap()
}
