//! The steady numbers, and how large they may be. Time is not among them: it depends on the machine.

use std::fmt::Write as _;

use crate::arguments::Arguments;
use crate::process::{Clients, Kind, Server};
use crate::stats::{Spread, short};
use crate::{Result, report, run, tools};

type Measure = fn(&Clients, &Server) -> Result<f64>;

/// What is measured, how large it may be, and how it is measured.
const GATES: [(&str, f64, Measure); 11] = [
    ("instructions per call", 35_500.0, |clients, server| tools::instructions(clients, Kind::Ours, server)),
    ("system calls per call", 5.8, |clients, _| tools::system_calls(clients, Kind::Ours, true)),
    ("context switches per call", 1.5, switches),
    // A caller that has read its own answers leaves the connection to the library's thread, which takes three of them.
    ("context switches of an idle client in 12 s", 10.0, idle),
    // Fewer would have more of what they share.
    ("bytes of memory per followed job", 1_024.0, |clients, server| memory(clients, server, "jobs", 10_000)),
    ("bytes of memory per collection of many at once", 6_400.0, |clients, server| {
        memory(clients, server, "collections", 1_000)
    }),
    ("bytes of memory per further plan of a job", 150.0, |clients, server| {
        run::memory_per_plan(clients, server)
    }),
    ("bytes of memory per followed job while it is asked about", 6_000.0, |clients, _| {
        run::memory_while_asked(clients)
    }),
    ("library threads, 1000 followed jobs", 3.0, |clients, server| threads(clients, server, "jobs")),
    ("library threads, 1000 collections at once", 3.0, |clients, server| {
        threads(clients, server, "collections")
    }),
    // Three quarters of 5,303,048, its size before it was built by a profile.
    ("size of the library in bytes", 3_977_286.0, |clients, _| {
        Ok(std::fs::metadata(&clients.library)?.len() as f64)
    }),
];

/// Fails with the names of the gates that are not passed. One that cannot be measured is not passed. Writes what was
/// measured where the arguments say, if all are passed.
pub(crate) fn check(arguments: &Arguments) -> Result {
    let clients = run::clients(arguments)?;
    let server = Server::start("")?;
    let (mut missed, mut rows) = (Vec::new(), String::new());
    for (what, limit, measure) in GATES {
        let measured = measure(&clients, &server);
        let (said, passed) = match measured {
            // None of these can be nothing.
            Ok(value) => (short(value), value >= 1.0 && value <= limit),
            Err(error) => (error.to_string(), false),
        };
        let verdict = if passed { "ok" } else { "MISSED" };
        writeln!(rows, "| {what} | {said} | {} |", short(limit))?;
        println!("{verdict:6} {what}: {said} (at most {})", short(limit));
        if !passed {
            missed.push(what);
        }
    }
    if !missed.is_empty() {
        return Err(format!("gates missed: {}", missed.join(", ")).into());
    }
    arguments.text("write").map_or(Ok(()), |file| report::write_gates(file, &rows))
}

fn switches(clients: &Clients, server: &Server) -> Result<f64> {
    let one = |_| clients.run(Kind::Ours, server, "--warmup 200 --calls 3000")?.per_call("switches");
    let all = (0..3).map(one).collect::<Result<Vec<_>>>()?;
    Ok(Spread::of(all).ok_or("nothing was measured")?.median)
}

/// Two of keepalive's probes are in that time, and what the end of the process takes.
fn idle(clients: &Clients, server: &Server) -> Result<f64> {
    clients.run(Kind::Ours, server, &run::idle_load())?.get("switches")
}

fn memory(clients: &Clients, server: &Server, option: &str, count: u32) -> Result<f64> {
    run::memory_each(&clients.run(Kind::Ours, server, &format!("--{option} {count}"))?)
}

fn threads(clients: &Clients, server: &Server, option: &str) -> Result<f64> {
    clients.run(Kind::Ours, server, &format!("--{option} 1000"))?.get("threads")
}
