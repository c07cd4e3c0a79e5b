//! The processes that a run is made of: servers, and clients that print what they measured.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::{Result, os};

/// A client that can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Ours,
    /// Bare tonic; the calling thread drives the connection itself.
    Current,
    /// Bare tonic; a worker thread drives the connection.
    Worker,
    Pymilvus,
    /// gRPC's own client in C++.
    Grpc,
}

/// Where the clients come from.
pub(crate) struct Clients {
    pub(crate) library: String,
    /// A Python that has pymilvus.
    pub(crate) python: Option<String>,
    /// The peer in C++ (`tools/bench_peer.sh`).
    pub(crate) grpc: Option<String>,
}

impl Clients {
    /// The command that starts a client. `wrapper` is a tool to run it in.
    pub(crate) fn command(
        &self,
        kind: Kind,
        server: &Server,
        wrapper: &[&str],
        load: &str,
    ) -> Result<Command> {
        let this = std::env::current_exe()?;
        let driver = this.with_file_name("milvus-bench-ours").to_string_lossy().into_owned();
        let this = this.to_string_lossy().into_owned();
        let [python, grpc] = [&self.python, &self.grpc].map(|program| program.clone().unwrap_or_default());
        let client: Vec<&str> = match kind {
            Kind::Ours => vec![&driver, "--library", &self.library],
            Kind::Current => vec![&this, "bare", "--runtime", "current"],
            Kind::Worker => vec![&this, "bare", "--runtime", "worker"],
            Kind::Grpc => vec![&grpc],
            Kind::Pymilvus => vec![&python, "-B", "-c", include_str!("pymilvus.py")],
        };
        let load = load.split_whitespace();
        let mut words = wrapper.iter().copied().chain(client).chain(["--uri", &server.uri]).chain(load);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        Ok(command)
    }

    /// Runs a client to its end.
    pub(crate) fn run(&self, kind: Kind, server: &Server, load: &str) -> Result<Measured> {
        Running::start(self.command(kind, server, &[], load)?)?.end()
    }
}

/// A client's process.
pub(crate) struct Running {
    child: Child,
    start: u64,
    command: String,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let name = format!("{:?}", command.get_program());
        let start = os::monotonic_ns();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        Ok(Self { child: child.map_err(|error| format!("{name}: {error}"))?, start, command: name })
    }

    /// What it printed, and how long it lived.
    pub(crate) fn end(mut self) -> Result<Measured> {
        let mut text = String::new();
        self.child.stdout.take().expect("it is piped").read_to_string(&mut text)?;
        let succeeded = self.child.wait()?.success();
        let life_ns = os::monotonic_ns() - self.start;
        if !succeeded {
            return Err(format!("{} failed", self.command).into());
        }
        let mut values = fields(&text);
        values.insert("life_ns".to_owned(), life_ns);
        Ok(Measured(values))
    }
}

/// The numbers that a client gave.
pub(crate) struct Measured(HashMap<String, u64>);

impl Measured {
    pub(crate) fn get(&self, name: &str) -> Result<f64> {
        Ok(self
            .0
            .get(name)
            .map(|value| *value as f64)
            .ok_or_else(|| format!("a client measured no {name}"))?)
    }

    /// When the wait for each job ended.
    pub(crate) fn waits(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().filter_map(|(name, at)| Some((name.strip_prefix("job_")?.parse().ok()?, *at)))
    }

    /// A number of all calls together, as one of each call.
    pub(crate) fn per_call(&self, name: &str) -> Result<f64> {
        match self.get("calls")? {
            0.0 => Err("a client made no calls".into()),
            calls => Ok(self.get(name)? / calls),
        }
    }
}

/// The fake server in a process of its own; ends when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) uri: String,
    jobs: Receiver<HashMap<String, u64>>,
}

impl Server {
    pub(crate) fn start(arguments: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").args(arguments.split_whitespace());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let uri = lines.next().ok_or("the server did not start")??;
        let (tell, jobs) = channel();
        thread::spawn(move || {
            lines.map_while(std::io::Result::ok).try_for_each(|line| tell.send(fields(&line)))
        });
        Ok(Self { child, uri, jobs })
    }

    /// When the job was complete that was triggered next, in nanoseconds of the common clock.
    pub(crate) fn end_of(&self, job: f64) -> Result<f64> {
        let line = self.jobs.recv_timeout(Duration::from_secs(5))?;
        match (line.get("job"), line.get("end_ns")) {
            (Some(id), Some(end)) if *id as f64 == job => Ok(*end as f64),
            _ => Err(format!("the server knows no job {job}").into()),
        }
    }

    /// When each job was complete that was triggered until now.
    pub(crate) fn ends(&self) -> HashMap<u64, u64> {
        let told = self.jobs.try_iter();
        told.filter_map(|line| Some((*line.get("job")?, *line.get("end_ns")?))).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The numbers in `key=value` fields.
fn fields(text: &str) -> HashMap<String, u64> {
    let field = |word: &str| {
        let (key, value) = word.split_once('=')?;
        Some((key.to_owned(), value.parse().ok()?))
    };
    text.split_whitespace().filter_map(field).collect()
}
