//! `milvus-replay RECORDING [LATENCY_MS [SPEED]]` prints its URI, and that of its page of tasks. It ends with its
//! standard input, and then prints how often it was asked what.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use milvus_replay::{Recording, Replay, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, rest) = match &arguments[..] {
        [path, rest @ ..] if rest.len() <= 2 => (path, rest),
        _ => {
            eprintln!("usage: milvus-replay RECORDING [LATENCY_MS [SPEED]]");
            std::process::exit(2);
        }
    };
    let latency = rest.first().map_or(Ok(0), |text| text.parse())?;
    let speed = rest.get(1).map_or(Ok(1.0), |text| text.parse())?;
    let settings = Settings { latency: Duration::from_millis(latency), speed, ..Settings::default() };
    let replay = Replay::start(Arc::new(Recording::read(Path::new(path))?), settings);
    println!("{} {}", replay.uri(), replay.page());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    for (method, count) in replay.questions() {
        println!("{method} {count}");
    }
    Ok(())
}
