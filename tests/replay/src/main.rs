//! `milvus-replay RECORDING [LATENCY_MS [SPEED]]` prints its URI, and that of its page of tasks. It ends with its
//! standard input, and then prints how often it was asked what. Without arguments it starts a server for each line of
//! its standard input, which has what would be the arguments, with the same answer.

use std::collections::BTreeMap;
use std::io::{Read, stdin};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use milvus_replay::{Recording, Replay, Settings};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut replays = Vec::new();
    if arguments.is_empty() {
        for line in stdin().lines() {
            let line = line?;
            replays.push(started(&line.split('\t').collect::<Vec<_>>())?);
        }
    } else {
        replays.push(started(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?);
        stdin().read_to_end(&mut Vec::new())?;
    }
    let mut questions = BTreeMap::<String, u64>::new();
    for (method, count) in replays.iter().flat_map(Replay::questions) {
        *questions.entry(method).or_default() += count;
    }
    for (method, count) in questions {
        println!("{method} {count}");
    }
    Ok(())
}

/// Starts a server, and prints where.
fn started(arguments: &[&str]) -> Result<Replay, Failure> {
    let (path, rest) = match arguments {
        [path, rest @ ..] if rest.len() <= 2 => (path, rest),
        _ => return Err("usage: milvus-replay [RECORDING [LATENCY_MS [SPEED]]]".into()),
    };
    let latency = rest.first().map_or(Ok(0), |text| text.parse())?;
    let speed = rest.get(1).map_or(Ok(1.0), |text| text.parse())?;
    let settings = Settings { latency: Duration::from_millis(latency), speed, ..Settings::default() };
    let replay = Replay::start(Arc::new(Recording::read(Path::new(path))?), settings);
    println!("{} {}", replay.uri(), replay.page());
    Ok(replay)
}
