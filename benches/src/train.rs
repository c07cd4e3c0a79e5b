//! What applications have the library do most. A build that counts which code runs leaves its counts when it ends.

use crate::arguments::Arguments;
use crate::process::{Clients, Kind, Server};
use crate::{Result, run};

/// What each server is started with, and the loads that it answers.
const LOADS: [(&str, &[&str]); 2] = [
    (
        "",
        &[
            "--warmup 20 --calls 20000",
            "--threads 4 --calls 20000",
            "--threads 16 --calls 40000",
            "--threads 64 --calls 20000",
            "--window 100 --calls 40000",
            "--jobs 200",
            "--collections 200",
            "--job job_50",
        ],
    ),
    ("--slots 8 --each 2", &["--line 2000"]),
];
/// Beside calls to a server that answers with long lists. Those are long enough to be counted often.
const BESIDE_LISTS: &str = "--calls 200 --beside";

pub(crate) fn train(arguments: &Arguments) -> Result {
    let clients: Clients = run::clients(arguments)?;
    for (options, loads) in LOADS {
        let server = Server::start(options)?;
        for load in loads {
            println!("milvus-bench: {options} {load}");
            clients.run(Kind::Ours, &server, load)?;
        }
    }
    let (healthy, lists) = (Server::start("")?, Server::start("--answers full")?);
    println!("milvus-bench: {BESIDE_LISTS}");
    clients.run(Kind::Ours, &healthy, &format!("{BESIDE_LISTS} {}", lists.uri))?;
    Ok(())
}
