//! A whole run: every client in turn, round after round.

use std::thread;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::process::{Clients, Kind, Measured, Running, Server};
use crate::report::{Report, Row};
use crate::stats::short;
use crate::{Result, os, tools, wire};

/// How much is measured.
struct Size {
    rounds: usize,
    calls: u32,
    cold_starts: usize,
    waits: usize,
}

const FULL: Size = Size { rounds: 9, calls: 6_000, cold_starts: 15, waits: 5 };
const QUICK: Size = Size { rounds: 3, calls: 1_500, cold_starts: 5, waits: 1 };

/// Longer than the interval of keepalive.
const IDLE: Duration = Duration::from_secs(12);

pub(crate) fn clients(arguments: &Arguments) -> Result<Clients> {
    let library = arguments.required("library")?;
    // Not a name that dlopen would look for elsewhere.
    let library = std::fs::canonicalize(library).map_err(|error| format!("{library}: {error}"))?;
    let library = library.to_string_lossy().into_owned();
    let [python, grpc] = ["python", "grpc"].map(|name| arguments.text(name).map(str::to_owned));
    Ok(Clients { library, python, grpc })
}

/// Measures everything, prints the table, and writes it where the arguments say.
pub(crate) fn run(arguments: &Arguments) -> Result {
    let clients = clients(arguments)?;
    let size = if arguments.flag("quick") { QUICK } else { FULL };
    let mut report = Report::default();
    let server = Server::start("")?;
    if clients.python.is_none() {
        report.notes.push("pymilvus was left out: no --python with it was given.".to_owned());
    }
    calls(&clients, &size, &server, &mut report)?;
    peer(&clients, &size, &server, &mut report)?;
    counts(&clients, &server, &mut report)?;
    cold_start(&clients, &size, &server, &mut report)?;
    idle(&clients, &server, &mut report)?;
    waits(&clients, &size, &server, &mut report)?;
    lines(&clients, &mut report)?;
    wire(&mut report)?;
    print!("{}", report.markdown()?);
    arguments.text("write").map_or(Ok(()), |file| report.write(file))
}

/// One client's measurements of one kind of load, in each round.
type Series = Vec<Measured>;

/// Runs the clients in turn, so that whatever else the machine does meets all of them alike.
fn rounds(
    clients: &Clients,
    kinds: &[Kind],
    rounds: usize,
    server: &Server,
    load: &str,
) -> Result<Vec<Series>> {
    let mut all: Vec<Series> = kinds.iter().map(|_| Series::new()).collect();
    for round in 0..rounds {
        for turn in 0..kinds.len() {
            let index = (turn + round) % kinds.len();
            all[index].push(clients.run(kinds[index], server, load)?);
        }
    }
    Ok(all)
}

fn row(
    what: impl Into<String>,
    unit: &'static str,
    reference: &'static str,
    aim: &'static str,
    (ours, other): (&Series, &Series),
    value: impl Fn(&Measured) -> Result<f64>,
) -> Result<Row> {
    let pairs = ours.iter().zip(other).map(|(ours, other)| Ok((value(ours)?, Some(value(other)?))));
    Ok(Row { what: what.into(), unit, reference, samples: pairs.collect::<Result<_>>()?, aim })
}

fn microseconds(measured: &Measured) -> Result<f64> {
    Ok(measured.get("median_ns")? / 1e3)
}

