//! So many calls on so many threads, and what they cost this process.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::{Result, os};

/// What a client does with its connection, once it has one.
pub(crate) struct Load {
    threads: u64,
    /// Of all threads together.
    calls: u64,
    /// Calls before those that are measured.
    warmup: u64,
    /// Before each call that is measured.
    rest: Duration,
    /// Instead of calls: how long to do nothing.
    idle: Option<Duration>,
    /// Instead of blocking calls: how many are under way at any time.
    pub(crate) window: u64,
}

impl Load {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self> {
        let number = |name, default| arguments.number(name).map(|number| number.unwrap_or(default));
        Ok(Self {
            threads: number("threads", 1)?.max(1),
            calls: number("calls", 1)?,
            warmup: number("warmup", 0)?,
            rest: Duration::from_millis(number("rest", 0)?),
            idle: arguments.number("idle")?.map(Duration::from_millis),
            window: number("window", 0)?,
        })
    }

    /// Makes the calls and prints what they cost.
    pub(crate) fn run(&self, call: impl Fn() -> Result + Sync) -> Result {
        self.run_with(&call, |_| Err("this client has no window".into()))
    }

    /// The same for a client that can have several calls under way; `calls` makes so many.
    pub(crate) fn run_with(
        &self,
        call: &(impl Fn() -> Result + Sync),
        calls: impl FnOnce(u64) -> Result,
    ) -> Result {
        (0..self.warmup).try_for_each(|_| call())?;
        let start = Usage::now();
        let mut latencies = match self.idle {
            Some(idle) => {
                thread::sleep(idle);
                Vec::new()
            }
            None if self.window > 0 => {
                calls(self.calls)?;
                vec![0; self.calls as usize]
            }
            None => self.calls(call)?,
        };
        let cost = Usage::now().since(&start);
        latencies.sort_unstable();
        let median = latencies.get(latencies.len() / 2).copied().unwrap_or(0);
        let Usage { wall_ns, cpu_ns, switches } = cost;
        let calls = latencies.len();
        let rss_kb = os::most_memory()?;
        print!("calls={calls} median_ns={median} wall_ns={wall_ns} cpu_ns={cpu_ns} switches={switches} ");
        println!("rss_kb={rss_kb}");
        Ok(())
    }

    /// The time that each call took.
    fn calls(&self, call: &(impl Fn() -> Result + Sync)) -> Result<Vec<u64>> {
        let timed = |count: u64| {
            let one = |_| {
                if !self.rest.is_zero() {
                    thread::sleep(self.rest);
                }
                let start = Instant::now();
                call().map_err(|error| error.to_string())?;
                Ok(start.elapsed().as_nanos() as u64)
            };
            (0..count).map(one).collect::<std::result::Result<Vec<_>, String>>()
        };
        if self.threads == 1 {
            return Ok(timed(self.calls)?);
        }
        let start = Barrier::new(self.threads as usize);
        let all = thread::scope(|scope| {
            let workers: Vec<_> = (0..self.threads)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        timed(self.calls / self.threads)
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("no panic")).collect::<Vec<_>>()
        });
        let all: std::result::Result<Vec<_>, _> = all.into_iter().collect();
        Ok(all?.concat())
    }
}

struct Usage {
    wall_ns: u64,
    cpu_ns: u64,
    switches: u64,
}

impl Usage {
    fn now() -> Self {
        Self { wall_ns: os::monotonic_ns(), cpu_ns: os::cpu_ns(), switches: os::switches() }
    }

    fn since(&self, start: &Self) -> Self {
        Self {
            wall_ns: self.wall_ns - start.wall_ns,
            cpu_ns: self.cpu_ns - start.cpu_ns,
            switches: self.switches - start.switches,
        }
    }
}
