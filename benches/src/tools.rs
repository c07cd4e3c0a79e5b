//! What needs a tool: system calls by strace, instructions by valgrind. Both count a client's whole process,
//! twice with different numbers of calls; the difference is what the calls cost.

use std::process::{Command, Stdio};

use crate::Result;
use crate::process::{Clients, Kind, Running, Server};

/// Whether a tool is there.
pub(crate) fn has(tool: &str) -> bool {
    let mut command = Command::new(tool);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// System calls per call, on one thread. strace stops who makes one, and what the others do meanwhile takes other ways
/// than without it: with rests, answers take their time, and callers theirs.
pub(crate) fn system_calls(clients: &Clients, kind: Kind, with_rests: bool) -> Result<f64> {
    let (pause, rest) = if with_rests { ("--pause 2", "--rest 1") } else { ("", "") };
    per_call(
        clients,
        kind,
        &Server::start(pause)?,
        ([200, 1_200], rest),
        |file| {
            let trace = "trace=!nanosleep,clock_nanosleep".into();
            vec!["strace".into(), "-f".into(), "-c".into(), "-e".into(), trace, "-o".into(), file.into()]
        },
        |text| {
            // % time, seconds, usecs/call, calls, errors: the last two columns are missing where they are 0.
            let total = text.lines().rfind(|line| line.ends_with("total"))?;
            total.split_whitespace().nth(3)?.parse().ok()
        },
    )
}

/// Instructions per call, on one thread, of all threads of the client.
pub(crate) fn instructions(clients: &Clients, kind: Kind, server: &Server) -> Result<f64> {
    per_call(
        clients,
        kind,
        server,
        ([100, 600], ""),
        |file| {
            let log = format!("--log-file={file}");
            vec!["valgrind".into(), "--tool=callgrind".into(), "--callgrind-out-file=/dev/null".into(), log]
        },
        |text| text.split("Collected :").nth(1)?.split_whitespace().next()?.parse().ok(),
    )
}

fn per_call(
    clients: &Clients,
    kind: Kind,
    server: &Server,
    (calls, rest): ([u32; 2], &str),
    wrapper: impl Fn(&str) -> Vec<String>,
    count: impl Fn(&str) -> Option<f64>,
) -> Result<f64> {
    let file = std::env::temp_dir().join(format!("milvus-bench-{}", std::process::id()));
    let name = file.to_string_lossy().into_owned();
    let words = wrapper(&name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let counted = |calls: u32| -> Result<f64> {
        let load = format!("--warmup 20 --calls {calls} {rest}");
        let measured = Running::start(clients.command(kind, server, &words, &load)?)?.end()?;
        if measured.get("calls")? != f64::from(calls) {
            return Err(format!("{} made too few calls", words[0]).into());
        }
        let text = std::fs::read_to_string(&file)?;
        Ok(count(&text).ok_or_else(|| format!("{} counted nothing", words[0]))?)
    };
    let result = counted(calls[0]).and_then(|few| Ok((few, counted(calls[1])?)));
    let _ = std::fs::remove_file(&file);
    let (few, many) = result?;
    Ok((many - few) / f64::from(calls[1] - calls[0]))
}