/// Latency, throughput, CPU time and context switches.
fn calls(clients: &Clients, size: &Size, server: &Server, report: &mut Report) -> Result {
    let mut kinds = vec![Kind::Ours, Kind::Worker, Kind::Current];
    kinds.extend(clients.python.is_some().then_some(Kind::Pymilvus));
    let load = format!("--warmup 200 --calls {}", size.calls);
    let of_one = rounds(clients, &kinds, size.rounds, server, &load)?;
    let mut add = |row: Result<Row>| row.map(|row| report.rows.push(row));
    let what = "latency, 1 thread";
    add(row(what, "us", "worker", "<= 0.85", (&of_one[0], &of_one[1]), microseconds))?;
    add(row(what, "us", "current", "", (&of_one[0], &of_one[2]), microseconds))?;
    if let Some(pymilvus) = of_one.get(3) {
        add(row(what, "us", "pymilvus", "", (&of_one[0], pymilvus), microseconds))?;
    }
    if let [near, far, ..] = os::cpus()[..] {
        for (cpu, what) in [
            (near, "latency, 1 thread, all on one CPU"),
            (far, "latency, 1 thread, on one CPU, the server on another"),
        ] {
            let pinned = Server::start(&format!("--cpu {cpu}"))?;
            let all = rounds(clients, &kinds[..3], size.rounds, &pinned, &format!("{load} --cpu {near}"))?;
            add(row(what, "us", "worker", "<= 0.85", (&all[0], &all[1]), microseconds))?;
            add(row(what, "us", "current", "", (&all[0], &all[2]), microseconds))?;
        }
    }
    // Threads are many times faster together: as long a time takes more calls.
    let load = format!("--warmup 200 --calls {}", 6 * size.calls);
    let of_four = rounds(clients, &kinds[..2], size.rounds, server, &format!("{load} --threads 4"))?;
    let of_many = rounds(clients, &kinds[..2], size.rounds, server, &format!("{load} --threads 16"))?;
    let threads = [("1 thread", &of_one), ("4 threads", &of_four), ("16 threads", &of_many)];
    for (index, (threads, all)) in threads.iter().enumerate() {
        let what = format!("throughput, {threads}");
        let aim = if index == 2 { ">= 1.25" } else { "" };
        let per_second = |measured: &Measured| Ok(1e9 / measured.per_call("wall_ns")?);
        add(row(what, "calls/s", "worker", aim, (&all[0], &all[1]), per_second))?;
    }
    for (threads, all) in threads {
        let what = format!("CPU time per call, {threads}");
        let cpu = |measured: &Measured| Ok(measured.per_call("cpu_ns")? / 1e3);
        add(row(what, "us", "worker", "", (&all[0], &all[1]), cpu))?;
    }
    for (threads, all) in threads {
        let what = format!("context switches per call, {threads}");
        let aim = if threads == "1 thread" { "ours <= 1.5" } else { "" };
        let switches = |measured: &Measured| measured.per_call("switches");
        add(row(what, "", "worker", aim, (&all[0], &all[1]), switches))?;
    }
    if os::cpus().len() < 2 {
        report.notes.push("Nothing was pinned: there is only one CPU.".to_owned());
    }
    Ok(())
}

/// Beside gRPC in C++, on which the SDK in C++ stands.
fn peer(clients: &Clients, size: &Size, server: &Server, report: &mut Report) -> Result {
    if clients.grpc.is_none() {
        report.notes.push("gRPC in C++ was left out: no --grpc with its client was given.".to_owned());
        return Ok(());
    }
    let kinds = [Kind::Ours, Kind::Grpc];
    let mut add = |what: &str, unit, aim, all: &[Series], value: &dyn Fn(&Measured) -> Result<f64>| {
        row(what, unit, "gRPC C++", aim, (&all[0], &all[1]), value).map(|row| report.rows.push(row))
    };
    let load = format!("--warmup 200 --calls {}", size.calls);
    let mut places = vec![("latency, 1 thread", [None; 2], "<= 0.85")];
    let cpus = os::cpus();
    if let [near, ..] = cpus[..] {
        places.push(("latency, 1 thread, all on one CPU", [Some(near); 2], "<= 0.80"));
    }
    if let [near, far, ..] = cpus[..] {
        places.push((
            "latency, 1 thread, on one CPU, the server on another",
            [Some(near), Some(far)],
            "<= 0.85",
        ));
    }
    for (what, cpus, aim) in places {
        let [near, far] = cpus.map(|cpu| cpu.map_or_else(String::new, |cpu| format!(" --cpu {cpu}")));
        let pinned = Server::start(&far)?;
        let all = rounds(clients, &kinds, size.rounds, &pinned, &format!("{load}{near}"))?;
        add(what, "us", aim, &all, &microseconds)?;
    }
    let per_second = |measured: &Measured| Ok(1e9 / measured.per_call("wall_ns")?);
    let cpu = |measured: &Measured| Ok(measured.per_call("cpu_ns")? / 1e3);
    for (threads, aim) in [(1, ">= 1.15"), (4, ">= 1.6"), (16, ">= 1.6"), (64, ">= 1.5")] {
        let load = format!("--warmup 200 --calls {} --threads {threads}", 6 * size.calls / 64 * 64);
        let all = rounds(clients, &kinds, size.rounds, server, &load)?;
        let threads = format!("{threads} thread{}", if threads > 1 { "s" } else { "" });
        add(&format!("throughput, {threads}"), "calls/s", aim, &all, &per_second)?;
        add(&format!("CPU time per call, {threads}"), "us", "<= 0.70", &all, &cpu)?;
    }
    let load = format!("--warmup 200 --calls {} --window 100", 6 * size.calls);
    let all = rounds(clients, &kinds, size.rounds, server, &load)?;
    add("throughput, 100 calls under way on one thread", "calls/s", ">= 1.3", &all, &per_second)
}

/// What tools count.
fn counts(clients: &Clients, server: &Server, report: &mut Report) -> Result {
    type Count = fn(&Clients, Kind, &Server) -> Result<f64>;
    let counts: [(&str, &str, Count, &str); 3] = [
        (
            "system calls per call, 1 thread, with rests",
            "strace",
            |clients, kind, _| tools::system_calls(clients, kind, true),
            "ours <= 6",
        ),
        (
            "system calls per call, 1 thread",
            "strace",
            |clients, kind, _| tools::system_calls(clients, kind, false),
            "ours <= 6",
        ),
        ("instructions per call, 1 thread", "valgrind", tools::instructions, "ours <= 38000"),
    ];
    for (what, tool, count, aim) in counts {
        if !tools::has(tool) {
            report.notes.push(format!("Not counted, as {tool} is not there: {what}."));
            continue;
        }
        let ours = count(clients, Kind::Ours, server)?;
        for (kind, reference) in [(Kind::Worker, "worker"), (Kind::Current, "current")] {
            let samples = vec![(ours, Some(count(clients, kind, server)?))];
            let aim = if kind == Kind::Worker { aim } else { "" };
            report.rows.push(Row { what: what.to_owned(), unit: "", reference, samples, aim });
        }
    }
    Ok(())
}

/// A whole process that connects and makes one call.
fn cold_start(clients: &Clients, size: &Size, server: &Server, report: &mut Report) -> Result {
    // A few milliseconds each, which vary much.
    let often = 30 * size.cold_starts;
    let mut others = vec![(Kind::Worker, "worker", "<= 1.10", often), (Kind::Current, "current", "", often)];
    others.extend(clients.python.is_some().then_some((Kind::Pymilvus, "pymilvus", "", size.cold_starts)));
    for (kind, reference, aim, count) in others {
        let all = rounds(clients, &[Kind::Ours, kind], count, server, "--calls 1")?;
        let pair = (&all[0], &all[1]);
        let life = |measured: &Measured| Ok(measured.get("life_ns")? / 1e6);
        report.rows.push(row("process with one call", "ms", reference, aim, pair, life)?);
        let memory = |measured: &Measured| Ok(measured.get("rss_kb")? / 1e3);
        report.rows.push(row("most memory of that process", "MB", reference, "", pair, memory)?);
    }
    Ok(())
}

/// Nothing but to keep a connection.
pub(crate) fn idle_load() -> String {
    format!("--warmup 20 --idle {}", IDLE.as_millis())
}

/// A client that does nothing but keep its connection.
fn idle(clients: &Clients, server: &Server, report: &mut Report) -> Result {
    let start = |kind| Running::start(clients.command(kind, server, &[], &idle_load())?);
    // At the same time: neither has anything to do.
    let (ours, other) = (start(Kind::Ours)?, start(Kind::Worker)?);
    let (ours, other) = (vec![ours.end()?], vec![other.end()?]);
    let pair = (&ours, &other);
    let seconds = IDLE.as_secs();
    let what = |what: &str| format!("{what}, idle for {seconds} s");
    report
        .rows
        .push(row(what("context switches"), "", "worker", "ours <= 10", pair, |one| one.get("switches"))?);
    report.rows.push(row(what("CPU time"), "us", "worker", "", pair, |one| Ok(one.get("cpu_ns")? / 1e3))?);
    Ok(())
}

/// How much later than the job a wait ends.
fn waits(clients: &Clients, size: &Size, server: &Server, report: &mut Report) -> Result {
    for (job, aim) in [(50, "<= 100 ms"), (500, "<= 100 ms"), (3_000, "<= 300 ms")] {
        let mut samples = Vec::new();
        for _ in 0..size.waits {
            let measured = clients.run(Kind::Ours, server, &format!("--job job_{job}"))?;
            let end = server.end_of(measured.get("job")?)?;
            samples.push(((measured.get("returned_ns")? - end) / 1e6, None));
            thread::sleep(Duration::from_millis(7)); // not in step with anything
        }
        let what = format!("a wait is late, after a job of {job} ms");
        report.rows.push(Row { what, unit: "ms", reference: "", samples, aim });
    }
    Ok(())
}

/// How many jobs are followed, how many of them end meanwhile, and on how many the server works at a time for how many
/// milliseconds each.
const LINES: [(u64, u64, u64, u64); 3] =
    [(100, 100, 4, 400), (1_000, 1_000, 16, 500), (10_000, 3_000, 16, 160)];

/// How late the ends of many jobs are noticed, on a server that works on them in the order of their triggers.
fn lines(clients: &Clients, report: &mut Report) -> Result {
    for (jobs, ends, slots, each) in LINES {
        let server = Server::start(&format!("--slots {slots} --each {each}"))?;
        let measured = clients.run(Kind::Ours, &server, &format!("--line {jobs} --ends {ends}"))?;
        let ended = server.ends();
        let mut late = Vec::new();
        for (job, at) in measured.waits() {
            let end = ended.get(&job).ok_or("a wait ended whose job the server does not know")?;
            late.push((at as f64 - *end as f64) / 1e9);
        }
        late.sort_by(f64::total_cmp);
        for (part, name) in [(0.5, "half"), (0.9, "nine of ten"), (1.0, "all")] {
            let within = late.get((late.len().max(1) as f64 * part).ceil() as usize - 1);
            let value = *within.ok_or("no job ended")?;
            let what = format!("{name} of {ends} ends are noticed within, {jobs} jobs followed");
            report.rows.push(Row {
                what,
                unit: "s",
                reference: "",
                samples: vec![(value, None)],
                aim: aim_of(jobs, part),
            });
        }
    }
    Ok(())
}

/// The longest time until an end is noticed that is good enough.
fn aim_of(jobs: u64, part: f64) -> &'static str {
    match (jobs, part) {
        (1_000, 0.5) => "<= 0.2",
        (1_000, 0.9) => "<= 0.5",
        (1_000, _) => "<= 1",
        (10_000, 0.5) => "<= 0.3",
        (10_000, 0.9) => "<= 0.6",
        (10_000, _) => "<= 1.5",
        _ => "",
    }
}

pub(crate) fn memory_each(measured: &Measured) -> Result<f64> {
    Ok(measured.get("bytes")? / measured.get("count")?)
}

/// What each plan of a followed job takes besides the first: the difference between jobs of 101 and of one.
pub(crate) fn memory_per_plan(clients: &Clients, of_one: &Server) -> Result<f64> {
    let of_many = Server::start("--plans 101")?;
    let many = memory_each(&clients.run(Kind::Ours, &of_many, "--jobs 1000 --plans 101")?)?;
    let one = memory_each(&clients.run(Kind::Ours, of_one, "--jobs 1000")?)?;
    Ok((many - one) / 100.0)
}

/// What a job takes while the server has not answered: so slow a one that every job is being asked about again when
/// all have been asked about once.
pub(crate) fn memory_while_asked(clients: &Clients) -> Result<f64> {
    memory_each(&clients.run(Kind::Ours, &Server::start("--pause 2500")?, "--jobs 1000")?)
}

/// What there is without any client.
fn wire(report: &mut Report) -> Result {
    let [near, far, ..] = os::cpus()[..] else { return Ok(()) };
    let (one, two) = (wire::exchange([near, near])?, wire::exchange([near, far])?);
    report.notes.push(format!(
        "{} bytes there and back over a socket, with nothing but the two threads that do it, took {} us on one CPU and \
         {} us on two: to wake a CPU that sleeps takes time.",
        wire::BYTES,
        short(one),
        short(two)
    ));
    Ok(())
}
